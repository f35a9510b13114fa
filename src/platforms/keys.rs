//! What a config says of a store for its platform alone: each platform names its keys, and checks what they hold.

use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use url::Url;

use crate::domain::ShopId;

/// A key of a `[[store]]`, which is a column of the list of stores too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    pub name: &'static str,
    pub kind: KeyKind,
    /// Whether a store cannot do without it.
    pub is_needed: bool,
    /// Not read where this other key is given.
    pub unless: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Text,
    /// Digits or letters that name something, written with or without quotes; digits of any number.
    Id,
    /// Only the place where it lies is written.
    Secret,
    /// True or false; false where it is left out.
    Flag,
    /// A file or several, which starts from the config's folder.
    Path,
    /// Names with a text each, `{ code = "Promo code" }`; kept as a JSON object. In a list of stores `code=Promo code|ends=Valid to`.
    Pairs,
}

impl Key {
    pub const fn needed(name: &'static str, kind: KeyKind) -> Self {
        Self { name, kind, is_needed: true, unless: None }
    }

    pub const fn optional(name: &'static str, kind: KeyKind) -> Self {
        Self { name, kind, is_needed: false, unless: None }
    }

    pub const fn unless(self, other: &'static str) -> Self {
        Self { unless: Some(other), ..self }
    }
}

/// The values of a store's keys. `Debug` shows no secret.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    texts: BTreeMap<&'static str, String>,
    secrets: BTreeMap<&'static str, SecretString>,
}

impl Keys {
    /// An empty text is as good as none.
    pub fn set(&mut self, key: &Key, text: String) {
        self.remove(key.name);
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        match key.kind {
            KeyKind::Secret => drop(self.secrets.insert(key.name, text.into())),
            KeyKind::Text | KeyKind::Id | KeyKind::Flag | KeyKind::Path | KeyKind::Pairs => {
                drop(self.texts.insert(key.name, text.to_string()))
            }
        }
    }

    pub fn remove(&mut self, name: &str) {
        self.texts.remove(name);
        self.secrets.remove(name);
    }

    /// A text or an id; none for a secret.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    pub fn secret(&self, name: &str) -> Option<&SecretString> {
        self.secrets.get(name)
    }

    pub fn flag(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    /// All that must never be shown.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.values().map(|secret| secret.expose_secret())
    }
}

/// Which shop a store's keys mean, and where it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub shop: ShopId,
    pub endpoint: Url,
}

/// A store's keys while its platform looks at them. That a needed key is missing was told already.
pub struct KeyCheck<'k> {
    pub keys: &'k Keys,
    /// An address other than the platform's usual one.
    pub endpoint: Option<Url>,
    pub problems: Vec<KeyProblem>,
}

/// What is wrong with a store's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyProblem {
    /// The key whose value is wrong; none where it is one that is missing.
    pub key: Option<&'static str>,
    pub what: String,
    pub wanted: &'static str,
}

impl KeyCheck<'_> {
    /// What the key holds is not as it has to be.
    pub fn wrong(&mut self, key: &'static str, what: impl Into<String>, wanted: &'static str) {
        self.problems.push(KeyProblem { key: Some(key), what: what.into(), wanted });
    }

    /// A key is missing that only together with others is needed.
    pub fn missing(&mut self, key: &'static str, wanted: &'static str) {
        self.problems.push(KeyProblem { key: None, what: format!("{key} is missing"), wanted });
    }

    /// The config's address, else the platform's own.
    pub fn endpoint_or(&self, usual: &str) -> Option<Url> {
        self.endpoint.clone().or_else(|| Url::parse(usual).ok())
    }
}
