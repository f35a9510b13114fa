//! The app's side of every call: common parameters, signature, and where parameters stand.
//!
//! Lazada's signature: upper-case hex of HMAC-SHA256 over the path and all parameters, sorted and put together as they are.
//!
//! Source: Lazada's developer guide, "Signature algorithm", and its official SDKs.

use data_encoding::HEXUPPER;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::domain::Timestamp;
use crate::platforms::client::{Request, at_path};
use crate::platforms::hashes::keyed_hash;

#[derive(Clone)]
pub(super) struct App {
    pub app_key: String,
    pub app_secret: SecretString,
}

/// One call: its path below a host's `/rest`, and its own parameters.
pub(super) struct Api<'a> {
    pub method: Method,
    pub path: &'static str,
    pub parameters: &'a [(&'static str, String)],
}

impl Api<'_> {
    /// As it stands in the log: `promotion/vouchers/get`.
    pub fn name(&self) -> &'static str {
        self.path.trim_start_matches('/')
    }
}

impl App {
    /// Signed for `now`; without `access_token` for the token calls. What is asked stands in the query, what is written in a
    /// form, where no log of addresses sees it. Lazada's SDKs do both.
    pub fn request(&self, host: &Url, api: &Api<'_>, access_token: Option<&str>, now: Timestamp) -> Request {
        let timestamp = now.timestamp_millis().to_string();
        let mut parameters =
            vec![("app_key", self.app_key.as_str()), ("timestamp", &timestamp), ("sign_method", "sha256")];
        parameters.extend(access_token.map(|token| ("access_token", token)));
        parameters.extend(api.parameters.iter().map(|(name, value)| (*name, value.as_str())));
        parameters.retain(|(_, value)| !value.is_empty());
        let signature = sign(self.app_secret.expose_secret(), &signed_text(api.path, &parameters));
        parameters.push(("sign", &signature));
        let mut url = at_path(host, api.path);
        let mut headers = HeaderMap::new();
        let mut body = None;
        if api.method == Method::GET {
            url.query_pairs_mut().extend_pairs(parameters);
        } else {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
            body = Some(Value::String(Serializer::new(String::new()).extend_pairs(parameters).finish()));
        }
        Request { method: api.method.clone(), url, headers, body }
    }
}

const FORM: &str = "application/x-www-form-urlencoded;charset=utf-8";

/// `path` is like `/promotion/vouchers/get`, without host and `/rest`; `parameters` are all but `sign`, common ones included, as
/// they are before any encoding. Empty values must be left out before: Lazada's own SDKs do not agree about them.
pub fn signed_text(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut sorted = parameters.to_vec();
    sorted.sort_unstable();
    sorted.into_iter().fold(path.to_string(), |base, (name, value)| base + name + value)
}

/// `app_secret` is used as the text it is.
pub fn sign(app_secret: &str, text: &str) -> String {
    HEXUPPER.encode(&keyed_hash(app_secret, &[text.as_bytes()]))
}
