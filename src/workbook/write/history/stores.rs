//! Stores by week, the worst first: what an export that loaded the store found in it.

use std::collections::BTreeMap;

use rust_xlsxwriter::{ColNum, RowNum};

use super::{Page, average_words};
use crate::domain::{IsoWeek, Severity, StoreId, StoreWeek};
use crate::say;
use crate::workbook::write::page::HEAD_ROW;
use crate::workbook::write::style::{BODY, CELL, HEAD};
use crate::workbook::write::writer::Written;

const CRITICAL: ColNum = 1;
const AVERAGE: ColNum = 2;
const LOADED: ColNum = 3;
const FIRST_WEEK: ColNum = 4;

/// One store over all the weeks.
struct Line<'a> {
    store: &'a StoreId,
    weeks: &'a BTreeMap<IsoWeek, StoreWeek>,
    all: StoreWeek,
}

pub(super) fn write(page: &mut Page) -> Written {
    page.begin_weeks("history-sheet-stores", "history-stores-title", "history-stores-line", FIRST_WEEK)?;
    for (column, width) in [(0, 22.0), (CRITICAL, 12.0), (AVERAGE, 12.0), (LOADED, 12.0)] {
        page.sheet.set_column_width(column, width)?;
    }
    let lines = lines(page);
    if lines.is_empty() {
        return page.say(HEAD_ROW, 0, "history-empty", BODY);
    }
    page.say(HEAD_ROW, 0, "week-head-store", HEAD)?;
    page.say(HEAD_ROW, CRITICAL, "history-head-critical", HEAD.points(9).wrap().right())?;
    page.say(HEAD_ROW, AVERAGE, "history-head-average", HEAD.points(9).wrap().right())?;
    page.say(HEAD_ROW, LOADED, "history-head-loaded", HEAD.points(9).wrap().indent(1))?;
    page.week_heads(HEAD_ROW, FIRST_WEEK, 9.0, HEAD.centre())?;
    page.sheet.set_freeze_panes(HEAD_ROW + 1, FIRST_WEEK)?;
    page.sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    for (row, line) in (HEAD_ROW + 1..).zip(&lines) {
        line_of(page, row, line)?;
    }
    page.filter(usize::from(FIRST_WEEK), lines.len())
}

fn lines<'a>(page: &Page<'a>) -> Vec<Line<'a>> {
    let of = |(store, weeks): (&'a StoreId, &'a BTreeMap<IsoWeek, StoreWeek>)| {
        let mut all = StoreWeek::default();
        for week in weeks.values() {
            all.exports += week.exports;
            all.loaded += week.loaded;
            for (severity, count) in &week.findings {
                *all.findings.entry(*severity).or_default() += count;
            }
        }
        Line { store, weeks, all }
    };
    let mut lines: Vec<Line> = page.book.stores.iter().map(of).collect();
    lines.sort_by(|one, other| other.rank().total_cmp(&one.rank()).then_with(|| one.store.cmp(other.store)));
    lines
}

impl Line<'_> {
    /// A critical finding outweighs any number of warnings that a store is likely to have, and so on down; a store that never
    /// loaded stands above all.
    fn rank(&self) -> f64 {
        if self.all.loaded == 0 {
            return f64::INFINITY;
        }
        let weight = |severity: &Severity| match severity {
            Severity::Critical => 1e6,
            Severity::Warning => 1e3,
            Severity::Notice => 1.0,
        };
        let sum: f64 = self.all.findings.iter().map(|(severity, count)| weight(severity) * *count as f64).sum();
        sum / self.all.loaded as f64
    }
}

fn line_of(page: &mut Page, row: RowNum, line: &Line) -> Written {
    let (book, language) = (page.book, page.language);
    page.height(row, 20)?;
    page.text(row, 0, line.store.as_str(), CELL.bold())?;
    for (column, average) in [(CRITICAL, line.all.average_of(Severity::Critical)), (AVERAGE, line.all.average())] {
        match average {
            Some(average) => page.average(row, column, average)?,
            None => page.text(row, column, "?", CELL.right().muted())?,
        }
    }
    let StoreWeek { exports, loaded, .. } = line.all;
    let words = say!(language, "history-of", count = loaded, all = exports);
    let (words, style) =
        if loaded < exports { (format!("● {words}"), CELL.words_of(Severity::Critical)) } else { (words, CELL) };
    page.text(row, LOADED, &words, style.indent(1))?;
    for (column, week) in (FIRST_WEEK..).zip(book.weeks) {
        match line.weeks.get(week).map(|of_week| (of_week.average(), of_week.worst())) {
            None => page.text(row, column, "–", CELL.muted().centre())?,
            Some((None, _)) => page.not_known(row, column)?,
            Some((Some(average), Some(worst))) => page.heat(row, column, worst, &average_words(average))?,
            Some((Some(_), None)) => page.blank(row, column, CELL)?,
        }
    }
    Ok(())
}
