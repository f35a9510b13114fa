//! One look for two: what is read back of one change is read together with what the next change looks at first, where a platform reads
//! several coupons with one call.
//!
//! Nothing is sent that was not looked at: a look counts for moments only, once, and never after a write to its coupon.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::{Change, Coupon, CouponId, ExpectedState};
use crate::platforms::{CallError, Connector};

/// How long a look counts. One that is made for the very change takes as long as a slow shop's answer.
const FRESH_MAX: Duration = Duration::from_secs(2);

/// One store's.
#[derive(Default)]
pub(super) struct Looks {
    /// None where the coupon was not there.
    seen: Mutex<BTreeMap<CouponId, (Instant, Option<Coupon>)>>,
    /// What the next row will look at.
    next: Mutex<Option<CouponId>>,
}

/// What a coupon is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Whether it is as planned, before anything is sent.
    BeforeSending,
    /// Whether it shows what was just sent.
    ReadBack,
    /// What came of something in doubt.
    InDoubt,
}

impl Looks {
    /// `change` comes after the one under way; none: nobody knows.
    pub fn expect(&self, change: Option<&Change>) {
        *lock(&self.next) = change.and_then(looks_first_at).cloned();
    }

    /// The coupon as it is now.
    pub async fn get(
        &self,
        connector: &dyn Connector,
        id: &CouponId,
        purpose: Purpose,
    ) -> Result<Option<Coupon>, CallError> {
        let seen = lock(&self.seen).remove(id);
        if connector.coupons_a_call() < 2 {
            return connector.get(id).await;
        }
        match (purpose, seen) {
            (Purpose::BeforeSending, Some((at, coupon))) if at.elapsed() < FRESH_MAX => Ok(coupon),
            (Purpose::BeforeSending | Purpose::InDoubt, _) => connector.get(id).await,
            (Purpose::ReadBack, _) => self.read_back(connector, id).await,
        }
    }

    async fn read_back(&self, connector: &dyn Connector, id: &CouponId) -> Result<Option<Coupon>, CallError> {
        let next = lock(&self.next).clone().filter(|next| next != id);
        let wanted: Vec<&CouponId> = std::iter::once(id).chain(&next).collect();
        let (before, mut read_back) = (Instant::now(), None);
        for (found, coupon) in connector.get_several(&wanted).await {
            if found == *id {
                read_back = Some(coupon);
            } else if let Ok(coupon) = coupon {
                lock(&self.seen).insert(found, (before, coupon));
            }
        }
        let coupon = match read_back {
            Some(coupon) => coupon?,
            None => connector.get(id).await?,
        };
        // A further step of the same change looks at what was just read.
        lock(&self.seen).insert(id.clone(), (before, coupon.clone()));
        Ok(coupon)
    }

    /// Something is sent to it: what was seen holds no longer.
    pub fn forget(&self, id: Option<&CouponId>) {
        if let Some(id) = id {
            lock(&self.seen).remove(id);
        }
    }
}

/// The coupon that a change, none of which was begun, asks for first.
fn looks_first_at(change: &Change) -> Option<&CouponId> {
    let first = change.steps.first()?;
    let model = first.write.draft().filter(|_| first.before != ExpectedState::default()).map(|draft| &draft.model);
    first.write.coupon().or(model)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
