use super::client::*;
use crate::platform;
use couponbook::sandbox::{Sandbox, Scenario};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

fn sandbox_at(scenario: &str, now: &str) -> (tempfile::TempDir, Sandbox) {
    let folder = tempfile::tempdir().unwrap();
    let scenario = Scenario::parse(scenario, "test.toml", at(now)).unwrap();
    let sandbox = Sandbox::create(folder.path(), &scenario).unwrap();
    (folder, sandbox)
}

fn coupons(sandbox: &Sandbox, store: &str) -> Vec<Map<String, Value>> {
    sandbox.coupons(store).unwrap().into_iter().map(|(_, coupon)| coupon).collect()
}

#[test]
fn the_demo_has_stores_on_each_platform_and_all_of_its_codes_are_ones_that_the_platforms_accept() {
    let scenario = Scenario::demo(noon()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::create(folder.path(), &scenario).unwrap();
    let stores = sandbox.stores().unwrap();
    for platform in
        [platform::SHOPEE, platform::LAZADA, platform::TIKTOK_SHOP, platform::SHOPIFY, platform::WOOCOMMERCE]
    {
        assert!(stores.iter().filter(|store| store.platform == platform).count() >= 3, "{platform}");
    }
    // One shop only shows what it looks like when a store does not load.
    for store in stores.iter().filter(|store| store.id.as_str() != "shopee-br-1") {
        let mut seen = BTreeSet::new();
        for coupon in coupons(&sandbox, store.id.as_str()) {
            // What buyers collect has no code, and people know it by its name.
            let names = ["promo_code", "code", "voucher_name", "title"];
            let name = if store.platform == platform::SHOPEE { Some(&coupon["voucher_code"]) } else { None };
            let name = name.or_else(|| names.iter().find_map(|name| coupon.get(*name)));
            // Nor has what applies by itself.
            let redeemed_by = coupon.get("redeemCodes").and_then(|codes| codes.get(0)).map(|code| &code["code"]);
            let name = redeemed_by.or(name).unwrap().as_str().unwrap().to_string();
            assert!(seen.insert(name.clone()), "{}: {name} twice", store.id);
            assert!(store.platform != platform::SHOPEE || (5..=9).contains(&name.len()), "{}: {name}", store.id);
        }
        assert!((25..=50).contains(&seen.len()), "{}: {} coupons", store.id, seen.len());
        let is_black_friday = |name: &String| name.to_ascii_uppercase().contains("BF") || name.contains("Black Friday");
        assert!(seen.iter().any(is_black_friday), "{} has no Black Friday", store.id);
    }
}

#[test]
fn the_same_scenario_tells_the_same_story_just_after_and_just_before_a_stores_midnight() {
    let scenario = r#"
        [[stores]]
        id = "sg"
        platform = "shopee"
        name = "Lumi Home"
        region = "SG"
        [[coupons]]
        stores = ["*"]
        code = "A"
        discount = { sum = "1" }
        starts = "day-2 00:00"
        ends = "today 23:59:59"
        [[coupons]]
        stores = ["*"]
        code = "B{n}"
        repeat = 20
        discount = { sum = "1" }
        starts = "day+2 12:00"
        ends = "day+3..day+9 23:59:59"
        total = "100-900"
        used = "10%-60%"
    "#;
    // 00:01 and 23:59 of one day in Singapore.
    let (_early_folder, early) = sandbox_at(scenario, "2026-11-21T16:01:00Z");
    let (_late_folder, late) = sandbox_at(scenario, "2026-11-22T15:59:00Z");
    assert_eq!(coupons(&early, "sg"), coupons(&late, "sg"));
    let ends = |index: usize| coupons(&late, "sg")[index]["end_time"].as_i64().unwrap();
    assert_eq!(ends(0), at("2026-11-22T15:59:59Z").timestamp());
    let spread: BTreeSet<i64> = (1..20).map(ends).collect();
    assert!(spread.len() > 3, "the ends are spread over the days of the range: {spread:?}");
}

#[test]
fn every_way_to_write_a_time_means_what_it_says() {
    let cases = [
        ("now", Some("2026-11-22T04:00:00Z")),
        ("+3d", Some("2026-11-25T04:00:00Z")),
        ("-2h30m", Some("2026-11-22T01:30:00Z")),
        ("+45s", Some("2026-11-22T04:00:45Z")),
        ("today 23:59:59", Some("2026-11-22T15:59:59Z")),
        ("today", Some("2026-11-21T16:00:00Z")),
        ("day+2 00:00", Some("2026-11-23T16:00:00Z")),
        ("day-1 08:30", Some("2026-11-21T00:30:00Z")),
        ("2026-12-01T00:00:00+08:00", Some("2026-11-30T16:00:00Z")),
        ("none", None),
    ];
    for (text, wanted) in cases {
        let scenario = format!(
            "[[stores]]\nid = \"sg\"\nplatform = \"shopee\"\nname = \"Lumi\"\nregion = \"SG\"\n\
             [[stores.coupons]]\ncode = \"A\"\ndiscount = {{ sum = \"1\" }}\nends = \"{text}\"\n"
        );
        let (_folder, sandbox) = sandbox_at(&scenario, "2026-11-22T04:00:00Z");
        let ends = coupons(&sandbox, "sg")[0]["end_time"].as_i64().unwrap();
        assert_eq!(ends, wanted.map_or(0, |wanted| at(wanted).timestamp()), "{text}");
    }
}

#[test]
fn a_mistake_in_a_scenario_is_named_with_its_file_and_place() {
    let store = "[[stores]]\nid = \"sg\"\nplatform = \"shopee\"\nname = \"Lumi\"\nregion = \"SG\"\n";
    let coupon = "[[stores.coupons]]\ncode = \"A\"\ndiscount = { sum = \"1\" }\n";
    let cases = [
        (format!("{store}colour = \"red\"\n"), "test.toml, line 6: unknown field `colour`"),
        (format!("{store}{coupon}ends = \"soon\"\n"), "test.toml, store `sg`, coupon `A`: \"soon\" is not a time"),
        (format!("{store}{coupon}status = \"draft\"\n"), "`status` means nothing on shopee"),
        (format!("{store}{coupon}min_spend = \"ten\"\n"), "\"ten\" is not an amount"),
        (format!("{store}permissions = \"read\"\n"), "`permissions` means nothing on shopee"),
        (store.replace("SG", "XX"), "the region \"XX\" is not known here; write `currency`"),
        (store.replace("shopee", "ebay"), "platform \"ebay\" has no sandbox"),
        (format!("{store}{store}"), "another store has the same id"),
        (format!("{store}[[faults]]\nkind = \"fire\"\n"), "unknown variant `fire`"),
    ];
    for (text, wanted) in cases {
        let error = Scenario::parse(&text, "test.toml", noon()).unwrap_err().to_string();
        assert!(error.starts_with("test.toml, ") && error.contains(wanted), "{error}\n  lacks: {wanted}");
    }
}

#[test]
fn two_sandboxes_of_one_scenario_are_the_same_to_the_last_key() {
    let tell = || {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::create(folder.path(), &Scenario::demo(noon()).unwrap()).unwrap();
        let stores = sandbox.stores().unwrap();
        let all: BTreeMap<String, _> =
            stores.iter().map(|store| (store.id.to_string(), coupons(&sandbox, store.id.as_str()))).collect();
        (stores, all)
    };
    assert_eq!(tell(), tell());
}
