//! Where the brakes bite, and which of them the user released.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::domain::Currency;

/// Where the brakes bite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BrakeLimits {
    /// Both must be passed: more than this share of a store's live coupons, in percent, …
    pub removed_percent: Decimal,
    /// … and more than this many.
    pub removed_count: usize,
    /// The same action on more rows of one store than this.
    pub same_action_rows: usize,
    pub workbook_hours: i64,
    /// What one plan may additionally cost, by currency; a currency without a line has no cap.
    pub exposure: BTreeMap<Currency, Decimal>,
}

impl Default for BrakeLimits {
    fn default() -> Self {
        Self {
            removed_percent: Decimal::from(30),
            removed_count: 10,
            same_action_rows: 100,
            workbook_hours: 72,
            exposure: BTreeMap::new(),
        }
    }
}

/// The brakes that the user released, by flag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    pub removals: bool,
    pub empty_store: bool,
    pub exposure: bool,
    pub losing_money: bool,
    pub many: bool,
    pub old_workbook: bool,
    /// Rows that a filter hides.
    #[serde(default)]
    pub hidden: bool,
}
