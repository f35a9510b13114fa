//! Days and hours as each language writes them, by the patterns in its `language.ftl`; with no-break spaces inside, so that no
//! line of a cell ends in a torn date.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::patterns::DateWords;
use super::{Language, files};
use crate::domain::{Timestamp, last_moment, local_day};

fn written(language: Language, day: NaiveDate, pattern: impl Fn(&DateWords) -> &String) -> String {
    let words = &files::messages(language).dates;
    words.format(pattern(words), day)
}

/// `Mon 30 Nov`, `11月30日`; with the year where it is not that of `near`: `30 Nov 2027`, `2027年11月30日`. A Chinese line breaks
/// anywhere, so that a weekday would be torn from its date.
pub fn day_words(language: Language, day: NaiveDate, near: NaiveDate) -> String {
    let same_year = day.year() == near.year();
    written(language, day, |words| if same_year { &words.day } else { &words.day_of_year })
}

/// `30 Nov`, `11月30日`.
pub fn short_day_words(language: Language, day: NaiveDate) -> String {
    written(language, day, |words| &words.short_day)
}

/// `Sunday 22 November 2026`, `2026年11月22日 星期日`.
pub fn long_day_words(language: Language, day: NaiveDate) -> String {
    written(language, day, |words| &words.long_day)
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

/// Over a narrow column: `Mon` and `30` below it, `周一` and `30`.
pub fn day_head_words(language: Language, day: NaiveDate) -> String {
    written(language, day, |words| &words.day_head)
}

/// The same with the month: `Mon` and `30 Nov` below it, `11月30日`.
pub fn whole_day_head_words(language: Language, day: NaiveDate) -> String {
    written(language, day, |words| &words.day_head_whole)
}

/// The same over a week that begins on `day`: `Nov` and `30` below it, `11月` and `30`.
pub fn week_head_words(language: Language, day: NaiveDate) -> String {
    written(language, day, |words| &words.week_head)
}

fn moment_words(language: Language, at: NaiveDateTime, near: NaiveDate) -> String {
    format!("{}\u{a0}{}", day_words(language, at.date(), near), clock_words(at))
}
