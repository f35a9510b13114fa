//! Other engines read the archive without us, and give the same numbers.
//!
//! Needs Python with `duckdb` (and `pyspark` with Java): the interpreter of COUPONBOOK_PYTHON, else `python3`. Where a package is
//! missing, the test says so and passes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use couponbook::archive::{Archive, Kind};
use polars::prelude::{AnyValue, DataFrame, ParquetReader, SerReader};
use serde_json::{Value, json};

use super::paper::row;
use super::shops::TWO_SHOPS;
use super::tool::{Tool, text};

const WOO: &str = "woo-de-1";

#[test]
fn duckdb_reads_the_same_numbers_without_us() {
    agrees("duckdb", "duckdb");
}

#[test]
fn spark_reads_the_same_numbers_without_us() {
    agrees("spark", "pyspark");
}

fn agrees(engine: &str, package: &str) {
    let python = std::env::var("COUPONBOOK_PYTHON").unwrap_or_else(|_| "python3".to_string());
    let has = Command::new(&python).args(["-c", &format!("import {package}")]).output();
    if !has.is_ok_and(|ran| ran.status.success()) {
        // On the test's own stderr, past its capture: skipped, and aloud.
        use std::io::Write;
        let _ = writeln!(std::io::stderr().lock(), "SKIPPED: {python} has no {package}; pip install {package}");
        return;
    }
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let lines = [
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "del", "delete"),
        row(WOO, "renew", "keep").note("agreed"),
    ];
    let back = tool.hand_back(&lines);
    tool.apply(&back, &[]).exits(0);
    // Over the new year: the first days of January belong to the last week of the year before.
    tool.wait_hours(24 * 41);
    tool.export("january");

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/read_archive.py");
    let archive = tool.path("archive");
    let ran =
        Command::new(&python).args([text(&script), text(&archive), "--engine", engine, "--json"]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let theirs: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(theirs, ours(&crate::archive::archive_at(&archive, "here")));
    assert!(theirs["findings_by_week"]["2026-W53"].is_object(), "{theirs}");
}

/// The same numbers by polars, table by table.
fn ours(archive: &Archive) -> Value {
    let (mut exports, mut rounds, mut coupons) = (0, 0, 0);
    for (stores, of) in tables(archive, Kind::Snapshot, "stores.parquet").into_iter().zip(tables(
        archive,
        Kind::Snapshot,
        "coupons.parquet",
    )) {
        let is_round = stores.column("results_of").unwrap().null_count() == 0;
        rounds += u64::from(is_round);
        exports += u64::from(!is_round);
        coupons += if is_round { 0 } else { of.height() };
    }
    let mut findings: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let paths = archive.tables(Kind::Snapshot, "findings.parquet", None).unwrap();
    for (path, table) in paths.iter().zip(tables(archive, Kind::Snapshot, "findings.parquet")) {
        let day = path.iter().find_map(|part| part.to_str()?.strip_prefix("date=")).unwrap();
        let week = couponbook::domain::IsoWeek::of(day.parse().unwrap()).to_string();
        if table.column("results_of").unwrap().null_count() == table.height() {
            for code in texts(&table, "finding") {
                *findings.entry(week.clone()).or_default().entry(code).or_default() += 1;
            }
        }
    }
    let mut changes: BTreeMap<String, u64> = BTreeMap::new();
    for table in tables(archive, Kind::Changes, "changes.parquet") {
        for outcome in texts(&table, "outcome") {
            *changes.entry(outcome).or_default() += 1;
        }
    }
    json!({
        "exports": exports,
        "rounds_of_results": rounds,
        "coupons": coupons,
        "findings_by_week": findings,
        "changes_by_outcome": changes,
        "sign_offs": tables(archive, Kind::SignOffs, "sign_offs.parquet").iter().map(DataFrame::height).sum::<usize>(),
    })
}

fn tables(archive: &Archive, kind: Kind, name: &str) -> Vec<DataFrame> {
    let read = |path: &std::path::PathBuf| ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
    archive.tables(kind, name, None).unwrap().iter().map(read).collect()
}

fn texts(table: &DataFrame, column: &str) -> Vec<String> {
    let cells = table.column(column).unwrap();
    (0..table.height())
        .map(|row| match cells.get(row).unwrap() {
            AnyValue::String(text) => text.to_string(),
            other => panic!("{other} is no text"),
        })
        .collect()
}
