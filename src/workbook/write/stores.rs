//! How each store loaded. A store that did not load is never shown as clean.

use chrono::Datelike;
use chrono_tz::Tz;
use rust_xlsxwriter::{ColNum, RowNum, Worksheet};

use super::pen::{Head, Pen, Written, clipped, serial};
use super::style::{BODY, CELL, Edge, HEAD, Look, Looks, Number};
use super::{Tab, set_page};
use crate::domain::{Access, Checks, FindingCode, Load, MayWrite, Severity, StoreCheck, StoreLoad, Timestamp};
use crate::language::Language;
use crate::say;
use crate::workbook::Book;
use crate::workbook::words::{finding_name, severity_mark, tied};

const NOT_TOLD: &str = "stores-not-told";

const HEADS: [Head; 11] = [
    Head::new("stores-column-result", 14.0),
    Head::new("stores-column-store", 14.0),
    Head::new("stores-column-platform", 13.0),
    Head::new("stores-column-owner", 9.0),
    Head::right("stores-column-loaded", 9.0),
    Head::right("stores-column-expected", 10.0),
    Head::right("stores-column-calls", 8.0),
    Head::right("stores-column-retries", 9.0),
    Head::right("stores-column-seconds", 10.0),
    Head::new("stores-column-access", 14.0),
    Head::new("stores-column-sign-in-ends", 15.0),
];
/// What `stores check` found last, once it was run.
const CHECK_HEADS: [Head; 3] = [
    Head::new("stores-column-rights", 18.0),
    Head::right("stores-column-clock", 9.0),
    Head::new("stores-column-checked", 15.0),
];
const LAST_HEADS: [Head; 2] =
    [Head::new("stores-column-last-error", 44.0), Head::new("stores-column-request-id", 34.0)];
const HEAD_ROW: RowNum = 3;
const ACCESS_COLUMN: u16 = 9;
const AFTER_HEADS: u16 = HEADS.len() as u16;
const CHECKED_COLUMN: u16 = AFTER_HEADS + 2;
/// More failed stores than this are told by their own line only.
const ADVICE_LINES_MAX: usize = 12;
const ERROR_LETTERS_MAX: usize = 300;

pub(super) fn write(sheet: &mut Worksheet, looks: &mut Looks, book: &Book) -> Written {
    sheet.set_name(book.language.say("sheet-stores"))?.set_landscape();
    set_page(sheet, book, Tab::Read);
    sheet.set_freeze_panes(HEAD_ROW + 1, 2)?;
    sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    let mut pen = Pen { sheet, looks };
    let checks = (!book.checks.is_empty()).then_some(book.checks);
    let line = if checks.is_some() { "stores-line-of-checks" } else { "stores-line" };
    pen.heading(0, &book.language.say("sheet-stores"), &book.language.say(line))?;
    let of_checks = if checks.is_some() { CHECK_HEADS.as_slice() } else { &[] };
    pen.header(HEAD_ROW, &[HEADS.as_slice(), of_checks, &LAST_HEADS].concat())?;
    // LibreOffice drops the indent of a number, so the text after it brings its own.
    pen.say(HEAD_ROW, ACCESS_COLUMN, "stores-column-access", HEAD.indent(1))?;
    if checks.is_some() {
        pen.say(HEAD_ROW, CHECKED_COLUMN, "stores-column-checked", HEAD.indent(1))?;
    }
    pen.sheet.set_row_height(HEAD_ROW, 20)?;

    let mut loads: Vec<&StoreLoad> = book.export.stores.iter().collect();
    loads.sort_by_key(|load| std::cmp::Reverse(trouble(load)));
    let mut row = HEAD_ROW + 1;
    for load in &loads {
        write_store(&mut pen, row, load, book)?;
        if let Some(checks) = checks {
            check(&mut pen, row, checks.get(&load.store.id), book.export.zone)?;
        }
        let last = AFTER_HEADS + of_checks.len() as u16;
        last_error(&mut pen, row, last, load)?;
        row += 1;
    }
    what_to_do(&mut pen, row + 1, &loads, book.checks)
}

/// How bad a load went; none where all is well.
pub(super) fn trouble(load: &StoreLoad) -> Option<Severity> {
    let own = load.findings.iter().map(|finding| finding.severity).max();
    own.max(is_incomplete(load).then_some(Severity::Critical))
}

fn is_incomplete(load: &StoreLoad) -> bool {
    match &load.load {
        Load::Failed(_) => true,
        Load::Loaded { count, expected, unreadable } => {
            !unreadable.is_empty() || expected.is_some_and(|expected| *count < expected)
        }
    }
}

/// What is wrong with a load, in the words of its finding.
pub(super) fn trouble_name(language: Language, load: &StoreLoad) -> String {
    let unsaid =
        if matches!(load.load, Load::Failed(_)) { FindingCode::StoreNotLoaded } else { FindingCode::ListIncomplete };
    finding_name(language, load.findings.first().map_or(unsaid, |finding| finding.code))
}

fn write_store(pen: &mut Pen, row: RowNum, load: &StoreLoad, book: &Book) -> Written {
    let trouble = trouble(load);
    pen.sheet.set_row_height(row, if trouble.is_some() { 34 } else { 20 })?;
    let name = if trouble.is_some() { CELL.bold() } else { CELL };
    result(pen, row, load, trouble)?;
    pen.text(row, 1, load.store.id.as_str(), name)?;
    pen.text(row, 2, book.platform_name(load.store.platform), CELL)?;
    pen.text(row, 3, load.store.owner.as_deref().unwrap_or_default(), CELL)?;
    counts(pen, row, load)?;
    pen.number(row, 8, load.seconds, CELL.right().number(Number::Tenths))?;
    pen.say(row, ACCESS_COLUMN, access_words(load.store.access), CELL.indent(1))?;
    sign_in(pen, row, load, book.export.at)
}

fn access_words(access: Access) -> &'static str {
    match access {
        Access::ReadWrite => "stores-access-read-write",
        Access::ReadOnly => "stores-access-read-only",
    }
}

fn rights_words(check: &StoreCheck) -> &'static str {
    match (check.reached, check.may_write) {
        (false, _) => "stores-rights-none",
        (true, MayWrite::Yes) => "stores-rights-read-write",
        (true, MayWrite::Lacking | MayWrite::Never) => "stores-rights-read",
        (true, MayWrite::NotTold) => "stores-rights-read-write-not-told",
    }
}

/// What the last check found, at the end of the checked store's own line.
fn check(pen: &mut Pen, row: RowNum, check: Option<&StoreCheck>, zone: Tz) -> Written {
    let (rights, clock, checked) = (AFTER_HEADS, AFTER_HEADS + 1, CHECKED_COLUMN);
    let Some(check) = check else {
        pen.text(row, rights, "", CELL)?;
        pen.text(row, clock, "", CELL)?;
        return pen.say(row, checked, "stores-not-checked", CELL.indent(1).muted());
    };
    let fault = |is_at_fault: bool, look: Look| if is_at_fault { look.at_fault(Severity::Warning) } else { look };
    pen.say(row, rights, rights_words(check), fault(!check.reached, CELL))?;
    match check.clock_ahead_seconds {
        Some(ahead) => {
            pen.number(row, clock, ahead as f64, fault(check.is_clock_off(), CELL.right().number(Number::Plain)))?
        }
        None => pen.say(row, clock, NOT_TOLD, CELL.right().muted())?,
    }
    let look = fault(!check.problems.is_empty(), CELL.indent(1));
    let local = check.at.with_timezone(&zone).naive_local();
    match serial(local) {
        Some(serial) => pen.number(row, checked, serial, look.number(Number::ShortDayTime)),
        None => pen.text(row, checked, &local.to_string(), look),
    }
}

fn last_error(pen: &mut Pen, row: RowNum, column: ColNum, load: &StoreLoad) -> Written {
    let look = if trouble(load).is_some() { CELL.bold() } else { CELL };
    pen.text(row, column, &tied(&clipped(&error(pen.language(), load), ERROR_LETTERS_MAX)), look.wrap())?;
    pen.text(row, column + 1, request_id(load), CELL.muted().number(Number::Text))
}

fn result(pen: &mut Pen, row: RowNum, load: &StoreLoad, trouble: Option<Severity>) -> Written {
    let Some(severity) = trouble else { return pen.say(row, 0, "stores-loaded", CELL) };
    let words = format!("{} {}", severity_mark(Some(severity)), trouble_name(pen.language(), load));
    pen.text(row, 0, &words, CELL.severity(Some(severity)).edge(Edge::White).wrap())
}

fn counts(pen: &mut Pen, row: RowNum, load: &StoreLoad) -> Written {
    let whole = CELL.right().number(Number::Whole);
    let (count, expected) = match &load.load {
        Load::Loaded { count, expected, .. } => (*count, *expected),
        Load::Failed(_) => (0, None),
    };
    pen.number(row, 4, count as f64, whole)?;
    match expected {
        Some(expected) => pen.number(row, 5, expected as f64, whole)?,
        None => pen.say(row, 5, NOT_TOLD, CELL.right().muted())?,
    }
    pen.number(row, 6, load.calls as f64, whole)?;
    pen.number(row, 7, load.retries as f64, whole)
}

fn sign_in(pen: &mut Pen, row: RowNum, load: &StoreLoad, now: Timestamp) -> Written {
    let Some(ends) = load.token_ends else { return pen.say(row, 10, NOT_TOLD, CELL.muted()) };
    let local = ends.with_timezone(&load.store.zone).naive_local();
    let this_year = now.with_timezone(&load.store.zone).year();
    let look = CELL.number(if local.year() == this_year { Number::Day } else { Number::DayOfYear });
    let look = if ends <= now { look.at_fault(Severity::Critical) } else { look };
    match serial(local) {
        Some(serial) => pen.number(row, 10, serial, look),
        None => pen.text(row, 10, &local.date().to_string(), look),
    }
}

/// The platform's own words where it refused, else what is missing.
pub(super) fn error(language: Language, load: &StoreLoad) -> String {
    match &load.load {
        Load::Failed(problem) => problem.platform_words.as_ref().unwrap_or(&problem.sentence).clone(),
        Load::Loaded { unreadable, .. } if !unreadable.is_empty() => {
            say!(language, "stores-unreadable", count = unreadable.len(), which = unreadable.join("; "))
        }
        Load::Loaded { .. } => load.findings.first().map_or(String::new(), |finding| finding.why.clone()),
    }
}

fn request_id(load: &StoreLoad) -> &str {
    match &load.load {
        Load::Failed(problem) => problem.request_id.as_deref().unwrap_or_default(),
        Load::Loaded { .. } => "",
    }
}

fn what_to_do(pen: &mut Pen, first: RowNum, loads: &[&StoreLoad], checks: &Checks) -> Written {
    let language = pen.language();
    let failed = loads.iter().filter_map(|load| match &load.load {
        Load::Failed(problem) => {
            Some(say!(language, "stores-what-to-do", store = load.store.id.as_str(), problem = &problem.sentence))
        }
        Load::Loaded { .. } => None,
    });
    let checked = loads.iter().filter_map(|load| checks.get(&load.store.id).map(|check| (load, check)));
    let found = checked.flat_map(|(load, check)| {
        check
            .problems
            .iter()
            .map(|problem| say!(language, "stores-check-found", store = load.store.id.as_str(), problem = problem))
    });
    for (index, words) in failed.chain(found).take(ADVICE_LINES_MAX).enumerate() {
        let words = tied(&clipped(&words, ERROR_LETTERS_MAX));
        pen.text(first + index as RowNum, 0, &words, Look { wrap: false, ..BODY.bold() })?;
    }
    Ok(())
}
