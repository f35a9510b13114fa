//! What coupons could still cost when the last export of each week saw them, in each currency.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_xlsxwriter::{ColNum, RowNum, XlsxError};

use super::Page;
use crate::domain::{Currency, MoneyAtRisk};
use crate::say;
use crate::workbook::write::pen::{Written, as_float};
use crate::workbook::write::style::{BODY, CELL, HEAD, Number};
use crate::workbook::write::week::chart::{self, Amounts, Cells};

const FIRST_WEEK: ColNum = 1;
const WEEK_WIDTH: f64 = 15.0;
const CHART_PIXELS: (u32, u32) = (430, 190);
/// Charts beside each other, and how far apart.
const CHARTS_ABREAST: usize = 2;
const CHART_COLUMNS: ColNum = 4;
const CHART_ROWS: RowNum = 12;
/// More currencies than any region has.
const CHARTS_MAX: usize = 12;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    page.begin_weeks("history-sheet-money", "history-money-title", "history-money-line", FIRST_WEEK)?;
    page.pen.sheet.set_column_width(0, 16)?;
    let currencies: BTreeSet<Currency> =
        book.counts.iter().flat_map(|counts| counts.money_at_risk.keys().copied()).collect();
    if currencies.is_empty() && book.counts.iter().all(|counts| counts.no_limit == 0) {
        return page.pen.text(3, 0, &language.say("history-money-nothing"), BODY);
    }
    let row = block(page, 3, "history-money-all", &currencies, |money| money.all)?;
    let first = row - currencies.len() as RowNum;
    let row = no_limit(page, row)? + 1;
    let row = block(page, row, "history-money-on-findings", &currencies, |money| money.with_findings)? + 1;
    if book.counts.len() > 1 {
        charts(page, row, first, &currencies)?;
    }
    Ok(())
}

/// A line a currency, a column a week.
fn block(
    page: &mut Page,
    row: RowNum,
    heading: &str,
    currencies: &BTreeSet<Currency>,
    amount: impl Fn(&MoneyAtRisk) -> Decimal,
) -> Result<RowNum, XlsxError> {
    let book = page.book;
    let head = page.section(row, 0, heading)?;
    page.pen.text(head, 0, &page.language.say("week-head-currency"), HEAD)?;
    page.week_heads(head, FIRST_WEEK, WEEK_WIDTH, HEAD.right())?;
    let mut row = head + 1;
    for currency in currencies {
        page.pen.sheet.set_row_height(row, 18)?;
        page.pen.text(row, 0, currency.code(), CELL.bold())?;
        let look = CELL.right().number(Number::Amount(*currency));
        for (column, week) in (FIRST_WEEK..).zip(book.weeks) {
            match book.of(*week) {
                None => page.pen.text(row, column, "?", CELL.right().muted())?,
                Some(counts) => match counts.money_at_risk.get(currency) {
                    Some(money) => page.pen.number(row, column, as_float(amount(money)), look)?,
                    None => page.pen.text(row, column, "–", CELL.right().muted())?,
                },
            }
        }
        row += 1;
    }
    Ok(row)
}

/// Coupons whose cost nothing bounds: no amount has them in it.
fn no_limit(page: &mut Page, row: RowNum) -> Result<RowNum, XlsxError> {
    let book = page.book;
    page.pen.sheet.set_row_height(row, 18)?;
    page.pen.text(row, 0, &page.language.say("history-money-no-limit"), CELL)?;
    for (column, week) in (FIRST_WEEK..).zip(book.weeks) {
        match book.of(*week) {
            Some(counts) => page.whole(row, column, counts.no_limit as usize)?,
            None => page.pen.text(row, column, "?", CELL.right().muted())?,
        }
    }
    Ok(row + 1)
}

/// One a currency, since no exchange rate is known here that would let them stand in one.
fn charts(page: &mut Page, row: RowNum, first: RowNum, currencies: &BTreeSet<Currency>) -> Written {
    let (book, language) = (page.book, page.language);
    let sheet = language.say("history-sheet-money");
    page.pen.sheet.set_page_breaks(&[row])?;
    let row = page.section(row, 0, "history-money-charts")?;
    let across = |row| Cells { first: (row, FIRST_WEEK), last: (row, FIRST_WEEK + book.weeks.len() as ColNum - 1) };
    for (place, (line, currency)) in (first..).zip(currencies).take(CHARTS_MAX).enumerate() {
        let amounts = book.counts.iter().filter_map(|counts| counts.money_at_risk.get(currency));
        let amounts = Amounts {
            sheet: &sheet,
            currency: *currency,
            names: across(first - 1),
            amounts: across(line),
            largest: amounts.map(|money| money.all).max().unwrap_or_default(),
        };
        let alt = say!(language, "history-money-chart-alt", currency = currency.code());
        let chart = chart::amounts(language, &amounts, &alt, CHART_PIXELS);
        let down = row + (place / CHARTS_ABREAST) as RowNum * CHART_ROWS;
        let right = (place % CHARTS_ABREAST) as ColNum * CHART_COLUMNS;
        page.pen.sheet.insert_chart(down, right, &chart)?;
    }
    Ok(())
}
