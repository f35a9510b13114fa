//! The languages that a workbook can be written in: what it says is in message files (Fluent), one an area and language,
//! under `templates/language/`. The terminal, logs and archives speak English.
//!
//! A message is a value ([`Message`]) until it is rendered here; `say!(language, "low-stock", left = 3_u64)` does both at once.
//! Whole sentences are messages; nothing is put together from pieces, since languages order them differently.

mod dates;
mod files;
mod render;

use std::collections::BTreeSet;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::{Argument, Message};
use render::{Renderer, Room};

pub use dates::{DayShape, clock_words, day_words, end_words, instant_words};
pub use render::{capitalised, discount_message, shortened};

/// A language that a workbook can be written in: a folder of message files. What is handed back is understood in all of them.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(u8);

/// What its letters ask of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    Latin,
    /// Chinese letters: two columns wide, a taller face, a space where Latin letters meet them.
    Han,
}

impl Language {
    /// What the program is written in: the terminal's, the logs' and the archives' language.
    pub const ENGLISH: Self = Self(0);

    /// English first, the others by their tags.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        (0..files::count()).map(Self)
    }

    /// As in the config: `en`, `zh-CN`.
    pub fn tag(self) -> &'static str {
        files::messages(self).tag
    }

    pub fn script(self) -> Script {
        files::messages(self).script
    }

    /// The language with that tag, without regard to case.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::all().find(|language| language.tag().eq_ignore_ascii_case(tag.trim()))
    }

    /// The words of `message`.
    pub fn render(self, message: &Message) -> String {
        Renderer { language: self, room: Room::Free }.message(message)
    }

    /// Nothing where there is nothing to say.
    pub fn render_some(self, message: Option<&Message>) -> String {
        message.map_or(String::new(), |message| self.render(message))
    }

    /// The words of `message` for a cell of `columns_max` columns (a Chinese letter is two): the first of its wordings that
    /// fits, with long names shortened, and amounts that do not break at a line's end.
    pub fn render_within(self, message: &Message, columns_max: usize) -> String {
        render::within(self, message, columns_max)
    }

    /// The same for a cell that grows with its words.
    pub fn render_in_cell(self, message: &Message) -> String {
        self.render_within(message, usize::MAX)
    }

    /// The message `id`, which names no arguments.
    pub fn say(self, id: &str) -> String {
        self.tell(id, &[])
    }

    /// Every word that stands for the header `id`: the present one, and the one of earlier versions where it was another.
    pub fn spellings(self, id: &str) -> Vec<String> {
        [Some(self.say(id)), files::earlier(self, id)].into_iter().flatten().collect()
    }

    /// Whether this language has the message `id`, such as the name of what a platform told.
    pub fn has(self, id: &str) -> bool {
        files::has(self, id)
    }

    /// The message `id` with its arguments, said at once; see [`crate::say`]. One that a language lacks is said in English, and
    /// one that no language has by its id: a test finds both before anybody else does.
    pub fn tell(self, id: &str, arguments: &[(&str, Argument)]) -> String {
        let arguments = arguments.iter().map(|(name, argument)| (*name, argument));
        Renderer { language: self, room: Room::Free }.words(id, arguments)
    }

    pub fn day(self, shape: DayShape, day: NaiveDate) -> String {
        files::messages(self).dates.format(shape, day)
    }

    /// Every message id of this language.
    pub fn ids(self) -> BTreeSet<String> {
        files::ids(self)
    }
}

impl TryFrom<String> for Language {
    type Error = String;
    fn try_from(tag: String) -> Result<Self, String> {
        Self::parse(&tag).ok_or_else(|| format!("there are no message files for the language {tag:?}"))
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.tag().to_string()
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A message with its English, for machines: `{"id": …, "arguments": {…}, "english": …}`.
pub fn json_of(message: &Message) -> serde_json::Value {
    let mut json = serde_json::to_value(message).unwrap_or_default();
    if let Some(fields) = json.as_object_mut() {
        fields.remove("shorter");
        fields.insert("english".to_string(), Language::ENGLISH.render(message).into());
    }
    json
}

/// Adds its English to every message of a document, for machines whose readers are people.
pub fn add_english(document: &mut serde_json::Value) {
    add_english_of(document, &Language::ENGLISH.ids());
}

fn add_english_of(value: &mut serde_json::Value, known: &BTreeSet<String>) {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            let is_known = |id: &Value| id.as_str().is_some_and(|id| known.contains(id));
            let is_message = fields.get("id").is_some_and(is_known)
                && fields.keys().all(|name| matches!(name.as_str(), "id" | "arguments" | "shorter"));
            if !is_message {
                fields.values_mut().for_each(|value| add_english_of(value, known));
            } else if let Ok(message) = serde_json::from_value::<Message>(value.clone()) {
                *value = json_of(&message);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| add_english_of(value, known)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `say!(language, "message-id", name = value, …)`: the words of a message that is read where it is made.
#[macro_export]
macro_rules! say {
    ($language:expr, $id:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $language.tell($id, &[$((stringify!($name), $crate::domain::Argument::from($value))),*])
    };
}
