//! Whether a store's config and its shop are about the same shop.

use chrono::{Days, Offset, TimeZone};
use chrono_tz::Tz;

use super::connector::{Connector, Health};
use super::errors::{CallError, CallErrorKind};
use crate::domain::{Argument, Coupon, Currency, Message, Store, Timestamp};
use crate::message;

/// Where the shop tells another currency or time zone than the config.
pub fn differences(store: &Store, told: &Health, now: Timestamp) -> Vec<Message> {
    let mut problems = Vec::new();
    problems.extend(told.currency.and_then(|currency| other_currency(store, currency)));
    if let Some(zone) = told.zone.as_deref().filter(|zone| !zone.is_empty() && !is_same_zone(zone, store.zone, now)) {
        problems.push(message!("check-zone", theirs = zone, ours = store.zone.name()));
    }
    problems
}

/// Why nothing of `store` may be shown or planned: the shop says so of itself, or its amounts do. `told` is none where it could not
/// be asked; what is not told is no difference.
pub fn wrong_shop<'a>(
    store: &Store,
    told: Result<Option<Health>, CallError>,
    coupons: impl IntoIterator<Item = &'a Coupon>,
    now: Timestamp,
) -> Option<CallError> {
    let told = match told {
        Err(error) if error.kind == CallErrorKind::WrongShop => return Some(error),
        told => told.ok().flatten().unwrap_or_default(),
    };
    let mut found = differences(store, &told, now);
    if told.currency.is_none() {
        let of_amounts = coupons.into_iter().filter_map(currency_of).find_map(|other| other_currency(store, other));
        found.extend(of_amounts);
    }
    let difference = found.into_iter().reduce(|one, other| message!("check-both", one = one, other = other))?;
    let sentence = message!("check-wrong-shop", store = store.id.as_str(), difference = difference);
    Some(CallError { kind: CallErrorKind::WrongShop, sentence, platform_words: None, request_id: None })
}

/// Further apart than this, what ends "now" by our clock goes on for buyers, or ended before they were told.
const CLOCKS_APART_MAX_SECONDS: i64 = 120;

/// Why nothing may be sent to a store: the answers that came from it so far show another time than this machine's clock.
pub fn wrong_clock(connector: &dyn Connector) -> Option<Message> {
    let ahead = connector.clock_ahead_seconds().filter(|ahead| ahead.abs() > CLOCKS_APART_MAX_SECONDS)?;
    Some(clock_message(ahead))
}

/// What is wrong with a clock that the shop's is so many seconds ahead of.
pub fn clock_message(ahead_seconds: i64) -> Message {
    let id = if ahead_seconds > 0 { "check-clock-behind" } else { "check-clock-ahead" };
    message!(id, seconds = Argument::Digits(ahead_seconds.unsigned_abs()))
}

/// Of its amounts, where it has any.
fn currency_of(coupon: &Coupon) -> Option<Currency> {
    let (sum, _, cap) = coupon.discount.parts();
    sum.or(cap).or(coupon.minimum.money()).map(|money| money.currency)
}

fn other_currency(store: &Store, theirs: Currency) -> Option<Message> {
    let (told, ours) = (theirs.to_string(), store.currency.to_string());
    (theirs != store.currency).then(|| message!("check-currency", theirs = told, ours = ours))
}

/// Whether days begin and end at the same moments in both, whatever they are called: shops tell Asia/Kuala_Lumpur, UTC+8 and
/// Asia/Singapore for the same clock. A name that is not known is no proof of a difference.
fn is_same_zone(told: &str, configured: Tz, now: Timestamp) -> bool {
    let Ok(told) = told.parse::<Tz>() else { return true };
    let offset = |zone: Tz, at: Timestamp| zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    (0..366)
        .filter_map(|days| now.checked_add_days(Days::new(days)))
        .all(|at| offset(told, at) == offset(configured, at))
}
