//! How long each finding stayed: when it was first seen, when it was gone, and what took it away.

use std::cmp::Reverse;

use rust_xlsxwriter::{IgnoreError, RowNum};

use super::words;
use super::{HEAD_ROW, Page};
use crate::domain::FindingLife;
use crate::say;
use crate::workbook::words::{Named, severity_mark};
use crate::workbook::write::style::{CELL, CellStyle, Number};
use crate::workbook::write::writer::{Head, Written, clipped};

const HEADS: [Head; 10] = [
    Head::new("week-head-state", 13.0),
    Head::new("week-head-store", 15.0),
    Head::new("week-head-coupon", 24.0),
    Head::new("week-head-finding", 17.0),
    Head::new("week-head-first-seen", 19.0),
    Head::new("week-head-resolved", 19.0),
    Head::right("week-head-hours", 10.0),
    Head::new("week-head-open-for", 20.0),
    Head::new("week-head-how", 30.0),
    Head::new("week-head-why", 52.0),
];
const COUPON: u16 = 2;
/// Two lines.
const WHY_LETTERS_MAX: usize = 110;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    let open = book.lives.iter().filter(|life| life.is_open()).count();
    let line = say!(language, "week-open-times-line", all = book.lives.len(), open = open);
    page.begin("week-sheet-open-times", &language.say("week-open-times-title"), &line, true)?;
    page.table(&HEADS, 4)?;
    if book.lives.is_empty() {
        return page.nothing("week-open-times-nothing");
    }
    let until = book.until();
    let mut lives: Vec<&FindingLife> = book.lives.iter().collect();
    lives.sort_by_key(|life| {
        (Reverse(life.is_open()), Reverse(life.severity), Reverse(life.open_for(until)), &life.key)
    });
    for (row, life) in (HEAD_ROW + 1..).zip(&lives) {
        line_of(page, row, life)?;
    }
    let last = HEAD_ROW + lives.len() as RowNum;
    page.sheet.ignore_error_range(HEAD_ROW + 1, COUPON, last, COUPON, IgnoreError::NumberStoredAsText)?;
    page.filter(HEADS.len(), lives.len())
}

fn line_of(page: &mut Page, row: RowNum, life: &FindingLife) -> Written {
    let language = page.language;
    let open_for = life.open_for(page.book.until());
    page.height(row, 30)?;
    if life.is_open() {
        let words = format!("{} {}", severity_mark(Some(life.severity)), language.say("week-state-open"));
        page.text(row, 0, &words, CellStyle::filled(life.severity))?;
    } else {
        page.text(row, 0, &format!("✓ {}", language.say("week-state-resolved")), CELL)?;
    }
    page.text(row, 1, life.key.store.as_str(), CELL.wrap())?;
    let label = if life.key.row.is_some() { life.label.clone() } else { language.say("week-whole-store") };
    page.text(row, COUPON, &label, CELL.wrap().number(Number::Text))?;
    page.text(row, 3, &life.key.code.name(language), CELL.bold())?;
    page.moment(row, 4, Some(life.first_seen), CELL)?;
    page.moment(row, 5, life.resolved.as_ref().map(|closed| closed.at), CELL)?;
    page.number(row, 6, open_for.num_hours() as f64, CELL.right().number(Number::Whole))?;
    let span = words::span(language, open_for);
    let span = if life.since_longer { say!(language, "week-at-least", span = span) } else { span };
    page.text(row, 7, &span, CELL.indent(1))?;
    let how = life.resolved.as_ref().map_or(String::new(), |closed| words::how(language, &closed.how));
    page.text(row, 8, &how, CELL.wrap())?;
    page.text(row, 9, &clipped(&language.render(&life.why), WHY_LETTERS_MAX), CELL.wrap())
}
