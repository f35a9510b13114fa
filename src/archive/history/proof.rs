//! Whether what is asked is what was sealed: each file is compared with its link before it is read, once. What is not is left out, and
//! named.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;

use super::History;
use crate::archive::chain::newest;
use crate::archive::manifest::MANIFEST_NAME;
use crate::archive::{Archive, ArchiveError, Flaw, FlawKind, Kind, KnownExport, Link};

const NOBODYS: &str = "no link of the chain proves it; it is left out here";
const CHANGED: &str = "was changed since it was sealed; it is left out here";
const LINKED: &str = "is behind a symbolic link; it is left out here";
const MISSING: &str = "is missing, or cannot be read";

/// What the chain proves, and what was found to be otherwise.
#[derive(Debug)]
pub(super) struct Proof {
    /// The newest link of each bundle whose files are still kept.
    sealed: BTreeMap<String, Link>,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    flaws: Vec<Flaw>,
    /// Bundle and file, and whether it is what was sealed.
    compared: BTreeMap<(String, String), bool>,
}

impl Proof {
    fn of(archive: &Archive) -> Result<Self, ArchiveError> {
        let (links, flaws) = archive.proved_links()?;
        let pruned: BTreeSet<&String> = links.iter().flat_map(|link| &link.pruned).collect();
        let mut sealed: BTreeMap<String, Link> = newest(&links)
            .into_iter()
            .filter(|link| !pruned.contains(&link.bundle))
            .map(|link| (link.bundle.clone(), link.clone()))
            .collect();
        // What was begun here and not sealed yet, and all that is older than the chain, has its own manifest to go by.
        let mut alone: Vec<String> = archive.pending().into_iter().map(|(bundle, _)| bundle).collect();
        if links.is_empty() && flaws.is_empty() {
            for kind in [Kind::Snapshot, Kind::Changes, Kind::SignOffs, Kind::Run] {
                alone.extend(archive.bundles(kind, None, None)?);
            }
        }
        alone.retain(|bundle| !sealed.contains_key(bundle));
        sealed.extend(alone.into_iter().filter_map(|bundle| Some((bundle.clone(), archive.found(&bundle)?))));
        Ok(Self { sealed, found: Mutex::new(Found { flaws, compared: BTreeMap::new() }) })
    }

    /// The bundles of a kind that are there or should be; those that nothing proves are named, and not given.
    fn bundles(&self, archive: &Archive, kind: Kind, from: Option<NaiveDate>) -> Result<Vec<&Link>, ArchiveError> {
        for bundle in archive.bundles(kind, from, None)? {
            if !self.sealed.contains_key(&bundle) {
                self.flaw(FlawKind::NeverSealed, bundle, NOBODYS);
            }
        }
        let is_meant = |link: &&Link| link.kind == kind && from.is_none_or(|from| link.day >= from);
        Ok(self.sealed.values().filter(is_meant).collect())
    }

    fn flaw(&self, kind: FlawKind, path: String, what: &str) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.flaws.iter().all(|flaw| flaw.path != path) {
            found.flaws.push(Flaw { kind, path, what: what.to_string() });
        }
    }

    /// Compares those of these files that were not compared yet, several at a time: most of it is reading.
    fn compare(&self, archive: &Archive, files: &[(&Link, &str)]) -> Result<(), ArchiveError> {
        let key = |(link, name): &(&Link, &str)| (link.bundle.clone(), (*name).to_string());
        let new: Vec<&(&Link, &str)> = {
            let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            files.iter().filter(|file| !found.compared.contains_key(&key(file))).collect()
        };
        let (next, lanes) = (AtomicUsize::new(0), std::thread::available_parallelism().map_or(1, usize::from));
        let lane = || -> Result<(), ArchiveError> {
            while let Some(file) = new.get(next.fetch_add(1, Ordering::Relaxed)) {
                let (link, name) = file;
                let wrong = archive.difference(link, name)?;
                let path = format!("{}/{name}", link.bundle);
                match wrong {
                    None => {}
                    Some(FlawKind::Missing) => self.flaw(FlawKind::Missing, path, MISSING),
                    Some(FlawKind::SymbolicLink) => self.flaw(FlawKind::SymbolicLink, path, LINKED),
                    Some(kind) => self.flaw(kind, path, CHANGED),
                }
                let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                found.compared.insert(key(file), wrong.is_none());
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let lanes: Vec<_> = (0..lanes.min(new.len())).map(|_| scope.spawn(lane)).collect();
            lanes.into_iter().try_for_each(|lane| lane.join().unwrap_or(Ok(())))
        })
    }

    fn is_right(&self, bundle: &str, name: &str) -> bool {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.compared.get(&(bundle.to_string(), name.to_string())).copied().unwrap_or_default()
    }
}

impl History {
    /// As [`History::open`], of what is proved alone: an export of which a table is not what was sealed is left out, and
    /// [`History::flaws`] names it. `reads` says which tables of the exports of a day are to be read; what else is asked is compared then.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn open_proved(
        archive: &Archive,
        from: Option<NaiveDate>,
        reads: impl Fn(&str, NaiveDate) -> bool,
    ) -> Result<Self, ArchiveError> {
        let mut history = Self::open(archive, from)?;
        let proof = Proof::of(archive)?;
        let links = proof.bundles(archive, Kind::Snapshot, from)?;
        let mut files: Vec<(&Link, &str)> = Vec::new();
        for link in &links {
            let names = link.manifest.files.keys().map(String::as_str).filter(|name| reads(name, link.day));
            // Of a bucket, what the manifest says is taken from the link.
            let manifest = Some(MANIFEST_NAME).filter(|_| !archive.place.is_remote());
            files.extend(names.chain(manifest).map(|name| (*link, name)));
        }
        proof.compare(archive, &files)?;
        let mut right: BTreeSet<&String> = links.iter().map(|link| &link.bundle).collect();
        for (link, name) in &files {
            if !proof.is_right(&link.bundle, name) {
                right.remove(&link.bundle);
            }
        }
        history.exports.retain(|export| right.contains(&export.bundle));
        history.proof = Some(proof.into());
        Ok(history)
    }

    /// What of the archive is not what was sealed, of all that was asked so far.
    pub fn flaws(&self) -> Vec<Flaw> {
        let Some(proof) = &self.proof else { return Vec::new() };
        let mut flaws = proof.found.lock().unwrap_or_else(PoisonError::into_inner).flaws.clone();
        flaws.sort_by(|one, other| one.path.cmp(&other.path));
        flaws
    }

    /// The file called `file` of each bundle of `kind`, as far as it is what was sealed.
    pub(super) fn proved_tables(&self, kind: Kind, file: &str) -> Result<Vec<PathBuf>, ArchiveError> {
        let Some(proof) = &self.proof else { return self.archive.tables(kind, file, self.from) };
        let links = proof.bundles(&self.archive, kind, self.from)?;
        let files: Vec<(&Link, &str)> =
            links.into_iter().filter(|link| link.has(file)).map(|link| (link, file)).collect();
        proof.compare(&self.archive, &files)?;
        let right = files.into_iter().filter(|(link, _)| proof.is_right(&link.bundle, file));
        right.map(|(link, _)| self.archive.local(&format!("{}/{file}", link.bundle))).collect()
    }

    /// Those of `exports` of which the table of coupons is what was sealed.
    pub(super) fn with_coupons<'e>(&self, exports: Vec<&'e KnownExport>) -> Result<Vec<&'e KnownExport>, ArchiveError> {
        let Some(proof) = &self.proof else { return Ok(exports) };
        let file = "coupons.parquet";
        let links: Vec<(&Link, &str)> =
            exports.iter().filter_map(|export| Some((proof.sealed.get(&export.bundle)?, file))).collect();
        proof.compare(&self.archive, &links)?;
        Ok(exports.into_iter().filter(|export| proof.is_right(&export.bundle, file)).collect())
    }

    /// Whether a small file of a bundle is what was sealed; one that is not there is not.
    pub(in crate::archive) fn is_proved(&self, bundle: &str, name: &str) -> Result<bool, ArchiveError> {
        let Some(proof) = &self.proof else { return Ok(true) };
        let Some(link) = proof.sealed.get(bundle) else {
            proof.flaw(FlawKind::NeverSealed, bundle.to_string(), NOBODYS);
            return Ok(false);
        };
        if !link.has(name) {
            return Ok(false);
        }
        proof.compare(&self.archive, &[(link, name)])?;
        Ok(proof.is_right(bundle, name))
    }
}
