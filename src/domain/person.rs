//! Who may decide and who may approve: the people of the config, and what each may do in which stores.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{Account, StoreId};

/// Each may do what the one before may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, VariantArray, IntoStaticStr, EnumString,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// Looks, and changes nothing.
    Viewer,
    /// Decides in a workbook, and applies.
    Editor,
    /// Approves what others decided.
    Approver,
}

/// One person of the config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub role: Role,
    /// None: all of them.
    pub stores: Option<BTreeSet<StoreId>>,
    /// What their approvals are checked by.
    pub key: Option<PublicKey>,
    /// Who that is for the operating system: `mei`, or `mei@desk-3` of one machine only.
    pub logins: Vec<String>,
    /// The channel that only they read.
    pub channel: Option<String>,
}

impl Person {
    pub fn may_change(&self, store: &StoreId) -> bool {
        self.role >= Role::Editor && self.covers(store)
    }

    pub fn may_approve(&self, store: &StoreId) -> bool {
        self.role >= Role::Approver && self.covers(store)
    }

    fn covers(&self, store: &StoreId) -> bool {
        self.stores.as_ref().is_none_or(|stores| stores.contains(store))
    }
}

/// The people of the config; without any, whoever has the program may do everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People(pub Vec<Person>);

impl People {
    pub fn is_any(&self) -> bool {
        !self.0.is_empty()
    }

    pub fn named(&self, name: &str) -> Option<&Person> {
        self.0.iter().find(|person| person.name == name)
    }

    /// Who sits there, by the operating system's word.
    pub fn at(&self, account: &Account) -> Option<&Person> {
        let user = account.user.as_deref()?;
        let names = [Some(user.to_string()), account.login()];
        self.0.iter().find(|person| {
            let is_one = |login: &String| names.iter().flatten().any(|name| name.eq_ignore_ascii_case(login));
            person.logins.iter().any(is_one)
        })
    }
}

/// The public half of an Ed25519 key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

const KEY_PREFIX: &str = "ed25519:";

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{KEY_PREFIX}{}", data_encoding::BASE64.encode(&self.0))
    }
}

/// A text that is no public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is no public key: write the line that `couponbook person add` printed, which begins with {KEY_PREFIX}")]
pub struct InvalidKey;

impl FromStr for PublicKey {
    type Err = InvalidKey;
    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let letters = text.trim().strip_prefix(KEY_PREFIX).ok_or(InvalidKey)?;
        let bytes = data_encoding::BASE64.decode(letters.as_bytes()).map_err(|_| InvalidKey)?;
        Ok(Self(bytes.try_into().map_err(|_| InvalidKey)?))
    }
}
