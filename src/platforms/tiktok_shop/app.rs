//! The app's side of every call: signature, headers; and the shops that a seller's authorization covers.
//!
//! TikTok Shop's signature: lower-case hex of HMAC-SHA256 over path, sorted query and body, between two copies of the secret.
//!
//! Source: "Sign your API request" of the Partner Center. The token calls on the other host are not signed.

use data_encoding::HEXLOWER;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::wire::{self, Shop};
use crate::domain::{Argument, Timestamp};
use crate::message;
use crate::platforms::client::{Answer, ApiClient, Problem, Request, at_path, secret_header};
use crate::platforms::errors::CallErrorKind;
use crate::platforms::hashes::keyed_hash;

const TOKEN_HEADER: &str = "x-tts-access-token";

#[derive(Clone)]
pub(super) struct App {
    pub app_key: String,
    pub app_secret: SecretString,
}

/// One call: its name in the log, its path and query, its body, and the shop that it is for.
pub(super) struct Api<'a> {
    pub name: &'static str,
    pub path: &'a str,
    pub query: &'a [(&'static str, String)],
    pub body: Option<&'a Value>,
    pub cipher: Option<&'a str>,
}

pub(super) const SHOPS: Api<'static> =
    Api { name: "shops", path: "/authorization/202309/shops", query: &[], body: None, cipher: None };

impl App {
    pub fn request(&self, host: &Url, api: &Api<'_>, token: &str, now: Timestamp) -> Request {
        let mut query = vec![("app_key", self.app_key.clone()), ("timestamp", now.timestamp().to_string())];
        query.extend(api.cipher.map(|cipher| ("shop_cipher", cipher.to_string())));
        query.extend_from_slice(api.query);
        // Sent letter for letter as it is signed: both are the compact spelling of the same value.
        let body = api.body.map(Value::to_string);
        let base = signed_text(api.path, &query, body.as_deref());
        query.push(("sign", sign(self.app_secret.expose_secret(), &base)));
        let mut url = at_path(host, api.path);
        url.query_pairs_mut().extend_pairs(query);
        let mut headers = secret_header(TOKEN_HEADER, token);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let method = if api.body.is_some() { Method::POST } else { Method::GET };
        Request { method, url, headers, body: api.body.cloned() }
    }
}

/// The shop with that id among those that the answer to [`SHOPS`] tells.
pub(super) fn shop_of(client: &ApiClient, answer: &Answer, shop_id: &str) -> Result<Shop, Problem> {
    let shops = wire::data(answer).remove("shops").filter(|shops| !shops.is_null()).unwrap_or_else(|| json!([]));
    let shops: Vec<Shop> = client.parsed(answer, shops, message!("thing-an-answer-to-shops"))?;
    match shops.iter().find(|shop| shop.id.as_deref() == Some(shop_id)) {
        Some(shop) => Ok(shop.clone()),
        None => Err(not_covered(client, &shops, shop_id)),
    }
}

/// Whether what the config calls the shop is that shop.
pub(super) fn check_cipher(client: &ApiClient, shop: &Shop, given: Option<&String>) -> Result<(), Problem> {
    if given.zip(shop.cipher.as_ref()).is_none_or(|(given, cipher)| given == cipher) {
        return Ok(());
    }
    let id = shop.id.as_deref().unwrap_or_default();
    let sentence = message!("sign-in-other-cipher", place = client.place(), shop = id);
    Err(Problem::unsent(CallErrorKind::WrongShop, sentence))
}

fn not_covered(client: &ApiClient, shops: &[Shop], shop_id: &str) -> Problem {
    let told = |shop: &Shop| {
        let word = |field: &Option<String>| field.clone().unwrap_or_else(|| "?".to_string());
        format!("{} ({}, {})", word(&shop.id), word(&shop.name), word(&shop.region))
    };
    let covered = match shops {
        [] => Argument::from(message!("sign-in-no-shop")),
        shops => Argument::from(shops.iter().map(told).collect::<Vec<_>>().join(", ")),
    };
    let sentence = message!("sign-in-not-covered", place = client.place(), shop = shop_id, covered = covered);
    Problem::unsent(CallErrorKind::WrongShop, sentence)
}

/// What is signed: `path` without host, then the query's decoded names and values in the order of the names, then the body's
/// exact text (none where nothing is sent; `{}` is not nothing). `sign` and `access_token` are left out of the query.
pub fn signed_text<Value: AsRef<str>>(path: &str, query: &[(&str, Value)], body: Option<&str>) -> String {
    let mut signed: Vec<_> = query.iter().filter(|(name, _)| !matches!(*name, "sign" | "access_token")).collect();
    signed.sort_by_key(|(name, _)| *name);
    let pairs = signed.iter().flat_map(|(name, value)| [*name, value.as_ref()]);
    [path].into_iter().chain(pairs).chain(body).collect()
}

/// 64 letters.
pub fn sign(app_secret: &str, text: &str) -> String {
    HEXLOWER.encode(&keyed_hash(app_secret, &[app_secret, text, app_secret].map(str::as_bytes)))
}
