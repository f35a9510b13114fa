//! Where campaigns have live coupons: words first, so that nobody has to read the grid, then store by day.

use chrono::NaiveDate;
use rust_xlsxwriter::{ColNum, RowNum};

use super::Page;
use super::cell::{Cell, NextRow, Written};
use super::layout::Layout;
use super::page::link;
use super::style::{
    BODY, CELL, COVER_MORE, COVER_ONE, CellStyle, Edge, HEAD, INK, RULE, SECTION, SUBTITLE, YOURS_HEAD,
};
use super::table::Columns;
use crate::domain::{RowKey, Severity, StoreId, local_day};
use crate::language::{DayShape, Language, day_words};
use crate::say;
use crate::workbook::{Cover, Coverage, CoverageBlock, CoverageLine, Gap, MissingAnswer, MissingLine};

const WORDS_COLUMN: ColNum = 1;
const FIRST_DAY_COLUMN: ColNum = 2;
const STORE_WIDTH: f64 = 15.0;
const WORDS_WIDTH: f64 = 40.0;
const DAY_WIDTH: f64 = 6.0;
const ROW_HEIGHT: f64 = 21.0;
const HEAD_HEIGHT: f64 = 31.0;
/// What the lower table takes up at least, in the columns of days.
const LAST_COLUMN_MIN: ColNum = 12;
/// Of A4, landscape, within its margins; LibreOffice draws columns some 6 % wider than Excel.
const PAPER_WIDTH_PIXELS: f64 = 1045.0 / 1.07;
const PAPER_HEIGHT_POINTS: f64 = 510.0;
const TITLE_POINTS: f64 = 60.0;
/// A block's name, a note on it, its header and the gap below.
const BLOCK_HEAD_POINTS: f64 = 84.0;
/// In fewer columns there is no room for a sentence.
const WORDS_NEED_COLUMNS: usize = 6;
/// More missing coupons than this are only counted.
const MISSING_LINES_MAX: usize = 500;

pub(super) fn write(page: &mut Page) -> Written {
    let (language, coverage) = (page.language, page.book.coverage);
    page.begin("sheet-coverage", &language.say("coverage-title"), &language.say("coverage-line"), RULE)?;
    page.sheet.set_freeze_panes(2, FIRST_DAY_COLUMN)?;
    page.sheet.set_column_width(0, STORE_WIDTH)?.set_column_width(WORDS_COLUMN, WORDS_WIDTH)?;
    page.sheet.set_column_range_width(FIRST_DAY_COLUMN, last_column(coverage), DAY_WIDTH)?;
    let mut row = 3;
    let mut blocks = Vec::with_capacity(coverage.blocks.len() + 1);
    if coverage.blocks.is_empty() && coverage.missing.is_empty() {
        page.say(row, 0, "coverage-no-campaigns", BODY)?;
        row += 2;
    }
    for block in &coverage.blocks {
        blocks.push((row, block.stores.len()));
        row = write_block(page, row, block)? + 1;
    }
    if !coverage.missing.is_empty() {
        blocks.push((row, coverage.missing.len().min(MISSING_LINES_MAX)));
        row = write_missing(page, row, &coverage.missing)? + 1;
    }
    if coverage.later_campaigns > 0 {
        page.text(row, 0, &say!(language, "coverage-later", count = coverage.later_campaigns), SUBTITLE)?;
    }
    set_scale(page, coverage, &blocks)
}

/// A campaign's block stays on one sheet of paper where it fits. Office programs leave breaks out where they fit a sheet to a
/// page's width themselves, so the scale is ours. `blocks` are the first row of each and how many lines it has.
fn set_scale(page: &mut Page, coverage: &Coverage, blocks: &[(RowNum, usize)]) -> Written {
    let width_pixels = [STORE_WIDTH, WORDS_WIDTH].map(pixels).iter().sum::<f64>()
        + f64::from(last_column(coverage) - FIRST_DAY_COLUMN + 1) * pixels(DAY_WIDTH);
    let scale = (PAPER_WIDTH_PIXELS / width_pixels).clamp(0.3, 1.0);
    let page_points = PAPER_HEIGHT_POINTS / scale;
    let (mut used, mut breaks) = (TITLE_POINTS, Vec::new());
    for (first, lines) in blocks {
        let height = BLOCK_HEAD_POINTS + ROW_HEIGHT * *lines as f64;
        if used > TITLE_POINTS && used + height > page_points {
            breaks.push(*first);
            used = 0.0;
        }
        used += height;
    }
    page.sheet.set_print_scale((scale * 100.0) as u16).set_page_breaks(&breaks)?;
    Ok(())
}

/// As Excel measures a width in characters.
fn pixels(width: f64) -> f64 {
    width * 7.0 + 5.0
}

fn last_column(coverage: &Coverage) -> ColNum {
    let days = coverage.blocks.iter().map(|block| block.columns.len()).max().unwrap_or(0);
    LAST_COLUMN_MIN.max(FIRST_DAY_COLUMN + (days as ColNum).saturating_sub(1))
}

/// Gives the first free row below it.
fn write_block(page: &mut Page, first: RowNum, block: &CoverageBlock) -> NextRow {
    let (book, language, today) = (page.book, page.language, page.book.export.day);
    let [first_day, last_day] = [block.first_day, block.last_day].map(|day| day_words(language, day, today));
    let title = say!(language, "coverage-block", campaign = &block.campaign, first = first_day, last = last_day);
    page.text(first, 0, &title, SECTION)?;
    let mut row = first + 1;
    if let Some(id) = note_on(block) {
        page.say(row, 0, id, SUBTITLE)?;
        row += 1;
    }
    let shape = if block.by_weeks { DayShape::WeekHead } else { DayShape::DayHead };
    let names = Columns::<&CoverageLine>::new(language)
        .left("coverage-store", STORE_WIDTH, |line| CELL.with(line.store.as_str()))
        .left("coverage-in-words", WORDS_WIDTH, |line| {
            let (words, style) = in_words(block, line, language, local_today(book, &line.store));
            style.with(words)
        });
    let columns = block.columns.iter().enumerate().fold(names, |columns, (place, column)| {
        let is_today = (column.first_day..=column.last_day).contains(&today);
        let (head, edge) =
            if is_today { (HEAD.fill(INK).ink(YOURS_HEAD.ink), Edge::Framed) } else { (HEAD, Edge::White) };
        let title = language.day(shape, column.first_day);
        columns.titled(head.centre().wrap(), title, (DAY_WIDTH, 1), move |line| {
            let Cover::Known { counts, .. } = &line.cover else { return CELL.empty() };
            let is_open = block.is_due && column.last_day >= local_today(book, &line.store);
            let count = counts.get(place).copied().flatten();
            count_cell(language, count, is_open, BODY.edge(edge).centre())
        })
    });
    let next = page.table(row, 0, &columns, &block.stores, |_| ROW_HEIGHT)?;
    page.height(row, HEAD_HEIGHT)?;
    for (row, _) in (row + 1..).zip(&block.stores).filter(|(_, line)| line.cover == Cover::NotKnown) {
        let last = FIRST_DAY_COLUMN + block.columns.len().saturating_sub(1) as ColNum;
        let has_room = block.columns.len() >= WORDS_NEED_COLUMNS;
        let words = if has_room { language.say("coverage-not-known") } else { "?".to_string() };
        page.across(row, (FIRST_DAY_COLUMN, last), CellStyle::filled(Severity::Notice).centre().with(words))?;
    }
    Ok(next)
}

fn note_on(block: &CoverageBlock) -> Option<&'static str> {
    match (block.by_weeks, block.is_cut) {
        (_, true) => Some("coverage-by-weeks-cut"),
        (true, false) => Some("coverage-by-weeks"),
        (false, false) => None,
    }
}

fn count_cell(language: Language, count: Option<u32>, is_open: bool, style: CellStyle) -> Cell<'static> {
    match count {
        None => style.muted().with("–"),
        Some(0) => {
            // What is over, or not due yet, is not yet anybody's fault: grey.
            let severity = if is_open { Severity::Critical } else { Severity::Notice };
            style.severity(Some(severity)).with(language.say("coverage-gap"))
        }
        Some(1) => style.fill(COVER_ONE).with(1.0),
        Some(more) => style.fill(COVER_MORE).with(f64::from(more)),
    }
}

fn in_words(block: &CoverageBlock, line: &CoverageLine, language: Language, today: NaiveDate) -> (String, CellStyle) {
    let Cover::Known { gaps, .. } = &line.cover else {
        return (language.say("coverage-words-not-known"), CELL.bold());
    };
    let open: Vec<&Gap> = gaps.iter().filter(|gap| !gap.is_past).collect();
    let past: Vec<&Gap> = gaps.iter().filter(|gap| gap.is_past).collect();
    let (gap, count, id, style) = match (open.first(), past.first()) {
        (Some(gap), _) if block.is_due => (gap, open.len(), "coverage-words-gap", CELL.words_of(Severity::Critical)),
        (Some(gap), _) => (gap, open.len(), "coverage-words-later", CELL),
        (None, Some(gap)) => (gap, past.len(), "coverage-words-past", CELL.muted()),
        (None, None) => return (language.say("coverage-words-covered"), CELL.muted()),
    };
    (gap_words(language, gap, count, today, id), style)
}

/// The first gap, and how many more there are; the message for a gap of one day ends in `-day`.
fn gap_words(language: Language, gap: &Gap, count: usize, today: NaiveDate, id: &str) -> String {
    let [first, last] = [gap.first_day, gap.last_day].map(|day| day_words(language, day, today));
    let more = count.saturating_sub(1);
    match gap.first_day == gap.last_day {
        true => say!(language, &format!("{id}-day"), day = &first, more = more),
        false => say!(language, id, first = &first, last = &last, more = more),
    }
}

fn local_today(layout: &Layout, store: &StoreId) -> NaiveDate {
    let export = layout.export;
    export.store(store).map_or(export.day, |store| local_day(export.finished, store.zone))
}

/// Gives the first free row below it.
fn write_missing(page: &mut Page, first: RowNum, missing: &[MissingLine]) -> NextRow {
    let (book, language) = (page.book, page.language);
    page.say(first, 0, "coverage-missing-title", SECTION)?;
    let needed_from = |line: &MissingLine| day_words(language, line.needed_from, book.export.day);
    let columns = Columns::<&MissingLine>::new(language)
        .left("coverage-store", STORE_WIDTH, |line| CELL.with(line.store.as_str()))
        .left("coverage-planned", WORDS_WIDTH, |line| CELL.bold().with(line.wanted.as_str()))
        .over(3, HEAD, "coverage-campaign", |line| CELL.with(line.campaign.as_str()))
        .over(3, HEAD, "coverage-needed-from", |line| CELL.with(needed_from(line)))
        .over(5, HEAD, "coverage-suggested", |line| answer(book, line));
    let next = page.table(first + 1, 0, &columns, missing.iter().take(MISSING_LINES_MAX), |_| ROW_HEIGHT)?;
    page.height(first + 1, ROW_HEIGHT)?;
    let more = missing.len().saturating_sub(MISSING_LINES_MAX);
    if more > 0 {
        page.text(next, 0, &say!(language, "coverage-missing-more", count = more), SUBTITLE)?;
        return Ok(next + 1);
    }
    Ok(next)
}

fn answer(layout: &Layout, line: &MissingLine) -> Cell<'static> {
    let language = layout.language;
    let (id, key): (&str, Option<&RowKey>) = match &line.answer {
        MissingAnswer::Row(key) => ("coverage-answer-row", Some(key)),
        MissingAnswer::RowLater(key) => ("coverage-answer-later", Some(key)),
        MissingAnswer::ByHand(Some(key)) => ("coverage-answer-by-hand-row", Some(key)),
        MissingAnswer::ByHand(None) => ("coverage-answer-by-hand", None),
    };
    match key.and_then(|key| layout.place_of(key)) {
        Some(place) => {
            let words = say!(language, id, row = (place.row + 1).to_string());
            link(language, place.address(), &words, "coverage-answer-tip")
        }
        None => CELL.with(language.say("coverage-answer-by-hand")),
    }
}
