//! A small plan with trouble at each single call of its run: the end is always that of an unbroken run.

use std::collections::BTreeMap;

use crate::trouble::once;
use couponbook::sandbox::{Fault, FaultKind, Matching, Nth};
use serde_json::{Map, Value};

use super::books::journal_and_shops_agree;
use super::paper::{Line, row};
use super::shops::{SMALL_SHOPS, Shops};
use super::start::{Start, side_by_side};
use super::tool::{NOON, clock_from};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";
/// When the workbook is applied.
const LATER: &str = "2026-11-22T05:00:00Z";

fn five_changes() -> Vec<Line> {
    vec![
        row(SHOPEE, "LUMISTOCK", "restock").stock("200"),
        row(SHOPEE, "LUMIRENEW", "renew").end("30d"),
        row(WOO, "stay", "recreate").end("2026-12-24"),
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "end", "delete"),
    ]
}

/// What a run leaves at the shops.
type End = (Vec<String>, BTreeMap<String, Map<String, Value>>);

fn end_of(shops: &Shops) -> End {
    (shops.writes(), shops.picture())
}

#[test]
fn trouble_at_any_one_call_of_a_run_changes_nothing_about_its_end() {
    let start = Start::with(SMALL_SHOPS, &five_changes(), clock_from(NOON));
    let (tool, shops, back) = start.again(clock_from(LATER));
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 5");
    let (calls, unbroken) = (shops.counts().requests, end_of(&shops));
    assert_eq!(unbroken.0.len(), 5);
    assert!(calls > 15, "{calls} calls");
    let troubles: Vec<(u64, FaultKind)> =
        (1..=calls).flat_map(|call| [(call, FaultKind::LoseAnswer), (call, FaultKind::LoseRequest)]).collect();
    side_by_side(&troubles, |(call, kind)| broken_at(&start, *call, kind, &unbroken));
}

fn broken_at(start: &Start, call: u64, kind: &FaultKind, unbroken: &End) {
    let (tool, shops, back) = start.again(clock_from(LATER));
    shops.trouble(Fault { nth: Nth::Number(call), ..once(Matching::default(), kind.clone()) });
    let first = tool.apply(&back, &[]);
    first.totals();
    let again = tool.apply(&back, &[]).exits(0).totals();
    let left = again.split(", ").all(|part| part.starts_with("already_done") || part.starts_with("done"));
    assert!(left, "{kind:?} at call {call}: {again}");
    assert_eq!(end_of(&shops), *unbroken, "{kind:?} at call {call}");
    journal_and_shops_agree(&tool, &shops);
}
