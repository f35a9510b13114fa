//! What the mock Shopee knows of itself and of a shop.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::entry::PlatformShops;
use crate::sandbox::fields::Fields;
use crate::sandbox::seed::{self, NewShop, hash_hex};

/// The platform's settings in a scenario. Every one can be left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Above this many calls in a second, the app is refused.
    pub calls_per_second: Option<u32>,
    pub partner_id: u64,
    pub partner_key: String,
    /// Not documented by the platform, so a connector should work with any.
    pub sign_in_status: u16,
    pub rate_limit_status: u16,
    pub error_status: u16,
    /// Whether `get_voucher` may be POSTed, as two public clients do.
    pub post_get_voucher: bool,
    /// How many upcoming and ongoing vouchers one shop may have.
    pub voucher_limit: usize,
}

/// What is kept of a shop: what the scenario says under these keys, or what holds where it does not.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
    /// When the seller let the app in, in Unix seconds.
    pub auth_time: i64,
}

pub(super) type Shop = seed::Shop<ShopeeShop>;
pub(super) type Shopee = PlatformShops<Settings, ShopeeShop>;
/// A voucher's stored fields.
pub(super) type Voucher = Fields;

impl Shopee {
    /// The shop with this id of the platform's.
    pub fn shop_of(&self, shop_id: Option<u64>) -> Option<&Shop> {
        self.shops.iter().find(|shop| Some(shop.own.shop_id) == shop_id)
    }
}

/// What holds where the scenario does not say.
pub(super) fn settings(seed: &str) -> Value {
    json!({
        "calls_per_second": null, "partner_id": 2_001_887, "partner_key": hash_hex(&[seed, "partner key"], 64), "sign_in_status": 403,
        "rate_limit_status": 429, "error_status": 200, "post_get_voucher": true, "voucher_limit": 1000,
    })
}

pub(super) fn new_shop(new: &NewShop) -> Result<Value, String> {
    let letters: String = new.name.chars().filter(char::is_ascii_alphanumeric).take(4).collect();
    let mut own: ShopeeShop = new.own(json!({
        // Shop ids are integers of 0..4294967295.
        "shop_id": 10_000_000 + new.number("shop", 4_000_000_000), "status": "NORMAL", "code_prefix": letters,
        "coin_vouchers": true, "auth_time": (new.now - chrono::Duration::days(30)).timestamp(),
    }))?;
    own.code_prefix.make_ascii_uppercase();
    if own.code_prefix.len() != 4 {
        return Err("the shop's name has fewer than four letters for its codes; write `code_prefix`".to_string());
    }
    Ok(json!(own))
}
