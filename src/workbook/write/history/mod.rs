//! Weeks side by side: is it getting better, where, and what was not looked at. Read, never read back.

mod findings;
mod missed;
mod money;
mod stores;
mod summary;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use chrono_tz::Tz;
use rust_xlsxwriter::{ColNum, RowNum};

use super::style::{CELL, CellStyle, CellStyles, Number};
use super::writer::Written;
use super::{WriteError, add_sheet, new_workbook, page};
use crate::domain::{DueSignOff, FindingCode, IsoWeek, Message, StoreId, StoreWeeks, Timestamp, WeekCounts};
use crate::language::{Language, short_day_words};
use crate::say;

/// Everything that a workbook of several weeks shows.
pub struct HistoryBook<'a> {
    pub language: Language,
    /// The team's own.
    pub zone: Tz,
    pub made_at: Timestamp,
    /// Every week that is shown, the oldest first; one without an export is a gap.
    pub weeks: &'a [IsoWeek],
    /// Of the weeks that have an export, in the same order.
    pub counts: &'a [WeekCounts],
    pub stores: &'a StoreWeeks,
    /// None where no sign-off was ever archived.
    pub sign_offs: Option<&'a [DueSignOff]>,
    /// What was counted only; none: everything.
    pub finding: Option<FindingCode>,
    pub only_stores: Option<&'a BTreeSet<StoreId>>,
}

type Page<'a> = page::Page<'a, HistoryBook<'a>>;

/// Writes the workbook's bytes; the same book gives the same bytes.
///
/// # Errors
/// Where the bytes cannot be written.
pub fn write_history(book: &HistoryBook, to: impl Write + Send) -> Result<(), WriteError> {
    let mut styles = CellStyles::new(book.language);
    let mut workbook = new_workbook(book.language, &title(book), book.made_at)?;
    let sheets: [fn(&mut Page) -> Written; 5] =
        [summary::write, findings::write, stores::write, money::write, missed::write];
    for write in sheets {
        let writer = add_sheet(&mut workbook, &mut styles);
        write(&mut Page { writer, book, language: book.language, zone: book.zone, footer: title(book) })?;
    }
    workbook.save_to_writer(to)?;
    Ok(())
}

fn title(book: &HistoryBook) -> String {
    let name = |week: Option<&IsoWeek>| week.map_or(String::new(), IsoWeek::to_string);
    say!(book.language, "history-title", first = name(book.weeks.first()), last = name(book.weeks.last()))
}

impl HistoryBook<'_> {
    fn of(&self, week: IsoWeek) -> Option<&WeekCounts> {
        self.counts.iter().find(|counts| counts.week == week)
    }

    /// Sign-offs that were due and those of them that nobody made, of each item, by week.
    fn sign_offs_by_item(&self) -> Vec<(&Message, BTreeMap<IsoWeek, Missed>)> {
        let mut items: Vec<(&Message, BTreeMap<IsoWeek, Missed>)> = Vec::new();
        for due in self.sign_offs.unwrap_or_default() {
            let place = items.iter().position(|(what, _)| **what == due.what).unwrap_or_else(|| {
                items.push((&due.what, BTreeMap::new()));
                items.len() - 1
            });
            let Some((_, weeks)) = items.get_mut(place) else { continue };
            let missed = weeks.entry(IsoWeek::of(due.day)).or_default();
            missed.all += 1;
            missed.missed += u64::from(due.signed_by.is_none());
        }
        items
    }
}

/// How many of what was to be.
#[derive(Debug, Clone, Copy, Default)]
struct Missed {
    missed: u64,
    all: u64,
}

/// More weeks than this are printed on several pages side by side.
const WEEKS_OF_A_PAGE: usize = 16;

impl Page<'_> {
    /// A sheet whose columns are the weeks, after `names` columns that stay.
    fn begin_weeks(&mut self, name: &str, heading: &str, line: &str, names: ColNum) -> Written {
        self.begin(name, &self.language.say(heading), &self.language.say(line), true)?;
        let pages = self.book.weeks.len().div_ceil(WEEKS_OF_A_PAGE).max(1);
        self.sheet.set_print_fit_to_pages(pages as u16, 0);
        self.sheet.set_repeat_columns(0, names - 1)?;
        Ok(())
    }

    /// `W47` over `16 Nov`, a column a week from `first` on.
    fn week_heads(&mut self, row: RowNum, first: ColNum, width: f64, style: CellStyle) -> Written {
        self.height(row, 30)?;
        for (column, week) in (first..).zip(self.book.weeks) {
            self.sheet.set_column_width(column, width)?;
            let words = format!("{}\n{}", short(*week), short_day_words(self.language, week.monday()));
            self.text(row, column, &words, style.points(9).wrap())?;
        }
        Ok(())
    }

    fn average(&mut self, row: RowNum, column: ColNum, average: f64) -> Written {
        let number = if average >= 100.0 { Number::Whole } else { Number::Tenths };
        self.number(row, column, average, CELL.right().number(number))
    }
}

/// `W47`
fn short(week: IsoWeek) -> String {
    let name = week.to_string();
    name.split_once('-').map_or(name.clone(), |(_, number)| number.to_string())
}

/// `2.5`, `12`, `140`: an average in a cell that has a mark beside it.
fn average_words(average: f64) -> String {
    match average {
        ..0.05 => "<0.1".to_string(),
        average if average >= 100.0 || (average - average.round()).abs() < 0.05 => format!("{average:.0}"),
        average => format!("{average:.1}"),
    }
}
