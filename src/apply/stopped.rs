//! Why a change goes no further, and what is said of it: with what its earlier steps did, and what to do next.

use super::Run;
use crate::domain::{Change, CouponId, Message, Operation, Outcome, OutcomeKind};
use crate::journal::JournalError;
use crate::message;
use crate::platforms::{CallError, CallErrorKind};

/// Of what is to be done next where a store is down: true only where no earlier step of the change did something.
const NOTHING_CHANGED: &str = "results-next-connection";
const SHOP_SILENT: &str = "results-next-shop-silent";

pub(super) struct ChangeResult {
    pub outcome: Outcome,
    /// Why the rest of this store's rows need not be tried.
    pub store_is_down: Option<Message>,
}

/// How far a change came.
#[derive(Default)]
pub(super) struct Reached {
    /// The coupons that steps made.
    pub made: Vec<CouponId>,
    /// What it is of the steps that are done.
    pub done: Vec<Operation>,
}

/// Why a step, and its change with it, goes no further.
pub(super) struct Stopped {
    kind: OutcomeKind,
    /// As a part of a sentence.
    message: Message,
    /// The id of what to do next.
    next: &'static str,
    request_id: Option<String>,
    /// Why no other row of the store need be tried, without the platform's words: those are told once.
    store_is_down: Option<Message>,
}

pub(super) enum StepError {
    Stopped(Box<Stopped>),
    /// The journal cannot be written: then nothing more is sent.
    Journal(JournalError),
}

impl Stopped {
    pub fn failed(message: Message, request_id: Option<String>) -> Self {
        let (kind, next) = (OutcomeKind::Failed, "results-next-correct");
        Self { kind, message, next, request_id, store_is_down: None }
    }

    /// Nothing is wrong with the row.
    pub fn unanswered(message: Message, request_id: Option<String>) -> Self {
        Self { next: SHOP_SILENT, ..Self::failed(message, request_id) }
    }

    pub fn conflict(live: Message) -> Self {
        let message = message!("results-conflict-late", live = live);
        let (kind, next) = (OutcomeKind::Conflict, "results-next-export");
        Self { kind, message, next, request_id: None, store_is_down: None }
    }

    pub fn unknown(message: Message, request_id: Option<String>) -> Self {
        let (kind, next) = (OutcomeKind::Unknown, "results-next-same-again");
        Self { kind, message, next, request_id, store_is_down: None }
    }

    pub fn not_shown(message: Message, request_id: Option<String>) -> Self {
        let (kind, next) = (OutcomeKind::NotShown, "results-next-look");
        Self { kind, message, next, request_id, store_is_down: None }
    }

    pub fn store_down(message: Message) -> Self {
        let (kind, next) = (OutcomeKind::Failed, NOTHING_CHANGED);
        let store_is_down = Some(message!("results-store-down", message = &message));
        Self { kind, message, next, request_id: None, store_is_down }
    }

    pub fn store_down_by(error: &CallError) -> Self {
        Self { message: error.in_full(), ..Self::store_down(error.sentence.clone()) }
    }

    /// Every change of the store would be refused as this one was.
    pub fn read_only(error: &CallError) -> Self {
        let store_is_down = Some(message!("results-store-read-only", message = &error.sentence));
        Self { store_is_down, ..Self::failed(error.in_full(), error.request_id.clone()) }
    }

    // Nothing was sent, so nothing is in doubt.
    pub fn unasked(error: CallError) -> Self {
        match error.kind {
            CallErrorKind::Unreachable | CallErrorKind::SignIn | CallErrorKind::Throttled => {
                Self::store_down_by(&error)
            }
            CallErrorKind::ReadOnly => Self::read_only(&error),
            CallErrorKind::NotAllowed
            | CallErrorKind::WrongShop
            | CallErrorKind::Restricted
            | CallErrorKind::Rejected
            | CallErrorKind::NotFound => Self::failed(error.in_full(), error.request_id),
        }
    }

    /// Told with what earlier steps of the same change did.
    pub fn result(self, run: &Run, change: &Change, reached: Reached) -> ChangeResult {
        let store_is_down = self.store_is_down;
        let sentence = Message::sentence(self.message);
        let Reached { made, done } = reached;
        let is_part_done = !made.is_empty() || !done.is_empty();
        let done: Vec<Message> = done.into_iter().map(Operation::message).collect();
        let message = match (made.as_slice(), done.is_empty()) {
            ([made], _) => message!("results-made-but", coupon = made.as_str(), message = sentence),
            ([_, ..], _) => {
                let coupons = made.iter().map(CouponId::as_str).collect::<Vec<_>>().join(", ");
                message!("results-several-made-but", coupons = coupons, message = sentence)
            }
            ([], false) if !change.also.is_empty() => {
                message!("results-part-done", done = Message::together(done), message = sentence)
            }
            ([], _) => sentence,
        };
        let next = if is_part_done && [NOTHING_CHANGED, SHOP_SILENT].contains(&self.next) {
            "results-next-rest"
        } else {
            self.next
        };
        let outcome = run.outcome_of(change, self.kind, message, Some(message!(next))).having_made(&made);
        ChangeResult { outcome: Outcome { request_id: self.request_id, ..outcome }, store_is_down }
    }
}

impl From<Stopped> for StepError {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(Box::new(stopped))
    }
}

impl From<JournalError> for StepError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}
