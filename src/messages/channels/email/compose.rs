//! A letter as a mail: plain words and the same in HTML, and the workbook where it goes along.

use std::time::SystemTime;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use url::Host;

use crate::domain::Timestamp;
use crate::message;
use crate::messages::channel::{Answer, Email};
use crate::messages::escape::html;
use crate::messages::form::XLSX;
use crate::messages::letter::Letter;
use crate::messages::shorten::Shown;

/// A file that goes along.
pub struct Enclosed<'a> {
    /// As the letter calls it.
    pub name: &'a str,
    pub bytes: Vec<u8>,
}

/// `mei@example.com`, or with a name before it: `Mei <mei@example.com>`.
pub fn mailbox(text: &str) -> Option<Mailbox> {
    text.trim().parse().ok()
}

/// In ASCII.
pub fn domain_of(mailbox: &Mailbox) -> String {
    let domain = mailbox.email.domain();
    Host::parse(domain).map_or_else(|_| domain.to_string(), |host| host.to_string())
}

/// The mail, the same at every try but for its attachment: whoever got it twice sees one.
pub fn compose(
    email: &Email,
    letter: &Letter,
    prefix: Option<&str>,
    now: Timestamp,
    enclosed: Option<Enclosed>,
) -> Result<lettre::Message, Answer> {
    let settings = |address: &String| Answer::Refused {
        why: message!("channel-mail-address", address = address),
        repair: message!("channel-repair-settings"),
    };
    let not_made = |error: &dyn std::error::Error| Answer::Refused {
        why: message!("channel-mail-not-made", cause = error.to_string()),
        repair: message!("channel-repair-ours"),
    };
    let from = mailbox(&email.from).ok_or_else(|| settings(&email.from))?;
    let shown = Shown::whole(letter, prefix);
    let id = format!("<{}@{}>", letter.key, domain_of(&from));
    let automatic = HeaderName::new_from_ascii("Auto-Submitted".to_string()).map_err(|error| not_made(&error))?;
    let mut mail = lettre::Message::builder()
        .from(from)
        .subject(shown.headline())
        .message_id(Some(id))
        .date(SystemTime::from(now))
        // So that no out-of-office answers.
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_string()));
    for person in &email.to {
        mail = mail.to(mailbox(person).ok_or_else(|| settings(person))?);
    }
    let words = MultiPart::alternative_plain_html(plain(&shown), marked(&shown, letter.language.tag()));
    let parts = match enclosed {
        None => words,
        Some(enclosed) => {
            MultiPart::mixed().multipart(words).singlepart(attached(enclosed).map_err(|error| not_made(&error))?)
        }
    };
    mail.multipart(parts).map_err(|error| not_made(&error))
}

fn attached(enclosed: Enclosed) -> Result<SinglePart, lettre::message::header::ContentTypeErr> {
    let Enclosed { name, bytes } = enclosed;
    Ok(Attachment::new(ascii_name(name)).body(bytes, ContentType::parse(XLSX)?))
}

/// Some mail programs show any other as `tcmime.bin`.
fn ascii_name(name: &str) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "xlsx"));
    let word = |text: &str| {
        let plain = text
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { ' ' });
        plain.collect::<String>().split_whitespace().collect::<Vec<_>>().join("_")
    };
    let stem = word(stem);
    format!("{}.{}", if stem.is_empty() { "workbook" } else { &stem }, word(ending))
}

fn plain(shown: &Shown) -> String {
    let lines = shown.lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\r\n");
    let parts = [shown.headline(), lines, shown.foot.clone()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\r\n\r\n")
}

fn marked(shown: &Shown, language: &str) -> String {
    let lines: String =
        shown.lines.iter().map(|line| format!("<li style=\"margin:4px 0\">{}</li>", html(line))).collect();
    let list = if lines.is_empty() { String::new() } else { format!("<ul style=\"padding-left:20px\">{lines}</ul>") };
    format!(
        "<!doctype html><html lang=\"{language}\"><body style=\"font-family:sans-serif;font-size:14px;color:#222\">\
         <p style=\"font-size:16px\"><b>{}</b></p>{list}<p style=\"color:#666\">{}</p></body></html>",
        html(&shown.headline()),
        html(&shown.foot)
    )
}
