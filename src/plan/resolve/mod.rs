//! What an intent becomes on its platform: a change, nothing to do, by hand, a conflict, or a refusal.
//!
//! Three-way for every row: the value at export, what is wanted, the value live now. Wanted already there is "already done";
//! live unlike both is a conflict; everything else is a change whose steps carry `before` and `after`.
//! `values` changes what a coupon says, `status` whether it can be used, `copies` makes new ones; `feasible` holds each against what
//! this very coupon allows.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "what a change is not made of goes to `cannot`, which decides for each ability"
)]

mod copies;
mod feasible;
mod status;
mod values;

use std::collections::BTreeSet;

use super::Verdict;
use super::by_hand::ManualStep;
use super::context::{RowContext, already, conflict, refused};
use super::drafts::Copy;
use super::input::{Known, PlanInput, PriorRun, ResolvedDecision};
use super::intent::{DesiredState, Intent};
use super::words::{alternative, found};
use crate::domain::{
    Ability, Advice, Change, Coupon, Exposure, Keeping, Message, Operation, Owner, Route, Start, Status, Step,
    Timestamp, Verb, Write,
};
use crate::message;

/// `taken` collects the codes of the store in capitals, those of this plan included.
pub fn resolve(
    input: &PlanInput,
    known: &Known,
    decision: &ResolvedDecision,
    intent: &Intent,
    taken: &mut BTreeSet<String>,
) -> Verdict {
    match known.prior_runs.get(&intent.id) {
        Some(PriorRun::Settled { what, by }) => {
            return Verdict::AlreadyDone { why: what.clone(), by: Some(by.clone()) };
        }
        Some(PriorRun::Begun(change)) => return Verdict::Change { change: change.clone(), resumes: true },
        None => {}
    }
    let mut context = RowContext::of(input, known, decision, intent);
    if !decision.touches() {
        return context.verdict(taken).unwrap_or_else(|early| early);
    }
    if let Some(reason) = known.present.failed.get(&context.store.id) {
        return refused(reason.clone(), message!("results-next-mend-plan"));
    }
    // Not asked for is not the same as gone.
    let Some(found) = known.present.coupons.get(&decision.coupon()) else {
        return refused(message!("results-not-loaded"), message!("results-next-plan"));
    };
    context.live = found.as_ref();
    context.verdict(taken).unwrap_or_else(|early| early)
}

/// The error is a verdict that ends the thinking early.
type Resolved<T = Verdict> = Result<T, Verdict>;

impl RowContext<'_> {
    fn verdict(&self, taken: &mut BTreeSet<String>) -> Resolved {
        self.verdict_of(&self.intent.desired, taken)
    }

    fn verdict_of(&self, desired: &DesiredState, taken: &mut BTreeSet<String>) -> Resolved {
        self.wanted(desired, taken).map(|verdict| self.as_far_as_possible(verdict))
    }

    fn wanted(&self, desired: &DesiredState, taken: &mut BTreeSet<String>) -> Resolved {
        match desired {
            DesiredState::Several { all } => self.several(all, taken),
            DesiredState::Renew { until } => self.renew(*until, None, taken),
            DesiredState::Restock { total, add } => self.restock(*total, *add),
            DesiredState::Adjust { minimum } => self.adjust(*minimum),
            DesiredState::Delete => self.delete(),
            DesiredState::End => self.end_now(),
            DesiredState::Pause => self.pause(),
            DesiredState::Enable => self.enable(taken),
            DesiredState::Recreate { until, minimum, total, wanted, start } => {
                let start = start.map_or(Start::Soonest, Start::At);
                let (minimum, total, wanted) = (*minimum, *total, wanted.clone());
                self.recreate(Copy { start, ends: *until, minimum, total, wanted }, taken)
            }
            DesiredState::Keep { note, until } => Ok(self.keep(note, *until)),
            DesiredState::ByHand { .. } => {
                Ok(self.by_hand(&ManualStep::OpenPage, &self.row.coupon, message!("results-only-the-page")))
            }
        }
    }

    /// One change of what several ask for, as far as it is not so already; what stands against one of them stands against all.
    fn several(&self, all: &[DesiredState], taken: &mut BTreeSet<String>) -> Resolved {
        let (enabled, renewed) = (self.once_enabled(all), self.once_renewed(all));
        let (mut changes, mut so_already, mut enabled_first) = (Vec::new(), Vec::new(), false);
        for desired in all {
            let mut verdict = self.one_of_several(desired, all, taken);
            let is_barred = matches!(verdict, Some(Verdict::ByHand { .. } | Verdict::Refused { .. }));
            if let Some(enabled) = enabled.as_ref().filter(|_| is_barred && *desired != DesiredState::Enable) {
                verdict = RowContext { live: Some(enabled), ..*self }.one_of_several(desired, all, taken);
                enabled_first = true;
            }
            if let Some(renewed) = renewed.as_ref().filter(|_| is_barred && *desired == DesiredState::Enable) {
                verdict = RowContext { live: Some(renewed), ..*self }.one_of_several(desired, all, taken);
            }
            match verdict {
                Some(Verdict::Change { change, .. }) => changes.push(*change),
                Some(Verdict::AlreadyDone { why, .. }) => so_already.push(why),
                Some(other @ (Verdict::ByHand { .. } | Verdict::Conflict { .. } | Verdict::Refused { .. })) => {
                    return Err(other);
                }
                None => {}
            }
        }
        self.together(changes, enabled_first).map(Verdict::from).ok_or_else(|| already(Message::together(so_already)))
    }

    /// None where it is a part of what makes a new coupon.
    fn one_of_several(
        &self,
        desired: &DesiredState,
        all: &[DesiredState],
        taken: &mut BTreeSet<String>,
    ) -> Option<Verdict> {
        let follows_on = self.row.suggestion.way == Route::FollowOn;
        let minimum = || {
            all.iter().find_map(|one| if let DesiredState::Adjust { minimum } = one { Some(*minimum) } else { None })
        };
        let verdict = match desired {
            DesiredState::Adjust { .. } if follows_on => return None,
            DesiredState::Renew { until } if follows_on => self.renew(*until, minimum(), taken),
            other => self.verdict_of(other, taken),
        };
        Some(verdict.unwrap_or_else(|early| early))
    }

    /// The paused coupon as it is after its `enable`, where that is among what is asked for: some platforms change nothing on a paused
    /// one.
    fn once_enabled(&self, all: &[DesiredState]) -> Option<Coupon> {
        let paused = self.alive().filter(|live| live.status == Status::Paused)?;
        let is_asked = all.contains(&DesiredState::Enable);
        let enabled = Advice::Enable.set_on(paused, self.store.currency, self.input.now);
        enabled.filter(|_| is_asked && self.abilities.rule(Verb::Enable, paused.status).ability == Ability::Yes)
    }

    /// The coupon as it is after its `renew`, where that is among what is asked for: nothing whose end has passed is enabled.
    fn once_renewed(&self, all: &[DesiredState]) -> Option<Coupon> {
        let until = all.iter().find_map(|one| if let DesiredState::Renew { until } = one { *until } else { None })?;
        Advice::Renew { until }.set_on(self.alive()?, self.store.currency, self.input.now)
    }

    /// None where there is none.
    fn together(&self, mut changes: Vec<Change>, enabled_first: bool) -> Option<Change> {
        // What several have in common is told once: what is made of one coupon, say.
        let told = |side: fn(&Change) -> &Message| {
            let mut told: Vec<Message> = changes.iter().map(side).cloned().collect();
            told.dedup();
            Message::together(told)
        };
        let (before, after, exposure) = (told(|it| &it.before), told(|it| &it.after), self.exposure_of(&changes));
        // What makes a coupon is what the change is; and buyers get one once everything else is as it should be, where its platform
        // lets that be. Only what the plan names is made beside new terms of its model, and before these: it has its own.
        let makes =
            |change: &Change| matches!(change.becomes, Operation::FollowOn | Operation::Create | Operation::Planned);
        changes.sort_by_key(|change| !makes(change));
        let also = changes.iter().skip(1).map(|change| change.becomes).collect();
        let mut steps: Vec<Step> = changes.iter().flat_map(|change| change.steps.iter().cloned()).collect();
        let has_new_terms = steps.iter().any(|it| matches!(it.write, Write::SetEnd { .. } | Write::SetMinimum { .. }));
        steps.sort_by_key(|step| match step.write {
            Write::Create { .. } | Write::AddProducts { .. } if has_new_terms => 0,
            Write::Enable { .. } if enabled_first => 0,
            Write::Enable { .. } | Write::Create { .. } | Write::AddProducts { .. } => 2,
            _ => 1,
        });
        let first = changes.into_iter().next()?;
        Some(Change { also, before, after, exposure, steps, ..first })
    }

    /// What several changes of one coupon can additionally cost.
    fn exposure_of(&self, changes: &[Change]) -> Option<Exposure> {
        let steps = || changes.iter().flat_map(|change| &change.steps);
        let present = self.alive()?;
        let total = steps().find_map(|step| step.after.total).flatten();
        let raised = total.zip(present.total).map(|(total, present)| total.saturating_sub(present));
        let made = steps().filter_map(|step| step.write.draft()).map(|draft| draft.total);
        let usable_again = changes.iter().any(|change| {
            matches!(change.becomes, Operation::Enable | Operation::ExtendInPlace) && change.exposure.is_some()
        });
        present.exposure_of(usable_again, raised, made)
    }

    fn keep(&self, note: &str, until: Option<Timestamp>) -> Verdict {
        let after = match until {
            Some(at) if at <= self.input.now => message!("results-kept-no-longer", note = note),
            Some(at) => message!("results-kept-until", end = self.end(at), note = note),
            None => message!("results-kept", note = note),
        };
        let keeping = Keeping {
            note: note.to_string(),
            until,
            findings: self.row.findings.iter().map(|finding| (finding.code, finding.severity)).collect(),
            coupon: self.row.coupon.clone(),
        };
        let change = self.changed(Operation::Keep, found(&self.row.findings), after, Vec::new());
        Change { keeping: Some(Box::new(keeping)), ..change }.into()
    }

    /// A task as a row's whole verdict.
    fn by_hand(&self, step: &ManualStep, coupon: &Coupon, why: Message) -> Verdict {
        Verdict::ByHand { task: Box::new(self.task(step, coupon, why)) }
    }

    /// The coupon as it is now; a conflict where it is gone.
    fn live(&self) -> Resolved<&Coupon> {
        self.alive().ok_or_else(|| {
            let where_it_is = if self.live.is_some() { "results-where-bin" } else { "results-gone" };
            conflict(self.row.coupon.status.message(), self.intent.word.message(), message!(where_it_is))
        })
    }

    /// What the platform can do, once nothing stands against asking it; a platform's own coupon is left to people.
    fn ability(&self, verb: Verb, coupon: &Coupon, by_hand: &ManualStep) -> Resolved<Ability> {
        let owned = || message!(self.abilities.platform_owned);
        match coupon.owner {
            Owner::Seller => Ok(self.abilities.rule(verb, coupon.status).ability),
            Owner::Platform if verb == Verb::Create => Err(refused(owned(), message!("results-next-own-coupon"))),
            Owner::Platform => Err(self.by_hand(by_hand, coupon, owned())),
        }
    }

    /// Whether what the table names in place of `verb` can really be done.
    fn stands_in(&self, verb: Verb, live: &Coupon) -> bool {
        self.abilities.rule(verb, live.status).ability == Ability::Yes
    }

    fn cannot(&self, verb: Verb, coupon: &Coupon, ability: Ability, by_hand: &ManualStep) -> Verdict {
        let reason = self.reason(verb, coupon);
        match ability {
            Ability::Already => already(reason),
            Ability::ByHand => self.by_hand(by_hand, coupon, reason),
            Ability::Yes | Ability::FollowOn | Ability::Instead(_) | Ability::Never if self.promised_by_hand() => {
                self.by_hand(by_hand, coupon, reason)
            }
            Ability::Yes | Ability::FollowOn | Ability::Instead(_) | Ability::Never => {
                refused(reason, alternative(self.intent.word))
            }
        }
    }

    /// A row that told the manager "by hand" keeps its word, whether accepted or written out.
    fn promised_by_hand(&self) -> bool {
        let suggestion = &self.row.suggestion;
        suggestion.way == Route::ByHand && suggestion.advice.action() == Some(self.intent.word)
    }

    /// A status that the clock alone brought about is nobody's change. `wanted` is the message of what was asked for.
    fn status_as_expected(&self, live: &Coupon, wanted: &'static str) -> Resolved<()> {
        let (exported, now) = (&self.row.coupon, self.input.now);
        let begun = exported.usable.starts().is_some_and(|starts| starts <= now);
        let over = exported.usable.ends().is_some_and(|ends| ends <= now);
        let by_the_clock = match (exported.status, live.status) {
            (Status::Scheduled, Status::Active) => begun,
            (Status::Scheduled | Status::Active | Status::Paused, Status::Ended) => over,
            _ => false,
        };
        if live.status == exported.status || by_the_clock {
            return Ok(());
        }
        Err(conflict(exported.status.message(), message!(wanted), live.status.message()))
    }
}
