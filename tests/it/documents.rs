//! What the documents say is what the program does.

use clap::CommandFactory;
use couponbook::platforms::PLATFORMS;
use std::path::Path;

use crate::flows::tool::Tool;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn the_documents_show_the_very_abilities_that_plans_are_made_with() {
    let readme = read("docs/abilities.md");
    let (_, rest) = readme.split_once("documents.rs compares -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- end of abilities -->").unwrap();
    let known: Vec<_> = PLATFORMS.entries().map(|entry| entry.abilities).collect();
    assert_eq!(
        shown.trim(),
        couponbook::commands::abilities_markdown(&known).trim(),
        "paste the right side into docs/abilities.md"
    );
}

#[test]
fn the_documents_show_which_action_uses_which_column_as_the_reader_reads_them() {
    let readme = read("docs/actions.md");
    let (_, rest) = readme.split_once("documents.rs compares these too -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- end of actions -->").unwrap();
    let table = couponbook::workbook::write::actions_markdown();
    assert_eq!(shown.trim(), table.trim(), "paste the right side into docs/actions.md");
}

#[test]
fn ci_runs_the_test_command_that_the_readme_gives() {
    assert!(read("README.md").contains("\ncargo test  "));
    assert!(read(".ci/run").contains("step cargo test --locked"));
}

/// Every link of `page` to a file of ours, from that page's own folder.
fn links(page: &str) -> Vec<String> {
    let text = read(page);
    let targets = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap().split('#').next().unwrap());
    let ours = targets.filter(|target| !target.is_empty() && !target.contains("://"));
    let folder = Path::new(page).parent().unwrap();
    ours.map(|target| folder.join(target).display().to_string()).collect()
}

#[test]
fn every_page_of_docs_is_linked_from_the_readme_and_no_link_leads_nowhere() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(folder.join("docs")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages: Vec<String> = names.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")).collect();
    let from_readme = links("README.md");
    for page in &pages {
        assert!(from_readme.contains(page), "{page} is not linked from README.md");
    }
    let others = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"];
    let chinese = ["docs/zh-CN/day-of-a-manager.md", "docs/zh-CN/day-of-an-operator.md"];
    for page in pages.iter().map(String::as_str).chain(others).chain(chinese) {
        for target in links(page) {
            assert!(folder.join(&target).exists(), "{page} links to {target}, which is not there");
        }
    }
}

/// All that the program may say in English: its sources, and the messages.
fn words_of_the_program() -> String {
    fn gather(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => gather(&path, text),
                // A sentence goes on behind a backslash at the end of a line.
                false => {
                    text.push_str(&std::fs::read_to_string(&path).unwrap().replace("\\\n", "\n").replace('\n', " "))
                }
            }
        }
    }
    let mut text = String::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    gather(&folder.join("src"), &mut text);
    gather(&folder.join("templates/language/en"), &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_page_on_recovery_quotes_what_the_program_says() {
    let (page, words) = (read("docs/recovery.md"), words_of_the_program());
    for sentence in [
        "has not come to its end",
        "an earlier renewal of its sign-in was interrupted",
        "and what the platform gave then never came to the disk",
        "the disk is full; make room and try again: what was begun is known, and nothing is done twice",
        "make room on that disk, and run the same command again: what was kept before is whole, and nothing is done twice",
        "the shop is not linked to the app any more; authorize it again",
        "Nothing was changed. Fix the store's connection and hand this file back.",
        "that the journal of this machine does not know",
        "nothing was sent, since what they did would be done again",
        "the same workbook applied again asks the platforms, and repeats nothing.",
        "what this machine remembers of the chain was shortened or lost",
        "seconds behind the shop's; set it right",
        "what ends today or soon may be told wrongly",
        "nothing is sent while the clocks differ",
        "this computer's clock is wrong; set it and try again",
    ] {
        assert!(page.contains(sentence), "docs/recovery.md does not say: {sentence}");
        assert!(words.contains(sentence), "the program does not say: {sentence}");
    }
}

#[test]
fn the_architecture_page_names_every_room() {
    let page = read("ARCHITECTURE.md");
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().trim_end_matches(".rs").to_string();
        assert!(
            ["main", "lib"].contains(&name.as_str()) || page.contains(&format!("`{name}`")),
            "{name} is not in ARCHITECTURE.md"
        );
    }
}

#[test]
fn the_exit_codes_are_told_alike_in_the_help_and_on_the_page_of_commands() {
    let help = couponbook::commands::Cli::command().get_after_help().unwrap().to_string();
    let (_, codes) = help.split_once("Exit codes:\n").unwrap();
    let told: Vec<String> = codes.lines().map(|line| line.trim().replacen("  ", " | ", 1)).collect();
    let page = read("docs/commands.md").replace('`', "");
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit());
    let shown: Vec<&str> = rows.map(|line| line.trim_matches(['|', ' '])).collect();
    assert_eq!(shown, told);
}

/// The blocks of a page between ```toml and ```.
fn examples(page: &str) -> Vec<String> {
    page.split("```toml\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0.to_string())).collect()
}

#[test]
fn every_platform_has_a_page_whose_example_the_program_reads() {
    for entry in PLATFORMS.entries() {
        let word = entry.abilities.platform.word();
        let examples = examples(&read(&format!("docs/platforms/{word}.md")));
        assert!(!examples.is_empty(), "{word}");
        for example in examples {
            let tool = Tool::in_empty_folder();
            std::fs::write(tool.path("couponbook.toml"), format!("team_time_zone = \"Asia/Singapore\"\n{example}"))
                .unwrap();
            let stores = tool.run(["stores", "--json"]).exits(0).json();
            let stores = stores.as_array().unwrap();
            assert_eq!(stores.len(), example.matches("[[store]]").count(), "{word}");
            assert!(stores.iter().all(|store| store["platform"] == word), "{word}: {stores:?}");
        }
    }
}

/// Every command below `command`, as the shell names its page.
fn page_names(command: &clap::Command, name: &str, found: &mut Vec<(String, String)>) {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    found.push((format!("{name}.1"), about));
    for below in command.get_subcommands() {
        page_names(below, &format!("{name}-{}", below.get_name()), found);
    }
}

#[test]
fn every_command_has_a_manual_page_that_says_what_it_does() {
    let tool = Tool::in_empty_folder();
    let folder = tool.path("man");
    for _ in 0..2 {
        // Again over those of an earlier version.
        tool.run(["man", folder.to_str().unwrap()]).exits(0);
    }
    let mut commands = Vec::new();
    page_names(&couponbook::commands::Cli::command(), "couponbook", &mut commands);
    assert!(commands.len() >= 40, "{commands:?}");
    for (name, about) in &commands {
        let page = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let plain = page.replace("\\-", "-").replace("\\*(Aq", "'").replace("\\&", "");
        let begins: String = about.split([',', '`', ';', ':']).next().unwrap().to_string();
        assert!(plain.contains(begins.trim()), "{name} does not say {begins:?}:\n{plain}");
        assert!(plain.contains(".SH \"COMMON OPTIONS\""), "{name}");
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), commands.len(), "no page of what is no command");
}
