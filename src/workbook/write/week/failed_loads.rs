//! Stores that did not load, with the platform's own words and request ids.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_xlsxwriter::RowNum;

use super::{HEAD_ROW, Page};
use crate::domain::{FailedLoad, Severity, StoreId};
use crate::say;
use crate::workbook::write::style::{CELL, CellStyle, Number};
use crate::workbook::write::writer::{Head, Written, clipped};

const HEADS: [Head; 7] = [
    Head::new("week-head-store", 16.0),
    Head::new("week-head-failed", 16.0),
    Head::right("week-head-of-exports", 12.0),
    Head::new("week-head-first-failed", 19.0),
    Head::new("week-head-last-failed", 19.0),
    Head::new("week-head-words", 66.0),
    Head::new("week-head-request", 34.0),
];
const WORDS_LETTERS_MAX: usize = 300;
const REQUESTS_MAX: usize = 3;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    let line = say!(language, "week-failed-line", count = book.failed_loads.len());
    page.begin("week-sheet-failed-loads", &language.say("week-failed-title"), &line, true)?;
    page.table(&HEADS, 1)?;
    let mut stores: BTreeMap<&StoreId, Vec<&FailedLoad>> = BTreeMap::new();
    for load in book.failed_loads {
        stores.entry(&load.store).or_default().push(load);
    }
    if stores.is_empty() {
        return page.nothing("week-failed-nothing");
    }
    let mut stores: Vec<_> = stores.into_iter().collect();
    stores.sort_by_key(|(store, loads)| (Reverse(loads.len()), *store));
    for (row, (store, loads)) in (HEAD_ROW + 1..).zip(&stores) {
        line_of(page, row, store, loads)?;
    }
    page.filter(HEADS.len(), stores.len())
}

fn line_of(page: &mut Page, row: RowNum, store: &StoreId, loads: &[&FailedLoad]) -> Written {
    let (book, language) = (page.book, page.language);
    let asked = book.exports.iter().filter(|export| export.store(store).is_some()).count();
    page.height(row, 44)?;
    page.text(row, 0, store.as_str(), CELL.bold())?;
    let words = format!("● {}", say!(language, "week-failed-times", count = loads.len()));
    page.text(row, 1, &words, CellStyle::filled(Severity::Critical))?;
    page.whole(row, 2, asked)?;
    page.moment(row, 3, loads.first().map(|load| load.at), CELL)?;
    page.moment(row, 4, loads.last().map(|load| load.at), CELL)?;
    let words = loads.last().map_or(String::new(), |load| clipped(&language.render(&load.words), WORDS_LETTERS_MAX));
    page.text(row, 5, &words, CELL.wrap())?;
    let requests = loads.iter().rev().filter_map(|load| load.request_id.as_deref()).take(REQUESTS_MAX);
    page.text(row, 6, &requests.collect::<Vec<_>>().join("\n"), CELL.muted().wrap().number(Number::Text))
}
