//! Which files belong together, and the SHA-256 that shows whether they are still what they were.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ArchiveError;
pub use super::names::MANIFEST_NAME;
use crate::domain::{ExportId, Timestamp};
use crate::durable;

/// The format of everything in the archive. It rises when an older couponbook could misread what a newer one writes.
/// 2: `exported_at`, `slot` and `results_of` in the tables of a snapshot; changes and sign-offs as tables; the chain.
/// 3: sentences are messages: in `record` and `export.json`, and as `why_message` beside the English `why`, and
/// its like in the table of changes.
/// 4: counts are INT64; before, they were UINT64.
pub const SCHEMA_VERSION: u32 = 4;

/// `manifest.json`: the other files of its folder, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub schema_version: u32,
    #[serde(flatten)]
    pub(super) about: About,
    #[serde(deserialize_with = "super::names::files")]
    pub files: BTreeMap<String, FileMark>,
    /// SHA-256 of [`Manifest::listing`].
    pub sha256: String,
}

/// What the folder holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    /// Of the export or run.
    pub id: String,
    /// The machine that wrote it.
    pub machine: String,
    /// When loading began; snapshots only.
    pub at: Option<Timestamp>,
    pub follows: Option<ExportId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    pub sha256: String,
    pub bytes: u64,
}

impl Manifest {
    pub(super) fn of_files(files: BTreeMap<String, FileMark>, about: About) -> Self {
        let mut manifest = Self { schema_version: SCHEMA_VERSION, about, files, sha256: String::new() };
        manifest.sha256 = sha256_of_bytes(manifest.listing().as_bytes());
        manifest
    }

    pub(super) fn of_folder(folder: &Path, about: About) -> Result<Self, ArchiveError> {
        let fail = |source| ArchiveError::read(folder, source);
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_file = entry.file_type().map_err(fail)?.is_file();
            if name != MANIFEST_NAME && !name.starts_with(durable::TEMPORARY_PREFIX) && is_file {
                files.insert(name, FileMark::of(&entry.path()).map_err(fail)?);
            }
        }
        Ok(Self::of_files(files, about))
    }

    /// The manifest of `folder`, refused where it does not agree with itself.
    pub(super) fn read(folder: &Path) -> Result<Self, ArchiveError> {
        let path = durable::inside(folder, MANIFEST_NAME)?;
        let bytes = match durable::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ArchiveError::Missing { path }),
            bytes => bytes.map_err(|source| ArchiveError::read(&path, source))?,
        };
        must_be_known(&bytes, &path)?;
        let manifest: Self =
            serde_json::from_slice(&bytes).map_err(|source| ArchiveError::unreadable(&path, source))?;
        if manifest.sha256 != sha256_of_bytes(manifest.listing().as_bytes()) {
            return Err(ArchiveError::Changed { path });
        }
        Ok(manifest)
    }

    /// Whether every file of the manifest is in `folder` with the very bytes that it had.
    pub(super) fn check(&self, folder: &Path) -> Result<(), ArchiveError> {
        for (name, mark) in &self.files {
            let path = durable::inside(folder, name)?;
            match FileMark::of(&path) {
                Ok(found) if found == *mark => {}
                Ok(_) => return Err(ArchiveError::Changed { path }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ArchiveError::Missing { path }),
                Err(source) => return Err(ArchiveError::read(&path, source)),
            }
        }
        Ok(())
    }

    /// A line a file, sorted by name: what `sha256sum` prints of them, so that anybody can check it without couponbook.
    pub fn listing(&self) -> String {
        listing(self.files.iter().map(|(name, mark)| (name, mark.sha256.as_str())))
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        // Strings, numbers and maps by text: nothing here that JSON cannot hold.
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }
}

impl FileMark {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(64 * 1024, durable::open(path)?);
        let (mut hasher, mut bytes) = (Sha256::new(), 0);
        loop {
            let piece = reader.fill_buf()?;
            let length = piece.len();
            if length == 0 {
                return Ok(Self { sha256: HEXLOWER.encode(&hasher.finalize()), bytes });
            }
            hasher.update(piece);
            bytes += length as u64;
            reader.consume(length);
        }
    }

    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        Self { sha256: sha256_of_bytes(bytes), bytes: bytes.len() as u64 }
    }
}

/// Looked at before the rest: a newer format may not parse as ours, and "update" is the better advice.
pub(super) fn must_be_known(bytes: &[u8], path: &Path) -> Result<(), ArchiveError> {
    #[derive(Deserialize)]
    struct Versioned {
        schema_version: u32,
    }
    match serde_json::from_slice::<Versioned>(bytes) {
        Ok(found) if found.schema_version > SCHEMA_VERSION => {
            let path = path.to_path_buf();
            Err(ArchiveError::Newer { path, found: found.schema_version, known: SCHEMA_VERSION })
        }
        Ok(_) => Ok(()),
        Err(source) => Err(ArchiveError::unreadable(path, source)),
    }
}

/// A line a file, as `sha256sum` prints and checks it.
pub(super) fn listing<'f>(files: impl Iterator<Item = (&'f String, &'f str)>) -> String {
    files.map(|(name, sha256)| format!("{sha256}  {name}\n")).collect()
}

pub(super) fn sha256_of_bytes(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
