//! Instants carry a zone; a store's own days are worked out from them when they are needed.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// An instant.
pub type Timestamp = DateTime<Utc>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period from {starts} to {ends} ends before it starts")]
pub struct EndsBeforeItStarts {
    pub starts: Timestamp,
    pub ends: Timestamp,
}

/// From `starts` (inclusive, open where the platform has no start) to `ends` (exclusive, open where it has no end).
///
/// Never ends before it starts. A period of no length is allowed: Shopify stores one when a scheduled discount is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Bounds")]
pub struct Period {
    starts: Option<Timestamp>,
    ends: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Bounds {
    starts: Option<Timestamp>,
    ends: Option<Timestamp>,
}

impl Period {
    /// How far a successor's start may lie from its predecessor's end.
    pub const SEAM_SECONDS: i64 = 60;

    pub fn new(starts: Option<Timestamp>, ends: Option<Timestamp>) -> Result<Self, EndsBeforeItStarts> {
        match (starts, ends) {
            (Some(starts), Some(ends)) if ends < starts => Err(EndsBeforeItStarts { starts, ends }),
            _ => Ok(Self { starts, ends }),
        }
    }

    pub fn starts(&self) -> Option<Timestamp> {
        self.starts
    }

    /// Exclusive.
    pub fn ends(&self) -> Option<Timestamp> {
        self.ends
    }

    pub fn contains(&self, at: Timestamp) -> bool {
        self.starts.is_none_or(|starts| starts <= at) && self.ends.is_none_or(|ends| at < ends)
    }

    /// Whether it starts where `before` ends.
    pub fn follows(&self, before: &Period) -> bool {
        let seam = self.starts.zip(before.ends).map(|(starts, ends)| starts - ends);
        seam.is_some_and(|seam| seam.num_seconds().abs() <= Self::SEAM_SECONDS)
    }

    pub fn overlaps(&self, other: &Period) -> bool {
        let before = |end: Option<Timestamp>, start| end.zip(start).is_some_and(|(end, start)| end <= start);
        !before(self.ends, other.starts) && !before(other.ends, self.starts)
    }
}

impl TryFrom<Bounds> for Period {
    type Error = EndsBeforeItStarts;
    fn try_from(bounds: Bounds) -> Result<Self, EndsBeforeItStarts> {
        Self::new(bounds.starts, bounds.ends)
    }
}

/// The calendar day of `at` in `zone`.
pub fn local_day(at: Timestamp, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The first instant of `day` in `zone`.
pub fn day_start(day: NaiveDate, zone: Tz) -> Timestamp {
    local_instant(day.and_time(NaiveTime::MIN), zone)
}

/// The first instant after `day` in `zone`: the exclusive end of "through 23:59:59 of that day".
pub fn day_end(day: NaiveDate, zone: Tz) -> Timestamp {
    day_start(day.checked_add_days(Days::new(1)).unwrap_or(day), zone)
}

/// The instant that a clock in `zone` shows as `local`. A time that the clock shows twice is the first; one that it skips
/// (the hour lost in spring) is the first instant after the gap.
pub fn local_instant(local: NaiveDateTime, zone: Tz) -> Timestamp {
    // No zone skips more than a day; a quarter of an hour is finer than any known gap's edge.
    let at = (0..=96).find_map(|quarters| {
        let later = local + chrono::Duration::minutes(15 * quarters);
        zone.from_local_datetime(&later).earliest()
    });
    at.map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

/// The last moment before an exclusive end, as a clock in `zone` shows it: midnight reads `23:59` of the day before. So does an end
/// within the first minute of a day, which shops store for "through the day before" (WooCommerce's own admin page does).
pub fn last_moment(ends: Timestamp, zone: Tz) -> NaiveDateTime {
    let minute_before = (ends - chrono::Duration::minutes(1)).with_timezone(&zone).naive_local();
    let second_before = (ends - chrono::Duration::seconds(1)).with_timezone(&zone).naive_local();
    match minute_before.date() < second_before.date() {
        true => minute_before.date().and_hms_opt(23, 59, 59).unwrap_or(minute_before),
        false => second_before,
    }
}

/// Whether two moments are one to the platforms, which keep whole seconds; none is "no end".
pub fn same_second(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    one.map(|at| at.timestamp()) == other.map(|at| at.timestamp())
}

/// The whole second that `at` lies in: an end that is to be read back as it was asked for, and never later than that.
pub fn whole_second(at: Timestamp) -> Timestamp {
    at.trunc_subsecs(0)
}

/// The first whole second that is not before `at`: a start, which must not have passed when the platform looks.
pub fn next_whole_second(at: Timestamp) -> Timestamp {
    match whole_second(at) {
        whole if whole == at => at,
        whole => whole + chrono::Duration::seconds(1),
    }
}
