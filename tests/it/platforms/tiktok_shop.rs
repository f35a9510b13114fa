//! The TikTok Shop connector: signing, tokens, loading, refusals. The samples have the shapes of TikTok's documents.

use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::Duration;
use couponbook::domain::{Ability, ChangeId, Coupon, CouponId, Currency, Minimum, ShopId, Status, Verb, Write};
use couponbook::platforms::tiktok_shop::{end_of_wire, sign, signed_text};
use couponbook::platforms::{
    Account, CallErrorKind, CallLog, CallOutcome, ConnectError, Connector, Network, PLATFORMS, PaceOverride, SendError,
    tiktok_shop,
};
use couponbook::settings::{Reach, Settings};
use serde_json::{Value, json};

use super::server::{Asked, Reply, Server, Written, at, hasty, network, now};
use crate::accounts::{abilities, account_of, connect, set_key};
use crate::platform;

const APP_KEY: &str = "29a39d";
const APP_SECRET: &str = "e59af819cc";
const CIPHER: &str = "GCP_XF90igAAAABh00qsWgtvOiGFNqyubMt3";
const SHOP: &str = "7000714532876273001";
const FIRST_REFRESH_TOKEN: &str = "TTP_samplerefresh0000";
const REFRESH_PATH: &str = "/api/v2/token/refresh";
const SHOPS_PATH: &str = "/authorization/202309/shops";
const SEARCH_PATH: &str = "/promotion/202406/coupons/search";

fn account(server: &Server, cipher: Option<&str>) -> Account {
    let app = [("app_key", APP_KEY), ("app_secret", APP_SECRET), ("refresh_token", FIRST_REFRESH_TOKEN)];
    let shop = [("shop_id", SHOP), ("shop_cipher", cipher.unwrap_or_default())];
    let mut account = account_of(&tiktok_shop::ENTRY, &server.address, &[app.as_slice(), &shop].concat());
    account.store.currency = Currency::parse("USD").unwrap();
    account.pace = PaceOverride { per_second: Some(1000), ..PaceOverride::default() };
    account
}

struct Connected {
    connector: Box<dyn Connector>,
    _folder: tempfile::TempDir,
}

/// The config tells the cipher.
fn connected(server: &Server) -> Connected {
    let folder = tempfile::tempdir().unwrap();
    let connector = connector_in(folder.path(), server);
    Connected { connector, _folder: folder }
}

fn connector_in(folder: &Path, server: &Server) -> Box<dyn Connector> {
    connect(&account(server, Some(CIPHER)), &network(folder, CallLog::none())).unwrap()
}

fn change() -> ChangeId {
    serde_json::from_str("\"0123456789abcdef0123456789abcdef\"").unwrap()
}

fn ok(data: Value) -> Reply {
    let body = json!({ "code": 0, "message": "Success", "request_id": "20251102081501", "data": data });
    Reply::Json(200, body.to_string())
}

fn refused(status: u16, code: i64, message: &str) -> Reply {
    let message = format!("{message} For more details: https://m.tiktok.shop/s/AbC");
    let body = json!({ "code": code, "message": message, "data": null, "request_id": "20251102081504" });
    Reply::Json(status, body.to_string())
}

fn tokens(access: &str, refresh: &str) -> Reply {
    ok(json!({
        "access_token": access, "access_token_expire_in": (now() + Duration::days(7)).timestamp(),
        "refresh_token": refresh, "refresh_token_expire_in": 1_793_600_000, "open_id": "sampleOpenId0001",
        "seller_name": "Lumi Home", "seller_base_region": "US", "user_type": 0,
        "granted_scopes": ["seller.authorization.info", "seller.promotion.info"],
    }))
}

/// A seller whose token never runs out.
fn seller(mut answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> Server {
    Server::new(move |asked, _| match asked.path.as_str() {
        REFRESH_PATH => tokens("TTP_sampleaccess0001", "TTP_samplerefresh0001"),
        _ => answer(asked),
    })
}

fn shops() -> Reply {
    let shop = |id: &str, region: &str, cipher: &str| {
        json!({
            "id": id, "name": format!("Lumi Home {region}"), "region": region, "seller_type": "LOCAL",
            "cipher": cipher, "code": "USLCLUMI0001",
        })
    };
    ok(json!({ "shops": [shop("7000714532876273009", "GB", "GCP_other"), shop(SHOP, "US", CIPHER)] }))
}

/// The sheet's first coupon as its detail.
fn amount_off() -> Value {
    json!({
        "id": "7342461823095960001", "title": "November 10 off", "display_type": "REGULAR\n\n\n", "status": "ONGOING",
        "create_time": 1_761_950_000_000_i64, "update_time": 1_761_960_000_000_i64,
        "claim_duration": { "start_time": 1_762_041_600, "end_time": 1_764_547_199 },
        "redemption_duration": { "type": "RELATIVE", "relative_time": 7 },
        "display_channels": ["LIVE", "CHAT"], "target_buyer_segment": "ALL\n",
        "usage_limits": { "single_buyer_claim_limit": 1, "total_claim_limit": 500 },
        "usage_stats": { "claimed_count": 120, "redeemed_count": 45 },
        "discount": { "type": "AMOUNT_OFF", "reduction_amount": { "amount": "10", "currency": "USD" } },
        "threshold": { "type": "MIN_SPEND", "min_spend": { "amount": "40", "currency": "USD" } },
        "product_scope": "FULL_SHOP", "creation_source": "SELLER_CENTER",
    })
}

/// The sheet's second one, a promo code.
fn percent_off() -> Value {
    json!({
        "id": "7342461823095960002", "title": "Code 15 percent", "display_type": "PROMO_CODE", "status": "NOT_START",
        "create_time": 1_761_950_500_000_i64, "update_time": 1_761_950_500_000_i64,
        "claim_duration": { "start_time": 1_764_547_200, "end_time": 1_767_225_599 },
        "redemption_duration": { "type": "ABSOLUTE", "start_time": 1_764_547_200, "end_time": 1_767_225_599 },
        "display_channels": ["PRIVATE"], "promo_code": "LUMI15", "target_buyer_segment": "NEW",
        "usage_limits": { "single_buyer_claim_limit": 1, "total_claim_limit": 200 },
        "usage_stats": { "claimed_count": 0, "redeemed_count": 0 },
        "discount": {
            "type": "PERCENT_OFF", "percentage": "15", "max_discount": { "amount": "25", "currency": "USD" },
        },
        "threshold": { "type": "NONE" }, "product_scope": "SPECIFIC_PRODUCTS",
        "product_ids": ["1729581162206360002", "1729581162206360001"], "seller_tnc": "One per customer.",
        "creation_source": "SELLER_APP",
    })
}

fn numbered(id: u64) -> Value {
    let mut coupon = percent_off();
    coupon["id"] = json!((7_342_461_823_095_960_000 + id).to_string());
    coupon["promo_code"] = json!(format!("LUMI{id}"));
    coupon
}

fn id(number: u64) -> CouponId {
    CouponId::new((7_342_461_823_095_960_000 + number).to_string())
}

/// The number that [`id`] was made from, of a request for a detail.
fn number_asked(asked: &Asked) -> Option<u64> {
    let last = asked.path.strip_prefix("/promotion/202406/coupons/")?;
    Some(last.parse::<u64>().ok()? - 7_342_461_823_095_960_000)
}

/// As the search shows it.
fn listed(mut coupon: Value) -> Value {
    for only_in_detail in ["display_channels", "usage_stats", "product_ids", "seller_tnc"] {
        coupon.as_object_mut().unwrap().remove(only_in_detail);
    }
    coupon
}

fn page(total: u64, next: &str, numbers: impl IntoIterator<Item = u64>) -> Reply {
    let coupons: Vec<_> = numbers.into_iter().map(|number| listed(numbered(number))).collect();
    ok(json!({ "total_count": total, "next_page_token": next, "coupons": coupons }))
}

async fn coupon(wire: Value) -> Coupon {
    let id = CouponId::new(wire["id"].as_str().unwrap());
    let server = seller(move |_| ok(json!({ "coupon": wire })));
    connected(&server).connector.get(&id).await.unwrap().unwrap()
}

fn changed(mut coupon: Value, fields: Value) -> Value {
    coupon.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    coupon
}

fn is_refresh(asked: &Asked) -> bool {
    asked.path == REFRESH_PATH
}

#[test]
fn calls_are_signed_as_the_documents_say() {
    const COUPONS: &str = r#"{"status":["ONGOING"],"title_keyword":"Coupon123","display_type":["CHAT"]}"#;
    const ACTIVITY: &str = r#"{"title":"Nine Nine Sale","activity_type":"DIRECT_DISCOUNT","product_level":"PRODUCT","duration_type":"NORMAL","begin_time":1760003600,"end_time":1760608400}"#;
    type Query = &'static [(&'static str, &'static str)];
    const NONE: Query = &[];
    const TWENTY: Query = &[("page_size", "20")];
    const SECOND: Query = &[("page_token", "1661756811000+/="), ("page_size", "20")];
    const HUNDRED: Query = &[("page_size", "100")];
    let vectors = [
        (SEARCH_PATH, TWENTY, Some(COUPONS), "90d09f9ba06398c32869ede9d2b6edc5535aec91850d5d9a78ba7c0a0d83f516"),
        (SEARCH_PATH, SECOND, Some(COUPONS), "4ff2eb790de571499f52b64e638c8a5814c4f27e394d358fe3896804225b691f"),
        (SEARCH_PATH, HUNDRED, Some("{}"), "a72f36dbd8bc209ffa6133795ffc81c167f80066d9dc9b6f5f3b3fc08e9efd75"),
        (
            "/promotion/202406/coupons/7342461823095965461",
            NONE,
            None,
            "3bdf6d6965ac095717f3b7d42fcf9e1c90321859b56598470e8e595dc7df7dd3",
        ),
        (
            "/promotion/202309/activities/7136104329798256386/deactivate",
            NONE,
            Some("{}"),
            "d7c9e090b6d557ceab96fe1f9940265b7d6f24efeab027a2a45bcfbb0a078c10",
        ),
        (
            "/promotion/202309/activities",
            NONE,
            Some(ACTIVITY),
            "37426ed395a3921a5df3e5832b463e820a134a2b11d455f7b7899a026f96a633",
        ),
    ];
    for (path, own, body, signature) in vectors {
        let mut query = vec![("timestamp", "1760000000"), ("shop_cipher", CIPHER), ("app_key", APP_KEY)];
        query.extend_from_slice(own);
        assert_eq!(sign(APP_SECRET, &signed_text(path, &query, body)), signature, "{path} {own:?}");
        // Neither belongs to what is signed.
        query.extend([("sign", "0000"), ("access_token", "TTP_sampleaccess0001")]);
        assert_eq!(sign(APP_SECRET, &signed_text(path, &query, body)), signature, "{path} {own:?}");
    }
}

#[test]
fn the_documents_own_examples_are_signed_alike() {
    let shops = [("app_key", APP_KEY), ("timestamp", "1623812664")];
    let base = signed_text(SHOPS_PATH, &shops, None);
    assert_eq!(base, "/authorization/202309/shopsapp_key29a39dtimestamp1623812664");
    assert_eq!(sign(APP_SECRET, &base), "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8");

    let base = signed_text("/test-api", &[("foo", "bar")], None);
    assert_eq!(base, "/test-apifoobar");
    assert_eq!(sign("app_secret", &base), "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f");

    let query =
        [("app_key", "68xu9ks5p4i8"), ("shop_cipher", "ROW_xkMbgAAAeVAQra0eZWebFQq5aIK"), ("timestamp", "1696909648")];
    let body = r#"{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}"#;
    assert_eq!(
        sign(APP_SECRET, &signed_text("/event/202309/webhooks", &query, Some(body))),
        "cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a"
    );
}

#[tokio::test]
async fn a_call_is_signed_over_what_is_really_sent_and_carries_its_token_in_a_header() {
    let server = seller(|asked| match number_asked(asked) {
        Some(number) => ok(json!({ "coupon": numbered(number) })),
        None if asked.query("page_token").is_none() => page(2, "1661756811000+/=", [1]),
        None => page(2, "", [2]),
    });
    connected(&server).connector.list().await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 5);
    let refresh = &asked[0];
    assert_eq!((refresh.method.as_str(), refresh.query("sign")), ("GET", None));
    assert_eq!(refresh.query("app_secret"), Some(APP_SECRET));
    assert_eq!(refresh.query("refresh_token"), Some(FIRST_REFRESH_TOKEN));
    assert_eq!(refresh.query("grant_type"), Some("refresh_token"));
    for call in &asked[1..] {
        let query: Vec<(&str, &str)> = call.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body = Some(call.body.as_str()).filter(|body| !body.is_empty());
        let expected = sign(APP_SECRET, &signed_text(&call.path, &query, body));
        assert_eq!(call.query("sign"), Some(expected.as_str()), "{}", call.target);
        assert_eq!(call.query("timestamp"), Some(now().timestamp().to_string().as_str()));
        assert_eq!((call.query("app_key"), call.query("shop_cipher")), (Some(APP_KEY), Some(CIPHER)));
        assert_eq!(call.header("x-tts-access-token"), Some("TTP_sampleaccess0001"));
        assert_eq!(call.header("content-type"), Some("application/json"));
        assert_eq!(call.query("access_token"), None);
    }
    assert_eq!((asked[1].method.as_str(), asked[1].path.as_str()), ("POST", SEARCH_PATH));
    assert_eq!((asked[1].query("page_size"), asked[1].body.as_str()), (Some("100"), "{}"));
    assert!(asked[2].target.contains("page_token=1661756811000%2B%2F%3D"), "{}", asked[2].target);
    assert_eq!((asked[3].method.as_str(), number_asked(&asked[3])), ("GET", Some(1)));
}

#[tokio::test]
async fn a_coupon_is_told_in_our_words() {
    let coupon = coupon(amount_off()).await;
    assert_eq!(coupon.id.as_str(), "7342461823095960001");
    assert_eq!((coupon.code.as_deref(), coupon.name.as_str()), (None, "November 10 off"));
    assert_eq!((coupon.status, coupon.raw_status.as_str()), (Status::Active, "ONGOING"));
    assert_eq!(coupon.kind, "shop coupon");
    assert_eq!(coupon.discount.to_string(), "USD 10.00 off");
    assert_eq!(coupon.minimum.to_string(), "USD 40.00");
    assert_eq!((coupon.total, coupon.claimed, coupon.used), (Some(500), Some(120), Some(45)));
    // What others have claimed nobody else can obtain, used or not.
    assert!(coupon.stock_is_claimed);
    assert_eq!((coupon.remaining(), coupon.per_buyer), (Some(380), Some(1)));
    let claimable = coupon.claimable.unwrap();
    assert_eq!(claimable.starts(), Some(at("2025-11-02T00:00:00Z")));
    assert_eq!(claimable.ends(), Some(at("2025-12-01T00:00:00Z")));
    // The last claim can be used for seven days.
    assert_eq!(coupon.usable.starts(), claimable.starts());
    assert_eq!(coupon.usable.ends(), Some(at("2025-12-08T00:00:00Z")));
    assert_eq!(
        json!(coupon.other_rules),
        json!({
            "display_channels": ["CHAT", "LIVE"], "product_scope": "FULL_SHOP", "relative_time": 7,
            "target_buyer_segment": "ALL",
        })
    );
    assert_eq!(
        coupon.page.as_deref(),
        Some("https://seller-us.tiktok.com/promotion/marketing-tools/management?shop_region=US")
    );
}

#[tokio::test]
async fn the_page_of_a_coupon_is_that_of_its_shops_region() {
    let management = "promotion/marketing-tools/management?shop_region=";
    let cases = [
        ("JPY", chrono_tz::Asia::Tokyo, format!("https://seller-jp.tiktok.com/{management}JP")),
        ("BRL", chrono_tz::America::Sao_Paulo, format!("https://seller-br.tiktok.com/{management}BR")),
        ("EUR", chrono_tz::Europe::Berlin, format!("https://seller-eu.tiktok.com/{management}DE")),
        ("EUR", chrono_tz::Europe::Dublin, format!("https://seller-eu.tiktok.com/{management}IE")),
        // Whose it is nobody can tell.
        ("EUR", chrono_tz::Europe::Vienna, "https://seller-eu.tiktok.com/".to_string()),
    ];
    for (currency, zone, page) in cases {
        let wire = amount_off();
        let id = CouponId::new(wire["id"].as_str().unwrap());
        let server = seller(move |_| ok(json!({ "coupon": wire })));
        let mut account = account(&server, Some(CIPHER));
        (account.store.currency, account.store.zone) = (Currency::parse(currency).unwrap(), zone);
        let folder = tempfile::tempdir().unwrap();
        let connector = connect(&account, &network(folder.path(), CallLog::none())).unwrap();
        assert_eq!(connector.get(&id).await.unwrap().unwrap().page, Some(page), "{currency} {zone}");
    }
}

#[tokio::test]
async fn a_promo_code_is_told_in_our_words() {
    let coupon = coupon(percent_off()).await;
    assert_eq!((coupon.code.as_deref(), coupon.kind.as_str()), (Some("LUMI15"), "promo code"));
    assert_eq!((coupon.status, coupon.minimum), (Status::Scheduled, Minimum::None));
    assert_eq!(coupon.discount.to_string(), "15 % off, max USD 25.00");
    // Both windows are one.
    assert_eq!((coupon.usable.starts(), coupon.usable.ends()), (Some(at("2025-12-01T00:00:00Z")), Some(now())));
    assert_eq!(coupon.claimable, None);
    assert_eq!(coupon.other_rules.get("product_ids"), Some(&json!(["1729581162206360001", "1729581162206360002"])));
    assert_eq!(coupon.other_rules.get("seller_tnc"), Some(&json!("One per customer.")));
}

#[test]
fn an_end_is_exclusive_inside_and_the_last_second_outside_in_seconds_or_milliseconds() {
    for (wire, end) in [
        (1_764_547_199, Some(at("2025-12-01T00:00:00Z"))),
        (1_764_547_199_000, Some(at("2025-12-01T00:00:00Z"))),
        (1_764_547_199_999, Some(at("2025-12-01T00:00:00Z"))),
        (0, None),
        (-1, None),
        (i64::MAX, None),
    ] {
        assert_eq!(end_of_wire(wire), end, "{wire}");
    }
}

#[tokio::test]
async fn each_status_has_our_word_and_keeps_its_own() {
    for (word, status) in [
        ("NOT_START", Status::Scheduled),
        ("ONGOING\n", Status::Active),
        ("EXPIRED", Status::Ended),
        ("DEACTIVATED", Status::Paused),
        ("NOT_EFFECTIVE", Status::Rejected),
        ("SOMETHING_NEW", Status::Unknown),
        ("", Status::Unknown),
    ] {
        let coupon = coupon(changed(amount_off(), json!({ "status": word }))).await;
        assert_eq!((coupon.status, coupon.raw_status.as_str()), (status, word.trim()));
    }
}

#[tokio::test]
async fn what_can_no_longer_be_claimed_is_not_live_whatever_its_word_and_works_on_for_those_who_hold_it() {
    for (word, days, works_until) in [
        ("ONGOING", 40, Some("2026-01-10T00:00:00Z")),
        ("EXPIRED", 40, Some("2026-01-10T00:00:00Z")),
        ("EXPIRED", 7, None),
    ] {
        let relative = json!({ "status": word, "redemption_duration": { "type": "RELATIVE", "relative_time": days } });
        let coupon = coupon(changed(amount_off(), relative)).await;
        assert_eq!((coupon.status, coupon.is_live()), (Status::Ended, false), "{word} {days}");
        assert_eq!(coupon.works_for_holders_until(now()), works_until.map(at), "{word} {days}");
    }
}

#[tokio::test]
async fn windows_that_are_odd_or_missing_are_read_as_far_as_they_go() {
    let odd = json!({ "type": "ABSOLUTE", "start_time": 1_770_000_000, "end_time": 1_767_225_599 });
    let turned_round = coupon(changed(percent_off(), json!({ "redemption_duration": odd }))).await;
    assert_eq!((turned_round.usable.starts(), turned_round.usable.ends()), (None, Some(now())));
    assert!(turned_round.claimable.is_some());

    let nothing = json!({ "claim_duration": null, "redemption_duration": null, "usage_stats": null });
    let bare = coupon(changed(percent_off(), nothing)).await;
    assert_eq!((bare.usable.starts(), bare.usable.ends(), bare.claimable), (None, None, None));
    assert_eq!((bare.used, bare.claimed), (None, None));

    for (days, end) in [(json!(null), "2026-01-01T00:00:00Z"), (json!(3), "2026-01-04T00:00:00Z")] {
        let relative = json!({ "redemption_duration": { "type": "RELATIVE", "relative_time": days } });
        let relative = coupon(changed(percent_off(), relative)).await;
        assert_eq!(relative.usable.ends(), Some(at(end)));
    }

    let milliseconds = json!({ "start_time": 1_764_547_200_000_i64, "end_time": "1767225599000" });
    let redeemed = json!({ "redemption_duration": null, "claim_duration": milliseconds });
    let mixed = coupon(changed(percent_off(), redeemed)).await;
    assert_eq!((mixed.usable.starts(), mixed.usable.ends()), (Some(at("2025-12-01T00:00:00Z")), Some(now())));
}

#[tokio::test]
async fn the_limit_of_which_less_is_left_is_the_coupons() {
    let cases = [
        (json!({ "total_claim_limit": 100, "redemption_limit": 60 }), (Some(60), false, Some(55))),
        (json!({ "total_claim_limit": 100, "redemption_limit": 100 }), (Some(100), true, Some(70))),
        (json!({ "redemption_limit": 60 }), (Some(60), false, Some(55))),
        (json!({ "total_claim_limit": 100, "redemption_limit": 0 }), (Some(100), true, Some(70))),
        // Neither number means "sold out".
        (json!({ "total_claim_limit": 0 }), (None, true, None)),
        (json!({ "total_claim_limit": -1, "single_buyer_claim_limit": 0 }), (None, true, None)),
        (json!(null), (None, true, None)),
    ];
    for (limits, expected) in cases {
        let stats = json!({ "claimed_count": 30, "redeemed_count": 5 });
        let fields = json!({ "usage_limits": limits, "usage_stats": stats });
        let coupon = coupon(changed(percent_off(), fields)).await;
        assert_eq!((coupon.total, coupon.stock_is_claimed, coupon.remaining()), expected, "{limits}");
        assert_eq!((coupon.claimed, coupon.used, coupon.per_buyer), (Some(30), Some(5), None));
    }
}

#[tokio::test]
async fn money_is_in_its_own_currency_and_an_unknown_discount_in_the_platforms_words() {
    let idr = |amount: &str| json!({ "amount": amount, "currency": "IDR" });
    let discount = json!({ "type": "AMOUNT_OFF", "reduction_amount": idr("70500") });
    let threshold = json!({ "type": "MIN_SPEND", "min_spend": idr("250000") });
    let rupiah = coupon(changed(amount_off(), json!({ "discount": discount, "threshold": threshold }))).await;
    assert_eq!(
        (rupiah.discount.to_string(), rupiah.minimum.to_string()),
        ("IDR 70,500 off".into(), "IDR 250,000".into())
    );

    let new = json!({ "discount": { "type": "GIFT_CARD" }, "threshold": { "type": "MIN_ITEMS" }, "display_type": "GAME_ROOM" });
    let new = coupon(changed(amount_off(), new)).await;
    assert_eq!((new.discount.to_string(), new.kind), ("gift card".to_string(), "game room".to_string()));
    assert_eq!(new.minimum, Minimum::NotKnown);
}

#[tokio::test]
async fn every_page_is_loaded_and_an_odd_coupon_hides_no_other() {
    let server = seller(|asked| match (asked.query("page_token"), number_asked(asked)) {
        (_, Some(3)) => ok(json!({ "coupon": changed(numbered(3), json!({ "discount": null })) })),
        (_, Some(number)) => ok(json!({ "coupon": numbered(number) })),
        (None, _) => page(5, "second", [1, 2]),
        (Some("second"), _) => {
            let coupons = [listed(numbered(3)), json!({ "title": "no id" }), listed(numbered(4))];
            ok(json!({ "total_count": 5, "coupons": coupons }))
        }
        other => panic!("{other:?}"),
    });
    let listing = connected(&server).connector.list().await.unwrap();
    assert_eq!(listing.coupons.iter().map(|coupon| &coupon.id).collect::<Vec<_>>(), [&id(1), &id(2), &id(4)]);
    assert_eq!(listing.expected, Some(5));
    assert_eq!(listing.unreadable.len(), 2, "{:?}", listing.unreadable);
    assert_eq!(crate::english(&listing.unreadable[0]), format!("{}: it has no discount", id(3)));
    assert!(crate::english(&listing.unreadable[1]).starts_with("a coupon without id"), "{:?}", listing.unreadable);
    assert_eq!(server.asked().iter().filter(|asked| asked.path == SEARCH_PATH).count(), 2);
}

#[tokio::test]
async fn a_listing_during_which_coupons_came_or_went_is_read_again() {
    let mut searches = 0;
    let server = seller(move |asked| {
        if let Some(number) = number_asked(asked) {
            return ok(json!({ "coupon": numbered(number) }));
        }
        searches += 1;
        if searches == 1 { page(3, "", [1, 2]) } else { page(3, "", [1, 2, 3]) }
    });
    let listing = connected(&server).connector.list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (3, Some(3)));
}

#[tokio::test]
async fn a_shortfall_that_lasts_is_told_and_not_hidden() {
    let server = seller(|asked| match number_asked(asked) {
        Some(number) => ok(json!({ "coupon": numbered(number) })),
        None => page(3, "", [1, 2]),
    });
    let listing = connected(&server).connector.list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (2, Some(3)));
    assert_eq!(server.asked().iter().filter(|asked| asked.path == SEARCH_PATH).count(), 3);
}

#[tokio::test]
async fn pages_that_never_end_are_given_up() {
    let server = seller(|_| page(900, "again", [1]));
    let error = connected(&server).connector.list().await.unwrap_err();
    assert!(crate::english(&error.sentence).contains("in a circle: page 2 leads back"), "{error:?}");
}

/// Lists the numbers that `listed` gives for the how-manieth search; the detail of number 2 is refused with an unknown code.
fn shop_without_two(listed: impl Fn(usize) -> Vec<u64> + Send + 'static) -> Server {
    let mut searches = 0;
    seller(move |asked| match number_asked(asked) {
        Some(2) => refused(200, 17_990_001, "The coupon does not exist."),
        Some(number) => ok(json!({ "coupon": numbered(number) })),
        None => {
            searches += 1;
            let numbers = listed(searches);
            page(numbers.len() as u64, "", numbers)
        }
    })
}

#[tokio::test]
async fn only_a_search_that_lists_it_no_more_makes_a_coupon_gone() {
    let gone = shop_without_two(|_| vec![1, 3]);
    assert!(connected(&gone).connector.get(&id(2)).await.unwrap().is_none());

    let not_whole = seller(|asked| match number_asked(asked) {
        Some(_) => refused(200, 17_990_001, "The coupon does not exist."),
        None => page(3, "", [1, 3]),
    });
    let error = connected(&not_whole).connector.get(&id(2)).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);

    let still_there = shop_without_two(|_| vec![1, 2, 3]);
    let error = connected(&still_there).connector.get(&id(2)).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Rejected);
    assert!(error.platform_words.unwrap().contains("17990001: The coupon does not exist."));
}

#[tokio::test]
async fn a_coupon_that_goes_while_the_store_is_loaded_is_left_out_and_one_that_stays_is_told() {
    let goes = shop_without_two(|search| if search == 1 { vec![1, 2, 3] } else { vec![1, 3] });
    let listing = connected(&goes).connector.list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected, listing.unreadable.len()), (2, Some(2), 0));

    let stays = shop_without_two(|_| vec![1, 2, 3]);
    let listing = connected(&stays).connector.list().await.unwrap();
    assert_eq!((listing.coupons.len(), listing.expected), (2, Some(3)));
    assert!(crate::english(&listing.unreadable[0]).starts_with(id(2).as_str()), "{:?}", listing.unreadable);
}

#[tokio::test]
async fn an_id_that_is_none_of_tiktoks_is_not_asked_for() {
    let server = seller(|_| panic!("asked"));
    for odd in ["../../authorization/202309/shops", "", "LUMI15"] {
        assert!(connected(&server).connector.get(&CouponId::new(odd)).await.unwrap().is_none());
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_code_is_found_whatever_its_case() {
    let server = seller(|asked| match number_asked(asked) {
        Some(number) => ok(json!({ "coupon": numbered(number) })),
        None => page(3, "", [4, 5, 44]),
    });
    let found = connected(&server).connector.find_code("lumi4").await.unwrap();
    assert_eq!(found.iter().map(|coupon| &coupon.id).collect::<Vec<_>>(), [&id(4)]);
    assert_eq!(server.asked()[1].json(), json!({ "display_type": ["PROMO_CODE"] }));
}

#[tokio::test]
async fn a_shop_is_asked_for_by_its_cipher_which_is_looked_up_once() {
    let server = seller(|asked| match number_asked(asked) {
        Some(number) => ok(json!({ "coupon": numbered(number) })),
        None => shops(),
    });
    let folder = tempfile::tempdir().unwrap();
    let connector = connect(&account(&server, None), &network(folder.path(), CallLog::none())).unwrap();
    for number in [1, 2] {
        connector.get(&id(number)).await.unwrap().unwrap();
    }
    let asked = server.asked();
    let lookups: Vec<_> = asked.iter().filter(|asked| asked.path == SHOPS_PATH).collect();
    assert_eq!(lookups.len(), 1);
    assert_eq!(lookups[0].query("shop_cipher"), None);
    for detail in asked.iter().filter(|asked| number_asked(asked).is_some()) {
        assert_eq!(detail.query("shop_cipher"), Some(CIPHER));
    }
}

#[tokio::test]
async fn a_shop_that_the_authorization_does_not_cover_is_named_with_those_that_it_does() {
    let server = seller(|_| shops());
    let mut account = account(&server, None);
    account.store.shop = ShopId::new("7000714532876273005");
    let folder = tempfile::tempdir().unwrap();
    let error = connect(&account, &network(folder.path(), CallLog::none())).unwrap().get(&id(1)).await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::WrongShop);
    for words in ["7000714532876273005", "7000714532876273001 (Lumi Home US, US)", "correct shop_id"] {
        assert!(crate::english(&error.sentence).contains(words), "{error:?}");
    }

    let none = seller(|_| ok(json!({ "shops": null })));
    let folder = tempfile::tempdir().unwrap();
    let connector = connect(&self::account(&none, None), &network(folder.path(), CallLog::none())).unwrap();
    let error = connector.get(&id(1)).await.unwrap_err();
    assert!(crate::english(&error.sentence).contains("no shop at all"), "{error:?}");
}

#[tokio::test]
async fn a_shop_tells_of_itself() {
    let server = seller(|asked| {
        let Reply::Json(_, body) = (if asked.path == SHOPS_PATH { shops() } else { page(0, "", []) }) else { panic!() };
        Reply::With(200, vec![("Date", "Thu, 01 Jan 2026 00:01:30 GMT".into())], body)
    });
    let health = connected(&server).connector.check().await.unwrap();
    assert_eq!(health.shop_name.as_deref(), Some("Lumi Home US"));
    assert_eq!(health.clock_ahead_seconds, Some(90));
    // The authorization's end, not that of a token which is renewed by itself.
    assert_eq!(health.token_ends.unwrap().timestamp(), 1_793_600_000);
    // The right to read coupons is tried out.
    assert!(server.asked().iter().any(|asked| asked.path == SEARCH_PATH && asked.query("page_size") == Some("1")));
}

/// Gives `access-N` and `refresh-N` for the N-th refresh, takes the refresh token and the access token given last.
fn rotating_seller() -> Server {
    let mut given = 0;
    Server::new(move |asked, _| {
        if is_refresh(asked) {
            let expected = if given == 0 { FIRST_REFRESH_TOKEN.to_string() } else { format!("refresh-{given}") };
            if asked.query("refresh_token") != Some(&expected) {
                return refused(200, 36_009_099, "Invalid refresh token.");
            }
            given += 1;
            return tokens(&format!("access-{given}"), &format!("refresh-{given}"));
        }
        if asked.header("x-tts-access-token") == Some(&format!("access-{given}")) {
            ok(json!({ "coupon": numbered(1) }))
        } else {
            refused(401, 105_002, "Expired credentials. The `access_token` or `x-tts-access-token` header has expired.")
        }
    })
}

fn refreshes(server: &Server) -> usize {
    server.asked().iter().filter(|asked| is_refresh(asked)).count()
}

fn token_file(folder: &Path) -> std::path::PathBuf {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut kept: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    kept.remove(0)
}

#[tokio::test]
async fn a_new_pair_of_tokens_is_on_the_disk_before_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let seen: Arc<Mutex<Vec<bool>>> = Arc::default();
    let (kept, path) = (Arc::clone(&seen), folder.path().to_path_buf());
    let server = seller(move |_| {
        let stored = std::fs::read_to_string(token_file(&path)).unwrap();
        let both = stored.contains("TTP_sampleaccess0001") && stored.contains("TTP_samplerefresh0001");
        kept.lock().unwrap().push(both);
        ok(json!({ "coupon": numbered(1) }))
    });
    connector_in(folder.path(), &server).get(&id(1)).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [true]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(token_file(folder.path())).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn shops_of_one_seller_share_one_pair_of_tokens_which_one_at_a_time_refreshes() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_seller();
    // Each with a network of its own, as in several processes: only the folder is shared.
    let stores = ["store-1", "store-2", "store-3"].map(|store| {
        let mut account = account(&server, Some(CIPHER));
        account.store.id = couponbook::domain::StoreId::parse(store).unwrap();
        connect(&account, &network(folder.path(), CallLog::none())).unwrap()
    });
    let id = id(1);
    let read = futures::future::join_all(stores.iter().map(|store| store.get(&id))).await;
    assert!(read.iter().all(Result::is_ok), "{read:?}");
    assert_eq!(refreshes(&server), 1);
}

#[tokio::test]
async fn a_token_that_the_platform_refuses_is_renewed_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_seller();
    connector_in(folder.path(), &server).get(&id(1)).await.unwrap();
    let file = token_file(folder.path());
    let stored = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, stored.replace("access-1", "access-0")).unwrap();
    connector_in(folder.path(), &server).get(&id(1)).await.unwrap().unwrap();
    assert_eq!(refreshes(&server), 2);
    // What is refused again is not asked for a third time.
    for (code, message) in [
        (105_002, "Expired credentials. The `access_token` or `x-tts-access-token` header has expired."),
        (36_009_004, "Invalid credentials. The `x-tts-access-token` header is invalid."),
    ] {
        let server = seller(move |_| refused(401, code, message));
        let error = connected(&server).connector.get(&id(1)).await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::SignIn);
        assert_eq!((server.asked().len(), refreshes(&server)), (4, 2));
    }
}

#[tokio::test]
async fn a_token_is_renewed_ahead_of_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let server = rotating_seller();
    connector_in(folder.path(), &server).get(&id(1)).await.unwrap();
    for (later, expected) in [(Duration::days(6), 1), (Duration::days(7) - Duration::minutes(9), 2)] {
        let network = Network::new(Arc::new(move || now() + later), folder.path(), CallLog::none(), hasty());
        connect(&account(&server, Some(CIPHER)), &network).unwrap().get(&id(1)).await.unwrap();
        assert_eq!(refreshes(&server), expected, "{later}");
    }
}

#[tokio::test]
async fn a_seller_who_authorized_anew_uses_the_new_token() {
    let folder = tempfile::tempdir().unwrap();
    let server = seller(|_| ok(json!({ "coupon": numbered(1) })));
    connector_in(folder.path(), &server).get(&id(1)).await.unwrap();
    let mut account = account(&server, Some(CIPHER));
    set_key(&mut account, "refresh_token", "authorized-anew");
    connect(&account, &network(folder.path(), CallLog::none())).unwrap().get(&id(1)).await.unwrap();
    let used: Vec<_> = server.asked().into_iter().filter(is_refresh).collect();
    let used: Vec<_> = used.iter().map(|asked| asked.query("refresh_token").unwrap()).collect();
    assert_eq!(used, [FIRST_REFRESH_TOKEN, "authorized-anew"]);
}

#[tokio::test]
async fn a_refused_refresh_says_to_authorize_anew() {
    for reply in [
        refused(200, 36_009_099, "Invalid refresh token."),
        refused(200, 36_004_004, "Invalid auth code."),
        refused(200, 36_009_004, "Invalid credentials. Something new."),
    ] {
        let server = Server::in_order(vec![reply]);
        let error = connected(&server).connector.list().await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::SignIn, "{error:?}");
        assert!(crate::english(&error.sentence).contains("authorize the app again"), "{error:?}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn no_secret_reaches_an_error_or_the_log() {
    let echo = |asked: &Asked| format!("{} {:?} TTP_samplerefresh0001", asked.target, asked.headers).replace('"', "");
    let refusing = seller(move |asked| refused(200, 36_009_022, &echo(asked)));
    let never_signed_in = Server::new(move |asked, _| refused(200, 36_009_099, &echo(asked)));
    for server in [refusing, never_signed_in] {
        let folder = tempfile::tempdir().unwrap();
        let log = Written::default();
        let account = account(&server, Some(CIPHER));
        let connector = connect(&account, &network(folder.path(), log.log())).unwrap();
        let error = connector.list().await.unwrap_err();
        let told = format!("{error:?} {} {account:?}", log.text());
        for secret in [APP_SECRET, FIRST_REFRESH_TOKEN, "TTP_sampleaccess0001", "TTP_samplerefresh0001"] {
            assert!(!told.contains(secret), "{told:?}");
        }
    }
}

#[tokio::test]
async fn refusals_are_told_by_what_to_do() {
    use CallErrorKind::{NotAllowed, Rejected, SignIn};
    let cases = [
        (403, 101_000, "Invalid query or header.", SignIn, "shop_cipher out of the config"),
        (
            403,
            105_005,
            "Access denied. The app is not authorized to access the endpoint.",
            NotAllowed,
            "seller.promotion.info",
        ),
        (401, 106_001, "Invalid credentials. The `sign` query parameter is invalid.", SignIn, "app secret"),
        (
            200,
            106_013,
            "Missing identifier. The `shop_cipher` query parameter is required.",
            Rejected,
            "newer couponbook",
        ),
        (403, 36_009_033, "Access denied. Your IP address is not in the IP allow list.", NotAllowed, "address"),
        (404, 36_009_009, "Invalid path.", Rejected, "newer couponbook"),
        (200, 36_009_010, "Invalid method.", Rejected, "newer couponbook"),
        (200, 36_009_014, "Invalid API version.", Rejected, "newer couponbook"),
        (200, 36_009_022, "Invalid request format.", Rejected, "newer couponbook"),
        (200, 36_009_004, "Invalid API version.", Rejected, "newer couponbook"),
        (401, 36_009_004, "Invalid credentials. Invalid `app_key` query parameter.", SignIn, "app key"),
        (401, 36_009_004, "Missing credentials.", Rejected, "newer couponbook"),
        (401, 36_009_004, "Invalid timestamp. It is more than 30 seconds ahead.", SignIn, "clock"),
        (401, 36_009_004, "Invalid timestamp. It is earlier than 5 minutes.", SignIn, "clock"),
        (200, 36_009_004, "Invalid identifier. The `shop_id` query parameter is invalid.", Rejected, "shop_id"),
        (
            200,
            36_009_004,
            "Unexpected identifier. The `shop_cipher` query parameter is not required.",
            Rejected,
            "shop_cipher",
        ),
        (200, 17_990_002, "Something new.", Rejected, "refused coupons/search"),
    ];
    for (status, code, message, kind, words) in cases {
        let server = seller(move |_| refused(status, code, message));
        let error = connected(&server).connector.list().await.unwrap_err();
        assert_eq!(error.kind, kind, "{error:?}");
        assert!(crate::english(&error.sentence).contains(words), "{error:?}");
        assert!(error.platform_words.as_deref().unwrap().starts_with(&format!("{code}: {message}")), "{error:?}");
        assert_eq!(error.request_id.as_deref(), Some("20251102081504"));
        assert_eq!(server.asked().len(), 2, "{error:?}");
    }
}

#[tokio::test]
async fn throttling_and_passing_trouble_are_waited_out() {
    let too_many = refused(200, 36_009_002, "Too many requests. You've made too many requests.");
    for (trouble, outcome) in [
        (refused(429, 36_009_002, "Too many requests."), CallOutcome::Throttled),
        (too_many, CallOutcome::Throttled),
        (refused(500, 36_009_003, "Internal error."), CallOutcome::Broken),
        (refused(200, 36_009_007, "Request timeout."), CallOutcome::Broken),
        (Reply::Json(503, "{}".to_string()), CallOutcome::Broken),
        (Reply::Json(502, r#"{"code":50200,"message":"upstream","data":{}}"#.to_string()), CallOutcome::Broken),
        (Reply::Json(200, "{}".to_string()), CallOutcome::Broken),
        (Reply::Drop, CallOutcome::Broken),
    ] {
        let mut calls = 0;
        let again = trouble.clone();
        let server = seller(move |_| {
            calls += 1;
            if calls == 1 { again.clone() } else { ok(json!({ "coupon": numbered(1) })) }
        });
        let folder = tempfile::tempdir().unwrap();
        let log = Written::default();
        let connector = connect(&account(&server, Some(CIPHER)), &network(folder.path(), log.log())).unwrap();
        connector.get(&id(1)).await.unwrap().unwrap();
        assert_eq!(log.records()[1].outcome, outcome, "{trouble:?}");
        assert_eq!((connector.tally().calls, connector.tally().retries), (3, 1));
    }
}

#[tokio::test]
async fn no_write_is_ever_sent() {
    let server = seller(|_| ok(json!({})));
    let connected = connected(&server);
    for write in [
        Write::SetEnd { coupon: id(1), ends: Some(now()) },
        Write::SetTotal { coupon: id(1), total: Some(700) },
        Write::SetMinimum { coupon: id(1), minimum: Minimum::None },
        Write::End { coupon: id(1), at: now() },
        Write::Pause { coupon: id(1) },
        Write::Enable { coupon: id(1), period: None },
        Write::Delete { coupon: id(1) },
        Write::Trash { coupon: id(1) },
    ] {
        let answer = connected.connector.send(&write, &change()).await;
        let Err(SendError::Refused(error)) = answer else { panic!("{write:?}: {answer:?}") };
        assert!(crate::english(&error.sentence).contains("TikTok Shop's coupon API is read-only"), "{error:?}");
        assert!(crate::english(&error.sentence).contains("Seller Center"), "{error:?}");
    }
    assert!(server.asked().is_empty());
}

#[test]
fn a_shop_id_that_is_no_number_is_refused_before_anything_is_sent() {
    let server = seller(|_| panic!("asked"));
    let mut account = account(&server, None);
    account.store.shop = ShopId::new("USLCLUMI0001");
    let folder = tempfile::tempdir().unwrap();
    let refused = connect(&account, &network(folder.path(), CallLog::none())).err();
    assert!(refused.as_ref().is_some_and(|ConnectError(why)| why.id() == "connect-shop"), "{refused:?}");
}

#[test]
fn a_store_can_be_named_in_the_config() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("couponbook.toml");
    let text = r#"
        team_time_zone = "Asia/Singapore"
        [[store]]
        id = "tiktok-us-1"
        platform = "tiktok_shop"
        shop_id = "7000714532876273001"
        currency = "USD"
        time_zone = "America/Los_Angeles"
        app_key = "29a39d"
        app_secret = { env = "TIKTOK_SECRET" }
        refresh_token = { env = "TIKTOK_TOKEN" }
    "#;
    std::fs::write(&config, text).unwrap();
    let variable = |name: &str| name.starts_with("TIKTOK_").then(|| format!("value of {name}"));
    let settings = Settings::read(&config, PLATFORMS, &variable).unwrap();
    let Reach::Platform(account) = &settings.stores[0].reach else { panic!() };
    assert_eq!(account.endpoint.as_str(), "https://open-api.tiktokglobalshop.com/");
    assert_eq!((account.store.platform, account.store.shop.as_str()), (platform::TIKTOK_SHOP, SHOP));
    assert_eq!((account.keys.text("shop_cipher"), account.keys.text("app_key")), (None, Some(APP_KEY)));
    assert!(!format!("{account:?}").contains("value of"));

    std::fs::write(&config, text.replace("refresh_token = ", "shop_cipher = \"GCP_1\"\n# ")).unwrap();
    let settings = Settings::read(&config, PLATFORMS, &variable).unwrap();
    let Reach::Platform(account) = &settings.stores[0].reach else { panic!() };
    assert!(account.keys.secret("refresh_token").is_none());

    for link in ["http://services.example.test/open/authorize?service_id=7", "service_id=7"] {
        std::fs::write(&config, format!("{text}\nconsent_link = \"{link}\"")).unwrap();
        let error = Settings::read(&config, PLATFORMS, &variable).unwrap_err().to_string();
        assert!(error.contains("authorization link from the Partner Center"), "{error:?}");
    }
}

#[test]
fn the_table_says_what_a_manager_may_expect() {
    use Ability::{Already, ByHand, Never};
    let table = abilities(platform::TIKTOK_SHOP);
    for (verb, scheduled, active, paused, ended) in [
        (Verb::Extend, ByHand, ByHand, Never, Never),
        (Verb::Shorten, ByHand, ByHand, Never, Never),
        (Verb::Restock, ByHand, ByHand, Never, Never),
        (Verb::AdjustMinSpend, ByHand, Never, Never, Never),
        (Verb::End, ByHand, ByHand, Already, Already),
        (Verb::Pause, ByHand, ByHand, Already, Never),
        (Verb::Enable, Never, Already, Never, Never),
        (Verb::Delete, ByHand, ByHand, Never, Never),
        (Verb::Create, ByHand, ByHand, ByHand, ByHand),
    ] {
        let statuses = [Status::Scheduled, Status::Active, Status::Paused, Status::Ended];
        let found = statuses.map(|status| table.rule(verb, status).ability);
        assert_eq!(found, [scheduled, active, paused, ended], "{verb:?}");
    }
}
