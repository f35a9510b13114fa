//! What touches too much is refused until somebody says the word for it. Each brake names the flag that releases it.

use chrono::Duration;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::{PlanRow, Verdict};
use crate::domain::{
    Access, ActionWord, Becomes, Change, Coupon, Currency, Discount, Export, Exposure, Minimum, Money, RowKey, StoreId,
    Timestamp, Write,
};

/// Where the brakes bite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BrakeLimits {
    /// Both must be passed: more than this share of a store's live coupons, in percent, …
    pub removed_percent: Decimal,
    /// … and more than this many.
    pub removed_count: usize,
    /// The same action on more rows of one store than this.
    pub same_action_rows: usize,
    pub workbook_hours: i64,
    /// What one plan may additionally cost, by currency; a currency without a line has no cap.
    pub exposure: BTreeMap<Currency, Decimal>,
}

impl Default for BrakeLimits {
    fn default() -> Self {
        Self {
            removed_percent: Decimal::from(30),
            removed_count: 10,
            same_action_rows: 100,
            workbook_hours: 72,
            exposure: BTreeMap::new(),
        }
    }
}

/// The brakes that the user released, by flag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    pub removals: bool,
    pub empty_store: bool,
    pub exposure: bool,
    pub losing_money: bool,
    pub many: bool,
    pub old_workbook: bool,
    /// Rows that a filter hides.
    #[serde(default)]
    pub hidden: bool,
}

/// One brake that bit: what it is about, why, and what releases it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brake {
    pub store: Option<StoreId>,
    pub reason: String,
    /// The flag, or what to change in the config.
    pub release: String,
    /// How many rows it refuses.
    pub rows: usize,
}

/// What the brakes look at besides the rows.
pub(super) struct Scene<'a> {
    pub export: &'a Export,
    /// Rows that were hidden when the workbook was handed back.
    pub hidden: BTreeSet<&'a RowKey>,
    /// The coupons that decisions are about, as exported.
    pub decided: BTreeMap<&'a RowKey, &'a Coupon>,
    pub limits: &'a BrakeLimits,
    pub now: Timestamp,
}

/// Turns the changes that a brake refuses into refused rows. What an earlier run began is never braked: half is worse.
pub(super) fn apply(rows: &mut [PlanRow], scene: &Scene, allowed: &Allowed) -> Vec<Brake> {
    let Scene { export, limits, .. } = scene;
    let live = live_by_store(scene);
    let mut brakes = read_only(rows, export);
    if !allowed.old_workbook {
        brakes.extend(old_workbook(rows, scene));
    }
    if !allowed.hidden {
        brakes.extend(hidden(rows, scene));
    }
    if !allowed.losing_money {
        brakes.extend(losing_money(rows, scene));
    }
    for store in stores_of(rows) {
        if !allowed.many {
            brakes.extend(same_action(rows, &store, limits));
        }
        let Some(live) = live.get(&store) else { continue };
        if !allowed.removals {
            brakes.extend(too_many_removed(rows, limits, &store, live));
        }
        if !allowed.empty_store {
            brakes.extend(left_empty(rows, &store, live));
        }
    }
    if !allowed.exposure {
        brakes.extend(too_exposed(rows, export, limits));
    }
    brakes
}

fn old_workbook(rows: &mut [PlanRow], scene: &Scene) -> Option<Brake> {
    let age = scene.now - scene.export.at;
    let most = scene.limits.workbook_hours;
    if Duration::try_hours(most).is_none_or(|most| age <= most) {
        return None;
    }
    let reason = format!("the workbook is {} hours old; after {most} it may no longer be true", age.num_hours());
    brake(rows, None, reason, "--allow-old, or export again", |_| true)
}

fn hidden(rows: &mut [PlanRow], scene: &Scene) -> Option<Brake> {
    let reason = "the row was hidden when the workbook was handed back; it may have been overlooked".to_string();
    brake(rows, None, reason, "--include-hidden, or show the rows and save again", |change| {
        scene.hidden.contains(&change.row)
    })
}

fn read_only(rows: &mut [PlanRow], export: &Export) -> Vec<Brake> {
    let stores: BTreeSet<StoreId> = stores_of(rows);
    stores
        .into_iter()
        .filter(|id| export.store(id).is_some_and(|store| store.access == Access::ReadOnly))
        .filter_map(|id| {
            let reason = format!("{id} has access = \"read-only\" in the config");
            brake(rows, Some(&id), reason, "set access = \"read-write\" for the store", |_| true)
        })
        .collect()
}

fn losing_money(rows: &mut [PlanRow], scene: &Scene) -> Option<Brake> {
    let reason = "the result would have no min spend, or a discount that is not below it".to_string();
    brake(rows, None, reason, "--allow-losing-money", |change| {
        scene.decided.get(&change.row).is_some_and(|coupon| loses_money(change, coupon))
    })
}

// A coupon that gives goods away is not to be had for longer, in greater number or again; and no min spend is taken away.
fn loses_money(change: &Change, coupon: &Coupon) -> bool {
    let unbound = |minimum| minimum == Minimum::None && coupon.minimum != Minimum::None;
    change.steps.iter().any(|step| match &step.write {
        Write::Create { draft } => gives_away(&draft.discount, draft.minimum) || unbound(draft.minimum),
        Write::SetMinimum { minimum, .. } => gives_away(&coupon.discount, *minimum) || unbound(*minimum),
        Write::SetTotal { .. } | Write::Enable { .. } => gives_away(&coupon.discount, coupon.minimum),
        Write::SetEnd { .. } => {
            change.becomes == Becomes::ExtendInPlace && gives_away(&coupon.discount, coupon.minimum)
        }
        Write::End { .. }
        | Write::Pause { .. }
        | Write::Delete { .. }
        | Write::Trash { .. }
        | Write::AddProducts { .. } => false,
    })
}

fn gives_away(discount: &Discount, minimum: Minimum) -> bool {
    let sum = match discount {
        Discount::Sum(sum) => *sum,
        Discount::Share { percent, cap } if percent.0 >= Decimal::ONE_HUNDRED => match cap {
            Some(cap) => *cap,
            None => return true,
        },
        _ => return false,
    };
    match minimum {
        Minimum::None => !sum.is_zero(),
        Minimum::Spend(minimum) => !sum.is_zero() && sum.currency == minimum.currency && sum.amount >= minimum.amount,
        Minimum::Quantity(_) | Minimum::NotKnown => false,
    }
}

fn same_action(rows: &mut [PlanRow], store: &StoreId, limits: &BrakeLimits) -> Vec<Brake> {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for change in changes(rows).filter(|change| change.store == *store && change.becomes != Becomes::Keep) {
        *counts.entry(change.action).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count > limits.same_action_rows)
        .filter_map(|(action, count)| {
            let reason = format!(
                "`{action}` on {count} rows of {store}; more than {} looks filled down",
                limits.same_action_rows
            );
            brake(rows, Some(store), reason, "--allow-many", |change| change.action == action)
        })
        .collect()
}

fn too_many_removed(
    rows: &mut [PlanRow],
    limits: &BrakeLimits,
    store: &StoreId,
    live: &BTreeSet<&RowKey>,
) -> Option<Brake> {
    // A pause that was asked for can be taken back; one that stands in for `delete` or `end` was meant as those.
    let removed = removed_rows(rows, store, live, |change| change.action != ActionWord::Pause);
    let share = Decimal::from(removed.len()) * Decimal::ONE_HUNDRED / Decimal::from(live.len().max(1));
    if removed.len() <= limits.removed_count || share <= limits.removed_percent {
        return None;
    }
    let reason = format!(
        "{} of {} live coupons of {store} would be deleted or ended ({}\u{a0}%); the brake is at {}\u{a0}% and {}",
        removed.len(),
        live.len(),
        share.round_dp(1).normalize(),
        limits.removed_percent.normalize(),
        limits.removed_count
    );
    brake(rows, Some(store), reason, "--allow-removals", |change| removed.contains(&change.row))
}

fn left_empty(rows: &mut [PlanRow], store: &StoreId, live: &BTreeSet<&RowKey>) -> Option<Brake> {
    let removed = removed_rows(rows, store, live, |_| true);
    if removed.len() < live.len() {
        return None;
    }
    let reason = format!("{store} would be left with no live coupon");
    brake(rows, Some(store), reason, "--allow-empty-store", |change| removed.contains(&change.row))
}

fn too_exposed(rows: &mut [PlanRow], export: &Export, limits: &BrakeLimits) -> Vec<Brake> {
    limits.exposure.iter().filter_map(|(currency, cap)| over_cap(rows, export, *currency, *cap)).collect()
}

fn over_cap(rows: &mut [PlanRow], export: &Export, currency: Currency, cap: Decimal) -> Option<Brake> {
    // What has no limit, or cannot be told, is above any cap.
    let unbounded = |change: &Change| {
        let in_currency = export.store(&change.store).is_some_and(|store| store.currency == currency);
        in_currency && matches!(change.exposure, Some(Exposure::NoLimit | Exposure::NotKnown))
    };
    let known = |change: &Change| match change.exposure {
        Some(Exposure::Known(money)) if money.currency == currency => money.amount,
        _ => Decimal::ZERO,
    };
    let sum = changes(rows).map(known).fold(Decimal::ZERO, |sum, more| sum.checked_add(more).unwrap_or(Decimal::MAX));
    let most = Money::new(cap, currency);
    if sum > cap {
        let reason = format!("the plan can cost up to {} more; the cap is {most}", Money::new(sum, currency));
        return brake(rows, None, reason, "--allow-exposure", |change| !known(change).is_zero() || unbounded(change));
    }
    let reason = format!("nothing bounds what it can cost; the cap is {most}");
    brake(rows, None, reason, "--allow-exposure", unbounded)
}

// Live at the export, and not ended by the clock since. A store without any is not among them.
fn live_by_store<'a>(scene: &Scene<'a>) -> BTreeMap<StoreId, BTreeSet<&'a RowKey>> {
    let mut live: BTreeMap<StoreId, BTreeSet<&RowKey>> = BTreeMap::new();
    for row in scene.export.rows.iter().filter(|row| row.coupon.is_live()) {
        if row.coupon.usable.ends().is_none_or(|ends| ends > scene.now) {
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
    rows.iter().filter_map(|row| match &row.verdict {
        Verdict::Change { change, .. } => Some(change.as_ref()),
        _ => None,
    })
}

fn brake(
    rows: &mut [PlanRow],
    store: Option<&StoreId>,
    reason: String,
    release: &str,
    is_meant: impl Fn(&Change) -> bool,
) -> Option<Brake> {
    let mut braked = 0;
    for row in rows.iter_mut() {
        let meant = match &row.verdict {
            Verdict::Change { change, resumes: false } => {
                change.becomes != Becomes::Keep && store.is_none_or(|store| change.store == *store) && is_meant(change)
            }
            _ => false,
        };
        if meant {
            row.verdict =
                Verdict::Refused { reason: format!("brake: {reason}"), next: format!("release it with {release}") };
            braked += 1;
        }
    }
    (braked > 0).then(|| Brake { store: store.cloned(), reason, release: release.to_string(), rows: braked })
}
