//! How a language says dates, money and discounts to a customer: `templates/replies/languages.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::Deserialize;
use toml::{Table, Value};

use super::language_tag::LanguageTag;
use crate::domain::{Discount, Money, Percent, Timestamp, grouped, last_moment, local_day};

const LANGUAGES: &str = include_str!("../../templates/replies/languages.toml");
const FIGURES: &str = "figures";

/// The words of one language; the file says what each is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Speech {
    months: Vec<String>,
    day: String,
    day_of_year: String,
    years_more: i32,
    moment: String,
    clock: String,
    quotes: [String; 2],
    points: [char; 2],
    sum: String,
    share: String,
    in_tenths: bool,
    coins: String,
    free_shipping: String,
    up_to: String,
    /// By currency.
    money: BTreeMap<String, String>,
}

impl Speech {
    /// That of the language, else of the language without its region, else figures alone.
    pub fn of(language: &LanguageTag) -> &'static Self {
        static ALL: OnceLock<BTreeMap<String, Speech>> = OnceLock::new();
        static NONE: OnceLock<Speech> = OnceLock::new();
        let all = ALL.get_or_init(all);
        let plain = language.tag().split('-').next().unwrap_or_default();
        let found = [language.tag(), plain, FIGURES].into_iter().find_map(|tag| all.get(tag));
        found.unwrap_or_else(|| NONE.get_or_init(Speech::default))
    }

    pub fn quoted(&self, name: &str) -> String {
        let [open, close] = &self.quotes;
        format!("{open}{name}{close}")
    }

    /// Of an exclusive end: a day where it lasts all day, else day and time.
    pub fn end(&self, ends: Timestamp, zone: Tz, now: Timestamp) -> String {
        match ends_with_day(ends, zone) {
            true => self.day(last_moment(ends, zone).date(), local_day(now, zone)),
            // 17:59:59 is the last second of an end at 18:00, and people say 18:00.
            false => self.moment(ends.with_timezone(&zone).naive_local(), local_day(now, zone)),
        }
    }

    /// Of a start: a day where it is its first minute, else day and time.
    pub fn start(&self, starts: Timestamp, zone: Tz, now: Timestamp) -> String {
        let local = starts.with_timezone(&zone).naive_local();
        match (local.hour(), local.minute()) {
            (0, 0) => self.day(local.date(), local_day(now, zone)),
            _ => self.moment(local, local_day(now, zone)),
        }
    }

    fn moment(&self, at: NaiveDateTime, today: NaiveDate) -> String {
        let day = self.day(at.date(), today);
        self.moment.replace("{d}", &day).replace("{t}", &at.format(&self.clock).to_string())
    }

    fn day(&self, day: NaiveDate, today: NaiveDate) -> String {
        let month = self.months.get(day.month0() as usize).map_or(day.month().to_string(), String::clone);
        let pattern = if day.year() == today.year() { &self.day } else { &self.day_of_year };
        pattern
            .replace("{m2}", &format!("{:02}", day.month()))
            .replace("{d2}", &format!("{:02}", day.day()))
            .replace("{d}", &day.day().to_string())
            .replace("{m}", &month)
            .replace("{y}", &(day.year() + self.years_more).to_string())
    }

    /// As sellers of that country write it: `RM90`, `Rp80.000`, `SGD 12.50`.
    pub fn money(&self, money: Money) -> String {
        let code = money.currency.code();
        let points = if matches!(code, "IDR" | "VND") { ['.', ','] } else { self.points };
        let number = number(money, points);
        match self.money.get(code) {
            Some(pattern) => pattern.replace("{x}", &number),
            None => format!("{code} {number}"),
        }
    }

    /// Empty where the platform's rules are richer than words of ours.
    pub fn discount(&self, discount: &Discount) -> String {
        match discount {
            Discount::Sum(money) => self.sum.replace("{x}", &self.money(*money)),
            Discount::Share { percent, cap } => self.capped(self.share(*percent), *cap),
            Discount::Coins { percent, cap } => self.capped(self.coins.replace("{x}", &self.plain(percent.0)), *cap),
            Discount::FreeShipping { cap } => self.capped(self.free_shipping.clone(), *cap),
            Discount::BuyXGetY(_) | Discount::Other(_) => String::new(),
        }
    }

    fn share(&self, percent: Percent) -> String {
        let said = if self.in_tenths { (Decimal::ONE_HUNDRED - percent.0) / Decimal::TEN } else { percent.0 };
        self.share.replace("{x}", &self.plain(said))
    }

    fn capped(&self, phrase: String, cap: Option<Money>) -> String {
        match cap {
            Some(cap) if !phrase.is_empty() => self.up_to.replace("{x}", &phrase).replace("{c}", &self.money(cap)),
            _ => phrase,
        }
    }

    fn plain(&self, number: Decimal) -> String {
        let [_, point] = self.points;
        number.normalize().to_string().replace('.', &point.to_string())
    }
}

/// Whether an exclusive end is that of a whole day.
pub(super) fn ends_with_day(ends: Timestamp, zone: Tz) -> bool {
    let last = last_moment(ends, zone);
    (last.hour(), last.minute()) == (23, 59)
}

/// Each language with what it takes from the one that it is like; a test finds a mistake in the file.
fn all() -> BTreeMap<String, Speech> {
    let languages: BTreeMap<String, Table> = toml::from_str(LANGUAGES).unwrap_or_default();
    let english = languages.get("en").cloned().unwrap_or_default();
    let speech = |own: &Table| {
        let like = own.get("like").and_then(Value::as_str).and_then(|tag| languages.get(tag));
        let layers = like.into_iter().chain([own]);
        let whole = layers.fold(english.clone(), |mut whole, layer| {
            lay_over(&mut whole, layer);
            whole
        });
        whole.try_into::<Speech>().ok()
    };
    languages.iter().filter_map(|(tag, own)| Some((tag.clone(), speech(own)?))).collect()
}

fn lay_over(under: &mut Table, over: &Table) {
    for (key, value) in over {
        match (under.get_mut(key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => lay_over(under, over),
            _ => drop(under.insert(key.clone(), value.clone())),
        }
    }
}

/// Whole amounts without decimals, others with those of the currency.
fn number(money: Money, [thousands, point]: [char; 2]) -> String {
    let amount = money.amount.normalize();
    let decimals = if amount.scale() == 0 { 0 } else { money.currency.decimals().max(amount.scale()) };
    let plain = format!("{:.*}", decimals as usize, amount.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let whole = grouped(whole).replace(',', &thousands.to_string());
    if fraction.is_empty() { whole } else { format!("{whole}{point}{fraction}") }
}
