//! Secrets that the operating system keeps: macOS' keychain, Windows' Credential Manager, the Secret Service of Linux desktops.

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
}

/// `couponbook/shopee` is the user `shopee` of the service `couponbook`, and so is `shopee` alone.
pub(super) fn service_and_user(entry: &str) -> (&str, &str) {
    entry.trim().split_once('/').unwrap_or((SERVICE, entry.trim()))
}

/// An entry of the operating system's keyring. Waits where the system asks its user to open the keyring.
///
/// # Errors
/// If there is no such entry, or this machine has no keyring that can be used now.
pub fn of_the_system(service: &str, user: &str) -> Result<String, KeyringError> {
    let (service, user) = (service.to_string(), user.to_string());
    // On a thread of its own: what speaks to the keyring brings a runtime, and none may begin inside another.
    let asked = std::thread::spawn(move || look_up(&service, &user));
    asked.join().unwrap_or_else(|_| Err(KeyringError::Unusable("it failed unexpectedly".to_string())))
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
