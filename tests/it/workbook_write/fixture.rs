//! A morning with something of everything: seven stores of which one failed, sixty coupons in every state.

use std::collections::BTreeMap;

use crate::platform;
use chrono::{Duration, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use couponbook::domain::*;
use couponbook::language::Language;
use couponbook::workbook::{Book, Carried, ChecklistItem, Coverage, Decision, ItemResult, Overview, Signed, Target};
use rust_decimal::Decimal;

static NO_DECISIONS: BTreeMap<RowKey, Decision> = BTreeMap::new();
static NO_COVERAGE: Coverage = Coverage { blocks: Vec::new(), missing: Vec::new(), later_campaigns: 0 };
static NO_CHECKS: Checks = BTreeMap::new();
static NO_REGIONS: BTreeMap<StoreId, String> = BTreeMap::new();
static NOTHING_LESS: CouponsAllowingLess = CouponsAllowingLess { asked: 0, all: 0, kinds: Vec::new() };
static NO_REPLIES: Replies = Replies { rows: Vec::new(), more: 0 };
static NO_OVERVIEW: Overview = Overview {
    changed: None,
    trend: Vec::new(),
    open_actions: Vec::new(),
    first_seen: BTreeMap::new(),
    approved_by: Vec::new(),
};

pub fn book<'a>(export: &'a Export, checklist: &'a [ChecklistItem]) -> Book<'a> {
    Book {
        language: Language::ENGLISH,
        export,
        checklist,
        by_hand: &[],
        replies: &NO_REPLIES,
        abilities: PLATFORMS,
        allowed_less: &NOTHING_LESS,
        snapshot_sha256: "4f".repeat(32),
        first_export: true,
        decisions: &NO_DECISIONS,
        overview: &NO_OVERVIEW,
        checks: &NO_CHECKS,
        regions: &NO_REGIONS,
        left_out: &[],
        coverage: &NO_COVERAGE,
        results: None,
        undo: None,
        part: None,
        carried: Carried::default(),
    }
}

pub fn store(id: &str, platform: Platform, currency: &str, zone: Tz, owner: &str) -> Store {
    Store {
        id: StoreId::parse(id).unwrap(),
        platform,
        shop: ShopId::new(format!("shop-of-{id}")),
        currency: Currency::parse(currency).unwrap(),
        zone,
        access: Access::ReadWrite,
        owner: Some(owner.to_string()),
    }
}

fn loaded(store: Store, count: u64, calls: u64, seconds: f64, token_days: Option<i64>) -> StoreLoad {
    StoreLoad {
        store,
        load: Load::Loaded { count, expected: Some(count), unreadable: vec![] },
        findings: vec![],
        calls,
        retries: 0,
        seconds,
        token_ends: token_days.map(|days| at(22, 0, 0) + Duration::days(days)),
        source: None,
    }
}

/// November 2026, UTC.
pub fn at(day: u32, hour: u32, minute: u32) -> Timestamp {
    Utc.with_ymd_and_hms(2026, 11, day, hour, minute, 0).unwrap()
}

/// The exclusive end of a local day of November or December 2026.
pub fn through(store: &Store, month: u32, day: u32) -> Timestamp {
    day_end(NaiveDate::from_ymd_opt(2026, month, day).unwrap(), store.zone)
}

fn since(store: &Store, month: u32, day: u32) -> Timestamp {
    day_start(NaiveDate::from_ymd_opt(2026, month, day).unwrap(), store.zone)
}

pub fn money(amount: i64, store: &Store) -> Money {
    Money::new(Decimal::from(amount), store.currency)
}

/// A healthy coupon that runs from 1 to 30 November.
pub fn coupon(store: &Store, id: &str, code: Option<&str>, name: &str) -> Coupon {
    Coupon {
        store: store.id.clone(),
        id: CouponId::new(id),
        code: code.map(str::to_string),
        name: name.to_string(),
        status: Status::Active,
        raw_status: "ongoing".to_string(),
        kind: "shop voucher".to_string(),
        discount: Discount::Sum(money(8, store)),
        minimum: Minimum::Spend(money(60, store)),
        usable: Period::new(Some(since(store, 11, 1)), Some(through(store, 11, 30))).unwrap(),
        claimable: None,
        total: Some(800),
        used: Some(211),
        claimed: None,
        per_buyer: Some(1),
        owner: Owner::Seller,
        stock_is_claimed: false,
        other_rules: Default::default(),
        besides: Default::default(),
        made_by_change: None,
        page: Some(format!("https://seller.example/{}/coupons/{id}?tab=a&b=\"c\"", store.id)),
        untold: Default::default(),
    }
}

pub fn row(store: &Store, coupon: Coupon, findings: Vec<Finding>, advice: Advice, way: Route) -> Row {
    Row {
        key: RowKey::of(store.platform, &store.shop, &coupon.id),
        campaign: Some("Black Friday".to_string()),
        money_at_risk: coupon.exposure(store.currency),
        read_at: None,
        findings,
        suggestion: Suggestion { advice, way, also: Vec::new(), renew_until: None, restock_by: None },
        coupon,
    }
}

pub fn finding(code: FindingCode, severity: Severity, why: &str) -> Finding {
    Finding { code, severity, why: Message::as_written(why) }
}

pub fn export() -> Export {
    let sg = store("shopee-sg-1", platform::SHOPEE, "SGD", chrono_tz::Asia::Singapore, "Mei");
    let my = store("shopee-my-1", platform::SHOPEE, "MYR", chrono_tz::Asia::Kuala_Lumpur, "Mei");
    let th = store("lazada-th-1", platform::LAZADA, "THB", chrono_tz::Asia::Bangkok, "Ploy");
    let de = store("woo-de-1", platform::WOOCOMMERCE, "EUR", chrono_tz::Europe::Berlin, "Jonas");
    let id = store("tiktok-id-1", platform::TIKTOK_SHOP, "IDR", chrono_tz::Asia::Jakarta, "Rizky");
    let us = store("shopify-us-1", platform::SHOPIFY, "USD", chrono_tz::America::New_York, "Dana");
    let vn = store("shopee-vn-1", platform::SHOPEE, "VND", chrono_tz::Asia::Ho_Chi_Minh, "Linh");
    let mut rows =
        [critical(&sg, &my, &de, &id, &us), warnings(&sg, &my, &de, &id, &us, &vn), notices(&sg, &de)].concat();
    for (index, store) in [&sg, &my, &de, &id, &us, &vn].into_iter().cycle().enumerate().take(60 - rows.len()) {
        rows.push(calm(store, index));
    }
    let failed = StoreLoad {
        load: Load::Failed(LoadProblem {
            sentence: Message::as_written(
                "Lazada refused the token (it ended Sat 21 Nov). Sign in again with `couponbook auth lazada-th-1`, \
                       then export once more.",
            ),
            platform_words: Some("IllegalAccessToken: The specified access token is invalid or expired".to_string()),
            request_id: Some("0ba2887315178178017221014".to_string()),
            is_sign_in: false,
        }),
        findings: vec![finding(FindingCode::StoreNotLoaded, Severity::Critical, "Its coupons are not in this file.")],
        ..loaded(th, 0, 2, 0.9, Some(-1))
    };
    let short = StoreLoad {
        load: Load::Loaded {
            count: 9,
            expected: Some(11),
            unreadable: vec![Message::as_written("88123 (no currency)")],
        },
        findings: vec![finding(
            FindingCode::ListIncomplete,
            Severity::Critical,
            "Shopee says 11 coupons, 9 came; the others are not checked.",
        )],
        retries: 2,
        ..loaded(vn, 9, 19, 14.6, Some(3))
    };
    Export {
        id: ExportId::new("20261122-AM-7K3MPX"),
        follows: None,
        at: at(22, 0, 4),
        finished: at(22, 0, 11),
        day: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        slot: Slot::Am,
        zone: chrono_tz::Asia::Singapore,
        stores: vec![
            loaded(sg, 12, 22, 11.9, Some(12)),
            loaded(my, 10, 19, 8.4, Some(19)),
            failed,
            loaded(de, 11, 1, 0.8, None),
            loaded(id, 9, 9, 5.0, Some(27)),
            loaded(us, 9, 2, 1.2, None),
            short,
        ],
        findings: Vec::new(),
        parts: Vec::new(),
        rows: rows.into(),
    }
}

fn critical(sg: &Store, my: &Store, de: &Store, id: &Store, us: &Store) -> Vec<Row> {
    use FindingCode::*;
    let bad = Severity::Critical;
    vec![
        row(
            my,
            Coupon {
                status: Status::Ended,
                usable: Period::new(Some(since(my, 11, 20)), Some(through(my, 11, 21))).unwrap(),
                ..coupon(my, "1049182377261", Some("BFMY8"), "Black Friday RM 8 off")
            },
            vec![finding(
                Expired,
                bad,
                "Ended Sat 21 Nov; Black Friday runs to Mon 30 Nov and nothing else covers it.",
            )],
            Advice::Recreate { until: through(my, 11, 30), min_spend: None },
            Route::Direct,
        ),
        row(
            de,
            Coupon {
                usable: Period::new(None, Some(through(de, 11, 22))).unwrap(),
                total: None,
                used: Some(312),
                kind: "cart percent".into(),
                discount: Discount::Share { percent: Percent(Decimal::from(20)), cap: Some(money(40, de)) },
                minimum: Minimum::Spend(money(80, de)),
                ..coupon(de, "4711", Some("BLACK20"), "Black Friday 20 %")
            },
            vec![finding(ExpiresToday, bad, "Ends today 23:59; Black Friday goes on to Mon 30 Nov.")],
            Advice::Renew { until: through(de, 11, 30) },
            Route::Direct,
        ),
        row(
            id,
            Coupon {
                status: Status::InReview,
                total: Some(2_000),
                used: Some(0),
                discount: Discount::Sum(money(15_000, id)),
                minimum: Minimum::Spend(money(150_000, id)),
                kind: "seller coupon".into(),
                ..coupon(id, "7301234567890123456", None, "Diskon Gajian 25.11 – Rp15.000")
            },
            vec![finding(Rejected, bad, "TikTok holds it in review since Thu 19 Nov; Payday starts Tue 24 Nov.")],
            Advice::OpenPage,
            Route::ByHand,
        ),
        row(
            sg,
            Coupon {
                total: Some(500),
                used: Some(500),
                discount: Discount::Share { percent: Percent(Decimal::from(15)), cap: Some(money(12, sg)) },
                minimum: Minimum::Spend(money(40, sg)),
                ..coupon(sg, "1049182377001", Some("BFSG15"), "Black Friday 15 % off")
            },
            vec![finding(OutOfStock, bad, "0 of 500 left since Sat 21 Nov; Black Friday runs to Mon 30 Nov.")],
            Advice::Restock { add: 700 },
            Route::Direct,
        ),
        row(
            us,
            Coupon {
                status: Status::Scheduled,
                usable: Period::new(Some(since(us, 11, 27)), Some(through(us, 12, 1))).unwrap(),
                total: Some(3_000),
                used: Some(0),
                discount: Discount::Share { percent: Percent(Decimal::from(25)), cap: None },
                minimum: Minimum::Spend(money(75, us)),
                kind: "code percent".into(),
                ..coupon(us, "1187650913", Some("BFCM25"), "BFCM 25 % sitewide")
            },
            vec![finding(NotStarted, bad, "Starts Fri 27 Nov; Black Friday began on Fri 20 Nov.")],
            Advice::Enable,
            Route::Direct,
        ),
        row(
            sg,
            Coupon {
                status: Status::Paused,
                total: Some(400),
                used: Some(371),
                ..coupon(sg, "1049182377002", None, "双十一满减券 满90减12 🎉")
            },
            vec![
                finding(Paused, bad, "Paused at Shopee; Black Friday runs to Mon 30 Nov."),
                finding(LowStock, Severity::Warning, "29 of 400 left (7 %)."),
            ],
            Advice::Enable,
            Route::Direct,
        ),
        row(
            us,
            Coupon {
                total: None,
                used: Some(188),
                discount: Discount::Sum(money(20, us)),
                minimum: Minimum::None,
                kind: "code amount".into(),
                ..coupon(us, "1187650914", Some("WELCOME20"), "Welcome gift USD 20")
            },
            vec![
                finding(GivesMoneyAway, bad, "USD 20 off with no minimum spend: an order of USD 20 costs nothing."),
                finding(ThresholdLow, Severity::Warning, "Min spend USD 0; this store's range is USD 60 to 150."),
                finding(ExpiringSoon, Severity::Warning, "Ends soon."),
            ],
            Advice::Adjust { min_spend: Decimal::from(60) },
            Route::Direct,
        ),
    ]
}

fn warnings(sg: &Store, my: &Store, de: &Store, id: &Store, us: &Store, vn: &Store) -> Vec<Row> {
    use FindingCode::*;
    let middle = Severity::Warning;
    vec![
        row(
            sg,
            Coupon {
                usable: Period::new(Some(since(sg, 10, 22)), Some(through(sg, 11, 22))).unwrap(),
                ..coupon(sg, "1049182377003", Some("FOLLOW3"), "New follower SGD 3")
            },
            vec![finding(ExpiresToday, middle, "Ends today 23:59; always-on offer without a follow-on.")],
            Advice::Renew { until: through(sg, 12, 22) },
            Route::FollowOn,
        ),
        row(
            id,
            Coupon {
                usable: Period::new(Some(since(id, 11, 20)), Some(through(id, 11, 23))).unwrap(),
                total: Some(1_500),
                used: Some(1_402),
                discount: Discount::FreeShipping { cap: Some(money(10_000, id)) },
                minimum: Minimum::Spend(money(80_000, id)),
                ..coupon(id, "7301234567890123999", None, "Ongkir Black Friday Rp10.000")
            },
            vec![
                finding(ExpiringSoon, middle, "Ends Mon 23 Nov 23:59, in 1 day."),
                finding(LowStock, middle, "98 of 1,500 left (7 %)."),
            ],
            Advice::Renew { until: through(id, 11, 30) },
            Route::ByHand,
        ),
        row(
            my,
            Coupon {
                usable: Period::new(Some(since(my, 10, 24)), Some(at(24, 10, 0))).unwrap(),
                ..coupon(my, "1049182377262", Some("=NEWMY10"), "=HYPERLINK(\"http://bad.example\",\"click\")")
            },
            vec![finding(
                ExpiringSoon,
                middle,
                "Ends Tue 24 Nov 18:00, in 2 days; running vouchers cannot be extended.",
            )],
            Advice::Renew { until: through(my, 12, 24) },
            Route::FollowOn,
        ),
        row(
            sg,
            Coupon {
                total: Some(600),
                used: Some(562),
                ..coupon(sg, "1049182377004", Some("00123"), "Payday SGD 8 off")
            },
            vec![finding(LowStock, middle, "38 of 600 left (6 %); at this pace gone on Mon 23 Nov.")],
            Advice::Restock { add: 400 },
            Route::Direct,
        ),
        row(
            de,
            Coupon {
                minimum: Minimum::Spend(money(15, de)),
                usable: Period::new(None, None).unwrap(),
                total: None,
                discount: Discount::Sum(money(5, de)),
                ..coupon(de, "4712", Some("HERBST5"), "Herbstrabatt 5 €")
            },
            vec![finding(ThresholdLow, middle, "Min spend EUR 15; this store's range is EUR 25 to 60.")],
            Advice::Adjust { min_spend: Decimal::from(25) },
            Route::Direct,
        ),
        row(
            us,
            Coupon {
                minimum: Minimum::Spend(money(220, us)),
                total: None,
                ..coupon(us, "1187650915", Some("VIP30"), "VIP 30 % off")
            },
            vec![finding(ThresholdHigh, middle, "Min spend USD 220; this store's range is USD 60 to 150.")],
            Advice::Adjust { min_spend: Decimal::from(150) },
            Route::Direct,
        ),
        row(
            vn,
            Coupon {
                usable: Period::new(Some(since(vn, 11, 1)), Some(through(vn, 11, 25))).unwrap(),
                discount: Discount::Sum(money(30_000, vn)),
                minimum: Minimum::Spend(money(250_000, vn)),
                ..coupon(vn, "1049182377901", Some("VNSALE30"), "Giảm 30.000 ₫ cho đơn từ 250.000 ₫")
            },
            vec![finding(ExpiringSoon, middle, "Ends Wed 25 Nov 23:59, in 3 days.")],
            Advice::Renew { until: through(vn, 11, 30) },
            Route::FollowOn,
        ),
        row(
            de,
            Coupon { status: Status::Paused, ..coupon(de, "4713", Some("GLUECK7"), "Glückscode 7 %") },
            vec![finding(Paused, middle, "Draft since Mon 16 Nov; belongs to no running campaign.")],
            Advice::Leave(Message::as_written("paused by Jonas on Mon 16 Nov")),
            Route::Direct,
        ),
    ]
}

fn notices(sg: &Store, de: &Store) -> Vec<Row> {
    use FindingCode::*;
    let calm = Severity::Notice;
    vec![
        row(
            sg,
            Coupon {
                status: Status::Ended,
                usable: Period::new(Some(since(sg, 10, 1)), Some(through(sg, 10, 31))).unwrap(),
                ..coupon(sg, "1049182377005", None, "Halloween SGD 5")
            },
            vec![finding(Expired, calm, "Ended Sat 31 Oct; its campaign is over.")],
            Advice::Nothing,
            Route::Direct,
        ),
        row(
            sg,
            Coupon {
                status: Status::Scheduled,
                usable: Period::new(Some(since(sg, 12, 5)), Some(through(sg, 12, 13))).unwrap(),
                used: Some(0),
                ..coupon(sg, "1049182377006", Some("DEC12"), "โค้ดส่วนลด 12.12 ลด 15%")
            },
            vec![finding(NotStarted, calm, "Starts Sat 5 Dec, with its campaign.")],
            Advice::Wait,
            Route::Direct,
        ),
        row(
            de,
            Coupon {
                status: Status::Ended,
                usable: Period::new(None, Some(through(de, 10, 31))).unwrap(),
                ..coupon(de, "4714", Some("OKTOBER"), "Oktoberfest 5 €")
            },
            vec![finding(Expired, calm, "Ended Sat 31 Oct; its campaign is over.")],
            Advice::Delete,
            Route::Instead,
        ),
    ]
}

fn calm(store: &Store, index: usize) -> Row {
    let id = format!("73012345678901{index:05}");
    let coupon = Coupon {
        usable: Period::new(Some(since(store, 11, 1)), Some(at(30, 0, 0) + Duration::days(index as i64 * 3))).unwrap(),
        ..coupon(store, &id, Some(&format!("OK{index:03}")), &format!("Always on {}", index + 1))
    };
    row(store, coupon, vec![], Advice::Nothing, Route::Direct)
}

pub fn checklist(export: &Export) -> Vec<ChecklistItem> {
    let first = |code: FindingCode| {
        let row = export.rows.iter().find(|row| row.findings.iter().any(|finding| finding.code == code));
        row.map_or(Target::Nowhere, |row| Target::Row(row.key.clone()))
    };
    let item = |number,
                what: &str,
                how: &str,
                how_often: &str,
                whose: &str,
                attention: Option<(usize, Severity)>,
                found: &str,
                target| ChecklistItem {
        number,
        key: format!("item-{number}"),
        what: Message::as_written(what),
        how: Message::as_written(how),
        how_often: Message::as_written(how_often),
        whose: Message::as_written(whose),
        result: attention.map_or(ItemResult::Pass, |(count, worst)| ItemResult::Attention(count, worst)),
        stores_unseen: 0,
        found: Message::as_written(found),
        target,
        signed: Signed { am_due: true, pm_due: true, ..Signed::default() },
    };
    let bad = Severity::Critical;
    vec![
        item(
            1,
            "Every store's list loaded",
            "Every store answered, and as many coupons came as it says it has.",
            "daily",
            "Mei",
            Some((2, bad)),
            "1 store did not load: lazada-th-1",
            Target::Stores,
        ),
        item(
            2,
            "Stock of active coupons",
            "Remaining against the floor (50 or 10 %), and the pace since yesterday.",
            "twice daily",
            "Mei",
            Some((4, bad)),
            "1 out of stock, 3 low",
            first(FindingCode::OutOfStock),
        ),
        item(
            3,
            "Coupons expiring today",
            "Everything that ends before midnight in its store's own time.",
            "daily",
            "Mei",
            Some((2, bad)),
            "BLACK20 and FOLLOW3 end tonight",
            first(FindingCode::ExpiresToday),
        ),
        item(
            4,
            "Abnormal status",
            "Paused, draft, rejected, or not started while its campaign runs.",
            "daily",
            "Dana",
            None,
            "",
            Target::Nowhere,
        ),
        item(
            5,
            "Thresholds are reasonable",
            "Min spend inside each store's range; no coupon that costs more than it earns.",
            "weekly, Monday",
            "Manager",
            Some((3, Severity::Warning)),
            "1 loses money, 2 outside the range",
            first(FindingCode::ThresholdLow),
        ),
    ]
}

/// Some of the results a run can have, on the first rows.
pub fn outcomes(export: &Export) -> BTreeMap<RowKey, Outcome> {
    let kinds = [
        (OutcomeKind::Done, "ends Sat 21 Nov 23:59", "ends Mon 30 Nov 23:59", "The new coupon BFMY8A runs.", ""),
        (OutcomeKind::AlreadyDone, "ends Mon 30 Nov 23:59", "ends Mon 30 Nov 23:59", "It was so before.", ""),
        (
            OutcomeKind::ByHand,
            "in review",
            "in review",
            "TikTok's coupon API is read-only.",
            "Open its page and answer the review.",
        ),
        (
            OutcomeKind::Failed,
            "total 500",
            "total 1,200",
            "Shopee refused: `error_param: usage quantity too large`. Nothing was changed.",
            "Write a smaller number in Add stock and apply again.",
        ),
        (
            OutcomeKind::Conflict,
            "scheduled",
            "active",
            "Somebody ended it since the export.",
            "Export again and decide on what is there now.",
        ),
        (OutcomeKind::Unknown, "paused", "active", "The answer was lost.", "Apply the same file again: it asks first."),
        (
            OutcomeKind::Refused,
            "min spend USD 0.00",
            "min spend USD 60.00",
            "The store is read only.",
            "Set access = \"read-write\" for the store.",
        ),
        (OutcomeKind::NotReached, "", "", "The run was stopped before it.", "Apply the same file again."),
    ];
    let outcome = |(kind, before, after, message, next): (OutcomeKind, &str, &str, &str, &str)| Outcome {
        kind,
        change: None,
        before: Some(Message::as_written(before)),
        after: Some(Message::as_written(after)),
        message: Message::as_written(message),
        next: Some(Message::as_written(next)),
        request_id: Some("e3e3e7f33ce87b0b1d".into()),
        at: at(22, 2, 30),
        read_back: Some(Message::as_written(after)),
        present: None,
        created: None,
        also_created: Vec::new(),
        also_read: Vec::new(),
        is_gone: false,
        credit: None,
    };
    export.rows.iter().zip(kinds).map(|(row, kind)| (row.key.clone(), outcome(kind))).collect()
}

/// What the manager wrote in the first eight rows.
pub fn decisions(export: &Export) -> BTreeMap<RowKey, Decision> {
    let typed = [
        (ActionWord::Recreate, Edit::Set(EndEdit::Day(NaiveDate::from_ymd_opt(2026, 11, 30).unwrap())), Edit::Blank),
        (ActionWord::Renew, Edit::Set(EndEdit::SpanHours(24 * 30)), Edit::Blank),
        (ActionWord::Accept, Edit::Blank, Edit::Blank),
        (ActionWord::Restock, Edit::Blank, Edit::Set(700)),
        (
            ActionWord::Renew,
            Edit::Set(EndEdit::At(NaiveDate::from_ymd_opt(2026, 12, 3).unwrap().and_hms_opt(18, 0, 0).unwrap())),
            Edit::Blank,
        ),
        (ActionWord::Renew, Edit::Set(EndEdit::SpanHours(24 * 30)), Edit::Blank),
        (ActionWord::Adjust, Edit::Blank, Edit::Blank),
        (ActionWord::Enable, Edit::Blank, Edit::Blank),
    ];
    let mut decisions = BTreeMap::new();
    for (index, (row, (word, new_end, add_stock))) in export.rows.iter().zip(typed).enumerate() {
        let new_min_spend = if word == ActionWord::Adjust { Edit::Set(Decimal::new(6550, 2)) } else { Edit::Blank };
        let note = Some(format!("=1+{index}, asked Mei"));
        let cells = [word.word().into(), "30d".into(), String::new(), String::new(), String::new()];
        let action = Action { row: row.key.clone(), word, new_end, add_stock, new_min_spend, note };
        let row_number = index as u32 + 4;
        let decision = Decision { sheet: "Coupons".into(), row: row_number, hidden: false, action, cells };
        decisions.insert(row.key.clone(), decision);
    }
    decisions
}

/// Two columns that the manager added; the second has a header of ours.
pub fn own_columns(export: &Export) -> Vec<(String, BTreeMap<RowKey, String>)> {
    let cells = |text: &str| export.rows.iter().take(3).map(|row| (row.key.clone(), text.to_string())).collect();
    vec![("Budget owner".into(), cells("Dana")), ("note".into(), cells("=2+2"))]
}

const PLATFORMS: &[&Abilities] = &[&SHOPEE, &WOOCOMMERCE];

const LIMITS: Limits = Limits {
    longest_period: None,
    shortest_period: None,
    start_lead: Duration::zero(),
    code_letters_max: 5,
    code_prefix_letters: 4,
    code_hyphen: false,
    has_bin: false,
    has_start: true,
    total_may_fall: true,
    products_rule: None,
};

const fn rule(verb: Verb, statuses: &'static [Status], ability: Ability) -> Rule {
    Rule { verb, statuses, ability, reason: "", mark: Confidence::Documented, source: "" }
}

const LIVE: &[Status] = &[Status::Active];
const COMING: &[Status] = &[Status::Scheduled];
const BOTH: &[Status] = &[Status::Active, Status::Scheduled];

static SHOPEE: Abilities = Abilities {
    platform: platform::SHOPEE,
    name: "Shopee",
    rules: &[
        rule(Verb::Extend, COMING, Ability::Yes),
        rule(Verb::Extend, LIVE, Ability::FollowOn),
        rule(Verb::Shorten, BOTH, Ability::Yes),
        rule(Verb::Restock, BOTH, Ability::Yes),
        rule(Verb::AdjustMinSpend, COMING, Ability::Yes),
        rule(Verb::End, LIVE, Ability::Yes),
        rule(Verb::End, &[Status::Ended], Ability::Already),
        rule(Verb::Delete, COMING, Ability::Yes),
        rule(Verb::Delete, LIVE, Ability::Instead(Verb::End)),
        rule(Verb::Create, Status::ALL, Ability::Yes),
    ],
    limits: LIMITS,
    platform_owned: "",
    impossible: Abilities::nothing_impossible,
    terms: Abilities::no_terms,
};

static WOOCOMMERCE: Abilities = Abilities {
    platform: platform::WOOCOMMERCE,
    name: "WooCommerce",
    rules: &[
        rule(Verb::Enable, LIVE, Ability::Already),
        rule(Verb::Pause, &[Status::Paused], Ability::Already),
        rule(Verb::End, &[Status::Ended], Ability::Already),
        rule(Verb::Extend, Status::ALL, Ability::Yes),
        rule(Verb::Shorten, Status::ALL, Ability::Yes),
        rule(Verb::Restock, Status::ALL, Ability::Yes),
        rule(Verb::AdjustMinSpend, Status::ALL, Ability::Yes),
        rule(Verb::End, Status::ALL, Ability::Yes),
        rule(Verb::Pause, Status::ALL, Ability::Yes),
        rule(Verb::Enable, Status::ALL, Ability::Yes),
        rule(Verb::Delete, Status::ALL, Ability::Yes),
        rule(Verb::Create, Status::ALL, Ability::Yes),
    ],
    limits: LIMITS,
    platform_owned: "",
    impossible: Abilities::nothing_impossible,
    terms: Abilities::no_terms,
};
