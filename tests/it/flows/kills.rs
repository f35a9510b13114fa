//! The real program, killed at random moments of an apply and started again until it is through.
//!
//! `COUPONBOOK_KILLS=1000 cargo test --test it flows::kills` makes a long run of it.

use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::history::credit::applied;
use crate::trouble::{always, once};
use couponbook::sandbox::{FaultKind, Matching, When};

use super::books::journal_and_shops_agree;
use super::interrupted::told;
use super::paper::{Line, row};
use super::rebuilt::lose_journal;
use super::shops::{SMALL_SHOPS, Shops, on};
use super::start::{Start, side_by_side};
use super::tool::{Clock, Tool};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";
/// How many kills the suite makes, where nobody asks for more.
const KILLS_USUAL: u64 = 20;
/// Runs of the program side by side: what a killed one left unresolved takes two seconds to settle, in which others can work.
const SIDE_BY_SIDE: usize = 4;

fn seven_changes() -> Vec<Line> {
    vec![
        row(SHOPEE, "LUMISTOCK", "restock").stock("200"),
        row(SHOPEE, "LUMIRENEW", "renew").end("30d"),
        row(SHOPEE, "LUMIEND", "end"),
        row(WOO, "stay", "recreate").end("14d"),
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "renew", "renew").end("14d"),
        row(WOO, "end", "delete"),
    ]
}

#[test]
fn killed_at_any_moment_an_apply_makes_every_change_exactly_once() {
    let wanted = std::env::var("COUPONBOOK_KILLS").ok().map_or(KILLS_USUAL, |text| text.parse().unwrap());
    let start = Start::with(SMALL_SHOPS, &seven_changes(), machines_clock());
    let (kills, rounds) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for lane in 0..SIDE_BY_SIDE as u64 {
            let (start, kills, rounds) = (&start, &kills, &rounds);
            scope.spawn(move || {
                let mut chance = Chance(0x9E37_79B9_7F4A_7C15 ^ lane);
                while kills.load(Ordering::SeqCst) < wanted {
                    let made = one_round(start, &mut chance);
                    kills.fetch_add(made, Ordering::SeqCst);
                    rounds.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    let (kills, rounds) = (kills.into_inner(), rounds.into_inner());
    println!("{kills} kills in {rounds} rounds: every change once, the journal like the shops' list");
}

#[test]
fn killed_at_any_moment_and_with_its_journal_lost_each_time_an_apply_still_makes_every_change_exactly_once() {
    let start = Start::with(SMALL_SHOPS, &seven_changes(), machines_clock());
    side_by_side(&[3_u64, 5, 7, 11], |lane| {
        let mut chance = Chance(0x5851_F42D_4C95_7F2D ^ lane);
        let (tool, shops, back) = start.again(machines_clock());
        let slow = FaultKind::Slow { milliseconds: 15, when: When::AfterCommit };
        shops.trouble(always(Matching { writes_only: true, ..Matching::default() }, slow));
        for _ in 0..3 {
            let mut program = started(&tool, &back);
            if !killed(&mut program, &shops, &mut chance) {
                break;
            }
            lose_journal(&tool);
            tool.run(["journal", "rebuild"]).exits(0);
        }
        let ended = started(&tool, &back).wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
        assert_eq!(shops.writes().len(), 7, "{:?}", shops.writes());
        journal_and_shops_agree(&tool, &shops);
        let rows = told(&applied(&tool));
        assert!(rows.len() == 7 && rows.iter().all(|row| row.ends_with(": done")), "{rows:?}");
    });
}

/// A Lazada shop with one coupon that buyers collect: nothing but its fields tells two of them apart.
const LAZADA: &str = "[[stores]]\nid = \"lazada-sg-1\"\nplatform = \"lazada\"\nname = \"Lumi Beauty\"\nregion = \"SG\"\n\
    [[stores.coupons]]\ncode = \"SPRING\"\nname = \"Spring\"\ndiscount = { sum = \"5\" }\nmin_spend = \"40\"\n\
    total = 500\nused = 100\nstarts = \"day-10 00:00\"\nends = \"day+2 23:59:59\"\n";

#[test]
fn a_creation_that_its_shop_ends_after_its_sender_was_killed_is_not_made_twice() {
    let start = Start::with(LAZADA, &[row("lazada-sg-1", "", "recreate").end("14d")], machines_clock());
    let (mut tool, shops, back) = start.again(machines_clock());
    tool.against(&shops, "[apply]\ncreation_seconds = 8\n");
    // The shop is slow, and goes on although nobody waits for it any more.
    let slow = FaultKind::Slow { milliseconds: 5_000, when: When::BeforeCommitAlone };
    shops.trouble(once(on("lazada-sg-1", "voucher_create"), slow));
    let mut program = started(&tool, &back);
    let has_sent = || shops.counts().calls.iter().any(|call| call.call == "voucher_create");
    while !has_sent() && program.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(300));
    program.kill().unwrap();
    program.wait().unwrap();
    assert_eq!(shops.writes(), Vec::<String>::new(), "it is still under way");
    let again = started(&tool, &back).wait_with_output().unwrap();
    assert_eq!(again.status.code(), Some(0), "{}", String::from_utf8_lossy(&again.stderr));
    assert_eq!(shops.writes(), ["lazada-sg-1 voucher_create"]);
    journal_and_shops_agree(&tool, &shops);
}

/// Windows has no signal that one process sends another.
#[cfg(unix)]
#[test]
fn a_service_manager_that_ends_an_apply_leaves_nothing_half() {
    let start = Start::with(SMALL_SHOPS, &seven_changes(), machines_clock());
    let (tool, shops, back) = start.again(machines_clock());
    let slow = FaultKind::Slow { milliseconds: 200, when: When::AfterCommit };
    shops.trouble(always(Matching { writes_only: true, ..Matching::default() }, slow));
    let program = started(&tool, &back);
    while shops.writes().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let term = std::process::Command::new("kill").args(["-TERM", &program.id().to_string()]).status().unwrap();
    assert!(term.success());
    let ended = program.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(5), "{words}");
    assert!(words.contains("stopping: what is begun is finished"), "{words}");
    assert!(tool.path("back-results.xlsx").exists(), "each row has its outcome");
    shops.heal();
    let rest = started(&tool, &back).wait_with_output().unwrap();
    assert_eq!(rest.status.code(), Some(0), "{}", String::from_utf8_lossy(&rest.stderr));
    assert_eq!(shops.writes().len(), 7);
    journal_and_shops_agree(&tool, &shops);
}

/// The real program has no other.
fn machines_clock() -> Clock {
    Arc::new(chrono::Utc::now)
}

/// From the same start, killed again and again until the program gets through. Tells how often.
fn one_round(start: &Start, chance: &mut Chance) -> u64 {
    let (tool, shops, back) = start.again(machines_clock());
    for when in [When::BeforeCommit, When::AfterCommit] {
        let slow = FaultKind::Slow { milliseconds: 15, when };
        shops.trouble(always(Matching { writes_only: true, ..Matching::default() }, slow));
    }
    let mut kills = 0;
    loop {
        let mut program = started(&tool, &back);
        if killed(&mut program, &shops, chance) {
            kills += 1;
            continue;
        }
        let ended = program.wait_with_output().unwrap();
        let words = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(0), "{words}");
        break;
    }
    assert_eq!(
        shops.writes(),
        [
            "shopee-sg-1 add_voucher",
            "shopee-sg-1 end_voucher",
            "shopee-sg-1 update_voucher",
            "woo-de-1 create",
            "woo-de-1 trash",
            "woo-de-1 update",
            "woo-de-1 update"
        ]
    );
    journal_and_shops_agree(&tool, &shops);
    // Whatever was killed, also while it told the archive of the one before: each row is there once.
    let changes = applied(&tool);
    assert_eq!(told(&changes).len(), 7, "{:?}", told(&changes));
    assert!(told(&changes).iter().all(|row| row.ends_with(": done")), "{:?}", told(&changes));
    tool.run(["archive", "verify"]).exits(0);
    kills
}

fn started(tool: &Tool, back: &Path) -> Child {
    let mut command = tool.process(&["apply", back.to_str().unwrap(), "--yes", "--quiet"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Lets the program work until it has made some number of calls and a few milliseconds more, then kills it; false where it was
/// through before that.
fn killed(program: &mut Child, shops: &Shops, chance: &mut Chance) -> bool {
    let calls = shops.counts().requests + chance.below(28);
    let more = Duration::from_micros(chance.below(30_000));
    while shops.counts().requests < calls {
        if program.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(more);
    if program.try_wait().unwrap().is_some() {
        return false;
    }
    program.kill().unwrap();
    program.wait().unwrap();
    true
}

/// The same moments in every run, as far as the machine allows.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
