//! Stores that did not load, with the platform's own words and request ids.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Page;
use crate::domain::{FailedLoad, Severity, StoreId};
use crate::say;
use crate::workbook::write::cell::Written;
use crate::workbook::write::page::{moment, whole};
use crate::workbook::write::style::{CELL, CellStyle, Number, RULE};
use crate::workbook::write::table::Columns;

const REQUESTS_MAX: usize = 3;

type Line<'a> = (&'a StoreId, Vec<&'a FailedLoad>);

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language, zone) = (page.book, page.language, page.book.zone);
    let times = |loads: &[&FailedLoad]| format!("● {}", say!(language, "week-failed-times", count = loads.len()));
    let asked = |store: &StoreId| book.exports.iter().filter(|export| export.store(store).is_some()).count();
    let said = |load: &&FailedLoad| language.render_in_cell(&load.words);
    let requests = |loads: &[&FailedLoad]| {
        let ids = loads.iter().rev().filter_map(|load| load.request_id.as_deref()).take(REQUESTS_MAX);
        ids.collect::<Vec<_>>().join("\n")
    };
    let columns = Columns::<Line>::new(language)
        .left("week-head-store", 16.0, |(store, _)| CELL.bold().with(store.as_str()))
        .left("week-head-failed", 16.0, |(_, loads)| CellStyle::filled(Severity::Critical).with(times(loads)))
        .right("week-head-of-exports", 12.0, |(store, _)| whole(asked(store)))
        .left("week-head-first-failed", 19.0, |(_, loads)| moment(zone, loads.first().map(|load| load.at)))
        .left("week-head-last-failed", 19.0, |(_, loads)| moment(zone, loads.last().map(|load| load.at)))
        .left("week-head-words", 66.0, |(_, loads)| CELL.wrap().with(loads.last().map(said)))
        .left("week-head-request", 34.0, |(_, it)| CELL.muted().wrap().number(Number::Text).with(requests(it)));
    let line = say!(language, "week-failed-line", count = book.failed_loads.len());
    page.begin("week-sheet-failed-loads", &language.say("week-failed-title"), &line, RULE)?;
    let mut stores: BTreeMap<&StoreId, Vec<&FailedLoad>> = BTreeMap::new();
    for load in book.failed_loads {
        stores.entry(&load.store).or_default().push(load);
    }
    let mut stores: Vec<Line> = stores.into_iter().collect();
    stores.sort_by_key(|(store, loads)| (Reverse(loads.len()), *store));
    page.filtered_table(&columns, 1, stores, |_| 44.0, "week-failed-nothing")
}
