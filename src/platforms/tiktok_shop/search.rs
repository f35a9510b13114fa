//! Searching a shop's coupons, page by page.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

use super::wire::{self, Found, Page};
use super::{Api, COUPONS_PATH, TiktokShop, is_id};
use crate::platforms::line::Problem;

/// Source: range of `page_size`.
pub(super) const PAGE_SIZE: usize = 100;
/// A listing during which coupons came or went is read again, this often at most.
const LISTINGS_MAX: usize = 3;
/// Nobody has this many coupons.
const PAGES_MAX: usize = 5000;

impl TiktokShop {
    /// The coupons that pass `filter`, as the search has them. Read again while their number differs from the platform's.
    pub(super) async fn search(&self, filter: &Value) -> Result<Listed, Problem> {
        let mut listed = self.search_once(filter).await?;
        for _ in 1..LISTINGS_MAX {
            if listed.is_whole() {
                break;
            }
            listed = self.search_once(filter).await?;
        }
        Ok(listed)
    }

    async fn search_once(&self, filter: &Value) -> Result<Listed, Problem> {
        let mut listed = Listed::default();
        let mut tokens = BTreeSet::new();
        let mut page_token = None;
        for _ in 0..PAGES_MAX {
            let page = self.page(filter, PAGE_SIZE, page_token).await?;
            listed.total = page.total_count.and_then(|count| u64::try_from(count).ok()).or(listed.total);
            page.coupons.into_iter().for_each(|coupon| listed.add(coupon));
            let Some(next) = page.next_page_token.filter(|token| !token.is_empty()) else { return Ok(listed) };
            if !tokens.insert(next.clone()) {
                break;
            }
            page_token = Some(next);
        }
        let sentence = format!("{} goes on listing coupons without end", self.line.place());
        Err(Problem::doubtful(sentence, None))
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
        serde_json::from_value(Value::Object(wire::data(&answer)))
            .map_err(|error| self.unreadable("coupons/search", &error, &answer))
    }
}

/// One search, all its pages.
#[derive(Default)]
pub(super) struct Listed {
    /// By id.
    pub coupons: BTreeMap<String, Found>,
    pub unreadable: Vec<String>,
    /// How many the platform says there are.
    pub total: Option<u64>,
}

impl Listed {
    fn add(&mut self, value: Value) {
        let told = value.get("id").map_or("a coupon without id".to_string(), |id| id.to_string());
        match serde_json::from_value::<Found>(value) {
            Ok(coupon) => match coupon.id.clone().filter(|id| is_id(id)) {
                Some(id) => {
                    self.coupons.insert(id, coupon);
                }
                None => self.unreadable.push(format!("{told}: it has no id of TikTok Shop's")),
            },
            Err(error) => self.unreadable.push(format!("{told}: {error}")),
        }
    }

    /// Whether everything was listed and `id` was not.
    pub fn is_without(&self, id: &str) -> bool {
        self.is_whole() && !self.coupons.contains_key(id)
    }

    fn is_whole(&self) -> bool {
        let count = self.coupons.len() + self.unreadable.len();
        self.total.is_none_or(|total| usize::try_from(total) == Ok(count))
    }
}
