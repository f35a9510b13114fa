//! A pretend WooCommerce shop, from the source of WooCommerce and from what was measured on 11.0.1 and 7.9.0.
//!
//! `sign_in` knows who calls, `counter` serves them, `list` finds and pages, `write` holds what each field becomes, `dates` and `text` the traps in
//! them, `coupon` what is kept and shown, `error` the shape of a refusal.

mod counter;
mod coupon;
mod dates;
mod error;
mod list;
mod sign_in;
mod text;
mod write;

use serde_json::{Map, Value, json};

use super::clock::Clock;
use super::exchange::{Answer, Request};
use super::faults::Call;
use super::scenario::{CouponSeed, DiscountSeed, Own, Shop, WooShop};
use super::state::{Act, Stored};
use crate::domain::{Platform, Timestamp};
use counter::Counter;
use coupon::Coupon;
use error::{WooError, error, no_route};
use text::{stored_amount, stored_code, stored_description};

pub(super) const FIRST_COUPON_ID: u64 = 101;

/// What a path under `/wp-json/` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    Index,
    Currency,
    Totals,
    SystemStatus,
    Coupons,
    Batch,
    Coupon(u64),
    Unknown,
}

impl Route {
    fn of(path: &str) -> Self {
        let Some(inside) = path.trim_matches('/').strip_prefix("wp-json") else { return Self::Unknown };
        match inside.trim_matches('/') {
            "" => Self::Index,
            "wc/v3/data/currencies/current" => Self::Currency,
            "wc/v3/reports/coupons/totals" => Self::Totals,
            "wc/v3/system_status" => Self::SystemStatus,
            "wc/v3/coupons" => Self::Coupons,
            "wc/v3/coupons/batch" => Self::Batch,
            other => {
                other.strip_prefix("wc/v3/coupons/").and_then(|id| id.parse().ok()).map_or(Self::Unknown, Self::Coupon)
            }
        }
    }

    fn call_name(self, request: &Request) -> &'static str {
        match (self, request.method.as_str()) {
            (Self::Index, _) => "index",
            (Self::Currency, _) => "currency",
            (Self::Totals, _) => "totals",
            (Self::SystemStatus, _) => "system_status",
            (Self::Batch, _) => "batch",
            (Self::Coupons, "POST") => "create",
            (Self::Coupons, _) => "list",
            (Self::Coupon(_), "GET" | "HEAD") => "get",
            (Self::Coupon(_), "DELETE") if is_forced(request) => "delete",
            (Self::Coupon(_), "DELETE") => "trash",
            (Self::Coupon(_), _) => "update",
            (Self::Unknown, _) => "unknown",
        }
    }
}

/// What `request` asks for, where its path lies under a shop of WooCommerce.
pub(super) fn call(request: &Request, shops: &[Shop]) -> Option<Call> {
    let (store, inside) = request.path.trim_start_matches('/').split_once('/')?;
    let shop = shops.iter().find(|shop| shop.id.as_str() == store && matches!(shop.own, Own::WooCommerce(_)))?;
    Some(Call {
        platform: Platform::WooCommerce,
        store: Some(shop.id.to_string()),
        name: Route::of(inside).call_name(request).to_string(),
        is_write: !matches!(request.method.as_str(), "GET" | "HEAD"),
        path: request.path.clone(),
    })
}

/// Carries `request` out, or refuses it.
pub(super) fn answer(shop: Option<&Shop>, act: &Act, request: &Request, clock: &Clock) -> Stored<Answer> {
    let Some((shop, own)) = shop.and_then(|shop| match &shop.own {
        Own::WooCommerce(own) => Some((shop, own)),
        _ => None,
    }) else {
        return Ok(Answer::error_page(404, "Not Found"));
    };
    let inside = request.path.trim_start_matches('/').split_once('/').map_or("", |(_, inside)| inside);
    let counter = Counter { shop, own, act, now: clock.now() };
    let route = Route::of(inside);
    if route == Route::Index {
        return Ok(Answer::json(200, &counter.index(request)));
    }
    if route == Route::Unknown {
        return Ok(no_route().answer());
    }
    match sign_in::check(own, act, request, clock)? {
        Err(error) => Ok(error.answer()),
        Ok(false) => Ok(stranger(route, request).answer()),
        Ok(true) => counter.serve(route, request),
    }
}

/// What somebody without a key is told.
fn stranger(route: Route, request: &Request) -> WooError {
    let (code, message) = match (route, request.method.as_str()) {
        (Route::Batch, _) => {
            ("woocommerce_rest_cannot_batch", "Sorry, you are not allowed to batch manipulate this resource.")
        }
        (Route::Coupons, "POST") => {
            ("woocommerce_rest_cannot_create", "Sorry, you are not allowed to create resources.")
        }
        (Route::Coupon(_), "DELETE") => {
            ("woocommerce_rest_cannot_delete", "Sorry, you are not allowed to delete this resource.")
        }
        (Route::Coupon(_), "POST" | "PUT" | "PATCH") => {
            ("woocommerce_rest_cannot_edit", "Sorry, you are not allowed to edit this resource.")
        }
        (Route::Coupon(_), _) => ("woocommerce_rest_cannot_view", "Sorry, you cannot view this resource."),
        _ => ("woocommerce_rest_cannot_view", "Sorry, you cannot list resources."),
    };
    error(code, message, 401)
}

/// What a coupon of the scenario is in the shop's fields. The start becomes the day of its creation: a coupon here has no other.
pub(super) fn seeded(own: &WooShop, seed: &CouponSeed, now: Timestamp) -> Map<String, Value> {
    let created = seed.starts.unwrap_or(now).min(now).timestamp();
    let amount = |value: rust_decimal::Decimal| stored_amount(&value.to_string(), own.version.is_modern());
    let mut coupon = Coupon {
        code: stored_code(&seed.code),
        description: stored_description(&seed.name),
        status: seed.status.clone().unwrap_or_else(|| "publish".to_string()),
        expires: seed.ends.map(|ends| ends.timestamp()),
        usage_limit: seed.total,
        usage_count: seed.used,
        minimum_amount: amount(seed.min_spend),
        raw: seed.raw.clone(),
        ..Coupon::blank(created)
    };
    match &seed.discount {
        DiscountSeed::Sum(sum) => coupon.amount = amount(*sum),
        DiscountSeed::Percent { percent, .. } | DiscountSeed::Coins { percent, .. } => {
            coupon.discount_type = "percent".to_string();
            coupon.amount = amount(*percent);
        }
    }
    coupon.to_fields().unwrap_or_default()
}

/// A stored coupon as the shop would show it, at an address that stands for the shop's.
pub(super) fn shown_alone(shop: &Shop, own: &WooShop, id: u64, fields: Map<String, Value>) -> Map<String, Value> {
    match Coupon::from_fields(fields) {
        Ok(coupon) => coupon.shown(id, shop.zone, own, &format!("http://localhost/{}", shop.id)),
        Err(_) => Map::new(),
    }
}

/// Lays `fields`, in the shop's own spelling, over a stored coupon, past every rule. Dates are read as the shop reads them, and
/// `date_expires_gmt` counts too.
pub(super) fn edited(shop: &Shop, stored: &mut Map<String, Value>, fields: &Map<String, Value>) -> Result<(), String> {
    let mut changed = stored.clone();
    for (name, value) in fields {
        match name.as_str() {
            "date_expires" | "date_expires_gmt" => {
                let zone = if name == "date_expires" { shop.zone } else { chrono_tz::UTC };
                let expires = value.as_str().and_then(|text| dates::read(text, zone, Timestamp::default()));
                changed.insert("expires".to_string(), json!(expires));
            }
            name if changed.contains_key(name) => drop(changed.insert(name.to_string(), value.clone())),
            name => return Err(format!("there is no field `{name}`")),
        }
    }
    Coupon::from_fields(changed.clone()).map_err(|error| error.to_string())?;
    *stored = changed;
    Ok(())
}

fn is_forced(request: &Request) -> bool {
    let in_body = || request.json_object().and_then(|body| body.get("force").and_then(Value::as_bool)).unwrap_or(false);
    match request.parameter("force") {
        Some(text) => matches!(text, "true" | "1"),
        None => in_body(),
    }
}
