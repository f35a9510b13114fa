//! What is remembered of a voucher, so that the next export need not ask for its details.
//!
//! The list lacks `min_basket_price`, `max_price`, `usecase`, `display_channel_list` and `item_id_list`. Sources: while a voucher
//! runs, only name, quantity, end, channels and items can change (`voucher.voucher_ongoing_param_error`); once it has ended
//! nothing can (inferred). So
//! - of a coming voucher nothing is remembered;
//! - of a running one, price, cap and use case: its channels and items are left open, as nulls among its other rules, and whoever
//!   copies it asks for them anew. They are no column of the workbook, and matter to a finding in one case only: another voucher
//!   with otherwise the same rules, at the same time or in succession. Then they are asked for: always for a product voucher, and
//!   for a shop voucher (which has channels only) where they differed when they were last seen;
//! - of an ended one, everything that the list lacks.
//!
//! Counters, names, ends and totals always come from the list. And what is remembered holds only while the list shows the very
//! voucher that it was remembered with, uses aside: whatever somebody changed there, the details are asked for again.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::voucher::{CHANNELS, ITEMS, Reader};
use super::wire::Voucher;
use crate::domain::{Coupon, CouponId, Discount, Fields, Minimum, Status};
use crate::platforms::hashes::fingerprint;

/// `voucher_type` of a voucher for certain items.
const PRODUCT_VOUCHER: i64 = 2;

/// A voucher as the list shows it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub voucher: Voucher,
    /// Of all that the list says, uses aside.
    fingerprint: String,
}

impl Seen {
    /// `listed` is what `voucher` was read from.
    pub fn new(voucher: Voucher, listed: &Value) -> Self {
        let mut fields = listed.as_object().cloned().unwrap_or_default();
        fields.remove("current_usage");
        Self { voucher, fingerprint: fingerprint(&Value::Object(fields).to_string(), 8) }
    }
}

/// What is remembered of one voucher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    stage: Stage,
    seen: String,
    min_basket_price: Option<Decimal>,
    max_price: Option<Decimal>,
    target_voucher: Option<i64>,
    usecase: Option<i64>,
    /// A fingerprint of channels and items: not what they are, but whether to ask for them. See [`to_ask_anew`].
    open_rules: String,
    /// Of an ended voucher only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    display_channel_list: Vec<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    item_id_list: Vec<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Running,
    Ended,
}

impl Stage {
    fn of(status: Status) -> Option<Self> {
        match status {
            Status::Active => Some(Self::Running),
            Status::Ended => Some(Self::Ended),
            _ => None,
        }
    }
}

impl Kept {
    /// What may be remembered of a voucher that the list shows as `seen` and whose details are `detail` and `coupon`.
    pub fn of(seen: &Seen, detail: &Voucher, coupon: &Coupon) -> Option<Self> {
        let stage = Stage::of(coupon.status)?;
        let when_ended = |list: &Vec<Value>| if stage == Stage::Ended { list.clone() } else { Vec::new() };
        Some(Self {
            stage,
            seen: seen.fingerprint.clone(),
            min_basket_price: detail.min_basket_price,
            max_price: detail.max_price,
            target_voucher: detail.target_voucher,
            usecase: detail.usecase,
            open_rules: open_rules(&coupon.other_rules),
            display_channel_list: when_ended(&detail.display_channel_list),
            item_id_list: when_ended(&detail.item_id_list),
        })
    }

    /// Whether it still holds for a voucher in `status`.
    pub fn is_of(&self, status: Status) -> bool {
        Stage::of(status) == Some(self.stage)
    }

    /// The listed voucher with what is remembered; none where that does not hold any more.
    pub fn complete(&self, seen: &Seen, reader: &Reader<'_>) -> Option<Coupon> {
        if self.seen != seen.fingerprint {
            return None;
        }
        let whole = Voucher {
            min_basket_price: self.min_basket_price,
            max_price: self.max_price,
            target_voucher: self.target_voucher,
            usecase: self.usecase,
            display_channel_list: self.display_channel_list.clone(),
            item_id_list: self.item_id_list.clone(),
            ..seen.voucher.clone()
        };
        let mut coupon = reader.coupon(&whole).ok().filter(|coupon| self.is_of(coupon.status))?;
        if self.stage == Stage::Running {
            coupon.other_rules.insert(CHANNELS.to_string(), Value::Null);
            if whole.voucher_type == Some(PRODUCT_VOUCHER) {
                coupon.other_rules.insert(ITEMS.to_string(), Value::Null);
            }
        }
        Some(coupon)
    }
}

/// Those of the `recalled` vouchers whose channels or items decide whether one of `all` has the same rules.
pub(super) fn to_ask_anew(
    recalled: &BTreeSet<&CouponId>,
    all: &[&Coupon],
    kept: &BTreeMap<String, Kept>,
) -> BTreeSet<CouponId> {
    let mut alike: HashMap<(&Discount, &Minimum), Vec<&Coupon>> = HashMap::new();
    for coupon in all {
        alike.entry((&coupon.discount, &coupon.minimum)).or_default().push(coupon);
    }
    let last_seen = |coupon: &Coupon| match kept.get(coupon.id.as_str()) {
        Some(kept) if recalled.contains(&coupon.id) => kept.open_rules.clone(),
        _ => open_rules(&coupon.other_rules),
    };
    let mut wanted = BTreeSet::new();
    for group in alike.values().filter(|group| group.len() > 1) {
        let last_seen: Vec<String> = group.iter().map(|coupon| last_seen(coupon)).collect();
        for (coupon, was) in group.iter().zip(&last_seen) {
            let is_open = recalled.contains(&coupon.id) && coupon.status == Status::Active;
            let is_for_items = coupon.other_rules.contains_key(ITEMS) || is_product_voucher(&coupon.other_rules);
            let decides = |(other, others): (&&Coupon, &String)| {
                other.id != coupon.id && (is_for_items || others != was) && meet(coupon, other)
            };
            if is_open && group.iter().zip(&last_seen).any(decides) {
                wanted.insert(coupon.id.clone());
            }
        }
    }
    wanted
}

/// Whether a finding may come of it that two vouchers have the same rules.
fn meet(one: &Coupon, other: &Coupon) -> bool {
    let follows = |model: &Coupon, successor: &Coupon| successor.usable.follows(&model.usable);
    (one.usable.overlaps(&other.usable) || follows(one, other) || follows(other, one)) && one.same_rules(other)
}

fn is_product_voucher(rules: &Fields) -> bool {
    rules.get("voucher_type").and_then(Value::as_i64) == Some(PRODUCT_VOUCHER)
}

fn open_rules(rules: &Fields) -> String {
    let value = |name: &str| rules.get(name).cloned().unwrap_or_default();
    fingerprint(&Value::Array(vec![value(CHANNELS), value(ITEMS)]).to_string(), 8)
}
