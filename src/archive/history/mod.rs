//! What the archive tells over many exports: weeks in counts, a coupon's life, how long each finding stayed.
//!
//! Every question is asked of the tables of all the exports that it is about, a few columns of several tables at a time; only counts,
//! or the few rows asked for, stay in memory. The records (the whole of a coupon as JSON) are never read here.

mod changes;
mod coupon;
mod first_seen;
mod names;
mod proof;
mod seen;
mod sign_offs;
mod standing;
mod states;
mod week;
mod weeks;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;

use super::scan::{Cells, Which, of_each};
use super::{Archive, ArchiveError, How, Kind, KnownExport, Link};
use crate::domain::{FindingCode, RunId, StoreId};

use proof::Proof;

pub use coupon::{CouponLife, CouponSight};
pub use sign_offs::missed_by_week;
pub use week::{LOOK_BACK_WEEKS, WeekFacts, still_telling};

/// What is counted; nothing given means everything.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub stores: Option<BTreeSet<StoreId>>,
    pub finding: Option<FindingCode>,
}

/// The exports of one archive, the oldest first: in the order in which they were kept, whatever the clocks said.
#[derive(Debug, Clone)]
pub struct History {
    archive: Archive,
    from: Option<NaiveDate>,
    exports: Vec<KnownExport>,
    /// The number of each bundle's first link; 0 for what was there before the chain.
    numbers: HashMap<String, u64>,
    /// Where only what is proved is told.
    proof: Option<Arc<Proof>>,
}

impl History {
    /// Lists what is there from the day `from` on (none: from the beginning); a snapshot without tables (pruned) is left out.
    /// Of an archive in a bucket, each question later copies those files to this machine that it reads.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn open(archive: &Archive, from: Option<NaiveDate>) -> Result<Self, ArchiveError> {
        let mut exports = archive.known_exports_since(from)?;
        exports.retain(|export| {
            let has_tables =
                || archive.local(&format!("{}/coupons.parquet", export.bundle)).is_ok_and(|table| table.is_file());
            from.is_none_or(|from| export.day >= from) && (archive.place.is_remote() || has_tables())
        });
        exports.reverse();
        let numbers = first_links(archive)?;
        in_the_order_of_the_chain(&numbers, &mut exports);
        Ok(Self { archive: archive.clone(), from, exports, numbers, proof: None })
    }

    /// A small file of a run's bundle; none where it is not there.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn of_run(&self, run: &RunId, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        let bundle = format!("runs/{run}");
        if self.is_proved(&bundle, name)? { self.archive.read(&bundle, name) } else { Ok(None) }
    }

    /// Every run of these days that left a bundle.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn runs(&self) -> Result<Vec<RunId>, ArchiveError> {
        let bundles = self.archive.bundles(Kind::Run, self.from, None)?;
        Ok(bundles.iter().filter_map(|bundle| bundle.rsplit('/').next()).map(RunId::new).collect())
    }

    /// How far along the chain a run began: what came first by it came first, whatever the clocks said. None where it has no link.
    pub fn place_of_run(&self, run: &RunId) -> Option<u64> {
        self.numbers.get(&format!("runs/{run}")).copied()
    }

    pub fn exports(&self) -> &[KnownExport] {
        &self.exports
    }

    /// The exports of whole stores for which `wanted` holds, the oldest first.
    pub(in crate::archive) fn whole(&self, wanted: impl Fn(&KnownExport) -> bool) -> Vec<&KnownExport> {
        self.exports.iter().filter(|export| export.is_whole() && wanted(export)).collect()
    }

    /// One file of each export, on this machine.
    fn fetched(&self, exports: &[&KnownExport], name: &str) -> Result<Vec<PathBuf>, ArchiveError> {
        let bundles: Vec<String> = exports.iter().map(|export| export.bundle.clone()).collect();
        self.archive.fetch_file(&bundles, name)?;
        bundles.iter().map(|bundle| self.archive.local(&format!("{bundle}/{name}"))).collect()
    }

    /// Asks one table of each export for the rows of `which`, and these columns of them. `read` is given each, in order, and the place
    /// of its export.
    fn rows<T: Send>(
        &self,
        exports: &[&KnownExport],
        (table, columns): (&str, &str),
        which: &Which,
        read: impl Fn(&Cells, usize) -> Option<T> + Sync,
    ) -> Result<Vec<T>, ArchiveError> {
        rows_of_all(&self.fetched(exports, table)?, columns, which, read)
    }

    /// The same, put together for each export.
    fn rows_by_export<T: Send, C: FromIterator<T>>(
        &self,
        exports: &[&KnownExport],
        (table, columns): (&str, &str),
        which: &Which,
        read: impl Fn(&Cells) -> Option<T> + Sync,
    ) -> Result<Vec<C>, ArchiveError> {
        let of_table = |_, table: &Path| rows_of(table, columns, which, &read);
        let mut found = Vec::with_capacity(exports.len());
        of_each(&self.fetched(exports, table)?, of_table, |_, rows| found.push(rows.into_iter().collect()))?;
        Ok(found)
    }
}

fn rows_of_all<T: Send>(
    tables: &[PathBuf],
    columns: &str,
    which: &Which,
    read: impl Fn(&Cells, usize) -> Option<T> + Sync,
) -> Result<Vec<T>, ArchiveError> {
    let of_table = |place, table: &Path| rows_of(table, columns, which, |cells| read(cells, place));
    let mut found = Vec::new();
    of_each(tables, of_table, |_, rows| found.extend(rows))?;
    Ok(found)
}

fn rows_of<T>(
    table: &Path,
    columns: &str,
    which: &Which,
    read: impl Fn(&Cells) -> Option<T>,
) -> Result<Vec<T>, ArchiveError> {
    let mut rows = Vec::new();
    which.each(table, columns, |cells| {
        rows.extend(read(cells));
        Ok(())
    })?;
    Ok(rows)
}

fn first_links(archive: &Archive) -> Result<HashMap<String, u64>, ArchiveError> {
    let number = |link: &Link| if link.how == How::Found { 0 } else { link.number };
    Ok(archive.links()?.into_iter().rev().map(|link| (link.bundle.clone(), number(&link))).collect())
}

/// The chain knows what came first, also where a clock was set back. What was there before the chain stands before it, by the
/// clocks; where it does not hold an export (put there by somebody else), there are only the clocks to go by.
fn in_the_order_of_the_chain(numbers: &HashMap<String, u64>, exports: &mut [KnownExport]) {
    if exports.iter().all(|export| numbers.contains_key(&export.bundle)) {
        exports.sort_by_key(|export| numbers.get(&export.bundle).copied());
    }
}
