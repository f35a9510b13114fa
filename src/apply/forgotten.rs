//! Runs that the archive tells and this machine's journal does not know: what they did would be done a second time.

use std::collections::BTreeSet;

use serde_json::Value;

use super::error::{ApplyError, MissingRun};
use super::rebuild::{bundle_of, missing_runs};
use super::setup::Setup;
use crate::plan::Plan;

/// Those that stand in the way of `plan`, the oldest first: all of this machine, whose journal was lost or is an older one, and those
/// of other machines that were about the same coupons.
pub(super) fn forgotten_runs(setup: &Setup, plan: &Plan) -> Result<Vec<MissingRun>, ApplyError> {
    // Where a coupon stands in another export it has the same key.
    let rows: BTreeSet<&str> = plan.rows.iter().map(|row| row.action.row.as_str()).collect();
    let mut forgotten = Vec::new();
    for missing in missing_runs(setup.archive, setup.journal)? {
        // What nobody sealed may be of this machine too.
        let is_anothers = !missing.machine.is_empty() && missing.machine != setup.archive.machine();
        if !is_anothers || is_about(setup, &missing, &rows)? {
            forgotten.push(missing);
        }
    }
    Ok(forgotten)
}

/// Of whatever version its plan is; one that cannot be read may be about any row.
fn is_about(setup: &Setup, missing: &MissingRun, rows: &BTreeSet<&str>) -> Result<bool, ApplyError> {
    let file = setup.archive.read(&bundle_of(&missing.run), "plan.json")?.unwrap_or_default();
    let file: Value = serde_json::from_slice(&file).unwrap_or_default();
    let row = |row: &Value| row.pointer("/action/row")?.as_str().map(|row| rows.contains(row));
    let its = file.pointer("/plan/rows").and_then(Value::as_array);
    Ok(its.is_none_or(|its| its.iter().any(|it| row(it).unwrap_or(true))))
}
