//! What the platforms showed when a plan was made, as far as it differs from the export: with it the very same plan comes out again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{ChangeId, Coupon, CouponId, Export, Message, StoreId};
use crate::plan::{Known, Present, PriorRun};

/// [`Known`], less what the snapshot and the journal say too.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Touched coupons, and all others of a store in which a copy may be made.
    coupons: BTreeMap<StoreId, BTreeMap<CouponId, Sight>>,
    /// Stores that were listed whole: what is not among their coupons was not there.
    listed: Vec<StoreId>,
    failed: BTreeMap<StoreId, Message>,
    /// Codes that no coupon has and that were promised to one by then; others may have been since.
    reserved: BTreeMap<StoreId, BTreeMap<String, ChangeId>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sight {
    AsExported,
    Gone,
    Is(Box<Coupon>),
}

impl Sight {
    fn of(coupon: Option<&Coupon>, exported: Option<&Coupon>) -> Self {
        match coupon {
            None => Self::Gone,
            Some(coupon) if exported == Some(coupon) => Self::AsExported,
            Some(coupon) => Self::Is(Box::new(coupon.clone())),
        }
    }
}

impl Seen {
    pub(super) fn of(known: &Known, export: &Export) -> Self {
        let present = &known.present;
        let exported = by_id(export);
        let mut coupons: BTreeMap<StoreId, BTreeMap<CouponId, Sight>> = BTreeMap::new();
        let touched = present.coupons.iter().map(|((store, id), coupon)| (store, id, coupon.as_ref()));
        let listed =
            present.listings.iter().flat_map(|(store, all)| all.iter().map(move |it| (store, &it.id, Some(it))));
        for (store, id, coupon) in touched.chain(listed) {
            let sight = Sight::of(coupon, exported.get(&(store, id)).copied());
            coupons.entry(store.clone()).or_default().insert(id.clone(), sight);
        }
        let listed = present.listings.keys().cloned().collect();
        Self { coupons, listed, failed: present.failed.clone(), reserved: reserved(known, export) }
    }

    /// What was seen, beside the very `export` that it was compared with.
    pub(super) fn known(&self, export: &Export, prior_runs: BTreeMap<ChangeId, PriorRun>) -> Known {
        let exported = by_id(export);
        let mut present = Present { failed: self.failed.clone(), ..Present::default() };
        for store in &self.listed {
            present.listings.entry(store.clone()).or_default();
        }
        for (store, coupons) in &self.coupons {
            for (id, sight) in coupons {
                let coupon = match sight {
                    Sight::Gone => None,
                    Sight::AsExported => exported.get(&(store, id)).map(|coupon| (*coupon).clone()),
                    Sight::Is(coupon) => Some((**coupon).clone()),
                };
                if let Some(listing) = present.listings.get_mut(store) {
                    listing.extend(coupon.clone());
                }
                present.coupons.insert((store.clone(), id.clone()), coupon);
            }
        }
        Known { prior_runs, reserved: self.reserved.clone(), present }
    }
}

fn reserved(known: &Known, export: &Export) -> BTreeMap<StoreId, BTreeMap<String, ChangeId>> {
    let there = known.present.listings.values().flatten().chain(export.rows.iter().map(|row| &row.coupon));
    let there: BTreeSet<(&StoreId, String)> =
        there.filter_map(|coupon| Some((&coupon.store, coupon.code.as_ref()?.to_uppercase()))).collect();
    let of_store = |(store, codes): (&StoreId, &BTreeMap<String, ChangeId>)| {
        let free = codes.iter().filter(|(code, _)| !there.contains(&(store, code.to_uppercase())));
        (store.clone(), free.map(|(code, change)| (code.clone(), change.clone())).collect())
    };
    known.reserved.iter().map(of_store).collect()
}

fn by_id(export: &Export) -> BTreeMap<(&StoreId, &CouponId), &Coupon> {
    export.rows.iter().map(|row| ((&row.coupon.store, &row.coupon.id), &row.coupon)).collect()
}
