//! WooCommerce's sign-in: OAuth 1.0a in the query over plain HTTP, HTTP Basic over TLS.
//!
//! Source: WooCommerce's REST authentication. One-legged: no token, hence a key that ends with `&`. JSON bodies are not signed.

use data_encoding::BASE64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::platforms::hashes::keyed_hash;

/// RFC 3986, unreserved characters left as they are.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A key pair and what makes one request unlike every other.
pub struct OAuth<'a> {
    pub consumer_key: &'a str,
    pub consumer_secret: &'a str,
    /// Never used before within the shop's window of 15 minutes.
    pub nonce: &'a str,
    /// Unix seconds.
    pub timestamp: i64,
}

impl OAuth<'_> {
    /// The query with signature that stands for `parameters`, percent-encoded and sorted; `address` is without query.
    pub fn query(&self, http_method: &str, address: &str, parameters: &[(&str, &str)]) -> String {
        let signature = self.sign(&self.base(http_method, address, parameters));
        format!("{}&oauth_signature={}", self.joined(parameters), encode(&signature))
    }

    /// The text that is signed.
    pub fn base(&self, http_method: &str, address: &str, parameters: &[(&str, &str)]) -> String {
        format!("{http_method}&{}&{}", encode(address), encode(&self.joined(parameters)))
    }

    pub fn sign(&self, base: &str) -> String {
        BASE64.encode(&keyed_hash(&format!("{}&", self.consumer_secret), &[base.as_bytes()]))
    }

    fn joined(&self, parameters: &[(&str, &str)]) -> String {
        let timestamp = self.timestamp.to_string();
        let own = [
            ("oauth_consumer_key", self.consumer_key),
            ("oauth_nonce", self.nonce),
            ("oauth_signature_method", "HMAC-SHA256"),
            ("oauth_timestamp", &timestamp),
        ];
        let mut pairs: Vec<_> =
            own.iter().chain(parameters).map(|(name, value)| (encode(name), encode(value))).collect();
        pairs.sort();
        pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

/// The value of the `Authorization` header.
pub fn basic_header(consumer_key: &str, consumer_secret: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{consumer_key}:{consumer_secret}").as_bytes()))
}

/// `name=value` pairs joined to a query, percent-encoded, in the order given.
pub fn plain_query(parameters: &[(&str, &str)]) -> String {
    parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

fn encode(text: &str) -> String {
    // A list of fields becomes up to three times as long, a comma at a time.
    let mut encoded = String::with_capacity(3 * text.len());
    encoded.extend(utf8_percent_encode(text, RESERVED));
    encoded
}
