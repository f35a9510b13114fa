//! What managers decided and what became of it: a line a person, then a line a row.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::RowNum;

use super::{Page, WeekBook};
use crate::domain::{AppliedChange, Exposure, Message, OutcomeKind};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{Named, outcome_severity, outcome_words};
use crate::workbook::write::cell::{NextRow, Written};
use crate::workbook::write::page::{moment, whole};
use crate::workbook::write::style::{BODY, CELL, CellStyle, Number, RULE};
use crate::workbook::write::table::{ANY_HEIGHT, Columns};

/// The summary by person begins in the column of names.
const PEOPLE_COLUMN: u16 = 1;
const PEOPLE_MAX: usize = 40;

/// Rows of one person.
#[derive(Default)]
struct Person {
    rows: usize,
    done: usize,
    already: usize,
    by_hand: usize,
    runs: BTreeSet<String>,
}

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    let line = say!(language, "week-actions-line", count = book.changes.len());
    page.begin("week-sheet-actions", &language.say("week-actions-title"), &line, RULE)?;
    let (zone, text) = (book.zone, CELL.wrap().number(Number::Text));
    // Money as text, so that currencies can stand in one column.
    let exposure = |change: &AppliedChange| {
        change.exposure.as_ref().map(|exposure| match exposure {
            Exposure::Known(money) => money.to_string(),
            Exposure::NoLimit => language.say("no-limit"),
            Exposure::NotKnown => language.say("not-known"),
        })
    };
    let outcome = |kind: OutcomeKind| outcome_severity(kind).map_or(CELL, CellStyle::filled);
    let became = |it: &AppliedChange| {
        let operations: Vec<_> = it.becomes.iter().map(|operation| operation.message()).collect();
        (!operations.is_empty()).then(|| language.render_in_cell(&Message::together(operations)))
    };
    let columns = Columns::<&AppliedChange>::new(language)
        .left("week-head-when", 18.0, |it| moment(zone, Some(it.at)))
        .left("week-head-by", 16.0, |it| CELL.wrap().with(by(book, it)))
        .left("week-head-account", 20.0, |it| CELL.muted().wrap().with(account(it)))
        .left("week-head-store", 15.0, |it| CELL.wrap().with(it.store.as_str()))
        .codes("week-head-coupon", 20.0, |it| text.with(it.label.as_str()))
        .left("week-head-action", 11.0, |it| CELL.bold().with(it.action.name(language)))
        .left("week-head-became", 18.0, |it| CELL.wrap().with(became(it)))
        .left("week-head-outcome", 15.0, |it| outcome(it.outcome).with(outcome_words(language, it.outcome)))
        .left("week-head-before-after", 40.0, |it| CELL.wrap().with(values(language, it)))
        .right("week-head-can-cost", 18.0, |it| CELL.right().with(exposure(it)))
        .left("week-head-message", 40.0, |it| CELL.wrap().indent(1).with(language.render_in_cell(&it.message)))
        .left("week-head-request", 20.0, |it| text.muted().with(it.request_id.as_deref()));
    page.widths(&columns)?;
    if book.changes.is_empty() {
        return page.say(3, 0, "week-actions-nothing", BODY);
    }
    let row = page.section(3, 0, "week-actions-people")?;
    let row = people(page, row)? + 1;
    let head = page.section(row, 0, "week-actions-rows")?;
    let next = page.table(head, 0, &columns, book.changes, |_| 30.0)?;
    page.filter(head, columns.len(), next)
}

fn people(page: &mut Page, head: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let mut people: BTreeMap<&str, Person> = BTreeMap::new();
    for change in book.changes {
        let person = people.entry(change.by.as_str()).or_default();
        person.rows += 1;
        person.done += usize::from(change.outcome == OutcomeKind::Done);
        person.already += usize::from(change.outcome == OutcomeKind::AlreadyDone);
        person.by_hand += usize::from(change.outcome == OutcomeKind::ByHand);
        person.runs.insert(change.run.to_string());
    }
    let columns = Columns::<(&str, Person)>::new(language)
        .left("week-head-by", 0.0, |(name, _)| CELL.bold().with(*name))
        .right("week-head-rows", 0.0, |(_, person)| whole(person.rows))
        .right("week-head-done", 0.0, |(_, person)| whole(person.done))
        .right("week-head-already", 0.0, |(_, person)| whole(person.already))
        .right("week-head-by-hand", 0.0, |(_, person)| whole(person.by_hand))
        .right("week-head-not-done", 0.0, |(_, it)| whole(it.rows - it.done - it.already - it.by_hand))
        .right("week-head-runs", 0.0, |(_, person)| whole(person.runs.len()));
    page.table(head, PEOPLE_COLUMN, &columns, people.into_iter().take(PEOPLE_MAX), |_| ANY_HEIGHT)
}

/// `mei@desk-3`, and under it who saved the workbook last.
fn account(change: &AppliedChange) -> String {
    let parts = [change.account.login(), change.account.author.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn values(language: Language, change: &AppliedChange) -> String {
    match [&change.before, &change.after].map(|value| language.render_some(value.as_ref())) {
        [before, after] if before.is_empty() && after.is_empty() => String::new(),
        [before, after] => format!("{before} → {after}"),
    }
}

/// `Mei`, `Mei, approved by Lin`
fn by(book: &WeekBook, change: &AppliedChange) -> String {
    match book.approved_by.get(&change.run) {
        None => change.by.clone(),
        Some(names) => {
            let names = names.join(&book.language.say("comma"));
            say!(book.language, "week-by-approved", by = change.by.as_str(), names = names)
        }
    }
}
