//! Which language the customers of a store read.

use std::fmt;

use chrono_tz::Tz;

use crate::domain::Store;

/// The language that customers of a store read, by its tag: `en`, `zh-TW`, `fil`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageTag(String);

impl LanguageTag {
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

    /// By the country that a store sells in: its `region` where that is a country's code, else that of its currency; of the euro,
    /// which many countries share, that of its time zone. English elsewhere.
    pub fn of(store: &Store, region: Option<&str>) -> Self {
        let named = region.and_then(|region| spoken_in(&region.trim().to_ascii_uppercase()));
        let tag = named.or_else(|| spoken_in(country_of(store))).unwrap_or("en");
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

/// The code of the country that a store's currency stands for, and its time zone where several share the currency; empty where
/// English is as good as any.
fn country_of(store: &Store) -> &'static str {
    match store.currency.code() {
        "BRL" => "BR",
        "CNY" => "CN",
        "IDR" => "ID",
        "JPY" => "JP",
        "MXN" => "MX",
        "MYR" => "MY",
        "PHP" => "PH",
        "THB" => "TH",
        "TWD" => "TW",
        "VND" => "VN",
        "EUR" => match store.zone {
            Tz::Europe__Berlin | Tz::Europe__Busingen => "DE",
            Tz::Europe__Vienna => "AT",
            Tz::Europe__Paris => "FR",
            Tz::Europe__Rome => "IT",
            Tz::Europe__Madrid | Tz::Atlantic__Canary => "ES",
            _ => "",
        },
        _ => "",
    }
}

/// What customers in a country read, where there are texts in it.
fn spoken_in(country: &str) -> Option<&'static str> {
    Some(match country {
        "AT" | "DE" => "de",
        "BR" => "pt",
        "CN" => "zh",
        "ES" => "es-ES",
        "FR" => "fr",
        "ID" => "id",
        "IT" => "it",
        "JP" => "ja",
        "MX" => "es",
        "MY" => "ms",
        "PH" => "fil",
        "TH" => "th",
        "TW" => "zh-TW",
        "VN" => "vi",
        _ => return None,
    })
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
