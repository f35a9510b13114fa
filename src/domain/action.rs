//! What a manager wrote in a row, read but not yet resolved.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Message, RowKey};

/// In the order of the drop-down.
#[derive(strum::Display, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionWord {
    Accept,
    Renew,
    Restock,
    Delete,
    End,
    Enable,
    Pause,
    Adjust,
    Recreate,
    Keep,
}

impl ActionWord {
    /// As the workbook's drop-down calls it, within a sentence.
    pub fn message(self) -> Message {
        Message::new(format!("action-{self}"), Vec::new())
    }
}

/// A cell of the editable columns: blank leaves alone (or means the suggestion), `[clear]` erases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit<T> {
    #[default]
    Blank,
    Clear,
    Set(T),
}

/// What New end can hold. A day means through 23:59:59 of it, and so do a time within its last minute and the midnight after it;
/// both are read in the store's own zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndEdit {
    Day(NaiveDate),
    /// Through this local second.
    At(NaiveDateTime),
    /// From the exported end, or from the export where that is past.
    SpanHours(u32),
}

/// One row's decision, values as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    pub row: RowKey,
    pub word: ActionWord,
    pub new_end: Edit<EndEdit>,
    pub add_stock: Edit<u64>,
    /// In the store's currency.
    pub new_min_spend: Edit<Decimal>,
    pub note: Option<String>,
}
