//! What was not looked at: stores that did not load, and items of the checklist that nobody signed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_xlsxwriter::RowNum;

use super::{Missed, NO_COUNT, Page, with_weeks};
use crate::domain::{IsoWeek, Severity, StoreId, StoreWeek};
use crate::language::Language;
use crate::say;
use crate::workbook::write::cell::{Cell, NextRow, Written};
use crate::workbook::write::page::{HEAD_ROW, heat};
use crate::workbook::write::style::{BODY, CELL, HEAD};
use crate::workbook::write::table::Columns;

/// A name, and what was missed of it by week.
type Line = (String, BTreeMap<IsoWeek, Missed>);

pub(super) fn write(page: &mut Page) -> Written {
    page.begin_weeks("missed", &names(page.language, "week-head-store"))?;
    if page.book.counts.is_empty() {
        return page.say(HEAD_ROW, 0, "history-empty", BODY);
    }
    let row = failed_loads(page, HEAD_ROW)? + 1;
    sign_offs(page, row)
}

/// A line for each store that did not load at least once, the worst first.
fn failed_loads(page: &mut Page, row: RowNum) -> NextRow {
    let book = page.book;
    let weeks_of = |(store, weeks): (&StoreId, &BTreeMap<IsoWeek, StoreWeek>)| {
        let missed = |week: &StoreWeek| Missed { missed: week.exports - week.loaded, all: week.exports };
        (store.to_string(), weeks.iter().map(|(week, of)| (*week, missed(of))).collect::<BTreeMap<_, _>>())
    };
    let mut stores: Vec<_> = book.stores.iter().map(weeks_of).filter(|(_, weeks)| sum(weeks).missed > 0).collect();
    stores.sort_by_key(|(store, weeks)| (Reverse(sum(weeks).missed), store.clone()));
    let row = page.section(row, 0, "history-missed-loads")?;
    if stores.is_empty() {
        page.say(row, 0, "history-missed-loads-nothing", BODY)?;
        return Ok(row + 1);
    }
    table(page, row, "week-head-store", stores)
}

fn sign_offs(page: &mut Page, row: RowNum) -> Written {
    let book = page.book;
    let row = page.section(row, 0, "history-missed-sign-offs")?;
    if book.sign_offs.is_none() {
        return page.say(row, 0, "week-sign-offs-nothing", BODY);
    }
    let items: Vec<_> =
        book.sign_offs_by_item().into_iter().map(|(what, weeks)| (book.language.render(what), weeks)).collect();
    if items.is_empty() {
        return page.say(row, 0, "history-missed-sign-offs-nothing", BODY);
    }
    table(page, row, "week-head-what", items)?;
    Ok(())
}

fn sum(weeks: &BTreeMap<IsoWeek, Missed>) -> Missed {
    weeks.values().fold(Missed::default(), |sum, of| Missed { missed: sum.missed + of.missed, all: sum.all + of.all })
}

/// `● 3 of 14` by name and week; the row after the table.
fn table(page: &mut Page, head: RowNum, name: &str, lines: Vec<Line>) -> NextRow {
    let (book, language) = (page.book, page.language);
    let columns = with_weeks(names(language, name), book, (11.0, HEAD.centre()), |(_, weeks), week| {
        book.of(week).map_or(NO_COUNT.with("?"), |_| cell(language, weeks.get(&week).copied()))
    });
    page.week_table(head, &columns, lines, 20.0)
}

fn names<'a>(language: Language, name: &str) -> Columns<'a, Line> {
    Columns::<Line>::new(language).left(name, 34.0, |(name, _)| CELL.bold().with(name.as_str())).headed(
        HEAD.centre(),
        "history-head-all-weeks",
        14.0,
        move |(_, weeks)| cell(language, Some(sum(weeks))),
    )
}

/// A dash where nothing was to be.
fn cell(language: Language, missed: Option<Missed>) -> Cell<'static> {
    match missed {
        None | Some(Missed { all: 0, .. }) => NO_COUNT.with("–"),
        Some(Missed { missed: 0, .. }) => NO_COUNT.with(format!("✓ {}", language.say("history-missed-none"))),
        Some(Missed { missed, all }) => {
            heat(Severity::Critical, &say!(language, "history-of", count = missed, all = all))
        }
    }
}
