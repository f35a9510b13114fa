use super::client::*;
use super::lazada_client::*;
use crate::trouble::{once, requests};
use chrono::Duration;
use couponbook::sandbox::{FaultKind, Matching, SandboxError};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A new voucher, with some of it in other words (none: left out).
fn body(other: &[(&'static str, Option<String>)]) -> Vec<(&'static str, String)> {
    let mut fields: BTreeMap<&'static str, String> = BTreeMap::from([
        ("voucher_type", "COLLECTIBLE_VOUCHER".to_string()),
        ("voucher_name", "Tết sale 10%".to_string()),
        ("voucher_discount_type", "MONEY_VALUE_OFF".to_string()),
        ("offering_money_value_off", "10".to_string()),
        ("criteria_over_money", "100.50".to_string()),
        ("apply", "ENTIRE_SHOP".to_string()),
        ("display_area", "REGULAR_CHANNEL".to_string()),
        ("period_start_time", milliseconds(1)),
        ("period_end_time", milliseconds(31)),
        ("limit", "1".to_string()),
        ("issued", "500".to_string()),
    ]);
    for (name, value) in other {
        match value {
            Some(value) => fields.insert(name, value.clone()),
            None => fields.remove(name),
        };
    }
    fields.into_iter().collect()
}

async fn create(store: &Lazada<'_>, other: &[(&'static str, Option<String>)]) -> Value {
    let body = body(other);
    let own: Vec<(&str, &str)> = body.iter().map(|(name, value)| (*name, value.as_str())).collect();
    store.post("/promotion/voucher/create", &own).await
}

#[tokio::test]
async fn vouchers_are_listed_a_type_at_a_time_with_their_status_by_the_clock() {
    let world = World::of(SHOP).await;
    let store = lazada(&world, "lz");
    let runs = store.named("Runs").await;
    let expected = json!({
        "id": runs["id"], "voucher_type": "COLLECTIBLE_VOUCHER", "voucher_name": "Runs", "voucher_code": null,
        "status": "ONGOING", "apply": "ENTIRE_SHOP", "display_area": "REGULAR_CHANNEL",
        "voucher_discount_type": "PERCENTAGE_DISCOUNT_OFF", "criteria_over_money": "50",
        "offering_money_value_off": null, "offering_percentage_discount_off": "15",
        "max_discount_offering_money_value": "12.5", "limit": 1, "issued": 100, "order_used_budget": 40,
        "currency": "SGD", "collect_start": (noon() - Duration::days(2)).timestamp_millis(),
        "period_start_time": (noon() - Duration::days(2)).timestamp_millis(),
        "period_end_time": (noon() + Duration::days(9)).timestamp_millis(),
    });
    assert_eq!(runs, expected);
    assert_eq!(runs["id"].to_string().len(), 14);
    let names = |rows: &Value| -> BTreeSet<String> {
        rows["data_list"].as_array().unwrap().iter().map(|v| v["voucher_name"].as_str().unwrap().to_string()).collect()
    };
    let statuses = [
        ("NOT_START", vec!["Comes"]),
        ("ONGOING", vec!["Runs", "Some products"]),
        ("SUSPEND", vec!["Held"]),
        ("FINISH", vec!["Gone"]),
    ];
    for (status, wanted) in statuses {
        let page = store.page(&[COLLECTIBLE, ("status", status)]).await;
        assert_eq!(names(&page), wanted.into_iter().map(str::to_string).collect(), "{status}");
    }
    assert_eq!(names(&store.page(&[COLLECTIBLE, ("name", "some PROD")]).await).len(), 1);
    let coded = store.listed(CODED).await;
    assert_eq!((coded.len(), &coded[0]["voucher_code"]), (1, &json!("SECRET7")));

    let id = runs["id"].to_string();
    let detail = store.get("/promotion/voucher/get", &[COLLECTIBLE, ("id", &id)]).await;
    assert_eq!(detail["data"]["order_used_budget"], Value::Null, "the detail does not tell the uses");
    assert_eq!(detail["data"]["issued"], 100);
    for (own, wanted) in [
        (vec![CODED, ("id", id.as_str())], "23"),
        (vec![COLLECTIBLE, ("id", "91")], "23"),
        (vec![COLLECTIBLE, ("id", "x")], "24"),
        (vec![COLLECTIBLE], "MissingParameter"),
        (vec![("voucher_type", "ALL"), ("id", "91")], "21"),
    ] {
        assert_eq!(error(&store.get("/promotion/voucher/get", &own).await), wanted, "{own:?}");
    }
}

#[tokio::test]
async fn pages_of_any_size_show_every_voucher_once() {
    let many = format!(
        "{SHOP}\n[[stores.coupons]]\ncode = \"M{{nn}}\"\nrepeat = 45\ndiscount = {{ sum = \"1\" }}\nmin_spend = \"9\"\n"
    );
    let world = World::of(&many).await;
    let store = lazada(&world, "lz");
    for page_size in [1, 7, 20, 49, 50, 100] {
        let mut ids = BTreeSet::new();
        for current in 1.. {
            let page = store
                .page(&[COLLECTIBLE, ("cur_page", &current.to_string()), ("page_size", &page_size.to_string())])
                .await;
            assert_eq!(
                (&page["total"], &page["current"], &page["page_size"]),
                (&json!(50), &json!(current), &json!(page_size))
            );
            ids.extend(page["data_list"].as_array().unwrap().iter().map(|voucher| voucher["id"].to_string()));
            if current * page_size >= 50 {
                break;
            }
        }
        assert_eq!(ids.len(), 50, "page_size {page_size}");
    }
    assert_eq!(store.page(&[COLLECTIBLE]).await["page_size"], 20);
    let past = store.page(&[COLLECTIBLE, ("cur_page", "9223372036854775807"), ("page_size", "100")]).await;
    assert_eq!((&past["data_list"], &past["total"]), (&json!([]), &json!(50)));
    for (name, value) in
        [("cur_page", "0"), ("cur_page", "x"), ("page_size", "0"), ("page_size", "101"), ("status", "LIVE")]
    {
        let answer = store.get("/promotion/vouchers/get", &[COLLECTIBLE, (name, value)]).await;
        assert_eq!(error(&answer), "24", "{name}={value}");
        assert_eq!(answer["error_code"], "24", "reads tell the number as text");
    }
}

#[tokio::test]
async fn what_can_be_created_is_what_the_documents_say() {
    let world = World::of(SHOP).await;
    let store = lazada(&world, "lz");
    let some = |text: &str| Some(text.to_string());
    type Other = Vec<(&'static str, Option<String>)>;
    let percent: Other = vec![
        ("voucher_discount_type", some("PERCENTAGE_DISCOUNT_OFF")),
        ("offering_money_value_off", None),
        ("offering_percentage_discount_off", some("10")),
    ];
    let with = |more: Other| -> Other { percent.iter().cloned().chain(more).collect() };
    let cases: Vec<(Other, &str)> = vec![
        (vec![], ""),
        (vec![("display_area", some("STORE_FOLLOWER")), ("collect_start", some(&milliseconds(0)))], ""),
        (with(vec![("max_discount_offering_money_value", some("20.5"))]), ""),
        (with(vec![]), ""),
        (vec![("voucher_type", some("CODE_VOUCHER"))], "21"),
        (vec![("voucher_name", None)], "MissingParameter"),
        (vec![("criteria_over_money", None)], "MissingParameter"),
        (vec![("criteria_over_money", some("a lot"))], "24"),
        (vec![("criteria_over_money", some("-1"))], "24"),
        (vec![("offering_money_value_off", None)], "23"),
        (vec![("offering_money_value_off", some("0"))], "23"),
        (with(vec![("offering_percentage_discount_off", None)]), "23"),
        (with(vec![("offering_percentage_discount_off", some("101"))]), "23"),
        (with(vec![("offering_percentage_discount_off", some("12.5"))]), "24"),
        (vec![("voucher_discount_type", some("FREE"))], "24"),
        (vec![("apply", None)], "MissingParameter"),
        (vec![("apply", some("HALF_SHOP"))], "24"),
        (vec![("display_area", some("SHARE_VOUCHER"))], "24"),
        (vec![("period_start_time", some(&milliseconds(-1)))], "23"),
        (vec![("collect_start", some(&milliseconds(-1)))], "23"),
        (vec![("period_end_time", some(&milliseconds(1)))], "23"),
        (vec![("period_end_time", some(&milliseconds(181)))], ""),
        (vec![("period_end_time", some(&milliseconds(182)))], "23"),
        (vec![("period_end_time", some(&i64::MAX.to_string()))], "23"),
        (vec![("limit", some("0"))], "24"),
        (vec![("limit", None)], "MissingParameter"),
        (vec![("issued", some("0"))], "24"),
        (vec![("issued", some("many"))], "24"),
    ];
    let accepted = cases.iter().filter(|(_, wanted)| wanted.is_empty()).count();
    let mut ids = BTreeSet::new();
    for (other, wanted) in cases {
        let answer = create(&store, &other).await;
        assert_eq!(error(&answer), wanted, "{other:?}: {answer}");
        if wanted.is_empty() {
            ids.insert(answer["data"].as_u64().unwrap());
        }
    }
    assert_eq!(ids.len(), accepted, "each has an id of its own");
    assert_eq!(world.audit_lines().len(), accepted);
    let first = ids.first().unwrap().to_string();
    let made = store.get("/promotion/voucher/get", &[COLLECTIBLE, ("id", &first)]).await["data"].clone();
    assert_eq!(made["voucher_name"], "Tết sale 10%");
    assert_eq!((&made["status"], &made["issued"]), (&json!("NOT_START"), &json!(500)));
    assert_eq!((&made["criteria_over_money"], &made["currency"]), (&json!("100.5"), &json!("SGD")));
    assert_eq!(made["collect_start"], made["period_start_time"]);
    let line = &world.audit_lines()[0];
    assert_eq!(
        (&line["platform"], &line["call"], &line["coupon_id"]),
        (&json!("lazada"), &json!("voucher_create"), &json!(first))
    );
    assert_eq!(line["fields"]["issued"], "500");
    assert!(line["fields"].get("access_token").is_none() && line["fields"].get("sign").is_none(), "{line}");
}

#[tokio::test]
async fn each_status_allows_the_edits_that_it_allows_and_no_other() {
    let edits: [(&str, &str, [&str; 4]); 9] = [
        // Field, new value, and the error on Comes, Runs, Held, Gone.
        ("issued", "150", ["", "", "23", "23"]),
        ("issued", "99", ["23", "23", "23", "23"]),
        ("issued", "100", ["23", "23", "23", "23"]),
        ("criteria_over_money", "45", ["", "23", "23", "23"]),
        ("voucher_name", "Renamed", ["", "23", "23", "23"]),
        ("limit", "2", ["", "23", "23", "23"]),
        ("apply", "SPECIFIC_PRODUCTS", ["23", "23", "23", "23"]),
        ("collect_start", "1", ["23", "23", "23", "23"]),
        ("display_area", "OFFLINE", ["", "23", "23", "23"]),
    ];
    for (field, value, wanted) in edits {
        let world = World::of(SHOP).await;
        let store = lazada(&world, "lz");
        for (name, wanted) in ["Comes", "Runs", "Held", "Gone"].iter().zip(wanted) {
            let answer = store.rewritten(name, &[(field, Some(value))]).await;
            assert_eq!(error(&answer), wanted, "{name}: {field} = {value}: {answer}");
            if wanted == "23" {
                assert_eq!(answer["error_code"], 23, "writes tell the number as one");
                assert!(answer["error_msg"].as_str().unwrap().starts_with("E023: "));
            }
        }
    }
    let world = World::of(SHOP).await;
    let store = lazada(&world, "lz");
    let later = milliseconds(20);
    for (name, wanted) in [("Comes", ""), ("Runs", "23"), ("Held", "23"), ("Gone", "23")] {
        assert_eq!(error(&store.rewritten(name, &[("period_end_time", Some(&later))]).await), wanted, "extend {name}");
    }
    let sooner = milliseconds(5);
    assert_eq!(error(&store.rewritten("Runs", &[("period_end_time", Some(&sooner))]).await), "23", "nor shorten");
    let past = milliseconds(-1);
    assert_eq!(error(&store.rewritten("Comes", &[("period_start_time", Some(&past))]).await), "23");
    assert_eq!(error(&store.rewritten("Comes", &[("period_start_time", Some(&sooner))]).await), "");
    let moved = store.named("Comes").await;
    assert_eq!(moved["period_start_time"].to_string(), sooner);
    assert_eq!(moved["collect_start"], (noon() + Duration::days(2)).timestamp_millis());
}

#[tokio::test]
async fn an_update_replaces_the_whole_voucher() {
    let world = World::of(SHOP).await;
    let store = lazada(&world, "lz");
    for name in ["id", "offering_money_value_off", "issued", "voucher_name", "period_end_time"] {
        let answer = store.rewritten("Runs", &[("issued", Some("200")), (name, None)]).await;
        assert_eq!(error(&answer), "MissingParameter", "{name}");
    }
    // A cap that is left out is a cap taken away, and a running voucher keeps its cap.
    let without_cap = [("issued", Some("200")), ("max_discount_offering_money_value", None)];
    assert_eq!(error(&store.rewritten("Runs", &without_cap).await), "23");
    // The same amounts in other spellings are the same amounts.
    let same = [
        ("issued", Some("200")),
        ("criteria_over_money", Some("50.00")),
        ("max_discount_offering_money_value", Some("12.500")),
    ];
    assert_eq!(error(&store.rewritten("Runs", &same).await), "");
    let answer = store.rewritten("Runs", &[("issued", Some("300"))]).await;
    assert_eq!(answer["data"], store.named("Runs").await["id"]);
    assert_eq!(store.named("Runs").await["order_used_budget"], 40);
    assert_eq!(error(&store.rewritten("Coded", &[("issued", Some("2000"))]).await), "21");
    assert_eq!(world.audit_lines().len(), 2);
}

#[tokio::test]
async fn a_running_voucher_is_held_and_let_go_and_no_other() {
    let world = World::of(SHOP).await;
    let store = lazada(&world, "lz");
    let steps = [
        ("activate", "Comes", "23"),
        ("activate", "Runs", "23"),
        ("activate", "Gone", "23"),
        ("deactivate", "Comes", "23"),
        ("deactivate", "Held", "23"),
        ("deactivate", "Gone", "23"),
        ("deactivate", "Runs", ""),
        ("deactivate", "Runs", "23"),
        ("activate", "Held", ""),
        ("activate", "Runs", ""),
        ("deactivate", "Coded", ""),
    ];
    for (call, name, wanted) in steps {
        let voucher = store.named(name).await;
        let (id, kind) = (voucher["id"].to_string(), voucher["voucher_type"].as_str().unwrap());
        let own = [("id", id.as_str()), ("voucher_type", kind)];
        let answer = store.post(&format!("/promotion/voucher/{call}"), &own).await;
        assert_eq!(error(&answer), wanted, "{call} {name}");
        assert_eq!(answer.get("data"), if wanted.is_empty() { None } else { Some(&Value::Null) });
    }
    assert_eq!(store.named("Coded").await["status"], "SUSPEND");
    assert_eq!(store.named("Runs").await["status"], "ONGOING");
    let calls: Vec<Value> = world.audit_lines().iter().map(|line| line["call"].clone()).collect();
    assert_eq!(calls, ["voucher_deactivate", "voucher_activate", "voucher_activate", "voucher_deactivate"]);
}

#[tokio::test]
async fn the_clock_carries_a_voucher_from_coming_to_finished() {
    let moved = Arc::new(AtomicI64::new(0));
    let hands = moved.clone();
    let clock = Arc::new(move || noon() + Duration::seconds(hands.load(Ordering::SeqCst)));
    let world = World::with(SHOP, noon(), clock).await;
    let day = 86_400;
    for (seconds, comes, held) in [
        (0, "NOT_START", "SUSPEND"),
        (2 * day - 1, "NOT_START", "SUSPEND"),
        (2 * day, "ONGOING", "SUSPEND"),
        (9 * day - 1, "ONGOING", "SUSPEND"),
        (9 * day, "FINISH", "FINISH"),
    ] {
        moved.store(seconds, Ordering::SeqCst);
        let store = lazada(&world, "lz");
        let seen = (store.named("Comes").await["status"].clone(), store.named("Held").await["status"].clone());
        assert_eq!(seen, (json!(comes), json!(held)), "{seconds}");
    }
}

#[tokio::test]
async fn products_are_added_told_and_taken_away_by_their_skus() {
    let world = World::of(SHOP).await;
    let store = lazada(&world, "lz");
    let id = store.id_of("Some products").await;
    let of = |sku_ids: &'static str| vec![("id", id.clone()), ("sku_ids", sku_ids.to_string())];
    let call = async |what: &str, own: Vec<(&str, String)>| {
        let mut pairs: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        pairs.push(COLLECTIBLE);
        store.post(&format!("/promotion/voucher/product/sku/{what}"), &pairs).await
    };
    let added = call("add", of("[10069285692,\"10069285701\",77]")).await;
    assert_eq!((error(&added), &added["data"]), (String::new(), &json!({ "77": "sku not found" })));
    let products = async |current: &str| {
        let own = [COLLECTIBLE, ("id", id.as_str()), ("cur_page", current), ("page_size", "1")];
        store.get("/promotion/voucher/products/get", &own).await["data"].clone()
    };
    let first = products("1").await;
    assert_eq!(
        (&first["total"], &first["data_list"][0]["sku_ids"]),
        (&json!(2), &json!([10069285691u64, 10069285692u64]))
    );
    assert!(first["data_list"][0]["product_id"].is_u64());
    assert_eq!(products("2").await["data_list"][0]["sku_ids"], json!([10069285701u64]));

    let removed = call("remove", of("[10069285691,10069285692]")).await;
    assert_eq!((error(&removed), removed.get("data")), (String::new(), None));
    assert_eq!(products("1").await["total"], 1);
    for bad in ["10069285691", "[]", "[\"x\"]", "{}"] {
        assert_eq!(error(&call("add", of(bad)).await), "24", "{bad}");
    }
    assert_eq!(error(&call("add", vec![("id", id.clone())]).await), "MissingParameter");
    let whole_shop = store.id_of("Runs").await;
    assert_eq!(error(&call("add", vec![("id", whole_shop), ("sku_ids", "[10069285691]".to_string())]).await), "23");
    assert!(store.named("Some products").await.get("sku_ids").is_none(), "the list does not show them");
    assert_eq!(world.audit_lines().len(), 2);
}

#[tokio::test]
async fn a_scenario_chooses_how_scalars_and_refusals_are_spelled() {
    let text = World::of(&format!("[sandbox]\nlazada_scalars = \"text\"\n{SHOP}")).await;
    let store = lazada(&text, "lz");
    let answer = store.get("/promotion/vouchers/get", &[COLLECTIBLE, ("name", "Runs")]).await;
    assert_eq!((&answer["success"], &answer["error_code"]), (&json!("true"), &json!("null")));
    assert_eq!((&answer["data"]["total"], &answer["data"]["current"]), (&json!("1"), &json!("1")));
    let voucher = &answer["data"]["data_list"][0];
    assert_eq!((&voucher["issued"], &voucher["voucher_code"]), (&json!("100"), &json!("null")));
    assert!(voucher["id"].is_string() && voucher["period_end_time"].is_string());

    let sparse = World::of(&format!("[sandbox]\nlazada_scalars = \"sparse\"\n{SHOP}")).await;
    let answer = lazada(&sparse, "lz").get("/promotion/vouchers/get", &[COLLECTIBLE, ("name", "Runs")]).await;
    let voucher = &answer["data"]["data_list"][0];
    assert_eq!((voucher.get("voucher_code"), answer.get("error_code")), (None, None));
    assert_eq!(voucher["issued"], 100);

    let settings =
        "[sandbox]\nlazada_refusals = \"code\"\nlazada_gateway_status = 403\nlazada_detail_tells_used = true\n";
    let world = World::of(&format!("{settings}{SHOP}")).await;
    let store = lazada(&world, "lz");
    let refused = store.rewritten("Runs", &[("issued", Some("99"))]).await;
    assert_eq!((&refused["code"], refused.get("success")), (&json!("23"), None));
    assert_eq!(refused["message"], "E023: voucher quantity must be greater than 100");
    let id = store.id_of("Runs").await;
    let detail = store.get("/promotion/voucher/get", &[COLLECTIBLE, ("id", &id)]).await;
    assert_eq!(detail["data"]["order_used_budget"], "40");
    let url = format!("{}/seller/get", store.base);
    assert_eq!(world.http.get(url).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_seller_that_may_not_use_promotions_is_told_so_and_can_still_be_looked_at() {
    let cases = [("Mp3SellerApiLimit", true), ("26", false), ("998", false)];
    for (name, is_ease_mode) in cases {
        let world = World::of(&SHOP.replace("items =", &format!("refuse_with = \"{name}\"\nitems ="))).await;
        let store = lazada(&world, "lz");
        assert_eq!(error(&store.get("/promotion/vouchers/get", &[COLLECTIBLE]).await), name);
        let seller = store.get("/seller/get", &[]).await["data"].clone();
        assert_eq!(seller["marketplaceEaseMode"], is_ease_mode, "{name}");
        assert_eq!((&seller["seller_id"], &seller["name"]), (&json!(store.seller_id), &json!("Lumi Home")));
        assert_eq!((&seller["status"], &seller["cb"]), (&json!("ACTIVE"), &json!(false)));
    }
}

#[tokio::test]
async fn faults_and_limits_hit_the_calls_that_they_name() {
    let second_store = "[[stores]]\nid = \"my\"\nplatform = \"lazada\"\nname = \"Kapas\"\nregion = \"MY\"\n";
    let world = World::of(&format!("{SHOP}\n{second_store}")).await;
    let (store, other) = (lazada(&world, "lz"), lazada(&world, "my"));
    let of =
        |call: &str| Matching { store: Some("lz".to_string()), call: Some(call.to_string()), ..Matching::default() };
    world.running.faults().add(once(of("vouchers_get"), FaultKind::Throttle { retry_after_seconds: Some(3) }));
    let list = "/promotion/vouchers/get";
    assert_eq!(error(&other.get(list, &[COLLECTIBLE]).await), "", "another store's token is another store");
    let throttled = store.get(list, &[COLLECTIBLE]).await;
    assert_eq!(error(&throttled), "ApiCallLimit");
    assert_eq!(throttled["message"], "Api access frequency exceeds the limit. this ban will last 3 seconds");
    assert_eq!(error(&store.get(list, &[COLLECTIBLE]).await), "");
    world.running.faults().add(once(of("token_refresh"), FaultKind::Throttle { retry_after_seconds: None }));
    assert_eq!(error(&store.refresh().await), "ApiCallLimit");

    // Carried out, and the answer lost.
    let writes = Matching { writes_only: true, ..Matching::default() };
    world.running.faults().add(once(writes, FaultKind::LoseAnswer));
    let path = "/promotion/voucher/deactivate";
    let pairs = store.signed(path, store.pairs(&[COLLECTIBLE, ("id", &store.id_of("Runs").await)]));
    world.http.post(format!("{}{path}", store.base)).form(&pairs).send().await.unwrap_err();
    assert_eq!(store.named("Runs").await["status"], "SUSPEND");
    assert_eq!(requests(&world.running.counts(), "lz", "voucher_deactivate"), 1);

    let limited = World::of(&format!("[sandbox]\nlazada_calls_per_second = 1\n{SHOP}")).await;
    let store = lazada(&limited, "lz");
    let mut errors = BTreeSet::new();
    for _ in 0..20 {
        errors.insert(error(&store.get("/seller/get", &[]).await));
    }
    assert!(errors.contains("ApiCallLimit") && limited.running.counts().refused_by_rate_limit > 0, "{errors:?}");
}

#[tokio::test]
async fn a_tester_can_change_a_voucher_behind_the_clients_back() {
    let world = World::of(SHOP).await;
    let store = lazada(&world, "lz");
    let fields = |value: Value| value.as_object().cloned().unwrap_or_else(Map::new);
    world
        .running
        .sandbox()
        .edit("lz", "runs", Some(&fields(json!({ "order_used_budget": 100, "status": "SUSPEND" }))))
        .unwrap();
    let runs = store.named("Runs").await;
    assert_eq!((&runs["order_used_budget"], &runs["status"]), (&json!(100), &json!("SUSPEND")));
    world.running.sandbox().edit("lz", "secret7", Some(&fields(json!({ "status": "AUDITING" })))).unwrap();
    assert_eq!(store.named("Coded").await["status"], "AUDITING");
    world.running.sandbox().edit("lz", "Runs", Some(&fields(json!({ "status": "ONGOING" })))).unwrap();
    assert_eq!(store.named("Runs").await["status"], "ONGOING");
    let refused = world.running.sandbox().edit("lz", "Runs", Some(&fields(json!({ "status": "FINISH" })))).unwrap_err();
    assert!(matches!(refused, SandboxError::BadEdit { .. }));
    world.running.sandbox().edit("lz", "Gone", None).unwrap();
    assert_eq!(store.listed(COLLECTIBLE).await.len(), 4);
    assert!(world.audit_lines().is_empty(), "edits are not the client's");
}

#[test]
fn words_that_lazada_does_not_know_are_named() {
    let coupon =
        |more: &str| format!("{SHOP}\n[[stores.coupons]]\ncode = \"A\"\ndiscount = {{ sum = \"1\" }}\n{more}\n");
    let store = |from: &str, to: &str| SHOP.replacen(from, to, 1);
    let cases =
        [
            (coupon("status = \"draft\""), "status \"draft\"; write `SUSPEND`, the times decide the rest on lazada"),
            (coupon("platform_owned = true"), "`platform_owned` means nothing on lazada"),
            (coupon("total = \"none\""), "every coupon of lazada has a total"),
            (coupon("").replace("{ sum = \"1\" }", "{ coins = \"5\" }"), "`coins` means nothing on lazada"),
            (store("\"SG\"", "\"DE\""), "lazada is not in \"DE\""),
            (store("items", "shop_id = 7\nitems"), "`shop_id` means nothing on lazada"),
            (store("items", "permissions = \"read\"\nitems"), "`permissions` means nothing on lazada"),
            (format!("[sandbox]\nlazada_colour = 1\n{SHOP}"), "unknown field `lazada_colour`"),
            (
                format!("{SHOP}\n{}", SHOP.replace("\"lz\"", "\"lz2\"").replace("items", "seller_id = 7\nitems"))
                    .replacen("items", "seller_id = 7\nitems", 1),
                "another store has the same id",
            ),
        ];
    for (text, wanted) in cases {
        let error = couponbook::sandbox::Scenario::parse(&text, "test.toml", noon()).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}\n  lacks: {wanted}");
    }
}
