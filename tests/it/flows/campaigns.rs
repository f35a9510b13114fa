//! The campaign plan through the whole program: what it names is found missing, made, and found there.

use super::books::journal_and_shops_agree;
use super::paper::{Exported, row};
use super::shops::TWO_SHOPS;
use super::tool::{Tool, text};

const HEADER: &str = "campaign,starts,ends,coupons,stores,wanted,model,stock\n";

#[test]
fn a_coupon_that_the_plan_names_is_found_missing_made_from_its_model_and_found_there() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    // A shop whose coupons cannot wait for their start is asked from the first day on.
    let plan = "12.12,2026-12-05,2026-12-13,DD*,shopee-*,DD25,*COPY,300\n\
                Flash,2026-11-20,2026-11-30,FLASH*,woo-*,FLASH10,COPY,\n";
    tool.write("campaigns.csv", &format!("{HEADER}{plan}"));

    let exported = tool.export("before");
    let cell = |header| exported.cell("shopee-sg-1", "LUMICOPY", header).replace('\u{a0}', " ");
    assert!(cell("Findings").contains("Not in store"), "{}", cell("Findings"));
    assert_eq!(cell("Why"), "12.12 needs DD25 from Sat 5 Dec: not in the store.");
    assert_eq!(cell("Suggested"), "recreate as DD25\nto Sun 13 Dec");

    let lines = [row("shopee-sg-1", "LUMICOPY", "accept"), row("woo-de-1", "copy", "accept")];
    let back = exported.hand_back(&tool.path("back.xlsx"), &lines);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 2");
    let made = shops.coupon("shopee-sg-1", "LUMIDD25");
    assert_eq!(made["usage_quantity"], 300, "the plan's stock");
    assert!(shops.coupons("woo-de-1").contains_key("flash10"));

    let after = tool.run(["export", "--json", "--out", text(&tool.path("after.xlsx"))]).exits(0).json();
    assert!(after["findings"].get("campaign_missing").is_none(), "{}", after["findings"]);
    let after = Exported::open(&tool.path("after.xlsx"));
    assert_eq!(after.cell("shopee-sg-1", "LUMIDD25", "Status"), "Scheduled", "it starts with its campaign");
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 2");
    journal_and_shops_agree(&tool, &shops);
}

/// Each in a step of its own: what was made is made once, whatever became of the others.
#[test]
fn all_codes_of_persons_that_the_plan_names_are_made_by_one_accept_and_taken_back_by_one_undo() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let plan = "campaign,starts,ends,coupons,stores,wanted,model,personal\n\
                Persons,2026-11-20,2026-11-30,FLASH*,woo-*,ANNA10|BEN10|CARA10,COPY,yes\n";
    tool.write("campaigns.csv", plan);
    let exported = tool.export("before");
    let suggested = exported.cell("woo-de-1", "copy", "Suggested").replace('\u{a0}', " ");
    assert_eq!(suggested, "recreate as ANNA10, BEN10, CARA10");
    let back = exported.hand_back(&tool.path("back.xlsx"), &[row("woo-de-1", "copy", "accept")]);
    let planned = tool.plan(&back, &[]).exits(0);
    assert_eq!(planned.stdout.matches("active, ends").count(), 1, "what it is now is told once: {}", planned.stdout);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
    let made = || shops.coupons("woo-de-1").keys().filter(|code| code.ends_with("10")).cloned().collect::<Vec<_>>();
    assert_eq!(made(), ["anna10", "ben10", "cara10"]);
    let results = Exported::open(&tool.path("back-results.xlsx"));
    for code in ["anna10", "ben10", "cara10"] {
        assert_eq!(results.cell("woo-de-1", code, "Status"), "Active", "the results show what was made: {code}");
    }
    let again = tool.run(["export", "--json", "--out", text(&tool.path("again.xlsx"))]).exits(0).json();
    assert!(again["findings"].get("campaign_missing").is_none(), "{}", again["findings"]);
    journal_and_shops_agree(&tool, &shops);

    let undo = tool.path("undo.xlsx");
    tool.run(["undo", "last", "--out", text(&undo)]).exits(0);
    assert_eq!(tool.apply(&undo, &["--allow-removals"]).exits(0).totals(), "done: 3");
    for code in ["anna10", "ben10", "cara10"] {
        assert_eq!(shops.coupon("woo-de-1", code)["status"], "trash", "{code}");
    }
}

#[test]
fn a_plan_with_mistakes_stops_neither_export_nor_plan_nor_apply() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let plan = "Flash,2026-11-31,2026-12-30,FLASH*,,,,\n12.12,2026-12-05,2026-12-13,DD*,shopee-*,DD25,NOBODY*,\n";
    tool.write("campaigns.csv", &format!("{HEADER}{plan}"));
    let out = tool.path("out.xlsx");
    let ran = tool.run(["export", "--json", "--out", text(&out)]).exits(0).says(&[
        "left out of the campaign plan",
        "campaigns.csv:2: starts: \"2026-11-31\" is not a date",
        "campaigns.csv:3: model: no coupon fits \"NOBODY*\"",
    ]);
    assert_eq!(ran.json()["campaign_problems"].as_array().unwrap().len(), 2);
    assert_eq!(ran.json()["findings"]["campaign_missing"], 1, "on the store, by hand");
    let back =
        Exported::open(&out).hand_back(&tool.path("back.xlsx"), &[row("woo-de-1", "stock", "restock").stock("9")]);
    tool.plan(&back, &[]).exits(0).says(&["left out of the campaign plan"]);
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");

    tool.write("campaigns.csv", "no plan at all\n");
    tool.run(["export"]).exits(2).says(&["the columns campaign, starts, ends are missing"]);
}

#[test]
fn an_export_of_some_stores_says_only_of_rows_that_are_theirs_that_no_coupon_answers_and_the_weeks_count_them() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    tool.write(
        "campaigns.csv",
        "campaign,starts,ends,coupons,stores\nElsewhere,2026-11-20,2026-11-30,LUMI*,\n\
         Here,2026-11-20,2026-11-30,NONE*,woo-de-1\n",
    );
    let ran = tool.run(["export", "--store", "woo-de-1", "--json"]).exits(0);
    assert!(ran.stderr.contains("Here: no coupon") && !ran.stderr.contains("Elsewhere"), "{}", ran.stderr);
    let export = ran.json();
    assert_eq!(export["findings"]["campaign_matches_nothing"], 1);
    let week = tool.run(["archive", "week", "2026-W47", "--json"]).exits(0).json();
    assert_eq!(week["days"][0]["severities"]["warning"], export["severities"]["warning"]);
}

#[test]
fn a_row_of_the_plan_that_no_coupon_answers_is_a_finding_that_names_it_and_the_likely_slip() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    tool.write(
        "campaigns.csv",
        "campaign,starts,ends,coupons\nRestocked,2026-11-20,2026-11-30,*STOCK*\nDouble 12,2026-11-20,2026-12-12,D12*;DD*\n\
         Next year,2027-05-01,2027-05-02,MAY*\n",
    );
    let ran = tool.run(["export", "--json"]).exits(0);
    assert_eq!(ran.json()["findings"]["campaign_matches_nothing"], 1, "{}", ran.stdout);
    let ran = tool.run(["export", "--fail-on", "warning"]).exits(3);
    ran.says(&["campaigns.csv:3: Double 12: no coupon of any store fits D12*;DD*; patterns are parted by |"]);
}
