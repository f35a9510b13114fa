//! What one export shows beside those before it: what is new, what was resolved, how the weeks went.

use chrono::NaiveDate;

use super::{FindingKey, HowEnded, IsoWeek, Severity, Slot, StoreId, Timestamp};

/// An export compared with what was before it, each store with its own last load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The export that the stores were compared with; none where they were with several.
    pub since: Option<Since>,
    /// Worst first.
    pub new: Vec<SeenFinding>,
    /// What is there no longer, worst first; not all of it is over, see [`HowEnded::is_resolved`].
    pub ended: Vec<EndedFinding>,
    /// Stores that were not compared: not loaded now, or not before.
    pub not_compared: Vec<StoreId>,
}

/// An earlier export, as people name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Since {
    /// When it began.
    pub at: Timestamp,
    pub day: NaiveDate,
    pub slot: Slot,
}

/// A finding as one export saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFinding {
    pub key: FindingKey,
    /// What people call the coupon; empty for a finding on a store or the plan.
    pub label: String,
    pub severity: Severity,
}

/// When a finding was first seen without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstSeen {
    pub at: Timestamp,
    /// It may be older: nothing that is known of its store goes further back.
    pub at_least: bool,
}

/// A finding that is there no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedFinding {
    pub finding: SeenFinding,
    pub how: HowEnded,
}

impl Changed {
    /// What is over: the rest has another finding in its place, is silenced or no longer seen.
    pub fn resolved(&self) -> impl Iterator<Item = &EndedFinding> {
        self.ended.iter().filter(|ended| ended.how.is_resolved())
    }
}

/// One ISO week: coupons, stores and lines of the campaign plan by their worst finding, on average and rounded.
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
