//! Sheets that are held whole, since the reading library has them so (.ods, .xls) or since they are few rows of text (.csv).

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Range};

use super::trouble::Reason;
use crate::message;

/// Cells of one file, blank ones between others included; a streamed .xlsx may have many more.
pub(super) const MOST_HELD_CELLS: u64 = 2_000_000;
/// Of all texts of one file, each as often as it stands there.
pub(super) const HELD_TEXT_BYTES: u64 = 128 * 1024 * 1024;

/// A workbook of a format that is read as a whole.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub sheets: Vec<HeldSheet>,
    pub last_author: Option<String>,
    /// Whether it is a text whose encoding is a guess.
    pub is_guessed: bool,
}

/// One sheet, row by row.
#[derive(Debug, Default)]
pub(super) struct HeldSheet {
    pub name: String,
    /// Ascending, as people count; none is without cells.
    pub rows: Vec<(u32, Vec<HeldCell>)>,
}

#[derive(Debug)]
pub(super) struct HeldCell {
    /// From zero.
    pub column: u32,
    pub data: Data,
    pub formula: bool,
}

impl HeldCell {
    pub fn data(&self) -> DataRef<'_> {
        match &self.data {
            Data::String(text) => DataRef::SharedString(text),
            Data::Int(number) => DataRef::Int(*number),
            Data::Float(number) => DataRef::Float(*number),
            Data::Bool(yes) => DataRef::Bool(*yes),
            Data::DateTime(moment) => DataRef::DateTime(*moment),
            Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
            Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
            Data::Error(error) => DataRef::Error(error.clone()),
            Data::Empty => DataRef::Empty,
        }
    }
}

impl HeldSheet {
    /// Of what the reading library made of a sheet. A formula without a saved result has a cell of its own.
    pub fn of(name: &str, values: Range<Data>, formulas: &Range<String>) -> Self {
        let place = |start: Option<(u32, u32)>, row: usize, column: usize| {
            let (first_row, first_column) = start.unwrap_or_default();
            (first_row + row as u32, first_column + column as u32)
        };
        let has_formula = |at: (u32, u32)| formulas.get_value(at).is_some_and(|formula| !formula.is_empty());
        let start = values.start();
        let mut cells: Vec<((u32, u32), Data, bool)> = Vec::new();
        for (row, column, data) in values.used_cells() {
            let at = place(start, row, column);
            cells.push((at, data.clone(), has_formula(at)));
        }
        for (row, column, formula) in formulas.used_cells() {
            let at = place(formulas.start(), row, column);
            if !formula.is_empty() && values.get_value(at).is_none_or(|data| matches!(data, Data::Empty)) {
                cells.push((at, Data::Empty, true));
            }
        }
        cells.sort_by_key(|(at, ..)| *at);
        let mut sheet = Self { name: name.to_string(), rows: Vec::new() };
        for ((row, column), data, formula) in cells {
            let cell = HeldCell { column, data, formula };
            match sheet.rows.last_mut() {
                Some((number, cells)) if *number == row + 1 => cells.push(cell),
                _ => sheet.rows.push((row + 1, vec![cell])),
            }
        }
        sheet
    }
}

/// What may still be held of a file.
#[derive(Debug)]
pub(super) struct Room {
    cells: u64,
    text_bytes: u64,
}

impl Default for Room {
    fn default() -> Self {
        Self { cells: MOST_HELD_CELLS, text_bytes: HELD_TEXT_BYTES }
    }
}

impl Room {
    /// # Errors
    /// Where `many` cells more are too many.
    pub fn take_cells(&mut self, many: u64) -> Result<(), Reason> {
        self.cells = self.cells.checked_sub(many).ok_or_else(|| too_much("read-too-many-held-cells", "2,000,000"))?;
        Ok(())
    }

    /// # Errors
    /// Where `bytes` of text more are too much.
    pub fn take_text(&mut self, bytes: u64) -> Result<(), Reason> {
        self.text_bytes =
            self.text_bytes.checked_sub(bytes).ok_or_else(|| too_much("read-too-much-held-text", "128 MB"))?;
        Ok(())
    }
}

fn too_much(what: &'static str, limit: &str) -> Reason {
    message!("read-too-much-held", what = message!(what), limit = limit).into()
}

thread_local! {
    static IS_PARSING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread is one that [`parsed`] makes a sentence of, so that nobody needs to hear of it besides.
pub fn is_parsing() -> bool {
    IS_PARSING.get()
}

/// What the reading library makes of a file that was counted. In the formats that are not streamed it trusts more than can be counted
/// here, and panics where it should not have.
pub(super) fn parsed<T, E: std::fmt::Display>(parse: impl FnOnce() -> Result<T, E>) -> Result<T, Reason> {
    IS_PARSING.set(true);
    let parsed = catch_unwind(AssertUnwindSafe(parse));
    IS_PARSING.set(false);
    match parsed {
        Ok(parsed) => parsed.map_err(Reason::broken),
        Err(_) => Err(Reason::damaged(message!("read-damaged-inside"))),
    }
}
