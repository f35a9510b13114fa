//! A small plan with trouble at each single call of its run: the end is always that of an unbroken run.
//!
//! A quick part of it is in each run, [`places`] says how to run the whole. Kills at each call are in `every_operation`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use couponbook::sandbox::{Fault, FaultKind, Matching, Nth, When};
use serde_json::Value;

use super::every_operation::{ends_well, ends_well_after};
use super::paper::{Line, row};
use super::shops::SMALL_SHOPS;
use super::start::{End, Start, end_of, places, side_by_side};
use super::tool::{NOON, Tool, clock_from};
use crate::trouble::once;

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

/// How many calls a run makes in which nothing breaks, and what it leaves at the shops.
fn unbroken(start: &Start, changes: usize) -> (u64, End) {
    let (tool, shops, back) = start.again(clock_from(LATER));
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), format!("done: {changes}"));
    let (calls, end) = (shops.counts().requests, end_of(&shops));
    assert!(calls > 15, "{calls} calls");
    (calls, end)
}

fn at(call: u64, kind: &FaultKind) -> Fault {
    Fault { nth: Nth::Number(call), ..once(Matching::default(), kind.clone()) }
}

/// After whatever broke the first time, all is well again.
fn goes_on(tool: &Tool, back: &std::path::Path, place: &str) {
    let again = tool.apply(back, &[]).exits(0).totals();
    let left = again.split(", ").all(|part| part.starts_with("already_done") || part.starts_with("done"));
    assert!(left, "{place}: {again}");
}

#[test]
fn trouble_at_any_one_call_of_a_run_changes_nothing_about_its_end() {
    let start = Start::with(SMALL_SHOPS, &five_changes(), clock_from(NOON));
    let (calls, unbroken) = unbroken(&start, 5);
    assert_eq!(unbroken.0.len(), 5);
    let status = |code, carried_out| FaultKind::Status { code, retry_after_seconds: None, carried_out };
    let troubles = [FaultKind::LoseAnswer, FaultKind::LoseRequest].map(|kind| (kind, 1)).into_iter().chain(
        [
            status(500, false),
            status(503, false),
            status(504, true),
            status(400, false),
            status(401, false),
            FaultKind::Throttle { retry_after_seconds: Some(1) },
            FaultKind::Truncate,
            FaultKind::Html,
            FaultKind::PhpNotice,
        ]
        .map(|kind| (kind, 13)),
    );
    let troubles: Vec<(u64, FaultKind)> = troubles
        .flat_map(|(kind, step)| places(calls, step).into_iter().map(move |call| (call, kind.clone())))
        .collect();
    side_by_side(&troubles, |(call, kind)| {
        let place = format!("{kind:?} at call {call}");
        let (tool, shops, back) = start.again(clock_from(LATER));
        shops.trouble(at(*call, kind));
        tool.apply(&back, &[]).totals();
        goes_on(&tool, &back, &place);
        assert_eq!(end_of(&shops), unbroken, "{place}");
        // What a shop refused for good has failed there, and was done by the second run.
        ends_well_after(&["refused", "failed"], &tool, &shops, 5, &place);
    });
}

/// The shop answers after we have left, whether it lets what was asked for be, did it before, or does it after.
#[test]
fn any_one_answer_that_comes_after_the_time_out_changes_nothing_about_the_end_of_a_run() {
    let start = Start::with(SMALL_SHOPS, &five_changes(), clock_from(NOON));
    let (calls, unbroken) = unbroken(&start, 5);
    let moments = [When::BeforeCommit, When::BeforeCommitAlone, When::AfterCommit];
    let slow: Vec<(u64, When)> =
        places(calls, 7).into_iter().flat_map(|call| moments.map(|when| (call, when))).collect();
    side_by_side(&slow, |(call, when)| {
        let place = format!("{when:?} at call {call}");
        let (mut tool, shops, back) = start.again(clock_from(LATER));
        shops.trouble(at(*call, &FaultKind::Slow { milliseconds: 800, when: *when }));
        let patient = tool.retry_policy;
        tool.retry_policy.whole_call = Duration::from_millis(400);
        // As outside: longer than the shop still needs once we have left.
        tool.settle_here = Duration::from_secs(2);
        tool.apply(&back, &[]).totals();
        tool.retry_policy = patient;
        goes_on(&tool, &back, &place);
        assert_eq!(end_of(&shops), unbroken, "{place}");
        ends_well(&tool, &shops, 5, &place);
    });
}

/// Two of these take effect "now".
fn seven_changes() -> Vec<Line> {
    let now = [row(WOO, "renew", "end"), row(SHOPEE, "LUMISTAY", "recreate").end("2026-12-24")];
    five_changes().into_iter().chain(now).collect()
}

#[test]
fn this_machines_clock_set_at_any_one_call_changes_nothing_about_the_end_of_a_run() {
    let start = Start::with(SMALL_SHOPS, &seven_changes(), clock_from(NOON));
    let (calls, mut unbroken) = unbroken(&start, 7);
    about_now(&mut unbroken);
    let jumps = [TimeDelta::hours(3), TimeDelta::hours(-3), TimeDelta::days(40)];
    let jumps: Vec<(u64, TimeDelta)> =
        places(calls, 7).into_iter().flat_map(|call| jumps.map(|jump| (call, jump))).collect();
    side_by_side(&jumps, |(call, jump)| {
        let place = format!("{jump} at call {call}");
        let (mut tool, shops, back) = start.again(clock_from(LATER));
        let right = tool.clock.clone();
        tool.clock = shops.clock_set_at(*call, *jump);
        tool.apply(&back, &[]);
        tool.clock = right;
        goes_on(&tool, &back, &place);
        let mut end = end_of(&shops);
        about_now(&mut end);
        assert_eq!(end, unbroken, "{place}");
        // Where the clocks are apart nothing is sent.
        ends_well_after(&["refused", "failed"], &tool, &shops, 7, &place);
    });
}

/// What takes effect at once does so at another second in each run.
fn about_now(end: &mut End) {
    let now = DateTime::parse_from_rfc3339(LATER).unwrap().timestamp();
    let is_now = |seconds: i64| (seconds - now).abs() < 1800;
    for value in end.1.values_mut().flat_map(|coupon| coupon.values_mut()) {
        let in_numbers = value.as_i64().is_some_and(|time| is_now(time) || is_now(time / 1000));
        let in_words = value.as_str().and_then(|time| DateTime::parse_from_rfc3339(time).ok());
        if in_numbers || in_words.is_some_and(|time| is_now(time.timestamp())) {
            *value = Value::from("about now");
        }
    }
}

/// A shop on each platform that has tokens which end, and takes writes.
const SHOPS_WITH_TOKENS: &str = r#"
[sandbox]
seed = "tokens"
shopify_list_lag_seconds = 0

[[stores]]
id = "shopee-sg-1"
platform = "shopee"
name = "Lumi Home"
region = "SG"

[[stores]]
id = "lazada-sg-1"
platform = "lazada"
name = "Kaki Home"
region = "SG"

[[stores]]
id = "shopify-us-1"
platform = "shopify"
name = "Harbor Goods"
region = "US"
token = "expiring"

[[coupons]]
stores = ["*"]
code = "STOCK"
discount = { sum = "5" }
min_spend = "40"
total = 500
used = 100
starts = "day-10 00:00"
ends = "day+20 23:59:59"

[[coupons]]
stores = ["sho*"]
code = "STAY"
discount = { sum = "5" }
min_spend = "40"
total = 500
used = 100
starts = "day-10 00:00"
ends = "day+20 23:59:59"
"#;

#[test]
fn a_token_that_runs_out_at_any_one_call_is_renewed_and_nobody_notices() {
    let lines = [
        row(SHOPEE, "LUMISTOCK", "restock").stock("200"),
        row(SHOPEE, "LUMISTAY", "recreate").end("2026-12-24"),
        row("lazada-sg-1", "", "restock").stock("200"),
        row("shopify-us-1", "STOCK", "restock").stock("200"),
        row("shopify-us-1", "STAY", "recreate").end("2026-12-24"),
    ];
    let start = Start::with(SHOPS_WITH_TOKENS, &lines, clock_from(NOON));
    let (calls, mut unbroken) = unbroken(&start, 5);
    about_now(&mut unbroken);
    side_by_side(&places(calls, 3), |call| {
        let place = format!("call {call}");
        let (tool, shops, back) = start.again(clock_from(LATER));
        shops.trouble(at(*call, &FaultKind::ExpireToken));
        assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 5", "{place}");
        assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 5", "{place}");
        let mut end = end_of(&shops);
        about_now(&mut end);
        assert_eq!(end, unbroken, "{place}");
        tool.run(["archive", "verify"]).exits(0);
    });
}
