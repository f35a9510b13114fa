//! Turns the gathered rows into decisions, and says of every cell that cannot be read what would be right.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use super::Written;
use super::cell::{Cell, Understood, Value};
use super::dates::{self, Hints};
use super::edits::{Edited, Edits, is_same_text};
use super::gather::{CouponSheet, Gathered, Request};
use super::numbers;
use super::text::{fold, word};
use crate::domain::{Action, ActionWord, Argument, Coupon, Edit, Export, Message, Row, RowKey, StoreId};
use crate::message;
use crate::workbook::columns::{BLUE, ColumnUse, Field, READ, columns_of, use_of};
use crate::workbook::words::action_named;
use crate::workbook::{BadRow, CellProblem, CellProblems, Decision, Typed};

/// Stands before what was refused although it can be read, until somebody has looked at it and takes it away.
pub(super) const DOUBT: char = '⚠';

/// In so many rows of the copy each bad cell says what would be right; in more it is only marked.
const NOTES_MAX: usize = 5_000;

/// So many cells of a row differ where a part of it was moved, sorted or shifted.
const MOVED_CELLS: usize = 5;

/// From so many rows on it is said what probably happened to all of them.
const MANY_OTHERS: usize = 5;

#[derive(Debug, Default)]
pub(super) struct ReadDecisions {
    pub decisions: Vec<Decision>,
    pub problems: CellProblems,
    pub remarks: CellProblems,
    pub bad_rows: BTreeMap<RowKey, BadRow>,
}

/// What is known of the workbook besides its cells.
#[derive(Clone, Copy, Default)]
pub struct Known<'a> {
    /// The export that it came from: what its rows are about. Without it the sheet is believed.
    pub export: Option<&'a Export>,
    /// The workbooks of the export, or of its parts, as they were written.
    pub written: &'a [Written],
    /// Whether somebody named the export, and the workbook does not.
    pub is_named: bool,
}

/// `exported` is the day of the export, as far as the workbook tells.
pub(super) fn decide(
    gathered: &mut Gathered,
    epoch_1904: bool,
    exported: Option<NaiveDate>,
    known: Known,
) -> ReadDecisions {
    let hints = Hints { dates: gathered.evidence, epoch_1904, exported };
    let edits = Edits::between(gathered, known.written.iter().map(|written| &written.gathered));
    let mut edited: BTreeMap<(usize, u32), Vec<&Edited>> = BTreeMap::new();
    for cell in &edits.by_hand {
        edited.entry((cell.sheet, cell.row)).or_default().push(cell);
    }
    let mut decided = ReadDecisions { remarks: std::mem::take(&mut gathered.remarks), ..ReadDecisions::default() };
    let mut read = Vec::new();
    let mut others = 0;
    let rows = known.export.into_iter().flat_map(|export| export.rows.iter());
    let ids: HashSet<&str> = rows.map(|row| row.coupon.id.as_str()).collect();
    for request in std::mem::take(&mut gathered.requests) {
        let Some(sheet) = gathered.sheets.get(request.sheet) else { continue };
        let edited = edited.remove(&(request.sheet, request.row)).unwrap_or_default();
        let mut reader = RowReader {
            sheet,
            request: &request,
            hints,
            known,
            ids: &ids,
            edited,
            problems: Vec::new(),
            doubts: BTreeMap::new(),
            remarks: Vec::new(),
            is_another: false,
        };
        let decision = reader.read_row();
        let RowReader { problems, doubts, remarks, is_another, .. } = reader;
        decided.remarks.extend(remarks);
        others += usize::from(is_another);
        // Of a row that the export does not have there is none in the copy.
        let is_known = |key: &RowKey| known.export.is_none_or(|export| export.row(key).is_some());
        if let (Some(key), false) = (request.parsed.as_ref().filter(|key| is_known(key)), problems.is_empty()) {
            let said_whole = decided.bad_rows.len() < NOTES_MAX;
            let wanted_of = |wanted: Message| if said_whole { wanted } else { message!("read-not-as-meant") };
            let bad = decided.bad_row(key, &request.blue);
            problems.iter().for_each(|problem| bad.fault(problem.field, || wanted_of(problem.wanted.clone())));
            doubts.into_iter().for_each(|(field, wanted)| bad.doubt(field, wanted_of(wanted)));
        }
        decided.problems.extend(problems);
        if let Some(key) = request.parsed {
            // What is left of a bad row is said already.
            let blue = decision.is_some().then(|| Box::new(request.blue));
            read.push(ReadRow { key, decision: decision.map(Box::new), sheet: request.sheet, row: request.row, blue });
        }
    }
    decided.problems.count_more(Field::RowKey, gathered.keyless_more);
    // Nothing is decided in those that are left.
    for cells in edited.into_values() {
        others += usize::from(cells.len() >= MOVED_CELLS);
        decided.remarks.extend(told(&cells, &gathered.sheets));
    }
    // So many columns that are not as written are no program's work: the rest of the rows was sorted.
    if edits.anew.len() >= MOVED_CELLS {
        others = others.max(edits.rows_anew);
    }
    decided.remarks.extend(edits.anew);
    decided.settle_duplicates(read, &gathered.sheets);
    if others >= MANY_OTHERS
        && !decided.problems.is_empty()
        && let Some(headers) = gathered.sheets.first().map(|sheet| &sheet.headers)
    {
        let wanted = message!("read-part-was-moved", count = others);
        decided.problems.push_first(headers.problem(headers.row, Field::Store, &headers.title(Field::Store), wanted));
    }
    decided
}

/// What is said of the edited cells of a row: of each, or, where so many differ that nobody typed them, of the row.
fn told(cells: &[&Edited], sheets: &[CouponSheet]) -> Vec<CellProblem> {
    let told_at = |cell: &Edited, wanted: Message| {
        Some(sheets.get(cell.sheet)?.headers.problem(cell.row, cell.field, &cell.found, wanted))
    };
    match cells {
        [first, ..] if cells.len() >= MOVED_CELLS => {
            told_at(first, message!("read-edited-row", count = cells.len())).into_iter().collect()
        }
        cells => cells.iter().filter_map(|cell| told_at(cell, cell.told())).collect(),
    }
}

/// A row whose key was read; without a decision where one of its cells is a problem.
struct ReadRow {
    key: RowKey,
    decision: Option<Box<Decision>>,
    sheet: usize,
    row: u32,
    /// As they stand, of a row with a decision.
    blue: Option<Box<[Option<Cell>; 5]>>,
}

impl ReadDecisions {
    /// The same key twice: alike is once, different is a problem of both.
    fn settle_duplicates(&mut self, read: Vec<ReadRow>, sheets: &[CouponSheet]) {
        let mut keys: Vec<&RowKey> = read.iter().map(|row| &row.key).collect();
        keys.sort_unstable();
        let same = keys.windows(2).filter(|pair| pair.first() == pair.last()).filter_map(|pair| pair.first());
        let twice: HashSet<RowKey> = same.map(|key| (*key).clone()).collect();
        let mut duplicates: HashMap<RowKey, Vec<ReadRow>> = HashMap::new();
        let mut turns = Vec::with_capacity(read.len());
        for row in read {
            if !twice.contains(&row.key) {
                turns.push(Ok(row));
                continue;
            }
            let all = duplicates.entry(row.key.clone()).or_default();
            // They are settled where the first of them stands.
            if all.is_empty() {
                turns.push(Err(row.key.clone()));
            }
            all.push(row);
        }
        for turn in turns {
            match turn {
                Ok(row) => self.accept(row),
                Err(key) => self.settle(duplicates.remove(&key).unwrap_or_default(), sheets),
            }
        }
    }

    fn settle(&mut self, duplicates: Vec<ReadRow>, sheets: &[CouponSheet]) {
        let action_of = |row: &ReadRow| row.decision.as_ref().map(|decision| decision.action.clone());
        let first = duplicates.first().and_then(action_of);
        let alike = first.is_some() && duplicates.iter().all(|row| action_of(row) == first);
        let places: Vec<(usize, u32)> = duplicates.iter().map(|row| (row.sheet, row.row)).collect();
        for (index, row) in duplicates.into_iter().enumerate() {
            if alike && index == 0 {
                self.accept(row);
                continue;
            }
            // The companion of the first is the second, everyone else's is the first.
            let Some((other_sheet, other_row)) = places.get(usize::from(index == 0)) else { continue };
            let sheet_of = |index: usize| sheets.get(index).map(|sheet| &sheet.headers);
            let (Some(headers), Some(other)) = (sheet_of(row.sheet), sheet_of(*other_sheet)) else { continue };
            let id = if alike { "read-decided-alike" } else { "read-decided-otherwise" };
            let wanted = message!(id, row = other_row.to_string(), sheet = &other.sheet);
            let problem = headers.problem(row.row, Field::RowKey, row.key.as_str(), wanted.clone());
            if alike {
                self.remarks.push(problem);
            } else {
                if let Some(blue) = row.blue.as_deref() {
                    self.bad_row(&row.key, blue).doubt(Field::Action, wanted);
                } else if let Some(bad) = self.bad_rows.get_mut(&row.key) {
                    bad.doubt(Field::Action, wanted);
                }
                self.problems.push(problem);
            }
        }
    }

    /// The row as it stands; of two rows with one key the first.
    fn bad_row(&mut self, key: &RowKey, blue: &[Option<Cell>; 5]) -> &mut BadRow {
        self.bad_rows.entry(key.clone()).or_insert_with(|| BadRow {
            cells: blue.clone().map(|cell| cell.map(|cell| typed(&cell.value))),
            faults: Vec::new(),
        })
    }

    fn accept(&mut self, row: ReadRow) {
        self.decisions.extend(row.decision.map(|decision| *decision));
    }
}

impl BadRow {
    /// What is wrong with a cell; a row that is there many times tells each of its cells once.
    fn fault(&mut self, field: Field, wanted: impl FnOnce() -> Message) {
        if !self.faults.iter().any(|(at, _)| *at == field) {
            self.faults.push((field, wanted()));
        }
    }

    /// What is wrong with a cell that can be read: as it stands it would be taken the next time.
    fn doubt(&mut self, field: Field, wanted: Message) {
        let place = BLUE.iter().position(|blue| *blue == field);
        if let Some(cell) = place.and_then(|place| self.cells.get_mut(place)) {
            let words = match cell.take() {
                None => String::new(),
                Some(Typed::Text(text)) => text,
                Some(typed) => typed.words(),
            };
            *cell = Some(Typed::Text(if words.starts_with(DOUBT) { words } else { format!("{DOUBT} {words}") }));
        }
        self.fault(field, || wanted);
    }
}

fn typed(value: &Value) -> Typed {
    match value {
        Value::Number(number) => Typed::Number(*number),
        Value::Serial(serial, at) => at.map_or(Typed::Serial(*serial), Typed::Moment),
        Value::Span(days) => Typed::Span(*days),
        Value::Text(_) | Value::Yes(_) | Value::Error(_) => Typed::Text(value.words()),
    }
}

/// One row at hand.
struct RowReader<'a> {
    sheet: &'a CouponSheet,
    request: &'a Request,
    hints: Hints,
    known: Known<'a>,
    /// The ids of all exported coupons.
    ids: &'a HashSet<&'a str>,
    /// Its cells that do not show what was written.
    edited: Vec<&'a Edited>,
    problems: Vec<CellProblem>,
    /// Cells that can be read, and what is wrong all the same.
    doubts: BTreeMap<Field, Message>,
    remarks: Vec<CellProblem>,
    /// Whether it shows another coupon than that of its key.
    is_another: bool,
}

impl<'a> RowReader<'a> {
    /// What was decided, as far as it can be told.
    fn read_row(&mut self) -> Option<Decision> {
        let exported = self.read_key();
        if let Some(row) = exported {
            self.compare_identity(row);
        }
        self.refuse_merged();
        self.remark_formulas();
        let currency = match (exported, self.known.export) {
            (Some(row), Some(export)) => export.store(&row.coupon.store).map(|store| store.currency.to_string()),
            _ => self.request.shown.value(Field::Currency).map(Value::words),
        };
        // A row without a good key is read all the same, so that all its problems are said at once.
        let word = self.read_word();
        let action = word.map(|word| self.read_values(word, currency.as_deref()));
        self.judge_edits(word);
        let sound = action.zip(self.request.parsed.clone()).filter(|_| self.problems.is_empty());
        sound.map(|(action, row)| Decision {
            sheet: self.sheet.headers.sheet.clone(),
            row: self.request.row,
            hidden: self.request.hidden,
            action: action(row),
            cells: self.request.blue.clone().map(|cell| cell.map_or_else(String::new, |cell| cell.value.words())),
        })
    }

    /// The exported row of the key, where the export is known.
    fn read_key(&mut self) -> Option<&'a Row> {
        if self.request.key.is_none() {
            self.problem(Field::RowKey, message!("read-no-row-key"));
            return None;
        }
        let Some(key) = &self.request.parsed else {
            self.problem(Field::RowKey, message!("read-changed-row-key"));
            return None;
        };
        let export = self.known.export?;
        let row = export.row(key);
        if row.is_none() {
            self.problem(Field::RowKey, message!("read-unknown-row-key", export = export.id.as_str()));
        }
        row
    }

    /// What a person reads in the row must be the coupon that its key belongs to.
    fn compare_identity(&mut self, row: &Row) {
        let coupon = &row.coupon;
        let wanted = [
            (Field::Store, Some(coupon.store.as_str())),
            match &coupon.code {
                Some(code) => (Field::Code, Some(code.as_str())),
                None => (Field::Name, Some(coupon.name.as_str())),
            },
        ];
        for (field, wanted) in wanted {
            let wanted = wanted.unwrap_or_default();
            if self.sheet.headers.column(field).is_none() {
                let header = field.column().message();
                return self.refuse_row(field, message!("read-identity-column", column = header));
            }
            let shown = self.request.shown.value(field);
            let words = shown.map_or_else(String::new, Value::words);
            if fold(&words) == fold(wanted) {
                continue;
            }
            // Spreadsheets make numbers of codes that look like one, and some programs write these as text again.
            if is_same_text(&words, wanted) && !self.is_called(&coupon.store, &words) {
                self.remark(field, message!("read-id-damaged", exported = wanted));
                continue;
            }
            return self.refuse_as_another(field, coupon);
        }
        // The facts beside it are those of another one.
        let id = self.request.shown.value(Field::CouponId).map_or_else(String::new, Value::words);
        if id != coupon.id.as_str() && self.ids.contains(id.as_str()) {
            self.refuse_as_another(Field::CouponId, coupon);
        }
    }

    /// Whether another coupon of the store has exactly that code or name.
    fn is_called(&self, store: &StoreId, words: &str) -> bool {
        let rows = self.known.export.into_iter().flat_map(|export| export.rows.iter());
        let named = rows.filter(|row| row.coupon.store == *store);
        named.map(|row| &row.coupon).any(|coupon| coupon.code.as_deref().unwrap_or(&coupon.name) == words)
    }

    fn refuse_as_another(&mut self, field: Field, coupon: &Coupon) {
        self.is_another = true;
        let (label, store) = (coupon.label(), coupon.store.as_str());
        self.refuse_row(field, message!("read-other-coupon", label = label, store = store));
    }

    /// Refuses the row for what its `field` shows; its Action is to be looked at again.
    fn refuse_row(&mut self, field: Field, wanted: Message) {
        self.doubts.insert(Field::Action, wanted.clone());
        let found = self.request.shown.value(field).map_or_else(String::new, Value::words);
        self.problems.push(self.sheet.headers.problem(self.request.row, field, &found, wanted));
    }

    /// What was changed outside the blue columns does nothing, and is said; where the action would do something else than the row then
    /// reads, the row is refused.
    fn judge_edits(&mut self, word: Option<ActionWord>) {
        for edited in std::mem::take(&mut self.edited) {
            let is_said = self.is_another || self.problems.iter().any(|problem| problem.field == edited.field);
            if is_said {
                continue;
            }
            let is_asked = match edited.instead() {
                Some(Field::Action) => {
                    edited.field == Field::Suggested && word.is_some_and(|word| self.takes_suggestion(word))
                }
                Some(field) => word.is_some_and(|word| use_of(word, field).is_some()) && self.cell(field).is_none(),
                None => false,
            };
            if is_asked || (self.known.is_named && edited.is_a_fact()) {
                self.refuse_row(edited.field, edited.refused(self.known.is_named));
            } else {
                self.remarks.push(self.sheet.headers.problem(
                    self.request.row,
                    edited.field,
                    &edited.found,
                    edited.told(),
                ));
            }
        }
    }

    /// Whether anything of the action is taken from Suggested.
    fn takes_suggestion(&self, word: ActionWord) -> bool {
        let is_blank = |field: &Field| self.cell(*field).is_none();
        word == ActionWord::Accept
            || columns_of(word).iter().any(|(field, how)| match how {
                ColumnUse::Suggested | ColumnUse::OneOf => is_blank(field),
                ColumnUse::Required | ColumnUse::Until => false,
            })
    }

    fn read_word(&mut self) -> Option<ActionWord> {
        let cell = self.cell(Field::Action).filter(|_| !self.is_in_doubt(Field::Action))?;
        let read = if let Value::Text(text) = &cell.value { action_of(text) } else { None };
        if read.is_none() {
            let words = Argument::List(ActionWord::ALL.iter().map(|word| word.message().into()).collect());
            self.problem(Field::Action, message!("read-actions", actions = words));
        }
        read
    }

    /// The action, once its row is known.
    fn read_values(&mut self, word: ActionWord, currency: Option<&str>) -> impl FnOnce(RowKey) -> Action + use<> {
        let hints = self.hints;
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
        let Some(cell) = self.cell(field).filter(|_| !self.is_in_doubt(field)) else { return Edit::Blank };
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
        let cell = self.cell(Field::Note).filter(|_| !self.is_in_doubt(Field::Note))?;
        if matches!(cell.value, Value::Error(_)) {
            self.problem(Field::Note, message!("read-note"));
            return None;
        }
        Some(cell.value.words())
    }

    /// Whether the cell still has the mark of a refusal.
    fn is_in_doubt(&mut self, field: Field) -> bool {
        let is_marked = self.cell(field).is_some_and(|cell| cell.value.words().starts_with(DOUBT));
        if is_marked {
            self.problem(field, message!("read-still-in-doubt", mark = DOUBT.to_string()));
        }
        is_marked
    }

    /// The value of a merged area stands in its first cell only; whether it was meant for all of them nobody can tell. What the file
    /// has in the others nobody sees.
    fn refuse_merged(&mut self) {
        for field in READ {
            let Some(column) = self.sheet.headers.column(field) else { continue };
            let merged = self.sheet.merged.covering(self.request.row, column).filter(|_| self.cell(field).is_some());
            let Some(merged) = merged.cloned() else { continue };
            let is_seen = merged.first == (self.request.row, column);
            let wanted = match is_seen {
                true => message!("read-merged", cells = merged.cells),
                false => message!("read-merged-unseen", cells = merged.cells),
            };
            self.doubts.insert(if field == Field::RowKey { Field::Action } else { field }, wanted.clone());
            self.problem(field, wanted);
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
