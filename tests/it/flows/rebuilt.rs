//! A journal that was lost, an older one that was put back, a second machine: nothing is sent, the runs are named, and once they are
//! taken over from the archive the same workbook finds everything done.

use std::path::Path;

use couponbook::domain::OutcomeKind;
use couponbook::journal::Journal;
use couponbook::sandbox::{Fault, FaultKind, Matching, Nth, When};

use super::applying::every_action;
use super::books::journal_and_shops_agree;
use super::interrupted::{kill, lines, machines_clock, told};
use super::paper::row;
use super::shops::{SMALL_SHOPS, TWO_SHOPS, on};
use super::start::Start;
use super::tool::{Tool, text};
use crate::history::credit::applied;
use crate::json_documents::holds;
use crate::trouble::{always, once};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";

pub fn lose_journal(tool: &Tool) {
    for file in std::fs::read_dir(tool.path("state")).unwrap().map(|entry| entry.unwrap().path()) {
        if file.file_name().unwrap().to_string_lossy().starts_with("journal") {
            std::fs::remove_file(file).unwrap();
        }
    }
}

/// The journal as it is at this moment, in another place.
fn back_up(tool: &Tool, place: &Path) {
    let connection = rusqlite::Connection::open(tool.path("state/journal.db")).unwrap();
    connection.execute("VACUUM INTO ?1", [text(place)]).unwrap();
}

fn put_back(tool: &Tool, place: &Path) {
    lose_journal(tool);
    std::fs::copy(place, tool.path("state/journal.db")).unwrap();
}

fn run_of(applied: &super::tool::Ran) -> String {
    applied.json()["run"].as_str().unwrap().to_string()
}

/// What rules and plans receive of the journal, and the codes that are taken.
fn remembered(tool: &Tool) -> String {
    let journal = Journal::open(&tool.path("state/journal.db")).unwrap();
    let codes = [SHOPEE, WOO].map(|store| journal.codes(&couponbook::domain::StoreId::parse(store).unwrap()).unwrap());
    let memory = journal.memory().unwrap();
    let stopped: Vec<_> = memory.on_purpose.iter().map(|(coupon, stop)| (coupon, stop.becomes, &stop.by)).collect();
    let kept: Vec<_> = memory.kept.iter().map(|(coupon, kept)| (coupon, &kept[0].by, &kept[0].keeping)).collect();
    let open = journal.open_tasks().unwrap();
    format!("{codes:#?}\n{stopped:#?}\n{:#?}\n{kept:#?}\n{open:#?}", memory.successors)
}

#[test]
fn a_journal_that_was_lost_is_rebuilt_and_nothing_is_made_twice() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let actions = [every_action(), vec![row(SHOPEE, "LUMIADMIN", "end"), row(SHOPEE, "LUMIPAUSE", "pause")]].concat();
    let exported = tool.export("exported");
    let back = exported.hand_back(&tool.path("back.xlsx"), &actions);
    tool.plan(&back, &[]);
    let run = run_of(&tool.apply(&back, &["--by", "Mei"]).exits(4));
    let (writes, known) = (shops.writes(), remembered(&tool));

    lose_journal(&tool);
    let words = [&run, "by Mei on ", "nothing was sent", "couponbook journal rebuild"];
    tool.apply(&back, &[]).exits(4).says(&words);
    tool.apply(&tool.path("back-plan.json"), &[]).exits(4).says(&words);
    tool.plan(&back, &[]).says(&[&run, "couponbook journal rebuild"]);
    tool.run(["export"]).exits(0).says(&[&run, "couponbook journal rebuild"]);
    // Other rows are no better: what else the journal knew is lost too.
    let other = exported.hand_back(&tool.path("other.xlsx"), &[row(WOO, "draft", "end")]);
    tool.apply(&other, &[]).exits(4).says(&[&run]);
    assert_eq!(shops.writes(), writes);

    let rebuilt = tool.run(["journal", "rebuild", "--json"]).exits(0).json();
    holds("journal-rebuild", &rebuilt);
    assert_eq!((rebuilt["taken_over"][0]["run"].as_str(), rebuilt["known"].as_u64()), (Some(run.as_str()), Some(0)));
    assert_eq!(rebuilt["taken_over"][0]["rows"]["done"], 20, "{rebuilt}");
    assert_eq!(remembered(&tool), known);
    let again = tool.run(["journal", "rebuild"]).exits(0).stdout;
    assert!(again.contains("Nothing to take over") && remembered(&tool) == known, "{again}");
    let again = tool.apply(&back, &["--by", "Arif"]).exits(4);
    assert_eq!(again.totals(), "already_done: 20, by_hand: 1, refused: 1");
    assert!(again.stdout.contains("by Mei on 2026-11-22"), "{}", again.stdout);
    // Which plans it had saved, only the lost journal knew.
    tool.apply(&tool.path("back-plan.json"), &[]).exits(4).says(&["is not as `couponbook plan` saved it"]);
    assert_eq!(shops.writes(), writes);
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn an_older_journal_that_was_put_back_learns_of_the_runs_since() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let exported = tool.export("exported");
    let first = exported.hand_back(&tool.path("first.xlsx"), &[row(WOO, "stock", "restock").stock("200")]);
    let copies =
        [row(WOO, "stay", "recreate").end("2026-12-24"), row(SHOPEE, "LUMISTAY", "recreate").end("2026-12-24")];
    let second = exported.hand_back(&tool.path("second.xlsx"), &copies);
    let known = run_of(&tool.apply(&first, &[]).exits(0));
    back_up(&tool, &tool.path("older.db"));
    tool.plan(&second, &[]).exits(0);
    let plan = tool.path("second-plan.json");
    let since = run_of(&tool.apply(&plan, &["--by", "Mei"]).exits(0));
    put_back(&tool, &tool.path("older.db"));

    let refused = tool.apply(&second, &[]).exits(4).says(&[&since, "nothing was sent"]);
    assert!(!refused.stderr.contains(&known), "{}", refused.stderr);
    let rebuilt = tool.run(["journal", "rebuild", "--json"]).exits(0).json();
    assert_eq!((rebuilt["known"].as_u64(), rebuilt["taken_over"].as_array().unwrap().len()), (Some(1), 1));
    tool.apply(&plan, &[]).exits(4).says(&["this plan was applied already, by Mei"]);
    assert_eq!(tool.apply(&second, &[]).exits(0).totals(), "already_done: 2");
    assert_eq!(tool.apply(&first, &[]).exits(0).totals(), "already_done: 1");
    assert_eq!(shops.writes().len(), 3);
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn a_journal_from_the_middle_of_a_run_hears_the_rest_of_it_from_the_archive() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let copies = [row(WOO, "stay", "recreate").end("2026-12-24"), row(WOO, "end", "recreate").end("2026-12-24")];
    let back = tool.hand_back(&copies);
    let slow = FaultKind::Slow { milliseconds: 300, when: When::AfterCommit };
    shops.trouble(always(on(WOO, "create"), slow));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while shops.writes().is_empty() {
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            back_up(&tool, &tool.path("middle.db"));
        });
        tool.apply(&back, &[]).exits(0);
    });
    shops.heal();
    put_back(&tool, &tool.path("middle.db"));
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 2");
    assert_eq!(shops.writes(), ["woo-de-1 create", "woo-de-1 create"]);
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn a_second_machine_does_nothing_again_that_the_first_one_did() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let exported = tool.export("exported");
    let back = exported.hand_back(&tool.path("back.xlsx"), &[row(WOO, "stay", "recreate").end("2026-12-24")]);
    let run = run_of(&tool.apply(&back, &["--by", "Mei"]).exits(0));

    let mut second = Tool::by(tool.clock.clone());
    second.against(&shops, &format!("archive = {:?}\n", text(&tool.path("archive"))));
    second.environment.insert("HOSTNAME".to_string(), "desk-2".to_string());
    second.apply(&back, &[]).exits(4).says(&[&run, "by Mei on ", "nothing was sent"]);
    // Coupons that no other machine touched are free.
    let other = exported.hand_back(&tool.path("other.xlsx"), &[row(WOO, "stock", "restock").stock("5")]);
    let theirs = run_of(&second.apply(&other, &["--by", "Ploy"]).exits(0));
    let rebuilt = second.run(["journal", "rebuild"]).exits(0).stdout;
    assert!(rebuilt.contains(&run) && !rebuilt.contains(&theirs), "{rebuilt}");
    assert_eq!(second.apply(&back, &[]).exits(0).totals(), "already_done: 1");
    // And the other way round.
    tool.apply(&other, &[]).exits(4).says(&[&theirs, "by Ploy on desk-2"]);
    tool.run(["journal", "rebuild"]).exits(0);
    assert_eq!(tool.apply(&other, &[]).exits(0).totals(), "already_done: 1");
    assert_eq!(shops.writes(), ["woo-de-1 create", "woo-de-1 update"]);
    for machine in [&tool, &second] {
        journal_and_shops_agree(machine, &shops);
    }
}

#[test]
fn what_nobody_knew_stays_unknown_in_a_rebuilt_journal_and_is_asked_about() {
    for (write, kind) in [("create", FaultKind::LoseAnswer), ("create", FaultKind::LoseRequest)] {
        let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
        let back = tool.hand_back(&[row(WOO, "stay", "recreate").end("2026-12-24")]);
        shops.trouble(once(on(WOO, write), kind.clone()));
        let silent = Matching { store: Some(WOO.to_string()), call: Some("list".to_string()), ..Matching::default() };
        shops.trouble(Fault { nth: Nth::Number(2), times: Some(u64::MAX), ..always(silent, FaultKind::LoseRequest) });
        assert_eq!(tool.apply(&back, &["--by", "Mei"]).exits(5).totals(), "unknown: 1");
        shops.heal();
        lose_journal(&tool);
        let rebuilt = tool.run(["journal", "rebuild"]).exits(0).stdout;
        assert!(rebuilt.contains("Nobody knows what came of 1 change"), "{rebuilt}");
        assert_eq!(tool.apply(&back, &["--by", "Arif"]).exits(0).totals(), "done: 1", "{kind:?}");
        assert_eq!(shops.writes(), ["woo-de-1 create"], "{kind:?}");
        let changes = applied(&tool);
        let done: Vec<_> = changes.iter().filter(|it| it.outcome == OutcomeKind::Done).map(|it| &it.by).collect();
        assert_eq!(done, [if kind == FaultKind::LoseAnswer { "Mei" } else { "Arif" }], "whose it is");
        journal_and_shops_agree(&tool, &shops);
    }
}

#[test]
fn a_killed_run_whose_journal_was_lost_too_is_told_and_makes_nothing_twice() {
    let start = Start::with(TWO_SHOPS, &lines(), machines_clock());
    let (whole, _shops, back) = start.again(machines_clock());
    whole.apply(&back, &["--by", "Mei"]).exits(4);
    let (tool, shops, back) = start.again(machines_clock());
    let slow = FaultKind::Slow { milliseconds: 400, when: When::AfterCommit };
    shops.trouble(always(Matching { writes_only: true, ..Matching::default() }, slow));
    kill(&tool, &back, "Mei", || shops.writes().len() >= 3);
    shops.heal();
    lose_journal(&tool);
    tool.apply(&back, &[]).exits(4).says(&["by Mei on ", "couponbook journal rebuild"]);
    let rebuilt = tool.run(["journal", "rebuild"]).exits(0);
    assert!(rebuilt.stdout.contains("it goes on at this moment, or was interrupted"), "{}", rebuilt.stdout);
    tool.apply(&back, &["--by", "Arif"]).exits(4);
    assert_eq!(told(&applied(&tool)), told(&applied(&whole)));
    journal_and_shops_agree(&tool, &shops);
}

#[test]
fn a_run_that_was_altered_in_the_archive_is_not_taken_over() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    let run = run_of(&tool.apply(&back, &[]).exits(0));
    let results = format!("archive/runs/{run}/results.json");
    std::fs::write(tool.path(&results), tool.read(&results).replace("\"done\"", "\"failed\"")).unwrap();
    lose_journal(&tool);
    let rebuilt = tool.run(["journal", "rebuild"]).exits(1).says(&["1 run could not be taken over", "archive verify"]);
    assert!(rebuilt.stdout.contains("is not what was archived"), "{}", rebuilt.stdout);
    tool.apply(&back, &[]).exits(4).says(&[&run, "--allow-forgotten-runs"]);
    assert_eq!(shops.writes().len(), 1);
}
