//! Money is decimal and always carries its currency.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Three capital letters: an ISO 4217 code where people wrote it, see [`Currency::parse`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a currency: write {}", instead.unwrap_or("its three-letter ISO code, such as SGD"))]
pub struct InvalidCurrency {
    pub found: String,
    /// The code that is meant, where that is plain.
    pub instead: Option<&'static str>,
}

/// The codes of ISO 4217 that shops sell in; of those replaced since 2025, BGN and ANG are still read.
const ISO_4217: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS \
    INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR \
    MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS \
    SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR \
    ZMW ZWG";

/// What people write for a code, and the code.
const MISNAMED: [(&str, &str); 6] =
    [("RMB", "CNY"), ("CNH", "CNY"), ("NTD", "TWD"), ("NIS", "ILS"), ("YEN", "JPY"), ("RM", "MYR")];

impl Currency {
    /// As a person writes it: a code of ISO 4217.
    pub fn parse(text: &str) -> Result<Self, InvalidCurrency> {
        let currency = Self::of_letters(text)?;
        let is_known = ISO_4217.split(' ').any(|code| code == currency.code());
        if is_known { Ok(currency) } else { Err(InvalidCurrency::of(text)) }
    }

    /// Every code that a person may write.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        ISO_4217.split(' ')
    }

    /// Any three letters: as an archive or a platform has it.
    pub fn of_letters(text: &str) -> Result<Self, InvalidCurrency> {
        let bytes = text.trim().to_ascii_uppercase().into_bytes().try_into();
        let letters = bytes.ok().filter(|bytes: &[u8; 3]| bytes.iter().all(u8::is_ascii_uppercase));
        letters.map(Self).ok_or_else(|| InvalidCurrency::of(text))
    }

    pub fn code(&self) -> &str {
        // Three capital ASCII letters by construction.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// A sum under which nobody looks twice: about two US dollars, roughly rounded. Zero where we do not know the currency's worth.
    pub fn small_sum(&self) -> Decimal {
        Decimal::from(match self.code() {
            "USD" | "EUR" | "GBP" | "CHF" => 2,
            "SGD" | "AUD" | "CAD" | "NZD" | "BND" => 3,
            "MYR" | "BRL" | "PLN" | "ILS" | "SAR" | "AED" | "PEN" => 8,
            "CNY" | "HKD" | "DKK" => 15,
            "SEK" | "NOK" | "ZAR" | "MXN" | "CZK" => 35,
            "THB" | "TWD" | "TRY" => 60,
            "PHP" | "INR" => 120,
            "JPY" => 300,
            "HUF" => 700,
            "CLP" => 2_000,
            "KRW" => 2_500,
            "COP" => 8_000,
            "IDR" => 30_000,
            "VND" => 50_000,
            _ => 0,
        })
    }

    /// How many decimals sellers write in this currency. IDR and TWD have two on paper and none in any shop.
    pub fn decimals(&self) -> u32 {
        match self.code() {
            "IDR" | "VND" | "JPY" | "KRW" | "TWD" | "CLP" | "COP" | "HUF" => 0,
            "KWD" | "BHD" | "OMR" | "JOD" => 3,
            _ => 2,
        }
    }
}

impl InvalidCurrency {
    fn of(text: &str) -> Self {
        let is_it = |(name, _): &&(&str, &str)| name.eq_ignore_ascii_case(text.trim());
        Self { found: text.to_string(), instead: MISNAMED.iter().find(is_it).map(|(_, code)| *code) }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidCurrency;
    fn try_from(text: String) -> Result<Self, InvalidCurrency> {
        Self::of_letters(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_string()
    }
}

/// An amount in major units (12.50 is twelve dollars and fifty cents). Shown as `SGD 12.50`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money {
    pub amount: Decimal,
    pub currency: Currency,
}

impl Money {
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount: amount.normalize(), currency }
    }

    pub fn zero(currency: Currency) -> Self {
        Self::new(Decimal::ZERO, currency)
    }

    pub fn is_zero(&self) -> bool {
        self.amount.is_zero()
    }

    /// To compare sums of different currencies: in units of what nobody looks twice at.
    pub fn weight(&self) -> Decimal {
        self.amount.checked_div(self.currency.small_sum().max(Decimal::ONE)).unwrap_or_default()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.currency.decimals().max(self.amount.normalize().scale());
        let plain = format!("{:.*}", decimals as usize, self.amount.abs());
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let whole = grouped(whole);
        let sign = if self.amount.is_sign_negative() && !self.is_zero() { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{} {sign}{whole}{point}{fraction}", self.currency)
    }
}

/// `1,200`: a whole number with separators, as every language here writes them.
pub fn grouped(number: impl fmt::Display) -> String {
    let digits = number.to_string();
    let mut words = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

/// A share in percent: `15` is 15 %. Not bounded, since platforms were seen to hold shares above 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Percent(pub Decimal);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0.normalize())
    }
}

/// What a coupon can still cost. Without a cap or a limit it is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Exposure {
    Known(Money),
    NoLimit,
    /// The platform does not say enough to tell.
    NotKnown,
}
