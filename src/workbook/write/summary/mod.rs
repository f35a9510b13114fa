//! One page: how it stands, what to do first, where it is. Built anew each time and never read back, so cells may be merged.

mod chart;
mod heat;
mod urgent;

use rust_xlsxwriter::{ColNum, RowNum, Worksheet, XlsxError};

use super::layout::Layout;
use super::pen::{Pen, Written};
use super::style::{BODY, Edge, Look, Looks, Number, SECTION};
use super::tally::Tally;
use super::{Tab, set_page, stores, title};
use crate::domain::{Load, OutcomeKind, Severity, StoreLoad};
use crate::workbook::words::{counted, outcome_severity, outcome_words, severity_mark};

const FIRST_EXPORT: &str = "First export: from the next one on, this shows what changed.";

/// The page is a margin, a column of names, and narrow columns that the heat map fills and everything else spans.
const NAMES: ColNum = 1;
const FIRST_NARROW: ColNum = 2;
const LAST: ColNum = 19;

pub(super) fn write(sheet: &mut Worksheet, looks: &mut Looks, layout: &Layout, tally: &Tally) -> Written {
    sheet.set_name(layout.book.language.say("sheet-summary"))?.set_portrait().set_active(true);
    set_page(sheet, layout.book, Tab::Summary);
    sheet.set_print_fit_to_pages(1, 1);
    sheet.set_freeze_panes(2, 0)?;
    sheet.set_column_width(0, 1.5)?;
    sheet.set_column_width(NAMES, 14)?;
    sheet.set_column_range_width(FIRST_NARROW, LAST, 8)?;

    let mut pen = Pen { sheet, looks };
    pen.heading(NAMES, &title(layout.book), &line(layout))?;
    let mut row = 3;
    if layout.book.results.is_some() {
        row = outcome_tiles(&mut pen, layout, row)? + 1;
    }
    row = state_tiles(&mut pen, layout, row)? + 1;
    row = urgent::write(&mut pen, layout, row)? + 1;
    row = heat::write(&mut pen, layout, tally, row)?;
    if layout.book.first_export {
        row = section(&mut pen, row, "What changed")?;
        pen.text(row, NAMES, FIRST_EXPORT, BODY.muted())?;
        row += 2;
    }
    chart::write(&mut pen, tally, row)
}

/// `7 of 8 stores loaded, 08:04 to 08:11 Singapore time · 60 coupons`
fn line(layout: &Layout) -> String {
    let export = layout.book.export;
    let clock = |at: crate::domain::Timestamp| at.with_timezone(&export.zone).format("%H:%M").to_string();
    let coupons = counted(export.rows.len(), "coupon", "coupons");
    let place = export.zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
    if let Some(from) = export.follows.as_ref().filter(|_| layout.book.results.is_some()) {
        return format!(
            "What became of the decisions in export {from} · as of {} {place} time · {coupons}",
            clock(export.finished)
        );
    }
    let (loaded, all) = (export.stores_loaded(), export.stores.len());
    let stores = if loaded == all {
        format!("{} loaded", counted(all, "store", "stores"))
    } else {
        format!("{loaded} of {} loaded", counted(all, "store", "stores"))
    };
    format!("{stores}, {} to {} {place} time · {coupons}", clock(export.at), clock(export.finished))
}

/// A section's heading; the row after it.
fn section(pen: &mut Pen, row: RowNum, words: &str) -> Result<RowNum, XlsxError> {
    pen.sheet.set_row_height(row, 22)?;
    pen.text(row, NAMES, words, SECTION)?;
    Ok(row + 1)
}

/// A big number over a few words.
struct Tile {
    number: TileNumber,
    words: String,
    /// Filled where there is something to do.
    fill: Option<Severity>,
}

enum TileNumber {
    Count(usize),
    Words(String),
}

impl Tile {
    fn count(count: usize, words: impl Into<String>, fill: Option<Severity>) -> Self {
        Self { number: TileNumber::Count(count), words: words.into(), fill: fill.filter(|_| count > 0) }
    }
}

fn state_tiles(pen: &mut Pen, layout: &Layout, row: RowNum) -> Result<RowNum, XlsxError> {
    let export = layout.book.export;
    let ok = export.count(None);
    let troubled = export.stores.iter().filter(|load| stores::trouble(load).is_some()).count();
    if troubled == 0 && ok == export.rows.len() && !export.stores.is_empty() {
        return tiles(pen, row, &[(NAMES, LAST)], vec![Tile::count(ok, "– OK: nothing found", None)]);
    }
    let severity = |severity, words: &str| Tile::count(export.count(Some(severity)), words, Some(severity));
    let six = vec![
        severity(Severity::Critical, "● Critical: act today"),
        severity(Severity::Warning, "▲ Warning: this week"),
        severity(Severity::Notice, "○ Notice: tidy up"),
        Tile::count(ok, "– OK: nothing found", None),
        stores_tile(&export.stores),
        Tile::count(
            export.rows.len(),
            format!("coupons in {}", counted(export.stores_loaded(), "store", "stores")),
            None,
        ),
    ];
    tiles(pen, row, &[(1, 2), (3, 5), (6, 8), (9, 11), (12, 14), (15, LAST)], six)
}

/// How many stores did not load; where all did, how many lists came short.
fn stores_tile(loads: &[StoreLoad]) -> Tile {
    let failed = loads.iter().filter(|load| matches!(load.load, Load::Failed(_))).count();
    let troubled = loads.iter().filter_map(stores::trouble);
    let (count, words, severity) = match failed {
        0 => (troubled.clone().count(), "needs a look: see Stores", troubled.max()),
        1 => (1, "store did not load", Some(Severity::Critical)),
        more => (more, "stores did not load", Some(Severity::Critical)),
    };
    if count == 0 {
        return Tile::count(loads.len(), "✓ all stores loaded", None);
    }
    let number = TileNumber::Words(format!("{count} of {}", loads.len()));
    Tile { number, words: format!("{} {words}", severity_mark(severity)), fill: severity }
}

/// What the run made of each row: every row that was planned is in one of these.
fn outcome_tiles(pen: &mut Pen, layout: &Layout, row: RowNum) -> Result<RowNum, XlsxError> {
    let Some(results) = &layout.book.results else { return Ok(row) };
    let count = |kind: OutcomeKind| results.outcomes.values().filter(|outcome| outcome.kind == kind).count();
    let eight = OutcomeKind::ALL
        .map(|kind| Tile::count(count(kind), outcome_words(layout.book.language, kind), outcome_severity(kind)));
    let spans = [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 13), (14, 16), (17, LAST)];
    tiles(pen, row, &spans, eight.into())
}

fn tiles(pen: &mut Pen, row: RowNum, spans: &[(ColNum, ColNum)], tiles: Vec<Tile>) -> Result<RowNum, XlsxError> {
    pen.sheet.set_row_height(row - 1, 10)?;
    pen.sheet.set_row_height(row, 34)?;
    pen.sheet.set_row_height(row + 1, 20)?;
    for ((first, last), tile) in spans.iter().copied().zip(tiles) {
        let look = tile_look(tile.fill);
        let upper = Look { bold: true, ..look }.points(24).edge(Edge::TileTop).number(Number::Whole);
        match tile.number {
            TileNumber::Words(words) => pen.across(row, first, last, &words, upper)?,
            TileNumber::Count(count) => {
                pen.across(row, first, last, "", upper)?;
                pen.number(row, first, count as f64, upper)?;
            }
        }
        pen.across(row + 1, first, last, &tile.words, look.edge(Edge::TileBottom))?;
    }
    Ok(row + 2)
}

fn tile_look(fill: Option<Severity>) -> Look {
    let look = BODY.indent(1);
    fill.map_or(look, |severity| look.severity(Some(severity)).regular())
}
