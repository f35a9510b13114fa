//! One-time codes for approvers: what each is checked by, how often one may still be tried, and when it was given back.

use rusqlite::{Row, params};

use super::database::{word, word_of};
use super::{Journal, JournalError};
use crate::domain::Timestamp;

/// What the code of one person for one plan is checked by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRecord {
    pub plan_sha256: String,
    pub person: String,
    /// Both in base64.
    pub salt: String,
    pub digest: String,
    pub made_at: Timestamp,
    /// Exclusive.
    pub until: Timestamp,
    pub used_at: Option<Timestamp>,
}

impl Journal {
    /// Keeps a code, in place of an earlier one of that person for that plan.
    pub fn keep_code(&self, code: &CodeRecord, tries: u32) -> Result<(), JournalError> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO approval_codes (plan_sha256, person, salt, digest, made_at, until, tries_left, used_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)",
                params![
                    code.plan_sha256,
                    code.person,
                    code.salt,
                    code.digest,
                    word_of(&code.made_at),
                    word_of(&code.until),
                    tries
                ],
            )?;
            Ok(())
        })
    }

    /// The codes of a plan that may still be tried, each with one try less than before: a try counts before anybody looks whether it is
    /// right. None where there are none (any more).
    pub fn try_codes(&self, plan_sha256: &str) -> Result<Vec<CodeRecord>, JournalError> {
        self.write(|transaction| {
            let mut query = transaction.prepare(
                "UPDATE approval_codes SET tries_left = tries_left - 1
                 WHERE plan_sha256 = ?1 AND tries_left > 0 RETURNING *",
            )?;
            let codes = query.query_map([plan_sha256], code)?;
            Ok(codes.collect::<rusqlite::Result<Vec<CodeRecord>>>()?)
        })
    }

    /// Marks a code as given back and tells when it was: the second time is the first one's.
    pub fn use_code(&self, code: &CodeRecord, at: Timestamp) -> Result<Timestamp, JournalError> {
        self.write(|transaction| {
            let mut query = transaction.prepare(
                "UPDATE approval_codes SET used_at = coalesce(used_at, ?3) WHERE plan_sha256 = ?1 AND person = ?2 RETURNING used_at",
            )?;
            Ok(query.query_row(params![code.plan_sha256, code.person, word_of(&at)], |row| word(row, "used_at"))?)
        })
    }

    /// The code of a person for a plan, whatever became of it.
    pub fn code_of(&self, plan_sha256: &str, person: &str) -> Result<Option<CodeRecord>, JournalError> {
        let query = "SELECT * FROM approval_codes WHERE plan_sha256 = ?1 AND person = ?2";
        self.first(query, [plan_sha256, person], code)
    }
}

fn code(row: &Row) -> rusqlite::Result<CodeRecord> {
    Ok(CodeRecord {
        plan_sha256: row.get("plan_sha256")?,
        person: row.get("person")?,
        salt: row.get("salt")?,
        digest: row.get("digest")?,
        made_at: word(row, "made_at")?,
        until: word(row, "until")?,
        used_at: word(row, "used_at")?,
    })
}
