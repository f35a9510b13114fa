//! Two exports side by side: which findings are new, which were resolved, and how.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::archive::Earlier;
use crate::domain::{
    Changed, Export, Finding, FindingCode, HowResolved, NewFinding, Resolved, Row, RowChange, RowKey, Status, StoreId,
};

/// A finding is the same one where store, row and code are.
type Key<'a> = (&'a StoreId, Option<&'a RowKey>, FindingCode);

/// What `present` shows that `earlier` did not, and the other way round. `changes` are what was done between the two.
///
/// Only stores that both exports loaded are compared: what did not load is not known to be resolved, nor to be new.
pub fn changed(earlier: &Earlier, present: &Export, changes: &[RowChange]) -> Changed {
    let comparison = Comparison::of(earlier, present, changes);
    let mut new: Vec<NewFinding> = comparison.new_on_stores().chain(comparison.new_on_rows()).collect();
    let mut resolved: Vec<Resolved> = comparison.resolved().collect();
    new.sort_by_key(|finding| Reverse(finding.severity));
    resolved.sort_by_key(|finding| Reverse(finding.severity));
    let not_compared = present.stores.iter().map(|load| &load.store.id).filter(|id| !comparison.is_in_both(id));
    Changed { since: (earlier.day, earlier.slot), new, resolved, not_compared: not_compared.cloned().collect() }
}

struct Comparison<'a> {
    earlier: &'a Earlier,
    present: &'a Export,
    loaded: HashMap<&'a StoreId, bool>,
    before: HashSet<Key<'a>>,
    now: HashSet<Key<'a>>,
    rows: HashMap<&'a RowKey, &'a Row>,
    changes: HashMap<&'a RowKey, &'a RowChange>,
}

impl<'a> Comparison<'a> {
    fn of(earlier: &'a Earlier, present: &'a Export, changes: &'a [RowChange]) -> Self {
        let on_stores = present
            .stores
            .iter()
            .flat_map(|load| load.findings.iter().map(move |finding| (&load.store.id, None, finding.code)));
        let on_rows = present
            .rows
            .iter()
            .flat_map(|row| row.findings.iter().map(move |finding| (&row.coupon.store, Some(&row.key), finding.code)));
        Self {
            earlier,
            present,
            loaded: present.stores.iter().map(|load| (&load.store.id, load.load.is_loaded())).collect(),
            before: earlier.findings.iter().map(|one| (&one.store, one.row.as_ref(), one.code)).collect(),
            now: on_stores.chain(on_rows).collect(),
            rows: present.rows.iter().map(|row| (&row.key, row)).collect(),
            changes: changes.iter().map(|change| (&change.row, change)).collect(),
        }
    }

    fn is_in_both(&self, store: &StoreId) -> bool {
        self.loaded.get(store) == Some(&true) && self.earlier.stores.get(store) == Some(&true)
    }

    /// That a store failed, or loads again, is known where both exports asked it.
    fn is_comparable(&self, store: &StoreId, code: FindingCode) -> bool {
        match code {
            FindingCode::StoreNotLoaded => self.loaded.contains_key(store) && self.earlier.stores.contains_key(store),
            _ => self.is_in_both(store),
        }
    }

    fn is_new(&self, key: &Key) -> bool {
        self.is_comparable(key.0, key.2) && !self.before.contains(key)
    }

    fn new_on_stores(&self) -> impl Iterator<Item = NewFinding> {
        let findings =
            self.present.stores.iter().flat_map(|load| load.findings.iter().map(move |finding| (load, finding)));
        findings.filter(|(load, finding)| self.is_new(&(&load.store.id, None, finding.code))).map(|(load, finding)| {
            let Finding { code, severity, .. } = *finding;
            NewFinding { store: load.store.id.clone(), row: None, label: String::new(), code, severity }
        })
    }

    fn new_on_rows(&self) -> impl Iterator<Item = NewFinding> {
        let findings = self.present.rows.iter().flat_map(|row| row.findings.iter().map(move |finding| (row, finding)));
        findings.filter(|(row, finding)| self.is_new(&(&row.coupon.store, Some(&row.key), finding.code))).map(
            |(row, finding)| NewFinding {
                store: row.coupon.store.clone(),
                row: Some(row.key.clone()),
                label: row.coupon.label().to_string(),
                code: finding.code,
                severity: finding.severity,
            },
        )
    }

    fn resolved(&self) -> impl Iterator<Item = Resolved> {
        let gone = self.earlier.findings.iter().filter(|one| {
            self.is_comparable(&one.store, one.code) && !self.now.contains(&(&one.store, one.row.as_ref(), one.code))
        });
        gone.map(|one| {
            let row = one.row.as_ref().and_then(|key| self.rows.get(key));
            Resolved {
                store: one.store.clone(),
                row: one.row.clone(),
                label: row.map_or_else(|| one.label.clone(), |row| row.coupon.label().to_string()),
                code: one.code,
                severity: one.severity,
                how: self.how(one.row.as_ref()),
            }
        })
    }

    fn how(&self, key: Option<&RowKey>) -> HowResolved {
        let Some(key) = key else { return HowResolved::ByItself };
        if let Some(change) = self.changes.get(key) {
            return match &change.by {
                Some(by) => HowResolved::Action { action: change.action, by: by.clone() },
                None => HowResolved::ByHand(change.action),
            };
        }
        match self.rows.get(key).map(|row| row.coupon.status) {
            None | Some(Status::Trashed) => HowResolved::Gone,
            Some(Status::Ended) => HowResolved::Ended,
            Some(_) => HowResolved::ByItself,
        }
    }
}
