//! A TikTok Shop coupon in our words.

use chrono::Duration;
use chrono_tz::Tz;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use super::wire::{self, Amount, Redemption, Window, WireCoupon};
use crate::domain::{
    Coupon, CouponId, Currency, Discount, Message, Minimum, Money, Owner, Percent, Period, Status, StoreId, Timestamp,
};
use crate::message;
use crate::platforms::lenient::{self, count, needed};

/// The coupon of the detail, or why it cannot be read. `page` is the store's.
pub(super) fn coupon(
    store: &StoreId,
    page: Option<String>,
    now: Timestamp,
    wire: &WireCoupon,
) -> Result<Coupon, Message> {
    let id = needed(wire.id.clone(), "id")?;
    let raw_status = wire.status.clone().unwrap_or_default();
    let (usable, claimable) = windows(wire)?;
    let limits = wire.usage_limits.clone().unwrap_or_default();
    let (claims, uses) = (limit(limits.total_claim_limit), limit(limits.redemption_limit));
    let stats = wire.usage_stats.clone().unwrap_or_default();
    let claimed = count(stats.claimed_count, "claimed_count")?;
    let used = count(stats.redeemed_count, "redeemed_count")?;
    let stock_is_claimed = runs_out_by_claims((claims, claimed), (uses, used));
    Ok(Coupon {
        store: store.clone(),
        id: CouponId::new(id),
        code: wire.promo_code.clone(),
        name: wire.title.clone().unwrap_or_default(),
        status: status(&raw_status, claimable, usable, now),
        raw_status,
        kind: kind(wire.display_type.as_deref()),
        discount: discount(wire)?,
        minimum: minimum(wire)?,
        usable,
        claimable,
        total: if stock_is_claimed { claims } else { uses },
        used,
        claimed,
        per_buyer: limit(limits.single_buyer_claim_limit),
        owner: Owner::Seller,
        stock_is_claimed,
        other_rules: other_rules(wire)?.into(),
        besides: Default::default(),
        made_by_change: None,
        page,
        untold: BTreeSet::new(),
    })
}

/// The list of promotions in the seller centre, by the region of the shop, which its currency tells, and its zone where a currency has
/// several; a coupon's own address is not published. Source: hosts and `shop_region` as official pages and other people's tools use them;
/// none is promised. Of a EUR shop of another zone the centre alone is known.
pub(super) fn page(currency: Currency, zone: Tz) -> Option<String> {
    let (host, region) = match currency.code() {
        "USD" => ("seller-us.tiktok.com", "US"),
        "GBP" => ("seller-uk.tiktok.com", "GB"),
        "THB" => ("seller-th.tiktok.com", "TH"),
        "VND" => ("seller-vn.tiktok.com", "VN"),
        "MYR" => ("seller-my.tiktok.com", "MY"),
        "PHP" => ("seller-ph.tiktok.com", "PH"),
        "SGD" => ("seller-sg.tiktok.com", "SG"),
        "MXN" => ("seller-mx.tiktok.com", "MX"),
        "JPY" => ("seller-jp.tiktok.com", "JP"),
        "BRL" => ("seller-br.tiktok.com", "BR"),
        "IDR" => ("seller-id.tokopedia.com", "ID"),
        "EUR" => match zone {
            Tz::Europe__Berlin | Tz::Europe__Busingen => ("seller-eu.tiktok.com", "DE"),
            Tz::Europe__Paris => ("seller-eu.tiktok.com", "FR"),
            Tz::Europe__Rome => ("seller-eu.tiktok.com", "IT"),
            Tz::Europe__Madrid | Tz::Atlantic__Canary | Tz::Africa__Ceuta => ("seller-eu.tiktok.com", "ES"),
            Tz::Europe__Dublin => ("seller-eu.tiktok.com", "IE"),
            _ => return Some("https://seller-eu.tiktok.com/".to_string()),
        },
        _ => return None,
    };
    Some(format!("https://{host}/promotion/marketing-tools/management?shop_region={region}"))
}

/// Where it stands with buyers who have none yet: whether `ONGOING` and `EXPIRED` speak of claims or of uses is not documented. The last
/// two are words of the neighbouring promotion activities; that a coupon might have them is inferred.
fn status(word: &str, claimable: Option<Period>, usable: Period, now: Timestamp) -> Status {
    let claims_are_over = claimable.and_then(|period| period.ends()).is_some_and(|ends| ends <= now);
    match word {
        "ONGOING" if claims_are_over && usable.ends().is_some_and(|ends| ends > now) => Status::Ended,
        "NOT_START" => Status::Scheduled,
        "ONGOING" => Status::Active,
        "EXPIRED" => Status::Ended,
        "DEACTIVATED" | "DRAFT" => Status::Paused,
        "NOT_EFFECTIVE" => Status::Rejected,
        _ => Status::Unknown,
    }
}

fn kind(display_type: Option<&str>) -> String {
    match display_type {
        Some("REGULAR") | None => "shop coupon".to_string(),
        Some("LIVE") => "live coupon".to_string(),
        Some("CREATOR_EXCLUSIVE") => "creator coupon".to_string(),
        Some("CHAT") => "chat coupon".to_string(),
        Some("PROMO_CODE") => "promo code".to_string(),
        Some(other) => other.to_ascii_lowercase().replace('_', " "),
    }
}

/// The second that TikTok Shop means by an end is the last in which the coupon works (the samples read 23:59:59); ours are
/// exclusive. None for 0 and for an instant beyond any calendar.
pub fn end_of_wire(end_time: i64) -> Option<Timestamp> {
    wire::instant(end_time)?.checked_add_signed(Duration::seconds(1))
}

/// When it can be used, and when it can be claimed where that differs.
fn windows(wire: &WireCoupon) -> Result<(Period, Option<Period>), Message> {
    let Window { start_time, end_time } = wire.claim_duration.clone().unwrap_or_default();
    let claimable = period(start_time, end_time)?;
    let usable = match &wire.redemption_duration {
        Some(redemption) if redemption.kind.as_deref() == Some("RELATIVE") => days_after(claimable, redemption)?,
        Some(Redemption { start_time: None, end_time: None, .. }) | None => claimable,
        Some(Redemption { start_time, end_time, .. }) => period(*start_time, *end_time)?,
    };
    let differs = wire.claim_duration.is_some() && claimable != usable;
    Ok((usable, Some(claimable).filter(|_| differs)))
}

/// From the first claim until the last claim's days are over; until the last claim where they are not told.
fn days_after(claimable: Period, redemption: &Redemption) -> Result<Period, Message> {
    let days = redemption.relative_time.and_then(Duration::try_days).unwrap_or_default();
    let ends = claimable.ends().map(|ends| ends.checked_add_signed(days).unwrap_or(ends));
    Period::new(claimable.starts(), ends).map_err(lenient::odd_period)
}

// A start after the end stands in TikTok's own samples: the end is what people act upon, so it is kept.
fn period(start_time: Option<i64>, end_time: Option<i64>) -> Result<Period, Message> {
    let ends = end_time.and_then(end_of_wire);
    Period::new(start_time.and_then(wire::instant), ends)
        .or_else(|_| Period::new(None, ends))
        .map_err(lenient::odd_period)
}

/// There may be a limit of claims and one of uses (South-East Asia), each with what of it is gone: the one of which less is left
/// is the coupon's.
fn runs_out_by_claims(claims: (Option<u64>, Option<u64>), uses: (Option<u64>, Option<u64>)) -> bool {
    let left = |(total, taken): (Option<u64>, Option<u64>)| Some(total?.saturating_sub(taken.unwrap_or(0)));
    match (left(claims), left(uses)) {
        (Some(claims_left), Some(uses_left)) => claims_left <= uses_left,
        (None, Some(_)) => false,
        _ => true,
    }
}

/// How "without limit" is shown is not documented; no number, 0 and less are read as that, never as "sold out". Inferred.
fn limit(field: Option<i64>) -> Option<u64> {
    field.and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0)
}

fn discount(wire: &WireCoupon) -> Result<Discount, Message> {
    let discount = needed(wire.discount.as_ref(), "discount")?;
    match discount.kind.as_deref() {
        Some("AMOUNT_OFF") => {
            Ok(Discount::Sum(money(needed(discount.reduction_amount.as_ref(), "reduction_amount")?)?))
        }
        Some("PERCENT_OFF") => {
            let percent = needed(discount.percentage, "percentage")?;
            let cap = discount.max_discount.as_ref().map(money).transpose()?.filter(|cap| !cap.is_zero());
            Ok(Discount::Share { percent: Percent(percent.normalize()), cap })
        }
        Some(other) => Ok(Discount::Other(other.to_ascii_lowercase().replace('_', " "))),
        None => Err(message!("odd-discount-without-type")),
    }
}

fn minimum(wire: &WireCoupon) -> Result<Minimum, Message> {
    let Some(threshold) = &wire.threshold else { return Ok(Minimum::NotKnown) };
    match (threshold.kind.as_deref(), &threshold.min_spend) {
        (Some("NONE"), _) => Ok(Minimum::None),
        (Some("MIN_SPEND"), Some(amount)) => Ok(Minimum::told(Some(money(amount)?))),
        _ => Ok(Minimum::NotKnown),
    }
}

fn money(wire: &Amount) -> Result<Money, Message> {
    let amount = wire.amount.ok_or_else(|| message!("odd-amount-without-number"))?;
    let currency = wire.currency.as_deref().ok_or_else(|| message!("odd-amount-without-currency"))?;
    Ok(Money::new(amount, Currency::of_letters(currency).map_err(lenient::in_words_of)?))
}

/// What a copy made by hand must repeat, and what "the same rules" compares.
fn other_rules(wire: &WireCoupon) -> Result<Map<String, Value>, Message> {
    let mut rules = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            rules.insert(name.to_string(), value);
        }
    };
    let list = |words: Vec<String>| Some(json!(words)).filter(|_| !words.is_empty());
    put("display_channels", list(words(&wire.display_channels, "display_channels")?));
    put("live_tasks", Some(json!(wire.live_tasks)).filter(|_| !wire.live_tasks.is_empty()));
    put("product_ids", list(words(&wire.product_ids, "product_ids")?));
    put("product_scope", wire.product_scope.as_ref().map(|scope| json!(scope)));
    let relative = wire.redemption_duration.as_ref().and_then(|redemption| redemption.relative_time);
    put("relative_time", relative.map(|days| json!(days)));
    put("seller_tnc", wire.seller_tnc.as_ref().map(|terms| json!(terms)));
    put("target_buyer_segment", wire.target_buyer_segment.as_ref().map(|segment| json!(segment)));
    Ok(rules)
}

fn words(list: &[Value], name: &str) -> Result<Vec<String>, Message> {
    lenient::sorted(list, name, |value| match value {
        Value::String(text) => Some(text.trim().to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}
