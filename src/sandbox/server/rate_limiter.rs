//! Rate limits as platforms have them: calls in the last second, above which the next is refused and counted.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::sandbox::state::lock;

const WINDOW: Duration = Duration::from_secs(1);

/// In memory and by the machine's steady clock: a limit is about this process's seconds, not about the shops' days.
#[derive(Debug, Default)]
pub(super) struct RateLimiter {
    recent: Mutex<BTreeMap<String, VecDeque<Instant>>>,
    refused: AtomicU64,
}

impl RateLimiter {
    /// Counts a call of `who`, unless it would be one more in the last second than `per_second`.
    pub fn lets_through(&self, who: String, per_second: u32) -> bool {
        let now = Instant::now();
        let mut recent = lock(&self.recent);
        let times = recent.entry(who).or_default();
        while times.front().is_some_and(|time| now.duration_since(*time) >= WINDOW) {
            times.pop_front();
        }
        if times.len() >= per_second as usize {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        times.push_back(now);
        true
    }

    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}
