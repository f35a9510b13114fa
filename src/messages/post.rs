//! One HTTP request to a channel, and what no channel judges differently: what came of a request without an answer, a redirect,
//! and an answer that is not the service's own.

use std::error::Error;
use std::time::Duration;

use chrono::DateTime;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use url::Url;

use super::answers::{Meaning, not_sent, refused, unknown};
use super::channel::{Answer, Channel};
use crate::domain::{Argument, Message, Timestamp};
use crate::foreign::Secrets;
use crate::message;

/// How long a channel is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    pub connect: Duration,
    /// From the first byte of a request to the last of its answer.
    pub answer: Duration,
    /// The same for one that carries a file.
    pub file: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), answer: Duration::from_secs(30), file: Duration::from_secs(150) }
    }
}

/// No service's own answer is longer; what is, is read no further.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

pub const JSON: &str = "application/json; charset=utf-8";

/// A channel's way over HTTP.
pub struct Post {
    client: Client,
    /// The id of its service's name.
    service: &'static str,
    secrets: Secrets,
    patience: Patience,
    now: Timestamp,
}

/// A body on its way.
pub struct Parcel {
    pub kind: String,
    pub headers: Vec<(HeaderName, String)>,
    pub body: Vec<u8>,
    /// It is waited for as long as a file needs.
    pub is_file: bool,
}

impl Parcel {
    pub fn json(body: &Value) -> Self {
        Self::text(body.to_string())
    }

    /// JSON that is signed as it stands.
    pub fn text(body: String) -> Self {
        Self { kind: JSON.to_string(), headers: Vec::new(), body: body.into_bytes(), is_file: false }
    }

    /// With one form, and a file in it.
    pub fn file((kind, body): (String, Vec<u8>)) -> Self {
        Self { kind, headers: Vec::new(), body, is_file: true }
    }
}

/// What came back, whatever it says.
pub struct Reply {
    pub status: StatusCode,
    body: Vec<u8>,
    /// Of `Retry-After`.
    pub after: Option<Duration>,
}

impl Reply {
    /// Its JSON; none where it is something else, or longer than is read.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.short_body()?).ok()
    }

    /// Its text without white space around it; none where it is longer than is read.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.short_body()?).ok().map(str::trim)
    }

    fn short_body(&self) -> Option<&[u8]> {
        Some(self.body.as_slice()).filter(|body| body.len() <= ANSWER_BYTES_MAX)
    }
}

impl Post {
    pub fn new(channel: &Channel, service: &'static str, patience: Patience, now: Timestamp) -> Result<Self, Answer> {
        let secrets = channel.secrets();
        let client = client(channel.proxy.as_deref(), &patience, &secrets)?;
        Ok(Self { client, service, secrets, patience, now })
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Brings `parcel` to `url`, once. The answer may say anything; where none came, what became of it.
    pub async fn send(&self, url: &Url, parcel: Parcel) -> Result<Reply, Answer> {
        let patience = if parcel.is_file { self.patience.file } else { self.patience.answer };
        let mut headers = HeaderMap::new();
        let of_parcel = parcel.headers.into_iter().chain([(CONTENT_TYPE, parcel.kind)]);
        for (name, value) in of_parcel {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        let request = self.client.post(url.clone()).headers(headers).timeout(patience).body(parcel.body);
        let mut response = request.send().await.map_err(|error| self.no_answer(error, patience))?;
        let status = response.status();
        let after = asked_to_wait(response.headers(), self.now);
        let mut body = Vec::new();
        while body.len() <= ANSWER_BYTES_MAX {
            match response.chunk().await.map_err(|error| self.no_answer(error, patience))? {
                Some(chunk) => body.extend_from_slice(&chunk),
                None => break,
            }
        }
        Ok(Reply { status, body, after })
    }

    fn place(&self) -> Message {
        message!(self.service)
    }

    /// What the service's own `code` and `words` mean, by its table; a code that is not in it is a refusal.
    pub fn by_table(&self, table: &[(i64, &str, Meaning)], code: i64, words: &str, after: Option<Duration>) -> Answer {
        let lower = words.to_lowercase();
        let row = table.iter().find(|(of, part, _)| *of == code && lower.contains(part));
        let told = self.secrets.tidy(&format!("{code} {words}"));
        match row.map(|(_, _, meaning)| *meaning) {
            Some(Meaning::Refused(repair)) => refused(self.place(), told, message!(repair)),
            Some(Meaning::NotNow(wait)) => not_sent(self.place(), told, after.or(wait)),
            None => refused(self.place(), told, message!("channel-repair-look-up")),
        }
    }

    /// A refusal in the service's own `words`.
    pub fn refused(&self, words: &str, repair: &'static str) -> Answer {
        refused(self.place(), self.secrets.tidy(words), message!(repair))
    }

    /// A refusal by its status.
    pub fn refused_by(&self, reply: &Reply, repair: &'static str) -> Answer {
        refused(self.place(), self.words_of(reply), message!(repair))
    }

    /// The service asks to come back, `after` that time where it named one.
    pub fn not_now(&self, words: &str, after: Option<Duration>) -> Answer {
        not_sent(self.place(), self.secrets.tidy(words), after)
    }

    /// The same by its status.
    pub fn not_now_by(&self, reply: &Reply) -> Answer {
        not_sent(self.place(), self.words_of(reply), reply.after)
    }

    /// What an answer means that is not the service's own, by its status alone.
    pub fn by_status(&self, reply: &Reply) -> Answer {
        let words = self.words_of(reply);
        match reply.status {
            StatusCode::TOO_MANY_REQUESTS => self.not_now_by(reply),
            // Who stood in between gave up waiting; the service itself may have gone on.
            StatusCode::GATEWAY_TIMEOUT => unknown(message!("channel-gateway", place = self.place(), words = words)),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => self.not_now_by(reply),
            status if status.is_server_error() => self.not_now_by(reply),
            status if status.is_redirection() => Answer::Refused {
                why: message!("channel-redirected", place = self.place(), words = words),
                repair: message!("channel-repair-redirected"),
            },
            status if status.is_success() => unknown(message!("channel-strange", place = self.place(), words = words)),
            _ => refused(self.place(), words, message!("channel-repair-address")),
        }
    }

    /// The status, and the beginning of what is not a web page, without secrets.
    pub fn words_of(&self, reply: &Reply) -> Argument {
        let (status, text) = (reply.status.as_u16(), String::from_utf8_lossy(&reply.body));
        match text.trim_start().starts_with('<') {
            true => message!("channel-web-page", status = Argument::Digits(status.into())).into(),
            false => self.secrets.tidy(format!("HTTP {status} {text}").trim()).into(),
        }
    }

    fn no_answer(&self, error: reqwest::Error, patience: Duration) -> Answer {
        let (never_left, timed_out) = (error.is_connect() || error.is_builder(), error.is_timeout());
        let cause = self.secrets.tidy(&deepest_cause(&error.without_url()));
        let place = self.place();
        if never_left {
            return Answer::NotSent { why: message!("channel-not-reached", place = place, cause = cause), after: None };
        }
        unknown(match timed_out {
            true => {
                let seconds = Argument::from(patience.as_secs_f32().to_string());
                message!("channel-no-answer", place = place, seconds = seconds)
            }
            false => message!("channel-broke-off", place = place, cause = cause),
        })
    }
}

fn client(proxy: Option<&str>, patience: &Patience, secrets: &Secrets) -> Result<Client, Answer> {
    // Fails only where the process already has a provider, and then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .no_proxy()
        // A followed redirect would bring the message elsewhere, or an empty request that is answered with a success.
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(patience.connect)
        .user_agent(concat!("couponbook/", env!("CARGO_PKG_VERSION")));
    if let Some(proxy) = proxy {
        builder = builder.proxy(through(proxy)?);
    }
    builder.build().map_err(|error| Answer::NotSent {
        why: message!("connect-client", error = secrets.tidy(&error.without_url().to_string())),
        after: None,
    })
}

fn through(proxy: &str) -> Result<reqwest::Proxy, Answer> {
    let known = |url: &Url| matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") && url.has_host();
    let url = Url::parse(proxy).ok().filter(known);
    url.and_then(|url| reqwest::Proxy::all(url.as_str()).ok())
        .ok_or_else(|| Answer::Refused { why: message!("connect-proxy"), repair: message!("channel-repair-settings") })
}

/// `Retry-After`, in seconds or as a date.
fn asked_to_wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let told = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = told.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(told).ok()?;
    Some((at.to_utc() - now).to_std().unwrap_or_default())
}

pub fn deepest_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
