//! What a use costs: thresholds, discounts that eat the order, discounts without a bound.

use rust_decimal::Decimal;

use super::super::context::{CouponContext, named};
use crate::domain::{Argument, Discount, Finding, FindingCode, Loss, Message, Minimum, Severity};
use crate::message;

pub(super) fn threshold_high(context: &CouponContext) -> Option<Finding> {
    let (spend, range) = context.judged_spend()?;
    let most = range.most.filter(|most| spend > *most)?;
    let why = against_range(context, ["rules-spend-high", "rules-spend-high-usual"], spend, most);
    out_of_range(context, FindingCode::ThresholdHigh, why)
}

pub(super) fn threshold_low(context: &CouponContext) -> Option<Finding> {
    let (spend, range) = context.judged_spend()?;
    let least = range.least.filter(|least| spend < *least)?;
    let ids = match spend.is_zero() {
        true => ["rules-spend-none", "rules-spend-none-usual"],
        false => ["rules-spend-low", "rules-spend-low-usual"],
    };
    out_of_range(context, FindingCode::ThresholdLow, against_range(context, ids, spend, least))
}

/// Once a copy with the right min spend is there, the old one is no alarm any more.
fn out_of_range(context: &CouponContext, code: FindingCode, why: Message) -> Option<Finding> {
    match context.copy_in_range() {
        Some(copy) => {
            let why = message!("rules-spend-replaced", other = Argument::name(copy.label()));
            context.finding(code, Severity::Notice, why)
        }
        None => context.finding(code, Severity::Warning, why),
    }
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
    if !context.terms_matter() {
        return None;
    }
    let most = context.input.policy.loss_percent;
    let loss = context.coupon.loss(context.coupon.minimum, most)?;
    let shortly = || message!("rules-free-order-shortly");
    let why = match loss {
        Loss::FreeOrder { sum } => message!("rules-free-order", sum = sum)
            .or_shorter(message!("rules-free-order-small", sum = sum))
            .or_shorter(shortly()),
        Loss::FreeOrderFrom { sum, spend } => message!("rules-free-order-from", sum = sum, spend = spend)
            .or_shorter(message!("rules-free-order-from-small", sum = sum, spend = spend))
            .or_shorter(shortly()),
        Loss::SumOf { sum, spend, percent } => {
            message!("rules-loses-from", sum = sum, spend = spend, percent = percent)
                .or_shorter(message!("rules-loses-shortly", percent = percent))
        }
        Loss::Share { percent } => message!("rules-share-high", percent = percent, most = most.normalize().to_string())
            .or_shorter(message!("rules-share-high-shortly")),
        Loss::Uncapped { percent } => {
            message!("rules-share-uncapped", percent = percent).or_shorter(message!("rules-uncapped-shortly"))
        }
    };
    context.finding(FindingCode::GivesMoneyAway, Severity::Critical, why)
}

pub(super) fn uncapped(context: &CouponContext) -> Option<Finding> {
    let (Discount::Share { percent, cap: None } | Discount::Coins { percent, cap: None }) = &context.coupon.discount
    else {
        return None;
    };
    if context.coupon.has_unknown_cap() {
        return None;
    }
    if !context.terms_matter() || !context.coupon.minimum.asks_for_little() || percent.0.is_zero() {
        return None;
    }
    let why = match context.coupon.minimum {
        Minimum::Spend(spend) if !spend.is_zero() => message!("rules-uncapped-from", percent = *percent, spend = spend),
        Minimum::None | Minimum::Spend(_) | Minimum::Quantity(_) | Minimum::NotKnown => {
            message!("rules-uncapped", percent = *percent)
        }
    };
    out_of_range(context, FindingCode::Uncapped, why.or_shorter(message!("rules-uncapped-shortly")))
}
