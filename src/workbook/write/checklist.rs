//! The daily inspection: what was looked at, what came of it, and who signs for it.

use rust_xlsxwriter::{ColNum, RowNum, Worksheet};

use super::layout::{Layout, sheet_address};
use super::pen::{Pen, Written};
use super::style::{CELL, Edge, HEAD, LINK, Look, Looks, SUBTITLE, YOURS_BANNER, YOURS_CELL, YOURS_HEAD};
use super::{Tab, set_page};
use crate::language::long_day_words;
use crate::say;
use crate::workbook::words::{severity_mark, tied};
use crate::workbook::{ChecklistItem, ItemResult, Target};

/// Message, width in characters, and whether the column is to fill in.
const HEADS: [(&str, f64, bool); 11] = [
    ("checklist-head-number", 4.0, false),
    ("checklist-head-what", 27.0, false),
    ("checklist-head-how", 42.0, false),
    ("checklist-head-how-often", 17.0, false),
    ("checklist-head-whose", 13.0, false),
    ("checklist-head-result", 15.0, false),
    ("checklist-head-found", 38.0, false),
    ("checklist-head-am", 14.0, true),
    ("checklist-head-pm", 14.0, true),
    ("checklist-head-remarks", 30.0, true),
    ("checklist-head-key", 12.0, false),
];
const HEAD_ROW: RowNum = 3;
const AM: ColNum = 7;
const PM: ColNum = 8;
const REMARKS: ColNum = 9;
const KEY: ColNum = 10;

pub(super) fn write(sheet: &mut Worksheet, looks: &mut Looks, layout: &Layout) -> Written {
    let language = layout.book.language;
    sheet.set_name(language.say("sheet-checklist"))?.set_landscape();
    set_page(sheet, layout.book, Tab::Yours);
    sheet.set_freeze_panes(HEAD_ROW + 1, 2)?;
    sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    let items = layout.book.checklist;
    // The keys are for the reader; nobody needs them on paper.
    sheet.set_print_area(0, 0, HEAD_ROW + 2 + items.len() as RowNum, REMARKS)?;
    let mut pen = Pen { sheet, looks };
    pen.heading(0, &language.say("checklist-title"), &line(layout))?;
    heads(&mut pen, layout)?;
    for (index, item) in items.iter().enumerate() {
        write_item(&mut pen, layout, HEAD_ROW + 1 + index as RowNum, item)?;
    }
    let foot = if items.is_empty() { "checklist-no-items" } else { "checklist-foot" };
    pen.text(HEAD_ROW + 2 + items.len() as RowNum, 0, &language.say(foot), SUBTITLE)
}

fn heads(pen: &mut Pen, layout: &Layout) -> Written {
    let language = layout.book.language;
    for column in AM..=REMARKS {
        let words = if column == AM { language.say("checklist-banner") } else { String::new() };
        pen.text(HEAD_ROW - 1, column, &words, YOURS_BANNER)?;
    }
    for (column, (id, width, yours)) in (0..).zip(HEADS) {
        pen.sheet.set_column_width(column, width)?;
        let look = if yours { YOURS_HEAD } else { HEAD };
        pen.text(HEAD_ROW, column, &language.say(id), if column == KEY { look.muted() } else { look })?;
    }
    pen.sheet.set_row_height(HEAD_ROW, 20)?;
    Ok(())
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

fn write_item(pen: &mut Pen, layout: &Layout, row: RowNum, item: &ChecklistItem) -> Written {
    pen.sheet.set_row_height(row, 36)?;
    pen.number(row, 0, f64::from(item.number), Look { right: false, ..CELL.muted() })?;
    pen.text(row, 1, &item.what, CELL.bold().wrap())?;
    pen.text(row, 2, &tied(&item.how), CELL.wrap())?;
    pen.text(row, 3, &item.how_often, CELL.wrap())?;
    pen.text(row, 4, &item.whose, CELL.wrap())?;
    result(pen, layout, row, item.result)?;
    found(pen, layout, row, item)?;
    sign(pen, row, AM, &item.signed.am, item.signed.am_due)?;
    sign(pen, row, PM, &item.signed.pm, item.signed.pm_due)?;
    pen.text(row, REMARKS, &item.signed.remark, YOURS_CELL.wrap())?;
    pen.text(row, KEY, &item.key, CELL.muted())
}

fn result(pen: &mut Pen, layout: &Layout, row: RowNum, result: ItemResult) -> Written {
    let language = layout.book.language;
    match result {
        ItemResult::Pass => pen.text(row, 5, &language.say("checklist-pass"), CELL),
        ItemResult::ByEye => pen.text(row, 5, &language.say("checklist-by-eye"), CELL.bold().wrap()),
        ItemResult::NotDue => pen.text(row, 5, &language.say("checklist-not-due"), CELL.muted()),
        ItemResult::Attention(count, worst) => {
            let words = say!(language, "checklist-attention", mark = severity_mark(Some(worst)), count = count);
            pen.text(row, 5, &words, CELL.severity(Some(worst)).edge(Edge::White))
        }
    }
}

fn found(pen: &mut Pen, layout: &Layout, row: RowNum, item: &ChecklistItem) -> Written {
    let language = layout.book.language;
    let words = tied(&item.found);
    let (address, tip) = match &item.target {
        Target::Row(key) => (layout.place_of(key).map(|place| place.address()), "checklist-tip-row"),
        Target::Stores => (Some(sheet_address(language, "sheet-stores")), "checklist-tip-stores"),
        Target::ByHand => (Some(sheet_address(language, "sheet-by-hand")), "checklist-tip-by-hand"),
        Target::Coverage => (Some(sheet_address(language, "sheet-coverage")), "coverage-tip"),
        Target::Nowhere => (None, "checklist-tip-row"),
    };
    match address {
        Some(address) => pen.link(row, 6, &address, &words, &language.say(tip), LINK.wrap()),
        None => pen.text(row, 6, &words, CELL.wrap()),
    }
}

/// A form field where somebody is to sign, or did; a dash where nobody needs to.
fn sign(pen: &mut Pen, row: RowNum, column: ColNum, name: &str, due: bool) -> Written {
    if due || !name.is_empty() {
        return pen.text(row, column, name, YOURS_CELL.bold().wrap());
    }
    pen.text(row, column, "–", CELL.muted().centre())
}
