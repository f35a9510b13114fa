//! How many are left, and how fast they go.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::super::context::{CouponContext, named};
use super::super::pace;
use crate::domain::{Argument, Finding, FindingCode, Severity, Status};
use crate::message;

pub(super) fn out_of_stock(context: &CouponContext) -> Option<Finding> {
    // Of one whose end has passed while it was paused, that is told.
    if !context.matters() || context.end_has_passed() || context.coupon.remaining() != Some(0) {
        return None;
    }
    let total = context.coupon.total.unwrap_or(0);
    let worded = |claimed: &'static str, used: &'static str| if context.coupon.counts_uses() { used } else { claimed };
    let plainly = message!(worded("rules-sold-out", "rules-used-up"), total = total);
    let has_taken_over = context.successor.is_some_and(|it| it.is_live());
    let same = context.stand_in().or(context.gives_the_same_now().filter(|_| !has_taken_over));
    if let Some(other) = same.filter(|_| !context.campaign_is_over()) {
        let why = message!(
            worded("rules-sold-out-covered", "rules-used-up-covered"),
            total = total,
            other = Argument::name(other.label())
        );
        return context.finding(FindingCode::OutOfStock, Severity::Notice, why);
    }
    let (severity, why) = match (context.successor.filter(|it| it.is_live()), context.campaign) {
        (Some(successor), _) => {
            let label = Argument::name(successor.label());
            let id = worded("rules-sold-out-followed", "rules-used-up-followed");
            (Severity::Notice, message!(id, total = total, successor = label))
        }
        (None, Some(campaign)) => {
            let (severity, id, day) = if context.running_campaign().is_some() && campaign.is_open() {
                return context.finding(FindingCode::OutOfStock, Severity::Critical, plainly);
            } else if context.running_campaign().is_some() {
                let is_alone = context.other_live().is_none();
                let severity = if is_alone { Severity::Critical } else { Severity::Warning };
                (severity, worded("rules-sold-out-needed", "rules-used-up-needed"), campaign.last_day)
            } else if context.campaign_is_over() {
                (Severity::Notice, worded("rules-sold-out-over", "rules-used-up-over"), campaign.last_day)
            } else {
                (Severity::Notice, worded("rules-sold-out-to-come", "rules-used-up-to-come"), campaign.first_day)
            };
            (severity, message!(id, total = total, campaign = named(campaign), day = context.day(day)))
        }
        (None, None) => match context.coupon.status {
            Status::Active => (Severity::Critical, plainly),
            Status::Scheduled => (Severity::Notice, message!("rules-sold-out-scheduled", total = total)),
            // What is in no other status matters.
            Status::Paused
            | Status::InReview
            | Status::Rejected
            | Status::Ended
            | Status::Trashed
            | Status::Unknown => (Severity::Notice, message!("rules-sold-out-paused", total = total)),
        },
    };
    context.finding(FindingCode::OutOfStock, severity, why)
}

pub(super) fn low_stock(context: &CouponContext) -> Option<Finding> {
    let (left, total) = (context.coupon.remaining()?, context.coupon.total?);
    let in_use = matches!(context.coupon.status, Status::Active | Status::Scheduled);
    if !in_use || left == 0 || total == 0 {
        return None;
    }
    let share = Decimal::from(left) * Decimal::ONE_HUNDRED / Decimal::from(total);
    if !context.is_low(left, total) || context.gives_the_same_now().is_some() {
        return None;
    }
    let percent = share.round().to_u64().unwrap_or(0);
    let (id, id_until) = match share < Decimal::ONE {
        true => ("rules-low-stock-under-one", "rules-low-stock-under-one-until"),
        false => ("rules-low-stock", "rules-low-stock-until"),
    };
    let short = message!(id, left = left, total = total, percent = percent);
    let why = match context.coupon.usable.ends().map(|ends| context.last_day(ends)) {
        None => short,
        Some(day) => message!(id_until, left = left, total = total, percent = percent, day = day).or_shorter(short),
    };
    context.finding(FindingCode::LowStock, Severity::Warning, why)
}

pub(super) fn runs_out_early(context: &CouponContext) -> Option<Finding> {
    let (shortfall, left) = (context.shortfall()?, context.coupon.remaining()?);
    if context.successor_is_there() {
        return None;
    }
    let (out, pace) = (context.day_of(shortfall.out), shortfall.per_day);
    // Only what ends falls short.
    let day = context.last_day(context.coupon.usable.ends()?);
    let why = message!("rules-runs-out", left = left, pace = pace, out = out.clone(), day = day.clone())
        .or_shorter(message!("rules-runs-out-shortly", out = out, day = day));
    context.finding(FindingCode::RunsOutEarly, Severity::Warning, why)
}

pub(super) fn sudden_drop(context: &CouponContext) -> Option<Finding> {
    // A new one is told with the stock of the last minutes; what has ended or is paused loses nothing any more.
    if context.coupon.status != Status::Active {
        return None;
    }
    let (before, left) = pace::sudden_drop(context.coupon, context.stock, context.input.policy, context.now())?;
    let since = context.instant(before.at);
    let why = message!("rules-sudden-drop", before = before.remaining, left = left, since = since.clone())
        .or_shorter(message!("rules-sudden-drop-shortly", since = since));
    context.finding(FindingCode::SuddenDrop, Severity::Warning, why)
}
