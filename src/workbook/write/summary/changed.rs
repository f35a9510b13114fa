//! What is new and what was resolved since the export before, side by side.

use rust_xlsxwriter::RowNum;

use super::{LAST, LEFT_LAST, NAMES, RIGHT_FIRST};
use crate::domain::{HowResolved, Resolved, SeenFinding};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{Named, day_and_slot, severity_mark};
use crate::workbook::write::Page;
use crate::workbook::write::cell::{Cell, NextRow, Span, clipped};
use crate::workbook::write::page::{link, sheet_address};
use crate::workbook::write::style::{BODY, CELL, HEAD};

const LEFT: Span = (NAMES, LEFT_LAST);
const RIGHT: Span = (RIGHT_FIRST, LAST);
/// More are only counted: Coupons has them all.
const LINES_MAX: usize = 8;
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
    let (day, slot) = changed.since;
    let since = day_and_slot(language, day, slot, book.export.day);
    let head = page.section_in_words(row, NAMES, &say!(language, "summary-changed-since", since = since))?;
    page.height(head, 20)?;
    let new = |finding: &SeenFinding| {
        let place = finding.row.as_ref().and_then(|key| book.place_of(key));
        let address = place.map_or_else(|| sheet_address(language, "sheet-stores"), |place| place.address());
        let words = say!(
            language,
            if finding.row.is_some() { "summary-new-line" } else { "summary-new-line-store" },
            mark = severity_mark(Some(finding.severity)),
            store = finding.store.as_str(),
            coupon = clipped(&finding.label, LABEL_LETTERS_MAX),
            finding = finding.code.name(language),
        );
        link(language, address, &words, "summary-tip")
    };
    let resolved = |Resolved { finding, how }: &Resolved| {
        CELL.with(say!(
            language,
            if finding.row.is_some() { "summary-resolved-line" } else { "summary-resolved-line-store" },
            store = finding.store.as_str(),
            coupon = clipped(&finding.label, LABEL_LETTERS_MAX),
            finding = finding.code.name(language),
            how = how_words(language, how),
        ))
    };
    let title = |id: &str, count: usize| HEAD.with(say!(language, id, count = count));
    let titles = (title("summary-new", changed.new.len()), "summary-nothing-new");
    let left = list(page, head, LEFT, titles, (&changed.new, LINES_MAX), new)?;
    let titles = (title("summary-resolved", changed.resolved.len()), "summary-nothing-resolved");
    let right = list(page, head, RIGHT, titles, (&changed.resolved, LINES_MAX), resolved)?;
    let mut next = left.max(right);
    if !changed.not_compared.is_empty() {
        let words = say!(language, "summary-not-compared", count = changed.not_compared.len());
        page.text(next, NAMES, &words, BODY.muted().points(9))?;
        next += 1;
    }
    Ok(next + 1)
}

/// The head, the first lines, at most so many, and how many more there are, or that there is `none` at all.
pub(super) fn list<'a, T>(
    page: &mut Page,
    row: RowNum,
    span: Span,
    (head, none): (Cell, &str),
    (all, lines_max): (&'a [T], usize),
    cell: impl Fn(&'a T) -> Cell<'a>,
) -> NextRow {
    let language = page.language;
    page.across(row, span, head)?;
    let mut row = row + 1;
    for one in all.iter().take(lines_max) {
        page.height(row, 18)?;
        page.across(row, span, cell(one))?;
        row += 1;
    }
    let last = match all.len() {
        0 => CELL.muted().with(language.say(none)),
        many if many <= lines_max => return Ok(row),
        many => BODY.muted().with(say!(language, "summary-and-more", count = many - lines_max)),
    };
    page.across(row, span, last)?;
    Ok(row + 1)
}

fn how_words(language: Language, how: &HowResolved) -> String {
    match how {
        HowResolved::Action { action, by } => {
            say!(language, &format!("summary-done-{}", action.word()), by = by.as_str())
        }
        HowResolved::ByHand(_) => language.say("summary-done-by-hand"),
        HowResolved::Gone => language.say("summary-gone"),
        HowResolved::Ended => language.say("summary-ended"),
        HowResolved::ByItself => language.say("summary-by-itself"),
    }
}
