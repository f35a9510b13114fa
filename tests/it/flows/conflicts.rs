//! Somebody else changed a coupon meanwhile: nothing is overwritten, and all three values are named.

use serde_json::json;

use super::books::journal_and_shops_agree;
use super::paper::{Line, row};
use super::shops::{Shops, TWO_SHOPS};
use super::tool::{Tool, text};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";

fn decisions() -> Vec<Line> {
    vec![
        row(SHOPEE, "LUMISTOCK", "restock").stock("200"),
        row(SHOPEE, "LUMIRENEW", "renew").end("30d"),
        row(SHOPEE, "LUMIEND", "end"),
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "renew", "renew").end("2026-12-31"),
        row(WOO, "adj", "adjust").spend("60"),
        row(WOO, "del", "delete"),
        row(WOO, "pause", "pause"),
    ]
}

fn somebody_edits(shops: &Shops) {
    shops.edit(SHOPEE, "LUMISTOCK", json!({ "usage_quantity": 800 }));
    shops.edit(SHOPEE, "LUMIRENEW", json!({ "end_time": 1_796_000_000 }));
    shops.edit(WOO, "stock", json!({ "usage_limit": 650 }));
    shops.edit(WOO, "renew", json!({ "date_expires_gmt": "2026-12-24T22:59:59" }));
    shops.edit(WOO, "adj", json!({ "minimum_amount": "45.00" }));
    shops.edit(WOO, "pause", json!({ "status": "trash" }));
}

#[test]
fn an_edit_between_export_and_plan_is_a_conflict_that_names_all_three_values() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&decisions());
    somebody_edits(&shops);
    let plan = tool.plan(&back, &[]).exits(4);
    assert_eq!(
        plan.verdicts(),
        [
            "LUMISTOCK: conflict",
            "LUMIRENEW: conflict",
            "LUMIEND: end",
            "stock: conflict",
            "renew: conflict",
            "adj: conflict",
            "del: trash",
            "pause: conflict"
        ]
    );
    let words = tool.run(["plan", text(&back)]).exits(4).stdout;
    for wanted in [
        "at export total 500; wanted total 700; now total 800",
        "at export total 500; wanted total 700; now total 650",
        "at export min spend EUR 40.00; wanted min spend EUR 60.00; now min spend EUR 45.00",
        "now ends Thu\u{a0}24\u{a0}Dec\u{a0}23:59",
        "now in the shop's bin",
    ] {
        assert!(words.contains(wanted), "{wanted:?} is not in\n{words}");
    }
    let ran = tool.apply(&back, &[]).exits(4);
    assert_eq!(ran.totals(), "conflict: 6, done: 2");
    assert_eq!(shops.writes(), ["shopee-sg-1 end_voucher", "woo-de-1 trash"]);
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn an_edit_between_the_plan_and_its_apply_is_a_conflict_and_nothing_is_sent_for_that_row() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&decisions());
    tool.plan(&back, &[]).exits(0);
    somebody_edits(&shops);
    let ran = tool.apply(&tool.path("back-plan.json"), &[]).exits(4);
    let totals = ran.totals();
    assert_eq!(totals, "conflict: 6, done: 2");
    assert!(
        ran.stdout.contains("changed since it was planned: now it shows")
            || ran.stdout.contains("Changed since it was planned"),
        "{}",
        ran.stdout
    );
    for call in ["update_voucher", "update"] {
        assert!(shops.writes().iter().all(|write| !write.ends_with(&format!(" {call}"))), "{:?}", shops.writes());
    }
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn what_somebody_did_by_hand_meanwhile_is_already_done() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&decisions());
    shops.edit(SHOPEE, "LUMISTOCK", json!({ "usage_quantity": 700 }));
    shops.edit(WOO, "renew", json!({ "date_expires_gmt": "2026-12-31T22:59:59" }));
    shops.edit(WOO, "adj", json!({ "minimum_amount": "60.00" }));
    shops.edit(WOO, "del", json!({ "status": "trash" }));
    shops.edit(WOO, "pause", json!({ "status": "draft" }));
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 5, done: 3");
    assert_eq!(shops.writes(), ["shopee-sg-1 add_voucher", "shopee-sg-1 end_voucher", "woo-de-1 update"]);
}

#[test]
fn buyers_who_use_a_coupon_meanwhile_are_no_conflict() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&decisions());
    shops.edit(SHOPEE, "LUMISTOCK", json!({ "current_usage": 480 }));
    shops.edit(WOO, "stock", json!({ "usage_count": 499 }));
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 8");
}

#[test]
fn a_coupon_that_vanished_meanwhile_is_a_conflict_and_its_deletion_is_already_done() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200"), row(WOO, "del", "delete")]);
    shops.edit(WOO, "stock", json!(null));
    shops.edit(WOO, "del", json!(null));
    assert_eq!(tool.apply(&back, &[]).exits(4).totals(), "already_done: 1, conflict: 1");
    assert_eq!(shops.writes(), Vec::<String>::new());
}

const RENAMED: &str = r#"
[[stores]]
id = "woo-de-1"
platform = "woocommerce"
name = "Lumi Online"
region = "DE"

[[stores]]
id = "shopify-sg-1"
platform = "shopify"
name = "Lumi World"
region = "SG"

[[coupons]]
stores = ["*"]
code = "{each}"
each = ["gone", "stop", "hold", "cased", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]
starts = "-2d"
ends = "+9d"
total = 100
used = 40
discount = { sum = "5" }
min_spend = "50"
"#;
const SHOPIFY: &str = "shopify-sg-1";

fn renames(shops: &Shops) {
    for (code, other) in [("gone", "loyal"), ("stop", "loyal2"), ("hold", "loyal3"), ("cased", "CASED")] {
        shops.edit(WOO, code, json!({ "code": other }));
        shops.edit(SHOPIFY, code, json!({ "redeemCodes": [{ "number": 1, "code": other, "asyncUsageCount": 40 }] }));
    }
}

#[test]
fn a_coupon_whose_code_was_changed_since_is_neither_deleted_nor_ended_nor_paused() {
    let decisions = [WOO, SHOPIFY].map(|store| {
        [("gone", "delete"), ("stop", "end"), ("hold", "pause"), ("cased", "end")]
            .map(|(code, word)| row(store, code, word))
    });
    for planned_before in [false, true] {
        let (tool, shops) = Tool::with_shops(RENAMED);
        let back = tool.hand_back(&decisions.concat());
        let file = match planned_before {
            true => {
                tool.plan(&back, &[]).exits(0);
                tool.path("back-plan.json")
            }
            false => back.clone(),
        };
        renames(&shops);
        let ran = tool.apply(&file, &[]).exits(4);
        assert_eq!(ran.totals(), "conflict: 6, done: 2");
        assert!(ran.stdout.contains("code loyal"), "{}", ran.stdout);
        assert_eq!(shops.writes(), ["shopify-sg-1 discountCodeDeactivate", "woo-de-1 update"]);
    }
}
