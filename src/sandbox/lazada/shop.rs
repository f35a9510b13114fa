//! What the mock Lazada knows of itself and of a store.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::entry::PlatformShops;
use crate::sandbox::fields::Fields;
use crate::sandbox::seed::{self, NewShop, hash_hex};

const REGIONS: [&str; 6] = ["SG", "MY", "TH", "VN", "PH", "ID"];

/// The platform's settings in a scenario. Every one can be left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Above this many calls in a second, the app is refused.
    pub calls_per_second: Option<u32>,
    /// Digits.
    pub app_key: String,
    pub app_secret: String,
    pub scalars: Scalars,
    pub refusals: Refusals,
    /// The HTTP status of the gateway's refusals; not documented, 200 was seen.
    pub gateway_status: u16,
    /// The guides disagree (10 and 50 days, 7 and 14, 30 and 180), so a connector should work with any.
    pub access_token_seconds: u32,
    pub refresh_token_seconds: u32,
    pub refresh_token: RefreshToken,
    /// Whether the app is of a kind that may refresh its tokens.
    pub app_refreshes: bool,
    /// Whether a voucher's detail tells its uses, as the list does; the official sample does not.
    pub detail_tells_used: bool,
    /// Whether reads may be POSTed: the Python SDK posts unless told otherwise.
    pub post_reads: bool,
    /// Not documented.
    pub page_size_max: u32,
}

/// How Lazada spells scalars on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scalars {
    /// Numbers, booleans, nulls.
    Native,
    /// Every scalar as text, nothing as the text `null`: the official samples.
    Text,
    /// Native, and fields that hold nothing are absent.
    Sparse,
}

/// How Lazada's voucher service refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Refusals {
    /// `code` is `"0"`, `success` is false.
    Success,
    /// `code` is the error's number.
    Code,
}

/// What a refresh of Lazada's tokens does to the refresh token itself; not documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RefreshToken {
    /// The same text comes back.
    Kept,
    /// A new text comes back, and the old one goes on until their common end.
    New,
    /// A new text comes back, and the old one is dead at once.
    NewAndOldDies,
}

/// What is kept of a shop: what the scenario says under these keys, or what holds where it does not.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct LazadaShop {
    pub seller_id: u64,
    /// `ACTIVE`, or another word for `seller/get`.
    pub status: String,
    /// An error that every voucher call ends in: a number from 21 to 26, or a gateway's name such as `Mp3SellerApiLimit`.
    pub refuse_with: Option<String>,
    /// The SKUs that exist; none means that every id does.
    pub items: Option<Vec<u64>>,
}

pub(super) type Shop = seed::Shop<LazadaShop>;
pub(super) type Lazada = PlatformShops<Settings, LazadaShop>;
/// A voucher's stored fields: Lazada's own, but for `status` (kept only where the clock does not decide) and `sku_ids`.
pub(super) type Voucher = Fields;

/// What holds where the scenario does not say.
pub(super) fn settings(seed: &str) -> Value {
    json!({
        "calls_per_second": null, "app_key": "100132", "app_secret": hash_hex(&[seed, "lazada app secret"], 32), "scalars": "native", "refusals": "success",
        "gateway_status": 200, "access_token_seconds": 864_000, "refresh_token_seconds": 4_320_000, "refresh_token": "new",
        "app_refreshes": true, "detail_tells_used": false, "post_reads": true, "page_size_max": 100,
    })
}

pub(super) fn new_shop(new: &NewShop) -> Result<Value, String> {
    if !REGIONS.contains(&new.region) {
        return Err(format!("lazada is not in {:?}; write one of {}", new.region, REGIONS.join(", ")));
    }
    let seller_id = 1_000_000_000 + new.number("seller", 9_000_000_000);
    let own: LazadaShop = new.own(json!({ "seller_id": seller_id, "status": "ACTIVE" }))?;
    Ok(json!(own))
}
