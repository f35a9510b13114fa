//! Files that somebody else wrote: a plan, a snapshot, a link of the archive. Each is refused, and changes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use couponbook::domain::{CouponId, RowKey, ShopId};
use couponbook::plan::PLAN_VERSION;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::paper::row;
use super::shops::{SMALL_SHOPS, TWO_SHOPS};
use super::tool::{Tool, text};
use crate::flows::applying::every_action;
use crate::platform;

const WOO: &str = "woo-de-1";

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

#[test]
fn a_plan_that_was_edited_after_it_was_saved_is_not_applied() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("20")]);
    tool.plan(&back, &[]).exits(0);
    let plan = tool.path("back-plan.json");
    let saved = fs::read_to_string(&plan).unwrap();
    for edited in [saved.replace("520", "5200"), saved.replace("\"stock\"", "\"stay\""), format!("{saved} ")] {
        assert_ne!(edited, saved);
        fs::write(&plan, &edited).unwrap();
        tool.run(["apply", text(&plan), "--yes"]).exits(4).says(&["is not as `couponbook plan` saved it"]);
    }
    assert_eq!(shops.writes(), Vec::<String>::new());
    fs::write(&plan, &saved).unwrap();
    assert_eq!(tool.apply(&plan, &[]).exits(0).totals(), "done: 1");
}

/// What a forger does to a plan, who can write the journal too.
type Forgery = (&'static str, fn(&mut Value));

fn rows(plan: &mut Value) -> &mut Vec<Value> {
    plan["plan"]["rows"].as_array_mut().unwrap()
}

/// The row of that label in WooCommerce's shop, or Shopee's.
fn labelled<'p>(plan: &'p mut Value, label: &str) -> &'p mut Value {
    rows(plan).iter_mut().find(|row| row["label"] == label).unwrap()
}

fn change<'p>(plan: &'p mut Value, label: &str) -> &'p mut Value {
    &mut labelled(plan, label)["verdict"]["change"]
}

const FORGERIES: [Forgery; 20] = [
    ("another value is sent", |plan| change(plan, "stock")["steps"][0]["write"]["total"] = json!(52_000)),
    ("another value in write, proof and words", |plan| {
        let told = change(plan, "stock").to_string().replace("700", "70000");
        *change(plan, "stock") = serde_json::from_str(&told).unwrap();
    }),
    ("only the words", |plan| change(plan, "stock")["after_words"] = json!("total 1")),
    ("only the label", |plan| labelled(plan, "stock")["label"] = json!("spring")),
    ("another coupon of the shop", |plan| {
        let other = change(plan, "renew")["coupon"].clone();
        change(plan, "stock")["steps"][0]["write"]["coupon"] = other.clone();
        change(plan, "stock")["coupon"] = other;
    }),
    ("another store", |plan| {
        labelled(plan, "stock")["store"] = json!("shopee-sg-1");
        change(plan, "stock")["store"] = json!("shopee-sg-1");
    }),
    ("a deletion instead", |plan| {
        let coupon = change(plan, "stock")["coupon"].clone();
        let steps = json!([{ "write": { "write": "delete", "coupon": coupon }, "before": { "exists": true }, "after": { "exists": false } }]);
        change(plan, "stock")["steps"] = steps;
        change(plan, "stock")["becomes"] = json!("delete");
    }),
    ("a deletion of what is kept", |plan| {
        let deletion = labelled(plan, "del")["verdict"].clone();
        labelled(plan, "keep")["verdict"] = deletion;
    }),
    ("a step more", |plan| {
        let more = change(plan, "del")["steps"][0].clone();
        change(plan, "stock")["steps"].as_array_mut().unwrap().push(more);
    }),
    ("nothing expected before", |plan| change(plan, "stock")["steps"][0]["before"] = json!({})),
    ("no exposure", |plan| change(plan, "stock")["exposure"] = Value::Null),
    ("said to be begun", |plan| {
        labelled(plan, "stock")["verdict"]["resumes"] = json!(true);
        change(plan, "stock")["steps"][0]["write"]["total"] = json!(9_999);
    }),
    ("the decision of another change", |plan| {
        let other = change(plan, "renew")["id"].clone();
        change(plan, "stock")["id"] = other;
    }),
    ("a better discount for the copy", |plan| {
        let text = change(plan, "copy").to_string().replace("\"min_spend\"", "\"was\"");
        let mut copy: Value = serde_json::from_str(&text).unwrap();
        copy["steps"][0]["write"]["draft"]["minimum"] = json!("none");
        *change(plan, "copy") = copy;
    }),
    ("a copy for each buyer without end", |plan| {
        change(plan, "copy")["steps"][0]["write"]["draft"]["per_buyer"] = Value::Null;
        change(plan, "copy")["steps"][0]["write"]["draft"]["total"] = Value::Null;
    }),
    ("a row less", |plan| drop(rows(plan).remove(0))),
    ("a row twice", |plan| {
        let first = rows(plan)[0].clone();
        rows(plan).push(first);
    }),
    ("other decisions", |plan| {
        let text = plan["decisions"].to_string().replace("200", "20000");
        plan["decisions"] = serde_json::from_str(&text).unwrap();
    }),
    ("nothing to make it again with", |plan| plan["made_with"] = Value::Null),
    ("a brake that never bit", |plan| {
        plan["plan"]["brakes"] = json!([{ "store": null, "reason": "x", "release": "y", "rows": 1 }]);
    }),
];

#[test]
fn a_plan_that_is_not_what_its_workbook_comes_to_is_not_applied_even_if_its_seal_was_forged() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&every_action());
    tool.plan(&back, &[]);
    let place = tool.path("back-plan.json");
    let saved = fs::read(&place).unwrap();
    let seal = |bytes: &[u8]| {
        let journal = rusqlite::Connection::open(tool.path("state/journal.db")).unwrap();
        journal.execute("REPLACE INTO plans VALUES (?1, '2026-11-22T04:00:00Z')", [sha256(bytes)]).unwrap();
    };
    for (name, forge) in FORGERIES {
        let mut plan: Value = serde_json::from_slice(&saved).unwrap();
        let before = plan.clone();
        forge(&mut plan);
        assert_ne!(plan, before, "{name}");
        let forged = serde_json::to_vec_pretty(&plan).unwrap();
        seal(&forged);
        fs::write(&place, &forged).unwrap();
        let ran = tool.run(["apply", text(&place), "--yes"]);
        assert!(ran.code != 0 && ran.stderr.contains("couponbook plan WORKBOOK"), "{name}: {}", ran.stderr);
        assert_eq!(shops.writes(), Vec::<String>::new(), "{name}");
        assert!(!tool.path("back-results.xlsx").exists(), "{name}");
    }
    fs::write(&place, &saved).unwrap();
    tool.apply(&place, &[]).exits(0);
}

#[test]
fn a_plan_that_the_config_of_today_would_make_otherwise_is_not_applied() {
    let (tool, shops) = Tool::with_shops(TWO_SHOPS);
    let back = tool.hand_back(&[row(WOO, "del", "delete")]);
    tool.plan(&back, &[]).exits(0);
    let plan = tool.path("back-plan.json");
    tool.configure("id = \"woo-de-1\"\n", "id = \"woo-de-1\"\ndelete_permanently = true\n");
    let told = ["the plan is not what its workbook and its export come to: del of woo-de-1 (Coupons row 4): it says"];
    tool.run(["apply", text(&plan), "--yes"]).exits(4).says(&told);
    assert_eq!(shops.writes(), Vec::<String>::new());
}

/// The one folder below `folder` whose name begins with `export=`.
fn snapshot(folder: &Path) -> PathBuf {
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name().to_string_lossy().starts_with("export=") {
                return entry.path();
            }
            if entry.path().is_dir() {
                open.push(entry.path());
            }
        }
    }
    panic!("no snapshot");
}

#[test]
fn a_snapshot_with_a_manifest_to_match_is_not_planned_from_whatever_the_workbook_hides() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let exported = tool.export("export");
    let back = exported.hand_back(&tool.path("back.xlsx"), &[row(WOO, "stock", "restock").stock("20")]);
    let folder = snapshot(&tool.path("archive/snapshots"));
    let head = folder.join("export.json");
    let made = fs::read_to_string(&head).unwrap();
    let forged = made.replace("EUR", "USD");
    assert_ne!(forged, made);
    fs::write(&head, &forged).unwrap();
    let manifest = folder.join("manifest.json");
    let mut seal: Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    seal["files"]["export.json"] = json!({ "sha256": sha256(forged.as_bytes()), "bytes": forged.len() });
    let listing: String = seal["files"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, mark)| format!("{}  {name}\n", mark["sha256"].as_str().unwrap()))
        .collect();
    seal["sha256"] = json!(sha256(listing.as_bytes()));
    fs::write(&manifest, serde_json::to_vec_pretty(&seal).unwrap()).unwrap();
    let told = "the archive's snapshot of export";
    tool.run(["plan", text(&back), "--export", &exported.id()]).exits(4).says(&[told]);
    tool.run(["apply", text(&back), "--export", &exported.id(), "--yes"]).exits(4).says(&[told]);
    // Where this machine does not remember making it, the chain says the same.
    rusqlite::Connection::open(tool.path("state/journal.db")).unwrap().execute("DELETE FROM snapshots", []).unwrap();
    tool.run(["plan", text(&back), "--export", &exported.id()]).exits(4).says(&[told]);
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn a_link_that_leads_out_of_the_archive_is_followed_nowhere() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    tool.export("export");
    let chain = tool.path("archive/chain");
    let mut names: Vec<PathBuf> = fs::read_dir(&chain).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let last = fs::read(names.last().unwrap()).unwrap();
    let number = names.len() as u64 + 1;
    let victim = tool.path("victim");
    fs::create_dir(&victim).unwrap();
    fs::write(victim.join("keys.txt"), "secret").unwrap();
    let mark = json!({ "sha256": sha256(b"secret"), "bytes": 6 });
    for (bundle, file) in [("../victim", "keys.txt"), ("exports/x", "../../../victim/keys.txt"), ("runs/..", "a")] {
        let mut link: Value = serde_json::from_slice(&last).unwrap();
        (link["number"], link["before"], link["bundle"]) = (json!(number), json!(sha256(&last)), json!(bundle));
        (link["day"], link["kind"], link["manifest_sha256"]) = (json!("2020-01-01"), json!("run"), Value::Null);
        link["manifest"]["files"] = json!({ file: mark });
        link["manifest"]["sha256"] = json!(sha256(format!("{}  {file}\n", sha256(b"secret")).as_bytes()));
        fs::write(chain.join(format!("{number:08}.json")), serde_json::to_vec_pretty(&link).unwrap()).unwrap();
        assert_ne!(tool.run(["archive", "verify"]).code, 0, "{bundle}/{file}");
        let refused = "the chain of the archive does not hold";
        tool.run(["archive", "prune", "--keep-weeks", "1", "--yes"]).exits(1).says(&[refused]);
        let zip = tool.path("week.zip");
        tool.run(["archive", "export", "2020-W01", "--out", text(&zip)]).exits(1).says(&[refused]);
        assert!(!zip.exists(), "{bundle}/{file}");
        tool.run(["history"]);
        tool.run(["export", "--out", text(&tool.path("again.xlsx"))]);
        assert_eq!(fs::read_to_string(victim.join("keys.txt")).unwrap(), "secret", "{bundle}/{file}");
    }
}

/// What stands on a hidden sheet, and what is said of it.
type Hidden = (&'static str, fn(&Papers) -> Vec<(&'static str, String)>, &'static str);

/// What a forger has at hand.
struct Papers {
    id: String,
    sha256: String,
    other_id: String,
    other_sha256: String,
}

const HIDDEN_SHEETS: [Hidden; 9] = [
    ("nothing", |_| vec![], "does not say which export it came from"),
    ("an export that nobody made", |it| vec![("export id", it.id.replace("-PM-", "-AM-"))], "does not know export"),
    ("a place above", |_| vec![("export id", "../../victim".to_string())], "does not know export"),
    ("a place elsewhere", |_| vec![("export id", "/etc".to_string())], "does not know export"),
    ("a pattern", |_| vec![("export id", "*".to_string())], "does not know export"),
    ("more than an id", |it| vec![("export id", it.id.repeat(1_500))], "does not know export"),
    (
        "another export with the hash of this one",
        |it| vec![("export id", it.other_id.clone()), ("snapshot sha256", it.sha256.clone())],
        "was made from another snapshot",
    ),
    (
        "this export with the hash of another",
        |it| vec![("export id", it.id.clone()), ("snapshot sha256", it.other_sha256.clone())],
        "was made from another snapshot",
    ),
    (
        "a hash that is none",
        |it| vec![("export id", it.id.clone()), ("snapshot sha256", "x".repeat(64))],
        "was made from another snapshot",
    ),
];

#[test]
fn a_hidden_sheet_that_was_forged_plans_nothing() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let exported = tool.export("export");
    tool.wait_hours(1);
    let other = tool.export("other");
    let said = |book: &super::paper::Exported| {
        book.hidden.iter().find(|(label, _)| label == "snapshot sha256").unwrap().1.clone()
    };
    let papers =
        Papers { id: exported.id(), sha256: said(&exported), other_id: other.id(), other_sha256: said(&other) };
    let lines = [row(WOO, "stock", "restock").stock("20")];
    for (name, forge, told) in HIDDEN_SHEETS {
        let hidden: Vec<_> = forge(&papers).into_iter().map(|(label, value)| (label.to_string(), value)).collect();
        let back = exported.hand_back_saying(&tool.path("back.xlsx"), &lines, &hidden);
        for words in [vec!["plan"], vec!["apply", "--yes"]] {
            let ran = tool.run([words, vec![text(&back)]].concat());
            assert!(ran.code != 0 && ran.stderr.contains(told), "{name}: {}", ran.stderr);
        }
    }
    let journal = rusqlite::Connection::open(tool.path("state/journal.db")).unwrap();
    let asked: i64 = journal.query_row("SELECT count(*) FROM asked", [], |row| row.get(0)).unwrap();
    assert_eq!((shops.writes(), asked), (Vec::new(), 0));
}

#[test]
fn a_key_that_the_export_does_not_have_is_no_row_of_it() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let exported = tool.export("export");
    let own = exported.key(WOO, "stock").to_string();
    let turned: String = own.chars().rev().collect();
    let stranger = RowKey::of(platform::WOOCOMMERCE, &ShopId::new("elsewhere"), &CouponId::new("1")).to_string();
    for key in
        [stranger, turned, own[..own.len() - 1].to_string(), format!("{own}A"), "120".to_string(), "=1+1".to_string()]
    {
        let lines = [row(WOO, "stock", "delete").key(&key)];
        let back = exported.hand_back(&tool.path("back.xlsx"), &lines);
        tool.run(["apply", text(&back), "--yes"]).exits(4).says(&["cannot be planned"]);
    }
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn what_is_no_plan_is_told_as_such() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("20")]);
    tool.plan(&back, &[]).exits(0);
    let saved = tool.read("back-plan.json");
    let deep = format!("{{\"plan\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let version = |number: u32| format!("\"version\": {number}");
    let newer = saved.replacen(&version(PLAN_VERSION), &version(PLAN_VERSION + 1), 1);
    let endless = saved.replace("2026-11-22T", "+262142-12-31T");
    for file in ["{".to_string(), "{}".to_string(), deep, newer, endless, saved[..saved.len() / 2].to_string()] {
        let place = tool.write("some.json", &file);
        let ran = tool.run(["apply", text(&place), "--yes"]);
        assert!(ran.code != 0 && ran.stderr.contains("couponbook plan WORKBOOK"), "{}", ran.stderr);
    }
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn a_plan_and_a_workbook_of_another_machine_need_more_than_themselves() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let exported = tool.export("export");
    let lines = [row(WOO, "stock", "restock").stock("20")];
    let back = exported.hand_back(&tool.path("back.xlsx"), &lines);
    tool.plan(&back, &[]).exits(0);
    // As if it had been made there: this journal never heard of it.
    fs::remove_dir_all(tool.path("state")).unwrap();
    tool.run(["apply", text(&tool.path("back-plan.json")), "--yes"])
        .exits(4)
        .says(&["is not as `couponbook plan` saved"]);
    let without: Vec<_> = exported.hidden.iter().filter(|(label, _)| label != "snapshot sha256").cloned().collect();
    let blank = exported.hand_back_saying(&tool.path("blank.xlsx"), &lines, &without);
    let told = "the workbook does not say of which snapshot it is";
    tool.run(["apply", text(&blank), "--yes"]).exits(4).says(&[told]);
    tool.run(["apply", text(&back), "--yes", "--export", &exported.id()]).exits(4).says(&[told]);
    let chain = tool.path("archive/chain");
    fs::rename(&chain, tool.path("away")).unwrap();
    tool.run(["apply", text(&back), "--yes"]).exits(4).says(&["the archive's chain does not prove it"]);
    assert_eq!(shops.writes(), Vec::<String>::new());
    let _ = fs::remove_dir_all(&chain);
    fs::rename(tool.path("away"), &chain).unwrap();
    fs::remove_dir_all(tool.path("state")).unwrap();
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
}

#[test]
fn a_plan_grows_old_as_its_workbook_does() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let back = tool.hand_back(&[row(WOO, "stock", "restock").stock("20")]);
    tool.plan(&back, &[]).exits(0);
    tool.wait_hours(80);
    let plan = tool.path("back-plan.json");
    tool.run(["apply", text(&plan), "--yes"])
        .exits(4)
        .says(&["the plan is stale: its export is 80 hours old", "--allow-old"]);
    assert_eq!(shops.writes(), Vec::<String>::new());
    assert_eq!(tool.apply(&plan, &["--allow-old"]).exits(0).totals(), "done: 1");
}
