//! Work by hand: asked for by a run, kept until an export sees it done.

use rusqlite::{Transaction, params};

use super::database::{Json, json, word, word_of};
use super::errors::Stop;
use super::{Journal, JournalError};
use crate::domain::{ChangeId, PastTask, RunId, Task, Timestamp};

impl Journal {
    /// Keeps a task that a run leaves to a person. The same decision is kept once, however often it is applied; another of the
    /// same kind on the same coupon takes its place, since both could never be true.
    pub fn record_task(&self, run: &RunId, task: &Task, at: Timestamp) -> Result<(), JournalError> {
        self.write(|transaction| {
            super::steps::must_know(transaction, run)?;
            keep_task(transaction, run, task, at).map_err(Stop::from)
        })
    }

    /// Every task that no export has seen done yet, the oldest first.
    pub fn open_tasks(&self) -> Result<Vec<Task>, JournalError> {
        let query = "SELECT record FROM tasks WHERE done_at IS NULL AND replaced_by IS NULL ORDER BY rowid";
        self.all(query, [], |row| json(row, "record"))
    }

    /// Every task that was not replaced by a later one, done or not, with its age; the oldest first.
    pub fn past_tasks(&self) -> Result<Vec<PastTask>, JournalError> {
        let query = "SELECT record, asked_at, done_at FROM tasks WHERE replaced_by IS NULL ORDER BY rowid";
        self.all(query, [], |row| {
            Ok(PastTask {
                task: json(row, "record")?,
                asked_at: word(row, "asked_at")?,
                done_at: word(row, "done_at")?,
            })
        })
    }

    /// Ticks tasks of which an export saw that nothing is left to do. The first tick of a task counts.
    pub fn tick_tasks(&self, done: &[ChangeId], at: Timestamp) -> Result<(), JournalError> {
        if done.is_empty() {
            return Ok(());
        }
        self.write(|transaction| {
            let mut tick =
                transaction.prepare_cached("UPDATE tasks SET done_at = coalesce(done_at, ?2) WHERE change = ?1")?;
            for change in done {
                tick.execute(params![change.as_str(), word_of(&at)])?;
            }
            Ok(())
        })
    }
}

pub(super) fn keep_task(transaction: &Transaction, run: &RunId, task: &Task, at: Timestamp) -> rusqlite::Result<()> {
    let Task { change, store, coupon, action, .. } = task;
    let added = transaction.execute(
        "INSERT INTO tasks (change, run, store, coupon, action, asked_at, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        params![
            change.as_str(),
            run.as_str(),
            store.as_str(),
            coupon.as_str(),
            action.word(),
            word_of(&at),
            Json(task)
        ],
    )?;
    if added == 1 {
        transaction.execute(
            "UPDATE tasks SET replaced_by = ?1 WHERE store = ?2 AND coupon = ?3 AND action = ?4
             AND change <> ?1 AND done_at IS NULL AND replaced_by IS NULL",
            params![change.as_str(), store.as_str(), coupon.as_str(), action.word()],
        )?;
    }
    Ok(())
}
