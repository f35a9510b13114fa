//! The weekly audit workbook: what was found and when, how long it stayed, who did what, what it could cost, who looked.
//!
//! It is read, never read back: tables carry no keys but for looking a row up, and cells may be merged on Summary.

mod actions;
mod by_hand;
mod chart;
mod failed_loads;
mod money;
mod offenders;
mod open_times;
mod sign_offs;
mod summary;
mod words;

use std::collections::BTreeMap;
use std::io::Write;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use rust_xlsxwriter::{ColNum, DocProperties, RowNum, Workbook, Worksheet, XlsxError};

use super::pen::{Head, Pen, Written, serial};
use super::style::{BODY, CELL, HEAD, INK, Look, Looks, Number, RULE, SECTION};
use super::{A4, COMPRESSION_LEVEL, DEFAULT_COLUMN_PIXELS, DEFAULT_ROW_PIXELS, WriteError};
use crate::domain::{
    DayCounts, DueSignOff, Export, ExportId, ExportMoney, Exposure, FailedLoad, FindingLife, IsoWeek, PastDeed,
    PastTask, RowKey, Timestamp, day_end, day_start,
};
use crate::language::{Language, day_words};
use crate::say;

/// Everything that the workbook of one week shows.
pub struct WeekBook<'a> {
    pub language: Language,
    pub week: IsoWeek,
    /// The team's own.
    pub zone: Tz,
    pub made_at: Timestamp,
    /// Of whole stores, without their rows; the oldest first.
    pub exports: &'a [Export],
    /// Days that have an export.
    pub days: &'a [DayCounts],
    pub lives: &'a [FindingLife],
    /// Rows of the week's runs, the oldest first.
    pub deeds: &'a [PastDeed],
    /// By export, the oldest first.
    pub money: &'a [ExportMoney],
    /// What the coupons of deeds could still cost when they were decided on.
    pub money_of_deeds: &'a BTreeMap<(ExportId, RowKey), Exposure>,
    /// None where no sign-off was ever archived.
    pub sign_offs: Option<&'a [DueSignOff]>,
    pub failed_loads: &'a [FailedLoad],
    /// Work by hand that was open at some time of the week.
    pub tasks: &'a [PastTask],
}

/// Writes the workbook's bytes; the same book gives the same bytes.
///
/// # Errors
/// Where the bytes cannot be written.
pub fn write_week(book: &WeekBook, to: impl Write + Send) -> Result<(), WriteError> {
    let mut looks = Looks::new(book.language);
    let mut workbook = Workbook::new();
    workbook.set_default_format(&BODY.format(book.language), DEFAULT_ROW_PIXELS, DEFAULT_COLUMN_PIXELS)?;
    let properties = DocProperties::new().set_title(title(book)).set_author("couponbook");
    workbook.set_properties(&properties.set_creation_datetime(&super::excel_moment(book.made_at)?));
    workbook.set_zip_compression_level(COMPRESSION_LEVEL);
    let sheets: [fn(&mut Page) -> Written; 8] = [
        summary::write,
        open_times::write,
        actions::write,
        money::write,
        sign_offs::write,
        offenders::write,
        failed_loads::write,
        by_hand::write,
    ];
    for write in sheets {
        let pen = Pen { sheet: workbook.add_worksheet(), looks: &mut looks };
        write(&mut Page { pen, book, language: book.language })?;
    }
    workbook.save_to_writer(to)?;
    Ok(())
}

fn title(book: &WeekBook) -> String {
    say!(book.language, "week-title", week = book.week.to_string())
}

/// One sheet being written.
struct Page<'a> {
    pen: Pen<'a>,
    book: &'a WeekBook<'a>,
    language: Language,
}

/// The rows of a sheet that is one table: title, line, a gap, the header.
const HEAD_ROW: RowNum = 3;

impl Page<'_> {
    /// Name, paper, tab, title and the line under it.
    fn begin(&mut self, name: &str, heading: &str, line: &str, landscape: bool) -> Written {
        let footer = say!(self.language, "week-footer", week = self.book.week.to_string());
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
            .set_footer(format!("&L&9{footer}&C&9&A&R&9{pages}"))
            .set_screen_gridlines(false)
            .set_tab_color(if landscape { RULE } else { INK });
        self.pen.heading(if landscape { 0 } else { 1 }, heading, line)
    }

    /// Header and widths of the sheet's one table; its upper rows and `frozen` columns stay.
    fn table(&mut self, heads: &[Head], frozen: ColNum) -> Written {
        for (column, head) in (0..).zip(heads) {
            self.pen.sheet.set_column_width(column, head.width)?;
        }
        self.head(HEAD_ROW, 0, heads)?;
        self.pen.sheet.set_freeze_panes(HEAD_ROW + 1, frozen)?;
        self.pen.sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
        Ok(())
    }

    /// The words of a header from `column` on.
    fn head(&mut self, row: RowNum, column: ColNum, heads: &[Head]) -> Written {
        self.pen.sheet.set_row_height(row, 20)?;
        for (column, head) in (column..).zip(heads) {
            let look = if head.right { HEAD.right() } else { HEAD };
            self.pen.text(row, column, &self.language.say(head.words), look)?;
        }
        Ok(())
    }

    /// Filter buttons over a table of `rows` rows.
    fn filter(&mut self, heads: usize, rows: usize) -> Written {
        if rows > 0 {
            self.pen.sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + rows as RowNum, heads as ColNum - 1)?;
        }
        Ok(())
    }

    /// A section's heading; the row after it.
    fn section(&mut self, row: RowNum, column: ColNum, id: &str) -> Result<RowNum, XlsxError> {
        self.pen.sheet.set_row_height(row, 22)?;
        self.pen.text(row, column, &self.language.say(id), SECTION)?;
        Ok(row + 1)
    }

    /// The sentence of a sheet that has nothing to show.
    fn nothing(&mut self, id: &str) -> Written {
        self.pen.text(HEAD_ROW + 1, 0, &self.language.say(id), BODY)
    }

    /// A moment on the team's clock, as a date that sorts; blank where there is none.
    fn moment(&mut self, row: RowNum, column: ColNum, at: Option<Timestamp>, look: Look) -> Written {
        let Some(at) = at else { return self.pen.blank(row, column, look) };
        let local = self.local(at);
        match serial(local) {
            Some(serial) => self.pen.number(row, column, serial, look.number(Number::DayTime)),
            None => self.pen.text(row, column, &local.to_string(), look),
        }
    }

    fn whole(&mut self, row: RowNum, column: ColNum, count: usize) -> Written {
        self.pen.number(row, column, count as f64, CELL.right().number(Number::Whole))
    }

    fn local(&self, at: Timestamp) -> NaiveDateTime {
        at.with_timezone(&self.book.zone).naive_local()
    }
}

impl WeekBook<'_> {
    /// The first moment after what this book can tell of: the week's end, or now while it runs.
    fn until(&self) -> Timestamp {
        day_end(self.week.sunday(), self.zone).min(self.made_at)
    }

    fn begins(&self) -> Timestamp {
        day_start(self.week.monday(), self.zone)
    }

    /// `Mon 16 Nov to Sun 22 Nov`
    fn span_words(&self) -> String {
        let near = self.week.sunday();
        let (first, last) = (day_words(self.language, self.week.monday(), near), day_words(self.language, near, near));
        say!(self.language, "week-span", first = first, last = last)
    }
}
