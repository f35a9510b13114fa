//! What WooCommerce reads from a date, traps included, and how it shows one. Measured on 11.0.1 and 7.9.0.

use chrono::{
    DateTime, Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Weekday,
};
use chrono_tz::Tz;

use crate::domain::Timestamp;

const SHOWN: &str = "%Y-%m-%dT%H:%M:%S";
/// The last second that reads back, that of the year 9999: a later one answers null.
const LAST_SECOND: i64 = 253_402_300_799;

/// The Unix second that `text` means to a shop in `zone`: with `Z` or an offset that instant, without one the shop's own
/// clock. Nothing is refused: what cannot be read is 1970.
pub(super) fn read(text: &str, zone: Tz, now: Timestamp) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let at = with_offset(text)
        .or_else(|| local(text).map(|local| shop_instant(local, zone)))
        .or_else(|| relative(text, zone, now).map(|local| shop_instant(local, zone)))
        .unwrap_or_default();
    let seconds = text.parse().unwrap_or(at.timestamp());
    (-LAST_SECOND..=LAST_SECOND).contains(&seconds).then_some(seconds)
}

/// Shop-local, without a zone.
pub(super) fn shown_local(seconds: i64, zone: Tz) -> String {
    instant(seconds).with_timezone(&zone).format(SHOWN).to_string()
}

pub(super) fn shown_gmt(seconds: i64) -> String {
    instant(seconds).format(SHOWN).to_string()
}

fn instant(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(seconds.clamp(-LAST_SECOND, LAST_SECOND), 0).unwrap_or_default()
}

fn with_offset(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .ok()
        .map(|at| at.to_utc())
}

/// `2026-12-31`, `2026-12-31T23:59`, `2026-12-31 23:59:59.5`. A day past the month's end runs over into the next month.
fn local(text: &str) -> Option<NaiveDateTime> {
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00"));
    let mut parts = day.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let day: u64 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    let first = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
    let day = first.checked_add_days(Days::new(day - 1))?;
    let time =
        NaiveTime::parse_from_str(time, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(time, "%H:%M")).ok()?;
    Some(day.and_time(time))
}

/// The few words of PHP's `strtotime` that people try.
fn relative(text: &str, zone: Tz, now: Timestamp) -> Option<NaiveDateTime> {
    let now = now.with_timezone(&zone).naive_local();
    let today = now.date();
    let text = text.to_ascii_lowercase();
    let day = match text.as_str() {
        "now" => return Some(now),
        "today" | "midnight" => today,
        "tomorrow" => today.succ_opt()?,
        "yesterday" => today.pred_opt()?,
        _ => match text.strip_prefix("next ").and_then(|name| name.parse::<Weekday>().ok()) {
            Some(weekday) => (1..=7)
                .filter_map(|ahead| today.checked_add_days(Days::new(ahead)))
                .find(|day| day.weekday() == weekday)?,
            None => return counted(&text, now),
        },
    };
    Some(day.and_time(NaiveTime::MIN))
}

/// `+3 days`, `1 month`.
fn counted(text: &str, now: NaiveDateTime) -> Option<NaiveDateTime> {
    let (number, unit) = text.trim_start_matches('+').split_once(' ')?;
    let number: u32 = number.parse().ok()?;
    let span = match unit.trim_end_matches('s') {
        "hour" => Duration::hours(number.into()),
        "day" => Duration::days(number.into()),
        "week" => Duration::weeks(number.into()),
        "month" => return now.checked_add_months(Months::new(number)),
        _ => return None,
    };
    now.checked_add_signed(span)
}

/// The instant at which a clock in `zone` shows `local`. In the hour that spring skips, PHP goes on counting with the offset of
/// before: 02:30 becomes 03:30.
fn shop_instant(local: NaiveDateTime, zone: Tz) -> Timestamp {
    if let Some(at) = zone.from_local_datetime(&local).earliest() {
        return at.to_utc();
    }
    let before = local - Duration::hours(3);
    let offset = zone.from_local_datetime(&before).earliest().map_or(0, |at| at.offset().fix().local_minus_utc());
    (local - Duration::seconds(offset.into())).and_utc()
}
