//! Shopify's rate limit: each query costs points from a bucket that fills again steadily, one bucket for an app in a shop.
//!
//! Every answer tells the bucket's level and what its query cost, so we wait before a query for which too little is left, and
//! Shopify seldom has to refuse one. Source: shopify.dev, "API limits".

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::Quota;
use crate::platforms::client::Answer;
use crate::platforms::lenient::lenient_fields;

/// Until the first answer tells better: half of the smallest bucket, and the slowest refill.
const FIRST_LEVEL: f64 = 1000.0;
const FIRST_REFILL_PER_SECOND: f64 = 100.0;
/// What an operation is taken to cost before it has been seen once.
const FIRST_COST: f64 = 50.0;

lenient_fields! {
    /// `extensions.cost` of an answer. The numbers come whole or with a point.
    #[serde(rename_all = "camelCase")]
    pub(super) struct Cost {
        requested_query_cost: Option<Decimal>,
        throttle_status: Option<ThrottleStatus>,
    }

    #[serde(rename_all = "camelCase")]
    struct ThrottleStatus {
        currently_available: Option<Decimal>,
        maximum_available: Option<Decimal>,
        restore_rate: Option<Decimal>,
    }
}

impl Cost {
    pub fn of(body: &Value) -> Option<Self> {
        serde_json::from_value(body.get("extensions")?.get("cost")?.clone()).ok()
    }
}

/// After a refusal for want of points: until there are as many as the query needs, in whole seconds, rounded up.
pub(super) fn asked_to_wait(answer: &Answer) -> Option<Duration> {
    let cost = Cost::of(&answer.body)?;
    let status = cost.throttle_status?;
    let missing = cost.requested_query_cost? - status.currently_available?;
    let seconds = missing.checked_div(status.restore_rate?)?.ceil();
    Some(Duration::from_secs(seconds.to_u64().unwrap_or(0)))
}

/// What an answer tells of the bucket.
pub(super) fn left(answer: &Answer) -> Option<Quota> {
    let status = Cost::of(&answer.body)?.throttle_status?;
    let whole = |number: Option<Decimal>| number?.trunc().to_u64();
    let (left, most) = (whole(status.currently_available)?, whole(status.maximum_available)?);
    Some(Quota { left, most, unit: "points".to_string() })
}

/// The bucket of one shop, as far as we know it.
#[derive(Default)]
pub(super) struct Points(Mutex<Book>);

#[derive(Default)]
struct Book {
    level: Option<Level>,
    costs: HashMap<&'static str, f64>,
}

impl Points {
    /// Waits until there are points for `operation`, and takes them. What it takes is to be settled once the answer is there.
    pub async fn take(&self, operation: &'static str) -> f64 {
        let (cost, wait) = {
            let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let cost = book.costs.get(operation).copied().unwrap_or(FIRST_COST);
            let now = Instant::now();
            (
                cost,
                book.level
                    .get_or_insert_with(|| Level::full(FIRST_LEVEL, FIRST_REFILL_PER_SECOND, now))
                    .take(cost, now),
            )
        };
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        cost
    }

    /// `told` is what the answer says; none where no answer came.
    pub fn settle(&self, operation: &'static str, taken: f64, told: Option<&Cost>) {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cost) = told.and_then(|told| told.requested_query_cost?.to_f64()) {
            book.costs.insert(operation, cost);
        }
        let Some(level) = &mut book.level else { return };
        let status = told.and_then(|told| told.throttle_status.as_ref());
        let number = |field: fn(&ThrottleStatus) -> Option<Decimal>| status.and_then(field).and_then(|n| n.to_f64());
        let available = number(|status| status.currently_available);
        let bounds = number(|status| status.maximum_available).zip(number(|status| status.restore_rate));
        level.settle(taken, available, bounds, Instant::now());
    }
}

/// A bucket's level at one moment. Time comes in as an argument.
#[derive(Debug, Clone)]
pub struct Level {
    available: f64,
    most: f64,
    refill_per_second: f64,
    /// Taken by queries whose answers are not there yet.
    under_way: f64,
    at: Instant,
}

impl Level {
    /// A bucket that holds `most` points and gets `refill_per_second` back.
    pub fn full(most: f64, refill_per_second: f64, at: Instant) -> Self {
        Self { available: most, most, refill_per_second, under_way: 0.0, at }
    }

    /// Takes `cost` points and says how long to wait until they are there. Whoever comes next waits behind.
    pub fn take(&mut self, cost: f64, now: Instant) -> Duration {
        self.refill(now);
        // A query that costs more than the bucket holds goes out when it is full; Shopify then says what is wrong.
        let cost = cost.min(self.most);
        self.available -= cost;
        self.under_way += cost;
        Duration::try_from_secs_f64(-self.available / self.refill_per_second.max(1.0)).unwrap_or_default()
    }

    /// The answer to a query for which `taken` points were taken. `available` and `bounds` (the most, and the refill) are what it
    /// tells; where it tells nothing, the points count as spent.
    pub fn settle(&mut self, taken: f64, available: Option<f64>, bounds: Option<(f64, f64)>, now: Instant) {
        self.refill(now);
        self.under_way = (self.under_way - taken.min(self.most)).max(0.0);
        if let Some((most, refill_per_second)) = bounds {
            (self.most, self.refill_per_second) = (most, refill_per_second);
        }
        if let Some(available) = available {
            self.available = available - self.under_way;
        }
    }

    fn refill(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.at).as_secs_f64();
        self.available = (self.available + seconds * self.refill_per_second).min(self.most);
        self.at = now;
    }
}
