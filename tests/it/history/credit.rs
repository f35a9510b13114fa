//! Whose each write is: that of the run that sent it, whoever proved it later, and once.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use couponbook::archive::history::History;
use couponbook::domain::{AppliedChange, OutcomeKind};
use couponbook::sandbox::{Fault, FaultKind, Matching, Nth, When};

use crate::flows::paper::row;
use crate::flows::shops::{SMALL_SHOPS, TWO_SHOPS};
use crate::flows::start::Start;
use crate::flows::tool::{Clock, Tool, text};
use crate::trouble::always;

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";

/// Every row of every run, as the weekly audit takes it.
pub fn applied(tool: &Tool) -> Vec<AppliedChange> {
    let archive = crate::archive::archive_at(tool.path("archive"), "");
    let history = History::open(&archive, None).unwrap();
    couponbook::apply::applied_changes(&history, [], &|run, error| panic!("{run}: {error}")).unwrap()
}

fn done(changes: &[AppliedChange]) -> Vec<(&str, &str)> {
    let done = changes.iter().filter(|change| change.outcome == OutcomeKind::Done);
    done.map(|change| (change.label.as_str(), change.by.as_str())).collect()
}

#[test]
fn what_a_killed_run_wrote_is_its_own_although_another_person_ran_it_again() {
    let lines = [
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "renew", "renew").end("14d"),
        row(WOO, "end", "delete"),
        row(SHOPEE, "LUMISTOCK", "restock").stock("200"),
        row(SHOPEE, "LUMIEND", "end"),
    ];
    let clock: Clock = Arc::new(chrono::Utc::now);
    let (tool, shops, back) = Start::with(SMALL_SHOPS, &lines, clock.clone()).again(clock);
    // Three get through; what is sent after them waits until its sender is killed, however slow the machine is.
    let writes = Matching { writes_only: true, ..Matching::default() };
    let waits = FaultKind::Slow { milliseconds: 600_000, when: When::BeforeCommit };
    shops.trouble(Fault { nth: Nth::Number(4), times: Some(u64::MAX), ..always(writes, waits) });
    let mut killed = tool.process(&["apply", text(&back), "--yes", "--quiet", "--by", "Mei"]);
    let mut killed = killed.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let since = Instant::now();
    while shops.writes().len() < 3 && since.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let by_mei = shops.writes().len();
    assert_eq!(by_mei, 3);
    shops.heal();
    tool.apply(&back, &["--by", "Arif"]).exits(0);
    assert_eq!(shops.writes().len(), 5);

    let changes = applied(&tool);
    let done = done(&changes);
    assert_eq!(done.len(), 5, "each write once: {done:?}");
    assert_eq!(done.iter().filter(|(_, by)| *by == "Mei").count(), by_mei, "{done:?}");
    let of_mei = changes.iter().filter(|change| change.by == "Mei");
    for change in of_mei {
        assert!(change.before.is_some() && change.after.is_some() && change.account.host.is_some(), "{change:?}");
    }
    let restocked = changes.iter().find(|change| change.label == "stock" && change.outcome == OutcomeKind::Done);
    assert!(restocked.unwrap().exposure.is_some(), "what it can cost goes with it");
}

#[test]
fn a_write_counts_once_however_often_its_workbook_and_its_plan_are_applied() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    let plan = tool.path("plan.json");
    tool.plan(&back, &["--output", text(&plan)]).exits(0);
    assert_eq!(tool.apply(&back, &["--by", "Mei"]).exits(0).totals(), "done: 1");
    assert_eq!(tool.apply(&back, &["--by", "Arif"]).exits(0).totals(), "already_done: 1");
    let again = tool.apply(&plan, &["--by", "Ploy"]).exits(0);
    assert_eq!(again.totals(), "already_done: 1", "nothing was sent for it");
    assert_eq!(shops.writes().len(), 1);
    let changes = applied(&tool);
    assert_eq!((changes.len(), done(&changes)), (3, vec![("stock", "Mei")]));
    assert_eq!(tool.run(["archive", "week", "2026-W47", "--json"]).exits(0).json()["actions"]["done"], 1);

    let life = tool.run(["history", "coupon", WOO, "stock"]).exits(0).stdout;
    assert_eq!(life.matches("total: ").count(), 1, "the exported values of a results workbook are no look: {life}");
    assert!(life.contains("total: 500 → 700"), "{life}");
}

#[test]
fn nothing_is_applied_in_nobodys_name() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    tool.configure("operator = \"Night shift\"\n", "");
    tool.apply(&back, &[]).exits(2).says(&["--by NAME"]);
    assert_eq!(shops.writes().len(), 0);
    tool.apply(&back, &["--by", "Mei"]).exits(0);
}
