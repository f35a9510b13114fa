//! Who signed which item in which slot, and what nobody signed.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_xlsxwriter::ColNum;

use super::Page;
use crate::domain::{DueSignOff, Message, Severity, Slot};
use crate::language::{Language, day_words};
use crate::say;
use crate::workbook::words::Named;
use crate::workbook::write::cell::{Cell, Written};
use crate::workbook::write::page::HEAD_ROW;
use crate::workbook::write::style::{BODY, CELL, CellStyle, HEAD, RULE};
use crate::workbook::write::table::Columns;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    let due = book.sign_offs.unwrap_or_default();
    let missed = due.iter().filter(|due| due.signed_by.is_none()).count();
    let line = match (book.sign_offs, missed) {
        (None, _) => language.say("week-sign-offs-not-kept"),
        (Some(_), 0) => say!(language, "week-sign-offs-all", all = due.len()),
        (Some(_), _) => say!(language, "week-sign-offs-line", all = due.len(), missed = missed),
    };
    page.begin("week-sheet-sign-offs", &language.say("week-sign-offs-title"), &line, RULE)?;
    let mut columns = Columns::<(&Message, &Message)>::new(language)
        .left("week-head-what", 34.0, |(what, _)| CELL.bold().with(language.render(what)))
        .left("week-head-whose", 14.0, |(_, whose)| CELL.with(language.render(whose)));
    page.widths(&columns)?;
    if due.is_empty() {
        return page.say(HEAD_ROW, 0, "week-sign-offs-nothing", BODY);
    }
    let frozen = columns.len() as ColNum;
    let slots: BTreeSet<(NaiveDate, Slot)> = due.iter().map(|due| (due.day, due.slot)).collect();
    for at in slots {
        let title = format!("{}\n{}", day_words(language, at.0, book.week.sunday()), at.1.name(language));
        columns = columns.titled(HEAD.points(9).wrap(), title, (12.0, 1), move |(what, _)| {
            cell(language, due.iter().rfind(|due| due.what == **what && (due.day, due.slot) == at))
        });
    }
    let mut items: Vec<(&Message, &Message)> = Vec::new();
    for due in due {
        if !items.contains(&(&due.what, &due.whose)) {
            items.push((&due.what, &due.whose));
        }
    }
    // A name of two words takes two lines.
    page.main_table(&columns, frozen, items, |_| 30.0)?;
    page.height(HEAD_ROW, 34)
}

/// A name, "missed", or a dash where nobody was to sign.
fn cell(language: Language, due: Option<&DueSignOff>) -> Cell<'_> {
    match due.map(|due| due.signed_by.as_deref()) {
        None => CELL.muted().with("–"),
        Some(Some(name)) => CELL.wrap().with(name),
        Some(None) => CellStyle::filled(Severity::Critical).with(format!("● {}", language.say("week-missed"))),
    }
}
