//! What coupons have in common that do the same: for who looks for one among thousands.

use crate::domain::{Coupon, Discount, Minimum};

/// Rules that can be hashed; the others are compared one by one.
pub(super) type Likeness<'a> = (&'a Discount, &'a Minimum, Option<u64>, &'a str);

pub(super) fn likeness(coupon: &Coupon) -> Likeness<'_> {
    (&coupon.discount, &coupon.minimum, coupon.per_buyer, &coupon.kind)
}
