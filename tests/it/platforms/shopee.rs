//! The Shopee connector: loading, tokens, writes. The samples are those of Shopee's documents.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use couponbook::domain::{
    Ability, ChangeId, Coupon, CouponId, Discount, Draft, Minimum, Owner, Start, Status, Timestamp, Verb, Write,
};
use couponbook::platforms::shopee::{end_of_wire, wire_end};
use couponbook::platforms::{CallErrorKind, CallLog, Connector, Network, SendError, is_ours};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::server::{Asked, FIRST_REFRESH_TOKEN, Reply, Server, Written, at, hasty, network, now, shopee};
use crate::accounts::{abilities, connect, set_key};
use crate::platform;

const START: i64 = 1_767_200_000;
const END: i64 = 1_769_000_399;

fn voucher(id: u64, code: &str) -> Value {
    json!({
        "voucher_id": id, "voucher_code": code, "voucher_name": "15 percent", "voucher_type": 2, "reward_type": 2,
        "usage_quantity": 200, "current_usage": 30, "start_time": START, "end_time": END, "is_admin": false,
        "voucher_purpose": 0, "display_channel_list": [2, 1], "min_basket_price": 50.0, "percentage": 15,
        "max_price": 25.55, "item_id_list": [123422, 122311], "display_start_time": 1_767_100_000,
        "target_voucher": 0, "usecase": 2,
    })
}

fn ok(response: Value) -> Reply {
    Reply::Json(200, json!({ "error": "", "message": "", "request_id": "9d0c1f6a", "response": response }).to_string())
}

fn refused(status: u16, error: &str, message: &str) -> Reply {
    let body = json!({ "error": error, "message": message, "request_id": "77b1a2c3", "response": "" });
    Reply::Json(status, body.to_string())
}

fn tokens(access: &str, refresh: &str) -> Reply {
    let body = json!({
        "error": "", "message": "", "request_id": "e19f", "partner_id": 2_001_887, "shop_id": 14_701_711,
        "access_token": access, "refresh_token": refresh, "expire_in": 14400,
    });
    Reply::Json(200, body.to_string())
}

fn is_refresh(asked: &Asked) -> bool {
    asked.path == "/api/v2/auth/access_token/get"
}

/// A shop whose token never runs out.
fn shop(mut answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> Server {
    Server::new(move |asked, _| if is_refresh(asked) { tokens("access-1", "refresh-1") } else { answer(asked) })
}

struct Connected {
    connector: Box<dyn Connector>,
    _folder: tempfile::TempDir,
}

fn connected(server: &Server) -> Connected {
    let folder = tempfile::tempdir().unwrap();
    let connector = connect(&shopee(&server.address), &network(folder.path(), CallLog::none())).unwrap();
    Connected { connector, _folder: folder }
}

fn connector_in(folder: &Path, server: &Server) -> Box<dyn Connector> {
    connect(&shopee(&server.address), &network(folder, CallLog::none())).unwrap()
}

fn change() -> ChangeId {
    serde_json::from_str("\"0123456789abcdef0123456789abcdef\"").unwrap()
}

async fn coupon(voucher: Value) -> Coupon {
    let server = shop(move |_| ok(voucher.clone()));
    connected(&server).connector.get(&CouponId::new("1")).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_voucher_is_told_in_our_words() {
    let coupon = coupon(voucher(395_841_407_827_999, "LUMIPCT15")).await;
    assert_eq!(coupon.id.as_str(), "395841407827999");
    assert_eq!(coupon.code.as_deref(), Some("LUMIPCT15"));
    assert_eq!((coupon.status, coupon.raw_status.as_str()), (Status::Active, "ongoing"));
    assert_eq!(coupon.kind, "product voucher");
    assert_eq!(coupon.discount.to_string(), "15 % off, max SGD 25.55");
    assert_eq!(coupon.minimum.to_string(), "SGD 50.00");
    assert_eq!((coupon.total, coupon.used, coupon.remaining()), (Some(200), Some(30), Some(170)));
    assert_eq!(coupon.owner, Owner::Seller);
    assert_eq!(
        json!(coupon.other_rules),
        json!({ "display_channel_list": [1], "item_id_list": [122311, 123422], "voucher_type": 2 })
    );
    assert_eq!(coupon.page.as_deref(), Some("https://seller.shopee.sg/portal/marketing/vouchers/395841407827999"));
}

#[tokio::test]
async fn numbers_that_come_as_text_or_with_a_point_are_read() {
    let mut odd = voucher(1, "LUMI1");
    odd["voucher_id"] = json!("7393721928379402026");
    odd["usage_quantity"] = json!("200");
    odd["current_usage"] = json!(30.0);
    odd["max_price"] = json!(0.0);
    odd["percentage"] = json!("15");
    odd["item_id_list"] = json!(["9007199254740993"]);
    let coupon = coupon(odd).await;
    assert_eq!(coupon.id.as_str(), "7393721928379402026");
    assert_eq!((coupon.total, coupon.used), (Some(200), Some(30)));
    assert_eq!(coupon.discount.to_string(), "15 % off");
    assert_eq!(coupon.other_rules.get("item_id_list"), Some(&json!([9_007_199_254_740_993_i64])));
}

#[tokio::test]
async fn each_kind_of_reward_is_read() {
    for (change, discount) in [
        (json!({ "reward_type": 1, "discount_amount": 12.01, "percentage": null }), "SGD 12.01 off"),
        (json!({ "reward_type": 3, "percentage": 5, "max_price": 8 }), "5 % back in coins, max SGD 8.00"),
        (json!({ "reward_type": 9 }), "reward type 9"),
    ] {
        let mut changed = voucher(1, "LUMI1");
        changed.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(coupon(changed).await.discount.to_string(), discount);
    }
}

#[tokio::test]
async fn the_status_follows_from_the_times() {
    let now = now().timestamp();
    for (start, end, status) in [
        (now + 1, now + 9000, Status::Scheduled),
        (now, now + 9000, Status::Active),
        (now - 9000, now + 1, Status::Active),
        // A voucher that has just been ended has this second as its end.
        (now - 9000, now, Status::Ended),
    ] {
        let mut timed = voucher(1, "LUMI1");
        timed["start_time"] = json!(start);
        timed["end_time"] = json!(end);
        assert_eq!(coupon(timed).await.status, status, "{start} {end}");
    }
}

#[tokio::test]
async fn a_voucher_that_was_just_ended_by_a_clock_ahead_of_ours_has_ended() {
    for (date, status) in [
        ("Thu, 01 Jan 2026 00:00:20 GMT", Status::Ended),
        // Nobody's clock: Shopee would not have taken the request.
        ("Thu, 01 Jan 2026 05:00:00 GMT", Status::Active),
    ] {
        let server = shop(move |_| {
            let mut ended = voucher(1, "LUMI1");
            ended["end_time"] = json!(now().timestamp() + 20);
            let body = json!({ "error": "", "response": ended }).to_string();
            Reply::With(200, vec![("Date", date.to_string())], body)
        });
        let coupon = connected(&server).connector.get(&CouponId::new("1")).await.unwrap().unwrap();
        assert_eq!(coupon.status, status, "{date}");
    }
}

#[tokio::test]
async fn vouchers_of_shopee_and_its_tools_are_known_as_such() {
    for (field, value, owner) in [
        ("is_admin", json!(true), Owner::Platform),
        ("voucher_purpose", json!(3), Owner::Platform),
        ("usecase", json!(8), Owner::Platform),
        ("usecase", json!(12), Owner::Platform),
        ("usecase", json!(7), Owner::Seller),
    ] {
        let mut made = voucher(1, "LUMI1");
        made[field] = value;
        assert_eq!(coupon(made).await.owner, owner, "{field}");
    }
}

#[test]
fn an_end_is_exclusive_inside_and_the_last_second_outside() {
    let midnight = at("2026-01-01T16:00:00Z");
    assert_eq!(wire_end(midnight), at("2026-01-01T15:59:59Z").timestamp());
    assert_eq!(end_of_wire(at("2026-01-01T15:59:59Z").timestamp()), Some(midnight));
    assert_eq!(end_of_wire(i64::MAX), None);
}

/// Pages of two; the details of every voucher but number 5.
fn listing_shop() -> Server {
    shop(|asked| {
        let page = |more: bool, vouchers: Vec<Value>| ok(json!({ "more": more, "voucher_list": vouchers }));
        let id = asked.query("voucher_id").and_then(|id| id.parse::<u64>().ok());
        match (asked.query("status"), asked.query("page_no"), id) {
            (Some("all"), Some("1"), _) => page(true, vec![voucher(1, "LUMI1"), voucher(2, "LUMI2")]),
            // Number 2 has slipped from one page to the next meanwhile.
            (Some("all"), Some("2"), _) => {
                page(true, vec![voucher(2, "LUMI2"), voucher(3, "LUMI3"), voucher(4, "LUMI4")])
            }
            (Some("all"), ..) => page(false, vec![voucher(5, "LUMI5"), voucher(6, "LUMI6"), json!({ "odd": [] })]),
            (_, _, Some(5)) => refused(200, "common.error_not_found", "The information you queried is not found."),
            (_, _, Some(6)) => ok(json!({ "voucher_id": 6, "usage_quantity": {} })),
            (_, _, Some(id)) => ok(voucher(id, &format!("LUMI{id}"))),
            _ => refused(200, "error_param", "Wrong parameters"),
        }
    })
}

#[tokio::test]
async fn every_voucher_is_loaded_once_with_its_details() {
    let server = listing_shop();
    let listing = connected(&server).connector.list().await.unwrap();
    let mut ids: Vec<_> = listing.coupons.iter().map(|coupon| coupon.id.as_str()).collect();
    ids.sort_unstable();
    // Number 5 has gone since the list; number 6 cannot be read, and is told rather than lost.
    assert_eq!(ids, ["1", "2", "3", "4"]);
    assert_eq!(listing.unreadable.len(), 2, "{:?}", listing.unreadable);
    assert!(crate::english(&listing.unreadable[0]).starts_with("6: "), "{:?}", listing.unreadable);
    let details = server.asked().iter().filter(|asked| asked.path.ends_with("/get_voucher")).count();
    assert_eq!(details, 6);
}

#[tokio::test]
async fn a_listing_of_several_pages_during_which_a_voucher_starts_is_read_again() {
    for (pages, lists) in [(1, 1), (2, 4)] {
        let minutes = Arc::new(AtomicI64::new(0));
        let passed = Arc::clone(&minutes);
        let server = shop(move |asked| {
            let mut starting = voucher(1, "LUMI1");
            starting["start_time"] = json!(now().timestamp() + 90);
            // The first answer comes after two minutes, and the voucher has started by then.
            passed.store(2, Ordering::Relaxed);
            match asked.query("page_no") {
                Some("1") => ok(json!({ "more": pages > 1, "voucher_list": [starting] })),
                Some(_) => ok(json!({ "more": false, "voucher_list": [voucher(2, "LUMI2")] })),
                None => ok(if asked.query("voucher_id") == Some("1") { starting } else { voucher(2, "LUMI2") }),
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(move || now() + chrono::Duration::minutes(minutes.load(Ordering::Relaxed)));
        let network = Network::new(clock, folder.path(), CallLog::none(), hasty());
        let listing = connect(&shopee(&server.address), &network).unwrap().list().await.unwrap();
        assert_eq!(listing.coupons.len(), pages);
        assert_eq!(listing.coupons[0].status, Status::Active);
        let asked = server.asked();
        assert_eq!(asked.iter().filter(|asked| asked.query("status").is_some()).count(), lists, "{pages} pages");
    }
}

#[tokio::test]
async fn a_code_is_found_whatever_its_case() {
    let server = listing_shop();
    let found = connected(&server).connector.find_code("lumi4").await.unwrap();
    assert_eq!(found.iter().map(|coupon| coupon.id.as_str()).collect::<Vec<_>>(), ["4"]);
}

#[tokio::test]
async fn a_call_is_signed_and_carries_its_token() {
    let server = shop(|_| ok(voucher(7, "LUMI7")));
    connected(&server).connector.get(&CouponId::new("7")).await.unwrap();
    let asked = server.asked();
    let (refresh, call) = (&asked[0], &asked[1]);
    assert_eq!(
        refresh.json(),
        json!({ "refresh_token": FIRST_REFRESH_TOKEN, "partner_id": 2_001_887, "shop_id": 14_701_711 })
    );
    assert_eq!((call.method.as_str(), call.path.as_str()), ("GET", "/api/v2/voucher/get_voucher"));
    let base = format!("2001887/api/v2/voucher/get_voucher{}access-114701711", now().timestamp());
    let expected = couponbook::platforms::shopee::sign(super::server::PARTNER_KEY, &base);
    assert_eq!(call.query("sign"), Some(expected.as_str()));
    assert_eq!(call.query("voucher_id"), Some("7"));
}

#[tokio::test]
async fn a_new_pair_of_tokens_is_on_the_disk_before_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store-1.json");
    let seen: Arc<Mutex<Vec<bool>>> = Arc::default();
    let (kept, path) = (Arc::clone(&seen), file.clone());
    let server = shop(move |_| {
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        kept.lock().unwrap().push(stored.contains("access-1") && stored.contains("refresh-1"));
        ok(voucher(1, "LUMI1"))
    });
    connector_in(folder.path(), &server).get(&CouponId::new("1")).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [true]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// Gives `access-N` and `refresh-N` for the N-th refresh, and takes only the token given last.
fn rotating_shop() -> Server {
    let mut given = 0;
    Server::new(move |asked, _| {
        if is_refresh(asked) {
            let expected = if given == 0 { FIRST_REFRESH_TOKEN.to_string() } else { format!("refresh-{given}") };
            if asked.json()["refresh_token"] != json!(expected) {
                return refused(403, "error_auth", "Invalid refresh_token.");
            }
            given += 1;
            return tokens(&format!("access-{given}"), &format!("refresh-{given}"));
        }
        if asked.query("access_token") == Some(&format!("access-{given}")) {
            ok(voucher(1, "LUMI1"))
        } else {
            refused(403, "invalid_acceess_token", "Invalid access_token, please have a check.")
        }
    })
}

#[tokio::test]
async fn a_stored_pair_is_used_again_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_shop();
    for _ in 0..3 {
        connector_in(folder.path(), &server).get(&CouponId::new("1")).await.unwrap();
    }
    assert_eq!(server.asked().iter().filter(|asked| is_refresh(asked)).count(), 1);
}

#[tokio::test]
async fn a_token_that_the_platform_refuses_is_renewed_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_shop();
    connector_in(folder.path(), &server).get(&CouponId::new("1")).await.unwrap();
    spoil_access_token(folder.path());
    let write = Write::SetTotal { coupon: CouponId::new("1"), total: Some(700) };
    connector_in(folder.path(), &server).send(&write, &change()).await.unwrap();
    assert_eq!(server.asked().iter().filter(|asked| is_refresh(asked)).count(), 2);
}

fn spoil_access_token(folder: &Path) {
    let file = folder.join("store-1.json");
    let stored = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, stored.replace("access-1", "access-0")).unwrap();
}

#[tokio::test]
async fn a_token_is_renewed_ahead_of_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_shop();
    connector_in(folder.path(), &server).get(&CouponId::new("1")).await.unwrap();
    for (minutes, refreshes) in [(3 * 60, 1), (4 * 60 - 4, 2)] {
        let clock = Arc::new(move || now() + chrono::Duration::minutes(minutes));
        let network = Network::new(clock, folder.path(), CallLog::none(), hasty());
        connect(&shopee(&server.address), &network).unwrap().get(&CouponId::new("1")).await.unwrap();
        assert_eq!(server.asked().iter().filter(|asked| is_refresh(asked)).count(), refreshes, "{minutes}");
    }
}

#[tokio::test]
async fn two_processes_never_refresh_one_store_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_shop();
    // Each with a network of its own, as in two processes: only the folder is shared.
    let connectors: Vec<_> = (0..4).map(|_| connector_in(folder.path(), &server)).collect();
    let id = CouponId::new("1");
    let read = futures::future::join_all(connectors.iter().map(|connector| connector.get(&id))).await;
    assert!(read.iter().all(Result::is_ok));
    assert_eq!(server.asked().iter().filter(|asked| is_refresh(asked)).count(), 1);
}

#[tokio::test]
async fn a_shop_that_was_authorized_anew_uses_its_new_token() {
    let folder = tempfile::tempdir().unwrap();
    let refreshed_with: Arc<Mutex<Vec<Value>>> = Arc::default();
    let kept = Arc::clone(&refreshed_with);
    let server = Server::new(move |asked, _| {
        if is_refresh(asked) {
            kept.lock().unwrap().push(asked.json()["refresh_token"].clone());
            return tokens("access-1", "refresh-1");
        }
        ok(voucher(1, "LUMI1"))
    });
    connector_in(folder.path(), &server).get(&CouponId::new("1")).await.unwrap();
    let mut account = shopee(&server.address);
    set_key(&mut account, "refresh_token", "authorized-anew");
    let anew = connect(&account, &network(folder.path(), CallLog::none())).unwrap();
    anew.get(&CouponId::new("1")).await.unwrap();
    assert_eq!(*refreshed_with.lock().unwrap(), [json!(FIRST_REFRESH_TOKEN), json!("authorized-anew")]);
}

#[tokio::test]
async fn no_token_reaches_an_error_or_the_log() {
    let server = Server::new(|asked, _| {
        if is_refresh(asked) {
            return tokens("access-token-1", "refresh-token-1");
        }
        let echoed = asked.target.replace('"', "");
        refused(200, "voucher.voucher_code_error", &format!("{echoed} refresh-token-1 {FIRST_REFRESH_TOKEN}"))
    });
    let folder = tempfile::tempdir().unwrap();
    let log = Written::default();
    let connector = connect(&shopee(&server.address), &network(folder.path(), log.log())).unwrap();
    let error = connector.get(&CouponId::new("1")).await.unwrap_err();
    let told = format!("{error:?} {}", log.text());
    for secret in ["access-token-1", "refresh-token-1", FIRST_REFRESH_TOKEN, super::server::PARTNER_KEY] {
        assert!(!told.contains(secret), "{told:?}");
    }
}

#[tokio::test]
async fn refusals_are_told_by_what_to_do() {
    let not_found = refused(200, "common.error_not_found", "The information you queried is not found.");
    for (reply, kind, words) in [
        (refused(403, "error_sign", "Wrong sign."), CallErrorKind::SignIn, "partner key"),
        (refused(200, "error_auth", "No permission to current api."), CallErrorKind::NotAllowed, "developer console"),
        (refused(200, "error_limit", "quota"), CallErrorKind::Throttled, "00:00 UTC+8"),
        (refused(200, "shop_banned", "banned"), CallErrorKind::Restricted, "banned"),
        (refused(200, "error_param", "Timestamp is expired."), CallErrorKind::SignIn, "clock"),
        (refused(200, "voucher.something_new", "New words."), CallErrorKind::Rejected, "refused end_voucher"),
        (not_found, CallErrorKind::NotFound, "no such voucher"),
    ] {
        let server = shop(move |_| reply.clone());
        let write = Write::End { coupon: CouponId::new("1"), at: now() };
        let answer = connected(&server).connector.send(&write, &change()).await;
        let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
        assert_eq!(error.kind, kind, "{error:?}");
        assert!(crate::english(&error.sentence).contains(words), "{error:?}");
        assert_eq!(error.request_id.as_deref(), Some("77b1a2c3"));
        assert_eq!(server.asked().len(), 2, "{error:?}");
    }
}

#[tokio::test]
async fn throttling_is_waited_out_and_server_trouble_leaves_a_write_unknown() {
    let write = Write::End { coupon: CouponId::new("1"), at: now() };
    let mut calls = 0;
    let throttling = shop(move |_| {
        calls += 1;
        if calls == 1 { refused(200, "error_rate_limit", "Too many requests.") } else { ok(json!({ "voucher_id": 1 })) }
    });
    connected(&throttling).connector.send(&write, &change()).await.unwrap();
    let ailing = shop(|_| refused(200, "error_server", "Something wrong. Please try later."));
    let answer = connected(&ailing).connector.send(&write, &change()).await;
    assert!(matches!(answer, Err(SendError::Unknown(_))), "{answer:?}");
    assert_eq!(ailing.asked().len(), 2);
}

#[tokio::test]
async fn each_write_is_spelled_as_the_documents_say() {
    let id = || CouponId::new("395841407827968");
    let end = at("2026-01-31T16:00:00Z");
    let sum =
        couponbook::domain::Money::new(Decimal::new(4050, 2), couponbook::domain::Currency::parse("SGD").unwrap());
    for (write, operation, body) in [
        (Write::SetEnd { coupon: id(), ends: Some(end) }, "update_voucher", json!({ "end_time": end.timestamp() - 1 })),
        (Write::SetTotal { coupon: id(), total: Some(800) }, "update_voucher", json!({ "usage_quantity": 800 })),
        (
            Write::SetMinimum { coupon: id(), minimum: Minimum::Spend(sum) },
            "update_voucher",
            json!({ "min_basket_price": 40.5 }),
        ),
        (
            Write::SetMinimum { coupon: id(), minimum: Minimum::None },
            "update_voucher",
            json!({ "min_basket_price": 0 }),
        ),
        (Write::End { coupon: id(), at: now() }, "end_voucher", json!({})),
        (Write::Delete { coupon: id() }, "delete_voucher", json!({})),
    ] {
        let server = shop(|_| ok(json!({ "voucher_id": 395_841_407_827_968_u64 })));
        let receipt = connected(&server).connector.send(&write, &change()).await.unwrap();
        assert_eq!(receipt.request_id.as_deref(), Some("9d0c1f6a"));
        let asked = &server.asked()[1];
        assert_eq!(
            (asked.method.as_str(), asked.path.as_str()),
            ("POST", format!("/api/v2/voucher/{operation}").as_str())
        );
        let mut expected = body;
        expected["voucher_id"] = json!(395_841_407_827_968_u64);
        assert_eq!(asked.json(), expected);
    }
}

#[tokio::test]
async fn what_shopee_cannot_do_is_refused_before_anything_is_sent() {
    let id = || CouponId::new("1");
    let server = shop(|_| ok(json!({})));
    let connected = connected(&server);
    for write in [
        Write::SetEnd { coupon: id(), ends: None },
        Write::SetTotal { coupon: id(), total: None },
        Write::SetMinimum { coupon: id(), minimum: Minimum::Quantity(2) },
        Write::Pause { coupon: id() },
        Write::Enable { coupon: id(), period: None },
        Write::Trash { coupon: id() },
        Write::Delete { coupon: CouponId::new("gid://1") },
    ] {
        let answer = connected.connector.send(&write, &change()).await;
        assert!(matches!(answer, Err(SendError::Refused(_))), "{write:?}: {answer:?}");
    }
    assert!(server.asked().is_empty());
}

fn draft(model: &Coupon, code: &str, start: Timestamp, ends: Timestamp) -> Draft {
    Draft {
        model: model.id.clone(),
        code: code.to_string(),
        name: model.name.clone(),
        kind: model.kind.clone(),
        discount: model.discount.clone(),
        minimum: model.minimum,
        start: Start::At(start),
        ends: Some(ends),
        total: Some(500),
        per_buyer: model.per_buyer,
        other_rules: model.other_rules.clone(),
        besides: model.besides.clone(),
    }
}

#[tokio::test]
async fn a_copy_repeats_every_rule_and_is_recognised_as_ours() {
    let model = coupon(voucher(1, "LUMIPCT15")).await;
    let made: Arc<Mutex<Option<Value>>> = Arc::default();
    let kept = Arc::clone(&made);
    let server = shop(move |asked| {
        if asked.path.ends_with("add_voucher") {
            *kept.lock().unwrap() = Some(asked.json());
            return ok(json!({ "voucher_id": 2 }));
        }
        let mut voucher = kept.lock().unwrap().clone().unwrap();
        let suffix = voucher["voucher_code"].as_str().unwrap().to_string();
        voucher["voucher_code"] = json!(format!("LUMI{suffix}"));
        voucher["voucher_id"] = json!(2);
        voucher["current_usage"] = json!(0);
        ok(voucher)
    });
    let connected = connected(&server);
    let code = "LUMINY26A".to_string();
    let draft = draft(&model, &code, at("2026-02-01T00:00:00Z"), at("2026-03-01T00:00:00Z"));
    let receipt = connected.connector.send(&Write::Create { draft: Box::new(draft.clone()) }, &change()).await.unwrap();
    let body = made.lock().unwrap().clone().unwrap();
    assert_eq!(
        body,
        json!({
            "voucher_name": "15 percent", "voucher_code": "NY26A", "voucher_type": 2, "reward_type": 2,
            "start_time": at("2026-02-01T00:00:00Z").timestamp(), "end_time": at("2026-02-28T23:59:59Z").timestamp(),
            "usage_quantity": 500, "min_basket_price": 50, "percentage": 15, "max_price": 25.55,
            "display_channel_list": [1], "item_id_list": [122311, 123422],
        })
    );
    let created = connected.connector.get(&receipt.created.unwrap()).await.unwrap().unwrap();
    assert!(is_ours(&created, &draft, &change()));
    assert!(created.same_rules(&model));
}

#[tokio::test]
async fn a_voucher_that_the_api_cannot_make_is_refused_with_the_reason() {
    let mut for_new_buyers = voucher(1, "LUMIPCT15");
    for_new_buyers["target_voucher"] = json!(1);
    let model = coupon(for_new_buyers).await;
    let other =
        Coupon { discount: Discount::Other("reward type 9".into()), other_rules: Default::default(), ..model.clone() };
    let server = shop(|_| ok(json!({})));
    let connected = connected(&server);
    for (model, words) in [(model, "certain buyers"), (other, "of a kind")] {
        let draft = draft(&model, "LUMINEW", at("2026-02-01T00:00:00Z"), at("2026-03-01T00:00:00Z"));
        let answer = connected.connector.send(&Write::Create { draft: Box::new(draft) }, &change()).await;
        let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
        assert!(crate::english(&error.sentence).contains(words), "{error:?}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_shop_tells_of_itself() {
    let info = json!({
        "error": "", "message": "", "request_id": "1", "shop_name": "Lumi", "region": "TW", "status": "FROZEN",
        "auth_time": 1_700_000_000, "expire_time": 1_790_000_000,
    });
    let server =
        shop(move |_| Reply::With(200, vec![("Date", "Thu, 01 Jan 2026 00:01:30 GMT".into())], info.to_string()));
    let health = connected(&server).connector.check().await.unwrap();
    assert_eq!(server.asked()[1].path, "/api/v2/shop/get_shop_info");
    assert_eq!(health.shop_name.as_deref(), Some("Lumi"));
    assert_eq!(health.currency.unwrap().code(), "TWD");
    assert_eq!(health.clock_ahead_seconds, Some(90));
    assert_eq!(health.restriction.as_ref().map(crate::english).as_deref(), Some("FROZEN"));
    assert_eq!(health.token_ends.unwrap().timestamp(), 1_790_000_000);
    // The right to read vouchers is tried out.
    assert_eq!(
        (server.asked()[2].path.as_str(), server.asked()[2].query("page_size")),
        ("/api/v2/voucher/get_voucher_list", Some("1"))
    );
}

#[tokio::test]
async fn a_shop_whose_app_may_not_read_vouchers_is_not_in_order() {
    let server = shop(|asked| {
        let refused = json!({ "error": "error_api_permission", "message": "No permission", "request_id": "1" });
        let info = json!({ "error": "", "message": "", "request_id": "1", "shop_name": "Lumi", "region": "TW" });
        Reply::Json(200, if asked.path == "/api/v2/voucher/get_voucher_list" { refused } else { info }.to_string())
    });
    let error = connected(&server).connector.check().await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::NotAllowed, "{error:?}");
}

#[test]
fn the_table_says_what_a_manager_may_expect() {
    use Ability::{Already, FollowOn, Instead, Never, Yes};
    let table = abilities(platform::SHOPEE);
    for (verb, scheduled, active, ended) in [
        (Verb::Extend, Yes, FollowOn, FollowOn),
        (Verb::Shorten, Yes, Yes, Never),
        (Verb::Restock, Yes, Yes, Never),
        (Verb::AdjustMinSpend, Yes, Never, Never),
        (Verb::End, Instead(Verb::Delete), Yes, Already),
        (Verb::Pause, Never, Never, Never),
        (Verb::Enable, Never, Already, Instead(Verb::Create)),
        (Verb::Delete, Yes, Instead(Verb::End), Never),
        (Verb::Create, Yes, Yes, Yes),
    ] {
        let row = [Status::Scheduled, Status::Active, Status::Ended].map(|status| table.rule(verb, status).ability);
        assert_eq!(row, [scheduled, active, ended], "{verb:?}");
    }
}
