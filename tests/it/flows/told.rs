//! What people's channels are told, by the whole program: once, only what changed, and whatever a channel answers the work itself goes on.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use couponbook::messages::{ChannelId, Outbox};
use couponbook::sandbox::{FaultKind, Matching, When};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::channels::receiver::{Posted, Receiver, Reply};
use crate::json_documents::holds;
use crate::trouble::always;

use super::paper::row;
use super::shops::Shops;
use super::tool::{Tool, text};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";
/// What the address of a channel ends in: whoever knows it can write there.
const TOKEN: &str = "T0Q3Z9XK7/sEcReTtOkEn0123456789";
const SIGNING: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Two shops in which no two coupons give the same, so that each that sells out is missed.
const SHOPS: &str = r#"
[sandbox]
seed = "told"

[[stores]]
id = "shopee-sg-1"
platform = "shopee"
name = "Lumi Home"
region = "SG"

[[stores]]
id = "woo-de-1"
platform = "woocommerce"
name = "Nordlicht Papier"
region = "DE"
"#;

/// A coupon that runs for long, with much in stock.
fn coupon(stores: &str, code: &str, sum: usize) -> String {
    format!(
        "\n[[coupons]]\nstores = [\"{stores}\"]\ncode = \"{code}\"\ndiscount = {{ sum = \"{sum}\" }}\nmin_spend = \"40\"\n\
         total = 500\nused = 100\nstarts = \"day-10 00:00\"\nends = \"day+20 23:59:59\"\n"
    )
}

/// A channel's service on loopback.
struct Service {
    receiver: Receiver,
    _runtime: Runtime,
}

impl Service {
    fn answering(reply: impl Fn(&Posted, usize) -> Reply + Send + Sync + 'static) -> Self {
        let runtime = Runtime::new().unwrap();
        let receiver = runtime.block_on(Receiver::of(reply));
        Self { receiver, _runtime: runtime }
    }

    fn open() -> Self {
        Self::answering(|_, _| Reply::text(200, "thanks"))
    }

    /// The types of the messages that came, each with its id.
    fn got(&self) -> Vec<(String, String)> {
        let of = |posted: &Posted| {
            (posted.json()["type"].as_str().unwrap().to_string(), posted.header("webhook-id").to_string())
        };
        self.receiver.posted().iter().map(of).collect()
    }

    fn kinds(&self) -> Vec<String> {
        self.got().into_iter().map(|(kind, _)| kind).collect()
    }

    /// What the newest message says, as data.
    fn newest(&self) -> Value {
        self.receiver.posted().last().expect("a message").json()["data"].clone()
    }
}

/// `new out_of_stock of stock`: what a message tells as new, worse or again, each by its worst finding.
fn told(data: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_string();
    let item =
        |item: &Value| format!("{} {} of {}", text(&item["turn"]), text(&item["findings"][0]), text(&item["coupon"]));
    data["worst"].as_array().unwrap().iter().map(item).collect()
}

/// Two shops, and the channel `ops` with `more` keys.
fn with_channel(service: Option<&Service>, more: &str) -> (Tool, Shops) {
    with_channel_of(Tool::in_empty_folder(), service, more)
}

fn with_channel_of(mut tool: Tool, service: Option<&Service>, more: &str) -> (Tool, Shops) {
    let coupons = ["STOCK", "RENEW", "DEL", "END"].into_iter().zip(5..).map(|(code, sum)| coupon("woo-*", code, sum));
    let coupons = coupons.collect::<String>() + &coupon("shopee-*", "ADMIN", 9) + "platform_owned = true\n";
    let shops = Shops::of(&format!("{SHOPS}{coupons}"), &tool.path("shops"), &tool.clock);
    tool.against(&shops, "");
    let config = tool.read("couponbook.toml");
    let channel = format!(
        "\n[[message]]\nchannel = \"ops\"\nkind = \"webhook\"\naddress = {{ env = \"OPS\" }}\nsecret = {{ env = \"OPS_SECRET\" }}\n{more}\n"
    );
    tool.write("couponbook.toml", &format!("{config}{channel}"));
    tool.environment.insert("OPS_SECRET".to_string(), SIGNING.to_string());
    match service {
        Some(service) => reaches(&mut tool, service),
        None => goes_away(&mut tool),
    }
    (tool, shops)
}

fn reaches(tool: &mut Tool, service: &Service) {
    tool.environment.insert("OPS".to_string(), format!("{}/{TOKEN}", service.receiver.address));
}

/// Nobody listens there any more.
fn goes_away(tool: &mut Tool) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    tool.environment.insert("OPS".to_string(), format!("http://127.0.0.1:{port}/{TOKEN}"));
}

fn sell_out(shops: &Shops, code: &str) {
    shops.edit(WOO, code, json!({ "usage_count": 500 }));
}

fn export(tool: &Tool) -> Value {
    tool.wait_hours(1);
    let report = tool.run(["export", "--json"]).exits(0).json();
    holds("export", &report);
    report
}

fn channel(tool: &Tool) -> Value {
    let list = tool.run(["messages", "list", "--json"]).exits(0).json();
    holds("messages-list", &list);
    list[0].clone()
}

fn outbox_file(tool: &Tool) -> PathBuf {
    tool.path("state/messages/ops.json")
}

#[test]
fn an_export_tells_what_is_new_since_the_last_one_and_what_is_over_and_nothing_else() {
    let service = Service::open();
    let (tool, shops) = with_channel(Some(&service), "");
    sell_out(&shops, "stock");
    let first = export(&tool);
    assert_eq!((&first["messages"][0]["sent"], &first["messages"][0]["unsent"]), (&json!(1), &json!(0)));
    assert_eq!(service.got(), [("export.finished".to_string(), first["export"].as_str().unwrap().to_string())]);
    let data = service.newest();
    assert!(told(&data).contains(&"new out_of_stock of stock".to_string()), "{data}");
    assert!(data["workbooks"][0]["place"].as_str().unwrap().starts_with("reports/2026-W47/"), "{data}");
    // Nothing changed: nobody is bothered.
    assert_eq!(export(&tool)["messages"][0]["sent"], 0);
    assert_eq!(service.got().len(), 1);
    sell_out(&shops, "renew");
    export(&tool);
    assert_eq!(told(&service.newest()), ["new out_of_stock of renew"]);
    shops.edit(WOO, "stock", json!({ "usage_count": 100 }));
    shops.edit(WOO, "renew", json!({ "usage_count": 100 }));
    export(&tool);
    let over = service.newest();
    let labels: Vec<&str> =
        over["resolved"].as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap()).collect();
    assert!(told(&over).is_empty() && labels.contains(&"stock") && labels.contains(&"renew"), "{over}");
    export(&tool);
    assert_eq!(service.got().len(), 3);
}

#[test]
fn a_channel_that_is_away_costs_an_export_nothing_and_what_it_did_not_take_is_told_and_sent_later_once() {
    let (mut tool, shops) = with_channel(None, "");
    sell_out(&shops, "stock");
    tool.run(["export"]).exits(0).says(&[
        "channel ops: the webhook could not be reached",
        "1 message is still unsent",
        "couponbook messages send",
    ]);
    let line = channel(&tool);
    assert_eq!((&line["unsent"][0]["kind"], &line["unsent"][0]["tries"]), (&json!("export.finished"), &json!(1)));
    assert_eq!(line["unsent"][0]["why"]["id"], "channel-not-reached");
    tool.run(["messages"]).exits(0);
    // The next export tells what is so then, in one message, and says what did not get through.
    sell_out(&shops, "renew");
    let report = export(&tool);
    assert_eq!(report["messages"][0]["unsent"], 1, "{report}");
    assert!(report["messages"][0]["told"][0].as_str().unwrap().contains("could not be reached"), "{report}");
    tool.run(["messages", "send"]).exits(1).says(&["still unsent"]);
    let service = Service::open();
    reaches(&mut tool, &service);
    tool.wait_hours(1);
    let sent = tool.run(["messages", "send", "--json"]).exits(0).json();
    holds("messages-send", &sent);
    assert_eq!((&sent[0]["sent"], &sent[0]["unsent"]), (&json!(1), &json!(0)));
    let data = service.newest();
    let all = told(&data);
    assert!(all.contains(&"new out_of_stock of stock".to_string()), "{all:?}");
    assert!(all.contains(&"new out_of_stock of renew".to_string()), "{all:?}");
    assert_eq!(channel(&tool)["last_delivered"]["key"], report["export"]);
    export(&tool);
    let later = service.receiver.posted().split_off(1);
    assert!(later.iter().all(|posted| told(&posted.json()["data"]).is_empty()), "nothing is told as new again");
}

#[test]
fn an_answer_of_200_with_an_error_in_it_is_no_delivery_and_is_said_with_what_to_do() {
    let service = Service::answering(|_, _| Reply::json(200, json!({ "code": 19024, "msg": "Key Words Not Found" })));
    let (mut tool, _shops) = with_channel(Some(&service), "");
    tool.configure("kind = \"webhook\"", "kind = \"feishu\"");
    tool.run(["export"])
        .exits(0)
        .says(&["channel ops: Feishu refused the message (19024 Key Words Not Found)", "prefix"]);
    let line = channel(&tool);
    assert_eq!(line["unsent"][0]["next"]["id"], "channel-repair-keyword", "{line}");
    // The robot takes what has its keyword.
    let service = Service::answering(|_, _| Reply::json(200, json!({ "code": 0, "msg": "success" })));
    reaches(&mut tool, &service);
    tool.configure("kind = \"feishu\"", "kind = \"feishu\"\nprefix = \"[coupons]\"");
    tool.wait_hours(1);
    tool.run(["messages", "send"]).exits(0);
    assert!(String::from_utf8_lossy(&service.receiver.posted()[0].body).contains("[coupons]"));
    assert_eq!(channel(&tool)["unsent"], json!([]));
}

#[test]
fn killed_before_or_while_it_is_sent_a_message_comes_with_its_own_key_and_nothing_is_told_as_new_twice() {
    let (mut tool, shops) = with_channel(None, "");
    sell_out(&shops, "stock");
    let first = export(&tool)["export"].as_str().unwrap().to_string();
    // The record as a program leaves it that is killed once the request is on its way.
    let mut record: Value = serde_json::from_str(&std::fs::read_to_string(outbox_file(&tool)).unwrap()).unwrap();
    record["unsent"][0]["tries"][0]["came"] = Value::Null;
    std::fs::write(outbox_file(&tool), record.to_string()).unwrap();
    let service = Service::open();
    reaches(&mut tool, &service);
    sell_out(&shops, "renew");
    let second = export(&tool)["export"].as_str().unwrap().to_string();
    let kind = "export.finished".to_string();
    assert_eq!(service.got(), [(kind.clone(), first.clone()), (kind, second)]);
    let posted = service.receiver.posted();
    assert!(told(&posted[0].json()["data"]).contains(&"new out_of_stock of stock".to_string()));
    assert_eq!(told(&posted[1].json()["data"]), ["new out_of_stock of renew"]);
    // Killed between the writing and the sending: it only waits.
    sell_out(&shops, "del");
    goes_away(&mut tool);
    let third = export(&tool)["export"].as_str().unwrap().to_string();
    let mut record: Value = serde_json::from_str(&std::fs::read_to_string(outbox_file(&tool)).unwrap()).unwrap();
    record["unsent"][0]["tries"] = json!([]);
    std::fs::write(outbox_file(&tool), record.to_string()).unwrap();
    reaches(&mut tool, &service);
    tool.wait_hours(1);
    tool.run(["messages", "send"]).exits(0);
    assert_eq!(service.got().last().unwrap().1, third);
    assert_eq!(told(&service.newest()), ["new out_of_stock of del"]);
}

#[test]
fn a_program_that_is_really_killed_while_it_sends_is_followed_by_the_same_message_under_its_key_and_then_by_none() {
    let service = Service::answering(|_, before| if before == 0 { Reply::Silence } else { Reply::text(200, "thanks") });
    // The program that is started has the clock of this machine.
    let (mut tool, shops) = with_channel_of(Tool::by(std::sync::Arc::new(chrono::Utc::now)), None, "");
    sell_out(&shops, "stock");
    tool.run(["export"]).exits(0);
    reaches(&mut tool, &service);
    let quiet = std::process::Stdio::null;
    let mut sending = tool.process(&["messages", "send"]).stdout(quiet()).stderr(quiet()).spawn().unwrap();
    while service.receiver.posted().is_empty() {
        assert!(sending.try_wait().unwrap().is_none(), "it is still sending");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    sending.kill().unwrap();
    sending.wait().unwrap();
    tool.run(["messages", "send"]).exits(0);
    tool.run(["messages", "send"]).exits(0);
    tool.run(["export"]).exits(0);
    let got = service.got();
    assert!(got.len() == 2 && got[0] == got[1], "{got:?}");
}

#[test]
fn of_two_exports_at_once_one_message_comes() {
    let service = Service::open();
    let (tool, shops) = with_channel(Some(&service), "");
    sell_out(&shops, "stock");
    std::thread::scope(|scope| {
        for name in ["one", "two"] {
            let (tool, out) = (&tool, tool.path(&format!("{name}.xlsx")));
            scope.spawn(move || tool.run(["export", "--out", text(&out)]).exits(0));
        }
    });
    tool.run(["messages", "send"]).exits(0);
    let told: Vec<Value> = service.receiver.posted().iter().map(Posted::json).collect();
    assert_eq!(service.kinds(), ["export.finished"], "{told:#?}");
    assert_eq!(channel(&tool)["unsent"], json!([]));
}

#[test]
fn without_messages_nobody_is_told_and_the_next_export_tells_it() {
    let service = Service::open();
    let (tool, shops) = with_channel(Some(&service), "");
    sell_out(&shops, "stock");
    let report = tool.run(["export", "--no-messages", "--json"]).exits(0).json();
    holds("export", &report);
    assert_eq!(report["messages"], json!([]));
    assert!(service.got().is_empty() && !outbox_file(&tool).exists());
    let back = tool.hand_back(&[row(WOO, "end", "end")]);
    assert_eq!(service.kinds(), ["export.finished"], "the export of the workbook");
    let applied = tool.apply(&back, &["--no-messages"]).exits(0);
    assert_eq!(applied.json()["messages"], json!([]));
    assert_eq!(service.got().len(), 1);
    assert!(told(&service.newest()).contains(&"new out_of_stock of stock".to_string()));
}

#[test]
fn an_apply_tells_what_it_did_and_what_is_left_to_people_and_a_plan_for_whom_it_waits() {
    let service = Service::open();
    let (mut tool, _shops) = with_channel(Some(&service), "");
    let back = tool.hand_back(&[row(WOO, "end", "end"), row(SHOPEE, "LUMIADMIN", "end")]);
    let before = service.got().len();
    tool.wait_hours(1);
    let applied = tool.apply(&back, &[]).exits(0);
    holds("apply", &applied.json());
    let run = applied.json()["run"].as_str().unwrap().to_string();
    assert_eq!(service.got()[before..], [("run.finished".to_string(), run)]);
    let data = service.newest();
    assert_eq!((data["planned"].as_u64(), data["results"]["place"].as_str()), (Some(2), Some("back-results.xlsx")));
    assert!(data["by_hand"].as_array().unwrap().iter().any(|task| task["label"] == "LUMIADMIN"), "{data}");

    let config = tool.read("couponbook.toml");
    let people =
        "[approval]\nremovals = 0\nhours = 24\n[[person]]\nname = \"Mei\"\nrole = \"editor\"\nlogins = [\"mei\"]\n";
    tool.write("couponbook.toml", &format!("{config}\n{people}"));
    tool.environment.insert("USER".to_string(), "mei".to_string());
    let exported = tool.path("again.xlsx");
    tool.wait_hours(1);
    tool.run(["export", "--out", text(&exported)]).exits(0);
    let back = super::paper::Exported::open(&exported).hand_back(&tool.path("second.xlsx"), &[row(WOO, "del", "end")]);
    tool.wait_hours(1);
    tool.run(["plan", text(&back), "--no-messages"]).exits(0);
    assert_ne!(service.kinds().last().unwrap(), "plan.waiting");
    tool.run(["plan", text(&back), "--out", text(&tool.path("reviewed.json"))]).exits(0);
    assert_eq!(service.kinds().last().unwrap(), "plan.waiting");
    assert_eq!((&service.newest()["file"], &service.newest()["by"]), (&json!("reviewed.json"), &json!("Mei")));
}

#[test]
fn an_export_that_fails_is_told_once_and_so_is_that_exports_work_again() {
    let service = Service::open();
    let (tool, _shops) = with_channel(Some(&service), "what = [\"failed\"]");
    export(&tool);
    export(&tool);
    assert!(service.got().is_empty(), "every store loaded: {:?}", service.got());
    // No folder can be made where a file lies.
    let (reports, aside) = (tool.path("reports"), tool.path("aside"));
    std::fs::rename(&reports, &aside).unwrap();
    std::fs::write(&reports, "").unwrap();
    for _ in 0..2 {
        tool.wait_hours(1);
        tool.run(["export"]).exits(1);
    }
    assert_eq!(service.kinds(), ["export.failed"]);
    let why = service.newest()["why"].as_str().unwrap().to_string();
    assert!(!why.is_empty() && !why.contains(text(tool.folder.path())), "no path of the machine: {why}");
    std::fs::remove_file(&reports).unwrap();
    std::fs::rename(&aside, &reports).unwrap();
    export(&tool);
    assert_eq!(service.kinds(), ["export.failed", "export.finished"]);
    assert_eq!(service.newest()["works_again"], true);
    export(&tool);
    assert_eq!(service.got().len(), 2);
}

#[test]
fn what_costs_something_is_told_in_quiet_hours_too_and_what_can_wait_is_told_after_them() {
    let service = Service::open();
    // Noon in Singapore.
    let (tool, shops) = with_channel(Some(&service), "quiet = \"11:00-20:00\"");
    sell_out(&shops, "stock");
    shops.refuse_sign_in(SHOPEE);
    export(&tool);
    let all = told(&service.newest());
    assert!(all.contains(&"new out_of_stock of stock".to_string()), "{all:?}");
    assert!(all.iter().any(|item| item.starts_with("new store_not_loaded")), "{all:?}");
    shops.edit(WOO, "stock", json!({ "usage_count": 100 }));
    let report = export(&tool);
    assert_eq!((&report["messages"][0]["held"], &report["messages"][0]["unsent"]), (&json!(1), &json!(0)), "{report}");
    tool.run(["messages", "send"]).exits(0);
    assert_eq!(service.got().len(), 1);
    assert!(tool.run(["messages"]).exits(0).stdout.contains("when the quiet hours are over"));
    tool.wait_hours(10);
    tool.run(["messages", "send"]).exits(0);
    assert_eq!(service.newest()["resolved"][0]["label"], "stock");
}

#[test]
fn a_platform_that_is_down_is_one_line_of_one_message_and_once_more_when_it_is_back() {
    let service = Service::open();
    let (mut tool, shops) = with_channel(Some(&service), "what = [\"failed\", \"resolved\"]");
    drop(shops);
    let more = ["shopee-my-1", "shopee-th-1"].map(|id| {
        let region = id[7..9].to_uppercase();
        format!("\n[[stores]]\nid = \"{id}\"\nplatform = \"shopee\"\nname = \"Shop\"\nregion = \"{region}\"\n")
    });
    let channels = tool.read("couponbook.toml").split_once("\n[[message]]").unwrap().1.to_string();
    let shops =
        Shops::of(&format!("{SHOPS}{}{}", more.concat(), coupon("*", "LONG", 5)), &tool.path("more"), &tool.clock);
    let environment = tool.environment.clone();
    tool.against(&shops, "");
    tool.environment.extend(environment.into_iter().filter(|(name, _)| name.starts_with("OPS")));
    tool.write("couponbook.toml", &format!("{}\n[[message]]{channels}", tool.read("couponbook.toml")));
    export(&tool);
    assert!(service.got().is_empty());
    let shopee = Matching { platform: Some(crate::platform::SHOPEE), ..Matching::default() };
    shops.trouble(always(shopee, FaultKind::Status { code: 503, retry_after_seconds: None, carried_out: false }));
    for _ in 0..2 {
        export(&tool);
    }
    assert_eq!(service.kinds(), ["export.finished"], "told once");
    let data = service.newest();
    let items = data["worst"].as_array().unwrap();
    assert!(items.len() == 1 && items[0]["stores"].as_array().unwrap().len() == 3, "{data}");
    shops.heal();
    for _ in 0..2 {
        export(&tool);
    }
    assert_eq!(service.got().len(), 2, "all clear once");
    let data = service.newest();
    assert_eq!((data["is_all_clear"].as_bool(), data["resolved"].as_array().unwrap().len()), (Some(true), 3), "{data}");
}

#[test]
fn an_export_of_some_stores_takes_nothing_out_of_the_line_that_it_did_not_look_at() {
    let (mut tool, shops) = with_channel(None, "");
    sell_out(&shops, "stock");
    export(&tool);
    tool.wait_hours(1);
    tool.run(["export", "--store", "shopee-*"]).exits(0);
    let service = Service::open();
    reaches(&mut tool, &service);
    tool.wait_hours(1);
    tool.run(["messages", "send"]).exits(0);
    let posted = service.receiver.posted();
    let all: Vec<String> = posted.iter().flat_map(|posted| told(&posted.json()["data"])).collect();
    assert_eq!(all.iter().filter(|item| *item == "new out_of_stock of stock").count(), 1, "{all:?}");
    export(&tool);
    let later = service.receiver.posted().split_off(posted.len());
    assert!(later.iter().all(|posted| told(&posted.json()["data"]).is_empty()));
}

#[test]
fn a_team_that_has_texts_of_its_own_reads_these_and_is_told_what_is_wrong_with_one() {
    let service = Service::answering(|_, _| Reply::text(200, "ok"));
    let (tool, shops) = with_channel(Some(&service), "templates = \"texts/messages\"");
    tool.configure("kind = \"webhook\"", "kind = \"slack\"");
    tool.configure("secret = { env = \"OPS_SECRET\" }", "");
    tool.run(["init", text(&tool.path("texts")), "--messages"]).exits(0);
    tool.write("texts/messages/en/export.txt", "Ours: {{ told }}\n{{ export }}");
    sell_out(&shops, "stock");
    tool.run(["export"]).exits(0);
    let body = |posted: &Posted| String::from_utf8_lossy(&posted.body).into_owned();
    assert!(body(&service.receiver.posted()[0]).contains("Ours: "), "{}", body(&service.receiver.posted()[0]));
    tool.write("texts/messages/en/export.txt", "Ours: {{ nothing_of_the_kind }}\n{{ export }}");
    sell_out(&shops, "renew");
    tool.wait_hours(1);
    tool.run(["export"]).exits(0).says(&["export.txt", "nothing_of_the_kind", "built-in"]);
    assert!(body(&service.receiver.posted()[1]).contains("new or worse"));
}

#[test]
fn what_a_manager_keeps_is_told_no_more_not_even_as_a_reminder() {
    let service = Service::open();
    let (tool, shops) = with_channel(Some(&service), "what = [\"critical\", \"resolved\"]");
    sell_out(&shops, "stock");
    let back = tool.hand_back(&[row(WOO, "stock", "keep").note("agreed with the brand")]);
    assert!(told(&service.newest()).contains(&"new out_of_stock of stock".to_string()));
    tool.apply(&back, &[]).exits(0);
    export(&tool);
    assert_eq!(service.got().len(), 1, "neither open nor over");
    tool.wait_hours(24);
    export(&tool);
    let reminder = told(&service.newest());
    assert!(reminder.iter().all(|item| item.starts_with("again") && !item.ends_with("stock")), "{reminder:?}");
}

#[test]
fn a_run_that_was_cut_off_is_told_by_the_command_that_comes_next_once() {
    let service = Service::open();
    let (tool, shops) =
        with_channel_of(Tool::by(super::interrupted::machines_clock()), Some(&service), "what = [\"failed\"]");
    let back = tool.hand_back(&[row(WOO, "end", "end"), row(WOO, "del", "delete")]);
    let writes = Matching { writes_only: true, ..Matching::default() };
    shops.trouble(always(writes, FaultKind::Slow { milliseconds: 2_000, when: When::BeforeCommit }));
    let is_asked = || shops.counts().calls.iter().any(|call| call.call == "update");
    super::interrupted::kill(&tool, &back, "Mei", is_asked);
    shops.heal();
    tool.run(["export"]).exits(0);
    tool.run(["export"]).exits(0);
    assert_eq!(service.kinds(), ["run.interrupted"]);
    let why = service.newest()["why"].as_str().unwrap().to_string();
    assert!(why.contains("by Mei has not come to its end"), "{why}");
}

#[test]
fn a_test_goes_the_way_of_every_message_and_one_that_fails_is_not_kept() {
    let service = Service::open();
    let (mut tool, _shops) = with_channel(Some(&service), "what = [\"failed\"]");
    let tested = tool.run(["messages", "test", "ops", "--json"]).exits(0).json();
    holds("messages-test", &tested);
    assert_eq!(service.got(), [("channel.test".to_string(), tested["key"].as_str().unwrap().to_string())]);
    tool.run(["messages", "test", "opps"]).exits(2).says(&["no channel is called opps", "did you mean ops?"]);
    let refusing = Service::answering(|_, _| Reply::text(410, "gone for good"));
    reaches(&mut tool, &refusing);
    tool.wait_hours(1);
    tool.run(["messages", "test", "ops"]).exits(1).says(&[
        "the test did not arrive at ops",
        "gone for good",
        "remove the channel",
    ]);
    let failed = tool.run(["messages", "test", "ops", "--json"]).exits(1).json();
    holds("messages-test", &failed);
    assert_eq!((&failed["delivered"], &channel(&tool)["unsent"]), (&json!(false), &json!([])));
}

#[test]
fn a_secret_that_is_missing_costs_its_own_channel_only_and_is_said() {
    let (mut tool, _shops) = with_channel(None, "");
    tool.environment.remove("OPS_SECRET");
    tool.run(["export"]).exits(0).says(&["channel ops: nothing can be sent", "OPS_SECRET"]);
    assert!(channel(&tool)["problem"].as_str().unwrap().contains("OPS_SECRET"));
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn what_a_channel_repeats_of_its_address_and_its_secret_reaches_no_output_and_no_file() {
    let echo = |posted: &Posted, _: usize| {
        Reply::text(403, &format!("no: {} {} {SIGNING}", posted.path, posted.header("webhook-signature")))
    };
    let service = Service::answering(echo);
    let (tool, _shops) = with_channel(Some(&service), "");
    let mut said = vec![tool.run(["-vv", "export"]).exits(0), tool.run(["export", "--json"]).exits(0)];
    said.push(tool.run(["messages", "list", "--json"]).exits(0));
    tool.wait_hours(1);
    said.push(tool.run(["messages", "test", "ops"]).exits(1));
    said.push(tool.run(["messages", "send", "--json"]).exits(1));
    assert!(service.got().len() > 2);
    let (secret, _) = (SIGNING.trim_start_matches("whsec_"), ());
    let token = TOKEN.split_once('/').unwrap().1;
    for ran in &said {
        for known in [secret, token] {
            assert!(!ran.stdout.contains(known) && !ran.stderr.contains(known), "{ran:?}");
        }
    }
    for file in files(&tool.path("state")) {
        let bytes = std::fs::read(&file).unwrap();
        let has = |part: &str| bytes.windows(part.len()).any(|it| it == part.as_bytes());
        assert!(!has(secret) && !has(token), "{}", file.display());
    }
    let record = Outbox::of(&tool.path("state")).read(&ChannelId("ops".to_string())).unwrap();
    assert_eq!(record.unsent.len(), 1);
}
