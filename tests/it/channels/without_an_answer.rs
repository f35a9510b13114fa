//! What stands between, or at the wrong address: it answers what is not the service's own, something else, or nothing.

use couponbook::messages::{Answer, Channel, Wire, send_within};
use serde_json::json;

use super::receiver::{Receiver, Reply};
use super::{HASTY, Kind, PATIENT, channel, kind, letter, now, secret, words};

/// A channel of each kind that speaks HTTP, and what an answer of each service looks like.
fn wires(address: &str) -> Vec<(&'static str, Wire)> {
    let at = |path: &str| secret(format!("{address}{path}"));
    vec![
        ("feishu", Wire::Feishu { address: at("/open-apis/bot/v2/hook/0123456789"), secret: None }),
        ("dingtalk", Wire::DingTalk { address: at("/robot/send?access_token=0123456789"), secret: None }),
        ("wecom", Wire::WeCom { address: at("/cgi-bin/webhook/send?key=0123456789") }),
        ("slack", Wire::Slack { address: at("/services/T0/B0/X0123456789") }),
        ("teams", Wire::Teams { address: at("/workflows/0123456789?sig=0123456789") }),
        (
            "telegram",
            Wire::Telegram { server: address.to_string(), token: secret("123456:ABCDEF"), chat: "-100123".to_string() },
        ),
        ("webhook", Wire::Webhook { address: at("/hooks/0123456789"), secrets: vec![] }),
    ]
}

/// What each kind of channel makes of `reply`, and how often it asked.
async fn each(reply: Reply, wanted: impl Fn(&str) -> Kind) {
    let patience = if matches!(reply, Reply::Silence) { HASTY } else { PATIENT };
    for which in 0..wires("").len() {
        let receiver = Receiver::always(reply.clone()).await;
        let (name, wire) = wires(&receiver.address).remove(which);
        let answer = send_within(&channel(wire), &letter(&["a"]), now(), patience).await;
        assert_eq!(kind(&answer), wanted(name), "{name} {reply:?}: {answer:?}");
        assert_eq!(receiver.posted().len(), 1, "{name} {reply:?}");
    }
}

#[tokio::test]
async fn a_web_page_or_nothing_with_status_200_is_no_delivery_where_the_service_has_an_answer_of_its_own() {
    let page = "<!DOCTYPE html><html><body>Sign in to the network</body></html>";
    each(Reply::text(200, page), |name| if name == "webhook" { Kind::Delivered } else { Kind::Unknown }).await;
    let is_enough = |name: &str| matches!(name, "webhook" | "teams");
    each(Reply::text(200, ""), |name| if is_enough(name) { Kind::Delivered } else { Kind::Unknown }).await;
}

#[tokio::test]
async fn the_success_of_another_service_is_no_success() {
    // WeCom and DingTalk say the same.
    let successes = [
        (json!({ "code": 0, "msg": "success" }).to_string(), vec!["feishu"]),
        (json!({ "errcode": 0, "errmsg": "ok" }).to_string(), vec!["dingtalk", "wecom"]),
        ("ok".to_string(), vec!["slack"]),
        (json!({ "ok": true, "result": {} }).to_string(), vec!["telegram"]),
    ];
    for (success, own) in successes {
        let wanted =
            |name: &str| if name == "webhook" || own.contains(&name) { Kind::Delivered } else { Kind::Unknown };
        each(Reply::text(200, &success), wanted).await;
    }
}

#[tokio::test]
async fn nobody_is_followed_to_another_address() {
    for status in [301, 302, 307, 308] {
        let elsewhere = Reply::With(status, vec![("location", "/ok".to_string())], String::new());
        each(elsewhere, |_| Kind::Refused).await;
    }
}

#[tokio::test]
async fn where_no_whole_answer_came_it_is_not_known_whether_the_message_is_there() {
    each(Reply::Silence, |_| Kind::Unknown).await;
    each(Reply::Half, |_| Kind::Unknown).await;
}

#[tokio::test]
async fn an_answer_that_takes_its_time_is_waited_for() {
    let receiver = Receiver::always(Reply::Late(200, "ok")).await;
    let wire = Wire::Slack { address: secret(format!("{}/services/T0/B0/X", receiver.address)) };
    assert_eq!(send_within(&channel(wire), &letter(&["a"]), now(), PATIENT).await, Answer::Delivered);
}

#[tokio::test]
async fn to_a_certificate_that_nobody_vouches_for_nothing_is_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || listener.incoming().for_each(|stream| super::tls::untrusted(stream.unwrap())));
    for (name, wire) in wires(&address) {
        let answer = send_within(&channel(wire), &letter(&["a"]), now(), PATIENT).await;
        assert_eq!(kind(&answer), Kind::NotSent, "{name}: {answer:?}");
        assert!(words(&answer).contains("certificate"), "{name}: {}", words(&answer));
    }
}

#[tokio::test]
async fn of_an_endless_answer_only_the_beginning_is_read() {
    each(Reply::Huge, |name| if name == "webhook" { Kind::Delivered } else { Kind::Unknown }).await;
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for scheme in ["http", "https"] {
        for (name, wire) in wires(&format!("{scheme}://127.0.0.1:{port}")) {
            let answer = send_within(&channel(wire), &letter(&["a"]), now(), PATIENT).await;
            assert_eq!(kind(&answer), Kind::NotSent, "{name}: {answer:?}");
            assert!(words(&answer).contains("could not be reached"), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_channel_goes_through_its_proxy_and_through_no_other() {
    let proxy = Receiver::always(Reply::text(200, "ok")).await;
    let wire = Wire::Slack { address: secret("http://localhost:1/services/T0/B0/X") };
    let through = |proxy: &str| Channel { proxy: Some(proxy.to_string()), ..channel(wire.clone()) };
    let answer = send_within(&through(&proxy.address), &letter(&["a"]), now(), PATIENT).await;
    assert_eq!((answer, proxy.posted().len()), (Answer::Delivered, 1));
    let wrong = send_within(&through("ftp://user:hunter22@proxy"), &letter(&["a"]), now(), PATIENT).await;
    assert_eq!(kind(&wrong), Kind::Refused);
    assert!(!words(&wrong).contains("hunter22"), "{wrong:?}");
}
