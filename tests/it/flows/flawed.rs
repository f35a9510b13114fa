//! An archive that somebody else had a hand in: each command ends in a sentence, believes nothing that is not proved, and changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::archiving::bucket_of;
use super::paper::row;
use super::shops::{SMALL_SHOPS, Shops};
use super::tool::{Ran, Tool, text};

const WOO: &str = "woo-de-1";
const DOES_NOT_HOLD: &str = "the chain of the archive does not hold";

/// Two exports, a run between them, a workbook that came back and its plan.
struct Office {
    tool: Tool,
    shops: Shops,
    back: PathBuf,
    plan: PathBuf,
    /// The archive's own folder.
    archive: PathBuf,
}

impl Office {
    fn open() -> Self {
        Self::at_work(Tool::with_shops(SMALL_SHOPS), "archive")
    }

    fn at_work((tool, shops): (Tool, Shops), archive: &str) -> Self {
        let first = tool.hand_back(&[row(WOO, "stock", "restock").stock("20")]);
        tool.apply(&first, &[]).exits(0);
        tool.wait_hours(1);
        let exported = tool.export("second");
        let back = exported.hand_back(&tool.path("second-back.xlsx"), &[row(WOO, "stock", "restock").stock("30")]);
        let plan = tool.path("reviewed.json");
        tool.plan(&back, &["--out", text(&plan)]).exits(0);
        let archive = tool.path(archive);
        Self { tool, shops, back, plan, archive }
    }

    fn links(&self) -> Vec<PathBuf> {
        let mut links: Vec<PathBuf> = entries(&self.archive.join("chain"));
        links.sort();
        links
    }

    /// Puts archive and state back as they were, after `work`.
    fn for_now(&self, work: impl FnOnce()) {
        let places = [self.archive.clone(), self.tool.path("state")];
        let kept = tempfile::tempdir().unwrap();
        let copies = [kept.path().join("archive"), kept.path().join("state")];
        places.iter().zip(&copies).for_each(|(from, to)| copy(from, to));
        work();
        for (place, copy_of_it) in places.iter().zip(&copies) {
            match fs::symlink_metadata(place).unwrap().is_symlink() {
                true => fs::remove_file(place).unwrap(),
                false => fs::remove_dir_all(place).unwrap(),
            }
            copy(copy_of_it, place);
        }
    }

    /// Every command that plans, sends, seals, packs, removes or takes over, with its words.
    fn deeds(&self) -> Vec<Vec<&str>> {
        let [back, plan] = [&self.back, &self.plan].map(|path| text(path));
        vec![
            vec!["plan", back, "--allow-old"],
            vec!["apply", back, "--yes", "--allow-old"],
            vec!["apply", plan, "--yes"],
            vec!["archive", "prune", "--keep-weeks", "1", "--yes"],
            vec!["archive", "export", "2026-W47"],
            vec!["archive", "seal", "2026-W47"],
            vec!["journal", "rebuild"],
        ]
    }

    fn told(&self, words: &[&str]) -> Vec<Ran> {
        words.iter().map(|words| self.tool.run(words.split(' '))).collect()
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in entries(from) {
        let place = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &place),
            false => assert!(fs::copy(&path, &place).is_ok()),
        }
    }
}

/// Every file below `folder` with its bytes; links as what they are.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for path in entries(&folder) {
            match fs::symlink_metadata(&path).unwrap() {
                known if known.is_symlink() => drop(found.insert(path.clone(), b"a link".to_vec())),
                known if known.is_dir() => open.push(path),
                _ => drop(found.insert(path.clone(), fs::read(&path).unwrap())),
            }
        }
    }
    found.retain(|path, _| !path.ends_with(".couponbook-probe"));
    found
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// The file of a further link that is like the last but for what `forge` does.
fn forged(links: &[PathBuf], forge: &dyn Fn(&mut Value)) -> (PathBuf, Vec<u8>) {
    let last = fs::read(links.last().unwrap()).unwrap();
    let mut link: Value = serde_json::from_slice(&last).unwrap();
    let number = link["number"].as_u64().unwrap() + 1;
    (link["number"], link["before"], link["machine"]) = (json!(number), json!(sha256(&last)), json!("elsewhere"));
    forge(&mut link);
    let place = links[0].with_file_name(format!("{number:08}.json"));
    (place, serde_json::to_vec_pretty(&link).unwrap())
}

type Harm = (&'static str, fn(&Office));

const TO_THE_CHAIN: [Harm; 8] = [
    ("a link is missing", |office| fs::remove_file(&office.links()[1]).unwrap()),
    ("the end was removed", |office| fs::remove_file(office.links().last().unwrap()).unwrap()),
    ("all of it was removed", |office| fs::remove_dir_all(office.archive.join("chain")).unwrap()),
    ("a link was changed", |office| {
        let link = &office.links()[1];
        fs::write(link, fs::read_to_string(link).unwrap().replace("\"how\"", "\"HOW\"")).unwrap();
    }),
    ("a link was replaced by another that fits", |office| {
        let links = office.links();
        let (last, before) = links.split_last().unwrap();
        let (_, bytes) = forged(before, &|link| link["day"] = json!("2020-01-01"));
        fs::write(last, bytes).unwrap();
    }),
    ("a link follows nobody", |office| {
        let (place, bytes) = forged(&office.links(), &|link| link["before"] = json!(sha256(b"another")));
        fs::write(place, bytes).unwrap();
    }),
    ("a link says of a bundle what its name does not", |office| {
        let (place, bytes) = forged(&office.links(), &|link| {
            (link["kind"], link["day"]) = (json!("snapshot"), json!("2020-01-01"));
        });
        fs::write(place, bytes).unwrap();
    }),
    ("a stranger lies among the links", |office| {
        fs::write(office.archive.join("chain/18446744073709551615.json"), "{}").unwrap();
    }),
];

#[test]
fn nothing_is_planned_sent_sealed_packed_or_removed_while_the_chain_does_not_hold() {
    let office = Office::open();
    let writes = office.shops.writes();
    for (name, harm) in TO_THE_CHAIN {
        office.for_now(|| {
            harm(&office);
            let before = tree(&office.archive);
            for words in office.deeds() {
                let ran = office.tool.run(&words);
                assert!(ran.code != 0 && ran.stderr.contains(DOES_NOT_HOLD), "{name}, {words:?}: {}", ran.stderr);
            }
            for ran in office.told(&["archive list", "archive show R20261122-040000-AAAAAA"]) {
                assert!(ran.stderr.contains("left out, since the chain"), "{name}: {}", ran.stderr);
            }
            for ran in office.told(&["archive week 2026-W47", "history", "history coupon woo-de-1 stock"]) {
                let told = ran.stdout.clone() + &ran.stderr;
                assert!(told.contains("what was read of the archive"), "{name}: {told}");
            }
            office.tool.run(["archive", "verify"]).exits(1);
            assert_eq!(tree(&office.archive), before, "{name}");
            assert!(!office.tool.path("reports/2026-W47/archive-2026-W47.zip").exists(), "{name}");
            assert_eq!(office.shops.writes(), writes, "{name}");
            // The daily check goes on: it says with what it was not compared, and nothing is put in anybody's place.
            let out = office.tool.path(&format!("{}.xlsx", name.replace(' ', "-")));
            let ran = office.tool.run(["export", "--out", text(&out)]);
            assert!(out.exists() && ran.stderr.contains("not compared with"), "{name}: {}", ran.stderr);
            let after = tree(&office.archive);
            assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)), "{name}");
        });
    }
    office.tool.run(["archive", "verify"]).exits(0);
    assert_eq!(office.tool.apply(&office.plan, &[]).exits(0).totals(), "done: 1");
}

#[test]
fn in_a_bucket_too() {
    let (mut tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let _server = bucket_of(&mut tool);
    let office = Office::at_work((tool, shops), "s3/team/coupons/archive");
    let writes = office.shops.writes();
    for (name, harm) in
        TO_THE_CHAIN.into_iter().filter(|(name, _)| !name.contains("changed") && !name.contains("replaced"))
    {
        office.for_now(|| {
            harm(&office);
            let before = tree(&office.archive);
            for words in office.deeds() {
                let ran = office.tool.run(&words);
                assert!(ran.code != 0 && ran.stderr.contains(DOES_NOT_HOLD), "{name}, {words:?}: {}", ran.stderr);
            }
            assert_eq!((tree(&office.archive), office.shops.writes()), (before, writes.clone()), "{name}");
        });
    }
    assert_eq!(office.tool.apply(&office.plan, &[]).exits(0).totals(), "done: 1");
}

fn bundles(office: &Office, top: &str) -> Vec<PathBuf> {
    let mut found = entries(&office.archive.join(top));
    if top == "snapshots" || top == "changes" {
        found = found.iter().flat_map(|day| entries(day)).collect();
    }
    found.sort();
    found
}

const TO_FILES: [Harm; 5] = [
    ("a table was changed", |office| fs::write(bundles(office, "snapshots")[0].join("coupons.parquet"), "x").unwrap()),
    ("a table was cut off", |office| {
        let table = bundles(office, "snapshots")[0].join("findings.parquet");
        let bytes = fs::read(&table).unwrap();
        fs::write(&table, &bytes[..bytes.len() / 2]).unwrap();
    }),
    ("a manifest was changed", |office| {
        let manifest = bundles(office, "snapshots")[0].join("manifest.json");
        fs::write(&manifest, fs::read_to_string(&manifest).unwrap() + " ").unwrap();
    }),
    ("a table is missing", |office| fs::remove_file(bundles(office, "snapshots")[0].join("stores.parquet")).unwrap()),
    ("somebody put a snapshot there", |office| {
        let own = &bundles(office, "snapshots")[0];
        copy(own, &own.with_file_name("export=20261122-AM-AAAAAA"));
    }),
];

#[test]
fn what_is_not_as_it_was_sealed_is_compared_with_nothing_and_named() {
    let office = Office::open();
    for (name, harm) in TO_FILES {
        office.for_now(|| {
            harm(&office);
            let out = office.tool.path(&format!("{}.xlsx", name.replace(' ', "-")));
            office.tool.run(["export", "--out", text(&out)]).exits(0).says(&["not compared with", "snapshots/date="]);
            for ran in office.told(&["history", "archive week 2026-W47"]) {
                assert!(ran.stdout.contains("snapshots/date="), "{name}: {}", ran.stdout);
            }
            office.tool.run(["archive", "verify"]).exits(1);
        });
    }
}

#[test]
fn what_this_machine_forgot_of_the_chain_or_a_killed_command_left_stops_nothing() {
    let office = Office::open();
    let memory = entries(&office.tool.path("state/archive")).remove(0).join("links.txt");
    fs::write(&memory, "").unwrap();
    fs::write(office.archive.join("chain/.couponbook-7f3a.tmp"), "{").unwrap();
    fs::write(office.archive.join("chain/.DS_Store"), "x").unwrap();
    fs::create_dir(office.archive.join("snapshots/date=2026-11-22/.couponbook-7f3b.tmp")).unwrap();
    office.tool.plan(&office.back, &["--out", text(&office.tool.path("again.json"))]).exits(0);
    let exported = office.tool.run(["export", "--out", text(&office.tool.path("after.xlsx"))]).exits(0);
    assert!(!exported.stderr.contains("not compared"), "{}", exported.stderr);
    assert_eq!(office.tool.apply(&office.plan, &[]).exits(0).totals(), "done: 1");
}

/// What a forger writes into a further link.
type Forgery = (&'static str, fn(&mut Value));

fn of_bundle(link: &mut Value, bundle: &str) {
    (link["bundle"], link["kind"], link["day"]) = (json!(bundle), json!("run"), json!("2020-01-01"));
}

fn with_file(link: &mut Value, file: &str) {
    of_bundle(link, "runs/R20200101-000000-AAAAAA");
    let mark = json!({ "sha256": sha256(b"secret"), "bytes": 6 });
    link["manifest"]["files"] = json!({ file: mark });
    link["manifest"]["sha256"] = json!(sha256(format!("{}  {file}\n", sha256(b"secret")).as_bytes()));
    link["manifest_sha256"] = Value::Null;
}

const FORGED_LINKS: [Forgery; 22] = [
    ("up from its kind", |link| of_bundle(link, "runs/../../victim")),
    ("up at once", |link| of_bundle(link, "../victim")),
    ("absolute", |link| of_bundle(link, "/etc")),
    ("a drive", |link| of_bundle(link, "C:/Users")),
    ("a share", |link| of_bundle(link, "//server/share")),
    ("another separator", |link| of_bundle(link, "runs\\..\\..\\victim")),
    ("a dot", |link| of_bundle(link, "runs/./x")),
    ("two separators", |link| of_bundle(link, "runs//x")),
    ("a dot at the end", |link| of_bundle(link, "runs/x.")),
    ("a device", |link| of_bundle(link, "runs/NUL")),
    ("a device with an ending", |link| of_bundle(link, "runs/com1.txt")),
    ("a stream", |link| of_bundle(link, "runs/x:hidden")),
    ("a line break", |link| of_bundle(link, "runs/x\ny")),
    ("too long", |link| of_bundle(link, &format!("runs/{}", "x".repeat(4_000)))),
    ("the state folder's own", |link| of_bundle(link, "state/journal.db")),
    ("a file above", |link| with_file(link, "../../../victim/keys.txt")),
    ("a file in a folder", |link| with_file(link, "a/keys.txt")),
    ("a file that is the manifest", |link| with_file(link, "Manifest.JSON")),
    ("a file that is being written", |link| with_file(link, ".couponbook-keys")),
    ("a file that is nowhere", |link| with_file(link, "keys.txt")),
    ("a pruning of what is outside", |link| {
        (link["kind"], link["bundle"], link["pruned"]) = (json!("prune"), json!(""), json!(["../victim", "/etc"]));
    }),
    ("days that no calendar has", |link| {
        of_bundle(link, "runs/R20200101-000000-AAAAAA");
        link["day"] = json!("+262142-12-31");
        link["manifest"]["at"] = json!("+262142-12-31T23:59:59Z");
    }),
];

#[test]
fn a_forged_link_reads_writes_removes_and_packs_nothing_outside() {
    let office = Office::open();
    let victim = office.tool.path("victim");
    fs::create_dir(&victim).unwrap();
    fs::write(victim.join("keys.txt"), "secret").unwrap();
    let before = tree(&victim);
    for (name, forge) in FORGED_LINKS {
        office.for_now(|| {
            let (place, bytes) = forged(&office.links(), &forge);
            fs::write(place, bytes).unwrap();
            let kept = tree(&office.archive);
            assert_eq!(office.tool.run(["archive", "verify"]).code, 1, "{name}");
            let zip = office.tool.path("week.zip");
            let commands = [
                "archive prune --keep-weeks 1 --yes",
                "archive list",
                "archive week 2020-W01",
                "history",
                "history coupon woo-de-1 stock",
                "journal rebuild",
            ];
            office.told(&commands);
            for week in ["2020-W01", "2026-W47"] {
                office.tool.run(["archive", "export", week, "--out", text(&zip)]);
            }
            office.tool.run(["export", "--out", text(&office.tool.path("again.xlsx"))]);
            assert_eq!(tree(&victim), before, "{name}");
            let packed = fs::read(&zip).unwrap_or_default();
            assert!(!packed.windows(8).any(|window| window == b"keys.txt"), "{name}");
            let _ = fs::remove_file(&zip);
            let after = tree(&office.archive);
            assert!(kept.iter().all(|(path, bytes)| after.get(path) == Some(bytes)), "{name}");
        });
    }
}

/// Places of the archive that are exchanged for a symbolic link to the same content outside.
#[cfg(unix)]
const LINKED: [fn(&Office) -> PathBuf; 9] = [
    |office| office.archive.join("chain"),
    |office| office.links()[1].clone(),
    |office| office.archive.join("snapshots"),
    |office| bundles(office, "snapshots")[0].clone(),
    |office| bundles(office, "snapshots")[0].join("coupons.parquet"),
    |office| bundles(office, "snapshots")[0].join("manifest.json"),
    |office| office.archive.join("runs"),
    |office| bundles(office, "runs")[0].join("plan.json"),
    |office| office.archive.join("exports"),
];

#[cfg(unix)]
#[test]
fn nothing_is_read_written_packed_or_removed_through_a_symbolic_link() {
    let office = Office::open();
    let outside = office.tool.path("outside");
    // Everything may be pruned.
    office.tool.wait_hours(24 * 21);
    for place in LINKED {
        office.for_now(|| {
            let place = place(&office);
            let name = place.strip_prefix(&office.archive).unwrap().to_str().unwrap().to_string();
            fs::rename(&place, &outside).unwrap();
            std::os::unix::fs::symlink(&outside, &place).unwrap();
            let here = |outside: &Path| {
                if outside.is_dir() {
                    tree(outside)
                } else {
                    BTreeMap::from([(outside.into(), fs::read(outside).unwrap())])
                }
            };
            let before = here(&outside);
            let verified = office.tool.run(["archive", "verify", "--json"]).exits(1).json();
            let flaws = verified["flaws"].as_array().unwrap();
            let is_named = |flaw: &Value| flaw["kind"] == "symbolic_link" && flaw["path"] == name.as_str();
            assert_eq!(flaws.iter().filter(|flaw| is_named(flaw)).count(), 1, "{name}: {flaws:?}");
            for words in office.deeds() {
                office.tool.run(&words);
            }
            let zip = office.tool.path("reports/2026-W47/archive-2026-W47.zip");
            let _ = fs::remove_file(zip);
            office.told(&["archive list", "archive week 2026-W47", "history", "history coupon woo-de-1 stock"]);
            office.tool.run(["export", "--out", text(&office.tool.path("again.xlsx"))]);
            assert_eq!(here(&outside), before, "{name}");
            assert!(fs::symlink_metadata(&place).is_ok_and(|known| known.is_symlink()), "{name} is left as it is");
            match outside.is_dir() {
                true => fs::remove_dir_all(&outside).unwrap(),
                false => fs::remove_file(&outside).unwrap(),
            }
        });
    }
}
