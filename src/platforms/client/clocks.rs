//! The platform's clock beside ours, by the `Date` of its answers, also where ours is set while the program works.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::domain::Timestamp;

/// Two clocks of one machine drift apart by less while a program works; by more, one of them was set, or the machine slept.
const MOVED_MIN_SECONDS: i64 = 30;

pub(super) struct Clocks {
    began: (Instant, Timestamp),
    known: Mutex<Known>,
}

struct Known {
    /// How far our clock has gone beyond the steady one when it was last looked at, in seconds.
    moved: i64,
    /// The most that an answer since then showed the platform's clock to be ahead of ours, in seconds: what a cache kept shows less.
    ahead: Option<i64>,
}

impl Clocks {
    /// `now` by our clock.
    pub fn since(now: Timestamp) -> Self {
        Self { began: (Instant::now(), now), known: Mutex::new(Known { moved: 0, ahead: None }) }
    }

    /// An answer that was `received` by our clock showed the platform's so many seconds ahead.
    pub fn told(&self, ahead: i64, received: Timestamp) {
        self.at(received, |known| known.ahead = known.ahead.max(Some(ahead)));
    }

    /// None where no answer came, or told, since our clock was last set.
    pub fn ahead_seconds(&self, now: Timestamp) -> Option<i64> {
        self.at(now, |known| known.ahead)
    }

    /// What was known goes where our clock was set meanwhile: it was about another one.
    fn at<T>(&self, now: Timestamp, look: impl FnOnce(&mut Known) -> T) -> T {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, then) = self.began;
        let passed = i64::try_from(began.elapsed().as_secs()).unwrap_or(i64::MAX);
        let moved = (now - then).num_seconds().saturating_sub(passed);
        if (moved - known.moved).abs() >= MOVED_MIN_SECONDS {
            *known = Known { moved, ahead: None };
        }
        look(&mut known)
    }
}
