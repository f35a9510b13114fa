//! The nine voucher calls. The sheet's section 2. There is no tenth: no delete, no end, no duplicate.

use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::answer::{Done, Refusal, Reply, WRONG_VOUCHER_TYPE, illegal_parameter, invalid};
use super::parameters::Parameters;
use super::rules::{self, STATUSES, VOUCHER_TYPES};
use super::shop::{Lazada, Shop, Voucher};
use crate::domain::Timestamp;
use crate::sandbox::entry::{Context, refuse_if};
use crate::sandbox::exchange::page_of;
use crate::sandbox::fields::{ids, text};
use crate::sandbox::state::Stored;

/// Where a page's size is not named. Not documented; samples have 10 and 20.
const PAGE_SIZE: u64 = 20;
/// A product's id is made from its SKUs', so that SKUs with the same tens are one product.
const PRODUCT_IDS_FROM: u64 = 2_000_000_000;

/// Serves one store's signed calls.
pub(super) struct VoucherApi<'c> {
    pub lazada: &'c Lazada,
    pub context: &'c Context<'c>,
    pub shop: &'c Shop,
}

impl VoucherApi<'_> {
    /// `call` is the logical name of one of the nine.
    pub fn serve(&self, call: &str, parameters: &Parameters) -> Done<Reply> {
        refuse_if(!VOUCHER_TYPES.contains(&parameters.required("voucher_type")?), || WRONG_VOUCHER_TYPE)?;
        match call {
            "vouchers_get" => self.list(parameters),
            "voucher_get" => {
                let (id, voucher) = self.named(parameters)?;
                Ok(Reply::Data(self.detail(id, voucher)))
            }
            "voucher_create" => self.create(parameters),
            "voucher_update" => self.update(parameters),
            "voucher_activate" => self.switch(call, parameters, rules::activated),
            "voucher_deactivate" => self.switch(call, parameters, rules::deactivated),
            "voucher_products_get" => self.products(parameters),
            "voucher_sku_add" => self.add_skus(parameters),
            _ => self.remove_skus(parameters),
        }
    }

    fn list(&self, parameters: &Parameters) -> Done<Reply> {
        let page = self.page(parameters)?;
        let status = parameters.get("status").map(|_| parameters.one_of("status", &STATUSES)).transpose()?;
        // Not documented how it matches.
        let name = parameters.get("name").unwrap_or_default().to_lowercase();
        let voucher_type = parameters.get("voucher_type").unwrap_or_default();
        let mut vouchers = self.context.act.coupons(self.shop.id.as_str())?;
        // Nor in which order; newest first is what the back office shows.
        vouchers.reverse();
        let all = vouchers
            .into_iter()
            .filter(|(_, voucher)| text(voucher, "voucher_type") == voucher_type)
            .map(|(id, voucher)| self.shown(id, voucher))
            .filter(|voucher| status.is_none_or(|wanted| text(voucher, "status") == wanted))
            .filter(|voucher| text(voucher, "voucher_name").to_lowercase().contains(&name))
            .map(Value::Object)
            .collect();
        Ok(Reply::Data(shown_page(page, all)))
    }

    /// The detail tells the count of uses as text, or, as in the official sample, not at all.
    fn detail(&self, id: u64, voucher: Voucher) -> Value {
        let mut shown = self.shown(id, voucher);
        let used = shown.get("order_used_budget").filter(|_| self.lazada.settings.detail_tells_used);
        let used = used.map_or(Value::Null, |used| json!(used.to_string()));
        shown.insert("order_used_budget".to_string(), used);
        Value::Object(shown)
    }

    fn create(&self, parameters: &Parameters) -> Done<Reply> {
        let voucher = rules::new_voucher(parameters, self.shop, self.context.now)?;
        let id = self.context.act.new_coupon_id(self.shop.id.as_str())?;
        self.keep("voucher_create", id, &voucher, parameters)?;
        Ok(Reply::Data(json!(id)))
    }

    fn update(&self, parameters: &Parameters) -> Done<Reply> {
        // Documented as required, for a percentage too.
        parameters.required("id").and(parameters.required("offering_money_value_off"))?;
        let (id, voucher) = self.named(parameters)?;
        let changed = rules::changed(voucher, parameters, self.context.now)?;
        self.keep("voucher_update", id, &changed, parameters)?;
        Ok(Reply::Data(json!(id)))
    }

    fn switch(
        &self,
        call: &str,
        parameters: &Parameters,
        switched: impl Fn(Voucher, Timestamp) -> Result<Voucher, Refusal>,
    ) -> Done<Reply> {
        let (id, voucher) = self.named(parameters)?;
        self.keep(call, id, &switched(voucher, self.context.now)?, parameters)?;
        Ok(Reply::Done)
    }

    fn products(&self, parameters: &Parameters) -> Done<Reply> {
        let page = self.page(parameters)?;
        let (_, voucher) = self.named(parameters)?;
        let mut products: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for sku in ids(&voucher, "sku_ids") {
            products.entry(PRODUCT_IDS_FROM + sku / 10).or_default().push(sku);
        }
        let row = |(product_id, sku_ids)| json!({ "product_id": product_id, "sku_ids": sku_ids });
        Ok(Reply::Data(shown_page(page, products.into_iter().map(row).collect())))
    }

    /// SKUs that do not exist are told, each with a reason; the others are added.
    fn add_skus(&self, parameters: &Parameters) -> Done<Reply> {
        self.with_skus("voucher_sku_add", parameters, |skus, named| {
            let exists = |sku: &u64| self.shop.own.items.as_ref().is_none_or(|items| items.contains(sku));
            let (found, unknown): (Vec<u64>, Vec<u64>) = named.into_iter().partition(exists);
            skus.extend(found);
            skus.sort_unstable();
            skus.dedup();
            let failed = unknown.into_iter().map(|sku| (sku.to_string(), json!("sku not found")));
            Reply::Data(Value::Object(failed.collect()))
        })
    }

    fn remove_skus(&self, parameters: &Parameters) -> Done<Reply> {
        self.with_skus("voucher_sku_remove", parameters, |skus, named| {
            skus.retain(|sku| !named.contains(sku));
            Reply::Done
        })
    }

    fn with_skus(
        &self,
        call: &str,
        parameters: &Parameters,
        change: impl FnOnce(&mut Vec<u64>, Vec<u64>) -> Reply,
    ) -> Done<Reply> {
        let named = parameters.required("id").and(parameters.sku_ids())?;
        let (id, mut voucher) = self.named(parameters)?;
        // Both inferred: nothing is documented about when products may be named.
        refuse_if(text(&voucher, "apply") != rules::SPECIFIC_PRODUCTS, || {
            invalid("the voucher applies to the entire shop")
        })?;
        refuse_if(rules::status(&voucher, self.context.now) == "FINISH", || invalid("the voucher is finished"))?;
        let mut skus = ids(&voucher, "sku_ids");
        let reply = change(&mut skus, named);
        voucher.insert("sku_ids".to_string(), json!(skus));
        self.keep(call, id, &voucher, parameters)?;
        Ok(reply)
    }

    /// The voucher that `id` and `voucher_type` name.
    fn named(&self, parameters: &Parameters) -> Done<(u64, Voucher)> {
        let id = u64::try_from(parameters.required_whole("id")?).map_err(|_| illegal_parameter("id is below 0"))?;
        let found = self.context.act.coupon(self.shop.id.as_str(), id)?;
        let voucher_type = parameters.get("voucher_type").unwrap_or_default();
        let found = found.filter(|voucher| text(voucher, "voucher_type") == voucher_type);
        Ok((id, found.ok_or_else(|| invalid("voucher not found"))?))
    }

    /// A voucher as it is read, with its status at this moment.
    fn shown(&self, id: u64, mut voucher: Voucher) -> Voucher {
        let status = rules::status(&voucher, self.context.now);
        voucher.insert("status".to_string(), json!(status));
        voucher.remove("sku_ids");
        voucher.entry("id").or_insert(json!(id));
        voucher
    }

    /// Which page is asked for, from 1, and its size.
    fn page(&self, parameters: &Parameters) -> Result<(u64, u64), Refusal> {
        let (current, size) = (parameters.whole("cur_page")?.unwrap_or(1), parameters.whole("page_size")?);
        let size_max = u64::from(self.lazada.settings.page_size_max);
        let current = u64::try_from(current).ok().filter(|current| *current > 0);
        let current = current.ok_or_else(|| illegal_parameter("cur_page begins with 1"))?;
        let size = size.map_or(Some(PAGE_SIZE), |size| u64::try_from(size).ok());
        let size = size.filter(|size| (1..=size_max).contains(size));
        let wrong_size = || illegal_parameter(format!("page_size must be between 1 and {size_max}"));
        Ok((current, size.ok_or_else(wrong_size)?))
    }

    fn keep(&self, call: &str, id: u64, voucher: &Voucher, parameters: &Parameters) -> Stored<()> {
        self.context.act.put_coupon(self.shop.id.as_str(), id, voucher)?;
        self.context.note(self.shop, call, id, Value::Object(parameters.business()))
    }
}

/// A page of `all`; one past the end is empty.
fn shown_page((current, size): (u64, u64), all: Vec<Value>) -> Value {
    let total = all.len();
    let (rows, _) = page_of(all, current, size);
    json!({ "total": total, "current": current, "page_size": size, "data_list": rows })
}
