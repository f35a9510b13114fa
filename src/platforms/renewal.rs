//! The file beside a sign-in's tokens that new ones are first written to: lines, the newest last.
//!
//! A line that says that new ones are asked for, then, with one write, the pair that came. So the moment in which a kill loses a
//! pair is as short as it can be, and whoever loads next knows of it. Where the pair cannot be put in its place, because another
//! program holds that, the line is what the next load takes. Lines are only added, so that none is lost over a newer one.

use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::token_pair::TokenPair;
use crate::domain::Timestamp;
use crate::durable;

/// Of a file of tokens: far more than many pairs take.
pub(super) const BYTES_MAX: u64 = 1024 * 1024;

/// As much as a pair of tokens takes at most, written once to see that there is room.
const ROOM: [u8; 8192] = [b' '; 8192];

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Asked { asked: Timestamp },
    Came(TokenPair),
}

/// What such a file tells.
#[derive(Default)]
pub(super) struct Written {
    /// The newest that came.
    pub pair: Option<TokenPair>,
    /// When one was asked for that did not come.
    pub interrupted: Option<Timestamp>,
}

/// Tokens that are asked for. Dropped without an end it stays known as interrupted, as after a kill.
pub(super) struct Renewal {
    path: PathBuf,
    /// Where the tokens lie.
    place: PathBuf,
    file: File,
    /// How long it was before the newest mark.
    length: u64,
}

impl Written {
    /// What is in the file; nothing where there is none.
    pub fn read(path: &Path) -> io::Result<Self> {
        let bytes = match durable::read_small(path, BYTES_MAX) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            bytes => bytes?,
        };
        let mut written = Self::default();
        // The last line can be half there, after a power cut: then nothing came.
        for line in bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()) {
            match line {
                Line::Asked { asked } => written.interrupted = Some(asked),
                Line::Came(pair) => written = Self { pair: Some(pair), interrupted: None },
            }
        }
        Ok(written)
    }
}

impl Renewal {
    pub fn open(path: PathBuf, place: PathBuf) -> io::Result<Self> {
        let file = durable::open_private(&path)?;
        let length = file.metadata()?.len();
        durable::sync_folder_of(&path).map_err(io::Error::other)?;
        Ok(Self { path, place, file, length })
    }

    pub fn mark(&mut self, at: Timestamp) -> io::Result<()> {
        self.length = self.file.metadata()?.len();
        self.add(&Line::Asked { asked: at })?;
        let marked = self.file.metadata()?.len();
        self.file.write_all(&ROOM)?;
        self.file.sync_all()?;
        self.file.set_len(marked)
    }

    /// Nothing came of it, surely: what was there before holds.
    pub fn unmark(&mut self) {
        if let Err(error) = self.file.set_len(self.length) {
            tracing::warn!("{} says that tokens were asked for, which was refused: {error}", self.path.display());
        }
    }

    /// Keeps `pair` here, then in its place. Where it comes to one of them it is kept.
    pub fn keep(mut self, pair: &TokenPair) -> io::Result<()> {
        let written = self.add(&Line::Came(pair.clone())).and_then(|()| self.file.sync_data());
        let bytes = serde_json::to_vec_pretty(pair)?;
        match durable::replace(&self.place, &bytes, true) {
            Ok(()) => self.length = 0,
            Err(error) => {
                written?;
                tracing::warn!("the newest tokens stay in {}: {error}", self.path.display());
                return Ok(());
            }
        }
        let _ = self.file.set_len(0);
        Ok(())
    }

    /// A new line first would show a torn one before it.
    fn add(&mut self, line: &Line) -> io::Result<()> {
        let mut bytes = vec![b'\n'];
        serde_json::to_writer(&mut bytes, line)?;
        bytes.push(b'\n');
        self.file.seek(SeekFrom::End(0))?;
        self.file.write_all(&bytes)
    }
}

impl Drop for Renewal {
    fn drop(&mut self) {
        if self.file.metadata().is_ok_and(|about| about.len() == 0) {
            let _ = durable::remove(&self.path);
        }
    }
}
