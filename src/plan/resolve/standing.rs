//! Changes of whether a coupon can be used: delete, end, pause, enable.
//!
//! Where a platform has no such deed, its table names the one that comes nearest, and the words of the change say so.

use std::collections::BTreeSet;

use super::super::by_hand::Deed;
use super::{Stop, Verdict, View, already, refused, standing, status_is};
use crate::domain::{
    Ability, Coupon, ExpectedState, FollowUp, Operation, Period, Status, Step, Timestamp, Verb, Write,
};
use crate::say;

impl View<'_> {
    pub(super) fn delete(&self) -> Result<Verdict, Stop> {
        let Some(live) = self.live.filter(|live| live.status != Status::Trashed) else {
            return Err(already(self.language().say("results-is-gone")));
        };
        self.status_as_expected(live, "results-gone")?;
        match self.ability(Verb::Delete, live, &Deed::Delete)? {
            Ability::Yes => Ok(self.delete_now(live, self.language().say("results-gone"))),
            Ability::Instead(verb @ (Verb::End | Verb::Pause)) if self.stands_in(verb, live) => {
                let reason = self.reason(Verb::Delete, live);
                let instead = say!(self.language(), "results-instead-of-deleted", reason = &reason);
                if verb == Verb::End {
                    return Ok(self.end_now(live, &instead));
                }
                // Nobody can use it, but it is still there: the rest is a person's.
                let rest = FollowUp::Task(Box::new(self.about().task(&Deed::Delete, live, &reason)));
                Ok(self.pause_now(live, &instead, Some(rest)))
            }
            other => Err(self.cannot(Verb::Delete, live, other, &Deed::Delete)),
        }
    }

    pub(super) fn end(&self) -> Result<Verdict, Stop> {
        let live = self.live()?;
        if live.status == Status::Ended {
            return Err(already(self.language().say("results-is-ended")));
        }
        self.status_as_expected(live, "results-ended")?;
        let instead = || say!(self.language(), "results-instead-of-ended", reason = self.reason(Verb::End, live));
        match self.ability(Verb::End, live, &Deed::End)? {
            Ability::Yes => Ok(self.end_now(live, "")),
            Ability::Instead(Verb::Delete) if self.stands_in(Verb::Delete, live) => {
                Ok(self.delete_now(live, say!(self.language(), "results-gone-instead", why = instead())))
            }
            Ability::Instead(Verb::Pause) if self.stands_in(Verb::Pause, live) => {
                Ok(self.pause_now(live, &instead(), None))
            }
            other => Err(self.cannot(Verb::End, live, other, &Deed::End)),
        }
    }

    pub(super) fn pause(&self) -> Result<Verdict, Stop> {
        let live = self.live()?;
        if live.status == Status::Paused {
            return Err(already(self.language().say("results-is-paused")));
        }
        self.status_as_expected(live, "results-paused")?;
        match self.ability(Verb::Pause, live, &Deed::Pause)? {
            Ability::Yes => Ok(self.pause_now(live, "", None)),
            Ability::Instead(Verb::End) if self.stands_in(Verb::End, live) => Ok(self.end_now(
                live,
                &say!(self.language(), "results-instead-of-paused", reason = self.reason(Verb::Pause, live)),
            )),
            other => Err(self.cannot(Verb::Pause, live, other, &Deed::Pause)),
        }
    }

    pub(super) fn enable(&self, taken: &mut BTreeSet<String>) -> Result<Verdict, Stop> {
        let live = self.live()?;
        if live.status == Status::Active {
            return Err(already(self.language().say("results-is-active")));
        }
        self.status_as_expected(live, "results-active")?;
        match self.ability(Verb::Enable, live, &Deed::Enable)? {
            // A platform that stops a coupon by its dates gets back those that were overwritten.
            Ability::Yes if live.status == Status::Ended => match self.period_to_restore() {
                Some(period) => Ok(self.put_back(live, period)),
                None => self.enable_by_later_end(live, taken),
            },
            Ability::Yes if live.usable.ends().is_some_and(|ends| ends <= self.scene.now) => {
                let reason = say!(self.language(), "results-end-passed", end = self.ends(live.usable.ends()));
                Err(refused(reason, self.language().say("results-next-renew-then-enable")))
            }
            Ability::Yes => Ok(self.enable_now(live)),
            Ability::Instead(Verb::Extend) => self.enable_by_later_end(live, taken),
            other => Err(self.cannot(Verb::Enable, live, other, &Deed::Enable)),
        }
    }

    fn enable_by_later_end(&self, live: &Coupon, taken: &mut BTreeSet<String>) -> Result<Verdict, Stop> {
        match self.end_to_restore() {
            Some(until) => self.renew(until, taken),
            None => {
                let reason = self.reason(Verb::Enable, live);
                let reason = say!(self.language(), "results-no-later-end", reason = reason);
                Err(refused(reason, self.language().say("results-next-renew")))
            }
        }
    }

    fn delete_now(&self, live: &Coupon, after: String) -> Verdict {
        let to_bin = self.scene.abilities.limits.has_bin && !self.scene.delete_permanently;
        let coupon = live.id.clone();
        let (becomes, write) = if to_bin {
            (Operation::Trash, Write::Trash { coupon })
        } else {
            (Operation::Delete, Write::Delete { coupon })
        };
        let gone = ExpectedState { exists: Some(false), ..ExpectedState::default() };
        let step = Step { write, before: standing(live.status), after: gone };
        let after = if to_bin { say!(self.language(), "results-in-bin", after = after) } else { after };
        let mut change = self.changed(becomes, self.status(live.status), after, vec![step]);
        change.cannot_undo = (!to_bin).then(|| self.language().say("results-undo-delete"));
        Verdict::Change { change: Box::new(change), resumes: false }
    }

    /// `instead` says what was asked for and why that cannot be; empty where ending was asked for.
    fn end_now(&self, live: &Coupon, instead: &str) -> Verdict {
        let write = Write::End { coupon: live.id.clone(), at: self.scene.now };
        let step = Step { write, before: standing(live.status), after: status_is(Status::Ended) };
        let mut change = self.changed(
            Operation::End,
            self.status(live.status),
            self.with_reason("results-ended", instead),
            vec![step],
        );
        change.replaced_period = Some(live.usable);
        if self.scene.abilities.rule(Verb::Extend, Status::Ended).ability != Ability::Yes {
            change.cannot_undo = Some(say!(self.language(), "results-undo-end", platform = self.scene.abilities.name));
        }
        Verdict::Change { change: Box::new(change), resumes: false }
    }

    /// `rest` is what a pause leaves to do of something else that was asked for.
    fn pause_now(&self, live: &Coupon, instead: &str, rest: Option<FollowUp>) -> Verdict {
        let write = Write::Pause { coupon: live.id.clone() };
        let step = Step { write, before: standing(live.status), after: status_is(Status::Paused) };
        let mut change = self.changed(
            Operation::Pause,
            self.status(live.status),
            self.with_reason("results-paused", instead),
            vec![step],
        );
        change.replaced_period = Some(live.usable);
        change.by_hand = rest;
        Verdict::Change { change: Box::new(change), resumes: false }
    }

    fn enable_now(&self, live: &Coupon) -> Verdict {
        // What is let go before its start waits for it.
        let waits = live.status == Status::Paused && live.usable.starts().is_some_and(|at| at > self.scene.now);
        let after = if waits { Status::Scheduled } else { Status::Active };
        let write = Write::Enable { coupon: live.id.clone(), period: None };
        let step = Step { write, before: status_is(live.status), after: status_is(after) };
        self.change(Operation::Enable, self.status(live.status), self.status(after), vec![step])
    }

    fn put_back(&self, live: &Coupon, period: Period) -> Verdict {
        let ends = self.ends(period.ends());
        let after = match period.starts().filter(|starts| *starts > self.scene.now) {
            Some(starts) => {
                let starts = self.instant(starts);
                let status = self.status(Status::Scheduled);
                say!(self.language(), "results-back-later", status = status, start = starts, ends = ends)
            }
            None => {
                let status = self.status(Status::Active);
                say!(self.language(), "results-back-now", status = status, ends = ends)
            }
        };
        let write = Write::Enable { coupon: live.id.clone(), period: Some(period) };
        // By its end and not by its status, which the clock moves on.
        let back = ExpectedState { exists: Some(true), ends: Some(period.ends()), ..ExpectedState::default() };
        let step = Step { write, before: status_is(live.status), after: back };
        self.change(Operation::Enable, self.status(live.status), after, vec![step])
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
        let key = (self.scene.store.id.clone(), self.row.coupon.id.clone());
        let replaced = self.scene.memory.on_purpose.get(&key)?.replaced?;
        replaced.ends().is_none_or(|ends| ends > self.scene.now).then_some(replaced)
    }

    fn with_reason(&self, after: &str, instead: &str) -> String {
        match instead {
            "" => self.language().say(after),
            why => say!(self.language(), &format!("{after}-instead"), why = why),
        }
    }
}
