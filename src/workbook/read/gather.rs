//! Collects what managers wrote, sheet by sheet. Nothing is judged yet: dates need their whole column first.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use super::cell::{Cell, Value};
use super::dates::Evidence;
use super::guard::{Package, Sheet};
use super::headers::{HEADER_ROWS, Headers, is_named};
use super::merged::MergedAreas;
use super::part::SheetMarks;
use super::sheet::{Book, Passing, each_row};
use super::text::shorten;
use super::trouble::Reason;
use crate::domain::{Message, RowKey};
use crate::workbook::CellProblems;
use crate::workbook::columns::{BLUE, COLUMNS, Field, IDENTITY, Part, READ, column_letters};
use crate::{message, say};

/// What it takes to hold a text of a row besides its letters.
const TEXT_BYTES: usize = 24;
/// A cell that is kept under its row's key.
const PIECE_BYTES: usize = 112;
/// So many rows without a sound key are kept for saying what is wrong with their cells; more are counted.
const KEYLESS_ROWS: usize = 1_000;
const CELL_LETTERS: usize = 32_767;
/// What else a row shows is kept for reporting edits that are ignored: worth some memory, not all of it.
pub(super) const COMPARED_ROWS: u32 = 20_000;
const SHOWN_BYTES: usize = 96 * 1024 * 1024;

/// A row with an action, as it stands.
#[derive(Debug)]
pub(super) struct Request {
    /// Into [`Gathered::sheets`].
    pub sheet: usize,
    pub row: u32,
    pub hidden: bool,
    pub key: Option<Cell>,
    /// The key, where it can be read.
    pub parsed: Option<RowKey>,
    pub blue: [Option<Cell>; 5],
    pub shown: Shown,
    /// Whether `shown` is all that it shows.
    pub is_whole: bool,
}

/// What a person reads in the cells of a row that are not theirs to fill in: Store, Code, Name and Currency of each row with an action;
/// all others of the first [`COMPARED_ROWS`] rows. A blank cell has no entry.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown(pub Vec<(Field, Value)>);

impl Shown {
    fn bytes(&self) -> usize {
        self.0.iter().map(|(_, value)| size_of::<(Field, Value)>() + TEXT_BYTES + value.bytes()).sum()
    }

    pub fn value(&self, wanted: Field) -> Option<&Value> {
        self.0.iter().find(|(field, _)| *field == wanted).map(|(_, value)| value)
    }
}

/// A row without an action whose key was read, with all that it shows.
#[derive(Debug)]
pub(super) struct OtherRow {
    /// Into [`Gathered::sheets`].
    pub sheet: usize,
    pub row: u32,
    pub key: RowKey,
    pub shown: Shown,
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
    pub merged: MergedAreas,
}

#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub sheets: Vec<CouponSheet>,
    pub requests: Vec<Request>,
    pub undecided: Vec<RowKey>,
    /// The first of those, with what they show.
    pub others: Vec<OtherRow>,
    /// Rows of which not everything that they show was kept.
    pub rows_in_part: usize,
    /// What managers noted on rows without an action.
    pub notes: BTreeMap<RowKey, String>,
    pub evidence: Evidence,
    pub remarks: CellProblems,
    /// Header and how many of that name came before it in its sheet, with the text by row.
    own: Vec<((String, usize), BTreeMap<RowKey, String>)>,
    /// Rows with an action and no sound key beyond those that are kept.
    pub keyless_more: usize,
    keyless: usize,
    only_compared: bool,
    kept_bytes: usize,
    kept_max: usize,
    shown_rows: u32,
    shown_bytes: usize,
}

impl Gathered {
    pub fn own_columns(&mut self) -> Vec<(String, BTreeMap<RowKey, String>)> {
        std::mem::take(&mut self.own).into_iter().map(|((header, _), cells)| (header, cells)).collect()
    }
}

/// `only_compared`: no further than what is compared with another workbook.
pub(super) fn gather(book: &mut Book, package: &mut Package, only_compared: bool) -> Result<Gathered, Reason> {
    let kept_max = package.bounds.memory_bytes.saturating_sub(package.held_bytes) as usize;
    let mut gathered = Gathered { only_compared, kept_max, ..Gathered::default() };
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

pub(super) fn find_headers(book: &mut Book, name: &str, marks: &SheetMarks) -> Result<Option<Headers>, Reason> {
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
        if book.is_guessed() {
            let title = headers.title(Field::RowKey);
            self.remarks.push(headers.problem(headers.row, Field::RowKey, &title, message!("read-guessed-encoding")));
        }
        let own = self.own_indexes(&headers);
        let columns: Vec<u32> = READ.into_iter().chain(IDENTITY).filter_map(|field| headers.column(field)).collect();
        let merged = MergedAreas::of(&marks, &columns);
        let places = Places::of(&headers);
        let mut reading = Reading { sheet: index, headers, places, own, merged, first_cells: HashMap::new() };
        each_row(book, &sheet.name, &marks, |row, cells| {
            if row > reading.headers.row {
                let hidden = sheet.hidden || marks.is_hidden(row);
                self.read_row(&mut reading, row, hidden, cells)?;
            }
            let is_enough = self.only_compared && self.shown_rows >= COMPARED_ROWS;
            Ok(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        self.sheets.push(CouponSheet { headers: reading.headers, merged: reading.merged });
        Ok(())
    }

    fn read_row(&mut self, reading: &mut Reading, row: u32, hidden: bool, cells: &[Passing]) -> Result<(), Reason> {
        reading.places.find(cells);
        let cell_of = |field: Field| reading.places.cell(field, cells);
        let blue = BLUE.map(cell_of);
        let key = cell_of(Field::RowKey);
        let [action, new_end, ..] = &blue;
        if let Some(cell) = new_end {
            self.evidence.see(&cell.value);
        }
        let parsed = key.as_ref().and_then(|cell| RowKey::parse(&cell.value.words()).ok());
        // No header is a sound key.
        if parsed.is_none() && is_header_again(&key) {
            return Ok(());
        }
        if let Some(parsed) = &parsed {
            self.keep_own(reading, parsed, cells)?;
        }
        if action.is_none() {
            self.note_unused(reading, row, &blue);
            let Some(key) = parsed else {
                self.note_keyless(reading, row, key.as_ref(), cells);
                return Ok(());
            };
            if let [.., Some(note)] = &blue {
                let note = shorten(&note.value.words(), CELL_LETTERS);
                self.charge(PIECE_BYTES + note.len())?;
                self.notes.insert(key.clone(), note);
            }
            if let Some(shown) = self.all_shown(reading, row, cells) {
                self.others.push(OtherRow { sheet: reading.sheet, row, key: key.clone(), shown });
            }
            self.undecided.push(key);
            return Ok(());
        }
        if parsed.is_none() {
            self.keyless += 1;
            if self.keyless > KEYLESS_ROWS {
                self.keyless_more += 1;
                return Ok(());
            }
        }
        let all = self.all_shown(reading, row, cells);
        let is_whole = all.is_some();
        let shown = match all {
            Some(shown) => shown,
            None => {
                let shown = reading.shown(row, cells, |field| field == Field::Currency || IDENTITY.contains(&field));
                self.charge(shown.bytes())?;
                shown
            }
        };
        let texts = blue.iter().flatten().map(|cell| TEXT_BYTES + cell.value.bytes());
        self.charge(size_of::<Request>() + 4 * TEXT_BYTES + texts.sum::<usize>())?;
        self.requests.push(Request { sheet: reading.sheet, row, hidden, key, parsed, blue, shown, is_whole });
        Ok(())
    }

    /// None where enough was kept of other rows.
    fn all_shown(&mut self, reading: &mut Reading, row: u32, cells: &[Passing]) -> Option<Shown> {
        let is_shown = |field: Field| field.column().part != Part::Decision && field != Field::RowKey;
        if self.shown_rows < COMPARED_ROWS && self.shown_bytes < SHOWN_BYTES {
            let shown = reading.shown(row, cells, is_shown);
            self.shown_rows += 1;
            self.shown_bytes += shown.bytes();
            return Some(shown);
        }
        self.rows_in_part += 1;
        // The value that merged cells show may stand in this row.
        if !reading.merged.is_empty() {
            reading.shown(row, cells, |field| IDENTITY.contains(&field));
        }
        None
    }

    /// What stands in a row of which nobody can tell the coupon does nothing.
    fn note_keyless(&mut self, reading: &Reading, row: u32, key: Option<&Cell>, cells: &[Passing]) {
        let ours = |passing: &&Passing| reading.headers.ours.contains_key(&passing.column) && passing.cell().is_some();
        let (field, found, id) = match key {
            Some(key) => (Field::RowKey, key.value.words(), "read-not-used-changed-key"),
            None => match cells.iter().find(ours).and_then(|passing| Some((passing.column, passing.cell()?))) {
                None => return,
                Some((column, cell)) => {
                    let field = reading.headers.ours.get(&column).map_or(Field::RowKey, |(field, _)| *field);
                    (field, cell.value.words(), "read-not-used-no-key")
                }
            },
        };
        let remark = reading.headers.problem(row, field, &found, Message::new(id, Vec::new()));
        self.remarks.push(remark);
    }

    /// Values in a row without an action do nothing; the manager may have forgotten the action.
    fn note_unused(&mut self, reading: &Reading, row: u32, blue: &[Option<Cell>; 5]) {
        for (field, cell) in BLUE.into_iter().zip(blue) {
            let Some(cell) = cell.as_ref().filter(|_| field != Field::Note) else { continue };
            let found = cell.value.words();
            let remark = reading.headers.problem(row, field, &found, message!("read-not-used"));
            self.remarks.push(remark);
        }
    }

    fn keep_own(&mut self, reading: &mut Reading, key: &RowKey, cells: &[Passing]) -> Result<(), Reason> {
        for index in std::mem::take(&mut reading.places.others) {
            let Some(passing) = cells.get(index) else { continue };
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
        if self.kept_bytes <= self.kept_max {
            return Ok(());
        }
        Err(Reason::too_much(message!("read-too-much-text"), format!("{} MB", self.kept_max / 1_000_000)))
    }
}

/// Which cell of the row at hand stands in which column.
struct Places {
    /// By column from zero, as far as there are any of ours.
    fields: Vec<Option<Field>>,
    /// By field, as an index of the row's cells.
    cells: [Option<usize>; COLUMNS.len()],
    /// The cells in columns that are not ours.
    others: Vec<usize>,
}

impl Places {
    fn of(headers: &Headers) -> Self {
        let mut fields = Vec::new();
        for (column, (field, _)) in &headers.ours {
            fields.resize(*column as usize, None);
            fields.push(Some(*field));
        }
        Self { fields, cells: [None; COLUMNS.len()], others: Vec::new() }
    }

    /// Of several cells in one column the last counts.
    fn find(&mut self, cells: &[Passing]) {
        self.cells.fill(None);
        self.others.clear();
        for (index, passing) in cells.iter().enumerate() {
            match self.fields.get(passing.column as usize).copied().flatten() {
                Some(field) => {
                    if let Some(place) = self.cells.get_mut(field as usize) {
                        *place = Some(index);
                    }
                }
                None => self.others.push(index),
            }
        }
    }

    fn cell(&self, field: Field, cells: &[Passing]) -> Option<Cell> {
        let index = self.cells.get(field as usize).copied().flatten()?;
        cells.get(index)?.cell()
    }
}

/// One sheet while it is read.
struct Reading {
    sheet: usize,
    headers: Headers,
    places: Places,
    /// By column, into [`Gathered::own`].
    own: BTreeMap<u32, usize>,
    merged: MergedAreas,
    /// What stands in the first cells of merged areas that have gone by.
    first_cells: HashMap<(u32, u32), Value>,
}

impl Reading {
    /// What the row shows in the columns that are `wanted`: in merged cells the value of their first.
    fn shown(&mut self, row: u32, cells: &[Passing], wanted: impl Fn(Field) -> bool) -> Shown {
        let value_at =
            |column: u32| cells.iter().rev().find(|passing| passing.column == column)?.cell().map(|cell| cell.value);
        let mut shown = Vec::new();
        for (column, (field, _)) in self.headers.ours.iter().filter(|(_, (field, _))| wanted(*field)) {
            let value = match self.merged.covering(row, *column) {
                None => self.places.cell(*field, cells).map(|cell| cell.value),
                Some(area) => {
                    if area.first.0 == row
                        && let Some(value) = value_at(area.first.1)
                    {
                        self.first_cells.insert(area.first, value);
                    }
                    self.first_cells.get(&area.first).cloned()
                }
            };
            shown.extend(value.map(|value| (*field, value)));
        }
        Shown(shown)
    }
}

/// People paste rows together with their header.
fn is_header_again(key: &Option<Cell>) -> bool {
    matches!(key, Some(Cell { value: Value::Text(text), .. }) if is_named(text, Field::RowKey))
}
