//! How much an export can hold here, so that what was written can be read back.

use polars::prelude::*;

use super::chain::{Kind, Link};
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
    /// That of the largest snapshot whose files are still kept; zero where there is none.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn largest_extent(&self) -> Result<Extent, ArchiveError> {
        let bytes = |link: &Link| Some(link.manifest.files.get(COUPONS)?.bytes);
        let snapshots = self.unpruned()?.into_iter().filter(|link| link.kind == Kind::Snapshot);
        let Some(largest) = snapshots.max_by_key(bytes) else { return Ok(Extent::default()) };
        self.fetch_file(std::slice::from_ref(&largest.bundle), COUPONS)?;
        let path = self.local(&format!("{}/{COUPONS}", largest.bundle))?;
        let file = durable::open(&path).map_err(|source| ArchiveError::read(&path, source))?;
        let mut reader = ParquetReader::new(file);
        let metadata = reader.get_metadata().map_err(|source| ArchiveError::unreadable(&path, source))?;
        let text_bytes = metadata.row_groups.iter().map(|group| group.total_byte_size() as u64).sum();
        Ok(Extent { coupons: metadata.num_rows as u64, text_bytes })
    }
}
