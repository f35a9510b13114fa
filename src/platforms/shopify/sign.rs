//! Shopify's signatures. Calls to its API carry none, the token is the whole sign-in; what it lets a browser bring back is signed.
//!
//! Source: shopify.dev, "Verify the installation request".

use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether the query that a browser brought back from the authorization page was made by Shopify. `query` is decoded, with its
/// `hmac`; the caller checks besides that `state` is the one it sent and that `shop` is a [`shop_host`].
pub fn callback_is_genuine(query: &[(String, String)], client_secret: &str) -> bool {
    let Some((_, told)) = query.iter().find(|(name, _)| name == "hmac") else { return false };
    let mut signed: Vec<_> = query.iter().filter(|(name, _)| name != "hmac").collect();
    signed.sort();
    let message = signed.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let Ok(signature) = HEXLOWER_PERMISSIVE.decode(told.as_bytes()) else { return false };
    // Compared in constant time: how far a guess was right must not be measurable.
    Hmac::<Sha256>::new_from_slice(client_secret.as_bytes())
        .is_ok_and(|mac| mac.chain_update(message).verify_slice(&signature).is_ok())
}

/// The permanent host of the shop that `text` names: `some-shop` and `https://Some-Shop.myshopify.com/` are both
/// `some-shop.myshopify.com`. None for what cannot be such a host, a shop's own domain among it.
pub fn shop_host(text: &str) -> Option<String> {
    let lower = text.trim().to_ascii_lowercase();
    let bare = lower.strip_prefix("https://").unwrap_or(&lower).trim_end_matches('/');
    let handle = bare.strip_suffix(HOST_ENDING).unwrap_or(bare);
    let allowed = handle.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let fits = !handle.is_empty() && handle.len() <= 60 && !handle.starts_with('-') && allowed;
    fits.then(|| format!("{handle}{HOST_ENDING}"))
}

pub(super) const HOST_ENDING: &str = ".myshopify.com";
