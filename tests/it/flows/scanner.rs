//! Beside a virus scanner or a backup, which open every file that appears. On Windows only: elsewhere nobody can hold a file against its owner.

use std::collections::HashSet;
use std::fs::File;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use chrono::Utc;
use couponbook::journal::{Journal, JournalError};

use super::books::journal_and_shops_agree;
use super::paper::row;
use super::shops::SMALL_SHOPS;
use super::tool::{Tool, text};

/// What Windows lets others do with a file that somebody has open.
const READ: u32 = 1;
const WRITE: u32 = 2;
const DELETE: u32 = 4;

fn held(path: &Path, share: u32) -> std::io::Result<File> {
    File::options().read(true).share_mode(share).open(path)
}

/// Opens each new state of each file below some folders, until it is dropped.
struct Scanner {
    is_over: Arc<AtomicBool>,
    opened: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Scanner {
    fn over(folders: Vec<PathBuf>, share: u32) -> Self {
        let (is_over, opened) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let (over, count) = (Arc::clone(&is_over), Arc::clone(&opened));
        let thread = std::thread::spawn(move || {
            let mut seen = HashSet::new();
            while !over.load(Ordering::SeqCst) {
                let mut new: Vec<PathBuf> = folders.iter().flat_map(|folder| files_in(folder, &mut seen)).collect();
                while let Some(path) = new.pop() {
                    let count = Arc::clone(&count);
                    std::thread::spawn(move || {
                        if let Ok(_held) = held(&path, share) {
                            count.fetch_add(1, Ordering::SeqCst);
                            std::thread::sleep(Duration::from_millis(20));
                        }
                    });
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        Self { is_over, opened, thread: Some(thread) }
    }

    fn stop(mut self) -> usize {
        self.is_over.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap();
        self.opened.load(Ordering::SeqCst)
    }
}

/// Those that were not seen as they are now.
fn files_in(folder: &Path, seen: &mut HashSet<(PathBuf, u64, Option<SystemTime>)>) -> Vec<PathBuf> {
    let mut new = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, Ok(about)) = (entry.path(), entry.metadata()) else { continue };
        if about.is_dir() {
            new.extend(files_in(&path, seen));
        } else if seen.insert((path.clone(), about.len(), about.modified().ok())) {
            new.push(path);
        }
    }
    new
}

#[test]
fn a_day_beside_a_scanner_loses_nothing_and_does_nothing_twice() {
    for share in [0, READ, READ | WRITE, READ | WRITE | DELETE] {
        let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
        let scanner = Scanner::over(["state", "archive", "reports"].map(|name| tool.path(name)).to_vec(), share);
        tool.run(["export"]).exits(0);
        let back = tool.hand_back(&[
            row("woo-de-1", "stock", "restock").stock("200"),
            row("woo-de-1", "stay", "recreate").end("14d"),
            row("shopee-sg-1", "LUMIEND", "end"),
        ]);
        tool.plan(&back, &[]).exits(0);
        let ran = tool.apply(&back, &[]).exits(0);
        let opened = scanner.stop();
        assert_eq!(ran.totals(), "done: 3", "share {share}");
        assert!(opened > 10, "share {share}: {opened} files were held");
        assert_eq!(shops.writes().len(), 3, "share {share}: {:?}", shops.writes());
        assert!(tool.path("back-results.xlsx").exists(), "share {share}");
        journal_and_shops_agree(&tool, &shops);
        tool.run(["archive", "verify"]).exits(0);
        let again = tool.run(["apply", text(&back), "--yes", "--json"]).exits(0);
        assert_eq!(again.totals(), "already_done: 3", "share {share}");
    }
}

#[test]
fn a_new_journal_is_whole_whoever_looks_at_its_files() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let scanner = Scanner::over(vec![folder.path().to_path_buf()], READ | WRITE | DELETE);
        let path = folder.path().join("journal.db");
        drop(Journal::open(&path).unwrap().lock("Mei", Utc::now()).unwrap());
        assert_eq!(Journal::open(&path).unwrap().open_tasks().unwrap().len(), 0);
        scanner.stop();
    }
}

#[test]
fn a_journal_that_is_held_is_waited_for_and_then_said_to_be_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    drop(Journal::open(&path).unwrap());
    for share in [0, READ] {
        let file = held(&path, share).unwrap();
        let told = Journal::open(&path).unwrap_err();
        assert!(matches!(told, JournalError::Held { .. }), "{told}");
        assert!(told.to_string().contains("in use by another program"), "{told}");
        let let_go = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(2));
            drop(file);
        });
        drop(Journal::open(&path).unwrap().lock("Mei", Utc::now()).unwrap());
        let_go.join().unwrap();
    }
}
