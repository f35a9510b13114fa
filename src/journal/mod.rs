//! What was begun, what came of it, what is in doubt: written down, on the disk, before anything is sent.
//!
//! One SQLite file a state folder. The life of a step, one write at a platform:
//! ```text
//!             ┌─► done ──────┐                     done: the platform said yes
//! begin ─► begun ─► unknown ─┤─ settle ─► proved | did not happen
//!             ├─► refused    │                     begun, unknown: in doubt; ask the platform, never send blindly
//!             └─► not sent   ┘                     refused, not sent, did not happen: may be begun again
//! ```
//! Whoever begins a step holds its store's claim, and whoever holds a claim holds the state folder's one apply lock.
//! Beside the steps lie the tasks that only people can do, until an export sees them done; and what came back in workbooks: who
//! signed the checklist, and what was asked for and is not settled.
//! What a refusal means for a row, and what to ask a platform, is the business of `apply`.

mod codes;
mod database;
mod errors;
mod handed_back;
mod lock;
mod made_here;
mod memory;
mod runs;
mod steps;
mod taken_over;
mod tasks;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Params, Row, Transaction, TransactionBehavior};

pub use errors::JournalError;
pub use handed_back::CameBack;
pub use lock::{ApplyLock, Holder, StoreClaim};
pub use memory::Made;
pub use runs::{PlanUse, RunRecord, Settled};
pub use steps::{Begun, Found, StepEnd, StepRecord, StepState};
pub use taken_over::{PastRow, PastRun};

use errors::Stop;

/// How long another program may keep the file before we give up.
const PATIENCE: Duration = Duration::from_secs(5);

/// A handle on one state folder's journal: cheap to clone, used from any thread. Every method that records something returns
/// only when it is on the disk.
#[derive(Debug, Clone)]
pub struct Journal {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Journal {
    /// Opens the journal at `path` (`state/journal.db`) and creates it, with its folder, where there is none yet. A file that
    /// a newer version wrote, a damaged one, and one that is no journal are refused and left as they are.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Self::open_waiting(path, PATIENCE)
    }

    /// [`Journal::open`], waiting at most `patience` wherever another program is writing to the file.
    pub fn open_waiting(path: &Path, patience: Duration) -> Result<Self, JournalError> {
        let connection = database::open(path, patience)?;
        Ok(Self { inner: Arc::new(Inner { path: path.to_path_buf(), connection: Mutex::new(connection) }) })
    }

    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// A setting of this connection, for whoever checks that a commit outlasts a power cut.
    pub fn setting(&self, name: &str) -> Result<Option<String>, JournalError> {
        self.first(&format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"), [], |row| row.get(0))
    }

    /// Every row that `query` finds, each through `read`.
    fn all<T>(
        &self,
        query: &str,
        params: impl Params,
        read: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, JournalError> {
        let connection = self.connection();
        let found = connection.prepare_cached(query).and_then(|mut query| query.query_map(params, read)?.collect());
        found.map_err(|source| JournalError::of(self.path(), source))
    }

    /// The same of the first row alone.
    fn first<T>(
        &self,
        query: &str,
        params: impl Params,
        read: impl FnOnce(&Row) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, JournalError> {
        let found = self.connection().query_row(query, params, read).optional();
        found.map_err(|source| JournalError::of(self.path(), source))
    }

    /// All of `work` or nothing of it, on the disk on return.
    fn write<T>(&self, work: impl FnOnce(&Transaction) -> Result<T, Stop>) -> Result<T, JournalError> {
        let mut connection = self.connection();
        // Taking the write lock at once means that what `work` read still holds when it writes.
        let written = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Stop::from)
            .and_then(|transaction| {
                let value = work(&transaction)?;
                transaction.commit()?;
                Ok(value)
            });
        written.map_err(|stop| stop.at(self.path()))
    }

    // A panic elsewhere cannot leave half a transaction: an unfinished one is rolled back when it is dropped.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.inner.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
