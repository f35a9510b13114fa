//! Reads what platforms send where their documents promise something else: numbers as text, whole numbers with `.0`, missing
//! and null fields. Nothing is guessed: what cannot be read exactly is an error that names it.

use rust_decimal::Decimal;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};
use std::fmt::Display;
use std::str::FromStr;

use crate::domain::{EndsBeforeItStarts, Message, Timestamp};
use crate::foreign::beginning_of;
use crate::message;

const SHOWN_LETTERS_MAX: usize = 120;

/// A type of field that is read so.
pub(super) trait Lenient: Sized {
    /// # Errors
    /// If what was sent cannot be read exactly: it is named.
    fn read(value: Value) -> Result<Self, String>;
}

/// A type that is read by its own rules, except that null may be none and no list an empty one.
pub(super) trait Strict: DeserializeOwned {}

impl Strict for Value {}
impl Strict for Timestamp {}

/// The structs of a platform's answers, each with all fields that it lacks empty and the others read as [`Lenient`] ones; by the
/// function of that name where there is one.
macro_rules! lenient_fields {
    (by $read:literal; $($(#[$meta:meta])* $visible:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_visible:vis $field:ident: $kind:ty,)*
    })*) => {$(
        #[derive(Clone, Default, serde::Deserialize)]
        #[serde(default)]
        $(#[$meta])*
        $visible struct $name {
            $($(#[$field_meta])* #[serde(deserialize_with = $read)] $field_visible $field: $kind,)*
        }

        impl $crate::platforms::lenient::Strict for $name {}
    )*};
    ($($structs:tt)*) => { lenient_fields! { by "crate::platforms::lenient::read"; $($structs)* } };
}

pub(super) use lenient_fields;

pub(super) fn read<'de, D: Deserializer<'de>, T: Lenient>(deserializer: D) -> Result<T, D::Error> {
    T::read(Value::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// Text, or a number's exact spelling; none for null.
impl Lenient for Option<String> {
    fn read(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text)),
            Value::Number(number) => Ok(Some(number.to_string())),
            other => Err(format!("{} is not a text", shown(&other))),
        }
    }
}

/// The same, where there has to be one.
impl Lenient for String {
    fn read(value: Value) -> Result<Self, String> {
        Option::read(value)?.ok_or("null is not a text".to_string())
    }
}

/// A whole number from a number or a text; none for null and empty text.
impl Lenient for Option<i64> {
    fn read(value: Value) -> Result<Self, String> {
        let Some(number) = Option::<Decimal>::read(value)? else { return Ok(None) };
        let whole = number.normalize();
        if whole.scale() > 0 {
            return Err(format!("{number} is not a whole number"));
        }
        i64::try_from(whole).map(Some).map_err(|error| error.to_string())
    }
}

/// A decimal from a number or a text, digit by digit as it stands there; none for null and empty text.
impl Lenient for Option<Decimal> {
    fn read(value: Value) -> Result<Self, String> {
        let spelled = Option::<String>::read(value)?;
        spelled.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(parse_decimal).transpose()
    }
}

/// False where the field is null.
impl Lenient for bool {
    fn read(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(false),
            Value::Bool(flag) => Ok(flag),
            Value::Number(number) => Ok(number.as_f64() != Some(0.0)),
            Value::String(text) => Ok(matches!(text.trim().to_ascii_lowercase().as_str(), "1" | "true" | "yes")),
            other => Err(format!("{} is not a yes or no", shown(&other))),
        }
    }
}

/// The elements of a list; empty for null and for the `""` and `{}` that some servers send instead of an empty list.
impl<T: Strict> Lenient for Vec<T> {
    fn read(value: Value) -> Result<Self, String> {
        match value {
            Value::Array(_) => serde_json::from_value(value).map_err(|error| error.to_string()),
            Value::Object(map) if map.is_empty() => Ok(Vec::new()),
            Value::Null => Ok(Vec::new()),
            Value::String(text) if text.is_empty() => Ok(Vec::new()),
            other => Err(format!("{} is not a list", shown(&other))),
        }
    }
}

impl Lenient for Option<bool> {
    fn read(value: Value) -> Result<Self, String> {
        if value.is_null() { Ok(None) } else { bool::read(value).map(Some) }
    }
}

impl<T: Strict> Lenient for T {
    fn read(value: Value) -> Result<Self, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }
}

impl<T: Strict> Lenient for Option<T> {
    fn read(value: Value) -> Result<Self, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
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

/// With two decimals at least, for a platform that takes amounts as text.
pub(super) fn amount_text(amount: Decimal) -> String {
    let decimals = amount.normalize().scale().max(2);
    format!("{amount:.*}", decimals as usize)
}

/// The members of a list, sorted. One that cannot be read is an error: a copy without it would be for other things than the model.
pub(super) fn sorted<T: Ord>(
    list: &[Value],
    name: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Vec<T>, Message> {
    let odd = |member: &Value| message!("odd-holds", field = name, value = shown(member));
    let mut members =
        list.iter().map(|member| read(member).ok_or_else(|| odd(member))).collect::<Result<Vec<_>, _>>()?;
    members.sort_unstable();
    Ok(members)
}

/// A count that is not told is none; one below zero is an error that names its field.
pub(super) fn count(field: Option<i64>, name: &str) -> Result<Option<u64>, Message> {
    field.map(|number| u64::try_from(number).map_err(|_| odd(name, number))).transpose()
}

/// What cannot be done without; an error that names its field where it is missing.
pub(super) fn needed<T>(told: Option<T>, field: &str) -> Result<T, Message> {
    told.ok_or_else(|| missing(field))
}

pub(super) fn missing(field: &str) -> Message {
    message!("odd-missing", field = field)
}

pub(super) fn odd(field: &str, value: impl Display) -> Message {
    message!("odd-value", field = field, value = shown(value))
}

pub(super) fn odd_period(period: EndsBeforeItStarts) -> Message {
    message!("odd-period", starts = period.starts.to_string(), ends = period.ends.to_string())
}

/// What a parser says of an answer, which are words for whoever fixes it.
pub(super) fn in_words_of(error: impl Display) -> Message {
    Message::as_written(shown(error))
}

/// As much of what a platform sent as a sentence has room for.
fn shown(value: impl Display) -> String {
    beginning_of(&value.to_string(), SHOWN_LETTERS_MAX).into_owned()
}

fn parse_decimal(text: &str) -> Result<Decimal, String> {
    Decimal::from_str(text)
        .or_else(|_| Decimal::from_scientific(text))
        .map_err(|_| format!("{:?} is not a number that can be read exactly", shown(text)))
}
