//! One watcher a state folder. The operating system holds the right and gives it back when the process ends, however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;
use crate::durable::{self, DurableError};

const LOCK: &str = "watch.lock";
/// Beside the lock, since on Windows nobody else can read a locked file.
const HOLDER: &str = "watcher.json";
const HOLDER_BYTES_MAX: u64 = 16 * 1024;

/// Who watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watcher {
    pub machine: String,
    pub pid: u32,
    pub since: Timestamp,
}

/// The right to watch with a state folder; given back when it is dropped.
#[derive(Debug)]
#[must_use = "it is given back when it is dropped"]
pub struct WatchLock {
    _file: File,
}

/// Why there is no such right.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("{}", taken(.0.as_ref()))]
    Taken(Option<Watcher>),
    #[error("{} cannot be locked: {error}", .path.display())]
    Failed { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Durable(#[from] DurableError),
}

fn taken(by: Option<&Watcher>) -> String {
    match by {
        Some(Watcher { machine, pid, since }) => {
            format!(
                "another `couponbook watch` (process {pid} on {machine}, since {}) works with this state folder",
                since.format("%Y-%m-%d %H:%M UTC")
            )
        }
        None => "another `couponbook watch` works with this state folder".to_string(),
    }
}

/// Takes the right at once, or says who has it.
///
/// # Errors
/// Where somebody else has it, or the folder cannot be written.
pub fn take(folder: &Path, me: &Watcher) -> Result<WatchLock, LockError> {
    durable::create_folder(folder)?;
    let path = folder.join(LOCK);
    let failed = |error| LockError::Failed { path: path.clone(), error };
    let file = durable::open_lock(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(LockError::Taken(holder(folder))),
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    let bytes = serde_json::to_vec_pretty(me).unwrap_or_default();
    durable::replace(&folder.join(HOLDER), &bytes, true)?;
    Ok(WatchLock { _file: file })
}

/// Who watches at this moment, as far as the lock tells; none where nobody does.
pub fn watching(folder: &Path) -> Option<Option<Watcher>> {
    let path = folder.join(LOCK);
    if !path.exists() {
        return None;
    }
    let file = durable::open_lock(&path).ok()?;
    match file.try_lock() {
        Ok(()) => None,
        Err(TryLockError::WouldBlock) => Some(holder(folder)),
        Err(TryLockError::Error(_)) => None,
    }
}

fn holder(folder: &Path) -> Option<Watcher> {
    let bytes = durable::read_small(&folder.join(HOLDER), HOLDER_BYTES_MAX).ok()?;
    serde_json::from_slice(&bytes).ok()
}
