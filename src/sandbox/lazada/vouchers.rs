//! The nine voucher calls. The sheet's section 2. There is no tenth: no delete, no end, no duplicate.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::Desk;
use super::answer::{Refusal, Reply, illegal_parameter, invalid, wrong_voucher_type};
use super::parameters::Parameters;
use super::rules::{self, STATUSES, VOUCHER_TYPES, Voucher};
use crate::domain::Platform;
use crate::sandbox::AuditLine;
use crate::sandbox::scenario::{LazadaShop, Shop};
use crate::sandbox::state::{Act, Stored};

/// Where a page's size is not named. Not documented; samples have 10 and 20.
const PAGE_SIZE: i64 = 20;
/// A product's id is made from its SKUs', so that SKUs with the same tens are one product.
const PRODUCT_IDS_FROM: u64 = 2_000_000_000;

/// Serves one store's signed calls.
pub(super) struct Counter<'c> {
    pub desk: &'c Desk<'c>,
    pub act: &'c Act<'c>,
    pub shop: &'c Shop,
    pub own: &'c LazadaShop,
}

/// What became of a call, inside of what the state's own errors leave.
type Served = Stored<Result<Reply, Refusal>>;

impl Counter<'_> {
    /// `call` is the logical name of one of the nine.
    pub fn serve(&self, call: &str, asked: &Parameters) -> Served {
        if let Err(refusal) = voucher_type(asked) {
            return Ok(Err(refusal));
        }
        match call {
            "vouchers_get" => self.list(asked),
            "voucher_get" => self.with_voucher(asked, |id, voucher| Ok(Ok(Reply::Data(self.detail(id, voucher))))),
            "voucher_create" => self.create(asked),
            "voucher_update" => self.update(asked),
            "voucher_activate" => self.switch(call, asked, rules::activated),
            "voucher_deactivate" => self.switch(call, asked, rules::deactivated),
            "voucher_products_get" => self.products(asked),
            "voucher_sku_add" => self.add_skus(asked),
            _ => self.remove_skus(asked),
        }
    }

    fn list(&self, asked: &Parameters) -> Served {
        let (page, wanted_status) = match (self.page(asked), status_filter(asked)) {
            (Ok(page), Ok(status)) => (page, status),
            (Err(refusal), _) | (_, Err(refusal)) => return Ok(Err(refusal)),
        };
        // Not documented how it matches.
        let wanted_name = asked.get("name").map(str::to_lowercase);
        let mut vouchers = self.act.coupons(self.shop.id.as_str())?;
        // Nor in which order; newest first is what the back office shows.
        vouchers.reverse();
        let all = vouchers
            .into_iter()
            .filter(|(_, voucher)| text(voucher, "voucher_type") == asked.get("voucher_type").unwrap_or_default())
            .map(|(id, voucher)| self.shown(id, voucher))
            .filter(|voucher| wanted_status.is_none_or(|wanted| text(voucher, "status") == wanted))
            .filter(|voucher| {
                wanted_name.as_ref().is_none_or(|name| text(voucher, "voucher_name").to_lowercase().contains(name))
            })
            .map(Value::Object)
            .collect();
        Ok(Ok(Reply::Data(page.of(all))))
    }

    /// The detail tells the count of uses as text, or, as in the official sample, not at all.
    fn detail(&self, id: u64, voucher: Voucher) -> Value {
        let mut shown = self.shown(id, voucher);
        let used = shown.get("order_used_budget").filter(|_| self.desk.settings.lazada_detail_tells_used);
        let used = used.map_or(Value::Null, |used| json!(used.to_string()));
        shown.insert("order_used_budget".to_string(), used);
        Value::Object(shown)
    }

    fn create(&self, asked: &Parameters) -> Served {
        let voucher = match rules::new_voucher(asked, self.shop, self.desk.now) {
            Ok(voucher) => voucher,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let id = self.act.new_coupon_id(self.shop.id.as_str())?;
        self.act.put_coupon(self.shop.id.as_str(), id, &voucher)?;
        self.note("voucher_create", id, asked)?;
        Ok(Ok(Reply::Data(json!(id))))
    }

    fn update(&self, asked: &Parameters) -> Served {
        // Documented as required, for a percentage too.
        if let Err(refusal) = asked.required("id").and(asked.required("offering_money_value_off")) {
            return Ok(Err(refusal));
        }
        self.with_voucher(asked, |id, voucher| {
            let changed = match rules::changed(voucher, asked, self.desk.now) {
                Ok(changed) => changed,
                Err(refusal) => return Ok(Err(refusal)),
            };
            self.act.put_coupon(self.shop.id.as_str(), id, &changed)?;
            self.note("voucher_update", id, asked)?;
            Ok(Ok(Reply::Data(json!(id))))
        })
    }

    fn switch(
        &self,
        call: &str,
        asked: &Parameters,
        turned: impl Fn(Voucher, crate::domain::Timestamp) -> Result<Voucher, Refusal>,
    ) -> Served {
        self.with_voucher(asked, |id, voucher| {
            let voucher = match turned(voucher, self.desk.now) {
                Ok(voucher) => voucher,
                Err(refusal) => return Ok(Err(refusal)),
            };
            self.act.put_coupon(self.shop.id.as_str(), id, &voucher)?;
            self.note(call, id, asked)?;
            Ok(Ok(Reply::Done))
        })
    }

    fn products(&self, asked: &Parameters) -> Served {
        let page = match self.page(asked) {
            Ok(page) => page,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.with_voucher(asked, |_, voucher| {
            let mut products: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
            for sku in skus(&voucher) {
                products.entry(PRODUCT_IDS_FROM + sku / 10).or_default().push(sku);
            }
            let rows = products
                .into_iter()
                .map(|(product_id, sku_ids)| json!({ "product_id": product_id, "sku_ids": sku_ids }));
            Ok(Ok(Reply::Data(page.of(rows.collect()))))
        })
    }

    /// SKUs that do not exist are told, each with a reason; the others are added.
    fn add_skus(&self, asked: &Parameters) -> Served {
        self.with_skus("voucher_sku_add", asked, |skus, named| {
            let exists = |sku: &u64| self.own.items.as_ref().is_none_or(|items| items.contains(sku));
            let (found, unknown): (Vec<u64>, Vec<u64>) = named.into_iter().partition(exists);
            skus.extend(found);
            skus.sort_unstable();
            skus.dedup();
            let failed = unknown.into_iter().map(|sku| (sku.to_string(), json!("sku not found")));
            Reply::Data(Value::Object(failed.collect()))
        })
    }

    fn remove_skus(&self, asked: &Parameters) -> Served {
        self.with_skus("voucher_sku_remove", asked, |skus, named| {
            skus.retain(|sku| !named.contains(sku));
            Reply::Done
        })
    }

    fn with_skus(
        &self,
        call: &str,
        asked: &Parameters,
        change: impl FnOnce(&mut Vec<u64>, Vec<u64>) -> Reply,
    ) -> Served {
        let named = match asked.required("id").and(asked.sku_ids()) {
            Ok(named) => named,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.with_voucher(asked, |id, mut voucher| {
            // Both inferred: nothing is documented about when products may be named.
            if text(&voucher, "apply") != rules::SPECIFIC_PRODUCTS {
                return Ok(Err(invalid("the voucher applies to the entire shop")));
            }
            if rules::status(&voucher, self.desk.now) == "FINISH" {
                return Ok(Err(invalid("the voucher is finished")));
            }
            let mut skus = skus(&voucher);
            let reply = change(&mut skus, named);
            voucher.insert("sku_ids".to_string(), json!(skus));
            self.act.put_coupon(self.shop.id.as_str(), id, &voucher)?;
            self.note(call, id, asked)?;
            Ok(Ok(reply))
        })
    }

    /// Goes on with the voucher that `id` and `voucher_type` name.
    fn with_voucher(&self, asked: &Parameters, then: impl FnOnce(u64, Voucher) -> Served) -> Served {
        let id = match asked.required_whole("id").map(u64::try_from) {
            Ok(Ok(id)) => id,
            Ok(Err(_)) => return Ok(Err(illegal_parameter("id is below 0"))),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let found = self.act.coupon(self.shop.id.as_str(), id)?;
        let voucher_type = asked.get("voucher_type").unwrap_or_default();
        match found.filter(|voucher| text(voucher, "voucher_type") == voucher_type) {
            Some(voucher) => then(id, voucher),
            None => Ok(Err(invalid("voucher not found"))),
        }
    }

    /// A voucher as it is read, with its status at this moment.
    fn shown(&self, id: u64, mut voucher: Voucher) -> Voucher {
        let status = rules::status(&voucher, self.desk.now);
        voucher.insert("status".to_string(), json!(status));
        voucher.remove("sku_ids");
        voucher.entry("id").or_insert(json!(id));
        voucher
    }

    fn page(&self, asked: &Parameters) -> Result<Page, Refusal> {
        let (current, size) = (asked.whole("cur_page")?.unwrap_or(1), asked.whole("page_size")?.unwrap_or(PAGE_SIZE));
        let size_max = i64::from(self.desk.settings.lazada_page_size_max);
        if current < 1 {
            return Err(illegal_parameter("cur_page begins with 1"));
        }
        if !(1..=size_max).contains(&size) {
            return Err(illegal_parameter(format!("page_size must be between 1 and {size_max}")));
        }
        Ok(Page { current, size })
    }

    fn note(&self, call: &str, id: u64, asked: &Parameters) -> Stored<()> {
        self.act.note(&AuditLine {
            at: self.desk.now,
            platform: Platform::Lazada,
            store: self.shop.id.to_string(),
            call: call.to_string(),
            coupon_id: id.to_string(),
            fields: Value::Object(asked.business()),
        })
    }
}

struct Page {
    current: i64,
    size: i64,
}

impl Page {
    /// This page of `all`; one past the end is empty.
    fn of(&self, all: Vec<Value>) -> Value {
        let skip = usize::try_from((self.current - 1).saturating_mul(self.size)).unwrap_or(usize::MAX);
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let total = all.len();
        let rows: Vec<Value> = all.into_iter().skip(skip).take(size).collect();
        json!({ "total": total, "current": self.current, "page_size": self.size, "data_list": rows })
    }
}

fn voucher_type(asked: &Parameters) -> Result<&str, Refusal> {
    let voucher_type = asked.required("voucher_type")?;
    if VOUCHER_TYPES.contains(&voucher_type) { Ok(voucher_type) } else { Err(wrong_voucher_type()) }
}

fn status_filter(asked: &Parameters) -> Result<Option<&str>, Refusal> {
    asked.get("status").map(|_| asked.one_of("status", &STATUSES)).transpose()
}

fn skus(voucher: &Voucher) -> Vec<u64> {
    let listed = voucher.get("sku_ids").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_u64).collect()
}

fn text<'v>(fields: &'v Map<String, Value>, name: &str) -> &'v str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}
