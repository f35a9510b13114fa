//! What may be created and changed, and the error that each breach raises. The sheet's sections 2.3, 2.4, 3 and 4.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use super::answer::{Refusal, refusal, wrong_parameters};
use super::vouchers::{Voucher, money};
use crate::domain::Timestamp;
use crate::sandbox::scenario::{Settings, ShopeeShop};

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

/// What an update may name, with what holds for a running voucher.
const EDITABLE: [&str; 11] = [
    "voucher_name",
    "start_time",
    "end_time",
    "usage_quantity",
    "min_basket_price",
    "discount_amount",
    "percentage",
    "max_price",
    "display_channel_list",
    "item_id_list",
    "display_start_time",
];
const EDITABLE_WHILE_ONGOING: [&str; 5] =
    ["voucher_name", "usage_quantity", "end_time", "display_channel_list", "item_id_list"];

/// Channels: 1 everywhere, 2 order page, 3 feed, 4 live streaming. The order page is not offered on create.
const CHANNELS_ON_CREATE: [i64; 3] = [1, 3, 4];
const CHANNELS_ON_UPDATE: [i64; 4] = [1, 2, 3, 4];

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
    let asked = Asked(body);
    let code = code(asked.text("voucher_code")?, own)?;
    let voucher_type = one_of(&asked, "voucher_type", &[SHOP_VOUCHER, PRODUCT_VOUCHER])?;
    let reward_type = one_of(&asked, "reward_type", &[REWARD_SUM, REWARD_PERCENT, REWARD_COINS])?;
    if reward_type == REWARD_COINS && !own.coin_vouchers {
        return Err(refusal("voucher.voucher_coin_error", "Cannot create coin cashback voucher."));
    }
    let mut voucher = Map::new();
    let mut put = |name: &str, value: Value| voucher.insert(name.to_string(), value);
    put("voucher_name", json!(name(&asked)?));
    put("voucher_code", json!(code));
    put("voucher_type", json!(voucher_type));
    put("reward_type", json!(reward_type));
    put("usage_quantity", json!(quantity(asked.required(asked.whole("usage_quantity")?, "usage_quantity")?)?));
    put("current_usage", json!(0));
    put("start_time", json!(asked.required(asked.whole("start_time")?, "start_time")?));
    put("end_time", json!(asked.required(asked.whole("end_time")?, "end_time")?));
    put("is_admin", json!(false));
    put("voucher_purpose", json!(0));
    put("target_voucher", json!(0));
    put("usecase", json!(voucher_type));
    put("min_basket_price", money(asked.required(asked.amount("min_basket_price")?, "min_basket_price")?));
    if reward_type == REWARD_SUM {
        put("discount_amount", money(asked.required(asked.amount("discount_amount")?, "discount_amount")?));
    } else {
        put("percentage", json!(asked.required(asked.whole("percentage")?, "percentage")?));
        put("max_price", money(asked.amount("max_price")?.unwrap_or_default()));
    }
    // Inferred: a voucher whose channels are not named is hidden.
    put("display_channel_list", json!(asked.wholes("display_channel_list")?.unwrap_or_default()));
    put("display_start_time", json!(asked.whole("display_start_time")?.unwrap_or(0)));
    if voucher_type == PRODUCT_VOUCHER {
        let items = asked.wholes("item_id_list")?.unwrap_or_default();
        put("item_id_list", json!(items));
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
    if state == State::Expired {
        return Err(expired());
    }
    let asked = Asked(body);
    let sent: Vec<&str> = EDITABLE.into_iter().filter(|name| asked.has(name)).collect();
    if state == State::Ongoing && sent.iter().any(|name| !EDITABLE_WHILE_ONGOING.contains(name)) {
        return Err(refusal(
            "voucher.voucher_ongoing_param_error",
            "Only allow to edit voucher_name, usage_quantity, end_time, display_channel_list, item_id_list for ongoing voucher.",
        ));
    }
    if let Some(end) = asked.whole("end_time")? {
        check_new_end(&voucher, end, state, now)?;
    }
    if let Some(asked_quantity) = asked.whole("usage_quantity")?
        && quantity(asked_quantity)? < whole(&voucher, "usage_quantity")
    {
        return Err(refusal("voucher.voucher_quantity_reduce_error", "Only allow to increase the voucher quantity."));
    }
    for name in &sent {
        voucher.insert(name.to_string(), asked.value(name)?);
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
    if by_admin || by_tool {
        return Err(refusal(
            "voucher.operate_voucher_permission_error",
            "Cannot operate the voucher created by Shopee admin or other promotion tools.",
        ));
    }
    Ok(())
}

pub(super) fn expired() -> Refusal {
    refusal("voucher.update_end_voucher_error", "Cannot update status for expired voucher.")
}

fn name<'a>(asked: &Asked<'a>) -> Result<&'a str, Refusal> {
    let name = asked.text("voucher_name")?;
    if name.trim().is_empty() { Err(wrong_parameters("voucher_name is empty")) } else { Ok(name) }
}

/// The code that buyers see: four letters of the shop's name, then the seller's part, in capitals (the capitals are inferred).
fn code(suffix: &str, own: &ShopeeShop) -> Result<String, Refusal> {
    let is_fine = (1..=CODE_SUFFIX_MAX).contains(&suffix.len()) && suffix.chars().all(|c| c.is_ascii_alphanumeric());
    if !is_fine {
        return Err(refusal(
            "voucher.voucher_code_error",
            "Voucher code is wrong, only 0-9, A-Z, a-z are allowed, up to 5 characters.",
        ));
    }
    Ok(format!("{}{suffix}", own.code_prefix).to_ascii_uppercase())
}

fn check_code_is_free(code: &str, others: &[Voucher], now: Timestamp) -> Result<(), Refusal> {
    let is_taken = |other: &Voucher| {
        other.get("voucher_code").and_then(Value::as_str).is_some_and(|taken| taken.eq_ignore_ascii_case(code))
            && whole(other, "end_time").saturating_add(CODE_REST_SECONDS) > now.timestamp()
    };
    if others.iter().any(is_taken) {
        return Err(refusal("voucher.voucher_code_duplicate_error", "Duplicated voucher code."));
    }
    Ok(())
}

fn check_count(others: &[Voucher], settings: &Settings, now: Timestamp) -> Result<(), Refusal> {
    let live = others.iter().filter(|other| State::of(other, now) != State::Expired).count();
    if live >= settings.shopee_voucher_limit {
        return Err(refusal(
            "voucher.voucher_over_limit",
            format!("Ongoing and upcoming vouchers cannot be more than {}.", settings.shopee_voucher_limit),
        ));
    }
    Ok(())
}

fn check_start(voucher: &Voucher, now: Timestamp) -> Result<(), Refusal> {
    if whole(voucher, "start_time") < now.timestamp() {
        return Err(refusal("voucher.voucher_start_time_error", "Voucher start time is earlier than current time."));
    }
    Ok(())
}

fn check_period(voucher: &Voucher) -> Result<(), Refusal> {
    let seconds = whole(voucher, "end_time").saturating_sub(whole(voucher, "start_time"));
    if seconds < SHORTEST_SECONDS {
        return Err(refusal(
            "voucher.voucher_time_period_error",
            "Voucher end time should be at least 1 hour later than the start time.",
        ));
    }
    if seconds > LONGEST_SECONDS {
        return Err(refusal(
            "voucher.voucher_end_time_error",
            "The period between start time and end time cannot be more than 3 months.",
        ));
    }
    Ok(())
}

/// A running voucher's end only moves nearer. (The documents do not say "running only"; sister modules read so.)
fn check_new_end(voucher: &Voucher, end: i64, state: State, now: Timestamp) -> Result<(), Refusal> {
    if state != State::Ongoing {
        return Ok(());
    }
    if end > whole(voucher, "end_time") {
        return Err(refusal(
            "voucher.voucher_end_time_reduce_error",
            "Only allow to shorten the voucher end_time. Cannot extend the end_time.",
        ));
    }
    // Inferred: `end_voucher` is the way to end one at once.
    if end <= now.timestamp() {
        return Err(wrong_parameters("end_time is earlier than current time"));
    }
    Ok(())
}

fn check_reward(voucher: &Voucher) -> Result<(), Refusal> {
    let minimum = amount_of(voucher.get("min_basket_price")).unwrap_or_default();
    if minimum < Decimal::ZERO {
        return Err(wrong_parameters("min_basket_price is negative"));
    }
    if whole(voucher, "reward_type") == REWARD_SUM {
        let discount = amount_of(voucher.get("discount_amount")).unwrap_or_default();
        if discount <= Decimal::ZERO {
            return Err(wrong_parameters("discount_amount must be above 0"));
        }
        if minimum != Decimal::ZERO && minimum <= discount {
            return Err(refusal(
                "voucher.voucher_min_price_error",
                "The min_basket_price should be larger than discount_amount, unless it is 0.",
            ));
        }
    } else if !(1..=PERCENTAGE_MAX).contains(&whole(voucher, "percentage")) {
        return Err(wrong_parameters(format!("percentage must be between 1 and {PERCENTAGE_MAX}")));
    }
    Ok(())
}

fn check_channels(voucher: &Voucher, allowed: &[i64]) -> Result<(), Refusal> {
    let channels = wholes_of(voucher.get("display_channel_list"));
    let is_known = channels.iter().all(|channel| allowed.contains(channel));
    let is_hidden_with_a_start = channels.is_empty() && whole(voucher, "display_start_time") != 0;
    if !is_known || is_hidden_with_a_start || has_doubles(&channels) {
        return Err(refusal("voucher.voucher_display_channel_error", "Voucher display channel is set wrongly."));
    }
    Ok(())
}

fn check_items(voucher: &Voucher, own: &ShopeeShop) -> Result<(), Refusal> {
    if whole(voucher, "voucher_type") != PRODUCT_VOUCHER {
        return Ok(());
    }
    let items = wholes_of(voucher.get("item_id_list"));
    if items.is_empty() {
        return Err(wrong_parameters("item_id_list is needed for a product voucher"));
    }
    if has_doubles(&items) {
        return Err(refusal("voucher.voucher_item_duplication_error", "There are duplicated items in item_id_list."));
    }
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

fn quantity(asked: i64) -> Result<i64, Refusal> {
    if (1..=QUANTITY_MAX).contains(&asked) {
        Ok(asked)
    } else {
        Err(wrong_parameters(format!("usage_quantity must be between 1 and {QUANTITY_MAX}")))
    }
}

fn one_of(asked: &Asked, name: &str, allowed: &[i64]) -> Result<i64, Refusal> {
    let value = asked.required(asked.whole(name)?, name)?;
    if allowed.contains(&value) { Ok(value) } else { Err(wrong_parameters(name)) }
}

fn has_doubles(numbers: &[i64]) -> bool {
    numbers.iter().collect::<BTreeSet<_>>().len() < numbers.len()
}

fn whole(voucher: &Voucher, name: &str) -> i64 {
    voucher.get(name).and_then(Value::as_i64).unwrap_or(0)
}

fn wholes_of(value: Option<&Value>) -> Vec<i64> {
    value.and_then(Value::as_array).map(|all| all.iter().filter_map(Value::as_i64).collect()).unwrap_or_default()
}

fn amount_of(value: Option<&Value>) -> Option<Decimal> {
    let text = value?.as_number()?.to_string();
    text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
}

/// The fields of a body, read as the types that the documents give them. `null` counts as absent.
struct Asked<'a>(&'a Voucher);

impl<'a> Asked<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn required<T>(&self, value: Option<T>, name: &str) -> Result<T, Refusal> {
        value.ok_or_else(|| wrong_parameters(format!("{name} is required")))
    }

    fn text(&self, name: &str) -> Result<&'a str, Refusal> {
        let value = self.required(self.get(name), name)?;
        value.as_str().ok_or_else(|| wrong_parameters(format!("{name} is not a string")))
    }

    fn whole(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let wrong = || wrong_parameters(format!("{name} is not an integer"));
        self.get(name).map(|value| value.as_i64().ok_or_else(wrong)).transpose()
    }

    fn amount(&self, name: &str) -> Result<Option<Decimal>, Refusal> {
        let wrong = || wrong_parameters(format!("{name} is not a number"));
        self.get(name).map(|value| amount_of(Some(value)).ok_or_else(wrong)).transpose()
    }

    fn wholes(&self, name: &str) -> Result<Option<Vec<i64>>, Refusal> {
        let wrong = || wrong_parameters(format!("{name} is not a list of integers"));
        let read = |value: &Value| value.as_array()?.iter().map(Value::as_i64).collect::<Option<Vec<i64>>>();
        self.get(name).map(|value| read(value).ok_or_else(wrong)).transpose()
    }

    /// An editable field as it is stored.
    fn value(&self, name: &str) -> Result<Value, Refusal> {
        Ok(match name {
            "voucher_name" => json!(self::name(self)?),
            "min_basket_price" | "discount_amount" | "max_price" => money(self.amount(name)?.unwrap_or_default()),
            "display_channel_list" | "item_id_list" => json!(self.wholes(name)?),
            _ => json!(self.whole(name)?),
        })
    }
}
