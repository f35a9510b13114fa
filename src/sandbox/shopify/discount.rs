//! A discount as the shop keeps it, and as it shows it. Sheet section 2.1.
//!
//! It is kept in the very fields that are shown, so that a tester can edit them by name; only the codes, the ids and what
//! follows from the dates are worked out on showing.

use chrono::DateTime;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};
use strum::IntoStaticStr;

use super::graphql::{CURSOR, cursor, written};
use super::shop::Shop;
use crate::domain::Timestamp;
use crate::sandbox::fields::{Fields, object};
use crate::sandbox::seed::{CouponSeed, DiscountSeed};

pub(super) type Discount = Fields;

pub(super) const BASIC: &str = "DiscountCodeBasic";
pub(super) const FREE_SHIPPING: &str = "DiscountCodeFreeShipping";
pub(super) const BUY_X_GET_Y: &str = "DiscountCodeBxgy";
pub(super) const AUTOMATIC_BASIC: &str = "DiscountAutomaticBasic";
pub(super) const AUTOMATIC_FREE_SHIPPING: &str = "DiscountAutomaticFreeShipping";
pub(super) const AUTOMATIC_BUY_X_GET_Y: &str = "DiscountAutomaticBxgy";

const AUTOMATIC: &str = "DiscountAutomatic";
const NODE: &str = "gid://shopify/DiscountCodeNode/";
const AUTOMATIC_NODE: &str = "gid://shopify/DiscountAutomaticNode/";
const REDEEM_CODE: &str = "gid://shopify/DiscountRedeemCode/";
/// What the number of a redeem code is above that of the discount it was made with.
const REDEEM_CODE_BASE: u64 = 20_000_000_000_000;

/// Follows from the dates alone: there is no paused and no exhausted status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Status {
    Active,
    Expired,
    Scheduled,
}

impl Status {
    pub fn of(discount: &Discount, now: Timestamp) -> Self {
        // The end decides first: one that was deactivated before its start has both at the same instant.
        if time(discount, "endsAt").is_some_and(|ends| ends <= now) {
            Self::Expired
        } else if time(discount, "startsAt").is_some_and(|starts| starts > now) {
            Self::Scheduled
        } else {
            Self::Active
        }
    }

    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// A discount without any rule, as a creation begins.
pub(super) fn blank(type_name: &str, now: Timestamp) -> Discount {
    object(json!({
        "__typename": type_name, "title": "", "startsAt": written(now), "endsAt": null,
        "createdAt": written(now), "updatedAt": written(now), "usageLimit": null, "asyncUsageCount": 0,
        "appliesOncePerCustomer": false, "redeemCodes": [], "minimumRequirement": null,
        "customerGets": {
            "value": { "__typename": "DiscountPercentage", "percentage": 0.0 },
            "items": { "__typename": "AllDiscountItems", "allItems": true },
            "appliesOnOneTimePurchase": true, "appliesOnSubscription": false,
        },
        "context": { "__typename": "DiscountBuyerSelectionAll", "all": "ALL" },
        "combinesWith": {
            "productDiscounts": false, "orderDiscounts": false, "shippingDiscounts": false,
            "productDiscountsWithTagsOnSameCartLine": null,
        },
        "recurringCycleLimit": type_name.starts_with(AUTOMATIC).then_some(1), "usesPerOrderLimit": null, "maximumShippingPrice": null, "tags": [],
        // Milliseconds since 1970 from which the list shows it.
        "listedFrom": 0,
    }))
}

/// What a coupon of the scenario is in the shop's fields.
pub(super) fn seeded(shop: &Shop, id: u64, seed: &CouponSeed, now: Timestamp) -> Discount {
    let mut discount = blank(BASIC, now);
    let starts = seed.starts.unwrap_or(now);
    let created = written(starts.min(now));
    let value = match &seed.discount {
        DiscountSeed::Sum(sum) => amount_value(shop, *sum, false),
        DiscountSeed::Percent { percent, .. } | DiscountSeed::Coins { percent, .. } => {
            let share = (percent / Decimal::ONE_HUNDRED).to_f64().unwrap_or_default();
            json!({ "__typename": "DiscountPercentage", "percentage": share })
        }
    };
    let minimum = (!seed.min_spend.is_zero()).then(|| minimum_subtotal(shop, seed.min_spend));
    let code = json!({ "number": REDEEM_CODE_BASE + id, "code": seed.code, "asyncUsageCount": seed.used });
    discount["customerGets"]["value"] = value;
    discount.extend(object(json!({
        "title": seed.name, "startsAt": written(starts), "endsAt": seed.ends.map(written), "createdAt": created,
        "updatedAt": created, "usageLimit": seed.total, "asyncUsageCount": seed.used, "redeemCodes": [code],
        "minimumRequirement": minimum,
    })));
    discount.extend(seed.raw.clone());
    if is_free_shipping(type_name(&discount)) {
        discount.insert("customerGets".to_string(), Value::Null);
    }
    if is_automatic(&discount) {
        discount.insert("redeemCodes".to_string(), json!([]));
        discount.insert("recurringCycleLimit".to_string(), json!(1));
    }
    discount
}

/// A stored discount as it is shown; its codes are a list that a selection cuts into pages.
pub(super) fn shown(shop: &Shop, stored: &Discount, now: Timestamp) -> Value {
    let codes: Vec<Value> = redeem_codes(stored).iter().map(redeem_code).collect();
    let url = |code: &Value| {
        let text = code["code"].as_str().unwrap_or_default();
        json!({ "title": text, "url": format!("https://{}/discount/{text}", shop.own.domain) })
    };
    let urls: Vec<Value> = redeem_codes(stored).iter().map(url).collect();
    let summary = summary(stored);
    let mut shown = stored.clone();
    if let Some(context) = shown.get_mut("context").and_then(Value::as_object_mut)
        && let Some(markets) = context.get("markets").and_then(Value::as_array).map(Vec::len)
    {
        context.insert("marketsCount".to_string(), json!(markets));
    }
    shown.extend(object(json!({
        "status": Status::of(stored, now).word(), "codesCount": { "count": codes.len(), "precision": "EXACT" },
        "codes": codes, "discountClasses": [class(stored)], "summary": summary, "shortSummary": summary,
        "totalSales": { "amount": "0.0", "currencyCode": shop.currency.code() }, "shareableUrls": urls,
    })));
    Value::Object(shown)
}

fn redeem_code(code: &Value) -> Value {
    let number = code["number"].as_u64().unwrap_or_default();
    json!({
        "id": format!("{REDEEM_CODE}{number}"), "code": code["code"], "asyncUsageCount": code["asyncUsageCount"],
        "createdBy": null, CURSOR: cursor(number, &number.to_string()),
    })
}

fn summary(stored: &Discount) -> String {
    let value = &stored.get("customerGets").unwrap_or(&Value::Null)["value"];
    match type_name(stored) {
        name if is_free_shipping(name) => "Free shipping".to_string(),
        name if name.ends_with("Bxgy") => "Buy X get Y".to_string(),
        _ if value["percentage"].is_number() => {
            format!("{}% off entire order", value["percentage"].as_f64().unwrap_or_default() * 100.0)
        }
        _ => format!("{} off entire order", value["amount"]["amount"].as_str().unwrap_or_default()),
    }
}

pub(super) fn class(stored: &Discount) -> &'static str {
    let items = &stored.get("customerGets").unwrap_or(&Value::Null)["items"]["__typename"];
    match type_name(stored) {
        name if name.ends_with("FreeShipping") => "SHIPPING",
        name if name.ends_with("Bxgy") => "PRODUCT",
        _ if items == "DiscountProducts" || items == "DiscountCollections" => "PRODUCT",
        _ => "ORDER",
    }
}

pub(super) fn type_name(stored: &Discount) -> &str {
    stored.get("__typename").and_then(Value::as_str).unwrap_or(BASIC)
}

pub(super) fn is_automatic(stored: &Discount) -> bool {
    type_name(stored).starts_with(AUTOMATIC)
}

pub(super) fn is_free_shipping(type_name: &str) -> bool {
    type_name.ends_with("FreeShipping")
}

/// Versions before 2026-07 answer as if it did not exist.
pub(super) fn is_for_markets(stored: &Discount) -> bool {
    stored.get("context").is_some_and(|context| context["__typename"] == "DiscountMarkets")
}

pub(super) fn id_text(id: u64, stored: &Discount) -> String {
    format!("{}{id}", if is_automatic(stored) { AUTOMATIC_NODE } else { NODE })
}

/// The number in a discount's id; none where the id is of another family.
pub(super) fn number_of(id: &str) -> Option<u64> {
    let known = [NODE, AUTOMATIC_NODE, "gid://shopify/DiscountNode/"];
    known.iter().find_map(|prefix| id.strip_prefix(prefix)).and_then(|number| number.parse().ok())
}

pub(super) fn redeem_code_number(id: &str) -> Option<u64> {
    id.strip_prefix(REDEEM_CODE)?.parse().ok()
}

pub(super) fn redeem_codes(stored: &Discount) -> &[Value] {
    stored.get("redeemCodes").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn new_redeem_code(number: u64, code: &str) -> Value {
    json!({ "number": REDEEM_CODE_BASE + number, "code": code, "asyncUsageCount": 0 })
}

/// Codes are one, whatever their case.
pub(super) fn has_code(stored: &Discount, code: &str) -> bool {
    let wanted = code.to_lowercase();
    redeem_codes(stored).iter().any(|known| known["code"].as_str().is_some_and(|known| known.to_lowercase() == wanted))
}

pub(super) fn time(stored: &Discount, name: &str) -> Option<Timestamp> {
    let text = stored.get(name)?.as_str()?;
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

pub(super) fn minimum_subtotal(shop: &Shop, amount: Decimal) -> Value {
    json!({ "__typename": "DiscountMinimumSubtotal", "greaterThanOrEqualToSubtotal": money(shop, amount) })
}

pub(super) fn amount_value(shop: &Shop, amount: Decimal, on_each_item: bool) -> Value {
    json!({ "__typename": "DiscountAmount", "amount": money(shop, amount), "appliesOnEachItem": on_each_item })
}

pub(super) fn money(shop: &Shop, amount: Decimal) -> Value {
    json!({ "amount": decimal_text(amount), "currencyCode": shop.currency.code() })
}

/// `1.00` is shown as `1.0`, `1.25` as it is.
fn decimal_text(amount: Decimal) -> String {
    let text = amount.normalize().to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}
