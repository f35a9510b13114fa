//! The way back of a run, a line for each coupon that it changed: what it did, how that comes back, and in the results whether it did.

use super::Page;
use super::cell::{Cell, Written};
use super::layout::Layout;
use super::page::{HEAD_ROW, link};
use super::style::{BODY, CELL, Edge, INK, Number};
use super::table::Columns;
use crate::domain::{Severity, UndoLine, UndoWay};
use crate::language::{Language, instant_words};
use crate::say;
use crate::workbook::UndoShown;
use crate::workbook::words::severity_mark;

const ROW_POINTS: f64 = 30.0;

/// What is planned of all lines, in the order in which they stand.
const WAYS: [UndoWay; 6] =
    [UndoWay::Never, UndoWay::Conflict, UndoWay::NotKnown, UndoWay::Otherwise, UndoWay::Back, UndoWay::Already];

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    let Some(shown) = book.undo else { return Ok(()) };
    page.begin("sheet-undo", &language.say("sheet-undo"), &line(language, shown, book.export.zone), INK)?;
    page.sheet.set_print_area(0, 0, HEAD_ROW + shown.undo.lines.len().max(1) as u32, 6)?;
    let mut columns = Columns::<&UndoLine>::new(language)
        .left("undo-column-way", 20.0, |it| way(language, it.way))
        .left("undo-column-store", 15.0, |it| CELL.wrap().with(it.store.as_str()))
        .left("undo-column-coupon", 28.0, |it| CELL.number(Number::Text).wrap().with(it.label.as_str()))
        .left("undo-column-did", 44.0, |it| CELL.wrap().with(language.render_in_cell(&it.did)))
        .left("undo-column-why", 48.0, |it| why(language, it))
        .left("undo-column-go-to", 18.0, |it| place(book, language, it));
    if shown.compared.is_some() {
        columns = columns.left("undo-column-compared", 40.0, |it| compared(language, shown, it));
    }
    page.main_table(&columns, 3, &shown.undo.lines, |_| ROW_POINTS)?;
    if shown.undo.lines.is_empty() {
        page.say(HEAD_ROW + 1, 0, "undo-nothing", BODY)?;
    }
    Ok(())
}

/// `Run R2026… by Mei, 22 Nov 10:12 · 2 cannot be undone · 70 as they were`
pub(super) fn line(language: Language, shown: &UndoShown, zone: chrono_tz::Tz) -> String {
    let undo = shown.undo;
    let at = instant_words(language, undo.at, zone, undo.at);
    let head = say!(language, "undo-line", run = undo.run.as_str(), by = undo.by.as_str(), at = at);
    let counts = WAYS.into_iter().filter_map(|way| {
        let count = Some(undo.count(way)).filter(|count| *count > 0)?;
        Some(say!(language, &format!("undo-count-{}", <&str>::from(way)), count = count))
    });
    std::iter::once(head).chain(counts).collect::<Vec<_>>().join(" · ")
}

fn severity(way: UndoWay) -> Option<Severity> {
    match way {
        UndoWay::Never => Some(Severity::Critical),
        UndoWay::Conflict | UndoWay::NotKnown => Some(Severity::Warning),
        UndoWay::Otherwise => Some(Severity::Notice),
        UndoWay::Back | UndoWay::Already => None,
    }
}

fn way(language: Language, way: UndoWay) -> Cell<'static> {
    let words = language.say(&format!("undo-way-{}", <&str>::from(way)));
    let severity = severity(way);
    CELL.severity(severity).edge(Edge::White).with(format!("{} {words}", severity_mark(severity)))
}

fn compared(language: Language, shown: &UndoShown, line: &UndoLine) -> Cell<'static> {
    let found = shown.compared.as_ref().and_then(|compared| compared.get(&line.row));
    match found.map(Vec::as_slice) {
        None => CELL.muted().with(language.say("undo-not-looked-at")),
        Some([]) => CELL.with(language.say("undo-as-before")),
        Some(differs) => {
            let words: Vec<String> = differs.iter().map(|words| language.render_in_cell(words)).collect();
            CELL.wrap().severity(Some(Severity::Notice)).with(words.join("\n"))
        }
    }
}

fn why(language: Language, line: &UndoLine) -> Cell<'static> {
    let words: Vec<String> = line.why.iter().map(|why| language.render_in_cell(why)).collect();
    CELL.wrap().with(words.join("\n"))
}

/// A link to the coupon's row.
fn place(book: &Layout, language: Language, line: &UndoLine) -> Cell<'static> {
    match book.rows.iter().position(|row| row.key == line.row).map(|index| book.place(index)) {
        Some(place) => link(language, place.address(), &place.words(), "summary-tip"),
        None => CELL.empty(),
    }
}
