//! Changes of what a coupon says: its end, its total, its min spend.

use std::collections::BTreeSet;

use super::super::by_hand::Deed;
use super::copies::exposure_of;
use super::words::{minimum_words, total_words};
use super::{Stop, Verdict, View, already, conflict, refused, same_second};
use crate::domain::{Ability, Becomes, Coupon, Facts, Minimum, Step, Timestamp, Verb, Write};

impl View<'_> {
    pub(super) fn renew(&self, until: Option<Timestamp>, taken: &mut BTreeSet<String>) -> Result<Verdict, Stop> {
        let live = self.live()?;
        let exported = self.row.coupon.usable.ends();
        let (before, after) = (self.ends(exported), self.ends(until));
        if same_second(live.usable.ends(), until) {
            return Err(already(format!("it {after} already")));
        }
        if until.is_some_and(|until| until <= self.scene.now) {
            return Err(refused(format!("{after} is in the past"), "write a later New end, or the action `end`"));
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
                let becomes = if longer { Becomes::ExtendInPlace } else { Becomes::ShortenInPlace };
                let step = Step {
                    write: Write::SetEnd { coupon: live.id.clone(), ends: until },
                    before: Facts { ends: Some(exported), ..Facts::default() },
                    after: Facts { ends: Some(until), ..Facts::default() },
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
        let platform = self.scene.store.platform;
        let Some(starts) = live.usable.starts() else {
            return Ok(());
        };
        if let Some(longest) = limits.longest_period
            && until.is_none_or(|until| until - starts > longest)
        {
            let last = self.ends(starts.checked_add_signed(longest));
            let reason = format!("a coupon on {platform} runs for at most {} days", longest.num_days());
            return Err(refused(reason, format!("write a New end so that it {last} at the latest")));
        }
        if let (Some(shortest), Some(until)) = (limits.shortest_period, until)
            && until - starts < shortest
        {
            let first = self.ends(starts.checked_add_signed(shortest));
            let reason = format!("a coupon on {platform} runs for at least {} minutes", shortest.num_minutes());
            return Err(refused(reason, format!("write a New end so that it {first} at the earliest")));
        }
        Ok(())
    }

    pub(super) fn restock(&self, total: u64, add: u64) -> Result<Verdict, Stop> {
        let live = self.live()?;
        let exported = self.row.coupon.total;
        let (before, after) = (total_words(exported), total_words(Some(total)));
        if live.total == Some(total) {
            return Err(already(format!("it has {after} already")));
        }
        if live.total != exported {
            return Err(conflict(before, after, total_words(live.total)));
        }
        let by_hand = Deed::RaiseTotal { add, total };
        match self.ability(Verb::Restock, live, &by_hand)? {
            Ability::Yes => {
                let step = Step {
                    write: Write::SetTotal { coupon: live.id.clone(), total: Some(total) },
                    before: Facts { total: Some(exported), ..Facts::default() },
                    after: Facts { total: Some(Some(total)), ..Facts::default() },
                };
                let mut change = self.changed(Becomes::RaiseTotal, before, after, vec![step]);
                change.exposure = Some(exposure_of(&live.discount, Some(add)));
                Ok(Verdict::Change { change: Box::new(change), resumes: false })
            }
            other => Err(self.cannot(Verb::Restock, live, other, &by_hand)),
        }
    }

    pub(super) fn adjust(&self, minimum: Minimum) -> Result<Verdict, Stop> {
        let live = self.live()?;
        let exported = self.row.coupon.minimum;
        let (before, after) = (minimum_words(exported), minimum_words(minimum));
        if live.minimum == minimum {
            return Err(already(format!("it has {after} already")));
        }
        if live.minimum != exported {
            return Err(conflict(before, after, minimum_words(live.minimum)));
        }
        let by_hand = Deed::SetMinimum(minimum);
        match self.ability(Verb::AdjustMinSpend, live, &by_hand)? {
            Ability::Yes => {
                let step = Step {
                    write: Write::SetMinimum { coupon: live.id.clone(), minimum },
                    before: Facts { minimum: Some(exported), ..Facts::default() },
                    after: Facts { minimum: Some(minimum), ..Facts::default() },
                };
                Ok(self.change(Becomes::ChangeMinSpend, before, after, vec![step]))
            }
            other => Err(self.cannot(Verb::AdjustMinSpend, live, other, &by_hand)),
        }
    }
}
