//! Where campaigns have live coupons: words first, so that nobody has to read the grid, then store by day.

use chrono::NaiveDate;
use rust_xlsxwriter::{ColNum, RowNum};

use super::layout::Layout;
use super::style::{BODY, CELL, CellStyle, Edge, Fill, HEAD, Ink, LINK, SECTION, SUBTITLE};
use super::writer::{CellWriter, NextRow, Span, Written};
use super::{Tab, begin};
use crate::domain::{RowKey, Severity, StoreId, local_day};
use crate::language::{Language, day_head_words, day_words, week_head_words};
use crate::say;
use crate::workbook::{Cover, Coverage, CoverageBlock, CoverageLine, Gap, MissingAnswer, MissingLine};

const WORDS_COLUMN: ColNum = 1;
const FIRST_DAY_COLUMN: ColNum = 2;
const STORE_WIDTH: f64 = 15.0;
const WORDS_WIDTH: f64 = 40.0;
const DAY_WIDTH: f64 = 6.0;
const ROW_HEIGHT: f64 = 21.0;
const HEAD_HEIGHT: f64 = 31.0;
/// What the lower table takes up, beyond Store and Planned coupon, in day columns.
const CAMPAIGN_COLUMNS: Span = (2, 4);
const NEEDED_COLUMNS: Span = (5, 7);
const ANSWER_COLUMNS: Span = (8, 12);
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

pub(super) fn write(writer: &mut CellWriter, layout: &Layout) -> Written {
    begin(writer, layout.book, "sheet-coverage", Tab::Read)?;
    writer.sheet.set_freeze_panes(2, FIRST_DAY_COLUMN)?;
    let (language, coverage) = (layout.book.language, layout.book.coverage);
    set_widths(writer, coverage)?;
    writer.heading(0, &language.say("coverage-title"), &language.say("coverage-line"))?;
    let mut row = 3;
    let mut blocks = Vec::with_capacity(coverage.blocks.len() + 1);
    if coverage.blocks.is_empty() && coverage.missing.is_empty() {
        writer.say(row, 0, "coverage-no-campaigns", BODY)?;
        row += 2;
    }
    for block in &coverage.blocks {
        blocks.push((row, block.stores.len()));
        row = write_block(writer, row, block, layout)? + 1;
    }
    if !coverage.missing.is_empty() {
        blocks.push((row, coverage.missing.len().min(MISSING_LINES_MAX)));
        row = write_missing(writer, row, &coverage.missing, layout)? + 1;
    }
    if coverage.later_campaigns > 0 {
        writer.text(row, 0, &say!(language, "coverage-later", count = coverage.later_campaigns), SUBTITLE)?;
    }
    set_paper(writer, coverage, &blocks)
}

/// A campaign's block stays on one sheet of paper where it fits. Office programs leave breaks out where they fit a sheet to a
/// page's width themselves, so the scale is ours. `blocks` are the first row of each and how many lines it has.
fn set_paper(writer: &mut CellWriter, coverage: &Coverage, blocks: &[(RowNum, usize)]) -> Written {
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
    writer.sheet.set_print_scale((scale * 100.0) as u16).set_page_breaks(&breaks)?;
    Ok(())
}

/// As Excel measures a width in characters.
fn pixels(width: f64) -> f64 {
    width * 7.0 + 5.0
}

fn last_column(coverage: &Coverage) -> ColNum {
    let days = coverage.blocks.iter().map(|block| block.columns.len()).max().unwrap_or(0);
    ANSWER_COLUMNS.1.max(FIRST_DAY_COLUMN + (days as ColNum).saturating_sub(1))
}

fn set_widths(writer: &mut CellWriter, coverage: &Coverage) -> Written {
    let last = last_column(coverage);
    writer.sheet.set_column_width(0, STORE_WIDTH)?.set_column_width(WORDS_COLUMN, WORDS_WIDTH)?;
    writer.sheet.set_column_range_width(FIRST_DAY_COLUMN, last, DAY_WIDTH)?;
    Ok(())
}

/// Gives the first free row below it.
fn write_block(writer: &mut CellWriter, first: RowNum, block: &CoverageBlock, layout: &Layout) -> NextRow {
    let (language, today) = (layout.book.language, layout.book.export.day);
    let days = [block.first_day, block.last_day].map(|day| day_words(language, day, today));
    let title = say!(language, "coverage-block", campaign = &block.campaign, first = &days[0], last = &days[1]);
    writer.text(first, 0, &title, SECTION)?;
    let mut row = first + 1;
    if let Some(id) = note_on(block) {
        writer.say(row, 0, id, SUBTITLE)?;
        row += 1;
    }
    write_head(writer, row, block, language, today)?;
    for line in &block.stores {
        row += 1;
        write_line(writer, row, block, line, layout)?;
    }
    Ok(row + 1)
}

fn note_on(block: &CoverageBlock) -> Option<&'static str> {
    match (block.by_weeks, block.is_cut) {
        (_, true) => Some("coverage-by-weeks-cut"),
        (true, false) => Some("coverage-by-weeks"),
        (false, false) => None,
    }
}

fn write_head(
    writer: &mut CellWriter,
    row: RowNum,
    block: &CoverageBlock,
    language: Language,
    today: NaiveDate,
) -> Written {
    writer.height(row, HEAD_HEIGHT)?;
    writer.say(row, 0, "coverage-store", HEAD)?;
    writer.say(row, WORDS_COLUMN, "coverage-in-words", HEAD)?;
    let words = if block.by_weeks { week_head_words } else { day_head_words };
    for (index, column) in block.columns.iter().enumerate() {
        let is_today = (column.first_day..=column.last_day).contains(&today);
        let style = if is_today { HEAD.fill(Fill::Today).ink(Ink::White) } else { HEAD };
        let place = FIRST_DAY_COLUMN + index as ColNum;
        writer.text(row, place, &words(language, column.first_day), style.centre().wrap())?;
    }
    Ok(())
}

fn write_line(
    writer: &mut CellWriter,
    row: RowNum,
    block: &CoverageBlock,
    line: &CoverageLine,
    layout: &Layout,
) -> Written {
    writer.height(row, ROW_HEIGHT)?;
    let today = local_today(layout, &line.store);
    writer.text(row, 0, line.store.as_str(), CELL)?;
    let (words, style) = in_words(block, line, layout.book.language, today);
    writer.text(row, WORDS_COLUMN, &words, style)?;
    match &line.cover {
        Cover::NotKnown => {
            let last = FIRST_DAY_COLUMN + block.columns.len().saturating_sub(1) as ColNum;
            let style = CellStyle::filled(Severity::Notice).centre();
            let has_room = block.columns.len() >= WORDS_NEED_COLUMNS;
            let words = if has_room { layout.book.language.say("coverage-not-known") } else { "?".to_string() };
            writer.across(row, FIRST_DAY_COLUMN, last, &words, style)
        }
        Cover::Known { counts, .. } => {
            for (index, (column, count)) in block.columns.iter().zip(counts).enumerate() {
                let is_today = (column.first_day..=column.last_day).contains(&layout.book.export.day);
                let edge = if is_today { Edge::Framed } else { Edge::White };
                let is_open = block.is_due && column.last_day >= today;
                let place = FIRST_DAY_COLUMN + index as ColNum;
                write_count(writer, row, place, *count, is_open, edge)?;
            }
            Ok(())
        }
    }
}

fn write_count(
    writer: &mut CellWriter,
    row: RowNum,
    column: ColNum,
    count: Option<u32>,
    is_open: bool,
    edge: Edge,
) -> Written {
    let style = BODY.edge(edge).centre();
    match count {
        None => writer.text(row, column, "–", style.muted()),
        Some(0) => {
            // What is over, or not due yet, is not yet anybody's fault: grey.
            let severity = if is_open { Severity::Critical } else { Severity::Notice };
            writer.say(row, column, "coverage-gap", style.severity(Some(severity)))
        }
        Some(1) => writer.number(row, column, 1.0, style.fill(Fill::CoverOne)),
        Some(more) => writer.number(row, column, f64::from(more), style.fill(Fill::CoverMore)),
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
    let export = layout.book.export;
    export.store(store).map_or(export.day, |store| local_day(export.finished, store.zone))
}

/// Gives the first free row below it.
fn write_missing(writer: &mut CellWriter, first: RowNum, missing: &[MissingLine], layout: &Layout) -> NextRow {
    let language = layout.book.language;
    writer.say(first, 0, "coverage-missing-title", SECTION)?;
    let mut row = first + 1;
    writer.height(row, ROW_HEIGHT)?;
    writer.say(row, 0, "coverage-store", HEAD)?;
    writer.say(row, WORDS_COLUMN, "coverage-planned", HEAD)?;
    for (columns, id) in [
        (CAMPAIGN_COLUMNS, "coverage-campaign"),
        (NEEDED_COLUMNS, "coverage-needed-from"),
        (ANSWER_COLUMNS, "coverage-suggested"),
    ] {
        writer.across(row, columns.0, columns.1, &language.say(id), HEAD)?;
    }
    for line in missing.iter().take(MISSING_LINES_MAX) {
        row += 1;
        write_missing_line(writer, row, line, layout)?;
    }
    let more = missing.len().saturating_sub(MISSING_LINES_MAX);
    if more > 0 {
        row += 1;
        writer.text(row, 0, &say!(language, "coverage-missing-more", count = more), SUBTITLE)?;
    }
    Ok(row + 1)
}

fn write_missing_line(writer: &mut CellWriter, row: RowNum, line: &MissingLine, layout: &Layout) -> Written {
    let language = layout.book.language;
    writer.height(row, ROW_HEIGHT)?;
    writer.text(row, 0, line.store.as_str(), CELL)?;
    writer.text(row, WORDS_COLUMN, &line.wanted, CELL.bold())?;
    writer.across(row, CAMPAIGN_COLUMNS.0, CAMPAIGN_COLUMNS.1, &line.campaign, CELL)?;
    let needed_from = day_words(language, line.needed_from, layout.book.export.day);
    writer.across(row, NEEDED_COLUMNS.0, NEEDED_COLUMNS.1, &needed_from, CELL)?;
    let (id, key): (&str, Option<&RowKey>) = match &line.answer {
        MissingAnswer::Row(key) => ("coverage-answer-row", Some(key)),
        MissingAnswer::RowLater(key) => ("coverage-answer-later", Some(key)),
        MissingAnswer::ByHand(Some(key)) => ("coverage-answer-by-hand-row", Some(key)),
        MissingAnswer::ByHand(None) => ("coverage-answer-by-hand", None),
    };
    match key.and_then(|key| layout.place_of(key)) {
        Some(place) => {
            let words = say!(language, id, row = (place.row + 1).to_string());
            let tip = language.say("coverage-answer-tip");
            writer.link_across(row, ANSWER_COLUMNS, &place.address(), &words, &tip, LINK)
        }
        None => {
            let words = language.say("coverage-answer-by-hand");
            writer.across(row, ANSWER_COLUMNS.0, ANSWER_COLUMNS.1, &words, CELL)
        }
    }
}
