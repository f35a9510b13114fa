//! The example that `init` writes, read for what it says of each key: the words of the schemas and of the reference.

use std::sync::LazyLock;

const TEXT: &str = include_str!("../../templates/couponbook.toml");

/// A key of the example.
#[derive(Debug)]
pub(super) struct Sample {
    /// Its section; empty above all heads.
    pub path: String,
    /// Which of several sections of one name.
    section: usize,
    pub key: String,
    pub value: String,
    /// Whether the value holds while the key is left out; none where the example says neither that nor that it is one of many.
    pub is_default: Option<bool>,
    pub says: String,
    /// What holds while the key is left out, in words.
    pub left_out: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Samples {
    /// The head of each section, in the example's order, with what stands above it.
    pub heads: Vec<(String, String)>,
    pub samples: Vec<Sample>,
}

/// Read once, by the first who asks.
static SAMPLES: LazyLock<Samples> = LazyLock::new(Samples::read);

impl Samples {
    pub fn all() -> &'static Self {
        &SAMPLES
    }

    fn read() -> Self {
        let mut samples = Self { heads: vec![(String::new(), String::new())], samples: Vec::new() };
        // What is said above the next line, whether an empty remark ended it, and whether the last line was a key's.
        let (mut said, mut is_over, mut is_of_key) = (String::new(), false, false);
        for line in TEXT.lines() {
            let bare = line.strip_prefix('#').map_or(line, |rest| rest.strip_prefix(' ').unwrap_or(rest));
            if bare.trim().is_empty() {
                (is_over, is_of_key) = (true, false);
            } else if let (Some(more), true) = (bare.trim_start().strip_prefix('#'), is_of_key) {
                samples.go_on(more.trim());
            } else if let Some(path) = head(bare) {
                samples.heads.push((path.to_string(), std::mem::take(&mut said)));
                (is_over, is_of_key) = (false, false);
            } else if let Some((key, value, remark)) = key(bare) {
                let above = if is_over { "" } else { said.as_str() };
                samples.add(key, value, if remark.is_empty() { above } else { remark });
                (said, is_over, is_of_key) = (String::new(), false, true);
            } else {
                if is_over {
                    said.clear();
                }
                let gap = if said.is_empty() { "" } else { " " };
                said = format!("{said}{gap}{}", bare.trim());
                (is_over, is_of_key) = (false, false);
            }
        }
        samples.samples.iter_mut().for_each(Sample::end);
        samples
    }

    /// The key of the section at `path`, that in which `decided` (its key and word) holds before any other.
    pub fn of(&self, path: &str, decided: Option<(&str, &str)>, key: &str) -> Option<&Sample> {
        let here = |sample: &&Sample| sample.path == path && sample.key == key;
        let told = || self.samples.iter().filter(here).find(|sample| !sample.says.is_empty());
        let special = decided.and_then(|decided| self.of_only(path, decided, key));
        special.or_else(told).or_else(|| self.samples.iter().find(here))
    }

    /// The same where one is in such a section only.
    pub fn of_only(&self, path: &str, (decides, word): (&str, &str), key: &str) -> Option<&Sample> {
        let here = |sample: &&Sample| sample.path == path && sample.key == key;
        self.samples.iter().filter(here).find(|sample| self.value_in(sample.section, decides) == Some(word))
    }

    /// What is said of it, there or of a key of that name elsewhere.
    pub fn says(&self, path: &str, decided: Option<(&str, &str)>, key: &str) -> Option<&str> {
        let is_told = |sample: &&Sample| !sample.says.is_empty();
        let elsewhere = || self.samples.iter().filter(is_told).find(|sample| sample.key == key);
        self.of(path, decided, key).filter(is_told).or_else(elsewhere).map(|sample| sample.says.as_str())
    }

    /// What stands above the first section of that path, or the first with `decided` of which anything is said.
    pub fn about(&self, path: &str, decided: Option<(&str, &str)>) -> String {
        let heads = self.heads.iter().enumerate().filter(|(_, (head, _))| head == path);
        let mut texts =
            heads.filter(|(section, _)| decided.is_none_or(|(key, word)| self.value_in(*section, key) == Some(word)));
        let first = texts.find(|(_, (_, text))| decided.is_none() || !text.is_empty());
        let text = first.map(|(_, (_, text))| text.as_str()).unwrap_or_default();
        text.strip_suffix(" An example.").unwrap_or(text).to_string()
    }

    fn value_in(&self, section: usize, key: &str) -> Option<&str> {
        let sample = self.samples.iter().find(|sample| sample.section == section && sample.key == key)?;
        Some(sample.value.trim_matches('"'))
    }

    fn add(&mut self, key: &str, value: &str, says: &str) {
        let section = self.heads.len().saturating_sub(1);
        let path = self.heads.last().map(|(path, _)| path.clone()).unwrap_or_default();
        let (key, value, says) = (key.to_string(), value.to_string(), says.to_string());
        self.samples.push(Sample { path, section, key, value, is_default: None, says, left_out: None });
    }

    fn go_on(&mut self, more: &str) {
        if let Some(sample) = self.samples.last_mut() {
            sample.says = format!("{} {more}", sample.says);
        }
    }
}

impl Sample {
    /// As one writes it into a config: `country = "th"`.
    pub fn line(&self) -> String {
        format!("{} = {}", self.key, self.value)
    }

    /// Its value; none where that is no plain one.
    pub fn json(&self) -> Option<serde_json::Value> {
        let mut table: serde_json::Value = toml::from_str(&format!("value = {}", self.value)).ok()?;
        table.get_mut("value").map(serde_json::Value::take)
    }

    /// Takes the mark and what holds without the key out of what is said.
    fn end(&mut self) {
        for (mark, is_default) in [("default", true), ("example", false)] {
            if let Some(rest) = self.says.strip_prefix(mark) {
                self.is_default = Some(is_default);
                self.says = rest.trim_start_matches([':', ';', ' ']).to_string();
            }
        }
        if let Some((says, left_out)) = self.says.split_once("left out: ") {
            self.left_out = Some(left_out.to_string());
            self.says = says.trim_end_matches([' ', ';', '.']).to_string();
        }
    }
}

/// `rules.only` of `[[rules.only]]`.
fn head(line: &str) -> Option<&str> {
    let (head, rest) = line.split_once(']')?;
    let rest = rest.trim_start_matches(']').trim();
    let is_head = head.starts_with('[') && (rest.is_empty() || rest.starts_with('#'));
    let path = head.trim_start_matches('[');
    (is_head && path.chars().all(|letter| letter.is_ascii_lowercase() || "_.".contains(letter))).then_some(path)
}

/// A key, its value, and what is said behind it.
fn key(line: &str) -> Option<(&str, &str, &str)> {
    let (key, rest) = line.split_once(" = ")?;
    let is_word = !key.is_empty() && key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let (value, remark) = rest.split_once(" # ").unwrap_or((rest, ""));
    is_word.then_some((key, value.trim(), remark.trim()))
}
