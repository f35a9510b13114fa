//! What the pretend TikTok Shop knows of itself and of a shop.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::entry::Site;
use crate::sandbox::seed::{self, NewShop, hash_hex};

/// The platform's settings in a scenario. Every one can be left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    pub app_key: String,
    /// Derived from the seed where absent.
    pub app_secret: Option<String>,
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

impl Default for Settings {
    fn default() -> Self {
        Self {
            app_key: "6f3k2m9q1d8sv".to_string(),
            app_secret: None,
            redirect_url: "http://localhost/callback".to_string(),
            calls_per_second: None,
            refresh_tokens_rotate: true,
            refresh_ends_access_token: false,
            sign_in_status: 401,
            denied_status: 403,
            path_status: 404,
            rate_limit_status: 429,
            error_status: 200,
            missing_coupon_code: 98_001_404,
        }
    }
}

/// The keys of a store in a scenario.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct StoreKeys {
    shop_id: Option<u64>,
    /// A code.
    refuse_with: Option<String>,
    /// Stores with the same seller share one authorization.
    seller: Option<String>,
    shop_cipher: Option<String>,
    granted_scopes: Option<Vec<String>>,
    redeemed_percent: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TiktokOwn {
    /// Nineteen digits, as in the documents' samples.
    pub shop_id: u64,
    /// The seller's account: its shops share one authorization and its tokens.
    pub seller: String,
    /// What a call names this shop by.
    pub cipher: String,
    pub granted_scopes: Vec<String>,
    /// A code that every promotion call of the shop ends in, such as 36009033.
    pub refuse_with: Option<u64>,
    /// Of a hundred claimed coupons, how many are redeemed; all of them where the scenario does not say.
    #[serde(default = "all_of_them")]
    pub redeemed_percent: u64,
}

fn all_of_them() -> u64 {
    100
}

pub(super) type Shop = seed::Shop<TiktokOwn>;
pub(super) type TiktokShop = Site<Settings, TiktokOwn>;

impl TiktokShop {
    pub fn app_secret(&self) -> String {
        self.settings.app_secret.clone().unwrap_or_else(|| hash_hex(&[&self.seed, "app secret"], 40))
    }

    /// The shops of one seller's account, in the scenario's order.
    pub fn shops_of<'s>(&'s self, seller: &str) -> impl Iterator<Item = &'s Shop> {
        self.shops.iter().filter(move |shop| shop.own.seller == seller)
    }
}

impl TiktokOwn {
    /// Under what name a seller's tokens are kept. It differs from every store's id, for an id has no space.
    pub fn token_holder(&self) -> String {
        format!("seller {}", self.seller)
    }
}

pub(super) fn new_shop(new: &NewShop) -> Result<Value, String> {
    let keys: StoreKeys = new.keys()?;
    if keys.redeemed_percent.is_some_and(|percent| percent > 100) {
        return Err("`redeemed_percent` is above 100".to_string());
    }
    let refuse_with = keys.refuse_with.map(|code| code.parse::<u64>()).transpose();
    let all_scopes = || ["seller.authorization.info", "seller.promotion.info"].map(str::to_string).to_vec();
    let derived_id = || 7_494_000_000_000_000_000 + new.number("shop", 1_000_000_000_000_000);
    Ok(json!(TiktokOwn {
        shop_id: keys.shop_id.unwrap_or_else(derived_id),
        seller: keys.seller.unwrap_or_else(|| new.id.to_string()),
        cipher: keys.shop_cipher.unwrap_or_else(|| format!("ROW_{}", new.hex("cipher", 32))),
        granted_scopes: keys.granted_scopes.unwrap_or_else(all_scopes),
        refuse_with: refuse_with.map_err(|_| "`refuse_with` is a code here, such as \"36009033\"")?,
        redeemed_percent: keys.redeemed_percent.unwrap_or_else(all_of_them),
    }))
}
