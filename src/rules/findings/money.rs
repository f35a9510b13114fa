//! What a use costs: thresholds, discounts that eat the order, discounts without a bound.

use super::super::case::Case;
use super::super::words::{about, first_that_fits, unbroken};
use crate::domain::{Discount, Finding, FindingCode, Minimum, Money, Severity};
use crate::say;

pub(super) fn threshold_high(case: &Case) -> Option<Finding> {
    let (spend, range) = case.judged_spend()?;
    let most = case.money(range.most.filter(|most| spend > *most)?);
    let ids = ["rules-spend-high", "rules-spend-high-usual"];
    let why = against_range(case, ids, Some(case.money(spend)), &most);
    case.finding(FindingCode::ThresholdHigh, Severity::Warning, why)
}

pub(super) fn threshold_low(case: &Case) -> Option<Finding> {
    let (spend, range) = case.judged_spend()?;
    let least = case.money(range.least.filter(|least| spend < *least)?);
    let (ids, spend) = if spend.is_zero() {
        (["rules-spend-none", "rules-spend-none-usual"], None)
    } else {
        (["rules-spend-low", "rules-spend-low-usual"], Some(case.money(spend)))
    };
    let why = against_range(case, ids, spend, &least);
    case.finding(FindingCode::ThresholdLow, Severity::Warning, why)
}

/// `ids` are the sentences for a campaign's range and for the store's; `spend` is none where there is no minimum.
fn against_range(case: &Case, ids: [&str; 2], spend: Option<String>, bound: &str) -> String {
    let language = case.language();
    let giver = case.campaign.filter(|campaign| campaign.spend.is_some());
    let why = match (giver, &spend) {
        (Some(campaign), Some(spend)) => {
            about(&campaign.name, |name| say!(language, ids[0], spend = spend, campaign = name, bound = bound))
        }
        (Some(campaign), None) => about(&campaign.name, |name| say!(language, ids[0], campaign = name, bound = bound)),
        (None, Some(spend)) => say!(language, ids[1], spend = spend, bound = bound),
        (None, None) => say!(language, ids[1], bound = bound),
    };
    first_that_fits([why, language.say("rules-spend-outside")])
}

pub(super) fn gives_money_away(case: &Case) -> Option<Finding> {
    if !case.matters() {
        return None;
    }
    let (language, most) = (case.language(), case.bench.policy.percent_max);
    let why = match (case.fixed_sum(), &case.coupon.discount, case.coupon.minimum) {
        (Some(sum), _, Minimum::None) => {
            let sum = unbroken(sum);
            first_that_fits([
                say!(language, "rules-free-order", sum = &sum),
                say!(language, "rules-free-order-small", sum = &sum),
                language.say("rules-free-order-shortly"),
            ])
        }
        (Some(sum), _, Minimum::Spend(minimum)) if loses(sum, minimum) => {
            let (sum, minimum) = (unbroken(sum), unbroken(minimum));
            first_that_fits([
                say!(language, "rules-free-order-from", sum = &sum, spend = &minimum),
                say!(language, "rules-free-order-from-small", sum = &sum, spend = &minimum),
                language.say("rules-free-order-shortly"),
            ])
        }
        (_, Discount::Share { percent, .. } | Discount::Coins { percent, .. }, _) if percent.0 > most => {
            let most = most.normalize().to_string();
            first_that_fits([
                say!(language, "rules-share-high", percent = unbroken(percent), most = most),
                language.say("rules-share-high-shortly"),
            ])
        }
        _ => return None,
    };
    case.finding(FindingCode::GivesMoneyAway, Severity::Critical, why)
}

fn loses(sum: Money, minimum: Money) -> bool {
    sum.currency == minimum.currency && sum.amount >= minimum.amount
}

pub(super) fn uncapped(case: &Case) -> Option<Finding> {
    let (Discount::Share { percent, cap: None } | Discount::Coins { percent, cap: None }) = &case.coupon.discount
    else {
        return None;
    };
    if !case.matters() || case.coupon.minimum != Minimum::None || percent.0.is_zero() {
        return None;
    }
    let language = case.language();
    let why = first_that_fits([
        say!(language, "rules-uncapped", percent = unbroken(percent)),
        language.say("rules-uncapped-shortly"),
    ]);
    case.finding(FindingCode::Uncapped, Severity::Warning, why)
}
