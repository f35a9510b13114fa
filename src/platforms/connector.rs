//! What every platform does for a store, and what comes back.

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use serde_json::{Map, Value};

use super::client::{ApiClient, Tally};
use super::errors::{CallError, SendError};
use super::pace::StorePace;
use super::sign_in::SignIn;
use crate::domain::{
    Abilities, ChangeId, Coupon, CouponId, Currency, Draft, MayWrite, Message, Quota, Source, Timestamp, Write,
};

/// One store at its platform. `tests/it/platforms/contract.rs` holds every connector to these promises:
/// - `list` gives every coupon of the store, each with all the fields that the platform has for it, and how many the platform
///   says there are, where it says; through a network that remembers, a rule of a coupon that may have changed unseen since it
///   was asked for is a null among its `other_rules`;
/// - `get` gives one coupon as it is at that moment, never from memory, and none where the platform says there is no such one;
/// - `find_code` gives every coupon that a buyer could mean by a code, live or not, as far as the platform can tell;
/// - `find_created` gives every coupon that a creation whose answer was lost may have made;
/// - `send` sends one write at most once and never repeats it by itself, but for answers that say that nothing was done: "not
///   now" (429 and the platforms' words for it), which it waits out within limits, and an access token that has just run out,
///   which it renews once;
/// - no error, log line or panic message ever holds a secret.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Its way to its platform; none of one that calls nothing.
    fn client(&self) -> Option<&ApiClient> {
        None
    }

    fn abilities(&self) -> &'static Abilities {
        self.client().map_or(&Abilities::UNKNOWN, |client| client.abilities())
    }

    async fn list(&self) -> Result<Listing, CallError>;

    async fn get(&self, coupon: &CouponId) -> Result<Option<Coupon>, CallError>;

    /// Several, each as [`Connector::get`] gives it. Nobody's trouble is another's.
    async fn get_several(&self, coupons: &[&CouponId]) -> Vec<(CouponId, Result<Option<Coupon>, CallError>)> {
        let ids: Vec<CouponId> = coupons.iter().map(|id| (*id).clone()).collect();
        let reads = stream::iter(ids).map(|id| async move {
            let coupon = self.get(&id).await;
            (id, coupon)
        });
        reads.buffer_unordered(READS_AT_ONCE).collect().await
    }

    /// How many coupons [`Connector::get_several`] reads with one call.
    fn coupons_a_call(&self) -> usize {
        1
    }

    /// `code` is whole, as a buyer types it; compared without regard to case.
    async fn find_code(&self, code: &str) -> Result<Vec<Coupon>, CallError>;

    /// Every coupon that a creation of `draft` may have made, for after a lost answer: those that bear its code, unless the
    /// platform's coupons have none.
    async fn find_created(&self, draft: &Draft) -> Result<Vec<Coupon>, CallError> {
        self.find_code(&draft.code).await
    }

    /// Why `write` cannot be carried out on this very coupon (a creation: on this model of it), as far as it can be told from what was
    /// loaded; none where nothing is known against it. Sends nothing, and asks nobody.
    fn impossible(&self, write: &Write, coupon: &Coupon) -> Option<Message> {
        (self.abilities().impossible)(write, coupon)
    }

    /// `change` is stored with a creation where the platform has a place for it.
    async fn send(&self, write: &Write, change: &ChangeId) -> Result<Receipt, SendError>;

    /// Whether the store can be reached, signed in to and its coupons read, and what it says of itself. Changes nothing.
    async fn check(&self) -> Result<Health, CallError>;

    /// What the shop says of its currency and zone, to be held against the config; none where its platform tells nothing of the kind.
    /// An error of [`CallErrorKind::WrongShop`] where the sign-in is another shop's.
    ///
    /// [`CallErrorKind::WrongShop`]: super::CallErrorKind::WrongShop
    async fn shop_told(&self) -> Result<Option<Health>, CallError> {
        Ok(None)
    }

    /// How many calls [`Connector::shop_told`] would take. Sends nothing.
    fn calls_about_the_shop(&self) -> u64 {
        0
    }

    /// How the store is signed in.
    fn sign_in(&self) -> &dyn SignIn;

    /// When somebody has to sign in again, as far as the platform told. At most one call, and that seldom.
    async fn sign_in_again_by(&self) -> Option<Timestamp> {
        self.sign_in().status().ok()?.sign_in_again_by()
    }

    /// The platform's clock less ours, in seconds, by the answers so far; none where none came or told. Sends nothing.
    fn clock_ahead_seconds(&self) -> Option<i64> {
        self.client()?.clock_ahead_seconds()
    }

    /// That the answers so far came in another version of the platform's API than was asked for, so that something may be missing in
    /// them; none where they did not. Sends nothing.
    fn other_version(&self) -> Option<Message> {
        None
    }

    /// Calls made through this connector so far.
    fn tally(&self) -> Tally {
        self.client().map(ApiClient::tally).unwrap_or_default()
    }

    /// How many calls [`Connector::list`] would take now, retries aside, if the store still had the coupons `known` from an
    /// earlier load; at least that many if there is none. Sends nothing.
    ///
    /// What holds unless a connector knows better: pages of a hundred, and nothing besides.
    fn calls_to_load(&self, known: KnownCoupons<'_>) -> u64 {
        pages_of(known.count(), USUAL_PAGE_SIZE)
    }

    /// Whether [`Connector::calls_to_load`] looks at each coupon; of any other store the archive need not be read for it.
    fn counts_by_each_coupon(&self) -> bool {
        false
    }

    /// How many calls [`Connector::sign_in_again_by`] would take now. Sends nothing.
    fn calls_about_the_sign_in(&self) -> u64 {
        0
    }

    /// The file that [`Connector::list`] read last; none of a store that has an API.
    fn source(&self) -> Option<Source> {
        None
    }

    /// What bounds this store's calls at this moment; none where nothing is known. Sends nothing.
    fn pace(&self) -> Option<StorePace> {
        self.client().map(ApiClient::pace)
    }
}

/// Of one store, where each coupon is a call.
const READS_AT_ONCE: usize = 4;

/// The most that a page holds on every platform that has pages by number.
const USUAL_PAGE_SIZE: usize = 100;

/// The pages that `count` things fill; an empty list is a page too.
pub(super) fn pages_of(count: usize, page_size: usize) -> u64 {
    count.div_ceil(page_size.max(1)).max(1) as u64
}

/// Every coupon of a store.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    pub coupons: Vec<Coupon>,
    /// How many the platform says there are, where it says.
    pub expected: Option<u64>,
    /// Coupons that could not be read, each with its id and the reason in words.
    pub unreadable: Vec<Message>,
}

/// The platform's answer to a write that it carried out.
#[derive(Debug, Clone, Default)]
pub struct Receipt {
    pub request_id: Option<String>,
    /// The coupon that a creation made.
    pub created: Option<CouponId>,
}

/// What a store says of itself; each none where its platform does not tell.
#[derive(Debug, Clone, Default)]
pub struct Health {
    pub shop_name: Option<String>,
    pub currency: Option<Currency>,
    /// IANA name.
    pub zone: Option<String>,
    /// The platform's clock less ours, in seconds.
    pub clock_ahead_seconds: Option<i64>,
    pub token_ends: Option<Timestamp>,
    /// Banned, frozen: mostly in the platform's words.
    pub restriction: Option<Message>,
    /// What is so of each of its coupons, to be put among [`Coupon::besides`].
    pub of_each_coupon: Map<String, Value>,
    /// Whether coupons may be changed; that they may be read is shown by an answer at all.
    pub may_write: MayWrite,
    pub quota: Option<Quota>,
    /// What else there is to know before it is relied upon: of a file, what was understood of it and what was not.
    pub notes: Vec<Message>,
}

/// What an earlier load saw of a store.
#[derive(Debug, Clone, Copy)]
pub enum KnownCoupons<'a> {
    /// So many.
    Count(usize),
    /// Where the connector [counts by each](Connector::counts_by_each_coupon).
    Each(&'a [Coupon]),
}

impl<'a> KnownCoupons<'a> {
    pub fn count(self) -> usize {
        match self {
            Self::Count(count) => count,
            Self::Each(coupons) => coupons.len(),
        }
    }

    /// None of them where only their number is known.
    pub fn each(self) -> &'a [Coupon] {
        match self {
            Self::Count(_) => &[],
            Self::Each(coupons) => coupons,
        }
    }
}

impl Health {
    /// Adds what is so of each of the shop's coupons.
    pub fn complete<'a>(&self, coupons: impl IntoIterator<Item = &'a mut Coupon>) {
        if !self.of_each_coupon.is_empty() {
            coupons.into_iter().for_each(|coupon| coupon.besides.extend(self.of_each_coupon.clone()));
        }
    }
}

/// Whether a coupon found under a draft's code is that draft come true.
pub fn is_ours(coupon: &Coupon, draft: &Draft, change: &ChangeId) -> bool {
    match coupon.made_by_change.as_deref() {
        Some(id) => id == change.as_str() && draft.matches_but_for_its_name(coupon),
        None => draft.matches(coupon),
    }
}
