//! Slack: an incoming webhook. It takes no files, and answers with one word.

use serde_json::{Value, json};
use url::Url;

use crate::messages::channel::Answer;
use crate::messages::escape::mrkdwn;
use crate::messages::letter::Letter;
use crate::messages::post::{Parcel, Post};
use crate::messages::shorten::{Shown, fitted};

pub const SERVICE: &str = "channel-name-slack";

/// Of one section.
const SECTION_LETTERS_MAX: usize = 3000;
/// Of all sections: the service begins to refuse near 13,200.
const LETTERS_MAX: usize = 12_000;

/// Its words for what lasts, and what to do.
const WORDS: [(&str, &str); 11] = [
    ("no_service", "channel-repair-new-address"),
    ("no_active_hooks", "channel-repair-new-address"),
    ("no_team", "channel-repair-new-address"),
    ("invalid_token", "channel-repair-new-address"),
    ("channel_not_found", "channel-repair-slack-channel"),
    ("channel_is_archived", "channel-repair-slack-channel"),
    ("action_prohibited", "channel-repair-slack-prohibited"),
    ("invalid_payload", "channel-repair-ours"),
    ("invalid_blocks", "channel-repair-ours"),
    ("no_text", "channel-repair-ours"),
    ("msg_blocks_too_long", "channel-repair-too-long"),
];

pub async fn deliver(post: &Post, address: &Url, letter: &Letter, prefix: Option<&str>) -> Result<(), Answer> {
    let body =
        fitted(letter, prefix, |shown| (letters(shown), message(shown)), |(letters, _)| *letters <= LETTERS_MAX).1;
    let reply = post.send(address, Parcel::json(&body)).await?;
    let word = reply.text().unwrap_or_default();
    if reply.status.is_success() && word == "ok" {
        return Ok(());
    }
    let row = WORDS.iter().find(|(of, _)| *of == word);
    match row {
        Some((word, repair)) if reply.status.is_client_error() => Err(post.refused(word, repair)),
        _ => Err(post.by_status(&reply)),
    }
}

fn message(shown: &Shown) -> Value {
    let section = |text: String| json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } });
    let mut blocks = vec![section(format!("*{}*", mrkdwn(&shown.headline())))];
    blocks.extend(sections(&shown.lines).into_iter().map(section));
    blocks.push(json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": mrkdwn(&shown.foot) }] }));
    // What a notice on a phone shows, and what is read aloud.
    json!({ "text": mrkdwn(&shown.headline()), "blocks": blocks })
}

/// The lines in as few sections as take them.
fn sections(lines: &[String]) -> Vec<String> {
    let mut sections: Vec<String> = Vec::new();
    for line in lines {
        let line = format!("• {}", mrkdwn(line));
        match sections.last_mut() {
            Some(last) if count(last) + count(&line) < SECTION_LETTERS_MAX => {
                last.push('\n');
                last.push_str(&line);
            }
            _ => sections.push(line),
        }
    }
    sections
}

fn letters(shown: &Shown) -> usize {
    let headline = shown.headline();
    let all = [&headline, &shown.foot].into_iter().chain(&shown.lines);
    // Four for what stands around each.
    all.map(|text| count(&mrkdwn(text)) + 4).sum()
}

fn count(text: &str) -> usize {
    text.encode_utf16().count()
}
