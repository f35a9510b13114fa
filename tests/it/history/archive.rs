//! A small archive made by hand: two stores, a coupon each, exported as often as a test says.

use crate::platform;
use chrono::{NaiveDate, TimeZone, Utc};
use couponbook::archive::Archive;
use couponbook::archive::history::History;
use couponbook::domain::*;
use rust_decimal::Decimal;
use tempfile::TempDir;

pub struct Made {
    /// Removed with it.
    _folder: TempDir,
    pub archive: Archive,
    /// What the next exports find on the campaign plan.
    pub plan: Vec<Finding>,
    exports: u32,
}

/// One coupon as a test wants it: id, status, remaining of a hundred, findings.
pub struct Seen(pub &'static str, pub Status, pub u64, pub &'static [(FindingCode, Severity)]);

pub fn at(day: u32, hour: u32) -> Timestamp {
    Utc.with_ymd_and_hms(2026, 11, day, hour, 0, 0).unwrap()
}

pub fn store(id: &str) -> Store {
    Store {
        id: StoreId::parse(id).unwrap(),
        platform: platform::SHOPEE,
        shop: ShopId::new(format!("shop of {id}")),
        currency: currency_of(id),
        zone: chrono_tz::UTC,
        access: Access::ReadWrite,
        owner: None,
    }
}

/// By the country in the store's id; else Singapore's.
fn currency_of(id: &str) -> Currency {
    let countries = [("-id-", "IDR"), ("-th-", "THB"), ("-my-", "MYR"), ("-us-", "USD"), ("-de-", "EUR")];
    let code = countries.into_iter().find(|(country, _)| id.contains(country)).map_or("SGD", |(_, code)| code);
    Currency::parse(code).unwrap()
}

pub fn key(store_id: &str, coupon: &str) -> RowKey {
    let store = store(store_id);
    RowKey::of(store.platform, &store.shop, &CouponId::new(coupon))
}

fn row(store: &Store, seen: &Seen) -> Row {
    let Seen(id, status, remaining, findings) = seen;
    let scale = if store.currency.decimals() == 0 { 10_000 } else { 1 };
    let money = |amount: i64| Money::new(Decimal::from(amount * scale), store.currency);
    let coupon = Coupon {
        store: store.id.clone(),
        id: CouponId::new(*id),
        code: (!id.starts_with("no code")).then(|| format!("CODE{id}")),
        name: format!("Coupon {id}"),
        status: *status,
        raw_status: "x".to_string(),
        kind: "shop voucher".to_string(),
        discount: Discount::Sum(money(2)),
        minimum: Minimum::Spend(money(20)),
        usable: Period::new(None, Some(at(30, 0))).unwrap(),
        claimable: None,
        total: Some(100),
        used: Some(100 - remaining),
        claimed: None,
        per_buyer: None,
        owner: Owner::Seller,
        stock_is_claimed: false,
        other_rules: Default::default(),
        besides: Default::default(),
        made_by_change: None,
        page: None,
        untold: Default::default(),
    };
    Row {
        key: key(store.id.as_str(), id),
        campaign: None,
        money_at_risk: coupon.exposure(store.currency),
        read_at: None,
        findings: findings
            .iter()
            .map(|(code, severity)| Finding { code: *code, severity: *severity, why: Message::as_written("because") })
            .collect(),
        suggestion: Suggestion::nothing(),
        coupon,
    }
}

impl Made {
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = crate::archive::archive_at(folder.path(), "test machine");
        Self { _folder: folder, archive, plan: Vec::new(), exports: 0 }
    }

    /// An export of November `day` at `hour`; a store without coupons did not load.
    pub fn export(&mut self, day: u32, hour: u32, stores: &[(&str, Option<&[Seen]>)]) -> ExportId {
        self.exports += 1;
        let slot = if hour < 12 { Slot::Am } else { Slot::Pm };
        let id = ExportId::new(format!("202611{day:02}-{}-{:06}", slot.word().to_uppercase(), self.exports));
        let mut export = Export {
            id: id.clone(),
            follows: None,
            at: at(day, hour),
            finished: at(day, hour),
            day: NaiveDate::from_ymd_opt(2026, 11, day).unwrap(),
            slot,
            zone: chrono_tz::UTC,
            stores: vec![],
            findings: self.plan.clone(),
            parts: Vec::new(),
            rows: Rows::default(),
        };
        for (name, coupons) in stores {
            let store = store(name);
            let (load, findings) = match coupons {
                Some(coupons) => {
                    export.rows.extend(coupons.iter().map(|seen| row(&store, seen)));
                    (Load::Loaded { count: coupons.len() as u64, expected: None, unreadable: vec![] }, vec![])
                }
                None => (
                    Load::Failed(LoadProblem {
                        sentence: Message::as_written("no answer"),
                        platform_words: Some("busy".to_string()),
                        request_id: Some("req-1".to_string()),
                        is_sign_in: false,
                    }),
                    vec![Finding {
                        code: FindingCode::StoreNotLoaded,
                        severity: Severity::Critical,
                        why: Message::as_written("no answer"),
                    }],
                ),
            };
            export.stores.push(StoreLoad {
                store,
                load,
                findings,
                calls: 1,
                retries: 0,
                seconds: 1.0,
                token_ends: None,
                source: None,
            });
        }
        self.archive.save_snapshot(&export).unwrap();
        id
    }

    pub fn root(&self) -> &std::path::Path {
        self.archive.root()
    }

    pub fn history(&self) -> History {
        History::open(&self.archive, None).unwrap()
    }
}
