//! The workbooks that lie beside the one that was handed back: its results, and a copy in which its bad cells are marked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::error::ApplyError;
use super::handed_back::Returned;
use super::plan_file::PlanFile;
use super::round::{Round, next_round};
use super::setup::{Event, Setup};
use crate::domain::{
    Export, ExportId, Memory, Message, Outcome, RowKey, Status, StoreId, Timestamp, Undo, UndoLine, local_day,
};
use crate::durable;
use crate::export::{BookInput, Choices, UNDO_FILE, only, only_tasks, open_actions, tasks_seen};
use crate::message;
use crate::plan::differences;
use crate::workbook::{Carried, Decision, Overview, UndoShown};

/// Where the results are to lie, tried before anything is sent: at `out`, else beside the workbook, or among the reports where that
/// folder takes no file.
pub(super) fn place_of_results(setup: &Setup, file: &PlanFile, out: Option<&Path>) -> Result<PathBuf, ApplyError> {
    if let Some(out) = out {
        durable::can_write(out)?;
        return Ok(out.to_path_buf());
    }
    let usual = beside(&file.workbook, "-results.xlsx");
    let Err(error) = durable::can_write(&usual) else { return Ok(usual) };
    let place = among_reports(setup, &usual);
    durable::can_write(&place)?;
    (setup.tell)(Event::ResultsElsewhere { place: &place, error: &error });
    Ok(place)
}

fn among_reports(setup: &Setup, place: &Path) -> PathBuf {
    setup.settings.reports.join(place.file_name().unwrap_or_default())
}

/// Writes the next round's starting point, with a snapshot of its own, at `out`, or among the reports where that fails; tells where.
pub(super) fn write_results(
    setup: &Setup,
    file: &PlanFile,
    export: &Export,
    outcomes: &BTreeMap<RowKey, Outcome>,
    (letters, out): (&str, &Path),
    approved_by: &[String],
) -> Result<PathBuf, ApplyError> {
    let now = (setup.clock)();
    let day = local_day(now, setup.settings.team_zone);
    let memory = setup.journal.memory()?;
    let results_export = next_round(&Round {
        export,
        plan: &file.plan,
        outcomes,
        id: ExportId::of(day, export.slot, letters),
        day,
        now,
        memory: &memory,
        settings: setup.settings,
    });
    // Without the archive's answer the rows say that it is not known.
    let first_seen = setup.archive.first_seen(&results_export).unwrap_or_default();
    let saved = setup.archive.save_snapshot(&results_export)?;
    setup.journal.record_snapshot(&results_export.id, &saved.sha256)?;
    let by_hand = tasks_seen(setup.journal.open_tasks()?, &results_export);
    let choices = Choices { language: file.language.unwrap_or(setup.choices.language), ..setup.choices.clone() };
    let (_, notices) = choices.replies(&results_export, &memory);
    notices.iter().for_each(|notice| (setup.tell)(Event::Notice(notice)));
    // It shows what is still open, and compares nothing.
    let open_actions = open_actions(&choices, setup.journal, &results_export)?;
    let undo = undo_of(setup, export)?;
    let compared = undo.as_ref().map(|undo| compared(undo, &results_export, outcomes, now));
    let shown_undo = undo.as_ref().map(|undo| UndoShown { undo, compared });
    let book = BookInput {
        choices: &choices,
        export: &results_export,
        by_hand: &by_hand,
        memory: &memory,
        snapshot_sha256: &saved.sha256,
        first_export: false,
        part: None,
        decisions: &by_row(&file.decisions),
        overview: &Overview { open_actions, first_seen, approved_by: approved_by.to_vec(), ..Overview::default() },
        sign_offs: &setup.journal.sign_offs_of_day(results_export.day)?,
        results: Some(outcomes),
        undo: shown_undo.as_ref(),
        carried: Carried {
            notes: Some(&file.notes),
            bad_rows: Some(&file.bad_rows).filter(|bad_rows| !bad_rows.is_empty()),
            own_columns: &file.own_columns,
        },
    };
    // The snapshot is whole; a manager of some stores sees only those.
    let save = |place: &Path| match shown(file, export) {
        Some((stores, word)) => book.save_for(&stores, word, place),
        None => book.save(place),
    };
    let elsewhere = among_reports(setup, out);
    match save(out) {
        Err(error) if elsewhere != out => {
            let saved = save(&elsewhere)?;
            (setup.tell)(Event::ResultsElsewhere { place: &saved, error: &error });
            Ok(saved)
        }
        saved => Ok(saved?),
    }
}

/// The stores of a workbook that was one of several, and those of other rows that were taken from it; with the word that it is known by.
fn shown<'a>(file: &'a PlanFile, export: &Export) -> Option<(BTreeSet<StoreId>, &'a str)> {
    let word = file.part.as_deref()?;
    let mut stores = export.part(word)?.stores.clone();
    stores.extend(file.plan.stores());
    Some((stores, word))
}

/// The refusal of a workbook with bad cells, once its copy with these marked lies beside it. There is no copy where no bad row
/// has a key that says which coupon it is about, or where it cannot be written: the refusal itself weighs more.
pub(super) fn refusal(setup: &Setup, returned: &Returned, count: usize) -> ApplyError {
    let (workbook, bad_rows) = (&returned.handed_back.path, &returned.handed_back.bad_rows);
    let is_any_known = returned.export.rows.iter().any(|row| bad_rows.contains_key(&row.key));
    let saved = is_any_known.then(|| write_copy(setup, returned, &beside(workbook, "-to-fix.xlsx"))).transpose();
    let to_mend = saved.unwrap_or_else(|error| {
        (setup.tell)(Event::NoCopyToMend(&error));
        None
    });
    ApplyError::BadRows { workbook: workbook.clone(), count, to_mend }
}

/// The workbook anew, as it was handed back.
fn write_copy(setup: &Setup, returned: &Returned, out: &Path) -> Result<PathBuf, ApplyError> {
    let handed_back = &returned.handed_back;
    let by_hand = tasks_seen(setup.journal.open_tasks()?, &returned.export);
    let (export, by_hand) = match &returned.part {
        Some(part) => (only(&returned.export, &part.stores), only_tasks(&by_hand, &part.stores)),
        None => (returned.export.clone(), by_hand),
    };
    let first_seen = setup.archive.first_seen(&export).unwrap_or_default();
    let undo = undo_of(setup, &returned.export)?;
    let shown_undo = undo.as_ref().map(UndoShown::planned);
    let copy = BookInput {
        choices: &Choices { language: handed_back.language, ..setup.choices.clone() },
        export: &export,
        by_hand: &by_hand,
        memory: &Memory::default(),
        snapshot_sha256: &returned.snapshot_sha256,
        first_export: false,
        part: handed_back.part.as_deref().filter(|_| returned.part.is_some()),
        decisions: &by_row(&handed_back.decisions),
        overview: &Overview { first_seen, ..Overview::default() },
        sign_offs: &setup.journal.sign_offs_of_day(returned.export.day)?,
        results: None,
        undo: shown_undo.as_ref(),
        carried: Carried {
            notes: Some(&handed_back.notes),
            bad_rows: Some(&handed_back.bad_rows),
            own_columns: &handed_back.own_columns,
        },
    };
    Ok(copy.save(out)?)
}

/// What the workbook of `export` takes back, where it does: also where it is the results of one that did.
pub fn undo_of(setup: &Setup, export: &Export) -> Result<Option<Undo>, ApplyError> {
    for id in std::iter::once(&export.id).chain(&export.follows) {
        if let Some(undo) = setup.archive.read(&format!("exports/{id}"), UNDO_FILE)? {
            return Ok(Some(serde_json::from_slice(&undo)?));
        }
    }
    Ok(None)
}

/// Each coupon as the results show it, beside what it was before it was first changed.
fn compared(
    undo: &Undo,
    export: &Export,
    outcomes: &BTreeMap<RowKey, Outcome>,
    now: Timestamp,
) -> BTreeMap<RowKey, Vec<Message>> {
    let of_line = |line: &UndoLine| {
        let store = export.store(&line.store)?;
        let outcome = outcomes.get(&line.row);
        let made = outcome.and_then(|it| it.read().find(|coupon| Some(&coupon.id) == it.created.as_ref()));
        let shown = export.row(&line.row).map(|row| &row.coupon);
        let present = Some(made.or(shown)?).filter(|coupon| coupon.status != Status::Trashed);
        let differs = match &line.before {
            Some(before) => differences(before, present, store, now),
            // It was not there: gone or over is as before.
            None => present.filter(|it| it.is_to_be_had()).map(|_| message!("undo-still-there")).into_iter().collect(),
        };
        Some((line.row.clone(), differs))
    };
    undo.lines.iter().filter_map(of_line).collect()
}

fn by_row(decisions: &[Decision]) -> BTreeMap<RowKey, Decision> {
    decisions.iter().map(|decision| (decision.action.row.clone(), decision.clone())).collect()
}

/// A path beside `workbook` with another ending: `2026-11-22-am.xlsx` → `2026-11-22-am-results.xlsx`.
pub fn beside(workbook: &Path, ending: &str) -> PathBuf {
    let stem = workbook.file_stem().map_or_else(|| "workbook".into(), |stem| stem.to_string_lossy().into_owned());
    workbook.with_file_name(format!("{stem}{ending}"))
}
