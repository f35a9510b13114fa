//! Ids are text from end to end: a 19-digit id read as a number has already lost digits.

use chrono::NaiveDate;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

use super::{Platform, Slot};

/// The 32 letters that row keys, export ids and run ids are spelled with. Without `E`, `I`, `O` and `0`, so that no key reads
/// as a number in scientific notation and none is misread aloud.
pub const KEY_ALPHABET: &[u8; 32] = b"123456789ABCDFGHJKLMNPQRSTUVWXYZ";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not a {what}: {wanted}")]
pub struct InvalidId {
    pub what: &'static str,
    pub found: String,
    pub wanted: &'static str,
}

macro_rules! as_text {
    ($($name:ident)*) => {
        $(impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        })*
    };
}

as_text!(CouponId ShopId ExportId RunId StoreId ChangeId);

/// What not every text is, and is read from files through its `parse` and written as it is shown.
macro_rules! parsed {
    ($($name:ident or $error:ty;)*) => {
        $(impl TryFrom<String> for $name {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, $error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(parsed: $name) -> String {
                parsed.to_string()
            }
        })*
    };
}

pub(super) use parsed;

parsed! {
    StoreId or InvalidId;
    RowKey or InvalidId;
}

macro_rules! any_text {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
        })*
    };
}

any_text! {
    /// A coupon's id at its platform, exactly as the platform spells it.
    CouponId;
    /// The platform's own id of a shop: Shopee's `shop_id`, WooCommerce's base address.
    ShopId;
    /// One load of all stores, such as `20261122-AM-7K3MPX`.
    ExportId;
    /// One application of a plan, such as `R20261122-081500-7K3MPX`.
    RunId;
}

impl ExportId {
    /// Of a day and slot of the team's own; `letters` tell it from all others.
    pub fn of(day: NaiveDate, slot: Slot, letters: &str) -> Self {
        Self(format!("{}-{}-{letters}", day.format("%Y%m%d"), slot.word().to_uppercase()))
    }
}

/// A store's name in the config, such as `shopee-sg-1`: lower-case letters, digits, `-`, `_` and `.`, so that it can stand in
/// a file name on every system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StoreId(Arc<str>);

impl StoreId {
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        if starts_well && text.len() <= 40 && text.chars().all(allowed) {
            return match is_name_of_device(text) || text.ends_with('.') {
                false => Ok(Self(text.into())),
                true => Err(InvalidId {
                    what: "store id",
                    found: text.to_string(),
                    wanted: "write another: Windows has no file of that name, and the store has files of its own",
                }),
            };
        }
        Err(InvalidId {
            what: "store id",
            found: text.to_string(),
            wanted: "write at most 40 of a-z, 0-9, `-`, `_` and `.`, beginning with a letter or digit",
        })
    }
}

/// What Windows takes for a device, whatever follows a dot.
fn is_name_of_device(text: &str) -> bool {
    let stem = text.split('.').next().unwrap_or_default();
    let is_port = |kind| stem.strip_prefix(kind).is_some_and(|number: &str| matches!(number.as_bytes(), [b'0'..=b'9']));
    ["con", "prn", "aux", "nul"].contains(&stem) || is_port("com") || is_port("lpt")
}

/// The first `letters` times five bits of `bytes`, in [`KEY_ALPHABET`].
pub fn spell(bytes: &[u8], letters: usize) -> String {
    (0..letters)
        .map(|index| {
            let bit = index * 5;
            let high = u16::from(bytes.get(bit / 8).copied().unwrap_or(0));
            let low = u16::from(bytes.get(bit / 8 + 1).copied().unwrap_or(0));
            let five = ((high << 8 | low) >> (11 - bit % 8)) & 31;
            letter(usize::from(five))
        })
        .collect()
}

#[expect(clippy::indexing_slicing, reason = "the alphabet has 32 letters, and a value has five bits")]
fn letter(value: usize) -> char {
    char::from(KEY_ALPHABET[value % 32])
}

/// Finds a row again however a workbook was sorted: 50 bits of a hash over (platform, shop, coupon) and a check letter.
///
/// Always eleven letters of [`KEY_ALPHABET`]; the same coupon has the same key in every export.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RowKey([u8; RowKey::LETTERS + 1]);

impl RowKey {
    const LETTERS: usize = 10;

    pub fn of(platform: Platform, shop: &ShopId, coupon: &CouponId) -> Self {
        let body = spell(&hash_of(&[platform.word(), shop.as_str(), coupon.as_str()]), Self::LETTERS);
        let check = Self::check_letter(&body);
        let mut letters = [0; Self::LETTERS + 1];
        letters.iter_mut().zip(body.bytes().chain([check as u8])).for_each(|(letter, byte)| *letter = byte);
        Self(letters)
    }

    pub fn as_str(&self) -> &str {
        // Letters of the alphabet by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Reads a key as a person or an office program left it: spaces and case do not matter.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let tidy: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let known = tidy.bytes().all(|b| KEY_ALPHABET.contains(&b));
        if tidy.len() == Self::LETTERS + 1 && known {
            let (body, check) = tidy.split_at(Self::LETTERS);
            if check.starts_with(Self::check_letter(body))
                && let Ok(letters) = tidy.as_bytes().try_into()
            {
                return Ok(Self(letters));
            }
        }
        Err(InvalidId {
            what: "row key",
            found: text.chars().take(40).collect(),
            wanted: "copy it from the export; a letter is missing or changed",
        })
    }

    // Weights differ by place, so that two swapped letters are noticed too. 31 is prime and below 32.
    fn check_letter(body: &str) -> char {
        let sum: usize = body
            .bytes()
            .enumerate()
            .map(|(place, byte)| {
                let value = KEY_ALPHABET.iter().position(|b| *b == byte).unwrap_or(0);
                (place + 1) * (value + 1)
            })
            .sum();
        letter(sum % 31)
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RowKey").field(&self.as_str()).finish()
    }
}

/// A decision's identity: (export, row key, action, normalised values). Not the file: a copy or a resave is the same decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeId(String);

impl ChangeId {
    /// `values` is the normalised spelling of what was asked, such as `until=2026-12-01T00:00:00Z`.
    pub fn of(export: &ExportId, row: &RowKey, action: &str, values: &str) -> Self {
        let hash = HEXLOWER.encode(&hash_of(&[export.as_str(), row.as_str(), action, values]));
        Self(hash.chars().take(32).collect())
    }
}

/// Each part with its length before it, so that no two lists of parts have one spelling.
fn hash_of(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}
