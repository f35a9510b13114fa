//! What the coupons of one store are judged with.

use super::campaigns::Matcher;
use super::policy::Policy;
use crate::domain::{Abilities, Coupon, Memory, RowKey, StockHistory, StockPoint, Store, Timestamp};

/// Everything that judging one store asks for, besides its coupons.
#[derive(Clone, Copy)]
pub struct JudgeInput<'a> {
    pub store: &'a Store,
    pub abilities: &'a Abilities,
    pub policy: &'a Policy,
    pub campaigns: &'a Matcher,
    pub memory: &'a Memory,
    /// What earlier exports saw.
    pub stock: &'a StockHistory,
    pub now: Timestamp,
}

impl<'a> JudgeInput<'a> {
    /// The oldest first.
    pub(super) fn stock_of(&self, coupon: &Coupon) -> &'a [StockPoint] {
        let key = (coupon.store.clone(), coupon.id.clone());
        self.stock.get(&key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn key_of(&self, coupon: &Coupon) -> RowKey {
        RowKey::of(self.store.platform, &self.store.shop, &coupon.id)
    }
}
