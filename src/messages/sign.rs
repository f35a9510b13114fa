//! The signatures that channels ask for.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Feishu signs nothing: what would be the message is the key. `seconds` since 1970.
pub fn feishu(seconds: i64, secret: &str) -> String {
    hmac_base64(format!("{seconds}\n{secret}").as_bytes(), b"")
}

/// DingTalk's, not yet encoded for a query. `milliseconds` since 1970.
pub fn dingtalk(milliseconds: i64, secret: &str) -> String {
    hmac_base64(secret.as_bytes(), format!("{milliseconds}\n{secret}").as_bytes())
}

/// Standard Webhooks', of the very bytes that are sent; none where the secret is not one (`whsec_` and base64).
pub fn standard_webhook(secret: &str, id: &str, seconds: i64, body: &str) -> Option<String> {
    let key = webhook_key(secret)?;
    Some(format!("v1,{}", hmac_base64(&key, format!("{id}.{seconds}.{body}").as_bytes())))
}

/// The bytes of a secret of Standard Webhooks; none where it is not one.
pub fn webhook_key(secret: &str) -> Option<Vec<u8>> {
    let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
    BASE64.decode(encoded.as_bytes()).ok().filter(|key| !key.is_empty())
}

fn hmac_base64(key: &[u8], message: &[u8]) -> String {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(message);
    BASE64.encode(&mac.finalize().into_bytes())
}
