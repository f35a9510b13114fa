//! Who knows an address can write there: none comes out, whoever repeats it.

use couponbook::messages::{Channel, Email, Encryption, Wire, complaint, send_within};
use serde_json::json;

use super::receiver::{Receiver, Reply};
use super::{PATIENT, channel, letter, now, secret, words};

const ADDRESS_PART: &str = "5f2c7b1e-41cd-4f0e-a3c6-d1e0f0c0ffee";
const KEY: &str = "SECc7a1f00f1b2c3d4e5f60718293a4b5c6d";
const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

fn wires(address: &str) -> Vec<Wire> {
    let at = |path: String| secret(format!("{address}{path}"));
    vec![
        Wire::Feishu { address: at(format!("/open-apis/bot/v2/hook/{ADDRESS_PART}")), secret: Some(secret(KEY)) },
        Wire::DingTalk { address: at(format!("/robot/send?access_token={ADDRESS_PART}")), secret: Some(secret(KEY)) },
        Wire::WeCom { address: at(format!("/cgi-bin/webhook/send?key={ADDRESS_PART}")) },
        Wire::Slack { address: at(format!("/services/T0/B0/{ADDRESS_PART}")) },
        Wire::Teams { address: at(format!("/workflows/x?sig={ADDRESS_PART}")) },
        Wire::Telegram { server: address.to_string(), token: secret(TOKEN), chat: "-100123".to_string() },
        Wire::Webhook { address: at(format!("/hooks/{ADDRESS_PART}")), secrets: vec![secret(WEBHOOK_SECRET)] },
    ]
}

fn is_clean(text: &str) -> bool {
    [ADDRESS_PART, KEY, TOKEN, WEBHOOK_SECRET, "hunter22-and-more"]
        .iter()
        .all(|hidden| !text.contains(hidden) && !text.contains(&hidden.to_uppercase()))
}

/// What each of them must not show, in the same order.
const HIDDEN: [&str; 7] = [KEY, KEY, ADDRESS_PART, ADDRESS_PART, ADDRESS_PART, TOKEN, WEBHOOK_SECRET];

#[tokio::test]
async fn what_a_service_repeats_of_an_address_or_a_secret_is_masked_and_shortened() {
    for (which, hidden) in HIDDEN.into_iter().enumerate() {
        let receiver = Receiver::of(move |posted, _| {
            let asked = format!("{}?{}", posted.path, posted.query);
            let told = format!("{asked} {hidden} \u{1b}[31m\u{202e} {}", "x".repeat(5000));
            let fields =
                json!({ "code": 1, "errcode": 1, "ok": false, "description": told, "msg": told, "errmsg": told });
            Reply::json(400, fields)
        })
        .await;
        let channel = channel(wires(&receiver.address).remove(which));
        let answer = send_within(&channel, &letter(&["a"]), now(), PATIENT).await;
        let told = format!("{answer:?} {}", words(&answer));
        assert!(is_clean(&told) && told.contains("••••"), "{told}");
        assert!(!told.contains('\u{1b}') && !told.contains('\u{202e}'), "{told}");
        assert!(words(&answer).len() < 2500, "{told}");
    }
}

#[test]
fn words_that_stand_in_every_address_of_a_service_are_no_secrets() {
    use couponbook::foreign::Secrets;
    let said = "open-apis, services, workflows and powerautomate in reports/services";
    for wire in wires("https://example.com/powerautomate") {
        let secrets = Secrets::default();
        channel(wire).hide(&secrets);
        assert_eq!(secrets.masked(said), said);
    }
    // Where an address has nothing but words, its last one is what nobody may know.
    let secrets = Secrets::default();
    channel(Wire::Slack { address: secret("https://example.com/incoming/opensesame") }).hide(&secrets);
    assert_eq!(secrets.masked("incoming opensesame"), "incoming ••••");
}

#[tokio::test]
async fn no_error_of_the_network_names_an_address() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for wire in wires(&format!("https://127.0.0.1:{port}")) {
        let answer = send_within(&channel(wire), &letter(&["a"]), now(), PATIENT).await;
        let told = format!("{answer:?} {}", words(&answer));
        assert!(is_clean(&told) && !told.contains("127.0.0.1") && !told.contains("/services"), "{told}");
    }
}

#[test]
fn debug_output_shows_dots() {
    let email = Email {
        host: "smtp.example.com".to_string(),
        port: 465,
        encryption: Encryption::Tls,
        login: Some(("bot".to_string(), secret("hunter22-and-more"))),
        from: "bot@example.com".to_string(),
        to: vec!["team@example.com".to_string()],
        ca_file: None,
    };
    for wire in wires("https://example.com").into_iter().chain([Wire::Email(email)]) {
        let proxy = Some("http://user:hunter22-and-more@proxy:8080".to_string());
        let channel = Channel { proxy, ..channel(wire) };
        assert!(is_clean(&format!("{channel:?} {:?}", complaint(&channel.wire))), "{channel:?}");
    }
}
