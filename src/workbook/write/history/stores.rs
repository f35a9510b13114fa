//! Stores by week, the worst first: what an export that loaded the store found in it.

use std::collections::BTreeMap;

use super::{NO_COUNT, NO_NUMBER, NUMBERS_HEAD, Page, average_cell, average_words, with_weeks};
use crate::domain::{IsoWeek, Severity, StoreId, StoreWeek};
use crate::say;
use crate::workbook::write::cell::Written;
use crate::workbook::write::page::{HEAD_ROW, heat};
use crate::workbook::write::style::{BODY, CELL, HEAD};
use crate::workbook::write::table::Columns;

/// One store over all the weeks.
struct Line<'a> {
    store: &'a StoreId,
    weeks: &'a BTreeMap<IsoWeek, StoreWeek>,
    all: StoreWeek,
}

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    let average = |average: Option<f64>| average.map_or(NO_NUMBER.with("?"), average_cell);
    let loaded = |line: &Line| {
        let StoreWeek { exports, loaded, .. } = line.all;
        let words = say!(language, "history-of", count = loaded, all = exports);
        let (words, style) =
            if loaded < exports { (format!("● {words}"), CELL.words_of(Severity::Critical)) } else { (words, CELL) };
        style.indent(1).with(words)
    };
    let critical = |line: &Line| average(line.all.average_of(Severity::Critical));
    let names = Columns::<Line>::new(language)
        .left("week-head-store", 22.0, |line| CELL.bold().with(line.store.as_str()))
        .headed(NUMBERS_HEAD, "history-head-critical", 12.0, |line| critical(line))
        .headed(NUMBERS_HEAD, "history-head-average", 12.0, |line| average(line.all.average()))
        .headed(HEAD.points(9).wrap().indent(1), "history-head-loaded", 12.0, |line| loaded(line));
    page.begin_weeks("stores", &names)?;
    let lines = lines(page);
    if lines.is_empty() {
        return page.say(HEAD_ROW, 0, "history-empty", BODY);
    }
    let fixed = names.len();
    page.freeze(HEAD_ROW, fixed as u16)?;
    let columns = with_weeks(names, book, (9.0, HEAD.centre()), |line, week| {
        match line.weeks.get(&week).map(|of_week| (of_week.average(), of_week.worst())) {
            None => NO_COUNT.with("–"),
            Some((None, _)) => NO_COUNT.with("?"),
            Some((Some(average), Some(worst))) => heat(worst, &average_words(average)),
            Some((Some(_), None)) => CELL.empty(),
        }
    });
    let next = page.week_table(HEAD_ROW, &columns, lines, 20.0)?;
    page.filter(HEAD_ROW, fixed, next)
}

fn lines<'a>(page: &Page<'_, 'a>) -> Vec<Line<'a>> {
    let of = |(store, weeks): (&'a StoreId, &'a BTreeMap<IsoWeek, StoreWeek>)| {
        let mut all = StoreWeek::default();
        for week in weeks.values() {
            all.exports += week.exports;
            all.loaded += week.loaded;
            all.looks += week.looks;
            for (severity, count) in &week.severities {
                *all.severities.entry(*severity).or_default() += count;
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
        let sum: f64 = self.all.severities.iter().map(|(severity, count)| weight(severity) * *count as f64).sum();
        sum / self.all.looks as f64
    }
}
