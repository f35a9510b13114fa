//! One sheet of any workbook as plain text, for files that managers keep beside ours: the campaign plan.
//!
//! The same guard as for a handed-back workbook stands before it, so a hostile file costs no more here.

use std::ops::ControlFlow;
use std::path::Path;

use chrono::NaiveDate;

use super::bounds::Bounds;
use super::cell::Value;
use super::part::{SheetMarks, corners};
use super::sheet::{Passing, each_row};
use super::text::{fold, shorten, word};
use super::trouble::{ReadError, Reason};
use super::{dates, file, guard, sheet};
use crate::message;

const ROWS_MAX: usize = 20_000;
const COLUMNS_MAX: u32 = 200;
const CELL_LETTERS_MAX: usize = 4_000;
const MERGED_CELLS_MAX: usize = 200_000;
const KEPT_LETTERS_MAX: usize = 32 * 1024 * 1024;

/// The rows of one sheet that hold anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetTable {
    pub sheet: String,
    pub rows: Vec<SheetRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// As people count.
    pub number: u32,
    /// By column from zero, never blank. Numbers are plain, dates `2026-12-01` or `2026-12-01 18:30`; a merged area's value
    /// stands in each of its cells.
    pub cells: Vec<(u32, String)>,
}

/// Reads the sheet called `wanted`, without regard to case and spaces; without a name the first visible one that has a row
/// which `is_header`, else the first visible one.
///
/// # Errors
/// If the file is no workbook that can be read, has no such sheet, or holds more than a plan ever does.
pub fn read_table(
    path: &Path,
    wanted: Option<&str>,
    is_header: &dyn Fn(&SheetRow) -> bool,
) -> Result<SheetTable, ReadError> {
    let read = || {
        let (mut book, package) = sheet::open(file::load(path, &Bounds::OF_ANY_FILE)?, Bounds::OF_ANY_FILE, None)?;
        choose(&mut book, &package, wanted, is_header)
    };
    read().map_err(|reason| ReadError { path: path.into(), reason })
}

/// Why a text is no whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotADay {
    NoDay,
    /// Day and month could be either way round.
    TwoWays,
    /// A time of day stands behind it.
    WithTime,
}

/// The first or the last of some whole days, as people write it: `2026-11-30`, `30 Nov 2026`, `2026年11月30日`. Midnight or a
/// day's last minute may stand behind it; the day that is meant is then not always the one that is written, which is the second.
pub fn read_whole_day(text: &str, is_last: bool) -> Result<(NaiveDate, NaiveDate), NotADay> {
    let text = dates::tidy(text);
    let (day, time) = dates::split_time(&text);
    let time = time.map(|time| dates::read_time(&time)).transpose().map_err(|_| NotADay::NoDay)?;
    match dates::read_day(&day, None) {
        Ok((day, _)) => {
            dates::in_range(day).map_err(|_| NotADay::NoDay)?;
            dates::whole_day(day, time, is_last).map(|meant| (meant, day)).ok_or(NotADay::WithTime)
        }
        // With an order it would be a day.
        Err(_) if dates::read_day(&day, Some(dates::Order::DayFirst)).is_ok() => Err(NotADay::TwoWays),
        Err(_) => Err(NotADay::NoDay),
    }
}

fn choose(
    book: &mut sheet::Book,
    package: &guard::Package,
    wanted: Option<&str>,
    is_header: &dyn Fn(&SheetRow) -> bool,
) -> Result<SheetTable, Reason> {
    let plain = |text: &str| word(text).replace(' ', "");
    let sheets: Vec<_> = package.sheets.iter().filter_map(|sheet| Some((sheet, sheet.marks.as_ref()?))).collect();
    if let Some(wanted) = wanted {
        let named = sheets.iter().find(|(sheet, _)| plain(&sheet.name) == plain(wanted));
        let (sheet, marks) = named.ok_or_else(|| {
            let names: Vec<&str> = sheets.iter().map(|(sheet, _)| sheet.name.as_str()).collect();
            let (wanted, names) = (shorten(wanted, 60), shorten(&names.join(", "), 200));
            Reason::from(message!("read-no-such-sheet", wanted = wanted, names = names))
        })?;
        return rows(book, &sheet.name, marks);
    }
    let mut first = None;
    for (sheet, marks) in sheets.iter().filter(|(sheet, _)| !sheet.hidden) {
        let table = rows(book, &sheet.name, marks)?;
        if table.rows.iter().any(is_header) {
            return Ok(table);
        }
        first.get_or_insert(table);
    }
    first.ok_or_else(|| Reason::damaged(message!("read-no-visible-sheet")))
}

fn rows(book: &mut sheet::Book, name: &str, marks: &SheetMarks) -> Result<SheetTable, Reason> {
    let mut rows: Vec<SheetRow> = Vec::new();
    let mut letters_left = KEPT_LETTERS_MAX;
    each_row(book, name, marks, |number, cells| {
        let cells = texts(cells);
        let letters: usize = cells.iter().map(|(_, text)| text.len()).sum();
        if cells.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        if rows.len() >= ROWS_MAX || letters > letters_left {
            return Err(Reason::too_much(message!("read-too-many-rows", sheet = name), ROWS_MAX.to_string()));
        }
        letters_left -= letters;
        rows.push(SheetRow { number, cells });
        Ok(ControlFlow::Continue(()))
    })?;
    fill_merged(&mut rows, marks);
    Ok(SheetTable { sheet: name.to_string(), rows })
}

fn texts(cells: &[Passing]) -> Vec<(u32, String)> {
    let text = |passing: &Passing| {
        let value = passing.cell()?.value;
        let mut text = value.words();
        // A number's own decimals are never taken for thousands.
        if matches!(value, Value::Number(_)) && text.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3) {
            text.push('0');
        }
        Some((passing.column, shorten(&fold(&text), CELL_LETTERS_MAX)))
    };
    cells.iter().filter(|passing| passing.column < COLUMNS_MAX).filter_map(text).collect()
}

/// People merge the campaign's name and dates over its rows; the file holds the value in the first cell only.
fn fill_merged(rows: &mut [SheetRow], marks: &SheetMarks) {
    let mut left_to_fill = MERGED_CELLS_MAX;
    for ((top, left), area) in &marks.merged {
        let last = corners(area).map(|(_, last)| last).filter(|(_, column)| *column < COLUMNS_MAX);
        let Some((bottom, right)) = last else { continue };
        let start = rows.partition_point(|row| row.number < *top);
        let first = rows.get(start).filter(|row| row.number == *top);
        let value = first.and_then(|row| row.cells.iter().find(|(column, _)| column == left));
        let Some((_, value)) = value.cloned() else { continue };
        let columns = || *left..=right;
        for row in rows.iter_mut().skip(start).take_while(|row| row.number <= bottom) {
            let Some(rest) = left_to_fill.checked_sub(columns().count()) else { return };
            left_to_fill = rest;
            let empty = columns().filter(|column| !row.cells.iter().any(|(known, _)| known == column));
            let filled: Vec<_> = empty.map(|column| (column, value.clone())).collect();
            row.cells.extend(filled);
        }
    }
}
