//! What earlier exports saw of each store.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::{Archive, ArchiveError};
use crate::domain::{Coupon, StoreId};

/// An export of only some stores tells nothing of the others; so many are looked through for all of them.
const EXPORTS_MAX: usize = 4;

/// The coupons that the newest export which loaded it saw, for each of `stores` that one of the last few exports loaded.
///
/// # Errors
/// If the archive cannot be read, or a snapshot was changed.
pub fn known_coupons(
    archive: &Archive,
    stores: &BTreeSet<StoreId>,
) -> Result<BTreeMap<StoreId, Vec<Coupon>>, ArchiveError> {
    let mut known: BTreeMap<StoreId, Vec<Coupon>> = BTreeMap::new();
    let exports = archive.known_exports()?.into_iter().filter(|export| export.follows.is_none());
    for export in exports.take(EXPORTS_MAX) {
        let mut missing: BTreeSet<StoreId> = stores.iter().filter(|id| !known.contains_key(id)).cloned().collect();
        if missing.is_empty() {
            break;
        }
        let mut export = archive.load_snapshot(&export.id)?;
        let loaded = |id: &StoreId| export.stores.iter().any(|load| load.store.id == *id && load.load.is_loaded());
        missing.retain(loaded);
        known.extend(missing.into_iter().map(|id| (id, Vec::new())));
        for row in export.rows.drain(..) {
            if let Some(coupons) = known.get_mut(&row.coupon.store) {
                coupons.push(row.coupon);
            }
        }
    }
    Ok(known)
}
