//! What takes a change back: for each of its steps the advice that brings the coupon to what it was, as far as its platform and its
//! present state let it, or why not.

use rust_decimal::Decimal;

use super::words;
use crate::domain::{
    Abilities, Ability, Advice, Argument, Change, Coupon, Draft, Message, Minimum, Money, Route, Status, Step, Store,
    Suggestion, Timestamp, UndoWay, Verb, Write, same_second,
};
use crate::message;

/// A change that a run carried out, and what is there of it now.
pub struct Done<'a> {
    pub change: &'a Change,
    pub store: &'a Store,
    pub abilities: &'static Abilities,
    /// As the run's workbook was made from it.
    pub before: &'a Coupon,
    /// None where the platform has no such coupon any more.
    pub present: Option<&'a Coupon>,
    pub now: Timestamp,
}

/// How one coupon comes back.
#[derive(Debug, Clone, PartialEq)]
pub struct Reverse {
    pub way: UndoWay,
    pub suggestion: Suggestion,
    /// Why it cannot, and what will not be as it was.
    pub why: Vec<Message>,
}

/// What is thought of one step.
enum Back {
    Do(Advice, Route, Option<Message>),
    Already,
    Conflict(Message),
    Never(Message),
}

/// How the coupon comes back that was changed. A coupon that only served as a model was not changed: none.
pub fn reverse(done: &Done) -> Option<Reverse> {
    let steps = done.change.steps.iter().filter(|step| step.write.coupon().is_some_and(|id| *id == done.change.coupon));
    let backs: Vec<Back> = steps.rev().map(|step| done.back(step)).collect();
    (!backs.is_empty()).then(|| together(backs))
}

/// How the coupon goes again that was made as `draft`; `made` is what is there of it now.
pub fn reverse_making(done: &Done, draft: &Draft, made: Option<&Coupon>) -> Reverse {
    together(vec![done.unmake(draft, made)])
}

/// The worst of all decides; what can be done of a coupon is left undone where anything stands against it.
fn together(backs: Vec<Back>) -> Reverse {
    let (mut advices, mut why) = (Vec::new(), Vec::new());
    let (mut ways, mut routes) = (Vec::new(), Vec::new());
    for back in backs {
        let (way, words) = match back {
            Back::Do(advice, route, words) => {
                advices.push(advice);
                routes.push(route);
                (if words.is_some() { UndoWay::Otherwise } else { UndoWay::Back }, words)
            }
            Back::Already => (UndoWay::Already, None),
            Back::Conflict(words) => (UndoWay::Conflict, Some(words)),
            Back::Never(words) => (UndoWay::Never, Some(words)),
        };
        ways.push(way);
        why.extend(words);
    }
    // A new coupon cannot take over what is set on the old one too.
    if routes.contains(&Route::FollowOn) && advices.len() > 1 {
        ways.push(UndoWay::Conflict);
        why.push(message!("undo-in-one"));
    }
    // A conflict stops the row. Of what has no way back, the rest comes back all the same, and that is told.
    let way = ways.iter().min().copied().unwrap_or(UndoWay::Already);
    let way = if ways.contains(&UndoWay::Conflict) { UndoWay::Conflict } else { way };
    let is_in_part = way == UndoWay::Never && !advices.is_empty();
    let way = if is_in_part { UndoWay::Otherwise } else { way };
    if way == UndoWay::Conflict {
        advices.clear();
    }
    let mut advices = advices.into_iter();
    let suggestion = match advices.next() {
        None => Suggestion::nothing(),
        Some(advice) => {
            let also: Vec<Advice> = advices.collect();
            let worst = [Route::ByHand, Route::FollowOn, Route::Instead];
            let way = worst.into_iter().find(|route| routes.contains(route)).unwrap_or(Route::Direct);
            Suggestion { advice, way, also, ..Suggestion::nothing() }
        }
    };
    Reverse { way, suggestion, why }
}

impl Done<'_> {
    fn back(&self, step: &Step) -> Back {
        if let Write::Delete { .. } | Write::Trash { .. } = step.write {
            return match self.present {
                Some(binned) if binned.status == Status::Trashed => self.out_of_bin(binned),
                Some(_) => Back::Already,
                None => self.remake(),
            };
        }
        let Some(present) = self.present.filter(|present| present.status != Status::Trashed) else {
            return Back::Conflict(message!("undo-gone"));
        };
        match &step.write {
            Write::SetEnd { .. } => self.end_back(step, present),
            Write::SetTotal { .. } => self.total_back(step, present),
            Write::SetMinimum { .. } => self.minimum_back(step, present),
            Write::End { .. } | Write::Pause { .. } => self.usable_again(step, present),
            Write::Enable { .. } => self.stopped_again(present),
            Write::Delete { .. } | Write::Trash { .. } | Write::Create { .. } | Write::AddProducts { .. } => {
                Back::Already
            }
        }
    }

    fn end_back(&self, step: &Step, present: &Coupon) -> Back {
        let was = step.before.ends.unwrap_or(self.before.usable.ends());
        let is = present.usable.ends();
        if same_second(is, was) {
            return Back::Already;
        }
        if !step.after.ends.is_some_and(|made| same_second(made, is)) {
            return self.changed_since(self.ends(is));
        }
        match was {
            Some(at) if at <= self.now => {
                let words = message!("undo-end-passed", end = self.end(at));
                self.possible(Verb::End, Advice::End, present, Some(words))
            }
            Some(at) => {
                let verb = if is.is_some_and(|is| is < at) { Verb::Extend } else { Verb::Shorten };
                self.possible(verb, Advice::Renew { until: at }, present, None)
            }
            None => self.possible(Verb::Extend, Advice::RemoveEnd, present, None),
        }
    }

    fn total_back(&self, step: &Step, present: &Coupon) -> Back {
        let (was, is) = (step.before.total.flatten().or(self.before.total), present.total);
        if is == was {
            return Back::Already;
        }
        if step.after.total != Some(is) {
            return self.changed_since(words::total(is));
        }
        match (was, is) {
            (Some(was), Some(is)) if is < was => {
                self.possible(Verb::Restock, Advice::Restock { add: was - is }, present, None)
            }
            (Some(was @ 1..), Some(is)) if self.abilities.limits.total_may_fall => {
                self.possible(Verb::Restock, Advice::Reduce { by: is - was }, present, None)
            }
            (was, is) => Back::Never(message!(
                "undo-total-stays",
                platform = self.abilities.name,
                total = words::total(is),
                was = words::total(was)
            )),
        }
    }

    fn minimum_back(&self, step: &Step, present: &Coupon) -> Back {
        let (was, is) = (step.before.minimum.unwrap_or(self.before.minimum), present.minimum);
        if is == was {
            return Back::Already;
        }
        if step.after.minimum != Some(is) {
            return self.changed_since(words::minimum(is));
        }
        let min_spend = match was {
            Minimum::Spend(money) => money.amount,
            Minimum::None => Decimal::ZERO,
            Minimum::Quantity(_) | Minimum::NotKnown => return Back::Never(message!("undo-minimum-kind")),
        };
        self.possible(Verb::AdjustMinSpend, Advice::Adjust { min_spend }, present, None)
    }

    /// Of one that the run ended or paused.
    fn usable_again(&self, step: &Step, present: &Coupon) -> Back {
        let had = self.change.replaced_period.unwrap_or(self.before.usable);
        if had.ends().is_some_and(|ends| ends <= self.now) {
            return Back::Already;
        }
        if matches!(present.status, Status::Active | Status::Scheduled) {
            let is_as_it_was = same_second(present.usable.ends(), had.ends());
            return if is_as_it_was { Back::Already } else { self.changed_since(present.status.message()) };
        }
        let is_paused = matches!(step.write, Write::Pause { .. }) && present.status == Status::Paused;
        if !is_paused && !step.after.hold_for(Some(present)) {
            return self.changed_since(present.status.message());
        }
        self.possible(Verb::Enable, Advice::Enable, present, None)
    }

    /// Of one that the run made usable again.
    fn stopped_again(&self, present: &Coupon) -> Back {
        let (was, is) = (self.before.status, present.status);
        if was == is {
            return Back::Already;
        }
        if !matches!(is, Status::Active | Status::Scheduled) {
            return self.changed_since(is.message());
        }
        match was {
            Status::Ended => {
                let passed = self.before.usable.ends().map(|at| message!("undo-end-passed", end = self.end(at)));
                self.possible(Verb::End, Advice::End, present, passed)
            }
            Status::Paused
            | Status::Scheduled
            | Status::Active
            | Status::InReview
            | Status::Rejected
            | Status::Trashed
            | Status::Unknown => self.possible(Verb::Pause, Advice::Pause, present, None),
        }
    }

    /// Of one that the run put into the shop's bin.
    fn out_of_bin(&self, binned: &Coupon) -> Back {
        match self.before.status {
            Status::Active | Status::Scheduled | Status::Ended => {
                self.possible(Verb::Enable, Advice::Enable, binned, None)
            }
            // It would come back for buyers to use.
            Status::Paused | Status::InReview | Status::Rejected | Status::Trashed | Status::Unknown => {
                Back::Never(message!("undo-bin-not-live", status = self.before.status.message()))
            }
        }
    }

    /// Of one that the run deleted for good.
    fn remake(&self) -> Back {
        let before = self.before;
        if before.usable.ends().is_some_and(|ends| ends <= self.now) {
            return Back::Never(message!("undo-deleted-and-over"));
        }
        let wanted = before.label().to_string();
        let start = before
            .usable
            .starts()
            .filter(|starts| self.abilities.limits.has_start && *starts > self.now + self.abilities.limits.start_lead);
        let until = before.usable.ends();
        let advice = Advice::RecreateAs { wanted, start, until, min_spend: None, total: None };
        self.possible(Verb::Create, advice, before, Some(message!("undo-remade")))
    }

    /// Of one that the run made.
    fn unmake(&self, draft: &Draft, made: Option<&Coupon>) -> Back {
        let Some(made) = made.filter(|made| made.status != Status::Trashed) else { return Back::Already };
        if made.status == Status::Ended {
            return Back::Already;
        }
        let is_as_made = made.minimum == draft.minimum
            && made.total == draft.total
            && made.discount == draft.discount
            && same_second(made.usable.ends(), draft.ends);
        if !is_as_made {
            return self.changed_since(made.status.message());
        }
        match made.used {
            // Whoever used it looks for it in the shop's records.
            Some(used @ 1..) => self.possible(Verb::End, Advice::End, made, Some(message!("undo-used", count = used))),
            Some(0) | None => self.possible(Verb::Delete, Advice::Delete, made, None),
        }
    }

    /// `advice`, as far as the platform's table and this very coupon allow `verb`. `otherwise` is what will not be as it was.
    fn possible(&self, verb: Verb, advice: Advice, coupon: &Coupon, otherwise: Option<Message>) -> Back {
        let rule = self.abilities.rule(verb, coupon.status);
        let reason = || message!(rule.reason);
        let against = || (self.abilities.impossible)(&self.write(&advice, coupon), coupon);
        match rule.ability {
            Ability::Yes => match against() {
                Some(reason) => Back::Do(advice, Route::ByHand, Some(message!("undo-by-hand", reason = reason))),
                None => Back::Do(advice, Route::Direct, otherwise),
            },
            Ability::FollowOn => Back::Do(advice, Route::FollowOn, Some(message!("undo-follow-on", reason = reason()))),
            Ability::Instead(Verb::Extend) => Back::Do(advice, Route::Direct, otherwise),
            // A new voucher is not the one that was stopped: what buyers hold of that stays dead.
            Ability::Instead(Verb::Create) | Ability::Never => Back::Never(reason()),
            Ability::Instead(_) => Back::Do(advice, Route::Instead, Some(message!("undo-instead", reason = reason()))),
            Ability::ByHand => Back::Do(advice, Route::ByHand, Some(message!("undo-by-hand", reason = reason()))),
            Ability::Already => Back::Already,
        }
    }

    fn write(&self, advice: &Advice, coupon: &Coupon) -> Write {
        let id = coupon.id.clone();
        let limits = &self.abilities.limits;
        match advice {
            Advice::Renew { until } => Write::SetEnd { coupon: id, ends: Some(*until) },
            Advice::Restock { add } => {
                Write::SetTotal { coupon: id, total: coupon.total.map(|it| it.saturating_add(*add)) }
            }
            Advice::Reduce { by } => {
                Write::SetTotal { coupon: id, total: coupon.total.map(|it| it.saturating_sub(*by)) }
            }
            Advice::Adjust { min_spend } => {
                let minimum = match min_spend.is_zero() {
                    true => Minimum::None,
                    false => Minimum::Spend(Money::new(*min_spend, self.store.currency)),
                };
                Write::SetMinimum { coupon: id, minimum }
            }
            Advice::End => Write::End { coupon: id, at: self.now },
            Advice::Pause => Write::Pause { coupon: id },
            Advice::Enable => Write::Enable { coupon: id, period: self.change.replaced_period },
            Advice::Delete if limits.has_bin => Write::Trash { coupon: id },
            Advice::Delete => Write::Delete { coupon: id },
            Advice::RecreateAs { until, .. } => {
                Write::Create { draft: Box::new(Draft::like(coupon, limits, coupon.minimum, *until)) }
            }
            Advice::RemoveEnd
            | Advice::Recreate { .. }
            | Advice::Nothing
            | Advice::Wait
            | Advice::OpenPage
            | Advice::CheckStore
            | Advice::Leave(_) => Write::SetEnd { coupon: id, ends: None },
        }
    }

    fn changed_since(&self, is: Message) -> Back {
        Back::Conflict(message!("undo-changed-since", made = self.change.after.clone(), is = is))
    }

    fn end(&self, at: Timestamp) -> Argument {
        Argument::End { at, zone: self.store.zone, near: self.now }
    }

    fn ends(&self, ends: Option<Timestamp>) -> Message {
        match ends {
            Some(ends) => message!("results-ends", end = self.end(ends)),
            None => message!("results-no-end"),
        }
    }
}

/// One fact of a coupon, as a part of a sentence.
type Told<'a> = &'a dyn Fn(&Coupon) -> Message;

/// What of `now` is not as it was in `before`, as sentences; what buyers used meanwhile is not counted.
pub fn differences(before: &Coupon, now: Option<&Coupon>, store: &Store, at: Timestamp) -> Vec<Message> {
    let Some(now) = now.filter(|now| now.status != Status::Trashed) else { return vec![message!("undo-gone")] };
    let ends = |coupon: &Coupon| match coupon.usable.ends() {
        Some(ends) => message!("results-ends", end = Argument::End { at: ends, zone: store.zone, near: at }),
        None => message!("results-no-end"),
    };
    let code = |coupon: &Coupon| message!("undo-code", code = coupon.code.clone().unwrap_or_default());
    let id = |coupon: &Coupon| message!("undo-id", id = coupon.id.as_str());
    let status = |coupon: &Coupon| coupon.status.message();
    let rules = |coupon: &Coupon| words::rules(coupon);
    let is_over = |coupon: &Coupon| coupon.usable.ends().is_some_and(|ends| ends <= at);
    let by_the_clock = now.status == Status::Active && before.status == Status::Scheduled
        || now.status == Status::Ended && is_over(before);
    let facts: [(bool, Told); 6] = [
        (now.status == before.status || by_the_clock, &status),
        (same_second(now.usable.ends(), before.usable.ends()), &ends),
        (now.total == before.total, &|coupon| words::total(coupon.total)),
        (now.minimum == before.minimum && now.discount == before.discount, &rules),
        (now.code == before.code, &code),
        (now.id == before.id, &id),
    ];
    let differs = facts.into_iter().filter(|(is_same, _)| !is_same);
    differs.map(|(_, told)| message!("undo-differs", is = told(now), was = told(before))).collect()
}
