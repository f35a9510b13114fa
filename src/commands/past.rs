//! What the archive's bundles and the journal tell of the past, put together for `history` and `archive week`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::context::Context;
use super::plan::PlanFile;
use crate::archive::history::{History, PastExport};
use crate::domain::{DueSignOff, ExportId, Outcome, PastDeed, RoutineItem, RowKey, RunId, Slot};
use crate::failure::Failure;
use crate::plan::{PlanRow, Verdict};
use crate::settings::Settings;

/// Every row of every run, the oldest first: from the tables that runs leave, and of runs without one from their bundles.
pub fn deeds(context: &Context, history: &History) -> Result<Vec<PastDeed>, Failure> {
    let (mut deeds, told) = history.deeds()?;
    for run in folders(&history.root().join("runs")).into_iter().map(RunId::new) {
        if !told.contains(&run) {
            deeds.extend(of_bundle(context, history, &run)?);
        }
    }
    deeds.sort_by(|one, other| (one.at, &one.run, &one.row).cmp(&(other.at, &other.run, &other.row)));
    Ok(deeds)
}

/// Every bundle of an export or run that may have a call log: `exports/ID`, `runs/ID`.
pub fn bundles(history: &History) -> Result<BTreeSet<String>, Failure> {
    let (_, told) = history.deeds()?;
    let exports = history.exports().iter().map(|export| export.id.to_string());
    let exports = exports.chain(folders(&history.root().join("exports")));
    let runs = told.iter().map(ToString::to_string).chain(folders(&history.root().join("runs")));
    let exports = exports.map(|id| format!("exports/{id}"));
    Ok(exports.chain(runs.map(|id| format!("runs/{id}"))).collect())
}

/// The names of the folders in `parent`; none where there is no such folder.
fn folders(parent: &Path) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(parent) else { return BTreeSet::new() };
    let folders = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    folders.filter_map(|path| Some(path.file_name()?.to_str()?.to_string())).collect()
}

/// A run that was interrupted has no results, and one of an older format cannot be told: both are left out, the latter aloud.
fn of_bundle(context: &Context, history: &History, run: &RunId) -> Result<Vec<PastDeed>, Failure> {
    let read = |name| history.bundled(&format!("runs/{run}"), name);
    let (Some(plan), Some(results)) = (read("plan.json")?, read("results.json")?) else { return Ok(Vec::new()) };
    let plan = serde_json::from_slice::<PlanFile>(&plan);
    let results = serde_json::from_slice::<BTreeMap<RowKey, Outcome>>(&results);
    match (plan, results) {
        (Ok(file), Ok(outcomes)) => {
            let rows = file.plan.rows.iter();
            Ok(rows.filter_map(|row| Some(deed(run, &file, row, outcomes.get(&row.action.row)?))).collect())
        }
        (Err(error), _) | (_, Err(error)) => {
            context.note(&format!("note: run {run} is left out, since its bundle cannot be read: {error}"));
            Ok(Vec::new())
        }
    }
}

fn deed(run: &RunId, file: &PlanFile, row: &PlanRow, outcome: &Outcome) -> PastDeed {
    let change = match &row.verdict {
        Verdict::Change { change, .. } => Some(change),
        _ => None,
    };
    let task = match &row.verdict {
        Verdict::ByHand { task } => Some(&task.coupon),
        _ => None,
    };
    PastDeed {
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
        before: change.map_or_else(|| outcome.before.clone(), |change| change.before_words.clone()),
        after: change.map_or_else(|| outcome.after.clone(), |change| change.after_words.clone()),
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
        for slot in [Slot::Am, Slot::Pm] {
            if let Some(exports) = slots.get_mut(&(export.day, slot)) {
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
                what: what(item, settings),
                whose: item.whose.clone(),
                signed_by: cell.map(|cell| cell.name.trim().to_string()),
                remark: cell.map_or(String::new(), |cell| cell.remark.clone()),
            });
        }
    }
    Ok(Some(due))
}

/// As the workbook of that language calls it.
fn what(item: &RoutineItem, settings: &Settings) -> String {
    let usual = || settings.language.say(&format!("checklist-{}-what", item.key.replace('_', "-")));
    item.what.clone().unwrap_or_else(usual)
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
