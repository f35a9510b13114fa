//! A config that is of another shop than its keys: nothing of it is shown, and nothing is planned there until it is right.

use couponbook::domain::{Export, ExportId, FindingCode, Row, Severity};
use couponbook::language::Language;

use std::sync::Arc;

use super::paper::{Exported, row};
use super::tool::{Tool, text};

const FIVE_SHOPS: &str = include_str!("../data/flows/five_shops.toml");
const SHOPIFY: &str = "shopify-sg-1";
const SHOPS: [&str; 5] = ["shopee-sg-1", "lazada-sg-1", "tiktok-sg-1", "shopify-sg-1", "woo-sg-1"];
const OUR_CURRENCY: &str = "the shop's currency is SGD, the config says USD";
const OUR_ZONE: &str = "the shop's time zone is Asia/Singapore, the config says Europe/Berlin";

/// Changes the config of one store.
fn configure(tool: &Tool, store: &str, from: &str, to: &str) {
    let text = tool.read("couponbook.toml");
    let (before, its) = text.split_once(&format!("id = \"{store}\"")).unwrap();
    assert!(its.contains(from), "{from:?} is not in the config of {store}");
    tool.write("couponbook.toml", &format!("{before}id = \"{store}\"{}", its.replacen(from, to, 1)));
}

fn snapshot(tool: &Tool, workbook: &Exported) -> Export {
    let archive = crate::archive::archive_at(tool.path("archive"), "this machine");
    archive.load_snapshot(&ExportId::new(workbook.id())).unwrap()
}

/// What the export says of the store as a whole, and how many of its coupons it has.
fn seen(export: &Export, store: &str) -> (Vec<String>, usize) {
    let load = export.stores.iter().find(|load| load.store.id.as_str() == store).unwrap();
    let wrong = load.findings.iter().filter(|finding| finding.code == FindingCode::WrongShop);
    let said = wrong.map(|finding| {
        assert_eq!(finding.severity, Severity::Critical);
        Language::ENGLISH.render(&finding.why)
    });
    (said.collect(), export.rows.iter().filter(|row| row.coupon.store.as_str() == store).count())
}

#[test]
fn a_shop_of_another_currency_is_kept_out_and_nothing_is_planned_there_until_the_config_is_right() {
    let (tool, shops) = Tool::with_shops(FIVE_SHOPS);
    let good = tool.export("good");
    let before = snapshot(&tool, &good);
    let rows: Vec<_> = SHOPS
        .iter()
        .map(|store| {
            let (said, coupons) = seen(&before, store);
            assert_eq!(said, Vec::<String>::new(), "{store}");
            assert!(coupons > 3, "{store}");
            let mut of_store = before.rows.iter().filter(|row| row.coupon.store.as_str() == *store);
            let low = of_store.find(|row| row.coupon.remaining() == Some(6)).unwrap();
            row(store, "", "restock").stock("100").key(low.key.as_str())
        })
        .collect();
    let back = good.hand_back(&tool.path("back.xlsx"), &rows);
    let planned = tool.plan(&back, &[]).verdicts();
    for (place, store) in SHOPS.iter().enumerate() {
        configure(&tool, store, "currency = \"SGD\"", "currency = \"USD\"");
        let export = snapshot(&tool, &tool.export(store));
        for other in SHOPS {
            let (said, coupons) = seen(&export, other);
            if other == *store {
                assert_eq!(coupons, 0, "{store}");
                assert!(matches!(said.as_slice(), [one] if one.contains(OUR_CURRENCY)), "{store}: {said:?}");
            } else {
                assert_eq!((said, coupons), (Vec::new(), seen(&before, other).1), "{store} {other}");
            }
        }
        let plan = tool.plan(&back, &[]);
        for (at, (verdict, was)) in plan.verdicts().into_iter().zip(&planned).enumerate() {
            assert_eq!(verdict.ends_with(": refused"), at == place, "{store}: {verdict}, was {was}");
        }
        assert!(plan.stdout.contains(OUR_CURRENCY), "{store}: {}", plan.stdout);
        configure(&tool, store, "currency = \"USD\"", "currency = \"SGD\"");
    }
    assert_eq!(tool.plan(&back, &[]).verdicts(), planned);
    assert_eq!(shops.writes(), Vec::<String>::new());
}

#[test]
fn a_plan_that_was_reviewed_is_stale_once_the_config_names_another_shop() {
    let (tool, shops) = Tool::with_shops(FIVE_SHOPS);
    let good = tool.export("good");
    let before = snapshot(&tool, &good);
    let low = |store: &'static str| {
        let mut rows = before.rows.iter().filter(|row| row.coupon.store.as_str() == store);
        let low = rows.find(|row| row.coupon.remaining() == Some(6)).unwrap();
        row(store, "", "restock").stock("100").key(low.key.as_str())
    };
    for store in ["shopify-sg-1", "woo-sg-1"] {
        let back = good.hand_back(&tool.path(&format!("{store}.xlsx")), &[low(store)]);
        tool.plan(&back, &[]);
        configure(&tool, store, "currency = \"SGD\"", "currency = \"USD\"");
        let refused = tool.apply(&tool.path(&format!("{store}-plan.json")), &[]);
        assert!(refused.stderr.contains("stale") && refused.stderr.contains(OUR_CURRENCY), "{}", refused.stderr);
        assert_eq!(shops.writes(), Vec::<String>::new(), "{store}");
        configure(&tool, store, "currency = \"USD\"", "currency = \"SGD\"");
    }
}

#[test]
fn a_shop_of_another_time_zone_is_kept_out_where_its_platform_tells_one() {
    let (tool, _shops) = Tool::with_shops(FIVE_SHOPS);
    SHOPS.iter().for_each(|store| configure(&tool, store, "\"Asia/Singapore\"", "\"Europe/Berlin\""));
    let export = snapshot(&tool, &tool.export("wrong"));
    for store in SHOPS {
        let (said, coupons) = seen(&export, store);
        let tells = ["shopify-sg-1", "woo-sg-1"].contains(&store);
        assert_eq!(said.len(), usize::from(tells), "{store}: {said:?}");
        assert!(said.iter().all(|one| one.contains(OUR_ZONE)), "{store}: {said:?}");
        assert_eq!(coupons == 0, tells, "{store}");
    }
}

#[test]
fn keys_of_another_shop_of_the_same_seller_are_the_wrong_shop() {
    let two = "\n[[stores]]\nid = \"tiktok-sg-2\"\nplatform = \"tiktok_shop\"\nname = \"Lumi Two\"\nregion = \"SG\"\n\
               seller = \"tiktok-sg-1\"\n[[coupons]]\nstores = [\"*\"]\ncode = \"ONE\"\ndiscount = { sum = \"5\" }\n";
    let (tool, shops) = Tool::with_shops(&format!("{}{two}", FIVE_SHOPS.split("[[coupons]]").next().unwrap()));
    let stores = shops.stores();
    let cipher = |id: &str| {
        let store = stores.iter().find(|store| store.id.as_str() == id).unwrap();
        store.sign_in.text("shop_cipher").unwrap()
    };
    configure(&tool, "tiktok-sg-1", &cipher("tiktok-sg-1"), &cipher("tiktok-sg-2"));
    configure(&tool, "lazada-sg-1", "seller_id = \"", "seller_id = \"9");
    let export = snapshot(&tool, &tool.export("wrong"));
    for store in ["tiktok-sg-1", "lazada-sg-1"] {
        let (said, coupons) = seen(&export, store);
        assert_eq!((said.len(), coupons), (1, 0), "{store}: {said:?}");
    }
    assert_eq!(seen(&export, "tiktok-sg-2").0, Vec::<String>::new());
}

#[test]
fn while_this_machines_clock_is_hours_off_nothing_is_sent_and_an_export_says_so() {
    // The others sign the time with their calls and are refused for it.
    let (mut tool, shops) = Tool::with_shops(FIVE_SHOPS);
    let good = tool.export("good");
    let before = snapshot(&tool, &good);
    let is_of_shop = |row: &&Row| row.coupon.store.as_str() == SHOPIFY && row.coupon.is_live();
    let live = before.rows.iter().find(is_of_shop).unwrap();
    let back = good.hand_back(&tool.path("back.xlsx"), &[row(SHOPIFY, "", "end").key(live.key.as_str())]);
    tool.plan(&back, &[]).exits(0);
    let right = tool.clock.clone();
    for (hours, told) in [(2, "seconds ahead of the shop's"), (-2, "seconds behind the shop's")] {
        let clock = right.clone();
        tool.clock = Arc::new(move || clock() + chrono::Duration::hours(hours));
        let planned = tool.plan(&back, &[]).exits(4);
        assert_eq!(planned.verdicts(), [format!("{}: refused", live.coupon.label())], "{hours}");
        assert!(planned.stdout.contains(told), "{}", planned.stdout);
        // A plan that was reviewed before is not sent either.
        tool.run(["apply", text(&tool.path("back-plan.json")), "--yes"]).exits(4).says(&["the plan is stale", told]);
        tool.run(["export", "--store", SHOPIFY, "--out", text(&tool.path(&format!("off{hours}.xlsx")))]).says(&[told]);
    }
    let export = snapshot(&tool, &tool.export("off"));
    let differs = export.stores.iter().flat_map(|load| &load.findings).find(|it| it.code == FindingCode::StoreDiffers);
    let why = Language::ENGLISH.render(&differs.unwrap().why);
    assert!(why.contains("seconds behind the shop's"), "{why}");
    assert_eq!(shops.writes(), Vec::<String>::new());
    tool.clock = right;
    assert_eq!(tool.apply(&back, &[]).exits(0).totals(), "done: 1");
}

#[test]
fn a_shop_that_answers_in_another_version_than_asked_is_said_to_in_the_export_and_when_stores_are_checked() {
    let shop = |more: &str| {
        format!(
            "[[stores]]\nid = \"{SHOPIFY}\"\nplatform = \"shopify\"\nname = \"Lumi World\"\nregion = \"SG\"\n{more}\n\
             [[stores.coupons]]\ncode = \"ONE\"\ndiscount = {{ sum = \"5\" }}\nmin_spend = \"50\"\ntotal = 90\n"
        )
    };
    for (more, is_said) in [("", false), ("oldest_version = \"2026-10\"", true)] {
        let (tool, _shops) = Tool::with_shops(&shop(more));
        let export = snapshot(&tool, &tool.export("seen"));
        let found = export.stores[0].findings.iter().find(|finding| finding.code == FindingCode::StoreDiffers);
        assert_eq!(found.is_some(), is_said);
        if let Some(finding) = found {
            let why = Language::ENGLISH.render(&finding.why);
            assert!(why.contains("in version 2026-10 of its API and not in 2026-07"), "{why}");
            assert_eq!(finding.severity, Severity::Warning);
        }
        let checked = tool.run(["stores", "check"]).stdout;
        assert_eq!(checked.contains("in version 2026-10 of its API"), is_said, "{checked}");
    }
}
