//! Where an archive lies: a folder, or a bucket of any S3-compatible store. Names are those inside the archive, with `/`.

mod bucket;
mod folder;
mod http;

use std::fmt;
use std::path::{Path, PathBuf};

pub(super) use bucket::Bucket;
pub use bucket::BucketAccess;
pub(super) use folder::Folder;

use super::ArchiveError;
use super::manifest::FileMark;

/// What a config can name.
#[derive(Debug, Clone)]
pub enum Location {
    Folder(PathBuf),
    Bucket(BucketAccess),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Bucket(access) => f.write_str(&access.url),
        }
    }
}

/// A file that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub name: String,
    pub bytes: u64,
}

/// Where in an address the bucket's name stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, strum::VariantArray, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Addressing {
    /// `https://endpoint/bucket/name`.
    #[default]
    Path,
    /// `https://bucket.endpoint/name`.
    Virtual,
}

/// Says that a place was tried; begins as everything does that is no file of the archive.
const PROBE: &str = ".couponbook-probe";

/// All that lies in a place.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub files: Vec<Listed>,
    /// Symbolic links. One to a file is among the files too; one to a folder is not followed.
    pub links: Vec<String>,
    /// Files and folders that are not whole yet, or never will be.
    pub temporary: Vec<String>,
}

/// What came of putting a file where none may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    /// It is there now, with these very bytes.
    Written,
    /// Other bytes have the name.
    Taken,
}

/// The fewest things that the archive needs of a place. Each is done wholly or not at all, and outlasts a power cut.
pub(super) trait Place: fmt::Debug + Send + Sync {
    /// Tries, before anything depends on it, that files can be put there and that a name is free for one writer only.
    fn prove(&self) -> Result<(), ArchiveError>;

    /// The files below `folder` (all where it is empty), but not those still being written; after the name `after`, where that
    /// is given. Sorted by name.
    fn list(&self, folder: &str, after: Option<&str>) -> Result<Vec<Listed>, ArchiveError>;

    /// Everything, with what is no file.
    fn contents(&self) -> Result<Contents, ArchiveError>;

    /// The small files of these names, in the same order; none for one that is not there, or that a symbolic link stands for.
    fn read(&self, names: &[String]) -> Result<Vec<Option<Vec<u8>>>, ArchiveError>;

    /// What the file is now: read through, and never from a cache. None where it is not there.
    fn mark(&self, name: &str) -> Result<Option<FileMark>, ArchiveError>;

    /// Puts a small file where none is; of several who try at once, one succeeds.
    fn put_new(&self, name: &str, bytes: &[u8]) -> Result<Put, ArchiveError>;

    /// Puts the file at `from` there, not over other bytes unless `replace`.
    fn upload(&self, name: &str, from: &Path, replace: bool) -> Result<(), ArchiveError>;

    /// Copies files to this machine: (name, where to). Those that are there already are left.
    fn download(&self, files: &[(String, PathBuf)]) -> Result<(), ArchiveError>;

    /// Removes a file; one that is not there is fine.
    fn remove(&self, name: &str) -> Result<(), ArchiveError>;

    /// How people find it.
    fn shown(&self, name: &str) -> String;

    /// Whether the files that the program works on are copies.
    fn is_remote(&self) -> bool;
}
