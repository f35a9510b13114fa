//! Whether this very coupon allows what its platform does with its like.

use super::context::CouponContext;
use crate::domain::{Advice, Coupon, Draft, Limits, Minimum, Money, Status, Timestamp, Verb, Write};

impl CouponContext<'_> {
    /// Whether nothing is known that stands against `verb` on this very coupon, where its platform does such a thing; `advice` has the
    /// values.
    pub(super) fn is_possible(&self, verb: Verb, advice: &Advice) -> bool {
        let limits = &self.input.abilities.limits;
        let currency = self.input.store.currency;
        let asked = Asked {
            ends: advice.until(),
            total: advice.restocks().zip(self.coupon.total).map(|(add, total)| total.saturating_add(add)),
            minimum: advice
                .min_spend()
                .map_or(self.coupon.minimum, |amount| Minimum::Spend(Money::new(amount, currency))),
            now: self.now(),
        };
        // A copy of what was not read would be for more buyers than its model.
        if verb == Verb::Create && !self.coupon.has_read_rules() {
            return false;
        }
        // One that has ended is given an end, or the dates that were overwritten.
        if verb == Verb::Enable && self.coupon.status == Status::Ended {
            return true;
        }
        let write = asked.write(verb, self.coupon, limits);
        (self.input.abilities.impossible)(&write, self.coupon).is_none()
    }
}

/// The values that a verb is tried with.
pub(super) struct Asked {
    pub ends: Option<Timestamp>,
    pub total: Option<u64>,
    pub minimum: Minimum,
    pub now: Timestamp,
}

impl Asked {
    /// What is sent first.
    pub fn write(&self, verb: Verb, coupon: &Coupon, limits: &Limits) -> Write {
        let id = coupon.id.clone();
        match verb {
            Verb::Extend | Verb::Shorten => Write::SetEnd { coupon: id, ends: self.ends },
            Verb::Restock => Write::SetTotal { coupon: id, total: self.total },
            Verb::AdjustMinSpend => Write::SetMinimum { coupon: id, minimum: self.minimum },
            Verb::End => Write::End { coupon: id, at: self.now },
            Verb::Pause => Write::Pause { coupon: id },
            Verb::Enable => Write::Enable { coupon: id, period: None },
            Verb::Delete if limits.has_bin => Write::Trash { coupon: id },
            Verb::Delete => Write::Delete { coupon: id },
            Verb::Create => {
                let ends = self.ends.or(coupon.usable.ends());
                Write::Create { draft: Box::new(Draft::like(coupon, limits, self.minimum, ends)) }
            }
        }
    }
}
