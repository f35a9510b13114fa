//! One page: the week in six numbers, what to look at first, and the findings of each day.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{ColNum, RowNum};

use super::{Page, WeekBook, open_for};
use crate::domain::{DayCounts, FindingCode, OutcomeKind, Severity, StoreId};
use crate::language::DayShape;
use crate::say;
use crate::workbook::words::{Named, ledger_words, place_name, severity_words, store_or_plan};
use crate::workbook::write::cell::{Cell, NextRow, Written};
use crate::workbook::write::chart::{Bars, Cells, Numbers};
use crate::workbook::write::page::{Sentence, heat as heat_cell, not_known};
use crate::workbook::write::style::{BODY, CELL, CellStyle, HEAD, INK, Number};
use crate::workbook::write::table::Columns;
use crate::workbook::write::tally::worst_first;
use crate::workbook::write::tiles::{Tile, tiles as write_tiles};

/// A margin, a column of names, seven days, the week's coupons, those still open.
const NAMES: ColNum = 1;
const FIRST_DAY: ColNum = 2;
const IN_WEEK: ColNum = 9;
const STILL_OPEN: ColNum = 10;
const CHART_PIXELS: (u32, u32) = (850, 230);
/// Rows of 17 pixels that the chart covers.
const CHART_ROWS: RowNum = 14;
const LINES_MAX: usize = 6;

pub(super) fn write(page: &mut Page) -> Written {
    page.begin("week-sheet-summary", &super::title(page.book), &line(page.book), INK)?;
    page.sheet.set_active(true);
    page.width(0, 1.5)?;
    page.width(NAMES, 19.0)?;
    (FIRST_DAY..=IN_WEEK).try_for_each(|column| page.width(column, 10.0))?;
    page.width(STILL_OPEN, 18.0)?;
    let top = page.flaws(3, (NAMES, STILL_OPEN), page.book.flaws)?;
    if page.book.exports.is_empty() {
        return page.say(top, NAMES, "week-empty", BODY);
    }
    let first = tiles(page, top)? + 1;
    let mut first_things = sentences(page.book);
    first_things.truncate(LINES_MAX);
    let spans = ((NAMES, IN_WEEK), (STILL_OPEN, STILL_OPEN));
    let by_day = page.sentences(first, ("week-first", "week-first-nothing"), spans, &first_things)? + 1;
    let by_severity = heat(page, by_day)? + 1;
    severities(page, by_severity)?;
    page.print_in_blocks(STILL_OPEN, &[first, by_day, by_severity])
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
    let ledger = book.ledger();
    let resolved = book.lives.iter().filter(|life| life.is_resolved()).count();
    let open: Vec<_> = book.lives.iter().filter(|life| life.is_open()).collect();
    let worst = open.iter().map(|life| life.severity).max();
    let done = book.changes.iter().filter(|change| change.outcome == OutcomeKind::Done).count();
    let tile =
        |count: usize, id: &str, severity| Tile::marked(count as f64, say!(language, id, count = count), severity);
    let six = vec![
        tile(ledger.new, "week-tile-new", None),
        tile(resolved, "week-tile-resolved", None),
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

/// What to look at first.
fn sentences(book: &WeekBook) -> Vec<Sentence> {
    let language = book.language;
    let mut stores: BTreeMap<&StoreId, usize> = BTreeMap::new();
    for load in book.failed_loads {
        *stores.entry(&load.store).or_default() += 1;
    }
    let worst_store = stores.iter().max_by_key(|(store, times)| (**times, std::cmp::Reverse(*store)));
    let loads = worst_store.map(|(store, times)| match stores.len() {
        1 => say!(language, "week-first-load", store = store.as_str(), times = *times),
        several => say!(language, "week-first-loads", stores = several, store = store.as_str(), times = *times),
    });
    let counted = |count: usize, id: &str| (count > 0).then(|| say!(language, id, count = count));
    let broken =
        [OutcomeKind::Failed, OutcomeKind::Unknown, OutcomeKind::NotShown, OutcomeKind::Refused, OutcomeKind::Conflict];
    let broken = book.changes.iter().filter(|change| broken.contains(&change.outcome)).count();
    let until = book.until();
    let open = book.lives.iter().filter(|life| life.is_open() && life.severity > Severity::Notice);
    let longest = open.max_by_key(|life| (life.severity, life.open_for(until)));
    let longest_words = longest.map(|longest| {
        let (store, finding) = (store_or_plan(language, &longest.key), longest.key.code.name(language));
        let span = open_for(language, longest, until);
        match longest.key.row {
            Some(_) => {
                let coupon = &longest.label;
                say!(language, "week-first-longest", coupon = coupon, store = store, finding = finding, span = span)
            }
            None => say!(language, "week-first-longest-store", store = store, finding = finding, span = span),
        }
    });
    let tasks = book.tasks.iter().filter(|past| past.done_at.is_none_or(|done| done >= until)).count();
    let (critical, warning) = (Some(Severity::Critical), Some(Severity::Warning));
    let sentences = [
        (critical, loads, "week-sheet-failed-loads"),
        (critical, counted(missed(book).unwrap_or(0), "week-first-missed"), "week-sheet-sign-offs"),
        (warning, counted(broken, "week-first-broken"), "week-sheet-actions"),
        (longest.map(|longest| longest.severity), longest_words, "week-sheet-open-times"),
        (warning, counted(tasks, "week-first-by-hand"), "week-sheet-by-hand"),
    ];
    sentences.into_iter().filter_map(|(severity, words, sheet)| Some((severity, words?, sheet))).collect()
}

/// The head of the tables by day.
const DAY_HEAD: CellStyle = HEAD.points(9).wrap();

/// Findings by day: the most in one export of the day, with the mark of the worst.
fn heat(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let head = page.section(row, NAMES, "week-heat")?;
    page.say(row, FIRST_DAY + 2, "week-heat-line", BODY.muted().points(9))?;
    let lives = |code: FindingCode| book.lives.iter().filter(move |life| life.key.code == code);
    let about = |code| lives(code).map(|life| (&life.key.store, &life.key.row)).collect::<BTreeSet<_>>().len();
    let count = CELL.bold().centre().number(Number::Whole);
    let still_open = |code| match lives(code).filter(|life| life.is_open()).count() {
        0 => CELL.centre().with(format!("✓ {}", language.say("week-none-open"))),
        open => count.with(open),
    };
    let names =
        Columns::<(FindingCode, Severity)>::new(language)
            .headed(DAY_HEAD, "week-head-finding", 0.0, |(code, _)| CELL.with(code.name(language)));
    let columns = with_days(names, book, |(code, _), counts| match counts.map(|counts| counts.findings.get(code)) {
        None => not_known(),
        Some(None) => CELL.empty(),
        Some(Some((count, worst))) => heat_cell(*worst, &count.to_string()),
    });
    let columns = columns
        .headed(DAY_HEAD.centre(), "week-head-in-week", 0.0, |(code, _)| count.with(about(*code)))
        .headed(DAY_HEAD.centre(), "week-head-still-open", 0.0, |(code, _)| still_open(*code));
    let seen = book.days.iter().flat_map(|day| &day.findings).map(|(code, (_, worst))| (*code, *worst));
    let next = page.table(head, NAMES, &columns, worst_first(seen), |_| 20.0)?;
    page.height(head, 30)?;
    if next > head + 1 {
        return Ok(next);
    }
    page.say(next, NAMES, "week-heat-nothing", CELL)?;
    Ok(next + 1)
}

/// The columns, and then one for each day of the week; `cell` is given what is known of the day.
fn with_days<'a, L: 'a>(
    columns: Columns<'a, L>,
    book: &WeekBook<'a>,
    cell: impl Fn(&L, Option<&DayCounts>) -> Cell<'static> + Copy + 'a,
) -> Columns<'a, L> {
    book.week.days().into_iter().fold(columns, |columns, day| {
        let counts = book.days.iter().find(|counts| counts.day == day);
        let title = book.language.day(DayShape::DayHeadWhole, day);
        columns.titled(DAY_HEAD.centre(), title, (0.0, 1), move |line| cell(line, counts))
    })
}

/// What there is to look at by severity and day: the numbers with the live coupons, and under them the chart of what is found.
fn severities(page: &mut Page, row: RowNum) -> Written {
    let (book, language) = (page.book, page.language);
    let head = page.section(row, NAMES, "week-severities")?;
    page.say(row, FIRST_DAY + 2, "week-severities-line", BODY.muted().points(9))?;
    let live = language.say("week-live");
    let names = Columns::<Option<Severity>>::new(language).headed(DAY_HEAD, "week-head-severity", 0.0, |line| {
        CELL.with(line.map_or_else(|| live.clone(), |severity| severity_words(language, Some(severity))))
    });
    let count = CELL.centre().number(Number::Whole);
    let columns = with_days(names, book, |line, counts| match (counts, line) {
        (Some(counts), Some(severity)) => count.with(counts.severities.get(severity).copied().unwrap_or_default()),
        (Some(counts), None) => count.muted().with(counts.coupons_live),
        (None, _) => count.muted().with("?"),
    });
    let lines = Severity::WORST_FIRST.map(Some).into_iter().chain([None]);
    page.table(head, NAMES, &columns, lines, |_| 18.0)?;
    page.height(head, 30)?;
    let cells = |row| Cells { first: (row, FIRST_DAY), last: (row, FIRST_DAY + 6) };
    let numbers = Numbers { names: cells(head), counts: [head + 1, head + 2, head + 3].map(cells) };
    page.severity_chart((head + 6, NAMES, 0), Bars::Upright, &numbers, "week-chart-alt", CHART_PIXELS)?;
    let last = head + 6 + CHART_ROWS;
    page.section(last, NAMES, "ledger-title")?;
    page.height(last + 1, 30)?;
    let words = ledger_words(language, &book.ledger());
    page.across(last + 1, (NAMES, STILL_OPEN), BODY.wrap().with(words))
}
