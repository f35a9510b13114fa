//! The program in a folder of its own, run as a user runs it: words in, exit code and text out.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::program::run_words;
use chrono::DateTime;
use couponbook::domain::Timestamp;
use couponbook::platforms::{PLATFORMS, Platforms, RetryPolicy};
use serde_json::Value;
use tempfile::TempDir;

use super::paper::{Exported, Line};
use super::shops::Shops;

pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A clock that shows `start` now and goes on from there.
pub fn clock_from(start: &str) -> Clock {
    clock_ahead(start, &Arc::default())
}

/// The same, with as many seconds more as a test lets pass.
fn clock_ahead(start: &str, seconds: &Arc<AtomicU64>) -> Clock {
    let (start, began) = (DateTime::parse_from_rfc3339(start).unwrap().to_utc(), Instant::now());
    let seconds = seconds.clone();
    Arc::new(move || start + began.elapsed() + Duration::from_secs(seconds.load(Ordering::SeqCst)))
}

/// The moment at which most tests begin: noon in Singapore, morning in Berlin.
pub const NOON: &str = "2026-11-22T04:00:00Z";

pub struct Tool {
    pub folder: Arc<TempDir>,
    pub clock: Clock,
    seconds_ahead: Arc<AtomicU64>,
    pub environment: BTreeMap<String, String>,
    pub platforms: Platforms,
    /// How long a shop's answer is waited for, and how often it is asked again.
    pub retry_policy: RetryPolicy,
    /// How long a lost request may still arrive.
    pub settle_here: Duration,
    /// What somebody at a terminal types; nobody sits there where there is nothing.
    pub typed: Arc<Mutex<Vec<&'static str>>>,
}

/// What one command came to.
#[derive(Debug)]
pub struct Ran {
    words: String,
    pub code: u8,
    pub stdout: String,
    pub stderr: String,
}

impl Tool {
    pub fn in_empty_folder() -> Self {
        Self::beginning(NOON)
    }

    pub fn beginning(start: &str) -> Self {
        let seconds_ahead = Arc::default();
        Self { clock: clock_ahead(start, &seconds_ahead), seconds_ahead, ..Self::by(clock_from(start)) }
    }

    pub fn by(clock: Clock) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let retry_policy = RetryPolicy {
            first_wait: Duration::from_millis(10),
            longest_wait: Duration::from_secs(2),
            ..RetryPolicy::default()
        };
        Self {
            folder,
            clock,
            seconds_ahead: Arc::default(),
            environment: BTreeMap::new(),
            platforms: PLATFORMS,
            retry_policy,
            settle_here: Duration::from_millis(100),
            typed: Arc::default(),
        }
    }

    /// Lets time pass, for the tool and for its shops.
    pub fn wait_hours(&self, hours: u64) {
        self.wait_seconds(hours * 3600);
    }

    pub fn wait_seconds(&self, seconds: u64) {
        self.seconds_ahead.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Lets time pass until the clock shows `moment`.
    pub fn wait_until(&self, moment: Timestamp) {
        let seconds = (moment - (self.clock)()).num_seconds();
        self.wait_seconds(u64::try_from(seconds).expect("a moment that is still to come") + 1);
    }

    /// With the shops of `scenario`, a config that names them, and a campaign plan.
    pub fn with_shops(scenario: &str) -> (Self, Shops) {
        let mut tool = Self::in_empty_folder();
        let shops = Shops::of(scenario, &tool.path("shops"), &tool.clock);
        tool.against(&shops, "");
        (tool, shops)
    }

    /// Writes a config for `shops`; `more` stands before the stores.
    pub fn against(&mut self, shops: &Shops, more: &str) {
        let head = "team_time_zone = \"Asia/Singapore\"\noperator = \"Night shift\"\ncampaigns = \"campaigns.csv\"\n";
        // Here a lost creation is not under way for minutes.
        let at_once = if more.contains("[apply]") { "" } else { "\n[apply]\ncreation_seconds = 0\n" };
        self.write("couponbook.toml", &format!("{head}{more}{at_once}{}", shops.config()));
        self.write("campaigns.csv", "campaign,starts,ends,coupons\nBlack Friday,2026-11-20,2026-11-30,*BF*\n");
        self.environment = shops.environment();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Changes the config's text.
    pub fn configure(&self, from: &str, to: &str) {
        let text = self.read("couponbook.toml");
        assert!(text.contains(from), "{from:?} is not in the config");
        self.write("couponbook.toml", &text.replacen(from, to, 1));
    }

    /// Runs the program in this process. The config is this folder's.
    pub fn run<S: AsRef<str>>(&self, words: impl IntoIterator<Item = S>) -> Ran {
        self.run_until(words, usize::MAX).expect("nothing cuts it off")
    }

    /// The same, cut off where it would print the line of that number: none where it did not come to its end.
    pub fn run_until<S: AsRef<str>>(&self, words: impl IntoIterator<Item = S>, line: usize) -> Option<Ran> {
        let words: Vec<String> = words.into_iter().map(|word| word.as_ref().to_string()).collect();
        let config = self.path("couponbook.toml").display().to_string();
        let all = [vec!["couponbook".to_string(), "--config".to_string(), config], words.clone()].concat();
        let (stdout, stderr) = (Paper::of_lines(line), Paper::default());
        let mut world = crate::program::world(self.clock.clone(), stdout.clone(), stderr.clone());
        let environment = self.environment.clone();
        world.environment = Arc::new(move |name| environment.get(name).cloned());
        world.platforms = self.platforms;
        world.settle_here = self.settle_here;
        world.retry_policy = self.retry_policy;
        let typed = self.typed.clone();
        world.can_ask = !typed.lock().unwrap().is_empty();
        world.read_line = Arc::new(move || typed.lock().unwrap().pop().map(str::to_string));
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run_words(all, &world)));
        let code = match ran {
            Ok(code) => code,
            Err(cut) if cut.is::<CutOff>() => return None,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        Some(Ran { words: words.join(" "), code, stdout: stdout.text(), stderr: stderr.text() })
    }

    /// The real program, about to be started in this folder.
    pub fn process(&self, words: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_couponbook"));
        command.current_dir(self.folder.path()).env_remove("COUPONBOOK_CONFIG").envs(&self.environment).args(words);
        command
    }

    /// Exports into `NAME.xlsx` and opens it.
    pub fn export(&self, name: &str) -> Exported {
        let out = self.path(&format!("{name}.xlsx"));
        self.run(["export", "--out", out.to_str().unwrap()]).exits(0);
        Exported::open(&out)
    }

    /// Exports, and hands back a workbook with `lines` filled in.
    pub fn hand_back(&self, lines: &[Line]) -> PathBuf {
        self.export("exported").hand_back(&self.path("back.xlsx"), lines)
    }

    pub fn plan(&self, workbook: &Path, more: &[&str]) -> Ran {
        self.run([&["plan", text(workbook), "--json"], more].concat())
    }

    pub fn apply(&self, file: &Path, more: &[&str]) -> Ran {
        self.run([&["apply", text(file), "--yes", "--json"], more].concat())
    }

    /// The folder as it is, in another place, at `clock`.
    pub fn copied(&self, clock: Clock) -> Self {
        let copy = Self::by(clock);
        copy_folder(self.folder.path(), copy.folder.path());
        copy
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &place);
        } else {
            std::fs::copy(&path, &place).unwrap();
        }
    }
}

impl Ran {
    #[track_caller]
    pub fn exits(self, code: u8) -> Self {
        assert_eq!(self.code, code, "`{}`\n--- stdout\n{}\n--- stderr\n{}", self.words, self.stdout, self.stderr);
        self
    }

    /// Each of `words` stands on stderr.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.stderr.contains(word), "`{}` does not say {word:?} but\n{}", self.words, self.stderr);
        }
        self
    }

    /// The one document on stdout.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in\n{}", self.stdout))
    }

    /// `done: 3, failed: 1`: what the rows came to, and that they add up to what was planned.
    #[track_caller]
    pub fn totals(&self) -> String {
        let report = self.json();
        let totals = report["totals"].as_object().unwrap();
        let counted: u64 = totals.values().map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(report["planned"].as_u64().unwrap(), counted, "planned = the sum of all outcomes");
        assert_eq!(report["outcomes"].as_object().unwrap().len() as u64, counted);
        let told = totals.iter().filter(|(_, count)| **count != 0).map(|(kind, count)| format!("{kind}: {count}"));
        told.collect::<Vec<_>>().join(", ")
    }

    /// What a plan makes of each row: `LUMISTOCK: raise the total`, in its order.
    #[track_caller]
    pub fn verdicts(&self) -> Vec<String> {
        let plan = self.json();
        let rows = plan["plan"]["rows"].as_array().unwrap().clone();
        rows.iter().map(|row| format!("{}: {}", row["label"].as_str().unwrap(), verdict(&row["verdict"]))).collect()
    }
}

fn verdict(verdict: &Value) -> String {
    match verdict["verdict"].as_str().unwrap() {
        "change" => verdict["change"]["becomes"].as_str().unwrap().replace('_', " "),
        other => other.replace('_', " "),
    }
}

/// Where a test reads what was printed, up to so many lines.
#[derive(Clone)]
struct Paper(Arc<Mutex<Vec<u8>>>, usize);

/// The program ended in the middle of what it did.
struct CutOff;

impl Default for Paper {
    fn default() -> Self {
        Self::of_lines(usize::MAX)
    }
}

impl Paper {
    fn of_lines(most: usize) -> Self {
        Self(Arc::default(), most)
    }

    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        String::from_utf8(bytes.clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut written = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if written.iter().filter(|byte| **byte == b'\n').count() >= self.1 {
            drop(written);
            // No hook hears of it, and everything is given back as when a process ends.
            std::panic::resume_unwind(Box::new(CutOff));
        }
        written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
