//! `[watch]`: what cannot be meant is told with its line and what would be right.

use std::time::Duration;

use chrono::TimeDelta;
use couponbook::settings::WatchSettings;

use super::{Fixture, HEAD, WOO};

fn with(watch: &str) -> String {
    format!("{HEAD}{watch}\n{WOO}")
}

fn read(watch: &str) -> WatchSettings {
    Fixture::new().read(&with(watch)).unwrap().watch
}

#[test]
fn without_a_word_exports_are_made_at_nine_and_three_and_nothing_is_applied_by_itself() {
    let usual = read("");
    assert_eq!(usual.times.to_string(), "0 9 * * *, 0 15 * * * (Asia/Singapore)");
    assert_eq!((usual.settle, usual.catch_up), (Duration::from_secs(30), TimeDelta::hours(12)));
    assert!(usual.inbox.ends_with("inbox") && usual.apply.is_none() && usual.by.is_none() && usual.ping.is_none());
    let alone = read("[watch.apply]").apply.unwrap();
    assert_eq!((alone.changes, alone.removals, alone.stores), (20, 0, None));
    assert!(alone.exposure.is_empty());
    assert_eq!(read("[watch]\ntimes = [\"@daily\"]").times.to_string(), "@daily (Asia/Singapore)");
}

#[test]
fn every_line_of_times_that_says_none_is_told_with_the_reason() {
    let told =
        Fixture::new().complaint(&with("[watch]\ntimes = [\"0 9 * * *\", \"0 25 * * *\", \"9:00\", \"0 9 30 2 *\"]"));
    assert_eq!(told.matches("couponbook.toml:3: times: ").count(), 3, "{told}");
    for words in
        ["\"0 25 * * *\": it is no cron line", "\"9:00\": it has 1 fields", "that day never comes", "08:30 on workdays"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    let told = Fixture::new().complaint(&with("[watch]\ntimes = []"));
    assert!(told.contains("times is empty"), "{told}");
    let told = Fixture::new().complaint(&with("[watch]\nsettle_seconds = 0\ninboks = \"x\""));
    assert!(told.contains("settle_seconds is 0") && told.contains("write `inbox`"), "{told}");
}

#[test]
fn an_inbox_among_what_the_program_writes_is_refused_since_it_would_read_itself() {
    for (inbox, ours) in
        [("reports", "reports"), ("reports/2026-W47", "reports"), ("state/inbox", "state"), ("archive", "archive")]
    {
        let told = Fixture::new().complaint(&with(&format!("[watch]\ninbox = \"{inbox}\"")));
        assert!(told.contains(&format!("is in the folder of the {ours}; name a folder of its own")), "{told}");
    }
}

#[test]
fn the_pings_address_is_a_secret_that_lies_elsewhere_and_one_that_is_missing_costs_the_ping_alone() {
    let told = Fixture::new().complaint(&with("[watch]\nping = \"https://hc-ping.com/0123\""));
    assert!(told.contains("ping is written out") && !told.contains("0123"), "{told}");
    assert!(matches!(read("[watch]\nping = { env = \"KEY\" }").ping, Some(Ok(_))));
    let missing = read("[watch]\nping = { env = \"NOWHERE\" }").ping.unwrap().unwrap_err();
    assert!(missing.contains("NOWHERE is not set"), "{missing}");
}

#[test]
fn whoever_decides_in_the_inbox_is_one_of_the_people_where_the_config_names_any() {
    assert_eq!(read("[watch]\nby = \"Mei\"").by.as_deref(), Some("Mei"));
    let people = "[[person]]\nname = \"Mei\"\nrole = \"editor\"\n";
    let told = Fixture::new().complaint(&with(&format!("[watch]\nby = \"Lin\"\n{people}")));
    assert!(told.contains("by: no [[person]] is called \"Lin\"; write one of Mei"), "{told}");
    assert_eq!(read(&format!("[watch]\nby = \"Mei\"\n{people}")).by.as_deref(), Some("Mei"));
}
