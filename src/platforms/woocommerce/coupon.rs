//! A WooCommerce coupon in our words, and a draft in WooCommerce's.

use chrono::{Duration, NaiveDateTime};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use super::text::{decode_entities, first_line, rewritable};
use super::wire::{self, CHANGE_KEY, LISTS, OTHER_RULES};
use crate::domain::{
    Coupon, CouponId, Currency, DESCRIPTION, Discount, Draft, Fields, Message, Minimum, Money, Owner, Percent, Period,
    Status, StoreId, Timestamp,
};
use crate::message;
use crate::platforms::lenient::{self, amount_text};

/// A code of 250 letters was accepted; nobody types one, and the column of older data bases ends at 200.
pub(super) const CODE_LETTERS_MAX: usize = 100;

/// Among [`Coupon::besides`]: the names of what extensions keep with a coupon. Their values are counters, customers' data or rules,
/// and which of them cannot be told: they are neither kept nor copied.
const EXTENSIONS: &str = "meta_data";
/// Among [`Coupon::besides`]: the release of the shop's WooCommerce, where it was asked for.
pub(super) const VERSION: &str = "version";

/// Before it a written status is accepted and ignored. Source: measured on 7.9.0 (ignored) and 11.0.1 (kept), merged in October 2025;
/// the release itself is inferred.
const KEEPS_A_STATUS_SINCE: (u32, u32) = (10, 4);

/// What a coupon does not say of itself.
pub(super) struct Reader<'a> {
    pub store: &'a StoreId,
    pub currency: Currency,
    pub now: Timestamp,
    /// The shop's address, without a slash at its end.
    pub shop: &'a str,
}

impl Reader<'_> {
    /// A coupon of an answer, or why it cannot be read.
    pub fn coupon(&self, value: &Value) -> Result<Coupon, Message> {
        let wire = wire::Coupon::deserialize(value).map_err(lenient::in_words_of)?;
        let id = lenient::needed(wire.id.clone(), "id")?;
        let code = decode_entities(wire.code.as_deref().unwrap_or_default());
        let described = first_line(wire.description.as_deref().unwrap_or_default());
        let ends = ends(&wire)?;
        let discount = self.discount(&wire)?;
        Ok(Coupon {
            store: self.store.clone(),
            page: Some(format!("{}/wp-admin/post.php?post={id}&action=edit", self.shop)),
            id: CouponId::new(id),
            name: if described.is_empty() { code.clone() } else { described },
            code: Some(code).filter(|code| !code.is_empty()),
            status: status(wire.status.as_deref(), ends, self.now),
            raw_status: wire.status.clone().unwrap_or_else(|| "publish".to_string()),
            kind: kind(wire.discount_type.as_deref()),
            minimum: Minimum::told(Some(Money::new(wire.minimum_amount.unwrap_or_default(), self.currency))),
            // A coupon works as soon as it is published.
            usable: Period::new(None, ends).map_err(lenient::odd_period)?,
            claimable: None,
            total: limit(wire.usage_limit, "usage_limit")?,
            used: Some(u64::try_from(wire.usage_count.unwrap_or(0)).unwrap_or(0)),
            claimed: None,
            per_buyer: limit(wire.usage_limit_per_user, "usage_limit_per_user")?,
            owner: Owner::Seller,
            stock_is_claimed: false,
            other_rules: other_rules(value, &discount).into(),
            discount,
            besides: besides(&wire).into(),
            made_by_change: made_by_change(&wire.meta_data),
            untold: BTreeSet::new(),
        })
    }

    fn discount(&self, wire: &wire::Coupon) -> Result<Discount, Message> {
        let amount = wire.amount.unwrap_or_default();
        let money = Money::new(amount, self.currency);
        Ok(match wire.discount_type.as_deref() {
            _ if amount.is_zero() && wire.free_shipping => Discount::FreeShipping { cap: None },
            Some("percent") => Discount::Share { percent: Percent(amount.normalize()), cap: None },
            Some("fixed_cart") | None => Discount::Sum(money),
            // Taken off every matching item, so that no one sum says what a use costs.
            Some("fixed_product") => Discount::Other(format!("{money} off each item")),
            Some(other) => Discount::Other(format!("{other} {}", amount.normalize())),
        })
    }
}

/// WooCommerce's expiry is the last second in which the coupon works (it is refused when now is past it); ours are exclusive.
pub fn wire_expiry(ends: Timestamp) -> String {
    (ends - Duration::seconds(1)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The other way round, from a `_gmt` field such as `2026-01-31T15:59:59`; see [`wire_expiry`].
pub fn end_of_wire(date_expires_gmt: &str) -> Option<Timestamp> {
    let text = date_expires_gmt.trim().trim_end_matches('Z').replace(' ', "T");
    let last_second = NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S").ok()?.and_utc();
    last_second.checked_add_signed(Duration::seconds(1))
}

fn ends(wire: &wire::Coupon) -> Result<Option<Timestamp>, Message> {
    match (&wire.date_expires_gmt, &wire.date_expires) {
        (Some(gmt), _) if !gmt.is_empty() => {
            end_of_wire(gmt).map(Some).ok_or_else(|| lenient::odd("date_expires_gmt", format!("{gmt:?}")))
        }
        (_, Some(local)) if !local.is_empty() => Err(message!("odd-local-end", end = format!("{local:?}"))),
        _ => Ok(None),
    }
}

/// WooCommerce has no status of business. Only published coupons can be applied; one past its end stays published.
fn status(word: Option<&str>, ends: Option<Timestamp>, now: Timestamp) -> Status {
    match word {
        Some("trash") => Status::Trashed,
        Some("draft" | "private" | "auto-draft") => Status::Paused,
        // Somebody without the right to publish handed it in.
        Some("pending") => Status::InReview,
        Some("future") => Status::Scheduled,
        Some("publish") | None if ends.is_some_and(|ends| ends <= now) => Status::Ended,
        Some("publish") | None => Status::Active,
        Some(_) => Status::Unknown,
    }
}

fn kind(discount_type: Option<&str>) -> String {
    match discount_type {
        Some("percent") => "percentage discount".to_string(),
        Some("fixed_cart") | None => "fixed cart discount".to_string(),
        Some("fixed_product") => "fixed product discount".to_string(),
        Some(other) => other.to_string(),
    }
}

// 0 and null both mean "no limit".
fn limit(field: Option<i64>, name: &str) -> Result<Option<u64>, Message> {
    Ok(lenient::count(field, name)?.filter(|number| *number > 0))
}

fn besides(wire: &wire::Coupon) -> Map<String, Value> {
    let mut besides = Map::new();
    besides.insert(DESCRIPTION.to_string(), json!(rewritable(wire.description.as_deref().unwrap_or_default())));
    let extensions = extensions(&wire.meta_data);
    if !extensions.is_empty() {
        besides.insert(EXTENSIONS.to_string(), json!(extensions));
    }
    besides
}

/// What differs from a plain coupon. `meta_data` stays out: extensions keep counters and customers' data in it, so that no two
/// coupons would have the same rules; see [`EXTENSIONS`].
fn other_rules(value: &Value, discount: &Discount) -> Map<String, Value> {
    let mut rules = Map::new();
    if let (Discount::Other(_), Some(amount)) = (discount, value.get("amount")) {
        rules.insert("amount".to_string(), amount.clone());
    }
    for name in OTHER_RULES {
        if let Some(rule) = value.get(name).filter(|rule| !is_plain(rule)) {
            let rule = if LISTS.contains(&name) { as_list(rule) } else { rule.clone() };
            rules.insert(name.to_string(), sorted(rule));
        }
    }
    if matches!(discount, Discount::FreeShipping { .. }) {
        rules.remove("free_shipping");
    }
    rules
}

/// PHP writes a list with gaps as an object of numbers; which number, says nothing.
fn as_list(rule: &Value) -> Value {
    rule.as_object().map_or_else(|| rule.clone(), |numbered| numbered.values().cloned().collect())
}

fn is_plain(rule: &Value) -> bool {
    match rule {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        Value::String(text) => text.is_empty() || text.parse::<Decimal>().is_ok_and(|amount| amount.is_zero()),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Bool(true) => false,
    }
}

fn sorted(mut rule: Value) -> Value {
    if let Value::Array(items) = &mut rule {
        items.sort_by_key(|item| (item.as_i64(), item.as_str().map(str::to_string)));
    }
    rule
}

/// Sorted. Without what is ours, and without what WordPress itself notes of every post.
fn extensions(meta_data: &[Value]) -> Vec<&str> {
    let keys = meta_data.iter().filter_map(|entry| entry.get("key")?.as_str());
    let is_wordpress = |key: &str| key.starts_with("_edit_") || key.starts_with("_wp_");
    let mut others: Vec<&str> = keys.filter(|key| *key != CHANGE_KEY && !is_wordpress(key)).collect();
    others.sort_unstable();
    others.dedup();
    others
}

/// The most that an order may come to; none where there is no such rule.
fn maximum(rules: &Fields) -> Option<Decimal> {
    let written = rules.get("maximum_amount")?;
    let maximum: Decimal = written.as_str().map_or_else(|| written.to_string(), str::to_string).parse().ok()?;
    (!maximum.is_zero()).then_some(maximum)
}

/// Why orders of `minimum` and more cannot use a coupon of these rules: the shop then takes the coupon from everybody, or takes its
/// maximum away.
pub(super) fn above_maximum(minimum: &Minimum, rules: &Fields) -> Option<Message> {
    let (money, maximum) = (minimum.money()?, maximum(rules)?);
    let most = Money::new(maximum, money.currency);
    (money.amount > maximum).then(|| message!("impossible-woo-above-maximum", maximum = most))
}

/// Why a copy would lack what may keep buyers from using the model.
pub(super) fn kept_by_extensions(draft: &Draft) -> Option<Message> {
    let keys = draft.besides.get(EXTENSIONS)?.as_array()?.iter().filter_map(Value::as_str);
    Some(message!("impossible-woo-extensions", keys = keys.collect::<Vec<_>>().join(", ")))
}

/// Whether extensions of the shop keep something with it, which may be a restriction.
pub(super) fn has_extensions(coupon: &Coupon) -> bool {
    coupon.besides.contains_key(EXTENSIONS)
}

/// The release of the shop's WooCommerce, where it is known to ignore a written status.
pub(super) fn ignores_a_status(coupon: &Coupon) -> Option<&str> {
    let version = coupon.besides.get(VERSION)?.as_str()?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    let known = (parts.next().flatten()?, parts.next().flatten()?);
    (known < KEEPS_A_STATUS_SINCE).then_some(version)
}

fn made_by_change(meta_data: &[Value]) -> Option<String> {
    let ours = meta_data.iter().find(|entry| entry.get("key").and_then(Value::as_str) == Some(CHANGE_KEY))?;
    ours.get("value")?.as_str().map(str::to_string)
}

/// The code as the shop will store it: trimmed and in lower case. None for what its HTML filter or its look-up would spoil.
pub(super) fn whole_code(chosen: &str) -> Option<String> {
    let code = chosen.trim().to_lowercase();
    let spoiled = code.chars().any(|c| c.is_control() || c == '<' || c == '>') || code.contains("  ");
    let fits = !code.is_empty() && code.chars().count() <= CODE_LETTERS_MAX && !spoiled;
    fits.then_some(code)
}

/// The body that makes `draft`, or why it cannot be made: the id of a message.
pub(super) fn create_body(draft: &Draft, change: &str) -> Result<Value, &'static str> {
    let code = whole_code(&draft.code).ok_or("impossible-woo-code")?;
    let mut body = Map::new();
    for (name, rule) in draft.other_rules.iter().filter(|(name, _)| OTHER_RULES.contains(&name.as_str())) {
        body.insert(name.clone(), rule.clone());
    }
    let mut put = |name: &str, value: Value| body.insert(name.to_string(), value);
    // Without a description a coupon is shown by its code.
    let by_name = if draft.name == code { "" } else { draft.name.as_str() };
    let description = draft.besides.get(DESCRIPTION).and_then(Value::as_str).unwrap_or(by_name);
    if !description.is_empty() {
        put("description", json!(description));
    }
    put("code", json!(code));
    put("status", json!("publish"));
    let (discount_type, amount) = match &draft.discount {
        Discount::Sum(money) => ("fixed_cart", money.amount),
        Discount::Share { percent, cap: None } => ("percent", percent.0),
        Discount::Share { cap: Some(_), .. } => return Err("impossible-woo-cap"),
        Discount::FreeShipping { cap: None } => {
            put("free_shipping", json!(true));
            ("fixed_cart", Decimal::ZERO)
        }
        _ => return Err("impossible-woo-discount"),
    };
    put("discount_type", json!(discount_type));
    // Always text with a point: older versions refuse numbers, and every version misreads a comma.
    put("amount", json!(amount_text(amount)));
    put("minimum_amount", json!(minimum_text(&draft.minimum)?));
    if let Some(ends) = draft.ends {
        put("date_expires", json!(wire_expiry(ends)));
    }
    put("usage_limit", json!(draft.total.unwrap_or(0)));
    put("usage_limit_per_user", json!(draft.per_buyer.unwrap_or(0)));
    put("meta_data", json!([{ "key": CHANGE_KEY, "value": change }]));
    Ok(Value::Object(body))
}

pub(super) fn minimum_text(minimum: &Minimum) -> Result<String, &'static str> {
    match minimum {
        Minimum::None => Ok("0".to_string()),
        Minimum::Spend(money) => Ok(amount_text(money.amount)),
        Minimum::Quantity(_) | Minimum::NotKnown => Err("impossible-woo-minimum"),
    }
}
