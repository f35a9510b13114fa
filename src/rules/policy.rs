//! The thresholds that a team chooses. Every default is here, once.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::domain::{FindingCode, SpendRange};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Low stock at or under this many, once something was used (a voucher made for five buyers is not low with five).
    pub low_stock_count: u64,
    /// Low stock at or under this share of the total, in percent.
    pub low_stock_percent: Decimal,
    /// Expiring soon: ends within this many days.
    pub expiring_days: i64,
    /// A share above this gives money away.
    pub percent_max: Decimal,
    /// What a blank New end adds where no campaign says until when.
    pub renew_days: i64,
    /// What a blank Add stock adds where no campaign says how many, in percent of the total.
    pub restock_percent: u64,
    /// A suggested min spend is at least this many times a fixed discount.
    pub min_spend_factor: u64,
    /// The min spend that is usual in a store, by currency, where no campaign says otherwise.
    pub usual_spend: Vec<SpendRange>,
    /// Findings that are switched off.
    pub off: BTreeSet<FindingCode>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            low_stock_count: 10,
            low_stock_percent: Decimal::TEN,
            expiring_days: 3,
            percent_max: Decimal::from(70),
            renew_days: 30,
            restock_percent: 100,
            min_spend_factor: 3,
            usual_spend: Vec::new(),
            off: BTreeSet::new(),
        }
    }
}
