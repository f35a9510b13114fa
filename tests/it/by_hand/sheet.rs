//! The By hand sheet as another library and our own reader find it.

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use chrono::{Days, NaiveDate};
use couponbook::domain::*;
use couponbook::workbook::{Book, ChecklistItem, ItemResult, Signed, Target, read, write};

use super::{is_gone, task, total_is};
use crate::rules::shop::*;
use crate::workbook_write::fixture;

fn bytes(book: &Book, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    write::write_to(book, &mut bytes).unwrap();
    // To look at with one's own eyes.
    if let Some(folder) = std::env::var_os("COUPONBOOK_KEEP") {
        std::fs::write(std::path::Path::new(&folder).join(name), &bytes).unwrap();
    }
    bytes
}

fn sheet(bytes: &[u8], name: &str) -> Range<Data> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    book.worksheet_range(name).unwrap()
}

/// The cells of a row, as people count, in plain words.
fn row(sheet: &Range<Data>, row: u32) -> Vec<String> {
    (0..12).map(|column| sheet.get_value((row - 1, column)).map(words).unwrap_or_default()).collect()
}

fn words(cell: &Data) -> String {
    match cell {
        Data::DateTime(at) => {
            (NaiveDate::from_ymd_opt(1899, 12, 30).unwrap() + Days::new(at.as_f64() as u64)).to_string()
        }
        other => other.to_string().replace('\u{a0}', " "),
    }
}

fn shown(id: &str, day: i64, goal: Goal, status: TaskStatus) -> TaskRow {
    let due = local_day(at(day, 0, 0), ZONE);
    TaskRow { task: Task { due, ..task(id, ActionWord::Restock, goal) }, status }
}

#[test]
fn each_task_has_its_row_with_what_where_and_until_when() {
    let export = fixture::export();
    let gone = TaskRow {
        task: Task {
            values: vec![],
            page: None,
            steps: vec![Message::as_written("Discounts.")],
            ..task("C", ActionWord::Delete, is_gone())
        },
        status: TaskStatus::Gone,
    };
    let rows = [
        shown("A", 22, total_is(750), TaskStatus::Open),
        shown("B", 25, total_is(750), TaskStatus::NotSeen),
        gone,
        shown("D", 40, total_is(750), TaskStatus::Open),
        shown("E", 21, total_is(700), TaskStatus::Done),
    ];
    let file = bytes(&Book { by_hand: &rows, ..fixture::book(&export, &[]) }, "by_hand.xlsx");
    let sheet = sheet(&file, "By hand");
    let headers = ["State", "Store", "Coupon", "To do", "Steps", "Exact values to type", "Page", "Owner", "Due"];
    assert_eq!(row(&sheet, 4)[..9], headers);
    assert_eq!(row(&sheet, 4)[9..], ["Done by", "Note", "Row key"]);
    let open = row(&sheet, 5);
    let steps = "1. Promotions > Promotion Tools.\n2. Edit > Quantity.\n3. Type the value, then Submit.";
    let expected = [
        "● Open",
        "shop-1",
        "SHOPA",
        "Raise total by 50 to 750",
        steps,
        "Quantity: 750",
        "Open page",
        "the shop's team",
        "2026-11-22",
        "",
        "",
        rows[0].task.row.as_str(),
    ];
    assert_eq!(open, expected);
    assert_eq!([row(&sheet, 6)[0].as_str(), row(&sheet, 8)[0].as_str()], ["▲ Open", "○ Open"]);
    assert!(row(&sheet, 6)[4].starts_with("? Not seen: its store did not load whole.\n1. "));
    // Nothing is left to do: no steps.
    assert_eq!(
        [row(&sheet, 7)[0].as_str(), row(&sheet, 7)[4].as_str()],
        ["✓ Closed", "The coupon is gone: nothing is left to do."]
    );
    assert_eq!([row(&sheet, 7)[5].as_str(), row(&sheet, 7)[6].as_str()], ["none", ""]);
    assert_eq!(
        [row(&sheet, 9)[0].as_str(), row(&sheet, 9)[4].as_str()],
        ["✓ Done", "Seen by the export of Sun 22 Nov."]
    );
}

#[test]
fn no_work_by_hand_is_said_in_a_sentence() {
    let export = fixture::export();
    let sheet = sheet(&bytes(&fixture::book(&export, &[]), "nothing_by_hand.xlsx"), "By hand");
    assert_eq!(row(&sheet, 5)[0], "✓ Nothing to do by hand.");
}

#[test]
fn the_checklist_leads_to_the_work_by_hand() {
    let export = fixture::export();
    let item = ChecklistItem {
        number: 1,
        what: Message::as_written("By-hand work still open"),
        how: Message::as_written(""),
        how_often: Message::as_written("daily"),
        whose: Message::as_written("the operator"),
        key: "by_hand".to_string(),
        result: ItemResult::Attention(2, Severity::Critical),
        stores_unseen: 0,
        signed: Signed::default(),
        found: Message::as_written("2 changes to make by hand"),
        target: Target::ByHand,
    };
    let file = bytes(&fixture::book(&export, &[item]), "checklist_by_hand.xlsx");
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet2.xml").unwrap(), &mut text).unwrap();
    assert!(text.contains(r#"location="'By hand'!A1""#), "{text}");
}

#[test]
fn a_handed_back_workbook_takes_no_decision_from_the_by_hand_sheet() {
    let export = fixture::export();
    let decisions = fixture::decisions(&export);
    let rows = [shown("A", 22, total_is(750), TaskStatus::Open), shown("E", 21, total_is(700), TaskStatus::Done)];
    let folder = tempfile::tempdir().unwrap();
    let read_back = |by_hand: &[TaskRow]| {
        let path = folder.path().join("back.xlsx");
        let book = Book { by_hand, decisions: &decisions, ..fixture::book(&export, &[]) };
        std::fs::write(&path, bytes(&book, "back.xlsx")).unwrap();
        read::read(&path).unwrap()
    };
    let (with, without) = (read_back(&rows), read_back(&[]));
    assert_eq!(with.decisions, without.decisions);
    assert!(!with.decisions.is_empty());
    assert_eq!(
        (with.undecided, with.problems, with.own_columns),
        (without.undecided, without.problems, without.own_columns)
    );
}
