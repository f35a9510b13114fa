//! JSON Schemas (2020-12) of `couponbook.toml` and of a list of stores, made of what their reader asks for.
//!
//! A schema is stricter in spelling: words stand as they are written in the reference, while the reader overlooks case and spaces. What takes
//! more than one look, such as whether two stores are one shop, only the program sees.

use chrono_tz::TZ_VARIANTS;
use serde_json::{Map, Value, json};

use super::asked::Form;
use super::known::{Known, Variant};
use super::sample::{Sample, Samples};
use super::stores::NEEDED;
use crate::domain::Currency;
use crate::platforms::Platforms;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Of a config.
pub fn of_config(platforms: Platforms) -> Value {
    let writer = Writer { known: Known::of(platforms), samples: Samples::all() };
    let mut schema = writer.section("");
    schema.insert("$schema".to_string(), DRAFT.into());
    schema.insert("title".to_string(), "couponbook.toml".into());
    schema.insert("anyOf".to_string(), json!([{ "required": ["store"] }, { "required": ["stores_file"] }]));
    let one_place = json!({
        "description": "Where a secret lies: an environment variable, a file that only you can read, or an entry of the keyring.",
        "type": "object",
        "properties": {
            "env": { "type": "string" },
            "file": { "type": "string" },
            "keyring": { "type": "string" },
        },
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": false,
    });
    let defs = json!({
        "secret": one_place,
        "currency": { "description": "A currency of ISO 4217.", "enum": Currency::codes().collect::<Vec<_>>() },
        "time_zone": { "description": "A time zone of IANA.", "enum": zones() },
    });
    schema.insert("$defs".to_string(), defs);
    Value::Object(schema)
}

/// Of a list of stores: its rows, each an object of the cells that are not empty, by their columns.
pub fn of_stores(platforms: Platforms) -> Value {
    let writer = Writer { known: Known::of(platforms), samples: Samples::all() };
    let keys = writer.known.keys("store");
    let columns: Map<String, Value> =
        keys.iter().map(|(key, form)| (key.to_string(), writer.cell(key, form))).collect();
    let mut row = json!({ "type": "object", "properties": columns, "required": NEEDED, "additionalProperties": false });
    let conditions = writer.conditions("store");
    if let (Some(row), false) = (row.as_object_mut(), conditions.is_empty()) {
        row.insert("allOf".to_string(), conditions.into());
    }
    json!({
        "$schema": DRAFT,
        "title": "The list of stores, as `stores_file` names it",
        "description": "A row for each store: its cells by the names of their columns. An empty cell is left out.",
        "type": "array",
        "items": row,
        "minItems": 1,
        "$defs": {
            "currency": { "enum": Currency::codes().collect::<Vec<_>>() },
            "time_zone": { "enum": zones() },
        },
    })
}

fn zones() -> Vec<&'static str> {
    TZ_VARIANTS.iter().map(|zone| zone.name()).collect()
}

struct Writer {
    known: Known,
    samples: &'static Samples,
}

impl Writer {
    fn section(&self, path: &str) -> Map<String, Value> {
        let mut schema = Map::new();
        let asked = self.known.usual.sections.get(path);
        schema.insert("type".to_string(), "object".into());
        if let Some((keys, values)) = asked.and_then(|asked| asked.own.as_ref()) {
            schema.insert("propertyNames".to_string(), self.value(path, "", keys));
            schema.insert("additionalProperties".to_string(), self.value(path, "", values));
            return schema;
        }
        let properties: Map<String, Value> = self
            .known
            .keys(path)
            .into_iter()
            .map(|(key, form)| (key.to_string(), self.property(path, key, form)))
            .collect();
        schema.insert("properties".to_string(), properties.into());
        let needed: Vec<&str> = asked.map(|asked| asked.needed.clone()).unwrap_or_default();
        if !needed.is_empty() {
            schema.insert("required".to_string(), json!(needed));
        }
        schema.insert("additionalProperties".to_string(), false.into());
        let conditions = self.conditions(path);
        if !conditions.is_empty() {
            schema.insert("allOf".to_string(), conditions.into());
        }
        schema
    }

    /// What is needed, and what may stand there, where one key is a certain word.
    fn conditions(&self, path: &str) -> Vec<Value> {
        let every: Vec<&str> = self.known.keys(path).iter().map(|(key, _)| *key).collect();
        self.known.variants_of(path).filter_map(|variant| self.condition(variant, &every)).collect()
    }

    fn condition(&self, variant: &Variant, every: &[&str]) -> Option<Value> {
        let Variant { key, word, asked, .. } = variant;
        let needed = variant.needed(&self.known.usual);
        let may = |name: &str| asked.form(name).is_some() || asked.allowed.contains(&name);
        let allowed: Vec<&str> = every.iter().copied().filter(|name| may(name)).collect();
        if needed.is_empty() && allowed.len() == every.len() {
            return None;
        }
        let mut only_if = json!({ "properties": { *key: { "const": word } }, "required": [key] });
        if let (Some((other, free)), Some(only_if)) = (variant.needs_nothing_with(), only_if.as_object_mut()) {
            let is_free = json!({ "properties": { other: { "const": free } }, "required": [other] });
            only_if.insert("not".to_string(), is_free);
        }
        let mut then = Map::new();
        if !needed.is_empty() {
            then.insert("required".to_string(), json!(needed));
        }
        if allowed.len() < every.len() {
            then.insert("propertyNames".to_string(), json!({ "enum": allowed }));
        }
        Some(json!({ "if": only_if, "then": then }))
    }

    fn property(&self, path: &str, key: &str, form: &Form) -> Value {
        let mut value = self.value(path, key, form);
        let Some(schema) = value.as_object_mut() else { return value };
        let sample = self.samples.of(path, None, key);
        let described = match form {
            Form::Section | Form::Sections | Form::SectionOrText => Some(self.samples.about(&joined(path, key), None)),
            Form::OldNumber(_, today) => Some(format!("The old name of {today}.")),
            _ => self.samples.says(path, None, key).map(str::to_string),
        };
        if let Some(described) = described.filter(|described| !described.is_empty()) {
            schema.insert("description".to_string(), described.into());
        }
        let usual = sample.filter(|sample| sample.is_default == Some(true)).and_then(Sample::json);
        if let Some(usual) = usual {
            schema.insert("default".to_string(), usual);
        }
        value
    }

    /// What may stand behind the key; of a section what may stand in it.
    fn value(&self, path: &str, key: &str, form: &Form) -> Value {
        match form {
            Form::Text => json!({ "type": "string" }),
            Form::Like(_, pattern) => json!({ "type": "string", "pattern": pattern }),
            // What an office program shortened has lost its digits.
            Form::Id => {
                json!({ "anyOf": [{ "type": "integer" }, { "type": "string", "not": { "pattern": "[eE]\\+" } }] })
            }
            Form::Path => json!({ "type": "string", "pattern": "^[^\\u0000-\\u001f]*$" }),
            Form::Flag => json!({ "type": "boolean" }),
            Form::Number(bounds) => {
                let (least, most) = bounds.range();
                let kind = if bounds.may_have_fraction() { "number" } else { "integer" };
                let fraction = if bounds.may_have_fraction() { "(\\.[0-9]+)?" } else { "" };
                let sign = if bounds.may_have_percent_sign() { "%?\\s*" } else { "" };
                let pattern = format!("^\\s*[0-9]+{fraction}\\s*{sign}$");
                json!({ "anyOf": [{ "type": kind, "minimum": least, "maximum": most }, { "type": "string", "pattern": pattern }] })
            }
            Form::OldNumber(bounds, _) => {
                let mut value = self.value(path, key, &Form::Number(bounds));
                value.as_object_mut().map(|schema| schema.insert("deprecated".to_string(), true.into()));
                value
            }
            Form::Word(words) => json!({ "enum": words }),
            Form::Zone => json!({ "$ref": "#/$defs/time_zone" }),
            Form::Currency => json!({ "$ref": "#/$defs/currency" }),
            Form::Secret => json!({ "$ref": "#/$defs/secret" }),
            Form::Proxy => {
                json!({ "anyOf": [{ "type": "string", "pattern": "^[^@]*$" }, { "$ref": "#/$defs/secret" }] })
            }
            Form::List(each) => json!({ "type": "array", "items": self.value(path, key, each) }),
            Form::Pairs => {
                json!({ "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] } })
            }
            Form::Section => self.section(&joined(path, key)).into(),
            Form::SectionOrText => json!({ "anyOf": [{ "type": "string" }, self.section(&joined(path, key))] }),
            Form::Sections => json!({ "type": "array", "items": self.section(&joined(path, key)) }),
        }
    }

    /// The text in a cell of that column.
    fn cell(&self, key: &str, form: &Form) -> Value {
        let mut value = match form {
            Form::Flag => {
                json!({ "type": "string", "pattern": format!("^({})$", ["true", "yes", "1", "false", "no", "0"].map(in_any_case).join("|")) })
            }
            Form::Number(_) | Form::OldNumber(..) => json!({ "type": "string", "pattern": "^[0-9]+$" }),
            Form::Secret => json!({ "type": "string", "pattern": place_in_cell() }),
            Form::Proxy => json!({ "type": "string", "pattern": format!("^[^@]*$|{}", place_in_cell()) }),
            Form::Id => json!({ "type": "string", "not": { "pattern": "[eE]\\+" } }),
            Form::Pairs => json!({ "type": "string", "pattern": "=" }),
            Form::Text | Form::List(_) | Form::Section | Form::SectionOrText | Form::Sections => {
                json!({ "type": "string" })
            }
            Form::Like(..) | Form::Path | Form::Word(_) | Form::Zone | Form::Currency => self.value("store", key, form),
        };
        let says = self.samples.says("store", None, key);
        if let (Some(schema), Some(says)) = (value.as_object_mut(), says) {
            schema.insert("description".to_string(), says.into());
        }
        value
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_string() } else { format!("{path}.{key}") }
}

/// `env:NAME` and its like.
fn place_in_cell() -> String {
    format!("^\\s*({})\\s*:.*\\S", ["env", "file", "keyring"].map(in_any_case).join("|"))
}

/// A regular expression of the word in capitals, small letters, or both.
fn in_any_case(word: &str) -> String {
    let letter = |letter: char| match letter.is_ascii_alphabetic() {
        true => format!("[{}{letter}]", letter.to_ascii_uppercase()),
        false => letter.to_string(),
    };
    word.chars().map(letter).collect()
}
