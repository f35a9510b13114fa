//! Whatever is done to an archive is found and named, in a folder and in a bucket alike.

use std::fs;
use std::path::Path;

use couponbook::archive::{Asked, Manifest, Sample};

use super::fixture::{FIRST, Fixture, RUN, SECOND, snapshot, told};

/// What is done, by whom it is done to, and what verify says of it.
type Harm = (&'static str, fn(&Path), Vec<String>);

fn harms() -> Vec<Harm> {
    let (one, two) = (snapshot(FIRST), snapshot(SECOND));
    vec![
        (
            "a flipped bit",
            |files| flip(&files.join(snapshot(FIRST)).join("coupons.parquet")),
            vec![format!("changed {one}/coupons.parquet")],
        ),
        (
            "a file dropped",
            |files| fs::remove_file(files.join("exports").join(FIRST).join("calls.jsonl")).unwrap(),
            vec![format!("missing exports/{FIRST}/calls.jsonl")],
        ),
        (
            "a whole bundle dropped",
            |files| fs::remove_dir_all(files.join("exports").join(FIRST)).unwrap(),
            vec![format!("missing exports/{FIRST}")],
        ),
        (
            "a file renamed",
            |files| {
                let folder = files.join("exports").join(FIRST);
                fs::rename(folder.join("workbook.xlsx"), folder.join("workbook-old.xlsx")).unwrap();
            },
            vec![format!("renamed exports/{FIRST}/workbook.xlsx")],
        ),
        (
            "a bundle renamed",
            |files| {
                let folder = files.join(snapshot(FIRST));
                fs::rename(&folder, folder.with_file_name("export=20261122-AM-ZZZZZZ")).unwrap();
            },
            vec![format!("renamed {one}")],
        ),
        (
            "a file added",
            |files| fs::write(files.join("runs").join(RUN).join("approval.pdf"), "yes").unwrap(),
            vec![format!("added runs/{RUN}/approval.pdf")],
        ),
        (
            "a bundle added",
            |files| {
                let folder = files.join("exports/20261122-AM-NOBODY");
                fs::create_dir_all(&folder).unwrap();
                fs::write(folder.join("workbook.xlsx"), "made up").unwrap();
            },
            vec!["never_sealed exports/20261122-AM-NOBODY".to_string()],
        ),
        (
            "a file replaced by another valid one",
            |files| {
                let workbook = |id: &str| files.join("exports").join(id).join("workbook.xlsx");
                fs::copy(workbook(FIRST), workbook(SECOND)).unwrap();
            },
            vec![format!("changed exports/{SECOND}/workbook.xlsx")],
        ),
        (
            "a whole bundle replaced by another valid one",
            |files| {
                for name in ["coupons.parquet", "export.json", "findings.parquet", "stores.parquet", "manifest.json"] {
                    fs::copy(files.join(snapshot(FIRST)).join(name), files.join(snapshot(SECOND)).join(name)).unwrap();
                }
            },
            // The two exports have the same stores and coupons, but not the same id.
            ["coupons.parquet", "export.json", "findings.parquet", "manifest.json", "stores.parquet"]
                .map(|name| format!("changed {two}/{name}"))
                .to_vec(),
        ),
        (
            "a run put back to how it was begun",
            |files| {
                let folder = files.join("runs").join(RUN);
                fs::remove_file(folder.join("results.json")).unwrap();
                let links = links_of(files, &format!("runs/{RUN}"));
                let manifest: Manifest = serde_json::from_value(links[0]["manifest"].clone()).unwrap();
                let manifest = serde_json::to_vec_pretty(&manifest).unwrap();
                fs::write(folder.join("manifest.json"), manifest).unwrap();
            },
            vec![format!("older_version runs/{RUN}")],
        ),
        (
            "a manifest edited",
            |files| {
                let path = files.join(snapshot(FIRST)).join("manifest.json");
                let text = fs::read_to_string(&path).unwrap();
                fs::write(&path, text.replace("office-pc", "other-pc!")).unwrap();
            },
            vec![format!("changed {one}/manifest.json")],
        ),
        ("a link edited", |files| edit_link(files, 3), vec!["link_changed chain/00000003.json".to_string()]),
        ("the last link edited", |files| edit_link(files, 6), vec!["link_changed chain/00000006.json".to_string()]),
        (
            "a link emptied",
            |files| fs::write(link(files, 2), "").unwrap(),
            vec!["link_changed chain/00000002.json".to_string(), format!("never_sealed exports/{FIRST}")],
        ),
        (
            "a link dropped",
            |files| fs::remove_file(link(files, 4)).unwrap(),
            vec!["link_missing chain/00000004.json".to_string(), format!("never_sealed exports/{SECOND}")],
        ),
        (
            "the newest links dropped, with what they seal",
            |files| {
                for number in [5, 6] {
                    fs::remove_file(link(files, number)).unwrap();
                }
                fs::remove_dir_all(files.join("runs")).unwrap();
            },
            vec!["end_removed chain/00000005.json".to_string()],
        ),
        (
            "two links swapped",
            |files| {
                fs::rename(link(files, 2), files.join("aside")).unwrap();
                fs::rename(link(files, 3), link(files, 2)).unwrap();
                fs::rename(files.join("aside"), link(files, 3)).unwrap();
            },
            vec![
                "link_changed chain/00000002.json".to_string(),
                "link_changed chain/00000003.json".to_string(),
                format!("never_sealed exports/{FIRST}"),
                format!("never_sealed {two}"),
            ],
        ),
    ]
}

#[test]
fn an_archive_that_nobody_touched_is_whole() {
    for fixture in Fixture::both() {
        let fixture = fixture.filled();
        let verified = fixture.verified();
        assert_eq!(told(&verified), Vec::<String>::new());
        assert_eq!((verified.links, verified.bundles, verified.files), (6, 5, 19));
        assert_eq!(verified.files_read, verified.files);
        assert_eq!(verified.tip.unwrap().number, 6);
    }
}

#[test]
fn what_file_managers_and_office_programs_leave_is_no_tampering_wherever_it_lies() {
    let fixture = Fixture::with_folder().filled();
    let folders = ["snapshots", "exports", "runs"].map(|top| fixture.files().join(top));
    let sealed = fixture.files().join("exports").join(FIRST);
    for folder in folders.iter().chain([&fixture.files(), &sealed]) {
        for name in [".DS_Store", "Thumbs.db", "desktop.ini", "._workbook.xlsx", "~$workbook.xlsx", ".~lock.a.xlsx#"] {
            fs::write(folder.join(name), "x").unwrap();
        }
    }
    assert_eq!(fixture.flaws(), Vec::<String>::new());
    assert_eq!(fixture.verified().notes.iter().filter(|note| note.ends_with("it is left alone")).count(), 30);
}

/// Windows lets only administrators make symbolic links.
#[cfg(unix)]
#[test]
fn a_symbolic_link_is_no_kept_file_and_is_named_whatever_it_points_to() {
    use std::os::unix::fs::symlink;
    let fixture = Fixture::with_folder().filled();
    let files = fixture.files();
    let aside = |name: &str| {
        let elsewhere = fixture.path(&name.replace('/', "-"));
        fs::rename(files.join(name), &elsewhere).unwrap();
        symlink(&elsewhere, files.join(name)).unwrap();
    };
    // With the very bytes that were sealed, a whole bundle, a link of the chain, and one that leads in a circle.
    let workbook = format!("exports/{FIRST}/workbook.xlsx");
    for name in [&workbook, &snapshot(SECOND), "chain/00000003.json"] {
        aside(name);
    }
    symlink("..", files.join(format!("runs/{RUN}/loop"))).unwrap();
    symlink("nowhere", files.join("mine")).unwrap();
    let mut flaws = fixture.flaws();
    flaws.sort();
    let wanted = ["chain/00000003.json".to_string(), workbook, format!("runs/{RUN}/loop"), snapshot(SECOND)];
    assert_eq!(flaws, wanted.map(|path| format!("symbolic_link {path}")));
    let verified = fixture.verified();
    assert!(verified.flaws[0].what.contains("put the original itself in its place"), "{:?}", verified.flaws);
    assert_eq!(verified.notes, ["mine is a symbolic link, and not the archive's; it is left alone"]);
}

#[test]
fn every_harm_to_an_archive_is_found_and_named() {
    for (what, harm, flaws) in harms() {
        let fixture = Fixture::with_folder().filled();
        harm(&fixture.files());
        assert_eq!(fixture.flaws(), flaws, "{what}");
    }
}

#[test]
fn every_harm_to_an_archive_in_a_bucket_is_found_and_named() {
    for (what, harm, flaws) in harms() {
        let fixture = Fixture::with_bucket().filled();
        harm(&fixture.files());
        assert_eq!(fixture.flaws(), flaws, "{what}");
    }
}

#[test]
fn a_machine_that_saw_nothing_of_it_still_finds_a_link_that_was_edited() {
    let fixture = Fixture::with_folder().filled();
    edit_link(&fixture.files(), 3);
    let verified = fixture.archive_of("the auditor's").verify(&Asked::default()).unwrap();
    assert_eq!(told(&verified), ["link_changed chain/00000004.json"]);
    assert!(verified.flaws[0].what.contains("one of the two was changed"), "{:?}", verified.flaws);
}

#[test]
fn what_became_of_a_file_is_said_in_the_flaw() {
    let fixture = Fixture::with_folder().filled();
    let workbook = |id: &str| fixture.files().join("exports").join(id).join("workbook.xlsx");
    fs::copy(workbook(FIRST), workbook(SECOND)).unwrap();
    let what = fixture.verified().flaws[0].what.clone();
    assert!(what.contains(&format!("the content of exports/{FIRST}/workbook.xlsx")), "{what}");
}

#[test]
fn a_sample_looks_for_every_file_and_reads_some_of_them() {
    let fixture = Fixture::with_folder().filled();
    let sample = |per_mille, seed| Asked { sample: Some(Sample { per_mille, seed }), ..Asked::default() };
    let some = fixture.archive().verify(&sample(300, 1)).unwrap();
    // Manifests are small and always read.
    assert!(some.files_read > 5 && some.files_read < some.files, "{some:?}");
    assert_eq!(fixture.archive().verify(&sample(1000, 1)).unwrap().files_read, some.files);

    fs::remove_file(fixture.files().join("runs").join(RUN).join("plan.json")).unwrap();
    flip(&fixture.files().join("exports").join(FIRST).join("workbook.xlsx"));
    let longer = fixture.files().join("exports").join(SECOND).join("workbook.xlsx");
    fs::write(&longer, fs::read_to_string(&longer).unwrap() + " and more").unwrap();
    let none = told(&fixture.archive().verify(&sample(0, 1)).unwrap());
    assert_eq!(none, [format!("missing runs/{RUN}/plan.json"), format!("changed exports/{SECOND}/workbook.xlsx")]);
}

#[test]
fn days_outside_of_the_range_are_not_read() {
    let fixture = Fixture::with_folder().filled();
    flip(&fixture.files().join("exports").join(FIRST).join("workbook.xlsx"));
    let day = |text: &str| Some(text.parse().unwrap());
    let range = |from, to| fixture.archive().verify(&Asked { from, to, ..Asked::default() }).unwrap();
    assert!(range(day("2026-11-23"), None).is_whole());
    assert!(range(None, day("2026-11-21")).is_whole());
    assert!(!range(day("2026-11-22"), day("2026-11-22")).is_whole());
}

/// Elsewhere nobody can hold a file against those who may read it.
#[cfg(windows)]
#[test]
fn a_file_that_another_program_holds_is_no_flaw_and_nothing_is_to_be_put_back() {
    use std::os::windows::fs::OpenOptionsExt;
    let fixture = Fixture::with_folder().filled();
    let path = fixture.files().join("exports").join(FIRST).join("workbook.xlsx");
    let _held = fs::File::options().read(true).share_mode(0).open(path).unwrap();
    let told = fixture.archive().verify(&Asked::default()).unwrap_err().to_string();
    assert!(told.contains("another program holds") && !told.contains("put back"), "{told}");
}

pub fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn link(files: &Path, number: u64) -> std::path::PathBuf {
    files.join(format!("chain/{number:08}.json"))
}

fn edit_link(files: &Path, number: u64) {
    let text = fs::read_to_string(link(files, number)).unwrap();
    fs::write(link(files, number), text.replace("office-pc", "other-pc!")).unwrap();
}

fn links_of(files: &Path, bundle: &str) -> Vec<serde_json::Value> {
    let mut paths: Vec<_> = fs::read_dir(files.join("chain")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let links: Vec<serde_json::Value> = paths.iter().map(read).collect();
    links.into_iter().filter(|link| link["bundle"] == bundle).collect()
}
