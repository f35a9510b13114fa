//! Who signed which item in which slot, and what nobody signed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_xlsxwriter::{ColNum, RowNum};

use super::{HEAD_ROW, Page};
use crate::domain::{DueSignOff, Message, Severity, Slot};
use crate::language::day_words;
use crate::say;
use crate::workbook::words::Named;
use crate::workbook::write::style::{BODY, CELL, CellStyle, HEAD};
use crate::workbook::write::writer::Written;

const FIRST_SLOT: ColNum = 2;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    let due = book.sign_offs.unwrap_or_default();
    let missed = due.iter().filter(|due| due.signed_by.is_none()).count();
    let line = match (book.sign_offs, missed) {
        (None, _) => language.say("week-sign-offs-not-kept"),
        (Some(_), 0) => say!(language, "week-sign-offs-all", all = due.len()),
        (Some(_), _) => say!(language, "week-sign-offs-line", all = due.len(), missed = missed),
    };
    page.begin("week-sheet-sign-offs", &language.say("week-sign-offs-title"), &line, true)?;
    page.sheet.set_column_width(0, 34)?;
    page.sheet.set_column_width(1, 14)?;
    if due.is_empty() {
        return page.say(HEAD_ROW, 0, "week-sign-offs-nothing", BODY);
    }
    let slots: BTreeSet<(NaiveDate, Slot)> = due.iter().map(|due| (due.day, due.slot)).collect();
    heads(page, &slots)?;
    let mut items: Vec<(&Message, &str)> = Vec::new();
    for due in due {
        if !items.contains(&(&due.what, due.whose.as_str())) {
            items.push((&due.what, &due.whose));
        }
    }
    for (row, (what, whose)) in (HEAD_ROW + 1..).zip(items) {
        let cells: BTreeMap<(NaiveDate, Slot), &DueSignOff> =
            due.iter().filter(|due| due.what == *what).map(|due| ((due.day, due.slot), due)).collect();
        // A name of two words takes two lines.
        page.height(row, 30)?;
        let what = page.language.render(what);
        page.text(row, 0, &what, CELL.bold())?;
        page.text(row, 1, whose, CELL)?;
        for (column, slot) in (FIRST_SLOT..).zip(&slots) {
            cell(page, row, column, cells.get(slot).copied())?;
        }
    }
    Ok(())
}

fn heads(page: &mut Page, slots: &BTreeSet<(NaiveDate, Slot)>) -> Written {
    let language = page.language;
    page.height(HEAD_ROW, 34)?;
    page.say(HEAD_ROW, 0, "week-head-what", HEAD)?;
    page.say(HEAD_ROW, 1, "week-head-whose", HEAD)?;
    for (column, (day, slot)) in (FIRST_SLOT..).zip(slots) {
        page.sheet.set_column_width(column, 12)?;
        let day = day_words(language, *day, page.book.week.sunday());
        let words = format!("{day}\n{}", slot.name(language));
        page.text(HEAD_ROW, column, &words, HEAD.points(9).wrap())?;
    }
    page.sheet.set_freeze_panes(HEAD_ROW + 1, FIRST_SLOT)?;
    page.sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    Ok(())
}

/// A name, "missed", or a dash where nobody was to sign.
fn cell(page: &mut Page, row: RowNum, column: ColNum, due: Option<&DueSignOff>) -> Written {
    match due {
        None => page.text(row, column, "–", CELL.muted()),
        Some(due) => match &due.signed_by {
            Some(name) => page.text(row, column, name, CELL.wrap()),
            None => {
                let words = format!("● {}", page.language.say("week-missed"));
                page.text(row, column, &words, CellStyle::filled(Severity::Critical))
            }
        },
    }
}
