//! Estimates, memory and limits through the whole program, and through its config.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::program::run_words;
use couponbook::platforms::PLATFORMS;
use couponbook::platforms::PaceOverride;
use couponbook::settings::{Reach, Settings};

use super::remembered::SHOP;
use super::shops::noon;

/// What was printed.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Exit code, stdout, stderr. Each run is a minute after the one before.
fn run(folder: &Path, words: &[&str]) -> (u8, String, String) {
    static RUNS: AtomicI64 = AtomicI64::new(0);
    let now = noon() + chrono::Duration::minutes(RUNS.fetch_add(1, Ordering::Relaxed));
    let (stdout, stderr) = (Paper::default(), Paper::default());
    let world = crate::program::world(Arc::new(move || now), stdout.clone(), stderr.clone());
    let config = folder.join("couponbook.toml").display().to_string();
    let code = run_words([&["couponbook", "--config", &config], words].concat(), &world);
    (code, stdout.text(), stderr.text())
}

/// What the newest export needed.
fn calls_made(folder: &Path) -> u64 {
    let archive = crate::archive::archive_at(folder.join("archive"), "here");
    archive.load_snapshot(&archive.latest().unwrap().unwrap()).unwrap().stores[0].calls
}

fn estimated(folder: &Path, words: &[&str]) -> u64 {
    let (code, stdout, stderr) = run(folder, &[&["--json", "export", "--estimate"], words].concat());
    assert_eq!(code, 0, "{stderr}");
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    document["calls"].as_u64().unwrap()
}

#[test]
fn an_export_says_beforehand_what_it_takes_and_the_second_takes_little() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("shops.toml"), SHOP).unwrap();
    let config = "team_time_zone = \"Asia/Singapore\"\nsandbox_scenario = \"shops.toml\"\n[[store]]\nid = \"shop\"\n\
                  platform = \"shopee\"\nendpoint = \"sandbox\"\ncurrency = \"SGD\"\ntime_zone = \"Asia/Singapore\"\n";
    std::fs::write(folder.join("couponbook.toml"), config).unwrap();

    let (code, stdout, stderr) = run(folder, &["export", "--estimate"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("To load 1 store: at least 1 s and 3 calls (never loaded before"), "{stdout}");
    assert!(!folder.join("archive").exists() && !folder.join("state/tokens").exists(), "nothing is sent or kept");

    let (code, _, stderr) = run(folder, &["export"]);
    assert!(code == 0 && stderr.contains("To load 1 store: at least 1 s and 3 calls"), "{stderr}");
    // The sign-in, the list, 41 details, and how long the seller's authorization lasts.
    assert_eq!(calls_made(folder), 44);

    // Mock shops of this process have to be signed in to anew each time, and the one that is to come is asked for.
    assert_eq!(estimated(folder, &[]), 4);
    let (_, _, stderr) = run(folder, &["export"]);
    assert!(stderr.contains("To load 1 store: about 1 s, 4 calls; 44 calls of shopee "), "{stderr}");
    assert_eq!(calls_made(folder), 4);

    assert_eq!(estimated(folder, &["--reload"]), 44);
    assert_eq!(estimated(folder, &[]), 4, "an estimate forgets nothing");
    run(folder, &["export", "--reload"]);
    assert_eq!(calls_made(folder), 44);
}

const REAL_STORES: &str = r#"
team_time_zone = "Asia/Singapore"
[export]
store_deadline_minutes = 7
[pace.shopee]
app_calls_per_second = 30
app_calls_per_day = 9000
calls_per_second = 6
calls_at_once = 3
[[store]]
id = "shopee-sg-1"
platform = "shopee"
shop_id = "14701711"
partner_id = "2001887"
partner_key = { env = "KEY" }
refresh_token = { env = "KEY" }
currency = "SGD"
time_zone = "Asia/Singapore"
calls_per_second = 2
[[store]]
id = "woo-de-1"
platform = "woocommerce"
endpoint = "https://shop.example"
consumer_key = { env = "KEY" }
consumer_secret = { env = "KEY" }
currency = "EUR"
time_zone = "Europe/Berlin"
"#;

#[test]
fn limits_come_from_the_store_then_from_its_platforms_section_then_from_what_is_usual() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("couponbook.toml");
    std::fs::write(&file, REAL_STORES).unwrap();
    let settings = Settings::read(&file, PLATFORMS, &|_| Some("0123456789abcdef".to_string())).unwrap();
    assert_eq!(settings.store_deadline, Duration::from_secs(7 * 60));
    let paces: Vec<PaceOverride> = settings
        .stores
        .iter()
        .map(|store| match &store.reach {
            Reach::Platform(account) => account.pace,
            Reach::Sandbox | Reach::Locked { .. } => panic!("{} is no pretend shop", store.store.id),
        })
        .collect();
    let shopee =
        PaceOverride { app_per_second: Some(30), app_per_day: Some(9000), per_second: Some(2), in_flight: Some(3) };
    assert_eq!(paces, [shopee, PaceOverride::default()]);
}

#[test]
fn a_limit_of_nothing_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("couponbook.toml");
    std::fs::write(&file, REAL_STORES.replace("= 9000", "= 0").replace("_minutes = 7", "_minutes = 0")).unwrap();
    let error = Settings::read(&file, PLATFORMS, &|_| Some("0123456789abcdef".to_string())).unwrap_err().to_string();
    assert!(error.contains("couponbook.toml:7: app_calls_per_day is 0"), "{error}");
    assert!(error.contains("couponbook.toml:4: store_deadline_minutes is 0"), "{error}");
}
