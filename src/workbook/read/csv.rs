//! The sheet of coupons as a CSV: read as if it was the workbook that it was written from (`as_csv`), or saved from.
//!
//! What a workbook says in its very hidden sheet stands in columns of their own here.

use std::collections::BTreeMap;

use calamine::Data;

use super::delimited::Delimited;
use super::guard::Sheet;
use super::headers::HEADER_ROWS;
use super::held::{Held, HeldCell, HeldSheet, Room};
use super::part::{MOST_COLUMNS, MOST_ROWS, SheetMarks};
use super::text::word;
use super::trouble::Reason;
use crate::message;
use crate::workbook::columns::{HIDDEN_SHEET, HiddenLabel};

/// Some 100,000 rows of ours; [`Room`] has cells for fewer.
const FILE_BYTES: usize = 32 * 1024 * 1024;

/// What its one sheet is called, as in a workbook.
const SHEET: &str = "Coupons";

/// The columns that a CSV has for the program.
pub(super) const ABOUT: [HiddenLabel; 3] = [HiddenLabel::ExportId, HiddenLabel::SnapshotSha256, HiddenLabel::Part];

/// A text that a spreadsheet would compute or leave a sign away of gets an apostrophe before it; it goes again when the text is read.
pub(super) fn neutral(text: &str) -> String {
    if is_taken_otherwise(text) { format!("'{text}") } else { text.to_string() }
}

fn restored(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_taken_otherwise(rest)).unwrap_or(text)
}

fn is_taken_otherwise(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\''])
}

/// Such a file as a workbook of two sheets, whose day zero is not in 1904; none where it is no text with separators.
pub(super) fn read(bytes: &[u8]) -> Result<Option<(Held, Vec<Sheet>, bool)>, Reason> {
    if bytes.len() > FILE_BYTES {
        return Err(Reason::too_much(message!("read-too-big"), "32 MB"));
    }
    let Some(found) = Delimited::read(bytes) else { return Ok(None) };
    if found.rows.iter().all(|row| row.cells.len() < 2) {
        return Ok(None);
    }
    if let Some((line, error)) = found.broken {
        return Err(Reason::damaged(message!("read-csv-broken", line = line.to_string(), what = error)));
    }
    let mut room = Room::default();
    let mut columns: BTreeMap<usize, &'static str> = BTreeMap::new();
    let mut about: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut coupons = HeldSheet { name: SHEET.to_string(), rows: Vec::new() };
    for row in &found.rows {
        let number = u32::try_from(row.number).ok().filter(|number| *number <= MOST_ROWS).ok_or_else(too_many_rows)?;
        if columns.is_empty() && number <= HEADER_ROWS {
            columns = about_columns(row.cells.iter());
        }
        let mut cells = Vec::new();
        for (column, text) in row.cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            match columns.get(&column) {
                Some(label) if word(text) == *label => {}
                Some(label) => agree(&mut about, label, text)?,
                None if column < MOST_COLUMNS as usize => {
                    room.take_cells(1)?;
                    room.take_text(text.len() as u64)?;
                    let data = Data::String(restored(text).to_string());
                    cells.push(HeldCell { column: column as u32, data, formula: false });
                }
                None => return Err(Reason::damaged(message!("read-damaged-cell-place"))),
            }
        }
        if !cells.is_empty() {
            coupons.rows.push((number, cells));
        }
    }
    let sheet = |name: &str, hidden: bool| Sheet { name: name.into(), hidden, marks: Some(SheetMarks::default()) };
    let sheets = vec![sheet(SHEET, false), sheet(HIDDEN_SHEET, true)];
    let held = Held { sheets: vec![coupons, hidden_sheet(about)], last_author: None, is_guessed: found.is_guessed };
    Ok(Some((held, sheets, false)))
}

/// Which columns say what a workbook says in its very hidden sheet: none in a row that names no export, where a column called so is the
/// manager's own.
fn about_columns<'a>(cells: impl Iterator<Item = &'a str>) -> BTreeMap<usize, &'static str> {
    let label = |text: &str| ABOUT.into_iter().map(<&'static str>::from).find(|label| word(text) == *label);
    let named: BTreeMap<usize, &'static str> =
        cells.enumerate().filter_map(|(column, text)| Some((column, label(text)?))).collect();
    let export = <&'static str>::from(HiddenLabel::ExportId);
    if named.values().any(|label| *label == export) { named } else { BTreeMap::new() }
}

/// All rows are of one export.
fn agree(about: &mut BTreeMap<&'static str, String>, label: &'static str, text: &str) -> Result<(), Reason> {
    match about.get(label) {
        None => drop(about.insert(label, text.to_string())),
        Some(known) if known == text => {}
        Some(known) => {
            return Err(message!("read-csv-of-several", column = label, first = known, second = text).into());
        }
    }
    Ok(())
}

fn hidden_sheet(about: BTreeMap<&'static str, String>) -> HeldSheet {
    let cell = |column: u32, text: String| HeldCell { column, data: Data::String(text), formula: false };
    let rows = about.into_iter().zip(1..);
    let rows = rows.map(|((label, value), row)| (row, vec![cell(0, label.to_string()), cell(1, value)])).collect();
    HeldSheet { name: HIDDEN_SHEET.to_string(), rows }
}

fn too_many_rows() -> Reason {
    Reason::too_much(message!("read-too-many-rows", sheet = SHEET), MOST_ROWS.to_string())
}
