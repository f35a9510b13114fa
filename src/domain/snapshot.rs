//! One export: every store as it loaded, every coupon with its findings and its frozen suggestion.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Advice, Coupon, ExportId, Exposure, Finding, Route, RowKey, Severity, Store, Suggestion, Timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Slot {
    Am,
    Pm,
}

impl Slot {
    /// In file names and ids.
    pub fn word(self) -> &'static str {
        match self {
            Self::Am => "am",
            Self::Pm => "pm",
        }
    }

    /// As people say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Am => "morning",
            Self::Pm => "afternoon",
        }
    }
}

/// The snapshot that a workbook is made from and that decisions are resolved against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Export {
    pub id: ExportId,
    /// Where this is the results of a run: the export that the run's workbook came from.
    pub follows: Option<ExportId>,
    /// When loading began, and when it ended.
    pub at: Timestamp,
    pub finished: Timestamp,
    /// Date and slot in the team's own zone.
    pub day: NaiveDate,
    pub slot: Slot,
    pub zone: Tz,
    /// In the config's order.
    pub stores: Vec<StoreLoad>,
    /// In display order: exceptions first (severity, then days left).
    pub rows: Vec<Row>,
}

/// How one store's load went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreLoad {
    pub store: Store,
    pub load: Load,
    /// On the store itself, worst first.
    pub findings: Vec<Finding>,
    pub calls: u64,
    pub retries: u64,
    pub seconds: f64,
    /// When the present sign-in ends, where the platform tells.
    pub token_ends: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    Loaded {
        count: u64,
        /// How many the platform says there are, where it says.
        expected: Option<u64>,
        /// Coupons we could not read, each with its id and the reason.
        unreadable: Vec<String>,
    },
    Failed(LoadProblem),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadProblem {
    /// What happened, where, and what to do: for people.
    pub sentence: String,
    /// The platform's own words.
    pub platform_words: Option<String>,
    pub request_id: Option<String>,
}

/// One coupon with what we think of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub key: RowKey,
    pub coupon: Coupon,
    /// The campaign it belongs to.
    pub campaign: Option<String>,
    /// Worst first; empty means OK.
    pub findings: Vec<Finding>,
    pub suggestion: Suggestion,
    /// Remaining times the worst case of one use.
    pub money_at_risk: Exposure,
}

impl Row {
    /// What the suggestion would additionally put at risk: the stock it adds, times the worst case of one use. None where it
    /// adds none; a copy of a coupon without a total has no limit.
    pub fn suggested_exposure(&self) -> Option<Exposure> {
        match self.suggestion.advice {
            Advice::Restock { add } => Some(self.coupon.discount.exposure(Some(add))),
            Advice::Recreate { .. } => Some(self.coupon.discount.exposure(self.coupon.total)),
            Advice::RecreateAs { total, .. } => Some(self.coupon.discount.exposure(total.or(self.coupon.total))),
            Advice::Renew { .. } if self.suggestion.way == Route::FollowOn => {
                Some(self.coupon.discount.exposure(self.coupon.total))
            }
            _ => None,
        }
    }

    pub fn severity(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

impl Export {
    pub fn row(&self, key: &RowKey) -> Option<&Row> {
        self.rows.iter().find(|row| row.key == *key)
    }

    /// The store that a row belongs to; every row's store is among the stores.
    pub fn store(&self, id: &super::StoreId) -> Option<&Store> {
        self.stores.iter().map(|load| &load.store).find(|store| store.id == *id)
    }

    pub fn count(&self, severity: Option<Severity>) -> usize {
        self.rows.iter().filter(|row| row.severity() == severity).count()
    }

    pub fn stores_loaded(&self) -> usize {
        self.stores.iter().filter(|load| matches!(load.load, Load::Loaded { .. })).count()
    }
}
