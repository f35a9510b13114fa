//! A full disk is said as such wherever it is, and the same command works once there is room.

use std::path::Path;
use std::process::{Command, Output};

use super::interrupted::machines_clock;
use super::paper::row;
use super::shops::SMALL_SHOPS;
use super::start::Start;
use super::tool::{Tool, text};

const WOO: &str = "woo-de-1";

/// The program with a disk at `place` that has so many kilobytes left; gone afterwards with all that was written.
fn with_little_room(tool: &Tool, place: &Path, kilobytes: u32, words: &[&str]) -> Output {
    std::fs::create_dir_all(place).unwrap();
    // The disk is there for this process and its own alone.
    let script = r#"cp -a "$1" "$1.kept" && mount -t tmpfs -o size=$(($(du -sk "$1" | cut -f1) + $2))k tmpfs "$1" && cp -a "$1.kept/." "$1" || exit 77
        rm -rf "$1.kept"; shift 2; exec "$@""#;
    let plain = tool.process(words);
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, "sh", text(place), &kilobytes.to_string()]);
    command.arg(plain.get_program()).args(plain.get_args()).current_dir(tool.folder.path());
    command.env("TMPDIR", tool.path("temporary")).env_remove("COUPONBOOK_CONFIG").envs(&tool.environment);
    command.output().unwrap()
}

fn can_mount() -> bool {
    let tried = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    let can = tried.is_ok_and(|tried| tried.status.success());
    if !can {
        println!("SKIPPED: no disk can be made here");
    }
    can
}

#[test]
fn a_full_disk_is_said_as_such_by_an_export_wherever_it_is() {
    if !can_mount() {
        return;
    }
    let start = Start::with(SMALL_SHOPS, &[row(WOO, "stock", "restock").stock("200")], machines_clock());
    let mut full = 0;
    for (place, room) in [
        ("state", &[0, 8, 24, 48, 80, 140, 300][..]),
        ("archive", &[0, 8, 20, 36, 48, 64]),
        ("reports", &[0, 8, 20, 28]),
    ] {
        for kilobytes in room {
            let (tool, _shops, _) = start.again(machines_clock());
            std::fs::create_dir_all(tool.path("temporary")).unwrap();
            let ran = with_little_room(&tool, &tool.path(place), *kilobytes, &["export"]);
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert_ne!(ran.status.code(), Some(77), "{place}: no room for what is there: {said}");
            if !ran.status.success() {
                full += 1;
                assert!(
                    said.contains(" is full") && said.contains("make room"),
                    "{place}, {kilobytes} kB left: {said}"
                );
                assert!(said.contains(place), "{place}, {kilobytes} kB left: {said}");
            }
            tool.run(["export"]).exits(0);
            if place == "reports" {
                tool.run(["archive", "verify"]).exits(0);
            }
        }
    }
    assert!(full >= 8, "{full} of 17 disks were full");
}

/// Parquet's writer hands on each of its pieces by itself.
#[test]
fn a_table_is_written_in_few_pieces() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    let plain = tool.process(&["export"]);
    let trace = tool.path("trace");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-y", "-e", "trace=write", "-o", text(&trace)]).arg(plain.get_program());
    command
        .args(plain.get_args())
        .current_dir(tool.folder.path())
        .env_remove("COUPONBOOK_CONFIG")
        .envs(&tool.environment);
    if !command.output().is_ok_and(|ran| ran.status.success()) {
        println!("SKIPPED: strace is not installed, or may not trace here");
        return;
    }
    let written = std::fs::read_to_string(&trace).unwrap();
    for table in ["coupons.parquet", "findings.parquet", "stores.parquet"] {
        assert_eq!(written.lines().filter(|line| line.contains(table)).count(), 1, "{table}");
    }
}
