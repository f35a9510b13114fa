//! One decision on its platform: what it is resolved with, and how its values are told.

use super::Verdict;
use super::input::{Known, PlanInput, ResolvedDecision};
use super::intent::{Intent, Refusal};
use crate::domain::{
    Abilities, Argument, Change, Coupon, Message, Operation, Row, Status, Step, Store, Timestamp, Verb,
};
use crate::message;

/// What is resolved: one row of the plan.
pub(super) struct RowContext<'a> {
    pub input: &'a PlanInput<'a>,
    pub known: &'a Known,
    pub row: &'a Row,
    pub store: &'a Store,
    pub intent: &'a Intent,
    pub abilities: &'static Abilities,
    /// The coupon as it is now; none where the platform says that there is none, or nobody asked.
    pub live: Option<&'a Coupon>,
}

impl<'a> RowContext<'a> {
    /// Before anybody asked for the coupon.
    pub fn of(input: &'a PlanInput, known: &'a Known, decision: &'a ResolvedDecision, intent: &'a Intent) -> Self {
        let ResolvedDecision { row, store, .. } = decision;
        Self { input, known, row, store, intent, abilities: (input.abilities)(store.platform), live: None }
    }

    /// Not in the bin.
    pub fn alive(&self) -> Option<&'a Coupon> {
        self.live.filter(|live| live.status != Status::Trashed)
    }

    pub fn changed(&self, becomes: Operation, before: Message, after: Message, steps: Vec<Step>) -> Change {
        Change {
            id: self.intent.id.clone(),
            row: self.row.key.clone(),
            store: self.store.id.clone(),
            coupon: self.row.coupon.id.clone(),
            label: self.row.coupon.label().to_string(),
            action: self.intent.word,
            becomes,
            also: Vec::new(),
            before,
            after,
            cannot_undo: None,
            follow_up: None,
            exposure: None,
            replaced_period: None,
            keeping: None,
            steps,
        }
    }

    /// What the platform's table says of `verb` on `coupon`.
    pub fn reason(&self, verb: Verb, coupon: &Coupon) -> Message {
        message!(
            "results-platform-reason",
            platform = self.abilities.name,
            status = coupon.status.message(),
            reason = message!(self.abilities.rule(verb, coupon.status).reason)
        )
    }

    /// `Mon 30 Nov 23:59` of an exclusive end.
    pub fn end(&self, at: Timestamp) -> Argument {
        Argument::End { at, zone: self.store.zone, near: self.input.now }
    }

    /// `Mon 30 Nov 09:00`.
    pub fn instant(&self, at: Timestamp) -> Argument {
        Argument::Instant { at, zone: self.store.zone, near: self.input.now }
    }

    /// `ends Mon 30 Nov 23:59`, `has no end`.
    pub fn ends(&self, ends: Option<Timestamp>) -> Message {
        match ends {
            Some(ends) => message!("results-ends", end = self.end(ends)),
            None => message!("results-no-end"),
        }
    }
}

impl From<Change> for Verdict {
    fn from(change: Change) -> Self {
        Self::Change { change: Box::new(change), resumes: false }
    }
}

impl From<Refusal> for Verdict {
    fn from(Refusal { reason, next }: Refusal) -> Self {
        Self::Refused { reason, next }
    }
}

pub(super) fn refused(reason: Message, next: Message) -> Verdict {
    Verdict::Refused { reason, next }
}

pub(super) fn already(why: Message) -> Verdict {
    Verdict::AlreadyDone { why, by: None }
}

pub(super) fn conflict(exported: Message, wanted: Message, live: Message) -> Verdict {
    Verdict::Conflict { exported, wanted, live }
}
