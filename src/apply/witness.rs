//! What a platform shows of a write: as it is to be, as it was, or something else.

use std::collections::BTreeSet;

use super::Connectors;
use super::words::Shown;
use crate::domain::{Change, ChangeId, Coupon, CouponId, Draft, Status, Step, StoreId, Write};
use crate::journal::{Journal, JournalError};
use crate::platforms::{CallError, Connector, is_ours};

/// What the platform shows of a step.
pub(super) enum Look {
    /// After: as it is to be.
    Happened {
        coupon: Option<Box<Coupon>>,
        created: Option<CouponId>,
    },
    /// Before: as it was.
    NotYet,
    Other(Shown),
}

/// Asks one store about the steps of one change.
pub(super) struct Witness<'a> {
    pub connector: &'a dyn Connector,
    change: &'a ChangeId,
    made_before: BTreeSet<CouponId>,
}

impl<'a> Witness<'a> {
    pub fn of(change: &'a Change, connector: &'a dyn Connector, journal: &Journal) -> Result<Self, JournalError> {
        Ok(Self { connector, change: &change.id, made_before: made_before(journal, change)? })
    }

    /// `write` is the step's as it was sent; `created` the coupon that it is known to have made.
    pub async fn look(&self, step: &Step, write: &Write, created: Option<&CouponId>) -> Result<Look, CallError> {
        let Write::Create { draft } = write else {
            let Some(id) = write.coupon() else { return Ok(Look::NotYet) };
            let coupon = self.connector.get(id).await?;
            return Ok(if step.after.hold_for(coupon.as_ref()) {
                Look::Happened { coupon: coupon.map(Box::new), created: None }
            } else if step.before.hold_for(coupon.as_ref()) {
                Look::NotYet
            } else {
                Look::Other(Shown::of(coupon.as_ref()))
            });
        };
        let found = match created {
            Some(id) => self.connector.get(id).await?.into_iter().collect(),
            None => self.not_made_before(self.connector.find_created(draft).await?),
        };
        Ok(self.judge_created(draft, found))
    }

    fn not_made_before(&self, mut found: Vec<Coupon>) -> Vec<Coupon> {
        found.retain(|coupon| !self.made_before.contains(&coupon.id));
        found
    }

    // Adopted as ours only if code and every field match.
    fn judge_created(&self, draft: &Draft, found: Vec<Coupon>) -> Look {
        let alive = || found.iter().filter(|coupon| coupon.status != Status::Trashed);
        if let Some(ours) = alive().find(|coupon| is_ours(coupon, draft, self.change)) {
            return Look::Happened { coupon: Some(Box::new(ours.clone())), created: Some(ours.id.clone()) };
        }
        match alive().next() {
            None => Look::NotYet,
            Some(other) => {
                Look::Other(Shown::Another { label: draft.label().to_string(), coupon: Box::new(other.clone()) })
            }
        }
    }
}

pub(super) fn connector_of<'a>(connectors: &'a Connectors, store: &StoreId) -> Result<&'a dyn Connector, String> {
    match connectors.get(store) {
        Some(Ok(connector)) => Ok(connector.as_ref()),
        Some(Err(reason)) => Err(reason.clone()),
        None => Err(format!("{store} is no longer in the config")),
    }
}

/// Coupons that other creations in this store are known to have made. A coupon without a code has no reservation that keeps
/// two like ones apart: without this, a creation whose answer was lost could take an earlier one's coupon for its own.
fn made_before(journal: &Journal, change: &Change) -> Result<BTreeSet<CouponId>, JournalError> {
    let without_code = |step: &Step| matches!(&step.write, Write::Create { draft } if draft.code.is_empty());
    if !change.steps.iter().any(without_code) {
        return Ok(BTreeSet::new());
    }
    let made = journal.memory()?.successors.into_keys();
    Ok(made.filter(|(store, _)| *store == change.store).map(|(_, coupon)| coupon).collect())
}
