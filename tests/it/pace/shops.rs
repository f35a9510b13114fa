//! Mock shops, and connectors to them.

use crate::trouble::requests;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::DateTime;
use couponbook::domain::{Coupon, CouponId, Timestamp};
use couponbook::platforms::{Account, CallLog, Connector, Network, PaceOverride, RetryPolicy};
use couponbook::sandbox::{Running, Sandbox, Scenario};
use serde_json::Value;
use tempfile::TempDir;

use crate::accounts::{UNHURRIED_BY_PACE, account, connect};

pub fn at(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

pub fn noon() -> Timestamp {
    at("2026-11-22T04:00:00Z")
}

pub struct Shops {
    folder: TempDir,
    pub running: Running,
}

impl Shops {
    pub async fn of(scenario: &str) -> Self {
        Self::at(scenario, noon()).await
    }

    pub async fn at(scenario: &str, now: Timestamp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scenario = Scenario::parse(scenario, "shops.toml", noon()).unwrap();
        let sandbox = Sandbox::create(folder.path(), &scenario).unwrap();
        let running = sandbox.serve("127.0.0.1:0".parse().unwrap(), Arc::new(move || now)).await.unwrap();
        Self { folder, running }
    }

    pub fn state(&self, name: &str) -> PathBuf {
        self.folder.path().join("state").join(name)
    }

    pub fn network(&self) -> Network {
        let patience = RetryPolicy { first_wait: std::time::Duration::from_millis(1), ..RetryPolicy::default() };
        Network::new(Arc::new(noon), self.state("tokens"), CallLog::none(), patience)
    }

    /// As an export loads it.
    pub fn exporting(&self, store: &str) -> Box<dyn Connector> {
        self.through(&self.network().remembering_in(self.state("remembered"), false), store)
    }

    pub fn reloading(&self, store: &str) -> Box<dyn Connector> {
        self.through(&self.network().remembering_in(self.state("remembered"), true), store)
    }

    /// As a plan asks it.
    pub fn planning(&self, store: &str) -> Box<dyn Connector> {
        self.through(&self.network(), store)
    }

    pub fn through(&self, network: &Network, store: &str) -> Box<dyn Connector> {
        connect(&self.account(store, UNHURRIED_BY_PACE), network).unwrap()
    }

    pub fn account(&self, store: &str, pace: PaceOverride) -> Account {
        let accesses = self.running.sandbox().stores().unwrap();
        let access = accesses.iter().find(|access| access.id.as_str() == store).unwrap();
        Account { pace, ..account(access, &self.running) }
    }

    /// Behind the program's back.
    pub fn edit(&self, store: &str, code: &str, field: &str, value: Value) {
        let fields = [(field.to_string(), value)].into_iter().collect();
        self.running.sandbox().edit(store, code, Some(&fields)).unwrap();
    }

    /// Requests for details so far.
    pub fn details(&self, store: &str) -> u64 {
        requests(&self.running.counts(), store, "get_voucher")
    }
}

pub async fn listed(connector: &dyn Connector) -> Vec<Coupon> {
    let listing = connector.list().await.unwrap();
    assert!(listing.unreadable.is_empty(), "{:?}", listing.unreadable);
    listing.coupons
}

pub fn coded<'a>(coupons: &'a [Coupon], code: &str) -> &'a Coupon {
    coupons.iter().find(|coupon| coupon.code.as_deref() == Some(code)).unwrap_or_else(|| panic!("no {code}"))
}

pub fn id(coupons: &[Coupon], code: &str) -> CouponId {
    coded(coupons, code).id.clone()
}
