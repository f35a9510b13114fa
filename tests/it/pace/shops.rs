//! Pretend shops, and connectors to them.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::DateTime;
use couponbook::domain::{Access, Coupon, CouponId, ShopId, Store, Timestamp};
use couponbook::platforms::{Account, CallLog, Connector, Credentials, Network, PaceOverride, Patience, connect};
use couponbook::sandbox::{Clock, Running, Sandbox, Scenario, SignIn, StoreAccess};
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

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
        let running = sandbox.serve("127.0.0.1:0".parse().unwrap(), Clock::fixed(now)).await.unwrap();
        Self { folder, running }
    }

    pub fn state(&self, name: &str) -> PathBuf {
        self.folder.path().join("state").join(name)
    }

    pub fn network(&self) -> Network {
        let patience = Patience { first_wait: std::time::Duration::from_millis(1), ..Patience::default() };
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
        connect(
            &self.account(
                store,
                PaceOverride { per_second: Some(1000), app_per_second: Some(1000), ..PaceOverride::default() },
            ),
            network,
        )
        .unwrap()
    }

    pub fn account(&self, store: &str, pace: PaceOverride) -> Account {
        let accesses = self.running.stores().unwrap();
        let access = accesses.iter().find(|access| access.id.as_str() == store).unwrap();
        let (shop, credentials) = sign_in(access, &self.running);
        Account {
            store: Store {
                id: access.id.clone(),
                platform: access.platform,
                shop: ShopId::new(shop),
                currency: access.currency,
                zone: access.zone,
                access: Access::ReadWrite,
                owner: None,
            },
            endpoint: Url::parse(&access.base_url(self.running.address())).unwrap(),
            credentials,
            proxy: None,
            allow_http: false,
            pace,
        }
    }

    /// Behind the program's back.
    pub fn edit(&self, store: &str, code: &str, field: &str, value: Value) {
        let fields = [(field.to_string(), value)].into_iter().collect();
        self.running.edit(store, code, Some(&fields)).unwrap();
    }

    /// Requests for details so far.
    pub fn details(&self, store: &str) -> u64 {
        self.running.counts().of(store, "get_voucher")
    }
}

fn sign_in(access: &StoreAccess, running: &Running) -> (String, Credentials) {
    match &access.sign_in {
        SignIn::Shopee { partner_id, partner_key, shop_id, refresh_token, .. } => {
            let credentials = Credentials::Shopee {
                partner_id: *partner_id,
                partner_key: partner_key.clone().into(),
                refresh_token: Some(refresh_token.clone().into()),
            };
            (shop_id.to_string(), credentials)
        }
        SignIn::WooCommerce { consumer_key, consumer_secret } => {
            let credentials = Credentials::WooCommerce {
                consumer_key: consumer_key.clone().into(),
                consumer_secret: consumer_secret.clone().into(),
                keys_in_query: false,
            };
            (access.base_url(running.address()), credentials)
        }
        _ => panic!("{} is on a platform of other tests", access.id),
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
