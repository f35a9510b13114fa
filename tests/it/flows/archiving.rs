//! The archive as the program's users meet it: kept by every export and run, proved, listed, packed; in a bucket too.

use polars::prelude::{AnyValue, ParquetReader, SerReader};
use serde_json::Value;

use super::paper::{Exported, row};
use super::shops::TWO_SHOPS;
use super::tool::{Tool, text};
use crate::archive::fixture::{Server, Trouble};

const WOO: &str = "woo-de-1";

/// One export, one run of two rows.
fn worked(tool: &Tool) -> Value {
    let lines = [row(WOO, "stock", "restock").stock("200"), row(WOO, "del", "delete")];
    let back = tool.hand_back(&lines);
    tool.plan(&back, &[]).exits(0);
    tool.apply(&back, &[]).exits(0).json()
}

pub fn bucket_of(tool: &mut Tool) -> Server {
    let server = Server::in_folder(&tool.path("s3"));
    let head = tool.read("couponbook.toml");
    let keys = format!(
        "\n[archive]\nurl = \"s3://team/coupons/archive\"\nendpoint = \"http://{}\"\nallow_http = true\naccess_key_id = {{ env = \"BUCKET_ID\" }}\nsecret_access_key = {{ env = \"BUCKET_SECRET\" }}\n",
        server.address
    );
    // A table's keys end where the next one begins, so that it stands last.
    tool.write("couponbook.toml", &format!("{head}{keys}"));
    tool.environment.insert("BUCKET_ID".to_string(), "KEY-ID".to_string());
    tool.environment.insert("BUCKET_SECRET".to_string(), "THE-SECRET".to_string());
    server
}

#[test]
fn an_export_and_a_run_leave_an_archive_that_is_whole() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let run = worked(&tool);
    let verified = tool.run(["archive", "verify", "--json"]).exits(0).json();
    assert_eq!(verified["flaws"], serde_json::json!([]));
    // Export: snapshot and workbook. Run: its bundle, the round's snapshot, the changes.
    assert_eq!(verified["bundles"], 5);

    let id = run["run"].as_str().unwrap();
    let shown = tool.run(["archive", "show", id]).exits(0).stdout;
    for wanted in ["by Night shift", "rows: 2 done", "results.xlsx", "changes.parquet"] {
        assert!(shown.contains(wanted), "{wanted:?} is not in\n{shown}");
    }
    let listed = tool.run(["archive", "list", "--from", "2026-W47", "--to", "2026-11-22"]).exits(0).stdout;
    assert!(listed.contains(id) && listed.contains("5 bundles"), "{listed}");
    tool.run(["archive", "show", "20200101-AM-NOBODY"]).exits(1).says(&["holds no export or run"]);
    tool.run(["archive", "verify", "--from", "yesterday"]).exits(2).says(&["write 2026-11-22 or 2026-W47"]);
    tool.run(["archive", "verify", "--sample", "five"]).exits(2).says(&["write a share such as 5%"]);
}

#[test]
fn every_row_of_a_run_is_a_row_of_its_table_of_changes() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let run = worked(&tool);
    let folder = tool.path(&format!("archive/changes/date=2026-11-22/run={}", run["run"].as_str().unwrap()));
    let file = std::fs::File::open(folder.join("changes.parquet")).unwrap();
    let table = ParquetReader::new(file).finish().unwrap();
    assert_eq!(table.height(), 2);
    let cell = |column: &str, row: usize| table.column(column).unwrap().get(row).unwrap().into_static();
    let stock = (0..2).find(|row| cell("action", *row) == AnyValue::String("restock")).unwrap();
    for (column, wanted) in [
        ("store", WOO),
        ("code", "stock"),
        ("becomes", "raise_total"),
        ("outcome", "done"),
        ("by", "Night shift"),
        ("exposure_currency", "EUR"),
        ("exposure_kind", "known"),
    ] {
        assert_eq!(cell(column, stock), AnyValue::String(wanted), "{column}");
    }
    let (AnyValue::Int64(before), AnyValue::Int64(after)) = (cell("before_total", stock), cell("after_total", stock))
    else {
        panic!("totals are whole numbers")
    };
    assert_eq!(after, before + 200);
}

#[test]
fn a_flaw_ends_with_exit_code_1_and_a_seal_is_checked_against_the_archive() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let run = worked(&tool);
    let seal = tool.run(["archive", "seal", "2026-W47"]).exits(0).says(&["Mail this line to yourself"]).stdout;
    tool.run(["archive", "verify", "--against", seal.trim()]).exits(0);
    tool.run(["archive", "verify", "--against", "nonsense"]).exits(2).says(&["is not a seal"]);

    let plan = tool.path("archive/runs").join(run["run"].as_str().unwrap()).join("plan.json");
    std::fs::write(&plan, "{}").unwrap();
    let ran = tool.run(["archive", "verify"]).exits(1).says(&["the archive is not what was sealed: 1 flaw"]);
    assert!(ran.stdout.contains("plan.json: was changed since it was sealed"), "{}", ran.stdout);
    let zip = tool.path("reports/2026-W47/archive-2026-W47.zip");
    tool.run(["archive", "export", "2026-W47"]).exits(1).says(&["plan.json: was changed", "nothing was written"]);
    assert!(!zip.exists());
    // Whoever looks into it gets the week as it is, and is told.
    tool.run(["archive", "export", "2026-W47", "--with-flaws"]).exits(1).says(&["plan.json: was changed"]);
    assert!(zip.exists());
    tool.run(["archive", "export", "2026-W46"]).exits(1).says(&["holds nothing of 2026-W46"]);
}

#[test]
fn what_was_interrupted_is_told_with_the_next_command_and_not_as_tampering() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    // The link cannot be written: as if the export was killed right before it.
    std::fs::create_dir_all(tool.path("archive/chain/00000001.json")).unwrap();
    tool.run(["export"]).exits(1);
    std::fs::remove_dir(tool.path("archive/chain/00000001.json")).unwrap();
    let ran = tool.run(["archive", "verify"]).exits(1).says(&["2 bundles interrupted", "`couponbook export`"]);
    assert!(!ran.stderr.contains("keep the archive as it is"), "{}", ran.stderr);
    let json = tool.run(["archive", "verify", "--json"]).exits(1).json();
    assert_eq!(json["flaws"][0]["kind"], "interrupted");

    tool.run(["export"]).exits(0);
    tool.run(["archive", "verify"]).exits(0);
}

#[test]
fn nothing_is_pruned_without_a_yes() {
    let (tool, _shops) = Tool::with_shops(TWO_SHOPS);
    worked(&tool);
    tool.run(["archive", "prune", "--keep-weeks", "2"]).exits(0);
    tool.wait_hours(24 * 30);
    tool.run(["archive", "prune", "--keep-weeks", "2"]).exits(2).says(&["5 bundles", "add --yes"]);
    assert_eq!(tool.run(["archive", "verify", "--json"]).exits(0).json()["pruned_bundles"], 0);
    tool.run(["archive", "prune", "--keep-weeks", "2", "--yes", "--by", "Manager"]).exits(0);
    assert_eq!(tool.run(["archive", "verify", "--json"]).exits(0).json()["pruned_bundles"], 5);
    let listed = tool.run(["archive", "list"]).exits(0).stdout;
    assert!(listed.contains("pruned on 2026-12-22 by Manager"), "{listed}");
}

#[test]
fn the_whole_work_goes_on_with_an_archive_in_a_bucket() {
    let (mut tool, shops) = Tool::with_shops(TWO_SHOPS);
    let _server = bucket_of(&mut tool);
    let run = worked(&tool);
    assert_eq!(shops.writes().len(), 2);
    assert!(!tool.path("archive").exists(), "nothing is left in a folder that is not the archive");

    let objects = tool.path("s3/team/coupons/archive");
    assert!(objects.join("chain/00000001.json").exists());
    assert!(objects.join("runs").join(run["run"].as_str().unwrap()).join("results.xlsx").exists());
    let verified = tool.run(["archive", "verify", "--json"]).exits(0).json();
    assert_eq!((&verified["bundles"], &verified["flaws"]), (&Value::from(5), &serde_json::json!([])));

    // The results workbook is the next round, from another machine's empty memory.
    std::fs::remove_dir_all(tool.path("state/archive")).unwrap();
    let results = std::path::PathBuf::from(run["results"].as_str().unwrap());
    tool.plan(&results, &[]).exits(0);
    tool.run(["archive", "seal", "2026-W47"]).exits(0);
    tool.run(["archive", "export", "2026-W47"]).exits(0);
    let listed = tool.run(["archive", "list"]).exits(0).stdout;
    assert!(listed.contains("5 bundles in s3://team/coupons/archive"), "{listed}");

    std::fs::write(objects.join("runs").join(run["run"].as_str().unwrap()).join("plan.json"), "{}").unwrap();
    tool.run(["archive", "verify"]).exits(1);
    for file in [text(&tool.path("couponbook.toml")).to_string(), listed] {
        assert!(!file.contains("THE-SECRET"));
    }
}

#[test]
fn a_bucket_that_ignores_conditions_is_told_before_a_store_is_loaded_and_before_anything_is_sent() {
    let (mut tool, shops) = Tool::with_shops(TWO_SHOPS);
    let server = bucket_of(&mut tool);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("200")]);
    let before = shops.counts().requests;
    server.trouble(Trouble::ConditionsIgnored);
    for words in [vec!["export"], vec!["apply", back.to_str().unwrap(), "--yes"]] {
        tool.run(words).exits(1).says(&["ignores conditional writes", "[archive] url, endpoint"]);
    }
    assert_eq!(shops.counts().requests, before);
    server.heal();
    tool.apply(&back, &[]).exits(0);
}

#[test]
fn a_bucket_that_refuses_at_the_end_of_an_export_costs_no_workbook_and_gets_it_later() {
    let (mut tool, shops) = Tool::with_shops(TWO_SHOPS);
    let server = bucket_of(&mut tool);
    server.trouble(Trouble::Refused("/snapshots/"));
    let written = tool.path("written.xlsx");
    let ran = tool.run(["export", "--out", written.to_str().unwrap()]).exits(1);
    ran.says(&["cannot be reached or refuses", "the workbook is in", "written.xlsx", "wait on this machine"]);
    assert!(written.is_file());

    // It can be worked with as soon as the bucket takes files again.
    server.heal();
    let lines = [row(WOO, "stock", "restock").stock("200")];
    let back = Exported::open(&written).hand_back(&tool.path("back.xlsx"), &lines);
    tool.apply(&back, &[]).exits(0);
    assert_eq!(shops.writes().len(), 1);
    let verified = tool.run(["archive", "verify", "--json"]).exits(0).json();
    // The export and its workbook, the run, its table and its results.
    assert_eq!((&verified["bundles"], &verified["flaws"]), (&Value::from(5), &serde_json::json!([])));
}

#[test]
fn a_bucket_can_have_its_name_before_the_host() {
    let (mut tool, _shops) = Tool::with_shops(TWO_SHOPS);
    let server = bucket_of(&mut tool);
    let config = tool.read("couponbook.toml");
    tool.write("couponbook.toml", &format!("{config}addressing = \"virtual\"\n"));
    tool.run(["archive", "list"]).exits(2).says(&["cannot be used with addressing", "write the name of a host"]);
    tool.configure(&format!("http://{}", server.address), "http://localhost:1");
    // Nobody knows `team.localhost` by that name: what is asked of it goes to the server as to a proxy.
    let ran = tool
        .process(&["export"])
        .env("http_proxy", format!("http://{}", server.address))
        .env("no_proxy", "127.0.0.1")
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(tool.path("s3/team/coupons/archive/chain/00000001.json").exists());
    tool.configure("\"virtual\"", "\"sideways\"");
    tool.run(["archive", "list"]).exits(2).says(&["sideways", "path", "virtual"]);
}

#[test]
fn a_bucket_that_cannot_be_used_is_said_before_anything_is_sent() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let config = tool.read("couponbook.toml");
    for (keys, code, wanted) in [
        ("[archive]\nurl = \"s3://team\"\n", 2, "the keys of the bucket are missing"),
        ("[archive]\nurl = \"s3://\"\n", 2, "names no bucket"),
        ("[archive]\nurl = \"gs://team\"\n", 2, "gs:// is not a place"),
        ("[archive]\nurl = \"s3://team\"\nbucket = \"x\"\n", 2, "unknown key `bucket` in [archive]"),
        (
            "[archive]\nurl = \"s3://team\"\nsecret_access_key = \"abc\"\naccess_key_id = \"abc\"\n",
            2,
            "access_key_id is written out",
        ),
        (
            "[archive]\nurl = \"s3://team\"\nendpoint = \"http://s3.example.com\"\nallow_http = true\n",
            2,
            "write an https",
        ),
        ("[archive]\nurl = \"s3://team\"\nendpoint = \"http://127.0.0.1:9\"\n", 2, "add allow_http = true"),
        ("[archive]\nurl = \"elsewhere\"\n", 0, ""),
    ] {
        tool.write("couponbook.toml", &format!("{config}\n{keys}"));
        tool.run(["archive", "list"]).exits(code).says(&[wanted]);
    }
    assert_eq!(shops.writes(), Vec::<String>::new());
}
