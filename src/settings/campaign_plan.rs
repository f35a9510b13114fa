//! The campaign plan: a CSV that managers keep, a row per campaign and currency.

use chrono::NaiveDate;
use csv::StringRecord;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::path::Path;

use super::Problem;
use super::table::{Shape, Table};
use crate::domain::{Campaign, Currency, SpendRange};
use crate::rules::{Matcher, Pattern};

/// The header row, in any order and case; the first four are needed.
const HEADERS: [&str; 9] =
    ["campaign", "starts", "ends", "coupons", "stores", "currency", "min_spend_from", "min_spend_to", "stock"];
const NEEDED: usize = 4;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Line {
    campaign: String,
    starts: String,
    ends: String,
    coupons: String,
    stores: String,
    currency: String,
    min_spend_from: String,
    min_spend_to: String,
    stock: String,
}

/// Reads the plan at `path`. Rows with a mistake are left out and complained about with row and column; `stores` are the ids
/// that a pattern may name.
pub(super) fn read(path: &Path, stores: &[String], problems: &mut Vec<Problem>) -> Matcher {
    let shape =
        Shape { name: "the campaign plan", key: "campaigns", columns: &HEADERS, needed: HEADERS.split_at(NEEDED).0 };
    let Some(table) = Table::read(path, &shape, problems) else { return Matcher::default() };
    let mut reading = Reading { path, stores, problems, campaigns: Vec::new() };
    let headers = StringRecord::from(table.headers);
    for row in &table.rows {
        match row.cells.deserialize::<Line>(Some(&headers)) {
            Ok(line) => reading.line(Some(row.line), &line),
            Err(error) => reading.complain(Some(row.line), error.to_string(), "compare the row with the header"),
        }
    }
    // No pattern is empty: `patterns` leaves such out.
    Matcher::new(reading.campaigns).unwrap_or_default()
}

struct Reading<'a> {
    path: &'a Path,
    stores: &'a [String],
    problems: &'a mut Vec<Problem>,
    campaigns: Vec<Campaign>,
}

impl Reading<'_> {
    fn line(&mut self, row: Option<usize>, line: &Line) {
        let before = self.problems.len();
        let first_day = self.day(row, "starts", &line.starts);
        let last_day = self.day(row, "ends", &line.ends);
        if line.campaign.is_empty() {
            self.complain(row, "campaign is empty", "write the campaign's name");
        }
        let coupons = patterns(&line.coupons);
        if coupons.is_empty() {
            self.complain(row, "coupons is empty", "write a pattern over code or name, such as BF*; several with |");
        }
        let stores = patterns(&line.stores);
        self.check_stores(row, &stores);
        let spend = self.spend(row, line);
        let stock = (!line.stock.is_empty()).then(|| line.stock.replace(',', "").parse::<u64>());
        if matches!(stock, Some(Err(_))) {
            self.complain(
                row,
                format!("stock: {:?} is not a whole number", line.stock),
                "write how many should be left, such as 500",
            );
        }
        if let (Some(first_day), Some(last_day)) = (first_day, last_day) {
            if last_day < first_day {
                let what = format!("the campaign ends ({last_day}) before it starts ({first_day})");
                return self.complain(row, what, "swap the dates");
            }
            if self.problems.len() == before {
                let (name, stock) = (line.campaign.clone(), stock.and_then(Result::ok));
                self.campaigns.push(Campaign { name, first_day, last_day, stores, coupons, spend, stock });
            }
        }
    }

    fn day(&mut self, row: Option<usize>, column: &str, text: &str) -> Option<NaiveDate> {
        let day = ["%Y-%m-%d", "%Y/%m/%d"].iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
        if day.is_none() {
            self.complain(row, format!("{column}: {text:?} is not a date"), "write it as 2026-11-30");
        }
        day
    }

    fn check_stores(&mut self, row: Option<usize>, stores: &[String]) {
        for pattern in stores {
            let named =
                Pattern::parse(pattern).is_some_and(|pattern| self.stores.iter().any(|store| pattern.matches(store)));
            if !named {
                let what = format!("stores: no store of the config is called {pattern:?}");
                self.complain(row, what, "write a store id, a pattern such as shopee-*, or nothing for all");
            }
        }
    }

    fn spend(&mut self, row: Option<usize>, line: &Line) -> Option<SpendRange> {
        let least = self.amount(row, "min_spend_from", &line.min_spend_from);
        let most = self.amount(row, "min_spend_to", &line.min_spend_to);
        if line.currency.is_empty() {
            if least.is_some() || most.is_some() {
                self.complain(row, "currency is empty", "write the currency of the min spend, such as SGD");
            }
            return None;
        }
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            self.complain(row, format!("min_spend_from {least} is above min_spend_to {most}"), "swap them");
        }
        match Currency::parse(&line.currency) {
            Ok(currency) => Some(SpendRange { currency, least, most }),
            Err(error) => {
                self.complain(row, format!("currency: {error}"), "");
                None
            }
        }
    }

    fn amount(&mut self, row: Option<usize>, column: &str, text: &str) -> Option<Decimal> {
        if text.is_empty() {
            return None;
        }
        let amount = text.parse::<Decimal>().ok().filter(|amount| !amount.is_sign_negative());
        if amount.is_none() {
            self.complain(row, format!("{column}: {text:?} is not an amount"), "write a number such as 25 or 25.50");
        }
        amount
    }

    fn complain(&mut self, row: Option<usize>, what: impl Into<String>, wanted: impl Into<String>) {
        self.problems.push(Problem {
            file: self.path.to_path_buf(),
            line: row,
            what: what.into(),
            wanted: wanted.into(),
        });
    }
}

fn patterns(text: &str) -> Vec<String> {
    text.split('|').map(str::trim).filter(|pattern| !pattern.is_empty()).map(str::to_string).collect()
}
