//! What would change: decisions, the exported rows, the present state and the abilities in, a plan out. Pure.
//!
//! A plan is data: it can be printed, saved, reviewed and refused; applying takes that very plan and does not think again.
//! `intent` makes a decision absolute (from exported values, never from live ones), `resolve` says what it becomes on its
//! platform, `drafts` writes coupons that do not exist yet, `by_hand` writes down what only a person can do, `brakes` refuses
//! what touches too much, `words` holds what a row says. The plan itself is in English; a row carries its words in the language of
//! the team's workbooks beside it.

mod brakes;
mod by_hand;
mod drafts;
mod intent;
mod make;
mod resolve;
mod words;

pub use brakes::{Allowed, Brake, BrakeLimits};
pub use by_hand::HandWork;
pub use intent::{Intent, Refusal, Wish, intent_of};
pub use make::{Decided, Making, Meaning, Refused, decide, make, to_load};
pub use resolve::{Past, Present, Scene, Settlement, resolve};
pub use words::{Told, Words, becomes_words, minimum_value, status_words, total_words};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::domain::{Action, Change, ChangeId, ExportId, Exposure, OutcomeKind, RowKey, StoreId, Task, Timestamp};

/// All changes of one workbook, checked. `apply` carries out exactly this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Of this very form; another is refused.
    pub version: u32,
    pub export: ExportId,
    pub made_at: Timestamp,
    pub by: String,
    pub workbook_sha256: String,
    pub snapshot_sha256: String,
    /// Of abilities, thresholds and program version: a plan reviewed under other rules is stale.
    pub rules_sha256: String,
    /// In the order of the workbook's rows.
    pub rows: Vec<PlanRow>,
    pub brakes: Vec<Brake>,
}

/// The form that this program writes and reads.
pub const PLAN_VERSION: u32 = 2;

/// One decision and what becomes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanRow {
    /// `Coupons!H14`: where the action stands.
    pub place: String,
    pub store: StoreId,
    /// What people call the coupon.
    pub label: String,
    pub action: Action,
    pub verdict: Verdict,
    /// The verdict's words in the workbook's language; none where that is English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Box<Told>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Change {
        change: Box<Change>,
        /// Begun by an earlier run that did not finish; it is taken up where it stopped.
        resumes: bool,
    },
    /// It is so; nothing is sent. `by` says who did it through us and when, where we did.
    AlreadyDone {
        why: String,
        by: Option<String>,
    },
    /// Only a person can do it.
    ByHand {
        task: Box<Task>,
    },
    /// Somebody changed what the row is about since the export: the three values.
    Conflict {
        exported: String,
        wanted: String,
        live: String,
    },
    Refused {
        reason: String,
        next: String,
    },
}

impl Verdict {
    /// The outcome of a row that nothing is sent for; none where something is.
    pub fn outcome(&self) -> Option<OutcomeKind> {
        match self {
            Self::Change { .. } => None,
            Self::AlreadyDone { .. } => Some(OutcomeKind::AlreadyDone),
            Self::ByHand { .. } => Some(OutcomeKind::ByHand),
            Self::Conflict { .. } => Some(OutcomeKind::Conflict),
            Self::Refused { .. } => Some(OutcomeKind::Refused),
        }
    }

    pub fn word(&self) -> &'static str {
        match self {
            Self::Change { .. } => "change",
            Self::AlreadyDone { .. } => "nothing to do",
            Self::ByHand { .. } => "by hand",
            Self::Conflict { .. } => "conflict",
            Self::Refused { .. } => "refused",
        }
    }
}

impl Plan {
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.rows.iter().filter_map(|row| match &row.verdict {
            Verdict::Change { change, .. } => Some(change.as_ref()),
            _ => None,
        })
    }

    pub fn change(&self, id: &ChangeId) -> Option<&Change> {
        self.changes().find(|change| change.id == *id)
    }

    /// Rows by what becomes of them, for the totals.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(row.verdict.word()).or_default() += 1;
        }
        counts
    }

    /// What the changes can additionally cost, by currency; with how many of them have no limit.
    pub fn exposure(&self) -> (Vec<crate::domain::Money>, usize) {
        let mut sums: BTreeMap<_, crate::domain::Money> = BTreeMap::new();
        let mut unlimited = 0;
        for change in self.changes() {
            match change.exposure {
                Some(Exposure::Known(money)) => {
                    let sum = sums.entry(money.currency).or_insert_with(|| crate::domain::Money::zero(money.currency));
                    sum.amount = sum.amount.checked_add(money.amount).unwrap_or(rust_decimal::Decimal::MAX);
                }
                Some(Exposure::NoLimit | Exposure::NotKnown) => unlimited += 1,
                None => {}
            }
        }
        (sums.into_values().filter(|sum| !sum.is_zero()).collect(), unlimited)
    }

    pub fn has_conflicts_or_refusals(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.verdict, Verdict::Conflict { .. } | Verdict::Refused { .. }))
    }
}

/// Rows of a plan by key, for the results workbook.
pub fn by_row(plan: &Plan) -> BTreeMap<&RowKey, &PlanRow> {
    plan.rows.iter().map(|row| (&row.action.row, row)).collect()
}
