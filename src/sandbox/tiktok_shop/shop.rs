//! What the mock TikTok Shop knows of itself and of a shop.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::entry::PlatformShops;
use crate::sandbox::seed::{self, NewShop, hash_hex};

/// The platform's settings in a scenario. Every one can be left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub app_key: String,
    pub app_secret: String,
    /// Where the consent page sends the seller's browser back to.
    pub redirect_url: String,
    /// Above this many calls in a second to one operation of one shop, the next is refused.
    pub calls_per_second: Option<u32>,
    /// Whether a refresh brings a new refresh token and ends the old one. Not documented by the platform.
    pub refresh_tokens_rotate: bool,
    /// Whether a refresh ends the access token before. Not documented by the platform.
    pub refresh_ends_access_token: bool,
    /// The platform publishes no HTTP status for its codes, so a connector should work with any.
    pub sign_in_status: u16,
    pub denied_status: u16,
    pub path_status: u16,
    pub rate_limit_status: u16,
    pub error_status: u16,
    /// What a coupon id that the shop does not have is answered with. Not documented by the platform.
    pub missing_coupon_code: u64,
}

/// What is kept of a shop: what the scenario says under these keys, or what holds where it does not.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct TiktokShopFields {
    /// Nineteen digits, as in the documents' samples.
    pub shop_id: u64,
    /// The seller's account: its shops share one authorization and its tokens. The store's id where the scenario does not say.
    pub seller: String,
    /// What a call names this shop by.
    #[serde(rename = "shop_cipher", alias = "cipher")]
    pub cipher: String,
    pub granted_scopes: Vec<String>,
    /// A code that every promotion call of the shop ends in, such as 36009033.
    pub refuse_with: Option<String>,
    /// Of a hundred claimed coupons, how many are redeemed; all of them where the scenario does not say.
    #[serde(default = "all_of_them")]
    pub redeemed_percent: u64,
}

fn all_of_them() -> u64 {
    100
}

pub(super) type Shop = seed::Shop<TiktokShopFields>;
pub(super) type TiktokShop = PlatformShops<Settings, TiktokShopFields>;

impl TiktokShop {
    /// The shops of one seller's account, in the scenario's order.
    pub fn shops_of<'s>(&'s self, seller: &str) -> impl Iterator<Item = &'s Shop> {
        self.shops.iter().filter(move |shop| shop.own.seller == seller)
    }
}

impl TiktokShopFields {
    /// Under what name a seller's tokens are kept. It differs from every store's id, for an id has no space.
    pub fn token_holder(&self) -> String {
        format!("seller {}", self.seller)
    }
}

/// What holds where the scenario does not say.
pub(super) fn settings(seed: &str) -> Value {
    json!({
        "app_key": "6f3k2m9q1d8sv", "app_secret": hash_hex(&[seed, "app secret"], 40), "redirect_url": "http://localhost/callback", "calls_per_second": null,
        "refresh_tokens_rotate": true, "refresh_ends_access_token": false, "sign_in_status": 401, "denied_status": 403,
        "path_status": 404, "rate_limit_status": 429, "error_status": 200, "missing_coupon_code": 98_001_404,
    })
}

pub(super) fn new_shop(new: &NewShop) -> Result<Value, String> {
    let own: TiktokShopFields = new.own(json!({
        "shop_id": 7_494_000_000_000_000_000 + new.number("shop", 1_000_000_000_000_000), "seller": new.id,
        "shop_cipher": format!("ROW_{}", new.hex("cipher", 32)),
        "granted_scopes": ["seller.authorization.info", "seller.promotion.info"],
    }))?;
    if own.redeemed_percent > 100 {
        return Err("`redeemed_percent` is above 100".to_string());
    }
    if own.refuse_with.as_ref().is_some_and(|code| code.parse::<u64>().is_err()) {
        return Err("`refuse_with` is a code here, such as \"36009033\"".to_string());
    }
    Ok(json!(own))
}
