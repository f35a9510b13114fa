//! `history` and `archive week` as they are typed.

use crate::flows::archiving::bucket_of;
use crate::flows::paper::{Exported, row};
use crate::flows::shops::TWO_SHOPS;
use crate::flows::tool::{Tool, text};

#[test]
fn a_week_with_an_export_is_drawn_and_one_without_says_so() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let empty = tool.run(["history"]).exits(0);
    assert!(empty.stdout.contains("No export between"), "{}", empty.stdout);
    tool.run(["export"]).exits(0);
    let told = tool.run(["history", "--weeks", "2", "--ascii"]).exits(0);
    assert!(told.stdout.contains("2026-W46 to 2026-W47 · 1 export in 1 week"), "{}", told.stdout);
    let document = tool.run(["history", "--json"]).exits(0).json();
    assert_eq!(document["weeks"][0]["week"], "2026-W47");
    assert_eq!(document["weeks"][0]["exports"], 1);
}

#[test]
fn calls_are_found_by_store_and_status_and_the_csv_holds_them_all() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    tool.run(["export"]).exits(0);
    let all = tool.run(["history", "calls", "--json"]).exits(0).json();
    let of_store = tool.run(["history", "calls", "--store", "woo-de-1", "--status", "2xx", "--json"]).exits(0).json();
    let count = |document: &serde_json::Value| document["calls"].as_array().unwrap().len();
    assert!(count(&of_store) > 0 && count(&of_store) < count(&all));
    let place = tool.path("calls.csv");
    tool.run(["history", "calls", "--out", place.to_str().unwrap()]).exits(0);
    let csv = std::fs::read_to_string(place).unwrap();
    assert_eq!(csv.lines().count(), 1 + count(&all));
    let none = tool.run(["history", "calls", "--until", "2026-W40"]).exits(0);
    assert!(none.stdout.contains("No such call"), "{}", none.stdout);
}

#[test]
fn the_weekly_workbook_never_takes_the_place_of_another() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    tool.run(["export"]).exits(0);
    let first = tool.run(["archive", "week", "2026-W47", "--json"]).exits(0).json();
    let second = tool.run(["archive", "week", "2026-W47", "--json"]).exits(0).json();
    assert!(first["workbook"].as_str().unwrap().ends_with("week-2026-W47.xlsx"));
    assert!(second["workbook"].as_str().unwrap().ends_with("week-2026-W47-2.xlsx"));
    assert_eq!(first["exports"], 1);
    tool.run(["archive", "week", "2026-W54"]).exits(2);
}

#[test]
fn a_coupon_that_no_export_saw_is_said_in_one_sentence() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    tool.run(["export"]).exits(0);
    let told = tool.run(["history", "coupon", "woo-de-1", "NO-SUCH-CODE"]).exits(2);
    assert!(told.stderr.contains("no export of woo-de-1 has a coupon"), "{}", told.stderr);
}

#[test]
fn who_did_what_and_who_did_not_sign_is_told_from_the_archive() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let place = tool.path("morning.xlsx");
    tool.run(["export", "--slot", "am", "--out", text(&place)]).exits(0);
    let morning = Exported::open(&place);
    let restock = [row("woo-de-1", "stock", "restock").stock("200")];
    let signed = [["stock", "Operator one", "", ""], ["status", "Operator one", "", ""]];
    let back = morning.hand_back_signed(&tool.path("back.xlsx"), &restock, &morning.hidden, &signed);
    tool.apply(&back, &["--by", "Operator two"]).exits(0);

    // Nine of the usual items are due on a Sunday morning.
    let week = tool.run(["archive", "week", "2026-W47", "--json"]).exits(0).json();
    assert_eq!((&week["missed_sign_offs"], &week["actions"]["done"]), (&7.into(), &1.into()));
    let history = tool.run(["history", "--json"]).exits(0).json();
    assert_eq!((&history["weeks"][0]["missed_sign_offs"], &history["weeks"][0]["exports"]), (&7.into(), &1.into()));

    let life = tool.run(["history", "coupon", "woo-de-1", "stock"]).exits(0).stdout;
    assert!(life.contains("restock (raise the total) by Operator two in run R"), "{life}");
}

#[test]
fn the_weeks_can_be_written_as_a_workbook_that_never_takes_the_place_of_another() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    tool.run(["export"]).exits(0);
    let place = tool.path("trends/weeks.xlsx");
    let first = tool.run(["history", "--weeks", "2", "--out", text(&place)]).exits(0);
    assert!(first.stdout.contains(&format!("Workbook: {}", place.display())), "{}", first.stdout);
    let second = tool.run(["history", "--out", text(&place), "--json"]).exits(0).json();
    assert!(second["workbook"].as_str().unwrap().ends_with("weeks-2.xlsx"));
    assert_eq!(tool.run(["history", "--json"]).exits(0).json()["workbook"], serde_json::Value::Null);
    tool.run(["history", "--out", "weeks.csv"]).exits(2).says(&["its name ends in .xlsx"]);
}

#[test]
fn an_archive_in_a_bucket_tells_the_same_and_only_what_is_asked_for_is_copied() {
    let (mut tool, _shops) = Tool::with_shops(TWO_SHOPS);
    tool.run(["export", "--slot", "am"]).exits(0);
    let back = tool.hand_back(&[row("woo-de-1", "stock", "restock").stock("200")]);
    tool.apply(&back, &[]).exits(0);
    tool.wait_hours(6);
    tool.run(["export", "--slot", "pm"]).exits(0);
    let ask = |tool: &Tool| {
        let week = tool.run(["archive", "week", "2026-W47", "--json"]).exits(0).json();
        let mut told = vec![tool.run(["history", "--json"]).exits(0).json(), week];
        told.push(tool.run(["history", "coupon", "woo-de-1", "stock", "--json"]).exits(0).json());
        told.push(tool.run(["history", "calls", "--json"]).exits(0).json());
        // The only thing that may differ is the next free name of the workbook.
        for document in &mut told {
            if let Some(fields) = document.as_object_mut() {
                fields.remove("workbook");
            }
        }
        told
    };
    let in_folder = ask(&tool);
    let _server = bucket_of(&mut tool);
    copy(&tool.path("archive"), &tool.path("s3/team/coupons/archive"));
    std::fs::remove_dir_all(tool.path("archive")).unwrap();

    tool.run(["history", "calls"]).exits(0);
    assert_eq!(copied(&tool, "parquet"), 0, "calls are told from the call logs only");
    tool.run(["history", "coupon", "woo-de-1", "stock", "--since", "2026-11-22"]).exits(0);
    assert_eq!(copied(&tool, "findings.parquet"), 0, "a coupon's life needs no findings");
    assert_eq!(ask(&tool), in_folder);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            std::fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// How many files whose names end so this machine has copies of.
fn copied(tool: &Tool, ending: &str) -> usize {
    fn count(folder: &std::path::Path, ending: &str) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .map(|path| match path.is_dir() {
                true => count(&path, ending),
                false => usize::from(path.to_str().unwrap().ends_with(ending)),
            })
            .sum()
    }
    count(&tool.path("state/archive"), ending)
}

#[test]
fn what_became_of_actions_is_said_in_the_language_of_the_workbook() {
    use calamine::Reader;
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    tool.configure("operator =", "language = \"zh-CN\"\noperator =");
    let out = tool.path("zh.xlsx");
    tool.run(["export", "--prefill", "accept", "--out", text(&out)]).exits(0);
    tool.apply(&out, &[]);
    let week = tool.run(["archive", "week", "2026-W47", "--json"]).exits(0).json();
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(week["workbook"].as_str().unwrap()).unwrap();
    let words: Vec<String> =
        workbook.worksheet_range("操作").unwrap().cells().map(|(_, _, cell)| cell.to_string()).collect();
    let message = words.iter().position(|words| words == "说明").unwrap();
    assert!(words.len() > message + 1, "{words:?}");
    // Sentences have blanks, and these have none of ours: what is left in Latin letters is names, codes and amounts.
    let english = [" was ", " is ", " the ", "read back", "raise", "total"];
    let left = words.iter().find(|words| english.iter().any(|english| words.contains(english)));
    assert_eq!(left, None, "{words:?}");
}
