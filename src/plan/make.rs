//! From decisions to a plan.

use std::collections::{BTreeMap, BTreeSet};

use super::input::{Known, PlanInput, PriorRun, ResolvedDecision};
use super::{PLAN_VERSION, Plan, PlanRow, Verdict, brakes, resolve};
use crate::domain::{Abilities, ChangeId, CouponId, Platform, RowKey, Status, StoreId};
use crate::message;

/// What each decision becomes, and what the brakes refuse of that.
pub fn make(input: &PlanInput, known: &Known) -> Plan {
    let mut taken = codes_taken(input, known);
    let there = taken.clone();
    for (store, codes) in &known.reserved {
        taken.entry(store.clone()).or_default().extend(codes.keys().map(|code| code.to_uppercase()));
    }
    let places = places_by_row(&input.decisions);
    let mut rows = Vec::with_capacity(input.decisions.len());
    for decision in &input.decisions {
        let verdict = match (places.get(&decision.row.key).map(Vec::as_slice), &decision.intent) {
            (Some(places @ [_, _, ..]), _) => Verdict::Refused {
                reason: message!("results-row-twice", places = places.join(", ")),
                next: message!("results-next-empty-others"),
            },
            (_, Err(refusal)) => refusal.clone().into(),
            (_, Ok(intent)) => {
                let store = &decision.store.id;
                let taken = taken.entry(store.clone()).or_default();
                // What it reserved itself, for a creation that did not come about, is its own to use.
                let own = own_codes(known, store, &intent.id);
                own.iter().filter(|code| there.get(store).is_none_or(|there| !there.contains(*code))).for_each(
                    |code| {
                        taken.remove(code);
                    },
                );
                let verdict = resolve(input, known, decision, intent, taken);
                taken.extend(own);
                verdict
            }
        };
        rows.push(PlanRow {
            place: decision.place.clone(),
            store: decision.store.id.clone(),
            label: decision.row.coupon.label().to_string(),
            action: decision.action.clone(),
            verdict,
        });
    }
    let brakes = brakes::apply(&mut rows, input);
    Plan {
        version: PLAN_VERSION,
        export: input.export.id.clone(),
        made_at: input.now,
        by: input.by.clone(),
        workbook_sha256: input.workbook_sha256.clone(),
        snapshot_sha256: input.snapshot_sha256.clone(),
        rules_sha256: input.rules_sha256.clone(),
        rows,
        brakes,
    }
}

// One row, one decision: which of two was meant is not ours to guess.
fn places_by_row<'a>(decisions: &'a [ResolvedDecision]) -> BTreeMap<&'a RowKey, Vec<&'a str>> {
    let mut places: BTreeMap<&RowKey, Vec<&str>> = BTreeMap::new();
    for decision in decisions {
        places.entry(&decision.row.key).or_default().push(&decision.place);
    }
    places
}

fn own_codes(known: &Known, store: &StoreId, change: &ChangeId) -> Vec<String> {
    let reserved = known.reserved.get(store).into_iter().flatten();
    reserved.filter(|(_, owner)| *owner == change).map(|(code, _)| code.to_uppercase()).collect()
}

// What exists now, what existed at the export (an ended code may be refused for weeks), and what an earlier run began to create. In
// capitals: platforms do not tell case apart.
fn codes_taken(input: &PlanInput, known: &Known) -> BTreeMap<StoreId, BTreeSet<String>> {
    let present = known.present.listings.values().flatten();
    // A code that went with its coupon is free, unless the platform shows it again.
    let exported = input.export.rows.iter().map(|row| &row.coupon).filter(|it| it.status != Status::Trashed);
    let coupons = present.chain(exported).filter_map(|coupon| Some((&coupon.store, coupon.code.as_ref()?)));
    let begun = known.prior_runs.values().filter_map(|run| match run {
        PriorRun::Begun(change) => Some(change),
        PriorRun::Settled { .. } => None,
    });
    let writes = begun.flat_map(|change| change.steps.iter().map(|step| (&change.store, &step.write)));
    let drafted = writes.filter_map(|(store, write)| Some((store, &write.draft()?.code)));
    let mut taken: BTreeMap<StoreId, BTreeSet<String>> = BTreeMap::new();
    for (store, code) in coupons.chain(drafted) {
        taken.entry(store.clone()).or_default().insert(code.to_uppercase());
    }
    taken
}

/// The touched coupons of each store, and whether the store must be listed whole.
pub fn to_load<'a>(
    decisions: impl Iterator<Item = &'a ResolvedDecision<'a>>,
    abilities: &dyn Fn(Platform) -> &'static Abilities,
) -> BTreeMap<&'a StoreId, (Vec<&'a CouponId>, bool)> {
    let mut wanted: BTreeMap<&StoreId, (Vec<&CouponId>, bool)> = BTreeMap::new();
    for decision in decisions.filter(|decision| decision.touches()) {
        let entry = wanted.entry(&decision.store.id).or_default();
        entry.0.push(&decision.row.coupon.id);
        entry.1 |= decision.may_create(abilities(decision.store.platform));
    }
    wanted
}
