//! How many findings an export had on average, week by week.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, IsoWeek, NaiveDate};
use chrono_tz::Tz;

use super::earlier::{texts, word};
use super::{Archive, ArchiveError, KnownExport};
use crate::domain::{Severity, WeekTrend, local_day};

#[derive(Default)]
struct Sum {
    exports: u64,
    critical: u64,
    warning: u64,
    notice: u64,
}

impl Archive {
    /// The last `weeks` ISO weeks up to that of `until`, a day in the team's `zone`; weeks without an export are left out. The
    /// oldest is first. Exports that only hold the results of a run do not count.
    ///
    /// # Errors
    /// If the archive cannot be read.
    pub fn trend(&self, weeks: u8, until: NaiveDate, zone: Tz) -> Result<Vec<WeekTrend>, ArchiveError> {
        let monday = until - Days::new(u64::from(until.weekday().num_days_from_monday()));
        let first = monday - Days::new(7 * u64::from(weeks.saturating_sub(1)));
        let mut sums: BTreeMap<IsoWeek, Sum> = BTreeMap::new();
        for known in self.known_exports()? {
            let day = local_day(known.at, zone);
            if known.follows.is_none() && (first..=until).contains(&day) {
                self.add_up(&known, sums.entry(day.iso_week()).or_default())?;
            }
        }
        Ok(sums.iter().map(|(week, sum)| sum.average(*week)).collect())
    }

    fn add_up(&self, known: &KnownExport, sum: &mut Sum) -> Result<(), ArchiveError> {
        let path = self.known_folder(&known.id)?.join("findings.parquet");
        let frame = texts(&path, &["severity"])?;
        let severities = frame.column("severity").and_then(|column| column.str());
        sum.exports += 1;
        for severity in severities.map_err(|source| ArchiveError::unreadable(&path, source))?.iter().flatten() {
            match word(severity) {
                Some(Severity::Critical) => sum.critical += 1,
                Some(Severity::Warning) => sum.warning += 1,
                Some(Severity::Notice) => sum.notice += 1,
                None => {}
            }
        }
        Ok(())
    }
}

impl Sum {
    fn average(&self, week: IsoWeek) -> WeekTrend {
        let average = |sum: u64| (sum + self.exports / 2) / self.exports.max(1);
        WeekTrend {
            year: week.year(),
            week: week.week(),
            exports: self.exports,
            critical: average(self.critical),
            warning: average(self.warning),
            notice: average(self.notice),
        }
    }
}
