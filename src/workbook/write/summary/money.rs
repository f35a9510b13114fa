//! What the coupons that run, or will, can still cost, and what carrying out every suggestion would add: a line a currency.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_xlsxwriter::RowNum;

use super::{NAMES, head_across};
use crate::domain::{Currency, Exposure, Status};
use crate::say;
use crate::workbook::write::layout::Layout;
use crate::workbook::write::style::{BODY, CELL, HEAD, Number};
use crate::workbook::write::writer::{CellWriter, NextRow, Span, as_float};

const CURRENCY: Span = (NAMES, NAMES);
const KNOWN: Span = (2, 4);
const COUPONS: Span = (5, 6);
const BEYOND: Span = (7, 9);
const ADDED: Span = (10, 12);
const ADDED_BEYOND: Span = (13, 15);
/// More currencies than any region has; the rest is in Coupons.
const CURRENCIES_MAX: usize = 12;

#[derive(Default)]
struct AtRisk {
    known: Decimal,
    coupons: usize,
    no_limit: usize,
    not_known: usize,
    /// By every suggestion together.
    added: Decimal,
    added_no_limit: usize,
}

/// The row after the table and its gap; `row` itself where no coupon can be used.
pub(super) fn write(writer: &mut CellWriter, layout: &Layout, row: RowNum) -> NextRow {
    let language = layout.book.language;
    let at_risk = at_risk(layout);
    if at_risk.is_empty() {
        return Ok(row);
    }
    let head = writer.section(row, NAMES, "summary-money")?;
    let heads = [
        (CURRENCY, language.say("summary-money-currency"), false),
        (KNOWN, language.say("summary-money-known"), true),
        (COUPONS, language.say("summary-money-coupons"), true),
        (BEYOND, language.say("summary-money-beyond"), false),
        (ADDED, language.say("summary-money-suggested"), true),
        (ADDED_BEYOND, language.say("summary-money-beyond"), false),
    ];
    head_across(writer, head, &heads)?;
    // LibreOffice drops the indent of a number, so the text after it brings its own.
    for column in [BEYOND.0, ADDED_BEYOND.0] {
        writer.say(head, column, "summary-money-beyond", HEAD.points(9).indent(1))?;
    }
    let mut next = head + 1;
    for (currency, risk) in at_risk.iter().take(CURRENCIES_MAX) {
        writer.height(next, 18)?;
        writer.text(next, CURRENCY.0, currency.code(), CELL)?;
        let money = CELL.right().number(Number::Money(*currency));
        writer.number_across(next, KNOWN, as_float(risk.known), money)?;
        let count = CELL.right().number(Number::Whole);
        writer.number_across(next, COUPONS, risk.coupons as f64, count)?;
        let (words, style) = match (risk.no_limit, risk.not_known) {
            (0, 0) => ("–".to_string(), CELL.muted()),
            (0, some) => (say!(language, "summary-money-not-known", count = some), CELL.muted()),
            (some, _) => (say!(language, "summary-money-no-limit", count = some), CELL.bold()),
        };
        writer.across(next, BEYOND.0, BEYOND.1, &words, style.indent(1))?;
        writer.number_across(next, ADDED, as_float(risk.added), money)?;
        let (words, style) = match risk.added_no_limit {
            0 => ("–".to_string(), CELL.muted()),
            some => (say!(language, "summary-money-no-limit", count = some), CELL.bold()),
        };
        writer.across(next, ADDED_BEYOND.0, ADDED_BEYOND.1, &words, style.indent(1))?;
        next += 1;
    }
    writer.say(next, NAMES, "summary-money-foot", BODY.muted().points(9))?;
    Ok(next + 2)
}

fn at_risk(layout: &Layout) -> BTreeMap<Currency, AtRisk> {
    let mut by_currency: BTreeMap<Currency, AtRisk> = BTreeMap::new();
    for row in &layout.rows {
        let Some(store) = layout.store(row) else { continue };
        match row.suggested_exposure() {
            Some(Exposure::Known(money)) => {
                let risk = by_currency.entry(money.currency).or_default();
                risk.added = risk.added.saturating_add(money.amount);
            }
            Some(Exposure::NoLimit) => by_currency.entry(store.currency).or_default().added_no_limit += 1,
            Some(Exposure::NotKnown) | None => {}
        }
        if !matches!(row.coupon.status, Status::Active | Status::Scheduled) {
            continue;
        }
        let currency = match &row.money_at_risk {
            Exposure::Known(money) => money.currency,
            Exposure::NoLimit | Exposure::NotKnown => store.currency,
        };
        let risk = by_currency.entry(currency).or_default();
        risk.coupons += 1;
        match &row.money_at_risk {
            Exposure::Known(money) => risk.known = risk.known.saturating_add(money.amount),
            Exposure::NoLimit => risk.no_limit += 1,
            Exposure::NotKnown => risk.not_known += 1,
        }
    }
    by_currency
}
