//! What earlier exports saw of the stock: a few columns of the last snapshots, never their records.

use std::collections::{BTreeSet, HashMap};

use chrono::Duration;

use super::History;
use crate::archive::{Archive, ArchiveError};
use crate::domain::{CouponId, StockHistory, StockPoint, StoreId, Timestamp};

/// A week of two exports a day tells the pace.
const EXPORTS_MAX: usize = 14;
const DAYS_MAX: i64 = 7;

impl Archive {
    /// The stock of `stores` at their exports of the week before `now`, at most the last 14. Results of runs are no exports:
    /// they repeat what was seen before.
    ///
    /// # Errors
    /// If a folder or a table of the archive cannot be read.
    pub fn stock(&self, stores: &BTreeSet<StoreId>, now: Timestamp) -> Result<StockHistory, ArchiveError> {
        let archive = History::open(self, None)?;
        let mut recent = archive.whole(|export| export.at < now && now - export.at <= Duration::days(DAYS_MAX));
        recent.sort_by_key(|export| export.at);
        let recent = recent.split_off(recent.len().saturating_sub(EXPORTS_MAX));
        let stores: HashMap<&str, &StoreId> = stores.iter().map(|id| (id.as_str(), id)).collect();
        let table = ("coupons.parquet", "store coupon_id remaining total");
        let points = archive.rows(&recent, table, Ok, |cell, place| {
            let key = ((*stores.get(cell.text("store")?)?).clone(), CouponId::new(cell.text("coupon_id")?));
            let (remaining, total) = (cell.count("remaining")?, cell.count("total")?);
            Some((key, StockPoint { at: recent.get(place)?.at, remaining, total }))
        })?;
        let mut history = StockHistory::new();
        for (key, point) in points {
            history.entry(key).or_default().push(point);
        }
        history.values_mut().for_each(|points| points.sort_by_key(|point| point.at));
        Ok(history)
    }
}
