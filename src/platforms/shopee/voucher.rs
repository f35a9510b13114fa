//! A Shopee voucher in our words, and a draft in Shopee's.

use chrono::{DateTime, Duration};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use super::wire::{MARKETS, Voucher};
use crate::domain::{
    Coupon, CouponId, Currency, Discount, Draft, Message, Minimum, Money, Owner, Percent, Period, Status, StoreId,
    Timestamp,
};
use crate::platforms::lenient::{self, number};

/// Letters of the shop's name that Shopee puts before a seller's code. Source: Seller Centre guide for PH; that the API does
/// the same is inferred.
pub(super) const PREFIX_LETTERS: usize = 4;
/// Source: `voucher.voucher_code_error`.
pub(super) const SUFFIX_LETTERS_MAX: usize = 5;

/// On the order page only: shown by reads, accepted by updates, not offered when a voucher is made, so no rule of a copy.
const ORDER_PAGE_CHANNEL: i64 = 2;

/// Where a voucher is shown, and what it is for: in the detail only, and changeable while it runs.
pub(super) const CHANNELS: &str = "display_channel_list";
pub(super) const ITEMS: &str = "item_id_list";

const REWARD_SUM: i64 = 1;
const REWARD_SHARE: i64 = 2;
const REWARD_COINS: i64 = 3;

/// Who reads: what a voucher does not say of itself.
pub(super) struct Reader<'a> {
    pub store: &'a StoreId,
    pub currency: Currency,
    pub now: Timestamp,
}

impl Reader<'_> {
    /// The voucher of `get_voucher`, or why it cannot be read.
    pub fn coupon(&self, voucher: &Voucher) -> Result<Coupon, Message> {
        let id = lenient::needed(voucher.voucher_id.clone(), "voucher_id")?;
        let usable = period(voucher)?;
        let status = status_at(&usable, self.now);
        let page = MARKETS
            .iter()
            .find(|(_, currency, _)| *currency == self.currency.code())
            .map(|(_, _, market)| format!("https://seller.shopee.{market}{SELLER_CENTRE_PATH}{id}"));
        Ok(Coupon {
            store: self.store.clone(),
            id: CouponId::new(id),
            code: voucher.voucher_code.clone().filter(|code| !code.is_empty()),
            name: voucher.voucher_name.clone().unwrap_or_default(),
            status,
            raw_status: raw_status(status, voucher),
            kind: kind(voucher),
            discount: self.discount(voucher)?,
            minimum: Minimum::told(voucher.min_basket_price.map(|price| Money::new(price, self.currency))),
            usable,
            claimable: None,
            total: Some(count(voucher.usage_quantity, "usage_quantity")?),
            used: Some(count(voucher.current_usage, "current_usage")?),
            claimed: None,
            // The API has no such field.
            per_buyer: None,
            owner: owner(voucher),
            stock_is_claimed: false,
            other_rules: other_rules(voucher)?.into(),
            besides: Default::default(),
            made_by_change: None,
            page,
            untold: BTreeSet::new(),
        })
    }

    fn discount(&self, voucher: &Voucher) -> Result<Discount, Message> {
        let cap = voucher.max_price.filter(|price| !price.is_zero()).map(|price| Money::new(price, self.currency));
        let percent = || lenient::needed(voucher.percentage, "percentage").map(|share| Percent(share.normalize()));
        Ok(match voucher.reward_type {
            Some(REWARD_SUM) => {
                Discount::Sum(Money::new(lenient::needed(voucher.discount_amount, "discount_amount")?, self.currency))
            }
            Some(REWARD_SHARE) => Discount::Share { percent: percent()?, cap },
            Some(REWARD_COINS) => Discount::Coins { percent: percent()?, cap },
            Some(other) => Discount::Other(format!("reward type {other}")),
            None => return Err(lenient::missing("reward_type")),
        })
    }
}

/// Where a voucher's page lies in the seller centre, before its id. Inferred.
const SELLER_CENTRE_PATH: &str = "/portal/marketing/vouchers/";

/// The second that Shopee means by an end is the last in which the voucher works (sellers write 23:59:59); ours are exclusive.
pub fn wire_end(ends: Timestamp) -> i64 {
    ends.timestamp() - 1
}

/// The other way round; see [`wire_end`]. None for an instant beyond any calendar.
pub fn end_of_wire(end_time: i64) -> Option<Timestamp> {
    DateTime::from_timestamp(end_time.checked_add(1)?, 0)
}

fn period(voucher: &Voucher) -> Result<Period, Message> {
    let starts = voucher.start_time.and_then(|at| DateTime::from_timestamp(at, 0));
    let starts = lenient::needed(starts, "start_time")?;
    let ends = lenient::needed(voucher.end_time.and_then(end_of_wire), "end_time")?;
    Period::new(Some(starts), Some(ends)).map_err(lenient::odd_period)
}

/// Shopee sends no status. Source: its list filters, whose bounds are inferred. A voucher that was ended has that very second as
/// its `end_time` and must not read as running for the rest of it; so the last second counts as over.
pub(super) fn status_at(usable: &Period, now: Timestamp) -> Status {
    let last_second_began = usable.ends().is_some_and(|ends| ends.timestamp() - 1 <= now.timestamp());
    if last_second_began {
        Status::Ended
    } else if usable.starts().is_some_and(|starts| now < starts) {
        Status::Scheduled
    } else {
        Status::Active
    }
}

/// The list filter's word, and where a campaign's review stands.
fn raw_status(status: Status, voucher: &Voucher) -> String {
    let word = match status {
        Status::Scheduled => "upcoming",
        Status::Active => "ongoing",
        _ => "expired",
    };
    let review = match voucher.cmt_voucher_status {
        Some(1) => ", campaign review pending",
        Some(2) => ", approved for a campaign",
        Some(3) => ", refused for a campaign",
        _ => "",
    };
    format!("{word}{review}")
}

fn kind(voucher: &Voucher) -> String {
    let word = match (voucher.usecase, voucher.voucher_type) {
        (Some(3), _) => "new buyer voucher",
        (Some(4), _) => "repeat buyer voucher",
        (Some(5), _) => "private voucher",
        (Some(6), _) => "live voucher",
        (Some(7), _) => "video voucher",
        (Some(8), _) => "campaign voucher",
        (Some(9), _) => "follow prize",
        (Some(10), _) => "membership voucher",
        (Some(11), _) => "game prize",
        (Some(12), _) => "sample voucher",
        (_, Some(2)) => "product voucher",
        _ => "shop voucher",
    };
    word.to_string()
}

/// Inferred from what the refusal `voucher.operate_voucher_permission_error` names.
fn owner(voucher: &Voucher) -> Owner {
    let by_a_tool = voucher.voucher_purpose.is_some_and(|purpose| purpose != 0)
        || voucher.usecase.is_some_and(|usecase| (8..=12).contains(&usecase));
    if voucher.is_admin || by_a_tool { Owner::Platform } else { Owner::Seller }
}

/// Of a shop and of a product voucher.
const PLAIN_USECASES: [i64; 3] = [0, 1, 2];
const USECASE: &str = "usecase";

/// What a copy repeats. Left out: when it is shown (a date of its own), and what the discount and the minimum say already.
fn other_rules(voucher: &Voucher) -> Result<Map<String, Value>, Message> {
    let mut rules = Map::new();
    let mut channels = numbers(&voucher.display_channel_list, CHANNELS)?;
    channels.retain(|channel| *channel != ORDER_PAGE_CHANNEL);
    rules.insert(CHANNELS.to_string(), json!(channels));
    let items = numbers(&voucher.item_id_list, ITEMS)?;
    if !items.is_empty() {
        rules.insert(ITEMS.to_string(), json!(items));
    }
    if let Some(target) = voucher.target_voucher.filter(|target| *target != 0) {
        rules.insert("target_voucher".to_string(), json!(target));
    }
    // Plain ones say so by their type. New kinds appear, and what they are for is not known.
    if let Some(usecase) = voucher.usecase.filter(|usecase| !PLAIN_USECASES.contains(usecase)) {
        rules.insert(USECASE.to_string(), json!(usecase));
    }
    rules.insert("voucher_type".to_string(), json!(voucher.voucher_type.unwrap_or(1)));
    Ok(rules)
}

fn numbers(list: &[Value], name: &str) -> Result<Vec<i64>, Message> {
    lenient::sorted(list, name, |value| value.as_i64().or_else(|| value.as_str()?.trim().parse().ok()))
}

fn count(field: Option<i64>, name: &str) -> Result<u64, Message> {
    lenient::needed(lenient::count(field, name)?, name)
}

fn is_suffix(text: &str) -> bool {
    (1..=SUFFIX_LETTERS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The body of `add_voucher`, or why this voucher cannot be made through the API: the id of a message.
pub(super) fn add_body(draft: &Draft, soonest: Timestamp) -> Result<Value, &'static str> {
    let suffix = draft.code.split_at_checked(PREFIX_LETTERS).map(|(_, suffix)| suffix).filter(|text| is_suffix(text));
    let suffix = suffix.ok_or("impossible-shopee-code")?;
    let starts = draft.start.or(soonest);
    if draft.other_rules.contains_key("target_voucher") {
        return Err("impossible-shopee-buyers");
    }
    // The API makes plain vouchers, which are for every buyer: a copy of another would be for more than its model.
    match draft.other_rules.get(USECASE).and_then(Value::as_i64) {
        None => {}
        Some(3 | 4) => return Err("impossible-shopee-buyers"),
        Some(5..=7) => return Err("impossible-shopee-hidden"),
        Some(_) => return Err("impossible-shopee-usecase"),
    }
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_string(), value);
    put("voucher_name", json!(draft.name));
    put("voucher_code", json!(suffix));
    put("start_time", json!(starts.timestamp()));
    put("end_time", json!(wire_end(draft.ends.ok_or("impossible-shopee-no-end")?)));
    put("usage_quantity", json!(draft.total.ok_or("impossible-shopee-no-total")?));
    put("min_basket_price", minimum_price(&draft.minimum)?);
    let (reward_type, percent_and_cap) = match &draft.discount {
        Discount::Sum(money) => {
            put("discount_amount", number(money.amount));
            (REWARD_SUM, None)
        }
        Discount::Share { percent, cap } => (REWARD_SHARE, Some((percent, cap))),
        Discount::Coins { percent, cap } => (REWARD_COINS, Some((percent, cap))),
        _ => return Err("impossible-shopee-discount"),
    };
    put("reward_type", json!(reward_type));
    if let Some((percent, cap)) = percent_and_cap {
        put("percentage", number(percent.0));
        put("max_price", cap.map_or(json!(0), |cap| number(cap.amount)));
    }
    put("voucher_type", draft.other_rules.get("voucher_type").cloned().unwrap_or(json!(1)));
    for name in [CHANNELS, ITEMS] {
        if let Some(value) = draft.other_rules.get(name) {
            put(name, value.clone());
        }
    }
    Ok(Value::Object(body))
}

/// `min_basket_price`: 0 is none.
pub(super) fn minimum_price(minimum: &Minimum) -> Result<Value, &'static str> {
    minimum.spend().map(number).ok_or("impossible-shopee-minimum")
}

/// The shortest time from sending a new voucher to its start: it must not have passed when the platform looks.
pub(super) const START_LEAD: Duration = Duration::seconds(60);
