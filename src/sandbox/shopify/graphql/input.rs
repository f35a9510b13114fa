//! Values of a client, read as the types that the schema gives them.

use async_graphql_parser::types::{BaseType, Type};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::schema::Schema;
use crate::domain::{Timestamp, local_instant};
use crate::sandbox::fields::decimal;

const NULL: &str = "Expected value to not be null";

/// Where in a value something is wrong, and what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct InputProblem {
    pub path: Vec<Value>,
    pub explanation: String,
}

/// `value` as a `wanted`, numbers and times in one spelling; what does not fit is added to `problems`.
pub(super) fn coerce(value: &Value, wanted: &Type, path: &[Value], problems: &mut Vec<InputProblem>) -> Value {
    if value.is_null() {
        if !wanted.nullable {
            problems.push(InputProblem { path: path.to_vec(), explanation: NULL.to_string() });
        }
        return Value::Null;
    }
    match &wanted.base {
        BaseType::List(inner) => {
            // One value stands for a list of one.
            let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            let read = |(number, item)| coerce(item, inner, &[path, &[json!(number)]].concat(), problems);
            items.iter().enumerate().map(read).collect()
        }
        BaseType::Named(name) => named(value, name, path, problems),
    }
}

fn named(value: &Value, name: &str, path: &[Value], problems: &mut Vec<InputProblem>) -> Value {
    let schema = Schema::get();
    if schema.input_fields(name).is_some() {
        return object(value, name, path, problems);
    }
    let read = match schema.enum_has(name, value.as_str().unwrap_or_default()) {
        Some(true) => Ok(value.clone()),
        Some(false) => Err(format!("Expected {value} to be one of the values of {name}")),
        None => scalar(value, name),
    };
    read.unwrap_or_else(|explanation| {
        problems.push(InputProblem { path: path.to_vec(), explanation });
        Value::Null
    })
}

fn object(value: &Value, name: &str, path: &[Value], problems: &mut Vec<InputProblem>) -> Value {
    let Some(asked) = value.as_object() else {
        let explanation = format!("Expected {value} to be a key-value object.");
        problems.push(InputProblem { path: path.to_vec(), explanation });
        return Value::Null;
    };
    let mut fields: Vec<_> = Schema::get().input_fields(name).into_iter().flatten().collect();
    let mut read = Map::new();
    for (key, value) in asked {
        let path = [path, &[json!(key)]].concat();
        match fields.iter().position(|field| field.name.node == *key) {
            Some(position) => {
                let field = fields.swap_remove(position);
                read.insert(key.clone(), coerce(value, &field.ty.node, &path, problems));
            }
            None => problems.push(InputProblem { path, explanation: format!("Field is not defined on {name}") }),
        }
    }
    for missing in fields.iter().filter(|field| !field.ty.node.nullable) {
        let path = [path, &[json!(missing.name.node.as_str())]].concat();
        problems.push(InputProblem { path, explanation: NULL.to_string() });
    }
    Value::Object(read)
}

fn scalar(value: &Value, name: &str) -> Result<Value, String> {
    let unfit = || format!("Could not coerce value {value} to {name}");
    let text = || match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match name {
        "Boolean" => value.is_boolean().then(|| value.clone()).ok_or_else(unfit),
        // More than 32 bits pass here: a usage limit above them is recorded as refused by the discount's own rules.
        "Int" => value.as_i64().map(|whole| json!(whole)).ok_or_else(unfit),
        "Float" => value.as_f64().map(|number| json!(number)).ok_or_else(unfit),
        // An id without its family is refused before anything is looked up. (Inferred.)
        "ID" => match text().filter(|text| text.starts_with("gid://shopify/")) {
            Some(id) => Ok(json!(id)),
            None => Err(format!("Invalid global id '{}'", text().unwrap_or_default())),
        },
        "Decimal" => text().filter(|text| decimal(text).is_some()).map(|text| json!(text)).ok_or_else(unfit),
        "UnsignedInt64" => {
            text().and_then(|text| text.parse::<u64>().ok()).map(|whole| json!(whole.to_string())).ok_or_else(unfit)
        }
        "DateTime" => {
            // A time without a zone is taken for UTC. (Inferred.)
            let time = value.as_str().and_then(|text| instant(text, Tz::UTC));
            time.map(|time| json!(written(time))).ok_or_else(unfit)
        }
        _ => value.as_str().map(|text| json!(text)).ok_or_else(unfit),
    }
}

/// What a time or a day means; without an offset, in `zone`.
pub(in crate::sandbox::shopify) fn instant(text: &str, zone: Tz) -> Option<Timestamp> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let plain = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| local_instant(time, zone));
    let first = |day: NaiveDate| local_instant(day.and_time(NaiveTime::MIN), zone);
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").map(first);
    zoned.or_else(|_| plain()).or_else(|_| day()).ok()
}

/// UTC, whole seconds, the rest cut off.
pub(in crate::sandbox::shopify) fn written(time: Timestamp) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
