//! What the archive tells about the past, as values: weeks, how long a finding stayed, what was done about it and by whom.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::ids::parsed;
use super::{
    Account, ActionWord, ChangeId, CouponId, Credit, Currency, ExportId, Exposure, FindingCode, Message, MoneyAtRisk,
    Operation, OutcomeKind, RowKey, RunId, Severity, Slot, StoreId, Timestamp,
};

/// An ISO week: Monday to Sunday of the team's own calendar. It may belong to another year than some of its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IsoWeek {
    monday: NaiveDate,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a week: write the ISO year and week, such as 2026-W47")]
pub struct InvalidWeek(pub String);

impl IsoWeek {
    /// The week that `day` lies in.
    pub fn of(day: NaiveDate) -> Self {
        let since_monday = u64::from(day.weekday().num_days_from_monday());
        Self { monday: day.checked_sub_days(Days::new(since_monday)).unwrap_or(day) }
    }

    /// Reads `2026-W47`; case and a missing `-` do not matter.
    ///
    /// # Errors
    /// Where the text is no such week, or the year has none of that number.
    pub fn parse(text: &str) -> Result<Self, InvalidWeek> {
        let invalid = || InvalidWeek(text.chars().take(20).collect());
        let (year, week) = text.trim().split_once(['W', 'w']).ok_or_else(invalid)?;
        let year = year.trim_end_matches(['-', ' ']);
        let (year, week) = (year.parse().map_err(|_| invalid())?, week.parse().map_err(|_| invalid())?);
        let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon).ok_or_else(invalid)?;
        Ok(Self { monday })
    }

    /// Of the ISO year.
    pub fn number(self) -> u32 {
        self.monday.iso_week().week()
    }

    pub fn monday(self) -> NaiveDate {
        self.monday
    }

    /// The last day that belongs to it.
    pub fn sunday(self) -> NaiveDate {
        self.day(6)
    }

    /// Monday first.
    pub fn days(self) -> [NaiveDate; 7] {
        std::array::from_fn(|index| self.day(index as u64))
    }

    pub fn holds(self, day: NaiveDate) -> bool {
        (self.monday..=self.sunday()).contains(&day)
    }

    /// So many weeks earlier; before every calendar where that is further than calendars go.
    pub fn back(self, weeks: u64) -> Self {
        let days = Days::new(weeks.saturating_mul(7));
        Self { monday: self.monday.checked_sub_days(days).unwrap_or(NaiveDate::MIN) }
    }

    fn day(self, index: u64) -> NaiveDate {
        self.monday.checked_add_days(Days::new(index)).unwrap_or(self.monday)
    }
}

impl fmt::Display for IsoWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let week = self.monday.iso_week();
        write!(f, "{}-W{:02}", week.year(), week.week())
    }
}

parsed!(IsoWeek or InvalidWeek;);

/// So long a store stands as it was last seen, where no export loads it; then nothing is known of it any more.
pub const HOLDS_DAYS: i64 = 14;

/// A count over several exports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Counted {
    /// Over all exports of the time, those without any included.
    pub average: f64,
    /// In one export.
    pub most: u64,
}

/// One week, each store by its own exports; results rounds are not counted. An average is the sum of every store's own: over the
/// slots of the week in which it loaded, or where there was none, as it was last seen. The most is that of one slot's end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeekCounts {
    pub week: IsoWeek,
    pub exports: u64,
    pub coupons: Counted,
    /// Those of them that buyers could get and use.
    pub coupons_live: Counted,
    /// Coupons, stores and lines of the campaign plan by their worst finding, as [`Export::count`](super::Export::count) has it.
    pub severities: BTreeMap<Severity, Counted>,
    /// How many have each finding; one may have several.
    pub findings: BTreeMap<FindingCode, Counted>,
    /// How bad each of them was at its worst.
    pub worst: BTreeMap<FindingCode, Severity>,
    /// In how many of the week's exports a store did not load.
    pub not_loaded: BTreeMap<StoreId, u64>,
    /// At the week's end, each store as its last export saw it.
    pub money_at_risk: BTreeMap<Currency, MoneyAtRisk>,
    /// Coupons whose cost nothing bounds, and of which nobody knows it; of all currencies together.
    pub no_limit: u64,
    pub not_known: u64,
    /// None where no sign-off was ever archived.
    pub missed_sign_offs: Option<u64>,
}

/// One store over the exports of one week.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StoreWeek {
    /// Those that asked for it.
    pub exports: u64,
    /// Those of them in which it loaded.
    pub loaded: u64,
    /// The slots in which it loaded: of each the last load counts.
    pub looks: u64,
    /// Its coupons and itself by their worst finding, of all these together; that it did not load is told by `loaded`, and not
    /// counted here.
    pub severities: BTreeMap<Severity, u64>,
}

impl StoreWeek {
    /// What there was to look at at the end of a slot in which it loaded; none where there was none.
    pub fn average(&self) -> Option<f64> {
        let sum: u64 = self.severities.values().sum();
        (self.looks > 0).then(|| sum as f64 / self.looks as f64)
    }

    /// The same of one severity.
    pub fn average_of(&self, severity: Severity) -> Option<f64> {
        let sum = self.severities.get(&severity).copied().unwrap_or_default();
        (self.looks > 0).then(|| sum as f64 / self.looks as f64)
    }

    pub fn worst(&self) -> Option<Severity> {
        self.severities.keys().max().copied()
    }
}

/// Each store, week by week; a week in which no export asked for it is left out.
pub type StoreWeeks = BTreeMap<StoreId, BTreeMap<IsoWeek, StoreWeek>>;

/// What one row of a workbook came to, in one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AppliedChange {
    pub run: RunId,
    /// The export that the decision came from.
    pub export: ExportId,
    pub at: Timestamp,
    pub by: String,
    pub store: StoreId,
    pub row: RowKey,
    /// None where nothing was planned to be sent or done by hand.
    pub coupon: Option<CouponId>,
    /// What people call the coupon.
    pub label: String,
    pub action: ActionWord,
    /// Empty where it became nothing that is sent.
    pub becomes: Vec<Operation>,
    pub before: Option<Message>,
    pub after: Option<Message>,
    pub outcome: OutcomeKind,
    pub message: Message,
    pub request_id: Option<String>,
    /// A coupon that it made.
    /// The coupons that it made.
    pub created: Vec<CouponId>,
    /// What it can additionally cost.
    pub exposure: Option<Exposure>,
    /// Of the decision; none where it came to no change, and in old records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeId>,
    #[serde(skip_serializing_if = "Account::is_empty")]
    pub account: Account,
    /// Whose the write was, where an earlier run had sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
}

/// One item of the checklist that was due in one slot of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueSignOff {
    pub day: NaiveDate,
    pub slot: Slot,
    /// What the item is called.
    pub what: Message,
    pub whose: Message,
    /// None: missed.
    pub signed_by: Option<String>,
    pub remark: String,
}

/// One store that did not load in one export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedLoad {
    pub export: ExportId,
    pub at: Timestamp,
    pub store: StoreId,
    /// The platform's own words where it gave any, else what happened.
    pub words: Message,
    pub request_id: Option<String>,
}

/// Work by hand, with its age.
#[derive(Debug, Clone, PartialEq)]
pub struct PastTask {
    pub task: super::Task,
    pub asked_at: Timestamp,
    /// When an export saw it done; none while it is open.
    pub done_at: Option<Timestamp>,
}

/// One day of a week that has an export, each store as its last export saw it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayCounts {
    pub day: NaiveDate,
    pub exports: u64,
    /// The most at the end of one slot of the day, with the worst severity it had.
    pub findings: BTreeMap<FindingCode, (u64, Severity)>,
    /// Coupons, stores and lines of the campaign plan by their worst finding: the most at the end of one slot of the day.
    pub severities: BTreeMap<Severity, u64>,
    /// Those that buyers could get and use: the most at the end of one slot of the day.
    pub coupons_live: u64,
}

/// What coupons could still cost at the end of a slot, each store as its last export saw it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MomentMoney {
    /// When the slot's last export began.
    pub at: Timestamp,
    pub money: BTreeMap<Currency, MoneyAtRisk>,
}
