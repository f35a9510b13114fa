//! What coupons can still cost: one rule for what counts, and one sum, for every page.
//!
//! Money at risk is what buyers can get, now or later, without anybody doing anything more: coupons that run or are scheduled, and
//! what buyers still hold of those that are no longer given out. A paused one, one in review, refused, ended or deleted costs
//! nothing until somebody acts.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::{Currency, Export, Exposure, Money, Row, Status};

/// What coupons of one currency can still cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MoneyAtRisk {
    /// Of all coupons that count.
    pub all: Decimal,
    /// Of those of them with a finding.
    pub with_findings: Decimal,
    /// How many count.
    pub coupons: u64,
    /// Those of them whose cost nothing bounds, and those of which nobody knows it: no sum has them in it.
    pub no_limit: u64,
    pub not_known: u64,
}

/// Sums by currency.
pub type MoneySums = BTreeMap<Currency, MoneyAtRisk>;

impl Row {
    /// What it can still cost as far as money at risk goes; none where it costs nothing without a further act.
    pub fn at_risk(&self) -> Option<Exposure> {
        self.money_at_risk.at_risk(self.coupon.status)
    }
}

impl Exposure {
    /// What a coupon of this status can still cost, as [`Row::at_risk`] has it.
    pub fn at_risk(self, status: Status) -> Option<Self> {
        match status {
            Status::Active | Status::Scheduled => Some(self),
            Status::Ended => Some(self).filter(|exposure| !exposure.is_nothing()),
            // Nobody can say whether buyers get it.
            Status::Unknown => Some(Self::NotKnown),
            Status::Paused | Status::InReview | Status::Rejected | Status::Trashed => None,
        }
    }

    fn is_nothing(&self) -> bool {
        matches!(self, Self::Known(money) if money.is_zero())
    }
}

impl MoneyAtRisk {
    /// Counts one more coupon that can cost `exposure`, in the currency of the sums.
    pub fn count(&mut self, exposure: Exposure, has_finding: bool) {
        self.coupons += 1;
        match exposure {
            Exposure::Known(money) => {
                self.all = self.all.saturating_add(money.amount);
                if has_finding {
                    self.with_findings = self.with_findings.saturating_add(money.amount);
                }
            }
            Exposure::NoLimit => self.no_limit += 1,
            Exposure::NotKnown => self.not_known += 1,
        }
    }

    pub fn add(&mut self, other: &Self) {
        self.all = self.all.saturating_add(other.all);
        self.with_findings = self.with_findings.saturating_add(other.with_findings);
        self.coupons += other.coupons;
        self.no_limit += other.no_limit;
        self.not_known += other.not_known;
    }
}

/// Of an export's coupons. What is no sum is told beside those of its store's currency.
pub fn money_at_risk<'a>(export: &Export, rows: impl IntoIterator<Item = &'a Row>) -> MoneySums {
    let currencies: BTreeMap<_, _> = export.stores.iter().map(|load| (&load.store.id, load.store.currency)).collect();
    let mut sums = MoneySums::new();
    for row in rows {
        let Some(exposure) = row.at_risk() else { continue };
        let currency = match exposure {
            Exposure::Known(money) => Some(money.currency),
            Exposure::NoLimit | Exposure::NotKnown => currencies.get(&row.coupon.store).copied(),
        };
        if let Some(currency) = currency {
            sums.entry(currency).or_default().count(exposure, !row.findings.is_empty());
        }
    }
    sums
}

/// Currencies in the order of what stands at risk in each, the largest first.
pub fn largest_first<T>(
    sums: impl IntoIterator<Item = (Currency, T)>,
    of: impl Fn(&T) -> MoneyAtRisk,
) -> Vec<(Currency, T)> {
    let mut sums: Vec<(Currency, T)> = sums.into_iter().collect();
    sums.sort_by_key(|(currency, sum)| {
        let sum = of(sum);
        (Reverse(Money::new(sum.all, *currency).weight()), Reverse(sum.no_limit), Reverse(sum.not_known), *currency)
    });
    sums
}
