//! A Lazada voucher in our words, and a voucher or a draft in Lazada's.

use chrono::{DateTime, Duration};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use super::wire::{COLLECTIBLE, Voucher, WITH_CODE};
use crate::domain::{
    Coupon, CouponId, Currency, Discount, Draft, Fields, Message, Minimum, Money, Owner, Percent, Period, Status,
    StoreId, Timestamp,
};
use crate::message;
use crate::platforms::lenient::{self, count, needed};

/// The shortest time from sending a new voucher to its start: it must not have passed when the platform looks.
pub(super) const START_LEAD: Duration = Duration::seconds(60);

const SUM: &str = "MONEY_VALUE_OFF";
const SHARE: &str = "PERCENTAGE_DISCOUNT_OFF";
pub(super) const CERTAIN_PRODUCTS: &str = "SPECIFIC_PRODUCTS";
/// Our name among the other rules for the variants that a voucher is for, sorted.
pub(super) const SKU_IDS: &str = "sku_ids";
/// Read, but not among the values that may be written.
const SHARED_BY_BUYERS: &str = "SHARE_VOUCHER";

/// One of Lazada's countries. Source: Lazada's developer guide; that a shop sells in its country's currency is inferred.
pub(super) struct Country {
    /// As a config names it.
    pub word: &'static str,
    /// Of hosts.
    pub ending: &'static str,
    pub currency: &'static str,
}

pub(super) const COUNTRIES: [Country; 6] = [
    Country { word: "sg", ending: "sg", currency: "SGD" },
    Country { word: "my", ending: "com.my", currency: "MYR" },
    Country { word: "th", ending: "co.th", currency: "THB" },
    Country { word: "vn", ending: "vn", currency: "VND" },
    Country { word: "ph", ending: "com.ph", currency: "PHP" },
    Country { word: "id", ending: "co.id", currency: "IDR" },
];

/// What a call that writes is given, by name.
pub(super) type Parameters = Vec<(&'static str, String)>;

/// The voucher with the variants (SKUs) that it is for, or why it cannot be read. `currency` is the store's.
pub(super) fn coupon(
    store: &StoreId,
    currency: Currency,
    voucher: &Voucher,
    sku_ids: &[String],
) -> Result<Coupon, Message> {
    let id = needed(voucher.id.clone(), "id")?;
    let currency = voucher.currency.as_deref().and_then(|code| Currency::of_letters(code).ok()).unwrap_or(currency);
    let usable = period(voucher)?;
    let raw_status = voucher.status.clone().unwrap_or_default();
    Ok(Coupon {
        store: store.clone(),
        id: CouponId::new(id),
        code: voucher.voucher_code.clone().filter(|code| !code.is_empty()),
        name: voucher.voucher_name.clone().unwrap_or_default(),
        status: status(&raw_status),
        raw_status,
        kind: kind(voucher).to_string(),
        discount: discount(voucher, currency)?,
        minimum: Minimum::told(voucher.criteria_over_money.map(|amount| Money::new(amount, currency))),
        usable,
        claimable: claimable(voucher, &usable),
        total: Some(needed(count(voucher.issued, "issued")?, "issued")?),
        used: count(voucher.order_used_budget, "order_used_budget")?,
        claimed: None,
        per_buyer: count(voucher.limit, "limit")?,
        owner: Owner::Seller,
        // Whether a voucher that was collected and not used counts is not documented.
        stock_is_claimed: false,
        other_rules: other_rules(voucher, sku_ids).into(),
        besides: Default::default(),
        made_by_change: None,
        page: seller_center(currency),
        untold: BTreeSet::new(),
    })
}

/// The variants that a voucher is for, as its other rules hold them.
pub(super) fn sku_ids(rules: &Fields) -> Vec<&str> {
    rules.get(SKU_IDS).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

pub(super) fn rule<'r>(rules: &'r Fields, name: &str) -> &'r str {
    rules.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Lazada means milliseconds, and by an end the last second in which the voucher works (sellers write 23:59:59); ours are
/// exclusive.
pub fn wire_end(ends: Timestamp) -> i64 {
    (ends.timestamp() - 1) * 1000
}

/// The other way round; see [`wire_end`]. None for an instant beyond any calendar.
pub fn end_of_wire(period_end_time: i64) -> Option<Timestamp> {
    DateTime::from_timestamp(period_end_time.div_euclid(1000).checked_add(1)?, 0)
}

fn period(voucher: &Voucher) -> Result<Period, Message> {
    let starts = voucher.period_start_time.and_then(DateTime::from_timestamp_millis);
    let ends = needed(voucher.period_end_time.and_then(end_of_wire), "period_end_time")?;
    Period::new(Some(needed(starts, "period_start_time")?), Some(ends)).map_err(lenient::in_words_of)
}

/// Where buyers can collect it before they can use it.
fn claimable(voucher: &Voucher, usable: &Period) -> Option<Period> {
    let starts = voucher.collect_start.and_then(DateTime::from_timestamp_millis);
    Period::new(starts, usable.ends()).ok().filter(|period| starts.is_some() && period != usable)
}

fn status(word: &str) -> Status {
    match word {
        "NOT_START" => Status::Scheduled,
        "ONGOING" => Status::Active,
        "SUSPEND" => Status::Paused,
        "FINISH" => Status::Ended,
        _ => Status::Unknown,
    }
}

fn kind(voucher: &Voucher) -> &'static str {
    match (voucher.voucher_type.as_deref(), voucher.display_area.as_deref()) {
        (Some(WITH_CODE), _) => "code voucher",
        (_, Some("STORE_FOLLOWER")) => "follower voucher",
        (_, Some("LIVE_STREAM")) => "live voucher",
        (_, Some("OFFLINE")) => "offline voucher",
        (_, Some(SHARED_BY_BUYERS)) => "share voucher",
        (_, Some("CEM_SELLER")) => "customer engagement voucher",
        _ => "collectible voucher",
    }
}

fn discount(voucher: &Voucher, currency: Currency) -> Result<Discount, Message> {
    let money = |amount: Decimal| Money::new(amount, currency);
    Ok(match voucher.voucher_discount_type.as_deref() {
        Some(SUM) => Discount::Sum(money(needed(voucher.offering_money_value_off, "offering_money_value_off")?)),
        Some(SHARE) => {
            let percent = needed(voucher.offering_percentage_discount_off, "offering_percentage_discount_off")?;
            let cap = voucher.max_discount_offering_money_value.filter(|cap| !cap.is_zero()).map(money);
            Discount::Share { percent: Percent(percent.normalize()), cap }
        }
        Some(other) => Discount::Other(other.to_string()),
        None => return Err(lenient::missing("voucher_discount_type")),
    })
}

/// What a copy repeats.
fn other_rules(voucher: &Voucher, sku_ids: &[String]) -> Map<String, Value> {
    let mut rules = Map::new();
    for (name, word) in
        [("apply", &voucher.apply), ("display_area", &voucher.display_area), ("voucher_type", &voucher.voucher_type)]
    {
        if let Some(word) = word {
            rules.insert(name.to_string(), json!(word));
        }
    }
    if !sku_ids.is_empty() {
        rules.insert(SKU_IDS.to_string(), json!(sku_ids));
    }
    rules
}

/// The country's seller centre. No source names a voucher's own page in it.
fn seller_center(currency: Currency) -> Option<String> {
    let country = COUNTRIES.iter().find(|known| known.currency == currency.code())?;
    Some(format!("https://sellercenter.lazada.{}/", country.ending))
}

/// One field of an update, in Lazada's spelling.
pub(super) type Field = (&'static str, String);

/// The parameters of `voucher/update`: an update replaces the voucher whole, so everything is written back as it was read but
/// for `changed`. Or why that cannot be done.
pub(super) fn update(voucher: &Voucher, changed: Field) -> Result<Parameters, Message> {
    if voucher.display_area.as_deref() == Some(SHARED_BY_BUYERS) {
        return Err(message!("impossible-lazada-write-share"));
    }
    let money = |amount: Option<Decimal>| amount.map(|amount| amount.to_string());
    let number = |number: Option<i64>| number.map(|number| number.to_string());
    // Required for shares too, where it means nothing.
    let money_off = money(voucher.offering_money_value_off).or(Some("0".to_string()));
    let required = [
        ("id", voucher.id.clone()),
        ("voucher_type", voucher.voucher_type.clone()),
        ("voucher_name", voucher.voucher_name.clone()),
        ("voucher_discount_type", voucher.voucher_discount_type.clone()),
        ("criteria_over_money", money(voucher.criteria_over_money)),
        ("offering_money_value_off", money_off),
        ("apply", voucher.apply.clone()),
        ("display_area", voucher.display_area.clone()),
        ("period_start_time", number(voucher.period_start_time)),
        ("period_end_time", number(voucher.period_end_time)),
        ("limit", number(voucher.limit)),
        ("issued", number(voucher.issued)),
    ];
    let optional = [
        ("offering_percentage_discount_off", money(voucher.offering_percentage_discount_off)),
        ("max_discount_offering_money_value", money(voucher.max_discount_offering_money_value)),
        ("collect_start", number(voucher.collect_start)),
    ];
    let mut parameters = Parameters::new();
    for (name, value) in required {
        let value = if name == changed.0 { Some(changed.1.clone()) } else { value };
        let told = value.filter(|value| !value.is_empty());
        let missing = || message!("impossible-untold", field = name);
        parameters.push((name, told.ok_or_else(missing)?));
    }
    parameters.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    Ok(parameters)
}

/// The parameters of `voucher/create`, or why this voucher cannot be made through the API: the id of a message.
pub(super) fn create(draft: &Draft, soonest: Timestamp) -> Result<Parameters, &'static str> {
    let rule = |name: &str| draft.other_rules.get(name).and_then(Value::as_str).unwrap_or_default();
    if !draft.code.is_empty() || rule("voucher_type") == WITH_CODE {
        return Err("impossible-lazada-code");
    }
    if !sku_ids(&draft.other_rules).is_empty() {
        return Err("impossible-lazada-products-apart");
    }
    if rule("display_area") == SHARED_BY_BUYERS {
        return Err("impossible-lazada-make-share");
    }
    let starts = draft.start.or(soonest);
    let mut parameters: Parameters = vec![
        ("voucher_type", COLLECTIBLE.to_string()),
        ("voucher_name", draft.name.clone()),
        ("apply", rule("apply").to_string()),
        ("display_area", rule("display_area").to_string()),
        ("period_start_time", starts.timestamp_millis().to_string()),
        ("period_end_time", wire_end(draft.ends.ok_or("impossible-lazada-no-end")?).to_string()),
        ("criteria_over_money", minimum_amount(&draft.minimum)?),
        ("issued", draft.total.ok_or("impossible-lazada-no-total")?.to_string()),
        ("limit", draft.per_buyer.ok_or("impossible-lazada-no-limit")?.to_string()),
    ];
    match &draft.discount {
        Discount::Sum(money) => {
            parameters.push(("voucher_discount_type", SUM.to_string()));
            parameters.push(("offering_money_value_off", money.amount.to_string()));
        }
        Discount::Share { percent, cap } if percent.0.normalize().scale() == 0 => {
            parameters.push(("voucher_discount_type", SHARE.to_string()));
            parameters.push(("offering_percentage_discount_off", percent.0.normalize().to_string()));
            parameters.extend(cap.map(|cap| ("max_discount_offering_money_value", cap.amount.to_string())));
        }
        Discount::Share { .. } => return Err("impossible-lazada-percent"),
        _ => return Err("impossible-lazada-discount"),
    }
    if parameters.iter().any(|(_, value)| value.is_empty()) {
        return Err("impossible-lazada-untold");
    }
    Ok(parameters)
}

/// `criteria_over_money`: 0 is none.
pub(super) fn minimum_amount(minimum: &Minimum) -> Result<String, &'static str> {
    minimum.spend().map(|amount| amount.to_string()).ok_or("impossible-lazada-minimum")
}
