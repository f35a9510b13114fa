//! What a platform shows of a write: as it is to be, as it was, or something else.

use std::collections::BTreeSet;

use chrono_tz::Tz;

use super::looks::{Looks, Purpose};
use super::{Connectors, Run};
use crate::domain::{
    Argument, Change, ChangeId, Coupon, CouponId, Draft, Message, Status, Step, StoreId, Timestamp, Write,
};
use crate::journal::{Found, Journal, JournalError};
use crate::language::Language;
use crate::message;
use crate::plan::words;
use crate::platforms::{CallError, CallErrorKind, Connector, is_ours, wrong_clock};

/// What the platform shows of a step.
pub(super) enum ObservedState {
    /// After: as it is to be.
    Applied { coupon: Option<Box<Coupon>>, created: Option<CouponId> },
    /// Before: as it was; the coupon, where the step is about one that is there.
    NotYet(Option<Box<Coupon>>),
    /// Neither: what it shows, as a part of a sentence.
    Other(Message),
}

/// Asks one store about the steps of one change.
pub(super) struct Reconciler<'a> {
    pub connector: &'a dyn Connector,
    /// None where nothing is sent.
    looks: Option<&'a Looks>,
    change: &'a ChangeId,
    made_before: BTreeSet<CouponId>,
    /// How its moments are told: on whose clock, and whose year need not be written.
    clock: (Tz, Timestamp),
}

impl<'a> Reconciler<'a> {
    pub fn of(
        change: &'a Change,
        (connector, looks): (&'a dyn Connector, Option<&'a Looks>),
        journal: &Journal,
        clock: (Tz, Timestamp),
    ) -> Result<Self, JournalError> {
        Ok(Self { connector, looks, change: &change.id, made_before: made_before(journal, change)?, clock })
    }

    /// `write` is the step's as it was sent; `created` the coupon that it is known to have made.
    ///
    /// # Errors
    /// Also where this machine's clock is not the platform's: by a wrong one a coupon has ended, or has not.
    pub async fn observe(
        &self,
        step: &Step,
        write: &Write,
        created: Option<&CouponId>,
        purpose: Purpose,
    ) -> Result<ObservedState, CallError> {
        let observed = self.shown_of(step, write, created, purpose).await?;
        match wrong_clock(self.connector) {
            None => Ok(observed),
            Some(sentence) => {
                let kind = CallErrorKind::Unreachable;
                Err(CallError { kind, sentence, platform_words: None, request_id: None })
            }
        }
    }

    async fn shown_of(
        &self,
        step: &Step,
        write: &Write,
        created: Option<&CouponId>,
        purpose: Purpose,
    ) -> Result<ObservedState, CallError> {
        let Some(draft) = write.draft() else {
            let Some(id) = write.coupon() else { return Ok(ObservedState::NotYet(None)) };
            let coupon = self.get(id, purpose).await?;
            return Ok(if step.after.hold_for(coupon.as_ref()) {
                ObservedState::Applied { coupon: coupon.map(Box::new), created: None }
            } else if step.before.hold_for(coupon.as_ref()) {
                ObservedState::NotYet(coupon.map(Box::new))
            } else {
                ObservedState::Other(self.unlike(step, coupon.as_ref()))
            });
        };
        let found = match created {
            Some(id) => self.get(id, purpose).await?.into_iter().collect(),
            None => self.not_made_before(self.connector.find_created(draft).await?),
        };
        Ok(self.created_of(draft, found, created))
    }

    /// The coupon as it is now.
    pub async fn get(&self, id: &CouponId, purpose: Purpose) -> Result<Option<Coupon>, CallError> {
        match self.looks {
            Some(looks) => looks.get(self.connector, id, purpose).await,
            None => self.connector.get(id).await,
        }
    }

    fn not_made_before(&self, mut found: Vec<Coupon>) -> Vec<Coupon> {
        found.retain(|coupon| !self.made_before.contains(&coupon.id));
        found
    }

    // Adopted as ours only if code and every field match.
    fn created_of(&self, draft: &Draft, found: Vec<Coupon>, created: Option<&CouponId>) -> ObservedState {
        let alive = || found.iter().filter(|coupon| coupon.status != Status::Trashed);
        let is_told = |coupon: &Coupon| Some(&coupon.id) == created && draft.matches_but_for_its_name(coupon);
        if let Some(ours) = alive().find(|coupon| is_ours(coupon, draft, self.change) || is_told(coupon)) {
            return ObservedState::Applied { coupon: Some(Box::new(ours.clone())), created: Some(ours.id.clone()) };
        }
        match alive().next() {
            None => ObservedState::NotYet(None),
            Some(other) => ObservedState::Other(self.another(draft.label(), other)),
        }
    }

    /// What the platform shows of the coupon that a step is about; none where it is not there.
    pub fn shown(&self, coupon: Option<&Coupon>) -> Message {
        coupon.map_or_else(|| message!("results-shows-nothing"), |coupon| self.facts(coupon))
    }

    /// The same, and its code where that is not the expected one.
    fn unlike(&self, step: &Step, coupon: Option<&Coupon>) -> Message {
        let shown = self.shown(coupon);
        match coupon.filter(|coupon| !step.before.has_code_of(coupon)) {
            Some(renamed) => Message::together(vec![words::code(renamed), shown]),
            None => shown,
        }
    }

    /// A coupon that is there in place of the one that was to be made.
    pub fn another(&self, label: &str, coupon: &Coupon) -> Message {
        message!("results-shows-another", label = label, facts = self.facts(coupon), id = coupon.id.as_str())
    }

    pub fn facts(&self, coupon: &Coupon) -> Message {
        let (zone, near) = self.clock;
        facts(coupon, zone, near)
    }
}

/// What of a coupon can be changed, in the words of a plan's before and after: on a clock in `zone`, `near` a moment.
pub(super) fn facts(coupon: &Coupon, zone: Tz, near: Timestamp) -> Message {
    let ends = match coupon.usable.ends() {
        Some(at) => message!("results-ends", end = Argument::End { at, zone, near }),
        None => message!("results-no-end"),
    };
    message!(
        "results-facts",
        status = coupon.status.message(),
        ends = ends,
        total = words::total(coupon.total),
        minimum = words::minimum(coupon.minimum)
    )
}

impl Run<'_> {
    pub(super) fn connector(&self, store: &StoreId) -> Result<&dyn Connector, Message> {
        connector_of(self.connectors, store)
    }
}

pub(super) fn connector_of<'a>(connectors: &'a Connectors, store: &StoreId) -> Result<&'a dyn Connector, Message> {
    match connectors.get(store) {
        Some(Ok(connector)) => Ok(connector.as_ref()),
        Some(Err(reason)) => Err(reason.clone()),
        None => Err(message!("call-store-gone", store = store.as_str())),
    }
}

/// For the journal: the platform was asked after a lost answer.
pub(super) fn did_not_happen(what_it_showed: &str) -> Found {
    Found::DidNotHappen { message: format!("asked afterwards: {what_it_showed}") }
}

/// For the journal: neither before nor after, whenever it was asked.
pub(super) fn not_shown(change: &Change, live: Message) -> Found {
    let message = message!("results-not-shown", live = live, after = &change.after);
    Found::NotShown { message: Language::ENGLISH.render(&message) }
}

/// Coupons that other creations in this store are known to have made. A coupon without a code has no reservation that keeps
/// two like ones apart: without this, a creation whose answer was lost could take an earlier one's coupon for its own.
fn made_before(journal: &Journal, change: &Change) -> Result<BTreeSet<CouponId>, JournalError> {
    let without_code = |step: &Step| step.write.draft().is_some_and(|draft| draft.code.is_empty());
    if !change.steps.iter().any(without_code) {
        return Ok(BTreeSet::new());
    }
    let made = journal.memory()?.successors.into_keys();
    Ok(made.filter(|(store, _)| *store == change.store).map(|(_, coupon)| coupon).collect())
}
