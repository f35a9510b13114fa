//! What `stores check` finds, keeps and shows, and which stores a command is about.

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;

use super::Team;

const CONFIG: &str = "team_time_zone = \"Asia/Singapore\"\nstores_file = \"stores.csv\"\n";

/// Stores of the demo's sandbox; the currency of the last is written wrong.
const STORES: &str = "id,platform,endpoint,currency,time_zone,owner,region,group,tags\n\
    shopee-sg-1,shopee,sandbox,SGD,Asia/Singapore,Mei,SEA,brand-a,fast|new\n\
    shopee-my-1,shopee,sandbox,MYR,Asia/Singapore,Arif,SEA,brand-b,new\n\
    woo-de-1,woocommerce,sandbox,USD,Europe/Berlin,Mei,EU,brand-a,\n";

fn team() -> Team {
    Team::new(CONFIG, STORES)
}

fn checks(team: &Team) -> Value {
    serde_json::from_slice(&std::fs::read(team.path("state/checks.json")).unwrap()).unwrap()
}

fn sheet(team: &Team, file: &str, name: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = calamine::open_workbook(team.path(file)).unwrap();
    let range = book.worksheet_range(name).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

#[test]
fn a_check_tells_each_store_in_the_configs_order_and_what_is_wrong_with_it() {
    let team = team();
    let (code, stdout, stderr) = team.run(&["stores", "check"]);
    assert_eq!(code, 1, "{stdout}{stderr}");
    let marks: Vec<String> =
        stdout.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(marks[..3], ["✓ shopee-sg-1", "✓ shopee-my-1", "● woo-de-1"], "{stdout}");
    assert!(stdout.contains("    the shop's currency is EUR, the config says USD\n"), "{stdout}");
    assert!(stdout.ends_with("2 of 3 stores are in order.\n"), "{stdout}");
    assert!(stderr.contains("1 store needs attention"), "{stderr}");
    assert_eq!(team.run(&["stores", "check", "--store", "shopee-*"]).0, 0);
}

#[test]
fn a_check_prints_one_document_for_machines() {
    let (code, stdout, _) = team().run(&["stores", "check", "--json"]);
    let found: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(code, 1);
    let (first, last) = (&found[0], &found[2]);
    assert_eq!((&first["store"], &first["reached"]), (&"shopee-sg-1".into(), &true.into()));
    assert_eq!((&first["rights"], &first["may_write"]), (&"read; write not reported".into(), &"not_told".into()));
    assert!(first["clock_ahead_seconds"].is_i64(), "{first}");
    assert_eq!(first["problems"], Value::Array(vec![]));
    assert_eq!(last["problems"][0], "the shop's currency is EUR, the config says USD");
}

#[test]
fn a_check_of_some_stores_forgets_nothing_about_the_others() {
    let team = team();
    team.run(&["stores", "check", "--store", "woo-*"]);
    let before = checks(&team);
    assert_eq!(before.as_object().unwrap().len(), 1);
    team.run(&["stores", "check", "--tag", "fast"]);
    let kept = checks(&team);
    let names: Vec<_> = kept.as_object().unwrap().keys().collect();
    assert_eq!(names, ["shopee-sg-1", "woo-de-1"]);
    assert_eq!(kept["woo-de-1"], before["woo-de-1"]);
}

#[test]
fn an_export_shows_the_last_check_on_its_stores_sheet() {
    let team = team();
    assert_eq!(team.run(&["stores", "check", "--owner", "mei"]).0, 1);
    let (code, stdout, stderr) = team.run(&["export", "--out", &team.path("all.xlsx").display().to_string()]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let rows = sheet(&team, "all.xlsx", "Stores");
    let of = |id: &str| rows.iter().find(|row| row.get(1).is_some_and(|store| store == id)).unwrap();
    assert_eq!(of("shopee-sg-1")[11], "read; write not reported");
    assert!(of("shopee-sg-1")[12].parse::<i64>().is_ok(), "{:?}", of("shopee-sg-1"));
    assert_eq!(of("shopee-my-1")[13], "not yet");
}

#[test]
fn each_filter_leaves_the_stores_that_match_and_one_that_matches_none_is_refused() {
    let team = team();
    for (filter, expected) in [
        (&["--store", "SHOPEE-SG-*"][..], "shopee-sg-1"),
        (&["--store", "woo-de-1", "--store", "shopee-my-1"], "shopee-my-1 woo-de-1"),
        (&["--platform", "shopee"], "shopee-sg-1 shopee-my-1"),
        (&["--region", "eu"], "woo-de-1"),
        (&["--owner", "Mei"], "shopee-sg-1 woo-de-1"),
        (&["--group", "brand-b"], "shopee-my-1"),
        (&["--tag", "new"], "shopee-sg-1 shopee-my-1"),
        (&["--owner", "mei", "--platform", "shopee", "--tag", "fast"], "shopee-sg-1"),
    ] {
        let (code, stdout, stderr) = team.run(&[&["stores", "--json"], filter].concat());
        assert_eq!(code, 0, "{filter:?}: {stderr}");
        let listed: Value = serde_json::from_str(&stdout).unwrap();
        let listed: Vec<_> = listed.as_array().unwrap().iter().map(|store| store["id"].as_str().unwrap()).collect();
        assert_eq!(listed.join(" "), expected, "{filter:?}");
    }
    for command in [&["stores", "list"][..], &["stores", "check"], &["export"]] {
        let (code, _, stderr) = team.run(&[command, &["--owner", "nobody"]].concat());
        assert_eq!(code, 2, "{command:?}");
        assert!(stderr.contains("no store has the owner nobody: write one of Mei, "), "{stderr}");
    }
}

#[test]
fn a_filter_word_that_no_store_answers_to_is_told_by_itself_with_what_to_write() {
    let team = team();
    for (filter, says) in [
        (&["--platform", "tiktok"][..], "no platform is called tiktok: write tiktok_shop"),
        (&["--platform", "TikTok Shop"], "no store is on tiktok_shop\nhint: the stores are on shopee, woocommerce"),
        (&["--platform", "amazon"], "no platform is called amazon: write one of shopee, lazada, tiktok_shop"),
        (&["--store", "woo-de-1", "--store", "shopee-sg-2"], "no store is called shopee-sg-2: write shopee-sg-1"),
        (&["--region", "eur"], "no store has the region eur: write EU"),
        (&["--group", "brand"], "no store has the group brand: write one of brand-a, brand-b"),
        (&["--region", "EU", "--owner", "Arif"], "no store matches --region EU and --owner Arif together"),
    ] {
        let (code, _, stderr) = team.run(&[&["stores"], filter].concat());
        assert_eq!(code, 2, "{filter:?}");
        assert!(stderr.contains(says), "{filter:?}: {stderr}");
    }
    let (code, stdout, _) = team.run(&["stores", "--platform", "WooCommerce"]);
    assert!(code == 0 && stdout.contains("woo-de-1"), "{stdout}");
}

#[test]
fn a_listed_store_tells_what_filters_go_by() {
    let (_, stdout, _) = team().run(&["stores", "list", "--store", "shopee-sg-1", "--json"]);
    let listed: Value = serde_json::from_str(&stdout).unwrap();
    let told = ["id", "platform", "owner", "region", "group", "tags"].map(|key| listed[0][key].clone());
    assert_eq!(
        serde_json::json!(told),
        serde_json::json!(["shopee-sg-1", "shopee", "Mei", "SEA", "brand-a", ["fast", "new"]])
    );
}

#[test]
fn a_zone_of_another_name_is_told_only_where_its_clock_differs() {
    for (zone, differs) in
        [("Europe/Berlin", false), ("Europe/Paris", false), ("Europe/London", true), ("Africa/Lagos", true)]
    {
        let list = format!("id,platform,endpoint,currency,time_zone\nwoo-de-1,woocommerce,sandbox,EUR,{zone}\n");
        let (code, stdout, stderr) = Team::new(CONFIG, list).run(&["stores", "check"]);
        assert_eq!(code, u8::from(differs), "{zone}: {stdout}{stderr}");
        let told = format!("    the shop's time zone is Europe/Berlin, the config says {zone}\n");
        assert_eq!(stdout.contains(&told), differs, "{stdout}");
    }
}

#[test]
fn a_check_of_another_shop_or_one_that_cannot_be_read_counts_as_none() {
    let team = team();
    team.run(&["stores", "check"]);
    let path = team.path("state/checks.json");
    let kept = std::fs::read_to_string(&path).unwrap();
    for (text, name, columns) in [
        (kept.replace("sandbox/shopee-sg-1", "sandbox/of-before"), "other.xlsx", 16),
        ("{ broken".to_string(), "broken.xlsx", 13),
    ] {
        std::fs::write(&path, text).unwrap();
        let (code, _, stderr) = team.run(&["export", "--out", &team.path(name).display().to_string()]);
        assert_eq!(code, 0, "{stderr}");
        let rows = sheet(&team, name, "Stores");
        assert_eq!(rows[3].len(), columns);
        let row = rows.iter().find(|row| row.get(1).is_some_and(|store| store == "shopee-sg-1")).unwrap();
        assert!(columns == 13 || row[13] == "not yet", "{row:?}");
    }
    assert_eq!(team.run(&["stores", "check", "--store", "shopee-sg-1"]).0, 0);
    assert_eq!(checks(&team).as_object().unwrap().len(), 1);
}

#[test]
fn an_export_of_some_stores_says_nothing_about_the_others() {
    let team = team();
    assert_eq!(team.run(&["export"]).0, 0);
    let (code, stdout, stderr) =
        team.run(&["export", "--platform", "shopee", "--out", &team.path("some.xlsx").display().to_string(), "--json"]);
    assert_eq!(code, 0, "{stderr}");
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&report["stores"], &report["stores_loaded"]), (&2.into(), &2.into()));
    assert_eq!(report["stores_not_loaded"], Value::Array(vec![]));
    for name in ["Summary", "Checklist", "Coupons", "Stores"] {
        let words = sheet(&team, "some.xlsx", name).concat();
        assert!(!words.iter().any(|word| word.contains("woo-de-1")), "{name}");
    }
}

#[test]
fn a_store_that_never_answers_is_given_up_and_the_others_are_told() {
    // Connections are taken and nothing is ever said.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let secrets = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secrets.path(), "a-key").unwrap();
    let secret = secrets.path().display();
    let list = format!(
        "id,platform,endpoint,currency,time_zone,consumer_key,consumer_secret\n\
         silent,woocommerce,http://{address},EUR,Europe/Berlin,file:{secret},file:{secret}\n\
         shopee-sg-1,shopee,sandbox,SGD,Asia/Singapore,,\n"
    );
    let team = Team::new(CONFIG, list);
    let (code, stdout, stderr) = team.run(&["stores", "check", "--within", "1"]);
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(stdout.contains("● silent ") && stdout.contains("✓ shopee-sg-1"), "{stdout}");
    assert!(stdout.contains("    no answer within 1 second; try again, or allow more with --within\n"), "{stdout}");
    assert_eq!(checks(&team)["silent"]["reached"], false);
}
