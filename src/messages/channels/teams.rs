//! Microsoft Teams: the address of a workflow (Power Automate) that posts an adaptive card. Its text stands in runs, which take no
//! marks. It answers that the workflow was started, not that the card is there.

use reqwest::StatusCode;
use serde_json::{Value, json};
use url::Url;

use crate::messages::channel::Answer;
use crate::messages::letter::{Letter, Tone};
use crate::messages::post::{Parcel, Post};
use crate::messages::shorten::{Shown, fitted};

pub const SERVICE: &str = "channel-name-teams";

/// Of the whole request; the service says "about 28 KB".
const REQUEST_BYTES_MAX: usize = 26_000;

pub async fn deliver(post: &Post, address: &Url, letter: &Letter, prefix: Option<&str>) -> Result<(), Answer> {
    let compose = |shown: &Shown| message(letter.tone, shown);
    let body = fitted(letter, prefix, compose, |body| body.to_string().len() <= REQUEST_BYTES_MAX);
    let reply = post.send(address, Parcel::json(&body)).await?;
    match reply.status {
        // A started workflow says nothing; what speaks is something else.
        status if status.is_success() && reply.text() == Some("") => Ok(()),
        StatusCode::BAD_REQUEST => Err(post.refused_by(&reply, "channel-repair-teams-request")),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(post.refused_by(&reply, "channel-repair-teams-anyone")),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(post.refused_by(&reply, "channel-repair-teams-flow")),
        StatusCode::PAYLOAD_TOO_LARGE => Err(post.refused_by(&reply, "channel-repair-too-long")),
        _ => Err(post.by_status(&reply)),
    }
}

fn message(tone: Tone, shown: &Shown) -> Value {
    let color = match tone {
        Tone::Bad => "Attention",
        Tone::Warning => "Warning",
        Tone::Good => "Good",
        Tone::Plain => "Default",
    };
    let block = |run: Value| json!({ "type": "RichTextBlock", "inlines": [run] });
    let title =
        json!({ "type": "TextRun", "text": shown.headline(), "weight": "Bolder", "size": "Medium", "color": color });
    let lines = shown.lines.iter().map(|line| json!({ "type": "TextRun", "text": line }));
    let foot = json!({ "type": "TextRun", "text": shown.foot, "isSubtle": true, "size": "Small" });
    let body: Vec<Value> = [title].into_iter().chain(lines).chain([foot]).map(block).collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "msteams": { "width": "Full" },
                "body": body,
            },
        }],
    })
}
