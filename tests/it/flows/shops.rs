//! Mock shops on loopback that a test can trouble, edit behind the tool's back, and ask what was really written.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::platform;
use crate::trouble::once;
use chrono::TimeDelta;
use couponbook::sandbox::{AuditLine, Counts, Fault, FaultKind, Matching, Running, Sandbox, Scenario, StoreAccess};
use serde_json::{Map, Value};
use tokio::runtime::Runtime;

/// A shop on each platform with a coupon for everything that can be asked for. Codes on Shopee begin with the shop's letters.
pub const TWO_SHOPS: &str = include_str!("../data/flows/two_shops.toml");

/// A few coupons in two shops: for tests that run the same small plan many times.
pub const SMALL_SHOPS: &str = include_str!("../data/flows/small_shops.toml");

pub struct Shops {
    running: Option<Arc<Running>>,
    clock: super::tool::Clock,
    // Dropped last: it carries the server.
    runtime: Runtime,
}

impl Shops {
    /// The shops of `scenario`, made in `folder` and served by the tool's clock.
    pub fn of(scenario: &str, folder: &Path, clock: &super::tool::Clock) -> Self {
        let scenario = Scenario::parse(scenario, "test.toml", clock()).unwrap();
        std::fs::create_dir_all(folder).unwrap();
        Self::serve(&Sandbox::create(folder, &scenario).unwrap(), clock)
    }

    /// The shops as they were left in `folder`.
    pub fn opened(folder: &Path, clock: &super::tool::Clock) -> Self {
        Self::serve(&Sandbox::open(folder).unwrap(), clock)
    }

    fn serve(sandbox: &Sandbox, clock: &super::tool::Clock) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let running = runtime.block_on(sandbox.serve("127.0.0.1:0".parse().unwrap(), clock.clone())).unwrap();
        Self { running: Some(Arc::new(running)), clock: clock.clone(), runtime }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub fn stores(&self) -> Vec<StoreAccess> {
        self.running().sandbox().stores().unwrap()
    }

    /// The shops' clock, as one machine has it on which it is set forward or back by `by` while the shops carry out a request: the
    /// `call`th from now on.
    pub fn clock_set_at(&self, call: u64, by: TimeDelta) -> super::tool::Clock {
        let (clock, running) = (self.clock.clone(), Arc::downgrade(self.running.as_ref().unwrap()));
        let first = self.counts().requests + call;
        Arc::new(move || {
            let is_set = running.upgrade().is_some_and(|running| running.counts().requests >= first);
            clock() + if is_set { by } else { TimeDelta::zero() }
        })
    }

    /// Every accepted write so far.
    pub fn audit(&self) -> Vec<AuditLine> {
        self.running().sandbox().audit().unwrap()
    }

    /// `shopee-sg-1 add_voucher`, one for each accepted write, sorted.
    pub fn writes(&self) -> Vec<String> {
        let mut writes: Vec<String> =
            self.audit().into_iter().map(|line| format!("{} {}", line.store, line.call)).collect();
        writes.sort();
        writes
    }

    pub fn counts(&self) -> Counts {
        self.running().counts()
    }

    pub fn trouble(&self, fault: Fault) {
        self.running().faults().add(fault);
    }

    /// Trouble for the next write of `store` to `call`.
    pub fn trouble_write(&self, store: &str, call: &str, kind: FaultKind) {
        self.trouble(once(on(store, call), kind));
    }

    pub fn heal(&self) {
        self.running().faults().clear();
    }

    pub fn edit(&self, store: &str, code: &str, fields: Value) {
        self.running().sandbox().edit(store, code, fields.as_object()).unwrap();
    }

    pub fn remove(&self, store: &str, code: &str) {
        self.running().sandbox().edit(store, code, None).unwrap();
    }

    pub fn refuse_sign_in(&self, store: &str) {
        self.running().sandbox().expire_tokens(Some(store), true, (self.clock)()).unwrap();
    }

    /// A coupon in the fields that its shop keeps.
    pub fn coupon(&self, store: &str, code: &str) -> Map<String, Value> {
        let mut found = self.coupons(store);
        found.remove(&code.to_ascii_lowercase()).unwrap_or_else(|| panic!("{store} has no {code}"))
    }

    /// By code in lower case.
    pub fn coupons(&self, store: &str) -> BTreeMap<String, Map<String, Value>> {
        let coupons = self.running().sandbox().coupons(store).unwrap();
        let code = |coupon: &Map<String, Value>| {
            let code = coupon.get("voucher_code").or(coupon.get("code")).and_then(Value::as_str);
            code.unwrap_or_default().to_ascii_lowercase()
        };
        let with_id = |(id, mut coupon): (u64, Map<String, Value>)| {
            coupon.insert("id".to_string(), id.into());
            (code(&coupon), coupon)
        };
        coupons.into_iter().map(with_id).collect()
    }

    /// Everything that a buyer or a seller could tell apart, but for what the clock alone decides.
    pub fn picture(&self) -> BTreeMap<String, Map<String, Value>> {
        let mut picture = BTreeMap::new();
        for store in self.stores() {
            for (code, mut coupon) in self.coupons(store.id.as_str()) {
                for name in ["created", "modified"] {
                    coupon.remove(name);
                }
                picture.insert(format!("{} {code}", store.id), coupon);
            }
        }
        picture
    }

    /// The same, by what people call each: the code, or the name of one that has none.
    pub fn picture_by_label(&self) -> BTreeMap<String, Map<String, Value>> {
        let mut picture = BTreeMap::new();
        for store in self.stores() {
            for (_, mut coupon) in self.running().sandbox().coupons(store.id.as_str()).unwrap() {
                for name in ["created", "modified", "updatedAt"] {
                    coupon.remove(name);
                }
                let text = |name: &str| coupon.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
                let names = ["voucher_code", "promo_code", "code", "voucher_name", "title"];
                let label = names.into_iter().find_map(text).unwrap_or_default().to_lowercase();
                picture.insert(format!("{} {label}", store.id), coupon);
            }
        }
        picture
    }

    /// What a config needs to reach the shops: a `[[store]]` for each, secrets by the names of variables.
    pub fn config(&self) -> String {
        let address = self.running().address();
        self.stores().iter().map(|store| config_of(store, &store.base_url(address))).collect()
    }

    /// The variables that [`Shops::config`] names.
    pub fn environment(&self) -> BTreeMap<String, String> {
        self.stores().iter().flat_map(secrets_of).collect()
    }
}

impl Drop for Shops {
    fn drop(&mut self) {
        // Nobody else has it by now: a clock that looks at it does so for a moment only.
        if let Some(running) = self.running.take().and_then(Arc::into_inner) {
            self.runtime.block_on(running.stop());
        }
    }
}

/// One store's writes to one call; an empty call is all of them.
pub fn on(store: &str, call: &str) -> Matching {
    let call = Some(call.to_string()).filter(|call| !call.is_empty());
    Matching { store: Some(store.to_string()), call, writes_only: true, ..Matching::default() }
}

fn variable(store: &StoreAccess, what: &str) -> String {
    format!("{}_{what}", store.id.as_str().to_ascii_uppercase().replace('-', "_"))
}

fn config_of(store: &StoreAccess, endpoint: &str) -> String {
    let StoreAccess { id, currency, zone, .. } = store;
    let mut text = format!(
        "\n[[store]]\nid = \"{id}\"\nplatform = \"{}\"\nendpoint = \"{endpoint}\"\ncurrency = \"{currency}\"\n\
         time_zone = \"{zone}\"\napp_calls_per_second = 10000\ncalls_per_second = 1000\ncalls_at_once = 8\n",
        store.platform.word()
    );
    for (key, value) in public_of(store) {
        text.push_str(&format!("{key} = {value}\n"));
    }
    for (name, key) in secret_keys(store) {
        text.push_str(&format!("{key} = {{ env = \"{}\" }}\n", variable(store, name)));
    }
    text
}

fn public_of(store: &StoreAccess) -> Vec<(&'static str, String)> {
    let key = |name: &str| store.sign_in.text(name).unwrap();
    let quoted = |text: String| format!("\"{text}\"");
    match store.platform {
        platform::SHOPEE => vec![("partner_id", key("partner_id")), ("shop_id", key("shop_id"))],
        platform::LAZADA => vec![
            ("country", quoted(store.region.to_lowercase())),
            ("app_key", quoted(key("app_key"))),
            ("seller_id", quoted(key("seller_id"))),
        ],
        platform::TIKTOK_SHOP => {
            ["app_key", "shop_id", "shop_cipher"].into_iter().map(|name| (name, quoted(key(name)))).collect()
        }
        platform::SHOPIFY if has_pair(store) => {
            vec![("shop", quoted(key("domain"))), ("client_id", quoted(key("client_id")))]
        }
        platform::SHOPIFY => vec![("shop", quoted(key("domain")))],
        _ => Vec::new(),
    }
}

/// Whether its token runs out and is renewed, where a shop of the platform can be of either kind.
fn has_pair(store: &StoreAccess) -> bool {
    store.sign_in.text("refresh_token").is_some()
}

fn secret_keys(store: &StoreAccess) -> Vec<(&'static str, &'static str)> {
    match store.platform {
        platform::SHOPEE => vec![("PARTNER_KEY", "partner_key"), ("REFRESH_TOKEN", "refresh_token")],
        platform::LAZADA | platform::TIKTOK_SHOP => {
            vec![("APP_SECRET", "app_secret"), ("REFRESH_TOKEN", "refresh_token")]
        }
        platform::SHOPIFY if has_pair(store) => {
            vec![("CLIENT_SECRET", "client_secret"), ("REFRESH_TOKEN", "refresh_token")]
        }
        platform::SHOPIFY => vec![("ACCESS_TOKEN", "access_token")],
        _ => vec![("CONSUMER_KEY", "consumer_key"), ("CONSUMER_SECRET", "consumer_secret")],
    }
}

fn secrets_of(store: &StoreAccess) -> Vec<(String, String)> {
    let secret = |(variable_name, key): (&str, &str)| {
        store.sign_in.text(key).map(|value| (variable(store, variable_name), value))
    };
    secret_keys(store).into_iter().filter_map(secret).collect()
}
