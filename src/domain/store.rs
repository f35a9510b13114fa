//! One shop on one platform, and how it was found.

use chrono_tz::Tz;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::{Currency, InvalidId, Message, ShopId, StoreId, Timestamp};

/// Names a platform, such as `tiktok_shop`: as written in the config, in row keys and in the archive; never translated, never
/// changed. What a platform is called and can do is in its [`super::Abilities`]. Ordered by its letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform(&'static str);

impl Platform {
    const LETTERS_MAX: usize = 32;

    /// `word` is made of `a-z`, digits and `_`.
    pub const fn new(word: &'static str) -> Self {
        Self(word)
    }

    pub fn word(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Platform {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Platform {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// From a file. The letters of a word that was never met before are kept as long as the program runs, so that an id stays as
/// cheap to hand on as a number.
impl TryFrom<String> for Platform {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        static MET: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        if text.is_empty() || text.len() > Self::LETTERS_MAX || !text.chars().all(allowed) {
            return Err(InvalidId { what: "platform", found: text, wanted: "write at most 32 of a-z, 0-9 and `_`" });
        }
        let mut met = MET.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(word) = met.get(text.as_str()) {
            return Ok(Self(word));
        }
        let word: &'static str = text.leak();
        met.insert(word);
        Ok(Self(word))
    }
}

/// What the program may do in a store, whatever the credentials allow.
#[derive(strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    #[default]
    ReadWrite,
    ReadOnly,
}

impl Access {
    pub fn word(self) -> &'static str {
        match self {
            Self::ReadWrite => "read and write",
            Self::ReadOnly => "read only",
        }
    }
}

/// Who a store is; how it is reached and signed for is the business of `platforms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    pub id: StoreId,
    pub platform: Platform,
    pub shop: ShopId,
    pub currency: Currency,
    /// The store's own zone: its "today", its campaign days, the dates in its rows.
    pub zone: Tz,
    pub access: Access,
    /// Who looks after it, for filters and by-hand work.
    pub owner: Option<String>,
}

/// Whether the credentials may change coupons, as far as that can be told without changing one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MayWrite {
    /// The platform has no way to ask.
    #[default]
    NotTold,
    Yes,
    /// The sign-in lacks the right; the shop can grant it.
    Lacking,
    /// Nobody may: the platform's API cannot change coupons.
    Never,
}

/// What is left of an allowance that the platform counts down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    pub left: u64,
    pub most: u64,
    /// What is counted: "points".
    pub unit: String,
}

/// One store as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreCheck {
    pub at: Timestamp,
    /// Which shop was asked; a store of the same name may later be another one.
    pub shop: ShopId,
    /// Signed in, and coupons could be read.
    pub reached: bool,
    pub may_write: MayWrite,
    /// The platform's clock less ours.
    pub clock_ahead_seconds: Option<i64>,
    pub quota: Option<Quota>,
    /// What is wrong, each a sentence; empty where all is well.
    pub problems: Vec<Message>,
}

/// The last check of each store.
pub type Checks = BTreeMap<StoreId, StoreCheck>;

impl StoreCheck {
    /// Platforms refuse requests whose clock is a few minutes off (Shopee: five); a minute is near enough to be told.
    pub const CLOCKS_APART_MAX_SECONDS: i64 = 60;

    /// What the sign-in may do, in words.
    pub fn rights(&self) -> &'static str {
        match (self.reached, self.may_write) {
            (false, _) => "none",
            (true, MayWrite::Yes) => "read, write",
            (true, MayWrite::Lacking | MayWrite::Never) => "read",
            (true, MayWrite::NotTold) => "read; write not reported",
        }
    }

    pub fn is_clock_off(&self) -> bool {
        self.clock_ahead_seconds.is_some_and(|ahead| ahead.abs() > Self::CLOCKS_APART_MAX_SECONDS)
    }
}
