//! DingTalk: a custom robot of a group. One message in its markdown; over its limit it is silent for ten minutes.

use serde_json::json;
use url::Url;

use super::text;
use crate::messages::answers::{Meaning, not_now_for_seconds};
use crate::messages::channel::Answer;
use crate::messages::escape::wide_marks;
use crate::messages::letter::Letter;
use crate::messages::post::{Parcel, Post};
use crate::messages::shorten::{Shown, fitted};
use crate::messages::sign;

pub const SERVICE: &str = "channel-name-dingtalk";

/// Of the whole request; the service refuses more than 20,000.
const REQUEST_BYTES_MAX: usize = 19_500;

/// Its codes, the part of its words that tells one code's meanings apart, and what each means. Whoever is over the limit waits for
/// all of the silence: a try within it would only prolong it.
const TABLE: [(i64, &str, Meaning); 27] = [
    (310_000, "keyword", Meaning::Refused("channel-repair-keyword")),
    (310_000, "关键词", Meaning::Refused("channel-repair-keyword")),
    (310_000, "sign", Meaning::Refused("channel-repair-sign-or-clock")),
    (310_000, "签名", Meaning::Refused("channel-repair-sign-or-clock")),
    (310_000, "timestamp", Meaning::Refused("channel-repair-sign-or-clock")),
    (310_000, "whitelist", Meaning::Refused("channel-repair-address-list")),
    (310_000, "白名单", Meaning::Refused("channel-repair-address-list")),
    (310_000, "", Meaning::Refused("channel-repair-security")),
    (130_101, "", not_now_for_seconds(600)),
    (410_100, "", not_now_for_seconds(600)),
    (-1, "", Meaning::NotNow(None)),
    (460_101, "", Meaning::Refused("channel-repair-too-long")),
    (101_002, "", Meaning::Refused("channel-repair-too-long")),
    (300_001, "", Meaning::Refused("channel-repair-new-address")),
    (300_005, "", Meaning::Refused("channel-repair-new-address")),
    (400_101, "", Meaning::Refused("channel-repair-new-address")),
    (40_035, "", Meaning::Refused("channel-repair-ours")),
    (43_002, "", Meaning::Refused("channel-repair-ours")),
    (43_004, "", Meaning::Refused("channel-repair-ours")),
    (400_105, "", Meaning::Refused("channel-repair-ours")),
    (400_013, "", Meaning::Refused("channel-repair-robot")),
    (400_102, "", Meaning::Refused("channel-repair-robot")),
    (400_106, "", Meaning::Refused("channel-repair-robot")),
    (430_101, "", Meaning::Refused("channel-repair-moderated")),
    (430_102, "", Meaning::Refused("channel-repair-moderated")),
    (430_103, "", Meaning::Refused("channel-repair-moderated")),
    (430_104, "", Meaning::Refused("channel-repair-moderated")),
];

pub async fn deliver(
    post: &Post,
    address: &Url,
    secret: Option<&str>,
    letter: &Letter,
    prefix: Option<&str>,
) -> Result<(), Answer> {
    let compose = |shown: &Shown| {
        let title = shown.headline_with(&wide_marks(&shown.title));
        // The title shows in the list of chats only, so the text begins with it; a robot's keyword counts in either.
        json!({ "msgtype": "markdown", "markdown": { "title": title, "text": markdown(&title, shown) } })
    };
    let body = fitted(letter, prefix, compose, |body| body.to_string().len() <= REQUEST_BYTES_MAX);
    let reply = post.send(&signed(address, post.now().timestamp_millis(), secret), Parcel::json(&body)).await?;
    let answer = reply.json().unwrap_or_default();
    match answer.get("errcode").and_then(serde_json::Value::as_i64) {
        Some(0) if reply.status.is_success() => Ok(()),
        Some(code) if code != 0 => Err(post.by_table(&TABLE, code, text(&answer, "errmsg"), reply.after)),
        _ => Err(post.by_status(&reply)),
    }
}

fn markdown(title: &str, shown: &Shown) -> String {
    let lines: Vec<String> = shown.lines.iter().map(|line| format!("- {}", wide_marks(line))).collect();
    let parts = [format!("**{title}**"), lines.join("\n"), wide_marks(&shown.foot)];
    // How it breaks lines differs between its clients; at an empty line they all do.
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// `address` itself stays as it is: a signature added to an earlier one makes it longer with each message.
fn signed(address: &Url, milliseconds: i64, secret: Option<&str>) -> Url {
    let mut url = address.clone();
    if let Some(secret) = secret {
        url.query_pairs_mut()
            .append_pair("timestamp", &milliseconds.to_string())
            .append_pair("sign", &sign::dingtalk(milliseconds, secret));
    }
    url
}
