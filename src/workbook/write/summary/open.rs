//! What managers handed back and no run has settled, each linked to its row: it is not to be forgotten until the evening.

use rust_xlsxwriter::RowNum;

use super::{LEFT_LAST, NAMES, head_across};
use crate::say;
use crate::workbook::words::Named;
use crate::workbook::write::layout::Layout;
use crate::workbook::write::style::{BODY, CELL, LINK};
use crate::workbook::write::writer::{CellWriter, NextRow, clipped};

const LINES_MAX: usize = 6;
const LABEL_LETTERS_MAX: usize = 32;

/// The row after the list and its gap; `row` itself where everything is settled.
pub(super) fn write(writer: &mut CellWriter, layout: &Layout, row: RowNum) -> NextRow {
    let language = layout.book.language;
    let open = &layout.book.overview.open_actions;
    if open.is_empty() {
        return Ok(row);
    }
    let head = writer.section(row, NAMES, "summary-open")?;
    head_across(writer, head, &[((NAMES, LEFT_LAST), say!(language, "summary-open-head", count = open.len()), false)])?;
    let mut next = head + 1;
    for action in open.iter().take(LINES_MAX) {
        let words = say!(
            language,
            "summary-open-line",
            store = action.store.as_str(),
            coupon = clipped(&action.label, LABEL_LETTERS_MAX),
            action = action.action.name(language),
            outcome = action.outcome.map_or_else(|| language.say("summary-never-applied"), |kind| kind.name(language)),
        );
        writer.height(next, 18)?;
        match layout.place_of(&action.row) {
            Some(place) => {
                let tip = language.say("summary-tip");
                writer.link_across(next, (NAMES, LEFT_LAST), &place.address(), &words, &tip, LINK)?;
            }
            None => writer.across(next, NAMES, LEFT_LAST, &words, CELL)?,
        }
        next += 1;
    }
    if let Some(more) = open.len().checked_sub(LINES_MAX).filter(|more| *more > 0) {
        writer.across(next, NAMES, LEFT_LAST, &say!(language, "summary-and-more", count = more), BODY.muted())?;
        next += 1;
    }
    Ok(next + 1)
}
