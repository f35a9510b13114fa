//! The steps of an export, from the stores to the workbooks in their places.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::book::{BookError, BookInput, Choices};
use super::changed::{changed, tasks_done, tasks_seen};
use super::judged::{ExportFacts, KeysCollide, judged};
use super::load::{Loaded, ToLoad, load};
use super::parts::{Part, folder_of, path_of};
use crate::archive::{Archive, ArchiveError, BundleKind, Earlier, Saved};
use crate::domain::{
    Access, Action, ActionWord, Changed, Edit, Export, ExportId, Memory, Notice, OpenAction, Route, Row, RowKey,
    SignOff, Slot, StoreId, TaskRow, Timestamp, Undo,
};
use crate::durable::{self, DurableError};
use crate::journal::{Journal, JournalError};
use crate::message;
use crate::workbook::read::{ReadError, as_csv};
use crate::workbook::{Carried, Decision, Overview, UndoShown};

/// So many weeks make the trend.
const TREND_WEEKS: u64 = 8;

/// In the bundle of an export that takes a run back.
pub const UNDO_FILE: &str = "undo.json";

/// What an export is made from.
pub struct ExportInput<'a> {
    pub choices: &'a Choices<'a>,
    pub id: ExportId,
    /// When it began.
    pub at: Timestamp,
    /// Date and slot in the team's own zone.
    pub day: NaiveDate,
    pub slot: Slot,
    pub zone: Tz,
    /// In the config's order.
    pub stores: Vec<ToLoad>,
    /// Of each platform.
    pub stores_at_once: usize,
    pub store_deadline: Duration,
    pub archive: &'a Archive,
    pub journal: &'a Journal,
    /// Where the calls are written while they are made; kept in the archive afterwards.
    pub call_log: &'a Path,
    /// Where the workbook is to lie; of several, the name that theirs begin with.
    pub out: &'a Path,
    /// One workbook for each; none means one for all.
    pub parts: Option<&'a [Part]>,
    /// Whether the rows of coupons are written as a CSV too, beside each workbook.
    pub with_csv: bool,
    pub fill: Fill<'a>,
    pub now: &'a dyn Fn() -> Timestamp,
    pub progress: &'a (dyn Fn(&Loaded) + Sync),
    /// Hears what the export does without.
    pub notice: &'a dyn Fn(&Notice),
}

/// What stands in the blue cells before a manager sees them.
#[derive(Clone, Copy)]
pub enum Fill<'a> {
    Nothing,
    /// `accept` where the suggestion is an action that the program can carry out itself.
    Accept,
    /// What takes a run back. It may change suggestions, and add rows of what is gone.
    Undo(&'a dyn Fn(&mut Export) -> Undoing),
}

/// What takes a run back, and what is to be said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Undoing {
    pub undo: Undo,
    pub decisions: BTreeMap<RowKey, Decision>,
}

/// What an export left behind.
pub struct Exported {
    pub export: Export,
    /// The workbook, or the folder of several.
    pub place: PathBuf,
    pub workbooks: Vec<PathBuf>,
    /// The same rows as text, where they were asked for.
    pub csv_files: Vec<PathBuf>,
    /// The folder of the snapshot in the archive.
    pub snapshot: PathBuf,
    pub snapshot_sha256: String,
    /// What only people can do, as this export saw it.
    pub by_hand: Vec<TaskRow>,
    pub memory: Memory,
    pub overview: Overview,
    /// What was signed on the export's day before it.
    pub sign_offs: Vec<SignOff>,
    /// Rows of the campaign plan whose model is in no store.
    pub unmatched_models: Vec<Notice>,
    /// What it takes back.
    pub undo: Option<Undo>,
    /// Why snapshot and workbook wait on this machine for the archive; none where they are in it.
    pub unsealed: Option<ArchiveError>,
}

/// Why there is no export. Nothing is archived that is not whole.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub enum ExportError {
    Archive(#[from] ArchiveError),
    Journal(#[from] JournalError),
    Keys(#[from] KeysCollide),
    Book(#[from] BookError),
    Csv(#[from] ReadError),
    Durable(#[from] DurableError),
    Json(#[from] serde_json::Error),
}

/// One for all stores: it is mostly this machine's clock that is wrong.
fn wrong_clock(loaded: &[Loaded]) -> Option<Notice> {
    let mut apart = loaded.iter().filter_map(|one| Some((&one.store.id, one.wrong_clock.as_ref()?)));
    let (store, problem) = apart.next()?;
    let more = apart.count();
    Some(Notice::of_export(message!("notice-clock", store = store.as_str(), problem = problem, more = more)))
}

/// Loads the stores, judges what came, compares it with what was, keeps it, and writes the workbooks.
///
/// # Errors
/// Where the archive or the journal cannot be read or written, or a workbook cannot be written.
pub async fn export(input: ExportInput<'_>) -> Result<Exported, ExportError> {
    let ExportInput { choices, archive, journal, .. } = input;
    let memory = journal.memory()?;
    let stores: BTreeSet<StoreId> = input.stores.iter().map(|to_load| to_load.store.id.clone()).collect();
    let loaded = load(input.stores, input.stores_at_once, input.store_deadline, input.at, input.progress).await;

    wrong_clock(&loaded).iter().for_each(input.notice);

    // Without earlier exports the findings and comparisons that need them are left out, and the export goes on.
    let stock = archive.stock(&stores, (input.now)());
    let stock = or_notice(stock, "notice-no-stock", input.notice).unwrap_or_default();
    let facts = ExportFacts {
        id: input.id,
        at: input.at,
        finished: (input.now)(),
        day: input.day,
        slot: input.slot,
        zone: input.zone,
        policies: choices.policies,
        campaigns: choices.campaigns,
        memory: &memory,
        stock: &stock,
        abilities: &|platform| choices.platforms.abilities(platform),
    };
    let (mut export, ties) = judged(facts, loaded)?;
    export.parts = input.parts.unwrap_or_default().iter().map(Part::kept).collect();
    let unmatched_models = choices.unmatched(&export);
    export.findings = choices.plan_findings(&unmatched_models);
    let (_, template_notices) = choices.replies(&export, &memory);
    ties.iter().chain(&unmatched_models).chain(&template_notices).for_each(input.notice);

    let (undo, decisions) = match input.fill {
        Fill::Nothing => (None, BTreeMap::new()),
        Fill::Accept => (None, acceptable(&export)),
        Fill::Undo(fill) => {
            let Undoing { undo, decisions } = fill(&mut export);
            (Some(undo), decisions)
        }
    };

    let by_hand = tasks_seen(journal.open_tasks()?, &export);
    let first_export = archive.latest().is_ok_and(|latest| latest.is_none());
    let earlier = or_notice(archive.earlier(input.at), "notice-not-compared", input.notice).flatten();
    let first_seen = archive.first_seen(&export);
    let first_seen = or_notice(first_seen, "notice-not-compared", input.notice).unwrap_or_default();
    let (saved, unsealed) = kept_snapshot(archive, &export)?;
    journal.record_snapshot(&export.id, &saved.sha256)?;
    let sign_offs = journal.sign_offs_of_day(export.day)?;
    let trend = archive.trend(TREND_WEEKS, export.day);
    let overview = Overview {
        changed: earlier.map(|earlier| since(journal, &earlier, &export, &by_hand)).transpose()?,
        trend: or_notice(trend, "notice-not-compared", input.notice).unwrap_or_default(),
        open_actions: open_actions(choices, journal, &export)?,
        first_seen,
        approved_by: Vec::new(),
    };
    left_out(archive, input.notice);
    let shown_undo = undo.as_ref().map(UndoShown::planned);
    let book = BookInput {
        choices,
        export: &export,
        by_hand: &by_hand,
        memory: &memory,
        snapshot_sha256: &saved.sha256,
        first_export,
        part: None,
        decisions: &decisions,
        overview: &overview,
        sign_offs: &sign_offs,
        results: None,
        undo: shown_undo.as_ref(),
        carried: Carried::default(),
    };
    let (place, workbooks) = save_all(&book, input.parts, input.out)?;

    let undo_json = undo.as_ref().map(serde_json::to_vec_pretty).transpose()?;
    // The workbook is there whatever the archive says.
    let unsealed = unsealed.or(keep_files(archive, &export.id, &workbooks, input.call_log, undo_json.as_deref()).err());
    // Whoever never got this workbook sees the tick in the next one.
    journal.tick_tasks(&tasks_done(&by_hand), export.finished)?;
    // The export is whole without it.
    let csv_files = match input.with_csv {
        true => workbooks.iter().map(|workbook| save_csv(workbook)).collect::<Result<_, _>>()?,
        false => Vec::new(),
    };
    let (snapshot, snapshot_sha256) = (saved.folder, saved.sha256);
    Ok(Exported {
        export,
        place,
        workbooks,
        csv_files,
        snapshot,
        snapshot_sha256,
        by_hand,
        memory,
        overview,
        sign_offs,
        unmatched_models,
        undo,
        unsealed,
    })
}

/// The export in the archive, or whole on this machine with what kept it from there.
fn kept_snapshot(archive: &Archive, export: &Export) -> Result<(Saved, Option<ArchiveError>), ArchiveError> {
    archive.save_snapshot(export).map(|saved| (saved, None)).or_else(|error| match archive.unsealed_snapshot(export) {
        Some(saved) => Ok((saved, Some(error))),
        None => Err(error),
    })
}

fn keep_files(
    archive: &Archive,
    id: &ExportId,
    workbooks: &[PathBuf],
    call_log: &Path,
    undo: Option<&[u8]>,
) -> Result<(), ArchiveError> {
    let bundle = archive.bundle(BundleKind::Export, id.as_str())?;
    for workbook in workbooks {
        bundle.keep_file(&kept_name(workbook, workbooks.len()), workbook)?;
    }
    bundle.keep_file("calls.jsonl", call_log)?;
    if let Some(undo) = undo {
        bundle.keep(UNDO_FILE, undo)?;
    }
    bundle.seal().map(drop)
}

/// What of the archive is not what was sealed, and so not compared with: some of it by name.
fn left_out(archive: &Archive, notice: &dyn Fn(&Notice)) {
    const NAMED: usize = 5;
    let flaws = archive.left_out();
    for flaw in flaws.iter().take(NAMED) {
        notice(&Notice::of_export(message!("notice-left-out", flaw = flaw.message())));
    }
    if flaws.len() > NAMED {
        notice(&Notice::of_export(message!("notice-left-out-more", count = flaws.len() - NAMED)));
    }
}

/// An archive that cannot be read is a matter of its own.
fn or_notice<T>(read: Result<T, ArchiveError>, id: &'static str, notice: &dyn Fn(&Notice)) -> Option<T> {
    read.map_err(|error| notice(&Notice::of_export(message!(id, error = error.to_string())))).ok()
}

fn since(journal: &Journal, earlier: &Earlier, export: &Export, by_hand: &[TaskRow]) -> Result<Changed, JournalError> {
    let oldest = earlier.looks.iter().map(|look| look.at).min();
    let changes = oldest.map(|oldest| journal.changes_since(oldest)).transpose()?.unwrap_or_default();
    let seen_done = by_hand.iter().filter(|row| !row.is_open());
    let by_hand = seen_done.map(|row| (row.task.row.clone(), row.task.action)).collect();
    Ok(changed(earlier, export, &changes, &by_hand))
}

/// What managers asked for and no run settled, as long as their workbook could still be applied; less the coupons that are gone.
///
/// # Errors
/// Where the journal cannot be read.
pub fn open_actions(choices: &Choices, journal: &Journal, export: &Export) -> Result<Vec<OpenAction>, JournalError> {
    let mut open = journal.open_actions(export.finished - choices.workbook_age_max)?;
    open.retain(|action| export.row(&action.row).is_some());
    Ok(open)
}

/// `accept` on every row whose suggestion is an action that the program can carry out itself.
fn acceptable(export: &Export) -> BTreeMap<RowKey, Decision> {
    let may_be_written =
        |row: &Row| export.store(&row.coupon.store).is_some_and(|store| store.access == Access::ReadWrite);
    let can_be_done = |row: &&Row| {
        row.suggestion.advice.action().is_some() && row.suggestion.way != Route::ByHand && may_be_written(row)
    };
    export.rows.iter().filter(can_be_done).map(|row| (row.key.clone(), accepted(row))).collect()
}

/// The row with `accept` filled in.
pub fn accepted(row: &Row) -> Decision {
    let word = ActionWord::Accept;
    Decision {
        sheet: String::new(),
        row: 0,
        hidden: false,
        action: Action {
            row: row.key.clone(),
            word,
            new_end: Edit::Blank,
            add_stock: Edit::Blank,
            new_min_spend: Edit::Blank,
            note: None,
        },
        cells: [word.word().to_string(), String::new(), String::new(), String::new(), String::new()],
    }
}

/// The file, or the folder of the files, and every file.
fn save_all(book: &BookInput, parts: Option<&[Part]>, out: &Path) -> Result<(PathBuf, Vec<PathBuf>), BookError> {
    let Some(parts) = parts else {
        let place = book.save(out)?;
        return Ok((place.clone(), vec![place]));
    };
    let saved = parts.iter().map(|part| book.save_for(&part.stores, &part.word, &path_of(out, part)));
    Ok((folder_of(out), saved.collect::<Result<_, _>>()?))
}

/// The rows of `workbook` as text, beside it.
fn save_csv(workbook: &Path) -> Result<PathBuf, ExportError> {
    let csv = as_csv(workbook)?;
    Ok(durable::write_free(&workbook.with_extension("csv"), &csv)?)
}

/// In the archive a single workbook has one name for ever; of several each keeps its own.
fn kept_name(workbook: &Path, workbooks: usize) -> String {
    match workbook.file_name() {
        Some(name) if workbooks > 1 => format!("workbook-{}", name.to_string_lossy()),
        _ => "workbook.xlsx".to_string(),
    }
}
