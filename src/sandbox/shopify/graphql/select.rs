//! What was asked for, picked out of what there is.

use serde_json::{Map, Value, json};

use super::page::page;
use super::validate::SelectedField;

/// The asked fields of `value`, which says in `__typename` what it is wherever its type alone does not. Lists under a connection
/// become pages.
pub(in crate::sandbox::shopify) fn select(selected: &SelectedField, value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        _ if selected.selected.is_empty() => value.clone(),
        Value::Array(nodes) if selected.type_name.ends_with("Connection") => {
            object(&selected.selected, &page(nodes.clone(), &selected.arguments), &selected.type_name)
        }
        Value::Array(items) => items.iter().map(|item| select(selected, item)).collect(),
        _ => object(&selected.selected, value, &selected.type_name),
    }
}

fn object(asked: &[SelectedField], value: &Value, type_name: &str) -> Value {
    let type_name = value.get("__typename").and_then(Value::as_str).unwrap_or(type_name);
    let mut answer = Map::new();
    for field in asked.iter().filter(|field| field.on.contains(type_name)) {
        let found = match field.name.as_str() {
            "__typename" => json!(type_name),
            name => select(field, value.get(name).unwrap_or(&Value::Null)),
        };
        match answer.get_mut(&field.key) {
            Some(there) => merge(there, found),
            None => drop(answer.insert(field.key.clone(), found)),
        }
    }
    Value::Object(answer)
}

/// One field may be asked for in several places; what was asked of it adds up.
fn merge(there: &mut Value, more: Value) {
    match (there, more) {
        (Value::Object(there), Value::Object(more)) => {
            for (key, value) in more {
                match there.get_mut(&key) {
                    Some(known) => merge(known, value),
                    None => drop(there.insert(key, value)),
                }
            }
        }
        (Value::Array(there), Value::Array(more)) => {
            for (known, value) in there.iter_mut().zip(more) {
                merge(known, value);
            }
        }
        (there, more) => *there = more,
    }
}
