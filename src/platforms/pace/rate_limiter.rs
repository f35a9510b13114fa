//! Calls leave evenly, and fewer for a while after the platform asked for fewer.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A little less than what the platform allows, so that clocks which differ a little do no harm.
const SHARE_OF_LIMIT: f64 = 0.98;
/// The span in which platforms count calls.
const WINDOW: Duration = Duration::from_secs(1);
/// What leaves evenly does not arrive evenly, and a platform counts arrivals. A call may have arrived later than the quickest by as
/// much as its answer took longer. That is left room for, up to this much: more is the platform's own slowness.
const DELAY_MAX: Duration = Duration::from_millis(100);
/// Room for what cannot be seen: a quick answer to a call that arrived late.
const MARGIN: Duration = Duration::from_millis(5);
/// A call that leaves this late does not move those after it: timers and busy machines are never exact, and a load's first calls wait
/// for their connections. Else each would add its lateness, and the rate would be missed by far at a few dozen calls a second. What is
/// caught up so is a tenth of a second's calls, of which no more than the limit leave in any second.
const LATE_MAX: Duration = Duration::from_millis(100);
/// The whole limit is won back evenly in this time, so half of it in half of the time.
const RECOVERY: Duration = Duration::from_secs(60);
/// However often a platform asks for fewer, this share of the limit is still tried.
const SLOWEST_SHARE: f64 = 1.0 / 32.0;

/// Lets calls through one by one, first come first served, at an even rate.
///
/// Other limiters let a burst through first, which a platform that counts the last second refuses, and cannot change their rate.
#[derive(Debug)]
pub struct RateLimiter {
    /// Held by whoever is next.
    queue: tokio::sync::Mutex<()>,
    schedule: Mutex<Schedule>,
}

impl RateLimiter {
    /// `per_second` is what the platform allows; 0 counts as 1.
    pub fn new(per_second: u32) -> Self {
        Self { queue: tokio::sync::Mutex::default(), schedule: Mutex::new(Schedule::new(per_second)) }
    }

    /// Waits for its turn; gives the call's number. Whoever gives up waiting takes no turn from the others.
    pub async fn pass(&self) -> u64 {
        let _next = self.queue.lock().await;
        // Asked again after each wait, since the gate may be closed meanwhile.
        loop {
            match self.leave() {
                Ok(number) => return number,
                Err(turn) => tokio::time::sleep_until(turn.into()).await,
            }
        }
    }

    /// The platform's answer to the call of this number has come.
    pub fn answered(&self, number: u64) {
        self.lock().answered(number, Instant::now());
    }

    /// The platform asked for fewer calls in its answer to one that left at `left`, and not to come back for `wait`.
    pub fn slow_down(&self, left: Instant, wait: Option<Duration>) {
        self.lock().slow_down(Instant::now(), left, wait);
    }

    /// Calls a second at this moment.
    pub fn per_second(&self) -> f64 {
        self.lock().per_second(Instant::now())
    }

    fn leave(&self) -> Result<u64, Instant> {
        self.lock().leave(Instant::now())
    }

    fn lock(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When calls may leave: the gate without clock and waiting.
///
/// When the platform asks for fewer calls the rate halves, and then rises again by the same step each second, never above its
/// limit.
#[derive(Debug, Clone)]
pub struct Schedule {
    limit: usize,
    limit_per_second: f64,
    next: Option<Instant>,
    /// As many calls as a second may have, the oldest first.
    recent: VecDeque<Departure>,
    /// Of the next call.
    number: u64,
    /// How long the quickest answer took.
    quickest: Option<Duration>,
    /// Since when, and what the rate was then, in calls a second.
    slowed: Option<(Instant, f64)>,
    closed_until: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Departure {
    left: Instant,
    answered: Option<Instant>,
}

impl Schedule {
    /// `per_second` is what the platform allows; 0 counts as 1.
    pub fn new(per_second: u32) -> Self {
        let limit = per_second.max(1);
        Self {
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            limit_per_second: f64::from(limit) * SHARE_OF_LIMIT,
            next: None,
            recent: VecDeque::new(),
            number: 0,
            quickest: None,
            slowed: None,
            closed_until: None,
        }
    }

    /// Lets a call leave, and numbers it.
    ///
    /// # Errors
    /// If it is too early: the moment to ask again at.
    pub fn leave(&mut self, now: Instant) -> Result<u64, Instant> {
        let turn = self.next.max(self.closed_until).unwrap_or(now);
        let earliest = turn.max(self.window_opens(now).unwrap_or(turn));
        if now < earliest {
            return Err(earliest);
        }
        let kept = if now.duration_since(turn) <= LATE_MAX { turn } else { now };
        self.next = Some(kept + Duration::from_secs_f64(1.0 / self.per_second(now)));
        if self.recent.len() == self.limit {
            self.recent.pop_front();
        }
        self.recent.push_back(Departure { left: now, answered: None });
        self.number += 1;
        Ok(self.number)
    }

    /// The platform's answer to the call of this number has come. An answer to one that left more than a second's calls ago
    /// changes nothing.
    pub fn answered(&mut self, number: u64, now: Instant) {
        let back = usize::try_from(self.number.saturating_sub(number)).unwrap_or(usize::MAX);
        let place = self.recent.len().checked_sub(back.saturating_add(1));
        if let Some(departure) = place.and_then(|place| self.recent.get_mut(place)) {
            departure.answered = Some(now);
            let took = now.duration_since(departure.left);
            self.quickest = Some(self.quickest.map_or(took, |quickest| quickest.min(took)));
        }
    }

    /// When the oldest of a second's calls is surely out of the platform's window.
    fn window_opens(&self, now: Instant) -> Option<Instant> {
        let oldest = self.recent.front().filter(|_| self.recent.len() == self.limit)?;
        let took = oldest.answered.unwrap_or(now).duration_since(oldest.left);
        let delay = self.quickest.map_or(Duration::ZERO, |quickest| took.saturating_sub(quickest));
        Some(oldest.left + WINDOW + delay.min(DELAY_MAX) + MARGIN)
    }

    /// As [`RateLimiter::slow_down`]. Of several calls that were under way at once, only the first to be told this slows the rate.
    pub fn slow_down(&mut self, now: Instant, left: Instant, wait: Option<Duration>) {
        self.closed_until = self.closed_until.max(wait.map(|wait| now + wait));
        if self.slowed.is_none_or(|(since, _)| since <= left) {
            let halved = (self.per_second(now) / 2.0).max(self.limit_per_second * SLOWEST_SHARE);
            self.slowed = Some((now, halved));
        }
    }

    pub fn per_second(&self, now: Instant) -> f64 {
        let Some((since, per_second)) = self.slowed else { return self.limit_per_second };
        let won_back = self.limit_per_second * now.duration_since(since).as_secs_f64() / RECOVERY.as_secs_f64();
        (per_second + won_back).min(self.limit_per_second)
    }
}
