//! The six voucher operations. The sheet's section 2.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Number, Value, json};

use super::answer::{Refusal, Reply, not_found, refusal, wrong_parameters};
use super::rules::{self, State};
use super::{Desk, method_refused, page, page_of};
use crate::domain::Platform;
use crate::sandbox::AuditLine;
use crate::sandbox::exchange::Request;
use crate::sandbox::scenario::{Shop, ShopeeShop};
use crate::sandbox::state::{Act, Stored};

pub(super) const OPERATIONS: [&str; 6] = [
    "voucher/get_voucher_list",
    "voucher/get_voucher",
    "voucher/add_voucher",
    "voucher/update_voucher",
    "voucher/end_voucher",
    "voucher/delete_voucher",
];

const PAGE_SIZE_MAX: u64 = 100;
const PAGE_NUMBER_MAX: u64 = 5000;

/// What the list shows of a voucher; the rest is only in the detail.
const LIST_FIELDS: [&str; 16] = [
    "voucher_id",
    "voucher_code",
    "voucher_name",
    "voucher_type",
    "reward_type",
    "usage_quantity",
    "current_usage",
    "start_time",
    "end_time",
    "is_admin",
    "voucher_purpose",
    "discount_amount",
    "percentage",
    "cmt_voucher_status",
    "target_voucher",
    "display_start_time",
];

/// A voucher's stored fields.
pub(super) type Voucher = Map<String, Value>;

/// Serves one shop's signed calls.
pub(super) struct Counter<'c> {
    pub desk: &'c Desk<'c>,
    pub act: &'c Act<'c>,
    pub shop: &'c Shop,
    pub own: &'c ShopeeShop,
}

impl Counter<'_> {
    pub fn serve(&self, operation: &str, request: &Request) -> Stored<Result<Reply, Refusal>> {
        let name = operation.trim_start_matches("voucher/");
        let by_post = request.method == "POST";
        let may_be_posted = name == "get_voucher" && self.desk.settings.shopee_post_get_voucher;
        let allowed = match name {
            "get_voucher" | "get_voucher_list" => request.method == "GET" || (by_post && may_be_posted),
            _ => by_post,
        };
        if !allowed {
            return Ok(Err(method_refused(request)));
        }
        if name == "get_voucher_list" {
            return self.list(request);
        }
        let Some(mut body) = request.json_object() else {
            return Ok(Err(wrong_parameters("the body is not a JSON object")));
        };
        match name {
            "get_voucher" => {
                if let Some(id) = request.parameter("voucher_id").and_then(|id| id.parse::<u64>().ok()) {
                    body.insert("voucher_id".into(), json!(id));
                }
                self.detail(&body)
            }
            "add_voucher" => self.add(body),
            "update_voucher" => self.update(body),
            "end_voucher" => self.end(&body),
            _ => self.delete(&body),
        }
    }

    fn list(&self, request: &Request) -> Stored<Result<Reply, Refusal>> {
        let wanted = match request.parameter("status") {
            Some("all") => None,
            Some("upcoming") => Some(State::Upcoming),
            Some("ongoing") => Some(State::Ongoing),
            Some("expired") => Some(State::Expired),
            _ => return Ok(Err(wrong_parameters("status must be one of upcoming, ongoing, expired, all"))),
        };
        let (page_no, page_size) = match page(request, PAGE_SIZE_MAX, PAGE_NUMBER_MAX) {
            Ok(page) => page,
            Err(refusal) => return Ok(Err(refusal)),
        };
        // The order is not documented; newest first is what the back office shows.
        let mut vouchers = self.act.coupons(self.shop.id.as_str())?;
        vouchers.reverse();
        vouchers.retain(|(_, voucher)| wanted.is_none_or(|wanted| self.state(voucher) == wanted));
        let listed = vouchers.into_iter().map(|(id, voucher)| {
            let mut shown = super::shown(id, voucher);
            shown.retain(|name, _| LIST_FIELDS.contains(&name.as_str()));
            Value::Object(shown)
        });
        let (page, more) = page_of(listed.collect(), page_no, page_size);
        Ok(Ok(Reply::Wrapped(json!({ "more": more, "voucher_list": page }))))
    }

    fn detail(&self, body: &Voucher) -> Stored<Result<Reply, Refusal>> {
        Ok(self.named(body)?.map(|(id, voucher)| Reply::Wrapped(Value::Object(super::shown(id, voucher)))))
    }

    fn add(&self, body: Voucher) -> Stored<Result<Reply, Refusal>> {
        let others: Vec<Voucher> =
            self.act.coupons(self.shop.id.as_str())?.into_iter().map(|(_, voucher)| voucher).collect();
        let made = rules::new_voucher(&body, &others, self.own, self.desk.settings, self.desk.now);
        let voucher = match made {
            Ok(voucher) => voucher,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let id = self.act.new_coupon_id(self.shop.id.as_str())?;
        self.act.put_coupon(self.shop.id.as_str(), id, &voucher)?;
        self.carried_out("add_voucher", id, body)
    }

    fn update(&self, mut body: Voucher) -> Stored<Result<Reply, Refusal>> {
        let (id, voucher) = match self.named(&body)? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        body.remove("voucher_id");
        let changed = match rules::changed(voucher, &body, self.own, self.desk.now) {
            Ok(changed) => changed,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.act.put_coupon(self.shop.id.as_str(), id, &changed)?;
        self.carried_out("update_voucher", id, body)
    }

    fn end(&self, body: &Voucher) -> Stored<Result<Reply, Refusal>> {
        let (id, mut voucher) = match self.named(body)? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Err(refusal) = rules::check_owner(&voucher) {
            return Ok(Err(refusal));
        }
        match self.state(&voucher) {
            State::Ongoing => {}
            State::Upcoming => {
                return Ok(Err(refusal("voucher.end_voucher_status_error", "Can only end the ongoing voucher.")));
            }
            State::Expired => return Ok(Err(rules::expired())),
        }
        // Inferred: the voucher is listed as expired from the moment of the call.
        voucher.insert("end_time".into(), json!(self.desk.now.timestamp()));
        self.act.put_coupon(self.shop.id.as_str(), id, &voucher)?;
        self.carried_out("end_voucher", id, Map::new())
    }

    fn delete(&self, body: &Voucher) -> Stored<Result<Reply, Refusal>> {
        let (id, voucher) = match self.named(body)? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Err(refusal) = rules::check_owner(&voucher) {
            return Ok(Err(refusal));
        }
        if self.state(&voucher) != State::Upcoming {
            return Ok(Err(refusal("voucher.delete_voucher_error", "Can only delete upcoming voucher.")));
        }
        self.act.remove_coupon(self.shop.id.as_str(), id)?;
        self.carried_out("delete_voucher", id, Map::new())
    }

    /// The voucher that `body` names.
    fn named(&self, body: &Voucher) -> Stored<Result<(u64, Voucher), Refusal>> {
        let Some(id) = body.get("voucher_id").and_then(Value::as_u64).filter(|id| i64::try_from(*id).is_ok()) else {
            return Ok(Err(wrong_parameters("voucher_id")));
        };
        let found = self.act.coupon(self.shop.id.as_str(), id)?;
        Ok(found.map(|voucher| (id, voucher)).ok_or_else(not_found))
    }

    fn carried_out(&self, call: &str, id: u64, fields: Voucher) -> Stored<Result<Reply, Refusal>> {
        self.act.note(&AuditLine {
            at: self.desk.now,
            platform: Platform::Shopee,
            store: self.shop.id.to_string(),
            call: call.to_string(),
            coupon_id: id.to_string(),
            fields: Value::Object(fields),
        })?;
        Ok(Ok(Reply::Wrapped(json!({ "voucher_id": id }))))
    }

    fn state(&self, voucher: &Voucher) -> State {
        State::of(voucher, self.desk.now)
    }
}

/// An amount as Shopee sends it: a JSON number with a decimal point.
pub(super) fn money(amount: Decimal) -> Value {
    amount.to_f64().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}
