//! How fast calls leave, and how many a day: for all stores of an app together, and for each shop.
//!
//! The limits are the platform's usual ones unless the config says otherwise. A platform that asks for fewer calls gets fewer
//! for a while: see [`RateLimiter`]. What an app may call in a day is counted on the disk, for all processes: see [`Quota`].

mod quota;
mod rate_limiter;

pub use quota::{Day, Quota, QuotaLeft};
pub use rate_limiter::{RateLimiter, Schedule};

/// A platform's usual pace. Calls a second and calls under way at once; none where the platform has no such bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// For all stores that one app serves together.
    pub app_per_second: Option<u32>,
    pub shop_per_second: u32,
    pub shop_in_flight: usize,
}

/// What bounds the calls of one store, for forecasts. A platform's words for "fewer" may slow it further.
#[derive(Debug, Clone, PartialEq)]
pub struct StorePace {
    /// Shared by all stores that give the same name; none where the platform counts by shops only.
    pub app: Option<AppPace>,
    /// Calls a second of this store.
    pub per_second: f64,
}

/// What bounds the calls of all stores of one app together.
#[derive(Debug, Clone, PartialEq)]
pub struct AppPace {
    pub name: String,
    /// Calls a second; none where the platform has no such bound.
    pub per_second: Option<f64>,
    /// Of today's calls; none where the platform has no daily quota.
    pub quota: Option<QuotaLeft>,
}

impl StorePace {
    /// The app's quota where it does not last for `calls` calls: they had better not begin.
    pub fn refuses(&self, calls: u64) -> Option<QuotaLeft> {
        self.app.as_ref()?.quota.filter(|quota| quota.left.is_some_and(|left| left < calls))
    }
}
