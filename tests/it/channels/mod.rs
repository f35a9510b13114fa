//! Each channel against a receiver on loopback that is written from the services' documents: it looks at form, signature, limits
//! and marks with code of its own, and answers as the service does, errors too.

mod answers;
mod bots;
mod chats;
mod complaints;
mod mail;
pub mod receiver;
mod relay;
mod secrets;
mod services;
mod signatures;
mod tls;
mod webhooks;
mod without_an_answer;

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use couponbook::language::Language;
use couponbook::messages::{Answer, Attachment, Channel, ChannelId, Letter, Patience, Tone, Wire, send_within};
use secrecy::SecretString;

/// The receivers' clock, and ours.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 29, 8, 0, 0).unwrap()
}

pub fn letter(lines: &[&str]) -> Letter {
    Letter {
        key: "E20261129-160000-7KX2QF_digest".to_string(),
        kind: "export.finished",
        at: now(),
        tone: Tone::Bad,
        title: "3 coupons need a look today".to_string(),
        lines: lines.iter().map(|line| line.to_string()).collect(),
        foot: "E20261129-160000-7KX2QF · 2026-11-29-pm.xlsx · 29 Nov 16:00 +08:00".to_string(),
        language: Language::ENGLISH,
        attachment: None,
        data: serde_json::json!({ "critical": 3 }),
    }
}

/// Names of shops and coupons as nobody hopes for.
pub const HOSTILE: [&str; 6] = [
    "<at user_id=\"all\">Everyone</at> <!channel> <@all> @all",
    "*SALE* _x_ ~y~ `z` [free](https://evil.example) | a | b |",
    "# Title > quote\n- forged line\r\n2 of 2",
    "turned \u{202e}desrever and \u{200b}unseen\u{7}",
    "</b><script>alert(1)</script>&amp; \"quoted\" 'too'",
    "<font color=\"warning\">红</font> SAVE_10_NOW",
];

/// As many lines of a coupon as one likes, in the longest letters.
pub fn many(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("第{number}家店铺：优惠券库存已用完，活动还在进行，请补货或更换")).collect()
}

pub fn secret(text: impl Into<String>) -> SecretString {
    SecretString::from(text.into())
}

pub fn channel(wire: Wire) -> Channel {
    Channel { id: ChannelId("team".to_string()), wire, prefix: None, proxy: None }
}

/// For whoever never answers.
pub const HASTY: Patience = Patience {
    connect: Duration::from_millis(500),
    answer: Duration::from_millis(500),
    file: Duration::from_millis(500),
};

/// Enough for every answer that comes.
pub const PATIENT: Patience =
    Patience { connect: Duration::from_secs(20), answer: Duration::from_secs(20), file: Duration::from_secs(20) };

pub async fn sent(wire: Wire, letter: &Letter) -> Answer {
    send_within(&channel(wire), letter, now(), PATIENT).await
}

/// The one letter of an answer's kind, for tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Delivered,
    WithoutFile,
    Refused,
    NotSent,
    Unknown,
}

pub fn kind(answer: &Answer) -> Kind {
    match answer {
        Answer::Delivered => Kind::Delivered,
        Answer::DeliveredWithoutFile { .. } => Kind::WithoutFile,
        Answer::Refused { .. } => Kind::Refused,
        Answer::NotSent { .. } => Kind::NotSent,
        Answer::Unknown { .. } => Kind::Unknown,
    }
}

/// All that an answer says, in both languages.
pub fn words(answer: &Answer) -> String {
    let parts = match answer {
        Answer::Delivered => vec![],
        Answer::Refused { why, repair } => vec![why, repair],
        Answer::DeliveredWithoutFile { why } | Answer::NotSent { why, .. } | Answer::Unknown { why } => vec![why],
    };
    let languages = [Language::ENGLISH, crate::chinese()];
    let said = languages.iter().flat_map(|language| parts.iter().map(|part| language.render(part)));
    said.collect::<Vec<_>>().join("\n")
}

pub fn after(answer: &Answer) -> Option<Duration> {
    match answer {
        Answer::NotSent { after, .. } => *after,
        other => panic!("{other:?}"),
    }
}

/// A workbook of some bytes in a folder.
pub fn with_workbook(mut letter: Letter, folder: &Path, bytes: &[u8]) -> Letter {
    let file = folder.join("book.xlsx");
    std::fs::write(&file, bytes).unwrap();
    letter.attachment = Some(Attachment { file, name: "优惠券 2026-11-29-pm.xlsx".to_string() });
    letter
}
