//! How each store loaded. A store that did not load is never shown as clean.

use chrono::Datelike;
use rust_xlsxwriter::{ColNum, RowNum};

use super::Page;
use super::cell::{Cell, Written};
use super::page::local;
use super::style::{BODY, CELL, CellStyle, HEAD, Number, RULE};
use super::table::Columns;
use crate::domain::{Checks, FindingCode, Load, MayWrite, Severity, StoreCheck, StoreLoad, Timestamp};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{Named, severity_mark};

const NOT_TOLD: &str = "stores-not-told";
/// More failed stores than this are told by their own line only.
const ADVICE_LINES_MAX: usize = 12;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language, export, checks) = (page.book, page.language, page.book.export, page.book.checks);
    let line = if checks.is_empty() { "stores-line" } else { "stores-line-of-checks" };
    page.begin("sheet-stores", &language.say("sheet-stores"), &language.say(line), RULE)?;
    // LibreOffice drops the indent of a number, so the text after it brings its own.
    let after_numbers = HEAD.indent(1);
    let whole = CELL.right().number(Number::Whole);
    let not_told = |style: CellStyle| style.muted().with(language.say(NOT_TOLD));
    let counts = |load: &StoreLoad| match load.load {
        Load::Loaded { count, expected, .. } => (count, expected),
        Load::Failed(_) => (0, None),
    };
    let expected = |load: &StoreLoad| counts(load).1.map_or(not_told(CELL.right()), |expected| whole.with(expected));
    let bold = |load: &StoreLoad| if trouble(load).is_some() { CELL.bold() } else { CELL };
    let error = |load: &StoreLoad| error(language, load);
    let request_id = |load: &StoreLoad| load.load.problem()?.request_id.clone();
    let mut columns = Columns::<&StoreLoad>::new(language)
        .left("stores-column-result", 14.0, |load| result(language, load))
        .left("stores-column-store", 14.0, |load| bold(load).with(load.store.id.as_str()))
        .left("stores-column-platform", 13.0, |load| CELL.with(book.platform_name(load.store.platform)))
        .left("stores-column-owner", 9.0, |load| CELL.with(load.store.owner.as_deref()))
        .right("stores-column-loaded", 9.0, |load| whole.with(counts(load).0))
        .right("stores-column-expected", 10.0, |load| expected(load))
        .right("stores-column-calls", 8.0, |load| whole.with(load.calls))
        .right("stores-column-retries", 9.0, |load| whole.with(load.retries))
        .right("stores-column-seconds", 10.0, |load| CELL.right().number(Number::Tenths).with(load.seconds))
        .headed(after_numbers, "stores-column-access", 14.0, |load| {
            CELL.indent(1).with(load.store.access.name(language))
        })
        .left("stores-column-sign-in-ends", 15.0, |load| {
            load.token_ends.map_or(not_told(CELL), |ends| sign_in_ends(load, ends, export.at))
        });
    // The files of stores that have no API: what is told of them is as old as they are.
    if export.stores.iter().any(|load| load.source.is_some()) {
        let file = |load: &StoreLoad| load.source.as_ref().map(|source| source.file.clone());
        let as_of = |load: &StoreLoad| match &load.source {
            Some(source) => CELL.number(Number::ShortDayTime).with(local(load.store.zone, source.as_of)),
            None => CELL.empty(),
        };
        columns = columns.left("stores-column-file", 28.0, move |load| CELL.with(file(load))).left(
            "stores-column-as-of",
            15.0,
            move |load| as_of(load),
        );
    }
    // What `stores check` found last, once it was run.
    if !checks.is_empty() {
        let check = |load: &StoreLoad| checks.get(&load.store.id);
        let fault = |at_fault: bool, style: CellStyle| if at_fault { style.at_fault(Severity::Warning) } else { style };
        let rights = move |check: &StoreCheck| fault(!check.reached, CELL).with(language.say(rights_words(check)));
        let clock = move |check: &StoreCheck| match check.clock_ahead_seconds {
            Some(ahead) => fault(check.is_clock_off(), CELL.right().number(Number::Plain)).with(ahead as f64),
            None => not_told(CELL.right()),
        };
        let checked = move |check: &StoreCheck| {
            let style = fault(!check.problems.is_empty(), CELL.indent(1)).number(Number::ShortDayTime);
            style.with(local(export.zone, check.at))
        };
        let not_checked = move || CELL.indent(1).muted().with(language.say("stores-not-checked"));
        columns = columns
            .left("stores-column-rights", 18.0, move |load| check(load).map_or(CELL.empty(), rights))
            .right("stores-column-clock", 9.0, move |load| check(load).map_or(CELL.empty(), clock))
            .headed(after_numbers, "stores-column-checked", 15.0, move |load| {
                check(load).map_or_else(not_checked, checked)
            });
    }
    let columns = columns.left("stores-column-last-error", 44.0, |load| bold(load).wrap().with(error(load))).left(
        "stores-column-request-id",
        34.0,
        |load| CELL.muted().number(Number::Text).with(request_id(load)),
    );
    let mut loads: Vec<&StoreLoad> = export.stores.iter().collect();
    loads.sort_by_key(|load| std::cmp::Reverse(trouble(load)));
    let height = |load: &&StoreLoad| if trouble(load).is_some() { 34.0 } else { 20.0 };
    let next = page.main_table(&columns, 2, loads.iter().copied(), height)?;
    what_to_do(page, next + 1, columns.len() as ColNum - 1, &loads, checks)
}

/// How bad a load went; none where all is well.
pub(super) fn trouble(load: &StoreLoad) -> Option<Severity> {
    load.severity().filter(|severity| *severity > Severity::Notice)
}

/// What is wrong with a load that went badly.
pub(super) fn trouble_code(load: &StoreLoad) -> FindingCode {
    match (load.findings.first(), &load.load) {
        (Some(finding), _) => finding.code,
        (None, Load::Failed(_)) => FindingCode::StoreNotLoaded,
        (None, Load::Loaded { .. }) => FindingCode::ListIncomplete,
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

fn result(language: Language, load: &StoreLoad) -> Cell<'static> {
    let Some(severity) = trouble(load) else { return CELL.with(language.say("stores-loaded")) };
    let words = format!("{} {}", severity_mark(Some(severity)), trouble_code(load).name(language));
    CellStyle::filled(severity).wrap().with(words)
}

fn sign_in_ends(load: &StoreLoad, ends: Timestamp, now: Timestamp) -> Cell<'static> {
    let (ends_at, now_at) = (local(load.store.zone, ends), local(load.store.zone, now));
    let style = CELL.number(if ends_at.year() == now_at.year() { Number::Day } else { Number::DayOfYear });
    let style = if ends <= now { style.at_fault(Severity::Critical) } else { style };
    style.with(ends_at)
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

fn what_to_do(page: &mut Page, first: RowNum, last: ColNum, loads: &[&StoreLoad], checks: &Checks) -> Written {
    let language = page.language;
    let failed = loads.iter().filter_map(|load| {
        let problem = &load.load.problem()?.sentence;
        Some(say!(language, "stores-what-to-do", store = load.store.id.as_str(), problem = problem))
    });
    let checked = loads.iter().filter_map(|load| checks.get(&load.store.id).map(|check| (load, check)));
    let found = checked.flat_map(|(load, check)| {
        check
            .problems
            .iter()
            .map(|problem| say!(language, "stores-check-found", store = load.store.id.as_str(), problem = problem))
    });
    for (row, words) in (first..).zip(failed.chain(found).take(ADVICE_LINES_MAX)) {
        page.sentence(row, (0, last), BODY.bold().with(words))?;
    }
    Ok(())
}
