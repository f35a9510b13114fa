//! Telegram: a bot that writes into a chat, and the workbook as a document after its text.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::text;
use crate::domain::Message;
use crate::message;
use crate::messages::answers::without_file;
use crate::messages::channel::Answer;
use crate::messages::escape::html;
use crate::messages::form;
use crate::messages::letter::{Attachment, Letter};
use crate::messages::post::{Parcel, Post, Reply};
use crate::messages::shorten::{Shown, fitted};

pub const SERVICE: &str = "channel-name-telegram";

/// The service takes 4096 letters, and does not say of which kind.
const LETTERS_MAX: usize = 4000;
const FILE_BYTES_MAX: u64 = 50 * 1024 * 1024;

/// Parts of its words for what lasts, and what to do.
const WORDS: [(&str, &str); 9] = [
    ("unauthorized", "channel-repair-telegram-token"),
    ("chat not found", "channel-repair-telegram-chat"),
    ("chat_id is empty", "channel-repair-telegram-chat"),
    ("blocked by the user", "channel-repair-telegram-blocked"),
    ("kicked", "channel-repair-telegram-blocked"),
    ("not a member", "channel-repair-telegram-blocked"),
    ("not enough rights", "channel-repair-telegram-rights"),
    ("have no rights", "channel-repair-telegram-rights"),
    ("too long", "channel-repair-too-long"),
];

/// A bot and where it writes.
pub struct Bot<'a> {
    /// Of `https://api.telegram.org`, or the team's own.
    pub server: Url,
    pub token: &'a str,
    pub chat: &'a str,
}

pub async fn deliver(post: &Post, bot: &Bot<'_>, letter: &Letter, prefix: Option<&str>) -> Result<(), Answer> {
    let text = fitted(letter, prefix, marked, |text| count(text) <= LETTERS_MAX);
    let mut body = json!({
        "chat_id": bot.chat,
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
    });
    let mut reply = post.send(&bot.call("sendMessage"), Parcel::json(&body)).await?;
    if is_unparsed(&reply) {
        // Whatever we missed in its marks, the words come through without any.
        if let Some(fields) = body.as_object_mut() {
            fields.remove("parse_mode");
            fields.insert("text".to_string(), fitted(letter, prefix, plain, |text| count(text) <= LETTERS_MAX).into());
        }
        reply = post.send(&bot.call("sendMessage"), Parcel::json(&body)).await?;
    }
    accepted(post, &reply)?;
    match &letter.attachment {
        Some(attachment) => send_file(post, bot, attachment).await.map_err(without_file),
        None => Ok(()),
    }
}

impl Bot<'_> {
    fn call(&self, method: &str) -> Url {
        let mut url = self.server.clone();
        let path = format!("{}/bot{}/{method}", url.path().trim_end_matches('/'), self.token);
        url.set_path(&path);
        url
    }
}

fn marked(shown: &Shown) -> String {
    let lines = shown.lines.iter().map(|line| format!("• {}", html(line))).collect::<Vec<_>>().join("\n");
    paragraphs([format!("<b>{}</b>", html(&shown.headline())), lines, format!("<i>{}</i>", html(&shown.foot))])
}

fn plain(shown: &Shown) -> String {
    let lines = shown.lines.iter().map(|line| format!("• {line}")).collect::<Vec<_>>().join("\n");
    paragraphs([shown.headline(), lines, shown.foot.clone()])
}

fn paragraphs(parts: [String; 3]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn count(text: &str) -> usize {
    text.encode_utf16().count()
}

async fn send_file(post: &Post, bot: &Bot<'_>, attachment: &Attachment) -> Result<(), Answer> {
    let lost = |why: Message| Answer::NotSent { why, after: None };
    let Some(bytes) = form::bytes_of(attachment, FILE_BYTES_MAX).map_err(lost)? else { return Ok(()) };
    let form = form::with_file(&[("chat_id", bot.chat)], "document", &attachment.name, &bytes).map_err(lost)?;
    accepted(post, &post.send(&bot.call("sendDocument"), Parcel::file(form)).await?)
}

/// Its own answer: whether it says yes, and otherwise its words.
fn own_answer(reply: &Reply) -> Option<(bool, Value)> {
    let answer = reply.json()?;
    Some((answer.get("ok")?.as_bool()?, answer))
}

fn is_unparsed(reply: &Reply) -> bool {
    own_answer(reply).is_some_and(|(ok, answer)| !ok && text(&answer, "description").contains("can't parse entities"))
}

fn accepted(post: &Post, reply: &Reply) -> Result<(), Answer> {
    let Some((ok, answer)) = own_answer(reply) else { return Err(post.by_status(reply)) };
    if ok && reply.status.is_success() && answer.get("result").is_some() {
        return Ok(());
    }
    let words = text(&answer, "description");
    let parameter = |name: &str| answer.get("parameters")?.get(name)?.as_i64();
    if let Some(chat) = parameter("migrate_to_chat_id") {
        return Err(Answer::Refused {
            why: message!("channel-telegram-migrated"),
            repair: message!("channel-repair-telegram-migrated", chat = chat.to_string()),
        });
    }
    let asked = parameter("retry_after").and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
    match reply.status.as_u16() {
        200..=399 => Err(post.by_status(reply)),
        429 => Err(post.not_now(words, asked.or(reply.after))),
        500.. => Err(post.not_now_by(reply)),
        // It takes a token that is none for a call that is none.
        404 => Err(post.refused(words, "channel-repair-telegram-token")),
        _ => {
            let lower = words.to_lowercase();
            let row = WORDS.iter().find(|(part, _)| lower.contains(part));
            Err(post.refused(words, row.map_or("channel-repair-look-up", |(_, repair)| repair)))
        }
    }
}
