//! What an app may call in a day, counted in a small file a day and app that all processes share.

use chrono::{FixedOffset, NaiveDate, NaiveTime, Offset, TimeZone, Utc};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;

use crate::domain::{Argument, Message, Platform, Timestamp};
use crate::durable;
use crate::message;
use crate::platforms::hashes::fingerprint;

/// So many calls are written down ahead and then made without touching the disk. What a crash leaves unmade counts as made.
const CALLS_AHEAD_MAX: u64 = 200;
/// Of a small quota, no process takes more than this part ahead.
const PARTS: u64 = 100;
/// How many days' files are kept.
const DAYS_KEPT: i64 = 7;

/// A platform's day of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// How far its midnight lies from UTC's, in hours.
    pub ahead_of_utc_hours: i32,
    /// Calls a day of one app; none where the platform names no number.
    pub usual: Option<u64>,
}

impl Day {
    fn offset(self) -> FixedOffset {
        FixedOffset::east_opt(self.ahead_of_utc_hours * 3600).unwrap_or_else(|| Utc.fix())
    }

    fn date(self, at: Timestamp) -> NaiveDate {
        at.with_timezone(&self.offset()).date_naive()
    }

    /// The first instant of the day after that of `at`.
    pub fn begins_anew(self, at: Timestamp) -> Timestamp {
        let tomorrow = self.date(at) + chrono::Duration::days(1);
        let midnight = tomorrow.and_time(NaiveTime::MIN);
        self.offset().from_local_datetime(&midnight).earliest().map_or(at, |midnight| midnight.to_utc())
    }
}

/// How much of a day's quota is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct QuotaLeft {
    /// Calls made today, by all processes of this state folder; what a running one took ahead counts as made.
    pub used: u64,
    pub limit: Option<u64>,
    /// None where nobody knows how many there are; zero also where the platform said that there are no more.
    pub left: Option<u64>,
    pub begins_anew: Timestamp,
}

impl QuotaLeft {
    /// Why no more calls are made: what happened and what to do.
    pub fn refusal(&self) -> Message {
        let (used, at) = (Argument::Digits(self.used), self.begins_anew.format("%Y-%m-%d %H:%M UTC").to_string());
        match self.limit {
            Some(limit) => {
                message!("quota-does-not-last", used = used, limit = Argument::Digits(limit), at = at)
            }
            None => message!("quota-used-up", used = used, at = at),
        }
    }
}

/// One app's day of calls. Clones of its `Arc` share what was taken ahead; dropping the last gives the rest back.
pub struct Quota {
    folder: PathBuf,
    /// Of the file, before the day.
    name: String,
    day: Day,
    limit: Option<u64>,
    ahead: Mutex<Ahead>,
}

/// Calls that are written down as made and not made yet.
#[derive(Default)]
struct Ahead {
    date: NaiveDate,
    calls: u64,
    used_up: Option<QuotaLeft>,
}

/// The file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    calls: u64,
    /// The platform said so, whatever we counted.
    #[serde(default)]
    used_up: bool,
}

impl Quota {
    /// For `app` (a name or number that is no secret) of `platform`, in `folder`, which is made when first needed. `day` is the
    /// platform's; none where it has none and `limit` does not say that we should.
    pub fn new(folder: &Path, platform: Platform, app: &str, day: Option<Day>, limit: Option<u64>) -> Option<Self> {
        let day = day.or(limit.map(|_| Day { ahead_of_utc_hours: 0, usual: None }))?;
        let name = format!("{}-{}", platform.word(), file_name(app));
        Some(Self { folder: folder.to_path_buf(), name, day, limit: limit.or(day.usual), ahead: Mutex::default() })
    }

    /// Counts one call, or says why it must not be made. A count that cannot be written stops no call: it is told in the log.
    pub async fn take(self: &Arc<Self>, now: Timestamp) -> Result<(), QuotaLeft> {
        let date = self.day.date(now);
        let mut ahead = self.ahead.lock().await;
        if ahead.date != date {
            *ahead = Ahead { date, ..Ahead::default() };
        }
        if let Some(used_up) = ahead.used_up {
            return Err(used_up);
        }
        if ahead.calls == 0 {
            match self.off_thread(move |quota| quota.take_ahead(date)).await {
                Some((0, written)) => {
                    let used_up = self.none_left(written.calls, self.limit, now);
                    ahead.used_up = Some(used_up);
                    return Err(used_up);
                }
                Some((calls, _)) => ahead.calls = calls,
                None => ahead.calls = CALLS_AHEAD_MAX,
            }
        }
        ahead.calls -= 1;
        Ok(())
    }

    /// The platform said that there are no more calls today: no process makes another one.
    pub async fn used_up(self: &Arc<Self>, now: Timestamp) {
        let date = self.day.date(now);
        let mut ahead = self.ahead.lock().await;
        let not_made = if ahead.date == date { std::mem::take(&mut ahead.calls) } else { 0 };
        let noted = self.off_thread(move |quota| {
            quota.change(date, |written| Written { calls: written.calls.saturating_sub(not_made), used_up: true })
        });
        let used = noted.await.map_or(0, |written| written.calls);
        *ahead = Ahead { date, calls: 0, used_up: Some(self.none_left(used, None, now)) };
    }

    /// Where no other task waits for the disk. A failure is told in the log.
    async fn off_thread<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> Option<T> {
        let quota = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || work(&quota)).await.map_err(io::Error::other).flatten();
        done.inspect_err(|error| tracing::warn!("the calls of {} are not counted: {error}", self.name)).ok()
    }

    fn none_left(&self, used: u64, limit: Option<u64>, now: Timestamp) -> QuotaLeft {
        QuotaLeft { used, limit, left: Some(0), begins_anew: self.day.begins_anew(now) }
    }

    /// As the file has it.
    pub fn left(&self, now: Timestamp) -> QuotaLeft {
        let written = self.read_alone(self.day.date(now)).unwrap_or_default();
        let left = match self.limit {
            _ if written.used_up => Some(0),
            limit => limit.map(|limit| limit.saturating_sub(written.calls)),
        };
        QuotaLeft { used: written.calls, limit: self.limit, left, begins_anew: self.day.begins_anew(now) }
    }

    /// How many calls may be made now without asking again, and the file as it is then.
    fn take_ahead(&self, date: NaiveDate) -> io::Result<(u64, Written)> {
        let at_once = self.limit.map_or(CALLS_AHEAD_MAX, |limit| (limit / PARTS).clamp(1, CALLS_AHEAD_MAX));
        let mut taken = 0;
        let written = self.change(date, |written| {
            let left = self.limit.map_or(at_once, |limit| limit.saturating_sub(written.calls));
            taken = if written.used_up { 0 } else { at_once.min(left) };
            Written { calls: written.calls + taken, ..written }
        })?;
        Ok((taken, written))
    }

    /// Reads, changes and replaces the file of `date` while no other process does.
    fn change(&self, date: NaiveDate, change: impl FnOnce(Written) -> Written) -> io::Result<Written> {
        durable::create_folder(&self.folder).map_err(io::Error::other)?;
        let lock = durable::open_lock(&self.lock_path())?;
        // Given back when the file is closed. Held for a read and a write only, so that waiting for it is short.
        lock.lock()?;
        let before = self.read(date)?;
        let after = change(before);
        if after != before {
            let bytes = serde_json::to_vec(&after)?;
            durable::replace(&self.path(date), &bytes, false).map_err(io::Error::other)?;
            let _ = durable::remove(&self.path(date - chrono::Duration::days(DAYS_KEPT)));
        }
        Ok(after)
    }

    /// Under the lock: on Windows nobody can replace a file that somebody reads. Without a lock file nobody has counted yet.
    fn read_alone(&self, date: NaiveDate) -> io::Result<Written> {
        let lock = durable::open_with(File::options().write(true), &self.lock_path())?;
        lock.lock()?;
        self.read(date)
    }

    fn lock_path(&self) -> PathBuf {
        self.folder.join(format!("{}.lock", self.name))
    }

    fn read(&self, date: NaiveDate) -> io::Result<Written> {
        match durable::read(&self.path(date)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Written::default()),
            Err(error) => Err(error),
        }
    }

    fn path(&self, date: NaiveDate) -> PathBuf {
        self.folder.join(format!("{}-{date}.json", self.name))
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        let Ahead { date, calls, .. } = std::mem::take(self.ahead.get_mut());
        if calls > 0 {
            let given_back = |written: Written| Written { calls: written.calls.saturating_sub(calls), ..written };
            if let Err(error) = self.change(date, given_back) {
                tracing::warn!("{calls} calls of {} count as made, though they were not: {error}", self.name);
            }
        }
    }
}

/// `app` where it can be a file's name, else its fingerprint.
fn file_name(app: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !app.is_empty() && app.len() <= 40 && app.chars().all(plain) {
        return app.to_string();
    }
    fingerprint(app, 8)
}
