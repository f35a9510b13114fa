//! Whether the inbox is the folder it should be. A share that is not mounted leaves an empty folder behind, and two installations with one
//! inbox would answer each other's workbooks: a file of ours in it tells both.

use std::io;
use std::path::Path;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::lock::Watcher;
use crate::domain::Timestamp;
use crate::durable::{self, DurableError};

/// By it the folder is known again; its text is for people.
pub const MARKER: &str = "about-this-folder.txt";
/// Who watches it; hidden, and of no interest to sync clients that leave such names out.
const WATCHED: &str = ".couponbook-watch.json";
/// Whether a folder was an inbox before, in the state folder.
const KNOWN: &str = "inbox.json";
const BYTES_MAX: u64 = 16 * 1024;
/// Whoever wrote longer ago is gone.
const GONE_AFTER: TimeDelta = TimeDelta::minutes(10);

/// Who watches a folder, in the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Of the state folder that it belongs to.
    pub installation: String,
    pub watcher: Watcher,
    pub at: Timestamp,
}

/// What is remembered of it here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    pub installation: String,
    /// The folders that had our marker.
    pub inboxes: Vec<String>,
}

/// Why the inbox is not looked into.
#[derive(Debug)]
pub enum Away {
    /// It is not there, cannot be read, or is empty where our marker should be.
    Gone(String),
    /// Another installation watches it.
    Others(Box<Claim>),
}

impl Installation {
    /// As it lies in `folder`; a new one, called `name`, where there is none yet.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn open(folder: &Path, name: impl FnOnce() -> String) -> Result<Self, DurableError> {
        let read = durable::read_small(&folder.join(KNOWN), BYTES_MAX).ok();
        if let Some(known) = read.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return Ok(known);
        }
        let new = Self { installation: name(), inboxes: Vec::new() };
        new.save(folder)?;
        Ok(new)
    }

    fn save(&self, folder: &Path) -> Result<(), DurableError> {
        durable::create_folder(folder)?;
        durable::replace(&folder.join(KNOWN), &serde_json::to_vec_pretty(self).unwrap_or_default(), true)
    }

    /// Makes sure that `inbox` is there and ours. One that is new is made and gets the marker, with `text` in it.
    ///
    /// # Errors
    /// Why it is not looked into.
    pub fn enter(&mut self, folder: &Path, inbox: &Path, text: &str) -> Result<(), Away> {
        let gone = |error: &dyn std::error::Error| Away::Gone(error.to_string());
        let (shown, marker) = (inbox.display().to_string(), inbox.join(MARKER));
        let is_known = self.inboxes.contains(&shown);
        match std::fs::symlink_metadata(&marker) {
            Ok(_) if is_known => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(gone(&error)),
            Err(_) => {
                if is_known {
                    // Empty is what an unmounted share leaves behind. A marker that somebody removed from among other files is put back.
                    let entries = std::fs::read_dir(inbox).map_err(|error| gone(&error))?;
                    let is_shown = |entry: std::fs::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
                    if !entries.flatten().any(is_shown) {
                        return Err(Away::Gone(format!("it is empty, and {MARKER} is missing in it")));
                    }
                }
                durable::create_folder(inbox).map_err(|error| gone(&error))?;
                durable::write_new(&marker, text.as_bytes()).map_err(|error| gone(&error))?;
            }
        }
        if !is_known {
            self.inboxes.push(shown);
            self.save(folder).map_err(|error| gone(&error))?;
        }
        Ok(())
    }
}

/// Says in `inbox` that `claim` watches it, unless another installation does.
///
/// # Errors
/// Who does; or why nothing can be written there.
pub fn claim(inbox: &Path, mine: &Claim) -> Result<(), Away> {
    if let Some(theirs) = others_claim(inbox, mine) {
        return Err(Away::Others(Box::new(theirs)));
    }
    let bytes = serde_json::to_vec(mine).unwrap_or_default();
    durable::replace(&inbox.join(WATCHED), &bytes, false).map_err(|error| Away::Gone(error.to_string()))
}

/// The claim of another installation that still watches `inbox`.
pub fn others_claim(inbox: &Path, mine: &Claim) -> Option<Claim> {
    let read = durable::read_small(&inbox.join(WATCHED), BYTES_MAX).ok()?;
    let theirs: Claim = serde_json::from_slice(&read).ok()?;
    let is_old = (mine.at - theirs.at).abs() >= GONE_AFTER;
    (theirs.installation != mine.installation && !is_old).then_some(theirs)
}

/// Takes our own word back, so that another can begin at once.
pub fn leave(inbox: &Path, installation: &str) {
    let path = inbox.join(WATCHED);
    let read = durable::read_small(&path, BYTES_MAX).ok();
    let theirs: Option<Claim> = read.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if theirs.is_some_and(|it| it.installation == installation) {
        let _ = durable::remove(&path);
    }
}
