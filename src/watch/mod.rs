//! What a watcher decides by itself: which export is due when, whether a file in the inbox is whole, what was dealt with. It knows
//! nothing of coupons; `commands/watch` does what is decided here.
//!
//! `times` are the cron lines of the config on a team's wall clock, `slots` remembers which of them were settled. `names` says what a name in
//! the inbox stands for, `looks` when a file is whole, `taking` copies it, `story` is what became of each content, `share` whether the folder
//! is there at all. `lock` lets one watcher work at a time, `health` tells what it does.

mod health;
mod lock;
mod looks;
mod names;
mod share;
mod slots;
mod story;
mod taking;
mod times;

pub use health::{Doing, ExportTold, FileTold, Health, InboxTold, Next, PlanTold};
pub use lock::{LockError, WatchLock, Watcher, take as take_lock, watching};
pub use looks::{Found, Look, Looks, Seen, Waits, files, look_at};
pub use names::{Named, Version, may_lock, named, version_of};
pub use share::{Away, Claim, Installation, MARKER, claim, leave, others_claim};
pub use slots::{Decision, SlotBook, SlotError, SlotRecord, SlotState};
pub use story::{Answer, Came, Ledger, LedgerError, PlanMade, Stage, Story};
pub use taking::{NotTaken, sha256, take};
pub use times::{Due, NoTimes, Times};

/// Below the state folder: everything that a watcher keeps.
pub const FOLDER: &str = "watch";
/// Below that: a folder for each content that is being dealt with, with its copy and its plan.
pub const WORK: &str = "work";
/// Below the inbox: what was dealt with, by week.
pub const DONE: &str = "done";
