//! What the pages of a list told so far: each thing once.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

use super::lenient;
use crate::domain::{Argument, Message};
use crate::message;

pub(super) struct Listed<T> {
    /// By id.
    pub found: BTreeMap<String, T>,
    /// What could not be read, each with its id and the reason.
    pub unreadable: Vec<Message>,
    /// The same as texts, so that none is told twice.
    told: BTreeSet<String>,
    /// How many there are, where the platform says.
    pub total: Option<u64>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { found: BTreeMap::new(), unreadable: Vec::new(), told: BTreeSet::new(), total: None }
    }
}

impl<T> Listed<T> {
    /// What was `read` of a row whose id stands in its field `id_name`. A later reading replaces an earlier one.
    pub fn add(&mut self, row: &Value, id_name: &str, read: Result<(Option<String>, T), Message>) {
        let reason = match read {
            Ok((Some(id), thing)) => {
                self.found.insert(id, thing);
                return;
            }
            Ok((None, _)) => lenient::missing(id_name),
            Err(reason) => reason,
        };
        let id = row.get(id_name).map(lenient::id).filter(|id| !id.is_empty());
        let id = id.map_or_else(|| Argument::from(message!("listing-without-id")), Argument::from);
        let reason = unreadable(id, reason);
        if self.told.insert(format!("{reason:?}")) {
            self.unreadable.push(reason);
        }
    }

    /// Readable or not.
    pub fn count(&self) -> u64 {
        (self.found.len() + self.unreadable.len()) as u64
    }
}

/// Why the coupon `id` could not be read.
pub(super) fn unreadable(id: impl Into<Argument>, reason: Message) -> Message {
    message!("listing-unreadable", id = id.into(), reason = reason)
}
