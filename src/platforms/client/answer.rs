//! What came back: reading it in bounded memory, and the words for judging it.

use chrono::DateTime;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use std::time::Duration;

use super::bounds::{Excess, measure};
use crate::domain::Timestamp;
use crate::platforms::errors::CallErrorKind;

/// So far into a body we look for the data behind warnings.
const WARNING_BYTES_MAX: usize = 64 * 1024;

/// An answer that is JSON, not yet judged.
pub(in crate::platforms) struct Answer {
    /// What it answers was to change something.
    pub is_to_write: bool,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    /// By our clock.
    pub received: Timestamp,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// `request_id` of the body, where several platforms put it.
    pub fn request_id(&self) -> Option<String> {
        self.body.get("request_id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_string)
    }

    /// The present moment by the platform's clock; by ours where it does not tell or is more than `apart_max` off.
    pub fn platform_now(&self, apart_max: chrono::Duration) -> Timestamp {
        let ahead = self.clock_ahead_seconds().map(chrono::Duration::seconds);
        self.received + ahead.filter(|ahead| ahead.abs() <= apart_max).unwrap_or_default()
    }

    /// The platform's clock less ours, in seconds.
    pub fn clock_ahead_seconds(&self) -> Option<i64> {
        let theirs = DateTime::parse_from_rfc2822(self.header(DATE.as_str())?).ok()?;
        Some(theirs.timestamp() - self.received.timestamp())
    }
}

/// What an answer means.
#[derive(Default)]
pub(in crate::platforms) struct Judgement {
    pub verdict: Verdict,
    pub code: Option<String>,
    pub message: Option<String>,
    pub request_id: Option<String>,
    /// What it means and what to do, as a message's id; empty where there is nothing to add to the platform's words.
    pub advice: &'static str,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::platforms) enum Verdict {
    #[default]
    Accepted,
    /// Come back later: nothing was done.
    NotNow,
    /// Come back after that long: nothing was done.
    NotBefore(Duration),
    /// The platform's own trouble: it may pass, and a write may or may not have been carried out.
    Trouble,
    Refused(CallErrorKind),
}

pub(in crate::platforms) type Judge = fn(&Answer) -> Judgement;

pub(super) enum BodyProblem {
    TooLarge,
    Broken(reqwest::Error),
}

// Piece by piece, so that neither a wrong length nor a small body that unpacks to a huge one can fill the memory.
pub(super) async fn read_body(response: &mut Response, bytes_max: usize) -> Result<Vec<u8>, BodyProblem> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(BodyProblem::Broken)? {
        if body.len() + piece.len() > bytes_max {
            return Err(BodyProblem::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// The JSON of a body; none where there is none. Some shops print a byte mark or PHP's warnings before it, on lines of their own;
/// those are skipped.
pub(super) fn data_in(bytes: &[u8]) -> Result<Option<Value>, Excess> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(data) = parsed(bytes)? {
        return Ok(Some(data));
    }
    let begins = |pair: &[u8]| pair == b"\n{" || pair == b"\n[";
    let start = bytes.windows(2).take(WARNING_BYTES_MAX).position(begins);
    start.and_then(|start| bytes.get(start..)).map_or(Ok(None), parsed)
}

fn parsed(document: &[u8]) -> Result<Option<Value>, Excess> {
    // A web page is not counted.
    if matches!(document.trim_ascii_start().first(), Some(b'{' | b'[')) {
        measure(document)?;
    }
    Ok(serde_json::from_slice(document).ok())
}

/// `Retry-After` in seconds or as a date.
pub(super) fn asked_to_wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    (until.to_utc() - now).to_std().ok()
}

/// A page's style may be long before it says anything.
const PAGE_BYTES_MAX: usize = 64 * 1024;

/// The text of a web page as far as a person needs it: without its tags, styles, scripts and comments.
pub(super) fn page_words(bytes: &[u8]) -> String {
    let page = String::from_utf8_lossy(bytes.get(..PAGE_BYTES_MAX).unwrap_or(bytes)).into_owned();
    let (mut words, mut rest) = (String::new(), page.as_str());
    while let Some((before, from)) = rest.split_once('<') {
        words.push_str(before);
        words.push(' ');
        rest = behind_tag(from);
    }
    words + rest
}

/// What follows the tag that begins `from`, and what no browser shows with it.
fn behind_tag(from: &str) -> &str {
    if let Some(comment) = from.strip_prefix("!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let behind = from.split_once('>').map_or("", |(_, rest)| rest);
    let name: String = from.chars().take_while(char::is_ascii_alphanumeric).collect();
    if !["style", "script", "svg"].contains(&name.to_ascii_lowercase().as_str()) {
        return behind;
    }
    let end = format!("</{name}").to_ascii_lowercase();
    // Of as many bytes: only ASCII letters change.
    let end = behind.to_ascii_lowercase().find(&end).and_then(|at| behind.get(at..));
    end.and_then(|end| end.split_once('>')).map_or("", |(_, rest)| rest)
}
