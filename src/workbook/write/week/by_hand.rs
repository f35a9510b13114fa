//! Work that only people can do, and how old it is.

use rust_xlsxwriter::{IgnoreError, RowNum};

use super::words;
use super::{HEAD_ROW, Page};
use crate::domain::{PastTask, Severity};
use crate::say;
use crate::workbook::words::severity_mark;
use crate::workbook::write::style::{CELL, CellStyle, Number};
use crate::workbook::write::writer::{Head, Written};

const HEADS: [Head; 9] = [
    Head::new("week-head-state", 13.0),
    Head::new("week-head-store", 15.0),
    Head::new("week-head-coupon", 26.0),
    Head::new("week-head-to-do", 40.0),
    Head::new("week-head-owner", 14.0),
    Head::new("week-head-due", 14.0),
    Head::new("week-head-asked", 19.0),
    Head::new("week-head-seen-done", 19.0),
    Head::new("week-head-age", 18.0),
];
const COUPON: u16 = 2;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    let open = book.tasks.iter().filter(|past| is_open(page, past)).count();
    let line = say!(language, "week-by-hand-line", open = open, done = book.tasks.len() - open);
    page.begin("week-sheet-by-hand", &language.say("week-by-hand-title"), &line, true)?;
    page.table(&HEADS, 3)?;
    if book.tasks.is_empty() {
        return page.nothing("week-by-hand-nothing");
    }
    let mut tasks: Vec<&PastTask> = book.tasks.iter().collect();
    tasks.sort_by_key(|past| (!is_open(page, past), past.asked_at));
    for (row, past) in (HEAD_ROW + 1..).zip(&tasks) {
        line_of(page, row, past)?;
    }
    let last = HEAD_ROW + tasks.len() as RowNum;
    page.sheet.ignore_error_range(HEAD_ROW + 1, COUPON, last, COUPON, IgnoreError::NumberStoredAsText)?;
    page.filter(HEADS.len(), tasks.len())
}

/// At the end of the week.
fn is_open(page: &Page, past: &PastTask) -> bool {
    past.done_at.is_none_or(|done| done >= page.book.until())
}

fn line_of(page: &mut Page, row: RowNum, past: &PastTask) -> Written {
    let (language, until) = (page.language, page.book.until());
    let (task, is_open) = (&past.task, is_open(page, past));
    let is_late = is_open && task.due <= page.local(until).date();
    page.height(row, 30)?;
    if is_open {
        let severity = if is_late { Severity::Critical } else { Severity::Warning };
        let words = format!("{} {}", severity_mark(Some(severity)), language.say("week-state-open"));
        page.text(row, 0, &words, CellStyle::filled(severity))?;
    } else {
        page.text(row, 0, &format!("✓ {}", language.say("outcome-done")), CELL)?;
    }
    page.text(row, 1, task.store.as_str(), CELL.wrap())?;
    page.text(row, COUPON, &task.label, CELL.wrap().number(Number::Text))?;
    page.text(row, 3, &language.render(&task.to_do), CELL.wrap())?;
    page.text(row, 4, &task.owner, CELL)?;
    let due = if is_late { CELL.at_fault(Severity::Critical) } else { CELL };
    page.day(row, 5, task.due, due.number(Number::Day))?;
    page.moment(row, 6, Some(past.asked_at), CELL)?;
    page.moment(row, 7, past.done_at.filter(|_| !is_open), CELL)?;
    let ended = past.done_at.filter(|_| !is_open).unwrap_or(until);
    page.text(row, 8, &words::span(language, ended - past.asked_at), CELL)
}
