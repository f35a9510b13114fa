//! What the mock Shopify knows of itself and of a shop.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::entry::PlatformShops;
use crate::sandbox::seed::{self, NewShop, hash_hex};

/// The platform's settings in a scenario. Every one can be left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub client_id: String,
    pub client_secret: String,
    /// The leaky bucket of one shop: its size, and what drips back in a second.
    pub bucket_points: u64,
    pub restore_points_per_second: u64,
    /// How long, by the shops' clock, a new discount stays out of `discountNodes`.
    pub list_lag_seconds: u32,
    /// Usually 200; the documents leave 429 open.
    pub throttled_status: u16,
}

/// What is kept of a shop: what the scenario says under these keys, or what holds where it does not.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct ShopifyShop {
    /// `some-shop.myshopify.com`.
    pub domain: String,
    pub shop_number: u64,
    pub token: TokenGrant,
    /// That of an app made in the admin; derived from the seed where absent.
    pub access_token: Option<String>,
    /// What the app may do: `read_discounts`, `write_discounts`.
    pub scopes: Vec<String>,
    pub status: ShopStatus,
    /// Whether its plan has what only large plans have.
    pub plus: bool,
    /// The oldest version of the API that it still answers in: calls for an older one are answered in this.
    pub oldest_version: Option<String>,
}

/// How an app comes to its access token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TokenGrant {
    /// Made in the shop's admin, without an end.
    #[default]
    Endless,
    /// Asked for by id and secret, for a day.
    ClientCredentials,
    /// For an hour, with a refresh token that changes with every use.
    Expiring,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ShopStatus {
    #[default]
    Open,
    Frozen,
    Disabled,
    Locked,
}

impl ShopStatus {
    /// What every call is answered with. The statuses are documented, the words are not.
    pub fn refusal(self) -> Option<(u16, &'static str)> {
        match self {
            Self::Open => None,
            Self::Frozen => Some((402, "Unavailable Shop")),
            Self::Disabled => Some((403, "Unavailable Shop")),
            Self::Locked => Some((423, "Locked")),
        }
    }
}

pub(super) type Shop = seed::Shop<ShopifyShop>;
pub(super) type ShopifyShops = PlatformShops<Settings, ShopifyShop>;

/// What holds where the scenario does not say.
pub(super) fn settings(seed: &str) -> Value {
    json!({
        "client_id": hash_hex(&[seed, "shopify client id"], 32),
        "client_secret": format!("shpss_{}", hash_hex(&[seed, "shopify client secret"], 32)),
        "list_lag_seconds": 2, "throttled_status": 200,
        // Recorded for the Standard plan.
        "bucket_points": 2000, "restore_points_per_second": 100,
    })
}

pub(super) fn new_shop(new: &NewShop) -> Result<Value, String> {
    let own: ShopifyShop = new.own(json!({
        "domain": format!("{}.myshopify.com", new.id), "token": TokenGrant::default(), "status": ShopStatus::default(),
        "shop_number": 10_000_000_000 + new.number("shop", 80_000_000_000),
        "scopes": ["read_discounts", "write_discounts"], "plus": false,
    }))?;
    Ok(json!(own))
}
