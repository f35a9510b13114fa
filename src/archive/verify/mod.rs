//! The proof: that the chain is whole, and that every file is what its link says. Reads only, and trusts no copy.
//!
//! `links` walks the chain (numbers, the SHA-256 of each link in the next, what this machine saw, seals); `files` compares what
//! is there with what was sealed, and says of each difference what it most likely is.

mod files;
mod links;

use chrono::NaiveDate;
use serde::Serialize;

use super::chain::{Link, Tip};
use super::seal::Seal;
use super::{Archive, ArchiveError};
use crate::domain::Message;
use crate::message;

const LINKED: &str = "is a symbolic link: what it points to is not kept in the archive, and can change unseen; put the original itself in its place";

/// What is to be verified. The chain always is, from end to end.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Days of the team's calendar, both included; no bound where none.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Read only some of the files through; the others are looked for, and their sizes compared.
    pub sample: Option<Sample>,
    /// A seal that was kept elsewhere.
    pub against: Option<Seal>,
}

/// Which files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Of a thousand.
    pub per_mille: u16,
    /// Another one reads other files.
    pub seed: u64,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlawKind {
    /// Other bytes than were sealed.
    Changed,
    /// Sealed, and not there.
    Missing,
    /// There, in a sealed bundle, and never sealed.
    Added,
    /// Under another name.
    Renamed,
    /// As the bundle was before its newest link.
    OlderVersion,
    /// A whole bundle that no link has.
    NeverSealed,
    /// The same of a command of this machine that was interrupted: the next one finishes or clears it.
    Interrupted,
    /// A symbolic link where a file or folder of the archive's own should be.
    SymbolicLink,
    /// A link that is not what it was.
    LinkChanged,
    LinkMissing,
    /// The chain had come further.
    EndRemoved,
    /// A seal says otherwise.
    SealBroken,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flaw {
    pub kind: FlawKind,
    /// Inside the archive.
    pub path: String,
    /// What happened, and what to do.
    pub what: String,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    pub links: usize,
    pub bundles: usize,
    pub files: usize,
    /// Read through and compared.
    pub files_read: usize,
    pub bytes_read: u64,
    pub pruned_bundles: usize,
    pub tip: Option<Tip>,
    pub flaws: Vec<Flaw>,
    /// What is no flaw, and worth knowing.
    pub notes: Vec<String>,
}

impl Flaw {
    /// What happened, for whoever reads what was made without it.
    pub fn message(&self) -> Message {
        let id = match self.kind {
            FlawKind::Changed | FlawKind::OlderVersion => "flaw-changed",
            FlawKind::Missing | FlawKind::Renamed => "flaw-missing",
            FlawKind::Added | FlawKind::NeverSealed | FlawKind::Interrupted | FlawKind::SymbolicLink => {
                "flaw-never-sealed"
            }
            FlawKind::LinkChanged | FlawKind::LinkMissing | FlawKind::EndRemoved | FlawKind::SealBroken => "flaw-link",
        };
        message!(id, path = &self.path)
    }
}

impl Verified {
    pub fn is_whole(&self) -> bool {
        self.flaws.is_empty()
    }

    fn flaw(&mut self, kind: FlawKind, path: impl Into<String>, what: impl Into<String>) {
        self.flaws.push(Flaw { kind, path: path.into(), what: what.into() });
    }
}

impl Archive {
    /// Compares the archive with its chain, and the chain with itself, with what this machine saw of it and with its seals.
    ///
    /// # Errors
    /// Only where something cannot be read at all: whatever is wrong is a [`Flaw`].
    pub fn verify(&self, asked: &Asked) -> Result<Verified, ArchiveError> {
        let mut verified = Verified::default();
        let links = self.verify_links(&mut verified, |names| self.place.read(names))?;
        self.verify_seals(&links, asked.against.as_ref(), &mut verified)?;
        self.verify_files(&links, asked, &mut verified)?;
        Ok(verified)
    }

    /// The links that hold, and what is wrong with the chain. Of a bucket by the copies on this machine.
    ///
    /// # Errors
    /// Where the chain cannot be read.
    pub fn proved_links(&self) -> Result<(Vec<Link>, Vec<Flaw>), ArchiveError> {
        let mut verified = Verified::default();
        let seen = self.verify_links(&mut verified, |names| self.read_once(names))?;
        let links = seen.into_iter().filter(|one| one.is_trusted).filter_map(|one| one.link).collect();
        Ok((links, verified.flaws))
    }
}

/// What file managers leave wherever somebody looks.
const HARMLESS: [&str; 4] = [".DS_Store", "Thumbs.db", "ehthumbs.db", "desktop.ini"];
/// And how the names begin of what macOS puts beside a file, and office programs beside one that is open.
const HARMLESS_BEGINNINGS: [&str; 3] = ["._", "~$", ".~lock."];

/// Whether other programs put such a file beside those that somebody looks at. Nothing is ever read from it.
fn is_harmless(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    HARMLESS.contains(&name) || HARMLESS_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}
