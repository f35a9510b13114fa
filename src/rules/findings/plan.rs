//! Coupons that nobody planned, planned once and made twice, or planned and not made.

use super::super::context::CouponContext;
use crate::domain::{Argument, Coupon, Finding, FindingCode, Severity, Status};
use crate::message;

/// On the later of the two: the earlier one is what buyers know.
pub(super) fn duplicate(context: &CouponContext) -> Option<Finding> {
    let earlier = context.duplicate_of?;
    let label = Argument::name(earlier.label());
    let why = match same_code(earlier, context.coupon) {
        true => message!("rules-same-code", code = label),
        false => message!("rules-duplicate", other = label),
    };
    context.finding(FindingCode::Duplicate, Severity::Warning, why)
}

fn same_code(one: &Coupon, other: &Coupon) -> bool {
    let code = |coupon: &Coupon| coupon.code.as_deref().map(str::to_lowercase);
    code(one).is_some() && code(one) == code(other)
}

/// A team that plans nothing in a store has nothing unplanned there.
pub(super) fn unplanned(context: &CouponContext) -> Option<Finding> {
    let is_planned = context.campaign.is_some() || context.predecessor.is_some();
    if context.coupon.status != Status::Active || is_planned || !context.input.campaigns.plans_for(context.input.store)
    {
        return None;
    }
    context.finding(FindingCode::Unplanned, Severity::Notice, message!("rules-unplanned"))
}

/// On the row of the coupon that what is missing can be made from.
pub(super) fn campaign_missing(context: &CouponContext) -> Option<Finding> {
    let first = context.missing.first()?;
    // That it ended while its campaign runs and nothing covers it says the same, and says it louder.
    let is_told =
        context.coupon.status == Status::Ended && context.running_campaign().is_some() && context.covered_by.is_none();
    if is_told && context.is_itself(first) {
        return None;
    }
    let why = first.why("coverage-why-model", context.input, context.missing.len());
    context.finding(FindingCode::CampaignMissing, Severity::Warning, why)
}
