//! The weekly audit workbook: what was found and when, how long it stayed, who did what, what it could cost, who looked.
//!
//! It is read, never read back: tables carry no keys but for looking a row up, and cells may be merged on Summary.

mod actions;
mod by_hand;
mod failed_loads;
mod money;
mod offenders;
mod open_times;
mod sign_offs;
mod summary;

use std::collections::BTreeMap;
use std::io::Write;

use chrono::Duration;
use chrono_tz::Tz;

use super::cell::Written;
use super::page::Pages;
use super::{WriteError, page};
use crate::domain::{
    AppliedChange, DayCounts, DueSignOff, Export, ExportId, Exposure, FailedLoad, FindingLife, IsoWeek, Ledger,
    Message, MomentMoney, PastTask, RowKey, RunId, Timestamp, day_end, day_start,
};
use crate::language::{Language, day_words};
use crate::say;

/// Everything that the workbook of one week shows.
pub struct WeekBook<'a> {
    /// How the archive is not what was sealed: said first.
    pub flaws: &'a [Message],
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
    pub changes: &'a [AppliedChange],
    /// Who signed the plans of those runs, where somebody had to.
    pub approved_by: &'a BTreeMap<RunId, Vec<String>>,
    /// At the end of each slot with an export, the oldest first.
    pub money: &'a [MomentMoney],
    /// What the coupons of changes could still cost when they were decided on.
    pub money_of_changes: &'a BTreeMap<(ExportId, RowKey), Exposure>,
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
    let footer = say!(book.language, "week-footer", week = book.week.to_string());
    let mut pages = Pages::new(book, book.language, &title(book), book.made_at, footer)?;
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
        pages.add(write)?;
    }
    pages.save(to)
}

fn title(book: &WeekBook) -> String {
    say!(book.language, "week-title", week = book.week.to_string())
}

/// One sheet of it.
type Page<'a, 'b> = page::Page<'a, WeekBook<'b>>;

impl WeekBook<'_> {
    /// The first moment after what this book can tell of: the week's end, or now while it runs.
    fn until(&self) -> Timestamp {
        day_end(self.week.sunday(), self.zone).min(self.made_at)
    }

    fn begins(&self) -> Timestamp {
        day_start(self.week.monday(), self.zone)
    }

    pub fn ledger(&self) -> Ledger {
        Ledger::of(self.lives, self.begins(), self.until())
    }

    /// `Mon 16 Nov to Sun 22 Nov`
    fn span_words(&self) -> String {
        let near = self.week.sunday();
        let (first, last) = (day_words(self.language, self.week.monday(), near), day_words(self.language, near, near));
        say!(self.language, "week-span", first = first, last = last)
    }
}

/// `3 d 4 h`; `at least 3 d 4 h` where it is older than what was looked at.
fn open_for(language: Language, life: &FindingLife, until: Timestamp) -> String {
    let span = span(language, life.open_for(until));
    if life.since_longer { say!(language, "week-at-least", span = span) } else { span }
}

/// `3 d 4 h`, `9 h`, `20 min`.
fn span(language: Language, span: Duration) -> String {
    let hours = span.num_hours().unsigned_abs();
    match hours {
        0 => say!(language, "week-minutes", minutes = span.num_minutes().unsigned_abs().max(1)),
        1..48 => say!(language, "week-hours", hours = hours),
        _ => say!(language, "week-days-hours", days = hours / 24, hours = hours % 24),
    }
}
