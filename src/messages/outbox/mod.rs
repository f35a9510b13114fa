//! What is still to be sent, and what each channel was told: a file a channel in the state folder, replaced as a whole at every step.
//!
//! Something is written here before it is sent, each try before it leaves, and what came of it after; so a kill at any moment loses
//! nothing, and repeats at most what nobody knows to have arrived. One process at a time sends on a channel ([`Turn`], which the
//! operating system holds); meanwhile others may write down what is to be sent. What is kept is data: its words are made when it is sent.

mod record;

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::ChannelId;
use crate::durable::{self, DurableError};

pub use record::{Came, Past, PastKind, Record, Try, Unsent};

/// More than what is open in thousands of stores takes.
const BYTES_MAX: u64 = 256 * 1024 * 1024;
/// A record is held for as long as it takes to write it.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);

/// Why what is to be sent cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    #[error("{} cannot be locked: {source}; check the rights of its folder", path.display())]
    Lock { path: PathBuf, source: std::io::Error },
    #[error("another couponbook holds {} for too long; end it and try again", path.display())]
    Held { path: PathBuf },
    #[error(
        "{} cannot be read ({why}); move it away: then what this channel was told is forgotten, and what is open is told anew",
        path.display()
    )]
    Unreadable { path: PathBuf, why: String },
    #[error(transparent)]
    Durable(#[from] DurableError),
}

/// The records of all channels.
#[derive(Debug, Clone)]
pub struct Outbox {
    folder: PathBuf,
}

impl Outbox {
    /// In the state folder `state`.
    pub fn of(state: &Path) -> Self {
        Self { folder: state.join("messages") }
    }

    /// As it stands; empty of a channel that was never written to.
    ///
    /// # Errors
    /// If there is one that cannot be read.
    pub fn read(&self, channel: &ChannelId) -> Result<Record, OutboxError> {
        let path = self.file(channel, "json");
        let unreadable = |why: String| OutboxError::Unreadable { path: path.clone(), why };
        let bytes = match durable::read_small(&path, BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Record::default()),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        let record: Record = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        match record.is_of_this_form() {
            true => Ok(record),
            false => Err(unreadable("a newer version of the program wrote it".to_string())),
        }
    }

    /// Changes a channel's record; on disk when this returns. Others that want to change it wait.
    ///
    /// # Errors
    /// If it cannot be read or written; then it is as it was.
    pub fn change<T>(&self, channel: &ChannelId, change: impl FnOnce(&mut Record) -> T) -> Result<T, OutboxError> {
        let lock = locked(&self.file(channel, "lock"))?;
        let before = self.read(channel)?;
        let mut record = before.clone();
        let given = change(&mut record);
        if record != before {
            let path = self.file(channel, "json");
            let unreadable =
                |error: serde_json::Error| OutboxError::Unreadable { path: path.clone(), why: error.to_string() };
            let bytes = serde_json::to_vec(&record).map_err(unreadable)?;
            durable::replace(&path, &bytes, true)?;
        }
        drop(lock);
        Ok(given)
    }

    /// The right to send on a channel; none while another process has it. Whatever a process that died had begun to send counts as
    /// not known to have arrived.
    ///
    /// # Errors
    /// If it cannot be asked for, or the record cannot be changed.
    pub fn turn(&self, channel: &ChannelId) -> Result<Option<Turn>, OutboxError> {
        let Some(lock) = Lock::of(self.file(channel, "turn"))?.at_once()? else { return Ok(None) };
        self.change(channel, Record::close_open_tries)?;
        Ok(Some(Turn { _lock: lock, outbox: self.clone(), channel: channel.clone() }))
    }

    fn file(&self, channel: &ChannelId, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", channel.0))
    }
}

/// The right to send on one channel; given back when it is dropped, or its process ends.
#[derive(Debug)]
#[must_use = "the turn is over when it is dropped"]
pub struct Turn {
    _lock: Held,
    outbox: Outbox,
    channel: ChannelId,
}

impl Turn {
    /// See [`Outbox::change`].
    ///
    /// # Errors
    /// As there.
    pub fn change<T>(&self, change: impl FnOnce(&mut Record) -> T) -> Result<T, OutboxError> {
        self.outbox.change(&self.channel, change)
    }
}

/// A file that the operating system locks for one process at a time.
struct Lock {
    path: PathBuf,
    file: File,
}

#[derive(Debug)]
struct Held(File);

impl Lock {
    fn of(path: PathBuf) -> Result<Self, OutboxError> {
        durable::create_folder_of(&path)?;
        let file = durable::open_lock(&path).map_err(|source| OutboxError::Lock { path: path.clone(), source })?;
        Ok(Self { path, file })
    }

    fn at_once(self) -> Result<Option<Held>, OutboxError> {
        match self.file.try_lock() {
            Ok(()) => Ok(Some(Held(self.file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(OutboxError::Lock { path: self.path, source }),
        }
    }
}

/// Waits while another process has it.
fn locked(path: &Path) -> Result<Held, OutboxError> {
    let began = Instant::now();
    loop {
        if let Some(held) = Lock::of(path.to_path_buf())?.at_once()? {
            return Ok(held);
        }
        if began.elapsed() > PATIENCE {
            return Err(OutboxError::Held { path: path.to_path_buf() });
        }
        sleep(PAUSE);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Closing would do, but for a moment in which a process that is being started still holds a copy of the open file.
        let _ = self.0.unlock();
    }
}
