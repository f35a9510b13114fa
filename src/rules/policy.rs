//! The thresholds that a team chooses. Every default is here, once.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Finding, FindingCode, Severity, SpendRange, StoreId};

/// What one store's coupons are judged by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Low stock at or under this many, once more than half were used (a voucher made for five buyers is not low with five).
    pub low_stock_count: u64,
    /// Low stock at or under this share of the total, in percent.
    pub low_stock_percent: Decimal,
    /// Runs out early: within this many days, and before its end.
    pub runs_out_days: i64,
    /// A sudden drop: more than this share of what was left went between two exports, in percent, …
    pub sudden_drop_percent: Decimal,
    /// … and at least this many.
    pub sudden_drop_count: u64,
    /// Expiring soon: ends within this many days.
    pub expiring_days: i64,
    /// What ended longer ago than this many days and is missed by no campaign is no finding any more.
    pub expired_days: i64,
    /// A sign-in that ends within this many days.
    pub sign_in_days: i64,
    /// Loses money: the worst order that a coupon's rules allow is given more than this share of itself, in percent.
    pub loss_percent: Decimal,
    /// What a blank New end adds where no campaign says until when.
    pub renew_days: i64,
    /// What a blank Add stock adds where neither a campaign nor the pace says how many, in percent of the total.
    pub restock_percent: u64,
    /// A suggested min spend is at least this many times a fixed discount.
    pub min_spend_factor: u64,
    /// The min spend that is usual in a store, by currency, where no campaign says otherwise.
    pub usual_spend: Vec<SpendRange>,
    /// How bad a finding is, where that differs from the rule's own answer.
    pub severity: BTreeMap<FindingCode, Severity>,
    /// A coupon that the plan names is missed from so many days before its campaign on; where a coupon cannot wait for its
    /// start, from the campaign's first day on.
    pub missing_days: i64,
    /// Findings that are switched off.
    pub off: BTreeSet<FindingCode>,
}

/// Every store's policy.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policies {
    /// Of stores without one of their own.
    pub usual: Policy,
    pub by_store: BTreeMap<StoreId, Policy>,
}

impl Policies {
    pub fn of(&self, store: &StoreId) -> &Policy {
        self.by_store.get(store).unwrap_or(&self.usual)
    }
}

impl Policy {
    /// The finding as bad as the team takes it; none where it does not want to see it.
    pub fn weighed(&self, finding: Finding) -> Option<Finding> {
        let severity = self.severity.get(&finding.code).copied().unwrap_or(finding.severity);
        (!self.off.contains(&finding.code)).then_some(Finding { severity, ..finding })
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            low_stock_count: 10,
            low_stock_percent: Decimal::TEN,
            runs_out_days: 14,
            sudden_drop_percent: Decimal::from(50),
            sudden_drop_count: 20,
            expiring_days: 3,
            expired_days: 14,
            sign_in_days: 7,
            loss_percent: Decimal::from(70),
            renew_days: 30,
            restock_percent: 100,
            min_spend_factor: 3,
            usual_spend: Vec::new(),
            severity: BTreeMap::new(),
            missing_days: 14,
            off: BTreeSet::new(),
        }
    }
}
