//! The results workbook is the next work file.

use crate::trouble::{always, once};
use couponbook::sandbox::{Fault, FaultKind, When};

use super::applying::every_action;
use super::books::journal_and_shops_agree;
use super::paper::{Exported, row};
use super::shops::{TWO_SHOPS, on};
use super::tool::{Tool, text};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";

#[test]
fn a_results_workbook_says_of_each_row_what_came_of_it_and_keeps_the_action_where_work_is_left() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "renew", "renew").end("2026-12-31"),
        row(SHOPEE, "LUMIPAUSE", "pause").note("over the weekend"),
    ]);
    shops.trouble(Fault { times: Some(3), ..always(on(WOO, "update"), FaultKind::LoseRequest) });
    let ran = tool.apply(&back, &[]).exits(5);
    assert_eq!(ran.totals(), "done: 1, failed: 1, refused: 1");
    let results = Exported::open(&tool.path("back-results.xlsx"));
    let cells = |store: &str, code: &str| {
        ["Result", "Action", "Add stock", "Note"].map(|header| results.cell(store, code, header))
    };
    let [result, action, stock, _] = cells(WOO, "stock");
    assert!(result.contains("failed") || result.contains("Failed"), "{result}");
    assert_eq!((action.as_str(), stock.as_str()), ("restock", "200"));
    let [result, action, ..] = cells(WOO, "renew");
    assert!(result.to_lowercase().contains("done"), "{result}");
    assert_eq!(action, "", "what is done is cleared");
    let [result, action, _, note] = cells(SHOPEE, "LUMIPAUSE");
    assert!(result.to_lowercase().contains("refused"), "{result}");
    assert_eq!((action.as_str(), note.as_str()), ("pause", "over the weekend"));
    assert!(results.cell(SHOPEE, "LUMIPAUSE", "What to do").contains("`end` stops it for good"));
    // As the plan said it: on the store's own clock.
    let [after, read_back] = ["After", "Read back"].map(|column| results.cell(WOO, "renew", column));
    assert!(after.starts_with("ends ") && read_back.contains(&after), "{after} / {read_back}");
}

#[test]
fn rows_that_failed_work_the_second_time_from_the_results_workbook_itself() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&every_action());
    for call in ["update", "create", "trash"] {
        shops.trouble(always(on(WOO, call), FaultKind::LoseRequest));
    }
    let first = tool.apply(&back, &[]).exits(5).totals();
    assert_eq!(first, "done: 11, failed: 9");
    shops.heal();
    let second = tool.apply(&tool.path("back-results.xlsx"), &[]).exits(0);
    assert_eq!(second.totals(), "done: 9");
    assert_eq!(shops.writes().len(), 18);
    journal_and_shops_agree(&tool, &shops);
    let third = tool.apply(&tool.path("back-results-results.xlsx"), &[]).exits(0);
    assert_eq!(third.totals(), "", "nothing is left");
}

#[test]
fn our_own_writes_are_no_conflicts_in_the_next_round() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back =
        tool.hand_back(&[row(WOO, "stock", "restock").stock("200"), row(SHOPEE, "LUMISTOCK", "restock").stock("200")]);
    tool.apply(&back, &[]).exits(0);
    let results = Exported::open(&tool.path("back-results.xlsx"));
    assert_eq!(results.cell(WOO, "stock", "Total"), "700", "the row shows what was read back");
    let next = results.hand_back(
        &tool.path("next.xlsx"),
        &[row(WOO, "stock", "restock").stock("50"), row(SHOPEE, "LUMISTOCK", "end")],
    );
    assert_eq!(tool.apply(&next, &[]).exits(0).totals(), "done: 2");
    assert_eq!(shops.coupon(WOO, "stock")["usage_limit"], 750);
}

#[test]
fn a_coupon_that_a_run_made_stands_in_its_results_and_can_be_acted_on() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back =
        tool.hand_back(&[row(WOO, "copy", "recreate").end("2026-12-24"), row(SHOPEE, "LUMIRENEW", "renew").end("30d")]);
    tool.apply(&back, &[]).exits(0);
    let results = Exported::open(&tool.path("back-results.xlsx"));
    let next = results.hand_back(
        &tool.path("next.xlsx"),
        &[row(WOO, "copy-2", "restock").stock("50"), row(SHOPEE, "LUMIRENE2", "delete")],
    );
    assert_eq!(tool.apply(&next, &[]).exits(0).totals(), "done: 2");
    assert_eq!(shops.coupon(WOO, "copy-2")["usage_limit"], 550);
    assert!(!shops.coupons(SHOPEE).contains_key("lumirene2"));
}

#[test]
fn results_are_written_where_asked_and_never_over_a_file_that_is_there() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    let there = tool.write("mine.xlsx", "not to be touched");
    let ran = tool.apply(&back, &["--out", text(&there)]).exits(0).json();
    assert_eq!(ran["results"].as_str().unwrap(), text(&tool.path("mine-2.xlsx")));
    assert_eq!(tool.read("mine.xlsx"), "not to be touched");
}

#[test]
fn results_show_what_the_platform_shows_now_and_say_of_the_rest_from_when_it_is() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let exported = tool.export("exported");
    let back = exported.hand_back(&tool.path("back.xlsx"), &[row(WOO, "stock", "restock").stock("200")]);
    tool.apply(&back, &[]).exits(0);
    shops.edit(WOO, "stock", serde_json::json!({ "usage_count": 111 }));
    // The same workbook again sends nothing, and does not show the exported values as if they were live.
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 1");
    let again = Exported::open(&tool.path("back-results-2.xlsx"));
    assert_eq!(["Total", "Used"].map(|header| again.cell(WOO, "stock", header)), ["700", "111"]);
    assert!(again.cell(WOO, "stock", "Read back").contains("total 700"));
    let other = again.cell(WOO, "renew", "Read back");
    assert!(other.starts_with("not read by this run: as of "), "{other}");
    // A decision on that workbook is about what it shows.
    let next = again.hand_back(&tool.path("next.xlsx"), &[row(WOO, "stock", "restock").stock("50")]);
    assert_eq!(tool.apply(&next, &[]).exits(0).totals(), "done: 1");
    assert_eq!(shops.coupon(WOO, "stock")["usage_limit"], 750);
    // Somebody else was there first: the row shows what is so now.
    let late = exported.hand_back(&tool.path("late.xlsx"), &[row(WOO, "stock", "restock").stock("9")]);
    assert_eq!(tool.apply(&late, &[]).exits(4).totals(), "conflict: 1");
    let shown = Exported::open(&tool.path("late-results.xlsx"));
    assert_eq!(shown.cell(WOO, "stock", "Total"), "750");
    assert_eq!(shown.cell(WOO, "stock", "What to do"), "Decide again: this row shows its values of now.");
}

#[test]
fn a_plan_that_was_carried_out_from_its_workbook_finds_it_done_already() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    tool.plan(&back, &[]).exits(0);
    tool.run(["apply", text(&back), "--yes", "--by", "Mei"]).exits(0);
    let ran = tool.apply(&tool.path("back-plan.json"), &[]).exits(0);
    assert_eq!(ran.totals(), "already_done: 1");
    let outcomes = ran.json();
    let outcome = outcomes["outcomes"].as_object().unwrap().values().next().unwrap();
    assert!(
        outcome["request_id"].is_null() && outcome["message"]["english"].as_str().unwrap().contains("by Mei"),
        "{outcome}"
    );
    assert_eq!(shops.writes().len(), 1);
}

#[test]
fn ending_what_is_paused_is_done_although_its_status_stays() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "draft", "end")]);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
    assert_eq!(shops.coupon(WOO, "draft")["status"], "draft");
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 1");
    assert_eq!(shops.writes(), ["woo-de-1 update"]);
}

#[test]
fn what_the_archive_remembers_is_not_done_again_where_the_journal_is_lost() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "renew", "recreate").end("2026-12-24")]);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
    for file in std::fs::read_dir(tool.path("state")).unwrap().map(|entry| entry.unwrap().path()) {
        if file.file_name().unwrap().to_string_lossy().starts_with("journal") {
            std::fs::remove_file(file).unwrap();
        }
    }
    let refused = tool.apply(&back, &[]).exits(4);
    assert!(refused.stderr.contains("the archive has a run that the journal"), "{}", refused.stderr);
    assert!(refused.stderr.contains("nothing was sent"), "{}", refused.stderr);
    assert_eq!(shops.writes(), ["woo-de-1 create"]);
    // Whoever knows better says so.
    tool.apply(&back, &["--allow-forgotten-runs"]).exits(0);
    assert_eq!(shops.writes().len(), 2);
}

#[test]
fn nothing_is_sent_where_its_results_cannot_be_written() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    let in_a_file = tool.write("file", "no folder").join("results.xlsx");
    let refused = tool.apply(&back, &["--out", text(&in_a_file)]).exits(1);
    assert!(refused.stderr.contains("file is there already"), "{}", refused.stderr);
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn a_plan_whose_results_could_not_be_written_tells_what_it_did_and_can_be_applied_again() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    tool.plan(&back, &[]).exits(0);
    let (plan, out) = (tool.path("back-plan.json"), tool.path("out/results.xlsx"));
    let slow = FaultKind::Slow { milliseconds: 1_000, when: When::AfterCommit };
    shops.trouble(once(on(WOO, "update"), slow));
    // While the answer is under way, both places of the results become files.
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            while shops.writes().is_empty() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            for folder in ["out", "reports"] {
                std::fs::remove_dir_all(tool.path(folder)).ok();
                tool.write(folder, "no folder");
            }
        });
        tool.apply(&plan, &["--out", text(&out)]).exits(1)
    });
    assert!(ran.stderr.contains("1 planned = 1 done"), "{}", ran.stderr);
    ["out", "reports"].iter().for_each(|file| std::fs::remove_file(tool.path(file)).unwrap());
    let again = tool.apply(&plan, &["--out", text(&out)]).exits(0);
    assert_eq!(again.totals(), "already_done: 1");
    assert_eq!(Exported::open(&out).cell(WOO, "stock", "Total"), "700");
    assert_eq!(shops.writes().len(), 1);
    // By now the plan is used.
    assert!(tool.apply(&plan, &[]).exits(4).stderr.contains("applied already"));
}

#[test]
fn what_was_sent_is_told_where_the_archive_takes_it_no_more() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    shops.trouble(once(on(WOO, "update"), FaultKind::Slow { milliseconds: 1_000, when: When::AfterCommit }));
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            while shops.writes().is_empty() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            tool.write("archive/changes", "no folder");
        });
        tool.run(["apply", text(&back), "--yes", "--quiet"]).exits(1)
    });
    assert!(ran.stderr.contains("1 planned = 1 done"), "{}", ran.stderr);
    std::fs::remove_file(tool.path("archive/changes")).unwrap();
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 1");
    assert_eq!(shops.writes().len(), 1);
}
