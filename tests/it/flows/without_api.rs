//! A store without an API, from its first file to the tick of what a person did: the whole program.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::paper::{Exported, row};
use super::tool::{Ran, Tool, text};

const CONFIG: &str = "\
team_time_zone = \"Asia/Singapore\"
operator = \"Night shift\"

[[store]]
id = \"temu-us-1\"
platform = \"sheet\"
shop = \"temu-us\"
files = \"drop/temu-*.*\"
page = \"https://seller.temu.com/coupons\"
complete = true
owner = \"Mei\"
currency = \"USD\"
time_zone = \"America/New_York\"
";

const HEAD: &str = "code,name,start,end,kind,value,cap,min_spend,total,used,status\n";
const BF20: &str = "BF20,Black Friday,2026-11-01,2026-11-22,percent,20,15,50,500,490,active\n";
const OPEN: &str = "OPEN,Welcome,2026-11-01,2026-12-31,percent,10,,,,,active\n";
const HOLD: &str = "HOLD,Weekend,2026-11-01,2026-12-31,amount,5,,40,100,3,active\n";

fn tool() -> Tool {
    let tool = Tool::in_empty_folder();
    tool.write("couponbook.toml", CONFIG);
    std::fs::create_dir(tool.path("drop")).unwrap();
    tool
}

/// A file of these rows, written a moment ago by the tool's clock.
fn drop_file(tool: &Tool, name: &str, rows: &[&str]) {
    let path = tool.write(&format!("drop/{name}"), &format!("{HEAD}{}", rows.concat()));
    let at = SystemTime::from((tool.clock)()) - Duration::from_secs(60);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

fn exported(tool: &Tool, name: &str) -> (Ran, Exported) {
    let out = tool.path(&format!("{name}.xlsx"));
    let ran = tool.run(["export", "--json", "--out", text(&out)]).exits(0);
    (ran, Exported::open(&out))
}

/// All texts of a sheet.
fn said(exported: &Exported, sheet: &str) -> String {
    let (_, range) = exported.sheets.iter().find(|(name, _)| name == sheet).unwrap();
    range.rows().flatten().map(|cell| cell.to_string().replace('\u{a0}', " ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_a_file_shows_is_judged_becomes_work_by_hand_and_is_ticked_by_the_next_file() {
    let tool = tool();
    drop_file(&tool, "temu-1.csv", &[BF20, OPEN, HOLD]);
    let (ran, first) = exported(&tool, "first");
    let source = &ran.json()["sources"][0];
    assert_eq!((source["store"].as_str(), source["file"].as_str()), (Some("temu-us-1"), Some("temu-1.csv")));
    assert_eq!((source["has_everything"].as_bool(), source["as_of"].as_str().is_some()), (Some(true), true));
    assert!(said(&first, "Stores").contains("temu-1.csv"));
    assert_eq!(first.cell("temu-us-1", "BF20", "Platform"), "Sheet");
    assert!(first.cell("temu-us-1", "BF20", "All findings").contains("Low stock"));
    for header in ["Total", "Used", "Remaining", "Min spend", "Money at risk"] {
        assert_eq!(first.cell("temu-us-1", "OPEN", header), "not known", "{header}");
    }

    let lines = [
        row("temu-us-1", "BF20", "renew").end("2026-12-05"),
        row("temu-us-1", "OPEN", "restock").stock("10"),
        row("temu-us-1", "HOLD", "pause"),
    ];
    let back = first.hand_back(&tool.path("back.xlsx"), &lines);
    let plan = tool.plan(&back, &[]).exits(4);
    assert_eq!(plan.verdicts(), ["BF20: by hand", "OPEN: refused", "HOLD: by hand"]);
    assert!(plan.stdout.contains("does not tell how many there are"), "{}", plan.stdout);
    let applied = tool.apply(&back, &[]);
    assert_eq!(applied.totals(), "by_hand: 2, refused: 1");
    assert!(applied.stdout.contains("https://seller.temu.com/coupons"), "{}", applied.stdout);

    let (ran, second) = exported(&tool, "second");
    assert_eq!((by_hand(&ran, "open"), by_hand(&ran, "done")), (2, 0), "the same file shows nothing new");
    let sheet = said(&second, "By hand");
    for wanted in ["BF20", "End: 2026-12-05 23:59 (EST)", "The shop's own page of coupons, or the link.", "Mei"] {
        assert!(sheet.contains(wanted), "{wanted:?} is not in\n{sheet}");
    }

    let chinese = tool.path("chinese.xlsx");
    tool.run(["export", "--language", "zh-CN", "--out", text(&chinese)]).exits(0);
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&chinese).unwrap();
    let sheets = calamine::Reader::worksheets(&mut book);
    let texts = sheets.iter().flat_map(|(_, range)| range.rows().flatten()).map(ToString::to_string);
    let texts = texts.collect::<Vec<_>>().join("\n");
    assert!(texts.contains("店铺自己的优惠券页面，或点链接。"), "{texts}");

    tool.wait_hours(3);
    drop_file(&tool, "temu-2.csv", &[&BF20.replace("2026-11-22", "2026-12-05 23:59"), OPEN, HOLD]);
    let (ran, _) = exported(&tool, "third");
    assert_eq!((by_hand(&ran, "open"), by_hand(&ran, "done")), (1, 1));
    assert_eq!(ran.json()["sources"][0]["file"], "temu-2.csv");
    tool.wait_hours(3);
    drop_file(&tool, "temu-3.csv", &[OPEN, &HOLD.replace("active", "paused")]);
    let (ran, last) = exported(&tool, "fourth");
    assert_eq!((by_hand(&ran, "open"), by_hand(&ran, "done")), (0, 1));
    assert_eq!(last.cell("temu-us-1", "HOLD", "Status"), "Paused");
    assert!(
        said(&last, "Checklist").contains("1 store is missing, or does not tell"),
        "of OPEN nobody knows how many are left"
    );
}

fn by_hand(ran: &Ran, which: &str) -> u64 {
    ran.json()[format!("by_hand_{which}")].as_u64().unwrap()
}

#[test]
fn a_missing_row_is_gone_where_files_are_complete_and_else_not_seen() {
    for (complete, open) in [(true, 0), (false, 1)] {
        let tool = tool();
        if !complete {
            tool.configure("complete = true\n", "");
        }
        tool.configure("operator = ", "campaigns = \"campaigns.csv\"\noperator = ");
        tool.write(
            "campaigns.csv",
            "campaign,starts,ends,coupons,wanted\nBlack Friday,2026-11-20,2026-11-30,BF*,BF99\n",
        );
        drop_file(&tool, "temu-1.csv", &[BF20, HOLD]);
        let (_, first) = exported(&tool, "first");
        assert_eq!(said(&first, "Coverage").contains("BF99"), complete, "what a part lacks may be there all the same");
        let back = first.hand_back(&tool.path("back.xlsx"), &[row("temu-us-1", "HOLD", "delete")]);
        tool.apply(&back, &[]).exits(0);
        tool.wait_hours(3);
        drop_file(&tool, "temu-2.csv", &[BF20]);
        let (ran, _) = exported(&tool, "second");
        assert_eq!(by_hand(&ran, "open"), open, "complete = {complete}");
        let other = first.hand_back(&tool.path("other.xlsx"), &[row("temu-us-1", "HOLD", "end")]);
        let verdict = if complete { "HOLD: conflict" } else { "HOLD: refused" };
        assert_eq!(tool.plan(&other, &[]).exits(4).verdicts(), [verdict]);
    }
}

#[test]
fn a_file_that_is_too_old_or_cannot_be_read_costs_its_own_store_alone() {
    let tool = tool();
    let second =
        CONFIG.split_once("[[store]]").unwrap().1.replace("temu-us", "temu-uk").replace("drop/temu", "drop/uk");
    tool.configure(
        "time_zone = \"America/New_York\"\n",
        &format!("time_zone = \"America/New_York\"\n\n[[store]]{second}"),
    );
    drop_file(&tool, "temu-1.csv", &[BF20]);
    drop_file(&tool, "uk-1.csv", &[HOLD]);
    tool.wait_hours(40);
    drop_file(&tool, "uk-2.csv", &[HOLD]);
    let out = tool.path("one.xlsx");
    let ran = tool.run(["export", "--out", text(&out)]).exits(0);
    let ran = ran.says(&["temu-us-1: temu-1.csv is 40 hours old"]);
    assert!(ran.stdout.contains("temu-uk-1: from uk-2.csv, as of "), "{}", ran.stdout);
    let book = Exported::open(&out);
    assert_eq!(book.stores(), ["temu-uk-1"]);
    let checked = tool.run(["stores", "check"]).exits(1);
    assert!(checked.stdout.contains("1 of 2 stores are in order"), "{}", checked.stdout);
    let found: Value = tool.run(["stores", "check", "--json"]).exits(1).json();
    let notes = found.as_array().unwrap().iter().find(|it| it["store"] == "temu-uk-1").unwrap()["notes"].to_string();
    assert!(notes.contains("understood: code = ") && notes.contains("read uk-2.csv"), "{notes}");
    tool.run(["auth", "login", "temu-us-1"]).exits(2).says(&["store temu-us-1 has a file and needs no sign-in"]);
}

#[test]
fn a_list_of_stores_names_files_and_columns_in_its_cells() {
    let tool = Tool::in_empty_folder();
    tool.write("couponbook.toml", "team_time_zone = \"Asia/Singapore\"\nstores_file = \"stores.csv\"\n");
    tool.write(
        "stores.csv",
        "id,platform,currency,time_zone,shop,files,complete,columns,dates,file_zone\n\
         one,sheet,SGD,Asia/Singapore,one,drop/one-*.csv,true,code=Promo|ends=Until|name=Title,day-month-year,Asia/Singapore\n",
    );
    std::fs::create_dir(tool.path("drop")).unwrap();
    let path = tool.write("drop/one-1.csv", "Promo,Title,Until\nA,Apples,05/12/2026\n");
    let at = SystemTime::from((tool.clock)()) - Duration::from_secs(60);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    let (_, book) = exported(&tool, "one");
    assert_eq!(book.cell("one", "A", "Status"), "not known");
}
