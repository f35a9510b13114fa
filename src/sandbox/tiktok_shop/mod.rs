//! A pretend TikTok Shop, from the Partner API's documents: coupons are read there, and changed only by hand.
//!
//! `gateway` knows who calls and for which shop, `tokens` hands the proofs out, `coupons` holds the two operations there are,
//! `answer` the envelope and the codes. No call changes a coupon: [`edited`] stands for the seller in Seller Center. What the
//! documents leave open is one named constant, one commented line or one setting of the scenario.

mod answer;
mod coupons;
mod gateway;
mod tokens;

use chrono::Duration;
use serde_json::{Map, Value, json};

use super::clock::Clock;
use super::exchange::{Answer, Request};
use super::faults::Call;
use super::scenario::{CouponSeed, DiscountSeed, Own, Settings, Shop, TiktokShop, hash_number};
use super::state::{Act, Stored};
use crate::domain::{Currency, Platform, Timestamp};
use answer::{Refusal, Reply};

pub(super) use tokens::{first_tokens, sign_in, token_holder};

/// Regions whose coupons also limit redemptions.
const REGIONS_LIMITING_REDEMPTIONS: [&str; 6] = ["ID", "MY", "PH", "TH", "SG", "VN"];
/// How long a coupon that buyers collect is usable from then on, unless the scenario says otherwise.
const USABLE_DAYS_AFTER_CLAIM: u64 = 7;

/// What a call is answered against.
pub(super) struct Desk<'d> {
    pub shops: &'d [Shop],
    pub settings: &'d Settings,
    pub clock: &'d Clock,
    pub now: Timestamp,
}

impl<'d> Desk<'d> {
    fn tiktok_shops(&self) -> impl Iterator<Item = (&'d Shop, &'d TiktokShop)> + use<'d> {
        of_tiktok_shop(self.shops)
    }

    /// The shops of one seller's account, in the scenario's order.
    fn shops_of(&self, seller: &str) -> Vec<(&'d Shop, &'d TiktokShop)> {
        self.tiktok_shops().filter(|(_, own)| own.seller == seller).collect()
    }
}

/// What a path asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Route {
    /// The page where a seller lets the app in.
    Consent,
    TokenFromCode,
    TokenFromRefresh,
    Shops,
    Search,
    Coupon(String),
    /// An operation that there is, under a version that there is not.
    OtherVersion,
    Unknown,
}

impl Route {
    /// None where the path cannot be TikTok Shop's: its operations lie under `/category/YYYYMM/`.
    fn of(path: &str) -> Option<Self> {
        match path {
            "/open/authorize" => return Some(Self::Consent),
            "/api/v2/token/get" => return Some(Self::TokenFromCode),
            "/api/v2/token/refresh" => return Some(Self::TokenFromRefresh),
            _ => {}
        }
        let mut parts = path.strip_prefix('/')?.splitn(3, '/');
        let (category, version, resource) = (parts.next()?, parts.next()?, parts.next().unwrap_or_default());
        let is_version = version.len() == 6 && version.bytes().all(|byte| byte.is_ascii_digit());
        let known = Self::resource(category, resource);
        match (is_version, known) {
            (false, _) => None,
            (true, None) => Some(Self::Unknown),
            (true, Some((route, its_version))) if its_version == version => Some(route),
            (true, Some(_)) => Some(Self::OtherVersion),
        }
    }

    /// The operation, and the one version that it has.
    fn resource(category: &str, resource: &str) -> Option<(Self, &'static str)> {
        match (category, resource) {
            ("authorization", "shops") => Some((Self::Shops, "202309")),
            ("promotion", "coupons/search") => Some((Self::Search, "202406")),
            ("promotion", other) => {
                let id = other.strip_prefix("coupons/").filter(|id| !id.is_empty() && !id.contains('/'))?;
                Some((Self::Coupon(id.to_string()), "202406"))
            }
            _ => None,
        }
    }

    fn call_name(&self) -> &'static str {
        match self {
            Self::Consent => "authorize",
            Self::TokenFromCode => "token_get",
            Self::TokenFromRefresh => "token_refresh",
            Self::Shops => "shops",
            Self::Search => "search_coupons",
            Self::Coupon(_) => "get_coupon",
            Self::OtherVersion | Self::Unknown => "unknown",
        }
    }

    fn method(&self) -> &'static str {
        if *self == Self::Search { "POST" } else { "GET" }
    }
}

/// What `request` asks for, where its path is TikTok Shop's.
pub(super) fn call(request: &Request, shops: &[Shop]) -> Option<Call> {
    let route = Route::of(&request.path)?;
    Some(Call {
        platform: Platform::TiktokShop,
        store: named_store(request, shops).map(|shop| shop.id.to_string()),
        name: route.call_name().to_string(),
        is_write: false,
        path: request.path.clone(),
    })
}

/// The shop that the cipher names; where there is none, the first one of the seller whose token is shown.
fn named_store<'s>(request: &Request, shops: &'s [Shop]) -> Option<&'s Shop> {
    if let Some(cipher) = request.parameter("shop_cipher") {
        return of_tiktok_shop(shops).find(|(_, own)| own.cipher == cipher).map(|(shop, _)| shop);
    }
    let in_query = || request.parameter("refresh_token").or_else(|| request.parameter("auth_code"));
    let token = request.header(gateway::TOKEN_HEADER).or_else(in_query)?;
    of_tiktok_shop(shops).find(|(_, own)| tokens::is_of(token, &own.seller)).map(|(shop, _)| shop)
}

fn of_tiktok_shop(shops: &[Shop]) -> impl Iterator<Item = (&Shop, &TiktokShop)> {
    shops.iter().filter_map(|shop| match &shop.own {
        Own::TiktokShop(own) => Some((shop, own)),
        _ => None,
    })
}

/// Carries `request` out, or refuses it.
pub(super) fn answer(desk: &Desk, act: &Act, request: &Request, request_id: &str) -> Stored<Answer> {
    let result = reply(desk, act, request)?;
    Ok(answer::answer(result, desk.settings, desk.now, request_id))
}

fn reply(desk: &Desk, act: &Act, request: &Request) -> Stored<Result<Reply, Refusal>> {
    let route = Route::of(&request.path).unwrap_or(Route::Unknown);
    match route {
        Route::Unknown => return Ok(Err(answer::INVALID_PATH)),
        Route::OtherVersion => return Ok(Err(answer::INVALID_VERSION)),
        _ if route.method() != request.method => return Ok(Err(answer::INVALID_METHOD)),
        _ => {}
    }
    match &route {
        Route::Consent => tokens::authorize(desk, act, request),
        Route::TokenFromCode => tokens::from_code(desk, act, request),
        Route::TokenFromRefresh => tokens::from_refresh(desk, act, request),
        Route::Shops => Ok(gateway::check_seller(desk, act, request)?.map(|seller| shop_list(desk, &seller))),
        _ => match gateway::check_shop(desk, act, request)? {
            Err(refusal) => Ok(Err(refusal)),
            Ok(shop) => coupons::Counter { desk, act, shop }.serve(&route, request),
        },
    }
}

/// The refusal of a call above the rate limit.
pub(super) fn throttled(
    settings: &Settings,
    now: Timestamp,
    request_id: &str,
    retry_after_seconds: Option<u64>,
) -> Answer {
    let refused = answer::answer(Err(answer::TOO_MANY_REQUESTS), settings, now, request_id);
    match retry_after_seconds {
        Some(seconds) => refused.with_header("retry-after", seconds.to_string()),
        None => refused,
    }
}

/// `GET /authorization/202309/shops`. The sheet's section 1.6.
fn shop_list(desk: &Desk, seller: &str) -> Reply {
    let shops = desk.shops_of(seller);
    let seller_type = if shops.len() > 1 { "CROSS_BORDER" } else { "LOCAL" };
    let shown = |(shop, own): &(&Shop, &TiktokShop)| {
        json!({
            "id": own.shop_id.to_string(), "name": shop.name, "region": shop.region, "seller_type": seller_type,
            "cipher": own.cipher, "code": format!("{}LC{:06}", shop.region, own.shop_id % 1_000_000),
        })
    };
    Reply::Api(json!({ "shops": shops.iter().map(shown).collect::<Vec<_>>() }))
}

/// Nineteen digits, of which a number in floating point loses the last three; they differ from shop to shop.
pub(super) fn first_coupon_id(seed: &str, shop: &Shop) -> u64 {
    7_340_000_000_000_000_001 + hash_number(&[seed, shop.id.as_str(), "coupon"]) % 1_000_000_000 * 1_000_000
}

/// What a coupon of the scenario is in TikTok Shop's fields. It is a promo code, unless its raw `display_type` says otherwise:
/// then buyers collect it, and its code is shown nowhere.
pub(super) fn seeded(shop: &Shop, seed: &CouponSeed, now: Timestamp) -> Map<String, Value> {
    let display_type = seed.raw.get("display_type").and_then(Value::as_str).unwrap_or("PROMO_CODE");
    let is_promo_code = display_type.trim() == "PROMO_CODE";
    let made = (seed.starts.unwrap_or(now).min(now) - Duration::days(1)).timestamp_millis();
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_string(), value);
    put("title", json!(seed.name));
    put("display_type", json!(display_type));
    put("create_time", json!(made));
    put("update_time", json!(made));
    put("claim_duration", window(seed));
    if is_promo_code {
        let mut usable = window(seed);
        usable["type"] = json!("ABSOLUTE");
        put("redemption_duration", usable);
        put("promo_code", json!(seed.code));
    } else {
        put("redemption_duration", json!({ "type": "RELATIVE", "relative_time": USABLE_DAYS_AFTER_CLAIM }));
    }
    put("target_buyer_segment", json!("ALL"));
    put("usage_limits", usage_limits(shop, seed.total));
    put("usage_stats", json!({ "claimed_count": seed.used, "redeemed_count": seed.redeemed }));
    put("discount", discount(&seed.discount, shop.currency));
    put("threshold", threshold(seed, shop.currency));
    put("product_scope", json!("FULL_SHOP"));
    put("creation_source", json!("SELLER_CENTER"));
    put("display_channels", json!([if is_promo_code { "PRIVATE" } else { "ALL" }]));
    if let Some(status) = &seed.status {
        put("status", json!(status));
    }
    fields.extend(seed.raw.clone());
    fields
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

/// A stored coupon in full. Its `status` is there only where the times do not decide it.
pub(super) fn shown_alone(id: u64, mut fields: Map<String, Value>) -> Map<String, Value> {
    fields.insert("id".to_string(), json!(id.to_string()));
    fields
}

/// Lays `fields` over a stored coupon, past every rule, as the seller does by hand. An object is laid over the object that is
/// there, so `{"usage_limits": {"total_claim_limit": 900}}` leaves the other limits; `null` takes a member away.
///
/// `status` `DEACTIVATED` stays until it is edited away; the three words that follow from the times only end it.
/// `update_time` moves on by a second where it is not given.
pub(super) fn edited(stored: &mut Map<String, Value>, fields: &Map<String, Value>) -> Result<(), String> {
    let mut changed = stored.clone();
    for (name, value) in fields {
        if !coupons::FIELDS.contains(&name.as_str()) {
            return Err(format!("there is no field `{name}`"));
        }
        let is_of_times = value.as_str().is_some_and(|word| coupons::STATUSES_OF_TIMES.contains(&word));
        match name.as_str() {
            "status" if is_of_times => drop(changed.remove("status")),
            _ => lay_over(&mut changed, name, value)?,
        }
    }
    if !fields.contains_key("update_time") {
        let later = changed.get("update_time").and_then(Value::as_i64).unwrap_or(0).saturating_add(1000);
        changed.insert("update_time".to_string(), json!(later));
    }
    *stored = changed;
    Ok(())
}

fn lay_over(under: &mut Map<String, Value>, name: &str, value: &Value) -> Result<(), String> {
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
