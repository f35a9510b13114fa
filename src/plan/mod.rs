//! What would change: decisions, the exported rows, the present state and the abilities in, a plan out. Pure.
//!
//! A plan is data: it can be printed, saved, reviewed and refused; applying takes that very plan and does not think again. Its
//! sentences are messages, which become words where somebody reads them.
//! `input` holds what a plan is made from, `make` the steps from there to the plan: `intent` makes a decision absolute (from
//! exported values, never from live ones), `resolve` says what it becomes on its platform, `drafts` writes coupons that do not
//! exist yet, `reverse` says what takes a change back, `by_hand` writes down what only a person can do, `brakes` refuses what touches too much.

#![warn(clippy::wildcard_enum_match_arm)]

mod approval;
mod automatic;
mod brakes;
mod by_hand;
mod context;
mod drafts;
mod input;
mod intent;
mod make;
#[expect(clippy::result_large_err, reason = "a verdict that ends the thinking early is moved once a row")]
mod resolve;
mod reverse;
pub mod words;

pub use approval::{ApprovalLimits, why_approval};
pub use automatic::{AutomaticLimits, why_not_automatic};
pub use brakes::{Brake, releasing};
pub use input::{Allowed, BrakeLimits, Known, PlanInput, Present, PriorRun, ResolvedDecision};
pub use intent::{DesiredState, Intent, Refusal, too_many_decimals};
pub use make::{make, to_load};
pub use resolve::resolve;
pub use reverse::{Done, Reverse, differences, reverse, reverse_making};

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    Action, Change, ExportId, Exposure, Message, Money, Operation, OutcomeKind, StoreId, Task, Timestamp,
};

/// All changes of one workbook, checked. `apply` carries out exactly this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The form that it is written in.
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

/// The form that this program writes: since 3 sentences are messages, since 4 what takes a coupon from buyers expects its code.
pub const PLAN_VERSION: u32 = 4;

/// The oldest form that it reads: sentences are English words, which stand as they were written.
pub const OLDEST_PLAN_VERSION: u32 = 2;

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
        why: Message,
        by: Option<Message>,
    },
    /// Only a person can do it.
    ByHand {
        task: Box<Task>,
    },
    /// Somebody changed what the row is about since the export: the three values.
    Conflict {
        exported: Message,
        wanted: Message,
        live: Message,
    },
    Refused {
        reason: Message,
        next: Message,
    },
}

impl Verdict {
    /// What is to be sent, where something is.
    pub fn change(&self) -> Option<&Change> {
        match self {
            Self::Change { change, .. } => Some(change),
            Self::AlreadyDone { .. } | Self::ByHand { .. } | Self::Conflict { .. } | Self::Refused { .. } => None,
        }
    }

    /// The work by hand that the row leaves once it came to `kind`; what a change leaves counts once the change itself is there.
    pub fn task_left(&self, kind: OutcomeKind) -> Option<&Task> {
        match self {
            Self::ByHand { task } => Some(task),
            Self::Change { change, .. } if matches!(kind, OutcomeKind::Done | OutcomeKind::AlreadyDone) => {
                change.follow_up.as_ref()?.task()
            }
            Self::Change { .. } | Self::AlreadyDone { .. } | Self::Conflict { .. } | Self::Refused { .. } => None,
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
        self.rows.iter().filter_map(|row| row.verdict.change())
    }

    /// The stores that something is sent to.
    pub fn stores(&self) -> BTreeSet<StoreId> {
        self.changes().filter(|change| change.becomes != Operation::Keep).map(|change| change.store.clone()).collect()
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
    pub fn exposure(&self) -> (Vec<Money>, usize) {
        let mut sums: BTreeMap<_, Money> = BTreeMap::new();
        let mut unlimited = 0;
        for change in self.changes() {
            match change.exposure {
                Some(Exposure::Known(money)) => {
                    let sum = sums.entry(money.currency).or_insert_with(|| Money::zero(money.currency));
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
