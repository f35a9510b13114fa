//! The day's calls of an app, counted in a folder that processes share.

use std::path::Path;
use std::sync::Arc;

use couponbook::domain::Timestamp;
use couponbook::platforms::pace::Quota;
use couponbook::platforms::shopee;

use super::shops::at;
use crate::platform;

fn noon() -> Timestamp {
    at("2026-11-22T04:00:00Z")
}

fn quota(folder: &Path, limit: Option<u64>) -> Arc<Quota> {
    Arc::new(Quota::new(folder, platform::SHOPEE, "2001887", shopee::ENTRY.day, limit).unwrap())
}

async fn takes(quota: &Arc<Quota>, now: Timestamp, tries: usize) -> usize {
    let mut taken = 0;
    for _ in 0..tries {
        taken += usize::from(quota.take(now).await.is_ok());
    }
    taken
}

#[tokio::test]
async fn two_processes_together_never_make_more_calls_than_a_day_has() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (quota(folder.path(), Some(500)), quota(folder.path(), Some(500)));
    let taken = takes(&one, noon(), 300).await + takes(&other, noon(), 300).await + takes(&one, noon(), 300).await;
    assert!((495..=500).contains(&taken), "{taken}");
    let refused = crate::english(&one.take(noon()).await.unwrap_err().refusal());
    assert!(refused.contains("of 500 are made") && refused.contains("reset at 2026-11-22 16:00 UTC"), "{refused}");
}

#[tokio::test]
async fn what_a_process_did_not_call_is_given_back_when_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let one = quota(folder.path(), Some(100_000));
    takes(&one, noon(), 3).await;
    drop(one);
    let left = quota(folder.path(), Some(100_000)).left(noon());
    assert_eq!((left.used, left.left), (3, Some(99_997)));
}

#[tokio::test]
async fn once_the_platform_says_that_there_are_no_more_nobody_asks_again_that_day() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (quota(folder.path(), None), quota(folder.path(), None));
    assert_eq!(takes(&one, noon(), 2).await, 2);
    one.used_up(noon()).await;
    assert_eq!(takes(&one, noon(), 1).await, 0);
    let refused = crate::english(&other.take(noon()).await.unwrap_err().refusal());
    assert!(refused.contains("used up, says the platform"), "{refused}");
    assert_eq!(other.left(noon()).left, Some(0));
}

#[tokio::test]
async fn the_day_begins_anew_at_the_platforms_midnight() {
    let folder = tempfile::tempdir().unwrap();
    let quota = quota(folder.path(), Some(2));
    let (before, after) = (at("2026-11-22T15:59:59Z"), at("2026-11-22T16:00:00Z"));
    assert_eq!(takes(&quota, before, 5).await, 2);
    assert_eq!(takes(&quota, after, 5).await, 2);
    assert_eq!(quota.left(before).used, 2);
}

#[test]
fn a_platform_that_counts_no_days_has_no_quota_unless_the_config_sets_one() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Quota::new(folder.path(), platform::WOOCOMMERCE, "", None, None).is_none());
    assert!(Quota::new(folder.path(), platform::WOOCOMMERCE, "", None, Some(10)).is_some());
}

#[tokio::test]
async fn whoever_asks_what_is_left_waits_for_who_counts() {
    let folder = tempfile::tempdir().unwrap();
    let one = quota(folder.path(), Some(500));
    takes(&one, noon(), 1).await;
    let named = |ending: &str| {
        let paths = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        paths.into_iter().find(|path| path.extension().is_some_and(|found| found == ending)).unwrap()
    };
    let (count, lock) = (named("json"), std::fs::File::options().write(true).open(named("lock")).unwrap());
    lock.lock().unwrap();
    // As on Windows, where the file can be away for a moment.
    let counted = std::fs::read(&count).unwrap();
    std::fs::remove_file(&count).unwrap();
    let asking = std::thread::spawn({
        let other = quota(folder.path(), Some(500));
        move || other.left(noon()).used
    });
    std::thread::sleep(std::time::Duration::from_millis(50));
    std::fs::write(&count, counted).unwrap();
    drop(lock);
    assert!(asking.join().unwrap() > 0);
}
