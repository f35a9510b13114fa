//! Reads what platforms send where their documents promise something else: numbers as text, whole numbers with `.0`, missing
//! and null fields. Nothing is guessed: what cannot be read exactly is an error that names it.

use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};
use std::fmt::Display;
use std::str::FromStr;

use crate::domain::{EndsBeforeItStarts, Message};
use crate::message;

/// Text, or a number's exact spelling; none for null.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        other => Err(Error::custom(format!("{other} is not a text"))),
    }
}

/// A whole number from a number or a text; none for null and empty text.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(number) = decimal(deserializer)? else { return Ok(None) };
    let whole = number.normalize();
    if whole.scale() > 0 {
        return Err(Error::custom(format!("{number} is not a whole number")));
    }
    i64::try_from(whole).map(Some).map_err(Error::custom)
}

/// A decimal from a number or a text, digit by digit as it stands there; none for null and empty text.
pub(super) fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let spelled = text(deserializer)?;
    spelled.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(parse_decimal).transpose()
}

/// False where the field is null.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(false),
        Value::Bool(flag) => Ok(flag),
        Value::Number(number) => Ok(number.as_f64() != Some(0.0)),
        Value::String(text) => Ok(matches!(text.trim().to_ascii_lowercase().as_str(), "1" | "true" | "yes")),
        other => Err(Error::custom(format!("{other} is not a yes or no"))),
    }
}

/// The elements of a list; empty for null and for the `""` and `{}` that some servers send instead of an empty list.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Array(items) => Ok(items),
        Value::Object(map) if map.is_empty() => Ok(Vec::new()),
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        other => Err(Error::custom(format!("{other} is not a list"))),
    }
}

/// An id as text, whether it came as a number or as a text; empty for null.
pub(super) fn id(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Digits, too many for a number.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digit by digit as the decimal is written, for a platform that takes amounts as JSON numbers.
pub(super) fn number(amount: Decimal) -> Value {
    let spelled = amount.normalize().to_string();
    serde_json::from_str::<Number>(&spelled).map_or(Value::Null, Value::Number)
}

/// A count that is not told is none; one below zero is an error that names its field.
pub(super) fn count(field: Option<i64>, name: &str) -> Result<Option<u64>, Message> {
    field.map(|number| u64::try_from(number).map_err(|_| odd(name, number))).transpose()
}

pub(super) fn missing(field: &str) -> Message {
    message!("odd-missing", field = field)
}

pub(super) fn odd(field: &str, value: impl Display) -> Message {
    message!("odd-value", field = field, value = value.to_string())
}

pub(super) fn odd_member(list: &str, value: &Value) -> Message {
    message!("odd-holds", field = list, value = value.to_string())
}

pub(super) fn odd_period(period: EndsBeforeItStarts) -> Message {
    message!("odd-period", starts = period.starts.to_string(), ends = period.ends.to_string())
}

/// What a parser says of an answer, which are words for who mends it.
pub(super) fn in_words_of(error: impl Display) -> Message {
    Message::as_written(error.to_string())
}

fn parse_decimal<E: Error>(text: &str) -> Result<Decimal, E> {
    Decimal::from_str(text)
        .or_else(|_| Decimal::from_scientific(text))
        .map_err(|_| E::custom(format!("{text:?} is not a number that can be read exactly")))
}
