//! A section of the config, or a row of the list of stores, as it is typed: each value is asked for as what it must be, and
//! whatever is none is refused in words that say what to write. A key that nobody asked for is unknown.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::asked::Form;
use super::bounds::Bounds;
use super::complaints::{Complaints, Places};
use super::form::BACKSLASH;
use super::sample::{Sample, Samples};
use super::secret::SecretPlace;
use super::words::{choice, currency, wanted_of};
use crate::domain::Currency;
use crate::workbook::read::read_count_text;

pub(super) struct Section<'t> {
    /// The place of its head.
    pub at: usize,
    pub complaints: &'t Complaints<'t>,
    /// As it is written: `[rules]`, `[[rules.only]]`; empty for the keys above all heads.
    head: String,
    values: BTreeMap<&'t str, Entry<'t>>,
    asked: Vec<&'static str>,
    /// Keys of other sections that people write here, each complained about in words of its own.
    misplaced: Vec<&'static str>,
}

#[derive(Clone, Copy)]
struct Entry<'t> {
    /// The place of the key.
    at: usize,
    value: &'t Spanned<DeValue<'t>>,
}

impl<'t> Section<'t> {
    /// A row has no head, and the texts of its cells as its values.
    pub fn new(head: String, at: usize, table: &'t DeTable<'t>, complaints: &'t Complaints<'t>) -> Self {
        let entry = |(key, value): (&'t Spanned<DeString<'t>>, &'t Spanned<DeValue<'t>>)| {
            (key.get_ref().as_ref(), Entry { at: key.span().start, value })
        };
        Self {
            at,
            complaints,
            head,
            values: table.iter().map(entry).collect(),
            asked: Vec::new(),
            misplaced: Vec::new(),
        }
    }

    /// One that is left out.
    fn empty(head: String, at: usize, complaints: &'t Complaints<'t>) -> Self {
        Self { at, complaints, head, values: BTreeMap::new(), asked: Vec::new(), misplaced: Vec::new() }
    }

    /// The section's end: what was not asked for is refused.
    pub fn end(self) {
        let is_known = |key: &str| self.asked.contains(&key) || self.misplaced.contains(&key);
        for (key, entry) in self.values.iter().filter(|(key, _)| !is_known(key)) {
            let what = match entry.value.get_ref().is_table() && self.head.is_empty() {
                true => format!("unknown section [{key}]"),
                false => self.of_key("unknown", key),
            };
            self.complaints.of_form(entry.at, what, wanted_of(key, self.asked.iter().copied(), "`"));
        }
    }

    /// Of a section whose keys are the user's own, such as currencies: each with what is written behind it.
    pub fn entries(self, keys: Form, values: Form) -> Vec<(Spanned<String>, Spanned<String>)> {
        self.complaints.note_own(self.name(), keys, values);
        let entry = |(key, entry): (&&str, &Entry)| {
            let text = self.written(entry).or_else(|| self.mistaken(key, entry, "one value", "one text or number"))?;
            Some((Spanned::new(entry.at..entry.at + key.len(), key.to_string()), text))
        };
        self.values.iter().filter_map(entry).collect()
    }

    pub fn text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.text_as(key, Form::Text)
    }

    /// The same of a text that is more than any text, which whoever asks sees to.
    pub fn text_as(&mut self, key: &'static str, form: Form) -> Option<Spanned<String>> {
        let entry = self.entry(key, form)?;
        if !entry.value.get_ref().is_str() {
            let text = self.written(&entry).map_or_else(|| "…".to_string(), Spanned::into_inner);
            return self.mistaken(key, &entry, "a text between quotes", &format!("{key} = \"{text}\""));
        }
        self.written(&entry)
    }

    pub fn word(&mut self, key: &'static str) -> Option<String> {
        self.text(key).map(Spanned::into_inner)
    }

    /// An id, which people write with or without quotes. An office program shows a long one as 7.49E+18 and saves it so: its
    /// digits are gone, and no platform knows the rest.
    pub fn digits(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let entry = self.entry(key, Form::Id)?;
        let Some(written) = self.written(&entry) else {
            return self.mistaken(key, &entry, "an id", &format!("{key} = \"…\""));
        };
        let (at, text) = (written.span(), written.get_ref().trim());
        if text.to_uppercase().contains("E+") {
            let wanted = "an office program shortened it: make the column text, then write the whole id";
            self.complaints.at(at.start, format!("{text:?} cannot be read"), wanted);
            return None;
        }
        Some(Spanned::new(at, text.to_string()))
    }

    /// A path; one whose backslashes were taken for line ends and tabs is told so.
    pub fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        let path = self.text_as(key, Form::Path)?;
        if path.get_ref().contains(char::is_control) {
            let what = format!("{key}: {BACKSLASH}");
            let written = self.complaints.source(path.span()).trim_matches('"');
            self.complaints.of_form(
                path.span().start,
                what,
                format!("write {key} = '{written}', between single quotes"),
            );
            return None;
        }
        Some(PathBuf::from(path.into_inner()))
    }

    /// Office programs write TRUE and FALSE in their own language; the words of a row are those that most leave alone.
    pub fn flag(&mut self, key: &'static str) -> Option<bool> {
        let entry = self.entry(key, Form::Flag)?;
        let Some(text) = self.cell(&entry) else {
            return entry.value.get_ref().as_bool().or_else(|| {
                self.mistaken(key, &entry, "true or false without quotes", &format!("{key} = true, or {key} = false"))
            });
        };
        match text.to_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => {
                self.complaints.at(entry.at, format!("{text:?} cannot be read"), "write true or false");
                None
            }
        }
    }

    pub fn number<T: TryFrom<Decimal>>(&mut self, bounds: &'static Bounds) -> Option<T> {
        self.number_as(bounds, Form::Number(bounds))
    }

    /// A number that is called otherwise today.
    pub fn old_number<T: TryFrom<Decimal>>(&mut self, bounds: &'static Bounds, today: &'static str) -> Option<T> {
        self.number_as(bounds, Form::OldNumber(bounds, today))
    }

    fn number_as<T: TryFrom<Decimal>>(&mut self, bounds: &'static Bounds, form: Form) -> Option<T> {
        let entry = self.entry(bounds.key, form)?;
        if let Some(text) = self.cell(&entry) {
            // In a table `1.000` may be a thousand.
            let read = read_count_text(text, None)
                .map_or_else(|_| Err(bounds.wrong(text)), |count| bounds.read(&count.to_string()));
            return read.map_err(|(what, wanted)| self.complaints.at(entry.at, what, wanted)).ok();
        }
        let written =
            self.written(&entry).or_else(|| self.mistaken(bounds.key, &entry, "a number", &bounds.to_string()))?;
        number(&written, bounds, self.complaints)
    }

    /// A list; in a cell its parts are separated by `|`.
    pub fn texts(&mut self, key: &'static str) -> Option<Vec<Spanned<String>>> {
        self.texts_as(key, Form::Text)
    }

    /// The same of texts that are more than any text, which whoever asks sees to.
    pub fn texts_as(&mut self, key: &'static str, each: Form) -> Option<Vec<Spanned<String>>> {
        let entry = self.entry(key, Form::List(Box::new(each)))?;
        if let Some(text) = self.cell(&entry) {
            let parts = text.split('|').map(str::trim).filter(|part| !part.is_empty());
            return Some(parts.map(|part| Spanned::new(entry.value.span(), part.to_string())).collect());
        }
        let DeValue::Array(list) = entry.value.get_ref() else {
            let text = self.written(&entry).map_or_else(|| "…".to_string(), Spanned::into_inner);
            return self.mistaken(key, &entry, "a list between brackets", &format!("{key} = [\"{text}\"]"));
        };
        let text = |value: &Spanned<DeValue>| match value.get_ref() {
            DeValue::String(text) => Some(Spanned::new(value.span(), text.to_string())),
            _ => None,
        };
        let texts: Option<Vec<_>> = list.iter().map(text).collect();
        texts.or_else(|| self.mistaken(key, &entry, "a list of texts", &format!("{key} = [\"…\", \"…\"]")))
    }

    /// Names of the user's own with a text each, as a JSON object; in a cell `name=text`, separated by `|`, where a text may have further
    /// parts behind a `|` of its own as long as they hold no `=`.
    pub fn pairs(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.declare(key, Form::Pairs);
        let entry = *self.values.get(key)?;
        let at = entry.value.span();
        let pairs: Vec<(String, String)> = match self.cell(&entry) {
            None => {
                let entries = self.section(key).entries(Form::Text, Form::Text).into_iter();
                entries.map(|(name, text)| (name.into_inner(), text.into_inner())).collect()
            }
            Some(cell) => {
                self.asked.push(key);
                let mut pairs: Vec<(String, String)> = Vec::new();
                for part in cell.split('|') {
                    match (part.split_once('='), pairs.last_mut()) {
                        (Some((name, text)), _) => pairs.push((name.trim().to_string(), text.trim().to_string())),
                        (None, Some((_, text))) => text.push_str(&format!("|{part}")),
                        (None, None) => {
                            let wanted = format!("write {key} as name=text, separated by |");
                            self.complaints.at(entry.at, format!("{cell:?} cannot be read"), wanted);
                            return None;
                        }
                    }
                }
                pairs
            }
        };
        let object: serde_json::Map<String, serde_json::Value> =
            pairs.into_iter().map(|(name, text)| (name, text.into())).collect();
        Some(Spanned::new(at, serde_json::Value::Object(object).to_string()))
    }

    /// The section below this one, empty where it is left out.
    pub fn section(&mut self, key: &'static str) -> Section<'t> {
        let head = format!("[{}]", self.name_of(key));
        if let Some(entry) = self.entry(key, Form::Section) {
            if let Some(table) = entry.value.get_ref().as_table() {
                return Section::new(head, entry.at, table, self.complaints);
            }
            self.mistaken::<()>(key, &entry, "one section", &format!("{head} and its keys below it"));
        }
        Section::empty(head, self.at, self.complaints)
    }

    /// The same where a text may stand as well, which then is the section's `only_key`; none where it is left out.
    pub fn given_section_or_text(&mut self, key: &'static str, only_key: &'static str) -> Option<Section<'t>> {
        self.declare(key, Form::SectionOrText);
        self.asked.push(key);
        match self.values.get(key) {
            Some(entry) if entry.value.get_ref().is_str() => {
                let (at, values) = (entry.at, BTreeMap::from([(only_key, *entry)]));
                let (head, complaints) = (key.to_string(), self.complaints);
                Some(Section { at, complaints, head, values, asked: Vec::new(), misplaced: Vec::new() })
            }
            None if !self.complaints.is_recording() => None,
            _ => Some(self.section(key)),
        }
    }

    /// The sections that are written with two pairs of brackets, in the file's order.
    pub fn sections(&mut self, key: &'static str) -> Vec<Section<'t>> {
        let head = format!("[[{}]]", self.name_of(key));
        let Some(entry) = self.entry(key, Form::Sections) else {
            // Whoever records what is asked for is to hear of what would be asked of each.
            let empty = || Section::empty(head.clone(), self.at, self.complaints);
            return self.complaints.is_recording().then(empty).into_iter().collect();
        };
        let section = |value: &'t Spanned<DeValue<'t>>| {
            Some(Section::new(head.clone(), value.span().start, value.get_ref().as_table()?, self.complaints))
        };
        let sections: Option<Vec<_>> =
            entry.value.get_ref().as_array().and_then(|list| list.iter().map(section).collect());
        let wanted = format!("{head}, with two pairs of brackets, above the keys of each");
        sections.or_else(|| self.mistaken(key, &entry, "a list of sections", &wanted)).unwrap_or_default()
    }

    /// The same; none where none is there.
    pub fn given_sections(&mut self, key: &'static str) -> Option<Vec<Section<'t>>> {
        self.asked.push(key);
        (self.is_given(key) || self.complaints.is_recording()).then(|| self.sections(key))
    }

    /// Where a secret lies. One that is written out is read only to be refused.
    pub fn secret(&mut self, key: &'static str) -> Option<Spanned<SecretPlace>> {
        self.secret_as(key, Form::Secret)
    }

    /// The same of what is a secret only where it holds a password.
    pub fn proxy(&mut self, key: &'static str) -> Option<Spanned<SecretPlace>> {
        self.secret_as(key, Form::Proxy)
    }

    fn secret_as(&mut self, key: &'static str, form: Form) -> Option<Spanned<SecretPlace>> {
        let entry = self.entry(key, form)?;
        let place = match (self.cell(&entry), entry.value.get_ref().as_table()) {
            (Some(text), _) => SecretPlace::of_cell(text),
            (None, None) => SecretPlace::WrittenOut(entry.value.get_ref().as_str().unwrap_or_default().to_string()),
            (None, Some(table)) => {
                let mut named = Section::new(key.to_string(), entry.at, table, self.complaints);
                let place = SecretPlace::named(named.word("env"), named.path("file"), named.word("keyring"));
                named.end();
                place
            }
        };
        Some(Spanned::new(entry.at..entry.at + 1, place))
    }

    pub fn is_given(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// A key that may stand here without being asked for.
    pub fn allow(&mut self, key: &'static str) {
        self.complaints.note_allowed(self.name(), key);
        self.asked.push(key);
    }

    /// The text of a key that belongs elsewhere: whoever asks complains of it.
    pub fn misplaced(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.misplaced.push(key);
        let entry = self.values.get(key)?;
        Some(self.written(entry).unwrap_or_else(|| Spanned::new(entry.at..entry.at + 1, "…".to_string())))
    }

    /// A key that is asked for as `form` where it is given, and made known where it is not.
    pub fn declare(&self, key: &'static str, form: Form) {
        self.complaints.note(self.name(), key, form);
    }

    /// A key without which the section is of no use, whoever complains of that.
    pub fn declare_needed(&self, key: &'static str) {
        self.complaints.note_needed(self.name(), key);
    }

    /// The key's value, which must be there.
    pub fn needed(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.needed_as(key, Form::Text)
    }

    /// The same of a text that is more than any text, which whoever asks sees to.
    pub fn needed_as(&mut self, key: &'static str, form: Form) -> Option<Spanned<String>> {
        self.must_have(key);
        self.text_as(key, form)
    }

    /// Complains where the key is left out.
    pub fn must_have(&mut self, key: &'static str) -> bool {
        self.declare_needed(key);
        if !self.is_given(key) {
            let (what, wanted) = match self.complaints.places {
                Places::Text(_) => {
                    let sample = Samples::all().of(self.name(), None, key).map(Sample::line);
                    let such_as = sample.map_or(String::new(), |line| format!(", such as {line}"));
                    (self.of_key("missing", key), format!("add it{such_as}; `couponbook init` writes an example"))
                }
                Places::Cells(_) => (format!("{key} is empty"), "every store needs one".to_string()),
            };
            self.complaints.near(self.at, what, wanted);
        }
        self.is_given(key)
    }

    /// One of `words`; `kind` says what they are: "a severity".
    pub fn choice<T>(
        &mut self,
        key: &'static str,
        kind: &str,
        words: impl IntoIterator<Item = (&'static str, T)>,
    ) -> Option<T> {
        let words: Vec<(&'static str, T)> = words.into_iter().collect();
        let form = Form::Word(words.iter().map(|(word, _)| *word).collect());
        choice(&self.text_as(key, form)?, kind, words, self.complaints)
    }

    fn entry(&mut self, key: &'static str, form: Form) -> Option<Entry<'t>> {
        self.declare(key, form);
        self.asked.push(key);
        self.values.get(key).copied()
    }

    /// The text in a cell of a row; none in a config.
    fn cell(&self, entry: &Entry<'t>) -> Option<&'t str> {
        matches!(self.complaints.places, Places::Cells(_)).then(|| entry.value.get_ref().as_str()).flatten()
    }

    /// Its head without brackets.
    fn name(&self) -> &str {
        self.head.trim_matches(['[', ']'])
    }

    fn name_of(&self, key: &str) -> String {
        let name = self.name();
        if name.is_empty() { key.to_string() } else { format!("{name}.{key}") }
    }

    /// `unknown key `x` in [rules]`.
    fn of_key(&self, how: &str, key: &str) -> String {
        let place = if self.head.is_empty() { String::new() } else { format!(" in {}", self.head) };
        format!("{how} key `{key}`{place}")
    }

    /// What is written, where it is one value; numbers letter for letter, so that 0.1 stays 0.1.
    fn written(&self, entry: &Entry) -> Option<Spanned<String>> {
        let text = match entry.value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            DeValue::Array(_) | DeValue::Table(_) => return None,
        };
        Some(Spanned::new(entry.value.span(), text))
    }

    /// Complains that the value is of another kind than `wanted`.
    fn mistaken<T>(&self, key: &str, entry: &Entry, wanted: &str, example: &str) -> Option<T> {
        let found = match entry.value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(list) if !list.is_empty() && list.iter().all(|value| value.get_ref().is_table()) => {
                "a list of sections"
            }
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "one section",
        };
        let what = format!("{} is {found} where {wanted} stands", self.name_of(key));
        self.complaints.of_form(entry.at, what, format!("write {example}"));
        None
    }
}

impl Section<'_> {
    /// Of a section below this one: an amount for each currency that is named there.
    pub fn amounts(&mut self, key: &'static str, bounds: &'static Bounds) -> BTreeMap<Currency, Decimal> {
        let mut amounts = BTreeMap::new();
        for (code, amount) in self.section(key).entries(Form::Currency, Form::Number(bounds)) {
            let amount = number(&amount, bounds, self.complaints);
            if let (Some(currency), Some(amount)) = (currency(&code, self.complaints), amount) {
                amounts.insert(currency, amount);
            }
        }
        amounts
    }
}

/// The number that is `written`, where it keeps to its `bounds`.
fn number<T: TryFrom<Decimal>>(written: &Spanned<String>, bounds: &Bounds, complaints: &Complaints) -> Option<T> {
    let read = bounds.read(written.get_ref());
    read.map_err(|(what, wanted)| complaints.at(written.span().start, what, wanted)).ok()
}
