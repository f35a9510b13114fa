//! When exports are due: cron lines on the wall clock of one time zone.
//!
//! A line says times of day, and each of them comes once a day whatever the clocks do: a time that the clocks skip in spring is the first
//! instant after the gap, one that they show twice in autumn is its first showing. So the lines are asked for wall clock times alone, and
//! what these mean as instants is decided here and nowhere else.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::domain::Timestamp;

/// More would be no routine, and every export costs calls.
const A_DAY_MAX: usize = 48;
/// After a longer absence the older ones are not even named.
const LOOKED_BACK: TimeDelta = TimeDelta::days(14);
/// The largest jump of any zone's clocks is a day.
const JUMP_MAX: TimeDelta = TimeDelta::hours(26);

/// The times of the config.
#[derive(Debug, Clone)]
pub struct Times {
    lines: Vec<Line>,
    zone: Tz,
}

#[derive(Debug, Clone)]
struct Line {
    text: String,
    cron: Cron,
}

/// One time at which an export is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// As the team's clock shows it.
    pub local: NaiveDateTime,
    /// The instant that it means.
    pub at: Timestamp,
    pub zone: Tz,
}

impl Due {
    /// What it is called for ever: `2026-10-25T02:30 Europe/Berlin`. The wall clock's time and not the instant, so that neither a clock that
    /// is set back nor one that shows an hour twice makes two of it.
    pub fn key(&self) -> String {
        format!("{} {}", self.local.format("%Y-%m-%dT%H:%M"), self.zone)
    }
}

/// Why a line says no times.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoTimes {
    /// With the words of whoever tried to read it.
    #[error("it is no cron line ({0})")]
    Unreadable(String),
    #[error("it has {0} fields and not five: minute, hour, day of month, month, day of week")]
    Fields(usize),
    #[error("that day never comes")]
    Never,
    #[error("it comes more often than {A_DAY_MAX} times a day")]
    TooOften,
}

impl Times {
    /// The lines, on the clock of `zone`; one that says no times stands among the errors, with its place.
    ///
    /// # Errors
    /// Every line that cannot be used.
    pub fn parse<T: AsRef<str>>(lines: &[T], zone: Tz) -> Result<Self, Vec<(usize, NoTimes)>> {
        let mut wrong = Vec::new();
        let mut read = Vec::new();
        for (place, line) in lines.iter().enumerate() {
            match parse(line.as_ref()) {
                Ok(line) => read.push(line),
                Err(why) => wrong.push((place, why)),
            }
        }
        if wrong.is_empty() { Ok(Self { lines: read, zone }) } else { Err(wrong) }
    }

    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Those that are due after `after`, up to and with `until`, in their order; of a longer absence than two weeks the later ones only.
    pub fn between(&self, after: Timestamp, until: Timestamp) -> Vec<Due> {
        let after = after.max(until - LOOKED_BACK);
        let from = after.with_timezone(&self.zone).naive_local() - JUMP_MAX;
        let to = until.with_timezone(&self.zone).naive_local() + JUMP_MAX;
        let mut found: BTreeMap<(Timestamp, NaiveDateTime), Due> = BTreeMap::new();
        for line in &self.lines {
            let mut local = line.first_from(from);
            while let Some(at) = local.filter(|local| *local <= to) {
                let due = self.due(at);
                if after < due.at && due.at <= until {
                    found.insert((due.at, due.local), due);
                }
                local = line.first_after(at);
            }
        }
        found.into_values().collect()
    }

    /// The first one after `after`; none where there are no lines.
    pub fn next(&self, after: Timestamp) -> Option<Due> {
        let from = after.with_timezone(&self.zone).naive_local() - JUMP_MAX;
        let first = |line: &Line| {
            let mut local = line.first_from(from);
            while let Some(at) = local {
                let due = self.due(at);
                if due.at > after {
                    return Some(due);
                }
                local = line.first_after(at);
            }
            None
        };
        self.lines.iter().filter_map(first).min_by_key(|due| (due.at, due.local))
    }

    fn due(&self, local: NaiveDateTime) -> Due {
        Due { local, at: instant(local, self.zone), zone: self.zone }
    }
}

/// `0 9 * * *, 0 15 * * * (Asia/Singapore)`
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        write!(f, "{} ({})", lines.join(", "), self.zone)
    }
}

impl Line {
    fn first_from(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        // As if it were UTC, where no clock jumps.
        self.cron.find_next_occurrence(&local.and_utc(), true).ok().map(|at| at.naive_utc())
    }

    fn first_after(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        self.cron.find_next_occurrence(&local.and_utc(), false).ok().map(|at| at.naive_utc())
    }
}

fn parse(text: &str) -> Result<Line, NoTimes> {
    let fields = text.split_whitespace().count();
    if !text.trim_start().starts_with('@') && fields != 5 {
        return Err(NoTimes::Fields(fields));
    }
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let cron = parser.parse(text).map_err(|error| NoTimes::Unreadable(error.to_string()))?;
    let line = Line { text: text.trim().to_string(), cron };
    // A leap year, so that the last day of February comes soon.
    let start = chrono::NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default().and_time(chrono::NaiveTime::MIN);
    let first = line.first_from(start).ok_or(NoTimes::Never)?;
    let day = std::iter::successors(Some(first), |at| line.first_after(*at));
    let of_a_day = day.take_while(|at| *at < first + TimeDelta::days(1)).take(A_DAY_MAX + 1).count();
    if of_a_day > A_DAY_MAX { Err(NoTimes::TooOften) } else { Ok(line) }
}

/// The instant at which a clock in `zone` first shows `local`, or the first one after the gap in which it would have.
fn instant(local: NaiveDateTime, zone: Tz) -> Timestamp {
    if let Some(at) = zone.from_local_datetime(&local).earliest() {
        return at.with_timezone(&Utc);
    }
    let minutes = (1..=JUMP_MAX.num_minutes()).map(|minutes| local + TimeDelta::minutes(minutes));
    let after = minutes.filter_map(|later| zone.from_local_datetime(&later).earliest()).next();
    after.map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}
