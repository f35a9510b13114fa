//! Letting go of what is older than the team wants to keep. The links stay, so that the chain still proves what was there; that
//! it was removed on purpose, when and by whom, is a link of its own, written before the first file goes.

use std::collections::BTreeSet;

use serde::Serialize;

use super::chain::{Kind, Link};
use super::manifest::{MANIFEST_NAME, Manifest};
use super::{Archive, ArchiveError};
use crate::domain::{IsoWeek, Timestamp};
use crate::durable;

/// What would go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Pruning {
    /// Folders inside the archive, oldest first.
    pub bundles: Vec<String>,
    pub files: usize,
    pub bytes: u64,
    /// The last day of which something goes.
    #[serde(skip)]
    pub through: Option<chrono::NaiveDate>,
    /// Folders whose removal was interrupted; they are finished with.
    #[serde(skip)]
    left_over: Vec<String>,
}

impl Pruning {
    pub fn is_empty(&self) -> bool {
        self.bundles.is_empty() && self.left_over.is_empty()
    }
}

impl Archive {
    /// What is older than the week of `now` and the `keep` weeks before it.
    pub fn prunable(&self, keep: u32, now: Timestamp) -> Result<Pruning, ArchiveError> {
        self.must_hold()?;
        let first_kept = IsoWeek::of(self.local_day(now)).back(u64::from(keep)).monday();
        let mut pruning = Pruning { left_over: self.left_over()?, ..Pruning::default() };
        for link in self.unpruned()?.into_iter().filter(|link| link.day < first_kept) {
            pruning.files += link.manifest.files.len();
            pruning.bytes += link.bytes();
            pruning.through = pruning.through.max(Some(link.day));
            pruning.bundles.push(link.bundle);
        }
        Ok(pruning)
    }

    /// Removes it.
    pub fn prune(&self, pruning: &Pruning, by: &str, now: Timestamp) -> Result<(), ArchiveError> {
        if !pruning.bundles.is_empty() {
            let manifest = Manifest::of_files(Default::default(), self.about("prune"));
            let draft = Link::new(Kind::Prune, self.local_day(now), "", manifest);
            self.append(Link { by: Some(by.to_string()), pruned: pruning.bundles.clone(), ..draft })?;
        }
        let links = self.links()?;
        for bundle in pruning.bundles.iter().chain(&pruning.left_over) {
            for name in files_of(&links, bundle) {
                self.place.remove(&format!("{bundle}/{name}"))?;
            }
            if self.place.is_remote() {
                // The copies too.
                let _ = self.local(bundle).map(|copies| durable::remove_tree(&copies));
            }
        }
        Ok(())
    }

    /// What an interrupted pruning left behind.
    fn left_over(&self) -> Result<Vec<String>, ArchiveError> {
        let links = self.links()?;
        let pruned: BTreeSet<&String> = links.iter().flat_map(|link| &link.pruned).collect();
        if pruned.is_empty() {
            return Ok(Vec::new());
        }
        let there: BTreeSet<String> = self.place.list("", None)?.into_iter().map(|listed| listed.name).collect();
        let is_there =
            |bundle: &&String| files_of(&links, bundle).iter().any(|name| there.contains(&format!("{bundle}/{name}")));
        Ok(pruned.into_iter().filter(is_there).cloned().collect())
    }
}

/// Every file that a bundle was ever sealed with. Only these are removed: what somebody put beside them is not ours.
fn files_of<'a>(links: &'a [Link], bundle: &str) -> BTreeSet<&'a str> {
    let own = links.iter().filter(|link| link.bundle == bundle);
    own.flat_map(|link| link.manifest.files.keys().map(String::as_str)).chain([MANIFEST_NAME]).collect()
}
