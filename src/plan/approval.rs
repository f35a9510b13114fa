//! What a second person has to look at before it is sent.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::Plan;
use crate::domain::{Argument, Change, Currency, Exposure, Message, Money, Operation};
use crate::message;

/// Above which a plan needs the approval of somebody else than its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalLimits {
    /// More coupons ended, paused or deleted than this.
    pub removals: Option<usize>,
    /// More stores than this.
    pub stores: Option<usize>,
    /// What a plan may additionally cost without one, by currency; what has no limit always needs one where any is given.
    pub exposure: BTreeMap<Currency, Decimal>,
    /// Whether releasing the brake on coupons that lose money needs one.
    pub losing_money: bool,
    /// How long an approval is good for.
    pub hours: i64,
}

impl ApprovalLimits {
    pub const USUAL_HOURS: i64 = 24;
}

/// Why `plan` needs a second person; empty where it does not. `may_lose_money`: whether it was made with that brake released.
pub fn why_approval(plan: &Plan, limits: &ApprovalLimits, may_lose_money: bool) -> Vec<Message> {
    let mut why = Vec::new();
    let removals = plan.changes().filter(|change| change.operations().any(Operation::removes)).count();
    if let Some(most) = limits.removals.filter(|most| removals > *most) {
        why.push(message!("approval-removals", count = removals, most = most));
    }
    let stores = plan.changes().map(|change| &change.store).collect::<BTreeSet<_>>().len();
    if let Some(most) = limits.stores.filter(|most| stores > *most) {
        why.push(message!("approval-stores", count = stores, most = most));
    }
    if limits.losing_money && may_lose_money && plan.changes().next().is_some() {
        why.push(message!("approval-losing-money"));
    }
    why.extend(too_dear(plan, limits));
    why
}

fn too_dear(plan: &Plan, limits: &ApprovalLimits) -> Vec<Message> {
    if limits.exposure.is_empty() {
        return Vec::new();
    }
    let (sums, without_limit) = additional_cost(plan);
    let over = sums.into_iter().filter_map(|(currency, sum)| {
        let most = limits.exposure.get(&currency).copied().filter(|most| sum > *most)?;
        let [sum, most] = [sum, most].map(|amount| Money::new(amount, currency));
        Some(message!("approval-exposure", sum = sum, most = most))
    });
    let mut why: Vec<Message> = over.collect();
    if let Some(first) = without_limit.first() {
        why.push(message!("approval-no-limit", label = Argument::name(&first.label), count = without_limit.len()));
    }
    why
}

/// What the changes can cost additionally, by currency, and those of which nobody knows how much.
pub(super) fn additional_cost(plan: &Plan) -> (BTreeMap<Currency, Decimal>, Vec<&Change>) {
    let mut sums: BTreeMap<Currency, Decimal> = BTreeMap::new();
    let mut without_limit: Vec<&Change> = Vec::new();
    for change in plan.changes() {
        match change.exposure {
            Some(Exposure::Known(money)) => {
                let sum = sums.entry(money.currency).or_default();
                *sum = sum.checked_add(money.amount).unwrap_or(Decimal::MAX);
            }
            Some(Exposure::NoLimit | Exposure::NotKnown) => without_limit.push(change),
            None => {}
        }
    }
    (sums, without_limit)
}
