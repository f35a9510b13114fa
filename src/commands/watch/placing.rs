//! Files of ours into the inbox, and managers' files out of it: never over another, never twice, never removed.

use std::path::Path;

use crate::domain::{IsoWeek, Timestamp, local_day};
use crate::durable::{self, DurableError};
use crate::watch::{DONE, MARKER, sha256};

/// Puts `bytes` into `inbox` under `name` or the next free one; where they lie there already under one of these, that is it. Gives the name.
pub(super) fn put(inbox: &Path, name: &str, bytes: &[u8]) -> Result<String, DurableError> {
    let wanted = inbox.join(name);
    for place in durable::names(&wanted).take(10_000) {
        match durable::read(&place) {
            Ok(there) if there == bytes => return Ok(name_of(&place)),
            Ok(_) => {}
            Err(_) if std::fs::symlink_metadata(&place).is_ok() => {}
            Err(_) => break,
        }
    }
    durable::write_free(&wanted, bytes).map(|place| name_of(&place))
}

/// What became of a file that was to leave the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Moved {
    /// To this place below the inbox.
    To(String),
    /// It is not there any more; whoever took it away knows where it is.
    Gone,
    /// It was saved again, and is another content now.
    Changed,
}

/// Moves the file `name` with that content to the folder of the week of `now`. It is never removed and never lies over another.
pub(super) fn move_away(
    inbox: &Path,
    (name, hash): (&str, &str),
    (now, zone): (Timestamp, chrono_tz::Tz),
) -> Result<Moved, DurableError> {
    let from = inbox.join(name);
    let is_it = |path: &Path| durable::read(path).is_ok_and(|bytes| sha256(&bytes) == hash);
    if let Err(error) = std::fs::symlink_metadata(&from) {
        // A share that went away has lost nothing.
        std::fs::symlink_metadata(inbox.join(MARKER)).map_err(|_| DurableError::of(&from, error))?;
        return Ok(Moved::Gone);
    }
    if !is_it(&from) {
        return Ok(Moved::Changed);
    }
    let week = IsoWeek::of(local_day(now, zone)).to_string();
    let folder = inbox.join(DONE).join(&week);
    durable::create_folder(&folder)?;
    let to = durable::free_name(&folder.join(name));
    durable::rename(&from, &to).map_err(|error| DurableError::of(&from, error))?;
    if !is_it(&to) {
        // Saved again in the moment between: it goes back to be read.
        let back = durable::free_name(&from);
        durable::rename(&to, &back).map_err(|error| DurableError::of(&to, error))?;
        return Ok(Moved::Changed);
    }
    durable::sync_folder_of(&to)?;
    Ok(Moved::To(format!("{DONE}/{week}/{}", name_of(&to))))
}

/// Takes a note of ours away, if it is still what was written.
pub(super) fn take_note_away(inbox: &Path, name: &str, hash: &str) {
    let path = inbox.join(name);
    if durable::read(&path).is_ok_and(|bytes| sha256(&bytes) == hash) {
        let _ = durable::remove(&path);
    }
}

/// Without its folder.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
