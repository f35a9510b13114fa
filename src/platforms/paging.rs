//! What bounds a list that is read page by page, for a platform can go on without end: by mistake, or because it is none.

use serde_json::Value;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::client::{ApiClient, Problem};
use crate::domain::{Argument, Message};
use crate::message;

/// Source: range of Shopee's `page_no`. No shop has as many.
const PAGES_MAX: u64 = 5000;
/// More than one workbook holds of one store.
const ROWS_MAX: u64 = 250_000;
/// Pages in a row that tell nothing new. One may be, where coupons come and go while pages are read.
const IDLE_PAGES_MAX: u64 = 5;
/// How far a list may exceed its own count, which other clients change meanwhile.
const BEYOND_TOTAL_MAX: u64 = 10_000;

/// One reading of a list.
pub(super) struct Paging<'c> {
    client: &'c ApiClient,
    pages: u64,
    /// Of each row, a print of its id; of one without, of all of it.
    rows: HashSet<u64>,
    places: HashSet<String>,
    idle_pages: u64,
}

impl<'c> Paging<'c> {
    pub fn of(client: &'c ApiClient) -> Self {
        Self { client, pages: 0, rows: HashSet::new(), places: HashSet::new(), idle_pages: 0 }
    }

    /// A page came that says that there are more. `total` is how many rows the platform tells of.
    ///
    /// # Errors
    /// If the list goes on beyond every bound, or in a circle: nothing of it is to be used.
    pub fn goes_on(&mut self, rows: &[Value], total: Option<u64>) -> Result<(), Problem> {
        let known = self.rows.len();
        self.rows.extend(rows.iter().map(print_of));
        self.pages += 1;
        self.idle_pages = if self.rows.len() == known { self.idle_pages + 1 } else { 0 };
        let told = match total {
            Some(total) => message!("list-total", total = Argument::Count(total)),
            None => message!("list-no-total"),
        };
        let count = self.rows.len() as u64;
        if self.idle_pages >= IDLE_PAGES_MAX {
            return Err(self.endless("call-list-repeats", IDLE_PAGES_MAX, told));
        }
        if count > ROWS_MAX {
            return Err(self.endless("call-list-too-many", ROWS_MAX, told));
        }
        if total.is_some_and(|total| count > total.saturating_add(BEYOND_TOTAL_MAX)) {
            return Err(self.endless("call-list-beyond-total", count, told));
        }
        if self.pages >= PAGES_MAX {
            return Err(self.endless("call-list-too-long", PAGES_MAX, told));
        }
        Ok(())
    }

    /// The next page begins at `place`.
    ///
    /// # Errors
    /// If one did before.
    pub fn continues_at(&mut self, place: &str) -> Result<(), Problem> {
        match self.places.insert(place.to_string()) {
            true => Ok(()),
            false => Err(self.endless("call-list-circle", self.pages, message!("list-no-total"))),
        }
    }

    fn endless(&self, id: &'static str, max: u64, told: Message) -> Problem {
        let (place, max) = (self.client.place(), Argument::Count(max));
        Problem::doubtful(message!(id, place = place, max = max, told = told), None)
    }
}

fn print_of(row: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    let id = ["id", "voucher_id"].iter().find_map(|name| row.get(name)).filter(|id| !id.is_null());
    id.unwrap_or(row).to_string().hash(&mut hasher);
    hasher.finish()
}
