//! What only a shop of WooCommerce does: keys that may read only, releases that ignore a status, updates that take it down for a moment.

use crate::trouble::{always, requests};
use couponbook::sandbox::Fault;
use couponbook::sandbox::{FaultKind, Matching, Nth};

use super::paper::{Line, row};
use super::shops::Shops;
use super::tool::{Tool, text};

const WOO: &str = "woo-de-1";

fn shop(keys: &str, coupons: usize) -> String {
    format!(
        "[[stores]]\nid = \"{WOO}\"\nplatform = \"woocommerce\"\nname = \"Lumi Online\"\nregion = \"DE\"\n{keys}\n\n\
         [[stores.coupons]]\ncode = \"c{{n}}\"\nrepeat = {coupons}\nstarts = \"-2d\"\nends = \"+9d\"\ntotal = 100\n\
         used = 40\ndiscount = {{ sum = \"5\" }}\nmin_spend = \"50\"\n"
    )
}

fn restocks(count: usize) -> Vec<Line> {
    (1..=count)
        .map(|number| row(WOO, Box::leak(format!("c{number}").into_boxed_str()), "restock").stock("50"))
        .collect()
}

#[test]
fn a_key_that_may_only_read_is_told_once_with_what_to_do_and_no_other_row_is_tried() {
    let (tool, shops) = Tool::with_shops(&shop("permissions = \"read\"", 5));
    let back = tool.hand_back(&restocks(4));
    let ran = tool.apply(&back, &[]).exits(5);
    assert_eq!(ran.totals(), "failed: 1, not_reached: 3");
    assert!(ran.stdout.contains("may only read"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("could not be reached"), "{}", ran.stdout);
    let in_their_words = |line: &&str| line.contains("\"english\"") && line.contains("The API key provided");
    assert_eq!(ran.stdout.lines().filter(in_their_words).count(), 1, "{}", ran.stdout);
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn the_page_of_a_firewall_is_read_once_and_not_on_every_row() {
    let (tool, shops) = Tool::with_shops(&shop("", 5));
    let back = tool.hand_back(&restocks(4));
    let blocked = FaultKind::Status { code: 403, retry_after_seconds: None, carried_out: false };
    let plan = tool.path("reviewed.json");
    tool.run(["plan", text(&back), "--out", text(&plan)]).exits(0);
    shops.trouble(always(Matching { store: Some(WOO.to_string()), ..Matching::default() }, blocked));
    let ran = tool.apply(&plan, &[]).exits(5);
    assert_eq!(ran.totals(), "failed: 4");
    let report = ran.json();
    let outcomes = report["outcomes"].as_object().unwrap().values();
    let said: Vec<&str> = outcomes.map(|outcome| outcome["message"]["english"].as_str().unwrap()).collect();
    assert!(said.iter().all(|said| said.contains("blocked")), "{said:#?}");
    let longest = said.iter().map(|said| said.len()).max().unwrap();
    let with_the_page = said.iter().filter(|said| said.len() == longest).count();
    assert_eq!(with_the_page, 1, "{said:#?}");
}

#[test]
fn on_a_release_that_ignores_a_status_pausing_and_enabling_are_by_hand_from_the_plan_on() {
    for (version, becomes) in [("7.9.0", "by hand"), ("10.3.5", "by hand"), ("11.0.1", "pause")] {
        let (tool, shops) = Tool::with_shops(&shop(&format!("woocommerce_version = \"{version}\""), 9));
        let back = tool.hand_back(&[row(WOO, "c1", "pause"), row(WOO, "c2", "renew").end("30d")]);
        let plan = tool.plan(&back, &[]).exits(0);
        assert_eq!(plan.verdicts(), [format!("c1: {becomes}"), "c2: extend in place".to_string()], "{version}");
        let told = plan.stdout.contains(&format!("WooCommerce {version}"));
        assert_eq!(told, becomes == "by hand", "{}", plan.stdout);
        assert_eq!(shops.writes(), Vec::<String>::new());
    }
}

#[test]
fn an_update_of_wordpress_in_the_middle_of_an_apply_is_waited_out() {
    let (tool, shops) = Tool::with_shops(&shop("", 5));
    let back = tool.hand_back(&restocks(4));
    let matching = Matching { store: Some(WOO.to_string()), ..Matching::default() };
    let down = FaultKind::Status { code: 503, retry_after_seconds: Some(600), carried_out: false };
    shops.trouble(Fault { nth: Nth::Number(8), times: Some(3), ..always(matching, down) });
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 4");
    assert_eq!(shops.writes().len(), 4);
}

/// The coupons of a plan, and what the shop says of itself: its index and its status.
const PLAN: u64 = 1 + 2;

/// The calls of the shop so far.
fn calls(shops: &Shops) -> u64 {
    shops.counts().calls.iter().map(|count| count.requests).sum()
}

#[test]
fn an_apply_asks_once_for_what_it_reads_back_and_what_it_looks_at_next() {
    for changes in [1, 45] {
        let (tool, shops) = Tool::with_shops(&shop("", 60));
        let back = tool.hand_back(&restocks(changes));
        let before = calls(&shops);
        tool.plan(&back, &[]).exits(0);
        assert_eq!(calls(&shops) - before, PLAN);
        let before = calls(&shops);
        assert_eq!(tool.apply(&back, &[]).exits(0).totals(), format!("done: {changes}"));
        // The first look; then of each change the write, and what shows it together with the next one's coupon.
        let changes = changes as u64;
        assert_eq!(calls(&shops) - before, PLAN + 1 + 2 * changes);
        assert_eq!(requests(&shops.counts(), WOO, "update"), changes);
    }
}

#[test]
fn a_coupon_that_is_removed_is_read_once_before_and_once_after() {
    let (tool, shops) = Tool::with_shops(&shop("", 60));
    let back = tool.hand_back(&["c1", "c2", "c3"].map(|code| row(WOO, code, "delete")));
    let before = calls(&shops);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 3");
    // What was removed is in no list, and is asked for by its id; the list before that shows the next one.
    assert_eq!(calls(&shops) - before, PLAN + 1 + 3 + (2 * 2 + 1));
    assert_eq!(requests(&shops.counts(), WOO, "trash"), 3);
}

#[test]
fn a_coupon_that_somebody_changes_just_before_its_turn_is_a_conflict_all_the_same() {
    let (tool, shops) = Tool::with_shops(&shop("", 60));
    let back = tool.hand_back(&[row(WOO, "c1", "restock").stock("50"), row(WOO, "c2", "restock").stock("50")]);
    tool.plan(&back, &[]).exits(0);
    shops.edit(WOO, "c2", serde_json::json!({ "usage_limit": 7 }));
    assert_eq!(tool.apply(&tool.path("back-plan.json"), &[]).exits(4).totals(), "conflict: 1, done: 1");
    assert_eq!(shops.writes().len(), 1);
}

#[test]
fn what_the_plan_held_against_a_coupon_holds_against_it_as_it_is_when_its_turn_comes() {
    let (tool, shops) = Tool::with_shops(&shop("", 60));
    let back = tool.hand_back(&[row(WOO, "c1", "adjust").spend("80"), row(WOO, "c2", "recreate").end("2026-12-24")]);
    tool.plan(&back, &[]).exits(0);
    shops.edit(WOO, "c1", serde_json::json!({ "maximum_amount": "70.00" }));
    shops.edit(WOO, "c2", serde_json::json!({ "meta_data": [{ "id": 1, "key": "_members_only", "value": "gold" }] }));
    let ran = tool.apply(&tool.path("back-plan.json"), &[]).exits(5);
    assert_eq!(ran.totals(), "conflict: 1, failed: 1");
    assert!(ran.stdout.contains("cannot use it, so a higher min spend"), "{}", ran.stdout);
    assert_eq!(shops.writes(), Vec::<String>::new());
    let ran = tool.apply(&back, &[]).exits(4);
    assert_eq!(ran.totals(), "by_hand: 1, refused: 1");
    assert!(ran.stdout.contains("_members_only"), "{}", ran.stdout);
    assert_eq!(shops.writes(), Vec::<String>::new());
}
