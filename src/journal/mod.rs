//! What was begun, what came of it, what is in doubt: each step is written down, on the disk, before it is sent.
//!
//! One SQLite file a state folder. The life of a step, one write at a platform:
//! ```text
//!             ┌─► done ──────┐                     done: the platform said yes
//! begin ─► begun ─► unknown ─┤─ settle ─► proved | did not happen
//!             ├─► refused    │                     begun, unknown: in doubt; ask the platform, never send blindly
//!             └─► not sent   ┘                     refused, not sent, did not happen: may be begun again
//! ```
//! What is waited for: `begin`, with the code that a creation reserves, is on the disk before the write is sent, and with it all that was
//! recorded before, of any store; so is the answer to a creation, whose id is the surest way to find it again. Every other answer, what
//! was read back and the outcomes are put in line and written meanwhile (`together`), and are on the disk before the store's next
//! write is sent, and before its claim is given up. What a kill or a power cut takes of that line leaves a step in doubt, as a kill a
//! moment earlier does: it is asked about, and never sent blindly. A failure in the line is told by whoever waits next in that
//! store, so that nothing more is sent there.
//!
//! Whoever begins a step holds its store's claim, and whoever holds a claim holds the state folder's one apply lock.
//! Beside the steps lie the tasks that only people can do, until an export sees them done; and what came back in workbooks: who
//! signed the checklist, and what was asked for and is not settled.
//! What a refusal means for a row, and what to ask a platform, is the business of `apply`.

mod approval_codes;
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
mod together;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Params, Row, Transaction};

pub use approval_codes::CodeRecord;
pub use errors::JournalError;
pub use handed_back::CameBack;
pub use lock::{ApplyLock, Holder, StoreClaim};
pub use memory::Made;
pub use runs::{PlanUse, RunRecord, Settled};
pub use steps::{Begun, Found, StepEnd, StepRecord, StepState};
pub use taken_over::{PastRow, PastRun};

use errors::Stop;
use together::{Work, Writer};

/// How long another program may keep the file before we give up.
const PATIENCE: Duration = Duration::from_secs(5);

/// A handle on one state folder's journal: cheap to clone, used from any thread. What a method records is on the disk when it returns,
/// but for what is recorded under a store's claim: that is put in line, and [`Journal::begin`] and [`Journal::on_disk`] wait for it.
/// What is read is what is on the disk.
#[derive(Debug, Clone)]
pub struct Journal {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    /// Reads while the other waits for the disk.
    reader: Mutex<Connection>,
    writer: Writer,
}

impl Journal {
    /// Opens the journal at `path` (`state/journal.db`) and creates it, with its folder, where there is none yet. A file that
    /// a newer version wrote, a damaged one, and one that is no journal are refused and left as they are.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Self::open_waiting(path, PATIENCE)
    }

    /// [`Journal::open`], waiting at most `patience` wherever another program is writing to the file.
    pub fn open_waiting(path: &Path, patience: Duration) -> Result<Self, JournalError> {
        let writer = Writer::new(path.to_path_buf(), database::open(path, patience)?);
        let reader = Mutex::new(database::open_to_read(path, patience)?);
        Ok(Self { inner: Arc::new(Inner { path: path.to_path_buf(), reader, writer }) })
    }

    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Waits until all that was recorded under `claim` is on the disk. Fails with the first of it that could not be written, after
    /// which nothing more was.
    pub async fn on_disk(&self, claim: &StoreClaim) -> Result<(), JournalError> {
        self.inner.writer.on_disk(claim.trail(), None).await
    }

    /// A setting of the connection that writes, for whoever checks that a commit outlasts a power cut.
    pub fn setting(&self, name: &str) -> Result<Option<String>, JournalError> {
        let query = format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}");
        self.write(|transaction| Ok(transaction.query_row(&query, [], |row| row.get(0)).optional()?))
    }

    /// Every row that `query` finds, each through `read`.
    fn all<T>(
        &self,
        query: &str,
        params: impl Params,
        read: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, JournalError> {
        let connection = self.reader();
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
        let connection = self.reader();
        let found = connection.prepare_cached(query).and_then(|mut query| query.query_row(params, read)).optional();
        found.map_err(|source| JournalError::of(self.path(), source))
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        self.inner.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of `work` or nothing of it, on the disk on return.
    fn write<T>(&self, work: impl FnOnce(&Transaction) -> Result<T, Stop>) -> Result<T, JournalError> {
        self.inner.writer.write(work)
    }

    /// Puts `work` in line under `claim`. It is done again where another recording undid it.
    fn put(&self, claim: &StoreClaim, work: Work) {
        self.inner.writer.put(claim.trail(), work);
    }
}
