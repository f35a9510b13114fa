//! Changes of what a coupon says: its end, its total, its min spend.

use std::collections::BTreeSet;

use super::super::by_hand::Deed;
use super::{Stop, Verdict, View, already, conflict, refused, same_second};
use crate::domain::{Ability, Coupon, ExpectedState, Minimum, Operation, Step, Timestamp, Verb, Write};
use crate::say;

impl View<'_> {
    pub(super) fn renew(&self, until: Option<Timestamp>, taken: &mut BTreeSet<String>) -> Result<Verdict, Stop> {
        let live = self.live()?;
        let exported = self.row.coupon.usable.ends();
        let (before, after) = (self.ends(exported), self.ends(until));
        if same_second(live.usable.ends(), until) {
            return Err(already(say!(self.language(), "results-end-already", end = after)));
        }
        if until.is_some_and(|until| until <= self.scene.now) {
            return Err(refused(
                say!(self.language(), "results-in-the-past", end = after),
                self.language().say("results-next-later-or-end"),
            ));
        }
        if !same_second(live.usable.ends(), exported) {
            return Err(conflict(before, after, self.ends(live.usable.ends())));
        }
        let longer = match (until, exported) {
            (None, _) => true,
            (Some(until), Some(exported)) => until > exported,
            (Some(_), None) => false,
        };
        let verb = if longer { Verb::Extend } else { Verb::Shorten };
        let by_hand = Deed::MoveEnd(until);
        match self.ability(verb, live, &by_hand)? {
            Ability::Yes => {
                self.within_bounds(live, until)?;
                let becomes = if longer { Operation::ExtendInPlace } else { Operation::ShortenInPlace };
                let step = Step {
                    write: Write::SetEnd { coupon: live.id.clone(), ends: until },
                    before: ExpectedState { ends: Some(exported), ..ExpectedState::default() },
                    after: ExpectedState { ends: Some(until), ..ExpectedState::default() },
                };
                Ok(self.change(becomes, before, after, vec![step]))
            }
            Ability::FollowOn if longer => self.follow_on(live, until, taken),
            other => Err(self.cannot(verb, live, other, &by_hand)),
        }
    }

    // Known before it is sent: a refusal here says what would be right.
    fn within_bounds(&self, live: &Coupon, until: Option<Timestamp>) -> Result<(), Stop> {
        let limits = &self.scene.abilities.limits;
        let (language, platform) = (self.language(), self.scene.abilities.name);
        let Some(starts) = live.usable.starts() else {
            return Ok(());
        };
        if let Some(longest) = limits.longest_period
            && until.is_none_or(|until| until - starts > longest)
        {
            let last = self.ends(starts.checked_add_signed(longest));
            let reason = say!(language, "results-longest", platform = platform, days = longest.num_days().to_string());
            return Err(refused(reason, say!(language, "results-next-at-latest", end = last)));
        }
        if let (Some(shortest), Some(until)) = (limits.shortest_period, until)
            && until - starts < shortest
        {
            let first = self.ends(starts.checked_add_signed(shortest));
            let minutes = shortest.num_minutes().to_string();
            let reason = say!(language, "results-shortest", platform = platform, minutes = minutes);
            return Err(refused(reason, say!(language, "results-next-at-earliest", end = first)));
        }
        Ok(())
    }

    pub(super) fn restock(&self, total: u64, add: u64) -> Result<Verdict, Stop> {
        let live = self.live()?;
        let exported = self.row.coupon.total;
        let (before, after) = (self.total(exported), self.total(Some(total)));
        if live.total == Some(total) {
            return Err(already(say!(self.language(), "results-value-already", value = after)));
        }
        if live.total != exported {
            return Err(conflict(before, after, self.total(live.total)));
        }
        let by_hand = Deed::RaiseTotal { add, total };
        match self.ability(Verb::Restock, live, &by_hand)? {
            Ability::Yes => {
                let step = Step {
                    write: Write::SetTotal { coupon: live.id.clone(), total: Some(total) },
                    before: ExpectedState { total: Some(exported), ..ExpectedState::default() },
                    after: ExpectedState { total: Some(Some(total)), ..ExpectedState::default() },
                };
                let mut change = self.changed(Operation::RaiseTotal, before, after, vec![step]);
                change.exposure = Some(live.discount.exposure(Some(add)));
                Ok(Verdict::Change { change: Box::new(change), resumes: false })
            }
            other => Err(self.cannot(Verb::Restock, live, other, &by_hand)),
        }
    }

    pub(super) fn adjust(&self, minimum: Minimum) -> Result<Verdict, Stop> {
        let live = self.live()?;
        let exported = self.row.coupon.minimum;
        let (before, after) = (self.minimum(exported), self.minimum(minimum));
        if live.minimum == minimum {
            return Err(already(say!(self.language(), "results-value-already", value = after)));
        }
        if live.minimum != exported {
            return Err(conflict(before, after, self.minimum(live.minimum)));
        }
        let by_hand = Deed::SetMinimum(minimum);
        match self.ability(Verb::AdjustMinSpend, live, &by_hand)? {
            Ability::Yes => {
                let step = Step {
                    write: Write::SetMinimum { coupon: live.id.clone(), minimum },
                    before: ExpectedState { minimum: Some(exported), ..ExpectedState::default() },
                    after: ExpectedState { minimum: Some(minimum), ..ExpectedState::default() },
                };
                Ok(self.change(Operation::ChangeMinSpend, before, after, vec![step]))
            }
            other => Err(self.cannot(Verb::AdjustMinSpend, live, other, &by_hand)),
        }
    }
}
