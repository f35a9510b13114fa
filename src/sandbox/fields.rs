//! JSON objects as the mock platforms keep and read them.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

pub(super) type Fields = Map<String, Value>;

/// The fields of a value that is an object; of any other none.
pub(super) fn object(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

/// The text under `name`, empty where there is none.
pub(super) fn text<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The whole number under `name`, 0 where there is none.
pub(super) fn whole(fields: &Fields, name: &str) -> i64 {
    fields.get(name).and_then(Value::as_i64).unwrap_or(0)
}

/// The ids in the list under `name`.
pub(super) fn ids(fields: &Fields, name: &str) -> Vec<u64> {
    let listed = fields.get(name).and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_u64).collect()
}

/// Whether `word` is one of those in a text of words.
pub(super) fn is_among(words: &str, word: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

/// A decimal number, also in scientific notation.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    text.parse().or_else(|_| Decimal::from_scientific(text)).ok()
}

/// Puts `value` in the place of a field that is there; a field that is not is refused.
pub(super) fn replace(fields: &mut Fields, name: &str, value: &Value) -> Result<(), String> {
    let present = fields.get_mut(name).ok_or_else(|| format!("there is no field `{name}`"))?;
    *present = value.clone();
    Ok(())
}
