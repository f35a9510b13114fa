//! The results workbook: the next round's starting point, with a snapshot of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::error::ApplyError;
use super::plan_file::PlanFile;
use super::round::{Round, next_round};
use super::setup::{Event, Setup};
use crate::domain::{Export, ExportId, Outcome, RowKey, StoreId, local_day};
use crate::export::{BookInput, Choices, open_actions, tasks_seen};
use crate::workbook::{Carried, Decision, Overview, Results};

/// Writes it at `out`, or beside the workbook; tells where.
pub(super) fn write_results(
    setup: &Setup,
    file: &PlanFile,
    export: &Export,
    outcomes: &BTreeMap<RowKey, Outcome>,
    (letters, out): (&str, Option<&Path>),
) -> Result<PathBuf, ApplyError> {
    let now = (setup.clock)();
    let day = local_day(now, setup.settings.team_zone);
    let memory = setup.journal.memory()?;
    let results_export = next_round(&Round {
        export,
        plan: &file.plan,
        outcomes,
        id: ExportId::of(day, export.slot, letters),
        slot: export.slot,
        day,
        now,
        memory: &memory,
        policies: &setup.settings.policies,
        campaigns: &setup.settings.campaigns,
        abilities: &|platform| setup.settings.platforms.abilities(platform),
    });
    let saved = setup.archive.save_snapshot(&results_export)?;
    let by_hand = tasks_seen(setup.journal.open_tasks()?, &results_export);
    let decisions: BTreeMap<RowKey, Decision> =
        file.decisions.iter().map(|decision| (decision.action.row.clone(), decision.clone())).collect();
    let choices = Choices { language: file.language.unwrap_or(setup.choices.language), ..setup.choices.clone() };
    let (_, notices) = choices.replies(&results_export, &memory);
    notices.iter().for_each(|notice| (setup.tell)(Event::Notice(notice)));
    // It shows what is still open, and compares nothing.
    let open_actions = open_actions(&choices, setup.journal, &results_export)?;
    let book = BookInput {
        choices: &choices,
        export: &results_export,
        by_hand: &by_hand,
        memory: &memory,
        snapshot_sha256: &saved.sha256,
        first_export: false,
        is_part: false,
        decisions: &decisions,
        overview: &Overview { open_actions, ..Overview::default() },
        sign_offs: &setup.journal.sign_offs_of_day(results_export.day)?,
        results: Some(Results { outcomes, own_columns: &file.own_columns }),
        carried: Carried { notes: Some(&file.notes), ..Carried::default() },
    };
    let out = out.map_or_else(|| beside(&file.workbook, "-results.xlsx"), Path::to_path_buf);
    // The snapshot is whole; a manager of some stores sees only those.
    Ok(match stores_shown(file) {
        Some(stores) => book.save_for(&stores, &out)?,
        None => book.save(&out)?,
    })
}

/// The stores of a workbook that was one of several, and those of rows that somebody copied into it.
fn stores_shown(file: &PlanFile) -> Option<BTreeSet<StoreId>> {
    let mut stores = file.stores.clone()?;
    stores.extend(file.plan.stores());
    Some(stores)
}

/// A path beside `workbook` with another ending: `2026-11-22-am.xlsx` → `2026-11-22-am-results.xlsx`.
pub fn beside(workbook: &Path, ending: &str) -> PathBuf {
    let stem = workbook.file_stem().map_or_else(|| "workbook".into(), |stem| stem.to_string_lossy().into_owned());
    workbook.with_file_name(format!("{stem}{ending}"))
}
