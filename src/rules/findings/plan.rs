//! Coupons that nobody planned, or planned once and made twice.

use super::super::case::Case;
use super::super::words::about;
use crate::domain::{Coupon, Finding, FindingCode, Severity, Status};
use crate::say;

/// On the later of the two: the earlier one is what buyers know.
pub(super) fn duplicate(case: &Case) -> Option<Finding> {
    let twin = case.twin?;
    let language = case.language();
    let why = if same_code(twin, case.coupon) {
        about(twin.label(), |code| say!(language, "rules-same-code", code = code))
    } else {
        about(twin.label(), |other| say!(language, "rules-duplicate", other = other))
    };
    case.finding(FindingCode::Duplicate, Severity::Warning, why)
}

fn same_code(one: &Coupon, other: &Coupon) -> bool {
    let code = |coupon: &Coupon| coupon.code.as_deref().map(str::to_lowercase);
    code(one).is_some() && code(one) == code(other)
}

/// A team that plans nothing in a store has nothing unplanned there.
pub(super) fn unplanned(case: &Case) -> Option<Finding> {
    let is_planned = case.campaign.is_some() || case.predecessor.is_some();
    if case.coupon.status != Status::Active || is_planned || !case.bench.campaigns.plans_for(case.bench.store) {
        return None;
    }
    case.finding(FindingCode::Unplanned, Severity::Notice, case.language().say("rules-unplanned"))
}
