//! Tokens that a platform rotates, one file a sign-in: commonly a store.
//!
//! A lost refresh token locks its store out, so a new pair is on the disk before it is used, and one process at a time may
//! refresh a store's tokens: who waits for the lock reads what the other has stored.

use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::domain::{StoreId, Timestamp};
use crate::durable;

/// Longer than any refresh takes with all its tries.
const LOCK_PATIENCE: Duration = Duration::from_secs(120);
const LOCK_POLL: Duration = Duration::from_millis(50);

/// What the platform gave last. No `Debug`: it would print the tokens.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct TokenPair {
    pub access_token: String,
    pub access_ends: Timestamp,
    pub refresh_token: String,
    /// A fingerprint of the configured credentials that this pair descends from.
    pub seed: String,
    /// When the seller's authorization ends, where the platform tells.
    #[serde(default)]
    pub authorization_ends: Option<Timestamp>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum TokenError {
    #[error("the tokens of store {store} cannot be kept in {path} ({cause}); make that folder writable")]
    Folder { store: StoreId, path: PathBuf, cause: io::Error },
    #[error(
        "{path} does not hold the tokens of store {store} ({cause}); move it away, authorize the shop anew and put the new refresh token into the config"
    )]
    Unreadable { store: StoreId, path: PathBuf, cause: String },
    #[error("another couponbook has been signing in to store {store} for two minutes; end it and try again")]
    Busy { store: StoreId },
}

/// The place of one store's tokens, or of those that several stores share.
pub(super) struct TokenShelf {
    store: StoreId,
    folder: PathBuf,
    /// Of the file, without its ending.
    name: String,
}

/// Held while a store's tokens are refreshed; given back when it is dropped, also by a crash.
pub(super) struct TokenLock {
    _file: File,
}

impl TokenShelf {
    pub fn new(folder: &Path, store: StoreId) -> Self {
        let name = store.to_string();
        Self { store, folder: folder.to_path_buf(), name }
    }

    /// For a platform whose sign-in covers several stores: those that give the same `name` share one pair.
    pub fn shared(folder: &Path, store: StoreId, name: String) -> Self {
        Self { store, folder: folder.to_path_buf(), name }
    }

    pub fn load(&self) -> Result<Option<TokenPair>, TokenError> {
        let path = self.path("json");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.folder_error(error)),
        };
        // The cause without the text around it, which holds a token.
        serde_json::from_slice(&bytes).map(Some).map_err(|error| TokenError::Unreadable {
            store: self.store.clone(),
            path,
            cause: format!("{:?} at line {}", error.classify(), error.line()),
        })
    }

    /// Returns once the pair is on the disk.
    pub fn keep(&self, pair: &TokenPair) -> Result<(), TokenError> {
        let bytes = serde_json::to_vec_pretty(pair).map_err(|error| self.folder_error(error.into()))?;
        durable::replace(&self.path("json"), &bytes, true).map_err(|error| self.folder_error(io::Error::other(error)))
    }

    /// Waits for other processes that refresh this store's tokens. Also proves that the folder can be written.
    pub async fn lock(&self) -> Result<TokenLock, TokenError> {
        fs::create_dir_all(&self.folder).map_err(|error| self.folder_error(error))?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.path("lock"))
            .map_err(|error| self.folder_error(error))?;
        let waiting_since = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(TokenLock { _file: file }),
                Err(TryLockError::Error(error)) => return Err(self.folder_error(error)),
                Err(TryLockError::WouldBlock) if waiting_since.elapsed() > LOCK_PATIENCE => {
                    return Err(TokenError::Busy { store: self.store.clone() });
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_POLL).await,
            }
        }
    }

    fn path(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }

    fn folder_error(&self, cause: io::Error) -> TokenError {
        TokenError::Folder { store: self.store.clone(), path: self.folder.clone(), cause }
    }
}
