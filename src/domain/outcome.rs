//! What became of a row.

use serde::{Deserialize, Serialize};

use super::{ChangeId, Coupon, CouponId, Timestamp};

/// One a row: planned = the sum of all of these, on every path.
#[derive(strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    Done,
    /// It was so before we came; nothing was sent.
    AlreadyDone,
    /// Only a person can do it, in the platform's back office.
    ByHand,
    /// The platform said no; nothing changed.
    Failed,
    /// We said no: a brake, or something the platform cannot do.
    Refused,
    /// Somebody changed what the row is about since the export.
    Conflict,
    /// It may or may not have happened; the next apply asks again.
    Unknown,
    /// The run ended before it.
    NotReached,
}

impl OutcomeKind {
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::AlreadyDone,
        Self::ByHand,
        Self::Failed,
        Self::Refused,
        Self::Conflict,
        Self::Unknown,
        Self::NotReached,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::AlreadyDone => "already done",
            Self::ByHand => "by hand",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::Unknown => "unknown",
            Self::NotReached => "not reached",
        }
    }

    /// Whether the Action cell has done its work and is cleared in the results workbook.
    pub fn settles(self) -> bool {
        matches!(self, Self::Done | Self::AlreadyDone | Self::ByHand)
    }
}

/// One row's result, as the results workbook shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub kind: OutcomeKind,
    pub change: Option<ChangeId>,
    pub before: String,
    pub after: String,
    /// What happened, in one sentence; with the platform's own words where it refused.
    pub message: String,
    /// What to do next; empty where there is nothing.
    pub next: String,
    pub request_id: Option<String>,
    pub at: Timestamp,
    /// What was read back after the write, in words.
    pub read_back: String,
    /// The coupon as read back: what the next round starts from.
    pub present: Option<Coupon>,
    /// A coupon that this row made.
    pub created: Option<CouponId>,
    /// The same in the language of the team's workbooks, where that is not English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Box<OutcomeWords>>,
}

/// What an outcome says in another language than English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeWords {
    /// As in the config: `zh-CN`.
    pub language: String,
    pub before: String,
    pub after: String,
    pub message: String,
    pub next: String,
    pub read_back: String,
}

impl Outcome {
    /// Its words in the language of that tag, where they were kept in it; else as it is, in English.
    pub fn said_in(&self, tag: &str) -> Self {
        let mut outcome = self.clone();
        if let Some(told) = self.told.as_deref().filter(|told| told.language == tag) {
            let OutcomeWords { before, after, message, next, read_back, .. } = told.clone();
            (outcome.before, outcome.after, outcome.message) = (before, after, message);
            (outcome.next, outcome.read_back) = (next, read_back);
        }
        outcome
    }
}
