//! Runs that the archive tells and this journal had not, or knew less of: a journal that was lost, an older one that was put back,
//! another machine's.

use rusqlite::{Transaction, params};

use super::codes::reserve;
use super::database::{Json, word, word_of};
use super::errors::Stop;
use super::steps::{last_attempt, remember};
use super::tasks::keep_task;
use super::{ApplyLock, Journal, JournalError, RunRecord, StepRecord};
use crate::domain::{Change, ChangeId, CouponId, Outcome, RowKey, RunId, Task};

/// A run as the archive tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRun {
    pub record: RunRecord,
    /// Of the archive's chain, where another journal's run was sealed last; none of a run of our own.
    pub link: Option<u64>,
    /// Whether its outcomes are in the archive.
    pub is_told: bool,
    pub rows: Vec<PastRow>,
}

/// One row of its plan. What was not reached is none.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRow {
    pub row: RowKey,
    pub outcome: Option<Outcome>,
    pub change: Option<Change>,
    /// Those that happened or are in doubt; of the change.
    pub steps: Vec<StepRecord>,
    pub task: Option<Task>,
}

impl Journal {
    /// Takes a run in, all of it or nothing. What this journal knows further stays as it is, and the same again changes nothing.
    pub fn take_over(&self, _lock: &ApplyLock, past: &PastRun) -> Result<(), JournalError> {
        self.write(|transaction| {
            take_run(transaction, past)?;
            past.rows.iter().try_for_each(|row| take_row(transaction, &past.record, row))
        })
    }

    /// Runs of other journals that were taken over before their outcomes were in the archive.
    pub fn unfinished_elsewhere(&self) -> Result<Vec<RunId>, JournalError> {
        let query = "SELECT id FROM runs WHERE archived IS NULL AND taken_over IS NOT NULL ORDER BY rowid";
        self.all(query, [], |row| word(row, "id"))
    }
}

fn take_run(transaction: &Transaction, past: &PastRun) -> Result<(), Stop> {
    let RunRecord { id, export, by, account, started, workbook_sha256, plan_sha256 } = &past.record;
    let outcomes = || past.rows.iter().map(|row| row.outcome.as_ref());
    // It went through every row: its plan is used.
    let finished = outcomes().map(|outcome| outcome.map(|outcome| outcome.at)).collect::<Option<Vec<_>>>();
    let finished = finished.filter(|_| past.is_told).map(|ends| ends.into_iter().max().unwrap_or(*started));
    let link = past.link.map(|link| i64::try_from(link).unwrap_or(i64::MAX));
    transaction.execute(
        "INSERT INTO runs (id, export, by, author_hint, started, finished, workbook_sha256, plan_sha256, os_user, host,
                taken_over, archived)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, CASE WHEN ?12 THEN ?11 END)
         ON CONFLICT (id) DO UPDATE SET finished = coalesce(finished, excluded.finished),
                archived = coalesce(archived, excluded.archived)
         WHERE taken_over IS NOT NULL",
        params![
            id.as_str(),
            export.as_str(),
            by,
            account.author,
            word_of(started),
            finished.as_ref().and_then(word_of),
            workbook_sha256,
            plan_sha256,
            account.user,
            account.host,
            link,
            past.is_told
        ],
    )?;
    Ok(())
}

fn take_row(transaction: &Transaction, run: &RunRecord, row: &PastRow) -> Result<(), Stop> {
    if let Some(change) = &row.change {
        remember(transaction, change)?;
        for step in &row.steps {
            if let Some(draft) = step.write.draft().filter(|draft| !draft.code.trim().is_empty()) {
                // Another's stays another's.
                reserve(transaction, &change.store, &draft.code, &change.id)?;
            }
            take_step(transaction, &run.id, step)?;
        }
    }
    let Some(outcome) = &row.outcome else { return Ok(()) };
    if let Some(task) = &row.task {
        keep_task(transaction, &run.id, task, outcome.at)?;
    }
    transaction.execute(
        "INSERT INTO outcomes (run, row, change, kind, at, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        params![
            run.id.as_str(),
            row.row.as_str(),
            outcome.change.as_ref().map(ChangeId::as_str),
            word_of(&outcome.kind),
            word_of(&outcome.at),
            Json(outcome)
        ],
    )?;
    Ok(())
}

/// What happened ends a doubt, and a doubt ends nothing.
fn take_step(transaction: &Transaction, run: &RunId, step: &StepRecord) -> Result<(), Stop> {
    let known = last_attempt(transaction, &step.change, step.ordinal)?;
    let attempt = match &known {
        Some(known) if known.state.happened() => return Ok(()),
        Some(known) if known.state.is_in_doubt() && !step.state.happened() => return Ok(()),
        // The one that was in doubt happened.
        Some(known) if known.state.is_in_doubt() && known.run == step.run => known.attempt,
        Some(known) => {
            // Another run sent it again, and so it had not.
            transaction.execute(
                "UPDATE steps SET state = 'did_not_happen' WHERE change = ?1 AND ordinal = ?2 AND state IN ('begun', 'unknown')",
                params![step.change.as_str(), step.ordinal],
            )?;
            known.attempt.saturating_add(1)
        }
        None => 1,
    };
    transaction.execute(
        "INSERT INTO steps (change, ordinal, attempt, run, store, write, state, begun_at, request_id, created, settled_at, read_back)
         VALUES (?1, ?2, ?3, coalesce((SELECT id FROM runs WHERE id = ?4), ?13), ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (change, ordinal, attempt) DO UPDATE SET state = excluded.state, created = excluded.created,
                settled_at = excluded.settled_at, read_back = excluded.read_back",
        params![
            step.change.as_str(),
            step.ordinal,
            attempt,
            step.run.as_str(),
            step.store.as_str(),
            Json(&step.write),
            word_of(&step.state),
            word_of(&step.begun_at),
            step.request_id,
            step.created.as_ref().map(CouponId::as_str),
            step.settled_at.as_ref().and_then(word_of),
            step.read_back.as_ref().map(Json),
            // Of one whose sender nobody knows any more.
            run.as_str()
        ],
    )?;
    Ok(())
}
