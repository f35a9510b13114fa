//! A scenario as its author wrote it: every key there is. A key that is not here is an error.

use serde::Deserialize;

use crate::sandbox::Fault;
use crate::sandbox::fields::Fields;
use crate::sandbox::seed::Settings;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    #[serde(default)]
    pub sandbox: Settings,
    pub stores: Vec<Store>,
    /// Coupons that several stores have, each in its own money.
    #[serde(default)]
    pub coupons: Vec<Coupon>,
    #[serde(default)]
    pub faults: Vec<Fault>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Store {
    pub id: String,
    /// The word of a platform, such as `tiktok_shop`.
    pub platform: String,
    pub name: String,
    /// Two letters; currency and zone follow from it where they are left out.
    pub region: String,
    pub currency: Option<String>,
    pub zone: Option<String>,
    /// What one `u` of an amount is worth here: with `unit = "1000"`, `"10u"` is 10000.
    pub unit: Option<Amount>,
    #[serde(default)]
    pub coupons: Vec<Coupon>,
    /// The keys of its platform.
    #[serde(flatten)]
    pub own: Fields,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Coupon {
    /// Globs over store ids; only for coupons at the top level.
    pub stores: Option<Vec<String>>,
    /// `{n}` counts from 1 through the repetitions (`{nn}` in two digits), `{each}` is the word of `each`.
    pub code: String,
    pub name: Option<String>,
    /// How many of it there are.
    pub repeat: Option<u32>,
    /// One for each word.
    pub each: Option<Vec<String>>,
    pub discount: Discount,
    /// `"30u|33u"` gives each repetition its own, in turn: coupons that differ by their name only would be duplicates.
    pub min_spend: Option<Amount>,
    /// `500`, a range `"200-800"`, or `"none"`.
    pub total: Option<Count>,
    /// `37`, a share `"20%"`, a range of shares `"10%-60%"`, `"all"`, or `"all-7"` (seven are left).
    pub used: Option<Count>,
    pub starts: Option<String>,
    pub ends: Option<String>,
    pub status: Option<String>,
    #[serde(default)]
    pub platform_owned: bool,
    #[serde(default)]
    pub raw: Fields,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Discount {
    pub sum: Option<Amount>,
    pub percent: Option<Amount>,
    pub coins: Option<Amount>,
    pub cap: Option<Amount>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Amount {
    Text(String),
    Whole(i64),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Count {
    Whole(u64),
    Text(String),
}
