//! The languages that a workbook can be written in: what it says is in message files (Fluent), one an area and language,
//! under `templates/language/`. The terminal, logs and archives speak English.
//!
//! A message is asked for by its id, with the facts that it names: `say!(language, "low-stock", left = 3_u64, ends = ends)`.
//! Whole sentences are messages; nothing is put together from pieces, since languages order them differently.

mod dates;
mod discounts;
mod files;
mod reasons;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use fluent_bundle::{FluentArgs, FluentValue};
use serde::{Deserialize, Serialize};

pub use dates::{
    clock_words, day_head_words, day_words, end_words, instant_words, long_day_words, short_day_words, week_head_words,
};
pub use discounts::discount_words;
pub use reasons::reason_words;

/// A language that a workbook can be written in. What is handed back is understood in all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    SimplifiedChinese,
}

/// What a message is told: a count chooses the plural and is written with separators, a text stands as it is.
#[derive(Debug, Clone)]
pub enum Fact<'a> {
    Text(Cow<'a, str>),
    Count(u64),
}

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::SimplifiedChinese];

    /// As in the config: `en`, `zh-CN`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::SimplifiedChinese => "zh-CN",
        }
    }

    /// The language with that tag, without regard to case.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(tag.trim()))
    }

    /// The message `id`, which names no facts.
    pub fn say(self, id: &str) -> String {
        self.tell(id, &[])
    }

    /// The message `id` with its facts; see [`crate::say`]. One that a language lacks is said in English, and one that no
    /// language has by its id: a test finds both before anybody else does.
    pub fn tell(self, id: &str, facts: &[(&str, Fact)]) -> String {
        let mut told = FluentArgs::with_capacity(facts.len());
        for (name, fact) in facts {
            told.set(*name, fact.value());
        }
        [self, Self::English]
            .into_iter()
            .find_map(|language| files::message(language, id, &told))
            .unwrap_or_else(|| id.to_string())
    }

    /// Every message id of this language.
    pub fn ids(self) -> BTreeSet<String> {
        files::ids(self)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl Fact<'_> {
    fn value(&self) -> FluentValue<'_> {
        match self {
            Self::Text(text) => FluentValue::String(Cow::Borrowed(text.as_ref())),
            // Exact up to 2^53, beyond any count of coupons.
            Self::Count(count) => FluentValue::from(*count),
        }
    }
}

impl<'a> From<&'a str> for Fact<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Fact<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Fact<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<u64> for Fact<'_> {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<u32> for Fact<'_> {
    fn from(count: u32) -> Self {
        Self::Count(count.into())
    }
}

impl From<usize> for Fact<'_> {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

/// `say!(language, "message-id", name = value, …)`: the message with its facts.
#[macro_export]
macro_rules! say {
    ($language:expr, $id:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $language.tell($id, &[$((stringify!($name), $crate::language::Fact::from($value))),*])
    };
}
