//! Writes cells: text that every office program can open, numbers, dates, links. Never a formula.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{ColNum, RowNum, Url, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

use super::style::{CellStyle, CellStyles, HEAD, SECTION, SUBTITLE, TITLE, YOURS_HEAD};
use crate::language::Language;

/// What one cell can hold, in UTF-16 units.
const TEXT_UNITS_MAX: usize = 32_767;
/// Excel takes 2,080; some office programs less.
const ADDRESS_LETTERS_MAX: usize = 2_000;

pub type Written = Result<(), XlsxError>;
/// The first free row below what was written.
pub type NextRow = Result<RowNum, XlsxError>;
/// The first and the last of some columns side by side.
pub type Span = (ColNum, ColNum);

/// A sheet and the looks it is written with.
pub struct CellWriter<'a> {
    pub sheet: &'a mut Worksheet,
    pub styles: &'a mut CellStyles,
}

impl CellWriter<'_> {
    /// What the workbook is written in.
    pub fn language(&self) -> Language {
        self.styles.language
    }

    /// The message `id`, which names no facts.
    pub fn say(&mut self, row: RowNum, column: ColNum, id: &str, style: CellStyle) -> Written {
        let words = self.language().say(id);
        self.text(row, column, &words, style)
    }

    /// Text stays text, whatever it begins with.
    pub fn text(&mut self, row: RowNum, column: ColNum, text: &str, style: CellStyle) -> Written {
        if text.is_empty() {
            return self.blank(row, column, style);
        }
        self.sheet.write_string_with_format(row, column, clean(text), self.styles.format(style))?;
        Ok(())
    }

    pub fn number(&mut self, row: RowNum, column: ColNum, number: f64, style: CellStyle) -> Written {
        self.sheet.write_number_with_format(row, column, number, self.styles.format(style))?;
        Ok(())
    }

    /// A date and time that sorts, whose style says how it is shown.
    pub fn local_moment(&mut self, row: RowNum, column: ColNum, local: NaiveDateTime, style: CellStyle) -> Written {
        match serial(local) {
            Some(serial) => self.number(row, column, serial, style),
            None => self.text(row, column, &local.to_string(), style),
        }
    }

    pub fn day(&mut self, row: RowNum, column: ColNum, day: NaiveDate, style: CellStyle) -> Written {
        match serial(day.and_time(NaiveTime::MIN)) {
            Some(serial) => self.number(row, column, serial, style),
            None => self.text(row, column, &day.to_string(), style),
        }
    }

    pub fn blank(&mut self, row: RowNum, column: ColNum, style: CellStyle) -> Written {
        self.sheet.write_blank(row, column, self.styles.format(style))?;
        Ok(())
    }

    /// One text over several columns of a row. Only where nobody sorts and nothing is read back.
    pub fn across(&mut self, row: RowNum, first: ColNum, last: ColNum, text: &str, style: CellStyle) -> Written {
        if first == last {
            return self.text(row, first, text, style);
        }
        self.sheet.merge_range(row, first, row, last, &clean(text), self.styles.format(style))?;
        Ok(())
    }

    /// [`CellWriter::across`] with a number in it.
    pub fn number_across(&mut self, row: RowNum, (first, last): Span, number: f64, style: CellStyle) -> Written {
        self.across(row, first, last, "", style)?;
        self.number(row, first, number, style)
    }

    /// A link that says where it leads; plain text where the address is not one that office programs open.
    pub fn link(
        &mut self,
        row: RowNum,
        column: ColNum,
        address: &str,
        text: &str,
        tip: &str,
        style: CellStyle,
    ) -> Written {
        if !can_be_linked(address) {
            return self.text(row, column, text, style);
        }
        let url = Url::new(clean(address)).set_text(clean(text)).set_tip(tip);
        self.sheet.write_url_with_format(row, column, url, self.styles.format(style))?;
        Ok(())
    }

    /// [`CellWriter::link`] over several columns.
    pub fn link_across(
        &mut self,
        row: RowNum,
        (first, last): Span,
        address: &str,
        text: &str,
        tip: &str,
        style: CellStyle,
    ) -> Written {
        self.across(row, first, last, "", style)?;
        self.link(row, first, address, text, tip, style)
    }

    /// Title and muted line of a sheet.
    pub fn heading(&mut self, column: ColNum, title: &str, line: &str) -> Written {
        self.sheet.set_row_height(0, 30)?;
        self.text(0, column, title, TITLE)?;
        self.text(1, column, line, SUBTITLE)
    }

    pub fn height(&mut self, row: RowNum, points: impl Into<f64>) -> Written {
        self.sheet.set_row_height(row, points)?;
        Ok(())
    }

    /// A section's heading, by the id of its message; the row after it.
    pub fn section(&mut self, row: RowNum, column: ColNum, id: &str) -> NextRow {
        let words = self.language().say(id);
        self.section_in_words(row, column, &words)
    }

    pub fn section_in_words(&mut self, row: RowNum, column: ColNum, words: &str) -> NextRow {
        self.height(row, 22)?;
        self.text(row, column, words, SECTION)?;
        Ok(row + 1)
    }

    /// A table whose header stands in `row`: widths, header, and what stays in sight, on paper too.
    pub fn table(&mut self, row: RowNum, heads: &[Head], frozen: ColNum) -> Written {
        self.widths(heads)?;
        self.head(row, 0, heads)?;
        self.freeze(row, frozen)
    }

    /// The rows through `head` and `columns` columns stay in sight; the head is printed on every page.
    pub fn freeze(&mut self, head: RowNum, columns: ColNum) -> Written {
        self.sheet.set_freeze_panes(head + 1, columns)?;
        self.sheet.set_repeat_rows(head, head)?;
        Ok(())
    }

    pub fn widths(&mut self, heads: &[Head]) -> Written {
        for (column, head) in (0..).zip(heads) {
            self.sheet.set_column_width(column, head.width)?;
        }
        Ok(())
    }

    /// The words of a header from `column` on; blue where the manager fills in.
    pub fn head(&mut self, row: RowNum, column: ColNum, heads: &[Head]) -> Written {
        self.height(row, 20)?;
        for (column, head) in (column..).zip(heads) {
            let style = if head.yours { YOURS_HEAD } else { HEAD };
            self.say(row, column, head.words, if head.right { style.right() } else { style })?;
        }
        Ok(())
    }
}

/// A column of a small table.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    /// The id of its message.
    pub words: &'static str,
    /// In characters of the default font.
    pub width: f64,
    pub right: bool,
    pub yours: bool,
}

impl Head {
    pub const fn new(words: &'static str, width: f64) -> Self {
        Self { words, width, right: false, yours: false }
    }
    pub const fn right(words: &'static str, width: f64) -> Self {
        Self { words, width, right: true, yours: false }
    }
    pub const fn yours(words: &'static str, width: f64) -> Self {
        Self { words, width, right: false, yours: true }
    }
}

/// Whether office programs open `address` on a click; other schemes (`javascript:`) are refused or worse.
pub fn can_be_linked(address: &str) -> bool {
    let known = ["http://", "https://", "internal:"].iter().any(|scheme| address.starts_with(scheme));
    known && address.chars().count() <= ADDRESS_LETTERS_MAX
}

/// `text` without the characters that XML forbids, and no longer than a cell holds. Line breaks stay.
pub fn clean(text: &str) -> Cow<'_, str> {
    let forbidden = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}');
    let long = text.len() > TEXT_UNITS_MAX && text.encode_utf16().count() > TEXT_UNITS_MAX;
    if !long && !text.contains(forbidden) {
        return Cow::Borrowed(text);
    }
    let allowed = text.replace("\r\n", "\n").replace(forbidden, " ");
    Cow::Owned(clipped(&allowed, TEXT_UNITS_MAX))
}

/// About how many lines `text` fills in a wrapped cell that is `width` characters wide; at most 20. A letter of Chinese is as
/// wide as two others.
pub fn lines_in(text: &str, width: f64) -> u16 {
    let lines: f64 = text.lines().map(|line| (line.width() as f64 / (width * 1.05)).ceil().max(1.0)).sum();
    lines.min(20.0) as u16
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
