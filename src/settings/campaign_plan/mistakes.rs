//! What is wrong with a plan: a notice each, with the place where it stands and the store that it is about; and the rows that
//! contradict each other, with two ranges for the same coupons, days and stores.

use std::collections::BTreeMap;
use std::path::Path;

use super::speaks_of;
use crate::domain::{Argument, Campaign, Message, Notice, StoreId, Subject};
use crate::message;
use crate::settings::{Problem, StoreSettings};
use crate::workbook::read::cell_address;

/// What the export goes on without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Without {
    Row,
    Cell,
    /// Nothing more than what the sentence names.
    This,
}

/// Where mistakes are collected.
pub(super) struct Mistakes<'a> {
    pub file: &'a Path,
    pub headers: &'a [String],
    /// The sheet's name, where the plan is a workbook.
    pub sheet: Option<&'a str>,
    pub notices: Vec<Notice>,
}

impl Mistakes<'_> {
    /// What is wrong, and where; `store` where it is about one.
    pub fn add(&mut self, line: usize, column: Option<&str>, what: Message, without: Without, store: Option<StoreId>) {
        let what = match without {
            Without::Row => message!("coverage-plan-without-row", what = what),
            Without::Cell => message!("coverage-plan-without-cell", what = what),
            Without::This => what,
        };
        let message = match column.and_then(|column| self.cell(column, line)) {
            Some(cell) => message!("coverage-plan-cell", cell = cell, what = what),
            None => what,
        };
        self.notices.push(self.notice(Some(line), store, message));
    }

    /// What the reading of the table said, in its own words.
    pub fn add_all(&mut self, problems: Vec<Problem>) {
        for Problem { line, what, wanted, .. } in problems {
            let message = match wanted.is_empty() {
                true => Message::as_written(what),
                false => message!("coverage-plan-table", what = what, wanted = wanted),
            };
            self.notices.push(self.notice(line, None, message));
        }
    }

    fn notice(&self, line: Option<usize>, store: Option<StoreId>, message: Message) -> Notice {
        Notice { subject: Subject::CampaignPlan, store, file: Some(self.file.to_path_buf()), line, message }
    }

    /// `Plan!B3`, in a workbook.
    fn cell(&self, column: &str, line: usize) -> Option<String> {
        let place = self.headers.iter().position(|header| header == column)?;
        let address = cell_address(u32::try_from(place).ok()?, u32::try_from(line).ok()?);
        Some(format!("{}!{address}", self.sheet?))
    }
}

/// Of two rows that contradict each other the later one is left out. Rows of one campaign are compared only where they share a
/// coupon pattern: others differ on purpose, and the most specific pattern wins.
pub(super) fn leave_out_clashes(campaigns: &mut Vec<Campaign>, stores: &[StoreSettings], mistakes: &mut Mistakes) {
    let mut kept: BTreeMap<String, Vec<Campaign>> = BTreeMap::new();
    campaigns.retain(|campaign| {
        let earlier = kept.entry(campaign.name.to_lowercase()).or_default();
        let clash = earlier.iter().find_map(|other| Some((other, clash(other, campaign, stores)?)));
        match (clash, campaign.line) {
            (Some((other, store)), Some(line)) => {
                let what = message!(
                    "coverage-plan-clash",
                    row = Argument::Digits(other.line.unwrap_or_default() as u64),
                    campaign = &campaign.name,
                    store = store.as_str()
                );
                mistakes.add(line, None, what, Without::Row, Some(store.clone()));
                false
            }
            _ => {
                earlier.push(campaign.clone());
                true
            }
        }
    });
}

/// A store that both speak of, on the same days, about the same coupons.
fn clash<'a>(one: &Campaign, other: &Campaign, stores: &'a [StoreSettings]) -> Option<&'a StoreId> {
    let shares_days = one.first_day <= other.last_day && other.first_day <= one.last_day;
    let shares = |mine: &[String], theirs: &[String]| {
        mine.iter().any(|pattern| theirs.iter().any(|other| other.to_lowercase() == pattern.to_lowercase()))
    };
    let shares_coupons = shares(&one.coupons, &other.coupons) || shares(&one.wanted, &other.wanted);
    if !shares_days || !shares_coupons {
        return None;
    }
    let stores = stores.iter().map(|settings| &settings.store);
    stores.filter(|store| speaks_of(one, store) && speaks_of(other, store)).map(|store| &store.id).next()
}
