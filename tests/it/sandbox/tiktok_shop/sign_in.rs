use super::caller::*;
use crate::sandbox::client::*;
use chrono::{DateTime, Duration, Utc};
use couponbook::sandbox::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that a test moves, in minutes after noon.
fn moving() -> (Arc<AtomicI64>, Clock) {
    let minutes = Arc::new(AtomicI64::new(0));
    let hands = minutes.clone();
    (minutes, Arc::new(move || noon() + Duration::minutes(hands.load(Ordering::SeqCst))))
}

#[test]
fn the_tests_own_signer_gives_the_signatures_of_the_documents() {
    let common = "app_key29a39d";
    let cipher = "shop_cipherGCP_XF90igAAAABh00qsWgtvOiGFNqyubMt3timestamp1760000000";
    let cases = [
        (
            "e59af819cc",
            "/authorization/202309/shopsapp_key29a39dtimestamp1623812664".to_string(),
            "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
        ),
        (
            "e59af819cc",
            format!("/promotion/202309/activities/7136104329798256386/deactivate{common}{cipher}{{}}"),
            "d7c9e090b6d557ceab96fe1f9940265b7d6f24efeab027a2a45bcfbb0a078c10",
        ),
        (
            "app_secret",
            "/test-apifoobar".to_string(),
            "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f",
        ),
    ];
    for (secret, base, signature) in cases {
        assert_eq!(sign(secret, &base), signature, "{base}");
    }
}

/// The app and the shop of the sheet's vectors.
const VECTOR_SHOP: &str = r#"
[sandbox]
tiktok_shop_app_key = "29a39d"
tiktok_shop_app_secret = "e59af819cc"
[[stores]]
id = "us"
platform = "tiktok_shop"
name = "Lumi Home"
region = "US"
shop_cipher = "GCP_XF90igAAAABh00qsWgtvOiGFNqyubMt3"
[[stores.coupons]]
code = "LUMI15"
name = "Coupon123"
discount = { sum = "1" }
"#;

#[tokio::test]
async fn the_documents_own_signatures_are_accepted_and_no_others() {
    const CIPHER: (&str, &str) = ("shop_cipher", "GCP_XF90igAAAABh00qsWgtvOiGFNqyubMt3");
    let filter = r#"{"status":["ONGOING"],"title_keyword":"Coupon123","display_type":["CHAT"]}"#;
    type Query = Vec<(&'static str, &'static str)>;
    // The last column: what follows once the signature is right.
    let cases: [(&str, i64, Query, &str, &str, u64); 6] = [
        (SHOPS, 1_623_812_664, vec![], "", "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8", 0),
        (
            SEARCH,
            1_760_000_000,
            vec![CIPHER, ("page_size", "20")],
            filter,
            "90d09f9ba06398c32869ede9d2b6edc5535aec91850d5d9a78ba7c0a0d83f516",
            0,
        ),
        (
            SEARCH,
            1_760_000_000,
            vec![CIPHER, ("page_size", "20"), ("page_token", "1661756811000+/=")],
            filter,
            "4ff2eb790de571499f52b64e638c8a5814c4f27e394d358fe3896804225b691f",
            36009004,
        ),
        (
            SEARCH,
            1_760_000_000,
            vec![("page_size", "100"), CIPHER],
            "{}",
            "a72f36dbd8bc209ffa6133795ffc81c167f80066d9dc9b6f5f3b3fc08e9efd75",
            0,
        ),
        (
            "/promotion/202406/coupons/7342461823095965461",
            1_760_000_000,
            vec![CIPHER],
            "",
            "3bdf6d6965ac095717f3b7d42fcf9e1c90321859b56598470e8e595dc7df7dd3",
            98001404,
        ),
        // There are no activities here, well signed or not.
        (
            "/promotion/202309/activities/7136104329798256386/deactivate",
            1_760_000_000,
            vec![CIPHER],
            "{}",
            "d7c9e090b6d557ceab96fe1f9940265b7d6f24efeab027a2a45bcfbb0a078c10",
            36009009,
        ),
    ];
    for (path, timestamp, query, body, signature, wanted) in cases {
        let now = DateTime::from_timestamp(timestamp, 0).unwrap();
        let world = World::at(VECTOR_SHOP, now).await;
        let shop = tiktok(&world, "us");
        let method = if path == SEARCH { Method::POST } else { Method::GET };
        let mut parameters = vec![
            ("app_key".to_string(), "29a39d".to_string()),
            ("timestamp".to_string(), timestamp.to_string()),
            ("sign".to_string(), signature.to_string()),
        ];
        parameters.extend(query.iter().map(|(name, value)| (name.to_string(), value.to_string())));
        let answer = shop.unsigned(method.clone(), path, &parameters, body).await;
        assert_eq!(code(&answer), wanted, "{path} {body}: {}", answer.body);
        if wanted != 36009009 {
            // One more byte in the body is another signature.
            let other = shop.unsigned(method, path, &parameters, &format!("{body} ")).await;
            assert_eq!((other.status, code(&other)), (401, 106001), "{path}");
        }
    }
}

#[tokio::test]
async fn calls_without_proof_of_who_calls_and_for_which_shop_are_refused() {
    let world = World::with(SHOP, Utc::now(), Arc::new(chrono::Utc::now)).await;
    let good = tiktok(&world, "my");
    let gb = tiktok(&world, "gb");
    type Spoil = Box<dyn Fn(&mut Tiktok)>;
    let foreign = gb.shop_cipher.clone();
    let cases: [(Spoil, u16, u64, &str); 10] = [
        (Box::new(|c| c.app_key.push('0')), 401, 36009004, "Invalid credentials. Invalid `app_key`"),
        (Box::new(|c| c.app_secret.push('0')), 401, 106001, "Invalid credentials. The `sign`"),
        (Box::new(|c| c.timestamp = -1), 401, 36009004, "Invalid timestamp."),
        (Box::new(|c| c.timestamp -= 320), 401, 36009004, "Invalid timestamp."),
        (Box::new(|c| c.timestamp += 60), 401, 36009004, "Invalid timestamp."),
        (Box::new(|c| c.access_token.push('0')), 401, 36009004, "Invalid credentials. The `x-tts-access-token`"),
        (Box::new(|c| c.access_token.clear()), 401, 36009004, "Invalid credentials. The `x-tts-access-token`"),
        (Box::new(|c| c.shop_cipher = None), 200, 106013, "Missing identifier."),
        (Box::new(|c| c.shop_cipher = Some("ROW_none".to_string())), 403, 101000, "Invalid query or header."),
        (Box::new(move |c| c.shop_cipher = foreign.clone()), 403, 101000, "Invalid query or header."),
    ];
    for (number, (spoil, status, wanted, begins)) in cases.into_iter().enumerate() {
        let mut caller = good.clone();
        spoil(&mut caller);
        let answer = caller.search(&[], json!({})).await;
        assert_eq!((answer.status, code(&answer)), (status, wanted), "case {number}: {}", answer.body);
        assert!(message(&answer).starts_with(begins), "case {number}: {}", answer.body);
        assert_eq!(answer.body["data"], Value::Null);
    }
    let unsigned = good.unsigned(Method::POST, SEARCH, &good.parameters(&[]), "{}").await;
    assert!(message(&unsigned).starts_with("Missing credentials."), "{}", unsigned.body);
    let ciphered = good.send(Method::GET, SHOPS, &[], "").await;
    assert_eq!(code(&ciphered), 36009004);
    assert!(message(&ciphered).starts_with("Unexpected identifier."), "{}", ciphered.body);
    for (shop_id, wanted) in [(good.shop_id.clone(), 0), ("7000000000000000001".to_string(), 36009004)] {
        assert_eq!(code(&good.search(&[("shop_id", &shop_id)], json!({})).await), wanted);
    }
    // Four minutes late is still in time.
    let mut late = good.clone();
    late.timestamp -= 240;
    let answer = late.search(&[], json!({})).await;
    assert_eq!((answer.status, code(&answer), message(&answer)), (200, 0, "Success"));
    assert!(message(&unsigned).contains("For more details: https://"), "no message can be matched whole");
}

#[tokio::test]
async fn an_odd_timestamp_is_told_from_a_late_and_an_early_one() {
    let world = World::with(SHOP, Utc::now(), Arc::new(chrono::Utc::now)).await;
    let cases = [
        (-1, "lesser than 0"),
        (-3600, "lesser than 0"),
        (1, "earlier than 5 minutes"),
        (9_999_999_999, "more than 30 seconds"),
    ];
    for (timestamp, wanted) in cases {
        let mut caller = tiktok(&world, "my");
        caller.timestamp = timestamp;
        let answer = caller.search(&[], json!({})).await;
        assert!(message(&answer).contains(wanted), "{timestamp}: {}", answer.body);
    }
    for timestamp in [i64::MAX, i64::MIN] {
        let mut caller = tiktok(&world, "my");
        caller.timestamp = timestamp;
        assert_eq!(code(&caller.search(&[], json!({})).await), 36009004);
    }
}

#[tokio::test]
async fn a_sellers_token_opens_all_of_their_shops_and_no_one_elses() {
    let world = World::of(SHOP).await;
    let (my, us, gb) = (tiktok(&world, "my"), tiktok(&world, "us"), tiktok(&world, "gb"));
    assert_eq!(my.access_token, us.access_token);
    let shops = my.shops().await.body["data"]["shops"].clone();
    let told: Vec<_> = shops.as_array().unwrap().iter().map(|shop| (&shop["id"], &shop["cipher"])).collect();
    let wanted = [(json!(my.shop_id), json!(my.shop_cipher)), (json!(us.shop_id), json!(us.shop_cipher))];
    assert_eq!(told, wanted.iter().map(|(id, cipher)| (id, cipher)).collect::<Vec<_>>());
    assert_eq!((&shops[0]["seller_type"], &shops[1]["region"]), (&json!("CROSS_BORDER"), &json!("US")));
    let alone = gb.shops().await.body["data"]["shops"].clone();
    assert_eq!((alone.as_array().unwrap().len(), &alone[0]["seller_type"]), (1, &json!("LOCAL")));
    assert_eq!(us.titles(json!({})).await, BTreeSet::from(["LUMIUS".to_string()]));
    assert_eq!(gb.listed(100, json!({})).await, (vec![], 0));
}

#[tokio::test]
async fn tokens_live_and_die_as_the_documents_say() {
    let (minutes, clock) = moving();
    let world = World::with(SHOP, noon(), clock).await;
    let first = tiktok(&world, "my");
    let day = 24 * 60;
    minutes.store(7 * day - 1, Ordering::SeqCst);
    assert_eq!(code(&first.shops().await), 0);
    minutes.store(7 * day, Ordering::SeqCst);
    let expired = first.search(&[], json!({})).await;
    assert_eq!((expired.status, code(&expired)), (401, 105002));
    assert!(message(&expired).starts_with("Expired credentials."));

    let pair = first.token("refresh", &[]).await;
    assert_eq!((code(&pair), message(&pair)), (0, "success"));
    let data = &pair.body["data"];
    let now = noon() + Duration::days(7);
    assert_eq!(data["access_token_expire_in"], (now + Duration::days(7)).timestamp(), "an instant, not a span");
    assert_eq!(data["refresh_token_expire_in"], (noon() + Duration::days(365)).timestamp(), "refreshing gives no more");
    assert_eq!(
        (&data["user_type"], &data["seller_name"], &data["seller_base_region"]),
        (&json!(0), &json!("Lumi Home"), &json!("MY"))
    );
    assert_eq!(data["granted_scopes"], json!(["seller.authorization.info", "seller.promotion.info"]));

    let second = tiktok(&world, "us");
    assert_eq!(
        (json!(second.access_token), json!(second.refresh_token)),
        (data["access_token"].clone(), data["refresh_token"].clone())
    );
    assert_eq!(code(&second.search(&[], json!({})).await), 0);
    // The refresh token has rotated, and the first one is dead.
    let again = first.token("refresh", &[]).await;
    assert_eq!((again.status, code(&again)), (401, 36009004));
    assert!(message(&again).starts_with("Invalid credentials."));
    // A second refresh leaves the access token of before in force.
    assert_eq!(code(&second.token("refresh", &[]).await), 0);
    assert_eq!(code(&second.shops().await), 0);

    let latest = tiktok(&world, "my");
    minutes.store(365 * day, Ordering::SeqCst);
    assert_eq!(code(&latest.token("refresh", &[]).await), 105002);
    // Only the seller helps now: the page sends the browser back with a code that works once, for half an hour.
    let consent = world.url("/open/authorize");
    let page =
        read(world.http.get(consent).query(&[("service_id", "7"), ("state", "xyz"), ("shop_id", &latest.shop_id)]))
            .await;
    assert_eq!(page.status, 302);
    let back = url::Url::parse(page.header("location")).unwrap();
    let given: HashMap<_, _> = back.query_pairs().into_owned().collect();
    assert_eq!(given["state"], "xyz");
    let exchange = [("auth_code", given["code"].as_str()), ("grant_type", "authorized_code")];
    assert_eq!(code(&latest.token("get", &exchange).await), 0);
    assert_eq!(code(&latest.token("get", &exchange).await), 36004004, "once");
    assert_eq!(code(&tiktok(&world, "us").search(&[], json!({})).await), 0);
}

#[tokio::test]
async fn a_code_of_consent_ends_after_half_an_hour_and_token_calls_need_the_apps_secret() {
    let (minutes, clock) = moving();
    let world = World::with(SHOP, noon(), clock).await;
    let shop = tiktok(&world, "gb");
    let page =
        read(world.http.get(world.url("/open/authorize")).query(&[("service_id", "7"), ("shop_id", &shop.shop_id)]))
            .await;
    let back = url::Url::parse(page.header("location")).unwrap();
    let given: HashMap<_, _> = back.query_pairs().into_owned().collect();
    let exchange = [("auth_code", given["code"].as_str()), ("grant_type", "authorized_code")];
    type Fields<'f> = &'f [(&'f str, &'f str)];
    let cases: [(&str, Fields, u64); 6] = [
        ("get", &[("auth_code", "TTP_none"), ("grant_type", "authorized_code")], 36004004),
        ("get", &[("auth_code", &given["code"]), ("grant_type", "authorization_code")], 36009004),
        ("refresh", &[("app_key", "other")], 36009004),
        ("refresh", &[("app_secret", "other")], 36009004),
        ("refresh", &[("refresh_token", "other")], 36009004),
        ("refresh", &[("refresh_token", &shop.access_token)], 36009004),
    ];
    for (call, fields, wanted) in cases {
        assert_eq!(code(&shop.token(call, fields).await), wanted, "{call} {fields:?}");
    }
    let posted = read(world.http.post(world.url("/api/v2/token/refresh"))).await;
    assert_eq!(code(&posted), 36009010);
    minutes.store(30, Ordering::SeqCst);
    assert_eq!(code(&shop.token("get", &exchange).await), 36004004);
    assert_eq!(code(&shop.token("refresh", &[]).await), 0);
}

#[tokio::test]
async fn what_the_documents_leave_open_about_refreshing_is_the_scenarios_choice() {
    let settings =
        "[sandbox]\ntiktok_shop_refresh_tokens_rotate = false\ntiktok_shop_refresh_ends_access_token = true\n";
    let world = World::of(&format!("{settings}{SHOP}")).await;
    let first = tiktok(&world, "my");
    let pair = first.token("refresh", &[]).await.body["data"].clone();
    assert_eq!(pair["refresh_token"], json!(first.refresh_token));
    assert_ne!(pair["access_token"], json!(first.access_token));
    assert_eq!(code(&first.shops().await), 105002, "the access token before it is over");
    assert_eq!(code(&first.token("refresh", &[]).await), 0, "the refresh token serves again");
    assert_eq!(tiktok(&world, "us").refresh_token, first.refresh_token);
    assert_eq!(code(&tiktok(&world, "us").shops().await), 0);
}

#[tokio::test]
async fn a_tester_can_end_one_sellers_tokens_in_all_of_their_shops() {
    let world = World::of(SHOP).await;
    let (my, gb) = (tiktok(&world, "my"), tiktok(&world, "gb"));
    world.control(Method::POST, "/_sandbox/expire_tokens", json!({ "store": "us" })).await;
    assert_eq!((code(&my.shops().await), code(&gb.shops().await)), (105002, 0));
    assert_eq!(code(&my.token("refresh", &[]).await), 0);
    world.control(Method::POST, "/_sandbox/expire_tokens", json!({ "refresh": true })).await;
    assert_eq!(code(&gb.token("refresh", &[]).await), 105002);
    let stores = world.control(Method::GET, "/_sandbox/stores", Value::Null).await;
    assert_eq!(stores[0]["sign_in"]["shop_cipher"], json!(my.shop_cipher));
}

#[tokio::test]
async fn a_shop_that_is_out_of_scope_or_refused_says_so_in_the_platforms_codes() {
    let store = |keys: &str| {
        format!("[[stores]]\nid = \"th\"\nplatform = \"tiktok_shop\"\nname = \"Mali\"\nregion = \"TH\"\n{keys}\n")
    };
    let cases = [
        ("granted_scopes = [\"seller.authorization.info\"]", 403, 105005, "Access denied."),
        ("refuse_with = \"36009033\"", 403, 36009033, "Access denied. Your IP address"),
        ("refuse_with = \"36009003\"", 500, 36009003, "Internal error."),
        ("refuse_with = \"36009007\"", 408, 36009007, "Request timeout."),
        ("refuse_with = \"101000\"", 403, 101000, "Invalid query or header."),
        ("refuse_with = \"12345678\"", 200, 12345678, "The request is refused."),
    ];
    for (keys, status, wanted, begins) in cases {
        let world = World::of(&store(keys)).await;
        let shop = tiktok(&world, "th");
        let answer = shop.search(&[], json!({})).await;
        assert_eq!((answer.status, code(&answer)), (status, wanted), "{keys}");
        assert!(message(&answer).starts_with(begins), "{keys}: {}", answer.body);
        assert_eq!(code(&shop.shops().await), 0, "{keys}");
    }
}
