//! Whether a file of the inbox is whole. It is looked at again and again and compared with earlier looks only, since a share has a clock of
//! its own and copies bring older times along: what showed the same twice, a quiet time apart, and lies beside no lock is read, and what did
//! not change while it was read is believed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::path::Path;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::names::{Named, Version, may_lock, named, version_of};
use crate::domain::Timestamp;
use crate::durable::{self, DurableError};

const FILE: &str = "looks.json";
/// A lock that has not changed for so long was left behind.
const LOCK_LIVES: TimeDelta = TimeDelta::hours(12);
/// What could not be read is read again after so long, unless it changes before.
const READ_AGAIN: TimeDelta = TimeDelta::minutes(5);
/// So many files are looked at; a folder with more is no inbox.
const FILES_MAX: usize = 2_000;

/// What a file shows from outside: other values mean other content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub bytes: u64,
    /// Nanoseconds, as the file's own clock counts.
    changed: i128,
    /// Of its name, where the system tells.
    id: Option<u64>,
    /// It is here by name only: a sync client fetches it when it is read.
    is_away: bool,
}

impl Look {
    pub fn of(about: &Metadata) -> Self {
        let since_epoch = about.modified().ok().map(|at| match at.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
            Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap_or(i128::MAX),
        });
        Self { bytes: about.len(), changed: since_epoch.unwrap_or_default(), id: id_of(about), is_away: is_away(about) }
    }
}

#[cfg(unix)]
fn id_of(about: &Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::ino(about))
}

#[cfg(not(unix))]
fn id_of(_about: &Metadata) -> Option<u64> {
    None
}

/// `FILE_ATTRIBUTE_OFFLINE`, `RECALL_ON_OPEN`, `RECALL_ON_DATA_ACCESS`.
#[cfg(windows)]
const AWAY: u32 = 0x1000 | 0x4_0000 | 0x40_0000;

#[cfg(windows)]
fn is_away(about: &Metadata) -> bool {
    std::os::windows::fs::MetadataExt::file_attributes(about) & AWAY != 0
}

/// `SF_DATALESS`
#[cfg(target_os = "macos")]
fn is_away(about: &Metadata) -> bool {
    std::os::macos::fs::MetadataExt::st_flags(about) & 0x4000_0000 != 0
}

/// Of no sync client it is known to do so here; one that shows a size without any block has not fetched it.
#[cfg(not(any(windows, target_os = "macos")))]
fn is_away(_about: &Metadata) -> bool {
    false
}

/// Why a file is not taken yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Waits {
    /// It changed, or was not looked at for long enough.
    Settling,
    /// An editor has it open.
    Open {
        lock: String,
    },
    Empty,
    /// A sync client has its name only.
    NotHere,
    /// Its end is missing.
    CutOff,
    /// Another program does not let it be read.
    Held {
        why: String,
    },
    /// Another version of it lies here, or it is one that a sync client put aside.
    TwoVersions {
        other: Option<String>,
    },
}

impl Waits {
    pub fn word(&self) -> &'static str {
        match self {
            Self::Settling => "settling",
            Self::Open { .. } => "open",
            Self::Empty => "empty",
            Self::NotHere => "not_here",
            Self::CutOff => "cut_off",
            Self::Held { .. } => "held",
            Self::TwoVersions { .. } => "two_versions",
        }
    }
}

/// What is remembered of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub look: Look,
    /// Since when it shows that.
    pub since: Timestamp,
    /// The SHA-256 of what was read of it then.
    pub sha256: Option<String>,
    /// When it was last read in vain, as it shows itself now.
    #[serde(default)]
    pub tried: Option<Timestamp>,
    /// Why it waits, and since when.
    pub waits: Option<(Waits, Timestamp)>,
    /// The note about that which lies beside it: its name, and the SHA-256 of its bytes.
    pub note: Option<(String, String)>,
}

/// All looks so far, by name; on disk, so that a program that looks now and then only sees a file settle too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looks {
    seen: BTreeMap<String, Seen>,
}

/// One file of the inbox at this look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    pub look: Look,
}

impl Looks {
    /// As they lie in `folder`; what cannot be read is looked at anew.
    pub fn open(folder: &Path) -> Self {
        let read = durable::read(&folder.join(FILE)).ok();
        read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// # Errors
    /// Where they cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), DurableError> {
        durable::create_folder(folder)?;
        durable::replace(&folder.join(FILE), &serde_json::to_vec(self).unwrap_or_default(), true)
    }

    pub fn seen(&self, name: &str) -> Option<&Seen> {
        self.seen.get(name)
    }

    pub fn seen_mut(&mut self, name: &str) -> Option<&mut Seen> {
        self.seen.get_mut(name)
    }

    pub fn all(&self) -> impl Iterator<Item = (&String, &Seen)> {
        self.seen.iter()
    }

    /// Compares what is there now with what was; gives the names that were there and are not any more, with what was seen of them.
    pub fn take_in(&mut self, found: &[Found], now: Timestamp) -> Vec<(String, Seen)> {
        let names: BTreeSet<&str> = found.iter().map(|file| file.name.as_str()).collect();
        let gone: Vec<String> = self.seen.keys().filter(|name| !names.contains(name.as_str())).cloned().collect();
        let gone = gone.into_iter().filter_map(|name| self.seen.remove_entry(&name)).collect();
        for file in found {
            let known = self.seen.entry(file.name.clone()).or_insert_with(|| Seen {
                look: file.look.clone(),
                since: now,
                sha256: None,
                tried: None,
                waits: None,
                note: None,
            });
            // After a clock was set back the wait begins anew.
            if known.look != file.look || known.since > now {
                (known.look, known.since, known.sha256, known.tried) = (file.look.clone(), now, None, None);
            }
        }
        gone
    }

    /// Whether the workbook called `name` can be read now; else why not. `settle` is how long it has to lie unchanged.
    pub fn waits(&self, name: &str, settle: TimeDelta, now: Timestamp) -> Option<Waits> {
        let seen = self.seen.get(name)?;
        if seen.look.is_away {
            return Some(Waits::NotHere);
        }
        if let Some(lock) = self.lock_of(name, now) {
            return Some(Waits::Open { lock });
        }
        // Text has no end by which it is seen to be whole.
        let settle = if name.to_lowercase().ends_with(".csv") { settle * 2 } else { settle };
        if now - seen.since < settle {
            return Some(Waits::Settling);
        }
        if seen.look.bytes == 0 {
            return Some(Waits::Empty);
        }
        // What was read in vain is the same a moment later.
        let was_tried = seen.tried.is_some_and(|tried| tried <= now && now - tried < READ_AGAIN);
        seen.waits.as_ref().filter(|_| was_tried).map(|(waits, _)| waits.clone())
    }

    /// The lock file of `workbook`, unless both have lain unchanged for so long that whoever made it must be gone.
    fn lock_of(&self, workbook: &str, now: Timestamp) -> Option<String> {
        let changed = self.seen.get(workbook)?.since;
        let is_lock = |(name, seen): &(&String, &Seen)| {
            let locks = matches!(named(name), Named::Lock(locked) if may_lock(&locked, workbook));
            locks && now - seen.since.max(changed) < LOCK_LIVES
        };
        self.seen.iter().find(is_lock).map(|(name, _)| name.clone())
    }

    /// Whether `name` is one of two versions between which a person has to choose, or waits until that is known. `is_settled` says of
    /// a SHA-256 whether that content is ours or was dealt with: it is no version of anything.
    pub fn version_against(&self, name: &str, is_settled: &dyn Fn(&str) -> bool) -> Option<Waits> {
        let mine = self.seen.get(name)?.sha256.as_deref();
        let (plain, version) = version_of(name);
        let ending = ending_of(name);
        let others = self.seen.iter().filter(|(other, seen)| {
            let is_settled = seen.sha256.as_deref().is_some_and(|hash| is_settled(hash) || Some(hash) == mine);
            *other != name
                && !is_settled
                && named(other) == Named::Workbook
                && ending_of(other) == ending
                && version_of(other).0 == plain
        });
        let mut unread = false;
        for (other, seen) in others {
            match (&seen.sha256, &seen.waits) {
                (None, None | Some((Waits::Settling, _))) => unread = true,
                (Some(_), _) | (None, Some(_)) => return Some(Waits::TwoVersions { other: Some(other.clone()) }),
            }
        }
        match unread {
            true => Some(Waits::Settling),
            false if version == Version::Conflict => Some(Waits::TwoVersions { other: None }),
            false => None,
        }
    }
}

fn ending_of(name: &str) -> String {
    Path::new(name).extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// The files of `folder`, whatever they are; links and folders are none.
///
/// # Errors
/// Where the folder is not there or cannot be read.
pub fn files(folder: &Path) -> std::io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)?.take(FILES_MAX) {
        let entry = entry?;
        // One that went away meanwhile is not there.
        let Ok(about) = entry.metadata() else { continue };
        let Ok(name) = entry.file_name().into_string() else { continue };
        if about.is_file() {
            found.push(Found { name, look: Look::of(&about) });
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// What one file shows now.
///
/// # Errors
/// Where it is not there any more.
pub fn look_at(path: &Path) -> std::io::Result<Look> {
    std::fs::symlink_metadata(path).map(|about| Look::of(&about))
}
