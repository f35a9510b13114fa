//! A scenario as its author wrote it: every key there is. A key that is not here is an error.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Permissions, Settings, TokenKind};
use crate::sandbox::Fault;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    #[serde(default)]
    pub sandbox: Settings,
    pub stores: Vec<Store>,
    /// Coupons that several stores have, each in its own money.
    #[serde(default)]
    pub coupons: Vec<Coupon>,
    #[serde(default)]
    pub faults: Vec<Fault>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Store {
    pub id: String,
    /// `shopee`, `lazada`, `tiktok_shop`, `shopify` or `woocommerce`.
    pub platform: String,
    pub name: String,
    /// Two letters; currency and zone follow from it where they are left out.
    pub region: String,
    pub currency: Option<String>,
    pub zone: Option<String>,
    /// What one `u` of an amount is worth here: with `unit = "1000"`, `"10u"` is 10000.
    pub unit: Option<Amount>,
    #[serde(default)]
    pub coupons: Vec<Coupon>,

    // All but WooCommerce, each with its own words
    pub status: Option<String>,
    // Shopee, Lazada and (a code there) TikTok Shop
    pub refuse_with: Option<String>,
    /// Shopee's items, Lazada's SKUs.
    pub items: Option<Vec<u64>>,

    // Shopee and TikTok Shop
    pub shop_id: Option<u64>,

    // Shopee
    pub code_prefix: Option<String>,
    pub coin_vouchers: Option<bool>,

    // Lazada
    pub seller_id: Option<u64>,

    // Shopify
    pub domain: Option<String>,
    pub token: Option<TokenKind>,
    pub access_token: Option<String>,
    pub scopes: Option<Vec<String>>,

    // WooCommerce
    pub consumer_key: Option<String>,
    pub consumer_secret: Option<String>,
    pub permissions: Option<Permissions>,
    pub woocommerce_version: Option<String>,
    pub tls_ended_before: Option<bool>,
    pub may_not_read: Option<String>,

    // TikTok Shop
    /// Stores with the same seller share one authorization.
    pub seller: Option<String>,
    pub shop_cipher: Option<String>,
    pub granted_scopes: Option<Vec<String>>,
    /// Of a hundred claimed coupons, how many are redeemed; all of them where it is absent.
    pub redeemed_percent: Option<u64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Coupon {
    /// Globs over store ids; only for coupons at the top level.
    pub stores: Option<Vec<String>>,
    /// `{n}` counts from 1 through the repetitions (`{nn}` in two digits), `{each}` is the word of `each`.
    pub code: String,
    pub name: Option<String>,
    /// How many of it there are.
    pub repeat: Option<u32>,
    /// One for each word.
    pub each: Option<Vec<String>>,
    pub discount: Discount,
    /// `"30u|33u"` gives each repetition its own, in turn: coupons that differ by their name only would be duplicates.
    pub min_spend: Option<Amount>,
    /// `500`, a range `"200-800"`, or `"none"`.
    pub total: Option<Count>,
    /// `37`, a share `"20%"`, a range of shares `"10%-60%"`, `"all"`, or `"all-7"` (seven are left).
    pub used: Option<Count>,
    pub starts: Option<String>,
    pub ends: Option<String>,
    pub status: Option<String>,
    #[serde(default)]
    pub platform_owned: bool,
    #[serde(default)]
    pub raw: Map<String, Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Discount {
    pub sum: Option<Amount>,
    pub percent: Option<Amount>,
    pub coins: Option<Amount>,
    pub cap: Option<Amount>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Amount {
    Text(String),
    Whole(i64),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Count {
    Whole(u64),
    Text(String),
}
