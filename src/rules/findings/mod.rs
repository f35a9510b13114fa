//! One function a rule. Each gives its finding or none; `why` names the cause first, then the consequence, with a shorter
//! wording where the facts may be too long for its cell.

mod ends;
mod money;
mod plan;
mod status;
mod stock;

use std::cmp::Reverse;

use super::context::CouponContext;
use crate::domain::{Advice, Finding, FindingCode, Severity, Suggestion};

type Rule = fn(&CouponContext) -> Option<Finding>;

/// The rule that gives each finding; none where the finding is on the store itself.
fn rule(code: FindingCode) -> Option<Rule> {
    Some(match code {
        FindingCode::StoreNotLoaded
        | FindingCode::ListIncomplete
        | FindingCode::StoreRestricted
        | FindingCode::WrongShop
        | FindingCode::StoreDiffers
        | FindingCode::TokenExpiring
        | FindingCode::CampaignUncovered
        | FindingCode::CampaignMatchesNothing
        | FindingCode::Unplanned => return None,
        FindingCode::GivesMoneyAway => money::gives_money_away,
        FindingCode::Rejected => status::rejected,
        FindingCode::StatusUnknown => status::status_unknown,
        FindingCode::Expired => status::expired,
        FindingCode::ClaimOver => status::claim_over,
        FindingCode::OutOfStock => stock::out_of_stock,
        FindingCode::Paused => status::paused,
        FindingCode::NotStarted => status::not_started,
        FindingCode::ExpiresToday => ends::expires_today,
        FindingCode::CampaignMissing => plan::campaign_missing,
        FindingCode::CampaignGap => ends::campaign_gap,
        FindingCode::ExpiringSoon => ends::expiring_soon,
        FindingCode::RunsOutEarly => stock::runs_out_early,
        FindingCode::LowStock => stock::low_stock,
        FindingCode::SuddenDrop => stock::sudden_drop,
        FindingCode::Uncapped => money::uncapped,
        FindingCode::ThresholdHigh => money::threshold_high,
        FindingCode::ThresholdLow => money::threshold_low,
        FindingCode::Duplicate => plan::duplicate,
    })
}

/// What the team wants to see of a coupon, worst first, each thing told once; what a manager keeps as it is comes last in the
/// pair, silenced.
pub(super) fn findings_of(context: &CouponContext) -> (Vec<Finding>, Vec<Finding>) {
    let rules = FindingCode::ALL.iter().filter_map(|code| rule(*code));
    let found = rules.filter_map(|rule| rule(context));
    let mut found: Vec<Finding> = found.filter_map(|finding| weighed(context, finding)).collect();
    tell_once(&mut found);
    found.sort_by_key(|finding| (Reverse(finding.severity), finding.code));
    found.into_iter().partition(|finding| context.kept(finding).is_none())
}

// What was stopped on purpose stays a notice, however bad a pause is otherwise.
fn weighed(context: &CouponContext, finding: Finding) -> Option<Finding> {
    let is_ours = matches!(finding.code, FindingCode::Paused | FindingCode::Expired) && context.on_purpose().is_some();
    let severity = finding.severity;
    let weighed = context.input.policy.weighed(finding)?;
    Some(if is_ours { Finding { severity, ..weighed } } else { weighed })
}

/// A discount is told of by the most urgent finding that names it, as are its end and start (`ends::campaign_gap`).
fn tell_once(found: &mut Vec<Finding>) {
    if found.iter().any(|finding| finding.code == FindingCode::GivesMoneyAway) {
        found.retain(|finding| finding.code != FindingCode::Uncapped);
    }
}

/// What has ended, and for which there is nothing to do, is no exception.
pub(super) fn leave_out_what_is_over(found: &mut Vec<Finding>, suggestion: &Suggestion) {
    if suggestion.advice == Advice::Nothing {
        found.retain(|finding| finding.code != FindingCode::Expired || finding.severity != Severity::Notice);
    }
}

/// Whether its end is to be told of.
pub(super) fn ends_soon(context: &CouponContext) -> bool {
    let rules: [Rule; 2] = [ends::expires_today, ends::expiring_soon];
    rules.into_iter().any(|rule| rule(context).is_some())
}

/// Whether its campaign goes on after its end, which no other rule tells of.
pub(super) fn ends_early(context: &CouponContext) -> bool {
    ends::ends_early(context).is_some()
}

/// Whether its discount and min spend are to stay as they are.
pub(super) fn has_sound_terms(context: &CouponContext) -> bool {
    let rules: [Rule; 4] = [money::gives_money_away, money::uncapped, money::threshold_high, money::threshold_low];
    rules.into_iter().all(|rule| rule(context).is_none())
}
