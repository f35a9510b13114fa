//! What managers handed back and no run has settled, each linked to its row: it is not to be forgotten until the evening.

use rust_xlsxwriter::RowNum;

use super::changed::list;
use super::{LEFT_LAST, NAMES, SMALL_HEAD};
use crate::domain::OpenAction;
use crate::say;
use crate::workbook::words::Named;
use crate::workbook::write::Page;
use crate::workbook::write::cell::{NextRow, Span, clipped};
use crate::workbook::write::page::link;
use crate::workbook::write::style::CELL;

const ALL: Span = (NAMES, LEFT_LAST);
const LINES_MAX: usize = 6;
const LABEL_LETTERS_MAX: usize = 32;

/// The row after the list and its gap; `row` itself where everything is settled.
pub(super) fn write(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let open = &book.overview.open_actions;
    if open.is_empty() {
        return Ok(row);
    }
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
    let head = page.section(row, NAMES, "summary-open")?;
    page.height(head, 20)?;
    let title = SMALL_HEAD.with(say!(language, "summary-open-head", count = open.len()));
    Ok(list(page, head, ALL, (title, ""), (open, LINES_MAX), line)? + 1)
}
