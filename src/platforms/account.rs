//! How a store is reached and signed for, as the settings resolved it. Who a store is, is the domain's business.

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use url::{Host, Url};

use super::keys::Keys;
use crate::domain::{Argument, Message, Store};
use crate::foreign::Secrets;
use crate::message;

/// One store with everything that a connector needs to work for it. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Account {
    pub store: Store,
    /// The API's host, or the shop's own address, subfolder included.
    pub endpoint: Url,
    /// What its platform asks for besides; see the platform's [`super::Entry`].
    pub keys: Keys,
    /// Through which everything of this store goes; none means directly. The system's proxies are never used.
    pub proxy: Option<Proxy>,
    /// A file of certificates (PEM): authorities that are trusted besides those of this machine.
    pub ca_file: Option<PathBuf>,
    /// Sends without TLS although the host is not this machine.
    pub allow_http: bool,
    /// What differs from the platform's usual pace.
    pub pace: PaceOverride,
}

/// Each none means the platform's usual value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PaceOverride {
    /// Calls a second for all stores of this store's app.
    pub app_per_second: Option<u32>,
    /// Calls a day for all stores of this store's app.
    pub app_per_day: Option<u64>,
    /// Calls a second for this store.
    pub per_second: Option<u32>,
    /// Calls of this store under way at the same time.
    pub in_flight: Option<usize>,
}

/// An HTTP or SOCKS5 proxy. Neither `Debug` nor `Display` shows its user or password.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(Url);

impl Proxy {
    /// `http://`, `https://`, `socks5://` (names looked up here) or `socks5h://` (names looked up by the proxy).
    pub fn parse(text: &str) -> Result<Self, ConnectError> {
        let known = |url: &Url| matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") && url.has_host();
        Url::parse(text).ok().filter(known).map(Self).ok_or_else(Self::refused)
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    pub(super) fn refused() -> ConnectError {
        ConnectError(message!("connect-proxy"))
    }

    /// As it stands in the address, and as it is sent.
    pub(super) fn password(&self) -> Option<(String, String)> {
        let encoded = self.0.password()?;
        Some((encoded.to_string(), percent_decode_str(encoded).decode_utf8_lossy().into_owned()))
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.0.port().map_or(String::new(), |port| format!(":{port}"));
        write!(f, "{}://{}{port}", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

/// Why no connector could be made, and what to write instead. Found before anything is sent.
#[derive(Debug, Clone)]
pub struct ConnectError(pub Message);

impl Account {
    /// Adds all that must never be shown.
    pub fn hide(&self, secrets: &Secrets) {
        self.keys.secrets().for_each(|secret| secrets.add(secret));
        if let Some((encoded, password)) = self.proxy.as_ref().and_then(Proxy::password) {
            secrets.add_password(&encoded);
            secrets.add_password(&password);
        }
    }

    /// Whether the store is on this machine.
    pub fn is_here(&self) -> bool {
        is_this_machine(&self.endpoint)
    }

    /// Its secrets are not known, and nothing will be sent: the tokens that are kept count, whatever token the config names.
    pub fn only_to_count(mut self) -> Self {
        self.keys.remove("refresh_token");
        self
    }

    /// The text of a key without which the store cannot be connected.
    pub(super) fn needed(&self, key: &'static str) -> Result<String, ConnectError> {
        self.keys.text(key).map(str::to_string).ok_or_else(|| self.wrong(key, "connect-key-missing"))
    }

    pub(super) fn needed_secret(&self, key: &'static str) -> Result<SecretString, ConnectError> {
        self.keys.secret(key).cloned().ok_or_else(|| self.wrong(key, "connect-key-missing"))
    }

    /// `wrong` is the id of a message.
    pub(super) fn wrong(&self, key: &'static str, wrong: &'static str) -> ConnectError {
        ConnectError(message!(wrong, store = self.store.id.as_str(), key = key))
    }

    /// `wanted` is the id of a message.
    pub(super) fn wrong_shop(&self, platform: &'static str, wanted: &'static str) -> ConnectError {
        let (store, found) = (self.store.id.as_str(), format!("{:?}", self.store.shop.as_str()));
        ConnectError(message!(
            "connect-shop",
            store = store,
            platform = platform,
            found = found,
            wanted = message!(wanted)
        ))
    }

    fn wrong_address(&self, address: impl Into<Argument>, wanted: &'static str) -> ConnectError {
        let (store, address) = (self.store.id.as_str(), address.into());
        ConnectError(message!("connect-address", store = store, address = address, wanted = message!(wanted)))
    }

    /// Where the calls are made that no shop's host serves. On this machine a mock platform serves them beside its own.
    pub(super) fn host_beside(&self, host: &str) -> Result<Url, ConnectError> {
        if is_this_machine(&self.endpoint) {
            return Ok(self.endpoint.clone());
        }
        Url::parse(host).map_err(|_| self.wrong_address(host, "wanted-https"))
    }

    /// TLS always, except to this machine or where the user accepted the risk; no user, query or fragment in the address.
    pub(super) fn check_address(&self) -> Result<(), ConnectError> {
        let url = &self.endpoint;
        let address = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
        let wanted = match url.scheme() {
            _ if !url.has_host() => "wanted-https",
            _ if !url.username().is_empty() || url.password().is_some() => "wanted-no-password",
            _ if url.query().is_some() || url.fragment().is_some() => "wanted-no-query",
            "https" => return Ok(()),
            "http" if self.allow_http || is_this_machine(url) => return Ok(()),
            "http" => {
                let store = self.store.id.as_str();
                return Err(ConnectError(message!("connect-plain-http", store = store, address = address)));
            }
            _ => "wanted-https",
        };
        Err(self.wrong_address(address, wanted))
    }
}

pub(super) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}
