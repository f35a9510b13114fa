use super::client::*;
use super::lazada_client::*;
use chrono::Duration;

use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

#[test]
fn the_tests_own_lazada_signer_gives_the_signatures_of_the_sheet() {
    let secret = "lzdTestSecret0123456789";
    let common = "sign_methodsha256timestamp1767225600000";
    let cases = [
        (
            "helloworld",
            "/order/getaccess_tokentestapp_key123456order_id1234sign_methodsha256timestamp1517820392000".to_string(),
            "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A",
        ),
        (
            "secret",
            "/test/apibar2foo1foo_bar3foobar4".to_string(),
            "C9E42CE09BA9FE95ECCB17111AA4E3F41D1C82F000435219C75936A427D9C945",
        ),
        (
            secret,
            format!("/auth/token/createapp_key100132code0_100132_TESTCODE{common}"),
            "43917DC386AC81F07635AE4B2696B815A159CFF04517C05B00543A6E2504303C",
        ),
        (
            secret,
            format!("/auth/token/refreshapp_key100132refresh_token50001200xTESTrefresh{common}"),
            "DD43E5654D8F754CD8220CB1BAA91D3BA0AA240087B954D69A0056F3DA2FFB96",
        ),
    ];
    for (secret, text, sign) in cases {
        assert_eq!(sign_text(secret, &text), sign, "{text}");
    }
    let mut pairs: Pairs = [
        ("access_token", "50000200xTESTtoken"),
        ("app_key", "100132"),
        ("timestamp", "1767225600000"),
        ("sign_method", "sha256"),
        ("id", "91471121134707"),
        COLLECTIBLE,
    ]
    .map(|(name, value)| (name.to_string(), value.to_string()))
    .into();
    let deactivate = "C8F5C29C9B121E7BE0418C9FF8DA0442779DF4458608271C2E4E57AFCC9F2155";
    assert_eq!(lazada_sign(secret, "/promotion/voucher/deactivate", &pairs), deactivate);
    pairs.insert("sku_ids".to_string(), "[10069285691,10069285692]".to_string());
    let add = "3BCE88ED2F1963EE1E18805D487858A903A6DE6FC60BEEA90E7301C0544BDCF3";
    assert_eq!(lazada_sign(secret, "/promotion/voucher/product/sku/add", &pairs), add);
}

#[tokio::test]
async fn a_request_signed_as_the_sheet_signs_is_let_in_with_its_own_key_token_and_time() {
    let settings = "[sandbox]\nlazada_app_key = \"100132\"\nlazada_app_secret = \"lzdTestSecret0123456789\"\n";
    let world = World::at(&format!("{settings}{SHOP}"), at("2026-01-01T00:00:00Z")).await;
    let mut store = lazada(&world, "lz");
    store.timestamp = "1767225600000".to_string();
    // The token is not ours to choose, so the answer is about it and not about the signature, which holds.
    store.access_token = "50000200xTESTtoken".to_string();
    let own = [("cur_page", "1"), ("page_size", "100"), ("status", "ONGOING"), COLLECTIBLE];
    let mut pairs = store.pairs(&own);
    pairs.insert("sign".to_string(), "74BB0581A26578997C34D70997251E6B8BA2D1778220EC93AB8CA52797D61166".to_string());
    assert_eq!(error(&store.get_with("/promotion/vouchers/get", pairs.clone()).await), "IllegalAccessToken");
    pairs.insert("page_size".to_string(), "99".to_string());
    assert_eq!(error(&store.get_with("/promotion/vouchers/get", pairs).await), "IncompleteSignature");
}

#[tokio::test]
async fn calls_without_proof_of_who_calls_are_refused() {
    let world = World::of(SHOP).await;
    let good = lazada(&world, "lz");
    let path = "/promotion/vouchers/get";
    type Spoil = fn(&mut Lazada);
    let off = |seconds: i64| (chrono::Utc::now() + Duration::seconds(seconds)).timestamp_millis().to_string();
    let cases: [(&str, Spoil, &str); 5] = [
        ("secret", |c| c.app_secret.push('0'), "IncompleteSignature"),
        ("app", |c| c.app_key = "100133".to_string(), "InvalidAppKey"),
        ("token", |c| c.access_token.push('0'), "IllegalAccessToken"),
        ("refresh token as access token", |c| c.access_token = c.refresh_token.clone(), "IllegalAccessToken"),
        ("time", |c| c.timestamp = "soon".to_string(), "IllegalTimestamp"),
    ];
    for (what, spoil, wanted) in cases {
        let mut client = good.clone();
        spoil(&mut client);
        let answer = client.get(path, &[COLLECTIBLE]).await;
        assert_eq!(error(&answer), wanted, "{what}");
        assert_eq!(answer["type"], "ISV", "{what}");
        assert_eq!(answer.get("success"), None, "{what}");
        assert!(answer["message"].is_string() && answer["request_id"].is_string(), "{what}");
    }
    let stamps = [
        (off(-7100), ""),
        (off(7100), ""),
        (off(-7300), "IllegalTimestamp"),
        (off(7300), "IllegalTimestamp"),
        (chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true), ""),
    ];
    for (stamp, wanted) in stamps {
        let client = Lazada { timestamp: stamp.clone(), ..good.clone() };
        assert_eq!(error(&client.get(path, &[COLLECTIBLE]).await), wanted, "{stamp}");
    }
    for name in ["app_key", "timestamp", "sign_method", "sign", "access_token", "voucher_type"] {
        let mut pairs = good.pairs(&[COLLECTIBLE]);
        pairs.remove(name);
        let mut pairs = good.signed(path, pairs);
        if name == "sign" {
            pairs.remove(name);
        }
        let answer = good.get_with(path, pairs).await;
        assert_eq!(error(&answer), "MissingParameter", "{name}");
        assert!(answer["message"].as_str().unwrap().contains(name), "{answer}");
    }
    let lower = good.signed(path, good.pairs(&[COLLECTIBLE]));
    let lower: Pairs =
        lower.into_iter().map(|(n, v)| if n == "sign" { (n, v.to_lowercase()) } else { (n, v) }).collect();
    assert_eq!(error(&good.get_with(path, lower).await), "IncompleteSignature", "small letters");
    let mut hmac = good.pairs(&[COLLECTIBLE]);
    hmac.insert("sign_method".to_string(), "hmac".to_string());
    assert_eq!(error(&good.get_with(path, good.signed(path, hmac)).await), "IncompleteSignature", "an old method");
    assert_eq!(error(&good.get("/promotion/voucher/delete", &[COLLECTIBLE]).await), "InvalidApi");
    assert_eq!(error(&good.get("/promotion/voucher/activate", &[COLLECTIBLE]).await), "InvalidApi", "a write by GET");
    assert!(world.audit_lines().is_empty());
}

#[tokio::test]
async fn parameters_are_read_wherever_an_official_sdk_puts_them() {
    let world = World::of(SHOP).await;
    let store = lazada(&world, "lz");
    let path = "/promotion/voucher/update";
    let url = format!("{}{path}", store.base);
    let voucher = store.named("Runs").await;
    let issued = |number: u64| -> Pairs {
        let mut fields: Pairs = voucher
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, value)| WRITTEN.contains(&name.as_str()) && !value.is_null())
            .map(|(name, value)| (name.clone(), value.as_str().map_or(value.to_string(), str::to_string)))
            .collect();
        fields.insert("offering_money_value_off".to_string(), "0".to_string());
        fields.insert("issued".to_string(), number.to_string());
        fields.insert("partner_id".to_string(), "lazop-sdk-python-20181207".to_string());
        fields.insert("debug".to_string(), "false".to_string());
        fields.extend(store.pairs(&[]));
        fields
    };
    let http = &world.http;

    // Python: all in a form. PHP: the common ones in the query. Java of one shop: all in the query.
    let python = store.signed(path, issued(200));
    assert_eq!(error(&answered(http.post(&url).form(&python)).await), "", "a form");
    let php = store.signed(path, issued(300));
    let is_common = |name: &str| ["app_key", "timestamp", "sign", "sign_method", "access_token"].contains(&name);
    let (query, form): (Pairs, Pairs) = php.into_iter().partition(|(name, _)| is_common(name));
    assert_eq!(error(&answered(http.post(&url).query(&query).form(&form)).await), "", "query and form");
    let java = store.signed(path, issued(400));
    assert_eq!(error(&answered(http.post(&url).query(&java)).await), "", "the query alone");
    // The PHP SDK posts a multipart form.
    let multipart = store.signed(path, issued(500));
    let (query, fields): (Pairs, Pairs) = multipart.into_iter().partition(|(name, _)| is_common(name));
    let mut text: String = fields
        .iter()
        .map(|(name, value)| format!("--xX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
        .collect();
    text.push_str("--xX--\r\n");
    let request = http.post(&url).query(&query).header("content-type", "multipart/form-data; boundary=xX").body(text);
    assert_eq!(error(&answered(request).await), "", "multipart");
    // A public PHP client posts JSON and signs its fields.
    let posted = store.signed(path, issued(600));
    let (query, fields): (Pairs, Pairs) = posted.into_iter().partition(|(name, _)| is_common(name));
    assert_eq!(error(&answered(http.post(&url).query(&query).json(&fields)).await), "", "JSON");
    // The Python SDK signs empty values, those for Java and .NET leave them out.
    for is_signed in [true, false] {
        let mut pairs = store.pairs(&[COLLECTIBLE]);
        let without = lazada_sign(&store.app_secret, "/promotion/vouchers/get", &pairs);
        pairs.insert("name".to_string(), String::new());
        let with = lazada_sign(&store.app_secret, "/promotion/vouchers/get", &pairs);
        pairs.insert("zz".to_string(), String::new());
        let sign = if is_signed { lazada_sign(&store.app_secret, "/promotion/vouchers/get", &pairs) } else { without };
        assert_ne!(sign, with);
        pairs.insert("sign".to_string(), sign);
        assert_eq!(error(&store.get_with("/promotion/vouchers/get", pairs).await), "");
    }
    // A body that is no form is signed after the parameters.
    let pairs = store.pairs(&[COLLECTIBLE]);
    let text: String = pairs.iter().map(|(name, value)| format!("{name}{value}")).collect();
    let sign = sign_text(&store.app_secret, &format!("/promotion/vouchers/get{text}{{}}"));
    let request = http.post(format!("{}/promotion/vouchers/get", store.base)).query(&pairs).query(&[("sign", sign)]);
    let answer = answered(request.header("content-type", "application/json").body("{}")).await;
    assert_eq!(error(&answer), "", "a read by POST with a body");

    assert_eq!(store.named("Runs").await["issued"], 600);
    let strict = World::of(&format!("[sandbox]\nlazada_post_reads = false\n{SHOP}")).await;
    let answer = lazada(&strict, "lz").post("/promotion/vouchers/get", &[COLLECTIBLE]).await;
    assert_eq!(error(&answer), "InvalidApi");
}

#[tokio::test]
async fn tokens_live_and_die_as_the_documents_say() {
    let moved = Arc::new(AtomicI64::new(0));
    let hands = moved.clone();
    let clock = Arc::new(move || noon() + Duration::days(hands.load(Ordering::SeqCst)));
    let world = World::with(SHOP, noon(), clock).await;
    let seller_error = async |client: &Lazada<'_>| error(&client.get("/seller/get", &[]).await);
    let first = lazada(&world, "lz");
    moved.store(9, Ordering::SeqCst);
    assert_eq!(seller_error(&first).await, "");
    moved.store(10, Ordering::SeqCst);
    assert_eq!(seller_error(&first).await, "IllegalAccessToken");

    let answer = first.refresh().await;
    assert_eq!((&answer["code"], &answer["country"]), (&json!("0"), &json!("sg")));
    assert_eq!((&answer["expires_in"], &answer["refresh_expires_in"]), (&json!(864_000), &json!(40 * 86_400)));
    assert_eq!(answer["country_user_info_list"][0]["seller_id"], first.seller_id.to_string());
    let second = lazada(&world, "lz");
    assert_eq!(
        (&answer["access_token"], &answer["refresh_token"]),
        (&json!(second.access_token), &json!(second.refresh_token))
    );
    assert_ne!((&first.access_token, &first.refresh_token), (&second.access_token, &second.refresh_token));
    assert_eq!(seller_error(&second).await, "");
    assert_eq!(error(&first.refresh().await), "", "nothing says that the old refresh token dies before its end");

    // However often it is traded in, the seller's consent ends after 50 days.
    moved.store(49, Ordering::SeqCst);
    let latest = lazada(&world, "lz");
    assert_eq!(error(&latest.refresh().await), "");
    moved.store(50, Ordering::SeqCst);
    assert_eq!(error(&lazada(&world, "lz").refresh().await), "IllegalRefreshToken");

    // Only the seller helps now: the page sends the browser back with a code that works once.
    let query = [
        ("response_type", "code"),
        ("force_auth", "true"),
        ("redirect_uri", "http://127.0.0.1:9/back"),
        ("client_id", latest.app_key.as_str()),
        ("state", "7"),
    ];
    let page = world.http.get(world.url("/oauth/authorize")).query(&query).send().await.unwrap();
    assert_eq!(page.status(), 302);
    let back = url::Url::parse(page.headers()["location"].to_str().unwrap()).unwrap();
    let given: BTreeMap<String, String> = back.query_pairs().into_owned().collect();
    assert_eq!(given["state"], "7");
    let pair = latest.token("/auth/token/create", &[("code", &given["code"])]).await;
    assert_eq!((error(&pair), &pair["refresh_expires_in"]), (String::new(), &json!(4_320_000)));
    assert_eq!(pair["country_user_info"][0]["country"], "sg");
    assert_eq!(error(&latest.token("/auth/token/create", &[("code", &given["code"])]).await), "InvalidCode");
    assert_eq!(seller_error(&lazada(&world, "lz")).await, "");
}

#[tokio::test]
async fn a_scenario_chooses_what_a_refresh_does_to_the_refresh_token() {
    for (kept, is_same, old_works) in [("kept", true, true), ("new", false, true), ("new_and_old_dies", false, false)] {
        let world = World::of(&format!("[sandbox]\nlazada_refresh_token = \"{kept}\"\n{SHOP}")).await;
        let store = lazada(&world, "lz");
        let answer = store.refresh().await;
        assert_eq!(answer["refresh_token"] == store.refresh_token, is_same, "{kept}");
        assert_eq!(error(&store.refresh().await).is_empty(), old_works, "{kept}");
    }
    let world = World::of(&format!("[sandbox]\nlazada_app_refreshes = false\n{SHOP}")).await;
    assert_eq!(error(&lazada(&world, "lz").refresh().await), "AUTH_TYPE_UNSUPPORTED");
}

#[tokio::test]
async fn tokens_that_a_tester_ends_are_refused_until_they_are_refreshed() {
    let world = World::of(SHOP).await;
    let store = lazada(&world, "lz");
    world.control(Method::POST, "/_sandbox/expire_tokens", json!({ "store": "lz" })).await;
    assert_eq!(error(&store.get("/seller/get", &[]).await), "IllegalAccessToken");
    assert_eq!(error(&store.refresh().await), "");
    assert_eq!(error(&lazada(&world, "lz").get("/seller/get", &[]).await), "");
    world.running.sandbox().expire_tokens(None, true, noon()).unwrap();
    assert_eq!(error(&lazada(&world, "lz").refresh().await), "IllegalRefreshToken");
    let told = world.control(Method::GET, "/_sandbox/stores", json!(null)).await;
    assert_eq!((&told[0]["base_path"], &told[0]["sign_in"]["app_key"]), (&json!("/rest"), &json!("100132")));
}
