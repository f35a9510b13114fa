//! What the connectors of one process share: connections, pace, log, clock and the folder of tokens.

use reqwest::{Certificate, Client};
use std::collections::HashMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

use super::account::{Account, ConnectError, PaceOverride, Proxy};
use super::call_log::CallLog;
use super::pace::{Day, Pace, Quota, RateLimiter};
use super::remembered::DetailCache;
use crate::domain::{Platform, Timestamp};
use crate::durable;
use crate::foreign::Secrets;
use crate::message;

/// How long and how often we try before a store is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    pub connect: Duration,
    /// From the request's first byte to the answer's last.
    pub whole_call: Duration,
    /// Tries of one call, the first included.
    pub tries: usize,
    /// Before the second try; doubles with each further one.
    pub first_wait: Duration,
    /// No wait is longer, and a platform that asks for a longer one is given up.
    pub longest_wait: Duration,
    /// The largest answer that is read, in bytes after unpacking.
    pub answer_bytes_max: usize,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            whole_call: Duration::from_secs(60),
            tries: 5,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
            answer_bytes_max: 64 * 1024 * 1024,
        }
    }
}

/// Gives the present moment.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Cheap to clone; clones share everything. Stores that are connected through one network share the limits of their app.
#[derive(Clone)]
pub struct Network(Arc<Shared>);

/// Through which proxy, and by which file of authorities.
type Way = (Option<String>, Option<PathBuf>);

struct Shared {
    clock: Clock,
    log: CallLog,
    retry_policy: RetryPolicy,
    token_folder: PathBuf,
    secrets: OnceLock<Secrets>,
    /// Where the calls of a day are counted.
    quota_folder: OnceLock<PathBuf>,
    /// Where details are remembered, and whether what was remembered before is forgotten.
    remembering: OnceLock<(PathBuf, bool)>,
    clients: Mutex<HashMap<Way, Client>>,
    apps: Mutex<HashMap<(Platform, String), Arc<AppLimits>>>,
    shops: Mutex<HashMap<(Platform, String), Arc<ShopLimits>>>,
}

/// Lets the calls of all of an app's stores through, each none where the platform has no such bound.
pub(super) struct AppLimits {
    /// The app as the platform calls it; no secret.
    pub name: String,
    pub rate: Option<RateLimiter>,
    pub quota: Option<Arc<Quota>>,
}

/// Lets a shop's calls through at its pace.
pub(super) struct ShopLimits {
    pub rate: RateLimiter,
    pub in_flight: Semaphore,
}

impl Network {
    /// `token_folder` holds what platforms rotate, a file a store; it is made when first needed.
    pub fn new(clock: Clock, token_folder: impl Into<PathBuf>, log: CallLog, retry_policy: RetryPolicy) -> Self {
        Self(Arc::new(Shared {
            clock,
            log,
            retry_policy,
            token_folder: token_folder.into(),
            secrets: OnceLock::new(),
            quota_folder: OnceLock::new(),
            remembering: OnceLock::new(),
            clients: Mutex::default(),
            apps: Mutex::default(),
            shops: Mutex::default(),
        }))
    }

    /// The calls of a day are counted in `folder`, with those of other processes; otherwise nowhere. Before stores are connected.
    pub fn counting_in(self, folder: impl Into<PathBuf>) -> Self {
        self.0.quota_folder.get_or_init(|| folder.into());
        self
    }

    /// What is masked in all that stores say; theirs are added to it. Before stores are connected.
    pub fn masking(self, secrets: &Secrets) -> Self {
        self.0.secrets.get_or_init(|| secrets.clone());
        self
    }

    /// Listings remember in `folder` what their platform forbids changing, and do not ask for it again; `forget` lets go of what
    /// is there. For exports only: otherwise everything is asked for anew. Before stores are connected.
    pub fn remembering_in(self, folder: impl Into<PathBuf>, forget: bool) -> Self {
        self.0.remembering.get_or_init(|| (folder.into(), forget));
        self
    }

    pub(super) fn remembered(&self, account: &Account) -> Option<DetailCache> {
        let (folder, forgets) = self.0.remembering.get()?;
        Some(DetailCache::new(folder, account, *forgets))
    }

    pub(super) fn secrets(&self) -> Secrets {
        self.0.secrets.get_or_init(Secrets::default).clone()
    }

    pub(super) fn clock(&self) -> Clock {
        Arc::clone(&self.0.clock)
    }

    pub(super) fn log(&self) -> CallLog {
        self.0.log.clone()
    }

    pub(super) fn retry_policy(&self) -> RetryPolicy {
        self.0.retry_policy
    }

    pub(super) fn token_folder(&self) -> &Path {
        &self.0.token_folder
    }

    /// One client a proxy and its authorities, so that connections are used again and stores on different proxies never share one.
    pub(super) fn client(&self, proxy: Option<&Proxy>, ca_file: Option<&Path>) -> Result<Client, ConnectError> {
        let key = (proxy.map(|proxy| proxy.url().to_string()), ca_file.map(Path::to_path_buf));
        let mut clients = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = build_client(proxy, ca_file, &self.0.retry_policy)?;
        clients.insert(key, client.clone());
        Ok(client)
    }

    pub(super) fn app_limits(
        &self,
        platform: Platform,
        app: &str,
        usual: (&Pace, Option<Day>),
        differs: PaceOverride,
    ) -> Arc<AppLimits> {
        let (pace, day) = usual;
        shared(&self.0.apps, (platform, app.to_string()), || AppLimits {
            name: app.to_string(),
            rate: differs.app_per_second.or(pace.app_per_second).map(RateLimiter::new),
            quota: self
                .0
                .quota_folder
                .get()
                .and_then(|folder| Quota::new(folder, platform, app, day, differs.app_per_day).map(Arc::new)),
        })
    }

    pub(super) fn shop_limits(
        &self,
        platform: Platform,
        shop: &str,
        pace: &Pace,
        differs: PaceOverride,
    ) -> Arc<ShopLimits> {
        shared(&self.0.shops, (platform, shop.to_string()), || ShopLimits {
            rate: RateLimiter::new(differs.per_second.unwrap_or(pace.shop_per_second)),
            in_flight: Semaphore::new(differs.in_flight.unwrap_or(pace.shop_in_flight).max(1)),
        })
    }
}

fn shared<K: Eq + Hash, V>(map: &Mutex<HashMap<K, Arc<V>>>, key: K, make: impl FnOnce() -> V) -> Arc<V> {
    let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(map.entry(key).or_insert_with(|| Arc::new(make())))
}

fn build_client(
    proxy: Option<&Proxy>,
    ca_file: Option<&Path>,
    retry_policy: &RetryPolicy,
) -> Result<Client, ConnectError> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Fails only where the process already has a provider, and then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let failed =
        |error: reqwest::Error| ConnectError(message!("connect-client", error = error.without_url().to_string()));
    let mut builder = Client::builder()
        .no_proxy()
        // A signed request fits one address only, and a write must not be carried on to another.
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(retry_policy.connect)
        .timeout(retry_policy.whole_call)
        // Web servers commonly close idle connections after five seconds. A write on a connection that closes under it is a
        // write of unknown outcome, so ours are given up sooner.
        .pool_idle_timeout(Duration::from_secs(4))
        .user_agent(concat!("couponbook/", env!("CARGO_PKG_VERSION")));
    if let Some(proxy) = proxy {
        let through = reqwest::Proxy::all(proxy.url().as_str()).map_err(|_| Proxy::refused())?;
        builder = builder.proxy(through);
    }
    if let Some(path) = ca_file {
        builder = builder.tls_certs_merge(authorities(path)?);
    }
    builder.build().map_err(failed)
}

/// The certificates of a file; one without any is a mistake.
fn authorities(path: &Path) -> Result<Vec<Certificate>, ConnectError> {
    let wrong =
        |error: String| ConnectError(message!("connect-ca-file", path = path.display().to_string(), error = error));
    let pem = durable::read(path).map_err(|error| wrong(error.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| wrong(error.to_string()))?;
    if certificates.is_empty() {
        return Err(wrong("no certificate stands in it".to_string()));
    }
    Ok(certificates)
}
