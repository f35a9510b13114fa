//! The services as their documents tell them, each a judge of what is posted to it.

use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use ring::hmac;
use serde_json::{Value, json};

use super::now;
use super::receiver::{Posted, Reply};

/// Whether `sign` (base64) is HMAC-SHA256 of `message` under `key`.
pub fn is_signed(key: &[u8], message: &[u8], sign: &str) -> bool {
    let Ok(tag) = BASE64.decode(sign.as_bytes()) else { return false };
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, key), message, &tag).is_ok()
}

fn is_json(posted: &Posted) -> bool {
    posted.header("content-type").eq_ignore_ascii_case("application/json; charset=utf-8")
}

/// All texts of a document, in the order they stand in.
pub fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// A custom bot of Feishu's, with a signing secret, a keyword, or neither.
pub fn feishu(posted: &Posted, secret: Option<&str>, keyword: Option<&str>, clock: DateTime<Utc>) -> Reply {
    let no = |code: i64, msg: &str| Reply::json(200, json!({ "code": code, "msg": msg, "data": {} }));
    if !posted.path.starts_with("/open-apis/bot/v2/hook/") {
        return no(19001, "param invalid: incoming webhook access token invalid");
    }
    if posted.body.len() > 20_000 || !is_json(posted) {
        return no(9499, "Bad Request");
    }
    let body = posted.json();
    if let Some(secret) = secret {
        let timestamp = body["timestamp"].as_str().unwrap_or_default();
        let apart = clock.timestamp() - timestamp.parse::<i64>().unwrap_or_default();
        let sign = body["sign"].as_str().unwrap_or_default();
        if apart.abs() > 3600 || !is_signed(format!("{timestamp}\n{secret}").as_bytes(), b"", sign) {
            return no(19021, "sign match fail or timestamp is not within one hour from current time");
        }
    }
    let texts = texts(&body["card"]);
    if keyword.is_some_and(|keyword| !texts.iter().any(|text| text.contains(keyword))) {
        return no(19024, "Key Words Not Found");
    }
    if body["msg_type"] != "interactive" || body["card"]["header"]["title"]["tag"] != "plain_text" {
        return no(9499, "Bad Request");
    }
    if texts.iter().any(|text| text.contains("<at")) {
        return no(-7, "somebody was called");
    }
    Reply::json(200, json!({ "code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success" }))
}

/// A custom robot of DingTalk's: everything is answered with 200.
pub fn dingtalk(posted: &Posted, secret: Option<&str>, keyword: Option<&str>, clock: DateTime<Utc>) -> Reply {
    let no = |code: i64, msg: &str| Reply::json(200, json!({ "errcode": code, "errmsg": msg }));
    if posted.path != "/robot/send" || posted.query("access_token").is_none_or(|token| token.is_empty()) {
        return no(300_005, "token is not exist");
    }
    if !is_json(posted) {
        return no(43_004, "content type must be application/json");
    }
    if let Some(secret) = secret {
        let timestamp = posted.query("timestamp").unwrap_or_default();
        let apart = clock.timestamp_millis() - timestamp.parse::<i64>().unwrap_or_default();
        if apart.abs() > 3_600_000 {
            return no(310_000, "invalid timestamp");
        }
        // An unencoded `+` comes out as a space, and is no base64.
        let sign = posted.query("sign").unwrap_or_default();
        if !is_signed(secret.as_bytes(), format!("{timestamp}\n{secret}").as_bytes(), &sign) {
            return no(310_000, "sign not match, more: [https://ding-doc.dingtalk.com/doc]");
        }
    }
    if posted.body.len() > 20_000 {
        return no(460_101, "message too long, exceed 20000 bytes");
    }
    let body = posted.json();
    let (title, text) = (&body["markdown"]["title"], &body["markdown"]["text"]);
    let (Some(title), Some(text)) = (title.as_str(), text.as_str()) else { return no(40_035, "miss param") };
    if keyword.is_some_and(|keyword| !title.contains(keyword) || !text.contains(keyword)) {
        return no(310_000, "keywords not in content, more: [https://ding-doc.dingtalk.com/doc]");
    }
    Reply::json(200, json!({ "errcode": 0, "errmsg": "ok" }))
}

/// A robot of WeCom's, which takes files too.
pub fn wecom(posted: &Posted, key: &str) -> Reply {
    let no = |code: i64, msg: &str| Reply::json(200, json!({ "errcode": code, "errmsg": msg }));
    if posted.query("key").as_deref() != Some(key) {
        return no(93_000, "invalid webhook url, hint: [1600000000] from ip: 203.0.113.9");
    }
    if posted.path == "/cgi-bin/webhook/upload_media" {
        return wecom_upload(posted);
    }
    if posted.path != "/cgi-bin/webhook/send" || !is_json(posted) {
        return no(40_008, "invalid message type");
    }
    let body = posted.json();
    let content = body["markdown"]["content"].as_str().unwrap_or_default();
    match body["msgtype"].as_str() {
        Some("markdown") if content.len() > 4096 => no(40_058, "markdown.content exceed max length 4096"),
        Some("markdown") if content.is_empty() => no(40_058, "invalid parameter"),
        Some("markdown") => Reply::json(200, json!({ "errcode": 0, "errmsg": "ok" })),
        Some("file") if body["file"]["media_id"] == "3a8asd892asd8asd" => {
            Reply::json(200, json!({ "errcode": 0, "errmsg": "ok" }))
        }
        Some("file") => no(40_007, "invalid media_id"),
        _ => no(40_008, "invalid message type"),
    }
}

fn wecom_upload(posted: &Posted) -> Reply {
    let parts = posted.parts();
    let (head, content) = &parts[0];
    let is_media = head.contains("name=\"media\"") && head.contains("filename=\"") && !head.contains("filename*");
    let is_right = posted.query("type").as_deref() == Some("file") && is_media && parts.len() == 1;
    match content.len() {
        6..=20_971_520 if is_right => Reply::json(
            200,
            json!({ "errcode": 0, "errmsg": "ok", "type": "file", "media_id": "3a8asd892asd8asd", "created_at": "1380000000" }),
        ),
        _ if is_right => Reply::json(200, json!({ "errcode": 40_006, "errmsg": "invalid file size" })),
        _ => Reply::json(200, json!({ "errcode": 41_005, "errmsg": "media data missing" })),
    }
}

/// An incoming webhook of Slack's.
pub fn slack(posted: &Posted) -> Reply {
    let body = posted.json();
    let Some(text) = body["text"].as_str().filter(|text| !text.is_empty()) else {
        return Reply::text(400, "no_text");
    };
    let blocks = body["blocks"].as_array().cloned().unwrap_or_default();
    let texts: Vec<String> =
        blocks.iter().filter_map(|block| Some(block["text"]["text"].as_str()?.to_string())).collect();
    let all: usize = super::services::texts(&body["blocks"]).iter().map(|text| text.chars().count()).sum();
    let is_sound = !blocks.is_empty()
        && blocks.len() <= 50
        && texts.iter().all(|text| (1..=3000).contains(&text.chars().count()))
        && blocks.iter().all(|block| matches!(block["type"].as_str(), Some("section" | "context")));
    let calls = |text: &String| text.contains("<!") || text.contains("<@");
    match (is_sound, all > 13_200) {
        (false, _) => Reply::text(400, "invalid_blocks"),
        (_, true) => Reply::text(400, "msg_blocks_too_long"),
        _ if calls(&text.to_string()) || texts.iter().any(calls) => Reply::text(500, "somebody was called"),
        _ => Reply::text(200, "ok"),
    }
}

/// A workflow of Teams.
pub fn teams(posted: &Posted) -> Reply {
    let no = |status, code: &str| Reply::json(status, json!({ "error": { "code": code, "message": "no" } }));
    if posted.query != TEAMS_QUERY {
        return no(401, "DirectApiAuthorizationRequired");
    }
    if posted.body.len() > 28_000 {
        return Reply::text(413, "");
    }
    let body = posted.json();
    let attachment = &body["attachments"][0];
    let card = &attachment["content"];
    let blocks = card["body"].as_array().cloned().unwrap_or_default();
    let is_run = |block: &Value| {
        block["type"] == "RichTextBlock"
            && block["inlines"].as_array().is_some_and(|runs| runs.iter().all(|run| run["type"] == "TextRun"))
    };
    let is_sound = body["type"] == "message"
        && attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        && card["type"] == "AdaptiveCard"
        && card["version"] == "1.4"
        && !blocks.is_empty()
        && blocks.iter().all(is_run);
    if is_sound { Reply::text(202, "") } else { no(400, "TriggerInputSchemaMismatch") }
}

/// As a workflow's address has it: no byte of it may change.
pub const TEAMS_QUERY: &str = "api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=Zm9vYmFyLXNpZ25hdHVyZQ_x-y";

/// The bot API of Telegram. Of HTML it takes these tags only.
pub fn telegram(posted: &Posted, token: &str) -> Reply {
    let no = |status: u16, description: &str| {
        Reply::json(status, json!({ "ok": false, "error_code": status, "description": description }))
    };
    let Some(method) = posted.path.strip_prefix(&format!("/bot{token}/")) else {
        return no(401, "Unauthorized");
    };
    let yes = Reply::json(200, json!({ "ok": true, "result": { "message_id": 7 } }));
    if method == "sendDocument" {
        let parts = posted.parts();
        let has = |name: &str| parts.iter().any(|(head, _)| head.contains(&format!("name=\"{name}\"")));
        return if has("chat_id") && has("document") { yes } else { no(400, "Bad Request: there is no document") };
    }
    let body = posted.json();
    let text = body["text"].as_str().unwrap_or_default();
    let seen = match body["parse_mode"].as_str() {
        Some("HTML") => match without_marks(text) {
            Some(seen) => seen,
            None => return no(400, "Bad Request: can't parse entities: Unsupported start tag"),
        },
        _ => text.to_string(),
    };
    match seen.encode_utf16().count() {
        0 => no(400, "Bad Request: message text is empty"),
        1..=4096 => yes,
        _ => no(400, "Bad Request: message is too long"),
    }
}

/// What is seen of it; none where it does not parse.
fn without_marks(html: &str) -> Option<String> {
    let mut seen = String::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '>']) {
        seen.push_str(&rest[..at]);
        let tag = rest[at..].strip_prefix('<')?;
        let (tag, after) = tag.split_once('>')?;
        if !["b", "/b", "i", "/i", "code", "/code", "pre", "/pre"].contains(&tag) {
            return None;
        }
        rest = after;
    }
    seen.push_str(rest);
    Some(
        seen.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&"),
    )
}

/// A receiver of Standard Webhooks, as their library is.
pub fn webhook(posted: &Posted, secret: &str) -> Reply {
    let (id, timestamp) = (posted.header("webhook-id"), posted.header("webhook-timestamp"));
    let apart = now().timestamp() - timestamp.parse::<i64>().unwrap_or_default();
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
    let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", &posted.body].concat();
    let mut signatures = posted.header("webhook-signature").split(' ').filter_map(|entry| entry.strip_prefix("v1,"));
    let is_sound = apart.abs() <= 300 && !id.is_empty() && !id.contains('.');
    match is_sound && signatures.any(|signature| is_signed(&key, &signed, signature)) {
        true if posted.body.len() <= 20_480 => Reply::text(204, ""),
        true => Reply::text(413, ""),
        false => Reply::text(401, "no matching signature found"),
    }
}
