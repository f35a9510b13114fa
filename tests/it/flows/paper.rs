//! Workbooks between the program and a manager: an exported one read, a handed-back one written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use couponbook::workbook::columns::{BLUE, COLUMNS, Field, HIDDEN_SHEET};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

/// One row's decision: `row("woo-de-1", "spring", "renew").end("30d")`.
#[derive(Debug, Clone)]
pub struct Line {
    store: &'static str,
    code: &'static str,
    cells: Vec<(Field, String)>,
    hidden: bool,
}

pub fn row(store: &'static str, code: &'static str, action: &str) -> Line {
    Line { store, code, cells: vec![(Field::Action, action.to_string())], hidden: false }
}

impl Line {
    pub fn end(self, text: &str) -> Self {
        self.with(Field::NewEnd, text)
    }

    pub fn stock(self, text: &str) -> Self {
        self.with(Field::AddStock, text)
    }

    pub fn spend(self, text: &str) -> Self {
        self.with(Field::NewMinSpend, text)
    }

    pub fn note(self, text: &str) -> Self {
        self.with(Field::Note, text)
    }

    /// Another row key than the export's.
    pub fn key(self, text: &str) -> Self {
        self.with(Field::RowKey, text)
    }

    /// Hidden by a filter.
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    fn with(mut self, field: Field, text: &str) -> Self {
        self.cells.push((field, text.to_string()));
        self
    }
}

/// A workbook of the program, opened by another library.
pub struct Exported {
    pub path: PathBuf,
    pub sheets: Vec<(String, calamine::Range<Data>)>,
    /// Labels and values of the very hidden sheet.
    pub hidden: Vec<(String, String)>,
    /// Row keys by store and code in lower case.
    keys: BTreeMap<(String, String), String>,
}

impl Exported {
    pub fn open(path: &Path) -> Self {
        let mut book: Xlsx<_> = open_workbook(path).unwrap();
        let sheets = book.worksheets();
        let hidden = range(&sheets, HIDDEN_SHEET).rows().map(|row| (row[0].to_string(), row[1].to_string())).collect();
        let mut opened = Self { path: path.to_path_buf(), sheets, hidden, keys: BTreeMap::new() };
        let places = ["Store", "Code", "Row key"].map(|header| opened.column(header));
        let rows = range(&opened.sheets, "Coupons").rows().skip(HEADER_ROW as usize + 1);
        let keys = rows.map(|row| {
            let [store, code, key] = places.map(|place| row[place].to_string());
            ((store, code.to_ascii_lowercase()), key)
        });
        opened.keys = keys.collect();
        opened
    }

    fn column(&self, header: &str) -> usize {
        let headers = range(&self.sheets, "Coupons").rows().nth(HEADER_ROW as usize).unwrap();
        headers.iter().position(|cell| *cell == *header).unwrap_or_else(|| panic!("no column {header}"))
    }

    pub fn sheet_names(&self) -> Vec<&str> {
        self.sheets.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub fn key(&self, store: &str, code: &str) -> &str {
        let known = self.keys.get(&(store.to_string(), code.to_ascii_lowercase()));
        known.unwrap_or_else(|| panic!("the workbook has no {code} of {store}"))
    }

    pub fn stores(&self) -> Vec<String> {
        let mut stores: Vec<String> = self.keys.keys().map(|(store, _)| store.clone()).collect();
        stores.dedup();
        stores
    }

    /// A cell of Coupons, as text.
    pub fn cell(&self, store: &str, code: &str, header: &str) -> String {
        let (key, keys, place) = (self.key(store, code), self.column("Row key"), self.column(header));
        let row = range(&self.sheets, "Coupons").rows().find(|row| row[keys] == *key).unwrap();
        row[place].to_string()
    }

    /// The export's id, as the very hidden sheet has it.
    pub fn id(&self) -> String {
        self.hidden.iter().find(|(label, _)| label == "export id").unwrap().1.clone()
    }

    /// What the export shows in the row of the coupon, where it has one.
    fn write_as_exported(&self, sheet: &mut Worksheet, at: u32, line: &Line) {
        let [store, code, keys] = ["Store", "Code", "Row key"].map(|header| self.column(header));
        let key = line.cells.iter().find(|(field, _)| *field == Field::RowKey).map(|(_, key)| key);
        let is_of = |row: &&[Data]| match key {
            Some(key) => row[keys].to_string() == *key,
            None => row[store] == *line.store && row[code].to_string().eq_ignore_ascii_case(line.code),
        };
        let Some(row) = range(&self.sheets, "Coupons").rows().skip(HEADER_ROW as usize + 1).find(is_of) else {
            // A row that somebody copied from elsewhere, as it stood there.
            for (field, text) in [(Field::Store, line.store), (Field::Code, line.code)] {
                let place = COLUMNS.iter().position(|column| column.field == field).unwrap() as u16;
                sheet.write(at, place, text).unwrap();
            }
            return;
        };
        let headers = range(&self.sheets, "Coupons").rows().nth(HEADER_ROW as usize).unwrap();
        for (place, column) in COLUMNS.iter().enumerate().filter(|(_, column)| !BLUE.contains(&column.field)) {
            let Some(from) = headers.iter().position(|cell| *cell == *column.header) else { continue };
            let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
            match &row[from] {
                Data::Empty => continue,
                Data::DateTime(serial) => sheet.write_with_format(at, place as u16, serial.as_f64(), &date).unwrap(),
                Data::Float(number) => sheet.write(at, place as u16, *number).unwrap(),
                other => sheet.write(at, place as u16, other.to_string()).unwrap(),
            };
        }
    }

    /// A new workbook with nothing in it but the headers, the rows of `lines` as exported, and what the hidden sheet says.
    pub fn hand_back(&self, path: &Path, lines: &[Line]) -> PathBuf {
        self.hand_back_saying(path, lines, &self.hidden)
    }

    pub fn hand_back_saying(&self, path: &Path, lines: &[Line], hidden: &[(String, String)]) -> PathBuf {
        self.hand_back_signed(path, lines, hidden, &[])
    }

    /// With a checklist of which each row is an item's key, the names of morning and afternoon, and the remark.
    pub fn hand_back_signed(
        &self,
        path: &Path,
        lines: &[Line],
        hidden: &[(String, String)],
        signed: &[[&str; 4]],
    ) -> PathBuf {
        let mut workbook = Workbook::new();
        let checklist = workbook.add_worksheet().set_name("Checklist").unwrap();
        let heads = [["Item key", "AM: name", "PM: name", "Remarks"]];
        for (at, cells) in (HEADER_ROW..).zip(heads.iter().chain(signed)) {
            for (place, text) in cells.iter().enumerate() {
                checklist.write(at, place as u16, *text).unwrap();
            }
        }
        let sheet = workbook.add_worksheet().set_name("Coupons").unwrap();
        for (place, column) in COLUMNS.iter().enumerate() {
            sheet.write(HEADER_ROW, place as u16, column.header).unwrap();
        }
        for (at, line) in (HEADER_ROW + 1..).zip(lines) {
            let place = |field: Field| COLUMNS.iter().position(|column| column.field == field).unwrap() as u16;
            self.write_as_exported(sheet, at, line);
            if !line.cells.iter().any(|(field, _)| *field == Field::RowKey) {
                sheet.write(at, place(Field::RowKey), self.key(line.store, line.code)).unwrap();
            }
            for (field, text) in &line.cells {
                sheet.write(at, place(*field), text).unwrap();
            }
            if line.hidden {
                sheet.set_row_hidden(at).unwrap();
            }
        }
        let sheet = workbook.add_worksheet().set_name(HIDDEN_SHEET).unwrap().set_very_hidden(true);
        for (at, (label, value)) in hidden.iter().enumerate() {
            sheet.write(at as u32, 0, label).unwrap();
            sheet.write(at as u32, 1, value).unwrap();
        }
        workbook.save(path).unwrap();
        path.to_path_buf()
    }
}

const HEADER_ROW: u32 = 2;

fn range<'s>(sheets: &'s [(String, calamine::Range<Data>)], name: &str) -> &'s calamine::Range<Data> {
    &sheets.iter().find(|(sheet, _)| sheet == name).unwrap_or_else(|| panic!("no sheet {name}")).1
}
