//! How a client reaches a store of the sandbox.

use chrono_tz::Tz;
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;
use std::net::SocketAddr;

use crate::domain::{Currency, Platform, StoreId};

/// How a store of the sandbox is reached: what a config needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoreAccess {
    pub id: StoreId,
    pub name: String,
    pub region: String,
    pub platform: Platform,
    /// What follows `http://address`: empty for Shopee and TikTok Shop, `/rest` for Lazada, `/store-id` for a shop of WooCommerce
    /// or Shopify.
    pub base_path: String,
    pub currency: Currency,
    pub zone: Tz,
    pub sign_in: SignIn,
}

impl StoreAccess {
    /// The address of the shop, without a slash at its end.
    pub fn base_url(&self, address: SocketAddr) -> String {
        format!("http://{address}{}", self.base_path)
    }

    /// What a config holds for this store under the key `name`; none where it holds nothing.
    pub fn key(&self, name: &str, address: SocketAddr) -> Option<String> {
        let text = self.sign_in.text(name)?;
        Some(if text.starts_with('/') { format!("http://{address}{text}") } else { text })
    }
}

/// What a client signs with, by the names that a config gives it, such as `app_key`, `access_token` and `access_token_ends`; an
/// address of the sandbox without its host.
/// Pretend secrets; they print as dots all the same, so that no habit of printing them grows.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SignIn {
    pub values: Map<String, Value>,
}

impl SignIn {
    pub(super) fn new(values: Value) -> Self {
        Self { values: super::fields::object(values) }
    }

    /// A key, an id or a token; numbers in digits. None where the platform has none of that name, or not now.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIn(••••)")
    }
}
