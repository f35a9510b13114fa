//! What the archive keeps comes back as it was, and whatever is done to it is found.

pub mod fixture;
mod life;
mod proof;
mod redirected;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::platform;
use chrono::{NaiveDate, TimeZone};
use couponbook::archive::{Archive, ArchiveError, BundleKind, Location, Manifest, Opening, RunFacts};
use couponbook::domain::*;
use couponbook::language::Language;
use polars::prelude::{AnyValue, DataFrame, DataType, ParquetReader, SerReader, TimeUnit};
use rust_decimal::Decimal;
use serde_json::json;
use tempfile::{TempDir, tempdir};

fn at(day: u32, hour: u32) -> Timestamp {
    chrono::Utc.with_ymd_and_hms(2026, 11, day, hour, 0, 0).unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn money(text: &str) -> Money {
    Money { amount: decimal(text), currency: Currency::parse("SGD").unwrap() }
}

fn store(id: &str, platform: Platform) -> Store {
    Store {
        id: StoreId::parse(id).unwrap(),
        platform,
        shop: ShopId::new(format!("shop of {id}")),
        currency: Currency::parse("SGD").unwrap(),
        zone: chrono_tz::Asia::Singapore,
        access: Access::ReadWrite,
        owner: Some("Team West".to_string()),
    }
}

fn load(store: Store, load: Load) -> StoreLoad {
    StoreLoad {
        store,
        load,
        findings: vec![],
        calls: 12,
        retries: 1,
        seconds: 3.25,
        token_ends: Some(at(29, 1)),
        source: None,
    }
}

/// A plain coupon: only what a platform always tells.
fn coupon(store: &Store, id: &str) -> Coupon {
    Coupon {
        store: store.id.clone(),
        id: CouponId::new(id),
        code: Some("WELCOME10".to_string()),
        name: "Welcome".to_string(),
        status: Status::Active,
        raw_status: "ongoing".to_string(),
        kind: "shop voucher".to_string(),
        discount: Discount::Sum(money("10.00")),
        minimum: Minimum::Spend(money("50")),
        usable: Period::new(Some(at(1, 0)), Some(at(30, 0))).unwrap(),
        claimable: None,
        total: Some(100),
        used: Some(40),
        claimed: None,
        per_buyer: Some(1),
        owner: Owner::Seller,
        stock_is_claimed: false,
        other_rules: Default::default(),
        besides: Default::default(),
        made_by_change: None,
        page: None,
        untold: Default::default(),
    }
}

fn row(store: &Store, coupon: Coupon) -> Row {
    Row {
        key: RowKey::of(store.platform, &store.shop, &coupon.id),
        coupon,
        campaign: None,
        findings: vec![],
        suggestion: Suggestion::nothing(),
        money_at_risk: Exposure::Known(money("600")),
        read_at: None,
    }
}

fn export(id: &str, stores: Vec<StoreLoad>, rows: Vec<Row>) -> Export {
    Export {
        id: ExportId::new(id),
        follows: None,
        at: at(22, 0),
        finished: at(22, 1),
        day: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        slot: Slot::Am,
        zone: chrono_tz::Asia::Shanghai,
        stores,
        findings: Vec::new(),
        parts: Vec::new(),
        rows: rows.into(),
    }
}

fn small(id: &str) -> Export {
    let shop = store("shopee-sg-1", platform::SHOPEE);
    let rows = vec![row(&shop, coupon(&shop, "1234567890123456789")), row(&shop, coupon(&shop, "0042"))];
    export(id, vec![load(shop, Load::Loaded { count: 2, expected: Some(2), unreadable: vec![] })], rows)
}

/// Every variant of every enum that an export can hold, and every optional value both there and not.
fn everything() -> Export {
    let stores: Vec<Store> =
        platform::ALL.into_iter().map(|platform| store(&format!("{}-1", platform.word()), platform)).collect();
    let mut rows = Vec::new();
    let mut number = 0;
    let mut add = |change: &dyn Fn(&mut Row)| {
        number += 1;
        let shop = &stores[number % stores.len()];
        let mut row = row(shop, coupon(shop, &number.to_string()));
        change(&mut row);
        rows.push(row);
    };
    for status in Status::ALL.iter().copied() {
        add(&|row| row.coupon.status = status);
    }
    for cap in [None, Some(money("12.345678901"))] {
        for discount in [
            Discount::Share { percent: Percent(decimal("12.5")), cap },
            Discount::Coins { percent: Percent(decimal("150")), cap },
            Discount::FreeShipping { cap },
        ] {
            add(&|row| row.coupon.discount = discount.clone());
        }
    }
    for discount in [Discount::BuyXGetY("3 for 2".into()), Discount::Other("=SUM(A1)\n\"quoted\", 满减".into())] {
        add(&|row| row.coupon.discount = discount.clone());
    }
    for minimum in [Minimum::None, Minimum::Quantity(u64::MAX), Minimum::NotKnown] {
        add(&|row| row.coupon.minimum = minimum);
    }
    for advice in [
        Advice::Renew { until: at(30, 5) },
        Advice::Restock { add: 200 },
        Advice::Delete,
        Advice::End,
        Advice::Enable,
        Advice::Adjust { min_spend: decimal("49.90") },
        Advice::Recreate { until: at(30, 5), min_spend: None },
        Advice::Recreate { until: at(30, 5), min_spend: Some(decimal("0.1")) },
        Advice::Wait,
        Advice::OpenPage,
        Advice::CheckStore,
        Advice::Leave(Message::as_written("ended by a manager")),
    ] {
        add(&|row| row.suggestion.advice = advice.clone());
    }
    for way in [Route::Direct, Route::FollowOn, Route::Instead, Route::ByHand] {
        add(&|row| {
            row.suggestion = Suggestion {
                advice: Advice::Nothing,
                way,
                also: Vec::new(),
                renew_until: Some(at(30, 5) + chrono::Duration::nanoseconds(123_456_789)),
                restock_by: Some(u64::MAX),
            }
        });
    }
    for exposure in [Exposure::NoLimit, Exposure::NotKnown, Exposure::Known(money("-0.0000005"))] {
        add(&|row| row.money_at_risk = exposure);
    }
    for severity in Severity::WORST_FIRST {
        let findings: Vec<Finding> = FindingCode::ALL
            .iter()
            .copied()
            .map(|code| Finding { code, severity, why: Message::as_written(format!("{code}: why it is so")) })
            .collect();
        add(&|row| row.findings = findings.clone());
    }
    add(&|row| {
        let rules = json!({"items": [1, 2.5, "x"], "nested": {"none": null, "yes": true}, "big": u64::MAX});
        let serde_json::Value::Object(other_rules) = rules else { unreachable!() };
        row.campaign = Some("11.11".into());
        row.coupon = Coupon {
            code: None,
            claimable: Some(Period::new(None, Some(at(20, 0))).unwrap()),
            usable: Period::new(None, None).unwrap(),
            total: None,
            used: None,
            claimed: Some(7),
            per_buyer: None,
            owner: Owner::Platform,
            stock_is_claimed: true,
            other_rules: other_rules.into(),
            made_by_change: Some("00ff".into()),
            page: Some("https://seller.example/coupon/1".into()),
            ..row.coupon.clone()
        };
    });
    let mut loads: Vec<StoreLoad> = stores
        .iter()
        .map(|store| {
            let unreadable = ["77: no end", "78: no name"].map(Message::as_written).to_vec();
            load(store.clone(), Load::Loaded { count: 9, expected: None, unreadable })
        })
        .collect();
    let problem = LoadProblem {
        sentence: Message::as_written("The sign-in was refused; sign in again."),
        platform_words: Some("error_auth".into()),
        request_id: Some("req-1".into()),
        is_sign_in: false,
    };
    let mut failed = load(store("failed-1", platform::LAZADA), Load::Failed(problem));
    failed.store.access = Access::ReadOnly;
    failed.store.owner = None;
    failed.token_ends = None;
    failed.findings = vec![Finding {
        code: FindingCode::StoreNotLoaded,
        severity: Severity::Critical,
        why: Message::as_written("not signed in"),
    }];
    loads.push(failed);
    Export {
        follows: Some(ExportId::new("20261121-PM-AAAAAA")),
        slot: Slot::Pm,
        ..export("20261122-PM-7K3MPX", loads, rows)
    }
}

fn archive() -> (TempDir, Archive) {
    let folder = tempdir().unwrap();
    let archive = archive_at(folder.path().join("archive"), "office-pc");
    (folder, archive)
}

/// The archive in a folder, as `machine` has it; what the machine remembers of it lies elsewhere.
pub fn archive_at(root: impl Into<PathBuf>, machine: &str) -> Archive {
    let opening = Opening {
        machine: machine.to_string(),
        zone: chrono_tz::UTC,
        state: env!("CARGO_TARGET_TMPDIR").into(),
        clock: std::sync::Arc::new(chrono::Utc::now),
    };
    Archive::open(&Location::Folder(root.into()), opening)
}

fn table(path: &Path) -> DataFrame {
    ParquetReader::new(File::open(path).unwrap()).finish().unwrap()
}

fn cell<'a>(table: &'a DataFrame, column: &str, row: usize) -> AnyValue<'a> {
    table.column(column).unwrap().get(row).unwrap()
}

#[test]
fn an_export_comes_back_from_the_archive_exactly_as_it_was() {
    for export in [everything(), small("20261122-AM-7K3MPX"), export("20261122-AM-EMPTY1", vec![], vec![])] {
        let (_folder, archive) = archive();
        let saved = archive.save_snapshot(&export).unwrap();

        assert_eq!(archive.load_snapshot(&export.id).unwrap(), export);
        assert_eq!(archive.snapshot_sha256(&export.id).unwrap(), saved.sha256);
    }
}

#[test]
fn columns_have_the_types_that_any_engine_can_ask_questions_of() {
    let (_folder, archive) = archive();
    let saved = archive.save_snapshot(&everything()).unwrap();
    let utc = || DataType::Datetime(TimeUnit::Microseconds, Some(polars::prelude::TimeZone::UTC));

    let coupons = table(&saved.folder.join("coupons.parquet"));
    for (column, wanted) in [
        ("schema_version", DataType::Int32),
        ("coupon_id", DataType::String),
        ("status", DataType::String),
        ("discount_amount", DataType::Decimal(38, 6)),
        ("min_spend", DataType::Decimal(38, 6)),
        ("money_at_risk", DataType::Decimal(38, 6)),
        ("total", DataType::Int64),
        ("remaining", DataType::Int64),
        ("ends", utc()),
        ("suggested_end", utc()),
        ("record", DataType::String),
    ] {
        assert_eq!(*coupons.column(column).unwrap().dtype(), wanted, "{column}");
    }
    let stores = table(&saved.folder.join("stores.parquet"));
    assert_eq!(*stores.column("token_ends").unwrap().dtype(), utc());
    assert_eq!(*stores.column("loaded").unwrap().dtype(), DataType::Boolean);
}

/// Athena reads no number without a sign, and neither do others.
#[test]
fn no_table_has_a_kind_of_column_that_an_engine_cannot_read() {
    let (_folder, archive) = archive();
    let export = everything();
    let mut folders = vec![archive.save_snapshot(&export).unwrap().folder];
    let run = RunFacts {
        id: RunId::new("R20261122-081500-7K3MPX"),
        export: export.id.clone(),
        by: "Mei".to_string(),
        account: Account::default(),
        started: at(22, 0),
        finished: at(22, 1),
    };
    folders.push(archive.save_changes(&run, &[]).unwrap().folder);
    folders.push(archive.save_sign_offs(&export, &[]).unwrap().folder);
    let utc = DataType::Datetime(TimeUnit::Microseconds, Some(polars::prelude::TimeZone::UTC));
    let mut tables = 0;
    for file in folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "parquet") {
            tables += 1;
            for column in table(&file).columns() {
                let kind = column.dtype();
                let plain = matches!(
                    kind,
                    DataType::String | DataType::Int32 | DataType::Int64 | DataType::Float64 | DataType::Boolean
                );
                let is_decimal = *kind == DataType::Decimal(38, 6);
                assert!(plain || is_decimal || *kind == utc, "{}: {} is {kind}", file.display(), column.name());
            }
        }
    }
    assert_eq!(tables, 5);
}

#[test]
fn columns_hold_what_the_coupon_had() {
    let (_folder, archive) = archive();
    let mut export = small("20261122-AM-7K3MPX");
    let row = &mut export.rows[0];
    row.campaign = Some("11.11".into());
    row.coupon.status = Status::InReview;
    row.coupon.discount = Discount::Share { percent: Percent(decimal("12.5")), cap: Some(money("0.0000025")) };
    row.findings = vec![
        Finding { code: FindingCode::LowStock, severity: Severity::Warning, why: Message::as_written("few left") },
        Finding { code: FindingCode::Expired, severity: Severity::Critical, why: Message::as_written("over") },
    ];
    let saved = archive.save_snapshot(&export).unwrap();

    let coupons = table(&saved.folder.join("coupons.parquet"));
    for (column, wanted) in [
        ("store", "shopee-sg-1"),
        ("platform", "shopee"),
        ("time_zone", "Asia/Singapore"),
        ("coupon_id", "1234567890123456789"),
        ("code", "WELCOME10"),
        ("status", "in_review"),
        ("discount_kind", "share"),
        ("discount_currency", "SGD"),
        ("campaign", "11.11"),
        ("severity", "critical"),
        ("finding_codes", "low_stock expired"),
        ("suggestion", "nothing"),
    ] {
        assert_eq!(cell(&coupons, column, 0), AnyValue::String(wanted), "{column}");
    }
    assert_eq!(cell(&coupons, "discount_percent", 0), AnyValue::Decimal(12_500_000, 38, 6));
    // More than six decimals are rounded half to even in the column; the record keeps them.
    assert_eq!(cell(&coupons, "discount_cap", 0), AnyValue::Decimal(2, 38, 6));
    assert_eq!(cell(&coupons, "min_spend", 0), AnyValue::Decimal(50_000_000, 38, 6));
    assert_eq!(cell(&coupons, "discount_amount", 0), AnyValue::Null);
    assert_eq!(cell(&coupons, "remaining", 0), AnyValue::Int64(60));
    assert_eq!(cell(&coupons, "claimed", 0), AnyValue::Null);
    assert_eq!(cell(&coupons, "severity", 1), AnyValue::Null);
    let utc = polars::prelude::TimeZone::UTC;
    let ends = AnyValue::Datetime(at(30, 0).timestamp_micros(), TimeUnit::Microseconds, Some(&utc));
    assert_eq!(cell(&coupons, "ends", 0), ends);
}

#[test]
fn findings_have_a_row_each_and_those_on_a_store_name_no_coupon() {
    let (_folder, archive) = archive();
    let export = everything();
    let saved = archive.save_snapshot(&export).unwrap();

    let findings = table(&saved.folder.join("findings.parquet"));
    let on_coupons: usize = export.rows.iter().map(|row| row.findings.len()).sum();
    assert_eq!(findings.height(), on_coupons + 1);
    assert_eq!(cell(&findings, "finding", 0), AnyValue::String("store_not_loaded"));
    assert_eq!(cell(&findings, "store", 0), AnyValue::String("failed-1"));
    assert_eq!(cell(&findings, "row_key", 0), AnyValue::Null);
    assert_eq!(cell(&findings, "why", 1), AnyValue::String("store_not_loaded: why it is so"));

    let stores = table(&saved.folder.join("stores.parquet"));
    let last = stores.height() - 1;
    assert_eq!(cell(&stores, "loaded", last), AnyValue::Boolean(false));
    assert_eq!(cell(&stores, "platform_words", last), AnyValue::String("error_auth"));
    assert_eq!(cell(&stores, "coupons", last), AnyValue::Null);
    assert_eq!(cell(&stores, "unreadable", 0), AnyValue::String("77: no end\n78: no name"));
}

#[test]
fn snapshots_lie_in_folders_by_day_and_export() {
    let (_folder, archive) = archive();
    let saved = archive.save_snapshot(&small("20261122-AM-7K3MPX")).unwrap();
    let expected: PathBuf =
        [archive.root(), "snapshots".as_ref(), "date=2026-11-22".as_ref(), "export=20261122-AM-7K3MPX".as_ref()]
            .into_iter()
            .collect();
    assert_eq!(saved.folder, expected);
    assert_eq!(
        names_in(&saved.folder),
        ["coupons.parquet", "export.json", "findings.parquet", "manifest.json", "stores.parquet"]
    );
    assert_eq!(names_in(expected.parent().unwrap()), ["export=20261122-AM-7K3MPX"]);
}

#[test]
fn a_snapshot_is_never_written_over() {
    let (_folder, archive) = archive();
    let first = small("20261122-AM-7K3MPX");
    let saved = archive.save_snapshot(&first).unwrap();
    // The same id on another day is the same export still.
    let second = Export { rows: Rows::default(), day: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), ..first.clone() };

    let refused = archive.save_snapshot(&second).unwrap_err();

    assert!(matches!(&refused, ArchiveError::SnapshotExists { folder, .. } if *folder == saved.folder));
    assert_eq!(archive.load_snapshot(&first.id).unwrap(), first);
}

#[test]
fn a_snapshot_that_cannot_be_finished_leaves_nothing_behind() {
    let (_folder, archive) = archive();
    let day = archive.root().join("snapshots").join("date=2026-11-22");
    fs::create_dir_all(&day).unwrap();
    // Something else has the name already, so that the last step of the write fails.
    fs::write(day.join("export=20261122-AM-7K3MPX"), "not a folder").unwrap();

    let refused = archive.save_snapshot(&small("20261122-AM-7K3MPX")).unwrap_err();

    assert!(refused.to_string().contains("is there already and is never overwritten"), "{refused}");
    assert_eq!(names_in(&day), ["export=20261122-AM-7K3MPX"]);
}

#[test]
fn an_export_that_the_archive_does_not_know_is_refused_with_the_machine_asked() {
    let (_folder, archive) = archive();
    archive.save_snapshot(&small("20261122-AM-7K3MPX")).unwrap();
    for unknown in ["20261122-PM-ZZZZZZ", "", "..", "20261122-AM-7K3MPX/../20261122-AM-7K3MPX", "C:\\Windows"] {
        let refused = archive.load_snapshot(&ExportId::new(unknown)).unwrap_err();
        assert!(matches!(refused, ArchiveError::UnknownExport { .. }), "{unknown:?}: {refused}");
    }
    let sentence = archive.load_snapshot(&ExportId::new("20261122-PM-ZZZZZZ")).unwrap_err().to_string();
    assert!(sentence.contains("of office-pc does not know export 20261122-PM-ZZZZZZ"), "{sentence}");
}

#[test]
fn a_changed_byte_and_a_lost_file_are_noticed_before_anything_is_used() {
    for name in ["coupons.parquet", "findings.parquet", "stores.parquet", "export.json", "manifest.json"] {
        let (_folder, archive) = archive();
        let export = small("20261122-AM-7K3MPX");
        let path = archive.save_snapshot(&export).unwrap().folder.join(name);

        let whole = fs::read(&path).unwrap();
        let changed = String::from_utf8_lossy(&whole).replacen("office-pc", "other--pc", 1).into_bytes();
        let changed = if name == "manifest.json" { replace_a_digit_of_a_hash(&whole) } else { changed };
        let changed = if name.ends_with("parquet") { flip_the_middle_byte(whole.clone()) } else { changed };
        fs::write(&path, changed).unwrap();
        let refused = archive.load_snapshot(&export.id).unwrap_err();
        assert!(matches!(&refused, ArchiveError::Changed { path: named } if *named == path), "{name}: {refused}");

        fs::remove_file(&path).unwrap();
        let refused = archive.load_snapshot(&export.id).unwrap_err();
        assert!(matches!(&refused, ArchiveError::Missing { path: named } if *named == path), "{name}: {refused}");
    }
}

#[test]
fn a_snapshot_of_a_newer_format_asks_for_an_update() {
    let (_folder, archive) = archive();
    let export = small("20261122-AM-7K3MPX");
    let path = archive.save_snapshot(&export).unwrap().folder.join("manifest.json");
    fs::write(&path, r#"{"schema_version": 7, "chapters": []}"#).unwrap();

    let sentence = archive.load_snapshot(&export.id).unwrap_err().to_string();
    assert!(sentence.contains("(format 7, this one knows 4); update couponbook"), "{sentence}");
}

#[test]
fn exports_are_listed_newest_first_and_the_latest_is_one_of_whole_stores() {
    let (_folder, archive) = archive();
    assert_eq!(archive.known_exports().unwrap(), []);
    assert_eq!(archive.latest().unwrap(), None);
    for (id, day, hour, follows) in [
        ("20261122-AM-AAAAAA", 22, 1, None),
        ("20261121-PM-ZZZZZZ", 21, 9, None),
        ("20261122-PM-BBBBBB", 22, 8, None),
        ("20261122-PM-CCCCCC", 22, 9, Some(ExportId::new("20261122-PM-BBBBBB"))),
    ] {
        let day_of_team = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        archive.save_snapshot(&Export { at: at(day, hour), day: day_of_team, follows, ..small(id) }).unwrap();
    }
    // What a kill left behind is no snapshot.
    fs::create_dir(archive.root().join("snapshots").join("date=2026-11-22").join(".couponbook-abc.tmp")).unwrap();

    let ids: Vec<String> = archive.known_exports().unwrap().iter().map(|known| known.id.to_string()).collect();
    assert_eq!(ids, ["20261122-PM-CCCCCC", "20261122-PM-BBBBBB", "20261122-AM-AAAAAA", "20261121-PM-ZZZZZZ"]);
    assert_eq!(archive.latest().unwrap(), Some(ExportId::new("20261122-PM-BBBBBB")));
    assert!(archive.known_exports().unwrap().iter().all(|known| known.machine == "office-pc"));
}

#[test]
fn the_sha256_is_the_one_that_sha256sum_gives_of_its_own_output() {
    let (_folder, archive) = archive();
    let saved = archive.save_snapshot(&small("20261122-AM-7K3MPX")).unwrap();
    let manifest = manifest(&saved.folder);
    let lines: Vec<String> = ["coupons.parquet", "export.json", "findings.parquet", "stores.parquet"]
        .into_iter()
        .map(|name| format!("{}  {name}\n", sha256(&fs::read(saved.folder.join(name)).unwrap())))
        .collect();
    assert_eq!(manifest.listing(), lines.concat());
    assert_eq!(saved.sha256, sha256(lines.concat().as_bytes()));
}

#[test]
fn a_bundle_grows_and_never_overwrites() {
    let (folder, archive) = archive();
    let outside = folder.path().join("handed back.xlsx");
    fs::write(&outside, "decisions").unwrap();
    let bundle = archive.bundle(BundleKind::Run, "R20261122-081500-7K3MPX").unwrap();
    let inside = archive.root().join("runs").join("R20261122-081500-7K3MPX");
    assert!(inside.is_dir());

    assert_eq!(bundle.keep("plan.json", b"one").unwrap(), "plan.json");
    assert_eq!(bundle.keep("plan.json", b"one").unwrap(), "plan.json");
    assert_eq!(bundle.keep("plan.json", b"two").unwrap(), "plan-2.json");
    assert_eq!(bundle.keep_file("优惠券 (1).xlsx", &outside).unwrap(), "优惠券 (1).xlsx");
    let first = bundle.seal().unwrap();

    // The run was interrupted and goes on.
    let bundle = archive.bundle(BundleKind::Run, "R20261122-081500-7K3MPX").unwrap();
    assert_eq!(bundle.keep("plan.json", b"two").unwrap(), "plan-2.json");
    assert_eq!(bundle.seal().unwrap(), first);
    assert_eq!(bundle.keep("results.xlsx", b"results").unwrap(), "results.xlsx");
    assert_ne!(bundle.seal().unwrap(), first);

    let manifest = manifest(&inside);
    let files: Vec<(&str, u64)> = manifest.files.iter().map(|(name, mark)| (name.as_str(), mark.bytes)).collect();
    assert_eq!(files, [("plan-2.json", 3), ("plan.json", 3), ("results.xlsx", 7), ("优惠券 (1).xlsx", 9)]);
    assert_eq!(manifest.files["results.xlsx"].sha256, sha256(b"results"));
}

#[test]
fn a_seal_never_makes_a_changed_file_good() {
    let (_folder, archive) = archive();
    let bundle = archive.bundle(BundleKind::Export, "20261122-AM-7K3MPX").unwrap();
    bundle.keep("workbook.xlsx", b"as written").unwrap();
    bundle.seal().unwrap();
    let path = archive.root().join("exports").join("20261122-AM-7K3MPX").join("workbook.xlsx");

    fs::write(&path, "as somebody liked it").unwrap();
    assert!(matches!(bundle.seal(), Err(ArchiveError::Changed { .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(bundle.seal(), Err(ArchiveError::Missing { .. })));
}

#[test]
fn a_name_in_a_bundle_stays_inside_it() {
    let (_folder, archive) = archive();
    let bundle = archive.bundle(BundleKind::Export, "20261122-AM-7K3MPX").unwrap();
    for name in ["", ".", "..", "../plan.json", "a/b", "a\\b", "/etc/x", "C:x", "manifest.json", "Manifest.JSON", "a/"]
    {
        assert!(matches!(bundle.keep(name, b"x"), Err(ArchiveError::BadName { .. })), "{name:?}");
    }
    assert!(names_in(&archive.root().join("exports").join("20261122-AM-7K3MPX")).is_empty());
    for id in ["", "..", "a/b"] {
        assert!(matches!(archive.bundle(BundleKind::Run, id), Err(ArchiveError::BadName { .. })), "{id:?}");
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn manifest(folder: &Path) -> Manifest {
    serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))
}

fn flip_the_middle_byte(mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}

fn replace_a_digit_of_a_hash(manifest: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(manifest.to_vec()).unwrap();
    let digits = text.find(r#""sha256": ""#).unwrap() + r#""sha256": ""#.len();
    let other = if text[digits..].starts_with('0') { "1" } else { "0" };
    format!("{}{other}{}", &text[..digits], &text[digits + 1..]).into_bytes()
}

#[test]
fn more_coupons_than_are_held_at_once_keep_their_order() {
    let (_folder, archive) = archive();
    let shop = store("shopee-sg-1", platform::SHOPEE);
    let rows = (0..10_003).map(|number: u32| row(&shop, coupon(&shop, &number.to_string()))).collect();
    let export = export("20261122-AM-7K3MPX", vec![], rows);
    archive.save_snapshot(&export).unwrap();
    assert!(archive.load_snapshot(&export.id).unwrap() == export);
}

#[test]
fn a_snapshot_under_another_exports_name_is_noticed() {
    let (_folder, archive) = archive();
    let saved = archive.save_snapshot(&small("20261122-AM-7K3MPX")).unwrap();
    fs::rename(&saved.folder, saved.folder.with_file_name("export=20261122-AM-ZZZZZZ")).unwrap();
    let refused = archive.load_snapshot(&ExportId::new("20261122-AM-ZZZZZZ")).unwrap_err();
    assert!(matches!(refused, ArchiveError::Changed { .. }));
}

#[test]
fn the_stock_of_earlier_exports_is_told_oldest_first_of_the_last_week_and_the_stores_asked_about() {
    let (_folder, archive) = archive();
    let seen = |id: &str, hours_ago: i64, used: u64, follows: Option<&str>| {
        let mut export = small(id);
        export.at = at(22, 9) - chrono::Duration::hours(hours_ago);
        export.follows = follows.map(ExportId::new);
        for row in export.rows.iter_mut() {
            (row.coupon.total, row.coupon.used) = (Some(100), Some(used));
            (row.coupon.claimed, row.coupon.stock_is_claimed) = (None, false);
        }
        // One without a limit has no stock to tell of.
        export.rows[1].coupon.total = None;
        archive.save_snapshot(&export).unwrap();
    };
    seen("20261121-AM-AAAAAA", 24, 30, None);
    seen("20261122-AM-BBBBBB", 4, 50, None);
    seen("20261122-AM-CCCCCC", 3, 55, Some("20261122-AM-BBBBBB"));
    seen("20261101-AM-DDDDDD", 24 * 8, 10, None);
    let store = StoreId::parse("shopee-sg-1").unwrap();
    let stock = archive.stock(&[store.clone()].into(), at(22, 9)).unwrap();
    let points: Vec<(Timestamp, u64)> =
        stock[&(store, CouponId::new("1234567890123456789"))].iter().map(|point| (point.at, point.remaining)).collect();
    assert_eq!(points, [(at(21, 9), 70), (at(22, 5), 50)]);
    assert_eq!(stock.len(), 1, "a coupon without a limit has no points");
    assert_eq!(archive.stock(&[StoreId::parse("another").unwrap()].into(), at(22, 9)).unwrap().len(), 0);
}

#[test]
fn a_snapshot_of_before_messages_opens_and_says_what_it_said() {
    let said = |message: &Message| Language::ENGLISH.render(message);
    let finding: Finding =
        serde_json::from_str(r#"{"code": "low_stock", "severity": "warning", "why": "9 of 300 left."}"#).unwrap();
    assert_eq!(said(&finding.why), "9 of 300 left.");
    let advice: Advice = serde_json::from_str(r#"{"leave": "stopped on purpose by Mei"}"#).unwrap();
    assert!(matches!(&advice, Advice::Leave(why) if said(why) == "stopped on purpose by Mei"));
    let load: Load =
        serde_json::from_str(r#"{"loaded": {"count": 1, "expected": null, "unreadable": ["77: no end"]}}"#).unwrap();
    assert!(matches!(&load, Load::Loaded { unreadable, .. } if said(&unreadable[0]) == "77: no end"));
    let failed = r#"{"failed": {"sentence": "not signed in", "platform_words": null, "request_id": null}}"#;
    let failed: Load = serde_json::from_str(failed).unwrap();
    assert!(matches!(&failed, Load::Failed(problem) if said(&problem.sentence) == "not signed in"));
}

#[test]
fn the_table_of_findings_says_why_in_english_and_keeps_the_message_for_other_languages() {
    let (_folder, archive) = archive();
    let mut export = small("20261122-AM-7K3MPX");
    let why = couponbook::message!("rules-sold-out", total = 300_u64);
    export.rows[0].findings =
        vec![Finding { code: FindingCode::OutOfStock, severity: Severity::Critical, why: why.clone() }];
    let saved = archive.save_snapshot(&export).unwrap();
    let findings = table(&saved.folder.join("findings.parquet"));
    assert_eq!(cell(&findings, "why", 0), AnyValue::String("0 of 300 left: buyers cannot get it."));
    let kept = cell(&findings, "why_message", 0);
    assert_eq!(serde_json::from_str::<Message>(kept.get_str().unwrap()).unwrap(), why);
}
