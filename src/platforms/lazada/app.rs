//! The app's side of every call: common parameters, signature, and where parameters stand.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

use super::sign;
use crate::domain::Timestamp;
use crate::platforms::client::{Request, at_path};

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
        let signature = sign::sign(self.app_secret.expose_secret(), &sign::base(api.path, &parameters));
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
