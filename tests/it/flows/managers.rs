//! Several managers, several languages: a workbook for each, filled in beforehand, and one that comes back with slips.

use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use couponbook::workbook::read::read;

use super::paper::{Exported, row};
use super::shops::{SMALL_SHOPS, Shops, TWO_SHOPS};
use super::tool::{Tool, text};

const WOO: &str = "woo-de-1";

fn workbooks(report: &serde_json::Value) -> Vec<PathBuf> {
    report["workbooks"].as_array().unwrap().iter().map(|path| PathBuf::from(path.as_str().unwrap())).collect()
}

fn two_shops_split() -> (Tool, Shops, Vec<PathBuf>) {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let report = tool.run(["export", "--json", "--split-by", "store"]).exits(0).json();
    let places = workbooks(&report);
    (tool, shops, places)
}

#[test]
fn each_manager_gets_a_workbook_of_their_own_stores_and_nothing_of_others() {
    let (tool, _shops, places) = two_shops_split();
    let folder = tool.path("reports/2026-W47/2026-11-22-pm");
    let expected = ["shopee-sg-1", WOO].map(|store| folder.join(format!("2026-11-22-pm-{store}.xlsx")));
    assert_eq!(places, expected);
    for (place, store, other) in [(&places[0], "shopee-sg-1", WOO), (&places[1], WOO, "shopee-sg-1")] {
        let book = Exported::open(place);
        assert_eq!(book.stores(), [store]);
        let cells = book.sheets.iter().flat_map(|(_, range)| range.rows()).flatten();
        assert!(!cells.map(ToString::to_string).any(|text| text.contains(other)), "{store} sees {other}");
    }
}

#[test]
fn a_workbook_of_several_is_planned_and_applied_on_its_own_and_its_results_stay_its_own() {
    let (tool, shops, places) = two_shops_split();
    let back =
        Exported::open(&places[1]).hand_back(&tool.path("back.xlsx"), &[row(WOO, "stock", "restock").stock("200")]);
    let ran = tool.apply(&back, &[]).exits(0);
    assert_eq!(ran.totals(), "done: 1");
    assert_eq!(shops.writes().len(), 1);
    let results = Exported::open(Path::new(ran.json()["results"].as_str().unwrap()));
    assert_eq!(results.stores(), [WOO]);
    // The next round of the same manager, and the first of the other.
    let again = results.hand_back(&tool.path("again.xlsx"), &[row(WOO, "stock", "restock").stock("10")]);
    assert_eq!(tool.apply(&again, &[]).exits(0).totals(), "done: 1");
    let other =
        Exported::open(&places[0]).hand_back(&tool.path("other.xlsx"), &[row("shopee-sg-1", "LUMISTOCK", "end")]);
    assert_eq!(tool.apply(&other, &[]).exits(0).totals(), "done: 1");
}

#[test]
fn accept_is_filled_in_where_the_platform_can_do_what_is_suggested_and_nowhere_else() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    for language in ["en", "zh-CN"] {
        let out = tool.path(&format!("{language}.xlsx"));
        let words = ["export", "--prefill", "accept", "--language", language, "--out", text(&out)];
        tool.run(words).exits(0);
        let back = read(&out).unwrap();
        assert!(!back.decisions.is_empty() && back.problems.is_empty());
        assert_eq!(back.language.tag(), language);
        let id = back.export.unwrap();
        let archive = crate::archive::archive_at(tool.path("archive"), "");
        let export = archive.load_snapshot(&id).unwrap();
        let can = |row: &&couponbook::domain::Row| {
            row.suggestion.advice.action().is_some() && row.suggestion.way != couponbook::domain::Route::ByHand
        };
        let expected: Vec<_> = export.rows.iter().filter(can).map(|row| row.key.clone()).collect();
        let filled: Vec<_> = back.decisions.into_iter().map(|decision| decision.action.row).collect();
        assert_eq!(filled, expected);
    }
}

#[test]
fn results_speak_the_language_of_the_workbook_that_came_back_and_keep_its_notes() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let out = tool.path("zh.xlsx");
    tool.run(["export", "--language", "zh-CN", "--prefill", "accept", "--out", text(&out)]).exits(0);
    let results = tool.path("results.xlsx");
    tool.apply(&out, &["--out", text(&results)]);
    assert_eq!(read(&results).unwrap().language, crate::chinese());

    let english = tool.export("english");
    let noted = row(WOO, "stock", "").note("ask the warehouse");
    let back = english.hand_back(&tool.path("back.xlsx"), &[noted, row(WOO, "renew", "keep").note("as agreed")]);
    tool.apply(&back, &["--out", text(&tool.path("noted.xlsx"))]).exits(0);
    let after = Exported::open(&tool.path("noted.xlsx"));
    assert_eq!(after.cell(WOO, "stock", "Note"), "ask the warehouse");
}

#[test]
fn a_workbook_with_bad_cells_comes_back_marked_and_can_be_mended_and_used() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let lines =
        [row(WOO, "stock", "restock").stock("200").note("for 12.12"), row(WOO, "renew", "renew").end("next friday")];
    let back = tool.hand_back(&lines);
    tool.plan(&back, &[]).exits(4).says(&["back-to-fix.xlsx", "nothing was sent"]);
    tool.apply(&back, &[]).exits(4).says(&["back-to-fix-2.xlsx"]);
    let copy = tool.path("back-to-fix.xlsx");
    let marked = Exported::open(&copy);
    let cells = ["Action", "New end", "Add stock", "Note"];
    assert_eq!(cells.map(|header| marked.cell(WOO, "stock", header)), ["restock", "", "200", "for 12.12"]);
    assert_eq!(cells.map(|header| marked.cell(WOO, "renew", header)), ["renew", "next friday", "", ""]);
    let mut book: Xlsx<_> = open_workbook(&copy).unwrap();
    let first = book.worksheet_range("Coupons").unwrap();
    assert_eq!(first.get_value((0, 3)), Some(&Data::String("1 cell to fix: see its note".to_string())));
    assert_eq!(shops.writes(), Vec::<String>::new());

    let mended = [row(WOO, "stock", "restock").stock("200"), row(WOO, "renew", "renew").end("2026-12-31")];
    let again = marked.hand_back(&tool.path("again.xlsx"), &mended);
    assert_eq!(tool.apply(&again, &[]).exits(0).totals(), "done: 2");
}

#[test]
fn an_end_typed_as_the_sheet_shows_it_changes_nothing_and_a_written_midnight_is_that_instant() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let shown = tool.export("shown");
    let lines = [
        row("shopee-sg-1", "LUMISTAY", "renew").end("2026-12-12 23:59"),
        row("shopee-sg-1", "LUMIRENEW", "renew").end("2026年12月12日24时"),
        row("shopee-sg-1", "LUMISTOCK", "renew").end("2026-12-13T00:00:00"),
        row(WOO, "renew", "renew").end("2026-12-31 00:00"),
    ];
    let back = shown.hand_back(&tool.path("back.xlsx"), &lines);
    let midnight = "read as 00:00 of 31 December 2026, its first moment: last usable Wed\u{a0}30\u{a0}Dec 23:59:59";
    let told = tool.run(["plan", text(&back)]).exits(0).says(&[midnight]).stdout;
    assert!(told.contains("ends Wed\u{a0}30\u{a0}Dec\u{a0}23:59"), "{told}");
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 3, done: 1");
    assert_eq!(shops.writes(), [format!("{WOO} update")]);
    let last_second = chrono::DateTime::parse_from_rfc3339("2026-12-30T22:59:59Z").unwrap().timestamp();
    assert_eq!(shops.coupon(WOO, "renew")["expires"], last_second, "the last second of Wednesday in Berlin");
}

#[test]
fn a_dot_for_thousands_in_the_campaign_plan_is_never_a_decimal_point() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    let head = "campaign,starts,ends,coupons,stores,currency,min_spend_from,min_spend_to\n";
    for (parted, is_told) in [(",", true), (";", false)] {
        let plan = format!("{head}Black Friday,2026-11-20,2026-12-06,*,{WOO},EUR,0,1.500\n");
        tool.write("campaigns.csv", &plan.replace(',', parted));
        let out = tool.path("judged.xlsx");
        let ran = tool.run(["export", "--prefill", "accept", "--out", text(&out)]).exits(0);
        assert_eq!(ran.stderr.contains("thousands and decimals cannot be told apart; write 1500 or 1.5"), is_told);
        for code in ["renew", "stay"] {
            assert!(!Exported::open(&out).cell(WOO, code, "Suggested").contains("min spend"), "{parted} {code}");
        }
    }
}

#[test]
fn a_mistake_in_the_campaign_plan_that_names_other_stores_is_told_to_their_managers_only() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let row = "Black Friday,2026-11-20,2026-11-30,*BF*,shopee-sg-1\n";
    let plan = format!("campaign,starts,ends,coupons,stores\n{row}{row}Ghost,2026-11-30,2026-11-20,*GH*,\n");
    tool.write("campaigns.csv", &plan);
    let places = workbooks(&tool.run(["export", "--json", "--split-by", "store"]).exits(0).json());
    let told = |place: &Path| {
        let book = Exported::open(place);
        let cells = book.sheets.iter().flat_map(|(_, range)| range.rows()).flatten().map(ToString::to_string);
        let lines: Vec<String> = cells.filter(|text| text.contains("campaigns.csv:")).collect();
        (
            lines.iter().any(|line| line.contains("shopee-sg-1")),
            lines.iter().any(|line| line.contains("swap the dates")),
        )
    };
    assert_eq!(told(&places[0]), (true, true), "of the store that it names");
    assert_eq!(told(&places[1]), (false, true), "of the other one");
}

#[test]
fn a_notice_about_a_store_is_in_its_workbook_whatever_other_stores_are_called() {
    // The name of the one is part of the other's.
    let (tool, _shops) = Tool::with_shops(&TWO_SHOPS.replace("shopee-sg-1", "de-1").replace("shopee-*", "de-*"));
    let twice = format!("Flash,2026-11-20,2026-11-30,FLASH*,{WOO}\n").repeat(2);
    tool.write("campaigns.csv", &format!("campaign,starts,ends,coupons,stores\n{twice}"));
    let report = tool.run(["export", "--json", "--split-by", "store"]).exits(0).json();
    assert_eq!(report["campaign_notices"][0]["store"], WOO);
    let is_told = |place: &PathBuf| {
        let book = Exported::open(place);
        let cells = book.sheets.iter().flat_map(|(_, range)| range.rows()).flatten();
        cells.map(ToString::to_string).any(|text| text.contains("row 2 already says what Flash asks"))
    };
    let told: Vec<bool> = workbooks(&report).iter().map(is_told).collect();
    assert_eq!(told, [false, true], "de-1, then woo-de-1");
}
