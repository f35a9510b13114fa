//! Changes of what a coupon says: its end, its total, its min spend.

use std::collections::BTreeSet;

use super::super::by_hand::ManualStep;
use super::super::context::{RowContext, already, conflict, refused};
use super::super::words;
use super::Resolved;
use crate::domain::{
    Ability, Change, Coupon, ExpectedState, Message, Minimum, Operation, Owner, Status, Step, Timestamp, Verb, Write,
    same_second,
};
use crate::message;

/// One value of a coupon as a sentence says it: as exported, as wanted, as it is live.
type Values = [Message; 3];

impl RowContext<'_> {
    /// `minimum` is that of a follow-on, where it is not the old one's.
    pub(super) fn renew(
        &self,
        until: Option<Timestamp>,
        minimum: Option<Minimum>,
        taken: &mut BTreeSet<String>,
    ) -> Resolved {
        let live = self.live()?;
        let exported = self.row.coupon.usable.ends();
        if same_second(live.usable.ends(), until) {
            return Err(already(message!("results-end-already", end = self.ends(until))));
        }
        if let Some(past) = until.filter(|until| *until <= self.input.now) {
            // A day typed without its year is often meant to be that of another one.
            let (end, zone) = (words::with_year(past, self.store), self.store.zone.name());
            return Err(refused(
                message!("results-end-in-the-past", end = end, zone = zone),
                message!("results-next-later-or-end"),
            ));
        }
        if !same_second(live.usable.ends(), exported) {
            return Err(conflict(self.ends(exported), self.ends(until), self.ends(live.usable.ends())));
        }
        let longer = match (until, exported) {
            (None, _) => true,
            (Some(until), Some(exported)) => until > exported,
            (Some(_), None) => false,
        };
        let (verb, becomes) = match longer {
            true => (Verb::Extend, Operation::ExtendInPlace),
            false => (Verb::Shorten, Operation::ShortenInPlace),
        };
        let by_hand = ManualStep::MoveEnd(until);
        match self.ability(verb, live, &by_hand)? {
            Ability::Yes => {
                self.within_bounds(live, until)?;
                let step = Step {
                    write: Write::SetEnd { coupon: live.id.clone(), ends: until },
                    before: ExpectedState::ends(exported),
                    after: ExpectedState::ends(until),
                };
                let change = self.changed(becomes, self.ends(exported), self.ends(until), vec![step]);
                let comes_back = live.status == Status::Ended && longer;
                Ok(Change { exposure: comes_back.then(|| live.exposure_once_usable()), ..change }.into())
            }
            Ability::FollowOn if longer => self.follow_on(live, until, minimum, taken),
            other => Err(self.cannot(verb, live, other, &by_hand)),
        }
    }

    // Known before it is sent: a refusal here says what would be right.
    fn within_bounds(&self, live: &Coupon, until: Option<Timestamp>) -> Resolved<()> {
        let (limits, platform) = (&self.abilities.limits, self.abilities.name);
        let Some(starts) = live.usable.starts() else {
            return Ok(());
        };
        if limits.has_start && until.is_some_and(|until| until <= starts) {
            return Err(refused(
                message!("results-end-before-start", start = self.instant(starts)),
                message!("results-next-later-or-end"),
            ));
        }
        if let Some(longest) = limits.longest_period
            && until.is_none_or(|until| until - starts > longest)
        {
            let days = longest.num_days().to_string();
            let last = self.ends(starts.checked_add_signed(longest));
            return Err(refused(
                message!("results-longest", platform = platform, days = days),
                message!("results-next-at-latest", end = last),
            ));
        }
        if let (Some(shortest), Some(until)) = (limits.shortest_period, until)
            && until - starts < shortest
        {
            let minutes = shortest.num_minutes().to_string();
            let first = self.ends(starts.checked_add_signed(shortest));
            return Err(refused(
                message!("results-shortest", platform = platform, minutes = minutes),
                message!("results-next-at-earliest", end = first),
            ));
        }
        Ok(())
    }

    /// `add` is what the total changes by.
    pub(super) fn restock(&self, total: u64, add: i64) -> Resolved {
        let live = self.live()?;
        let exported = self.row.coupon.total;
        let values = [exported, Some(total), live.total].map(words::total);
        let step = Step {
            write: Write::SetTotal { coupon: live.id.clone(), total: Some(total) },
            before: ExpectedState::total(exported),
            after: ExpectedState::total(Some(total)),
        };
        let Ok(add) = u64::try_from(add) else { return self.lower_total(live, total, values, step) };
        let by_hand = ManualStep::RaiseTotal { add, total };
        let change = self.set(live, (Verb::Restock, Operation::RaiseTotal), values, step, &by_hand)?;
        Ok(Change { exposure: Some(live.discount.exposure(Some(add))), ..change }.into())
    }

    fn lower_total(&self, live: &Coupon, total: u64, values: Values, step: Step) -> Resolved {
        let by_hand = ManualStep::LowerTotal { total };
        // What is so already, or was changed by somebody, is told before what the platform cannot do.
        let is_between = step.before.hold_for(Some(live)) && !step.after.hold_for(Some(live));
        if is_between && live.owner == Owner::Seller && !self.abilities.limits.total_may_fall {
            return Err(refused(
                message!("results-total-only-grows", platform = self.abilities.name),
                message!("results-next-total-stays"),
            ));
        }
        Ok(self.set(live, (Verb::Restock, Operation::LowerTotal), values, step, &by_hand)?.into())
    }

    pub(super) fn adjust(&self, minimum: Minimum) -> Resolved {
        let live = self.live()?;
        let exported = self.row.coupon.minimum;
        let values = [exported, minimum, live.minimum].map(words::minimum);
        let step = Step {
            write: Write::SetMinimum { coupon: live.id.clone(), minimum },
            before: ExpectedState::minimum(exported),
            after: ExpectedState::minimum(minimum),
        };
        let by_hand = ManualStep::SetMinimum(minimum);
        let change = self.set(live, (Verb::AdjustMinSpend, Operation::ChangeMinSpend), values, step, &by_hand)?;
        Ok(change.into())
    }

    /// One value, set where it is neither as wanted already nor changed since the export, and the platform can.
    fn set(
        &self,
        live: &Coupon,
        (verb, becomes): (Verb, Operation),
        [exported, wanted, shown]: Values,
        step: Step,
        by_hand: &ManualStep,
    ) -> Resolved<Change> {
        if step.after.hold_for(Some(live)) {
            return Err(already(message!("results-value-already", value = wanted)));
        }
        if !step.before.hold_for(Some(live)) {
            return Err(conflict(exported, wanted, shown));
        }
        match self.ability(verb, live, by_hand)? {
            Ability::Yes => Ok(self.changed(becomes, exported, wanted, vec![step])),
            other => Err(self.cannot(verb, live, other, by_hand)),
        }
    }
}
