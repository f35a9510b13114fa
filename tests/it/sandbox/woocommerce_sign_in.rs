use super::client::*;
use super::woocommerce::{COUPONS, SHOP};
use reqwest::Method;
use serde_json::{Value, json};

#[test]
fn the_tests_own_oauth_signer_gives_the_signatures_of_the_sheet() {
    let secret = "cs_0123456789abcdef0123456789abcdef01234567";
    let sign = |method: &str, path: &str, query: &[(&str, &str)], kind: &str| {
        let own = [
            ("oauth_consumer_key", "ck_0123456789abcdef0123456789abcdef01234567"),
            ("oauth_nonce", "0123456789abcdef0123456789abcdef"),
            ("oauth_signature_method", kind),
            ("oauth_timestamp", "1767225600"),
        ];
        let all: Vec<(String, String)> =
            own.iter().chain(query).map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let base = oauth_base(method, &format!("http://shop.example.test/wp-json/wc/v3{path}"), &all);
        if kind == "HMAC-SHA1" { hmac_sha1_base64(secret, &base) } else { hmac_sha256_base64(secret, &base) }
    };
    let page = [("page", "1"), ("per_page", "100")];
    assert_eq!(sign("GET", "/coupons", &page, "HMAC-SHA256"), "zgBf8ABLYUkJP5bJMPElWC2Qs0vgjlTEhtEqfckVmDA=");
    assert_eq!(sign("GET", "/coupons", &page, "HMAC-SHA1"), "VqlSZ4CxpysgER9o5fD2bZ2wnfI=");
    let search = [("search", "10 % off+tax")];
    assert_eq!(sign("GET", "/coupons", &search, "HMAC-SHA256"), "N2Ta1rToQz7UlWlmYWsa5fVK4dRC1Er+qYPkGltGNKY=");
    assert_eq!(sign("PUT", "/coupons/719", &[], "HMAC-SHA256"), "5oDKIRNdZLWVBTTkFQ+ipkWDruaX+koIs6hHuFo7Ap4=");
}

#[tokio::test]
async fn callers_over_plain_http_prove_themselves_with_oauth_alone() {
    let keys = "consumer_key = \"ck_1\"\nconsumer_secret = \"cs_1\"\n";
    let world = World::of(&SHOP.replace("region = \"US\"\n", &format!("region = \"US\"\n{keys}"))).await;
    let good = world.woo("de");
    let refused = |error: &str, message: &str| (401, error.to_string(), message.to_string());
    let authentication = |message: &str| refused("woocommerce_rest_authentication_error", message);
    let told = |answer: Answer| {
        (answer.status, answer.error().to_string(), answer.body["message"].as_str().unwrap_or("").to_string())
    };
    let spoiled = |spoil: fn(&mut Woo)| {
        let mut caller = good.clone();
        spoil(&mut caller);
        async move { told(caller.get(COUPONS, &[]).await) }
    };
    assert_eq!(spoiled(|c| c.consumer_key.push('x')).await, authentication("Consumer key is invalid."));
    let wrong_signature = "Invalid signature - provided signature does not match.";
    assert_eq!(spoiled(|c| c.consumer_secret.push('x')).await, authentication(wrong_signature));
    assert_eq!(spoiled(|c| c.timestamp -= 20 * 60).await, authentication("Invalid timestamp."));

    let url = good.signed("GET", COUPONS, &[], "only-once");
    assert_eq!(world.http.get(&url).send().await.unwrap().status(), 200);
    let again: Value = world.http.get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(again["message"], "Invalid nonce - nonce has already been used.");
    let tampered: Value = world.http.get(format!("{url}&per_page=1")).send().await.unwrap().json().await.unwrap();
    assert_eq!(tampered["message"], wrong_signature);

    let stranger = refused("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.");
    let basic = good.plain(|http, url| http.get(url).basic_auth("ck_1", Some("cs_1")), COUPONS).await;
    assert_eq!(told(basic), stranger);
    let query = "/wc/v3/coupons?consumer_key=ck_1&consumer_secret=cs_1";
    assert_eq!(told(good.plain(|http, url| http.get(url), query).await), stranger);
    let create = good.plain(|http, url| http.post(url).json(&json!({ "code": "x" })), COUPONS).await;
    assert_eq!((create.status, create.error()), (401, "woocommerce_rest_cannot_create"));
    let part = good.plain(|http, url| http.get(url), "/wc/v3/coupons?oauth_consumer_key=ck_1").await;
    assert_eq!((part.status, part.error()), (401, "woocommerce_rest_authentication_missing_parameter"));
}

#[tokio::test]
async fn an_oauth_header_and_the_older_hash_are_accepted_and_keep_the_links_clean() {
    let world = World::of(SHOP).await;
    let shop = world.woo("de");
    let url = format!("{}/wp-json{COUPONS}", shop.base);
    let mut parameters: Vec<(String, String)> = [
        ("oauth_consumer_key", shop.consumer_key.clone()),
        ("oauth_nonce", nonce()),
        ("oauth_signature_method", "HMAC-SHA1".to_string()),
        ("oauth_timestamp", shop.timestamp.to_string()),
    ]
    .map(|(name, value)| (name.to_string(), value))
    .to_vec();
    let page = ("per_page".to_string(), "2".to_string());
    let base = oauth_base("GET", &url, &[&parameters[..], &[page]].concat());
    parameters.push(("oauth_signature".to_string(), hmac_sha1_base64(&shop.consumer_secret, &base)));
    let header: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}=\"{}\"", encode(value))).collect();
    let request =
        world.http.get(format!("{url}?per_page=2")).header("authorization", format!("OAuth {}", header.join(", ")));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let link = answer.headers()["link"].to_str().unwrap();
    assert!(link.contains("rel=\"next\"") && !link.contains("oauth_"), "{link}");
}

#[tokio::test]
async fn a_shop_behind_a_proxy_that_ends_tls_takes_basic_and_keys_in_the_query() {
    let keys = "consumer_key = \"ck_1\"\nconsumer_secret = \"cs_1\"\ntls_ended_before = true\n";
    let world = World::of(&SHOP.replace("region = \"US\"\n", &format!("region = \"US\"\n{keys}"))).await;
    let shop = world.woo("de");
    let basic = |key: &'static str, secret: &'static str| {
        shop.plain(move |http, url| http.get(url).basic_auth(key, Some(secret)), COUPONS)
    };
    assert_eq!(basic("ck_1", "cs_1").await.status, 200);
    assert_eq!(basic("ck_1", "cs_2").await.body["message"], "Consumer secret is invalid.");
    assert_eq!(basic("ck_2", "cs_1").await.error(), "woocommerce_rest_cannot_view");
    let query = "/wc/v3/coupons?consumer_key=ck_1&consumer_secret=cs_1";
    assert_eq!(shop.plain(|http, url| http.get(url), query).await.status, 200);
    // Signing the address that the caller sees fails: the shop believes itself on https.
    assert_eq!(shop.get(COUPONS, &[]).await.body["message"], "Invalid signature - provided signature does not match.");
}

#[tokio::test]
async fn a_key_may_do_what_its_permissions_say() {
    for (permissions, reads, writes) in [("read", 200, 401), ("write", 401, 201), ("read_write", 200, 201)] {
        let scenario =
            SHOP.replace("region = \"US\"\n", &format!("region = \"US\"\npermissions = \"{permissions}\"\n"));
        let world = World::of(&scenario).await;
        let shop = world.woo("de");
        let read = shop.get(COUPONS, &[]).await;
        let write = shop.send(Method::POST, COUPONS, &[], json!({ "code": "new" })).await;
        assert_eq!((read.status, write.status), (reads, writes), "{permissions}");
        let words =
            [&read.body["message"], &write.body["message"]].map(|words| words.as_str().unwrap_or("").to_string());
        assert_eq!(words.concat().contains("The API key provided does not have"), permissions != "read_write");
    }
}
