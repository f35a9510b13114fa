//! The Shopify connector: signatures, loading, pace, tokens, writes. The samples are recorded answers of the pinned version.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use couponbook::domain::{
    Ability, ChangeId, Coupon, CouponId, Currency, Discount, Draft, MayWrite, Minimum, Money, Owner, Period, Quota,
    Start, Status, Verb, Write,
};
use couponbook::platforms::shopify::documents;
use couponbook::platforms::shopify::points::Level;
use couponbook::platforms::shopify::sign::{callback_is_genuine, shop_host};
use couponbook::platforms::{Account, CallErrorKind, CallLog, Connector, PLATFORMS, SendError, is_ours};
use couponbook::settings::{Reach, Settings};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::server::{Asked, Reply, Server, ShopifyKeys, Written, at, network, now, shopify};
use crate::accounts::{abilities, connect};
use crate::platform;

const TOKEN: &str = "shpat_0123456789abcdef0123456789abcdef";
const CLIENT_SECRET: &str = "shpss_0123456789abcdef0123456789abcdef";
const FIRST_REFRESH_TOKEN: &str = "shprt_first_0123456789abcdef";
const ID: &str = "gid://shopify/DiscountCodeNode/1660207006002";

fn basic() -> Value {
    json!({
        "__typename": "DiscountCodeBasic", "title": "New year 10 off", "status": "ACTIVE",
        "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-01-31T16:00:00Z", "createdAt": "2025-12-20T08:00:00Z",
        "updatedAt": "2025-12-20T08:00:00Z", "usageLimit": 500, "asyncUsageCount": 473, "appliesOncePerCustomer": true,
        "summary": "10% off entire order • Minimum purchase of $100.00 • One use per customer",
        "codesCount": { "count": 1, "precision": "EXACT" }, "codes": { "nodes": [{ "code": "NY26-10OFF" }] },
        "combinesWith": { "orderDiscounts": false, "productDiscounts": false, "shippingDiscounts": true },
        "context": { "__typename": "DiscountBuyerSelectionAll" },
        "minimumRequirement": {
            "__typename": "DiscountMinimumSubtotal",
            "greaterThanOrEqualToSubtotal": { "amount": "100.0", "currencyCode": "SGD" },
        },
        "customerGets": {
            "appliesOnOneTimePurchase": true, "appliesOnSubscription": false,
            "value": { "__typename": "DiscountPercentage", "percentage": 0.1 },
            "items": { "__typename": "AllDiscountItems" },
        },
    })
}

fn with(fields: Value) -> Value {
    let mut discount = basic();
    discount.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    discount
}

fn data(data: Value) -> Reply {
    let cost = json!({
        "requestedQueryCost": 24, "actualQueryCost": 9,
        "throttleStatus": { "maximumAvailable": 2000.0, "currentlyAvailable": 1991, "restoreRate": 100.0 },
    });
    let body = json!({ "data": data, "extensions": { "cost": cost } }).to_string();
    Reply::With(200, vec![("Content-Type", "application/json".into()), ("X-Request-Id", "req-1".into())], body)
}

fn errors(code: &str, message: &str) -> Reply {
    let error = json!({ "message": message, "extensions": { "code": code } });
    Reply::Json(200, json!({ "errors": [error], "data": null }).to_string())
}

fn throttled(available: i64) -> Reply {
    let cost = json!({
        "requestedQueryCost": 2202, "actualQueryCost": null,
        "throttleStatus": { "maximumAvailable": 2000, "currentlyAvailable": available, "restoreRate": 100 },
    });
    let error = json!({ "message": "Throttled", "extensions": { "code": "THROTTLED" } });
    Reply::Json(200, json!({ "errors": [error], "extensions": { "cost": cost } }).to_string())
}

fn user_error(field: Value, code: Value, message: &str) -> Value {
    json!({ "userErrors": [{ "field": field, "message": message, "code": code, "extraInfo": null }] })
}

/// The operation that a request is about: the first field of its document.
fn root(asked: &Asked) -> String {
    let document = asked.json()["query"].as_str().unwrap().to_string();
    let body = &document[document.find('{').unwrap() + 1..];
    body.trim().chars().take_while(|c| c.is_alphanumeric()).collect()
}

fn variables(asked: &Asked) -> Value {
    asked.json()["variables"].clone()
}

/// A shop that has `discount` under [`ID`] and says yes to every mutation.
fn shop_with(discount: Value) -> Server {
    Server::new(move |asked, _| {
        let root = root(asked);
        match root.as_str() {
            "discountNode" => data(json!({ "discountNode": { "id": ID, "discount": discount } })),
            "discountCodeDelete" => data(json!({ root: { "deletedCodeDiscountId": ID, "userErrors": [] } })),
            _ => data(json!({ root: { "codeDiscountNode": { "id": ID }, "userErrors": [] } })),
        }
    })
}

/// A shop that answers every mutation with `reply`.
fn shop_answering(reply: Reply) -> Server {
    Server::new(move |asked, _| match root(asked).as_str() {
        "discountNode" => data(json!({ "discountNode": { "id": ID, "discount": basic() } })),
        _ => reply.clone(),
    })
}

const OWN_TOKEN: &ShopifyKeys = &[("access_token", TOKEN)];
const OWN_APP: &ShopifyKeys = &[("client_id", "app-1"), ("client_secret", CLIENT_SECRET)];

fn rotating(refresh_token: &str) -> Vec<(&str, &str)> {
    [OWN_APP, &[("refresh_token", refresh_token)]].concat()
}

fn connected(server: &Server) -> Box<dyn Connector> {
    connector_in(&std::env::temp_dir().join("not-made"), server, OWN_TOKEN)
}

fn connector_in(folder: &Path, server: &Server, sign_in: &ShopifyKeys) -> Box<dyn Connector> {
    connect(&shopify(&server.address, sign_in), &network(folder, CallLog::none())).unwrap()
}

fn change() -> ChangeId {
    serde_json::from_str("\"0123456789abcdef0123456789abcdef\"").unwrap()
}

fn id() -> CouponId {
    CouponId::new(ID)
}

fn sgd(cents: i64) -> Money {
    Money::new(Decimal::new(cents, 2), Currency::parse("SGD").unwrap())
}

async fn coupon(discount: Value) -> Coupon {
    connected(&shop_with(discount)).get(&id()).await.unwrap().unwrap()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_string(), value.to_string())).unwrap();
    query.split('&').map(pair).collect()
}

#[test]
fn a_callback_is_taken_only_with_shopifys_signature() {
    let code = "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com";
    for (query, hmac) in [
        (
            format!("{code}&state=0.6784241404160823&timestamp=1337178173"),
            "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf",
        ),
        (format!("{code}&timestamp=1337178173"), "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20"),
    ] {
        // In whatever order they come.
        let mut signed = pairs(&format!("timestamp=1337178173&hmac={hmac}&{query}"));
        signed.remove(0);
        assert!(callback_is_genuine(&signed, "hush"));
        assert!(!callback_is_genuine(&signed, "hash"));
        let mut changed = signed.clone();
        changed[2].1 = "another-shop.myshopify.com".to_string();
        assert!(!callback_is_genuine(&changed, "hush"));
        assert!(!callback_is_genuine(&signed[1..], "hush"), "without a signature");
    }
}

#[test]
fn a_shop_is_named_by_its_permanent_host() {
    for (text, host) in [
        ("some-shop", Some("some-shop.myshopify.com")),
        ("https://Some-Shop.myshopify.com/", Some("some-shop.myshopify.com")),
        ("some-shop.example", None),
        ("some-shop.myshopify.com.example", None),
        ("evil.example/some-shop", None),
        ("-", None),
        ("", None),
    ] {
        assert_eq!(shop_host(text).as_deref(), host, "{text:?}");
    }
}

#[tokio::test]
async fn a_discount_is_told_in_our_words() {
    let server = shop_with(basic());
    let coupon = connected(&server).get(&id()).await.unwrap().unwrap();
    assert_eq!((coupon.id.as_str(), coupon.code.as_deref()), (ID, Some("NY26-10OFF")));
    assert_eq!((coupon.name.as_str(), coupon.kind.as_str()), ("New year 10 off", "amount off"));
    assert_eq!((coupon.status, coupon.raw_status.as_str()), (Status::Active, "ACTIVE"));
    assert_eq!(coupon.discount.to_string(), "10 % off");
    assert_eq!(coupon.minimum.to_string(), "SGD 100.00");
    assert_eq!(coupon.usable.starts(), Some(at("2026-01-01T00:00:00Z")));
    assert_eq!(coupon.usable.ends(), Some(at("2026-01-31T16:00:00Z")));
    assert_eq!((coupon.total, coupon.used, coupon.remaining()), (Some(500), Some(473), Some(27)));
    assert_eq!((coupon.per_buyer, coupon.owner), (Some(1), Owner::Seller));
    assert_eq!(
        json!(coupon.other_rules),
        json!({ "combinesWith": { "orderDiscounts": false, "productDiscounts": false, "shippingDiscounts": true } })
    );
    let page = "https://admin.shopify.com/store/some-shop/discounts/1660207006002";
    assert_eq!(coupon.page.as_deref(), Some(page));
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/admin/api/2026-07/graphql.json"));
    assert_eq!(asked.header("x-shopify-access-token"), Some(TOKEN));
    assert_eq!(asked.json(), json!({ "query": documents::BY_ID, "variables": { "id": ID } }));
}

#[tokio::test]
async fn each_kind_of_discount_is_read() {
    let gets =
        |value: Value| json!({ "customerGets": { "value": value, "items": { "__typename": "AllDiscountItems" } } });
    let amount = |each: bool| {
        json!({
            "__typename": "DiscountAmount", "amount": { "amount": "5.0", "currencyCode": "SGD" },
            "appliesOnEachItem": each,
        })
    };
    let share = |share: f64| json!({ "__typename": "DiscountPercentage", "percentage": share });
    for (fields, discount, kind, minimum) in [
        (gets(share(0.15)), "15 % off", "amount off", "SGD 100.00"),
        (gets(share(0.07)), "7 % off", "amount off", "SGD 100.00"),
        // What binary fractions add is not a rule of the shop.
        (gets(share(0.15000000000000002)), "15 % off", "amount off", "SGD 100.00"),
        (gets(share(0.12345)), "12.345 % off", "amount off", "SGD 100.00"),
        (gets(amount(false)), "SGD 5.00 off", "amount off", "SGD 100.00"),
        (gets(amount(true)), "SGD 5.00 off each item", "amount off", "SGD 100.00"),
        (json!({ "minimumRequirement": null }), "10 % off", "amount off", "no minimum"),
        (
            json!({ "minimumRequirement": {
                "__typename": "DiscountMinimumQuantity", "greaterThanOrEqualToQuantity": "3",
            } }),
            "10 % off",
            "amount off",
            "3 items",
        ),
        (
            json!({ "__typename": "DiscountCodeFreeShipping", "customerGets": null }),
            "free shipping",
            "free shipping",
            "SGD 100.00",
        ),
        (
            json!({
                "__typename": "DiscountCodeBxgy", "customerGets": null, "minimumRequirement": null,
                "summary": "Buy 2 items, get 1 item free",
            }),
            "Buy 2 items, get 1 item free",
            "buy X get Y",
            "not known",
        ),
        (
            json!({ "__typename": "DiscountCodeApp", "customerGets": null, "minimumRequirement": null }),
            "worked out by an app",
            "discount of an app",
            "not known",
        ),
    ] {
        let coupon = coupon(with(fields)).await;
        let told = (coupon.discount.to_string(), coupon.kind.clone(), coupon.minimum.to_string());
        assert_eq!(told, (discount.to_string(), kind.to_string(), minimum.to_string()));
        assert_eq!(coupon.owner == Owner::Platform, kind == "discount of an app");
    }
}

#[tokio::test]
async fn the_status_is_shopifys_and_a_stopped_coming_discount_has_no_length() {
    for (word, status) in [
        ("ACTIVE", Status::Active),
        ("SCHEDULED", Status::Scheduled),
        ("EXPIRED", Status::Ended),
        ("SOMETHING_NEW", Status::Unknown),
    ] {
        let coupon = coupon(with(json!({ "status": word }))).await;
        assert_eq!((coupon.status, coupon.raw_status.as_str()), (status, word));
    }
    let stopped =
        with(json!({ "status": "EXPIRED", "startsAt": "2026-01-10T09:30:00Z", "endsAt": "2026-01-10T09:30:00Z" }));
    let coupon = coupon(stopped).await;
    assert_eq!(coupon.usable.starts(), coupon.usable.ends());
}

#[tokio::test]
async fn what_is_not_limited_has_no_number() {
    let coupon = coupon(with(json!({ "endsAt": null, "usageLimit": null, "appliesOncePerCustomer": false }))).await;
    assert_eq!((coupon.usable.ends(), coupon.total, coupon.remaining(), coupon.per_buyer), (None, None, None, None));
}

#[tokio::test]
async fn of_many_codes_the_first_is_shown_and_no_stock_is_claimed() {
    let coupon = coupon(with(json!({ "codesCount": { "count": 300, "precision": "EXACT" } }))).await;
    assert_eq!((coupon.code.as_deref(), coupon.kind.as_str()), (Some("NY26-10OFF"), "amount off, many codes"));
    // The limit is one code's, the count is all codes': nothing says how many are left.
    assert_eq!((coupon.total, coupon.used, coupon.remaining()), (Some(500), None, None));
}

#[tokio::test]
async fn rules_beyond_ours_tell_two_discounts_apart() {
    let items = |kind: &str| {
        let mut gets = basic()["customerGets"].clone();
        gets["items"]["__typename"] = json!(kind);
        gets
    };
    let plain = coupon(basic()).await;
    for fields in [
        json!({ "context": { "__typename": "DiscountCustomers" } }),
        json!({ "customerGets": items("DiscountProducts") }),
        json!({ "customerGets": items("DiscountCollections") }),
        json!({ "combinesWith": { "orderDiscounts": true, "productDiscounts": false, "shippingDiscounts": false } }),
        json!({ "recurringCycleLimit": 3 }),
        json!({ "codesCount": { "count": 2, "precision": "EXACT" } }),
    ] {
        let other = coupon(with(fields.clone())).await;
        assert!(!plain.same_rules(&other), "{fields}");
    }
    let for_one = coupon(with(json!({ "customerGets": items("DiscountProducts"), "summary": "10% off Mug" }))).await;
    let for_other = coupon(with(json!({ "customerGets": items("DiscountProducts"), "summary": "10% off Cup" }))).await;
    assert!(!for_one.same_rules(&for_other));
}

fn node(number: u64, discount: Value) -> Value {
    json!({ "id": format!("gid://shopify/DiscountCodeNode/{number}"), "discount": discount })
}

fn page(nodes: &[Value], next: Option<&str>) -> Reply {
    data(
        json!({ "discountNodes": { "pageInfo": { "hasNextPage": next.is_some(), "endCursor": next }, "nodes": nodes } }),
    )
}

fn count(count: u64) -> Reply {
    data(json!({ "discountNodesCount": { "count": count, "precision": "EXACT" } }))
}

#[tokio::test]
async fn every_page_is_read_with_discounts_that_apply_without_a_code() {
    let automatic = with(json!({ "__typename": "DiscountAutomaticBasic" }));
    let broken = with(json!({ "startsAt": "some day" }));
    let server = Server::new(move |asked, _| match (root(asked).as_str(), variables(asked)["after"].as_str()) {
        ("discountNodesCount", _) => count(4),
        (_, None) => page(&[node(1, basic()), node(2, automatic.clone())], Some("cursor-1")),
        (_, Some("cursor-1")) => page(&[node(3, basic()), node(4, broken.clone())], None),
        (_, other) => panic!("{other:?}"),
    });
    let listing = connected(&server).list().await.unwrap();
    let ids: Vec<_> = listing.coupons.iter().map(|coupon| coupon.id.as_str().rsplit('/').next().unwrap()).collect();
    assert_eq!(ids, ["1", "2", "3"]);
    assert_eq!(listing.expected, Some(4));
    assert_eq!(listing.unreadable.len(), 1);
    assert!(
        crate::english(&listing.unreadable[0]).starts_with("gid://shopify/DiscountCodeNode/4: "),
        "{:?}",
        listing.unreadable
    );
    let asked = server.asked();
    assert_eq!(variables(&asked[0]), json!({ "first": 50, "after": null, "query": "method:code,automatic" }));
    assert_eq!(asked[0].json()["query"], documents::PAGE);
    assert_eq!(variables(&asked[2]), json!({ "query": "method:code,automatic" }));
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn a_list_that_lags_behind_the_count_is_read_again() {
    let mut listings = 0;
    let server = Server::new(move |asked, _| {
        if root(asked) == "discountNodesCount" {
            return count(2);
        }
        listings += 1;
        if listings == 1 { page(&[node(1, basic())], None) } else { page(&[node(1, basic()), node(2, basic())], None) }
    });
    let listing = connected(&server).list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (2, Some(2)));
    let short = Server::new(|asked, _| if root(asked) == "discountNodesCount" { count(2) } else { page(&[], None) });
    let listing = connected(&short).list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (0, Some(2)));
}

#[tokio::test]
async fn a_count_that_shopify_is_not_sure_of_is_not_expected() {
    let unsure = json!({ "discountNodesCount": { "count": 10000, "precision": "AT_LEAST" } });
    let server = Server::new(move |asked, _| {
        if root(asked) == "discountNodesCount" { data(unsure.clone()) } else { page(&[node(1, basic())], None) }
    });
    assert_eq!(connected(&server).list().await.unwrap().expected, None);
}

#[tokio::test]
async fn a_page_that_costs_too_much_is_asked_for_in_halves() {
    let sizes: Arc<Mutex<Vec<u64>>> = Arc::default();
    let kept = Arc::clone(&sizes);
    let server = Server::new(move |asked, _| {
        if root(asked) == "discountNodesCount" {
            return count(1);
        }
        let first = variables(asked)["first"].as_u64().unwrap();
        kept.lock().unwrap().push(first);
        if first > 12 {
            return errors(
                "MAX_COST_EXCEEDED",
                "Query cost is 1204, which exceeds the single query max cost limit 1000.",
            );
        }
        page(&[node(1, basic())], None)
    });
    assert_eq!(connected(&server).list().await.unwrap().coupons.len(), 1);
    assert_eq!(*sizes.lock().unwrap(), [50, 25, 12]);
}

#[tokio::test]
async fn an_answer_without_a_list_is_not_an_empty_shop() {
    for body in [json!({}), json!({ "discountNodes": null }), json!({ "discountNodes": {} }), json!(null)] {
        let server = Server::new(move |_, _| data(body.clone()));
        let error = connected(&server).list().await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::Unreachable, "{error:?}");
    }
    let endless = Server::new(|_, _| {
        let page_info = json!({ "hasNextPage": true, "endCursor": null });
        data(json!({ "discountNodes": { "pageInfo": page_info, "nodes": [node(1, basic())] } }))
    });
    assert!(connected(&endless).list().await.is_err());
}

#[tokio::test]
async fn only_shopifys_word_makes_a_coupon_gone() {
    let gone = Server::new(|asked, _| data(json!({ root(asked): null })));
    assert!(connected(&gone).get(&id()).await.unwrap().is_none());
    assert!(connected(&gone).find_code("NY26").await.unwrap().is_empty());
    let odd = Server::new(|_, _| data(json!(null)));
    assert!(connected(&odd).get(&id()).await.is_err());
    let not_ours = connected(&odd).get(&CouponId::new("gid://shopify/Product/1")).await.unwrap();
    assert!(not_ours.is_none());
    assert_eq!(odd.asked().len(), 1);
}

#[tokio::test]
async fn a_code_is_looked_up_and_not_searched_for() {
    let server = Server::new(|_, _| data(json!({ "codeDiscountNodeByCode": { "id": ID, "codeDiscount": basic() } })));
    let found = connected(&server).find_code("ny26-10off").await.unwrap();
    assert_eq!(found[0].code.as_deref(), Some("NY26-10OFF"));
    assert_eq!(server.asked()[0].json()["query"], documents::BY_CODE);
    assert_eq!(variables(&server.asked()[0]), json!({ "code": "ny26-10off" }));
}

#[tokio::test]
async fn each_write_is_spelled_as_the_schema_says() {
    let period = Period::new(Some(at("2026-02-01T00:00:00Z")), Some(at("2026-03-01T00:00:00Z"))).unwrap();
    let endless = Period::new(Some(at("2026-02-01T00:00:00Z")), None).unwrap();
    let update = |mut input: Value| {
        // No recorded update goes without it.
        input["title"] = json!("New year 10 off");
        ("discountCodeBasicUpdate", json!({ "id": ID, "input": input }))
    };
    let plain = |operation: &'static str| (operation, json!({ "id": ID }));
    for (write, (operation, sent)) in [
        // Ends are exclusive on both sides; fractions of a second are not kept there.
        (
            Write::SetEnd { coupon: id(), ends: Some(at("2026-02-28T16:00:00.750Z")) },
            update(json!({ "endsAt": "2026-02-28T16:00:00Z" })),
        ),
        (Write::SetEnd { coupon: id(), ends: None }, update(json!({ "endsAt": null }))),
        (Write::SetTotal { coupon: id(), total: Some(700) }, update(json!({ "usageLimit": 700 }))),
        (Write::SetTotal { coupon: id(), total: None }, update(json!({ "usageLimit": null }))),
        (
            Write::SetMinimum { coupon: id(), minimum: Minimum::Spend(sgd(4050)) },
            update(json!({ "minimumRequirement": {
                "subtotal": { "greaterThanOrEqualToSubtotal": "40.50" },
                "quantity": { "greaterThanOrEqualToQuantity": null },
            } })),
        ),
        (
            Write::SetMinimum { coupon: id(), minimum: Minimum::Quantity(3) },
            update(json!({ "minimumRequirement": {
                "subtotal": { "greaterThanOrEqualToSubtotal": null },
                "quantity": { "greaterThanOrEqualToQuantity": "3" },
            } })),
        ),
        // The one known way to take any minimum away.
        (
            Write::SetMinimum { coupon: id(), minimum: Minimum::None },
            update(json!({ "minimumRequirement": {
                "subtotal": { "greaterThanOrEqualToSubtotal": null },
                "quantity": { "greaterThanOrEqualToQuantity": null },
            } })),
        ),
        (Write::End { coupon: id(), at: now() }, plain("discountCodeDeactivate")),
        (Write::Pause { coupon: id() }, plain("discountCodeDeactivate")),
        (Write::Enable { coupon: id(), period: None }, plain("discountCodeActivate")),
        (
            Write::Enable { coupon: id(), period: Some(period) },
            update(json!({ "startsAt": "2026-02-01T00:00:00Z", "endsAt": "2026-03-01T00:00:00Z" })),
        ),
        (
            Write::Enable { coupon: id(), period: Some(endless) },
            update(json!({ "startsAt": "2026-02-01T00:00:00Z", "endsAt": null })),
        ),
        (Write::Delete { coupon: id() }, plain("discountCodeDelete")),
    ] {
        let server = shop_with(basic());
        let receipt = connected(&server).send(&write, &change()).await.unwrap();
        assert_eq!((receipt.request_id.as_deref(), receipt.created), (Some("req-1"), None), "{write:?}");
        let asked = server.asked();
        let last = asked.last().unwrap();
        assert_eq!((root(last).as_str(), variables(last)), (operation, sent), "{write:?}");
        assert_eq!(asked.iter().filter(|asked| root(asked).starts_with("discountCode")).count(), 1, "{write:?}");
    }
}

#[tokio::test]
async fn the_mutation_is_that_of_the_discounts_own_kind() {
    let write = Write::SetTotal { coupon: id(), total: Some(700) };
    for (typename, operation, argument) in [
        ("DiscountCodeBasic", "discountCodeBasicUpdate", "basicCodeDiscount"),
        ("DiscountCodeFreeShipping", "discountCodeFreeShippingUpdate", "freeShippingCodeDiscount"),
        ("DiscountCodeBxgy", "discountCodeBxgyUpdate", "bxgyCodeDiscount"),
    ] {
        let server = shop_with(with(json!({ "__typename": typename })));
        connected(&server).send(&write, &change()).await.unwrap();
        let asked = server.asked();
        assert_eq!(root(&asked[1]), operation);
        assert!(asked[1].json()["query"].as_str().unwrap().contains(&format!("{argument}: $input")), "{typename}");
    }
    // Its input has defaults: what is left out would be reset.
    let server = shop_with(with(json!({ "__typename": "DiscountCodeApp" })));
    let answer = connected(&server).send(&write, &change()).await;
    assert!(matches!(answer, Err(SendError::Refused(_))), "{answer:?}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn an_ended_discount_is_not_activated_for_its_end_would_be_lost() {
    let server = shop_with(with(json!({ "status": "EXPIRED" })));
    let answer = connected(&server).send(&Write::Enable { coupon: id(), period: None }, &change()).await;
    let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
    assert!(crate::english(&error.sentence).contains("later end"), "{error:?}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn what_shopify_cannot_do_is_refused_before_anything_is_changed() {
    let buy_x_get_y = with(json!({ "__typename": "DiscountCodeBxgy" }));
    for (write, words) in [
        (Write::SetMinimum { coupon: id(), minimum: Minimum::None }, "no min spend of its own"),
        (Write::SetMinimum { coupon: id(), minimum: Minimum::NotKnown }, "not known here"),
        (Write::SetMinimum { coupon: id(), minimum: Minimum::Spend(sgd(100)) }, "no min spend of its own"),
        (Write::Trash { coupon: id() }, "no bin"),
        (Write::Delete { coupon: CouponId::new("719") }, "its id"),
        (Write::Delete { coupon: CouponId::new("gid://shopify/DiscountAutomaticNode/") }, "its id"),
    ] {
        let server = shop_with(buy_x_get_y.clone());
        let answer = connected(&server).send(&write, &change()).await;
        let Err(SendError::Refused(error)) = answer else { panic!("{write:?}: {answer:?}") };
        assert!(crate::english(&error.sentence).contains(words), "{error:?}");
        assert!(server.asked().iter().all(|asked| root(asked) == "discountNode"), "{write:?}");
    }
    let gone = Server::new(|asked, _| data(json!({ root(asked): null })));
    let answer = connected(&gone).send(&Write::SetTotal { coupon: id(), total: Some(1) }, &change()).await;
    let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
    assert_eq!(error.kind, CallErrorKind::NotFound);
}

fn draft(model: &Coupon) -> Draft {
    Draft {
        model: model.id.clone(),
        code: "NY26-20OFF".to_string(),
        name: model.name.clone(),
        kind: model.kind.clone(),
        discount: model.discount.clone(),
        minimum: model.minimum,
        start: Start::At(at("2026-02-01T00:00:00Z")),
        ends: Some(at("2026-03-01T00:00:00Z")),
        total: Some(500),
        per_buyer: model.per_buyer,
        other_rules: model.other_rules.clone(),
        besides: model.besides.clone(),
    }
}

#[tokio::test]
async fn a_copy_repeats_every_rule_and_is_recognised_as_ours() {
    let model = coupon(basic()).await;
    let draft = draft(&model);
    let made = with(json!({
        "startsAt": "2026-02-01T00:00:00Z", "endsAt": "2026-03-01T00:00:00Z", "status": "SCHEDULED",
        "asyncUsageCount": 0, "codes": { "nodes": [{ "code": "NY26-20OFF" }] },
    }));
    let server = shop_with(made);
    let connector = connected(&server);
    let receipt = connector.send(&Write::Create { draft: Box::new(draft.clone()) }, &change()).await.unwrap();
    assert_eq!(root(&server.asked()[0]), "discountCodeBasicCreate");
    assert_eq!(
        variables(&server.asked()[0])["input"],
        json!({
            "title": "New year 10 off", "code": "NY26-20OFF", "startsAt": "2026-02-01T00:00:00Z",
            "endsAt": "2026-03-01T00:00:00Z", "usageLimit": 500, "appliesOncePerCustomer": true,
            "context": { "all": "ALL" },
            "combinesWith": { "orderDiscounts": false, "productDiscounts": false, "shippingDiscounts": true },
            "minimumRequirement": { "subtotal": { "greaterThanOrEqualToSubtotal": "100.00" } },
            "customerGets": { "value": { "percentage": 0.1 }, "items": { "all": true } },
        })
    );
    let created = connector.get(&receipt.created.unwrap()).await.unwrap().unwrap();
    assert!(is_ours(&created, &draft, &change()));
    assert!(created.same_rules(&model));
}

#[tokio::test]
async fn a_copy_is_for_the_same_buyers_with_the_same_tags_and_never_for_everybody() {
    let ids =
        |kind: &str| json!([{ "id": format!("gid://shopify/{kind}/2") }, { "id": format!("gid://shopify/{kind}/1") }]);
    let markets = |more: bool| json!({ "nodes": ids("Market"), "pageInfo": { "hasNextPage": more } });
    let named = |kind: &str| json!([format!("gid://shopify/{kind}/1"), format!("gid://shopify/{kind}/2")]);
    for (context, wanted) in [
        (
            json!({ "__typename": "DiscountCustomers", "customers": ids("Customer") }),
            Ok(json!({ "customers": { "add": named("Customer") } })),
        ),
        (
            json!({ "__typename": "DiscountCustomerSegments", "segments": ids("Segment") }),
            Ok(json!({ "customerSegments": { "add": named("Segment") } })),
        ),
        (
            json!({ "__typename": "DiscountMarkets", "markets": markets(false) }),
            Ok(json!({ "markets": { "add": named("Market") } })),
        ),
        (json!({ "__typename": "DiscountMarkets", "markets": markets(true) }), Err("may not be read")),
        (json!({ "__typename": "DiscountCustomers", "customers": [] }), Err("may not be read")),
        (json!({ "__typename": "DiscountContextUnknown" }), Err("not known here")),
    ] {
        let combines = json!({
            "orderDiscounts": true, "productDiscounts": true, "shippingDiscounts": false,
            "productDiscountsWithTagsOnSameCartLine": ["vip"],
        });
        let server = shop_with(with(json!({ "context": context, "tags": ["b", "a"], "combinesWith": combines })));
        let connector = connected(&server);
        let model = connector.get(&id()).await.unwrap().unwrap();
        let answer = connector.send(&Write::Create { draft: Box::new(draft(&model)) }, &change()).await;
        let sent: Vec<Asked> = server.asked().into_iter().filter(|asked| root(asked).ends_with("Create")).collect();
        match wanted {
            Ok(wanted) => {
                answer.unwrap();
                let input = &variables(&sent[0])["input"];
                assert_eq!((&input["context"], &input["tags"]), (&wanted, &json!(["a", "b"])));
                assert_eq!(input["combinesWith"]["productDiscountsWithTagsOnSameCartLine"], json!({ "add": ["vip"] }));
                assert_eq!(input["combinesWith"]["productDiscounts"], true);
            }
            Err(words) => {
                let Err(SendError::Refused(error)) = answer else { panic!("{context}: {answer:?}") };
                assert!(crate::english(&error.sentence).contains(words), "{error:?}");
                assert!(sent.is_empty(), "{context}");
            }
        }
    }
}

#[tokio::test]
async fn whom_a_discount_is_for_stays_unread_where_the_app_may_not_know_and_two_such_are_not_the_same() {
    let limited = with(json!({ "context": { "__typename": "DiscountMarkets" } }));
    let server = Server::new(move |asked, _| match asked.json()["query"] == documents::CONTEXT {
        true => {
            errors("ACCESS_DENIED", "Access denied for markets field. Required access: `read_markets` access scope.")
        }
        false => data(json!({ "discountNode": { "id": ID, "discount": limited } })),
    });
    let connector = connected(&server);
    let one = connector.get(&id()).await.unwrap().unwrap();
    assert!(one.same_rules(&one.clone()));
    let other = Coupon { id: CouponId::new("gid://shopify/DiscountCodeNode/2"), ..one.clone() };
    assert!(!one.same_rules(&other) && !one.gives_as_much_as(&other));
    let answer = connector.send(&Write::Create { draft: Box::new(draft(&one)) }, &change()).await;
    let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
    assert!(crate::english(&error.sentence).contains("read_markets"), "{error:?}");
}

#[tokio::test]
async fn automatic_discounts_are_told_and_changed_by_mutations_of_their_own() {
    const AUTOMATIC: &str = "gid://shopify/DiscountAutomaticNode/1638460096818";
    let automatic = || CouponId::new(AUTOMATIC);
    let server_of = |typename: &'static str| {
        let mut discount = with(json!({ "__typename": typename, "automaticCycleLimit": 1 }));
        for field in ["codes", "codesCount", "usageLimit", "appliesOncePerCustomer"] {
            discount.as_object_mut().unwrap().remove(field);
        }
        Server::new(move |asked, _| {
            let root = root(asked);
            match root.as_str() {
                "discountNode" => data(json!({ "discountNode": { "id": AUTOMATIC, "discount": discount } })),
                "discountAutomaticDelete" => {
                    data(json!({ root: { "deletedAutomaticDiscountId": AUTOMATIC, "userErrors": [] } }))
                }
                _ => data(json!({ root: { "automaticDiscountNode": { "id": AUTOMATIC }, "userErrors": [] } })),
            }
        })
    };
    for (typename, kind, update) in [
        ("DiscountAutomaticBasic", "Automatic amount off", Some("discountAutomaticBasicUpdate")),
        ("DiscountAutomaticFreeShipping", "Automatic free shipping", Some("discountAutomaticFreeShippingUpdate")),
        ("DiscountAutomaticBxgy", "Automatic buy X get Y", Some("discountAutomaticBxgyUpdate")),
        ("DiscountAutomaticApp", "Automatic discount of an app", None),
    ] {
        let server = server_of(typename);
        let connector = connected(&server);
        let coupon = connector.get(&automatic()).await.unwrap().unwrap();
        assert_eq!((coupon.kind.as_str(), &coupon.code, coupon.total, coupon.per_buyer), (kind, &None, None, None));
        assert_eq!(coupon.used, Some(473));
        assert_eq!(coupon.owner == Owner::Platform, update.is_none());
        let renew = Write::SetEnd { coupon: automatic(), ends: None };
        match (update, connector.send(&renew, &change()).await) {
            (Some(update), answer) => {
                answer.unwrap();
                assert_eq!(root(server.asked().last().unwrap()), update);
            }
            (None, answer) => assert!(matches!(answer, Err(SendError::Refused(_))), "{answer:?}"),
        }
    }
    for (write, operation) in [
        (Write::End { coupon: automatic(), at: now() }, "discountAutomaticDeactivate"),
        (Write::Pause { coupon: automatic() }, "discountAutomaticDeactivate"),
        (Write::Enable { coupon: automatic(), period: None }, "discountAutomaticActivate"),
        (Write::Delete { coupon: automatic() }, "discountAutomaticDelete"),
    ] {
        let server = server_of("DiscountAutomaticBasic");
        connected(&server).send(&write, &change()).await.unwrap();
        assert_eq!(root(server.asked().last().unwrap()), operation);
    }
    let server = server_of("DiscountAutomaticBasic");
    let answer = connected(&server).send(&Write::SetTotal { coupon: automatic(), total: Some(5) }, &change()).await;
    let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
    assert!(crate::english(&error.sentence).contains("no limit of uses"), "{error:?}");
    assert!(server.asked().iter().all(|asked| root(asked) == "discountNode"));
}

#[tokio::test]
async fn a_sum_is_created_as_a_sum() {
    let model = Coupon { discount: Discount::Sum(sgd(500)), minimum: Minimum::None, ..coupon(basic()).await };
    let server = shop_with(basic());
    let draft = Draft { ends: None, total: None, ..draft(&model) };
    connected(&server).send(&Write::Create { draft: Box::new(draft) }, &change()).await.unwrap();
    let input = variables(&server.asked()[0])["input"].clone();
    let value = json!({ "discountAmount": { "amount": "5.00", "appliesOnEachItem": false } });
    assert_eq!(input["customerGets"]["value"], value);
    assert_eq!(
        (&input["endsAt"], &input["usageLimit"], input.get("minimumRequirement")),
        (&json!(null), &json!(null), None)
    );
}

#[tokio::test]
async fn a_discount_that_is_not_simple_is_not_copied_and_the_reason_is_told() {
    let products = json!({
        "value": { "__typename": "DiscountPercentage", "percentage": 0.1 },
        "items": { "__typename": "DiscountProducts" },
    });
    for (fields, words) in [
        (json!({ "customerGets": products }), "products or collections"),
        (json!({ "context": { "__typename": "DiscountCustomerSegments" } }), "certain customers"),
        (json!({ "codesCount": { "count": 5, "precision": "EXACT" } }), "many codes"),
        (json!({ "__typename": "DiscountCodeFreeShipping", "customerGets": null }), "not copied"),
        (json!({ "__typename": "DiscountCodeBxgy", "customerGets": null }), "not copied"),
    ] {
        let model = coupon(with(fields)).await;
        let server = shop_with(basic());
        let answer = connected(&server).send(&Write::Create { draft: Box::new(draft(&model)) }, &change()).await;
        let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
        assert!(crate::english(&error.sentence).contains(words), "{error:?}");
        assert!(server.asked().is_empty());
    }
}

#[tokio::test]
async fn refusals_of_the_service_are_told_by_what_to_do() {
    let words = |text: &str| json!({ "errors": text }).to_string();
    let denied = "Access denied for discountNodes field. Required access: `read_discounts` access scope.";
    for (reply, kind, told) in [
        (
            Reply::Json(401, words("[API] Invalid API key or access token (unrecognized login or wrong password)")),
            CallErrorKind::SignIn,
            "access token",
        ),
        (Reply::Json(402, words("Unavailable Shop")), CallErrorKind::Restricted, "frozen"),
        (Reply::Json(403, words("Forbidden")), CallErrorKind::NotAllowed, "closed"),
        (Reply::Json(404, words("Not Found")), CallErrorKind::Rejected, "no such shop"),
        (Reply::Json(423, words("Locked")), CallErrorKind::Restricted, "locked"),
        (Reply::Json(430, words("Rejected")), CallErrorKind::NotAllowed, "attack"),
        (errors("ACCESS_DENIED", denied), CallErrorKind::NotAllowed, "write_discounts"),
        (errors("SHOP_INACTIVE", "Shop is inactive"), CallErrorKind::Restricted, "not active"),
        (errors("INVALID_VARIABLE", "Variable $input is invalid"), CallErrorKind::Rejected, "refused"),
        (
            errors("RESOURCE_NOT_FOUND", "Invalid id: gid://shopify/Product/1"),
            CallErrorKind::NotFound,
            "no such discount",
        ),
    ] {
        let server = shop_answering(reply);
        let answer = connected(&server).send(&Write::Delete { coupon: id() }, &change()).await;
        let Err(SendError::Refused(error)) = answer else { panic!("{told}: {answer:?}") };
        assert_eq!(error.kind, kind, "{error:?}");
        assert!(crate::english(&error.sentence).contains(told), "{error:?}");
        assert!(error.platform_words.is_some(), "{error:?}");
        assert_eq!(server.asked().len(), 1, "{error:?}");
    }
}

#[tokio::test]
async fn refusals_of_a_change_are_told_by_what_to_do() {
    let inside = |field: &str| json!(["basicCodeDiscount", field]);
    let taken = "Code must be unique. Please try a different code.";
    for (field, code, message, kind, told) in [
        (inside("code"), json!("TAKEN"), taken, CallErrorKind::Rejected, "choose another"),
        (inside("code"), json!("TOO_LONG"), "Code is too long", CallErrorKind::Rejected, "255"),
        (inside("title"), json!("BLANK"), "Title can't be blank", CallErrorKind::Rejected, "a name"),
        (
            inside("endsAt"),
            json!("INVALID"),
            "Ends at needs to be after starts_at",
            CallErrorKind::Rejected,
            "after the start",
        ),
        (
            inside("usageLimit"),
            json!("GREATER_THAN"),
            "Usage limit must be greater than 0",
            CallErrorKind::Rejected,
            "a total",
        ),
        (json!(["id"]), json!("INVALID"), "Code discount does not exist.", CallErrorKind::NotFound, "no such discount"),
        (json!(["id"]), json!(null), "Discount does not exist", CallErrorKind::NotFound, "no such discount"),
        (json!(["id"]), json!(null), "Cannot update the code of a bulk discount.", CallErrorKind::Rejected, "refused"),
        (json!(null), json!("SOMETHING_NEW"), "New words.", CallErrorKind::Rejected, "refused"),
    ] {
        let server = shop_answering(data(json!({ "discountCodeDelete": user_error(field, code, message) })));
        let answer = connected(&server).send(&Write::Delete { coupon: id() }, &change()).await;
        let Err(SendError::Refused(error)) = answer else { panic!("{message}: {answer:?}") };
        assert_eq!((error.kind, error.request_id.as_deref()), (kind, Some("req-1")), "{error:?}");
        assert!(crate::english(&error.sentence).contains(told), "{error:?}");
        assert!(error.platform_words.as_ref().is_some_and(|words| words.contains(message)), "{error:?}");
    }
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_or_says_nothing_is_unknown_and_sent_once() {
    let internal = json!({ "errors": [{
        "message": "Internal error. Looks like something went wrong on our end. Request ID: 4c1b",
        "extensions": { "code": "INTERNAL_SERVER_ERROR", "requestId": "4c1b" },
    }] });
    let half = json!({
        "data": { "discountCodeDelete": { "deletedCodeDiscountId": ID, "userErrors": [] } },
        "errors": [{ "message": "Access denied", "extensions": { "code": "ACCESS_DENIED" } }],
    });
    for reply in [
        Reply::Json(200, internal.to_string()),
        Reply::Json(200, half.to_string()),
        Reply::Json(502, json!({ "errors": "Bad Gateway" }).to_string()),
        Reply::Drop,
        Reply::Truncated("{\"data\":".to_string()),
        data(json!({ "discountCodeDelete": null })),
        data(json!({ "discountCodeDelete": { "deletedCodeDiscountId": null, "userErrors": [] } })),
        data(json!(null)),
        data(json!({ "discountCodeDelete": user_error(json!(null), json!("INTERNAL_ERROR"), "Unexpected") })),
    ] {
        let server = shop_answering(reply.clone());
        let answer = connected(&server).send(&Write::Delete { coupon: id() }, &change()).await;
        assert!(matches!(answer, Err(SendError::Unknown(_))), "{reply:?}: {answer:?}");
        assert_eq!(server.asked().len(), 1, "{reply:?}");
    }
}

#[tokio::test]
async fn a_read_is_tried_again_where_a_write_is_not() {
    let server = Server::new(|_, before| match before {
        0 => errors("INTERNAL_SERVER_ERROR", "Internal error."),
        1 => Reply::Json(503, json!({ "errors": "Unavailable" }).to_string()),
        _ => data(json!({ "discountNode": { "id": ID, "discount": basic() } })),
    });
    assert!(connected(&server).get(&id()).await.unwrap().is_some());
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn throttling_is_waited_out_as_long_as_the_points_need() {
    // Enough is there again at once: the same write goes out once more.
    let mut calls = 0;
    let server = Server::new(move |_, _| {
        calls += 1;
        match calls {
            1 => throttled(2202),
            2 => Reply::Json(429, json!({ "errors": "Too many" }).to_string()),
            _ => data(json!({ "discountCodeDelete": { "deletedCodeDiscountId": ID, "userErrors": [] } })),
        }
    });
    connected(&server).send(&Write::Delete { coupon: id() }, &change()).await.unwrap();
    assert_eq!(server.asked().len(), 3);
    // (2202 - 118) / 100, rounded up: longer than this patience goes.
    let server = Server::new(|_, _| throttled(118));
    let answer = connected(&server).send(&Write::Delete { coupon: id() }, &change()).await;
    let Err(SendError::NotSent(error)) = answer else { panic!("{answer:?}") };
    assert_eq!(error.kind, CallErrorKind::Throttled);
    assert!(crate::english(&error.sentence).contains("come back in 21 s"), "{error:?}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_query_waits_for_the_points_it_costs() {
    let start = Instant::now();
    let mut level = Level::full(1000.0, 100.0, start);
    assert_eq!(level.take(900.0, start), Duration::ZERO);
    assert_eq!(level.take(300.0, start), Duration::from_secs(2));
    // Whoever comes next waits behind those who wait.
    assert_eq!(level.take(100.0, start), Duration::from_secs(3));
    // What is under way is not there any more, whatever an earlier answer tells.
    level.settle(900.0, Some(1000.0), Some((2000.0, 200.0)), start);
    assert_eq!(level.take(600.0, start), Duration::ZERO);
    assert_eq!(level.take(200.0, start), Duration::from_secs(1));
    // It fills again, but never above its brim.
    let later = start + Duration::from_secs(3600);
    assert_eq!(level.take(2000.0, later), Duration::ZERO);
    // A query that costs more than the bucket holds waits until it is full.
    assert_eq!(level.take(9000.0, later), Duration::from_secs(10));
}

#[test]
fn an_answer_that_never_came_has_spent_its_points() {
    let start = Instant::now();
    let mut level = Level::full(1000.0, 100.0, start);
    level.take(1000.0, start);
    level.settle(1000.0, None, None, start);
    assert_eq!(level.take(100.0, start), Duration::from_secs(1));
}

fn is_sign_in(asked: &Asked) -> bool {
    asked.path == "/admin/oauth/access_token"
}

fn granted(access: &str, refresh: Option<&str>) -> Reply {
    let mut body = json!({ "access_token": access, "scope": "read_discounts,write_discounts", "expires_in": 3600 });
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
        body["refresh_token_expires_in"] = json!(7_776_000);
    }
    Reply::Json(200, body.to_string())
}

fn token_refused() -> Reply {
    Reply::Json(401, json!({ "errors": "[API] Invalid API key or access token" }).to_string())
}

fn found() -> Reply {
    data(json!({ "discountNode": { "id": ID, "discount": basic() } }))
}

#[tokio::test]
async fn an_own_app_signs_in_with_a_form_and_once_for_many_calls() {
    let server = Server::new(|asked, _| if is_sign_in(asked) { granted("token-of-today", None) } else { found() });
    let folder = tempfile::tempdir().unwrap();
    let connector = connector_in(folder.path(), &server, OWN_APP);
    connector.get(&id()).await.unwrap();
    connector.get(&id()).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    let form = url::form_urlencoded::parse(asked[0].body.as_bytes()).into_owned().collect::<Vec<_>>();
    let wanted = [("client_id", "app-1"), ("client_secret", CLIENT_SECRET), ("grant_type", "client_credentials")];
    assert_eq!(form, wanted.map(|(name, value)| (name.to_string(), value.to_string())));
    assert_eq!(asked[2].header("x-shopify-access-token"), Some("token-of-today"));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_write_goes_out_again() {
    let mut granted_so_far = 0;
    let server = Server::new(move |asked, _| {
        if is_sign_in(asked) {
            granted_so_far += 1;
            return granted(&format!("token-number-{granted_so_far}"), None);
        }
        if asked.header("x-shopify-access-token") == Some("token-number-1") {
            return token_refused();
        }
        data(json!({ "discountCodeDelete": { "deletedCodeDiscountId": ID, "userErrors": [] } }))
    });
    let folder = tempfile::tempdir().unwrap();
    let connector = connector_in(folder.path(), &server, OWN_APP);
    connector.send(&Write::Delete { coupon: id() }, &change()).await.unwrap();
    assert_eq!(server.asked().len(), 4);
    let never = Server::new(|asked, _| if is_sign_in(asked) { granted("token-again", None) } else { token_refused() });
    let connector = connector_in(folder.path(), &never, OWN_APP);
    let answer = connector.send(&Write::Delete { coupon: id() }, &change()).await;
    let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
    assert_eq!(error.kind, CallErrorKind::SignIn);
    assert_eq!(never.asked().len(), 4);
}

/// Takes each refresh token once and the newest access token only.
fn rotating_shop() -> Server {
    let mut number = 0;
    Server::new(move |asked, _| {
        if is_sign_in(asked) {
            let wanted = if number == 0 { FIRST_REFRESH_TOKEN.to_string() } else { format!("refresh-token-{number}") };
            if asked.json()["refresh_token"] != json!(wanted) {
                let body =
                    json!({ "error": "invalid_grant", "error_description": "This request requires a new token" });
                return Reply::Json(400, body.to_string());
            }
            number += 1;
            return granted(&format!("access-token-{number}"), Some(&format!("refresh-token-{number}")));
        }
        let newest = format!("access-token-{number}");
        if asked.header("x-shopify-access-token") == Some(newest.as_str()) { found() } else { token_refused() }
    })
}

#[tokio::test]
async fn a_rotated_pair_is_on_the_disk_before_it_is_used_and_serves_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("store-1.json");
    let path = kept.clone();
    let server = Server::new(move |asked, _| {
        if is_sign_in(asked) {
            return granted("access-token-1", Some("refresh-token-1"));
        }
        assert!(std::fs::read_to_string(&path).unwrap().contains("refresh-token-1"));
        found()
    });
    connector_in(folder.path(), &server, &rotating(FIRST_REFRESH_TOKEN)).get(&id()).await.unwrap();
    connector_in(folder.path(), &server, &rotating(FIRST_REFRESH_TOKEN)).get(&id()).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|asked| is_sign_in(asked)).count(), 1);
    assert_eq!(
        asked[0].json(),
        json!({
            "client_id": "app-1", "client_secret": CLIENT_SECRET, "grant_type": "refresh_token",
            "refresh_token": FIRST_REFRESH_TOKEN,
        })
    );
    assert!(kept.exists());
}

#[tokio::test]
async fn two_processes_never_rotate_one_pair_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_shop();
    let connectors: Vec<_> =
        (0..4).map(|_| connector_in(folder.path(), &server, &rotating(FIRST_REFRESH_TOKEN))).collect();
    let id = id();
    let read = futures::future::join_all(connectors.iter().map(|connector| connector.get(&id))).await;
    assert!(read.iter().all(Result::is_ok), "{read:?}");
    assert_eq!(server.asked().iter().filter(|asked| is_sign_in(asked)).count(), 1);
}

#[tokio::test]
async fn a_shop_that_was_authorized_anew_uses_its_new_token() {
    let folder = tempfile::tempdir().unwrap();
    let used: Arc<Mutex<Vec<Value>>> = Arc::default();
    let kept = Arc::clone(&used);
    let server = Server::new(move |asked, _| {
        if is_sign_in(asked) {
            kept.lock().unwrap().push(asked.json()["refresh_token"].clone());
            return granted("access-token-1", Some("refresh-token-1"));
        }
        found()
    });
    connector_in(folder.path(), &server, &rotating(FIRST_REFRESH_TOKEN)).get(&id()).await.unwrap();
    connector_in(folder.path(), &server, &rotating("shprt_anew")).get(&id()).await.unwrap();
    assert_eq!(*used.lock().unwrap(), [json!(FIRST_REFRESH_TOKEN), json!("shprt_anew")]);
}

#[tokio::test]
async fn a_sign_in_that_has_ended_says_so_and_nothing_was_sent() {
    let server = rotating_shop();
    let folder = tempfile::tempdir().unwrap();
    let connector = connector_in(folder.path(), &server, &rotating("shprt_long_gone"));
    let answer = connector.send(&Write::Delete { coupon: id() }, &change()).await;
    let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
    assert_eq!(error.kind, CallErrorKind::SignIn);
    assert!(crate::english(&error.sentence).contains("authorize the shop again"), "{error:?}");
    assert_eq!(error.platform_words.as_deref(), Some("invalid_grant: This request requires a new token"));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn no_secret_reaches_an_error_or_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let rotating = rotating(FIRST_REFRESH_TOKEN);
    for (sign_in, own) in [
        (OWN_TOKEN, [TOKEN].as_slice()),
        (OWN_APP, &[CLIENT_SECRET, "access-token-1", "refresh-token-1"]),
        (&rotating, &[CLIENT_SECRET, FIRST_REFRESH_TOKEN, "access-token-1", "refresh-token-1"]),
    ] {
        let log = Written::default();
        // A server that repeats all it was told.
        let server = Server::new(|asked, _| {
            if is_sign_in(asked) {
                return granted("access-token-1", Some("refresh-token-1"));
            }
            let token = asked.header("x-shopify-access-token").unwrap();
            let words = format!("{token} {CLIENT_SECRET} {FIRST_REFRESH_TOKEN} refresh-token-1");
            errors("BAD_REQUEST", &words)
        });
        let account = shopify(&server.address, sign_in);
        assert!(!format!("{account:?}").contains("shp"), "{account:?}");
        let connector = connect(&account, &network(folder.path(), log.log())).unwrap();
        let error = connector.get(&id()).await.unwrap_err();
        let told = format!("{error:?} {}", log.text());
        assert!(own.iter().all(|secret| !told.contains(secret)), "{told:?}");
        assert!(told.contains("BAD_REQUEST") && told.contains("discountNode"), "{told:?}");
    }
}

#[tokio::test]
async fn a_shop_tells_of_itself() {
    let shop = json!({ "shop": {
        "name": "Some Shop", "currencyCode": "SGD", "ianaTimezone": "Asia/Singapore",
        "myshopifyDomain": "some-shop.myshopify.com",
    } });
    let server = Server::new(move |asked, _| match root(asked).as_str() {
        "discountNodesCount" => count(1),
        "currentAppInstallation" => Reply::Json(404, "{}".to_string()),
        _ => {
            let headers = vec![("Date", "Thu, 01 Jan 2026 00:01:30 GMT".to_string())];
            Reply::With(200, headers, json!({ "data": shop }).to_string())
        }
    });
    let connector = connected(&server);
    let health = connector.check().await.unwrap();
    assert_eq!(health.shop_name.as_deref(), Some("Some Shop"));
    assert_eq!((health.currency.unwrap().code(), health.zone.as_deref()), ("SGD", Some("Asia/Singapore")));
    assert_eq!(health.clock_ahead_seconds, Some(90));
    // Whether it may write is good to know and not needed.
    assert_eq!((health.may_write, health.quota), (MayWrite::NotTold, None));
    assert_eq!((connector.tally().calls, connector.tally().retries), (3, 0));
}

#[tokio::test]
async fn a_check_tells_from_the_granted_scopes_whether_discounts_may_be_changed_and_how_many_points_are_left() {
    for (handles, expected) in [
        (&["read_discounts", "write_discounts"][..], MayWrite::Yes),
        (&["read_discounts", "write_products"], MayWrite::Lacking),
        (&[], MayWrite::NotTold),
    ] {
        let scopes: Vec<_> = handles.iter().map(|handle| json!({ "handle": handle })).collect();
        let rights = json!({
            "data": { "currentAppInstallation": { "accessScopes": scopes } },
            "extensions": { "cost": { "requestedQueryCost": 2, "actualQueryCost": 2, "throttleStatus":
                { "maximumAvailable": 2000.0, "currentlyAvailable": 1991, "restoreRate": 100.0 } } },
        });
        let server = Server::new(move |asked, _| match root(asked).as_str() {
            "discountNodesCount" => count(1),
            "currentAppInstallation" => Reply::Json(200, rights.to_string()),
            _ => Reply::Json(200, json!({ "data": { "shop": { "name": "Some Shop" } } }).to_string()),
        });
        let health = connected(&server).check().await.unwrap();
        assert_eq!(health.may_write, expected, "{handles:?}");
        assert_eq!(health.quota, Some(Quota { left: 1991, most: 2000, unit: "points".to_string() }));
    }
}

#[test]
fn a_shop_that_is_not_on_shopify_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let network = network(folder.path(), CallLog::none());
    let account = shopify("https://some-shop.myshopify.com", OWN_TOKEN);
    assert!(connect(&account, &network).is_ok());
    let mut elsewhere = account.clone();
    elsewhere.store.shop = couponbook::domain::ShopId::new("shop.example");
    let refusal = |account: &Account| connect(account, &network).err().unwrap().0.id().to_string();
    assert_eq!(refusal(&elsewhere), "connect-shop");
    let plain = Account { endpoint: "http://some-shop.myshopify.com".parse().unwrap(), ..account };
    assert_eq!(refusal(&plain), "connect-plain-http");
}

#[test]
fn the_table_says_what_a_manager_may_expect() {
    use Ability::{Already, Instead, Yes};
    let table = abilities(platform::SHOPIFY);
    for (verb, scheduled, active, ended) in [
        (Verb::Extend, Yes, Yes, Yes),
        (Verb::Shorten, Yes, Yes, Yes),
        (Verb::Restock, Yes, Yes, Yes),
        (Verb::AdjustMinSpend, Yes, Yes, Yes),
        (Verb::End, Yes, Yes, Already),
        (Verb::Pause, Instead(Verb::End), Instead(Verb::End), Already),
        (Verb::Enable, Yes, Already, Yes),
        (Verb::Delete, Yes, Yes, Yes),
        (Verb::Create, Yes, Yes, Yes),
    ] {
        let row = [Status::Scheduled, Status::Active, Status::Ended].map(|status| table.rule(verb, status).ability);
        assert_eq!(row, [scheduled, active, ended], "{verb:?}");
    }
    assert!(!table.platform_owned.is_empty());
}

fn config(keys: &str) -> Result<[bool; 3], String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("couponbook.toml");
    let store = "id = \"shopify-sg-1\"\nplatform = \"shopify\"\ncurrency = \"SGD\"\ntime_zone = \"Asia/Singapore\"";
    std::fs::write(&file, format!("team_time_zone = \"Asia/Singapore\"\n[[store]]\n{store}\n{keys}\n")).unwrap();
    let variable = |name: &str| name.starts_with("SHOPIFY").then(|| format!("value of {name}"));
    let settings = Settings::read(&file, PLATFORMS, &variable).map_err(|error| error.to_string())?;
    let store = &settings.stores[0];
    assert_eq!(store.store.shop.as_str(), "some-shop.myshopify.com");
    let Reach::Platform(account) = &store.reach else { panic!("{:?}", store.reach) };
    assert_eq!(account.endpoint.as_str(), "https://some-shop.myshopify.com/");
    Ok(["access_token", "client_secret", "refresh_token"].map(|name| account.keys.secret(name).is_some()))
}

#[test]
fn a_config_names_a_shop_and_the_places_of_its_secrets() {
    let shop = "shop = \"Some-Shop\"";
    let token = "access_token = { env = \"SHOPIFY_TOKEN\" }";
    let app = "client_id = \"app-1\"\nclient_secret = { env = \"SHOPIFY_SECRET\" }";
    let refresh = "refresh_token = { env = \"SHOPIFY_REFRESH\" }";
    assert_eq!(config(&format!("{shop}\n{token}")), Ok([true, false, false]));
    assert_eq!(config(&format!("{shop}\n{token}\n{app}\n{refresh}")), Ok([true, false, false]), "the token is enough");
    assert_eq!(config(&format!("{shop}\n{app}")), Ok([false, true, false]));
    assert_eq!(config(&format!("{shop}\n{app}\n{refresh}")), Ok([false, true, true]));
    for (keys, words) in [
        (format!("shop = \"shop.example\"\n{token}"), "permanent name"),
        (token.to_string(), "shop is missing"),
        (shop.to_string(), "access_token is missing"),
        (format!("{shop}\nclient_id = \"app-1\""), "client_secret is missing"),
        (format!("{shop}\naccess_token = \"{TOKEN}\""), "written out"),
    ] {
        let error = config(&keys).unwrap_err();
        assert!(error.contains(words), "{error:?}");
        assert!(!error.contains(TOKEN), "{error:?}");
    }
}
