//! Days and hours as each language writes them, by the patterns in its `language.ftl`; with no-break spaces inside, so that no
//! line of a cell ends in a torn date.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::Language;
use super::patterns::DayShape;
use crate::domain::{Timestamp, last_moment, local_day};

/// `Mon 30 Nov`, `11月30日`; with the year where it is not that of `near`: `30 Nov 2027`, `2027年11月30日`. A Chinese line breaks
/// anywhere, so that a weekday would be torn from its date.
pub fn day_words(language: Language, day: NaiveDate, near: NaiveDate) -> String {
    language.day(if day.year() == near.year() { DayShape::Day } else { DayShape::DayOfYear }, day)
}

/// `18:30`.
pub fn clock_words(at: NaiveDateTime) -> String {
    at.format("%H:%M").to_string()
}

/// `Sun 22 Nov 23:59` in `zone`, of an exclusive end: midnight is, for people, 23:59 of the day before.
pub fn end_words(language: Language, ends: Timestamp, zone: Tz, near: Timestamp) -> String {
    moment_words(language, last_moment(ends, zone), local_day(near, zone))
}

/// `Sun 22 Nov 09:00` in `zone`, of an instant such as a start.
pub fn instant_words(language: Language, at: Timestamp, zone: Tz, near: Timestamp) -> String {
    moment_words(language, at.with_timezone(&zone).naive_local(), local_day(near, zone))
}

fn moment_words(language: Language, at: NaiveDateTime, near: NaiveDate) -> String {
    format!("{}\u{a0}{}", day_words(language, at.date(), near), clock_words(at))
}
