//! What a plan promises the platform keeps: on random coupons of every platform, each change is accepted by the pretend platform. So
//! what that refuses was never called a change.

use std::fmt::Write as _;
use std::sync::Arc;

use couponbook::domain::{ActionWord, Coupon, Edit, Owner, Route, Verb, Write};
use couponbook::plan::Verdict;
use couponbook::platforms::{CallLog, Connector, Network};
use couponbook::rules::allowed_less;
use couponbook::sandbox::{Running, Sandbox, Scenario};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::server::hasty;
use crate::accounts::{account, connect};
use crate::plan::{Act, Fixture, act, in_words};
use crate::rules::shop::now;

/// One coupon, in numbers that each platform reads in its own way.
#[derive(Debug, Clone)]
struct Random {
    kind: u8,
    starts: i64,
    days: i64,
    total: u64,
    used: u64,
    sum: u32,
    minimum: u32,
    is_share: bool,
}

fn random() -> impl Strategy<Value = Random> {
    (0..9_u8, -9..4_i64, 2..30_i64, 1..200_u64, 0..300_u64, 1..30_u32, 0..3_u32, any::<bool>()).prop_map(
        |(kind, starts, days, total, used, sum, minimum, is_share)| Random {
            kind,
            starts,
            days,
            total,
            used: used.min(total),
            sum,
            minimum: minimum * 40,
            is_share,
        },
    )
}

/// What only some coupons of a platform have.
fn special(platform: &str, kind: u8) -> (&'static str, bool) {
    let raw = match (platform, kind) {
        ("shopee", 0) => "raw = { target_voucher = 1 }",
        ("shopee", 1) => "raw = { usecase = 3 }",
        ("shopee", 2) => "raw = { usecase = 4 }",
        ("shopee", 3) => "raw = { usecase = 5 }",
        ("shopify", 0) => "raw = { __typename = \"DiscountCodeFreeShipping\" }",
        ("shopify", 1) => "raw = { __typename = \"DiscountCodeBxgy\" }",
        ("shopify", 2) => "raw = { __typename = \"DiscountAutomaticBasic\" }",
        ("shopify", 3) => "raw = { __typename = \"DiscountAutomaticFreeShipping\" }",
        ("shopify", 4) => "raw = { __typename = \"DiscountAutomaticBxgy\" }",
        ("shopify", 5) => {
            "raw = { context = { __typename = \"DiscountMarkets\", markets = [{ id = \"gid://shopify/Market/1\", name = \"EU\" }] } }"
        }
        ("shopify", 6) => {
            "raw = { context = { __typename = \"DiscountCustomers\", customers = [{ id = \"gid://shopify/Customer/1\" }] }, tags = [\"a\"] }"
        }
        ("shopify", 7) => "raw = { context = { __typename = \"DiscountContextUnknown\" } }",
        ("woocommerce", 0) => "status = \"draft\"",
        ("woocommerce", 2) => "status = \"future\"",
        ("woocommerce", 3) => "raw = { maximum_amount = \"80.00\" }",
        ("woocommerce", 4) => "raw = { meta_data = [{ id = 1, key = \"_members_only\", value = \"gold\" }] }",
        ("lazada", 0) => "status = \"SUSPEND\"",
        _ => "",
    };
    (raw, platform == "lazada" && kind == 0)
}

fn scenario(coupons: &[Random]) -> String {
    let mut text = String::new();
    for (id, platform) in [("a", "shopee"), ("b", "lazada"), ("c", "shopify"), ("d", "woocommerce")] {
        let _ = write!(
            text,
            "[[stores]]\nid = \"{id}\"\nplatform = \"{platform}\"\nname = \"Lumi {id}\"\nregion = \"SG\"\n\n"
        );
        for (number, it) in coupons.iter().enumerate() {
            let (extra, runs) = special(platform, it.kind);
            let starts = if runs { it.starts.min(-1) } else { it.starts };
            let ends = if runs { starts.max(0) + it.days } else { starts + it.days };
            // Not yet begun, so that nobody has used it.
            let used = if starts > 0 { 0 } else { it.used };
            let discount = match it.is_share {
                true => format!("{{ percent = \"{}\" }}", it.sum),
                false => format!("{{ sum = \"{}\" }}", it.sum),
            };
            let code = if platform == "woocommerce" && it.kind == 1 { "T  T" } else { "T" };
            let _ = write!(
                text,
                "[[stores.coupons]]\ncode = \"{code}{number}\"\nname = \"Coupon {number}\"\nstarts = \"{starts:+}d\"\nends = \"{ends:+}d\"\n\
                 total = {}\nused = {used}\ndiscount = {discount}\nmin_spend = \"{}\"\n{extra}\n\n",
                it.total,
                if it.is_share { it.minimum } else { it.minimum.max(it.sum + 10) },
            );
        }
    }
    text
}

fn acts() -> Vec<Act> {
    use ActionWord::{Adjust, Delete, Enable, End, Pause, Recreate, Renew, Restock};
    let cleared = |word: ActionWord| {
        let mut act = act(word);
        act.0.new_end = if word == Renew { Edit::Clear } else { Edit::Blank };
        act.0.new_min_spend = if word == Adjust { Edit::Clear } else { Edit::Blank };
        act
    };
    vec![
        act(Renew).until_day(60),
        act(Renew).until_day(24),
        cleared(Renew),
        act(Restock).stock(50),
        act(Adjust).spend(90),
        cleared(Adjust),
        act(Delete),
        act(End),
        act(Pause),
        act(Enable),
        act(Recreate).until_day(60),
    ]
}

pub struct World {
    folder: tempfile::TempDir,
    pub running: Running,
}

impl World {
    pub async fn of(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scenario = Scenario::parse(text, "promises.toml", now()).unwrap();
        let sandbox = Sandbox::create(folder.path(), &scenario).unwrap();
        let running = sandbox.serve("127.0.0.1:0".parse().unwrap(), Arc::new(now)).await.unwrap();
        Self { folder, running }
    }

    pub fn connectors(&self) -> Vec<Box<dyn Connector>> {
        let connector = |access| {
            let network = Network::new(Arc::new(now), self.folder.path().join("tokens"), CallLog::none(), hasty());
            connect(&account(access, &self.running), &network).unwrap()
        };
        self.running.sandbox().stores().unwrap().iter().map(connector).collect()
    }
}

/// The coupons of a store as the plan's tests have them: of their one store.
fn of_the_fixture(coupons: Vec<Coupon>) -> Vec<Coupon> {
    let store = crate::rules::shop::coupon("A").store;
    coupons.into_iter().map(|it| Coupon { store: store.clone(), ..it }).collect()
}

/// The verdict on what `act` wants of the coupon: exported as it was listed, live as it is read alone.
pub async fn verdict(connector: &dyn Connector, listed: &[Coupon], coupon: &Coupon, act: Act) -> Verdict {
    let live = connector.get(&coupon.id).await.unwrap().unwrap();
    let shown = listed.iter().map(|it| if it.id == live.id { live.clone() } else { it.clone() }).collect();
    let fixture = Fixture::of(connector.abilities(), of_the_fixture(listed.to_vec())).showing(of_the_fixture(shown));
    fixture.verdict(coupon.id.as_str(), act)
}

pub async fn kept(connector: &dyn Connector, coupon: &Coupon, verdict: Verdict) -> Result<(), String> {
    let told = in_words(&verdict);
    let Verdict::Change { change, .. } = verdict else { return Ok(()) };
    let mut created = None;
    for step in &change.steps {
        let mut write = step.write.clone();
        if let Write::AddProducts { coupon, .. } = &mut write {
            *coupon = created.clone();
        }
        let answer = connector.send(&write, &change.id).await;
        let name = connector.abilities().name;
        let receipt = answer.map_err(|error| format!("{name}, {told}: {error:?}\n{write:?}\n{coupon:#?}"))?;
        created = receipt.created.or(created);
    }
    Ok(())
}

/// The same coupons at every run, so that a row that somebody else broke is found again.
#[test]
fn what_a_plan_calls_a_change_every_platform_accepts() {
    let config =
        ProptestConfig { cases: 3, max_shrink_iters: 20, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let kept = runner.run(&prop::collection::vec(random(), 5), |coupons| {
        let text = scenario(&coupons);
        runtime.block_on(every_promise_is_kept(&text)).map_err(TestCaseError::fail)
    });
    assert!(kept.is_ok(), "{}", kept.unwrap_err());
}

async fn every_promise_is_kept(text: &str) -> Result<(), String> {
    for act in acts() {
        let world = World::of(text).await;
        for connector in world.connectors() {
            let listed = connector.list().await.unwrap().coupons;
            for coupon in listed.iter().filter(|it| it.owner == Owner::Seller) {
                let verdict = verdict(&*connector, &listed, coupon, Act(act.0.clone())).await;
                kept(&*connector, coupon, verdict).await?;
            }
        }
    }
    Ok(())
}

/// The kind of coupon, the action, and how the row reads.
#[tokio::test]
async fn what_cannot_be_done_on_a_very_coupon_is_by_hand_or_refused_with_the_reason_and_never_suggested() {
    let plain =
        |kind| Random { kind, starts: -2, days: 20, total: 100, used: 40, sum: 10, minimum: 40, is_share: true };
    use ActionWord::{Adjust, Enable, Recreate, Renew};
    for (store, kind, word, expected) in [
        (0, 0, Renew, "by hand"),
        (0, 1, Renew, "by hand"),
        (0, 2, Recreate, "by hand"),
        (0, 3, Recreate, "by hand"),
        (2, 0, Recreate, "by hand"),
        (2, 1, Adjust, "refused"),
        (2, 4, Adjust, "refused"),
        (2, 5, Recreate, "change"),
        (2, 6, Recreate, "change"),
        (2, 7, Recreate, "by hand"),
        (3, 1, Recreate, "by hand"),
        (3, 2, Enable, "by hand"),
        (3, 3, Adjust, "refused"),
        (3, 3, Recreate, "change"),
        (3, 4, Recreate, "by hand"),
        (3, 4, Renew, "change"),
        (0, 8, Renew, "change"),
        (2, 8, Recreate, "change"),
    ] {
        let world = World::of(&scenario(&[plain(kind)])).await;
        let connector = world.connectors().swap_remove(store);
        let listed = connector.list().await.unwrap().coupons;
        let act = match word {
            Adjust => act(word).spend(90),
            Enable => act(word),
            _ => act(word).until_day(60),
        };
        let verdict = verdict(&*connector, &listed, &listed[0], act).await;
        let told = in_words(&verdict);
        assert!(told.starts_with(expected), "{} {kind} {word}: {told}", connector.abilities().name);
        // Help asks with the minimum that a coupon has, and says nothing against a copy of what a list does not tell.
        let is_left_to_the_plan = [(3, 3, Adjust), (2, 7, Recreate)].contains(&(store, kind, word));
        let is_named = expected != "change" && !is_left_to_the_plan;
        assert_eq!(
            helps_word(&*connector, &listed, word),
            is_named,
            "Help, {} {kind} {word}",
            connector.abilities().name
        );
        if expected != "change" {
            let fixture = Fixture::of(connector.abilities(), of_the_fixture(listed.clone()));
            let row = fixture.row(listed[0].id.as_str());
            let mut suggested = row.suggestion.advices().filter_map(|it| it.verb());
            let by_hand = row.suggestion.way == Route::ByHand;
            assert!(by_hand || suggested.all(|verb| verb != Verb::Create), "{:?}", row.suggestion);
        }
    }
}

/// Whether Help names `word` among what the coupons do not allow though their like does.
fn helps_word(connector: &dyn Connector, listed: &[Coupon], word: ActionWord) -> bool {
    let verb = match word {
        ActionWord::Renew => Verb::Extend,
        ActionWord::Recreate => Verb::Create,
        ActionWord::Adjust => Verb::AdjustMinSpend,
        _ => Verb::Enable,
    };
    let export = Fixture::of(connector.abilities(), of_the_fixture(listed.to_vec())).export;
    let less = allowed_less(&export, |_| connector.abilities());
    assert_eq!((less.asked, less.all), (listed.len(), listed.len()));
    less.kinds.iter().any(|kind| kind.verbs.contains(&verb) && kind.coupons == 1)
}
