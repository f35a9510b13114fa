//! Runs that the archive remembers and this machine's journal does not: what they did would be done a second time.

use std::collections::BTreeSet;

use chrono::Days;
use serde_json::Value;

use super::error::ApplyError;
use super::setup::Setup;
use crate::archive::Kind;
use crate::domain::{Export, RunId};
use crate::plan::Plan;

/// Those of the same export that were about rows of `plan`, the oldest first: a journal that was lost, an older one that was put back,
/// or another machine's. Other rows of the export may well be another machine's to apply.
pub(super) fn forgotten_runs(setup: &Setup, plan: &Plan, export: &Export) -> Result<Vec<RunId>, ApplyError> {
    // No run of an export is older than the export itself, on whatever calendar its day was told.
    let from = export.day.checked_sub_days(Days::new(1));
    let rows: BTreeSet<&str> = plan.rows.iter().map(|row| row.action.row.as_str()).collect();
    let mut forgotten = Vec::new();
    for bundle in setup.archive.bundles(Kind::Run, from, None)? {
        let run = RunId::new(bundle.rsplit('/').next().unwrap_or_default());
        if setup.journal.knows_run(&run)? {
            continue;
        }
        let Some(file) = setup.archive.read(&bundle, "plan.json")? else { continue };
        // Of whatever version it is; one that cannot be read may be about any row.
        let file: Value = serde_json::from_slice(&file).unwrap_or_default();
        let of = |pointer: &str| file.pointer(pointer);
        let is_of_another = of("/plan/export").and_then(Value::as_str).is_some_and(|id| id != export.id.as_str());
        let its_rows = of("/plan/rows").and_then(Value::as_array);
        let row = |row: &Value| row.pointer("/action/row")?.as_str().map(|row| rows.contains(row));
        let is_about_these = its_rows.is_none_or(|its| its.iter().any(|it| row(it).unwrap_or(true)));
        if !is_of_another && is_about_these {
            forgotten.push(run);
        }
    }
    Ok(forgotten)
}
