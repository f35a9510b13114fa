//! The routine of the daily inspection: what is looked at, how often, by whom, and who signed it.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::{FindingCode, Message, Severity, Slot, Timestamp};
use crate::message;

/// One line of the routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutineItem {
    /// Stays the same for ever: finds the line again in a workbook that came back, and in the archive.
    pub key: String,
    /// In the team's own words; none for a usual item, whose words are those of the workbook's language.
    pub what: Option<String>,
    pub how: Option<String>,
    pub how_often: HowOften,
    /// A name; where the team gave none, the part that somebody has in it.
    pub whose: Message,
    pub looks_at: LooksAt,
    /// Findings that are calmer than this do not fail the item.
    pub least: Severity,
}

/// A weekly item belongs to the morning of its day, a daily one to every morning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowOften {
    Daily,
    TwiceDaily,
    Weekly(Weekday),
}

/// What the program itself looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LooksAt {
    Findings(Vec<FindingCode>),
    /// Work that only people can do and that no export has seen done.
    ByHand,
    /// Actions that were handed back and are not settled.
    OpenActions,
    /// Nothing: a person looks.
    Eyes,
}

/// An action that a manager handed back and that no run has settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAction {
    pub row: super::RowKey,
    pub store: super::StoreId,
    /// What people call the coupon.
    pub label: String,
    pub action: super::ActionWord,
    /// What the last run made of it; none where it was never applied.
    pub outcome: Option<super::OutcomeKind>,
}

impl HowOften {
    /// Whether somebody is to sign in that slot of that day.
    pub fn is_due(self, day: NaiveDate, slot: Slot) -> bool {
        match self {
            Self::TwiceDaily => true,
            Self::Daily => slot == Slot::Am,
            Self::Weekly(weekday) => slot == Slot::Am && day.weekday() == weekday,
        }
    }

    /// The next day after `day` on which a weekly item is due; none where `day` is one, or where every day is.
    pub fn next_day(self, day: NaiveDate) -> Option<NaiveDate> {
        let Self::Weekly(weekday) = self else { return None };
        let ahead = weekday.num_days_from_monday() + 7 - day.weekday().num_days_from_monday();
        match ahead % 7 {
            0 => None,
            days => day.checked_add_days(Days::new(u64::from(days))),
        }
    }
}

impl RoutineItem {
    /// The routine of the trade, and what we add to it: `operator` signs the daily items, `manager` the weekly ones.
    pub fn usual(operator: &Message, manager: &Message) -> Vec<Self> {
        let item = |key: &str, how_often| Self {
            key: key.to_string(),
            what: None,
            how: None,
            whose: if matches!(how_often, HowOften::Weekly(_)) { manager } else { operator }.clone(),
            how_often,
            looks_at: LooksAt::Findings(
                FindingCode::ALL.iter().copied().filter(|code| usual_key(*code) == key).collect(),
            ),
            least: Severity::Warning,
        };
        let weekly = HowOften::Weekly(Weekday::Mon);
        vec![
            item("stores", HowOften::Daily),
            item("stock", HowOften::TwiceDaily),
            item("ends_today", HowOften::Daily),
            item("status", HowOften::Daily),
            item("conditions", weekly),
            item("ends_soon", HowOften::Daily),
            item("campaigns", HowOften::Daily),
            // Unplanned coupons are notices, and this is the line that is about them.
            Self { least: Severity::Notice, ..item("duplicates", weekly) },
            item("sign_ins", HowOften::Daily),
            Self { looks_at: LooksAt::ByHand, ..item("by_hand", HowOften::TwiceDaily) },
            Self { looks_at: LooksAt::OpenActions, ..item("actions", HowOften::TwiceDaily) },
        ]
    }
}

impl RoutineItem {
    /// What it is called.
    pub fn what_words(&self) -> Message {
        self.what.as_ref().map_or_else(|| message!(self.usual_id("what")), Message::as_written)
    }

    /// What to do there; nothing where the team wrote an item of its own without it.
    pub fn how_words(&self) -> Message {
        match (&self.how, &self.what) {
            (Some(how), _) => Message::as_written(how),
            (None, Some(_)) => Message::as_written(""),
            (None, None) => message!(self.usual_id("how")),
        }
    }

    /// The message that is called `part` of a usual item.
    pub fn usual_id(&self, part: &str) -> String {
        format!("checklist-{}-{part}", self.key.replace('_', "-"))
    }
}

/// The usual item that a finding fails.
fn usual_key(code: FindingCode) -> &'static str {
    match code {
        FindingCode::StoreNotLoaded
        | FindingCode::ListIncomplete
        | FindingCode::StoreRestricted
        | FindingCode::WrongShop
        | FindingCode::StoreDiffers => "stores",
        FindingCode::OutOfStock | FindingCode::LowStock | FindingCode::RunsOutEarly | FindingCode::SuddenDrop => {
            "stock"
        }
        FindingCode::ExpiresToday => "ends_today",
        FindingCode::NotStarted
        | FindingCode::Paused
        | FindingCode::Rejected
        | FindingCode::StatusUnknown
        | FindingCode::ClaimOver
        | FindingCode::Expired => "status",
        FindingCode::GivesMoneyAway
        | FindingCode::Uncapped
        | FindingCode::ThresholdHigh
        | FindingCode::ThresholdLow => "conditions",
        FindingCode::ExpiringSoon => "ends_soon",
        FindingCode::CampaignUncovered
        | FindingCode::CampaignMatchesNothing
        | FindingCode::CampaignGap
        | FindingCode::CampaignMissing => "campaigns",
        FindingCode::Duplicate | FindingCode::Unplanned => "duplicates",
        FindingCode::TokenExpiring => "sign_ins",
    }
}

/// One signed cell, as it was read from a workbook that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// The checklist item's stable key, such as `low_stock`.
    pub item: String,
    pub slot: Slot,
    /// As it was typed into the cell.
    pub name: String,
    /// What stands in the item's Remarks; empty where nothing does.
    pub remark: String,
    /// When the workbook was read.
    pub read_at: Timestamp,
}
