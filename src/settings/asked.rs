//! What the reader asks a config for, and as what: kept while it asks, where that is wanted. The schemas and the reference are made of
//! it, so that they know each key that is read, and no other.

use std::collections::BTreeMap;

use super::bounds::Bounds;

/// What may stand behind a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    Text,
    /// A text that more is known of: what it is, and a regular expression of what it looks like.
    Like(&'static str, &'static str),
    /// With quotes or without.
    Id,
    Path,
    Flag,
    Number(&'static Bounds),
    /// The same under an old name, and the name of today.
    OldNumber(&'static Bounds, &'static str),
    /// One of these.
    Word(Vec<&'static str>),
    /// The name of a time zone.
    Zone,
    /// The code of a currency.
    Currency,
    /// The place of a secret.
    Secret,
    /// The place of a secret, or a text that holds none.
    Proxy,
    List(Box<Form>),
    /// Names of the user's own with a text each.
    Pairs,
    Section,
    /// A section, or a text in its place.
    SectionOrText,
    Sections,
}

/// What was asked for, section by section; the one above all heads has no path.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub sections: BTreeMap<String, Asked>,
}

/// Of one section.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// In the order in which they were asked for.
    pub keys: Vec<(&'static str, Form)>,
    pub needed: Vec<&'static str>,
    /// Keys that may stand there unread.
    pub allowed: Vec<&'static str>,
    /// Of a section whose keys are the user's own: what these are, and what stands behind them.
    pub own: Option<(Form, Form)>,
}

impl Asked {
    pub fn form(&self, key: &str) -> Option<&Form> {
        self.keys.iter().find(|(name, _)| *name == key).map(|(_, form)| form)
    }
}

impl Record {
    /// The first who asks for a key says what it is.
    pub fn ask(&mut self, path: &str, key: &'static str, form: Form) {
        let asked = self.at(path);
        if asked.form(key).is_none() {
            asked.keys.push((key, form));
        }
    }

    pub fn need(&mut self, path: &str, key: &'static str) {
        self.at(path).needed.push(key);
    }

    pub fn allow(&mut self, path: &str, key: &'static str) {
        self.at(path).allowed.push(key);
    }

    pub fn take_own(&mut self, path: &str, keys: Form, values: Form) {
        self.at(path).own = Some((keys, values));
    }

    fn at(&mut self, path: &str) -> &mut Asked {
        self.sections.entry(path.to_string()).or_default()
    }
}
