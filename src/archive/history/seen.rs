//! What exports saw of each store, as the life of a finding needs it.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::History;
use super::states::StoreLook;
use crate::archive::scan::{Cells, Which};
use crate::archive::{ArchiveError, KnownExport};
use crate::domain::{CouponFacts, FindingKey, Look, Message, RowKey, Seen, Sight, Status, StoreId, about};

pub(super) const FACTS: &str = "row_key status starts ends total remaining min_spend discount";

/// By store, the coupons of a list that did not come whole.
type Parts = HashMap<StoreId, BTreeSet<RowKey>>;

impl History {
    /// What each export saw. Of those that were `before` only what still stood after them: of each store its last load.
    pub(in crate::archive) fn seen(
        &self,
        exports: &[&KnownExport],
        before: impl Fn(&KnownExport) -> bool,
    ) -> Result<Vec<Look>, ArchiveError> {
        let mut looks = self.looks(exports)?;
        only_what_stands(exports, &mut looks, &before);
        let kept = exports.iter().copied().zip(looks).filter(|(_, looks)| !looks.is_empty());
        let (exports, looks): (Vec<&KnownExport>, Vec<Vec<StoreLook>>) = kept.unzip();
        let wanted: Vec<HashSet<&Option<StoreId>>> =
            looks.iter().map(|looks| looks.iter().map(|look| &look.store).collect()).collect();
        let table = ("findings.parquet", "store row_key coupon_id coupon_code finding severity why why_message");
        let read = self.rows(&exports, table, &Which::All, |cell, place| {
            let store = cell.word("store");
            if !wanted.get(place)?.contains(&store) {
                return None;
            }
            Some((place, sight(cell, store)?))
        })?;
        let mut sights: Vec<Vec<Sight>> = exports.iter().map(|_| Vec::new()).collect();
        for (place, sight) in read {
            if let Some(of_export) = sights.get_mut(place) {
                of_export.push(sight);
            }
        }
        let mut seen = Vec::with_capacity(exports.len());
        for ((export, looks), sights) in exports.iter().zip(&looks).zip(sights) {
            let mut parts = self.parts_that_came(export, looks)?;
            let mut of_store = |look: &StoreLook| match (look.loaded, look.is_whole) {
                (false, _) => Seen::Nothing,
                (true, true) => Seen::Whole,
                (true, false) => Seen::Part(look.store.as_ref().and_then(|it| parts.remove(it)).unwrap_or_default()),
            };
            let stores = looks.iter().map(|look| (look.store.clone(), of_store(look))).collect();
            seen.push(Look { at: export.at, is_sample: before(export), stores, sights });
        }
        Ok(seen)
    }

    /// The coupons of lists that did not come whole: of others nothing is known.
    fn parts_that_came(&self, export: &KnownExport, looks: &[StoreLook]) -> Result<Parts, ArchiveError> {
        let in_part = looks.iter().filter(|look| look.loaded && !look.is_whole);
        let stores: Vec<&str> = in_part.filter_map(|look| Some(look.store.as_ref()?.as_str())).collect();
        let mut parts = Parts::new();
        if stores.is_empty() {
            return Ok(parts);
        }
        let which = Which::Having("store", stores.into_iter().collect());
        let came = self.rows(&[export], ("coupons.parquet", "store row_key"), &which, |cell, _| {
            Some((cell.word::<StoreId>("store")?, cell.word::<RowKey>("row_key")?))
        })?;
        for (store, row) in came {
            parts.entry(store).or_default().insert(row);
        }
        Ok(parts)
    }
}

/// Leaves of the exports that were before the last that loaded each store, and the last that asked for it and could not.
fn only_what_stands(exports: &[&KnownExport], looks: &mut [Vec<StoreLook>], before: impl Fn(&KnownExport) -> bool) {
    let (mut told, mut asked) = (HashSet::new(), HashSet::new());
    for (_, looks) in exports.iter().zip(looks).rev().filter(|(export, _)| before(export)) {
        looks.retain(|look| {
            let is_last = asked.insert(look.store.clone());
            match look.loaded {
                true if look.is_whole => told.insert(look.store.clone()),
                // A part tells nothing of the rest: what the whole list before it had still stands.
                true => !told.contains(&look.store),
                false => is_last,
            }
        });
    }
}

fn sight(cell: &Cells, store: Option<StoreId>) -> Option<Sight> {
    let row = cell.word("row_key");
    let why = cell.message("why_message", "why").unwrap_or_else(|| Message::as_written(""));
    let key = FindingKey { store, about: about(row.as_ref(), &why), row, code: cell.word("finding")? };
    let label = cell.text("coupon_code").or(cell.text("coupon_id")).unwrap_or_default().to_string();
    Some(Sight { key, label, severity: cell.word("severity")?, why })
}

pub(super) fn facts_of(cell: &Cells) -> CouponFacts {
    CouponFacts {
        status: cell.word("status").unwrap_or(Status::Unknown),
        starts: cell.instant("starts"),
        ends: cell.instant("ends"),
        total: cell.count("total"),
        remaining: cell.count("remaining"),
        min_spend: cell.decimal("min_spend"),
        discount: cell.owned("discount").unwrap_or_default(),
    }
}

impl History {
    /// What is recorded of each coupon of these exports that had a finding; where several saw it, the last.
    pub(in crate::archive) fn facts_with_findings(
        &self,
        exports: &[&KnownExport],
    ) -> Result<HashMap<RowKey, CouponFacts>, ArchiveError> {
        let columns = format!("{FACTS} severity");
        let facts = self.rows(exports, ("coupons.parquet", &columns), &Which::All, |cell, _| {
            cell.text("severity")?;
            Some((cell.word("row_key")?, facts_of(cell)))
        })?;
        Ok(facts.into_iter().collect())
    }
}
