//! "Do these first": the stores that failed or came short, then the worst rows; after a run, the rows that still need a person.

use super::NAMES;
use crate::domain::{Load, OutcomeKind, Row, Severity, StoreLoad, Urgency};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{Named, outcome_severity, severity_mark, suggestion_words, why_words};
use crate::workbook::write::cell::{Cell, NextRow, clipped};
use crate::workbook::write::layout::{Layout, Place};
use crate::workbook::write::page::{link, sheet_address};
use crate::workbook::write::style::{BODY, CELL, HEAD, LINK};
use crate::workbook::write::table::Columns;
use crate::workbook::write::{Page, by_hand, stores};
use rust_xlsxwriter::RowNum;

const LINES_MAX: usize = 7;
const LABEL_LETTERS_MAX: usize = 60;

/// Of Suggested, in two lines.
const COLUMNS_OF_SUGGESTED: usize = 60;

/// Two lines.
const ROW_POINTS: f64 = 30.0;

/// One line of the list.
struct Urgent {
    store: String,
    coupon: String,
    whole_store: bool,
    finding: String,
    severity: Severity,
    why: String,
    suggested: String,
    address: String,
    link: String,
}

pub(super) fn write(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let after_run = book.results.is_some();
    let row = page.section(row, NAMES, if after_run { "summary-still-yours" } else { "summary-first" })?;
    let (lines, more) = worst(book);
    if lines.is_empty() {
        page.text(row, NAMES, &none_words(book, after_run), BODY)?;
        return Ok(row + 1);
    }
    let [finding, why, suggested] = if after_run {
        ["summary-head-result", "summary-head-happened", "summary-head-to-do"]
    } else {
        ["summary-head-finding", "summary-head-why", "summary-head-suggested"]
    };
    let found = |line: &Urgent| format!("{} {}", severity_mark(Some(line.severity)), line.finding);
    let store_style = |line: &Urgent| if line.whole_store { CELL.bold().wrap() } else { CELL.wrap() };
    let coupon_style = |line: &Urgent| if line.whole_store { CELL.muted() } else { CELL.wrap() };
    let columns = Columns::<Urgent>::new(language)
        .left("summary-head-store", 0.0, |line| store_style(line).with(line.store.as_str()))
        .over(4, HEAD, "summary-head-coupon", |line| coupon_style(line).with(line.coupon.as_str()))
        .over(2, HEAD, finding, |line| CELL.words_of(line.severity).wrap().with(found(line)))
        .over(6, HEAD, why, |line| CELL.wrap().with(line.why.as_str()))
        .over(4, HEAD, suggested, |line| CELL.bold().wrap().with(line.suggested.as_str()))
        .over(2, HEAD, "summary-head-go-to", |line| link(language, line.address.clone(), &line.link, "summary-tip"));
    let next = page.table(row, NAMES, &columns, lines, |_| ROW_POINTS)?;
    if let Some((words, address)) = more {
        let more = Cell { style: BODY.ink(LINK.ink), ..link(language, address, &words, "summary-tip") };
        page.cell(next, NAMES, more)?;
        return Ok(next + 1);
    }
    Ok(next)
}

fn none_words(layout: &Layout, after_run: bool) -> String {
    let (language, rows) = (layout.language, &layout.export.rows);
    let found = rows.iter().filter(|row| !row.findings.is_empty()).count();
    match (after_run, rows.is_empty(), found) {
        (true, ..) => language.say("summary-all-settled"),
        (false, true, _) => language.say("summary-no-coupons"),
        (false, false, 0) => language.say("summary-all-good"),
        (false, false, _) => say!(language, "summary-nothing-to-do", count = found),
    }
}

/// The lines to show, the most urgent first, and how many more there are with a link to them.
fn worst(layout: &Layout) -> (Vec<Urgent>, Option<(String, String)>) {
    let language = layout.language;
    let stores = layout.export.stores.iter().filter_map(|load| {
        let urgency = Urgency::of_store(stores::trouble(load)?, stores::trouble_code(load));
        Some((urgency, Troubled::Store(load)))
    });
    let rows = layout.rows.iter().copied().enumerate().filter(|(_, row)| needs_somebody(layout, row));
    let rows = rows.map(|(index, row)| (Urgency::of(row), Troubled::Row(index, row)));
    let mut troubled: Vec<(Urgency, Troubled)> = stores.chain(rows).collect();
    // After a run its rows come first and keep the workbook's order.
    let after_run = layout.results.is_some();
    let place =
        |it: &Troubled| (after_run && it.row().is_none(), it.row().filter(|_| after_run).map(|(index, _)| index));
    troubled.sort_by(|(one_urgency, one), (other_urgency, other)| {
        place(one).cmp(&place(other)).then_with(|| one_urgency.cmp(other_urgency))
    });
    let more = troubled.split_off(troubled.len().min(LINES_MAX));
    let more_rows = more.iter().filter_map(|(_, it)| it.row()).collect::<Vec<_>>();
    let more = match more_rows.first() {
        Some((index, _)) => Some((more_words(layout, &more_rows), layout.place(*index).address())),
        None if more.is_empty() => None,
        None => {
            let words = say!(language, "summary-more-stores", count = more.len());
            Some((words, sheet_address(language, "sheet-stores")))
        }
    };
    let line = |(_, it): (Urgency, Troubled)| match it {
        Troubled::Store(load) => troubled_store(language, load),
        Troubled::Row(index, row) => Some(of_row(layout, layout.place(index), row)),
    };
    (troubled.into_iter().filter_map(line).collect(), more)
}

enum Troubled<'a> {
    Store(&'a StoreLoad),
    Row(usize, &'a Row),
}

impl<'a> Troubled<'a> {
    fn row(&self) -> Option<(usize, &'a Row)> {
        match self {
            Self::Store(_) => None,
            Self::Row(index, row) => Some((*index, row)),
        }
    }
}

fn needs_somebody(layout: &Layout, row: &Row) -> bool {
    if layout.results.is_none() {
        // What asks nobody to do anything is never first.
        return !row.findings.is_empty() && !row.suggestion.advice.is_calm();
    }
    let outcome = layout.outcome(&row.key).map(|outcome| outcome.kind);
    outcome.is_some_and(|kind| !matches!(kind, OutcomeKind::Done | OutcomeKind::AlreadyDone))
}

/// `and 2 more critical in Coupons`
fn more_words(layout: &Layout, more: &[(usize, &Row)]) -> String {
    let language = layout.language;
    let worst = more.first().and_then(|(_, row)| row.severity());
    if let (None, Some(worst)) = (&layout.results, worst) {
        let same = more.iter().filter(|(_, row)| row.severity() == Some(worst)).count();
        let id = format!("summary-more-{}", <&str>::from(worst));
        return say!(language, &id, count = same);
    }
    say!(language, "summary-more-rows", count = more.len())
}

fn troubled_store(language: Language, load: &StoreLoad) -> Option<Urgent> {
    let severity = stores::trouble(load)?;
    let why = match (&load.load, load.findings.first()) {
        (Load::Failed(problem), _) => language.render_in_cell(&problem.sentence),
        (Load::Loaded { .. }, Some(finding)) => language.render_in_cell(&finding.why),
        (Load::Loaded { .. }, None) => stores::error(language, load),
    };
    Some(Urgent {
        store: load.store.id.to_string(),
        coupon: language.say("summary-whole-store"),
        whole_store: true,
        finding: stores::trouble_code(load).name(language),
        severity,
        why,
        suggested: language.say("summary-check-store"),
        address: sheet_address(language, "sheet-stores"),
        link: language.say("summary-stores"),
    })
}

fn of_row(layout: &Layout, place: Place, row: &Row) -> Urgent {
    let (language, coupon) = (layout.language, &row.coupon);
    let label = match &coupon.code {
        Some(code) if *code != coupon.name => format!("{code} · {}", coupon.name),
        _ => coupon.name.clone(),
    };
    let mut line = Urgent {
        store: coupon.store.to_string(),
        coupon: clipped(&label, LABEL_LETTERS_MAX),
        whole_store: false,
        finding: row.findings.first().map_or(String::new(), |finding| finding.code.name(language)),
        severity: row.severity().unwrap_or(Severity::Notice),
        why: row.findings.first().map_or(String::new(), |finding| why_words(language, finding)),
        suggested: String::new(),
        address: place.address(),
        link: place.words(),
    };
    if let Some(outcome) = layout.outcome(&row.key) {
        line.finding = outcome.kind.name(language);
        line.severity = outcome_severity(outcome.kind).unwrap_or(Severity::Notice);
        line.why = language.render_in_cell(&outcome.message);
        match layout.task(&row.key).filter(|_| outcome.kind == OutcomeKind::ByHand) {
            // The By hand sheet has the steps.
            Some((index, shown)) => {
                line.suggested = language.render_in_cell(&shown.task.to_do);
                (line.address, line.link) = by_hand::place(language, index);
            }
            None => {
                let next = outcome.next.as_ref().map(|next| language.render_in_cell(next));
                line.suggested = next.unwrap_or_default();
            }
        }
    } else if let Some(store) = layout.store(row) {
        let instead = layout.done_instead(row, store);
        line.suggested =
            suggestion_words(language, &row.suggestion, store, layout.export.at, instead, COLUMNS_OF_SUGGESTED);
    }
    line
}
