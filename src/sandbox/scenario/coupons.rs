//! From the coupons that are written to the coupons of a shop.

use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::times;
use super::written::{self, Amount, Count};
use crate::domain::Timestamp;
use crate::sandbox::seed::{CouponSeed, CouponWords, DiscountSeed, hash_number};

/// What a store's coupons are read against.
pub(super) struct CouponReader<'a> {
    pub platform: &'a str,
    pub words: CouponWords,
    pub store: &'a str,
    pub zone: Tz,
    pub unit: Option<&'a Amount>,
    pub seed: &'a str,
    pub now: Timestamp,
}

impl CouponReader<'_> {
    /// One for each repetition and each word.
    pub fn coupons(&self, coupon: &written::Coupon) -> Result<Vec<CouponSeed>, String> {
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
        self.check(coupon)?;
        let total = match &coupon.total {
            Some(count) => total(count, spread("total"))?,
            None => self.words.total,
        };
        let used = coupon.used.as_ref().map_or(Ok(0), |count| used(count, total, spread("used")))?;
        Ok(CouponSeed {
            name: fill(coupon.name.as_deref().unwrap_or(&coupon.code)),
            discount: self.discount(&coupon.discount)?,
            min_spend: coupon.min_spend.as_ref().map_or(Ok(Decimal::ZERO), |amount| self.nth_amount(amount, number))?,
            total,
            used,
            starts: self.time(coupon.starts.as_deref().unwrap_or("day-10 00:00"), spread("starts"))?,
            ends: self.time(coupon.ends.as_deref().unwrap_or("day+30 23:59:59"), spread("ends"))?,
            status: coupon.status.clone(),
            platform_owned: coupon.platform_owned,
            raw: coupon.raw.clone(),
            code,
        })
    }

    /// Holds the coupon against what the platform knows.
    fn check(&self, coupon: &written::Coupon) -> Result<(), String> {
        let (platform, words) = (self.platform, self.words);
        let is_unlimited = matches!(&coupon.total, Some(Count::Text(text)) if text == "none");
        let foreign = [
            ("status", coupon.status.is_some() && words.statuses.is_some_and(<[_]>::is_empty)),
            ("platform_owned", coupon.platform_owned && !words.platform_owned),
            ("coins", coupon.discount.coins.is_some() && !words.coins),
            ("cap", coupon.discount.cap.is_some() && !words.cap),
        ];
        if let Some((key, _)) = foreign.iter().find(|(_, is_foreign)| *is_foreign) {
            return Err(format!("`{key}` means nothing on {platform}"));
        }
        if let (Some(status), Some(known)) = (&coupon.status, words.statuses)
            && !known.contains(&status.as_str())
        {
            let known = known.join(" or ");
            return Err(format!("status {status:?}; write `{known}`, the times decide the rest on {platform}"));
        }
        if is_unlimited && !words.unlimited {
            return Err(format!("every coupon of {platform} has a total; write a number"));
        }
        Ok(())
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
        times::read(text, self.now, self.zone, spread)
            .ok_or_else(|| format!("{text:?} is not a time; {}", times::WANTED))
    }

    /// A number from 0 to below 1 that is always the same for this coupon.
    fn spread(&self, code: &str, what: &str) -> f64 {
        (hash_number(&[self.seed, self.store, code, what]) % 10_000) as f64 / 10_000.0
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
