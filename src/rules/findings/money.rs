//! What a use costs: thresholds, discounts that eat the order, discounts without a bound.

use rust_decimal::Decimal;

use super::super::context::{CouponContext, named};
use crate::domain::{Discount, Finding, FindingCode, Message, Minimum, Money, Severity};
use crate::message;

pub(super) fn threshold_high(context: &CouponContext) -> Option<Finding> {
    let (spend, range) = context.judged_spend()?;
    let most = range.most.filter(|most| spend > *most)?;
    let why = against_range(context, ["rules-spend-high", "rules-spend-high-usual"], spend, most);
    context.finding(FindingCode::ThresholdHigh, Severity::Warning, why)
}

pub(super) fn threshold_low(context: &CouponContext) -> Option<Finding> {
    let (spend, range) = context.judged_spend()?;
    let least = range.least.filter(|least| spend < *least)?;
    let ids = match spend.is_zero() {
        true => ["rules-spend-none", "rules-spend-none-usual"],
        false => ["rules-spend-low", "rules-spend-low-usual"],
    };
    context.finding(FindingCode::ThresholdLow, Severity::Warning, against_range(context, ids, spend, least))
}

/// `ids` are the sentences for a campaign's range and for the store's.
fn against_range(context: &CouponContext, ids: [&'static str; 2], spend: Decimal, bound: Decimal) -> Message {
    let [of_campaign, of_store] = ids;
    let (spend, bound) = (context.money(spend), context.money(bound));
    let why = match context.campaign.filter(|campaign| campaign.spend.is_some()) {
        Some(campaign) => message!(of_campaign, spend = spend, campaign = named(campaign), bound = bound),
        None => message!(of_store, spend = spend, bound = bound),
    };
    why.or_shorter(message!("rules-spend-outside"))
}

pub(super) fn gives_money_away(context: &CouponContext) -> Option<Finding> {
    if !context.matters() {
        return None;
    }
    let most = context.input.policy.percent_max;
    let why = match (context.fixed_sum(), &context.coupon.discount, context.coupon.minimum) {
        (Some(sum), _, Minimum::None) => message!("rules-free-order", sum = sum)
            .or_shorter(message!("rules-free-order-small", sum = sum))
            .or_shorter(message!("rules-free-order-shortly")),
        (Some(sum), _, Minimum::Spend(minimum)) if loses(sum, minimum) => {
            message!("rules-free-order-from", sum = sum, spend = minimum)
                .or_shorter(message!("rules-free-order-from-small", sum = sum, spend = minimum))
                .or_shorter(message!("rules-free-order-shortly"))
        }
        (_, Discount::Share { percent, .. } | Discount::Coins { percent, .. }, _) if percent.0 > most => {
            message!("rules-share-high", percent = *percent, most = most.normalize().to_string())
                .or_shorter(message!("rules-share-high-shortly"))
        }
        (
            _,
            Discount::Sum(_)
            | Discount::Share { .. }
            | Discount::Coins { .. }
            | Discount::FreeShipping { .. }
            | Discount::BuyXGetY(_)
            | Discount::Other(_),
            Minimum::None | Minimum::Spend(_) | Minimum::Quantity(_) | Minimum::NotKnown,
        ) => return None,
    };
    context.finding(FindingCode::GivesMoneyAway, Severity::Critical, why)
}

fn loses(sum: Money, minimum: Money) -> bool {
    sum.currency == minimum.currency && sum.amount >= minimum.amount
}

pub(super) fn uncapped(context: &CouponContext) -> Option<Finding> {
    let (Discount::Share { percent, cap: None } | Discount::Coins { percent, cap: None }) = &context.coupon.discount
    else {
        return None;
    };
    if !context.matters() || context.coupon.minimum != Minimum::None || percent.0.is_zero() {
        return None;
    }
    let why = message!("rules-uncapped", percent = *percent).or_shorter(message!("rules-uncapped-shortly"));
    context.finding(FindingCode::Uncapped, Severity::Warning, why)
}
