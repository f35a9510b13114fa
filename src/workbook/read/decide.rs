//! Turns the gathered rows into decisions, and says of every cell that cannot be read what would be right.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::cell::{Cell, Understood, Value};
use super::dates::{self, Hints};
use super::gather::{CouponSheet, Gathered, Request};
use super::numbers;
use super::text::word;
use crate::domain::{Action, ActionWord, Argument, Edit, Message, RowKey};
use crate::message;
use crate::workbook::columns::{ColumnUse, Field, READ, columns_of, use_of};
use crate::workbook::words::action_named;
use crate::workbook::{BadRow, CellProblem, Decision, Typed};

#[derive(Debug, Default)]
pub(super) struct ReadDecisions {
    pub decisions: Vec<Decision>,
    pub problems: Vec<CellProblem>,
    pub remarks: Vec<CellProblem>,
    pub facts: BTreeMap<(RowKey, Field), String>,
    pub bad_rows: BTreeMap<RowKey, BadRow>,
}

/// `exported` is the day of the export, as far as the workbook tells.
pub(super) fn decide(gathered: &mut Gathered, epoch_1904: bool, exported: Option<NaiveDate>) -> ReadDecisions {
    let hints = Hints { order: gathered.evidence.order(), epoch_1904, exported };
    let mut decided = ReadDecisions { remarks: std::mem::take(&mut gathered.remarks), ..ReadDecisions::default() };
    let mut read = Vec::new();
    for request in std::mem::take(&mut gathered.requests) {
        let Some(sheet) = gathered.sheets.get(request.sheet) else { continue };
        let mut reader = RowReader { sheet, request: &request, hints, problems: Vec::new(), remarks: Vec::new() };
        let (key, decision) = reader.read_row();
        decided.remarks.extend(reader.remarks);
        let problems = reader.problems;
        if let (Some(key), false) = (&key, problems.is_empty()) {
            let faults = problems.iter().map(|problem| (problem.field, problem.wanted.clone()));
            decided.bad_row(key, &request).faults.extend(faults);
        }
        decided.problems.extend(problems);
        if let Some(key) = key {
            read.push(ReadRow { key, decision, request });
        }
    }
    decided.settle_duplicates(read, &gathered.sheets);
    decided
}

/// A row whose key was read; without a decision where one of its cells is a problem.
struct ReadRow {
    key: RowKey,
    decision: Option<Decision>,
    request: Request,
}

impl ReadDecisions {
    /// The same key twice: alike is once, different is a problem of both.
    fn settle_duplicates(&mut self, read: Vec<ReadRow>, sheets: &[CouponSheet]) {
        let mut by_key: BTreeMap<RowKey, Vec<ReadRow>> = BTreeMap::new();
        let order: Vec<RowKey> = read.iter().map(|row| row.key.clone()).collect();
        for row in read {
            by_key.entry(row.key.clone()).or_default().push(row);
        }
        for key in order {
            match by_key.remove(&key) {
                Some(duplicates) if duplicates.len() > 1 => self.settle(duplicates, sheets),
                Some(alone) => alone.into_iter().for_each(|row| self.accept(row)),
                // Settled with its duplicate.
                None => {}
            }
        }
    }

    fn settle(&mut self, duplicates: Vec<ReadRow>, sheets: &[CouponSheet]) {
        let action_of = |row: &ReadRow| row.decision.as_ref().map(|decision| decision.action.clone());
        let first = duplicates.first().and_then(action_of);
        let alike = first.is_some() && duplicates.iter().all(|row| action_of(row) == first);
        let places: Vec<(usize, u32)> = duplicates.iter().map(|row| (row.request.sheet, row.request.row)).collect();
        for (index, row) in duplicates.into_iter().enumerate() {
            if alike && index == 0 {
                self.accept(row);
                continue;
            }
            // The companion of the first is the second, everyone else's is the first.
            let Some((other_sheet, other_row)) = places.get(usize::from(index == 0)) else { continue };
            let sheet_of = |index: usize| sheets.get(index).map(|sheet| &sheet.headers);
            let (Some(headers), Some(other)) = (sheet_of(row.request.sheet), sheet_of(*other_sheet)) else { continue };
            let id = if alike { "read-decided-alike" } else { "read-decided-otherwise" };
            let wanted = message!(id, row = other_row.to_string(), sheet = &other.sheet);
            let problem = headers.problem(row.request.row, Field::RowKey, row.key.as_str(), wanted.clone());
            if alike {
                self.remarks.push(problem);
            } else {
                self.bad_row(&row.key, &row.request).faults.push((Field::RowKey, wanted));
                self.problems.push(problem);
            }
        }
    }

    /// The row as it stands; of two rows with one key the first.
    fn bad_row(&mut self, key: &RowKey, request: &Request) -> &mut BadRow {
        self.bad_rows.entry(key.clone()).or_insert_with(|| BadRow {
            cells: request.blue.clone().map(|cell| cell.map(|cell| typed(&cell.value))),
            faults: Vec::new(),
        })
    }

    fn accept(&mut self, row: ReadRow) {
        let Some(decision) = row.decision else { return };
        self.decisions.push(decision);
        for (field, text) in row.request.facts {
            self.facts.insert((row.key.clone(), field), text);
        }
    }
}

fn typed(value: &Value) -> Typed {
    match value {
        Value::Number(number) => Typed::Number(*number),
        Value::Serial(serial, at) => at.map_or(Typed::Number(*serial), Typed::Moment),
        Value::Text(_) | Value::Span(_) | Value::Yes(_) | Value::Error(_) => Typed::Text(value.words()),
    }
}

/// One row at hand.
struct RowReader<'a> {
    sheet: &'a CouponSheet,
    request: &'a Request,
    hints: Hints,
    problems: Vec<CellProblem>,
    remarks: Vec<CellProblem>,
}

impl RowReader<'_> {
    /// The row's key and what was decided, as far as these can be told.
    fn read_row(&mut self) -> (Option<RowKey>, Option<Decision>) {
        let key = self.read_key();
        self.refuse_merged();
        self.remark_formulas();
        // A row without a good key is read all the same, so that all its problems are said at once.
        let action = self.read_word().map(|word| self.read_values(word));
        let sound = action.zip(key.clone()).filter(|_| self.problems.is_empty());
        let decision = sound.map(|(action, row)| Decision {
            sheet: self.sheet.headers.sheet.clone(),
            row: self.request.row,
            hidden: self.request.hidden,
            action: action(row),
            cells: self.request.blue.clone().map(|cell| cell.map_or_else(String::new, |cell| cell.value.words())),
        });
        (key, decision)
    }

    fn read_key(&mut self) -> Option<RowKey> {
        let Some(cell) = &self.request.key else {
            self.problem(Field::RowKey, message!("read-no-row-key"));
            return None;
        };
        let key = RowKey::parse(&cell.value.words()).ok();
        if key.is_none() {
            self.problem(Field::RowKey, message!("read-changed-row-key"));
        }
        key
    }

    fn read_word(&mut self) -> Option<ActionWord> {
        let cell = self.cell(Field::Action)?;
        let read = if let Value::Text(text) = &cell.value { action_of(text) } else { None };
        if read.is_none() {
            let words = Argument::List(ActionWord::ALL.iter().map(|word| word.message().into()).collect());
            self.problem(Field::Action, message!("read-actions", actions = words));
        }
        read
    }

    /// The action, once its row is known.
    fn read_values(&mut self, word: ActionWord) -> impl FnOnce(RowKey) -> Action + use<> {
        let (hints, currency) = (self.hints, self.request.currency.as_deref());
        let new_end = self.read_value(word, Field::NewEnd, |value| dates::read(value, hints));
        let add_stock = self.read_value(word, Field::AddStock, numbers::read_stock);
        let new_min_spend = self.read_value(word, Field::NewMinSpend, |value| numbers::read_amount(value, currency));
        let note = self.read_note();
        if self.problems.iter().all(|problem| problem.field == Field::RowKey) {
            self.require(word);
        }
        move |row| Action { row, word, new_end, add_stock, new_min_spend, note }
    }

    /// What an action cannot do without.
    fn require(&mut self, word: ActionWord) {
        let lacks = |field: Field| self.cell(field).is_none();
        let needed = columns_of(word).iter().find(|(field, how)| match how {
            ColumnUse::Required => lacks(*field),
            ColumnUse::OneOf => columns_of(word).iter().all(|(field, _)| lacks(*field)),
            ColumnUse::Suggested | ColumnUse::Until => false,
        });
        if let Some((field, _)) = needed {
            self.problem(*field, Message::new(format!("read-needed-by-{}", word.word()), Vec::new()));
        }
    }

    /// A value in a column that the action does not look at is said.
    fn read_value<T>(
        &mut self,
        word: ActionWord,
        field: Field,
        read: impl FnOnce(&Value) -> Result<Understood<T>, Message>,
    ) -> Edit<T> {
        let Some(cell) = self.cell(field) else { return Edit::Blank };
        if use_of(word, field).is_none() {
            self.remark(field, message!("read-not-used-by", action = word.message()));
            return Edit::Blank;
        }
        match read(&cell.value) {
            Ok(Understood { edit, read_as }) => {
                if let Some(read_as) = read_as {
                    self.remark(field, read_as);
                }
                edit
            }
            Err(wanted) => {
                self.problem(field, wanted);
                Edit::Blank
            }
        }
    }

    fn read_note(&mut self) -> Option<String> {
        let cell = self.cell(Field::Note)?;
        if matches!(cell.value, Value::Error(_)) {
            self.problem(Field::Note, message!("read-note"));
            return None;
        }
        Some(cell.value.words())
    }

    /// The value of a merged area stands in its first cell only; whether it was meant for all of them nobody can tell.
    fn refuse_merged(&mut self) {
        for field in READ {
            let Some(column) = self.sheet.headers.column(field) else { continue };
            let merged = self.sheet.marks.merged.get(&(self.request.row, column)).cloned();
            if let Some(area) = merged.filter(|_| self.cell(field).is_some()) {
                self.problem(field, message!("read-merged", cells = area));
            }
        }
    }

    fn remark_formulas(&mut self) {
        for field in READ {
            if self.cell(field).is_some_and(|cell| cell.formula && !matches!(cell.value, Value::Error(_))) {
                self.remark(field, message!("read-formula"));
            }
        }
    }

    fn cell(&self, field: Field) -> Option<Cell> {
        self.request.cell(field).cloned()
    }

    fn problem(&mut self, field: Field, wanted: Message) {
        let problem = self.report(field, wanted);
        self.problems.push(problem);
    }

    fn remark(&mut self, field: Field, wanted: Message) {
        let remark = self.report(field, wanted);
        self.remarks.push(remark);
    }

    fn report(&self, field: Field, wanted: Message) -> CellProblem {
        let found = self.cell(field).map_or_else(String::new, |cell| cell.value.words());
        self.sheet.headers.problem(self.request.row, field, &found, wanted)
    }
}

/// In every language that a workbook is written in, and with the mark that a cell with a missing value shows.
fn action_of(text: &str) -> Option<ActionWord> {
    let folded = word(text).replace(' ', "");
    action_named(folded.trim_end_matches(['►', '▶']))
}
