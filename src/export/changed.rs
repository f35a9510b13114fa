//! What an export saw beside what was before: which findings are new, which were resolved and how, what became of the work by
//! hand.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::archive::Earlier;
use crate::domain::{
    ActionWord, ChangeId, Changed, Coupon, CouponFacts, Ended, EndedFinding, Ending, Export, FindingLife, HowEnded,
    RowChange, RowKey, Seen, SeenFinding, Since, StoreId, Task, TaskRow, TaskStatus, how_ended, lives,
};

/// What `present` shows that each store's own last load did not, and the other way round. `changes` and `by_hand` are what was done
/// meanwhile.
///
/// Only stores that loaded now and before are compared: what did not load is not known to be gone, nor to be new.
pub fn changed(
    earlier: &Earlier,
    present: &Export,
    changes: &[RowChange],
    by_hand: &BTreeMap<RowKey, ActionWord>,
) -> Changed {
    let look = present.look(earlier.since.len(), |coupon| coupon.label().to_string());
    let compared = |id: &&StoreId| {
        let seen = look.stores.get(&Some((*id).clone()));
        seen.is_some_and(|seen| *seen != Seen::Nothing) && earlier.since.contains_key(*id)
    };
    let stores = || present.stores.iter().map(|load| &load.store.id);
    let since: BTreeSet<Since> = stores().filter(compared).filter_map(|id| earlier.since.get(id).copied()).collect();
    let not_compared = stores().filter(|id| !compared(id)).cloned().collect();
    let (at, looks) = (look.at, earlier.looks.iter().cloned().chain([look]).collect());
    let (mut new, mut ended) = (Vec::new(), Vec::new());
    for life in lives(looks, at) {
        let row = life.key.row.as_ref().and_then(|key| present.row(key));
        let label = row.map_or(life.label.clone(), |row| row.coupon.label().to_string());
        let finding = SeenFinding { key: life.key.clone(), label, severity: life.severity };
        match &life.ended {
            None if life.first_seen == at && !life.since_longer => new.push(finding),
            // Of several loads of a list that came short, an earlier one may have ended it.
            Some(end) if end.at < at && end.how != HowEnded::NotSeen => {}
            None => {}
            Some(end) => {
                let how = if end.how == HowEnded::NotSeen {
                    end.how.clone()
                } else {
                    how(&life, end, (earlier, present), (changes, by_hand))
                };
                ended.push(EndedFinding { finding, how });
            }
        }
    }
    // Those on stores first, then in the order of the rows.
    let places: HashMap<&RowKey, usize> =
        (1..).zip(present.rows.iter()).map(|(place, row)| (&row.key, place)).collect();
    let place = |finding: &SeenFinding| finding.key.row.as_ref().map_or(0, |row| places.get(row).copied().unwrap_or(0));
    new.sort_by_key(|finding| (Reverse(finding.severity), place(finding)));
    ended.sort_by(|one, other| {
        let rank = |it: &EndedFinding| (!it.how.is_resolved(), Reverse(it.finding.severity), it.finding.key.code);
        rank(one).cmp(&rank(other)).then_with(|| one.finding.label.cmp(&other.finding.label))
    });
    let since = if since.len() == 1 { since.first().copied() } else { None };
    Changed { since, new, ended, not_compared }
}

fn how(
    life: &FindingLife,
    end: &Ended,
    (earlier, present): (&Earlier, &Export),
    (changes, by_hand): (&[RowChange], &BTreeMap<RowKey, ActionWord>),
) -> HowEnded {
    let key = life.key.row.as_ref();
    let of_row = |change: &&RowChange| Some(&change.row) == key && change.at > life.last_seen;
    let mut changes: Vec<&RowChange> = changes.iter().filter(of_row).collect();
    changes.sort_by_key(|change| Reverse(change.at));
    let after = key.and_then(|key| present.row(key)).map(|row| CouponFacts::of(&row.coupon));
    how_ended(&Ending {
        key: &life.key,
        at: end.at,
        before: key.and_then(|key| earlier.facts.get(key)),
        after: after.as_ref(),
        new: &end.new,
        changes: &changes,
        by_hand: key.and_then(|key| by_hand.get(key).copied()),
    })
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
        let load = export.stores.iter().find(|load| load.store.id == task.store);
        let coupon = export.row(&task.row).map(|row| &row.coupon);
        match load.filter(|load| load.load.is_loaded()) {
            Some(load) if coupon.is_some() || load.has_everything() => {
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
