//! What a manager opens: the written file, read back by another library and as plain XML.

#[path = "workbook_write/fixture.rs"]
pub mod fixture;
#[path = "workbook_write/opened.rs"]
pub mod opened;

use calamine::Data;
use couponbook::domain::*;
use couponbook::language::{Language, discount_message};
use couponbook::message;
use couponbook::workbook::columns::{COLUMNS, Part};
use couponbook::workbook::words::{Named, suggestion_words};
use couponbook::workbook::write::{self, WriteError};
use couponbook::workbook::{Book, Carried, Overview};
use opened::Opened;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// To look at with one's own eyes: `COUPONBOOK_KEEP=folder cargo test --test it workbook_write`.
fn open(name: &str, book: &Book) -> Opened {
    let mut bytes = Vec::new();
    write::write_to(book, &mut bytes).unwrap();
    if let Some(folder) = std::env::var_os("COUPONBOOK_KEEP") {
        std::fs::write(std::path::Path::new(&folder).join(name), &bytes).unwrap();
    }
    Opened::of(bytes)
}

fn morning() -> Opened {
    let export = fixture::export();
    let checklist = fixture::checklist(&export);
    open("morning.xlsx", &fixture::book(&export, &checklist))
}

fn after_a_run() -> Opened {
    let export = Export { follows: Some(ExportId::new("20261122-AM-7K3MPX")), ..fixture::export() };
    open(
        "results.xlsx",
        &Book {
            results: Some(&fixture::outcomes(&export)),
            decisions: &fixture::decisions(&export),
            first_export: false,
            carried: Carried { own_columns: &fixture::own_columns(&export), ..Carried::default() },
            ..fixture::book(&export, &[])
        },
    )
}

fn text(words: &str) -> Data {
    Data::String(words.to_string())
}

#[test]
fn the_sheets_stand_in_order_and_the_file_opens_on_summary() {
    let book = morning();
    assert_eq!(
        book.sheet_names(),
        ["Summary", "Checklist", "Coupons", "By hand", "Coverage", "Stores", "Replies", "Help", "couponbook"]
    );
    assert!(book.xml("xl/workbook.xml").contains(r#"name="couponbook" sheetId="9" state="veryHidden""#));
    assert!(book.sheet_xml("Summary").contains(r#"tabSelected="1""#));
    assert!(!book.sheet_xml("Coupons").contains("tabSelected"));
}

#[test]
fn the_very_hidden_sheet_says_which_export_it_is() {
    let rows = morning().rows("couponbook");
    let expected = [("export id", "20261122-AM-7K3MPX".to_string()), ("schema version", "1".to_string())];
    for (row, (label, value)) in rows.iter().zip(expected) {
        assert_eq!(row, &[text(label), text(&value)]);
    }
    assert_eq!(rows[2], [text("snapshot sha256"), text(&"4f".repeat(32))]);
}

#[test]
fn the_coupons_are_a_table_with_clean_headers() {
    let book = morning();
    let table = book.xml("xl/tables/table1.xml");
    assert!(table.contains(r#"name="Coupons""#) && table.contains(r#"<autoFilter ref="A3:AI63"/>"#));
    let headers: Vec<&str> = COLUMNS.iter().filter(|it| it.part != Part::Result).map(|it| it.header).collect();
    assert_eq!(opened::all_attributes(&table, "tableColumn", "name"), headers);
    assert_eq!(book.coupon_headers(), headers);
}

#[test]
fn every_coupon_has_its_row_exceptions_first() {
    let book = morning();
    let severities = book.column("Severity");
    let count = |words: &str| severities.iter().filter(|cell| **cell == text(words)).count();
    assert_eq!(severities.len(), 60);
    assert_eq!([count("● Critical"), count("▲ Warning"), count("○ Notice"), count("– OK")], [7, 8, 3, 42]);
    assert_eq!(book.cell("Coupons", "D1"), text("18 of 60 need a look"));
    assert_eq!(book.cell_in("BFSG15", "Suggested"), text("restock +700"));
    assert_eq!(book.cell_in("BFSG15", "Findings"), text("Out of stock"));
    assert_eq!(book.cell_in("WELCOME20", "Findings"), text("Loses money\n+ 2 more"));
}

#[test]
fn a_filter_finds_every_finding_by_its_name_and_the_first_order_comes_back_by_its_number() {
    let book = morning();
    assert_eq!(book.cell_in("WELCOME20", "All findings"), text("Loses money, Min spend low, Expires soon"));
    assert_eq!(book.cell_in("BFSG15", "All findings"), text("Out of stock"));
    assert_eq!(book.cell_in("OK020", "All findings"), Data::Empty);
    let ranks: Vec<Data> = (1..=60).map(|rank| Data::Float(f64::from(rank))).collect();
    assert_eq!(book.column("#"), ranks);
    let export = fixture::export();
    let mut bytes = Vec::new();
    write::write_in_sheets_of(&fixture::book(&export, &[]), 50, &mut bytes).unwrap();
    let ranked = Opened::of(bytes).rows("Coupons 2")[3][14].clone();
    assert_eq!(ranked, Data::Float(51.0), "further sheets go on counting");
}

#[test]
fn a_row_says_whose_it_is_and_for_how_many_days_its_worst_finding_has_been_seen() {
    let export = fixture::export();
    let row = |code: &str| export.rows.iter().find(|row| row.coupon.code.as_deref() == Some(code)).unwrap();
    let seen = |code: &str, day, at_least| (row(code).key.clone(), FirstSeen { at: fixture::at(day, 3, 0), at_least });
    let first_seen = BTreeMap::from([
        seen("BFSG15", 22, false),
        seen("BLACK20", 19, false),
        seen("FOLLOW3", 18, true),
        seen("DEC12", 22, true),
    ]);
    let store = row("BFSG15").coupon.store.clone();
    let regions = BTreeMap::from([(store, "Southeast Asia".to_string())]);
    let overview = Overview { first_seen, ..Overview::default() };
    let book = Book { overview: &overview, regions: &regions, ..fixture::book(&export, &[]) };
    let book = open("since.xlsx", &book);
    let days = [("BFSG15", 0.0), ("BLACK20", 3.0), ("FOLLOW3", 4.0)].map(|(code, days)| (code, Data::Float(days)));
    for (code, days) in days {
        assert_eq!(book.cell_in(code, "Since"), days, "{code}");
    }
    assert_eq!(book.number_format("BFSG15", "Since"), r#"[=0]"new today";[=1]0" day";0" days""#);
    assert_eq!(book.number_format("FOLLOW3", "Since"), r#"0"+ days""#, "the archive reaches no further back");
    assert_eq!(book.cell_in("DEC12", "Since"), text("not known"), "the first export of all saw it");
    assert_eq!(book.cell_in("WELCOME20", "Since"), text("not known"));
    assert_eq!(book.cell_in("OK020", "Since"), Data::Empty);
    assert_eq!(book.cell_in("BFSG15", "Owner"), text("Mei"));
    assert_eq!(book.cell_in("BFSG15", "Region"), text("Southeast Asia"));
    assert_eq!(book.cell_in("BLACK20", "Region"), Data::Empty);
}

#[test]
fn what_is_longer_than_its_cell_shows_its_beginning() {
    let book = morning();
    for header in ["Severity", "Store", "Code", "Name", "Findings", "Why", "Suggested", "Action", "Note", "Ends"] {
        assert!(book.format_in("BFSG15", header).contains(r#"vertical="top""#), "{header}");
    }
}

#[test]
fn a_column_is_as_wide_as_its_widest_number() {
    let mut export = fixture::export();
    let store = export.stores.iter().find(|load| load.store.currency.decimals() == 0).unwrap().store.clone();
    let row = export.rows.iter_mut().find(|row| row.coupon.store == store.id).unwrap();
    row.money_at_risk = Exposure::Known(Money::new(Decimal::from(983_579_540_000_i64), store.currency));
    let pixels = |book: &Opened| {
        ["Used", "Money at risk"].map(|header| book.column_pixels("Coupons")[&(book.column_index(header) as usize)])
    };
    let [used, money] = pixels(&morning());
    let [still, wider] = pixels(&open("wide.xlsx", &fixture::book(&export, &[])));
    assert_eq!((used, still), (68.0, 68.0), "as the table of columns says");
    assert!(money < 150.0 && (160.0..190.0).contains(&wider), "{money} {wider}");
}

#[test]
fn codes_and_ids_are_text_to_the_last_digit() {
    let book = morning();
    assert!(book.column("Code").contains(&text("00123")));
    assert!(book.column("Coupon ID").contains(&text("7301234567890123456")));
    assert!(book.column("Row key").iter().all(|key| matches!(key, Data::String(key) if RowKey::parse(key).is_ok())));
    let ignored = r#"<ignoredError sqref="D4:D63 AG4:AG63 C4:C63" numberStoredAsText="1"/>"#;
    assert!(book.sheet_xml("Coupons").contains(ignored));
}

#[test]
fn dates_are_real_dates_in_the_zone_of_their_store() {
    let book = morning();
    let cases = [
        // Ends at midnight in Berlin: for people, at 23:59 of the day before.
        ("BLACK20", "Ends", "2026-11-22 23:59:59"),
        // Starts at midnight in New York.
        ("BFCM25", "Starts", "2026-11-27 00:00:00"),
        ("BFMY8", "Ends", "2026-11-21 23:59:59"),
        // 10:00 UTC in Kuala Lumpur.
        ("=NEWMY10", "Ends", "2026-11-24 17:59:59"),
    ];
    for (code, header, expected) in cases {
        let Data::DateTime(found) = book.cell_in(code, header) else { panic!("{code}: {header} is no date") };
        let found = opened::as_text(found);
        assert_eq!(found, expected, "{code}: {header}");
    }
    assert_eq!(book.cell_in("BFMY8", "Days left"), Data::Float(-1.0));
    assert_eq!(book.cell_in("BLACK20", "Days left"), Data::Float(0.0));
    assert_eq!(book.cell_in("HERBST5", "Ends"), text("no end"));
    assert_eq!(book.number_format("BLACK20", "Ends"), "[$-409]ddd d mmm hh:mm");
    assert_eq!(book.number_format("OK020", "Ends"), "[$-409]d mmm yyyy", "another year is said");
}

#[test]
fn money_carries_its_currency_and_its_decimals() {
    let book = morning();
    assert_eq!(book.cell_in("BFSG15", "Min spend"), Data::Float(40.0));
    assert_eq!(book.number_format("BFSG15", "Min spend"), "\"SGD\" #,##0.00");
    assert_eq!(book.number_format("VNSALE30", "Min spend"), "\"VND\" #,##0");
    assert_eq!(book.number_format("VNSALE30", "New min spend"), "#,##0");
    assert_eq!(book.cell_in("BLACK20", "Total"), text("no limit"));
    assert_eq!(book.cell_in("BLACK20", "Money at risk"), text("no limit"));
}

#[test]
fn the_list_of_actions_is_one_click_away() {
    let coupons = morning().sheet_xml("Coupons");
    let words: Vec<&str> = ActionWord::ALL.iter().map(|action| action.word()).collect();
    let list = format!("<formula1>\"{}\"</formula1>", words.join(","));
    let validation = coupons.split("<dataValidation ").find(|it| it.contains(&list)).expect("a list of the actions");
    assert!(validation.contains(r#"type="list" errorStyle="warning""#) && validation.contains(r#"sqref="I4:I63""#));
    assert!(list.len() < 255 + "<formula1></formula1>".len(), "a longer list breaks the file");
}

#[test]
fn severity_store_code_and_name_stay_while_the_facts_scroll_by() {
    let coupons = morning().sheet_xml("Coupons");
    assert!(
        coupons.contains(r#"<pane xSplit="5" ySplit="3" topLeftCell="F4" activePane="bottomRight" state="frozen"/>"#)
    );
    assert!(coupons.contains(r#"<selection pane="bottomRight" activeCell="I4" sqref="I4"/>"#), "the first Action cell");
}

#[test]
fn what_is_wrong_is_a_plain_fill_of_its_own_cell() {
    let book = morning();
    let cases = [
        ("BFSG15", "Severity", Some("FFB42318")),
        ("BFSG15", "Findings", Some("FFFCEBE8")),
        ("BFSG15", "Remaining", Some("FFFCEBE8")),
        ("BFSG15", "Ends", None),
        ("FOLLOW3", "Severity", Some("FFF2BC46")),
        ("FOLLOW3", "Ends", Some("FFFFF3D1")),
        ("BFCM25", "Starts", Some("FFFCEBE8")),
        ("WELCOME20", "Min spend", Some("FFFCEBE8")),
        ("WELCOME20", "Discount", Some("FFFCEBE8")),
        ("DEC12", "Severity", Some("FFDDE2E7")),
        ("OK020", "Severity", None),
        ("OK020", "Action", Some("FFEAF2FC")),
    ];
    for (code, header, fill) in cases {
        assert_eq!(book.fill(code, header).as_deref(), fill, "{code}: {header}");
    }
}

#[test]
fn conditional_formats_react_to_typing_only() {
    let coupons = morning().sheet_xml("Coupons");
    let mut ranges = opened::all_attributes(&coupons, "conditionalFormatting", "sqref");
    ranges.sort();
    assert_eq!(ranges, ["I4:I63", "J4:J63", "K4:K63", "L4:L63", "M4:M63"]);
    for sheet in ["Summary", "Checklist", "Stores", "Help"] {
        assert!(!morning().sheet_xml(sheet).contains("conditionalFormatting"), "{sheet}");
    }
}

#[test]
fn coupons_print_as_a_list_of_the_exceptions_to_take_to_a_meeting() {
    let book = morning();
    let names = book.xml("xl/workbook.xml");
    assert!(names.contains("Coupons!$A$1:$M$21"), "A to M of the 18 exceptions");
    assert!(names.contains("Coupons!$2:$3"), "banner and header on every page");
    let coupons = book.sheet_xml("Coupons");
    assert!(coupons.contains(r#"<pageSetUpPr fitToPage="1"/>"#));
    assert!(coupons.contains(r#"paperSize="9" fitToHeight="0" orientation="landscape""#));
    assert!(coupons.contains("export 20261122-AM-7K3MPX"));
}

#[test]
fn text_that_begins_like_a_formula_stays_text() {
    for book in [morning(), after_a_run()] {
        assert!(book.column("Name").contains(&text("=HYPERLINK(\"http://bad.example\",\"click\")")));
        assert!(book.sheet_names().iter().all(|name| !book.sheet_xml(name).contains("<f>")));
    }
}

#[test]
fn a_store_that_did_not_load_is_never_shown_as_clean() {
    let book = morning();
    assert!(book.has_text("Summary", "1 of 7"));
    assert!(book.has_text("Summary", "did not load: nothing is known about its coupons"));
    assert_eq!(book.cell("Stores", "A5"), text("● Not loaded"));
    assert_eq!(book.cell("Stores", "B5"), text("lazada-th-1"));
    assert_eq!(book.cell("Stores", "M5"), text("0ba2887315178178017221014"));
    assert_eq!(book.cell("Stores", "A6"), text("● Not all loaded"));
}

#[test]
fn what_the_last_check_of_a_store_found_stands_on_stores_once_there_was_one() {
    let export = fixture::export();
    let check = |store: &Store, minute, may_write, ahead: Option<i64>| StoreCheck {
        at: fixture::at(21, 1, minute),
        shop: store.shop.clone(),
        reached: ahead.is_some(),
        may_write,
        clock_ahead_seconds: ahead,
        quota: None,
        problems: if ahead == Some(2) {
            vec![Message::as_written("the shop's currency is EUR, the config says SGD")]
        } else {
            vec![]
        },
    };
    let found = [
        (MayWrite::NotTold, None),
        (MayWrite::NotTold, Some(2)),
        (MayWrite::Yes, Some(-340)),
        (MayWrite::Never, Some(0)),
    ];
    let checked = export.stores.iter().zip(found).enumerate();
    let checks: Checks = checked
        .map(|(minute, (load, (may_write, ahead)))| {
            (load.store.id.clone(), check(&load.store, minute as u32, may_write, ahead))
        })
        .collect();
    let book = open("checked.xlsx", &Book { checks: &checks, ..fixture::book(&export, &[]) });
    let rows = book.rows("Stores");
    assert_eq!(rows[3][11..14], [text("Rights"), text("Clock, s"), text("Checked")]);
    let of = |id: &str| rows.iter().find(|row| row.get(1) == Some(&text(id))).unwrap()[11..14].to_vec();
    for (load, (rights, clock)) in export.stores.iter().zip([
        ("none", text("not reported")),
        ("read; write not reported", Data::Float(2.0)),
        ("read, write", Data::Float(-340.0)),
        ("read", Data::Float(0.0)),
    ]) {
        assert_eq!(of(load.store.id.as_str())[..2], [text(rights), clock], "{}", load.store.id);
    }
    assert_eq!(of(export.stores[4].store.id.as_str())[2], text("not yet"));
    assert!(
        book.has_text("Stores", "What the check of shopee-my-1 found: the shop's currency is EUR, the config says SGD")
    );
    assert!(!morning().rows("Stores").concat().contains(&text("Rights")));
}

#[test]
fn a_list_that_came_short_is_not_an_export_without_exceptions() {
    let mut export = fixture::export();
    export.rows.clear();
    export.stores.retain(|load| load.store.id.as_str() == "shopee-vn-1");
    let book = open("short.xlsx", &fixture::book(&export, &[]));
    assert!(book.has_text("Summary", "● needs a look: see Stores"));
    assert!(book.has_text("Summary", "Shopee says 11 coupons, 9 came"));
    assert!(!book.has_text("Summary", "✓"));
}

#[test]
fn the_checklist_says_what_came_of_each_item_and_leaves_room_to_sign() {
    let book = morning();
    assert_eq!(book.cell("Checklist", "F5"), text("● Attention: 2"));
    assert_eq!(book.cell("Checklist", "F8"), text("✓ Pass"));
    assert_eq!(book.cell("Checklist", "H4"), text("AM: name"));
    assert!(book.sheet_xml("Checklist").contains("location=\"'Coupons'!A7\""), "to the first coupon out of stock");
}

#[test]
fn help_names_the_coupons_that_allow_less_and_why() {
    let less =
        |platform, verbs: &[Verb], coupons, reason| AllowedLess { platform, verbs: verbs.to_vec(), coupons, reason };
    let automatic = message!("impossible-shopify-automatic-copy");
    let kinds = vec![
        less(crate::platform::SHOPIFY, &[Verb::Create], 12, automatic),
        less(crate::platform::WOOCOMMERCE, &[Verb::Pause, Verb::Enable], 3, message!("impossible-woo-scheduled")),
    ];
    let few = CouponsAllowingLess { asked: 60, all: 60, kinds: kinds.clone() };
    let many =
        CouponsAllowingLess { asked: 10_000, all: 40_000, kinds: std::iter::repeat_n(kinds, 5).flatten().collect() };
    let none = CouponsAllowingLess { asked: 60, all: 60, kinds: vec![] };
    for (less, said) in [
        (
            &few,
            [
                "pause, enable",
                "an automatic discount has no code; duplicate it in the admin",
                "By what was loaded, every other coupon here allows",
            ],
        ),
        (
            &many,
            ["create a copy", "… and 2 further reasons", "Only the 10,000 coupons on top of 40,000 were looked at"],
        ),
        (&none, ["By what was loaded, every coupon here allows", "✓ as asked", "What the marks mean"]),
    ] {
        let export = fixture::export();
        let book = open("help.xlsx", &Book { allowed_less: less, ..fixture::book(&export, &[]) });
        for said in said {
            assert!(book.has_text("Help", said), "{said}");
        }
        assert_eq!(book.has_text("Help", "Coupons here that allow less"), !less.kinds.is_empty());
    }
}

#[test]
fn help_says_what_each_platform_can_do() {
    let book = morning();
    assert!(book.has_text("Help", "→ follow-on; scheduled:\u{a0}yes; ended:\u{a0}no"));
    assert!(book.has_text("Help", "– no; scheduled:\u{a0}yes"));
    assert!(ActionWord::ALL.iter().all(|action| book.has_text("Help", action.word())));
}

#[test]
fn after_a_run_what_still_needs_a_person_comes_first() {
    let results: Vec<Data> = after_a_run().column("Result").into_iter().take(8).collect();
    let expected = [
        "● Failed",
        "● Unknown: asking",
        "● Refused",
        "▲ Conflict",
        "– Not reached",
        "○ By hand",
        "✓ Done",
        "– Already done",
    ];
    assert_eq!(results, expected.map(text));
}

#[test]
fn after_a_run_the_rest_stands_by_how_urgent_it_is_now() {
    let marks: Vec<String> = after_a_run().column("Severity").iter().skip(6).map(ToString::to_string).collect();
    let rank = |mark: &String| ["●", "▲", "○", "–"].iter().position(|level| mark.starts_with(level)).unwrap();
    assert!(marks.is_sorted_by_key(rank), "{marks:?}");
}

#[test]
fn what_a_run_leaves_to_a_person_is_told_in_few_words_and_opens_its_row_on_by_hand() {
    let export = fixture::export();
    let outcomes = fixture::outcomes(&export);
    let (key, outcome) = outcomes.iter().find(|(_, outcome)| outcome.kind == OutcomeKind::ByHand).unwrap();
    let row = export.row(key).unwrap();
    let task = Task {
        row: key.clone(),
        store: row.coupon.store.clone(),
        ..crate::by_hand::task("A", ActionWord::Restock, Goal::Usable)
    };
    let to_do = crate::english(&task.to_do);
    let by_hand = [TaskRow { task, status: TaskStatus::Open }];
    let results = BTreeMap::from([(key.clone(), outcome.clone())]);
    let book = Book { results: Some(&results), by_hand: &by_hand, ..fixture::book(&export, &[]) };
    let book = open("by_hand_results.xlsx", &book);
    assert_eq!(book.column("What to do")[0], text(&to_do));
    for sheet in ["Coupons", "Summary"] {
        assert!(book.sheet_xml(sheet).contains("location=\"'By hand'!A5\""), "{sheet}");
    }
}

#[test]
fn an_action_is_cleared_where_it_is_settled_and_kept_where_it_is_not() {
    let book = after_a_run();
    let cells =
        |code: &str| ["Action", "New end", "Add stock", "New min spend"].map(|header| book.cell_in(code, header));
    let empty = || Data::Empty;
    assert_eq!(cells("BFMY8"), [empty(), empty(), empty(), empty()], "done");
    assert_eq!(cells("BLACK20"), [empty(), empty(), empty(), empty()], "already done");
    assert_eq!(cells("BFSG15"), [text("restock"), empty(), Data::Float(700.0), empty()], "failed");
    assert_eq!(cells("WELCOME20"), [text("adjust"), empty(), empty(), Data::Float(65.5)], "refused");
    let [action, Data::DateTime(new_end), ..] = cells("BFCM25") else { panic!("the new end is kept as a date") };
    assert_eq!((action, opened::as_text(new_end)), (text("renew"), "2026-12-03 18:00:00".to_string()), "conflict");
    assert_eq!(book.column("New end")[1], text("30d"), "a span is kept as it was typed");
    assert_eq!(book.cell_in("BFMY8", "Note"), text("=1+0, asked Mei"), "notes stay");
}

#[test]
fn results_stand_between_note_and_page_and_the_managers_own_columns_at_the_end() {
    let book = after_a_run();
    let headers = book.coupon_headers();
    let at = |header: &str| headers.iter().position(|it| it == header).unwrap();
    assert_eq!(at("Result"), at("Note") + 1);
    assert_eq!(at("Page"), at("Read back") + 1);
    assert_eq!(headers[headers.len() - 2..], ["Budget owner", "note 2"], "no header twice");
    assert_eq!(book.cell_in("BFMY8", "Budget owner"), text("Dana"));
    assert_eq!(book.cell_in("BFMY8", "note 2"), text("=2+2"));
    assert_eq!(book.cell_in("BFSG15", "After"), text("total 1,200"));
}

#[test]
fn after_a_run_summary_counts_every_outcome() {
    let book = after_a_run();
    for kind in ["✓ Done", "– Already done", "○ By hand", "● Failed", "● Refused", "▲ Conflict", "– Not reached"]
    {
        assert!(book.has_text("Summary", kind), "{kind}");
    }
    assert!(book.has_text("Summary", "Write a smaller number in Add stock and apply again."));
}

#[test]
fn an_export_without_exceptions_says_so() {
    let mut export = fixture::export();
    export.rows.retain(|row| row.findings.is_empty());
    export.stores.retain(|load| load.findings.is_empty());
    export.rows.retain(|row| export.stores.iter().any(|load| load.store.id == row.coupon.store));
    let book = open("calm.xlsx", &fixture::book(&export, &[]));
    let words = format!("✓ none of {} needs a look", export.rows.len());
    assert_eq!(book.cell("Coupons", "D1"), text(&words));
    assert!(book.has_text("Summary", "✓ No exceptions today. Nothing to fill in; sign the checklist and close."));
    assert!(book.has_text("Summary", "First export: from the next one on, this shows what changed."));
}

#[test]
fn what_asks_nobody_to_do_anything_is_not_among_what_is_done_first() {
    let mut export = fixture::export();
    export.rows.retain(|row| !row.findings.is_empty());
    export.rows.truncate(1);
    export.rows[0].suggestion = Suggestion::nothing();
    export.stores.retain(|load| load.store.id == export.rows[0].coupon.store);
    export.stores[0].findings.clear();
    let book = open("nothing_to_do.xlsx", &fixture::book(&export, &[]));
    let words = "✓ Nothing to do today. One coupon has a finding that asks for nothing; its Why says so.";
    assert!(book.has_text("Summary", words));
    assert!(!book.has_text("Summary", "Go to"));
}

#[test]
fn an_export_without_coupons_is_a_sentence_and_never_a_bare_grid() {
    let mut export = fixture::export();
    export.rows.clear();
    let book = open("empty.xlsx", &fixture::book(&export, &[]));
    assert_eq!(book.cell("Coupons", "A4"), text("No coupons in the stores that loaded."));
    assert!(book.has_text("Coupons", "● 1 store did not load. Lazada refused the token"));
}

#[test]
fn hundreds_of_stores_still_make_one_readable_page() {
    let mut export = fixture::export();
    let model = export.stores[0].clone();
    for number in 0..300 {
        let mut load = model.clone();
        load.store.id = StoreId::parse(&format!("shopee-{number}")).unwrap();
        let coupon = fixture::coupon(&load.store, &format!("id-{number}"), None, "One");
        let low = fixture::finding(FindingCode::LowStock, Severity::Notice, "Low.");
        export.rows.push(fixture::row(&load.store, coupon, vec![low], Advice::Nothing, Route::Direct));
        export.stores.push(load);
    }
    let book = open("many.xlsx", &fixture::book(&export, &[]));
    assert!(book.has_text("Summary", "and 282 more stores with 282 to look at: filter Coupons by Store"));
    assert!(book.rows("Summary").len() < 90);
}

#[test]
fn text_that_xml_forbids_or_a_cell_cannot_hold_does_not_break_the_file() {
    let mut export = fixture::export();
    let coupon = &mut export.rows[0].coupon;
    coupon.name = "a\u{0}b\u{b}c\u{ffff}d\r\ne".to_string();
    coupon.code = Some("券".repeat(40_000));
    coupon.page = Some("javascript:alert(1)".to_string());
    export.rows[1].coupon.page = Some(format!("https://seller.example/{}", "x".repeat(5_000)));
    let book = open("odd.xlsx", &fixture::book(&export, &[]));
    assert_eq!(book.column("Name")[0], text("a b c d\ne"));
    let Data::String(code) = &book.column("Code")[0] else { panic!("the code is text") };
    assert_eq!(code.chars().count(), 32_767);
    assert_eq!(book.column("Page")[0], text("javascript:alert(1)"), "shown, not linked");
    assert!(!book.sheet_xml("Coupons").contains(r#"<hyperlink ref="N4""#));
}

#[test]
fn many_coupons_are_written_row_by_row_and_look_as_a_few_do() {
    let mut export = fixture::export();
    let few = open("few.xlsx", &fixture::book(&export, &[])).looks("Coupons");
    let models = export.rows.to_vec();
    for (number, model) in models.iter().cycle().take(5_000).enumerate() {
        let mut row = model.clone();
        row.coupon.id = CouponId::new(format!("{number}"));
        let store = export.store(&row.coupon.store).unwrap();
        row.key = RowKey::of(store.platform, &store.shop, &row.coupon.id);
        export.rows.push(row);
    }
    let book = open("large.xlsx", &fixture::book(&export, &[]));
    let (head, few) = few.split_at(3);
    let many = book.looks("Coupons");
    assert_eq!(many.len(), 5_063);
    let expected = head.iter().chain(few.iter().cycle());
    for (row, (many, few)) in many.iter().zip(expected).enumerate() {
        let differs = many.iter().zip(few).find(|(many, few)| many != few);
        assert_eq!((many.len(), differs), (few.len(), None), "row {}", row + 1);
    }
    let columns = book.sheet_xml("Coupons").split("<sheetData>").next().unwrap().to_string();
    assert!(!columns.contains(" style="), "what is empty below the rows has no look: {columns}");
    let keys = book.column("Row key");
    assert_eq!(keys.len(), 5_060);
    assert_eq!(keys.last(), export.rows.last().map(|row| text(row.key.as_str())).as_ref());
    assert!(book.xml("xl/tables/table1.xml").contains(r#"ref="A3:AI5063""#));
}

#[test]
fn a_row_of_no_known_store_is_refused() {
    let mut export = fixture::export();
    export.rows[3].coupon.store = StoreId::parse("nowhere").unwrap();
    let refused = write::write_to(&fixture::book(&export, &[]), Vec::new());
    assert!(matches!(refused, Err(WriteError::StoreMissing { store, .. }) if store.as_str() == "nowhere"));
}

#[test]
fn the_same_export_makes_the_same_file() {
    let export = fixture::export();
    let checklist = fixture::checklist(&export);
    let write = || {
        let mut bytes = Vec::new();
        write::write_to(&fixture::book(&export, &checklist), &mut bytes).unwrap();
        bytes
    };
    assert_eq!(write(), write());
}

#[test]
fn a_suggestion_begins_with_its_verb_and_says_how_it_is_done() {
    let export = fixture::export();
    let store = &export.stores[0].store;
    let suggestion = |advice, way| Suggestion { advice, way, also: Vec::new(), renew_until: None, restock_by: None };
    let until = |month, day| fixture::through(store, month, day);
    let cases = [
        (Advice::Restock { add: 1_700 }, Route::Direct, "restock +1,700"),
        (Advice::Restock { add: 700 }, Route::ByHand, "by hand: restock +700"),
        (Advice::Renew { until: until(11, 30) }, Route::FollowOn, "renew to Mon 30 Nov (follow-on)"),
        (Advice::Renew { until: fixture::at(30, 10, 0) }, Route::Direct, "renew to Mon 30 Nov 18:00"),
        (Advice::Recreate { until: until(11, 30), min_spend: None }, Route::Direct, "recreate to Mon 30 Nov"),
        (
            Advice::Recreate { until: until(11, 30), min_spend: Some(Decimal::from(60)) },
            Route::Direct,
            "recreate from SGD 60.00",
        ),
        (Advice::Adjust { min_spend: Decimal::from(60) }, Route::Direct, "adjust to SGD 60.00"),
        (Advice::Delete, Route::Instead, "delete (by ending it)"),
        (Advice::OpenPage, Route::ByHand, "open page"),
        (Advice::Wait, Route::Direct, "wait"),
        (Advice::Leave(Message::as_written("ended by Mei")), Route::Direct, "leave: ended by Mei"),
    ];
    for (advice, way, expected) in cases {
        let told = suggestion_words(Language::ENGLISH, &suggestion(advice, way), store, export.at, Some(Verb::End), 34);
        assert_eq!(told.replace('\u{a0}', " "), expected);
    }
    let several = Suggestion {
        also: vec![Advice::Renew { until: until(11, 30) }],
        ..suggestion(Advice::Restock { add: 1_700 }, Route::Direct)
    };
    for (columns, expected) in [(34, "restock +1,700, renew to Mon 30 Nov"), (20, "restock, renew")] {
        let told = suggestion_words(Language::ENGLISH, &several, store, export.at, None, columns + 1);
        assert_eq!(told.replace('\u{a0}', " "), expected);
    }
}

#[test]
fn no_line_of_a_cell_ends_inside_a_date_or_an_amount() {
    let money = |amount: i64| Money::new(Decimal::from(amount), Currency::parse("EUR").unwrap());
    let day = Argument::Day {
        day: chrono::NaiveDate::from_ymd_opt(2026, 11, 30).unwrap(),
        near: chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
    };
    let (percent, cap) = (Percent(Decimal::from(15)), Some(money(12)));
    let cases = [
        (
            message!("rules-low-stock-until", left = 35_u64, total = 500_u64, percent = "7", day = day),
            "35 of 500 left (7~%); it runs to Mon~30~Nov.",
        ),
        (
            message!("rules-spend-high-usual", spend = money(1500), bound = money(60)),
            "Asks for EUR~1,500.00; the store's rule allows at most EUR~60.00.",
        ),
        (discount_message(Language::ENGLISH, &Discount::Share { percent, cap }), "15~% off, max EUR~12.00"),
    ];
    for (message, expected) in cases {
        assert_eq!(Language::ENGLISH.render_in_cell(&message).replace('\u{a0}', "~"), expected);
    }
}

fn chinese_morning() -> Opened {
    let export = fixture::export();
    let checklist = fixture::checklist(&export);
    let book = Book { language: crate::chinese(), ..fixture::book(&export, &checklist) };
    open("morning-zh.xlsx", &book)
}

#[test]
fn a_chinese_workbook_speaks_chinese_in_every_place_that_a_manager_reads() {
    let book = chinese_morning();
    assert_eq!(
        book.sheet_names(),
        ["汇总", "检查表", "优惠券", "手动处理", "覆盖", "店铺", "快捷回复", "帮助", "couponbook"]
    );
    let table = book.xml("xl/tables/table1.xml");
    let headers: Vec<String> =
        COLUMNS.iter().filter(|it| it.part != Part::Result).map(|it| it.name(crate::chinese())).collect();
    assert_eq!(opened::all_attributes(&table, "tableColumn", "name"), headers);
    assert!(headers.iter().all(|header| !header.is_ascii()), "{headers:?}");
    let coupons = book.sheet_xml("优惠券");
    assert!(coupons.contains("采纳,延期,补库存,删除,结束,启用,暂停,调整,重建,保留"));
    assert!(coupons.contains("TRIM($I4)=\"adjust\",TRIM($I4)=\"调整\""), "a word of either language is understood");
    assert!(coupons.contains("第 &amp;P 页，共 &amp;N 页"));
    assert!(book.xml("docProps/core.xml").contains("优惠券检查"));
    let styles = book.xml("xl/styles.xml");
    assert!(styles.contains("[$-804]m月d日 ddd hh:mm") && !styles.contains("[$-409]"));
    assert!(styles.contains(r#"<name val="Microsoft YaHei"/>"#) && !styles.contains("Arial"));
    assert_eq!(book.cell("优惠券", "A4"), text("● 严重"));
    assert!(book.has_text("帮助", "补库存") && book.has_text("店铺", "✓ 已加载"));
}

#[test]
fn every_column_is_called_in_english_what_the_table_says() {
    for column in &COLUMNS {
        assert_eq!(column.name(Language::ENGLISH), column.header);
    }
}

#[test]
fn the_columns_of_a_decision_fill_a_window_of_1440_pixels_in_each_language() {
    for language in Language::all() {
        let pixels: f64 = COLUMNS
            .iter()
            .take_while(|column| column.part != Part::Result)
            .filter(|column| column.part != Part::Key)
            .map(|column| column.width_in(language) * 7.0 + 5.0)
            .sum();
        assert!((1370.0..=1390.0).contains(&pixels), "{language}: {pixels}");
    }
}

#[test]
fn rows_past_the_end_of_a_sheet_stand_on_further_ones_and_links_lead_there() {
    let export = fixture::export();
    let mut bytes = Vec::new();
    write::write_in_sheets_of(&fixture::book(&export, &fixture::checklist(&export)), 5, &mut bytes).unwrap();
    let book = Opened::of(bytes);
    let names = book.sheet_names();
    assert_eq!(names[2..5], ["Coupons", "Coupons 2", "Coupons 3"]);
    assert_eq!(names.iter().filter(|name| name.starts_with("Coupons")).count(), 12);
    assert!(book.sheet_xml("Summary").contains("location=\"'Coupons 2'!A4\""));
    assert_eq!(book.cell("Coupons 12", "D1"), text("18 of 60 need a look · sheet 12 of 12"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.xlsx");
    let mut bytes = Vec::new();
    write::write_in_sheets_of(&fixture::book(&export, &[]), 5, &mut bytes).unwrap();
    std::fs::write(&path, bytes).unwrap();
    let back = couponbook::workbook::read::read(&path).unwrap();
    assert_eq!(back.undecided, export.rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>());
}

#[test]
fn every_variant_that_a_sheet_names_has_its_name_in_every_language() {
    // The platform's own word stands for a status that we do not know.
    fn ids<T: Named>() -> Vec<String> {
        T::VARIANTS.iter().map(|variant| variant.id()).collect()
    }
    let ids = [ids::<Access>(), ids::<ActionWord>(), ids::<FindingCode>(), ids::<Operation>(), ids::<OutcomeKind>()]
        .into_iter()
        .chain([ids::<Severity>(), ids::<Situation>(), ids::<Slot>(), ids::<Status>(), ids::<Verb>()]);
    for id in ids.flatten().filter(|id| id != "status-unknown") {
        for language in Language::all() {
            assert!(language.ids().contains(&id), "{language}: {id}");
        }
    }
}
