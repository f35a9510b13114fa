use super::client::*;
use chrono::Duration;

use reqwest::Method;
use serde_json::{Value, json};

pub const SHOP: &str = r#"
[[stores]]
id = "de"
platform = "woocommerce"
name = "Nordlicht"
region = "US"

[[stores.coupons]]
code = "Live{n}"
repeat = 3
discount = { sum = "5" }
min_spend = "40"
ends = "day+9 23:59:59"

[[stores.coupons]]
code = "draft"
discount = { percent = "10" }
status = "draft"

[[stores.coupons]]
code = "binned"
discount = { percent = "10" }
status = "trash"

[[stores.coupons]]
code = "private"
discount = { percent = "10" }
status = "private"
"#;

#[tokio::test]
async fn without_a_status_drafts_are_missing_and_with_an_unknown_one_even_the_bin_is_listed() {
    let world = World::of(SHOP).await;
    let shop = world.woo("de");
    let live = ["live1", "live2", "live3"];
    assert_eq!(shop.codes(&[]).await, [&live[..], &["private"]].concat());
    assert_eq!(shop.codes(&[("status", "any")]).await, [&live[..], &["draft", "private"]].concat());
    assert_eq!(shop.codes(&[("status", "trash")]).await, ["binned"]);
    assert_eq!(shop.codes(&[("status[0]", "draft"), ("status[1]", "private")]).await, ["draft", "private"]);
    assert_eq!(shop.codes(&[("status", "bogus")]).await.len(), 6);
}

#[tokio::test]
async fn a_coupon_can_be_made_changed_binned_and_deleted() {
    let world = World::of(SHOP).await;
    let shop = world.woo("de");
    let body = json!({ "code": "  Summer SALE ", "amount": "1,50", "date_expires": "2026-12-31" });
    let made = shop.send(Method::POST, "/wc/v3/coupons", &[], body).await;
    assert_eq!((made.status, &made.body["code"], &made.body["amount"]), (201, &json!("summer sale"), &json!("150.00")));
    assert_eq!(made.body["date_expires_gmt"], "2026-12-31T05:00:00");
    let path = format!("/wc/v3/coupons/{}", made.body["id"]);
    let binned = shop.send(Method::DELETE, &path, &[], json!(null)).await;
    assert_eq!((binned.status, &binned.body["status"]), (200, &json!("publish")));
    assert_eq!(shop.send(Method::DELETE, &path, &[], json!(null)).await.status, 410);
    assert_eq!(shop.get(&path, &[]).await.body["status"], "trash");
    assert_eq!(shop.send(Method::DELETE, &path, &[("force", "true")], json!(null)).await.status, 200);
    assert_eq!(shop.get(&path, &[]).await.status, 404);
    let calls: Vec<_> = world.audit_lines().iter().map(|line| line["call"].clone()).collect();
    assert_eq!(calls, ["create", "trash", "delete"]);
}

pub const COUPONS: &str = "/wc/v3/coupons";

/// A shop of one release, with one coupon.
fn shop_of(version: &str) -> String {
    format!(
        "[[stores]]\nid = \"us\"\nplatform = \"woocommerce\"\nname = \"Prairie\"\nregion = \"US\"\n\
         woocommerce_version = \"{version}\"\n\
         [[stores.coupons]]\ncode = \"one\"\ndiscount = {{ percent = \"10\" }}\ntotal = 50\nused = 20\nends = \"none\"\n"
    )
}

/// Puts each body on a coupon of its own and compares one field of the answer.
async fn after_puts(version: &str, cases: &[(Value, &str, Value)]) {
    let world = World::of(&shop_of(version)).await;
    let shop = world.woo("us");
    for (body, field, wanted) in cases {
        let fresh = json!({ "code": nonce(), "usage_limit": 9, "date_expires": "2027-01-02T03:04:05Z" });
        let made = shop.send(Method::POST, COUPONS, &[], fresh).await;
        let path = format!("{COUPONS}/{}", made.body["id"]);
        let answer = shop.send(Method::PUT, &path, &[], body.clone()).await;
        let shown = if answer.status == 200 { &answer.body[field] } else { &answer.body["code"] };
        assert_eq!(shown, wanted, "{version}: {body}");
    }
}

#[tokio::test]
async fn dates_are_read_as_measured_on_a_real_shop() {
    let gmt = |text: &str, wanted: Value| (json!({ "date_expires": text }), "date_expires_gmt", wanted);
    let epoch = json!("1970-01-01T00:00:00");
    // The shop is in New York, the sandbox's clock at 2026-11-22, a Saturday evening there.
    let cases = [
        gmt("2026-12-31T23:59:59Z", json!("2026-12-31T23:59:59")),
        gmt("2026-12-31T23:59:59+09:00", json!("2026-12-31T14:59:59")),
        gmt("2026-12-31T23:59:59", json!("2027-01-01T04:59:59")),
        gmt("2026-12-31 23:59:59.75", json!("2027-01-01T04:59:59")),
        gmt("2026-12-31", json!("2026-12-31T05:00:00")),
        // The hour that spring skips: 02:30 becomes 03:30.
        gmt("2027-03-14T02:30:00", json!("2027-03-14T07:30:00")),
        gmt("2027-02-30", json!("2027-03-02T05:00:00")),
        gmt("31/12/2027", epoch.clone()),
        gmt("nonsense", epoch),
        gmt("next tuesday", json!("2026-11-24T05:00:00")),
        gmt("9999-12-31T23:59:59", Value::Null),
        gmt("", Value::Null),
        (json!({ "date_expires": null }), "date_expires_gmt", json!("2027-01-02T03:04:05")),
        (json!({ "date_expires_gmt": "2030-01-01T00:00:00" }), "date_expires_gmt", json!("2027-01-02T03:04:05")),
        (json!({ "date_expires": 1798761599 }), "code", json!("rest_invalid_param")),
        (json!({ "date_expires": "2026-12-31T23:59:59Z" }), "date_expires", json!("2026-12-31T18:59:59")),
    ];
    after_puts("11.0.1", &cases).await;
}

#[tokio::test]
async fn amounts_are_read_as_measured_on_a_real_shop() {
    let cases = [
        (json!({ "amount": "3.4567" }), "amount", json!("3.46")),
        (json!({ "amount": "1,50" }), "amount", json!("150.00")),
        (json!({ "amount": "abc" }), "amount", json!("0.00")),
        (json!({ "amount": "1e3" }), "amount", json!("1000.00")),
        (json!({ "amount": "999999999999999.99" }), "amount", json!("1000000000000000.00")),
        (json!({ "amount": 12 }), "amount", json!("12.00")),
        (json!({ "amount": "-5" }), "amount", json!("coupon_invalid_amount")),
        (json!({ "amount": "101", "discount_type": "percent" }), "amount", json!("coupon_invalid_amount")),
        (json!({ "discount_type": "half" }), "amount", json!("rest_invalid_param")),
        (json!({ "minimum_amount": "-4" }), "minimum_amount", json!("-4.00")),
        (json!({ "minimum_amount": "50", "maximum_amount": "40" }), "amount", json!("coupon_invalid_maximum_amount")),
        (json!({ "minimum_amount": null }), "minimum_amount", json!("0.00")),
    ];
    after_puts("11.0.1", &cases).await;
    let old = [
        (json!({ "amount": "1e3" }), "amount", json!("13.00")),
        (json!({ "amount": 12 }), "amount", json!("rest_invalid_param")),
        (json!({ "amount": "101", "discount_type": "percent" }), "amount", json!("0.00")),
        (json!({ "minimum_amount": "50", "maximum_amount": "40" }), "maximum_amount", json!("40.00")),
    ];
    after_puts("7.9.0", &old).await;
}

#[tokio::test]
async fn a_maximum_below_a_raised_minimum_hides_until_the_minimum_is_lowered() {
    let world = World::of(&shop_of("11.0.1")).await;
    let shop = world.woo("us");
    let path = format!("{COUPONS}/101");
    for (body, maximum) in [
        (json!({ "maximum_amount": "40" }), "40.00"),
        (json!({ "minimum_amount": "50" }), "0.00"),
        (json!({ "minimum_amount": "20" }), "40.00"),
    ] {
        assert_eq!(shop.send(Method::PUT, &path, &[], body).await.body["maximum_amount"], maximum);
    }
}

#[tokio::test]
async fn limits_switches_and_texts_are_read_as_measured_on_a_real_shop() {
    let limit = |value: Value, wanted: Value| (json!({ "usage_limit": value }), "usage_limit", wanted);
    let refused = json!("rest_invalid_param");
    let cases = [
        limit(json!(700), json!(700)),
        limit(json!(0), Value::Null),
        limit(Value::Null, Value::Null),
        limit(json!("7"), json!(7)),
        limit(json!(-1), json!(1)),
        limit(json!(""), refused.clone()),
        limit(json!(1.5), refused.clone()),
        (json!({ "usage_count": 5 }), "usage_count", json!(0)),
        (json!({ "individual_use": "true" }), "individual_use", json!(true)),
        (json!({ "individual_use": "maybe" }), "individual_use", refused.clone()),
        (json!({ "code": "a&b<c>+…" }), "code", json!("a&amp;b+…")),
        (json!({ "code": 12 }), "code", refused),
        (json!({ "description": "<script>x</script><b>A & B</b>" }), "description", json!("x<b>A &amp; B</b>")),
        (json!({ "email_restrictions": ["nobody"] }), "code", json!("coupon_invalid_email_address")),
        (json!({ "product_ids": [3, 4] }), "product_ids", json!([3, 4])),
        (json!({ "colour": "red" }), "usage_limit", json!(9)),
        (json!({ "status": "draft" }), "status", json!("draft")),
        (json!({ "status": "future" }), "status", json!("publish")),
        (json!({ "status": "bogus" }), "status", json!("bogus")),
    ];
    after_puts("11.0.1", &cases).await;
    after_puts("7.9.0", &[(json!({ "status": "draft" }), "status", json!("publish"))]).await;
}

#[tokio::test]
async fn only_code_description_and_status_move_the_modified_date() {
    let clock = std::sync::Arc::new(move || noon() + Duration::hours(5));
    let world = World::with(&shop_of("11.0.1"), noon(), clock).await;
    let shop = world.woo("us");
    let path = format!("{COUPONS}/101");
    let before = shop.get(&path, &[]).await.body["date_modified_gmt"].clone();
    let values = json!({ "amount": "7", "usage_limit": 900, "date_expires": "2027-01-01", "minimum_amount": "3" });
    assert_eq!(shop.send(Method::PUT, &path, &[], values).await.body["date_modified_gmt"], before);
    let text = json!({ "description": "new" });
    assert_ne!(shop.send(Method::PUT, &path, &[], text).await.body["date_modified_gmt"], before);
}

#[tokio::test]
async fn meta_data_is_merged_by_key_and_removed_by_null() {
    let world = World::of(&shop_of("11.0.1")).await;
    let shop = world.woo("us");
    let path = format!("{COUPONS}/101");
    let meta = |entries: Value| json!({ "meta_data": entries });
    shop.send(Method::PUT, &path, &[], meta(json!([{ "key": "a", "value": "1" }, { "key": "b", "value": {"x": 1} }])))
        .await;
    let merged = shop.send(Method::PATCH, &path, &[], meta(json!([{ "key": "a", "value": "2" }]))).await;
    assert_eq!(merged.body["meta_data"], json!([{"id":1,"key":"a","value":"2"},{"id":2,"key":"b","value":{"x":1}}]));
    let removed = shop.send(Method::POST, &path, &[], meta(json!([{ "key": "b", "value": null }]))).await;
    assert_eq!(removed.body["meta_data"], json!([{"id":1,"key":"a","value":"2"}]));
}

#[tokio::test]
async fn a_code_is_unique_only_among_published_coupons() {
    let world = World::of(SHOP).await;
    let shop = world.woo("de");
    let create = |code: &str| shop.send(Method::POST, COUPONS, &[], json!({ "code": code, "amount": "5" }));
    assert_eq!(create(" LIVE1").await.error(), "woocommerce_rest_coupon_code_already_exists");
    assert_eq!(create("draft").await.status, 201);
    assert_eq!(create("binned").await.status, 201);
    // Publishing the old draft makes two live coupons of one code, and looking the code up finds one.
    let draft = shop.codes(&[("status", "draft")]).await;
    assert_eq!(draft, ["draft"]);
    let id = shop.get(COUPONS, &[("status", "draft")]).await.body[0]["id"].to_string();
    let published = shop.send(Method::PUT, &format!("{COUPONS}/{id}"), &[], json!({ "status": "publish" })).await;
    assert_eq!((published.status, &published.body["status"]), (200, &json!("publish")));
    assert_eq!(shop.get(COUPONS, &[("code", "DRAFT")]).await.body.as_array().unwrap().len(), 1);
    let renamed = shop.send(Method::PUT, &format!("{COUPONS}/{id}"), &[], json!({ "code": "live2" })).await;
    assert_eq!((renamed.status, renamed.error()), (400, "woocommerce_rest_coupon_code_already_exists"));
    assert_eq!(create("").await.error(), "woocommerce_rest_empty_coupon_code");
    let missing = shop.send(Method::POST, COUPONS, &[], json!({})).await;
    assert_eq!((missing.status, missing.error()), (400, "rest_missing_callback_param"));
    let named = shop.send(Method::POST, COUPONS, &[], json!({ "id": 5, "code": "x" })).await;
    assert_eq!(named.error(), "woocommerce_rest_shop_coupon_exists");
}

#[tokio::test]
async fn looking_a_code_up_finds_published_coupons_only_whatever_status_says() {
    let world = World::of(SHOP).await;
    let shop = world.woo("de");
    assert_eq!(shop.codes(&[("code", "LIVE2")]).await, ["live2"]);
    for code in ["draft", "binned", "private", "nowhere"] {
        assert!(shop.codes(&[("code", code), ("status", "any")]).await.is_empty(), "{code}");
    }
}

#[tokio::test]
async fn lists_can_be_searched_ordered_and_paged() {
    let scenario = format!(
        "{SHOP}\n[[stores.coupons]]\ncode = \"m{{nn}}\"\nname = \"Winter {{n}}\"\nrepeat = 23\ndiscount = {{ sum = \"1\" }}\n"
    );
    let world = World::of(&scenario).await;
    let shop = world.woo("de");
    let search = [("search", "WINTER"), ("per_page", "10"), ("orderby", "id"), ("order", "asc")];
    let mut codes = Vec::new();
    for page in ["1", "2", "3", "4"] {
        let answer = shop.get(COUPONS, &[&search[..], &[("page", page)]].concat()).await;
        assert_eq!((answer.status, answer.header("x-wp-total"), answer.header("x-wp-totalpages")), (200, "23", "3"));
        let next = answer.header("link").contains("rel=\"next\"");
        assert_eq!(next, page < "3", "page {page}");
        // The links repeat the signature, so they can neither be followed nor logged.
        assert_eq!(answer.header("link").contains("oauth_signature"), !answer.header("link").is_empty());
        codes.extend(answer.body.as_array().unwrap().iter().map(|coupon| coupon["code"].as_str().unwrap().to_string()));
    }
    let wanted: Vec<String> = (1..=23).map(|number| format!("m{number:02}")).collect();
    assert_eq!(codes, wanted);

    let short =
        shop.get(COUPONS, &[("_fields", "id,code"), ("per_page", "1"), ("orderby", "title"), ("order", "asc")]).await;
    assert_eq!(short.body, json!([{ "id": 101, "code": "live1" }]));
    let include = shop.get(COUPONS, &[("include", "103,101"), ("orderby", "include")]).await;
    let ids: Vec<_> = include.body.as_array().unwrap().iter().map(|coupon| coupon["id"].clone()).collect();
    assert_eq!(ids, [103, 101]);
    assert!(!shop.codes(&[("exclude", "101,102")]).await.contains(&"live1".to_string()));
    assert_eq!(
        shop.get(COUPONS, &[("offset", "24"), ("orderby", "id"), ("order", "asc")])
            .await
            .body
            .as_array()
            .unwrap()
            .len(),
        3
    );
    for (name, value) in [("per_page", "0"), ("per_page", "101"), ("page", "0"), ("orderby", "price"), ("order", "up")]
    {
        let answer = shop.get(COUPONS, &[(name, value)]).await;
        assert_eq!((answer.status, answer.error()), (400, "rest_invalid_param"), "{name}={value}");
        assert!(answer.body["data"]["params"][name].is_string());
    }
}

#[tokio::test]
async fn a_batch_does_what_it_can_and_says_of_each_item_what_became_of_it() {
    let world = World::of(SHOP).await;
    let shop = world.woo("de");
    let batch = |body: Value| shop.send(Method::POST, "/wc/v3/coupons/batch", &[], body);
    let done = batch(json!({
        "create": [{ "code": "b1", "amount": "5" }, { "code": "b1" }, { "amount": "5" }],
        "update": [{ "id": 101, "usage_limit": "x" }, { "id": 9999, "usage_limit": 5 }, { "usage_limit": 5 }],
        "delete": [102, 9999],
    }))
    .await;
    assert_eq!(done.status, 200);
    let error = |list: &str, index: usize| {
        let item = &done.body[list][index];
        (item["id"].clone(), item["error"]["code"].as_str().unwrap_or("").to_string())
    };
    assert_eq!(done.body["create"][0]["code"], "b1");
    assert_eq!(error("create", 1), (json!(0), "woocommerce_rest_coupon_code_already_exists".into()));
    assert_eq!(error("create", 2), (json!(0), "woocommerce_rest_empty_coupon_code".into()));
    assert_eq!(done.body["update"][0]["usage_limit"], Value::Null, "a batch does not check types");
    assert_eq!(error("update", 1), (json!(9999), "woocommerce_rest_shop_coupon_invalid_id".into()));
    assert_eq!(error("update", 2), (Value::Null, "woocommerce_rest_shop_coupon_invalid_id".into()));
    assert_eq!(done.body["delete"][0]["code"], "live2");
    assert_eq!(error("delete", 1), (json!(9999), "woocommerce_rest_shop_coupon_invalid_id".into()));
    assert_eq!(shop.get(&format!("{COUPONS}/102"), &[]).await.status, 404, "a batch deletes for good");
    assert_eq!(world.audit_lines().len(), 3, "a line for each item that was carried out");

    assert_eq!(batch(json!({})).await.body, json!([]));
    let many: Vec<Value> = (0..101).map(|number| json!({ "code": format!("many{number}") })).collect();
    let refused = batch(json!({ "create": many })).await;
    assert_eq!((refused.status, refused.error()), (413, "woocommerce_rest_request_entity_too_large"));
    assert_eq!(world.audit_lines().len(), 3);
}

#[tokio::test]
async fn unknown_ids_wrong_paths_and_broken_bodies_are_answered_as_wordpress_does() {
    let world = World::of(SHOP).await;
    let shop = world.woo("de");
    let cases = [
        (Method::GET, "/wc/v3/coupons/9999", 404, "woocommerce_rest_shop_coupon_invalid_id"),
        (Method::DELETE, "/wc/v3/coupons/9999", 404, "woocommerce_rest_shop_coupon_invalid_id"),
        (Method::PUT, "/wc/v3/coupons/9999", 400, "woocommerce_rest_shop_coupon_invalid_id"),
        (Method::GET, "/wc/v3/coupons/abc", 404, "rest_no_route"),
        (Method::GET, "/wc/v3/nowhere", 404, "rest_no_route"),
        (Method::PUT, "/wc/v3/coupons", 404, "rest_no_route"),
    ];
    for (method, path, status, code) in cases {
        let answer = shop.send(method.clone(), path, &[], json!({})).await;
        assert_eq!((answer.status, answer.error()), (status, code), "{method} {path}");
        assert_eq!(answer.body["data"]["status"], status);
    }
    let url = shop.signed("POST", COUPONS, &[], &nonce());
    let broken =
        world.http.post(url).header("content-type", "application/json").body("{\"code\":").send().await.unwrap();
    assert_eq!(broken.status(), 400);
    assert!(broken.text().await.unwrap().contains("rest_invalid_json"));
    let strange = world.http.get(world.url("/nobody/wp-json/wc/v3/coupons")).send().await.unwrap();
    assert_eq!(strange.status(), 404);
}

#[tokio::test]
async fn an_old_shop_bins_a_coupon_and_says_that_it_cannot_and_takes_ids_for_codes() {
    let world = World::of(&shop_of("7.9.0")).await;
    let shop = world.woo("us");
    let binned = shop.send(Method::DELETE, "/wc/v3/coupons/101", &[], json!(null)).await;
    assert_eq!((binned.status, binned.error()), (500, "woocommerce_rest_cannot_delete"));
    assert_eq!(shop.get("/wc/v3/coupons/101", &[]).await.body["status"], "trash");
    let made = shop.send(Method::POST, COUPONS, &[], json!({ "code": "2024" })).await;
    assert_eq!(shop.get("/wc/v3/coupons/2024", &[]).await.body["id"], made.body["id"]);
    let draft = shop.send(Method::POST, COUPONS, &[], json!({ "code": "d", "status": "draft" })).await;
    assert_eq!(draft.body["status"], "publish");
}

#[tokio::test]
async fn a_shop_tells_its_zone_to_everybody_and_its_currency_and_release_to_its_keys() {
    let world = World::of(SHOP).await;
    let shop = world.woo("de");
    let index = shop.plain(|http, url| http.get(url), "/").await;
    assert_eq!((&index.body["timezone_string"], &index.body["gmt_offset"]), (&json!("America/New_York"), &json!(-5.0)));
    assert_eq!(shop.get("/wc/v3/data/currencies/current", &[]).await.body["code"], "USD");
    assert_eq!(shop.get("/wc/v3/system_status", &[]).await.body["environment"]["version"], "11.0.1");
    let totals = shop.get("/wc/v3/reports/coupons/totals", &[]).await;
    assert_eq!(totals.body[1], json!({ "slug": "fixed_cart", "name": "Fixed cart discount", "total": 3 }));
}

#[tokio::test]
async fn pages_and_dates_beyond_all_measure_are_not_fatal() {
    let world = World::of(&shop_of("11.0.1")).await;
    let shop = world.woo("us");
    let far = i64::MAX.to_string();
    assert_eq!(shop.get(COUPONS, &[("page", &far), ("per_page", "100")]).await.body, json!([]));
    for date in [far.as_str(), "-9223372036854775808", "0000-01-01", "9999-12-31T23:59:59-12:00"] {
        let answer = shop.send(Method::PUT, "/wc/v3/coupons/101", &[], json!({ "date_expires": date })).await;
        assert_eq!(answer.status, 200, "{date}");
    }
}
