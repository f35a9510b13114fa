//! Big numbers side by side, each over a few words.

use rust_xlsxwriter::RowNum;

use super::style::{BODY, Edge, Number};
use super::writer::{CellWriter, NextRow, Span};
use crate::domain::Severity;
use crate::workbook::words::severity_mark;

/// One big number.
pub struct Tile {
    number: TileNumber,
    words: String,
    /// Filled where there is something to look at.
    fill: Option<Severity>,
}

enum TileNumber {
    Counted(f64),
    Words(String),
}

impl Tile {
    /// Not filled at zero.
    pub fn count(count: usize, words: String, fill: Option<Severity>) -> Self {
        Self { number: TileNumber::Counted(count as f64), words, fill: fill.filter(|_| count > 0) }
    }

    /// Its words with the mark of its severity; neither filled nor marked at zero.
    pub fn marked(number: f64, words: String, severity: Option<Severity>) -> Self {
        let fill = severity.filter(|_| number > 0.0);
        let words = match fill {
            Some(severity) => format!("{} {words}", severity_mark(Some(severity))),
            None => words,
        };
        Self { number: TileNumber::Counted(number), words, fill }
    }

    /// What is no single number, such as `1 of 7`.
    pub fn words(number: String, words: String, fill: Option<Severity>) -> Self {
        Self { number: TileNumber::Words(number), words, fill }
    }

    pub fn not_known(words: String) -> Self {
        Self::words("?".to_string(), words, None)
    }
}

/// Each tile over its columns; the row after them.
pub fn tiles(writer: &mut CellWriter, row: RowNum, spans: &[Span], tiles: Vec<Tile>) -> NextRow {
    writer.height(row, 34)?;
    writer.height(row + 1, 20)?;
    for ((first, last), tile) in spans.iter().copied().zip(tiles) {
        let style = BODY.indent(1);
        let style = tile.fill.map_or(style, |severity| style.severity(Some(severity)).regular());
        let upper = style.bold().points(24).edge(Edge::TileTop);
        match tile.number {
            TileNumber::Words(words) => writer.across(row, first, last, &words, upper.number(Number::Whole))?,
            TileNumber::Counted(number) => {
                writer.number_across(row, (first, last), number, upper.number(whole_or_tenths(number)))?;
            }
        }
        writer.across(row + 1, first, last, &tile.words, style.edge(Edge::TileBottom))?;
    }
    Ok(row + 2)
}

/// `12` or `12.5`; of large numbers nobody reads tenths.
fn whole_or_tenths(number: f64) -> Number {
    if number >= 100.0 || number.fract() == 0.0 { Number::Whole } else { Number::Tenths }
}
