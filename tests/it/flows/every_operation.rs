//! An apply that fails at each single operation of its journal, at each call by a kill, and at operations on files by the system's
//! word: applied once more, it ends as an unbroken run does, in the shops, the journal and the archive.
//!
//! A quick part of it is in each run, [`places`] says how to run the whole. Each single operation on a file is in `every_write`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::history::credit::applied;
use crate::trouble::once;
use couponbook::sandbox::{Fault, FaultKind, Matching, Nth, When};

use super::books::journal_and_shops_agree;
use super::interrupted::told;
use super::paper::{Line, row};
use super::shops::{SMALL_SHOPS, Shops};
use super::start::{Start, end_of, places, side_by_side};
use super::tool::{Clock, NOON, Tool, clock_from};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";
const LATER: &str = "2026-11-22T05:00:00Z";

pub fn four_changes() -> Vec<Line> {
    vec![
        row(SHOPEE, "LUMIRENEW", "renew").end("30d"),
        row(SHOPEE, "LUMISTOCK", "restock").stock("200"),
        row(WOO, "stay", "recreate").end("14d"),
        row(WOO, "end", "delete"),
    ]
}

/// The second time everything works, and all is as it is without trouble.
pub fn ends_well(tool: &Tool, shops: &Shops, unbroken: usize, place: &str) {
    // What the broken run refused, since it could ask nobody, it refused.
    ends_well_after(&["refused"], tool, shops, unbroken, place);
}

/// The same after a run that may have said so of some rows.
pub fn ends_well_after(told_before: &[&str], tool: &Tool, shops: &Shops, unbroken: usize, place: &str) {
    assert_eq!(shops.writes().len(), unbroken, "{place}: {:?}", shops.writes());
    journal_and_shops_agree(tool, shops);
    let rows = told(&applied(tool));
    let done = rows.iter().filter(|row| row.ends_with(": done")).count();
    let is_told = |row: &String| {
        let outcome = row.rsplit(": ").next().unwrap();
        outcome == "done" || told_before.contains(&outcome)
    };
    assert!(done == unbroken && rows.iter().all(is_told), "{place}: {rows:?}");
    let verified = tool.run(["archive", "verify"]);
    assert_eq!(verified.code, 0, "{place}: {}", verified.stdout);
}

#[test]
fn a_journal_that_refuses_any_one_of_its_writes_stops_the_run_and_nothing_is_done_twice() {
    let start = Start::with(SMALL_SHOPS, &four_changes(), clock_from(NOON));
    let (tool, shops, back) = start.again(clock_from(LATER));
    refuse_after(&tool, 1_000_000);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 4");
    let unbroken = end_of(&shops);
    let writes = 1_000_000 - writes_left(&tool);
    assert!(writes >= 20, "{writes}");
    side_by_side(&places(writes, 3), |place| {
        let (tool, shops, back) = start.again(clock_from(LATER));
        refuse_after(&tool, *place - 1);
        let broken = tool.run(["apply", back.to_str().unwrap(), "--yes"]);
        assert_ne!(broken.code, 0, "write {place}: {}", broken.stderr);
        assert!(broken.stderr.contains("journal") || broken.stdout.contains("journal"), "{place}: {}", broken.stderr);
        heal(&tool);
        let again = tool.apply(&back, &[]).exits(0).totals();
        assert!(!again.contains("unknown") && !again.contains("failed"), "write {place}: {again}");
        assert_eq!(end_of(&shops), unbroken, "write {place}");
        ends_well(&tool, &shops, 4, &format!("write {place}"));
    });
}

/// The journal takes so many more writes and then, like a disk that is full, none.
fn refuse_after(tool: &Tool, writes: u64) {
    let journal = rusqlite::Connection::open(tool.path("state/journal.db")).unwrap();
    let triggers = ["runs", "changes", "steps", "outcomes", "codes"].into_iter().flat_map(|table| {
        ["INSERT", "UPDATE"].map(|what| {
            format!(
                "CREATE TRIGGER fault_{table}_{what} BEFORE {what} ON {table} BEGIN
                     SELECT RAISE(ABORT, 'database or disk is full') WHERE (SELECT left FROM fault) <= 0;
                     UPDATE fault SET left = left - 1;
                 END;"
            )
        })
    });
    let triggers: String = triggers.collect();
    journal
        .execute_batch(&format!("CREATE TABLE fault (left INTEGER); INSERT INTO fault VALUES ({writes}); {triggers}"))
        .unwrap();
}

/// Answers, what was read back and outcomes are not waited for, but by the next write of their store.
#[test]
fn what_cannot_be_recorded_after_a_write_stops_its_store_before_the_next_one() {
    let lines = [
        row(WOO, "stay", "restock").stock("200"),
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "end", "delete"),
    ];
    let start = Start::with(SMALL_SHOPS, &lines, clock_from(NOON));
    let refusals =
        ["UPDATE ON steps WHEN NEW.state = 'done'", "UPDATE ON steps WHEN NEW.state = 'proved'", "INSERT ON outcomes"];
    side_by_side(&refusals, |what| {
        let (tool, shops, back) = start.again(clock_from(LATER));
        let journal = || rusqlite::Connection::open(tool.path("state/journal.db")).unwrap();
        let refuse = format!("CREATE TRIGGER fault BEFORE {what} BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END");
        journal().execute_batch(&refuse).unwrap();
        let broken = tool.run(["apply", back.to_str().unwrap(), "--yes"]);
        assert_ne!(broken.code, 0, "{what}");
        assert!(broken.stderr.contains("the journal"), "{what}: {}", broken.stderr);
        assert_eq!(shops.writes().len(), 1, "{what}: {:?}", shops.writes());
        journal().execute_batch("DROP TRIGGER fault").unwrap();
        tool.apply(&back, &[]).exits(0);
        ends_well(&tool, &shops, 3, what);
    });
}

fn writes_left(tool: &Tool) -> u64 {
    let journal = rusqlite::Connection::open(tool.path("state/journal.db")).unwrap();
    journal.query_row("SELECT left FROM fault", [], |row| row.get::<_, i64>(0)).unwrap() as u64
}

fn heal(tool: &Tool) {
    let journal = rusqlite::Connection::open(tool.path("state/journal.db")).unwrap();
    journal.execute_batch("UPDATE fault SET left = 1000000").unwrap();
}

#[test]
fn killed_at_any_one_call_before_or_after_it_is_carried_out_an_apply_makes_every_change_once() {
    let start = Start::with(SMALL_SHOPS, &four_changes(), machines_clock());
    let (tool, shops, back) = start.again(machines_clock());
    assert!(applying(&tool, &back).status().unwrap().success());
    let calls = shops.counts().requests;
    assert!(calls > 12, "{calls}");
    let moments = [When::BeforeCommitAlone, When::AfterCommit];
    let kills: Vec<(u64, When)> =
        places(calls, 5).into_iter().flat_map(|call| moments.map(|when| (call, when))).collect();
    side_by_side(&kills, |(call, when)| {
        let (tool, shops, back) = start.again(machines_clock());
        let held = FaultKind::Slow { milliseconds: 400, when: *when };
        shops.trouble(Fault { nth: Nth::Number(*call), ..once(Matching::default(), held) });
        let before = shops.counts().requests;
        let mut program = applying(&tool, &back).spawn().unwrap();
        while shops.counts().requests < before + call && program.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(100));
        program.kill().unwrap();
        program.wait().unwrap();
        assert!(applying(&tool, &back).status().unwrap().success(), "call {call} {when:?}");
        ends_well(&tool, &shops, 4, &format!("call {call} {when:?}"));
    });
}

pub fn machines_clock() -> Clock {
    Arc::new(chrono::Utc::now)
}

pub fn applying(tool: &Tool, back: &Path) -> Command {
    let mut command = tool.process(&["apply", back.to_str().unwrap(), "--yes", "--quiet"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// What the system is made to do, and at which of its calls. By strace, which only Linux has, and which counts the calls of each thread
/// by themselves: it does so at the `place`th of each.
#[cfg(target_os = "linux")]
const SYSTEM_CALLS: [(&str, &str); 6] = [
    ("pwrite64", "error=ENOSPC"),
    ("fsync", "error=EIO"),
    ("fdatasync", "error=EIO"),
    ("renameat2,rename,linkat,link", "error=EACCES"),
    ("renameat2,rename,linkat,link", "signal=SIGKILL"),
    ("openat", "error=EMFILE"),
];

#[cfg(target_os = "linux")]
#[test]
fn whatever_the_system_refuses_an_apply_it_ends_well_once_the_system_does_as_it_is_told() {
    let traced = |tool: &Tool, back: &Path, options: &[String]| {
        let plain = applying(tool, back);
        // What hangs is killed, which is a fault too.
        let mut command = Command::new("timeout");
        command.args(["-s", "KILL", "30", "strace", "-f", "-qq", "-o", tool.path("trace").to_str().unwrap()]);
        command.args(options).arg(plain.get_program());
        command
            .args(plain.get_args())
            .current_dir(tool.folder.path())
            .env_remove("COUPONBOOK_CONFIG")
            .envs(&tool.environment);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let is_there = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    if !is_there.is_ok_and(|status| status.success()) {
        println!("SKIPPED: strace is not installed, or may not trace here");
        return;
    }
    let start = Start::with(SMALL_SHOPS, &four_changes(), machines_clock());
    let mut faults = Vec::new();
    for (calls, does) in SYSTEM_CALLS {
        let (tool, _shops, back) = start.again(machines_clock());
        assert!(traced(&tool, &back, &["-e".to_string(), format!("trace={calls}")]).status().unwrap().success());
        let many = std::fs::read_to_string(tool.path("trace")).unwrap().lines().count() as u64;
        let step = (many / 3).max(1) as usize;
        faults.extend(places(many, step).into_iter().map(|place| (calls, does, place)));
    }
    side_by_side(&faults, |(calls, does, place)| {
        let (tool, shops, back) = start.again(machines_clock());
        let fault = format!("inject={calls}:{does}:when={place}");
        traced(&tool, &back, &["-e".to_string(), format!("trace={calls}"), "-e".to_string(), fault.clone()])
            .status()
            .unwrap();
        let again = applying(&tool, &back).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        assert!(again.status.success(), "{fault}: {}", String::from_utf8_lossy(&again.stderr));
        ends_well(&tool, &shops, 4, &fault);
    });
}
