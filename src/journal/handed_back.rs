//! Workbooks that came back: who signed the checklist in them, and what they ask for until a run has settled it.

use chrono::NaiveDate;
use rusqlite::{Row, Transaction, params};

use super::database::{Json, json, word, word_of};
use super::errors::Stop;
use super::{Journal, JournalError};
use crate::domain::{Change, ExportId, OpenAction, Operation, Outcome, RowChange, RowKey, SignOff, Timestamp};

/// A workbook that came back, as the journal takes it in.
#[derive(Debug, Clone, Copy)]
pub struct CameBack<'a> {
    pub export: &'a ExportId,
    /// The export's day in the team's zone.
    pub day: NaiveDate,
    pub workbook_sha256: &'a str,
    pub sign_offs: &'a [SignOff],
    /// One for each row with an action.
    pub asked: &'a [OpenAction],
    /// Rows whose Action is empty: what an earlier workbook asked for them is withdrawn.
    pub not_asked: &'a [RowKey],
    pub read_at: Timestamp,
}

impl Journal {
    /// Takes a workbook in and tells whether it was new: the same one again changes nothing, and a later one wins. An empty
    /// cell takes no earlier signature away, since several people sign copies of one workbook.
    pub fn take_in(&self, came_back: &CameBack) -> Result<bool, JournalError> {
        self.write(|transaction| {
            let added = transaction.execute(
                "INSERT INTO handed_back (workbook_sha256, export, read_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![came_back.workbook_sha256, came_back.export.as_str(), word_of(&came_back.read_at)],
            )?;
            if added == 0 {
                return Ok(false);
            }
            sign(transaction, came_back)?;
            ask(transaction, came_back)?;
            Ok(true)
        })
    }

    /// What was signed in the workbooks of one export.
    pub fn sign_offs(&self, export: &ExportId) -> Result<Vec<SignOff>, JournalError> {
        self.all("SELECT * FROM sign_offs WHERE export = ?1 ORDER BY item, slot", [export.as_str()], sign_off)
    }

    /// What was signed in the workbooks of all exports of a day, the oldest reading first.
    pub fn sign_offs_of_day(&self, day: NaiveDate) -> Result<Vec<SignOff>, JournalError> {
        let query = "SELECT * FROM sign_offs WHERE day = ?1 ORDER BY julianday(read_at), export, item, slot";
        self.all(query, [day.to_string()], sign_off)
    }

    /// What workbooks that came back since `since` ask for and no run has settled, in the order in which it was asked.
    pub fn open_actions(&self, since: Timestamp) -> Result<Vec<OpenAction>, JournalError> {
        // The last outcome of the row in any run of the workbook that asked.
        let query = "SELECT asked.record AS record, (
                SELECT outcomes.record FROM outcomes JOIN runs ON runs.id = outcomes.run
                WHERE outcomes.row = asked.row AND runs.workbook_sha256 = asked.workbook_sha256
                ORDER BY runs.rowid DESC LIMIT 1) AS outcome
             FROM asked WHERE julianday(asked_at) >= julianday(?1) ORDER BY asked.rowid";
        let mut asked = self.all(query, [word_of(&since)], |row| {
            let outcome = json::<Option<Outcome>>(row, "outcome")?.map(|outcome| outcome.kind);
            Ok(OpenAction { outcome, ..json(row, "record")? })
        })?;
        asked.retain(|open| !open.outcome.is_some_and(|kind| kind.settles()));
        Ok(asked)
    }

    /// What runs carried out since `since`, in their order.
    pub fn changes_since(&self, since: Timestamp) -> Result<Vec<RowChange>, JournalError> {
        let query = "SELECT changes.record AS record, outcomes.record AS outcome, runs.by AS by, outcomes.run AS run,
                    outcomes.at AS at
             FROM outcomes JOIN changes ON changes.id = outcomes.change JOIN runs ON runs.id = outcomes.run
             WHERE (outcomes.kind = 'done' OR json_extract(outcomes.record, '$.credit') IS NOT NULL)
               AND julianday(outcomes.at) >= julianday(?1) ORDER BY outcomes.rowid";
        let changes = self.all(query, [word_of(&since)], |row| {
            let change: Change = json(row, "record")?;
            let outcome: Outcome = json(row, "outcome")?;
            // It is theirs who sent it.
            let (by, run, at) = match outcome.credit {
                Some(credit) => (credit.by, credit.run, credit.at),
                None => (row.get("by")?, word(row, "run")?, word(row, "at")?),
            };
            let operations: Vec<Operation> = change.operations().collect();
            let Change { row: key, action, becomes, .. } = change;
            Ok(RowChange { row: key, action, becomes, by, run, at }.each(&operations))
        })?;
        Ok(changes.into_iter().flatten().collect())
    }
}

fn sign(transaction: &Transaction, came_back: &CameBack) -> Result<(), Stop> {
    let mut sign = transaction.prepare_cached(
        "INSERT INTO sign_offs (export, item, slot, day, name, remark, read_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (export, item, slot) DO UPDATE SET
            name = CASE WHEN excluded.name = '' THEN name ELSE excluded.name END,
            remark = CASE WHEN excluded.remark = '' THEN remark ELSE excluded.remark END,
            read_at = excluded.read_at
         WHERE excluded.name NOT IN ('', name) OR excluded.remark NOT IN ('', remark)",
    )?;
    for signed in came_back.sign_offs {
        sign.execute(params![
            came_back.export.as_str(),
            signed.item,
            signed.slot.word(),
            came_back.day.to_string(),
            signed.name,
            signed.remark,
            word_of(&signed.read_at)
        ])?;
    }
    Ok(())
}

fn ask(transaction: &Transaction, came_back: &CameBack) -> Result<(), Stop> {
    if transaction.prepare_cached("SELECT 1 FROM asked LIMIT 1")?.exists([])? {
        let mut withdraw = transaction.prepare_cached("DELETE FROM asked WHERE row = ?1")?;
        for row in came_back.not_asked {
            withdraw.execute([row.as_str()])?;
        }
    }
    let mut ask = transaction.prepare_cached(
        "REPLACE INTO asked (row, workbook_sha256, store, asked_at, record) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for asked in came_back.asked {
        ask.execute(params![
            asked.row.as_str(),
            came_back.workbook_sha256,
            asked.store.as_str(),
            word_of(&came_back.read_at),
            Json(asked)
        ])?;
    }
    Ok(())
}

fn sign_off(row: &Row) -> rusqlite::Result<SignOff> {
    Ok(SignOff {
        item: row.get("item")?,
        slot: word(row, "slot")?,
        name: row.get("name")?,
        remark: row.get("remark")?,
        read_at: word(row, "read_at")?,
    })
}
