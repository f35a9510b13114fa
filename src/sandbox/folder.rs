//! A folder with mock shops: made from a scenario, opened again, looked into and changed by a tester.

use data_encoding::HEXLOWER;
use serde_json::Value;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::access::StoreAccess;
use super::entries::{Platforms, for_state};
use super::fields::Fields;
use super::scenario::Scenario;
use super::seed::Shop;
use super::state::{self, Act, AuditLine, State, StateError, Stored};
use super::tokens::TokenKind;
use crate::domain::{Platform, Timestamp};

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

/// A folder with mock shops. Clones are the same sandbox.
#[derive(Debug, Clone)]
pub struct Sandbox {
    folder: PathBuf,
    pub(super) state: Arc<State>,
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

    pub fn exists(folder: &Path) -> bool {
        folder.join(state::DATABASE_NAME).exists()
    }

    fn with(folder: &Path, state: Stored<State>) -> Result<Self, SandboxError> {
        let in_folder = |source| SandboxError::State { folder: folder.to_path_buf(), source };
        Ok(Self { folder: folder.to_path_buf(), state: Arc::new(state.map_err(in_folder)?) })
    }

    /// The list of accepted writes, as JSON lines.
    pub fn audit_path(&self) -> PathBuf {
        self.folder.join(state::AUDIT_NAME)
    }

    /// Without it nobody is answered at `/_sandbox/`. The same for as long as the folder is there.
    pub fn control_token(&self) -> Result<String, SandboxError> {
        self.act(|act| match act.fact("control_token")? {
            Some(token) => Ok(token),
            None => {
                let mut bytes = [0; 16];
                getrandom::fill(&mut bytes).map_err(io::Error::other)?;
                let token = HEXLOWER.encode(&bytes);
                act.set_fact("control_token", &token)?;
                Ok(token)
            }
        })
    }

    /// What a client needs to reach each store, with the sign-in as it is now (tokens rotate).
    pub fn stores(&self) -> Result<Vec<StoreAccess>, SandboxError> {
        self.act(|act| {
            let platforms = Platforms::stored(act)?;
            let reached = |(platform, shop): &(Platform, Shop<Value>)| {
                let opened = platforms.shop(shop.id.as_str())?;
                let Shop { id, name, region, currency, zone, .. } = shop.clone();
                let (platform, base_path) = (*platform, opened.base_path());
                let access = |sign_in| StoreAccess { id, name, region, platform, base_path, currency, zone, sign_in };
                Some(opened.sign_in(act).map(access))
            };
            platforms.shops.iter().filter_map(reached).collect()
        })
    }

    /// Every accepted write so far, in order.
    pub fn audit(&self) -> Result<Vec<AuditLine>, SandboxError> {
        self.act(|act| act.audit())
    }

    /// A store's coupons by id, in the fields that the state keeps.
    pub fn coupons(&self, store: &str) -> Result<Vec<(u64, Fields)>, SandboxError> {
        self.act(|act| act.coupons(store))
    }

    /// Changes a coupon behind the client's back, past every rule: `fields` in the platform's own spelling, or none to make the
    /// coupon vanish. `coupon` is an id or a whole code, on TikTok Shop also a whole title. Not audited.
    pub fn edit(&self, store: &str, coupon: &str, fields: Option<&Fields>) -> Result<(), SandboxError> {
        self.act(|act| {
            let platforms = Platforms::stored(act)?;
            let Some(shop) = platforms.shop(store) else {
                return Ok(Err(SandboxError::NoSuchStore { store: store.to_string() }));
            };
            let named = act.coupons(store)?.into_iter().find(|(id, stored)| shop.is_meant(*id, stored, coupon));
            let Some((id, mut stored)) = named else {
                return Ok(Err(SandboxError::NoSuchCoupon { store: store.to_string(), coupon: coupon.to_string() }));
            };
            let Some(fields) = fields else { return Ok(Ok(act.remove_coupon(store, id)?)) };
            if let Err(problem) = shop.edited(&mut stored, fields) {
                return Ok(Err(SandboxError::BadEdit { coupon: coupon.to_string(), problem }));
            }
            Ok(Ok(act.put_coupon(store, id, &stored)?))
        })?
    }

    /// Ends the access tokens of one store (on TikTok Shop the seller's, with all of their shops), or of all; with
    /// `refresh_too` the refresh tokens as well. Tokens that have no end stay.
    pub fn expire_tokens(&self, store: Option<&str>, refresh_too: bool, now: Timestamp) -> Result<(), SandboxError> {
        self.act(|act| {
            let platforms = Platforms::stored(act)?;
            let holder_of = |store: &str| platforms.shop(store)?.token_holder();
            let holder = store.map(|store| holder_of(store).unwrap_or_else(|| store.to_string()));
            act.end_tokens(holder.as_deref(), TokenKind::Access, now)?;
            if refresh_too { act.end_tokens(holder.as_deref(), TokenKind::Refresh, now) } else { Ok(()) }
        })
    }

    pub(super) fn act<T>(&self, what: impl FnOnce(&Act) -> Stored<T>) -> Result<T, SandboxError> {
        self.state.act(what).map_err(|source| SandboxError::State { folder: self.folder.clone(), source })
    }
}

fn seed(act: &Act, scenario: &Scenario) -> Stored<()> {
    act.set_fact("settings", &scenario.settings)?;
    act.set_fact("faults", &scenario.faults)?;
    let shops = scenario.stores.iter().map(|store| (store.platform, store.shop.clone())).collect();
    let platforms = Platforms::open(&scenario.settings, shops)?;
    for (position, store) in scenario.stores.iter().enumerate() {
        let id = store.shop.id.as_str();
        let Some(shop) = platforms.shop(id) else { continue };
        act.add_shop(position, &for_state(store.platform, &store.shop), shop.first_coupon_id())?;
        shop.add_first_tokens(act, scenario.now)?;
        for coupon in &store.coupons {
            let coupon_id = act.new_coupon_id(id)?;
            act.put_coupon(id, coupon_id, &shop.seeded(coupon_id, coupon, scenario.now))?;
        }
    }
    Ok(())
}
