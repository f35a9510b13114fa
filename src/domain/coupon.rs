//! A coupon as any platform, or a file in its place, may have it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use strum::{IntoStaticStr, VariantArray};

use super::{CouponId, Currency, Exposure, Fields, Loss, Message, Money, Percent, Period, StoreId, Timestamp};

/// Where a coupon stands, in our words, at the moment it was loaded. Stock is not a status: a sold-out coupon is `Active`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// It will start by itself.
    Scheduled,
    Active,
    /// Held by the seller: paused, deactivated, suspended, a draft.
    Paused,
    /// The platform's review has not let it through yet.
    #[strum(serialize = "in review")]
    InReview,
    /// The platform's review refused it.
    Rejected,
    Ended,
    /// In the shop's bin, recoverable.
    #[strum(serialize = "in the bin")]
    Trashed,
    /// A word we do not know; see [`Coupon::raw_status`].
    Unknown,
}

impl Status {
    /// The same in every language.
    pub fn message(self) -> Message {
        Message::new(format!("results-status-{}", self.word().replace(' ', "-")), Vec::new())
    }
}

/// What the buyer gets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Discount {
    Sum(Money),
    /// A share of the price, at most `cap` where there is one.
    Share {
        percent: Percent,
        cap: Option<Money>,
    },
    /// A share given back in the platform's coins.
    Coins {
        percent: Percent,
        cap: Option<Money>,
    },
    FreeShipping {
        cap: Option<Money>,
    },
    /// In words: the platform's rules are richer than ours.
    BuyXGetY(String),
    /// The platform's own words, empty where it tells none. Such a coupon is shown, never changed in its discount and never created.
    Other(String),
}

impl Discount {
    /// What is taken off, as a sum or as a share, and the cap of it.
    pub fn parts(&self) -> (Option<Money>, Option<Percent>, Option<Money>) {
        match self {
            Self::Sum(sum) => (Some(*sum), None, None),
            Self::Share { percent, cap } | Self::Coins { percent, cap } => (None, Some(*percent), *cap),
            Self::FreeShipping { cap } => (None, None, *cap),
            Self::BuyXGetY(_) | Self::Other(_) => (None, None, None),
        }
    }

    /// Whether it takes off as much on every order, or more.
    pub fn is_as_large_as(&self, other: &Discount) -> bool {
        let caps = |one: &Option<Money>, other: &Option<Money>| match (one, other) {
            (None, _) => true,
            (Some(one), Some(other)) => one.currency == other.currency && one.amount >= other.amount,
            (Some(_), None) => false,
        };
        match (self, other) {
            (Self::Sum(one), Self::Sum(other)) => one.currency == other.currency && one.amount >= other.amount,
            (Self::Share { percent: one, cap }, Self::Share { percent: other, cap: other_cap })
            | (Self::Coins { percent: one, cap }, Self::Coins { percent: other, cap: other_cap }) => {
                one.0 >= other.0 && caps(cap, other_cap)
            }
            (Self::FreeShipping { cap }, Self::FreeShipping { cap: other }) => caps(cap, other),
            (one, other) => one == other,
        }
    }

    /// The most that one use can cost the seller; none where nothing bounds it or we cannot tell.
    pub fn worst_case(&self) -> Option<Money> {
        let (sum, _, cap) = self.parts();
        sum.or(cap)
    }

    /// What `count` uses can cost, each at its worst; none is without limit. A percent or free shipping without a cap has no
    /// limit; what the program cannot read is not known.
    pub fn exposure(&self, count: Option<u64>) -> Exposure {
        if matches!(self, Self::BuyXGetY(_) | Self::Other(_)) {
            return Exposure::NotKnown;
        }
        let (Some(worst), Some(count)) = (self.worst_case(), count) else { return Exposure::NoLimit };
        match worst.amount.checked_mul(Decimal::from(count)) {
            Some(amount) => Exposure::Known(Money::new(amount, worst.currency)),
            None => Exposure::NotKnown,
        }
    }
}

impl fmt::Display for Discount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let capped = |cap: &Option<Money>| cap.map_or(String::new(), |cap| format!(", max {cap}"));
        match self {
            Self::Sum(money) => write!(f, "{money} off"),
            Self::Share { percent, cap } => write!(f, "{percent} off{}", capped(cap)),
            Self::Coins { percent, cap } => write!(f, "{percent} back in coins{}", capped(cap)),
            Self::FreeShipping { cap } => write!(f, "free shipping{}", capped(cap)),
            Self::BuyXGetY(words) | Self::Other(words) => f.write_str(words),
        }
    }
}

/// What an order must reach before the coupon applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Minimum {
    None,
    Spend(Money),
    Quantity(u64),
    /// The platform does not say.
    NotKnown,
}

impl Minimum {
    /// What the platform tells; zero is no minimum.
    pub fn told(spend: Option<Money>) -> Self {
        match spend {
            None => Self::NotKnown,
            Some(money) if money.is_zero() => Self::None,
            Some(money) => Self::Spend(money),
        }
    }

    pub fn money(&self) -> Option<Money> {
        match self {
            Self::Spend(money) => Some(*money),
            Self::None | Self::Quantity(_) | Self::NotKnown => None,
        }
    }

    /// The money an order must reach; zero where there is no minimum, none where it is not a matter of money.
    pub fn spend(&self) -> Option<Decimal> {
        match self {
            Self::None => Some(Decimal::ZERO),
            Self::Spend(money) => Some(money.amount),
            Self::Quantity(_) | Self::NotKnown => None,
        }
    }
}

impl fmt::Display for Minimum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("no minimum"),
            Self::Spend(money) => money.fmt(f),
            Self::Quantity(items) => write!(f, "{items} items"),
            Self::NotKnown => f.write_str("not known"),
        }
    }
}

/// What a coupon's source may leave open, where an empty field of the coupon would say something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Untold {
    /// Its start: none would say that it has none.
    Start,
    /// How many there are: none would say without limit.
    Total,
    /// How many were used: none would say that its platform does not count.
    Used,
    /// The most that a share takes off: none would say without limit.
    Cap,
    /// Its status: what stands there follows from its dates alone.
    Status,
}

/// Who may change a coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    Seller,
    /// Made by the platform or one of its tools; every write through the API is refused.
    Platform,
}

/// One coupon of one store, as its platform showed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coupon {
    pub store: StoreId,
    pub id: CouponId,
    /// What a buyer types; none where buyers only collect it.
    pub code: Option<String>,
    pub name: String,
    pub status: Status,
    /// The platform's own word or words for the status.
    pub raw_status: String,
    /// The platform's kind of coupon in plain words, such as `shop voucher`.
    pub kind: String,
    pub discount: Discount,
    pub minimum: Minimum,
    /// When it can be used.
    pub usable: Period,
    /// When it can be collected, where that differs.
    pub claimable: Option<Period>,
    /// How many there are in all; none means without limit, unless that is [`Untold`].
    pub total: Option<u64>,
    /// Uses so far; none where the platform does not count.
    pub used: Option<u64>,
    /// Collected so far, where buyers collect before they use.
    pub claimed: Option<u64>,
    /// How often one buyer may use it; none means without limit or not told.
    pub per_buyer: Option<u64>,
    pub owner: Owner,
    /// Whether it runs out by claims rather than by uses: [`Coupon::remaining`] counts what a buyer can still obtain.
    pub stock_is_claimed: bool,
    /// Every other rule in the platform's own fields (items, channels, combinations), sorted by name: what a copy must repeat
    /// and what "the same rules" compares. A null is a rule that this load did not ask for: it may be anything.
    pub other_rules: Fields,
    /// What its platform tells besides, in the platform's own fields: no rule, and never compared. What a copy repeats or cannot
    /// repeat depends on it, and what its shop can do.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub besides: Fields,
    /// Whose creation it is, where the platform has a place for our change id.
    pub made_by_change: Option<String>,
    /// Its page in the platform's back office.
    pub page: Option<String>,
    /// What its source does not tell of it; empty for one that its platform's API shows.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub untold: BTreeSet<Untold>,
}

impl Coupon {
    /// Whether its source does not tell `what`.
    pub fn is_untold(&self, what: Untold) -> bool {
        self.untold.contains(&what)
    }

    /// How its discount loses money where an order must reach `minimum`; see [`Discount::loss`]. None where it cannot be told, as of a
    /// share whose cap is not known.
    pub fn loss(&self, minimum: Minimum, most: Decimal) -> Option<Loss> {
        if self.has_unknown_cap() { None } else { self.discount.loss(minimum, most) }
    }

    /// Whether nobody knows whether anything bounds what one use takes off.
    pub fn has_unknown_cap(&self) -> bool {
        let (.., cap) = self.discount.parts();
        let is_share =
            matches!(self.discount, Discount::Share { .. } | Discount::Coins { .. } | Discount::FreeShipping { .. });
        is_share && cap.is_none() && self.is_untold(Untold::Cap)
    }

    /// What `count` uses can cost; see [`Discount::exposure`]. Not known where the count, or what one use costs at most, is not.
    fn exposure_to(&self, count: Option<u64>) -> Exposure {
        if self.has_unknown_cap() { Exposure::NotKnown } else { self.discount.exposure(count) }
    }

    /// How many a buyer can still obtain; none where there is no limit or no count.
    pub fn remaining(&self) -> Option<u64> {
        let taken = if self.stock_is_claimed { self.claimed.or(self.used) } else { self.used };
        Some(self.total?.saturating_sub(taken?))
    }

    /// Whether it is a code whose uses are counted, which reaches a usage limit; what buyers collect is fully claimed.
    pub fn counts_uses(&self) -> bool {
        self.code.is_some() && !self.stock_is_claimed
    }

    /// Whether a buyer can get and use it at its loading time.
    pub fn is_live(&self) -> bool {
        self.status == Status::Active && self.is_to_be_had()
    }

    /// Whether buyers get it within its dates, now or later, as things stand.
    pub fn is_to_be_had(&self) -> bool {
        matches!(self.status, Status::Active | Status::Scheduled) && self.remaining() != Some(0)
    }

    /// When it can be had no more: claimed, where buyers claim before they use, else used.
    pub fn had_until(&self) -> Option<Timestamp> {
        let claimed = self.claimable.and_then(|period| period.ends());
        self.usable.ends().into_iter().chain(claimed).min()
    }

    /// Until when what buyers hold works, where at `now` nobody can claim it any more.
    pub fn works_for_holders_until(&self, now: Timestamp) -> Option<Timestamp> {
        let is_over = self.status == Status::Ended && self.had_until().is_some_and(|ends| ends <= now);
        self.usable.ends().filter(|ends| is_over && *ends > now)
    }

    /// [`Coupon::exposure`], and what buyers still hold where nobody can claim it any more.
    pub fn exposure_at(&self, currency: Currency, now: Timestamp) -> Exposure {
        let held = || Some(self.claimed?.saturating_sub(self.used?));
        match self.works_for_holders_until(now) {
            None => self.exposure(currency),
            Some(_) => held().map_or(Exposure::NotKnown, |held| self.discount.exposure(Some(held))),
        }
    }

    /// What is left times the worst case of one use, in the store's `currency`; nothing once it has ended or nothing is left.
    /// Where the platform does not count uses, all of the total is taken as left.
    pub fn exposure(&self, currency: Currency) -> Exposure {
        if matches!(self.status, Status::Ended | Status::Trashed) || self.remaining() == Some(0) {
            return Exposure::Known(Money::zero(currency));
        }
        self.exposure_once_usable()
    }

    /// [`Coupon::exposure`], as if buyers could use it, whatever its status.
    pub fn exposure_once_usable(&self) -> Exposure {
        if self.is_untold(Untold::Total) || (self.remaining().is_none() && self.is_untold(Untold::Used)) {
            return Exposure::NotKnown;
        }
        self.exposure_to(self.remaining().or(self.total))
    }

    /// What several changes of it can additionally cost: that it is `usable_again`, that its total is `raised` by so many, that others
    /// with these totals are `made` (a none among them is no limit). None where none of them.
    pub fn exposure_of(
        &self,
        usable_again: bool,
        raised: Option<u64>,
        made: impl IntoIterator<Item = Option<u64>>,
    ) -> Option<Exposure> {
        let total = self.total.map(|total| total.saturating_add(raised.unwrap_or(0)));
        let own = match usable_again {
            true => Some(Coupon { total, ..self.clone() }.remaining().or(total)),
            false => raised.map(Some),
        };
        let counts: Vec<Option<u64>> = own.into_iter().chain(made).collect();
        let sum = counts.iter().try_fold(0_u64, |sum, count| Some(sum.saturating_add((*count)?)));
        let is_left_known = !usable_again || self.remaining().is_some() || !self.is_untold(Untold::Used);
        let is_known = is_left_known && (sum.is_some() || !self.is_untold(Untold::Total));
        (!counts.is_empty()).then(|| if is_known { self.exposure_to(sum) } else { Exposure::NotKnown })
    }

    /// The same rules: what a successor, a copy and a duplicate have in common. Code, name, dates and counts are not rules.
    /// Rules that were not asked for are not compared.
    pub fn same_rules(&self, other: &Coupon) -> bool {
        self.store == other.store
            && self.discount == other.discount
            && self.minimum == other.minimum
            && self.per_buyer == other.per_buyer
            && self.kind == other.kind
            && (self.id == other.id || self.has_read_rules() && other.has_read_rules())
            && self.rules_agree_with(other)
    }

    fn rules_agree_with(&self, other: &Coupon) -> bool {
        self.other_rules.are_one_with(&other.other_rules) || rules_agree(&self.other_rules, &other.other_rules)
    }

    /// Whether all of its rules were read; see [`unread_rule`].
    pub fn has_read_rules(&self) -> bool {
        has_read_rules(&self.other_rules)
    }

    /// Whether buyers who could use `other` get as much from this one, or more: the same buyers by the same rules, for no larger order.
    pub fn gives_as_much_as(&self, other: &Coupon) -> bool {
        let orders = || match (self.minimum, other.minimum) {
            (one, other) if one == other => true,
            (one, other) => one.spend().zip(other.spend()).is_some_and(|(one, other)| one <= other),
        };
        self.code.is_some() == other.code.is_some()
            && self.per_buyer.is_none_or(|uses| other.per_buyer.is_some_and(|others| uses >= others))
            && self.kind == other.kind
            && self.store == other.store
            && orders()
            && self.discount.is_as_large_as(&other.discount)
            && (self.id == other.id || self.has_read_rules() && other.has_read_rules())
            && self.rules_agree_with(other)
    }

    /// Whether it has the same rules as `model`, in the same store, and starts within a minute of its end.
    pub fn takes_over_from(&self, model: &Coupon) -> bool {
        self.id != model.id && self.usable.follows(&model.usable) && self.same_rules(model)
    }

    /// Whether `name` is its whole code or its name, without regard to case; where the platform puts `prefix_letters` of its
    /// own before a code, with them or without.
    pub fn is_called(&self, name: &str, prefix_letters: usize) -> bool {
        let wanted = name.trim().to_lowercase();
        let code = self.code.as_deref().unwrap_or_default().to_lowercase();
        let chosen: String = code.chars().skip(prefix_letters).collect();
        !wanted.is_empty() && [code, chosen, self.name.trim().to_lowercase()].contains(&wanted)
    }

    /// What people call it: the code where there is one, else the name.
    pub fn label(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.name)
    }
}

/// Among [`Coupon::besides`]: the whole text that a coupon's name is the first line of, as a copy writes it; a null where the platform
/// keeps more than can be written. None where the name is all there is.
pub const DESCRIPTION: &str = "description";

/// Among [`Coupon::other_rules`]: a rule that this coupon has and that was not read, such as which customers it is for. It agrees with
/// what is read of the same coupon later; two coupons of which one has such a rule are never taken for the same.
pub fn unread_rule() -> Value {
    Value::Object([("unread".to_string(), Value::Bool(true))].into_iter().collect())
}

/// Whether none of `rules` stands for one that was not read.
pub fn has_read_rules(rules: &Fields) -> bool {
    !rules.values().any(is_unread)
}

fn is_unread(rule: &Value) -> bool {
    rule.get("unread") == Some(&Value::Bool(true))
}

/// Whether all rules that both name are the same; a null agrees with anything, and so does one that was not read.
pub(super) fn rules_agree(one: &Fields, other: &Fields) -> bool {
    let agrees = |name: &String, value: &Value, rules: &Fields| match (value, rules.get(name)) {
        (Value::Null, _) | (_, Some(Value::Null)) => true,
        (value, Some(found)) if is_unread(value) || is_unread(found) => true,
        (value, found) => found == Some(value),
    };
    one.iter().all(|(name, value)| agrees(name, value, other))
        && other.iter().all(|(name, value)| agrees(name, value, one))
}
