//! The samples that the README shows are files that the program reads.

use std::path::{Path, PathBuf};

use couponbook::platforms::PLATFORMS;
use couponbook::settings::Settings;
use couponbook::workbook::read;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

#[test]
fn the_sample_config_and_its_campaign_plan_are_read() {
    let settings = Settings::read(&sample("couponbook.toml"), PLATFORMS, &|_| None).unwrap();
    assert!(settings.stores.len() >= 10);
    assert!(settings.campaigns.campaigns().count() >= 3);
}

#[test]
fn the_sample_workbooks_are_read_as_a_manager_hands_them_back() {
    let exported = read::read(&sample("workbook.xlsx")).unwrap();
    assert!(exported.problems.is_empty() && exported.decisions.is_empty());
    assert!(exported.export.is_some());

    let filled_in = read::read(&sample("workbook-filled-in.xlsx")).unwrap();
    assert_eq!(filled_in.export, exported.export);
    assert!(filled_in.problems.is_empty() && filled_in.decisions.len() >= 20);

    let results = read::read(&sample("workbook-results.xlsx")).unwrap();
    assert!(results.problems.is_empty());
    assert_ne!(results.export, exported.export, "a results workbook starts a new round");

    let chinese = read::read(&sample("workbook-zh-CN.xlsx")).unwrap();
    assert!(chinese.problems.is_empty() && chinese.decisions.is_empty());
}
