//! What an export saw beside what was before: which findings are new, which were resolved and how, what became of the work by
//! hand.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::archive::Earlier;
use crate::domain::{
    ChangeId, Changed, Coupon, Export, FindingCode, HowResolved, Resolved, RowChange, RowKey, SeenFinding, Status,
    StoreId, Task, TaskRow, TaskStatus,
};

/// A finding is the same one where store, row and code are.
type Key<'a> = (&'a StoreId, Option<&'a RowKey>, FindingCode);

/// What `present` shows that `earlier` did not, and the other way round. `changes` are what was done between the two.
///
/// Only stores that both exports loaded are compared: what did not load is not known to be resolved, nor to be new.
pub fn changed(earlier: &Earlier, present: &Export, changes: &[RowChange]) -> Changed {
    let mut new = present.seen_findings(|coupon| coupon.label().to_string());
    let comparison = Comparison {
        earlier,
        present,
        loaded: present.stores.iter().map(|load| (&load.store.id, load.load.is_loaded())).collect(),
        changes: changes.iter().map(|change| (&change.row, change)).collect(),
    };
    let (before, now): (HashSet<Key>, HashSet<Key>) =
        (earlier.findings.iter().map(key).collect(), new.iter().map(key).collect());
    let mut resolved: Vec<Resolved> = earlier
        .findings
        .iter()
        .filter(|one| comparison.is_comparable(one) && !now.contains(&key(one)))
        .map(|one| comparison.resolved(one))
        .collect();
    new.retain(|finding| comparison.is_comparable(finding) && !before.contains(&key(finding)));
    new.sort_by_key(|finding| Reverse(finding.severity));
    resolved.sort_by_key(|resolved| Reverse(resolved.finding.severity));
    let not_compared = present.stores.iter().map(|load| &load.store.id).filter(|id| !comparison.is_in_both(id));
    let (since, not_compared) = ((earlier.day, earlier.slot), not_compared.cloned().collect());
    Changed { since, since_at: earlier.at, new, resolved, not_compared }
}

fn key(finding: &SeenFinding) -> Key<'_> {
    (&finding.store, finding.row.as_ref(), finding.code)
}

struct Comparison<'a> {
    earlier: &'a Earlier,
    present: &'a Export,
    loaded: HashMap<&'a StoreId, bool>,
    changes: HashMap<&'a RowKey, &'a RowChange>,
}

impl Comparison<'_> {
    fn is_in_both(&self, store: &StoreId) -> bool {
        self.loaded.get(store) == Some(&true) && self.earlier.stores.get(store) == Some(&true)
    }

    /// That a store failed, or loads again, is known where both exports asked it.
    fn is_comparable(&self, SeenFinding { store, code, .. }: &SeenFinding) -> bool {
        if *code == FindingCode::StoreNotLoaded {
            return self.loaded.contains_key(store) && self.earlier.stores.contains_key(store);
        }
        self.is_in_both(store)
    }

    fn resolved(&self, one: &SeenFinding) -> Resolved {
        let row = one.row.as_ref().and_then(|key| self.present.row(key));
        let label = row.map_or(one.label.clone(), |row| row.coupon.label().to_string());
        Resolved { finding: SeenFinding { label, ..one.clone() }, how: self.how(one.row.as_ref()) }
    }

    fn how(&self, key: Option<&RowKey>) -> HowResolved {
        let Some(key) = key else { return HowResolved::ByItself };
        if let Some(change) = self.changes.get(key) {
            return match &change.by {
                Some(by) => HowResolved::Action { action: change.action, by: by.clone() },
                None => HowResolved::ByHand(change.action),
            };
        }
        match self.present.row(key).map(|row| row.coupon.status) {
            None | Some(Status::Trashed) => HowResolved::Gone,
            Some(Status::Ended) => HowResolved::Ended,
            Some(_) => HowResolved::ByItself,
        }
    }
}

/// How each task stands, open ones first and by due day, then those that are closed.
///
/// What did not load is not known to be gone: a task of a store that failed, or a coupon that is missing from an incomplete
/// list, is kept open as not seen.
pub fn tasks_seen(tasks: Vec<Task>, export: &Export) -> Vec<TaskRow> {
    let mut by_store: BTreeMap<&StoreId, Vec<&Coupon>> = BTreeMap::new();
    for row in export.rows.iter() {
        by_store.entry(&row.coupon.store).or_default().push(&row.coupon);
    }
    let status = |task: &Task| {
        let load = export.stores.iter().find(|load| load.store.id == task.store).map(|load| &load.load);
        let coupon = export.row(&task.row).map(|row| &row.coupon);
        match load.filter(|load| load.is_loaded()) {
            Some(load) if coupon.is_some() || load.is_whole() => {
                task.status(coupon, by_store.get(&task.store).into_iter().flatten().copied())
            }
            // That a coupon is gone is known only where the list came whole.
            Some(_) | None => TaskStatus::NotSeen,
        }
    };
    let mut rows: Vec<TaskRow> = tasks.into_iter().map(|task| TaskRow { status: status(&task), task }).collect();
    rows.sort_by(|one, other| {
        let key = |row: &TaskRow| (!row.is_open(), row.task.due);
        key(one).cmp(&key(other)).then_with(|| one.task.store.cmp(&other.task.store))
    });
    rows
}

/// The tasks that this export ticks: done, or their coupon is gone.
pub fn tasks_done(rows: &[TaskRow]) -> Vec<ChangeId> {
    rows.iter().filter(|row| !row.is_open()).map(|row| row.task.change.clone()).collect()
}
