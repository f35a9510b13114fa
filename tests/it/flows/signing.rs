//! Sign-offs come back, are kept, and the afternoon knows what the morning left.

use crate::trouble::always;
use calamine::Data;
use couponbook::domain::SignOff;
use couponbook::sandbox::{Fault, FaultKind};

use super::paper::{Exported, row};
use super::shops::{TWO_SHOPS, on};
use super::tool::{Tool, text};

const WOO: &str = "woo-de-1";

fn export(tool: &Tool, slot: &str) -> Exported {
    export_into(tool, slot, slot)
}

fn export_into(tool: &Tool, slot: &str, name: &str) -> Exported {
    let out = tool.path(&format!("{name}.xlsx"));
    tool.run(["export", "--slot", slot, "--out", text(&out)]).exits(0);
    Exported::open(&out)
}

/// The line of an item: what was found, both names, the remark.
fn line(book: &Exported, key: &str) -> [String; 4] {
    let (_, range) = book.sheets.iter().find(|(name, _)| name == "Checklist").unwrap();
    let row = range.rows().find(|row| row[10] == Data::String(key.to_string())).unwrap();
    [6, 7, 8, 9].map(|place: usize| row[place].to_string())
}

fn summary(book: &Exported) -> Vec<String> {
    let (_, range) = book.sheets.iter().find(|(name, _)| name == "Summary").unwrap();
    range.rows().flatten().map(|cell| cell.to_string().replace('\u{a0}', " ")).collect()
}

fn archived(tool: &Tool, export: &str, name: &str) -> Option<Vec<SignOff>> {
    let archive = crate::archive::archive_at(tool.path("archive"), "any");
    let bytes = std::fs::read(archive.root().join("exports").join(export).join(name)).ok()?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

#[test]
fn the_afternoon_carries_the_mornings_signatures_and_says_which_of_its_actions_are_open() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let morning = export(&tool, "am");
    assert!(summary(&morning).iter().any(|it| it.starts_with("First export:")));
    let lines = [row(WOO, "stock", "restock").stock("200"), row(WOO, "renew", "renew").end("2026-12-31")];
    let signed = [["stock", "Mei", "–", "ordered more"], ["status", "Mei", "", ""]];
    let back = morning.hand_back_signed(&tool.path("back.xlsx"), &lines, &morning.hidden, &signed);
    shops.trouble(Fault { times: Some(3), ..always(on(WOO, "update"), FaultKind::LoseRequest) });
    tool.apply(&back, &[]).exits(5).says(&["2 sign-offs read."]);
    shops.heal();

    let afternoon = export(&tool, "pm");
    assert_eq!(line(&afternoon, "stock")[1..], ["Mei", "", "ordered more"]);
    assert_eq!(line(&afternoon, "status")[1..], ["Mei", "–", ""]);
    let [found, ..] = line(&afternoon, "actions");
    assert!(found.starts_with("1 action still open: "), "{found}");
    let said = summary(&afternoon);
    assert!(said.contains(&"1 action of the last workbooks is not settled".to_string()), "{said:#?}");
    assert!(said.iter().any(|it| it.starts_with("Changed since Sun 22 Nov, morning")), "{said:#?}");

    // What failed is applied again from the results workbook; nothing is open in the evening.
    tool.apply(&tool.path("back-results.xlsx"), &[]).exits(0);
    let [found, ..] = line(&export_into(&tool, "pm", "evening"), "actions");
    assert_eq!(found, "");
}

#[test]
fn a_workbook_without_any_action_gives_its_signatures_once_and_they_are_archived() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let morning = export(&tool, "am");
    let sign = |name: &str, signed: &[[&str; 4]]| {
        let back = morning.hand_back_signed(&tool.path(name), &[], &morning.hidden, signed);
        tool.run(["plan", text(&back)]).exits(0)
    };
    sign("one.xlsx", &[["stock", "Mei", "", "fine"]]).says(&["1 sign-off read."]);
    let id = morning.id();
    let first = archived(&tool, &id, "sign_offs.json").unwrap();
    assert_eq!((first[0].item.as_str(), first[0].name.as_str(), first[0].remark.as_str()), ("stock", "Mei", "fine"));
    tool.run(["plan", text(&tool.path("one.xlsx"))]).exits(0).says(&["1 sign-off read (known already)."]);
    assert_eq!(archived(&tool, &id, "sign_offs-2.json"), None);
    sign("two.xlsx", &[["stock", "Mei", "", ""], ["status", "Dana", "", ""]]);
    let both = archived(&tool, &id, "sign_offs-2.json").unwrap();
    assert_eq!(both.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Dana", "Mei"]);
}

#[test]
fn what_a_run_carried_out_is_told_as_resolved_with_who_did_it() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let morning = export(&tool, "am");
    let back =
        morning.hand_back(&tool.path("back.xlsx"), &[row("shopee-sg-1", "LUMIPAST", "recreate").end("2026-12-31")]);
    tool.apply(&back, &["--by", "Mei"]);
    let said = summary(&export(&tool, "pm"));
    assert!(said.iter().any(|it| it.starts_with("Resolved (")), "{said:#?}");
}
