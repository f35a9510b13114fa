//! A planned promotion: what the coupons are judged against.

use chrono::NaiveDate;
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Currency, Timestamp, day_end, day_start};

/// One row of the campaign plan: a campaign in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    pub name: String,
    /// Whole local days of each store, both included.
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// Globs over store ids; empty means every store.
    pub stores: Vec<String>,
    /// Globs over code or name, without regard to case; one must match.
    pub coupons: Vec<String>,
    /// None means that spend is not judged.
    pub spend: Option<SpendRange>,
    /// How many should be obtainable in each store, where the plan says.
    pub stock: Option<u64>,
    /// Codes or names, whole, that each of the stores should have; see [`super::Coupon::is_called`].
    #[serde(default)]
    pub wanted: Vec<String>,
    /// A glob over code or name: the coupon of the same store that a missing one is made from.
    #[serde(default)]
    pub model: Option<String>,
    /// Asks only that one coupon is live in each store that has any.
    #[serde(default)]
    pub evergreen: bool,
    /// Its codes are those of persons: equal rules make no duplicates of them.
    #[serde(default)]
    pub personal: bool,
    /// The row of the plan, as people count; none where the campaign is from no file.
    #[serde(default)]
    pub line: Option<usize>,
}

/// The min spend that a campaign allows, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendRange {
    pub currency: Currency,
    pub least: Option<Decimal>,
    pub most: Option<Decimal>,
}

impl Campaign {
    /// The first and last day of a campaign that has always run, and that always will; worked out when the program is compiled.
    pub const ALWAYS: (NaiveDate, NaiveDate) =
        (NaiveDate::from_ymd_opt(1970, 1, 1).unwrap(), NaiveDate::from_ymd_opt(9999, 12, 30).unwrap());

    /// Whether no first day was ever said.
    pub fn has_always_run(&self) -> bool {
        self.first_day <= Self::ALWAYS.0
    }

    /// Whether it asks only that one coupon is live in each store that has any: so does a campaign without any date.
    pub fn is_evergreen(&self) -> bool {
        self.evergreen || self.has_always_run() && self.last_day >= Self::ALWAYS.1
    }

    /// Whether it goes on for ever.
    pub fn is_open(&self) -> bool {
        self.evergreen || self.last_day >= Self::ALWAYS.1
    }

    /// The first instant of its first day in `zone` (inclusive).
    pub fn starts(&self, zone: Tz) -> Timestamp {
        day_start(self.first_day, zone)
    }

    /// The first instant after its last day in `zone` (exclusive).
    pub fn ends(&self, zone: Tz) -> Timestamp {
        day_end(self.last_day, zone)
    }

    pub fn runs_at(&self, at: Timestamp, zone: Tz) -> bool {
        self.starts(zone) <= at && at < self.ends(zone)
    }

    pub fn is_over_at(&self, at: Timestamp, zone: Tz) -> bool {
        self.ends(zone) <= at
    }
}
