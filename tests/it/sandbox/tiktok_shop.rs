mod caller;
mod sign_in;

use super::client::*;
use crate::trouble::{once, requests};
use caller::*;
use chrono::Duration;
use couponbook::sandbox::{FaultKind, Matching, SandboxError};
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

#[tokio::test]
async fn a_coupon_is_listed_without_and_detailed_with_its_counts() {
    let world = World::of(SHOP).await;
    let shop = tiktok(&world, "my");
    let (listed, total) = shop.listed(100, json!({})).await;
    assert_eq!((listed.len(), total), (5, 5));
    let runs = listed.iter().find(|coupon| coupon["title"] == "Running").unwrap();
    let id = runs["id"].as_str().unwrap();
    assert_eq!(id.len(), 19, "{id}");
    for name in ["usage_stats", "display_channels", "live_tasks", "product_ids", "seller_tnc"] {
        assert!(listed.iter().all(|coupon| coupon.get(name).is_none()), "{name}");
    }
    let now = noon().timestamp();
    let ends = at("2026-12-01T15:59:59Z").timestamp();
    let wanted = json!({
        "id": id, "title": "Running", "display_type": "PROMO_CODE", "status": "ONGOING", "promo_code": "LUMIRUNS",
        "create_time": (now - 3 * 86_400) * 1000, "update_time": (now - 3 * 86_400) * 1000,
        "claim_duration": { "start_time": now - 2 * 86_400, "end_time": ends },
        "redemption_duration": { "type": "ABSOLUTE", "start_time": now - 2 * 86_400, "end_time": ends },
        "target_buyer_segment": "ALL",
        "usage_limits": { "single_buyer_claim_limit": 1, "total_claim_limit": 100, "redemption_limit": 100 },
        "usage_stats": { "claimed_count": 40, "redeemed_count": 20 },
        "discount": { "type": "PERCENT_OFF", "percentage": "15", "max_discount": { "amount": "12", "currency": "MYR" } },
        "threshold": { "type": "NONE" }, "product_scope": "FULL_SHOP", "creation_source": "SELLER_CENTER",
        "display_channels": ["PRIVATE"],
    });
    assert_eq!(shop.get(id).await.body["data"]["coupon"], wanted);

    let coming = shop.titled("Coming").await;
    assert_eq!(coming["discount"]["reduction_amount"], json!({ "amount": "10.5", "currency": "MYR" }));
    assert_eq!(coming["threshold"]["min_spend"], json!({ "amount": "40", "currency": "MYR" }));
    let collected = shop.titled("Collected in the live room").await;
    assert_eq!(collected.get("promo_code"), None, "what buyers collect has no code");
    assert_eq!(collected["redemption_duration"], json!({ "type": "RELATIVE", "relative_time": 7 }));
    assert_eq!(collected["live_tasks"][0]["min_watch_time"], "60");
    assert_eq!(shop.titled("Stopped").await["usage_limits"], json!({ "single_buyer_claim_limit": 1 }), "no limit");
    let abroad = tiktok(&world, "us").titled("LUMIUS").await;
    assert_eq!(abroad["usage_limits"].get("redemption_limit"), None, "only in South-East Asia");
}

#[tokio::test]
async fn filters_find_by_status_title_and_kind_and_unknown_words_are_refused() {
    let world = World::of(SHOP).await;
    let shop = tiktok(&world, "my");
    let cases = [
        (json!({ "status": ["NOT_START"] }), vec!["Coming"]),
        (json!({ "status": ["EXPIRED", "DEACTIVATED"] }), vec!["Ended", "Stopped"]),
        (json!({ "status": ["ONGOING"], "display_type": ["PROMO_CODE"] }), vec!["Running"]),
        (json!({ "display_type": ["LIVE", "CHAT"] }), vec!["Collected in the live room"]),
        (json!({ "title_keyword": "ing" }), vec!["Coming", "Running"]),
        (json!({ "title_keyword": "running" }), vec![]),
        (
            json!({ "status": [], "display_type": null, "colour": "red" }),
            vec!["Collected in the live room", "Coming", "Ended", "Running", "Stopped"],
        ),
    ];
    for (filter, titles) in cases {
        let found = shop.titles(filter.clone()).await;
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), titles, "{filter}");
    }
    for filter in [
        json!({ "status": ["LIVE"] }),
        json!({ "status": "ONGOING" }),
        json!({ "display_type": [7] }),
        json!({ "title_keyword": "" }),
        json!({ "title_keyword": "x".repeat(101) }),
    ] {
        let answer = shop.search(&[], filter.clone()).await;
        assert_eq!((answer.status, code(&answer)), (200, 36009004), "{filter}");
    }
    // Clients send an empty filter in three ways; anything else is no filter.
    for (body, wanted) in [("{}", 0), ("[]", 0), ("", 0), ("[1]", 36009022), ("null", 36009022), ("{", 36009022)] {
        assert_eq!(code(&shop.send(Method::POST, SEARCH, &[], body).await), wanted, "{body:?}");
    }
}

#[tokio::test]
async fn pages_of_any_size_show_every_coupon_once() {
    let many = format!("{SHOP}\n[[stores.coupons]]\ncode = \"M{{nn}}\"\nrepeat = 55\ndiscount = {{ sum = \"1\" }}\n");
    let world = World::of(&many).await;
    let shop = tiktok(&world, "gb");
    for page_size in [7, 11, 55, 100] {
        let (coupons, total) = shop.listed(page_size, json!({})).await;
        let ids: BTreeSet<_> = coupons.iter().map(|coupon| coupon["id"].as_str().unwrap()).collect();
        assert_eq!((coupons.len(), ids.len(), total), (55, 55, 55), "page_size {page_size}");
    }
    let first = shop.search(&[("page_size", "10")], json!({})).await.body["data"].clone();
    let page_token = first["next_page_token"].as_str().unwrap();
    assert!(["+", "/", "="].iter().all(|odd| page_token.contains(odd)), "{page_token} must be encoded with care");
    for (query, filter) in [
        (vec![("page_size", "0")], json!({})),
        (vec![("page_size", "101")], json!({})),
        (vec![("page_size", "ten")], json!({})),
        (vec![("page_token", "1661756811000+/=")], json!({})),
        (vec![("page_token", page_token)], json!({ "status": ["ONGOING"] })),
    ] {
        assert_eq!(code(&shop.search(&query, filter.clone()).await), 36009004, "{query:?} {filter}");
    }
    let unsized_page = shop.search(&[], json!({})).await.body["data"].clone();
    assert_eq!(unsized_page["coupons"].as_array().unwrap().len(), 50);
    assert_ne!(unsized_page["next_page_token"], "");
    // What vanishes between two pages makes no other coupon vanish.
    let last = first["coupons"][9]["id"].as_str().unwrap();
    world.running.sandbox().edit("gb", last, None).unwrap();
    let second = shop.search(&[("page_size", "100"), ("page_token", page_token)], json!({})).await;
    assert_eq!(second.body["data"]["coupons"].as_array().unwrap().len(), 45);
}

#[tokio::test]
async fn the_claim_window_decides_the_status_to_the_second() {
    let seconds = Arc::new(AtomicI64::new(0));
    let hands = seconds.clone();
    let clock = Arc::new(move || noon() + Duration::seconds(hands.load(Ordering::SeqCst)));
    let world = World::with(SHOP, noon(), clock).await;
    let shop = tiktok(&world, "my");
    let now = noon().timestamp();
    // From noon: the window, then the status at noon and a second after it. The last second of a window belongs to it.
    let cases = [
        (2, 9, "NOT_START", "NOT_START"),
        (1, 9, "NOT_START", "ONGOING"),
        (0, 9, "ONGOING", "ONGOING"),
        (-9, 0, "ONGOING", "EXPIRED"),
        (-9, -1, "EXPIRED", "EXPIRED"),
    ];
    for (starts, ends, at_noon, after_it) in cases {
        let window = json!({ "claim_duration": { "start_time": now + starts, "end_time": now + ends } });
        for (title, coupon) in [("Coming", "LUMICOME"), ("Stopped", "LUMISTOP")] {
            world.running.sandbox().edit("my", coupon, window.as_object()).unwrap();
            for (second, status) in [(0, at_noon), (1, after_it)] {
                seconds.store(second, Ordering::SeqCst);
                let wanted = if title == "Coming" { status } else { "DEACTIVATED" };
                assert_eq!(shop.titled(title).await["status"], wanted, "{title} {starts}..{ends} at {second} s");
            }
        }
    }
}

#[tokio::test]
async fn no_call_can_change_a_coupon_whatever_its_state() {
    let world = World::of(SHOP).await;
    let shop = tiktok(&world, "my");
    let (before, _) = shop.listed(100, json!({})).await;
    for coupon in &before {
        let one = coupon_path(coupon["id"].as_str().unwrap());
        let cases = [
            (Method::POST, "/promotion/202406/coupons".to_string(), 36009009),
            (Method::POST, format!("{one}/deactivate"), 36009009),
            (Method::PUT, one.clone(), 36009010),
            (Method::POST, one.clone(), 36009010),
            (Method::DELETE, one.clone(), 36009010),
            (Method::DELETE, SEARCH.to_string(), 36009010),
            (Method::GET, SEARCH.to_string(), 36009010),
            (Method::POST, SEARCH.replace("202406", "202309"), 36009014),
            (Method::POST, "/promotion/202309/activities".to_string(), 36009009),
        ];
        for (method, path, wanted) in cases {
            let answer = shop.send(method.clone(), &path, &[], r#"{"status":"DEACTIVATED"}"#).await;
            assert_eq!((answer.status, code(&answer)), (404, wanted), "{method} {path}");
        }
    }
    assert_eq!(shop.listed(100, json!({})).await.0, before);
    assert!(world.audit_lines().is_empty() && world.running.sandbox().audit().unwrap().is_empty());
}

#[tokio::test]
async fn an_id_that_the_shop_does_not_have_has_a_code_of_the_scenarios_choice() {
    let foreign = "[sandbox]\ntiktok_shop_missing_coupon_code = 17000001\ntiktok_shop_error_status = 400\n";
    let world = World::of(&format!("{foreign}{SHOP}")).await;
    let shop = tiktok(&world, "my");
    let abroad = tiktok(&world, "us").titled("LUMIUS").await;
    for id in [
        "7342461823095965461",
        "18446744073709551615",
        "99999999999999999999",
        "nonsense",
        "%F0%9F%92%A9",
        abroad["id"].as_str().unwrap(),
    ] {
        let answer = shop.get(id).await;
        assert_eq!((answer.status, code(&answer)), (400, 17000001), "{id}");
    }
    let request_id = shop.get("1").await.body["request_id"].as_str().unwrap().to_string();
    assert!(request_id.starts_with("20261122040000") && request_id.len() == 34, "{request_id}");
}

#[tokio::test]
async fn what_a_seller_does_by_hand_is_seen_in_the_next_answer() {
    let world = World::of(SHOP).await;
    let shop = tiktok(&world, "my");
    let before = shop.titled("Running").await;
    let ends = noon().timestamp() + 40 * 86_400;
    let edit = |coupon: &'static str, fields: Value| {
        let body = json!({ "store": "my", "code": coupon, "fields": fields });
        world.control(Method::POST, "/_sandbox/edit", body)
    };
    edit("lumiruns", json!({ "claim_duration": { "end_time": ends }, "redemption_duration": { "end_time": ends } }))
        .await;
    edit("LUMIRUNS", json!({ "usage_limits": { "total_claim_limit": 900 }, "threshold": { "type": "MIN_SPEND", "min_spend": { "amount": "25", "currency": "MYR" } } })).await;
    let after = shop.titled("Running").await;
    assert_eq!(
        (&after["claim_duration"]["start_time"], &after["claim_duration"]["end_time"]),
        (&before["claim_duration"]["start_time"], &json!(ends))
    );
    assert_eq!(
        after["usage_limits"],
        json!({ "single_buyer_claim_limit": 1, "total_claim_limit": 900, "redemption_limit": 100 })
    );
    assert_eq!(after["threshold"]["min_spend"]["amount"], "25");
    assert!(after["update_time"].as_i64() > before["update_time"].as_i64());

    // Deactivated, then as its times say; a title changed; a limit taken away; a collected coupon found by its title.
    edit("LUMIRUNS", json!({ "status": "DEACTIVATED" })).await;
    assert_eq!(shop.titled("Running").await["status"], "DEACTIVATED");
    edit("LUMIRUNS", json!({ "status": "ONGOING", "title": "Renamed", "usage_limits": { "redemption_limit": null } }))
        .await;
    let renamed = shop.titled("Renamed").await;
    assert_eq!((&renamed["status"], renamed["usage_limits"].get("redemption_limit")), (&json!("ONGOING"), None));
    edit("Collected in the live room", json!({ "usage_stats": { "claimed_count": 499 } })).await;
    assert_eq!(
        shop.titled("Collected in the live room").await["usage_stats"],
        json!({ "claimed_count": 499, "redeemed_count": 0 })
    );

    // Odd words as the official samples have them, and a coupon that is gone.
    edit("LUMICOME", json!({ "status": "HELD\n", "display_type": "CHAT\n\n\n" })).await;
    assert_eq!(shop.titled("Coming").await["status"], "HELD\n");
    edit("LUMIGONE", Value::Null).await;
    assert!(!shop.titles(json!({})).await.contains("Ended"));
    assert_eq!(code(&shop.get(before["id"].as_str().unwrap()).await), 0);

    for (fields, wanted) in [
        (json!({ "colour": "red" }), "there is no field `colour`"),
        (json!({ "id": "1" }), "there is no field `id`"),
        (json!({ "usage_limits": 5 }), "`usage_limits` is an object"),
    ] {
        let told = edit("LUMICOME", fields).await;
        assert!(told["error"].as_str().unwrap().contains(wanted), "{told}");
    }
    assert!(matches!(
        world.running.sandbox().edit("my", "nope", Some(&Map::new())),
        Err(SandboxError::NoSuchCoupon { .. })
    ));
    assert!(world.audit_lines().is_empty(), "what is done by hand is not a client's write");
}

#[tokio::test]
async fn faults_hit_calls_by_their_names_and_a_refused_pace_speaks_the_platforms_way() {
    let world = World::of(&format!("{SHOP}\n[[faults]]\nmatch = {{ platform = \"tiktok_shop\", call = \"shops\" }}\nkind = {{ status = {{ code = 503 }} }}\n")).await;
    let shop = tiktok(&world, "my");
    assert_eq!(shop.shops().await.status, 503);
    assert_eq!(code(&shop.shops().await), 0);
    let of =
        |call: &str| Matching { store: Some("my".to_string()), call: Some(call.to_string()), ..Matching::default() };
    let throttle = FaultKind::Throttle { retry_after_seconds: Some(3) };
    for call in ["search_coupons", "get_coupon", "token_refresh", "shops"] {
        world.running.faults().add(once(of(call), throttle.clone()));
    }
    let searched = shop.search(&[], json!({})).await;
    assert_eq!((searched.status, code(&searched), searched.header("retry-after")), (429, 36009002, "3"));
    let stored = world.running.sandbox().coupons("my").unwrap();
    let id = stored[0].0.to_string();
    assert_eq!(code(&shop.get(&id).await), 36009002);
    assert_eq!(code(&shop.token("refresh", &[]).await), 36009002);
    assert_eq!(code(&shop.shops().await), 36009002);
    assert_eq!(code(&shop.get(&id).await), 0, "each was hit once");
    assert_eq!(requests(&world.running.counts(), "my", "get_coupon"), 2);
    assert_eq!(requests(&world.running.counts(), "my", "token_refresh"), 1);
    // A lost answer to a refresh has still rotated the token.
    world.running.faults().add(once(of("token_refresh"), FaultKind::LoseAnswer));
    let lost = shop.token_request("refresh", &[]).send().await;
    lost.unwrap_err();
    assert_ne!(tiktok(&world, "my").refresh_token, shop.refresh_token);
}

#[tokio::test]
async fn calls_above_the_rate_of_one_operation_of_one_shop_are_refused_and_counted() {
    let world = World::of(&format!("[sandbox]\ntiktok_shop_calls_per_second = 3\n{SHOP}")).await;
    let (my, gb) = (tiktok(&world, "my"), tiktok(&world, "gb"));
    let calls = (0..12).map(|_| my.search(&[], json!({})));
    let refused = futures::future::join_all(calls).await.iter().filter(|answer| code(answer) == 36009002).count();
    assert!((1..=9).contains(&refused), "{refused} of 12 refused");
    assert_eq!(code(&gb.search(&[], json!({})).await), 0, "another shop has a pace of its own");
    assert_eq!(world.running.counts().refused_by_rate_limit, refused as u64);
}

#[test]
fn a_scenario_that_asks_for_what_the_platform_has_not_is_refused() {
    let store = "[[stores]]\nid = \"my\"\nplatform = \"tiktok_shop\"\nname = \"Lumi\"\nregion = \"MY\"\n";
    let coupon = "[[stores.coupons]]\ncode = \"A\"\ndiscount = { sum = \"1\" }\n";
    let cases = [
        (format!("{store}permissions = \"read\"\n"), "`permissions` means nothing on tiktok_shop"),
        (format!("{store}code_prefix = \"LUMI\"\n"), "`code_prefix` means nothing on tiktok_shop"),
        (format!("{store}redeemed_percent = 101\n"), "`redeemed_percent` is above 100"),
        (format!("{store}refuse_with = \"shop_banned\"\n"), "`refuse_with` is a code here"),
        (format!("{store}{coupon}status = \"draft\"\n"), "status \"draft\"; write `DEACTIVATED`"),
        (format!("{store}{coupon}platform_owned = true\n"), "`platform_owned` means nothing on tiktok_shop"),
        (format!("{store}{}", coupon.replace("sum", "coins")), "`coins` means nothing on tiktok_shop"),
        (store.replace("tiktok_shop", "shopee") + "seller = \"lumi\"\n", "`seller` means nothing on shopee"),
        (
            store.replace("tiktok_shop", "woocommerce") + "shop_cipher = \"x\"\n",
            "`shop_cipher` means nothing on woocommerce",
        ),
    ];
    for (text, wanted) in cases {
        let error = couponbook::sandbox::Scenario::parse(&text, "test.toml", noon()).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}\n  lacks: {wanted}");
    }
}
