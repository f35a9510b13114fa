//! Which of the due exports were made. Each is known by its wall clock time, so that none is made twice, whatever the clocks do and
//! however often the program is started; and it is on disk before an export begins.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::times::{Due, Times};
use crate::domain::{ExportId, Timestamp};
use crate::durable::{self, DurableError};

const FILE: &str = "slots.json";
/// A clock that is put right by less is no jump.
const STEP: TimeDelta = TimeDelta::seconds(60);
/// Older ones can never be due again.
const KEPT: TimeDelta = TimeDelta::days(60);
/// What failed is tried again after so many minutes, and then no more.
const RETRIES: [i64; 4] = [5, 15, 30, 60];

/// What became of one due export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotState {
    /// It is being made, or whoever made it was killed.
    Begun,
    Done,
    Failed,
    /// Nobody was there, and a later one took its place or it was too late.
    Missed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotRecord {
    pub state: SlotState,
    /// When it was due.
    pub at: Timestamp,
    /// When that became so.
    pub since: Timestamp,
    /// Of the last try.
    pub export: Option<ExportId>,
    pub tries: u32,
    /// Why it failed.
    pub why: Option<String>,
}

/// All that is remembered, by [`Due::key`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotBook {
    /// Everything that was due until then is settled or among the records.
    until: Timestamp,
    slots: BTreeMap<String, SlotRecord>,
}

/// The book cannot be read or written: without it nobody knows what was made.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    #[error("{} cannot be read: {error}", .path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("{} is damaged: {error}; move it away, and what was due until now counts as settled", .path.display())]
    Damaged { path: PathBuf, error: serde_json::Error },
    #[error(transparent)]
    Durable(#[from] DurableError),
}

/// What is to be done now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// The one export to make, or to go on with.
    pub run: Option<Due>,
    /// Due since the last look and made up for by nobody.
    pub missed: Vec<Due>,
    /// How far the clock was set back since the last look.
    pub set_back: Option<TimeDelta>,
}

impl SlotBook {
    /// One that begins `now`: what was due before is nobody's.
    pub fn new(now: Timestamp) -> Self {
        Self { until: now, slots: BTreeMap::new() }
    }

    /// As it lies in `folder`; a new one where there is none yet.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn open(folder: &Path, now: Timestamp) -> Result<Self, SlotError> {
        let path = folder.join(FILE);
        match durable::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| SlotError::Damaged { path, error }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::new(now)),
            Err(error) => Err(SlotError::Unreadable { path, error }),
        }
    }

    /// On disk when this returns.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), SlotError> {
        durable::create_folder(folder)?;
        let bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        Ok(durable::replace(&folder.join(FILE), &bytes, true)?)
    }

    pub fn record(&self, due: &Due) -> Option<&SlotRecord> {
        self.slots.get(&due.key())
    }

    /// In the order in which they were due.
    pub fn records(&self) -> Vec<(&str, &SlotRecord)> {
        let mut records: Vec<_> = self.slots.iter().map(|(key, record)| (key.as_str(), record)).collect();
        records.sort_by_key(|(_, record)| record.at);
        records
    }

    /// What is to be done at `now`, by `times`; an export that is late by more than `late_max` is not made any more. Of several that are due
    /// the newest is made.
    pub fn decide(&self, times: &Times, now: Timestamp, late_max: TimeDelta) -> Decision {
        let behind = self.until - now;
        let set_back = (behind > STEP).then_some(behind);
        let from = self.until.min(now);
        // What was missed while the clock was ahead can still be made when its time really comes.
        let can_be_made = |due: &Due| self.record(due).is_none_or(|record| record.state == SlotState::Missed);
        let mut fresh: Vec<Due> = times.between(from, now).into_iter().filter(can_be_made).collect();
        let in_time = |due: &Due| now - due.at <= late_max;
        let run = match fresh.pop() {
            Some(newest) if in_time(&newest) => Some(newest),
            Some(newest) => {
                fresh.push(newest);
                None
            }
            None => self.again(times, now).filter(in_time),
        };
        let is_new = |due: &Due| self.record(due).is_none();
        Decision { run, missed: fresh.into_iter().filter(is_new).collect(), set_back }
    }

    /// The last one that was begun and has no end, or failed and is to be tried again.
    fn again(&self, times: &Times, now: Timestamp) -> Option<Due> {
        let last = times.between(now - TimeDelta::days(3), now).pop()?;
        let record = self.record(&last)?;
        let is_time = match record.state {
            SlotState::Begun => true,
            SlotState::Failed => {
                let tries = usize::try_from(record.tries.saturating_sub(1)).unwrap_or(usize::MAX);
                RETRIES.get(tries).is_some_and(|minutes| now - record.since >= TimeDelta::minutes(*minutes))
            }
            SlotState::Done | SlotState::Missed => false,
        };
        is_time.then_some(last)
    }

    /// That everything until `now` was looked at, with what was missed. True where that is to be saved.
    pub fn settle(&mut self, decision: &Decision, now: Timestamp) -> bool {
        self.until = now;
        for due in &decision.missed {
            self.put(due, SlotState::Missed, now);
        }
        self.slots.retain(|_, record| now - record.at < KEPT);
        !decision.missed.is_empty() || decision.set_back.is_some()
    }

    /// That `due` is being made, as `export`.
    pub fn begin(&mut self, due: &Due, export: ExportId, now: Timestamp) {
        self.until = self.until.max(due.at.min(now));
        let record = self.put(due, SlotState::Begun, now);
        record.export = Some(export);
        record.tries += 1;
    }

    pub fn done(&mut self, due: &Due, now: Timestamp) {
        self.put(due, SlotState::Done, now).why = None;
    }

    pub fn failed(&mut self, due: &Due, why: String, now: Timestamp) {
        self.put(due, SlotState::Failed, now).why = Some(why);
    }

    fn put(&mut self, due: &Due, state: SlotState, now: Timestamp) -> &mut SlotRecord {
        let new = SlotRecord { state, at: due.at, since: now, export: None, tries: 0, why: None };
        let record = self.slots.entry(due.key()).or_insert(new);
        (record.state, record.since) = (state, now);
        record
    }
}
