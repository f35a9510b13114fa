//! The layers: imports point only downward, modules of one layer do not know each other, and within a module no two files
//! need each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The modules, layer by layer from the ground, each with what it may use of ours; the table of ARCHITECTURE.md.
fn allowed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let floors: [&[(&str, &[&str])]; 7] = [
        &[("domain", &[]), ("durable", &[]), ("output", &[]), ("language", &["domain", "foreign"]), ("foreign", &[])],
        &[
            ("rules", &["domain"]),
            ("plan", &["domain"]),
            ("replies", &["domain", "durable", "language"]),
            ("workbook", &["domain", "durable", "language"]),
            ("journal", &["domain", "durable", "output"]),
            ("messages", &["domain", "durable", "foreign", "language", "output"]),
            ("archive", &["domain", "durable", "foreign", "language", "output"]),
            ("watch", &["domain", "durable"]),
            // Never `platforms`: a sandbox that shares code with the connector shares its mistakes.
            ("sandbox", &["domain"]),
        ],
        // It reads the files of stores without an API.
        &[("platforms", &["domain", "durable", "foreign", "workbook"])],
        &[("export", &[EVERY_FLOOR_BELOW]), ("settings", &[EVERY_FLOOR_BELOW]), ("news", &[EVERY_FLOOR_BELOW])],
        &[("apply", &[EVERY_FLOOR_BELOW])],
        &[("failure", &[EVERY_FLOOR_BELOW])],
        &[("commands", &[EVERY_FLOOR_BELOW]), ("lib", &[])],
    ];
    let mut table: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for floor in floors {
        let below: BTreeSet<&str> = table.keys().copied().collect();
        for (room, uses) in floor {
            let uses = if *uses == [EVERY_FLOOR_BELOW] { below.clone() } else { uses.iter().copied().collect() };
            table.insert(room, uses);
        }
    }
    table
}

const EVERY_FLOOR_BELOW: &str = "*";

#[test]
fn a_room_uses_only_the_floors_below_its_own() {
    let allowed = allowed();
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let room = room_of(&file);
        let Some(may_use) = allowed.get(room.as_str()) else {
            broken.push(format!("{}: the module `{room}` is not in the table", file.display()));
            continue;
        };
        for used in imports(&text).into_iter().filter_map(|path| path.first().cloned()) {
            if used != room && !may_use.contains(used.as_str()) {
                broken.push(format!("{}: `{room}` must not use `{used}`", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A folder's `mod.rs` names its files and holds what they share, so that using it is no arrow.
#[test]
fn no_files_of_a_room_need_each_other_in_a_circle() {
    let sources = sources();
    let files: BTreeSet<&Path> = sources.iter().map(|(file, _)| file.as_path()).collect();
    let mut arrows: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
    for (file, text) in &sources {
        let here = module_of(file);
        let targets = imports_from(text, &here).into_iter().filter_map(|path| file_of(&path, &files));
        let targets = targets.filter(|target| *target != file.as_path() && !target.ends_with("mod.rs"));
        arrows.insert(file.as_path(), targets.collect());
    }
    let mut circles = Vec::new();
    for file in files {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&Path> = arrows[file].iter().copied().collect();
        while let Some(at) = next.pop() {
            if seen.insert(at) {
                next.extend(arrows[at].iter().copied());
            }
        }
        if seen.contains(file) {
            circles.push(file.display().to_string());
        }
    }
    assert!(circles.is_empty(), "each of these files needs itself by way of others:\n{}", circles.join("\n"));
}

#[test]
fn grouped_imports_are_read_whole() {
    let text = "use crate::{domain::{Coupon, money::Money}, plan::Plan};\n// crate::nothing\nlet x = crate::rules::judge();\nuse super::words::{say, tell};";
    let paths: BTreeSet<String> = imports(text).into_iter().map(|path| path.join("::")).collect();
    let wanted = ["domain::Coupon", "domain::money::Money", "plan::Plan", "rules::judge"];
    assert_eq!(paths, wanted.map(str::to_string).into());
    let here = ["plan".to_string(), "resolve".to_string()];
    let own = imports_from(text, &here);
    assert!(own.contains(&["plan", "words", "say"].map(str::to_string).to_vec()), "{own:?}");
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

#[test]
fn files_are_touched_in_one_place_that_is_patient_with_whoever_holds_them() {
    let mut broken = Vec::new();
    for (file, text) in sources() {
        // The sandbox stands for platforms: what it keeps is no file of ours.
        let may_touch = matches!(room_of(&file).as_str(), "durable" | "sandbox");
        let calls = [
            "fs::read(",
            "fs::read_to_string(",
            "fs::write(",
            "fs::rename(",
            "fs::copy(",
            "fs::remove_",
            "File::open(",
            "File::create",
            "File::options(",
            "OpenOptions::new(",
            "NamedTempFile",
        ];
        let text: String = text.split_whitespace().collect();
        let text = text.replace("durable::open_with(File::options(", "");
        for call in calls.into_iter().filter(|call| !may_touch && text.contains(call)) {
            broken.push(format!("{}: {call}", file.display()));
        }
    }
    assert!(broken.is_empty(), "use `durable`:\n{}", broken.join("\n"));
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

/// `plan/resolve/copies.rs` is `plan::resolve::copies`, and `plan/mod.rs` is `plan`.
fn module_of(file: &Path) -> Vec<String> {
    let names = file.with_extension("");
    let names = names.iter().map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name != "mod" && name != "lib").collect()
}

/// The file that a path of names leads into: the longest part of it that is a file, or a folder's `mod.rs`.
fn file_of<'a>(path: &[String], files: &BTreeSet<&'a Path>) -> Option<&'a Path> {
    (1..=path.len()).rev().find_map(|length| {
        let place: PathBuf = path[..length].iter().collect();
        let found = [place.with_extension("rs"), place.join("mod.rs")];
        found.iter().find_map(|file| files.get(file.as_path()).copied())
    })
}

/// Every `crate::…` path in code, groups written out; comments may name what they like.
fn imports(text: &str) -> Vec<Vec<String>> {
    let code = code_of(text);
    let macros = ["say", "message"];
    let paths = code.split("crate::").skip(1).flat_map(|rest| written_out(rest, &[]));
    // The macros have their place at the top.
    paths.filter(|path| !macros.contains(&path[0].as_str())).collect()
}

/// The same with `super::` and `self::`, as paths from the top; `here` is the module of the text.
fn imports_from(text: &str, here: &[String]) -> Vec<Vec<String>> {
    let mut paths = imports(text);
    let code = code_of(text);
    let mut rest = code.as_str();
    while let Some(at) = rest.find("super::") {
        let mut up = 0;
        rest = &rest[at..];
        while let Some(after) = rest.strip_prefix("super::") {
            (rest, up) = (after, up + 1);
        }
        paths.extend(written_out(rest, &here[..here.len().saturating_sub(up)]));
    }
    paths
}

// Tests inside a file may look wherever they need.
fn code_of(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// `domain::{Coupon, money::Money}` is two paths.
fn written_out(text: &str, before: &[String]) -> Vec<Vec<String>> {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let text = text.trim_start();
    let name: String = text.chars().take_while(|letter| is_name(*letter)).collect();
    let rest = &text[name.len()..];
    if let Some(group) = text.strip_prefix('{') {
        return members(group).into_iter().flat_map(|member| written_out(member, before)).collect();
    }
    if name.is_empty() {
        return if before.is_empty() { Vec::new() } else { vec![before.to_vec()] };
    }
    let path: Vec<String> = before.iter().cloned().chain([name]).collect();
    match rest.strip_prefix("::") {
        Some(deeper) => written_out(deeper, &path),
        None => vec![path],
    }
}

/// The parts of a group, up to its closing brace.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&group[from..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&group[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}
