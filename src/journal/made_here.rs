//! What this machine made itself, so that a forged one is known.

use rusqlite::params;

use super::database::word_of;
use super::{Journal, JournalError};
use crate::domain::{ExportId, Timestamp};

impl Journal {
    /// Keeps the SHA-256 of the snapshot of an export that was made here.
    pub fn record_snapshot(&self, export: &ExportId, sha256: &str) -> Result<(), JournalError> {
        self.write(|transaction| {
            transaction.execute("REPLACE INTO snapshots VALUES (?1, ?2)", params![export.as_str(), sha256])?;
            Ok(())
        })
    }

    /// None where the export was made elsewhere, or before snapshots were kept here.
    pub fn snapshot_sha256(&self, export: &ExportId) -> Result<Option<String>, JournalError> {
        self.first("SELECT sha256 FROM snapshots WHERE export = ?1", [export.as_str()], |row| row.get("sha256"))
    }

    /// Keeps the SHA-256 of a plan that was saved for review.
    pub fn record_plan(&self, sha256: &str, at: Timestamp) -> Result<(), JournalError> {
        self.write(|transaction| {
            transaction.execute("REPLACE INTO plans VALUES (?1, ?2)", params![sha256, word_of(&at)])?;
            Ok(())
        })
    }

    /// Whether a plan with these very bytes was saved here.
    pub fn knows_plan(&self, sha256: &str) -> Result<bool, JournalError> {
        Ok(self
            .first("SELECT 1 AS one FROM plans WHERE sha256 = ?1", [sha256], |row| row.get::<_, i64>("one"))?
            .is_some())
    }
}
