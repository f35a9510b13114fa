//! Stores whose platform has no API for coupons and exports a file instead: the newest file is the store, and every change is a person's.
//!
//! `layout` is what the config says of the file, `newest` finds it, `blocks` finds the rows in it, `row` makes a coupon of each, `read` is
//! all of it. Little is known of the exports of any platform, so nothing of them is guessed: what a file leaves open stays open, and what
//! could be read in two ways is asked about.

mod abilities;
mod blocks;
mod json;
mod layout;
mod newest;
mod read;
mod row;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use self::abilities::{ABILITIES, BACK_OFFICE};
use self::layout::{KEYS, Layout};
use self::newest::Newest;
use self::read::Read;
use super::account::{Account, ConnectError};
use super::connector::{Connector, Health, KnownCoupons, Listing, Receipt};
use super::entry::Entry;
use super::errors::{CallError, CallErrorKind, SendError};
use super::keys::Place;
use super::network::Clock;
use super::pace::Pace;
use super::sign_in::{KeysOfConfig, SignIn};
use crate::domain::{Abilities, ChangeId, Coupon, CouponId, MayWrite, Message, ShopId, Source, Store, Write};
use crate::message;

/// All that the rest of the program asks.
pub static ENTRY: Entry = Entry {
    abilities: &ABILITIES,
    back_office: &BACK_OFFICE,
    day: None,
    // Nothing is called.
    pace: Pace { app_per_second: None, shop_per_second: 10, shop_in_flight: 1 },
    keys: KEYS,
    check: |check| {
        let problems = Layout::of(check.keys).err().unwrap_or_default();
        check.problems.extend(problems);
        let shop = ShopId::new(check.keys.text("shop")?);
        // Its files are on this machine.
        Some(Place { shop, endpoint: url::Url::parse("http://localhost/").ok()? })
    },
    connect: |account, network| Ok(Box::new(Sheet::of(account, network.clock())?)),
};

type Last = Option<(Newest, Arc<Read>)>;

/// One store's file.
struct Sheet {
    store: Store,
    layout: Layout,
    clock: Clock,
    sign_in: KeysOfConfig,
    /// What was read last, and of which file.
    last: Arc<Mutex<Last>>,
}

impl Sheet {
    fn of(account: &Account, clock: Clock) -> Result<Self, ConnectError> {
        let store = account.store.clone();
        let told = |problems: Vec<super::KeyProblem>| {
            let what = problems.into_iter().map(|problem| format!("{}; {}", problem.what, problem.wanted));
            ConnectError(Message::as_written(what.collect::<Vec<_>>().join("; ")))
        };
        let layout = Layout::of(&account.keys).map_err(told)?;
        let sign_in = KeysOfConfig(message!("sheet-no-sign-in", store = store.id.as_str()));
        Ok(Self { store, layout, clock, sign_in, last: Arc::default() })
    }

    /// The newest file. One that was read already and has not changed is not read again.
    async fn read(&self) -> Result<Arc<Read>, CallError> {
        let (layout, store, now) = (self.layout.clone(), self.store.clone(), (self.clock)());
        let last = Arc::clone(&self.last);
        let reading = tokio::task::spawn_blocking(move || {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            let same = newest::newest(&layout, now).ok();
            if let (Some(found), Some((known, read))) = (&same, last.as_ref())
                && found == known
            {
                return Ok(Arc::clone(read));
            }
            let read = read::read(&layout, &store, now).map(Arc::new);
            *last = same.zip(read.as_ref().ok().cloned());
            read
        });
        let broke = |error: tokio::task::JoinError| {
            message!("load-broke", store = self.store.id.as_str(), error = error.to_string())
        };
        reading
            .await
            .unwrap_or_else(|error| Err(broke(error)))
            .map_err(|sentence| failed(CallErrorKind::Unreachable, sentence))
    }
}

fn failed(kind: CallErrorKind, sentence: Message) -> CallError {
    CallError { kind, sentence, platform_words: None, request_id: None }
}

#[async_trait]
impl Connector for Sheet {
    fn abilities(&self) -> &'static Abilities {
        &ABILITIES
    }

    async fn list(&self) -> Result<Listing, CallError> {
        let read = self.read().await?;
        Ok(Listing { coupons: read.coupons.clone(), expected: None, unreadable: read.unreadable.clone() })
    }

    async fn get(&self, coupon: &CouponId) -> Result<Option<Coupon>, CallError> {
        let read = self.read().await?;
        if let Some(found) = read.coupons.iter().find(|found| found.id == *coupon) {
            return Ok(Some(found.clone()));
        }
        if read.source.has_everything && read.unreadable.is_empty() {
            return Ok(None);
        }
        let file = read.source.file.clone();
        let sentence =
            message!("sheet-not-in-file", store = self.store.id.as_str(), coupon = coupon.as_str(), file = file);
        Err(failed(CallErrorKind::NotFound, sentence))
    }

    async fn find_code(&self, code: &str) -> Result<Vec<Coupon>, CallError> {
        let is_it =
            |coupon: &&Coupon| coupon.code.as_ref().is_some_and(|own| own.to_lowercase() == code.to_lowercase());
        Ok(self.read().await?.coupons.iter().filter(is_it).cloned().collect())
    }

    async fn send(&self, _write: &Write, _change: &ChangeId) -> Result<Receipt, SendError> {
        Err(SendError::Refused(failed(CallErrorKind::Rejected, message!("impossible-sheet"))))
    }

    async fn check(&self) -> Result<Health, CallError> {
        let read = self.read().await?;
        Ok(Health { may_write: MayWrite::Never, notes: read.notes.clone(), ..Health::default() })
    }

    fn sign_in(&self) -> &dyn SignIn {
        &self.sign_in
    }

    fn source(&self) -> Option<Source> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().map(|(_, read)| read.source.clone())
    }

    fn calls_to_load(&self, _known: KnownCoupons<'_>) -> u64 {
        0
    }
}
