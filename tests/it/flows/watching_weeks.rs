//! The exports of a watcher: each when it is due and once, over weeks in which the clocks change, with workbooks that are handed in meanwhile.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::paper::{Exported, row};
use super::shops::{SMALL_SHOPS, Shops};
use super::tool::{Tool, clock_from};
use super::watching::{WAITING, WOO, events, inbox, names, office, once, status};

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
