//! Store by finding: where it is. Each cell has a mark and a count, and opens its first row; a coupon with several findings is in
//! several cells, and once in all. The mildest and rarest findings share one column where there are more than fit.

use std::cmp::Reverse;

use rust_xlsxwriter::{ColNum, RowNum};

use super::{FIRST_NARROW, LAST, NAMES, SMALL_HEAD};
use crate::domain::{FindingCode, Severity};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{Named, severity_mark};
use crate::workbook::write::Page;
use crate::workbook::write::cell::{Cell, NextRow, Value, Written};
use crate::workbook::write::layout::Layout;
use crate::workbook::write::page::{link, sheet_address};
use crate::workbook::write::style::{BODY, CELL, CRITICAL, CellStyle, Edge, Number, tint};
use crate::workbook::write::table::Columns;
use crate::workbook::write::tally::{FindingTally, StoreTally, Tally};

/// More stores than this make the page unreadable: those with the most to look at are shown.
pub(super) const STORES_MAX: usize = 25;
/// All of them stand on one page.
const ROW_POINTS: f64 = 16.5;
/// A store that did not load has a sentence across the findings, which needs some room.
const SENTENCE_COLUMNS: usize = 6;
/// One narrow column is kept for "All", and that a store did not load has no column of its own.
const COLUMNS_MAX: usize = (LAST - FIRST_NARROW) as usize;

/// What stands over one column: a finding, or all that have no column of their own.
struct HeatColumn {
    codes: Vec<FindingCode>,
}

/// The row after the map and its gap; `row` itself where there is nothing to show.
pub(super) fn write(page: &mut Page, tally: &Tally, row: RowNum) -> NextRow {
    let language = page.language;
    let columns = columns(tally);
    let some_failed = tally.stores.iter().any(StoreTally::failed);
    if columns.is_empty() && !some_failed {
        return Ok(row);
    }
    let head = page.section(row, NAMES, "summary-heat")?;
    page.say(row, FIRST_NARROW + 3, "summary-heat-explained", BODY.muted().points(9))?;
    let all = FIRST_NARROW + columns.len().max(if some_failed { SENTENCE_COLUMNS } else { 1 }) as ColNum;
    let (shown, left_out) = worst_stores(tally);
    let mut next = store_lines(page, head, &shown, &columns, all)?;
    totals(page, next, tally, &columns, all)?;
    next += 1;
    if !left_out.is_empty() {
        let count: usize = left_out.iter().map(|store| store.count()).sum();
        let words = say!(language, "summary-heat-more", stores = left_out.len(), count = count);
        page.text(next, NAMES, &words, BODY.muted())?;
        next += 1;
    }
    if let Some(other) = columns.iter().find(|column| column.codes.len() > 1) {
        let names: Vec<String> = other.codes.iter().map(|code| code.name(language)).collect();
        let words = say!(language, "summary-heat-other-means", names = names.join(&language.say("comma")));
        page.text(next, NAMES, &words, BODY.muted().points(9))?;
        next += 1;
    }
    Ok(next + 1)
}

/// The findings that occur, worst first; those that do not fit, mildest and rarest, together in the last.
fn columns(tally: &Tally) -> Vec<HeatColumn> {
    let codes = tally.codes();
    let alone = |codes: &[FindingCode]| codes.iter().map(|code| HeatColumn { codes: vec![*code] }).collect::<Vec<_>>();
    if codes.len() <= COLUMNS_MAX {
        return alone(&codes);
    }
    let weight = |code: &FindingCode| {
        let cells = tally.stores.iter().filter_map(|store| store.findings.get(code));
        cells.fold((None, 0), |(worst, count), cell| (worst.max(Some(cell.worst)), count + cell.count))
    };
    let mut heaviest = codes.clone();
    heaviest.sort_by_key(|code| Reverse(weight(code)));
    let shared: Vec<FindingCode> = heaviest.split_off(COLUMNS_MAX - 1);
    let kept: Vec<FindingCode> = codes.into_iter().filter(|code| !shared.contains(code)).collect();
    let mut columns = alone(&kept);
    columns.push(HeatColumn { codes: shared });
    columns
}

impl HeatColumn {
    /// Of its findings in one store: the count together, the worst severity, the first row.
    fn tally(&self, store: &StoreTally) -> Option<FindingTally> {
        let cells = self.codes.iter().filter_map(|code| store.findings.get(code).copied());
        cells.reduce(|one, other| FindingTally {
            count: one.count + other.count,
            worst: one.worst.max(other.worst),
            first: match (one.first, other.first) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            },
        })
    }

    fn heading(&self, language: Language) -> String {
        match self.codes.as_slice() {
            // Where a word of its name is longer than the column, the head says it in other words.
            [code] => {
                let id = format!("summary-heat-{}", code.code().replace('_', "-"));
                if language.has(&id) { language.say(&id) } else { code.name(language) }
            }
            _ => language.say("summary-heat-other"),
        }
    }
}

/// In the config's order while they fit; else those with the most to look at, failed ones first.
fn worst_stores<'t, 'a>(tally: &'t Tally<'a>) -> (Vec<&'t StoreTally<'a>>, Vec<&'t StoreTally<'a>>) {
    let mut stores: Vec<&StoreTally> = tally.stores.iter().collect();
    if stores.len() <= STORES_MAX {
        return (stores, Vec::new());
    }
    stores.sort_by_key(|store| Reverse((store.failed(), store.count())));
    let left_out = stores.split_off(STORES_MAX);
    (stores, left_out)
}

/// A line a store; one that did not load has a sentence across its findings.
fn store_lines(page: &mut Page, head: RowNum, stores: &[&StoreTally], columns: &[HeatColumn], all: ColNum) -> NextRow {
    let (book, language, style) = (page.book, page.language, SMALL_HEAD.wrap());
    let mut cells = Columns::<&StoreTally>::new(language)
        .headed(style, "summary-head-store", 0.0, |store| CELL.with(store.load.store.id.as_str()));
    for place in 0..usize::from(all - FIRST_NARROW) {
        let column = columns.get(place);
        let title = column.map(|column| column.heading(language)).unwrap_or_default();
        cells = cells.titled(style.centre().regular(), title, (0.0, 1), move |store| {
            let finding = column.filter(|_| !store.failed()).and_then(|column| column.tally(store));
            finding.map_or(CELL.empty(), |finding| heat_cell(book, finding))
        });
    }
    let cells = cells.headed(style.centre(), "summary-heat-all", 0.0, |store| match store.count() {
        _ if store.failed() => CELL.bold().centre().with("?"),
        0 => CELL.muted().centre().with("–"),
        some => CELL.bold().centre().number(Number::Whole).with(some),
    });
    let next = page.table(head, NAMES, &cells, stores.iter().copied(), |_| ROW_POINTS)?;
    page.height(head, 40)?;
    for (row, _) in (head + 1..).zip(stores).filter(|(_, store)| store.failed()) {
        let style = CELL.fill(tint(Severity::Critical)).ink(CRITICAL).bold().indent(1);
        page.across(row, (FIRST_NARROW, all - 1), style.with(language.say("summary-not-loaded")))?;
    }
    Ok(next)
}

fn heat_cell(layout: &Layout, finding: FindingTally) -> Cell<'static> {
    let language = layout.language;
    let words = format!("{} {}", severity_mark(Some(finding.worst)), finding.count);
    let place = finding.first.map(|index| layout.place(index).address());
    let address = place.unwrap_or_else(|| sheet_address(language, "sheet-stores"));
    Cell { style: CellStyle::heat(finding.worst), ..link(language, address, &words, "summary-heat-tip") }
}

fn totals(page: &mut Page, row: RowNum, tally: &Tally, columns: &[HeatColumn], all: ColNum) -> Written {
    page.height(row, 20)?;
    let style = BODY.edge(Edge::Total).bold();
    let number = style.centre().number(Number::Whole);
    page.say(row, NAMES, "summary-heat-all-stores", style)?;
    for place in FIRST_NARROW..all {
        let Some(column) = columns.get(usize::from(place - FIRST_NARROW)) else {
            page.blank(row, place, style)?;
            continue;
        };
        let count: usize = tally.stores.iter().filter_map(|store| column.tally(store)).map(|it| it.count).sum();
        page.cell(row, place, number.with(of_seen(tally, count)))?;
    }
    let seen = tally.stores.iter().filter(|store| !store.failed());
    page.cell(row, all, number.with(of_seen(tally, seen.map(StoreTally::count).sum())))
}

/// A total over stores of which some were not seen: `12 + ?`.
fn of_seen(tally: &Tally, count: usize) -> Value<'static> {
    match (tally.stores.iter().any(StoreTally::failed), count) {
        (false, count) => count.into(),
        (true, 0) => "?".into(),
        (true, count) => Value::from(format!("{count} + ?")),
    }
}
