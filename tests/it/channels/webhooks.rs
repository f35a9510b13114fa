//! The webhook for programs.

use couponbook::messages::{Answer, Wire};
use serde_json::json;

use super::receiver::Receiver;
use super::{Kind, kind, letter, secret, sent, services};

const FIRST: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SECOND: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn webhook(receiver: &Receiver, secrets: &[&str]) -> Wire {
    Wire::Webhook {
        address: secret(format!("{}/hooks/coupons", receiver.address)),
        secrets: secrets.iter().map(|text| secret(*text)).collect(),
    }
}

#[tokio::test]
async fn a_receiver_reads_data_whose_signature_fits_the_bytes_and_whose_id_stays_the_same() {
    let receiver = Receiver::of(|posted, _| services::webhook(posted, FIRST)).await;
    for _ in 0..2 {
        assert_eq!(sent(webhook(&receiver, &[FIRST]), &letter(&["a"])).await, Answer::Delivered);
    }
    let posted = receiver.posted();
    assert_eq!(posted[0].header("webhook-id"), "E20261129-160000-7KX2QF_digest");
    assert_eq!(posted[0].header("webhook-id"), posted[1].header("webhook-id"));
    let wanted = json!({ "type": "export.finished", "timestamp": "2026-11-29T08:00:00Z", "data": { "critical": 3 } });
    assert_eq!(posted[0].json(), wanted);
}

#[tokio::test]
async fn while_one_secret_takes_the_others_place_both_sign() {
    for known in [FIRST, SECOND] {
        let receiver = Receiver::of(move |posted, _| services::webhook(posted, known)).await;
        assert_eq!(sent(webhook(&receiver, &[FIRST, SECOND]), &letter(&[])).await, Answer::Delivered);
    }
    let receiver = Receiver::of(|posted, _| services::webhook(posted, SECOND)).await;
    assert_eq!(kind(&sent(webhook(&receiver, &[FIRST]), &letter(&[])).await), Kind::Refused);
}

#[tokio::test]
async fn data_that_is_too_much_loses_the_ends_of_its_lists_and_says_how_many() {
    let receiver = Receiver::of(|posted, _| services::webhook(posted, FIRST)).await;
    let findings: Vec<_> = (0..2000).map(|number| json!({ "coupon": format!("优惠券 {number}") })).collect();
    let letter =
        couponbook::messages::Letter { data: json!({ "critical": 2000, "findings": findings }), ..letter(&[]) };
    assert_eq!(sent(webhook(&receiver, &[FIRST]), &letter).await, Answer::Delivered);
    let data = receiver.posted()[0].json()["data"].clone();
    let kept = data["findings"].as_array().unwrap().len() as u64;
    assert!(kept > 100, "{kept}");
    assert_eq!((data["critical"].as_u64(), data["left_out"]["findings"].as_u64()), (Some(2000), Some(2000 - kept)));
}
