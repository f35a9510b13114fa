use super::client::*;
use super::{shopee, woocommerce};
use crate::trouble::{once, requests};
use couponbook::sandbox::{Fault, FaultKind, Matching, Nth, Sandbox, SandboxError, When};
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::fs;
use std::time::Duration;

fn both() -> String {
    format!("{}\n{}", shopee::SHOP, woocommerce::SHOP)
}

fn writes_of(store: &str) -> Matching {
    Matching { store: Some(store.to_string()), writes_only: true, ..Matching::default() }
}

async fn restock(shop: &Shopee<'_>, id: u64, quantity: u64) -> reqwest::Result<reqwest::Response> {
    shop.try_post("voucher/update_voucher", json!({ "voucher_id": id, "usage_quantity": quantity })).await
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_carried_out_and_audited_once() {
    let world = World::of(&both()).await;
    let (sg, de) = (world.shopee("sg"), world.woo("de"));
    let (voucher, coupon) = (sg.id_of("RUNS").await, de.id_of("live1").await);
    world.running.faults().add(once(writes_of("sg"), FaultKind::LoseAnswer));
    world.running.faults().add(once(writes_of("de"), FaultKind::LoseAnswer));

    restock(&sg, voucher, 300).await.unwrap_err();
    let path = format!("/wc/v3/coupons/{coupon}");
    de.try_send(Method::PUT, &path, &[], json!({ "usage_limit": 70 })).await.unwrap_err();

    assert_eq!(sg.detail(voucher).await["usage_quantity"], 300);
    assert_eq!(de.get(&path, &[]).await.body["usage_limit"], 70);
    let told: Vec<_> = world.audit_lines().iter().map(|line| (line["store"].clone(), line["fields"].clone())).collect();
    assert_eq!(told, [(json!("sg"), json!({ "usage_quantity": 300 })), (json!("de"), json!({ "usage_limit": 70 }))]);
    // A repetition shows as a second line.
    assert_eq!(restock(&sg, voucher, 300).await.unwrap().status(), 200);
    assert_eq!(world.audit_lines().len(), 3);
}

#[tokio::test]
async fn a_request_that_is_lost_or_met_by_a_failing_host_changes_nothing() {
    let world = World::of(&both()).await;
    let sg = world.shopee("sg");
    let voucher = sg.id_of("RUNS").await;
    let status = FaultKind::Status { code: 503, retry_after_seconds: Some(7), carried_out: false };
    for kind in [FaultKind::LoseRequest, status, FaultKind::Html, FaultKind::Throttle { retry_after_seconds: None }] {
        world.running.faults().add(once(writes_of("sg"), kind.clone()));
        match restock(&sg, voucher, 300).await {
            Err(_) => assert_eq!(kind, FaultKind::LoseRequest),
            Ok(answer) => {
                let (code, wait) = (answer.status().as_u16(), answer.headers().get("retry-after").cloned());
                let text = answer.text().await.unwrap();
                match kind {
                    FaultKind::Status { .. } => assert!(code == 503 && wait.unwrap() == "7" && text.contains("<html>")),
                    FaultKind::Html => assert!(code == 200 && text.contains("<html>")),
                    _ => assert!(code == 429 && text.contains("error_rate_limit")),
                }
            }
        }
        world.running.faults().clear();
    }
    assert_eq!(sg.detail(voucher).await["usage_quantity"], 100);
    assert!(world.audit_lines().is_empty());
}

#[tokio::test]
async fn answers_can_be_cut_in_half_preceded_by_a_notice_or_replaced_after_the_work() {
    let world = World::of(&both()).await;
    let de = world.woo("de");
    let path = format!("/wc/v3/coupons/{}", de.id_of("live1").await);
    let put = |limit: u64| de.try_send(Method::PUT, &path, &[], json!({ "usage_limit": limit }));

    world.running.faults().add(once(writes_of("de"), FaultKind::Truncate));
    let answer = put(71).await.unwrap();
    let promised = answer.content_length().unwrap();
    assert!(promised > 500, "the length is the whole body's: {promised}");
    answer.text().await.unwrap_err();

    world.running.faults().clear();
    world.running.faults().add(once(writes_of("de"), FaultKind::PhpNotice));
    let text = put(72).await.unwrap().text().await.unwrap();
    assert!(text.starts_with("<br />") && text.contains("\"usage_limit\":72"), "{text}");

    world.running.faults().clear();
    let failing = FaultKind::Status { code: 502, retry_after_seconds: None, carried_out: true };
    world.running.faults().add(once(writes_of("de"), failing));
    assert_eq!(put(73).await.unwrap().status(), 502);

    assert_eq!(de.get(&path, &[]).await.body["usage_limit"], 73);
    assert_eq!(world.audit_lines().len(), 3);
}

#[tokio::test]
async fn a_fault_hits_the_requests_that_it_names_and_no_other() {
    let world = World::of(&both()).await;
    let (sg, de) = (world.shopee("sg"), world.woo("de"));
    let throttle = FaultKind::Throttle { retry_after_seconds: Some(3) };
    let lists = Matching { call: Some("get_voucher_list".to_string()), ..Matching::default() };
    world.running.faults().add(Fault { nth: Nth::Number(2), times: Some(2), ..once(lists, throttle.clone()) });
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(sg.get("voucher/get_voucher_list", &[("status", "all")]).await.status);
        assert_eq!(de.get("/wc/v3/coupons", &[]).await.status, 200);
    }
    assert_eq!(statuses, [200, 429, 429, 200, 200]);

    let every = r#"{ "match": { "platform": "woocommerce", "call": "list" }, "nth": "every", "kind": { "throttle": { "retry_after_seconds": 3 } } }"#;
    world.control(Method::POST, "/_sandbox/faults", serde_json::from_str(every).unwrap()).await;
    for _ in 0..3 {
        let answer = de.get("/wc/v3/coupons", &[]).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "3"));
    }
    assert_eq!(de.get("/wc/v3/coupons/101", &[]).await.status, 200);
    world.control(Method::DELETE, "/_sandbox/faults", json!(null)).await;
    assert_eq!(de.get("/wc/v3/coupons", &[]).await.status, 200);
    assert_eq!(requests(&world.running.counts(), "de", "list"), 9);
}

#[tokio::test]
async fn a_scenario_can_bring_faults_of_its_own() {
    let faults = "[[faults]]\nmatch = { store = \"de\", call = \"list\" }\nnth = 1\nkind = { status = { code = 500 } }\n\
        [[faults]]\nmatch = { store = \"sg\" }\nkind = \"lose_request\"\n";
    let world = World::of(&format!("{}\n{faults}", both())).await;
    assert_eq!(world.woo("de").get("/wc/v3/coupons", &[]).await.status, 500);
    assert_eq!(world.woo("de").get("/wc/v3/coupons", &[]).await.status, 200);
    assert!(world.shopee("sg").try_post("voucher/end_voucher", json!({})).await.is_err());
}

#[tokio::test]
async fn a_client_that_leaves_before_the_work_is_done_leaves_no_trace() {
    let world = World::of(&both()).await;
    let sg = world.shopee("sg");
    let voucher = sg.id_of("RUNS").await;
    let slow = FaultKind::Slow { milliseconds: 3_600_000, when: When::BeforeCommit };
    world.running.faults().add(once(writes_of("sg"), slow));
    tokio::time::timeout(Duration::from_millis(150), restock(&sg, voucher, 300)).await.unwrap_err();
    assert_eq!(requests(&world.running.counts(), "sg", "update_voucher"), 1, "it had arrived");
    assert_eq!(sg.detail(voucher).await["usage_quantity"], 100);
    assert!(world.audit_lines().is_empty());

    let slow = FaultKind::Slow { milliseconds: 3_600_000, when: When::AfterCommit };
    world.running.faults().clear();
    world.running.faults().add(once(writes_of("sg"), slow));
    tokio::time::timeout(Duration::from_millis(500), restock(&sg, voucher, 300)).await.unwrap_err();
    assert_eq!(sg.detail(voucher).await["usage_quantity"], 300);
    assert_eq!(world.audit_lines().len(), 1);
}

#[tokio::test]
async fn calls_above_an_apps_rate_limit_are_refused_and_counted() {
    let settings = "[sandbox]\nshopee_calls_per_second = 3\nwoocommerce_calls_per_second = 2\n";
    let world = World::of(&format!("{settings}{}", both())).await;
    let (sg, de) = (world.shopee("sg"), world.woo("de"));
    let calls = (0..12).map(|_| sg.get("shop/get_shop_info", &[]));
    let refused =
        futures::future::join_all(calls).await.iter().filter(|answer| answer.error() == "error_rate_limit").count();
    assert!((1..=9).contains(&refused), "{refused} of 12 refused");
    let calls = (0..8).map(|_| de.get("/wc/v3/coupons", &[]));
    let throttled = futures::future::join_all(calls).await.iter().filter(|answer| answer.status == 429).count();
    assert!((1..=6).contains(&throttled), "{throttled} of 8 refused");
    let counts = world.control(Method::GET, "/_sandbox/counts", json!(null)).await;
    assert_eq!(counts["refused_by_rate_limit"], refused + throttled);
    assert_eq!(counts["requests"], 20);
}

#[tokio::test]
async fn what_was_done_is_still_done_after_the_sandbox_is_opened_again() {
    let world = World::of(&both()).await;
    let (sg, de) = (world.shopee("sg"), world.woo("de"));
    let voucher = sg.id_of("RUNS").await;
    restock(&sg, voucher, 300).await.unwrap();
    let made = de.send(Method::POST, "/wc/v3/coupons", &[], json!({ "code": "kept", "amount": "5" })).await;
    sg.refresh().await;
    let before = (world.running.sandbox().stores().unwrap(), world.running.sandbox().audit().unwrap());

    let World { folder, running, http } = world;
    running.stop().await;
    let sandbox = Sandbox::open(folder.path()).unwrap();
    let running = sandbox.serve("127.0.0.1:0".parse().unwrap(), std::sync::Arc::new(noon)).await.unwrap();
    let world = World { folder, running, http };
    assert_eq!((world.running.sandbox().stores().unwrap(), world.running.sandbox().audit().unwrap()), before);
    assert_eq!(world.shopee("sg").detail(voucher).await["usage_quantity"], 300);
    let path = format!("/wc/v3/coupons/{}", made.body["id"]);
    assert_eq!(world.woo("de").get(&path, &[]).await.body["code"], "kept");
    let next = world.woo("de").send(Method::POST, "/wc/v3/coupons", &[], json!({ "code": "next" })).await;
    assert_eq!(next.body["id"].as_u64(), made.body["id"].as_u64().map(|id| id + 1));
}

#[tokio::test]
async fn two_servers_of_one_folder_see_each_others_writes_and_keep_one_audit() {
    let world = World::of(&both()).await;
    let other = Sandbox::open(world.folder.path()).unwrap();
    let running = other.serve("127.0.0.1:0".parse().unwrap(), std::sync::Arc::new(noon)).await.unwrap();
    let second = World { folder: tempfile::tempdir().unwrap(), running, http: world.http.clone() };
    let writes =
        (0..10).flat_map(|number| [(&world, number), (&second, number + 10)]).map(|(world, number)| async move {
            let body = json!({ "code": format!("code-{number}"), "amount": "5" });
            world.woo("de").send(Method::POST, "/wc/v3/coupons", &[], body).await.status
        });
    assert!(futures::future::join_all(writes).await.iter().all(|status| *status == 201));
    assert_eq!(world.woo("de").codes(&[("search", "code-")]).await.len(), 20);
    let lines = world.audit_lines();
    let rows = serde_json::to_value(world.running.sandbox().audit().unwrap()).unwrap();
    assert_eq!((lines.len(), Value::Array(lines)), (20, rows.clone()), "the file has the rows, in their order");
    assert_eq!(second.control(Method::GET, "/_sandbox/audit", json!(null)).await, rows);
}

#[tokio::test]
async fn an_audit_file_that_a_crash_left_behind_is_completed_on_opening() {
    let world = World::of(&both()).await;
    let de = world.woo("de");
    for number in 0..4 {
        de.send(Method::POST, "/wc/v3/coupons", &[], json!({ "code": format!("c{number}") })).await;
    }
    let path = world.running.sandbox().audit_path();
    let whole = fs::read_to_string(&path).unwrap();
    let (half, lines) = (whole.len() / 2, whole.lines().collect::<Vec<_>>());
    for left in [String::new(), format!("{}\n", lines[0]), whole[..half].to_string(), format!("{whole}{{\"at\":\"20")] {
        fs::write(&path, &left).unwrap();
        Sandbox::open(world.folder.path()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), whole, "from {left:?}");
    }
    fs::remove_file(&path).unwrap();
    de.send(Method::POST, "/wc/v3/coupons", &[], json!({ "code": "c4" })).await;
    assert_eq!(world.audit_lines().len(), 5);
}

#[tokio::test]
async fn a_tester_can_change_and_remove_coupons_and_end_tokens_behind_the_clients_back() {
    let world = World::of(&both()).await;
    let (sg, de) = (world.shopee("sg"), world.woo("de"));
    let voucher = sg.id_of("RUNS").await;
    let edit = |body: Value| world.control(Method::POST, "/_sandbox/edit", body);
    edit(json!({ "store": "sg", "code": "LUMIRUNS", "fields": { "current_usage": 99, "usage_quantity": 5 } })).await;
    edit(json!({ "store": "de", "code": "live1", "fields": { "usage_count": 7, "date_expires": "2026-12-31T23:59:59" } })).await;
    edit(json!({ "store": "de", "coupon_id": de.id_of("live2").await, "fields": null })).await;
    assert_eq!(sg.detail(voucher).await["current_usage"], 99);
    let live1 = de.get(&format!("/wc/v3/coupons/{}", de.id_of("live1").await), &[]).await;
    assert_eq!(
        (&live1.body["usage_count"], &live1.body["date_expires_gmt"]),
        (&json!(7), &json!("2027-01-01T04:59:59"))
    );
    assert!(!de.codes(&[]).await.contains(&"live2".to_string()));
    assert!(world.audit_lines().is_empty());

    let wrong = edit(json!({ "store": "de", "code": "live1", "fields": { "colour": "red" } })).await;
    assert!(wrong["error"].as_str().unwrap().contains("there is no field `colour`"));
    assert!(matches!(
        world.running.sandbox().edit("de", "nope", Some(&Map::new())),
        Err(SandboxError::NoSuchCoupon { .. })
    ));
    assert!(matches!(world.running.sandbox().edit("xx", "nope", None), Err(SandboxError::NoSuchStore { .. })));

    world.control(Method::POST, "/_sandbox/expire_tokens", json!({ "store": "sg" })).await;
    assert_eq!(sg.get("shop/get_shop_info", &[]).await.error(), "invalid_acceess_token");
    let stores = world.control(Method::GET, "/_sandbox/stores", json!(null)).await;
    assert_eq!(stores[1]["base_path"], "/de");
}

#[tokio::test]
async fn a_token_can_run_out_at_the_very_request_that_bears_it() {
    let world = World::of(&both()).await;
    let (sg, de) = (world.shopee("sg"), world.woo("de"));
    let fault = r#"{ "match": { "call": "get_shop_info" }, "nth": 2, "kind": "expire_token" }"#;
    world.control(Method::POST, "/_sandbox/faults", serde_json::from_str(fault).unwrap()).await;
    assert_eq!(sg.get("shop/get_shop_info", &[]).await.status, 200);
    for _ in 0..2 {
        assert_eq!(sg.get("shop/get_shop_info", &[]).await.error(), "invalid_acceess_token");
    }
    // Nothing runs out where there are no tokens.
    world.running.faults().add(once(Matching::default(), FaultKind::ExpireToken));
    assert_eq!(de.get("/wc/v3/coupons", &[]).await.status, 200);
}

#[tokio::test]
async fn a_foreign_name_or_page_is_answered_nowhere_and_control_asks_for_the_token() {
    let world = World::of(&both()).await;
    let asked = async |path: &str, headers: &[(&str, &str)]| {
        let request = world.http.post(world.url(path)).body("{}");
        headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value))
            .send()
            .await
            .unwrap()
            .status()
    };
    let token = world.running.control_token().to_string();
    let known = ("x-sandbox-token", token.as_str());
    for path in ["/_sandbox/expire_tokens", "/api/v2/shop/get_shop_info"] {
        let foreign =
            [("host", "evil.test"), ("host", "evil.test:80"), ("origin", "https://evil.test"), ("origin", "null")];
        for foreign in foreign {
            assert_eq!(asked(path, &[known, foreign]).await, 403, "{path} {foreign:?}");
        }
    }
    assert_eq!(asked("/_sandbox/expire_tokens", &[]).await, 401);
    assert_eq!(asked("/_sandbox/expire_tokens", &[("x-sandbox-token", "guessed")]).await, 401);
    assert_eq!(world.shopee("sg").get("shop/get_shop_info", &[]).await.status, 200);
    assert_eq!(asked("/_sandbox/expire_tokens", &[known, ("host", "localhost:1")]).await, 200);
    // Each folder has its own, which stays.
    assert_eq!(world.running.sandbox().control_token().unwrap(), token);
    assert_ne!(World::of(&both()).await.running.control_token(), token);
}

#[tokio::test]
async fn only_this_machine_is_served_and_a_folder_without_a_sandbox_is_named() {
    let world = World::of(&both()).await;
    let open = world.running.sandbox().serve("0.0.0.0:0".parse().unwrap(), std::sync::Arc::new(chrono::Utc::now)).await;
    assert!(matches!(open, Err(SandboxError::NotLoopback { .. })));
    let taken = world.running.sandbox().serve(world.running.address(), std::sync::Arc::new(chrono::Utc::now)).await;
    assert!(matches!(taken, Err(SandboxError::Listen { .. })));
    let empty = tempfile::tempdir().unwrap();
    let absent = Sandbox::open(empty.path()).unwrap_err().to_string();
    assert!(absent.starts_with("there is no sandbox in"), "{absent}");
}
