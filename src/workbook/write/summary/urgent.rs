//! "Do these first": the stores that failed or came short, then the worst rows; after a run, the rows that still need a person.

use rust_xlsxwriter::RowNum;

use super::NAMES;
use crate::domain::{Load, OutcomeKind, Row, Severity, StoreLoad};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{Named, outcome_severity, severity_mark, suggestion_words, why_words};
use crate::workbook::write::layout::{Layout, Place, sheet_address};
use crate::workbook::write::stores;
use crate::workbook::write::style::{BODY, CELL, HEAD, Ink, LINK};
use crate::workbook::write::writer::{CellWriter, NextRow, Span, Written, clipped, lines_in};

const LINES_MAX: usize = 7;
const LABEL_LETTERS_MAX: usize = 60;

/// The columns that each part spans.
const STORE: Span = (NAMES, NAMES);
const COUPON: Span = (2, 5);
const FINDING: Span = (6, 7);
const WHY: Span = (8, 13);
const SUGGESTED: Span = (14, 17);
const GO_TO: Span = (18, 19);

/// What these hold, in characters: the columns are 8 wide, and Suggested is bold.
const WHY_WIDTH: f64 = 48.0;
const SUGGESTED_WIDTH: f64 = 28.0;
const LINE_POINTS: u16 = 13;
const LINES_OF_ROW_MAX: u16 = 5;

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

pub(super) fn write(writer: &mut CellWriter, layout: &Layout, row: RowNum) -> NextRow {
    let language = layout.book.language;
    let after_run = layout.book.results.is_some();
    let row = writer.section_in_words(
        row,
        NAMES,
        &language.say(if after_run { "summary-still-yours" } else { "summary-first" }),
    )?;
    let (lines, more) = worst(layout);
    if lines.is_empty() {
        writer.text(
            row,
            NAMES,
            &language.say(if after_run { "summary-all-settled" } else { "summary-all-good" }),
            BODY,
        )?;
        return Ok(row + 1);
    }
    heads(writer, language, row, after_run)?;
    let mut next = row + 1;
    for line in lines {
        write_line(writer, language, next, &line)?;
        next += 1;
    }
    if let Some((words, address)) = more {
        writer.link(next, NAMES, &address, &words, &language.say("summary-tip"), BODY.ink(Ink::Link))?;
        next += 1;
    }
    Ok(next)
}

fn heads(writer: &mut CellWriter, language: Language, row: RowNum, after_run: bool) -> Written {
    writer.height(row, 20)?;
    let [finding, why, suggested] = if after_run {
        ["summary-head-result", "summary-head-happened", "summary-head-to-do"]
    } else {
        ["summary-head-finding", "summary-head-why", "summary-head-suggested"]
    };
    let ids = ["summary-head-store", "summary-head-coupon", finding, why, suggested, "summary-head-go-to"];
    for ((first, last), id) in [STORE, COUPON, FINDING, WHY, SUGGESTED, GO_TO].into_iter().zip(ids) {
        writer.across(row, first, last, &language.say(id), HEAD)?;
    }
    Ok(())
}

fn write_line(writer: &mut CellWriter, language: Language, row: RowNum, line: &Urgent) -> Written {
    let lines =
        lines_in(&line.why, WHY_WIDTH).max(lines_in(&line.suggested, SUGGESTED_WIDTH)).clamp(2, LINES_OF_ROW_MAX);
    writer.height(row, 4 + LINE_POINTS * lines)?;
    let (store, coupon) =
        if line.whole_store { (CELL.bold().wrap(), CELL.muted()) } else { (CELL.wrap(), CELL.wrap()) };
    let finding = format!("{} {}", severity_mark(Some(line.severity)), line.finding);
    writer.text(row, STORE.0, &line.store, store)?;
    writer.across(row, COUPON.0, COUPON.1, &line.coupon, coupon)?;
    writer.across(row, FINDING.0, FINDING.1, &finding, CELL.words_of(line.severity).wrap())?;
    writer.across(row, WHY.0, WHY.1, &line.why, CELL.wrap())?;
    writer.across(row, SUGGESTED.0, SUGGESTED.1, &line.suggested, CELL.bold().wrap())?;
    writer.link_across(row, GO_TO, &line.address, &line.link, &language.say("summary-tip"), LINK)
}

/// The lines to show, and how many more there are with a link to them.
fn worst(layout: &Layout) -> (Vec<Urgent>, Option<(String, String)>) {
    let language = layout.book.language;
    let troubled = |load| troubled_store(language, load);
    let mut stores: Vec<Urgent> = layout.book.export.stores.iter().filter_map(troubled).collect();
    stores.sort_by_key(|line| std::cmp::Reverse(line.severity));
    let rows: Vec<(usize, &Row)> =
        layout.rows.iter().copied().enumerate().filter(|(_, row)| needs_somebody(layout, row)).collect();
    let total = stores.len() + rows.len();
    let shown_rows = LINES_MAX.saturating_sub(stores.len());
    let more_rows = rows.get(shown_rows..).unwrap_or_default();
    let more = if stores.len() > LINES_MAX {
        let words = say!(language, "summary-more-stores", count = stores.len() - LINES_MAX);
        Some((words, sheet_address(language, "sheet-stores")))
    } else {
        more_rows.first().map(|(index, _)| (more_words(layout, more_rows), layout.place(*index).address()))
    };
    let mut lines = stores;
    lines.extend(rows.iter().take(shown_rows).map(|(index, row)| of_row(layout, layout.place(*index), row)));
    lines.truncate(LINES_MAX);
    debug_assert!(lines.len() == total.min(LINES_MAX));
    (lines, more)
}

fn needs_somebody(layout: &Layout, row: &Row) -> bool {
    if layout.book.results.is_none() {
        return !row.findings.is_empty();
    }
    let outcome = layout.outcome(&row.key).map(|outcome| outcome.kind);
    outcome.is_some_and(|kind| !matches!(kind, OutcomeKind::Done | OutcomeKind::AlreadyDone))
}

/// `and 2 more critical in Coupons`
fn more_words(layout: &Layout, more: &[(usize, &Row)]) -> String {
    let language = layout.book.language;
    let worst = more.first().and_then(|(_, row)| row.severity());
    if let (None, Some(worst)) = (&layout.book.results, worst) {
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
        why: clipped(&why, 160),
        suggested: language.say("summary-check-store"),
        address: sheet_address(language, "sheet-stores"),
        link: language.say("summary-stores"),
    })
}

fn of_row(layout: &Layout, place: Place, row: &Row) -> Urgent {
    let (language, coupon) = (layout.book.language, &row.coupon);
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
        line.why = clipped(&language.render_in_cell(&outcome.message), 160);
        // The By hand sheet has the steps.
        let task = layout.book.by_hand.iter().find(|shown| shown.is_open() && shown.task.row == row.key);
        line.suggested = match task.filter(|_| outcome.kind == OutcomeKind::ByHand) {
            Some(shown) => language.render_in_cell(&shown.task.to_do),
            None => outcome.next.as_ref().map_or(String::new(), |next| clipped(&language.render_in_cell(next), 100)),
        };
    } else if let Some(store) = layout.store(row) {
        line.suggested = suggestion_words(language, &row.suggestion, store, layout.book.export.at);
    }
    line
}
