//! What the archive tells over many exports: weeks in counts, a coupon's life, how long each finding stayed.
//!
//! Every question is one lazy query over the tables of all the exports it is about; only counts, or the few rows asked for,
//! come into memory. The records (the whole of a coupon as JSON) are never read here.

mod coupon;
mod deeds;
mod scan;
mod week;
mod weeks;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::{Archive, ArchiveError, Dataset, KnownExport};
use crate::domain::{ExportId, IsoWeek, Slot, StoreId, Timestamp};
use scan::Cells;

pub use coupon::{CouponLife, CouponSight, StoreSight};
pub use week::{LOOK_BACK_WEEKS, WeekFacts, WeekLoads};
pub use weeks::Asked;

/// The exports of one archive, the oldest first.
#[derive(Debug, Clone)]
pub struct History {
    archive: Archive,
    /// The folder with the tables.
    root: PathBuf,
    from: Option<NaiveDate>,
    exports: Vec<PastExport>,
}

/// One snapshot whose tables are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastExport {
    pub id: ExportId,
    /// When loading began.
    pub at: Timestamp,
    /// Of the team's own calendar.
    pub day: NaiveDate,
    /// Where it holds the results of a run: the export that the run's workbook came from.
    pub follows: Option<ExportId>,
    folder: PathBuf,
}

impl PastExport {
    pub fn is_whole(&self) -> bool {
        self.follows.is_none()
    }

    pub fn week(&self) -> IsoWeek {
        IsoWeek::of(self.day)
    }

    /// As its id tells; none where the id is not of our making.
    pub fn slot(&self) -> Option<Slot> {
        match self.id.as_str().split('-').nth(1)? {
            "AM" => Some(Slot::Am),
            "PM" => Some(Slot::Pm),
            _ => None,
        }
    }
}

impl History {
    /// Lists what is there from the day `from` on (none: from the beginning); a snapshot without tables (pruned) is left out.
    /// Of an archive in a bucket, the files of these days are copied to this machine first.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn open(archive: &Archive, from: Option<NaiveDate>) -> Result<Self, ArchiveError> {
        let known: HashMap<ExportId, _> =
            archive.known_exports()?.into_iter().map(|known| (known.id.clone(), known)).collect();
        let tables = archive.tables(Dataset::Coupons, from, None)?;
        let mut exports: Vec<PastExport> = tables.iter().filter_map(|table| past_export(table, &known)).collect();
        exports.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        Ok(Self { archive: archive.clone(), root: archive.root().to_path_buf(), from, exports })
    }

    /// A small file of the bundle of an export or a run; none where it is not there.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn bundled(&self, bundle: &str, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.archive.read(bundle, name)
    }

    pub fn exports(&self) -> &[PastExport] {
        &self.exports
    }

    /// The folder that files of the archive are read from on this machine.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The exports of whole stores for which `wanted` holds, the oldest first.
    fn whole(&self, wanted: impl Fn(&PastExport) -> bool) -> Vec<&PastExport> {
        self.exports.iter().filter(|export| export.is_whole() && wanted(export)).collect()
    }

    /// In which of `exports` (by place) each store did not load.
    fn not_loaded(&self, exports: &[&PastExport]) -> Result<BTreeMap<StoreId, BTreeSet<usize>>, ArchiveError> {
        use polars::prelude::{col, lit};
        let mut failed: BTreeMap<StoreId, BTreeSet<usize>> = BTreeMap::new();
        if exports.is_empty() {
            return Ok(failed);
        }
        let (files, places) = files(exports, "stores.parquet")?;
        let query = scan::scan(&files, &[("store", Cells::Text), ("loaded", Cells::YesOrNo)])
            .map(|stores| stores.filter(col("loaded").eq(lit(false))).select([col("store"), col(scan::FILE)]));
        let found = scan::answer(query, &self.root)?.rows(&["store", scan::FILE], |cell| {
            let store = StoreId::parse(cell.text("store")?).ok()?;
            Some((store, *places.get(cell.text(scan::FILE)?)?))
        })?;
        for (store, place) in found {
            failed.entry(store).or_default().insert(place);
        }
        Ok(failed)
    }
}

/// What a table's place tells: `…/date=2026-11-22/export=ID/coupons.parquet`.
fn past_export(table: &Path, known: &HashMap<ExportId, KnownExport>) -> Option<PastExport> {
    let folder = table.parent()?;
    let id = ExportId::new(folder_value(folder, "export=")?);
    let day = folder_value(folder.parent()?, "date=")?.parse().ok()?;
    let known = known.get(&id)?;
    Some(PastExport { id, at: known.at, day, follows: known.follows.clone(), folder: folder.to_path_buf() })
}

fn folder_value<'p>(folder: &'p Path, name: &str) -> Option<&'p str> {
    folder.file_name()?.to_str()?.strip_prefix(name)
}

/// One table of each export, and which export a file's spelling stands for.
fn files(exports: &[&PastExport], table: &str) -> Result<(Vec<PathBuf>, HashMap<String, usize>), ArchiveError> {
    let files: Vec<PathBuf> = exports.iter().map(|export| export.folder.join(table)).collect();
    let mut places = HashMap::with_capacity(files.len());
    for (place, file) in files.iter().enumerate() {
        let spelled = scan::spelled(file).map_err(|source| ArchiveError::unreadable(file, source))?;
        places.insert(spelled, place);
    }
    Ok((files, places))
}
