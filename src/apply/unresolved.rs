//! What an earlier run left in doubt, cleared up before anything new is planned on the same coupons.
//!
//! Nothing is sent: the platform is asked what it shows, as when the run itself is taken up again.

use std::collections::BTreeMap;

use super::looks::Purpose;
use super::reconcile::{ObservedState, Reconciler, connector_of, did_not_happen, not_shown};
use super::settle::wait_to_settle;
use super::setup::{Came, Resolution, Setup};
use crate::domain::{Change, ChangeId, CouponId, RunId, StoreId};
use crate::journal::{ApplyLock, Found, Journal, JournalError, StepRecord};
use crate::plan::ResolvedDecision;

/// The coupons that decisions are about, each with its own decision: what is in doubt of that very one is cleared up when it is
/// taken up again.
pub(super) type Touched = BTreeMap<(StoreId, CouponId), ChangeId>;

/// The coupons that these decisions are about.
pub(super) fn touched_by(decisions: &[ResolvedDecision]) -> Touched {
    decisions.iter().filter_map(|it| Some((it.coupon(), it.intent.as_ref().ok()?.id.clone()))).collect()
}

/// The coupons of these that another decision is in doubt about, each with the run that began it.
pub(super) fn unresolved(journal: &Journal, touched: &Touched) -> Result<Vec<(Change, RunId)>, JournalError> {
    Ok(steps_in_doubt(journal, touched)?.into_iter().map(|(change, record)| (change, record.run)).collect())
}

/// Asks about every write that is in doubt on one of these coupons. One that cannot be asked about stays in doubt.
pub(super) async fn resolve(
    setup: &Setup<'_>,
    lock: &ApplyLock,
    touched: &Touched,
) -> Result<Vec<Resolution>, JournalError> {
    let mut resolved = Vec::new();
    for (change, record) in steps_in_doubt(setup.journal, touched)? {
        if let Some(came) = asked(setup, lock, &change, &record).await? {
            let Change { store, label, .. } = change;
            resolved.push(Resolution { run: record.run, store, label, came });
        }
    }
    Ok(resolved)
}

async fn asked(
    setup: &Setup<'_>,
    lock: &ApplyLock,
    change: &Change,
    record: &StepRecord,
) -> Result<Option<Came>, JournalError> {
    let Ok(connector) = connector_of(setup.connectors, &change.store) else { return Ok(None) };
    let Some(step) = change.steps.get(record.ordinal as usize) else { return Ok(None) };
    let settle = (setup.settle)(&change.store).of(&record.write);
    wait_to_settle(&change.store, settle, setup.started, setup.tell).await;
    let reconciler = Reconciler::of(change, (connector, None), setup.journal, (chrono_tz::UTC, record.begun_at))?;
    let found = match reconciler.observe(step, &record.write, None, Purpose::InDoubt).await {
        Err(_) => return Ok(None),
        Ok(ObservedState::Applied { coupon, created }) => Found::Happened { coupon, created },
        Ok(ObservedState::NotYet(_)) => did_not_happen("it had not happened"),
        // By now it would have arrived: somebody else decided since. A coupon that is not quite the one that was to be made
        // may still be ours, and asking a third time tells no more.
        Ok(ObservedState::Other(_)) if record.write.coupon().is_some() => {
            did_not_happen("it showed neither before nor after; somebody changed it since")
        }
        Ok(ObservedState::Other(live)) => not_shown(change, live),
    };
    let claim = lock.claim(&change.store)?;
    let came = match found {
        Found::Happened { .. } => Came::Made,
        Found::DidNotHappen { .. } => Came::NotMade,
        Found::NotShown { .. } => Came::NotShown,
    };
    setup.journal.settle(&claim, &change.id, record.ordinal, found, (setup.clock)());
    setup.journal.on_disk(&claim).await?;
    Ok(Some(came))
}

fn steps_in_doubt(journal: &Journal, touched: &Touched) -> Result<Vec<(Change, StepRecord)>, JournalError> {
    let is_anothers = |change: &Change| {
        let own = touched.get(&(change.store.clone(), change.coupon.clone()));
        own.is_some_and(|own| *own != change.id)
    };
    let mut found = Vec::new();
    for record in journal.in_doubt()? {
        let change = journal.change(&record.change)?;
        if let Some(change) = change.filter(is_anothers) {
            found.push((change, record));
        }
    }
    Ok(found)
}
