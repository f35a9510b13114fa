//! Stores from the config and from a list: one set of checks, every complaint with its place.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::platform;
use crate::program::run_words;
use chrono::Utc;
use couponbook::platforms::PLATFORMS;
use couponbook::settings::{Reach, Settings, SettingsError};

#[path = "settings/check.rs"]
mod check;

const CONFIG: &str = "team_time_zone = \"Asia/Singapore\"\nstores_file = \"stores.csv\"\n";

/// A folder with a config and a list of stores.
pub struct Team {
    folder: tempfile::TempDir,
}

impl Team {
    pub fn new(config: &str, list: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("couponbook.toml"), config).unwrap();
        std::fs::write(folder.path().join("stores.csv"), list).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn settings(&self) -> Result<Settings, SettingsError> {
        Settings::read(&self.path("couponbook.toml"), PLATFORMS, &|name| {
            name.starts_with("KEY").then(|| format!("secret-{name}"))
        })
    }

    /// Each complaint without the folder.
    fn complaints(&self) -> Vec<String> {
        let error = self.settings().expect_err("the settings are taken");
        let folder = format!("{}{}", self.folder.path().display(), std::path::MAIN_SEPARATOR);
        error.problems.iter().map(|problem| problem.to_string().replace(&folder, "")).collect()
    }

    /// Exit code, stdout, stderr.
    pub fn run(&self, words: &[&str]) -> (u8, String, String) {
        let (stdout, stderr) = (Kept::default(), Kept::default());
        // The mock shops' answers carry the date of this machine, and a check compares the clocks.
        let world = crate::program::world(Arc::new(Utc::now), stdout.clone(), stderr.clone());
        let config = self.path("couponbook.toml").display().to_string();
        let code = run_words(["couponbook", "--config", &config].iter().chain(words), &world);
        (code, stdout.text(), stderr.text())
    }
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn ids(settings: &Settings) -> Vec<&str> {
    settings.stores.iter().map(|store| store.store.id.as_str()).collect()
}

const HEADER: &str = "id,platform,currency,time_zone,endpoint";

#[test]
fn stores_come_from_a_list_in_any_column_order_and_case_beside_those_of_the_config() {
    let config = format!(
        "{CONFIG}[[store]]\nid = \"woo-de-1\"\nplatform = \"woocommerce\"\nendpoint = \"sandbox\"\n\
         currency = \"EUR\"\ntime_zone = \"Europe/Berlin\"\n"
    );
    let list = "Time Zone,Currency,ID,Platform,shop_id,partner-id,partner_key,refresh_token,Tags,Owner,access,calls_at_once\n\
        Asia/Singapore,SGD,shopee-sg-1,Shopee,14701711,2001887,env:KEY,env: KEY_2,new | fast|,Mei,read-only,3\n\
        \n\
        ,,,,,,,,,,,\n\
        Asia/Manila,PHP,shopee-ph-1,shopee,14701712,2001887,ENV:KEY,env:KEY_3,,,,\n";
    let team = Team::new(&config, list);
    let settings = team.settings().unwrap();
    assert_eq!(ids(&settings), ["woo-de-1", "shopee-sg-1", "shopee-ph-1"]);
    let first = &settings.stores[1];
    assert_eq!((first.store.platform, first.store.access.word()), (platform::SHOPEE, "read only"));
    assert_eq!((first.tags.join(" "), first.store.owner.as_deref()), ("new fast".to_string(), Some("Mei")));
    let Reach::Platform(account) = &first.reach else { panic!() };
    assert_eq!((account.store.shop.as_str(), account.pace.in_flight), ("14701711", Some(3)));
    assert_eq!(settings.stores[2].store.owner, None);
}

#[test]
fn a_list_is_read_however_an_office_program_saved_it() {
    let row = "shopee-sg-1,shopee,SGD,Asia/Singapore,sandbox";
    for (list, how) in [
        (format!("\u{feff}{HEADER}\r\n{row}\r\n"), "byte order mark and Windows line ends"),
        (format!("{HEADER}\n{row}").replace(',', ";"), "semicolons, no line end"),
        (format!("{HEADER}\n{row}\n").replace(',', "\t"), "tabs"),
        (format!("{HEADER}\n\"{}\"\n", row.replace(',', "\",\"")), "quotes"),
    ] {
        assert_eq!(ids(&Team::new(CONFIG, list).settings().unwrap()), ["shopee-sg-1"], "{how}");
    }
}

#[test]
fn every_complaint_about_a_list_names_line_and_column_and_all_are_told_at_once() {
    let list = format!(
        "{HEADER},partner_key,shop_id,partner_id,refresh_token,allow_http,access,calls_at_once\r\n\
         s 1,shopee,SGD,Asia/Singapore,sandbox,,,,,,,\r\n\
         \r\n\
         s-2,shoppe,RMB,Asia/Singapore,sandbox,,,,,,,\r\n\
         s-3,shopee,SG,Asia/Singapur,sandbox,,,,,,,\r\n\
         s-4,shopee,SGD,Asia/Singapore,,do-not-show-this,1,2,env:KEY,,,\r\n\
         s-5,shopee,SGD,Asia/Singapore,,env:NOT_SET,2,2,file:nowhere,,,\r\n\
         s-6,shopee,,Asia/Singapore,sandbox,,,,,perhaps,write,many\r\n\
         s-7,shopee,SGD,Asia/Singapore,,env:KEY,1.47E+18,2,env:KEY,,,\r\n\
         s-8,shopee,SGD\r\n\
         s-9,shopee,SGD,Asia/Singapore,,env:KEY,,2,env:KEY,,,\r\n\
         s-10,shopee,SGD,Asia/Singapore,,env:KEY,10,2,env:KEY,,,1.000\r\n"
    );
    let complaints = Team::new(CONFIG, list).complaints();
    let has = |beginning: &str, rest: &str| {
        let found = complaints.iter().any(|line| line.starts_with(beginning) && line.contains(rest));
        assert!(found, "{beginning} … {rest}: {complaints:#?}");
    };
    has("stores.csv:2: id: ", "s 1");
    has("stores.csv:4: platform: \"shoppe\" is not a platform; write shopee", "");
    has("stores.csv:4: currency: ", "\"RMB\" is not a currency: write CNY");
    has("stores.csv:5: currency: ", "SG");
    has("stores.csv:5: time_zone: \"Asia/Singapur\" is not a time zone", "");
    has(
        "stores.csv:6: store s-4: partner_key is written out; write env:SOME_VARIABLE, file:secrets/partner_key or",
        "keyring:",
    );
    has("stores.csv:8: currency is empty", "");
    has("stores.csv:8: allow_http: \"perhaps\" cannot be read; write true or false", "");
    has("stores.csv:8: access: \"write\" is not a kind of access; write one of read-write, read-only", "");
    has("stores.csv:8: calls_at_once is \"many\"; write a whole number from 1 to 256", "");
    has("stores.csv:9: shop_id: \"1.47E+18\" cannot be read; an office program shortened it", "");
    has("stores.csv:10: time_zone is empty", "");
    has("stores.csv:11: store s-9: shop_id is missing", "");
    // In a table this may be a thousand.
    has("stores.csv:12: calls_at_once is 1.000; write a whole number from 1 to 256", "");
    assert_eq!(complaints.len(), 14, "{complaints:#?}");
    assert!(!complaints.iter().any(|line| line.contains("do-not-show-this")), "{complaints:#?}");
}

#[test]
fn a_header_that_is_not_understood_is_refused_with_the_columns() {
    for (list, wanted) in [
        (
            "id,platform,currency,time_zone,colour\n".to_string(),
            "stores.csv:1: unknown column \"colour\"; the columns are id",
        ),
        ("id,platform,currency\n".to_string(), "stores.csv:1: the column time_zone is missing; the columns are id"),
        (format!("{HEADER},ID\n"), "stores.csv:1: the column id stands there twice"),
        (format!("{HEADER}\n"), "stores.csv: the list of stores has no row"),
        (
            String::new(),
            "stores.csv: the list of stores is empty; begin it with a line of column names: id,platform,currency,time_zone",
        ),
        ("owner\n".to_string(), "stores.csv:1: the columns id, platform, currency, time_zone are missing"),
    ] {
        let complaints = Team::new(CONFIG, &list).complaints();
        assert!(complaints[0].starts_with(wanted), "{list:?}: {complaints:#?}");
    }
    let complaints = Team::new(CONFIG, b"id,platform,currency,time_zone\nK\xf6ln,,,\n").complaints();
    assert_eq!(complaints, ["stores.csv: the list of stores is not UTF-8 text; save it as \"CSV UTF-8\""]);
    let complaints = Team::new(&CONFIG.replace("stores.csv", "list.csv"), "").complaints();
    assert!(complaints[0].starts_with("list.csv: the list of stores cannot be read: "), "{complaints:#?}");
    assert!(complaints[0].ends_with("check `stores_file` in the config, or leave it out"), "{complaints:#?}");
}

#[test]
fn the_columns_of_a_list_are_the_keys_of_a_store_in_the_config() {
    let quoted =
        |text: &str, mark: char| -> Vec<String> { text.split(mark).skip(1).step_by(2).map(str::to_string).collect() };
    let unknown = Team::new("team_time_zone = \"UTC\"\n[[store]]\nid = \"a\"\ncolour = \"red\"\n", "").complaints();
    let unknown = unknown.iter().find(|line| line.contains("unknown key `colour`")).unwrap();
    let mut keys = quoted(unknown.split_once("; ").unwrap().1, '`');
    let told = Team::new(CONFIG, "colour\n").complaints();
    let told = told[0].split_once("the columns are ").unwrap().1;
    let mut columns: Vec<String> = told.split(", ").map(str::to_string).collect();
    keys.sort();
    columns.sort();
    assert_eq!(columns, keys);
}

#[test]
fn two_stores_of_one_name_or_on_one_shop_are_refused_across_config_and_list() {
    let config = format!(
        "{CONFIG}[[store]]\nid = \"shopee-sg-1\"\nplatform = \"shopee\"\nshop_id = 1\npartner_id = 2\n\
         partner_key = {{ env = \"KEY\" }}\nrefresh_token = {{ env = \"KEY\" }}\ncurrency = \"SGD\"\n\
         time_zone = \"Asia/Singapore\"\n"
    );
    let list = format!(
        "{HEADER},shop_id,partner_id,partner_key,refresh_token\n\
         shopee-sg-1,shopee,SGD,Asia/Singapore,,9,2,env:KEY,env:KEY\n\
         shopee-sg-2,shopee,SGD,Asia/Singapore,,1,2,env:KEY,env:KEY\n\
         shopee-sg-2,shopee,SGD,Asia/Singapore,sandbox,,,,\n"
    );
    let complaints = Team::new(&config, list).complaints();
    let expected = [
        (
            "stores.csv:2: two stores are called shopee-sg-1; give each an id of its own; the other is at ",
            "couponbook.toml:4",
        ),
        ("stores.csv:3: shopee-sg-2 is the same shop as shopee-sg-1; keep one of them", "stores.csv:2"),
        (
            "stores.csv:4: two stores are called shopee-sg-2; give each an id of its own; the other is at ",
            "stores.csv:3",
        ),
    ];
    assert_eq!(complaints.len(), expected.len(), "{complaints:#?}");
    for (line, (beginning, end)) in complaints.iter().zip(expected) {
        assert!(line.starts_with(beginning) && line.ends_with(end), "{line}");
    }
}

#[test]
fn without_a_store_the_config_says_where_stores_may_stand() {
    let complaints = Team::new("team_time_zone = \"UTC\"\n", "").complaints();
    assert_eq!(complaints.len(), 1);
    assert!(complaints[0].contains("add a [[store]]") && complaints[0].ends_with("or a stores_file"), "{complaints:?}");
}

fn thousands(count: usize) -> String {
    let row = |number| {
        format!("shop-{number},shopee,SGD,Asia/Singapore,,{number},7,env:KEY,env:KEY_{number},g{},odd|x\n", number % 5)
    };
    let rows: String = (1..=count).map(row).collect();
    format!("{HEADER},shop_id,partner_id,partner_key,refresh_token,group,tags\n{rows}")
}

#[test]
fn five_thousand_stores_come_from_one_list_and_the_first_mistakes_are_told() {
    let team = Team::new(CONFIG, thousands(5000));
    let settings = team.settings().unwrap();
    assert_eq!(settings.stores.len(), 5000);
    assert_eq!(settings.stores[4999].store.shop.as_str(), "5000");
    let same = Team::new(CONFIG, thousands(5000).replace("SGD", "dollars")).settings().unwrap_err();
    assert_eq!(same.problems.len(), 5000);
    assert!(same.to_string().ends_with(" (and 4999 more like it, line 3, 4, 5, 6, 7, …)"), "{same}");
    let error = Team::new(CONFIG, thousands(5000).replace("shop-", "SHOP ")).settings().unwrap_err();
    assert_eq!(error.problems.len(), 5000);
    let told = error.to_string();
    assert_eq!(told.lines().count(), 52, "{told}");
    assert!(told.ends_with("and 4950 more, shown once these are fixed"), "{told}");
}

#[test]
fn five_thousand_stores_of_a_list_are_all_listed() {
    let list = thousands(5000).replace(",,", ",sandbox,");
    let team = Team::new(CONFIG, list);
    let (code, stdout, stderr) = team.run(&["stores", "list"]);
    assert_eq!((code, stdout.lines().count()), (0, 5000), "{stderr}");
    let (code, stdout, _) = team.run(&["stores", "list", "--group", "g3", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, listed.as_array().unwrap().len()), (0, 1000));
}
