//! Days and hours as each language writes them, by the patterns in its `language.ftl`; with no-break spaces inside, so that no
//! line of a cell ends in a torn date.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use strum::VariantArray;

use super::Language;
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

/// How a day is written; each is a pattern of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum DayShape {
    /// `Mon 30 Nov`, `11月30日`.
    Day,
    /// `30 Nov 2027`, `2027年11月30日`.
    DayOfYear,
    /// `30 Nov`, `11月30日`.
    DayShort,
    /// `Sunday 22 November 2026`, `2026年11月22日 星期日`.
    DayLong,
    /// Over a narrow column: `Mon` and `30 Nov` below it, `11/30` and `周一`.
    DayHead,
    /// Over a wider one: `Mon` and `30 Nov` below it, `11月30日`.
    DayHeadWhole,
    /// The same over a week that begins on the day: `Nov` and `30` below it, `11月` and `30`.
    WeekHead,
}

/// A language's patterns, in chrono's letters, and the names that stand for its `%a`, `%A`, `%b` and `%B`.
pub(super) struct DateWords {
    patterns: BTreeMap<DayShape, String>,
    /// From Monday.
    weekdays: Vec<[String; 2]>,
    months: Vec<[String; 2]>,
}

impl DateWords {
    /// `fixed` gives a message that names no arguments.
    pub fn of(fixed: impl Fn(&str) -> String) -> Self {
        let names = |what: &str| -> Vec<[String; 2]> {
            let list = |id: &str| fixed(id).split(' ').map(str::to_string).collect::<Vec<_>>();
            let (short, long) = (list(&format!("date-{what}")), list(&format!("date-{what}-long")));
            short.into_iter().zip(long).map(|(short, long)| [short, long]).collect()
        };
        // Written with plain spaces, which people see; those of a date do not break.
        let pattern = |shape: &DayShape| fixed(&format!("date-{}", <&str>::from(shape))).replace(' ', "\u{a0}");
        let patterns = DayShape::VARIANTS.iter().map(|shape| (*shape, pattern(shape))).collect();
        Self { patterns, weekdays: names("weekdays"), months: names("months") }
    }

    pub fn format(&self, shape: DayShape, day: NaiveDate) -> String {
        let weekday = self.weekdays.get(day.weekday().num_days_from_monday() as usize);
        let month = self.months.get(day.month0() as usize);
        let mut pattern = self.patterns.get(&shape).cloned().unwrap_or_default();
        for (names, letters) in [(weekday, ["%a", "%A"]), (month, ["%b", "%B"])] {
            for (name, letter) in names.into_iter().flatten().zip(letters) {
                pattern = pattern.replace(letter, name);
            }
        }
        day.format(&pattern).to_string()
    }
}
