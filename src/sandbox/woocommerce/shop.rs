//! What the mock WooCommerce knows of a shop.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::entry::PlatformShops;
use crate::sandbox::exchange::Request;
use crate::sandbox::seed::{self, NewShop};

/// The platform's settings in a scenario.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Above this many calls in a second, one shop answers 429.
    pub calls_per_second: Option<u32>,
}

/// What is kept of a shop: what the scenario says under these keys, or what holds where it does not.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct WooShop {
    pub consumer_key: String,
    pub consumer_secret: String,
    pub permissions: Permissions,
    #[serde(rename = "woocommerce_version", alias = "version")]
    pub version: String,
    /// Whether a proxy ends TLS before the shop and tells it so: then the shop believes itself on `https`.
    pub tls_ended_before: bool,
    /// A status that the key's user may not read: such coupons are counted, and left out of the pages.
    pub may_not_read: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Permissions {
    Read,
    Write,
    #[default]
    ReadWrite,
}

pub(super) type Shop = seed::Shop<WooShop>;
pub(super) type WooCommerce = PlatformShops<Settings, WooShop>;

impl WooShop {
    /// Whether its release is of the generation measured as 11.0.1 rather than that of 7.9.0. The first release that saves a
    /// written status is about 10.4; the other differences are switched with it.
    pub fn is_modern(&self) -> bool {
        let mut parts = self.version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (10, 4)
    }

    /// The shop's own address as it knows it, which is what is signed.
    pub fn home(&self, request: &Request) -> String {
        let scheme = if self.tls_ended_before { "https" } else { "http" };
        let store = request.path.split('/').nth(1).unwrap_or_default();
        format!("{scheme}://{}/{store}", request.header("host").unwrap_or("localhost"))
    }
}

/// What holds where the scenario does not say.
pub(super) fn settings(_: &str) -> Value {
    json!({ "calls_per_second": null })
}

pub(super) fn new_shop(new: &NewShop) -> Result<Value, String> {
    let derived = |prefix: &str| format!("{prefix}_{}", new.hex(prefix, 40));
    let own: WooShop = new.own(json!({
        "consumer_key": derived("ck"), "consumer_secret": derived("cs"), "permissions": Permissions::default(),
        "woocommerce_version": "11.0.1", "tls_ended_before": false,
    }))?;
    Ok(json!(own))
}
