//! What the coupons that run, or will, can still cost, and what carrying out every suggestion would add: a line a currency.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_xlsxwriter::RowNum;

use super::{NAMES, SMALL_HEAD};
use crate::domain::{Currency, Exposure, Status};
use crate::say;
use crate::workbook::write::Page;
use crate::workbook::write::cell::{Cell, NextRow};
use crate::workbook::write::layout::Layout;
use crate::workbook::write::page::whole;
use crate::workbook::write::style::{BODY, CELL, Number};
use crate::workbook::write::table::Columns;

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
pub(super) fn write(page: &mut Page, row: RowNum) -> NextRow {
    let language = page.language;
    let at_risk = at_risk(page.book);
    if at_risk.is_empty() {
        return Ok(row);
    }
    let head = page.section(row, NAMES, "summary-money")?;
    let money = |currency: Currency, amount: Decimal| CELL.right().number(Number::Money(currency)).with(amount);
    let beyond = |no_limit: usize, not_known: usize| -> Cell<'static> {
        let (words, style) = match (no_limit, not_known) {
            (0, 0) => ("–".to_string(), CELL.muted()),
            (0, some) => (say!(language, "summary-money-not-known", count = some), CELL.muted()),
            (some, _) => (say!(language, "summary-money-no-limit", count = some), CELL.bold()),
        };
        style.indent(1).with(words)
    };
    let numbers = SMALL_HEAD.right();
    // LibreOffice drops the indent of a number, so the text after it brings its own.
    let after_numbers = SMALL_HEAD.indent(1);
    let columns = Columns::<(Currency, AtRisk)>::new(language)
        .headed(SMALL_HEAD, "summary-money-currency", 0.0, |(currency, _)| CELL.with(currency.code()))
        .over(3, numbers, "summary-money-known", |(currency, risk)| money(*currency, risk.known))
        .over(2, numbers, "summary-money-coupons", |(_, risk)| whole(risk.coupons))
        .over(3, after_numbers, "summary-money-beyond", |(_, it)| beyond(it.no_limit, it.not_known))
        .over(3, numbers, "summary-money-suggested", |(currency, risk)| money(*currency, risk.added))
        .over(3, after_numbers, "summary-money-beyond", |(_, risk)| beyond(risk.added_no_limit, 0));
    let next = page.table(head, NAMES, &columns, at_risk.into_iter().take(CURRENCIES_MAX), |_| 18.0)?;
    page.say(next, NAMES, "summary-money-foot", BODY.muted().points(9))?;
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
