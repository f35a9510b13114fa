use super::client::*;
use chrono::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// One shop with a voucher in each state.
pub const SHOP: &str = r#"
[[stores]]
id = "sg"
platform = "shopee"
name = "Lumi Home"
region = "SG"
items = [11, 12, 13]

[[stores.coupons]]
code = "COME"
starts = "+2d"
ends = "+9d"
total = 100
used = 0
discount = { sum = "10" }
min_spend = "40"

[[stores.coupons]]
code = "RUNS"
starts = "-2d"
ends = "+9d"
total = 100
used = 40
discount = { percent = "15", cap = "12" }
min_spend = "50"

[[stores.coupons]]
code = "GONE"
starts = "-9d"
ends = "-2d"
total = 100
used = 100
discount = { sum = "10" }
min_spend = "40"

[[stores.coupons]]
code = "ADMIN"
starts = "-2d"
ends = "+9d"
discount = { sum = "10" }
min_spend = "40"
platform_owned = true
"#;

#[test]
fn the_tests_own_shopee_signer_gives_the_signatures_of_the_sheet() {
    let key = "4f6c5a7077426b6d5945714c6e4a56644b786f53517a656843527961584d7469";
    let token = "59777174636562737266615546704c6d";
    let shop_call = |name: &str| format!("2001887/api/v2/voucher/{name}1760000000{token}14701711");
    let cases = [
        (shop_call("get_voucher_list"), "10132252ab4a0674422471b669ac37b20d1c9ddc6f2ebf65c830757a2cd72c3e"),
        (shop_call("get_voucher"), "5ddb46d1fd4c6683f1ba598d33a023b3df7cb7bb4d5077f0b3c5033cc3554077"),
        (shop_call("add_voucher"), "478f3659f57ade219cd564134b708990a6d68f1c2541a98b5804ce57c3d39645"),
        (
            "2001887/api/v2/auth/token/get1760000000".to_string(),
            "3383782a3a37a13ab42dcba44db386d17138cbbcce9a737f3ea543c829b25992",
        ),
    ];
    for (base, sign) in cases {
        assert_eq!(shopee_sign(key, &base), sign, "{base}");
    }
}

#[tokio::test]
async fn a_voucher_is_listed_without_and_detailed_with_its_minimum() {
    let world = World::of(SHOP).await;
    let shop = world.shopee("sg");
    let listed = shop.listed("ongoing", 100).await;
    let runs = listed.iter().find(|voucher| voucher["voucher_code"] == "LUMIRUNS").unwrap();
    assert_eq!(runs["percentage"], 15);
    assert_eq!(runs.get("min_basket_price"), None);
    assert_eq!(runs.get("max_price"), None);
    let detail = shop.detail(runs["voucher_id"].as_u64().unwrap()).await;
    assert_eq!(detail["min_basket_price"], 50.0);
    assert_eq!(detail["max_price"], 12.0);
}

#[tokio::test]
async fn calls_without_proof_of_who_calls_are_refused() {
    let world = World::of(SHOP).await;
    let good = world.shopee("sg");
    let list = [("status", "all")];
    type Spoil = fn(&mut Shopee);
    let cases: [(&str, Spoil, u16, &str, &str); 6] = [
        ("key", |c| c.partner_key.push('0'), 403, "error_sign", "Wrong sign."),
        ("old", |c| c.timestamp -= 301, 200, "error_param", "Timestamp is expired."),
        ("early", |c| c.timestamp += 320, 200, "error_param", "Timestamp is expired."),
        (
            "token",
            |c| c.access_token.push('0'),
            403,
            "invalid_acceess_token",
            "Invalid access_token, please have a check.",
        ),
        ("shop", |c| c.shop_id += 1, 403, "error_auth", "Invalid partner_id or shopid."),
        ("partner", |c| c.partner_id += 1, 403, "error_auth", "partner_id is invalid"),
    ];
    for (what, spoil, status, error, message) in cases {
        let mut caller = good.clone();
        spoil(&mut caller);
        let answer = caller.get("voucher/get_voucher_list", &list).await;
        assert_eq!(
            (answer.status, answer.error(), answer.body["message"].as_str().unwrap()),
            (status, error, message),
            "{what}"
        );
        assert_eq!(answer.body["response"], "", "{what}");
    }
    assert_eq!(good.get("voucher/get_voucher_list", &list).await.error(), "");
}

#[tokio::test]
async fn an_unused_refresh_token_brings_a_new_pair_and_a_used_one_the_same_pair_again() {
    let world = World::of(SHOP).await;
    let shop = world.shopee("sg");
    let first = shop.refresh().await;
    let again = shop.refresh().await;
    assert_eq!(first.body["expire_in"], 14400);
    assert_ne!(first.body["access_token"], Value::from(shop.access_token.clone()));
    assert_eq!(first.body["access_token"], again.body["access_token"]);
    assert_eq!(first.body["refresh_token"], again.body["refresh_token"]);
    // The old access token still works for five minutes.
    assert_eq!(shop.get("shop/get_shop_info", &[]).await.body["shop_name"], "Lumi Home");
    assert_eq!(world.shopee("sg").get("shop/get_shop_info", &[]).await.body["region"], "SG");
}

/// A body that `add_voucher` accepts, with `fields` over it.
fn body(fields: Value) -> Value {
    let start = noon().timestamp() + 3_600;
    let mut body = json!({
        "voucher_name": "Nov 10 off", "voucher_code": "NEW1", "start_time": start, "end_time": start + 86_400,
        "voucher_type": 1, "reward_type": 1, "usage_quantity": 500, "min_basket_price": 40.0, "discount_amount": 10.0,
        "display_channel_list": [1],
    });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn a_new_voucher_is_held_against_every_documented_rule() {
    let world = World::of(SHOP).await;
    let shop = world.shopee("sg");
    let now = noon().timestamp();
    let cases = [
        (json!({ "voucher_code": "SIXSIX" }), "voucher.voucher_code_error"),
        (json!({ "voucher_code": "A-1" }), "voucher.voucher_code_error"),
        (json!({ "voucher_code": "" }), "voucher.voucher_code_error"),
        (json!({ "voucher_code": "runs" }), "voucher.voucher_code_duplicate_error"),
        // Ended two days ago: its code rests for thirty days.
        (json!({ "voucher_code": "GONE" }), "voucher.voucher_code_duplicate_error"),
        (json!({ "start_time": now - 1 }), "voucher.voucher_start_time_error"),
        (json!({ "end_time": now + 3_600 + 3_599 }), "voucher.voucher_time_period_error"),
        (json!({ "end_time": now + 3_600 + 90 * 86_400 + 1 }), "voucher.voucher_end_time_error"),
        (json!({ "min_basket_price": 10.0 }), "voucher.voucher_min_price_error"),
        (json!({ "min_basket_price": 9.99 }), "voucher.voucher_min_price_error"),
        (json!({ "display_channel_list": [2] }), "voucher.voucher_display_channel_error"),
        (json!({ "display_channel_list": [1, 1] }), "voucher.voucher_display_channel_error"),
        (json!({ "display_channel_list": [], "display_start_time": now }), "voucher.voucher_display_channel_error"),
        (json!({ "voucher_type": 2, "item_id_list": [11, 11] }), "voucher.voucher_item_duplication_error"),
        (json!({ "voucher_type": 2, "item_id_list": [99] }), "voucher.voucher_item_not_exist"),
        (json!({ "voucher_type": 2 }), "error_param"),
        (json!({ "voucher_type": 3 }), "error_param"),
        (json!({ "reward_type": 2 }), "error_param"),
        (json!({ "reward_type": 2, "percentage": 100 }), "error_param"),
        (json!({ "usage_quantity": 0 }), "error_param"),
        (json!({ "usage_quantity": "500" }), "error_param"),
        (json!({ "discount_amount": null }), "error_param"),
        (json!({ "voucher_name": " " }), "error_param"),
    ];
    for (fields, error) in cases {
        let answer = shop.post("voucher/add_voucher", body(fields.clone())).await;
        assert_eq!((answer.status, answer.error()), (200, error), "{fields}");
    }
    assert_eq!(world.audit_lines(), Vec::<Value>::new(), "a refused write leaves no trace");

    let accepted = [
        body(json!({})),
        body(json!({ "voucher_code": "free", "min_basket_price": 0 })),
        body(json!({ "voucher_code": "PC15", "reward_type": 2, "percentage": 15, "max_price": 25 })),
        body(json!({ "voucher_code": "ITEM", "voucher_type": 2, "item_id_list": [11, 13] })),
        body(json!({ "voucher_code": "LONG", "end_time": now + 3_600 + 90 * 86_400 })),
        body(json!({ "voucher_code": "HOUR", "end_time": now + 7_200 })),
        body(json!({ "voucher_code": "HIDE", "display_channel_list": [] })),
    ];
    for body in &accepted {
        let answer = shop.post("voucher/add_voucher", body.clone()).await;
        assert_eq!(answer.error(), "", "{body}");
        let detail = shop.detail(answer.body["response"]["voucher_id"].as_u64().unwrap()).await;
        let code = format!("LUMI{}", body["voucher_code"].as_str().unwrap().to_uppercase());
        assert_eq!((&detail["voucher_code"], &detail["current_usage"]), (&json!(code), &json!(0)));
    }
    assert_eq!(world.audit_lines().len(), accepted.len());
}

#[tokio::test]
async fn what_may_change_depends_on_whether_a_voucher_is_coming_running_or_over() {
    let world = World::of(SHOP).await;
    let shop = world.shopee("sg");
    let now = noon().timestamp();
    let day = 86_400;
    let cases = [
        ("COME", json!({ "usage_quantity": 99 }), "voucher.voucher_quantity_reduce_error"),
        ("COME", json!({ "start_time": now - 60 }), "voucher.voucher_start_time_error"),
        ("COME", json!({ "end_time": now + 2 * day + 60 }), "voucher.voucher_time_period_error"),
        ("COME", json!({ "end_time": now + 93 * day }), "voucher.voucher_end_time_error"),
        ("COME", json!({ "min_basket_price": 5 }), "voucher.voucher_min_price_error"),
        ("COME", json!({ "display_channel_list": [9] }), "voucher.voucher_display_channel_error"),
        ("COME", json!({ "end_time": now + 30 * day, "start_time": now + day, "min_basket_price": 60 }), ""),
        ("COME", json!({ "usage_quantity": 150, "discount_amount": 12.5, "voucher_name": "Renamed" }), ""),
        ("RUNS", json!({ "end_time": now + 9 * day + 1 }), "voucher.voucher_end_time_reduce_error"),
        ("RUNS", json!({ "end_time": now - 1 }), "error_param"),
        ("RUNS", json!({ "usage_quantity": 99 }), "voucher.voucher_quantity_reduce_error"),
        ("RUNS", json!({ "min_basket_price": 60 }), "voucher.voucher_ongoing_param_error"),
        ("RUNS", json!({ "percentage": 20 }), "voucher.voucher_ongoing_param_error"),
        ("RUNS", json!({ "max_price": 20 }), "voucher.voucher_ongoing_param_error"),
        ("RUNS", json!({ "start_time": now + day }), "voucher.voucher_ongoing_param_error"),
        ("RUNS", json!({ "display_start_time": now }), "voucher.voucher_ongoing_param_error"),
        ("RUNS", json!({ "end_time": now + 9 * day }), ""),
        ("RUNS", json!({ "end_time": now + day, "usage_quantity": 300, "display_channel_list": [2, 3] }), ""),
        ("GONE", json!({ "usage_quantity": 300 }), "voucher.update_end_voucher_error"),
        ("ADMIN", json!({ "usage_quantity": 3000 }), "voucher.operate_voucher_permission_error"),
    ];
    for (code, fields, error) in cases {
        let id = shop.id_of(code).await;
        let before = shop.detail(id).await;
        let mut body = fields.clone();
        body["voucher_id"] = json!(id);
        let answer = shop.post("voucher/update_voucher", body).await;
        assert_eq!(answer.error(), error, "{code} {fields}");
        let after = shop.detail(id).await;
        for (name, value) in fields.as_object().unwrap() {
            let wanted = if error.is_empty() { value } else { before.get(name).unwrap_or(&Value::Null) };
            let shown = after.get(name).unwrap_or(&Value::Null);
            assert_eq!(
                shown.as_f64().map_or(shown.clone(), Value::from),
                wanted.as_f64().map_or(wanted.clone(), Value::from),
                "{code} {fields}"
            );
        }
    }
    assert_eq!(world.audit_lines().len(), 4);
}

#[tokio::test]
async fn only_a_coming_voucher_can_be_deleted_and_only_a_running_one_ended() {
    let world = World::of(SHOP).await;
    let shop = world.shopee("sg");
    let cases = [
        ("delete_voucher", "RUNS", "voucher.delete_voucher_error"),
        ("delete_voucher", "GONE", "voucher.delete_voucher_error"),
        ("delete_voucher", "ADMIN", "voucher.operate_voucher_permission_error"),
        ("end_voucher", "COME", "voucher.end_voucher_status_error"),
        ("end_voucher", "GONE", "voucher.update_end_voucher_error"),
        ("end_voucher", "ADMIN", "voucher.operate_voucher_permission_error"),
        ("end_voucher", "RUNS", ""),
        ("end_voucher", "RUNS", "voucher.update_end_voucher_error"),
    ];
    for (call, code, error) in cases {
        let body = json!({ "voucher_id": shop.id_of(code).await });
        let answer = shop.post(&format!("voucher/{call}"), body).await;
        assert_eq!(answer.error(), error, "{call} {code}");
    }
    let ended = shop.detail(shop.id_of("RUNS").await).await;
    assert_eq!(ended["end_time"], noon().timestamp());
    assert!(shop.listed("expired", 100).await.iter().any(|voucher| voucher["voucher_code"] == "LUMIRUNS"));

    let coming = json!({ "voucher_id": shop.id_of("COME").await });
    assert_eq!(shop.post("voucher/delete_voucher", coming.clone()).await.error(), "");
    assert_eq!(shop.post("voucher/delete_voucher", coming.clone()).await.error(), "common.error_not_found");
    let id = coming["voucher_id"].to_string();
    assert_eq!(shop.get("voucher/get_voucher", &[("voucher_id", &id)]).await.error(), "common.error_not_found");
    let calls: Vec<_> = world.audit_lines().iter().map(|line| line["call"].clone()).collect();
    assert_eq!(calls, ["end_voucher", "delete_voucher"]);
}

#[tokio::test]
async fn pages_of_any_size_show_every_voucher_once() {
    let many = format!(
        "{SHOP}\n[[stores.coupons]]\ncode = \"M{{nn}}\"\nrepeat = 45\ndiscount = {{ sum = \"1\" }}\nmin_spend = \"9\"\n"
    );
    let world = World::of(&many).await;
    let shop = world.shopee("sg");
    for page_size in [1, 7, 20, 49, 100] {
        let mut ids: Vec<_> = shop.listed("all", page_size).await.iter().map(|v| v["voucher_id"].as_u64()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 49, "page_size {page_size}");
    }
    assert_eq!(shop.listed("upcoming", 100).await.len(), 1);
    assert_eq!(shop.listed("expired", 100).await.len(), 1);
    let past = shop.get("voucher/get_voucher_list", &[("status", "all"), ("page_no", "9")]).await;
    assert_eq!(past.body["response"], json!({ "more": false, "voucher_list": [] }));
    for (name, value) in
        [("page_no", "0"), ("page_no", "5001"), ("page_size", "0"), ("page_size", "101"), ("status", "live")]
    {
        let query = [("status", "all"), (name, value)];
        assert_eq!(shop.get("voucher/get_voucher_list", &query).await.error(), "error_param", "{name}={value}");
    }
}

#[tokio::test]
async fn clients_that_post_reads_and_add_parameters_of_their_own_are_served() {
    let world = World::of(SHOP).await;
    let shop = world.shopee("sg");
    let id = shop.id_of("RUNS").await;
    let posted = shop.post("voucher/get_voucher", json!({ "voucher_id": id })).await;
    assert_eq!(posted.body["response"]["voucher_code"], "LUMIRUNS");
    let extra = shop.get("voucher/get_voucher", &[("voucher_id", &id.to_string()), ("principal_id", "")]).await;
    assert_eq!(extra.body["response"]["voucher_code"], "LUMIRUNS");
    assert_eq!(shop.get("voucher/end_voucher", &[]).await.error(), "error_param");
}

#[tokio::test]
async fn a_shop_that_the_platform_restricts_and_a_full_one_say_so() {
    let settings = "[sandbox]\nshopee_voucher_limit = 3\nshopee_sign_in_status = 401\nshopee_error_status = 400\n";
    let restricted = "[[stores]]\nid = \"my\"\nplatform = \"shopee\"\nname = \"Kapas\"\nregion = \"MY\"\n\
        refuse_with = \"shop_banned\"\ncoin_vouchers = false\n";
    let world = World::of(&format!("{settings}{SHOP}{restricted}")).await;
    let full = world.shopee("sg").post("voucher/add_voucher", body(json!({}))).await;
    assert_eq!((full.status, full.error()), (400, "voucher.voucher_over_limit"));
    let banned = world.shopee("my").get("shop/get_shop_info", &[]).await;
    assert_eq!(banned.error(), "shop_banned");
    let mut stranger = world.shopee("sg");
    stranger.access_token = "0".repeat(32);
    assert_eq!(stranger.get("shop/get_shop_info", &[]).await.status, 401);
}

#[tokio::test]
async fn tokens_live_and_die_as_the_documents_say() {
    let moved = Arc::new(AtomicI64::new(0));
    let hands = moved.clone();
    let clock = Arc::new(move || noon() + Duration::minutes(hands.load(Ordering::SeqCst)));
    let world = World::with(SHOP, noon(), clock).await;
    let first = world.shopee("sg");
    moved.store(239, Ordering::SeqCst);
    assert_eq!(first.get("shop/get_shop_info", &[]).await.error(), "");
    moved.store(240, Ordering::SeqCst);
    assert_eq!(first.get("shop/get_shop_info", &[]).await.error(), "invalid_acceess_token");

    assert_eq!(first.refresh().await.error(), "");
    let second = world.shopee("sg");
    assert_eq!(second.get("shop/get_shop_info", &[]).await.error(), "");
    assert_eq!(second.refresh().await.error(), "");
    moved.store(244, Ordering::SeqCst);
    assert_eq!(second.get("shop/get_shop_info", &[]).await.error(), "", "the old token has five minutes");
    moved.store(245, Ordering::SeqCst);
    assert_eq!(second.get("shop/get_shop_info", &[]).await.error(), "invalid_acceess_token");
    // Four hours after its use a refresh token is dead for good.
    moved.store(240 + 241, Ordering::SeqCst);
    assert_eq!(second.refresh().await.error(), "error_auth");

    let latest = world.shopee("sg");
    moved.store(240 + 30 * 24 * 60, Ordering::SeqCst);
    assert_eq!(latest.refresh().await.error(), "refresh_token_expired");

    // Only the seller helps now: the page sends the browser back with a code that works once.
    let redirect = "http://127.0.0.1:9/back?state=7";
    let page = latest.public(Method::GET, "shop/auth_partner", &[("redirect", redirect)], json!({})).await;
    assert_eq!(page.status, 302);
    let back = url::Url::parse(page.header("location")).unwrap();
    let given: HashMap<_, _> = back.query_pairs().into_owned().collect();
    assert_eq!((&given["state"], &given["shop_id"]), (&"7".to_string(), &latest.shop_id.to_string()));
    let body = json!({ "code": given["code"], "partner_id": latest.partner_id, "shop_id": latest.shop_id });
    let pair = latest.public(Method::POST, "auth/token/get", &[], body.clone()).await;
    assert_eq!(pair.body["shop_id_list"], json!([latest.shop_id]));
    let again = latest.public(Method::POST, "auth/token/get", &[], body).await;
    assert_eq!(again.error(), "invalid_code");
    assert_eq!(world.shopee("sg").get("shop/get_shop_info", &[]).await.error(), "");
}

#[tokio::test]
async fn the_app_can_list_its_shops() {
    let world = World::of(&format!(
        "{SHOP}\n[[stores]]\nid = \"tw\"\nplatform = \"shopee\"\nname = \"Taroko\"\nregion = \"TW\"\n"
    ))
    .await;
    let query = [("page_no", "1"), ("page_size", "1")];
    let page = world.shopee("sg").public(Method::GET, "public/get_shops_by_partner", &query, json!({})).await;
    assert_eq!(page.body["more"], true);
    assert_eq!(page.body["authed_shop_list"][0]["region"], "SG");
}

#[tokio::test]
async fn raw_fields_of_a_scenario_reach_the_wire_and_the_rules() {
    let follow = "[[stores.coupons]]\ncode = \"FOLLO\"\ndiscount = { sum = \"3\" }\n\
        raw = { voucher_purpose = 3, cmt_voucher_status = 1 }\n";
    let world = World::of(&format!("{SHOP}\n{follow}")).await;
    let shop = world.shopee("sg");
    let id = shop.id_of("FOLLO").await;
    assert_eq!(shop.detail(id).await["cmt_voucher_status"], 1);
    let refused = shop.post("voucher/end_voucher", json!({ "voucher_id": id })).await;
    assert_eq!(refused.error(), "voucher.operate_voucher_permission_error");
}

#[tokio::test]
async fn numbers_beyond_all_measure_are_refused_and_not_fatal() {
    let world = World::of(SHOP).await;
    let shop = world.shopee("sg");
    let far = i64::MAX;
    for fields in [json!({ "start_time": far - 7_200, "end_time": far }), json!({ "usage_quantity": far })] {
        let first = shop.post("voucher/add_voucher", body(fields)).await;
        assert_eq!(first.status, 200);
        let again = shop.post("voucher/add_voucher", body(json!({}))).await;
        assert!(["", "voucher.voucher_code_duplicate_error"].contains(&again.error()));
    }
    let query = [("status", "all"), ("page_no", "18446744073709551615")];
    assert_eq!(shop.get("voucher/get_voucher_list", &query).await.error(), "error_param");
    let id = u64::MAX.to_string();
    assert_eq!(shop.get("voucher/get_voucher", &[("voucher_id", &id)]).await.error(), "error_param");
}
