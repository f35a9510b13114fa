//! The sandbox's clock: the machine's, or one that a test sets.

use chrono::{Duration, Utc};
use std::fmt;
use std::sync::Arc;

use crate::domain::Timestamp;

/// Tells the pretend platforms what time it is. Cheap to clone; every clone shows the same time.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self::reading(Utc::now)
    }

    /// A clock that stands still.
    pub fn fixed(at: Timestamp) -> Self {
        Self::reading(move || at)
    }

    /// A clock that a test moves.
    pub fn reading(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now) }
    }

    /// The time at the pretend platforms: it decides what is upcoming, ongoing and expired.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Whether a request signed at `stamp` is at most `tolerance` off.
    ///
    /// A test that sets the shop's clock to 23:58 may sign with either clock, since a moved clock is about the shop's days and
    /// not about the signer's; with the machine's clock the two are one.
    pub(super) fn accepts(&self, stamp: Timestamp, tolerance: Duration) -> bool {
        let near = |now: Timestamp| (now - stamp).abs() <= tolerance;
        near(self.now()) || near(Utc::now())
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
