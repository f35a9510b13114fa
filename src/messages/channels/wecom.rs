//! WeCom: a robot of a group. One message in its markdown, and the workbook as a file after it.

use serde_json::{Value, json};
use url::Url;

use super::text;
use crate::domain::Message;
use crate::message;
use crate::messages::answers::{Meaning, not_now_for_seconds, without_file};
use crate::messages::channel::Answer;
use crate::messages::escape::wide_marks;
use crate::messages::form;
use crate::messages::letter::{Attachment, Letter};
use crate::messages::post::{Parcel, Post, Reply};
use crate::messages::shorten::{Shown, fitted};

pub const SERVICE: &str = "channel-name-wecom";

/// Of the text, not of the request.
const CONTENT_BYTES_MAX: usize = 4096;
const FILE_BYTES_MAX: u64 = 20 * 1024 * 1024;
/// Emptier files are refused.
const FILE_BYTES_MIN: usize = 6;

/// Its codes, and what each means.
const TABLE: [(i64, &str, Meaning); 7] = [
    (93_000, "", Meaning::Refused("channel-repair-new-address")),
    (45_009, "", not_now_for_seconds(60)),
    (40_058, "", Meaning::Refused("channel-repair-too-long")),
    (40_008, "", Meaning::Refused("channel-repair-ours")),
    (40_007, "", Meaning::Refused("channel-repair-ours")),
    (40_006, "", Meaning::Refused("channel-repair-ours")),
    (-1, "", Meaning::NotNow(None)),
];

pub async fn deliver(post: &Post, address: &Url, letter: &Letter, prefix: Option<&str>) -> Result<(), Answer> {
    let content = fitted(letter, prefix, markdown, |content| content.len() <= CONTENT_BYTES_MAX);
    let body = json!({ "msgtype": "markdown", "markdown": { "content": content } });
    accepted(post, &post.send(address, Parcel::json(&body)).await?)?;
    match &letter.attachment {
        Some(attachment) => send_file(post, address, attachment).await.map_err(without_file),
        None => Ok(()),
    }
}

fn markdown(shown: &Shown) -> String {
    let title = format!("**{}**", shown.headline_with(&wide_marks(&shown.title)));
    let lines = shown.lines.iter().map(|line| format!("> {}", wide_marks(line)));
    let parts = [title].into_iter().chain(lines).chain([wide_marks(&shown.foot)]);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

async fn send_file(post: &Post, address: &Url, attachment: &Attachment) -> Result<(), Answer> {
    let lost = |why: Message| Answer::NotSent { why, after: None };
    let Some(bytes) = form::bytes_of(attachment, FILE_BYTES_MAX).map_err(lost)? else { return Ok(()) };
    if bytes.len() < FILE_BYTES_MIN {
        return Err(lost(message!("channel-file-empty", name = &attachment.name)));
    }
    let upload = upload_address(address);
    let parcel = Parcel::file(form::with_file(&[], "media", &attachment.name, &bytes).map_err(lost)?);
    let answer = accepted(post, &post.send(&upload, parcel).await?)?;
    let body = json!({ "msgtype": "file", "file": { "media_id": text(&answer, "media_id") } });
    accepted(post, &post.send(address, Parcel::json(&body)).await?)?;
    Ok(())
}

/// Beside the robot's own address, with its key.
fn upload_address(address: &Url) -> Url {
    let mut url = address.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().pop().push("upload_media");
    }
    url.query_pairs_mut().append_pair("type", "file");
    url
}

fn accepted(post: &Post, reply: &Reply) -> Result<Value, Answer> {
    let answer = reply.json().unwrap_or_default();
    match answer.get("errcode").and_then(Value::as_i64) {
        Some(0) if reply.status.is_success() => Ok(answer),
        Some(code) if code != 0 => Err(post.by_table(&TABLE, code, text(&answer, "errmsg"), reply.after)),
        _ => Err(post.by_status(reply)),
    }
}
