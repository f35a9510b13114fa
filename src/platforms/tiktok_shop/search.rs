//! Searching a shop's coupons, page by page.

use serde::Deserialize;
use serde_json::Value;

use super::app::Api;
use super::wire::{self, Found, Page};
use super::{COUPONS_PATH, TiktokShop};
use crate::message;
use crate::platforms::client::Problem;
use crate::platforms::lenient::{self, is_digits};
use crate::platforms::listed::Listed;
use crate::platforms::paging::Paging;

/// Source: range of `page_size`.
pub(super) const PAGE_SIZE: usize = 100;
/// A listing during which coupons came or went is read again, this often at most.
const LISTINGS_MAX: usize = 3;

impl TiktokShop {
    /// The coupons that pass `filter`, as the search has them. Read again while their number differs from the platform's.
    pub(super) async fn search(&self, filter: &Value) -> Result<Listed<Found>, Problem> {
        let mut listed = self.search_once(filter).await?;
        for _ in 1..LISTINGS_MAX {
            if is_whole(&listed) {
                break;
            }
            listed = self.search_once(filter).await?;
        }
        Ok(listed)
    }

    async fn search_once(&self, filter: &Value) -> Result<Listed<Found>, Problem> {
        let mut listed = Listed::default();
        let mut reading = Paging::of(&self.client);
        let mut page_token = None;
        loop {
            let page = self.page(filter, PAGE_SIZE, page_token).await?;
            listed.total = page.total_count.and_then(|count| u64::try_from(count).ok()).or(listed.total);
            for row in &page.coupons {
                let read = Found::deserialize(row).map_err(lenient::in_words_of);
                let read = read.map(|coupon| (coupon.id.clone().filter(|id| is_digits(id)), coupon));
                listed.add(row, "id", read);
            }
            let Some(next) = page.next_page_token.filter(|token| !token.is_empty()) else { return Ok(listed) };
            reading.goes_on(&page.coupons, listed.total)?;
            reading.continues_at(&next)?;
            page_token = Some(next);
        }
    }

    /// One page of the search; the first where there is no token.
    pub(super) async fn page(
        &self,
        filter: &Value,
        page_size: usize,
        page_token: Option<String>,
    ) -> Result<Page, Problem> {
        let mut query = vec![("page_size", page_size.to_string())];
        query.extend(page_token.map(|token| ("page_token", token)));
        let path = format!("{COUPONS_PATH}/search");
        let cipher = self.cipher().await?;
        let api = Api { name: "coupons/search", path: &path, query: &query, body: Some(filter), cipher: Some(cipher) };
        let answer = self.read(&api).await?;
        self.client.parsed(&answer, Value::Object(wire::data(&answer)), message!("thing-a-list"))
    }
}

pub(super) fn is_whole(listed: &Listed<Found>) -> bool {
    listed.total.is_none_or(|total| total == listed.count())
}
