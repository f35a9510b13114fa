//! A mock Lazada, from the Open Platform's documents for seller vouchers.
//!
//! `shop` says what it knows of itself and of a store, `parameters` gathers what a request says, `sign_in` knows who calls,
//! `vouchers` holds the nine calls, `rules` what each may change in which status, `answer` the envelope. What the documents leave
//! open is one named constant, one setting of the scenario or one commented line. All countries' hosts and the one for tokens are
//! one address here: the token tells the store.

mod answer;
mod parameters;
mod rules;
mod shop;
mod sign_in;
mod vouchers;

use serde_json::{Value, json};
use std::sync::Arc;

use super::access::SignIn;
use super::entry::{Context, Entry, PretendPlatform, PretendShop, ShopHandle, keys_of, refuse_if, settled};
use super::exchange::{Answer, Request};
use super::faults::Call;
use super::fields::{Fields, object};
use super::seed::{CouponSeed, CouponWords, DiscountSeed};
use super::state::{Act, Stored};
use crate::domain::{Platform, Timestamp};
use answer::{Done, Reply};
use parameters::Parameters;
use shop::{Lazada, LazadaShop, Settings};
use vouchers::VoucherApi;

/// What stands before every API path, and is not signed.
const BASE_PATH: &str = "/rest";
/// The seller's page, on the token host.
const CONSENT_PAGE: &str = "/oauth/authorize";

/// API path, logical name, whether it writes.
const CALLS: [(&str, &str, bool); 13] = [
    (CONSENT_PAGE, "authorize", false),
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

pub(super) const ENTRY: Entry = Entry {
    id: Platform::new("lazada"),
    stored_as: "lazada",
    identity: "seller_id",
    coupon_words: CouponWords { statuses: Some(&[rules::SUSPEND]), unlimited: false, ..CouponWords::PLAIN },
    store_keys: keys_of::<LazadaShop>,
    settings: shop::settings,
    new_shop: shop::new_shop,
    open: |opening| Ok(Arc::new(Lazada::read(opening)?)),
};

impl PretendPlatform for Lazada {
    /// None where there is no store of Lazada.
    fn call(&self, request: &Request) -> Option<Call> {
        self.shops.first()?;
        let path = request.path.trim_end_matches('/');
        let api_path = match path.strip_prefix(BASE_PATH) {
            _ if path == CONSENT_PAGE => path,
            inside => inside.filter(|inside| inside.starts_with('/'))?,
        };
        let known = CALLS.into_iter().find(|(known, ..)| *known == api_path);
        let (_, name, is_write) = known.unwrap_or((api_path, "unknown", false));
        let parameters = Parameters::of(request);
        let token = ["access_token", "refresh_token", "code"].iter().find_map(|name| parameters.get(name));
        let seller_id = token.and_then(sign_in::seller_of_token);
        let shop = seller_id.and_then(|seller_id| self.shops.iter().find(|shop| shop.own.seller_id == seller_id));
        Some(Call::new(ENTRY.id, shop, name, is_write, request))
    }

    fn answer(&self, context: &Context, request: &Request, call: &Call) -> Stored<Answer> {
        let result = settled(serve(self, context, request, call))?;
        Ok(answer::answer(result, call.is_write, &self.settings, context.request_id))
    }

    /// The ban's length stands in the message alone.
    fn throttled(&self, _: Timestamp, retry_after_seconds: Option<u64>, request_id: &str) -> Answer {
        let refusal = answer::call_limit(retry_after_seconds.unwrap_or(1));
        answer::answer(Err(refusal), false, &self.settings, request_id)
    }

    /// Documented a country and a call; here all countries are one address, and an app has one limit.
    fn rate_limit(&self, _: &Call) -> Option<(String, u32)> {
        Some(("lazada".to_string(), self.settings.calls_per_second?))
    }
}

fn serve(lazada: &Lazada, context: &Context, request: &Request, call: &Call) -> Done<Reply> {
    let parameters = Parameters::of(request);
    // Signed as it was sent, so a slash at its end counts.
    let api_path = request.path.strip_prefix(BASE_PATH).unwrap_or(&request.path);
    let name = call.name.as_str();
    let is_token_call = matches!(name, "token_create" | "token_refresh");
    let is_allowed = match request.method.as_str() {
        "GET" => !call.is_write,
        "POST" => call.is_write || is_token_call || (lazada.settings.post_reads && name != "authorize"),
        _ => false,
    };
    refuse_if(name == "unknown" || !is_allowed, || answer::invalid_api(&request.method, api_path))?;
    match name {
        "authorize" => return lazada.authorize(context, &parameters),
        "token_create" => return lazada.token_from_code(context, api_path, &parameters),
        "token_refresh" => return lazada.token_from_refresh(context, api_path, &parameters),
        _ => {}
    }
    let shop = lazada.check_store(context, api_path, &parameters)?;
    if name == "seller_get" {
        return Ok(Reply::Data(sign_in::seller(shop)));
    }
    match &shop.own.refuse_with {
        // Sellers of some kinds, and stores of a scenario that says so, may not use the promotion calls at all.
        Some(error) => Err(answer::named_refusal(error).into()),
        None => VoucherApi { lazada, context, shop }.serve(name, &parameters),
    }
}

impl PretendShop for ShopHandle<'_, Settings, LazadaShop> {
    fn base_path(&self) -> String {
        BASE_PATH.to_string()
    }

    fn sign_in(&self, act: &Act) -> Stored<SignIn> {
        self.platform.sign_in(act, self.shop)
    }

    fn add_first_tokens(&self, act: &Act, now: Timestamp) -> Stored<()> {
        self.platform.add_pair(act, self.shop, now).map(drop)
    }

    /// Ids have 14 digits like the documents' samples, and differ from store to store.
    fn first_coupon_id(&self) -> u64 {
        91_000_000_000_000 + self.number("voucher", 1_000_000_000) * 1_000
    }

    /// It is collected, so its code is kept only where `raw` makes it a `CODE_VOUCHER`.
    fn seeded(&self, _: u64, seed: &CouponSeed, _: Timestamp) -> Fields {
        let milliseconds = |at: Option<Timestamp>| at.map_or(0, |at| at.timestamp_millis());
        let (discount_type, sum, percent, cap) = match &seed.discount {
            DiscountSeed::Sum(sum) => ("MONEY_VALUE_OFF", rules::money(*sum), Value::Null, Value::Null),
            DiscountSeed::Percent { percent, cap } | DiscountSeed::Coins { percent, cap } => {
                let percent = json!(percent.trunc().normalize().to_string());
                ("PERCENTAGE_DISCOUNT_OFF", Value::Null, percent, cap.map_or(Value::Null, rules::money))
            }
        };
        let is_collected = seed.raw.get("voucher_type").is_none_or(|kind| kind == rules::COLLECTIBLE);
        let mut fields = object(json!({
            "voucher_type": rules::COLLECTIBLE, "voucher_name": seed.name,
            "voucher_code": (!is_collected).then_some(&seed.code), "apply": "ENTIRE_SHOP",
            "display_area": "REGULAR_CHANNEL", "criteria_over_money": rules::money(seed.min_spend), "limit": 1,
            "issued": seed.total.unwrap_or(0), "order_used_budget": seed.used, "currency": self.shop.currency,
            "collect_start": milliseconds(seed.starts), "period_start_time": milliseconds(seed.starts),
            "period_end_time": milliseconds(seed.ends), "sku_ids": [], "voucher_discount_type": discount_type,
            "offering_money_value_off": sum, "offering_percentage_discount_off": percent,
            "max_discount_offering_money_value": cap,
        }));
        if seed.status.is_some() {
            fields.insert("status".to_string(), json!(rules::SUSPEND));
        }
        fields.extend(seed.raw.clone());
        fields
    }

    /// Most coupons have a name and no code.
    fn names(&self) -> &'static [&'static str] {
        &["voucher_code", "voucher_name"]
    }

    /// `status` can be `SUSPEND`, a word of the tester's own, or `ONGOING` or null, which both leave it to the clock.
    fn edited(&self, stored: &mut Fields, fields: &Fields) -> Result<(), String> {
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
}
