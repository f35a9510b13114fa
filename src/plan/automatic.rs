//! What may be sent although nobody looked at it: a small plan without anything odd.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::approval::additional_cost;
use super::{Plan, Verdict};
use crate::domain::{Argument, Currency, Message, Money, Operation};
use crate::message;

/// Up to where a plan is carried out without anybody's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutomaticLimits {
    pub changes: usize,
    /// Coupons ended, paused or deleted.
    pub removals: usize,
    /// None: any number.
    pub stores: Option<usize>,
    /// What a plan may additionally cost, by currency; nothing in a currency that is not here.
    pub exposure: BTreeMap<Currency, Decimal>,
}

impl AutomaticLimits {
    pub const USUAL_CHANGES: usize = 20;
    pub const USUAL_REMOVALS: usize = 0;
}

/// Why somebody has to look at `plan` first; empty where nobody has to.
pub fn why_not_automatic(plan: &Plan, limits: &AutomaticLimits) -> Vec<Message> {
    let mut why = Vec::new();
    let changes = plan.changes().count();
    if changes > limits.changes {
        why.push(message!("automatic-changes", count = changes, most = limits.changes));
    }
    let removals = plan.changes().filter(|change| change.operations().any(Operation::removes)).count();
    if removals > limits.removals {
        why.push(message!("approval-removals", count = removals, most = limits.removals));
    }
    let stores = plan.changes().map(|change| &change.store).collect::<BTreeSet<_>>().len();
    if let Some(most) = limits.stores.filter(|most| stores > *most) {
        why.push(message!("approval-stores", count = stores, most = most));
    }
    why.extend(cost(plan, limits));
    let odd = |row: &&super::PlanRow| matches!(row.verdict, Verdict::Conflict { .. } | Verdict::Refused { .. });
    let odd = plan.rows.iter().filter(odd).count();
    if odd > 0 {
        why.push(message!("automatic-odd", count = odd));
    }
    why
}

fn cost(plan: &Plan, limits: &AutomaticLimits) -> Vec<Message> {
    let (sums, without_limit) = additional_cost(plan);
    let over = sums.into_iter().filter_map(|(currency, sum)| {
        let most = limits.exposure.get(&currency).copied().unwrap_or_default();
        let [shown, most_shown] = [sum, most].map(|amount| Money::new(amount, currency));
        (sum > most).then(|| message!("approval-exposure", sum = shown, most = most_shown))
    });
    let mut why: Vec<Message> = over.collect();
    if let Some(first) = without_limit.first() {
        why.push(message!("approval-no-limit", label = Argument::name(&first.label), count = without_limit.len()));
    }
    why
}
