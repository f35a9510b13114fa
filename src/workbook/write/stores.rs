//! How each store loaded. A store that did not load is never shown as clean.

use chrono::Datelike;
use chrono_tz::Tz;
use rust_xlsxwriter::{ColNum, RowNum};

use super::style::{BODY, CELL, CellStyle, HEAD, Number};
use super::writer::{CellWriter, Head, Written, clipped};
use super::{Tab, begin};
use crate::domain::{Checks, FindingCode, Load, MayWrite, Severity, StoreCheck, StoreLoad, Timestamp};
use crate::language::Language;
use crate::say;
use crate::workbook::Book;
use crate::workbook::words::{Named, severity_mark};

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

pub(super) fn write(writer: &mut CellWriter, book: &Book) -> Written {
    begin(writer, book, "sheet-stores", Tab::Read)?;
    let checks = (!book.checks.is_empty()).then_some(book.checks);
    let line = if checks.is_some() { "stores-line-of-checks" } else { "stores-line" };
    writer.heading(0, &book.language.say("sheet-stores"), &book.language.say(line))?;
    let of_checks = if checks.is_some() { CHECK_HEADS.as_slice() } else { &[] };
    writer.table(HEAD_ROW, &[HEADS.as_slice(), of_checks, &LAST_HEADS].concat(), 2)?;
    // LibreOffice drops the indent of a number, so the text after it brings its own.
    writer.say(HEAD_ROW, ACCESS_COLUMN, "stores-column-access", HEAD.indent(1))?;
    if checks.is_some() {
        writer.say(HEAD_ROW, CHECKED_COLUMN, "stores-column-checked", HEAD.indent(1))?;
    }

    let mut loads: Vec<&StoreLoad> = book.export.stores.iter().collect();
    loads.sort_by_key(|load| std::cmp::Reverse(trouble(load)));
    let mut row = HEAD_ROW + 1;
    for load in &loads {
        write_store(writer, row, load, book)?;
        if let Some(checks) = checks {
            check(writer, row, checks.get(&load.store.id), book.export.zone)?;
        }
        let last = AFTER_HEADS + of_checks.len() as u16;
        last_error(writer, row, last, load)?;
        row += 1;
    }
    what_to_do(writer, row + 1, &loads, book.checks)
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

/// What is wrong with a load that went badly.
pub(super) fn trouble_code(load: &StoreLoad) -> FindingCode {
    match (load.findings.first(), &load.load) {
        (Some(finding), _) => finding.code,
        (None, Load::Failed(_)) => FindingCode::StoreNotLoaded,
        (None, Load::Loaded { .. }) => FindingCode::ListIncomplete,
    }
}

fn write_store(writer: &mut CellWriter, row: RowNum, load: &StoreLoad, book: &Book) -> Written {
    let trouble = trouble(load);
    writer.height(row, if trouble.is_some() { 34 } else { 20 })?;
    let name = if trouble.is_some() { CELL.bold() } else { CELL };
    result(writer, row, load, trouble)?;
    writer.text(row, 1, load.store.id.as_str(), name)?;
    writer.text(row, 2, book.platform_name(load.store.platform), CELL)?;
    writer.text(row, 3, load.store.owner.as_deref().unwrap_or_default(), CELL)?;
    counts(writer, row, load)?;
    writer.number(row, 8, load.seconds, CELL.right().number(Number::Tenths))?;
    writer.say(row, ACCESS_COLUMN, &load.store.access.id(), CELL.indent(1))?;
    sign_in(writer, row, load, book.export.at)
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
fn check(writer: &mut CellWriter, row: RowNum, check: Option<&StoreCheck>, zone: Tz) -> Written {
    let (rights, clock, checked) = (AFTER_HEADS, AFTER_HEADS + 1, CHECKED_COLUMN);
    let Some(check) = check else {
        writer.text(row, rights, "", CELL)?;
        writer.text(row, clock, "", CELL)?;
        return writer.say(row, checked, "stores-not-checked", CELL.indent(1).muted());
    };
    let fault =
        |is_at_fault: bool, style: CellStyle| if is_at_fault { style.at_fault(Severity::Warning) } else { style };
    writer.say(row, rights, rights_words(check), fault(!check.reached, CELL))?;
    match check.clock_ahead_seconds {
        Some(ahead) => {
            writer.number(row, clock, ahead as f64, fault(check.is_clock_off(), CELL.right().number(Number::Plain)))?
        }
        None => writer.say(row, clock, NOT_TOLD, CELL.right().muted())?,
    }
    let style = fault(!check.problems.is_empty(), CELL.indent(1));
    let local = check.at.with_timezone(&zone).naive_local();
    writer.local_moment(row, checked, local, style.number(Number::ShortDayTime))
}

fn last_error(writer: &mut CellWriter, row: RowNum, column: ColNum, load: &StoreLoad) -> Written {
    let style = if trouble(load).is_some() { CELL.bold() } else { CELL };
    writer.text(row, column, &clipped(&error(writer.language(), load), ERROR_LETTERS_MAX), style.wrap())?;
    writer.text(row, column + 1, request_id(load), CELL.muted().number(Number::Text))
}

fn result(writer: &mut CellWriter, row: RowNum, load: &StoreLoad, trouble: Option<Severity>) -> Written {
    let Some(severity) = trouble else { return writer.say(row, 0, "stores-loaded", CELL) };
    let words = format!("{} {}", severity_mark(Some(severity)), trouble_code(load).name(writer.language()));
    writer.text(row, 0, &words, CellStyle::filled(severity).wrap())
}

fn counts(writer: &mut CellWriter, row: RowNum, load: &StoreLoad) -> Written {
    let whole = CELL.right().number(Number::Whole);
    let (count, expected) = match &load.load {
        Load::Loaded { count, expected, .. } => (*count, *expected),
        Load::Failed(_) => (0, None),
    };
    writer.number(row, 4, count as f64, whole)?;
    match expected {
        Some(expected) => writer.number(row, 5, expected as f64, whole)?,
        None => writer.say(row, 5, NOT_TOLD, CELL.right().muted())?,
    }
    writer.number(row, 6, load.calls as f64, whole)?;
    writer.number(row, 7, load.retries as f64, whole)
}

fn sign_in(writer: &mut CellWriter, row: RowNum, load: &StoreLoad, now: Timestamp) -> Written {
    let Some(ends) = load.token_ends else { return writer.say(row, 10, NOT_TOLD, CELL.muted()) };
    let local = ends.with_timezone(&load.store.zone).naive_local();
    let this_year = now.with_timezone(&load.store.zone).year();
    let style = CELL.number(if local.year() == this_year { Number::Day } else { Number::DayOfYear });
    let style = if ends <= now { style.at_fault(Severity::Critical) } else { style };
    writer.local_moment(row, 10, local, style)
}

/// The platform's own words where it refused, else what is missing.
pub(super) fn error(language: Language, load: &StoreLoad) -> String {
    match &load.load {
        Load::Failed(problem) => {
            problem.platform_words.clone().unwrap_or_else(|| language.render_in_cell(&problem.sentence))
        }
        Load::Loaded { unreadable, .. } if !unreadable.is_empty() => {
            let which: Vec<String> = unreadable.iter().map(|why| language.render_in_cell(why)).collect();
            say!(
                language,
                "stores-unreadable",
                count = unreadable.len(),
                which = which.join(&language.say("separator"))
            )
        }
        Load::Loaded { .. } => {
            load.findings.first().map_or(String::new(), |finding| language.render_in_cell(&finding.why))
        }
    }
}

fn request_id(load: &StoreLoad) -> &str {
    match &load.load {
        Load::Failed(problem) => problem.request_id.as_deref().unwrap_or_default(),
        Load::Loaded { .. } => "",
    }
}

fn what_to_do(writer: &mut CellWriter, first: RowNum, loads: &[&StoreLoad], checks: &Checks) -> Written {
    let language = writer.language();
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
        let words = clipped(&words, ERROR_LETTERS_MAX);
        writer.text(first + index as RowNum, 0, &words, CellStyle { wrap: false, ..BODY.bold() })?;
    }
    Ok(())
}
