//! A watcher as a process that goes on: killed, met by a second one, told to stop; and the services that keep it running.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use chrono::Utc;
use serde_json::Value;

use super::paper::{Exported, row};
use super::shops::{SMALL_SHOPS, Shops};
use super::tool::Tool;
use super::watching::{ALONE, SHOPEE, WOO, inbox, names};
#[cfg(unix)]
use super::watching::{WAITING, office};
#[cfg(unix)]
use crate::json_documents::holds;

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
        self.hears_one_of(&[event])
    }

    /// The same of whichever comes first.
    #[track_caller]
    fn hears_one_of(&self, events: &[&str]) -> Value {
        let wanted: Vec<String> = events.iter().map(|event| format!("\"event\":\"{event}\"")).collect();
        let mut heard = Vec::new();
        let until = Instant::now() + Duration::from_secs(120);
        while let Ok(line) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if wanted.iter().any(|wanted| line.contains(wanted)) {
                return serde_json::from_str(&line).unwrap();
            }
            heard.push(line);
        }
        panic!("none of {events:?} in\n{}", heard.join("\n"));
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
    let events = ["step", "answering", "answered", "moved"];
    for first in 0..events.len() {
        let running = Running::start(&tool);
        // It may be over already, and the one before may have come further than it was heard to.
        let is_over = names(&tool.path("inbox/done")).len() + weeks_of(&tool) > 0;
        running.hears_one_of(if is_over { &["watching"] } else { &events[first..] });
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

// The paths of a unit are those of its own system.
#[cfg(unix)]
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
