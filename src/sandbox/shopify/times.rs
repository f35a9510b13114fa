//! Times as clients write them and as the platform shows them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat};
use chrono_tz::Tz;

use crate::domain::{Timestamp, local_instant};

/// What a time or a day means; without an offset, in `zone`.
pub(super) fn instant(text: &str, zone: Tz) -> Option<Timestamp> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let plain = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| local_instant(time, zone));
    let first = |day: NaiveDate| local_instant(day.and_time(NaiveTime::MIN), zone);
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").map(first);
    zoned.or_else(|_| plain()).or_else(|_| day()).ok()
}

/// UTC, whole seconds, the rest cut off.
pub(super) fn written(time: Timestamp) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
