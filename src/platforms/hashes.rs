//! The hashes that platforms sign with, and that stand for what is not to be written out.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// HMAC-SHA256 over the parts, one after the other.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub fn keyed_hash(key: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// The first `bytes` of SHA-256 over `text`, in hex.
pub fn fingerprint(text: &str, bytes: usize) -> String {
    HEXLOWER.encode(Sha256::digest(text).get(..bytes).unwrap_or_default())
}
