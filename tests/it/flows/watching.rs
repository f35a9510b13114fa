//! A watcher at work: workbooks that are saved into its inbox, and whatever happens to them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::codes::{typed, with_lin};
use super::paper::{Exported, Line, row};
use super::shops::{SMALL_SHOPS, Shops};
use super::start::side_by_side;
use super::tool::{Ran, Tool};
use crate::json_documents::holds;

pub(super) const SHOPEE: &str = "shopee-sg-1";
pub(super) const WOO: &str = "woo-de-1";

/// Small plans are sent at once.
pub(super) const ALONE: &str = "[watch]\nsettle_seconds = 1\n[watch.apply]\nremovals = 5\n";
/// Each waits for somebody's word.
pub(super) const WAITING: &str = "[watch]\nsettle_seconds = 1\n";

pub(super) fn two_ends() -> [Line; 2] {
    [row(WOO, "end", "end"), row(SHOPEE, "LUMIEND", "end")]
}

/// With an export, and a watcher that has begun.
pub(super) fn office(config: &str) -> (Tool, Shops, Exported) {
    let mut tool = Tool::in_empty_folder();
    let shops = Shops::of(SMALL_SHOPS, &tool.path("shops"), &tool.clock);
    tool.against(&shops, config);
    let exported = tool.export("exported");
    once(&tool);
    (tool, shops, exported)
}

pub(super) fn once(tool: &Tool) -> Ran {
    tool.run(["watch", "--once"]).exits(0)
}

/// Looked at twice, a quiet time apart.
pub(super) fn looked_at(tool: &Tool) -> Ran {
    once(tool);
    tool.wait_seconds(5);
    once(tool)
}

pub(super) fn inbox(tool: &Tool, name: &str) -> PathBuf {
    tool.path("inbox").join(name)
}

/// The names in a folder, without what is always in an inbox.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.path().is_file());
    let mut names: Vec<String> = files.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.retain(|name| name != "about-this-folder.txt" && !name.starts_with('.'));
    names.sort();
    names
}

pub(super) fn answer(tool: &Tool, name: &str) -> String {
    let text = fs::read_to_string(inbox(tool, name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n")
}

pub(super) fn events(ran: &Ran) -> Vec<String> {
    let lines = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| line["event"].as_str().unwrap().to_string()).collect()
}

pub(super) fn status(tool: &Tool) -> Value {
    let told = tool.run(["watch", "--status", "--json"]).exits(1).json();
    holds("watch", &told);
    told
}

#[test]
fn a_workbook_that_was_saved_into_the_inbox_is_planned_answered_and_moved_and_what_came_of_it_is_told_later() {
    let (tool, shops, exported) = office(WAITING);
    assert!(inbox(&tool, "about-this-folder.txt").exists());
    exported.hand_back(&inbox(&tool, "monday.xlsx"), &two_ends());
    // It could still be growing.
    once(&tool);
    assert_eq!(names(&tool.path("inbox")), ["monday.xlsx"]);
    tool.wait_seconds(5);
    once(&tool);
    assert_eq!(names(&tool.path("inbox")), ["monday-answer.txt", "monday-plan.xlsx"]);
    assert_eq!(names(&tool.path("inbox/done/2026-W47")), ["monday.xlsx"]);
    let said = answer(&tool, "monday-answer.txt");
    assert!(said.starts_with("monday.xlsx: 2 changes in 2 stores. Nothing was sent yet.\n"), "{said}");
    assert!(said.contains("What will happen stands in monday-plan.xlsx"), "{said}");
    assert!(said.contains("nothing from this folder is applied without somebody's word"), "{said}");
    assert!(shops.writes().is_empty());

    let told = status(&tool);
    let plan = told["health"]["plans"][0]["plan"].as_str().unwrap().to_string();
    assert!(said.contains(&plan) && said.contains("couponbook apply "), "{said}");
    tool.apply(Path::new(&plan), &[]).exits(0);
    looked_at(&tool);
    assert_eq!(
        names(&tool.path("inbox")),
        ["monday-answer.txt", "monday-applied.txt", "monday-plan.xlsx", "monday-results.xlsx"]
    );
    let said = answer(&tool, "monday-applied.txt");
    assert!(said.contains("monday.xlsx: applied in the name of Night shift") && said.contains("Done: 2"), "{said}");
    assert_eq!(shops.writes().len(), 2);
    // All that lies there is known, and nothing more happens.
    let quiet = looked_at(&tool);
    assert!(!events(&quiet).iter().any(|event| event == "answered" || event == "taken"), "{}", quiet.stdout);
    // The results are the next workbook.
    assert_eq!(status(&tool)["health"]["plans"], serde_json::json!([]));
}

#[test]
fn a_small_plan_is_sent_without_a_question_where_the_config_allows_it_and_a_larger_one_waits_with_the_reasons() {
    let (tool, shops, exported) = office(ALONE);
    exported.hand_back(&inbox(&tool, "small.xlsx"), &two_ends());
    looked_at(&tool);
    assert_eq!(names(&tool.path("inbox")), ["small-answer.txt", "small-results.xlsx"]);
    let said = answer(&tool, "small-answer.txt");
    assert!(said.contains("Done: 2") && said.contains("small-results.xlsx"), "{said}");
    assert_eq!(shops.writes().len(), 2);
    // What it may cost was not allowed.
    exported.hand_back(&inbox(&tool, "costs.xlsx"), &[row(SHOPEE, "LUMISTOCK", "restock").stock("200")]);
    looked_at(&tool);
    let said = answer(&tool, "costs-answer.txt");
    assert!(said.contains("it can additionally cost") || said.contains("has no limit"), "{said}");
    assert_eq!(shops.writes().len(), 2);
}

#[test]
fn cut_off_at_any_step_a_workbook_is_taken_planned_sent_and_answered_once() {
    cut_off_at_any_step(ALONE, ["back-answer.txt", "back-results.xlsx"], "Done: 2");
}

#[test]
fn cut_off_at_any_step_a_workbook_whose_plan_waits_is_answered_once() {
    cut_off_at_any_step(WAITING, ["back-answer.txt", "back-plan.xlsx"], "2 changes in 2 stores");
}

fn cut_off_at_any_step(config: &str, wanted: [&str; 2], says: &str) {
    let (base, shops, exported) = office(config);
    exported.hand_back(&base.path("back.xlsx"), &two_ends());
    drop(shops);
    let again = || {
        let mut tool = base.copied(base.clock.clone());
        let shops = Shops::opened(&tool.path("shops"), &tool.clock);
        tool.against(&shops, config);
        fs::copy(tool.path("back.xlsx"), inbox(&tool, "back.xlsx")).unwrap();
        once(&tool);
        base.wait_seconds(3);
        (tool, shops)
    };
    let (tool, shops) = again();
    let steps = once(&tool).stdout.lines().count();
    assert!(steps >= 12, "{steps} lines");
    let whole = (names(&tool.path("inbox")), shops.writes());
    assert_eq!(whole.0, wanted);
    let cuts: Vec<usize> = (1..steps).collect();
    side_by_side(&cuts, |cut| {
        let (tool, shops) = again();
        let ran = tool.run_until(["watch", "--once"], *cut);
        // One that has less to tell is at its end before.
        let was_cut = ran.as_ref().is_none_or(|ran| ran.stdout.lines().count() <= *cut);
        assert!(was_cut, "cut {cut} of {steps}: {ran:?}");
        // Once more in the middle of going on.
        let _ = tool.run_until(["watch", "--once"], (cut + 5) % steps + 1);
        once(&tool);
        assert_eq!((names(&tool.path("inbox")), shops.writes()), whole, "cut at line {cut}");
        assert_eq!(names(&tool.path("inbox/done/2026-W47")), ["back.xlsx"], "cut at line {cut}");
        let said = answer(&tool, "back-answer.txt");
        assert!(said.contains(says), "cut at line {cut}: {said}");
        let quiet = looked_at(&tool);
        assert!(!events(&quiet).iter().any(|event| event == "answered"), "cut at line {cut}: {}", quiet.stdout);
    });
}

#[test]
fn the_code_that_is_typed_into_the_plans_page_and_saved_in_the_inbox_has_the_plan_sent() {
    let (tool, shops, lin) = with_lin();
    tool.configure("[approval]", "[watch]\nsettle_seconds = 1\nby = \"Mei\"\n[approval]");
    let exported = tool.export("exported");
    once(&tool);
    exported.hand_back(&inbox(&tool, "monday.xlsx"), &two_ends());
    looked_at(&tool);
    let said = answer(&tool, "monday-answer.txt");
    assert!(said.contains("It waits for Lin.") && said.contains("blue cell of monday-plan.xlsx"), "{said}");
    let codes = lin.codes();
    assert_eq!(codes.len(), 1);
    // Saved anew without a code it says nothing, and a wrong one approves nothing.
    let page = inbox(&tool, "monday-plan.xlsx");
    typed(&page, &[]);
    looked_at(&tool);
    assert!(names(&tool.path("inbox")).contains(&"page-back.xlsx".to_string()));
    typed(&page, &[("Your code", "AAAA-AAAA-AA")]);
    looked_at(&tool);
    let said = answer(&tool, "page-back-answer.txt");
    assert!(said.contains("approves nothing") && said.contains("not the code that was sent"), "{said}");
    assert!(shops.writes().is_empty());
    let letters = lin.letters.lock().unwrap().clone();
    let told: Vec<&str> = letters.iter().map(|letter| letter["type"].as_str().unwrap()).collect();
    assert_eq!(told, ["approval.code", "inbox.failed"], "{letters:?}");
    typed(&page, &[("Your code", &codes[0])]);
    looked_at(&tool);
    assert_eq!(shops.writes().len(), 2, "{}", answer(&tool, "page-back-answer-2.txt"));
    let said = answer(&tool, "monday-applied.txt");
    assert!(said.contains("Approved by Lin.") && said.contains("in the name of Mei"), "{said}");
    assert!(names(&tool.path("inbox/done/2026-W47")).contains(&"page-back.xlsx".to_string()));
}

#[test]
fn a_plan_that_somebody_approves_at_their_own_machine_is_sent_by_the_watcher() {
    let (tool, shops, lin) = with_lin();
    tool.configure("[approval]", "[watch]\nsettle_seconds = 1\nby = \"Mei\"\n[approval]");
    let exported = tool.export("exported");
    once(&tool);
    exported.hand_back(&inbox(&tool, "monday.xlsx"), &two_ends());
    looked_at(&tool);
    let plan = status(&tool)["health"]["plans"][0].clone();
    assert_eq!(plan["people"], serde_json::json!(["Lin"]));
    // Whoever may not approve it changes nothing.
    tool.run(["approve", plan["plan"].as_str().unwrap(), "--code", "AAAA-AAAA-AA"]).exits(1);
    once(&tool);
    assert!(shops.writes().is_empty());
    // The page lies in the inbox, the plan does not.
    fs::copy(inbox(&tool, "monday-plan.xlsx"), tool.path("monday-plan.xlsx")).unwrap();
    let back = typed(&tool.path("monday-plan.xlsx"), &[("Your code", &lin.codes()[0])]);
    tool.run(["approve", back.to_str().unwrap()]).exits(0);
    once(&tool);
    assert_eq!(shops.writes().len(), 2);
    assert!(answer(&tool, "monday-applied.txt").contains("Approved by Lin."));
}

#[test]
fn what_cannot_be_planned_is_answered_in_plain_words() {
    let (tool, shops, exported) = office(ALONE);
    let bad = [row(WOO, "end", "end"), row(SHOPEE, "LUMIRENEW", "renew").end("next friday")];
    exported.hand_back(&inbox(&tool, "bad.xlsx"), &bad);
    // Of an installation that this one knows nothing of.
    let (other, _shops, foreign) = office(WAITING);
    foreign.hand_back(&inbox(&tool, "foreign.xlsx"), &two_ends());
    drop(other);
    fs::write(inbox(&tool, "web.xlsx"), "<html><table><tr><td>1</td></tr></table></html>").unwrap();
    let signed = [["stores", "Mei", "", "all there"]];
    exported.hand_back_signed(&inbox(&tool, "nothing.xlsx"), &[], &exported.hidden, &signed);
    looked_at(&tool);
    let said = answer(&tool, "bad-answer.txt");
    assert!(said.contains("bad.xlsx: 1 cell cannot be read as meant. Nothing was sent."), "{said}");
    assert!(said.contains("marked in bad-to-fix.xlsx") && inbox(&tool, "bad-to-fix.xlsx").exists(), "{said}");
    assert!(said.contains("New end: \"next friday\"; write a date"), "{said}");
    let said = answer(&tool, "foreign-answer.txt");
    assert!(said.contains("made by another installation of couponbook"), "{said}");
    let said = answer(&tool, "web-answer.txt");
    assert!(said.contains("web.xlsx cannot be planned:"), "{said}");
    let said = answer(&tool, "nothing-answer.txt");
    assert!(said.contains("nothing.xlsx: there is nothing to send."), "{said}");
    assert!(said.contains("1 sign-off of the checklist was read"), "{said}");
    assert!(shops.writes().is_empty());
    assert_eq!(names(&tool.path("inbox/done/2026-W47")), ["bad.xlsx", "foreign.xlsx", "nothing.xlsx", "web.xlsx"]);
    // The mended copy is a workbook like any other.
    fs::copy(inbox(&tool, "bad-to-fix.xlsx"), tool.path("copy.xlsx")).unwrap();
    assert!(looked_at(&tool).stdout.lines().all(|line| !line.contains("bad-to-fix")), "our own file is no workbook");
}

#[test]
fn the_same_bytes_again_are_answered_as_such_and_nothing_is_done_twice() {
    let (tool, shops, exported) = office(ALONE);
    exported.hand_back(&inbox(&tool, "monday.xlsx"), &two_ends());
    fs::copy(inbox(&tool, "monday.xlsx"), tool.path("kept.xlsx")).unwrap();
    looked_at(&tool);
    fs::copy(tool.path("kept.xlsx"), inbox(&tool, "again.xlsx")).unwrap();
    fs::copy(tool.path("kept.xlsx"), inbox(&tool, "monday.xlsx")).unwrap();
    looked_at(&tool);
    let said = answer(&tool, "again-answer.txt");
    assert!(
        said.contains("again.xlsx is the very same file as monday.xlsx") && said.contains("monday-answer.txt"),
        "{said}"
    );
    assert!(answer(&tool, "monday-answer-2.txt").contains("Nothing was done twice"));
    assert_eq!(shops.writes().len(), 2);
    let moved = names(&tool.path("inbox/done/2026-W47"));
    assert_eq!(moved, ["again.xlsx", "monday-2.xlsx", "monday.xlsx"], "nothing lies over another, and nothing is gone");
}

#[test]
fn two_versions_wait_until_somebody_keeps_one_and_a_sync_clients_copy_is_never_planned_by_itself() {
    let (tool, shops, exported) = office(ALONE);
    exported.hand_back(&inbox(&tool, "monday.xlsx"), &[row(WOO, "end", "end")]);
    let conflict = "monday (Mei's conflicted copy 2026-11-22).xlsx";
    exported.hand_back(&inbox(&tool, conflict), &[row(SHOPEE, "LUMIEND", "end")]);
    looked_at(&tool);
    looked_at(&tool);
    assert!(shops.writes().is_empty());
    let said = answer(&tool, "monday-waits.txt");
    assert!(said.contains(conflict) && said.contains("Keep one"), "{said}");
    assert!(inbox(&tool, "monday (Mei's conflicted copy 2026-11-22)-waits.txt").exists());
    // Somebody keeps the other one, under a name of its own, and takes the first away.
    fs::rename(inbox(&tool, "monday.xlsx"), tool.path("old.xlsx")).unwrap();
    looked_at(&tool);
    let said = answer(&tool, "monday (Mei's conflicted copy 2026-11-22)-waits.txt");
    assert!(said.contains("a sync client put it aside"), "{said}");
    fs::rename(inbox(&tool, conflict), inbox(&tool, "tuesday.xlsx")).unwrap();
    looked_at(&tool);
    assert_eq!(shops.writes().len(), 1);
    assert_eq!(names(&tool.path("inbox")), ["tuesday-answer.txt", "tuesday-results.xlsx"], "the notes are gone");
}

#[test]
fn what_is_open_cut_off_or_empty_waits_and_is_told_of_only_after_a_while() {
    let (tool, shops, exported) = office(ALONE);
    exported.hand_back(&tool.path("back.xlsx"), &two_ends());
    let bytes = fs::read(tool.path("back.xlsx")).unwrap();
    fs::write(inbox(&tool, "open.xlsx"), &bytes).unwrap();
    fs::write(inbox(&tool, ".~lock.open.xlsx#"), "Mei,mei,desk,22.11.2026 12:00,file;").unwrap();
    fs::write(inbox(&tool, "cut.xlsx"), &bytes[..bytes.len() / 2]).unwrap();
    // A share shows the size before the bytes.
    fs::write(inbox(&tool, "zeros.xlsx"), vec![0; bytes.len()]).unwrap();
    fs::write(inbox(&tool, "empty.xlsx"), "").unwrap();
    looked_at(&tool);
    let waiting = status(&tool)["health"]["waiting"].clone();
    let why: BTreeMap<&str, &str> = waiting
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["name"].as_str().unwrap(), file["reason"].as_str().unwrap()))
        .collect();
    let wanted = [("cut.xlsx", "cut_off"), ("empty.xlsx", "empty"), ("open.xlsx", "open"), ("zeros.xlsx", "cut_off")];
    assert_eq!(why, BTreeMap::from(wanted));
    let notes = || names(&tool.path("inbox")).into_iter().filter(|name| name.ends_with("-waits.txt")).count();
    assert_eq!(notes(), 0);
    tool.wait_seconds(20 * 60);
    once(&tool);
    assert_eq!(notes(), 4);
    assert!(answer(&tool, "open-waits.txt").contains("somebody has it open"));
    assert!(answer(&tool, "cut-waits.txt").contains("its end is missing"));
    // Closed, and copied to the end.
    fs::remove_file(inbox(&tool, ".~lock.open.xlsx#")).unwrap();
    exported.hand_back(&inbox(&tool, "cut.xlsx"), &[row(WOO, "end", "end").note("the whole of it")]);
    looked_at(&tool);
    assert_eq!(notes(), 2);
    assert!(answer(&tool, "open-answer.txt").contains("Done: 2"));
    assert!(inbox(&tool, "cut-answer.txt").exists());
    assert_eq!(shops.writes().len(), 2);
}

#[test]
fn an_inbox_on_a_share_that_goes_away_loses_nothing_and_an_empty_folder_in_its_place_is_not_believed() {
    let (tool, shops, exported) = office(ALONE);
    exported.hand_back(&inbox(&tool, "monday.xlsx"), &two_ends());
    once(&tool);
    fs::rename(tool.path("inbox"), tool.path("unmounted")).unwrap();
    tool.wait_seconds(5);
    once(&tool);
    assert!(status(&tool)["health"]["inbox"]["away_since"].is_string());
    fs::create_dir(tool.path("inbox")).unwrap();
    once(&tool);
    let told = status(&tool)["health"]["inbox"].clone();
    assert!(told["why"].as_str().unwrap().contains("it is empty"), "{told}");
    assert!(names(&tool.path("inbox")).is_empty() && shops.writes().is_empty());
    fs::remove_dir_all(tool.path("inbox")).unwrap();
    fs::rename(tool.path("unmounted"), tool.path("inbox")).unwrap();
    looked_at(&tool);
    assert!(status(&tool)["health"]["inbox"]["away_since"].is_null());
    assert_eq!(names(&tool.path("inbox")), ["monday-answer.txt", "monday-results.xlsx"]);
    assert_eq!(shops.writes().len(), 2);
}

#[test]
fn what_cannot_be_planned_for_now_is_told_after_a_while_and_planned_once_it_can_be() {
    let (tool, shops, exported) = office(ALONE);
    exported.hand_back(&inbox(&tool, "monday.xlsx"), &two_ends());
    // Somebody changed the archive: nothing is believed until that is put right.
    let link = tool.path("archive/chain/00000001.json");
    let good = fs::read(&link).unwrap();
    fs::write(&link, "{}").unwrap();
    looked_at(&tool);
    for _ in 0..3 {
        tool.wait_seconds(6 * 60);
        once(&tool);
    }
    assert_eq!(names(&tool.path("inbox")), ["monday-waits.txt", "monday.xlsx"]);
    let said = answer(&tool, "monday-waits.txt");
    assert!(said.contains("it cannot be dealt with yet") && said.contains("It is tried again"), "{said}");
    assert!(status(&tool)["health"]["troubles"][0].as_str().unwrap().starts_with("monday.xlsx: "));
    fs::write(&link, good).unwrap();
    tool.wait_seconds(6 * 60);
    once(&tool);
    assert_eq!(names(&tool.path("inbox")), ["monday-answer.txt", "monday-results.xlsx"]);
    assert_eq!(shops.writes().len(), 2);
    // A week later the answers lie with what they are about.
    tool.wait_hours(8 * 24);
    tool.run(["watch", "--once"]);
    assert!(names(&tool.path("inbox")).is_empty());
    let put_away: Vec<String> = fs::read_dir(tool.path("inbox/done"))
        .unwrap()
        .flat_map(|week| names(&week.unwrap().path()))
        .filter(|name| name.starts_with("monday-"))
        .collect();
    assert_eq!(put_away.len(), 2, "{put_away:?}");
}

/// A new file, written as LibreOffice writes one.
#[test]
fn a_workbook_that_libreoffice_saves_into_the_inbox_is_planned() {
    let (tool, shops, exported) = office(ALONE);
    exported.hand_back(&tool.path("back.xlsx"), &two_ends());
    let profile = format!("-env:UserInstallation=file://{}", tool.path("profile").display());
    let saved = std::process::Command::new("soffice")
        .args([profile.as_str(), "--headless", "--convert-to", "ods", "--outdir"])
        .args([tool.path("inbox"), tool.path("back.xlsx")])
        .output();
    if !saved.is_ok_and(|saved| saved.status.success()) || !inbox(&tool, "back.ods").exists() {
        println!("SKIPPED: no LibreOffice here");
        return;
    }
    looked_at(&tool);
    assert_eq!(names(&tool.path("inbox")), ["back-answer.txt", "back-results.xlsx"]);
    assert!(answer(&tool, "back-answer.txt").contains("Done: 2"));
    assert_eq!(shops.writes().len(), 2);
}
