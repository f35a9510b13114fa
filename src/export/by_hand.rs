//! What became of the work by hand: every open task against what this export saw.

use std::collections::{BTreeMap, HashMap};

use crate::domain::{ChangeId, Coupon, Export, RowKey, StoreId, StoreLoad, Task, TaskRow, TaskStatus};

/// How each task stands, open ones first and by due day, then those that are closed.
///
/// What did not load is not known to be gone: a task of a store that failed, or a coupon that is missing from an incomplete
/// list, is kept open as not seen.
pub fn tasks_seen(tasks: Vec<Task>, export: &Export) -> Vec<TaskRow> {
    if tasks.is_empty() {
        return Vec::new();
    }
    let seen = Seen::of(export);
    let mut rows: Vec<TaskRow> =
        tasks.into_iter().map(|task| TaskRow { standing: seen.standing(&task), task }).collect();
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

struct Seen<'a> {
    loads: BTreeMap<&'a StoreId, &'a StoreLoad>,
    by_key: HashMap<&'a RowKey, &'a Coupon>,
    by_store: BTreeMap<&'a StoreId, Vec<&'a Coupon>>,
}

impl<'a> Seen<'a> {
    fn of(export: &'a Export) -> Self {
        let mut by_store: BTreeMap<&StoreId, Vec<&Coupon>> = BTreeMap::new();
        for row in &export.rows {
            by_store.entry(&row.coupon.store).or_default().push(&row.coupon);
        }
        Self {
            loads: export.stores.iter().map(|load| (&load.store.id, load)).collect(),
            by_key: export.rows.iter().map(|row| (&row.key, &row.coupon)).collect(),
            by_store,
        }
    }

    fn standing(&self, task: &Task) -> TaskStatus {
        let Some(load) = self.loads.get(&task.store).map(|load| &load.load).filter(|load| load.is_loaded()) else {
            return TaskStatus::NotSeen;
        };
        let coupon = self.by_key.get(&task.row).copied();
        let others = self.by_store.get(&task.store).into_iter().flatten().copied();
        match task.standing(coupon, others) {
            _ if coupon.is_none() && !load.is_whole() => TaskStatus::NotSeen,
            standing => standing,
        }
    }
}
