//! What the connectors of one process share: connections, pace, log, clock and the folder of tokens.

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use reqwest::Client;
use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

use super::account::{ConnectError, PaceOverride, Proxy};
use super::call_log::CallLog;
use crate::domain::{Platform, Timestamp};

/// A platform's usual pace. Calls a second and calls under way at once; none where the platform has no such bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// For all stores that one app serves together.
    pub app_per_second: Option<u32>,
    pub shop_per_second: u32,
    pub shop_in_flight: usize,
}

/// How long and how often we try before a store is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
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

impl Default for Patience {
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

struct Shared {
    clock: Clock,
    log: CallLog,
    patience: Patience,
    token_folder: PathBuf,
    clients: Mutex<HashMap<Option<String>, Client>>,
    apps: Mutex<HashMap<(Platform, String), Arc<DefaultDirectRateLimiter>>>,
    shops: Mutex<HashMap<(Platform, String), Arc<ShopGate>>>,
}

/// Lets a shop's calls through at its pace.
pub(super) struct ShopGate {
    pub rate: DefaultDirectRateLimiter,
    pub in_flight: Semaphore,
}

impl Network {
    /// `token_folder` holds what platforms rotate, a file a store; it is made when first needed.
    pub fn new(clock: Clock, token_folder: impl Into<PathBuf>, log: CallLog, patience: Patience) -> Self {
        Self(Arc::new(Shared {
            clock,
            log,
            patience,
            token_folder: token_folder.into(),
            clients: Mutex::default(),
            apps: Mutex::default(),
            shops: Mutex::default(),
        }))
    }

    pub(super) fn clock(&self) -> Clock {
        Arc::clone(&self.0.clock)
    }

    pub(super) fn log(&self) -> CallLog {
        self.0.log.clone()
    }

    pub(super) fn patience(&self) -> Patience {
        self.0.patience
    }

    pub(super) fn token_folder(&self) -> &Path {
        &self.0.token_folder
    }

    /// One client a proxy, so that connections are used again and stores on different proxies never share one.
    pub(super) fn client(&self, proxy: Option<&Proxy>) -> Result<Client, ConnectError> {
        let key = proxy.map(|proxy| proxy.url().to_string());
        let mut clients = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = build_client(proxy, &self.0.patience)?;
        clients.insert(key, client.clone());
        Ok(client)
    }

    pub(super) fn app_gate(
        &self,
        platform: Platform,
        app: &str,
        pace: &Pace,
        differs: PaceOverride,
    ) -> Option<Arc<DefaultDirectRateLimiter>> {
        let per_second = differs.app_per_second.or(pace.app_per_second)?;
        Some(shared(&self.0.apps, (platform, app.to_string()), || rate(per_second)))
    }

    pub(super) fn shop_gate(
        &self,
        platform: Platform,
        shop: &str,
        pace: &Pace,
        differs: PaceOverride,
    ) -> Arc<ShopGate> {
        shared(&self.0.shops, (platform, shop.to_string()), || ShopGate {
            rate: rate(differs.per_second.unwrap_or(pace.shop_per_second)),
            in_flight: Semaphore::new(differs.in_flight.unwrap_or(pace.shop_in_flight).max(1)),
        })
    }
}

fn shared<K: Eq + Hash, V>(map: &Mutex<HashMap<K, Arc<V>>>, key: K, make: impl FnOnce() -> V) -> Arc<V> {
    let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(map.entry(key).or_insert_with(|| Arc::new(make())))
}

fn rate(per_second: u32) -> DefaultDirectRateLimiter {
    RateLimiter::direct(Quota::per_second(NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN)))
}

fn build_client(proxy: Option<&Proxy>, patience: &Patience) -> Result<Client, ConnectError> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Fails only where the process already has a provider, and then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let failed = |error: reqwest::Error| ConnectError::Client(error.without_url().to_string());
    let mut builder = Client::builder()
        .no_proxy()
        // A signed request fits one address only, and a write must not be carried on to another.
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(patience.connect)
        .timeout(patience.whole_call)
        // Web servers commonly close idle connections after five seconds. A write on a connection that closes under it is a
        // write of unknown outcome, so ours are given up sooner.
        .pool_idle_timeout(Duration::from_secs(4))
        .user_agent(concat!("couponbook/", env!("CARGO_PKG_VERSION")));
    if let Some(proxy) = proxy {
        let through = reqwest::Proxy::all(proxy.url().as_str()).map_err(|_| ConnectError::Proxy)?;
        builder = builder.proxy(through);
    }
    builder.build().map_err(failed)
}
