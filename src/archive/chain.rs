//! The one order of everything that was ever kept: a link a manifest, each with the SHA-256 of the link before.
//!
//! `chain/00000012.json` is put last, after the files that it seals, and never changes. Its number is free for one writer only (a
//! name that nobody has, or a conditional put): whoever comes second takes the next, so that the chain never forks. The clock
//! plays no part in the order.

use std::collections::BTreeMap;
use std::io;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::manifest::{FileMark, Manifest, SCHEMA_VERSION, must_be_known, sha256_of_bytes};
use super::place::Put;
use super::{Archive, ArchiveError};
use crate::domain::Timestamp;
use crate::durable;

pub(super) const CHAIN: &str = "chain";

/// How far a chain may have come while somebody else is still beginning it.
const BEGINNING_LINKS: u64 = 64;

/// What a link seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Snapshot,
    Export,
    Run,
    Changes,
    SignOffs,
    /// A line that says how far the chain had come.
    Seal,
    /// Files that were removed on purpose.
    Prune,
}

impl Kind {
    pub fn words(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Export => "export",
            Self::Run => "run",
            Self::Changes => "changes",
            Self::SignOffs => "sign-offs",
            Self::Seal => "seal",
            Self::Prune => "pruned",
        }
    }
}

/// Why a link is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Right after its files.
    Written,
    /// By a later command, after an interruption.
    Mended,
    /// When the chain began: the files are older than it.
    Found,
}

/// One link. A bundle that grows (a run that is begun, then finished) has several, each with all files that it had by then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    pub schema_version: u32,
    /// From 1, without gaps; 0 while it waits for its number.
    pub number: u64,
    /// SHA-256 of the file of the link before; none in the first.
    pub before: Option<String>,
    /// By the writer's clock.
    pub sealed_at: Option<Timestamp>,
    /// Whose week it belongs to, in the team's zone.
    pub day: NaiveDate,
    pub machine: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    pub kind: Kind,
    pub how: How,
    /// The folder inside the archive, with `/`.
    #[serde(deserialize_with = "super::names::bundle")]
    pub bundle: String,
    /// SHA-256 of the `manifest.json` that lies in the folder; none where it has none.
    pub manifest_sha256: Option<String>,
    pub manifest: Manifest,
    /// The folders whose files were removed, of a [`Kind::Prune`].
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "super::names::bundles")]
    pub pruned: Vec<String>,
}

/// A place in the chain: how far it has come, provably.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tip {
    pub number: u64,
    /// Of the link's file.
    pub sha256: String,
}

impl Link {
    /// Right after its files were written, in nobody's name: it waits for its number.
    pub(super) fn new(kind: Kind, day: NaiveDate, bundle: impl Into<String>, manifest: Manifest) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            number: 0,
            before: None,
            sealed_at: None,
            day,
            machine: manifest.about.machine.clone(),
            by: None,
            kind,
            how: How::Written,
            bundle: bundle.into(),
            manifest_sha256: None,
            manifest,
            pruned: Vec::new(),
        }
    }

    /// With the bytes of the `manifest.json` in its folder.
    pub(super) fn with(self, json: &[u8]) -> Self {
        Self { manifest_sha256: Some(sha256_of_bytes(json)), ..self }
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        // Strings, numbers and maps by text: nothing here that JSON cannot hold.
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Self, ArchiveError> {
        must_be_known(bytes, name.as_ref())?;
        serde_json::from_slice(bytes).map_err(|source| ArchiveError::unreadable(name.as_ref(), source))
    }

    /// Of the export or run that it belongs to.
    pub fn id(&self) -> &str {
        &self.manifest.about.id
    }

    /// Whether a file of that name was sealed with it.
    pub fn has(&self, name: &str) -> bool {
        self.manifest.files.contains_key(name)
    }

    pub fn bytes(&self) -> u64 {
        self.manifest.files.values().map(|mark| mark.bytes).sum()
    }
}

/// The newest link of every bundle, in the order of the chain; seals and prunings are no bundles.
pub fn newest<'a>(links: impl IntoIterator<Item = &'a Link>) -> Vec<&'a Link> {
    let bundles = links.into_iter().filter(|link| !matches!(link.kind, Kind::Seal | Kind::Prune));
    let newest: BTreeMap<&str, &Link> = bundles.map(|link| (link.bundle.as_str(), link)).collect();
    let mut newest: Vec<&Link> = newest.into_values().collect();
    newest.sort_by_key(|link| link.number);
    newest
}

pub(super) fn link_name(number: u64) -> String {
    format!("{CHAIN}/{number:08}.json")
}

pub(super) fn link_number(name: &str) -> Option<u64> {
    name.strip_prefix(CHAIN)?.strip_prefix('/')?.strip_suffix(".json")?.parse().ok()
}

impl Archive {
    /// Every link that can be read, in order; what is wrong with the others, `verify` tells.
    pub fn links(&self) -> Result<Vec<Link>, ArchiveError> {
        let names: Vec<String> = self.place.list(CHAIN, None)?.into_iter().map(|listed| listed.name).collect();
        let found = names.iter().zip(self.read_once(&names)?);
        let mut links: Vec<Link> = found.filter_map(|(name, bytes)| Link::read(name, &bytes?).ok()).collect();
        links.sort_by_key(|link| link.number);
        Ok(links)
    }

    /// What is sealed of each run whose files are still kept, by its bundle; before the chain begins, what its folder says.
    pub fn sealed_runs(&self) -> Result<BTreeMap<String, Link>, ArchiveError> {
        let links = self.unpruned()?;
        let found: Vec<Link> = match links.is_empty() {
            true => self.bundles(Kind::Run, None, None)?.iter().filter_map(|bundle| self.found(bundle)).collect(),
            false => links.into_iter().filter(|link| link.kind == Kind::Run).collect(),
        };
        Ok(found.into_iter().map(|link| (link.bundle.clone(), link)).collect())
    }

    /// A small file of a bundle, with the very bytes that were sealed; none where it was sealed without it.
    pub fn read_sealed(&self, link: &Link, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        let Some(mark) = link.manifest.files.get(name) else { return Ok(None) };
        let path = self.local(&format!("{}/{name}", link.bundle))?;
        let bytes = self.read(&link.bundle, name)?.ok_or(ArchiveError::Missing { path: path.clone() })?;
        if FileMark::of_bytes(&bytes) == *mark { Ok(Some(bytes)) } else { Err(ArchiveError::Changed { path }) }
    }

    /// The end of the chain, as it is there or as this machine knows that it was, whichever is further.
    pub fn tip(&self) -> Result<Option<Tip>, ArchiveError> {
        let known = self.witness()?.into_iter().max_by_key(|tip| tip.number);
        let after = known.as_ref().map(|tip| link_name(tip.number));
        let newest = self.place.list(CHAIN, after.as_deref())?;
        let newest = newest.iter().filter_map(|listed| link_number(&listed.name)).max();
        let Some(number) = newest else { return Ok(known) };
        let Some(Some(bytes)) = self.place.read(&[link_name(number)])?.pop() else { return Ok(known) };
        Ok(Some(Tip { number, sha256: sha256_of_bytes(&bytes) }))
    }

    /// Seals `draft` with the next link, after everything that earlier commands left unsealed.
    pub(super) fn append(&self, draft: Link) -> Result<Link, ArchiveError> {
        if self.tip()?.is_none() {
            self.begin_chain(&draft.bundle)?;
        }
        self.mend();
        self.append_link(draft)
    }

    pub(super) fn append_link(&self, draft: Link) -> Result<Link, ArchiveError> {
        let mut tried = 0;
        loop {
            let before = self.tip()?;
            if let Some(link) = self.sealed_at_the_beginning(&draft, before.as_ref())? {
                return Ok(link);
            }
            let link = Link {
                number: before.as_ref().map_or(1, |tip| tip.number.saturating_add(1)),
                before: before.map(|tip| tip.sha256),
                sealed_at: Some(self.now()),
                machine: self.machine.clone(),
                ..draft.clone()
            };
            if link.number == tried {
                // Taken by something that is no link.
                return Err(ArchiveError::Taken { place: self.place.shown(&link_name(tried)) });
            }
            tried = link.number;
            let bytes = link.to_json();
            // Taken: somebody else sealed something at this very moment. Ours comes after it.
            if self.place.put_new(&link_name(link.number), &bytes)? == Put::Written {
                self.remember(&Tip { number: link.number, sha256: sha256_of_bytes(&bytes) })?;
                return Ok(link);
            }
        }
    }

    /// Two who begin a chain at the same moment find each other's bundles: what one has sealed as found, the other need not seal
    /// again. A chain that has come further has no bundle without a link but those of their own writers.
    fn sealed_at_the_beginning(&self, draft: &Link, tip: Option<&Tip>) -> Result<Option<Link>, ArchiveError> {
        if tip.is_none_or(|tip| tip.number > BEGINNING_LINKS) || matches!(draft.kind, Kind::Seal | Kind::Prune) {
            return Ok(None);
        }
        let same = |link: &Link| link.bundle == draft.bundle && link.manifest == draft.manifest;
        Ok(self.links()?.into_iter().find(same))
    }

    /// What an archive of before the chain holds is sealed as it is found. Afterwards nothing is sealed only because it is there.
    fn begin_chain(&self, own: &str) -> Result<(), ArchiveError> {
        let mut older: BTreeMap<(NaiveDate, String), Link> = BTreeMap::new();
        for listed in self.place.list("", None)? {
            let Some((bundle, super::MANIFEST_NAME)) = listed.name.rsplit_once('/') else { continue };
            if bundle == own || self.is_pending(bundle) {
                continue;
            }
            // One that does not agree with itself is not made good: `verify` names it.
            if let Some(draft) = self.found(bundle) {
                older.insert((draft.day, bundle.to_string()), draft);
            }
        }
        older.into_values().try_for_each(|draft| self.append_link(draft).map(drop))
    }

    pub(super) fn found(&self, bundle: &str) -> Option<Link> {
        let (kind, day) = self.kind_and_day(bundle)?;
        let folder = self.local(bundle).ok()?;
        let manifest = Manifest::read(&folder).ok()?;
        manifest.check(&folder).ok()?;
        let bytes = durable::read(&folder.join(super::MANIFEST_NAME)).ok()?;
        Some(Link { how: How::Found, ..Link::new(kind, day, bundle, manifest).with(&bytes) })
    }

    /// What the folder of a bundle says of it: its kind, and a day of the team's.
    pub(super) fn kind_and_day(&self, bundle: &str) -> Option<(Kind, NaiveDate)> {
        let parts: Vec<&str> = bundle.split('/').collect();
        let dated = |day: &str| day.strip_prefix("date=")?.parse().ok();
        match parts.as_slice() {
            ["snapshots", day, _] => Some((Kind::Snapshot, dated(day)?)),
            ["changes", day, _] => Some((Kind::Changes, dated(day)?)),
            ["sign_offs", day, _] => Some((Kind::SignOffs, dated(day)?)),
            ["exports", id] => Some((Kind::Export, self.day_of_id(id))),
            ["runs", id] => Some((Kind::Run, self.day_of_id(id))),
            _ => None,
        }
    }

    /// Reads files that never change, through the copies of a bucket's that are on this machine.
    pub(super) fn read_once(&self, names: &[String]) -> Result<Vec<Option<Vec<u8>>>, ArchiveError> {
        if !self.place.is_remote() {
            return self.place.read(names);
        }
        let is_here = |name: &&String| self.local(name).is_ok_and(|copy| copy.exists());
        let missing: Vec<String> = names.iter().filter(|name| !is_here(name)).cloned().collect();
        for (name, bytes) in missing.iter().zip(self.place.read(&missing)?) {
            if let Some(bytes) = bytes {
                let copy = self.local(name)?;
                durable::create_folder(copy.parent().unwrap_or(&copy))?;
                durable::replace(&copy, &bytes, false)?;
            }
        }
        let read = |name: &String| {
            let path = self.local(name)?;
            match durable::read(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                bytes => bytes.map(Some).map_err(|source| ArchiveError::read(&path, source)),
            }
        };
        names.iter().map(read).collect()
    }
}
