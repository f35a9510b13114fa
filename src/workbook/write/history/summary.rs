//! The last week beside the one before, what moved most, all weeks as a chart, and the numbers behind it.

use rust_xlsxwriter::{ColNum, RowNum};

use super::{HistoryBook, NO_NUMBER, NUMBERS_HEAD, Page, average_cell, average_words};
use crate::domain::{FindingCode, IsoWeek, Severity, WeekCounts};
use crate::language::DayShape;
use crate::say;
use crate::workbook::words::{Named, place_name, severity_words};
use crate::workbook::write::cell::{Cell, NextRow, Written};
use crate::workbook::write::chart::{Bars, Cells, Numbers};
use crate::workbook::write::page::{Sentence, whole};
use crate::workbook::write::style::{BODY, CELL, HEAD, INK};
use crate::workbook::write::table::Columns;
use crate::workbook::write::tiles::{Tile, tiles as write_tiles};

const WEEK: ColNum = 1;
const DAYS: ColNum = 2;
const EXPORTS: ColNum = 3;
/// Critical, warning, notice.
const SEVERITIES: ColNum = 4;
const COUPONS: ColNum = 8;
const LIVE: ColNum = 9;
const MISSED: ColNum = 11;
const CHART_PIXELS: (u32, u32) = (815, 260);
/// Rows of 17 pixels that the chart covers.
const CHART_ROWS: RowNum = 16;

pub(super) fn write(page: &mut Page) -> Written {
    let book = page.book;
    let line = line(book);
    page.begin("history-sheet-summary", &super::title(book), &line, INK)?;
    page.sheet.set_active(true);
    page.width(0, 1.5)?;
    page.width(WEEK, 7.0)?;
    page.width(DAYS, 20.0)?;
    (EXPORTS..=MISSED).try_for_each(|column| page.width(column, 10.2))?;
    let top = page.flaws(3, (WEEK, MISSED), book.flaws)?;
    let Some(last) = book.counts.last() else {
        return page.say(top, WEEK, "history-empty", BODY);
    };
    let before = book.counts.iter().rev().nth(1);
    let first = tiles(page, top, last, before)? + 1;
    let spans = ((WEEK, COUPONS), (LIVE, MISSED));
    let moved = sentences(book, last, before);
    let drawn = page.sentences(first, ("history-moved", "history-moved-nothing"), spans, &moved)? + 1;
    let row = page.section(drawn, WEEK, "history-severities")?;
    let head = row + CHART_ROWS + 2;
    page.section(head - 1, WEEK, "history-numbers")?;
    numbers(page, head)?;
    let cells = |column| Cells { first: (head + 1, column), last: (head + book.weeks.len() as RowNum, column) };
    let counts = [SEVERITIES, SEVERITIES + 1, SEVERITIES + 2].map(cells);
    let numbers = Numbers { names: cells(WEEK), counts };
    page.severity_chart((row, WEEK, 0), Bars::Upright, &numbers, "history-chart-alt", CHART_PIXELS)?;
    page.print_in_blocks(MISSED, &[first, drawn, head - 1])
}

/// `98 exports in 8 weeks · Low stock only · 3 stores only · Singapore time`
fn line(book: &HistoryBook) -> String {
    let language = book.language;
    let exports: u64 = book.counts.iter().map(|counts| counts.exports).sum();
    let place = place_name(language, book.zone);
    let mut parts = vec![say!(language, "history-line", exports = exports, weeks = book.counts.len())];
    parts.extend(book.finding.map(|code| say!(language, "history-only", what = code.name(language))));
    parts.extend(book.only_stores.map(|stores| match (stores.len(), stores.first()) {
        (1, Some(store)) => say!(language, "history-only", what = store.as_str()),
        (several, _) => say!(language, "history-only", what = say!(language, "count-stores", count = several)),
    }));
    parts.push(say!(language, "history-time", place = place));
    parts.join(" · ")
}

fn tiles(page: &mut Page, row: RowNum, last: &WeekCounts, before: Option<&WeekCounts>) -> NextRow {
    let language = page.language;
    let words = |id: &str, before: Option<String>| {
        let what = language.say(id);
        match before {
            Some(before) => say!(language, "history-tile-was", what = what, before = before),
            None => what,
        }
    };
    let severity = |severity: Severity, id: &str| {
        let was = before.map(|before| plain(of_severity(before, severity)));
        Tile::marked(tenths(of_severity(last, severity)), words(id, was), Some(severity))
    };
    let missed = match last.missed_sign_offs {
        None => Tile::not_known(language.say("week-tile-not-kept")),
        Some(missed) => {
            let was = before.and_then(|before| before.missed_sign_offs).map(|was| was.to_string());
            Tile::marked(missed as f64, words("history-tile-missed", was), Some(Severity::Critical))
        }
    };
    let was = before.map(|before| failed(before).to_string());
    let five = vec![
        severity(Severity::Critical, "history-tile-critical"),
        severity(Severity::Warning, "history-tile-warning"),
        severity(Severity::Notice, "history-tile-notice"),
        Tile::marked(failed(last) as f64, words("history-tile-failed", was), Some(Severity::Critical)),
        missed,
    ];
    let row = write_tiles(page, row, &[(1, 2), (3, 5), (6, 7), (8, 9), (10, 11)], five)?;
    let week = last.week.to_string();
    let explained = match before {
        Some(before) => say!(language, "history-tiles", week = week, before = before.week.to_string()),
        None => say!(language, "history-tiles-first", week = week),
    };
    page.text(row, WEEK, &explained, BODY.muted().points(9))?;
    Ok(row + 1)
}

/// How many coupons, stores and lines of the campaign plan had it as their worst finding, on average.
fn of_severity(counts: &WeekCounts, severity: Severity) -> f64 {
    counts.severities.get(&severity).map_or(0.0, |counted| counted.average)
}

fn failed(counts: &WeekCounts) -> u64 {
    counts.not_loaded.values().sum()
}

fn tenths(average: f64) -> f64 {
    (average * 10.0).round() / 10.0
}

fn plain(average: f64) -> String {
    if average == 0.0 { "0".to_string() } else { average_words(average) }
}

/// What moved most.
fn sentences(book: &HistoryBook, last: &WeekCounts, before: Option<&WeekCounts>) -> Vec<Sentence> {
    let language = book.language;
    let mut sentences: Vec<Sentence> = Vec::new();
    let most_failed = last.not_loaded.iter().max_by_key(|(store, times)| (**times, std::cmp::Reverse(*store)));
    if let Some((store, times)) = most_failed {
        let words =
            say!(language, "history-moved-load", store = store.as_str(), times = *times, exports = last.exports);
        sentences.push((Some(Severity::Critical), words, "history-sheet-missed"));
    }
    let Some(before) = before else { return sentences };
    let mut steps: Vec<(FindingCode, f64, f64)> = FindingCode::ALL
        .iter()
        .map(|code| (*code, average_of(before, *code), average_of(last, *code)))
        .filter(|(_, before, now)| (now - before).abs() >= STEP_MIN)
        .collect();
    steps.sort_by(|one, other| (one.2 - one.1).total_cmp(&(other.2 - other.1)));
    let worst = |code| last.worst.get(code).copied().unwrap_or(Severity::Notice);
    let grew = steps.last().filter(|(_, before, now)| now > before);
    let fell = steps.first().filter(|(_, before, now)| now < before);
    let steps = [
        grew.map(|step| (step, Some(worst(&step.0)), "history-moved-grew")),
        fell.map(|step| (step, None, "history-moved-fell")),
    ];
    for ((code, before, now), severity, id) in steps.into_iter().flatten() {
        let (before, now) = (plain(*before), plain(*now));
        let words = say!(language, id, finding = code.name(language), before = before, now = now);
        sentences.push((severity, words, "history-sheet-findings"));
    }
    sentences.extend(worst_store(book, last.week));
    sentences
}

/// A smaller step between two weeks is no news.
const STEP_MIN: f64 = 0.1;

fn average_of(counts: &WeekCounts, code: FindingCode) -> f64 {
    counts.findings.get(&code).map_or(0.0, |counted| counted.average)
}

fn worst_store(book: &HistoryBook, week: IsoWeek) -> Option<Sentence> {
    let stores = book.stores.iter().filter_map(|(store, weeks)| {
        let of_week = weeks.get(&week)?;
        Some((store, of_week.average()?, of_week.worst()?))
    });
    let (store, average, worst) =
        stores.max_by(|one, other| one.2.cmp(&other.2).then_with(|| one.1.total_cmp(&other.1)))?;
    let words = say!(book.language, "history-moved-store", store = store.as_str(), average = plain(average));
    Some((Some(worst), words, "history-sheet-stores"))
}

/// What stands in a column of numbers.
type WeekCell = fn(&WeekCounts) -> Cell<'static>;

/// A line a week: what the chart draws, and what it has no room for.
fn numbers(page: &mut Page, head: RowNum) -> Written {
    let (book, language) = (page.book, page.language);
    let days = |week: &IsoWeek| {
        let [first, last] = [week.monday(), week.sunday()].map(|day| language.day(DayShape::DayShort, day));
        say!(language, "history-week", first = first, last = last)
    };
    let severity = |severity| severity_words(language, Some(severity));
    let numbers: [(String, WeekCell); 9] = [
        (language.say("history-head-exports"), |it| whole(it.exports as usize)),
        (severity(Severity::Critical), |it| average_cell(of_severity(it, Severity::Critical))),
        (severity(Severity::Warning), |it| average_cell(of_severity(it, Severity::Warning))),
        (severity(Severity::Notice), |it| average_cell(of_severity(it, Severity::Notice))),
        (language.say("history-head-all"), |it| {
            average_cell(Severity::WORST_FIRST.map(|severity| of_severity(it, severity)).iter().sum())
        }),
        (language.say("history-head-coupons"), |it| average_cell(it.coupons.average)),
        (language.say("history-head-live"), |it| average_cell(it.coupons_live.average)),
        (language.say("history-head-failed"), |it| whole(failed(it) as usize)),
        (language.say("history-head-missed"), |it| {
            it.missed_sign_offs.map_or(NO_NUMBER.with("?"), |missed| whole(missed as usize))
        }),
    ];
    let names = Columns::<&IsoWeek>::new(language)
        .headed(HEAD.points(9).wrap(), "history-head-week", 0.0, |week| CELL.bold().with(super::short(**week)))
        .titled(HEAD, String::new(), (0.0, 1), |week| CELL.with(days(week)));
    let columns = numbers.into_iter().fold(names, |columns, (title, cell)| {
        columns.titled(NUMBERS_HEAD, title, (0.0, 1), move |week| book.of(**week).map_or(CELL.empty(), cell))
    });
    let end = page.table(head, WEEK, &columns, book.weeks, |_| 18.0)?;
    page.height(head, 30)?;
    for (row, _) in (head + 1..).zip(book.weeks).filter(|(_, week)| book.of(**week).is_none()) {
        let words = language.say("history-no-export");
        page.across(row, (EXPORTS, MISSED), CELL.muted().indent(1).with(words))?;
    }
    page.say(end, WEEK, "history-numbers-foot", BODY.muted().points(9))
}
