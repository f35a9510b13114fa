//! What an earlier run left in doubt, cleared up before anything new is planned on the same coupons.
//!
//! Nothing is sent: the platform is asked what it shows, as when the run itself is taken up again.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Connectors;
use super::witness::{Look, Witness, connector_of};
use crate::domain::{Change, ChangeId, CouponId, RunId, StoreId, Timestamp};
use crate::journal::{ApplyLock, Found, Journal, JournalError, StepRecord};

/// The coupons that decisions are about, each with its own decision: what is in doubt of that very one is cleared up when it is
/// taken up again.
pub type Touched = BTreeMap<(StoreId, CouponId), ChangeId>;

/// What doubts are cleared up with.
pub struct Doubts<'a> {
    pub journal: &'a Journal,
    pub lock: &'a ApplyLock,
    pub connectors: &'a Connectors,
    pub clock: &'a (dyn Fn() -> Timestamp + Send + Sync),
    /// How long a request whose sender died may still be under way, by store: nothing is asked about sooner.
    pub settle: &'a (dyn Fn(&StoreId) -> Duration + Send + Sync),
}

/// A write of an earlier run, and what is known of it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    pub run: RunId,
    pub store: StoreId,
    pub label: String,
    pub happened: bool,
}

/// The coupons of these that another decision is in doubt about, each with the run that began it.
pub fn in_doubt(journal: &Journal, touched: &Touched) -> Result<Vec<(Change, RunId)>, JournalError> {
    Ok(doubts(journal, touched)?.into_iter().map(|(change, record)| (change, record.run)).collect())
}

impl Doubts<'_> {
    /// Asks about every write that is in doubt on one of these coupons. One that cannot be asked about, or of which the platform
    /// shows neither before nor after in a new coupon, stays in doubt.
    pub async fn clear_up(&self, touched: &Touched) -> Result<Vec<Cleared>, JournalError> {
        let mut cleared = Vec::new();
        for (change, record) in doubts(self.journal, touched)? {
            if let Some(happened) = self.asked(&change, &record).await? {
                let Change { store, label, .. } = change;
                cleared.push(Cleared { run: record.run, store, label, happened });
            }
        }
        Ok(cleared)
    }

    async fn asked(&self, change: &Change, record: &StepRecord) -> Result<Option<bool>, JournalError> {
        let Ok(connector) = connector_of(self.connectors, &change.store) else { return Ok(None) };
        let Some(step) = change.steps.get(record.ordinal as usize) else { return Ok(None) };
        let since = (self.clock)() - record.finished_at.unwrap_or(record.begun_at);
        let settle = (self.settle)(&change.store);
        // A clock that was set back must not make us wait for ever.
        tokio::time::sleep(settle.saturating_sub(since.to_std().unwrap_or_default()).min(settle)).await;
        let witness = Witness::of(change, connector, self.journal)?;
        let found = match witness.look(step, &record.write, None).await {
            Err(_) => return Ok(None),
            Ok(Look::Happened { coupon, created }) => Found::Happened { coupon, created },
            Ok(Look::NotYet) => Found::DidNotHappen { message: "asked afterwards: it had not happened".to_string() },
            // By now it would have arrived: somebody else decided since. A coupon that is not quite the one that was to be made
            // may still be ours.
            Ok(Look::Other(_)) if record.write.coupon().is_some() => Found::DidNotHappen {
                message: "asked afterwards: it showed neither before nor after; somebody changed it since".to_string(),
            },
            Ok(Look::Other(_)) => return Ok(None),
        };
        let claim = self.lock.claim(&change.store)?;
        self.journal.settle(&claim, &change.id, record.ordinal, &found, (self.clock)())?;
        Ok(Some(matches!(found, Found::Happened { .. })))
    }
}

fn doubts(journal: &Journal, touched: &Touched) -> Result<Vec<(Change, StepRecord)>, JournalError> {
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
