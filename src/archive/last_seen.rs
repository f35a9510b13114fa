//! What the newest exports hold of each store: enough to say what a coupon was when somebody last looked, without reading more of the
//! past than that. Nothing is told that its link does not prove.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;

use super::history::History;
use super::{Archive, ArchiveError, Flaw, Kind, KnownExport, read_head, scan};
use crate::domain::{ExportId, HOLDS_DAYS, Row, Store, StoreId, StoreLoad, Timestamp};

/// So many exports are looked through for a store that only some of them asked.
const EXPORTS_MAX: usize = 20;

const COLUMNS: &str = "store row_key coupon_id code name status campaign";

/// The last sight of each store, and of what runs read back since.
pub struct LastSeen {
    archive: Archive,
    history: History,
    stores: BTreeMap<StoreId, StoreSight>,
    /// The newest first.
    tables: Vec<Table>,
}

/// One store as the newest export that loaded it saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSight {
    pub export: ExportId,
    /// When its load ended.
    pub at: Timestamp,
    /// Whether a coupon that is not in it was not there.
    pub has_everything: bool,
}

/// A table of coupons, and whose rows in it tell.
struct Table {
    bundle: String,
    at: Timestamp,
    stores: BTreeSet<StoreId>,
}

/// Where a row lies. Ordered as they are read: the newest export first, each in its own order of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    table: usize,
    row: usize,
}

/// What a coupon is called, and little more; a row may stand in several tables.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    pub place: Place,
    pub store: &'a str,
    pub key: &'a str,
    pub id: &'a str,
    pub code: Option<&'a str>,
    pub name: &'a str,
    /// As our JSON spells it.
    pub status: &'a str,
    pub campaign: Option<&'a str>,
}

/// A row, and when its values were read.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenRow {
    pub row: Row,
    pub at: Timestamp,
}

impl Archive {
    /// The last sight of each of `stores`, as far as exports of the last days before the newest one tell. A store that was another shop
    /// then has none.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn last_seen(&self, stores: &[Store]) -> Result<LastSeen, ArchiveError> {
        let newest = self.bundles(Kind::Snapshot, None, None)?.pop();
        let newest = newest.and_then(|bundle| Some(self.kind_and_day(&bundle)?.1));
        let from = newest.and_then(|day| day.checked_sub_signed(Duration::days(HOLDS_DAYS)));
        let mut history = History::open_proved(self, from, |_, _| false)?;
        // What nobody sealed may bear any date.
        if history.exports().is_empty() && from.is_some() {
            history = History::open_proved(self, None, |_, _| false)?;
        }
        let wanted: BTreeMap<&StoreId, &Store> = stores.iter().map(|store| (&store.id, store)).collect();
        let mut seen = LastSeen { archive: self.clone(), history, stores: BTreeMap::new(), tables: Vec::new() };
        let newest_first: Vec<KnownExport> = seen.history.exports().iter().rev().take(EXPORTS_MAX).cloned().collect();
        for export in newest_first {
            if wanted.keys().all(|store| seen.stores.contains_key(*store)) {
                break;
            }
            seen.add(export, &wanted)?;
        }
        Ok(seen)
    }
}

impl LastSeen {
    /// Takes in what `export` tells of stores that no newer one tells of.
    fn add(&mut self, export: KnownExport, wanted: &BTreeMap<&StoreId, &Store>) -> Result<(), ArchiveError> {
        if !self.history.is_proved(&export.bundle, "export.json")? {
            return Ok(());
        }
        let head = read_head(&self.archive.local(&format!("{}/export.json", export.bundle))?)?.export;
        let is_it = |store: &Store| {
            wanted.get(&store.id).is_some_and(|now| now.platform == store.platform && now.shop == store.shop)
        };
        let is_new = |load: &&StoreLoad| load.load.is_loaded() && !self.stores.contains_key(&load.store.id);
        let telling: Vec<&StoreLoad> = head.stores.iter().filter(is_new).filter(|load| is_it(&load.store)).collect();
        if telling.is_empty() || !self.history.is_proved(&export.bundle, "coupons.parquet")? {
            return Ok(());
        }
        let sight = |load: &StoreLoad| StoreSight {
            export: export.id.clone(),
            at: head.finished,
            has_everything: load.has_everything(),
        };
        let stores = telling.iter().map(|load| load.store.id.clone()).collect();
        // The results of a run are a sight of some of its rows only.
        if export.is_whole() {
            let sights = telling.iter().map(|load| (load.store.id.clone(), sight(load)));
            self.stores.extend(sights.collect::<Vec<_>>());
        }
        self.tables.push(Table { bundle: export.bundle, at: head.finished, stores });
        Ok(())
    }

    /// The stores of which something is known.
    pub fn stores(&self) -> &BTreeMap<StoreId, StoreSight> {
        &self.stores
    }

    /// What of the archive is not what was sealed, of all that was read; it is left out.
    pub fn flaws(&self) -> Vec<Flaw> {
        self.history.flaws()
    }

    /// Hands every coupon to `take`.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn each(&self, take: &mut dyn FnMut(&Named)) -> Result<(), ArchiveError> {
        for (table, known) in self.tables.iter().enumerate() {
            let stores: BTreeSet<&str> = known.stores.iter().map(StoreId::as_str).collect();
            scan::each_row(&self.coupons_of(known)?, COLUMNS, |cells| {
                let text = |name| cells.text(name).unwrap_or_default();
                let named = Named {
                    place: Place { table, row: cells.row() },
                    store: text("store"),
                    key: text("row_key"),
                    id: text("coupon_id"),
                    code: cells.text("code"),
                    name: text("name"),
                    status: text("status"),
                    campaign: cells.text("campaign"),
                };
                if stores.contains(named.store) {
                    take(&named);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The rows at `places`, whole.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn rows(&self, places: &BTreeSet<Place>) -> Result<Vec<SeenRow>, ArchiveError> {
        let mut found = Vec::with_capacity(places.len());
        for (table, known) in self.tables.iter().enumerate() {
            let rows: BTreeSet<usize> =
                places.iter().filter(|place| place.table == table).map(|place| place.row).collect();
            if rows.is_empty() {
                continue;
            }
            let path = self.coupons_of(known)?;
            scan::each_row_of(&path, "record", &rows, |cells| {
                let record = cells.text("record").unwrap_or_default();
                let row: Row =
                    serde_json::from_str(record).map_err(|source| ArchiveError::unreadable(&path, source))?;
                found.push(SeenRow { at: row.read_at.unwrap_or(known.at), row });
                Ok(())
            })?;
        }
        Ok(found)
    }

    fn coupons_of(&self, table: &Table) -> Result<std::path::PathBuf, ArchiveError> {
        self.archive.local(&format!("{}/coupons.parquet", table.bundle))
    }
}
