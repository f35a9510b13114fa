//! Changes of whether a coupon can be used: delete, end, pause, enable.
//!
//! Where a platform has no such change, its table names the one that comes nearest, and the words of the change say so.

use std::collections::BTreeSet;

use super::super::by_hand::ManualStep;
use super::super::context::{RowContext, already, conflict, refused};
use super::super::words;
use super::Resolved;
use crate::domain::{
    Ability, Change, Coupon, ExpectedState, FollowUp, Message, Operation, Period, Status, Step, Timestamp, Verb, Write,
};
use crate::message;

impl RowContext<'_> {
    pub(super) fn delete(&self) -> Resolved {
        let Some(live) = self.alive() else {
            return Err(already(message!("results-is-gone")));
        };
        self.code_as_expected(live, "results-gone")?;
        self.status_as_expected(live, "results-gone")?;
        match self.ability(Verb::Delete, live, &ManualStep::Delete)? {
            Ability::Yes => Ok(self.deletion(live, None).into()),
            Ability::Instead(verb @ (Verb::End | Verb::Pause)) if self.stands_in(verb, live) => {
                let reason = self.reason(Verb::Delete, live);
                let instead = message!("results-instead-of-deleted", reason = &reason);
                if verb == Verb::End {
                    return Ok(self.ending(live, Some(instead)).into());
                }
                // Nobody can use it, but it is still there: the rest is a person's.
                let rest = FollowUp::Task(Box::new(self.task(&ManualStep::Delete, live, reason)));
                Ok(Change { follow_up: Some(rest), ..self.pausing(live, Some(instead)) }.into())
            }
            other => Err(self.cannot(Verb::Delete, live, other, &ManualStep::Delete)),
        }
    }

    pub(super) fn end_now(&self) -> Resolved {
        let live = self.live_unless(Status::Ended, "results-is-ended", "results-ended")?;
        self.code_as_expected(live, "results-ended")?;
        let instead = || Some(message!("results-instead-of-ended", reason = self.reason(Verb::End, live)));
        match self.ability(Verb::End, live, &ManualStep::End)? {
            Ability::Yes => Ok(self.ending(live, None).into()),
            Ability::Instead(Verb::Delete) if self.stands_in(Verb::Delete, live) => {
                Ok(self.deletion(live, instead()).into())
            }
            Ability::Instead(Verb::Pause) if self.stands_in(Verb::Pause, live) => {
                Ok(self.pausing(live, instead()).into())
            }
            other => Err(self.cannot(Verb::End, live, other, &ManualStep::End)),
        }
    }

    pub(super) fn pause(&self) -> Resolved {
        let live = self.live_unless(Status::Paused, "results-is-paused", "results-paused")?;
        self.code_as_expected(live, "results-paused")?;
        match self.ability(Verb::Pause, live, &ManualStep::Pause)? {
            Ability::Yes => Ok(self.pausing(live, None).into()),
            Ability::Instead(Verb::End) if self.stands_in(Verb::End, live) => {
                let instead = message!("results-instead-of-paused", reason = self.reason(Verb::Pause, live));
                Ok(self.ending(live, Some(instead)).into())
            }
            other => Err(self.cannot(Verb::Pause, live, other, &ManualStep::Pause)),
        }
    }

    pub(super) fn enable(&self, taken: &mut BTreeSet<String>) -> Resolved {
        // Only a row that shows the coupon in the bin asks for it from there.
        if let Some(binned) = self.live.filter(|live| [live.status, self.row.coupon.status] == [Status::Trashed; 2]) {
            return match self.ability(Verb::Enable, binned, &ManualStep::Enable)? {
                Ability::Yes => Ok(self.back_from_bin(binned).into()),
                other => Err(self.cannot(Verb::Enable, binned, other, &ManualStep::Enable)),
            };
        }
        let live = self.live_unless(Status::Active, "results-is-active", "results-active")?;
        match self.ability(Verb::Enable, live, &ManualStep::Enable)? {
            // A platform that stops a coupon by its dates gets back those that were overwritten.
            Ability::Yes if live.status == Status::Ended => match self.period_to_restore() {
                Some(period) => Ok(self.putting_back(live, period).into()),
                None => self.enable_by_later_end(live, taken),
            },
            Ability::Yes if live.usable.ends().is_some_and(|ends| ends <= self.input.now) => Err(refused(
                message!("results-end-passed", end = self.ends(live.usable.ends())),
                message!("results-next-renew-then-enable"),
            )),
            Ability::Yes => Ok(self.enabling(live).into()),
            Ability::Instead(Verb::Extend) => self.enable_by_later_end(live, taken),
            other => Err(self.cannot(Verb::Enable, live, other, &ManualStep::Enable)),
        }
    }

    /// The coupon as it is now, where it has not the status that is wanted. `is_so` is what is said where it has, `wanted` the
    /// message of what was asked for.
    fn live_unless(&self, status: Status, is_so: &'static str, wanted: &'static str) -> Resolved<&Coupon> {
        let live = self.live()?;
        if live.status == status {
            return Err(already(message!(is_so)));
        }
        self.status_as_expected(live, wanted)?;
        Ok(live)
    }

    /// A coupon that buyers type by another code than the manager saw is taken from nobody. `wanted` is the message of what was asked for.
    fn code_as_expected(&self, live: &Coupon, wanted: &'static str) -> Resolved<()> {
        let exported = &self.row.coupon;
        let expected = ExpectedState { code: exported.code.clone(), ..ExpectedState::default() };
        match expected.has_code_of(live) {
            true => Ok(()),
            false => Err(conflict(words::code(exported), message!(wanted), words::code(live))),
        }
    }

    fn enable_by_later_end(&self, live: &Coupon, taken: &mut BTreeSet<String>) -> Resolved {
        match self.end_to_restore() {
            Some(until) => self.renew(until, None, taken),
            None => Err(refused(
                message!("results-no-later-end", reason = self.reason(Verb::Enable, live)),
                message!("results-next-renew"),
            )),
        }
    }

    /// Here and below, `instead` says what was asked for and why that cannot be; none where this was asked for.
    fn deletion(&self, live: &Coupon, instead: Option<Message>) -> Change {
        let to_bin = self.abilities.limits.has_bin && !self.input.delete_permanently.contains(&self.store.id);
        let coupon = live.id.clone();
        let (becomes, write) = match to_bin {
            true => (Operation::Trash, Write::Trash { coupon }),
            false => (Operation::Delete, Write::Delete { coupon }),
        };
        let gone = with_reason("results-gone", instead);
        let after = if to_bin { message!("results-in-bin", after = gone) } else { gone };
        let mut change = self.of_status(live, becomes, write, ExpectedState::exists(false), after);
        change.cannot_undo = (!to_bin).then(|| message!("results-undo-delete"));
        change
    }

    fn ending(&self, live: &Coupon, instead: Option<Message>) -> Change {
        let write = Write::End { coupon: live.id.clone(), at: self.input.now };
        let after = with_reason("results-ended", instead);
        let mut change = self.of_status(live, Operation::End, write, self.ended(live), after);
        change.replaced_period = Some(live.usable);
        if self.abilities.rule(Verb::Extend, Status::Ended).ability != Ability::Yes {
            change.cannot_undo = Some(message!("results-undo-end", platform = self.abilities.name));
        }
        change
    }

    /// A coupon that buyers cannot use keeps its status whatever its end: that end is the proof.
    fn ended(&self, live: &Coupon) -> ExpectedState {
        match live.status {
            Status::Active | Status::Scheduled | Status::Ended => ExpectedState::status(Status::Ended),
            Status::Paused | Status::InReview | Status::Rejected | Status::Trashed | Status::Unknown => {
                ExpectedState { exists: Some(true), ..ExpectedState::ends(Some(self.input.now)) }
            }
        }
    }

    fn pausing(&self, live: &Coupon, instead: Option<Message>) -> Change {
        let write = Write::Pause { coupon: live.id.clone() };
        let after = with_reason("results-paused", instead);
        let change = self.of_status(live, Operation::Pause, write, ExpectedState::status(Status::Paused), after);
        Change { replaced_period: Some(live.usable), ..change }
    }

    fn of_status(
        &self,
        live: &Coupon,
        becomes: Operation,
        write: Write,
        after: ExpectedState,
        told: Message,
    ) -> Change {
        let before = ExpectedState { code: self.row.coupon.code.clone(), ..precondition(live.status) };
        let step = Step { write, before, after };
        self.changed(becomes, live.status.message(), told, vec![step])
    }

    fn enabling(&self, live: &Coupon) -> Change {
        // What is let go before its start waits for it.
        let waits = live.status == Status::Paused && live.usable.starts().is_some_and(|at| at > self.input.now);
        let after = if waits { Status::Scheduled } else { Status::Active };
        let step = Step {
            write: Write::Enable { coupon: live.id.clone(), period: None },
            before: ExpectedState::status(live.status),
            after: ExpectedState::status(after),
        };
        self.usable_again(live, after.message(), step)
    }

    fn back_from_bin(&self, binned: &Coupon) -> Change {
        let step = Step {
            write: Write::Enable { coupon: binned.id.clone(), period: None },
            before: ExpectedState::status(Status::Trashed),
            after: ExpectedState { status: None, ..ExpectedState::exists(true) },
        };
        let after = message!("results-back-from-bin", ends = self.ends(binned.usable.ends()));
        let change = self.changed(Operation::Enable, binned.status.message(), after, vec![step]);
        Change { exposure: Some(binned.exposure_once_usable()), ..change }
    }

    fn putting_back(&self, live: &Coupon, period: Period) -> Change {
        let ends = self.ends(period.ends());
        let after = match period.starts().filter(|starts| *starts > self.input.now) {
            Some(starts) => {
                let (status, start) = (Status::Scheduled.message(), self.instant(starts));
                message!("results-back-later", status = status, start = start, ends = ends)
            }
            None => message!("results-back-now", status = Status::Active.message(), ends = ends),
        };
        let step = Step {
            write: Write::Enable { coupon: live.id.clone(), period: Some(period) },
            before: ExpectedState::status(live.status),
            // By its end and not by its status, which the clock moves on.
            after: ExpectedState { exists: Some(true), ..ExpectedState::ends(period.ends()) },
        };
        self.usable_again(live, after, step)
    }

    fn usable_again(&self, live: &Coupon, after: Message, step: Step) -> Change {
        let change = self.changed(Operation::Enable, live.status.message(), after, vec![step]);
        Change { exposure: Some(live.exposure_once_usable()), ..change }
    }

    /// The end that a pause or an end through us overwrote, where it still lies ahead; else the suggested one.
    fn end_to_restore(&self) -> Option<Option<Timestamp>> {
        match self.period_to_restore() {
            Some(period) => Some(period.ends()),
            None => self.row.suggestion.renew_until.map(Some),
        }
    }

    /// The dates that a pause or an end through us overwrote, where their end still lies ahead.
    fn period_to_restore(&self) -> Option<Period> {
        let key = (self.store.id.clone(), self.row.coupon.id.clone());
        let replaced = self.input.memory.on_purpose.get(&key)?.replaced?;
        replaced.ends().is_none_or(|ends| ends > self.input.now).then_some(replaced)
    }
}

fn with_reason(after: &'static str, instead: Option<Message>) -> Message {
    match instead {
        Some(why) => message!(format!("{after}-instead"), why = why),
        None => message!(after),
    }
}

// The clock moves a coupon from scheduled to active to ended while a change waits to be sent or asked after: that is no conflict.
// A status that only people change is part of what was decided about.
fn precondition(status: Status) -> ExpectedState {
    match status {
        Status::Scheduled | Status::Active => ExpectedState::exists(true),
        Status::Paused | Status::InReview | Status::Rejected | Status::Ended | Status::Trashed | Status::Unknown => {
            ExpectedState::status(status)
        }
    }
}
