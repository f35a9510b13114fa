//! What an earlier export found, read without its coupons: what the next one is compared with.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::history::History;
use super::scan::{answer, scan};
use super::{Archive, ArchiveError, read_head};
use crate::domain::{
    Coupon, Export, ExportId, FirstSeen, IsoWeek, Load, RowKey, SeenFinding, Slot, StoreId, Timestamp, WeekTrend,
};

/// So many of the newest exports are looked through for one that has every store.
const EXPORTS_MAX: usize = 4;
/// And so many for a store that only some of them asked.
const LOADS_MAX: usize = 20;
/// So far back the beginning of a finding is looked for: the weeks of the trend, whose tables are at hand.
const FIRST_SEEN_WEEKS: u64 = 7;

/// One export of whole stores, as far as a comparison needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    pub id: ExportId,
    /// When loading began.
    pub at: Timestamp,
    pub day: NaiveDate,
    pub slot: Slot,
    /// Every store that was asked, and whether it loaded.
    pub stores: BTreeMap<StoreId, bool>,
    /// A coupon is called by its code, or by its id where it has none.
    pub findings: Vec<SeenFinding>,
}

impl Earlier {
    pub fn of(export: &Export) -> Self {
        let label = |coupon: &Coupon| coupon.code.clone().unwrap_or_else(|| coupon.id.to_string());
        Self {
            id: export.id.clone(),
            at: export.at,
            day: export.day,
            slot: export.slot,
            stores: export.stores.iter().map(|load| (load.store.id.clone(), load.load.is_loaded())).collect(),
            findings: export.seen_findings(label),
        }
    }
}

impl Archive {
    /// The newest export that asked all of `stores`, among the last few; where none did, the newest. Not one that only holds
    /// the results of a run. None where the archive has no export yet.
    ///
    /// The files are not checked against their SHA-256: nothing is decided by a comparison.
    ///
    /// # Errors
    /// If the archive cannot be read.
    pub fn earlier(&self, stores: &BTreeSet<StoreId>) -> Result<Option<Earlier>, ArchiveError> {
        let mut newest = None;
        let whole = self.known_exports()?.into_iter().filter(|known| known.follows.is_none());
        for known in whole.take(EXPORTS_MAX) {
            let folder = self.known_folder(&known.id)?;
            // It has no rows.
            let head = read_head(&folder.join("export.json"))?;
            let earlier = (Earlier::of(&head.export), folder);
            if stores.iter().all(|store| earlier.0.stores.contains_key(store)) {
                newest = Some(earlier);
                break;
            }
            newest = newest.or(Some(earlier));
        }
        let Some((mut earlier, folder)) = newest else { return Ok(None) };
        let query = scan(&[folder.join("findings.parquet")], "store row_key coupon_code coupon_id finding severity");
        // A finding that this program does not know, from a newer one, is passed over.
        earlier.findings.extend(answer(query, &folder)?.rows(|cell| {
            Some(SeenFinding {
                store: cell.word("store")?,
                row: Some(cell.word("row_key")?),
                label: cell.owned("coupon_code").or(cell.owned("coupon_id")).unwrap_or_default(),
                code: cell.word("finding")?,
                severity: cell.word("severity")?,
            })
        }));
        Ok(Some(earlier))
    }

    /// Since when each row of `export` has had its worst finding, as far as the last [`FIRST_SEEN_WEEKS`] tell; see
    /// [`History::first_seen`].
    ///
    /// # Errors
    /// If the archive cannot be read.
    pub fn first_seen(&self, export: &Export) -> Result<BTreeMap<RowKey, FirstSeen>, ArchiveError> {
        let first = IsoWeek::of(export.day).back(FIRST_SEEN_WEEKS).monday();
        History::open(self, Some(first))?.first_seen(export)
    }

    /// How each of `stores` loaded last, and when, as far as the last few exports asked it.
    ///
    /// # Errors
    /// If the archive cannot be read.
    pub fn last_loads(&self, stores: &BTreeSet<StoreId>) -> Result<BTreeMap<StoreId, (Timestamp, Load)>, ArchiveError> {
        let mut loads = BTreeMap::new();
        for known in self.known_exports()?.into_iter().filter(|known| known.follows.is_none()).take(LOADS_MAX) {
            let head = read_head(&self.known_folder(&known.id)?.join("export.json"))?;
            let asked = head.export.stores.into_iter().filter(|load| stores.contains(&load.store.id));
            for load in asked {
                loads.entry(load.store.id).or_insert((head.export.finished, load.load));
            }
            if loads.len() == stores.len() {
                break;
            }
        }
        Ok(loads)
    }

    /// The last `weeks` ISO weeks up to that of `until`, a day of the team's calendar; see [`History::trend`].
    ///
    /// # Errors
    /// If the archive cannot be read.
    pub fn trend(&self, weeks: u64, until: NaiveDate) -> Result<Vec<WeekTrend>, ArchiveError> {
        let last = IsoWeek::of(until);
        let weeks: Vec<IsoWeek> = (0..weeks).rev().map(|back| last.back(back)).collect();
        let first = weeks.first().map(|week| week.monday());
        History::open(self, first)?.trend(&weeks)
    }
}
