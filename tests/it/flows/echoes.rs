//! Secrets that a platform repeats, in whatever spelling, come to no terminal and into no file but the stores' own tokens.

use std::path::{Path, PathBuf};

use couponbook::foreign::one_line;
use data_encoding::{BASE64, HEXLOWER};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use polars::prelude::{ParquetReader, SerReader};
use serde_json::json;

use super::paper::row;
use super::shops::{SMALL_SHOPS, Shops};
use super::tool::{Ran, Tool, text};

fn spellings(secret: &str) -> Vec<String> {
    vec![
        secret.to_string(),
        BASE64.encode(format!("k:{secret}").as_bytes()),
        HEXLOWER.encode(secret.as_bytes()),
        secret.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        secret.chars().map(|letter| format!("{letter}\u{200b}")).collect(),
        secret.chars().map(|letter| format!("{letter}\u{1b}")).collect(),
        utf8_percent_encode(&BASE64.encode(secret.as_bytes()), NON_ALPHANUMERIC).to_string(),
    ]
}

/// Whether `text` tells a secret to whoever reads it with some patience.
fn tells(text: &str, secret: &str) -> bool {
    let plain: String = one_line(text).chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let percent: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let base64 = BASE64.encode(format!("k:{secret}").as_bytes());
    [letters(secret), letters(&percent), letters(&base64)[4..36].to_string()]
        .iter()
        .any(|spelling| plain.contains(spelling.as_str()))
        || text.contains(&BASE64.encode(secret.as_bytes())[..32])
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// All text of a file: the parts of a zip, the cells of a table.
fn texts(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "parquet") {
        let table = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
        let texts = table.columns().iter().filter_map(|column| column.str().ok());
        return texts.map(|texts| texts.iter().flatten().collect::<Vec<_>>().join("\n")).collect();
    }
    match zip::ZipArchive::new(std::io::Cursor::new(&bytes)) {
        Ok(mut zip) => (0..zip.len())
            .map(|part| {
                let mut bytes = Vec::new();
                std::io::copy(&mut zip.by_index(part).unwrap(), &mut bytes).unwrap();
                String::from_utf8_lossy(&bytes).into_owned()
            })
            .collect(),
        Err(_) => vec![String::from_utf8_lossy(&bytes).into_owned()],
    }
}

fn secrets(shops: &Shops) -> Vec<String> {
    let mut secrets: Vec<String> = shops.environment().into_values().filter(|text| text.len() >= 12).collect();
    for store in shops.stores() {
        secrets.extend(["access_token", "refresh_token"].into_iter().filter_map(|name| store.sign_in.text(name)));
    }
    secrets
}

#[test]
fn what_a_platform_repeats_of_a_secret_is_masked_in_all_that_is_printed_and_kept() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    tool.export("first");
    let known = secrets(&shops);
    let woo = shops.environment()["WOO_DE_1_CONSUMER_SECRET"].clone();
    let token = shops.stores().iter().find_map(|store| store.sign_in.text("access_token")).unwrap();
    let all: Vec<String> = [&woo, &token].iter().flat_map(|secret| spellings(secret)).collect();
    let echo = format!("{}\u{1b}]0;pwned\u{7}\u{202e}\r\n● 0 critical", all.join(" · "));
    shops.edit("woo-de-1", "stock", json!({ "description": echo }));
    for store in shops.stores().iter().filter(|store| store.platform == crate::platform::SHOPEE) {
        let id = store.id.as_str();
        let code = shops.coupons(id).into_keys().find(|code| !code.is_empty()).unwrap();
        shops.edit(id, &code.to_uppercase(), json!({ "voucher_name": echo }));
    }
    let exported = tool.export("exported");
    let back = exported.hand_back(&tool.path("back.xlsx"), &[row("woo-de-1", "stock", "restock").stock("20")]);
    let (csv, zip, again) = (tool.path("calls.csv"), tool.path("week.zip"), tool.path("again.xlsx"));
    let chinese = tool.path("chinese.xlsx");
    let hostile_folder = tool.path("\u{1b}[2J\u{202e}\r\n● 0 critical");
    let scenario = tool.path("scenario.toml");
    std::fs::write(&scenario, "[sandbox]\nseed = \"one\"\n\"\\u001B[2J\\u202E\\n● 0 critical\" = 1\n").unwrap();
    let commands: Vec<Vec<&str>> = vec![
        vec!["-vv", "export", "--out", text(&again)],
        vec!["export", "--json", "--language", "zh-CN", "--out", text(&chinese)],
        vec!["export", "--estimate"],
        vec!["-v", "plan", text(&back)],
        vec!["plan", text(&back), "--json"],
        vec!["-v", "apply", text(&back), "--yes"],
        vec!["apply", text(&back), "--yes", "--json"],
        vec!["history"],
        vec!["history", "--json"],
        vec!["history", "coupon", "woo-de-1", "stock"],
        vec!["history", "coupon", "woo-de-1", "stock", "--json"],
        vec!["history", "calls", "--out", text(&csv)],
        vec!["history", "calls", "--json"],
        vec!["archive", "week", "2026-W47"],
        vec!["archive", "verify"],
        vec!["archive", "list"],
        vec!["archive", "seal"],
        vec!["archive", "show", text(Path::new("nothing"))],
        vec!["archive", "prune", "--keep-weeks", "1"],
        vec!["archive", "export", "2026-W47", "--out", text(&zip)],
        vec!["journal", "rebuild"],
        vec!["stores"],
        vec!["stores", "--json"],
        vec!["stores", "check"],
        vec!["stores", "check", "--json"],
        vec!["auth", "status"],
        vec!["auth", "status", "--json"],
        vec!["auth", "login", "shopee-sg-1", "--code", "wrong"],
        vec!["no-such-command", "\u{1b}[2J"],
        vec!["abilities"],
        vec!["abilities", "--json"],
        vec!["completions", "bash"],
        vec!["completions", "\u{1b}[2J\u{202e}"],
        vec!["init", text(&hostile_folder)],
        vec!["init", text(&hostile_folder), "--replies"],
        vec!["demo", "--dir", text(&hostile_folder)],
        vec!["demo", "--language", "\u{1b}]0;pwned\u{7}"],
        vec!["sandbox", "--scenario", text(&scenario)],
        vec!["sandbox", "--address", "\u{1b}[2J"],
    ];
    let mut ran: Vec<Ran> = commands.iter().map(|words| tool.run(words)).collect();
    // Refusals and pages that repeat what they were sent.
    shops.refuse_sign_in("shopee-sg-1");
    ran.extend(
        ["export", "stores"]
            .map(|word| if word == "stores" { tool.run(["stores", "check"]) } else { tool.run(["-v", "export"]) }),
    );
    let mut masked = false;
    for ran in &ran {
        for printed in [&ran.stdout, &ran.stderr] {
            for secret in &known {
                assert!(!tells(printed, secret), "{secret:?} is told: {ran:?}");
            }
            let is_hold =
                |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}' || letter == '\u{200b}';
            assert!(!printed.contains(is_hold), "{ran:?}");
            assert!(!printed.lines().any(|line| line.trim() == "● 0 critical"), "{ran:?}");
            masked |= printed.contains("••••");
        }
    }
    assert!(masked, "nothing was repeated: the test tests nothing");
    let tokens = tool.path("state/tokens");
    let own = files(tool.folder.path()).into_iter();
    let own = own.filter(|path| !path.starts_with(tool.path("shops")) && !path.starts_with(&tokens));
    let (mut looked, mut kept) = (0, false);
    for path in own {
        for part in texts(&path) {
            for secret in &known {
                assert!(!tells(&part, secret), "{} tells a secret", path.display());
            }
            kept |= part.contains("••••");
            looked += 1;
        }
    }
    assert!(looked > 100 && kept, "{looked} parts");
}

#[cfg(unix)]
mod state {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;
    use std::process::Command;

    use super::super::shops::SMALL_SHOPS;
    use super::super::tool::Tool;
    use super::files;

    fn open_to_others(folder: &Path) -> Vec<String> {
        let mut found = files(folder);
        found.push(folder.to_path_buf());
        found.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
        let is_open = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o077 != 0;
        found.iter().filter(|path| is_open(path)).map(|path| path.display().to_string()).collect()
    }

    /// The real program with whatever `umask`, its output going to files.
    fn run(tool: &Tool, umask: &str, words: &[&str]) -> (String, String) {
        let like = tool.process(words);
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("umask {umask}; exec \"$0\" \"$@\" >out.txt 2>err.txt")).arg(like.get_program());
        shell
            .args(like.get_args())
            .current_dir(tool.folder.path())
            .env_remove("COUPONBOOK_CONFIG")
            .envs(&tool.environment);
        shell.status().unwrap();
        (tool.read("out.txt"), tool.read("err.txt"))
    }

    #[test]
    fn the_state_folder_is_its_users_alone_whatever_the_umask_and_no_colour_reaches_a_file() {
        let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
        for words in [&["-vv", "export"][..], &["-vv", "stores", "check"], &["history"], &["--help"]] {
            let (out, err) = run(&tool, "000", words);
            assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'), "{words:?}: {out:?} {err:?}");
            assert!(!err.contains("could read"), "{err}");
        }
        let state = tool.path("state");
        assert!(state.join("journal.db").exists() && state.join("tokens").exists());
        assert_eq!(open_to_others(&state), Vec::<String>::new());
        // What others are to read is as the umask says.
        assert!(!open_to_others(&tool.path("archive")).is_empty());
    }

    #[test]
    fn tokens_that_others_could_read_are_closed_and_told() {
        let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
        tool.export("first");
        let tokens = files(&tool.path("state/tokens"));
        for path in &tokens {
            fs::set_permissions(path, PermissionsExt::from_mode(0o644)).unwrap();
        }
        let ran = tool.run(["export"]).exits(0);
        assert!(
            ran.stderr.contains("others of this machine could read") && ran.stderr.contains("auth login STORE"),
            "{}",
            ran.stderr
        );
        assert_eq!(open_to_others(&tool.path("state")), Vec::<String>::new());
        assert!(!tool.run(["export"]).exits(0).stderr.contains("could read"));
    }

    #[test]
    fn a_link_in_the_state_folder_is_named_and_nothing_is_written_behind_it() {
        let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
        tool.export("first");
        let victim = tool.path("victim");
        fs::create_dir(&victim).unwrap();
        fs::write(victim.join("checks.jsonl"), "untouched").unwrap();
        let calls = tool.path("state/calls");
        fs::remove_dir_all(&calls).unwrap();
        symlink(&victim, &calls).unwrap();
        let told = |words: &[&str]| {
            let ran = tool.run(words);
            assert!(ran.code != 0 && ran.stderr.contains("is a symbolic link"), "{words:?}: {ran:?}");
        };
        told(&["export"]);
        told(&["stores", "check"]);
        fs::remove_file(&calls).unwrap();
        let journal = tool.path("state/journal.db");
        fs::rename(&journal, victim.join("journal.db")).unwrap();
        symlink(victim.join("journal.db"), &journal).unwrap();
        told(&["export"]);
        assert_eq!(fs::read_to_string(victim.join("checks.jsonl")).unwrap(), "untouched");
        assert_eq!(fs::read_dir(&victim).unwrap().count(), 2);
    }
}
