//! One archive, opened: where it lies, who writes, by which clock and calendar.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::chain::{Kind, Link, newest};
use super::manifest::{About, FileMark, MANIFEST_NAME, Manifest, sha256_of_bytes};
use super::place::{Bucket, Folder, Location, Place};
use super::{ArchiveError, Flaw, FlawKind, folders};
use crate::domain::{Timestamp, local_day};
use crate::durable;

/// Gives the present moment.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What an archive is opened with.
pub struct Opening {
    /// The name of this machine, kept with all that it writes.
    pub machine: String,
    /// Whose calendar the weeks are of.
    pub zone: Tz,
    /// A folder on this machine's own disk: the links that were seen, what is being written, and copies of a bucket's files.
    pub state: PathBuf,
    pub clock: Clock,
}

/// One archive, written by this machine under its own name. Clones share everything.
#[derive(Clone)]
pub struct Archive {
    /// The folder itself, or where a bucket's files are copied to.
    pub(super) root: PathBuf,
    pub(super) place: Arc<dyn Place>,
    pub(super) machine: String,
    pub(super) zone: Tz,
    state: PathBuf,
    clock: Clock,
    /// What comparisons with earlier exports did without.
    pub(super) left_out: Arc<Mutex<Vec<Flaw>>>,
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("place", &self.place).field("machine", &self.machine).finish_non_exhaustive()
    }
}

impl Archive {
    /// Nothing is read or created yet; what is remembered under another spelling of the folder gets its place.
    pub fn open(location: &Location, opening: Opening) -> Self {
        let Opening { machine, zone, state, clock } = opening;
        // An archive's memory is its own: a config that is pointed elsewhere starts afresh there.
        let own = |place: &str| state.join(sha256_of_bytes(place.as_bytes()).chars().take(16).collect::<String>());
        let as_named = own(&location.to_string());
        let state = match location {
            Location::Folder(folder) => own(&seen_from(&state, folder)),
            Location::Bucket(_) => as_named.clone(),
        };
        // Where earlier versions kept it.
        if as_named != state && as_named.is_dir() && !state.exists() {
            let _ = durable::rename(&as_named, &state);
        }
        let (root, place): (PathBuf, Arc<dyn Place>) = match location {
            Location::Folder(folder) => (folder.clone(), Arc::new(Folder(folder.clone()))),
            Location::Bucket(access) => (state.join("copies"), Arc::new(Bucket::new(access.clone()))),
        };
        Self { root, place, machine, zone, state, clock, left_out: Arc::default() }
    }

    /// The folder that files are read from: the archive's own, or of a bucket the one with the copies, which holds only what
    /// was asked for. See [`Archive::tables`].
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Who writes.
    pub fn machine(&self) -> &str {
        &self.machine
    }

    /// Tries that it can be written to as a chain needs it: before stores are loaded, and before anything is sent.
    ///
    /// # Errors
    /// Where it cannot.
    pub fn prove(&self) -> Result<(), ArchiveError> {
        self.place.prove()
    }

    /// Where it lies, as people know it.
    pub fn shown(&self) -> String {
        self.place.shown("")
    }

    /// The file called `file` of each bundle of `kind` from the day `from` of the team's calendar on (none: no bound), oldest
    /// first, on this machine's disk. Of a bucket they are copied here first.
    pub fn tables(&self, kind: Kind, file: &str, from: Option<NaiveDate>) -> Result<Vec<PathBuf>, ArchiveError> {
        let mut bundles = self.bundles(kind, from, None)?;
        if !self.place.is_remote() {
            bundles.retain(|bundle| self.local(&format!("{bundle}/{file}")).is_ok_and(|table| table.is_file()));
        }
        self.fetch_file(&bundles, file)?;
        let found = bundles.iter().map(|bundle| self.local(&format!("{bundle}/{file}")));
        let mut found: Vec<PathBuf> = found.collect::<Result<_, _>>()?;
        found.sort();
        Ok(found)
    }

    /// The bundles of `kind` for the days `from..=to` of the team's calendar (none: no bound), by name, as folders inside the
    /// archive. Nothing is copied.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn bundles(
        &self,
        kind: Kind,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    ) -> Result<Vec<String>, ArchiveError> {
        let within = |day: NaiveDate| from.is_none_or(|from| day >= from) && to.is_none_or(|to| day <= to);
        let mut found = Vec::new();
        if self.place.is_remote() {
            let wanted = |link: &Link| link.kind == kind && within(link.day);
            found.extend(self.unpruned()?.into_iter().filter(wanted).map(|link| link.bundle));
        } else {
            let (top, is_by_day) = match kind {
                Kind::Snapshot => ("snapshots", true),
                Kind::Changes => ("changes", true),
                Kind::SignOffs => ("sign_offs", true),
                Kind::Export => ("exports", false),
                Kind::Run => ("runs", false),
                Kind::Seal | Kind::Prune => return Ok(found),
            };
            let parent = self.local(top)?;
            if is_by_day {
                for (day, folder) in
                    folders(&parent, "date=")?.into_iter().filter(|(day, _)| day.parse().is_ok_and(within))
                {
                    let inside = folders(&folder, "")?;
                    found.extend(inside.into_iter().map(|(name, _)| format!("{top}/date={day}/{name}")));
                }
            } else {
                let inside = folders(&parent, "")?.into_iter().filter(|(id, _)| within(self.day_of_id(id)));
                found.extend(inside.map(|(id, _)| format!("{top}/{id}")));
            }
        }
        found.sort();
        Ok(found)
    }

    /// One small file of a bundle; none where it is not there.
    pub fn read(&self, bundle: &str, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        Ok(self.place.read(&[format!("{bundle}/{name}")])?.pop().flatten())
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Where a file of this machine's own memory of the archive is.
    pub(super) fn remembered(&self, name: &str) -> PathBuf {
        self.state.join(name)
    }

    /// The team's day at an instant.
    pub(super) fn local_day(&self, at: Timestamp) -> NaiveDate {
        local_day(at, self.zone)
    }

    /// The day in an id: an export's is the team's, a run's is a moment in UTC.
    pub(super) fn day_of_id(&self, id: &str) -> NaiveDate {
        let of_run = || {
            let moment = id.strip_prefix('R')?.get(..15)?;
            let moment = NaiveDateTime::parse_from_str(moment, "%Y%m%d-%H%M%S").ok()?;
            Some(self.local_day(moment.and_utc()))
        };
        let of_export = || NaiveDate::parse_from_str(id.get(..8)?, "%Y%m%d").ok();
        of_run().or_else(of_export).unwrap_or_else(|| self.local_day(self.now()))
    }

    pub(super) fn about(&self, id: &str) -> About {
        About { id: id.to_string(), machine: self.machine.clone(), at: None, follows: None }
    }

    /// Where a file or folder of the archive is on this machine, of a bucket as a copy.
    ///
    /// # Errors
    /// Where a symbolic link stands in the way: through that nothing is read, written or removed.
    pub(super) fn local(&self, name: &str) -> Result<PathBuf, ArchiveError> {
        Ok(durable::inside(&self.root, name)?)
    }

    pub(super) fn is_linked(&self, bundle: &str) -> bool {
        self.place.is_remote() && self.links().is_ok_and(|links| links.iter().any(|link| link.bundle == bundle))
    }

    /// The newest link of each bundle whose files are still kept, in the order of the chain.
    pub(super) fn unpruned(&self) -> Result<Vec<Link>, ArchiveError> {
        let links = self.links()?;
        let pruned: BTreeSet<&String> = links.iter().flat_map(|link| &link.pruned).collect();
        Ok(newest(&links).into_iter().filter(|link| !pruned.contains(&link.bundle)).cloned().collect())
    }

    /// Carries a bundle's files to where the archive lies; readers see them once they are linked.
    pub(super) fn publish(&self, bundle: &str, manifest: &Manifest) -> Result<(), ArchiveError> {
        let folder = self.local(bundle)?;
        for name in manifest.files.keys() {
            self.place.upload(&format!("{bundle}/{name}"), &folder.join(name), false)?;
        }
        self.place.upload(&format!("{bundle}/{MANIFEST_NAME}"), &folder.join(MANIFEST_NAME), true)
    }

    /// Copies a bundle's files to this machine, each checked against its SHA-256. In a folder they are there.
    pub(super) fn fetch(&self, bundle: &str) -> Result<(), ArchiveError> {
        if !self.place.is_remote() {
            return Ok(());
        }
        let Some(link) = self.links()?.into_iter().rfind(|link| link.bundle == bundle) else { return Ok(()) };
        self.forget_other_manifest(&link);
        let names = link.manifest.files.keys().map(String::as_str).chain([MANIFEST_NAME]);
        self.copy(&names.map(|name| (&link, name)).collect::<Vec<_>>())
    }

    /// The file `name` of each of these bundles, and nothing else of them; one that has no such file is passed over.
    pub(super) fn fetch_file(&self, bundles: &[String], name: &str) -> Result<(), ArchiveError> {
        if !self.place.is_remote() || bundles.is_empty() {
            return Ok(());
        }
        let links = self.links()?;
        let newest: HashMap<&String, &Link> = links.iter().map(|link| (&link.bundle, link)).collect();
        let wanted = bundles.iter().filter_map(|bundle| newest.get(bundle).copied());
        let wanted = wanted.filter(|link| link.manifest.files.contains_key(name));
        self.copy(&wanted.map(|link| (link, name)).collect::<Vec<_>>())
    }

    /// A copy of a manifest that is not the one that was linked is of no use.
    fn forget_other_manifest(&self, link: &Link) {
        let Ok(manifest) = self.local(&format!("{}/{MANIFEST_NAME}", link.bundle)) else { return };
        if durable::read(&manifest).ok().map(|bytes| sha256_of_bytes(&bytes)) != link.manifest_sha256 {
            let _ = durable::remove(&manifest);
        }
    }

    fn copy(&self, files: &[(&Link, &str)]) -> Result<(), ArchiveError> {
        for (link, name) in files {
            let path = || self.place.shown(&format!("{}/{name}", link.bundle)).into();
            match self.difference(link, name)? {
                None => {}
                Some(FlawKind::Missing) => return Err(ArchiveError::Missing { path: path() }),
                Some(_) => return Err(ArchiveError::Changed { path: path() }),
            }
        }
        Ok(())
    }

    /// How a file of a bundle differs from what its link has of it: it is `Missing`, `Changed` or a `SymbolicLink`. Of a bucket it is copied to this machine
    /// first.
    pub(super) fn difference(&self, link: &Link, name: &str) -> Result<Option<FlawKind>, ArchiveError> {
        let Ok(copy) = self.local(&format!("{}/{name}", link.bundle)) else { return Ok(Some(FlawKind::SymbolicLink)) };
        let was_there = copy.exists();
        match self.place.download(&[(format!("{}/{name}", link.bundle), copy.clone())]) {
            Err(ArchiveError::Missing { .. }) => return Ok(Some(FlawKind::Missing)),
            downloaded => downloaded?,
        }
        let found = match FileMark::of(&copy) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(FlawKind::Missing)),
            found => found.map_err(|source| ArchiveError::read(&copy, source))?,
        };
        let is_right = match (name, link.manifest.files.get(name)) {
            (MANIFEST_NAME, _) => link.manifest_sha256.as_ref().is_none_or(|sha256| *sha256 == found.sha256),
            (_, mark) => mark.is_none_or(|mark| *mark == found),
        };
        if !is_right && self.place.is_remote() {
            let _ = durable::remove(&copy);
            // The bucket may have the right one still.
            return if was_there { self.difference(link, name) } else { Ok(Some(FlawKind::Changed)) };
        }
        Ok((!is_right).then_some(FlawKind::Changed))
    }
}

/// A folder as it lies from another: the same however it is named, and after both were moved together.
fn seen_from(here: &Path, folder: &Path) -> String {
    let [here, there] = [here, folder].map(|path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()));
    let common = here.components().zip(there.components()).take_while(|(one, other)| one == other).count();
    let up = here.components().skip(common).map(|_| "..".to_string());
    let down = there.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}
