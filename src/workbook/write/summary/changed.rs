//! What is new and what was resolved since the export before, side by side.

use rust_xlsxwriter::RowNum;

use super::{LAST, LEFT_LAST, NAMES, RIGHT_FIRST};
use crate::domain::{HowResolved, Resolved, SeenFinding};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{Named, day_and_slot, severity_mark};
use crate::workbook::write::layout::{Layout, sheet_address};
use crate::workbook::write::style::{BODY, CELL, HEAD, LINK};
use crate::workbook::write::writer::{CellWriter, NextRow, Span, clipped};

const LEFT: Span = (NAMES, LEFT_LAST);
const RIGHT: Span = (RIGHT_FIRST, LAST);
/// More are only counted: Coupons has them all.
const LINES_MAX: usize = 8;
const LABEL_LETTERS_MAX: usize = 32;

/// The row after the section and its gap. A results workbook has nothing to compare with.
pub(super) fn write(writer: &mut CellWriter, layout: &Layout, row: RowNum) -> NextRow {
    let language = layout.book.language;
    let Some(changed) = &layout.book.overview.changed else {
        if !layout.book.first_export {
            return Ok(row);
        }
        let next = writer.section(row, NAMES, "summary-changed")?;
        writer.say(next, NAMES, "summary-first-export", BODY.muted())?;
        return Ok(next + 2);
    };
    let (day, slot) = changed.since;
    let since = day_and_slot(language, day, slot, layout.book.export.day);
    let head = writer.section_in_words(row, NAMES, &say!(language, "summary-changed-since", since = since))?;
    writer.height(head, 20)?;
    writer.across(head, LEFT.0, LEFT.1, &say!(language, "summary-new", count = changed.new.len()), HEAD)?;
    writer.across(head, RIGHT.0, RIGHT.1, &say!(language, "summary-resolved", count = changed.resolved.len()), HEAD)?;
    let left = new_lines(writer, layout, head + 1, &changed.new)?;
    let right = resolved_lines(writer, language, head + 1, &changed.resolved)?;
    let mut next = left.max(right);
    if !changed.not_compared.is_empty() {
        let words = say!(language, "summary-not-compared", count = changed.not_compared.len());
        writer.text(next, NAMES, &words, BODY.muted().points(9))?;
        next += 1;
    }
    Ok(next + 1)
}

fn new_lines(writer: &mut CellWriter, layout: &Layout, first: RowNum, new: &[SeenFinding]) -> NextRow {
    let language = layout.book.language;
    let tip = language.say("summary-tip");
    let mut row = first;
    for finding in new.iter().take(LINES_MAX) {
        let place = finding.row.as_ref().and_then(|key| layout.place_of(key));
        let address = place.map_or_else(|| sheet_address(language, "sheet-stores"), |place| place.address());
        let words = say!(
            language,
            if finding.row.is_some() { "summary-new-line" } else { "summary-new-line-store" },
            mark = severity_mark(Some(finding.severity)),
            store = finding.store.as_str(),
            coupon = clipped(&finding.label, LABEL_LETTERS_MAX),
            finding = finding.code.name(language),
        );
        writer.height(row, 18)?;
        writer.link_across(row, LEFT, &address, &words, &tip, LINK)?;
        row += 1;
    }
    rest(writer, language, row, LEFT, new.len(), "summary-nothing-new")
}

fn resolved_lines(writer: &mut CellWriter, language: Language, first: RowNum, resolved: &[Resolved]) -> NextRow {
    let mut row = first;
    for Resolved { finding, how } in resolved.iter().take(LINES_MAX) {
        let words = say!(
            language,
            if finding.row.is_some() { "summary-resolved-line" } else { "summary-resolved-line-store" },
            store = finding.store.as_str(),
            coupon = clipped(&finding.label, LABEL_LETTERS_MAX),
            finding = finding.code.name(language),
            how = how_words(language, how),
        );
        writer.height(row, 18)?;
        writer.across(row, RIGHT.0, RIGHT.1, &words, CELL)?;
        row += 1;
    }
    rest(writer, language, row, RIGHT, resolved.len(), "summary-nothing-resolved")
}

/// How many more there are, or that there is none at all.
fn rest(
    writer: &mut CellWriter,
    language: Language,
    row: RowNum,
    (first, last): Span,
    count: usize,
    none: &str,
) -> NextRow {
    match count.checked_sub(LINES_MAX) {
        _ if count == 0 => writer.across(row, first, last, &language.say(none), CELL.muted())?,
        Some(more) if more > 0 => {
            writer.across(row, first, last, &say!(language, "summary-and-more", count = more), BODY.muted())?;
        }
        _ => return Ok(row),
    }
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
