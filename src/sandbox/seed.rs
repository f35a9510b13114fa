//! What shops and their coupons start with, in words that every mock platform reads. Nothing is random: ids, keys and what
//! varies are picked by a hash.

use chrono_tz::Tz;
use data_encoding::HEXLOWER;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::fields::{Fields, object};
use crate::domain::{Currency, StoreId, Timestamp};

/// What holds for the whole sandbox. Every one can be left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    /// What ids, keys and tokens are derived from.
    pub seed: String,
    /// Waited before every request is looked at.
    pub latency_milliseconds: u64,
    /// Those of the platforms, each with the platform's word before it.
    #[serde(flatten)]
    pub own: Fields,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: "couponbook".to_string(), latency_milliseconds: 0, own: Fields::new() }
    }
}

/// What a mock platform knows of a shop; kept in the state as JSON. `own` is what only that platform knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Shop<O> {
    pub id: StoreId,
    pub name: String,
    pub region: String,
    pub currency: Currency,
    pub zone: Tz,
    pub own: O,
}

/// A shop of a scenario, as its platform makes it.
pub(super) struct NewShop<'n> {
    pub id: &'n str,
    pub name: &'n str,
    pub region: &'n str,
    /// The scenario's seed.
    pub seed: &'n str,
    pub now: Timestamp,
    /// What is written under the platform's own keys.
    pub keys: &'n Fields,
}

impl NewShop<'_> {
    /// What is kept of the shop: what is written, over what holds where it is not.
    pub fn own<O: DeserializeOwned>(&self, unwritten: Value) -> Result<O, String> {
        let mut own = object(unwritten);
        own.extend(self.keys.clone());
        serde_json::from_value(Value::Object(own)).map_err(|error| error.to_string())
    }

    /// A number below `limit` that is always the same for this shop.
    pub fn number(&self, what: &str, limit: u64) -> u64 {
        hash_number(&[self.seed, self.id, what]) % limit
    }

    /// Hex letters that are always the same for this shop.
    pub fn hex(&self, what: &str, letters: usize) -> String {
        hash_hex(&[self.seed, self.id, what], letters)
    }
}

/// What a scenario may say of a platform's coupons.
#[derive(Debug, Clone, Copy)]
pub(super) struct CouponWords {
    /// The words that `status` may be; none of them means that the times decide, and no list that any word will do.
    pub statuses: Option<&'static [&'static str]>,
    /// Whether the platform itself may have made a coupon.
    pub platform_owned: bool,
    /// Whether a discount may come in coins.
    pub coins: bool,
    /// Whether a percentage may have a cap.
    pub cap: bool,
    /// How many uses a coupon has that names no total; none means no limit.
    pub total: Option<u64>,
    /// Whether a coupon may be without a limit, `total = "none"`.
    pub unlimited: bool,
}

impl CouponWords {
    /// A platform where the times decide the status, and a coupon may be without a limit.
    pub const PLAIN: Self = Self {
        statuses: Some(&[]),
        platform_owned: false,
        coins: false,
        cap: true,
        total: Some(1000),
        unlimited: true,
    };
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
    pub starts: Option<Timestamp>,
    pub ends: Option<Timestamp>,
    /// The platform's own word, where the times do not decide: any of WooCommerce's, `SUSPEND` on Lazada.
    pub status: Option<String>,
    pub platform_owned: bool,
    /// Laid over the platform's own fields.
    pub raw: Fields,
}

#[derive(Debug, Clone)]
pub(super) enum DiscountSeed {
    Sum(Decimal),
    Percent { percent: Decimal, cap: Option<Decimal> },
    Coins { percent: Decimal, cap: Option<Decimal> },
}

/// The first `letters` (at most 64) of the hash over `parts`, in hex.
pub(super) fn hash_hex(parts: &[&str], letters: usize) -> String {
    let mut hex = HEXLOWER.encode(&hash(parts));
    hex.truncate(letters);
    hex
}

pub(super) fn hash_number(parts: &[&str]) -> u64 {
    hash(parts).iter().take(6).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn hash(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}
