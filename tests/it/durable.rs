use std::cell::Cell;
use std::fs;
use std::io::{Error, ErrorKind, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use couponbook::durable::{self, Access, DurableError};
use tempfile::tempdir;

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn interrupted(file: &mut fs::File) -> Result<(), DurableError> {
    file.write_all(b"half").unwrap();
    Err(DurableError::DiskFull { path: "x.xlsx".into(), source: std::io::ErrorKind::StorageFull.into() })
}

#[test]
fn a_new_file_never_overwrites_one_that_is_there() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.xlsx");
    durable::write_new(&path, b"edits of a manager").unwrap();

    let refused = durable::write_new(&path, b"ours").unwrap_err();

    assert!(matches!(&refused, DurableError::Exists { path: named } if *named == path));
    assert_eq!(fs::read(&path).unwrap(), b"edits of a manager");
    assert_eq!(names_in(folder.path()), ["book.xlsx"]);
}

#[test]
fn a_taken_name_gets_the_next_number() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("2026-11-22-am.xlsx");
    for (bytes, name) in
        [("one", "2026-11-22-am.xlsx"), ("two", "2026-11-22-am-2.xlsx"), ("three", "2026-11-22-am-3.xlsx")]
    {
        assert_eq!(durable::free_name(&path), folder.path().join(name));
        assert_eq!(durable::write_free(&path, bytes.as_bytes()).unwrap(), folder.path().join(name));
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), bytes);
    }
    assert_eq!(names_in(folder.path()).len(), 3);
}

#[test]
fn many_writers_of_one_name_each_get_a_file_of_their_own() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("report.csv");
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || durable::write_free(path, format!("writer {writer}").as_bytes()).unwrap());
        }
    });
    let mut contents: Vec<String> =
        names_in(folder.path()).iter().map(|name| fs::read_to_string(folder.path().join(name)).unwrap()).collect();
    contents.sort();
    assert_eq!(contents, (0..8).map(|writer| format!("writer {writer}")).collect::<Vec<_>>());
}

#[test]
fn a_write_that_fails_half_way_leaves_nothing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("book.xlsx");

    durable::write_new_with(&path, interrupted).unwrap_err();
    durable::write_free_with(&path, interrupted).unwrap_err();
    durable::new_folder_with(&folder.path().join("snapshot"), |inside| {
        fs::write(inside.join("coupons.parquet"), b"half").unwrap();
        Err::<(), _>(DurableError::Exists { path: "x".into() })
    })
    .unwrap_err();

    assert!(names_in(folder.path()).is_empty());
}

#[test]
fn a_replaced_file_holds_the_new_bytes_and_a_private_one_is_its_owners_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    durable::replace(&path, b"old", true).unwrap();
    durable::replace(&path, b"new", true).unwrap();

    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names_in(folder.path()), ["tokens.json"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_new_folder_appears_whole_and_never_over_another() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("export=1");
    let fill = |inside: &Path| {
        fs::create_dir(inside.join("deeper")).unwrap();
        fs::write(inside.join("deeper").join("file"), b"whole").unwrap();
        Ok::<_, DurableError>(7)
    };
    assert_eq!(durable::new_folder_with(&path, fill).unwrap(), 7);
    assert_eq!(fs::read(path.join("deeper").join("file")).unwrap(), b"whole");

    let empty = folder.path().join("export=2");
    fs::create_dir(&empty).unwrap();
    for taken in [&path, &empty] {
        assert!(matches!(durable::new_folder_with(taken, fill), Err(DurableError::Exists { .. })));
    }
    assert!(names_in(&empty).is_empty());
    assert_eq!(names_in(folder.path()), ["export=1", "export=2"]);
}

#[test]
fn a_refusal_names_the_file_and_says_what_to_do() {
    let cases = [
        (ErrorKind::StorageFull, "make room"),
        (ErrorKind::QuotaExceeded, "make room"),
        (ErrorKind::PermissionDenied, "check the rights"),
        (ErrorKind::ReadOnlyFilesystem, "choose another folder"),
        (ErrorKind::NotFound, "create the folder"),
        (ErrorKind::ResourceBusy, "close it there (Excel"),
        (ErrorKind::AlreadyExists, "never overwritten"),
        (ErrorKind::Other, "try again"),
    ];
    for (kind, advice) in cases {
        let sentence = DurableError::of(Path::new("reports/book.xlsx"), kind.into()).to_string();
        assert!(sentence.contains("book.xlsx") && sentence.contains(advice), "{kind:?}: {sentence}");
    }
    let folder = tempdir().unwrap();
    let nowhere = durable::write_new(&folder.path().join("missing").join("book.xlsx"), b"").unwrap_err();
    assert!(matches!(nowhere, DurableError::NoFolder { .. }));
}

#[test]
fn a_folder_is_created_with_its_parents_and_may_be_there_already() {
    let folder = tempdir().unwrap();
    let deep = folder.path().join("reports").join("2026-W47");
    durable::create_folder(&deep).unwrap();
    durable::create_folder(&deep).unwrap();
    assert!(deep.is_dir());
}

/// Windows has no modes; a new file has the rights of its folder, whoever makes it.
#[cfg(unix)]
#[test]
fn a_new_file_and_a_new_folder_have_the_rights_that_any_other_gets() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    fs::write(folder.path().join("any"), b"").unwrap();
    fs::create_dir(folder.path().join("any folder")).unwrap();

    durable::write_new(&folder.path().join("ours"), b"").unwrap();
    durable::new_folder_with(&folder.path().join("our folder"), |_| Ok::<_, DurableError>(())).unwrap();

    assert_eq!(mode("ours"), mode("any"));
    assert_eq!(mode("our folder"), mode("any folder"));
}

#[test]
fn what_a_held_file_refuses_is_tried_again_until_it_is_let_go() {
    let tried = Cell::new(0);
    let what = || {
        tried.set(tried.get() + 1);
        if tried.get() <= 3 { Err(Error::from_raw_os_error(32)) } else { Ok(tried.get()) }
    };
    let held = |error: &Error| error.raw_os_error().is_some_and(|code| durable::may_pass(code, Access::Change));
    assert_eq!(durable::try_again([Duration::ZERO; 5], held, what).unwrap(), 4);

    tried.set(0);
    let refused = durable::try_again([Duration::ZERO; 2], held, what).unwrap_err();
    assert_eq!((tried.get(), refused.raw_os_error()), (3, Some(32)), "no longer than the pauses last");

    tried.set(0);
    let for_good = || {
        tried.set(tried.get() + 1);
        Err::<(), _>(Error::from_raw_os_error(2))
    };
    durable::try_again([Duration::ZERO; 5], held, for_good).unwrap_err();
    assert_eq!(tried.get(), 1, "what does not pass is not tried again");
}

#[test]
fn what_may_pass_is_what_windows_says_of_files_that_are_held() {
    let sharing_and_locks = [32, 33, 303, 1224];
    for access in [Access::Read, Access::Change] {
        assert!(sharing_and_locks.iter().all(|code| durable::may_pass(*code, access)));
        // No such file, no such folder, a full disk, a name that is taken.
        assert!([2, 3, 112, 80, 183].iter().all(|code| !durable::may_pass(*code, access)));
    }
    assert!(durable::may_pass(5, Access::Change), "a scanner inside a folder that is renamed");
    assert!(!durable::may_pass(5, Access::Read), "somebody else's file stays forbidden");
}

#[test]
fn a_held_file_is_known_by_its_cause_however_deep() {
    let held = || Error::from(ErrorKind::ResourceBusy);
    assert!(durable::is_held(&held()));
    assert!(durable::is_held(&DurableError::of(Path::new("x"), held())));
    assert!(durable::is_held(&Error::other(DurableError::of(Path::new("x"), held()))));
    assert!(!durable::is_held(&Error::from(ErrorKind::NotFound)));
}

#[test]
fn what_cannot_be_put_in_its_place_leaves_no_temporary_file() {
    let folder = tempdir().unwrap();
    let taken = folder.path().join("tokens.json");
    fs::create_dir(&taken).unwrap();
    durable::replace(&taken, b"a secret", true).unwrap_err();
    assert_eq!(names_in(folder.path()), ["tokens.json"]);
}

#[test]
fn what_a_killed_process_left_is_removed_and_what_a_living_one_writes_stays() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join(".couponbook-dead.tmp"), b"half a token").unwrap();
    fs::write(folder.path().join("book.xlsx"), b"whole").unwrap();

    durable::write_new_with(&folder.path().join("new.xlsx"), |file| {
        durable::sweep(folder.path());
        file.write_all(b"whole").map_err(|error| DurableError::of(Path::new("new.xlsx"), error))
    })
    .unwrap();

    assert_eq!(names_in(folder.path()), ["book.xlsx", "new.xlsx"]);
    assert_eq!(fs::read(folder.path().join("new.xlsx")).unwrap(), b"whole");
}

#[test]
fn whoever_writes_in_a_folder_removes_what_was_left_there_long_ago_and_nothing_that_another_machine_may_be_writing() {
    let folder = tempdir().unwrap();
    let two_days_ago = SystemTime::now() - Duration::from_secs(2 * 24 * 3600);
    for (name, changed) in [("old", two_days_ago), ("new", SystemTime::now())] {
        let file = fs::File::create(folder.path().join(format!(".couponbook-{name}.tmp"))).unwrap();
        file.set_modified(changed).unwrap();
    }
    durable::write_new(&folder.path().join("book.xlsx"), b"whole").unwrap();
    assert_eq!(names_in(folder.path()), [".couponbook-new.tmp", "book.xlsx"]);
}

#[test]
fn of_a_small_file_that_somebody_made_large_nothing_is_read() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    fs::write(&path, "x".repeat(1000)).unwrap();
    assert_eq!(durable::read_small(&path, 1000).unwrap().len(), 1000);
    let told = durable::read_small(&path, 999).unwrap_err();
    assert_eq!(told.kind(), ErrorKind::FileTooLarge);
    assert!(told.to_string().contains("more than 999 bytes"), "{told}");
}

#[cfg(unix)]
mod private {
    use std::fs;
    use std::io::Write;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use couponbook::durable::{self, DurableError};
    use tempfile::tempdir;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn open_wide(path: &Path, mode: u32) {
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_is_made_in_a_private_folder_is_its_owners_alone() {
        let folder = tempdir().unwrap();
        let home = folder.path().join("state");
        durable::keep_private(&home);
        durable::create_folder(&home.join("a/b")).unwrap();
        durable::replace(&home.join("a/replaced"), b"x", false).unwrap();
        durable::write_new(&home.join("a/new"), b"x").unwrap();
        durable::open_lock(&home.join("a/lock")).unwrap();
        durable::open_to_append(&home.join("a/log")).unwrap().write_all(b"x").unwrap();
        durable::new_folder_with(&home.join("whole"), |inside| durable::write_new(&inside.join("file"), b"x")).unwrap();
        for folder in ["", "a", "a/b", "whole"] {
            assert_eq!(mode(&home.join(folder)), 0o700, "{folder}");
        }
        for file in ["a/replaced", "a/new", "a/lock", "a/log", "whole/file"] {
            assert_eq!(mode(&home.join(file)), 0o600, "{file}");
        }
    }

    #[test]
    fn what_others_could_read_is_narrowed_and_named_and_no_link_is_followed_to_it() {
        let folder = tempdir().unwrap();
        let (home, victim) = (folder.path().join("state"), folder.path().join("victim"));
        fs::create_dir_all(home.join("tokens")).unwrap();
        fs::write(&victim, "untouched").unwrap();
        fs::write(home.join("tokens/shop.json"), "{}").unwrap();
        symlink(&victim, home.join("tokens/linked.json")).unwrap();
        open_wide(&home.join("tokens/shop.json"), 0o644);
        open_wide(&home.join("tokens"), 0o755);
        open_wide(&home, 0o755);
        open_wide(&victim, 0o644);
        let opened = durable::keep_private(&home);
        assert_eq!(opened.narrowed, [home.clone(), home.join("tokens"), home.join("tokens/shop.json")]);
        assert!(opened.left.is_empty());
        assert_eq!((mode(&home), mode(&home.join("tokens/shop.json")), mode(&victim)), (0o700, 0o600, 0o644));
        assert_eq!(durable::keep_private(&home), durable::Opened::default());
    }

    #[test]
    fn a_link_in_a_private_folder_is_written_and_read_through_nowhere() {
        let folder = tempdir().unwrap();
        let (home, outside) = (folder.path().join("state"), folder.path().join("outside"));
        durable::keep_private(&home);
        durable::create_folder(&home).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("file"), "untouched").unwrap();
        symlink(outside.join("file"), home.join("file")).unwrap();
        symlink(&outside, home.join("calls")).unwrap();
        symlink(outside.join("missing"), home.join("dangling")).unwrap();
        for name in ["file", "calls/file", "calls/new", "dangling"] {
            let path = home.join(name);
            let told = durable::open_to_append(&path).unwrap_err().to_string();
            assert!(told.contains("is a symbolic link"), "{told}");
            durable::open_lock(&path).unwrap_err();
            durable::read(&path).unwrap_err();
            durable::open(&path).unwrap_err();
        }
        let refused = |result: Result<(), DurableError>| {
            assert!(matches!(result, Err(DurableError::Linked { .. })), "{result:?}")
        };
        refused(durable::create_folder(&home.join("calls/below")));
        refused(durable::replace(&home.join("calls/file"), b"x", true));
        refused(durable::write_new(&home.join("calls/new"), b"x"));
        assert!(durable::remove(&home.join("calls/file")).is_err());
        // A file is put in the place of a link, never behind it.
        durable::replace(&home.join("file"), b"ours", true).unwrap();
        assert_eq!(fs::read_to_string(home.join("file")).unwrap(), "ours");
        assert_eq!(fs::read_to_string(outside.join("file")).unwrap(), "untouched");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
    }
}
