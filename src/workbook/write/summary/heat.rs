//! Store by finding: where it is. Each cell has a mark and a count, and opens its first row.

use std::cmp::Reverse;

use rust_xlsxwriter::{ColNum, RowNum, XlsxError};

use super::{FIRST_NARROW, LAST, NAMES, section};
use crate::domain::{FindingCode, Severity};
use crate::workbook::words::{counted, severity_mark};
use crate::workbook::write::layout::{Layout, sheet_address};
use crate::workbook::write::pen::{Pen, Written};
use crate::workbook::write::style::{BODY, CELL, Edge, Fill, HEAD, Ink, Number};
use crate::workbook::write::tally::{FindingTally, StoreTally, Tally};

/// More stores than this make the page unreadable: those with the most findings are shown.
pub(super) const STORES_MAX: usize = 25;
/// A store that did not load has a sentence across the findings, which needs some room.
const SENTENCE_COLUMNS: usize = 6;
/// One narrow column is kept for "All", and that a store did not load has no column of its own.
const COLUMNS_MAX: usize = (LAST - FIRST_NARROW) as usize;
const EXPLANATION: &str = "The mark is the worst severity in the cell; the number opens its first row.";
const NOT_LOADED: &str = "did not load: nothing is known about its coupons";
const TIP: &str = "Opens the first of them in Coupons, as long as the rows have not been sorted";

/// The row after the map and its gap; `row` itself where there is nothing to show.
pub(super) fn write(pen: &mut Pen, layout: &Layout, tally: &Tally, row: RowNum) -> Result<RowNum, XlsxError> {
    let mut codes = tally.codes();
    // The worst come first.
    codes.truncate(COLUMNS_MAX);
    let some_failed = tally.stores.iter().any(StoreTally::failed);
    if codes.is_empty() && !some_failed {
        return Ok(row);
    }
    let head = section(pen, row, "Findings by store")?;
    pen.text(row, FIRST_NARROW + 3, EXPLANATION, BODY.muted().points(9))?;
    let all = FIRST_NARROW + codes.len().max(if some_failed { SENTENCE_COLUMNS } else { 1 }) as ColNum;
    heads(pen, head, &codes, all)?;
    let (shown, left_out) = worst_stores(tally);
    let mut next = head + 1;
    for store in shown {
        store_line(pen, layout, next, store, &codes, all)?;
        next += 1;
    }
    totals(pen, next, tally, &codes, all)?;
    next += 1;
    if !left_out.is_empty() {
        let findings: usize = left_out.iter().map(|store| store.findings_count()).sum();
        let words = format!(
            "and {} with {}: filter Coupons by Store",
            counted(left_out.len(), "more store", "more stores"),
            counted(findings, "finding", "findings"),
        );
        pen.text(next, NAMES, &words, BODY.muted())?;
        next += 1;
    }
    Ok(next + 1)
}

/// In the config's order while they fit; else those with the most findings, failed ones first.
fn worst_stores<'t, 'a>(tally: &'t Tally<'a>) -> (Vec<&'t StoreTally<'a>>, Vec<&'t StoreTally<'a>>) {
    let mut stores: Vec<&StoreTally> = tally.stores.iter().collect();
    if stores.len() <= STORES_MAX {
        return (stores, Vec::new());
    }
    stores.sort_by_key(|store| Reverse((store.failed(), store.findings_count())));
    let left_out = stores.split_off(STORES_MAX);
    (stores, left_out)
}

fn heads(pen: &mut Pen, row: RowNum, codes: &[FindingCode], all: ColNum) -> Written {
    pen.sheet.set_row_height(row, 30)?;
    let look = HEAD.points(9).wrap();
    pen.text(row, NAMES, "Store", look)?;
    for column in FIRST_NARROW..all {
        let code = codes.get(usize::from(column - FIRST_NARROW));
        pen.text(row, column, code.map_or("", |code| heading(*code)), look.centre())?;
    }
    pen.text(row, all, "All", look.centre())
}

/// A name that fits two lines of a narrow column.
fn heading(code: FindingCode) -> &'static str {
    match code {
        FindingCode::ListIncomplete => "List short",
        other => other.name(),
    }
}

fn store_line(
    pen: &mut Pen,
    layout: &Layout,
    row: RowNum,
    store: &StoreTally,
    codes: &[FindingCode],
    all: ColNum,
) -> Written {
    pen.sheet.set_row_height(row, 20)?;
    pen.text(row, NAMES, store.load.store.id.as_str(), CELL)?;
    if store.failed() {
        let look = CELL.fill(Fill::Tint(Severity::Critical)).ink(Ink::Critical).bold().indent(1);
        pen.across(row, FIRST_NARROW, all - 1, NOT_LOADED, look)?;
        return pen.text(row, all, "?", CELL.bold().centre());
    }
    for column in FIRST_NARROW..all {
        let code = codes.get(usize::from(column - FIRST_NARROW));
        match code.and_then(|code| store.findings.get(code)) {
            Some(finding) => heat_cell(pen, layout, row, column, finding)?,
            None => pen.blank(row, column, CELL)?,
        }
    }
    match store.findings_count() {
        0 => pen.text(row, all, "–", CELL.muted().centre()),
        some => pen.number(row, all, some as f64, CELL.bold().centre().number(Number::Whole)),
    }
}

fn heat_cell(pen: &mut Pen, layout: &Layout, row: RowNum, column: ColNum, finding: &FindingTally) -> Written {
    let words = format!("{} {}", severity_mark(Some(finding.worst)), finding.count);
    let look = BODY.fill(Fill::Heat(finding.worst)).edge(Edge::White).bold().centre();
    let address = finding
        .first
        .map_or_else(|| sheet_address(layout.book.language, "sheet-stores"), |index| layout.place(index).address());
    pen.link(row, column, &address, &words, TIP, look)
}

fn totals(pen: &mut Pen, row: RowNum, tally: &Tally, codes: &[FindingCode], all: ColNum) -> Written {
    pen.sheet.set_row_height(row, 20)?;
    let look = BODY.edge(Edge::Total).bold();
    let number = look.centre().number(Number::Whole);
    pen.text(row, NAMES, "All stores", look)?;
    let mut sum = 0;
    for column in FIRST_NARROW..all {
        let Some(code) = codes.get(usize::from(column - FIRST_NARROW)) else {
            pen.blank(row, column, look)?;
            continue;
        };
        let count: usize = tally.stores.iter().filter_map(|store| store.findings.get(code)).map(|it| it.count).sum();
        sum += count;
        pen.number(row, column, count as f64, number)?;
    }
    pen.number(row, all, sum as f64, number)
}
