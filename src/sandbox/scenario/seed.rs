//! From what is written to what the shops start with.

use chrono_tz::Tz;
use data_encoding::HEXLOWER;
use globset::Glob;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

use super::written::{self, Amount, Count};
use super::{
    CouponSeed, DiscountSeed, LazadaShop, Own, Permissions, Scenario, Settings, Shop, ShopeeShop, ShopifyShop,
    ShopifyStatus, StoreSeed, TiktokShop, Version, WooShop, times,
};
use crate::domain::{Currency, StoreId, Timestamp};

/// For the message about a platform that has no sandbox.
const PLATFORMS: &str = "`shopee`, `lazada`, `tiktok_shop`, `shopify` or `woocommerce`";

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

const LAZADA_REGIONS: [&str; 6] = ["SG", "MY", "TH", "VN", "PH", "ID"];

pub(super) fn resolve(written: written::Scenario, now: Timestamp) -> Result<Scenario, Problem> {
    let mut stores = Vec::new();
    let mut seen = BTreeSet::new();
    for store in &written.stores {
        let place = format!("store `{}`", store.id);
        let shop = shop(store, &written.sandbox, now).map_err(|problem| (place.clone(), problem))?;
        if !seen.insert(identity(&shop)) || !seen.insert(format!("id {}", shop.id)) {
            let problem = "another store has the same id, shop_id, seller_id, domain or consumer_key";
            return Err((place, problem.to_string()));
        }
        let redeemed_percent = store.redeemed_percent.unwrap_or(100);
        let (unit, seed) = (store.unit.as_ref(), &written.sandbox.seed);
        let setting = Setting { shop: &shop, unit, seed, now, redeemed_percent };
        let mut coupons = Vec::new();
        for coupon in shared(&written.coupons, &shop)?.into_iter().chain(&store.coupons) {
            let told = |problem| (format!("store `{}`, coupon `{}`", store.id, coupon.code), problem);
            coupons.extend(setting.coupons(coupon).map_err(told)?);
        }
        stores.push(StoreSeed { shop, coupons });
    }
    Ok(Scenario { now, settings: written.sandbox, stores, faults: written.faults })
}

fn identity(shop: &Shop) -> String {
    match &shop.own {
        Own::Shopee(own) => format!("shopee {}", own.shop_id),
        Own::Lazada(own) => format!("lazada {}", own.seller_id),
        Own::Shopify(own) => format!("shopify {}", own.domain),
        Own::WooCommerce(own) => format!("woocommerce {}", own.consumer_key),
        Own::TiktokShop(own) => format!("tiktok_shop {}", own.shop_id),
    }
}

/// The top-level coupons that `shop` has.
fn shared<'a>(coupons: &'a [written::Coupon], shop: &Shop) -> Result<Vec<&'a written::Coupon>, Problem> {
    let mut matching = Vec::new();
    for coupon in coupons {
        let place = || format!("coupon `{}`", coupon.code);
        let Some(globs) = &coupon.stores else {
            return Err((place(), "says in no `stores` which stores have it; write `stores = [\"*\"]`".to_string()));
        };
        for glob in globs {
            let matcher = Glob::new(glob).map_err(|error| (place(), error.to_string()))?.compile_matcher();
            if matcher.is_match(shop.id.as_str()) {
                matching.push(coupon);
                break;
            }
        }
    }
    Ok(matching)
}

fn shop(store: &written::Store, settings: &Settings, now: Timestamp) -> Result<Shop, String> {
    let id = StoreId::parse(&store.id).map_err(|error| error.to_string())?;
    let known = REGIONS.iter().find(|(region, ..)| *region == store.region);
    let missing = |key: &str| format!("the region {:?} is not known here; write `{key}`", store.region);
    let currency = match (&store.currency, known) {
        (Some(text), _) => Currency::parse(text).map_err(|error| error.to_string())?,
        (None, Some((_, currency, _))) => Currency::parse(currency).map_err(|error| error.to_string())?,
        (None, None) => return Err(missing("currency")),
    };
    let zone_name = store.zone.as_deref().or(known.map(|(.., zone)| *zone)).ok_or_else(|| missing("zone"))?;
    let zone: Tz = zone_name.parse().map_err(|_| format!("{zone_name:?} is not an IANA time zone"))?;
    let own = match store.platform.as_str() {
        "shopee" => Own::Shopee(shopee(store, settings, now)?),
        "lazada" => Own::Lazada(lazada(store, settings)?),
        "woocommerce" => Own::WooCommerce(woocommerce(store, settings)?),
        "tiktok_shop" => Own::TiktokShop(tiktok_shop(store, settings)?),
        "shopify" => Own::Shopify(shopify(store, settings)?),
        other => return Err(format!("platform {other:?} has no sandbox; write {PLATFORMS}")),
    };
    Ok(Shop { id, name: store.name.clone(), region: store.region.clone(), currency, zone, own })
}

fn shopee(store: &written::Store, settings: &Settings, now: Timestamp) -> Result<ShopeeShop, String> {
    let foreign = [
        ("seller_id", store.seller_id.is_some()),
        ("consumer_key", store.consumer_key.is_some()),
        ("consumer_secret", store.consumer_secret.is_some()),
        ("permissions", store.permissions.is_some()),
        ("woocommerce_version", store.woocommerce_version.is_some()),
        ("tls_ended_before", store.tls_ended_before.is_some()),
        ("may_not_read", store.may_not_read.is_some()),
    ];
    refuse_foreign("shopee", &foreign)?;
    refuse_foreign("shopee", &tiktok_shop_keys(store))?;
    refuse_foreign("shopee", &shopify_keys(store))?;
    // Shop ids are integers of 0..4294967295.
    let derived = 10_000_000 + hash_number(&[&settings.seed, &store.id, "shop"]) % 4_000_000_000;
    let letters = store.name.chars().filter(char::is_ascii_alphanumeric).take(4).collect::<String>();
    let code_prefix = store.code_prefix.clone().unwrap_or(letters).to_ascii_uppercase();
    if code_prefix.len() != 4 {
        return Err("the shop's name has fewer than four letters for its codes; write `code_prefix`".to_string());
    }
    Ok(ShopeeShop {
        shop_id: store.shop_id.unwrap_or(derived),
        status: store.status.clone().unwrap_or_else(|| "NORMAL".to_string()),
        code_prefix,
        refuse_with: store.refuse_with.clone(),
        items: store.items.clone(),
        coin_vouchers: store.coin_vouchers.unwrap_or(true),
        auth_time: (now - chrono::Duration::days(30)).timestamp(),
    })
}

fn lazada(store: &written::Store, settings: &Settings) -> Result<LazadaShop, String> {
    let foreign = [
        ("shop_id", store.shop_id.is_some()),
        ("code_prefix", store.code_prefix.is_some()),
        ("coin_vouchers", store.coin_vouchers.is_some()),
        ("consumer_key", store.consumer_key.is_some()),
        ("consumer_secret", store.consumer_secret.is_some()),
        ("permissions", store.permissions.is_some()),
        ("woocommerce_version", store.woocommerce_version.is_some()),
        ("tls_ended_before", store.tls_ended_before.is_some()),
    ];
    refuse_foreign("lazada", &foreign)?;
    if !LAZADA_REGIONS.contains(&store.region.as_str()) {
        return Err(format!("lazada is not in {:?}; write one of {}", store.region, LAZADA_REGIONS.join(", ")));
    }
    let derived = 1_000_000_000 + hash_number(&[&settings.seed, &store.id, "seller"]) % 9_000_000_000;
    Ok(LazadaShop {
        seller_id: store.seller_id.unwrap_or(derived),
        status: store.status.clone().unwrap_or_else(|| "ACTIVE".to_string()),
        refuse_with: store.refuse_with.clone(),
        items: store.items.clone(),
    })
}

fn woocommerce(store: &written::Store, settings: &Settings) -> Result<WooShop, String> {
    let foreign = [
        ("seller_id", store.seller_id.is_some()),
        ("shop_id", store.shop_id.is_some()),
        ("status", store.status.is_some()),
        ("code_prefix", store.code_prefix.is_some()),
        ("refuse_with", store.refuse_with.is_some()),
        ("items", store.items.is_some()),
        ("coin_vouchers", store.coin_vouchers.is_some()),
    ];
    refuse_foreign("woocommerce", &foreign)?;
    refuse_foreign("woocommerce", &tiktok_shop_keys(store))?;
    refuse_foreign("woocommerce", &shopify_keys(store))?;
    let derived = |prefix: &str| format!("{prefix}_{}", hash_hex(&[&settings.seed, &store.id, prefix], 40));
    Ok(WooShop {
        consumer_key: store.consumer_key.clone().unwrap_or_else(|| derived("ck")),
        consumer_secret: store.consumer_secret.clone().unwrap_or_else(|| derived("cs")),
        permissions: store.permissions.unwrap_or(Permissions::ReadWrite),
        version: Version(store.woocommerce_version.clone().unwrap_or_else(|| "11.0.1".to_string())),
        tls_ended_before: store.tls_ended_before.unwrap_or(false),
        may_not_read: store.may_not_read.clone(),
    })
}

fn tiktok_shop(store: &written::Store, settings: &Settings) -> Result<TiktokShop, String> {
    let foreign = [
        ("status", store.status.is_some()),
        ("code_prefix", store.code_prefix.is_some()),
        ("items", store.items.is_some()),
        ("coin_vouchers", store.coin_vouchers.is_some()),
        ("consumer_key", store.consumer_key.is_some()),
        ("consumer_secret", store.consumer_secret.is_some()),
        ("permissions", store.permissions.is_some()),
        ("woocommerce_version", store.woocommerce_version.is_some()),
        ("tls_ended_before", store.tls_ended_before.is_some()),
    ];
    refuse_foreign("tiktok_shop", &foreign)?;
    if store.redeemed_percent.is_some_and(|percent| percent > 100) {
        return Err("`redeemed_percent` is above 100".to_string());
    }
    let refuse_with = store.refuse_with.as_ref().map(|code| code.parse::<u64>());
    let derived_id =
        7_494_000_000_000_000_000 + hash_number(&[&settings.seed, &store.id, "shop"]) % 1_000_000_000_000_000;
    let derived_cipher = || format!("ROW_{}", hash_hex(&[&settings.seed, &store.id, "cipher"], 32));
    let all_scopes = || ["seller.authorization.info", "seller.promotion.info"].map(str::to_string).to_vec();
    Ok(TiktokShop {
        shop_id: store.shop_id.unwrap_or(derived_id),
        seller: store.seller.clone().unwrap_or_else(|| store.id.clone()),
        cipher: store.shop_cipher.clone().unwrap_or_else(derived_cipher),
        granted_scopes: store.granted_scopes.clone().unwrap_or_else(all_scopes),
        refuse_with: refuse_with.transpose().map_err(|_| "`refuse_with` is a code here, such as \"36009033\"")?,
    })
}

/// The keys that no other platform has.
fn tiktok_shop_keys(store: &written::Store) -> [(&'static str, bool); 4] {
    [
        ("seller", store.seller.is_some()),
        ("shop_cipher", store.shop_cipher.is_some()),
        ("granted_scopes", store.granted_scopes.is_some()),
        ("redeemed_percent", store.redeemed_percent.is_some()),
    ]
}

fn shopify_keys(store: &written::Store) -> [(&'static str, bool); 4] {
    [
        ("domain", store.domain.is_some()),
        ("token", store.token.is_some()),
        ("access_token", store.access_token.is_some()),
        ("scopes", store.scopes.is_some()),
    ]
}

fn shopify(store: &written::Store, settings: &Settings) -> Result<ShopifyShop, String> {
    let foreign = [
        ("shop_id", store.shop_id.is_some()),
        ("code_prefix", store.code_prefix.is_some()),
        ("refuse_with", store.refuse_with.is_some()),
        ("items", store.items.is_some()),
        ("coin_vouchers", store.coin_vouchers.is_some()),
        ("consumer_key", store.consumer_key.is_some()),
        ("consumer_secret", store.consumer_secret.is_some()),
        ("permissions", store.permissions.is_some()),
        ("woocommerce_version", store.woocommerce_version.is_some()),
        ("tls_ended_before", store.tls_ended_before.is_some()),
    ];
    refuse_foreign("shopify", &foreign)?;
    let status = match store.status.as_deref() {
        None | Some("open") => ShopifyStatus::Open,
        Some("frozen") => ShopifyStatus::Frozen,
        Some("disabled") => ShopifyStatus::Disabled,
        Some("locked") => ShopifyStatus::Locked,
        Some(other) => return Err(format!("status {other:?}; write open, frozen, disabled or locked")),
    };
    let scopes = ["read_discounts", "write_discounts"].map(str::to_string).to_vec();
    Ok(ShopifyShop {
        domain: store.domain.clone().unwrap_or_else(|| format!("{}.myshopify.com", store.id)),
        shop_number: 10_000_000_000 + hash_number(&[&settings.seed, &store.id, "shop"]) % 80_000_000_000,
        token: store.token.unwrap_or_default(),
        access_token: store.access_token.clone(),
        scopes: store.scopes.clone().unwrap_or(scopes),
        status,
    })
}

fn refuse_foreign(platform: &str, keys: &[(&str, bool)]) -> Result<(), String> {
    match keys.iter().find(|(_, present)| *present) {
        Some((key, _)) => Err(format!("`{key}` means nothing on {platform}")),
        None => Ok(()),
    }
}

/// What a coupon's words are read against.
struct Setting<'a> {
    shop: &'a Shop,
    unit: Option<&'a Amount>,
    seed: &'a str,
    now: Timestamp,
    redeemed_percent: u64,
}

impl Setting<'_> {
    /// One for each repetition and each word.
    fn coupons(&self, coupon: &written::Coupon) -> Result<Vec<CouponSeed>, String> {
        let words = coupon.each.clone().unwrap_or_else(|| vec![String::new()]);
        let mut coupons = Vec::new();
        for word in &words {
            for _ in 0..coupon.repeat.unwrap_or(1) {
                coupons.push(self.coupon(coupon, coupons.len() + 1, word)?);
            }
        }
        Ok(coupons)
    }

    fn coupon(&self, coupon: &written::Coupon, number: usize, word: &str) -> Result<CouponSeed, String> {
        let fill = |text: &str| {
            text.replace("{nn}", &format!("{number:02}")).replace("{n}", &number.to_string()).replace("{each}", word)
        };
        let code = fill(&coupon.code);
        let spread = |what| self.spread(&code, what);
        let is_shopee = matches!(self.shop.own, Own::Shopee(_));
        let is_lazada = matches!(self.shop.own, Own::Lazada(_));
        if is_lazada {
            check_lazada_words(coupon)?;
        }
        let is_tiktok_shop = matches!(self.shop.own, Own::TiktokShop(_));
        if is_tiktok_shop {
            check_tiktok_shop_coupon(coupon)?;
        }
        let platform = match self.shop.own {
            Own::Shopee(_) => "shopee",
            Own::Lazada(_) => "lazada",
            Own::TiktokShop(_) => "tiktok_shop",
            Own::Shopify(_) => "shopify",
            Own::WooCommerce(_) => "woocommerce",
        };
        if matches!(platform, "shopee" | "shopify") && coupon.status.is_some() {
            return Err(format!("`status` means nothing on {platform}, where the times decide"));
        }
        if !is_shopee && coupon.platform_owned {
            return Err(format!("`platform_owned` means nothing on {platform}"));
        }
        if platform == "shopify" && (coupon.discount.coins.is_some() || coupon.discount.cap.is_some()) {
            return Err("`coins` and `cap` mean nothing on shopify".to_string());
        }
        let total = match &coupon.total {
            Some(count) => total(count, spread("total"))?,
            None => (is_shopee || is_lazada || is_tiktok_shop).then_some(1000),
        };
        let used = coupon.used.as_ref().map_or(Ok(0), |count| used(count, total, spread("used")))?;
        Ok(CouponSeed {
            name: fill(coupon.name.as_deref().unwrap_or(&coupon.code)),
            discount: self.discount(&coupon.discount)?,
            min_spend: coupon.min_spend.as_ref().map_or(Ok(Decimal::ZERO), |amount| self.nth_amount(amount, number))?,
            total,
            used,
            redeemed: used.saturating_mul(self.redeemed_percent) / 100,
            starts: self.time(coupon.starts.as_deref().unwrap_or("day-10 00:00"), spread("starts"))?,
            ends: self.time(coupon.ends.as_deref().unwrap_or("day+30 23:59:59"), spread("ends"))?,
            status: coupon.status.clone(),
            platform_owned: coupon.platform_owned,
            raw: coupon.raw.clone(),
            code,
        })
    }

    fn discount(&self, written: &written::Discount) -> Result<DiscountSeed, String> {
        let cap = written.cap.as_ref().map(|cap| self.amount(cap)).transpose()?;
        match (&written.sum, &written.percent, &written.coins) {
            (Some(sum), None, None) if cap.is_none() => Ok(DiscountSeed::Sum(self.amount(sum)?)),
            (None, Some(percent), None) => Ok(DiscountSeed::Percent { percent: self.amount(percent)?, cap }),
            (None, None, Some(percent)) => Ok(DiscountSeed::Coins { percent: self.amount(percent)?, cap }),
            _ => Err("write a discount as { sum }, { percent, cap } or { coins, cap }".to_string()),
        }
    }

    /// Of `"30u|33u|36u"` the one for that repetition, counted from 1, and around again.
    fn nth_amount(&self, amount: &Amount, number: usize) -> Result<Decimal, String> {
        let Amount::Text(text) = amount else { return self.amount(amount) };
        let choices: Vec<&str> = text.split('|').collect();
        let choice = choices.get(number.saturating_sub(1) % choices.len().max(1)).copied().unwrap_or(text);
        self.amount(&Amount::Text(choice.to_string()))
    }

    /// `"12.50"`, or `"10u"`: ten of the store's units.
    fn amount(&self, amount: &Amount) -> Result<Decimal, String> {
        let text = match amount {
            Amount::Whole(whole) => return Ok(Decimal::from(*whole)),
            Amount::Text(text) => text.trim(),
        };
        let unreadable = || format!("{text:?} is not an amount; write `12.50`, or `10u` for ten of the store's units");
        match text.strip_suffix('u') {
            None => text.parse().map_err(|_| unreadable()),
            Some(units) => {
                let units: Decimal = units.parse().map_err(|_| unreadable())?;
                let unit = match self.unit {
                    None => Decimal::ONE,
                    Some(Amount::Whole(whole)) => Decimal::from(*whole),
                    Some(Amount::Text(unit)) => {
                        unit.parse().map_err(|_| format!("the unit {unit:?} is not a number"))?
                    }
                };
                units.checked_mul(unit).map(|amount| amount.normalize()).ok_or_else(unreadable)
            }
        }
    }

    fn time(&self, text: &str, spread: f64) -> Result<Option<Timestamp>, String> {
        times::read(text, self.now, self.shop.zone, spread)
            .ok_or_else(|| format!("{text:?} is not a time; {}", times::WANTED))
    }

    /// A number from 0 to below 1 that is always the same for this coupon.
    fn spread(&self, code: &str, what: &str) -> f64 {
        (hash_number(&[self.seed, self.shop.id.as_str(), code, what]) % 10_000) as f64 / 10_000.0
    }
}

/// What the neutral words can say of a Lazada voucher.
fn check_lazada_words(coupon: &written::Coupon) -> Result<(), String> {
    if coupon.status.as_deref().is_some_and(|status| status != "SUSPEND") {
        return Err("`status` on lazada is `SUSPEND` or left out; the times decide the rest".to_string());
    }
    if coupon.platform_owned {
        return Err("`platform_owned` means nothing on lazada".to_string());
    }
    if coupon.discount.coins.is_some() {
        return Err("lazada gives no coins; write a discount as { sum } or { percent, cap }".to_string());
    }
    if matches!(&coupon.total, Some(Count::Text(text)) if text == "none") {
        return Err("every voucher of lazada has a total; write a number".to_string());
    }
    Ok(())
}

/// TikTok Shop has no coins and no coupons of the platform's own, and only one status that times do not decide.
fn check_tiktok_shop_coupon(coupon: &written::Coupon) -> Result<(), String> {
    if coupon.platform_owned {
        return Err("`platform_owned` means nothing on tiktok_shop".to_string());
    }
    if coupon.discount.coins.is_some() {
        return Err("a discount in `coins` means nothing on tiktok_shop".to_string());
    }
    match coupon.status.as_deref() {
        None | Some("DEACTIVATED") => Ok(()),
        Some(other) => Err(format!("status {other:?}; write `DEACTIVATED`, the times decide the rest on tiktok_shop")),
    }
}

fn total(count: &Count, spread: f64) -> Result<Option<u64>, String> {
    let text = match count {
        Count::Whole(whole) => return Ok(Some(*whole)),
        Count::Text(text) if text == "none" => return Ok(None),
        Count::Text(text) => text,
    };
    let range = text.split_once('-').and_then(|(from, to)| Some((from.parse::<u64>().ok()?, to.parse::<u64>().ok()?)));
    let (from, to) = range.ok_or_else(|| format!("total {text:?}; write 500, \"200-800\" or \"none\""))?;
    // People set round numbers.
    Ok(Some((from + (spread * to.saturating_sub(from) as f64) as u64) / 10 * 10))
}

fn used(count: &Count, total: Option<u64>, spread: f64) -> Result<u64, String> {
    let text = match count {
        Count::Whole(whole) => return Ok(*whole),
        Count::Text(text) => text.as_str(),
    };
    let wanted = || format!("used {text:?}; write 37, \"20%\", \"10%-60%\", \"all\" or \"all-7\"");
    // A coupon without limit has been used about as much as one of 500.
    let base = total.unwrap_or(500);
    if text == "all" {
        return Ok(base);
    }
    if let Some(left) = text.strip_prefix("all-") {
        return left.parse::<u64>().map(|left| base.saturating_sub(left)).map_err(|_| wanted());
    }
    let share = |part: &str| part.strip_suffix('%').and_then(|number| number.parse::<f64>().ok());
    let (from, to) = match text.split_once('-') {
        Some((from, to)) => (share(from), share(to)),
        None => (share(text), share(text)),
    };
    let (from, to) = from.zip(to).ok_or_else(wanted)?;
    Ok((base as f64 * (from + spread * (to - from)) / 100.0) as u64)
}

/// The first `letters` (at most 64) of the hash over `parts`, in hex.
pub(in crate::sandbox) fn hash_hex(parts: &[&str], letters: usize) -> String {
    let mut hex = HEXLOWER.encode(&hash(parts));
    hex.truncate(letters);
    hex
}

pub(in crate::sandbox) fn hash_number(parts: &[&str]) -> u64 {
    hash(parts).iter().take(6).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn hash(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}
