//! Walks a sheet row by row. Blank cells cost nothing, and nothing is kept of a row that has gone by.

use std::io::Cursor;
use std::ops::ControlFlow;

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::cell::{Cell, NO_RESULT, Value};
use super::file::check_kind;
use super::guard::{self, Package};
use super::part::SheetMarks;
use super::text::shorten;
use super::trouble::Reason;
use crate::message;

pub(super) type Book = Xlsx<Cursor<Vec<u8>>>;

/// A whole file, once its every part was counted.
pub(super) fn open(bytes: Vec<u8>) -> Result<(Book, Package), Reason> {
    check_kind(&bytes)?;
    let mut package = guard::package(bytes)?;
    let book = Book::new(std::mem::take(&mut package.zip)).map_err(Reason::broken)?;
    // The guard's notes belong to the right sheets only if the reading library sees the same ones.
    let ours = package.sheets.iter().map(|sheet| &sheet.name);
    if book.sheets_metadata().iter().map(|sheet| &sheet.name).eq(ours) {
        return Ok((book, package));
    }
    Err(Reason::damaged(message!("read-damaged-sheet-list")))
}

/// A cell as it goes by.
pub(super) struct Passing<'a> {
    /// From zero.
    pub column: u32,
    data: Data<'a>,
    formula: bool,
    epoch_1904: bool,
}

enum Data<'a> {
    Known(DataRef<'a>),
    OddError(&'a str),
}

impl Passing<'_> {
    /// None for a blank cell.
    pub fn cell(&self) -> Option<Cell> {
        let value = match &self.data {
            Data::OddError(error) => Some(Value::Error((*error).to_string())),
            Data::Known(DataRef::Empty) if self.formula => Some(Value::Error(NO_RESULT.to_string())),
            Data::Known(data) => Value::of(data, self.epoch_1904),
        };
        value.map(|value| Cell { value, formula: self.formula })
    }
}

/// Shows every row that has anything in it to `see`, with its number as people count.
pub(super) fn each_row(
    book: &mut Book,
    name: &str,
    marks: &SheetMarks,
    mut see: impl FnMut(u32, &[Passing]) -> Result<ControlFlow<()>, Reason>,
) -> Result<(), Reason> {
    let mut reader = book.worksheet_cells_reader(name).map_err(|error| damaged(name, &error))?;
    let mut row = 0;
    let passing = |column, data, formula| Passing { column, data, formula, epoch_1904: marks.epoch_1904 };
    let mut cells: Vec<Passing> = Vec::new();
    loop {
        let next = match reader.next_cell_with_formula_metadata() {
            Ok(next) => next,
            // An error that the library does not know, such as #SPILL!; the guard has noted it.
            Err(XlsxError::CellError(_)) => continue,
            Err(error) => return Err(damaged(name, &error)),
        };
        let next_row = next.as_ref().map(|cell| cell.pos.0.saturating_add(1));
        if next_row != Some(row) {
            if !cells.is_empty() {
                let odd = marks.odd_errors.range((row, 0)..=(row, u32::MAX));
                cells.extend(odd.map(|((_, column), error)| passing(*column, Data::OddError(error), false)));
                if see(row, &cells)?.is_break() {
                    return Ok(());
                }
                cells.clear();
            }
            let Some(next_row) = next_row else { return Ok(()) };
            row = next_row;
        }
        if let Some(cell) = next {
            let formula = cell.formula.is_some();
            if formula || !matches!(cell.value, DataRef::Empty) {
                cells.push(passing(cell.pos.1, Data::Known(cell.value), formula));
            }
        }
    }
}

pub(super) fn damaged(sheet: &str, error: &XlsxError) -> Reason {
    let error = shorten(&error.to_string(), 120);
    Reason::damaged(message!("read-in-sheet", sheet = sheet, what = error))
}
