//! The six voucher operations. The sheet's section 2.

use serde_json::{Value, json};

use super::answer::{Done, NOT_FOUND, Reply, refusal, wrong_parameters};
use super::request::page;
use super::rules::{self, State};
use super::shop::{Shop, Shopee, Voucher};
use crate::sandbox::entry::{Context, refuse_if};
use crate::sandbox::exchange::{Request, page_of};
use crate::sandbox::fields::{Fields, is_among};

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
const LIST_FIELDS: &str = "voucher_id voucher_code voucher_name voucher_type voucher_purpose is_admin cmt_voucher_status \
     reward_type discount_amount percentage usage_quantity current_usage start_time end_time display_start_time \
     target_voucher";

/// Serves one shop's signed calls.
pub(super) struct VoucherApi<'c> {
    pub shopee: &'c Shopee,
    pub context: &'c Context<'c>,
    pub shop: &'c Shop,
}

impl VoucherApi<'_> {
    pub fn serve(&self, operation: &str, request: &Request) -> Done<Reply> {
        let name = operation.trim_start_matches("voucher/");
        let by_post = request.method == "POST";
        let may_be_posted = name == "get_voucher" && self.shopee.settings.post_get_voucher;
        let allowed = match name {
            "get_voucher" | "get_voucher_list" => request.method == "GET" || (by_post && may_be_posted),
            _ => by_post,
        };
        refuse_if(!allowed, || wrong_parameters(format!("method {} is not allowed", request.method)))?;
        if name == "get_voucher_list" {
            return self.list(request);
        }
        let mut body = request.json_object().ok_or_else(|| wrong_parameters("the body is not a JSON object"))?;
        if name == "get_voucher"
            && let Some(id) = request.parameter("voucher_id").and_then(|id| id.parse::<u64>().ok())
        {
            body.insert("voucher_id".into(), json!(id));
        }
        match name {
            "get_voucher" => self.detail(&body),
            "add_voucher" => self.add(body),
            "update_voucher" => self.update(body),
            "end_voucher" => self.end(&body),
            _ => self.delete(&body),
        }
    }

    fn list(&self, request: &Request) -> Done<Reply> {
        let wanted = match request.parameter("status") {
            Some("all") => None,
            Some("upcoming") => Some(State::Upcoming),
            Some("ongoing") => Some(State::Ongoing),
            Some("expired") => Some(State::Expired),
            _ => return Err(wrong_parameters("status must be one of upcoming, ongoing, expired, all").into()),
        };
        let (page_no, page_size) = page(request, PAGE_SIZE_MAX, PAGE_NUMBER_MAX)?;
        // The order is not documented; newest first is what the back office shows.
        let mut vouchers = self.context.act.coupons(self.shop.id.as_str())?;
        vouchers.reverse();
        vouchers.retain(|(_, voucher)| wanted.is_none_or(|wanted| self.state(voucher) == wanted));
        let listed = vouchers.into_iter().map(|(id, voucher)| {
            let mut shown = shown(id, voucher);
            shown.retain(|name, _| is_among(LIST_FIELDS, name));
            Value::Object(shown)
        });
        let (page, more) = page_of(listed.collect(), page_no, page_size);
        Ok(Reply::Wrapped(json!({ "more": more, "voucher_list": page })))
    }

    fn detail(&self, body: &Voucher) -> Done<Reply> {
        let (id, voucher) = self.named(body)?;
        Ok(Reply::Wrapped(Value::Object(shown(id, voucher))))
    }

    fn add(&self, body: Voucher) -> Done<Reply> {
        let (act, store) = (self.context.act, self.shop.id.as_str());
        let others: Vec<Voucher> = act.coupons(store)?.into_iter().map(|(_, voucher)| voucher).collect();
        let voucher = rules::new_voucher(&body, &others, &self.shop.own, &self.shopee.settings, self.context.now)?;
        let id = act.new_coupon_id(store)?;
        act.put_coupon(store, id, &voucher)?;
        self.accepted("add_voucher", id, body)
    }

    fn update(&self, mut body: Voucher) -> Done<Reply> {
        let (id, voucher) = self.named(&body)?;
        body.remove("voucher_id");
        let changed = rules::changed(voucher, &body, &self.shop.own, self.context.now)?;
        self.context.act.put_coupon(self.shop.id.as_str(), id, &changed)?;
        self.accepted("update_voucher", id, body)
    }

    fn end(&self, body: &Voucher) -> Done<Reply> {
        let (id, mut voucher) = self.named(body)?;
        rules::check_owner(&voucher)?;
        match self.state(&voucher) {
            State::Ongoing => {}
            State::Upcoming => {
                return Err(refusal("voucher.end_voucher_status_error", "Can only end the ongoing voucher.").into());
            }
            State::Expired => return Err(rules::EXPIRED.into()),
        }
        // Inferred: the voucher is listed as expired from the moment of the call.
        voucher.insert("end_time".into(), json!(self.context.now.timestamp()));
        self.context.act.put_coupon(self.shop.id.as_str(), id, &voucher)?;
        self.accepted("end_voucher", id, Fields::new())
    }

    fn delete(&self, body: &Voucher) -> Done<Reply> {
        let (id, voucher) = self.named(body)?;
        rules::check_owner(&voucher)?;
        refuse_if(self.state(&voucher) != State::Upcoming, || rules::NOT_UPCOMING)?;
        self.context.act.remove_coupon(self.shop.id.as_str(), id)?;
        self.accepted("delete_voucher", id, Fields::new())
    }

    /// The voucher that `body` names.
    fn named(&self, body: &Voucher) -> Done<(u64, Voucher)> {
        let id = body.get("voucher_id").and_then(Value::as_u64).filter(|id| i64::try_from(*id).is_ok());
        let id = id.ok_or_else(|| wrong_parameters("voucher_id"))?;
        let voucher = self.context.act.coupon(self.shop.id.as_str(), id)?.ok_or(NOT_FOUND)?;
        Ok((id, voucher))
    }

    fn accepted(&self, call: &str, id: u64, fields: Voucher) -> Done<Reply> {
        self.context.note(self.shop, call, id, Value::Object(fields))?;
        Ok(Reply::Wrapped(json!({ "voucher_id": id })))
    }

    fn state(&self, voucher: &Voucher) -> State {
        State::of(voucher, self.context.now)
    }
}

/// A stored voucher in full, as `get_voucher` answers with it.
fn shown(id: u64, mut fields: Voucher) -> Voucher {
    fields.entry("voucher_id").or_insert(json!(id));
    fields
}
