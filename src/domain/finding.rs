//! What is wrong with a coupon or a store, how bad, why, and what we would do.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

use super::{ActionWord, Timestamp};

/// Ordered from calm to urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Notice,
    Warning,
    Critical,
}

impl Severity {
    pub const WORST_FIRST: [Self; 3] = [Self::Critical, Self::Warning, Self::Notice];

    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// The kinds of exception, worst and most common first: the order in which a row names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    StoreNotLoaded,
    ListIncomplete,
    StoreRestricted,
    TokenExpiring,
    GivesMoneyAway,
    Rejected,
    Expired,
    OutOfStock,
    Paused,
    NotStarted,
    ExpiresToday,
    CampaignMissing,
    CampaignGap,
    ExpiringSoon,
    RunsOutEarly,
    LowStock,
    SuddenDrop,
    Uncapped,
    ThresholdHigh,
    ThresholdLow,
    Duplicate,
    Unplanned,
}

impl FindingCode {
    pub const ALL: [Self; 22] = [
        Self::StoreNotLoaded,
        Self::ListIncomplete,
        Self::StoreRestricted,
        Self::TokenExpiring,
        Self::GivesMoneyAway,
        Self::Rejected,
        Self::Expired,
        Self::OutOfStock,
        Self::Paused,
        Self::NotStarted,
        Self::ExpiresToday,
        Self::CampaignMissing,
        Self::CampaignGap,
        Self::ExpiringSoon,
        Self::RunsOutEarly,
        Self::LowStock,
        Self::SuddenDrop,
        Self::Uncapped,
        Self::ThresholdHigh,
        Self::ThresholdLow,
        Self::Duplicate,
        Self::Unplanned,
    ];

    /// As written in configs, archives and `--json`; never translated.
    pub fn code(self) -> &'static str {
        match self {
            Self::StoreNotLoaded => "store_not_loaded",
            Self::ListIncomplete => "list_incomplete",
            Self::StoreRestricted => "store_restricted",
            Self::TokenExpiring => "token_expiring",
            Self::GivesMoneyAway => "gives_money_away",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::OutOfStock => "out_of_stock",
            Self::Paused => "paused",
            Self::NotStarted => "not_started",
            Self::ExpiresToday => "expires_today",
            Self::CampaignMissing => "campaign_missing",
            Self::CampaignGap => "campaign_gap",
            Self::ExpiringSoon => "expiring_soon",
            Self::RunsOutEarly => "runs_out_early",
            Self::LowStock => "low_stock",
            Self::SuddenDrop => "sudden_drop",
            Self::Uncapped => "uncapped",
            Self::ThresholdHigh => "threshold_high",
            Self::ThresholdLow => "threshold_low",
            Self::Duplicate => "duplicate",
            Self::Unplanned => "unplanned",
        }
    }

    /// As a manager reads it.
    pub fn name(self) -> &'static str {
        match self {
            Self::StoreNotLoaded => "Not loaded",
            Self::ListIncomplete => "Not all loaded",
            Self::StoreRestricted => "Store restricted",
            Self::TokenExpiring => "Sign-in ends",
            Self::GivesMoneyAway => "Loses money",
            Self::Rejected => "Rejected",
            Self::Expired => "Expired",
            Self::OutOfStock => "Out of stock",
            Self::Paused => "Paused",
            Self::NotStarted => "Not started",
            Self::ExpiresToday => "Expires today",
            Self::CampaignMissing => "Not in store",
            Self::CampaignGap => "Campaign gap",
            Self::ExpiringSoon => "Expires soon",
            Self::RunsOutEarly => "Runs out early",
            Self::LowStock => "Low stock",
            Self::SuddenDrop => "Sudden drop",
            Self::Uncapped => "No cap",
            Self::ThresholdHigh => "Min spend high",
            Self::ThresholdLow => "Min spend low",
            Self::Duplicate => "Duplicate",
            Self::Unplanned => "Not in plan",
        }
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One exception. `why` is one sentence in the workbook's language that fills at most 80 columns (a Chinese letter is two): the
/// cause, then the consequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub code: FindingCode,
    pub severity: Severity,
    pub why: String,
}

/// What we would do about a row. Frozen in the snapshot with its values: `accept` and blank cells mean this, for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub advice: Advice,
    pub way: Route,
    /// What a blank New end means on this row (exclusive).
    pub renew_until: Option<Timestamp>,
    /// What a blank Add stock means on this row.
    pub restock_by: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    Nothing,
    /// Valid until (exclusive).
    Renew {
        until: Timestamp,
    },
    Restock {
        add: u64,
    },
    Delete,
    End,
    Enable,
    Adjust {
        min_spend: Decimal,
    },
    /// A new coupon with the same rules, valid until (exclusive), with the min spend changed where one is given.
    Recreate {
        until: Timestamp,
        min_spend: Option<Decimal>,
    },
    /// A new coupon that the plan names, with this one's rules but for what is given.
    RecreateAs {
        /// Its code, or its name where buyers type none.
        wanted: String,
        /// None: at once.
        start: Option<Timestamp>,
        /// Exclusive.
        until: Timestamp,
        min_spend: Option<Decimal>,
        total: Option<u64>,
    },
    /// It will start by itself.
    Wait,
    /// Only the platform's page can help.
    OpenPage,
    /// The store itself needs attention: sign in again, check the rights.
    CheckStore,
    /// Somebody ended or paused it on purpose, or keeps it as it is, and no suggestion reverses that. In the workbook's language:
    /// `stopped on purpose by Mei on Sat 21 Nov`.
    Leave(String),
}

impl Advice {
    /// The action that `accept` stands for; none where there is nothing that the program could do.
    pub fn action(&self) -> Option<ActionWord> {
        match self {
            Self::Renew { .. } => Some(ActionWord::Renew),
            Self::Restock { .. } => Some(ActionWord::Restock),
            Self::Delete => Some(ActionWord::Delete),
            Self::End => Some(ActionWord::End),
            Self::Enable => Some(ActionWord::Enable),
            Self::Adjust { .. } => Some(ActionWord::Adjust),
            Self::Recreate { .. } | Self::RecreateAs { .. } => Some(ActionWord::Recreate),
            Self::Nothing | Self::Wait | Self::OpenPage | Self::CheckStore | Self::Leave(_) => None,
        }
    }
}

/// How the platform can carry an advice out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    Direct,
    /// As another coupon that takes over.
    FollowOn,
    /// As another deed of the same effect (Lazada's `delete` is a deactivation).
    Instead,
    ByHand,
}
