//! What can never work is told when the settings are read.

use couponbook::messages::{Email, Encryption, Wire, complaint};

use super::receiver::{Receiver, Reply};
use super::{Kind, kind, letter, secret, sent};

fn complained(wire: &Wire) -> String {
    complaint(wire).map(|message| crate::english(&message)).unwrap_or_default()
}

fn email() -> Email {
    Email {
        host: "smtp.example.com".to_string(),
        port: 587,
        encryption: Encryption::Starttls,
        login: Some(("bot@example.com".to_string(), secret("hunter22"))),
        from: "Coupons <bot@example.com>".to_string(),
        to: vec!["team@example.com".to_string()],
        ca_file: None,
    }
}

#[test]
fn addresses_that_can_work_are_let_be() {
    let wires = [
        Wire::Feishu { address: secret("https://open.larksuite.com/open-apis/bot/v2/hook/x"), secret: None },
        Wire::WeCom { address: secret("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6") },
        Wire::Slack { address: secret("http://127.0.0.1:8000/services/x") },
        Wire::Slack { address: secret("http://[::1]:8000/services/x") },
        Wire::Teams { address: secret("https://0a.1b.environment.api.powerplatform.com:443/workflows/x?sig=y") },
        Wire::Telegram {
            server: "https://api.telegram.org".to_string(),
            token: secret("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"),
            chat: "-1001234567890".to_string(),
        },
        Wire::Webhook { address: secret("https://example.com/x"), secrets: vec![secret("whsec_MfKQ9r8GKYqrTwjU")] },
        Wire::Email(email()),
        Wire::Email(Email { encryption: Encryption::None, host: "127.0.0.1".to_string(), ..email() }),
        Wire::Email(Email { encryption: Encryption::None, login: None, ..email() }),
    ];
    for wire in wires {
        assert_eq!(complained(&wire), "", "{wire:?}");
    }
}

#[test]
fn what_can_never_work_is_told_with_what_to_write_instead() {
    let telegram = |server: &str, token: &str, chat: &str| Wire::Telegram {
        server: server.to_string(),
        token: secret(token),
        chat: chat.to_string(),
    };
    let api = "https://api.telegram.org";
    let wires = [
        (Wire::Slack { address: secret("hooks.slack.com/services/x") }, "beginning with https://"),
        (Wire::Slack { address: secret("http://hooks.slack.com/services/x") }, "anyone on the way"),
        (Wire::Feishu { address: secret(""), secret: None }, "beginning with https://"),
        (Wire::DingTalk { address: secret("ftp://oapi.dingtalk.com/robot/send"), secret: None }, "https://"),
        (Wire::Teams { address: secret("https://contoso.webhook.office.com/webhookb2/x") }, "Office 365 connector"),
        (Wire::Teams { address: secret("https://outlook.office.com/webhook/x") }, "Office 365 connector"),
        (Wire::Teams { address: secret("https://prod-12.westus.logic.azure.com:443/workflows/x") }, "30 November 2025"),
        (Wire::WeCom { address: secret("693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa") }, "key of a robot only"),
        (Wire::WeCom { address: secret("https://qyapi.weixin.qq.com/cgi-bin/webhook/send") }, "has no key"),
        (
            Wire::WeCom {
                address: secret(
                    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
                ),
            },
            "write the address once",
        ),
        (telegram("api.telegram.org", "1:a", "-1"), "beginning with https://"),
        (telegram(api, "bot1:a", "-1"), "@BotFather shows it"),
        (telegram(api, "1", "-1"), "@BotFather shows it"),
        (telegram(api, "1:a/b", "-1"), "@BotFather shows it"),
        (telegram(api, "1:a", "our chat"), "with a minus before it"),
        (telegram(api, "1:a", ""), "with a minus before it"),
        (Wire::Webhook { address: secret("https://example.com/x"), secrets: vec![secret("not base64!")] }, "whsec_"),
        (Wire::Webhook { address: secret("https://example.com/x"), secrets: vec![secret("whsec_")] }, "whsec_"),
        (Wire::Email(Email { encryption: Encryption::None, ..email() }), "read the password"),
        (Wire::Email(Email { host: "smtp://smtp.example.com".to_string(), ..email() }), "write its name alone"),
        (Wire::Email(Email { host: String::new(), ..email() }), "write its name alone"),
        (Wire::Email(Email { to: vec![], ..email() }), "nobody is named"),
        (Wire::Email(Email { to: vec!["team".to_string()], ..email() }), "team is no mail address"),
        (Wire::Email(Email { from: "bot at example.com".to_string(), ..email() }), "is no mail address"),
    ];
    for (wire, part) in wires {
        let told = complained(&wire);
        assert!(told.contains(part), "{wire:?}: {told}");
    }
}

#[tokio::test]
async fn to_what_can_never_work_nothing_is_sent() {
    let receiver = Receiver::always(Reply::text(200, "ok")).await;
    let address = receiver.address.replace("127.0.0.1", "example.invalid");
    let answer = sent(Wire::Slack { address: secret(address) }, &letter(&["a"])).await;
    assert_eq!((kind(&answer), receiver.posted().len()), (Kind::Refused, 0));
}
