//! What is new and what was resolved since the export before, side by side; below it what managers handed back and no run settled.

use rust_xlsxwriter::RowNum;

use super::{LAST, LEFT_LAST, NAMES, RIGHT_FIRST, SMALL_HEAD};
use crate::domain::{EndedFinding, OpenAction, SeenFinding};
use crate::say;
use crate::workbook::words::{Named, ended_words, finding_on, severity_mark, since_words, store_or_plan};
use crate::workbook::write::Page;
use crate::workbook::write::cell::{Cell, NextRow, Span, clipped};
use crate::workbook::write::page::{link, sheet_address};
use crate::workbook::write::style::{BODY, CELL, CellStyle, HEAD};

const LEFT: Span = (NAMES, LEFT_LAST);
const RIGHT: Span = (RIGHT_FIRST, LAST);
/// More are only counted: Coupons has them all.
const LINES_MAX: usize = 8;
const OPEN_LINES_MAX: usize = 6;
const LABEL_LETTERS_MAX: usize = 32;

/// The row after the section and its gap. A results workbook has nothing to compare with.
pub(super) fn write(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let Some(changed) = &book.overview.changed else {
        if !book.first_export {
            return Ok(row);
        }
        let next = page.section(row, NAMES, "summary-changed")?;
        page.say(next, NAMES, "summary-first-export", BODY.muted())?;
        return Ok(next + 2);
    };
    let since = since_words(language, changed.since, book.export);
    let head = page.section_in_words(row, NAMES, &say!(language, "summary-changed-since", since = since))?;
    page.height(head, 20)?;
    let new = |finding: &SeenFinding| {
        let key = &finding.key;
        let place = key.row.as_ref().and_then(|row| book.place_of(row));
        let address = place.map_or_else(|| sheet_address(language, "sheet-stores"), |place| place.address());
        let words = say!(
            language,
            "summary-new-line",
            mark = severity_mark(Some(finding.severity)),
            store = store_or_plan(language, key),
            coupon = clipped(&finding_on(language, key, &finding.label), LABEL_LETTERS_MAX),
            finding = key.code.name(language),
        );
        link(language, address, &words, "summary-tip")
    };
    let resolved = |ended: &&EndedFinding| {
        let EndedFinding { finding: SeenFinding { key, label, .. }, how } = *ended;
        CELL.with(say!(
            language,
            "summary-resolved-line",
            store = store_or_plan(language, key),
            coupon = clipped(&finding_on(language, key, label), LABEL_LETTERS_MAX),
            finding = key.code.name(language),
            how = ended_words(language, how),
        ))
    };
    let (of_new, of_resolved) =
        (("summary-new", "summary-nothing-new"), ("summary-resolved", "summary-nothing-resolved"));
    let left = list(page, (head, LEFT), (HEAD, of_new), (&changed.new, LINES_MAX), new)?;
    let over: Vec<&EndedFinding> = changed.resolved().collect();
    let mut right = list(page, (head, RIGHT), (HEAD, of_resolved), (&over, LINES_MAX), resolved)?;
    let besides = changed.ended.len() - over.len();
    if besides > 0 {
        let words = say!(language, "summary-ended-besides", count = besides);
        page.across(right, RIGHT, CELL.muted().with(words))?;
        right += 1;
    }
    let mut next = left.max(right);
    if !changed.not_compared.is_empty() {
        let words = say!(language, "summary-not-compared", count = changed.not_compared.len());
        page.text(next, NAMES, &words, BODY.muted().points(9))?;
        next += 1;
    }
    Ok(next + 1)
}

/// What is not to be forgotten until the evening, each linked to its row. The row after the list and its gap; `row` itself where
/// everything is settled.
pub(super) fn write_open(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let open = &book.overview.open_actions;
    if open.is_empty() {
        return Ok(row);
    }
    let head = page.section(row, NAMES, "summary-open")?;
    page.height(head, 20)?;
    let line = |action: &OpenAction| {
        let words = say!(
            language,
            "summary-open-line",
            store = action.store.as_str(),
            coupon = clipped(&action.label, LABEL_LETTERS_MAX),
            action = action.action.name(language),
            outcome = action.outcome.map_or_else(|| language.say("summary-never-applied"), |kind| kind.name(language)),
        );
        match book.place_of(&action.row) {
            Some(place) => link(language, place.address(), &words, "summary-tip"),
            None => CELL.with(words),
        }
    };
    let next = list(page, (head, LEFT), (SMALL_HEAD, ("summary-open-head", "")), (open, OPEN_LINES_MAX), line)?;
    Ok(next + 1)
}

/// The head, the first `most` lines, and how many more there are, or that there is `none` at all.
fn list<'a, T>(
    page: &mut Page,
    (row, span): (RowNum, Span),
    (style, (head, none)): (CellStyle, (&str, &str)),
    (all, most): (&'a [T], usize),
    cell: impl Fn(&'a T) -> Cell<'a>,
) -> NextRow {
    let language = page.language;
    page.across(row, span, style.with(say!(language, head, count = all.len())))?;
    let mut row = row + 1;
    for one in all.iter().take(most) {
        page.height(row, 18)?;
        page.across(row, span, cell(one))?;
        row += 1;
    }
    let last = match all.len() {
        0 => CELL.muted().with(language.say(none)),
        some if some <= most => return Ok(row),
        many => BODY.muted().with(say!(language, "summary-and-more", count = many - most)),
    };
    page.across(row, span, last)?;
    Ok(row + 1)
}
