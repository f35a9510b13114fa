use std::fs;
use std::io::Write;
use std::path::Path;

use couponbook::durable::{self, DurableError};
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
    use std::io::ErrorKind;
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
