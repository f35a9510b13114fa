//! Every finding out of mock shops, its suggestion carried out, and gone from the next export.

use std::collections::{BTreeMap, BTreeSet};

use couponbook::domain::{Advice, Export, ExportId, FindingCode, Row};
use serde_json::json;

use super::paper::{Exported, row};
use super::shops::Shops;
use super::tool::Tool;

const EVERY_FINDING: &str = include_str!("../data/flows/every_finding.toml");
const WOO: &str = "woo-de-1";
const USUAL: &str = "[[rules.usual_spend]]\ncurrency = \"EUR\"\nleast = 20\nmost = 150\n";

/// Each coupon with its finding; what is accepted is really done.
const ACCEPTED: [(&str, FindingCode); 11] = [
    ("SOLD", FindingCode::OutOfStock),
    ("LOW", FindingCode::LowStock),
    ("FAST", FindingCode::RunsOutEarly),
    ("GIFT", FindingCode::GivesMoneyAway),
    ("UNCAP", FindingCode::Uncapped),
    ("LITTLE", FindingCode::ThresholdLow),
    ("MUCH", FindingCode::ThresholdHigh),
    ("TODAY", FindingCode::ExpiresToday),
    ("SOON", FindingCode::ExpiringSoon),
    ("BFGAP", FindingCode::CampaignGap),
    ("PAST", FindingCode::Expired),
];

pub fn shops() -> (Tool, Shops) {
    let mut tool = Tool::in_empty_folder();
    let shops = Shops::of(EVERY_FINDING, &tool.path("shops"), &tool.clock);
    tool.against(&shops, USUAL);
    tool.write(
        "campaigns.csv",
        "campaign,starts,ends,coupons,stores\nBlack Friday,2026-11-20,2026-11-30,*BF*,\n\
         Clearance,2026-11-20,2026-11-30,*CLEAR*,shopee-sg-1\n",
    );
    (tool, shops)
}

/// The snapshot behind a workbook.
fn snapshot(tool: &Tool, workbook: &Exported) -> Export {
    let archive = crate::archive::archive_at(tool.path("archive"), "this machine");
    archive.load_snapshot(&ExportId::new(workbook.id())).unwrap()
}

fn found<'e>(export: &'e Export, code: &str) -> Option<&'e Row> {
    export.rows.iter().find(|row| row.coupon.label().eq_ignore_ascii_case(code))
}

fn codes(row: &Row) -> BTreeSet<FindingCode> {
    row.findings.iter().map(|finding| finding.code).collect()
}

/// Three exports within half a day, between which buyers came.
fn after_a_morning(tool: &Tool, shops: &Shops) -> Exported {
    tool.export("morning");
    tool.wait_hours(6);
    shops.edit(WOO, "fast", json!({ "usage_count": 160 }));
    tool.export("noon");
    tool.wait_hours(2);
    for (code, used) in [("sold", 600), ("low", 594), ("fast", 180), ("drop", 500)] {
        shops.edit(WOO, code, json!({ "usage_count": used }));
    }
    tool.export("afternoon")
}

#[test]
fn each_suggestion_that_is_accepted_is_carried_out_and_its_finding_gone_from_the_next_export() {
    let (tool, shops) = shops();
    let exported = after_a_morning(&tool, &shops);
    let before = snapshot(&tool, &exported);
    for (code, finding) in ACCEPTED {
        let row = found(&before, code).unwrap();
        assert!(codes(row).contains(&finding), "{code} is not {finding}: {:?}", row.findings);
        assert!(row.suggestion.advice.action().is_some(), "{code}: {:?}", row.suggestion);
    }
    let lines: Vec<_> = ACCEPTED
        .iter()
        .map(|(code, _)| row(WOO, code, "accept"))
        .chain([row(WOO, "HELD", "accept"), row(WOO, "TWIN2", "end")])
        .collect();
    let back = exported.hand_back(&tool.path("back.xlsx"), &lines);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 13");
    let after = snapshot(&tool, &tool.export("after"));
    for (code, finding) in ACCEPTED.into_iter().chain([("HELD", FindingCode::Paused)]) {
        let left = found(&after, code).map(codes).unwrap_or_default();
        assert!(!left.contains(&finding), "{code} is still {finding}");
    }
    let ended = found(&after, "TWIN2").unwrap();
    assert!(matches!(ended.suggestion.advice, Advice::Leave(_)), "nobody reverses it: {:?}", ended.suggestion);
}

#[test]
fn every_finding_comes_out_of_shops_that_have_it() {
    let (tool, shops) = shops();
    let export = snapshot(&tool, &after_a_morning(&tool, &shops));
    let on_stores = export.stores.iter().flat_map(|load| &load.findings);
    let all: BTreeSet<FindingCode> = on_stores
        .chain(export.rows.iter().flat_map(|row| &row.findings))
        .chain(&export.findings)
        .map(|finding| finding.code)
        .collect();
    // The plan names no coupons that a store must have, no sign-in ends and no clock is off here, these platforms know when a coupon works, buyers claim none
    // here and type a code each, and the config is that of these shops.
    let elsewhere = [
        FindingCode::CampaignMissing,
        FindingCode::TokenExpiring,
        FindingCode::StoreDiffers,
        FindingCode::StatusUnknown,
        FindingCode::ClaimOver,
        FindingCode::WrongShop,
        FindingCode::Duplicate,
    ];
    let missing: Vec<_> =
        FindingCode::ALL.iter().copied().filter(|code| !all.contains(code) && !elsewhere.contains(code)).collect();
    assert_eq!(missing, []);
    let stores: BTreeMap<&str, Vec<FindingCode>> = export
        .stores
        .iter()
        .map(|load| (load.store.id.as_str(), load.findings.iter().map(|finding| finding.code).collect()))
        .collect();
    assert_eq!(stores["shopee-my-1"], [FindingCode::StoreRestricted]);
    assert_eq!(stores["shopee-th-1"], [FindingCode::StoreNotLoaded]);
    assert_eq!(stores[WOO], [FindingCode::ListIncomplete]);
}

#[test]
fn a_finding_that_is_kept_is_no_exception_until_it_changes_or_its_day_comes() {
    let (tool, shops) = shops();
    let lines =
        [row(WOO, "MUCH", "keep").note("for resellers"), row(WOO, "LITTLE", "keep").note("a test").end("2026-11-22")];
    let back = tool.hand_back(&lines);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 2");
    let results = snapshot(&tool, &Exported::open(&tool.path("back-results.xlsx")));
    let next = snapshot(&tool, &tool.export("next"));
    for export in [&results, &next] {
        let kept = found(export, "MUCH").unwrap();
        assert!(!codes(kept).contains(&FindingCode::ThresholdHigh), "{:?}", kept.findings);
        assert!(!codes(found(export, "LITTLE").unwrap()).contains(&FindingCode::ThresholdLow));
    }
    tool.wait_hours(24);
    shops.edit(WOO, "much", json!({ "minimum_amount": "500.00" }));
    let later = snapshot(&tool, &tool.export("later"));
    assert!(codes(found(&later, "MUCH").unwrap()).contains(&FindingCode::ThresholdHigh), "another min spend");
    assert!(codes(found(&later, "LITTLE").unwrap()).contains(&FindingCode::ThresholdLow), "its day has come");
}
