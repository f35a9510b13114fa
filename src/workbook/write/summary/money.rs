//! What coupons can still cost, and what carrying out every suggestion would add: a line for every currency, the largest risk first.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_xlsxwriter::RowNum;

use super::{NAMES, SMALL_HEAD};
use crate::domain::{Currency, Exposure, MoneyAtRisk, largest_first, money_at_risk};
use crate::workbook::words::beyond_words;
use crate::workbook::write::Page;
use crate::workbook::write::cell::{Cell, NextRow};
use crate::workbook::write::layout::Layout;
use crate::workbook::write::page::whole;
use crate::workbook::write::style::{BODY, CELL, Number};
use crate::workbook::write::table::Columns;

/// One currency: what its coupons can still cost, and what every suggestion together would add.
#[derive(Default)]
struct Line {
    at_risk: MoneyAtRisk,
    added: Decimal,
    added_no_limit: u64,
    added_not_known: u64,
}

/// The row after the table and its gap; `row` itself where no coupon can be used.
pub(super) fn write(page: &mut Page, row: RowNum) -> NextRow {
    let language = page.language;
    let lines = lines(page.book);
    if lines.is_empty() {
        return Ok(row);
    }
    let head = page.section(row, NAMES, "summary-money")?;
    let money = |currency: Currency, amount: Decimal| CELL.right().number(Number::Money(currency)).with(amount);
    let beyond = |no_limit: u64, not_known: u64| -> Cell<'static> {
        let words = beyond_words(language, no_limit, not_known);
        let style = if no_limit > 0 { CELL.bold() } else { CELL.muted() };
        style.wrap().indent(1).with(words)
    };
    let width = |(_, line): &(Currency, Line)| {
        let both = line.at_risk.no_limit > 0 && line.at_risk.not_known > 0;
        if both || line.added_no_limit > 0 && line.added_not_known > 0 { 30.0 } else { 18.0 }
    };
    let numbers = SMALL_HEAD.right();
    // LibreOffice drops the indent of a number, so the text after it brings its own.
    let after_numbers = SMALL_HEAD.indent(1);
    let columns = Columns::<(Currency, Line)>::new(language)
        .headed(SMALL_HEAD, "summary-money-currency", 0.0, |(currency, _)| CELL.with(currency.code()))
        .over(3, numbers, "summary-money-known", |(currency, line)| money(*currency, line.at_risk.all))
        .over(2, numbers, "summary-money-coupons", |(_, line)| whole(line.at_risk.coupons as usize))
        .over(3, after_numbers, "summary-money-beyond", |(_, line)| {
            beyond(line.at_risk.no_limit, line.at_risk.not_known)
        })
        .over(3, numbers, "summary-money-suggested", |(currency, line)| money(*currency, line.added))
        .over(3, after_numbers, "summary-money-beyond", |(_, line)| beyond(line.added_no_limit, line.added_not_known));
    let next = page.table(head, NAMES, &columns, lines, width)?;
    page.say(next, NAMES, "summary-money-foot", BODY.muted().points(9))?;
    Ok(next + 2)
}

/// The largest first.
fn lines(layout: &Layout) -> Vec<(Currency, Line)> {
    let sums = money_at_risk(layout.export, layout.rows.iter().copied());
    let mut lines: BTreeMap<Currency, Line> = BTreeMap::new();
    for (currency, at_risk) in sums {
        lines.entry(currency).or_default().at_risk = at_risk;
    }
    for row in &layout.rows {
        let (Some(exposure), Some(store)) = (row.suggested_exposure(), layout.store(row)) else { continue };
        let currency = if let Exposure::Known(money) = exposure { money.currency } else { store.currency };
        let line = lines.entry(currency).or_default();
        match exposure {
            Exposure::Known(money) => line.added = line.added.saturating_add(money.amount),
            Exposure::NoLimit => line.added_no_limit += 1,
            Exposure::NotKnown => line.added_not_known += 1,
        }
    }
    largest_first(lines, |line| line.at_risk)
}
