//! How long a request may still arrive whose sender died, or did not hear its answer.

use std::time::{Duration, Instant};

use super::Run;
use super::setup::Event;
use crate::domain::{StoreId, Write};

/// Waits until what an earlier run sent to `store` must have arrived. Counted from `started`, when this command began and its sender
/// was dead, on a clock that nobody sets: when the sender began says nothing, since it may have waited before it sent.
pub(super) async fn wait_to_settle(store: &StoreId, settle: Duration, started: Instant, tell: &(dyn Fn(Event) + Sync)) {
    let left = settle.saturating_sub(started.elapsed());
    if !left.is_zero() {
        tell(Event::Settling { store, left });
        tokio::time::sleep(left).await;
    }
}

impl Run<'_> {
    pub(super) fn settle_of(&self, store: &StoreId, write: &Write) -> Duration {
        (self.settle)(store).of(write)
    }
}
