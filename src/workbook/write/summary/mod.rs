//! How it stands, what to do first, where it is, what changed. Built anew each time and never read back, so cells may be
//! merged.

mod changed;
mod chart;
mod heat;
mod money;
mod tiles;
mod urgent;

use rust_xlsxwriter::{ColNum, RowNum};

use super::cell::{NextRow, Written};
use super::page::{link, sheet_address};
use super::style::{BODY, CellStyle, HEAD, INK, tint};
use super::tally::Tally;
use super::undo;
use super::{Page, title};
use crate::domain::{Severity, Timestamp};
use crate::language::{Script, clock_words};
use crate::say;
use crate::workbook::words::{notice_words, place_name, since_words};

/// The head of a small table.
const SMALL_HEAD: CellStyle = HEAD.points(9);

/// The page is a margin, a column of names, and narrow columns that the heat map fills and everything else spans.
const NAMES: ColNum = 1;
const FIRST_NARROW: ColNum = 2;
const LAST: ColNum = 19;
/// So that its small print has 8 points on paper; see [`Page::print_in_blocks`].
const NARROW_WIDTH: f64 = 7.29;
const NARROW_WIDTH_HAN: f64 = 6.0;
/// Two tables side by side: where the left one ends and the right one begins.
const LEFT_LAST: ColNum = 9;
const RIGHT_FIRST: ColNum = 11;
/// What was left out is told in so many lines.
const LEFT_OUT_MAX: usize = 5;

pub(super) fn write(page: &mut Page) -> Written {
    let book = page.book;
    page.begin("sheet-summary", &title(book), &line(page), INK)?;
    // It opens where there is something to mend; two selected sheets would be edited together.
    let opens = book.first_to_mend().is_none();
    page.sheet.set_active(opens).set_selected(opens).set_freeze_panes(2, 0)?;
    page.width(0, 1.5)?;
    page.width(NAMES, 14.0)?;
    let narrow = match page.language.script() {
        Script::Latin => NARROW_WIDTH,
        Script::Han => NARROW_WIDTH_HAN,
    };
    (FIRST_NARROW..=LAST).try_for_each(|column| page.width(column, narrow))?;

    let tally = Tally::of(book);
    let mut row = 3;
    if let Some(shown) = book.undo {
        let words = format!("{} ▸", undo::line(page.language, shown, book.export.zone));
        let there = link(page.language, sheet_address(page.language, "sheet-undo"), &words, "summary-tip");
        page.across(row, (NAMES, LAST), there)?;
        row += 2;
    }
    if !book.overview.approved_by.is_empty() {
        let names = book.overview.approved_by.join(&page.language.say("comma"));
        let words = say!(page.language, "summary-approved-by", names = names);
        page.across(row, (NAMES, LAST), BODY.with(words))?;
        row += 2;
    }
    if book.results.is_some() {
        row = tiles::outcomes(page, row)? + 1;
    }
    let mut blocks = vec![row];
    row = tiles::state(page, row)? + 1;
    blocks.push(row);
    row = left_out(page, row)?;
    blocks.push(row);
    row = urgent::write(page, row)? + 1;
    blocks.push(row);
    row = heat::write(page, &tally, row)?;
    blocks.push(row);
    row = changed::write(page, row)?;
    blocks.push(row);
    row = changed::write_open(page, row)?;
    blocks.push(row);
    row = money::write(page, row)?;
    blocks.push(row);
    chart::write(page, &tally, row)?;
    page.print_in_blocks(LAST, &blocks)
}

/// `7 of 8 stores loaded, 08:04 to 08:11 Singapore time · 60 coupons, 48 live · compared with Sat 21 Nov, afternoon`
fn line(page: &Page) -> String {
    let (book, language, export) = (page.book, page.language, page.book.export);
    let clock = |at: Timestamp| clock_words(at.with_timezone(&export.zone).naive_local());
    let place = place_name(language, export.zone);
    let (loaded, all) = (export.stores_loaded(), export.stores.len());
    let (from, until) = (clock(export.at), clock(export.finished));
    let head = match export.follows.as_ref().filter(|_| book.results.is_some()) {
        Some(decided) => say!(language, "summary-line-results", export = decided.as_str(), at = until, place = place),
        None if loaded == all => {
            say!(language, "summary-line-all", all = all, from = from, until = until, place = place)
        }
        None => {
            say!(language, "summary-line-some", loaded = loaded, all = all, from = from, until = until, place = place)
        }
    };
    let (coupons, live) = (export.rows.len(), export.coupons_live());
    let mut parts = vec![head, say!(language, "summary-line-coupons", count = coupons, live = live)];
    if let Some(changed) = &book.overview.changed {
        let since = since_words(language, changed.since, export);
        parts.push(say!(language, "summary-line-compared", since = since));
    }
    parts.join(" · ")
}

/// What was wrong with the campaign plan or a template, and so is not in this file.
fn left_out(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let shown = book.left_out.iter().take(LEFT_OUT_MAX);
    let mut lines: Vec<String> = shown.map(|notice| notice_words(language, notice)).collect();
    if lines.is_empty() {
        return Ok(row);
    }
    if let Some(more) = book.left_out.len().checked_sub(LEFT_OUT_MAX).filter(|more| *more > 0) {
        lines.push(say!(language, "summary-left-out-more", count = more));
    }
    let mut next = page.section(row, NAMES, "summary-left-out")?;
    for line in &lines {
        let style = BODY.fill(tint(Severity::Warning)).indent(1);
        page.sentence(next, (NAMES, LAST), style.with(format!("▲ {line}")))?;
        next += 1;
    }
    Ok(next + 1)
}
