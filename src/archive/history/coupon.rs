//! One coupon through all exports, those of results rounds included: every sight of it, and when it was not there; and the stock
//! that the last ones saw. A few columns, never the records.

use std::collections::{BTreeSet, HashMap};

use chrono::Duration;
use rust_decimal::Decimal;

use super::History;
use super::states::StoreLook;
use crate::archive::scan::{Cells, Which};
use crate::archive::{Archive, ArchiveError, KnownExport};
use crate::domain::{
    CouponId, ExportId, FindingCode, RowKey, Severity, Status, StockHistory, StockPoint, StoreId, Timestamp,
};

/// Everything that the archive saw of one coupon.
#[derive(Debug, Clone, PartialEq)]
pub struct CouponLife {
    pub store: StoreId,
    pub id: CouponId,
    pub key: RowKey,
    /// The oldest first; never empty.
    pub sights: Vec<CouponSight>,
}

/// A coupon as one export saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct CouponSight {
    pub export: ExportId,
    pub at: Timestamp,
    /// In a results round, where only touched coupons were loaded anew, the export that it follows.
    pub follows: Option<ExportId>,
    pub id: CouponId,
    pub key: RowKey,
    pub code: Option<String>,
    pub name: String,
    pub status: Status,
    /// In words, as are the currencies.
    pub discount: String,
    pub minimum_kind: String,
    pub min_spend: Option<Decimal>,
    pub min_spend_currency: Option<String>,
    pub min_quantity: Option<u64>,
    pub starts: Option<Timestamp>,
    /// Exclusive, as is the end of claiming.
    pub ends: Option<Timestamp>,
    pub claim_starts: Option<Timestamp>,
    pub claim_ends: Option<Timestamp>,
    pub total: Option<u64>,
    /// Whether a total of none means that it is not known, rather than without limit.
    pub total_is_untold: bool,
    pub used: Option<u64>,
    pub remaining: Option<u64>,
    pub per_buyer: Option<u64>,
    pub campaign: Option<String>,
    pub severity: Option<Severity>,
    pub findings: Vec<FindingCode>,
}

const COLUMNS: &str = "row_key store coupon_id code name status discount minimum_kind min_spend min_spend_currency \
                       min_quantity starts ends claim_starts claim_ends total used remaining per_buyer campaign severity \
                       finding_codes untold";

impl History {
    /// Every coupon of `store` that had the id or, whatever its case, the code `wanted` in some export; the one that was seen
    /// first comes first.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn coupons_named(&self, store: &StoreId, wanted: &str) -> Result<Vec<CouponLife>, ArchiveError> {
        let exports: Vec<&KnownExport> = self.exports.iter().collect();
        let codes = [wanted.to_string(), wanted.to_uppercase(), wanted.to_lowercase()];
        let is_named = |cell: &Cells| {
            let has_code = || cell.text("code").is_some_and(|code| codes.iter().any(|known| known == code));
            cell.text("store") == Some(store.as_str()) && (cell.text("coupon_id") == Some(wanted) || has_code())
        };
        let which = Which::Where("store coupon_id code", &is_named);
        let sights = self.rows(&exports, ("coupons.parquet", COLUMNS), &which, |cell, place| {
            let export = exports.get(place)?;
            let sight = CouponSight {
                export: export.id.clone(),
                at: export.at,
                follows: export.follows.clone(),
                id: CouponId::new(cell.text("coupon_id")?),
                key: cell.word("row_key")?,
                code: cell.owned("code"),
                name: cell.owned("name").unwrap_or_default(),
                status: cell.word("status").unwrap_or(Status::Unknown),
                discount: cell.owned("discount").unwrap_or_default(),
                minimum_kind: cell.owned("minimum_kind").unwrap_or_default(),
                min_spend: cell.decimal("min_spend"),
                min_spend_currency: cell.owned("min_spend_currency"),
                min_quantity: cell.count("min_quantity"),
                starts: cell.instant("starts"),
                ends: cell.instant("ends"),
                claim_starts: cell.instant("claim_starts"),
                claim_ends: cell.instant("claim_ends"),
                total: cell.count("total"),
                total_is_untold: cell.text("untold").is_some_and(|untold| untold.split(',').any(|it| it == "total")),
                used: cell.count("used"),
                remaining: cell.count("remaining"),
                per_buyer: cell.count("per_buyer"),
                campaign: cell.owned("campaign"),
                severity: cell.word("severity"),
                findings: cell
                    .text("finding_codes")
                    .unwrap_or_default()
                    .split(' ')
                    .filter_map(|code| code.parse().ok())
                    .collect(),
            };
            Some((place, sight))
        })?;
        let mut lives: Vec<CouponLife> = Vec::new();
        for (_, sight) in fresh(sights) {
            match lives.iter_mut().find(|life| life.id == sight.id) {
                Some(life) => life.sights.push(sight),
                None => {
                    let (store, id, key) = (store.clone(), sight.id.clone(), sight.key.clone());
                    lives.push(CouponLife { store, id, key, sights: vec![sight] });
                }
            }
        }
        Ok(lives)
    }

    /// The exports that loaded all of `store`, the oldest first.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn loads_of_store(&self, store: &StoreId) -> Result<Vec<&KnownExport>, ArchiveError> {
        let exports = self.whole(|_| true);
        let looks = self.looks(&exports)?;
        // Of a list that did not come whole nobody knows what is not there.
        let has_it = |looks: &[StoreLook]| looks.iter().any(|look| look.store.as_ref() == Some(store) && look.is_whole);
        let loaded = exports.into_iter().zip(looks).filter(|(_, looks)| has_it(looks));
        Ok(loaded.map(|(export, _)| export).collect())
    }
}

/// Without what a results round only repeats of the export that it follows: it was not looked at anew.
fn fresh(sights: Vec<(usize, CouponSight)>) -> Vec<(usize, CouponSight)> {
    let repeats = |sight: &CouponSight| {
        let followed = |other: &&CouponSight| Some(&other.export) == sight.follows.as_ref() && other.id == sight.id;
        let before = sights.iter().map(|(_, other)| other).find(followed);
        before.is_some_and(|before| {
            let CouponSight { export, at, follows, findings, severity, .. } = before.clone();
            CouponSight { export, at, follows, findings, severity, ..sight.clone() } == *before
        })
    };
    let is_new: Vec<bool> = sights.iter().map(|(_, sight)| sight.follows.is_none() || !repeats(sight)).collect();
    sights.into_iter().zip(is_new).filter(|(_, is_new)| *is_new).map(|(sight, _)| sight).collect()
}

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
        let from = self.local_day(now - Duration::days(DAYS_MAX));
        let archive = self.proved_since(from, &["coupons.parquet"])?;
        let mut recent = archive.whole(|export| export.at < now && now - export.at <= Duration::days(DAYS_MAX));
        recent.sort_by_key(|export| export.at);
        let recent = recent.split_off(recent.len().saturating_sub(EXPORTS_MAX));
        let stores: HashMap<&str, &StoreId> = stores.iter().map(|id| (id.as_str(), id)).collect();
        let table = ("coupons.parquet", "store coupon_id remaining total");
        let points = archive.rows(&recent, table, &Which::All, |cell, place| {
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
