//! Turns the gathered rows into decisions, and says of every cell that cannot be read what would be right.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::cell::{Cell, Value};
use super::dates::{self, Hints};
use super::gather::{Asked, CouponSheet, Gathered};
use super::numbers;
use super::text::{address, shorten, word};
use crate::domain::{Action, ActionWord, Edit, EndEdit, RowKey};
use crate::workbook::columns::{BLUE, Field};
use crate::workbook::words::{action_name, action_named};
use crate::workbook::{BadRow, CellProblem, Decision, Typed};

#[derive(Debug, Default)]
pub(super) struct Decided {
    pub decisions: Vec<Decision>,
    pub problems: Vec<CellProblem>,
    pub remarks: Vec<CellProblem>,
    pub facts: BTreeMap<(RowKey, Field), String>,
    pub bad_rows: BTreeMap<RowKey, BadRow>,
}

/// `exported` is the day of the export, as far as the workbook tells.
pub(super) fn decide(gathered: &mut Gathered, epoch_1904: bool, exported: Option<NaiveDate>) -> Decided {
    let hints = Hints { order: gathered.evidence.order(), exported };
    let mut decided = Decided { remarks: std::mem::take(&mut gathered.remarks), ..Decided::default() };
    let mut read = Vec::new();
    for asked in std::mem::take(&mut gathered.asked) {
        let Some(sheet) = gathered.sheets.get(asked.sheet) else { continue };
        let desk = Desk { sheet, asked: &asked, epoch_1904, hints, problems: Vec::new(), remarks: Vec::new() };
        let row = desk.read_row();
        decided.remarks.extend(row.remarks);
        if let (Some(key), false) = (&row.key, row.problems.is_empty()) {
            let faults = row.problems.iter().map(|(field, problem)| (*field, problem.wanted.clone()));
            decided.bad_row(key, &asked, epoch_1904).faults.extend(faults);
        }
        decided.problems.extend(row.problems.into_iter().map(|(_, problem)| problem));
        if let Some(key) = row.key {
            read.push(Read { key, decision: row.decision, asked });
        }
    }
    decided.settle_doubles(read, &gathered.sheets, epoch_1904);
    decided
}

/// A row whose key was read; without a decision where one of its cells is a problem.
struct Read {
    key: RowKey,
    decision: Option<Decision>,
    asked: Asked,
}

impl Read {
    /// `row 14 of Coupons`
    fn place(&self, sheets: &[CouponSheet]) -> String {
        let sheet = sheets.get(self.asked.sheet).map_or("", |sheet| sheet.name.as_str());
        format!("row {} of {sheet}", self.asked.row)
    }
}

impl Decided {
    /// The same key twice: alike is once, different is a problem of both.
    fn settle_doubles(&mut self, read: Vec<Read>, sheets: &[CouponSheet], epoch_1904: bool) {
        let mut by_key: BTreeMap<RowKey, Vec<Read>> = BTreeMap::new();
        let order: Vec<RowKey> = read.iter().map(|row| row.key.clone()).collect();
        for row in read {
            by_key.entry(row.key.clone()).or_default().push(row);
        }
        for key in order {
            match by_key.remove(&key) {
                Some(twins) if twins.len() > 1 => self.settle(twins, sheets, epoch_1904),
                Some(alone) => alone.into_iter().for_each(|row| self.accept(row)),
                // Settled with its twin.
                None => {}
            }
        }
    }

    fn settle(&mut self, twins: Vec<Read>, sheets: &[CouponSheet], epoch_1904: bool) {
        let action_of = |row: &Read| row.decision.as_ref().map(|decision| decision.action.clone());
        let first = twins.first().and_then(action_of);
        let alike = first.is_some() && twins.iter().all(|row| action_of(row) == first);
        let places: Vec<String> = twins.iter().map(|row| row.place(sheets)).collect();
        for (index, row) in twins.into_iter().enumerate() {
            // The first twin's companion is the second, everyone else's is the first.
            let Some(other) = places.get(usize::from(index == 0)) else { continue };
            let Some(sheet) = sheets.get(row.asked.sheet) else { continue };
            let report = |wanted: String| problem(sheet, row.asked.row, Field::RowKey, row.key.to_string(), wanted);
            match (alike, index) {
                (true, 0) => self.accept(row),
                (true, _) => {
                    self.remarks.push(report(format!("the same decision stands in {other}; it is applied once")))
                }
                (false, _) => {
                    let wanted = format!("{other} decides something else for the same coupon; keep one of the two");
                    let bad = self.bad_row(&row.key, &row.asked, epoch_1904);
                    bad.faults.push((Field::RowKey, wanted.clone()));
                    self.problems.push(report(wanted));
                }
            }
        }
    }

    /// The row as it stands; of two rows with one key the first.
    fn bad_row(&mut self, key: &RowKey, asked: &Asked, epoch_1904: bool) -> &mut BadRow {
        self.bad_rows.entry(key.clone()).or_insert_with(|| BadRow {
            cells: asked.blue.clone().map(|cell| cell.map(|cell| typed(&cell.value, epoch_1904))),
            faults: Vec::new(),
        })
    }

    fn accept(&mut self, row: Read) {
        let Some(decision) = row.decision else { return };
        self.decisions.push(decision);
        for (field, text) in row.asked.facts {
            self.facts.insert((row.key.clone(), field), text);
        }
    }
}

/// A row as it was read.
struct RowRead {
    key: Option<RowKey>,
    decision: Option<Decision>,
    /// Each with the column that it is about.
    problems: Vec<(Field, CellProblem)>,
    remarks: Vec<CellProblem>,
}

fn typed(value: &Value, epoch_1904: bool) -> Typed {
    match value {
        Value::Number(number) => Typed::Number(*number),
        Value::Serial(serial) => match dates::of_serial(*serial, epoch_1904) {
            Some(at) => Typed::Moment(at),
            None => Typed::Number(*serial),
        },
        other => Typed::Text(other.words(epoch_1904)),
    }
}

/// An action that is yet to meet its row.
struct Values {
    word: ActionWord,
    new_end: Edit<EndEdit>,
    add_stock: Edit<u64>,
    new_min_spend: Edit<Decimal>,
    note: Option<String>,
}

impl Values {
    fn of_row(self, row: RowKey) -> Action {
        let Self { word, new_end, add_stock, new_min_spend, note } = self;
        Action { row, word, new_end, add_stock, new_min_spend, note }
    }
}

/// One row at hand.
struct Desk<'a> {
    sheet: &'a CouponSheet,
    asked: &'a Asked,
    epoch_1904: bool,
    hints: Hints,
    problems: Vec<(Field, CellProblem)>,
    remarks: Vec<CellProblem>,
}

impl Desk<'_> {
    fn read_row(mut self) -> RowRead {
        let key = self.read_key();
        self.refuse_merged();
        self.remark_formulas();
        // A row without a good key is read all the same, so that all its problems are said at once.
        let values = self.read_word().map(|word| self.read_values(word));
        let sound = values.zip(key.clone()).filter(|_| self.problems.is_empty());
        let decision = sound.map(|(values, row)| Decision {
            sheet: self.sheet.name.clone(),
            row: self.asked.row,
            hidden: self.asked.hidden,
            action: values.of_row(row),
            cells: self.asked.blue.clone().map(|cell| cell.map_or_else(String::new, |cell| self.words(&cell))),
        });
        RowRead { key, decision, problems: self.problems, remarks: self.remarks }
    }

    fn read_key(&mut self) -> Option<RowKey> {
        let Some(cell) = &self.asked.key else {
            self.problem(
                Field::RowKey,
                "copy the row key from the export; without it nobody can tell which coupon is meant",
            );
            return None;
        };
        match RowKey::parse(&self.words(cell)) {
            Ok(key) => Some(key),
            Err(error) => {
                self.problem(Field::RowKey, error.wanted);
                None
            }
        }
    }

    fn read_word(&mut self) -> Option<ActionWord> {
        let cell = self.cell(Field::Action)?;
        let read = match &cell.value {
            Value::Text(text) => action_of(text),
            _ => None,
        };
        if read.is_none() {
            let words = ActionWord::ALL.map(|word| action_name(self.sheet.headers.language, word)).join(", ");
            self.problem(Field::Action, &format!("write one of {words}, or leave the cell empty"));
        }
        read
    }

    fn read_values(&mut self, word: ActionWord) -> Values {
        let new_end = if self.uses(word, Field::NewEnd) { self.read_end() } else { Edit::Blank };
        let add_stock = if self.uses(word, Field::AddStock) { self.read_stock() } else { Edit::Blank };
        let new_min_spend = if self.uses(word, Field::NewMinSpend) { self.read_amount() } else { Edit::Blank };
        let note = self.read_note();
        let values = Values { word, new_end, add_stock, new_min_spend, note };
        if self.problems.iter().all(|(field, _)| *field == Field::RowKey) {
            self.require(&values);
        }
        values
    }

    /// What an action cannot do without.
    fn require(&mut self, values: &Values) {
        let blank =
            values.new_end == Edit::Blank && values.add_stock == Edit::Blank && values.new_min_spend == Edit::Blank;
        match values.word {
            ActionWord::Adjust if values.new_min_spend == Edit::Blank => {
                self.problem(Field::NewMinSpend, "adjust needs the new minimum: write a number, like 25 or 25.50");
            }
            ActionWord::Keep if values.note.is_none() => {
                self.problem(Field::Note, "keep needs a note: write why the finding is accepted");
            }
            ActionWord::Recreate if blank => {
                self.problem(Field::NewEnd, "recreate needs a new end, added stock or a new minimum");
            }
            _ => {}
        }
    }

    /// Whether the action looks at the column; a value that it does not look at is said.
    fn uses(&mut self, word: ActionWord, field: Field) -> bool {
        let used = match field {
            Field::NewEnd => matches!(word, ActionWord::Renew | ActionWord::Recreate | ActionWord::Keep),
            Field::AddStock => matches!(word, ActionWord::Restock | ActionWord::Recreate),
            _ => matches!(word, ActionWord::Adjust | ActionWord::Recreate),
        };
        if !used && self.cell(field).is_some() {
            self.remark(field, &format!("not used by {word}"));
        }
        used
    }

    fn read_end(&mut self) -> Edit<EndEdit> {
        let Some(cell) = self.cell(Field::NewEnd) else { return Edit::Blank };
        match dates::read(&cell.value, self.epoch_1904, self.hints) {
            Ok(end) => {
                self.said(Field::NewEnd, end.said);
                end.edit
            }
            Err(wanted) => {
                self.problem(Field::NewEnd, &wanted);
                Edit::Blank
            }
        }
    }

    fn read_stock(&mut self) -> Edit<u64> {
        let Some(cell) = self.cell(Field::AddStock) else { return Edit::Blank };
        match numbers::read_stock(&cell.value) {
            Ok(stock) => {
                self.said(Field::AddStock, stock.said);
                stock.edit
            }
            Err(wanted) => {
                self.problem(Field::AddStock, &wanted);
                Edit::Blank
            }
        }
    }

    fn read_amount(&mut self) -> Edit<Decimal> {
        let Some(cell) = self.cell(Field::NewMinSpend) else { return Edit::Blank };
        match numbers::read_amount(&cell.value, self.asked.currency.as_deref()) {
            Ok(amount) => {
                self.said(Field::NewMinSpend, amount.said);
                amount.edit
            }
            Err(wanted) => {
                self.problem(Field::NewMinSpend, &wanted);
                Edit::Blank
            }
        }
    }

    fn read_note(&mut self) -> Option<String> {
        let cell = self.cell(Field::Note)?;
        if matches!(cell.value, Value::Error(_)) {
            self.problem(Field::Note, "write the note as plain text");
            return None;
        }
        Some(self.words(&cell))
    }

    /// The value of a merged area stands in its first cell only; whether it was meant for all of them nobody can tell.
    fn refuse_merged(&mut self) {
        for field in BLUE.into_iter().chain([Field::RowKey]) {
            let Some(column) = self.sheet.headers.column(field) else { continue };
            let merged = self.sheet.marks.merged.get(&(self.asked.row, column)).cloned();
            if let Some(area) = merged.filter(|_| self.cell(field).is_some()) {
                self.problem(
                    field,
                    &format!("the cells {area} are merged; unmerge them and write the value in each row"),
                );
            }
        }
    }

    fn remark_formulas(&mut self) {
        for field in BLUE.into_iter().chain([Field::RowKey]) {
            let formula = self.cell(field).is_some_and(|cell| cell.formula && !matches!(cell.value, Value::Error(_)));
            if formula {
                self.remark(field, "a formula: its last saved result is used");
            }
        }
    }

    fn cell(&self, field: Field) -> Option<Cell> {
        match BLUE.iter().position(|blue| *blue == field) {
            Some(index) => self.asked.blue.get(index)?.clone(),
            None => self.asked.key.clone(),
        }
    }

    fn words(&self, cell: &Cell) -> String {
        cell.value.words(self.epoch_1904)
    }

    fn said(&mut self, field: Field, said: Option<String>) {
        if let Some(said) = said {
            self.remark(field, &said);
        }
    }

    fn problem(&mut self, field: Field, wanted: &str) {
        let problem = self.report(field, wanted);
        self.problems.push((field, problem));
    }

    fn remark(&mut self, field: Field, wanted: &str) {
        let remark = self.report(field, wanted);
        self.remarks.push(remark);
    }

    fn report(&self, field: Field, wanted: &str) -> CellProblem {
        let found = self.cell(field).map_or_else(String::new, |cell| self.words(&cell));
        problem(self.sheet, self.asked.row, field, found, wanted.to_string())
    }
}

fn problem(sheet: &CouponSheet, row: u32, field: Field, found: String, wanted: String) -> CellProblem {
    CellProblem {
        sheet: sheet.name.clone(),
        cell: sheet.headers.column(field).map(|column| address(column, row)).unwrap_or_default(),
        header: sheet.headers.title(field),
        found: shorten(&found, 60),
        wanted,
    }
}

/// In every language that a workbook is written in, and with the mark that a cell with a missing value shows.
fn action_of(text: &str) -> Option<ActionWord> {
    let folded = word(text).replace(' ', "");
    action_named(folded.trim_end_matches(['►', '▶']))
}
