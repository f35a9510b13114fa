//! What a platform's list lacks and what the platform forbids changing, kept between exports: one file a store.
//!
//! What is in a file is the platform's business; that it belongs to this very shop, that it is written whole or not at all, and
//! that it can be forgotten is decided here, once for all. Only a network that was told to remember has such files, and only
//! `list` uses them: whoever plans or changes a coupon asks the platform.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::account::Account;
use crate::durable;

/// A file of another version is forgotten: it saves calls, and nothing is lost with it.
const VERSION: u32 = 1;
/// As much as the details of a hundred thousand coupons. A larger one is as good as none.
const BYTES_MAX: u64 = 128 * 1024 * 1024;

/// Where one store's details are kept, by coupon id.
#[derive(Debug, Clone)]
pub struct DetailCache {
    path: PathBuf,
    /// Whose they are: a store of the config can come to stand for another shop.
    shop: String,
    forgets: bool,
    /// The coupons that this run has found or put in the file: what else is there, another run has learnt meanwhile.
    seen: Arc<Mutex<BTreeSet<String>>>,
}

#[derive(Serialize, Deserialize)]
struct Written<E> {
    version: u32,
    shop: String,
    coupons: BTreeMap<String, E>,
}

impl DetailCache {
    /// In `folder`, which is made when first needed. One that `forgets` has nothing to load, and keeps what is new.
    pub fn new(folder: &Path, account: &Account, forgets: bool) -> Self {
        let store = &account.store;
        // The currency is in what is read from amounts.
        let shop = format!("{} {} {}", store.platform.word(), store.shop, store.currency.code());
        Self { path: folder.join(format!("{}.json", store.id)), shop, forgets, seen: Arc::default() }
    }

    /// What is remembered. A file that cannot be read, or is of another shop, is as good as none.
    pub fn load<E: DeserializeOwned>(&self) -> BTreeMap<String, E> {
        if self.forgets {
            return BTreeMap::new();
        }
        let found = self.found();
        self.seen().extend(found.keys().cloned());
        found
    }

    fn seen(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found<E: DeserializeOwned>(&self) -> BTreeMap<String, E> {
        let Ok(bytes) = durable::read_small(&self.path, BYTES_MAX) else { return BTreeMap::new() };
        match serde_json::from_slice::<Written<E>>(&bytes) {
            Ok(written) if written.version == VERSION && written.shop == self.shop => written.coupons,
            Ok(_) => BTreeMap::new(),
            Err(error) => {
                tracing::debug!("{} is not used: {error}", self.path.display());
                BTreeMap::new()
            }
        }
    }

    /// Takes away what is to be forgotten, so that a load which fails halfway leaves none of it.
    pub fn forget_if_asked(&self) {
        if self.forgets {
            let _ = durable::remove(&self.path);
        }
    }

    /// Replaces what is remembered, but for what another run has learnt meanwhile. Where that fails the next load asks for
    /// everything, which is told in the log.
    pub fn keep<E: Serialize + DeserializeOwned>(&self, coupons: BTreeMap<String, E>) {
        if let Err(error) = self.merge(coupons) {
            tracing::warn!("what was learnt of the shop is not remembered in {}: {error}", self.path.display());
        }
    }

    fn merge<E: Serialize + DeserializeOwned>(&self, mut coupons: BTreeMap<String, E>) -> io::Result<()> {
        durable::create_folder_of(&self.path).map_err(io::Error::other)?;
        // Given back when the file is closed. Held for a read and a write only.
        let lock = durable::open_lock(&self.path.with_extension("lock"))?;
        lock.lock()?;
        let mut seen = self.seen();
        let others = self.found().into_iter().filter(|(id, _)| !seen.contains(id) && !coupons.contains_key(id));
        let others: Vec<(String, E)> = others.collect();
        seen.extend(coupons.keys().cloned());
        coupons.extend(others);
        let written = Written { version: VERSION, shop: self.shop.clone(), coupons };
        durable::replace(&self.path, &serde_json::to_vec(&written)?, false).map_err(io::Error::other)
    }
}
