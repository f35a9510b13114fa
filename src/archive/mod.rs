//! The only room that speaks Parquet: snapshots, and the files of each export and run with their SHA-256.
//!
//! ```text
//! snapshots/date=2026-11-22/export=20261122-AM-7K3MPX/   one folder an export, Hive-partitioned: never half, never changed
//!     coupons.parquet   a row a coupon: typed columns for any engine, and `record`, the whole of it as JSON
//!     findings.parquet  a row a finding
//!     stores.parquet    a row a store: how its load went
//!     export.json       the export less its coupons
//!     manifest.json     every file's SHA-256 and size
//! exports/20261122-AM-7K3MPX/   the workbook as written…
//! runs/R20261122-081500-7K3MPX/ the workbook as handed back, the plan, the results…
//! ```
//! The typed columns are for questions; what a decision is resolved against is read from the records, which lose nothing.

mod bundle;
mod errors;
mod manifest;
mod parquet;
mod stock;
mod tables;

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::domain::{Export, ExportId, Row, Timestamp};
use crate::durable;

pub use bundle::{Bundle, BundleKind};
pub use errors::ArchiveError;
pub use manifest::{FileMark, MANIFEST_NAME, Manifest, SCHEMA_VERSION};

use manifest::About;

/// One archive folder, written by this machine under its own name.
#[derive(Debug, Clone)]
pub struct Archive {
    root: PathBuf,
    machine: String,
}

/// A snapshot that is in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub folder: PathBuf,
    /// Of all its files together: what the workbook carries as a hint.
    pub sha256: String,
}

/// A snapshot that is there, as its own small manifest tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownExport {
    pub id: ExportId,
    pub at: Timestamp,
    /// Where it holds the results of a run: the export that the run's workbook came from.
    pub follows: Option<ExportId>,
    /// The machine that wrote it; empty where its manifest cannot be read.
    pub machine: String,
}

/// `export.json`: the export with no rows.
#[derive(Serialize, Deserialize)]
struct Head {
    schema_version: u32,
    machine: String,
    rows: usize,
    export: Export,
}

impl Archive {
    /// Nothing is read or created yet. `machine` is the name of this one, kept with all it writes.
    pub fn new(root: impl Into<PathBuf>, machine: impl Into<String>) -> Self {
        Self { root: root.into(), machine: machine.into() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Keeps an export for ever: all of it or nothing, and never over another of the same id.
    pub fn save_snapshot(&self, export: &Export) -> Result<Saved, ArchiveError> {
        let name = folder_name(export.id.as_str())?;
        if let Some(folder) = self.find(&export.id)? {
            return Err(ArchiveError::SnapshotExists { export: export.id.clone(), folder });
        }
        let folder = self.snapshots().join(format!("date={}", export.day)).join(format!("export={name}"));
        durable::create_folder(folder.parent().unwrap_or(&self.root))?;
        let about = About {
            id: export.id.to_string(),
            machine: self.machine.clone(),
            at: Some(export.at),
            follows: export.follows.clone(),
        };
        let sha256 = durable::new_folder_with(&folder, |inside| {
            self.write_files(export, inside)?;
            let manifest = Manifest::of_folder(inside, about)?;
            durable::write_new(&inside.join(MANIFEST_NAME), &manifest.to_json())?;
            Ok::<_, ArchiveError>(manifest.sha256)
        })?;
        Ok(Saved { folder, sha256 })
    }

    /// The export exactly as it was saved, but that a fraction of 17 digits (in a platform's own `other_rules`, in a store's
    /// seconds) can differ in its last one.
    ///
    /// Every file is checked against its SHA-256 first: what was changed or lost since is named, and nothing of it is used.
    pub fn load_snapshot(&self, export: &ExportId) -> Result<Export, ArchiveError> {
        let folder = self.known_folder(export)?;
        Manifest::read(&folder)?.check(&folder)?;
        let head = read_head(&folder.join("export.json"))?;
        if head.export.id != *export {
            // A folder that was given another export's name.
            return Err(ArchiveError::Changed { path: folder });
        }
        let coupons = folder.join("coupons.parquet");
        let mut rows: Vec<Row> = Vec::with_capacity(head.rows);
        parquet::for_each_text(&coupons, "record", |record| {
            rows.push(serde_json::from_str(record).map_err(|source| ArchiveError::unreadable(&coupons, source))?);
            Ok(())
        })?;
        if rows.len() != head.rows {
            let found = format!("{} of {} coupons", rows.len(), head.rows);
            return Err(ArchiveError::unreadable(&coupons, found));
        }
        Ok(Export { rows, ..head.export })
    }

    /// The SHA-256 over the SHA-256 of a snapshot's files, as its manifest has it.
    pub fn snapshot_sha256(&self, export: &ExportId) -> Result<String, ArchiveError> {
        Ok(Manifest::read(&self.known_folder(export)?)?.sha256)
    }

    /// Every snapshot in the archive, the newest first.
    pub fn exports(&self) -> Result<Vec<ExportId>, ArchiveError> {
        Ok(self.known_exports()?.into_iter().map(|known| known.id).collect())
    }

    /// The newest snapshot of whole stores: not one that only holds the results of a run.
    pub fn latest(&self) -> Result<Option<ExportId>, ArchiveError> {
        Ok(self.known_exports()?.into_iter().find(|known| known.follows.is_none()).map(|known| known.id))
    }

    /// [`Archive::exports`] with what can be told of each without opening it.
    pub fn known_exports(&self) -> Result<Vec<KnownExport>, ArchiveError> {
        let mut known = Vec::new();
        for day in folders(&self.snapshots(), "date=")? {
            for (id, folder) in folders(&day.1, "export=")? {
                known.push(known_export(&id, &day.0, &folder));
            }
        }
        known.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
        Ok(known)
    }

    /// The files of one export or run, to add to. Creates its folder.
    pub fn bundle(&self, kind: BundleKind, id: &str) -> Result<Bundle, ArchiveError> {
        let folder = self.root.join(kind.folder()).join(folder_name(id)?);
        durable::create_folder(&folder)?;
        let about = About { id: id.to_string(), machine: self.machine.clone(), at: None, follows: None };
        Ok(Bundle::new(folder, about))
    }

    fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }

    fn known_folder(&self, export: &ExportId) -> Result<PathBuf, ArchiveError> {
        self.find(export)?.ok_or_else(|| ArchiveError::UnknownExport {
            export: export.clone(),
            root: self.root.clone(),
            machine: self.machine.clone(),
        })
    }

    // An id can come from a workbook that somebody made up: it names a folder only if it could be one of ours.
    fn find(&self, export: &ExportId) -> Result<Option<PathBuf>, ArchiveError> {
        let Ok(name) = folder_name(export.as_str()) else { return Ok(None) };
        let days = folders(&self.snapshots(), "date=")?;
        Ok(days.into_iter().map(|(_, day)| day.join(format!("export={name}"))).find(|folder| folder.is_dir()))
    }

    fn write_files(&self, export: &Export, inside: &Path) -> Result<(), ArchiveError> {
        tables::write_coupons(export, &inside.join("coupons.parquet"))?;
        tables::write_findings(export, &inside.join("findings.parquet"))?;
        tables::write_stores(export, &inside.join("stores.parquet"))?;
        let path = inside.join("export.json");
        let head = Head {
            schema_version: SCHEMA_VERSION,
            machine: self.machine.clone(),
            rows: export.rows.len(),
            export: less_its_rows(export),
        };
        let json = serde_json::to_vec_pretty(&head).map_err(|source| ArchiveError::table(&path, source))?;
        Ok(durable::write_new(&path, &json)?)
    }
}

/// The text that stands for an id in a folder's name. Ids are ours, but they come back through files that are not.
fn folder_name(id: &str) -> Result<&str, ArchiveError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !id.is_empty() && id.len() <= 80 && id.chars().all(allowed) {
        return Ok(id);
    }
    Err(ArchiveError::BadName { name: id.chars().take(80).collect() })
}

/// The folders in `parent` whose names begin with `prefix`, each with the rest of its name. No parent is no folders.
fn folders(parent: &Path, prefix: &str) -> Result<Vec<(String, PathBuf)>, ArchiveError> {
    let entries = match fs::read_dir(parent) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|source| ArchiveError::read(parent, source))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|source| ArchiveError::read(parent, source))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(prefix));
        if let Some(name) = name.map(str::to_string) {
            found.push((name, path));
        }
    }
    Ok(found)
}

/// A snapshot whose manifest cannot be read is still listed, by its day: whoever loads it is told what is wrong.
fn known_export(id: &str, day: &str, folder: &Path) -> KnownExport {
    let id = ExportId::new(id);
    let midnight = day.parse::<NaiveDate>().unwrap_or_default().and_time(NaiveTime::MIN).and_utc();
    match Manifest::read(folder) {
        Ok(manifest) => {
            let About { machine, at, follows, .. } = manifest.about;
            KnownExport { id, at: at.unwrap_or(midnight), follows, machine }
        }
        Err(_) => KnownExport { id, at: midnight, follows: None, machine: String::new() },
    }
}

fn read_head(path: &Path) -> Result<Head, ArchiveError> {
    let file = File::open(path).map_err(|source| ArchiveError::read(path, source))?;
    serde_json::from_reader(BufReader::new(file)).map_err(|source| ArchiveError::unreadable(path, source))
}

// Field by field, since a clone of a million rows only to drop them would double the memory of an export.
fn less_its_rows(export: &Export) -> Export {
    let Export { id, follows, at, finished, day, slot, zone, stores, rows: _ } = export;
    Export {
        id: id.clone(),
        follows: follows.clone(),
        at: *at,
        finished: *finished,
        day: *day,
        slot: *slot,
        zone: *zone,
        stores: stores.clone(),
        rows: Vec::new(),
    }
}
