//! Times as a scenario writes them: relative to now, to the store's own days, or absolute.

use chrono::{Days, Duration, NaiveTime};
use chrono_tz::Tz;

use crate::domain::{Timestamp, local_day, local_instant};

pub(super) const WANTED: &str = "write `now`, a span such as `+3d` or `-2h30m`, a day of the store such as `today 23:59:59`, \
     `day+2 00:00` or `day+20..day+40 23:59:59`, an RFC 3339 time, or `none`";

/// Reads `text` at `now` in the store's `zone`. `spread` (0 to 1) picks the day of a range. The outer none means unreadable, the
/// inner one `none`.
pub(super) fn read(text: &str, now: Timestamp, zone: Tz, spread: f64) -> Option<Option<Timestamp>> {
    let text = text.trim();
    if text == "none" {
        return Some(None);
    }
    // Whole seconds, as both platforms keep them.
    let now = now - Duration::nanoseconds(i64::from(now.timestamp_subsec_nanos()));
    let at = if text == "now" {
        Some(now)
    } else if text.starts_with(['+', '-']) {
        span(text).and_then(|span| now.checked_add_signed(span))
    } else if text.starts_with("today") || text.starts_with("day") {
        store_day(text, now, zone, spread)
    } else {
        chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
    };
    at.map(Some)
}

/// `+3d`, `-2h30m`, `+45s`.
fn span(text: &str) -> Option<Duration> {
    let (sign, mut rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let mut seconds: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let (unit, after) = after.split_at_checked(1)?;
        let unit_seconds = match unit {
            "d" => 86_400,
            "h" => 3_600,
            "m" => 60,
            "s" => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(unit_seconds)?)?;
        rest = after;
    }
    Duration::try_seconds(sign * seconds)
}

/// `today 23:59:59`, `day-2 00:00`, `day+20..day+40 23:59:59`; without a time, the day's first instant.
fn store_day(text: &str, now: Timestamp, zone: Tz, spread: f64) -> Option<Timestamp> {
    let (days, time) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    let (first, last) = match days.split_once("..") {
        Some((first, last)) => (day_offset(first)?, day_offset(last)?),
        None => (day_offset(days)?, day_offset(days)?),
    };
    let width = (last - first).max(0) as f64 + 1.0;
    let offset = first + ((spread * width) as i64).min((last - first).max(0));
    let time =
        NaiveTime::parse_from_str(time, "%H:%M:%S").or_else(|_| NaiveTime::parse_from_str(time, "%H:%M")).ok()?;
    let today = local_day(now, zone);
    let day = match u64::try_from(offset) {
        Ok(later) => today.checked_add_days(Days::new(later))?,
        Err(_) => today.checked_sub_days(Days::new(offset.unsigned_abs()))?,
    };
    Some(local_instant(day.and_time(time), zone))
}

fn day_offset(text: &str) -> Option<i64> {
    match text {
        "today" => Some(0),
        _ => text.strip_prefix("day")?.parse::<i32>().ok().map(i64::from),
    }
}
