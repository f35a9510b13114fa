//! The keyed hash that platforms sign with.

use hmac::digest::block_api::EagerHash;
use hmac::{Hmac, KeyInit, Mac};

/// HMAC over the parts, one after the other.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub fn keyed_hash<H: EagerHash>(key: &str, parts: &[&[u8]]) -> Vec<u8>
where
    Hmac<H>: KeyInit + Mac,
{
    let mut mac = <Hmac<H> as KeyInit>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}
