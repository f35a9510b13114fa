//! Every connector is held to the same promises, against mock platforms that share no code with it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::trouble::{always, once};
use couponbook::domain::{
    Ability, ChangeId, Coupon, CouponId, Currency, Discount, Draft, Limits, MayWrite, Minimum, Money, Owner, Period,
    Start, Status, Timestamp, Verb, Write,
};
use couponbook::platforms::{CallErrorKind, CallLog, Connector, KnownCoupons, Network, SendError, is_ours};
use couponbook::sandbox::{FaultKind, Matching, Running, Sandbox, Scenario, StoreAccess};
use rust_decimal::Decimal;

use super::server::{at, hasty};
use crate::accounts::{account, connect};
use crate::platform;

fn noon() -> Timestamp {
    at("2026-11-22T04:00:00Z")
}

/// A coupon in each status that its platform has.
pub const SHOPS: &str = r#"
[sandbox]
lazada_detail_tells_used = true

[[stores]]
id = "shopee"
platform = "shopee"
name = "Lumi Home"
region = "SG"
items = [11, 12, 13]

[[stores]]
id = "lazada"
platform = "lazada"
name = "Lumi Beauty"
region = "SG"

[[stores]]
id = "tiktok"
platform = "tiktok_shop"
name = "Lumi Live"
region = "SG"

[[stores]]
id = "shopify"
platform = "shopify"
name = "Lumi World"
region = "SG"
token = "expiring"

[[stores]]
id = "woo"
platform = "woocommerce"
name = "Lumi Online"
region = "SG"
woocommerce_version = "11.0.1"

[[coupons]]
stores = ["*"]
code = "RUNS"
name = "Running"
starts = "-2d"
ends = "day+9 23:59:59"
total = 100
used = 40
discount = { percent = "15" }
min_spend = "50"

[[coupons]]
stores = ["*"]
code = "SUM"
name = "Summed"
starts = "-2d"
ends = "+9d"
total = 100
used = 0
discount = { sum = "12.50" }
min_spend = "49.90"

[[coupons]]
stores = ["*"]
code = "GONE"
name = "Ended"
starts = "-9d"
ends = "-2d"
total = 100
used = 100
discount = { sum = "10" }
min_spend = "40"

[[coupons]]
stores = ["shopee", "lazada", "tiktok", "shopify"]
code = "COME"
name = "Coming"
starts = "+2d"
ends = "+9d"
total = 100
used = 0
discount = { sum = "10" }
min_spend = "40"

[[coupons]]
stores = ["shopee"]
code = "ADMIN"
name = "Of the platform"
starts = "-2d"
ends = "+9d"
total = 100
used = 0
discount = { sum = "10" }
min_spend = "40"
platform_owned = true

[[coupons]]
stores = ["lazada"]
code = "HELD"
name = "Held"
starts = "-2d"
ends = "+9d"
total = 100
used = 0
discount = { sum = "10" }
min_spend = "40"
status = "SUSPEND"

[[coupons]]
stores = ["tiktok"]
code = "HELD"
name = "Held"
starts = "-2d"
ends = "+9d"
total = 100
used = 0
discount = { sum = "10" }
min_spend = "40"
status = "DEACTIVATED"

[[coupons]]
stores = ["woo"]
code = "held & kept"
name = "A draft"
ends = "+9d"
total = "none"
used = 0
discount = { percent = "10" }
status = "draft"
"#;

struct World {
    folder: tempfile::TempDir,
    running: Running,
}

impl World {
    async fn new() -> Self {
        Self::of(&Scenario::parse(SHOPS, "contract.toml", noon()).unwrap()).await
    }

    async fn of(scenario: &Scenario) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::create(folder.path(), scenario).unwrap();
        let running = sandbox.serve("127.0.0.1:0".parse().unwrap(), Arc::new(noon)).await.unwrap();
        Self { folder, running }
    }

    fn stores(&self) -> Vec<StoreAccess> {
        self.running.sandbox().stores().unwrap()
    }

    fn connector(&self, access: &StoreAccess) -> Box<dyn Connector> {
        let network = Network::new(Arc::new(noon), self.folder.path().join("tokens"), CallLog::none(), hasty());
        connect(&account(access, &self.running), &network).unwrap()
    }

    fn writes(&self) -> usize {
        self.running.sandbox().audit().unwrap().len()
    }
}

fn change() -> ChangeId {
    serde_json::from_str("\"0123456789abcdef0123456789abcdef\"").unwrap()
}

/// Whether the platform's API can change anything at all, by its table.
fn can_write(connector: &dyn Connector) -> bool {
    connector.abilities().rules.iter().any(|rule| rule.ability == Ability::Yes)
}

async fn running_one(connector: &dyn Connector) -> Coupon {
    connector.list().await.unwrap().coupons.into_iter().find(|coupon| coupon.name == "Running").unwrap()
}

#[tokio::test]
async fn a_list_has_every_coupon_as_it_is() {
    let world = World::new().await;
    let usual = [("Ended", Status::Ended), ("Running", Status::Active), ("Summed", Status::Active)];
    let coming = ("Coming", Status::Scheduled);
    let held = ("Held", Status::Paused);
    let besides: [(&str, &[(&str, Status)]); 5] = [
        ("shopee", &[coming, ("Of the platform", Status::Active)]),
        ("lazada", &[coming, held]),
        ("tiktok", &[coming, held]),
        ("shopify", &[coming]),
        ("woo", &[("A draft", Status::Paused)]),
    ];
    for (access, (store, besides)) in world.stores().iter().zip(besides) {
        assert_eq!(access.id.as_str(), store);
        let connector = world.connector(access);
        let listing = connector.list().await.unwrap();
        // A shop of WooCommerce calls a coupon by its code and has a description beside it.
        let listed: BTreeSet<_> =
            listing.coupons.iter().map(|coupon| (coupon.name.as_str(), coupon.status.word())).collect();
        let expected = usual.iter().chain(besides).map(|(name, status)| (*name, status.word()));
        assert_eq!(listed, expected.collect(), "{store}");
        assert!(listing.unreadable.is_empty(), "{:?}", listing.unreadable);
        assert!(listing.expected.is_none_or(|expected| expected == listing.coupons.len() as u64));
        for coupon in &listing.coupons {
            assert_eq!(connector.get(&coupon.id).await.unwrap().as_ref(), Some(coupon), "a list has all fields");
        }
        let summed = listing.coupons.iter().find(|coupon| coupon.name == "Summed").unwrap();
        assert_eq!(summed.discount.to_string(), "SGD 12.50 off");
        assert_eq!(summed.minimum.to_string(), "SGD 49.90");
        let running = listing.coupons.iter().find(|coupon| coupon.name == "Running").unwrap();
        assert_eq!(running.total, Some(100), "{store}");
        assert_eq!(running.remaining(), Some(60), "{store}");
        // 23:59:59 of a day is that day's last second: the end is the midnight after it. Shopify's end is the instant itself.
        let expected = if store == "shopify" { at("2026-12-01T15:59:59Z") } else { at("2026-12-01T16:00:00Z") };
        let ends = if store == "tiktok" { running.claimable } else { Some(running.usable) };
        assert_eq!(ends.unwrap_or(running.usable).ends(), Some(expected), "{store}");
    }
}

#[tokio::test]
async fn the_demo_shops_load_whole_but_for_the_two_that_are_meant_not_to() {
    let world = World::of(&Scenario::demo(noon()).unwrap()).await;
    for access in world.stores() {
        let listing = world.connector(&access).list().await;
        if access.id.as_str() == "shopee-br-1" {
            assert_eq!(listing.unwrap_err().kind, CallErrorKind::SignIn, "its owner took the app's rights away");
            continue;
        }
        let listing = listing.unwrap();
        let kept = world.running.sandbox().coupons(access.id.as_str()).unwrap();
        let kept =
            kept.iter().filter(|(_, coupon)| coupon.get("status").is_none_or(|status| status != "trash")).count();
        let dropped = usize::from(access.id.as_str() == "woo-au-1");
        assert_eq!(listing.coupons.len() + dropped, kept, "{}", access.id);
        assert!(listing.expected.is_none_or(|expected| expected == kept as u64), "{}", access.id);
        assert!(listing.unreadable.is_empty(), "{}: {:?}", access.id, listing.unreadable);
        assert!(listing.coupons.iter().all(|coupon| coupon.status != Status::Unknown), "{}", access.id);
    }
}

#[tokio::test]
async fn a_coupon_that_is_not_there_is_none_and_its_code_finds_nothing() {
    let world = World::new().await;
    for access in world.stores() {
        let connector = world.connector(&access);
        assert!(connector.get(&CouponId::new("999999999")).await.unwrap().is_none(), "{}", access.id);
        assert!(connector.find_code("NOSUCH").await.unwrap().is_empty(), "{}", access.id);
    }
}

#[tokio::test]
async fn a_code_is_found_live_or_not() {
    // Most of Lazada's vouchers have no code, so there is one more.
    let typed = "[[coupons]]\nstores = [\"lazada\"]\ncode = \"TYPED\"\nname = \"With a code\"\nends = \"-2d\"\ntotal = 9\n\
                 discount = { sum = \"10\" }\nraw = { voucher_type = \"CODE_VOUCHER\" }\n";
    let world = World::of(&Scenario::parse(&format!("{SHOPS}{typed}"), "contract.toml", noon()).unwrap()).await;
    let codes: [&[&str]; 5] = [
        &["lumiRUNS", "lumigone", "LUMICOME"],
        &["typed"],
        &["RUNS", "gone", "Held"],
        &["RUNS", "gone", "Come"],
        &["RUNS", "gone", "Held & Kept"],
    ];
    for (access, codes) in world.stores().iter().zip(codes) {
        let connector = world.connector(access);
        for code in codes {
            let found = connector.find_code(code).await.unwrap();
            let found: Vec<_> =
                found.iter().filter_map(|coupon| coupon.code.as_ref()).map(|c| c.to_lowercase()).collect();
            assert_eq!(found, [code.to_lowercase()], "{}", access.id);
        }
    }
}

type Check = Box<dyn Fn(Option<&Coupon>) -> bool>;

/// The write that carries `verb` out on `coupon`, and what is then true of it (none: it is gone).
fn write_for(verb: Verb, coupon: &Coupon, currency: Currency) -> Option<(Write, Check)> {
    let id = coupon.id.clone();
    let holds = |check: fn(&Coupon) -> bool| -> Check { Box::new(move |coupon| coupon.is_some_and(check)) };
    Some(match verb {
        Verb::Extend => {
            let ends = Some(at("2027-01-05T16:00:00Z"));
            let check = Box::new(move |now: Option<&Coupon>| now.is_some_and(|now| now.usable.ends() == ends));
            (Write::SetEnd { coupon: id, ends }, check)
        }
        Verb::Shorten => {
            let ends = Some(at("2026-11-25T16:00:00Z"));
            let check = Box::new(move |now: Option<&Coupon>| now.is_some_and(|now| now.usable.ends() == ends));
            (Write::SetEnd { coupon: id, ends }, check)
        }
        Verb::Restock => (Write::SetTotal { coupon: id, total: Some(900) }, holds(|coupon| coupon.total == Some(900))),
        Verb::AdjustMinSpend => {
            let minimum = Minimum::Spend(Money::new(Decimal::new(6550, 2), currency));
            (Write::SetMinimum { coupon: id, minimum }, holds(|coupon| coupon.minimum.to_string() == "SGD 65.50"))
        }
        Verb::End => (
            Write::End { coupon: id, at: noon() },
            holds(|coupon| coupon.usable.ends() <= Some(noon() + chrono::Duration::seconds(1)) && !coupon.is_live()),
        ),
        Verb::Pause => (Write::Pause { coupon: id }, holds(|coupon| coupon.status == Status::Paused)),
        Verb::Enable => {
            // What a stop overwrote, from our journal.
            let later = || Period::new(coupon.usable.starts(), Some(at("2027-01-05T16:00:00Z"))).unwrap();
            let period = (coupon.status == Status::Ended).then(later);
            (Write::Enable { coupon: id, period }, holds(|coupon| coupon.status == Status::Active))
        }
        Verb::Delete => (Write::Delete { coupon: id }, Box::new(|coupon| coupon.is_none())),
        Verb::Create => return None,
    })
}

/// The table is read by managers and by the plan; here it is compared with what the platforms do.
#[tokio::test]
async fn what_the_table_promises_is_done_and_what_it_denies_is_refused() {
    for &verb in Verb::ALL {
        let world = World::new().await;
        for access in world.stores() {
            let connector = world.connector(&access);
            for coupon in connector.list().await.unwrap().coupons {
                let ability = connector.abilities().rule(verb, coupon.status).ability;
                let Some((write, is_true)) = write_for(verb, &coupon, access.currency) else { continue };
                let told = format!("{verb:?} on {} ({}) of {}", coupon.name, coupon.status, access.id);
                let (writes, calls) = (world.writes(), connector.tally().calls);
                let answer = connector.send(&write, &change()).await;
                if !can_write(&*connector) {
                    assert!(matches!(answer, Err(SendError::Refused(_))), "{told}: {answer:?}");
                    assert_eq!(connector.tally().calls, calls, "{told}: nothing is sent");
                    continue;
                }
                let now = connector.get(&coupon.id).await.unwrap();
                match ability {
                    _ if coupon.owner == Owner::Platform => {
                        assert!(matches!(answer, Err(SendError::Refused(_))), "{told}: {answer:?}");
                    }
                    Ability::Yes => {
                        assert!(answer.is_ok(), "{told}: {answer:?}");
                        assert!(is_true(now.as_ref()), "{told}: {now:?}");
                        assert_eq!(world.writes(), writes + 1, "{told:?}");
                    }
                    // These let themselves be told twice what is so already.
                    Ability::Already | Ability::Instead(_)
                        if matches!(access.platform, platform::WOOCOMMERCE | platform::SHOPIFY) => {}
                    _ => {
                        assert!(matches!(answer, Err(SendError::Refused(_))), "{told}: {answer:?}");
                        assert_eq!(world.writes(), writes, "{told:?}");
                        assert_eq!(now.as_ref(), Some(&coupon), "{told:?}");
                    }
                }
            }
        }
    }
}

fn draft(model: &Coupon, limits: &Limits) -> Draft {
    let prefix: String = model.code.as_deref().unwrap_or_default().chars().take(limits.code_prefix_letters).collect();
    Draft {
        model: model.id.clone(),
        // No letters to choose: a coupon that buyers collect.
        code: if limits.code_letters_max == 0 { String::new() } else { format!("{prefix}NEW1") },
        name: model.name.clone(),
        kind: model.kind.clone(),
        discount: model.discount.clone(),
        minimum: model.minimum,
        start: if limits.has_start { Start::At(noon() + limits.start_lead) } else { Start::Soonest },
        ends: Some(at("2026-12-31T16:00:00Z")),
        total: Some(250),
        per_buyer: model.per_buyer,
        other_rules: model.other_rules.clone(),
        besides: model.besides.clone(),
    }
}

#[tokio::test]
async fn a_copy_reads_back_as_what_was_asked_for() {
    let world = World::new().await;
    for access in world.stores() {
        let connector = world.connector(&access);
        let model = running_one(&*connector).await;
        let draft = draft(&model, &connector.abilities().limits);
        let write = Write::Create { draft: Box::new(draft.clone()) };
        if !can_write(&*connector) {
            let calls = connector.tally().calls;
            let answer = connector.send(&write, &change()).await;
            assert!(matches!(answer, Err(SendError::Refused(_))), "{}: {answer:?}", access.id);
            assert_eq!(connector.tally().calls, calls, "{}: nothing is sent", access.id);
            continue;
        }
        let receipt = connector.send(&write, &change()).await.unwrap();
        let created = connector.get(&receipt.created.unwrap()).await.unwrap().unwrap();
        assert!(is_ours(&created, &draft, &change()), "{}: {created:#?}\n{draft:#?}", access.id);
        assert!(created.same_rules(&model), "{}", access.id);
        let found = connector.find_created(&draft).await.unwrap();
        assert_eq!(found, [created], "{}", access.id);
        if draft.code.is_empty() {
            continue;
        }
        // The same code again is refused, so that a lost answer cannot make two of it.
        let again = connector.send(&write, &change()).await;
        assert!(matches!(again, Err(SendError::Refused(_))), "{}: {again:?}", access.id);
    }
}

#[tokio::test]
async fn a_write_is_sent_once_whatever_becomes_of_its_answer() {
    let lost = [
        (FaultKind::LoseAnswer, 1),
        (FaultKind::Truncate, 1),
        (FaultKind::LoseRequest, 0),
        (FaultKind::Html, 0),
        (FaultKind::Status { code: 502, retry_after_seconds: None, carried_out: true }, 1),
        (FaultKind::Status { code: 503, retry_after_seconds: Some(0), carried_out: false }, 0),
    ];
    for (kind, carried_out) in lost {
        let world = World::new().await;
        for access in world.stores() {
            let connector = world.connector(&access);
            if !can_write(&*connector) {
                continue;
            }
            let model = running_one(&*connector).await;
            let matching = Matching { store: Some(access.id.to_string()), writes_only: true, ..Matching::default() };
            world.running.faults().add(always(matching, kind.clone()));
            let (before, calls) = (world.writes(), connector.tally().calls);
            let draft = draft(&model, &connector.abilities().limits);
            let answer = connector.send(&Write::Create { draft: Box::new(draft) }, &change()).await;
            assert!(matches!(answer, Err(SendError::Unknown(_))), "{} {kind:?}: {answer:?}", access.id);
            assert_eq!(world.writes() - before, carried_out, "{} {kind:?}", access.id);
            assert_eq!(connector.tally().calls - calls, 1, "{} {kind:?}", access.id);
        }
    }
}

#[tokio::test]
async fn a_write_is_carried_out_once_when_the_platform_says_not_now_or_prints_a_notice() {
    for kind in [FaultKind::Throttle { retry_after_seconds: None }, FaultKind::PhpNotice] {
        let world = World::new().await;
        for access in world.stores() {
            let connector = world.connector(&access);
            if !can_write(&*connector) {
                continue;
            }
            let model = running_one(&*connector).await;
            let matching = Matching { store: Some(access.id.to_string()), writes_only: true, ..Matching::default() };
            world.running.faults().add(once(matching, kind.clone()));
            let before = world.writes();
            let write = Write::SetTotal { coupon: model.id, total: Some(900) };
            let answer = connector.send(&write, &change()).await;
            assert!(answer.is_ok(), "{} {kind:?}: {answer:?}", access.id);
            assert_eq!(world.writes() - before, 1, "{} {kind:?}", access.id);
        }
    }
}

#[tokio::test]
async fn a_load_survives_passing_trouble() {
    let passing = [
        FaultKind::LoseAnswer,
        FaultKind::Truncate,
        FaultKind::LoseRequest,
        FaultKind::Html,
        FaultKind::Throttle { retry_after_seconds: Some(0) },
        FaultKind::Status { code: 503, retry_after_seconds: Some(0), carried_out: false },
        FaultKind::PhpNotice,
    ];
    for kind in passing {
        let world = World::new().await;
        for access in world.stores() {
            let connector = world.connector(&access);
            let whole = connector.list().await.unwrap().coupons;
            let matching = Matching { store: Some(access.id.to_string()), ..Matching::default() };
            world.running.faults().add(once(matching, kind.clone()));
            assert_eq!(connector.list().await.unwrap().coupons, whole, "{} {kind:?}", access.id);
        }
    }
}

#[tokio::test]
async fn a_sign_in_that_has_ended_is_renewed_and_one_that_cannot_be_is_told() {
    let world = World::new().await;
    // A shop of WooCommerce is signed in to with keys that have no end.
    for access in world.stores().iter().filter(|access| access.platform != platform::WOOCOMMERCE) {
        let connector = world.connector(access);
        connector.list().await.unwrap();
        world.running.sandbox().expire_tokens(Some(access.id.as_str()), false, noon()).unwrap();
        connector.list().await.unwrap();
        world.running.sandbox().expire_tokens(Some(access.id.as_str()), true, noon()).unwrap();
        let error = connector.list().await.unwrap_err();
        assert_eq!(error.kind, CallErrorKind::SignIn, "{}: {error:?}", access.id);
        assert!(
            crate::english(&error.sentence).contains("authorize")
                || crate::english(&error.sentence).contains("sign in"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_store_tells_its_currency_and_whether_the_clocks_agree() {
    let world = World::new().await;
    for access in world.stores() {
        let health = world.connector(&access).check().await.unwrap();
        // Lazada's is told by the country's host, and here that is this machine; TikTok Shop's by an amount, if its first coupon has one.
        let tells = access.platform != platform::LAZADA
            && (access.platform != platform::TIKTOK_SHOP || health.currency.is_some());
        assert_eq!(health.currency, tells.then_some(access.currency), "{}", access.id);
        assert_eq!(health.shop_name.as_deref(), Some(access.name.as_str()), "{}", access.id);
        assert!(health.zone.is_none_or(|zone| zone == access.zone.name()), "{}", access.id);
        assert_eq!(health.restriction, None, "{}", access.id);
        let expected = match access.platform {
            platform::TIKTOK_SHOP => MayWrite::Never,
            platform::SHOPIFY => MayWrite::Yes,
            _ => MayWrite::NotTold,
        };
        assert_eq!(health.may_write, expected, "{}", access.id);
    }
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn a_load_is_forecast_to_the_call_and_its_pace_is_known() {
    let world = World::new().await;
    for access in world.stores() {
        let connector = world.connector(&access);
        assert!(connector.pace().is_some(), "{}", access.id);
        let known = connector.list().await.unwrap().coupons;
        let next = world.connector(&access);
        let known = match next.counts_by_each_coupon() {
            true => KnownCoupons::Each(&known),
            false => KnownCoupons::Count(known.len()),
        };
        let expected = next.calls_to_load(known);
        assert_eq!(next.tally().calls, 0, "{}: a forecast sends nothing", access.id);
        next.list().await.unwrap();
        assert_eq!(next.tally().calls, expected, "{}", access.id);
        let expected = next.calls_about_the_sign_in();
        let before = next.tally().calls;
        next.sign_in_again_by().await;
        assert_eq!(next.tally().calls - before, expected, "{}: about the sign-in", access.id);
    }
}

#[tokio::test]
async fn a_discount_that_a_platform_cannot_make_is_not_sent() {
    let world = World::new().await;
    for access in world.stores() {
        let connector = world.connector(&access);
        let model = running_one(&*connector).await;
        let odd =
            Draft { discount: Discount::BuyXGetY("2 for 1".into()), ..draft(&model, &connector.abilities().limits) };
        let answer = connector.send(&Write::Create { draft: Box::new(odd) }, &change()).await;
        assert!(matches!(answer, Err(SendError::Refused(_))), "{}: {answer:?}", access.id);
        assert_eq!(world.writes(), 0);
    }
}
