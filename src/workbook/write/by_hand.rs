//! What only people can do, in the platforms' own pages: where, which values, who, until when.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::RowNum;

use super::Page;
use super::cell::{Cell, Written};
use super::page::{HEAD_ROW, link};
use super::style::{BODY, CELL, CellStyle, Edge, Number, YOURS, YOURS_BANNER, YOURS_CELL};
use super::table::Columns;
use crate::domain::{Message, TaskRow, TaskStatus, local_day};
use crate::language::{Language, day_words};
use crate::say;
use crate::workbook::Book;
use crate::workbook::words::severity_mark;

const FIRST_YOURS: u16 = 9;
const NOTE_COLUMN: u16 = 10;
/// Three lines; a fourth where there is a word on how it stands.
const ROW_POINTS: u16 = 46;
const LINE_POINTS: u16 = 14;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    page.begin("sheet-by-hand", &language.say("sheet-by-hand"), &language.say("by-hand-line"), YOURS)?;
    page.say(HEAD_ROW - 1, FIRST_YOURS, "by-hand-banner", YOURS_BANNER)?;
    page.blank(HEAD_ROW - 1, NOTE_COLUMN, YOURS_BANNER)?;
    // The keys are for the reader; nobody needs them on paper.
    page.sheet.set_print_area(0, 0, HEAD_ROW + book.by_hand.len().max(1) as RowNum, NOTE_COLUMN)?;
    let rendered = |messages: &[Message]| messages.iter().map(|it| language.render_in_cell(it)).collect::<Vec<_>>();
    let open = |shown: &TaskRow| if shown.is_open() { CELL.wrap().bold() } else { CELL.wrap() };
    let word = |shown: &TaskRow| word(language, shown, today(shown, book));
    let values = |shown: &TaskRow| match shown.task.values.as_slice() {
        [] => CELL.muted().with(language.say("by-hand-no-values")),
        values => open(shown).with(rendered(values).join("\n")),
    };
    let its_page = |shown: &TaskRow| {
        let words = language.say("coupons-open-page");
        let its_page = shown.task.page.clone();
        its_page.map_or(CELL.empty(), |page| link(language, page, &words, "coupons-open-page-tip"))
    };
    let (text, blank) = (CELL.number(Number::Text), YOURS_CELL);
    let columns = Columns::<&TaskRow>::new(language)
        .left("by-hand-column-state", 11.0, |it| state(language, it, today(it, book)))
        .left("by-hand-column-store", 13.0, |it| CELL.wrap().with(it.task.store.as_str()))
        .left("by-hand-column-coupon", 28.0, |it| text.wrap().with(it.task.label.as_str()))
        .left("by-hand-column-to-do", 22.0, |it| open(it).with(language.render_in_cell(&it.task.to_do)))
        .left("by-hand-column-steps", 42.0, |it| CELL.wrap().with(steps(it, &rendered(&it.task.steps), &word(it))))
        .left("by-hand-column-values", 28.0, |it| values(it))
        .left("by-hand-column-page", 11.0, |it| its_page(it))
        .left("by-hand-column-owner", 9.0, |it| CELL.wrap().with(it.task.owner.as_str()))
        .left("by-hand-column-due", 12.0, |it| due_style(it, today(it, book)).with(it.task.due))
        .yours("by-hand-column-done-by", 13.0, |_| blank.bold().empty())
        .yours("by-hand-column-note", 24.0, |_| blank.wrap().empty())
        .codes("by-hand-column-row-key", 13.0, |it| text.muted().with(it.task.row.as_str()));
    let height = |shown: &&TaskRow| {
        let lines = u16::from(!word(shown).is_empty() && shown.is_open());
        f64::from(ROW_POINTS + LINE_POINTS * lines)
    };
    page.main_table(&columns, 3, book.by_hand, height)?;
    if book.by_hand.is_empty() {
        page.height(HEAD_ROW + 1, 24)?;
        page.say(HEAD_ROW + 1, 0, "by-hand-nothing", BODY)?;
    }
    Ok(())
}

/// A link to the row of the work that stands at `index`, and what it is called: `By hand, row 6`.
pub(super) fn place(language: Language, index: usize) -> (String, String) {
    let (sheet, row) = (language.say("sheet-by-hand"), HEAD_ROW + 2 + index as RowNum);
    (format!("internal:'{sheet}'!A{row}"), say!(language, "place-row-of", sheet = sheet, row = row.to_string()))
}

fn state(language: Language, shown: &TaskRow, today: NaiveDate) -> Cell<'static> {
    match shown.severity(today) {
        None if shown.status == TaskStatus::Gone => CELL.muted().with(language.say("by-hand-closed")),
        None => CELL.muted().with(language.say("by-hand-done")),
        severity => {
            let words = say!(language, "by-hand-open", mark = severity_mark(severity));
            CELL.severity(severity).edge(Edge::White).with(words)
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

fn due_style(shown: &TaskRow, today: NaiveDate) -> CellStyle {
    let due = shown.task.due;
    let style = CELL.number(if due.year() == today.year() { Number::Day } else { Number::DayOfYear });
    let late = shown.severity(today).filter(|_| due <= today);
    late.map_or(style, |severity| style.at_fault(severity))
}

/// The store's own; the team's where the store is no longer in the config.
fn today(shown: &TaskRow, book: &Book) -> NaiveDate {
    let zone = book.export.store(&shown.task.store).map_or(book.export.zone, |store| store.zone);
    local_day(book.export.finished, zone)
}
