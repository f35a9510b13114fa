//! The config file and the campaign plan: everything that is wrong is told at once, with its line.

mod form;
mod messages;
mod rules;
mod schema;
mod watch;

use std::collections::BTreeMap;
use std::path::PathBuf;

use couponbook::domain::StoreId;
use couponbook::platforms::PLATFORMS;
use couponbook::settings::{Needs, Reach, Settings, SettingsError};

struct Fixture {
    folder: tempfile::TempDir,
    variables: BTreeMap<&'static str, &'static str>,
}

impl Fixture {
    fn new() -> Self {
        let variables =
            BTreeMap::from([("KEY", "ck_1234"), ("SECRET", "cs_5678"), ("TOKEN", "refresh"), ("BLANK", "  ")]);
        Self { folder: tempfile::tempdir().unwrap(), variables }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("couponbook.toml")
    }

    fn read(&self, config: &str) -> Result<Settings, SettingsError> {
        let read = self.only_read(config);
        if read.is_ok() {
            schema::accepts(config);
        }
        read
    }

    /// The same where it does not matter what the schema says.
    fn only_read(&self, config: &str) -> Result<Settings, SettingsError> {
        std::fs::write(self.file(), config).unwrap();
        Settings::read(&self.file(), PLATFORMS, &|name| self.variables.get(name).map(|value| value.to_string()))
    }

    /// What is said about `config`, whole.
    fn complaint(&self, config: &str) -> String {
        self.read(config).unwrap_err().to_string()
    }
}

#[test]
fn a_keyring_that_never_answers_is_not_waited_for() {
    use couponbook::settings::{KeyringError, answered_within};
    let (limit, long) = (std::time::Duration::from_millis(20), std::time::Duration::from_secs(3_600));
    assert_eq!(answered_within(long, || Ok("a secret".to_string())), Ok("a secret".to_string()));
    assert_eq!(answered_within(long, || Err(KeyringError::NoEntry)), Err(KeyringError::NoEntry));
    let silent = answered_within(limit, move || {
        std::thread::sleep(long);
        Ok("too late".to_string())
    });
    assert_eq!(silent, Err(KeyringError::Silent));
}

#[test]
fn a_secret_can_lie_in_the_keyring_and_a_machine_without_one_says_so() {
    use couponbook::settings::KeyringError;
    let fixture = Fixture::new();
    let config = |entry: &str| {
        format!("{HEAD}{WOO}")
            .replace("consumer_key = { env = \"KEY\" }", &format!("consumer_key = {{ keyring = \"{entry}\" }}"))
    };
    let read_for = |needs: Needs, entry: &str| {
        std::fs::write(fixture.file(), config(entry)).unwrap();
        let keyring = |service: &str, user: &str| match (service, user) {
            ("couponbook", "woo") => Ok("ck_from_the_keyring".to_string()),
            ("silent", _) => Err(KeyringError::Silent),
            ("broken", _) => Err(KeyringError::Unusable("no secret service is running".to_string())),
            _ => Err(KeyringError::NoEntry),
        };
        Settings::read_with(
            needs,
            &fixture.file(),
            PLATFORMS,
            &|name| fixture.variables.get(name).map(|value| value.to_string()),
            &keyring,
        )
        .unwrap()
        .stores
        .remove(0)
        .reach
    };
    for entry in ["couponbook/woo", "woo"] {
        let Reach::Platform(account) = read_for(Needs::ALL, entry) else { panic!("no account") };
        assert!(!format!("{account:?}").contains("ck_from_the_keyring"));
    }
    let why = |entry: &str| match read_for(Needs::ALL, entry) {
        Reach::Locked { why, .. } => why,
        reach => panic!("{reach:?}"),
    };
    let missing = why("couponbook/wo");
    assert!(missing.contains("consumer_key: the keyring has no such entry: couponbook/wo; put it there"), "{missing}");
    let silent = why("silent/woo");
    assert!(silent.contains("consumer_key: the keyring of this machine does not answer: silent/woo; open"), "{silent}");
    assert!(silent.contains("env = ") && silent.contains("file = "), "{silent}");
    let unusable = why("broken/woo");
    assert!(unusable.contains("cannot be used (no secret service is running)"), "{unusable}");
    assert!(unusable.contains("env = "), "{unusable}");
    let Reach::Locked { why, .. } = read_for(Needs::ARCHIVE, "broken/woo") else { panic!("a secret was looked up") };
    assert_eq!(why, "(not looked up)");
}

const HEAD: &str = "team_time_zone = \"Asia/Singapore\"\n";
const WOO: &str = r#"
[[store]]
id = "woo-de-1"
platform = "woocommerce"
endpoint = "https://shop.example"
currency = "EUR"
time_zone = "Europe/Berlin"
consumer_key = { env = "KEY" }
consumer_secret = { env = "SECRET" }
"#;
const SHOPEE: &str = r#"
[[store]]
id = "shopee-sg-1"
platform = "shopee"
currency = "SGD"
time_zone = "Asia/Singapore"
shop_id = 209920112
partner_id = 2001887
partner_key = { env = "KEY" }
refresh_token = { env = "TOKEN" }
"#;

#[test]
fn a_config_with_a_store_on_each_platform_is_read() {
    let fixture = Fixture::new();
    let settings = fixture.read(&format!("{HEAD}{WOO}{SHOPEE}")).unwrap();
    let ids: Vec<_> = settings.stores.iter().map(|store| store.store.id.as_str()).collect();
    assert_eq!(ids, ["woo-de-1", "shopee-sg-1"], "in the config's order");
    let shops: Vec<_> = settings.stores.iter().map(|store| store.store.shop.as_str()).collect();
    assert_eq!(shops, ["https://shop.example", "209920112"]);
    assert!(settings.stores.iter().all(|store| matches!(store.reach, Reach::Platform(_))));
    assert_eq!(settings.journal_path(), fixture.folder.path().join("state").join("journal.db"));
    let shown = format!("{settings:?}");
    assert!(!shown.contains("ck_1234") && !shown.contains("cs_5678"), "secrets never print");
}

#[test]
fn each_mistake_in_a_config_is_told_with_its_file_its_line_and_what_would_be_right() {
    let with = |from: &str, to: &str| format!("{HEAD}{WOO}").replacen(from, to, 1);
    let table: Vec<(String, &[&str])> = vec![
        (
            with("consumer_key", "costumer_key"),
            &[":9:1: ", "unknown key `costumer_key` in [[store]]", "write `consumer_key`"],
        ),
        (with("team_time_zone", "time_zone"), &[":1:1: ", "unknown key `time_zone`", "write `team_time_zone`"]),
        (with("Europe/Berlin", "Europe/Berlim"), &[":8:", "\"Europe/Berlim\" is not a time zone", "Asia/Singapore"]),
        (with("Asia/Singapore", "SGT+8"), &[":1:", "\"SGT+8\" is not a time zone"]),
        (with("{ env = \"KEY\" }", "\"ck_abcdef\""), &[":9:", "consumer_key is written out", "{ env = "]),
        (with("{ env = \"KEY\" }", "{ env = \"KEY\", file = \"key\" }"), &[":9:", "names no single place"]),
        (
            with("consumer_key = { env = \"KEY\" }\n", ""),
            &[
                ":4:",
                "consumer_key is missing",
                "add consumer_key, such as consumer_key = { env = \"WOO_US_1_KEY\" } (made in the shop)",
                "couponbook init",
            ],
        ),
        (with("\"EUR\"", "\"EURO\""), &[":7:", "EURO"]),
        (with("woocommerce", "wookommerce"), &[":5:", "\"wookommerce\" is not a platform", "write woocommerce"]),
        (with("woo-de-1", "Woo DE 1"), &[":4:", "Woo DE 1", "a-z"]),
        (with("https://shop.example", "shop.example"), &[":6:", "\"shop.example\" is not an address", "https://"]),
        (format!("{HEAD}{WOO}{WOO}"), &[":13:", "two stores are called woo-de-1"]),
        (HEAD.to_string(), &["there is no store", "[[store]]"]),
        (
            with("team_time_zone = \"Asia/Singapore\"\n", ""),
            &["missing key `team_time_zone`; add it, such as team_time_zone = \"Asia/Singapore\""],
        ),
        (with("\"EUR\"", "EUR"), &[":7:"]),
    ];
    for (config, says) in table {
        let fixture = Fixture::new();
        let told = fixture.complaint(&config);
        assert!(told.contains("couponbook.toml"), "{told}");
        for words in says {
            assert!(told.contains(words), "{words:?} is not in\n{told}");
        }
        assert!(!told.contains("ck_"), "a secret is never repeated: {told}");
    }
}

#[test]
fn a_missing_secret_costs_its_own_store_and_is_told_with_its_place_and_what_would_be_right() {
    for (from, says) in [
        ("{ env = \"NOBODY\" }", ["the environment variable NOBODY is not set", "set NOBODY"]),
        ("{ env = \"BLANK\" }", ["consumer_key is empty", "put the secret"]),
        ("{ file = \"absent\" }", ["absent", "cannot be read"]),
    ] {
        let fixture = Fixture::new();
        let settings = fixture.read(&format!("{HEAD}{}{SHOPEE}", WOO.replacen("{ env = \"KEY\" }", from, 1))).unwrap();
        let [woo, shopee] = settings.stores.as_slice() else { panic!("two stores") };
        let Reach::Locked { why, .. } = &woo.reach else { panic!("{:?}", woo.reach) };
        assert!(why.contains("couponbook.toml:9: ") && says.iter().all(|words| why.contains(words)), "{why}");
        assert!(matches!(shopee.reach, Reach::Platform(_)), "{:?}", shopee.reach);
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let told = Fixture::new()
        .complaint(&format!("{HEAD}{WOO}").replace("Berlin", "Berlim").replace("{ env = \"KEY\" }", "\"ck_1\""));
    assert!(told.starts_with("2 things in the settings need fixing"), "{told}");
    assert!(told.contains("Berlim") && told.contains("consumer_key is written out"), "{told}");
}

#[test]
fn two_stores_on_one_shop_are_refused_however_the_address_is_spelled() {
    let fixture = Fixture::new();
    for spelling in ["https://shop.example", "https://SHOP.example/", "https://shop.example:443"] {
        let duplicate = WOO.replace("woo-de-1", "woo-de-2").replace("https://shop.example", spelling);
        let told = fixture.complaint(&format!("{HEAD}{WOO}{duplicate}"));
        assert!(told.contains(":13: woo-de-2 is the same shop as woo-de-1"), "{spelling}: {told}");
    }
    let duplicate = SHOPEE.replace("shopee-sg-1", "shopee-sg-2");
    assert!(fixture.complaint(&format!("{HEAD}{SHOPEE}{duplicate}")).contains("is the same shop as shopee-sg-1"));
}

/// Windows has no modes; the rights of the user's folder hold.
#[cfg(unix)]
#[test]
fn a_secret_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    let file = fixture.folder.path().join("key");
    std::fs::write(&file, "ck_1234\n").unwrap();
    let config = format!("{HEAD}{WOO}").replace("{ env = \"KEY\" }", "{ file = \"key\" }");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let reach = || fixture.read(&config).unwrap().stores.remove(0).reach;
    let Reach::Locked { why, .. } = reach() else { panic!("it was read") };
    assert!(why.contains("others can read the file") && why.contains("chmod 600"), "{why}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(reach(), Reach::Platform(_)));
}

#[test]
fn a_secret_file_that_powershell_or_notepad_saved_holds_the_same_secret() {
    let fixture = Fixture::new();
    let file = fixture.folder.path().join("key");
    let config = format!("{HEAD}{WOO}").replace("{ env = \"KEY\" }", "{ file = \"key\" }");
    let account = || match fixture.read(&config).unwrap().stores.remove(0).reach {
        Reach::Platform(account) => Ok(format!("{account:?}")),
        Reach::Locked { why, .. } => Err(why),
        Reach::Sandbox => panic!("a real shop"),
    };
    let utf16: Vec<u8> = "\u{feff}ck_1234\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [b"ck_1234".to_vec(), b"\xef\xbb\xbfck_1234\r\n".to_vec(), utf16] {
        std::fs::write(&file, bytes).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let told = account().unwrap();
        assert!(!told.contains("ck_1234"), "{told}");
    }
    std::fs::write(&file, b"ck_\xff\xfe").unwrap();
    assert!(account().unwrap_err().contains("is no text"));
}

#[test]
fn a_store_is_not_called_as_windows_calls_a_device() {
    for id in ["con", "nul", "aux", "com1", "lpt9", "prn", "con.txt", "a."] {
        assert!(StoreId::parse(id).is_err(), "{id}");
    }
    for id in ["console", "com", "com10", "a.b", "lazada-sg-1"] {
        assert!(StoreId::parse(id).is_ok(), "{id}");
    }
}

#[test]
fn a_config_that_notepad_saved_is_read_and_one_that_is_absent_is_told() {
    let fixture = Fixture::new();
    fixture.read(&format!("\u{feff}{HEAD}{WOO}").replace('\n', "\r\n")).unwrap();
    let error =
        Settings::read(&fixture.folder.path().join("other.toml"), PLATFORMS, &|_| None).unwrap_err().to_string();
    assert!(error.contains("other.toml: there is no such config file; make one with `couponbook init`"), "{error}");
}

#[test]
fn a_campaign_plan_as_excel_saves_it_is_read() {
    let fixture = Fixture::new();
    let plan = "\u{feff}Campaign;Starts;Ends;Coupons;Min spend from;Currency\r\nBlack Friday;2026-11-20;2026-11-30;BF*;25.50;SGD\r\n;;;;;\r\n";
    std::fs::write(fixture.folder.path().join("campaigns.csv"), plan).unwrap();
    fixture.read(&format!("{HEAD}campaigns = \"campaigns.csv\"\n{WOO}")).unwrap();
    std::fs::remove_file(fixture.folder.path().join("campaigns.csv")).unwrap();
    let told = fixture.complaint(&format!("{HEAD}campaigns = \"campaigns.csv\"\n{WOO}"));
    assert!(told.contains("the campaign plan cannot be read"), "{told}");
}
