//! Every key that a config may hold. The reader itself says so: it is given an empty config, and one of each platform and kind of channel.

use super::asked::{Asked, Form, Record};
use super::config;
use super::stores::SANDBOX;
use crate::platforms::Platforms;

/// The sections in which one key decides what else may stand there.
const DECIDED: [(&str, &str); 2] = [("store", "platform"), ("message", "kind")];
/// Without it channels are not read.
const ZONE: &str = "team_time_zone = \"UTC\"\n";

pub(super) struct Known {
    /// What any config may hold.
    pub usual: Record,
    pub variants: Vec<Variant>,
}

/// What may stand in a section where `key` is `word`.
pub(super) struct Variant {
    pub section: &'static str,
    pub key: &'static str,
    pub word: &'static str,
    pub asked: Asked,
}

impl Known {
    pub fn of(platforms: Platforms) -> Self {
        let usual = config::record(ZONE, platforms);
        let mut variants = Vec::new();
        for (section, key) in DECIDED {
            let Some(Form::Word(words)) = usual.sections.get(section).and_then(|asked| asked.form(key)) else {
                continue;
            };
            for word in words {
                let text = format!("{ZONE}[[{section}]]\n{key} = \"{word}\"\n");
                let asked = config::record(&text, platforms).sections.remove(section).unwrap_or_default();
                variants.push(Variant { section, key, word, asked });
            }
        }
        Self { usual, variants }
    }

    /// The keys of a section, whatever decides in it, each once.
    pub fn keys<'k>(&'k self, path: &'k str) -> Vec<(&'static str, &'k Form)> {
        let mut keys: Vec<(&'static str, &Form)> = Vec::new();
        let variants = self.variants_of(path).map(|variant| &variant.asked);
        for (key, form) in self.usual.sections.get(path).into_iter().chain(variants).flat_map(|asked| &asked.keys) {
            if !keys.iter().any(|(known, _)| known == key) {
                keys.push((key, form));
            }
        }
        keys
    }

    pub fn variants_of<'k>(&'k self, path: &'k str) -> impl Iterator<Item = &'k Variant> {
        self.variants.iter().filter(move |variant| variant.section == path)
    }
}

impl Variant {
    /// The value of `endpoint` with which nothing is needed that it alone needs.
    pub fn needs_nothing_with(&self) -> Option<(&'static str, &'static str)> {
        (self.section == "store").then_some(("endpoint", SANDBOX))
    }

    /// What it needs beside what every such section needs.
    pub fn needed(&self, usual: &Record) -> Vec<&'static str> {
        let always = usual.sections.get(self.section).map(|asked| asked.needed.as_slice()).unwrap_or_default();
        self.asked.needed.iter().copied().filter(|key| !always.contains(key)).collect()
    }
}
