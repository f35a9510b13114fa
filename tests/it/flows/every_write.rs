//! An apply with a full disk, an error or a kill at each single operation on its files, the journal's too: applied once more, it ends as
//! an unbroken run does, in the shops, the journal and the archive.
//!
//! `data/flows/disk.c` stands between the program and its files, for strace (in `every_operation`) cannot tell a write to a file from one
//! that wakes a thread, and counts the calls of each thread by themselves. A quick part of it is in each run, [`places`] says how to run the whole.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use super::every_operation::{applying, ends_well, four_changes, machines_clock};
use super::shops::SMALL_SHOPS;
use super::start::{Start, end_of, places, side_by_side};
use super::tool::{Tool, text};

/// An operation on files, as `data/flows/disk.c` calls it, and what becomes of one: an error of the system, or a kill.
type Kind = (&'static str, Option<i32>, Lasting);

/// Whether only one fails, or all from then on.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Lasting {
    Once,
    FromThenOn,
}

const KINDS: [Kind; 8] = [
    ("room", Some(libc::ENOSPC), Lasting::Once),
    ("room", Some(libc::ENOSPC), Lasting::FromThenOn),
    ("room", None, Lasting::Once),
    ("sync", Some(libc::EIO), Lasting::Once),
    ("sync", None, Lasting::Once),
    ("name", Some(libc::EACCES), Lasting::Once),
    ("name", None, Lasting::Once),
    ("open", Some(libc::EMFILE), Lasting::Once),
];

/// What stands before the disk, built; none where there is no compiler.
fn disk() -> Option<&'static Path> {
    static DISK: OnceLock<Option<(tempfile::TempDir, PathBuf)>> = OnceLock::new();
    let built = DISK.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (source, library) = (folder.path().join("disk.c"), folder.path().join("disk.so"));
        std::fs::write(&source, include_str!("../data/flows/disk.c")).unwrap();
        let built = Command::new("cc").args(["-shared", "-fPIC", "-o", text(&library), text(&source)]).output();
        built.is_ok_and(|built| built.status.success()).then_some((folder, library))
    });
    built.as_ref().map(|(_, library)| library.as_path())
}

/// An apply on a disk that fails at the `place`th operation; at place 0 they are only counted.
fn on_disk(disk: &Path, tool: &Tool, back: &Path, (operation, error, lasting): Kind, place: u64) -> Output {
    let mut command = applying(tool, back);
    let folder = tool.folder.path().canonicalize().unwrap();
    std::fs::create_dir_all(folder.join("temporary")).unwrap();
    command.env("LD_PRELOAD", disk).env("DISK_BELOW", &folder).env("TMPDIR", folder.join("temporary"));
    command.env("DISK_OPERATION", operation).env("DISK_COUNT", tool.path("count"));
    let to = if lasting == Lasting::FromThenOn { i64::MAX as u64 } else { place };
    if place > 0 {
        command.env("DISK_FROM", place.to_string()).env("DISK_TO", to.to_string());
    }
    command.env("DISK_ERROR", error.unwrap_or(0).to_string());
    command.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
}

#[test]
fn whichever_operation_on_a_file_fails_for_whatever_reason_or_is_a_kill_an_apply_ends_well_the_second_time() {
    let Some(disk) = disk() else {
        println!("SKIPPED: there is no C compiler");
        return;
    };
    let start = Start::with(SMALL_SHOPS, &four_changes(), machines_clock());
    let mut faults = Vec::new();
    let mut unbroken = None;
    for kind in KINDS {
        let (tool, shops, back) = start.again(machines_clock());
        let ran = on_disk(disk, &tool, &back, kind, 0);
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let many = tool.read("count").parse::<u64>().unwrap();
        assert!(many > 0, "{kind:?}: {many}");
        unbroken = Some(end_of(&shops));
        faults.extend(places(many, (many / 2).max(1) as usize).into_iter().map(|place| (kind, place)));
    }
    let unbroken = unbroken.unwrap();
    side_by_side(&faults, |(kind, place)| {
        let told = format!("{kind:?} at {place}");
        let (tool, shops, back) = start.again(machines_clock());
        let broken = on_disk(disk, &tool, &back, *kind, *place);
        let said = String::from_utf8_lossy(&broken.stderr).into_owned();
        if kind.2 == Lasting::FromThenOn && !broken.status.success() {
            assert!(said.contains("full"), "{told}: {said}");
        }
        let again = applying(&tool, &back).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        assert!(again.status.success(), "{told}: {}", String::from_utf8_lossy(&again.stderr));
        assert_eq!(end_of(&shops), unbroken, "{told}");
        ends_well(&tool, &shops, 4, &told);
    });
}
