//! Signing stores in by their sellers' consent, against mock platforms whose consent pages a plain client opens.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::Duration;
use couponbook::domain::{Store, Timestamp};
use couponbook::platforms::{
    Account, CallError, CallErrorKind, CallLog, Consent, Network, Reply, ReplyError, SignInError, SignInKind,
    SignInStatus,
};
use couponbook::sandbox::{Fault, FaultKind, Matching, Nth, Running, Sandbox, Scenario, When};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use url::Url;

use super::server::{Reply as Answer, Server, ShopifyKeys, Written, at, hasty, shopee, shopify, woocommerce};
use crate::accounts::{account_without_tokens, connect, set_key};
use crate::platform;

fn noon() -> Timestamp {
    at("2026-11-22T04:00:00Z")
}

/// Two shops on each platform; the TikTok Shop ones have one seller.
const SHOPS: &str = r#"
[[stores]]
id = "shopee"
platform = "shopee"
region = "SG"
name = "Lumi Home"
[[stores]]
id = "shopee-2"
platform = "shopee"
region = "SG"
name = "Another shop"
[[stores]]
id = "lazada"
platform = "lazada"
region = "SG"
name = "Lumi Home"
[[stores]]
id = "lazada-2"
platform = "lazada"
region = "SG"
name = "Another shop"
[[stores]]
id = "tiktok"
platform = "tiktok_shop"
region = "SG"
name = "Lumi Home"
seller = "lumi"
[[stores]]
id = "tiktok-my"
platform = "tiktok_shop"
region = "MY"
name = "Lumi Home MY"
seller = "lumi"
[[stores]]
id = "tiktok-2"
platform = "tiktok_shop"
region = "SG"
name = "Another shop"
"#;

fn consent(account: &Account, network: &Network, redirect: Option<&Url>, state: &str) -> Result<Consent, SignInError> {
    connect(account, network).unwrap().sign_in().consent(redirect, state)
}

async fn sign_in(account: &Account, network: &Network, reply: &Reply) -> Result<SignInStatus, CallError> {
    connect(account, network).unwrap().sign_in().sign_in(reply).await
}

fn status_of(account: &Account, network: &Network) -> Result<SignInStatus, SignInError> {
    connect(account, network).unwrap().sign_in().status()
}

/// The mock platforms, and a clock that both sides share.
struct World {
    folder: tempfile::TempDir,
    running: Running,
    minutes: Arc<AtomicI64>,
    calls: Written,
}

impl World {
    async fn new() -> Self {
        Self::of(SHOPS).await
    }

    async fn of(shops: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scenario = Scenario::parse(shops, "authorize.toml", noon()).unwrap();
        let sandbox = Sandbox::create(folder.path(), &scenario).unwrap();
        let minutes = Arc::new(AtomicI64::new(0));
        let hands = Arc::clone(&minutes);
        let clock = Arc::new(move || noon() + Duration::minutes(hands.load(Ordering::SeqCst)));
        let running = sandbox.serve("127.0.0.1:0".parse().unwrap(), clock).await.unwrap();
        Self { folder, running, minutes, calls: Written::default() }
    }

    fn pass(&self, time: Duration) {
        self.minutes.fetch_add(time.num_minutes(), Ordering::SeqCst);
    }

    fn tokens(&self) -> std::path::PathBuf {
        self.folder.path().join("tokens")
    }

    /// As another process would have it.
    fn network(&self) -> Network {
        let hands = Arc::clone(&self.minutes);
        let clock = move || noon() + Duration::minutes(hands.load(Ordering::SeqCst));
        Network::new(Arc::new(clock), self.tokens(), self.calls.log(), hasty())
    }

    /// A store whose config holds the app's keys and no token.
    fn account(&self, id: &str) -> Account {
        let accesses = self.running.sandbox().stores().unwrap();
        account_without_tokens(accesses.iter().find(|access| access.id.as_str() == id).unwrap(), &self.running)
    }

    /// Opens the link as the seller of `seller` would, agrees, and gives the address that the browser is sent to.
    async fn agree(&self, account: &Account, seller: &Account) -> String {
        let redirect = Url::parse("https://tool.example.test/back?from=shop").unwrap();
        let consent = consent(account, &self.network(), Some(&redirect), "unguessable-state").unwrap();
        agreed(consent.link, &seller.store).await
    }

    async fn signed_in(&self, account: &Account) {
        let back = self.agree(account, account).await;
        sign_in(account, &self.network(), &Reply::parse(&back).unwrap()).await.unwrap();
    }
}

/// Who the seller is, is chosen by a parameter of the mock consent pages, as a seller's own password would.
async fn agreed(mut link: Url, seller: &Store) -> String {
    let id = seller.shop.as_str().rsplit('/').next().unwrap();
    let name = if seller.platform == platform::LAZADA { "seller_id" } else { "shop_id" };
    link.query_pairs_mut().append_pair(name, id);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = client.get(link).send().await.unwrap();
    answer.headers().get("location").expect("the page sends the browser back").to_str().unwrap().to_string()
}

#[tokio::test]
async fn a_shopify_store_is_signed_in_by_its_pretend_shop_and_renewed_from_then_on() {
    let shops = "[[stores]]\nid = \"shopify\"\nplatform = \"shopify\"\nregion = \"SG\"\nname = \"Lumi World\"\n\
                 domain = \"lumi-world.myshopify.com\"\ntoken = \"expiring\"\n";
    let world = World::of(shops).await;
    let account = world.account("shopify");
    let redirect = Url::parse("https://tool.example.test/back").unwrap();
    let consent = consent(&account, &world.network(), Some(&redirect), "unguessable-state").unwrap();
    let reply = Reply::parse(&agreed(consent.link.clone(), &account.store).await).unwrap();
    assert_eq!(reply.must_answer(&consent), Ok(()));
    let told = sign_in(&account, &world.network(), &reply).await.unwrap();
    assert_eq!((told.sign_in, told.signed_in_as.as_deref()), (SignInKind::Stored, Some("lumi-world.myshopify.com")));
    for _ in 0..3 {
        connect(&account, &world.network()).unwrap().list().await.unwrap();
        world.pass(Duration::days(2));
    }
    let error = sign_in(&account, &world.network(), &reply).await.unwrap_err();
    assert!(crate::english(&error.sentence).contains("couponbook auth login shopify"), "{error:?}");
    let said = format!("{} {:?} {}", crate::english(&error.sentence), error.platform_words, world.calls.text());
    assert!(!said.contains(&reply.code), "{said}");
}

/// A main account agrees for several shops at once; the pair that it gives is split by each shop's first refresh.
#[tokio::test]
async fn the_consent_of_a_shopee_main_account_is_asked_for_as_such_and_each_shop_then_renews_its_own() {
    let server = Server::new(|asked, _| {
        let tokens = |kind: &str| {
            json!({
                "error": "", "message": "", "request_id": "1", "access_token": format!("access-{kind}"),
                "refresh_token": format!("refresh-{kind}"), "expire_in": 14400,
                "shop_id_list": [14701711, 14701712], "merchant_id_list": [],
            })
        };
        match asked.path.as_str() {
            "/api/v2/auth/token/get" => Answer::Json(200, tokens("shared").to_string()),
            "/api/v2/auth/access_token/get" => Answer::Json(200, tokens("own").to_string()),
            _ => {
                Answer::Json(200, json!({ "error": "", "response": { "more": false, "voucher_list": [] } }).to_string())
            }
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let hours = Arc::new(AtomicI64::new(0));
    let hands = Arc::clone(&hours);
    let clock = Arc::new(move || noon() + Duration::hours(hands.load(Ordering::SeqCst)));
    let network = Network::new(clock, folder.path(), CallLog::none(), hasty());
    let mut account = shopee(&server.address);
    set_key(&mut account, "refresh_token", "");
    let reply = Reply::parse("https://tool.example.test/back?code=main-code&main_account_id=654321").unwrap();
    sign_in(&account, &network, &reply).await.unwrap();
    let traded = server.asked().into_iter().find(|asked| asked.path.ends_with("/token/get")).unwrap();
    assert_eq!(traded.json()["main_account_id"], json!(654_321));
    assert!(traded.json().get("shop_id").is_none(), "exactly one of the two is allowed");

    hours.store(5, Ordering::SeqCst);
    connect(&account, &network).unwrap().list().await.unwrap();
    let asked = server.asked();
    let renewed = asked.iter().rfind(|asked| asked.path.ends_with("/access_token/get")).unwrap();
    assert_eq!(renewed.json()["refresh_token"], json!("refresh-shared"));
    assert_eq!(renewed.json()["shop_id"].to_string(), account.store.shop.as_str());
}

const ONE_OF_EACH: [&str; 3] = ["shopee", "lazada", "tiktok"];

#[tokio::test]
async fn a_store_without_any_token_says_how_to_sign_in_and_works_once_its_seller_has_agreed() {
    let world = World::new().await;
    for id in ONE_OF_EACH {
        let account = world.account(id);
        let error = connect(&account, &world.network()).unwrap().list().await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::SignIn);
        assert!(crate::english(&error.sentence).contains(&format!("run `couponbook auth login {id}`")), "{error:?}");
        assert_eq!(status_of(&account, &world.network()).unwrap().sign_in, SignInKind::None);

        let back = world.agree(&account, &account).await;
        let told = sign_in(&account, &world.network(), &Reply::parse(&back).unwrap()).await.unwrap();
        assert_eq!(told.sign_in, SignInKind::Stored, "{id}");
        assert!(told.sign_in_again_by().unwrap() > noon() + Duration::days(20), "{id}");
        assert!(told.signed_in_as.is_some(), "{id}");
        connect(&account, &world.network()).unwrap().list().await.unwrap();
        assert_eq!(status_of(&account, &world.network()).unwrap(), told);
    }
}

#[tokio::test]
async fn a_sign_in_is_renewed_for_weeks_without_anybody_who_agrees() {
    let world = World::new().await;
    for id in ONE_OF_EACH {
        world.signed_in(&world.account(id)).await;
    }
    for _ in 0..3 {
        world.pass(Duration::days(8));
        for id in ONE_OF_EACH {
            connect(&world.account(id), &world.network()).unwrap().list().await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_consent_of_another_shop_is_refused_and_nothing_is_kept() {
    let world = World::new().await;
    for (id, other) in [("shopee", "shopee-2"), ("lazada", "lazada-2"), ("tiktok", "tiktok-2")] {
        let (account, other) = (world.account(id), world.account(other));
        let back = world.agree(&account, &other).await;
        let error = sign_in(&account, &world.network(), &Reply::parse(&back).unwrap()).await.unwrap_err();
        assert!(
            crate::english(&error.sentence).contains(other.store.shop.as_str().trim_start_matches("sg/")),
            "{error:?}"
        );
        assert_eq!(status_of(&account, &world.network()).unwrap().sign_in, SignInKind::None, "{id}");
    }
}

#[tokio::test]
async fn a_code_that_was_used_or_has_run_out_is_refused_in_clear_words_and_spoils_nothing() {
    let world = World::new().await;
    for id in ONE_OF_EACH {
        let account = world.account(id);
        let late = world.agree(&account, &account).await;
        world.pass(Duration::minutes(31));
        let back = world.agree(&account, &account).await;
        sign_in(&account, &world.network(), &Reply::parse(&back).unwrap()).await.unwrap();
        for spent in [&back, &late] {
            let error = sign_in(&account, &world.network(), &Reply::parse(spent).unwrap()).await.unwrap_err();
            assert!(crate::english(&error.sentence).contains("the code was used already"), "{error:?}");
            assert!(
                crate::english(&error.sentence).contains(&format!("run `couponbook auth login {id}`")),
                "{error:?}"
            );
        }
        connect(&account, &world.network()).unwrap().list().await.unwrap();
    }
}

#[tokio::test]
async fn no_code_and_no_token_stands_in_the_call_log_or_in_an_error() {
    let world = World::new().await;
    for id in ONE_OF_EACH {
        let account = world.account(id);
        let back = world.agree(&account, &account).await;
        let reply = Reply::parse(&back).unwrap();
        sign_in(&account, &world.network(), &reply).await.unwrap();
        let error = sign_in(&account, &world.network(), &reply).await.unwrap_err();
        let said = format!("{} {:?} {}", crate::english(&error.sentence), error.platform_words, world.calls.text());
        assert!(!said.contains(&reply.code), "{id}: {said}");
        for access in world.running.sandbox().stores().unwrap() {
            let secrets = ["partner_key", "app_secret", "access_token", "refresh_token"];
            for secret in secrets.into_iter().filter_map(|name| access.sign_in.text(name)) {
                assert!(!said.contains(&secret), "{id}: {said}");
            }
        }
    }
}

#[tokio::test]
async fn two_processes_that_find_the_token_ended_renew_it_once() {
    let world = World::new().await;
    for id in ONE_OF_EACH {
        let account = world.account(id);
        world.signed_in(&account).await;
        world.pass(Duration::days(11));
        let before = refreshes(&world);
        let loads = (0..4).map(|_| {
            let connector = connect(&account, &world.network()).unwrap();
            tokio::spawn(async move { connector.list().await.map(drop) })
        });
        for load in loads.collect::<Vec<_>>() {
            load.await.unwrap().unwrap();
        }
        assert_eq!(refreshes(&world) - before, 1, "{id}");
    }
}

fn refreshes(world: &World) -> usize {
    let names = ["access_token/get", "auth/token/refresh", "token/refresh"];
    world.calls.records().iter().filter(|record| names.contains(&record.call.as_str())).count()
}

#[tokio::test]
async fn a_sign_in_that_the_platform_ended_is_one_sentence_with_what_to_do() {
    let world = World::new().await;
    for id in ONE_OF_EACH {
        let account = world.account(id);
        world.signed_in(&account).await;
        world.running.sandbox().expire_tokens(Some(id), true, noon()).unwrap();
        let error = connect(&account, &world.network()).unwrap().list().await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::SignIn, "{error:?}");
        assert!(crate::english(&error.sentence).contains(&format!("run `couponbook auth login {id}`")), "{error:?}");
    }
}

#[tokio::test]
async fn the_shops_of_one_tiktok_shop_seller_share_one_sign_in() {
    let world = World::new().await;
    for id in ["tiktok", "tiktok-my"] {
        world.signed_in(&world.account(id)).await;
    }
    world.pass(Duration::days(8));
    let before = refreshes(&world);
    for id in ["tiktok", "tiktok-my"] {
        connect(&world.account(id), &world.network()).unwrap().list().await.unwrap();
    }
    assert_eq!(refreshes(&world) - before, 1);
}

#[tokio::test]
async fn a_login_goes_before_the_token_of_the_config_and_a_newer_token_of_the_config_before_the_login() {
    let world = World::new().await;
    for id in ONE_OF_EACH {
        let with = |token: &str| {
            let mut account = world.account(id);
            set_key(&mut account, "refresh_token", token);
            account
        };
        let dead = with("a-token-that-is-long-dead");
        world.signed_in(&dead).await;
        connect(&dead, &world.network()).unwrap().list().await.unwrap();
        // Taken out of the config, the login stays.
        connect(&world.account(id), &world.network()).unwrap().list().await.unwrap();
        // Another token in the config is what counts.
        let newer = status_of(&with("a-newer-token"), &world.network()).unwrap();
        assert_eq!(newer.sign_in, SignInKind::Configured, "{id}");
    }
}

#[tokio::test]
async fn a_lazada_app_that_cannot_renew_its_sign_in_says_from_the_start_when_the_seller_must_agree_again() {
    let world = World::of(&format!("[sandbox]\nlazada_app_refreshes = false\n{SHOPS}")).await;
    let account = world.account("lazada");
    world.signed_in(&account).await;
    let told = status_of(&account, &world.network()).unwrap();
    assert_eq!(told.sign_in_again_by(), told.access_ends);
    assert!(!told.needs_sign_in(noon()) && told.needs_sign_in(told.access_ends.unwrap()));
    connect(&account, &world.network()).unwrap().list().await.unwrap();
    world.pass(Duration::days(60));
    let error = connect(&account, &world.network()).unwrap().list().await.unwrap_err();
    assert!(crate::english(&error.sentence).contains("run `couponbook auth login lazada`"), "{error:?}");
}

#[tokio::test]
async fn a_shopee_shop_that_is_loaded_daily_is_signed_in_until_its_authorization_ends() {
    let world = World::new().await;
    let account = world.account("shopee");
    world.signed_in(&account).await;
    let connector = connect(&account, &world.network()).unwrap();
    let ends = connector.sign_in_again_by().await.unwrap();
    assert!(ends > noon() + Duration::days(100), "{ends}");
    assert_eq!(status_of(&account, &world.network()).unwrap().authorization_ends, Some(ends));
    let asked = world.calls.records().len();
    connector.sign_in_again_by().await.unwrap();
    assert_eq!(world.calls.records().len(), asked, "it is remembered");
}

/// The store's tokens in their place, and what is written before they are put there.
fn places(world: &World, id: &str) -> [std::path::PathBuf; 2] {
    ["json", "next.jsonl"].map(|ending| world.tokens().join(format!("{id}.{ending}")))
}

#[tokio::test]
async fn tokens_that_cannot_be_put_in_their_place_are_found_by_the_next_load_and_renewed_from_there() {
    let world = World::new().await;
    let id = "shopee";
    let (account, [place, _]) = (world.account(id), places(&world, id));
    // As if another program held it.
    std::fs::create_dir_all(&place).unwrap();
    world.signed_in(&account).await;
    assert_eq!(status_of(&account, &world.network()).unwrap().sign_in, SignInKind::Stored);
    for _ in 0..2 {
        connect(&account, &world.network()).unwrap().list().await.unwrap();
        world.pass(Duration::days(11));
    }
    std::fs::remove_dir(&place).unwrap();
    connect(&account, &world.network()).unwrap().list().await.unwrap();
    assert!(place.is_file() && !places(&world, id)[1].exists(), "{id}");
}

#[tokio::test]
async fn no_code_is_spent_and_no_renewal_sent_where_the_tokens_could_not_be_kept() {
    let world = World::new().await;
    let id = "shopee";
    let (account, [_, next]) = (world.account(id), places(&world, id));
    let reply = Reply::parse(&world.agree(&account, &account).await).unwrap();
    std::fs::create_dir_all(&next).unwrap();
    let calls = world.calls.records().len();
    let refused = sign_in(&account, &world.network(), &reply).await.unwrap_err();
    assert!(crate::english(&refused.sentence).contains("make that folder writable"), "{refused:?}");
    assert_eq!(world.calls.records().len(), calls, "{id}");

    std::fs::remove_dir(&next).unwrap();
    sign_in(&account, &world.network(), &reply).await.unwrap();
    std::fs::create_dir(&next).unwrap();
    world.pass(Duration::days(11));
    let before = refreshes(&world);
    connect(&account, &world.network()).unwrap().list().await.unwrap_err();
    assert_eq!(refreshes(&world), before, "{id}");
    std::fs::remove_dir(&next).unwrap();
    connect(&account, &world.network()).unwrap().list().await.unwrap();
}

#[tokio::test]
async fn a_renewal_whose_answer_is_lost_is_known_and_the_refusal_that_follows_says_who_has_to_sign_in() {
    let world = World::new().await;
    let account = world.account("lazada");
    world.signed_in(&account).await;
    world.pass(Duration::days(11));
    let renewal = Matching { call: Some("token/refresh".into()), ..Matching::default() };
    let lost = Fault { matching: renewal, nth: Nth::Every, times: None, kind: FaultKind::LoseAnswer };
    world.running.faults().add(lost);
    connect(&account, &world.network()).unwrap().list().await.unwrap_err();
    let status = status_of(&account, &world.network()).unwrap();
    assert_eq!(status.renewal_interrupted, Some(noon() + Duration::days(11)));

    world.running.faults().clear();
    world.running.sandbox().expire_tokens(Some("lazada"), true, noon() + Duration::days(11)).unwrap();
    let error = connect(&account, &world.network()).unwrap().list().await.unwrap_err();
    let told = crate::english(&error.sentence);
    assert!(told.contains("was interrupted (2026-12-03 04:00 UTC)"), "{told}");
    assert!(told.contains("run `couponbook auth login lazada`"), "{told}");

    world.signed_in(&account).await;
    assert_eq!(status_of(&account, &world.network()).unwrap().renewal_interrupted, None);
}

#[tokio::test]
async fn a_refusal_of_a_renewal_interrupts_nothing() {
    let world = World::new().await;
    for id in ["shopee", "lazada"] {
        let account = world.account(id);
        world.signed_in(&account).await;
        world.running.sandbox().expire_tokens(Some(id), true, noon()).unwrap();
        connect(&account, &world.network()).unwrap().list().await.unwrap_err();
        assert_eq!(status_of(&account, &world.network()).unwrap().renewal_interrupted, None, "{id}");
    }
}

#[tokio::test]
async fn a_load_that_is_given_up_during_a_renewal_loses_no_token() {
    let world = World::new().await;
    let account = world.account("shopee");
    world.signed_in(&account).await;
    world.pass(Duration::days(11));
    let [place, _] = places(&world, "shopee");
    let before = std::fs::read(&place).unwrap();
    let renewal = Matching { call: Some("access_token/get".into()), ..Matching::default() };
    let slow = FaultKind::Slow { milliseconds: 300, when: When::AfterCommit };
    world.running.faults().add(Fault { matching: renewal, nth: Nth::Every, times: None, kind: slow });

    let connector = connect(&account, &world.network()).unwrap();
    tokio::time::timeout(std::time::Duration::from_millis(100), connector.list()).await.unwrap_err();
    while std::fs::read(&place).unwrap() == before {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }

    world.running.faults().clear();
    connect(&account, &world.network()).unwrap().list().await.unwrap();
}

/// Windows has no modes; the rights of the user's folder hold.
#[cfg(unix)]
#[tokio::test]
async fn the_tokens_are_readable_to_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new().await;
    for id in ONE_OF_EACH {
        world.signed_in(&world.account(id)).await;
    }
    let files: Vec<_> = std::fs::read_dir(world.tokens()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let tokens: Vec<_> = files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    assert!(tokens.len() >= 3);
    for path in tokens {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}

#[test]
fn what_a_person_pastes_is_read_as_a_code_or_as_an_address() {
    let long = "https://tool.example.test/back?code=abc-123&shop_id=7&state=s#top";
    for text in ["abc-123", " abc-123\n", "\"abc-123\"", long, "?code=abc-123&shop_id=7", "code=abc-123"] {
        assert_eq!(Reply::parse(text).map(|reply| reply.code), Ok("abc-123".to_string()), "{text}");
    }
    let refused = "https://tool.example.test/back?code=null&error=auth_denied&state=s";
    assert_eq!(Reply::parse(refused).err(), Some(ReplyError::Refused("auth_denied".to_string())));
    for text in ["https://tool.example.test/back", "https://tool.example.test/?code=", "two words"] {
        assert_eq!(Reply::parse(text).err(), Some(ReplyError::NoCode), "{text}");
    }
    assert_eq!(Reply::parse("  ").err(), Some(ReplyError::Empty));
}

#[tokio::test]
async fn an_answer_with_another_state_is_refused() {
    let world = World::new().await;
    let account = world.account("lazada");
    let redirect = Url::parse("https://tool.example.test/back").unwrap();
    let asked = consent(&account, &world.network(), Some(&redirect), "state-of-now").unwrap();
    let other = Reply::parse("https://tool.example.test/back?code=abc&state=state-of-yesterday").unwrap();
    assert_eq!(other.must_answer(&asked), Err(ReplyError::OtherState));
    let none = Reply::parse("https://tool.example.test/back?code=abc").unwrap();
    assert_eq!(none.must_answer(&asked), Err(ReplyError::OtherState));
    let right = Reply::parse("https://tool.example.test/back?code=abc&state=state-of-now").unwrap();
    assert_eq!(right.must_answer(&asked), Ok(()));
}

#[test]
fn a_shop_on_woocommerce_says_where_its_keys_are_made() {
    let folder = tempfile::tempdir().unwrap();
    let network = network(folder.path(), &Written::default());
    let shop = connect(&woocommerce("https://shop.example.test"), &network).unwrap();
    let error = crate::english(&shop.sign_in().takes_consent().unwrap_err().0);
    assert!(error.contains("WooCommerce > Settings > Advanced > REST API"), "{error:?}");
}

const CLIENT_SECRET: &str = "shpss_0123456789abcdef0123456789abcdef";

const OWN_APP: &ShopifyKeys = &[("client_id", "app-1"), ("client_secret", CLIENT_SECRET)];

/// What Shopify sends the browser back with, signed as its documents say.
fn sent_back(shop: &str, secret: &str) -> Reply {
    let signed = format!("code=shopify-code-1&shop={shop}&state=state-1&timestamp=1767225600");
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    let hmac = HEXLOWER.encode(&mac.finalize().into_bytes());
    Reply::parse(&format!("https://tool.example.test/back?{signed}&hmac={hmac}")).unwrap()
}

fn network(folder: &Path, calls: &Written) -> Network {
    Network::new(Arc::new(super::server::now), folder, calls.log(), hasty())
}

#[tokio::test]
async fn a_shopify_shop_is_signed_in_with_the_rights_to_discounts_and_its_token_then_renewed() {
    let server = Server::new(|asked, _| {
        if asked.path.ends_with("/graphql.json") {
            let name = if asked.header("x-shopify-access-token") == Some("shpua_2") { "Lumi" } else { "?" };
            let shop = json!({ "name": name, "currencyCode": "SGD", "ianaTimezone": "Asia/Singapore" });
            let count = json!({ "count": 0, "precision": "EXACT" });
            return Answer::Json(200, json!({ "data": { "shop": shop, "discountNodesCount": count } }).to_string());
        }
        let (access, refresh, seconds) = match asked.json()["grant_type"].as_str() {
            Some("refresh_token") => ("shpua_2", "shprt_2", 3600),
            _ => ("shpua_1", "shprt_1", 60),
        };
        let body = json!({
            "access_token": access, "refresh_token": refresh, "scope": "write_discounts", "expires_in": seconds,
            "refresh_token_expires_in": 7_776_000,
        });
        Answer::Json(200, body.to_string())
    });
    let folder = tempfile::tempdir().unwrap();
    let calls = Written::default();
    let network = network(folder.path(), &calls);
    let account = shopify(&server.address, OWN_APP);
    let redirect = Url::parse("https://tool.example.test/back").unwrap();
    let asked = consent(&account, &network, Some(&redirect), "state-1").unwrap();
    let query: Vec<(String, String)> = asked.link.query_pairs().into_owned().collect();
    let expected = [
        ("client_id", "app-1"),
        ("scope", "read_discounts,write_discounts"),
        ("redirect_uri", "https://tool.example.test/back"),
        ("state", "state-1"),
    ];
    assert_eq!(asked.link.path(), "/admin/oauth/authorize");
    assert_eq!(query, expected.map(|(name, value)| (name.to_string(), value.to_string())));

    let reply = sent_back("some-shop.myshopify.com", CLIENT_SECRET);
    assert_eq!(reply.must_answer(&asked), Ok(()));
    let told = sign_in(&account, &network, &reply).await.unwrap();
    assert_eq!(told.signed_in_as.as_deref(), Some("some-shop.myshopify.com"));
    assert_eq!(told.sign_in_again_by(), Some(super::server::now() + Duration::days(90)));
    // It ends within five minutes, so the first call renews it.
    let _ = connect(&account, &network).unwrap().check().await;
    let bodies: Vec<_> = server.asked().into_iter().filter(|asked| asked.path.ends_with("access_token")).collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0].json()["code"], json!("shopify-code-1"));
    assert_eq!(bodies[0].json()["expiring"], json!("1"));
    assert_eq!(bodies[1].json()["refresh_token"], json!("shprt_1"));
    for secret in ["shopify-code-1", "shpua_", "shprt_", CLIENT_SECRET] {
        assert!(!calls.text().contains(secret), "{}", calls.text());
    }
}

#[tokio::test]
async fn an_answer_for_another_shop_or_one_that_shopify_did_not_make_is_refused_before_anything_is_sent() {
    let server = Server::in_order(vec![Answer::Json(200, "{}".to_string())]);
    let folder = tempfile::tempdir().unwrap();
    let network = network(folder.path(), &Written::default());
    let account = shopify(&server.address, OWN_APP);
    for (reply, words) in [
        (sent_back("other-shop.myshopify.com", CLIENT_SECRET), "other-shop.myshopify.com"),
        (sent_back("some-shop.myshopify.com", "another secret"), "was not made by Shopify"),
    ] {
        let error = sign_in(&account, &network, &reply).await.unwrap_err();
        assert!(crate::english(&error.sentence).contains(words), "{error:?}");
    }
    assert!(server.asked().is_empty());
    assert_eq!(status_of(&account, &network).unwrap().sign_in, SignInKind::Keys);
}

#[tokio::test]
async fn a_shopify_token_without_an_end_is_used_until_it_is_refused() {
    let server = Server::new(|asked, before| match (asked.path.ends_with("access_token"), before) {
        (true, _) => Answer::Json(200, json!({ "access_token": "shpat_1", "scope": "write_discounts" }).to_string()),
        (false, _) => Answer::Json(401, json!({ "errors": "[API] Invalid API key or access token" }).to_string()),
    });
    let folder = tempfile::tempdir().unwrap();
    let network = Network::new(Arc::new(super::server::now), folder.path(), CallLog::none(), hasty());
    let account = shopify(&server.address, OWN_APP);
    let told = sign_in(&account, &network, &Reply::parse("shopify-code-1").unwrap()).await.unwrap();
    assert_eq!((told.access_ends, told.sign_in_again_by()), (None, None));
    let error = connect(&account, &network).unwrap().list().await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::SignIn);
    assert!(crate::english(&error.sentence).contains("run `couponbook auth login store-1`"), "{error:?}");
}
