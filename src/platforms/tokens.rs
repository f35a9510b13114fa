//! Tokens that a platform rotates, one file a sign-in: commonly a store.
//!
//! A lost refresh token locks its store out, so a new pair is on the disk before it is used, and one process at a time may
//! refresh a store's tokens: who waits for the lock reads what the other has stored. What a platform gives is first written to a
//! file beside, which is opened and proved before anything is asked for (`renewal`), then put in its place.

use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::renewal::{BYTES_MAX, Renewal, Written};
use super::token_pair::TokenPair;
use crate::domain::{Message, StoreId, Timestamp};
use crate::durable;
use crate::message;

/// Longer than any refresh takes with all its tries.
const LOCK_PATIENCE: Duration = Duration::from_secs(120);
const LOCK_POLL: Duration = Duration::from_millis(50);
const LINK_ENDING: &str = "link.json";
/// What came since the file of the tokens was last replaced.
const NEXT_ENDING: &str = "next.jsonl";

/// How a store is signed in, as far as is known without asking its platform.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SignInStatus {
    pub sign_in: SignInKind,
    /// What the platform calls the shop or seller, where it told.
    pub signed_in_as: Option<String>,
    /// None where it is not known, or where there is no end.
    pub access_ends: Option<Timestamp>,
    /// When the refresh token ends if it is not used before.
    #[serde(rename = "refresh_token_ends")]
    pub refresh_ends: Option<Timestamp>,
    /// When the seller's authorization ends.
    pub authorization_ends: Option<Timestamp>,
    /// When new tokens were asked for that never came to the disk: whether those that are kept still work, nobody knows.
    pub renewal_interrupted: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignInKind {
    /// Nothing: the store has to be signed in.
    #[default]
    None,
    /// Tokens that the platform gave, kept in the token folder.
    Stored,
    /// A refresh token of the config that was not used yet.
    #[serde(rename = "config")]
    Configured,
    /// Keys, or a token without renewal, from the config.
    Keys,
}

impl SignInStatus {
    /// The instant before which somebody has to sign in again; none where no end is known.
    pub fn sign_in_again_by(&self) -> Option<Timestamp> {
        self.refresh_ends.into_iter().chain(self.authorization_ends).min()
    }

    /// Whether the store cannot be worked for until somebody signs in.
    pub fn needs_sign_in(&self, now: Timestamp) -> bool {
        self.sign_in == SignInKind::None || self.sign_in_again_by().is_some_and(|end| end <= now)
    }
}

impl From<SignInKind> for SignInStatus {
    fn from(sign_in: SignInKind) -> Self {
        Self { sign_in, ..Self::default() }
    }
}

impl From<&TokenPair> for SignInStatus {
    fn from(pair: &TokenPair) -> Self {
        Self {
            sign_in: SignInKind::Stored,
            signed_in_as: pair.signed_in_as.clone(),
            access_ends: Some(pair.access_ends).filter(|_| !pair.has_no_end()),
            refresh_ends: pair.refresh_ends,
            authorization_ends: pair.authorization_ends,
            renewal_interrupted: None,
        }
    }
}

/// Where a store's tokens lie when they are shared with the other stores of its seller.
#[derive(Serialize, Deserialize)]
struct Link {
    #[serde(rename = "shelf")]
    place: String,
    /// A fingerprint of the refresh token that stood in the config at that time; another one there since is newer.
    configured: Option<String>,
}

/// Why tokens can be neither read nor kept.
#[derive(Debug)]
pub(super) struct TokenError {
    /// Another process holds them: that passes.
    pub is_busy: bool,
    /// What happened and what to do.
    pub message: Message,
}

/// The place of one store's tokens, or of those that several stores share.
pub(super) struct TokenStore {
    store: StoreId,
    folder: PathBuf,
    /// Of the file, without its ending.
    name: String,
    /// Why nobody knows whether that is the name.
    unreadable_link: Option<Message>,
}

/// What is kept of a sign-in.
#[derive(Default)]
pub(super) struct Stored {
    pub pair: Option<TokenPair>,
    /// When a newer pair was asked for that never came to the disk.
    pub interrupted: Option<Timestamp>,
}

impl TokenStore {
    pub fn new(folder: &Path, store: StoreId) -> Self {
        let name = store.to_string();
        Self { store, folder: folder.to_path_buf(), name, unreadable_link: None }
    }

    /// For a platform whose sign-in covers several stores: where `auth login` put this store's tokens, unless `configured`, a
    /// fingerprint of the config's refresh token, has changed since; else under `otherwise`.
    pub fn linked(folder: &Path, store: StoreId, configured: Option<&str>, otherwise: String) -> Self {
        let own = Self::new(folder, store);
        let path = own.path(LINK_ENDING);
        let (link, unreadable_link) = match durable::read_small(&path, BYTES_MAX) {
            Ok(bytes) => (serde_json::from_slice::<Link>(&bytes).ok(), None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (None, None),
            Err(error) => (None, Some(own.error("tokens-folder", &path, error.to_string()).message)),
        };
        let still_valid = |link: &Link| configured.is_none() || link.configured.as_deref() == configured;
        let name = link.filter(still_valid).map_or(otherwise, |link| link.place);
        Self { unreadable_link, ..own.named(name) }
    }

    /// From now on the store's tokens lie under `place`.
    pub fn link(&self, place: String, configured: Option<String>) -> Result<(), TokenError> {
        let link = Link { place, configured };
        let bytes = serde_json::to_vec_pretty(&link).map_err(|error| self.folder_error(error))?;
        durable::replace(&self.link_path(), &bytes, true).map_err(|error| self.folder_error(error))
    }

    /// Proves that [`TokenStore::link`] can be written, and leaves it as it is.
    pub fn prove_link(&self) -> Result<(), TokenError> {
        let path = self.link_path();
        let proved = match durable::read_small(&path, BYTES_MAX) {
            Ok(bytes) => durable::replace(&path, &bytes, true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => durable::can_write(&path),
            Err(error) => return Err(self.folder_error(error)),
        };
        proved.map_err(|error| self.folder_error(error))
    }

    /// The place of that name, for the same store: stores of one sign-in share one pair.
    pub fn named(&self, name: String) -> Self {
        Self { store: self.store.clone(), folder: self.folder.clone(), name, unreadable_link: None }
    }

    pub fn is(&self, name: &str) -> bool {
        self.name == name
    }

    pub fn load(&self) -> Result<Stored, TokenError> {
        if let Some(message) = &self.unreadable_link {
            return Err(TokenError { is_busy: false, message: message.clone() });
        }
        let next = self.path(NEXT_ENDING);
        // What others may have read they may have used.
        for path in [self.path("json"), next.clone()] {
            if durable::is_open_to_others(&path) {
                return Err(self.error("tokens-open", &path, String::new()));
            }
        }
        let Written { pair, interrupted } = Written::read(&next).map_err(|error| self.file_error(&next, &error))?;
        let pair = match pair {
            Some(pair) => Some(pair),
            None => self.in_place()?,
        };
        Ok(Stored { pair, interrupted })
    }

    fn in_place(&self) -> Result<Option<TokenPair>, TokenError> {
        let path = self.path("json");
        let bytes = match durable::read_small(&path, BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.file_error(&path, &error)),
        };
        // The cause without the text around it, which holds a token.
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            self.error("tokens-unreadable", &path, format!("{:?} at line {}", error.classify(), error.line()))
        })
    }

    /// Opens what a new pair is written to. Only for who holds the lock.
    pub fn renewal(&self) -> Result<Renewal, TokenError> {
        let path = self.path(NEXT_ENDING);
        Renewal::open(path, self.path("json")).map_err(|error| self.folder_error(error))
    }

    /// Makes `renewal` say that a new pair is asked for from now on, and proves that there is room for it.
    pub fn mark(&self, renewal: &mut Renewal, at: Timestamp) -> Result<(), TokenError> {
        renewal.mark(at).map_err(|error| self.folder_error(error))
    }

    /// Returns once the pair is on the disk, where the next load finds it.
    pub fn keep(&self, renewal: Renewal, pair: &TokenPair) -> Result<(), TokenError> {
        renewal.keep(pair).map_err(|error| self.error("tokens-not-kept", &self.folder, error.to_string()))
    }

    /// Waits for other processes that refresh this store's tokens. Also proves that the folder can be written. Given back when the
    /// file is dropped, also by a crash.
    pub async fn lock(&self) -> Result<File, TokenError> {
        durable::create_folder(&self.folder).map_err(|error| self.folder_error(error))?;
        let file = durable::open_lock(&self.path("lock")).map_err(|error| self.folder_error(error))?;
        let waiting_since = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(self.folder_error(error)),
                Err(TryLockError::WouldBlock) if waiting_since.elapsed() > LOCK_PATIENCE => {
                    let message = message!("tokens-busy", store = self.store.as_str());
                    return Err(TokenError { is_busy: true, message });
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_POLL).await,
            }
        }
    }

    fn path(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }

    fn link_path(&self) -> PathBuf {
        Self::new(&self.folder, self.store.clone()).path(LINK_ENDING)
    }

    fn folder_error(&self, cause: impl Error + 'static) -> TokenError {
        self.file_error(&self.folder, &cause)
    }

    fn file_error(&self, path: &Path, cause: &(dyn Error + 'static)) -> TokenError {
        let id = if durable::is_held(cause) { "tokens-held" } else { "tokens-folder" };
        self.error(id, path, cause.to_string())
    }

    fn error(&self, id: &'static str, path: &Path, cause: String) -> TokenError {
        let path = path.display().to_string();
        TokenError { is_busy: false, message: message!(id, store = self.store.as_str(), path = path, cause = cause) }
    }
}
