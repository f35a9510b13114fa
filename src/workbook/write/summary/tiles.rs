//! Big numbers over a few words: how it stands, and after a run what became of each row.

use rust_xlsxwriter::{ColNum, RowNum, XlsxError};

use super::words::day_and_slot;
use super::{LAST, NAMES};
use crate::domain::{Load, OutcomeKind, Severity, StoreLoad};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{outcome_severity, outcome_words, severity_mark};
use crate::workbook::write::layout::Layout;
use crate::workbook::write::pen::Pen;
use crate::workbook::write::stores;
use crate::workbook::write::style::{BODY, Edge, Look, Number};

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
    fn count(count: usize, words: String, fill: Option<Severity>) -> Self {
        Self { number: TileNumber::Count(count), words, fill: fill.filter(|_| count > 0) }
    }
}

pub(super) fn state(pen: &mut Pen, layout: &Layout, row: RowNum) -> Result<RowNum, XlsxError> {
    let (language, export) = (layout.book.language, layout.book.export);
    let ok = export.count(None);
    let all_good = Tile::count(ok, language.say("summary-tile-ok"), None);
    let troubled = export.stores.iter().filter(|load| stores::trouble(load).is_some()).count();
    if troubled == 0 && ok == export.rows.len() && !export.stores.is_empty() {
        return tiles(pen, row, &[(NAMES, LAST)], vec![all_good]);
    }
    let severity = |severity, id: &str| Tile::count(export.count(Some(severity)), language.say(id), Some(severity));
    let six = vec![
        severity(Severity::Critical, "summary-tile-critical"),
        severity(Severity::Warning, "summary-tile-warning"),
        severity(Severity::Notice, "summary-tile-notice"),
        all_good,
        stores_tile(language, &export.stores),
        last_tile(layout),
    ];
    tiles(pen, row, &[(1, 2), (3, 5), (6, 8), (9, 11), (12, 14), (15, LAST)], six)
}

/// How many stores did not load; where all did, how many lists came short.
fn stores_tile(language: Language, loads: &[StoreLoad]) -> Tile {
    let failed = loads.iter().filter(|load| matches!(load.load, Load::Failed(_))).count();
    let troubled = loads.iter().filter_map(stores::trouble);
    let (count, id, severity) = match failed {
        0 => (troubled.clone().count(), "summary-tile-stores-look", troubled.max()),
        some => (some, "summary-tile-stores-failed", Some(Severity::Critical)),
    };
    if count == 0 {
        return Tile::count(loads.len(), language.say("summary-tile-stores-loaded"), None);
    }
    let number = say!(language, "summary-of", count = count, all = loads.len());
    let words = say!(language, id, mark = severity_mark(severity), count = count);
    Tile { number: TileNumber::Words(number), words, fill: severity }
}

/// What changed; where nothing is known of that, how many coupons there are.
fn last_tile(layout: &Layout) -> Tile {
    let (language, export) = (layout.book.language, layout.book.export);
    let Some(changed) = &layout.book.overview.changed else {
        let words = say!(language, "summary-tile-coupons", stores = export.stores_loaded());
        return Tile::count(export.rows.len(), words, None);
    };
    let (day, slot) = changed.since;
    let since = day_and_slot(language, day, slot, export.day);
    Tile {
        number: TileNumber::Words(format!("{} / {}", changed.new.len(), changed.resolved.len())),
        words: say!(language, "summary-tile-changed", since = since),
        fill: None,
    }
}

/// What the run made of each row: every row that was planned is in one of these.
pub(super) fn outcomes(pen: &mut Pen, layout: &Layout, row: RowNum) -> Result<RowNum, XlsxError> {
    let Some(results) = &layout.book.results else { return Ok(row) };
    let count = |kind: OutcomeKind| results.outcomes.values().filter(|outcome| outcome.kind == kind).count();
    let words = |kind: OutcomeKind| outcome_words(layout.book.language, kind);
    let eight = OutcomeKind::ALL.map(|kind| Tile::count(count(kind), words(kind), outcome_severity(kind)));
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
