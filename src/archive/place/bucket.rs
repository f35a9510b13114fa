//! An archive in a bucket of any S3-compatible store. What the program reads from it is copied to this machine first.
//!
//! Writes that only make something new are conditional (`If-None-Match: *`), so that two machines never write over each other; an
//! answer that was lost is settled by reading back.

use std::fmt;
use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once, PoisonError, mpsc};
use std::time::Duration;

use data_encoding::HEXLOWER;
use futures::stream::{self, StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as ObjectPath;
use object_store::{
    BackoffConfig, ClientOptions, Error as StoreError, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload,
    RetryConfig,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;

use super::{Listed, Place, Put};
use crate::archive::ArchiveError;
use crate::archive::manifest::FileMark;
use crate::durable;

/// Requests under way at once; a store far away answers each in tenths of a second.
const AT_ONCE: usize = 16;

/// How a bucket is reached.
#[derive(Clone)]
pub struct BucketAccess {
    /// `s3://bucket/prefix`, as people know it.
    pub url: String,
    pub bucket: String,
    /// Before every name; no `/` at either end, empty for the bucket's root.
    pub prefix: String,
    /// Other than Amazon's own.
    pub endpoint: Option<String>,
    pub region: String,
    pub access_key_id: SecretString,
    pub secret_access_key: SecretString,
    pub session_token: Option<SecretString>,
    /// Only for a store on this machine.
    pub allow_http: bool,
}

impl fmt::Debug for BucketAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketAccess").field("url", &self.url).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

pub(in crate::archive) struct Bucket {
    access: BucketAccess,
    line: Mutex<Option<Line>>,
}

/// A connection with threads of its own: the archive is plain functions, which may run on a thread that serves others.
struct Line {
    store: Arc<AmazonS3>,
    runtime: Option<Runtime>,
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.access.fmt(f)
    }
}

impl Bucket {
    /// Nothing is sent yet.
    pub fn new(access: BucketAccess) -> Self {
        Self { access, line: Mutex::default() }
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

    /// Runs `work` on the line's own threads and waits for it.
    fn run<T, F>(&self, name: &str, work: impl FnOnce(Arc<AmazonS3>) -> F) -> Result<T, ArchiveError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        self.ask(work)?.map_err(|source| self.failed(name, source))
    }

    fn ask<T, F>(&self, work: impl FnOnce(Arc<AmazonS3>) -> F) -> Result<T, ArchiveError>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let (answer, answered) = mpsc::sync_channel(1);
        {
            let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
            let line = match &mut *line {
                Some(line) => line,
                none => none.insert(self.connect()?),
            };
            let work = work(Arc::clone(&line.store));
            if let Some(runtime) = &line.runtime {
                runtime.spawn(async move {
                    let _ = answer.send(work.await);
                });
            }
        }
        answered
            .recv()
            .map_err(|error| ArchiveError::Bucket { place: self.access.url.clone(), source: Box::new(error) })
    }

    fn connect(&self) -> Result<Line, ArchiveError> {
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
        let options = ClientOptions::new()
            .with_allow_http(access.allow_http)
            .with_connect_timeout(Duration::from_secs(10))
            .with_timeout(Duration::from_secs(300));
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&access.bucket)
            .with_region(&access.region)
            .with_access_key_id(access.access_key_id.expose_secret())
            .with_secret_access_key(access.secret_access_key.expose_secret())
            .with_client_options(options)
            .with_retry(patience);
        if let Some(token) = &access.session_token {
            builder = builder.with_token(token.expose_secret());
        }
        if let Some(endpoint) = &access.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let store = builder.build().map_err(|source| self.failed("", source))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime =
            runtime.map_err(|source| ArchiveError::Bucket { place: access.url.clone(), source: Box::new(source) })?;
        Ok(Line { store: Arc::new(store), runtime: Some(runtime) })
    }

    fn failed(&self, name: &str, source: StoreError) -> ArchiveError {
        ArchiveError::Bucket { place: self.shown(name), source: Box::new(source) }
    }

    /// Puts bytes where none may be. Whatever the answer was, what counts is what is there now.
    fn create(&self, name: &str, bytes: Vec<u8>) -> Result<Put, ArchiveError> {
        let path = self.path(name);
        let wanted = FileMark::of_bytes(&bytes);
        let put = self.ask(|store| async move {
            let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
            store.put_opts(&path, PutPayload::from(bytes), options).await.map(drop)
        })?;
        let Err(error) = put else { return Ok(Put::Written) };
        match self.mark(name) {
            Ok(Some(found)) if found == wanted => Ok(Put::Written),
            Ok(Some(_)) => Ok(Put::Taken),
            // Not there, or nobody answers: the first error says more.
            _ => Err(self.failed(name, error)),
        }
    }
}

impl Place for Bucket {
    fn list(&self, folder: &str, after: Option<&str>) -> Result<Vec<Listed>, ArchiveError> {
        let prefix = self.path(folder);
        let after = after.map(|after| self.path(after));
        let found = self.run(folder, |store| async move {
            let prefix = Some(&prefix).filter(|prefix| !prefix.as_ref().is_empty());
            let listing = match &after {
                Some(after) => store.list_with_offset(prefix, after),
                None => store.list(prefix),
            };
            listing.map_ok(|meta| (meta.location, meta.size)).try_collect::<Vec<_>>().await
        })?;
        let mut found: Vec<Listed> =
            found.into_iter().map(|(path, bytes)| Listed { name: self.name_of(&path), bytes }).collect();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    fn read(&self, names: &[String]) -> Result<Vec<Option<Vec<u8>>>, ArchiveError> {
        let paths: Vec<ObjectPath> = names.iter().map(|name| self.path(name)).collect();
        let first = names.first().map(String::as_str).unwrap_or_default();
        self.run(first, |store| async move {
            let read = |path: ObjectPath| {
                let store = Arc::clone(&store);
                async move {
                    match store.get(&path).await {
                        Ok(found) => found.bytes().await.map(|bytes| Some(bytes.to_vec())),
                        Err(StoreError::NotFound { .. }) => Ok(None),
                        Err(error) => Err(error),
                    }
                }
            };
            stream::iter(paths).map(read).buffered(AT_ONCE).try_collect().await
        })
    }

    fn mark(&self, name: &str) -> Result<Option<FileMark>, ArchiveError> {
        let path = self.path(name);
        self.run(name, |store| async move {
            let mut pieces = match store.get(&path).await {
                Ok(found) => found.into_stream(),
                Err(StoreError::NotFound { .. }) => return Ok(None),
                Err(error) => return Err(error),
            };
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
        let bytes = fs::read(from).map_err(|source| ArchiveError::read(from, source))?;
        if replace {
            let path = self.path(name);
            return self.run(name, |store| async move { store.put(&path, PutPayload::from(bytes)).await.map(drop) });
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
            durable::create_folder(to.parent().unwrap_or(to))?;
            durable::replace(to, &bytes, false)?;
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), ArchiveError> {
        let path = self.path(name);
        self.run(name, |store| async move {
            match store.delete(&path).await {
                Err(StoreError::NotFound { .. }) => Ok(()),
                answer => answer,
            }
        })
    }

    fn shown(&self, name: &str) -> String {
        format!("{}/{name}", self.access.url.trim_end_matches('/')).trim_end_matches('/').to_string()
    }

    fn is_remote(&self) -> bool {
        true
    }
}
