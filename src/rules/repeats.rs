//! Suggestions that would make two coupons do the same: buyers would get it twice. A person looks at both instead.

use std::collections::{BTreeMap, HashMap};

use super::Judged;
use super::duplicates::{Doubles, Likeness, likeness, order};
use crate::domain::{Advice, Argument, Coupon, CouponId, Minimum, Money, Period, Route, Status, Suggestion};
use crate::message;

/// Takes back what of each suggestion does so, the last advice first; a row that has none left says which coupon it would repeat:
/// as that one is now, or as what is suggested for it makes it.
pub(super) fn withhold(
    doubles: &Doubles,
    coupons: &[Coupon],
    duplicates: &BTreeMap<&CouponId, &Coupon>,
    judged: &mut [Judged],
) {
    // What is superfluous already is told so on its own row.
    let others = || coupons.iter().enumerate().filter(|(_, coupon)| !duplicates.contains_key(&coupon.id));
    let suggested = others().filter_map(|(place, coupon)| Some((place, coupon, &judged.get(place)?.suggestion)));
    let mut plans: Vec<(usize, Vec<Outcome>)> = suggested
        .map(|(place, coupon, suggestion)| (place, outcomes(doubles, coupon, suggestion)))
        .filter(|(_, outcomes)| outcomes.iter().any(|outcome| !outcome.coupons.is_empty()))
        .collect();
    if plans.is_empty() {
        return;
    }
    plans.sort_by(|(_, one), (_, other)| first_of(one).map(order).cmp(&first_of(other).map(order)));
    let asked = plans.iter().flat_map(|(_, outcomes)| outcomes).flat_map(|outcome| &outcome.coupons);
    let mut known = Known::about(doubles, asked);
    others().for_each(|(_, coupon)| known.add(doubles, coupon));
    for (place, outcomes) in &plans {
        let Some(judged) = judged.get_mut(*place) else { continue };
        let mut repeated = None;
        let fitting = outcomes.iter().find(|outcome| {
            let other = outcome.coupons.iter().find_map(|coupon| known.repeated_by(doubles, coupon));
            repeated = repeated.or(other);
            other.is_none()
        });
        match (fitting, repeated) {
            (Some(outcome), _) => {
                judged.suggestion.also.truncate(outcome.also);
                outcome.coupons.iter().for_each(|coupon| known.add(doubles, coupon));
            }
            (None, Some(other)) => judged.leave_to_a_person(other),
            (None, None) => {}
        }
    }
}

impl Judged {
    fn leave_to_a_person(&mut self, other: &Coupon) {
        let Suggestion { renew_until, restock_by, .. } = self.suggestion;
        let (advice, way) = (Advice::OpenPage, Route::ByHand);
        self.suggestion = Suggestion { advice, way, renew_until, restock_by, ..Suggestion::nothing() };
        // The finding that would have been answered.
        if let Some(first) = self.findings.first_mut() {
            let label = Argument::name(other.label());
            first.why = message!("rules-would-repeat", other = label.clone())
                .or_shorter(message!("rules-would-repeat-shortly", other = label));
        }
    }
}

/// What buyers can get once a suggestion was accepted, with so many of its further advices.
struct Outcome {
    also: usize,
    coupons: Vec<Coupon>,
}

fn first_of(outcomes: &[Outcome]) -> Option<&Coupon> {
    outcomes.iter().flat_map(|outcome| &outcome.coupons).next()
}

/// Of all that is suggested, then of less and less; what a follow-on is made of is one.
fn outcomes(doubles: &Doubles, coupon: &Coupon, suggestion: &Suggestion) -> Vec<Outcome> {
    let all = suggestion.also.len();
    let fewest = if suggestion.way == Route::FollowOn { all } else { 0 };
    let outcome = |also| {
        let advices: Vec<&Advice> = suggestion.advices().take(also + 1).collect();
        let changed =
            [changed(doubles, coupon, suggestion.way, &advices), made(doubles, coupon, suggestion.way, &advices)];
        Outcome { also, coupons: changed.into_iter().flatten().filter(|it| doubles.may_be_double(it)).collect() }
    };
    (fewest..=all).rev().map(outcome).collect()
}

/// Whether it makes or concerns a new coupon.
fn is_of_copy(way: Route, advice: &Advice) -> bool {
    let follows_on = way == Route::FollowOn && advice.restocks().is_none();
    follows_on || matches!(advice, Advice::Recreate { .. } | Advice::RecreateAs { .. })
}

/// The coupon itself with all that is set on it; none where nothing is.
fn changed(doubles: &Doubles, coupon: &Coupon, way: Route, advices: &[&Advice]) -> Option<Coupon> {
    let input = doubles.input;
    let set = |coupon: &Coupon, advice: &Advice| advice.set_on(coupon, input.store.currency, input.now);
    let of_itself = advices.iter().filter(|advice| !is_of_copy(way, advice));
    of_itself.fold(None, |known: Option<Coupon>, advice| set(known.as_ref().unwrap_or(coupon), advice).or(known))
}

/// The new coupon, where buyers type no code: a code that is made is new.
fn made(doubles: &Doubles, coupon: &Coupon, way: Route, advices: &[&Advice]) -> Option<Coupon> {
    let input = doubles.input;
    let of_copy: Vec<&&Advice> = advices.iter().filter(|advice| is_of_copy(way, advice)).collect();
    let until = of_copy.iter().find_map(|advice| advice.until()).filter(|_| coupon.code.is_none())?;
    let soonest = input.now + input.abilities.limits.start_lead;
    let takes_over = coupon.usable.ends().filter(|_| way == Route::FollowOn);
    let min_spend = of_copy.iter().find_map(|advice| advice.min_spend());
    Some(Coupon {
        usable: Period::new(takes_over.max(Some(soonest)), Some(until)).ok()?,
        minimum: min_spend.map_or(coupon.minimum, |it| Minimum::Spend(Money::new(it, input.store.currency))),
        status: Status::Scheduled,
        used: Some(0),
        claimed: Some(0),
        ..coupon.clone()
    })
}

/// What others may come to repeat, by what decides it; kept of what is asked about only.
struct Known<'a>(HashMap<Key<'a>, Vec<&'a Coupon>>);

#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Rules(Likeness<'a>),
    Code(String),
}

impl<'a> Known<'a> {
    fn about(doubles: &Doubles, asked: impl Iterator<Item = &'a Coupon>) -> Self {
        Self(asked.flat_map(|coupon| keys(doubles, coupon)).map(|key| (key, Vec::new())).collect())
    }

    fn add(&mut self, doubles: &Doubles, coupon: &'a Coupon) {
        if doubles.may_be_double(coupon) {
            for key in keys(doubles, coupon) {
                self.0.get_mut(&key).into_iter().for_each(|alike| alike.push(coupon));
            }
        }
    }

    fn repeated_by(&self, doubles: &Doubles, coupon: &Coupon) -> Option<&'a Coupon> {
        let is_double = |other: &Coupon| match order(other) < order(coupon) {
            true => doubles.are_doubles(other, coupon),
            false => doubles.are_doubles(coupon, other),
        };
        let alike = keys(doubles, coupon).filter_map(|key| self.0.get(&key)).flatten();
        alike.copied().find(|other| other.id != coupon.id && is_double(other))
    }
}

fn keys<'a>(doubles: &Doubles, coupon: &'a Coupon) -> impl Iterator<Item = Key<'a>> {
    let rules = doubles.is_got_beside_others(coupon).then(|| Key::Rules(likeness(coupon)));
    rules.into_iter().chain(coupon.code.as_deref().map(|code| Key::Code(code.to_lowercase())))
}
