//! What earlier exports saw of a coupon's stock, as values: `rules` does not open the archive.

use std::collections::BTreeMap;

use super::{CouponId, StoreId, Timestamp};

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
