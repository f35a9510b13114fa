//! How fast and in how much memory a year of exports is counted: `cargo bench --bench history`, by hand. It prints a table.
//!
//! The archive is made once under `target/` and kept: two exports a day of 500 stores with 40 coupons each for a year, 14.6 million
//! rows. Sizes as arguments make another: `cargo bench --bench history -- 50 20 4` is 50 stores, 20 coupons, 4 weeks. The
//! question is asked in a process of its own, so that its peak of memory is. `benches/compare_history.py` asks others the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "run by hand")]

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use chrono::{Days, NaiveDate};
use couponbook::archive::history::{Asked, History};
use couponbook::archive::{Archive, BundleKind, Location, Opening};
use couponbook::domain::{
    Access, Currency, Export, ExportId, FindingCode, IsoWeek, Load, Platform, Rows, ShopId, Slot, Store, StoreId,
    StoreLoad,
};
use couponbook::platforms::PLATFORMS;
use polars::prelude::*;
use sha2::{Digest, Sha256};

type Failed = Box<dyn Error>;

const ASK: &str = "ask";
const LAST_SUNDAY: (i32, u32, u32) = (2026, 11, 22);

#[derive(Debug, Clone, Copy)]
struct Size {
    stores: usize,
    coupons: usize,
    weeks: u64,
}

fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [ask, root, weeks] = words.as_slice()
        && ask == ASK
    {
        return answer(Path::new(root), weeks.parse()?);
    }
    let numbers = words.iter().map(|word| word.parse()).collect::<Result<Vec<usize>, _>>()?;
    let size = match numbers.as_slice() {
        [stores, coupons, weeks] => Size { stores: *stores, coupons: *coupons, weeks: *weeks as u64 },
        _ => Size { stores: 500, coupons: 40, weeks: 52 },
    };
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join(format!("target/history-{}-{}-{}", size.stores, size.coupons, size.weeks));
    if !root.join("complete").exists() {
        let _ = std::fs::remove_dir_all(&root);
        let began = Instant::now();
        make(&root, size)?;
        File::create(root.join("complete"))?;
        println!("made {} in {:.0} s", root.display(), began.elapsed().as_secs_f64());
    }
    let status = Command::new(std::env::current_exe()?)
        .args([ASK, &root.to_string_lossy(), &size.weeks.to_string()])
        .status()?;
    if status.success() { Ok(()) } else { Err("the question failed".into()) }
}

fn last_sunday() -> NaiveDate {
    let (year, month, day) = LAST_SUNDAY;
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

fn archive(root: &Path) -> Archive {
    let opening = Opening {
        machine: "bench".to_string(),
        zone: chrono_tz::UTC,
        state: root.join("state"),
        clock: std::sync::Arc::new(chrono::Utc::now),
    };
    Archive::open(&Location::Folder(root.to_path_buf()), opening)
}

/// What `history --weeks N` asks.
fn answer(root: &Path, weeks: u64) -> Result<(), Failed> {
    let began = Instant::now();
    let last = IsoWeek::of(last_sunday());
    let from = last.back(weeks.saturating_sub(1)).monday();
    let reads = |file: &str, _| matches!(file, "stores.parquet" | "findings.parquet" | "coupons.parquet");
    let history = History::open_proved(&archive(root), Some(from), reads)?;
    let listed = began.elapsed();
    let asked: Vec<IsoWeek> = (0..weeks).rev().map(|back| last.back(back)).collect();
    if let Some(flaw) = history.flaws().first() {
        return Err(format!("{}: {}", flaw.path, flaw.what).into());
    }
    let counts = history.weeks(&asked, &Asked::default())?;
    let took = began.elapsed();
    let exports: u64 = counts.iter().map(|week| week.exports).sum();
    let findings: f64 =
        counts.iter().flat_map(|week| week.findings.values().map(|it| it.average * week.exports as f64)).sum();
    println!("| exports | findings | listed and compared | answered | peak memory |");
    println!("|---|---|---|---|---|");
    println!(
        "| {exports} | {findings:.0} | {:.2} s | {:.2} s | {} |",
        listed.as_secs_f64(),
        took.as_secs_f64(),
        peak()
    );
    Ok(())
}

/// Of this process, where the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("not told".to_string(), |line| line.trim().to_string())
}

/// Each snapshot is made empty by the archive itself, then its two big tables are put in its place: a million records of JSON
/// would take longer than the question is worth, and no history reads them.
fn make(root: &Path, size: Size) -> Result<(), Failed> {
    let archive = archive(root);
    let stores = stores(size.stores)?;
    let last = last_sunday();
    for back in (0..size.weeks * 7).rev() {
        let day = last.checked_sub_days(Days::new(back)).ok_or("a day before all days")?;
        for (slot, hour) in [(Slot::Am, 1), (Slot::Pm, 9)] {
            let number = back * 2 + u64::from(slot == Slot::Am);
            let id = format!("{}-{}-{number:06}", day.format("%Y%m%d"), slot.word().to_uppercase());
            let at = day.and_hms_opt(hour, 0, 0).ok_or("an hour after all hours")?.and_utc();
            let export = Export {
                id: ExportId::new(id),
                follows: None,
                at,
                finished: at,
                day,
                slot,
                zone: chrono_tz::Asia::Singapore,
                stores: stores.clone(),
                findings: Vec::new(),
                parts: Vec::new(),
                rows: Rows::default(),
            };
            let folder = archive.save_snapshot(&export)?.folder;
            let (mut coupons, mut findings) = tables(&stores, size, number)?;
            put(&mut coupons, &folder.join("coupons.parquet"))?;
            put(&mut findings, &folder.join("findings.parquet"))?;
            write_manifest(&folder)?;
        }
    }
    // The chain begins anew, with the tables as they are now.
    std::fs::remove_dir_all(root.join("chain"))?;
    std::fs::remove_dir_all(root.join("state"))?;
    let bundle = self::archive(root).bundle(BundleKind::Export, "20261122-PM-BENCH")?;
    bundle.keep("calls.jsonl", b"")?;
    bundle.seal()?;
    Ok(())
}

/// With the marks of the files as they are.
fn write_manifest(folder: &Path) -> Result<(), Failed> {
    let path = folder.join("manifest.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(&path)?)?;
    let sha256 = |bytes: &[u8]| data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
    let mut listing = String::new();
    for (name, mark) in manifest["files"].as_object_mut().ok_or("no files")? {
        let bytes = std::fs::read(folder.join(name))?;
        *mark = serde_json::json!({ "sha256": sha256(&bytes), "bytes": bytes.len() });
        listing += &format!("{}  {name}\n", sha256(&bytes));
    }
    manifest["sha256"] = sha256(listing.as_bytes()).into();
    Ok(std::fs::write(&path, manifest.to_string())?)
}

fn stores(count: usize) -> Result<Vec<StoreLoad>, Failed> {
    let currencies = ["SGD", "MYR", "THB", "IDR", "PHP", "VND", "EUR", "USD"];
    let platforms: Vec<Platform> = PLATFORMS.entries().map(|entry| entry.abilities.platform).collect();
    let load = |number: usize| {
        let store = Store {
            id: StoreId::parse(&format!("store-{number}"))?,
            platform: platforms[number % platforms.len()],
            shop: ShopId::new(number.to_string()),
            currency: Currency::parse(currencies[number % currencies.len()])?,
            zone: chrono_tz::Asia::Singapore,
            access: Access::ReadWrite,
            owner: None,
        };
        let load = Load::Loaded { count: 40, expected: Some(40), unreadable: Vec::new() };
        Ok(StoreLoad {
            store,
            load,
            findings: Vec::new(),
            calls: 2,
            retries: 0,
            seconds: 1.0,
            token_ends: None,
            source: None,
        })
    };
    (0..count).map(load).collect()
}

/// One coupon in six has a finding, another one each export. The columns are a part of the archive's own, of its kinds.
fn tables(stores: &[StoreLoad], size: Size, export: u64) -> PolarsResult<(DataFrame, DataFrame)> {
    let rows = size.stores * size.coupons;
    let store = |row: usize| &stores[row / size.coupons].store;
    let found = |row: usize| {
        let dice = (row as u64).wrapping_mul(2_654_435_761).wrapping_add(export.wrapping_mul(40_503)) >> 7;
        dice.is_multiple_of(6).then(|| FindingCode::ALL[dice as usize / 6 % FindingCode::ALL.len()])
    };
    let severity = |row: usize| found(row).map(|code| ["critical", "warning", "notice"][code as usize % 3]);
    let text = |name: &str, cell: &dyn Fn(usize) -> Option<String>| {
        (0..rows).map(cell).collect::<StringChunked>().with_name(name.into()).into_column()
    };
    let count = |name: &str, cell: &dyn Fn(usize) -> Option<u64>| {
        (0..rows).map(cell).collect::<UInt64Chunked>().with_name(name.into()).into_column()
    };
    let money: Int128Chunked = (0..rows)
        .map(|row| (row % 50 != 0).then(|| 1_000_000 * ((row as i128 * 37 + i128::from(export)) % 5_000)))
        .collect();
    let key = |row: usize| Some(format!("K{row:010}"));
    let id = |row: usize| Some(format!("{}", 1_000_000_000_000_000_000_u64 + row as u64));
    let code = |row: usize| Some(format!("CODE{row}"));
    let coupons = DataFrame::new(
        rows,
        vec![
            text("row_key", &key),
            text("store", &|row| Some(store(row).id.to_string())),
            text("platform", &|row| Some(store(row).platform.word().to_string())),
            text("coupon_id", &id),
            text("code", &code),
            text("name", &|row| Some(format!("Coupon number {row}"))),
            text("status", &|_| Some("active".to_string())),
            count("total", &|_| Some(1000)),
            count("used", &|row| Some((row as u64 + export) % 1000)),
            count("remaining", &|row| Some(1000 - (row as u64 + export) % 1000)),
            text("severity", &|row| severity(row).map(str::to_string)),
            text("finding_codes", &|row| Some(found(row).map_or("", FindingCode::code).to_string())),
            text("risk_kind", &|row| Some(if row % 50 == 0 { "no_limit" } else { "known" }.to_string())),
            money.with_name("money_at_risk".into()).into_decimal_unchecked(38, 6).into_column(),
            text("money_at_risk_currency", &|row| (row % 50 != 0).then(|| store(row).currency.to_string())),
            text("record", &|row| Some(format!("{{\"key\":\"K{row:010}\",\"other\":\"{}\"}}", "x".repeat(60)))),
        ],
    )?;
    let with: Vec<usize> = (0..rows).filter(|row| found(*row).is_some()).collect();
    let text = |name: &str, cell: &dyn Fn(usize) -> Option<String>| {
        with.iter().map(|row| cell(*row)).collect::<StringChunked>().with_name(name.into()).into_column()
    };
    let findings = DataFrame::new(
        with.len(),
        vec![
            text("store", &|row| Some(store(row).id.to_string())),
            text("row_key", &key),
            text("coupon_id", &id),
            text("coupon_code", &code),
            text("finding", &|row| found(row).map(|code| code.code().to_string())),
            text("severity", &|row| severity(row).map(str::to_string)),
            text("why", &|row| Some(format!("Something is the matter with coupon {row}."))),
        ],
    )?;
    Ok((coupons, findings))
}

fn put(table: &mut DataFrame, path: &Path) -> Result<(), Failed> {
    ParquetWriter::new(File::create(path)?)
        .with_compression(ParquetCompression::Zstd(None))
        .with_row_group_size(Some(10_000))
        .finish(table)?;
    Ok(())
}
