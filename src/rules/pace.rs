//! How fast a coupon goes, by what earlier exports saw.

use chrono::Duration;

use super::policy::Policy;
use crate::domain::{Coupon, Status, StockPoint, Timestamp};

/// A shorter look tells the hour of the day and not the pace.
const SEEN_FOR_MIN: Duration = Duration::hours(6);
/// Older points tell of another week.
const SEEN_FOR_MAX: Duration = Duration::days(7);
/// Fewer are chance.
const TAKEN_MIN: u64 = 5;
/// The part of its remaining life by which a stock must outlast it before the alarm ends.
const CLEARLY_OVER: i32 = 10;
/// One that runs out in the last hour of its life has lasted.
const NEAR_ITS_END: Duration = Duration::hours(1);
/// Two exports that are further apart are no neighbours: what fell between them did not fall suddenly.
const NEIGHBOURS_APART_MAX: Duration = Duration::hours(48);

/// A coupon that will not last until its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shortfall {
    pub out: Timestamp,
    /// How many are missing until its end, rounded up.
    pub missing: u64,
    pub per_day: u64,
}

/// None where earlier exports saw too little, or the stock lasts, or runs out later than the policy looks. It is told once two
/// looks in a row agree, and until one is clearly above it: a pace that comes and goes with the hour is no news.
pub(super) fn shortfall(coupon: &Coupon, stock: &[StockPoint], policy: &Policy, now: Timestamp) -> Option<Shortfall> {
    let ends = coupon.usable.ends().filter(|ends| coupon.status == Status::Active && *ends > now)?;
    let present = point(coupon, now).filter(|point| point.remaining > 0)?;
    let days_max = Duration::try_days(policy.runs_out_days)?;
    let (mut before, mut is_told) = (false, false);
    let mut last = None;
    for place in 0..=stock.len() {
        let (earlier, at) = (stock.get(..place)?, stock.get(place).copied().unwrap_or(present));
        last = outlook(earlier, at);
        let Some((out, ..)) = last else {
            (before, is_told) = (false, false);
            continue;
        };
        let (left, margin) = (ends - out, (ends - at.at) / CLEARLY_OVER);
        let falls_short = left > NEAR_ITS_END && out - at.at <= days_max;
        is_told = if is_told { left > -margin && out - at.at <= days_max + margin } else { falls_short && before };
        before = falls_short;
    }
    let (out, taken, seconds) = last.filter(|_| is_told)?;
    let needed = scaled(taken, u64::try_from((ends - now).num_seconds()).ok()?, seconds);
    let missing = rounded_up(needed.saturating_sub(present.remaining).max(1));
    Some(Shortfall { out: out.min(ends), missing, per_day: scaled(taken, 86_400, seconds) })
}

/// When the stock of `at` runs out at the pace of what was seen before, with how many were taken in how many seconds.
fn outlook(earlier: &[StockPoint], at: StockPoint) -> Option<(Timestamp, u64, u64)> {
    let (taken, seconds) = taken_since(earlier, at)?;
    let out_in = Duration::try_seconds(i64::try_from(scaled(at.remaining, seconds, taken)).ok()?)?;
    Some((at.at.checked_add_signed(out_in)?, taken, seconds))
}

/// The last export's stock and that of now, where more was lost between them than the policy takes for usual.
pub(super) fn sudden_drop(
    coupon: &Coupon,
    stock: &[StockPoint],
    policy: &Policy,
    now: Timestamp,
) -> Option<(StockPoint, u64)> {
    let before = stock.last().filter(|before| now - before.at <= NEIGHBOURS_APART_MAX)?;
    let left = coupon.remaining()?;
    let lost = before.remaining.saturating_sub(left);
    let share = rust_decimal::Decimal::from(lost) * rust_decimal::Decimal::ONE_HUNDRED;
    let too_much = share > policy.sudden_drop_percent.checked_mul(before.remaining.into())?;
    (too_much && lost >= policy.sudden_drop_count.max(1)).then_some((*before, left))
}

fn point(coupon: &Coupon, at: Timestamp) -> Option<StockPoint> {
    Some(StockPoint { at, remaining: coupon.remaining()?, total: coupon.total? })
}

/// How many were taken and in how many seconds. Only what buyers took counts: a restock or a recount that brings some back
/// is a step of its own.
fn taken_since(stock: &[StockPoint], present: StockPoint) -> Option<(u64, u64)> {
    let recent: Vec<StockPoint> =
        stock.iter().copied().filter(|point| present.at - point.at <= SEEN_FOR_MAX).chain([present]).collect();
    let seen_for = present.at - recent.first()?.at;
    let steps = recent.iter().zip(recent.iter().skip(1));
    let taken: u64 = steps.map(|(before, after)| after.taken().saturating_sub(before.taken())).sum();
    (seen_for >= SEEN_FOR_MIN && taken >= TAKEN_MIN).then_some((taken, seen_for.num_seconds().unsigned_abs()))
}

/// `count` times `by` over `per`, upwards.
fn scaled(count: u64, by: u64, per: u64) -> u64 {
    let exact = (u128::from(count) * u128::from(by)).div_ceil(u128::from(per.max(1)));
    u64::try_from(exact).unwrap_or(u64::MAX)
}

/// To two digits that count: 437 is 440, 1,234 is 1,300.
fn rounded_up(count: u64) -> u64 {
    let mut unit = 1;
    while count / unit >= 100 {
        unit *= 10;
    }
    count.div_ceil(unit).saturating_mul(unit)
}
