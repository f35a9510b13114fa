//! What earlier exports saw of the stock: a few columns of the last snapshots, never their records.

use std::collections::{BTreeSet, HashMap};

use chrono::Duration;

use super::scan::{FILE, answer, scan, spelled};
use super::{Archive, ArchiveError, KnownExport};
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
        let known = self.known_exports()?.into_iter();
        let recent = known.filter(|export| export.follows.is_none() && export.at < now);
        let recent = recent.take_while(|export| now - export.at <= Duration::days(DAYS_MAX)).take(EXPORTS_MAX);
        let recent: Vec<_> = recent.collect();
        let file = |export: &KnownExport| Ok(self.known_folder(&export.id)?.join("coupons.parquet"));
        let files = recent.iter().map(file).collect::<Result<Vec<_>, ArchiveError>>()?;
        let mut history = StockHistory::new();
        if files.is_empty() {
            return Ok(history);
        }
        let unreadable = |source| ArchiveError::unreadable(self.root(), source);
        let spelled = files.iter().map(|file| spelled(file)).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        let times: HashMap<String, Timestamp> =
            spelled.into_iter().zip(recent.iter().map(|export| export.at)).collect();
        let stores: HashMap<&str, &StoreId> = stores.iter().map(|id| (id.as_str(), id)).collect();
        let points = answer(scan(&files, "store coupon_id remaining total"), self.root())?.rows(|cell| {
            let key = ((*stores.get(cell.text("store")?)?).clone(), CouponId::new(cell.text("coupon_id")?));
            let (remaining, total) = (cell.count("remaining")?, cell.count("total")?);
            Some((key, StockPoint { at: *times.get(cell.text(FILE)?)?, remaining, total }))
        });
        for (key, point) in points {
            history.entry(key).or_default().push(point);
        }
        history.values_mut().for_each(|points| points.sort_by_key(|point| point.at));
        Ok(history)
    }
}
