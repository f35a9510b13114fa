//! What touches too much is refused until somebody says the word for it. Each brake names the flag that releases it.

use chrono::Duration;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::words::{Told, Words, wanted_words};
use super::{PlanRow, Verdict};
use crate::domain::{
    Access, ActionWord, Change, Coupon, Currency, Discount, Export, Exposure, Minimum, Money, Operation, RowKey,
    StoreId, Timestamp, Write,
};
use crate::language::Language;
use crate::say;

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
    pub language: Language,
}

/// Turns the changes that a brake refuses into refused rows. What an earlier run began is never braked: half is worse.
pub(super) fn apply(rows: &mut [PlanRow], scene: &Scene, allowed: &Allowed) -> Vec<Brake> {
    let export = scene.export;
    let live = live_by_store(scene);
    let mut brakes = read_only(rows, export, scene.language);
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
            brakes.extend(same_action(rows, &store, scene));
        }
        let Some(live) = live.get(&store) else { continue };
        if !allowed.removals {
            brakes.extend(too_many_removed(rows, scene, &store, live));
        }
        if !allowed.empty_store {
            brakes.extend(left_empty(rows, scene.language, &store, live));
        }
    }
    if !allowed.exposure {
        brakes.extend(too_exposed(rows, scene));
    }
    brakes
}

fn old_workbook(rows: &mut [PlanRow], scene: &Scene) -> Option<Brake> {
    let age = scene.now - scene.export.at;
    let most = scene.limits.workbook_hours;
    if Duration::try_hours(most).is_none_or(|most| age <= most) {
        return None;
    }
    let reason = |language: Language| {
        let (hours, most) = (age.num_hours().to_string(), most.to_string());
        say!(language, "results-brake-old", hours = hours, most = most)
    };
    brake(rows, scene.language, None, &reason, &|language| language.say("results-release-old"), |_| true)
}

fn hidden(rows: &mut [PlanRow], scene: &Scene) -> Option<Brake> {
    let reason = |language: Language| language.say("results-brake-hidden");
    brake(rows, scene.language, None, &reason, &|language| language.say("results-release-hidden"), |change| {
        scene.hidden.contains(&change.row)
    })
}

fn read_only(rows: &mut [PlanRow], export: &Export, language: Language) -> Vec<Brake> {
    let stores: BTreeSet<StoreId> = stores_of(rows);
    stores
        .into_iter()
        .filter(|id| export.store(id).is_some_and(|store| store.access == Access::ReadOnly))
        .filter_map(|id| {
            let reason = |language: Language| say!(language, "results-brake-read-only", store = id.as_str());
            brake(rows, language, Some(&id), &reason, &|language| language.say("results-release-read-only"), |_| true)
        })
        .collect()
}

fn losing_money(rows: &mut [PlanRow], scene: &Scene) -> Option<Brake> {
    let reason = |language: Language| language.say("results-brake-losing");
    brake(rows, scene.language, None, &reason, &|_| "--allow-losing-money".to_string(), |change| {
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
            change.becomes == Operation::ExtendInPlace && gives_away(&coupon.discount, coupon.minimum)
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

fn same_action(rows: &mut [PlanRow], store: &StoreId, scene: &Scene) -> Vec<Brake> {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for change in changes(rows).filter(|change| change.store == *store && change.becomes != Operation::Keep) {
        *counts.entry(change.action).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count > scene.limits.same_action_rows)
        .filter_map(|(action, count)| {
            let reason = |language: Language| {
                let (count, most) = (count.to_string(), scene.limits.same_action_rows.to_string());
                let action = wanted_words(language, action);
                say!(
                    language,
                    "results-brake-same-action",
                    action = action,
                    count = count,
                    store = store.as_str(),
                    most = most
                )
            };
            let release = |_| "--allow-many".to_string();
            brake(rows, scene.language, Some(store), &reason, &release, |change| change.action == action)
        })
        .collect()
}

fn too_many_removed(rows: &mut [PlanRow], scene: &Scene, store: &StoreId, live: &BTreeSet<&RowKey>) -> Option<Brake> {
    // A pause that was asked for can be taken back; one that stands in for `delete` or `end` was meant as those.
    let (limits, removed) =
        (scene.limits, removed_rows(rows, store, live, |change| change.action != ActionWord::Pause));
    let share = Decimal::from(removed.len()) * Decimal::ONE_HUNDRED / Decimal::from(live.len().max(1));
    if removed.len() <= limits.removed_count || share <= limits.removed_percent {
        return None;
    }
    let reason = |language: Language| {
        say!(
            language,
            "results-brake-removed",
            removed = removed.len().to_string(),
            live = live.len().to_string(),
            store = store.as_str(),
            share = share.round_dp(1).normalize().to_string(),
            percent = limits.removed_percent.normalize().to_string(),
            most = limits.removed_count.to_string()
        )
    };
    let release = |_| "--allow-removals".to_string();
    brake(rows, scene.language, Some(store), &reason, &release, |change| removed.contains(&change.row))
}

fn left_empty(rows: &mut [PlanRow], language: Language, store: &StoreId, live: &BTreeSet<&RowKey>) -> Option<Brake> {
    let removed = removed_rows(rows, store, live, |_| true);
    if removed.len() < live.len() {
        return None;
    }
    let reason = |language: Language| say!(language, "results-brake-empty", store = store.as_str());
    let release = |_| "--allow-empty-store".to_string();
    brake(rows, language, Some(store), &reason, &release, |change| removed.contains(&change.row))
}

fn too_exposed(rows: &mut [PlanRow], scene: &Scene) -> Vec<Brake> {
    scene.limits.exposure.iter().filter_map(|(currency, cap)| over_cap(rows, scene, *currency, *cap)).collect()
}

fn over_cap(rows: &mut [PlanRow], scene: &Scene, currency: Currency, cap: Decimal) -> Option<Brake> {
    // What has no limit, or cannot be told, is above any cap.
    let unbounded = |change: &Change| {
        let in_currency = scene.export.store(&change.store).is_some_and(|store| store.currency == currency);
        in_currency && matches!(change.exposure, Some(Exposure::NoLimit | Exposure::NotKnown))
    };
    let known = |change: &Change| match change.exposure {
        Some(Exposure::Known(money)) if money.currency == currency => money.amount,
        _ => Decimal::ZERO,
    };
    let sum = changes(rows).map(known).fold(Decimal::ZERO, |sum, more| sum.checked_add(more).unwrap_or(Decimal::MAX));
    let (sum, most) = (Money::new(sum, currency), Money::new(cap, currency));
    let release = |_| "--allow-exposure".to_string();
    if sum.amount > cap {
        let reason = |language: Language| {
            say!(language, "results-brake-exposure", sum = sum.to_string(), most = most.to_string())
        };
        let is_meant = |change: &Change| !known(change).is_zero() || unbounded(change);
        return brake(rows, scene.language, None, &reason, &release, is_meant);
    }
    let reason = |language: Language| say!(language, "results-brake-unbounded", most = most.to_string());
    brake(rows, scene.language, None, &reason, &release, unbounded)
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

/// Reason and release are said in English, and in the workbook's `language` beside it.
fn brake(
    rows: &mut [PlanRow],
    language: Language,
    store: Option<&StoreId>,
    reason: &dyn Fn(Language) -> String,
    release: &dyn Fn(Language) -> String,
    is_meant: impl Fn(&Change) -> bool,
) -> Option<Brake> {
    let refusal = |language: Language| {
        let reason = say!(language, "results-brake", reason = reason(language));
        (reason, say!(language, "results-brake-release", flag = release(language)))
    };
    let mut braked = 0;
    for row in rows.iter_mut() {
        let meant = match &row.verdict {
            Verdict::Change { change, resumes: false } => {
                change.becomes != Operation::Keep
                    && store.is_none_or(|store| change.store == *store)
                    && is_meant(change)
            }
            _ => false,
        };
        if meant {
            let (reason, next) = refusal(Language::ENGLISH);
            row.verdict = Verdict::Refused { reason, next };
            row.told = (language != Language::ENGLISH).then(|| {
                let (reason, next) = refusal(language);
                Box::new(Told { language, words: Words::Refused { reason, next } })
            });
            braked += 1;
        }
    }
    let english = Language::ENGLISH;
    (braked > 0).then(|| Brake {
        store: store.cloned(),
        reason: reason(english),
        release: release(english),
        rows: braked,
    })
}
