//! The daily inspection: what was looked at, what came of it, and who signs for it.

use rust_xlsxwriter::{RowNum, Worksheet};

use super::layout::{Layout, sheet_address};
use super::pen::{Head, Pen, Written};
use super::style::{CELL, Edge, LINK, Look, Looks, SUBTITLE, YOURS_BANNER, YOURS_CELL};
use super::{Tab, set_page};
use crate::domain::Severity;
use crate::language::long_day_words;
use crate::workbook::words::{counted, severity_mark, tied};
use crate::workbook::{ChecklistItem, Target};

const TITLE: &str = "Daily checklist";
const BANNER: &str = "✎ You sign off: your name";
const FOOT: &str = "Write your name when you have looked. Empty = not looked at yet.";
const NO_ITEMS: &str = "The checklist has no items.";
const TIP_ROW: &str = "Opens the first coupon concerned";
const TIP_STORES: &str = "Opens Stores";
const TIP_BY_HAND: &str = "Opens By hand";

const HEADS: [Head; 10] = [
    Head::new("#", 4.0),
    Head::new("What", 27.0),
    Head::new("How", 42.0),
    Head::new("How often", 16.0),
    Head::new("Whose", 11.0),
    Head::new("Result", 15.0),
    Head::new("What was found", 38.0),
    Head::yours("AM: name", 14.0),
    Head::yours("PM: name", 14.0),
    Head::yours("Remarks", 30.0),
];
const HEAD_ROW: RowNum = 3;
const FIRST_YOURS: u16 = 7;

pub(super) fn write(sheet: &mut Worksheet, looks: &mut Looks, layout: &Layout) -> Written {
    sheet.set_name(layout.book.language.say("sheet-checklist"))?.set_landscape();
    set_page(sheet, layout.book, Tab::Yours);
    sheet.set_freeze_panes(HEAD_ROW + 1, 2)?;
    sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    let items = layout.book.checklist;
    let mut pen = Pen { sheet, looks };
    pen.heading(0, TITLE, &line(layout))?;
    for column in FIRST_YOURS..HEADS.len() as u16 {
        pen.text(HEAD_ROW - 1, column, if column == FIRST_YOURS { BANNER } else { "" }, YOURS_BANNER)?;
    }
    pen.header(HEAD_ROW, &HEADS)?;
    pen.sheet.set_row_height(HEAD_ROW, 20)?;
    for (index, item) in items.iter().enumerate() {
        write_item(&mut pen, layout, HEAD_ROW + 1 + index as RowNum, item)?;
    }
    let foot = if items.is_empty() { NO_ITEMS } else { FOOT };
    pen.text(HEAD_ROW + 2 + items.len() as RowNum, 0, foot, SUBTITLE)
}

fn line(layout: &Layout) -> String {
    let passed = layout.book.checklist.iter().filter(|item| item.attention.is_none()).count();
    let attention = layout.book.checklist.len() - passed;
    format!(
        "{} · {}, {} attention",
        long_day_words(layout.book.language, layout.book.export.day),
        counted(passed, "item passes", "items pass"),
        counted(attention, "needs", "need"),
    )
}

fn write_item(pen: &mut Pen, layout: &Layout, row: RowNum, item: &ChecklistItem) -> Written {
    pen.sheet.set_row_height(row, 36)?;
    pen.number(row, 0, f64::from(item.number), Look { right: false, ..CELL.muted() })?;
    pen.text(row, 1, &item.what, CELL.bold().wrap())?;
    pen.text(row, 2, &tied(&item.how), CELL.wrap())?;
    pen.text(row, 3, &item.how_often, CELL)?;
    pen.text(row, 4, &item.whose, CELL.wrap())?;
    result(pen, row, item.attention)?;
    found(pen, layout, row, item)?;
    pen.blank(row, 7, YOURS_CELL.bold())?;
    pen.blank(row, 8, YOURS_CELL.bold())?;
    pen.blank(row, 9, YOURS_CELL.wrap())
}

fn result(pen: &mut Pen, row: RowNum, attention: Option<(usize, Severity)>) -> Written {
    match attention {
        None => pen.text(row, 5, "✓ Pass", CELL),
        Some((count, worst)) => {
            let words = format!("{} Attention: {count}", severity_mark(Some(worst)));
            pen.text(row, 5, &words, CELL.severity(Some(worst)).edge(Edge::White))
        }
    }
}

fn found(pen: &mut Pen, layout: &Layout, row: RowNum, item: &ChecklistItem) -> Written {
    let words = tied(&item.found);
    let place = match &item.target {
        Target::Row(key) => layout.place_of(key),
        Target::Nowhere | Target::Stores | Target::ByHand | Target::Coverage => None,
    };
    let sheet = |id: &str| sheet_address(layout.book.language, id);
    match (place, &item.target) {
        (Some(place), _) => pen.link(row, 6, &place.address(), &words, TIP_ROW, LINK.wrap()),
        (None, Target::Stores) => pen.link(row, 6, &sheet("sheet-stores"), &words, TIP_STORES, LINK.wrap()),
        (None, Target::ByHand) => pen.link(row, 6, &sheet("sheet-by-hand"), &words, TIP_BY_HAND, LINK.wrap()),
        (None, Target::Coverage) => {
            let tip = layout.book.language.say("coverage-tip");
            pen.link(row, 6, &sheet("sheet-coverage"), &words, &tip, LINK.wrap())
        }
        (None, _) => pen.text(row, 6, &words, CELL.wrap()),
    }
}
