//! From the stores that are written to the shops of the platforms.

use chrono_tz::Tz;
use globset::Glob;
use serde_json::Value;
use std::collections::BTreeSet;

use super::coupons::CouponReader;
use super::written;
use crate::domain::{Currency, Platform, StoreId, Timestamp};
use crate::sandbox::entries::{ENTRIES, Platforms};
use crate::sandbox::entry::Entry;
use crate::sandbox::seed::{CouponSeed, NewShop, Settings, Shop};

/// One mock shop.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct StoreSeed {
    pub platform: Platform,
    pub shop: Shop<Value>,
    pub coupons: Vec<CouponSeed>,
}

/// Where the problem is, and what it is.
type Problem = (String, String);

/// Region, currency, zone.
const REGIONS: [(&str, &str, &str); 18] = [
    ("SG", "SGD", "Asia/Singapore"),
    ("MY", "MYR", "Asia/Kuala_Lumpur"),
    ("TH", "THB", "Asia/Bangkok"),
    ("TW", "TWD", "Asia/Taipei"),
    ("ID", "IDR", "Asia/Jakarta"),
    ("VN", "VND", "Asia/Ho_Chi_Minh"),
    ("PH", "PHP", "Asia/Manila"),
    ("BR", "BRL", "America/Sao_Paulo"),
    ("MX", "MXN", "America/Mexico_City"),
    ("CO", "COP", "America/Bogota"),
    ("CL", "CLP", "America/Santiago"),
    ("DE", "EUR", "Europe/Berlin"),
    ("FR", "EUR", "Europe/Paris"),
    ("US", "USD", "America/New_York"),
    ("GB", "GBP", "Europe/London"),
    ("AU", "AUD", "Australia/Sydney"),
    ("JP", "JPY", "Asia/Tokyo"),
    ("CA", "CAD", "America/Toronto"),
];

/// The first key of a store that no platform knows, and which store's.
pub(super) fn unknown_key(stores: &[written::Store]) -> Option<(usize, &str)> {
    let is_known = |key: &str| ENTRIES.iter().any(|entry| (entry.store_keys)().contains_key(key));
    stores.iter().enumerate().find_map(|(position, store)| {
        let key = store.own.keys().find(|key| !is_known(key))?;
        Some((position, key.as_str()))
    })
}

pub(super) fn resolve(written: &written::Scenario, now: Timestamp) -> Result<Vec<StoreSeed>, Problem> {
    check_settings(&written.sandbox).map_err(|problem| ("[sandbox]".to_string(), problem))?;
    let mut stores = Vec::new();
    let mut seen = BTreeSet::new();
    for store in &written.stores {
        let in_store = |problem| (format!("store `{}`", store.id), problem);
        let entry = entry_of(&store.platform).map_err(in_store)?;
        let shop = shop(store, entry, &written.sandbox.seed, now).map_err(in_store)?;
        let identity = format!("{} {}", store.platform, shop.own[entry.identity]);
        if !seen.insert(identity) || !seen.insert(format!("id {}", shop.id)) {
            let problem = "another store has the same id, shop_id, seller_id, domain or consumer_key";
            return Err(in_store(problem.to_string()));
        }
        let reader = CouponReader {
            platform: &store.platform,
            words: entry.coupon_words,
            store: shop.id.as_str(),
            zone: shop.zone,
            unit: store.unit.as_ref(),
            seed: &written.sandbox.seed,
            now,
        };
        let mut coupons = Vec::new();
        for coupon in shared(&written.coupons, &shop.id)?.into_iter().chain(&store.coupons) {
            let in_coupon = |problem| (format!("store `{}`, coupon `{}`", store.id, coupon.code), problem);
            coupons.extend(reader.coupons(coupon).map_err(in_coupon)?);
        }
        stores.push(StoreSeed { platform: entry.id, shop, coupons });
    }
    Ok(stores)
}

fn check_settings(settings: &Settings) -> Result<(), String> {
    let is_known = |key: &&String| {
        let knows =
            |entry: &Entry| entry.setting_name(key).is_some_and(|name| (entry.settings)("").get(name).is_some());
        ENTRIES.iter().any(knows)
    };
    match settings.own.keys().find(|key| !is_known(key)) {
        Some(key) => Err(format!("unknown field `{key}`")),
        None => Platforms::open(settings, Vec::new()).map(drop).map_err(|error| error.to_string()),
    }
}

fn entry_of(platform: &str) -> Result<&'static Entry, String> {
    ENTRIES.iter().find(|entry| entry.id.word() == platform).ok_or_else(|| {
        let known: Vec<String> = ENTRIES.iter().map(|entry| format!("`{}`", entry.id.word())).collect();
        format!("platform {platform:?} has no sandbox; write one of {}", known.join(", "))
    })
}

/// The top-level coupons that the store has.
fn shared<'a>(coupons: &'a [written::Coupon], store: &StoreId) -> Result<Vec<&'a written::Coupon>, Problem> {
    let mut matching = Vec::new();
    for coupon in coupons {
        let place = || format!("coupon `{}`", coupon.code);
        let Some(globs) = &coupon.stores else {
            return Err((place(), "says in no `stores` which stores have it; write `stores = [\"*\"]`".to_string()));
        };
        for glob in globs {
            let matcher = Glob::new(glob).map_err(|error| (place(), error.to_string()))?.compile_matcher();
            if matcher.is_match(store.as_str()) {
                matching.push(coupon);
                break;
            }
        }
    }
    Ok(matching)
}

fn shop(store: &written::Store, entry: &Entry, seed: &str, now: Timestamp) -> Result<Shop<Value>, String> {
    let id = StoreId::parse(&store.id).map_err(|error| error.to_string())?;
    let known = REGIONS.iter().find(|(region, ..)| *region == store.region);
    let missing = |key: &str| format!("the region {:?} is not known here; write `{key}`", store.region);
    let currency = store.currency.as_deref().or(known.map(|(_, currency, _)| *currency));
    let currency = Currency::parse(currency.ok_or_else(|| missing("currency"))?).map_err(|error| error.to_string())?;
    let zone_name = store.zone.as_deref().or(known.map(|(.., zone)| *zone)).ok_or_else(|| missing("zone"))?;
    let zone: Tz = zone_name.parse().map_err(|_| format!("{zone_name:?} is not an IANA time zone"))?;
    let own_keys = (entry.store_keys)();
    if let Some(foreign) = store.own.keys().find(|key| !own_keys.contains_key(*key)) {
        return Err(format!("`{foreign}` means nothing on {}", store.platform));
    }
    let (name, region) = (store.name.clone(), store.region.clone());
    let own = (entry.new_shop)(&NewShop { id: &store.id, name: &name, region: &region, seed, now, keys: &store.own })?;
    Ok(Shop { id, name, region, currency, zone, own })
}
