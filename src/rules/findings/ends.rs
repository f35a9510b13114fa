//! Ends that come before they should, and starts that come after. An end at which another coupon of the campaign stands in is told
//! on its day alone, and nothing is to be done about it.

use super::super::context::{CouponContext, named};
use crate::domain::{Argument, Finding, FindingCode, Severity, Status, last_moment};
use crate::message;

pub(super) fn expires_today(context: &CouponContext) -> Option<Finding> {
    let ends = context.ends_ahead()?;
    let zone = context.input.store.zone;
    let last = last_moment(ends, zone);
    if last.date() != context.today() {
        return None;
    }
    let clock = last.format("%H:%M").to_string();
    let Some(campaign) = context.campaign else {
        return context.finding(FindingCode::ExpiresToday, Severity::Warning, message!("rules-today", clock = clock));
    };
    let (severity, id, day) = if campaign.starts(zone) > ends {
        (Severity::Warning, "rules-today-to-come", campaign.first_day)
    } else if context.goes_on_after(campaign, ends) {
        let stand_in = context.stand_in_at_end(ends);
        if let Some(other) = stand_in.or_else(|| context.other_at_end(ends)) {
            let (name, other) = (named(campaign), Argument::name(other.label()));
            let id = if stand_in.is_some() { "rules-today-covered" } else { "rules-today-others" };
            let why = message!(id, clock = clock.clone(), campaign = name, other = other)
                .or_shorter(message!("rules-today-others-shortly", clock = clock));
            return context.finding(FindingCode::ExpiresToday, Severity::Warning, why);
        }
        (Severity::Critical, "rules-today-needed", campaign.last_day)
    } else if context.campaign_is_over() {
        (Severity::Warning, "rules-today-over", campaign.last_day)
    } else if campaign.is_open() {
        return None;
    } else {
        (Severity::Warning, "rules-today-planned", campaign.last_day)
    };
    let why = match campaign.is_open() {
        true => message!("rules-today-always", clock = clock, campaign = named(campaign)),
        false => message!(id, clock = clock, campaign = named(campaign), day = context.day(day)),
    };
    context.finding(FindingCode::ExpiresToday, severity, why)
}

pub(super) fn expiring_soon(context: &CouponContext) -> Option<Finding> {
    let ends = context.ends_ahead()?;
    let days = (last_moment(ends, context.input.store.zone).date() - context.today()).num_days();
    // One that ends with its campaign ends as planned.
    let planned = context.campaign.is_some_and(|campaign| !context.goes_on_after(campaign, ends));
    let is_near = (1..=context.input.policy.expiring_days).contains(&days);
    if !is_near || planned || context.stand_in_at_end(ends).is_some() {
        return None;
    }
    let (at, days) = (context.end(ends), days.unsigned_abs());
    let why = match context.campaign {
        Some(campaign) if campaign.is_open() => {
            message!("rules-soon-always", at = at, days = days, campaign = named(campaign))
        }
        Some(campaign) => {
            let last = context.day(campaign.last_day);
            message!("rules-soon-needed", at = at, days = days, campaign = named(campaign), day = last)
        }
        None => message!("rules-soon", at = at, days = days),
    };
    context.finding(FindingCode::ExpiringSoon, Severity::Warning, why)
}

/// A coupon that starts after its campaign or ends before it, where no other of the campaign is there then, and no other rule tells of
/// that start or end: `not_started` and `expired` say the same of one inside the gap, which is critical.
pub(super) fn campaign_gap(context: &CouponContext) -> Option<Finding> {
    // What follows another coupon is there because the platform let that one run no longer; what always runs has no gap.
    if context.predecessor.is_some() || context.campaign.is_some_and(|campaign| campaign.is_open()) {
        return None;
    }
    waits_too_long(context)
        .or_else(|| ends_early(context))
        .or_else(|| starts_late(context))
        .or_else(|| has_ended(context))
}

/// Whether one of these rules is switched on and says something.
fn is_told(context: &CouponContext, rules: &[FindingCode]) -> bool {
    let is_on = |code: &&FindingCode| !context.input.policy.off.contains(code);
    rules.iter().filter(is_on).filter_map(|code| super::rule(*code)).any(|rule| rule(context).is_some())
}

fn waits_too_long(context: &CouponContext) -> Option<Finding> {
    let starts = context.coupon.usable.starts().filter(|_| context.coupon.status == Status::Scheduled)?;
    let campaign = context.late_for().filter(|_| !is_told(context, &[FindingCode::NotStarted]))?;
    let (at, first) = (context.instant(starts), context.day(campaign.first_day));
    let why = match campaign.has_always_run() {
        true => message!("rules-starts-alone", campaign = named(campaign)),
        false => message!("rules-starts-late", at = at, campaign = named(campaign), day = first),
    };
    context.finding(FindingCode::CampaignGap, Severity::Critical, why)
}

fn starts_late(context: &CouponContext) -> Option<Finding> {
    let (campaign, starts) = context.starts_after_its_campaign()?;
    let (at, first) = (context.instant(starts), context.day(campaign.first_day));
    let why = message!("rules-gap-start", at = at, campaign = named(campaign), day = first);
    context.finding(FindingCode::CampaignGap, Severity::Warning, why)
}

pub(super) fn ends_early(context: &CouponContext) -> Option<Finding> {
    let ends = context.ends_ahead()?;
    let campaign = context.campaign.filter(|campaign| context.goes_on_after(campaign, ends))?;
    let is_covered = context.other_at_end(ends).is_some();
    if is_covered || is_told(context, &[FindingCode::ExpiresToday, FindingCode::ExpiringSoon]) {
        return None;
    }
    let (at, last) = (context.end(ends), context.day(campaign.last_day));
    let why = message!("rules-gap-end", at = at, campaign = named(campaign), day = last);
    context.finding(FindingCode::CampaignGap, Severity::Warning, why)
}

fn has_ended(context: &CouponContext) -> Option<Finding> {
    let is_over =
        context.coupon.status == Status::Ended && context.successor.is_none() && context.on_purpose().is_none();
    let is_over = is_over && context.coupon.works_for_holders_until(context.now()).is_none();
    let campaign = context.running_campaign().filter(|_| is_over && context.other_live().is_none())?;
    let ends = context.coupon.usable.ends().filter(|ends| context.goes_on_after(campaign, *ends))?;
    if is_told(context, &[FindingCode::Expired]) {
        return None;
    }
    let (at, last) = (context.last_day(ends), context.day(campaign.last_day));
    let why = message!("rules-ended-uncovered", at = at, campaign = named(campaign), day = last);
    context.finding(FindingCode::CampaignGap, Severity::Critical, why)
}
