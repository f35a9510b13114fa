//! What is said of a load before it begins.

use std::sync::Arc;

use crate::trouble::always;
use couponbook::domain::Platform;
use couponbook::export::{StoreForecast, ToLoad, estimate, load};
use couponbook::language::Language;
use couponbook::platforms::{AppPace, KnownCoupons, PaceOverride, QuotaLeft, StorePace};
use couponbook::sandbox::{FaultKind, Matching};

use super::shops::{Shops, at, listed};
use crate::accounts::{abilities, connect};
use crate::platform;

const SHOPS: &str = r#"
[[stores]]
id = "shop"
platform = "shopee"
name = "Lumi Home"
region = "SG"

[[stores]]
id = "woo"
platform = "woocommerce"
name = "Lumi Online"
region = "SG"

[[coupons]]
stores = ["*"]
code = "R{n}"
repeat = 130
starts = "-2d"
ends = "+9d"
total = 100
used = 40
discount = { percent = "15" }
min_spend = "50"

[[coupons]]
stores = ["shop"]
code = "C{n}"
repeat = 7
starts = "+2d"
ends = "+9d"
total = 100
used = 0
discount = { sum = "10" }
min_spend = "40"

[[coupons]]
stores = ["shop"]
code = "P{n}"
repeat = 2
starts = "-2d"
ends = "+9d"
total = 100
used = 0
discount = { sum = "10" }
min_spend = "70"
raw = { voucher_type = 2, item_id_list = [11] }
"#;

#[tokio::test]
async fn for_a_store_that_was_loaded_before_the_estimate_is_the_number_of_calls_then_made() {
    let shops = Shops::of(SHOPS).await;
    for store in ["shop", "woo"] {
        let first = shops.exporting(store);
        let mut known = listed(&*first).await;
        for round in ["once", "twice"] {
            let next = shops.exporting(store);
            let expected = next.calls_to_load(KnownCoupons::Each(&known));
            assert_eq!(next.tally().calls, 0, "an estimate sends nothing");
            known = listed(&*next).await;
            assert_eq!(next.tally().calls, expected, "{store} loaded {round}");
        }
        let plan = shops.planning(store);
        let expected = plan.calls_to_load(KnownCoupons::Each(&known));
        listed(&*plan).await;
        assert_eq!(plan.tally().calls, expected, "{store} without memory");
        assert!(first.tally().calls >= shops.exporting(store).calls_to_load(KnownCoupons::Count(0)));
    }
}

fn forecast(platform: Platform, calls: u64, app: Option<(&str, f64, Option<QuotaLeft>)>) -> StoreForecast {
    let app =
        app.map(|(name, per_second, quota)| AppPace { name: name.to_string(), per_second: Some(per_second), quota });
    StoreForecast {
        platform,
        platform_name: abilities(platform).name,
        calls,
        was_loaded: true,
        seconds_a_call: None,
        pace: Some(StorePace { app, per_second: 10.0 }),
    }
}

#[test]
fn the_time_is_that_of_the_tightest_limit() {
    let shopee = |app| forecast(platform::SHOPEE, 6000, Some((app, 50.0, None)));
    // 12,000 calls of one app at 50 a second, or each store at 10 a second.
    for (stores, seconds) in [
        (vec![shopee("a"), shopee("a")], 600.0),
        (vec![shopee("a"); 10], 1200.0),
        (vec![shopee("a"), shopee("b")], 600.0),
        (vec![forecast(platform::WOOCOMMERCE, 600, None); 32], 120.0),
    ] {
        let estimate = estimate(&stores, 16);
        assert!((estimate.seconds - seconds).abs() < 0.5, "{} s, not {seconds}", estimate.seconds);
    }
}

#[test]
fn the_words_tell_calls_minutes_and_what_is_left_of_the_day() {
    let quota =
        QuotaLeft { used: 8000, limit: Some(20_000), left: Some(12_000), begins_anew: at("2026-11-22T16:00:00Z") };
    let mut stores = vec![forecast(platform::SHOPEE, 6000, Some(("shopee 2001887", 50.0, Some(quota)))); 2];
    assert_eq!(
        estimate(&stores, 16).to_string(),
        "To load 2 stores: about 10 minutes, 12,000 calls; 12,000 of today's 20,000 calls of shopee 2001887 are left"
    );
    stores.push(StoreForecast { was_loaded: false, ..forecast(platform::WOOCOMMERCE, 1, None) });
    stores[0].calls = 6001;
    assert_eq!(
        estimate(&stores, 16).to_string(),
        "To load 3 stores: at least 11 minutes and 12,002 calls (1 never loaded before)\n  \
         Shopee: 2 stores, about 11 minutes, 12,001 calls; 12,000 of today's 20,000 calls of shopee 2001887 are left, which \
         is not enough: they reset at 2026-11-22 16:00 UTC\n  \
         WooCommerce: 1 store, at least 1 s and 1 call"
    );
}

async fn load_with_quota(shops: &Shops, per_day: u64, calls_expected: u64) -> (couponbook::export::Loaded, u64) {
    let pace = PaceOverride { app_per_day: Some(per_day), per_second: Some(1000), ..PaceOverride::default() };
    let network = shops.network().counting_in(shops.state("quota"));
    let account = shops.account("shop", pace);
    let connector = Ok(Arc::from(connect(&account, &network).unwrap()));
    let to_load = vec![ToLoad { store: account.store, connector, calls_expected }];
    let before = shops.running.counts().requests;
    let (deadline, now) = (std::time::Duration::from_secs(60), "2026-11-22T04:00:00Z".parse().unwrap());
    let loaded = load(to_load, 4, deadline, now, &|_| {}).await.remove(0);
    (loaded, shops.running.counts().requests - before)
}

#[tokio::test]
async fn a_store_for_which_the_day_does_not_last_is_not_begun_and_says_so() {
    let shops = Shops::of(SHOPS).await;
    let (loaded, requests) = load_with_quota(&shops, 100, 143).await;
    let problem = loaded.listing.unwrap_err();
    assert!(
        Language::ENGLISH
            .render(&problem.sentence)
            .contains("not begun, since the app's calls for today do not last (0 of 100"),
        "{problem:?}"
    );
    assert_eq!(requests, 0);
}

#[tokio::test]
async fn a_load_stops_before_the_day_is_used_up() {
    let shops = Shops::of(SHOPS).await;
    let (loaded, requests) = load_with_quota(&shops, 100, 4).await;
    let told = Language::ENGLISH.render(&loaded.listing.unwrap_err().sentence);
    assert!(told.contains("reset at 2026-11-22 16:00 UTC"));
    assert_eq!(requests, 100);
}

#[tokio::test]
async fn asked_for_fewer_calls_a_store_slows_its_own_app_and_shop_only() {
    let shops = Shops::of(SHOPS).await;
    let throttled = FaultKind::Throttle { retry_after_seconds: None };
    shops.running.faults().add(always(Matching { store: Some("shop".to_string()), ..Matching::default() }, throttled));
    let network = shops.network();
    let (slowed, free) = (shops.through(&network, "shop"), shops.through(&network, "woo"));
    let before = slowed.pace().unwrap();
    slowed.list().await.unwrap_err();
    let after = slowed.pace().unwrap();
    assert!(after.per_second <= before.per_second / 2.0 + 50.0, "{after:?}");
    assert!(after.app.unwrap().per_second < before.app.unwrap().per_second);
    assert!(free.pace().unwrap().per_second > 960.0, "another platform's shop goes on as before");
}

#[tokio::test]
async fn the_platforms_word_for_a_used_up_day_stops_every_store_of_the_app() {
    let used_up = "\n[[stores]]\nid = \"other\"\nplatform = \"shopee\"\nname = \"Lumi Kids\"\nregion = \"MY\"\nrefuse_with = \"error_limit\"\n";
    // Told with the status of a passing limit, it is still no passing one.
    let shops = SHOPS.replacen("\n[[coupons]]", &format!("{used_up}\n[[coupons]]"), 1);
    let shops = Shops::of(&format!("[sandbox]\nshopee_error_status = 429\n{shops}")).await;
    let network = shops.network().counting_in(shops.state("quota"));
    let told = shops.through(&network, "other").list().await.unwrap_err();
    assert!(
        crate::english(&told.sentence).contains("used up for today")
            || crate::english(&told.sentence).contains("for today are used up"),
        "{told:?}"
    );
    let before = shops.running.counts().requests;
    for network in [network, shops.network().counting_in(shops.state("quota"))] {
        let error = shops.through(&network, "shop").list().await.unwrap_err();
        assert!(crate::english(&error.sentence).contains("are used up, says the platform"), "{error:?}");
    }
    assert_eq!(shops.running.counts().requests, before, "nothing more is sent, by no process");
}

#[test]
fn a_load_is_not_told_as_faster_than_the_last_one_was() {
    let slow = StoreForecast { seconds_a_call: Some(0.5), ..forecast(platform::WOOCOMMERCE, 20, None) };
    // Ten seconds each, and two side by side; by the limit alone it would be two.
    for (stores, at_once, words) in [(1, 2, "about 10 s"), (2, 2, "about 10 s"), (6, 2, "about 30 s")] {
        let told = estimate(&vec![slow.clone(); stores], at_once).to_string();
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn a_time_is_told_as_people_say_it_and_never_as_less_than_it_is() {
    for (calls, words) in [
        (1, "about 1 s, 1 call"),
        (98, "about 10 s, 98 calls"),
        (110, "about 15 s, 110 calls"),
        (800, "about 80 s, 800 calls"),
        (1000, "about 2 minutes, 1,000 calls"),
        (80_000, "about 3 hours, 80,000 calls"),
    ] {
        let one = [forecast(platform::WOOCOMMERCE, calls, None)];
        assert_eq!(estimate(&one, 16).to_string(), format!("To load 1 store: {words}"));
    }
}
