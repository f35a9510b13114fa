//! What earlier runs did, row by row, from what they left in the archive.

use std::collections::BTreeMap;

use super::plan_file::PlanFile;
use crate::archive::ArchiveError;
use crate::archive::history::History;
use crate::domain::{AppliedChange, Outcome, RowKey, RunId};
use crate::plan::{Plan, PlanRow, Verdict};

/// Every row of every run, the oldest first: from the tables that runs leave, and of runs without one from their bundles. `note`
/// hears of a bundle that cannot be read.
///
/// # Errors
/// Where the archive cannot be read.
pub fn applied_changes(
    history: &History,
    note: &dyn Fn(&RunId, &serde_json::Error),
) -> Result<Vec<AppliedChange>, ArchiveError> {
    let (mut changes, in_tables) = history.applied_changes()?;
    for run in history.runs()? {
        if !in_tables.contains(&run)
            && let Some((file, outcomes)) = bundle(history, &run, note)?
        {
            let rows = file.plan.rows.iter();
            let change = |row: &PlanRow| Some(applied_change(&run, &file.plan, row, outcomes.get(&row.action.row)?));
            changes.extend(rows.filter_map(change));
        }
    }
    changes.sort_by(|one, other| (one.at, &one.run, &one.row).cmp(&(other.at, &other.run, &other.row)));
    Ok(changes)
}

type Results = BTreeMap<RowKey, Outcome>;

/// A run's plan and results. One that was interrupted has no results, and one of an older format cannot be told: neither is
/// given, the latter aloud.
fn bundle(
    history: &History,
    run: &RunId,
    note: &dyn Fn(&RunId, &serde_json::Error),
) -> Result<Option<(PlanFile, Results)>, ArchiveError> {
    let read = |name| history.of_run(run, name);
    let (Some(plan), Some(results)) = (read("plan.json")?, read("results.json")?) else { return Ok(None) };
    match (serde_json::from_slice(&plan), serde_json::from_slice(&results)) {
        (Ok(file), Ok(outcomes)) => Ok(Some((file, outcomes))),
        (Err(error), _) | (_, Err(error)) => {
            note(run, &error);
            Ok(None)
        }
    }
}

pub(super) fn applied_change(run: &RunId, plan: &Plan, row: &PlanRow, outcome: &Outcome) -> AppliedChange {
    let change = row.verdict.change();
    let task = match &row.verdict {
        Verdict::ByHand { task } => Some(&task.coupon),
        Verdict::Change { .. } | Verdict::AlreadyDone { .. } | Verdict::Conflict { .. } | Verdict::Refused { .. } => {
            None
        }
    };
    AppliedChange {
        run: run.clone(),
        export: plan.export.clone(),
        at: outcome.at,
        by: plan.by.clone(),
        store: row.store.clone(),
        row: row.action.row.clone(),
        coupon: change.map(|change| &change.coupon).or(task).cloned(),
        label: row.label.clone(),
        action: row.action.word,
        becomes: change.map(|change| change.becomes),
        before: change.map(|change| &change.before).or(outcome.before.as_ref()).cloned(),
        after: change.map(|change| &change.after).or(outcome.after.as_ref()).cloned(),
        outcome: outcome.kind,
        message: outcome.message.clone(),
        request_id: outcome.request_id.clone(),
        created: outcome.created.clone(),
        exposure: change.and_then(|change| change.exposure),
    }
}
