//! The only module that speaks Parquet, and the keeper of everything that an audit asks for.
//!
//! ```text
//! snapshots/date=2026-11-22/export=20261122-AM-7K3MPX/   one folder an export, Hive-partitioned: never half, never changed
//!     coupons.parquet   a row a coupon: typed columns for any engine, and `record`, the whole of it as JSON
//!     findings.parquet  a row a finding
//!     stores.parquet    a row a store: how its load went
//!     export.json       the export less its coupons
//!     manifest.json     every file's SHA-256 and size
//! changes/date=2026-11-22/run=R20261122-081500-7K3MPX/changes.parquet       a row a change, with its outcome
//! sign_offs/date=2026-11-22/export=20261122-AM-7K3MPX/sign_offs.parquet     a row a signed item of the checklist
//! exports/20261122-AM-7K3MPX/   the workbook as written…
//! runs/R20261122-081500-7K3MPX/ the workbook as handed back, the plan, the results…
//! chain/00000012.json           the manifests again, in one order, each with the SHA-256 of the one before
//! seals/2026-W47.txt            how far the chain had come: a line that can be kept elsewhere
//! ```
//! The typed columns are for questions; what a decision is resolved against is read from the records, which lose nothing.
//! A bundle is there once its link is: files first, then their manifest, last the link. `place` is where it all lies (a folder, a
//! bucket), `chain` the order, `state` what this machine knows of it, `verify` the proof.

mod bundle;
mod chain;
mod earlier;
mod errors;
mod extent;
pub mod history;
mod last_seen;
mod lines;
mod manifest;
mod names;
mod opened;
mod parquet;
mod place;
mod prune;
mod scan;
mod seal;
mod state;
mod tables;
mod verify;
mod written;
mod zip;

use std::collections::HashSet;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::domain::{Coupon, Export, ExportId, IsoWeek, Row, Rows, SharedFields, SignOff, Slot, StoreLoad, Timestamp};
use crate::durable;

pub use bundle::{Bundle, BundleKind};
pub use chain::{How, Kind, Link, Tip, newest};
pub use earlier::Earlier;
pub use errors::ArchiveError;
pub use extent::Extent;
pub use last_seen::{LastSeen, Named, Place as RowPlace, SeenRow, StoreSight};
pub use lines::{ChangeLine, RunFacts, Values};
pub use manifest::{FileMark, MANIFEST_NAME, Manifest, SCHEMA_VERSION};
pub use opened::{Archive, Clock, Opening};
pub use place::{Addressing, BucketAccess, Location};
pub use prune::Pruning;
pub use seal::Seal;
pub use verify::{Asked, Flaw, FlawKind, Sample, Verified};
pub use written::Kept;
pub use zip::{Packed, pack};

use manifest::About;

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
    /// When loading began.
    pub at: Timestamp,
    /// Of the team's own calendar.
    pub day: NaiveDate,
    /// Where it holds the results of a run: the export that the run's workbook came from.
    pub follows: Option<ExportId>,
    /// The machine that wrote it; empty where its manifest cannot be read.
    pub machine: String,
    /// Its folder inside the archive.
    bundle: String,
}

impl KnownExport {
    fn of(bundle: String, day: NaiveDate, about: About) -> Self {
        let About { id, machine, at, follows } = about;
        let at = at.unwrap_or(day.and_time(NaiveTime::MIN).and_utc());
        Self { id: ExportId::new(id), at, day, follows, machine, bundle }
    }

    pub fn is_whole(&self) -> bool {
        self.follows.is_none()
    }

    pub fn week(&self) -> IsoWeek {
        IsoWeek::of(self.day)
    }

    /// As its id tells; none where the id is not of our making.
    pub fn slot(&self) -> Option<Slot> {
        self.id.as_str().split('-').nth(1)?.to_lowercase().parse().ok()
    }
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
    /// Keeps an export for ever: all of it or nothing, and never over another of the same id.
    pub fn save_snapshot(&self, export: &Export) -> Result<Saved, ArchiveError> {
        let bundle = snapshot_of(export)?;
        match self.find(&export.id) {
            // Nothing there is written over in any case; here it is kept until the bucket answers again.
            Ok(None) | Err(ArchiveError::Bucket { .. }) => {}
            Ok(Some(folder)) => return Err(ArchiveError::SnapshotExists { export: export.id.clone(), folder }),
            Err(error) => return Err(error),
        }
        let about = About { at: Some(export.at), follows: export.follows.clone(), ..self.about(export.id.as_str()) };
        self.save_once((Kind::Snapshot, bundle, export.day), None, about, |inside| self.write_files(export, inside))
    }

    /// A snapshot that is whole on this machine although it could not be sealed: the next command that can does so.
    pub fn unsealed_snapshot(&self, export: &Export) -> Option<Saved> {
        let bundle = snapshot_of(export).ok().filter(|bundle| self.is_pending(bundle))?;
        let folder = self.local(&bundle).ok()?;
        let manifest = Manifest::read(&folder).ok().filter(|manifest| manifest.check(&folder).is_ok())?;
        Some(Saved { folder, sha256: manifest.sha256 })
    }

    /// Keeps what became of a run's rows, as a table. A run that goes on after an interruption is another run.
    pub fn save_changes(&self, run: &RunFacts, lines: &[ChangeLine]) -> Result<Saved, ArchiveError> {
        folder_name(run.id.as_str())?;
        let day = self.local_day(run.started);
        let what = (Kind::Changes, self.changes_of(run), day);
        let about = About { at: Some(run.started), ..self.about(run.id.as_str()) };
        self.save_once(what, Some(run.by.clone()), about, |inside| {
            lines::write_changes(run, lines, &inside.join("changes.parquet"))
        })
    }

    /// Whether the table of a run's rows is there.
    pub fn has_changes(&self, run: &RunFacts) -> bool {
        let bundle = self.changes_of(run);
        self.is_taken(&bundle)
    }

    /// Whether something has the name: a symbolic link too.
    fn is_taken(&self, bundle: &str) -> bool {
        self.local(bundle).map_or(true, |folder| folder.exists()) || self.is_linked(bundle)
    }

    fn changes_of(&self, run: &RunFacts) -> String {
        format!("changes/date={}/run={}", self.local_day(run.started), run.id)
    }

    /// Keeps what was signed on an export's checklist, as a table. The same export signed again (in the afternoon, say) makes a
    /// further folder, `export=ID-2`; the newest line of an item and slot counts.
    pub fn save_sign_offs(&self, export: &Export, sign_offs: &[SignOff]) -> Result<Saved, ArchiveError> {
        let (name, day) = (folder_name(export.id.as_str())?, export.day);
        let free = |bundle: &String| !self.is_taken(bundle);
        let first = format!("sign_offs/date={day}/export={name}");
        let bundle = std::iter::once(first.clone())
            .chain((2..u32::MAX).map(|number| format!("{first}-{number}")))
            .find(free)
            .unwrap_or(first);
        let about = About { at: Some(export.at), ..self.about(export.id.as_str()) };
        self.save_once((Kind::SignOffs, bundle, day), None, about, |inside| {
            lines::write_sign_offs(export, sign_offs, &inside.join("sign_offs.parquet"))
        })
    }

    /// The export exactly as it was saved, but that a fraction of 17 digits (in a platform's own `other_rules`, in a store's
    /// seconds) can differ in its last one.
    ///
    /// Every file is checked against its SHA-256 first: what was changed or lost since is named, and nothing of it is used.
    pub fn load_snapshot(&self, export: &ExportId) -> Result<Export, ArchiveError> {
        let (head, coupons) = self.unchanged_head(export)?;
        let mut rows: Vec<Row> = Vec::with_capacity(head.rows);
        let mut shared = SharedFields::default();
        scan::each_row(&coupons, "record", |cells| {
            let mut row = row_of(&coupons, cells)?;
            shared.share(&mut row.coupon);
            rows.push(row);
            Ok(())
        })?;
        if rows.len() != head.rows {
            let found = format!("{} of {} coupons", rows.len(), head.rows);
            return Err(ArchiveError::unreadable(&coupons, found));
        }
        Ok(Export { rows: rows.into(), ..head.export })
    }

    /// `export` without its rows, and the coupons that it saw of those of its stores that are `wanted`.
    ///
    /// # Errors
    /// As [`Archive::load_snapshot`].
    pub fn load_coupons(
        &self,
        export: &ExportId,
        wanted: impl Fn(&StoreLoad) -> bool,
    ) -> Result<(Export, Vec<Coupon>), ArchiveError> {
        let (Head { export, .. }, table) = self.unchanged_head(export)?;
        let stores: HashSet<&str> =
            export.stores.iter().filter(|load| wanted(load)).map(|load| load.store.id.as_str()).collect();
        let (mut coupons, mut shared) = (Vec::new(), SharedFields::default());
        if !stores.is_empty() {
            scan::each_row(&table, "store record", |cells| {
                if cells.text("store").is_some_and(|store| stores.contains(store)) {
                    let mut coupon = row_of(&table, cells)?.coupon;
                    shared.share(&mut coupon);
                    coupons.push(coupon);
                }
                Ok(())
            })?;
        }
        Ok((export, coupons))
    }

    /// All that a snapshot says but its rows, and the table that has these. Every file of it was compared with its manifest.
    fn unchanged_head(&self, export: &ExportId) -> Result<(Head, PathBuf), ArchiveError> {
        let folder = self.known_folder(export)?;
        let manifest = Manifest::read(&folder)?;
        manifest.check(&folder)?;
        let head = read_head(&folder.join("export.json"))?;
        if head.export.id != *export {
            // A folder that was given another export's name.
            return Err(ArchiveError::Changed { path: folder });
        }
        Ok((head, folder.join("coupons.parquet")))
    }

    /// The SHA-256 over the SHA-256 of a snapshot's files, as its manifest has it.
    pub fn snapshot_sha256(&self, export: &ExportId) -> Result<String, ArchiveError> {
        Ok(Manifest::read(&self.known_folder(export)?)?.sha256)
    }

    /// Whether the chain proves the snapshot of `export`: every link holds, and the newest that seals it has this very manifest. Where
    /// there is no chain nothing does.
    ///
    /// # Errors
    /// Where something cannot be read.
    pub fn proves_snapshot(&self, export: &ExportId) -> Result<bool, ArchiveError> {
        let folder = self.known_folder(export)?;
        let (links, flaws) = self.proved_links()?;
        let path = folder.join(MANIFEST_NAME);
        let bytes = durable::read(&path).map_err(|source| ArchiveError::read(&path, source))?;
        let is_it = |link: &Link| self.local(&link.bundle).is_ok_and(|place| place == folder);
        let seals = |link: &&Link| link.kind == Kind::Snapshot && is_it(link);
        let newest = links.iter().filter(seals).max_by_key(|link| link.number);
        let is_sealed = newest.is_some_and(|link| link.manifest_sha256 == Some(manifest::sha256_of_bytes(&bytes)));
        Ok(flaws.is_empty() && is_sealed)
    }

    /// Refused where a link does not hold: nothing is planned, sealed, removed or handed on by what somebody else may have written. What a
    /// killed command left is no such thing.
    ///
    /// # Errors
    /// The first of what does not hold; and where the chain cannot be read.
    pub fn must_hold(&self) -> Result<(), ArchiveError> {
        let (_, flaws) = self.proved_links()?;
        match flaws.into_iter().next() {
            Some(flaw) => Err(ArchiveError::Flawed { path: flaw.path, what: flaw.what }),
            None => Ok(()),
        }
    }

    /// The newest snapshot of whole stores: not one that only holds the results of a run.
    pub fn latest(&self) -> Result<Option<ExportId>, ArchiveError> {
        Ok(self.known_exports()?.into_iter().find(KnownExport::is_whole).map(|known| known.id))
    }

    /// Every snapshot in the archive, the newest first, with what can be told of each without opening it.
    pub fn known_exports(&self) -> Result<Vec<KnownExport>, ArchiveError> {
        self.known_exports_since(None)
    }

    /// The same of the day `from` of the team's calendar and later; none: no bound.
    pub(in crate::archive) fn known_exports_since(
        &self,
        from: Option<NaiveDate>,
    ) -> Result<Vec<KnownExport>, ArchiveError> {
        let mut known: Vec<KnownExport> = if self.place.is_remote() {
            let is_meant = |link: &Link| link.kind == Kind::Snapshot && from.is_none_or(|from| link.day >= from);
            let links = self.unpruned()?.into_iter().filter(is_meant);
            links.map(|link| KnownExport::of(link.bundle, link.day, link.manifest.about)).collect()
        } else {
            let bundles = self.bundles(Kind::Snapshot, from, None)?;
            bundles.into_iter().filter_map(|bundle| self.known_export(bundle)).collect()
        };
        known.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
        Ok(known)
    }

    /// A snapshot whose manifest cannot be read is still listed, by its day: whoever loads it is told what is wrong.
    fn known_export(&self, bundle: String) -> Option<KnownExport> {
        let (_, day) = self.kind_and_day(&bundle)?;
        let id = bundle.rsplit_once("/export=")?.1.to_string();
        let about = match self.local(&bundle).and_then(|folder| Manifest::read(&folder)) {
            Ok(manifest) => About { id, ..manifest.about },
            Err(_) => About { id, machine: String::new(), at: None, follows: None },
        };
        Some(KnownExport::of(bundle, day, about))
    }

    fn known_folder(&self, export: &ExportId) -> Result<PathBuf, ArchiveError> {
        self.find(export)?.ok_or_else(|| ArchiveError::UnknownExport {
            export: export.clone(),
            root: PathBuf::from(self.place.shown("")),
            machine: self.machine.clone(),
        })
    }

    // An id can come from a workbook that somebody made up: it names a folder only if it could be one of ours.
    fn find(&self, export: &ExportId) -> Result<Option<PathBuf>, ArchiveError> {
        let Ok(name) = folder_name(export.as_str()) else { return Ok(None) };
        let own = format!("/export={name}");
        // One that waits here for its bucket is known as well.
        let unsealed = self.pending().into_iter().map(|(bundle, _)| bundle);
        let bundles = self.bundles(Kind::Snapshot, None, None)?;
        let bundle = bundles
            .into_iter()
            .chain(unsealed)
            .find(|bundle| bundle.starts_with("snapshots/") && bundle.ends_with(&own));
        let Some(bundle) = bundle else { return Ok(None) };
        self.fetch(&bundle)?;
        Ok(Some(self.local(&bundle)?).filter(|folder| folder.is_dir()))
    }

    /// Writes a folder whole, then seals it.
    fn save_once(
        &self,
        (kind, bundle, day): (Kind, String, NaiveDate),
        by: Option<String>,
        about: About,
        fill: impl FnOnce(&Path) -> Result<(), ArchiveError>,
    ) -> Result<Saved, ArchiveError> {
        let folder = self.local(&bundle)?;
        let note = self.note(&bundle)?;
        durable::create_folder(folder.parent().unwrap_or(&self.root))?;
        let (manifest, json) = durable::new_folder_with(&folder, |inside| {
            if let Some(note) = &note {
                note.put_together_in(inside)?;
            }
            fill(inside)?;
            let manifest = Manifest::of_folder(inside, about)?;
            let json = manifest.to_json();
            durable::write_new(&inside.join(MANIFEST_NAME), &json)?;
            Ok::<_, ArchiveError>((manifest, json))
        })?;
        self.publish(&bundle, &manifest)?;
        let sha256 = manifest.sha256.clone();
        self.append(Link { by, ..Link::new(kind, day, bundle, manifest).with(&json) })?;
        if let Some(note) = note {
            note.done();
        }
        Ok(Saved { folder, sha256 })
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

fn snapshot_of(export: &Export) -> Result<String, ArchiveError> {
    Ok(format!("snapshots/date={}/export={}", export.day, folder_name(export.id.as_str())?))
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
        let entry = entry.map_err(|source| ArchiveError::read(parent, source))?;
        let path = entry.path();
        // A symbolic link to one is none.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(prefix));
        // What a file manager or a killed command left beside them is none.
        if let Some(name) =
            name.map(str::to_string).filter(|name| is_folder && !name.starts_with(durable::TEMPORARY_PREFIX))
        {
            found.push((name, path));
        }
    }
    Ok(found)
}

/// The row that a line of the table `coupons` has whole.
fn row_of(coupons: &Path, cells: &scan::Cells) -> Result<Row, ArchiveError> {
    serde_json::from_str(cells.text("record").unwrap_or_default())
        .map_err(|source| ArchiveError::unreadable(coupons, source))
}

fn read_head(path: &Path) -> Result<Head, ArchiveError> {
    let file = durable::open(path).map_err(|source| ArchiveError::read(path, source))?;
    serde_json::from_reader(BufReader::new(file)).map_err(|source| ArchiveError::unreadable(path, source))
}

// Field by field, since a clone of a million rows only to drop them would double the memory of an export.
fn less_its_rows(export: &Export) -> Export {
    let Export { id, follows, at, finished, day, slot, zone, stores, findings, parts, rows: _ } = export;
    Export {
        id: id.clone(),
        follows: follows.clone(),
        at: *at,
        finished: *finished,
        day: *day,
        slot: *slot,
        zone: *zone,
        stores: stores.clone(),
        findings: findings.clone(),
        parts: parts.clone(),
        rows: Rows::default(),
    }
}
