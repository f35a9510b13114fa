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
