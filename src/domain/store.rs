//! One shop on one platform.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;

use super::{Currency, ShopId, StoreId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    Shopee,
    Lazada,
    TiktokShop,
    Shopify,
    #[serde(rename = "woocommerce")]
    WooCommerce,
}

impl Platform {
    pub const ALL: [Self; 5] = [Self::Shopee, Self::Lazada, Self::TiktokShop, Self::Shopify, Self::WooCommerce];

    /// As written in the config, in row keys and in the archive; never translated, never changed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Shopee => "shopee",
            Self::Lazada => "lazada",
            Self::TiktokShop => "tiktok_shop",
            Self::Shopify => "shopify",
            Self::WooCommerce => "woocommerce",
        }
    }

    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shopee => "Shopee",
            Self::Lazada => "Lazada",
            Self::TiktokShop => "TikTok Shop",
            Self::Shopify => "Shopify",
            Self::WooCommerce => "WooCommerce",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the program may do in a store, whatever the credentials allow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    #[default]
    ReadWrite,
    ReadOnly,
}

impl Access {
    pub fn word(self) -> &'static str {
        match self {
            Self::ReadWrite => "read and write",
            Self::ReadOnly => "read only",
        }
    }
}

/// Who a store is; how it is reached and signed for is the business of `platforms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    pub id: StoreId,
    pub platform: Platform,
    pub shop: ShopId,
    pub currency: Currency,
    /// The store's own zone: its "today", its campaign days, the dates in its rows.
    pub zone: Tz,
    pub access: Access,
    /// Who looks after it, for filters and by-hand work.
    pub owner: Option<String>,
}
