//! What an earlier export found, read without its coupons: what the next one is compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use chrono::NaiveDate;
use polars::prelude::*;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as NotAWord, StrDeserializer};

use super::{Archive, ArchiveError, read_head};
use crate::domain::{Export, ExportId, Finding, FindingCode, RowKey, Severity, Slot, StoreId, Timestamp};

/// So many of the newest exports are looked through for one that has every store.
const EXPORTS_MAX: usize = 4;

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
    pub findings: Vec<EarlierFinding>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierFinding {
    pub store: StoreId,
    /// None for a finding on the store itself.
    pub row: Option<RowKey>,
    /// The coupon's code, or its id where it has none; empty for a finding on the store itself.
    pub label: String,
    pub code: FindingCode,
    pub severity: Severity,
}

impl Earlier {
    pub fn of(export: &Export) -> Self {
        let on_rows = export.rows.iter().flat_map(|row| {
            let coupon = &row.coupon;
            let label = coupon.code.clone().unwrap_or_else(|| coupon.id.to_string());
            row.findings.iter().map(move |finding| EarlierFinding {
                store: coupon.store.clone(),
                row: Some(row.key.clone()),
                label: label.clone(),
                code: finding.code,
                severity: finding.severity,
            })
        });
        let mut earlier = Self::less_its_coupons(export);
        earlier.findings.extend(on_rows);
        earlier
    }

    fn less_its_coupons(export: &Export) -> Self {
        let on_store = |store: &StoreId, finding: &Finding| EarlierFinding {
            store: store.clone(),
            row: None,
            label: String::new(),
            code: finding.code,
            severity: finding.severity,
        };
        let of_stores = export.stores.iter();
        Self {
            id: export.id.clone(),
            at: export.at,
            day: export.day,
            slot: export.slot,
            stores: of_stores.clone().map(|load| (load.store.id.clone(), load.load.is_loaded())).collect(),
            findings: of_stores
                .flat_map(|load| load.findings.iter().map(|finding| on_store(&load.store.id, finding)))
                .collect(),
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
            let head = read_head(&folder.join("export.json"))?;
            let earlier = (Earlier::less_its_coupons(&head.export), folder);
            if stores.iter().all(|store| earlier.0.stores.contains_key(store)) {
                newest = Some(earlier);
                break;
            }
            newest = newest.or(Some(earlier));
        }
        let Some((mut earlier, folder)) = newest else { return Ok(None) };
        earlier.findings.extend(findings_on_coupons(&folder.join("findings.parquet"))?);
        Ok(Some(earlier))
    }
}

/// A finding that this program does not know, from a newer one, is passed over.
fn findings_on_coupons(path: &Path) -> Result<Vec<EarlierFinding>, ArchiveError> {
    let columns = ["store", "row_key", "coupon_code", "coupon_id", "finding", "severity"];
    let frame = texts(path, &columns)?;
    let cells = |name| frame.column(name).and_then(|column| column.str());
    let column = |name| cells(name).map_err(|source| ArchiveError::unreadable(path, source));
    let (stores, keys, codes) = (column("store")?, column("row_key")?, column("coupon_code")?);
    let (ids, findings, severities) = (column("coupon_id")?, column("finding")?, column("severity")?);
    let row = |index: usize| {
        Some(EarlierFinding {
            store: StoreId::parse(stores.get(index)?).ok()?,
            row: Some(RowKey::parse(keys.get(index)?).ok()?),
            label: codes.get(index).or(ids.get(index)).unwrap_or_default().to_string(),
            code: word(findings.get(index)?)?,
            severity: word(severities.get(index)?)?,
        })
    };
    Ok((0..frame.height()).filter_map(row).collect())
}

/// The named text columns of a whole file.
pub(super) fn texts(path: &Path, columns: &[&str]) -> Result<DataFrame, ArchiveError> {
    let file = File::open(path).map_err(|source| ArchiveError::read(path, source))?;
    let columns = columns.iter().map(ToString::to_string).collect();
    let reader = ParquetReader::new(file).with_columns(Some(columns));
    reader.finish().map_err(|source| ArchiveError::unreadable(path, source))
}

/// The value that a word of our JSON stands for.
pub(super) fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    let word: StrDeserializer<NotAWord> = text.into_deserializer();
    T::deserialize(word).ok()
}
