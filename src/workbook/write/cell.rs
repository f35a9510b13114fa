//! Cells: text that every office program can open, numbers, dates, links. Never a formula.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{ColNum, RowNum, XlsxError};
use unicode_width::UnicodeWidthStr;

use super::style::CellStyle;

/// What one cell can hold, in UTF-16 units.
const TEXT_UNITS_MAX: usize = 32_767;
/// Excel takes 2,080; some office programs less.
const ADDRESS_LETTERS_MAX: usize = 2_000;
/// Bold words are so much wider.
const BOLD_ROOM: f64 = 0.92;

pub type Written = Result<(), XlsxError>;
/// The first free row below what was written.
pub type NextRow = Result<RowNum, XlsxError>;
/// The first and the last of some columns side by side.
pub type Span = (ColNum, ColNum);

/// What stands in a cell.
pub enum Value<'a> {
    Empty,
    /// Text stays text, whatever it begins with.
    Text(Cow<'a, str>),
    /// Dates too, which sort as numbers; their style says how they are shown.
    Number(f64),
    /// Says where it leads; plain text where the address is not one that office programs open.
    Link {
        address: Cow<'a, str>,
        words: Cow<'a, str>,
        tip: Cow<'a, str>,
    },
}

/// What stands in a cell, and how it looks.
pub struct Cell<'a> {
    pub value: Value<'a>,
    pub style: CellStyle,
}

impl CellStyle {
    /// A cell of this look.
    pub fn with<'a>(self, value: impl Into<Value<'a>>) -> Cell<'a> {
        Cell { value: value.into(), style: self }
    }

    pub fn empty(self) -> Cell<'static> {
        self.with(Value::Empty)
    }
}

impl Cell<'_> {
    /// About how many lines it fills where it is `width` characters wide.
    pub fn lines(&self, width: f64) -> u16 {
        match &self.value {
            Value::Text(text) | Value::Link { words: text, .. } if self.style.wrap => {
                let room = if self.style.bold { width * BOLD_ROOM } else { width };
                lines_in(text, room - f64::from(self.style.indent))
            }
            Value::Text(_) | Value::Link { .. } | Value::Empty | Value::Number(_) => 1,
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Value<'_> {
    fn from(count: usize) -> Self {
        Self::Number(count as f64)
    }
}

impl From<u64> for Value<'_> {
    fn from(count: u64) -> Self {
        Self::Number(count as f64)
    }
}

/// Money as a spreadsheet keeps it: exact to 15 digits, which is more than any coupon has.
impl From<Decimal> for Value<'_> {
    fn from(amount: Decimal) -> Self {
        Self::Number(as_float(amount))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl From<NaiveDateTime> for Value<'_> {
    fn from(local: NaiveDateTime) -> Self {
        serial(local).map_or_else(|| local.format("%Y-%m-%d %H:%M").to_string().into(), Self::Number)
    }
}

impl From<NaiveDate> for Value<'_> {
    fn from(day: NaiveDate) -> Self {
        serial(day.and_time(NaiveTime::MIN)).map_or_else(|| day.to_string().into(), Self::Number)
    }
}

/// Whether office programs open `address` on a click; other schemes (`javascript:`) are refused or worse.
pub fn can_be_linked(address: &str) -> bool {
    let known = ["http://", "https://", "internal:"].iter().any(|scheme| address.starts_with(scheme));
    known && address.chars().count() <= ADDRESS_LETTERS_MAX
}

/// `text` without the characters that XML forbids, and no longer than a cell holds. Line breaks stay.
pub fn clean(text: Cow<'_, str>) -> Cow<'_, str> {
    let forbidden = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}');
    let long = text.len() > TEXT_UNITS_MAX && text.encode_utf16().count() > TEXT_UNITS_MAX;
    if !long && !text.contains(forbidden) {
        return text;
    }
    let allowed = text.replace("\r\n", "\n").replace(forbidden, " ");
    Cow::Owned(clipped(&allowed, TEXT_UNITS_MAX))
}

/// About how many lines `text` fills in a wrapped cell that is `width` characters wide; at least 1, at most 20. A letter of Chinese is as
/// wide as two others.
pub fn lines_in(text: &str, width: f64) -> u16 {
    let lines: f64 = text.lines().map(|line| (line.width() as f64 / (width * 1.05)).ceil().max(1.0)).sum();
    lines.clamp(1.0, 20.0) as u16
}

/// `text` with at most `units` UTF-16 units, its end replaced by `…` where it is longer.
pub fn clipped(text: &str, units: usize) -> String {
    if text.encode_utf16().count() <= units {
        return text.to_string();
    }
    let mut room = units.saturating_sub(1);
    let fits = |letter: &char| {
        let size = letter.len_utf16();
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    };
    let mut clipped: String = text.chars().take_while(fits).collect();
    clipped.push('…');
    clipped
}

/// Excel's day number of a local moment; none outside the years that office programs agree on.
pub fn serial(local: NaiveDateTime) -> Option<f64> {
    // Day 60 is a 29 February 1900 that never was, so serials are only trusted from March 1900 on.
    let first_trusted = NaiveDate::from_ymd_opt(1900, 3, 1)?;
    let last_possible = NaiveDate::from_ymd_opt(9999, 12, 31)?;
    if local.date() < first_trusted || local.date() > last_possible {
        return None;
    }
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(chrono::NaiveTime::MIN);
    Some((local - epoch).num_seconds() as f64 / 86_400.0)
}

/// Money as a spreadsheet keeps it: exact to 15 digits, which is more than any coupon has.
pub fn as_float(amount: Decimal) -> f64 {
    amount.to_f64().unwrap_or_default()
}
