//! What only people can do, in the platforms' own pages: where, which values, who, until when.

use chrono::{Datelike, NaiveDate, NaiveTime};
use rust_xlsxwriter::{IgnoreError, RowNum, Worksheet};

use super::pen::{Head, Pen, Written, serial};
use super::style::{BODY, CELL, Edge, LINK, Look, Looks, Number, YOURS_BANNER, YOURS_CELL};
use super::{Tab, set_page};
use crate::domain::{TaskRow, TaskStatus, local_day};
use crate::language::{Language, day_words};
use crate::say;
use crate::workbook::Book;
use crate::workbook::words::{severity_mark, tied};

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

pub(super) fn write(sheet: &mut Worksheet, looks: &mut Looks, book: &Book) -> Written {
    sheet.set_name(book.language.say("sheet-by-hand"))?.set_landscape();
    set_page(sheet, book, Tab::Yours);
    sheet.set_freeze_panes(HEAD_ROW + 1, 3)?;
    sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    let mut pen = Pen { sheet, looks };
    pen.heading(0, &book.language.say("sheet-by-hand"), &book.language.say("by-hand-line"))?;
    pen.say(HEAD_ROW - 1, FIRST_YOURS, "by-hand-banner", YOURS_BANNER)?;
    pen.blank(HEAD_ROW - 1, NOTE_COLUMN, YOURS_BANNER)?;
    pen.header(HEAD_ROW, &HEADS)?;
    pen.sheet.set_row_height(HEAD_ROW, 20)?;
    // The keys are for the reader; nobody needs them on paper.
    pen.sheet.set_print_area(0, 0, HEAD_ROW + book.by_hand.len().max(1) as RowNum, NOTE_COLUMN)?;
    if book.by_hand.is_empty() {
        pen.sheet.set_row_height(HEAD_ROW + 1, 24)?;
        return pen.say(HEAD_ROW + 1, 0, "by-hand-nothing", BODY);
    }
    for (row, task) in (HEAD_ROW + 1..).zip(book.by_hand) {
        write_task(&mut pen, row, task, book)?;
    }
    let last = HEAD_ROW + book.by_hand.len() as RowNum;
    pen.sheet.ignore_error_range(HEAD_ROW + 1, KEY_COLUMN, last, KEY_COLUMN, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

fn write_task(pen: &mut Pen, row: RowNum, shown: &TaskRow, book: &Book) -> Written {
    let task = &shown.task.said_in(book.language.tag());
    let today = today(shown, book);
    let open = |look: Look| if shown.is_open() { look.bold() } else { look };
    let word = word(pen.language(), shown, today);
    let lines = u16::from(!word.is_empty() && shown.is_open());
    pen.sheet.set_row_height(row, ROW_POINTS + LINE_POINTS * lines)?;
    state(pen, row, shown, today)?;
    pen.text(row, 1, task.store.as_str(), CELL.wrap())?;
    pen.text(row, 2, &task.label, CELL.wrap().number(Number::Text))?;
    pen.text(row, 3, &tied(&task.deed), open(CELL.wrap()))?;
    pen.text(row, 4, &tied(&steps(shown, &task.steps, &word)), CELL.wrap())?;
    match task.values.as_slice() {
        [] => pen.say(row, 5, "by-hand-no-values", CELL.muted())?,
        values => pen.text(row, 5, &values.join("\n"), open(CELL.wrap()))?,
    }
    match &task.page {
        Some(page) => {
            let language = pen.language();
            let (words, tip) = (language.say("coupons-open-page"), language.say("coupons-open-page-tip"));
            pen.link(row, 6, page, &words, &tip, LINK)?;
        }
        None => pen.blank(row, 6, CELL)?,
    }
    pen.text(row, 7, &task.owner, CELL.wrap())?;
    due(pen, row, shown, today)?;
    pen.blank(row, FIRST_YOURS, YOURS_CELL.bold())?;
    pen.blank(row, NOTE_COLUMN, YOURS_CELL.wrap())?;
    pen.text(row, KEY_COLUMN, task.row.as_str(), CELL.muted().number(Number::Text))
}

fn state(pen: &mut Pen, row: RowNum, shown: &TaskRow, today: NaiveDate) -> Written {
    match shown.severity(today) {
        None if shown.standing == TaskStatus::Gone => pen.say(row, 0, "by-hand-closed", CELL.muted()),
        None => pen.say(row, 0, "by-hand-done", CELL.muted()),
        severity => {
            let words = say!(pen.language(), "by-hand-open", mark = severity_mark(severity));
            pen.text(row, 0, &words, CELL.severity(severity).edge(Edge::White))
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
    match shown.standing {
        TaskStatus::Open => String::new(),
        TaskStatus::Gone => language.say("by-hand-gone"),
        TaskStatus::Over => language.say("by-hand-over"),
        TaskStatus::NotSeen => language.say("by-hand-not-seen"),
        TaskStatus::Done => say!(language, "by-hand-seen", day = day_words(language, today, today)),
    }
}

fn due(pen: &mut Pen, row: RowNum, shown: &TaskRow, today: NaiveDate) -> Written {
    let due = shown.task.due;
    let look = CELL.number(if due.year() == today.year() { Number::Day } else { Number::DayOfYear });
    let late = shown.severity(today).filter(|_| due <= today);
    let look = late.map_or(look, |severity| look.at_fault(severity));
    match serial(due.and_time(NaiveTime::MIN)) {
        Some(serial) => pen.number(row, 8, serial, look),
        None => pen.text(row, 8, &due.to_string(), look),
    }
}

/// The store's own; the team's where the store is no longer in the config.
fn today(shown: &TaskRow, book: &Book) -> NaiveDate {
    let zone = book.export.store(&shown.task.store).map_or(book.export.zone, |store| store.zone);
    local_day(book.export.finished, zone)
}
