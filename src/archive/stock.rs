//! What earlier exports saw of the stock: a few columns of the last snapshots, never their records.

use std::collections::{BTreeSet, HashMap};

use chrono::Duration;

use super::{Archive, ArchiveError, parquet};
use crate::domain::{CouponId, ExportId, StockHistory, StockPoint, StoreId, Timestamp};

/// A week of two exports a day tells the pace.
const EXPORTS_MAX: usize = 14;
const DAYS_MAX: i64 = 7;

const COLUMNS: [&str; 4] = ["store", "coupon_id", "remaining", "total"];

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
        let mut oldest_first: Vec<_> = recent.collect();
        oldest_first.reverse();
        let stores: HashMap<&str, &StoreId> = stores.iter().map(|id| (id.as_str(), id)).collect();
        let mut history = StockHistory::new();
        for export in oldest_first {
            self.add_points(&export.id, export.at, &stores, &mut history)?;
        }
        Ok(history)
    }

    fn add_points(
        &self,
        export: &ExportId,
        at: Timestamp,
        stores: &HashMap<&str, &StoreId>,
        history: &mut StockHistory,
    ) -> Result<(), ArchiveError> {
        let path = self.known_folder(export)?.join("coupons.parquet");
        parquet::for_each_piece(&path, &COLUMNS, |piece| {
            let unreadable = |source| ArchiveError::unreadable(&path, source);
            let text = |name| piece.column(name).and_then(|cells| cells.str()).map_err(unreadable);
            let count = |name| piece.column(name).and_then(|cells| cells.u64()).map_err(unreadable);
            let names = text("store")?.iter().zip(text("coupon_id")?.iter());
            let counts = count("remaining")?.iter().zip(count("total")?.iter());
            for ((store, coupon), counts) in names.zip(counts) {
                let (Some(store), Some(coupon)) = (store.and_then(|store| stores.get(store)), coupon) else { continue };
                let (Some(remaining), Some(total)) = counts else { continue };
                let points = history.entry(((*store).clone(), CouponId::new(coupon))).or_default();
                points.push(StockPoint { at, remaining, total });
            }
            Ok(())
        })
    }
}
