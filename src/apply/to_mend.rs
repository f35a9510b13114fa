//! The copy of a handed-back workbook in which the bad cells are marked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::ApplyError;
use super::handed_back::Returned;
use super::results::beside;
use super::setup::{Event, Setup};
use crate::domain::{Memory, RowKey};
use crate::export::{BookInput, Choices, only, only_tasks, tasks_seen};
use crate::workbook::{Carried, CellProblem, Decision, Overview};

/// The refusal of a workbook with bad cells, once its copy with these marked lies beside it. There is no copy where no bad row
/// has a key that says which coupon it is about, or where it cannot be written: the refusal itself weighs more.
pub(super) fn refusal(setup: &Setup, returned: &Returned, problems: &[CellProblem]) -> ApplyError {
    let (workbook, bad_rows) = (&returned.handed_back.path, &returned.handed_back.bad_rows);
    let is_any_known = returned.export.rows.iter().any(|row| bad_rows.contains_key(&row.key));
    let saved = is_any_known.then(|| write(setup, returned, &beside(workbook, "-to-mend.xlsx"))).transpose();
    let to_mend = saved.unwrap_or_else(|error| {
        (setup.tell)(Event::NoCopyToMend(&error));
        None
    });
    ApplyError::BadRows { workbook: workbook.clone(), count: problems.len(), to_mend }
}

/// The workbook anew, as it was handed back.
fn write(setup: &Setup, returned: &Returned, out: &Path) -> Result<PathBuf, ApplyError> {
    let handed_back = &returned.handed_back;
    let by_hand = tasks_seen(setup.journal.open_tasks()?, &returned.export);
    let (export, by_hand) = match &handed_back.stores {
        Some(stores) => (only(&returned.export, stores), only_tasks(&by_hand, stores)),
        None => (returned.export.clone(), by_hand),
    };
    let decisions: BTreeMap<RowKey, Decision> =
        handed_back.decisions.iter().map(|decision| (decision.action.row.clone(), decision.clone())).collect();
    let copy = BookInput {
        choices: &Choices { language: handed_back.language, ..setup.choices.clone() },
        export: &export,
        by_hand: &by_hand,
        memory: &Memory::default(),
        snapshot_sha256: &returned.snapshot_sha256,
        first_export: false,
        is_part: handed_back.stores.is_some(),
        decisions: &decisions,
        overview: &Overview::default(),
        sign_offs: &setup.journal.sign_offs_of_day(returned.export.day)?,
        results: None,
        carried: Carried {
            notes: Some(&handed_back.notes),
            bad_rows: Some(&handed_back.bad_rows),
            own_columns: &handed_back.own_columns,
        },
    };
    Ok(copy.save(out)?)
}
