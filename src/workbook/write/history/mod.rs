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

use super::cell::{Cell, NextRow, Written};
use super::page::Pages;
use super::style::{CELL, CellStyle, HEAD, Number, RULE};
use super::table::Columns;
use super::{WriteError, page};
use crate::domain::{DueSignOff, FindingCode, IsoWeek, Message, StoreId, StoreWeeks, Timestamp, WeekCounts};
use crate::language::{DayShape, Language};
use crate::say;

/// Everything that a workbook of several weeks shows.
pub struct HistoryBook<'a> {
    /// How the archive is not what was sealed: said first.
    pub flaws: &'a [Message],
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

type Page<'a, 'b> = page::Page<'a, HistoryBook<'b>>;

/// Writes the workbook's bytes; the same book gives the same bytes.
///
/// # Errors
/// Where the bytes cannot be written.
pub fn write_history(book: &HistoryBook, to: impl Write + Send) -> Result<(), WriteError> {
    let mut pages = Pages::new(book, book.language, &title(book), book.made_at, title(book))?;
    let sheets: [fn(&mut Page) -> Written; 5] =
        [summary::write, findings::write, stores::write, money::write, missed::write];
    for write in sheets {
        pages.add(write)?;
    }
    pages.save(to)
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

impl Page<'_, '_> {
    /// A sheet whose columns are the weeks, after the `names`, which stay.
    fn begin_weeks<L>(&mut self, of: &str, names: &Columns<L>) -> Written {
        let [name, heading, line] =
            ["sheet-@", "@-title", "@-line"].map(|id| format!("history-{}", id.replace('@', of)));
        self.begin(&name, &self.language.say(&heading), &self.language.say(&line), RULE)?;
        let pages = self.book.weeks.len().div_ceil(WEEKS_OF_A_PAGE).max(1);
        self.sheet.set_print_fit_to_pages(pages as u16, 0);
        self.sheet.set_repeat_columns(0, names.len() as ColNum - 1)?;
        self.widths(names)
    }

    /// A table with `W47` over `16 Nov` as the heads of its weeks.
    fn week_table<L>(&mut self, head: RowNum, columns: &Columns<L>, lines: Vec<L>, height: f64) -> NextRow {
        self.widths(columns)?;
        let next = self.table(head, 0, columns, lines, |_| height)?;
        self.height(head, 30)?;
        Ok(next)
    }
}

/// The columns, and then one for each week.
fn with_weeks<'a, L: 'a>(
    columns: Columns<'a, L>,
    book: &'a HistoryBook,
    (width, head): (f64, CellStyle),
    cell: impl for<'l> Fn(&'l L, IsoWeek) -> Cell<'l> + Copy + 'a,
) -> Columns<'a, L> {
    book.weeks.iter().fold(columns, |columns, week| {
        let title = format!("{}\n{}", short(*week), book.language.day(DayShape::DayShort, week.monday()));
        columns.titled(head.points(9).wrap(), title, (width, 1), move |line| cell(line, *week))
    })
}

/// A small head of numbers.
const NUMBERS_HEAD: CellStyle = HEAD.points(9).wrap().right();
/// Of a sign in place of a count.
const NO_COUNT: CellStyle = CELL.muted().centre();
/// Of a sign in place of a number.
const NO_NUMBER: CellStyle = CELL.muted().right();

fn average_cell(average: f64) -> Cell<'static> {
    CELL.right().number(if average >= 100.0 { Number::Whole } else { Number::Tenths }).with(average)
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
