//! How a language writes a day: patterns and names, from its `language.ftl`.

use chrono::{Datelike, NaiveDate};

/// A language's patterns, in chrono's letters, and the names that stand for its `%a`, `%A`, `%b` and `%B`.
pub(super) struct DateWords {
    pub day: String,
    pub day_of_year: String,
    pub short_day: String,
    pub long_day: String,
    pub day_head: String,
    pub day_head_whole: String,
    pub week_head: String,
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
        let pattern = |id: &str| fixed(id).replace(' ', "\u{a0}");
        Self {
            day: pattern("date-day"),
            day_of_year: pattern("date-day-of-year"),
            short_day: pattern("date-day-short"),
            long_day: pattern("date-day-long"),
            day_head: pattern("date-day-head"),
            day_head_whole: pattern("date-day-head-whole"),
            week_head: pattern("date-week-head"),
            weekdays: names("weekdays"),
            months: names("months"),
        }
    }

    pub fn format(&self, pattern: &str, day: NaiveDate) -> String {
        let weekday = self.weekdays.get(day.weekday().num_days_from_monday() as usize);
        let month = self.months.get(day.month0() as usize);
        let mut pattern = pattern.to_string();
        for (names, letters) in [(weekday, ["%a", "%A"]), (month, ["%b", "%B"])] {
            for (name, letter) in names.into_iter().flatten().zip(letters) {
                pattern = pattern.replace(letter, name);
            }
        }
        day.format(&pattern).to_string()
    }
}
