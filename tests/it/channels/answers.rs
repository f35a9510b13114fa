//! Every row of the services' tables of errors, and what it means for a letter.

use std::time::Duration;

use couponbook::messages::Wire;
use serde_json::{Value, json};

use super::receiver::{Receiver, Reply};
use super::{Kind, after, kind, letter, secret, sent, words};

#[derive(Clone, Copy)]
enum Service {
    Feishu,
    DingTalk,
    WeCom,
    Slack,
    Teams,
    Telegram,
    Webhook,
}

async fn answered(service: Service, reply: Reply) -> couponbook::messages::Answer {
    let receiver = Receiver::always(reply).await;
    let address = |path: &str| secret(format!("{}{path}", receiver.address));
    let wire = match service {
        Service::Feishu => Wire::Feishu { address: address("/open-apis/bot/v2/hook/0123456789"), secret: None },
        Service::DingTalk => Wire::DingTalk { address: address("/robot/send?access_token=0123456789"), secret: None },
        Service::WeCom => Wire::WeCom { address: address("/cgi-bin/webhook/send?key=0123456789") },
        Service::Slack => Wire::Slack { address: address("/services/T0/B0/X0123456789") },
        Service::Teams => Wire::Teams { address: address("/workflows/0123456789?sig=0123456789") },
        Service::Webhook => Wire::Webhook { address: address("/hooks/0123456789"), secrets: vec![] },
        Service::Telegram => Wire::Telegram {
            server: receiver.address.clone(),
            token: secret("123456:ABCDEF"),
            chat: "@coupons".to_string(),
        },
    };
    let answer = sent(wire, &letter(&["a"])).await;
    assert_eq!(receiver.posted().len(), 1, "nothing is sent twice: {answer:?}");
    answer
}

/// A status, a body, what it means, and a part of what is said.
type Row = (u16, Value, Kind, &'static str);

async fn holds(service: Service, rows: Vec<Row>) {
    for (status, body, wanted, part) in rows {
        let told = format!("{status} {body}");
        let reply = match body {
            Value::String(text) => Reply::text(status, &text),
            body => Reply::json(status, body),
        };
        let answer = answered(service, reply).await;
        assert_eq!(kind(&answer), wanted, "{told}: {answer:?}");
        assert!(words(&answer).contains(part), "{told}: {}", words(&answer));
    }
}

#[tokio::test]
async fn feishu_says_why_and_the_repair_fits() {
    let no = |code: i64, msg: &str| json!({ "code": code, "msg": msg, "data": {} });
    let rows = vec![
        (200, json!({ "code": 0, "msg": "success", "data": {} }), Kind::Delivered, ""),
        (200, json!({ "StatusCode": 0, "StatusMessage": "success" }), Kind::Delivered, ""),
        (
            200,
            no(19021, "sign match fail or timestamp is not within one hour from current time"),
            Kind::Refused,
            "signing secret",
        ),
        (200, no(19022, "Ip Not Allowed"), Kind::Refused, "list of addresses"),
        (200, no(19024, "Key Words Not Found"), Kind::Refused, "keyword"),
        (400, no(9499, "Bad Request"), Kind::Refused, "did not understand"),
        (400, no(9499, "too many request"), Kind::NotSent, "takes no message at the moment"),
        (200, no(11232, "frequency limited psm[lark.oapi.app_platform_runtime]"), Kind::NotSent, "11232"),
        (200, no(19001, "param invalid: incoming webhook access token invalid"), Kind::Refused, "copy it anew"),
        (200, no(19036, "message exceeds the size limit of 30KB"), Kind::Refused, "longer than the service takes"),
        (200, no(200_621, "parse card json err"), Kind::Refused, "report it to us"),
        (200, no(77_777, "something new"), Kind::Refused, "docs/messages.md"),
        (400, json!({ "code": 0 }), Kind::Refused, "HTTP 400"),
        (500, json!("oops"), Kind::NotSent, "HTTP 500"),
    ];
    holds(Service::Feishu, rows).await;
}

#[tokio::test]
async fn dingtalk_says_why_with_status_200_and_the_repair_fits() {
    let no = |code: i64, msg: &str| json!({ "errcode": code, "errmsg": msg });
    let mut rows = vec![
        (200, no(0, "ok"), Kind::Delivered, ""),
        (
            200,
            no(310_000, "keywords not in content, more: [https://ding-doc.dingtalk.com/doc]"),
            Kind::Refused,
            "as prefix",
        ),
        (200, no(310_000, "错误描述:关键词不匹配"), Kind::Refused, "as prefix"),
        (
            200,
            no(310_000, "sign not match, more: [https://ding-doc.dingtalk.com/doc]"),
            Kind::Refused,
            "signing secret",
        ),
        (200, no(310_000, "错误描述:签名不匹配"), Kind::Refused, "signing secret"),
        (200, no(310_000, "invalid timestamp, more: []"), Kind::Refused, "clock is right"),
        (200, no(310_000, "ip 203.0.113.9 not in whitelist"), Kind::Refused, "list of addresses"),
        (200, no(310_000, "something else"), Kind::Refused, "security setting"),
        (200, no(130_101, "send too fast, exceed 20 times per minute"), Kind::NotSent, "130101"),
        (
            200,
            json!({ "errcode": 130_101, "errmsg": "too fast", "status": 1111, "wait": 5, "punish": "deny" }),
            Kind::NotSent,
            "too fast",
        ),
        (200, no(410_100, "发送速度太快而限流"), Kind::NotSent, "410100"),
        (200, no(460_101, "message too long, exceed 20000 bytes"), Kind::Refused, "longer than"),
        (200, no(101_002, "message is too long"), Kind::Refused, "longer than"),
        (200, no(-1, "系统繁忙"), Kind::NotSent, "系统繁忙"),
        (200, no(77_777, "something new"), Kind::Refused, "docs/messages.md"),
    ];
    rows.extend(
        [300_001, 300_005, 400_101].map(|code| (200, no(code, "token is not exist"), Kind::Refused, "copy it anew")),
    );
    rows.extend(
        [40_035, 43_002, 43_004, 400_105].map(|code| (200, no(code, "miss param"), Kind::Refused, "report it")),
    );
    rows.extend(
        [400_013, 400_102, 400_106].map(|code| (200, no(code, "robot stopped"), Kind::Refused, "start it again")),
    );
    rows.extend(
        [430_101, 430_102, 430_103, 430_104]
            .map(|code| (200, no(code, "unsafe"), Kind::Refused, "does not let through")),
    );
    holds(Service::DingTalk, rows).await;
}

#[tokio::test]
async fn wecom_says_why_with_status_200_and_the_repair_fits() {
    let no = |code: i64, msg: &str| json!({ "errcode": code, "errmsg": msg });
    let rows = vec![
        (200, no(0, "ok"), Kind::Delivered, ""),
        (200, no(93_000, "invalid webhook url, hint: [1600000000]"), Kind::Refused, "copy it anew"),
        (200, no(45_009, "api freq out of limit"), Kind::NotSent, "45009"),
        (200, no(40_058, "markdown.content exceed max length 4096"), Kind::Refused, "longer than"),
        (200, no(40_008, "invalid message type"), Kind::Refused, "report it"),
        (200, no(40_007, "invalid media_id"), Kind::Refused, "report it"),
        (200, no(40_006, "invalid file size"), Kind::Refused, "report it"),
        (200, no(-1, "system busy"), Kind::NotSent, "system busy"),
        (200, no(77_777, "something new"), Kind::Refused, "docs/messages.md"),
    ];
    holds(Service::WeCom, rows).await;
}

#[tokio::test]
async fn slack_says_why_in_one_word_and_the_repair_fits() {
    let rows = vec![
        (200, json!("ok"), Kind::Delivered, ""),
        (400, json!("invalid_payload"), Kind::Refused, "report it"),
        (400, json!("user_not_found"), Kind::Refused, "user_not_found"),
        (403, json!("action_prohibited"), Kind::Refused, "administrator"),
        (404, json!("channel_not_found"), Kind::Refused, "choose another one"),
        (410, json!("channel_is_archived"), Kind::Refused, "choose another one"),
        (500, json!("rollup_error"), Kind::NotSent, "rollup_error"),
        (400, json!("no_text"), Kind::Refused, "report it"),
        (400, json!("too_many_attachments"), Kind::Refused, "too_many_attachments"),
        (400, json!("invalid_blocks"), Kind::Refused, "report it"),
        (403, json!("invalid_token"), Kind::Refused, "copy it anew"),
        (404, json!("no_active_hooks"), Kind::Refused, "copy it anew"),
        (404, json!("no_service"), Kind::Refused, "copy it anew"),
        (404, json!("no_team"), Kind::Refused, "copy it anew"),
        // Its other API answers so; a webhook's word is `ok`.
        (200, json!({ "ok": true }), Kind::Unknown, "not its own"),
        (200, json!("invalid_payload"), Kind::Unknown, "not its own"),
    ];
    holds(Service::Slack, rows).await;
}

#[tokio::test]
async fn teams_says_nothing_where_the_flow_was_started() {
    let no = |code: &str| json!({ "error": { "code": code, "message": "The workflow is not enabled." } });
    let rows = vec![
        (202, json!(""), Kind::Delivered, ""),
        (200, json!(""), Kind::Delivered, ""),
        // A connector of old said 1, and its errors with the same status.
        (200, json!("1"), Kind::Unknown, "not its own"),
        (
            200,
            json!("Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"),
            Kind::Unknown,
            "429",
        ),
        (400, no("WorkflowTriggerIsNotEnabled"), Kind::Refused, "turned on"),
        (401, no("DirectApiAuthorizationRequired"), Kind::Refused, "Anyone"),
        (403, no("x"), Kind::Refused, "Anyone"),
        (404, no("WorkflowNotFound"), Kind::Refused, "the flow is gone"),
        (413, json!(""), Kind::Refused, "longer than"),
        (502, no("BadGateway"), Kind::NotSent, "HTTP 502"),
        (504, no("GatewayTimeout"), Kind::Unknown, "gave up waiting"),
    ];
    holds(Service::Teams, rows).await;
}

#[tokio::test]
async fn telegram_says_why_in_words_and_the_repair_fits() {
    let no = |status: u16, words: &str| json!({ "ok": false, "error_code": status, "description": words });
    let rows = vec![
        (200, json!({ "ok": true, "result": { "message_id": 1 } }), Kind::Delivered, ""),
        (200, json!({ "ok": true }), Kind::Unknown, "not its own"),
        (401, no(401, "Unauthorized"), Kind::Refused, "@BotFather"),
        (404, no(404, "Not Found"), Kind::Refused, "@BotFather"),
        (400, no(400, "Bad Request: chat not found"), Kind::Refused, "no such chat"),
        (400, no(400, "Bad Request: message is too long"), Kind::Refused, "longer than"),
        (400, no(400, "Bad Request: not enough rights to send text messages to the chat"), Kind::Refused, "right"),
        (403, no(403, "Forbidden: bot was kicked from the supergroup chat"), Kind::Refused, "removed or blocked"),
        (403, no(403, "Forbidden: bot was blocked by the user"), Kind::Refused, "removed or blocked"),
        (500, no(500, "Internal Server Error"), Kind::NotSent, "HTTP 500"),
    ];
    holds(Service::Telegram, rows).await;
}

#[tokio::test]
async fn a_webhook_has_it_where_the_status_says_so() {
    let rows = vec![
        (200, json!("whatever it says"), Kind::Delivered, ""),
        (204, json!(""), Kind::Delivered, ""),
        (410, json!("gone"), Kind::Refused, "remove the channel"),
        (401, json!("no matching signature found"), Kind::Refused, "both clocks"),
        (404, json!("no such hook"), Kind::Refused, "compare the address"),
        (502, json!(""), Kind::NotSent, "HTTP 502"),
        (503, json!(""), Kind::NotSent, "HTTP 503"),
        // Its second try has the same id.
        (504, json!(""), Kind::NotSent, "HTTP 504"),
    ];
    holds(Service::Webhook, rows).await;
}

#[tokio::test]
async fn whoever_asks_for_a_wait_is_told_how_long_it_is() {
    let no = |code: i64| Reply::json(200, json!({ "errcode": code, "errmsg": "too fast" }));
    let minutes = |minutes: u64| Some(Duration::from_secs(60 * minutes));
    assert_eq!(after(&answered(Service::DingTalk, no(130_101)).await), minutes(10));
    assert_eq!(after(&answered(Service::WeCom, no(45_009)).await), minutes(1));
    assert_eq!(after(&answered(Service::DingTalk, no(-1)).await), None);
    let limited = Reply::json(200, json!({ "code": 11232, "msg": "frequency limited" }));
    assert_eq!(after(&answered(Service::Feishu, limited).await), minutes(1));
    let too_many = json!({
        "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 34", "parameters": { "retry_after": 34 },
    });
    assert_eq!(after(&answered(Service::Telegram, Reply::json(429, too_many)).await), Some(Duration::from_secs(34)));
    for service in [Service::Slack, Service::Teams, Service::Webhook, Service::Feishu, Service::WeCom] {
        let told = [("1", Some(1)), ("Sun, 29 Nov 2026 08:02:00 GMT", Some(120)), ("soon", None), ("", None)];
        for (header, seconds) in told {
            let headers = if header.is_empty() { vec![] } else { vec![("retry-after", header.to_string())] };
            let answer = answered(service, Reply::With(429, headers, "slow down".to_string())).await;
            assert_eq!(after(&answer), seconds.map(Duration::from_secs), "{header}");
        }
    }
}
