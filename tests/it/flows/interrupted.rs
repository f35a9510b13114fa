//! Runs that were killed: week, history and archive tell all that they did, at once and after the same workbook was applied again.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono_tz::Asia::Singapore;
use couponbook::domain::{AppliedChange, IsoWeek, OutcomeKind, local_day};
use couponbook::sandbox::{FaultKind, Matching, When};

use super::books::journal_and_shops_agree;
use super::paper::{Line, row};
use super::shops::{Shops, TWO_SHOPS, on};
use super::start::{Start, side_by_side};
use super::tool::{Clock, Tool, text};
use crate::history::credit::applied;
use crate::trouble::{always, once};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";

/// Two are nothing to send: one is work for a person, one is refused.
pub fn lines() -> Vec<Line> {
    vec![
        row(SHOPEE, "LUMISTOCK", "restock").stock("200"),
        row(SHOPEE, "LUMIADMIN", "end"),
        row(SHOPEE, "LUMIPAUSE", "pause"),
        row(SHOPEE, "LUMIEND", "end"),
        row(SHOPEE, "LUMIKEEP", "keep").note("agreed with the brand"),
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "copy", "recreate").end("2027-12-24").stock("50"),
        row(WOO, "del", "delete"),
        row(WOO, "pause", "pause"),
    ]
}

pub fn machines_clock() -> Clock {
    Arc::new(chrono::Utc::now)
}

/// Starts the real apply, and kills it once `is_time`.
pub fn kill(tool: &Tool, back: &Path, by: &str, is_time: impl Fn() -> bool) {
    let mut program = tool.process(&["apply", text(back), "--yes", "--quiet", "--by", by]);
    let mut program = program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let since = Instant::now();
    while !is_time() && since.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(program.try_wait().unwrap().is_none(), "it was through before it was killed");
    program.kill().unwrap();
    program.wait().unwrap();
}

/// `LUMISTOCK restock: done`, one for each decision, sorted; what a later run met as done says nothing new.
pub fn told(changes: &[AppliedChange]) -> Vec<String> {
    let news = changes.iter().filter(|change| change.outcome != OutcomeKind::AlreadyDone);
    let mut told: Vec<String> =
        news.map(|change| format!("{} {}: {}", change.label, change.action, change.outcome.word())).collect();
    told.sort();
    told
}

/// What the weekly audit counts, but for what was met as done.
fn week(tool: &Tool) -> BTreeMap<String, u64> {
    let week = IsoWeek::of(local_day(chrono::Utc::now(), Singapore)).to_string();
    let out = format!("week-{}.xlsx", std::fs::read_dir(tool.folder.path()).unwrap().count());
    let report = tool.run(["archive", "week", &week, "--json", "--out", text(&tool.path(&out))]).exits(0).json();
    let mut actions: BTreeMap<String, u64> = serde_json::from_value(report["actions"].clone()).unwrap();
    actions.remove("already_done");
    actions
}

/// When a run is killed.
#[derive(Debug)]
enum Moment {
    /// The first request is under way, and never arrives.
    BeforeAny,
    /// So many writes were accepted.
    Accepted(usize),
    /// The creation is under way, and its shop ends it although nobody waits.
    Creation,
}

fn killed_at(moment: &Moment, tool: &mut Tool, shops: &Shops, back: &Path) {
    let writes = || Matching { writes_only: true, ..Matching::default() };
    match moment {
        Moment::BeforeAny => {
            shops.trouble(always(writes(), FaultKind::Slow { milliseconds: 2_000, when: When::BeforeCommit }));
            kill(tool, back, "Mei", || shops.counts().calls.iter().any(|call| call.call == "update"));
        }
        Moment::Accepted(count) => {
            shops.trouble(always(writes(), FaultKind::Slow { milliseconds: 400, when: When::AfterCommit }));
            kill(tool, back, "Mei", || shops.writes().len() >= *count);
        }
        Moment::Creation => {
            tool.against(shops, "[apply]\ncreation_seconds = 4\n");
            let slow = FaultKind::Slow { milliseconds: 2_000, when: When::BeforeCommitAlone };
            shops.trouble(once(on(WOO, "create"), slow));
            kill(tool, back, "Mei", || shops.counts().calls.iter().any(|call| call.call == "create"));
        }
    }
    shops.heal();
}

#[test]
fn after_a_kill_the_week_and_the_history_are_complete_and_after_the_next_apply_as_of_an_unbroken_run() {
    let start = Start::with(TWO_SHOPS, &lines(), machines_clock());
    let (whole, _shops, back) = start.again(machines_clock());
    whole.apply(&back, &["--by", "Mei"]).exits(4);
    let (unbroken, unbroken_week) = (told(&applied(&whole)), week(&whole));
    assert_eq!(unbroken.len(), lines().len());

    let moments = [Moment::BeforeAny, Moment::Accepted(1), Moment::Accepted(3), Moment::Accepted(5), Moment::Creation];
    side_by_side(&moments, |moment| {
        let (mut tool, shops, back) = start.again(machines_clock());
        killed_at(moment, &mut tool, &shops, &back);
        let sent_by_mei = shops.writes().len();

        // Whoever only reads is told of it, with what the journal knows.
        let read = week(&tool);
        assert_eq!(read.values().sum::<u64>(), lines().len() as u64, "{moment:?}: {read:?}");
        let run = only_run(&tool);
        assert!(!tool.path(&format!("archive/runs/{run}/results.json")).exists(), "a reader writes nothing");

        let out = tool.path("next.xlsx");
        tool.run(["export", "--out", text(&out)]).exits(0).says(&[&run, "by Mei has not come to its end"]);
        for file in ["results.json", "calls.jsonl"] {
            assert!(tool.path(&format!("archive/runs/{run}/{file}")).exists(), "{moment:?}: {file}");
        }
        assert!(std::fs::read_dir(tool.path("state/calls")).unwrap().next().is_none(), "{moment:?}");
        assert_eq!(week(&tool), read, "{moment:?}: written as it was read");
        let changes = applied(&tool);
        let count = |kind| changes.iter().filter(|change| change.outcome == kind).count();
        let sendings = count(OutcomeKind::Done) + count(OutcomeKind::Unknown);
        assert!(matches!(moment, Moment::Accepted(_)) || count(OutcomeKind::Unknown) > 0, "{moment:?}");
        assert!((sent_by_mei..=sent_by_mei + 3).contains(&sendings), "{moment:?}: {:?}", told(&changes));
        for change in changes.iter().filter(|change| change.outcome == OutcomeKind::Done) {
            let done = format!("{} {}: done", change.label, change.action);
            assert!(unbroken.contains(&done), "{moment:?}: {done}");
            assert_eq!(change.by, "Mei");
            assert!(change.account.host.is_some() && change.before.is_some() && change.after.is_some(), "{change:?}");
        }
        tool.run(["archive", "verify"]).exits(0);

        tool.apply(&back, &["--by", "Arif"]).exits(4);
        let changes = applied(&tool);
        assert_eq!(told(&changes), unbroken, "{moment:?}");
        assert_eq!(week(&tool), unbroken_week, "{moment:?}");
        let of_mei = changes.iter().filter(|change| change.outcome == OutcomeKind::Done && change.by == "Mei").count();
        assert!(of_mei >= sent_by_mei, "{moment:?}: what she sent is hers: {of_mei} of {sent_by_mei}");
        journal_and_shops_agree(&tool, &shops);
    });
}

#[test]
fn two_runs_that_were_killed_one_after_the_other_count_each_write_once() {
    let start = Start::with(TWO_SHOPS, &lines(), machines_clock());
    let (whole, _shops, back) = start.again(machines_clock());
    whole.apply(&back, &["--by", "Mei"]).exits(4);
    let (tool, shops, back) = start.again(machines_clock());
    for (by, count) in [("Mei", 2), ("Ploy", 4)] {
        let slow = FaultKind::Slow { milliseconds: 400, when: When::AfterCommit };
        shops.trouble(always(Matching { writes_only: true, ..Matching::default() }, slow));
        kill(&tool, &back, by, || shops.writes().len() >= count);
        shops.heal();
    }
    assert_eq!(week(&tool).values().sum::<u64>(), lines().len() as u64, "{:?}", week(&tool));
    tool.apply(&back, &["--by", "Arif"]).exits(4);
    let changes = applied(&tool);
    assert_eq!((told(&changes), week(&tool)), (told(&applied(&whole)), week(&whole)));
    for by in ["Mei", "Ploy", "Arif"] {
        assert!(changes.iter().any(|change| change.by == by && change.outcome == OutcomeKind::Done), "{by}");
    }
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn a_second_apply_doubles_neither_what_is_by_hand_nor_what_is_refused() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&lines());
    tool.apply(&back, &["--by", "Mei"]).exits(4);
    let once = told(&applied(&tool));
    tool.apply(&back, &["--by", "Arif"]).exits(4);
    assert_eq!(told(&applied(&tool)), once);
    let counted = tool.run(["archive", "week", "2026-W47", "--json"]).exits(0).json()["actions"].clone();
    assert_eq!((counted["by_hand"].as_u64(), counted["refused"].as_u64()), (Some(1), Some(1)), "{counted}");
}

/// The run that is in the archive.
fn only_run(tool: &Tool) -> String {
    let runs: Vec<_> = std::fs::read_dir(tool.path("archive/runs")).unwrap().collect();
    assert_eq!(runs.len(), 1);
    runs[0].as_ref().unwrap().file_name().into_string().unwrap()
}

#[test]
fn what_a_killed_command_left_unsealed_is_known_from_wherever_the_next_one_is_started() {
    let start = Start::with(TWO_SHOPS, &lines(), machines_clock());
    let (tool, _shops, back) = start.again(machines_clock());
    // Started in the folder, where the archive is called `archive`.
    let applied = tool.process(&["apply", text(&back), "--yes", "--quiet"]).output().unwrap();
    assert_eq!(applied.status.code(), Some(4), "{}", String::from_utf8_lossy(&applied.stderr));
    let last = std::fs::read_dir(tool.path("archive/chain")).unwrap().map(|link| link.unwrap().path()).max().unwrap();
    std::fs::remove_file(last).unwrap();
    // Started elsewhere, with the config's whole path.
    let verified = tool.run(["archive", "verify"]).exits(1);
    assert!(verified.stdout.contains("this machine saw the chain come to link"), "{}", verified.stdout);
}
