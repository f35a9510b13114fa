//! One apply at a time per state folder, and within it one hand at a time on each store.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::params;

use super::database::{word, word_of};
use super::together::Trail;
use super::{Journal, JournalError};
use crate::domain::{StoreId, Timestamp};
use crate::durable;

/// Who is applying, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub by: String,
    pub since: Timestamp,
}

/// The right to apply with this state folder. The operating system holds it and releases it when the process ends, however it
/// ends; otherwise it is released when the lock and every claim taken from it are dropped.
#[derive(Debug)]
#[must_use = "an apply lock is released when it is dropped"]
pub struct ApplyLock {
    held: Arc<Held>,
}

#[derive(Debug)]
struct Held {
    file: File,
    claimed: Mutex<BTreeSet<StoreId>>,
}

/// The right to change one store's coupons; released when it is dropped, which is to be once all that was recorded under it is on the
/// disk ([`Journal::on_disk`]).
#[derive(Debug)]
#[must_use = "a store's claim is released when it is dropped"]
pub struct StoreClaim {
    held: Arc<Held>,
    store: StoreId,
    trail: Arc<Trail>,
}

impl Journal {
    /// Takes the apply lock (`apply.lock` beside the journal) at once, or says who has it. `by` and `at` are what others are
    /// told meanwhile.
    pub fn lock(&self, by: &str, at: Timestamp) -> Result<ApplyLock, JournalError> {
        let path = self.path().with_file_name("apply.lock");
        let fail = |source| JournalError::Lock { path: path.clone(), source };
        let file = durable::open_lock(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = self.first("SELECT by, since FROM holder", [], |row| {
                    Ok(Holder { by: row.get("by")?, since: word(row, "since")? })
                })?;
                return Err(JournalError::ApplyRunning { holder });
            }
            Err(TryLockError::Error(source)) => return Err(fail(source)),
        }
        // Kept in the journal and not in the lock file: on Windows nobody else can read a locked file.
        let query = "REPLACE INTO holder (one, by, since) VALUES (1, ?1, ?2)";
        self.write(|transaction| Ok(transaction.execute(query, params![by, word_of(&at)])?))?;
        Ok(ApplyLock { held: Arc::new(Held { file, claimed: Mutex::default() }) })
    }
}

impl ApplyLock {
    /// Takes a store for one unit of work; refused while another claim on it lives.
    pub fn claim(&self, store: &StoreId) -> Result<StoreClaim, JournalError> {
        let mut claimed = self.held.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        if !claimed.insert(store.clone()) {
            return Err(JournalError::StoreClaimed { store: store.clone() });
        }
        Ok(StoreClaim { held: Arc::clone(&self.held), store: store.clone(), trail: Trail::of(store) })
    }
}

impl StoreClaim {
    pub fn store(&self) -> &StoreId {
        &self.store
    }

    /// What is recorded under it.
    pub(super) fn trail(&self) -> &Arc<Trail> {
        &self.trail
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Closing would do, but for a moment in which a process that is being started still holds a copy of the open file.
        let _ = self.file.unlock();
    }
}

impl Drop for StoreClaim {
    fn drop(&mut self) {
        self.held.claimed.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.store);
    }
}
