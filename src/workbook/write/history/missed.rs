//! What was not looked at: stores that did not load, and items of the checklist that nobody signed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_xlsxwriter::{ColNum, RowNum};

use super::{Missed, Page};
use crate::domain::{IsoWeek, Severity, StoreId};
use crate::say;
use crate::workbook::write::style::{BODY, CELL, HEAD};
use crate::workbook::write::writer::{NextRow, Written};

const ALL_WEEKS: ColNum = 1;
const FIRST_WEEK: ColNum = 2;
const WEEK_WIDTH: f64 = 11.0;

pub(super) fn write(page: &mut Page) -> Written {
    page.begin_weeks("history-sheet-missed", "history-missed-title", "history-missed-line", FIRST_WEEK)?;
    page.sheet.set_column_width(0, 34)?;
    page.sheet.set_column_width(ALL_WEEKS, 14)?;
    if page.book.counts.is_empty() {
        return page.say(3, 0, "history-empty", BODY);
    }
    let row = failed_loads(page, 3)? + 1;
    sign_offs(page, row)
}

/// A line for each store that did not load at least once, the worst first.
fn failed_loads(page: &mut Page, row: RowNum) -> NextRow {
    let book = page.book;
    let weeks_of = |(store, weeks): (&'_ StoreId, &BTreeMap<IsoWeek, crate::domain::StoreWeek>)| {
        let missed = |week: &crate::domain::StoreWeek| Missed { missed: week.exports - week.loaded, all: week.exports };
        (store.to_string(), weeks.iter().map(|(week, of)| (*week, missed(of))).collect::<BTreeMap<_, _>>())
    };
    let mut stores: Vec<_> = book.stores.iter().map(weeks_of).filter(|(_, weeks)| sum(weeks).missed > 0).collect();
    stores.sort_by_key(|(store, weeks)| (Reverse(sum(weeks).missed), store.clone()));
    let row = page.section(row, 0, "history-missed-loads")?;
    if stores.is_empty() {
        page.say(row, 0, "history-missed-loads-nothing", BODY)?;
        return Ok(row + 1);
    }
    table(page, row, "week-head-store", &stores)
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
    table(page, row, "week-head-what", &items)?;
    Ok(())
}

fn sum(weeks: &BTreeMap<IsoWeek, Missed>) -> Missed {
    weeks.values().fold(Missed::default(), |sum, of| Missed { missed: sum.missed + of.missed, all: sum.all + of.all })
}

/// `● 3 of 14` by name and week; the row after the table.
fn table(page: &mut Page, head: RowNum, names: &str, lines: &[(String, BTreeMap<IsoWeek, Missed>)]) -> NextRow {
    let book = page.book;
    page.say(head, 0, names, HEAD)?;
    page.say(head, ALL_WEEKS, "history-head-all-weeks", HEAD.centre())?;
    page.week_heads(head, FIRST_WEEK, WEEK_WIDTH, HEAD.centre())?;
    for (row, (name, weeks)) in (head + 1..).zip(lines) {
        page.height(row, 20)?;
        page.text(row, 0, name, CELL.bold())?;
        cell(page, row, ALL_WEEKS, Some(sum(weeks)))?;
        for (column, week) in (FIRST_WEEK..).zip(book.weeks) {
            match book.of(*week) {
                None => page.not_known(row, column)?,
                Some(_) => cell(page, row, column, weeks.get(week).copied())?,
            }
        }
    }
    Ok(head + 1 + lines.len() as RowNum)
}

/// A dash where nothing was to be.
fn cell(page: &mut Page, row: RowNum, column: ColNum, missed: Option<Missed>) -> Written {
    match missed {
        None | Some(Missed { all: 0, .. }) => page.text(row, column, "–", CELL.muted().centre()),
        Some(Missed { missed: 0, .. }) => {
            let words = format!("✓ {}", page.language.say("history-missed-none"));
            page.text(row, column, &words, CELL.muted().centre())
        }
        Some(Missed { missed, all }) => {
            let words = say!(page.language, "history-of", count = missed, all = all);
            page.heat(row, column, Severity::Critical, &words)
        }
    }
}
