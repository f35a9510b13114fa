//! `auth login` and `auth status` as a user types them, against mock platforms on loopback.

use std::io::Write;
use std::sync::{Arc, Mutex};

use crate::platform;
use crate::program::run_words;
use chrono::{DateTime, Duration, Utc};
use couponbook::commands::World;
use couponbook::domain::Timestamp;
use couponbook::sandbox::{Running, Sandbox, Scenario};
use serde_json::Value;

fn noon() -> Timestamp {
    DateTime::parse_from_rfc3339("2026-11-22T04:00:00Z").unwrap().with_timezone(&Utc)
}

/// Lazada's sign-ins end in five days here.
const SHOPS: &str = r#"
[sandbox]
lazada_refresh_token_seconds = 432000
[[stores]]
id = "shopee"
platform = "shopee"
region = "SG"
name = "Lumi Home"
[[stores]]
id = "lazada"
platform = "lazada"
region = "SG"
name = "Lumi Home"
"#;
const TIKTOK: &str = r#"
[[stores]]
id = "tiktok"
platform = "tiktok_shop"
region = "SG"
name = "Lumi Home"
"#;

/// What a run printed, readable while it still runs.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Fixture {
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    running: Running,
}

struct Ran {
    code: u8,
    out: String,
    err: String,
}

impl Fixture {
    fn new() -> Self {
        Self::of(SHOPS)
    }

    fn of(shops: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let sandbox_folder = folder.path().join("pretend");
        std::fs::create_dir(&sandbox_folder).unwrap();
        let sandbox = Sandbox::create(&sandbox_folder, &Scenario::parse(shops, "auth.toml", noon()).unwrap()).unwrap();
        let running = runtime.block_on(sandbox.serve("127.0.0.1:0".parse().unwrap(), Arc::new(noon))).unwrap();
        let fixture = Self { folder, runtime, running };
        std::fs::write(fixture.config(), fixture.config_text()).unwrap();
        fixture
    }

    /// As a seller who takes the app's rights back.
    fn revoke(&self, store: &str) {
        self.running.sandbox().expire_tokens(Some(store), true, noon()).unwrap();
    }

    fn config(&self) -> std::path::PathBuf {
        self.folder.path().join("couponbook.toml")
    }

    fn config_text(&self) -> String {
        let mut text = "team_time_zone = \"Asia/Singapore\"\n".to_string();
        for access in self.running.sandbox().stores().unwrap() {
            let key = |name: &str| access.sign_in.text(name).unwrap();
            let keys = match access.platform {
                platform::SHOPEE => format!(
                    "shop_id = \"{}\"\npartner_id = \"{}\"\npartner_key = {{ env = \"PARTNER_KEY\" }}",
                    key("shop_id"),
                    key("partner_id"),
                ),
                platform::LAZADA => format!(
                    "country = \"sg\"\nseller_id = \"{}\"\napp_key = \"{}\"\napp_secret = {{ env = \"APP_SECRET\" }}",
                    key("seller_id"),
                    key("app_key"),
                ),
                platform::TIKTOK_SHOP => format!(
                    "shop_id = \"{}\"\napp_key = \"{}\"\napp_secret = {{ env = \"TIKTOK_SECRET\" }}\nconsent_link = \"{}\"",
                    key("shop_id"),
                    key("app_key"),
                    access.key("consent_link", self.running.address()).unwrap(),
                ),
                _ => unreachable!("no such store here"),
            };
            text.push_str(&format!(
                "[[store]]\nid = \"{}\"\nplatform = \"{}\"\nendpoint = \"{}\"\ncurrency = \"SGD\"\ntime_zone = \"Asia/Singapore\"\n{keys}\n",
                access.id,
                access.platform.word(),
                access.base_url(self.running.address()),
            ));
        }
        text
    }

    fn world(&self) -> (World, Printed, Printed) {
        let (out, err) = (Printed::default(), Printed::default());
        let mut world = crate::program::world(Arc::new(noon), out.clone(), err.clone());
        let mut secrets = std::collections::HashMap::new();
        for access in self.running.sandbox().stores().unwrap() {
            let app_secret = if access.platform == platform::TIKTOK_SHOP { "TIKTOK_SECRET" } else { "APP_SECRET" };
            for (variable, key) in [("PARTNER_KEY", "partner_key"), (app_secret, "app_secret")] {
                secrets.extend(access.sign_in.text(key).map(|value| (variable.to_string(), value)));
            }
        }
        world.environment = Arc::new(move |name| secrets.get(name).cloned());
        (world, out, err)
    }

    fn words(&self, words: &[&str]) -> Vec<String> {
        let config = self.config().display().to_string();
        ["couponbook"].iter().chain(words).map(|word| word.to_string()).chain(["--config".into(), config]).collect()
    }

    fn run(&self, words: &[&str]) -> Ran {
        let (world, out, err) = self.world();
        let code = run_words(self.words(words), &world);
        Ran { code, out: out.text(), err: err.text() }
    }

    /// Runs `auth login STORE`, opens the printed link, and follows it back to the program, which listens by itself.
    fn login_in_the_browser(&self, store: &str) -> Ran {
        self.login(&["auth", "login", store])
    }

    fn login(&self, words: &[&str]) -> Ran {
        let (world, out, err) = self.world();
        let words = self.words(words);
        let program = std::thread::spawn(move || run_words(words, &world));
        let link = loop {
            assert!(!program.is_finished(), "{}", err.text());
            if let Some(link) = err.text().lines().find(|line| line.trim().starts_with("http")) {
                break link.trim().to_string();
            }
            std::thread::yield_now();
        };
        let shown = self.runtime.block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            client.get(link).send().await.unwrap().text().await.unwrap()
        });
        assert!(
            err.text().contains("Waiting up to ten minutes for the browser to come back to http://127.0.0.1:"),
            "{}",
            err.text()
        );
        assert!(shown.contains("You can close this page"), "{shown}");
        Ran { code: program.join().unwrap(), out: out.text(), err: err.text() }
    }

    /// The same of several stores: each link is opened once it is shown.
    fn login_each(&self, words: &[&str]) -> Ran {
        let (world, out, err) = self.world();
        let words = self.words(words);
        let program = std::thread::spawn(move || run_words(words, &world));
        let mut opened = 0;
        while !program.is_finished() {
            let link =
                err.text().lines().filter(|line| line.trim().starts_with("http")).nth(opened).map(str::to_string);
            if let Some(link) = link {
                opened += 1;
                self.runtime.block_on(async {
                    let client = reqwest::Client::builder().no_proxy().build().unwrap();
                    client.get(link.trim()).send().await.unwrap().text().await.unwrap()
                });
            }
            std::thread::yield_now();
        }
        Ran { code: program.join().unwrap(), out: out.text(), err: err.text() }
    }

    fn status(&self) -> (u8, Vec<Value>) {
        let ran = self.run(&["auth", "status", "--json"]);
        (ran.code, serde_json::from_str(&ran.out).unwrap())
    }
}

/// The path of the address that the login waits at.
fn path_of(ran: &Ran) -> String {
    let (_, rest) = ran.err.split_once("to come back to http://127.0.0.1:").unwrap();
    rest.lines().next().unwrap().split_once('/').unwrap().1.to_string()
}

#[test]
fn what_is_registered_for_an_app_has_a_path_that_this_machine_made_once() {
    let fixture = Fixture::new();
    let [first, again] = [(), ()].map(|()| path_of(&fixture.login_in_the_browser("lazada")));
    assert!(first.len() == 24 && first.chars().all(char::is_alphanumeric), "{first}");
    assert_eq!(first, again);
    let other = Fixture::new();
    assert_ne!(path_of(&other.login_in_the_browser("lazada")), first);
}

#[test]
fn a_seller_agrees_in_the_browser_and_the_store_is_signed_in_until_its_sign_in_ends() {
    let fixture = Fixture::new();
    let (code, told) = fixture.status();
    assert_eq!(code, 1);
    assert!(told.iter().all(|store| store["sign_in"] == "none"), "{told:?}");
    assert!(told[0]["problem"].as_str().unwrap().contains("couponbook auth login shopee"), "{told:?}");

    for store in ["shopee", "lazada"] {
        let ran = fixture.login_in_the_browser(store);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains(&format!("{store} is signed in as ")), "{}", ran.out);
    }
    let (code, told) = fixture.status();
    assert_eq!(code, 0, "{told:?}");
    assert!(told.iter().all(|store| store["sign_in"] == "stored" && store["problem"].is_null()), "{told:?}");

    let table = fixture.run(&["auth", "status"]).out;
    assert!(table.contains("2026-11-27 12:00"), "{table}");

    let export = fixture.run(&["export", "--json"]);
    let report: Value = serde_json::from_str(&export.out).unwrap();
    assert_eq!(report["stores_loaded"], 2, "{} {}", export.out, export.err);
    assert_eq!(report["findings"]["token_expiring"], 1, "{}", export.out);

    // ✓ is what got in, not what is kept here: a sign-in may be taken back.
    assert!(!table.contains("not yet") && table.contains("✓ shopee"), "signing in was getting in: {table}");
    let table = fixture.run(&["auth", "status"]).out;
    assert!(table.contains("✓ shopee") && table.contains("✓ lazada"), "{table}");
    fixture.revoke("shopee");
    // The clock stands still here, so that which was last is not known: only the next export is left.
    std::fs::remove_dir_all(fixture.folder.path().join("archive")).unwrap();
    std::fs::remove_file(fixture.folder.path().join("state/sign_ins.json")).unwrap();
    fixture.run(&["export"]);
    let status = fixture.run(&["auth", "status"]);
    assert_eq!(status.code, 1, "{}", status.out);
    assert!(status.out.contains("● shopee") && status.out.contains("✓ lazada"), "{}", status.out);
    assert!(status.out.contains("refused, run `couponbook auth login shopee`"), "{}", status.out);
    // Whoever signs in again is not told of what was refused before.
    assert_eq!(fixture.login(&["auth", "login", "shopee"]).code, 0);
    let status = fixture.run(&["auth", "status"]);
    assert!(status.code == 0 && status.out.contains("✓ shopee"), "{}", status.out);
}

#[test]
fn a_sign_in_is_told_as_its_schema_says() {
    let ran = Fixture::new().login(&["auth", "login", "shopee", "--json"]);
    crate::json_documents::holds("auth-login", &serde_json::from_str(&ran.out).unwrap());
}

#[test]
fn a_store_that_is_not_signed_in_is_one_finding_that_says_what_to_do() {
    let fixture = Fixture::new();
    // Nothing was seen: that is no success, and whoever asked for quiet hears of it too.
    let export = fixture.run(&["export", "-q"]);
    assert_eq!((export.code, export.out.as_str()), (1, ""));
    for store in ["shopee", "lazada"] {
        assert!(export.err.contains(&format!("run `couponbook auth login {store}`")), "{}", export.err);
    }
}

#[test]
fn where_nobody_can_be_asked_a_login_says_so_and_a_mistyped_store_is_told_with_the_known_ones() {
    let fixture = Fixture::new();
    let ran = fixture.run(&["auth", "login", "lazada", "--redirect", "https://tool.example.test/back"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--code") && ran.err.contains("--listen"), "{}", ran.err);
    // TikTok Shop sends the browser where the app's own page says, and no link changes that.
    let ran = Fixture::of(TIKTOK).run(&["auth", "login", "tiktok"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("/open/authorize?service_id=sandbox"), "the link is shown all the same: {}", ran.err);
    assert!(ran.err.contains("--code") && ran.err.contains("--listen PORT"), "{}", ran.err);
    let ran = fixture.run(&["auth", "login", "lazda"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("write lazada"), "{}", ran.err);
}

#[test]
fn a_code_that_the_platform_refuses_ends_with_1_and_is_not_repeated_in_the_message() {
    let fixture = Fixture::new();
    let ran = fixture.run(&["auth", "login", "lazada", "--code", "0_100132_not-a-code"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("the code was used already or has run out"), "{}", ran.err);
    assert!(!ran.err.contains("not-a-code"), "{}", ran.err);
}

#[test]
fn an_address_of_ones_own_carries_what_nobody_can_guess_where_the_platform_brings_no_state_back() {
    let fixture = Fixture::new();
    let (world, out, err) = fixture.world();
    // One that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let named = "https://tool.example.test/back?team=1";
    let words = fixture.words(&["auth", "login", "shopee", "--listen", &port.to_string(), "--redirect", named]);
    let program = std::thread::spawn(move || run_words(words, &world));
    let link = loop {
        assert!(!program.is_finished(), "{}", err.text());
        if let Some(link) = err.text().lines().find(|line| line.trim().starts_with("http")) {
            break url::Url::parse(link.trim()).unwrap();
        }
        std::thread::yield_now();
    };
    fixture.runtime.block_on(async {
        let policy = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().no_proxy().redirect(policy).build().unwrap();
        let here = format!("http://127.0.0.1:{port}/back?");
        for strange in ["", "code=stolen&shop_id=1", "code=stolen&shop_id=1&state=guessed", "error=denied"] {
            assert_eq!(client.get(format!("{here}{strange}")).send().await.unwrap().status(), 404, "{strange}");
        }
        let agreed = client.get(link).send().await.unwrap();
        let sent_to = url::Url::parse(agreed.headers()["location"].to_str().unwrap()).unwrap();
        assert!(sent_to.as_str().starts_with(&format!("{named}&state=")), "{sent_to}");
        // A look at the address uses nothing up.
        let handed_on = format!("{here}{}", sent_to.query().unwrap());
        assert_eq!(client.head(&handed_on).send().await.unwrap().status(), 404);
        assert_eq!(client.get(&handed_on).send().await.unwrap().status(), 200);
    });
    assert_eq!(program.join().unwrap(), 0, "{}{}", out.text(), err.text());
}

#[test]
fn an_answer_with_a_wrong_state_is_turned_away_and_the_right_one_is_still_waited_for() {
    let fixture = Fixture::new();
    let (world, out, err) = fixture.world();
    let words = fixture.words(&["auth", "login", "lazada", "--listen", "0"]);
    let program = std::thread::spawn(move || run_words(words, &world));
    let link = loop {
        assert!(!program.is_finished(), "{}", err.text());
        if let Some(link) = err.text().lines().find(|line| line.trim().starts_with("http")) {
            break url::Url::parse(link.trim()).unwrap();
        }
        std::thread::yield_now();
    };
    let redirect = link.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    fixture.runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        for strange in ["favicon.ico", "?code=stolen&state=guessed", "?code=stolen", "?error=denied&state=guessed"] {
            let answer = client.get(format!("{redirect}{strange}")).send().await.unwrap();
            assert_eq!(answer.status(), 404, "{strange}");
        }
        assert!(client.get(link).send().await.unwrap().status().is_success());
    });
    assert_eq!(program.join().unwrap(), 0, "{}{}", out.text(), err.text());
}

#[test]
fn a_login_that_was_made_long_ago_is_told_as_ended() {
    let fixture = Fixture::new();
    assert_eq!(fixture.login_in_the_browser("lazada").code, 0);
    let (mut world, out, err) = fixture.world();
    world.clock = Arc::new(|| noon() + Duration::days(6));
    assert_eq!(run_words(fixture.words(&["auth", "status", "--store", "lazada"]), &world), 1, "{}", err.text());
    assert!(out.text().contains("the sign-in has expired: run `couponbook auth login lazada`"), "{}", out.text());
}

#[test]
fn a_renewal_that_was_interrupted_takes_the_tick_away_until_the_next_one() {
    let fixture = Fixture::new();
    assert_eq!(fixture.login_in_the_browser("shopee").code, 0);
    let shown = || fixture.run(&["auth", "status", "--store", "shopee"]).out;
    assert!(shown().contains("✓ shopee"), "{}", shown());

    // As a kill between question and answer leaves it.
    let next = fixture.folder.path().join("state/tokens/shopee.next.jsonl");
    std::fs::write(next, "\n{\"asked\":\"2026-11-22T03:00:00Z\"}\n").unwrap();
    assert!(shown().contains("? shopee"), "{}", shown());
    assert!(shown().contains("a renewal at 2026-11-22 11:00 was interrupted"), "{}", shown());
    assert!(shown().contains("run `couponbook auth login shopee`"), "{}", shown());

    assert_eq!(fixture.login_in_the_browser("shopee").code, 0);
    assert!(shown().contains("✓ shopee"), "{}", shown());
}

#[test]
fn several_stores_are_signed_in_one_link_after_the_other() {
    let tool = Fixture::new();
    let ran = tool.login_each(&["auth", "login", "shop*", "lazada", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let signed: Value = serde_json::from_str(&ran.out).unwrap();
    crate::json_documents::holds("auth-login-several", &signed);
    let stores: Vec<&str> = signed.as_array().unwrap().iter().map(|one| one["store"].as_str().unwrap()).collect();
    assert_eq!(stores, ["shopee", "lazada"]);
    let wrong = tool.run(&["auth", "login", "shopee", "nobody"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("no store is called nobody"), "{}", wrong.err);
    let code = tool.run(&["auth", "login", "*", "--code", "abc"]);
    assert!(code.code == 2 && code.err.contains("--code is the code of one store"), "{}", code.err);
}
