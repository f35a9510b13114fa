//! What a manager sees is what is done: the coupon that a row shows is that of its key, and whatever else was changed is told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use couponbook::domain::{Export, RowKey};
use couponbook::workbook::columns::{BLUE, COLUMNS, Field, Part};
use couponbook::workbook::read::{Known, Written, open, open_written};
use couponbook::workbook::{BadRow, Book, Carried, HandedBack};
use rust_xlsxwriter::{ColNum, Format, RowNum, Workbook, Worksheet};

use super::{Fixture, Put, fixture, put, write_to};

const HEADER_ROW: usize = 2;

/// A workbook as written, its Coupons sheet at hand to be changed cell by cell.
pub struct Sheet {
    headers: Vec<String>,
    /// From the row below the header.
    rows: Vec<Vec<Data>>,
    typed: BTreeMap<(usize, Field), Put>,
    merged: Vec<(usize, usize, Field, String)>,
    gone: Vec<Field>,
}

impl Sheet {
    fn of(path: &Path) -> Self {
        let mut book: Xlsx<_> = open_workbook(path).unwrap();
        let range = book.worksheet_range("Coupons").unwrap();
        let mut rows = range.rows().skip(HEADER_ROW);
        let headers = rows.next().unwrap().iter().map(ToString::to_string).collect();
        let rows = rows.map(<[Data]>::to_vec).collect();
        Self { headers, rows, typed: BTreeMap::new(), merged: Vec::new(), gone: Vec::new() }
    }

    fn at(&self, field: Field) -> usize {
        self.headers.iter().position(|header| *header == field.column().header).unwrap()
    }

    pub fn typed(mut self, row: usize, field: Field, cell: Put) -> Self {
        self.typed.insert((row, field), cell);
        self
    }

    fn asks(self, row: usize, action: &'static str) -> Self {
        self.typed(row, Field::Action, Put::Text(action))
    }

    /// The columns of `fields` alone, in another order of rows.
    fn ordered(mut self, fields: &[Field], order: impl Fn(usize) -> usize) -> Self {
        let before = self.rows.clone();
        for (row, cells) in self.rows.iter_mut().enumerate() {
            for field in fields {
                let place = self.headers.iter().position(|header| *header == field.column().header).unwrap();
                cells[place] = before[order(row)][place].clone();
            }
        }
        self
    }

    fn save(&self, path: &Path) {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet().set_name("Coupons").unwrap();
        for (column, header) in self.headers.iter().enumerate() {
            let is_gone = self.gone.iter().any(|field| field.column().header == header);
            sheet.write(HEADER_ROW as RowNum, column as ColNum, if is_gone { "My own" } else { header }).unwrap();
        }
        for (row, cells) in self.rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                write(sheet, (HEADER_ROW + 1 + row) as RowNum, column as ColNum, cell);
            }
        }
        for ((row, field), cell) in &self.typed {
            put(sheet, (HEADER_ROW + 1 + row) as RowNum, self.at(*field) as ColNum, cell);
        }
        for (first, last, field, text) in &self.merged {
            let column = self.at(*field) as ColNum;
            let [first, last] = [first, last].map(|row| (HEADER_ROW + 1 + row) as RowNum);
            sheet.merge_range(first, column, last, column, text, &Format::new()).unwrap();
        }
        workbook.save(path).unwrap();
    }
}

fn write(sheet: &mut Worksheet, row: RowNum, column: ColNum, cell: &Data) {
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    match cell {
        Data::Empty => return,
        Data::DateTime(serial) => sheet.write_with_format(row, column, serial.as_f64(), &date).unwrap(),
        Data::Float(number) => sheet.write(row, column, *number).unwrap(),
        other => sheet.write(row, column, other.to_string()).unwrap(),
    };
}

/// The export's workbook as written, and a place for the one that comes back.
pub struct Round {
    fixture: Fixture,
    pub export: Export,
}

impl Round {
    pub fn new() -> Self {
        let round = Self { fixture: Fixture::new(), export: fixture::export() };
        write_to(&fixture::book(&round.export, &[]), std::fs::File::create(round.written()).unwrap()).unwrap();
        round
    }

    pub fn written(&self) -> PathBuf {
        self.fixture.folder.path().join("written.xlsx")
    }

    pub fn sheet(&self) -> Sheet {
        Sheet::of(&self.written())
    }

    pub fn read(&self, path: &Path) -> HandedBack {
        let bytes = std::fs::read(self.written()).unwrap();
        let written: Vec<Written> = vec![open_written(&self.written(), bytes).unwrap()];
        open(path).unwrap().decide(Known { export: Some(&self.export), written: &written, is_named: false })
    }

    pub fn back(&self, sheet: &Sheet) -> HandedBack {
        sheet.save(&self.fixture.path());
        self.read(&self.fixture.path())
    }

    pub fn key(&self, row: usize) -> RowKey {
        self.export.rows[row].key.clone()
    }

    /// The copy with its bad cells marked, read back as it is.
    fn to_mend(&self, bad_rows: &BTreeMap<RowKey, BadRow>) -> (PathBuf, HandedBack) {
        let path = self.fixture.folder.path().join("to-mend.xlsx");
        let carried = Carried { bad_rows: Some(bad_rows), ..Carried::default() };
        let book = Book { carried, ..fixture::book(&self.export, &[]) };
        write_to(&book, std::fs::File::create(&path).unwrap()).unwrap();
        let back = self.read(&path);
        (path, back)
    }
}

pub fn told(problems: &[couponbook::workbook::CellProblem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn an_untouched_workbook_has_nothing_to_tell() {
    let round = Round::new();
    let back = round.back(&round.sheet());
    assert_eq!((told(&back.problems), told(&back.remarks)), (vec![], vec![]));
    let as_written = round.read(&round.written());
    assert_eq!((told(&as_written.problems), told(&as_written.remarks)), (vec![], vec![]));
}

#[test]
fn a_row_that_shows_another_coupon_than_its_key_is_refused_with_both() {
    let round = Round::new();
    // Rows 1 and 3 changed places in what people see, without the key that stands beside it.
    let seen: Vec<Field> = COLUMNS.iter().map(|it| it.field).take_while(|field| *field != Field::Page).collect();
    let visible: Vec<Field> = seen
        .into_iter()
        .filter(|field| !BLUE.contains(field) && *field != Field::RowKey)
        .filter(|field| field.column().part != Part::Result)
        .collect();
    let swapped = round.sheet().ordered(&visible, |row| match row {
        1 => 3,
        3 => 1,
        other => other,
    });
    let back = round.back(&swapped.asks(1, "delete").asks(0, "end"));
    assert_eq!(back.decisions.len(), 1, "the other row is as it was");
    let [problem] = back.problems.as_slice() else { panic!("{:?}", told(&back.problems)) };
    let sentence = problem.to_string();
    let [shown, belongs] = [&round.export.rows[3].coupon, &round.export.rows[1].coupon];
    assert!(sentence.contains(shown.store.as_str()), "{sentence}");
    assert!(sentence.contains(belongs.label()) && sentence.contains(belongs.store.as_str()), "{sentence}");
    assert_eq!(problem.field, Field::Store);
}

#[test]
fn the_key_goes_along_with_what_people_sort_or_shift() {
    let headers: Vec<Field> = COLUMNS.iter().map(|it| it.field).collect();
    let place = |field: Field| headers.iter().position(|it| *it == field).unwrap();
    assert!(place(Field::Store) < place(Field::RowKey) && place(Field::RowKey) < place(Field::Code));
    let round = Round::new();
    // Columns A to G sorted alone, the actions left where they stood: the key is that of the coupon that people read, and the facts
    // beside it are not.
    let sorted: Vec<Field> = headers.into_iter().take_while(|field| *field != Field::Action).collect();
    let count = round.export.rows.len();
    let back = round.back(&round.sheet().ordered(&sorted, |row| count - 1 - row).asks(2, "end"));
    let [moved, row] = back.problems.as_slice() else { panic!("{:?}", told(&back.problems)) };
    assert!(moved.to_string().contains("a part of the sheet was sorted"), "{moved}");
    let seen = round.export.rows[count - 3].coupon.label();
    assert!(row.to_string().contains(&format!("belongs to {seen}")), "{row}");
}

#[test]
fn a_row_beside_which_the_facts_of_another_stand_is_refused() {
    let round = Round::new();
    // What is seen from Severity to Note changed places, key and all; the facts at the right did not.
    let left: Vec<Field> = COLUMNS.iter().map(|it| it.field).take_while(|field| *field != Field::Page).collect();
    let left: Vec<Field> = left.into_iter().filter(|field| field.column().part != Part::Result).collect();
    let swapped = round.sheet().ordered(&left, |row| [0, 3, 2, 1].get(row).copied().unwrap_or(row));
    let back = round.back(&swapped.asks(1, "delete"));
    assert_eq!(back.decisions.len(), 0);
    assert!(told(&back.problems)[0].contains("Coupon ID"), "{:?}", told(&back.problems));
    // The other row has no action: one sentence for all of it.
    assert_eq!(back.remarks.len(), 1, "{:?}", told(&back.remarks));
    // An id that is nobody's is an edit, and ignored.
    let typed = round.sheet().asks(1, "end").typed(1, Field::CouponId, Put::Text("77"));
    let back = round.back(&typed);
    assert_eq!((back.decisions.len(), back.problems.len(), back.remarks.len()), (1, 0, 1));
}

#[test]
fn where_many_rows_disagree_one_sentence_says_what_happened() {
    let round = Round::new();
    let count = round.export.rows.len();
    let mut sheet = round.sheet().ordered(&[Field::Store, Field::Code, Field::Name], |row| (row + 1) % count);
    for row in 0..12 {
        sheet = sheet.asks(row, "end");
    }
    let back = round.back(&sheet);
    assert_eq!(back.decisions.len(), 0);
    let first = back.problems[0].to_string();
    assert!(first.contains("12 rows show another coupon") && first.contains("sorted"), "{first}");
    assert_eq!(back.problems.len(), 13);
}

#[test]
fn where_whole_columns_beside_the_names_are_others_the_first_sentence_says_so_too() {
    let round = Round::new();
    let others = round.export.rows[3].coupon.id.to_string();
    let mut sheet = round.sheet().asks(1, "end");
    let (row, place) = (1, sheet.at(Field::CouponId));
    sheet.rows[row][place] = Data::String(others);
    for row in 0..round.export.rows.len() {
        for field in [Field::DaysLeft, Field::Remaining, Field::Used, Field::Total, Field::MinSpend] {
            sheet = sheet.typed(row, field, Put::Number(10_000.0 + row as f64));
        }
    }
    let back = round.back(&sheet);
    assert!(told(&back.problems)[0].contains("60 rows show another coupon"), "{:?}", told(&back.problems));
    assert_eq!((back.problems.len(), back.remarks.len()), (2, 5), "{:?}", told(&back.remarks));
}

#[test]
fn a_coupon_without_a_code_is_known_by_its_name_and_a_merged_store_by_what_is_seen() {
    let round = Round::new();
    let without = round.export.rows.iter().position(|row| row.coupon.code.is_none()).unwrap();
    let renamed = round.sheet().asks(without, "end").typed(without, Field::Name, Put::Text("Something else"));
    assert_eq!(round.back(&renamed).decisions.len(), 0);

    let store = round.export.rows[0].coupon.store.to_string();
    let mut merged = round.sheet().asks(0, "end").asks(1, "end");
    merged.merged.push((0, 1, Field::Store, store));
    let back = round.back(&merged);
    let keys: Vec<_> = back.decisions.iter().map(|decision| decision.action.row.clone()).collect();
    assert_eq!(keys, [round.key(0)], "row 2 reads the first one's store, which is not its own");
}

#[test]
fn nobody_decides_about_what_no_column_shows() {
    let round = Round::new();
    let mut sheet = round.sheet().asks(0, "end");
    sheet.gone.push(Field::Store);
    let back = round.back(&sheet);
    assert_eq!(back.decisions.len(), 0);
    assert!(back.problems[0].to_string().contains("no column Store"), "{:?}", told(&back.problems));
}

#[test]
fn an_action_that_nobody_sees_under_merged_cells_is_refused() {
    let round = Round::new();
    let sheet = round.sheet().asks(4, "delete");
    sheet.save(&round.fixture.path());
    let bytes = std::fs::read(round.fixture.path()).unwrap();
    // Row 8 is the fifth coupon's; the cell above it is empty, and spreads over both.
    let column = couponbook::workbook::columns::column_letters(sheet.at(Field::Action) as u32);
    let merge = format!("</sheetData><mergeCells count=\"1\"><mergeCell ref=\"{column}7:{column}8\"/></mergeCells>");
    let merged = super::with_part(&bytes, "xl/worksheets/sheet1.xml", |xml| xml.replacen("</sheetData>", &merge, 1));
    let path = round.fixture.save(&merged);
    let back = round.read(&path);
    assert_eq!(back.decisions.len(), 0);
    assert!(told(&back.problems)[0].contains("nobody sees this value"), "{:?}", told(&back.problems));
}

#[test]
fn what_is_changed_outside_the_blue_columns_is_told_with_the_column_to_use() {
    let round = Round::new();
    let sheet = round
        .sheet()
        .asks(3, "end")
        .typed(3, Field::Total, Put::Number(900.0))
        .typed(5, Field::Name, Put::Text("Renamed"))
        .typed(6, Field::Ends, Put::Date("2026-12-24T23:59:00"))
        .typed(7, Field::Status, Put::Text("Ended"))
        .typed(8, Field::MinSpend, Put::Number(12.0));
    let back = round.back(&sheet);
    assert_eq!(told(&back.problems), Vec::<String>::new());
    let remarks = told(&back.remarks);
    let wanted = [
        ("900", "ignored (it was 500); write Add stock instead"),
        ("Renamed", "nothing is read from this column"),
        ("2026-12-24 23:59", "write New end instead"),
        ("Ended", "write Action instead"),
        ("12", "write New min spend instead"),
    ];
    assert_eq!(remarks.len(), wanted.len(), "{remarks:?}");
    for (found, advice) in wanted {
        let is_told = |remark: &&String| remark.contains(found) && remark.contains(advice);
        assert_eq!(remarks.iter().filter(is_told).count(), 1, "{found}: {remarks:?}");
    }
}

#[test]
fn a_row_whose_action_would_do_something_else_than_it_reads_is_refused() {
    let round = Round::new();
    // Suggested is `restock +700` in row 4, `renew` in row 2.
    let cases = [
        round.sheet().asks(3, "accept").typed(3, Field::Suggested, Put::Text("restock +20")),
        round.sheet().asks(3, "restock").typed(3, Field::Total, Put::Number(520.0)),
        round.sheet().asks(1, "renew").typed(1, Field::Ends, Put::Date("2026-12-24T23:59:00")),
    ];
    for (case, column) in cases.iter().zip(["Action", "Add stock", "New end"]) {
        let back = round.back(case);
        assert_eq!(back.decisions.len(), 0, "{column}");
        let problems = told(&back.problems);
        assert!(problems.len() == 1 && problems[0].contains(&format!("write {column}")), "{problems:?}");
    }
    // Where the value is typed, nothing is taken from there.
    let typed = round.sheet().asks(3, "restock").typed(3, Field::AddStock, Put::Number(20.0));
    let back = round.back(&typed.typed(3, Field::Suggested, Put::Text("restock +20")));
    assert_eq!((back.decisions.len(), back.remarks.len()), (1, 1));
}

#[test]
fn a_column_that_a_program_wrote_anew_is_told_once() {
    let round = Round::new();
    let mut sheet = round.sheet();
    for row in 0..round.export.rows.len() {
        sheet = sheet.typed(row, Field::Why, Put::Text("translated"));
    }
    let remarks = told(&round.back(&sheet).remarks);
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert!(remarks[0].contains("60 cells of this column are not as they were exported"), "{remarks:?}");
}

#[test]
fn the_currency_is_the_stores_whatever_the_sheet_says() {
    let round = Round::new();
    let euro = round.export.rows.iter().position(|row| row.coupon.store.as_str() == "woo-de-1").unwrap();
    let dong = round.export.rows.iter().position(|row| row.coupon.store.as_str() == "shopee-vn-1").unwrap();
    let spend = |row: usize, cell: Put| {
        let sheet = round.sheet().asks(row, "adjust").typed(row, Field::NewMinSpend, cell);
        let mut told_of = told(&round.back(&sheet.typed(row, Field::Currency, Put::Text("AUD"))).problems);
        told_of.retain(|problem| problem.contains("New min spend"));
        told_of
    };
    assert_eq!(spend(euro, Put::Text("25 EUR")), Vec::<String>::new());
    assert!(spend(euro, Put::Text("25 AUD"))[0].contains("currency is EUR"));
    assert!(spend(dong, Put::Number(25.5))[0].contains("VND has no decimals"));
    assert!(spend(euro, Put::Number(25.555))[0].contains("EUR has 2 decimals"));
}

#[test]
fn what_was_refused_once_is_refused_again_until_it_is_changed() {
    let round = Round::new();
    let stock = round.export.rows.iter().position(|row| row.coupon.code.as_deref() == Some("BFSG15")).unwrap();
    let mut sheet = round
        .sheet()
        .asks(stock, "restock")
        .typed(stock, Field::AddStock, Put::Date("2027-02-01"))
        .asks(5, "adjust")
        .typed(5, Field::NewMinSpend, Put::Date("2026-11-05"))
        .asks(6, "pauze")
        .asks(8, "renew")
        .typed(8, Field::NewEnd, Put::Number(5.0))
        .asks(9, "end")
        .typed(9, Field::Code, Put::Text("ANOTHER"))
        .asks(10, "keep")
        .typed(10, Field::Note, Put::Text("#REF!"))
        .asks(11, "accept")
        .typed(11, Field::Suggested, Put::Text("end"));
    sheet.merged.push((13, 14, Field::Action, "end".to_string()));
    let back = round.back(&sheet);
    assert_eq!(back.decisions.len(), 0, "{:?}", back.decisions);
    let rows: Vec<RowKey> = back.bad_rows.keys().cloned().collect();
    assert_eq!(rows.len(), 8, "{:?}", told(&back.problems));
    let (copy, again) = round.to_mend(&back.bad_rows);
    assert_eq!(again.decisions.len(), 0, "{:?}", again.decisions);
    assert_eq!(again.bad_rows.keys().cloned().collect::<Vec<_>>(), rows);
    // And once more, as another program saves it.
    let third = round.back(&Sheet::of(&copy));
    assert_eq!(third.bad_rows.keys().cloned().collect::<Vec<_>>(), rows, "{:?}", told(&third.problems));
    // Mended, it is taken.
    let mended = Sheet::of(&copy).asks(9, "end").typed(stock, Field::AddStock, Put::Number(200.0));
    let decided: Vec<RowKey> = round.back(&mended).decisions.into_iter().map(|it| it.action.row).collect();
    assert_eq!(decided.len(), 2);
    assert!(decided.contains(&round.key(9)) && decided.contains(&round.key(stock)));
}

#[test]
fn dates_that_a_spreadsheet_may_have_exchanged_are_asked_for_again() {
    let round = Round::new();
    let mixed = round.sheet().asks(1, "renew").typed(1, Field::NewEnd, Put::Text("31/12/2026")).asks(8, "renew").typed(
        8,
        Field::NewEnd,
        Put::Date("2027-05-12"),
    );
    let back = round.back(&mixed);
    let problems = told(&back.problems);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("2027-05-12 or 2027-12-05"), "{problems:?}");
    // Written year first, nothing is in doubt.
    let plain = round.sheet().asks(1, "renew").typed(1, Field::NewEnd, Put::Text("2026-12-31")).asks(8, "renew").typed(
        8,
        Field::NewEnd,
        Put::Date("2027-05-12"),
    );
    assert_eq!(round.back(&plain).decisions.len(), 2);
}

#[test]
fn a_workbook_of_a_later_version_is_not_guessed_at() {
    let mut workbook = super::one(vec![(Field::Action, Put::Text("end"))]);
    let about = workbook.add_worksheet().set_name("couponbook").unwrap();
    about.write(0, 0, "schema version").unwrap();
    about.write(0, 1, 9).unwrap();
    let fixture = Fixture::new();
    workbook.save(fixture.path()).unwrap();
    let error = super::read(&fixture.path()).unwrap_err().to_string();
    assert!(error.contains("newer version of couponbook"), "{error}");
}

#[test]
fn what_stands_in_rows_of_no_coupon_is_told() {
    let round = Round::new();
    let mut sheet = round.sheet();
    let mut total = vec![Data::Empty; sheet.headers.len()];
    total[sheet.at(Field::Name)] = Data::String("Sum of all".to_string());
    sheet.rows.push(total);
    let remarks = told(&round.back(&sheet).remarks);
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert!(remarks[0].contains("Sum of all") && remarks[0].contains("no row key"), "{remarks:?}");
}
