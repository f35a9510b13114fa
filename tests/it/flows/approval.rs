//! A second pair of eyes, and rights for people: a plan above the limits waits for another person's signature, and a workbook decides
//! only what the one who hands it back may decide.

use std::path::{Path, PathBuf};

use crate::json_documents::holds;

use super::paper::row;
use super::shops::{Shops, TWO_SHOPS};
use super::tool::{Tool, text};

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";
const LIMITS: &str = "[approval]\nremovals = 0\nhours = 24\n";

/// Mei decides on all stores, Lin approves them; whoever runs the tests sits where `user` says.
fn with_people(approval: &str) -> (Tool, Shops) {
    let mut tool = Tool::in_empty_folder();
    let shops = Shops::of(TWO_SHOPS, &tool.path("shops"), &tool.clock);
    tool.against(&shops, "");
    let key = |name: &str| {
        let printed = tool.run(["person", "add", name, "--out", text(&tool.path(&format!("{name}.key"))), "--json"]);
        let printed = printed.exits(0).json();
        holds("person-add", &printed);
        printed["key"].as_str().unwrap().to_string()
    };
    let (lin, ann) = (key("Lin"), key("Ann"));
    let people = format!(
        "{approval}[[person]]\nname = \"Mei\"\nrole = \"editor\"\nlogins = [\"mei\"]\n\
         [[person]]\nname = \"Lin\"\nrole = \"approver\"\nkey = \"{lin}\"\nlogins = [\"lin\"]\n\
         [[person]]\nname = \"Ann\"\nrole = \"editor\"\nkey = \"{ann}\"\nlogins = [\"ann\"]\nstores = [\"shopee-*\"]\n\
         [[person]]\nname = \"Guest\"\nrole = \"viewer\"\nlogins = [\"guest\"]\n"
    );
    tool.against(&shops, "");
    let config = tool.read("couponbook.toml");
    tool.write("couponbook.toml", &format!("{config}\n{people}"));
    sits(&mut tool, "mei");
    (tool, shops)
}

fn sits(tool: &mut Tool, user: &str) {
    tool.environment.insert("USER".to_string(), user.to_string());
}

fn planned(tool: &Tool) -> PathBuf {
    let back = tool.hand_back(&[row(WOO, "end", "end"), row(WOO, "stock", "restock").stock("200")]);
    let plan = tool.path("reviewed.json");
    tool.run(["plan", text(&back), "--out", text(&plan)]).exits(0);
    plan
}

fn approve(tool: &Tool, plan: &Path, key: &str) -> super::tool::Ran {
    tool.run(["approve", text(plan), "--key", text(&tool.path(key)), "--yes"])
}

#[test]
fn a_plan_above_the_limits_is_sent_once_another_person_signed_it_and_the_archive_says_who() {
    let (mut tool, shops) = with_people(LIMITS);
    let plan = planned(&tool);
    // The workbook alone, and the plan alone, are not sent.
    let refused = tool.apply(&tool.path("back.xlsx"), &[]).exits(4);
    assert!(refused.stderr.contains("1 coupon is ended, paused or deleted (more than 0)"));
    tool.apply(&plan, &[]).exits(4).says(&["a second person has to approve", "couponbook approve"]);
    assert_eq!(shops.writes(), [""; 0]);
    sits(&mut tool, "lin");
    let key = tool.path("Lin.key");
    let said = tool.run(["approve", text(&plan), "--key", text(&key), "--yes", "--json"]).exits(0).json();
    holds("approve", &said);
    holds("person", &tool.run(["person", "--json"]).exits(0).json());
    sits(&mut tool, "mei");
    assert_eq!(tool.apply(&plan, &[]).exits(0).totals(), "done: 2");
    let shown = tool.run(["runs", "show", "last", "--json"]).exits(0).json();
    assert_eq!(shown["about"]["approved_by"][0], "Lin", "{shown}");
    let said = |workbook: &Path, sheet: &str, words: &str| {
        let mut book: calamine::Xlsx<_> = calamine::open_workbook(workbook).unwrap();
        let range = calamine::Reader::worksheet_range(&mut book, sheet).unwrap();
        let is_there = range.rows().flatten().any(|cell| cell.to_string().contains(words));
        assert!(is_there, "{words:?} in {sheet} of {}", workbook.display());
    };
    said(&tool.path("back-results.xlsx"), "Summary", "✓ Approved by Lin");
    let week = tool.path("week.xlsx");
    tool.run(["archive", "week", "2026-W47", "--out", text(&week)]).exits(0);
    said(&week, "Actions", "Mei, approved by Lin");
    let says = |tool: &Tool, words: &str| {
        let verified = tool.run(["archive", "verify"]).exits(0).stdout;
        assert!(verified.contains(words), "{words:?} is not in\n{verified}");
    };
    says(&tool, "1 approval holds by the keys in the config");
    let shown = tool.run(["runs", "show", "last"]).exits(0).stdout;
    assert!(shown.contains("approved by Lin (the signature holds by the key in the config)"), "{shown}");
    tool.apply(&plan, &[]).exits(4).says(&["applied already"]);
    approve(&tool, &plan, "Lin.key").exits(1).says(&["applied already"]);
    // Another key of Lin's, and then no Lin at all: what the archive holds is not known to be Lin's word any more.
    let other = tool.run(["person", "add", "Later", "--out", text(&tool.path("later.key")), "--json"]).exits(0).json();
    let config = tool.read("couponbook.toml");
    let lin = config.split("name = \"Lin\"").nth(1).unwrap().split("key = \"").nth(1).unwrap();
    let lin = lin.split('"').next().unwrap().to_string();
    tool.configure(&lin, other["key"].as_str().unwrap());
    says(&tool, "not known: not signed with the key that the config has of Lin now");
    tool.configure("name = \"Lin\"", "name = \"Lin Other\"");
    says(&tool, "not known: the config has no key of Lin");
}

#[test]
fn the_approver_reads_on_one_page_what_will_happen_what_it_can_cost_and_what_cannot_be_undone() {
    let (tool, _shops) = with_people(LIMITS);
    let back = tool.hand_back(&[
        row(SHOPEE, "LUMIEND", "end"),
        row(WOO, "stock", "restock").stock("200"),
        row(SHOPEE, "LUMIPAUSE", "pause"),
    ]);
    tool.run(["plan", text(&back), "--out", text(&tool.path("reviewed.json")), "--workbook"]).exits(4);
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(tool.path("reviewed.xlsx")).unwrap();
    let mut page = |sheet: &str| {
        let range = calamine::Reader::worksheet_range(&mut book, sheet).unwrap();
        let cells = range.rows().flatten().map(ToString::to_string).filter(|cell| !cell.is_empty());
        cells.collect::<Vec<_>>().join("\n").replace('\u{a0}', " ")
    };
    let (summary, rows) = (page("Plan"), page("Rows"));
    for said in [
        "from back.xlsx · 2 changes in 2 stores · 1 row is left out",
        "1 coupon is ended, paused or deleted (more than 0)",
        "1 × end now",
        "EUR 1,000.00",
        "couponbook approve reviewed.json",
    ] {
        assert!(summary.contains(said), "{said}\n{summary}");
    }
    assert!(summary.contains("Shopee cannot") || summary.contains("LUMIEND"), "{summary}");
    for said in ["total 700", "Refused", "LUMIPAUSE"] {
        assert!(rows.contains(said), "{said}\n{rows}");
    }
}

#[test]
fn what_stays_below_the_limits_needs_nobody() {
    let (tool, _shops) = with_people("[approval]\nremovals = 1\n");
    let plan = planned(&tool);
    assert_eq!(tool.apply(&plan, &[]).exits(0).totals(), "done: 2");
}

#[test]
fn an_approval_that_does_not_count_is_said_with_its_reason_and_nothing_is_sent() {
    let (mut tool, shops) = with_people(LIMITS);
    let plan = planned(&tool);
    let file = tool.path("reviewed-approval.json");
    let good = |tool: &Tool| {
        let _ = std::fs::remove_file(&file);
        approve(tool, &plan, "Lin.key").exits(0);
        std::fs::read_to_string(&file).unwrap()
    };
    let refuses = |tool: &Tool, words: &str| {
        tool.apply(&plan, &[]).exits(4).says(&["reviewed-approval.json", words]);
        assert_eq!(shops.writes(), [""; 0], "{words}");
    };
    // Tampered with: whose it is, how long it is good, what it is of.
    let text_of = good(&tool);
    std::fs::write(&file, text_of.replace("\"Lin\"", "\"Ann\"")).unwrap();
    refuses(&tool, "not signed with the key that the config has of Ann");
    std::fs::write(&file, text_of.replace("\"until\": \"2026-11-23", "\"until\": \"2027-11-23")).unwrap();
    refuses(&tool, "not signed with the key");
    std::fs::write(&file, text_of.replace("\"plan_sha256\": \"", "\"plan_sha256\": \"0")).unwrap();
    refuses(&tool, "of another plan");
    std::fs::write(&file, "{}").unwrap();
    refuses(&tool, "no approval of this program");
    // By a person without the right, who signs by hand what the program would not.
    approve(&tool, &plan, "Ann.key").exits(2).says(&["Ann may not approve changes of woo-de-1"]);
    // Removed since.
    std::fs::write(&file, &text_of).unwrap();
    tool.configure("role = \"approver\"\nkey", "role = \"editor\"\nkey");
    tool.apply(&plan, &[]).exits(4).says(&["nobody can approve", "Lin may not approve changes of woo-de-1"]);
    tool.configure("role = \"editor\"\nkey", "role = \"approver\"\nkey");
    // After its time.
    tool.wait_hours(25);
    refuses(&tool, "it was good until");
    sits(&mut tool, "lin");
    std::fs::remove_file(&file).unwrap();
    approve(&tool, &plan, "Lin.key").exits(0);
    // Two who approve at once are two files, of which each counts.
    approve(&tool, &plan, "Lin.key").exits(0);
    assert!(tool.path("reviewed-approval-2.json").exists());
    assert_eq!(tool.apply(&plan, &[]).exits(0).totals(), "done: 2");
}

#[test]
fn nobody_approves_what_they_made_themselves() {
    let (mut tool, shops) = with_people(LIMITS);
    sits(&mut tool, "lin");
    let plan = planned(&tool);
    approve(&tool, &plan, "Lin.key").exits(2).says(&["Lin made the plan"]);
    tool.apply(&plan, &[]).exits(4);
    assert_eq!(shops.writes(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_proves_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let (tool, _shops) = with_people(LIMITS);
    let plan = planned(&tool);
    let key = tool.path("Lin.key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    approve(&tool, &plan, "Lin.key").exits(1).says(&["others of this machine can read the key"]);
}

#[test]
fn a_key_is_never_written_over_another_and_shown_nowhere() {
    let (tool, _shops) = with_people(LIMITS);
    let key = tool.path("Lin.key");
    let secret = std::fs::read_to_string(&key).unwrap();
    let again = tool.run(["person", "add", "Somebody", "--out", text(&key)]).exits(1);
    assert_eq!(std::fs::read_to_string(&key).unwrap(), secret);
    let plan = planned(&tool);
    let ran = approve(&tool, &plan, "Lin.key").exits(0);
    let letters = secret.trim().rsplit(':').next().unwrap();
    for said in [&again.stdout, &again.stderr, &ran.stdout, &ran.stderr] {
        assert!(!said.contains(letters));
    }
}

#[test]
fn a_workbook_decides_only_what_the_one_who_hands_it_back_may_decide() {
    let (mut tool, shops) = with_people("");
    let back =
        tool.hand_back(&[row(WOO, "stock", "restock").stock("200"), row(SHOPEE, "LUMISTOCK", "restock").stock("200")]);
    sits(&mut tool, "ann");
    let planned = tool.plan(&back, &[]).exits(4).verdicts();
    assert_eq!(planned, ["stock: refused", "LUMISTOCK: raise total"]);
    let ran = tool.apply(&back, &[]).exits(4);
    assert_eq!(ran.totals(), "done: 1, refused: 1", "{}", ran.stdout);
    sits(&mut tool, "guest");
    assert_eq!(tool.plan(&back, &[]).exits(4).verdicts(), ["stock: refused", "LUMISTOCK: refused"]);
    sits(&mut tool, "stranger");
    let ran = tool.plan(&back, &[]).exits(4);
    assert!(ran.stdout.contains("results-no-person"), "{}", ran.stdout);
    // A name that is only typed in is nobody's.
    tool.run(["plan", text(&back), "--by", "Mei"]).exits(2).says(&["--by Mei", "does not count"]);
    sits(&mut tool, "mei");
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "already_done: 1, done: 1");
    assert_eq!(shops.writes().len(), 2);
}
