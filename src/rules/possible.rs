//! Whether this very coupon allows what its platform does with its like.

use super::context::CouponContext;
use crate::domain::{Advice, Draft, Minimum, Money, Status, Verb, Write};

impl CouponContext<'_> {
    /// Whether nothing is known that stands against `verb` on this very coupon, where its platform does such a thing; `advice` has the
    /// values.
    pub(super) fn is_possible(&self, verb: Verb, advice: &Advice) -> bool {
        let (coupon, limits) = (self.coupon.id.clone(), &self.input.abilities.limits);
        let minimum = |amount| Minimum::Spend(Money::new(amount, self.input.store.currency));
        let wanted = advice.min_spend().map(minimum).unwrap_or(self.coupon.minimum);
        let write = match verb {
            Verb::Extend | Verb::Shorten => Write::SetEnd { coupon, ends: advice.until() },
            Verb::Restock => {
                let total = advice.restocks().zip(self.coupon.total).map(|(add, total)| total.saturating_add(add));
                Write::SetTotal { coupon, total }
            }
            Verb::AdjustMinSpend => Write::SetMinimum { coupon, minimum: wanted },
            Verb::End => Write::End { coupon, at: self.now() },
            Verb::Pause => Write::Pause { coupon },
            // One that has ended is given an end, or the dates that were overwritten.
            Verb::Enable if self.coupon.status == Status::Ended => return true,
            Verb::Enable => Write::Enable { coupon, period: None },
            Verb::Delete if limits.has_bin => Write::Trash { coupon },
            Verb::Delete => Write::Delete { coupon },
            // A copy of what was not read would be for more buyers than its model.
            Verb::Create if !self.coupon.has_read_rules() => return false,
            Verb::Create => {
                let ends = advice.until().or(self.coupon.usable.ends());
                let draft = Draft::like(self.coupon, limits, wanted, ends);
                Write::Create { draft: Box::new(draft) }
            }
        };
        (self.input.abilities.impossible)(&write, self.coupon).is_none()
    }
}
