//! A pretend Lazada, from the Open Platform's documents for seller vouchers.
//!
//! `parameters` gathers what a request says, `sign_in` knows who calls, `vouchers` holds the nine calls, `rules` what each may
//! change in which status, `answer` the envelope. What the documents leave open is one named constant, one setting of the
//! scenario or one commented line. All countries' hosts and the one for tokens are one address here: the token tells the store.

mod answer;
mod parameters;
mod rules;
mod sign_in;
mod vouchers;

use serde_json::{Map, Value, json};

use super::clock::Clock;
use super::exchange::{Answer, Request};
use super::faults::Call;
use super::scenario::{CouponSeed, DiscountSeed, Own, Settings, Shop, hash_number};
use super::state::{Act, Stored};
use crate::domain::{Platform, Timestamp};
use answer::Reply;
use parameters::Parameters;

pub(super) use sign_in::{first_tokens, sign_in};

/// What stands before every API path, and is not signed.
pub(super) const BASE_PATH: &str = "/rest";
/// The seller's page, on the token host.
const CONSENT_PAGE: &str = "/oauth/authorize";

/// API path, logical name, whether it writes.
const CALLS: [(&str, &str, bool); 12] = [
    ("/auth/token/create", "token_create", false),
    ("/auth/token/refresh", "token_refresh", false),
    ("/seller/get", "seller_get", false),
    ("/promotion/vouchers/get", "vouchers_get", false),
    ("/promotion/voucher/get", "voucher_get", false),
    ("/promotion/voucher/products/get", "voucher_products_get", false),
    ("/promotion/voucher/create", "voucher_create", true),
    ("/promotion/voucher/update", "voucher_update", true),
    ("/promotion/voucher/activate", "voucher_activate", true),
    ("/promotion/voucher/deactivate", "voucher_deactivate", true),
    ("/promotion/voucher/product/sku/add", "voucher_sku_add", true),
    ("/promotion/voucher/product/sku/remove", "voucher_sku_remove", true),
];

/// What a call is answered against.
pub(super) struct Desk<'d> {
    pub shops: &'d [Shop],
    pub settings: &'d Settings,
    pub clock: &'d Clock,
    pub now: Timestamp,
}

/// What `request` asks for, where its path is Lazada's and there is a store of Lazada.
pub(super) fn call(request: &Request, shops: &[Shop]) -> Option<Call> {
    let owns = |seller_id: Option<u64>| {
        move |shop: &&Shop| match &shop.own {
            Own::Lazada(own) => seller_id.is_none_or(|seller_id| own.seller_id == seller_id),
            _ => false,
        }
    };
    shops.iter().find(owns(None))?;
    let path = request.path.trim_end_matches('/');
    let api_path =
        if path == CONSENT_PAGE { path } else { path.strip_prefix(BASE_PATH).filter(|rest| rest.starts_with('/'))? };
    let (name, is_write) = match CALLS.iter().find(|(known, ..)| *known == api_path) {
        Some((_, name, is_write)) => (*name, *is_write),
        None if api_path == CONSENT_PAGE => ("authorize", false),
        None => ("unknown", false),
    };
    let parameters = Parameters::of(request);
    let token = ["access_token", "refresh_token", "code"].iter().find_map(|name| parameters.get(name));
    let seller_id = token.and_then(sign_in::seller_of_token);
    let store = seller_id.and_then(|seller_id| shops.iter().find(owns(Some(seller_id))));
    Some(Call {
        platform: Platform::Lazada,
        store: store.map(|shop| shop.id.to_string()),
        name: name.to_string(),
        is_write,
        path: request.path.clone(),
    })
}

/// Carries `request` out, or refuses it.
pub(super) fn answer(desk: &Desk, act: &Act, request: &Request, call: &Call, request_id: &str) -> Stored<Answer> {
    let parameters = Parameters::of(request);
    // Signed as it was sent, so a slash at its end counts.
    let api_path = request.path.strip_prefix(BASE_PATH).unwrap_or(&request.path);
    let by_get = request.method == "GET";
    let reads_by_post =
        matches!(call.name.as_str(), "token_create" | "token_refresh") || desk.settings.lazada_post_reads;
    let is_allowed = match request.method.as_str() {
        "GET" => !call.is_write,
        "POST" => call.is_write || reads_by_post,
        _ => false,
    };
    let result = match call.name.as_str() {
        "authorize" if by_get => sign_in::authorize(desk, act, &parameters)?,
        "authorize" | "unknown" => Err(answer::invalid_api(&request.method, api_path)),
        _ if !is_allowed => Err(answer::invalid_api(&request.method, api_path)),
        "token_create" | "token_refresh" => match sign_in::check_app(desk, api_path, &parameters) {
            Err(refusal) => Err(refusal),
            Ok(()) if call.name == "token_create" => sign_in::token_from_code(desk, act, &parameters)?,
            Ok(()) => sign_in::token_from_refresh(desk, act, &parameters)?,
        },
        name => match sign_in::check_store(desk, act, api_path, &parameters)? {
            Err(refusal) => Err(refusal),
            Ok((shop, own)) if name == "seller_get" => Ok(Reply::Data(sign_in::seller(shop, own))),
            Ok((shop, own)) => match sign_in::check_promotions_allowed(own) {
                Err(refusal) => Err(refusal),
                Ok(()) => vouchers::Counter { desk, act, shop, own }.serve(name, &parameters)?,
            },
        },
    };
    Ok(answer::answer(result, call.is_write, desk.settings, request_id))
}

/// The refusal of a call above the rate limit; the ban's length stands in the message alone.
pub(super) fn throttled(settings: &Settings, ban_seconds: Option<u64>, request_id: &str) -> Answer {
    answer::answer(Err(answer::call_limit(ban_seconds.unwrap_or(1))), false, settings, request_id)
}

/// Ids have 14 digits like the documents' samples, and differ from store to store.
pub(super) fn first_voucher_id(seed: &str, shop: &Shop) -> u64 {
    91_000_000_000_000 + hash_number(&[seed, shop.id.as_str(), "voucher"]) % 1_000_000_000 * 1_000
}

/// What a coupon of the scenario is in Lazada's fields. It is collected, so its code is kept only where `raw` makes it a
/// `CODE_VOUCHER`.
pub(super) fn seeded(shop: &Shop, seed: &CouponSeed) -> Map<String, Value> {
    let milliseconds = |at: Option<Timestamp>| at.map_or(0, |at| at.timestamp_millis());
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_string(), value);
    put("voucher_type", json!(rules::COLLECTIBLE));
    put("voucher_name", json!(seed.name));
    put("voucher_code", Value::Null);
    put("apply", json!("ENTIRE_SHOP"));
    put("display_area", json!("REGULAR_CHANNEL"));
    put("criteria_over_money", rules::money(seed.min_spend));
    put("limit", json!(1));
    put("issued", json!(seed.total.unwrap_or(0)));
    put("order_used_budget", json!(seed.used));
    put("currency", json!(shop.currency));
    put("collect_start", json!(milliseconds(seed.starts)));
    put("period_start_time", json!(milliseconds(seed.starts)));
    put("period_end_time", json!(milliseconds(seed.ends)));
    put("sku_ids", json!([]));
    let (discount_type, sum, percent, cap) = match &seed.discount {
        DiscountSeed::Sum(sum) => ("MONEY_VALUE_OFF", rules::money(*sum), Value::Null, Value::Null),
        DiscountSeed::Percent { percent, cap } | DiscountSeed::Coins { percent, cap } => {
            let percent = json!(percent.trunc().normalize().to_string());
            ("PERCENTAGE_DISCOUNT_OFF", Value::Null, percent, cap.map_or(Value::Null, rules::money))
        }
    };
    put("voucher_discount_type", json!(discount_type));
    put("offering_money_value_off", sum);
    put("offering_percentage_discount_off", percent);
    put("max_discount_offering_money_value", cap);
    if seed.status.is_some() {
        put("status", json!(rules::SUSPEND));
    }
    if seed.raw.get("voucher_type").is_some_and(|voucher_type| voucher_type != rules::COLLECTIBLE) {
        put("voucher_code", json!(seed.code));
    }
    fields.extend(seed.raw.clone());
    fields
}

/// A stored voucher in full: as the detail, but with `status` only where the clock does not decide it, and with its SKUs.
pub(super) fn shown(id: u64, mut fields: Map<String, Value>) -> Map<String, Value> {
    fields.entry("id").or_insert(json!(id));
    fields
}

/// Lays `fields` over a stored voucher, past every rule. `status` can be `SUSPEND`, a word of the tester's own, or `ONGOING`
/// or null, which both leave it to the clock.
pub(super) fn edited(stored: &mut Map<String, Value>, fields: &Map<String, Value>) -> Result<(), String> {
    let status = fields.get("status").map(|status| status.as_str().unwrap_or("ONGOING"));
    if let Some(by_clock @ ("NOT_START" | "FINISH")) = status {
        return Err(format!("{by_clock} follows from the times; edit period_start_time and period_end_time"));
    }
    stored.extend(fields.clone());
    if status == Some("ONGOING") {
        stored.remove("status");
    }
    Ok(())
}
