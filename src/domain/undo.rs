//! The way back of a run: what it changed, and what brings each coupon to what it was before.

use serde::{Deserialize, Serialize};

use super::{Coupon, Message, RowKey, RunId, StoreId, Timestamp};

/// What a run did, a line for each coupon that it changed or made; what cannot be undone first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    pub run: RunId,
    /// In whose name the run was.
    pub by: String,
    /// When it began.
    pub at: Timestamp,
    pub lines: Vec<UndoLine>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UndoLine {
    /// Of the coupon, in the undo's own export.
    pub row: RowKey,
    pub store: StoreId,
    pub label: String,
    /// What the run did to it: from what to what.
    pub did: Message,
    pub way: UndoWay,
    /// Why it cannot be undone, and what will not be as it was.
    pub why: Vec<Message>,
    /// Before the run; none of a coupon that the run made.
    pub before: Option<Coupon>,
}

/// How far a coupon comes back; what asks most of a person first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "kebab-case")]
pub enum UndoWay {
    /// The platform has no way back.
    Never,
    /// It was changed since: what to do with it a person decides.
    Conflict,
    /// What the run did to it, or what it is now, nobody knows.
    NotKnown,
    /// Something of it will not be as it was.
    Otherwise,
    /// As it was before the run.
    Back,
    /// It is as it was.
    Already,
}

impl UndoWay {
    /// Whether there is something to send for it.
    pub fn is_planned(self) -> bool {
        matches!(self, Self::Otherwise | Self::Back)
    }
}

impl Undo {
    /// How many lines there are of `way`.
    pub fn count(&self, way: UndoWay) -> usize {
        self.lines.iter().filter(|line| line.way == way).count()
    }
}
