//! What can go wrong with the archive, and what to do about it.

use std::error::Error;
use std::path::{Path, PathBuf};

use crate::domain::ExportId;
use crate::durable::{self, DurableError};

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error(
        "the archive {} of {machine} does not know export {export}: it was written on another machine, or removed; use the workbook where it was made, or copy its snapshot here",
        root.display()
    )]
    UnknownExport { export: ExportId, root: PathBuf, machine: String },
    #[error("the archive has export {export} already, in {}; nothing was overwritten", folder.display())]
    SnapshotExists { export: ExportId, folder: PathBuf },
    #[error("{} is not what was archived: its content was changed since; put back the original from a copy", path.display())]
    Changed { path: PathBuf },
    #[error("{} is missing from the archive; put it back from a copy", path.display())]
    Missing { path: PathBuf },
    #[error("{} was written by a newer couponbook (format {found}, this one knows {known}); update couponbook", path.display())]
    Newer { path: PathBuf, found: u32, known: u32 },
    #[error("{} cannot be read as couponbook writes it; put back the original from a copy", path.display())]
    Unreadable { path: PathBuf, source: Box<dyn Error + Send + Sync> },
    #[error(
        "another program holds {}, so that it cannot be read; nothing is wrong with it: close it there, or wait until a scanner, backup or sync client is done, and run this again",
        path.display()
    )]
    Held { path: PathBuf, source: Box<dyn Error + Send + Sync> },
    #[error("{} cannot be read; check the disk and the rights of the archive folder", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} cannot be written as a table", path.display())]
    Table { path: PathBuf, source: Box<dyn Error + Send + Sync> },
    #[error("{name:?} cannot be the name of something in the archive; choose a plain file name")]
    BadName { name: String },
    #[error(
        "{place} cannot be reached or refuses; check the network, the bucket's name and rights, and the [archive] keys of the config"
    )]
    Bucket { place: String, source: Box<dyn Error + Send + Sync> },
    #[error(
        "{place} ignores conditional writes (`If-None-Match: *`): two machines would write over each other's links there, unseen; point `archive` ([archive] url, endpoint) to a store that knows them, such as Amazon S3, Cloudflare R2 or MinIO, or to a folder"
    )]
    Unconditional { place: String },
    #[error("{place} has other bytes already and is never overwritten; run `couponbook archive verify`")]
    Taken { place: String },
    #[error("{path} cannot be packed; check the disk and try again")]
    Zip { path: String, source: Box<dyn Error + Send + Sync> },
    #[error("{found:?} is not a seal: paste the whole line that `couponbook archive seal` printed")]
    BadSeal { found: String },
    #[error(
        "the chain of the archive does not hold ({path}: {what}); run `couponbook archive verify`, and put back the originals from a copy; nothing of it was believed, and nothing was planned, sent, removed or packed"
    )]
    Flawed { path: String, what: String },
    #[error("the archive holds nothing of {week}; `couponbook archive list` shows what there is")]
    EmptyWeek { week: String },
    #[error(transparent)]
    Write(#[from] DurableError),
}

impl ArchiveError {
    pub(super) fn read(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_path_buf();
        if durable::is_held(&source) { Self::Held { path, source: source.into() } } else { Self::Read { path, source } }
    }

    pub(super) fn unreadable(path: &Path, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let (path, source) = (path.to_path_buf(), source.into());
        if durable::is_held(&*source) { Self::Held { path, source } } else { Self::Unreadable { path, source } }
    }

    pub(super) fn table(path: &Path, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Table { path: path.to_path_buf(), source: source.into() }
    }
}
