//! Days and hours as each language says them, with no-break spaces inside so that no line of a cell ends in a torn date.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use chrono_tz::Tz;

use super::Language;
use crate::domain::{Timestamp, last_moment, local_day};

/// `Mon 30 Nov`, `11月30日`; with the year where it is not that of `near`: `30 Nov 2027`, `2027年11月30日`. A Chinese line breaks
/// anywhere, so that a weekday would be torn from its date.
pub fn day_words(language: Language, day: NaiveDate, near: NaiveDate) -> String {
    let same_year = day.year() == near.year();
    match (language, same_year) {
        (Language::English, true) => day.format("%a\u{a0}%-d\u{a0}%b").to_string(),
        (Language::English, false) => day.format("%-d\u{a0}%b\u{a0}%Y").to_string(),
        (Language::SimplifiedChinese, true) => format!("{}月{}日", day.month(), day.day()),
        (Language::SimplifiedChinese, false) => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
    }
}

/// `30 Nov`, `11月30日`.
pub fn short_day_words(language: Language, day: NaiveDate) -> String {
    match language {
        Language::English => day.format("%-d\u{a0}%b").to_string(),
        Language::SimplifiedChinese => format!("{}月{}日", day.month(), day.day()),
    }
}

/// `Sunday 22 November 2026`, `2026年11月22日 星期日`.
pub fn long_day_words(language: Language, day: NaiveDate) -> String {
    match language {
        Language::English => day.format("%A\u{a0}%-d\u{a0}%B\u{a0}%Y").to_string(),
        Language::SimplifiedChinese => {
            format!("{}年{}月{}日\u{a0}星期{}", day.year(), day.month(), day.day(), weekday(day))
        }
    }
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
    match language {
        Language::English => day.format("%a\n%-d").to_string(),
        Language::SimplifiedChinese => format!("周{}\n{}", weekday(day), day.day()),
    }
}

/// The same over a week that begins on `day`: `Nov` and `30` below it, `11月` and `30`.
pub fn week_head_words(language: Language, day: NaiveDate) -> String {
    match language {
        Language::English => day.format("%b\n%-d").to_string(),
        Language::SimplifiedChinese => format!("{}月\n{}", day.month(), day.day()),
    }
}

fn moment_words(language: Language, at: NaiveDateTime, near: NaiveDate) -> String {
    format!("{}\u{a0}{:02}:{:02}", day_words(language, at.date(), near), at.hour(), at.minute())
}

fn weekday(day: NaiveDate) -> &'static str {
    match day.weekday() {
        chrono::Weekday::Mon => "一",
        chrono::Weekday::Tue => "二",
        chrono::Weekday::Wed => "三",
        chrono::Weekday::Thu => "四",
        chrono::Weekday::Fri => "五",
        chrono::Weekday::Sat => "六",
        chrono::Weekday::Sun => "日",
    }
}
