//! Which coupons a word may mean.

use crate::domain::{CouponId, RowKey};
use crate::failure::{Failure, Kind};
use crate::foreign::one_line;

/// A word as somebody typed it: a code, an id, a part of a name.
pub struct Word {
    typed: String,
    /// Without regard to case.
    folded: String,
    key: Option<RowKey>,
}

/// How a word names a coupon, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum NamedBy {
    /// As buyers type it, with the letters that the platform puts before it or without.
    Code,
    Id,
    /// The whole of it.
    Name,
    RowKey,
    /// It is a part of its code or name.
    Part,
}

impl NamedBy {
    pub fn word(self) -> &'static str {
        self.into()
    }

    pub fn is_exact(self) -> bool {
        self < Self::Part
    }
}

impl Word {
    /// # Errors
    /// Where there is nothing to look for.
    pub fn parse(typed: &str) -> Result<Self, Failure> {
        let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        if typed.is_empty() {
            return Err(Failure::new(Kind::Usage, "there is nothing to look for")
                .hint("write a code, the id of a coupon, or a part of its name: couponbook find BF20"));
        }
        let (folded, key) = (typed.to_lowercase(), RowKey::parse(&typed).ok());
        Ok(Self { typed, folded, key })
    }

    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Within a sentence.
    pub fn quoted(&self) -> String {
        format!("“{}”", one_line(&self.typed))
    }

    /// As an id, where it looks like one of any platform's.
    pub fn as_id(&self) -> Option<CouponId> {
        let is_number = self.typed.len() >= 2 && self.typed.bytes().all(|letter| letter.is_ascii_digit());
        (is_number || self.typed.starts_with("gid://")).then(|| CouponId::new(&self.typed))
    }

    /// How it names the coupon; none where it does not. `prefix_letters` is how many letters the platform puts before a seller's code.
    pub fn names(
        &self,
        (id, key): (&str, &str),
        code: Option<&str>,
        name: &str,
        prefix_letters: usize,
    ) -> Option<NamedBy> {
        let (code, name) = (code.unwrap_or_default().to_lowercase(), name.to_lowercase());
        let chosen = code.char_indices().nth(prefix_letters).map(|(at, _)| code.get(at..).unwrap_or_default());
        if code == self.folded || (prefix_letters > 0 && chosen == Some(&self.folded)) {
            return Some(NamedBy::Code);
        }
        let is_key = || self.key.as_ref().is_some_and(|own| own.as_str() == key);
        if id == self.typed {
            Some(NamedBy::Id)
        } else if name.split_whitespace().eq(self.folded.split_whitespace()) {
            Some(NamedBy::Name)
        } else if is_key() {
            Some(NamedBy::RowKey)
        } else {
            (code.contains(&self.folded) || name.contains(&self.folded)).then_some(NamedBy::Part)
        }
    }
}
