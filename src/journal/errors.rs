//! What can go wrong with the journal, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::{Holder, StepState};
use crate::domain::{ChangeId, RunId, StoreId, Timestamp};
use crate::durable::{self, DurableError};
use crate::output;

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("{} is not a journal of couponbook; move it away or name another state folder", path.display())]
    NotAJournal { path: PathBuf },
    #[error(
        "the journal {} was written by a newer couponbook (format {found}, this one knows {known}); update couponbook",
        path.display()
    )]
    Newer { path: PathBuf, found: u32, known: u32 },
    #[error(
        "the journal {} is damaged; put a copy of it back, and apply nothing until then: it is what keeps a change from being sent twice",
        path.display()
    )]
    Damaged { path: PathBuf, source: rusqlite::Error },
    #[error("the journal {} is in use by another program; close it there, or wait a moment and try again", path.display())]
    Busy { path: PathBuf, source: rusqlite::Error },
    #[error("the journal {} is in use by another program; close it there, or wait a moment and try again", path.display())]
    Held { path: PathBuf, source: io::Error },
    #[error(
        "the journal {} cannot be written: the disk is full; make room and try again: what was begun is known, and nothing is done twice",
        path.display()
    )]
    DiskFull { path: PathBuf, source: io::Error },
    #[error("the journal {} cannot be opened for writing; check the rights of the state folder", path.display())]
    NotAllowed { path: PathBuf, source: rusqlite::Error },
    #[error(
        "the journal {} cannot be made safe against a power cut where it lies (its mode is {mode:?}); put the state folder on a disk of this machine",
        path.display()
    )]
    NotALocalDisk { path: PathBuf, mode: String },
    #[error("the journal {} holds something that this version cannot read; update couponbook", path.display())]
    Unreadable { path: PathBuf, source: rusqlite::Error },
    #[error("the journal {} could not be read or written; try again", path.display())]
    Failed { path: PathBuf, source: rusqlite::Error },
    #[error("the journal's folder cannot be made ready")]
    Folder(#[from] DurableError),

    #[error("{} is still running; wait for it, or end it there, and try again", apply_of(.holder.as_ref()))]
    ApplyRunning { holder: Option<Holder> },
    #[error("the apply lock {} cannot be taken; check the rights of the state folder", path.display())]
    Lock { path: PathBuf, source: std::io::Error },
    #[error("the changes of store {store} are being applied already")]
    StoreClaimed { store: StoreId },
    #[error("a step in store {wanted} cannot begin under the claim on store {claimed}")]
    WrongClaim { claimed: StoreId, wanted: StoreId },

    #[error("the journal knows no run {run}; the folders in archive/runs have the names of those that it knows")]
    NoSuchRun { run: RunId },
    #[error("the journal has a run {run} already; a new run needs a new id")]
    RunExists { run: RunId },
    #[error("step {ordinal} of change {change} was begun at {begun_at} and is {}; nothing is sent for it now", state.words())]
    NotToBegin { change: ChangeId, ordinal: u32, begun_at: Timestamp, state: StepState },
    #[error("step {ordinal} of change {change} was never begun")]
    NoSuchStep { change: ChangeId, ordinal: u32 },
    #[error("step {ordinal} of change {change} has its end already: {}", state.words())]
    HasItsEnd { change: ChangeId, ordinal: u32, state: StepState },
    #[error("the code {code} is reserved for another change than {change}; nothing was sent")]
    CodeTaken { code: String, change: ChangeId },
    #[error(
        "nothing more of store {store} is written into the journal, since something before could not be; try again"
    )]
    NotRecorded { store: StoreId },
}

fn apply_of(holder: Option<&Holder>) -> String {
    match holder {
        Some(holder) => format!("the apply that {} began at {}", holder.by, holder.since.format("%Y-%m-%d %H:%M UTC")),
        None => "another apply with this state folder".to_string(),
    }
}

impl JournalError {
    pub(super) fn of(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotAJournal { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, source },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path, source },
            Some(ErrorCode::DiskFull) => {
                Self::DiskFull { path, source: io::Error::new(io::ErrorKind::StorageFull, source) }
            }
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) if let Some(source) = full(&path) => {
                Self::DiskFull { path, source }
            }
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen)
                if let Some(source) = held(&path) =>
            {
                Self::Held { path, source }
            }
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::NotAllowed { path, source }
            }
            _ if matches!(source, rusqlite::Error::FromSqlConversionFailure(..)) => Self::Unreadable { path, source },
            _ => Self::Failed { path, source },
        }
    }
}

/// What the system says of a full disk, which SQLite keeps to itself: just now, or when it is asked to take more.
pub(super) fn full(journal: &Path) -> Option<io::Error> {
    let last = io::Error::last_os_error();
    let now = || output::refusal_of_more(journal.parent().unwrap_or(journal));
    Some(last).filter(|error| output::is_full(error)).or_else(now)
}

/// What the system says where another program holds the journal or one of the files beside it, or did so a moment ago.
pub(super) fn held(journal: &Path) -> Option<io::Error> {
    let beside = |ending: &str| {
        let mut path = journal.as_os_str().to_owned();
        path.push(ending);
        PathBuf::from(path)
    };
    durable::holder_of(&["", "-wal", "-shm"].map(beside))
}

/// Why a transaction stops: SQLite failed, or the journal's own rules say no.
pub(super) enum Stop {
    Sqlite(rusqlite::Error),
    Rule(JournalError),
}

impl Stop {
    pub(super) fn at(self, path: &Path) -> JournalError {
        match self {
            Self::Sqlite(source) => JournalError::of(path, source),
            Self::Rule(error) => error,
        }
    }
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<JournalError> for Stop {
    fn from(error: JournalError) -> Self {
        Self::Rule(error)
    }
}
