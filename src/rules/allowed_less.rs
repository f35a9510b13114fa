//! Which coupons allow less than their platform does with their like: Help says so beside its table.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rust_decimal::Decimal;

use super::possible::Asked;
use crate::domain::{
    Abilities, Ability, AllowedLess, Coupon, CouponsAllowingLess, Export, Message, Minimum, Money, Owner, Platform,
    Status, Store, StoreId, Timestamp, Verb,
};
use crate::message;

/// How many coupons are asked about, those that stand on top: some platforms' answer is as much work as the body of a call.
pub const ASKED_MAX: usize = 10_000;

/// What the coupons of `export` do not allow though their platform does it with their like, as far as what was loaded tells.
///
/// Each is asked with usual values: a month more, one more of it, the minimum that it has. Of what only the plan can tell, nothing is
/// said here.
pub fn allowed_less(export: &Export, abilities: impl Fn(Platform) -> &'static Abilities) -> CouponsAllowingLess {
    let stores: BTreeMap<&StoreId, &Store> = export.stores.iter().map(|load| (&load.store.id, &load.store)).collect();
    let mut refused: BTreeMap<Refused, (Message, Vec<usize>)> = BTreeMap::new();
    for (place, row) in export.rows.iter().enumerate().take(ASKED_MAX) {
        let Some(store) = stores.get(&row.coupon.store) else { continue };
        let abilities = abilities(store.platform);
        let asked = usual(&row.coupon, store, export.at);
        for verb in Verb::ALL.iter().copied() {
            let Some(reason) = reason(verb, &row.coupon, &asked, abilities) else { continue };
            let refused = refused.entry((store.platform, reason_key(&reason), verb)).or_insert((reason, Vec::new()));
            refused.1.push(place);
        }
    }
    CouponsAllowingLess { asked: export.rows.len().min(ASKED_MAX), all: export.rows.len(), kinds: kinds(refused) }
}

/// A platform, a reason, and what is refused for it.
type Refused = (Platform, String, Verb);

/// What is refused to the very same coupons for the same reason is one line; most coupons first.
fn kinds(refused: BTreeMap<Refused, (Message, Vec<usize>)>) -> Vec<AllowedLess> {
    let mut lines: BTreeMap<(Platform, String, Vec<usize>), AllowedLess> = BTreeMap::new();
    for ((platform, key, verb), (reason, places)) in refused {
        let coupons = places.len();
        let line = lines.entry((platform, key, places));
        line.or_insert(AllowedLess { platform, verbs: Vec::new(), coupons, reason }).verbs.push(verb);
    }
    let mut kinds: Vec<AllowedLess> = lines.into_values().collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.coupons));
    kinds
}

/// Messages have no order of their own.
fn reason_key(reason: &Message) -> String {
    format!("{reason:?}")
}

/// Values that the like of `coupon` allows.
fn usual(coupon: &Coupon, store: &Store, now: Timestamp) -> Asked {
    let least = Minimum::Spend(Money::new(Decimal::ONE, store.currency));
    let has_one = coupon.minimum.spend().is_some_and(|spend| spend > Decimal::ZERO);
    Asked {
        ends: Some(coupon.usable.ends().unwrap_or(now).max(now) + TimeDelta::days(30)),
        total: coupon.total.map(|total| total.saturating_add(1)),
        minimum: if has_one { coupon.minimum } else { least },
        now,
    }
}

/// Why this very coupon does not allow `verb`; none where it does, or where its like does not either.
fn reason(verb: Verb, coupon: &Coupon, asked: &Asked, abilities: &Abilities) -> Option<Message> {
    let done = match abilities.rule(verb, coupon.status).ability {
        Ability::Yes => verb,
        Ability::FollowOn => Verb::Create,
        Ability::Instead(nearest) => nearest,
        Ability::ByHand | Ability::Already | Ability::Never => return None,
    };
    if coupon.owner == Owner::Platform {
        return Some(message!(abilities.platform_owned));
    }
    let is_left_to_the_plan = match done {
        // What was not read it reads.
        Verb::Create => !coupon.has_read_rules(),
        // It knows the dates that were overwritten.
        Verb::Enable => coupon.status == Status::Ended,
        // A coupon without a total is never out of stock.
        Verb::Restock => coupon.total.is_none(),
        Verb::Extend | Verb::Shorten | Verb::AdjustMinSpend | Verb::End | Verb::Pause | Verb::Delete => false,
    };
    if is_left_to_the_plan {
        return None;
    }
    (abilities.impossible)(&asked.write(done, coupon, &abilities.limits), coupon)
}
