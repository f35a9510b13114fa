//! One `accept` that sets several things on a coupon: all of them, each once, whatever happens between two of them.

use couponbook::sandbox::{Fault, FaultKind, Nth};

use super::books::journal_and_shops_agree;
use super::paper::row;
use super::shops::on;
use super::start::{Start, side_by_side};
use super::tool::{NOON, Tool, clock_from, text};
use crate::trouble::{always, once};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";
const LAZADA: &str = "lazada-sg-1";
/// Sold out, and at an end tomorrow.
const SHOPS: &str = r#"
[sandbox]
seed = "several"

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

[[stores]]
id = "lazada-sg-1"
platform = "lazada"
name = "Kaki Home"
region = "SG"

[[coupons]]
stores = ["*"]
code = "GONE"
discount = { sum = "5" }
min_spend = "40"
total = 100
used = 100
starts = "day-10 00:00"
ends = "day+1 23:59:59"
"#;

#[test]
fn what_is_sold_out_and_ends_soon_is_restocked_and_goes_on_by_one_accept() {
    let (tool, shops) = Tool::with_shops(SHOPS);
    let exported = tool.export("export");
    let suggested = |store, code| exported.cell(store, code, "Suggested").replace('\u{a0}', " ");
    assert_eq!(suggested(WOO, "gone"), "restock +100, renew to Wed 23 Dec");
    assert_eq!(suggested(SHOPEE, "LUMIGONE"), "restock, renew (follow-on)");
    let back = tool.hand_back(&[row(WOO, "gone", "accept"), row(SHOPEE, "LUMIGONE", "accept")]);
    let planned = tool.run(["plan", text(&back)]).exits(0);
    for told in
        ["gone · accept → raise the total, extend in place", "LUMIGONE · accept → follow-on coupon, raise the total"]
    {
        assert!(planned.stdout.contains(told), "{}", planned.stdout);
    }
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 2");
    assert_eq!(shops.coupon(WOO, "gone")["usage_limit"], 200);
    assert_eq!(shops.coupons(SHOPEE).len(), 2);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 2");
    let after = tool.export("after");
    for (store, code) in [(WOO, "gone"), (SHOPEE, "LUMIGONE")] {
        assert_eq!(after.cell(store, code, "Findings"), "", "{store}");
    }
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn where_the_platform_refuses_the_second_of_two_the_first_is_told_and_only_the_second_is_sent_again() {
    let (tool, shops) = Tool::with_shops(SHOPS);
    let back = tool.hand_back(&[row(WOO, "gone", "accept")]);
    for code in [400, 401] {
        let refusal = FaultKind::Status { code, retry_after_seconds: None, carried_out: false };
        let nth = if code == 400 { Nth::Number(2) } else { Nth::Every };
        shops.trouble(Fault { nth, times: Some(u64::MAX), ..always(on(WOO, "update"), refusal) });
        let failed = tool.apply(&back, &[]).exits(5);
        assert_eq!(failed.totals(), "failed: 1");
        assert!(failed.stdout.contains("Done so far: raise the total."), "{}", failed.stdout);
        assert!(!failed.stdout.contains("Nothing was changed"), "{}", failed.stdout);
        shops.heal();
    }
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
    assert_eq!(shops.writes(), ["woo-de-1 update", "woo-de-1 update"]);
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn whatever_call_is_lost_each_of_several_is_done_once() {
    let lines = [row(WOO, "gone", "accept"), row(SHOPEE, "LUMIGONE", "accept"), row(LAZADA, "", "accept")];
    let start = Start::with(SHOPS, &lines, clock_from(NOON));
    let troubles: Vec<_> = [WOO, SHOPEE, LAZADA]
        .into_iter()
        .flat_map(|store| {
            (1..=2)
                .flat_map(move |call| [FaultKind::LoseAnswer, FaultKind::LoseRequest].map(|kind| (store, call, kind)))
        })
        .collect();
    side_by_side(&troubles, |(store, call, kind)| {
        let (tool, shops, back) = start.again(clock_from(NOON));
        let mut writes = on(store, "");
        writes.writes_only = true;
        shops.trouble(Fault { nth: Nth::Number(*call), ..once(writes, kind.clone()) });
        assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 3", "{store} {call} {kind:?}");
        assert_eq!(shops.coupon(WOO, "gone")["usage_limit"], 200);
        assert_eq!(shops.writes().len(), 6, "{store} {call} {kind:?}: {:?}", shops.writes());
        journal_and_shops_agree(&tool, &shops);
    });
}
