//! Slack, Microsoft Teams and Telegram.

use couponbook::messages::{Answer, Letter, Wire};
use serde_json::json;

use super::receiver::{Receiver, Reply};
use super::services::{self, TEAMS_QUERY, texts};
use super::{HOSTILE, Kind, kind, letter, many, secret, sent, with_workbook, words};

const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

fn slack(receiver: &Receiver) -> Wire {
    let path = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";
    Wire::Slack { address: secret(format!("{}{path}", receiver.address)) }
}

fn teams(receiver: &Receiver) -> Wire {
    let path = "/powerautomate/automations/direct/workflows/0a1b/triggers/manual/paths/invoke";
    Wire::Teams { address: secret(format!("{}{path}?{TEAMS_QUERY}", receiver.address)) }
}

fn telegram(receiver: &Receiver) -> Wire {
    Wire::Telegram { server: receiver.address.clone(), token: secret(TOKEN), chat: "-1001234567890".to_string() }
}

#[tokio::test]
async fn slack_shows_foreign_text_as_it_is_and_calls_nobody() {
    let receiver = Receiver::of(|posted, _| services::slack(posted)).await;
    assert_eq!(sent(slack(&receiver), &letter(&HOSTILE)).await, Answer::Delivered);
    let body = receiver.posted()[0].json();
    let text = texts(&body["blocks"]).join("\n");
    assert!(text.contains("&lt;!channel&gt;") && text.contains("&amp;amp;") && text.contains("SAVE_10_NOW"), "{text}");
    assert!(body["text"].as_str().unwrap().contains("3 coupons need a look"), "{body}");
}

#[tokio::test]
async fn teams_gets_a_card_of_runs_that_take_no_marks_at_the_very_address() {
    let receiver = Receiver::of(|posted, _| services::teams(posted)).await;
    assert_eq!(sent(teams(&receiver), &letter(&HOSTILE)).await, Answer::Delivered);
    let text = texts(&receiver.posted()[0].json()).join("\n");
    assert!(text.contains("*SALE* _x_ ~y~ `z` [free](https://evil.example)"), "{text}");
    assert!(text.contains("2026-11-29-pm.xlsx"), "{text}");
}

#[tokio::test]
async fn telegram_gets_html_in_which_foreign_text_is_text() {
    let receiver = Receiver::of(|posted, _| services::telegram(posted, TOKEN)).await;
    assert_eq!(sent(telegram(&receiver), &letter(&HOSTILE)).await, Answer::Delivered);
    let body = receiver.posted()[0].json();
    let text = body["text"].as_str().unwrap();
    assert!(text.contains("&lt;script&gt;") && text.contains("&amp;amp; &quot;quoted&quot;"), "{text}");
    assert_eq!((body["chat_id"].as_str(), body["parse_mode"].as_str()), (Some("-1001234567890"), Some("HTML")));
    assert_eq!(receiver.posted().len(), 1);
}

#[tokio::test]
async fn what_is_too_long_is_cut_at_a_line_with_the_rest_counted_and_the_foot_kept() {
    let lines = many(900);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let of_slack = Receiver::of(|posted, _| services::slack(posted)).await;
    let of_teams = Receiver::of(|posted, _| services::teams(posted)).await;
    let of_telegram = Receiver::of(|posted, _| services::telegram(posted, TOKEN)).await;
    for (wire, receiver, letters_min) in [
        (slack(&of_slack), &of_slack, 11_500),
        (teams(&of_teams), &of_teams, 8000),
        (telegram(&of_telegram), &of_telegram, 3900),
    ] {
        assert_eq!(sent(wire, &letter(&lines)).await, Answer::Delivered);
        let text = texts(&receiver.posted()[0].json()).join("\n");
        assert!(text.chars().count() > letters_min, "no more is left out than must be: {}", text.chars().count());
        let shown = text.lines().filter(|line| line.contains("请补货或更换")).count();
        assert!(text.contains(&format!("… and {} more", 900 - shown)), "{shown} of 900: {text}");
        assert!(text.contains("E20261129-160000-7KX2QF · 2026-11-29-pm.xlsx"), "{text}");
    }
}

#[tokio::test]
async fn marks_that_telegram_cannot_read_are_left_out_once() {
    let unparsed = "Bad Request: can't parse entities: Unexpected end tag at byte offset 12";
    let no = move || Reply::json(400, json!({ "ok": false, "error_code": 400, "description": unparsed }));
    let receiver = Receiver::of(move |posted, before| match before {
        0 => no(),
        _ => services::telegram(posted, TOKEN),
    })
    .await;
    assert_eq!(sent(telegram(&receiver), &letter(&HOSTILE)).await, Answer::Delivered);
    let second = receiver.posted()[1].json();
    assert!(second.get("parse_mode").is_none() && second["text"].as_str().unwrap().contains("<script>"), "{second}");

    let never = Receiver::of(move |_, _| no()).await;
    assert_eq!(kind(&sent(telegram(&never), &letter(&[])).await), Kind::Refused);
    assert_eq!(never.posted().len(), 2);
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_is_told_with_its_new_number() {
    let answer = json!({
        "ok": false, "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": { "migrate_to_chat_id": -1_009_876_543_210_i64 },
    });
    let receiver = Receiver::always(Reply::json(400, answer)).await;
    let answer = sent(telegram(&receiver), &letter(&[])).await;
    assert_eq!(kind(&answer), Kind::Refused);
    assert!(words(&answer).contains("write chat = \"-1009876543210\" in the config"), "{answer:?}");
}

#[tokio::test]
async fn telegram_gets_the_workbook_after_the_text_and_a_lost_one_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::of(|posted, _| services::telegram(posted, TOKEN)).await;
    let letter: Letter = with_workbook(letter(&["a"]), folder.path(), b"PK\x03\x04 a workbook");
    assert_eq!(sent(telegram(&receiver), &letter).await, Answer::Delivered);
    let parts = receiver.posted()[1].parts();
    assert_eq!(parts[0].1, b"-1001234567890");
    assert_eq!(parts[1].1, b"PK\x03\x04 a workbook");

    let too_large = json!({ "ok": false, "error_code": 413, "description": "Request Entity Too Large" });
    let receiver = Receiver::of(move |posted, _| match posted.path.ends_with("sendDocument") {
        true => Reply::json(413, too_large.clone()),
        false => services::telegram(posted, TOKEN),
    })
    .await;
    let answer = sent(telegram(&receiver), &letter).await;
    assert_eq!(kind(&answer), Kind::WithoutFile);
    assert!(words(&answer).contains("Request Entity Too Large"), "{answer:?}");
}
