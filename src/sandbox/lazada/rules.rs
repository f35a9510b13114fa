//! What a voucher's status is, what may be created, and what may be changed in which status. The sheet's sections 2.2 and 3.
//!
//! "issued may only grow", activate and deactivate are documented; what else a status forbids was seen in a form that sellers
//! use, and is inferred here.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::answer::{Refusal, WRONG_VOUCHER_TYPE, illegal_parameter, invalid};
use super::parameters::Parameters;
use super::shop::{Shop, Voucher};
use crate::domain::Timestamp;
use crate::sandbox::entry::refuse_if;
use crate::sandbox::fields::{object, whole};

pub(super) const COLLECTIBLE: &str = "COLLECTIBLE_VOUCHER";
pub(super) const VOUCHER_TYPES: [&str; 2] = [COLLECTIBLE, "CODE_VOUCHER"];
pub(super) const STATUSES: [&str; 4] = ["NOT_START", "ONGOING", SUSPEND, "FINISH"];
pub(super) const SUSPEND: &str = "SUSPEND";

const MONEY: &str = "MONEY_VALUE_OFF";
const PERCENT: &str = "PERCENTAGE_DISCOUNT_OFF";
pub(super) const SPECIFIC_PRODUCTS: &str = "SPECIFIC_PRODUCTS";
const APPLIES: [&str; 2] = ["ENTIRE_SHOP", SPECIFIC_PRODUCTS];
/// Reads also know `SHARE_VOUCHER`, which cannot be written.
const DISPLAY_AREAS: [&str; 5] = ["REGULAR_CHANNEL", "STORE_FOLLOWER", "OFFLINE", "LIVE_STREAM", "CEM_SELLER"];

const SHORTEST_MILLISECONDS: i64 = 10 * 60 * 1000;
const LONGEST_MILLISECONDS: i64 = 180 * 86_400 * 1000;
const PERCENT_MAX: i64 = 100;

/// Never changed once a voucher exists.
const FIXED: [&str; 2] = ["apply", "collect_start"];

/// A voucher's status, by the clock unless the seller or the scenario decided.
pub(super) fn status(voucher: &Voucher, now: Timestamp) -> String {
    let now = now.timestamp_millis();
    let by_clock = if now >= whole(voucher, "period_end_time") {
        "FINISH"
    } else if now >= whole(voucher, "period_start_time") {
        "ONGOING"
    } else {
        "NOT_START"
    };
    match voucher.get("status").and_then(Value::as_str) {
        // Inferred: a suspended voucher ends with its period like any other.
        None => by_clock.to_string(),
        Some(SUSPEND) if by_clock == "FINISH" => by_clock.to_string(),
        Some(decided) => decided.to_string(),
    }
}

/// The voucher that `parameters` describes.
pub(super) fn new_voucher(parameters: &Parameters, shop: &Shop, now: Timestamp) -> Result<Voucher, Refusal> {
    let mut voucher = written(parameters)?;
    let start = whole(&voucher, "period_start_time");
    // Inferred: buyers collect from the start on where nothing else is said.
    let collect_start = parameters.whole("collect_start")?.unwrap_or(start);
    voucher.extend(object(json!({
        "collect_start": collect_start, "voucher_code": null, "order_used_budget": 0, "currency": shop.currency,
        "sku_ids": [],
    })));
    check_not_past("period_start_time", start, now)?;
    check_not_past("collect_start", collect_start, now)?;
    check_period(&voucher)?;
    Ok(voucher)
}

/// `voucher` replaced by what `parameters` describes: an update names every field again.
pub(super) fn changed(voucher: Voucher, parameters: &Parameters, now: Timestamp) -> Result<Voucher, Refusal> {
    let mut wanted = written(parameters)?;
    if let Some(collect_start) = parameters.whole("collect_start")? {
        wanted.insert("collect_start".to_string(), json!(collect_start));
    }
    let differing: Vec<&str> = wanted
        .iter()
        .filter(|(name, value)| voucher.get(*name) != Some(*value))
        .map(|(name, _)| name.as_str())
        .collect();
    let status = status(&voucher, now);
    match status.as_str() {
        "NOT_START" => {
            if let Some(name) = differing.iter().find(|name| FIXED.contains(name)) {
                return Err(invalid(format!("{name} cannot be changed")));
            }
        }
        "ONGOING" => {
            if let Some(name) = differing.iter().find(|name| **name != "issued") {
                return Err(invalid(format!("{name} of an ongoing voucher cannot be changed")));
            }
        }
        _ => return Err(invalid(format!("a voucher with status {status} cannot be edited"))),
    }
    let (issued_before, issued) = (whole(&voucher, "issued"), whole(&wanted, "issued"));
    // Documented: a revision must be greater. That naming the same number beside another change is no revision is inferred.
    refuse_if(issued < issued_before || differing.is_empty(), || {
        invalid(format!("voucher quantity must be greater than {issued_before}"))
    })?;
    if differing.contains(&"period_start_time") {
        check_not_past("period_start_time", whole(&wanted, "period_start_time"), now)?;
    }
    check_period(&wanted)?;
    let mut changed = voucher;
    changed.extend(wanted);
    Ok(changed)
}

/// `activate`: a suspended voucher goes on.
pub(super) fn activated(mut voucher: Voucher, now: Timestamp) -> Result<Voucher, Refusal> {
    let status = status(&voucher, now);
    refuse_if(status != SUSPEND, || invalid(format!("a voucher with status {status} cannot be activated")))?;
    voucher.remove("status");
    Ok(voucher)
}

/// `deactivate`: a running voucher is held. That a coming one refuses is inferred from a form that hides the button.
pub(super) fn deactivated(mut voucher: Voucher, now: Timestamp) -> Result<Voucher, Refusal> {
    let status = status(&voucher, now);
    refuse_if(status != "ONGOING", || invalid(format!("a voucher with status {status} cannot be deactivated")))?;
    voucher.insert("status".to_string(), json!(SUSPEND));
    Ok(voucher)
}

/// The fields that creating and updating both name, in the spelling in which they are read. Amounts are decimal text.
fn written(parameters: &Parameters) -> Result<Voucher, Refusal> {
    // Both pages say "just set COLLECTIBLE_VOUCHER": codes can be read and not written.
    refuse_if(parameters.required("voucher_type")? != COLLECTIBLE, || WRONG_VOUCHER_TYPE)?;
    let discount_type = parameters.one_of("voucher_discount_type", &[MONEY, PERCENT])?;
    let mut voucher = object(json!({
        "voucher_type": COLLECTIBLE, "voucher_name": parameters.required("voucher_name")?,
        "voucher_discount_type": discount_type,
        "criteria_over_money": money(parameters.required_amount("criteria_over_money")?),
        "apply": parameters.one_of("apply", &APPLIES)?,
        "display_area": parameters.one_of("display_area", &DISPLAY_AREAS)?,
        "period_start_time": parameters.required_whole("period_start_time")?,
        "period_end_time": parameters.required_whole("period_end_time")?,
        "limit": above_zero(parameters, "limit")?, "issued": above_zero(parameters, "issued")?,
    }));
    let (sum, percent, cap) = if discount_type == MONEY { sum_off(parameters)? } else { percent_off(parameters)? };
    voucher.extend(object(json!({
        "offering_money_value_off": sum, "offering_percentage_discount_off": percent,
        "max_discount_offering_money_value": cap,
    })));
    Ok(voucher)
}

/// Amount off, percent off and cap of a voucher over a sum: the last two mean nothing on it.
fn sum_off(parameters: &Parameters) -> Result<(Value, Value, Value), Refusal> {
    let sum = parameters.amount("offering_money_value_off")?.filter(|sum| !sum.is_zero());
    let sum = sum.ok_or_else(|| invalid("offering_money_value_off must be greater than 0"))?;
    Ok((money(sum), Value::Null, Value::Null))
}

/// The same of a voucher over a share. An update must name the amount off even so; what it says is not kept.
fn percent_off(parameters: &Parameters) -> Result<(Value, Value, Value), Refusal> {
    parameters.amount("offering_money_value_off")?;
    let percent =
        parameters.whole("offering_percentage_discount_off")?.filter(|percent| (1..=PERCENT_MAX).contains(percent));
    let percent = percent.ok_or_else(|| invalid("offering_percentage_discount_off must be a whole percent"))?;
    let cap = parameters.amount("max_discount_offering_money_value")?.filter(|cap| !cap.is_zero());
    Ok((Value::Null, json!(percent.to_string()), cap.map_or(Value::Null, money)))
}

fn above_zero(parameters: &Parameters, name: &str) -> Result<i64, Refusal> {
    let number = parameters.required_whole(name)?;
    if number > 0 { Ok(number) } else { Err(illegal_parameter(format!("{name} must be greater than 0"))) }
}

fn check_not_past(name: &str, at: i64, now: Timestamp) -> Result<(), Refusal> {
    if at < now.timestamp_millis() { Err(invalid(format!("{name} is earlier than now"))) } else { Ok(()) }
}

fn check_period(voucher: &Voucher) -> Result<(), Refusal> {
    let length = whole(voucher, "period_end_time").saturating_sub(whole(voucher, "period_start_time"));
    refuse_if(length < SHORTEST_MILLISECONDS, || invalid("the period must be at least 10 minutes"))?;
    refuse_if(length > LONGEST_MILLISECONDS, || invalid("the period must be at most 180 days"))
}

/// An amount as Lazada sends it: text, in major units.
pub(super) fn money(amount: Decimal) -> Value {
    json!(amount.normalize().to_string())
}
