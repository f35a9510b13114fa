use super::client::{World, at, noon};
use crate::trouble::{once, requests};
use chrono::{DateTime, Utc};
use couponbook::sandbox::{Clock, FaultKind, Matching, Scenario};
use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use url::Url;

/// One shop with a discount in each state.
const SHOP: &str = r#"
[[stores]]
id = "sg"
platform = "shopify"
name = "Some Shop"
region = "SG"
domain = "some-shop.myshopify.com"

[[stores.coupons]]
code = "NY26-10OFF"
name = "New year 10 off"
starts = "2026-01-01T00:00:00Z"
ends = "2026-12-31T16:00:00Z"
total = 500
used = 473
discount = { percent = "10" }
min_spend = "100.00"

[[stores.coupons]]
code = "COME"
name = "Payday"
starts = "2026-12-01T00:00:00Z"
ends = "2026-12-09T00:00:00Z"
total = 100
used = 0
discount = { sum = "12.50" }

[[stores.coupons]]
code = "GONE"
name = "Summer"
starts = "2026-06-01T00:00:00Z"
ends = "2026-07-01T00:00:00Z"
used = 31
discount = { sum = "5" }
min_spend = "40"

[[stores.coupons]]
code = "SHIP"
name = "Free delivery"
starts = "2026-06-01T00:00:00Z"
ends = "none"
used = 3
discount = { sum = "1" }
raw = { __typename = "DiscountCodeFreeShipping" }

[[stores.coupons]]
code = "unused"
name = "Automatic ten"
starts = "2026-06-01T00:00:00Z"
ends = "none"
used = 3
discount = { percent = "10" }
raw = { __typename = "DiscountAutomaticBasic", redeemCodes = [] }
"#;

/// The list of the sheet, as any client may send it.
const LIST: &str = r#"
query CouponPage($first: Int!, $after: String, $query: String) {
  discountNodes(first: $first, after: $after, sortKey: ID, query: $query) {
    pageInfo { hasNextPage endCursor }
    nodes { id discount { __typename
      ... on DiscountCodeBasic { title status startsAt endsAt createdAt updatedAt usageLimit asyncUsageCount appliesOncePerCustomer
        codesCount { count precision } codes(first: 1) { nodes { id code } }
        minimumRequirement { __typename ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount currencyCode } }
                                        ... on DiscountMinimumQuantity { greaterThanOrEqualToQuantity } }
        customerGets { value { __typename ... on DiscountPercentage { percentage }
                               ... on DiscountAmount { amount { amount currencyCode } appliesOnEachItem } }
                       items { __typename ... on AllDiscountItems { allItems } } } }
      ... on DiscountCodeFreeShipping { title status startsAt endsAt usageLimit asyncUsageCount codesCount { count precision } codes(first: 1) { nodes { id code } } }
      ... on DiscountCodeBxgy { title status startsAt endsAt usageLimit asyncUsageCount codesCount { count precision } codes(first: 1) { nodes { id code } } }
      ... on DiscountCodeApp { title status startsAt endsAt usageLimit asyncUsageCount codesCount { count precision } codes(first: 1) { nodes { id code } } } } } } }
"#;

const CREATE: &str = r#"
mutation Create($input: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: $input) {
  codeDiscountNode { id codeDiscount { __typename ... on DiscountCodeBasic { title status startsAt endsAt usageLimit asyncUsageCount } } }
  userErrors { field message code extraInfo } } }
"#;

const UPDATE: &str = r#"
mutation Update($id: ID!, $input: DiscountCodeBasicInput!) { discountCodeBasicUpdate(id: $id, basicCodeDiscount: $input) {
  codeDiscountNode { id codeDiscount { __typename ... on DiscountCodeBasic { title status startsAt endsAt usageLimit asyncUsageCount
    minimumRequirement { ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount } } ... on DiscountMinimumQuantity { greaterThanOrEqualToQuantity } }
    customerGets { value { ... on DiscountPercentage { percentage } } } codes(first: 9) { nodes { code } } } } }
  userErrors { field message code extraInfo } } }
"#;

fn switch(name: &str) -> String {
    format!(
        "mutation($id: ID!) {{ {name}(id: $id) {{ codeDiscountNode {{ id codeDiscount {{ __typename ... on DiscountCodeBasic \
         {{ status startsAt endsAt updatedAt }} }} }} userErrors {{ field message code extraInfo }} }} }}"
    )
}

struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Answer {
    async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Self { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    /// The code of the first of the top-level errors.
    fn error(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or("")
    }
}

struct Shop<'w> {
    world: &'w World,
    base: String,
    token: String,
    client_id: String,
    client_secret: String,
    refresh_token: Option<String>,
}

impl<'w> Shop<'w> {
    fn of(world: &'w World, store: &str) -> Self {
        let access =
            world.running.sandbox().stores().unwrap().into_iter().find(|access| access.id.as_str() == store).unwrap();
        let base = access.base_url(world.running.address());
        let key = |name: &str| access.sign_in.text(name);
        let (client_id, client_secret) = (key("client_id").unwrap(), key("client_secret").unwrap());
        let token = key("access_token").unwrap_or_default();
        Self { world, base, token, client_id, client_secret, refresh_token: key("refresh_token") }
    }

    async fn post(&self, version: &str, body: &Value) -> reqwest::Result<reqwest::Response> {
        let url = format!("{}/admin/api/{version}/graphql.json", self.base);
        self.world.http.post(url).header("X-Shopify-Access-Token", &self.token).json(body).send().await
    }

    async fn ask(&self, query: &str, variables: Value) -> Answer {
        Answer::of(self.post("2026-04", &json!({ "query": query, "variables": variables })).await.unwrap()).await
    }

    async fn data_in(&self, version: &str, query: &str) -> Value {
        Answer::of(self.post(version, &json!({ "query": query })).await.unwrap()).await.body
    }

    async fn data(&self, query: &str, variables: Value) -> Value {
        let answer = self.ask(query, variables).await;
        assert_eq!((answer.status, &answer.body["errors"]), (200, &Value::Null));
        answer.body["data"].clone()
    }

    async fn id_of(&self, code: &str) -> String {
        let query = "query($code: String!) { codeDiscountNodeByCode(code: $code) { id } }";
        self.data(query, json!({ "code": code })).await["codeDiscountNodeByCode"]["id"].as_str().unwrap().to_string()
    }

    async fn detail(&self, id: &str) -> Value {
        let query = "query($id: ID!) { codeDiscountNode(id: $id) { codeDiscount { __typename ... on DiscountCodeBasic \
             { title status startsAt endsAt updatedAt usageLimit asyncUsageCount codes(first: 9) { nodes { code } } } } } }";
        self.data(query, json!({ "id": id })).await["codeDiscountNode"]["codeDiscount"].clone()
    }

    async fn update(&self, id: &str, input: Value) -> Value {
        self.data(UPDATE, json!({ "id": id, "input": input })).await["discountCodeBasicUpdate"].clone()
    }

    async fn create(&self, input: Value) -> Value {
        self.data(CREATE, json!({ "input": input })).await["discountCodeBasicCreate"].clone()
    }

    /// The titles that a filter leaves, by id.
    async fn titles(&self, filter: &str) -> Vec<String> {
        let query = "query($query: String) { discountNodes(first: 250, query: $query) { nodes { discount { \
             ... on DiscountCodeBasic { title } ... on DiscountCodeFreeShipping { title } \
             ... on DiscountAutomaticBasic { title } } } } }";
        let data = self.data(query, json!({ "query": filter })).await;
        let nodes = data["discountNodes"]["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["discount"]["title"].as_str().unwrap().to_string()).collect()
    }

    async fn token_request(&self, fields: &[(&str, &str)]) -> Answer {
        let form = [&[("client_id", self.client_id.as_str()), ("client_secret", &self.client_secret)], fields].concat();
        let url = format!("{}/admin/oauth/access_token", self.base);
        Answer::of(self.world.http.post(url).form(&form).send().await.unwrap()).await
    }

    async fn refresh(&self, token: &str) -> Answer {
        let body = json!({
            "client_id": self.client_id, "client_secret": self.client_secret, "refresh_token": token,
            "grant_type": "refresh_token",
        });
        let url = format!("{}/admin/oauth/access_token", self.base);
        Answer::of(self.world.http.post(url).json(&body).send().await.unwrap()).await
    }

    async fn status_with(&self, token: &Value) -> u16 {
        let shop = Shop {
            token: token.as_str().unwrap().to_string(),
            base: self.base.clone(),
            client_id: String::new(),
            client_secret: String::new(),
            refresh_token: None,
            world: self.world,
        };
        shop.ask("{ shop { name } }", json!({})).await.status
    }
}

fn new_input(code: &str) -> Value {
    json!({
        "title": "New year 10 off", "code": code, "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-12-31T16:00:00Z",
        "usageLimit": 500, "appliesOncePerCustomer": true, "context": { "all": "ALL" },
        "combinesWith": { "orderDiscounts": false, "productDiscounts": false, "shippingDiscounts": true },
        "minimumRequirement": { "subtotal": { "greaterThanOrEqualToSubtotal": "100.00" } },
        "customerGets": { "value": { "percentage": 0.1 }, "items": { "all": true } },
    })
}

fn with(mut input: Value, name: &str, value: Value) -> Value {
    input[name] = value;
    input
}

fn hmac(secret: &str, base: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(base.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// A clock that the test moves, in seconds after noon.
fn movable() -> (Arc<AtomicI64>, Clock) {
    let later = Arc::new(AtomicI64::new(0));
    let read = later.clone();
    let now = move || -> DateTime<Utc> { noon() + chrono::Duration::seconds(read.load(Ordering::SeqCst)) };
    (later, Arc::new(now))
}

#[test]
fn the_tests_own_shopify_signer_gives_the_signatures_of_the_sheet() {
    let state = "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&state=0.6784241404160823&timestamp=1337178173";
    let plain = "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&timestamp=1337178173";
    let cases = [
        (state, "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf"),
        (plain, "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20"),
    ];
    for (base, hex) in cases {
        assert_eq!(HEXLOWER.encode(&hmac("hush", base)), hex);
    }
    let webhook = BASE64.encode(&hmac("hush", r#"{"id":719,"code":"10off"}"#));
    assert_eq!(webhook, "uCVivyG9EJ5DzGdBNDlYyj/k5GQ4dVbDODxVSqBgdzc=");
}

#[tokio::test]
async fn the_sheets_list_is_answered_in_the_sheets_shape() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let answer = shop.ask(LIST, json!({ "first": 50, "after": null, "query": "method:code" })).await;
    let list = &answer.body["data"]["discountNodes"];
    let first = &list["nodes"][0];
    let id = first["id"].as_str().unwrap();
    let number: u64 = id.strip_prefix("gid://shopify/DiscountCodeNode/").unwrap().parse().unwrap();
    let code_id = &first["discount"]["codes"]["nodes"][0]["id"];
    assert!(code_id.as_str().unwrap().starts_with("gid://shopify/DiscountRedeemCode/"));
    assert_eq!(
        first["discount"],
        json!({
            "__typename": "DiscountCodeBasic", "title": "New year 10 off", "status": "ACTIVE",
            "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-12-31T16:00:00Z",
            "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z",
            "usageLimit": 500, "asyncUsageCount": 473, "appliesOncePerCustomer": false,
            "codesCount": { "count": 1, "precision": "EXACT" },
            "codes": { "nodes": [{ "id": code_id, "code": "NY26-10OFF" }] },
            "minimumRequirement": {
                "__typename": "DiscountMinimumSubtotal",
                "greaterThanOrEqualToSubtotal": { "amount": "100.0", "currencyCode": "SGD" },
            },
            "customerGets": {
                "value": { "__typename": "DiscountPercentage", "percentage": 0.1 },
                "items": { "__typename": "AllDiscountItems", "allItems": true },
            },
        })
    );
    let value = &list["nodes"][1]["discount"]["customerGets"]["value"];
    assert_eq!(value["amount"], json!({ "amount": "12.5", "currencyCode": "SGD" }));
    assert_eq!(list["nodes"][3]["discount"]["__typename"], "DiscountCodeFreeShipping");
    assert_eq!(list["nodes"].as_array().unwrap().len(), 4, "the automatic one is left out");
    assert_eq!(list["pageInfo"]["hasNextPage"], false);
    let cursor = BASE64.decode(list["pageInfo"]["endCursor"].as_str().unwrap().as_bytes()).unwrap();
    let last = number + 3;
    assert_eq!(cursor, format!(r#"{{"last_id":{last},"last_value":"{last}"}}"#).into_bytes());
    let cost = &answer.body["extensions"]["cost"];
    assert_eq!(cost["throttleStatus"]["maximumAvailable"], 2000);
    assert_eq!(cost["throttleStatus"]["restoreRate"], 100);
    assert!(cost["actualQueryCost"].as_u64().unwrap() < cost["requestedQueryCost"].as_u64().unwrap());
    assert_eq!(answer.headers["x-shopify-api-version"], "2026-04");
    assert_eq!(answer.headers["x-request-id"].len(), 32);

    let query = "query { discountNodesCount(query: \"method:code\", limit: null) { count precision } \
         shop { currencyCode ianaTimezone myshopifyDomain } }";
    assert_eq!(
        shop.data(query, json!({})).await,
        json!({
            "discountNodesCount": { "count": 4, "precision": "EXACT" },
            "shop": {
                "currencyCode": "SGD", "ianaTimezone": "Asia/Singapore", "myshopifyDomain": "some-shop.myshopify.com",
            },
        })
    );
    let limited = shop.data("{ discountNodesCount(limit: 2) { count precision } }", json!({})).await;
    assert_eq!(limited["discountNodesCount"], json!({ "count": 2, "precision": "AT_LEAST" }));
}

#[tokio::test]
async fn activate_and_deactivate_do_in_each_state_what_was_recorded() {
    let (now, start, end) = ("2026-11-22T04:00:00Z", "2026-01-01T00:00:00Z", "2026-12-31T16:00:00Z");
    let cases = [
        ("discountCodeDeactivate", "NY26-10OFF", "EXPIRED", start, json!(now), true),
        ("discountCodeDeactivate", "COME", "EXPIRED", now, json!(now), true),
        ("discountCodeDeactivate", "GONE", "EXPIRED", "2026-06-01T00:00:00Z", json!("2026-07-01T00:00:00Z"), false),
        ("discountCodeActivate", "NY26-10OFF", "ACTIVE", start, json!(end), false),
        ("discountCodeActivate", "COME", "ACTIVE", now, json!("2026-12-09T00:00:00Z"), true),
        ("discountCodeActivate", "GONE", "ACTIVE", "2026-06-01T00:00:00Z", json!(null), true),
    ];
    for (mutation, code, status, starts, ends, is_touched) in cases {
        let world = World::of(SHOP).await;
        let shop = Shop::of(&world, "sg");
        let id = shop.id_of(code).await;
        let done = shop.data(&switch(mutation), json!({ "id": id })).await[mutation].clone();
        let found = &done["codeDiscountNode"]["codeDiscount"];
        assert_eq!(done["userErrors"], json!([]));
        assert_eq!((&found["status"], &found["startsAt"], &found["endsAt"]), (&json!(status), &json!(starts), &ends));
        assert_eq!(found["updatedAt"] == now, is_touched, "{mutation} {code}");
        assert_eq!(world.audit_lines()[0]["call"], mutation);
        assert_eq!(world.audit_lines()[0]["coupon_id"], id);
    }
}

#[tokio::test]
async fn a_new_discount_is_counted_and_found_at_once_and_listed_a_little_later() {
    let (later, clock) = movable();
    let world = World::with(SHOP, noon(), clock).await;
    let shop = Shop::of(&world, "sg");
    let made = shop.create(with(new_input("Fresh1"), "startsAt", json!("2026-01-01T08:00:00.750+08:00"))).await;
    let id = made["codeDiscountNode"]["id"].as_str().unwrap().to_string();
    assert_eq!(made["userErrors"], json!([]));
    assert_eq!(
        made["codeDiscountNode"]["codeDiscount"],
        json!({
            "__typename": "DiscountCodeBasic", "title": "New year 10 off", "status": "ACTIVE",
            "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-12-31T16:00:00Z", "usageLimit": 500,
            "asyncUsageCount": 0,
        })
    );
    let counts = "{ discountNodesCount { count } codeDiscountNodes(first: 9) { nodes { id } } \
         discountNodes(first: 9) { nodes { id } } }";
    let told = |data: &Value| {
        let length = |list: &str| data[list]["nodes"].as_array().unwrap().len();
        (data["discountNodesCount"]["count"].as_u64(), length("codeDiscountNodes"), length("discountNodes"))
    };
    assert_eq!(told(&shop.data(counts, json!({})).await), (Some(6), 5, 5));
    assert_eq!(shop.id_of("FRESH1").await, id);
    assert_eq!(shop.detail(&id).await["title"], "New year 10 off");
    later.store(2, Ordering::SeqCst);
    assert_eq!(told(&shop.data(counts, json!({})).await), (Some(6), 5, 6));

    let unknown = shop.data("{ codeDiscountNodeByCode(code: \"nope\") { id } }", json!({})).await;
    assert_eq!(unknown, json!({ "codeDiscountNodeByCode": null }));
    let past = with(with(new_input("past"), "startsAt", json!("2020-01-01")), "endsAt", json!("2020-02-01"));
    assert_eq!(shop.create(past).await["codeDiscountNode"]["codeDiscount"]["status"], "EXPIRED");
}

#[tokio::test]
async fn what_the_platform_refuses_in_a_discount_is_refused_in_its_words() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let long = "x".repeat(256);
    let sum = |amount: &str| json!({ "value": { "discountAmount": { "amount": amount } }, "items": { "all": true } });
    let share = |share: f64| json!({ "value": { "percentage": share }, "items": { "all": true } });
    let minimum = json!({
        "subtotal": { "greaterThanOrEqualToSubtotal": 5 }, "quantity": { "greaterThanOrEqualToQuantity": "2" },
    });
    let cases = [
        ("code", json!("ny26-10off"), "code", "TAKEN", "Code must be unique. Please try a different code."),
        ("code", json!(null), "code", "BLANK", "Code can't be blank"),
        ("code", json!("  "), "code", "BLANK", "Code can't be blank"),
        ("code", json!(long), "code", "TOO_LONG", "Code is too long (maximum is 255 characters)"),
        ("code", json!("A\nB"), "code", "INVALID", "Code cannot contain newline characters."),
        ("title", json!(""), "title", "BLANK", "Title can't be blank"),
        ("title", json!(long), "title", "TOO_LONG", "Title is too long (maximum is 255 characters)"),
        ("startsAt", json!(null), "startsAt", "BLANK", "Starts at can't be blank"),
        ("endsAt", json!("2026-01-01T00:00:00Z"), "endsAt", "INVALID", "Ends at needs to be after starts_at"),
        ("usageLimit", json!(0), "usageLimit", "GREATER_THAN", "Usage limit must be greater than 0"),
        (
            "usageLimit",
            json!(2_147_483_648_u64),
            "usageLimit",
            "LESS_THAN_OR_EQUAL_TO",
            "Usage limit must be less than or equal to 2147483647",
        ),
        (
            "customerGets",
            share(1.5),
            "customerGets.value.percentage",
            "VALUE_OUTSIDE_RANGE",
            "Value must be between 0.0 and 1.0",
        ),
        (
            "customerGets",
            sum("-1.00"),
            "customerGets.value.discountAmount.amount",
            "LESS_THAN_OR_EQUAL_TO",
            "Value must be less than or equal to 0",
        ),
        (
            "customerSelection",
            json!({ "all": true }),
            "context",
            "INVALID",
            "Only one of context or customerSelection can be provided.",
        ),
        (
            "minimumRequirement",
            minimum,
            "minimumRequirement.subtotal.greaterThanOrEqualToSubtotal",
            "CONFLICT",
            "Minimum subtotal cannot be defined when minimum quantity is.",
        ),
    ];
    for (name, value, field, code, message) in cases {
        let made = shop.create(with(new_input("other"), name, value)).await;
        let path: Vec<&str> = std::iter::once("basicCodeDiscount").chain(field.split('.')).collect();
        let wanted = json!({ "field": path, "message": message, "code": code, "extraInfo": null });
        assert_eq!((&made["codeDiscountNode"], &made["userErrors"][0]), (&Value::Null, &wanted));
        let errors = made["userErrors"].as_array().unwrap().len();
        assert_eq!(errors, if code == "CONFLICT" { 2 } else { 1 }, "{field}");
    }
    assert!(world.audit_lines().is_empty());
    assert_eq!(shop.create(with(new_input("free"), "customerGets", share(0.0))).await["userErrors"], json!([]));

    let nobody = "gid://shopify/DiscountCodeNode/1";
    for mutation in ["discountCodeActivate", "discountCodeDeactivate"] {
        let done = shop.data(&switch(mutation), json!({ "id": nobody })).await;
        let wanted = json!([{ "field": ["id"], "message": "Code discount does not exist.", "code": "INVALID", "extraInfo": null }]);
        assert_eq!(done[mutation]["userErrors"], wanted);
    }
    let wanted = json!([{ "field": ["id"], "message": "Discount does not exist", "code": null, "extraInfo": null }]);
    assert_eq!(shop.update(nobody, json!({ "title": "A" })).await["userErrors"], wanted);
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_null_clears_end_and_limit() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let id = shop.id_of("NY26-10OFF").await;
    let renewed = shop.update(&id, json!({ "endsAt": "2027-02-28T16:00:00Z", "usageLimit": 700 })).await;
    assert_eq!(renewed["userErrors"], json!([]));
    assert_eq!(
        renewed["codeDiscountNode"]["codeDiscount"],
        json!({
            "__typename": "DiscountCodeBasic", "title": "New year 10 off", "status": "ACTIVE",
            "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2027-02-28T16:00:00Z", "usageLimit": 700,
            "asyncUsageCount": 473, "codes": { "nodes": [{ "code": "NY26-10OFF" }] },
            "minimumRequirement": { "greaterThanOrEqualToSubtotal": { "amount": "100.0" } },
            "customerGets": { "value": { "percentage": 0.1 } },
        })
    );
    let steps = [
        (json!({ "endsAt": null, "usageLimit": null }), "endsAt", json!(null)),
        (json!({ "title": "Renamed" }), "usageLimit", json!(null)),
        (json!({ "minimumRequirement": null }), "title", json!("Renamed")),
        (json!({ "endsAt": "2026-11-01T00:00:00Z" }), "status", json!("EXPIRED")),
        (json!({ "endsAt": "2026-12-01T00:00:00Z" }), "status", json!("ACTIVE")),
        (json!({ "startsAt": "2026-11-30T00:00:00Z" }), "status", json!("SCHEDULED")),
        (json!({ "code": "Other" }), "codes", json!({ "nodes": [{ "code": "Other" }] })),
    ];
    for (input, field, wanted) in steps {
        let done = shop.update(&id, input.clone()).await;
        assert_eq!(done["codeDiscountNode"]["codeDiscount"][field], wanted, "{input}");
        let minimum = &done["codeDiscountNode"]["codeDiscount"]["minimumRequirement"];
        assert_eq!(minimum["greaterThanOrEqualToSubtotal"]["amount"], "100.0");
    }
    let cleared = json!({ "minimumRequirement": {
        "quantity": { "greaterThanOrEqualToQuantity": null }, "subtotal": { "greaterThanOrEqualToSubtotal": null },
    } });
    let done = shop.update(&id, cleared).await;
    assert_eq!(done["codeDiscountNode"]["codeDiscount"]["minimumRequirement"], json!(null));
    let quantity = json!({ "minimumRequirement": { "quantity": { "greaterThanOrEqualToQuantity": "3" } } });
    let done = shop.update(&id, quantity).await;
    assert_eq!(
        done["codeDiscountNode"]["codeDiscount"]["minimumRequirement"],
        json!({ "greaterThanOrEqualToQuantity": "3" })
    );
    assert_eq!(world.audit_lines()[0]["fields"], json!({ "endsAt": "2027-02-28T16:00:00Z", "usageLimit": 700 }));
}

#[tokio::test]
async fn the_wrong_update_mutation_turns_the_type_without_a_word() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let id = shop.id_of("SHIP").await;
    assert_eq!(shop.detail(&id).await["__typename"], "DiscountCodeFreeShipping");
    let done = shop.update(&id, json!({ "usageLimit": 5 })).await;
    assert_eq!(done["userErrors"], json!([]));
    assert_eq!(shop.detail(&id).await["__typename"], "DiscountCodeBasic");
    let back = "mutation($id: ID!) { discountCodeFreeShippingUpdate(id: $id, freeShippingCodeDiscount: { title: \"Back\" }) \
         { codeDiscountNode { codeDiscount { ... on DiscountCodeFreeShipping { title usageLimit } } } userErrors { code } } }";
    let done = shop.data(back, json!({ "id": id })).await;
    let found = &done["discountCodeFreeShippingUpdate"]["codeDiscountNode"]["codeDiscount"];
    assert_eq!(found, &json!({ "title": "Back", "usageLimit": 5 }));
}

#[tokio::test]
async fn a_discount_of_many_codes_keeps_them_all_and_refuses_another() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let id = shop.id_of("NY26-10OFF").await;
    let add = "mutation($id: ID!, $codes: [DiscountRedeemCodeInput!]!) { discountRedeemCodeBulkAdd(discountId: $id, codes: $codes) \
         { bulkCreation { id done codesCount } userErrors { code } } }";
    let codes = json!([{ "code": "A1" }, { "code": "A2" }, { "code": "gone" }]);
    let begun =
        shop.data(add, json!({ "id": id, "codes": codes })).await["discountRedeemCodeBulkAdd"]["bulkCreation"].clone();
    assert_eq!((&begun["done"], &begun["codesCount"]), (&json!(false), &json!(3)));
    let query = "query($id: ID!) { discountRedeemCodeBulkCreation(id: $id) { done importedCount failedCount } }";
    let creation = shop.data(query, json!({ "id": begun["id"] })).await;
    let wanted = json!({ "done": true, "importedCount": 2, "failedCount": 1 });
    assert_eq!(creation["discountRedeemCodeBulkCreation"], wanted);

    let refused = shop.update(&id, json!({ "code": "NEW" })).await;
    let wanted = json!([{ "field": ["id"], "message": "Cannot update the code of a bulk discount.", "code": null, "extraInfo": null }]);
    assert_eq!(refused["userErrors"], wanted);
    assert_eq!(shop.id_of("a2").await, id);

    let query = "query($id: ID!, $after: String) { codeDiscountNode(id: $id) { codeDiscount { ... on DiscountCodeBasic { \
         codesCount { count } codes(first: 2, after: $after) { edges { cursor node { id code } } pageInfo { hasNextPage } } } } } }";
    let page = shop.data(query, json!({ "id": id })).await["codeDiscountNode"]["codeDiscount"].clone();
    assert_eq!((&page["codesCount"]["count"], &page["codes"]["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
    let after = &page["codes"]["edges"][1]["cursor"];
    let rest = shop.data(query, json!({ "id": id, "after": after })).await["codeDiscountNode"]["codeDiscount"]["codes"]
        .clone();
    assert_eq!(rest["edges"][0]["node"]["code"], "A2");
    let remove = "mutation($id: ID!, $ids: [ID!]) { discountCodeRedeemCodeBulkDelete(discountId: $id, ids: $ids) { job { id done } userErrors { code } } }";
    shop.data(remove, json!({ "id": id, "ids": [rest["edges"][0]["node"]["id"]] })).await;
    let left = shop.detail(&id).await["codes"]["nodes"].clone();
    assert_eq!(left, json!([{ "code": "NY26-10OFF" }, { "code": "A1" }]));
}

#[tokio::test]
async fn pages_are_followed_forward_and_backward_and_in_any_order() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let query = |arguments: &str| {
        format!(
            "query($cursor: String) {{ codeDiscountNodes({arguments}) {{ nodes {{ codeDiscount {{ \
             ... on DiscountCodeBasic {{ title }} ... on DiscountCodeFreeShipping {{ title }} }} }} \
             pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        )
    };
    let cases = [
        ("first: 1, after: $cursor", "New year 10 off, Payday, Summer, Free delivery"),
        ("first: 3, after: $cursor, sortKey: TITLE", "Free delivery, New year 10 off, Payday, Summer"),
        (
            "first: 1, after: $cursor, sortKey: STARTS_AT, reverse: true",
            "Payday, Free delivery, Summer, New year 10 off",
        ),
        ("first: 2, after: $cursor, sortKey: ENDS_AT", "Free delivery, Summer, Payday, New year 10 off"),
        ("last: 1, before: $cursor", "Free delivery, Summer, Payday, New year 10 off"),
    ];
    for (arguments, wanted) in cases {
        let mut titles = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let data = shop.data(&query(arguments), json!({ "cursor": cursor })).await;
            let list = &data["codeDiscountNodes"];
            let nodes = list["nodes"].as_array().unwrap();
            titles.extend(nodes.iter().map(|node| node["codeDiscount"]["title"].as_str().unwrap().to_string()));
            let (more, next) = if arguments.starts_with("last") {
                ("hasPreviousPage", "startCursor")
            } else {
                ("hasNextPage", "endCursor")
            };
            cursor = list["pageInfo"][next].clone();
            if list["pageInfo"][more] == false {
                break;
            }
        }
        assert_eq!(titles.join(", "), wanted, "{arguments}");
    }
    for (arguments, code) in [
        ("first: 251", "MAX_INPUT_SIZE_EXCEEDED"),
        ("reverse: true", "BAD_REQUEST"),
        ("first: 1, after: \"x\"", "BAD_REQUEST"),
    ] {
        let query = format!("{{ discountNodes({arguments}) {{ nodes {{ id }} }} }}");
        assert_eq!(shop.ask(&query, json!({})).await.error(), code, "{arguments}");
    }
}

#[tokio::test]
async fn lists_are_narrowed_by_the_documented_search_fields() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let cases = [
        ("status:active method:code", "New year 10 off, Free delivery"),
        ("status:expired,scheduled", "Payday, Summer"),
        ("method:automatic", "Automatic ten"),
        ("type:percentage AND method:code", "New year 10 off"),
        ("discount_type:fixed_amount", "Payday, Summer"),
        ("type:free_shipping", "Free delivery"),
        ("title:'new year'", "New year 10 off"),
        ("times_used:>=31", "New year 10 off, Summer"),
        ("ends_at:<2026-12-10 -status:expired", "Payday"),
        ("starts_at:'2026-12-01T08:00:00'", "Payday"),
        ("code:NY26-10OFF", ""),
    ];
    for (query, wanted) in cases {
        assert_eq!(shop.titles(query).await.join(", "), wanted, "{query}");
    }
}

#[tokio::test]
async fn a_request_that_does_not_fit_the_schema_is_refused_before_anything_is_done() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let id = shop.id_of("COME").await;
    let update = |input: Value| json!({ "id": id, "input": input });
    let cases = [
        ("{ nowhere }", json!({}), "undefinedField"),
        ("{ shop { name colour } }", json!({}), "undefinedField"),
        ("{ shop }", json!({}), "selectionMismatch"),
        ("{ shop { name { x } } }", json!({}), "selectionMismatch"),
        ("{ discountNode { id } }", json!({}), "missingRequiredArguments"),
        ("{ shop(id: 1) { name } }", json!({}), "argumentNotAccepted"),
        ("{ discountNodes(first: \"x\") { nodes { id } } }", json!({}), "argumentLiteralsIncompatible"),
        ("query($a: Int) { shop { name } }", json!({}), "variableNotUsed"),
        ("{ discountNode(id: $id) { id } }", json!({}), "variableNotDefined"),
        ("query($id: String!) { discountNode(id: $id) { id } }", json!({ "id": id }), "variableMismatch"),
        ("query($id: Colour) { discountNode(id: $id) { id } }", json!({}), "variableRequiresValidType"),
        ("{ ...a } fragment a on QueryRoot { ...a }", json!({}), "infiniteLoop"),
        ("{ shop { ... on DiscountNode { id } } }", json!({}), "cannotSpreadFragment"),
        ("{ ...missing }", json!({}), "useAndDefineFragment"),
        ("{ a: shop { name } a: discountNodesCount { count } }", json!({}), "fieldConflict"),
        (UPDATE, json!({ "input": {} }), "INVALID_VARIABLE"),
        (UPDATE, update(json!({ "usageLimit": "many" })), "INVALID_VARIABLE"),
        (UPDATE, update(json!({ "colour": "red" })), "INVALID_VARIABLE"),
        (UPDATE, update(json!({ "endsAt": "tomorrow" })), "INVALID_VARIABLE"),
        (UPDATE, json!({ "id": "5", "input": {} }), "INVALID_VARIABLE"),
        (UPDATE, json!({ "id": "gid://shopify/Product/5", "input": {} }), "RESOURCE_NOT_FOUND"),
        (
            UPDATE,
            update(json!({ "customerGets": { "value": { "percentage": 0.1, "discountAmount": { "amount": 1 } } } })),
            "BAD_REQUEST",
        ),
    ];
    for (query, variables, code) in cases {
        let answer = shop.ask(query, variables.clone()).await;
        assert_eq!((answer.status, answer.error()), (200, code), "{query} {variables}: {}", answer.body);
    }
    assert!(world.audit_lines().is_empty());

    let answer = shop.ask(UPDATE, update(json!({ "usageLimit": "many", "colour": "red" }))).await;
    let extensions = &answer.body["errors"][0]["extensions"];
    assert_eq!(extensions["value"], json!({ "usageLimit": "many", "colour": "red" }));
    let paths: Vec<&Value> =
        extensions["problems"].as_array().unwrap().iter().map(|problem| &problem["path"]).collect();
    assert_eq!(paths, [&json!(["colour"]), &json!(["usageLimit"])]);
    assert_eq!(answer.body["errors"][0]["locations"], json!([{ "line": 2, "column": 27 }]));

    let syntax = shop.ask("{ shop { name ", json!({})).await;
    assert_eq!((syntax.status, syntax.body.get("data")), (200, None));
    assert!(syntax.body["errors"][0]["message"].is_string());
    let empty = Answer::of(shop.post("2026-04", &json!({})).await.unwrap()).await;
    assert_eq!((empty.status, &empty.body["errors"]["query"]), (400, &json!("Required parameter missing or invalid")));
}

#[tokio::test]
async fn aliases_fragments_directives_and_several_mutations_in_one_document_work() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let (one, two) = (shop.id_of("COME").await, shop.id_of("GONE").await);
    let query = "query Q($id: ID!, $yes: Boolean = false) { a: codeDiscountNode(id: $id) { ...node } a: codeDiscountNode(id: $id) { __typename } \
         b: shop @include(if: $yes) { name } } fragment node on DiscountCodeNode { codeDiscount { ...both ... on DiscountCodeBasic { late: endsAt } } } \
         fragment both on DiscountCode { ... on DiscountCodeBasic { title } }";
    let wanted = json!({ "a": { "__typename": "DiscountCodeNode", "codeDiscount": { "title": "Payday", "late": "2026-12-09T00:00:00Z" } } });
    assert_eq!(shop.data(query, json!({ "id": one })).await, wanted);

    let several = "mutation($a: ID!, $b: ID!) { one: discountCodeDelete(id: $a) { deletedCodeDiscountId userErrors { code } } \
         two: discountCodeDelete(id: $b) { deletedCodeDiscountId userErrors { code } } \
         again: discountCodeDelete(id: $a) { deletedCodeDiscountId userErrors { field message code extraInfo } } }";
    let answer = shop.ask(several, json!({ "a": one, "b": two })).await;
    let data = &answer.body["data"];
    assert_eq!(
        (&data["one"]["deletedCodeDiscountId"], &data["two"]["deletedCodeDiscountId"]),
        (&json!(one), &json!(two))
    );
    let wanted = json!({
        "deletedCodeDiscountId": null,
        "userErrors": [{ "field": ["id"], "message": "Code discount does not exist.", "code": "INVALID", "extraInfo": null }],
    });
    assert_eq!(data["again"], wanted);
    assert_eq!(answer.body["extensions"]["cost"]["actualQueryCost"], 30);
    let told: Vec<_> =
        world.audit_lines().iter().map(|line| (line["call"].clone(), line["coupon_id"].clone())).collect();
    assert_eq!(told, [(json!("discountCodeDelete"), json!(one)), (json!("discountCodeDelete"), json!(two))]);

    let two_operations =
        json!({ "query": "query A { shop { name } } query B { shop { currencyCode } }", "operationName": "B" });
    let answer = Answer::of(shop.post("2026-04", &two_operations).await.unwrap()).await;
    assert_eq!(answer.body["data"], json!({ "shop": { "currencyCode": "SGD" } }));
}

#[tokio::test]
async fn bulk_mutations_take_exactly_one_way_to_name_their_discounts_and_tell_nothing_of_each() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let bulk = |arguments: &str| {
        format!(
            "mutation {{ discountCodeBulkDelete{arguments} {{ job {{ id done }} userErrors {{ field message code extraInfo }} }} }}"
        )
    };
    let missing = "Missing expected argument key: 'ids', 'search' or 'saved_search_id'.";
    let cases = [
        ("", json!(null), "MISSING_ARGUMENT", missing),
        (
            "(search: \"a\", ids: [])",
            json!(null),
            "TOO_MANY_ARGUMENTS",
            "Only one of 'ids', 'search' or 'saved_search_id' is allowed.",
        ),
        ("(search: \" \")", json!(["search"]), "BLANK", "'Search' can't be blank."),
        (
            "(search: \"code:A\")",
            json!(["search"]),
            "INVALID",
            "Invalid search field(s): code. Check the query syntax.",
        ),
    ];
    for (arguments, field, code, message) in cases {
        let done = shop.data(&bulk(arguments), json!({})).await["discountCodeBulkDelete"].clone();
        let wanted = json!([{ "field": field, "message": message, "code": code, "extraInfo": null }]);
        assert_eq!((&done["job"], &done["userErrors"]), (&Value::Null, &wanted));
    }
    let done =
        shop.data(&bulk("(search: \"status:expired\")"), json!({})).await["discountCodeBulkDelete"]["job"].clone();
    assert_eq!(done["done"], false);
    let job = shop.data("query($id: ID!) { job(id: $id) { id done } }", json!({ "id": done["id"] })).await;
    assert_eq!(job["job"], json!({ "id": done["id"], "done": true }));
    assert_eq!(shop.titles("status:expired").await, [""; 0]);
    let activate = "mutation($ids: [ID!]) { discountCodeBulkActivate(ids: $ids) { userErrors { code } } }";
    shop.data(activate, json!({ "ids": [shop.id_of("COME").await] })).await;
    assert_eq!(shop.detail(&shop.id_of("COME").await).await["startsAt"], "2026-11-22T04:00:00Z");
}

#[tokio::test]
async fn an_empty_bucket_refuses_and_says_how_much_is_missing() {
    let settings = "[sandbox]\nshopify_bucket_points = 25\nshopify_restore_points_per_second = 0\n";
    let world = World::of(&format!("{settings}{SHOP}")).await;
    let shop = Shop::of(&world, "sg");
    let delete = "mutation { discountCodeDelete(id: \"gid://shopify/DiscountCodeNode/1\") { userErrors { code } } }";
    let answer = shop.ask(delete, json!({})).await;
    let cost = |left: u64, actual: Value| {
        json!({ "cost": {
            "requestedQueryCost": 10, "actualQueryCost": actual,
            "throttleStatus": { "maximumAvailable": 25, "currentlyAvailable": left, "restoreRate": 0 },
        }})
    };
    assert_eq!(answer.body["extensions"], cost(15, json!(10)));
    shop.ask(delete, json!({})).await;
    let refused = shop.ask(delete, json!({})).await;
    let wanted = json!({
        "errors": [{
            "message": "Throttled",
            "extensions": { "code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits" },
        }],
        "extensions": cost(5, json!(null)),
    });
    assert_eq!((refused.status, &refused.body), (200, &wanted));
    assert_eq!(world.running.counts().refused_by_rate_limit, 1);
    let large = "{ a: discountNodes(first: 250) { nodes { discount { ... on DiscountCodeBasic { codes(first: 250) { nodes { id } } } } } } \
         b: discountNodes(first: 250) { nodes { discount { ... on DiscountCodeBasic { codes(first: 250) { nodes { id } } } } } } \
         c: discountNodes(first: 250) { nodes { discount { ... on DiscountCodeBasic { codes(first: 250) { nodes { id } } } } } } \
         d: discountNodes(first: 250) { nodes { discount { ... on DiscountCodeBasic { codes(first: 250) { nodes { id } } } } } } }";
    assert_eq!(shop.ask(large, json!({})).await.error(), "MAX_COST_EXCEEDED");
}

#[tokio::test]
async fn faults_hit_a_mutation_by_its_name_and_a_lost_answer_is_carried_out_once() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let id = shop.id_of("COME").await;
    let updates =
        Matching { call: Some("discountCodeBasicUpdate".to_string()), writes_only: true, ..Matching::default() };
    let input = json!({ "query": UPDATE, "variables": { "id": id, "input": { "usageLimit": 300 } } });

    let throttle = FaultKind::Throttle { retry_after_seconds: Some(3) };
    world.running.faults().add(once(updates.clone(), throttle));
    let answer = Answer::of(shop.post("2026-04", &input).await.unwrap()).await;
    let cost = &answer.body["extensions"]["cost"];
    let missing =
        cost["requestedQueryCost"].as_u64().unwrap() - cost["throttleStatus"]["currentlyAvailable"].as_u64().unwrap();
    assert_eq!((answer.status, answer.error(), missing), (200, "THROTTLED", 300));
    world.running.faults().clear();

    world.running.faults().add(once(updates.clone(), FaultKind::LoseRequest));
    shop.post("2026-04", &input).await.unwrap_err();
    assert_eq!(shop.detail(&id).await["usageLimit"], 100);
    world.running.faults().clear();
    world.running.faults().add(once(updates, FaultKind::LoseAnswer));
    shop.post("2026-04", &input).await.unwrap_err();
    assert_eq!(shop.detail(&id).await["usageLimit"], 300);
    let told: Vec<_> = world.audit_lines().iter().map(|line| line["fields"].clone()).collect();
    assert_eq!(told, [json!({ "usageLimit": 300 })]);
    assert_eq!(requests(&world.running.counts(), "sg", "discountCodeBasicUpdate"), 3);
}

#[tokio::test]
async fn who_shows_no_good_token_or_lacks_a_scope_is_refused() {
    let shops = r#"
[[stores]]
id = "read"
platform = "shopify"
name = "Read"
region = "SG"
scopes = ["read_discounts"]
[[stores]]
id = "none"
platform = "shopify"
name = "None"
region = "SG"
scopes = []
[[stores]]
id = "frozen"
platform = "shopify"
name = "Frozen"
region = "SG"
status = "frozen"
"#;
    let world = World::of(&format!("{SHOP}{shops}")).await;
    for token in ["", "shpat_wrong", Shop::of(&world, "read").token.as_str()] {
        let shop = Shop { token: token.to_string(), ..Shop::of(&world, "sg") };
        let answer = shop.ask("{ shop { name } }", json!({})).await;
        let words = "[API] Invalid API key or access token (unrecognized login or wrong password)";
        assert_eq!((answer.status, &answer.body), (401, &json!({ "errors": words })));
    }
    let answer = Shop::of(&world, "none").ask("{\n  discountNodes(first: 1) { nodes { id } } }", json!({})).await;
    assert_eq!(answer.body["data"], Value::Null);
    assert_eq!(
        answer.body["errors"],
        json!([{
            "message": "Access denied for discountNodes field. Required access: `read_discounts` access scope.",
            "locations": [{ "line": 2, "column": 3 }],
            "extensions": {
                "code": "ACCESS_DENIED", "documentation": "https://shopify.dev/api/usage/access-scopes",
                "requiredAccess": "`read_discounts` access scope.",
            },
            "path": ["discountNodes"],
        }])
    );
    let denied = Shop::of(&world, "read").ask(CREATE, json!({ "input": new_input("A") })).await;
    assert_eq!((denied.error(), &denied.body["data"]), ("ACCESS_DENIED", &json!({ "discountCodeBasicCreate": null })));
    assert_eq!(Shop::of(&world, "frozen").ask("{ shop { name } }", json!({})).await.status, 402);
    assert!(world.audit_lines().is_empty());
}

#[tokio::test]
async fn an_older_version_is_served_by_the_oldest_and_one_to_come_by_none() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let cases = [("2026-04", Some("2026-04")), ("2024-01", Some("2025-10")), ("2030-01", None), ("2026-05", None)];
    for (asked, served) in cases {
        let answer = Answer::of(shop.post(asked, &json!({ "query": "{ shop { name } }" })).await.unwrap()).await;
        assert_eq!(answer.status, if served.is_some() { 200 } else { 404 }, "{asked}");
        assert_eq!(answer.headers.get("x-shopify-api-version").map(|value| value.to_str().unwrap()), served);
    }
}

fn shop_with(token: &str) -> String {
    SHOP.replacen("[[stores.coupons]]", &format!("token = \"{token}\"\n\n[[stores.coupons]]"), 1)
}

#[tokio::test]
async fn a_client_with_credentials_asks_for_a_token_and_asks_again_when_it_has_ended() {
    let (later, clock) = movable();
    let world = World::with(&shop_with("client_credentials"), noon(), clock).await;
    let shop = Shop::of(&world, "sg");
    assert_eq!(shop.token, "");
    let given = shop.token_request(&[("grant_type", "client_credentials")]).await;
    assert_eq!((given.status, &given.body["expires_in"]), (200, &json!(86399)));
    assert_eq!(given.body["scope"], "read_discounts,write_discounts");
    assert_eq!(given.body.get("refresh_token"), None);
    assert_eq!(shop.status_with(&given.body["access_token"]).await, 200);
    later.store(86_399, Ordering::SeqCst);
    assert_eq!(shop.status_with(&given.body["access_token"]).await, 401);
    let next = shop.token_request(&[("grant_type", "client_credentials")]).await;
    assert_eq!(shop.status_with(&next.body["access_token"]).await, 200);

    let stranger = Shop { client_secret: "wrong".to_string(), ..Shop::of(&world, "sg") };
    let refused = stranger.token_request(&[("grant_type", "client_credentials")]).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_client")));
    let other = World::of(SHOP).await;
    let refused = Shop::of(&other, "sg").token_request(&[("grant_type", "client_credentials")]).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("shop_not_permitted")));
}

#[tokio::test]
async fn a_refresh_token_rotates_and_the_old_one_dies_when_the_new_pair_is_used() {
    let (later, clock) = movable();
    let world = World::with(&shop_with("expiring"), noon(), clock).await;
    let shop = Shop::of(&world, "sg");
    let first = shop.refresh_token.clone().unwrap();
    assert_eq!(shop.ask("{ shop { name } }", json!({})).await.status, 200);
    later.store(3600, Ordering::SeqCst);
    assert_eq!(shop.ask("{ shop { name } }", json!({})).await.status, 401);

    let second = shop.refresh(&first).await;
    assert_eq!((second.status, &second.body["expires_in"]), (200, &json!(3600)));
    assert_eq!(second.body["refresh_token_expires_in"], 7_776_000);
    assert_ne!(second.body["refresh_token"], first);
    let lost = shop.refresh(&first).await;
    assert_eq!(lost.body, second.body, "the answer was lost, and the old token still serves");

    assert_eq!(shop.status_with(&second.body["access_token"]).await, 200);
    let refused = shop.refresh(&first).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_grant")));
    assert!(refused.body["error_description"].is_string());
    let third = shop.refresh(second.body["refresh_token"].as_str().unwrap()).await;
    assert_eq!(third.status, 200);
    assert_eq!(Shop::of(&world, "sg").refresh_token.as_deref(), third.body["refresh_token"].as_str());

    world.running.sandbox().expire_tokens(Some("sg"), true, noon()).unwrap();
    assert_eq!(shop.status_with(&third.body["access_token"]).await, 401);
    assert_eq!(shop.refresh(third.body["refresh_token"].as_str().unwrap()).await.status, 400);
}

#[tokio::test]
async fn a_merchant_who_agrees_sends_a_signed_code_that_becomes_a_token_once() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let url = format!("{}/admin/oauth/authorize", shop.base);
    for (expiring, life) in [(&[][..], Value::Null), (&[("expiring", "1")][..], json!(3600))] {
        let query = [
            ("client_id", shop.client_id.as_str()),
            ("scope", "read_discounts,write_discounts"),
            ("redirect_uri", "http://localhost/back"),
            ("state", "once"),
        ];
        let sent = world.http.get(&url).query(&query).send().await.unwrap();
        assert_eq!(sent.status(), 302);
        let back = Url::parse(sent.headers()["location"].to_str().unwrap()).unwrap();
        let mut fields: Vec<(String, String)> = back.query_pairs().into_owned().collect();
        fields.sort();
        let all: HashMap<String, String> = fields.iter().cloned().collect();
        assert_eq!((all["state"].as_str(), all["shop"].as_str()), ("once", "some-shop.myshopify.com"));
        let base: Vec<String> =
            fields.iter().filter(|(name, _)| name != "hmac").map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(all["hmac"], HEXLOWER.encode(&hmac(&shop.client_secret, &base.join("&"))));

        let request = [&[("code", all["code"].as_str())], expiring].concat();
        let given = shop.token_request(&request).await;
        assert_eq!(given.body.get("expires_in").cloned().unwrap_or_default(), life);
        assert_eq!(shop.status_with(&given.body["access_token"]).await, 200);
        assert_eq!(shop.status_with(&json!(shop.token)).await, 401, "the earlier token has ended");
        assert_eq!(shop.token_request(&request).await.body["error"], "invalid_grant");
    }
}

#[tokio::test]
async fn a_tester_can_change_a_discount_behind_the_clients_back() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let id = shop.id_of("COME").await;
    let edit = |body: Value| world.control(Method::POST, "/_sandbox/edit", body);
    edit(json!({ "store": "sg", "code": "come", "fields": { "asyncUsageCount": 99, "usageLimit": 5 } })).await;
    edit(json!({ "store": "sg", "coupon_id": id, "fields": { "endsAt": "2027-01-01T00:00:00Z" } })).await;
    let found = shop.detail(&id).await;
    assert_eq!(
        (&found["asyncUsageCount"], &found["usageLimit"], &found["endsAt"]),
        (&json!(99), &json!(5), &json!("2027-01-01T00:00:00Z"))
    );
    let wrong = edit(json!({ "store": "sg", "code": "COME", "fields": { "status": "ACTIVE" } })).await;
    assert!(wrong["error"].as_str().unwrap().contains("there is no field `status`"));
    let wrong = edit(json!({ "store": "sg", "code": "COME", "fields": { "endsAt": "soon" } })).await;
    assert!(wrong["error"].as_str().unwrap().contains("`endsAt` is not a time"));
    edit(json!({ "store": "sg", "code": "COME", "fields": null })).await;
    assert_eq!(shop.detail(&id).await, Value::Null);
    assert!(world.audit_lines().is_empty());
    let kept = world.running.sandbox().coupons("sg").unwrap();
    assert_eq!(kept[0].1["redeemCodes"][0]["code"], "NY26-10OFF");
    let stores = world.control(Method::GET, "/_sandbox/stores", json!(null)).await;
    assert_eq!(
        (&stores[0]["base_path"], &stores[0]["sign_in"]["domain"]),
        (&json!("/sg"), &json!("some-shop.myshopify.com"))
    );
}

#[test]
fn a_mistake_in_a_shopify_store_is_named() {
    let store = "[[stores]]\nid = \"sg\"\nplatform = \"shopify\"\nname = \"Some\"\nregion = \"SG\"\n";
    let coupon = "[[stores.coupons]]\ncode = \"A\"\ndiscount = { percent = \"10\", cap = \"5\" }\n";
    let cases = [
        (format!("{store}shop_id = 5\n"), "`shop_id` means nothing on shopify"),
        (format!("{store}token = \"paper\"\n"), "unknown variant `paper`"),
        (
            format!("{store}status = \"BANNED\"\n"),
            "unknown variant `BANNED`, expected one of `open`, `frozen`, `disabled`, `locked`",
        ),
        (format!("{store}{coupon}"), "`cap` means nothing on shopify"),
        (format!("{store}{coupon}status = \"draft\"\n"), "`status` means nothing on shopify"),
        (store.replace("shopify", "shopee") + "scopes = []\n", "`scopes` means nothing on shopee"),
        (format!("[sandbox]\nshopify_colour = 1\n{store}"), "unknown field `shopify_colour`"),
    ];
    for (text, wanted) in cases {
        let error = Scenario::parse(&text, "test.toml", at("2026-11-22T04:00:00Z")).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}\n  lacks: {wanted}");
    }
}

#[tokio::test]
async fn a_discount_for_markets_is_there_only_for_clients_of_2026_07_and_later() {
    let market = "raw = { context = { __typename = \"DiscountMarkets\", markets = [{ id = \"gid://shopify/Market/1\", name = \"EU\" }] } }";
    let scenario = SHOP.replacen("min_spend = \"100.00\"", &format!("min_spend = \"100.00\"\n{market}"), 1);
    let world = World::of(&scenario).await;
    let shop = Shop::of(&world, "sg");
    let query = "{ codeDiscountNodeByCode(code: \"ny26-10off\") { id } discountNodesCount { count } }";
    let old = shop.data_in("2026-04", query).await;
    assert_eq!(old["data"], json!({ "codeDiscountNodeByCode": null, "discountNodesCount": { "count": 4 } }));
    let new = shop.data_in("2026-07", query).await;
    assert_eq!(new["data"]["discountNodesCount"]["count"], 5);
    let id = new["data"]["codeDiscountNodeByCode"]["id"].as_str().unwrap();
    let by_id = format!("{{ discountNode(id: \"{id}\") {{ id }} }}");
    assert_eq!(shop.data_in("2026-04", &by_id).await["data"], json!({ "discountNode": null }));
    let context = format!(
        "{{ discountNode(id: \"{id}\") {{ discount {{ ... on DiscountCodeBasic {{ context {{ __typename \
         ... on DiscountMarkets {{ marketsCount markets(first: 9) {{ nodes {{ id name }} }} }} }} }} }} }} }}"
    );
    assert_eq!(
        shop.data_in("2026-07", &context).await["data"]["discountNode"]["discount"]["context"],
        json!({
            "__typename": "DiscountMarkets", "marketsCount": 1,
            "markets": { "nodes": [{ "id": "gid://shopify/Market/1", "name": "EU" }] },
        })
    );
    let odd = shop.data_in("2026-04", &context).await;
    assert_eq!(odd["errors"][0]["extensions"]["code"], "undefinedType");
    // Its code is taken all the same.
    let taken = shop.create(json!({
        "title": "A", "code": "NY26-10OFF", "startsAt": "2026-11-22T00:00:00Z", "context": { "all": "ALL" },
        "customerGets": { "value": { "percentage": 0.1 }, "items": { "all": true } },
    }));
    assert_eq!(taken.await["userErrors"][0]["code"], "TAKEN");
}

#[tokio::test]
async fn ids_are_of_one_kind_and_an_automatic_discount_has_no_value_of_nothing() {
    let world = World::of(SHOP).await;
    let shop = Shop::of(&world, "sg");
    let list =
        shop.data("{ automaticDiscountNodes(first: 9) { nodes { id automaticDiscount { __typename } } } }", json!({}));
    let automatic = list.await["automaticDiscountNodes"]["nodes"][0]["id"].as_str().unwrap().to_string();
    let code = shop.id_of("NY26-10OFF").await;
    for (mutation, id, kind) in [
        ("discountCodeDelete", &automatic, "Code"),
        ("discountCodeActivate", &automatic, "Code"),
        ("discountAutomaticDelete", &code, "Automatic"),
        ("discountAutomaticDeactivate", &code, "Automatic"),
    ] {
        let query = format!("mutation($id: ID!) {{ {mutation}(id: $id) {{ userErrors {{ field message code }} }} }}");
        let error = &shop.data(&query, json!({ "id": id })).await[mutation]["userErrors"][0];
        let message = format!("{kind} discount does not exist.");
        assert_eq!(error, &json!({ "field": ["id"], "message": message, "code": "INVALID" }));
    }
    let create = "mutation($i: DiscountAutomaticBasicInput!) { discountAutomaticBasicCreate(automaticBasicDiscount: $i) { \
         automaticDiscountNode { id automaticDiscount { __typename ... on DiscountAutomaticBasic { title status startsAt endsAt } } } \
         userErrors { field message code extraInfo } } }";
    let input = |percentage: f64| {
        json!({ "i": {
            "title": "Weekend 15", "startsAt": "2026-12-04T16:00:00Z", "endsAt": "2026-12-06T15:59:59Z", "context": { "all": "ALL" },
            "minimumRequirement": { "subtotal": { "greaterThanOrEqualToSubtotal": "50.00" } },
            "customerGets": { "value": { "percentage": percentage }, "items": { "all": true } },
        } })
    };
    let made = shop.data(create, input(0.15)).await["discountAutomaticBasicCreate"].clone();
    let id = made["automaticDiscountNode"]["id"].as_str().unwrap();
    assert!(id.starts_with("gid://shopify/DiscountAutomaticNode/"), "{id}");
    assert_eq!(
        made["automaticDiscountNode"]["automaticDiscount"],
        json!({
            "__typename": "DiscountAutomaticBasic", "title": "Weekend 15", "status": "SCHEDULED",
            "startsAt": "2026-12-04T16:00:00Z", "endsAt": "2026-12-06T15:59:59Z",
        })
    );
    let nothing = &shop.data(create, input(0.0)).await["discountAutomaticBasicCreate"]["userErrors"][0];
    assert_eq!(nothing["code"], "VALUE_OUTSIDE_RANGE");
}
