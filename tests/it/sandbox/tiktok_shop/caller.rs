//! The shops, and a caller that signs by hand so that it shares nothing with the code under test.

use chrono::Utc;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::{BTreeSet, HashMap};

use crate::sandbox::client::*;

/// One seller with two shops, one of them with a coupon in each state, and a seller with one.
pub const SHOP: &str = r#"
[[stores]]
id = "my"
platform = "tiktok_shop"
name = "Lumi Home"
region = "MY"
seller = "lumi"
redeemed_percent = 50

[[stores.coupons]]
code = "LUMICOME"
name = "Coming"
starts = "+2d"
ends = "+9d"
total = 100
discount = { sum = "10.50" }
min_spend = "40"

[[stores.coupons]]
code = "LUMIRUNS"
name = "Running"
starts = "-2d"
ends = "day+9 23:59:59"
total = 100
used = 40
discount = { percent = "15", cap = "12" }

[[stores.coupons]]
code = "LUMIGONE"
name = "Ended"
starts = "-9d"
ends = "-2d"
total = 100
used = 100
discount = { sum = "10" }
min_spend = "40"

[[stores.coupons]]
code = "LUMISTOP"
name = "Stopped"
starts = "-2d"
ends = "+9d"
total = "none"
discount = { sum = "10" }
min_spend = "40"
status = "DEACTIVATED"

[[stores.coupons]]
code = "collected"
name = "Collected in the live room"
starts = "-2d"
ends = "+9d"
total = 500
discount = { sum = "10" }
min_spend = "40"
raw = { display_type = "LIVE", live_tasks = [{ type = "WATCH_FOR_MIN_TIME", min_watch_time = "60" }] }

[[stores]]
id = "us"
platform = "tiktok_shop"
name = "Lumi Home US"
region = "US"
seller = "lumi"

[[stores.coupons]]
code = "LUMIUS"
total = 100
discount = { sum = "10" }

[[stores]]
id = "gb"
platform = "tiktok_shop"
name = "Harbour Loom"
region = "GB"
"#;

pub const SEARCH: &str = "/promotion/202406/coupons/search";
pub const SHOPS: &str = "/authorization/202309/shops";

pub fn coupon_path(id: &str) -> String {
    format!("/promotion/202406/coupons/{id}")
}

#[derive(Clone)]
pub struct Tiktok<'w> {
    world: &'w World,
    pub app_key: String,
    pub app_secret: String,
    pub shop_id: String,
    pub shop_cipher: Option<String>,
    pub access_token: String,
    pub refresh_token: String,
    pub timestamp: i64,
}

pub fn tiktok<'w>(world: &'w World, store: &str) -> Tiktok<'w> {
    let access =
        world.running.sandbox().stores().unwrap().into_iter().find(|access| access.id.as_str() == store).unwrap();
    assert_eq!(access.base_path, "");
    let key = |name: &str| access.sign_in.text(name).unwrap_or_else(|| panic!("{store} has no {name}"));
    Tiktok {
        world,
        app_key: key("app_key"),
        app_secret: key("app_secret"),
        shop_id: key("shop_id"),
        shop_cipher: Some(key("shop_cipher")),
        access_token: key("access_token"),
        refresh_token: key("refresh_token"),
        timestamp: Utc::now().timestamp(),
    }
}

impl Tiktok<'_> {
    pub fn parameters(&self, query: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut parameters =
            vec![("app_key".to_string(), self.app_key.clone()), ("timestamp".to_string(), self.timestamp.to_string())];
        parameters.extend(self.shop_cipher.iter().map(|cipher| ("shop_cipher".to_string(), cipher.clone())));
        parameters.extend(query.iter().map(|(name, value)| (name.to_string(), value.to_string())));
        parameters
    }

    pub async fn send(&self, method: Method, path: &str, query: &[(&str, &str)], body: &str) -> Answer {
        let mut parameters = self.parameters(query);
        let sign = sign(&self.app_secret, &base(path, &parameters, body));
        parameters.push(("sign".to_string(), sign));
        self.unsigned(method, path, &parameters, body).await
    }

    pub async fn unsigned(&self, method: Method, path: &str, query: &[(String, String)], body: &str) -> Answer {
        let url = url::Url::parse_with_params(&self.world.url(path), query).unwrap();
        let request = self.world.http.request(method, url).header("x-tts-access-token", &self.access_token);
        read(request.header("content-type", "application/json").body(body.to_string())).await
    }

    pub async fn search(&self, query: &[(&str, &str)], body: Value) -> Answer {
        self.send(Method::POST, SEARCH, query, &body.to_string()).await
    }

    pub async fn get(&self, id: &str) -> Answer {
        self.send(Method::GET, &coupon_path(id), &[], "").await
    }

    pub async fn shops(&self) -> Answer {
        let mut of_no_shop = self.clone();
        of_no_shop.shop_cipher = None;
        of_no_shop.send(Method::GET, SHOPS, &[], "").await
    }

    /// A call to the token host, with `fields` over what is right for a refresh.
    pub async fn token(&self, call: &str, fields: &[(&str, &str)]) -> Answer {
        read(self.token_request(call, fields)).await
    }

    pub fn token_request(&self, call: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let mut query = HashMap::from([
            ("app_key", self.app_key.as_str()),
            ("app_secret", self.app_secret.as_str()),
            ("refresh_token", self.refresh_token.as_str()),
            ("grant_type", "refresh_token"),
        ]);
        query.extend(fields.iter().copied());
        let url = self.world.url(&format!("/api/v2/token/{call}"));
        self.world.http.get(url).query(&query)
    }

    /// Every coupon under a filter, over all pages, and the total that the pages told.
    pub async fn listed(&self, page_size: usize, filter: Value) -> (Vec<Value>, u64) {
        let (mut all, mut page_token) = (Vec::new(), String::new());
        loop {
            let size = page_size.to_string();
            let mut query = vec![("page_size", size.as_str())];
            if !page_token.is_empty() {
                query.push(("page_token", &page_token));
            }
            let data = self.search(&query, filter.clone()).await.body["data"].clone();
            all.extend(data["coupons"].as_array().unwrap().clone());
            page_token = data["next_page_token"].as_str().unwrap().to_string();
            if page_token.is_empty() {
                return (all, data["total_count"].as_u64().unwrap());
            }
        }
    }

    pub async fn titles(&self, filter: Value) -> BTreeSet<String> {
        let (coupons, _) = self.listed(100, filter).await;
        coupons.iter().map(|coupon| coupon["title"].as_str().unwrap().to_string()).collect()
    }

    pub async fn titled(&self, title: &str) -> Value {
        let (coupons, _) = self.listed(100, json!({})).await;
        let listed = coupons.into_iter().find(|coupon| coupon["title"] == title).unwrap();
        self.get(listed["id"].as_str().unwrap()).await.body["data"]["coupon"].clone()
    }
}

pub async fn read(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

pub fn code(answer: &Answer) -> u64 {
    answer.body["code"].as_u64().unwrap()
}

pub fn message(answer: &Answer) -> &str {
    answer.body["message"].as_str().unwrap()
}

pub fn base(path: &str, parameters: &[(String, String)], body: &str) -> String {
    let mut sorted = parameters.to_vec();
    sorted.sort();
    let joined: String = sorted.iter().map(|(name, value)| format!("{name}{value}")).collect();
    format!("{path}{joined}{body}")
}

pub fn sign(app_secret: &str, base: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()).unwrap();
    mac.update(format!("{app_secret}{base}{app_secret}").as_bytes());
    HEXLOWER.encode(&mac.finalize().into_bytes())
}
