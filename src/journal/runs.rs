//! Runs, the outcomes of their rows, and what was decided and done before.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::database::{Json, json, word, word_of};
use super::errors::Stop;
use super::steps::must_know;
use super::tasks::keep_task;
use super::{ApplyLock, Journal, JournalError, StoreClaim};
use crate::domain::{Account, Change, ChangeId, Credit, ExportId, Outcome, RowKey, RunId, Task, Timestamp};

/// One application of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    pub id: RunId,
    /// The export that the handed-back workbook came from.
    pub export: ExportId,
    pub by: String,
    pub account: Account,
    pub started: Timestamp,
    /// SHA-256 of the handed-back workbook's bytes.
    pub workbook_sha256: String,
    /// SHA-256 of the plan as it was reviewed.
    pub plan_sha256: String,
}

/// A run that used a plan. One that did not finish was interrupted: it may go on with the same plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanUse {
    pub run: RunId,
    pub by: String,
    pub started: Timestamp,
    pub finished: Option<Timestamp>,
}

/// A decision that has done its work, and whose that was.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    pub outcome: Outcome,
    pub credit: Credit,
}

impl Journal {
    /// Records a new run; whoever applies holds the lock. To go on with an interrupted run, use its id without this call.
    pub fn begin_run(&self, _lock: &ApplyLock, run: &RunRecord) -> Result<(), JournalError> {
        self.write(|transaction| {
            let added = transaction.execute(
                "INSERT INTO runs (id, export, by, author_hint, started, finished, workbook_sha256, plan_sha256, os_user, host)
                 VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
                params![
                    run.id.as_str(),
                    run.export.as_str(),
                    run.by,
                    run.account.author,
                    word_of(&run.started),
                    run.workbook_sha256,
                    run.plan_sha256,
                    run.account.user,
                    run.account.host
                ],
            )?;
            if added == 0 {
                return Err(JournalError::RunExists { run: run.id.clone() }.into());
            }
            Ok(())
        })
    }

    /// Every run that this journal knows.
    pub fn known_runs(&self) -> Result<BTreeSet<RunId>, JournalError> {
        Ok(self.all("SELECT id FROM runs", [], |row| word(row, "id"))?.into_iter().collect())
    }

    /// The run went through every row of its plan, whatever came of them. A second finish changes nothing.
    pub fn finish_run(&self, run: &RunId, at: Timestamp) -> Result<(), JournalError> {
        self.write(|transaction| {
            let known = transaction.execute(
                "UPDATE runs SET finished = coalesce(finished, ?2) WHERE id = ?1",
                params![run.as_str(), word_of(&at)],
            )?;
            if known == 0 {
                return Err(JournalError::NoSuchRun { run: run.clone() }.into());
            }
            Ok(())
        })
    }

    /// Runs of this journal that the archive does not tell yet, the oldest first: they go on, or were interrupted.
    pub fn unarchived_runs(&self) -> Result<Vec<RunRecord>, JournalError> {
        let query = "SELECT * FROM runs WHERE archived IS NULL AND taken_over IS NULL ORDER BY rowid";
        self.all(query, [], |row| {
            Ok(RunRecord {
                id: word(row, "id")?,
                export: word(row, "export")?,
                by: row.get("by")?,
                account: account(row)?,
                started: word(row, "started")?,
                workbook_sha256: row.get("workbook_sha256")?,
                plan_sha256: row.get("plan_sha256")?,
            })
        })
    }

    /// The archive tells all of the run by now; its chain has come to `link`.
    pub fn mark_archived(&self, run: &RunId, link: u64) -> Result<(), JournalError> {
        let query = "UPDATE runs SET archived = ?2 WHERE id = ?1";
        let link = i64::try_from(link).unwrap_or(i64::MAX);
        self.write(|transaction| Ok(transaction.execute(query, params![run.as_str(), link]).map(drop)?))
    }

    /// What became of the rows of a run, as far as it came.
    pub fn outcomes(&self, run: &RunId) -> Result<BTreeMap<RowKey, Outcome>, JournalError> {
        let query = "SELECT row, record FROM outcomes WHERE run = ?1";
        Ok(self.all(query, [run.as_str()], |row| Ok((word(row, "row")?, json(row, "record")?)))?.into_iter().collect())
    }

    /// The last run that used the plan with this SHA-256: a plan that was reviewed is used once.
    pub fn plan_use(&self, plan_sha256: &str) -> Result<Option<PlanUse>, JournalError> {
        self.first("SELECT * FROM runs WHERE plan_sha256 = ?1 ORDER BY rowid DESC LIMIT 1", [plan_sha256], |row| {
            Ok(PlanUse {
                run: word(row, "id")?,
                by: row.get("by")?,
                started: word(row, "started")?,
                finished: word(row, "finished")?,
            })
        })
    }

    /// What became of a row in a run. A later outcome of the same row in the same run takes its place: a run that goes on
    /// after an interruption turns "not reached" into what it reached.
    pub fn record_outcome(&self, run: &RunId, row: &RowKey, outcome: &Outcome) -> Result<(), JournalError> {
        self.write(|transaction| keep_outcome(transaction, run, row, outcome))
    }

    /// The same, put in line under the claim on the row's store; with the work that it leaves to a person, since the outcome settles
    /// the row.
    pub fn put_outcome(&self, claim: &StoreClaim, run: &RunId, row: &RowKey, outcome: &Outcome, task: Option<&Task>) {
        let (run, row, outcome, task) = (run.clone(), row.clone(), outcome.clone(), task.cloned());
        let work = move |transaction: &Transaction| {
            if let Some(task) = &task {
                keep_task(transaction, &run, task, outcome.at)?;
            }
            keep_outcome(transaction, &run, &row, &outcome)
        };
        self.put(claim, Box::new(work));
    }

    /// A change of which a step was ever begun, exactly as it was planned; none where nothing of it was begun.
    pub fn change(&self, change: &ChangeId) -> Result<Option<Change>, JournalError> {
        self.first("SELECT record FROM changes WHERE id = ?1", [change.as_str()], |row| json(row, "record"))
    }

    /// Whether this very decision has done its work, when and by whom. Where several runs met it, the one that did the work
    /// counts and not those that found it done.
    pub fn settled(&self, change: &ChangeId) -> Result<Option<Settled>, JournalError> {
        let query =
            "SELECT outcomes.record, outcomes.run, outcomes.at, runs.by, runs.os_user, runs.host, runs.author_hint
            FROM outcomes JOIN runs ON runs.id = outcomes.run
            WHERE change = ?1 AND kind IN ('done', 'by_hand', 'already_done', 'not_shown')
            ORDER BY kind = 'done' DESC, kind = 'by_hand' DESC, runs.rowid LIMIT 1";
        self.first(query, [change.as_str()], |row| {
            let outcome: Outcome = json(row, "record")?;
            let own =
                Credit { run: word(row, "run")?, by: row.get("by")?, at: word(row, "at")?, account: account(row)? };
            Ok(Settled { credit: outcome.credit.clone().unwrap_or(own), outcome })
        })
    }

    /// The changes on a row that runs carried out, the last first.
    pub fn done_on(&self, row: &RowKey) -> Result<Vec<ChangeId>, JournalError> {
        let query = "SELECT change, max(rowid) AS last FROM outcomes
            WHERE row = ?1 AND change IS NOT NULL AND (kind = 'done' OR json_extract(record, '$.credit') IS NOT NULL)
            GROUP BY change ORDER BY last DESC";
        self.all(query, [row.as_str()], |row| word(row, "change"))
    }

    /// Whose a write is that `run` sent at `at`; none where there is no such run.
    pub fn credit(&self, run: &RunId, at: Timestamp) -> Result<Option<Credit>, JournalError> {
        self.first("SELECT by, os_user, host, author_hint FROM runs WHERE id = ?1", [run.as_str()], |row| {
            Ok(Credit { run: run.clone(), by: row.get("by")?, at, account: account(row)? })
        })
    }
}

fn keep_outcome(transaction: &Transaction, run: &RunId, row: &RowKey, outcome: &Outcome) -> Result<(), Stop> {
    must_know(transaction, run)?;
    let query = "REPLACE INTO outcomes (run, row, change, kind, at, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    transaction.prepare_cached(query)?.execute(params![
        run.as_str(),
        row.as_str(),
        outcome.change.as_ref().map(ChangeId::as_str),
        word_of(&outcome.kind),
        word_of(&outcome.at),
        Json(outcome)
    ])?;
    Ok(())
}

fn account(row: &Row) -> rusqlite::Result<Account> {
    Ok(Account { user: row.get("os_user")?, host: row.get("host")?, author: row.get("author_hint")? })
}
