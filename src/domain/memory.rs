//! What was decided before, as values: neither `rules` nor `plan` opens the journal.

use std::collections::BTreeMap;

use super::{Becomes, CouponId, Period, StoreId, Timestamp};

/// Read from the journal once, handed to `rules` and `plan`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory {
    /// Coupons that a manager ended or paused through us, by (store, coupon). An `enable` or `renew` since then removes them.
    pub on_purpose: BTreeMap<(StoreId, CouponId), Deliberate>,
    /// Coupons that we created, and the coupon each takes over from: (store, new) → old.
    pub successors: BTreeMap<(StoreId, CouponId), CouponId>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Deliberate {
    pub becomes: Becomes,
    pub by: String,
    pub at: Timestamp,
    /// The dates it had before, so that enabling can put them back.
    pub replaced: Option<Period>,
}
