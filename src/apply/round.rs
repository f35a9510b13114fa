//! The results as the next round: a snapshot of the same rows, the touched ones as read back, so that handing the results
//! workbook back works and our own writes are no conflicts.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    Coupon, CouponId, Export, ExportId, Memory, Operation, Outcome, Row, RowKey, Status, StockHistory, StoreId,
    Suggestion, Timestamp,
};
use crate::plan::Plan;
use crate::rules::{JudgeInput, judge};
use crate::settings::Settings;

/// What the next round is made from.
pub struct Round<'a> {
    pub export: &'a Export,
    pub plan: &'a Plan,
    pub outcomes: &'a BTreeMap<RowKey, Outcome>,
    pub id: ExportId,
    pub day: chrono::NaiveDate,
    pub now: Timestamp,
    pub memory: &'a Memory,
    pub settings: &'a Settings,
}

/// The rows keep their order; a coupon that a run made stands below the one that it was made from. Rows that the run looked at show
/// what it read and are judged anew among their store's coupons; all others keep values, findings and suggestion, and say from when.
pub fn next_round(round: &Round) -> Export {
    let read_back = round.read_back();
    // A finding that is kept from now on is silenced by judging its row anew.
    let kept = round.plan.changes().filter(|change| change.becomes == Operation::Keep).map(|change| &change.store);
    let touched: BTreeSet<&StoreId> = read_back.values().map(|coupon| &coupon.store).chain(kept).collect();
    let mut judged: BTreeMap<RowKey, Row> = BTreeMap::new();
    for store in touched {
        judged.extend(round.judge_store(store, &read_back).into_iter().map(|row| (row.key.clone(), row)));
    }
    let mut rows: Vec<Row> = Vec::with_capacity(round.export.rows.len());
    for row in round.export.rows.iter() {
        let outcome = round.outcomes.get(&row.key);
        let read_at = match read_back.contains_key(&row.key) {
            true => None,
            false => row.read_at.or(Some(round.export.finished)),
        };
        rows.push(match judged.remove(&row.key) {
            _ if round.is_gone(&row.key) => gone(row),
            Some(fresh) if read_at.is_none() || outcome.is_some_and(|outcome| outcome.kind.settles()) => {
                Row { read_at, ..fresh }
            }
            _ => Row { read_at, ..row.clone() },
        });
        // A coupon that stands in the export already keeps its own place.
        let besides = outcome.into_iter().flat_map(Outcome::read).map(|coupon| &coupon.id);
        for key in besides.filter_map(|made| round.key_in(&row.coupon.store, made)) {
            if round.export.row(&key).is_none() {
                rows.extend(judged.remove(&key));
            }
        }
    }
    Export {
        id: round.id.clone(),
        follows: Some(round.export.id.clone()),
        at: round.now,
        finished: round.now,
        day: round.day,
        slot: round.export.slot,
        zone: round.export.zone,
        stores: round.export.stores.clone(),
        findings: round.export.findings.clone(),
        parts: round.export.parts.clone(),
        rows: rows.into(),
    }
}

impl Round<'_> {
    /// By row key, everything that the run read back: changed coupons and new ones.
    fn read_back(&self) -> BTreeMap<RowKey, &Coupon> {
        let read = self.outcomes.values().flat_map(Outcome::read);
        read.filter_map(|coupon| Some((self.key_in(&coupon.store, &coupon.id)?, coupon))).collect()
    }

    fn key_in(&self, store: &StoreId, coupon: &CouponId) -> Option<RowKey> {
        let store = self.export.store(store)?;
        Some(RowKey::of(store.platform, &store.shop, coupon))
    }

    fn judge_store(&self, id: &StoreId, read_back: &BTreeMap<RowKey, &Coupon>) -> Vec<Row> {
        let Some(store) = self.export.store(id) else { return Vec::new() };
        let of_store = |row: &&Row| row.coupon.store == *id && !self.is_gone(&row.key);
        let mut coupons: Vec<Coupon> = Vec::new();
        let mut known = BTreeSet::new();
        for row in self.export.rows.iter().filter(of_store) {
            known.insert(row.key.clone());
            coupons.push(read_back.get(&row.key).map_or_else(|| row.coupon.clone(), |coupon| (*coupon).clone()));
        }
        let fresh = read_back.iter().filter(|(key, coupon)| coupon.store == *id && !known.contains(*key));
        coupons.extend(fresh.map(|(_, coupon)| (*coupon).clone()));
        let input = JudgeInput {
            store,
            abilities: self.settings.platforms.abilities(store.platform),
            policy: self.settings.policies.of(id),
            campaigns: &self.settings.campaigns,
            memory: self.memory,
            // A run is no look at the stock: the next export tells the pace.
            stock: &StockHistory::new(),
            now: self.now,
        };
        judge(&input, coupons, &mut Vec::new())
    }

    fn is_gone(&self, key: &RowKey) -> bool {
        self.outcomes.get(key).is_some_and(|outcome| outcome.is_gone)
    }
}

/// A deleted coupon's row stays in the results, with nothing left to do.
fn gone(row: &Row) -> Row {
    let mut row = row.clone();
    row.coupon.status = Status::Trashed;
    row.coupon.raw_status = "deleted".to_string();
    row.findings.clear();
    row.suggestion = Suggestion::nothing();
    row
}
