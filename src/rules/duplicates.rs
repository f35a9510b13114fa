//! Which coupons another of the same store makes superfluous.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::input::JudgeInput;
use super::likeness::{Likeness, likeness};
use super::successors::Successors;
use crate::domain::{Campaign, Coupon, CouponId, Minimum, Owner, Timestamp};

/// What decides whether two coupons of a store do the same.
#[derive(Clone, Copy)]
pub(super) struct Doubles<'a> {
    pub input: &'a JudgeInput<'a>,
    pub campaigns: &'a BTreeMap<&'a CouponId, &'a Campaign>,
    pub successors: &'a Successors<'a>,
}

/// For each coupon that another makes superfluous, that other: it has the same code; or buyers collect or get both by themselves
/// (or one campaign of the plan names both), by the same rules, and the other is there for as long.
pub(super) fn duplicates<'a>(doubles: &Doubles, coupons: &'a [Coupon]) -> BTreeMap<&'a CouponId, &'a Coupon> {
    let mut found = BTreeMap::new();
    let mut in_order: Vec<&Coupon> = coupons.iter().filter(|coupon| doubles.may_be_double(coupon)).collect();
    in_order.sort_by_key(|coupon| order(coupon));
    let mut by_rules: HashMap<Likeness, Vec<&Coupon>> = HashMap::new();
    let mut by_code: HashMap<String, Vec<&Coupon>> = HashMap::new();
    for coupon in in_order {
        let of_code = coupon.code.as_deref().map(|code| by_code.entry(code.to_lowercase()).or_default());
        let alike = doubles.is_got_beside_others(coupon).then(|| by_rules.entry(likeness(coupon)).or_default());
        let is_double = |other: &&&Coupon| doubles.are_doubles(other, coupon);
        let mut candidates =
            of_code.iter().flat_map(|named| named.iter()).chain(alike.iter().flat_map(|alike| alike.iter()));
        if let Some(other) = candidates.find(is_double) {
            found.insert(&coupon.id, *other);
        }
        of_code.into_iter().chain(alike).for_each(|known| known.push(coupon));
    }
    found
}

/// Who lasts longest stays; of equals the one that began first.
pub(super) fn order(coupon: &Coupon) -> impl Ord + use<'_> {
    let lasts = coupon.usable.ends().unwrap_or(Timestamp::MAX_UTC);
    (Reverse(lasts), coupon.usable.starts(), coupon.id.as_str().len(), &coupon.id)
}

impl Doubles<'_> {
    /// Whether buyers can get it, and all of them.
    pub fn may_be_double(&self, coupon: &Coupon) -> bool {
        let is_personal = || self.campaigns.get(&coupon.id).is_some_and(|campaign| campaign.personal);
        coupon.is_to_be_had() && coupon.owner == Owner::Seller && !is_personal()
    }

    /// Whether buyers who use another coupon of the same rules may get this one too, whatever its code.
    pub fn is_got_beside_others(&self, coupon: &Coupon) -> bool {
        let letters = self.input.abilities.limits.code_prefix_letters;
        coupon.code.is_none() || self.input.campaigns.names(self.input.store, coupon, letters)
    }

    /// Whether `kept`, the first of both in [`order`], makes `coupon` superfluous.
    pub fn are_doubles(&self, kept: &Coupon, coupon: &Coupon) -> bool {
        is_there_for_all_of(kept, coupon, self.input.now)
            && (has_same_code(kept, coupon) || self.buyers_get_both(kept, coupon) && kept.same_rules(coupon))
            && !is_of_its_line(self.successors, kept, coupon)
    }

    fn buyers_get_both(&self, one: &Coupon, other: &Coupon) -> bool {
        one.code.is_none() && other.code.is_none() || are_named(self.input, [one, other])
    }
}

fn has_same_code(one: &Coupon, other: &Coupon) -> bool {
    let code = |coupon: &Coupon| coupon.code.as_deref().map(str::to_lowercase);
    code(one).is_some() && code(one) == code(other)
}

fn is_there_for_all_of(other: &Coupon, coupon: &Coupon, now: Timestamp) -> bool {
    other.usable.starts().is_none_or(|starts| starts <= coupon.usable.starts().unwrap_or(now).max(now))
}

/// Whether one campaign of the plan names both.
fn are_named(input: &JudgeInput, coupons: [&Coupon; 2]) -> bool {
    let letters = input.abilities.limits.code_prefix_letters;
    input.campaigns.campaigns_in(input.store).filter(|campaign| !campaign.personal).any(|campaign| {
        coupons.iter().all(|coupon| campaign.wanted.iter().any(|wanted| coupon.is_called(wanted, letters)))
    })
}

/// What buyers can use now, to find one that stands in for another: made by whomever.
#[derive(Default)]
pub(super) struct Live<'a> {
    all: HashMap<Likeness<'a>, Vec<&'a Coupon>>,
    /// Those of them that are to stay as they are.
    sound: HashMap<Likeness<'a>, Vec<&'a Coupon>>,
}

impl<'a> Live<'a> {
    pub fn of(coupons: &'a [Coupon], is_sound: impl Fn(&'a Coupon) -> bool) -> Self {
        let mut live = Self::default();
        for coupon in coupons.iter().filter(|coupon| coupon.is_live()) {
            live.all.entry(likeness(coupon)).or_default().push(coupon);
            if is_sound(coupon) {
                live.sound.entry(likeness(coupon)).or_default().push(coupon);
            }
        }
        live
    }

    /// Another coupon with the rules of `coupon`, but for `minimum`.
    pub fn like(&self, coupon: &Coupon, minimum: Minimum) -> Option<&'a Coupon> {
        let (discount, _, per_buyer, kind) = likeness(coupon);
        let alike = self.all.get(&(discount, &minimum, per_buyer, kind))?;
        let wanted = Coupon { minimum, ..coupon.clone() };
        alike.iter().copied().find(|other| other.id != coupon.id && other.same_rules(&wanted))
    }

    /// Another coupon with the rules of `coupon` that is to stay as it is.
    pub fn stand_in(&self, coupon: &Coupon) -> Option<&'a Coupon> {
        let alike = self.sound.get(&likeness(coupon))?;
        alike.iter().copied().find(|other| other.id != coupon.id && other.same_rules(coupon))
    }
}

// Whoever follows a coupon, made by us or seen by its dates, is its successor and not its copy.
fn is_of_its_line(successors: &Successors, earlier: &Coupon, later: &Coupon) -> bool {
    let descends =
        |one: &Coupon, from: &Coupon| successors.ancestors_of(&one.id).iter().any(|model| model.id == from.id);
    descends(later, earlier) || descends(earlier, later)
}
