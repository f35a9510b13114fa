//! What was altered, lost or added in the archive: week and history say so first, leave it out, and tell the rest.

use std::path::{Path, PathBuf};

use calamine::{Reader, Xlsx, open_workbook};
use polars::prelude::{ParquetReader, ParquetWriter, SerReader};
use serde_json::Value;

use super::applying::every_action;
use super::archiving::bucket_of;
use super::paper::row;
use super::shops::{SMALL_SHOPS, TWO_SHOPS};
use super::tool::{Tool, text};

const WOO: &str = "woo-de-1";

/// Two exports, and a run of twenty rows.
fn worked() -> Tool {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&every_action());
    tool.apply(&back, &[]).exits(0);
    tool.wait_hours(1);
    tool.run(["export"]).exits(0);
    tool
}

/// The only file of that name in the archive, or the first.
fn archived(tool: &Tool, top: &str, name: &str) -> PathBuf {
    let mut folders = vec![tool.path("archive").join(top)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.file_name().unwrap() == name => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found.swap_remove(0)
}

/// As the archive names it, on every system.
fn inside(tool: &Tool, path: &Path) -> String {
    let names = path.strip_prefix(tool.path("archive")).unwrap().iter().map(|name| name.to_str().unwrap());
    names.collect::<Vec<_>>().join("/")
}

fn week(tool: &Tool, more: &[&str]) -> super::tool::Ran {
    tool.run([&["archive", "week", "2026-W47"], more].concat()).exits(0)
}

fn flaws(document: &Value) -> Vec<(&str, &str)> {
    let flaws = document["flaws"].as_array().unwrap().iter();
    flaws.map(|flaw| (flaw["kind"].as_str().unwrap(), flaw["path"].as_str().unwrap())).collect()
}

/// The lines of the first sheet that hold something.
fn summary(workbook: &Path) -> Vec<String> {
    let mut book: Xlsx<_> = open_workbook(workbook).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let lines = range.rows().map(|row| row.iter().map(ToString::to_string).collect::<String>());
    lines.filter(|line| !line.trim().is_empty()).collect()
}

#[test]
fn rows_that_were_removed_from_a_table_of_changes_are_said_first_and_told_by_the_run_itself() {
    let tool = worked();
    let whole = week(&tool, &["--json"]).json();
    assert_eq!((flaws(&whole), &whole["actions"]["done"]), (Vec::new(), &Value::from(20)));

    let file = archived(&tool, "changes", "changes.parquet");
    let table = ParquetReader::new(std::fs::File::open(&file).unwrap()).finish().unwrap();
    ParquetWriter::new(std::fs::File::create(&file).unwrap()).finish(&mut table.head(Some(7))).unwrap();
    let path = inside(&tool, &file);

    let told = week(&tool, &[]).stdout;
    let mut lines = told.lines();
    assert!(lines.next().unwrap().starts_with("1 flaw in what was read of the archive"), "{told}");
    assert!(lines.next().unwrap().contains(&format!("{path}: was changed since it was sealed")), "{told}");
    let out = tool.path("week.xlsx");
    let json = week(&tool, &["--json", "--out", text(&out)]).json();
    assert_eq!(flaws(&json), [("changed", path.as_str())]);
    assert_eq!(json["actions"], whole["actions"], "the run's own results have them all");
    let page = summary(&out);
    // After title and line.
    assert!(page[2].starts_with("1 flaw in the archive that this is made from"), "{page:?}");
    assert_eq!(page[3], format!("{path} was changed since it was sealed"));

    let life = tool.run(["history", "coupon", WOO, "stock"]).exits(0).stdout;
    assert!(
        life.starts_with("1 flaw in what was read of the archive") && life.contains("total 500 → total 700"),
        "{life}"
    );
    let chinese = tool.path("zh.xlsx");
    tool.configure("team_time_zone", "language = \"zh-CN\"\nteam_time_zone");
    week(&tool, &["--out", text(&chinese)]);
    assert!(summary(&chinese)[2].contains("1 处与封存时不符"), "{:?}", summary(&chinese));
}

#[test]
fn one_bad_table_does_not_stop_history_and_has_its_name_told() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    for _ in 0..2 {
        tool.run(["export"]).exits(0);
        tool.wait_hours(1);
    }
    let file = archived(&tool, "snapshots", "coupons.parquet");
    std::fs::write(&file, "no table at all").unwrap();
    let path = inside(&tool, &file);
    let out = tool.path("history.xlsx");
    let json = tool.run(["history", "--json", "--out", text(&out)]).exits(0).json();
    assert_eq!(flaws(&json), [("changed", path.as_str())]);
    assert_eq!(json["weeks"][0]["exports"], 1, "the other export is told");
    assert!(summary(&out)[2].starts_with("1 flaw in the archive"), "{:?}", summary(&out));
    let told = tool.run(["history"]).exits(0).stdout;
    assert!(told.lines().nth(1).unwrap().contains(&path), "{told}");
    week(&tool, &[]);
    tool.run(["history", "coupon", WOO, "stock"]).exits(0);
}

#[test]
fn what_is_missing_or_was_added_is_said_first_and_nothing_that_was_added_counts() {
    let tool = worked();
    let whole = week(&tool, &["--json"]).json();
    // A run that never was, with rows of one that was.
    let table = archived(&tool, "changes", "changes.parquet");
    let bundle = table.parent().unwrap();
    let added = bundle.with_file_name("run=R20261122-050000-AAAAAA");
    std::fs::create_dir(&added).unwrap();
    for file in std::fs::read_dir(bundle).unwrap().map(|entry| entry.unwrap().path()) {
        std::fs::copy(&file, added.join(file.file_name().unwrap())).unwrap();
    }
    let json = week(&tool, &["--json"]).json();
    assert_eq!(flaws(&json), [("never_sealed", inside(&tool, &added).as_str())]);
    assert_eq!(json["actions"], whole["actions"]);
    std::fs::remove_dir_all(&added).unwrap();

    let gone = inside(&tool, &table);
    std::fs::remove_dir_all(bundle).unwrap();
    let json = week(&tool, &["--json"]).json();
    assert_eq!(flaws(&json), [("missing", gone.as_str())]);
    assert_eq!(json["actions"], whole["actions"], "the run's own results have them");

    // Nobody can tell any more what a link proved that was changed.
    let link = tool.path("archive/chain/00000002.json");
    std::fs::write(&link, std::fs::read_to_string(&link).unwrap().replace("\"how\"", "\"HOW\"")).unwrap();
    let told = week(&tool, &[]).stdout;
    assert!(told.contains("chain/00000002.json"), "{told}");
}

#[test]
fn what_file_managers_leave_is_no_flaw() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    tool.apply(&back, &[]).exits(0);
    for folder in ["runs", "changes", "chain", "snapshots/date=2026-11-22"] {
        std::fs::write(tool.path("archive").join(folder).join(".DS_Store"), "x").unwrap();
    }
    assert_eq!(flaws(&week(&tool, &["--json"]).json()), Vec::new());
    tool.run(["history"]).exits(0);
    tool.run(["archive", "verify"]).exits(0);
    tool.export("next");
}

#[test]
fn an_object_of_a_bucket_that_was_changed_is_named_and_the_rest_told() {
    let (mut tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    let _server = bucket_of(&mut tool);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    tool.apply(&back, &[]).exits(0);
    assert_eq!(flaws(&week(&tool, &["--json"]).json()), Vec::new());
    let objects = tool.path("s3/team/coupons/archive/changes");
    let mut folders = vec![objects];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.ends_with("changes.parquet") => std::fs::write(&path, "other").unwrap(),
                false => {}
            }
        }
    }
    // From another machine's empty memory.
    std::fs::remove_dir_all(tool.path("state/archive")).unwrap();
    let json = week(&tool, &["--json"]).json();
    assert!(matches!(flaws(&json).as_slice(), [("changed", path)] if path.ends_with("changes.parquet")), "{json}");
    assert_eq!(json["actions"]["done"], 1);
}
