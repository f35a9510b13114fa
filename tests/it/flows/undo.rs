//! A run is taken back: the shops are as before it, and what cannot be is said beforehand.

use std::collections::BTreeMap;

use couponbook::sandbox::{FaultKind, Matching};
use serde_json::{Map, Value, json};

use crate::trouble::always;

use super::applying::every_action;
use super::books::journal_and_shops_agree;
use super::paper::{Exported, row};
use super::shops::TWO_SHOPS;
use super::tool::{Tool, text};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";
const FIVE_SHOPS: &str = include_str!("../data/flows/five_shops.toml");

/// The cells of each line of the sheet Undo, by store and coupon.
fn lines(workbook: &Exported) -> BTreeMap<String, Vec<String>> {
    let (_, sheet) = workbook.sheets.iter().find(|(name, _)| name == "Undo").expect("a sheet Undo");
    let text = |cell: &calamine::Data| cell.to_string().replace('\u{a0}', " ");
    let rows = sheet.rows().map(|row| row.iter().map(text).collect::<Vec<_>>());
    rows.skip_while(|row| row[1] != "Store").skip(1).map(|row| (format!("{} {}", row[1], row[2]), row)).collect()
}

/// Of each line its coupon and one column.
fn told(workbook: &Exported, column: usize) -> Vec<String> {
    lines(workbook).iter().map(|(name, cells)| format!("{name}: {}", cells[column].replace('\n', "; "))).collect()
}

fn undo(tool: &Tool, run: &str, name: &str) -> Exported {
    let out = tool.path(&format!("{name}.xlsx"));
    tool.run(["undo", run, "--out", text(&out)]).exits(0);
    Exported::open(&out)
}

const RELEASED: [&str; 5] =
    ["--allow-removals", "--allow-many", "--allow-exposure", "--allow-empty-store", "--allow-losing-money"];

type Picture = BTreeMap<String, Map<String, Value>>;

/// What differs between two pictures of the shops, and not which of our runs wrote it.
fn differences(before: &Picture, after: &Picture) -> Vec<String> {
    let mut told = Vec::new();
    for name in before.keys().chain(after.keys().filter(|name| !before.contains_key(*name))) {
        match (before.get(name), after.get(name)) {
            (Some(was), Some(is)) => {
                let keys = was.keys().chain(is.keys().filter(|key| !was.contains_key(*key)));
                let differs = keys.filter(|key| was.get(*key) != is.get(*key));
                told.extend(differs.map(|key| format!("{name}: {key}")));
            }
            (Some(_), None) => told.push(format!("{name}: gone")),
            (None, Some(is)) if is.get("status") == Some(&json!("trash")) => told.push(format!("{name}: in the bin")),
            (None, Some(_)) => told.push(format!("{name}: new")),
            (None, None) => {}
        }
    }
    told
}

#[test]
fn a_run_of_every_action_is_taken_back_as_far_as_the_platforms_let_it_and_the_rest_is_said_beforehand() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let before = shops.picture();
    tool.apply(&tool.hand_back(&every_action()), &[]).exits(0);
    let workbook = undo(&tool, "last", "undo");
    insta::assert_snapshot!("undo_said_beforehand", told(&workbook, 0).join("\n"));
    let why = told(&workbook, 4);
    for said in [
        "shopee-sg-1 LUMISTOCK: on Shopee a total can only grow: it stays total 700 (was total 500)",
        "shopee-sg-1 LUMIEND: an ended voucher cannot be started again; recreate it",
        "shopee-sg-1 LUMISDEL: it is made anew with its rules: another id, no uses, and what buyers had collected is gone",
        "woo-de-1 past: its old end, Thu 19 Nov 23:59, has passed: it ends now instead",
        "woo-de-1 stock: ",
    ] {
        assert!(why.contains(&said.to_string()), "{said}\n{why:#?}");
    }
    assert_eq!(tool.apply(&workbook.path, &RELEASED).exits(0).totals(), "done: 17");
    assert_eq!(
        differences(&before, &shops.picture()),
        [
            "shopee-sg-1 lumidel: end_time",
            "shopee-sg-1 lumiend: end_time",
            "shopee-sg-1 lumisdel: id",
            "shopee-sg-1 lumisend: id",
            "shopee-sg-1 lumistock: usage_quantity",
            "woo-de-1 past: expires",
            "woo-de-1 copy-2: in the bin",
        ]
    );
    let compared = told(&Exported::open(&tool.path("undo-results.xlsx")), 6);
    insta::assert_snapshot!("undo_compared_afterwards", mask_ids(&compared.join("\n")));
    journal_and_shops_agree(&tool, &shops);
    tool.run(["archive", "verify"]).exits(0);
}

/// The ids that a shop gave are others each time.
fn mask_ids(text: &str) -> String {
    let word = |word: &str| {
        let digits = word.trim_end_matches(')');
        let is_id = digits.len() > 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_id { word.replace(digits, "…") } else { word.to_string() }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_undo_of_an_undo_is_the_run_again() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[
        row(WOO, "renew", "renew").end("2026-12-31 18:00"),
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "pause", "pause"),
        row(WOO, "adj", "adjust").spend("60"),
        row(SHOPEE, "LUMISREN", "renew").end("2026-12-20"),
    ]);
    let before = shops.picture();
    tool.apply(&back, &[]).exits(0);
    let after = shops.picture();
    let first = undo(&tool, "last", "first");
    tool.apply(&first.path, &RELEASED).exits(0);
    assert_eq!(differences(&before, &shops.picture()), [""; 0]);
    tool.wait_hours(1);
    let second = undo(&tool, "last", "second");
    tool.apply(&second.path, &RELEASED).exits(0);
    assert_eq!(differences(&after, &shops.picture()), [""; 0]);
}

#[test]
fn what_somebody_changed_since_is_a_conflict_that_is_told_and_left_alone() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[
        row(WOO, "stock", "restock").stock("200"),
        row(WOO, "adj", "adjust").spend("60"),
        row(WOO, "del", "delete"),
        row(WOO, "pause", "pause"),
        row(WOO, "renew", "renew").end("2026-12-31"),
    ]);
    tool.apply(&back, &[]).exits(0);
    shops.edit(WOO, "stock", json!({ "usage_limit": 900 }));
    shops.edit(WOO, "adj", json!({ "minimum_amount": "40.00" }));
    let workbook = undo(&tool, "last", "undo");
    let ways = told(&workbook, 0);
    assert_eq!(
        ways,
        [
            "woo-de-1 adj: – Nothing to do",
            "woo-de-1 del: – As it was",
            "woo-de-1 pause: – As it was",
            "woo-de-1 renew: – As it was",
            "woo-de-1 stock: ▲ Changed since",
        ]
    );
    let why = &told(&workbook, 4)[4];
    assert!(why.contains("the run left it at total 700, now it is total 900: decide by hand"), "{why}");
    // Between the undo and its apply, too.
    shops.edit(WOO, "pause", json!({ "status": "publish" }));
    let ran = tool.apply(&workbook.path, &RELEASED).exits(0);
    assert_eq!(ran.totals(), "already_done: 1, done: 2");
    assert_eq!(shops.coupon(WOO, "stock")["usage_limit"], 900);
}

#[test]
fn a_run_is_named_by_its_id_its_workbook_or_its_results() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    tool.run(["undo", "last"]).exits(2).says(&["there is no run yet", "couponbook apply WORKBOOK"]);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    let run = tool.apply(&back, &[]).exits(0).json()["run"].as_str().unwrap().to_string();
    let listed = tool.run(["runs", "--json"]).exits(0).json();
    assert_eq!(listed["runs"][0]["run"], run.as_str());
    assert_eq!(listed["runs"][0]["rows"]["done"], 1);
    let results = tool.path("back-results.xlsx");
    for name in [run.as_str(), &run[..12], "last", text(&back), text(&results), "back.xlsx", "back-results.xlsx"] {
        let shown = tool.run(["runs", "show", name, "--json"]).exits(0).json();
        assert_eq!(shown["about"]["run"], run.as_str(), "{name}");
    }
    tool.run(["runs", "show", "nothing.xlsx"]).exits(2).says(&["nothing.xlsx", "couponbook runs"]);
    // The results again do nothing, so that there is nothing to undo of them.
    tool.apply(&back, &[]).exits(0);
    tool.run(["undo", "last"]).exits(1).says(&["changed nothing"]);
    tool.run(["undo", text(&back)]).exits(2).says(&["names 2 runs"]);
}

#[test]
fn every_suggestion_of_every_platform_is_taken_back_or_said_not_to_be() {
    let mut tool = Tool::in_empty_folder();
    let shops = super::shops::Shops::of(FIVE_SHOPS, &tool.path("shops"), &tool.clock);
    tool.against(&shops, "[export]\nprefill = \"accept\"\n");
    let exported = tool.export("exported");
    let before = shops.picture_by_label();
    tool.apply(&exported.path, &RELEASED).exits(0);
    let after = shops.picture_by_label();
    let workbook = undo(&tool, "last", "undo");
    let ran = tool.apply(&workbook.path, &RELEASED).exits(0);
    let kinds: Vec<_> = ran.totals().split(", ").map(|part| part.split(':').next().unwrap().to_string()).collect();
    assert!(kinds.iter().all(|kind| ["done", "by_hand", "already_done"].contains(&kind.as_str())), "{kinds:?}");
    // What is not as before is what was said to be so.
    let is_whole = |cells: &Vec<String>| ["As it was", "Nothing to do"].iter().any(|words| cells[0].ends_with(words));
    let lines = lines(&workbook);
    let said: Vec<&String> = lines.iter().filter(|(_, cells)| !is_whole(cells)).map(|(name, _)| name).collect();
    let touched = |name: &str| before.get(name) != after.get(name);
    for line in differences(&before, &shops.picture_by_label()) {
        let (name, what) = line.split_once(": ").unwrap();
        let is_said = said.iter().any(|said| said.to_lowercase() == name);
        assert!(is_said || what == "in the bin" || !touched(name), "{line}, and nobody said so: {said:#?}");
    }
}

#[test]
fn what_a_shop_does_not_say_of_a_deleted_coupon_is_not_known_and_no_second_one_is_made() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    tool.apply(&tool.hand_back(&[row(WOO, "del", "delete")]), &[]).exits(0);
    let call = format!("coupons/{}", shops.coupon(WOO, "del")["id"]);
    let matching = Matching { store: Some(WOO.to_string()), call: Some(call), ..Matching::default() };
    let blocked = FaultKind::Status { code: 403, retry_after_seconds: None, carried_out: false };
    shops.trouble(always(matching, blocked));
    let workbook = undo(&tool, "last", "undo");
    assert_eq!(told(&workbook, 0), ["woo-de-1 del: ▲ Not known"]);
    assert!(told(&workbook, 4)[0].contains("still lies in its bin: run undo again"), "{:?}", told(&workbook, 4));
    shops.heal();
    assert_eq!(tool.apply(&workbook.path, &RELEASED).exits(0).totals(), "");
    assert_eq!(told(&undo(&tool, "back.xlsx", "again"), 0), ["woo-de-1 del: – As it was"]);
}
