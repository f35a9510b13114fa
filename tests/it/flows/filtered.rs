//! `plan` and `apply` for some of the stores only.

use super::paper::row;
use super::shops::SMALL_SHOPS;
use super::tool::{Tool, text};
use crate::trouble::requests;

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";

#[test]
fn a_filter_plans_and_applies_the_rows_of_its_stores_and_leaves_the_others_for_another_run() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let lines = [row(SHOPEE, "LUMISTOCK", "restock").stock("200"), row(WOO, "stock", "restock").stock("200")];
    let back = tool.hand_back(&lines);
    let before = requests(&shops.counts(), SHOPEE, "get_voucher");
    assert_eq!(tool.plan(&back, &["--store", "woo-*"]).exits(0).verdicts(), ["stock: raise total"]);
    assert_eq!(tool.apply(&back, &["--platform", "woocommerce"]).exits(0).totals(), "done: 1");
    assert_eq!(shops.writes(), ["woo-de-1 update"]);
    assert_eq!(requests(&shops.counts(), SHOPEE, "get_voucher"), before, "the other store is not even asked");
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 1, done: 1");
    assert_eq!(shops.writes(), ["shopee-sg-1 update_voucher", "woo-de-1 update"]);
}

#[test]
fn a_filter_that_matches_no_store_is_refused_and_sends_nothing() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    for command in ["plan", "apply"] {
        tool.run([command, text(&back), "--store", "wo-*"]).exits(2).says(&["woo-de-1"]);
    }
    assert!(shops.writes().is_empty());
}

#[test]
fn logs_of_calls_that_have_grown_large_or_old_make_room() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    let calls = tool.path("state/calls");
    std::fs::create_dir_all(&calls).unwrap();
    std::fs::write(calls.join("plan.jsonl"), vec![b'x'; 9 * 1024 * 1024]).unwrap();
    let left = std::fs::File::create(calls.join("R20200101-OLD.jsonl")).unwrap();
    let long_ago = (tool.clock)() - chrono::Duration::days(40);
    left.set_modified(long_ago.into()).unwrap();
    // Windows keeps the name of a file for as long as anybody has it open.
    drop(left);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    tool.plan(&back, &[]).exits(0);
    let size = |name: &str| std::fs::metadata(calls.join(name)).map(|about| about.len()).ok();
    assert_eq!(size("R20200101-OLD.jsonl"), None);
    assert_eq!(size("plan.jsonl.earlier"), Some(9 * 1024 * 1024));
    assert!(size("plan.jsonl").unwrap() < 100_000);
}
