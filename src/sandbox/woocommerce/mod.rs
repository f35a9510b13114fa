//! A mock WooCommerce shop, from the source of WooCommerce and from what was measured on 11.0.1 and 7.9.0.
//!
//! `shop` says what it knows of a shop, `route` what a path asks for, `sign_in` who calls, `api` serves them, `list` finds and
//! pages, `write` holds what each field becomes, `dates` and `text` the traps in them, `coupon` what is kept and shown, `error` the
//! shape of a refusal.

mod api;
mod coupon;
mod dates;
mod error;
mod list;
mod route;
mod shop;
mod sign_in;
mod text;
mod write;

use serde_json::json;
use std::sync::Arc;

use super::access::SignIn;
use super::entry::{Context, Entry, PretendPlatform, PretendShop, ShopHandle, keys_of, settled};
use super::exchange::{Answer, Request};
use super::faults::Call;
use super::fields::{Fields, replace};
use super::seed::{CouponSeed, CouponWords, DiscountSeed};
use super::state::{Act, Stored};
use crate::domain::{Platform, Timestamp};
use api::CouponApi;
use coupon::Coupon;
use error::{Done, no_route};
use list::CouponReader;
use route::{Route, unauthorized};
use shop::{Settings, Shop, WooCommerce, WooShop};
use text::{stored_amount, stored_code, stored_description};

const FIRST_COUPON_ID: u64 = 101;

pub(super) const ENTRY: Entry = Entry {
    id: Platform::new("woocommerce"),
    stored_as: "woo_commerce",
    identity: "consumer_key",
    coupon_words: CouponWords { statuses: None, coins: true, total: None, ..CouponWords::PLAIN },
    store_keys: keys_of::<WooShop>,
    settings: shop::settings,
    new_shop: shop::new_shop,
    open: |opening| Ok(Arc::new(WooCommerce::read(opening)?)),
};

impl PretendPlatform for WooCommerce {
    fn call(&self, request: &Request) -> Option<Call> {
        let (shop, inside) = self.shop_at(&request.path)?;
        let is_write = !matches!(request.method.as_str(), "GET" | "HEAD");
        let name: &str = Route::of(inside, request).into();
        Some(Call::new(ENTRY.id, Some(shop), name, is_write, request))
    }

    fn answer(&self, context: &Context, request: &Request, _: &Call) -> Stored<Answer> {
        let Some((shop, inside)) = self.shop_at(&request.path) else { return Ok(Answer::error_page(404, "Not Found")) };
        Ok(settled(serve(context, shop, inside, request))?.unwrap_or_else(|error| error.answer()))
    }

    fn throttled(&self, _: Timestamp, retry_after_seconds: Option<u64>, _: &str) -> Answer {
        Answer::failing_host(429, retry_after_seconds)
    }

    /// A host knows only its own calls.
    fn rate_limit(&self, call: &Call) -> Option<(String, u32)> {
        Some((call.store.clone().unwrap_or_default(), self.settings.calls_per_second?))
    }
}

fn serve(context: &Context, shop: &Shop, inside: &str, request: &Request) -> Done<Answer> {
    let api = CouponApi { reader: CouponReader { context, shop }, request };
    match Route::of(inside, request) {
        Route::Index => Ok(Answer::json(200, &api.index())),
        Route::Unknown => Err(no_route().into()),
        route if sign_in::check(&shop.own, context, request)? => api.serve(route),
        route => Err(unauthorized(route, request).into()),
    }
}

impl PretendShop for ShopHandle<'_, Settings, WooShop> {
    fn base_path(&self) -> String {
        format!("/{}", self.shop.id)
    }

    fn sign_in(&self, _: &Act) -> Stored<SignIn> {
        let WooShop { consumer_key, consumer_secret, .. } = &self.shop.own;
        Ok(SignIn::new(json!({ "consumer_key": consumer_key, "consumer_secret": consumer_secret })))
    }

    fn first_coupon_id(&self) -> u64 {
        FIRST_COUPON_ID
    }

    /// The start becomes the day of its creation: a coupon here has no other.
    fn seeded(&self, _: u64, seed: &CouponSeed, now: Timestamp) -> Fields {
        let created = seed.starts.unwrap_or(now).min(now).timestamp();
        let amount = |value: rust_decimal::Decimal| stored_amount(&value.to_string(), self.shop.own.is_modern());
        let (discount_type, value) = match &seed.discount {
            DiscountSeed::Sum(sum) => ("fixed_cart", *sum),
            DiscountSeed::Percent { percent, .. } | DiscountSeed::Coins { percent, .. } => ("percent", *percent),
        };
        let coupon = Coupon {
            code: stored_code(&seed.code),
            amount: amount(value),
            discount_type: discount_type.to_string(),
            description: stored_description(&seed.name),
            status: seed.status.clone().unwrap_or_else(|| "publish".to_string()),
            expires: seed.ends.map(|ends| ends.timestamp()),
            usage_limit: seed.total,
            usage_count: seed.used,
            minimum_amount: amount(seed.min_spend),
            raw: seed.raw.clone(),
            ..Coupon::blank(created)
        };
        coupon.to_fields().unwrap_or_default()
    }

    fn names(&self) -> &'static [&'static str] {
        &["code"]
    }

    /// Dates are read as the shop reads them, and `date_expires_gmt` counts too.
    fn edited(&self, stored: &mut Fields, fields: &Fields) -> Result<(), String> {
        for (name, value) in fields {
            match name.as_str() {
                "date_expires" | "date_expires_gmt" => {
                    let zone = if name == "date_expires" { self.shop.zone } else { chrono_tz::UTC };
                    let expires = value.as_str().and_then(|text| dates::read(text, zone, Timestamp::default()));
                    stored.insert("expires".to_string(), json!(expires));
                }
                name => replace(stored, name, value)?,
            }
        }
        Coupon::from_fields(stored.clone()).map(drop).map_err(|error| error.to_string())
    }
}
