//! What a platform's list lacks and what the platform forbids changing, kept between exports: one file a store.
//!
//! What is in a file is the platform's business; that it belongs to this very shop, that it is written whole or not at all, and
//! that it can be forgotten is decided here, once for all. Only a network that was told to remember has such files, and only
//! `list` uses them: whoever plans or changes a coupon asks the platform.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::account::Account;
use crate::durable;

/// A file of another version is forgotten: it saves calls, and nothing is lost with it.
const VERSION: u32 = 1;

/// Where one store's details are kept, by coupon id.
#[derive(Debug, Clone)]
pub(super) struct DetailCache {
    path: PathBuf,
    /// Whose they are: a store of the config can come to stand for another shop.
    shop: String,
    forgets: bool,
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
        Self { path: folder.join(format!("{}.json", store.id)), shop, forgets }
    }

    /// What is remembered. A file that cannot be read, or is of another shop, is as good as none.
    pub fn load<E: DeserializeOwned>(&self) -> BTreeMap<String, E> {
        if self.forgets {
            return BTreeMap::new();
        }
        let Ok(bytes) = durable::read(&self.path) else { return BTreeMap::new() };
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

    /// Replaces what is remembered. Where that fails the next load asks for everything, which is told in the log.
    pub fn keep<E: Serialize>(&self, coupons: BTreeMap<String, E>) {
        let written = Written { version: VERSION, shop: self.shop.clone(), coupons };
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let kept = durable::create_folder(folder).map_err(|error| error.to_string()).and_then(|()| {
            let bytes = serde_json::to_vec(&written).map_err(|error| error.to_string())?;
            durable::replace(&self.path, &bytes, false).map_err(|error| error.to_string())
        });
        if let Err(error) = kept {
            tracing::warn!("what was learnt of the shop is not remembered: {error}");
        }
    }
}
