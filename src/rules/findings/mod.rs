//! One function a rule. Each gives its finding or none; `why` names the cause first, then the consequence, in at most 80 columns.

mod ends;
mod money;
mod plan;
mod status;
mod stock;

use std::cmp::Reverse;

use super::case::Case;
use super::missing;
use crate::domain::{Finding, FindingCode};

type RuleOf = fn(&Case) -> Option<Finding>;

const RULES: [RuleOf; 17] = [
    money::gives_money_away,
    status::rejected,
    status::expired,
    stock::out_of_stock,
    status::paused,
    status::not_started,
    ends::expires_today,
    ends::campaign_gap,
    ends::expiring_soon,
    stock::runs_out_early,
    stock::low_stock,
    stock::sudden_drop,
    money::uncapped,
    money::threshold_high,
    money::threshold_low,
    plan::duplicate,
    plan::unplanned,
];

/// What the team wants to see of a coupon, worst first, each thing told once; what a manager keeps as it is comes last in the
/// pair, silenced.
pub(super) fn findings_of(case: &Case) -> (Vec<Finding>, Vec<Finding>) {
    let mut found: Vec<Finding> = RULES
        .iter()
        .filter_map(|rule| rule(case))
        .chain(missing::finding(case))
        .filter_map(|finding| weighed(case, finding))
        .collect();
    tell_once(case, &mut found);
    found.sort_by_key(|finding| (Reverse(finding.severity), finding.code));
    found.into_iter().partition(|finding| case.kept(finding).is_none())
}

// What was stopped on purpose stays a notice, however bad a pause is otherwise.
fn weighed(case: &Case, finding: Finding) -> Option<Finding> {
    let is_deed = matches!(finding.code, FindingCode::Paused | FindingCode::Expired) && case.on_purpose().is_some();
    let severity = finding.severity;
    let weighed = case.bench.policy.weighed(finding)?;
    Some(if is_deed { Finding { severity, ..weighed } } else { weighed })
}

/// The end of a coupon, its start and its discount are each told by the most urgent finding that names them. Only findings that
/// are switched on count: where `expiring_soon` is off, the gap tells of the end.
fn tell_once(case: &Case, found: &mut Vec<Finding>) {
    use FindingCode::{CampaignGap, Expired, ExpiresToday, ExpiringSoon, GivesMoneyAway, NotStarted, Uncapped};
    let is_found = |code: FindingCode, found: &[Finding]| found.iter().any(|finding| finding.code == code);
    let starts_late = case.starts_after_its_campaign().is_some();
    let is_late = case.late_for().is_some() && is_found(NotStarted, found);
    let end_is_told = [Expired, ExpiresToday, ExpiringSoon].into_iter().any(|code| is_found(code, found));
    if if starts_late { is_late } else { end_is_told } {
        found.retain(|finding| finding.code != CampaignGap);
    }
    if starts_late && is_found(CampaignGap, found) {
        found.retain(|finding| finding.code != NotStarted);
    }
    if is_found(GivesMoneyAway, found) {
        found.retain(|finding| finding.code != Uncapped);
    }
}
