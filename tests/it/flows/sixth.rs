//! A platform that the program has never heard of. Its entry is made here, of a few lines; nothing in `src` knows its name.

use async_trait::async_trait;
use couponbook::domain::{
    Abilities, Ability, BackOffice, ChangeId, Confidence, Coupon, CouponId, Discount, Limits, Message, Minimum, Money,
    Owner, Period, Platform, Rule, ShopId, Status, Store, Verb, Write,
};
use couponbook::platforms::{
    CallError, Connector, Entry, Health, Key, KeyKind, KeysOfConfig, Listing, Pace, Place, Platforms, Receipt,
    SendError, SignIn, lazada, shopee, shopify, tiktok_shop, woocommerce,
};

use super::paper::row;
use super::tool::Tool;

static WITH_MARKET: [&Entry; 6] =
    [&shopee::ENTRY, &lazada::ENTRY, &tiktok_shop::ENTRY, &shopify::ENTRY, &woocommerce::ENTRY, &MARKET];

static MARKET: Entry = Entry {
    abilities: &ABILITIES,
    back_office: &BackOffice { menu: "Stall > Coupons", ..BackOffice::UNKNOWN },
    day: None,
    pace: Pace { app_per_second: None, shop_per_second: 10, shop_in_flight: 1 },
    keys: &[Key::needed("stall", KeyKind::Id), Key::needed("stall_pass", KeyKind::Secret)],
    check: |check| {
        let shop = ShopId::new(check.keys.text("stall")?);
        Some(Place { shop, endpoint: check.endpoint_or("https://market.example")? })
    },
    connect: |account, _| {
        let advice = format!("store {} gets its pass at the market's office", account.store.id);
        let sign_in = KeysOfConfig(Message::as_written(advice));
        Ok(Box::new(Stall { store: account.store.clone(), sign_in }))
    },
};

static ABILITIES: Abilities = Abilities {
    platform: Platform::new("market"),
    name: "The Market",
    rules: &[
        rule(Verb::Extend, Ability::Yes, "reason-end-set-date"),
        rule(Verb::Delete, Ability::ByHand, "reason-api-cannot-delete-paused"),
    ],
    limits: Limits::NONE,
    platform_owned: "",
    impossible: Abilities::nothing_impossible,
    terms: Abilities::no_terms,
};

const fn rule(verb: Verb, ability: Ability, reason: &'static str) -> Rule {
    Rule { verb, statuses: Status::ALL, ability, reason, mark: Confidence::Documented, source: "the market's board" }
}

/// Its coupons stand here and nowhere else.
struct Stall {
    store: Store,
    sign_in: KeysOfConfig,
}

impl Stall {
    fn coupon(&self, code: &str) -> Coupon {
        let at = |text: &str| text.parse().ok();
        Coupon {
            store: self.store.id.clone(),
            id: CouponId::new(format!("id-of-{code}")),
            code: Some(code.to_string()),
            name: "Apples".to_string(),
            status: Status::Active,
            raw_status: "on the board".to_string(),
            kind: "stall coupon".to_string(),
            discount: Discount::Sum(Money::new(2.into(), self.store.currency)),
            minimum: Minimum::Spend(Money::new(20.into(), self.store.currency)),
            usable: Period::new(at("2026-11-01T00:00:00Z"), at("2026-11-23T04:00:00Z")).unwrap(),
            claimable: None,
            total: Some(100),
            used: Some(1),
            claimed: None,
            per_buyer: None,
            owner: Owner::Seller,
            stock_is_claimed: false,
            other_rules: Default::default(),
            besides: Default::default(),
            made_by_change: None,
            page: None,
            untold: Default::default(),
        }
    }
}

#[async_trait]
impl Connector for Stall {
    fn abilities(&self) -> &'static Abilities {
        &ABILITIES
    }

    async fn list(&self) -> Result<Listing, CallError> {
        let coupons = vec![self.coupon("APPLE"), self.coupon("PEAR")];
        Ok(Listing { coupons, expected: Some(2), unreadable: Vec::new() })
    }

    async fn get(&self, coupon: &CouponId) -> Result<Option<Coupon>, CallError> {
        Ok(self.list().await?.coupons.into_iter().find(|found| found.id == *coupon))
    }

    async fn find_code(&self, code: &str) -> Result<Vec<Coupon>, CallError> {
        Ok(self.list().await?.coupons.into_iter().filter(|found| found.code.as_deref() == Some(code)).collect())
    }

    async fn send(&self, _write: &Write, _change: &ChangeId) -> Result<Receipt, SendError> {
        Ok(Receipt::default())
    }

    async fn check(&self) -> Result<Health, CallError> {
        Ok(Health::default())
    }

    fn sign_in(&self) -> &dyn SignIn {
        &self.sign_in
    }
}

const CONFIG: &str = "\
team_time_zone = \"Asia/Singapore\"
stores_file = \"stores.csv\"

[pace.market]
calls_per_second = 3

[[rules.only]]
platform = \"market\"
expiring_days = 30

[[store]]
id = \"market-1\"
platform = \"market\"
currency = \"SGD\"
time_zone = \"Asia/Singapore\"
stall = 7
stall_pass = { env = \"STALL_PASS\" }
";

fn tool() -> Tool {
    let mut tool = Tool::in_empty_folder();
    tool.platforms = Platforms::new(&WITH_MARKET);
    tool.environment.insert("STALL_PASS".to_string(), "open-sesame".to_string());
    tool.write("couponbook.toml", CONFIG);
    tool.write(
        "stores.csv",
        "id,platform,currency,time_zone,stall,stall_pass\nmarket-2,Market,SGD,Asia/Singapore,8,env:STALL_PASS\n",
    );
    tool
}

#[test]
fn a_sixth_platform_is_an_entry_and_nothing_else() {
    let tool = tool();
    let listed = tool.run(["stores", "list", "--platform", "market"]).exits(0);
    assert!(listed.stdout.contains("market-1") && listed.stdout.contains("market-2"), "{}", listed.stdout);
    assert!(listed.stdout.contains("The Market"), "{}", listed.stdout);
    let signed_in = tool.run(["auth", "status"]).exits(0);
    assert!(signed_in.stdout.contains("keys of the config"), "{}", signed_in.stdout);
    tool.run(["auth", "login", "market-1"]).exits(2).says(&["store market-1 gets its pass at the market's office"]);
    let abilities = tool.run(["stores", "abilities"]).exits(0);
    assert!(abilities.stdout.contains("The Market"), "{}", abilities.stdout);

    let exported = tool.export("exported");
    assert_eq!(exported.cell("market-1", "APPLE", "Platform"), "The Market");
    assert_eq!(exported.cell("market-2", "PEAR", "Platform"), "The Market");

    let lines = [
        row("market-1", "APPLE", "renew").end("30d"),
        row("market-1", "PEAR", "delete"),
        row("market-2", "APPLE", "pause"),
    ];
    let plan = tool.plan(&exported.hand_back(&tool.path("back.xlsx"), &lines), &[]);
    assert_eq!(plan.verdicts(), ["APPLE: extend in place", "PEAR: by hand", "APPLE: refused"]);
}

#[test]
fn what_is_wrong_with_a_store_of_a_sixth_platform_is_told_as_of_any_other() {
    let tool = tool();
    tool.configure("stall_pass = { env = \"STALL_PASS\" }", "stall_pass = \"open-sesame\"");
    tool.run(["stores"]).exits(2).says(&["couponbook.toml:17: store market-1: stall_pass is written out"]);
    tool.configure("stall_pass = \"open-sesame\"", "");
    tool.run(["stores"]).exits(2).says(&["store market-1: stall_pass is missing"]);
    tool.configure(
        "stall = 7",
        "stall = 7\nstall_pass = { env = \"STALL_PASS\" }\nconsumer_key = { env = \"STALL_PASS\" }",
    );
    tool.run(["stores"]).exits(0).says(&["market-1: consumer_key is no key of The Market and is not used"]);
    tool.configure("consumer_key", "costumer_key");
    tool.run(["stores"]).exits(2).says(&["unknown key `costumer_key`"]);
}
