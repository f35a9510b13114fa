//! Which coupons do the same as an earlier one of the same store at the same time.

use chrono::Duration;
use std::collections::{BTreeMap, HashMap};

use super::input::JudgeInput;
use super::successors::Successors;
use crate::domain::{Coupon, CouponId, Discount, Minimum, Owner, Status};

/// Rules that can be hashed; the others are compared one by one.
type Likeness<'a> = (&'a Discount, &'a Minimum, Option<u64>, &'a str);

/// For each later coupon the earliest one that it repeats.
pub(super) fn duplicates<'a>(
    input: &JudgeInput,
    coupons: &'a [Coupon],
    successors: &Successors<'a>,
) -> BTreeMap<&'a CouponId, &'a Coupon> {
    let mut found = BTreeMap::new();
    let prefix_letters = input.abilities.limits.code_prefix_letters;
    // What the plan names is meant to be there, whatever else is like it.
    let planned = |coupon: &Coupon| input.campaigns.names(input.store, coupon, prefix_letters);
    let usable = |coupon: &&Coupon| {
        matches!(coupon.status, Status::Active | Status::Scheduled) && coupon.owner == Owner::Seller && !planned(coupon)
    };
    let mut in_order: Vec<&Coupon> = coupons.iter().filter(usable).collect();
    in_order.sort_by_key(|coupon| (coupon.usable.starts(), coupon.id.as_str().len(), &coupon.id));
    let mut by_rules: HashMap<Likeness, Vec<&Coupon>> = HashMap::new();
    let mut by_code: HashMap<String, Vec<&Coupon>> = HashMap::new();
    for coupon in in_order {
        let alike = by_rules.entry(likeness(coupon)).or_default();
        let of_code = coupon.code.as_deref().map(|code| by_code.entry(code.to_lowercase()).or_default());
        let related = |earlier: &&&Coupon| is_of_its_line(successors, earlier, coupon);
        let by_code = of_code.as_ref().and_then(|named| named.iter().find(|earlier| !related(earlier)));
        let by_rules = || alike.iter().find(|earlier| repeats(input, earlier, coupon) && !related(earlier));
        if let Some(earlier) = by_code.or_else(by_rules) {
            found.insert(&coupon.id, *earlier);
        }
        alike.push(coupon);
        if let Some(named) = of_code {
            named.push(coupon);
        }
    }
    found
}

/// What buyers can use now, to find one that stands in for another: made by whomever.
#[derive(Default)]
pub(super) struct Live<'a> {
    by_rules: HashMap<(&'a Discount, &'a str), Vec<&'a Coupon>>,
}

impl<'a> Live<'a> {
    pub fn of(coupons: &'a [Coupon]) -> Self {
        let mut live = Self::default();
        for coupon in coupons.iter().filter(|coupon| coupon.is_live()) {
            live.by_rules.entry((&coupon.discount, coupon.kind.as_str())).or_default().push(coupon);
        }
        live
    }

    /// Another coupon with the rules of `coupon`, but for `minimum`.
    pub fn like(&self, coupon: &Coupon, minimum: Minimum) -> Option<&'a Coupon> {
        let alike = self.by_rules.get(&(&coupon.discount, coupon.kind.as_str()))?;
        let wanted = Coupon { minimum, ..coupon.clone() };
        alike.iter().copied().find(|other| other.id != coupon.id && other.same_rules(&wanted))
    }
}

fn likeness(coupon: &Coupon) -> Likeness<'_> {
    (&coupon.discount, &coupon.minimum, coupon.per_buyer, &coupon.kind)
}

// One whose earlier duplicate is sold out, or ends in the next days, takes that one's place: ended, it would leave buyers none. Where
// both end then, there is nothing left to mend.
fn repeats(input: &JudgeInput, earlier: &Coupon, later: &Coupon) -> bool {
    let soon = input.now + Duration::try_days(input.policy.expiring_days).unwrap_or_default();
    let hands_over = earlier.usable.ends().is_some_and(|ends| ends <= soon);
    earlier.remaining() != Some(0)
        && later.remaining() != Some(0)
        && !hands_over
        && earlier.usable.overlaps(&later.usable)
        && earlier.same_rules(later)
}

// Whoever follows a coupon, made by us or seen by its dates, is its successor and not its copy.
fn is_of_its_line(successors: &Successors, earlier: &Coupon, later: &Coupon) -> bool {
    let descends =
        |one: &Coupon, from: &Coupon| successors.ancestors_of(&one.id).iter().any(|model| model.id == from.id);
    descends(later, earlier) || descends(earlier, later)
}
