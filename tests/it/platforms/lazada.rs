//! The Lazada connector: signing, loading, tokens, writes. The samples are those of Lazada's documents.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use couponbook::domain::{
    Ability, Access, ChangeId, Coupon, CouponId, Currency, Discount, Draft, Memory, Minimum, Money, Percent, Start,
    Status, Timestamp, Verb, Write,
};
use couponbook::platforms::lazada::{end_of_wire, sign, signed_text, wire_end};
use couponbook::platforms::{CallErrorKind, CallLog, Connector, Network, PLATFORMS, SendError, is_ours};
use couponbook::settings::{Reach, Settings};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::server::{APP_SECRET, Asked, LAZADA_REFRESH_TOKEN, Reply, Server, Written, at, hasty, lazada, network, now};
use crate::accounts::{abilities, connect, set_key};
use crate::platform;

const LIST: &str = "/rest/promotion/vouchers/get";
const GET: &str = "/rest/promotion/voucher/get";
const PRODUCTS: &str = "/rest/promotion/voucher/products/get";
const UPDATE: &str = "/rest/promotion/voucher/update";
const REFRESH: &str = "/rest/auth/token/refresh";

#[test]
fn calls_are_signed_as_the_documents_say() {
    let common = "access_token50000200xTESTtokenapp_key100132";
    let late = "sign_methodsha256timestamp1767225600000";
    let vectors = [
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
            "test-secret",
            "/order/cancelaccess_tokentest-tokenapp_key123456sign_methodsha256timestamp1700000000000".to_string(),
            "91375F42B474CECEE7172759B6400E74F10FBB6E9E9E145EA2A27DFA17556B18",
        ),
        (
            APP_SECRET,
            format!(
                "/promotion/vouchers/get{common}cur_page1page_size100sign_methodsha256statusONGOINGtimestamp1767225600000voucher_typeCOLLECTIBLE_VOUCHER"
            ),
            "74BB0581A26578997C34D70997251E6B8BA2D1778220EC93AB8CA52797D61166",
        ),
        (
            APP_SECRET,
            format!(
                "/promotion/voucher/product/sku/add{common}id91471121134707sign_methodsha256sku_ids[10069285691,10069285692]timestamp1767225600000voucher_typeCOLLECTIBLE_VOUCHER"
            ),
            "3BCE88ED2F1963EE1E18805D487858A903A6DE6FC60BEEA90E7301C0544BDCF3",
        ),
        (
            APP_SECRET,
            format!("/auth/token/createapp_key100132code0_100132_TESTCODE{late}"),
            "43917DC386AC81F07635AE4B2696B815A159CFF04517C05B00543A6E2504303C",
        ),
        (
            APP_SECRET,
            format!("/auth/token/refreshapp_key100132refresh_token50001200xTESTrefresh{late}"),
            "DD43E5654D8F754CD8220CB1BAA91D3BA0AA240087B954D69A0056F3DA2FFB96",
        ),
    ];
    for (secret, base, signature) in vectors {
        assert_eq!(sign(secret, &base), signature, "{base}");
    }
}

#[test]
fn the_signed_text_is_sorted_and_not_encoded() {
    let foo = [("foo", "1"), ("bar", "2"), ("foo_bar", "3"), ("foobar", "4")];
    assert_eq!(signed_text("/test/api", &foo), "/test/apibar2foo1foo_bar3foobar4");
    let common = [
        ("app_key", "100132"),
        ("timestamp", "1767225600000"),
        ("sign_method", "sha256"),
        ("access_token", "50000200xTESTtoken"),
    ];
    let update = [
        ("id", "91471121134707"),
        ("voucher_type", "COLLECTIBLE_VOUCHER"),
        ("voucher_name", "Tết sale 10%"),
        ("voucher_discount_type", "MONEY_VALUE_OFF"),
        ("criteria_over_money", "100000"),
        ("offering_money_value_off", "10000"),
        ("apply", "ENTIRE_SHOP"),
        ("display_area", "REGULAR_CHANNEL"),
        ("period_start_time", "1767200400000"),
        ("period_end_time", "1769878799000"),
        ("limit", "1"),
        ("issued", "500"),
    ];
    let base = signed_text("/promotion/voucher/update", &[common.as_slice(), &update].concat());
    assert_eq!(sign(APP_SECRET, &base), "DD18D7D6EB3DE2095C9B83F04D6AA996710CA3924818ADD26283D725CFCC87B1");
    let pause = [("id", "91471121134707"), ("voucher_type", "COLLECTIBLE_VOUCHER")];
    let base = signed_text("/promotion/voucher/deactivate", &[common.as_slice(), &pause].concat());
    assert_eq!(sign(APP_SECRET, &base), "C8F5C29C9B121E7BE0418C9FF8DA0442779DF4458608271C2E4E57AFCC9F2155");
}

fn voucher(id: u64) -> Value {
    json!({
        "id": id, "voucher_type": "COLLECTIBLE_VOUCHER", "voucher_name": "New year 10 off", "voucher_code": null,
        "status": "ONGOING", "apply": "ENTIRE_SHOP", "display_area": "REGULAR_CHANNEL",
        "voucher_discount_type": "MONEY_VALUE_OFF", "criteria_over_money": "100", "offering_money_value_off": "10",
        "offering_percentage_discount_off": null, "max_discount_offering_money_value": null, "limit": 1,
        "issued": 500, "order_used_budget": 473, "currency": "SGD", "collect_start": 1_767_196_800_000_i64,
        "period_start_time": 1_767_196_800_000_i64, "period_end_time": 1_769_875_199_000_i64,
    })
}

fn with(mut voucher: Value, changes: Value) -> Value {
    voucher.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    voucher
}

fn follower(id: u64) -> Value {
    let changes = json!({
        "voucher_name": "Followers 5%", "apply": "SPECIFIC_PRODUCTS", "display_area": "STORE_FOLLOWER",
        "voucher_discount_type": "PERCENTAGE_DISCOUNT_OFF", "criteria_over_money": "30",
        "offering_money_value_off": null, "offering_percentage_discount_off": "5",
        "max_discount_offering_money_value": "20", "limit": 2, "issued": 200, "order_used_budget": 200,
        "period_end_time": 1_768_492_799_000_i64,
    });
    with(voucher(id), changes)
}

fn with_code(id: u64, code: &str) -> Value {
    with(voucher(id), json!({ "voucher_type": "CODE_VOUCHER", "voucher_code": code }))
}

fn ok(data: Value) -> Reply {
    let body = json!({
        "code": "0", "success": true, "error_code": null, "error_msg": null,
        "request_id": "2101218a17672256001234567", "data": data,
    });
    Reply::Json(200, body.to_string())
}

fn page(total: usize, rows: Vec<Value>) -> Reply {
    ok(json!({ "total": total, "current": 1, "page_size": 50, "data_list": rows }))
}

/// A refusal of the gateway.
fn gateway(code: &str, message: &str) -> Reply {
    let body = json!({ "type": "ISV", "code": code, "message": message, "request_id": "0ba2887315178178017221014" });
    Reply::Json(200, body.to_string())
}

/// A refusal of the voucher module.
fn refused(code: i64, message: &str) -> Reply {
    let body = json!({
        "code": "0", "success": false, "data": null, "error_code": code, "error_msg": message,
        "request_id": "0ba2887315178178017221014",
    });
    Reply::Json(200, body.to_string())
}

fn tokens(access: &str, refresh: &str) -> Reply {
    let body = json!({
        "access_token": access, "refresh_token": refresh, "country": "sg", "account_platform": "seller_center",
        "account": "shop@example.test", "expires_in": 864_000, "refresh_expires_in": "4320000", "account_id": null,
        "country_user_info": [
            { "country": "sg", "user_id": "100000101", "seller_id": "1000000101", "short_code": "SG100AB" },
        ],
        "code": "0", "request_id": "0ba2887315178178017221014",
    });
    Reply::Json(200, body.to_string())
}

/// A shop whose token never runs out.
fn shop(mut answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> Server {
    Server::new(move |asked, _| if asked.path == REFRESH { tokens("access-1", "refresh-1") } else { answer(asked) })
}

/// One that has just these vouchers, in lists and details; all else is accepted.
fn shop_with(vouchers: Vec<Value>) -> Server {
    shop(move |asked| {
        let of_type = |voucher: &&Value| voucher["voucher_type"].as_str() == asked.query("voucher_type");
        let rows: Vec<Value> = vouchers.iter().filter(of_type).cloned().collect();
        match asked.path.as_str() {
            LIST => page(rows.len(), rows),
            GET => {
                let found =
                    rows.into_iter().find(|row| row["id"].to_string().trim_matches('"') == asked.query("id").unwrap());
                found.map_or_else(|| refused(23, "E023: promotion 1 is not in a state for this"), ok)
            }
            PRODUCTS => page(
                1,
                vec![json!({ "product_id": 2_009_876_543_u64, "sku_ids": [10_069_285_692_u64, 10_069_285_691_u64] })],
            ),
            _ => ok(Value::Null),
        }
    })
}

struct Connected {
    connector: Box<dyn Connector>,
    _folder: tempfile::TempDir,
}

fn connected(server: &Server) -> Connected {
    let folder = tempfile::tempdir().unwrap();
    Connected { connector: connector_in(folder.path(), server), _folder: folder }
}

fn connector_in(folder: &Path, server: &Server) -> Box<dyn Connector> {
    connect(&lazada(&server.address), &network(folder, CallLog::none())).unwrap()
}

fn change() -> ChangeId {
    serde_json::from_str("\"0123456789abcdef0123456789abcdef\"").unwrap()
}

async fn coupon(voucher: Value) -> Coupon {
    connected(&shop_with(vec![voucher])).connector.list().await.unwrap().coupons.remove(0)
}

fn writes(server: &Server) -> Vec<Asked> {
    server.asked().into_iter().filter(|asked| asked.method == "POST" && asked.path != REFRESH).collect()
}

#[tokio::test]
async fn a_voucher_is_told_in_our_words() {
    let coupon = coupon(voucher(91_471_121_134_707)).await;
    assert_eq!((coupon.id.as_str(), coupon.code.as_deref()), ("91471121134707", None));
    assert_eq!(coupon.label(), "New year 10 off");
    assert_eq!((coupon.status, coupon.raw_status.as_str()), (Status::Active, "ONGOING"));
    assert_eq!(coupon.kind, "collectible voucher");
    assert_eq!(coupon.discount.to_string(), "SGD 10.00 off");
    assert_eq!(coupon.minimum.to_string(), "SGD 100.00");
    assert_eq!(coupon.usable.starts(), Some(at("2025-12-31T16:00:00Z")));
    assert_eq!(coupon.usable.ends(), Some(at("2026-01-31T16:00:00Z")));
    assert_eq!(coupon.claimable, None);
    assert_eq!((coupon.total, coupon.used, coupon.remaining()), (Some(500), Some(473), Some(27)));
    assert_eq!(coupon.per_buyer, Some(1));
    assert_eq!(coupon.page.as_deref(), Some("https://sellercenter.lazada.sg/"));
}

#[tokio::test]
async fn a_voucher_for_certain_products_names_them() {
    let coupon = coupon(follower(91_471_121_134_801)).await;
    assert_eq!(coupon.kind, "follower voucher");
    assert_eq!(coupon.discount.to_string(), "5 % off, max SGD 20.00");
    assert_eq!(coupon.remaining(), Some(0));
    assert_eq!(
        json!(coupon.other_rules),
        json!({
            "apply": "SPECIFIC_PRODUCTS", "display_area": "STORE_FOLLOWER", "voucher_type": "COLLECTIBLE_VOUCHER",
            "sku_ids": ["10069285691", "10069285692"],
        })
    );
}

#[tokio::test]
async fn a_voucher_whose_every_value_is_text_reads_the_same() {
    for native in [voucher(91_471_121_134_707), follower(91_471_121_134_801)] {
        let mut spelled = native.clone();
        for value in spelled.as_object_mut().unwrap().values_mut() {
            *value = json!(value.as_str().map_or_else(|| value.to_string(), str::to_string));
        }
        assert_eq!(spelled["voucher_code"], json!("null"));
        assert_eq!(coupon(spelled).await, coupon(native).await);
    }
}

#[tokio::test]
async fn fields_that_are_missing_or_odd_are_told_and_hide_no_other_voucher() {
    let mut without_end = voucher(2);
    without_end.as_object_mut().unwrap().remove("period_end_time");
    let odd = [voucher(1), without_end, with(voucher(3), json!({ "issued": {} })), json!({ "status": "ONGOING" })];
    let listing = connected(&shop_with([odd.to_vec(), vec![with(voucher(4), json!({ "limit": -1 }))]].concat()));
    let listing = listing.connector.list().await.unwrap();
    assert_eq!(listing.coupons.iter().map(|coupon| coupon.id.as_str()).collect::<Vec<_>>(), ["1"]);
    let told = listing.unreadable.iter().map(crate::english).collect::<Vec<_>>().join("; ");
    for words in ["2: it has no period_end_time", "3: ", "4: its limit is -1"] {
        assert!(told.contains(words), "{told:?}");
    }
}

#[tokio::test]
async fn each_status_is_known() {
    for (word, status) in [
        ("NOT_START", Status::Scheduled),
        ("ONGOING", Status::Active),
        ("SUSPEND", Status::Paused),
        ("FINISH", Status::Ended),
        ("SOMETHING_NEW", Status::Unknown),
    ] {
        let coupon = coupon(with(voucher(1), json!({ "status": word }))).await;
        assert_eq!((coupon.status, coupon.raw_status.as_str()), (status, word));
    }
}

#[tokio::test]
async fn minimum_discount_and_claiming_are_read_as_they_are() {
    let none = coupon(with(voucher(1), json!({ "criteria_over_money": "0.00" }))).await;
    assert_eq!(none.minimum, Minimum::None);
    let other = coupon(with(voucher(1), json!({ "voucher_discount_type": "SOMETHING_NEW" }))).await;
    assert_eq!(other.discount, Discount::Other("SOMETHING_NEW".to_string()));
    let early = coupon(with(voucher(1), json!({ "collect_start": 1_767_100_000_000_i64 }))).await;
    assert_eq!(early.claimable.unwrap().starts().unwrap().timestamp(), 1_767_100_000);
    let dong = coupon(with(voucher(1), json!({ "currency": "VND", "criteria_over_money": "100000" }))).await;
    assert_eq!(dong.minimum.to_string(), "VND 100,000");
}

#[test]
fn an_end_is_exclusive_inside_and_the_last_second_outside() {
    let midnight = at("2026-01-31T16:00:00Z");
    assert_eq!(wire_end(midnight), 1_769_875_199_000);
    assert_eq!(end_of_wire(1_769_875_199_000), Some(midnight));
    assert_eq!(end_of_wire(1_769_875_199_999), Some(midnight));
    assert_eq!(end_of_wire(i64::MAX), None);
}

#[tokio::test]
async fn both_types_are_listed_page_by_page_and_each_voucher_once() {
    let server = shop(|asked| {
        let number: u64 = asked.query("cur_page").unwrap().parse().unwrap();
        match asked.query("voucher_type") {
            // Row 50 has slipped to the second page meanwhile.
            Some("COLLECTIBLE_VOUCHER") if number == 1 => page(70, (1..=50).map(voucher).collect()),
            Some("COLLECTIBLE_VOUCHER") => page(70, (50..=70).map(voucher).collect()),
            _ => page(1, vec![with_code(900, "LAZ10")]),
        }
    });
    let listing = connected(&server).connector.list().await.unwrap();
    let ids: BTreeSet<&str> = listing.coupons.iter().map(|coupon| coupon.id.as_str()).collect();
    assert_eq!((listing.coupons.len(), ids.len(), listing.expected), (71, 71, Some(71)));
    let asked: Vec<_> = server.asked().iter().filter(|asked| asked.path == LIST).cloned().collect();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|asked| asked.query("page_size") == Some("50")));
}

#[tokio::test]
async fn a_list_shorter_than_it_says_is_read_again_and_told() {
    let server = shop(|asked| match (asked.query("voucher_type"), asked.query("cur_page")) {
        (Some("COLLECTIBLE_VOUCHER"), Some("1")) => page(3, vec![voucher(1), voucher(2)]),
        _ => page(0, Vec::new()),
    });
    let listing = connected(&server).connector.list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (2, Some(3)));
    assert_eq!(server.asked().iter().filter(|asked| asked.path == LIST).count(), 4);
}

#[tokio::test]
async fn a_platform_that_gives_smaller_pages_is_read_to_the_end() {
    let server = shop(|asked| {
        let number: u64 = asked.query("cur_page").unwrap().parse().unwrap();
        let is_code = asked.query("voucher_type") == Some("CODE_VOUCHER");
        let rows = if is_code { Vec::new() } else { vec![voucher(number * 2 - 1), voucher(number * 2)] };
        let total = if is_code { 0 } else { 6 };
        ok(json!({ "total": total.to_string(), "current": number, "page_size": "2", "data_list": rows }))
    });
    let listing = connected(&server).connector.list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (6, Some(6)));
}

#[tokio::test]
async fn a_code_is_found_whatever_its_case() {
    let server = shop_with(vec![voucher(1), with_code(2, "LAZ10"), with_code(3, "LAZ11")]);
    let found = connected(&server).connector.find_code("laz10").await.unwrap();
    assert_eq!(found.iter().map(|coupon| coupon.id.as_str()).collect::<Vec<_>>(), ["2"]);
    assert_eq!((found[0].code.as_deref(), found[0].kind.as_str()), (Some("LAZ10"), "code voucher"));
}

#[tokio::test]
async fn one_voucher_is_read_whichever_type_it_is_of() {
    let server = shop_with(vec![voucher(1), with(with_code(2, "LAZ10"), json!({ "order_used_budget": null }))]);
    let connected = connected(&server);
    let found = connected.connector.get(&CouponId::new("2")).await.unwrap().unwrap();
    // The detail does not always count; no count is not zero.
    assert_eq!((found.code.as_deref(), found.used, found.remaining()), (Some("LAZ10"), None, None));
    let asked = server.asked().len();
    connected.connector.get(&CouponId::new("2")).await.unwrap().unwrap();
    assert_eq!(server.asked().len(), asked + 1, "its type is known by now");
}

#[tokio::test]
async fn only_a_voucher_that_no_list_has_is_called_gone() {
    let gone = shop_with(vec![voucher(1)]);
    assert!(connected(&gone).connector.get(&CouponId::new("7")).await.unwrap().is_none());
    assert_eq!(gone.asked().iter().filter(|asked| asked.path == LIST).count(), 2);
    // Its detail is refused, and yet it is there.
    let listed = shop(|asked| match asked.path.as_str() {
        LIST => page(1, vec![voucher(7)]),
        _ => refused(24, "E024: parameter illegal"),
    });
    let found = connected(&listed).connector.get(&CouponId::new("7")).await.unwrap().unwrap();
    assert_eq!(found.used, Some(473));
    let told = shop(|_| refused(23, "E023: voucher does not exist"));
    assert!(connected(&told).connector.get(&CouponId::new("7")).await.unwrap().is_none());
    assert!(told.asked().iter().all(|asked| asked.path != LIST));
}

#[tokio::test]
async fn what_is_asked_is_signed_in_the_query_and_what_is_written_in_the_form() {
    let server = shop_with(vec![voucher(7)]);
    connected(&server).connector.send(&Write::Pause { coupon: CouponId::new("7") }, &change()).await.unwrap();
    let asked = server.asked();
    let (refresh, read, write) = (&asked[0], &asked[1], &asked[2]);
    assert_eq!((refresh.method.as_str(), refresh.target.as_str()), ("POST", REFRESH));
    assert_eq!(refresh.form("refresh_token").as_deref(), Some(LAZADA_REFRESH_TOKEN));
    assert_eq!(
        refresh.form("sign").as_deref(),
        Some("DD43E5654D8F754CD8220CB1BAA91D3BA0AA240087B954D69A0056F3DA2FFB96")
    );
    let common = "access_tokenaccess-1app_key100132id7sign_methodsha256timestamp1767225600000";
    let base = format!("/promotion/voucher/get{common}voucher_typeCOLLECTIBLE_VOUCHER");
    assert_eq!(read.query("sign"), Some(sign(APP_SECRET, &base).as_str()));
    let base = format!("/promotion/voucher/deactivate{common}voucher_typeCOLLECTIBLE_VOUCHER");
    assert_eq!((write.method.as_str(), write.target.as_str()), ("POST", "/rest/promotion/voucher/deactivate"));
    assert_eq!(write.header("content-type"), Some("application/x-www-form-urlencoded;charset=utf-8"));
    assert_eq!(write.form("sign"), Some(sign(APP_SECRET, &base)));
}

#[tokio::test]
async fn new_tokens_are_on_the_disk_before_they_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let seen: Arc<Mutex<Vec<bool>>> = Arc::default();
    let (kept, path) = (Arc::clone(&seen), folder.path().to_path_buf());
    let server = shop(move |asked| {
        let stored = std::fs::read_to_string(token_file(&path)).unwrap_or_default();
        kept.lock().unwrap().push(stored.contains("access-1") && stored.contains("refresh-1"));
        ok(voucher(asked.query("id").unwrap().parse().unwrap()))
    });
    connector_in(folder.path(), &server).get(&CouponId::new("1")).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [true]);
}

fn token_file(folder: &Path) -> std::path::PathBuf {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "json")).unwrap()
}

/// Gives `access-N` and `refresh-N` for the N-th refresh, and takes only the token given last.
fn rotating_shop() -> Server {
    let mut given = 0;
    Server::new(move |asked, _| {
        if asked.path == REFRESH {
            let expected = if given == 0 { LAZADA_REFRESH_TOKEN.to_string() } else { format!("refresh-{given}") };
            if asked.form("refresh_token") != Some(expected) {
                return gateway("IllegalRefreshToken", "The specified refresh token is invalid or expired");
            }
            given += 1;
            return tokens(&format!("access-{given}"), &format!("refresh-{given}"));
        }
        let token = asked.query("access_token").map(str::to_string).or(asked.form("access_token"));
        if token == Some(format!("access-{given}")) {
            ok(voucher(1))
        } else {
            gateway("IllegalAccessToken", "The specified access token is invalid or expired")
        }
    })
}

fn refreshes(server: &Server) -> usize {
    server.asked().iter().filter(|asked| asked.path == REFRESH).count()
}

#[tokio::test]
async fn stored_tokens_are_used_again_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_shop();
    for _ in 0..3 {
        connector_in(folder.path(), &server).get(&CouponId::new("1")).await.unwrap();
    }
    assert_eq!(refreshes(&server), 1);
}

#[tokio::test]
async fn a_token_that_the_platform_refuses_is_renewed_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_shop();
    connector_in(folder.path(), &server).get(&CouponId::new("1")).await.unwrap();
    let file = token_file(folder.path());
    let stored = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, stored.replace("access-1", "access-0")).unwrap();
    connector_in(folder.path(), &server).get(&CouponId::new("1")).await.unwrap();
    assert_eq!(refreshes(&server), 2);
    let never = shop(|_| gateway("IllegalAccessToken", "The specified access token is invalid or expired"));
    let error = connected(&never).connector.list().await.unwrap_err();
    assert_eq!((error.kind, refreshes(&never)), (CallErrorKind::SignIn, 2));
}

#[tokio::test]
async fn a_token_is_renewed_ahead_of_the_end_that_its_answer_told() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_shop();
    connector_in(folder.path(), &server).get(&CouponId::new("1")).await.unwrap();
    for (minutes, count) in [(9 * 24 * 60, 1), (10 * 24 * 60 - 4, 2)] {
        let clock = Arc::new(move || now() + chrono::Duration::minutes(minutes));
        let network = Network::new(clock, folder.path(), CallLog::none(), hasty());
        connect(&lazada(&server.address), &network).unwrap().get(&CouponId::new("1")).await.unwrap();
        assert_eq!(refreshes(&server), count, "{minutes}");
    }
}

#[tokio::test]
async fn two_processes_never_refresh_one_sign_in_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_shop();
    let connectors: Vec<_> = (0..4).map(|_| connector_in(folder.path(), &server)).collect();
    let id = CouponId::new("1");
    let read = futures::future::join_all(connectors.iter().map(|connector| connector.get(&id))).await;
    assert!(read.iter().all(Result::is_ok));
    assert_eq!(refreshes(&server), 1);
}

#[tokio::test]
async fn a_sign_in_of_another_seller_is_never_used() {
    let server = shop_with(vec![voucher(1)]);
    let mut account = lazada(&server.address);
    account.store.shop = couponbook::domain::ShopId::new("sg/1000000999");
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let connector = connect(&account, &network(folder.path(), CallLog::none())).unwrap();
        let error = connector.list().await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::WrongShop);
        assert!(
            crate::english(&error.sentence).contains("1000000101")
                && crate::english(&error.sentence).contains("1000000999"),
            "{error:?}"
        );
    }
    assert!(server.asked().iter().all(|asked| asked.path == REFRESH));
}

#[tokio::test]
async fn an_app_that_cannot_renew_uses_the_access_token_it_was_given() {
    let mut account = lazada("http://127.0.0.1:1");
    set_key(&mut account, "refresh_token", "");
    set_key(&mut account, "access_token", "access-of-the-subscription");
    let server = shop(|asked| match asked.query("access_token") {
        Some("access-of-the-subscription") if asked.query("id") == Some("1") => ok(voucher(1)),
        _ => gateway("IllegalAccessToken", "The specified access token is invalid or expired"),
    });
    account.endpoint = lazada(&server.address).endpoint;
    let folder = tempfile::tempdir().unwrap();
    let connector = connect(&account, &network(folder.path(), CallLog::none())).unwrap();
    assert!(connector.get(&CouponId::new("1")).await.unwrap().is_some());
    assert_eq!(connector.get(&CouponId::new("2")).await.unwrap_err().kind, CallErrorKind::SignIn);
    assert_eq!(refreshes(&server), 0);
}

#[tokio::test]
async fn no_secret_reaches_an_error_or_the_log() {
    let server = Server::new(|asked, _| {
        if asked.path == REFRESH {
            return tokens("access-token-1", "refresh-token-1");
        }
        let echoed = format!("{} {} refresh-token-1 {LAZADA_REFRESH_TOKEN} {APP_SECRET}", asked.target, asked.body);
        refused(23, &echoed)
    });
    let folder = tempfile::tempdir().unwrap();
    let log = Written::default();
    let account = lazada(&server.address);
    let connector = connect(&account, &network(folder.path(), log.log())).unwrap();
    let error = connector.list().await.unwrap_err();
    let told = format!("{error:?} {} {account:?}", log.text());
    for secret in ["access-token-1", "refresh-token-1", LAZADA_REFRESH_TOKEN, APP_SECRET] {
        assert!(!told.contains(secret), "{told:?}");
    }
    assert_eq!(log.records()[1].call, "promotion/vouchers/get");
}

#[tokio::test]
async fn refusals_are_told_by_what_to_do() {
    use CallErrorKind::{NotAllowed, NotFound, Rejected, SignIn, Throttled};
    let as_code = Reply::Json(
        200,
        json!({ "code": "23", "message": "E023: wrong state", "request_id": "0ba2887315178178017221014" }).to_string(),
    );
    let all_text = json!({
        "code": "0", "success": "false", "error_code": "23", "error_msg": "E023: voucher does not exist",
        "request_id": "0ba2887315178178017221014",
    });
    for (reply, kind, words) in [
        (
            gateway("IncompleteSignature", "The request signature does not conform to lazop standards"),
            SignIn,
            "app secret",
        ),
        (gateway("IllegalAccessToken", "The specified access token is invalid or expired"), SignIn, "authorize"),
        (gateway("IllegalTimestamp", "The specified timestamp is invalid or expired"), SignIn, "clock"),
        (gateway("MissingParameter", "The input parameter is missing"), Rejected, "mistake in the program"),
        (gateway("Mp3SellerApiLimit", "no"), NotAllowed, "marketplace ease"),
        (gateway("AppWhiteIpLimit", "no"), NotAllowed, "address"),
        (gateway("998", "switched off"), Throttled, "campaign"),
        (gateway("SomethingNew", "New words."), Rejected, "refused promotion/voucher/deactivate"),
        (as_code, Rejected, "refused promotion/voucher/deactivate"),
        (refused(21, "E021: wrong voucher_type"), Rejected, "refused promotion/voucher/deactivate"),
        (refused(23, "E023: voucher quantity must be greater than 500"), Rejected, "refused"),
        (refused(24, "E024: parameter illegal"), Rejected, "mistake in the program"),
        (refused(26, "E026: seller unauthorized"), NotAllowed, "authorize"),
        (Reply::Json(200, all_text.to_string()), NotFound, "no such voucher"),
    ] {
        let server = pausing(reply);
        let answer = connected(&server).connector.send(&pause(), &change()).await;
        let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
        assert_eq!(error.kind, kind, "{error:?}");
        assert!(crate::english(&error.sentence).contains(words), "{error:?}");
        assert_eq!(error.request_id.as_deref(), Some("0ba2887315178178017221014"), "{error:?}");
    }
}

fn pause() -> Write {
    Write::Pause { coupon: CouponId::new("1") }
}

/// Has voucher 1, and answers its deactivation so.
fn pausing(reply: Reply) -> Server {
    shop(move |asked| if asked.path == GET { ok(voucher(1)) } else { reply.clone() })
}

#[tokio::test]
async fn trouble_and_lost_answers_leave_a_write_unknown_and_are_not_sent_again() {
    for reply in [
        gateway("ServiceTimeout", "The service is timeout"),
        refused(21, "E021: internal system error"),
        refused(25, "E025: UMP exception"),
        Reply::Json(200, json!({ "type": "ISP", "code": "SomethingNew", "message": "no" }).to_string()),
        Reply::Json(503, json!({ "type": "SYSTEM", "code": "Busy", "message": "no" }).to_string()),
        Reply::Truncated("{\"code\":\"0\"".to_string()),
        Reply::Drop,
    ] {
        let server = pausing(reply.clone());
        let answer = connected(&server).connector.send(&pause(), &change()).await;
        assert!(matches!(answer, Err(SendError::Unknown(_))), "{reply:?}: {answer:?}");
        assert_eq!(writes(&server).len(), 1, "{reply:?}");
    }
}

#[tokio::test]
async fn throttling_is_waited_out_and_trouble_with_a_read_is_tried_again() {
    for reply in [
        gateway("ApiCallLimit", "Api access frequency exceeds the limit. this ban will last 1 seconds"),
        gateway("901", "too frequent"),
    ] {
        let mut calls = 0;
        let server = shop(move |asked| {
            calls += usize::from(asked.path != GET);
            if asked.path != GET && calls == 1 { reply.clone() } else { ok(voucher(1)) }
        });
        connected(&server).connector.send(&pause(), &change()).await.unwrap();
        assert_eq!(writes(&server).len(), 2);
    }
    let mut calls = 0;
    let server = shop(move |_| {
        calls += 1;
        if calls == 1 { gateway("ServiceTimeout", "The service is timeout") } else { ok(voucher(1)) }
    });
    assert!(connected(&server).connector.get(&CouponId::new("1")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_ban_that_lasts_too_long_is_given_up_and_nothing_was_done() {
    let server =
        pausing(gateway("ApiCallLimit", "Api access frequency exceeds the limit. this ban will last 90 seconds"));
    let answer = connected(&server).connector.send(&pause(), &change()).await;
    let Err(SendError::NotSent(error)) = answer else { panic!("{answer:?}") };
    assert_eq!(error.kind, CallErrorKind::Throttled);
    assert!(crate::english(&error.sentence).contains("90 s"), "{error:?}");
}

#[tokio::test]
async fn a_change_writes_everything_back_and_changes_one_field() {
    let sum = Money::new(Decimal::new(1205, 1), Currency::parse("SGD").unwrap());
    let id = || CouponId::new("1");
    for (write, field, value) in [
        (Write::SetEnd { coupon: id(), ends: Some(at("2026-02-28T16:00:00Z")) }, "period_end_time", "1772294399000"),
        (Write::SetTotal { coupon: id(), total: Some(700) }, "issued", "700"),
        (Write::SetMinimum { coupon: id(), minimum: Minimum::Spend(sum) }, "criteria_over_money", "120.5"),
        (Write::SetMinimum { coupon: id(), minimum: Minimum::None }, "criteria_over_money", "0"),
    ] {
        for before in [voucher(1), follower(1)] {
            let server = shop_with(vec![before.clone()]);
            let receipt = connected(&server).connector.send(&write, &change()).await.unwrap();
            assert_eq!(receipt.request_id.as_deref(), Some("2101218a17672256001234567"));
            let sent = writes(&server);
            assert_eq!((sent.len(), sent[0].path.as_str()), (1, UPDATE));
            let mut expected = before;
            expected[field] = json!(value);
            for (name, wanted) in expected.as_object().unwrap() {
                let is_read_only = ["status", "voucher_code", "currency", "order_used_budget"].contains(&name.as_str());
                let wanted = match (name.as_str(), wanted) {
                    ("offering_money_value_off", Value::Null) => Some("0".to_string()),
                    (_, Value::Null) => None,
                    (_, wanted) => Some(wanted.to_string().trim_matches('"').to_string()),
                };
                assert_eq!(sent[0].form(name), wanted.filter(|_| !is_read_only), "{write:?}: {name}");
            }
        }
    }
}

#[tokio::test]
async fn a_voucher_is_switched_off_and_on_by_its_own_type() {
    for (write, path) in [
        (Write::Pause { coupon: CouponId::new("2") }, "/rest/promotion/voucher/deactivate"),
        (Write::Enable { coupon: CouponId::new("2"), period: None }, "/rest/promotion/voucher/activate"),
    ] {
        let server = shop_with(vec![with_code(2, "LAZ10")]);
        connected(&server).connector.send(&write, &change()).await.unwrap();
        let sent = &writes(&server)[0];
        assert_eq!(sent.path, path);
        assert_eq!(
            (sent.form("id").as_deref(), sent.form("voucher_type").as_deref()),
            (Some("2"), Some("CODE_VOUCHER"))
        );
    }
}

#[tokio::test]
async fn what_lazada_cannot_do_is_refused_before_anything_is_written() {
    let id = || CouponId::new("1");
    let share = with(voucher(5), json!({ "display_area": "SHARE_VOUCHER" }));
    let nameless = with(voucher(6), json!({ "voucher_name": "" }));
    let server = shop_with(vec![voucher(1), share, nameless]);
    let connected = connected(&server);
    for (write, words) in [
        (Write::SetEnd { coupon: id(), ends: None }, "needs an end"),
        (Write::SetTotal { coupon: id(), total: None }, "needs a total"),
        (Write::SetTotal { coupon: id(), total: Some(500) }, "can only be raised"),
        (Write::SetTotal { coupon: id(), total: Some(499) }, "can only be raised"),
        (Write::SetMinimum { coupon: id(), minimum: Minimum::Quantity(2) }, "sum of money"),
        (Write::SetTotal { coupon: CouponId::new("5"), total: Some(900) }, "share voucher"),
        (Write::SetTotal { coupon: CouponId::new("6"), total: Some(900) }, "voucher_name"),
        (Write::SetTotal { coupon: CouponId::new("7"), total: Some(900) }, "no voucher 7"),
        (Write::End { coupon: id(), at: now() }, "no end"),
        (Write::Delete { coupon: id() }, "cannot delete"),
        (Write::Trash { coupon: id() }, "no bin"),
    ] {
        let answer = connected.connector.send(&write, &change()).await;
        let Err(SendError::Refused(error)) = answer else { panic!("{write:?}: {answer:?}") };
        assert!(crate::english(&error.sentence).contains(words), "{error:?}");
    }
    assert!(writes(&server).is_empty());
}

#[tokio::test]
async fn a_write_that_cannot_be_prepared_is_not_sent() {
    let server = shop(|_| gateway("ServiceTimeout", "The service is timeout"));
    let answer = connected(&server).connector.send(&pause(), &change()).await;
    assert!(matches!(answer, Err(SendError::NotSent(_))), "{answer:?}");
}

fn draft(model: &Coupon, start: Timestamp, ends: Timestamp) -> Draft {
    Draft {
        model: model.id.clone(),
        code: String::new(),
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

/// What a creation made, as a list would show it.
fn made_of(created: &Asked, id: u64) -> Value {
    let fields = url::form_urlencoded::parse(created.body.as_bytes()).into_owned();
    let mut made: serde_json::Map<String, Value> = fields.map(|(name, value)| (name, json!(value))).collect();
    made.extend(
        json!({ "id": id, "status": "NOT_START", "currency": "SGD", "order_used_budget": "0" })
            .as_object()
            .unwrap()
            .clone(),
    );
    Value::Object(made)
}

#[tokio::test]
async fn a_copy_repeats_every_rule_and_is_recognised_as_ours() {
    let share = with(follower(1), json!({ "apply": "ENTIRE_SHOP" }));
    for (model, own) in [
        (voucher(1), vec![("voucher_discount_type", "MONEY_VALUE_OFF"), ("offering_money_value_off", "10")]),
        (
            share,
            vec![
                ("voucher_discount_type", "PERCENTAGE_DISCOUNT_OFF"),
                ("offering_percentage_discount_off", "5"),
                ("max_discount_offering_money_value", "20"),
            ],
        ),
    ] {
        let model = coupon(model).await;
        let draft = draft(&model, at("2026-02-01T00:00:00Z"), at("2026-03-01T00:00:00Z"));
        let server = shop(|_| ok(json!(9_616_200_353_530_u64)));
        let write = Write::Create { draft: Box::new(draft.clone()) };
        let receipt = connected(&server).connector.send(&write, &change()).await.unwrap();
        assert_eq!(receipt.created.unwrap().as_str(), "9616200353530");
        let created = &writes(&server)[0];
        assert_eq!(created.path, "/rest/promotion/voucher/create");
        for (name, value) in
            [("period_start_time", "1769904000000"), ("period_end_time", "1772323199000"), ("issued", "500")]
                .into_iter()
                .chain(own)
        {
            assert_eq!(created.form(name).as_deref(), Some(value), "{name}");
        }
        assert_eq!((created.form("id"), created.form("voucher_code")), (None, None));
        let found = coupon(made_of(created, 9_616_200_353_530)).await;
        assert!(is_ours(&found, &draft, &change()), "{found:?}");
        assert!(found.same_rules(&model));
    }
}

#[tokio::test]
async fn a_creation_without_an_id_in_its_answer_is_unknown() {
    let model = coupon(voucher(1)).await;
    let draft = Box::new(draft(&model, at("2026-02-01T00:00:00Z"), at("2026-03-01T00:00:00Z")));
    for data in [Value::Null, json!("null"), json!({}), json!("")] {
        let server = shop(move |_| ok(data.clone()));
        let answer = connected(&server).connector.send(&Write::Create { draft: draft.clone() }, &change()).await;
        assert!(matches!(answer, Err(SendError::Unknown(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_found_by_name_and_period() {
    let model = coupon(voucher(1)).await;
    let (starts, ends) = (at("2026-02-01T00:00:00Z"), at("2026-03-01T00:00:00Z"));
    let draft = draft(&model, starts, ends);
    let made = json!({ "period_start_time": starts.timestamp_millis(), "period_end_time": wire_end(ends), "status": "NOT_START" });
    let made = with(voucher(9), made);
    let server = shop_with(vec![
        voucher(1),
        made.clone(),
        with(with(made.clone(), json!({ "id": 10 })), json!({ "voucher_name": "Another" })),
        with(with(made, json!({ "id": 11 })), json!({ "period_start_time": starts.timestamp_millis() + 1000 })),
    ]);
    let found = connected(&server).connector.find_created(&draft).await.unwrap();
    assert_eq!(found.iter().map(|coupon| coupon.id.as_str()).collect::<Vec<_>>(), ["9"]);
    assert!(is_ours(&found[0], &draft, &change()));
    let server = shop_with(vec![voucher(1)]);
    assert!(connected(&server).connector.find_created(&draft).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_voucher_that_the_api_cannot_make_is_refused_with_the_reason() {
    let plain = coupon(voucher(1)).await;
    let half = Discount::Share { percent: Percent(Decimal::new(125, 1)), cap: None };
    let server = shop(|_| ok(json!(1)));
    let connected = connected(&server);
    for (model, words) in [
        (coupon(with_code(1, "LAZ10")).await, "with a code"),
        (coupon(follower(1)).await, "its products"),
        (coupon(with(voucher(1), json!({ "display_area": "SHARE_VOUCHER" }))).await, "share voucher"),
        (coupon(with(voucher(1), json!({ "limit": null }))).await, "limit per customer"),
        (Coupon { discount: half, ..plain.clone() }, "whole percents"),
        (Coupon { discount: Discount::Other("SOMETHING_NEW".into()), ..plain.clone() }, "of a kind"),
        (Coupon { name: String::new(), ..plain }, "name"),
    ] {
        let draft = draft(&model, at("2026-02-01T00:00:00Z"), at("2026-03-01T00:00:00Z"));
        let answer = connected.connector.send(&Write::Create { draft: Box::new(draft) }, &change()).await;
        let Err(SendError::Refused(error)) = answer else { panic!("{answer:?}") };
        assert!(crate::english(&error.sentence).contains(words), "{error:?}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_shop_tells_of_itself() {
    let seller = |changes: Value| {
        let data = json!({ "seller_id": 1_000_000_101, "name": "Lumi", "short_code": "SG100AB", "cb": false, "status": "ACTIVE" });
        json!({ "code": "0", "data": with(data, changes), "request_id": "1" }).to_string()
    };
    for (changes, restriction) in [
        (json!({}), None),
        (json!({ "status": "INACTIVE" }), Some("INACTIVE")),
        (json!({ "marketplaceEaseMode": "true" }), Some("marketplace ease mode: no promotion calls are allowed")),
    ] {
        let body = seller(changes);
        let server =
            shop(move |_| Reply::With(200, vec![("Date", "Thu, 01 Jan 2026 00:01:30 GMT".into())], body.clone()));
        let health = connected(&server).connector.check().await.unwrap();
        assert_eq!(server.asked()[1].path, "/rest/seller/get");
        assert_eq!(health.shop_name.as_deref(), Some("Lumi"));
        assert_eq!(health.clock_ahead_seconds, Some(90));
        assert_eq!(health.restriction.as_ref().map(crate::english).as_deref(), restriction);
        // The seller's consent, which no refresh makes longer: 50 days.
        assert_eq!(health.token_ends, Some(now() + chrono::Duration::days(50)));
    }
    let body = seller(json!({ "seller_id": "42" }));
    let server = shop(move |_| Reply::Json(200, body.clone()));
    let error = connected(&server).connector.check().await.unwrap_err();
    assert!(crate::english(&error.sentence).contains("seller 42"), "{error:?}");
}

#[test]
fn the_table_says_what_a_manager_may_expect() {
    use Ability::{Already, ByHand, FollowOn, Instead, Never, Yes};
    let table = abilities(platform::LAZADA);
    for (verb, scheduled, active, paused, ended) in [
        (Verb::Extend, Yes, FollowOn, Never, FollowOn),
        (Verb::Shorten, Yes, Never, Never, Never),
        (Verb::Restock, Yes, Yes, Never, Never),
        (Verb::AdjustMinSpend, Yes, Never, Never, Never),
        (Verb::End, ByHand, Instead(Verb::Pause), Already, Already),
        (Verb::Pause, ByHand, Yes, Already, Never),
        (Verb::Enable, Never, Already, Yes, Instead(Verb::Create)),
        (Verb::Delete, ByHand, Instead(Verb::Pause), ByHand, Never),
        (Verb::Create, Yes, Yes, Yes, Yes),
    ] {
        let statuses = [Status::Scheduled, Status::Active, Status::Paused, Status::Ended];
        let row = statuses.map(|status| table.rule(verb, status).ability);
        assert_eq!(row, [scheduled, active, paused, ended], "{verb:?}");
    }
}

#[test]
fn a_config_names_a_lazada_store_by_country_and_seller() {
    let resolved = |store: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("couponbook.toml");
        let head = "team_time_zone = \"Asia/Singapore\"\n[[store]]\nid = \"lazada-my-1\"\nplatform = \"lazada\"\ncurrency = \"MYR\"\ntime_zone = \"Asia/Kuala_Lumpur\"\n";
        std::fs::write(&file, format!("{head}{store}")).unwrap();
        Settings::read(&file, PLATFORMS, &|name| (name == "SECRET").then(|| "hush-hush".to_string()))
    };
    let keys = "app_key = 100132\napp_secret = { env = \"SECRET\" }\n";
    let settings =
        resolved(&format!("country = \"MY\"\nseller_id = 1000000101\n{keys}refresh_token = {{ env = \"SECRET\" }}"));
    let store = settings.unwrap().stores.remove(0);
    assert_eq!((store.store.shop.as_str(), store.store.access), ("my/1000000101", Access::ReadWrite));
    let Reach::Platform(account) = store.reach else { panic!() };
    assert_eq!(account.endpoint.as_str(), "https://api.lazada.com.my/rest");
    assert!(account.keys.secret("access_token").is_none());
    assert!(!format!("{account:?}").contains("hush-hush"));
    for (store, words) in [
        (format!("seller_id = 1\n{keys}"), "country is missing"),
        (format!("country = \"xx\"\nseller_id = 1\n{keys}"), "write sg, my, th, vn, ph or id"),
        (format!("country = \"my\"\nseller_id = 1\n{keys}refresh_token = \"hush\""), "written out"),
    ] {
        let told = resolved(&store).unwrap_err().to_string();
        assert!(told.contains(words), "{told:?}");
    }
}

/// What a decision on `row` becomes in a shop that has just that coupon.
fn planned(model: &Coupon, desired: couponbook::plan::DesiredState) -> couponbook::plan::Verdict {
    use couponbook::domain::{ActionWord, Exposure, Row, RowKey, Suggestion};
    use couponbook::plan::Intent;
    let store = lazada("http://127.0.0.1:1").store;
    let row = Row {
        key: RowKey::of(platform::LAZADA, &store.shop, &model.id),
        coupon: model.clone(),
        campaign: None,
        findings: Vec::new(),
        suggestion: Suggestion::nothing(),
        money_at_risk: Exposure::NotKnown,
        read_at: None,
    };
    let intent = Intent { id: change(), desired, word: ActionWord::Renew };
    crate::plan::becomes(&row, &store, &Memory::default(), now(), intent)
}

#[tokio::test]
async fn a_running_voucher_is_renewed_by_one_that_buyers_collect_without_a_code() {
    use couponbook::plan::{DesiredState, Verdict};
    let model = coupon(voucher(1)).await;
    let until = at("2026-02-28T16:00:00Z");
    let Verdict::Change { change, .. } = planned(&model, DesiredState::Renew { until: Some(until) }) else { panic!() };
    let Write::Create { draft } = &change.steps[0].write else { panic!() };
    assert_eq!((draft.code.as_str(), draft.label()), ("", "New year 10 off"));
    assert_eq!((draft.start, draft.ends), (Start::At(at("2026-01-31T16:00:00Z")), Some(until)));
    assert!(crate::english(&change.after).starts_with("new New year 10 off: "), "{:?}", change.after);
    let with_code = coupon(with_code(1, "LAZ10")).await;
    let Verdict::Refused { reason, .. } = planned(&with_code, DesiredState::Renew { until: Some(until) }) else {
        panic!()
    };
    assert!(crate::english(&reason).contains("no coupon that has a code"), "{reason:?}");
}

#[tokio::test]
async fn a_draft_without_a_code_comes_true_only_as_a_coupon_without_one() {
    let model = coupon(voucher(1)).await;
    let draft = draft(&model, at("2025-12-31T16:00:00Z"), at("2026-01-31T16:00:00Z"));
    assert!(draft.matches(&model));
    assert!(!draft.matches(&Coupon { code: Some("LAZ10".to_string()), ..model.clone() }));
    assert!(!draft.matches(&Coupon { name: "Another".to_string(), ..model }));
}
