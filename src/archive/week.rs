//! ISO weeks of the team's calendar. The first days of January can belong to the last week of the year before.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::ArchiveError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week {
    monday: NaiveDate,
}

impl Week {
    pub fn of(day: NaiveDate) -> Self {
        let past = u64::from(day.weekday().num_days_from_monday());
        Self { monday: day.checked_sub_days(Days::new(past)).unwrap_or(day) }
    }

    pub fn monday(self) -> NaiveDate {
        self.monday
    }

    pub fn sunday(self) -> NaiveDate {
        self.monday.checked_add_days(Days::new(6)).unwrap_or(self.monday)
    }

    pub fn has(self, day: NaiveDate) -> bool {
        Self::of(day) == self
    }

    /// The week so many weeks before.
    pub fn earlier(self, weeks: u32) -> Self {
        let days = Days::new(u64::from(weeks) * 7);
        Self { monday: self.monday.checked_sub_days(days).unwrap_or(NaiveDate::MIN) }
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let week = self.monday.iso_week();
        write!(f, "{}-W{:02}", week.year(), week.week())
    }
}

impl FromStr for Week {
    type Err = ArchiveError;

    /// `2026-W47`; case and a missing `-` do not matter.
    fn from_str(text: &str) -> Result<Self, ArchiveError> {
        let bad = || ArchiveError::BadWeek { found: text.chars().take(40).collect() };
        let upper = text.trim().to_ascii_uppercase();
        let (year, week) = upper.split_once('W').ok_or_else(bad)?;
        let year = year.trim_end_matches('-').parse().map_err(|_| bad())?;
        let week = week.parse().map_err(|_| bad())?;
        let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon).ok_or_else(bad)?;
        Ok(Self { monday })
    }
}
