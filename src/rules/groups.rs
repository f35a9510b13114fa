//! Which coupons of a store may have a say in what is found of each other, now or once what is suggested was done.

use std::collections::HashMap;

use super::Judged;
use super::campaigns::Pattern;
use super::input::JudgeInput;
use crate::domain::{Campaign, Coupon, CouponId, Discount};

/// Of each coupon, in their order, the place of one that stands for its group.
pub(super) struct Groups(Vec<usize>);

/// Coupons with one of these in common are of one group. Coarser than what the rules compare: neither a min spend nor dates keep two
/// apart, since both may be changed.
#[derive(PartialEq, Eq, Hash)]
enum Bond<'a> {
    Itself(&'a CouponId),
    Campaign(&'a str),
    Rules(&'a Discount, &'a str, Option<u64>),
    Code(String),
}

impl Groups {
    pub fn of(input: &JudgeInput, coupons: &[Coupon], judged: &[Judged]) -> Self {
        let mut groups = Self((0..coupons.len()).collect());
        let mut first: HashMap<Bond, usize> = HashMap::new();
        let planned: Vec<(&Campaign, Option<&Pattern>)> =
            input.campaigns.entries_for(input.store).filter(|(campaign, _)| !campaign.wanted.is_empty()).collect();
        let letters = input.abilities.limits.code_prefix_letters;
        for (place, (coupon, judged)) in coupons.iter().zip(judged).enumerate() {
            let model = input.memory.successors.get(&(coupon.store.clone(), coupon.id.clone()));
            let code = coupon.code.as_deref().map(|code| Bond::Code(code.to_lowercase()));
            let own = [Bond::Itself(&coupon.id), Bond::Rules(&coupon.discount, &coupon.kind, coupon.per_buyer)];
            // What the plan names is missed by where it is not, and made from where its model is.
            let is_about = |(campaign, model): &&(&Campaign, Option<&Pattern>)| {
                campaign.wanted.iter().any(|wanted| coupon.is_called(wanted, letters))
                    || model.is_some_and(|model| model.fits(coupon))
            };
            let by_plan = planned.iter().filter(is_about).map(|(campaign, _)| Bond::Campaign(&campaign.name));
            let bonds = own.into_iter().chain(model.map(Bond::Itself)).chain(code).chain(by_plan);
            for bond in bonds.chain(judged.campaign.as_deref().map(Bond::Campaign)) {
                let other = *first.entry(bond).or_insert(place);
                groups.join(place, other);
            }
        }
        for place in 0..coupons.len() {
            groups.settle(place);
        }
        groups
    }

    pub fn of_place(&self, place: usize) -> usize {
        self.0.get(place).copied().unwrap_or(place)
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.settle(one), self.settle(other));
        if let Some(above) = self.0.get_mut(one.max(other)) {
            *above = one.min(other);
        }
    }

    /// The one that stands for the group of `place`, which is at hand from now on.
    fn settle(&mut self, place: usize) -> usize {
        let mut top = place;
        while self.of_place(top) != top {
            top = self.of_place(top);
        }
        let mut at = place;
        while let Some(above) = self.0.get_mut(at).filter(|above| **above != top) {
            at = std::mem::replace(above, top);
        }
        top
    }
}
