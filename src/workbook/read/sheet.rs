//! Walks a sheet row by row. Blank cells cost nothing, and nothing is kept of a row that has gone by.

use std::io::Cursor;
use std::ops::ControlFlow;

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::bounds::Bounds;
use super::held::Held;
use super::{csv, ods, xls, xlsb};

use super::cell::{Cell, NO_RESULT, Value};
use super::file::{Kind, kind, not_a_table, refuse_big};
use super::guard::{self, Package};
use super::part::SheetMarks;
use super::text::shorten;
use super::trouble::Reason;
use crate::message;

/// A workbook whose sheets can be walked.
pub(super) enum Book {
    /// Cell by cell from the file.
    Streamed(Box<Xlsx<Cursor<Vec<u8>>>>),
    Held(Held),
}

impl Book {
    /// Who saved it last, as its properties say.
    pub fn last_author(&mut self) -> Option<String> {
        match self {
            // Properties that cannot be read are no reason to refuse decisions.
            Self::Streamed(book) => book.workbook_properties().ok()?.last_modified_by,
            Self::Held(held) => held.last_author.clone(),
        }
    }

    /// Whether it is a text of which nothing but its letters tells the encoding.
    pub fn is_guessed(&self) -> bool {
        matches!(self, Self::Held(held) if held.is_guessed)
    }
}

/// A whole file, or of each sheet the first `rows` at least, once its every part was counted.
pub(super) fn open(bytes: Vec<u8>, bounds: Bounds, rows: Option<u32>) -> Result<(Book, Package), Reason> {
    let held = |(held, sheets, epoch_1904)| {
        let package = Package { zip: Cursor::default(), sheets, epoch_1904, held_bytes: bounds.held_bytes, bounds };
        (Book::Held(held), package)
    };
    let file_bytes = bytes.len();
    let archive = match kind(&bytes)? {
        Kind::Text => return csv::read(&bytes)?.map(held).ok_or_else(|| not_a_table(&bytes)),
        Kind::Compound => {
            refuse_big(file_bytes)?;
            return xls::read(bytes).map(held);
        }
        Kind::Zip => guard::archive(bytes)?,
    };
    let (is_ods, is_xlsb) = (ods::is_ods(&archive), xlsb::is_xlsb(&archive));
    if is_ods || is_xlsb {
        refuse_big(file_bytes)?;
    }
    if is_ods {
        return ods::read(archive).map(held);
    }
    if is_xlsb {
        return xlsb::read(archive).map(held);
    }
    let mut package = guard::package(archive, file_bytes, (bounds, rows))?;
    let book = Xlsx::new(std::mem::take(&mut package.zip)).map_err(Reason::broken)?;
    // The guard's notes belong to the right sheets only if the reading library sees the same ones.
    let ours = package.sheets.iter().map(|sheet| &sheet.name);
    if book.sheets_metadata().iter().map(|sheet| &sheet.name).eq(ours) {
        return Ok((Book::Streamed(Box::new(book)), package));
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
    see: impl FnMut(u32, &[Passing]) -> Result<ControlFlow<()>, Reason>,
) -> Result<(), Reason> {
    match book {
        Book::Streamed(book) => each_streamed(book, name, marks, see),
        Book::Held(held) => each_held(held, name, marks, see),
    }
}

fn each_held(
    held: &Held,
    name: &str,
    marks: &SheetMarks,
    mut see: impl FnMut(u32, &[Passing]) -> Result<ControlFlow<()>, Reason>,
) -> Result<(), Reason> {
    for (row, cells) in held.sheets.iter().filter(|sheet| sheet.name == name).flat_map(|sheet| &sheet.rows) {
        let passing = cells.iter().map(|cell| Passing {
            column: cell.column,
            data: Data::Known(cell.data()),
            formula: cell.formula,
            epoch_1904: marks.epoch_1904,
        });
        if see(*row, &passing.collect::<Vec<_>>())?.is_break() {
            break;
        }
    }
    Ok(())
}

fn each_streamed(
    book: &mut Xlsx<Cursor<Vec<u8>>>,
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

fn damaged(sheet: &str, error: &XlsxError) -> Reason {
    let error = shorten(&error.to_string(), 120);
    Reason::damaged(message!("read-in-sheet", sheet = sheet, what = error))
}
