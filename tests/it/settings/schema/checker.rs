//! So much of JSON Schema (2020-12) as the schemas of the settings use; a keyword that it does not know is a mistake in a schema.

use regex::Regex;
use serde_json::{Map, Value};

/// What the schema says against the value, each with its place.
pub fn complaints(schema: &Value, value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    Checker { whole: schema }.check(schema, value, "", &mut wrong);
    wrong
}

struct Checker<'s> {
    whole: &'s Value,
}

impl Checker<'_> {
    fn takes(&self, schema: &Value, value: &Value) -> bool {
        let mut wrong = Vec::new();
        self.check(schema, value, "", &mut wrong);
        wrong.is_empty()
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        let schema = match schema {
            Value::Bool(true) => return,
            Value::Bool(false) => return wrong.push(format!("{at} must not be there")),
            Value::Object(schema) => schema,
            other => panic!("{other} is no schema"),
        };
        for (keyword, wanted) in schema {
            let is_so = match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "default" | "deprecated" | "then" | "properties" => {
                    true
                }
                "$ref" => {
                    let path = wanted.as_str().unwrap().strip_prefix('#').unwrap();
                    self.check(self.whole.pointer(path).unwrap(), value, at, wrong);
                    true
                }
                "type" => match wanted {
                    Value::Array(several) => several.iter().any(|one| is_of(one, value)),
                    one => is_of(one, value),
                },
                "enum" => wanted.as_array().unwrap().contains(value),
                "const" => wanted == value,
                "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
                "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
                "pattern" => {
                    let pattern = Regex::new(wanted.as_str().unwrap()).unwrap();
                    value.as_str().is_none_or(|text| pattern.is_match(text))
                }
                "anyOf" => wanted.as_array().unwrap().iter().any(|one| self.takes(one, value)),
                "not" => !self.takes(wanted, value),
                "allOf" => {
                    wanted.as_array().unwrap().iter().for_each(|one| self.check(one, value, at, wrong));
                    true
                }
                "if" => {
                    if self.takes(wanted, value) {
                        self.check(&schema["then"], value, at, wrong);
                    }
                    true
                }
                "required" => {
                    let keys = wanted.as_array().unwrap().iter().map(|key| key.as_str().unwrap());
                    let given = |key: &str| value.as_object().is_none_or(|object| object.contains_key(key));
                    keys.for_each(|key| {
                        if !given(key) {
                            wrong.push(format!("{at}: {key} is missing"))
                        }
                    });
                    true
                }
                "additionalProperties" => {
                    self.others(schema, wanted, value, at, wrong);
                    true
                }
                "propertyNames" => {
                    let keys = value.as_object().into_iter().flatten().map(|(key, _)| Value::from(key.as_str()));
                    keys.for_each(|key| self.check(wanted, &key, &format!("{at}: the key {key}"), wrong));
                    true
                }
                "items" => {
                    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(wanted, item, &format!("{at}[{place}]"), wrong);
                    }
                    true
                }
                "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= wanted.as_u64().unwrap()),
                "minProperties" => value.as_object().is_none_or(|keys| keys.len() as u64 >= wanted.as_u64().unwrap()),
                "maxProperties" => value.as_object().is_none_or(|keys| keys.len() as u64 <= wanted.as_u64().unwrap()),
                _ => panic!("the checker knows no {keyword:?}, at {at}"),
            };
            if !is_so {
                wrong.push(format!("{at}: {keyword} is {wanted}, found {value}"));
            }
        }
        let known = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        for (key, known) in known {
            if let Some(value) = value.get(key) {
                self.check(known, value, &format!("{at}.{key}"), wrong);
            }
        }
    }

    fn others(&self, schema: &Map<String, Value>, wanted: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        let is_known = |key: &str| schema.get("properties").is_some_and(|known| known.get(key).is_some());
        for (key, value) in value.as_object().into_iter().flatten().filter(|(key, _)| !is_known(key)) {
            self.check(wanted, value, &format!("{at}.{key}"), wrong);
        }
    }
}

fn is_of(wanted: &Value, value: &Value) -> bool {
    match wanted.as_str().unwrap() {
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no such type: {other}"),
    }
}
