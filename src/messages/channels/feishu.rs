//! Feishu and Lark: a custom bot of a group. A card of plain text, so that no name is taken for a mark.

use serde_json::{Value, json};
use url::Url;

use super::text;
use crate::messages::answers::{Meaning, not_now_for_seconds};
use crate::messages::channel::Answer;
use crate::messages::escape::wide_angle;
use crate::messages::letter::{Letter, Tone};
use crate::messages::post::{Parcel, Post};
use crate::messages::shorten::{Shown, fitted};
use crate::messages::sign;

pub const SERVICE: &str = "channel-name-feishu";

/// Of the whole request, signature and all. The service says "20 KB" and not which kind.
const REQUEST_BYTES_MAX: usize = 19_500;

/// Its codes, the part of its words that tells one code's meanings apart, and what each means.
const TABLE: [(i64, &str, Meaning); 9] = [
    (19021, "", Meaning::Refused("channel-repair-sign-or-clock")),
    (19022, "", Meaning::Refused("channel-repair-address-list")),
    (19024, "", Meaning::Refused("channel-repair-keyword")),
    (19001, "", Meaning::Refused("channel-repair-new-address")),
    (19036, "", Meaning::Refused("channel-repair-too-long")),
    (9499, "too many request", not_now_for_seconds(60)),
    (9499, "", Meaning::Refused("channel-repair-ours")),
    (11232, "", not_now_for_seconds(60)),
    (200_621, "", Meaning::Refused("channel-repair-ours")),
];

pub async fn deliver(
    post: &Post,
    address: &Url,
    secret: Option<&str>,
    letter: &Letter,
    prefix: Option<&str>,
) -> Result<(), Answer> {
    let seconds = post.now().timestamp();
    let compose = |shown: &Shown| signed(card(letter.tone, shown), seconds, secret);
    let body = fitted(letter, prefix, compose, |body| body.to_string().len() <= REQUEST_BYTES_MAX);
    let reply = post.send(address, Parcel::json(&body)).await?;
    let answer = reply.json().unwrap_or_default();
    // Older bots answer with the second of these only.
    let code = ["code", "StatusCode"].iter().find_map(|field| answer.get(field)?.as_i64());
    match code {
        Some(0) if reply.status.is_success() => Ok(()),
        Some(code) if code != 0 => {
            let words = [text(&answer, "msg"), text(&answer, "StatusMessage")];
            let words = words.into_iter().find(|words| !words.is_empty()).unwrap_or_default();
            Err(post.by_table(&TABLE, code, words, reply.after))
        }
        _ => Err(post.by_status(&reply)),
    }
}

fn card(tone: Tone, shown: &Shown) -> Value {
    let template = match tone {
        Tone::Bad => "red",
        Tone::Warning => "orange",
        Tone::Good => "green",
        Tone::Plain => "blue",
    };
    let plain = |text: &str| json!({ "tag": "plain_text", "content": wide_angle(text) });
    let mut elements = Vec::new();
    if !shown.lines.is_empty() {
        elements.push(json!({ "tag": "div", "text": plain(&shown.lines.join("\n")) }));
    }
    elements.push(json!({ "tag": "note", "elements": [plain(&shown.foot)] }));
    json!({
        "msg_type": "interactive",
        "card": { "header": { "template": template, "title": plain(&shown.headline()) }, "elements": elements },
    })
}

fn signed(mut body: Value, seconds: i64, secret: Option<&str>) -> Value {
    if let (Some(secret), Some(fields)) = (secret, body.as_object_mut()) {
        fields.insert("timestamp".to_string(), seconds.to_string().into());
        fields.insert("sign".to_string(), sign::feishu(seconds, secret).into());
    }
    body
}
