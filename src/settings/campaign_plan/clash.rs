//! Rows that contradict each other: two ranges for the same coupons, days and stores.

use std::collections::BTreeMap;

use super::mistakes::{Mistakes, Without};
use super::speaks_of;
use crate::domain::{Argument, Campaign, StoreId};
use crate::message;
use crate::settings::StoreSettings;

/// Of two rows that contradict each other the later one is left out. Rows of one campaign are compared only where they share a
/// coupon pattern: others differ on purpose, and the most specific pattern wins.
pub(super) fn leave_out_clashes(campaigns: &mut Vec<Campaign>, stores: &[StoreSettings], mistakes: &mut Mistakes) {
    let mut kept: BTreeMap<String, Vec<Campaign>> = BTreeMap::new();
    campaigns.retain(|campaign| {
        let earlier = kept.entry(campaign.name.to_lowercase()).or_default();
        let clash = earlier.iter().find_map(|other| Some((other, clash(other, campaign, stores)?)));
        match (clash, campaign.line) {
            (Some((other, store)), Some(line)) => {
                let what = message!(
                    "coverage-plan-clash",
                    row = Argument::Digits(other.line.unwrap_or_default() as u64),
                    campaign = &campaign.name,
                    store = store.as_str()
                );
                mistakes.add(line, None, what, Without::Row, Some(store.clone()));
                false
            }
            _ => {
                earlier.push(campaign.clone());
                true
            }
        }
    });
}

/// A store that both speak of, on the same days, about the same coupons.
fn clash<'a>(one: &Campaign, other: &Campaign, stores: &'a [StoreSettings]) -> Option<&'a StoreId> {
    let shares_days = one.first_day <= other.last_day && other.first_day <= one.last_day;
    let shares = |mine: &[String], theirs: &[String]| {
        mine.iter().any(|pattern| theirs.iter().any(|other| other.to_lowercase() == pattern.to_lowercase()))
    };
    let shares_coupons = shares(&one.coupons, &other.coupons) || shares(&one.wanted, &other.wanted);
    if !shares_days || !shares_coupons {
        return None;
    }
    let stores = stores.iter().map(|settings| &settings.store);
    stores.filter(|store| speaks_of(one, store) && speaks_of(other, store)).map(|store| &store.id).next()
}
