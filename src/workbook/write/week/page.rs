//! One sheet of a workbook that is only read: paper, headers, tiles, moments on the team's clock.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use rust_xlsxwriter::{ColNum, RowNum, Worksheet, XlsxError};

use crate::domain::{Severity, Timestamp};
use crate::language::Language;
use crate::say;
use crate::workbook::words::severity_mark;
use crate::workbook::write::A4;
use crate::workbook::write::pen::{Head, Pen, Written, serial};
use crate::workbook::write::style::{BODY, CELL, Edge, HEAD, INK, Look, Number, RULE, SECTION};

/// One sheet being written, with the book that it is of.
pub(in crate::workbook::write) struct Page<'a, B> {
    pub pen: Pen<'a>,
    pub book: &'a B,
    pub language: Language,
    /// The team's own.
    pub zone: Tz,
    /// At the foot of each page, on the left.
    pub footer: String,
}

/// The rows of a sheet that is one table: title, line, a gap, the header.
pub(in crate::workbook::write) const HEAD_ROW: RowNum = 3;

/// A big number over a few words.
pub(in crate::workbook::write) struct Tile {
    /// None where nobody knows.
    pub number: Option<f64>,
    pub words: String,
    /// Filled where there is something to look at.
    pub severity: Option<Severity>,
}

impl Tile {
    /// With the mark of its severity; neither filled nor marked at zero.
    pub fn new(number: f64, words: String, severity: Option<Severity>) -> Self {
        let severity = severity.filter(|_| number > 0.0);
        let words = match severity {
            Some(severity) => format!("{} {words}", severity_mark(Some(severity))),
            None => words,
        };
        Self { number: Some(number), words, severity }
    }
}

impl<B> Page<'_, B> {
    /// Name, paper, tab, title and the line under it.
    pub fn begin(&mut self, name: &str, heading: &str, line: &str, landscape: bool) -> Written {
        let pages = say!(self.language, "week-footer-page", page = "&P", pages = "&N");
        let sheet: &mut Worksheet = self.pen.sheet;
        sheet.set_name(self.language.say(name))?;
        if landscape {
            sheet.set_landscape();
        } else {
            sheet.set_portrait();
        }
        sheet
            .set_paper_size(A4)
            .set_margins(0.4, 0.4, 0.55, 0.6, 0.3, 0.3)
            .set_print_fit_to_pages(1, 0)
            .set_footer(format!("&L&9{}&C&9&A&R&9{pages}", self.footer))
            .set_screen_gridlines(false)
            .set_tab_color(if landscape { RULE } else { INK });
        self.pen.heading(if landscape { 0 } else { 1 }, heading, line)
    }

    /// Header and widths of the sheet's one table; its upper rows and `frozen` columns stay.
    pub fn table(&mut self, heads: &[Head], frozen: ColNum) -> Written {
        for (column, head) in (0..).zip(heads) {
            self.pen.sheet.set_column_width(column, head.width)?;
        }
        self.head(HEAD_ROW, 0, heads)?;
        self.pen.sheet.set_freeze_panes(HEAD_ROW + 1, frozen)?;
        self.pen.sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
        Ok(())
    }

    /// The words of a header from `column` on.
    pub fn head(&mut self, row: RowNum, column: ColNum, heads: &[Head]) -> Written {
        self.pen.sheet.set_row_height(row, 20)?;
        for (column, head) in (column..).zip(heads) {
            let look = if head.right { HEAD.right() } else { HEAD };
            self.pen.text(row, column, &self.language.say(head.words), look)?;
        }
        Ok(())
    }

    /// Filter buttons over a table of `rows` rows.
    pub fn filter(&mut self, heads: usize, rows: usize) -> Written {
        if rows > 0 {
            self.pen.sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + rows as RowNum, heads as ColNum - 1)?;
        }
        Ok(())
    }

    /// A section's heading; the row after it.
    pub fn section(&mut self, row: RowNum, column: ColNum, id: &str) -> Result<RowNum, XlsxError> {
        self.pen.sheet.set_row_height(row, 22)?;
        self.pen.text(row, column, &self.language.say(id), SECTION)?;
        Ok(row + 1)
    }

    /// The sentence of a sheet that has nothing to show.
    pub fn nothing(&mut self, id: &str) -> Written {
        self.pen.text(HEAD_ROW + 1, 0, &self.language.say(id), BODY)
    }

    /// Big numbers side by side, each over its columns; the row after them.
    pub fn tiles(&mut self, row: RowNum, spans: &[(ColNum, ColNum)], tiles: Vec<Tile>) -> Result<RowNum, XlsxError> {
        self.pen.sheet.set_row_height(row, 34)?;
        self.pen.sheet.set_row_height(row + 1, 20)?;
        for ((first, last), tile) in spans.iter().copied().zip(tiles) {
            let look = tile.severity.map_or(BODY, |severity| BODY.severity(Some(severity)).regular()).indent(1);
            let upper = look.bold().points(24).edge(Edge::TileTop);
            match tile.number {
                None => self.pen.across(row, first, last, "?", upper)?,
                Some(number) => {
                    let upper = upper.number(whole_or_tenths(number));
                    self.pen.across(row, first, last, "", upper)?;
                    self.pen.number(row, first, number, upper)?;
                }
            }
            self.pen.across(row + 1, first, last, &tile.words, look.edge(Edge::TileBottom))?;
        }
        Ok(row + 2)
    }

    /// A moment on the team's clock, as a date that sorts; blank where there is none.
    pub fn moment(&mut self, row: RowNum, column: ColNum, at: Option<Timestamp>, look: Look) -> Written {
        let Some(at) = at else { return self.pen.blank(row, column, look) };
        let local = self.local(at);
        match serial(local) {
            Some(serial) => self.pen.number(row, column, serial, look.number(Number::DayTime)),
            None => self.pen.text(row, column, &local.to_string(), look),
        }
    }

    pub fn whole(&mut self, row: RowNum, column: ColNum, count: usize) -> Written {
        self.pen.number(row, column, count as f64, CELL.right().number(Number::Whole))
    }

    pub fn local(&self, at: Timestamp) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }
}

/// `12` or `12.5`; of large numbers nobody reads tenths.
pub(in crate::workbook::write) fn whole_or_tenths(number: f64) -> Number {
    if number >= 100.0 || number.fract() == 0.0 { Number::Whole } else { Number::Tenths }
}
