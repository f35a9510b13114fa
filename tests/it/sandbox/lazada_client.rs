//! A client of the mock Lazada, signed by hand here so that it shares nothing with the code under test.

use super::client::*;
use chrono::Duration;
use data_encoding::HEXUPPER;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::BTreeMap;

/// One store with a voucher in each status, one for chosen products and one with a code.
pub const SHOP: &str = r#"
[[stores]]
id = "lz"
platform = "lazada"
name = "Lumi Home"
region = "SG"
items = [10069285691, 10069285692, 10069285701]

[[stores.coupons]]
code = "COME"
name = "Comes"
starts = "+2d"
ends = "+9d"
total = 100
used = 0
discount = { sum = "10" }
min_spend = "40"

[[stores.coupons]]
code = "RUNS"
name = "Runs"
starts = "-2d"
ends = "+9d"
total = 100
used = 40
discount = { percent = "15", cap = "12.50" }
min_spend = "50"

[[stores.coupons]]
code = "HELD"
name = "Held"
starts = "-2d"
ends = "+9d"
total = 100
used = 10
discount = { sum = "10" }
min_spend = "40"
status = "SUSPEND"

[[stores.coupons]]
code = "GONE"
name = "Gone"
starts = "-9d"
ends = "-2d"
total = 100
used = 100
discount = { sum = "10" }
min_spend = "40"

[[stores.coupons]]
code = "SOME"
name = "Some products"
starts = "-2d"
ends = "+9d"
discount = { sum = "3" }
min_spend = "9"
raw = { apply = "SPECIFIC_PRODUCTS", sku_ids = [10069285691] }

[[stores.coupons]]
code = "SECRET7"
name = "Coded"
starts = "-2d"
ends = "+9d"
discount = { sum = "3" }
min_spend = "9"
raw = { voucher_type = "CODE_VOUCHER" }
"#;

pub const COLLECTIBLE: (&str, &str) = ("voucher_type", "COLLECTIBLE_VOUCHER");
pub const CODED: (&str, &str) = ("voucher_type", "CODE_VOUCHER");

pub type Pairs = BTreeMap<String, String>;

/// A client of one store, signed by hand.
#[derive(Clone)]
pub struct Lazada<'w> {
    pub world: &'w World,
    pub base: String,
    pub app_key: String,
    pub app_secret: String,
    pub seller_id: u64,
    pub access_token: String,
    pub refresh_token: String,
    pub timestamp: String,
}

pub fn lazada<'w>(world: &'w World, store: &str) -> Lazada<'w> {
    let access =
        world.running.sandbox().stores().unwrap().into_iter().find(|access| access.id.as_str() == store).unwrap();
    let base = access.base_url(world.running.address());
    let key = |name: &str| access.sign_in.text(name).unwrap_or_else(|| panic!("{store} has no {name}"));
    Lazada {
        world,
        base,
        app_key: key("app_key"),
        app_secret: key("app_secret"),
        seller_id: key("seller_id").parse().unwrap(),
        access_token: key("access_token"),
        refresh_token: key("refresh_token"),
        timestamp: chrono::Utc::now().timestamp_millis().to_string(),
    }
}

impl Lazada<'_> {
    /// The app's parameters and `own`, without a signature.
    pub fn app_pairs(&self, own: &[(&str, &str)]) -> Pairs {
        let common =
            [("app_key", self.app_key.as_str()), ("sign_method", "sha256"), ("timestamp", self.timestamp.as_str())];
        common.iter().chain(own).map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    pub fn pairs(&self, own: &[(&str, &str)]) -> Pairs {
        let mut pairs = self.app_pairs(own);
        pairs.insert("access_token".to_string(), self.access_token.clone());
        pairs
    }

    pub fn signed(&self, path: &str, mut pairs: Pairs) -> Pairs {
        let sign = lazada_sign(&self.app_secret, path, &pairs);
        pairs.insert("sign".to_string(), sign);
        pairs
    }

    pub async fn get(&self, path: &str, own: &[(&str, &str)]) -> Value {
        self.get_with(path, self.signed(path, self.pairs(own))).await
    }

    pub async fn get_with(&self, path: &str, pairs: Pairs) -> Value {
        answered(self.world.http.get(format!("{}{path}", self.base)).query(&pairs)).await
    }

    pub async fn post(&self, path: &str, own: &[(&str, &str)]) -> Value {
        let pairs = self.signed(path, self.pairs(own));
        answered(self.world.http.post(format!("{}{path}", self.base)).form(&pairs)).await
    }

    pub async fn token(&self, path: &str, own: &[(&str, &str)]) -> Value {
        self.get_with(path, self.signed(path, self.app_pairs(own))).await
    }

    pub async fn refresh(&self) -> Value {
        self.token("/auth/token/refresh", &[("refresh_token", &self.refresh_token)]).await
    }

    pub async fn page(&self, own: &[(&str, &str)]) -> Value {
        self.get("/promotion/vouchers/get", own).await["data"].clone()
    }

    pub async fn listed(&self, voucher_type: (&str, &str)) -> Vec<Value> {
        self.page(&[voucher_type, ("page_size", "100")]).await["data_list"].as_array().unwrap().clone()
    }

    pub async fn named(&self, name: &str) -> Value {
        let all = [self.listed(COLLECTIBLE).await, self.listed(CODED).await].concat();
        all.into_iter().find(|voucher| voucher["voucher_name"] == name).unwrap()
    }

    pub async fn id_of(&self, name: &str) -> String {
        self.named(name).await["id"].to_string()
    }

    /// What an update of this voucher has to send, with some of it in other words (none: left out).
    pub async fn rewritten(&self, name: &str, other: &[(&str, Option<&str>)]) -> Value {
        let mut fields: Pairs = self
            .named(name)
            .await
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, value)| WRITTEN.contains(&name.as_str()) && !value.is_null())
            .map(|(name, value)| (name.clone(), value.as_str().map_or(value.to_string(), str::to_string)))
            .collect();
        fields.entry("offering_money_value_off".to_string()).or_insert("0".to_string());
        for (name, value) in other {
            match value {
                Some(value) => fields.insert(name.to_string(), value.to_string()),
                None => fields.remove(*name),
            };
        }
        let own: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post("/promotion/voucher/update", &own).await
    }
}

pub const WRITTEN: [&str; 15] = [
    "id",
    "voucher_type",
    "voucher_name",
    "voucher_discount_type",
    "criteria_over_money",
    "offering_money_value_off",
    "offering_percentage_discount_off",
    "max_discount_offering_money_value",
    "apply",
    "display_area",
    "collect_start",
    "period_start_time",
    "period_end_time",
    "limit",
    "issued",
];

pub async fn answered(request: reqwest::RequestBuilder) -> Value {
    request.send().await.unwrap().json().await.unwrap()
}

pub fn lazada_sign(secret: &str, path: &str, pairs: &Pairs) -> String {
    let text: String = pairs.iter().map(|(name, value)| format!("{name}{value}")).collect();
    sign_text(secret, &format!("{path}{text}"))
}

pub fn sign_text(secret: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    HEXUPPER.encode(&mac.finalize().into_bytes())
}

/// The one word of an answer: empty where it succeeded, the gateway's code, or the service's number.
pub fn error(answer: &Value) -> String {
    if answer["code"] != "0" {
        return answer["code"].as_str().unwrap().to_string();
    }
    if answer.get("success") == Some(&json!(false)) {
        let code = &answer["error_code"];
        return code.as_str().map_or(code.to_string(), str::to_string);
    }
    String::new()
}

pub fn milliseconds(days: i64) -> String {
    (noon() + Duration::days(days)).timestamp_millis().to_string()
}
