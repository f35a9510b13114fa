//! What is wrong with a coupon or a store, how bad, why, and what we would do.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{ActionWord, Coupon, Currency, Message, Minimum, Money, Period, Status, Timestamp, Verb};

/// Ordered from calm to urgent.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    IntoStaticStr,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Severity {
    Notice,
    Warning,
    Critical,
}

impl Severity {
    pub const WORST_FIRST: [Self; 3] = [Self::Critical, Self::Warning, Self::Notice];
}

/// The kinds of exception, the most urgent first: the order in which a row names them, and of [`super::Urgency`].
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    VariantArray,
    IntoStaticStr,
    EnumString,
    strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FindingCode {
    StoreNotLoaded,
    ListIncomplete,
    StoreRestricted,
    WrongShop,
    /// Its answers come in another version, or at another time, than is reckoned with.
    StoreDiffers,
    TokenExpiring,
    GivesMoneyAway,
    CampaignUncovered,
    CampaignMatchesNothing,
    Expired,
    NotStarted,
    OutOfStock,
    Paused,
    Rejected,
    StatusUnknown,
    ExpiresToday,
    ClaimOver,
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
    pub const ALL: &'static [Self] = Self::VARIANTS;
    /// Those of a store whose coupons, or some of them, did not come.
    pub const OF_LOAD: [Self; 4] = [Self::StoreNotLoaded, Self::ListIncomplete, Self::StoreRestricted, Self::WrongShop];

    /// As written in configs, archives and `--json`; never translated.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Its name.
    pub fn message(self) -> Message {
        Message::new(format!("finding-{}", self.code().replace('_', "-")), Vec::new())
    }
}

/// One exception. `why` is one sentence: the cause, then the consequence. In a cell of [`Finding::WHY_COLUMNS`] it is said in its
/// first wording that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub code: FindingCode,
    pub severity: Severity,
    pub why: Message,
}

impl Finding {
    /// How many columns Why has room for: two lines of 40 Latin or 20 Chinese letters.
    pub const WHY_COLUMNS: usize = 80;
}

/// What we would do about a row. Frozen in the snapshot with its values: `accept` and blank cells mean this, for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub advice: Advice,
    /// Of several advices that of the renewal, where one is among them; all else is set in place.
    pub way: Route,
    /// What else one `accept` means on the same coupon, so that it answers every finding that it can answer. The min spend beside a
    /// follow-on is that of the new coupon, the stock that of the old one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Advice>,
    /// What a blank New end means on this row (exclusive).
    pub renew_until: Option<Timestamp>,
    /// What a blank Add stock means on this row.
    pub restock_by: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Advice {
    Nothing,
    /// Valid until (exclusive).
    Renew {
        until: Timestamp,
    },
    /// No end any more: only an undo asks for it, and for a smaller total and a pause.
    RemoveEnd,
    Restock {
        add: u64,
    },
    Reduce {
        by: u64,
    },
    Delete,
    End,
    Pause,
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
        /// Exclusive; none is no end.
        until: Option<Timestamp>,
        min_spend: Option<Decimal>,
        total: Option<u64>,
    },
    /// It will start by itself.
    Wait,
    /// Only the platform's page can help.
    OpenPage,
    /// The store itself needs attention: sign in again, check the rights.
    CheckStore,
    /// Somebody ended or paused it on purpose, or keeps it as it is, and no suggestion reverses that: `stopped on purpose by Mei on
    /// Sat 21 Nov`.
    Leave(Message),
}

impl Suggestion {
    /// Nothing to do, and nothing for a blank cell to mean.
    pub const fn nothing() -> Self {
        Self { advice: Advice::Nothing, way: Route::Direct, also: Vec::new(), renew_until: None, restock_by: None }
    }

    /// All that one `accept` means, in the order in which it is told.
    pub fn advices(&self) -> impl Iterator<Item = &Advice> {
        std::iter::once(&self.advice).chain(&self.also)
    }
}

impl Advice {
    /// Whether it asks nobody to do anything.
    pub const fn is_calm(&self) -> bool {
        matches!(self, Self::Nothing | Self::Wait | Self::Leave(_))
    }

    /// The coupon as it is once this was set on it in place, at `now`, in a store of that `currency`; none of what makes or takes away
    /// a coupon, and of what nobody sends.
    pub fn set_on(&self, coupon: &Coupon, currency: Currency, now: Timestamp) -> Option<Coupon> {
        let mut changed = coupon.clone();
        match self {
            Self::Renew { until } => {
                changed.usable = Period::new(coupon.usable.starts(), Some(*until)).ok()?;
                if changed.status == Status::Ended {
                    changed.status = Status::Active;
                }
            }
            Self::RemoveEnd => changed.usable = Period::new(coupon.usable.starts(), None).ok()?,
            Self::Restock { add } => changed.total = Some(coupon.total?.saturating_add(*add)),
            Self::Reduce { by } => changed.total = Some(coupon.total?.saturating_sub(*by)),
            Self::Adjust { min_spend } => changed.minimum = Minimum::Spend(Money::new(*min_spend, currency)),
            Self::Enable => {
                let waits = coupon.usable.starts().is_some_and(|starts| starts > now);
                changed.status = if waits { Status::Scheduled } else { Status::Active };
            }
            Self::Nothing
            | Self::Delete
            | Self::End
            | Self::Pause
            | Self::Recreate { .. }
            | Self::RecreateAs { .. }
            | Self::Wait
            | Self::OpenPage
            | Self::CheckStore
            | Self::Leave(_) => return None,
        }
        Some(changed)
    }

    /// The end that it gives a coupon or a copy.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Renew { until } | Self::Recreate { until, .. } => Some(*until),
            Self::RecreateAs { until, .. } => *until,
            Self::Nothing
            | Self::RemoveEnd
            | Self::Pause
            | Self::Reduce { .. }
            | Self::Restock { .. }
            | Self::Delete
            | Self::End
            | Self::Enable
            | Self::Adjust { .. }
            | Self::Wait
            | Self::OpenPage
            | Self::CheckStore
            | Self::Leave(_) => None,
        }
    }

    /// Of a change or of a new coupon.
    pub fn min_spend(&self) -> Option<Decimal> {
        match self {
            Self::Adjust { min_spend } => Some(*min_spend),
            Self::Recreate { min_spend, .. } | Self::RecreateAs { min_spend, .. } => *min_spend,
            Self::Nothing
            | Self::Renew { .. }
            | Self::RemoveEnd
            | Self::Restock { .. }
            | Self::Reduce { .. }
            | Self::Delete
            | Self::End
            | Self::Pause
            | Self::Enable
            | Self::Wait
            | Self::OpenPage
            | Self::CheckStore
            | Self::Leave(_) => None,
        }
    }

    /// How many it adds to a coupon's total.
    pub fn restocks(&self) -> Option<u64> {
        if let Self::Restock { add } = self { Some(*add) } else { None }
    }

    /// What a platform must be able to do for it; none where there is nothing to send.
    pub fn verb(&self) -> Option<Verb> {
        match self {
            Self::Renew { .. } | Self::RemoveEnd => Some(Verb::Extend),
            Self::Restock { .. } | Self::Reduce { .. } => Some(Verb::Restock),
            Self::Pause => Some(Verb::Pause),
            Self::Delete => Some(Verb::Delete),
            Self::End => Some(Verb::End),
            Self::Enable => Some(Verb::Enable),
            Self::Adjust { .. } => Some(Verb::AdjustMinSpend),
            Self::Recreate { .. } | Self::RecreateAs { .. } => Some(Verb::Create),
            Self::Nothing | Self::Wait | Self::OpenPage | Self::CheckStore | Self::Leave(_) => None,
        }
    }

    /// The code or name of the coupon that it makes, where the plan names one.
    pub fn planned(&self) -> Option<&str> {
        if let Self::RecreateAs { wanted, .. } = self { Some(wanted) } else { None }
    }

    /// The action that `accept` stands for; none where there is nothing that the program could do.
    pub fn action(&self) -> Option<ActionWord> {
        match self {
            Self::Renew { .. } | Self::RemoveEnd => Some(ActionWord::Renew),
            Self::Restock { .. } | Self::Reduce { .. } => Some(ActionWord::Restock),
            Self::Pause => Some(ActionWord::Pause),
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
    /// As another action of the same effect (Lazada's `delete` is a deactivation).
    Instead,
    ByHand,
}
