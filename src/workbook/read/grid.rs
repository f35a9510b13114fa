//! Every visible sheet of any file, cell by cell and each of its kind, for files that other programs export: nothing is guessed of them
//! here, neither the order of day and month nor the decimal sign.
//!
//! The same guard as for a handed-back workbook stands before it, so a hostile file costs no more here.

use std::ops::ControlFlow;
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime};
use encoding_rs::{Encoding, GB18030, WINDOWS_1252};
use rust_decimal::Decimal;

use super::bounds::Bounds;
use super::cell::{Value, decimal};
use super::dates::{self, Order, Shown};
use super::file;
use super::numbers::with_sign;
use super::part::SheetMarks;
use super::sheet::{self, Passing, each_row};
use super::text::{fold, shorten};
use super::trouble::{ReadError, Reason};
use crate::message;

/// More than a shop has coupons.
const ROWS_MAX: usize = 200_000;
const COLUMNS_MAX: u32 = 400;
const CELL_LETTERS_MAX: usize = 4_000;
/// Of all sheets together.
const KEPT_LETTERS_MAX: usize = 64 * 1024 * 1024;

/// A file as far as it is seen.
#[derive(Debug)]
pub struct Grids {
    /// The visible sheets, in their order.
    pub sheets: Vec<Grid>,
    /// Whether it is text of which nothing but its letters tells that it is in GB18030.
    pub is_guessed: bool,
}

/// The rows of one sheet that hold anything.
#[derive(Debug)]
pub struct Grid {
    /// None of text with separators, which has one sheet without a name.
    pub name: Option<String>,
    pub rows: Vec<GridRow>,
}

#[derive(Debug)]
pub struct GridRow {
    /// As people count.
    pub number: u32,
    /// By column from zero, in its order; never blank.
    pub cells: Vec<(u32, Datum)>,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// Full-width letters made plain, spaces single; never empty.
    Text(String),
    /// A number cell, exact to the fifteen digits that a person sees.
    Number(Decimal),
    /// A date cell. Midnight may be a time, or none at all.
    Moment(NaiveDateTime),
    /// An error, a truth or a length of time, as a person would read it.
    Other(String),
}

impl Datum {
    /// As a person would read it aloud.
    pub fn words(&self) -> String {
        match self {
            Self::Text(text) | Self::Other(text) => text.clone(),
            Self::Number(number) => number.normalize().to_string(),
            Self::Moment(at) => at.format("%Y-%m-%d %H:%M").to_string(),
        }
    }
}

/// What text may be in beside UTF-8, where somebody says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    Gb18030,
    Windows1252,
}

/// Reads the visible sheets of the file at `path`; of text in the `encoding` that somebody named, unless a byte order mark tells.
///
/// # Errors
/// As those of [`super::open`].
pub fn read_grids(path: &Path, encoding: Option<TextEncoding>) -> Result<Grids, ReadError> {
    let read = || {
        let bytes = file::load(path, &Bounds::OF_ANY_FILE)?;
        grids(encoding.map_or_else(|| Ok(bytes.clone()), |encoding| decoded(&bytes, encoding))?)
    };
    read().map_err(|reason| ReadError { path: path.into(), reason })
}

fn decoded(bytes: &[u8], encoding: TextEncoding) -> Result<Vec<u8>, Reason> {
    let is_text = file::kind(bytes)? == file::Kind::Text;
    if !is_text || Encoding::for_bom(bytes).is_some() {
        return Ok(bytes.to_vec());
    }
    let encoding = match encoding {
        TextEncoding::Gb18030 => GB18030,
        TextEncoding::Windows1252 => WINDOWS_1252,
    };
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(text.into_owned().into_bytes()),
        None => Err(message!("read-other-encoding", encoding = encoding.name()).into()),
    }
}

fn grids(bytes: Vec<u8>) -> Result<Grids, Reason> {
    let is_text = file::kind(&bytes)? == file::Kind::Text;
    let (mut book, package) = sheet::open(bytes, Bounds::OF_ANY_FILE, None)?;
    let is_guessed = book.is_guessed();
    let visible = package.sheets.iter().filter(|sheet| !sheet.hidden);
    let mut letters_left = KEPT_LETTERS_MAX;
    let mut sheets = Vec::new();
    for (sheet, marks) in visible.filter_map(|sheet| Some((sheet, sheet.marks.as_ref()?))) {
        let rows = rows(&mut book, &sheet.name, marks, &mut letters_left)?;
        sheets.push(Grid { name: (!is_text).then(|| sheet.name.clone()), rows });
    }
    Ok(Grids { sheets, is_guessed })
}

fn rows(
    book: &mut sheet::Book,
    name: &str,
    marks: &SheetMarks,
    letters_left: &mut usize,
) -> Result<Vec<GridRow>, Reason> {
    let mut rows: Vec<GridRow> = Vec::new();
    each_row(book, name, marks, |number, passing| {
        let cells: Vec<(u32, Datum)> = passing.iter().filter(|it| it.column < COLUMNS_MAX).filter_map(datum).collect();
        let letters: usize = cells.iter().map(|(_, cell)| size_of(cell)).sum();
        if cells.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        if rows.len() >= ROWS_MAX || letters > *letters_left {
            return Err(Reason::too_much(message!("read-too-many-rows", sheet = name), ROWS_MAX.to_string()));
        }
        *letters_left -= letters;
        rows.push(GridRow { number, cells });
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(rows)
}

fn size_of(datum: &Datum) -> usize {
    match datum {
        Datum::Text(text) | Datum::Other(text) => text.len(),
        Datum::Number(_) | Datum::Moment(_) => 16,
    }
}

fn datum(passing: &Passing) -> Option<(u32, Datum)> {
    let value = passing.cell()?.value;
    let datum = match &value {
        Value::Text(text) => Datum::Text(shorten(&fold(text), CELL_LETTERS_MAX)),
        Value::Number(number) => decimal(*number).map_or_else(|| Datum::Other(value.words()), Datum::Number),
        Value::Serial(_, Some(at)) => Datum::Moment(*at),
        Value::Serial(..) | Value::Span(_) | Value::Yes(_) | Value::Error(_) => Datum::Other(value.words()),
    };
    Some((passing.column, datum))
}

/// Which number comes first in the dates of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    YearFirst,
    DayFirst,
    MonthFirst,
}

/// Why a text is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAMoment {
    NoDate,
    /// Day and month could be either way round, and nobody has said which.
    TwoWays,
    /// Its numbers stand in another order than was said.
    OtherOrder,
}

/// The order that a date shows by itself, where its numbers allow only one and it is not the year that comes first.
pub fn order_shown(text: &str) -> Option<DateOrder> {
    let text = dates::tidy(text);
    match dates::shown(&dates::split_time(&text).0) {
        Shown::Order(Order::DayFirst) => Some(DateOrder::DayFirst),
        Shown::Order(Order::MonthFirst) => Some(DateOrder::MonthFirst),
        Shown::OneWay | Shown::TwoWays => None,
    }
}

/// A day, and the seconds of it where a time stands behind; `24:00` is 86,400. Nothing is taken for likely: a date whose numbers could be
/// in two orders needs one that was said, and one that shows another order than was said is refused.
///
/// # Errors
/// Where it is no such text.
pub fn read_moment(text: &str, order: Option<DateOrder>) -> Result<(NaiveDate, Option<u32>), NotAMoment> {
    let text = dates::tidy(text);
    let (date, time) = dates::split_time(&text);
    let seconds = time.map(|time| dates::read_time(&time)).transpose().map_err(|_| NotAMoment::NoDate)?;
    let meant = match (dates::shown(&date), order) {
        (Shown::OneWay, _) => None,
        (Shown::TwoWays, None) => return Err(NotAMoment::TwoWays),
        (Shown::TwoWays | Shown::Order(_), Some(DateOrder::YearFirst)) => return Err(NotAMoment::OtherOrder),
        (Shown::TwoWays, Some(DateOrder::DayFirst)) => Some(Order::DayFirst),
        (Shown::TwoWays, Some(DateOrder::MonthFirst)) => Some(Order::MonthFirst),
        (Shown::Order(Order::DayFirst), Some(DateOrder::MonthFirst))
        | (Shown::Order(Order::MonthFirst), Some(DateOrder::DayFirst)) => return Err(NotAMoment::OtherOrder),
        (Shown::Order(shown), _) => Some(shown),
    };
    let (day, _) = dates::read_day(&date, meant).map_err(|_| NotAMoment::NoDate)?;
    dates::in_range(day).map_err(|_| NotAMoment::NoDate)?;
    Ok((day, seconds))
}

/// A number of zero or more, whose decimals stand behind `sign` (`.` or `,`) and whose thousands may be parted by the other sign, a space
/// or an apostrophe; none where it is no such number. Without a `sign` only digits are a number.
pub fn read_number(text: &str, sign: Option<char>) -> Option<Decimal> {
    with_sign(&fold(text), sign)
}
