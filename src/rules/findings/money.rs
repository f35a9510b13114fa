//! What a use costs: thresholds, discounts that eat the order, discounts without a bound.

use rust_decimal::Decimal;

use super::super::context::{CouponContext, named};
use crate::domain::{Argument, Discount, Finding, FindingCode, Message, Minimum, Money, Percent, Severity};
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

/// An uncapped share from here on gives away more than it brings, however large the order, where nothing asks for a real one.
const UNCAPPED_LOSS_PERCENT: u32 = 50;

pub(super) fn gives_money_away(context: &CouponContext) -> Option<Finding> {
    if !context.matters() {
        return None;
    }
    let why = match (context.fixed_sum(), &context.coupon.discount) {
        (Some(sum), _) => sum_loses(context, sum)?,
        (None, Discount::Share { percent, cap } | Discount::Coins { percent, cap }) => {
            share_loses(context, *percent, *cap)?
        }
        (None, Discount::Sum(_) | Discount::FreeShipping { .. } | Discount::BuyXGetY(_) | Discount::Other(_)) => {
            return None;
        }
    };
    context.finding(FindingCode::GivesMoneyAway, Severity::Critical, why)
}

/// The worst order for a sum is the smallest that is allowed.
fn sum_loses(context: &CouponContext, sum: Money) -> Option<Message> {
    if sum.amount <= sum.currency.small_sum() {
        return None;
    }
    let shortly = || message!("rules-free-order-shortly");
    match context.coupon.minimum {
        Minimum::None => Some(
            message!("rules-free-order", sum = sum)
                .or_shorter(message!("rules-free-order-small", sum = sum))
                .or_shorter(shortly()),
        ),
        Minimum::Spend(minimum) if minimum.currency == sum.currency && sum.amount >= minimum.amount => Some(
            message!("rules-free-order-from", sum = sum, spend = minimum)
                .or_shorter(message!("rules-free-order-from-small", sum = sum, spend = minimum))
                .or_shorter(shortly()),
        ),
        Minimum::Spend(minimum) if minimum.currency == sum.currency => {
            let percent = Percent(share_of(sum.amount, minimum.amount)?.floor());
            (share_of(sum.amount, minimum.amount)? > context.input.policy.loss_percent).then(|| {
                message!("rules-loses-from", sum = sum, spend = minimum, percent = percent)
                    .or_shorter(message!("rules-loses-shortly", percent = percent))
            })
        }
        Minimum::Spend(_) | Minimum::Quantity(_) | Minimum::NotKnown => None,
    }
}

/// The worst order for a share is the largest that its cap does not lighten, or the smallest that is allowed.
fn share_loses(context: &CouponContext, percent: Percent, cap: Option<Money>) -> Option<Message> {
    let most = context.input.policy.loss_percent;
    let spend = context.coupon.minimum.spend();
    if let Some(cap) = cap {
        let of_smallest = spend.filter(|spend| !spend.is_zero()).and_then(|spend| share_of(cap.amount, spend));
        let worst = of_smallest.map_or(percent.0, |share| share.min(percent.0));
        if worst <= most || cap.amount <= cap.currency.small_sum() {
            return None;
        }
    } else if percent.0 <= most {
        let is_large = percent.0 >= Decimal::from(UNCAPPED_LOSS_PERCENT);
        return (is_large && asks_for_little(context)).then(|| {
            message!("rules-share-uncapped", percent = percent).or_shorter(message!("rules-uncapped-shortly"))
        });
    }
    let why = message!("rules-share-high", percent = percent, most = most.normalize().to_string());
    Some(why.or_shorter(message!("rules-share-high-shortly")))
}

fn share_of(amount: Decimal, order: Decimal) -> Option<Decimal> {
    amount.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(order)
}

/// No minimum, or one that any order reaches.
fn asks_for_little(context: &CouponContext) -> bool {
    match context.coupon.minimum {
        Minimum::None => true,
        Minimum::Spend(money) => money.amount <= money.currency.small_sum(),
        Minimum::Quantity(_) | Minimum::NotKnown => false,
    }
}

pub(super) fn uncapped(context: &CouponContext) -> Option<Finding> {
    let (Discount::Share { percent, cap: None } | Discount::Coins { percent, cap: None }) = &context.coupon.discount
    else {
        return None;
    };
    if !context.matters() || !asks_for_little(context) || percent.0.is_zero() {
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
