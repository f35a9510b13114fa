//! Lazada's signature: upper-case hex of HMAC-SHA256 over the path and all parameters, sorted and put together as they are.
//!
//! Source: Lazada's developer guide, "Signature algorithm", and its official SDKs.

use data_encoding::HEXUPPER;

use crate::platforms::hashes::keyed_hash;

/// `path` is like `/promotion/vouchers/get`, without host and `/rest`; `parameters` are all but `sign`, common ones included, as
/// they are before any encoding. Empty values must be left out before: Lazada's own SDKs do not agree about them.
pub fn base(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut sorted = parameters.to_vec();
    sorted.sort_unstable();
    sorted.into_iter().fold(path.to_string(), |base, (name, value)| base + name + value)
}

/// `app_secret` is used as the text it is.
pub fn sign(app_secret: &str, base: &str) -> String {
    HEXUPPER.encode(&keyed_hash(app_secret, &[base.as_bytes()]))
}
