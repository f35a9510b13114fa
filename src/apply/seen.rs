//! What the platforms showed when a plan was made, as far as it differs from the export: with it the very same plan comes out again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{Coupon, CouponId, Export, Message, StoreId};
use crate::plan::Present;

/// [`Present`], less what the snapshot says too.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Touched coupons, and all others of a store in which a copy may be made.
    coupons: BTreeMap<StoreId, BTreeMap<CouponId, Sight>>,
    /// Stores that were listed whole: what is not among their coupons was not there.
    listed: Vec<StoreId>,
    failed: BTreeMap<StoreId, Message>,
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
    pub(super) fn of(present: &Present, export: &Export) -> Self {
        let exported = by_id(export);
        let mut coupons: BTreeMap<StoreId, BTreeMap<CouponId, Sight>> = BTreeMap::new();
        let touched = present.coupons.iter().map(|((store, id), coupon)| (store, id, coupon.as_ref()));
        let listed =
            present.listings.iter().flat_map(|(store, all)| all.iter().map(move |it| (store, &it.id, Some(it))));
        for (store, id, coupon) in touched.chain(listed) {
            let sight = Sight::of(coupon, exported.get(&(store, id)).copied());
            coupons.entry(store.clone()).or_default().insert(id.clone(), sight);
        }
        Self { coupons, listed: present.listings.keys().cloned().collect(), failed: present.failed.clone() }
    }

    /// What was seen, beside the very `export` that it was compared with.
    pub(super) fn present(&self, export: &Export) -> Present {
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
        present
    }
}

fn by_id(export: &Export) -> BTreeMap<(&StoreId, &CouponId), &Coupon> {
    export.rows.iter().map(|row| ((&row.coupon.store, &row.coupon.id), &row.coupon)).collect()
}
