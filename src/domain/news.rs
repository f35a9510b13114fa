//! What is told to people's channels, as data: which channel hears what, what it heard last, and what there is to tell. It becomes
//! words in each channel's language when it is sent.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::{
    ActionWord, ExportId, FindingCode, FindingKey, HowEnded, Message, OutcomeKind, Platform, RunId, Severity, Slot,
    Store, StoreId, Suggestion, Timestamp, Verb, local_instant,
};

/// What a channel can hear of.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Topic {
    /// Critical findings, and stores that cannot be looked at.
    Critical,
    /// Warnings too.
    New,
    /// What was told and is over.
    Resolved,
    /// Every export, also one without news.
    Digest,
    /// What a run did.
    Results,
    /// Work that a run left to people.
    ByHand,
    /// Plans that wait for a second person.
    Approval,
    /// An export or a run that failed, a store that did not load, a sign-in that ends.
    Failed,
}

impl Topic {
    /// What a channel hears whose settings do not say.
    pub const USUAL: [Self; 7] =
        [Self::Critical, Self::New, Self::Resolved, Self::Results, Self::ByHand, Self::Approval, Self::Failed];
}

/// Who listens on a channel: to what, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    pub topics: BTreeSet<Topic>,
    /// None: of all stores.
    pub stores: Option<BTreeSet<StoreId>>,
    /// What is unchanged is told again after so long.
    pub repeat_after: TimeDelta,
    /// What can wait is not told meanwhile.
    pub quiet: Option<QuietHours>,
}

impl Listener {
    pub fn hears(&self, topic: Topic) -> bool {
        self.topics.contains(&topic)
    }

    pub fn covers(&self, store: &StoreId) -> bool {
        self.stores.as_ref().is_none_or(|stores| stores.contains(store))
    }
}

/// A part of each day, over midnight where it ends earlier than it begins. `until` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    pub from: NaiveTime,
    pub until: NaiveTime,
    pub zone: Tz,
}

impl QuietHours {
    /// When it is over, where it is quiet at `now`.
    pub fn over_at(&self, now: Timestamp) -> Option<Timestamp> {
        let local = now.with_timezone(&self.zone).naive_local();
        let (time, today) = (local.time(), local.date());
        let ends_on = match self.from <= self.until {
            true => (self.from <= time && time < self.until).then_some(today),
            false if time >= self.from => today.succ_opt(),
            false => (time < self.until).then_some(today),
        };
        Some(local_instant(ends_on?.and_time(self.until), self.zone))
    }
}

/// What a channel was last told of what is so until it is told otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub findings: Vec<ToldFinding>,
    /// That exports fail; none where the last that it knows of did not.
    pub failing: Option<ToldFailure>,
}

/// A failure that was told, and is told again only after a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldFailure {
    pub why: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldFinding {
    pub key: FindingKey,
    /// What people call the coupon; empty for one on a store or the plan.
    pub label: String,
    pub severity: Severity,
    /// When it was last told.
    pub at: Timestamp,
    /// False where nobody knows whether what told it, or told that it is over, arrived.
    pub is_sure: bool,
}

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Export(Box<ExportNews>),
    Run(Box<RunNews>),
    Approval(ApprovalNews),
    Failed(FailedNews),
    Test(TestNews),
}

/// What one export has for one channel: everything in it is of that channel's stores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportNews {
    pub export: ExportId,
    pub day: NaiveDate,
    pub slot: Slot,
    /// The team's own.
    pub zone: Tz,
    pub finished: Timestamp,
    pub counts: NewsCounts,
    /// The most urgent of what is new, worse or told again.
    pub worst: Vec<NewsItem>,
    /// How many of those there are besides.
    pub more: usize,
    /// How many of all of them are critical.
    pub critical: usize,
    /// Whether something of what is new or worse must not wait for the end of quiet hours.
    pub is_urgent: bool,
    /// What was told before, is still so, and is not told again.
    pub unchanged: usize,
    /// Whether it is told again only since it was told so long ago.
    pub is_reminder: bool,
    pub resolved: Vec<ResolvedItem>,
    pub resolved_more: usize,
    /// Nothing is left of all that was told.
    pub is_all_clear: bool,
    /// The channel was told that exports fail, and this one did not.
    pub works_again: bool,
    pub by_hand_open: usize,
    /// Why the archive has it not yet.
    pub not_archived: bool,
    /// Those that hold stores of the channel.
    pub workbooks: Vec<NewsFile>,
    /// Whether they hold no store that the channel does not hear of.
    pub may_attach: bool,
}

/// The figures of the Summary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsCounts {
    pub critical: usize,
    pub warning: usize,
    pub notice: usize,
    /// Coupons without a finding.
    pub ok: usize,
    pub stores: usize,
    pub stores_loaded: usize,
    /// Their coupons, or some of them, are in no figure.
    pub stores_unseen: usize,
}

/// A coupon, a store, several stores with one trouble, or a row of the campaign plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewsItem {
    pub turn: Turn,
    pub severity: Severity,
    /// One, or several with the same trouble; none for the campaign plan.
    pub stores: Vec<StoreId>,
    /// Theirs.
    pub platform: Option<Platform>,
    /// What people call the coupon; none where whole stores, a campaign or the plan are meant.
    pub coupon: Option<String>,
    /// Where no coupon is meant.
    pub campaign: Option<String>,
    pub findings: Vec<FindingCode>,
    pub why: Message,
    pub suggested: Option<Suggested>,
}

/// What became of a finding since it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Turn {
    New,
    Worse,
    Again,
}

/// What we would do about a coupon: all that its words are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggested {
    pub suggestion: Suggestion,
    pub store: Store,
    /// What the platform does in place of it, where that is known.
    pub instead: Option<Verb>,
}

/// What was told and is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResolvedItem {
    pub key: FindingKey,
    pub label: String,
    /// None where it is not known, or where it is there and no longer urgent enough.
    pub how: Option<HowEnded>,
}

/// A workbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsFile {
    pub path: PathBuf,
    /// As people find it: from the folder of the config, else its name alone.
    pub place: String,
}

/// What one run did in one channel's stores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunNews {
    pub run: RunId,
    /// The run that it took back.
    pub undid: Option<RunId>,
    pub by: String,
    pub approved_by: Vec<String>,
    pub zone: Tz,
    pub finished: Timestamp,
    pub planned: usize,
    /// Those above zero.
    pub totals: Vec<(OutcomeKind, usize)>,
    /// Rows that need somebody, as far as they are named.
    pub rows: Vec<NewsRow>,
    pub rows_more: usize,
    /// Work by hand that this run opened.
    pub by_hand: Vec<NewsTask>,
    pub by_hand_more: usize,
    pub results: NewsFile,
    /// Whether the results workbook holds no store that the channel does not hear of.
    pub may_attach: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewsRow {
    pub store: StoreId,
    pub label: String,
    pub action: ActionWord,
    pub kind: OutcomeKind,
    pub message: Message,
    pub next: Option<Message>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewsTask {
    pub store: StoreId,
    pub label: String,
    pub to_do: Message,
    pub owner: String,
    /// A day of the store's own calendar.
    pub due: NaiveDate,
    pub page: Option<String>,
}

/// A plan that waits for a second person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalNews {
    /// The plan's file.
    pub file: String,
    pub by: String,
    pub changes: usize,
    pub stores: usize,
    pub why: Vec<Message>,
    pub zone: Tz,
    pub at: Timestamp,
}

/// What failed as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailedNews {
    pub what: FailedWork,
    /// The workbook or plan that was applied or handed in.
    pub file: Option<String>,
    /// In the program's own language, or of what was handed in in the channel's.
    pub why: String,
    pub next: Option<String>,
    pub zone: Tz,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FailedWork {
    Export,
    Apply,
    /// What was handed in by itself, or the folder for it.
    Inbox,
    /// A run that ended before its end: it was killed, or its machine was.
    Run,
}

/// That a channel works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestNews {
    pub by: String,
    pub zone: Tz,
    pub at: Timestamp,
}

impl Event {
    /// Dotted, as Standard Webhooks wants its types.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Export(_) => "export.finished",
            Self::Run(_) => "run.finished",
            Self::Approval(_) => "plan.waiting",
            Self::Failed(FailedNews { what: FailedWork::Export, .. }) => "export.failed",
            Self::Failed(FailedNews { what: FailedWork::Apply, .. }) => "apply.failed",
            Self::Failed(FailedNews { what: FailedWork::Inbox, .. }) => "inbox.failed",
            Self::Failed(FailedNews { what: FailedWork::Run, .. }) => "run.interrupted",
            Self::Test(_) => "channel.test",
        }
    }

    /// When it happened.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Export(news) => news.finished,
            Self::Run(news) => news.finished,
            Self::Approval(news) => news.at,
            Self::Failed(news) => news.at,
            Self::Test(news) => news.at,
        }
    }

    /// Whether it may wait for the end of quiet hours: nobody has to hear of it at once.
    pub fn can_wait(&self) -> bool {
        match self {
            Self::Export(news) => !news.is_urgent && !news.not_archived,
            Self::Run(news) => !news.has_failures(),
            Self::Approval(_) | Self::Failed(_) | Self::Test(_) => false,
        }
    }

    /// How long it is of use to whoever has not heard of it.
    pub fn use_hours(&self) -> i64 {
        match self {
            // The next export tells what is so then.
            Self::Export(_) | Self::Failed(_) | Self::Approval(_) => 24,
            Self::Run(_) => 72,
            Self::Test(_) => 1,
        }
    }
}

impl RunNews {
    /// Whether something was tried and did not come to its end.
    pub fn has_failures(&self) -> bool {
        self.totals.iter().any(|(kind, count)| *count > 0 && kind.is_failure())
    }
}
