//! What coupons could still cost when the last export of each week saw them, in each currency.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_xlsxwriter::{ColNum, RowNum};

use super::Page;
use crate::domain::{Currency, MoneyAtRisk};
use crate::workbook::write::chart::{Amounts, Cells, largest};
use crate::workbook::write::page::CHARTS_MAX;
use crate::workbook::write::style::{BODY, CELL, HEAD, Number};
use crate::workbook::write::writer::{NextRow, Written, as_float};

const FIRST_WEEK: ColNum = 1;
const WEEK_WIDTH: f64 = 15.0;
const CHART_PIXELS: (u32, u32) = (430, 190);
const CHART_ROWS: RowNum = 12;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    page.begin_weeks("history-sheet-money", "history-money-title", "history-money-line", FIRST_WEEK)?;
    page.sheet.set_column_width(0, 16)?;
    let currencies: BTreeSet<Currency> =
        book.counts.iter().flat_map(|counts| counts.money_at_risk.keys().copied()).collect();
    if currencies.is_empty() && book.counts.iter().all(|counts| counts.no_limit == 0) {
        return page.say(3, 0, "history-money-nothing", BODY);
    }
    let row = block(page, 3, "history-money-all", &currencies, |money| money.all)?;
    let first = row - currencies.len() as RowNum;
    let row = no_limit(page, row)? + 1;
    let row = block(page, row, "history-money-on-findings", &currencies, |money| money.with_findings)? + 1;
    if book.counts.len() > 1 {
        let sheet = language.say("history-sheet-money");
        page.sheet.set_page_breaks(&[row])?;
        let row = page.section(row, 0, "history-money-charts")?;
        let last = FIRST_WEEK + book.weeks.len() as ColNum - 1;
        let across = |row| Cells { first: (row, FIRST_WEEK), last: (row, last) };
        let amounts = |(line, currency): (RowNum, &Currency)| Amounts {
            sheet: &sheet,
            currency: *currency,
            names: across(first - 1),
            amounts: across(line),
            largest: largest(book.counts.iter().map(|counts| &counts.money_at_risk), *currency),
        };
        let charts: Vec<Amounts> = (first..).zip(&currencies).take(CHARTS_MAX).map(amounts).collect();
        page.amount_charts(row, CHART_ROWS, CHART_PIXELS, "history-money-chart-alt", &charts)?;
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
) -> NextRow {
    let book = page.book;
    let head = page.section(row, 0, heading)?;
    page.say(head, 0, "week-head-currency", HEAD)?;
    page.week_heads(head, FIRST_WEEK, WEEK_WIDTH, HEAD.right())?;
    let mut row = head + 1;
    for currency in currencies {
        page.height(row, 18)?;
        page.text(row, 0, currency.code(), CELL.bold())?;
        let style = CELL.right().number(Number::Amount(*currency));
        for (column, week) in (FIRST_WEEK..).zip(book.weeks) {
            match book.of(*week) {
                None => page.text(row, column, "?", CELL.right().muted())?,
                Some(counts) => match counts.money_at_risk.get(currency) {
                    Some(money) => page.number(row, column, as_float(amount(money)), style)?,
                    None => page.text(row, column, "–", CELL.right().muted())?,
                },
            }
        }
        row += 1;
    }
    Ok(row)
}

/// Coupons whose cost nothing bounds: no amount has them in it.
fn no_limit(page: &mut Page, row: RowNum) -> NextRow {
    let book = page.book;
    page.height(row, 18)?;
    page.say(row, 0, "history-money-no-limit", CELL)?;
    for (column, week) in (FIRST_WEEK..).zip(book.weeks) {
        match book.of(*week) {
            Some(counts) => page.whole(row, column, counts.no_limit as usize)?,
            None => page.text(row, column, "?", CELL.right().muted())?,
        }
    }
    Ok(row + 1)
}
