//! Feishu, DingTalk and WeCom.

use std::time::Duration;

use couponbook::messages::{Answer, Channel, Wire, pace, send_within};

use super::receiver::{Receiver, Reply};
use super::services::{self, texts};
use super::{HOSTILE, Kind, PATIENT, channel, kind, letter, many, now, secret, sent, with_workbook, words};

const SECRET: &str = "SEC7a1f00f1b2c3d4e5f60718293a4b5c6d";
const KEY: &str = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa";

fn feishu(receiver: &Receiver, signed: bool) -> Wire {
    let address = secret(format!("{}/open-apis/bot/v2/hook/5f2c7b1e-41cd-4f0e-a3c6-d1e0f0c0ffee", receiver.address));
    Wire::Feishu { address, secret: signed.then(|| secret(SECRET)) }
}

fn dingtalk(receiver: &Receiver, signed: bool) -> Wire {
    let address = secret(format!("{}/robot/send?access_token=0123456789abcdef0123456789abcdef", receiver.address));
    Wire::DingTalk { address, secret: signed.then(|| secret(SECRET)) }
}

fn wecom(receiver: &Receiver) -> Wire {
    Wire::WeCom { address: secret(format!("{}/cgi-bin/webhook/send?key={KEY}", receiver.address)) }
}

#[tokio::test]
async fn a_bot_that_asks_for_a_signature_gets_the_right_one_and_one_that_does_not_gets_none() {
    for (signed, wanted) in [(true, Some(SECRET)), (false, None)] {
        let bot = Receiver::of(move |posted, _| services::feishu(posted, wanted, None, now())).await;
        assert_eq!(sent(feishu(&bot, signed), &letter(&HOSTILE)).await, Answer::Delivered);
        assert_eq!(bot.posted()[0].json().get("sign").is_some(), signed);
        let robot = Receiver::of(move |posted, _| services::dingtalk(posted, wanted, None, now())).await;
        assert_eq!(sent(dingtalk(&robot, signed), &letter(&HOSTILE)).await, Answer::Delivered);
        assert_eq!(robot.posted()[0].query("sign").is_some(), signed);
        assert_eq!((bot.posted().len(), robot.posted().len()), (1, 1));
    }
}

#[tokio::test]
async fn a_signature_in_a_query_has_no_letter_that_means_something_else_there() {
    // Vector of DingTalk's: its signature holds `+`, `/` and `=`.
    let receiver = Receiver::always(Reply::json(200, serde_json::json!({ "errcode": 0, "errmsg": "ok" }))).await;
    let address = secret(format!("{}/robot/send?access_token=abc", receiver.address));
    let wire = Wire::DingTalk { address, secret: Some(secret("SEC000000000000000000000")) };
    let at = chrono::DateTime::from_timestamp_millis(1_760_000_000_002).unwrap();
    for _ in 0..2 {
        assert_eq!(send_within(&channel(wire.clone()), &letter(&[]), at, PATIENT).await, Answer::Delivered);
    }
    let wanted = "access_token=abc&timestamp=1760000000002&sign=g9iYa0g%2BDfWslmJeV0%2BriabdmIbBhC1iMw%2FnC0jVRdU%3D";
    assert!(receiver.posted().iter().all(|posted| posted.query == wanted), "{:?}", receiver.posted());
}

#[tokio::test]
async fn a_clock_that_is_an_hour_off_is_refused_with_the_clock_named() {
    let off = now() + chrono::Duration::minutes(61);
    let bot = Receiver::of(move |posted, _| services::feishu(posted, Some(SECRET), None, off)).await;
    let robot = Receiver::of(move |posted, _| services::dingtalk(posted, Some(SECRET), None, off)).await;
    for wire in [feishu(&bot, true), dingtalk(&robot, true)] {
        let answer = sent(wire, &letter(&[])).await;
        assert_eq!(kind(&answer), Kind::Refused);
        assert!(words(&answer).contains("clock is right"), "{answer:?}");
    }
}

#[tokio::test]
async fn the_prefix_is_the_keyword_that_a_bot_asks_for() {
    let bot = Receiver::of(|posted, _| services::feishu(posted, None, Some("[coupons]"), now())).await;
    let robot = Receiver::of(|posted, _| services::dingtalk(posted, None, Some("[coupons]"), now())).await;
    for wire in [feishu(&bot, false), dingtalk(&robot, false)] {
        let without = sent(wire.clone(), &letter(&["a"])).await;
        assert!(words(&without).contains("as prefix of the channel"), "{without:?}");
        let with = Channel { prefix: Some("[coupons]".to_string()), ..channel(wire) };
        assert_eq!(send_within(&with, &letter(&["a"]), now(), PATIENT).await, Answer::Delivered);
    }
}

#[tokio::test]
async fn foreign_text_calls_nobody_forges_no_line_and_hides_nothing() {
    let bot = Receiver::of(|posted, _| services::feishu(posted, None, None, now())).await;
    assert_eq!(sent(feishu(&bot, false), &letter(&HOSTILE)).await, Answer::Delivered);
    let robot = Receiver::of(|posted, _| services::dingtalk(posted, None, None, now())).await;
    assert_eq!(sent(dingtalk(&robot, false), &letter(&HOSTILE)).await, Answer::Delivered);
    let work = Receiver::of(|posted, _| services::wecom(posted, KEY)).await;
    assert_eq!(sent(wecom(&work), &letter(&HOSTILE)).await, Answer::Delivered);
    for receiver in [&bot, &robot, &work] {
        let text = texts(&receiver.posted()[0].json()).join("\n");
        assert!(!text.contains('<') && !text.contains('\u{202e}') && !text.contains('\u{200b}'), "{text}");
        assert!(!text.contains("\n- forged") && !text.contains("\nforged"), "{text}");
        assert!(text.contains("SAVE_10_NOW"), "a code is copied from a message as it is: {text}");
    }
    for receiver in [&robot, &work] {
        let text = texts(&receiver.posted()[0].json()).join("\n").replace("**", "");
        assert!(!text.contains(['*', '`', '[', ']', '@', '~', '|']), "{text}");
        assert!(text.lines().all(|line| !line.starts_with('#')), "{text}");
    }
}

#[tokio::test]
async fn what_is_too_long_is_cut_at_a_line_with_the_rest_counted_and_the_foot_kept() {
    let lines = many(900);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let bot = Receiver::of(|posted, _| services::feishu(posted, Some(SECRET), None, now())).await;
    let robot = Receiver::of(|posted, _| services::dingtalk(posted, Some(SECRET), None, now())).await;
    let work = Receiver::of(|posted, _| services::wecom(posted, KEY)).await;
    for (wire, receiver, bytes_min) in
        [(feishu(&bot, true), &bot, 19_000), (dingtalk(&robot, true), &robot, 19_000), (wecom(&work), &work, 3900)]
    {
        let long = couponbook::messages::Letter { language: crate::chinese(), ..letter(&lines) };
        assert_eq!(sent(wire, &long).await, Answer::Delivered);
        let posted = &receiver.posted()[0];
        assert!(posted.body.len() > bytes_min, "no more is left out than must be: {}", posted.body.len());
        let text = texts(&posted.json()).join("\n");
        let shown = text.lines().filter(|line| line.contains("请补货或更换")).count();
        assert!(text.contains(&format!("另有 {} 条", 900 - shown)), "{shown} of 900: {text}");
        assert!(text.contains("E20261129-160000-7KX2QF · 2026-11-29-pm.xlsx"), "{text}");
    }
}

#[tokio::test]
async fn a_title_and_a_foot_that_alone_are_too_long_are_cut_too() {
    let work = Receiver::of(|posted, _| services::wecom(posted, KEY)).await;
    let long = "长".repeat(5000);
    let letter = couponbook::messages::Letter { title: long.clone(), foot: long.clone(), ..letter(&[&long]) };
    assert_eq!(sent(wecom(&work), &letter).await, Answer::Delivered);
}

#[tokio::test]
async fn wecom_gets_the_workbook_after_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let work = Receiver::of(|posted, _| services::wecom(posted, KEY)).await;
    let letter = with_workbook(letter(&["a"]), folder.path(), b"PK\x03\x04 a workbook \xff\x00");
    assert_eq!(sent(wecom(&work), &letter).await, Answer::Delivered);
    let posted = work.posted();
    let paths: Vec<&str> = posted.iter().map(|posted| posted.path.as_str()).collect();
    assert_eq!(paths, ["/cgi-bin/webhook/send", "/cgi-bin/webhook/upload_media", "/cgi-bin/webhook/send"]);
    let (head, content) = &posted[1].parts()[0];
    assert!(head.contains("filename=\"优惠券 2026-11-29-pm.xlsx\""), "{head}");
    assert_eq!(content, b"PK\x03\x04 a workbook \xff\x00");
    assert_eq!(posted[1].query("key").as_deref(), Some(KEY));
}

#[tokio::test]
async fn a_text_that_arrived_without_its_file_is_said_to_have_arrived() {
    let folder = tempfile::tempdir().unwrap();
    let troubles = [
        Reply::json(200, serde_json::json!({ "errcode": 40_006, "errmsg": "invalid file size" })),
        Reply::json(200, serde_json::json!({ "errcode": 45_009, "errmsg": "api freq out of limit" })),
        Reply::text(502, "<html>bad gateway</html>"),
        Reply::Half,
    ];
    for trouble in troubles {
        let of_upload = trouble.clone();
        let work = Receiver::of(move |posted, _| match posted.path.ends_with("upload_media") {
            true => of_upload.clone(),
            false => services::wecom(posted, KEY),
        })
        .await;
        let letter = with_workbook(letter(&["a"]), folder.path(), b"PK\x03\x04 a workbook");
        let answer = sent(wecom(&work), &letter).await;
        assert_eq!(kind(&answer), Kind::WithoutFile, "{trouble:?}: {answer:?}");
        assert!(words(&answer).contains("the message is there, the file is not"), "{answer:?}");
    }
    let gone = with_workbook(letter(&["a"]), folder.path(), b"PK\x03\x04 a workbook");
    std::fs::remove_file(folder.path().join("book.xlsx")).unwrap();
    let work = Receiver::of(|posted, _| services::wecom(posted, KEY)).await;
    assert_eq!(kind(&sent(wecom(&work), &gone).await), Kind::WithoutFile);
}

#[tokio::test]
async fn a_file_that_is_too_big_for_wecom_is_told_by_its_name_in_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let work = Receiver::of(|posted, _| services::wecom(posted, KEY)).await;
    let letter = with_workbook(letter(&["a"]), folder.path(), &vec![7; 20 * 1024 * 1024 + 1]);
    assert_eq!(sent(wecom(&work), &letter).await, Answer::Delivered);
    assert_eq!(work.posted().len(), 1);
}

#[tokio::test]
async fn robots_of_twenty_messages_a_minute_are_asked_to_take_fewer() {
    let receiver = Receiver::always(Reply::text(200, "")).await;
    for wire in [dingtalk(&receiver, false), wecom(&receiver)] {
        assert!(pace(&wire) >= Duration::from_secs(3), "{wire:?}");
    }
}
