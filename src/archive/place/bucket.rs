//! An archive in a bucket of any S3-compatible store. What the program reads from it is copied to this machine first.
//!
//! Writes that only make something new are conditional (`If-None-Match: *`), so that two machines never write over each other; an
//! answer that was lost is settled by reading back.

use std::collections::HashSet;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, Once, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;
use futures::stream::{self, StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::path::Path as ObjectPath;
use object_store::{
    BackoffConfig, Error as StoreError, GetResult, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload,
    RetryConfig,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;

use super::http::AtHome;
use super::{Addressing, Contents, Listed, PROBE, Place, Put};
use crate::archive::ArchiveError;
use crate::archive::manifest::FileMark;
use crate::archive::names::is_inside;
use crate::durable;
use crate::foreign::Secrets;

/// Requests under way at once; a store far away answers each in tenths of a second.
const AT_ONCE: usize = 16;
/// Of a list, each of a thousand names at most: more than a hundred exports a day leave in ten years.
const PAGES_MAX: usize = 2000;
/// Of what is read into memory at once, in bytes: a link, a manifest, a note.
const SMALL_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Threads of their own for what is under way: the archive is plain functions, which may run on a thread that serves others.
static RUNTIME: LazyLock<io::Result<Runtime>> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build());

/// How a bucket is reached.
#[derive(Debug, Clone)]
pub struct BucketAccess {
    /// `s3://bucket/prefix`, as people know it.
    pub url: String,
    pub bucket: String,
    /// Before every name; no `/` at either end, empty for the bucket's root.
    pub prefix: String,
    /// Other than Amazon's own, without the bucket.
    pub endpoint: Option<String>,
    pub addressing: Addressing,
    pub region: String,
    pub access_key_id: SecretString,
    pub secret_access_key: SecretString,
    pub session_token: Option<SecretString>,
    /// Only for a store on this machine.
    pub allow_http: bool,
}

impl BucketAccess {
    /// Adds all that must never be shown.
    pub fn hide(&self, secrets: &Secrets) {
        let keys = [Some(&self.access_key_id), Some(&self.secret_access_key), self.session_token.as_ref()];
        keys.into_iter().flatten().for_each(|secret| secrets.add(secret.expose_secret()));
    }

    /// What the names of objects are added to, less a bucket in the path.
    fn whole_endpoint(&self) -> Option<String> {
        let endpoint = self.endpoint.as_deref()?;
        let (scheme, host) = endpoint.split_once("://").unwrap_or(("https", endpoint));
        let own = format!("{}.", self.bucket);
        Some(match self.addressing {
            Addressing::Virtual if !host.starts_with(&own) => format!("{scheme}://{own}{host}"),
            Addressing::Virtual | Addressing::Path => endpoint.to_string(),
        })
    }
}

pub(in crate::archive) struct Bucket {
    access: BucketAccess,
    secrets: Secrets,
    store: Mutex<Option<AmazonS3>>,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.access.fmt(f)
    }
}

impl Bucket {
    /// Nothing is sent yet.
    pub fn new(access: BucketAccess) -> Self {
        let secrets = Secrets::default();
        access.hide(&secrets);
        Self { access, secrets, store: Mutex::default() }
    }

    fn path(&self, name: &str) -> ObjectPath {
        let whole = format!("{}/{name}", self.access.prefix);
        // As it is: names in the archive have letters of every script, and those are the keys.
        ObjectPath::parse(whole.trim_matches('/')).unwrap_or_else(|_| ObjectPath::from(whole))
    }

    fn name_of(&self, path: &ObjectPath) -> String {
        let whole = path.as_ref();
        whole.strip_prefix(&self.access.prefix).unwrap_or(whole).trim_start_matches('/').to_string()
    }

    /// Runs `work` away from the threads of whoever asks, and waits for it.
    fn run<T: Send>(
        &self,
        name: &str,
        work: impl AsyncFnOnce(AmazonS3) -> Result<T, StoreError> + Send,
    ) -> Result<T, ArchiveError> {
        let runtime = RUNTIME.as_ref().map_err(|error| self.failed("", error.to_string()))?;
        let store = match &mut *self.store.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(store) => store.clone(),
            none => none.insert(self.connect()?).clone(),
        };
        let answer = std::thread::scope(|scope| scope.spawn(|| runtime.block_on(work(store))).join());
        answer.map_err(|_| self.failed(name, "the answer was lost"))?.map_err(|source| self.failed(name, source))
    }

    fn connect(&self) -> Result<AmazonS3, ArchiveError> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Fails only where the process already has a provider, and then that one is used.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let access = &self.access;
        let patience = RetryConfig {
            backoff: BackoffConfig { max_backoff: Duration::from_secs(5), ..BackoffConfig::default() },
            max_retries: 5,
            retry_timeout: Duration::from_secs(60),
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&access.bucket)
            .with_region(&access.region)
            .with_access_key_id(access.access_key_id.expose_secret())
            .with_secret_access_key(access.secret_access_key.expose_secret())
            .with_allow_http(access.allow_http)
            .with_http_connector(AtHome { allow_http: access.allow_http })
            .with_retry(patience);
        if let Some(token) = &access.session_token {
            builder = builder.with_token(token.expose_secret());
        }
        builder = builder.with_virtual_hosted_style_request(access.addressing == Addressing::Virtual);
        if let Some(endpoint) = access.whole_endpoint() {
            builder = builder.with_endpoint(endpoint);
        }
        builder.build().map_err(|source| self.failed("", source))
    }

    /// The words of a store are anybody's, and may repeat what it was sent.
    fn failed(&self, name: &str, source: impl Into<Box<dyn Error + Send + Sync>>) -> ArchiveError {
        let source = source.into();
        let mut deepest: &(dyn Error + 'static) = &*source;
        while let Some(deeper) = deepest.source() {
            deepest = deeper;
        }
        ArchiveError::Bucket { place: self.shown(name), source: self.secrets.tidy(&deepest.to_string()).into() }
    }

    /// Puts bytes where none may be. Whatever the answer was, what counts is what is there now.
    fn create(&self, name: &str, bytes: Vec<u8>) -> Result<Put, ArchiveError> {
        let path = self.path(name);
        let wanted = FileMark::of_bytes(&bytes);
        let put = self.run(name, async |store| {
            let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
            store.put_opts(&path, PutPayload::from(bytes), options).await.map(drop)
        });
        let Err(error) = put else { return Ok(Put::Written) };
        match self.mark(name) {
            Ok(Some(found)) if found == wanted => Ok(Put::Written),
            Ok(Some(_)) => Ok(Put::Taken),
            // Not there, or nobody answers: the first error says more.
            _ => Err(error),
        }
    }
}

impl Place for Bucket {
    /// The probe stays, so that later one answer is enough: its name is taken.
    fn prove(&self) -> Result<(), ArchiveError> {
        let path = self.path(PROBE);
        for bytes in ["one", "another"] {
            let tried = self.run(PROBE, async |store| {
                let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
                match store.put_opts(&path, PutPayload::from(bytes), options).await {
                    Err(StoreError::AlreadyExists { .. } | StoreError::Precondition { .. }) => Ok(Put::Taken),
                    answer => answer.map(|_| Put::Written),
                }
            })?;
            if tried == Put::Taken {
                return Ok(());
            }
        }
        Err(ArchiveError::Unconditional { place: self.shown("") })
    }

    fn list(&self, folder: &str, after: Option<&str>) -> Result<Vec<Listed>, ArchiveError> {
        let prefix = Some(self.path(folder).to_string()).filter(|prefix| !prefix.is_empty());
        let prefix = prefix.map(|prefix| format!("{prefix}/"));
        let after = after.map(|after| self.path(after).to_string());
        let found = self.run(folder, async |store| {
            let (mut found, mut page_token, mut tokens) = (Vec::new(), None, HashSet::new());
            loop {
                let (offset, page_token_now) = (after.clone(), page_token.take());
                let options = PaginatedListOptions { offset, page_token: page_token_now, ..PaginatedListOptions::default() };
                let page = store.list_paginated(prefix.as_deref(), options).await?;
                found.extend(page.result.objects.into_iter().map(|meta| (meta.location, meta.size)));
                let Some(next) = page.page_token.filter(|next| !next.is_empty()) else { return Ok(found) };
                if tokens.len() >= PAGES_MAX {
                    let told = format!(
                        "its list goes on beyond {PAGES_MAX} pages, which is more than is read; archive to a prefix of its own ([archive] url)"
                    );
                    return Err(endless(told));
                }
                if !tokens.insert(next.clone()) {
                    return Err(endless("its list goes on in a circle; ask whoever runs the store".to_string()));
                }
                page_token = Some(next);
            }
        })?;
        let mut found: Vec<Listed> =
            found.into_iter().map(|(path, bytes)| Listed { name: self.name_of(&path), bytes }).collect();
        // What has another name is none of ours, and never becomes a path of this machine.
        found.retain(|listed| listed.name != PROBE && is_inside(&listed.name));
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    fn contents(&self) -> Result<Contents, ArchiveError> {
        Ok(Contents { files: self.list("", None)?, ..Contents::default() })
    }

    fn read(&self, names: &[String]) -> Result<Vec<Option<Vec<u8>>>, ArchiveError> {
        let paths: Vec<ObjectPath> = names.iter().map(|name| self.path(name)).collect();
        let first = names.first().map(String::as_str).unwrap_or_default();
        self.run(first, async |store| {
            let read = async |path: ObjectPath| match there(store.get(&path).await)? {
                Some(found) => small(found).await.map(Some),
                None => Ok(None),
            };
            stream::iter(paths).map(read).buffered(AT_ONCE).try_collect().await
        })
    }

    fn mark(&self, name: &str) -> Result<Option<FileMark>, ArchiveError> {
        let path = self.path(name);
        self.run(name, async |store| {
            let found = there(store.get(&path).await)?;
            let Some(mut pieces) = found.map(GetResult::into_stream) else { return Ok(None) };
            let (mut hasher, mut bytes) = (Sha256::new(), 0);
            while let Some(piece) = pieces.try_next().await? {
                hasher.update(&piece);
                bytes += piece.len() as u64;
            }
            Ok(Some(FileMark { sha256: HEXLOWER.encode(&hasher.finalize()), bytes }))
        })
    }

    fn put_new(&self, name: &str, bytes: &[u8]) -> Result<Put, ArchiveError> {
        self.create(name, bytes.to_vec())
    }

    fn upload(&self, name: &str, from: &Path, replace: bool) -> Result<(), ArchiveError> {
        let bytes = durable::read(from).map_err(|source| ArchiveError::read(from, source))?;
        if replace {
            let path = self.path(name);
            return self.run(name, async |store| store.put(&path, PutPayload::from(bytes)).await.map(drop));
        }
        match self.create(name, bytes)? {
            Put::Written => Ok(()),
            Put::Taken => Err(ArchiveError::Taken { place: self.shown(name) }),
        }
    }

    fn download(&self, files: &[(String, PathBuf)]) -> Result<(), ArchiveError> {
        for (name, to) in files.iter().filter(|(_, to)| !to.exists()) {
            // One at a time: each can be as large as a year of coupons is long, and is held whole.
            let Some(Some(bytes)) = self.read(std::slice::from_ref(name))?.pop() else {
                return Err(ArchiveError::Missing { path: self.shown(name).into() });
            };
            durable::create_folder_of(to)?;
            durable::replace(to, &bytes, false)?;
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), ArchiveError> {
        let path = self.path(name);
        self.run(name, async |store| there(store.delete(&path).await).map(drop))
    }

    fn shown(&self, name: &str) -> String {
        format!("{}/{name}", self.access.url.trim_end_matches('/')).trim_end_matches('/').to_string()
    }

    fn is_remote(&self) -> bool {
        true
    }
}

fn endless(told: String) -> StoreError {
    StoreError::Generic { store: "S3", source: told.into() }
}

/// All of it, piece by piece: what it says of its length is only said.
async fn small(found: GetResult) -> Result<Vec<u8>, StoreError> {
    let (mut bytes, mut pieces) = (Vec::new(), found.into_stream());
    while let Some(piece) = pieces.try_next().await? {
        if (bytes.len() + piece.len()) as u64 > SMALL_BYTES_MAX {
            let told = format!("it is larger than {} MiB, which is more than is read at once", SMALL_BYTES_MAX >> 20);
            return Err(endless(told));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// None where it is not there.
fn there<T>(answer: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match answer {
        Err(StoreError::NotFound { .. }) => Ok(None),
        answer => answer.map(Some),
    }
}
