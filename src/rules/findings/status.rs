//! Coupons that buyers cannot use, because of where they stand.

use super::super::case::Case;
use super::super::words::{about, short};
use crate::domain::{Finding, FindingCode, Severity, Status};
use crate::say;

pub(super) fn not_started(case: &Case) -> Option<Finding> {
    // It waits for the one that it follows.
    if case.coupon.status != Status::Scheduled || case.predecessor.is_some_and(|model| model.is_live()) {
        return None;
    }
    let language = case.language();
    let starts = case.coupon.usable.starts().map(|at| case.instant(at));
    let Some(campaign) = case.late_for() else {
        let why = match &starts {
            Some(at) => say!(language, "rules-starts", at = at),
            None => language.say("rules-starts-undated"),
        };
        return case.finding(FindingCode::NotStarted, Severity::Notice, why);
    };
    let began = case.day(campaign.first_day);
    let why = about(&campaign.name, |name| match &starts {
        Some(at) => say!(language, "rules-starts-late", at = at, campaign = name, day = &began),
        None => say!(language, "rules-starts-late-undated", campaign = name, day = &began),
    });
    case.finding(FindingCode::NotStarted, Severity::Critical, why)
}

pub(super) fn paused(case: &Case) -> Option<Finding> {
    if case.coupon.status != Status::Paused {
        return None;
    }
    let language = case.language();
    if let Some(deliberate) = case.on_purpose() {
        let (by, day) = (case.person(&deliberate.by), case.day_of(deliberate.at));
        let why = say!(language, "rules-paused-on-purpose", by = by, day = day);
        return case.finding(FindingCode::Paused, Severity::Notice, why);
    }
    if let Some(other) = case.stand_in() {
        let why = about(other.label(), |other| say!(language, "rules-paused-replaced", other = other));
        return case.finding(FindingCode::Paused, Severity::Notice, why);
    }
    let raw = Some(short(&case.coupon.raw_status, 20)).filter(|raw| !raw.is_empty());
    let Some(campaign) = case.running_campaign() else {
        let why = match &raw {
            Some(raw) => say!(language, "rules-paused-as", raw = raw),
            None => language.say("rules-paused"),
        };
        return case.finding(FindingCode::Paused, Severity::Warning, why);
    };
    let why = case.about_campaign(campaign, |name, last| match &raw {
        Some(raw) => say!(language, "rules-paused-as-needed", raw = raw, campaign = name, day = last),
        None => say!(language, "rules-paused-needed", campaign = name, day = last),
    });
    case.finding(FindingCode::Paused, Severity::Critical, why)
}

pub(super) fn rejected(case: &Case) -> Option<Finding> {
    let platform = case.bench.abilities.name;
    let id = match case.coupon.status {
        Status::InReview => "rules-in-review",
        Status::Rejected => "rules-rejected",
        _ => return None,
    };
    case.finding(FindingCode::Rejected, Severity::Critical, say!(case.language(), id, platform = platform))
}

pub(super) fn expired(case: &Case) -> Option<Finding> {
    if case.coupon.status != Status::Ended || case.successor.is_some() {
        return None;
    }
    let language = case.language();
    if let Some(deliberate) = case.on_purpose() {
        let (by, day) = (case.person(&deliberate.by), case.day_of(deliberate.at));
        let why = say!(language, "rules-ended-on-purpose", by = by, day = day);
        return case.finding(FindingCode::Expired, Severity::Notice, why);
    }
    let ended = case.coupon.usable.ends().map(|ends| case.last_day(ends));
    let (severity, why) = match (case.running_campaign(), case.covered_by) {
        (Some(campaign), None) => {
            let why = case.about_campaign(campaign, |name, last| match &ended {
                Some(at) => say!(language, "rules-ended-uncovered", at = at, campaign = name, day = last),
                None => say!(language, "rules-ended-uncovered-undated", campaign = name, day = last),
            });
            (Severity::Critical, why)
        }
        (Some(campaign), Some(other)) => {
            let other = short(other.label(), 24);
            let why = about(&campaign.name, |name| match &ended {
                Some(at) => say!(language, "rules-ended-covered", at = at, campaign = name, other = &other),
                None => say!(language, "rules-ended-covered-undated", campaign = name, other = &other),
            });
            (Severity::Notice, why)
        }
        (None, _) => {
            let why = match &ended {
                Some(at) => say!(language, "rules-ended-unneeded", at = at),
                None => language.say("rules-ended-unneeded-undated"),
            };
            (Severity::Notice, why)
        }
    };
    case.finding(FindingCode::Expired, severity, why)
}
