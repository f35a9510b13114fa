//! What coupons could still cost, what our changes added, and what they took away.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_xlsxwriter::{ColNum, RowNum};

use super::{Page, WeekBook};
use crate::domain::{AppliedChange, Currency, ExportMoney, Exposure, MoneyAtRisk, OutcomeKind};
use crate::language::short_day_words;
use crate::say;
use crate::workbook::write::chart::{Amounts, Cells, largest};
use crate::workbook::write::page::CHARTS_MAX;
use crate::workbook::write::style::{BODY, CELL, HEAD, Number};
use crate::workbook::write::writer::{Head, NextRow, Written, as_float};

const HEADS: [Head; 7] = [
    Head::new("week-head-currency", 19.0),
    Head::right("week-head-week-began", 20.0),
    Head::right("week-head-week-ended", 20.0),
    Head::right("week-head-on-findings", 25.0),
    Head::right("week-head-change", 20.0),
    Head::right("week-head-added", 24.0),
    Head::right("week-head-saved", 28.0),
];
const EXPORT_HEADS: [Head; 4] = [
    Head::new("week-head-export", 0.0),
    Head::new("week-head-currency", 0.0),
    Head::right("week-head-can-cost", 0.0),
    Head::right("week-head-on-findings", 0.0),
];

const CHART_PIXELS: (u32, u32) = (520, 200);
const CHART_ROWS: RowNum = 13;

/// Sums of one currency over the week.
#[derive(Default)]
struct Sums {
    began: MoneyAtRisk,
    ended: MoneyAtRisk,
    added: Decimal,
    saved: Decimal,
}

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    page.begin("week-sheet-money", &language.say("week-money-title"), &language.say("week-money-line"), true)?;
    page.widths(&HEADS)?;
    let sums = sums(book);
    let no_limit = book.money.last().map_or(0, |money| money.no_limit);
    if sums.is_empty() && no_limit == 0 {
        return page.say(3, 0, "week-money-nothing", BODY);
    }
    let row = by_currency(page, 3, &sums)?;
    let row = beyond_sums(page, row, no_limit)? + 1;
    let row = by_day(page, row, &sums)?;
    by_export(page, row)
}

fn sums(book: &WeekBook) -> BTreeMap<Currency, Sums> {
    let mut sums: BTreeMap<Currency, Sums> = BTreeMap::new();
    for (currency, money) in book.money.first().into_iter().flat_map(|money| &money.money) {
        sums.entry(*currency).or_default().began = *money;
    }
    for (currency, money) in book.money.last().into_iter().flat_map(|money| &money.money) {
        sums.entry(*currency).or_default().ended = *money;
    }
    for change in done(book) {
        if let Some(Exposure::Known(money)) = change.exposure {
            let sum = &mut sums.entry(money.currency).or_default().added;
            *sum = sum.checked_add(money.amount).unwrap_or(Decimal::MAX);
        }
    }
    let stopped: BTreeSet<_> =
        done(book).filter(|change| stops(change)).map(|change| (change.export.clone(), change.row.clone())).collect();
    for key in stopped {
        if let Some(Exposure::Known(money)) = book.money_of_changes.get(&key) {
            let sum = &mut sums.entry(money.currency).or_default().saved;
            *sum = sum.checked_add(money.amount).unwrap_or(Decimal::MAX);
        }
    }
    sums
}

fn done<'a>(book: &WeekBook<'a>) -> impl Iterator<Item = &'a AppliedChange> {
    book.changes.iter().filter(|change| change.outcome == OutcomeKind::Done)
}

/// Whether buyers cannot use the coupon any more.
pub(crate) fn stops(change: &AppliedChange) -> bool {
    change.becomes.is_some_and(|becomes| becomes.removes())
}

fn by_currency(page: &mut Page, head: RowNum, sums: &BTreeMap<Currency, Sums>) -> NextRow {
    page.head(head, 0, &HEADS)?;
    page.height(head, 20)?;
    let mut row = head + 1;
    for (currency, sums) in sums {
        page.text(row, 0, currency.code(), CELL.bold())?;
        let change = sums.ended.all.checked_sub(sums.began.all).unwrap_or_default();
        let cells = [sums.began.all, sums.ended.all, sums.ended.with_findings, change, sums.added, sums.saved];
        for (column, amount) in (1..).zip(cells) {
            page.number(row, column, as_float(amount), CELL.right().number(Number::Money(*currency)))?;
        }
        row += 1;
    }
    Ok(row)
}

/// What is no number.
fn beyond_sums(page: &mut Page, row: RowNum, no_limit: u64) -> NextRow {
    let (book, language) = (page.book, page.language);
    let unlimited = done(book).filter(|change| matches!(change.exposure, Some(Exposure::NoLimit))).count();
    let mut row = row;
    for (count, id) in [(no_limit as usize, "week-money-no-limit"), (unlimited, "week-money-no-limit-added")] {
        if count > 0 {
            page.text(row, 0, &say!(language, id, count = count), BODY)?;
            row += 1;
        }
    }
    page.say(row, 0, "week-money-saved-line", BODY.muted().points(9))?;
    Ok(row + 1)
}

/// What the last export of each day saw, a column a currency, with a chart for each; nothing where there is but one day.
fn by_day(page: &mut Page, row: RowNum, sums: &BTreeMap<Currency, Sums>) -> NextRow {
    let (book, language) = (page.book, page.language);
    let mut days: BTreeMap<NaiveDate, &ExportMoney> = BTreeMap::new();
    for money in book.money {
        days.insert(page.local(money.at).date(), money);
    }
    let currencies: Vec<Currency> = sums.keys().copied().take(CHARTS_MAX).collect();
    if days.len() < 2 || currencies.is_empty() {
        return Ok(row);
    }
    let head = page.section(row, 0, "week-money-days")?;
    page.height(head, 20)?;
    page.say(head, 0, "week-head-day", HEAD)?;
    for (column, currency) in (1..).zip(&currencies) {
        if usize::from(column) >= HEADS.len() {
            page.sheet.set_column_width(column, 20)?;
        }
        page.text(head, column, currency.code(), HEAD.right())?;
    }
    for (row, (day, money)) in (head + 1..).zip(&days) {
        page.text(row, 0, &short_day_words(language, *day), CELL)?;
        for (column, currency) in (1..).zip(&currencies) {
            match money.money.get(currency) {
                Some(sums) => {
                    let style = CELL.right().number(Number::Amount(*currency));
                    page.number(row, column, as_float(sums.all), style)?;
                }
                None => page.text(row, column, "–", CELL.right().muted())?,
            }
        }
    }
    let last = head + days.len() as RowNum;
    let sheet = language.say("week-sheet-money");
    let down = |column| Cells { first: (head + 1, column), last: (last, column) };
    let amounts = |(column, currency): (ColNum, &Currency)| Amounts {
        sheet: &sheet,
        currency: *currency,
        names: down(0),
        amounts: down(column),
        largest: largest(book.money.iter().map(|money| &money.money), *currency),
    };
    let charts: Vec<Amounts> = (1..).zip(&currencies).map(amounts).collect();
    let rows = page.amount_charts(last + 2, CHART_ROWS, CHART_PIXELS, "week-money-chart-alt", &charts)?;
    // No chart is torn by the end of a page.
    page.sheet.set_page_breaks(&[last + 2, last + 2 + rows])?;
    Ok(last + 2 + rows)
}

fn by_export(page: &mut Page, row: RowNum) -> Written {
    let book = page.book;
    let head = page.section(row, 0, "week-money-exports")?;
    page.head(head, 0, &EXPORT_HEADS)?;
    let mut row = head + 1;
    for money in book.money {
        for (currency, sums) in &money.money {
            page.moment(row, 0, Some(money.at), CELL)?;
            page.text(row, 1, currency.code(), CELL)?;
            for (column, amount) in [(2, sums.all), (3, sums.with_findings)] {
                page.number(row, column, as_float(amount), CELL.right().number(Number::Money(*currency)))?;
            }
            row += 1;
        }
    }
    Ok(())
}
