//! A pretend Shopee, from the Open Platform's documents for seller vouchers (v2).
//!
//! `sign_in` knows who calls, `vouchers` holds the six operations, `rules` what each may change in which state, `answer` the
//! envelope. What the documents leave open is one named constant or one commented line.

mod answer;
mod rules;
mod sign_in;
mod vouchers;

use serde_json::{Map, Value, json};

use super::clock::Clock;
use super::exchange::{Answer, Request};
use super::faults::Call;
use super::scenario::{CouponSeed, DiscountSeed, Own, Settings, Shop, ShopeeShop, hash_number};
use super::state::{Act, Stored};
use crate::domain::{Platform, Timestamp};
use answer::{Refusal, Reply, refusal, wrong_parameters};

pub(super) use sign_in::{expire_tokens, first_tokens, sign_in};

const BASE_PATH: &str = "/api/v2/";

/// What a call is answered against.
pub(super) struct Desk<'d> {
    pub shops: &'d [Shop],
    pub settings: &'d Settings,
    pub clock: &'d Clock,
    pub now: Timestamp,
}

/// What `request` asks for, where its path is Shopee's.
pub(super) fn call(request: &Request, shops: &[Shop]) -> Option<Call> {
    let operation = request.path.trim_end_matches('/').strip_prefix(BASE_PATH)?;
    let name = match operation {
        "auth/token/get" => "token_get",
        "auth/access_token/get" => "access_token_get",
        other => other.rsplit('/').next().unwrap_or(other),
    };
    let in_query = request.parameter("shop_id").and_then(|id| id.parse().ok());
    let in_body = || request.json_object().and_then(|body| body.get("shop_id").and_then(Value::as_u64));
    let shop_id: Option<u64> = in_query.or_else(in_body);
    let store = shops.iter().find(|shop| matches!(&shop.own, Own::Shopee(own) if Some(own.shop_id) == shop_id));
    Some(Call {
        platform: Platform::Shopee,
        store: store.map(|shop| shop.id.to_string()),
        name: name.to_string(),
        is_write: matches!(name, "add_voucher" | "update_voucher" | "end_voucher" | "delete_voucher"),
        path: request.path.clone(),
    })
}

/// Carries `request` out, or refuses it.
pub(super) fn answer(desk: &Desk, act: &Act, request: &Request, request_id: &str) -> Stored<Answer> {
    let operation = request.path.trim_end_matches('/').strip_prefix(BASE_PATH).unwrap_or_default();
    let result = match operation {
        "shop/auth_partner" => sign_in::authorize(desk, act, request)?,
        "auth/token/get" => sign_in::token_from_code(desk, act, request)?,
        "auth/access_token/get" => sign_in::token_from_refresh(desk, act, request)?,
        "public/get_shops_by_partner" => sign_in::shops_of_partner(desk, request),
        "shop/get_shop_info" => {
            sign_in::check_shop(desk, act, request)?.map(|(shop, own)| Reply::TopLevel(sign_in::shop_info(shop, own)))
        }
        _ if vouchers::OPERATIONS.contains(&operation) => match sign_in::check_shop(desk, act, request)? {
            Err(refusal) => Err(refusal),
            Ok((shop, own)) => vouchers::Counter { desk, act, shop, own }.serve(operation, request)?,
        },
        // Not documented; the gateway's own words.
        _ => {
            return Ok(Answer::json(
                404,
                &json!({ "error": "error_not_found", "message": "no such api", "request_id": request_id }),
            ));
        }
    };
    Ok(answer::answer(result, desk.settings, request_id))
}

/// The refusal of a call above the rate limit.
pub(super) fn throttled(settings: &Settings, request_id: &str) -> Answer {
    answer::answer(Err(answer::rate_limited()), settings, request_id)
}

/// Ids look like the documents' samples, and differ from shop to shop.
pub(super) fn first_voucher_id(seed: &str, shop: &Shop) -> u64 {
    395_000_000_000_000 + hash_number(&[seed, shop.id.as_str(), "voucher"]) % 1_000_000_000 * 1_000
}

/// What a coupon of the scenario is in Shopee's fields.
pub(super) fn seeded(own: &ShopeeShop, seed: &CouponSeed) -> Map<String, Value> {
    let seconds = |at: Option<Timestamp>| at.map_or(0, |at| at.timestamp());
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_string(), value);
    put("voucher_code", json!(format!("{}{}", own.code_prefix, seed.code).to_ascii_uppercase()));
    put("voucher_name", json!(seed.name));
    put("voucher_type", json!(1));
    put("usage_quantity", json!(seed.total.unwrap_or(0)));
    put("current_usage", json!(seed.used));
    put("start_time", json!(seconds(seed.starts)));
    put("end_time", json!(seconds(seed.ends)));
    put("is_admin", json!(seed.platform_owned));
    put("voucher_purpose", json!(0));
    put("min_basket_price", vouchers::money(seed.min_spend));
    put("display_channel_list", json!([1]));
    put("display_start_time", json!(0));
    put("target_voucher", json!(0));
    put("usecase", json!(if seed.platform_owned { 8 } else { 1 }));
    match &seed.discount {
        DiscountSeed::Sum(sum) => {
            put("reward_type", json!(1));
            put("discount_amount", vouchers::money(*sum));
        }
        DiscountSeed::Percent { percent, cap } | DiscountSeed::Coins { percent, cap } => {
            let reward_type = if matches!(seed.discount, DiscountSeed::Percent { .. }) { 2 } else { 3 };
            put("reward_type", json!(reward_type));
            put("percentage", json!(u64::try_from(percent.trunc()).unwrap_or(0)));
            put("max_price", vouchers::money(cap.unwrap_or_default()));
        }
    }
    fields.extend(seed.raw.clone());
    fields
}

/// A stored voucher in full, as `get_voucher` answers with it.
pub(super) fn shown(id: u64, mut fields: Map<String, Value>) -> Map<String, Value> {
    fields.entry("voucher_id").or_insert(json!(id));
    fields
}

/// Lays `fields` over a stored voucher, past every rule.
pub(super) fn edited(stored: &mut Map<String, Value>, fields: &Map<String, Value>) -> Result<(), String> {
    stored.extend(fields.clone());
    Ok(())
}

/// `page_no` and `page_size`, 1 and 20 where absent.
fn page(request: &Request, size_max: u64, number_max: u64) -> Result<(u64, u64), Refusal> {
    let read = |name: &str, default: u64, max: u64| match request.parameter(name) {
        None | Some("") => Ok(default),
        Some(text) => match text.parse::<u64>() {
            Ok(number) if (1..=max).contains(&number) => Ok(number),
            _ => Err(wrong_parameters(format!("{name} must be between 1 and {max}"))),
        },
    };
    Ok((read("page_no", 1, number_max)?, read("page_size", 20, size_max)?))
}

/// One page of `all`, and whether there are more after it. A page past the end is empty.
fn page_of(all: Vec<Value>, page_no: u64, page_size: u64) -> (Vec<Value>, bool) {
    let skip = usize::try_from(page_no.saturating_sub(1).saturating_mul(page_size)).unwrap_or(usize::MAX);
    let size = usize::try_from(page_size).unwrap_or(usize::MAX);
    let more = all.len() > skip.saturating_add(size);
    (all.into_iter().skip(skip).take(size).collect(), more)
}

fn method_refused(request: &Request) -> Refusal {
    refusal("error_param", format!("Wrong parameters, detail: method {} is not allowed.", request.method))
}
