//! Which of the files in a folder is meant: the newest whose name fits, if it is fit to be read and not too old.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::Duration;

use super::layout::Layout;
use crate::domain::{Argument, Message, Timestamp};
use crate::message;

/// What is ahead of our clock by less is as good as now.
const AHEAD_MAX: Duration = Duration::minutes(10);
/// More entries than this are no folder of exports.
const ENTRIES_MAX: usize = 50_000;

/// The file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Newest {
    pub path: PathBuf,
    /// Without its folder.
    pub name: String,
    /// When it was written, as the file system tells; never ahead of the clock.
    pub as_of: Timestamp,
    /// To tell whether it is still the same file.
    pub mark: Mark,
}

/// Size and time of a file.
pub(super) type Mark = (u64, Option<SystemTime>);

struct Candidate {
    path: PathBuf,
    name: String,
    written: SystemTime,
    mark: Mark,
    is_elsewhere: bool,
}

/// The newest file that fits.
///
/// # Errors
/// In one sentence why there is none to read, and what to do.
pub(super) fn newest(layout: &Layout, now: Timestamp) -> Result<Newest, Message> {
    let pattern = layout.pattern();
    let found = candidates(layout.folder(), &pattern)?;
    let Some(first) = found.first() else { return Err(message!("sheet-no-file", pattern = pattern)) };
    let file = || Argument::from(first.name.clone());
    if let Some(other) = found.iter().skip(1).find(|other| other.written == first.written) {
        return Err(message!("sheet-same-time", one = file(), other = other.name.clone()));
    }
    let age = now - Timestamp::from(first.written);
    if age < -AHEAD_MAX {
        return Err(message!("sheet-ahead", file = file()));
    }
    if age > layout.stale {
        let (hours, limit) = (age.num_hours().unsigned_abs(), layout.stale.num_hours().unsigned_abs());
        return Err(message!(
            "sheet-stale",
            file = file(),
            hours = Argument::Digits(hours),
            limit = Argument::Digits(limit)
        ));
    }
    let is_recent = |other: &&Candidate| now - Timestamp::from(other.written) <= layout.stale;
    if !is_conflict(&pattern)
        && let Some(copy) = found.iter().filter(is_recent).find(|other| is_conflict(&other.name))
    {
        return Err(message!("sheet-conflict", file = copy.name.clone()));
    }
    if first.is_elsewhere {
        return Err(message!("sheet-online-only", file = file()));
    }
    if let Some(lock) = lock_of(first) {
        return Err(message!("sheet-open", file = file(), lock = lock));
    }
    Ok(Newest {
        path: first.path.clone(),
        name: first.name.clone(),
        as_of: Timestamp::from(first.written).min(now),
        mark: first.mark,
    })
}

/// What tells whether the file at `path` has changed; none where it is gone.
pub(super) fn mark_of(path: &Path) -> Option<Mark> {
    fs::metadata(path).ok().map(|about| mark(&about))
}

fn mark(about: &Metadata) -> Mark {
    (about.len(), about.modified().ok())
}

/// The newest first.
fn candidates(folder: &Path, pattern: &str) -> Result<Vec<Candidate>, Message> {
    let name = folder.file_name().map_or_else(|| ".".to_string(), |name| name.to_string_lossy().into_owned());
    let entries = fs::read_dir(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => message!("sheet-no-folder", folder = name.clone()),
        _ => message!("sheet-folder-unreadable", folder = name.clone(), error = error.to_string()),
    })?;
    let mut found: Vec<Candidate> =
        entries.take(ENTRIES_MAX).flatten().filter_map(|it| candidate(&it.path(), pattern)).collect();
    found.sort_by(|one, other| other.written.cmp(&one.written).then_with(|| one.name.cmp(&other.name)));
    Ok(found)
}

fn candidate(path: &Path, pattern: &str) -> Option<Candidate> {
    let written_name = path.file_name()?.to_string_lossy().into_owned();
    // What iCloud leaves in place of a file that is not on this machine.
    let elsewhere = written_name.strip_prefix('.').and_then(|name| name.strip_suffix(".icloud"));
    let name = elsewhere.unwrap_or(&written_name).to_string();
    let is_aside = name.starts_with(['.', '~']);
    if is_aside || !fits(pattern, &name) {
        return None;
    }
    let about = fs::metadata(path).ok().filter(Metadata::is_file)?;
    Some(Candidate {
        path: path.to_path_buf(),
        name,
        written: about.modified().ok()?,
        mark: mark(&about),
        is_elsewhere: elsewhere.is_some() || is_placeholder(&about),
    })
}

/// Sync programs for Windows mark a file whose content is not on this machine.
#[cfg(windows)]
fn is_placeholder(about: &Metadata) -> bool {
    use std::os::windows::fs::MetadataExt;
    const OFFLINE: u32 = 0x1000;
    const RECALL_ON_OPEN: u32 = 0x4_0000;
    const RECALL_ON_DATA_ACCESS: u32 = 0x40_0000;
    about.file_attributes() & (OFFLINE | RECALL_ON_OPEN | RECALL_ON_DATA_ACCESS) != 0
}

#[cfg(not(windows))]
fn is_placeholder(_: &Metadata) -> bool {
    false
}

/// Of two versions nobody knows which holds.
fn is_conflict(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains("conflict") || name.contains("冲突")
}

/// The file that an office program puts beside one that it has open.
fn lock_of(file: &Candidate) -> Option<String> {
    let locks = [format!("~${}", file.name), format!(".~lock.{}#", file.name), format!(".~{}", file.name)];
    locks.into_iter().find(|lock| file.path.with_file_name(lock).exists())
}

/// Whether `name` fits a pattern in which `*` stands for any letters and `?` for one, without regard to case.
fn fits(pattern: &str, name: &str) -> bool {
    let letters = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let (pattern, name) = (letters(pattern), letters(name));
    // The places of the pattern that the letters so far may have led to.
    let skipped = |mut places: Vec<bool>| {
        for place in 0..pattern.len() {
            if places.get(place) == Some(&true) && pattern.get(place) == Some(&'*') {
                places.get_mut(place + 1).into_iter().for_each(|next| *next = true);
            }
        }
        places
    };
    let mut places = vec![false; pattern.len() + 1];
    places.first_mut().into_iter().for_each(|first| *first = true);
    let mut places = skipped(places);
    for letter in name {
        let mut next = vec![false; pattern.len() + 1];
        for (place, wanted) in pattern.iter().enumerate().filter(|(place, _)| places.get(*place) == Some(&true)) {
            let to = match wanted {
                '*' => place,
                wanted if *wanted == '?' || *wanted == letter => place + 1,
                _ => continue,
            };
            next.get_mut(to).into_iter().for_each(|it| *it = true);
        }
        places = skipped(next);
    }
    places.last() == Some(&true)
}
