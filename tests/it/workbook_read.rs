//! Workbooks as managers and office programs leave them.

mod cells;
mod edited;
mod formats;
mod hostile;
mod kept;
mod large;
mod seen;
mod to_mend;

use std::io::{Cursor, Read, Write};
use std::path::PathBuf;

use couponbook::domain::{ActionWord, CouponId, Edit, EndEdit, Message, RowKey, ShopId};
use couponbook::language::Language;
use couponbook::workbook::columns::{COLUMNS, Field, READ};
use couponbook::workbook::read::{ReadError, read};
use couponbook::workbook::write::write_to;
use couponbook::workbook::{Decision, HandedBack, Typed};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use tempfile::TempDir;

use crate::platform;
use crate::workbook_write::fixture;

/// A cell to write.
#[derive(Clone, Debug)]
enum Put {
    Text(&'static str),
    Number(f64),
    Date(&'static str),
    /// The saved result of a formula.
    Formula(&'static str),
    Yes,
}

use Put::{Date, Number, Text};

/// A workbook on its way back, in a folder of its own.
struct Fixture {
    folder: TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("back.xlsx")
    }

    fn save(&self, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.path(), bytes).unwrap();
        self.path()
    }

    fn read(&self, mut workbook: Workbook) -> HandedBack {
        workbook.save(self.path()).unwrap();
        read(&self.path()).unwrap()
    }

    fn read_bytes(&self, bytes: &[u8]) -> Result<HandedBack, ReadError> {
        read(&self.save(bytes))
    }
}

fn key(number: u32) -> RowKey {
    RowKey::of(platform::SHOPEE, &ShopId::new("100"), &CouponId::new(number.to_string()))
}

fn column_of(field: Field) -> u16 {
    COLUMNS.iter().position(|column| column.field == field).unwrap() as u16
}

const HEADER_ROW: u32 = 2;

fn sheet_named<'w>(workbook: &'w mut Workbook, name: &str) -> &'w mut Worksheet {
    let sheet = workbook.add_worksheet().set_name(name).unwrap();
    sheet.write(0, 0, "Coupons").unwrap();
    sheet.write(1, 7, "✎ You decide").unwrap();
    for (index, column) in COLUMNS.iter().enumerate() {
        sheet.write(HEADER_ROW, index as u16, column.header).unwrap();
    }
    sheet
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Put) {
    match cell {
        Text(text) => sheet.write(row, column, *text).unwrap(),
        Number(number) => sheet.write(row, column, *number).unwrap(),
        Date(text) => {
            let date = ExcelDateTime::parse_from_str(text).unwrap();
            sheet.write_with_format(row, column, date, &Format::new().set_num_format("ddd d mmm")).unwrap()
        }
        Put::Formula(result) => sheet.write(row, column, Formula::new("=A1").set_result(*result)).unwrap(),
        Put::Yes => sheet.write(row, column, true).unwrap(),
    };
}

/// Rows of (number of the key, cells), from the row below the header.
fn coupons(rows: &[(u32, Vec<(Field, Put)>)]) -> Workbook {
    let mut workbook = Workbook::new();
    let sheet = sheet_named(&mut workbook, "Coupons");
    for (index, (number, cells)) in rows.iter().enumerate() {
        let row = HEADER_ROW + 1 + index as u32;
        sheet.write(row, column_of(Field::RowKey), key(*number).as_str()).unwrap();
        sheet.write(row, column_of(Field::Currency), "SGD").unwrap();
        for (field, cell) in cells {
            put(sheet, row, column_of(*field), cell);
        }
    }
    workbook
}

fn one(cells: Vec<(Field, Put)>) -> Workbook {
    coupons(&[(1, cells)])
}

#[test]
fn a_decision_is_read_with_its_values_and_its_place() {
    let back = Fixture::new().read(coupons(&[
        (1, vec![(Field::Action, Text("renew")), (Field::NewEnd, Date("2026-12-01"))]),
        (2, vec![(Field::Action, Text("restock")), (Field::AddStock, Number(200.0)), (Field::Note, Text("for 12.12"))]),
        (3, vec![]),
    ]));
    assert_eq!(*back.problems, []);
    assert_eq!(*back.remarks, []);
    let [renew, restock] = back.decisions.as_slice() else { panic!("{:?}", back.decisions) };
    assert_eq!((renew.sheet.as_str(), renew.row, renew.hidden), ("Coupons", 4, false));
    assert_eq!((&renew.action.row, renew.action.word), (&key(1), ActionWord::Renew));
    assert_eq!(renew.action.new_end, Edit::Set(EndEdit::Day("2026-12-01".parse().unwrap())));
    assert_eq!(renew.cells, ["renew", "2026-12-01", "", "", ""]);
    assert_eq!(restock.action.add_stock, Edit::Set(200));
    assert_eq!(restock.action.note.as_deref(), Some("for 12.12"));
    assert_eq!(back.undecided, [key(3)]);
}

fn set<T>(edit: Edit<T>) -> Option<T> {
    match edit {
        Edit::Set(value) => Some(value),
        Edit::Blank | Edit::Clear => None,
    }
}

fn end_of(action: &couponbook::domain::Action) -> String {
    match action.new_end {
        Edit::Blank => "blank".to_string(),
        Edit::Clear => "clear".to_string(),
        Edit::Set(EndEdit::Day(day)) => day.to_string(),
        Edit::Set(EndEdit::At(at)) => at.to_string(),
        Edit::Set(EndEdit::SpanHours(hours)) => format!("{hours} h"),
    }
}

#[test]
fn rows_and_columns_may_be_moved_and_headers_retyped() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("我的优惠券").unwrap();
    let headers = [
        "row KEY ",
        "My remark",
        "note",
        "NEW\u{a0}MIN  SPEND",
        "Add  stock",
        "ＡＣＴＩＯＮ",
        "New end",
        "Owner",
        "My remark",
    ];
    for (column, header) in headers.into_iter().enumerate() {
        sheet.write(11, column as u16, header).unwrap();
    }
    for (row, number, word) in [(12, 7, ""), (13, 3, "end"), (20, 5, "delete")] {
        sheet.write(row, 0, format!(" {} ", key(number).as_str().to_lowercase())).unwrap();
        sheet.write(row, 5, word).unwrap();
        sheet.write(row, 1, format!("first {number}")).unwrap();
        sheet.write(row, 8, format!("second {number}")).unwrap();
    }
    sheet.write(13, 30, "beside the table").unwrap();
    let back = Fixture::new().read(workbook);

    let read: Vec<_> = back.decisions.iter().map(|decision| (decision.row, decision.action.word.word())).collect();
    assert_eq!(read, [(14, "end"), (21, "delete")]);
    assert_eq!(back.undecided, [key(7)]);
    let own: Vec<(&str, Vec<&str>)> = back
        .own_columns
        .iter()
        .map(|(header, cells)| {
            (header.as_str(), [7, 3, 5].iter().filter_map(|n| cells.get(&key(*n))).map(String::as_str).collect())
        })
        .collect();
    let wanted = [
        ("My remark", vec!["first 7", "first 3", "first 5"]),
        ("Owner", vec![]),
        ("My remark", vec!["second 7", "second 3", "second 5"]),
        ("Column AE", vec!["beside the table"]),
    ];
    assert_eq!(own, wanted);
}

#[test]
fn every_sheet_of_coupons_is_read_and_other_sheets_are_left_alone() {
    let mut workbook = Workbook::new();
    for (number, name) in [(1, "Coupons"), (2, "Coupons 2")] {
        let sheet = sheet_named(&mut workbook, name);
        sheet.write(3, column_of(Field::RowKey), key(number).as_str()).unwrap();
        sheet.write(3, column_of(Field::Action), "pause").unwrap();
    }
    let by_hand = workbook.add_worksheet().set_name("By hand").unwrap();
    for (column, header) in ["State", "Done by", "Note", "Row key"].into_iter().enumerate() {
        by_hand.write(0, column as u16, header).unwrap();
    }
    by_hand.write(1, 3, "not a key").unwrap();
    workbook.add_worksheet().set_name("Help").unwrap().write(0, 0, "Action").unwrap();
    workbook.add_worksheet().set_name("Empty").unwrap();
    let back = Fixture::new().read(workbook);
    let sheets: Vec<&str> = back.decisions.iter().map(|decision| decision.sheet.as_str()).collect();
    assert_eq!(sheets, ["Coupons", "Coupons 2"]);
    assert_eq!(*back.problems, []);
}

#[test]
fn a_missing_or_doubled_column_is_named_with_its_sheet() {
    let refusal = |headers: &[&str]| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet().set_name("Mine").unwrap();
        for (column, header) in headers.iter().enumerate() {
            sheet.write(1, column as u16, *header).unwrap();
        }
        let fixture = Fixture::new();
        workbook.save(fixture.path()).unwrap();
        read(&fixture.path()).unwrap_err().reason.to_string()
    };
    let missing = |header: &str| {
        format!(
            "sheet \"Mine\" has no column \"{header}\" in its header row 2; put it back, or copy it from the export"
        )
    };
    assert_eq!(refusal(&["Action", "New end", "Add stock", "New min spend", "Note"]), missing("Row key"));
    assert_eq!(refusal(&["Row key", "New end", "Add stock", "New min spend", "Note"]), missing("Action"));
    assert_eq!(
        refusal(&["Row key", "Action", "New end date", "Add stock", "New min spend", "Note"]),
        missing("New end")
    );
    assert_eq!(refusal(&["Row key", "Action", "New end", "Add stock", "New min spend"]), missing("Note"));
    assert_eq!(
        refusal(&["Row key", "Action", "New end", "Add stock", "New min spend", "Note", "note "]),
        "sheet \"Mine\" has two columns \"Note\", in F2 and G2; rename or delete one of them"
    );
    assert_eq!(
        refusal(&["Severity", "Store", "Note"]),
        "no sheet has a header row with \"Row key\" and \"Action\" in its first 20 rows; hand back the exported workbook"
    );
}

fn english(message: &Message) -> String {
    Language::ENGLISH.render(message)
}

fn sentences(problems: &[couponbook::workbook::CellProblem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn an_action_without_a_good_row_key_is_a_problem_with_its_cell() {
    let mut workbook = one(vec![(Field::Action, Text("end"))]);
    let sheet = workbook.worksheet_from_index(0).unwrap();
    for (row, text) in [(4, "ABC"), (5, ""), (6, "Row key")] {
        sheet.write(row, column_of(Field::Action), "delete").unwrap();
        sheet.write(row, column_of(Field::RowKey), text).unwrap();
    }
    sheet.write(5, column_of(Field::Action), "restock").unwrap();
    sheet.write(5, column_of(Field::AddStock), "many").unwrap();
    sheet.write(7, column_of(Field::RowKey), "a note below the table").unwrap();
    let back = Fixture::new().read(workbook);
    assert_eq!(back.decisions.len(), 1);
    assert_eq!(
        sentences(&back.problems),
        [
            "Coupons!C5, Row key: \"ABC\"; copy it from the export; a letter is missing or changed",
            "Coupons!C6, Row key: \"\"; copy the row key from the export; without it nobody can tell which coupon is meant",
            "Coupons!K6, Add stock: \"many\"; write a whole number above zero",
        ]
    );
}

#[test]
fn a_column_that_a_manager_added_to_a_workbook_without_ours_of_that_name_stays_the_managers() {
    let owner = |has_ours: bool| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet().set_name("Coupons").unwrap();
        let headers = READ.into_iter().map(|field| field.column().header).chain(has_ours.then_some("All findings"));
        for (column, header) in (0..).zip(headers.chain(["Owner", "Since"])) {
            sheet.write(0, column, header).unwrap();
            sheet.write(1, column, if header == "Row key" { key(1).to_string() } else { String::new() }).unwrap();
        }
        sheet.write(1, 0, "end").unwrap();
        sheet.write(1, if has_ours { 7 } else { 6 }, "Dana").unwrap();
        let back = Fixture::new().read(workbook);
        assert_eq!(back.decisions.len(), 1);
        back.own_columns.iter().map(|(header, _)| header.clone()).collect::<Vec<_>>()
    };
    assert_eq!(owner(false), ["Owner", "Since"]);
    assert_eq!(owner(true), Vec::<String>::new(), "they are ours");
}

#[test]
fn two_decisions_for_one_coupon_are_a_problem_and_the_same_one_twice_is_not() {
    let back = Fixture::new().read(coupons(&[
        (1, vec![(Field::Action, Text("end"))]),
        (1, vec![(Field::Action, Text("delete"))]),
        (2, vec![(Field::Action, Text("pause"))]),
        (2, vec![(Field::Action, Text("Pause "))]),
        (3, vec![(Field::Action, Text("pause"))]),
        (3, vec![(Field::Action, Text("paus"))]),
        (4, vec![(Field::Action, Text("pause"))]),
        (4, vec![]),
    ]));
    let read: Vec<(u32, &RowKey)> =
        back.decisions.iter().map(|decision| (decision.row, &decision.action.row)).collect();
    assert_eq!(read, [(6, &key(2)), (10, &key(4))]);
    let cells: Vec<(String, String)> =
        back.problems.iter().map(|problem| (problem.cell(), english(&problem.wanted))).collect();
    let differs =
        |row: u32| format!("row {row} of Coupons decides something else for the same coupon; keep one of the two");
    for (cell, other) in [("C4", 5), ("C5", 4), ("C8", 9)] {
        assert!(cells.contains(&(cell.to_string(), differs(other))), "{cells:?}");
    }
    assert_eq!(
        sentences(&back.remarks),
        [format!(
            "Coupons!C7, Row key: \"{}\"; the same decision stands in row 6 of Coupons; it is applied once",
            key(2)
        )]
    );
}

#[test]
fn day_and_month_are_told_apart_by_the_whole_column() {
    let ends = |texts: &[&'static str]| {
        let rows: Vec<_> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| {
                // The date that tells need not be in a row with an action.
                let action = if index == 0 { vec![] } else { vec![(Field::Action, Text("renew"))] };
                (index as u32, [action, vec![(Field::NewEnd, Text(text))]].concat())
            })
            .collect();
        let back = Fixture::new().read(coupons(&rows));
        let read: Vec<String> = back.decisions.iter().map(|decision| end_of(&decision.action)).collect();
        (read.join(" "), back.problems.len())
    };
    assert_eq!(ends(&["31/1/2026", "1/12/2026", "2.3.2026"]), ("2026-12-01 2026-03-02".to_string(), 0));
    assert_eq!(ends(&["1/31/2026", "1/12/2026", "2/3/2026"]), ("2026-01-12 2026-02-03".to_string(), 0));
    assert_eq!(ends(&["2026-12-31", "1/12/2026"]), (String::new(), 1));
    assert_eq!(ends(&["31/1/2026", "1/31/2026", "1/12/2026"]), ("2026-01-31".to_string(), 1));
}

#[test]
fn values_that_an_action_does_not_use_are_said_and_those_it_needs_are_asked_for() {
    let values =
        || vec![(Field::NewEnd, Text("next year")), (Field::AddStock, Number(5.0)), (Field::NewMinSpend, Number(25.0))];
    let back = Fixture::new().read(coupons(&[
        (1, [vec![(Field::Action, Text("delete"))], values()].concat()),
        (2, values()),
        (3, vec![(Field::Note, Text("only a note"))]),
    ]));
    assert_eq!(*back.problems, []);
    assert_eq!(back.decisions.len(), 1);
    assert_eq!(back.decisions[0].action.new_end, Edit::Blank);
    assert_eq!(back.decisions[0].cells, ["delete", "next year", "5", "25", ""]);
    let mut remarks = sentences(&back.remarks);
    remarks.sort();
    assert_eq!(
        remarks,
        [
            "Coupons!J4, New end: \"next year\"; not used by delete",
            "Coupons!J5, New end: \"next year\"; not used: Action is empty",
            "Coupons!K4, Add stock: \"5\"; not used by delete",
            "Coupons!K5, Add stock: \"5\"; not used: Action is empty",
            "Coupons!L4, New min spend: \"25\"; not used by delete",
            "Coupons!L5, New min spend: \"25\"; not used: Action is empty",
        ]
    );

    let asked = Fixture::new().read(coupons(&[
        (1, vec![(Field::Action, Text("adjust"))]),
        (2, vec![(Field::Action, Text("keep"))]),
        (3, vec![(Field::Action, Text("recreate"))]),
        (4, vec![(Field::Action, Text("renew"))]),
        (5, vec![(Field::Action, Text("restock"))]),
        (6, vec![(Field::Action, Text("keep")), (Field::Note, Number(12.0)), (Field::NewEnd, Text("30d"))]),
    ]));
    assert_eq!(
        sentences(&asked.problems),
        [
            "Coupons!L4, New min spend: \"\"; adjust needs the new minimum: write a number, like 25 or 25.50",
            "Coupons!M5, Note: \"\"; keep needs a note: write why the finding is accepted",
            "Coupons!J6, New end: \"\"; recreate needs a new end, added stock or a new minimum",
        ]
    );
    assert_eq!(asked.decisions.len(), 3);
    assert_eq!(asked.decisions[2].action.note.as_deref(), Some("12"));
}

#[test]
fn hidden_rows_are_read_and_flagged() {
    let mut workbook = coupons(&[
        (1, vec![(Field::Action, Text("end"))]),
        (2, vec![(Field::Action, Text("end"))]),
        (3, vec![(Field::Action, Text("end"))]),
        (4, vec![(Field::Action, Text("end"))]),
    ]);
    let sheet = workbook.worksheet_from_index(0).unwrap();
    sheet.set_row_hidden(3).unwrap().set_row_hidden(4).unwrap().set_row_height(6, 0.0).unwrap();
    sheet.set_column_hidden(column_of(Field::RowKey)).unwrap();
    let hidden: Vec<bool> = Fixture::new().read(workbook).decisions.iter().map(|decision| decision.hidden).collect();
    assert_eq!(hidden, [true, true, false, true]);

    let mut behind = coupons(&[(1, vec![(Field::Action, Text("end"))])]);
    behind.add_worksheet().set_active(true);
    behind.worksheet_from_index(0).unwrap().set_hidden(true);
    assert!(Fixture::new().read(behind).decisions[0].hidden);
}

#[test]
fn merged_cells_and_cell_errors_are_problems() {
    let mut workbook = coupons(&[
        (1, vec![]),
        (2, vec![]),
        (3, vec![(Field::Action, Text("renew"))]),
        (4, vec![(Field::Action, Text("end"))]),
    ]);
    let sheet = workbook.worksheet_from_index(0).unwrap();
    sheet.merge_range(3, column_of(Field::Action), 4, column_of(Field::Action), "end", &Format::new()).unwrap();
    sheet.merge_range(6, 0, 6, 1, "", &Format::new()).unwrap();
    let fixture = Fixture::new();
    workbook.save(fixture.path()).unwrap();
    let bytes = std::fs::read(fixture.path()).unwrap();
    // Excel's newer errors are not known to every reader.
    let spilled = with_part(&bytes, "xl/worksheets/sheet1.xml", |xml| {
        xml.replacen("<c r=\"AP6\"", "<c r=\"J6\" t=\"e\"><v>#SPILL!</v></c><c r=\"AP6\"", 1)
    });
    let back = fixture.read_bytes(&spilled).unwrap();
    assert_eq!(
        sentences(&back.problems),
        [
            "Coupons!I4, Action: \"end\"; the cells I4:I5 are merged; unmerge them and write the value in each row",
            "Coupons!J6, New end: \"#SPILL!\"; write a date, a date and time, or a span like 30d",
        ]
    );
    assert_eq!(back.decisions.iter().map(|decision| decision.row).collect::<Vec<_>>(), [7]);
}

#[test]
fn the_hidden_sheet_says_which_export_it_was_and_may_be_gone() {
    let mut workbook = one(vec![]);
    let about = workbook.add_worksheet().set_name("couponbook").unwrap();
    for (row, (label, value)) in
        [("export id", "20261122-AM-7K3MPX"), ("schema version", "1"), ("snapshot sha256", "ABC1")].iter().enumerate()
    {
        about.write(row as u32, 0, *label).unwrap();
        about.write(row as u32, 1, *value).unwrap();
    }
    about.set_very_hidden(true);
    let properties = rust_xlsxwriter::DocProperties::new().set_author("A. Manager");
    workbook.set_properties(&properties);
    let fixture = Fixture::new();
    let back = fixture.read(workbook);
    assert_eq!(back.export.as_ref().map(|id| id.as_str()), Some("20261122-AM-7K3MPX"));
    assert_eq!(back.snapshot_sha256.as_deref(), Some("abc1"));
    assert_eq!(back.last_author.as_deref(), Some("A. Manager"));
    assert_eq!(back.sha256.len(), 64);

    let without = fixture.read(one(vec![]));
    assert_eq!((without.export, without.snapshot_sha256), (None, None));
}

#[test]
fn dates_of_a_workbook_with_the_calendar_of_1904_are_the_same_days() {
    let fixture = Fixture::new();
    let mut workbook = one(vec![(Field::Action, Text("renew")), (Field::NewEnd, Number(44895.0))]);
    workbook.save(fixture.path()).unwrap();
    let bytes = std::fs::read(fixture.path()).unwrap();
    let old_mac =
        with_part(&bytes, "xl/workbook.xml", |xml| xml.replacen("<workbookPr", "<workbookPr date1904=\"1\"", 1));
    // 1 December 2026 is day 46357 since 1900 and 1462 days fewer since 1904.
    assert_eq!(end_of(&fixture.read_bytes(&old_mac).unwrap().decisions[0].action), "2026-12-01");
}

/// The same package with one part rewritten.
fn with_part(bytes: &[u8], part: &str, rewrite: impl FnOnce(String) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut rewritten = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut text = String::new();
    archive.by_name(part).unwrap().read_to_string(&mut text).unwrap();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).unwrap();
        if entry.name().unwrap() != part {
            rewritten.raw_copy_file(entry).unwrap();
        }
    }
    rewritten.start_file(part, zip::write::SimpleFileOptions::default()).unwrap();
    rewritten.write_all(rewrite(text).as_bytes()).unwrap();
    rewritten.finish().unwrap().into_inner()
}

/// Made by rust_xlsxwriter with the rows that the test names, then opened and saved by LibreOffice 7.4 without a window.
fn data(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "it", "data", "workbook_read", name].iter().collect()
}

#[test]
fn a_workbook_saved_again_by_libreoffice_reads_as_before() {
    let back = read(&data("resaved_by_libreoffice.xlsx")).unwrap();
    assert_eq!(sentences(&back.problems), Vec::<String>::new());
    let read: Vec<String> = back
        .decisions
        .iter()
        .map(|Decision { row, hidden, action, .. }| {
            let stock = set(action.add_stock).map_or(String::new(), |stock| format!(" +{stock}"));
            let spend = set(action.new_min_spend).map_or(String::new(), |spend| format!(" {spend}"));
            let hidden = if *hidden { " hidden" } else { "" };
            format!("{row} {} {}{stock}{spend}{hidden}", action.word, end_of(action))
        })
        .collect();
    assert_eq!(
        read,
        [
            "4 renew 2026-12-01",
            "5 renew 2026-12-01 18:30:00",
            "6 restock blank +200",
            "7 adjust blank 25.5",
            "8 delete blank hidden",
            "9 renew 2026-12-31",
        ]
    );
    assert_eq!(sentences(&back.remarks), ["Coupons!I9, New end: \"31/12/2026\"; read as 31 December 2026"]);
    assert_eq!(back.undecided, [key(7)]);
    assert_eq!(back.decisions[2].action.note.as_deref(), Some("for 12.12 & more"));
    let [(header, cells)] = back.own_columns.as_slice() else { panic!("{:?}", back.own_columns) };
    assert_eq!((header.as_str(), cells.get(&key(3)).map(String::as_str)), ("My remark", Some("asked Lin")));
    assert_eq!(back.export.as_ref().map(|id| id.as_str()), Some("20261122-AM-7K3MPX"));
    assert_eq!(back.last_author, None);

    let old_mac = couponbook::workbook::read::read(&data("calendar_1904_by_libreoffice.xlsx")).unwrap();
    assert_eq!(end_of(&old_mac.decisions[0].action), "2026-12-01");
}

#[test]
fn what_the_writer_writes_the_reader_reads_back() {
    let export = fixture::export();
    let fixture = Fixture::new();
    write_to(&fixture::book(&export, &[]), std::fs::File::create(fixture.path()).unwrap()).unwrap();
    let fresh = read(&fixture.path()).unwrap();
    assert_eq!((sentences(&fresh.problems), sentences(&fresh.remarks)), (vec![], vec![]));
    assert_eq!(fresh.undecided, export.rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>());
    assert_eq!(fresh.export.as_ref(), Some(&export.id));
    assert_eq!(fresh.snapshot_sha256, Some("4f".repeat(32)));
    assert_eq!(fresh.own_columns, []);
}

fn in_chinese(export: &couponbook::domain::Export) -> couponbook::workbook::Book<'_> {
    couponbook::workbook::Book { language: crate::chinese(), ..fixture::book(export, &[]) }
}

#[test]
fn a_chinese_workbook_is_read_back_word_by_word_also_where_somebody_wrote_english() {
    let export = fixture::export();
    let fixture = Fixture::new();
    let decisions = fixture::decisions(&export);
    let english = couponbook::workbook::Book { decisions: &decisions, ..fixture::book(&export, &[]) };
    let chinese = couponbook::workbook::Book { decisions: &decisions, ..in_chinese(&export) };
    let actions = |book: &couponbook::workbook::Book| {
        write_to(book, std::fs::File::create(fixture.path()).unwrap()).unwrap();
        let back = read(&fixture.path()).unwrap();
        assert_eq!(sentences(&back.problems), Vec::<String>::new());
        assert_eq!(back.language, book.language);
        back.decisions.into_iter().map(|decision| decision.action).collect::<Vec<_>>()
    };
    assert_eq!(actions(&chinese), actions(&english));
}

#[test]
fn headers_and_words_of_two_languages_may_stand_in_one_sheet() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("优惠券").unwrap();
    // The last one is what Total was called before.
    let headers = ["行标识", "操作", "New end", "增加库存", "新门槛", "备 注", "总量"];
    for (column, header) in headers.into_iter().enumerate() {
        sheet.write(0, column as u16, header).unwrap();
    }
    let rows = [
        ["renew", "30天", "", "", "", "700"],
        ["调整", "", "", "[清除]", "", "700"],
        ["restock", "", "２００", "", "问过仓库", "700"],
    ];
    for (index, cells) in rows.into_iter().enumerate() {
        let row = index as u32 + 1;
        sheet.write(row, 0, key(row).as_str()).unwrap();
        for (column, cell) in cells.into_iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            sheet.write(row, column as u16 + 1, cell).unwrap();
        }
    }
    let back = Fixture::new().read(workbook);
    assert_eq!(sentences(&back.problems), Vec::<String>::new());
    let [renew, adjust, restock] = back.decisions.as_slice() else { panic!("{:?}", back.decisions) };
    assert_eq!((renew.action.word, end_of(&renew.action).as_str()), (ActionWord::Renew, "720 h"));
    assert_eq!((adjust.action.word, adjust.action.new_min_spend), (ActionWord::Adjust, Edit::Clear));
    assert_eq!((restock.action.add_stock, restock.action.note.as_deref()), (Edit::Set(200), Some("问过仓库")));
    assert_eq!((back.language, back.own_columns), (crate::chinese(), vec![]));
}

#[test]
fn a_day_without_a_year_is_the_next_one_from_the_export_on() {
    let export = fixture::export();
    let cases = [
        ("12月1日", "2026-12-01"),
        ("1月5日 18点半", "2027-01-05 18:30:00"),
        ("11月22日", "2026-11-22"),
        ("11月20日", "write the year with four digits, like 2026-12-01"),
        ("13月1日", "no such day; write a date, a date and time, or a span like 30d"),
    ];
    for (text, wanted) in cases {
        let fixture = Fixture::new();
        let row = &export.rows[0];
        let mut workbook = one(vec![(Field::Action, Text("renew")), (Field::NewEnd, Text(text))]);
        let hidden = workbook.add_worksheet().set_name("couponbook").unwrap();
        hidden.write(0, 0, "export id").unwrap();
        hidden.write(0, 1, export.id.as_str()).unwrap();
        let back = fixture.read(workbook);
        let told = back.decisions.first().map(|decision| end_of(&decision.action));
        let told = told.or_else(|| Some(english(&back.problems.first()?.wanted)));
        assert_eq!(told.as_deref(), Some(wanted), "{text} {}", row.key);
    }
}

#[test]
fn a_note_on_a_row_without_an_action_is_kept() {
    let back = Fixture::new().read(one(vec![(Field::Note, Text("asked the warehouse"))]));
    assert_eq!(back.notes.values().collect::<Vec<_>>(), ["asked the warehouse"]);
    assert_eq!(back.decisions, []);
}

#[test]
fn a_row_with_a_bad_cell_is_handed_on_as_it_stands() {
    let cells = vec![(Field::Action, Text("renew")), (Field::NewEnd, Text("next friday")), (Field::Note, Text("hm"))];
    let back = Fixture::new().read(one(cells));
    let bad: Vec<_> = back.bad_rows.values().collect();
    assert_eq!(bad[0].cells[1], Some(Typed::Text("next friday".to_string())));
    assert_eq!(bad[0].faults[0].0, Field::NewEnd);
    assert!(english(&bad[0].faults[0].1).contains("30d"));
}

#[test]
fn a_bad_row_that_is_there_many_times_tells_each_of_its_cells_once() {
    let cells = || vec![(Field::Action, Text("renw")), (Field::NewEnd, Text("next friday"))];
    let rows: Vec<_> = (0..300).map(|_| (1, cells())).collect();
    let back = Fixture::new().read(coupons(&rows));
    assert_eq!(back.bad_rows.len(), 1);
    let fields: Vec<Field> = back.bad_rows[&key(1)].faults.iter().map(|(field, _)| *field).collect();
    assert_eq!(fields, [Field::Action]);
}

#[test]
fn a_chinese_workbook_saved_again_by_libreoffice_reads_as_before() {
    let back = read(&data("resaved_by_libreoffice_zh-CN.xlsx")).unwrap();
    assert_eq!(sentences(&back.problems), Vec::<String>::new());
    let read: Vec<String> = back
        .decisions
        .iter()
        .map(|Decision { sheet, row, action, .. }| {
            let stock = set(action.add_stock).map_or(String::new(), |stock| format!(" +{stock}"));
            let spend = set(action.new_min_spend).map_or(String::new(), |spend| format!(" {spend}"));
            format!("{sheet} {row} {} {}{stock}{spend}", action.word, end_of(action))
        })
        .collect();
    let expected = [
        "优惠券 4 recreate 720 h",
        "优惠券 5 renew 2026-12-01",
        "优惠券 6 restock blank +200",
        "优惠券 7 adjust blank 25.5",
        "优惠券 8 renew 2026-12-01",
    ];
    assert_eq!(read, expected);
    assert_eq!(back.decisions[3].action.note.as_deref(), Some("问过仓库"));
    assert_eq!(back.notes.values().collect::<Vec<_>>(), ["只是备注"]);
    assert_eq!(back.language, crate::chinese());
    assert_eq!(back.export.as_ref().map(|id| id.as_str()), Some("20261122-AM-7K3MPX"));
}
