//! Which coupons another of the same store makes superfluous.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::input::JudgeInput;
use super::successors::Successors;
use crate::domain::{Campaign, Coupon, CouponId, Discount, Minimum, Owner, Timestamp};

/// Rules that can be hashed; the others are compared one by one.
type Likeness<'a> = (&'a Discount, &'a Minimum, Option<u64>, &'a str);

/// For each coupon that another makes superfluous, that other: it has the same code; or buyers collect or get both by themselves
/// (or one campaign of the plan names both), by the same rules, and the other is there for as long.
pub(super) fn duplicates<'a>(
    input: &JudgeInput,
    coupons: &'a [Coupon],
    campaigns: &BTreeMap<&CouponId, &Campaign>,
    successors: &Successors<'a>,
) -> BTreeMap<&'a CouponId, &'a Coupon> {
    let mut found = BTreeMap::new();
    let usable = |coupon: &&Coupon| {
        let is_personal = || campaigns.get(&coupon.id).is_some_and(|campaign| campaign.personal);
        coupon.is_to_be_had() && coupon.owner == Owner::Seller && !is_personal()
    };
    // Who lasts longest stays; of equals the one that began first.
    let mut in_order: Vec<&Coupon> = coupons.iter().filter(usable).collect();
    let lasts = |coupon: &Coupon| coupon.usable.ends().unwrap_or(Timestamp::MAX_UTC);
    in_order.sort_by_key(|it| (Reverse(lasts(it)), it.usable.starts(), it.id.as_str().len(), &it.id));
    let mut by_rules: HashMap<Likeness, Vec<&Coupon>> = HashMap::new();
    let mut by_code: HashMap<String, Vec<&Coupon>> = HashMap::new();
    for coupon in in_order {
        let alike = by_rules.entry(likeness(coupon)).or_default();
        let of_code = coupon.code.as_deref().map(|code| by_code.entry(code.to_lowercase()).or_default());
        let is_kept = |other: &&&Coupon| {
            is_there_for_all_of(other, coupon, input.now) && !is_of_its_line(successors, other, coupon)
        };
        let same_code = of_code.as_ref().and_then(|named| named.iter().find(is_kept));
        let is_same = |other: &&&Coupon| {
            let buyers_get_both = other.code.is_none() && coupon.code.is_none() || are_named(input, [other, coupon]);
            is_kept(other) && buyers_get_both && other.same_rules(coupon)
        };
        if let Some(other) = same_code.or_else(|| alike.iter().find(is_same)) {
            found.insert(&coupon.id, *other);
        }
        alike.push(coupon);
        if let Some(named) = of_code {
            named.push(coupon);
        }
    }
    found
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

// Whoever follows a coupon, made by us or seen by its dates, is its successor and not its copy.
fn is_of_its_line(successors: &Successors, earlier: &Coupon, later: &Coupon) -> bool {
    let descends =
        |one: &Coupon, from: &Coupon| successors.ancestors_of(&one.id).iter().any(|model| model.id == from.id);
    descends(later, earlier) || descends(earlier, later)
}
