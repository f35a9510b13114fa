//! An address of the team's own, signed as Standard Webhooks does: the letter as data, for programs.

use chrono::SecondsFormat;
use reqwest::StatusCode;
use reqwest::header::HeaderName;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::messages::channel::Answer;
use crate::messages::letter::Letter;
use crate::messages::post::{Parcel, Post};
use crate::messages::{shorten, sign};

pub const SERVICE: &str = "channel-name-webhook";

/// As Standard Webhooks advises, of the whole body.
const BODY_BYTES_MAX: usize = 20_000;
/// What stands around the data.
const AROUND_BYTES: usize = 200;

pub async fn deliver(post: &Post, address: &Url, secrets: &[&str], letter: &Letter) -> Result<(), Answer> {
    // Signed as it is sent: what is written twice may differ.
    let body = serde_json::to_string(&event(letter)).unwrap_or_default();
    let seconds = post.now().timestamp();
    let signatures = secrets.iter().filter_map(|secret| sign::standard_webhook(secret, &letter.key, seconds, &body));
    let signatures = signatures.collect::<Vec<_>>().join(" ");
    let named = |name: &'static str, value: String| (HeaderName::from_static(name), value);
    let mut parcel = Parcel::text(body);
    parcel.headers.push(named("webhook-id", letter.key.clone()));
    parcel.headers.push(named("webhook-timestamp", seconds.to_string()));
    if !signatures.is_empty() {
        parcel.headers.push(named("webhook-signature", signatures));
    }
    let reply = post.send(address, parcel).await?;
    match reply.status {
        status if status.is_success() => Ok(()),
        StatusCode::GONE => Err(post.refused_by(&reply, "channel-repair-webhook-gone")),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Err(post.refused_by(&reply, "channel-repair-webhook-secret"))
        }
        // A second try has the same id, by which the receiver knows it.
        StatusCode::GATEWAY_TIMEOUT => Err(post.not_now_by(&reply)),
        _ => Err(post.by_status(&reply)),
    }
}

/// In the order that Standard Webhooks writes it in.
#[derive(Serialize)]
struct Event {
    r#type: &'static str,
    timestamp: String,
    data: Value,
}

fn event(letter: &Letter) -> Event {
    Event {
        r#type: letter.kind,
        timestamp: letter.at.to_rfc3339_opts(SecondsFormat::Secs, true),
        data: shorten::data(&letter.data, BODY_BYTES_MAX - AROUND_BYTES),
    }
}
