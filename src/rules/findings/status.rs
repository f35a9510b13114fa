//! Coupons that buyers cannot use, because of where they stand.

use super::super::context::{CouponContext, named};
use crate::domain::{Argument, Deliberate, Finding, FindingCode, Message, Severity, Status};
use crate::message;

pub(super) fn not_started(context: &CouponContext) -> Option<Finding> {
    // It waits for the one that it follows.
    if context.coupon.status != Status::Scheduled || context.predecessor.is_some_and(|model| model.is_live()) {
        return None;
    }
    // Waiting for a planned start is no exception.
    let campaign = context.late_for()?;
    let starts = context.coupon.usable.starts().map(|at| context.instant(at));
    let began = context.day(campaign.first_day);
    let why = match starts {
        _ if campaign.has_always_run() => message!("rules-starts-alone", campaign = named(campaign)),
        Some(at) => message!("rules-starts-late", at = at, campaign = named(campaign), day = began),
        None => message!("rules-starts-late-undated", campaign = named(campaign), day = began),
    };
    context.finding(FindingCode::NotStarted, Severity::Critical, why)
}

pub(super) fn paused(context: &CouponContext) -> Option<Finding> {
    if context.coupon.status != Status::Paused {
        return None;
    }
    if let Some(deliberate) = context.on_purpose() {
        let why = on_purpose(context, "rules-paused-on-purpose", deliberate);
        return context.finding(FindingCode::Paused, Severity::Notice, why);
    }
    if let Some(other) = context.gives_the_same_now() {
        let why = message!("rules-paused-replaced", other = Argument::name(other.label()));
        return context.finding(FindingCode::Paused, Severity::Notice, why);
    }
    let raw = context.coupon.raw_status.trim();
    let raw = (!raw.is_empty()).then(|| Argument::name(raw));
    let campaign = context.running_campaign();
    let is_needed = campaign.is_some() && context.other_live().is_none();
    let severity = if is_needed { Severity::Critical } else { Severity::Warning };
    // Of a campaign that has no last day none is told.
    let Some(campaign) = campaign.filter(|campaign| !campaign.is_open()) else {
        let why = match raw {
            Some(raw) => message!("rules-paused-as", raw = raw).or_shorter(message!("rules-paused")),
            None => message!("rules-paused"),
        };
        return context.finding(FindingCode::Paused, severity, why);
    };
    let (name, last) = (named(campaign), context.day(campaign.last_day));
    let why = match raw {
        Some(raw) => message!("rules-paused-as-needed", raw = raw, campaign = name, day = last),
        None => message!("rules-paused-needed", campaign = name, day = last),
    };
    context.finding(FindingCode::Paused, severity, why)
}

pub(super) fn rejected(context: &CouponContext) -> Option<Finding> {
    let platform = context.input.abilities.name;
    let is_covered = context.running_campaign().is_some() && context.other_live().is_some();
    let severity = if is_covered { Severity::Warning } else { Severity::Critical };
    let why = match context.coupon.status {
        Status::InReview => message!("rules-in-review", platform = platform),
        Status::Rejected => message!("rules-rejected", platform = platform),
        Status::Scheduled | Status::Active | Status::Paused | Status::Ended | Status::Trashed | Status::Unknown => {
            return None;
        }
    };
    context.finding(FindingCode::Rejected, severity, why)
}

pub(super) fn expired(context: &CouponContext) -> Option<Finding> {
    let is_covered = || context.running_campaign().is_some() && context.stand_in().is_some();
    let works_on = context.coupon.works_for_holders_until(context.now()).is_some();
    if context.coupon.status != Status::Ended || works_on || context.successor.is_some() || is_covered() {
        return None;
    }
    // What ended long ago and is missed by no campaign is history.
    let is_long_ago = || context.coupon.usable.ends().is_some_and(|ends| context.now() - ends > context.expired_for());
    if (context.running_campaign().is_none() || context.on_purpose().is_some()) && is_long_ago() {
        return None;
    }
    if let Some(deliberate) = context.on_purpose() {
        let why = on_purpose(context, "rules-ended-on-purpose", deliberate);
        return context.finding(FindingCode::Expired, Severity::Notice, why);
    }
    let ended = context.coupon.usable.ends().map(|ends| context.last_day(ends));
    let (severity, why) = match (context.running_campaign(), context.other_live(), ended) {
        (Some(campaign), None, _) if campaign.is_open() => {
            (Severity::Critical, message!("rules-ended-always", campaign = named(campaign)))
        }
        (Some(campaign), None, ended) => {
            let (name, last) = (named(campaign), context.day(campaign.last_day));
            let why = match ended {
                Some(at) => message!("rules-ended-uncovered", at = at, campaign = name, day = last),
                None => message!("rules-ended-uncovered-undated", campaign = name, day = last),
            };
            (Severity::Critical, why)
        }
        (Some(campaign), Some(other), ended) => {
            let (name, other) = (named(campaign), Argument::name(other.label()));
            let why = match ended {
                Some(at) => message!("rules-ended-covered", at = at, campaign = name, other = other),
                None => message!("rules-ended-covered-undated", campaign = name, other = other),
            };
            (Severity::Notice, why)
        }
        (None, _, Some(at)) => (Severity::Notice, message!("rules-ended-unneeded", at = at)),
        (None, _, None) => (Severity::Notice, message!("rules-ended-unneeded-undated")),
    };
    context.finding(FindingCode::Expired, severity, why)
}

/// No longer given out, and what buyers hold goes on working.
pub(super) fn claim_over(context: &CouponContext) -> Option<Finding> {
    let until = context.end(context.coupon.works_for_holders_until(context.now())?);
    let (severity, why) = match context.running_campaign().filter(|_| context.other_live().is_none()) {
        Some(campaign) => {
            (Severity::Warning, message!("rules-claim-over-needed", end = until.clone(), campaign = named(campaign)))
        }
        None => (Severity::Notice, message!("rules-claim-over", end = until.clone())),
    };
    context.finding(FindingCode::ClaimOver, severity, why.or_shorter(message!("rules-claim-over", end = until)))
}

/// A word of the platform's that the program does not know: nobody here can say whether buyers can use it.
pub(super) fn status_unknown(context: &CouponContext) -> Option<Finding> {
    if context.coupon.status != Status::Unknown {
        return None;
    }
    let (platform, raw) = (context.input.abilities.name, context.coupon.raw_status.trim());
    let untold = message!("rules-status-untold", platform = platform);
    let why = match raw {
        "" => untold,
        raw => message!("rules-status-unknown", raw = Argument::name(raw)).or_shorter(untold),
    };
    context.finding(FindingCode::StatusUnknown, Severity::Warning, why)
}

/// Who stopped it, and when.
fn on_purpose(context: &CouponContext, id: &'static str, deliberate: &Deliberate) -> Message {
    message!(id, by = Argument::name(&deliberate.by), day = context.day_of(deliberate.at))
}
