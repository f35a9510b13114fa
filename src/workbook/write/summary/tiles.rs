//! Big numbers over a few words: how it stands, and after a run what became of each row.

use rust_xlsxwriter::RowNum;

use super::{LAST, NAMES};
use crate::domain::{Export, OutcomeKind, Severity, StoreLoad};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{outcome_severity, outcome_words, severity_mark, since_words};
use crate::workbook::write::cell::{NextRow, Span};
use crate::workbook::write::layout::Layout;
use crate::workbook::write::tiles::{self, Tile};
use crate::workbook::write::{Page, stores};

pub(super) fn state(page: &mut Page, row: RowNum) -> NextRow {
    let (language, export) = (page.language, page.book.export);
    let ok = seen(export, None, language.say("summary-tile-ok"));
    if is_all_good(export) {
        return tiles(page, row, &[(NAMES, LAST)], vec![ok]);
    }
    let severity = |severity, id: &str| seen(export, Some(severity), language.say(id));
    let six = vec![
        severity(Severity::Critical, "summary-tile-critical"),
        severity(Severity::Warning, "summary-tile-warning"),
        severity(Severity::Notice, "summary-tile-notice"),
        ok,
        stores_tile(language, &export.stores),
        last_tile(page.book),
    ];
    tiles(page, row, &[(1, 2), (3, 5), (6, 8), (9, 11), (12, 14), (15, LAST)], six)
}

/// Every coupon of every store was seen, there are some, and nothing is wrong with any.
pub(super) fn is_all_good(export: &Export) -> bool {
    let is_calm = Severity::ALL.iter().all(|severity| export.count(Some(*severity)) == 0);
    is_calm && export.stores_unseen() == 0 && !export.rows.is_empty()
}

/// So many, and where stores are missing more that nobody knows of: `12 + ?`, or `?` where nothing of it was seen.
fn seen(export: &Export, severity: Option<Severity>, words: String) -> Tile {
    match (export.count(severity), export.stores_unseen()) {
        (count, 0) => Tile::count(count, words, severity),
        (0, _) => Tile::not_known(words),
        (count, _) => Tile::words(format!("{count} + ?"), words, severity),
    }
}

/// How many stores did not load; where all did, how many lists came short.
fn stores_tile(language: Language, loads: &[StoreLoad]) -> Tile {
    let failed = loads.iter().filter(|load| !load.load.is_loaded()).count();
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
    Tile::words(number, words, severity)
}

/// What changed; where nothing is known of that, how many coupons there are.
fn last_tile(layout: &Layout) -> Tile {
    let (language, export) = (layout.language, layout.export);
    let Some(changed) = &layout.overview.changed else {
        let words = say!(language, "summary-tile-coupons", stores = export.stores_loaded());
        return match export.stores_loaded() {
            0 => Tile::not_known(words),
            _ => Tile::count(export.rows.len(), words, None),
        };
    };
    let since = since_words(language, changed.since, export);
    let number = format!("{} / {}", changed.new.len(), changed.resolved().count());
    Tile::words(number, say!(language, "summary-tile-changed", since = since), None)
}

/// What the run made of each row: every row that was planned is in one of these.
pub(super) fn outcomes(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let Some(outcomes) = book.results else { return Ok(row) };
    let count = |kind: OutcomeKind| outcomes.values().filter(|outcome| outcome.kind == kind).count();
    let words = |kind: OutcomeKind| outcome_words(language, kind);
    // The one that hardly ever happens takes no room while it has not.
    let shown = OutcomeKind::ALL.iter().filter(|kind| **kind != OutcomeKind::NotShown || count(**kind) > 0);
    let shown: Vec<Tile> = shown.map(|kind| Tile::count(count(*kind), words(*kind), outcome_severity(*kind))).collect();
    let eight = [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 13), (14, 16), (17, LAST)];
    let nine = [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16), (17, LAST)];
    let spans: &[Span] = if shown.len() > eight.len() { &nine } else { &eight };
    tiles(page, row, spans, shown)
}

/// A thin row above them keeps them apart from what is there.
fn tiles(page: &mut Page, row: RowNum, spans: &[Span], tiles: Vec<Tile>) -> NextRow {
    page.height(row - 1, 10)?;
    tiles::tiles(page, row, spans, tiles)
}
