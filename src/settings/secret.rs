//! Secrets are named, never written out: an environment variable, a file that only its owner can read, or an entry of the
//! operating system's keyring: macOS' keychain, Windows' Credential Manager, the Secret Service of Linux desktops.

use encoding_rs::{Encoding, UTF_8};
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::{Environment, Needs};
use crate::durable;

/// Where named secrets are looked up.
#[derive(Clone, Copy)]
pub(super) struct Hiding<'a> {
    pub environment: Environment<'a>,
    pub keyring: Keyring<'a>,
    pub needs: Needs,
}

/// Where a secret lies.
pub(super) enum SecretPlace {
    Variable(String),
    File(PathBuf),
    Keyring(String),
    /// None of these is named, or several are.
    Unclear,
    /// In the config itself. A secret is read so only to be refused, and never shown.
    WrittenOut(String),
}

/// What stands in for a secret that nobody will use.
pub(super) const NOT_LOOKED_UP: &str = "(not looked up)";

/// What is wrong, and what would be right.
pub(super) type Wrong = (String, String);

/// Why there is no secret.
pub(super) enum NoSecret {
    /// The config does not say where it lies.
    Unnamed(Wrong),
    /// The config is right, and there is nothing of use where it says.
    Missing(Wrong),
}

impl NoSecret {
    pub fn into_wrong(self) -> Wrong {
        match self {
            Self::Unnamed(wrong) | Self::Missing(wrong) => wrong,
        }
    }
}

/// How the place of the secret `name` is written in the config, and in a cell of the list of stores.
pub(super) fn example_in_config(name: &str) -> String {
    format!(
        "write {name} = {{ env = \"SOME_VARIABLE\" }}, {{ file = \"secrets/{name}\" }} or {{ keyring = \"couponbook/{name}\" }}"
    )
}

pub(super) fn example_in_cell(name: &str) -> String {
    format!("write env:SOME_VARIABLE, file:secrets/{name} or keyring:couponbook/{name}")
}

impl SecretPlace {
    /// As a config names it; one of them, and not two.
    pub fn named(env: Option<String>, file: Option<PathBuf>, keyring: Option<String>) -> Self {
        match (env, file, keyring) {
            (Some(variable), None, None) => Self::Variable(variable),
            (None, Some(file), None) => Self::File(file),
            (None, None, Some(entry)) => Self::Keyring(entry),
            _ => Self::Unclear,
        }
    }

    /// A cell of the list of stores: `env:NAME`, `file:path` or `keyring:service/user`.
    pub fn of_cell(text: &str) -> Self {
        let after = |beginning: &str| {
            let (found, rest) = text.split_once(':')?;
            found.trim().eq_ignore_ascii_case(beginning).then(|| rest.trim().to_string())
        };
        match (after("env"), after("file"), after("keyring")) {
            (None, None, None) => Self::WrittenOut(text.to_string()),
            (env, file, keyring) => Self::named(env, file.map(PathBuf::from), keyring),
        }
    }

    /// `name` is the key in the config, for the message; `example` is how a place is written there.
    pub fn secret(&self, name: &str, example: String, home: &Path, hiding: Hiding) -> Result<SecretString, NoSecret> {
        let text = match self {
            Self::WrittenOut(_) => return Err(NoSecret::Unnamed((format!("{name} is written out"), example))),
            Self::Unclear => return Err(NoSecret::Unnamed((format!("{name} names no single place"), example))),
            Self::Variable(variable) => (hiding.environment)(variable).ok_or_else(|| {
                let what = format!("{name}: the environment variable {variable} is not set");
                NoSecret::Missing((what, format!("set {variable}, or {example}")))
            })?,
            Self::File(file) => from_file(name, &home.join(file)).map_err(NoSecret::Missing)?,
            Self::Keyring(entry) => from_keyring(name, entry, &example, hiding.keyring).map_err(NoSecret::Missing)?,
        };
        let text = text.trim();
        if text.is_empty() {
            let wanted = "put the secret in the place that the config names".to_string();
            return Err(NoSecret::Missing((format!("{name} is empty"), wanted)));
        }
        Ok(SecretString::from(text.to_string()))
    }

    /// Whether the config says where it lies, as it has to.
    pub fn is_named(&self) -> bool {
        match self {
            Self::Variable(_) | Self::File(_) | Self::Keyring(_) => true,
            Self::Unclear | Self::WrittenOut(_) => false,
        }
    }

    /// What needs no hiding place: a proxy without a user, a key that is no secret.
    pub fn open_text(&self) -> Option<&str> {
        match self {
            Self::WrittenOut(text) => Some(text),
            Self::Variable(_) | Self::File(_) | Self::Keyring(_) | Self::Unclear => None,
        }
    }
}

fn from_keyring(name: &str, entry: &str, example: &str, keyring: Keyring) -> Result<String, Wrong> {
    let (service, user) = service_and_user(entry);
    keyring(service, user).map_err(|error| {
        let wanted = match error {
            // Under this name the Credential Manager is asked, whatever else a credential says of its user.
            KeyringError::NoEntry if cfg!(windows) => format!(
                "put it there as the generic credential {user}.{service}: `cmdkey /generic:{user}.{service} /user:{user} /pass`"
            ),
            KeyringError::NoEntry => format!("put it there as the user {user} of the service {service}"),
            KeyringError::Unusable(_) | KeyringError::Silent => format!("open or start it, or {example}"),
        };
        (format!("{name}: {error}: {service}/{user}"), wanted)
    })
}

fn from_file(name: &str, path: &Path) -> Result<String, Wrong> {
    let shown = path.display();
    let bytes = durable::read(path).map_err(|error| {
        (format!("{name}: the file {shown} cannot be read: {error}"), "check the path and its rights".to_string())
    })?;
    // PowerShell writes UTF-16, and editors a mark of UTF-8, which are no part of a key.
    let (encoding, mark) = Encoding::for_bom(&bytes).unwrap_or((UTF_8, 0));
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes.get(mark..).unwrap_or_default());
    let text = text.ok_or_else(|| {
        let wanted = "save it as UTF-8, with nothing but the secret in it".to_string();
        (format!("{name}: the file {shown} is no text"), wanted)
    })?;
    if durable::is_open_to_others(path) {
        return Err((format!("{name}: others can read the file {shown}"), format!("run chmod 600 {shown}")));
    }
    Ok(text.into_owned())
}

/// Where an entry of a keyring is looked up, by service and user: the operating system's, or a test's.
pub type Keyring<'a> = &'a dyn Fn(&str, &str) -> Result<String, KeyringError>;

/// What an entry without a service of its own is kept under.
const SERVICE: &str = "couponbook";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    #[error("the keyring has no such entry")]
    NoEntry,
    #[error("the keyring of this machine cannot be used ({0})")]
    Unusable(String),
    #[error("the keyring of this machine does not answer")]
    Silent,
}

/// `couponbook/shopee` is the user `shopee` of the service `couponbook`, and so is `shopee` alone.
fn service_and_user(entry: &str) -> (&str, &str) {
    entry.trim().split_once('/').unwrap_or((SERVICE, entry.trim()))
}

/// How long a keyring may take, which may ask its user to open it.
const KEYRING_SECONDS: u64 = 20;

/// An entry of the operating system's keyring. Waits some seconds where the system asks its user to open the keyring; once it gave no
/// answer, it is not asked again.
///
/// # Errors
/// If there is no such entry, or this machine has no keyring that can be used now.
pub fn of_the_system(service: &str, user: &str) -> Result<String, KeyringError> {
    static SILENT: AtomicBool = AtomicBool::new(false);
    if SILENT.load(Ordering::Relaxed) {
        return Err(KeyringError::Silent);
    }
    let (service, user) = (service.to_string(), user.to_string());
    let answer = answered_within(Duration::from_secs(KEYRING_SECONDS), move || look_up(&service, &user));
    if answer == Err(KeyringError::Silent) {
        SILENT.store(true, Ordering::Relaxed);
    }
    answer
}

/// What `look_up` finds, if it does so in time.
///
/// # Errors
/// Its own, or that there was no answer.
pub fn answered_within(
    limit: Duration,
    look_up: impl FnOnce() -> Result<String, KeyringError> + Send + 'static,
) -> Result<String, KeyringError> {
    let (sender, receiver) = mpsc::channel();
    // On a thread of its own: what speaks to the keyring brings a runtime, and none may begin inside another. One that gets no answer stays
    // behind until the process ends.
    std::thread::spawn(move || sender.send(look_up()));
    receiver.recv_timeout(limit).unwrap_or_else(|none| match none {
        RecvTimeoutError::Timeout => Err(KeyringError::Silent),
        RecvTimeoutError::Disconnected => Err(KeyringError::Unusable("it failed unexpectedly".to_string())),
    })
}

fn look_up(service: &str, user: &str) -> Result<String, KeyringError> {
    if let Err(error) = keyring::Entry::store_status() {
        return Err(KeyringError::Unusable(error.to_string()));
    }
    let entry = keyring::Entry::new(service, user).map_err(told)?;
    entry.get_password().map_err(told)
}

// An error's own words only: some carry what was found.
fn told(error: keyring::Error) -> KeyringError {
    match error {
        keyring::Error::NoEntry => KeyringError::NoEntry,
        other => KeyringError::Unusable(other.to_string()),
    }
}
