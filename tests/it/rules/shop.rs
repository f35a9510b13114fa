//! A small world for rules and plans: stores, coupons and ability tables that resemble four platforms.

use crate::platform;
use chrono::{Duration, TimeZone, Utc};
use chrono_tz::Tz;
use couponbook::domain::*;
use couponbook::language::Language;
use couponbook::rules::{JudgeInput, Matcher, Policy, judge};
use rust_decimal::Decimal;

pub const ZONE: Tz = chrono_tz::Asia::Singapore;

/// A clock in Singapore: `at(22, 9, 30)` is the 22nd of November 2026 at half past nine.
pub fn at(day: i64, hour: u32, minute: u32) -> Timestamp {
    let first = ZONE.with_ymd_and_hms(2026, 11, 1, hour, minute, 0).unwrap();
    (first + Duration::days(day - 1)).with_timezone(&Utc)
}

/// Sunday the 22nd of November 2026, nine in the morning in Singapore.
pub fn now() -> Timestamp {
    at(22, 9, 0)
}

pub fn sgd(amount: i64) -> Money {
    Money::new(Decimal::from(amount), Currency::parse("SGD").unwrap())
}

pub fn store(platform: Platform) -> Store {
    Store {
        id: StoreId::parse("shop-1").unwrap(),
        platform,
        shop: ShopId::new("4711"),
        currency: Currency::parse("SGD").unwrap(),
        zone: ZONE,
        access: Access::ReadWrite,
        owner: None,
    }
}

/// 15 % off, at most SGD 12, from SGD 30; 400 of 700 left; from the 1st through the 10th of December.
pub fn coupon(id: &str) -> Coupon {
    Coupon {
        store: StoreId::parse("shop-1").unwrap(),
        id: CouponId::new(id),
        code: Some(format!("SHOP{id}")),
        name: format!("Coupon {id}"),
        status: Status::Active,
        raw_status: String::new(),
        kind: "shop voucher".to_string(),
        discount: Discount::Share { percent: Percent(Decimal::from(15)), cap: Some(sgd(12)) },
        minimum: Minimum::Spend(sgd(30)),
        usable: period(at(1, 0, 0), at(41, 0, 0)),
        claimable: None,
        total: Some(700),
        used: Some(300),
        claimed: None,
        per_buyer: Some(1),
        owner: Owner::Seller,
        stock_is_claimed: false,
        other_rules: Default::default(),
        besides: Default::default(),
        made_by_change: None,
        page: None,
        untold: Default::default(),
    }
}

pub fn period(starts: Timestamp, ends: Timestamp) -> Period {
    Period::new(Some(starts), Some(ends)).unwrap()
}

pub fn with(id: &str, edit: impl FnOnce(&mut Coupon)) -> Coupon {
    let mut coupon = coupon(id);
    edit(&mut coupon);
    coupon
}

pub fn ending(id: &str, ends: Timestamp) -> Coupon {
    with(id, |it| it.usable = period(at(1, 0, 0), ends))
}

pub fn in_status(id: &str, status: Status) -> Coupon {
    with(id, |it| {
        it.status = status;
        it.usable = match status {
            Status::Scheduled => period(at(24, 10, 0), at(41, 0, 0)),
            Status::Ended => period(at(1, 0, 0), at(21, 0, 0)),
            _ => it.usable,
        };
    })
}

/// From `first` through `last` of November 2026 (31 is the 1st of December), for codes and names that begin with `shop`.
pub fn campaign(name: &str, first: i64, last: i64) -> Campaign {
    Campaign {
        name: name.to_string(),
        first_day: local_day(at(first, 12, 0), ZONE),
        last_day: local_day(at(last, 12, 0), ZONE),
        stores: Vec::new(),
        coupons: vec!["shop*".to_string()],
        spend: None,
        stock: None,
        wanted: Vec::new(),
        model: None,
        evergreen: false,
        personal: false,
        line: None,
    }
}

/// One store's coupons, judged at [`now`] unless told otherwise.
#[derive(Debug, Clone)]
pub struct World {
    pub store: Store,
    pub abilities: &'static Abilities,
    pub policy: Policy,
    pub campaigns: Vec<Campaign>,
    pub memory: Memory,
    pub stock: StockHistory,
    pub now: Timestamp,
}

impl World {
    pub fn of(abilities: &'static Abilities) -> Self {
        Self {
            store: store(abilities.platform),
            abilities,
            policy: Policy::default(),
            campaigns: Vec::new(),
            memory: Memory::default(),
            stock: StockHistory::new(),
            now: now(),
        }
    }

    pub fn with_campaign(mut self, campaign: Campaign) -> Self {
        self.campaigns.push(campaign);
        self
    }

    pub fn stopped_on_purpose(mut self, id: &str, becomes: Operation, replaced: Option<Period>) -> Self {
        let deliberate = Deliberate { becomes, by: "the night shift".to_string(), at: at(21, 20, 0), replaced };
        self.memory.on_purpose.insert((self.store.id.clone(), CouponId::new(id)), deliberate);
        self
    }

    pub fn made(mut self, new: &str, model: &str) -> Self {
        self.memory.successors.insert((self.store.id.clone(), CouponId::new(new)), CouponId::new(model));
        self
    }

    pub fn input<'a>(&'a self, campaigns: &'a Matcher) -> JudgeInput<'a> {
        JudgeInput {
            store: &self.store,
            abilities: self.abilities,
            policy: &self.policy,
            campaigns,
            memory: &self.memory,
            stock: &self.stock,
            now: self.now,
        }
    }

    pub fn judge(&self, coupons: Vec<Coupon>) -> Vec<Row> {
        let matcher = Matcher::new(self.campaigns.clone()).unwrap();
        judge(&self.input(&matcher), coupons, &mut Vec::new())
    }

    /// The first coupon's row.
    pub fn row(&self, coupons: Vec<Coupon>) -> Row {
        self.judge(coupons).remove(0)
    }
}

/// `Expired critical, Low stock warning`: what a row's findings are, in short.
pub fn in_short(row: &Row) -> String {
    let short = |finding: &Finding| format!("{} {}", finding.code.code(), finding.severity.word());
    row.findings.iter().map(short).collect::<Vec<_>>().join(", ")
}

/// `renew directly`, `recreate as follow-on`, `nothing`.
pub fn advice_in_short(row: &Row) -> String {
    let one = |advice: &Advice| match advice {
        Advice::Nothing => "nothing".to_string(),
        Advice::Wait => "wait".to_string(),
        Advice::Leave(_) => "leave".to_string(),
        Advice::OpenPage => "open page".to_string(),
        Advice::Adjust { min_spend } => format!("adjust to {min_spend}"),
        Advice::Restock { add } => format!("restock {add}"),
        other => other.action().map(|word| word.to_string()).unwrap_or_default(),
    };
    let advice = row.suggestion.advices().map(one).collect::<Vec<_>>().join(" + ");
    if matches!(row.suggestion.advice, Advice::Nothing | Advice::Wait | Advice::Leave(_)) {
        return advice;
    }
    let way = match row.suggestion.way {
        Route::Direct => "",
        Route::FollowOn => " by follow-on",
        Route::Instead => " instead",
        Route::ByHand => " by hand",
    };
    format!("{advice}{way}")
}

const fn line(verb: Verb, statuses: &'static [Status], ability: Ability, reason: &'static str) -> Rule {
    Rule { verb, statuses, ability, reason, mark: Confidence::Documented, source: "a sheet" }
}

const SCHEDULED: &[Status] = &[Status::Scheduled];
const ACTIVE: &[Status] = &[Status::Active];
const PAUSED: &[Status] = &[Status::Paused];
const ENDED: &[Status] = &[Status::Ended];
const NOT_STARTED_OR_RUNNING: &[Status] = &[Status::Scheduled, Status::Active];
const NOT_REMOVED: &[Status] = &[Status::Scheduled, Status::Active, Status::Paused, Status::Ended];

const FREE: Limits = Limits {
    longest_period: None,
    shortest_period: None,
    start_lead: Duration::zero(),
    code_letters_max: 200,
    code_prefix_letters: 0,
    code_hyphen: true,
    has_bin: false,
    has_start: true,
    total_may_fall: true,
    products_rule: None,
};

/// A running voucher can only end earlier, take more stock, or be ended; only a coming one can be deleted.
pub static SHOPEE: Abilities = Abilities {
    platform: platform::SHOPEE,
    name: "Shopee",
    rules: &[
        line(Verb::Extend, SCHEDULED, Ability::Yes, "it has not started"),
        line(Verb::Extend, &[Status::Active, Status::Ended], Ability::FollowOn, "the end only moves earlier"),
        line(Verb::Shorten, NOT_STARTED_OR_RUNNING, Ability::Yes, "the end may move earlier"),
        line(Verb::Restock, NOT_STARTED_OR_RUNNING, Ability::Yes, "the total may grow"),
        line(Verb::Restock, ENDED, Ability::Never, "it has ended"),
        line(Verb::AdjustMinSpend, SCHEDULED, Ability::Yes, "it has not started"),
        line(Verb::AdjustMinSpend, ACTIVE, Ability::Never, "a running voucher keeps its min spend"),
        line(Verb::End, ACTIVE, Ability::Yes, "a running voucher can be ended"),
        line(Verb::End, SCHEDULED, Ability::Instead(Verb::Delete), "only a running voucher can be ended"),
        line(Verb::Delete, SCHEDULED, Ability::Yes, "it has not started"),
        line(Verb::Delete, ACTIVE, Ability::Instead(Verb::End), "a running voucher cannot be deleted"),
        line(Verb::Delete, ENDED, Ability::Never, "an ended voucher stays"),
        line(Verb::Create, NOT_REMOVED, Ability::Yes, "add_voucher"),
    ],
    limits: Limits {
        longest_period: Some(Duration::days(90)),
        shortest_period: Some(Duration::hours(1)),
        start_lead: Duration::minutes(5),
        code_letters_max: 5,
        code_prefix_letters: 4,
        code_hyphen: false,
        ..FREE
    },
    platform_owned: "Shopee made this voucher.",
    impossible: Abilities::nothing_impossible,
    terms: Abilities::no_terms,
};

/// Everything can be written; deletion goes to a bin; enabling an ended coupon gives it a later end.
pub static WOO: Abilities = Abilities {
    platform: platform::WOOCOMMERCE,
    name: "WooCommerce",
    rules: &[
        line(Verb::Extend, NOT_REMOVED, Ability::Yes, "date_expires"),
        line(Verb::Shorten, NOT_REMOVED, Ability::Yes, "date_expires"),
        line(Verb::Restock, NOT_REMOVED, Ability::Yes, "usage_limit"),
        line(Verb::AdjustMinSpend, NOT_REMOVED, Ability::Yes, "minimum_amount"),
        line(Verb::End, &[Status::Active, Status::Paused], Ability::Yes, "date_expires = now"),
        line(Verb::End, ENDED, Ability::Already, "it has ended"),
        line(Verb::Pause, ACTIVE, Ability::Yes, "draft"),
        line(Verb::Enable, PAUSED, Ability::Yes, "publish"),
        line(Verb::Enable, ENDED, Ability::Instead(Verb::Extend), "a later end makes it usable again"),
        line(Verb::Delete, NOT_REMOVED, Ability::Yes, "to the bin"),
        line(Verb::Create, NOT_REMOVED, Ability::Yes, "create"),
    ],
    limits: Limits { has_bin: true, has_start: false, ..FREE },
    platform_owned: "",
    impossible: Abilities::nothing_impossible,
    terms: Abilities::no_terms,
};

/// The coupon API only reads.
pub static TIKTOK: Abilities = Abilities {
    platform: platform::TIKTOK_SHOP,
    name: "TikTok Shop",
    rules: &[
        line(Verb::Extend, NOT_STARTED_OR_RUNNING, Ability::ByHand, "the API only reads"),
        line(Verb::Restock, NOT_STARTED_OR_RUNNING, Ability::ByHand, "the API only reads"),
        line(Verb::AdjustMinSpend, SCHEDULED, Ability::ByHand, "the API only reads"),
        line(Verb::End, NOT_STARTED_OR_RUNNING, Ability::ByHand, "the API only reads"),
        line(Verb::Create, NOT_REMOVED, Ability::ByHand, "the API only reads"),
    ],
    limits: FREE,
    platform_owned: "TikTok Shop made this coupon.",
    impossible: Abilities::nothing_impossible,
    terms: Abilities::no_terms,
};

/// No delete, no end: deactivating comes nearest; what runs keeps its end and its min spend.
pub static LAZADA: Abilities = Abilities {
    platform: platform::LAZADA,
    name: "Lazada",
    rules: &[
        line(Verb::Extend, SCHEDULED, Ability::Yes, "it has not started"),
        line(Verb::Shorten, SCHEDULED, Ability::Yes, "it has not started"),
        line(Verb::Restock, NOT_STARTED_OR_RUNNING, Ability::Yes, "issued may grow"),
        line(Verb::AdjustMinSpend, SCHEDULED, Ability::Yes, "it has not started"),
        line(Verb::End, ACTIVE, Ability::Instead(Verb::Pause), "there is no end, only a deactivation"),
        line(Verb::Delete, ACTIVE, Ability::Instead(Verb::Pause), "there is no delete"),
        line(Verb::Pause, ACTIVE, Ability::Yes, "deactivate"),
        line(Verb::Enable, PAUSED, Ability::Yes, "activate"),
        line(Verb::Create, NOT_REMOVED, Ability::Yes, "create"),
    ],
    limits: FREE,
    platform_owned: "Lazada made this voucher.",
    impossible: Abilities::nothing_impossible,
    terms: Abilities::no_terms,
};

pub static TABLES: [&Abilities; 4] = [&SHOPEE, &WOO, &TIKTOK, &LAZADA];

/// Why as its cell has it, no-break spaces as plain ones.
pub fn why(finding: &Finding) -> String {
    said(Language::ENGLISH, &finding.why)
}

/// The sentence as a cell of 80 columns has it, no-break spaces as plain ones.
pub fn said(language: Language, message: &Message) -> String {
    language.render_within(message, 80).replace('\u{a0}', " ")
}
