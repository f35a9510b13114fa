//! What became of the work by hand: every open task against what this export saw.

use std::collections::BTreeMap;

use crate::domain::{ChangeId, Coupon, Export, StoreId, Task, TaskRow, TaskStatus};

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
