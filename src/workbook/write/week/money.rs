//! What coupons could still cost, what our changes added, and what they took away.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_xlsxwriter::{ColNum, RowNum};

use super::{Page, WeekBook};
use crate::domain::{
    AppliedChange, Currency, Exposure, MomentMoney, Money, MoneyAtRisk, OutcomeKind, Timestamp, largest_first,
};
use crate::language::{DayShape, Language};
use crate::say;
use crate::workbook::words::beyond_words;
use crate::workbook::write::cell::{Cell, NextRow, Written};
use crate::workbook::write::chart::{Amounts, Cells, largest};
use crate::workbook::write::page::{CHARTS_MAX, local, moment};
use crate::workbook::write::style::{BODY, CELL, HEAD, Number, RULE};
use crate::workbook::write::table::{ANY_HEIGHT, Columns};

/// Of the first table, whose widths hold for all.
const COLUMNS: ColNum = 8;
const CHART_PIXELS: (u32, u32) = (520, 200);
const CHART_ROWS: RowNum = 13;

/// Sums of one currency over the week.
#[derive(Default)]
struct Sums {
    /// None: not known, or nothing.
    began: Option<MoneyAtRisk>,
    ended: MoneyAtRisk,
    added: Decimal,
    saved: Decimal,
}

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    page.begin("week-sheet-money", &language.say("week-money-title"), &language.say("week-money-line"), RULE)?;
    let columns = columns(language);
    page.widths(&columns)?;
    let sums = sums(book);
    if sums.is_empty() {
        return page.say(3, 0, "week-money-nothing", BODY);
    }
    let sums = largest_first(sums, |sums| sums.ended);
    let currencies: Vec<Currency> = sums.iter().map(|(currency, _)| *currency).collect();
    let row = page.table(3, 0, &columns, sums, |_| ANY_HEIGHT)?;
    let row = beyond_sums(page, row)? + 1;
    let row = by_day(page, row, &currencies)?;
    by_export(page, row)
}

fn amount(currency: Currency, amount: Decimal) -> Cell<'static> {
    CELL.right().number(Number::Money(currency)).with(amount)
}

fn columns(language: Language) -> Columns<'static, (Currency, Sums)> {
    let began = |currency, sums: &Sums| match sums.began {
        Some(began) => amount(currency, began.all),
        None => CELL.right().muted().with("–"),
    };
    let change = |currency, sums: &Sums| match sums.began {
        Some(began) => amount(currency, sums.ended.all.saturating_sub(began.all)),
        None => CELL.right().muted().with("–"),
    };
    let beyond = move |sums: &Sums| {
        let words = beyond_words(language, sums.ended.no_limit, sums.ended.not_known);
        CELL.wrap().indent(1).with(words)
    };
    Columns::<(Currency, Sums)>::new(language)
        .left("week-head-currency", 19.0, |(currency, _)| CELL.bold().with(currency.code()))
        .right("week-head-week-began", 20.0, move |(currency, sums)| began(*currency, sums))
        .right("week-head-week-ended", 20.0, |(currency, sums)| amount(*currency, sums.ended.all))
        .left("summary-money-beyond", 30.0, move |(_, sums)| beyond(sums))
        .right("week-head-on-findings", 25.0, |(currency, sums)| amount(*currency, sums.ended.with_findings))
        .right("week-head-change", 20.0, move |(currency, sums)| change(*currency, sums))
        .right("week-head-added", 24.0, |(currency, sums)| amount(*currency, sums.added))
        .right("week-head-saved", 28.0, |(currency, sums)| amount(*currency, sums.saved))
}

fn sums(book: &WeekBook) -> BTreeMap<Currency, Sums> {
    let mut sums: BTreeMap<Currency, Sums> = BTreeMap::new();
    for (currency, money) in book.money.first().into_iter().flat_map(|money| &money.money) {
        sums.entry(*currency).or_default().began = Some(*money);
    }
    for (currency, money) in book.money.last().into_iter().flat_map(|money| &money.money) {
        sums.entry(*currency).or_default().ended = *money;
    }
    let mut add = |exposure: Option<&Exposure>, sum: fn(&mut Sums) -> &mut Decimal| {
        if let Some(Exposure::Known(Money { amount, currency })) = exposure {
            let sum = sum(sums.entry(*currency).or_default());
            *sum = sum.saturating_add(*amount);
        }
    };
    for change in done(book) {
        add(change.exposure.as_ref(), |sums| &mut sums.added);
    }
    let stopped: BTreeSet<_> = done(book)
        // Buyers cannot use the coupon any more.
        .filter(|change| change.becomes.iter().any(|becomes| becomes.removes()))
        .map(|change| (change.export.clone(), change.row.clone()))
        .collect();
    for key in stopped {
        add(book.money_of_changes.get(&key), |sums| &mut sums.saved);
    }
    sums
}

fn done<'a>(book: &WeekBook<'a>) -> impl Iterator<Item = &'a AppliedChange> {
    book.changes.iter().filter(|change| change.outcome == OutcomeKind::Done)
}

/// What is no number.
fn beyond_sums(page: &mut Page, row: RowNum) -> NextRow {
    let (book, language) = (page.book, page.language);
    let unlimited = done(book).filter(|change| matches!(change.exposure, Some(Exposure::NoLimit))).count();
    let mut row = row;
    if unlimited > 0 {
        page.text(row, 0, &say!(language, "week-money-no-limit-added", count = unlimited), BODY)?;
        row += 1;
    }
    page.say(row, 0, "week-money-saved-line", BODY.muted().points(9))?;
    Ok(row + 1)
}

/// How it stood at the end of each day, a column a currency, with a chart for each; nothing where there is but one day.
fn by_day(page: &mut Page, row: RowNum, currencies: &[Currency]) -> NextRow {
    let (book, language) = (page.book, page.language);
    let mut days: BTreeMap<NaiveDate, &MomentMoney> = BTreeMap::new();
    for money in book.money {
        days.insert(local(book.zone, money.at).date(), money);
    }
    if days.len() < 2 || currencies.is_empty() {
        return Ok(row);
    }
    let head = page.section(row, 0, "week-money-days")?;
    for column in COLUMNS..=currencies.len() as ColNum {
        page.width(column, 20.0)?;
    }
    let mut columns = Columns::<(NaiveDate, &MomentMoney)>::new(language)
        .left("week-head-day", 0.0, |(day, _)| CELL.with(language.day(DayShape::DayShort, *day)));
    for currency in currencies {
        columns = columns.titled(HEAD.right(), currency.code().to_string(), (20.0, 1), |(_, money)| {
            let amount = CELL.right().number(Number::Amount(*currency));
            money.money.get(currency).map_or(CELL.right().muted().with("–"), |sums| amount.with(sums.all))
        });
    }
    let last = page.table(head, 0, &columns, days, |_| ANY_HEIGHT)? - 1;
    let down = |column| Cells { first: (head + 1, column), last: (last, column) };
    let amounts = |(column, currency): (ColNum, &Currency)| Amounts {
        currency: *currency,
        names: down(0),
        amounts: down(column),
        largest: largest(book.money.iter().map(|money| &money.money), *currency),
    };
    let charts: Vec<Amounts> = (1..).zip(currencies).take(CHARTS_MAX).map(amounts).collect();
    let rows = page.amount_charts(last + 2, CHART_ROWS, CHART_PIXELS, "week-money-chart-alt", &charts)?;
    // No chart is torn by the end of a page.
    page.sheet.set_page_breaks(&[last + 2, last + 2 + rows])?;
    Ok(last + 2 + rows)
}

fn by_export(page: &mut Page, row: RowNum) -> Written {
    let (book, language, zone) = (page.book, page.language, page.book.zone);
    let head = page.section(row, 0, "week-money-exports")?;
    let columns = Columns::<(Timestamp, Currency, MoneyAtRisk)>::new(language)
        .left("week-head-export", 0.0, |(at, ..)| moment(zone, Some(*at)))
        .left("week-head-currency", 0.0, |(_, currency, _)| CELL.with(currency.code()))
        .right("week-head-can-cost", 0.0, |(_, currency, sums)| amount(*currency, sums.all))
        .right("week-head-on-findings", 0.0, |(_, currency, sums)| amount(*currency, sums.with_findings));
    let of_moment = |of: &MomentMoney| {
        let sums = largest_first(of.money.clone(), |sums| *sums);
        sums.into_iter().map(|(currency, sums)| (of.at, currency, sums)).collect::<Vec<_>>()
    };
    let lines = book.money.iter().flat_map(of_moment);
    page.table(head, 0, &columns, lines, |_| ANY_HEIGHT)?;
    Ok(())
}
