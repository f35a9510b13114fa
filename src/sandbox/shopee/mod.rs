//! A mock Shopee, from the Open Platform's documents for seller vouchers (v2).
//!
//! `shop` says what it knows of itself and of a shop, `sign_in` knows who calls, `vouchers` holds the six operations, `rules` what
//! each may change in which state, `request` and `answer` the two envelopes. What the documents leave open is one named constant
//! or one commented line.

mod answer;
mod request;
mod rules;
mod shop;
mod sign_in;
mod vouchers;

use serde_json::{Value, json};
use std::sync::Arc;

use super::access::SignIn;
use super::entry::{Context, Entry, PretendPlatform, PretendShop, ShopHandle, keys_of, settled};
use super::exchange::{Answer, Request};
use super::faults::Call;
use super::fields::{Fields, object};
use super::seed::{CouponSeed, CouponWords, DiscountSeed};
use super::state::{Act, Stored};
use crate::domain::{Platform, Timestamp};
use answer::{Done, Reply};
use rules::money;
use shop::{Settings, Shopee, ShopeeShop};
use vouchers::VoucherApi;

const BASE_PATH: &str = "/api/v2/";

pub(super) const ENTRY: Entry = Entry {
    id: Platform::new("shopee"),
    stored_as: "shopee",
    identity: "shop_id",
    coupon_words: CouponWords { platform_owned: true, coins: true, ..CouponWords::PLAIN },
    store_keys: keys_of::<ShopeeShop>,
    settings: shop::settings,
    new_shop: shop::new_shop,
    open: |opening| Ok(Arc::new(Shopee::read(opening)?)),
};

impl PretendPlatform for Shopee {
    fn call(&self, request: &Request) -> Option<Call> {
        let operation = request.path.trim_end_matches('/').strip_prefix(BASE_PATH)?;
        let name = match operation {
            "auth/token/get" => "token_get",
            "auth/access_token/get" => "access_token_get",
            other => other.rsplit('/').next().unwrap_or(other),
        };
        let in_query = request.parameter("shop_id").and_then(|id| id.parse().ok());
        let in_body = || request.json_object().and_then(|body| body.get("shop_id").and_then(Value::as_u64));
        let shop = self.shop_of(in_query.or_else(in_body));
        let is_write = matches!(name, "add_voucher" | "update_voucher" | "end_voucher" | "delete_voucher");
        Some(Call::new(ENTRY.id, shop, name, is_write, request))
    }

    fn answer(&self, context: &Context, request: &Request, _: &Call) -> Stored<Answer> {
        let operation = request.path.trim_end_matches('/').strip_prefix(BASE_PATH).unwrap_or_default();
        let Some(done) = serve(self, context, operation, request) else {
            // Not documented; the gateway's own words.
            let body =
                json!({ "error": "error_not_found", "message": "no such api", "request_id": context.request_id });
            return Ok(Answer::json(404, &body));
        };
        Ok(answer::answer(settled(done)?, &self.settings, context.request_id))
    }

    fn throttled(&self, _: Timestamp, _: Option<u64>, request_id: &str) -> Answer {
        answer::answer(Err(answer::RATE_LIMITED), &self.settings, request_id)
    }

    /// An app's calls are counted over all of its shops.
    fn rate_limit(&self, _: &Call) -> Option<(String, u32)> {
        Some(("shopee".to_string(), self.settings.calls_per_second?))
    }
}

/// None where there is no such operation.
fn serve(shopee: &Shopee, context: &Context, operation: &str, request: &Request) -> Option<Done<Reply>> {
    Some(match operation {
        "shop/auth_partner" => shopee.authorize(context, request),
        "auth/token/get" => shopee.token_from_code(context, request),
        "auth/access_token/get" => shopee.token_from_refresh(context, request),
        "public/get_shops_by_partner" => shopee.shops_of_partner(context, request),
        "shop/get_shop_info" => {
            shopee.check_shop(context, request).map(|shop| Reply::TopLevel(sign_in::shop_info(shop)))
        }
        _ if vouchers::OPERATIONS.contains(&operation) => shopee
            .check_shop(context, request)
            .and_then(|shop| VoucherApi { shopee, context, shop }.serve(operation, request)),
        _ => return None,
    })
}

impl PretendShop for ShopHandle<'_, Settings, ShopeeShop> {
    fn sign_in(&self, act: &Act) -> Stored<SignIn> {
        self.platform.sign_in(act, self.shop)
    }

    fn add_first_tokens(&self, act: &Act, now: Timestamp) -> Stored<()> {
        self.platform.add_pair(act, self.shop, 1, now).map(drop)
    }

    /// Ids look like the documents' samples, and differ from shop to shop.
    fn first_coupon_id(&self) -> u64 {
        395_000_000_000_000 + self.number("voucher", 1_000_000_000) * 1_000
    }

    fn seeded(&self, _: u64, seed: &CouponSeed, _: Timestamp) -> Fields {
        let seconds = |at: Option<Timestamp>| at.map_or(0, |at| at.timestamp());
        let mut fields = object(json!({
            "voucher_code": format!("{}{}", self.shop.own.code_prefix, seed.code).to_ascii_uppercase(),
            "voucher_name": seed.name, "voucher_type": 1,
            "usage_quantity": seed.total.unwrap_or(0), "current_usage": seed.used,
            "start_time": seconds(seed.starts), "end_time": seconds(seed.ends),
            "is_admin": seed.platform_owned, "voucher_purpose": 0, "usecase": if seed.platform_owned { 8 } else { 1 },
            "min_basket_price": money(seed.min_spend), "display_channel_list": [1], "display_start_time": 0,
            "target_voucher": 0,
        }));
        fields.extend(object(match &seed.discount {
            DiscountSeed::Sum(sum) => json!({ "reward_type": 1, "discount_amount": money(*sum) }),
            DiscountSeed::Percent { percent, cap } | DiscountSeed::Coins { percent, cap } => json!({
                "reward_type": if matches!(seed.discount, DiscountSeed::Percent { .. }) { 2 } else { 3 },
                "percentage": u64::try_from(percent.trunc()).unwrap_or(0),
                "max_price": money(cap.unwrap_or_default()),
            }),
        }));
        fields.extend(seed.raw.clone());
        fields
    }

    fn names(&self) -> &'static [&'static str] {
        &["voucher_code"]
    }

    fn edited(&self, stored: &mut Fields, fields: &Fields) -> Result<(), String> {
        stored.extend(fields.clone());
        Ok(())
    }
}
