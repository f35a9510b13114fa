//! A report in JSON as rows below headings, so that the rest is read like any other file: each object of its list is a row, and the names of
//! what it holds are the headings.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::domain::Message;
use crate::durable;
use crate::message;
use crate::workbook::read::{Datum, Grid, GridRow, Grids};

/// A report of many thousand coupons is smaller.
const FILE_BYTES: u64 = 32 * 1024 * 1024;
const TEXT_LETTERS: usize = 4_000;

/// Amazon's coupon report; what else stands in it is passed over.
#[derive(Deserialize)]
struct Report {
    coupons: Vec<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Number(serde_json::Number),
    Other(IgnoredAny),
}

/// The coupons of the report at `path`, with these `headings`, and behind them what is the same in every row.
///
/// # Errors
/// Where it is no such report.
pub(super) fn grids(path: &Path, headings: &[&str], fixed: (&str, &str)) -> Result<Grids, Message> {
    let refused = |what: String| message!("sheet-json", what = what);
    let mut bytes = Vec::new();
    let read = durable::open(path).and_then(|file| file.take(FILE_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| refused(error.to_string()))?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(message!("sheet-json-large"));
    }
    let json = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let report: Report = serde_json::from_slice(json).map_err(|error| refused(error.to_string()))?;
    let text = |text: &str| Datum::Text(text.to_string());
    let row = |number: u32, cells: Vec<Option<Datum>>| GridRow {
        number,
        cells: (0..).zip(cells).filter_map(|(column, cell)| Some((column, cell?))).collect(),
    };
    let head = headings.iter().chain([&fixed.0]).map(|heading| Some(text(heading)));
    let mut rows = vec![row(0, head.collect())];
    for (number, coupon) in (1..).zip(&report.coupons) {
        let cells = headings.iter().map(|heading| coupon.get(*heading).and_then(datum));
        rows.push(row(number, cells.chain([Some(text(fixed.1))]).collect()));
    }
    Ok(Grids { sheets: vec![Grid { name: None, rows }], is_guessed: false })
}

/// None of a blank, and of what is neither text nor a number.
fn datum(value: &Value) -> Option<Datum> {
    match value {
        Value::Text(text) => {
            let text: String =
                text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(TEXT_LETTERS).collect();
            (!text.is_empty()).then_some(Datum::Text(text))
        }
        Value::Number(number) => {
            let written = number.to_string();
            written.parse::<Decimal>().or_else(|_| Decimal::from_scientific(&written)).ok().map(Datum::Number)
        }
        Value::Other(_) => None,
    }
}
