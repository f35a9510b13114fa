//! What one export shows beside those before it: what is new, what was resolved, how the weeks went.

use chrono::NaiveDate;
use serde::Serialize;

use super::{ActionWord, FindingCode, IsoWeek, RowKey, Severity, Slot, StoreId, Timestamp};

/// Two exports of whole stores compared, as far as both loaded a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Day and slot of the earlier one.
    pub since: (NaiveDate, Slot),
    /// When its loading began.
    pub since_at: Timestamp,
    /// Worst first.
    pub new: Vec<SeenFinding>,
    /// Worst first.
    pub resolved: Vec<Resolved>,
    /// Stores that were not compared, since one of the two exports did not load them.
    pub not_compared: Vec<StoreId>,
}

/// A finding as one export saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFinding {
    pub store: StoreId,
    /// None for a finding on the store itself.
    pub row: Option<RowKey>,
    /// What people call the coupon; empty for a finding on the store itself.
    pub label: String,
    pub code: FindingCode,
    pub severity: Severity,
}

/// When a finding was first seen without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstSeen {
    pub at: Timestamp,
    /// It may be older: nothing that is known of its store goes further back.
    pub at_least: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    pub finding: SeenFinding,
    pub how: HowResolved,
}

/// How a finding went away, as far as we know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HowResolved {
    /// An action that a run carried out since, and in whose name.
    Action {
        action: ActionWord,
        by: String,
    },
    /// A person did it in the back office, as was asked for.
    ByHand(ActionWord),
    /// The coupon is not in its store any more.
    Gone,
    /// The coupon has ended.
    Ended,
    ByItself,
}

/// What was done about a row: an action that was carried out, or work by hand that an export saw done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    pub row: RowKey,
    pub action: ActionWord,
    /// None where a person did it in the back office.
    pub by: Option<String>,
}

/// One ISO week: how many findings an export of it had on average, rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekTrend {
    pub week: IsoWeek,
    pub exports: u64,
    pub critical: u64,
    pub warning: u64,
    pub notice: u64,
}

impl WeekTrend {
    pub fn count(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::Warning => self.warning,
            Severity::Notice => self.notice,
        }
    }
}
