//! A mock TikTok Shop, from the Partner API's documents: coupons are read there, and changed only by hand.
//!
//! `shop` says what it knows of itself and of a shop, `gateway` knows who calls and for which shop, `sign_in` hands the proofs
//! out, `coupons` holds the two operations there are, `answer` the envelope and the codes. No call changes a coupon:
//! [`PretendShop::edited`] stands for the seller in Seller Center. What the documents leave open is one named constant, one
//! commented line or one setting of the scenario.

mod answer;
mod coupons;
mod gateway;
mod shop;
mod sign_in;

use chrono::Duration;
use serde_json::{Value, json};
use std::sync::Arc;

use super::access::SignIn;
use super::entry::{Context, Entry, PretendPlatform, PretendShop, ShopHandle, keys_of, refuse_if, settled};
use super::exchange::{Answer, Request};
use super::faults::Call;
use super::fields::{Fields, is_among, object, whole};
use super::seed::{CouponSeed, CouponWords, DiscountSeed};
use super::state::{Act, Stored};
use crate::domain::{Currency, Platform, Timestamp};
use answer::{Done, Refusal, Reply};
use shop::{Settings, Shop, TiktokShop, TiktokShopFields};

/// Regions whose coupons also limit redemptions.
const REGIONS_LIMITING_REDEMPTIONS: [&str; 6] = ["ID", "MY", "PH", "TH", "SG", "VN"];
/// How long a coupon that buyers collect is usable from then on, unless the scenario says otherwise.
const USABLE_DAYS_AFTER_CLAIM: u64 = 7;

pub(super) const ENTRY: Entry = Entry {
    id: Platform::new("tiktok_shop"),
    stored_as: "tiktok_shop",
    identity: "shop_id",
    coupon_words: CouponWords { statuses: Some(&["DEACTIVATED"]), ..CouponWords::PLAIN },
    store_keys: keys_of::<TiktokShopFields>,
    settings: shop::settings,
    new_shop: shop::new_shop,
    open: |opening| Ok(Arc::new(TiktokShop::read(opening)?)),
};

/// Logical name, method and path; `*` stands for a coupon's id.
const CALLS: [(&str, &str, &str); 6] = [
    ("authorize", "GET", "/open/authorize"),
    ("token_get", "GET", "/api/v2/token/get"),
    ("token_refresh", "GET", "/api/v2/token/refresh"),
    ("shops", "GET", "/authorization/202309/shops"),
    ("search_coupons", "POST", "/promotion/202406/coupons/search"),
    ("get_coupon", "GET", "/promotion/202406/coupons/*"),
];
const VERSIONS: [&str; 2] = ["202309", "202406"];

/// The name and the method of what a path asks for, or why there is nothing. None where the path cannot be TikTok Shop's: its
/// operations lie under `/category/YYYYMM/`.
fn called(path: &str) -> Option<Result<(&'static str, &'static str), Refusal>> {
    if let Some(call) = call_at(path) {
        return Some(Ok(call));
    }
    let (category, rest) = path.strip_prefix('/')?.split_once('/')?;
    let (version, resource) = rest.split_once('/').unwrap_or((rest, ""));
    let is_version = version.len() == 6 && version.bytes().all(|byte| byte.is_ascii_digit());
    let is_known = |version: &&str| call_at(&format!("/{category}/{version}/{resource}")).is_some();
    let refusal = if VERSIONS.iter().any(is_known) { answer::INVALID_VERSION } else { answer::INVALID_PATH };
    is_version.then_some(Err(refusal))
}

fn call_at(path: &str) -> Option<(&'static str, &'static str)> {
    let is_meant = |known: &str| match known.strip_suffix('*') {
        Some(front) => path.strip_prefix(front).is_some_and(|id| !id.is_empty() && !id.contains('/')),
        None => path == known,
    };
    CALLS.into_iter().find(|(.., known)| is_meant(known)).map(|(name, method, _)| (name, method))
}

impl PretendPlatform for TiktokShop {
    fn call(&self, request: &Request) -> Option<Call> {
        let name = called(&request.path)?.map_or("unknown", |(name, _)| name);
        Some(Call::new(ENTRY.id, named_shop(self, request), name, false, request))
    }

    fn answer(&self, context: &Context, request: &Request, _: &Call) -> Stored<Answer> {
        let result = settled(serve(self, context, request))?;
        Ok(answer::answer(result, &self.settings, context.now, context.request_id))
    }

    fn throttled(&self, now: Timestamp, retry_after_seconds: Option<u64>, request_id: &str) -> Answer {
        let refused = Err(answer::TOO_MANY_REQUESTS);
        answer::answer(refused, &self.settings, now, request_id).retry_after(retry_after_seconds)
    }

    /// The calls of one shop to one operation.
    fn rate_limit(&self, call: &Call) -> Option<(String, u32)> {
        let who = format!("{} {}", call.store.as_deref().unwrap_or_default(), call.name);
        Some((who, self.settings.calls_per_second?))
    }
}

/// The shop that the cipher names; where there is none, the first one of the seller whose token is shown.
fn named_shop<'s>(platform: &'s TiktokShop, request: &Request) -> Option<&'s Shop> {
    if let Some(cipher) = request.parameter("shop_cipher") {
        return platform.shops.iter().find(|shop| shop.own.cipher == cipher);
    }
    let in_query = || request.parameter("refresh_token").or_else(|| request.parameter("auth_code"));
    let token = request.header(gateway::TOKEN_HEADER).or_else(in_query)?;
    platform.shops.iter().find(|shop| sign_in::is_of(token, &shop.own.seller))
}

fn serve(platform: &TiktokShop, context: &Context, request: &Request) -> Done<Reply> {
    let (name, method) = called(&request.path).unwrap_or(Err(answer::INVALID_PATH))?;
    refuse_if(method != request.method, || answer::INVALID_METHOD)?;
    match name {
        "authorize" => platform.authorize(context, request),
        "token_get" => platform.token_from_code(context, request),
        "token_refresh" => platform.token_from_refresh(context, request),
        "shops" => {
            let seller = platform.check_seller(context, request)?;
            Ok(Reply::Api(sign_in::shop_list(&platform.shops_of(seller).collect::<Vec<_>>())))
        }
        "search_coupons" => coupons::search(context, platform.check_shop(context, request)?, request),
        _ => coupons::get(platform, context, platform.check_shop(context, request)?, request),
    }
}

impl PretendShop for ShopHandle<'_, Settings, TiktokShopFields> {
    fn token_holder(&self) -> Option<String> {
        Some(self.shop.own.token_holder())
    }

    fn sign_in(&self, act: &Act) -> Stored<SignIn> {
        self.platform.sign_in(act, self.shop)
    }

    fn add_first_tokens(&self, act: &Act, now: Timestamp) -> Stored<()> {
        self.platform.add_first_tokens(act, self.shop, now)
    }

    /// Nineteen digits, of which a number in floating point loses the last three; they differ from shop to shop.
    fn first_coupon_id(&self) -> u64 {
        7_340_000_000_000_000_001 + self.number("coupon", 1_000_000_000) * 1_000_000
    }

    /// It is a promo code, unless its raw `display_type` says otherwise: then buyers collect it, and its code is shown nowhere.
    fn seeded(&self, _: u64, seed: &CouponSeed, now: Timestamp) -> Fields {
        let display_type = seed.raw.get("display_type").and_then(Value::as_str).unwrap_or("PROMO_CODE");
        let is_promo_code = display_type.trim() == "PROMO_CODE";
        let made = (seed.starts.unwrap_or(now).min(now) - Duration::days(1)).timestamp_millis();
        let redeemed = seed.used.saturating_mul(self.shop.own.redeemed_percent) / 100;
        let currency = self.shop.currency;
        let mut fields = object(json!({
            "title": seed.name, "display_type": display_type, "create_time": made, "update_time": made,
            "claim_duration": window(seed), "target_buyer_segment": "ALL",
            "redemption_duration": { "type": "RELATIVE", "relative_time": USABLE_DAYS_AFTER_CLAIM },
            "usage_limits": usage_limits(self.shop, seed.total),
            "usage_stats": { "claimed_count": seed.used, "redeemed_count": redeemed },
            "discount": discount(&seed.discount, currency), "threshold": threshold(seed, currency),
            "product_scope": "FULL_SHOP", "creation_source": "SELLER_CENTER",
            "display_channels": [if is_promo_code { "PRIVATE" } else { "ALL" }],
        }));
        if is_promo_code {
            let mut usable = window(seed);
            usable["type"] = json!("ABSOLUTE");
            fields.insert("redemption_duration".to_string(), usable);
            fields.insert("promo_code".to_string(), json!(seed.code));
        }
        if let Some(status) = &seed.status {
            fields.insert("status".to_string(), json!(status));
        }
        fields.extend(seed.raw.clone());
        fields
    }

    /// Most coupons have a name and no code.
    fn names(&self) -> &'static [&'static str] {
        &["promo_code", "title"]
    }

    /// As the seller does by hand. An object is laid over the object that is there, so
    /// `{"usage_limits": {"total_claim_limit": 900}}` leaves the other limits; `null` takes a member away.
    ///
    /// `status` `DEACTIVATED` stays until it is edited away; the three words that follow from the times only end it.
    /// `update_time` moves on by a second where it is not given.
    fn edited(&self, stored: &mut Fields, fields: &Fields) -> Result<(), String> {
        for (name, value) in fields {
            if !is_among(coupons::LIST_FIELDS, name) && !is_among(coupons::DETAIL_FIELDS, name) {
                return Err(format!("there is no field `{name}`"));
            }
            let is_of_times = value.as_str().is_some_and(|word| coupons::STATUSES_OF_TIMES.contains(&word));
            match name.as_str() {
                "status" if is_of_times => drop(stored.remove("status")),
                _ => lay_over(stored, name, value)?,
            }
        }
        if !fields.contains_key("update_time") {
            stored.insert("update_time".to_string(), json!(whole(stored, "update_time").saturating_add(1000)));
        }
        Ok(())
    }
}

/// From `start_time` to `end_time`, in seconds; a bound that the scenario leaves open is absent.
fn window(seed: &CouponSeed) -> Value {
    let bounds = [("start_time", seed.starts), ("end_time", seed.ends)];
    let known = bounds.into_iter().filter_map(|(name, at)| Some((name.to_string(), json!(at?.timestamp()))));
    Value::Object(known.collect())
}

/// How "no limit" is shown is not documented; here the limit is absent.
fn usage_limits(shop: &Shop, total: Option<u64>) -> Value {
    let mut limits = json!({ "single_buyer_claim_limit": 1 });
    if let Some(total) = total {
        limits["total_claim_limit"] = json!(total);
        if REGIONS_LIMITING_REDEMPTIONS.contains(&shop.region.as_str()) {
            limits["redemption_limit"] = json!(total);
        }
    }
    limits
}

fn discount(discount: &DiscountSeed, currency: Currency) -> Value {
    match discount {
        DiscountSeed::Sum(sum) => json!({ "type": "AMOUNT_OFF", "reduction_amount": money(*sum, currency) }),
        DiscountSeed::Percent { percent, cap } | DiscountSeed::Coins { percent, cap } => {
            let mut discount = json!({ "type": "PERCENT_OFF", "percentage": percent.normalize().to_string() });
            if let Some(cap) = cap {
                discount["max_discount"] = money(*cap, currency);
            }
            discount
        }
    }
}

fn threshold(seed: &CouponSeed, currency: Currency) -> Value {
    if seed.min_spend.is_zero() {
        return json!({ "type": "NONE" });
    }
    json!({ "type": "MIN_SPEND", "min_spend": money(seed.min_spend, currency) })
}

/// A decimal string in major units, with its currency.
fn money(amount: rust_decimal::Decimal, currency: Currency) -> Value {
    json!({ "amount": amount.normalize().to_string(), "currency": currency.code() })
}

fn lay_over(under: &mut Fields, name: &str, value: &Value) -> Result<(), String> {
    match (under.get_mut(name), value) {
        (_, Value::Null) => drop(under.remove(name)),
        (Some(Value::Object(inside)), Value::Object(members)) => {
            for (member, value) in members {
                lay_over(inside, member, value)?;
            }
        }
        (Some(Value::Object(_)), _) => return Err(format!("`{name}` is an object")),
        _ => drop(under.insert(name.to_string(), value.clone())),
    }
    Ok(())
}
