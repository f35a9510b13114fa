//! Whether every file is what its link says.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::links::{FROM_A_COPY, Seen};
use super::{Asked, FlawKind, LINKED, Sample, Verified, is_harmless};
use crate::archive::chain::{CHAIN, Kind, Link};
use crate::archive::manifest::{FileMark, MANIFEST_NAME};
use crate::archive::place::Contents;
use crate::archive::seal::SEALS;
use crate::archive::{Archive, ArchiveError};

/// The folders that only the program writes to.
const TOPS: [&str; 6] = ["snapshots", "changes", "sign_offs", "exports", "runs", SEALS];

const INTERRUPTED: &str =
    "present, never sealed: the command that wrote it was interrupted; the next export or apply seals it";
const NOBODYS: &str =
    "present, never sealed: nothing on this machine was writing it; find out who put it there, and move it away";

/// A bundle as its links have it.
struct Sealed<'a> {
    day: NaiveDate,
    /// Oldest first.
    links: Vec<&'a Link>,
    /// As each was first sealed: a file never changes.
    files: BTreeMap<&'a str, &'a FileMark>,
    /// Whether all its links are what they were.
    is_trusted: bool,
    pruned: bool,
}

/// What is wrong before it is known why.
#[derive(Default)]
struct Differences {
    /// Path, and what was sealed.
    missing: Vec<(String, FileMark)>,
    /// Path, and what is there.
    changed: Vec<(String, FileMark)>,
    /// Path and size of what no link has.
    unknown: Vec<(String, u64)>,
}

impl Archive {
    pub(super) fn verify_files(
        &self,
        seen: &[Seen],
        asked: &Asked,
        verified: &mut Verified,
    ) -> Result<(), ArchiveError> {
        let sealed = sealed(seen);
        let Contents { files, links, temporary } = self.place.contents()?;
        let mut there: BTreeMap<String, u64> = files.into_iter().map(|listed| (listed.name, listed.bytes)).collect();
        there.retain(|name, _| !name.starts_with(&format!("{CHAIN}/")));
        let mut differences = Differences::default();
        for (bundle, own) in &sealed {
            let files = take_files(&mut there, bundle);
            if own.pruned {
                verified.pruned_bundles += 1;
                if !files.is_empty() {
                    let note = format!("{bundle} was pruned and is partly there still; prune again to finish");
                    verified.notes.push(note);
                }
            } else if asked.from.is_none_or(|from| own.day >= from) && asked.to.is_none_or(|to| own.day <= to) {
                verified.bundles += usize::from(!bundle.is_empty());
                self.compare(bundle, own, &files, asked.sample, &mut differences, verified)?;
            }
        }
        for (name, bytes) in there {
            if is_harmless(&name) {
                verified.notes.push(format!("{name} is a file manager's or an office program's; it is left alone"));
                continue;
            }
            match is_ours(&name) {
                true => differences.unknown.push((name, bytes)),
                false => verified.notes.push(format!("{name} is not the archive's; it is left alone")),
            }
        }
        tell_links(&links, &mut differences, verified);
        self.tell_temporary(temporary, verified);
        self.explain(&sealed, differences, verified)
    }

    /// What a killed command left is no tampering, and no use.
    fn tell_temporary(&self, temporary: Vec<String>, verified: &mut Verified) {
        let pending: BTreeMap<String, bool> = self.pending_temporaries().into_iter().collect();
        for name in temporary {
            let what = match pending.get(&name) {
                Some(true) => "is being written at this moment",
                Some(false) => {
                    "was left by a command that was killed; it is safe to remove, and the next export or apply removes it"
                }
                None => {
                    "was left by a command that was killed; it is safe to remove where no command writes to the archive at this moment"
                }
            };
            verified.notes.push(format!("{name} {what}"));
        }
    }

    fn compare(
        &self,
        bundle: &str,
        own: &Sealed,
        there: &BTreeMap<String, u64>,
        sample: Option<Sample>,
        differences: &mut Differences,
        verified: &mut Verified,
    ) -> Result<(), ArchiveError> {
        if !own.is_trusted {
            verified.notes.push(format!("{bundle} was not compared: its link has to be put right first"));
            return Ok(());
        }
        let mut wanted: BTreeMap<&str, Option<&FileMark>> =
            own.files.iter().map(|(name, mark)| (*name, Some(*mark))).collect();
        if own.links.iter().any(|link| link.manifest_sha256.is_some()) {
            wanted.insert(MANIFEST_NAME, None);
        }
        for (name, mark) in &wanted {
            verified.files += 1;
            let path = format!("{bundle}/{name}");
            let found = match (there.get(*name), mark) {
                (None, _) => None,
                // Looked for, of its size, and not among those that are read.
                (Some(bytes), Some(mark))
                    if mark.bytes == *bytes && sample.is_some_and(|sample| !sample.takes(&path)) =>
                {
                    continue;
                }
                (Some(_), _) => self.place.mark(&path)?,
            };
            let Some(found) = found else {
                differences.missing.push((path, mark.cloned().unwrap_or(FileMark { sha256: String::new(), bytes: 0 })));
                continue;
            };
            verified.files_read += 1;
            verified.bytes_read += found.bytes;
            let is_right = match mark {
                Some(mark) => found == **mark,
                None => own.newest_manifest() == Some(&found.sha256),
            };
            if !is_right {
                differences.changed.push((path, found));
            }
        }
        for (name, bytes) in there.iter().filter(|(name, _)| !wanted.contains_key(name.as_str())) {
            match is_harmless(name) {
                true => {
                    let note = format!("{bundle}/{name} is a file manager's or an office program's; it is left alone");
                    verified.notes.push(note);
                }
                false => differences.unknown.push((format!("{bundle}/{name}"), *bytes)),
            }
        }
        Ok(())
    }

    /// Says of each difference what it most likely is: files that were renamed, bundles that were put back.
    fn explain(
        &self,
        sealed: &BTreeMap<&str, Sealed>,
        differences: Differences,
        verified: &mut Verified,
    ) -> Result<(), ArchiveError> {
        let Differences { mut missing, mut changed, mut unknown } = differences;
        let renamed = self.renamed(&missing, &unknown)?;
        missing.retain(|(path, _)| !renamed.contains_key(path));
        let now: BTreeSet<&String> = renamed.values().collect();
        unknown.retain(|(path, _)| !now.contains(path));
        tell_renamed(sealed, &renamed, &mut missing, &mut unknown, verified);

        for (bundle, own) in sealed {
            if let Some(what) = own.put_back(bundle, &missing, &changed) {
                verified.flaw(FlawKind::OlderVersion, *bundle, what);
                missing.retain(|(path, _)| folder_of(path) != *bundle);
                changed.retain(|(path, _)| folder_of(path) != *bundle);
            }
        }
        tell_missing(sealed, &missing, verified);
        let known = known_marks(sealed);
        for (path, found) in &changed {
            let what = match known.get(found.sha256.as_str()).filter(|other| *other != path) {
                Some(other) => format!("was replaced by the content of {other}; {FROM_A_COPY}"),
                None => format!("was changed since it was sealed; {FROM_A_COPY}"),
            };
            verified.flaw(FlawKind::Changed, path.clone(), what);
        }
        self.tell_unknown(sealed, &unknown, verified);
        Ok(())
    }

    /// Old path → new path of files whose bytes are there under a name that no link has.
    fn renamed(
        &self,
        missing: &[(String, FileMark)],
        unknown: &[(String, u64)],
    ) -> Result<BTreeMap<String, String>, ArchiveError> {
        let mut renamed = BTreeMap::new();
        for (path, bytes) in unknown {
            let alike: Vec<_> = missing.iter().filter(|(_, mark)| mark.bytes == *bytes && *bytes > 0).collect();
            if alike.is_empty() {
                continue;
            }
            let Some(found) = self.place.mark(path)? else { continue };
            if let Some((old, _)) = alike.into_iter().find(|(old, mark)| *mark == found && !renamed.contains_key(old)) {
                renamed.insert(old.clone(), path.clone());
            }
        }
        Ok(renamed)
    }

    fn tell_unknown(&self, sealed: &BTreeMap<&str, Sealed>, unknown: &[(String, u64)], verified: &mut Verified) {
        let pending: BTreeMap<String, bool> = self.pending().into_iter().collect();
        let mut told = BTreeSet::new();
        for (path, _) in unknown {
            let bundle = folder_of(path);
            let is_first = told.insert(bundle);
            match pending.get(bundle) {
                None if sealed.contains_key(bundle) => {
                    verified.flaw(FlawKind::Added, path.clone(), "was added after the bundle was sealed; move it away");
                }
                // Of a bundle that nobody sealed, one word is enough.
                _ if !is_first => {}
                Some(true) => verified.notes.push(format!("{bundle} is being written at this moment")),
                Some(false) => verified.flaw(FlawKind::Interrupted, bundle, INTERRUPTED),
                None => verified.flaw(FlawKind::NeverSealed, bundle, NOBODYS),
            }
        }
    }
}

impl Sealed<'_> {
    fn newest_manifest(&self) -> Option<&String> {
        self.links.last()?.manifest_sha256.as_ref()
    }

    /// Whether the bundle is exactly as an earlier of its links had it.
    fn put_back(&self, bundle: &str, missing: &[(String, FileMark)], changed: &[(String, FileMark)]) -> Option<String> {
        let manifest = format!("{bundle}/{MANIFEST_NAME}");
        let (newest, earlier) = self.links.split_last()?;
        let lost: BTreeSet<&str> = missing.iter().filter_map(|(path, _)| inside(path, bundle)).collect();
        let others = changed.iter().filter(|(path, _)| folder_of(path) == bundle && *path != manifest).count();
        let found = changed.iter().find(|(path, _)| *path == manifest).map(|(_, mark)| &mark.sha256);
        let was = earlier.iter().rev().find(|link| {
            let gone: BTreeSet<&str> = newest
                .manifest
                .files
                .keys()
                .filter(|name| !link.manifest.files.contains_key(*name))
                .map(String::as_str)
                .collect();
            !gone.is_empty() && gone == lost && found.is_none_or(|found| link.manifest_sha256.as_ref() == Some(found))
        })?;
        if others > 0 {
            return None;
        }
        let lost: Vec<&str> = lost.into_iter().collect();
        Some(format!(
            "is as it was at link {}: what link {} added is missing ({}); {FROM_A_COPY}",
            was.number,
            newest.number,
            lost.join(", ")
        ))
    }
}

impl Sample {
    fn takes(self, path: &str) -> bool {
        let digest = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(path).finalize();
        let number = digest.iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        number % 1000 < u32::from(self.per_mille)
    }
}

fn is_ours(name: &str) -> bool {
    [CHAIN]
        .iter()
        .chain(&TOPS)
        .any(|top| name.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// A link is no kept file. What lies behind one that leads to a folder is not looked at, so that nothing in it is missed either.
fn tell_links(links: &[String], differences: &mut Differences, verified: &mut Verified) {
    let is_told =
        |link: &&String| verified.flaws.iter().any(|flaw| flaw.kind == FlawKind::SymbolicLink && flaw.path == **link);
    let untold: Vec<&String> = links.iter().filter(|link| !is_told(link)).collect();
    for link in untold {
        match is_ours(link) {
            true => verified.flaw(FlawKind::SymbolicLink, link.clone(), LINKED),
            false => verified.notes.push(format!("{link} is a symbolic link, and not the archive's; it is left alone")),
        }
    }
    let is_behind = |path: &String| {
        links.iter().any(|link| path.strip_prefix(link).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    differences.missing.retain(|(path, _)| !is_behind(path));
    differences.unknown.retain(|(path, _)| !is_behind(path));
}

fn sealed(seen: &[Seen]) -> BTreeMap<&str, Sealed<'_>> {
    let mut sealed: BTreeMap<&str, Sealed> = BTreeMap::new();
    let links = || seen.iter().filter_map(|one| Some((one.link.as_ref()?, one.is_trusted)));
    for (link, is_trusted) in links().filter(|(link, _)| link.kind != Kind::Prune) {
        let own = sealed.entry(&link.bundle).or_insert_with(|| Sealed {
            day: link.day,
            links: Vec::new(),
            files: BTreeMap::new(),
            is_trusted: true,
            pruned: false,
        });
        own.is_trusted &= is_trusted;
        own.links.push(link);
        for (name, mark) in &link.manifest.files {
            own.files.entry(name).or_insert(mark);
        }
    }
    for bundle in links().flat_map(|(link, _)| &link.pruned) {
        if let Some(own) = sealed.get_mut(bundle.as_str()) {
            own.pruned = true;
        }
    }
    sealed
}

/// Takes the files of one folder out of `there`.
fn take_files(there: &mut BTreeMap<String, u64>, bundle: &str) -> BTreeMap<String, u64> {
    let prefix = format!("{bundle}/");
    let names: Vec<String> = there.range(prefix.clone()..).map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let own = names.into_iter().take_while(|name| name.starts_with(&prefix));
    own.filter_map(|name| Some((name.strip_prefix(&prefix)?.to_string(), there.remove(&name)?))).collect()
}

fn tell_renamed(
    sealed: &BTreeMap<&str, Sealed>,
    renamed: &BTreeMap<String, String>,
    missing: &mut Vec<(String, FileMark)>,
    unknown: &mut Vec<(String, u64)>,
    verified: &mut Verified,
) {
    let mut whole: BTreeSet<(String, String)> = BTreeSet::new();
    for (bundle, own) in sealed {
        let moved: BTreeSet<&str> =
            renamed.iter().filter(|(old, _)| folder_of(old) == *bundle).map(|(_, new)| folder_of(new)).collect();
        let count = renamed.keys().filter(|old| folder_of(old) == *bundle).count();
        if let (Some(place), 1) = (moved.first(), moved.len())
            && place != bundle
            && count == own.files.len()
        {
            whole.insert((bundle.to_string(), place.to_string()));
        }
    }
    for (bundle, place) in &whole {
        verified.flaw(FlawKind::Renamed, bundle.clone(), format!("is {place} now; give it its name back"));
        // Its manifest went with it.
        missing.retain(|(path, _)| folder_of(path) != *bundle);
        unknown.retain(|(path, _)| folder_of(path) != *place);
    }
    for (old, new) in renamed.iter().filter(|(old, _)| !whole.iter().any(|(bundle, _)| folder_of(old) == *bundle)) {
        verified.flaw(FlawKind::Renamed, old.clone(), format!("is {new} now; give it its name back"));
    }
}

/// A bundle of which nothing is left is one flaw, not one a file.
fn tell_missing(sealed: &BTreeMap<&str, Sealed>, missing: &[(String, FileMark)], verified: &mut Verified) {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (path, _) in missing {
        *counts.entry(folder_of(path)).or_default() += 1;
    }
    let is_whole = |bundle: &str| {
        let own = sealed.get(bundle).map_or(0, |own| own.files.len() + usize::from(own.newest_manifest().is_some()));
        own > 1 && counts.get(bundle) == Some(&own)
    };
    let mut told = BTreeSet::new();
    for (path, _) in missing {
        let bundle = folder_of(path);
        if !is_whole(bundle) {
            verified.flaw(FlawKind::Missing, path.clone(), format!("is missing; {FROM_A_COPY}"));
        } else if told.insert(bundle) {
            verified.flaw(FlawKind::Missing, bundle, format!("is missing with all its files; {FROM_A_COPY}"));
        }
    }
}

fn known_marks<'a>(sealed: &BTreeMap<&str, Sealed<'a>>) -> HashMap<&'a str, String> {
    let mut known = HashMap::new();
    for (bundle, own) in sealed {
        for (name, mark) in &own.files {
            known.entry(mark.sha256.as_str()).or_insert_with(|| format!("{bundle}/{name}"));
        }
    }
    known
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn inside<'a>(path: &'a str, bundle: &str) -> Option<&'a str> {
    path.rsplit_once('/').filter(|(folder, _)| *folder == bundle).map(|(_, name)| name)
}
