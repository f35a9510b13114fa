//! Walking through the pages of the list.

use super::documents::CODE_DISCOUNTS;
use super::wire::Page;

pub(super) const PAGE_SIZE: u32 = 50;
/// One connection tells no more than 25,000 objects; before that we go on behind the last id with a new one.
const CONNECTION_MAX: usize = 20_000;

/// Where the list goes on.
pub(super) struct Position {
    /// How many at once.
    pub first: u32,
    pub after: Option<String>,
    pub query: String,
    /// Through the present connection.
    read: usize,
}

impl Position {
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
