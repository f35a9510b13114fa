//! Vouchers as Lazada has them: lists, details, and the products of those that are for certain products only.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::PoisonError;

use super::Lazada;
use super::voucher::{self, CERTAIN_PRODUCTS, Field, Parameters, rule};
use super::wire::{self, Page, Product, VOUCHER_TYPES, Voucher};
use crate::domain::{Coupon, CouponId, Message};
use crate::message;
use crate::platforms::client::{Answer, Problem};
use crate::platforms::connector::pages_of;
use crate::platforms::errors::CallErrorKind;
use crate::platforms::lenient;
use crate::platforms::listed::{Listed, unreadable as unreadable_coupon};
use crate::platforms::paging::Paging;

/// Its largest value is not documented; integrators ask for 10 to 100.
const PAGE_SIZE: usize = 50;
/// The order of a list is not documented, so a voucher may slip from one page to another while they are read. A list that is
/// shorter than it says is read again, this often at most.
const LISTINGS_MAX: usize = 3;

const LIST: &str = "/promotion/vouchers/get";
const GET: &str = "/promotion/voucher/get";
const PRODUCTS: &str = "/promotion/voucher/products/get";

impl Lazada {
    /// Every voucher of one type, by id, as the list has it.
    pub(super) async fn listed(&self, voucher_type: &'static str) -> Result<Listed<Voucher>, Problem> {
        let mut listed = Listed::default();
        for _ in 0..LISTINGS_MAX {
            self.list_pages(voucher_type, &mut listed).await?;
            if listed.total.is_none_or(|total| listed.count() >= total) {
                break;
            }
        }
        for voucher in listed.found.values_mut() {
            // Every call about it has to say so, and only what was asked for is certain to be told.
            voucher.voucher_type.get_or_insert_with(|| voucher_type.to_string());
        }
        let mut types = self.types.lock().unwrap_or_else(PoisonError::into_inner);
        types.extend(listed.found.keys().map(|id| (id.clone(), voucher_type)));
        Ok(listed)
    }

    /// The shortest list there is.
    pub(super) async fn try_reading(&self) -> Result<(), Problem> {
        let voucher_type = VOUCHER_TYPES.first().copied().unwrap_or_default();
        let paging = [("cur_page", "1"), ("page_size", "1"), ("voucher_type", voucher_type)];
        let parameters: Parameters = paging.map(|(name, value)| (name, value.to_string())).into_iter().collect();
        self.read(LIST, &parameters).await.map(drop)
    }

    async fn list_pages(&self, voucher_type: &str, listed: &mut Listed<Voucher>) -> Result<(), Problem> {
        let asked = [("voucher_type", voucher_type.to_string())];
        let rows = self.pages(LIST, &asked, |total| listed.total = total.map(|total| total as u64)).await?;
        for row in rows {
            let read =
                Voucher::deserialize(&row).map(|voucher| (voucher.id.clone(), voucher)).map_err(lenient::in_words_of);
            listed.add(&row, "id", read);
        }
        Ok(())
    }

    /// All rows of a list, page by page; `told` is given how many there are, each time that the platform tells.
    async fn pages(
        &self,
        path: &'static str,
        asked: &[Field],
        mut told: impl FnMut(Option<usize>) + Send,
    ) -> Result<Vec<Value>, Problem> {
        let (mut rows, mut reading) = (Vec::new(), Paging::of(&self.client));
        for page_number in 1_usize.. {
            let paging = [("cur_page", page_number.to_string()), ("page_size", PAGE_SIZE.to_string())];
            let parameters: Parameters = asked.iter().cloned().chain(paging).collect();
            let answer = self.read(path, &parameters).await?;
            let page: Page = self.client.parsed(&answer, wire::data(&answer), message!("thing-a-list"))?;
            let at_least = |number: Option<i64>| number.and_then(|number| usize::try_from(number).ok());
            let total = at_least(page.total);
            told(total);
            // The platform may give smaller pages than were asked for.
            let page_size = at_least(page.page_size).filter(|size| *size > 0).unwrap_or(PAGE_SIZE);
            let is_last = total.is_some_and(|total| page_number.saturating_mul(page_size) >= total);
            if is_last || page.data_list.is_empty() {
                rows.extend(page.data_list);
                break;
            }
            reading.goes_on(&page.data_list, total.map(|total| total as u64))?;
            rows.extend(page.data_list);
        }
        Ok(rows)
    }

    /// The voucher as the platform has it now, whichever type it is of; none where there is no such one.
    pub(super) async fn voucher(&self, id: &CouponId) -> Result<Option<Voucher>, Problem> {
        let known = self.types.lock().unwrap_or_else(PoisonError::into_inner).get(id.as_str()).copied();
        let mut is_certain = true;
        for voucher_type in known.map_or(VOUCHER_TYPES.to_vec(), |known| vec![known]) {
            let parameters = [("voucher_type", voucher_type.to_string()), ("id", id.to_string())];
            match self.read(GET, &parameters).await {
                Ok(answer) => {
                    if let Some(voucher) = self.detail(&answer, id)? {
                        self.types.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_string(), voucher_type);
                        return Ok(Some(Voucher { voucher_type: Some(voucher_type.to_string()), ..voucher }));
                    }
                }
                Err(problem) if problem.error.kind == CallErrorKind::NotFound => {}
                Err(problem) if problem.error.kind == CallErrorKind::Rejected => is_certain = false,
                Err(problem) => return Err(problem),
            }
        }
        // "Not there" has no code of its own: what merely was refused is looked up in the lists before it is called gone.
        if is_certain { Ok(None) } else { self.looked_up(id).await }
    }

    fn detail(&self, answer: &Answer, id: &CouponId) -> Result<Option<Voucher>, Problem> {
        let data = wire::data(answer);
        if data.is_null() {
            return Ok(None);
        }
        let voucher: Voucher = self.client.parsed(answer, data, message!("thing-voucher", id = id.as_str()))?;
        Ok(Some(voucher).filter(|voucher| voucher.id.as_deref() == Some(id.as_str())))
    }

    async fn looked_up(&self, id: &CouponId) -> Result<Option<Voucher>, Problem> {
        for voucher_type in VOUCHER_TYPES {
            if let Some(voucher) = self.listed(voucher_type).await?.found.remove(id.as_str()) {
                return Ok(Some(voucher));
            }
        }
        Ok(None)
    }

    /// The inner error where it cannot be read.
    pub(super) async fn coupon(&self, voucher: &Voucher) -> Result<Result<Coupon, Message>, Problem> {
        let read = |sku_ids: &[String]| voucher::coupon(self.client.store(), self.currency, voucher, sku_ids);
        if voucher.apply.as_deref() != Some(CERTAIN_PRODUCTS) {
            return Ok(read(&[]));
        }
        match self.sku_ids(voucher).await {
            Ok(sku_ids) => Ok(sku_ids.and_then(|sku_ids| read(&sku_ids))),
            Err(problem) if problem.error.kind == CallErrorKind::Rejected => {
                Ok(Err(message!("odd-products", why = &problem.error.sentence)))
            }
            Err(problem) => Err(problem),
        }
    }

    /// The variants that a voucher is for, sorted.
    async fn sku_ids(&self, voucher: &Voucher) -> Result<Result<Vec<String>, Message>, Problem> {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let asked = [("voucher_type", text(&voucher.voucher_type)), ("id", text(&voucher.id))];
        let rows = self.pages(PRODUCTS, &asked, |_| {}).await?;
        let mut sku_ids = BTreeSet::new();
        for row in rows {
            match serde_json::from_value::<Product>(row) {
                Ok(product) => sku_ids.extend(product.sku_ids.iter().map(lenient::id)),
                Err(error) => return Ok(Err(message!("odd-products", why = error.to_string()))),
            }
        }
        Ok(Ok(sku_ids.into_iter().collect()))
    }

    pub(super) async fn coupons(
        &self,
        vouchers: impl IntoIterator<Item = Voucher>,
    ) -> Result<(Vec<Coupon>, Vec<Message>), Problem> {
        let (mut coupons, mut unreadable) = (Vec::new(), Vec::new());
        for voucher in vouchers {
            match self.coupon(&voucher).await? {
                Ok(coupon) => coupons.push(coupon),
                Err(reason) => unreadable.push(unreadable_coupon(voucher.id.unwrap_or_default(), reason)),
            }
        }
        Ok((coupons, unreadable))
    }

    /// Those of one type that `is_it` picks from the list; an error where one of them cannot be read.
    pub(super) async fn picked(
        &self,
        voucher_type: &'static str,
        is_it: impl Fn(&Voucher) -> bool + Send,
    ) -> Result<Vec<Coupon>, Problem> {
        let listed = self.listed(voucher_type).await?;
        let picked: Vec<Voucher> = listed.found.into_values().filter(is_it).collect();
        let (coupons, unreadable) = self.coupons(picked).await?;
        match unreadable.first().or(listed.unreadable.first()) {
            None => Ok(coupons),
            Some(reason) => Err(self.client.unreadable(message!("thing-a-voucher"), reason)),
        }
    }

    /// The pages of both lists, and a page of products for each voucher that is for certain products only.
    pub(super) fn calls_of_a_listing(&self, known: &[Coupon]) -> u64 {
        let of =
            |wanted: &str| known.iter().filter(|coupon| rule(&coupon.other_rules, "voucher_type") == wanted).count();
        let lists: u64 = VOUCHER_TYPES.iter().map(|voucher_type| pages_of(of(voucher_type), PAGE_SIZE)).sum();
        let products = known.iter().filter(|coupon| rule(&coupon.other_rules, "apply") == CERTAIN_PRODUCTS);
        lists + products.map(|coupon| pages_of(voucher::sku_ids(&coupon.other_rules).len(), PAGE_SIZE)).sum::<u64>()
    }
}
