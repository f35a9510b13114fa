//! What a newcomer does first: demo, init, the commands that messages name.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use chrono::DateTime;
use serde_json::Value;

use super::shops::{SMALL_SHOPS, Shops};
use super::tool::{Ran, Tool, clock_from, text};

/// Before → after of each finding, at a moment at which the clock stands still, so that a slow machine does not get past midnight.
fn demo_at(moment: &str) -> Vec<String> {
    let start = DateTime::parse_from_rfc3339(moment).unwrap().to_utc();
    let tool = Tool::by(Arc::new(move || start));
    let folder = tool.path("demo");
    let ran = tool.run(["demo", "--json", "--dir", text(&folder)]).exits(0);
    let report = ran.json();
    for file in ["workbook", "handed_back", "results", "workbook_after"] {
        assert!(Path::new(report[file].as_str().unwrap()).exists(), "{file}");
    }
    let changes = report["changes"].as_array().unwrap();
    changes.iter().map(|change| format!("{} {} → {}", change["finding"], change["before"], change["after"])).collect()
}

#[test]
fn the_demo_tells_the_same_story_at_noon_and_on_both_sides_of_midnight() {
    // In Singapore: noon, 00:05 and 23:58; in New York the evening, the noon and the morning.
    let moments = ["2026-11-22T04:00:00Z", "2026-11-22T16:05:00Z", "2026-11-22T15:58:00Z"];
    let stories: Vec<Vec<String>> = std::thread::scope(|scope| {
        let told: Vec<_> = moments.iter().map(|moment| scope.spawn(|| demo_at(moment))).collect();
        told.into_iter().map(|story| story.join().unwrap()).collect()
    });
    assert!(stories[0].len() >= 8, "{:?}", stories[0]);
    assert_eq!(stories[0], stories[1]);
    assert_eq!(stories[0], stories[2]);
}

#[test]
fn the_demo_never_works_in_a_folder_that_holds_something() {
    let tool = Tool::in_empty_folder();
    tool.write("mine.txt", "not to be touched");
    tool.run(["demo", "--dir", text(tool.folder.path())]).exits(2).says(&["is not empty", "--dir"]);
}

#[test]
fn init_never_writes_over_a_file_that_is_there() {
    let tool = Tool::in_empty_folder();
    let folder = tool.path("new");
    tool.run(["init", text(&folder)]).exits(0);
    let config = folder.join("couponbook.toml");
    std::fs::write(&config, "mine").unwrap();
    tool.run(["init", text(&folder)])
        .exits(2)
        .says(&["is there already, and was left as it is", "couponbook init FOLDER"]);
    assert_eq!(std::fs::read_to_string(&config).unwrap(), "mine");
    let half = tool.path("half");
    std::fs::create_dir_all(&half).unwrap();
    std::fs::write(half.join("campaigns.csv"), "mine").unwrap();
    tool.run(["init", text(&half)]).exits(2).says(&["campaigns.csv"]);
    assert!(!half.join("couponbook.toml").exists(), "nothing is written where not all can be");
}

#[test]
fn what_init_writes_is_read_and_works_at_once() {
    let tool = Tool::in_empty_folder();
    tool.run(["init", text(tool.folder.path())]).exits(0);
    tool.run(["stores", "list"]).exits(0);
    let report = tool.run(["export", "--json"]).exits(0).json();
    assert_eq!(report["stores_loaded"], report["stores"]);
    assert!(report["coupons"].as_u64().unwrap() > 0, "{report}");
}

#[test]
fn the_campaigns_that_init_writes_are_of_the_day_it_is_run() {
    let tool = Tool::by(clock_from("2027-03-05T04:00:00Z"));
    tool.run(["init", text(tool.folder.path())]).exits(0);
    let plan = std::fs::read_to_string(tool.path("campaigns.csv")).unwrap();
    assert!(plan.contains("\nBlack Friday,2027-03-03,2027-03-13,") && plan.contains("\nPayday,2027-03-08,"), "{plan}");
}

/// The commands that the program has.
fn commands(tool: &Tool) -> BTreeSet<String> {
    let Ran { stdout, .. } = tool.run(["--help"]).exits(0);
    let (_, list) = stdout.split_once("Commands:").unwrap();
    let lines = list.lines().skip(1).take_while(|line| !line.trim().is_empty());
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_string).collect()
}

fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            texts.push(std::fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

#[test]
fn every_next_step_that_a_message_names_is_a_command_that_exists() {
    let known = commands(&Tool::in_empty_folder());
    assert!(known.contains("export") && known.contains("apply"), "{known:?}");
    let mut named = BTreeSet::new();
    for source in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let said = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in said {
            let after = line.split("couponbook ").skip(1);
            let words = after.filter_map(|rest| rest.split(|c: char| !c.is_ascii_lowercase()).next());
            let quoted = line.contains("`couponbook ") || line.contains("couponbook apply {}");
            named.extend(words.filter(|word| quoted && !word.is_empty()).map(str::to_string));
        }
    }
    assert!(named.len() >= 4, "{named:?}");
    let absent: Vec<_> = named.difference(&known).collect();
    assert!(absent.is_empty(), "messages name commands that do not exist: {absent:?}");
}

#[test]
fn stores_are_listed_and_checked() {
    // Whether the clocks agree is told by the machine's own.
    let mut tool = Tool::by(std::sync::Arc::new(chrono::Utc::now));
    let shops = Shops::of(SMALL_SHOPS, &tool.path("shops"), &tool.clock);
    tool.against(&shops, "");
    let list = tool.run(["stores"]).exits(0).stdout;
    assert!(list.contains("shopee-sg-1") && list.contains("Europe/Berlin"), "{list}");
    let check = tool.run(["stores", "check"]).exits(0).stdout;
    assert!(check.contains("2 of 2 stores are in order."), "{check}");
    tool.configure("currency = \"EUR\"", "currency = \"USD\"");
    shops.refuse_sign_in("shopee-sg-1");
    let ran = tool.run(["stores", "check", "--json"]).exits(1);
    let checked: Vec<Value> = ran.json().as_array().unwrap().clone();
    assert!(checked.iter().all(|store| !store["problems"].as_array().unwrap().is_empty()), "{checked:?}");
    assert!(ran.stdout.contains("the shop's currency is EUR, the config says USD"), "{}", ran.stdout);
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn wrong_words_end_with_exit_code_2_and_help_with_0() {
    let tool = Tool::in_empty_folder();
    tool.run(["exprot"]).exits(2).says(&["exprot", "export"]);
    tool.run(["apply"]).exits(2);
    tool.run(["export", "--slot", "noon"]).exits(2).says(&["am", "pm"]);
    tool.run(["--version"]).exits(0);
    tool.run(["export"]).exits(2).says(&["there is no such config file", "couponbook init"]);
}

#[test]
fn a_store_of_the_built_in_sandbox_needs_nothing_else_running() {
    let tool = Tool::in_empty_folder();
    let store = "\n[[store]]\nid = \"shopee-sg-1\"\nplatform = \"shopee\"\nendpoint = \"sandbox\"\ncurrency = \"SGD\"\n\
                 time_zone = \"Asia/Singapore\"\n";
    tool.write("couponbook.toml", &format!("team_time_zone = \"Asia/Singapore\"\n{store}"));
    let report = tool.run(["export", "--json"]).exits(0).json();
    assert!(report["coupons"].as_u64().unwrap() > 20, "{report}");
}

/// What somebody types, in order.
fn types(tool: &Tool, lines: &[String]) {
    let lines = lines.iter().rev().map(|line| &*line.clone().leak());
    *tool.typed.lock().unwrap() = lines.collect();
}

fn strings(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| line.to_string()).collect()
}

#[test]
fn init_on_a_terminal_asks_for_the_first_store_checks_it_and_runs_the_first_export() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let config = tool.read("couponbook.toml");
    let woo = config.split("[[store]]").find(|store| store.contains("\"woo-de-1\"")).unwrap();
    let endpoint =
        woo.lines().find_map(|line| line.strip_prefix("endpoint = \"")).unwrap().trim_end_matches('"').to_string();
    let folder = tool.path("new");
    let mut lines = strings(&["Magento", "WooCommerce", "woo-de-1"]);
    lines.push(endpoint);
    let secrets = ["cs_secret_typed_by_mistake", "env:WOO_DE_1_CONSUMER_KEY", "env:WOO_DE_1_CONSUMER_SECRET"];
    lines.extend(strings(&secrets));
    let chat = ["mastodon", "Webhook", "https://example.com/hook", "env:TEAM_HOOK", "env:TEAM_HOOK_SECRET"];
    lines.extend(strings(&["EUR", "Europe/Berlim", "zh-CN"]));
    lines.extend(strings(&chat));
    // The zone is mistyped first, and asked for again; Enter keeps the rest.
    lines.extend(strings(&["", "", "", "", "", "Europe/Berlin", "", "", "", "", "y", "n"]));
    types(&tool, &lines);
    let ran = tool.run(["init", text(&folder)]).exits(0);
    assert!(tool.typed.lock().unwrap().is_empty(), "{:?}", tool.typed);
    let ran = ran.says(&["no platform is called Magento", "env:NAME of a variable", "Europe/Berlim"]);
    assert!(!ran.stderr.contains("cs_secret") && !ran.stdout.contains("cs_secret"), "{}", ran.stderr);
    assert!(ran.stdout.contains("1 of 1 stores are in order"), "{}", ran.stdout);
    assert!(ran.stdout.contains("Workbook: "), "{}", ran.stdout);
    let written = std::fs::read_to_string(folder.join("couponbook.toml")).unwrap();
    for line in [
        "team_time_zone = \"Europe/Berlin\"",
        "language = \"zh-CN\"",
        "consumer_key = { env = \"WOO_DE_1_CONSUMER_KEY\" }",
        "[[message]]\nchannel = \"team\"\nkind = \"webhook\"\naddress = { env = \"TEAM_HOOK\" }\nsecret = { env = \"TEAM_HOOK_SECRET\" }",
        "# keys_in_query = false ",
    ] {
        assert!(written.contains(&format!("\n{line}")), "{line}\n{written}");
    }
    assert!(!written.contains("endpoint = \"sandbox\""), "the mock stores are gone");
    assert!(folder.join("reports").exists());
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn enter_at_the_first_question_begins_with_the_mock_shops() {
    let tool = Tool::in_empty_folder();
    types(&tool, &strings(&[""]));
    tool.run(["init", text(tool.folder.path())]).exits(0).says(&["Which platform is your first store on"]);
    tool.run(["stores", "list"]).exits(0);
    assert!(tool.read("couponbook.toml").contains("endpoint = \"sandbox\""));
    let tool = Tool::in_empty_folder();
    types(&tool, &strings(&["shopee", "shopee-my-1"]));
    tool.run(["init", text(tool.folder.path())])
        .exits(2)
        .says(&["were not answered to the end, and nothing was written"]);
    assert!(!tool.path("couponbook.toml").exists());
}

#[test]
fn flags_write_the_same_without_a_terminal_for_every_platform() {
    let words = |line: &str| line.split(' ').map(str::to_string).collect::<Vec<_>>();
    let table = [
        "--platform shopee --store s-1 --set shop_id=14701711 --set partner_id=2001887 --set partner_key=env:KEY",
        "--platform lazada --store s-1 --set country=th --set seller_id=100 --set app_key=1 --set app_secret=file:secret",
        "--platform tiktok-shop --store s-1 --set shop_id=7 --set app_key=6a --set app_secret=env:KEY \
         --set consent_link=https://services.tiktokshop.com/open/authorize?service_id=1",
        "--platform shopify --store s-1 --set shop=a.myshopify.com --set client_id=1 --set client_secret=env:KEY",
        "--platform shopify --store s-1 --set shop=a.myshopify.com --set access_token=keyring:couponbook/a",
        "--platform woocommerce --store s-1 --set endpoint=https://a.example.com --set consumer_key=env:K --set consumer_secret=env:S",
        "--platform sheet --store s-1 --set shop=temu-us --set files=drop/*.xlsx --set stale_hours=48",
        "--platform sheet --store s-1 --set shop=temu-us --set files=drop/*.xlsx --message lark --message-set address=env:CHAT",
        "--platform sheet --store s-1 --set shop=temu-us --set files=drop/*.xlsx --message email --message-set host=smtp.example.com \
         --message-set from=c@example.com --message-set to=mei@example.com,lin@example.com --message-set encryption=tls",
    ];
    for line in table {
        let tool = Tool::in_empty_folder();
        let folder = tool.folder.path();
        let all = [
            words("init"),
            words(line),
            words("--currency THB --time-zone Asia/Bangkok"),
            vec![text(folder).to_string()],
        ];
        tool.run(all.concat()).exits(0);
        let stores = tool.run(["stores", "--json"]).exits(0).json();
        let stores = stores.as_array().unwrap().clone();
        let channels = tool.run(["messages", "--json"]).exits(0).json();
        assert_eq!(channels.as_array().unwrap().len(), usize::from(line.contains("--message")), "{line}");
        assert_eq!(
            (stores.len(), &stores[0]["id"], &stores[0]["currency"]),
            (1, &Value::from("s-1"), &Value::from("THB")),
            "{line}"
        );
    }
    let tool = Tool::in_empty_folder();
    let refused = |line: &str, says: &[&str]| {
        tool.run([words("init"), words(line), vec![text(&tool.path("new")).to_string()]].concat()).exits(2).says(says);
        assert!(!tool.path("new").exists(), "{line}");
    };
    refused(
        "--platform shopee --store s-1",
        &["shop_id is missing; add --set shop_id=14701711", "--currency MYR", "docs/platforms/shopee.md"],
    );
    refused("--platform magento", &["no platform is called magento", "woocommerce"]);
    refused(
        "--platform shopify --store s-1 --set shop=a.myshopify.com --set access_token=shpat_0123 --currency THB --time-zone Asia/Bangkok",
        &["access_token: write where the secret lies"],
    );
    refused(
        "--platform sheet --store s-1 --set shop=a --set files=b --set colour=red --currency THB --time-zone Asia/Bangkok",
        &["colour is no key"],
    );
    refused(
        "--platform sheet --store s-1 --set shop=a --set files=b --currency THB --time-zone Asia/Bangkok --message telegram --message-set token=123:ABC",
        &["token: write where the secret lies", "chat is missing; add --message-set chat="],
    );
    refused(
        "--platform sheet --store s-1 --set shop=a --set files=b --currency RMB --time-zone Asia/Bangkok",
        &["write CNY"],
    );
}
