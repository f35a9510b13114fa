//! What a sandbox starts with: stores, coupons, settings and faults, read from one TOML text.
//!
//! Times are relative to now or to each store's own days, so that one file tells the same story at any hour. Nothing is random:
//! what varies (counts, days) is picked by a hash of seed, store and code.

mod seed;
mod times;
mod written;

use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

use super::Fault;
use crate::domain::{Currency, StoreId, Timestamp};

pub(super) use seed::{hash_hex, hash_number};

const DEMO: &str = include_str!("../../../templates/sandbox/demo.toml");

/// A scenario with all its relative times and counts worked out.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What its relative times were worked out from.
    pub(super) now: Timestamp,
    pub(super) settings: Settings,
    pub(super) stores: Vec<StoreSeed>,
    pub(super) faults: Vec<Fault>,
}

#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("the scenario `{}` cannot be read; check the path", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{name}, line {line}: {problem}")]
    Toml { name: String, line: usize, problem: String },
    #[error("{name}, {place}: {problem}")]
    Value { name: String, place: String, problem: String },
}

impl Scenario {
    /// The shops of `couponbook demo`: stores on each platform, every state that a coupon can be in.
    pub fn demo(now: Timestamp) -> Result<Self, ScenarioError> {
        Self::parse(DEMO, "templates/sandbox/demo.toml", now)
    }

    /// Reads the scenario file at `path`, its relative times worked out from `now`.
    pub fn read(path: &Path, now: Timestamp) -> Result<Self, ScenarioError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| ScenarioError::File { path: path.to_path_buf(), source })?;
        Self::parse(&text, &path.display().to_string(), now)
    }

    /// Reads a scenario's text; `name` is what errors call it.
    pub fn parse(text: &str, name: &str, now: Timestamp) -> Result<Self, ScenarioError> {
        let written: written::Scenario = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text.get(..span.start).unwrap_or("").matches('\n').count() + 1);
            ScenarioError::Toml { name: name.to_string(), line, problem: error.message().to_string() }
        })?;
        seed::resolve(written, now).map_err(|(place, problem)| ScenarioError::Value {
            name: name.to_string(),
            place,
            problem,
        })
    }

    /// How many stores it has, and how many coupons in all.
    pub fn size(&self) -> (usize, usize) {
        (self.stores.len(), self.stores.iter().map(|store| store.coupons.len()).sum())
    }
}

/// What holds for the whole sandbox. Every one can be left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// What ids, keys and tokens are derived from.
    pub seed: String,
    /// Waited before every request is looked at.
    pub latency_milliseconds: u64,
    /// Above this many calls in a second, one app of Shopee is refused.
    pub shopee_calls_per_second: Option<u32>,
    /// Above this many calls in a second, one app of Lazada is refused.
    pub lazada_calls_per_second: Option<u32>,
    /// Above this many calls in a second, one shop of WooCommerce answers 429.
    pub woocommerce_calls_per_second: Option<u32>,
    pub shopee_partner_id: u64,
    /// Derived from the seed where absent.
    pub shopee_partner_key: Option<String>,
    /// Not documented by the platform, so a connector should work with any.
    pub shopee_sign_in_status: u16,
    pub shopee_rate_limit_status: u16,
    pub shopee_error_status: u16,
    /// Whether `get_voucher` may be POSTed, as two public clients do.
    pub shopee_post_get_voucher: bool,
    /// How many upcoming and ongoing vouchers one shop may have.
    pub shopee_voucher_limit: usize,
    pub lazada_app_key: String,
    /// Derived from the seed where absent.
    pub lazada_app_secret: Option<String>,
    pub lazada_scalars: LazadaScalars,
    pub lazada_refusals: LazadaRefusals,
    /// The HTTP status of the gateway's refusals; not documented, 200 was seen.
    pub lazada_gateway_status: u16,
    /// The guides disagree (10 and 50 days, 7 and 14, 30 and 180), so a connector should work with any.
    pub lazada_access_token_seconds: u32,
    pub lazada_refresh_token_seconds: u32,
    pub lazada_refresh_token: LazadaRefreshToken,
    /// Whether the app is of a kind that may refresh its tokens.
    pub lazada_app_refreshes: bool,
    /// Whether a voucher's detail tells its uses, as the list does; the official sample does not.
    pub lazada_detail_tells_used: bool,
    /// Whether reads may be POSTed: the Python SDK posts unless told otherwise.
    pub lazada_post_reads: bool,
    /// Not documented.
    pub lazada_page_size_max: u32,
    pub tiktok_shop_app_key: String,
    /// Derived from the seed where absent.
    pub tiktok_shop_app_secret: Option<String>,
    /// Where the consent page sends the seller's browser back to.
    pub tiktok_shop_redirect_url: String,
    /// Above this many calls in a second to one operation of one shop of TikTok Shop, the next is refused.
    pub tiktok_shop_calls_per_second: Option<u32>,
    /// Whether a refresh brings a new refresh token and ends the old one. Not documented by the platform.
    pub tiktok_shop_refresh_tokens_rotate: bool,
    /// Whether a refresh ends the access token before. Not documented by the platform.
    pub tiktok_shop_refresh_ends_access_token: bool,
    /// The platform publishes no HTTP status for its codes, so a connector should work with any.
    pub tiktok_shop_sign_in_status: u16,
    pub tiktok_shop_denied_status: u16,
    pub tiktok_shop_path_status: u16,
    pub tiktok_shop_rate_limit_status: u16,
    pub tiktok_shop_error_status: u16,
    /// What a coupon id that the shop does not have is answered with. Not documented by the platform.
    pub tiktok_shop_missing_coupon_code: u64,
    /// Derived from the seed where absent, as the secret.
    pub shopify_client_id: Option<String>,
    pub shopify_client_secret: Option<String>,
    /// The leaky bucket of one shop: its size, and what drips back in a second.
    pub shopify_bucket_points: u64,
    pub shopify_restore_points_per_second: u64,
    /// How long, by the shops' clock, a new discount stays out of `discountNodes`.
    pub shopify_list_lag_seconds: u32,
    /// Usually 200; the documents leave 429 open.
    pub shopify_throttled_status: u16,
}

/// How Lazada spells scalars on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LazadaScalars {
    /// Numbers, booleans, nulls.
    Native,
    /// Every scalar as text, nothing as the text `null`: the official samples.
    Text,
    /// Native, and fields that hold nothing are absent.
    Sparse,
}

/// How Lazada's voucher service refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LazadaRefusals {
    /// `code` is `"0"`, `success` is false.
    Success,
    /// `code` is the error's number.
    Code,
}

/// What a refresh of Lazada's tokens does to the refresh token itself; not documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LazadaRefreshToken {
    /// The same text comes back.
    Kept,
    /// A new text comes back, and the old one goes on until their common end.
    New,
    /// A new text comes back, and the old one is dead at once.
    NewAndOldDies,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: "couponbook".to_string(),
            latency_milliseconds: 0,
            shopee_calls_per_second: None,
            lazada_calls_per_second: None,
            woocommerce_calls_per_second: None,
            shopee_partner_id: 2_001_887,
            shopee_partner_key: None,
            shopee_sign_in_status: 403,
            shopee_rate_limit_status: 429,
            shopee_error_status: 200,
            shopee_post_get_voucher: true,
            shopee_voucher_limit: 1000,
            lazada_app_key: "100132".to_string(),
            lazada_app_secret: None,
            lazada_scalars: LazadaScalars::Native,
            lazada_refusals: LazadaRefusals::Success,
            lazada_gateway_status: 200,
            lazada_access_token_seconds: 864_000,
            lazada_refresh_token_seconds: 4_320_000,
            lazada_refresh_token: LazadaRefreshToken::New,
            lazada_app_refreshes: true,
            lazada_detail_tells_used: false,
            lazada_post_reads: true,
            lazada_page_size_max: 100,
            tiktok_shop_app_key: "6f3k2m9q1d8sv".to_string(),
            tiktok_shop_app_secret: None,
            tiktok_shop_redirect_url: "http://localhost/callback".to_string(),
            tiktok_shop_calls_per_second: None,
            tiktok_shop_refresh_tokens_rotate: true,
            tiktok_shop_refresh_ends_access_token: false,
            tiktok_shop_sign_in_status: 401,
            tiktok_shop_denied_status: 403,
            tiktok_shop_path_status: 404,
            tiktok_shop_rate_limit_status: 429,
            tiktok_shop_error_status: 200,
            tiktok_shop_missing_coupon_code: 98_001_404,
            shopify_client_id: None,
            shopify_client_secret: None,
            // Recorded for the Standard plan.
            shopify_bucket_points: 2000,
            shopify_restore_points_per_second: 100,
            shopify_list_lag_seconds: 2,
            shopify_throttled_status: 200,
        }
    }
}

impl Settings {
    pub fn partner_key(&self) -> String {
        self.shopee_partner_key.clone().unwrap_or_else(|| hash_hex(&[&self.seed, "partner key"], 64))
    }

    pub fn lazada_app_secret(&self) -> String {
        self.lazada_app_secret.clone().unwrap_or_else(|| hash_hex(&[&self.seed, "lazada app secret"], 32))
    }

    pub fn tiktok_shop_app_secret(&self) -> String {
        self.tiktok_shop_app_secret.clone().unwrap_or_else(|| hash_hex(&[&self.seed, "app secret"], 40))
    }

    pub fn shopify_client_id(&self) -> String {
        self.shopify_client_id.clone().unwrap_or_else(|| hash_hex(&[&self.seed, "shopify client id"], 32))
    }

    pub fn shopify_client_secret(&self) -> String {
        let derived = || format!("shpss_{}", hash_hex(&[&self.seed, "shopify client secret"], 32));
        self.shopify_client_secret.clone().unwrap_or_else(derived)
    }
}

/// One pretend shop.
#[derive(Debug, Clone)]
pub(super) struct StoreSeed {
    pub shop: Shop,
    pub coupons: Vec<CouponSeed>,
}

/// What a pretend platform knows of a shop; kept in the state as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Shop {
    pub id: StoreId,
    pub name: String,
    pub region: String,
    pub currency: Currency,
    pub zone: Tz,
    pub own: Own,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Own {
    Shopee(ShopeeShop),
    Lazada(LazadaShop),
    Shopify(ShopifyShop),
    WooCommerce(WooShop),
    TiktokShop(TiktokShop),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ShopeeShop {
    pub shop_id: u64,
    /// `NORMAL`, `BANNED` or `FROZEN`.
    pub status: String,
    /// Four letters that the platform puts before every code.
    pub code_prefix: String,
    /// An error that every shop call ends in, such as `shop_banned`.
    pub refuse_with: Option<String>,
    /// The items that exist; none means that every id does.
    pub items: Option<Vec<u64>>,
    pub coin_vouchers: bool,
    pub auth_time: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LazadaShop {
    pub seller_id: u64,
    /// `ACTIVE`, or another word for `seller/get`.
    pub status: String,
    /// An error that every voucher call ends in: a number from 21 to 26, or a gateway's name such as `Mp3SellerApiLimit`.
    pub refuse_with: Option<String>,
    /// The SKUs that exist; none means that every id does.
    pub items: Option<Vec<u64>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ShopifyShop {
    /// `some-shop.myshopify.com`.
    pub domain: String,
    pub shop_number: u64,
    pub token: TokenKind,
    /// That of an app made in the admin; derived from the seed where absent.
    pub access_token: Option<String>,
    /// What the app may do: `read_discounts`, `write_discounts`.
    pub scopes: Vec<String>,
    pub status: ShopifyStatus,
}

/// How an app comes to its access token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TokenKind {
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
pub(super) enum ShopifyStatus {
    #[default]
    Open,
    Frozen,
    Disabled,
    Locked,
}

impl ShopifyStatus {
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

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct WooShop {
    pub consumer_key: String,
    pub consumer_secret: String,
    pub permissions: Permissions,
    pub version: Version,
    /// Whether a proxy ends TLS before the shop and tells it so: then the shop believes itself on `https`.
    pub tls_ended_before: bool,
    /// A status that the key's user may not read: such coupons are counted, and left out of the pages.
    #[serde(default)]
    pub may_not_read: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Permissions {
    Read,
    Write,
    ReadWrite,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TiktokShop {
    /// Nineteen digits, as in the documents' samples.
    pub shop_id: u64,
    /// The seller's account: its shops share one authorization and its tokens.
    pub seller: String,
    /// What a call names this shop by.
    pub cipher: String,
    pub granted_scopes: Vec<String>,
    /// A code that every promotion call of the shop ends in, such as 36009033.
    pub refuse_with: Option<u64>,
}

/// A release of WooCommerce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Version(pub String);

impl Version {
    /// Whether it is of the generation measured as 11.0.1 rather than that of 7.9.0. The first release that saves a written
    /// status is about 10.4; the other differences are switched with it.
    pub fn is_modern(&self) -> bool {
        let mut parts = self.0.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (10, 4)
    }
}

/// One coupon in neutral words, times and counts worked out.
#[derive(Debug, Clone)]
pub(super) struct CouponSeed {
    /// As the seller chose it: on Shopee the platform's letters come before it.
    pub code: String,
    pub name: String,
    pub discount: DiscountSeed,
    pub min_spend: Decimal,
    pub total: Option<u64>,
    pub used: u64,
    /// Of the used ones, how many a buyer has paid with, where the platform counts claims apart.
    pub redeemed: u64,
    pub starts: Option<Timestamp>,
    pub ends: Option<Timestamp>,
    /// The platform's own word: any of WooCommerce's, `SUSPEND` on Lazada.
    /// WooCommerce and TikTok Shop only; the platform's own word.
    pub status: Option<String>,
    pub platform_owned: bool,
    /// Laid over the platform's own fields.
    pub raw: Map<String, Value>,
}

#[derive(Debug, Clone)]
pub(super) enum DiscountSeed {
    Sum(Decimal),
    Percent { percent: Decimal, cap: Option<Decimal> },
    Coins { percent: Decimal, cap: Option<Decimal> },
}
