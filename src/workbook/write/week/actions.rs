//! What managers decided and what became of it: a line a person, then a line a row.

use std::collections::BTreeMap;

use rust_xlsxwriter::{IgnoreError, RowNum};
use unicode_width::UnicodeWidthStr;

use super::Page;
use super::words;
use crate::domain::{AppliedChange, OutcomeKind};
use crate::say;
use crate::workbook::words::{Named, outcome_words};
use crate::workbook::write::style::{BODY, CELL, Edge, Number};
use crate::workbook::write::writer::{Head, NextRow, Written, clipped};

const HEADS: [Head; 11] = [
    Head::new("week-head-when", 18.0),
    Head::new("week-head-by", 16.0),
    Head::new("week-head-store", 15.0),
    Head::new("week-head-coupon", 20.0),
    Head::new("week-head-action", 11.0),
    Head::new("week-head-became", 18.0),
    Head::new("week-head-outcome", 15.0),
    Head::new("week-head-before-after", 40.0),
    Head::right("week-head-can-cost", 18.0),
    Head::new("week-head-message", 40.0),
    Head::new("week-head-request", 20.0),
];
const PEOPLE: [Head; 6] = [
    Head::new("week-head-by", 0.0),
    Head::right("week-head-rows", 0.0),
    Head::right("week-head-done", 0.0),
    Head::right("week-head-by-hand", 0.0),
    Head::right("week-head-not-done", 0.0),
    Head::right("week-head-runs", 0.0),
];
/// The summary by person begins in the column of names.
const PEOPLE_COLUMN: u16 = 1;
const PEOPLE_MAX: usize = 40;
/// Three lines.
const VALUES_LETTERS_MAX: usize = 125;
const VALUES_LETTERS_A_LINE: usize = 42;
const MESSAGE_LETTERS_A_LINE: usize = 40;

/// Rows of one person.
#[derive(Default)]
struct Person {
    rows: usize,
    done: usize,
    by_hand: usize,
    runs: std::collections::BTreeSet<String>,
}

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    let line = say!(language, "week-actions-line", count = book.changes.len());
    page.begin("week-sheet-actions", &language.say("week-actions-title"), &line, true)?;
    page.widths(&HEADS)?;
    if book.changes.is_empty() {
        return page.say(3, 0, "week-actions-nothing", BODY);
    }
    let row = page.section(3, 0, "week-actions-people")?;
    let row = people(page, row)? + 1;
    let head = page.section(row, 0, "week-actions-rows")?;
    page.head(head, 0, &HEADS)?;
    for (row, change) in (head + 1..).zip(book.changes) {
        line_of(page, row, change)?;
    }
    let last = head + book.changes.len() as RowNum;
    page.sheet.ignore_error_range(head + 1, 3, last, 3, IgnoreError::NumberStoredAsText)?;
    page.sheet.autofilter(head, 0, last, HEADS.len() as u16 - 1)?;
    Ok(())
}

fn people(page: &mut Page, head: RowNum) -> NextRow {
    let mut people: BTreeMap<&str, Person> = BTreeMap::new();
    for change in page.book.changes {
        let person = people.entry(change.by.as_str()).or_default();
        person.rows += 1;
        person.done += usize::from(matches!(change.outcome, OutcomeKind::Done | OutcomeKind::AlreadyDone));
        person.by_hand += usize::from(change.outcome == OutcomeKind::ByHand);
        person.runs.insert(change.run.to_string());
    }
    page.head(head, PEOPLE_COLUMN, &PEOPLE)?;
    let mut row = head + 1;
    for (name, person) in people.iter().take(PEOPLE_MAX) {
        let not_done = person.rows - person.done - person.by_hand;
        page.text(row, PEOPLE_COLUMN, name, CELL.bold())?;
        for (column, count) in (PEOPLE_COLUMN + 1..).zip([person.rows, person.done, person.by_hand, not_done]) {
            page.whole(row, column, count)?;
        }
        page.whole(row, PEOPLE_COLUMN + 5, person.runs.len())?;
        row += 1;
    }
    Ok(row)
}

/// A letter of Chinese is as wide as two of ours.
fn lines(words: &str, letters_a_line: usize) -> usize {
    words.width().div_ceil(letters_a_line)
}

fn line_of(page: &mut Page, row: RowNum, change: &AppliedChange) -> Written {
    let language = page.language;
    page.moment(row, 0, Some(change.at), CELL)?;
    page.text(row, 1, &change.by, CELL.wrap())?;
    page.text(row, 2, change.store.as_str(), CELL.wrap())?;
    page.text(row, 3, &change.label, CELL.wrap().number(Number::Text))?;
    page.text(row, 4, &change.action.name(language), CELL.bold())?;
    let becomes = change.becomes.map_or(String::new(), |becomes| becomes.name(language));
    page.text(row, 5, &becomes, CELL.wrap())?;
    page.text(row, 6, &outcome_words(language, change.outcome), words::outcome_style(change.outcome))?;
    let values = match [&change.before, &change.after].map(|value| language.render_some(value.as_ref())) {
        [before, after] if before.is_empty() && after.is_empty() => String::new(),
        [before, after] => clipped(&format!("{before} → {after}"), VALUES_LETTERS_MAX),
    };
    let message = language.render_in_cell(&change.message);
    let lines = lines(&values, VALUES_LETTERS_A_LINE).max(lines(&message, MESSAGE_LETTERS_A_LINE));
    page.height(row, if lines > 2 { 44 } else { 30 })?;
    page.text(row, 7, &values, CELL.wrap())?;
    let cost = change.exposure.as_ref().map_or(String::new(), |exposure| words::exposure(language, exposure));
    page.text(row, 8, &cost, CELL.right())?;
    page.text(row, 9, &message, CELL.wrap().indent(1).edge(Edge::Hairline))?;
    page.text(row, 10, change.request_id.as_deref().unwrap_or_default(), CELL.muted().wrap().number(Number::Text))
}
