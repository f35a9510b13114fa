//! The WooCommerce connector: loading, writes, texts. The samples are measured answers of real shops.

use std::sync::{Arc, Mutex};

use couponbook::domain::{
    Ability, ChangeId, Coupon, CouponId, Currency, Discount, Draft, Minimum, Money, Percent, Start, Status, Verb, Write,
};
use couponbook::platforms::woocommerce::text::{decode_entities, first_line};
use couponbook::platforms::woocommerce::{end_of_wire, wire_expiry};
use couponbook::platforms::{CallErrorKind, CallLog, Connector, SendError, is_ours};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::server::{Reply, Server, Written, at, network, now, woocommerce};
use crate::accounts::{abilities, connect};
use crate::platform;

fn wire(id: u64, code: &str) -> Value {
    json!({
        "id": id, "code": code, "amount": "10.00", "status": "publish", "discount_type": "percent",
        "description": "New year", "date_expires": "2026-02-01T07:59:59", "date_expires_gmt": "2026-01-31T23:59:59",
        "usage_count": 37, "individual_use": true, "product_ids": [9, 7], "excluded_product_ids": [],
        "usage_limit": 500, "usage_limit_per_user": 1, "limit_usage_to_x_items": null, "free_shipping": false,
        "product_categories": [], "excluded_product_categories": [], "exclude_sale_items": true,
        "minimum_amount": "100.00", "maximum_amount": "0.00", "email_restrictions": [],
        "meta_data": [{ "id": 4411, "key": "campaign", "value": "ny26" }],
    })
}

fn json_reply(body: &Value) -> Reply {
    Reply::Json(200, body.to_string())
}

fn connected(server: &Server) -> Box<dyn Connector> {
    let folder = tempfile::tempdir().unwrap();
    connect(&woocommerce(&server.address), &network(folder.path(), CallLog::none())).unwrap()
}

fn change() -> ChangeId {
    serde_json::from_str("\"3fa95c07e1b84d6290ab7cd15e2f6083\"").unwrap()
}

fn id() -> CouponId {
    CouponId::new("719")
}

async fn coupon(wire: Value) -> Coupon {
    let server = Server::in_order(vec![json_reply(&wire)]);
    connected(&server).get(&id()).await.unwrap().unwrap()
}

async fn changed(fields: Value) -> Coupon {
    let mut changed = wire(719, "10off");
    changed.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    coupon(changed).await
}

#[tokio::test]
async fn a_coupon_is_told_in_our_words() {
    let server = Server::in_order(vec![json_reply(&wire(719, "10off"))]);
    let coupon = connected(&server).get(&id()).await.unwrap().unwrap();
    assert_eq!((coupon.id.as_str(), coupon.code.as_deref(), coupon.name.as_str()), ("719", Some("10off"), "New year"));
    assert_eq!((coupon.status, coupon.raw_status.as_str()), (Status::Active, "publish"));
    assert_eq!(coupon.kind, "percentage discount");
    assert_eq!(coupon.discount.to_string(), "10 % off");
    assert_eq!(coupon.minimum.to_string(), "SGD 100.00");
    assert_eq!((coupon.usable.starts(), coupon.usable.ends()), (None, Some(at("2026-02-01T00:00:00Z"))));
    assert_eq!((coupon.total, coupon.used, coupon.per_buyer), (Some(500), Some(37), Some(1)));
    assert_eq!(
        json!(coupon.other_rules),
        json!({ "exclude_sale_items": true, "individual_use": true, "product_ids": [7, 9] })
    );
    assert_eq!(coupon.made_by_change, None);
    assert_eq!(coupon.page, Some(format!("{}/wp-admin/post.php?post=719&action=edit", server.address)));
}

#[tokio::test]
async fn the_status_is_derived_as_the_shop_behaves() {
    for (status, expires, expected) in [
        ("publish", json!(null), Status::Active),
        // The clock stands at 00:00:00, and this is the last second in which it works.
        ("publish", json!("2026-01-01T00:00:00"), Status::Active),
        ("publish", json!("2025-12-31T23:59:59"), Status::Ended),
        ("draft", json!("2025-12-31T23:59:59"), Status::Paused),
        ("pending", json!(null), Status::InReview),
        ("private", json!(null), Status::Paused),
        ("future", json!(null), Status::Scheduled),
        ("trash", json!(null), Status::Trashed),
        ("bogus", json!(null), Status::Unknown),
    ] {
        let coupon = changed(json!({ "status": status, "date_expires": expires, "date_expires_gmt": expires })).await;
        assert_eq!(coupon.status, expected, "{status} {expires}");
    }
}

#[tokio::test]
async fn each_kind_of_discount_is_read() {
    for (fields, discount) in [
        (json!({ "discount_type": "fixed_cart", "amount": "5.50" }), "SGD 5.50 off"),
        (json!({ "discount_type": "fixed_product", "amount": "5.00" }), "SGD 5.00 off each item"),
        (json!({ "discount_type": "fixed_cart", "amount": "0.00", "free_shipping": true }), "free shipping"),
        (json!({ "discount_type": "recurring_fee", "amount": "3.00" }), "recurring_fee 3"),
        (json!({ "amount": 12.5 }), "12.5 % off"),
    ] {
        assert_eq!(changed(fields).await.discount.to_string(), discount);
    }
}

#[tokio::test]
async fn what_a_shop_writes_for_nothing_is_nothing() {
    let fields = json!({
        "usage_limit": 0, "usage_limit_per_user": null, "minimum_amount": "0.00", "date_expires": null,
        "date_expires_gmt": null, "description": "", "maximum_amount": "0.00",
    });
    let coupon = changed(fields).await;
    assert_eq!((coupon.total, coupon.per_buyer, coupon.usable.ends()), (None, None, None));
    assert_eq!(coupon.minimum, Minimum::None);
    assert_eq!(coupon.name, "10off");
}

#[test]
fn texts_are_what_a_buyer_types() {
    for (stored, typed) in [
        ("a&amp;b+c", "a&b+c"),
        ("5 &lt; 6", "5 < 6"),
        ("it&#039;s &#x27;x&#8217;", "it's 'x’"),
        ("&amp;amp;", "&amp;"),
        ("plain", "plain"),
        ("a&b", "a&b"),
        ("&unknown; &", "&unknown; &"),
        ("100%'\"#/?+ 優惠", "100%'\"#/?+ 優惠"),
    ] {
        assert_eq!(decode_entities(stored), typed);
    }
    assert_eq!(first_line("<p>Ten &amp; more</p>\n<p>second</p>"), "Ten & more");
}

#[test]
fn an_end_is_exclusive_inside_and_the_last_second_outside() {
    let midnight = at("2026-01-31T16:00:00Z");
    assert_eq!(wire_expiry(midnight), "2026-01-31T15:59:59Z");
    assert_eq!(end_of_wire("2026-01-31T15:59:59"), Some(midnight));
    assert_eq!(end_of_wire("next tuesday"), None);
}

fn list_page(ids: std::ops::Range<u64>, total: u64) -> Reply {
    let rows: Vec<_> = ids.map(|id| wire(id, &format!("code-{id}"))).collect();
    let headers = vec![("X-WP-Total", total.to_string()), ("X-WP-TotalPages", total.div_ceil(100).to_string())];
    Reply::With(200, headers, json!(rows).to_string())
}

#[tokio::test]
async fn every_page_is_loaded_with_drafts_and_without_customers() {
    let server = Server::new(|asked, _| match asked.query("offset") {
        Some("0") => list_page(1..101, 130),
        _ => list_page(96..131, 130),
    });
    let listing = connected(&server).list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (130, Some(130)));
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    for page in &asked {
        assert_eq!(page.query("status"), Some("any"));
        assert_eq!(
            (page.query("orderby"), page.query("order"), page.query("per_page")),
            (Some("id"), Some("asc"), Some("100"))
        );
        assert!(page.query("_fields").is_some_and(|fields| !fields.contains("used_by")));
    }
}

#[tokio::test]
async fn a_listing_during_which_coupons_came_or_went_is_read_again() {
    // After the first page a coupon of it is deleted: the second page then begins one too far.
    let server = Server::new(|asked, before| match (asked.query("offset"), before) {
        (Some("0"), 0) => list_page(1..101, 130),
        (Some("0"), _) => list_page(2..102, 129),
        _ => list_page(97..131, 129),
    });
    let listing = connected(&server).list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (129, Some(129)));
    assert!(listing.coupons.iter().any(|coupon| coupon.id.as_str() == "101"));
}

#[tokio::test]
async fn a_coupon_that_slips_between_two_pages_is_not_missed_though_the_totals_are_equal() {
    // After the first page as many are binned as are created: what was the next page's beginning is on a page that was read already.
    let server = Server::new(|asked, before| match (asked.query("offset"), before) {
        (Some("0"), 0) => list_page(1..101, 130),
        (Some("0"), _) => list_page(11..111, 130),
        _ => list_page(106..141, 130),
    });
    let listing = connected(&server).list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (130, Some(130)));
    let ids: Vec<&str> = listing.coupons.iter().map(|coupon| coupon.id.as_str()).collect();
    assert!(["101", "105", "140"].iter().all(|id| ids.contains(id)) && !ids.contains(&"10"), "{ids:?}");
    assert_eq!(server.asked().len(), 4);
    // Where it is one, the rows that come again show it, and nothing is asked twice.
    let server = Server::new(|asked, _| match asked.query("offset") {
        Some("0") => list_page(1..101, 130),
        _ => list_page(97..132, 130),
    });
    let listing = connected(&server).list().await.unwrap();
    assert!(listing.coupons.iter().any(|coupon| coupon.id.as_str() == "101"));
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_shortfall_is_seen_and_an_odd_coupon_hides_no_other() {
    let rows = json!([wire(1, "a"), { "id": 2, "usage_limit": "seven" }, wire(3, "c")]);
    let headers = vec![("X-WP-Total", "5".to_string()), ("X-WP-TotalPages", "1".to_string())];
    let server = Server::in_order(vec![Reply::With(200, headers, rows.to_string())]);
    let listing = connected(&server).list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (2, Some(5)));
    assert_eq!(listing.unreadable.len(), 1);
    assert!(crate::english(&listing.unreadable[0]).starts_with("2: "));
}

#[tokio::test]
async fn an_id_that_the_shop_takes_for_a_code_finds_nothing() {
    let server = Server::in_order(vec![json_reply(&wire(31, "719"))]);
    assert!(connected(&server).get(&id()).await.unwrap().is_none());
    let write = Write::Trash { coupon: id() };
    let answer = connected(&server).send(&write, &change()).await;
    assert!(matches!(&answer, Err(SendError::Refused(error)) if error.kind == CallErrorKind::NotFound), "{answer:?}");
    assert!(server.asked().iter().all(|asked| asked.method == "GET"));
}

#[tokio::test]
async fn a_coupon_that_is_gone_is_none() {
    let gone = r#"{"code":"woocommerce_rest_shop_coupon_invalid_id","message":"Invalid ID.","data":{"status":404}}"#;
    let server = Server::in_order(vec![Reply::Json(404, gone.to_string())]);
    assert!(connected(&server).get(&id()).await.unwrap().is_none());
}

#[tokio::test]
async fn each_write_sends_only_what_it_changes() {
    let sgd = Currency::parse("SGD").unwrap();
    let spend = |amount| Minimum::Spend(Money::new(amount, sgd));
    let cases = [
        (
            Write::SetEnd { coupon: id(), ends: Some(at("2026-03-01T00:00:00Z")) },
            json!({ "date_expires": "2026-02-28T23:59:59Z" }),
        ),
        (Write::SetEnd { coupon: id(), ends: None }, json!({ "date_expires": "" })),
        (Write::End { coupon: id(), at: now() }, json!({ "date_expires": "2025-12-31T23:59:59Z" })),
        (
            Write::End { coupon: id(), at: at("2026-06-01T00:00:00Z") },
            json!({ "date_expires": "2025-12-31T23:59:59Z" }),
        ),
        (Write::SetTotal { coupon: id(), total: Some(700) }, json!({ "usage_limit": 700 })),
        (Write::SetTotal { coupon: id(), total: None }, json!({ "usage_limit": 0 })),
        (
            Write::SetMinimum { coupon: id(), minimum: spend(Decimal::new(120, 0)) },
            json!({ "minimum_amount": "120.00" }),
        ),
        (
            Write::SetMinimum { coupon: id(), minimum: spend(Decimal::new(125, 1)) },
            json!({ "minimum_amount": "12.50" }),
        ),
        (Write::SetMinimum { coupon: id(), minimum: Minimum::None }, json!({ "minimum_amount": "0" })),
    ];
    for (write, body) in cases {
        let server = Server::in_order(vec![json_reply(&wire(719, "10off"))]);
        connected(&server).send(&write, &change()).await.unwrap();
        let asked = &server.asked()[0];
        assert_eq!((asked.method.as_str(), asked.path.as_str()), ("PUT", "/wp-json/wc/v3/coupons/719"));
        assert_eq!(asked.json(), body);
        assert!(asked.query("_fields").is_some_and(|fields| !fields.contains("used_by")));
    }
}

#[tokio::test]
async fn a_shop_that_ignores_a_written_status_is_told_to_be_too_old() {
    for (write, status, takes_it) in [
        (Write::Pause { coupon: id() }, "draft", true),
        (Write::Pause { coupon: id() }, "publish", false),
        (Write::Enable { coupon: id(), period: None }, "publish", true),
        (Write::Enable { coupon: id(), period: None }, "draft", false),
    ] {
        let mut answer = wire(719, "10off");
        answer["status"] = json!(status);
        let server = Server::in_order(vec![json_reply(&answer)]);
        match connected(&server).send(&write, &change()).await {
            Ok(_) => assert!(takes_it, "{write:?}"),
            Err(SendError::Refused(error)) => {
                assert!(
                    !takes_it && crate::english(&error.sentence).contains("WooCommerce is too old"),
                    "{write:?}: {error:?}"
                );
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn removing_reads_first_and_forces_only_what_is_to_be_gone_for_good() {
    for (write, force) in [(Write::Trash { coupon: id() }, None), (Write::Delete { coupon: id() }, Some("true"))] {
        let server = Server::in_order(vec![json_reply(&wire(719, "10off"))]);
        connected(&server).send(&write, &change()).await.unwrap();
        let asked = server.asked();
        assert_eq!([asked[0].method.as_str(), asked[1].method.as_str()], ["GET", "DELETE"]);
        assert_eq!(asked[1].query("force"), force);
    }
}

#[tokio::test]
async fn an_older_shop_that_trashes_but_answers_an_error_leaves_it_unknown() {
    let error =
        r#"{"code":"woocommerce_rest_cannot_delete","message":"The coupon cannot be deleted.","data":{"status":500}}"#;
    let server = Server::in_order(vec![json_reply(&wire(719, "10off")), Reply::Json(500, error.to_string())]);
    let answer = connected(&server).send(&Write::Trash { coupon: id() }, &change()).await;
    assert!(matches!(answer, Err(SendError::Unknown(_))), "{answer:?}");
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_shop_without_a_bin_refuses_to_trash() {
    let error = r#"{"code":"woocommerce_rest_trash_not_supported","message":"no","data":{"status":501}}"#;
    let server = Server::in_order(vec![json_reply(&wire(719, "10off")), Reply::Json(501, error.to_string())]);
    let answer = connected(&server).send(&Write::Trash { coupon: id() }, &change()).await;
    assert!(matches!(answer, Err(SendError::Refused(_))), "{answer:?}");
}

#[tokio::test]
async fn a_copy_repeats_every_rule_and_is_recognised_as_ours() {
    let model = changed(json!({ "product_ids": [9, 7], "maximum_amount": "900.00", "free_shipping": true })).await;
    let made: Arc<Mutex<Option<Value>>> = Arc::default();
    let kept = Arc::clone(&made);
    let server = Server::new(move |asked, _| {
        if asked.method == "POST" {
            let mut created = asked.json();
            *kept.lock().unwrap() = Some(created.clone());
            created["id"] = json!(720);
            created["date_expires_gmt"] = json!("2026-02-28T23:59:59");
            created["usage_count"] = json!(0);
            return Reply::Json(201, created.to_string());
        }
        let mut created = kept.lock().unwrap().clone().unwrap();
        created["id"] = json!(720);
        created["date_expires_gmt"] = json!("2026-02-28T23:59:59");
        json_reply(&created)
    });
    let connector = connected(&server);
    let code = "ny26-re1".to_string();
    let draft = Draft {
        model: model.id.clone(),
        code,
        name: model.name.clone(),
        kind: model.kind.clone(),
        discount: model.discount.clone(),
        minimum: model.minimum,
        start: Start::Soonest,
        ends: Some(at("2026-03-01T00:00:00Z")),
        total: Some(500),
        per_buyer: model.per_buyer,
        other_rules: model.other_rules.clone(),
        besides: model.besides.clone(),
    };
    let receipt = connector.send(&Write::Create { draft: Box::new(draft.clone()) }, &change()).await.unwrap();
    assert_eq!(receipt.created, Some(CouponId::new("720")));
    let body = made.lock().unwrap().clone().unwrap();
    assert_eq!(
        body,
        json!({
            "code": "ny26-re1", "status": "publish", "description": "New year", "discount_type": "percent",
            "amount": "10.00", "minimum_amount": "100.00", "maximum_amount": "900.00", "usage_limit": 500,
            "usage_limit_per_user": 1, "individual_use": true, "exclude_sale_items": true, "free_shipping": true,
            "product_ids": [7, 9], "date_expires": "2026-02-28T23:59:59Z",
            "meta_data": [{ "key": "_couponbook_change", "value": change().as_str() }],
        })
    );
    let created = connector.get(&receipt.created.unwrap()).await.unwrap().unwrap();
    assert_eq!(created.made_by_change.as_deref(), Some(change().as_str()));
    assert!(is_ours(&created, &draft, &change()) && created.same_rules(&model));
    // Our mark says whose it is, whatever the shop makes of its texts; but not what it gives.
    let respelt = Coupon { name: "5 &amp; more".to_string(), ..created.clone() };
    assert!(is_ours(&respelt, &draft, &change()));
    assert!(!is_ours(&Coupon { total: Some(1), ..created.clone() }, &draft, &change()));
    assert!(!is_ours(&Coupon { made_by_change: None, ..respelt }, &draft, &change()));
}

#[tokio::test]
async fn what_woocommerce_cannot_do_is_refused_before_anything_is_sent() {
    let server = Server::in_order(vec![json_reply(&json!({}))]);
    let connector = connected(&server);
    let model = changed(json!({})).await;
    let mut capped = Draft {
        model: model.id.clone(),
        code: "new".into(),
        name: model.name.clone(),
        kind: model.kind.clone(),
        discount: Discount::Share {
            percent: Percent(Decimal::TEN),
            cap: Some(Money::new(Decimal::ONE, Currency::parse("SGD").unwrap())),
        },
        minimum: model.minimum,
        start: Start::Soonest,
        ends: None,
        total: None,
        per_buyer: None,
        other_rules: model.other_rules,
        besides: model.besides.clone(),
    };
    let with_cap = Write::Create { draft: Box::new(capped.clone()) };
    capped.discount = Discount::Other("SGD 5.00 off each item".into());
    for write in [
        with_cap,
        Write::Create { draft: Box::new(capped) },
        // 0 would mean "no limit".
        Write::SetTotal { coupon: id(), total: Some(0) },
        Write::SetMinimum { coupon: id(), minimum: Minimum::Quantity(2) },
        Write::Delete { coupon: CouponId::new("10off") },
    ] {
        let answer = connector.send(&write, &change()).await;
        assert!(matches!(answer, Err(SendError::Refused(_))), "{write:?}: {answer:?}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_code_is_found_among_published_and_drafts() {
    let server = Server::new(|asked, _| match (asked.query("code"), asked.query("search")) {
        (Some("ab&c"), _) => json_reply(&json!([wire(1, "ab&amp;c")])),
        (_, Some("ab")) => json_reply(&json!([wire(1, "ab&amp;c"), wire(2, "AB&amp;C"), wire(3, "ab&amp;cd")])),
        _ => json_reply(&json!([])),
    });
    let found = connected(&server).find_code("AB&C").await.unwrap();
    assert_eq!(found.iter().map(|coupon| coupon.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
}

#[tokio::test]
async fn a_shop_tells_of_itself() {
    for (zone, offset, expected) in [
        ("Asia/Taipei", "8", Some("Asia/Taipei")),
        ("", "8", Some("Etc/GMT-8")),
        ("", "5.5", None),
        ("", "0", Some("Etc/UTC")),
    ] {
        let index = json!({ "name": "Tom &amp; Co", "timezone_string": zone, "gmt_offset": offset }).to_string();
        let server = Server::new(move |asked, _| match asked.path.as_str() {
            "/wp-json/" => Reply::Json(200, index.clone()),
            "/wp-json/wc/v3/data/currencies/current" => Reply::Json(200, r#"{"code":"TWD"}"#.into()),
            _ => Reply::With(200, vec![("Date", "Wed, 31 Dec 2025 23:59:00 GMT".into())], "[]".into()),
        });
        let health = connected(&server).check().await.unwrap();
        assert_eq!(health.zone.as_deref(), expected);
        assert_eq!(health.shop_name.as_deref(), Some("Tom & Co"));
        assert_eq!(health.currency.unwrap().code(), "TWD");
        assert_eq!(health.clock_ahead_seconds, Some(-60));
    }
}

#[tokio::test]
async fn a_shop_in_a_subfolder_is_reached_there() {
    let server = Server::in_order(vec![json_reply(&json!([]))]);
    let folder = tempfile::tempdir().unwrap();
    let account = woocommerce(&format!("{}/shops/one/", server.address));
    connect(&account, &network(folder.path(), CallLog::none())).unwrap().list().await.unwrap();
    assert_eq!(server.asked()[0].path, "/shops/one/wp-json/wc/v3/coupons");
}

#[tokio::test]
async fn customers_addresses_are_never_kept_even_if_a_shop_sends_them() {
    let mut with_users = wire(719, "10off");
    with_users["used_by"] = json!(["guest@example.com"]);
    let server = Server::in_order(vec![json_reply(&with_users)]);
    let folder = tempfile::tempdir().unwrap();
    let log = Written::default();
    let connector = connect(&woocommerce(&server.address), &network(folder.path(), log.log())).unwrap();
    let coupon = connector.get(&id()).await.unwrap().unwrap();
    assert!(!serde_json::to_string(&coupon).unwrap().contains("guest@") && !log.text().contains("guest@"));
}

#[test]
fn the_table_says_what_a_manager_may_expect() {
    use Ability::{Already, Instead, Never, Yes};
    let table = abilities(platform::WOOCOMMERCE);
    for (verb, active, paused, ended, trashed) in [
        (Verb::Extend, Yes, Yes, Yes, Never),
        (Verb::Shorten, Yes, Yes, Yes, Never),
        (Verb::Restock, Yes, Yes, Yes, Never),
        (Verb::AdjustMinSpend, Yes, Yes, Yes, Never),
        (Verb::End, Yes, Yes, Already, Never),
        (Verb::Pause, Yes, Already, Yes, Never),
        // Out of the bin again (measured on 11).
        (Verb::Enable, Already, Yes, Instead(Verb::Extend), Yes),
        (Verb::Delete, Yes, Yes, Yes, Already),
        (Verb::Create, Yes, Yes, Yes, Never),
    ] {
        let statuses = [Status::Active, Status::Paused, Status::Ended, Status::Trashed];
        assert_eq!(statuses.map(|s| table.rule(verb, s).ability), [active, paused, ended, trashed], "{verb:?}");
    }
}
