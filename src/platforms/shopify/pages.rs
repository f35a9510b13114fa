//! Walking through the pages of the list.

use serde_json::Value;
use std::collections::BTreeMap;

use super::coupon::Reader;
use super::documents::CODE_DISCOUNTS;
use super::wire::Page;
use crate::domain::Coupon;

pub(super) const PAGE_SIZE: u32 = 50;
/// One connection tells no more than 25,000 objects; before that we go on behind the last id with a new one.
const CONNECTION_MAX: usize = 20_000;

/// Where the list goes on.
pub(super) struct Place {
    /// How many at once.
    pub first: u32,
    pub after: Option<String>,
    pub query: String,
    /// Through the present connection.
    read: usize,
}

impl Place {
    pub fn beginning() -> Self {
        Self { first: PAGE_SIZE, after: None, query: CODE_DISCOUNTS.to_string(), read: 0 }
    }

    /// None where the page does not say how to go on.
    pub fn behind(self, page: &Page) -> Option<Self> {
        let read = self.read + page.nodes.len();
        if read >= CONNECTION_MAX {
            let last = page.nodes.last()?.get("id")?.as_str()?.rsplit('/').next()?;
            return Some(Self { after: None, query: format!("{CODE_DISCOUNTS} id:>={last}"), read: 0, ..self });
        }
        let cursor = page.page_info.end_cursor.clone();
        let goes_on = cursor.is_some() && cursor != self.after && !page.nodes.is_empty();
        goes_on.then_some(Self { after: cursor, read, ..self })
    }
}

/// What was listed so far.
#[derive(Default)]
pub(super) struct Listed {
    /// By id.
    pub coupons: BTreeMap<String, Coupon>,
    /// With the reasons.
    pub unreadable: Vec<String>,
}

impl Listed {
    pub fn add(&mut self, node: &Value, reader: &Reader<'_>) {
        match reader.coupon(node) {
            Ok(Some(coupon)) => {
                self.coupons.insert(coupon.id.to_string(), coupon);
            }
            Ok(None) => {}
            Err(reason) => {
                let id = node.get("id").and_then(Value::as_str).unwrap_or("a discount without id");
                self.unreadable.push(format!("{id}: {reason}"));
            }
        }
    }

    /// Readable or not.
    pub fn coded(&self) -> u64 {
        (self.coupons.len() + self.unreadable.len()) as u64
    }
}
