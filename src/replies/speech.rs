//! How a language says dates, money and discounts to a customer.

use std::fmt;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::domain::{Discount, Money, Percent, Store, Timestamp, last_moment, local_day};

/// The language that customers of a store read, by its tag: `en`, `zh-TW`, `fil`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tongue(String);

impl Tongue {
    /// A tag of two or three letters, with a region or script of two to four where wanted; `tl` is Filipino too. None where
    /// `tag` is no such tag.
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim().replace('_', "-").to_ascii_lowercase();
        let (language, region) = tag.split_once('-').map_or((tag.as_str(), None), |(one, two)| (one, Some(two)));
        let is_word = |word: &str, least: usize, most: usize| {
            (least..=most).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
        };
        if !is_word(language, 2, 3) || !region.is_none_or(|region| is_word(region, 2, 4)) {
            return None;
        }
        let language = if language == "tl" { "fil" } else { language };
        Some(Self(match region {
            // Both are written in traditional letters.
            Some("tw" | "hant") if language == "zh" => "zh-TW".to_string(),
            Some(region) => format!("{language}-{}", region.to_ascii_uppercase()),
            None => language.to_string(),
        }))
    }

    /// By the country that a store's currency stands for; English elsewhere.
    pub fn of(store: &Store) -> Self {
        let tag = match store.currency.code() {
            "MYR" => "ms",
            "IDR" => "id",
            "THB" => "th",
            "VND" => "vi",
            "PHP" => "fil",
            "TWD" => "zh-TW",
            "CNY" => "zh",
            _ => "en",
        };
        Self(tag.to_string())
    }

    pub fn english() -> Self {
        Self("en".to_string())
    }

    pub fn tag(&self) -> &str {
        &self.0
    }

    /// Itself, the language without its region, English.
    pub(super) fn chain(&self) -> Vec<Self> {
        let plain = self.0.split('-').next().unwrap_or("en");
        let mut chain = vec![self.clone(), Self(plain.to_string()), Self::english()];
        chain.dedup();
        chain
    }
}

impl fmt::Display for Tongue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The words of one language. In patterns, `{d}`, `{m}` and `{y}` are day, month and year, `{x}` is what the phrase is about.
pub(super) struct Speech {
    tag: &'static str,
    /// Empty where months are numbers.
    months: &'static [&'static str],
    day: &'static str,
    day_of_year: &'static str,
    /// Added to the year; the Thai calendar counts from the Buddha.
    years_more: i32,
    /// `{d}` is the day in words, `{t}` the time.
    moment: &'static str,
    clock: &'static str,
    quotes: [&'static str; 2],
    /// Between thousands, and before the fraction.
    points: [char; 2],
    sum: &'static str,
    share: &'static str,
    /// A share is said as what is left to pay, in tenths: 15 % off are 8.5 折.
    in_tenths: bool,
    coins: &'static str,
    free_shipping: &'static str,
    /// `{c}` is the cap.
    up_to: &'static str,
}

const ENGLISH_MONTHS: &[&str] = &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const ENGLISH: Speech = Speech {
    tag: "en",
    months: ENGLISH_MONTHS,
    day: "{d} {m}",
    day_of_year: "{d} {m} {y}",
    years_more: 0,
    moment: "{d}, {t}",
    clock: "%H:%M",
    quotes: ["“", "”"],
    points: [',', '.'],
    sum: "{x} off",
    share: "{x}% off",
    in_tenths: false,
    coins: "{x}% back in coins",
    free_shipping: "free shipping",
    up_to: "{x} (up to {c})",
};

const SIMPLIFIED_CHINESE: Speech = Speech {
    tag: "zh",
    months: &[],
    day: "{m}月{d}日",
    day_of_year: "{y}年{m}月{d}日",
    moment: "{d} {t}",
    sum: "立减 {x}",
    share: "享 {x} 折",
    in_tenths: true,
    coins: "返 {x}% 金币",
    free_shipping: "包邮",
    up_to: "{x}（最高 {c}）",
    ..ENGLISH
};

const SPEECHES: [Speech; 8] = [
    ENGLISH,
    SIMPLIFIED_CHINESE,
    Speech {
        tag: "zh-TW",
        quotes: ["「", "」"],
        sum: "現折 {x}",
        coins: "回饋 {x}% 蝦幣",
        free_shipping: "免運",
        ..SIMPLIFIED_CHINESE
    },
    Speech {
        tag: "ms",
        months: &["Jan", "Feb", "Mac", "Apr", "Mei", "Jun", "Jul", "Ogos", "Sep", "Okt", "Nov", "Dis"],
        sum: "diskaun {x}",
        share: "diskaun {x}%",
        coins: "pulangan syiling {x}%",
        free_shipping: "penghantaran percuma",
        up_to: "{x} (sehingga {c})",
        ..ENGLISH
    },
    Speech {
        tag: "id",
        months: &["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
        moment: "{d} pukul {t}",
        clock: "%H.%M",
        points: ['.', ','],
        sum: "diskon {x}",
        share: "diskon {x}%",
        coins: "cashback koin {x}%",
        free_shipping: "gratis ongkir",
        up_to: "{x} (maks. {c})",
        ..ENGLISH
    },
    Speech {
        tag: "th",
        months: &["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."],
        years_more: 543,
        moment: "{d} เวลา {t} น.",
        sum: "ลด {x}",
        share: "ลด {x}%",
        coins: "รับเหรียญคืน {x}%",
        free_shipping: "ส่งฟรี",
        up_to: "{x} (สูงสุด {c})",
        ..ENGLISH
    },
    Speech {
        tag: "vi",
        months: &[],
        day: "{d}/{m}",
        day_of_year: "{d}/{m}/{y}",
        moment: "{t} ngày {d}",
        points: ['.', ','],
        sum: "giảm {x}",
        share: "giảm {x}%",
        coins: "hoàn {x}% xu",
        free_shipping: "miễn phí vận chuyển",
        up_to: "{x} (tối đa {c})",
        ..ENGLISH
    },
    // Filipino sellers write dates and "off" in English.
    Speech {
        tag: "fil",
        day: "{m} {d}",
        day_of_year: "{m} {d}, {y}",
        coins: "{x}% coins cashback",
        free_shipping: "libreng shipping",
        up_to: "{x} (hanggang {c})",
        ..ENGLISH
    },
];

/// A language that the program has no words for: figures that are read everywhere.
const FIGURES: Speech = Speech {
    tag: "",
    months: &[],
    day: "{y}-{m2}-{d2}",
    day_of_year: "{y}-{m2}-{d2}",
    moment: "{d} {t}",
    sum: "−{x}",
    share: "−{x}%",
    coins: "+{x}%",
    free_shipping: "",
    up_to: "{x} (max {c})",
    ..ENGLISH
};

impl Speech {
    pub fn of(tongue: &Tongue) -> &'static Self {
        static FIGURES_ONLY: Speech = FIGURES;
        static ALL: [Speech; 8] = SPEECHES;
        let with_tag = |tag: &str| ALL.iter().find(|speech| speech.tag == tag);
        let plain = tongue.tag().split('-').next().unwrap_or_default();
        with_tag(tongue.tag()).or_else(|| with_tag(plain)).unwrap_or(&FIGURES_ONLY)
    }

    pub fn quoted(&self, name: &str) -> String {
        let [open, close] = self.quotes;
        format!("{open}{name}{close}")
    }

    /// Of an exclusive end: a day where it lasts all day, else day and time.
    pub fn end(&self, ends: Timestamp, zone: Tz, now: Timestamp) -> String {
        let last = last_moment(ends, zone);
        match (last.hour(), last.minute()) {
            (23, 59) => self.day(last.date(), local_day(now, zone)),
            // 17:59:59 is the last second of an end at 18:00, and people say 18:00.
            _ => self.moment(ends.with_timezone(&zone).naive_local(), local_day(now, zone)),
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
        self.moment.replace("{d}", &day).replace("{t}", &at.format(self.clock).to_string())
    }

    fn day(&self, day: NaiveDate, today: NaiveDate) -> String {
        let month = self.months.get(day.month0() as usize).map_or(day.month().to_string(), |month| month.to_string());
        let pattern = if day.year() == today.year() { self.day } else { self.day_of_year };
        pattern
            .replace("{m2}", &format!("{:02}", day.month()))
            .replace("{d2}", &format!("{:02}", day.day()))
            .replace("{d}", &day.day().to_string())
            .replace("{m}", &month)
            .replace("{y}", &(day.year() + self.years_more).to_string())
    }

    /// As sellers of that country write it: `RM90`, `Rp80.000`, `SGD 12.50`.
    pub fn money(&self, money: Money) -> String {
        let points = if matches!(money.currency.code(), "IDR" | "VND") { ['.', ','] } else { self.points };
        let number = number(money, points);
        match (money.currency.code(), self.tag) {
            ("CNY" | "TWD", "zh" | "zh-TW") => format!("{number} 元"),
            ("THB", "th") => format!("{number} บาท"),
            ("MYR", _) => format!("RM{number}"),
            ("IDR", _) => format!("Rp{number}"),
            ("PHP", _) => format!("₱{number}"),
            ("THB", _) => format!("฿{number}"),
            ("VND", _) => format!("{number}đ"),
            ("TWD", _) => format!("NT${number}"),
            ("CNY", _) => format!("¥{number}"),
            (code, _) => format!("{code} {number}"),
        }
    }

    /// Empty where the platform's rules are richer than words of ours.
    pub fn discount(&self, discount: &Discount) -> String {
        match discount {
            Discount::Sum(money) => self.sum.replace("{x}", &self.money(*money)),
            Discount::Share { percent, cap } => self.capped(self.share(*percent), *cap),
            Discount::Coins { percent, cap } => self.capped(self.coins.replace("{x}", &self.plain(percent.0)), *cap),
            Discount::FreeShipping { cap } => self.capped(self.free_shipping.to_string(), *cap),
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

/// Whole amounts without decimals, others with those of the currency.
fn number(money: Money, [thousands, point]: [char; 2]) -> String {
    let amount = money.amount.normalize();
    let decimals = if amount.scale() == 0 { 0 } else { money.currency.decimals().max(amount.scale()) };
    let plain = format!("{:.*}", decimals as usize, amount.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut number = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            number.push(thousands);
        }
        number.push(digit);
    }
    if !fraction.is_empty() {
        number.push(point);
        number.push_str(fraction);
    }
    number
}
