//! The life of a finding, what ended it, and the ledger of a time: open before + new − ended = open after.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    ActionWord, Coupon, FindingCode, HOLDS_DAYS, Message, Operation, RowKey, RunId, Severity, Status, StoreId,
    Timestamp,
};

/// What a finding is about: a coupon's row, a store itself, or the campaign plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FindingKey {
    /// None for one on the campaign plan.
    pub store: Option<StoreId>,
    /// None for one on the store itself.
    pub row: Option<RowKey>,
    pub code: FindingCode,
    /// Of those on a store or the plan, the campaign: there may be several of one code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// One finding from its first sight until it ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingLife {
    pub key: FindingKey,
    /// What people call the coupon; empty for one on a store or the plan.
    pub label: String,
    /// The worst that it was.
    pub severity: Severity,
    /// As it was last told.
    pub why: Message,
    /// When the export that saw it first began.
    pub first_seen: Timestamp,
    /// Whether its store's first export that was looked at had it already: it may be older.
    pub since_longer: bool,
    pub last_seen: Timestamp,
    /// None while it is open.
    pub ended: Option<Ended>,
}

/// When a finding was seen to be gone, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// When the export began that no longer saw it.
    pub at: Timestamp,
    pub how: HowEnded,
    /// What its row has from then on that it had not before.
    #[serde(skip)]
    pub new: Vec<FindingCode>,
}

/// How a finding ended, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowEnded {
    /// A run sent a change; in whose name.
    Action { action: ActionWord, by: String, run: RunId },
    /// A person did it in the back office, as was asked for.
    ByHand(ActionWord),
    /// Somebody deleted the coupon outside the program.
    Gone,
    /// Somebody changed the coupon outside the program.
    Outside,
    /// Buyers used the coupon up.
    Buyers,
    /// Its own end came.
    Expired,
    /// Its own start came.
    Started,
    /// The same coupon has another finding in its place.
    TurnedInto(FindingCode),
    /// The store that did not load, or not whole, loads again.
    LoadsAgain,
    /// No export loaded the store for [`HOLDS_DAYS`] days: nothing is known any more.
    NotSeen,
    /// Somebody accepted it as it is.
    Kept { by: String },
    /// Nothing that is recorded of the coupon changed, nor did we do anything.
    NotKnown,
}

/// The ends of a ledger.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, strum::IntoStaticStr, strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "kebab-case")]
pub enum EndKind {
    Us,
    Outside,
    Buyers,
    Time,
    Turned,
    LoadsAgain,
    NotSeen,
    Kept,
    NotKnown,
}

impl HowEnded {
    pub fn kind(&self) -> EndKind {
        match self {
            Self::Action { .. } => EndKind::Us,
            Self::ByHand(_) | Self::Gone | Self::Outside => EndKind::Outside,
            Self::Buyers => EndKind::Buyers,
            Self::Expired | Self::Started => EndKind::Time,
            Self::TurnedInto(_) => EndKind::Turned,
            Self::LoadsAgain => EndKind::LoadsAgain,
            Self::NotSeen => EndKind::NotSeen,
            Self::Kept { .. } => EndKind::Kept,
            Self::NotKnown => EndKind::NotKnown,
        }
    }

    /// Whether the trouble is over. What turned into another finding, is silenced or is no longer seen is not.
    pub fn is_resolved(&self) -> bool {
        match self.kind() {
            EndKind::Us
            | EndKind::Outside
            | EndKind::Buyers
            | EndKind::Time
            | EndKind::LoadsAgain
            | EndKind::NotKnown => true,
            EndKind::Turned | EndKind::NotSeen | EndKind::Kept => false,
        }
    }
}

impl FindingLife {
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    pub fn is_resolved(&self) -> bool {
        self.ended.as_ref().is_some_and(|ended| ended.how.is_resolved())
    }

    /// How long it stayed, up to `until` where it is open.
    pub fn open_for(&self, until: Timestamp) -> Duration {
        (self.ended_at().unwrap_or(until) - self.first_seen).max(Duration::zero())
    }

    // A clock that was set back must not end it before it began.
    fn ended_at(&self) -> Option<Timestamp> {
        self.ended.as_ref().map(|ended| ended.at.max(self.first_seen))
    }
}

/// What one export saw, store by store.
#[derive(Debug, Clone)]
pub struct Look {
    pub at: Timestamp,
    /// Whether others of its time are left out: what it saw may have been there before.
    pub is_sample: bool,
    /// Of each store that was asked for (none: the campaign plan).
    pub stores: BTreeMap<Option<StoreId>, Seen>,
    pub sights: Vec<Sight>,
}

/// How much of a store came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// All of it: what is not there is gone.
    Whole,
    /// These coupons alone: of others nothing is known.
    Part(BTreeSet<RowKey>),
    Nothing,
}

/// A finding as one export saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    pub key: FindingKey,
    pub label: String,
    pub severity: Severity,
    pub why: Message,
}

/// Each finding from its first sight to its end, each store by its own looks: what a look did not see is neither gone nor new.
/// What ended is of a kind not known yet, but where its store was not seen for too long, up to `until`.
pub fn lives(looks: Vec<Look>, until: Timestamp) -> Vec<FindingLife> {
    let mut open: BTreeMap<FindingKey, FindingLife> = BTreeMap::new();
    let mut ended: Vec<FindingLife> = Vec::new();
    let (mut asked, mut loaded) = (BTreeSet::new(), BTreeSet::new());
    for look in looks {
        ended.extend(lapsed(&mut open, look.at, |key| look.stores.contains_key(&key.store)));
        let mut seen: BTreeSet<FindingKey> = BTreeSet::new();
        let mut new: BTreeMap<RowKey, Vec<FindingCode>> = BTreeMap::new();
        for sight in look.sights {
            let key = sight.key;
            let is_first = !if key.row.is_some() { &loaded } else { &asked }.contains(&key.store);
            let life = open.entry(key.clone()).or_insert_with(|| {
                if let Some(row) = &key.row {
                    new.entry(row.clone()).or_default().push(key.code);
                }
                FindingLife {
                    key: key.clone(),
                    label: String::new(),
                    severity: sight.severity,
                    why: Message::as_written(""),
                    first_seen: look.at,
                    since_longer: is_first || look.is_sample,
                    last_seen: look.at,
                    ended: None,
                }
            });
            life.severity = life.severity.max(sight.severity);
            (life.last_seen, life.why, life.label) = (look.at, sight.why, sight.label);
            seen.insert(key);
        }
        let is_gone = |key: &FindingKey| match look.stores.get(&key.store) {
            Some(Seen::Whole) => !seen.contains(key),
            Some(Seen::Part(rows)) => !seen.contains(key) && key.row.as_ref().is_none_or(|row| rows.contains(row)),
            Some(Seen::Nothing) | None => false,
        };
        let gone = open.extract_if(.., |key, _| is_gone(key));
        ended.extend(gone.map(|(key, life)| {
            let new = key.row.and_then(|row| new.get(&row).cloned()).unwrap_or_default();
            FindingLife { ended: Some(Ended { at: look.at, how: HowEnded::NotKnown, new }), ..life }
        }));
        for (store, seen) in look.stores {
            if seen != Seen::Nothing {
                loaded.insert(store.clone());
            }
            // Where the plan was not told of in whole, what is missing may have been there.
            if store.is_some() || seen != Seen::Nothing {
                asked.insert(store);
            }
        }
    }
    ended.extend(lapsed(&mut open, until, |_| true));
    ended.extend(open.into_values());
    ended
}

/// Takes out what nobody has seen for too long at `at`.
fn lapsed(
    open: &mut BTreeMap<FindingKey, FindingLife>,
    at: Timestamp,
    is_asked: impl Fn(&FindingKey) -> bool,
) -> Vec<FindingLife> {
    let holds = Duration::days(HOLDS_DAYS);
    let lapsed = open.extract_if(.., |key, life| is_asked(key) && at - life.last_seen > holds);
    lapsed
        .map(|(_, life)| {
            let at = life.last_seen + holds;
            FindingLife { ended: Some(Ended { at, how: HowEnded::NotSeen, new: Vec::new() }), ..life }
        })
        .collect()
}

/// A time in four sums.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    pub open_before: usize,
    pub new: usize,
    pub ended: BTreeMap<EndKind, usize>,
    pub open_after: usize,
}

impl Ledger {
    /// Of the time from `begins` until `ends` (exclusive).
    pub fn of<'a>(lives: impl IntoIterator<Item = &'a FindingLife>, begins: Timestamp, ends: Timestamp) -> Self {
        let mut ledger = Self::default();
        for life in lives {
            let (began, ended) = (life.first_seen, life.ended_at());
            let is_open_at = |at: Timestamp| began < at && ended.is_none_or(|ended| ended >= at);
            ledger.open_before += usize::from(is_open_at(begins));
            ledger.new += usize::from((begins..ends).contains(&began));
            ledger.open_after += usize::from(is_open_at(ends));
            if let Some(how) = life.ended.as_ref().filter(|_| ended.is_some_and(|at| (begins..ends).contains(&at))) {
                *ledger.ended.entry(how.how.kind()).or_default() += 1;
            }
        }
        ledger
    }
}

/// What decides between what happened to a coupon and what did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponFacts {
    pub status: Status,
    pub starts: Option<Timestamp>,
    /// Exclusive.
    pub ends: Option<Timestamp>,
    pub total: Option<u64>,
    pub remaining: Option<u64>,
    pub min_spend: Option<Decimal>,
    /// In words.
    pub discount: String,
}

impl CouponFacts {
    pub fn of(coupon: &Coupon) -> Self {
        Self {
            status: coupon.status,
            starts: coupon.usable.starts(),
            ends: coupon.usable.ends(),
            total: coupon.total,
            remaining: coupon.remaining(),
            min_spend: coupon.minimum.spend(),
            discount: coupon.discount.to_string(),
        }
    }
}

/// What a run did on a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    pub row: RowKey,
    pub action: ActionWord,
    pub becomes: Operation,
    pub by: String,
    pub run: RunId,
    pub at: Timestamp,
}

impl RowChange {
    /// This change, or where it set several things on its coupon, one for each of `operations` under the word that asks for it.
    pub fn each(self, operations: &[Operation]) -> Vec<Self> {
        let one = |operation: &Operation| {
            let action = if operations.len() > 1 { operation.word() } else { None };
            Self { action: action.unwrap_or(self.action), becomes: *operation, ..self.clone() }
        };
        operations.iter().map(one).collect()
    }
}

/// One finding that an export no longer saw, and what is known of the time since it was last seen.
pub struct Ending<'a> {
    pub key: &'a FindingKey,
    /// When the export began that no longer saw it.
    pub at: Timestamp,
    /// The coupon when it was last seen with the finding, and without; none where it is not there.
    pub before: Option<&'a CouponFacts>,
    pub after: Option<&'a CouponFacts>,
    /// What the coupon has now that it had not before.
    pub new: &'a [FindingCode],
    /// The last changes that took effect on its row meanwhile, the latest first.
    pub changes: &'a [&'a RowChange],
    /// Work by hand on it that was seen done.
    pub by_hand: Option<ActionWord>,
}

/// What ended it: the one place that says so, for Summary, the weekly audit and whoever else tells it.
pub fn how_ended(ending: &Ending) -> HowEnded {
    let code = ending.key.code;
    if ending.key.row.is_none() {
        return if FindingCode::OF_LOAD.contains(&code) { HowEnded::LoadsAgain } else { HowEnded::NotKnown };
    }
    if let Some(change) = ending.changes.iter().find(|change| answers(change.becomes, code)) {
        let by = change.by.clone();
        return match change.becomes == Operation::Keep {
            true => HowEnded::Kept { by },
            false => HowEnded::Action { action: change.action, by, run: change.run.clone() },
        };
    }
    let takes_its_place = |new: &&FindingCode| matter(**new) == matter(code) || **new == FindingCode::Expired;
    if let Some(new) = ending.new.iter().find(takes_its_place) {
        return HowEnded::TurnedInto(*new);
    }
    let by_hand = |asked: &[ActionWord]| ending.by_hand.filter(|action| asked.contains(action)).map(HowEnded::ByHand);
    // Nothing is left to do on a coupon that is gone or over: that was not what a person was asked for, unless it was.
    let Some(after) = ending.after.filter(|after| after.status != Status::Trashed) else {
        return by_hand(&[ActionWord::Delete]).unwrap_or(HowEnded::Gone);
    };
    if after.status == Status::Ended {
        return by_hand(&[ActionWord::Delete, ActionWord::End]).unwrap_or_else(|| ended(ending, after));
    }
    if let Some(action) = ending.by_hand {
        return HowEnded::ByHand(action);
    }
    ending.before.map_or(HowEnded::NotKnown, |before| went_on(ending, before, after))
}

/// Of a coupon that has ended.
fn ended(ending: &Ending, after: &CouponFacts) -> HowEnded {
    let is_over = after.ends.is_some_and(|ends| ends <= ending.at);
    let as_planned = ending.before.is_none_or(|before| before.ends == after.ends);
    match (is_over, as_planned, after.remaining) {
        (true, true, _) => HowEnded::Expired,
        (false, true, Some(0)) => HowEnded::Buyers,
        _ => HowEnded::Outside,
    }
}

/// Of a coupon that is still there.
fn went_on(ending: &Ending, before: &CouponFacts, after: &CouponFacts) -> HowEnded {
    let has_started = before.status == Status::Scheduled
        && after.status == Status::Active
        && before.starts == after.starts
        && after.starts.is_some_and(|starts| starts <= ending.at);
    let uses = (before.remaining, after.remaining);
    let status = if has_started { after.status } else { before.status };
    let untouched = CouponFacts { status, remaining: after.remaining, ..before.clone() } == *after;
    let came_back = matches!(uses, (Some(before), Some(after)) if after > before);
    match uses {
        _ if !untouched || came_back => HowEnded::Outside,
        _ if has_started => HowEnded::Started,
        (_, Some(0)) => HowEnded::Buyers,
        // How fast it goes is the buyers' doing.
        _ if matches!(ending.key.code, FindingCode::RunsOutEarly | FindingCode::SuddenDrop) => HowEnded::Buyers,
        _ => HowEnded::NotKnown,
    }
}

/// What a finding is about: of one coupon and matter the most urgent one speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Matter {
    End,
    Stock,
    Status,
    Terms,
    Plan,
    Store,
}

fn matter(code: FindingCode) -> Matter {
    match code {
        FindingCode::Expired
        | FindingCode::ExpiresToday
        | FindingCode::ExpiringSoon
        | FindingCode::ClaimOver
        | FindingCode::CampaignGap => Matter::End,
        FindingCode::OutOfStock | FindingCode::LowStock | FindingCode::RunsOutEarly | FindingCode::SuddenDrop => {
            Matter::Stock
        }
        FindingCode::NotStarted | FindingCode::Paused | FindingCode::Rejected | FindingCode::StatusUnknown => {
            Matter::Status
        }
        FindingCode::GivesMoneyAway
        | FindingCode::Uncapped
        | FindingCode::ThresholdHigh
        | FindingCode::ThresholdLow => Matter::Terms,
        FindingCode::CampaignUncovered
        | FindingCode::CampaignMatchesNothing
        | FindingCode::CampaignMissing
        | FindingCode::Duplicate
        | FindingCode::Unplanned => Matter::Plan,
        FindingCode::StoreNotLoaded
        | FindingCode::ListIncomplete
        | FindingCode::StoreRestricted
        | FindingCode::WrongShop
        | FindingCode::StoreDiffers
        | FindingCode::TokenExpiring => Matter::Store,
    }
}

/// Whether such a change can end a finding of that code: a restock ends no coupon's expiry.
fn answers(operation: Operation, code: FindingCode) -> bool {
    let matter = matter(code);
    match operation {
        Operation::ExtendInPlace | Operation::ShortenInPlace | Operation::FollowOn => {
            matches!(matter, Matter::End | Matter::Plan)
        }
        Operation::RaiseTotal => matter == Matter::Stock,
        Operation::ChangeMinSpend => matches!(matter, Matter::Terms | Matter::Plan),
        Operation::Enable => matches!(matter, Matter::Status | Matter::End | Matter::Plan),
        Operation::LowerTotal => false,
        Operation::Create
        | Operation::Planned
        | Operation::End
        | Operation::Pause
        | Operation::Delete
        | Operation::Trash
        | Operation::Keep => true,
    }
}

/// What a finding on a store or the plan is about: the campaign that its sentence names.
pub fn about(row: Option<&RowKey>, why: &Message) -> Option<String> {
    if row.is_some() {
        return None;
    }
    why.arguments().find(|(name, _)| *name == "campaign").and_then(|(_, argument)| argument.name_or_text())
}
