//! Whatever breaks between the program and a shop: every change is made once, and every row is accounted for.

use crate::trouble::{always, once, requests};
use couponbook::sandbox::{Fault, FaultKind, Matching, Nth, When};

use super::applying::every_action;
use super::books::journal_and_shops_agree;
use super::paper::{Line, row};
use super::shops::{SMALL_SHOPS, Shops, TWO_SHOPS, on};
use super::start::{Start, side_by_side};
use super::tool::{NOON, Ran, Tool, clock_from};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";
/// When the workbook is applied.
const LATER: &str = "2026-11-22T05:00:00Z";

/// Trouble for each write whose number in its shop is odd, so that what is sent again passes.
fn every_other_write(shops: &Shops, kind: &FaultKind) {
    for store in [SHOPEE, WOO] {
        for number in (1..60).step_by(2) {
            shops.trouble(Fault { nth: Nth::Number(number), ..once(on(store, ""), kind.clone()) });
        }
    }
}

fn every_write(shops: &Shops, kind: &FaultKind) {
    shops.trouble(always(Matching { writes_only: true, ..Matching::default() }, kind.clone()));
}

const BAD_GATEWAY: FaultKind = FaultKind::Status { code: 502, retry_after_seconds: None, carried_out: false };
const TIMED_OUT_LATE: FaultKind = FaultKind::Status { code: 504, retry_after_seconds: None, carried_out: true };

#[test]
fn a_write_whose_answer_is_lost_is_not_sent_twice() {
    let lost: [FaultKind; 5] = [
        FaultKind::LoseAnswer,
        FaultKind::Truncate,
        TIMED_OUT_LATE,
        FaultKind::PhpNotice,
        FaultKind::Slow { milliseconds: 30, when: When::AfterCommit },
    ];
    let start = Start::with(TWO_SHOPS, &every_action(), clock_from(NOON));
    side_by_side(&lost, |kind| {
        let (tool, shops, back) = start.again(clock_from(LATER));
        every_write(&shops, kind);
        let ran = tool.apply(&back, &[]).exits(0);
        assert_eq!(ran.totals(), "done: 20", "{kind:?}");
        assert_eq!(shops.writes().len(), 18, "{kind:?}");
        journal_and_shops_agree(&tool, &shops);
    });
}

#[test]
fn a_write_that_never_arrived_is_sent_again() {
    let unheard = [
        FaultKind::LoseRequest,
        FaultKind::Html,
        BAD_GATEWAY,
        FaultKind::Throttle { retry_after_seconds: Some(0) },
        FaultKind::Slow { milliseconds: 30, when: When::BeforeCommit },
    ];
    let start = Start::with(TWO_SHOPS, &every_action(), clock_from(NOON));
    side_by_side(&unheard, |kind| {
        let (tool, shops, back) = start.again(clock_from(LATER));
        every_other_write(&shops, kind);
        let ran = tool.apply(&back, &[]).exits(0);
        assert_eq!(ran.totals(), "done: 20", "{kind:?}");
        assert_eq!(shops.writes().len(), 18, "{kind:?}");
        journal_and_shops_agree(&tool, &shops);
    });
}

#[test]
fn a_shop_that_asks_to_come_back_in_a_second_gets_the_write_once_and_not_before() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    shops.trouble_write(WOO, "update", FaultKind::Throttle { retry_after_seconds: Some(1) });
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
    assert_eq!(shops.writes(), ["woo-de-1 update"]);
    assert_eq!(requests(&shops.counts(), WOO, "update"), 2);
}

#[test]
fn a_write_that_is_lost_three_times_has_failed_and_works_when_it_is_handed_back_again() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back =
        tool.hand_back(&[row(WOO, "stock", "restock").stock("200"), row(SHOPEE, "LUMISTOCK", "restock").stock("9")]);
    shops.trouble(always(on(WOO, "update"), FaultKind::LoseRequest));
    assert_eq!(tool.apply(&back, &[]).exits(5).totals(), "done: 1, failed: 1");
    assert_eq!(requests(&shops.counts(), WOO, "update"), 3);
    shops.heal();
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 1, done: 1");
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn a_store_that_goes_down_in_the_middle_is_told_and_the_next_apply_finishes() {
    let start = Start::with(TWO_SHOPS, &every_action(), clock_from(NOON));
    let troubles = [FaultKind::LoseAnswer, FaultKind::LoseRequest, BAD_GATEWAY].into_iter();
    let troubles: Vec<_> = troubles.flat_map(|kind| [2, 8, 15].map(|from| (from, kind.clone()))).collect();
    side_by_side(&troubles, |(from, kind)| {
        let (tool, shops, back) = start.again(clock_from(LATER));
        tool.plan(&back, &[]).exits(0);
        let of_store = Matching { store: Some(WOO.to_string()), ..Matching::default() };
        shops.trouble(Fault { nth: Nth::Number(*from), times: Some(u64::MAX), ..always(of_store, kind.clone()) });
        let ran = tool.apply(&tool.path("back-plan.json"), &[]).exits(5);
        let totals = ran.totals();
        assert!(totals.contains("not_reached"), "{kind:?} from call {from}: {totals}");
        assert!(ran.stdout.contains("The store could not be reached, so this row was not tried"), "{}", ran.stdout);
        shops.heal();
        let healed = tool.apply(&back, &[]).exits(0).totals();
        assert!(healed.starts_with("already_done: ") && healed.contains("done: "), "{healed}");
        assert_eq!(shops.writes().len(), 18, "{kind:?} from call {from}");
        journal_and_shops_agree(&tool, &shops);
    });
}

#[test]
fn an_interrupted_run_of_a_reviewed_plan_goes_on_with_the_same_plan() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&every_action());
    tool.plan(&back, &[]).exits(0);
    let of_store = Matching { store: Some(WOO.to_string()), ..Matching::default() };
    shops.trouble(Fault { nth: Nth::Number(5), times: Some(u64::MAX), ..always(of_store, FaultKind::LoseAnswer) });
    let plan = tool.path("back-plan.json");
    assert!(tool.apply(&plan, &[]).exits(5).totals().contains("not_reached"));
    shops.heal();
    tool.apply(&plan, &[]).exits(0).totals();
    assert_eq!(shops.writes().len(), 18);
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn a_store_that_no_longer_lets_us_sign_in_stops_its_own_rows_only() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&every_action());
    tool.plan(&back, &[]).exits(0);
    shops.refuse_sign_in(SHOPEE);
    let ran = tool.apply(&tool.path("back-plan.json"), &[]).exits(5);
    // What only accepts a finding needs no store.
    assert_eq!(ran.totals(), "done: 11, failed: 1, not_reached: 8");
    assert!(shops.writes().iter().all(|write| write.starts_with(WOO)), "{:?}", shops.writes());
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn a_store_that_cannot_be_asked_before_the_plan_has_its_rows_refused_and_nothing_sent() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&every_action());
    shops.refuse_sign_in(SHOPEE);
    let ran = tool.apply(&back, &[]).exits(4);
    assert_eq!(ran.totals(), "done: 11, refused: 9");
    assert!(ran.stdout.contains("could not be asked for its present state"), "{}", ran.stdout);
    assert!(shops.writes().iter().all(|write| write.starts_with(WOO)));
}

#[test]
fn what_became_of_a_write_is_unknown_while_nobody_answers_and_known_once_the_store_does() {
    side_by_side(&one_of_each(), |(line, call)| {
        let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
        let back = tool.hand_back(std::slice::from_ref(line));
        silent_after_a_lost(&shops, call);
        let ran = tool.apply(&back, &[]).exits(5);
        assert_eq!(ran.totals(), "unknown: 1");
        shops.heal();
        assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
        assert_eq!(shops.writes(), [format!("{WOO} {call}")]);
        journal_and_shops_agree(&tool, &shops);
    });
}

#[test]
fn a_results_workbook_with_an_unknown_row_can_be_handed_back_without_doing_it_twice() {
    side_by_side(&one_of_each(), |(line, call)| {
        let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
        let back = tool.hand_back(std::slice::from_ref(line));
        silent_after_a_lost(&shops, call);
        assert_eq!(tool.apply(&back, &[]).exits(5).totals(), "unknown: 1");
        let ran = tool.plan(&tool.path("back-results.xlsx"), &[]).exits(4);
        assert!(ran.stdout.contains("nobody knows yet what came of an earlier change of it"), "{}", ran.stdout);
        let run = handed_back_before(&ran);
        shops.heal();
        let ran = tool.apply(&tool.path("back-results.xlsx"), &[]).exits(0).says(&["asked what came of run"]);
        assert_eq!(ran.totals(), "already_done: 1");
        // It is the first run's, which is known by now: this one sends and proves nothing.
        assert_eq!(tool.apply(&tool.path(&run), &[]).exits(0).totals(), "already_done: 1");
        assert_eq!(shops.writes(), [format!("{WOO} {call}")]);
    });
}

fn one_of_each() -> Vec<(Line, &'static str)> {
    vec![
        (row(WOO, "stock", "restock").stock("200"), "update"),
        (row(WOO, "renew", "renew").end("30d"), "update"),
        (row(WOO, "stay", "recreate").end("2026-12-24"), "create"),
        (row(WOO, "end", "delete"), "trash"),
    ]
}

/// The place that a refused row names.
fn handed_back_before(ran: &Ran) -> String {
    let (_, after) = ran.stdout.split_once("of that run again (in ").unwrap();
    format!("{}/handed-back.xlsx", after.split_once(", called handed-back)").unwrap().0)
}

/// The next write's answer is lost, and after it the shop says nothing at all.
fn silent_after_a_lost(shops: &Shops, call: &str) {
    shops.trouble(once(on(WOO, call), FaultKind::LoseAnswer));
    // Asked for the plan, and once more before a change of what is there; a creation is not asked about.
    let reads_before = if call == "create" { 1 } else { 2 };
    for reads in ["get", "list"] {
        let of_call = Matching { store: Some(WOO.to_string()), call: Some(reads.to_string()), ..Matching::default() };
        let first = if reads == "get" { reads_before + 1 } else { 2 };
        shops.trouble(Fault {
            nth: Nth::Number(first),
            times: Some(u64::MAX),
            ..always(of_call, FaultKind::LoseRequest)
        });
    }
}
