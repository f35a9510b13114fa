//! How a language writes a day: patterns and names, from its `language.ftl`.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use strum::VariantArray;

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
    /// Over a narrow column: `Mon` and `30` below it, `周一` and `30`.
    DayHead,
    /// The same with the month: `Mon` and `30 Nov` below it, `11月30日`.
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
