//! One sheet of a workbook that is only read: paper, tables, moments on the team's clock, charts of money.

use std::ops::{Deref, DerefMut};

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use rust_xlsxwriter::{ColNum, RowNum};

use super::chart::{self, Amounts};
use super::set_paper;
use super::style::{BODY, CELL, CellStyle, INK, LINK, Number, RULE};
use super::writer::{CellWriter, Head, NextRow, Span, Written};
use crate::domain::{Severity, Timestamp};
use crate::language::Language;
use crate::say;
use crate::workbook::words::severity_mark;

/// One sheet being written, with the book that it is of.
pub struct Page<'a, B> {
    pub writer: CellWriter<'a>,
    pub book: &'a B,
    pub language: Language,
    /// The team's own.
    pub zone: Tz,
    /// At the foot of each page, on the left.
    pub footer: String,
}

/// The rows of a sheet that is one table: title, line, a gap, the header.
pub const HEAD_ROW: RowNum = 3;

impl<'a, B> Deref for Page<'a, B> {
    type Target = CellWriter<'a>;
    fn deref(&self) -> &CellWriter<'a> {
        &self.writer
    }
}

impl<B> DerefMut for Page<'_, B> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.writer
    }
}

/// A sentence on a summary: how bad it is, the words, and the sheet that tells more.
pub type Sentence = (Option<Severity>, String, &'static str);

impl<B> Page<'_, B> {
    /// Name, paper, tab, title and the line under it.
    pub fn begin(&mut self, name: &str, heading: &str, line: &str, landscape: bool) -> Written {
        let (footer, language) = (self.footer.clone(), self.language);
        self.sheet.set_name(language.say(name))?;
        if landscape {
            self.sheet.set_landscape();
        } else {
            self.sheet.set_portrait();
        }
        set_paper(self.sheet, language, &footer, if landscape { RULE } else { INK });
        self.heading(if landscape { 0 } else { 1 }, heading, line)
    }

    /// Header and widths of the sheet's one table; its upper rows and `frozen` columns stay.
    pub fn table(&mut self, heads: &[Head], frozen: ColNum) -> Written {
        self.writer.table(HEAD_ROW, heads, frozen)
    }

    /// Filter buttons over a table of `rows` rows.
    pub fn filter(&mut self, heads: usize, rows: usize) -> Written {
        if rows > 0 {
            self.sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + rows as RowNum, heads as ColNum - 1)?;
        }
        Ok(())
    }

    /// The sentence of a sheet that has nothing to show.
    pub fn nothing(&mut self, id: &str) -> Written {
        self.say(HEAD_ROW + 1, 0, id, BODY)
    }

    /// Each with a link to the sheet that tells more; the row after them.
    pub fn sentences(
        &mut self,
        row: RowNum,
        (first, last): Span,
        link: Span,
        sentences: impl IntoIterator<Item = Sentence>,
    ) -> NextRow {
        let mut row = row;
        for (severity, words, sheet) in sentences {
            let (name, tip) = (self.language.say(sheet), self.language.say("week-tip-sheet"));
            let style = severity.map_or(CELL, |severity| CELL.words_of(severity).regular());
            let mark = severity.map_or("✓", |severity| severity_mark(Some(severity)));
            self.height(row, 18)?;
            self.across(row, first, last, &format!("{mark} {words}"), style)?;
            self.link_across(row, link, &format!("internal:'{name}'!A1"), &name, &tip, LINK)?;
            row += 1;
        }
        Ok(row)
    }

    /// A moment on the team's clock, as a date that sorts; blank where there is none.
    pub fn moment(&mut self, row: RowNum, column: ColNum, at: Option<Timestamp>, style: CellStyle) -> Written {
        let Some(at) = at else { return self.blank(row, column, style) };
        let local = self.local(at);
        self.local_moment(row, column, local, style.number(Number::DayTime))
    }

    pub fn local(&self, at: Timestamp) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }

    pub fn whole(&mut self, row: RowNum, column: ColNum, count: usize) -> Written {
        self.number(row, column, count as f64, CELL.right().number(Number::Whole))
    }

    /// A count with the mark and the fill of the worst that it counts.
    pub fn heat(&mut self, row: RowNum, column: ColNum, worst: Severity, words: &str) -> Written {
        self.text(row, column, &format!("{} {words}", severity_mark(Some(worst))), CellStyle::heat(worst))
    }

    /// Nothing is known of that day or week.
    pub fn not_known(&mut self, row: RowNum, column: ColNum) -> Written {
        self.text(row, column, "?", CELL.muted().centre())
    }

    /// A chart a currency, since no exchange rate is known here that would let them stand in one; how many rows they cover.
    /// `alt` is the message of what each shows.
    pub fn amount_charts(
        &mut self,
        row: RowNum,
        rows_each: RowNum,
        size: (u32, u32),
        alt: &str,
        charts: &[Amounts],
    ) -> NextRow {
        for (place, amounts) in charts.iter().enumerate() {
            let alt = say!(self.language, alt, currency = amounts.currency.code());
            let chart = chart::amounts(self.language, amounts, &alt, size);
            let down = row + (place / CHARTS_ABREAST) as RowNum * rows_each;
            self.sheet.insert_chart(down, (place % CHARTS_ABREAST) as ColNum * CHART_COLUMNS, &chart)?;
        }
        Ok(charts.len().div_ceil(CHARTS_ABREAST) as RowNum * rows_each)
    }
}

/// Charts beside each other, and how far apart.
const CHARTS_ABREAST: usize = 2;
const CHART_COLUMNS: ColNum = 4;
/// Charts of more currencies than any region has are left out.
pub const CHARTS_MAX: usize = 12;
