//! How many calls and minutes a load will take, from what earlier exports saw and from the limits on calls. Sends nothing.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::ToLoad;
use crate::archive::{Archive, ArchiveError};
use crate::domain::{Coupon, Load, Platform, StoreId, StoreLoad, grouped};
use crate::platforms::{KnownCoupons, QuotaLeft, StorePace};

/// An export of only some stores tells nothing of the others; so many are looked through for all of them.
const EXPORTS_MAX: usize = 4;

/// What one store's load will take.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreForecast {
    pub platform: Platform,
    /// What people call the platform.
    pub platform_name: &'static str,
    pub calls: u64,
    /// Whether an earlier export loaded it; else `calls` is the least that any load takes.
    pub was_loaded: bool,
    /// What a call took when it was loaded last, with all waiting.
    pub seconds_a_call: Option<f64>,
    pub pace: Option<StorePace>,
}

/// What a load of several stores will take.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    pub platforms: Vec<PlatformEstimate>,
    pub stores: usize,
    /// Stores that were never loaded: for them only the least is counted.
    pub stores_unknown: usize,
    pub calls: u64,
    /// At the pace that the limits allow, and no faster than the stores' last loads went.
    pub seconds: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlatformEstimate {
    pub platform: Platform,
    #[serde(skip)]
    pub name: &'static str,
    pub stores: usize,
    pub stores_unknown: usize,
    pub calls: u64,
    pub seconds: f64,
    /// One for each app that has a daily quota.
    pub quotas: Vec<QuotaEstimate>,
}

/// What a load will take of an app's day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuotaEstimate {
    pub app: String,
    pub calls: u64,
    /// Before the load.
    #[serde(flatten)]
    pub quota: QuotaLeft,
}

/// What an earlier export saw of a store, and how long that took.
#[derive(Debug, Clone, Default)]
pub struct EarlierLoad {
    /// How many coupons it had.
    pub count: usize,
    /// Only where each was asked for.
    pub coupons: Vec<Coupon>,
    pub calls: u64,
    pub seconds: f64,
}

/// The newest load of each of `stores` that one of the last few exports loaded, with each coupon of those for which `each_of` says so.
///
/// # Errors
/// If the archive cannot be read, or a snapshot was changed.
pub fn earlier_loads(
    archive: &Archive,
    stores: &BTreeSet<StoreId>,
    each_of: impl Fn(&StoreId) -> bool,
) -> Result<BTreeMap<StoreId, EarlierLoad>, ArchiveError> {
    let mut known: BTreeMap<StoreId, EarlierLoad> = BTreeMap::new();
    let exports = archive.known_exports()?.into_iter().filter(|export| export.follows.is_none());
    for export in exports.take(EXPORTS_MAX) {
        let missing: BTreeSet<&StoreId> = stores.iter().filter(|id| !known.contains_key(id)).collect();
        if missing.is_empty() {
            break;
        }
        let is_new = |load: &StoreLoad| missing.contains(&load.store.id) && load.load.is_loaded();
        let (export, coupons) = archive.load_coupons(&export.id, |load| is_new(load) && each_of(&load.store.id))?;
        let mut loads: BTreeMap<StoreId, EarlierLoad> = BTreeMap::new();
        for StoreLoad { store, load, calls, seconds, .. } in export.stores.into_iter().filter(is_new) {
            let Load::Loaded { count, .. } = load else { continue };
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            loads.insert(store.id, EarlierLoad { count, coupons: Vec::new(), calls, seconds });
        }
        for coupon in coupons {
            if let Some(load) = loads.get_mut(&coupon.store) {
                load.coupons.push(coupon);
            }
        }
        known.extend(loads);
    }
    Ok(known)
}

/// `known` is the newest earlier load of each store.
pub fn forecasts(stores: &[ToLoad], known: &BTreeMap<StoreId, EarlierLoad>) -> Vec<StoreForecast> {
    let connected = stores.iter().filter_map(|to_load| Some((&to_load.store, to_load.connector.as_ref().ok()?)));
    connected
        .map(|(store, connector)| {
            let earlier = known.get(&store.id);
            let coupons = match earlier {
                Some(load) if connector.counts_by_each_coupon() => KnownCoupons::Each(&load.coupons),
                _ => KnownCoupons::Count(earlier.map_or(0, |load| load.count)),
            };
            StoreForecast {
                platform: store.platform,
                platform_name: connector.abilities().name,
                calls: connector.calls_to_load(coupons)
                    + connector.calls_about_the_shop()
                    + connector.calls_about_the_sign_in(),
                was_loaded: earlier.is_some(),
                seconds_a_call: earlier.filter(|load| load.calls > 0).map(|load| load.seconds / load.calls as f64),
                pace: connector.pace(),
            }
        })
        .collect()
}

/// `at_once` stores of each platform load side by side. Platforms come in the order of their first stores.
pub fn estimate(forecasts: &[StoreForecast], at_once: usize) -> Estimate {
    let mut by_platform: Vec<Vec<&StoreForecast>> = Vec::new();
    for forecast in forecasts {
        let is_its =
            |stores: &&mut Vec<&StoreForecast>| stores.first().is_some_and(|one| one.platform == forecast.platform);
        match by_platform.iter_mut().find(is_its) {
            Some(stores) => stores.push(forecast),
            None => by_platform.push(vec![forecast]),
        }
    }
    let platforms: Vec<PlatformEstimate> =
        by_platform.iter().filter_map(|stores| Some(of_platform(stores.first()?, stores, at_once))).collect();
    Estimate {
        stores: platforms.iter().map(|one| one.stores).sum(),
        stores_unknown: platforms.iter().map(|one| one.stores_unknown).sum(),
        calls: platforms.iter().map(|one| one.calls).sum(),
        seconds: platforms.iter().map(|one| one.seconds).fold(0.0, f64::max),
        platforms,
    }
}

fn of_platform(first: &StoreForecast, stores: &[&StoreForecast], at_once: usize) -> PlatformEstimate {
    let calls = stores.iter().map(|store| store.calls).sum();
    let alone = |store: &StoreForecast| {
        let by_limit = store.pace.as_ref().map_or(0.0, |pace| 1.0 / pace.per_second);
        store.calls as f64 * store.seconds_a_call.unwrap_or_default().max(by_limit)
    };
    let longest = stores.iter().map(|store| alone(store)).fold(0.0, f64::max);
    let side_by_side = stores.iter().map(|store| alone(store)).sum::<f64>() / at_once.max(1) as f64;
    let mut seconds = longest.max(side_by_side);
    let mut quotas = Vec::new();
    for (app, (calls, per_second, quota)) in apps(stores) {
        seconds = seconds.max(per_second.map_or(0.0, |per_second| calls as f64 / per_second));
        quotas.extend(quota.map(|quota| QuotaEstimate { app: app.to_string(), calls, quota }));
    }
    let stores_unknown = stores.iter().filter(|store| !store.was_loaded).count();
    let (platform, name) = (first.platform, first.platform_name);
    PlatformEstimate { platform, name, stores: stores.len(), stores_unknown, calls, seconds, quotas }
}

type OfApp = (u64, Option<f64>, Option<QuotaLeft>);

/// By app: the calls of its stores, its calls a second, its quota.
fn apps<'a>(stores: &[&'a StoreForecast]) -> BTreeMap<&'a str, OfApp> {
    let mut apps: BTreeMap<&str, OfApp> = BTreeMap::new();
    for store in stores {
        if let Some(app) = store.pace.as_ref().and_then(|pace| pace.app.as_ref()) {
            apps.entry(&app.name).or_insert((0, app.per_second, app.quota)).0 += store.calls;
        }
    }
    apps
}

/// One line for all, then one for each platform where there are several.
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stores, stores_unknown, calls, seconds, .. } = self;
        write!(f, "To load {stores} {}: {}", plural(*stores, "store"), amount(*calls, *seconds, *stores_unknown))?;
        match *stores_unknown {
            0 => {}
            all if all == *stores => write!(f, " (never loaded before, so what is in them is not known)")?,
            some => write!(f, " ({some} never loaded before)")?,
        }
        if let [one] = self.platforms.as_slice() {
            return one.quotas.iter().try_for_each(|quota| write!(f, "; {quota}"));
        }
        for platform in &self.platforms {
            let PlatformEstimate { name, stores, stores_unknown, calls, seconds, quotas, .. } = platform;
            let amount = amount(*calls, *seconds, *stores_unknown);
            write!(f, "\n  {name}: {stores} {}, {amount}", plural(*stores, "store"))?;
            quotas.iter().try_for_each(|quota| write!(f, "; {quota}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for QuotaEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { app, calls, quota: QuotaLeft { used, limit, left, begins_anew } } = self;
        match (limit, left) {
            (Some(limit), Some(left)) => {
                write!(f, "{} of today's {} calls of {app} are left", grouped(*left), grouped(*limit))?
            }
            (None, Some(_)) => write!(f, "today's calls of {app} are used up")?,
            _ => return write!(f, "{} calls of {app} made today", grouped(*used)),
        }
        if left.is_some_and(|left| left < *calls) {
            write!(f, ", which is not enough: they reset at {}", begins_anew.format("%Y-%m-%d %H:%M UTC"))?;
        }
        Ok(())
    }
}

fn amount(calls: u64, seconds: f64, stores_unknown: usize) -> String {
    let calls = format!("{} {}", grouped(calls), if calls == 1 { "call" } else { "calls" });
    match stores_unknown {
        0 => format!("about {}, {calls}", time(seconds)),
        _ => format!("at least {} and {calls}", time(seconds)),
    }
}

/// As people say it, never less than it is.
fn time(seconds: f64) -> String {
    let (step, unit_seconds, one, many) = match seconds {
        ..=10.0 => (1.0, 1.0, "s", "s"),
        ..=90.0 => (5.0, 1.0, "s", "s"),
        ..=7200.0 => (1.0, 60.0, "minute", "minutes"),
        _ => (1.0, 3600.0, "hour", "hours"),
    };
    let count = ((seconds / unit_seconds / step).ceil() * step).max(1.0) as u64;
    format!("{count} {}", if count == 1 { one } else { many })
}

fn plural(count: usize, what: &str) -> String {
    if count == 1 { what.to_string() } else { format!("{what}s") }
}
