//! What may be created and changed, and the error that each breach raises. The sheet's sections 2.3, 2.4, 3 and 4.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Number, Value, json};
use std::collections::BTreeSet;

use super::answer::{Refusal, known, refusal, wrong_parameters};
use super::request::{VoucherRequest, amount};
use super::shop::{Settings, ShopeeShop, Voucher};
use crate::domain::Timestamp;
use crate::sandbox::entry::refuse_if;
use crate::sandbox::fields::{object, text, whole};

const SHORTEST_SECONDS: i64 = 3_600;
/// "3 months"; that it is 90 days is inferred.
const LONGEST_SECONDS: i64 = 90 * 86_400;
/// A code may be used again this long after the old voucher's end.
const CODE_REST_SECONDS: i64 = 30 * 86_400;
const CODE_SUFFIX_MAX: usize = 5;
/// Inferred from the sister module follow_prize.
const QUANTITY_MAX: i64 = 200_000;
const PERCENTAGE_MAX: i64 = 99;

const SHOP_VOUCHER: i64 = 1;
const PRODUCT_VOUCHER: i64 = 2;
const REWARD_SUM: i64 = 1;
const REWARD_PERCENT: i64 = 2;
const REWARD_COINS: i64 = 3;

/// What an update may name.
const EDITABLE: [&str; 5] = ["voucher_name", "usage_quantity", "end_time", "display_channel_list", "item_id_list"];
const EDITABLE_BEFORE_START: [&str; 6] =
    ["start_time", "min_basket_price", "discount_amount", "percentage", "max_price", "display_start_time"];

/// Channels: 1 everywhere, 2 order page, 3 feed, 4 live streaming. The order page is not offered on create.
const CHANNELS_ON_CREATE: [i64; 3] = [1, 3, 4];
const CHANNELS_ON_UPDATE: [i64; 4] = [1, 2, 3, 4];

const NO_COINS: Refusal = known("voucher.voucher_coin_error", "Cannot create coin cashback voucher.");
const ONGOING_PARAM: Refusal = known(
    "voucher.voucher_ongoing_param_error",
    "Only allow to edit voucher_name, usage_quantity, end_time, display_channel_list, item_id_list for ongoing voucher.",
);
const QUANTITY_REDUCE: Refusal =
    known("voucher.voucher_quantity_reduce_error", "Only allow to increase the voucher quantity.");
const NOT_THE_SELLERS: Refusal = known(
    "voucher.operate_voucher_permission_error",
    "Cannot operate the voucher created by Shopee admin or other promotion tools.",
);
pub(super) const EXPIRED: Refusal =
    known("voucher.update_end_voucher_error", "Cannot update status for expired voucher.");
const CODE: Refusal =
    known("voucher.voucher_code_error", "Voucher code is wrong, only 0-9, A-Z, a-z are allowed, up to 5 characters.");
const CODE_DUPLICATE: Refusal = known("voucher.voucher_code_duplicate_error", "Duplicated voucher code.");
const START_TIME: Refusal =
    known("voucher.voucher_start_time_error", "Voucher start time is earlier than current time.");
const TIME_PERIOD: Refusal =
    known("voucher.voucher_time_period_error", "Voucher end time should be at least 1 hour later than the start time.");
const END_TIME: Refusal =
    known("voucher.voucher_end_time_error", "The period between start time and end time cannot be more than 3 months.");
const END_TIME_REDUCE: Refusal = known(
    "voucher.voucher_end_time_reduce_error",
    "Only allow to shorten the voucher end_time. Cannot extend the end_time.",
);
const MIN_PRICE: Refusal = known(
    "voucher.voucher_min_price_error",
    "The min_basket_price should be larger than discount_amount, unless it is 0.",
);
const DISPLAY_CHANNEL: Refusal =
    known("voucher.voucher_display_channel_error", "Voucher display channel is set wrongly.");
const ITEM_DUPLICATION: Refusal =
    known("voucher.voucher_item_duplication_error", "There are duplicated items in item_id_list.");
pub(super) const NOT_UPCOMING: Refusal = known("voucher.delete_voucher_error", "Can only delete upcoming voucher.");

/// No answer of Shopee carries it: it follows from the times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Upcoming,
    Ongoing,
    Expired,
}

impl State {
    pub fn of(voucher: &Voucher, now: Timestamp) -> Self {
        let now = now.timestamp();
        if now < whole(voucher, "start_time") {
            Self::Upcoming
        } else if now < whole(voucher, "end_time") {
            Self::Ongoing
        } else {
            Self::Expired
        }
    }
}

/// The voucher that `body` asks for.
pub(super) fn new_voucher(
    body: &Voucher,
    others: &[Voucher],
    own: &ShopeeShop,
    settings: &Settings,
    now: Timestamp,
) -> Result<Voucher, Refusal> {
    let request = VoucherRequest(body);
    let code = code(request.text("voucher_code")?, own)?;
    let voucher_type = request.one_of("voucher_type", &[SHOP_VOUCHER, PRODUCT_VOUCHER])?;
    let reward_type = request.one_of("reward_type", &[REWARD_SUM, REWARD_PERCENT, REWARD_COINS])?;
    refuse_if(reward_type == REWARD_COINS && !own.coin_vouchers, || NO_COINS)?;
    let mut voucher = object(json!({
        "voucher_name": name(&request)?, "voucher_code": code, "voucher_type": voucher_type, "reward_type": reward_type,
        "usage_quantity": quantity(request.needed_whole("usage_quantity")?)?, "current_usage": 0,
        "start_time": request.needed_whole("start_time")?, "end_time": request.needed_whole("end_time")?,
        "is_admin": false, "voucher_purpose": 0, "target_voucher": 0, "usecase": voucher_type,
        "min_basket_price": money(request.needed_amount("min_basket_price")?),
        // Inferred: a voucher whose channels are not named is hidden.
        "display_channel_list": request.wholes("display_channel_list")?.unwrap_or_default(),
        "display_start_time": request.whole("display_start_time")?.unwrap_or(0),
    }));
    let mut put = |name: &str, value: Value| voucher.insert(name.to_string(), value);
    if reward_type == REWARD_SUM {
        put("discount_amount", money(request.needed_amount("discount_amount")?));
    } else {
        put("percentage", json!(request.needed_whole("percentage")?));
        put("max_price", money(request.amount("max_price")?.unwrap_or_default()));
    }
    if voucher_type == PRODUCT_VOUCHER {
        put("item_id_list", json!(request.wholes("item_id_list")?.unwrap_or_default()));
    }

    check_start(&voucher, now)?;
    check_period(&voucher)?;
    check_reward(&voucher)?;
    check_channels(&voucher, &CHANNELS_ON_CREATE)?;
    check_items(&voucher, own)?;
    check_code_is_free(&code, others, now)?;
    check_count(others, settings, now)?;
    Ok(voucher)
}

/// `voucher` with the fields of `body`; absent fields stay.
pub(super) fn changed(
    mut voucher: Voucher,
    body: &Voucher,
    own: &ShopeeShop,
    now: Timestamp,
) -> Result<Voucher, Refusal> {
    check_owner(&voucher)?;
    let state = State::of(&voucher, now);
    // Inferred: no error is documented for an update of an expired voucher; this is the only one that names such a voucher.
    refuse_if(state == State::Expired, || EXPIRED)?;
    let request = VoucherRequest(body);
    let sent: Vec<&str> =
        EDITABLE_BEFORE_START.into_iter().chain(EDITABLE).filter(|name| request.get(name).is_some()).collect();
    refuse_if(state == State::Ongoing && sent.iter().any(|name| EDITABLE_BEFORE_START.contains(name)), || {
        ONGOING_PARAM
    })?;
    if let Some(end) = request.whole("end_time")? {
        check_new_end(&voucher, end, state, now)?;
    }
    if let Some(wanted) = request.whole("usage_quantity")?
        && quantity(wanted)? < whole(&voucher, "usage_quantity")
    {
        return Err(QUANTITY_REDUCE);
    }
    for name in &sent {
        voucher.insert(name.to_string(), editable(&request, name)?);
    }
    if sent.contains(&"start_time") {
        check_start(&voucher, now)?;
    }
    if sent.contains(&"start_time") || sent.contains(&"end_time") {
        check_period(&voucher)?;
    }
    check_reward(&voucher)?;
    if sent.contains(&"display_channel_list") || sent.contains(&"display_start_time") {
        check_channels(&voucher, &CHANNELS_ON_UPDATE)?;
    }
    if sent.contains(&"item_id_list") {
        check_items(&voucher, own)?;
    }
    Ok(voucher)
}

/// Vouchers of Shopee's admin and of its tools refuse every write. That `is_admin`, the purpose and the use case tell which
/// they are is inferred.
pub(super) fn check_owner(voucher: &Voucher) -> Result<(), Refusal> {
    let by_admin = voucher.get("is_admin").and_then(Value::as_bool).unwrap_or(false);
    let by_tool = whole(voucher, "voucher_purpose") != 0 || (8..=12).contains(&whole(voucher, "usecase"));
    refuse_if(by_admin || by_tool, || NOT_THE_SELLERS)
}

fn name<'a>(request: &VoucherRequest<'a>) -> Result<&'a str, Refusal> {
    let name = request.text("voucher_name")?;
    if name.trim().is_empty() { Err(wrong_parameters("voucher_name is empty")) } else { Ok(name) }
}

/// The code that buyers see: four letters of the shop's name, then the seller's part, in capitals (the capitals are inferred).
fn code(suffix: &str, own: &ShopeeShop) -> Result<String, Refusal> {
    let is_fine = (1..=CODE_SUFFIX_MAX).contains(&suffix.len()) && suffix.chars().all(|c| c.is_ascii_alphanumeric());
    refuse_if(!is_fine, || CODE)?;
    Ok(format!("{}{suffix}", own.code_prefix).to_ascii_uppercase())
}

fn check_code_is_free(code: &str, others: &[Voucher], now: Timestamp) -> Result<(), Refusal> {
    let is_taken = |other: &Voucher| {
        text(other, "voucher_code").eq_ignore_ascii_case(code)
            && whole(other, "end_time").saturating_add(CODE_REST_SECONDS) > now.timestamp()
    };
    refuse_if(others.iter().any(is_taken), || CODE_DUPLICATE)
}

fn check_count(others: &[Voucher], settings: &Settings, now: Timestamp) -> Result<(), Refusal> {
    let live = others.iter().filter(|other| State::of(other, now) != State::Expired).count();
    refuse_if(live >= settings.voucher_limit, || {
        refusal(
            "voucher.voucher_over_limit",
            format!("Ongoing and upcoming vouchers cannot be more than {}.", settings.voucher_limit),
        )
    })
}

fn check_start(voucher: &Voucher, now: Timestamp) -> Result<(), Refusal> {
    refuse_if(whole(voucher, "start_time") < now.timestamp(), || START_TIME)
}

fn check_period(voucher: &Voucher) -> Result<(), Refusal> {
    let seconds = whole(voucher, "end_time").saturating_sub(whole(voucher, "start_time"));
    refuse_if(seconds < SHORTEST_SECONDS, || TIME_PERIOD)?;
    refuse_if(seconds > LONGEST_SECONDS, || END_TIME)
}

/// A running voucher's end only moves nearer. (The documents do not say "running only"; sister modules read so.)
fn check_new_end(voucher: &Voucher, end: i64, state: State, now: Timestamp) -> Result<(), Refusal> {
    if state != State::Ongoing {
        return Ok(());
    }
    refuse_if(end > whole(voucher, "end_time"), || END_TIME_REDUCE)?;
    // Inferred: `end_voucher` is the way to end one at once.
    refuse_if(end <= now.timestamp(), || wrong_parameters("end_time is earlier than current time"))
}

fn check_reward(voucher: &Voucher) -> Result<(), Refusal> {
    let minimum = voucher.get("min_basket_price").and_then(amount).unwrap_or_default();
    refuse_if(minimum < Decimal::ZERO, || wrong_parameters("min_basket_price is negative"))?;
    if whole(voucher, "reward_type") == REWARD_SUM {
        let discount = voucher.get("discount_amount").and_then(amount).unwrap_or_default();
        refuse_if(discount <= Decimal::ZERO, || wrong_parameters("discount_amount must be above 0"))?;
        refuse_if(minimum != Decimal::ZERO && minimum <= discount, || MIN_PRICE)?;
    } else if !(1..=PERCENTAGE_MAX).contains(&whole(voucher, "percentage")) {
        return Err(wrong_parameters(format!("percentage must be between 1 and {PERCENTAGE_MAX}")));
    }
    Ok(())
}

fn check_channels(voucher: &Voucher, allowed: &[i64]) -> Result<(), Refusal> {
    let channels = wholes_of(voucher.get("display_channel_list"));
    let is_known = channels.iter().all(|channel| allowed.contains(channel));
    let is_hidden_with_a_start = channels.is_empty() && whole(voucher, "display_start_time") != 0;
    refuse_if(!is_known || is_hidden_with_a_start || has_doubles(&channels), || DISPLAY_CHANNEL)
}

fn check_items(voucher: &Voucher, own: &ShopeeShop) -> Result<(), Refusal> {
    if whole(voucher, "voucher_type") != PRODUCT_VOUCHER {
        return Ok(());
    }
    let items = wholes_of(voucher.get("item_id_list"));
    refuse_if(items.is_empty(), || wrong_parameters("item_id_list is needed for a product voucher"))?;
    refuse_if(has_doubles(&items), || ITEM_DUPLICATION)?;
    let exists = |item: &i64| match (&own.items, u64::try_from(*item)) {
        (_, Err(_)) => false,
        (None, Ok(item)) => item > 0,
        (Some(known), Ok(item)) => known.contains(&item),
    };
    match items.iter().find(|item| !exists(item)) {
        Some(item) => Err(refusal("voucher.voucher_item_not_exist", format!("The item {item} does not exist."))),
        None => Ok(()),
    }
}

/// An editable field as it is stored.
fn editable(request: &VoucherRequest, field: &str) -> Result<Value, Refusal> {
    Ok(match field {
        "voucher_name" => json!(name(request)?),
        "min_basket_price" | "discount_amount" | "max_price" => money(request.amount(field)?.unwrap_or_default()),
        "display_channel_list" | "item_id_list" => json!(request.wholes(field)?),
        _ => json!(request.whole(field)?),
    })
}

fn quantity(wanted: i64) -> Result<i64, Refusal> {
    let wrong = || wrong_parameters(format!("usage_quantity must be between 1 and {QUANTITY_MAX}"));
    refuse_if(!(1..=QUANTITY_MAX).contains(&wanted), wrong).map(|()| wanted)
}

fn has_doubles(numbers: &[i64]) -> bool {
    numbers.iter().collect::<BTreeSet<_>>().len() < numbers.len()
}

fn wholes_of(value: Option<&Value>) -> Vec<i64> {
    value.and_then(Value::as_array).map(|all| all.iter().filter_map(Value::as_i64).collect()).unwrap_or_default()
}

/// An amount as Shopee sends it: a JSON number with a decimal point.
pub(super) fn money(amount: Decimal) -> Value {
    amount.to_f64().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}
