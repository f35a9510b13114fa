//! The daily inspection: what was looked at, what came of it, and who signs for it.

use rust_xlsxwriter::{ColNum, RowNum};

use super::layout::{Layout, sheet_address};
use super::style::{CELL, CellStyle, HEAD, LINK, SUBTITLE, YOURS_BANNER, YOURS_CELL};
use super::writer::{CellWriter, Head, Written};
use super::{Tab, begin};
use crate::language::long_day_words;
use crate::say;
use crate::workbook::words::severity_mark;
use crate::workbook::{ChecklistItem, ItemResult, Target};

const HEADS: [Head; 11] = [
    Head::new("checklist-head-number", 4.0),
    Head::new("checklist-head-what", 27.0),
    Head::new("checklist-head-how", 42.0),
    Head::new("checklist-head-how-often", 17.0),
    Head::new("checklist-head-whose", 13.0),
    Head::new("checklist-head-result", 15.0),
    Head::new("checklist-head-found", 38.0),
    Head::yours("checklist-head-am", 14.0),
    Head::yours("checklist-head-pm", 14.0),
    Head::yours("checklist-head-remarks", 30.0),
    Head::new("checklist-head-key", 12.0),
];
const HEAD_ROW: RowNum = 3;
const AM: ColNum = 7;
const PM: ColNum = 8;
const REMARKS: ColNum = 9;
const KEY: ColNum = 10;

pub(super) fn write(writer: &mut CellWriter, layout: &Layout) -> Written {
    let language = layout.book.language;
    begin(writer, layout.book, "sheet-checklist", Tab::Yours)?;
    let items = layout.book.checklist;
    // The keys are for the reader; nobody needs them on paper.
    writer.sheet.set_print_area(0, 0, HEAD_ROW + 2 + items.len() as RowNum, REMARKS)?;
    writer.heading(0, &language.say("checklist-title"), &line(layout))?;
    for column in AM..=REMARKS {
        let words = if column == AM { language.say("checklist-banner") } else { String::new() };
        writer.text(HEAD_ROW - 1, column, &words, YOURS_BANNER)?;
    }
    writer.table(HEAD_ROW, &HEADS, 2)?;
    writer.say(HEAD_ROW, KEY, "checklist-head-key", HEAD.muted())?;
    for (index, item) in items.iter().enumerate() {
        write_item(writer, layout, HEAD_ROW + 1 + index as RowNum, item)?;
    }
    let foot = if items.is_empty() { "checklist-no-items" } else { "checklist-foot" };
    writer.say(HEAD_ROW + 2 + items.len() as RowNum, 0, foot, SUBTITLE)
}

fn line(layout: &Layout) -> String {
    let language = layout.book.language;
    let count = |wanted: fn(&ItemResult) -> bool| layout.book.checklist.iter().filter(|it| wanted(&it.result)).count();
    let passed = count(|result| matches!(result, ItemResult::Pass));
    let attention = count(|result| matches!(result, ItemResult::Attention(..) | ItemResult::ByEye));
    let waiting = count(|result| matches!(result, ItemResult::NotDue));
    let day = long_day_words(language, layout.book.export.day);
    match waiting {
        0 => say!(language, "checklist-line", day = day, passed = passed, attention = attention),
        _ => say!(
            language,
            "checklist-line-waiting",
            day = day,
            passed = passed,
            attention = attention,
            waiting = waiting
        ),
    }
}

fn write_item(writer: &mut CellWriter, layout: &Layout, row: RowNum, item: &ChecklistItem) -> Written {
    let language = layout.book.language;
    writer.height(row, 36)?;
    writer.number(row, 0, f64::from(item.number), CellStyle { right: false, ..CELL.muted() })?;
    writer.text(row, 1, &language.render(&item.what), CELL.bold().wrap())?;
    writer.text(row, 2, &language.render_in_cell(&item.how), CELL.wrap())?;
    writer.text(row, 3, &language.render(&item.how_often), CELL.wrap())?;
    writer.text(row, 4, &item.whose, CELL.wrap())?;
    result(writer, layout, row, item.result)?;
    found(writer, layout, row, item)?;
    sign(writer, row, AM, &item.signed.am, item.signed.am_due)?;
    sign(writer, row, PM, &item.signed.pm, item.signed.pm_due)?;
    writer.text(row, REMARKS, &item.signed.remark, YOURS_CELL.wrap())?;
    writer.text(row, KEY, &item.key, CELL.muted())
}

fn result(writer: &mut CellWriter, layout: &Layout, row: RowNum, result: ItemResult) -> Written {
    let language = layout.book.language;
    match result {
        ItemResult::Pass => writer.say(row, 5, "checklist-pass", CELL),
        ItemResult::ByEye => writer.say(row, 5, "checklist-by-eye", CELL.bold().wrap()),
        ItemResult::NotDue => writer.say(row, 5, "checklist-not-due", CELL.muted()),
        ItemResult::Attention(count, worst) => {
            let words = say!(language, "checklist-attention", mark = severity_mark(Some(worst)), count = count);
            writer.text(row, 5, &words, CellStyle::filled(worst))
        }
    }
}

fn found(writer: &mut CellWriter, layout: &Layout, row: RowNum, item: &ChecklistItem) -> Written {
    let language = layout.book.language;
    let words = language.render_within(&item.found, ChecklistItem::FOUND_COLUMNS);
    let (address, tip) = match &item.target {
        Target::Row(key) => (layout.place_of(key).map(|place| place.address()), "checklist-tip-row"),
        Target::Stores => (Some(sheet_address(language, "sheet-stores")), "checklist-tip-stores"),
        Target::ByHand => (Some(sheet_address(language, "sheet-by-hand")), "checklist-tip-by-hand"),
        Target::Coverage => (Some(sheet_address(language, "sheet-coverage")), "coverage-tip"),
        Target::Nowhere => (None, "checklist-tip-row"),
    };
    match address {
        Some(address) => writer.link(row, 6, &address, &words, &language.say(tip), LINK.wrap()),
        None => writer.text(row, 6, &words, CELL.wrap()),
    }
}

/// A form field where somebody is to sign, or did; a dash where nobody needs to.
fn sign(writer: &mut CellWriter, row: RowNum, column: ColNum, name: &str, due: bool) -> Written {
    if due || !name.is_empty() {
        return writer.text(row, column, name, YOURS_CELL.bold().wrap());
    }
    writer.text(row, column, "–", CELL.muted().centre())
}
