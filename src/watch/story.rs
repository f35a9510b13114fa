//! What was handed in and what became of it: one file for each content, called by its SHA-256, so that the same bytes are dealt with once
//! whatever their name is. Each step is on disk before the next one begins; after a kill a story goes on where it stopped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::WORK;
use crate::domain::{Message, Timestamp};
use crate::durable::{self, DurableError};

const STORIES: &str = "stories";
/// Of the form of a story's file.
const VERSION: u32 = 1;

/// How far a story has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The copy is ours.
    Claimed,
    /// Its plan is saved.
    Planned,
    /// Its plan may be sent, and is being sent or was.
    Applying,
    /// What there is to say is written, and goes into the inbox.
    Answering,
    /// It is answered; its plan waits for somebody's word.
    Waiting,
    Ended,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Came {
    /// A plan, which waits.
    Planned,
    Applied,
    /// Its plan was not carried out and never will be.
    NotApplied,
    /// There was nothing to change.
    Nothing,
    BadCells,
    Unreadable,
    /// The page of a plan, with the right code.
    Approved,
    /// The page of a plan, with something else.
    NotApproved,
    /// The page of a plan, saved without a code.
    NoCode,
}

/// A file that goes into the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What it is called, unless that is taken.
    pub name: String,
    pub sha256: String,
    /// What it is called there.
    pub placed: Option<String>,
}

/// A plan that was made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanMade {
    /// In the story's folder.
    pub file: String,
    pub sha256: String,
    pub changes: usize,
    /// Why nobody's word is not enough.
    pub why: Vec<Message>,
    /// Who can approve it.
    pub people: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Story {
    version: u32,
    pub sha256: String,
    /// What it was called in the inbox.
    pub name: String,
    pub seen: Timestamp,
    /// Since when it is at its stage.
    pub since: Timestamp,
    pub stage: Stage,
    pub came: Option<Came>,
    /// In the order in which they go into the inbox.
    pub answers: Vec<Answer>,
    pub plan: Option<PlanMade>,
    /// What else is to be said of it.
    #[serde(default)]
    pub besides: Vec<Message>,
    /// Whether the file is still to be moved out of the inbox.
    pub to_move: bool,
    /// Where it lies now, below the inbox.
    pub moved_to: Option<String>,
    /// Whether its answers left the inbox too.
    #[serde(default)]
    pub is_put_away: bool,
    /// How often its present step failed, and why last.
    pub tries: u32,
    pub trouble: Option<String>,
}

impl Story {
    pub fn new(sha256: &str, name: &str, now: Timestamp) -> Self {
        Self {
            version: VERSION,
            sha256: sha256.to_string(),
            name: name.to_string(),
            seen: now,
            since: now,
            stage: Stage::Claimed,
            came: None,
            answers: Vec::new(),
            plan: None,
            besides: Vec::new(),
            to_move: false,
            moved_to: None,
            is_put_away: false,
            tries: 0,
            trouble: None,
        }
    }

    pub fn go_to(&mut self, stage: Stage, now: Timestamp) {
        (self.stage, self.since, self.tries, self.trouble) = (stage, now, 0, None);
    }

    /// That its step failed and is to be tried again.
    pub fn failed(&mut self, why: String, now: Timestamp) {
        self.tries += 1;
        (self.since, self.trouble) = (now, Some(why));
    }

    /// Whether something is still to be done for it without anybody's word.
    pub fn is_busy(&self) -> bool {
        match self.stage {
            Stage::Claimed | Stage::Planned | Stage::Applying | Stage::Answering => true,
            Stage::Waiting | Stage::Ended => self.to_move,
        }
    }
}

/// The stories of a state folder. Only whoever holds the watcher's right has them.
#[derive(Debug)]
pub struct Ledger {
    folder: PathBuf,
    stories: BTreeMap<String, Story>,
}

/// The stories cannot be read: without them nobody knows what was dealt with.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("{} cannot be read: {error}", .path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("{} is damaged ({error}): move it away, and its workbook is dealt with anew", .path.display())]
    Damaged { path: PathBuf, error: serde_json::Error },
}

impl Ledger {
    /// All that is known in `folder`.
    ///
    /// # Errors
    /// Where any of it cannot be read.
    pub fn open(folder: &Path) -> Result<Self, LedgerError> {
        let mut stories = BTreeMap::new();
        let place = folder.join(STORIES);
        let unreadable = |path: &Path, error| LedgerError::Unreadable { path: path.to_path_buf(), error };
        let entries = match std::fs::read_dir(&place) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { folder: folder.to_path_buf(), stories });
            }
            Err(error) => return Err(unreadable(&place, error)),
        };
        for entry in entries {
            let path = entry.map_err(|error| unreadable(&place, error))?.path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let bytes = durable::read(&path).map_err(|error| unreadable(&path, error))?;
            let story: Story = serde_json::from_slice(&bytes).map_err(|error| LedgerError::Damaged { path, error })?;
            stories.insert(story.sha256.clone(), story);
        }
        Ok(Self { folder: folder.to_path_buf(), stories })
    }

    /// On disk when this returns.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn save(&mut self, story: &Story) -> Result<(), DurableError> {
        let place = self.folder.join(STORIES);
        durable::create_folder(&place)?;
        let bytes = serde_json::to_vec_pretty(story).unwrap_or_default();
        durable::replace(&place.join(format!("{}.json", story.sha256)), &bytes, true)?;
        self.stories.insert(story.sha256.clone(), story.clone());
        Ok(())
    }

    pub fn story(&self, sha256: &str) -> Option<&Story> {
        self.stories.get(sha256)
    }

    pub fn stories(&self) -> impl Iterator<Item = &Story> {
        self.stories.values()
    }

    /// Those that something is to be done for or that wait, the oldest first.
    pub fn open_stories(&self) -> Vec<Story> {
        let is_open = |story: &&Story| story.is_busy() || story.stage == Stage::Waiting;
        let mut open: Vec<Story> = self.stories.values().filter(is_open).cloned().collect();
        open.sort_by_key(|story| story.seen);
        open
    }

    /// Whether `sha256` is a file that the program wrote into the inbox.
    pub fn is_ours(&self, sha256: &str) -> bool {
        self.stories.values().any(|story| story.answers.iter().any(|answer| answer.sha256 == sha256))
    }

    /// Where the copy of a content and all that is made of it lies.
    pub fn work_folder(&self, sha256: &str) -> PathBuf {
        self.folder.join(WORK).join(sha256.get(..16).unwrap_or(sha256))
    }

    /// The copy of a story's workbook.
    pub fn copy_of(&self, story: &Story) -> PathBuf {
        self.work_folder(&story.sha256).join(&story.name)
    }

    /// Removes our own copies of contents whose stories ended, and of those that were never claimed.
    pub fn tidy(&self) {
        let wanted: Vec<PathBuf> = self
            .stories
            .values()
            .filter(|story| story.stage != Stage::Ended)
            .map(|story| self.work_folder(&story.sha256))
            .collect();
        for entry in std::fs::read_dir(self.folder.join(WORK)).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !wanted.contains(&path) {
                // What cannot be removed is removed by a later look.
                let _ = durable::remove_tree(&path);
            }
        }
    }
}
