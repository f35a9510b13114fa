//! Big numbers side by side, each over a few words.

use rust_xlsxwriter::RowNum;

use super::cell::{NextRow, Span, Value};
use super::page::Page;
use super::style::{BODY, Edge, Number};
use crate::domain::Severity;
use crate::workbook::words::severity_mark;

/// One big number.
pub struct Tile {
    number: Value<'static>,
    words: String,
    /// Filled where there is something to look at.
    fill: Option<Severity>,
}

impl Tile {
    /// Not filled at zero.
    pub fn count(count: usize, words: String, fill: Option<Severity>) -> Self {
        Self { number: count.into(), words, fill: fill.filter(|_| count > 0) }
    }

    /// Its words with the mark of its severity; neither filled nor marked at zero.
    pub fn marked(number: f64, words: String, severity: Option<Severity>) -> Self {
        let fill = severity.filter(|_| number > 0.0);
        let words = match fill {
            Some(severity) => format!("{} {words}", severity_mark(Some(severity))),
            None => words,
        };
        Self { number: number.into(), words, fill }
    }

    /// What is no single number, such as `1 of 7`.
    pub fn words(number: String, words: String, fill: Option<Severity>) -> Self {
        Self { number: number.into(), words, fill }
    }

    pub fn not_known(words: String) -> Self {
        Self::words("?".to_string(), words, None)
    }
}

/// Each tile over its columns; the row after them.
pub fn tiles<B>(page: &mut Page<B>, row: RowNum, spans: &[Span], tiles: Vec<Tile>) -> NextRow {
    page.height(row, 34)?;
    page.height(row + 1, 20)?;
    for (span, Tile { number, words, fill }) in spans.iter().copied().zip(tiles) {
        let style = BODY.indent(1);
        let style = fill.map_or(style, |severity| style.severity(Some(severity)).regular());
        let format = if let Value::Number(number) = number { whole_or_tenths(number) } else { Number::Whole };
        page.across(row, span, style.bold().points(24).edge(Edge::TileTop).number(format).with(number))?;
        page.across(row + 1, span, style.edge(Edge::TileBottom).with(words))?;
    }
    Ok(row + 2)
}

/// `12` or `12.5`; of large numbers nobody reads tenths.
fn whole_or_tenths(number: f64) -> Number {
    if number >= 100.0 || number.fract() == 0.0 { Number::Whole } else { Number::Tenths }
}
