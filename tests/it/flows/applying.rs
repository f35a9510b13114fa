//! Each action of the table on both platforms: what it becomes, what is sent, what is read back.

use serde_json::Value;

use super::books::journal_and_shops_agree;
use super::paper::{Exported, Line, row};
use super::shops::{Shops, TWO_SHOPS};
use super::tool::{Tool, text};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";

/// Everything that either platform can do; nothing else is refused.
pub fn every_action() -> Vec<Line> {
    vec![
        row(SHOPEE, "LUMIRENEW", "renew").end("30d"),
        row(SHOPEE, "LUMISREN", "renew").end("2026-12-20"),
        row(SHOPEE, "LUMISTOCK", "restock").stock("200"),
        row(SHOPEE, "LUMISDEL", "delete"),
        row(SHOPEE, "LUMIDEL", "delete"),
        row(SHOPEE, "LUMIEND", "end"),
        row(SHOPEE, "LUMISEND", "end"),
        row(SHOPEE, "LUMISADJ", "adjust").spend("60"),
        row(SHOPEE, "LUMIPAST", "recreate").end("2026-12-24"),
        row(SHOPEE, "LUMIKEEP", "keep").note("agreed with the brand"),
        row(WOO, "renew", "renew").end("2026-12-31 18:00"),
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "del", "delete"),
        row(WOO, "end", "end"),
        row(WOO, "pause", "pause"),
        row(WOO, "draft", "enable"),
        row(WOO, "adj", "adjust").spend("60"),
        row(WOO, "copy", "recreate").end("2026-12-24").stock("50"),
        row(WOO, "past", "renew").end("14d"),
        row(WOO, "keep", "keep").note("agreed with the brand"),
    ]
}

fn becomes() -> Vec<&'static str> {
    vec![
        "LUMIRENEW: follow on",
        "LUMISREN: extend in place",
        "LUMISTOCK: raise total",
        "LUMISDEL: delete",
        "LUMIDEL: end",
        "LUMIEND: end",
        "LUMISEND: delete",
        "LUMISADJ: change min spend",
        "LUMIPAST: create",
        "LUMIKEEP: keep",
        "renew: extend in place",
        "stock: raise total",
        "del: trash",
        "end: end",
        "pause: pause",
        "draft: enable",
        "adj: change min spend",
        "copy: create",
        "past: extend in place",
        "keep: keep",
    ]
}

#[test]
fn a_plan_says_what_each_action_becomes_and_changes_nothing() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let before = shops.picture();
    let back = tool.hand_back(&every_action());
    let plan = tool.plan(&back, &[]).exits(0);
    assert_eq!(plan.verdicts(), becomes());
    assert_eq!(shops.writes(), Vec::<String>::new());
    assert_eq!(shops.picture(), before);
    assert!(tool.path("back-plan.json").exists(), "the plan is saved beside the workbook");
}

#[test]
fn a_plan_in_words_says_before_and_after_what_cannot_be_undone_and_what_is_to_be_done_by_hand() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&every_action());
    let words = tool.run(["plan", text(&back)]).exits(0).stdout;
    for wanted in [
        "shopee-sg-1 (Shopee)",
        "LUMISTOCK · restock → raise the total",
        "total 500 → total 700",
        "LUMIRENEW · renew → follow-on coupon",
        "cannot be undone",
        "by hand besides",
        "Can additionally cost at most: EUR 5,750.00, SGD 6,000.00",
        "Nothing was sent.",
    ] {
        assert!(words.contains(wanted), "{wanted:?} is not in\n{words}");
    }
}

#[test]
fn an_apply_does_each_action_once_and_reads_it_back() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&every_action());
    let ran = tool.apply(&back, &[]).exits(0);
    assert_eq!(ran.totals(), "done: 20");
    assert_eq!(
        shops.writes(),
        [
            "shopee-sg-1 add_voucher",
            "shopee-sg-1 add_voucher",
            "shopee-sg-1 delete_voucher",
            "shopee-sg-1 delete_voucher",
            "shopee-sg-1 end_voucher",
            "shopee-sg-1 end_voucher",
            "shopee-sg-1 update_voucher",
            "shopee-sg-1 update_voucher",
            "shopee-sg-1 update_voucher",
            "woo-de-1 create",
            "woo-de-1 trash",
            "woo-de-1 update",
            "woo-de-1 update",
            "woo-de-1 update",
            "woo-de-1 update",
            "woo-de-1 update",
            "woo-de-1 update",
            "woo-de-1 update",
        ]
    );
    journal_and_shops_agree(&tool, &shops);
    as_asked_on_shopee(&shops);
    as_asked_on_woocommerce(&shops);
    for (key, outcome) in ran.json()["outcomes"].as_object().unwrap() {
        let kept = outcome["after"]["english"].as_str().unwrap().starts_with("kept");
        assert_eq!(outcome["read_back"].is_null(), kept, "{key}: {outcome}");
    }
}

fn as_asked_on_shopee(shops: &Shops) {
    let voucher = |code: &str| shops.coupon(SHOPEE, code);
    let old = voucher("LUMIRENEW");
    let successor = voucher("LUMIRENE2");
    assert_eq!(successor["start_time"], plus(&old["end_time"], 1), "it takes over the second after the old one's last");
    assert_eq!(successor["end_time"], plus(&old["end_time"], 30 * 86_400));
    assert_eq!(
        (&successor["min_basket_price"], &successor["discount_amount"]),
        (&old["min_basket_price"], &old["discount_amount"])
    );
    assert_eq!(voucher("LUMISREN")["end_time"], at("2026-12-20T15:59:59Z"), "through that day in the store's zone");
    assert_eq!(voucher("LUMISTOCK")["usage_quantity"], 700);
    assert_eq!(voucher("LUMISADJ")["min_basket_price"], 60.0);
    assert_eq!(voucher("LUMIPAST2")["end_time"], at("2026-12-24T15:59:59Z"));
    let codes = shops.coupons(SHOPEE);
    assert!(!codes.contains_key("lumisdel") && !codes.contains_key("lumisend"));
    assert!(voucher("LUMIEND")["end_time"].as_i64().unwrap() < at("2026-11-22T05:00:00Z"));
}

fn as_asked_on_woocommerce(shops: &Shops) {
    let coupon = |code: &str| shops.coupon(WOO, code);
    assert_eq!(coupon("renew")["expires"], at("2026-12-31T17:00:00Z"), "six in the evening in Berlin");
    assert_eq!(coupon("stock")["usage_limit"], 700);
    assert_eq!(coupon("del")["status"], "trash");
    assert!(coupon("end")["expires"].as_i64().unwrap() < at("2026-11-22T05:00:00Z"));
    assert_eq!(
        (&coupon("pause")["status"], &coupon("draft")["status"]),
        (&Value::from("draft"), &Value::from("publish"))
    );
    assert_eq!(coupon("adj")["minimum_amount"], "60.00");
    let copy = coupon("copy-2");
    assert_eq!((&copy["usage_limit"], &copy["amount"]), (&Value::from(50), &Value::from("5.00")));
    assert_eq!(copy["expires"], at("2026-12-24T22:59:59Z"));
    let through_the_day = at("2026-12-06T00:00:00Z")..at("2026-12-07T00:00:00Z");
    assert!(through_the_day.contains(&coupon("past")["expires"].as_i64().unwrap()));
}

fn plus(seconds: &Value, more: i64) -> i64 {
    seconds.as_i64().unwrap() + more
}

fn at(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp()
}

#[test]
fn what_a_platform_cannot_do_is_refused_with_its_rule_and_with_what_can_be_done_instead() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[
        row(SHOPEE, "LUMIPAUSE", "pause"),
        row(SHOPEE, "LUMIADJ", "adjust").spend("60"),
        row(SHOPEE, "LUMIPAST", "delete"),
        row(SHOPEE, "LUMIADMIN", "end"),
        row(WOO, "past", "end"),
        row(WOO, "pause", "pause"),
    ]);
    let plan = tool.plan(&back, &[]).exits(4);
    assert_eq!(
        plan.verdicts(),
        [
            "LUMIPAUSE: refused",
            "LUMIADJ: refused",
            "LUMIPAST: refused",
            "LUMIADMIN: by hand",
            "past: already done",
            "pause: pause"
        ]
    );
    let ran = tool.apply(&back, &[]).exits(4);
    assert_eq!(ran.totals(), "already_done: 1, by_hand: 1, done: 1, refused: 3");
    assert!(ran.stdout.contains("Shopee has no pause") && ran.stdout.contains("recreate"), "{}", ran.stdout);
    assert_eq!(shops.writes(), ["woo-de-1 update"]);
}

#[test]
fn the_same_workbook_a_renamed_copy_and_a_resaved_one_do_nothing_the_second_time() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let exported = tool.export("exported");
    let back = exported.hand_back(&tool.path("back.xlsx"), &every_action());
    tool.apply(&back, &["--by", "Day shift"]).exits(0);
    let (writes, picture) = (shops.writes(), shops.picture());
    let copy = tool.path("copy of back (1).xlsx");
    std::fs::copy(&back, &copy).unwrap();
    let mut backwards = every_action();
    backwards.reverse();
    let resaved = exported.hand_back(&tool.path("resaved.xlsx"), &backwards);
    for file in [back, copy, resaved] {
        let plan = tool.plan(&file, &[]).exits(0);
        assert!(plan.verdicts().iter().all(|row| row.ends_with(": already done")), "{:?}", plan.verdicts());
        let again = tool.apply(&file, &[]).exits(0);
        assert_eq!(again.totals(), "already_done: 20");
        assert!(again.stdout.contains("by Day shift on 2026-11-22 04:0"), "{}", again.stdout);
        assert_eq!((shops.writes(), shops.picture()), (writes.clone(), picture.clone()));
    }
}

#[test]
fn after_a_full_apply_an_export_and_a_plan_of_the_same_actions_find_nothing_left_to_do() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&every_action());
    tool.apply(&back, &[]).exits(0);
    let writes = shops.writes();
    // What is gone has no row to write into, spans and added stock are counted from what is exported.
    let same = vec![
        row(SHOPEE, "LUMIRENEW", "renew").end("2027-01-11"),
        row(SHOPEE, "LUMISREN", "renew").end("2026-12-20"),
        row(SHOPEE, "LUMIDEL", "end"),
        row(SHOPEE, "LUMIEND", "end"),
        row(SHOPEE, "LUMISADJ", "adjust").spend("60"),
        row(SHOPEE, "LUMIPAST", "recreate").end("2026-12-24"),
        row(WOO, "renew", "renew").end("2026-12-31 18:00"),
        row(WOO, "end", "end"),
        row(WOO, "pause", "pause"),
        row(WOO, "draft", "enable"),
        row(WOO, "adj", "adjust").spend("60"),
        row(WOO, "copy", "recreate").end("2026-12-24").stock("50"),
    ];
    let exported = tool.export("after");
    let again = exported.hand_back(&tool.path("again.xlsx"), &same);
    let plan = tool.plan(&again, &[]).exits(0);
    let left: Vec<String> = plan.verdicts().into_iter().filter(|row| !row.ends_with(": already done")).collect();
    assert_eq!(left, Vec::<String>::new());
    assert_eq!(tool.apply(&again, &[]).exits(0).totals(), "already_done: 12");
    assert_eq!(shops.writes(), writes);
}

#[test]
fn a_run_keeps_what_was_handed_back_the_plan_and_the_results_with_their_sha_256() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    let ran = tool.apply(&back, &[]).exits(0).json();
    let folder = tool.path("archive/runs").join(ran["run"].as_str().unwrap());
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    for name in ["handed-back.xlsx", "plan.json", "results.xlsx", "results.json", "calls.jsonl"] {
        assert!(folder.join(name).exists() && manifest.contains(name), "{name} in {manifest}");
    }
    assert_eq!(std::fs::read(folder.join("handed-back.xlsx")).unwrap(), std::fs::read(&back).unwrap());
}

#[test]
fn a_reviewed_plan_is_applied_as_it_is_and_only_once() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&every_action());
    tool.plan(&back, &[]).exits(0);
    let plan = tool.path("back-plan.json");
    assert_eq!(tool.apply(&plan, &[]).exits(0).totals(), "done: 20");
    journal_and_shops_agree(&tool, &shops);
    let writes = shops.writes();
    tool.apply(&plan, &[]).exits(4).says(&["this plan was applied already, by Night shift"]);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 20");
    assert_eq!(shops.writes(), writes);
}

#[test]
fn a_plan_is_applied_from_anywhere_and_its_results_lie_beside_its_workbook_or_it_says_that_this_is_gone() {
    // Where the plan lies, and what became of the workbook: where it is now, and where the results lie.
    for (becomes, results) in [
        ("kept", "back-results.xlsx"),
        ("moved with the plan", "elsewhere/back-results.xlsx"),
        ("gone", "elsewhere/back-results.xlsx"),
    ] {
        let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
        let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
        std::fs::create_dir(tool.path("elsewhere")).unwrap();
        let plan = tool.path("elsewhere/reviewed.json");
        tool.plan(&back, &["--out", plan.to_str().unwrap()]).exits(0);
        match becomes {
            "moved with the plan" => std::fs::rename(&back, tool.path("elsewhere/back.xlsx")).unwrap(),
            "gone" => std::fs::remove_file(&back).unwrap(),
            _ => {}
        }
        let ran = tool.apply(&plan, &[]).exits(0);
        let is_gone = becomes == "gone";
        assert_eq!(ran.stderr.contains("is not there any more"), is_gone, "{becomes}: {}", ran.stderr);
        assert_eq!(std::path::Path::new(ran.json()["results"].as_str().unwrap()), tool.path(results), "{becomes}");
        let bundle = tool.path("archive/runs").join(ran.json()["run"].as_str().unwrap());
        assert_eq!(bundle.join("handed-back.xlsx").exists(), !is_gone, "{becomes}");
    }
}

#[test]
fn a_plan_is_stale_once_the_workbook_the_config_or_the_snapshot_has_changed() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let exported = tool.export("exported");
    let lines = [row(WOO, "stock", "restock").stock("200")];
    let back = exported.hand_back(&tool.path("back.xlsx"), &lines);
    tool.plan(&back, &[]).exits(0);
    let plan = tool.path("back-plan.json");
    let config = tool.read("couponbook.toml");
    let stale = |why: &str| {
        tool.apply(&plan, &[]).exits(4).says(&["the plan is stale", why, "couponbook plan WORKBOOK"]);
        tool.write("couponbook.toml", &config);
    };
    tool.configure("id = \"woo-de-1\"\n", "id = \"woo-de-1\"\naccess = \"read-only\"\n");
    stale("woo-de-1 is read-only");
    tool.configure("\n[[store]]", "[brakes]\nremoved_count = 5\n\n[[store]]");
    stale("the brakes");
    exported.hand_back(&back, &[row(WOO, "stock", "restock").stock("300")]);
    stale("back.xlsx was changed since");
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn an_apply_with_nobody_to_ask_needs_yes() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    tool.run(["apply", text(&back)]).exits(2).says(&["--yes", "nothing was sent"]);
    assert_eq!(shops.writes(), Vec::<String>::new());
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
}

#[test]
fn the_exported_file_itself_can_be_handed_back_empty() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let exported: Exported = tool.export("exported");
    assert_eq!(tool.apply(&exported.path, &[]).exits(0).totals(), "");
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn the_next_command_can_be_typed_as_it_is_printed_where_a_folder_has_a_space() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    std::fs::create_dir(tool.path("Black Friday")).unwrap();
    let back = tool.hand_back(&every_action());
    let moved = tool.path("Black Friday/it's back.xlsx");
    std::fs::rename(back, &moved).unwrap();
    let words = tool.run(["plan", text(&moved)]).exits(0).stdout;
    let (_, typed) = words.trim_end().rsplit_once("Next: couponbook apply ").unwrap();
    let shell = std::process::Command::new("sh").args(["-c", &format!("printf %s {typed}")]).output();
    if let Ok(shell) = shell {
        let read = String::from_utf8(shell.stdout).unwrap();
        assert_eq!(std::path::Path::new(&read), tool.path("Black Friday/it's back-plan.json"), "{typed}");
    }
}
