//! What a name in the inbox says: a workbook, what an editor or a sync client keeps beside one, or a second version of one.
//!
//! Names alone never decide about content: they say what is not looked at yet, what belongs together, and what a person has to choose.

use std::path::Path;

/// Of whom a temporary or lock file is, matched in lower case.
const ENDINGS: [&str; 10] =
    [".tmp", ".osl-tmp", ".partial", ".part", ".crdownload", ".download", ".filepart", ".lnk", ".url", ".icloud"];
const BEGINNINGS: [&str; 3] = [".", "~wr", "~syncthing~"];
/// What can be a workbook that is handed in.
const WORKBOOKS: [&str; 6] = ["xlsx", "xlsm", "xlsb", "xls", "ods", "csv"];

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    Workbook,
    /// An editor has the workbook open whose name ends so.
    Lock(String),
    /// Nothing that is handed in: temporary, hidden, of a system, or of another kind.
    Other,
}

/// Whether a name is that of a second version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    Plain,
    /// `book (1).xlsx`, `book - Copy.xlsx`: as often as not a harmless second download.
    Copy,
    /// A sync client put it aside since two machines wrote at once.
    Conflict,
}

/// What `name` is.
pub fn named(name: &str) -> Named {
    let lower = name.to_lowercase();
    if let Some(workbook) = lower.strip_prefix(".~lock.").and_then(|rest| rest.strip_suffix('#')) {
        return Named::Lock(workbook.to_string());
    }
    if let Some(workbook) = lower.strip_prefix("~$").or_else(|| lower.strip_prefix(".~")) {
        return Named::Lock(workbook.to_string());
    }
    let ending = Path::new(&lower).extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    let is_temporary = ENDINGS.iter().any(|end| lower.ends_with(end))
        || BEGINNINGS.iter().any(|begin| lower.starts_with(begin))
        || is_download_in_progress(&lower);
    match is_temporary || !WORKBOOKS.contains(&ending.as_str()) {
        true => Named::Other,
        false => Named::Workbook,
    }
}

/// `book.xlsx.~1a2b`: ownCloud is still fetching it.
fn is_download_in_progress(lower: &str) -> bool {
    lower.rsplit_once(".~").is_some_and(|(_, rest)| rest.len() <= 8 && !rest.contains('.'))
}

/// Whether the lock file of a workbook whose name ends in `locked` may belong to `workbook`: Word and WPS leave out its first one or two
/// letters.
pub fn may_lock(locked: &str, workbook: &str) -> bool {
    let lower = workbook.to_lowercase();
    let without = |letters: usize| lower.chars().skip(letters).collect::<String>();
    (0..=2).any(|letters| without(letters) == locked)
}

/// The name of which `name` is a version, without its ending and in lower case, and what kind of version it is.
pub fn version_of(name: &str) -> (String, Version) {
    let stem = Path::new(name).file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    if let Some(plain) = conflict_of(&stem) {
        return (plain.trim_end().to_string(), Version::Conflict);
    }
    match copy_of(&stem) {
        Some(plain) => (plain.trim_end().to_string(), Version::Copy),
        None => (stem, Version::Plain),
    }
}

/// What stands before the mark of a sync client.
fn conflict_of(stem: &str) -> Option<&str> {
    // Syncthing, ownCloud and Nextcloud, Nutstore, Synology Drive.
    const MARKS: [&str; 9] = [
        ".sync-conflict-",
        "_conflict-",
        "-nsconflict",
        "-conflict",
        "冲突",
        "_caseconflict",
        "_whitespaceconflict",
        "_tailcharacterconflict",
        "_conflict_",
    ];
    // Dropbox and newer ownClouds: `book (Mei's conflicted copy 2026-11-22)`.
    if let Some((plain, inside)) = stem.rsplit_once('(')
        && (inside.contains("conflicted copy") || inside.contains("冲突"))
    {
        return Some(plain);
    }
    let first = MARKS.iter().filter_map(|mark| stem.find(mark)).min()?;
    // Nutstore puts the nickname and Synology the machine before the mark: what of it is the workbook's own nobody knows.
    let plain = stem.get(..first)?;
    Some(plain.trim_end_matches(['-', '_', ' ', '(']))
}

fn copy_of(stem: &str) -> Option<&str> {
    for mark in [" - copy", " - 副本", "-副本", " 副本", " copy", " - kopie"] {
        if let Some(plain) = stem.strip_suffix(mark) {
            return Some(plain);
        }
    }
    if let Some(plain) = stem.strip_prefix("copy of ") {
        return Some(plain);
    }
    let (plain, number) = stem.strip_suffix(')')?.rsplit_once('(')?;
    let is_number = !number.is_empty() && number.chars().all(|letter| letter.is_ascii_digit());
    is_number.then_some(plain)
}
