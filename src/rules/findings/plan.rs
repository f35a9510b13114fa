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
        false => match earlier.usable.ends() {
            Some(ends) => message!("rules-duplicate-until", other = label.clone(), end = context.last_day(ends))
                .or_shorter(message!("rules-duplicate", other = label)),
            None => message!("rules-duplicate", other = label),
        },
    };
    context.finding(FindingCode::Duplicate, Severity::Warning, why)
}

fn same_code(one: &Coupon, other: &Coupon) -> bool {
    let code = |coupon: &Coupon| coupon.code.as_deref().map(str::to_lowercase);
    code(one).is_some() && code(one) == code(other)
}

/// On the row of the coupon that what is missing can be made from.
pub(super) fn campaign_missing(context: &CouponContext) -> Option<Finding> {
    let first = context.missing.first()?;
    // That it ended while its campaign runs and nothing covers it says the same, and says it louder.
    let is_told = context.coupon.status == Status::Ended
        && context.running_campaign().is_some()
        && context.other_live().is_none();
    if is_told && context.is_itself(first) {
        return None;
    }
    let why = first.why("coverage-why-model", context.input, context.missing.len());
    context.finding(FindingCode::CampaignMissing, Severity::Warning, why)
}
