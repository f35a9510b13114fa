//! What was decided and seen before, as values: neither `rules` nor `plan` opens the journal or the archive.

use std::collections::BTreeMap;

use super::{Coupon, CouponId, Keeping, Operation, Period, StoreId, Timestamp};

/// Read from the journal once, handed to `rules` and `plan`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory {
    /// Coupons that a manager ended or paused through us, by (store, coupon). An `enable` or `renew` since then removes them.
    pub on_purpose: BTreeMap<(StoreId, CouponId), Deliberate>,
    /// Coupons that we created, and the coupon each takes over from: (store, new) → old.
    pub successors: BTreeMap<(StoreId, CouponId), CouponId>,
    /// What a manager accepted as it is, by (store, coupon), the oldest first. Whether it still holds is for `rules` to say.
    pub kept: BTreeMap<(StoreId, CouponId), Vec<Kept>>,
}

impl Memory {
    /// Whether `new` takes over from `old`: one that we made does so for its own model only.
    pub fn takes_over(&self, new: &Coupon, old: &Coupon) -> bool {
        match self.successors.get(&(new.store.clone(), new.id.clone())) {
            Some(model) => *model == old.id,
            None => new.takes_over_from(old),
        }
    }
}

/// A `keep` that was applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub by: String,
    pub at: Timestamp,
    pub keeping: Keeping,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Deliberate {
    pub becomes: Operation,
    pub by: String,
    pub at: Timestamp,
    /// The dates it had before, so that enabling can put them back.
    pub replaced: Option<Period>,
}

/// How much of a coupon there was at one export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockPoint {
    pub at: Timestamp,
    /// What a buyer could still obtain.
    pub remaining: u64,
    pub total: u64,
}

/// By (store, coupon), the oldest first; a coupon without a count or a limit has no points.
pub type StockHistory = BTreeMap<(StoreId, CouponId), Vec<StockPoint>>;

impl StockPoint {
    /// How many buyers had taken; a restock does not change it.
    pub fn taken(&self) -> u64 {
        self.total.saturating_sub(self.remaining)
    }
}
