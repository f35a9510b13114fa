//! What touches too much is refused until somebody says the word for it. Each brake names the flag that releases it.

use chrono::Duration;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::input::{Allowed, PlanInput};
use super::{PlanRow, Verdict};
use crate::domain::{
    Access, ActionWord, Change, Coupon, Currency, Discount, Exposure, Message, Minimum, Money, Operation, RowKey,
    StoreId, Write,
};
use crate::message;

/// One brake that bit: what it is about, why, and what releases it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brake {
    pub store: Option<StoreId>,
    pub reason: Message,
    /// The flag, or what to change in the config.
    pub release: Message,
    /// How many rows it refuses.
    pub rows: usize,
}

/// Turns the changes that a brake refuses into refused rows. What an earlier run began is never braked: half is worse.
pub(super) fn apply(rows: &mut [PlanRow], input: &PlanInput) -> Vec<Brake> {
    let allowed = input.allowed;
    let live = live_by_store(input);
    let mut brakes = read_only(rows, input);
    if !allowed.old_workbook {
        brakes.extend(old_workbook(rows, input));
    }
    if !allowed.hidden {
        brakes.extend(hidden(rows, input));
    }
    if !allowed.losing_money {
        brakes.extend(losing_money(rows, input));
    }
    for store in stores_of(rows) {
        if !allowed.many {
            brakes.extend(same_action(rows, &store, input));
        }
        let Some(live) = live.get(&store) else { continue };
        if !allowed.removals {
            brakes.extend(too_many_removed(rows, input, &store, live));
        }
        if !allowed.empty_store {
            brakes.extend(left_empty(rows, &store, live));
        }
    }
    if !allowed.exposure {
        brakes.extend(too_exposed(rows, input));
    }
    brakes
}

/// `allowed` with what releases all of `brakes`; none where there are none, or one of them is the config's to release.
pub fn releasing(brakes: &[Brake], allowed: &Allowed) -> Option<Allowed> {
    let mut released = allowed.clone();
    for brake in brakes {
        let is = |name: &'static str| brake.release == flag(name);
        let switch = match brake.release.id() {
            "results-release-old" => &mut released.old_workbook,
            "results-release-hidden" => &mut released.hidden,
            _ if is("--allow-removals") => &mut released.removals,
            _ if is("--allow-empty-store") => &mut released.empty_store,
            _ if is("--allow-exposure") => &mut released.exposure,
            _ if is("--allow-losing-money") => &mut released.losing_money,
            _ if is("--allow-many") => &mut released.many,
            _ => return None,
        };
        *switch = true;
    }
    (!brakes.is_empty()).then_some(released)
}

fn old_workbook(rows: &mut [PlanRow], input: &PlanInput) -> Option<Brake> {
    let age = input.now - input.export.at;
    let most = input.limits.workbook_hours;
    if Duration::try_hours(most).is_none_or(|most| age <= most) {
        return None;
    }
    let reason = message!("results-brake-old", hours = age.num_hours().to_string(), most = most.to_string());
    brake(rows, None, reason, message!("results-release-old"), |_| true)
}

fn hidden(rows: &mut [PlanRow], input: &PlanInput) -> Option<Brake> {
    let hidden: BTreeSet<&RowKey> =
        input.decisions.iter().filter(|decision| decision.hidden).map(|decision| &decision.row.key).collect();
    let (reason, release) = (message!("results-brake-hidden"), message!("results-release-hidden"));
    brake(rows, None, reason, release, |change| hidden.contains(&change.row))
}

fn read_only(rows: &mut [PlanRow], input: &PlanInput) -> Vec<Brake> {
    let is_read_only = |id: &StoreId| input.export.store(id).is_some_and(|store| store.access == Access::ReadOnly);
    let stores = stores_of(rows).into_iter().filter(is_read_only);
    stores
        .filter_map(|id| {
            let reason = message!("results-brake-read-only", store = id.as_str());
            brake(rows, Some(&id), reason, message!("results-release-read-only"), |_| true)
        })
        .collect()
}

fn losing_money(rows: &mut [PlanRow], input: &PlanInput) -> Option<Brake> {
    let coupons: BTreeMap<&RowKey, &Coupon> =
        input.decisions.iter().map(|decision| (&decision.row.key, &decision.row.coupon)).collect();
    brake(rows, None, message!("results-brake-losing"), flag("--allow-losing-money"), |change| {
        let most = (input.loss_percent)(&change.store);
        coupons.get(&change.row).is_some_and(|coupon| loses_money(change, coupon, most))
    })
}

// A coupon that loses money is not to be had for longer, in greater number or again; and no min spend is taken away.
fn loses_money(change: &Change, coupon: &Coupon, most: Decimal) -> bool {
    let loses = |discount: &Discount, minimum: Minimum| discount.loss(minimum, most).is_some();
    let unbound = |minimum| minimum == Minimum::None && coupon.minimum != Minimum::None;
    let adjusted = change.steps.iter().find_map(|step| step.after.minimum);
    let minimum_after = adjusted.unwrap_or(coupon.minimum);
    change.steps.iter().any(|step| match &step.write {
        Write::Create { draft } => loses(&draft.discount, draft.minimum) || unbound(draft.minimum),
        Write::SetMinimum { minimum, .. } => loses(&coupon.discount, *minimum) || unbound(*minimum),
        Write::SetTotal { .. } | Write::Enable { .. } => loses(&coupon.discount, minimum_after),
        Write::SetEnd { .. } => {
            change.operations().any(|it| it == Operation::ExtendInPlace) && loses(&coupon.discount, minimum_after)
        }
        Write::End { .. }
        | Write::Pause { .. }
        | Write::Delete { .. }
        | Write::Trash { .. }
        | Write::AddProducts { .. } => false,
    })
}

fn same_action(rows: &mut [PlanRow], store: &StoreId, input: &PlanInput) -> Vec<Brake> {
    let most = input.limits.same_action_rows;
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for change in changes(rows).filter(|change| change.store == *store && change.becomes != Operation::Keep) {
        *counts.entry(change.action).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count > most)
        .filter_map(|(action, count)| {
            let reason = message!(
                "results-brake-same-action",
                action = action.message(),
                count = count.to_string(),
                store = store.as_str(),
                most = most.to_string()
            );
            brake(rows, Some(store), reason, flag("--allow-many"), |change| change.action == action)
        })
        .collect()
}

fn too_many_removed(
    rows: &mut [PlanRow],
    input: &PlanInput,
    store: &StoreId,
    live: &BTreeSet<&RowKey>,
) -> Option<Brake> {
    let limits = input.limits;
    // A pause that was asked for can be taken back; one that stands in for `delete` or `end` was meant as those.
    let removed = removed_rows(rows, store, live, |change| change.action != ActionWord::Pause);
    let share = Decimal::from(removed.len()) * Decimal::ONE_HUNDRED / Decimal::from(live.len().max(1));
    if removed.len() <= limits.removed_count || share <= limits.removed_percent {
        return None;
    }
    let reason = message!(
        "results-brake-removed",
        removed = removed.len().to_string(),
        live = live.len().to_string(),
        store = store.as_str(),
        share = share.round_dp(1).normalize().to_string(),
        percent = limits.removed_percent.normalize().to_string(),
        most = limits.removed_count.to_string()
    );
    brake(rows, Some(store), reason, flag("--allow-removals"), |change| removed.contains(&change.row))
}

fn left_empty(rows: &mut [PlanRow], store: &StoreId, live: &BTreeSet<&RowKey>) -> Option<Brake> {
    let removed = removed_rows(rows, store, live, |_| true);
    if removed.len() < live.len() {
        return None;
    }
    let reason = message!("results-brake-empty", store = store.as_str());
    brake(rows, Some(store), reason, flag("--allow-empty-store"), |change| removed.contains(&change.row))
}

fn too_exposed(rows: &mut [PlanRow], input: &PlanInput) -> Vec<Brake> {
    input.limits.exposure.iter().filter_map(|(currency, cap)| over_cap(rows, input, *currency, *cap)).collect()
}

fn over_cap(rows: &mut [PlanRow], input: &PlanInput, currency: Currency, cap: Decimal) -> Option<Brake> {
    // What has no limit, or cannot be told, is above any cap.
    let unbounded = |change: &Change| {
        let in_currency = input.export.store(&change.store).is_some_and(|store| store.currency == currency);
        in_currency && matches!(change.exposure, Some(Exposure::NoLimit | Exposure::NotKnown))
    };
    let known = |change: &Change| match change.exposure {
        Some(Exposure::Known(money)) if money.currency == currency => money.amount,
        Some(Exposure::Known(_) | Exposure::NoLimit | Exposure::NotKnown) | None => Decimal::ZERO,
    };
    let sum = changes(rows).map(known).fold(Decimal::ZERO, |sum, more| sum.checked_add(more).unwrap_or(Decimal::MAX));
    let most = Money::new(cap, currency);
    let is_over = sum > cap;
    let reason = match is_over {
        true => message!("results-brake-exposure", sum = Money::new(sum, currency), most = most),
        false => message!("results-brake-unbounded", most = most),
    };
    brake(rows, None, reason, flag("--allow-exposure"), |change| {
        unbounded(change) || is_over && !known(change).is_zero()
    })
}

// Live at the export, and not ended by the clock since. A store without any is not among them.
fn live_by_store<'a>(input: &'a PlanInput) -> BTreeMap<StoreId, BTreeSet<&'a RowKey>> {
    let mut live: BTreeMap<StoreId, BTreeSet<&RowKey>> = BTreeMap::new();
    for row in input.export.rows.iter().filter(|row| row.coupon.is_live()) {
        if row.coupon.usable.ends().is_none_or(|ends| ends > input.now) {
            live.entry(row.coupon.store.clone()).or_default().insert(&row.key);
        }
    }
    live
}

fn removed_rows(
    rows: &[PlanRow],
    store: &StoreId,
    live: &BTreeSet<&RowKey>,
    counts: impl Fn(&Change) -> bool,
) -> BTreeSet<RowKey> {
    // What an earlier run began counts too: it removes as much as what is new.
    changes(rows)
        .filter(|change| change.store == *store && change.becomes.removes())
        .filter(|change| counts(change) && live.contains(&change.row))
        .map(|change| change.row.clone())
        .collect()
}

fn stores_of(rows: &[PlanRow]) -> BTreeSet<StoreId> {
    changes(rows).map(|change| change.store.clone()).collect()
}

fn changes(rows: &[PlanRow]) -> impl Iterator<Item = &Change> {
    rows.iter().filter_map(|row| row.verdict.change())
}

/// A flag of the command line: the same in every language.
fn flag(flag: &str) -> Message {
    Message::as_written(flag)
}

fn brake(
    rows: &mut [PlanRow],
    store: Option<&StoreId>,
    reason: Message,
    release: Message,
    is_meant: impl Fn(&Change) -> bool,
) -> Option<Brake> {
    let mut braked = 0;
    for row in rows.iter_mut() {
        let Verdict::Change { change, resumes: false } = &row.verdict else { continue };
        if change.becomes != Operation::Keep && store.is_none_or(|store| change.store == *store) && is_meant(change) {
            let reason = message!("results-brake", reason = &reason);
            row.verdict = Verdict::Refused { reason, next: message!("results-brake-release", flag = &release) };
            braked += 1;
        }
    }
    (braked > 0).then(|| Brake { store: store.cloned(), reason, release, rows: braked })
}
