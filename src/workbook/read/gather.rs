//! Collects what managers wrote, sheet by sheet. Nothing is judged yet: dates need their whole column first.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::cell::{Cell, Value};
use super::dates::Evidence;
use super::guard::{Package, Sheet};
use super::headers::{Headers, is_named};
use super::part::SheetMarks;
use super::sheet::{Book, Passing, each_row};
use super::text::shorten;
use super::trouble::Reason;
use crate::domain::RowKey;
use crate::workbook::CellProblem;
use crate::workbook::columns::{BLUE, Field, Part, column_letters};
use crate::{message, say};

/// The header row must be among these.
pub(super) const HEADER_ROWS: u32 = 20;

/// What may be kept of a file, text and what it takes to hold it: one shared string can stand in a million cells.
const KEPT_BYTES: usize = 256 * 1024 * 1024;
const PIECE_BYTES: usize = 64;
const ROW_BYTES: usize = 256;
const CELL_LETTERS: usize = 32_767;
/// Facts are for reporting edits that are ignored: worth some memory, not all of it.
const FACTS_FOR_ROWS: usize = 20_000;

/// A row with an action, as it stands.
#[derive(Debug)]
pub(super) struct Request {
    /// Into [`Gathered::sheets`].
    pub sheet: usize,
    pub row: u32,
    pub hidden: bool,
    pub key: Option<Cell>,
    pub blue: [Option<Cell>; 5],
    /// The row's Currency cell.
    pub currency: Option<String>,
    pub facts: Vec<(Field, String)>,
}

impl Request {
    /// One of the columns that are read as a decision.
    pub fn cell(&self, field: Field) -> Option<&Cell> {
        match BLUE.iter().position(|blue| *blue == field) {
            Some(index) => self.blue.get(index)?.as_ref(),
            None => self.key.as_ref(),
        }
    }
}

/// A sheet of coupons.
#[derive(Debug)]
pub(super) struct CouponSheet {
    pub headers: Headers,
    pub marks: SheetMarks,
}

#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub sheets: Vec<CouponSheet>,
    pub requests: Vec<Request>,
    pub undecided: Vec<RowKey>,
    /// What managers noted on rows without an action.
    pub notes: BTreeMap<RowKey, String>,
    pub evidence: Evidence,
    pub remarks: Vec<CellProblem>,
    /// Header and how many of that name came before it in its sheet, with the text by row.
    own: Vec<((String, usize), BTreeMap<RowKey, String>)>,
    kept_bytes: usize,
}

impl Gathered {
    pub fn own_columns(&mut self) -> Vec<(String, BTreeMap<RowKey, String>)> {
        std::mem::take(&mut self.own).into_iter().map(|((header, _), cells)| (header, cells)).collect()
    }
}

pub(super) fn gather(book: &mut Book, package: &mut Package) -> Result<Gathered, Reason> {
    let mut gathered = Gathered::default();
    for sheet in &mut package.sheets {
        let Some(marks) = sheet.marks.take() else { continue };
        if let Some(headers) = find_headers(book, &sheet.name, &marks)? {
            gathered.read_sheet(book, sheet, marks, headers)?;
        }
    }
    if gathered.sheets.is_empty() {
        return Err(message!("read-no-coupon-sheet", rows = HEADER_ROWS).into());
    }
    Ok(gathered)
}

fn find_headers(book: &mut Book, name: &str, marks: &SheetMarks) -> Result<Option<Headers>, Reason> {
    let mut found = None;
    each_row(book, name, marks, |row, cells| {
        if row > HEADER_ROWS {
            return Ok(ControlFlow::Break(()));
        }
        let text = |passing: &Passing| {
            let Value::Text(text) = passing.cell()?.value else { return None };
            Some((passing.column, shorten(&text, 200)))
        };
        let texts: Vec<(u32, String)> = cells.iter().filter_map(text).collect();
        found = Headers::of(name, row, &texts)?;
        Ok(if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(found)
}

impl Gathered {
    fn read_sheet(
        &mut self,
        book: &mut Book,
        sheet: &Sheet,
        marks: SheetMarks,
        headers: Headers,
    ) -> Result<(), Reason> {
        let index = self.sheets.len();
        let own = self.own_indexes(&headers);
        let mut reading = Reading { sheet: index, headers, own };
        each_row(book, &sheet.name, &marks, |row, cells| {
            if row > reading.headers.row {
                let hidden = sheet.hidden || marks.is_hidden(row);
                self.read_row(&mut reading, row, hidden, cells)?;
            }
            Ok(ControlFlow::Continue(()))
        })?;
        self.sheets.push(CouponSheet { headers: reading.headers, marks });
        Ok(())
    }

    fn read_row(&mut self, reading: &mut Reading, row: u32, hidden: bool, cells: &[Passing]) -> Result<(), Reason> {
        let headers = &reading.headers;
        let cell_of = |field: Field| {
            let column = headers.column(field)?;
            cells.iter().rev().find(|passing| passing.column == column)?.cell()
        };
        let blue = BLUE.map(cell_of);
        let key = cell_of(Field::RowKey);
        let currency = cell_of(Field::Currency).map(|cell| cell.value.words());
        let [action, new_end, ..] = &blue;
        if let Some(cell) = new_end {
            self.evidence.see(&cell.value);
        }
        let parsed = key.as_ref().and_then(|cell| RowKey::parse(&cell.value.words()).ok());
        if is_header_again(&key) {
            return Ok(());
        }
        if let Some(parsed) = &parsed {
            self.keep_own(reading, parsed, cells)?;
        }
        if action.is_none() {
            self.note_unused(reading, row, &blue)?;
            if let (Some(key), [.., Some(note)]) = (&parsed, &blue) {
                let note = shorten(&note.value.words(), CELL_LETTERS);
                self.charge(PIECE_BYTES + note.len())?;
                self.notes.insert(key.clone(), note);
            }
            self.undecided.extend(parsed);
            return Ok(());
        }
        let facts = if self.requests.len() < FACTS_FOR_ROWS { facts_of(reading, cells) } else { Vec::new() };
        let letters: usize = blue.iter().flatten().map(|cell| cell.value.words().len()).sum();
        self.charge(ROW_BYTES + letters)?;
        self.requests.push(Request { sheet: reading.sheet, row, hidden, key, blue, currency, facts });
        Ok(())
    }

    /// Values in a row without an action do nothing; the manager may have forgotten the action.
    fn note_unused(&mut self, reading: &Reading, row: u32, blue: &[Option<Cell>; 5]) -> Result<(), Reason> {
        for (field, cell) in BLUE.into_iter().zip(blue) {
            let Some(cell) = cell.as_ref().filter(|_| field != Field::Note) else { continue };
            let found = cell.value.words();
            let remark = reading.headers.problem(row, field, &found, message!("read-not-used"));
            self.charge(ROW_BYTES + remark.found.len())?;
            self.remarks.push(remark);
        }
        Ok(())
    }

    fn keep_own(&mut self, reading: &mut Reading, key: &RowKey, cells: &[Passing]) -> Result<(), Reason> {
        for passing in cells.iter().filter(|passing| !reading.headers.ours.contains_key(&passing.column)) {
            let Some(cell) = passing.cell() else { continue };
            let text = shorten(&cell.value.words(), CELL_LETTERS);
            self.charge(PIECE_BYTES + text.len())?;
            let index = match reading.own.get(&passing.column) {
                Some(index) => *index,
                // A remark under no header at all is still the manager's.
                None => {
                    let letters = column_letters(passing.column);
                    let header = say!(reading.headers.language, "read-own-column", letters = letters);
                    let index = self.own_index(header, 0);
                    reading.own.insert(passing.column, index);
                    index
                }
            };
            if let Some((_, column)) = self.own.get_mut(index) {
                column.insert(key.clone(), text);
            }
        }
        Ok(())
    }

    fn own_indexes(&mut self, headers: &Headers) -> BTreeMap<u32, usize> {
        let mut before: BTreeMap<&str, usize> = BTreeMap::new();
        let mut indexes = BTreeMap::new();
        for (column, header) in &headers.own {
            let count = before.entry(header).or_default();
            indexes.insert(*column, self.own_index(header.clone(), *count));
            *count += 1;
        }
        indexes
    }

    fn own_index(&mut self, header: String, before: usize) -> usize {
        let wanted = (header, before);
        if let Some(index) = self.own.iter().position(|(name, _)| *name == wanted) {
            return index;
        }
        self.own.push((wanted, BTreeMap::new()));
        self.own.len() - 1
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Reason> {
        self.kept_bytes = self.kept_bytes.saturating_add(bytes);
        if self.kept_bytes <= KEPT_BYTES {
            return Ok(());
        }
        Err(Reason::too_much(message!("read-too-much-text"), "256 MB"))
    }
}

/// One sheet while it is read.
struct Reading {
    sheet: usize,
    headers: Headers,
    /// By column, into [`Gathered::own`].
    own: BTreeMap<u32, usize>,
}

/// People paste rows together with their header.
fn is_header_again(key: &Option<Cell>) -> bool {
    matches!(key, Some(Cell { value: Value::Text(text), .. }) if is_named(text, Field::RowKey))
}

fn facts_of(reading: &Reading, cells: &[Passing]) -> Vec<(Field, String)> {
    let is_fact = |field: Field| matches!(field.column().part, Part::Identity | Part::Fact | Part::Technical);
    let facts = cells.iter().filter_map(|passing| {
        let (field, _) = reading.headers.ours.get(&passing.column).filter(|(field, _)| is_fact(*field))?;
        Some((*field, shorten(&passing.cell()?.value.words(), CELL_LETTERS)))
    });
    facts.collect()
}
