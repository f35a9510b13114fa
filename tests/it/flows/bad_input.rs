//! Workbooks and wishes that cannot be followed: a clear word with file and cell, and nothing sent.

use super::paper::{Line, row};
use super::shops::{SMALL_SHOPS, Shops};
use super::tool::{Ran, Tool, text};
use crate::platform;
use couponbook::domain::{CouponId, RowKey, ShopId};
use couponbook::journal::Journal;
use couponbook::plan::PLAN_VERSION;

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";

/// Runs plan and apply: both must end so, and send nothing.
fn refused(tool: &Tool, shops: &Shops, file: &std::path::Path, code: u8, says: &[&str]) -> Ran {
    tool.plan(file, &[]).exits(code).says(says);
    let ran = tool.apply(file, &[]).exits(code).says(says);
    assert_eq!(shops.writes(), Vec::<String>::new());
    ran
}

#[test]
fn a_file_that_is_no_workbook_is_told_in_a_sentence() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    tool.export("exported");
    for (name, bytes) in [
        ("notes.xlsx", b"buy milk".as_slice()),
        ("empty.xlsx", b"".as_slice()),
        ("cut.xlsx", &std::fs::read(tool.path("exported.xlsx")).unwrap()[..2000]),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n0000".as_slice()),
    ] {
        std::fs::write(tool.path(name), bytes).unwrap();
        refused(&tool, &shops, &tool.path(name), 1, &[name]);
    }
    refused(&tool, &shops, &tool.path("absent.xlsx"), 1, &["absent.xlsx"]);
}

#[test]
fn each_bad_cell_is_named_with_what_stands_there_and_what_would_be_right() {
    let unknown = RowKey::of(platform::SHOPEE, &ShopId::new("1"), &CouponId::new("1"));
    let table: [(Line, &[&str]); 6] = [
        (row(WOO, "stock", "renew").end("next friday"), &["Coupons!J4", "New end", "\"next friday\"", "write"]),
        (row(WOO, "stock", "restock").stock("-5"), &["Coupons!K4", "Add stock", "\"-5\"", "write"]),
        (row(WOO, "stock", "adjust").spend("cheap"), &["Coupons!L4", "New min spend", "\"cheap\"", "write"]),
        (row(WOO, "stock", "renewal"), &["Coupons!I4", "Action", "\"renewal\"", "write one of accept"]),
        (row(WOO, "stock", "keep"), &["Note", "write why the finding is accepted"]),
        (
            row(WOO, "stock", "end").key(unknown.as_str()),
            &["Coupons!C4", "Row key", unknown.as_str(), "has no such row"],
        ),
    ];
    for (line, says) in table {
        let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
        let back = tool.hand_back(&[line]);
        refused(&tool, &shops, &back, 4, says).says(&["back.xlsx", "nothing was sent", "--skip-bad-rows"]);
    }
}

#[test]
fn all_bad_cells_are_told_at_once_and_the_good_rows_go_on_only_when_asked() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let unknown = RowKey::of(platform::SHOPEE, &ShopId::new("1"), &CouponId::new("1"));
    let back = tool.hand_back(&[
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "renew", "renew").end("soonish"),
        row(SHOPEE, "LUMISTOCK", "restock").stock("many"),
        row(WOO, "end", "end").key(unknown.as_str()),
    ]);
    refused(&tool, &shops, &back, 4, &["soonish", "many", unknown.as_str(), "3 cells of back.xlsx cannot be planned"]);
    let ran = tool.apply(&back, &["--skip-bad-rows"]).exits(4);
    assert_eq!(ran.totals(), "done: 1", "bad rows are counted outside of what is planned");
    assert_eq!(shops.writes(), ["woo-de-1 update"]);
}

#[test]
fn the_same_coupon_decided_twice_is_never_guessed() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200"), row(WOO, "stock", "end")]);
    refused(&tool, &shops, &back, 4, &["row 5 of Coupons decides something else for the same coupon"]);
}

#[test]
fn a_row_that_a_filter_hides_needs_a_word() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200"), row(WOO, "end", "end").hidden()]);
    assert_eq!(tool.apply(&back, &[]).exits(4).totals(), "done: 1, refused: 1");
    assert_eq!(tool.apply(&back, &["--include-hidden"]).exits(0).totals(), "already_done: 1, done: 1");
    assert_eq!(shops.writes().len(), 2);
}

#[test]
fn a_workbook_of_another_archive_is_refused() {
    let (other, _shops) = Tool::with_shops(SMALL_SHOPS);
    let theirs = other.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    tool.export("exported");
    refused(&tool, &shops, &theirs, 1, &["does not know export", "written on another machine"]);
}

#[test]
fn a_workbook_whose_hidden_sheet_was_changed_is_refused() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let exported = tool.export("exported");
    let lines = [row(WOO, "stock", "restock").stock("200")];
    let saying = |label: &str, value: &str| -> Vec<(String, String)> {
        let changed = |(known, old): &(String, String)| {
            (known.clone(), if known == label { value.to_string() } else { old.clone() })
        };
        exported.hidden.iter().map(changed).collect()
    };
    let back = tool.path("back.xlsx");
    exported.hand_back_saying(&back, &lines, &saying("snapshot sha256", &"0".repeat(64)));
    refused(&tool, &shops, &back, 1, &["another snapshot", &exported.id(), "000000000000"]);
    exported.hand_back_saying(&back, &lines, &saying("export id", "../../../etc"));
    refused(&tool, &shops, &back, 1, &["../../../etc"]);
    exported.hand_back_saying(&back, &lines, &[]);
    refused(&tool, &shops, &back, 1, &["does not say which export it came from", "--export ID"]);
    let id = exported.id();
    assert_eq!(tool.apply(&back, &["--export", &id]).exits(0).totals(), "done: 1");
}

#[test]
fn a_snapshot_that_was_changed_since_is_never_planned_from() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let report = tool.run(["export", "--json", "--out", text(&tool.path("exported.xlsx"))]).exits(0).json();
    let exported = super::paper::Exported::open(&tool.path("exported.xlsx"));
    let back = exported.hand_back(&tool.path("back.xlsx"), &[row(WOO, "stock", "restock").stock("200")]);
    let file = std::path::Path::new(report["snapshot"].as_str().unwrap()).join("coupons.parquet");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    refused(&tool, &shops, &back, 1, &["coupons.parquet"]);
}

#[test]
fn a_plan_that_is_not_ours_or_of_another_form_is_refused() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    tool.plan(&back, &[]).exits(0);
    let plan = tool.read("back-plan.json").replacen(&format!("\"version\": {PLAN_VERSION}"), "\"version\": 999", 1);
    for text in [plan.as_str(), "{}", "{ \"plan\": ", "{ \"plan\": 3 }"] {
        let file = tool.write("other.json", text);
        tool.apply(&file, &[]).exits(1).says(&["other.json is not a plan of this program", "couponbook plan WORKBOOK"]);
    }
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn two_applies_at_once_are_refused_and_the_second_is_told_of_the_first() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    let journal = Journal::open(&tool.path("state/journal.db")).unwrap();
    let first = journal.lock("Early shift", (tool.clock)()).unwrap();
    tool.apply(&back, &[]).exits(1).says(&["the apply that Early shift began at 2026-11-22 04:0", "is still running"]);
    assert_eq!(shops.writes(), Vec::<String>::new());
    drop(first);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
}

#[test]
fn plan_and_export_work_while_an_apply_runs() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    let journal = Journal::open(&tool.path("state/journal.db")).unwrap();
    let _running = journal.lock("Early shift", (tool.clock)()).unwrap();
    tool.plan(&back, &[]).exits(0);
    tool.run(["export"]).exits(0);
}
