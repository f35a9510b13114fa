//! Customer service asks about one coupon.

use serde_json::{Value, json};

use crate::json_documents::holds;
use crate::trouble::always;
use couponbook::sandbox::{FaultKind, Matching};

use super::paper::row;
use super::shops::Shops;
use super::tool::{Ran, Tool};

const FIND_SHOPS: &str = include_str!("../data/flows/find_shops.toml");
const SHOPEE: &str = "shopee-sg-1";
const TIKTOK: &str = "tiktok-sg-1";
const WOO: &str = "woo-de-1";

/// Shops that were exported once.
fn exported() -> (Tool, Shops) {
    let (tool, shops) = Tool::with_shops(FIND_SHOPS);
    tool.export("exported");
    (tool, shops)
}

fn find(tool: &Tool, words: &[&str]) -> Ran {
    let ran = tool.run([&["find"], words, &["--json"]].concat());
    holds("find", &ran.json());
    ran
}

/// `woo-de-1: no, live: find-used-up`, one for each coupon.
fn told(ran: &Ran) -> Vec<String> {
    let one = |coupon: &Value| {
        let text = |name: &str| coupon[name].as_str().unwrap().to_string();
        let how = if coupon["live"] == true { "live" } else { "archived" };
        let reasons: Vec<&str> =
            coupon["reasons"].as_array().unwrap().iter().map(|reason| reason["id"].as_str().unwrap()).collect();
        format!("{}: {}, {how}: {}", text("store"), text("can_use"), reasons.join(" ")).trim_end().to_string()
    };
    // In which order is a matter of urgency.
    let mut told: Vec<String> = ran.json()["coupons"].as_array().unwrap().iter().map(one).collect();
    told.sort();
    told
}

fn reply(ran: &Ran, place: usize) -> String {
    ran.json()["coupons"][place]["reply"]["text"].as_str().unwrap_or_default().to_string()
}

fn failing(store: &str) -> couponbook::sandbox::Fault {
    let status = FaultKind::Status { code: 503, retry_after_seconds: None, carried_out: false };
    always(Matching { store: Some(store.to_string()), ..Matching::default() }, status)
}

#[test]
fn each_reason_why_a_buyer_cannot_use_a_coupon_is_told_as_its_store_shows_it() {
    let (tool, _shops) = exported();
    let table = [
        ("SOON", "shopee-sg-1: no, live: find-not-begun", "can be used from 24 Nov"),
        ("HELD", "woo-de-1: no, live: find-paused-as", "kann zurzeit"),
        ("PAST", "woo-de-1: no, live: find-ended", "19. November"),
        ("FIRST", "shopee-sg-1: yes, live:", "can be used now: SGD 5 off on orders from SGD 42"),
    ];
    for (word, is, says) in table {
        let ran = find(&tool, &[word]).exits(0);
        assert_eq!(told(&ran), [is], "{word}");
        let text = reply(&ran, 0);
        assert!(text.contains(says) || text.contains("Gutschein"), "{word}: {text}");
    }
    let sold_out = find(&tool, &["BFOUT"]).exits(0);
    let out = ["shopee-sg-1: no, live: find-used-up", "woo-de-1: no, live: find-used-up"];
    assert_eq!(told(&sold_out), out);
    let first = find(&tool, &["FIRST"]).json();
    let terms: Vec<&str> =
        first["coupons"][0]["terms"].as_array().unwrap().iter().map(|term| term["id"].as_str().unwrap()).collect();
    assert_eq!(terms, ["terms-min-spend", "terms-new-buyers"]);
    assert!(reply(&find(&tool, &["FIRST"]), 0).contains("Further conditions apply"));
}

#[test]
fn a_card_on_the_terminal_says_it_in_a_few_lines() {
    let (tool, _shops) = exported();
    let ran = tool.run(["find", "BFOUT", "--store", SHOPEE]).exits(0);
    for words in [
        "BFOUT · shopee-sg-1 (Shopee, coupon ",
        "● buyers cannot use it: sold out: all 100 are used",
        "on orders from SGD 50.00",
        "0 of 100 left",
        "as its store shows it now",
        "the export said: ",
        "Suggested: restock",
        "reply (en): Hi! ",
        "1 store was asked now",
    ] {
        assert!(ran.stdout.contains(words), "{words:?} is not in\n{}", ran.stdout);
    }
    let lines = ran.stdout.lines().count();
    assert!(lines <= 12, "{lines} lines:\n{}", ran.stdout);
}

#[test]
fn one_code_at_two_stores_is_told_for_each_and_no_other_store_is_asked() {
    let (tool, shops) = exported();
    let before = shops.counts();
    let ran = find(&tool, &["bf20"]).exits(0);
    assert_eq!(told(&ran), ["shopee-sg-1: yes, live:", "woo-de-1: yes, live:"]);
    let asked: u64 = shops.counts().requests - before.requests;
    assert!(asked <= 4, "{asked} requests for two coupons");
    assert_eq!(ran.json()["stores_asked"], 2);
    assert_eq!(told(&find(&tool, &["bf20", "--store", WOO]).exits(0)), ["woo-de-1: yes, live:"]);
}

#[test]
fn what_changed_since_the_export_is_told_as_it_is_now() {
    let (tool, shops) = exported();
    shops.edit(WOO, "bf20", json!({ "usage_count": 500 }));
    let ran = find(&tool, &["BF20", "--store", WOO]).exits(0);
    assert_eq!(told(&ran), ["woo-de-1: no, live: find-used-up"]);
    let offline = find(&tool, &["BF20", "--store", WOO, "--offline"]).exits(0);
    assert_eq!(told(&offline), ["woo-de-1: yes, archived:"]);
    shops.edit(WOO, "bf20", json!({ "status": "trash" }));
    assert_eq!(told(&find(&tool, &["BF20", "--store", WOO]).exits(0)), ["woo-de-1: no, live: find-in-bin"]);
    shops.remove(SHOPEE, "LUMIBF20");
    let gone = find(&tool, &["BF20", "--store", SHOPEE]).exits(0);
    assert_eq!(told(&gone), ["shopee-sg-1: no, live: find-gone"]);
    assert!(reply(&gone, 0).contains("has ended"), "{}", reply(&gone, 0));
}

#[test]
fn offline_asks_nobody_needs_no_secret_and_says_how_old_it_is() {
    let (mut tool, shops) = exported();
    tool.environment.clear();
    tool.wait_hours(3);
    let before = shops.counts().requests;
    let ran = find(&tool, &["bfout", "--offline"]).exits(0);
    let archived = ["shopee-sg-1: no, archived: find-used-up", "woo-de-1: no, archived: find-used-up"];
    assert_eq!(told(&ran), archived);
    assert_eq!(shops.counts().requests, before, "nobody is asked");
    let text = tool.run(["find", "bfout", "--offline"]).exits(0).stdout;
    assert!(text.contains("as the archive has it") && text.contains("3 hours ago"), "{text}");
    assert!(text.contains("0 stores were asked now"), "{text}");
    // What has ended meanwhile by its dates has ended, whatever the export saw.
    tool.wait_hours(24 * 9);
    let ended = find(&tool, &["bf20", "--offline", "--store", WOO]).exits(0);
    assert_eq!(told(&ended), ["woo-de-1: no, archived: find-ended"]);
}

#[test]
fn a_store_that_does_not_answer_is_named_and_what_is_archived_is_told_with_its_age() {
    let (tool, shops) = exported();
    tool.wait_hours(2);
    shops.trouble(failing(WOO));
    let ran = find(&tool, &["BF20"]).exits(1).says(&["1 store did not answer"]);
    assert_eq!(told(&ran), ["shopee-sg-1: yes, live:", "woo-de-1: yes, archived:"]);
    let document = ran.json();
    assert_eq!(document["not_reached"][0]["store"], WOO);
    let coupons = document["coupons"].as_array().unwrap();
    let why = coupons.iter().find_map(|coupon| coupon["not_live"]["english"].as_str());
    assert!(why.unwrap().contains("503"), "{document:#}");
    let text = tool.run(["find", "BF20"]).exits(1).stdout;
    assert!(text.contains("2 hours ago; its store did not answer"), "{text}");
    // A secret that is missing costs its own store only.
    shops.heal();
    let mut tool = tool;
    tool.environment.remove("WOO_DE_1_CONSUMER_KEY");
    let ran = find(&tool, &["BF20"]).exits(1);
    assert_eq!(told(&ran), ["shopee-sg-1: yes, live:", "woo-de-1: yes, archived:"]);
}

#[test]
fn a_store_that_is_only_read_is_asked_like_any_other() {
    let (tool, shops) = exported();
    let text = tool.read("couponbook.toml").replace("currency = ", "access = \"read-only\"\ncurrency = ");
    tool.write("couponbook.toml", &text);
    assert_eq!(told(&find(&tool, &["BF20"]).exits(0)), ["shopee-sg-1: yes, live:", "woo-de-1: yes, live:"]);
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn the_reply_is_in_the_language_of_the_store() {
    let (tool, _shops) = exported();
    tool.configure("id = \"woo-de-1\"\n", "id = \"woo-de-1\"\nlanguage = \"zh\"\n");
    let ran = find(&tool, &["BFOUT", "--store", WOO]).exits(0);
    assert_eq!(ran.json()["coupons"][0]["reply"]["language"], "zh");
    assert!(reply(&ran, 0).starts_with("您好！bfout 已用完。您可以先用 bf20："), "{}", reply(&ran, 0));
    let works = find(&tool, &["BF20", "--store", WOO]).exits(0);
    assert_eq!(
        reply(&works, 0),
        "您好！bf20 现在可以使用：满 EUR 40立减 EUR 5，有效期至 11月30日。如仍无法使用，请告诉我们您看到的提示，我们马上为您核实。"
    );
}

#[test]
fn another_coupon_is_offered_only_while_its_own_store_shows_that_it_works() {
    let (tool, shops) = exported();
    let offered = |words: &[&str]| find(&tool, words).exits(0).json()["coupons"][0]["reply"]["other"].clone();
    assert_eq!(offered(&["BFOUT", "--store", WOO]), "bf20");
    shops.edit(WOO, "bf20", json!({ "status": "draft" }));
    assert_eq!(offered(&["BFOUT", "--store", WOO]), Value::Null);
    assert_eq!(offered(&["BFOUT", "--store", WOO, "--offline"]), "bf20", "as the archive has it");
}

#[test]
fn what_is_being_done_about_it_is_told() {
    let (tool, _shops) = exported();
    let doing = |words: &[&str]| -> Vec<String> {
        let document = find(&tool, words).exits(0).json();
        let doing = document["coupons"][0]["doing"].as_array().unwrap().clone();
        doing
            .iter()
            .map(|one| format!("{}: {}", one["what"].as_str().unwrap(), one["message"]["english"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(doing(&["BFOUT", "--store", WOO]), Vec::<String>::new());
    let exported = tool.export("again");
    let lines = [
        row(WOO, "bfout", "restock").stock("50"),
        row(WOO, "held", "keep").note("agreed with the brand"),
        row(TIKTOK, "", "restock").stock("50"),
    ];
    let back = exported.hand_back(&tool.path("back.xlsx"), &lines);
    tool.plan(&back, &[]).exits(0);
    let asked = doing(&["BFOUT", "--store", WOO]);
    assert_eq!(asked, ["asked: restock: asked for in a workbook that came back, and not applied yet"]);
    tool.apply(&back, &[]).exits(0);
    let done = doing(&["BFOUT", "--store", WOO]);
    assert!(done[0].starts_with("done: raise the total: done by Night shift at "), "{done:?}");
    let kept = doing(&["HELD"]);
    assert!(kept[0].starts_with("kept: kept by Night shift: agreed with the brand"), "{kept:?}");
    let by_hand = doing(&["garden gloves"]);
    assert!(by_hand[0].starts_with("by_hand: by hand: "), "{by_hand:?}");
    // What a run read back is newer than the export.
    let offline = find(&tool, &["BFOUT", "--store", WOO, "--offline"]).exits(0);
    assert_eq!(told(&offline), ["woo-de-1: yes, archived:"]);
}

#[test]
fn without_a_journal_nobody_claims_to_know_what_is_being_done() {
    let (tool, _shops) = exported();
    for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(tool.path("state").join(name));
    }
    let ran = find(&tool, &["BF20", "--offline"]).exits(0);
    assert!(ran.json()["doing_unknown"].as_str().unwrap().contains("no journal"), "{}", ran.stdout);
    assert!(!tool.path("state/journal.db").exists(), "looking makes none");
}

#[test]
fn a_word_that_no_export_has_is_looked_for_at_every_store() {
    let (tool, shops) = Tool::with_shops(FIND_SHOPS);
    let ran =
        find(&tool, &["BF20", "--store", WOO]).exits(0).says(&["no export has “BF20”: 1 store is asked for its code"]);
    assert_eq!(told(&ran), ["woo-de-1: yes, live:"]);
    let id = ran.json()["coupons"][0]["coupon"].as_str().unwrap().to_string();
    let by_id = find(&tool, &[&id, "--store", WOO]).exits(0).json();
    assert_eq!(by_id["coupons"][0]["named_by"], "id");
    find(&tool, &["BF20", "--offline"]).exits(1).says(&["no coupon is called “BF20”"]);
    let none = find(&tool, &["NOSUCH"]).exits(1).says(&["no coupon is called “NOSUCH”", "--everywhere"]);
    assert_eq!((told(&none), none.json()["stores_asked"].clone()), (vec![], json!(3)));
    shops.trouble(failing(WOO));
    find(&tool, &["NOSUCH"]).exits(1).says(&["1 store did not answer"]);
}

#[test]
fn everywhere_loads_the_lists_of_all_stores_and_looks_in_names_too() {
    let (tool, _shops) = Tool::with_shops(FIND_SHOPS);
    let ran = find(&tool, &["gloves", "--everywhere"]).exits(0);
    assert_eq!(ran.json()["coupons"][0]["store"], TIKTOK);
    assert_eq!((&ran.json()["stores_asked"], &ran.json()["coupons"][0]["named_by"]), (&json!(3), &json!("part")));
    tool.export("exported");
    let both = find(&tool, &["BF20", "--everywhere"]).exits(0);
    assert_eq!(told(&both), ["shopee-sg-1: yes, live:", "woo-de-1: yes, live:"]);
}

#[test]
fn a_part_of_a_name_brings_the_best_few_and_says_how_many_more() {
    let (tool, _shops) = exported();
    let ran = find(&tool, &["BF", "--offline", "--limit", "1"]).exits(0).json();
    assert_eq!((ran["coupons"].as_array().unwrap().len(), &ran["more"]), (1, &json!(3)));
    let exact = find(&tool, &["BF20", "--offline", "--limit", "1"]).exits(0).json();
    assert_eq!((&exact["more"], &exact["parts"]), (&json!(1), &json!(0)));
    tool.run(["find", "  "]).exits(2).says(&["there is nothing to look for"]);
    tool.run(["find", "BF20", "--store", "nobody"]).exits(2).says(&["no store is called nobody"]);
}

#[test]
fn of_an_archive_that_was_altered_nothing_is_told() {
    let (tool, _shops) = exported();
    let snapshots = tool.path("archive/snapshots");
    let day = std::fs::read_dir(&snapshots).unwrap().next().unwrap().unwrap().path();
    let export = std::fs::read_dir(day).unwrap().next().unwrap().unwrap().path();
    let table = export.join("coupons.parquet");
    let mut bytes = std::fs::read(&table).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&table, bytes).unwrap();
    let ran = find(&tool, &["BF20", "--offline"]).exits(1);
    assert_eq!(ran.json()["flaws"][0]["kind"], "changed");
    assert_eq!(told(&find(&tool, &["BF20", "--store", WOO]).exits(0)), ["woo-de-1: yes, live:"], "its store is asked");
}
