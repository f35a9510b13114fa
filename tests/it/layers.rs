//! The floors of the house: imports point only downward, and rooms on one floor do not know each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each room may use; the table of ARCHITECTURE.md.
fn allowed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    const GROUND: &[&str] = &["domain", "durable"];
    const SPOKEN: &[&str] = &["domain", "durable", "language"];
    const ROOMS: &[&str] = &[
        "domain",
        "durable",
        "language",
        "rules",
        "plan",
        "platforms",
        "replies",
        "workbook",
        "journal",
        "archive",
        "sandbox",
    ];
    const FLOWS: &[&str] = &[
        "domain",
        "durable",
        "language",
        "rules",
        "plan",
        "platforms",
        "replies",
        "workbook",
        "journal",
        "archive",
        "sandbox",
        "export",
        "apply",
        "settings",
    ];
    let table: [(&str, &[&str]); 17] = [
        ("domain", &[]),
        ("durable", &[]),
        ("language", &["domain"]),
        ("rules", &["domain", "language"]),
        ("plan", &["domain", "language"]),
        ("platforms", GROUND),
        ("replies", SPOKEN),
        ("workbook", SPOKEN),
        ("journal", GROUND),
        ("archive", GROUND),
        // Never `platforms`: a sandbox that shares code with the connector shares its mistakes.
        ("sandbox", &["domain"]),
        ("export", ROOMS),
        ("apply", ROOMS),
        ("settings", ROOMS),
        ("failure", FLOWS),
        (
            "commands",
            &[
                "domain",
                "durable",
                "language",
                "rules",
                "plan",
                "platforms",
                "replies",
                "workbook",
                "journal",
                "archive",
                "sandbox",
                "export",
                "apply",
                "settings",
                "failure",
            ],
        ),
        ("lib", &[]),
    ];
    table.into_iter().map(|(room, uses)| (room, uses.iter().copied().collect())).collect()
}

#[test]
fn a_room_uses_only_the_floors_below_its_own() {
    let allowed = allowed();
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let room = room_of(&file);
        let Some(may_use) = allowed.get(room.as_str()) else {
            broken.push(format!("{}: the room `{room}` is not in the table", file.display()));
            continue;
        };
        for used in rooms_used(&text) {
            if used != room && !may_use.contains(used.as_str()) {
                broken.push(format!("{}: `{room}` must not use `{used}`", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn only_the_world_reads_the_clock_and_the_environment() {
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let is_edge =
            file.ends_with("commands/world.rs") || file.ends_with("commands/mod.rs") || room_of(&file) == "sandbox";
        for outside in ["Utc::now", "Local::now", "SystemTime::now", "env::var"] {
            if !is_edge && text.contains(outside) {
                broken.push(format!("{}: {outside}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "time and environment arrive as arguments:\n{}", broken.join("\n"));
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("main.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().to_path_buf(), text));
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// The first part of the path: the folder, or the file's own name.
fn room_of(file: &Path) -> String {
    let first = file.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_string()
}

/// Every `crate::room` in code; comments may name what they like.
fn rooms_used(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    code.split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect())
        .filter(|room: &String| !room.is_empty())
        // The macro of the room of languages; macros have their place at the top.
        .map(|room| if room == "say" { "language".to_string() } else { room })
        .collect()
}
