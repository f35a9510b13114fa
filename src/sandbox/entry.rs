//! What the folder of a mock platform exports.

use chrono::{Duration, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Debug;
use std::sync::Arc;

use super::access::SignIn;
use super::exchange::{Answer, Request};
use super::faults::Call;
use super::fields::{Fields, text};
use super::seed::{CouponSeed, CouponWords, NewShop, Shop, hash_number};
use super::state::{Act, AuditLine, StateError, Stored};
use crate::domain::{Platform, Timestamp};

/// Tells the mock platforms what time it is: it decides what is upcoming, ongoing and expired.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A mock platform: what a scenario may say of it, and how it is opened.
pub(super) struct Entry {
    pub id: Platform,
    /// Under what name a stored shop keeps what only this platform knows. Never changed.
    pub stored_as: &'static str,
    /// The field of its shops by which a client names them: no two shops have the same.
    pub identity: &'static str,
    /// What a scenario may say of its coupons.
    pub coupon_words: CouponWords,
    /// The keys of a `[[stores]]` that it knows, beside those of every store: the fields of what it keeps of a shop.
    pub store_keys: fn() -> Fields,
    /// The keys of `[sandbox]` that it knows, without its own word before them, with what holds under a seed where they are
    /// left out.
    pub settings: fn(&str) -> Value,
    /// What it keeps of a new shop, from the keys that were written.
    pub new_shop: fn(&NewShop) -> Result<Value, String>,
    pub open: fn(PlatformConfig) -> Result<Arc<dyn PretendPlatform>, serde_json::Error>,
}

impl Entry {
    /// What a key of `[sandbox]` is called here, where it is this platform's.
    pub fn setting_name<'k>(&self, key: &'k str) -> Option<&'k str> {
        key.strip_prefix(self.id.word())?.strip_prefix('_')
    }
}

/// The names of a type's fields.
pub(super) fn keys_of<T: Default + Serialize>() -> Fields {
    serde_json::to_value(T::default()).map(super::fields::object).unwrap_or_default()
}

/// A platform's shops, with what the scenario says of the platform.
#[derive(Debug)]
pub(super) struct PlatformShops<S, O> {
    /// What ids, keys and tokens are derived from.
    pub seed: String,
    pub settings: S,
    /// In the scenario's order.
    pub shops: Vec<Shop<O>>,
}

/// The same as the state has it, which is what a platform is opened with.
pub(super) type PlatformConfig = PlatformShops<Fields, Value>;

impl<S: DeserializeOwned, O: DeserializeOwned> PlatformShops<S, O> {
    pub fn read(PlatformConfig { seed, settings, shops }: PlatformConfig) -> Result<Self, serde_json::Error> {
        let read = |Shop { id, name, region, currency, zone, own }| {
            Ok(Shop { id, name, region, currency, zone, own: serde_json::from_value(own)? })
        };
        let shops = shops.into_iter().map(read).collect::<Result<_, serde_json::Error>>()?;
        Ok(Self { seed, settings: serde_json::from_value(Value::Object(settings))?, shops })
    }
}

impl<S, O> PlatformShops<S, O> {
    /// The shop with this store id.
    pub fn shop(&self, store: &str) -> Option<&Shop<O>> {
        self.shops.iter().find(|shop| shop.id.as_str() == store)
    }

    /// The shop under whose id `path` lies, and the rest of the path.
    pub fn shop_at<'p>(&self, path: &'p str) -> Option<(&Shop<O>, &'p str)> {
        let (store, inside) = path.trim_start_matches('/').split_once('/')?;
        Some((self.shop(store)?, inside))
    }
}

/// One shop, with the platform that it is on.
#[derive(Debug)]
pub(super) struct ShopHandle<'s, S, O> {
    pub platform: &'s PlatformShops<S, O>,
    pub shop: &'s Shop<O>,
}

impl<S, O> ShopHandle<'_, S, O> {
    /// A number below `limit` that is always the same for this shop.
    pub fn number(&self, what: &str, limit: u64) -> u64 {
        hash_number(&[&self.platform.seed, self.shop.id.as_str(), what]) % limit
    }
}

impl<S, O> HasShops for PlatformShops<S, O>
where
    for<'s> ShopHandle<'s, S, O>: PretendShop,
{
    fn in_shop(&self, store: &str) -> Option<Box<dyn PretendShop + '_>> {
        self.shop(store).map(|shop| Box::new(ShopHandle { platform: self, shop }) as Box<dyn PretendShop + '_>)
    }
}

/// What one request is answered with.
pub(super) struct Context<'c> {
    pub platform: Platform,
    pub act: &'c Act<'c>,
    pub now: Timestamp,
    /// What a seller quotes to the platform's support: 32 hex digits.
    pub request_id: &'c str,
}

impl Context<'_> {
    /// Whether a request signed at `stamp` is at most `tolerance` off.
    ///
    /// A test that sets the shop's clock to 23:58 may sign with either clock, since a moved clock is about the shop's days and
    /// not about the signer's; with the machine's clock the two are one.
    pub fn accepts(&self, stamp: Timestamp, tolerance: Duration) -> bool {
        [self.now, Utc::now()].into_iter().any(|now| (now - stamp).abs() <= tolerance)
    }

    /// Notes an accepted write of `call` to a coupon.
    pub fn note<O>(&self, shop: &Shop<O>, call: &str, coupon: impl ToString, fields: Value) -> Stored<()> {
        self.act.note(&AuditLine {
            at: self.now,
            platform: self.platform,
            store: shop.id.to_string(),
            call: call.to_string(),
            coupon_id: coupon.to_string(),
            fields,
        })
    }
}

pub(super) trait HasShops {
    /// The shop with this store id.
    fn in_shop(&self, store: &str) -> Option<Box<dyn PretendShop + '_>>;
}

/// A mock platform with its shops.
pub(super) trait PretendPlatform: HasShops + Debug + Send + Sync {
    /// What `request` asks for, where its path is this platform's.
    fn call(&self, request: &Request) -> Option<Call>;

    /// Carries `request` out, or refuses it.
    fn answer(&self, context: &Context, request: &Request, call: &Call) -> Stored<Answer>;

    /// The refusal of a call above the rate limit. Without `retry_after_seconds` the platform's own choice.
    fn throttled(&self, now: Timestamp, retry_after_seconds: Option<u64>, request_id: &str) -> Answer;

    /// With which other calls `call` is counted, and how many of them are served in a second.
    fn rate_limit(&self, _: &Call) -> Option<(String, u32)> {
        None
    }

    /// The calls that it refused by a limit of its own, which does not count calls.
    fn refused_by_own_limit(&self) -> u64 {
        0
    }
}

/// A shop as the sandbox makes it and as a tester changes it, past every rule.
pub(super) trait PretendShop {
    /// What stands before every path, after the host.
    fn base_path(&self) -> String {
        String::new()
    }

    /// Under what name its tokens are kept, where that is not its store's id.
    fn token_holder(&self) -> Option<String> {
        None
    }

    /// What a client signs with now.
    fn sign_in(&self, act: &Act) -> Stored<SignIn>;

    /// Hands out what a new sandbox starts with, where anything is.
    fn add_first_tokens(&self, _: &Act, _: Timestamp) -> Stored<()> {
        Ok(())
    }

    fn first_coupon_id(&self) -> u64;

    /// What a coupon of the scenario is in the platform's fields.
    fn seeded(&self, id: u64, seed: &CouponSeed, now: Timestamp) -> Fields;

    /// The fields by whose whole text a tester may name a coupon.
    fn names(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether a tester means this coupon by `name`.
    fn is_meant(&self, id: u64, stored: &Fields, name: &str) -> bool {
        id.to_string() == name || self.names().iter().any(|field| text(stored, field).eq_ignore_ascii_case(name))
    }

    /// Lays `fields`, in the platform's own spelling, over a stored coupon; what is left of one that is refused is not kept.
    fn edited(&self, stored: &mut Fields, fields: &Fields) -> Result<(), String>;
}

/// Why a call is not carried out: the platform refuses it, or the sandbox's own state fails.
#[derive(Debug)]
pub(super) enum CallError<R> {
    Refused(R),
    State(StateError),
}

/// Marks what a mock platform refuses with.
pub(super) trait Refused {}

impl<R: Refused> From<R> for CallError<R> {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal)
    }
}

impl<R> From<StateError> for CallError<R> {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

/// Refuses where `is_breached`.
pub(super) fn refuse_if<R>(is_breached: bool, refusal: impl FnOnce() -> R) -> Result<(), R> {
    if is_breached { Err(refusal()) } else { Ok(()) }
}

/// The refusal apart from the failures of the state.
pub(super) fn settled<T, R>(done: Result<T, CallError<R>>) -> Stored<Result<T, R>> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(CallError::Refused(refusal)) => Ok(Err(refusal)),
        Err(CallError::State(error)) => Err(error),
    }
}
