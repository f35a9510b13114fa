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
/// The sheet's title, a block's name, a note on it and its header.
const BLOCK_HEAD_POINTS: f64 = 117.0;
/// In fewer columns there is no room for a sentence.
const WORDS_NEED_COLUMNS: usize = 6;
/// More missing coupons than this are only counted.
const MISSING_LINES_MAX: usize = 500;

pub(super) fn write(page: &mut Page) -> Written {
    let (language, coverage) = (page.language, page.book.coverage);
    page.begin("sheet-coverage", &language.say("coverage-title"), &language.say("coverage-line"), RULE)?;
    page.sheet.set_freeze_panes(2, FIRST_DAY_COLUMN)?;
    page.width(0, STORE_WIDTH)?;
    page.width(WORDS_COLUMN, WORDS_WIDTH)?;
    (FIRST_DAY_COLUMN..=last_column(coverage)).try_for_each(|column| page.width(column, DAY_WIDTH))?;
    let mut row = 3;
    let mut blocks = Vec::with_capacity(coverage.blocks.len() + 1);
    if coverage.blocks.is_empty() && coverage.missing.is_empty() {
        page.say(row, 0, "coverage-no-campaigns", BODY)?;
        row += 2;
    }
    // What needs more than a page of paper goes on below a head of its own.
    let page_lines = (page.paper_points(last_column(coverage)) - BLOCK_HEAD_POINTS) / ROW_HEIGHT;
    // As many on the last page as on the others.
    let of_a_page = |lines: usize| lines.div_ceil(lines.div_ceil((page_lines as usize).max(1)).max(1)).max(1);
    for block in &coverage.blocks {
        for (part, stores) in block.stores.chunks(of_a_page(block.stores.len())).enumerate() {
            blocks.push(row);
            row = write_block(page, row, block, (part, stores))? + 1;
        }
    }
    let missing = coverage.missing.get(..MISSING_LINES_MAX).unwrap_or(&coverage.missing);
    for (part, lines) in missing.chunks(of_a_page(missing.len())).enumerate() {
        blocks.push(row);
        row = write_missing(page, row, (part, lines))? + 1;
    }
    if coverage.missing.len() > missing.len() {
        let more = coverage.missing.len() - missing.len();
        page.text(row - 1, 0, &say!(language, "coverage-missing-more", count = more), SUBTITLE)?;
        row += 1;
    }
    if coverage.later_campaigns > 0 {
        page.text(row, 0, &say!(language, "coverage-later", count = coverage.later_campaigns), SUBTITLE)?;
    }
    page.print_in_blocks(last_column(coverage), &blocks)
}

fn last_column(coverage: &Coverage) -> ColNum {
    let days = coverage.blocks.iter().map(|block| block.columns.len()).max().unwrap_or(0);
    LAST_COLUMN_MIN.max(FIRST_DAY_COLUMN + (days as ColNum).saturating_sub(1))
}

/// The words over a block, or over a further part of it.
fn part_title(language: Language, title: String, part: usize) -> String {
    if part == 0 { title } else { say!(language, "coverage-continued", title = title) }
}

/// Some stores of the block. Gives the first free row below them.
fn write_block(
    page: &mut Page,
    first: RowNum,
    block: &CoverageBlock,
    (part, stores): (usize, &[CoverageLine]),
) -> NextRow {
    let (book, language, today) = (page.book, page.language, page.book.export.day);
    let [first_day, last_day] = [block.first_day, block.last_day].map(|day| day_words(language, day, today));
    let title = say!(language, "coverage-block", campaign = &block.campaign, first = first_day, last = last_day);
    page.text(first, 0, &part_title(language, title, part), SECTION)?;
    let mut row = first + 1;
    if let Some(id) = note_on(block).filter(|_| part == 0) {
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
        columns.titled(head.points(9).centre().wrap(), title, (DAY_WIDTH, 1), move |line| {
            let Cover::Known { counts, .. } = &line.cover else { return CELL.empty() };
            let is_open = block.is_due && column.last_day >= local_today(book, &line.store);
            let count = counts.get(place).copied().flatten();
            count_cell(language, count, is_open, BODY.edge(edge).centre())
        })
    });
    let next = page.table(row, 0, &columns, stores, |_| ROW_HEIGHT)?;
    page.height(row, HEAD_HEIGHT)?;
    for (row, _) in (row + 1..).zip(stores).filter(|(_, line)| line.cover == Cover::NotKnown) {
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

/// Gives the first free row below them.
fn write_missing(page: &mut Page, first: RowNum, (part, lines): (usize, &[MissingLine])) -> NextRow {
    let (book, language) = (page.book, page.language);
    page.text(first, 0, &part_title(language, language.say("coverage-missing-title"), part), SECTION)?;
    let needed_from = |line: &MissingLine| day_words(language, line.needed_from, book.export.day);
    let columns = Columns::<&MissingLine>::new(language)
        .left("coverage-store", STORE_WIDTH, |line| CELL.with(line.store.as_str()))
        .left("coverage-planned", WORDS_WIDTH, |line| CELL.bold().with(line.wanted.as_str()))
        .over(3, HEAD, "coverage-campaign", |line| CELL.with(line.campaign.as_str()))
        .over(3, HEAD, "coverage-needed-from", |line| CELL.with(needed_from(line)))
        .over(5, HEAD, "coverage-suggested", |line| answer(book, line));
    let next = page.table(first + 1, 0, &columns, lines, |_| ROW_HEIGHT)?;
    page.height(first + 1, ROW_HEIGHT)?;
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
