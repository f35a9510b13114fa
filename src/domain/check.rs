//! What `stores check` found out about one store.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{Message, ShopId, StoreId, Timestamp};

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
            (true, MayWrite::NotTold) => "read; write not told",
        }
    }

    pub fn is_clock_off(&self) -> bool {
        self.clock_ahead_seconds.is_some_and(|ahead| ahead.abs() > Self::CLOCKS_APART_MAX_SECONDS)
    }
}
