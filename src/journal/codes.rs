//! The codes of coupons that we are about to create: reserved before anything is sent, so that two changes never meet in one.

use rusqlite::{Transaction, params};

use super::database::word;
use super::{Journal, JournalError};
use crate::domain::{ChangeId, StoreId};

impl Journal {
    /// Every code that was ever reserved in a store, and for which change; the oldest first.
    pub fn codes(&self, store: &StoreId) -> Result<Vec<(String, ChangeId)>, JournalError> {
        let query = "SELECT code, change FROM codes WHERE store = ?1 ORDER BY id";
        self.all(query, [store.as_str()], |row| Ok((row.get("code")?, word(row, "change")?)))
    }
}

/// Whether `code`, whole as a buyer types it, is now this change's own. False where another change of the store has it, in whatever
/// case. A reservation is never taken back: a code that was sent once may turn up late.
pub(super) fn reserve(
    transaction: &Transaction,
    store: &StoreId,
    code: &str,
    change: &ChangeId,
) -> rusqlite::Result<bool> {
    let query = "INSERT INTO codes (store, code, folded, change) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    let reserved = params![store.as_str(), code.trim(), folded(code), change.as_str()];
    transaction.prepare_cached(query)?.execute(reserved)?;
    let query = "SELECT 1 FROM codes WHERE store = ?1 AND folded = ?2 AND change = ?3";
    transaction.prepare_cached(query)?.exists(params![store.as_str(), folded(code), change.as_str()])
}

/// How a code is compared: platforms take codes in any case.
fn folded(code: &str) -> String {
    code.trim().to_lowercase()
}
