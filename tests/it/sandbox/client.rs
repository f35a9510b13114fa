//! A client of the mock platforms, signed by hand here so that it shares nothing with the code under test.

use chrono::{DateTime, Utc};
use couponbook::sandbox::{Clock, Running, Sandbox, Scenario};
use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::Sha256;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

const RFC_3986: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The instant that most tests take for now.
pub fn noon() -> DateTime<Utc> {
    at("2026-11-22T04:00:00Z")
}

pub fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// A sandbox in a folder of its own, served.
pub struct World {
    pub folder: TempDir,
    pub running: Running,
    pub http: Client,
}

impl World {
    pub async fn of(scenario: &str) -> Self {
        Self::at(scenario, noon()).await
    }

    pub async fn at(scenario: &str, now: DateTime<Utc>) -> Self {
        Self::with(scenario, now, std::sync::Arc::new(move || now)).await
    }

    pub async fn with(scenario: &str, now: DateTime<Utc>, clock: Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scenario = Scenario::parse(scenario, "test.toml", now).unwrap();
        let sandbox = Sandbox::create(folder.path(), &scenario).unwrap();
        let running = sandbox.serve("127.0.0.1:0".parse().unwrap(), clock).await.unwrap();
        Self { folder, running, http: client() }
    }

    pub fn shopee(&self, store: &str) -> Shopee<'_> {
        let access =
            self.running.sandbox().stores().unwrap().into_iter().find(|access| access.id.as_str() == store).unwrap();
        let key = |name: &str| access.sign_in.text(name).unwrap_or_else(|| panic!("{store} has no {name}"));
        Shopee {
            world: self,
            partner_id: key("partner_id").parse().unwrap(),
            partner_key: key("partner_key"),
            shop_id: key("shop_id").parse().unwrap(),
            access_token: key("access_token"),
            refresh_token: key("refresh_token"),
            timestamp: Utc::now().timestamp(),
        }
    }

    pub fn woo(&self, store: &str) -> Woo<'_> {
        let access =
            self.running.sandbox().stores().unwrap().into_iter().find(|access| access.id.as_str() == store).unwrap();
        let base = access.base_url(self.running.address());
        let key = |name: &str| access.sign_in.text(name).unwrap_or_else(|| panic!("{store} has no {name}"));
        let (consumer_key, consumer_secret) = (key("consumer_key"), key("consumer_secret"));
        Woo { world: self, base, consumer_key, consumer_secret, timestamp: Utc::now().timestamp() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address())
    }

    pub async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.http.request(method, self.url(path)).json(&body);
        let request = request.header("X-Sandbox-Token", self.running.control_token());
        request.send().await.unwrap().json().await.unwrap()
    }

    pub fn audit_lines(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.running.sandbox().audit_path()).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Self { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Shopee's `error`, WooCommerce's `code`.
    pub fn error(&self) -> &str {
        self.body.get("error").or(self.body.get("code")).and_then(Value::as_str).unwrap_or("")
    }
}

#[derive(Clone)]
pub struct Shopee<'w> {
    world: &'w World,
    pub partner_id: u64,
    pub partner_key: String,
    pub shop_id: u64,
    pub access_token: String,
    pub refresh_token: String,
    pub timestamp: i64,
}

impl Shopee<'_> {
    pub fn common(&self, path: &str) -> Vec<(&'static str, String)> {
        let Self { partner_id, partner_key, shop_id, access_token, timestamp, .. } = self;
        let base = format!("{partner_id}{path}{timestamp}{access_token}{shop_id}");
        vec![
            ("partner_id", partner_id.to_string()),
            ("timestamp", timestamp.to_string()),
            ("access_token", access_token.clone()),
            ("shop_id", shop_id.to_string()),
            ("sign", shopee_sign(partner_key, &base)),
        ]
    }

    pub async fn get(&self, call: &str, query: &[(&str, &str)]) -> Answer {
        let path = format!("/api/v2/{call}");
        let request = self.world.http.get(self.world.url(&path)).query(&self.common(&path)).query(query);
        Answer::of(request.send().await.unwrap()).await
    }

    pub async fn post(&self, call: &str, body: Value) -> Answer {
        Answer::of(self.try_post(call, body).await.unwrap()).await
    }

    pub async fn try_post(&self, call: &str, body: Value) -> reqwest::Result<reqwest::Response> {
        let path = format!("/api/v2/{call}");
        self.world.http.post(self.world.url(&path)).query(&self.common(&path)).json(&body).send().await
    }

    /// A call that only the app signs.
    pub async fn public(&self, method: Method, call: &str, query: &[(&str, &str)], body: Value) -> Answer {
        let path = format!("/api/v2/{call}");
        let sign = shopee_sign(&self.partner_key, &format!("{}{path}{}", self.partner_id, self.timestamp));
        let common =
            [("partner_id", self.partner_id.to_string()), ("timestamp", self.timestamp.to_string()), ("sign", sign)];
        let request = self.world.http.request(method, self.world.url(&path)).query(&common).query(query).json(&body);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Trades the refresh token in.
    pub async fn refresh(&self) -> Answer {
        let Self { partner_id, shop_id, refresh_token, .. } = self;
        let body = json!({ "refresh_token": refresh_token, "partner_id": partner_id, "shop_id": shop_id });
        self.public(Method::POST, "auth/access_token/get", &[], body).await
    }

    /// Every voucher in a state, over all pages.
    pub async fn listed(&self, status: &str, page_size: u32) -> Vec<Value> {
        let mut all = Vec::new();
        for page_no in 1.. {
            let page = [("page_no", page_no.to_string()), ("page_size", page_size.to_string())];
            let query = [("status", status), (page[0].0, page[0].1.as_str()), (page[1].0, page[1].1.as_str())];
            let answer = self.get("voucher/get_voucher_list", &query).await;
            all.extend(answer.body["response"]["voucher_list"].as_array().unwrap().clone());
            if answer.body["response"]["more"] == false {
                break;
            }
        }
        all
    }

    pub async fn id_of(&self, code_end: &str) -> u64 {
        let all = self.listed("all", 100).await;
        let is_meant = |voucher: &&Value| voucher["voucher_code"].as_str().unwrap().ends_with(code_end);
        all.iter().find(is_meant).unwrap()["voucher_id"].as_u64().unwrap()
    }

    pub async fn detail(&self, id: u64) -> Value {
        let answer = self.get("voucher/get_voucher", &[("voucher_id", &id.to_string())]).await;
        answer.body["response"].clone()
    }
}

pub fn shopee_sign(partner_key: &str, base: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(partner_key.as_bytes()).unwrap();
    mac.update(base.as_bytes());
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

#[derive(Clone)]
pub struct Woo<'w> {
    world: &'w World,
    pub base: String,
    pub consumer_key: String,
    pub consumer_secret: String,
    pub timestamp: i64,
}

impl Woo<'_> {
    /// The whole address, signed; `url` may have a query.
    pub fn signed(&self, method: &str, path: &str, query: &[(&str, &str)], nonce: &str) -> String {
        let url = format!("{}/wp-json{path}", self.base);
        let mut parameters: Vec<(String, String)> =
            query.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        for (name, value) in [
            ("oauth_consumer_key", self.consumer_key.as_str()),
            ("oauth_nonce", nonce),
            ("oauth_signature_method", "HMAC-SHA256"),
            ("oauth_timestamp", &self.timestamp.to_string()),
        ] {
            parameters.push((name.to_string(), value.to_string()));
        }
        let base = oauth_base(method, &url, &parameters);
        parameters.push(("oauth_signature".to_string(), hmac_sha256_base64(&self.consumer_secret, &base)));
        let query: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        format!("{url}?{}", query.join("&"))
    }

    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        let url = self.signed("GET", path, query, &nonce());
        Answer::of(self.world.http.get(url).send().await.unwrap()).await
    }

    pub async fn send(&self, method: Method, path: &str, query: &[(&str, &str)], body: Value) -> Answer {
        Answer::of(self.try_send(method, path, query, body).await.unwrap()).await
    }

    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Value,
    ) -> reqwest::Result<reqwest::Response> {
        let url = self.signed(method.as_str(), path, query, &nonce());
        self.world.http.request(method, url).json(&body).send().await
    }

    /// A request as it is, to the shop's API.
    pub async fn plain(&self, request: impl Fn(&Client, &str) -> reqwest::RequestBuilder, path: &str) -> Answer {
        let url = format!("{}/wp-json{path}", self.base);
        Answer::of(request(&self.world.http, &url).send().await.unwrap()).await
    }

    /// The coupons' codes under a filter, by id.
    pub async fn codes(&self, query: &[(&str, &str)]) -> Vec<String> {
        let query = [query, &[("orderby", "id"), ("order", "asc"), ("per_page", "100")]].concat();
        let answer = self.get("/wc/v3/coupons", &query).await;
        answer.body.as_array().unwrap().iter().map(|coupon| coupon["code"].as_str().unwrap().to_string()).collect()
    }

    pub async fn id_of(&self, code: &str) -> u64 {
        let query = [("status", "bogus"), ("per_page", "100")];
        let answer = self.get("/wc/v3/coupons", &query).await;
        let found = answer.body.as_array().unwrap().iter().find(|coupon| coupon["code"] == code);
        found.unwrap()["id"].as_u64().unwrap()
    }
}

pub fn nonce() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    format!("nonce-{}", NUMBER.fetch_add(1, Ordering::SeqCst))
}

pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RFC_3986).to_string()
}

pub fn oauth_base(method: &str, url: &str, parameters: &[(String, String)]) -> String {
    let mut pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.sort();
    format!("{method}&{}&{}", encode(url), encode(&pairs.join("&")))
}

pub fn hmac_sha256_base64(secret: &str, base: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(format!("{secret}&").as_bytes()).unwrap();
    mac.update(base.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

pub fn hmac_sha1_base64(secret: &str, base: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(format!("{secret}&").as_bytes()).unwrap();
    mac.update(base.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}
