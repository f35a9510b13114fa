//! Every store's coupons out as a workbook.

use crate::trouble::{always, once};
use couponbook::sandbox::{Fault, FaultKind, Matching, Nth};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

use super::paper::Exported;
use super::shops::{SMALL_SHOPS, Shops, TWO_SHOPS};
use super::tool::{Tool, clock_from, text};

#[test]
fn an_export_holds_every_sheet_and_every_coupon_of_every_store() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let report = tool.run(["export", "--json"]).exits(0).json();
    let coupons: usize = shops.stores().iter().map(|store| shops.coupons(store.id.as_str()).len()).sum();
    assert_eq!((report["stores"].as_u64(), report["stores_loaded"].as_u64()), (Some(2), Some(2)));
    assert_eq!(report["coupons"].as_u64(), Some(coupons as u64));
    let place = PathBuf::from(report["workbook"].as_str().unwrap());
    assert_eq!(place, tool.path("reports/2026-W47/2026-11-22-pm.xlsx"), "week, day and slot are the team's own");
    let workbook = Exported::open(&place);
    assert_eq!(
        workbook.sheet_names(),
        ["Summary", "Checklist", "Coupons", "By hand", "Coverage", "Stores", "Replies", "Help", "couponbook"]
    );
    assert_eq!(workbook.stores(), ["shopee-sg-1", "woo-de-1"]);
    for store in shops.stores() {
        for code in shops.coupons(store.id.as_str()).keys() {
            workbook.key(store.id.as_str(), code);
        }
    }
}

#[test]
fn what_an_export_leaves_in_the_archive_is_sealed_with_its_sha_256() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let report = tool.run(["export", "--json"]).exits(0).json();
    let snapshot = PathBuf::from(report["snapshot"].as_str().unwrap());
    let bundle = tool.path("archive/exports").join(report["export"].as_str().unwrap());
    for (folder, names) in [
        (&snapshot, ["coupons.parquet", "findings.parquet", "stores.parquet"].as_slice()),
        (&bundle, ["workbook.xlsx", "calls.jsonl"].as_slice()),
    ] {
        let manifest: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
        let told = manifest.to_string();
        for name in names {
            let sha256 = sha256(&folder.join(name));
            assert!(told.contains(name) && told.contains(&sha256), "{name} is not sealed in {told}");
        }
    }
    let workbook = Path::new(report["workbook"].as_str().unwrap());
    assert_eq!(std::fs::read(workbook).unwrap(), std::fs::read(bundle.join("workbook.xlsx")).unwrap());
    assert!(
        std::fs::read_dir(tool.path("state/calls")).unwrap().next().is_none(),
        "its call log moved into the archive"
    );
}

fn sha256(path: &Path) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(std::fs::read(path).unwrap()))
}

#[test]
fn a_second_export_in_the_same_slot_stands_beside_the_first() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let first = tool.run(["export", "--json"]).exits(0).json();
    let before = std::fs::read(first["workbook"].as_str().unwrap()).unwrap();
    let second = tool.run(["export", "--json"]).exits(0).json();
    assert_eq!(Path::new(second["workbook"].as_str().unwrap()), tool.path("reports/2026-W47/2026-11-22-pm-2.xlsx"));
    assert_eq!(std::fs::read(first["workbook"].as_str().unwrap()).unwrap(), before, "the first was left as it was");
    assert_ne!(first["export"], second["export"]);
}

#[test]
fn a_store_that_fails_is_a_finding_and_stops_nobody() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let everything = Matching { store: Some("woo-de-1".to_string()), ..Matching::default() };
    shops.trouble(always(everything, FaultKind::Status { code: 503, retry_after_seconds: None, carried_out: false }));
    let out = tool.path("out.xlsx");
    let ran = tool.run(["export", "--json", "--out", text(&out)]).exits(0);
    let report = ran.json();
    assert_eq!(report["stores_not_loaded"], serde_json::json!(["woo-de-1"]));
    assert_eq!(report["findings"]["store_not_loaded"], 1);
    assert_eq!(Exported::open(&out).stores(), ["shopee-sg-1"]);
    assert_eq!(report["severities"]["warning"], serde_json::Value::Null, "nobody knows what the other store has");
    let ran = tool.run(["export", "--out", text(&tool.path("again.xlsx"))]).exits(0);
    let words = ran.stdout;
    assert!(words.contains("1 of 2 stores loaded") && words.contains("▲ ? warning"), "{words}");
    let ran = tool.run(["export", "-q", "--out", text(&tool.path("quiet.xlsx"))]).exits(0);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("woo-de-1 did not load"), "{}", ran.stderr);
    assert!(ran.stderr.contains("503"), "the platform's own answer is told: {}", ran.stderr);
}

#[test]
fn an_export_that_saw_nothing_is_no_success_and_its_workbook_says_that_nothing_is_known() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let down = FaultKind::Status { code: 503, retry_after_seconds: None, carried_out: false };
    shops.trouble(always(Matching::default(), down));
    let out = tool.path("out.xlsx");
    let ran =
        tool.run(["export", "--out", text(&out)]).exits(1).says(&["no store loaded", "● shopee-sg-1", "● woo-de-1"]);
    assert!(!ran.stdout.contains("Action column") && ran.stdout.contains("– ? OK"), "{}", ran.stdout);
    let sheets = Exported::open(&out).sheets;
    let texts = |name: &str| {
        let (_, sheet) = sheets.iter().find(|(it, _)| it == name).unwrap();
        sheet.used_cells().map(|(.., cell)| cell.to_string()).collect::<Vec<_>>()
    };
    let (checklist, summary) = (texts("Checklist"), texts("Summary"));
    // Work by hand and actions are known: there are none. The rest nobody saw.
    let count = |result: &str| checklist.iter().filter(|text| text.as_str() == result).count();
    assert_eq!((count("✓ Pass"), count("? Not known"), count("● Attention: 2")), (2, 6, 1), "{checklist:?}");
    assert!(summary.iter().filter(|text| *text == "?").count() >= 4, "{summary:?}");
}

#[test]
fn a_store_whose_list_cannot_be_read_to_its_end_is_not_shown_as_clean() {
    let broken = "[[coupons]]\nstores = [\"woo-*\"]\ncode = \"ODD\"\ndiscount = { sum = \"5\" }\nraw = { date_expires_gmt = \"soon\" }\n";
    let (tool, _shops) = Tool::with_shops(&format!("{SMALL_SHOPS}\n{broken}"));
    let ran = tool.run(["export"]).exits(0);
    let told = &ran.stderr;
    assert!(told.contains("woo-de-1: 1 coupons could not be read") && told.contains("soon"), "{told}");
    assert_eq!(tool.run(["export", "--json"]).json()["findings"]["list_incomplete"], 1);
}

#[test]
fn an_export_with_findings_that_bad_ends_with_exit_code_3() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    tool.run(["export", "--fail-on", "notice"]).exits(3).says(&["--fail-on notice"]);
    shops.refuse_sign_in("shopee-sg-1");
    tool.run(["export", "--fail-on", "critical"]).exits(3).says(&["error: 2 critical (--fail-on critical)"]);
    assert!(tool.path("reports/2026-W47/2026-11-22-pm-2.xlsx").exists(), "the workbook is written all the same");
}

#[test]
fn a_json_export_prints_one_document_and_a_quiet_one_prints_nothing() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    tool.run(["export", "--json"]).exits(0).json();
    let quiet = tool.run(["export", "--quiet"]).exits(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[test]
fn passing_trouble_at_every_call_of_a_load_costs_a_retry_and_no_coupon() {
    for kind in [
        FaultKind::LoseAnswer,
        FaultKind::LoseRequest,
        FaultKind::Truncate,
        FaultKind::Status { code: 502, retry_after_seconds: None, carried_out: false },
        FaultKind::Throttle { retry_after_seconds: Some(0) },
    ] {
        let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
        for nth in 1..=4 {
            shops.trouble(Fault { nth: Nth::Number(nth * 3), ..once(Matching::default(), kind.clone()) });
        }
        let report = tool.run(["export", "--json"]).exits(0).json();
        assert_eq!((report["stores_loaded"].as_u64(), report["coupons"].as_u64()), (Some(2), Some(8)), "{kind:?}");
    }
}

#[test]
fn week_day_and_slot_are_those_of_the_teams_zone_and_not_of_utc() {
    // In Singapore it is Monday, 23 November, five past midnight.
    let mut tool = Tool::by(clock_from("2026-11-22T16:05:00Z"));
    let shops = Shops::of(SMALL_SHOPS, &tool.path("shops"), &tool.clock);
    tool.against(&shops, "");
    let report = tool.run(["export", "--json"]).exits(0).json();
    assert_eq!(Path::new(report["workbook"].as_str().unwrap()), tool.path("reports/2026-W48/2026-11-23-am.xlsx"));
}
