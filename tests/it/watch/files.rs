//! Which name is a workbook, when a file is whole, and what is read of it.

use std::fs;

use chrono::{DateTime, TimeDelta};
use couponbook::domain::Timestamp;
use couponbook::watch::{
    Found, Looks, Named, NotTaken, Version, Waits, files, look_at, may_lock, named, sha256, take, version_of,
};

fn at(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
}

#[test]
fn what_editors_and_sync_clients_keep_beside_a_workbook_is_no_workbook() {
    for name in
        ["book.xlsx", "Book.XLSX", "book (1).xlsx", "促销 22 日.xlsx", "-rf.xlsx", "lumi.xlsm", "a b.ods", "a.csv"]
    {
        assert_eq!(named(name), Named::Workbook, "{name}");
    }
    for name in [
        "book.tmp",
        "lu12345abcde.tmp",
        "Cedd4100",
        "book.xlsx.part",
        "book.xlsx.crdownload",
        "book.xlsx.filepart",
        ".book.xlsx.icloud",
        ".syncthing.book.xlsx.tmp",
        "~syncthing~book.xlsx.tmp",
        ".book.xlsx.~1a2b",
        "book.xlsx.~1a2b",
        "~WRL0001.tmp",
        "desktop.ini",
        ".DS_Store",
        "Thumbs.db",
        "._book.xlsx",
        "book.pdf",
        "book-plan.json",
        "x.osl-tmp",
    ] {
        assert_eq!(named(name), Named::Other, "{name}");
    }
    for (lock, workbook) in [
        ("~$book.xlsx", "book.xlsx"),
        ("~$ngname.xlsx", "longname.xlsx"),
        (".~lock.book.xlsx#", "book.xlsx"),
        (".~book.xlsx", "book.xlsx"),
        (".~ok.xlsx", "book.xlsx"),
    ] {
        let Named::Lock(locked) = named(lock) else { panic!("{lock}") };
        assert!(may_lock(&locked, workbook), "{lock} {workbook}");
        assert!(!may_lock(&locked, "other.xlsx"), "{lock}");
    }
}

#[test]
fn second_versions_are_known_by_what_each_client_adds_to_the_name() {
    for (name, plain, version) in [
        ("book.xlsx", "book", Version::Plain),
        ("Book (Mei's conflicted copy 2026-11-22).xlsx", "book", Version::Conflict),
        ("book.sync-conflict-20261122-120000-ABCDEFG.xlsx", "book", Version::Conflict),
        ("book_conflict-20261122-120000.xlsx", "book", Version::Conflict),
        ("book-NSConflict-mei-Mac.xlsx", "book", Version::Conflict),
        ("book(冲突-mei).xlsx", "book", Version::Conflict),
        ("book (1).xlsx", "book", Version::Copy),
        ("book - Copy.xlsx", "book", Version::Copy),
        ("book - 副本.xlsx", "book", Version::Copy),
        ("book-副本.xlsx", "book", Version::Copy),
        ("Copy of book.xlsx", "book", Version::Copy),
        ("book (draft).xlsx", "book (draft)", Version::Plain),
        ("2026-11-22-am-mei.xlsx", "2026-11-22-am-mei", Version::Plain),
    ] {
        assert_eq!(version_of(name), (plain.to_string(), version), "{name}");
    }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn found(&self) -> Vec<Found> {
        files(self.0.path()).unwrap()
    }
}

#[test]
fn a_file_is_read_once_it_showed_the_same_twice_a_quiet_time_apart_whatever_its_own_clock_says() {
    let folder = Folder::new();
    let mut looks = Looks::default();
    let settle = TimeDelta::seconds(30);
    let mut look = |second: i64| {
        looks.take_in(&folder.found(), at(second));
        looks.waits("book.xlsx", settle, at(second))
    };
    assert_eq!(look(0), None, "it is not there");
    folder.write("book.xlsx", b"PK one");
    assert_eq!(look(1), Some(Waits::Settling));
    assert_eq!(look(25), Some(Waits::Settling));
    folder.write("book.xlsx", b"PK one and more");
    assert_eq!(look(31), Some(Waits::Settling), "it grew");
    // An older file takes its place: another look all the same.
    folder.write("older.tmp", b"PK one and else");
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(folder.0.path().join("older.tmp")).unwrap().set_modified(old).unwrap();
    fs::rename(folder.0.path().join("older.tmp"), folder.0.path().join("book.xlsx")).unwrap();
    assert_eq!(look(62), Some(Waits::Settling));
    assert_eq!(look(92), None);
    folder.write("~$book.xlsx", &[0; 165]);
    assert_eq!(look(93), Some(Waits::Open { lock: "~$book.xlsx".to_string() }));
    // Left behind by a crash: nobody changed either of the two for half a day.
    assert_eq!(look(94 + 12 * 3600), None);
    // Our own clock is set back: the wait begins anew.
    fs::remove_file(folder.0.path().join("~$book.xlsx")).unwrap();
    assert_eq!(look(50), Some(Waits::Settling));
}

/// A small packed file of two parts.
fn packed() -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for part in ["[Content_Types].xml", "xl/workbook.xml"] {
        zip.start_file(part, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all("<a>coupons</a>".repeat(200).as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_packed_file_that_was_cut_anywhere_or_has_a_hole_waits_and_a_whole_one_is_copied_as_it_is() {
    let folder = Folder::new();
    let whole = packed();
    let taken = |bytes: &[u8], copy: &str| {
        folder.write("book.xlsx", bytes);
        let from = folder.0.path().join("book.xlsx");
        take(&from, &look_at(&from).unwrap(), &folder.0.path().join(copy))
    };
    for length in 1..whole.len() {
        let cut = taken(&whole[..length], "cut");
        let waits = matches!(cut, Err(NotTaken::Waits(Waits::CutOff)));
        // One letter is no beginning of anything.
        assert!(waits || length == 1, "{length} of {}", whole.len());
        let _ = fs::remove_file(folder.0.path().join("cut"));
    }
    let mut hole = whole.clone();
    hole[60..70].fill(0);
    assert!(matches!(taken(&hole, "hole"), Err(NotTaken::Waits(Waits::CutOff))));
    assert!(matches!(taken(&vec![0; whole.len()], "zeros"), Err(NotTaken::Waits(Waits::CutOff))));
    assert_eq!(taken(&whole, "copy").unwrap(), sha256(&whole));
    assert_eq!(fs::read(folder.0.path().join("copy")).unwrap(), whole);
    // What is no packed file has no end to miss.
    assert!(taken(b"Store,Code\n", "text").is_ok());
}

#[test]
fn a_file_that_is_saved_again_while_it_is_read_is_not_believed() {
    let folder = Folder::new();
    let path = folder.0.path().join("book.xlsx");
    folder.write("book.xlsx", &packed());
    let before = look_at(&path).unwrap();
    let mut longer = packed();
    longer.push(0);
    folder.write("book.xlsx", &longer);
    let copy = folder.0.path().join("copy");
    assert!(matches!(take(&path, &before, &copy), Err(NotTaken::Waits(Waits::Settling))));
    fs::remove_file(&path).unwrap();
    assert!(matches!(take(&path, &before, &copy), Err(NotTaken::Waits(Waits::Held { .. }))));
    assert!(!copy.exists());
}
