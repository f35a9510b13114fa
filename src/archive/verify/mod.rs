//! The proof: that the chain is whole, and that every file is what its link says. Reads only, and trusts no copy.
//!
//! `links` walks the chain (numbers, the SHA-256 of each link in the next, what this machine saw, seals); `files` compares what
//! is there with what was sealed, and says of each difference what it most likely is.

mod files;
mod links;

use chrono::NaiveDate;
use serde::Serialize;

use super::chain::Tip;
use super::seal::Seal;
use super::{Archive, ArchiveError};

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
        let links = self.verify_links(&mut verified)?;
        self.verify_seals(&links, asked.against.as_ref(), &mut verified)?;
        self.verify_files(&links, asked, &mut verified)?;
        Ok(verified)
    }
}
