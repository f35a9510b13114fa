//! The daily inspection: what was looked at, what came of it, and who signs for it.

use rust_xlsxwriter::{ColNum, RowNum};

use super::Page;
use super::cell::{Cell, Written};
use super::layout::Layout;
use super::page::{HEAD_ROW, link, sheet_address};
use super::style::{CELL, CellStyle, HEAD, LINK, SUBTITLE, YOURS, YOURS_BANNER, YOURS_CELL};
use super::table::Columns;
use crate::domain::Severity;
use crate::language::DayShape;
use crate::say;
use crate::workbook::words::severity_mark;
use crate::workbook::{ChecklistItem, ItemResult, Target};

const AM: ColNum = 7;
const REMARKS: ColNum = 9;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language, items) = (page.book, page.language, page.book.checklist);
    page.begin("sheet-checklist", &language.say("checklist-title"), &line(book), YOURS)?;
    // The keys are for the reader; nobody needs them on paper.
    page.sheet.set_print_area(0, 0, HEAD_ROW + 2 + items.len() as RowNum, REMARKS)?;
    for column in AM..=REMARKS {
        let words = if column == AM { language.say("checklist-banner") } else { String::new() };
        page.text(HEAD_ROW - 1, column, &words, YOURS_BANNER)?;
    }
    let columns = Columns::<&ChecklistItem>::new(language)
        .left("checklist-head-number", 4.0, |it| CELL.muted().with(f64::from(it.number)))
        .left("checklist-head-what", 27.0, |it| CELL.bold().wrap().with(language.render(&it.what)))
        .left("checklist-head-how", 42.0, |it| CELL.wrap().with(language.render_in_cell(&it.how)))
        .left("checklist-head-how-often", 17.0, |it| CELL.wrap().with(language.render(&it.how_often)))
        .left("checklist-head-whose", 13.0, |it| CELL.wrap().with(language.render(&it.whose)))
        .left("checklist-head-result", 19.0, |it| result(book, it))
        .left("checklist-head-found", 38.0, |it| found(book, it))
        .yours("checklist-head-am", 14.0, |it| sign(&it.signed.am, it.signed.am_due))
        .yours("checklist-head-pm", 14.0, |it| sign(&it.signed.pm, it.signed.pm_due))
        .yours("checklist-head-remarks", 30.0, |it| YOURS_CELL.wrap().with(it.signed.remark.as_str()))
        .headed(HEAD.muted(), "checklist-head-key", 12.0, |it| CELL.muted().with(it.key.as_str()));
    let next = page.main_table(&columns, 2, items, |_| 36.0)?;
    let foot = if items.is_empty() { "checklist-no-items" } else { "checklist-foot" };
    page.say(next + 1, 0, foot, SUBTITLE)
}

/// `Sunday 22 November 2026 · 5 pass, 4 need attention, 2 not known`: what there is none of is left out, but for the first two.
fn line(layout: &Layout) -> String {
    let language = layout.language;
    let count = |wanted: fn(&ItemResult) -> bool| layout.checklist.iter().filter(|it| wanted(&it.result)).count();
    let parts = [
        ("checklist-line-pass", count(|it| matches!(it, ItemResult::Pass))),
        ("checklist-line-attention", count(|it| matches!(it, ItemResult::Attention(..) | ItemResult::ByEye))),
        ("checklist-line-not-known", count(|it| matches!(it, ItemResult::NotKnown))),
        ("checklist-line-nothing", count(|it| matches!(it, ItemResult::Nothing))),
        ("checklist-line-waiting", count(|it| matches!(it, ItemResult::NotDue))),
    ];
    let told = parts.iter().enumerate().filter(|(place, (_, count))| *place < 2 || *count > 0);
    let words: Vec<String> = told.map(|(_, (id, count))| say!(language, *id, count = *count)).collect();
    let day = language.day(DayShape::DayLong, layout.export.day);
    format!("{day} · {}", words.join(&language.say("comma")))
}

fn result(layout: &Layout, item: &ChecklistItem) -> Cell<'static> {
    let language = layout.language;
    match item.result {
        ItemResult::Pass => CELL.with(language.say("checklist-pass")),
        ItemResult::ByEye => CELL.bold().wrap().with(language.say("checklist-by-eye")),
        ItemResult::NotKnown => CellStyle::filled(Severity::Warning).with(language.say("checklist-not-known")),
        ItemResult::Nothing => CELL.muted().wrap().with(language.say("checklist-nothing")),
        ItemResult::NotDue => CELL.muted().with(language.say("checklist-not-due")),
        ItemResult::Attention(count, worst) => {
            let more = if item.stores_unseen == 0 { "" } else { " + ?" };
            let count = format!("{count}{more}");
            let words = say!(language, "checklist-attention", mark = severity_mark(Some(worst)), count = count);
            CellStyle::filled(worst).with(words)
        }
    }
}

fn found(layout: &Layout, item: &ChecklistItem) -> Cell<'static> {
    let language = layout.language;
    let words = language.render_within(&item.found, ChecklistItem::FOUND_COLUMNS);
    let (address, tip) = match &item.target {
        Target::Row(key) => (layout.place_of(key).map(|place| place.address()), "checklist-tip-row"),
        Target::Stores => (Some(sheet_address(language, "sheet-stores")), "checklist-tip-stores"),
        Target::ByHand => (Some(sheet_address(language, "sheet-by-hand")), "checklist-tip-by-hand"),
        Target::Coverage => (Some(sheet_address(language, "sheet-coverage")), "coverage-tip"),
        Target::Nowhere => (None, "checklist-tip-row"),
    };
    match address {
        Some(address) => Cell { style: LINK.wrap(), ..link(language, address, &words, tip) },
        None => CELL.wrap().with(words),
    }
}

/// A form field where somebody is to sign, or did; a dash where nobody needs to.
fn sign(name: &str, due: bool) -> Cell<'_> {
    if due || !name.is_empty() { YOURS_CELL.bold().wrap().with(name) } else { CELL.muted().centre().with("–") }
}
