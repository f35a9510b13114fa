//! A watcher at work: exports at their times, workbooks that are saved into its inbox, and whatever happens to both.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::codes::{typed, with_lin};
use super::paper::{Exported, Line, row};
use super::shops::{SMALL_SHOPS, Shops};
use super::start::side_by_side;
use super::tool::{Ran, Tool, clock_from};
use crate::json_documents::holds;

const SHOPEE: &str = "shopee-sg-1";
const WOO: &str = "woo-de-1";

/// Small plans are sent at once.
const ALONE: &str = "[watch]\nsettle_seconds = 1\n[watch.apply]\nremovals = 5\n";
/// Each waits for somebody's word.
const WAITING: &str = "[watch]\nsettle_seconds = 1\n";

fn two_ends() -> [Line; 2] {
    [row(WOO, "end", "end"), row(SHOPEE, "LUMIEND", "end")]
}

/// With an export, and a watcher that has begun.
fn office(config: &str) -> (Tool, Shops, Exported) {
    let mut tool = Tool::in_empty_folder();
    let shops = Shops::of(SMALL_SHOPS, &tool.path("shops"), &tool.clock);
    tool.against(&shops, config);
    let exported = tool.export("exported");
    once(&tool);
    (tool, shops, exported)
}

fn once(tool: &Tool) -> Ran {
    tool.run(["watch", "--once"]).exits(0)
}

/// Looked at twice, a quiet time apart.
fn looked_at(tool: &Tool) -> Ran {
    once(tool);
    tool.wait_seconds(5);
    once(tool)
}

fn inbox(tool: &Tool, name: &str) -> PathBuf {
    tool.path("inbox").join(name)
}

/// The names in a folder, without what is always in an inbox.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.path().is_file());
    let mut names: Vec<String> = files.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.retain(|name| name != "about-this-folder.txt" && !name.starts_with('.'));
    names.sort();
    names
}

fn answer(tool: &Tool, name: &str) -> String {
    let text = fs::read_to_string(inbox(tool, name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n")
}

fn events(ran: &Ran) -> Vec<String> {
    let lines = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| line["event"].as_str().unwrap().to_string()).collect()
}

fn status(tool: &Tool) -> Value {
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

/// A week of one team in Berlin, with the clocks set back or forward on its Sunday: hands that drop workbooks, a program that is killed, and
/// a machine that sleeps through a morning.
fn week(first: &str, clocks_change: &str) {
    let zone: Tz = "Europe/Berlin".parse().unwrap();
    let first: NaiveDate = first.parse().unwrap();
    let change: NaiveDate = clocks_change.parse().unwrap();
    let local = |day: NaiveDate, time: &str| {
        let time: NaiveTime = time.parse().unwrap();
        zone.from_local_datetime(&day.and_time(time)).earliest().unwrap().with_timezone(&Utc)
    };
    let start = local(first, "06:00:00");
    let mut tool = Tool::beginning(&start.to_rfc3339());
    let shops = Shops::of(SMALL_SHOPS, &tool.path("shops"), &tool.clock);
    let times = "times = [\"30 2 * * *\", \"0 9 * * *\", \"0 15 * * *\"]\n";
    tool.against(&shops, &format!("[watch]\nsettle_seconds = 1\n{times}"));
    tool.configure("Asia/Singapore", "Europe/Berlin");
    once(&tool);
    let (mut wanted, mut dropped) = (Vec::new(), 0);
    for day in first.iter_days().take(7) {
        let sleeps = day == change + TimeDelta::days(2);
        let gap = "03:00:00";
        for (hour, is_due) in [
            (gap, true),
            ("08:59:00", false),
            ("09:00:00", true),
            ("09:10:00", false),
            ("15:00:00", true),
            ("23:00:00", false),
        ] {
            let at = local(day, hour);
            if at <= start || (sleeps && hour < "15:00:00") {
                continue;
            }
            tool.wait_until(at);
            // Killed somewhere, now and then; what was begun goes on at the next start.
            if is_due && (dropped + wanted.len()) % 3 == 1 {
                let _ = tool.run_until(["watch", "--once"], 3 + wanted.len() % 7);
            }
            once(&tool);
            if is_due {
                wanted.push(format!("{day}T{}", hour.replace("03:00:00", "02:30:00").get(..5).unwrap()));
            }
            if hour == "09:10:00" || hour == "23:00:00" {
                dropped += 1;
                let back = inbox(&tool, &format!("{day}-{}.xlsx", hour.get(..2).unwrap()));
                newest(&tool).hand_back(&back, &[row(WOO, "stay", "keep").note(&format!("seen {dropped}"))]);
                once(&tool);
                tool.wait_seconds(5);
                let _ = tool.run_until(["watch", "--once"], 2 + dropped * 2);
                once(&tool);
            }
        }
    }
    let book: Value = serde_json::from_str(&tool.read("state/watch/slots.json")).unwrap();
    let state = |state: &str| {
        let slots = book["slots"].as_object().unwrap().iter().filter(|(_, slot)| slot["state"] == state);
        slots.map(|(key, _)| key.split(' ').next().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(state("done"), wanted, "every due export");
    assert!(state("begun").is_empty() && state("failed").is_empty());
    let asleep = change + TimeDelta::days(2);
    assert_eq!(state("missed"), [format!("{asleep}T02:30"), format!("{asleep}T09:00")]);
    let exports = tool.run(["archive", "list", "--json"]).exits(0).json();
    let made = reports(&tool).len();
    assert_eq!(made, wanted.len(), "one workbook for each: {exports}");
    // Every workbook was answered once, and lies among what was dealt with.
    let answers = names(&tool.path("inbox")).into_iter().filter(|name| name.ends_with("-answer.txt")).count();
    let done: usize =
        fs::read_dir(tool.path("inbox/done")).unwrap().map(|week| names(&week.unwrap().path()).len()).sum();
    assert_eq!((answers, done), (dropped, dropped), "{:?}", names(&tool.path("inbox")));
    assert!(names(&tool.path("inbox")).iter().all(|name| !name.contains("-answer-2")));
}

fn reports(tool: &Tool) -> Vec<PathBuf> {
    let weeks = fs::read_dir(tool.path("reports")).unwrap().map(|week| week.unwrap().path());
    let mut files: Vec<PathBuf> = weeks
        .flat_map(|week| fs::read_dir(week).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>())
        .filter(|path| path.extension().is_some_and(|ending| ending == "xlsx"))
        .collect();
    files.sort_by_key(|path| fs::metadata(path).unwrap().modified().unwrap());
    files
}

fn newest(tool: &Tool) -> Exported {
    Exported::open(reports(tool).last().unwrap())
}

#[test]
fn over_a_week_in_which_the_clocks_are_set_back_every_due_export_is_made_once_and_every_workbook_answered_once() {
    week("2026-10-22", "2026-10-25");
}

#[test]
fn over_a_week_in_which_the_clocks_are_set_forward_every_due_export_is_made_once_and_every_workbook_answered_once() {
    week("2026-03-26", "2026-03-29");
}

#[test]
fn a_clock_that_is_set_back_makes_no_export_twice_and_is_told() {
    let (tool, _shops, _) = office(WAITING);
    tool.wait_until(DateTime::parse_from_rfc3339("2026-11-22T07:00:00Z").unwrap().to_utc());
    assert!(events(&once(&tool)).contains(&"export_done".to_string()));
    let earlier = tool.copied(clock_from("2026-11-22T06:00:00Z"));
    let ran = once(&earlier);
    assert!(events(&ran).contains(&"clock_set_back".to_string()), "{}", ran.stdout);
    let again = earlier.copied(clock_from("2026-11-22T07:00:10Z"));
    let ran = once(&again);
    assert!(!events(&ran).contains(&"export_begun".to_string()), "{}", ran.stdout);
    assert_eq!(reports(&again).len(), 1);
    // Nor is it the end of it: the next morning comes as usual, whatever the shops say to another clock than theirs.
    let next = again.copied(clock_from("2026-11-23T01:00:10Z"));
    let ran = next.run(["watch", "--once"]);
    assert!(events(&ran).contains(&"export_begun".to_string()), "{}", ran.stdout);
}

#[test]
fn an_export_that_fails_is_tried_again_and_the_ping_hears_of_each() {
    let (mut tool, shops, _) = office(WAITING);
    let pings = Pings::open();
    tool.environment.insert("PING".to_string(), pings.address.clone());
    tool.configure("settle_seconds = 1", "settle_seconds = 1\nping = { env = \"PING\" }");
    let environment = std::mem::take(&mut tool.environment);
    tool.environment.insert("PING".to_string(), pings.address.clone());
    // Without their secrets no store loads.
    tool.wait_until(DateTime::parse_from_rfc3339("2026-11-22T07:00:00Z").unwrap().to_utc());
    tool.run(["watch", "--once"]).exits(1).says(&["no store loaded"]);
    once(&tool);
    tool.environment = environment;
    tool.wait_seconds(6 * 60);
    let ran = once(&tool);
    assert!(events(&ran).contains(&"export_done".to_string()), "{}", ran.stdout);
    assert!(!ran.stdout.contains(&pings.address) && !ran.stderr.contains(&pings.address));
    assert_eq!(pings.heard(), ["/ping/start", "/ping/fail", "/ping/start", "/ping"]);
    assert_eq!(status(&tool)["health"]["last_export"]["state"], "done");
    drop(shops);
}

/// A dead man's switch that hears everything.
struct Pings {
    address: String,
    heard: Arc<std::sync::Mutex<Vec<String>>>,
    _runtime: tokio::runtime::Runtime,
}

impl Pings {
    fn open() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let heard: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
        let hears = heard.clone();
        let app = axum::Router::new().fallback(move |uri: axum::http::Uri| {
            hears.lock().unwrap().push(uri.path().to_string());
            async { "OK" }
        });
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}/ping", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, heard, _runtime: runtime }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// The real program, watching.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(tool: &Tool) -> Self {
        let mut child = tool.process(&["watch"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (send, lines) = channel();
        let printed = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in printed.lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        Self { child, lines }
    }

    /// Waits for the line of that event.
    #[track_caller]
    fn hears(&self, event: &str) -> Value {
        let (wanted, mut heard) = (format!("\"event\":\"{event}\""), Vec::new());
        let until = Instant::now() + Duration::from_secs(120);
        while let Ok(line) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if line.contains(&wanted) {
                return serde_json::from_str(&line).unwrap();
            }
            heard.push(line);
        }
        panic!("no {event} in\n{}", heard.join("\n"));
    }

    /// Ended as by a power cut.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// By the machine's clock, as the real program has no other.
fn real_office() -> (Tool, Shops, Exported) {
    let mut tool = Tool::by(Arc::new(Utc::now));
    let shops = Shops::of(SMALL_SHOPS, &tool.path("shops"), &tool.clock);
    tool.against(&shops, ALONE);
    let exported = tool.export("exported");
    (tool, shops, exported)
}

#[test]
fn killed_again_and_again_the_program_answers_each_workbook_once_and_sends_each_change_once() {
    let (tool, shops, exported) = real_office();
    let running = Running::start(&tool);
    running.hears("watching");
    let until = Instant::now() + Duration::from_secs(60);
    while !inbox(&tool, "about-this-folder.txt").exists() {
        assert!(Instant::now() < until, "the inbox is made");
        std::thread::sleep(Duration::from_millis(20));
    }
    exported.hand_back(&tool.path("one.xlsx"), &[row(WOO, "end", "end")]);
    fs::copy(tool.path("one.xlsx"), inbox(&tool, "one.xlsx")).unwrap();
    running.hears("taken");
    running.kill();
    for event in ["step", "answering", "answered", "moved"] {
        let running = Running::start(&tool);
        // It may be over already.
        let is_over = names(&tool.path("inbox/done")).len() + weeks_of(&tool) > 0;
        running.hears(if is_over { "watching" } else { event });
        running.kill();
    }
    exported.hand_back(&tool.path("two.xlsx"), &[row(SHOPEE, "LUMIEND", "end")]);
    fs::copy(tool.path("two.xlsx"), inbox(&tool, "two.xlsx")).unwrap();
    let running = Running::start(&tool);
    while running.hears("moved")["file"] != "two.xlsx" {}
    running.kill();
    let answers = ["one-answer.txt", "one-results.xlsx", "two-answer.txt", "two-results.xlsx"];
    assert_eq!(names(&tool.path("inbox")), answers);
    assert_eq!(shops.writes().len(), 2);
}

fn weeks_of(tool: &Tool) -> usize {
    fs::read_dir(tool.path("inbox/done")).into_iter().flatten().map(|week| names(&week.unwrap().path()).len()).sum()
}

/// Windows has no signal that one process sends another.
#[cfg(unix)]
#[test]
fn a_second_watcher_says_who_works_and_one_that_is_told_to_stop_ends_cleanly() {
    let (tool, _shops, _) = real_office();
    let mut running = Running::start(&tool);
    running.hears("watching");
    let until = Instant::now() + Duration::from_secs(60);
    while !inbox(&tool, ".couponbook-watch.json").exists() {
        assert!(Instant::now() < until, "the inbox is claimed");
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = running.child.id().to_string();
    let second = tool.run(["watch", "--once"]).exits(6);
    second.says(&[&format!("another `couponbook watch` (process {pid} on "), "works with this state folder"]);
    // Another installation with the same inbox.
    let (other, _others_shops, _) = real_office();
    other.configure("[watch]\n", &format!("[watch]\ninbox = '{}'\n", tool.path("inbox").display()));
    other
        .run(["watch", "--once"])
        .exits(6)
        .says(&["with another state folder", "each inbox belongs to one installation"]);
    let told = tool.run(["watch", "--status", "--json"]).exits(0).json();
    holds("watch", &told);
    assert_eq!(
        (&told["lives"], &told["health"]["watcher"]["pid"]),
        (&Value::from(true), &Value::from(running.child.id()))
    );
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    running.hears("stopped");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
    let told = tool.run(["watch", "--status", "--json"]).exits(1).json();
    assert_eq!(told["health"]["doing"], "stopped");
    // Nobody has to wait for whoever left.
    other.run(["watch", "--once"]).exits(0);
}

#[test]
fn the_service_that_init_prints_has_this_machines_paths_and_stays_what_it_is_whatever_they_hold() {
    let (tool, _shops, _) = office(WAITING);
    for kind in ["systemd", "systemd-once", "systemd-timer", "launchd", "windows", "container"] {
        let told = tool.run(["init", "--service", kind, "--json"]).exits(0).json();
        holds("init", &told);
        let text = told["service"]["text"].as_str().unwrap();
        assert!(!text.contains("{program}") && !text.contains("{config}") && !text.contains("{writable}"), "{text}");
        assert!(!text.contains("{state}") && !text.contains("{user}") && !text.contains("{folder}"), "{kind}: {text}");
        let config = tool.path("couponbook.toml").display().to_string();
        let names_config = text.contains(&config) || kind == "container" || kind == "systemd-timer";
        assert!(names_config, "{kind}: {text}");
    }
    let odd = tool.path("50% & more");
    fs::create_dir(&odd).unwrap();
    fs::copy(tool.path("couponbook.toml"), odd.join("couponbook.toml")).unwrap();
    fs::copy(tool.path("campaigns.csv"), odd.join("campaigns.csv")).unwrap();
    let text = |kind: &str| tool.run(["init", odd.to_str().unwrap(), "--service", kind]).exits(0).stdout;
    let unit = text("systemd");
    assert!(unit.contains("50%% & more/couponbook.toml\"\n") && unit.contains("Type=notify"), "{unit}");
    assert!(text("launchd").contains("50% &amp; more/couponbook.toml</string>"));
    assert!(text("windows").contains("--config \"") || text("windows").contains("&amp; more"));
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
