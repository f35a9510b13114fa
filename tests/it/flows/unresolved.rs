//! Two workbooks, or a workbook and an older plan, about one coupon: what the first left open or already did is known to the second.

use crate::trouble::{always, requests};
use couponbook::sandbox::{Counts, Fault, FaultKind, Matching, Nth};

use super::books::journal_and_shops_agree;
use super::paper::{Exported, row};
use super::shops::{SMALL_SHOPS, Shops};
use super::tool::{Tool, text};

const WOO: &str = "woo-de-1";
const SHOPEE: &str = "shopee-sg-1";

/// The next write to `write` gets no answer, and neither does any read after it.
fn lose(shops: &Shops, write: &str, kind: FaultKind, reads: &str, from: u64) {
    shops.trouble_write(WOO, write, kind);
    let reads = Matching { store: Some(WOO.to_string()), call: Some(reads.to_string()), ..Matching::default() };
    shops.trouble(Fault { nth: Nth::Number(from), times: Some(u64::MAX), ..always(reads, FaultKind::LoseRequest) });
}

fn two_exports(tool: &Tool) -> (Exported, Exported) {
    let morning = tool.export("morning");
    tool.wait_hours(1);
    (morning, tool.export("noon"))
}

#[test]
fn a_change_whose_answer_was_lost_is_asked_about_by_the_next_workbook_on_that_coupon() {
    // Lost on its way back, and on its way there.
    for (kind, came, verdict, writes) in [
        (FaultKind::LoseAnswer, "it was made", "conflict", 1),
        (FaultKind::LoseRequest, "it was not made", "raise total", 1),
    ] {
        let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
        let (morning, noon) = two_exports(&tool);
        let first = morning.hand_back(&tool.path("first.xlsx"), &[row(WOO, "stock", "restock").stock("200")]);
        lose(&shops, "update", kind.clone(), "get", 3);
        assert_eq!(tool.apply(&first, &[]).exits(5).totals(), "unknown: 1", "{kind:?}");

        // While the shop does not answer, nothing else is done to that coupon.
        let other = noon.hand_back(&tool.path("other.xlsx"), &[row(WOO, "stock", "restock").stock("50")]);
        assert_eq!(tool.plan(&other, &[]).exits(4).verdicts(), ["stock: refused"], "{kind:?}");
        shops.heal();
        let planned = tool.plan(&other, &[]).says(&["stock of woo-de-1: asked what came of run", came]);
        assert_eq!(planned.verdicts(), [format!("stock: {verdict}")], "{kind:?}");
        tool.apply(&other, &[]);
        assert_eq!(shops.writes().len(), writes, "{kind:?}");

        // The first one's own workbook is told what came of it.
        let again = tool.apply(&first, &[]).totals();
        // What was found then is the first run's own: this one sends and proves nothing.
        assert_eq!(again, if verdict == "conflict" { "already_done: 1" } else { "conflict: 1" }, "{kind:?}");
        assert_eq!(shops.writes().len(), writes, "{kind:?}");
        journal_and_shops_agree(&tool, &shops);
    }
}

#[test]
fn a_copy_whose_answer_was_lost_is_found_before_another_workbook_makes_a_second() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let (morning, noon) = two_exports(&tool);
    let copy = || [row(WOO, "stay", "recreate").end("2026-12-24")];
    let first = morning.hand_back(&tool.path("first.xlsx"), &copy());
    lose(&shops, "create", FaultKind::LoseAnswer, "list", 2);
    assert_eq!(tool.apply(&first, &[]).exits(5).totals(), "unknown: 1");
    shops.heal();
    let second = noon.hand_back(&tool.path("second.xlsx"), &copy());
    assert_eq!(tool.apply(&second, &[]).exits(0).totals(), "already_done: 1");
    assert_eq!(shops.writes(), ["woo-de-1 create"]);
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn an_older_plan_does_not_make_a_second_copy_of_what_another_workbook_copied_since() {
    let changes = [
        (
            row(WOO, "stay", "recreate").end("2026-12-24"),
            row(WOO, "stay", "recreate").end("2026-12-24"),
            "already_done: 1",
        ),
        (row(WOO, "stay", "recreate").end("2026-12-24"), row(WOO, "stay", "recreate").end("2026-12-31"), "conflict: 1"),
        (
            row(SHOPEE, "LUMISTAY", "renew").end("30d"),
            row(SHOPEE, "LUMISTAY", "renew").end("2026-12-20"),
            "conflict: 1",
        ),
    ];
    for (planned, done, came) in changes {
        let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
        let (morning, noon) = two_exports(&tool);
        let first = morning.hand_back(&tool.path("first.xlsx"), std::slice::from_ref(&planned));
        tool.plan(&first, &[]).exits(0);
        tool.wait_hours(1);
        let second = noon.hand_back(&tool.path("second.xlsx"), std::slice::from_ref(&done));
        assert_eq!(tool.apply(&second, &[]).exits(0).totals(), "done: 1", "{done:?}");
        let ran = tool.apply(&tool.path("first-plan.json"), &[]);
        assert_eq!(ran.totals(), came, "{planned:?} {}", ran.stdout);
        assert_eq!(shops.writes().len(), 1, "{planned:?}");
        journal_and_shops_agree(&tool, &shops);
    }
}

#[test]
fn an_older_plan_waits_while_nobody_knows_what_another_workbook_did_to_its_coupon() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let (morning, noon) = two_exports(&tool);
    let first = morning.hand_back(&tool.path("first.xlsx"), &[row(WOO, "stock", "restock").stock("50")]);
    tool.plan(&first, &[]).exits(0);
    let second = noon.hand_back(&tool.path("second.xlsx"), &[row(WOO, "stock", "restock").stock("200")]);
    lose(&shops, "update", FaultKind::LoseAnswer, "get", 3);
    tool.apply(&second, &[]).exits(5);
    let plan = tool.path("first-plan.json");
    tool.run(["apply", text(&plan), "--yes"]).exits(4).says(&["the plan is stale: nobody knows what came of"]);
    shops.heal();
    assert_eq!(tool.apply(&plan, &[]).exits(4).totals(), "conflict: 1");
    assert_eq!(shops.writes(), ["woo-de-1 update"]);
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn what_a_platform_accepts_and_never_shows_is_a_persons_after_the_second_run_and_holds_nothing_up() {
    for (store, code, action) in
        [(WOO, "stock", "restock"), (SHOPEE, "LUMISTOCK", "restock"), (WOO, "stay", "recreate")]
    {
        let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
        let (morning, noon) = two_exports(&tool);
        let line = || match action {
            "restock" => row(store, code, action).stock("200"),
            _ => row(store, code, action).end("2026-12-24"),
        };
        let first = morning.hand_back(&tool.path("first.xlsx"), &[line()]);
        let writes = Matching { store: Some(store.to_string()), writes_only: true, ..Matching::default() };
        shops.trouble(always(writes, FaultKind::Ignore));
        assert_eq!(tool.apply(&first, &[]).exits(5).totals(), "unknown: 1", "{code}");
        let second = tool.apply(&first, &[]).exits(5);
        assert_eq!(second.totals(), "not_shown: 1", "{code}");
        assert!(second.stdout.contains("it should be"), "{}", second.stdout);
        // From then on nobody asks, and nothing waits.
        let asked = shops.counts();
        assert_eq!(tool.apply(&first, &[]).exits(0).totals(), "already_done: 1", "{code}");
        assert_eq!(requests_to_write(&asked, store), requests_to_write(&shops.counts(), store), "{code}");
        shops.heal();
        let other = noon.hand_back(&tool.path("other.xlsx"), &[row(store, code, "restock").stock("50")]);
        assert_eq!(tool.apply(&other, &[]).exits(0).totals(), "done: 1", "{code}");
    }
}

#[test]
fn an_end_that_was_accepted_and_never_shown_is_not_remembered_as_a_stop() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(SHOPEE, "LUMIEND", "end")]);
    let writes = Matching { writes_only: true, ..Matching::default() };
    shops.trouble(always(writes, FaultKind::Ignore));
    tool.apply(&back, &[]).exits(5);
    assert_eq!(tool.apply(&back, &[]).exits(5).totals(), "not_shown: 1");
    let journal = couponbook::journal::Journal::open(&tool.path("state/journal.db")).unwrap();
    assert!(journal.memory().unwrap().on_purpose.is_empty());
}

fn requests_to_write(counts: &Counts, store: &str) -> u64 {
    ["update", "update_voucher", "create"].into_iter().map(|call| requests(counts, store, call)).sum()
}
