//! Pretend platforms on loopback, each written from its documents and never sharing code with `platforms`.
//!
//! A [`Scenario`] says what the shops start with; a [`Sandbox`] is a folder that remembers what became of them; [`Running`] is
//! that folder served over HTTP. Shopee and TikTok Shop answer at the root, Lazada under `/rest`, each shop of Shopify and
//! WooCommerce under its store's id. `/_sandbox/` is for the one who tests: faults, counts, edits behind the client's back.
//! What is here: `scenario` (the file), `state` (the memory), `server` (HTTP, faults), and a folder a platform. To add a
//! platform: a folder here.

mod clock;
mod exchange;
mod faults;
mod lazada;
mod line;
mod scenario;
mod server;
mod shopee;
mod shopify;
mod state;
mod tiktok_shop;
mod woocommerce;

use chrono_tz::Tz;
use serde_json::{Map, Value};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use clock::Clock;
pub use faults::{Every, Fault, FaultKind, Matching, Nth, When};
pub use scenario::{Scenario, ScenarioError};
pub use server::{CallCount, Counts, Running};
pub use state::{AuditLine, StateError};

use crate::domain::{Currency, Platform, StoreId, Timestamp};
use scenario::{Own, Settings, Shop};
use state::{Act, State, Stored};

#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("the sandbox in `{}` cannot be used", folder.display())]
    State { folder: PathBuf, source: StateError },
    #[error("there is no sandbox in `{}`; make one from a scenario first", folder.display())]
    Absent { folder: PathBuf },
    #[error("the sandbox serves only this machine, and {address} is open to others; use 127.0.0.1 or [::1]")]
    NotLoopback { address: SocketAddr },
    #[error("the sandbox cannot listen on {address}; choose another port, or 0 for any")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("the sandbox has no store `{store}`")]
    NoSuchStore { store: String },
    #[error("the store `{store}` of the sandbox has no coupon `{coupon}`")]
    NoSuchCoupon { store: String, coupon: String },
    #[error("the coupon `{coupon}` of the sandbox cannot take these fields: {problem}")]
    BadEdit { coupon: String, problem: String },
}

/// A folder with pretend shops. Clones are the same sandbox.
#[derive(Debug, Clone)]
pub struct Sandbox {
    folder: PathBuf,
    state: Arc<State>,
}

impl Sandbox {
    /// Makes the shops of `scenario` in `folder`, in place of a sandbox that may be there.
    pub fn create(folder: &Path, scenario: &Scenario) -> Result<Self, SandboxError> {
        let state = State::create(folder).and_then(|state| {
            state.act(|act| seed(act, scenario))?;
            Ok(state)
        });
        Self::with(folder, state)
    }

    /// The shops in `folder` as they were left.
    pub fn open(folder: &Path) -> Result<Self, SandboxError> {
        if !Self::exists(folder) {
            return Err(SandboxError::Absent { folder: folder.to_path_buf() });
        }
        Self::with(folder, State::open(folder))
    }

    /// The shops in `folder` as they were left; where there are none, those of `scenario`.
    pub fn open_or_create(folder: &Path, scenario: &Scenario) -> Result<Self, SandboxError> {
        if Self::exists(folder) { Self::open(folder) } else { Self::create(folder, scenario) }
    }

    pub fn exists(folder: &Path) -> bool {
        folder.join(state::DATABASE_NAME).exists()
    }

    fn with(folder: &Path, state: Stored<State>) -> Result<Self, SandboxError> {
        let folder = folder.to_path_buf();
        match state {
            Ok(state) => Ok(Self { folder, state: Arc::new(state) }),
            Err(source) => Err(SandboxError::State { folder, source }),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The list of accepted writes, as JSON lines.
    pub fn audit_path(&self) -> PathBuf {
        self.folder.join(state::AUDIT_NAME)
    }

    /// Answers at `address` (loopback; port 0 takes a free one) until stopped. `clock` is the shops' time.
    pub async fn serve(&self, address: SocketAddr, clock: Clock) -> Result<Running, SandboxError> {
        server::serve(self.clone(), address, clock).await
    }

    /// What a client needs to reach each store, with the sign-in as it is now (tokens rotate).
    pub fn stores(&self) -> Result<Vec<StoreAccess>, SandboxError> {
        self.act(|act| {
            let settings = settings(act)?;
            act.shops()?.into_iter().map(|shop| store_access(act, &settings, shop)).collect()
        })
    }

    /// Every accepted write so far, in order.
    pub fn audit(&self) -> Result<Vec<AuditLine>, SandboxError> {
        self.act(|act| act.audit())
    }

    /// A store's coupons in the platform's own fields, by id: the state itself, past sign-in and paging.
    pub fn coupons(&self, store: &str) -> Result<Vec<Map<String, Value>>, SandboxError> {
        self.act(|act| {
            let shop = act.shops()?.into_iter().find(|shop| shop.id.as_str() == store);
            let Some(shop) = shop else { return Ok(None) };
            let stored = act.coupons(store)?;
            let shown = |(id, fields)| match &shop.own {
                Own::Shopee(_) => shopee::shown(id, fields),
                Own::Lazada(_) => lazada::shown(id, fields),
                Own::TiktokShop(_) => tiktok_shop::shown_alone(id, fields),
                Own::Shopify(own) => shopify::shown(&shop, own, id, fields),
                Own::WooCommerce(own) => woocommerce::shown_alone(&shop, own, id, fields),
            };
            Ok(Some(stored.into_iter().map(shown).collect()))
        })?
        .ok_or_else(|| SandboxError::NoSuchStore { store: store.to_string() })
    }

    /// Changes a coupon behind the client's back, past every rule: `fields` in the platform's own spelling, or none to make the
    /// coupon vanish. `coupon` is an id or a whole code, on TikTok Shop also a whole title. Not audited.
    pub fn edit(&self, store: &str, coupon: &str, fields: Option<&Map<String, Value>>) -> Result<(), SandboxError> {
        self.act(|act| edit(act, store, coupon, fields))?
    }

    /// Ends the access tokens of one store (on TikTok Shop the seller's, with all of their shops), or of all; with
    /// `refresh_too` the refresh tokens as well. Tokens that have no end stay.
    pub fn expire_tokens(&self, store: Option<&str>, refresh_too: bool, now: Timestamp) -> Result<(), SandboxError> {
        self.act(|act| {
            let holder = store.map(|store| token_holder(act, store)).transpose()?;
            shopee::expire_tokens(act, holder.as_deref(), refresh_too, now)
        })
    }

    fn act<T>(&self, what: impl FnOnce(&Act) -> Stored<T>) -> Result<T, SandboxError> {
        self.state.act(what).map_err(|source| SandboxError::State { folder: self.folder.clone(), source })
    }
}

/// How a store of the sandbox is reached: what a config needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreAccess {
    pub id: StoreId,
    pub name: String,
    pub region: String,
    pub platform: Platform,
    /// What follows `http://address`: empty for Shopee and TikTok Shop, `/rest` for Lazada, `/store-id` for a shop of WooCommerce
    /// or Shopify.
    pub base_path: String,
    pub currency: Currency,
    pub zone: Tz,
    pub sign_in: SignIn,
}

impl StoreAccess {
    /// The address of the shop, without a slash at its end.
    pub fn base_url(&self, address: SocketAddr) -> String {
        format!("http://{address}{}", self.base_path)
    }
}

/// Pretend secrets; they print as dots all the same, so that no habit of printing them grows.
#[derive(Clone, PartialEq, Eq)]
pub enum SignIn {
    Shopee {
        partner_id: u64,
        partner_key: String,
        shop_id: u64,
        access_token: String,
        access_token_ends: Timestamp,
        refresh_token: String,
    },
    Lazada {
        /// Digits.
        app_key: String,
        app_secret: String,
        /// Whose the tokens are; no call names it.
        seller_id: u64,
        access_token: String,
        access_token_ends: Timestamp,
        refresh_token: String,
    },
    Shopify {
        /// The shop's permanent name, `some-shop.myshopify.com`.
        domain: String,
        client_id: String,
        client_secret: String,
        /// None where it has to be asked for by client credentials first.
        access_token: Option<String>,
        /// None where it never ends.
        access_token_ends: Option<Timestamp>,
        refresh_token: Option<String>,
    },
    WooCommerce {
        consumer_key: String,
        consumer_secret: String,
    },
    TiktokShop {
        app_key: String,
        app_secret: String,
        /// The platform's id of the shop.
        shop_id: String,
        shop_cipher: String,
        access_token: String,
        access_token_ends: Timestamp,
        refresh_token: String,
        refresh_token_ends: Timestamp,
    },
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shopee { partner_id, shop_id, .. } => write!(f, "Shopee({partner_id}, {shop_id}, ••••)"),
            Self::Lazada { app_key, seller_id, .. } => write!(f, "Lazada({app_key}, {seller_id}, ••••)"),
            Self::Shopify { domain, .. } => write!(f, "Shopify({domain}, ••••)"),
            Self::WooCommerce { .. } => f.write_str("WooCommerce(••••)"),
            Self::TiktokShop { app_key, shop_id, .. } => write!(f, "TiktokShop({app_key}, {shop_id}, ••••)"),
        }
    }
}

fn seed(act: &Act, scenario: &Scenario) -> Stored<()> {
    act.set_fact("settings", &serde_json::to_string(&scenario.settings)?)?;
    act.set_fact("faults", &serde_json::to_string(&scenario.faults)?)?;
    for (position, store) in scenario.stores.iter().enumerate() {
        let shop = &store.shop;
        let first_id = match &shop.own {
            Own::Shopee(_) => shopee::first_voucher_id(&scenario.settings.seed, shop),
            Own::Lazada(_) => lazada::first_voucher_id(&scenario.settings.seed, shop),
            Own::Shopify(_) => shopify::first_discount_id(&scenario.settings.seed, shop),
            Own::WooCommerce(_) => woocommerce::FIRST_COUPON_ID,
            Own::TiktokShop(_) => tiktok_shop::first_coupon_id(&scenario.settings.seed, shop),
        };
        act.add_shop(position, shop, first_id)?;
        match &shop.own {
            Own::Shopee(_) => shopee::first_tokens(act, &scenario.settings, shop, scenario.now)?,
            Own::Lazada(own) => lazada::first_tokens(act, &scenario.settings, shop, own, scenario.now)?,
            Own::TiktokShop(own) => tiktok_shop::first_tokens(act, &scenario.settings, own, scenario.now)?,
            Own::Shopify(own) => shopify::first_tokens(act, &scenario.settings, shop, own, scenario.now)?,
            Own::WooCommerce(_) => {}
        }
        for coupon in &store.coupons {
            let id = act.new_coupon_id(shop.id.as_str())?;
            let fields = match &shop.own {
                Own::Shopee(own) => shopee::seeded(own, coupon),
                Own::Lazada(_) => lazada::seeded(shop, coupon),
                Own::Shopify(_) => shopify::seeded(shop, id, coupon, scenario.now),
                Own::WooCommerce(own) => woocommerce::seeded(own, coupon, scenario.now),
                Own::TiktokShop(_) => tiktok_shop::seeded(shop, coupon, scenario.now),
            };
            act.put_coupon(shop.id.as_str(), id, &fields)?;
        }
    }
    Ok(())
}

fn settings(act: &Act) -> Stored<Settings> {
    Ok(serde_json::from_str(&act.fact("settings")?.unwrap_or_else(|| "{}".to_string()))?)
}

fn store_access(act: &Act, settings: &Settings, shop: Shop) -> Stored<StoreAccess> {
    let (platform, base_path, sign_in) = match &shop.own {
        Own::Shopee(own) => (Platform::Shopee, String::new(), shopee::sign_in(act, settings, &shop, own)?),
        Own::Lazada(own) => {
            (Platform::Lazada, lazada::BASE_PATH.to_string(), lazada::sign_in(act, settings, &shop, own)?)
        }
        Own::Shopify(own) => (Platform::Shopify, format!("/{}", shop.id), shopify::sign_in(act, settings, &shop, own)?),
        Own::WooCommerce(own) => {
            let (consumer_key, consumer_secret) = (own.consumer_key.clone(), own.consumer_secret.clone());
            (Platform::WooCommerce, format!("/{}", shop.id), SignIn::WooCommerce { consumer_key, consumer_secret })
        }
        Own::TiktokShop(own) => (Platform::TiktokShop, String::new(), tiktok_shop::sign_in(act, settings, own)?),
    };
    let Shop { id, name, region, currency, zone, .. } = shop;
    Ok(StoreAccess { id, name, region, platform, base_path, currency, zone, sign_in })
}

/// Under what name a store's tokens are kept.
fn token_holder(act: &Act, store: &str) -> Stored<String> {
    let shop = act.shops()?.into_iter().find(|shop| shop.id.as_str() == store);
    Ok(match shop.map(|shop| shop.own) {
        Some(Own::TiktokShop(own)) => tiktok_shop::token_holder(&own),
        _ => store.to_string(),
    })
}

fn edit(act: &Act, store: &str, coupon: &str, fields: Option<&Map<String, Value>>) -> Stored<Result<(), SandboxError>> {
    let Some(shop) = act.shops()?.into_iter().find(|shop| shop.id.as_str() == store) else {
        return Ok(Err(SandboxError::NoSuchStore { store: store.to_string() }));
    };
    let names: &[&str] = match &shop.own {
        Own::Shopee(_) => &["voucher_code"],
        // Most coupons of these two have a name and no code.
        Own::Lazada(_) => &["voucher_code", "voucher_name"],
        Own::TiktokShop(_) => &["promo_code", "title"],
        Own::WooCommerce(_) => &["code"],
        // It tells by itself: see below.
        Own::Shopify(_) => &[],
    };
    let is_meant = |id: u64, stored: &Map<String, Value>| {
        if let Own::Shopify(_) = &shop.own {
            return shopify::is_meant(id, stored, coupon);
        }
        let has = |name: &&str| {
            stored.get(*name).and_then(Value::as_str).is_some_and(|text| text.eq_ignore_ascii_case(coupon))
        };
        id.to_string() == coupon || names.iter().any(has)
    };
    let Some((id, mut stored)) = act.coupons(store)?.into_iter().find(|(id, stored)| is_meant(*id, stored)) else {
        return Ok(Err(SandboxError::NoSuchCoupon { store: store.to_string(), coupon: coupon.to_string() }));
    };
    let Some(fields) = fields else {
        act.remove_coupon(store, id)?;
        return Ok(Ok(()));
    };
    let edited = match &shop.own {
        Own::Shopee(_) => shopee::edited(&mut stored, fields),
        Own::Lazada(_) => lazada::edited(&mut stored, fields),
        Own::Shopify(_) => shopify::edited(&mut stored, fields),
        Own::WooCommerce(_) => woocommerce::edited(&shop, &mut stored, fields),
        Own::TiktokShop(_) => tiktok_shop::edited(&mut stored, fields),
    };
    if let Err(problem) = edited {
        return Ok(Err(SandboxError::BadEdit { coupon: coupon.to_string(), problem }));
    }
    act.put_coupon(store, id, &stored)?;
    Ok(Ok(()))
}
