//! One page: the week in six numbers, what to look at first, and the findings of each day.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{ColNum, RowNum};

use super::words;
use super::{Page, WeekBook};
use crate::domain::{FindingCode, OutcomeKind, Severity, StoreId};
use crate::language::{Language, whole_day_head_words};
use crate::say;
use crate::workbook::words::{Named, place_name, severity_words};
use crate::workbook::write::chart::{self, Bars, Cells, Numbers};
use crate::workbook::write::page::Sentence;
use crate::workbook::write::style::{BODY, CELL, CellStyle, HEAD, Number};
use crate::workbook::write::tally::worst_first;
use crate::workbook::write::tiles::{Tile, tiles as write_tiles};
use crate::workbook::write::writer::{NextRow, Written};

/// A margin, a column of names, seven days, the week's coupons, those still open.
const NAMES: ColNum = 1;
const FIRST_DAY: ColNum = 2;
const IN_WEEK: ColNum = 9;
const STILL_OPEN: ColNum = 10;
const CHART_PIXELS: (u32, u32) = (850, 230);
const LINES_MAX: usize = 6;

pub(super) fn write(page: &mut Page) -> Written {
    page.begin("week-sheet-summary", &super::title(page.book), &line(page.book), false)?;
    let sheet = &mut *page.sheet;
    sheet.set_active(true).set_print_fit_to_pages(1, 1);
    sheet.set_column_width(0, 1.5)?;
    sheet.set_column_width(NAMES, 19)?;
    sheet.set_column_range_width(FIRST_DAY, IN_WEEK, 10)?;
    sheet.set_column_width(STILL_OPEN, 18)?;
    if page.book.exports.is_empty() {
        return page.say(3, NAMES, "week-empty", BODY);
    }
    let row = tiles(page, 3)? + 1;
    let row = first_things(page, row)? + 1;
    let row = heat(page, row)? + 1;
    severities(page, row)
}

/// `Mon 16 Nov to Sun 22 Nov · 12 exports · 7 stores · Singapore time`
fn line(book: &WeekBook) -> String {
    let language = book.language;
    let stores: BTreeSet<&StoreId> =
        book.exports.iter().flat_map(|export| &export.stores).map(|load| &load.store.id).collect();
    let place = place_name(language, book.zone);
    say!(
        language,
        "week-line",
        span = book.span_words(),
        exports = book.exports.len(),
        stores = say!(language, "count-stores", count = stores.len()),
        place = place,
    )
}

fn tiles(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let new = book.lives.iter().filter(|life| life.first_seen >= book.begins()).count();
    let open: Vec<_> = book.lives.iter().filter(|life| life.is_open()).collect();
    let worst = open.iter().map(|life| life.severity).max();
    let done = book.changes.iter().filter(|change| change.outcome == OutcomeKind::Done).count();
    let tile =
        |count: usize, id: &str, severity| Tile::marked(count as f64, say!(language, id, count = count), severity);
    let six = vec![
        tile(new, "week-tile-new", None),
        tile(book.lives.len() - open.len(), "week-tile-resolved", None),
        tile(open.len(), "week-tile-open", worst),
        tile(done, "week-tile-done", None),
        match missed(book) {
            Some(missed) => tile(missed, "week-tile-missed", Some(Severity::Critical)),
            None => Tile::not_known(language.say("week-tile-not-kept")),
        },
        tile(book.failed_loads.len(), "week-tile-failed", Some(Severity::Critical)),
    ];
    write_tiles(page, row, &[(1, 1), (2, 3), (4, 5), (6, 7), (8, 9), (10, 10)], six)
}

fn missed(book: &WeekBook) -> Option<usize> {
    Some(book.sign_offs?.iter().filter(|due| due.signed_by.is_none()).count())
}

/// A sentence each, with the sheet that tells more.
fn first_things(page: &mut Page, row: RowNum) -> NextRow {
    let row = page.section(row, NAMES, "week-first")?;
    let sentences = sentences(page.book);
    if sentences.is_empty() {
        page.say(row, NAMES, "week-first-nothing", BODY)?;
        return Ok(row + 1);
    }
    let sentences = sentences.into_iter().take(LINES_MAX);
    page.sentences(row, (NAMES, IN_WEEK), (STILL_OPEN, STILL_OPEN), sentences)
}

fn sentences(book: &WeekBook) -> Vec<Sentence> {
    let language = book.language;
    let mut sentences = Vec::new();
    let mut stores: BTreeMap<&StoreId, usize> = BTreeMap::new();
    for load in book.failed_loads {
        *stores.entry(&load.store).or_default() += 1;
    }
    if let Some((store, times)) = stores.iter().max_by_key(|(store, times)| (**times, std::cmp::Reverse(*store))) {
        let words = match stores.len() {
            1 => say!(language, "week-first-load", store = store.as_str(), times = *times),
            several => say!(language, "week-first-loads", stores = several, store = store.as_str(), times = *times),
        };
        sentences.push((Some(Severity::Critical), words, "week-sheet-failed-loads"));
    }
    if let Some(missed) = missed(book).filter(|missed| *missed > 0) {
        sentences.push((
            Some(Severity::Critical),
            say!(language, "week-first-missed", count = missed),
            "week-sheet-sign-offs",
        ));
    }
    let broken = [OutcomeKind::Failed, OutcomeKind::Unknown, OutcomeKind::Refused, OutcomeKind::Conflict];
    let broken = book.changes.iter().filter(|change| broken.contains(&change.outcome)).count();
    if broken > 0 {
        sentences.push((
            Some(Severity::Warning),
            say!(language, "week-first-broken", count = broken),
            "week-sheet-actions",
        ));
    }
    let until = book.until();
    let open = book.lives.iter().filter(|life| life.is_open() && life.severity > Severity::Notice);
    if let Some(longest) = open.max_by_key(|life| (life.severity, life.open_for(until))) {
        let (store, finding) = (longest.key.store.as_str(), longest.key.code.name(language));
        let span = words::span(language, longest.open_for(until));
        let words = match longest.key.row {
            Some(_) => {
                let coupon = &longest.label;
                say!(language, "week-first-longest", coupon = coupon, store = store, finding = finding, span = span)
            }
            None => say!(language, "week-first-longest-store", store = store, finding = finding, span = span),
        };
        sentences.push((Some(longest.severity), words, "week-sheet-open-times"));
    }
    let tasks = book.tasks.iter().filter(|past| past.done_at.is_none_or(|done| done >= until)).count();
    if tasks > 0 {
        sentences.push((
            Some(Severity::Warning),
            say!(language, "week-first-by-hand", count = tasks),
            "week-sheet-by-hand",
        ));
    }
    sentences
}

/// Findings by day: the most in one export of the day, with the mark of the worst.
fn heat(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let row = page.section(row, NAMES, "week-heat")?;
    page.say(row - 1, FIRST_DAY + 2, "week-heat-line", BODY.muted().points(9))?;
    day_heads(page, row, &language.say("week-head-finding"))?;
    page.say(row, IN_WEEK, "week-head-in-week", HEAD.points(9).wrap().centre())?;
    page.say(row, STILL_OPEN, "week-head-still-open", HEAD.points(9).wrap().centre())?;
    let seen = book.days.iter().flat_map(|day| &day.findings).map(|(code, (_, worst))| (*code, *worst));
    let codes = worst_first(seen);
    if codes.is_empty() {
        page.say(row + 1, NAMES, "week-heat-nothing", CELL)?;
        return Ok(row + 2);
    }
    let mut row = row + 1;
    for (code, _) in codes {
        heat_line(page, row, code)?;
        row += 1;
    }
    Ok(row)
}

/// The days of the week, each over "no export" where it has none.
fn day_heads(page: &mut Page, row: RowNum, name: &str) -> Written {
    let (book, language) = (page.book, page.language);
    page.height(row, 30)?;
    page.text(row, NAMES, name, HEAD.points(9).wrap())?;
    for (column, day) in (FIRST_DAY..).zip(book.week.days()) {
        let words = whole_day_head_words(language, day);
        page.text(row, column, &words, HEAD.points(9).wrap().centre())?;
    }
    Ok(())
}

fn heat_line(page: &mut Page, row: RowNum, code: FindingCode) -> Written {
    let (book, language) = (page.book, page.language);
    page.height(row, 20)?;
    page.text(row, NAMES, &code.name(language), CELL)?;
    for (column, day) in (FIRST_DAY..).zip(book.week.days()) {
        match book.days.iter().find(|counts| counts.day == day) {
            None => page.not_known(row, column)?,
            Some(counts) => match counts.findings.get(&code) {
                None => page.blank(row, column, CELL)?,
                Some((count, worst)) => page.heat(row, column, *worst, &count.to_string())?,
            },
        }
    }
    let lives: Vec<_> = book.lives.iter().filter(|life| life.key.code == code).collect();
    let about: BTreeSet<_> = lives.iter().map(|life| (&life.key.store, &life.key.row)).collect();
    page.number(row, IN_WEEK, about.len() as f64, CELL.bold().centre().number(Number::Whole))?;
    match lives.iter().filter(|life| life.is_open()).count() {
        0 => page.text(row, STILL_OPEN, &format!("✓ {}", language.say("week-none-open")), CELL.centre()),
        open => page.number(row, STILL_OPEN, open as f64, CELL.bold().centre().number(Number::Whole)),
    }
}

/// All findings by severity and day: the numbers, and under them the chart of them.
fn severities(page: &mut Page, row: RowNum) -> Written {
    let (book, language) = (page.book, page.language);
    let head = page.section(row, NAMES, "week-severities")?;
    day_heads(page, head, &language.say("week-head-severity"))?;
    for (row, severity) in (head + 1..).zip(Severity::WORST_FIRST) {
        page.height(row, 18)?;
        page.text(row, NAMES, &severity_words(language, Some(severity)), CELL)?;
        for (column, day) in (FIRST_DAY..).zip(book.week.days()) {
            let style: CellStyle = CELL.centre().number(Number::Whole);
            match book.days.iter().find(|counts| counts.day == day) {
                None => page.text(row, column, "?", style.muted())?,
                Some(counts) => {
                    let count = counts.severities.get(&severity).copied().unwrap_or_default();
                    page.number(row, column, count as f64, style)?;
                }
            }
        }
    }
    let cells = |row| Cells { first: (row, FIRST_DAY), last: (row, FIRST_DAY + 6) };
    let sheet = sheet_name(language);
    let numbers = Numbers { sheet: &sheet, names: cells(head), counts: [head + 1, head + 2, head + 3].map(cells) };
    let chart = chart::severities(language, Bars::Upright, &numbers, &language.say("week-chart-alt"), CHART_PIXELS);
    page.sheet.insert_chart_with_offset(head + 5, NAMES, &chart, 0, 0)?;
    Ok(())
}

fn sheet_name(language: Language) -> String {
    language.say("week-sheet-summary")
}
