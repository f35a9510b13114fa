//! What the archive's bundles and the journal tell of the past, put together for `history` and `archive week`.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use super::plan::PlanFile;
use crate::archive::history::{History, PastExport};
use crate::domain::{AppliedChange, DueSignOff, ExportId, Outcome, RowKey, RunId, Slot};
use crate::failure::Failure;
use crate::plan::{PlanRow, Verdict};
use crate::settings::Settings;

/// Every row of every run, the oldest first: from the tables that runs leave, and of runs without one from their bundles.
pub fn applied_changes(context: &Context, history: &History) -> Result<Vec<AppliedChange>, Failure> {
    let (mut changes, in_tables) = history.applied_changes()?;
    for run in history.runs()? {
        if !in_tables.contains(&run) {
            changes.extend(of_bundle(context, history, &run)?);
        }
    }
    changes.sort_by(|one, other| (one.at, &one.run, &one.row).cmp(&(other.at, &other.run, &other.row)));
    Ok(changes)
}

fn of_bundle(context: &Context, history: &History, run: &RunId) -> Result<Vec<AppliedChange>, Failure> {
    let Some((file, outcomes)) = bundle(context, history, run)? else { return Ok(Vec::new()) };
    let rows = file.plan.rows.iter();
    Ok(rows.filter_map(|row| Some(change(run, &file, row, outcomes.get(&row.action.row)?))).collect())
}

type Results = BTreeMap<RowKey, Outcome>;

/// A run's plan and results. One that was interrupted has no results, and one of an older format cannot be told: neither is
/// given, the latter aloud.
fn bundle(context: &Context, history: &History, run: &RunId) -> Result<Option<(PlanFile, Results)>, Failure> {
    let read = |name| history.of_run(run, name);
    let (Some(plan), Some(results)) = (read("plan.json")?, read("results.json")?) else { return Ok(None) };
    match (serde_json::from_slice(&plan), serde_json::from_slice(&results)) {
        (Ok(file), Ok(outcomes)) => Ok(Some((file, outcomes))),
        (Err(error), _) | (_, Err(error)) => {
            context.note(&format!("note: the bundle of run {run} cannot be read and is passed over: {error}"));
            Ok(None)
        }
    }
}

fn change(run: &RunId, file: &PlanFile, row: &PlanRow, outcome: &Outcome) -> AppliedChange {
    let change = row.verdict.change();
    let task = match &row.verdict {
        Verdict::ByHand { task } => Some(&task.coupon),
        Verdict::Change { .. } | Verdict::AlreadyDone { .. } | Verdict::Conflict { .. } | Verdict::Refused { .. } => {
            None
        }
    };
    AppliedChange {
        run: run.clone(),
        export: file.plan.export.clone(),
        at: outcome.at,
        by: file.plan.by.clone(),
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

/// What was to be signed in each slot that had an export, and who did. None where the archive holds no sign-off at all: then
/// nobody can tell a missed one from one that was never asked for.
pub fn sign_offs(
    settings: &Settings,
    history: &History,
    wanted: impl Fn(&PastExport) -> bool,
) -> Result<Option<Vec<DueSignOff>>, Failure> {
    let signed = history.sign_offs()?;
    if signed.is_empty() {
        return Ok(None);
    }
    let mut slots: BTreeMap<_, Vec<&ExportId>> = BTreeMap::new();
    for export in history.exports().iter().filter(|export| export.is_whole() && wanted(export)) {
        if let Some(slot) = export.slot() {
            slots.entry((export.day, slot)).or_default();
        }
    }
    // A cell of the morning can be signed in the afternoon's workbook: every workbook of the day counts.
    for export in history.exports() {
        for slot in Slot::ALL {
            if let Some(exports) = slots.get_mut(&(export.day, *slot)) {
                exports.push(&export.id);
            }
        }
    }
    let mut due = Vec::new();
    for ((day, slot), exports) in slots {
        for item in settings.routine.iter().filter(|item| item.how_often.is_due(day, slot)) {
            let cells = exports.iter().filter_map(|export| signed.get(*export)).flatten();
            let cell = cells
                .filter(|cell| cell.slot == slot && cell.item == item.key)
                .filter(|cell| !cell.name.trim().is_empty())
                .max_by_key(|cell| cell.read_at);
            due.push(DueSignOff {
                day,
                slot,
                what: item.what_words(),
                whose: item.whose.clone(),
                signed_by: cell.map(|cell| cell.name.trim().to_string()),
                remark: cell.map_or(String::new(), |cell| cell.remark.clone()),
            });
        }
    }
    Ok(Some(due))
}

/// How many of what was due were missed, by ISO week.
pub fn missed_by_week(due: &[DueSignOff]) -> BTreeMap<crate::domain::IsoWeek, u64> {
    let mut missed = BTreeMap::new();
    for due in due {
        *missed.entry(crate::domain::IsoWeek::of(due.day)).or_default() += u64::from(due.signed_by.is_none());
    }
    missed
}

/// Every store id that the archive's named rows could be about, narrowed by the user's filter; none means all.
pub fn narrowed(
    settings: &Settings,
    filter: &super::filter::Filter,
) -> Result<Option<BTreeSet<crate::domain::StoreId>>, Failure> {
    if filter.is_empty() {
        return Ok(None);
    }
    let settings = filter.narrow(settings.clone())?;
    Ok(Some(settings.stores.into_iter().map(|store| store.store.id).collect()))
}
