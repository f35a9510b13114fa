//! What the documents say is what the program does.

use couponbook::platforms::PLATFORMS;
use std::path::Path;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn the_readme_shows_the_very_abilities_that_plans_are_made_with() {
    let readme = read("README.md");
    let (_, rest) = readme.split_once("documents.rs compares -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- end of abilities -->").unwrap();
    let known: Vec<_> = PLATFORMS.entries().map(|entry| entry.abilities).collect();
    assert_eq!(
        shown.trim(),
        couponbook::commands::abilities_markdown(&known).trim(),
        "paste the right side into README.md"
    );
}

#[test]
fn the_readme_shows_which_action_uses_which_column_as_the_reader_reads_them() {
    let readme = read("README.md");
    let (_, rest) = readme.split_once("documents.rs compares these too -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- end of actions -->").unwrap();
    let table = couponbook::workbook::write::actions_markdown();
    assert_eq!(shown.trim(), table.trim(), "paste the right side into README.md");
}

#[test]
fn ci_runs_the_test_command_that_the_readme_gives() {
    assert!(read("README.md").contains("\ncargo test  "));
    assert!(read(".ci/run").contains("step cargo test --locked"));
}

#[test]
fn the_architecture_page_names_every_room() {
    let page = read("ARCHITECTURE.md");
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().trim_end_matches(".rs").to_string();
        assert!(
            ["main", "lib"].contains(&name.as_str()) || page.contains(&format!("`{name}`")),
            "{name} is not in ARCHITECTURE.md"
        );
    }
}
