//! How a store is reached and signed for, as the settings resolved it. Who a store is, is the domain's business.

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};

use crate::domain::{Platform, Store, StoreId};

/// One store with everything that a connector needs to work for it. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Account {
    pub store: Store,
    /// Shopee: the API host, such as `https://partner.shopeemobile.com`. WooCommerce: the shop's own address, subfolder included.
    /// TikTok Shop: the API host; on this machine it serves the token calls too, which otherwise have a host of their own.
    /// Lazada: the country's host with `/rest`; on this machine it serves the token calls too, which otherwise have a host of
    /// their own.
    /// Shopify: the shop's permanent address, such as `https://some-shop.myshopify.com`.
    pub endpoint: Url,
    pub credentials: Credentials,
    /// Through which everything of this store goes; none means directly. The system's proxies are never used.
    pub proxy: Option<Proxy>,
    /// Sends without TLS although the host is not this machine.
    pub allow_http: bool,
    /// What differs from the platform's usual pace.
    pub pace: PaceOverride,
}

#[derive(Debug, Clone)]
pub enum Credentials {
    Shopee {
        /// The app's id, digits.
        partner_id: u64,
        partner_key: SecretString,
        /// From the authorization. Used for the first sign-in only: each refresh rotates it, and the new one is kept in the
        /// token folder. A changed value here means that the shop was authorized anew, and is then tried first. None means
        /// that the shop signs in with `auth login` only.
        refresh_token: Option<SecretString>,
    },
    TiktokShop {
        /// The app's id, letters and digits.
        app_key: String,
        app_secret: SecretString,
        /// From the seller's authorization, for the first sign-in; what each refresh brings is kept in the token folder. One
        /// authorization may cover several shops: their stores name the same token and share what is kept. None as for Shopee.
        refresh_token: Option<SecretString>,
        /// What the API calls the shop; none means that it is asked for.
        shop_cipher: Option<String>,
        /// The app's authorization link, as the Partner Center shows it: `https://services.tiktokshop.com/open/authorize?service_id=…`.
        consent_link: Option<Url>,
    },
    Lazada {
        /// The app's id, digits.
        app_key: String,
        app_secret: SecretString,
        tokens: LazadaTokens,
    },
    WooCommerce {
        consumer_key: SecretString,
        consumer_secret: SecretString,
        /// Over TLS, send the keys in the query: for hosts that drop the `Authorization` header.
        keys_in_query: bool,
    },
    Shopify {
        sign_in: ShopifySignIn,
    },
}

/// The three ways to a Shopify shop.
#[derive(Debug, Clone)]
pub enum ShopifySignIn {
    /// The token of a custom app, `shpat_…`, which has no end.
    Token { access_token: SecretString },
    /// An app of one's own organisation, which gets a token for a day whenever it asks.
    ClientCredentials { client_id: String, client_secret: SecretString },
    /// An app that the shop authorized: its offline token ends after an hour and is renewed with a refresh token. The one here
    /// is used for the first sign-in only, as for Shopee.
    Refresh { client_id: String, client_secret: SecretString, refresh_token: SecretString },
}

impl ShopifySignIn {
    pub(super) fn secrets(&self) -> Vec<&SecretString> {
        match self {
            Self::Token { access_token } => vec![access_token],
            Self::ClientCredentials { client_secret, .. } => vec![client_secret],
            Self::Refresh { client_secret, refresh_token, .. } => vec![client_secret, refresh_token],
        }
    }
}

impl Credentials {
    pub fn platform(&self) -> Platform {
        match self {
            Self::Shopee { .. } => Platform::new("shopee"),
            Self::TiktokShop { .. } => Platform::new("tiktok_shop"),
            Self::Lazada { .. } => Platform::new("lazada"),
            Self::WooCommerce { .. } => Platform::new("woocommerce"),
            Self::Shopify { .. } => Platform::new("shopify"),
        }
    }
}

/// How a Lazada seller's calls are signed in.
#[derive(Debug, Clone)]
pub enum LazadaTokens {
    /// From the seller's consent, for the first sign-in; what each refresh brings is kept in the token folder. Stores in several
    /// countries that one consent covers name the same token and share what is kept. None as for Shopee.
    Renewable { refresh_token: Option<SecretString> },
    /// For apps of the service market, whose sign-in lasts as long as the subscription and cannot be renewed.
    Fixed { access_token: SecretString },
}

impl LazadaTokens {
    pub(super) fn secret(&self) -> Option<&SecretString> {
        match self {
            Self::Renewable { refresh_token } => refresh_token.as_ref(),
            Self::Fixed { access_token } => Some(access_token),
        }
    }
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
        Url::parse(text).ok().filter(known).map(Self).ok_or(ConnectError::Proxy)
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
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

/// Why no connector could be made. Found before anything is sent.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConnectError {
    #[error(
        "store {store}: {address} would be spoken to without TLS, and anyone on the way could read its keys; write https://, or allow_http = true if you accept that"
    )]
    PlainHttp { store: StoreId, address: String },
    #[error("store {store}: the address {address} cannot be used: {wanted}")]
    Address { store: StoreId, address: String, wanted: &'static str },
    #[error("the proxy is not one that can be used; write http://, https://, socks5:// or socks5h:// and a host")]
    Proxy,
    #[error("store {store}: the shop id {found:?} is not one of {platform}'s: {wanted}")]
    Shop { store: StoreId, platform: &'static str, found: String, wanted: &'static str },
    #[error("store {store} is on {platform}, but its credentials are for {given}; give it {platform} credentials")]
    Credentials { store: StoreId, platform: &'static str, given: &'static str },
    #[error("the network cannot be set up: {0}; is this system's list of trusted certificates in order?")]
    Client(String),
    #[error("this system gives no random numbers ({0}); requests cannot be signed")]
    Random(String),
    #[error("the program knows no platform {0}")]
    Unknown(&'static str),
}

pub(super) fn wrong_credentials(account: &Account) -> ConnectError {
    ConnectError::Credentials {
        store: account.store.id.clone(),
        platform: super::PLATFORMS.abilities(account.store.platform).name,
        given: super::PLATFORMS.abilities(account.credentials.platform()).name,
    }
}

/// TLS always, except to this machine or where the user accepted the risk; no user, query or fragment in the address.
pub(super) fn check_address(account: &Account) -> Result<(), ConnectError> {
    let url = &account.endpoint;
    let store = account.store.id.clone();
    let address = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
    let wanted = match url.scheme() {
        _ if !url.has_host() => "write https:// and a host",
        _ if !url.username().is_empty() || url.password().is_some() => "leave the user and password out of it",
        _ if url.query().is_some() || url.fragment().is_some() => "leave out everything from `?` or `#` on",
        "https" => return Ok(()),
        "http" if account.allow_http || is_this_machine(url) => return Ok(()),
        "http" => return Err(ConnectError::PlainHttp { store, address }),
        _ => "write https:// and a host",
    };
    Err(ConnectError::Address { store, address, wanted })
}

pub(super) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}
