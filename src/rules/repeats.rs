//! Suggestions that would make two coupons do the same: buyers would get it twice. A person looks at both instead.

use std::collections::{BTreeMap, HashMap};

use super::duplicates::{Doubles, order};
use super::likeness::{Likeness, likeness};
use super::{Judged, accepted};
use crate::domain::{Advice, Argument, Coupon, CouponId, Route, Suggestion};
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
            let other = other.or_else(|| outcome.repeats_itself(doubles));
            repeated = repeated.or(other);
            other.is_none()
        });
        match (fitting, repeated) {
            (Some(outcome), _) => {
                judged.suggestion.also.truncate(outcome.also);
                outcome.coupons.iter().for_each(|coupon| known.add(doubles, coupon));
            }
            (None, Some(other)) => {
                let label = Argument::name(other.label());
                let why = message!("rules-would-repeat", other = label.clone());
                judged.leave_to_a_person(why.or_shorter(message!("rules-would-repeat-shortly", other = label)));
            }
            (None, None) => {}
        }
    }
}

/// What buyers can get once a suggestion was accepted, with so many of its further advices.
struct Outcome {
    also: usize,
    coupons: Vec<Coupon>,
}

impl Outcome {
    /// One of them that another of them repeats: both may be made of one coupon.
    fn repeats_itself(&self, doubles: &Doubles) -> Option<&Coupon> {
        let others = |place: usize| self.coupons.get(..place).unwrap_or_default().iter();
        let numbered = self.coupons.iter().enumerate();
        numbered.into_iter().find_map(|(place, coupon)| others(place).find(|other| doubles.are_double(other, coupon)))
    }
}

fn first_of(outcomes: &[Outcome]) -> Option<&Coupon> {
    outcomes.iter().flat_map(|outcome| &outcome.coupons).next()
}

/// Of all that is suggested, then of less and less; what a follow-on is made of is one, and so is enabling what is sold out.
fn outcomes(doubles: &Doubles, coupon: &Coupon, suggestion: &Suggestion) -> Vec<Outcome> {
    let all = suggestion.also.len();
    let is_one =
        suggestion.way == Route::FollowOn || suggestion.advice == Advice::Enable && coupon.remaining() == Some(0);
    let fewest = if is_one { all } else { 0 };
    let outcome = |also| {
        let advices: Vec<&Advice> = suggestion.advices().take(also + 1).collect();
        let changed = accepted::changed(doubles.input, coupon, suggestion.way, &advices);
        // A code that is made is new, and its buyers have no other; but two that the plan names they may get both.
        let made = accepted::made(doubles.input, coupon, suggestion.way, &advices).into_iter();
        let made = made.filter(|it| it.code.is_none() || it.id != coupon.id);
        Outcome { also, coupons: changed.into_iter().chain(made).filter(|it| doubles.may_be_double(it)).collect() }
    };
    (fewest..=all).rev().map(outcome).collect()
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
        let alike = keys(doubles, coupon).filter_map(|key| self.0.get(&key)).flatten();
        alike.copied().find(|other| other.id != coupon.id && doubles.are_double(other, coupon))
    }
}

impl Doubles<'_> {
    /// Whether one of both makes the other superfluous.
    fn are_double(&self, one: &Coupon, other: &Coupon) -> bool {
        if order(one) < order(other) { self.are_doubles(one, other) } else { self.are_doubles(other, one) }
    }
}

fn keys<'a>(doubles: &Doubles, coupon: &'a Coupon) -> impl Iterator<Item = Key<'a>> {
    let rules = doubles.is_got_beside_others(coupon).then(|| Key::Rules(likeness(coupon)));
    rules.into_iter().chain(coupon.code.as_deref().map(|code| Key::Code(code.to_lowercase())))
}
