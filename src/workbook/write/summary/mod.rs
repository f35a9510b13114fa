//! One page: how it stands, what to do first, where it is, what changed. Built anew each time and never read back, so cells may be
//! merged.

mod changed;
mod chart;
mod heat;
mod money;
mod open;
mod tiles;
mod urgent;
mod words;

use rust_xlsxwriter::{ColNum, RowNum, Worksheet, XlsxError};

use super::layout::Layout;
use super::pen::{Pen, Written, clipped};
use super::style::{BODY, Fill, HEAD, Looks, SECTION};
use super::tally::Tally;
use super::{Tab, set_page, title};
use crate::domain::{Severity, Timestamp};
use crate::language::clock_words;
use crate::say;
use crate::workbook::Book;

/// The page is a margin, a column of names, and narrow columns that the heat map fills and everything else spans.
const NAMES: ColNum = 1;
const FIRST_NARROW: ColNum = 2;
const LAST: ColNum = 19;
/// Two tables side by side: where the left one ends and the right one begins.
const LEFT_LAST: ColNum = 9;
const RIGHT_FIRST: ColNum = 11;
/// What was left out is told in so many lines.
const LEFT_OUT_MAX: usize = 5;
const SENTENCE_LETTERS_MAX: usize = 200;

pub(super) fn write(sheet: &mut Worksheet, looks: &mut Looks, layout: &Layout, tally: &Tally) -> Written {
    let book = layout.book;
    sheet.set_name(book.language.say("sheet-summary"))?.set_portrait().set_active(true);
    set_page(sheet, book, Tab::Summary);
    sheet.set_print_fit_to_pages(1, 1);
    sheet.set_freeze_panes(2, 0)?;
    sheet.set_column_width(0, 1.5)?;
    sheet.set_column_width(NAMES, 14)?;
    sheet.set_column_range_width(FIRST_NARROW, LAST, 8)?;

    let mut pen = Pen { sheet, looks };
    pen.heading(NAMES, &title(book), &line(layout))?;
    let mut row = 3;
    if book.results.is_some() {
        row = tiles::outcomes(&mut pen, layout, row)? + 1;
    }
    row = tiles::state(&mut pen, layout, row)? + 1;
    row = left_out(&mut pen, book, row)?;
    row = urgent::write(&mut pen, layout, row)? + 1;
    row = heat::write(&mut pen, layout, tally, row)?;
    row = changed::write(&mut pen, layout, row)?;
    row = open::write(&mut pen, layout, row)?;
    row = money::write(&mut pen, layout, row)?;
    chart::write(&mut pen, layout, tally, row)
}

/// `7 of 8 stores loaded, 08:04 to 08:11 Singapore time · 60 coupons · compared with Sat 21 Nov, afternoon`
fn line(layout: &Layout) -> String {
    let (language, export) = (layout.book.language, layout.book.export);
    let clock = |at: Timestamp| clock_words(at.with_timezone(&export.zone).naive_local());
    let place = export.zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
    let (loaded, all) = (export.stores_loaded(), export.stores.len());
    let (from, until) = (clock(export.at), clock(export.finished));
    let head = match export.follows.as_ref().filter(|_| layout.book.results.is_some()) {
        Some(decided) => say!(language, "summary-line-results", export = decided.as_str(), at = until, place = place),
        None if loaded == all => {
            say!(language, "summary-line-all", all = all, from = from, until = until, place = place)
        }
        None => {
            say!(language, "summary-line-some", loaded = loaded, all = all, from = from, until = until, place = place)
        }
    };
    let mut parts = vec![head, say!(language, "count-coupons", count = export.rows.len())];
    if let Some(changed) = &layout.book.overview.changed {
        let (day, slot) = changed.since;
        let since = words::day_and_slot(language, day, slot, export.day);
        parts.push(say!(language, "summary-line-compared", since = since));
    }
    parts.join(" · ")
}

/// What was wrong with the campaign plan or a template, and so is not in this file.
fn left_out(pen: &mut Pen, book: &Book, row: RowNum) -> Result<RowNum, XlsxError> {
    let language = book.language;
    let mut lines: Vec<String> =
        book.left_out.iter().take(LEFT_OUT_MAX).map(|line| clipped(line, SENTENCE_LETTERS_MAX)).collect();
    if lines.is_empty() {
        return Ok(row);
    }
    if let Some(more) = book.left_out.len().checked_sub(LEFT_OUT_MAX).filter(|more| *more > 0) {
        lines.push(say!(language, "summary-left-out-more", count = more));
    }
    let mut next = section(pen, row, &language.say("summary-left-out"))?;
    for line in &lines {
        let look = BODY.fill(Fill::Tint(Severity::Warning)).wrap().indent(1);
        pen.sheet.set_row_height(next, if line.chars().count() > 130 { 30 } else { 18 })?;
        pen.across(next, NAMES, LAST, &format!("▲ {line}"), look)?;
        next += 1;
    }
    Ok(next + 1)
}

/// A section's heading; the row after it.
fn section(pen: &mut Pen, row: RowNum, words: &str) -> Result<RowNum, XlsxError> {
    section_at(pen, row, NAMES, words)
}

fn section_at(pen: &mut Pen, row: RowNum, column: ColNum, words: &str) -> Result<RowNum, XlsxError> {
    pen.sheet.set_row_height(row, 22)?;
    pen.text(row, column, words, SECTION)?;
    Ok(row + 1)
}

/// The header of a small table, its cells over several columns each.
fn head_across(pen: &mut Pen, row: RowNum, cells: &[((ColNum, ColNum), String, bool)]) -> Written {
    pen.sheet.set_row_height(row, 20)?;
    for ((first, last), words, right) in cells {
        let look = HEAD.points(9);
        pen.across(row, *first, *last, words, if *right { look.right() } else { look })?;
    }
    Ok(())
}
