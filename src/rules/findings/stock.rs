//! How many are left, and how fast they go.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::super::case::Case;
use super::super::pace;
use super::super::words::{about, first_that_fits};
use crate::domain::{Finding, FindingCode, Severity, Status};
use crate::say;

pub(super) fn out_of_stock(case: &Case) -> Option<Finding> {
    if !case.matters() || case.coupon.remaining() != Some(0) {
        return None;
    }
    let (language, total) = (case.language(), case.coupon.total.unwrap_or(0));
    let (severity, why) = match (case.running_campaign(), case.campaign) {
        _ if case.successor.is_some_and(|heir| heir.is_live()) => {
            let heir = case.successor.map_or("", |heir| heir.label());
            let told = about(heir, |heir| say!(language, "rules-sold-out-followed", total = total, heir = heir));
            (Severity::Notice, told)
        }
        (Some(campaign), _) => {
            let needed = |name: &str, day: &str| {
                say!(language, "rules-sold-out-needed", total = total, campaign = name, day = day)
            };
            (Severity::Critical, case.about_campaign(campaign, needed))
        }
        (None, None) if case.coupon.status == Status::Active => {
            (Severity::Critical, say!(language, "rules-sold-out", total = total))
        }
        (None, Some(campaign)) if case.campaign_is_over() => {
            let over = |name: &str, day: &str| {
                say!(language, "rules-sold-out-over", total = total, campaign = name, day = day)
            };
            (Severity::Notice, case.about_campaign(campaign, over))
        }
        (None, Some(campaign)) => {
            let first = case.day(campaign.first_day);
            let to_come =
                |name: &str| say!(language, "rules-sold-out-to-come", total = total, campaign = name, day = &first);
            (Severity::Notice, about(&campaign.name, to_come))
        }
        (None, None) if case.coupon.status == Status::Scheduled => {
            (Severity::Notice, say!(language, "rules-sold-out-scheduled", total = total))
        }
        (None, None) => (Severity::Notice, say!(language, "rules-sold-out-paused", total = total)),
    };
    case.finding(FindingCode::OutOfStock, severity, why)
}

pub(super) fn low_stock(case: &Case) -> Option<Finding> {
    let policy = case.bench.policy;
    let (left, total) = (case.coupon.remaining()?, case.coupon.total?);
    let in_use = matches!(case.coupon.status, Status::Active | Status::Scheduled);
    if !in_use || left == 0 || total == 0 {
        return None;
    }
    let share = Decimal::from(left) * Decimal::ONE_HUNDRED / Decimal::from(total);
    let few = left < total && left <= policy.low_stock_count;
    if !few && share > policy.low_stock_percent {
        return None;
    }
    let language = case.language();
    let percent = share.round().to_u64().unwrap_or(0);
    let told = if share < Decimal::ONE {
        say!(language, "rules-low-stock-under-one", left = left, total = total)
    } else {
        say!(language, "rules-low-stock", left = left, total = total, percent = percent)
    };
    let why = match case.coupon.usable.ends().map(|ends| case.last_day(ends)) {
        None => told,
        Some(day) if share < Decimal::ONE => first_that_fits([
            say!(language, "rules-low-stock-under-one-until", left = left, total = total, day = day),
            told,
        ]),
        Some(day) => first_that_fits([
            say!(language, "rules-low-stock-until", left = left, total = total, percent = percent, day = day),
            told,
        ]),
    };
    case.finding(FindingCode::LowStock, Severity::Warning, why)
}

pub(super) fn runs_out_early(case: &Case) -> Option<Finding> {
    let (shortfall, left) = (case.shortfall()?, case.coupon.remaining()?);
    let (language, out, pace) = (case.language(), case.day_of(shortfall.out), shortfall.per_day);
    let day = case.coupon.usable.ends().map_or(String::new(), |ends| case.last_day(ends));
    let why = first_that_fits([
        say!(language, "rules-runs-out", left = left, pace = pace, out = &out, day = &day),
        say!(language, "rules-runs-out-shortly", out = &out, day = &day),
    ]);
    case.finding(FindingCode::RunsOutEarly, Severity::Warning, why)
}

pub(super) fn sudden_drop(case: &Case) -> Option<Finding> {
    // A new one is told with the stock of the last minutes; what has ended or is paused loses nothing any more.
    if case.coupon.status != Status::Active {
        return None;
    }
    let (before, left) = pace::sudden_drop(case.coupon, case.stock, case.bench.policy, case.now())?;
    let (language, since) = (case.language(), case.instant(before.at));
    let why = first_that_fits([
        say!(language, "rules-sudden-drop", before = before.remaining, left = left, since = &since),
        say!(language, "rules-sudden-drop-shortly", since = &since),
    ]);
    case.finding(FindingCode::SuddenDrop, Severity::Warning, why)
}
