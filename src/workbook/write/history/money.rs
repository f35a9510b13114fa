//! What coupons could still cost when the last export of each week saw them, in each currency.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_xlsxwriter::{ColNum, RowNum};

use super::{NO_NUMBER, Page, with_weeks};
use crate::domain::{Currency, MoneyAtRisk, WeekCounts, largest_first};
use crate::language::Language;
use crate::workbook::write::cell::{NextRow, Written};
use crate::workbook::write::chart::{Amounts, Cells, largest};
use crate::workbook::write::page::{CHARTS_MAX, whole};
use crate::workbook::write::style::{BODY, CELL, HEAD, Number};
use crate::workbook::write::table::Columns;

const FIRST_WEEK: ColNum = 1;
const WEEK_WIDTH: f64 = 15.0;
const CHART_PIXELS: (u32, u32) = (430, 190);
const CHART_ROWS: RowNum = 12;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    page.begin_weeks("money", &names(language))?;
    // As they stand in the last week that has them.
    let mut last: BTreeMap<Currency, MoneyAtRisk> = BTreeMap::new();
    for counts in book.counts {
        last.extend(counts.money_at_risk.iter().map(|(currency, sums)| (*currency, *sums)));
    }
    let currencies: Vec<Currency> =
        largest_first(last, |sums| *sums).into_iter().map(|(currency, _)| currency).collect();
    if currencies.is_empty() {
        return page.say(3, 0, "history-money-nothing", BODY);
    }
    let row = block(page, 3, "history-money-all", &currencies, |money| money.all)?;
    let first = row - currencies.len() as RowNum;
    // Coupons whose cost nothing bounds or nobody knows: no amount has them in it.
    let no_limit: Count = |counts| counts.no_limit;
    let not_known: Count = |counts| counts.not_known;
    let beyond = [("history-money-no-limit", no_limit), ("history-money-not-known", not_known)];
    for (row, (id, count)) in (row..).zip(beyond) {
        let weeks = book.weeks.iter().map(|week| book.of(*week).map(|counts| whole(count(counts) as usize)));
        page.height(row, 18)?;
        let cells = weeks.map(|cell| cell.unwrap_or(NO_NUMBER.with("?")));
        page.cells(row, [CELL.with(language.say(id))].into_iter().chain(cells))?;
    }
    let row = row + 3;
    let row = block(page, row, "history-money-on-findings", &currencies, |money| money.with_findings)? + 1;
    if book.counts.len() > 1 {
        page.sheet.set_page_breaks(&[row])?;
        let row = page.section(row, 0, "history-money-charts")?;
        let last = FIRST_WEEK + book.weeks.len() as ColNum - 1;
        let across = |row| Cells { first: (row, FIRST_WEEK), last: (row, last) };
        let amounts = |(line, currency): (RowNum, &Currency)| Amounts {
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

type Count = fn(&WeekCounts) -> u64;

/// A line a currency, a column a week.
fn block(
    page: &mut Page,
    row: RowNum,
    heading: &str,
    currencies: &[Currency],
    amount: impl Fn(&MoneyAtRisk) -> Decimal + Copy,
) -> NextRow {
    let (book, language) = (page.book, page.language);
    let head = page.section(row, 0, heading)?;
    let columns = with_weeks(names(language), book, (WEEK_WIDTH, HEAD.right()), |currency, week| {
        let Some(counts) = book.of(week) else { return NO_NUMBER.with("?") };
        let style = CELL.right().number(Number::Amount(*currency));
        counts.money_at_risk.get(currency).map_or(NO_NUMBER.with("–"), |money| style.with(amount(money)))
    });
    page.week_table(head, &columns, currencies.to_vec(), 18.0)
}

fn names<'a>(language: Language) -> Columns<'a, Currency> {
    Columns::<Currency>::new(language).left("week-head-currency", 16.0, |currency| CELL.bold().with(currency.code()))
}
