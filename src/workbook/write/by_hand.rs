//! What only people can do, in the platforms' own pages: where, which values, who, until when.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{IgnoreError, RowNum};

use super::style::{BODY, CELL, CellStyle, Edge, LINK, Number, YOURS_BANNER, YOURS_CELL};
use super::writer::{CellWriter, Head, Written};
use super::{Tab, begin};
use crate::domain::{Message, TaskRow, TaskStatus, local_day};
use crate::language::{Language, day_words};
use crate::say;
use crate::workbook::Book;
use crate::workbook::words::severity_mark;

const HEADS: [Head; 12] = [
    Head::new("by-hand-column-state", 11.0),
    Head::new("by-hand-column-store", 13.0),
    Head::new("by-hand-column-coupon", 28.0),
    Head::new("by-hand-column-to-do", 22.0),
    Head::new("by-hand-column-steps", 42.0),
    Head::new("by-hand-column-values", 28.0),
    Head::new("by-hand-column-page", 11.0),
    Head::new("by-hand-column-owner", 9.0),
    Head::new("by-hand-column-due", 12.0),
    Head::yours("by-hand-column-done-by", 13.0),
    Head::yours("by-hand-column-note", 24.0),
    Head::new("by-hand-column-row-key", 13.0),
];
const HEAD_ROW: RowNum = 3;
const FIRST_YOURS: u16 = 9;
const NOTE_COLUMN: u16 = 10;
const KEY_COLUMN: u16 = 11;
/// Three lines; a fourth where there is a word on how it stands.
const ROW_POINTS: u16 = 46;
const LINE_POINTS: u16 = 14;

pub(super) fn write(writer: &mut CellWriter, book: &Book) -> Written {
    begin(writer, book, "sheet-by-hand", Tab::Yours)?;
    writer.heading(0, &book.language.say("sheet-by-hand"), &book.language.say("by-hand-line"))?;
    writer.say(HEAD_ROW - 1, FIRST_YOURS, "by-hand-banner", YOURS_BANNER)?;
    writer.blank(HEAD_ROW - 1, NOTE_COLUMN, YOURS_BANNER)?;
    writer.table(HEAD_ROW, &HEADS, 3)?;
    // The keys are for the reader; nobody needs them on paper.
    writer.sheet.set_print_area(0, 0, HEAD_ROW + book.by_hand.len().max(1) as RowNum, NOTE_COLUMN)?;
    if book.by_hand.is_empty() {
        writer.height(HEAD_ROW + 1, 24)?;
        return writer.say(HEAD_ROW + 1, 0, "by-hand-nothing", BODY);
    }
    for (row, task) in (HEAD_ROW + 1..).zip(book.by_hand) {
        write_task(writer, row, task, book)?;
    }
    let last = HEAD_ROW + book.by_hand.len() as RowNum;
    writer.sheet.ignore_error_range(HEAD_ROW + 1, KEY_COLUMN, last, KEY_COLUMN, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

fn write_task(writer: &mut CellWriter, row: RowNum, shown: &TaskRow, book: &Book) -> Written {
    let (task, language) = (&shown.task, book.language);
    let rendered = |messages: &[Message]| messages.iter().map(|it| language.render_in_cell(it)).collect::<Vec<_>>();
    let today = today(shown, book);
    let open = |style: CellStyle| if shown.is_open() { style.bold() } else { style };
    let word = word(writer.language(), shown, today);
    let lines = u16::from(!word.is_empty() && shown.is_open());
    writer.height(row, ROW_POINTS + LINE_POINTS * lines)?;
    state(writer, row, shown, today)?;
    writer.text(row, 1, task.store.as_str(), CELL.wrap())?;
    writer.text(row, 2, &task.label, CELL.wrap().number(Number::Text))?;
    writer.text(row, 3, &language.render_in_cell(&task.to_do), open(CELL.wrap()))?;
    writer.text(row, 4, &steps(shown, &rendered(&task.steps), &word), CELL.wrap())?;
    match task.values.as_slice() {
        [] => writer.say(row, 5, "by-hand-no-values", CELL.muted())?,
        values => writer.text(row, 5, &rendered(values).join("\n"), open(CELL.wrap()))?,
    }
    match &task.page {
        Some(page) => {
            let (words, tip) = (language.say("coupons-open-page"), language.say("coupons-open-page-tip"));
            writer.link(row, 6, page, &words, &tip, LINK)?;
        }
        None => writer.blank(row, 6, CELL)?,
    }
    writer.text(row, 7, &task.owner, CELL.wrap())?;
    due(writer, row, shown, today)?;
    writer.blank(row, FIRST_YOURS, YOURS_CELL.bold())?;
    writer.blank(row, NOTE_COLUMN, YOURS_CELL.wrap())?;
    writer.text(row, KEY_COLUMN, task.row.as_str(), CELL.muted().number(Number::Text))
}

fn state(writer: &mut CellWriter, row: RowNum, shown: &TaskRow, today: NaiveDate) -> Written {
    match shown.severity(today) {
        None if shown.status == TaskStatus::Gone => writer.say(row, 0, "by-hand-closed", CELL.muted()),
        None => writer.say(row, 0, "by-hand-done", CELL.muted()),
        severity => {
            let words = say!(writer.language(), "by-hand-open", mark = severity_mark(severity));
            writer.text(row, 0, &words, CELL.severity(severity).edge(Edge::White))
        }
    }
}

/// What is to be clicked; of a task that is done, only that it was seen.
fn steps(shown: &TaskRow, steps: &[String], word: &str) -> String {
    if !shown.is_open() {
        return word.to_string();
    }
    let numbered = (1..).zip(steps).map(|(number, step)| format!("{number}. {step}"));
    Some(word.to_string()).filter(|word| !word.is_empty()).into_iter().chain(numbered).collect::<Vec<_>>().join("\n")
}

/// How it stands, where that is more than open.
fn word(language: Language, shown: &TaskRow, today: NaiveDate) -> String {
    match shown.status {
        TaskStatus::Open => String::new(),
        TaskStatus::Gone => language.say("by-hand-gone"),
        TaskStatus::Over => language.say("by-hand-over"),
        TaskStatus::NotSeen => language.say("by-hand-not-seen"),
        TaskStatus::Done => say!(language, "by-hand-seen", day = day_words(language, today, today)),
    }
}

fn due(writer: &mut CellWriter, row: RowNum, shown: &TaskRow, today: NaiveDate) -> Written {
    let due = shown.task.due;
    let style = CELL.number(if due.year() == today.year() { Number::Day } else { Number::DayOfYear });
    let late = shown.severity(today).filter(|_| due <= today);
    let style = late.map_or(style, |severity| style.at_fault(severity));
    writer.day(row, 8, due, style)
}

/// The store's own; the team's where the store is no longer in the config.
fn today(shown: &TaskRow, book: &Book) -> NaiveDate {
    let zone = book.export.store(&shown.task.store).map_or(book.export.zone, |store| store.zone);
    local_day(book.export.finished, zone)
}
