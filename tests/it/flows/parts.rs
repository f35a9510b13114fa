//! One of several workbooks decides about its own stores alone, whatever was typed into it or done to its hidden sheet.

use std::path::PathBuf;

use super::paper::{Exported, row};
use super::shops::{Shops, TWO_SHOPS};
use super::tool::{Tool, text};

const WOO: &str = "woo-de-1";
const SHOPEE: &str = "shopee-sg-1";

/// An export in a workbook for each of two stores: Shopee's, then WooCommerce's.
fn split(tool: &Tool, more: &[&str]) -> [Exported; 2] {
    let report = tool.run([&["export", "--json", "--split-by", "store"], more].concat()).exits(0).json();
    [0, 1].map(|place| Exported::open(report["workbooks"][place].as_str().unwrap().as_ref()))
}

fn two_shops() -> (Tool, Shops, [Exported; 2]) {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let books = split(&tool, &[]);
    (tool, shops, books)
}

/// How many rows are asked for and not settled.
fn asked(tool: &Tool) -> i64 {
    let journal = rusqlite::Connection::open(tool.path("state/journal.db")).unwrap();
    journal.query_row("SELECT count(*) FROM asked", [], |row| row.get(0)).unwrap()
}

/// A workbook of WooCommerce's part with a row of its own and one of Shopee's.
fn mixed(tool: &Tool, (other, own): (&Exported, &Exported), hidden: &[(String, String)]) -> PathBuf {
    let key = other.key(SHOPEE, "LUMISTOCK");
    let lines = [row(WOO, "stock", "restock").stock("200"), row(SHOPEE, "LUMISTOCK", "end").key(key)];
    own.hand_back_saying(&tool.path("back.xlsx"), &lines, hidden)
}

#[test]
fn a_key_of_another_part_is_refused_and_the_rows_of_the_own_go_on() {
    let (tool, shops, [other, own]) = two_shops();
    let back = mixed(&tool, (&other, &own), &own.hidden);
    let told = tool.run(["plan", text(&back)]).exits(4).stdout;
    let refused = "the row is one of shopee-sg-1, and this workbook is the part woo-de-1 of its export";
    assert!(told.contains(refused), "{told}");
    assert_eq!(asked(&tool), 1, "what another part's row is asked for is no wish of this one");
    assert_eq!(tool.apply(&back, &[]).exits(4).totals(), "done: 1, refused: 1");
    assert_eq!(shops.writes(), [format!("{WOO} update")]);
    // The results are of the same part.
    let results = Exported::open(&tool.path("back-results.xlsx"));
    assert_eq!(results.stores(), [WOO]);
    let again = mixed(&tool, (&other, &results), &results.hidden);
    assert!(tool.run(["plan", text(&again)]).exits(4).stdout.contains(refused));
}

#[test]
fn a_part_in_chinese_binds_as_well() {
    let (tool, shops, [other, own]) = two_shops();
    let report = tool.run(["export", "--json", "--split-by", "store", "--language", "zh-CN"]).exits(0).json();
    let chinese = couponbook::workbook::read::read(report["workbooks"][1].as_str().unwrap().as_ref()).unwrap();
    let hidden = [
        ("export id", chinese.export.unwrap().to_string()),
        ("snapshot sha256", chinese.snapshot_sha256.unwrap()),
        ("part", chinese.part.unwrap()),
    ];
    let back = mixed(&tool, (&other, &own), &hidden.map(|(label, value)| (label.to_string(), value)));
    let plan = tool.plan(&back, &[]).exits(4).json();
    let reasons: Vec<_> =
        plan["plan"]["rows"].as_array().unwrap().iter().map(|row| &row["verdict"]["reason"]).collect();
    let reason = serde_json::from_value(reasons[1].clone()).unwrap();
    assert_eq!(
        crate::chinese().render(&reason),
        "这一行属于店铺 shopee-sg-1，而这份工作簿是本次导出中的“woo-de-1”部分，不包含该店铺"
    );
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn a_hidden_sheet_that_was_changed_passes_for_no_part() {
    let (tool, shops, books) = two_shops();
    let later = split(&tool, &[]);
    let said = |book: &Exported| book.hidden.iter().find(|(label, _)| label == "part").unwrap().clone();
    let own = &books[1].hidden;
    let without: Vec<_> = own.iter().filter(|(label, _)| label != "part").cloned().collect();
    let with = |value: &str| [without.clone(), vec![("part".to_string(), value.to_string())]].concat();
    let stores = ("stores".to_string(), format!("{WOO},{SHOPEE}"));
    let forged = [
        without.clone(),
        with(""),
        with(WOO),
        with("*"),
        with(&said(&books[1]).1.to_lowercase()),
        // Of the same stores, in another export.
        with(&said(&later[1]).1),
        [without.clone(), vec![stores.clone()]].concat(),
    ];
    for hidden in &forged {
        let back = mixed(&tool, (&books[0], &books[1]), hidden);
        for words in
            [vec!["plan"], vec!["apply", "--yes"], vec!["apply", "--yes", "--skip-bad-rows", "--include-hidden"]]
        {
            let ran = tool.run([words, vec![text(&back)]].concat()).exits(4);
            ran.says(&["was written into several workbooks (shopee-sg-1, woo-de-1)", "--whole"]);
        }
    }
    // Without a hidden sheet at all, and the export named.
    let back = mixed(&tool, (&books[0], &books[1]), &[]);
    tool.run(["plan", text(&back), "--export", &books[1].id()]).exits(4).says(&["does not say which of them"]);
    // A list of stores widens nothing.
    let back = mixed(&tool, (&books[0], &books[1]), &[own.clone(), vec![stores]].concat());
    tool.plan(&back, &[]).exits(4).says(&["some rows are refused"]);
    assert_eq!(shops.writes(), Vec::<String>::new());
    assert_eq!(asked(&tool), 1, "only what the part itself says is taken in");
    // Whoever vouches for all of it says so.
    let back = mixed(&tool, (&books[0], &books[1]), &without);
    assert_eq!(tool.apply(&back, &["--whole"]).exits(0).totals(), "done: 2");
    assert_eq!(shops.writes().len(), 2);
}

#[test]
fn what_one_manager_asks_for_is_not_withdrawn_by_a_copy_of_the_row_in_anothers_workbook() {
    let (tool, _shops, books) = two_shops();
    let wished = books[0].hand_back(&tool.path("wished.xlsx"), &[row(SHOPEE, "LUMISTOCK", "end")]);
    tool.plan(&wished, &[]).exits(0);
    assert_eq!(asked(&tool), 1);
    let copied =
        [row(WOO, "quiet", "").key(books[0].key(SHOPEE, "LUMISTOCK")), row(WOO, "stock", "restock").stock("9")];
    tool.plan(&books[1].hand_back(&tool.path("copied.xlsx"), &copied), &[]).exits(0);
    assert_eq!(asked(&tool), 2);
}

#[test]
fn the_plan_of_a_part_is_bound_as_its_workbook_is() {
    let (tool, shops, books) = two_shops();
    let back = mixed(&tool, (&books[0], &books[1]), &books[1].hidden);
    tool.plan(&back, &["--whole", "--out", text(&tool.path("whole.json"))]).exits(0);
    tool.plan(&back, &["--out", text(&tool.path("own.json"))]).exits(4);
    assert_eq!(tool.apply(&tool.path("own.json"), &[]).exits(4).totals(), "done: 1, refused: 1");
    assert_eq!(shops.writes(), [format!("{WOO} update")]);
    // What was vouched for when the plan was made need not be said again.
    assert_eq!(tool.apply(&tool.path("whole.json"), &[]).exits(0).totals(), "already_done: 1, done: 1");
}
