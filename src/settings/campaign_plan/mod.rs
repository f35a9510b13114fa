//! The campaign plan: a CSV or a sheet of a workbook that managers keep, a row per campaign and currency.
//!
//! A mistake in it never stops an export: the row, or the one cell, is left out and told with file, row and column. Only a file
//! that cannot be read at all is an error.

mod columns;
mod mistakes;

use rust_decimal::Decimal;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::table::{GUESSED, Row, Table, is_header};
use super::{Problem, StoreSettings};
use crate::domain::{Argument, Campaign, Currency, Message, Notice, SpendRange, Store, StoreId};
use crate::durable;
use crate::message;
use crate::plan::too_many_decimals;
use crate::rules::{Matcher, Pattern};
use crate::workbook::read::{NotADay, read_amount_text, read_count_text, read_table, read_whole_day};
use columns::SHAPE;
use mistakes::{Mistakes, Without, leave_out_clashes};

/// What could be used of a plan, and what could not.
#[derive(Debug, Default)]
pub(super) struct CampaignPlan {
    pub file: Option<PathBuf>,
    pub matcher: Matcher,
    pub notices: Vec<Notice>,
}

/// Reads the plan at `file`; of a workbook the sheet called `sheet`, else the first that looks like a plan. What keeps the whole
/// file from being read goes to `fatal`, every other mistake is part of the answer.
pub(super) fn read(
    file: &Path,
    sheet: Option<&str>,
    stores: &[StoreSettings],
    fatal: &mut Vec<Problem>,
) -> CampaignPlan {
    let mut told = Vec::new();
    let Some(table) = table(file, sheet, &mut told) else {
        fatal.append(&mut told);
        return CampaignPlan::default();
    };
    if !["coupons", "wanted"].iter().any(|needed| table.headers.iter().any(|header| header == needed)) {
        let what = "the column coupons is missing".to_string();
        let wanted = format!("the columns are {}", SHAPE.columns.join(", "));
        fatal.push(Problem::of_file(file, what, wanted));
        return CampaignPlan::default();
    }
    if table.is_guessed {
        let (what, wanted) = GUESSED;
        told.push(Problem::of_file(file, what, wanted));
    }
    let (headers, sheet) = (&table.headers, table.sheet.as_deref());
    let mut mistakes = Mistakes { file, headers, sheet, notices: Vec::new() };
    mistakes.add_all(told);
    let mut campaigns = campaigns(&table, stores, &mut mistakes);
    leave_out_clashes(&mut campaigns, stores, &mut mistakes);
    let notices = mistakes.notices;
    CampaignPlan { file: Some(file.into()), matcher: Matcher::new(campaigns).unwrap_or_default(), notices }
}

/// What the file is, its first bytes say: people rename files.
fn table(file: &Path, sheet: Option<&str>, told: &mut Vec<Problem>) -> Option<Table> {
    let mut first = [0_u8; 4];
    let is_read = durable::open(file).and_then(|mut file| file.read_exact(&mut first)).is_ok();
    if !is_read || !is_workbook(first) {
        return Table::read(file, &SHAPE, told);
    }
    match read_table(file, sheet, &|row| is_header(&SHAPE, row)) {
        Ok(found) => Table::of_sheet(file, &SHAPE, found, told),
        Err(error) => {
            let what = format!("the campaign plan cannot be read: {}", error.reason);
            told.push(Problem::of_file(file, what, ""));
            None
        }
    }
}

/// A zip, as `.xlsx` is one, or what Excel wrote before 2007 and still writes with a password.
fn is_workbook(first: [u8; 4]) -> bool {
    first.starts_with(b"PK") || first == [0xD0, 0xCF, 0x11, 0xE0]
}

fn campaigns(table: &Table, stores: &[StoreSettings], mistakes: &mut Mistakes) -> Vec<Campaign> {
    let thousands = Some(table.thousands);
    table.rows.iter().filter_map(|row| Reading { row, thousands, stores, mistakes }.campaign()).collect()
}

/// One row.
struct Reading<'a, 'm, 'f> {
    row: &'a Row,
    thousands: Option<char>,
    stores: &'a [StoreSettings],
    mistakes: &'m mut Mistakes<'f>,
}

impl<'a> Reading<'a, '_, '_> {
    /// None where the row is left out.
    fn campaign(&mut self) -> Option<Campaign> {
        let name = self.cell("campaign").to_string();
        // All of a row's mistakes at once.
        let (first_day, last_day) = (self.day("starts", Campaign::ALWAYS.0), self.day("ends", Campaign::ALWAYS.1));
        let evergreen = self.one_of("kind", &[&["campaign", "活动"], &["evergreen", "常驻", "长期"]]) == 1;
        let personal = self.one_of("personal", &[&["no", "n", "否"], &["yes", "y", "是"]]) == 1;
        let (coupons, wanted) = (patterns(self.cell("coupons")), self.wanted());
        if name.is_empty() {
            self.left_out("campaign", message!("coverage-plan-no-campaign"));
        }
        if coupons.is_empty() && wanted.is_empty() {
            self.left_out("coupons", message!("coverage-plan-no-coupons"));
        }
        let stores = self.named_stores();
        let spend = self.spend();
        let stock = self.stock();
        let model = self.model();
        let (first_day, last_day, stores, spend) = (first_day?, last_day?, stores?, spend?);
        if last_day < first_day {
            let (ends, starts) = (last_day.to_string(), first_day.to_string());
            self.left_out("ends", message!("coverage-plan-reversed", ends = ends, starts = starts));
            return None;
        }
        if name.is_empty() || (coupons.is_empty() && wanted.is_empty()) {
            return None;
        }
        let stores = self.in_currency(stores, spend.map(|range| range.currency))?;
        let line = Some(self.row.line);
        Some(Campaign {
            name,
            first_day,
            last_day,
            stores,
            coupons,
            spend,
            stock,
            wanted,
            model,
            evergreen,
            personal,
            line,
        })
    }

    /// The text of the row in a column; empty where the plan has no such column.
    fn cell(&self, column: &str) -> &'a str {
        let place = self.mistakes.headers.iter().position(|header| header == column);
        place.and_then(|place| self.row.cells.get(place)).unwrap_or_default()
    }

    /// Blank means always.
    fn day(&mut self, column: &'static str, always: chrono::NaiveDate) -> Option<chrono::NaiveDate> {
        let text = self.cell(column);
        if text.is_empty() {
            return Some(always);
        }
        let read = read_whole_day(text, column == "ends");
        if let Ok((meant, written)) = read
            && meant != written
        {
            let what = message!("coverage-plan-edge", column = column, found = shown(text), day = meant.to_string());
            self.add(column, what, Without::This);
        }
        read.map(|(meant, _)| meant)
            .map_err(|error| {
                let id = match error {
                    NotADay::NoDay => "coverage-plan-date",
                    NotADay::TwoWays => "coverage-plan-date-two-ways",
                    NotADay::WithTime => "coverage-plan-date-with-time",
                };
                self.left_out(column, message!(id, column = column, found = shown(text)));
            })
            .ok()
    }

    /// Which of these words stands there: its place; empty, and what is none of them (which is told), means the first.
    fn one_of(&mut self, column: &'static str, words: &[&[&str]]) -> usize {
        let text = self.cell(column);
        let is_it = |these: &&[&str]| these.iter().any(|word| word.eq_ignore_ascii_case(text.trim()));
        let found = words.iter().position(is_it);
        if found.is_none() && !text.trim().is_empty() {
            let known: Vec<&str> = words.iter().filter_map(|these| these.first().copied()).collect();
            let what = message!("coverage-plan-word", column = column, found = shown(text), known = known.join(", "));
            self.add(column, what, Without::This);
        }
        found.unwrap_or(0)
    }

    /// Empty means every store; none where the row names only stores that are not there.
    fn named_stores(&mut self) -> Option<Vec<String>> {
        let named = patterns(self.cell("stores"));
        let is_known = |pattern: &String| self.stores.iter().any(|settings| fits(pattern, &settings.store));
        let (known, unknown): (Vec<String>, Vec<String>) = named.into_iter().partition(is_known);
        // An empty list would mean all stores, which nobody asked for.
        let is_left_out = known.is_empty() && !unknown.is_empty();
        let without = if is_left_out { Without::Row } else { Without::This };
        for pattern in &unknown {
            self.add("stores", message!("coverage-plan-no-such-store", found = shown(pattern)), without);
        }
        (!is_left_out).then_some(known)
    }

    /// The stores of the row, without those that it names one by one although they sell in another currency.
    fn in_currency(&mut self, named: Vec<String>, currency: Option<Currency>) -> Option<Vec<String>> {
        let Some(currency) = currency else { return Some(named) };
        let (stores, all) = (self.stores, named.is_empty());
        let meant = stores.iter().map(|settings| &settings.store);
        let meant: Vec<&Store> = meant.filter(|store| all || named.iter().any(|name| fits(name, store))).collect();
        if !meant.iter().any(|store| store.currency == currency) {
            let mut theirs: Vec<String> = meant.iter().map(|store| store.currency.to_string()).collect();
            theirs.sort();
            theirs.dedup();
            let (currency, theirs) = (currency.to_string(), theirs.join(", "));
            self.left_out("currency", message!("coverage-plan-currency-unused", currency = currency, theirs = theirs));
            return None;
        }
        let mut kept = Vec::new();
        for name in named {
            match meant.iter().find(|store| store.id.as_str() == name && store.currency != currency) {
                None => kept.push(name),
                Some(store) => {
                    let what = message!(
                        "coverage-plan-store-currency",
                        store = &name,
                        theirs = store.currency.to_string(),
                        currency = currency.to_string()
                    );
                    self.add_about(Some(store.id.clone()), "stores", what, Without::This);
                }
            }
        }
        Some(kept)
    }

    /// The outer none: the row is left out; the inner: its min spend is not judged.
    fn spend(&mut self) -> Option<Option<SpendRange>> {
        let written = self.cell("currency");
        let currency = Currency::parse(written);
        let known = currency.as_ref().ok().copied();
        let (least, most) = (self.amount("min_spend_from", known), self.amount("min_spend_to", known));
        if written.is_empty() {
            if least.is_some() || most.is_some() {
                self.left_out("currency", message!("coverage-plan-no-currency"));
                return None;
            }
            return Some(None);
        }
        let currency = match currency {
            Ok(currency) => currency,
            Err(error) => {
                let found = shown(written);
                let what = match error.instead {
                    Some(code) => message!("coverage-plan-currency-instead", found = found, code = code),
                    None => message!("coverage-plan-currency", found = found),
                };
                self.left_out("currency", what);
                return None;
            }
        };
        match (least, most) {
            (Some(low), Some(high)) if low > high => {
                let what = message!("coverage-plan-range", least = low.to_string(), most = high.to_string());
                self.add("min_spend_from", what, Without::Cell);
                Some(Some(SpendRange { currency, least: None, most: None }))
            }
            _ => Some(Some(SpendRange { currency, least, most })),
        }
    }

    fn amount(&mut self, column: &'static str, currency: Option<Currency>) -> Option<Decimal> {
        let text = self.cell(column);
        if text.is_empty() {
            return None;
        }
        let code = currency.as_ref().map(Currency::code);
        let read = read_amount_text(text, code, self.thousands).and_then(|amount| match currency {
            Some(currency) if amount.scale() > currency.decimals() => Err(too_many_decimals(amount, currency)),
            Some(_) | None => Ok(amount),
        });
        self.number(column, text, read)
    }

    fn stock(&mut self) -> Option<u64> {
        let text = self.cell("stock");
        if text.is_empty() { None } else { self.number("stock", text, read_count_text(text, self.thousands)) }
    }

    fn number<T>(&mut self, column: &'static str, text: &str, read: Result<T, Message>) -> Option<T> {
        read.map_err(|wanted| {
            let what = message!("coverage-plan-number", column = column, found = shown(text), wanted = wanted);
            self.add(column, what, Without::Cell);
        })
        .ok()
    }

    fn wanted(&mut self) -> Vec<String> {
        let (patterns, whole): (Vec<String>, Vec<String>) =
            patterns(self.cell("wanted")).into_iter().partition(|name| name.contains(['*', '?']));
        for pattern in &patterns {
            self.add("wanted", message!("coverage-plan-wanted", found = shown(pattern)), Without::This);
        }
        whole
    }

    fn model(&mut self) -> Option<String> {
        match patterns(self.cell("model")).as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            _ => {
                self.add("model", message!("coverage-plan-models", found = shown(self.cell("model"))), Without::Cell);
                None
            }
        }
    }

    fn left_out(&mut self, column: &str, what: Message) {
        self.add(column, what, Without::Row);
    }

    fn add(&mut self, column: &str, what: Message, without: Without) {
        self.add_about(None, column, what, without);
    }

    fn add_about(&mut self, store: Option<StoreId>, column: &str, what: Message, without: Without) {
        self.mistakes.add(self.row.line, Some(column), what, without, store);
    }
}

/// Whether the plan's row speaks of `store`: by its stores, and by its currency where it has one.
pub(super) fn speaks_of(campaign: &Campaign, store: &Store) -> bool {
    let in_currency = campaign.spend.is_none_or(|range| range.currency == store.currency);
    in_currency && (campaign.stores.is_empty() || campaign.stores.iter().any(|pattern| fits(pattern, store)))
}

fn fits(pattern: &str, store: &Store) -> bool {
    Pattern::parse(pattern).is_some_and(|pattern| pattern.matches(store.id.as_str()))
}

fn patterns(text: &str) -> Vec<String> {
    text.split('|').map(str::trim).filter(|pattern| !pattern.is_empty()).map(str::to_string).collect()
}

/// A cell's text, as much of it as a sentence has room for.
fn shown(text: &str) -> Argument {
    const LETTERS_MAX: usize = 60;
    let short: String = text.chars().take(LETTERS_MAX).collect();
    if text.chars().count() > LETTERS_MAX { format!("{short}…").into() } else { short.into() }
}
