//! Ends that come before they should, and starts that come after.

use super::super::case::Case;
use super::super::words::about;
use crate::domain::{Campaign, Finding, FindingCode, Severity, Status, last_moment};
use crate::language::clock_words;
use crate::say;

pub(super) fn expires_today(case: &Case) -> Option<Finding> {
    let ends = case.ends_ahead()?;
    let zone = case.bench.store.zone;
    let last = last_moment(ends, zone);
    if last.date() != case.today() {
        return None;
    }
    let (language, clock) = (case.language(), clock_words(last));
    let Some(campaign) = case.campaign else {
        let why = say!(language, "rules-today", clock = clock);
        return case.finding(FindingCode::ExpiresToday, Severity::Warning, why);
    };
    let about_its_end = |id: &str| {
        case.about_campaign(campaign, |name, last| say!(language, id, clock = &clock, campaign = name, day = last))
    };
    let (severity, why) = if campaign.starts(zone) > ends {
        let first = case.day(campaign.first_day);
        let to_come = |name: &str| say!(language, "rules-today-to-come", clock = &clock, campaign = name, day = &first);
        (Severity::Warning, about(&campaign.name, to_come))
    } else if case.goes_on_after(campaign, ends) {
        (Severity::Critical, about_its_end("rules-today-needed"))
    } else if case.campaign_is_over() {
        (Severity::Warning, about_its_end("rules-today-over"))
    } else {
        let planned = |name: &str| say!(language, "rules-today-planned", clock = &clock, campaign = name);
        (Severity::Warning, about(&campaign.name, planned))
    };
    case.finding(FindingCode::ExpiresToday, severity, why)
}

pub(super) fn expiring_soon(case: &Case) -> Option<Finding> {
    let ends = case.ends_ahead()?;
    let days = (last_moment(ends, case.bench.store.zone).date() - case.today()).num_days();
    // One that ends with its campaign ends as planned.
    let planned = case.campaign.is_some_and(|campaign| !case.goes_on_after(campaign, ends));
    if days < 1 || days > case.bench.policy.expiring_days || planned {
        return None;
    }
    let (language, at, days) = (case.language(), case.end(ends), days.unsigned_abs());
    let why = match case.campaign {
        Some(campaign) => case.about_campaign(campaign, |name, last| {
            say!(language, "rules-soon-needed", at = &at, days = days, campaign = name, day = last)
        }),
        None => say!(language, "rules-soon", at = at, days = days),
    };
    case.finding(FindingCode::ExpiringSoon, Severity::Warning, why)
}

/// A coupon that starts after its campaign or ends before it. Inside the gap, which is critical, other findings say the same
/// as a rule: `not_started` before it, `expired` behind it; see `tell_once`.
pub(super) fn campaign_gap(case: &Case) -> Option<Finding> {
    // What follows another coupon is there because the platform let that one run no longer.
    if case.predecessor.is_some() {
        return None;
    }
    starts_late(case).or_else(|| ends_early(case)).or_else(|| has_ended(case))
}

fn starts_late(case: &Case) -> Option<Finding> {
    let (campaign, starts) = case.starts_after_its_campaign()?;
    let (language, at, day) = (case.language(), case.instant(starts), case.day(campaign.first_day));
    let (severity, id) = match case.running_campaign() {
        Some(_) => (Severity::Critical, "rules-starts-late"),
        None => (Severity::Warning, "rules-gap-start"),
    };
    let why = about(&campaign.name, |name| say!(language, id, at = &at, campaign = name, day = &day));
    case.finding(FindingCode::CampaignGap, severity, why)
}

fn ends_early(case: &Case) -> Option<Finding> {
    let ends = case.ends_ahead()?;
    let campaign = case.campaign.filter(|campaign| case.goes_on_after(campaign, ends))?;
    let why = gap_behind(case, campaign, "rules-gap-end", &case.end(ends));
    case.finding(FindingCode::CampaignGap, Severity::Warning, why)
}

fn has_ended(case: &Case) -> Option<Finding> {
    let is_over = case.coupon.status == Status::Ended && case.successor.is_none() && case.on_purpose().is_none();
    let campaign = case.running_campaign().filter(|_| is_over && case.covered_by.is_none())?;
    let ends = case.coupon.usable.ends().filter(|ends| case.goes_on_after(campaign, *ends))?;
    let why = gap_behind(case, campaign, "rules-ended-uncovered", &case.last_day(ends));
    case.finding(FindingCode::CampaignGap, Severity::Critical, why)
}

fn gap_behind(case: &Case, campaign: &Campaign, id: &str, at: &str) -> String {
    case.about_campaign(campaign, |name, last| say!(case.language(), id, at = at, campaign = name, day = last))
}
