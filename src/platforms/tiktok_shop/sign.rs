//! TikTok Shop's signature: lower-case hex of HMAC-SHA256 over path, sorted query and body, between two copies of the secret.
//!
//! Source: "Sign your API request" of the Partner Center. The token calls on the other host are not signed.

use data_encoding::HEXLOWER;

use crate::platforms::hashes::keyed_hash;

/// What is signed: `path` without host, then the query's decoded names and values in the order of the names, then the body's
/// exact text (none where nothing is sent; `{}` is not nothing). `sign` and `access_token` are left out of the query.
pub fn base<Value: AsRef<str>>(path: &str, query: &[(&str, Value)], body: Option<&str>) -> String {
    let mut signed: Vec<_> = query.iter().filter(|(name, _)| !matches!(*name, "sign" | "access_token")).collect();
    signed.sort_by_key(|(name, _)| *name);
    let pairs = signed.iter().flat_map(|(name, value)| [*name, value.as_ref()]);
    [path].into_iter().chain(pairs).chain(body).collect()
}

/// 64 letters.
pub fn sign(app_secret: &str, base: &str) -> String {
    HEXLOWER.encode(&keyed_hash(app_secret, &[app_secret, base, app_secret].map(str::as_bytes)))
}
