//! Work that only people can do, and how old it is.

use super::{Page, span};
use crate::domain::{PastTask, Severity};
use crate::say;
use crate::workbook::words::severity_mark;
use crate::workbook::write::cell::Written;
use crate::workbook::write::page::{local, moment};
use crate::workbook::write::style::{CELL, CellStyle, Number, RULE};
use crate::workbook::write::table::Columns;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language, zone, until) = (page.book, page.language, page.book.zone, page.book.until());
    // At the end of the week.
    let is_open = |past: &PastTask| past.done_at.is_none_or(|done| done >= until);
    let done_at = |past: &PastTask| past.done_at.filter(|_| !is_open(past));
    let is_late = |past: &PastTask| is_open(past) && past.task.due <= local(zone, until).date();
    let state = |past: &PastTask| {
        if !is_open(past) {
            return CELL.with(format!("✓ {}", language.say("outcome-done")));
        }
        let severity = if is_late(past) { Severity::Critical } else { Severity::Warning };
        CellStyle::filled(severity).with(format!(
            "{} {}",
            severity_mark(Some(severity)),
            language.say("week-state-open")
        ))
    };
    let due =
        |past: &PastTask| if is_late(past) { CELL.at_fault(Severity::Critical) } else { CELL }.number(Number::Day);
    let age = |past: &PastTask| span(language, done_at(past).unwrap_or(until) - past.asked_at);
    let columns = Columns::<&PastTask>::new(language)
        .left("week-head-state", 13.0, |past| state(past))
        .left("week-head-store", 15.0, |past| CELL.wrap().with(past.task.store.as_str()))
        .codes("week-head-coupon", 26.0, |past| CELL.wrap().number(Number::Text).with(past.task.label.as_str()))
        .left("week-head-to-do", 40.0, |past| CELL.wrap().with(language.render(&past.task.to_do)))
        .left("week-head-owner", 14.0, |past| CELL.with(past.task.owner.as_str()))
        .left("week-head-due", 14.0, |past| due(past).with(past.task.due))
        .left("week-head-asked", 19.0, |past| moment(zone, Some(past.asked_at)))
        .left("week-head-seen-done", 19.0, |past| moment(zone, done_at(past)))
        .left("week-head-age", 18.0, |past| CELL.with(age(past)));
    let mut tasks: Vec<&PastTask> = book.tasks.iter().collect();
    tasks.sort_by_key(|past| (!is_open(past), past.asked_at));
    let open = tasks.iter().filter(|past| is_open(past)).count();
    let line = say!(language, "week-by-hand-line", open = open, done = tasks.len() - open);
    page.begin("week-sheet-by-hand", &language.say("week-by-hand-title"), &line, RULE)?;
    page.filtered_table(&columns, 3, tasks, |_| 30.0, "week-by-hand-nothing")
}
