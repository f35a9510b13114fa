//! The life of an archive: interruptions, writers at once, clocks, seals, pruning, and a week for the auditor.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use couponbook::archive::{ArchiveError, Asked, BundleKind, Kind, RunFacts, Seal};
use couponbook::domain::*;
use polars::prelude::{AnyValue, TimeUnit};

use super::fixture::{FIRST, Fixture, RUN, SECOND, Trouble, export_id, snapshot, told};
use super::{at, cell, names_in, small, table};

#[test]
fn a_bundle_that_was_never_linked_is_named_and_the_next_writer_links_it() {
    for fixture in Fixture::both() {
        let fixture = fixture.filled();
        let third = "20261122-PM-CCCCCC";
        // The link cannot be written: as if the program died right before it.
        match &fixture.server {
            Some(server) => server.trouble(Trouble::Refused("/chain/")),
            None => fs::create_dir(fixture.files().join("chain/00000007.json")).unwrap(),
        }
        fixture.archive().save_snapshot(&small(third)).unwrap_err();
        match &fixture.server {
            Some(server) => server.heal(),
            None => fs::remove_dir(fixture.files().join("chain/00000007.json")).unwrap(),
        }
        let flaws = fixture.verified().flaws;
        assert_eq!(flaws.len(), 1, "{flaws:?}");
        assert_eq!(flaws[0].path, snapshot(third));
        assert!(
            flaws[0].what.contains("present, never sealed: the command that wrote it was interrupted"),
            "{flaws:?}"
        );

        let bundle = fixture.archive().bundle(BundleKind::Export, third).unwrap();
        bundle.keep("workbook.xlsx", b"third").unwrap();
        bundle.seal().unwrap();

        let verified = fixture.verified();
        assert_eq!(told(&verified), Vec::<String>::new());
        let note = format!("seals {} after an interruption", snapshot(third));
        assert!(verified.notes.iter().any(|told| told.contains(&note)), "{:?}", verified.notes);
        assert_eq!(fixture.archive().load_snapshot(&export_id(third)).unwrap(), small(third));
    }
}

#[test]
fn what_a_killed_command_left_is_told_and_cleared_by_the_next_that_writes_and_never_what_a_live_one_writes() {
    let fixture = Fixture::with_folder().filled();
    let third = "20261122-PM-CCCCCC";
    fs::create_dir(fixture.files().join("chain/00000007.json")).unwrap();
    fixture.archive().save_snapshot(&small(third)).unwrap_err();
    fs::remove_dir(fixture.files().join("chain/00000007.json")).unwrap();
    // As if it had been killed before its folder had its name, and another in the middle of a link.
    let note = only_file(&fixture.path("state of office-pc"), "unsealed");
    let name = fs::read_to_string(&note).unwrap().lines().nth(1).unwrap().to_string();
    let folder = fixture.files().join(snapshot(third));
    let half = folder.with_file_name(name);
    fs::rename(&folder, &half).unwrap();
    let link = fs::read_to_string(fixture.files().join("chain/00000001.json")).unwrap();
    let half_link = fixture.files().join("chain/.couponbook-mine.tmp");
    fs::write(&half_link, link.replace(FIRST, third)).unwrap();
    let other = fixture.files().join("exports/.couponbook-other.tmp");
    fs::write(&other, "who knows whose").unwrap();
    let notes = |words: &str| {
        let verified = fixture.verified();
        assert_eq!(told(&verified), Vec::<String>::new());
        verified.notes.iter().filter(|note| note.contains(".couponbook-") && note.contains(words)).count()
    };
    assert_eq!(notes("was left by a command that was killed"), 3);
    assert_eq!(notes("the next export or apply removes it"), 2);

    // Where that command lives, nothing of it is touched.
    let alive = fs::File::options().read(true).write(true).open(&note).unwrap();
    alive.lock().unwrap();
    fixture.archive().save_snapshot(&small("20261122-PM-DDDDDD")).unwrap();
    assert_eq!((half.exists(), half_link.exists()), (true, true));
    assert_eq!(notes("is being written at this moment"), 2);
    drop(alive);

    fixture.archive().save_snapshot(&small("20261122-PM-EEEEEE")).unwrap();
    assert_eq!((half.exists(), half_link.exists(), other.exists()), (false, false, true));
    assert_eq!(notes("was left by a command that was killed"), 1);
}

#[test]
fn a_killed_commands_file_goes_with_its_folder_where_that_is_all_there_was() {
    let fixture = Fixture::with_folder().filled();
    let third = "20261122-PM-CCCCCC";
    let bundle = fixture.archive().bundle(BundleKind::Export, third).unwrap();
    bundle.keep("workbook.xlsx", b"third").unwrap();
    drop(bundle);
    let folder = fixture.files().join("exports").join(third);
    fs::rename(folder.join("workbook.xlsx"), folder.join(".couponbook-half.tmp")).unwrap();

    fixture.archive().save_snapshot(&small("20261122-PM-DDDDDD")).unwrap();
    assert!(!folder.exists());
    assert_eq!(fixture.verified().notes, Vec::<String>::new());
}

#[test]
fn a_memory_of_the_chain_that_was_cut_is_told_and_the_next_link_is_not_lost_with_it() {
    let fixture = Fixture::with_folder().filled();
    let memory = only_file(&fixture.path("state of office-pc"), "links.txt");
    let whole = fs::read(&memory).unwrap();
    let cut = |bytes: usize| {
        fs::write(&memory, &whole[..bytes]).unwrap();
        fixture.verified().notes.concat()
    };
    assert_eq!(cut(whole.len()), "");
    let halved = cut(whole.len() / 2 + 20);
    assert!(fixture.verified().is_whole(), "nothing is wrong with the archive itself");
    assert!(halved.contains("it lacks 3 links that this machine wrote (4 to 6)"), "{halved}");
    assert!(halved.contains("links.txt") && halved.contains("--against"), "{halved}");
    assert!(cut(whole.len() / 6 * 5).contains("it lacks link 6, which"));
    assert!(cut(0).contains("it lacks 6 links"));

    // The chain was cut with it: the line that was torn is all that tells.
    fs::remove_file(fixture.files().join("chain/00000006.json")).unwrap();
    let torn = cut(whole.len() - 10);
    assert!(torn.contains("a line of it cannot be read"), "{torn}");

    fs::write(&memory, &whole[..whole.len() - 10]).unwrap();
    fixture.archive().save_snapshot(&small("20261122-PM-CCCCCC")).unwrap();
    let text = fs::read_to_string(&memory).unwrap();
    assert_eq!(text.lines().last().unwrap().split(' ').map(str::len).collect::<Vec<_>>(), [1, 64], "{text}");
}

#[test]
fn a_link_that_its_command_had_no_time_to_remember_is_remembered_by_the_next() {
    let fixture = Fixture::with_folder().filled();
    let memory = only_file(&fixture.path("state of office-pc"), "links.txt");
    let text = fs::read_to_string(&memory).unwrap();
    // Killed between the link and the memory of it: the note stands still.
    let notes = memory.with_file_name("unsealed");
    fs::write(notes.join(format!("runs+{RUN}")), format!("runs/{RUN}")).unwrap();
    fs::write(&memory, text.lines().take(5).map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    assert_eq!(fixture.verified().notes, Vec::<String>::new());

    fixture.archive().save_snapshot(&small("20261122-PM-CCCCCC")).unwrap();
    assert_eq!(fs::read_to_string(&memory).unwrap().lines().nth(5), text.lines().nth(5));
}

/// The one file called `name`, or in the folder of that name, below `folder`.
fn only_file(folder: &Path, name: &str) -> PathBuf {
    let own = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path().join(name);
    if own.is_file() { own } else { fs::read_dir(own).unwrap().next().unwrap().unwrap().path() }
}

#[test]
fn a_half_finished_upload_is_never_seen() {
    let fixture = Fixture::with_bucket().filled();
    let server = fixture.server.as_ref().unwrap();
    let third = "20261122-PM-CCCCCC";
    for letters in ["findings.parquet", "manifest.json", "/chain/"] {
        server.trouble(Trouble::Refused(letters));
        let refused = fixture.archive().save_snapshot(&small(third)).unwrap_err().to_string();
        assert!(refused.contains("s3://team/archive/") || refused.contains("never overwritten"), "{refused}");
        // Another machine sees the two exports that there were, and reads no third.
        let other = fixture.archive_of("laptop");
        assert_eq!(other.known_exports().unwrap().len(), 2, "{letters}");
        let unknown = other.load_snapshot(&export_id(third)).unwrap_err();
        assert!(matches!(unknown, ArchiveError::UnknownExport { .. }), "{unknown}");
        assert_eq!(other.tables(Kind::Snapshot, "coupons.parquet", None).unwrap().len(), 2);
        server.heal();
        if letters == "/chain/" {
            break;
        }
        // What lies there half is this machine's to finish.
        fs::remove_dir_all(fixture.path("state of office-pc")).unwrap();
        fs::remove_dir_all(fixture.files().join(snapshot(third))).unwrap();
    }
}

#[test]
fn a_bucket_that_ignores_conditions_is_refused_before_anything_depends_on_it() {
    let fixture = Fixture::with_bucket();
    let server = fixture.server.as_ref().unwrap();
    server.trouble(Trouble::ConditionsIgnored);
    for _ in 0..2 {
        let refused = fixture.archive().prove().unwrap_err().to_string();
        for words in ["s3://team/archive ignores", "If-None-Match", "two machines would", "[archive] url", "a folder"] {
            assert!(refused.contains(words), "{refused}");
        }
    }
    server.heal();
    for machine in ["office-pc", "laptop"] {
        fixture.archive_of(machine).prove().unwrap();
    }
    let verified = fixture.filled().verified();
    assert_eq!((told(&verified), verified.notes), (vec![], vec![]));
}

#[test]
fn an_export_that_could_not_be_taken_to_its_bucket_can_be_loaded_here_and_is_taken_there_by_the_next() {
    let fixture = Fixture::with_bucket().filled();
    let server = fixture.server.as_ref().unwrap();
    let third = "20261122-PM-CCCCCC";
    server.trouble(Trouble::Refused("/snapshots/"));
    fixture.archive().save_snapshot(&small(third)).unwrap_err();
    let saved = fixture.archive().unsealed_snapshot(&small(third)).unwrap();
    assert_eq!(fixture.archive().snapshot_sha256(&export_id(third)).unwrap(), saved.sha256);
    assert_eq!(fixture.archive().load_snapshot(&export_id(third)).unwrap(), small(third));
    assert!(fixture.archive().unsealed_snapshot(&small(SECOND)).is_none(), "it is sealed");

    server.heal();
    fixture.archive().save_snapshot(&small("20261122-PM-DDDDDD")).unwrap();
    assert_eq!(fixture.flaws(), Vec::<String>::new());
    assert_eq!(fixture.archive_of("laptop").load_snapshot(&export_id(third)).unwrap(), small(third));
}

#[test]
fn a_write_whose_answer_was_lost_ends_in_the_same_state() {
    for letters in ["coupons.parquet", "manifest.json", "chain/00000001.json", "chain/00000004.json"] {
        let fixture = Fixture::with_bucket();
        fixture.server.as_ref().unwrap().trouble(Trouble::AnswerLost(letters));
        let fixture = fixture.filled();
        let verified = fixture.verified();
        assert_eq!((verified.links, told(&verified)), (6, vec![]), "{letters}");
        assert_eq!(fixture.archive_of("laptop").load_snapshot(&export_id(FIRST)).unwrap(), small(FIRST));
    }
}

#[test]
fn two_who_write_at_once_make_one_chain() {
    for fixture in Fixture::both() {
        std::thread::scope(|scope| {
            for (machine, letters) in [("office-pc", "AAAAA"), ("laptop", "BBBBB")] {
                let archive = fixture.archive_of(machine);
                scope.spawn(move || {
                    for number in 1..=4 {
                        archive.save_snapshot(&small(&format!("20261122-AM-{letters}{number}"))).unwrap();
                    }
                });
            }
        });
        let verified = fixture.verified();
        assert_eq!((verified.links, verified.bundles, told(&verified)), (8, 8, vec![]));
        assert_eq!(fixture.archive().known_exports().unwrap().len(), 8);
    }
}

#[test]
fn a_clock_that_was_set_back_changes_no_order_and_is_told() {
    let fixture = Fixture::with_folder().filled();
    fixture.clock.store(-90_000, Ordering::SeqCst);
    fixture.archive().save_snapshot(&small("20261121-AM-CCCCCC")).unwrap();
    let verified = fixture.verified();
    assert!(verified.is_whole(), "{:?}", verified.flaws);
    assert!(verified.notes[0].contains("the clock of office-pc was set back"), "{:?}", verified.notes);
    assert_eq!(verified.tip.unwrap().number, 7);
}

#[test]
fn an_archive_of_before_the_chain_is_sealed_as_it_is_found() {
    let fixture = Fixture::with_folder().filled();
    fs::remove_dir_all(fixture.files().join("chain")).unwrap();
    fs::remove_dir_all(fixture.path("state of office-pc")).unwrap();
    assert_eq!(fixture.archive().load_snapshot(&export_id(FIRST)).unwrap(), small(FIRST));

    fixture.archive().save_snapshot(&small("20261122-PM-CCCCCC")).unwrap();
    let verified = fixture.verified();
    assert_eq!((verified.links, told(&verified)), (6, vec![]));
    assert!(verified.notes[0].contains("5 bundles are older than the chain"), "{:?}", verified.notes);
}

#[test]
fn links_that_were_lost_at_the_end_stay_missed_when_the_chain_goes_on() {
    let fixture = Fixture::with_folder().filled();
    for number in [5, 6] {
        fs::remove_file(fixture.files().join(format!("chain/{number:08}.json"))).unwrap();
    }
    fixture.archive().save_snapshot(&small("20261122-PM-CCCCCC")).unwrap();
    let flaws = fixture.flaws();
    assert!(flaws.contains(&"link_missing chain/00000005.json".to_string()), "{flaws:?}");
}

#[test]
fn a_seal_proves_what_a_rewritten_chain_would_hide() {
    for fixture in Fixture::both() {
        let fixture = fixture.filled();
        let (seal, file) =
            fixture.archive().seal(IsoWeek::parse("2026-W47").unwrap(), "Night shift", at(22, 5)).unwrap();
        let line = seal.to_string();
        assert!(line.starts_with("couponbook seal 2026-W47: bundles 5, files 14, bytes "), "{line}");
        assert!(file.ends_with("2026-W47.txt"), "{file}");
        assert!(fixture.verified().is_whole());
        // A mail program may wrap the line.
        let mailed: Seal = line.replace(", ", ",\n> ").parse().unwrap();
        assert_eq!(mailed, seal);
        let against = Asked { against: Some(mailed), ..Asked::default() };
        assert!(fixture.archive().verify(&against).unwrap().is_whole());
        // The same week can be sealed again later.
        let (_, again) = fixture.archive().seal(IsoWeek::parse("2026-W47").unwrap(), "Night shift", at(22, 6)).unwrap();
        assert!(again.ends_with("2026-W47-2.txt"), "{again}");

        // Somebody makes the whole archive anew, without the run, and every memory of it too.
        for name in ["chain", "seals", "runs"] {
            fs::remove_dir_all(fixture.files().join(name)).unwrap();
        }
        fs::remove_dir_all(fixture.path("state of office-pc")).unwrap();
        fixture.archive().save_snapshot(&small("20261122-PM-CCCCCC")).unwrap();
        let told = told(&fixture.archive().verify(&against).unwrap());
        assert!(told.contains(&"seal_broken the seal that was given".to_string()), "{told:?}");
    }
}

#[test]
fn a_seal_that_was_edited_is_named() {
    let fixture = Fixture::with_folder().filled();
    fixture.archive().seal(IsoWeek::parse("2026-W47").unwrap(), "Night shift", at(22, 5)).unwrap();
    let path = fixture.files().join("seals/2026-W47.txt");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("bundles 5", "bundles 4")).unwrap();
    assert_eq!(fixture.flaws(), ["seal_broken seals/2026-W47.txt", "changed seals/2026-W47.txt"]);
    let empty = fixture.archive().seal(IsoWeek::parse("2026-W30").unwrap(), "Night shift", at(22, 5)).unwrap_err();
    assert!(empty.to_string().contains("holds nothing of 2026-W30"), "{empty}");
    assert!("couponbook seal 2026-W47: nothing".parse::<Seal>().is_err());
}

#[test]
fn what_was_pruned_is_gone_and_still_proven() {
    for fixture in Fixture::both() {
        let fixture = fixture.filled();
        let archive = fixture.archive();
        assert!(archive.prunable(1, at(29, 0)).unwrap().is_empty(), "the week before is kept");
        let later = at(30, 0) + chrono::Duration::days(7);
        let newer = "20261207-AM-CCCCCC";
        archive.save_snapshot(&Export { day: "2026-12-07".parse().unwrap(), at: later, ..small(newer) }).unwrap();
        let pruning = archive.prunable(1, later).unwrap();
        assert_eq!((pruning.bundles.len(), pruning.files), (5, 14));
        archive.prune(&pruning, "Night shift", later).unwrap();

        assert_eq!(
            archive.known_exports().unwrap().iter().map(|known| &known.id).collect::<Vec<_>>(),
            [&export_id(newer)]
        );
        assert!(!fixture.files().join("runs").join(RUN).join("plan.json").exists());
        let verified = fixture.verified();
        assert_eq!((verified.pruned_bundles, told(&verified)), (5, vec![]));
        let links = archive.links().unwrap();
        let pruned = links.iter().find(|link| link.kind == Kind::Prune).unwrap();
        assert_eq!((pruned.by.as_deref(), pruned.pruned.len()), (Some("Night shift"), 5));
        assert!(archive.prunable(1, later).unwrap().is_empty());
    }
}

#[test]
fn a_pruning_that_was_interrupted_is_finished_by_the_next() {
    let fixture = Fixture::with_folder().filled();
    let later = at(30, 0) + chrono::Duration::days(30);
    let archive = fixture.archive();
    let kept = fs::read(fixture.files().join("exports").join(FIRST).join("workbook.xlsx")).unwrap();
    archive.prune(&archive.prunable(1, later).unwrap(), "Night shift", later).unwrap();
    fs::create_dir_all(fixture.files().join("exports").join(FIRST)).unwrap();
    fs::write(fixture.files().join("exports").join(FIRST).join("workbook.xlsx"), kept).unwrap();
    let notes = fixture.verified().notes;
    assert!(notes.iter().any(|note| note.contains("prune again to finish")), "{notes:?}");

    let rest = archive.prunable(1, later).unwrap();
    assert!(!rest.is_empty());
    archive.prune(&rest, "Night shift", later).unwrap();
    assert!(!fixture.files().join("exports").exists());
}

/// The README is for a shell and `sha256sum`, which Windows has not.
#[cfg(unix)]
#[test]
fn a_packed_week_is_checked_with_nothing_but_standard_tools() {
    let fixture = Fixture::with_folder().filled();
    fixture.archive().seal(IsoWeek::parse("2026-W47").unwrap(), "Night shift", at(22, 5)).unwrap();
    let mut zip = std::io::Cursor::new(Vec::new());
    let packed = couponbook::archive::pack(&fixture.archive(), IsoWeek::parse("2026-W47").unwrap(), &mut zip).unwrap();
    assert_eq!((packed.bundles, packed.links, packed.missing.len()), (5, 7, 0));
    let place = fixture.path("unpacked");
    zip::ZipArchive::new(zip).unwrap().extract(&place).unwrap();

    let readme = fs::read_to_string(place.join("README.txt")).unwrap();
    assert!(readme.contains("week 2026-W47") && readme.contains("(7 in all"), "{readme}");
    // Exactly what the README tells to type.
    let typed: String = readme
        .lines()
        .skip_while(|line| !line.starts_with("How to check"))
        .filter_map(|line| line.strip_prefix("     "))
        .filter(|line| !line.contains("NUMBER"))
        .map(|line| format!("{line}\n"))
        .collect();
    let check = || {
        let ran = std::process::Command::new("sh").arg("-c").arg(&typed).current_dir(&place).output().unwrap();
        String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned()
    };
    assert_eq!(check(), "");

    super::proof::flip(&place.join("runs").join(RUN).join("plan.json"));
    let text = fs::read_to_string(place.join("chain/00000003.json")).unwrap();
    fs::write(place.join("chain/00000003.json"), text.replace("office-pc", "other-pc!")).unwrap();
    let told = check();
    assert!(told.contains(&format!("runs/{RUN}/plan.json: FAILED")), "{told}");
    assert!(told.contains("broken at chain/00000004.json"), "{told}");
}

#[test]
fn weeks_are_iso_weeks_of_the_teams_own_calendar() {
    for (text, monday, shown) in [
        ("2026-W47", "2026-11-16", "2026-W47"),
        ("2027-W01", "2027-01-04", "2027-W01"),
        ("2026w53", "2026-12-28", "2026-W53"),
    ] {
        let week = IsoWeek::parse(text).unwrap();
        assert_eq!((week.monday().to_string(), week.to_string()), (monday.to_string(), shown.to_string()));
    }
    assert_eq!(IsoWeek::of("2027-01-03".parse().unwrap()).to_string(), "2026-W53");
    for text in ["2026-W54", "2026", "W47", "2026-47", "week"] {
        assert!(IsoWeek::parse(text).is_err(), "{text}");
    }
    // 23:30 UTC of Sunday is Monday in Shanghai.
    let fixture = Fixture::with_folder();
    let run = fixture.archive().bundle(BundleKind::Run, "R20261122-233000-7K3MPX").unwrap();
    run.keep("plan.json", b"{}").unwrap();
    run.seal().unwrap();
    assert_eq!(fixture.archive().links().unwrap()[0].day.to_string(), "2026-11-23");
}

#[test]
fn two_exports_in_one_minute_are_two() {
    let fixture = Fixture::with_folder();
    let archive = fixture.archive();
    archive.save_snapshot(&small(FIRST)).unwrap();
    archive.save_snapshot(&small(SECOND)).unwrap();
    assert_eq!(archive.known_exports().unwrap().len(), 2);
    assert!(fixture.verified().is_whole());
}

#[test]
fn rounds_of_results_can_be_told_from_exports_in_every_table() {
    let fixture = Fixture::with_folder();
    let archive = fixture.archive();
    let round = Export { follows: Some(export_id(FIRST)), ..super::everything() };
    let utc = polars::prelude::TimeZone::UTC;
    let exported = AnyValue::Datetime(at(22, 0).timestamp_micros(), TimeUnit::Microseconds, Some(&utc));
    archive.save_snapshot(&small(FIRST)).unwrap();
    archive.save_snapshot(&round).unwrap();
    for name in ["coupons.parquet", "findings.parquet", "stores.parquet"] {
        let tables = archive.tables(Kind::Snapshot, name, None).unwrap();
        for (path, wanted) in tables.iter().zip([AnyValue::Null, AnyValue::String(FIRST)]) {
            let table = table(path);
            for row in 0..table.height() {
                assert_eq!(cell(&table, "results_of", row), wanted);
                assert_eq!(cell(&table, "exported_at", row), exported);
            }
        }
    }
    assert_eq!(archive.bundles(Kind::Snapshot, None, Some("2026-11-21".parse().unwrap())).unwrap().len(), 0);
}

#[test]
fn sign_offs_have_a_row_each() {
    for fixture in Fixture::both() {
        let archive = fixture.archive();
        let export = small(FIRST);
        let sign_off = |item: &str, name: &str| SignOff {
            item: item.to_string(),
            slot: Slot::Am,
            name: name.to_string(),
            remark: String::new(),
            read_at: at(22, 3),
        };
        archive
            .save_sign_offs(&export, &[sign_off("low_stock", "Day shift"), sign_off("stores", "Day shift")])
            .unwrap();
        let again = archive.save_sign_offs(&export, &[sign_off("low_stock", "Manager")]).unwrap();
        assert!(again.folder.ends_with(format!("export={FIRST}-2")), "{again:?}");

        let tables = archive.tables(Kind::SignOffs, "sign_offs.parquet", None).unwrap();
        let rows: Vec<usize> = tables.iter().map(|path| table(path).height()).collect();
        assert_eq!(rows, [2, 1]);
        let first = table(&tables[0]);
        assert_eq!(cell(&first, "item", 0), AnyValue::String("low_stock"));
        assert_eq!(cell(&first, "export_id", 0), AnyValue::String(FIRST));
        assert!(fixture.verified().is_whole());
    }
}

#[test]
fn a_run_without_a_row_is_a_table_without_a_row() {
    let fixture = Fixture::with_folder();
    let run = RunFacts {
        id: RunId::new(RUN),
        export: export_id(FIRST),
        by: "Night shift".to_string(),
        account: Account::default(),
        started: at(22, 1),
        finished: at(22, 2),
    };
    let saved = fixture.archive().save_changes(&run, &[]).unwrap();
    assert!(saved.folder.ends_with(format!("changes/date=2026-11-22/run={RUN}")), "{saved:?}");
    assert_eq!(names_in(&saved.folder), ["changes.parquet", "manifest.json"]);
    assert_eq!(table(&saved.folder.join("changes.parquet")).height(), 0);
}
