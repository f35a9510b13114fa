//! What a store, a coupon, a campaign, a finding, an action, a change and an outcome are.
//!
//! Values only: no file, no network, no clock, no platform's spelling. Everything here can be written to JSON and
//! read back, since the archive, the journal and the plan file all keep these very types.

#![warn(clippy::wildcard_enum_match_arm)]

mod abilities;
mod action;
mod at_risk;
mod by_hand;
mod campaign;
mod change;
mod checklist;
mod coupon;
mod fields;
mod finding;
mod ids;
mod ledger;
mod loss;
mod memory;
mod message;
mod money;
mod news;
mod outcome;
mod overview;
mod past;
mod person;
mod reply;
mod snapshot;
mod store;
mod time;
mod undo;
mod urgency;

pub use abilities::{Abilities, Ability, AllowedLess, Confidence, CouponsAllowingLess, Limits, Rule, Verb};
pub use action::{Action, ActionWord, Edit, EndEdit};
pub use at_risk::{MoneyAtRisk, MoneySums, largest_first, money_at_risk};
pub use by_hand::{BackOffice, FollowUp, Goal, Likeness, Task, TaskRow, TaskStatus};
pub use campaign::{Campaign, SpendRange};
pub use change::{Change, Draft, ExpectedState, Keeping, Operation, Start, Step, Write};
pub use checklist::{HowOften, LooksAt, OpenAction, RoutineItem, SignOff};
pub use coupon::{Coupon, DESCRIPTION, Discount, Minimum, Owner, Status, Untold, has_read_rules, unread_rule};
pub use fields::{Fields, SharedFields};
pub use finding::{Advice, Finding, FindingCode, Route, Severity, Suggestion};
pub use ids::{ChangeId, CouponId, ExportId, InvalidId, KEY_ALPHABET, RowKey, RunId, ShopId, StoreId, spell};
pub use ledger::{
    CouponFacts, EndKind, Ended, Ending, FindingKey, FindingLife, HowEnded, Ledger, Look, RowChange, Seen, Sight,
    about, how_ended, lives,
};
pub use loss::Loss;
pub use memory::{Deliberate, Kept, Memory, StockHistory, StockPoint};
pub use message::{Argument, Message, Notice, Subject};
pub use money::{Currency, Exposure, InvalidCurrency, Money, Percent, grouped};
pub use news::{
    ApprovalNews, Event, ExportNews, FailedNews, FailedWork, Listener, NewsCounts, NewsFile, NewsItem, NewsRow,
    NewsTask, QuietHours, ResolvedItem, RunNews, Suggested, TestNews, Told, ToldFailure, ToldFinding, Topic, Turn,
};
pub use outcome::{Account, Credit, Outcome, OutcomeKind};
pub use overview::{Changed, EndedFinding, FirstSeen, SeenFinding, Since, WeekTrend};
pub use past::{
    AppliedChange, Counted, DayCounts, DueSignOff, FailedLoad, HOLDS_DAYS, InvalidWeek, IsoWeek, MomentMoney, PastTask,
    StoreWeek, StoreWeeks, WeekCounts,
};
pub use person::{InvalidKey, People, Person, PublicKey, Role};
pub use reply::{Replies, Reply, Situation};
pub use snapshot::{Export, Load, LoadProblem, Part, Row, Rows, Slot, Source, StoreLoad};
pub use store::{Access, Checks, MayWrite, Platform, Quota, Store, StoreCheck};
pub use time::{
    EndsBeforeItStarts, Period, Timestamp, day_end, day_start, last_moment, local_day, local_instant,
    next_whole_second, same_second, whole_second,
};
pub use undo::{Undo, UndoLine, UndoWay};
pub use urgency::Urgency;

/// All of an enum in its order, and the word of each: as it is in files, and in English within a sentence.
macro_rules! words {
    ($($name:ident)*) => {
        $(impl $name {
            pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

            pub fn word(self) -> &'static str {
                self.into()
            }
        })*
    };
}

words!(ActionWord OutcomeKind Severity Situation Slot Status);
