//! `[[message]]`: every mistake is told with its line and what would be right, and no secret is shown or looked up without need.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use couponbook::domain::Topic;
use couponbook::messages::{Encryption, Wire};
use couponbook::platforms::PLATFORMS;
use couponbook::settings::{MessageSettings, Needs, Settings};

use super::{Fixture, HEAD, SHOPEE, WOO};

const HOOK: &str =
    "[[message]]\nchannel = \"ops\"\nkind = \"webhook\"\naddress = { env = \"KEY\" }\nsecret = { env = \"SECRET\" }\n";

fn with(message: &str) -> String {
    format!("{HEAD}{message}\n{WOO}owner = \"Mei\"\n{SHOPEE}group = \"brand-a\"\n")
}

fn read(message: &str) -> MessageSettings {
    Fixture::new().read(&with(message)).unwrap().messages.remove(0)
}

#[test]
fn a_channel_hears_of_everything_but_digests_unless_its_config_says_otherwise() {
    let usual = read(HOOK);
    assert_eq!(usual.listener.topics, Topic::USUAL.into());
    assert!(!usual.listener.hears(Topic::Digest));
    assert_eq!((usual.listener.stores, usual.listener.repeat_after), (None, TimeDelta::hours(24)));
    assert!(usual.listener.quiet.is_none() && !usual.attach && usual.templates.is_none());
    let own = read(&format!(
        "{HOOK}what = [\"digest\", \"by hand\"]\nrepeat_after = \"2d\"\nlanguage = \"zh-CN\"\nattach = true\n"
    ));
    assert_eq!(own.listener.topics, [Topic::Digest, Topic::ByHand].into());
    assert_eq!((own.listener.repeat_after, own.language, own.attach), (TimeDelta::days(2), crate::chinese(), true));
}

#[test]
fn a_channel_hears_of_the_stores_that_answer_to_all_that_its_config_names() {
    let stores = |more: &str| {
        let stores = read(&format!("{HOOK}{more}\n")).listener.stores.unwrap();
        stores.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(stores("stores = [\"*\"]"), "shopee-sg-1 woo-de-1");
    assert_eq!(stores("owners = [\"mei\"]"), "woo-de-1");
    assert_eq!(stores("groups = [\"brand-*\"]"), "shopee-sg-1");
    assert_eq!(stores("platforms = [\"woocommerce\", \"shopee\"]\nowners = [\"Mei\"]"), "woo-de-1");
}

#[test]
fn each_kind_of_channel_is_read_with_its_own_keys() {
    let address = "address = { env = \"KEY\" }";
    let channel = |kind: &str, keys: &str| {
        read(&format!("[[message]]\nchannel = \"ops\"\nkind = \"{kind}\"\n{keys}\n")).channel.unwrap().wire
    };
    assert!(matches!(channel("feishu", address), Wire::Feishu { secret: None, .. }));
    assert!(matches!(
        channel("lark", &format!("{address}\nsecret = {{ env = \"SECRET\" }}")),
        Wire::Feishu { secret: Some(_), .. }
    ));
    assert!(matches!(channel("dingtalk", address), Wire::DingTalk { .. }));
    assert!(matches!(channel("wecom", address), Wire::WeCom { .. }));
    assert!(matches!(channel("slack", address), Wire::Slack { .. }));
    assert!(matches!(channel("teams", address), Wire::Teams { .. }));
    let Wire::Telegram { server, chat, .. } = channel("telegram", "token = { env = \"KEY\" }\nchat = -1001234567890")
    else {
        panic!("no Telegram")
    };
    assert_eq!((server.as_str(), chat.as_str()), ("https://api.telegram.org", "-1001234567890"));
    let mail = "host = \"smtp.example.com\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]";
    let Wire::Email(email) = channel("email", mail) else { panic!("no mail") };
    assert_eq!((email.port, email.encryption, email.login.is_some()), (587, Encryption::Starttls, false));
    let Wire::Email(email) =
        channel("email", &format!("{mail}\nencryption = \"tls\"\nlogin = \"a\"\npassword = {{ env = \"KEY\" }}"))
    else {
        panic!("no mail")
    };
    assert_eq!((email.port, email.encryption, email.login.is_some()), (465, Encryption::Tls, true));
}

#[test]
fn each_mistake_in_a_channel_is_told_with_its_line_and_what_would_be_right() {
    let told = |message: &str| Fixture::new().complaint(&with(message));
    let cases: [(&str, &str); 15] = [
        (
            "[[message]]\nkind = \"slack\"\naddress = { env = \"KEY\" }\n",
            ":2: missing key `channel` in [[message]]; add it",
        ),
        ("[[message]]\nchannel = \"ops\"\n", ":2: missing key `kind`"),
        (
            "[[message]]\nchannel = \"ops\"\nkind = \"slak\"\naddress = { env = \"KEY\" }\n",
            ":4: \"slak\" is not a kind of channel; write slack",
        ),
        (
            "[[message]]\nchannel = \"Ops team\"\nkind = \"slack\"\naddress = { env = \"KEY\" }\n",
            ":3: \"Ops team\" is not a name for a channel; write at most 40",
        ),
        (
            "[[message]]\nchannel = \"ops\"\nkind = \"slack\"\naddress = \"https://hooks.slack.com/services/T0/B0/cs_written\"\n",
            ":5: address is written out; write address = { env =",
        ),
        (
            "[[message]]\nchannel = \"ops\"\nkind = \"slack\"\ntoken = { env = \"KEY\" }\n",
            "missing key `address` in [[message]]",
        ),
        (&format!("{HOOK}chat = \"1\"\n"), "unknown key `chat` in [[message]]"),
        (
            &format!("{HOOK}what = [\"critcal\"]\n"),
            ":7: \"critcal\" is not anything that a channel can hear of; write critical",
        ),
        (&format!("{HOOK}stores = [\"lazada-*\"]\n"), ":7: no store is called lazada-*"),
        (&format!("{HOOK}owners = [\"Mei\"]\ngroups = [\"brand-a\"]\n"), "this channel hears of no store"),
        (&format!("{HOOK}quiet = \"from ten\"\n"), ":7: quiet: \"from ten\" are no hours; write from when until when"),
        (&format!("{HOOK}repeat_after = \"soon\"\n"), ":7: repeat_after: \"soon\" is no span; write hours or days"),
        (&format!("{HOOK}{HOOK}"), "two channels are called ops"),
        (
            "[[message]]\nchannel = \"mail\"\nkind = \"email\"\nhost = \"a\"\nfrom = \"b\"\nto = [\"c\"]\nlogin = \"d\"\n",
            "login and password go together",
        ),
        (
            "[[person]]\nname = \"Lin\"\nrole = \"viewer\"\nchannel = \"lin\"\n",
            ":5: no channel is called lin; add a [[message]] with that channel first",
        ),
    ];
    for (message, wanted) in cases {
        let told = told(message);
        assert!(told.contains(wanted), "{message}\nis told\n{told}\nand not\n{wanted}");
        assert!(!told.contains("cs_written"), "{told}");
    }
}

#[test]
fn a_secret_that_is_missing_costs_its_own_channel_only_and_none_is_looked_up_without_need() {
    let fixture = Fixture::new();
    let config =
        with(&format!("{HOOK}[[message]]\nchannel = \"chat\"\nkind = \"slack\"\naddress = {{ env = \"NOWHERE\" }}\n"));
    let settings = fixture.read(&config).unwrap();
    let [hook, chat] = settings.messages.as_slice() else { panic!("{:?}", settings.messages) };
    assert!(hook.channel.is_ok());
    let why = chat.channel.as_ref().unwrap_err();
    assert!(why.contains("address: the environment variable NOWHERE is not set; set NOWHERE"), "{why}");
    let shown = format!("{settings:?}");
    assert!(!shown.contains("ck_1234") && !shown.contains("cs_5678"), "secrets never print");
    let nobody = |name: &str| -> Option<String> { panic!("{name} was looked up") };
    let settings = Settings::read_for(Needs::NOTHING, &fixture.file(), PLATFORMS, &nobody).unwrap();
    assert_eq!(settings.messages[0].channel.as_ref().unwrap_err(), "(not looked up)");
}

#[test]
fn a_person_has_a_channel_of_their_own() {
    let config = with(&format!("{HOOK}[[person]]\nname = \"Lin\"\nrole = \"viewer\"\nchannel = \"ops\"\n"));
    let settings = Fixture::new().read(&config).unwrap();
    assert_eq!(settings.people.named("Lin").unwrap().channel.as_deref(), Some("ops"));
}

#[test]
fn quiet_hours_end_on_the_teams_own_clock_also_over_midnight_and_where_the_clock_is_set_forward() {
    let over_at =
        |zone: &str, quiet: &str, now: &str| {
            let config = with(&format!("{HOOK}quiet = \"{quiet}\"\n"))
                .replace("Asia/Singapore\"\n[[message]]", &format!("{zone}\"\n[[message]]"));
            let settings = Fixture::new().read(&config).unwrap();
            let now = DateTime::parse_from_rfc3339(now).unwrap().to_utc();
            let over = settings.messages[0].listener.quiet.unwrap().over_at(now);
            assert!(over.is_none_or(
                |over| over > now && over - now <= TimeDelta::from_std(Duration::from_secs(86_400)).unwrap()
            ));
            over.map(|over| over.to_rfc3339())
        };
    let singapore = "Asia/Singapore";
    assert_eq!(over_at(singapore, "22:00-08:00", "2026-11-22T04:00:00Z"), None, "noon");
    assert_eq!(
        over_at(singapore, "22:00-08:00", "2026-11-22T14:00:00Z").unwrap(),
        "2026-11-23T00:00:00+00:00",
        "from 22:00"
    );
    assert_eq!(
        over_at(singapore, "22:00-08:00", "2026-11-21T20:30:00Z").unwrap(),
        "2026-11-22T00:00:00+00:00",
        "after midnight"
    );
    assert_eq!(over_at(singapore, "22:00-08:00", "2026-11-22T00:00:00Z"), None, "the end is exclusive");
    assert_eq!(over_at(singapore, "12:00-13:00", "2026-11-22T04:30:00Z").unwrap(), "2026-11-22T05:00:00+00:00");
    // On the day of the change there is no half past two in Berlin.
    assert_eq!(over_at("Europe/Berlin", "23:00-02:30", "2026-03-29T00:00:00Z").unwrap(), "2026-03-29T01:00:00+00:00");
}
