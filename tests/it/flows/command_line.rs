//! What every command promises, whatever it does: what it needs, what it says when it fails, where its output goes.

use std::io::Write;

use clap::CommandFactory;
use couponbook::commands::Cli;
use serde_json::Value;

use super::shops::SMALL_SHOPS;
use super::tool::{Tool, text};

const WEEK: &str = "2026-W47";

/// Exported once; afterwards no secret is to be had, and the campaign plan has a mistake.
fn without_keys() -> (Tool, super::shops::Shops, String) {
    let (mut tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let exported = tool.run(["export", "--json"]).exits(0).json();
    tool.environment.clear();
    tool.write("campaigns.csv", "campaign,starts,ends,coupons\nBlack Friday,2026-13-40,2026-11-30,*BF*\n");
    (tool, shops, exported["export"].as_str().unwrap().to_string())
}

#[test]
fn what_calls_no_platform_needs_no_secret_and_says_nothing_of_the_campaign_plan() {
    let (tool, _shops, export) = without_keys();
    let week = tool.path("week.xlsx");
    for words in [
        &["archive", "verify"][..],
        &["archive", "list"],
        &["archive", "show", &export],
        &["archive", "seal", WEEK],
        &["archive", "week", WEEK, "--out", text(&week)],
        &["archive", "export", WEEK],
        &["archive", "prune", "--keep-weeks", "9", "--yes"],
        &["history"],
        &["history", "calls"],
        &["stores"],
        &["stores", "abilities"],
        &["export", "--estimate"],
        &["completions", "bash"],
    ] {
        let ran = tool.run(words).exits(0);
        for word in ["not set", "campaign plan", "campaigns.csv"] {
            assert!(!ran.stderr.contains(word) && !ran.stdout.contains(word), "{words:?}: {ran:?}");
        }
    }
}

#[test]
fn an_estimate_without_secrets_counts_every_store_as_one_with_them_does() {
    let (mut tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    tool.run(["export"]).exits(0);
    let estimate = |tool: &Tool| tool.run(["export", "--estimate", "--json"]).exits(0).json();
    let with = estimate(&tool);
    tool.environment.clear();
    assert_eq!(estimate(&tool), with);
    assert_eq!(with["stores"], 2);
}

#[test]
fn an_estimate_after_an_export_is_what_the_next_one_takes_whatever_the_platforms() {
    let (tool, shops) = Tool::with_shops(SMALL_SHOPS);
    let made = || shops.counts().calls.iter().map(|count| count.requests).sum::<u64>();
    tool.run(["export"]).exits(0);
    let estimate = tool.run(["export", "--estimate", "--json"]).exits(0).json();
    let before = made();
    tool.run(["export"]).exits(0);
    assert_eq!(estimate["calls"], made() - before, "{estimate}");
}

#[test]
fn shops_that_cannot_be_read_leave_no_folder_behind() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    let (scenario, folder) = (tool.path("broken.toml"), tool.path("new-shops"));
    std::fs::write(&scenario, "[[stores]]\nid = \"x\"\n").unwrap();
    tool.run(["sandbox", "--scenario", scenario.to_str().unwrap(), "--dir", folder.to_str().unwrap()]).exits(2);
    assert!(!folder.exists());
}

#[test]
fn a_missing_secret_costs_its_own_store_only() {
    let (mut tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    let missing = tool.environment.keys().find(|name| name.contains("CONSUMER_SECRET")).unwrap().clone();
    tool.environment.remove(&missing);
    let ran = tool.run(["export", "--json"]).exits(0);
    let report = ran.json();
    assert_eq!(
        (&report["stores_loaded"], &report["stores_not_loaded"][0]),
        (&1.into(), &"woo-de-1".into()),
        "{report}"
    );
    tool.run(["export"]).exits(0).says(&[&format!("the environment variable {missing} is not set")]);
    let checked = tool.run(["stores", "check", "--json"]).exits(1).json();
    let of = |store: &str| checked.as_array().unwrap().iter().find(|checked| checked["store"] == store).unwrap();
    assert!(of("woo-de-1")["problems"][0].as_str().unwrap().contains(&missing), "{checked}");
    assert_eq!(of("shopee-sg-1")["reached"], true, "{checked}");
    let status = tool.run(["auth", "status"]).exits(1).says(&["1 store cannot be connected"]).stdout;
    assert!(status.contains("● woo-de-1") && status.contains("✓ shopee-sg-1"), "{status}");
}

#[test]
fn one_reason_for_many_stores_is_told_once_with_their_number() {
    let tool = Tool::in_empty_folder();
    let store = |number: usize| {
        let variable = if number == 5 { "OTHER" } else { "NOT_SET" };
        format!(
            "[[store]]\nid = \"s-{number}\"\nplatform = \"shopee\"\nshop_id = {number}\npartner_id = 7\npartner_key = {{ env = \"{variable}\" }}\n\
             currency = \"SGD\"\ntime_zone = \"Asia/Singapore\"\n"
        )
    };
    let stores: String = (1..=6).map(store).collect();
    tool.write("couponbook.toml", &format!("team_time_zone = \"Asia/Singapore\"\n{stores}"));
    let told = tool.run(["export"]).exits(1).stderr;
    let lines: Vec<&str> = told.lines().filter(|line| line.starts_with('●')).collect();
    let [many, one] = lines.as_slice() else { panic!("{told}") };
    assert!(many.starts_with("● s-1, s-2, s-3 and 2 more did not load: "), "{told}");
    assert!(many.contains("couponbook.toml:7: partner_key: the environment variable NOT_SET is not set"), "{told}");
    assert!(one.starts_with("● s-5 did not load: ") && one.contains("OTHER is not set"), "{told}");
}

#[test]
fn an_error_is_a_document_too_and_never_a_second_one() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    let ran = tool.run(["export", "--platform", "tiktok", "--json"]).exits(2);
    let error = ran.json();
    assert_eq!((&error["exit"], &error["error"]["kind"]), (&2.into(), &"usage".into()), "{error}");
    assert_eq!(error["error"]["message"], "no platform is called tiktok: write tiktok_shop");
    assert!(error["error"]["next"].as_str().unwrap().contains("the platforms are shopee"), "{error}");
    assert!(ran.stderr.contains("error: no platform is called tiktok"), "{}", ran.stderr);

    let misspelled = tool.run(["--json", "export", "--slott", "am"]).exits(2);
    assert!(misspelled.json()["error"]["message"].as_str().unwrap().contains("--slott"), "{misspelled:?}");

    // The document of the command is the one that is promised, also where the command ends badly.
    let bad = tool.run(["export", "--json", "--fail-on", "notice"]).exits(3);
    assert!(bad.json()["export"].is_string(), "{bad:?}");
    assert_eq!(tool.run(["export", "--json", "--store", "none"]).exits(2).json()["exit"], 2);
}

#[test]
fn completions_are_a_document_where_one_is_asked_for() {
    let tool = Tool::in_empty_folder();
    let script = tool.run(["completions", "bash"]).exits(0).stdout;
    let document = tool.run(["completions", "bash", "--json"]).exits(0).json();
    assert_eq!(document["script"].as_str().unwrap().trim_end(), script.trim_end());
    assert_eq!(document["shell"], Value::from("bash"));
}

/// Takes nothing, for this reason.
struct Refusing(std::io::ErrorKind);

impl Write for Refusing {
    fn write(&mut self, _bytes: &[u8]) -> std::io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn output_that_cannot_be_written_is_an_error_and_a_closed_pipe_is_not() {
    let tool = Tool::in_empty_folder();
    for words in
        [&["stores", "abilities"][..], &["stores", "abilities", "--json"], &["completions", "bash"], &["--help"]]
    {
        let all = [&["couponbook"], words].concat();
        let world = |kind| crate::program::world(tool.clock.clone(), Refusing(kind), std::io::sink());
        assert_eq!(crate::program::run_words(&all, &world(std::io::ErrorKind::StorageFull)), 1, "{words:?}");
        assert_eq!(crate::program::run_words(&all, &world(std::io::ErrorKind::BrokenPipe)), 0, "{words:?}");
    }
}

#[test]
fn a_warning_that_goes_to_a_file_has_no_colours() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    std::fs::create_dir_all(tool.path("state")).unwrap();
    tool.write("state/quota", "no folder");
    let ran = tool.process(&["export"]).output().unwrap();
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(told.contains("are not counted") && !told.contains('\u{1b}'), "{told}");
}

/// Only Linux has a device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_on_stderr_by_the_real_program() {
    let tool = Tool::in_empty_folder();
    for words in [&["stores", "abilities", "--json"][..], &["export", "--help"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = tool.process(words).stdout(std::process::Stdio::from(full)).output().unwrap();
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert_eq!(ran.status.code(), Some(1), "{words:?}: {told}");
        assert!(told.contains("cannot be written to stdout") && told.contains("No space left"), "{told}");
    }
}

/// Every command, its subcommands too, with its name as it is typed.
fn commands() -> Vec<(String, clap::Command)> {
    fn below(name: &str, command: &clap::Command, found: &mut Vec<(String, clap::Command)>) {
        found.push((name.to_string(), command.clone()));
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            below(&format!("{name} {}", inner.get_name()), inner, found);
        }
    }
    let mut all = Cli::command();
    all.build();
    let mut found = Vec::new();
    below("couponbook", &all, &mut found);
    found
}

/// The words of an example as a shell hands them on.
fn typed(example: &str) -> Vec<String> {
    let command = example.split(" #").next().unwrap().split(" > ").next().unwrap();
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for letter in command.trim().chars() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn each_command_shows_two_examples_at_least_that_it_understands() {
    for (name, command) in commands() {
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let examples: Vec<&str> = after.lines().map(str::trim).filter(|line| line.starts_with("couponbook ")).collect();
        assert!(after.starts_with("Examples") && examples.len() >= 2, "{name}: {after}");
        for example in examples {
            assert!(example.starts_with(&name), "{example:?} is in the help of {name}");
            match Cli::command().try_get_matches_from(typed(example)) {
                Ok(_) => {}
                Err(error) => assert_eq!(error.kind(), clap::error::ErrorKind::DisplayHelp, "{example}: {error}"),
            }
        }
    }
}

#[test]
fn help_shows_a_commands_own_options_first_and_those_of_all_commands_last() {
    for (name, mut command) in commands() {
        let help = command.render_help().to_string();
        let (own, common) = help.split_once("Common options:\n").unwrap();
        let (common, _) = common.split_once("\n\n").unwrap();
        for option in ["--config", "--json", "--quiet", "--verbose", "--help", "--version"] {
            assert!(common.contains(option) && !own.contains(&format!("{option} ")), "{name}: {option}\n{help}");
        }
        assert_eq!(common.lines().count(), 6, "{name}:\n{help}");
    }
}

#[test]
fn a_workbook_is_written_under_a_name_that_office_programs_open() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    let out = tool.path("today.ods");
    for words in [&["export"][..], &["history"], &["archive", "week", WEEK]] {
        tool.run([words, &["--out", text(&out)]].concat()).exits(2).says(&["its name ends in .xlsx"]);
    }
    assert!(!out.exists());
}

#[test]
fn init_says_where_its_replies_lie_seen_from_the_config() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    let letters = tool.run(["init", text(&tool.path("letters")), "--messages"]).exits(0).stdout;
    assert!(letters.contains("templates = ") && tool.path("letters/messages/zh-CN/export.txt").exists(), "{letters}");
    let told = tool.run(["init", text(&tool.path("texts")), "--replies"]).exits(0).stdout;
    let (_, line) = told.split_once('`').unwrap();
    let (line, _) = line.split_once('`').unwrap();
    assert_eq!(line.replace('\\', "/"), "replies = 'texts/replies'");
    tool.configure("campaigns = ", &format!("{line}\ncampaigns = "));
    tool.write("texts/replies/expired.en.txt", "Sorry, {{ nothing_of_the_kind }} is over.");
    tool.run(["export"]).exits(0).says(&["expired.en.txt"]);
}

#[test]
fn calls_of_a_store_that_nobody_knows_are_not_told_as_none() {
    let (tool, _shops) = Tool::with_shops(SMALL_SHOPS);
    tool.run(["export"]).exits(0);
    tool.run(["history", "calls", "--store", "shopee-sg-2"])
        .exits(2)
        .says(&["no store is called shopee-sg-2: write shopee-sg-1"]);
    let none = tool.run(["history", "calls", "--store", "shopee-sg-1", "--since", "2026-11-25"]).exits(0).stdout;
    assert_eq!(none, "No such call in the archive.\n");
}
