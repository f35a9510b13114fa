//! A Lazada voucher for certain products is made anew in two steps, the voucher and its products, each of them once.

use crate::trouble::once;
use couponbook::sandbox::FaultKind;

use super::books::journal_and_shops_agree;
use super::paper::row;
use super::shops::on;
use super::tool::Tool;

const LAZADA: &str = "lazada-sg-1";

/// The shop sells what `items` names; its one voucher is for two products.
fn shop(items: &str) -> String {
    format!(
        "[[stores]]\nid = \"{LAZADA}\"\nplatform = \"lazada\"\nname = \"Lumi Beauty\"\nregion = \"SG\"\nitems = [{items}]\n\
         [[stores.coupons]]\ncode = \"TWO\"\nname = \"For two products\"\ndiscount = {{ sum = \"5\" }}\nmin_spend = \"40\"\n\
         total = 500\nused = 100\nstarts = \"day-10 00:00\"\nends = \"day+2 23:59:59\"\n\
         raw = {{ apply = \"SPECIFIC_PRODUCTS\", sku_ids = [10069285691, 10069285692] }}\n"
    )
}

const BOTH: &str = "10069285691, 10069285692";
const MADE_ONCE: [&str; 2] = ["lazada-sg-1 voucher_create", "lazada-sg-1 voucher_sku_add"];

#[test]
fn a_voucher_without_a_code_is_made_with_its_products_once_whatever_becomes_of_the_answers() {
    let (create, add) = ("voucher_create", "voucher_sku_add");
    let troubles = [
        None,
        Some((create, FaultKind::LoseAnswer)),
        Some((create, FaultKind::LoseRequest)),
        Some((add, FaultKind::LoseAnswer)),
        Some((add, FaultKind::LoseRequest)),
    ];
    for trouble in troubles {
        let (tool, shops) = Tool::with_shops(&shop(BOTH));
        // No code names it: a coupon that buyers collect.
        let back = tool.hand_back(&[row(LAZADA, "", "recreate").end("2026-12-24")]);
        if let Some((call, kind)) = &trouble {
            shops.trouble(once(on(LAZADA, call), kind.clone()));
        }
        assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1", "{trouble:?}");
        assert_eq!(shops.writes(), MADE_ONCE, "{trouble:?}");
        let added = shops.audit().into_iter().find(|line| line.call == add).unwrap();
        assert_eq!(added.fields["sku_ids"], format!("[{}]", BOTH.replace(' ', "")));
        journal_and_shops_agree(&tool, &shops);
        assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 1", "{trouble:?}");
        assert_eq!(shops.writes(), MADE_ONCE, "{trouble:?}");
    }
}

#[test]
fn products_that_the_shop_no_longer_sells_are_named_and_the_voucher_is_not_made_twice() {
    let (tool, shops) = Tool::with_shops(&shop("10069285691"));
    let back = tool.hand_back(&[row(LAZADA, "", "recreate").end("2026-12-24")]);
    let ran = tool.apply(&back, &[]).exits(5);
    assert!(ran.stdout.contains("The new coupon was made"), "{}", ran.stdout);
    assert!(ran.stdout.contains("1 of the 2 products: 10069285692 (sku not found)"), "{}", ran.stdout);
    tool.apply(&back, &[]);
    assert_eq!(shops.writes(), MADE_ONCE);
}

#[test]
fn a_paused_voucher_is_enabled_and_then_mended_by_one_accept() {
    let scenario = format!(
        "[[stores]]\nid = \"{LAZADA}\"\nplatform = \"lazada\"\nname = \"Lumi Beauty\"\nregion = \"SG\"\n\
         [[stores.coupons]]\ncode = \"WAITS\"\nname = \"Waits\"\nstatus = \"SUSPEND\"\ndiscount = {{ sum = \"5\" }}\n\
         min_spend = \"30\"\ntotal = 500\nused = 0\nstarts = \"day+1 00:00\"\nends = \"day+20 23:59:59\"\n"
    );
    let (tool, shops) = Tool::with_shops(&scenario);
    let usual = "[[rules.usual_spend]]\ncurrency = \"SGD\"\nleast = 40\nmost = 100\n";
    tool.configure("\n[[store]]", &format!("\n{usual}\n[[store]]"));
    let back = tool.hand_back(&[row(LAZADA, "", "accept")]);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
    assert_eq!(shops.writes(), ["lazada-sg-1 voucher_activate", "lazada-sg-1 voucher_update"]);
    journal_and_shops_agree(&tool, &shops);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 1");
}
