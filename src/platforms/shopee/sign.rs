//! Shopee's signature: lower-case hex of HMAC-SHA256 over identifiers that are put together without separators.
//!
//! Source: Shopee developer guides 16 (API calls) and 20 (authorization). Neither the query nor the body is signed.

use data_encoding::HEXLOWER;

use crate::platforms::hashes::keyed_hash;

/// For token calls and the authorization page. `path` is like `/api/v2/auth/token/get`, `timestamp` Unix seconds.
pub fn public_base(partner_id: u64, path: &str, timestamp: i64) -> String {
    format!("{partner_id}{path}{timestamp}")
}

/// For everything done in a shop's name.
pub fn shop_base(partner_id: u64, path: &str, timestamp: i64, access_token: &str, shop_id: u64) -> String {
    format!("{partner_id}{path}{timestamp}{access_token}{shop_id}")
}

/// `partner_key` is used as the text it is; it only looks like hex.
pub fn sign(partner_key: &str, base: &str) -> String {
    HEXLOWER.encode(&keyed_hash(partner_key, &[base.as_bytes()]))
}
