//! How much an export can hold here, so that what was written can be read back.

use polars::prelude::*;

use super::chain::{Kind, Link};
use super::manifest::FileMark;
use super::{Archive, ArchiveError};
use crate::durable;

const COUPONS: &str = "coupons.parquet";

/// What a snapshot holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    pub coupons: u64,
    /// Of their table before it was packed, in which every text of a row stands.
    pub text_bytes: u64,
}

impl Archive {
    /// That of the snapshot whose coupons take the most bytes, of those whose files are still kept; zero where there is none.
    ///
    /// # Errors
    /// Where the archive cannot be read, and where that file is not what was sealed.
    pub fn largest_extent(&self) -> Result<Extent, ArchiveError> {
        let marked = |link: Link| Some((link.manifest.files.get(COUPONS)?.clone(), link.bundle));
        let snapshots = self.unpruned()?.into_iter().filter(|link| link.kind == Kind::Snapshot).filter_map(marked);
        let Some((mark, bundle)) = snapshots.max_by_key(|(mark, _)| mark.bytes) else { return Ok(Extent::default()) };
        self.fetch_file(std::slice::from_ref(&bundle), COUPONS)?;
        let path = self.local(&format!("{bundle}/{COUPONS}"))?;
        // It says how much memory a file may take.
        if FileMark::of(&path).map_err(|source| ArchiveError::read(&path, source))? != mark {
            return Err(ArchiveError::Changed { path });
        }
        let file = durable::open(&path).map_err(|source| ArchiveError::read(&path, source))?;
        let mut reader = ParquetReader::new(file);
        let metadata = reader.get_metadata().map_err(|source| ArchiveError::unreadable(&path, source))?;
        let text_bytes = metadata.row_groups.iter().map(|group| group.total_byte_size() as u64).sum();
        Ok(Extent { coupons: metadata.num_rows as u64, text_bytes })
    }
}
