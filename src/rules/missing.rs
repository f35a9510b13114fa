//! What the campaign plan names and a store does not have.
//!
//! Where the store has a coupon to make it from, that coupon's row says so and suggests it; where it has none, the store itself
//! does, and a person has to make it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use rust_decimal::Decimal;

use super::campaigns::Pattern;
use super::case::Case;
use super::successors::{self, Heirs};
use super::words::{about, short};
use super::{Bench, suggest};
use crate::domain::{
    Advice, Campaign, Coupon, CouponId, Discount, Finding, FindingCode, Owner, Route, RowKey, Severity, Status,
    Timestamp, local_day,
};
use crate::language::day_words;
use crate::say;

/// One coupon that is not there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Missing<'a> {
    pub campaign: &'a Campaign,
    pub wanted: &'a str,
    /// What it can be made from.
    model: Option<&'a Coupon>,
}

/// One coupon that the plan names and a store does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingCoupon {
    pub campaign: String,
    /// Its code or name, as the plan writes it.
    pub wanted: String,
    /// The first instant of its campaign in the store (inclusive).
    pub needed_from: Timestamp,
    /// The row of the coupon that it can be made from; none where a person has to make it.
    pub model: Option<RowKey>,
}

/// Everything that is missed in one store by now, in the plan's order. `coupons` are all of the store's.
pub fn missing_coupons(bench: &Bench, coupons: &[Coupon]) -> Vec<MissingCoupon> {
    if !asks_for_any(bench) {
        return Vec::new();
    }
    let heirs = successors::heirs(coupons, &bench.store.id, bench.memory);
    let key = |model: &Coupon| RowKey::of(bench.store.platform, &bench.store.shop, &model.id);
    let owned = |missing: Missing| MissingCoupon {
        campaign: missing.campaign.name.clone(),
        wanted: missing.wanted.to_string(),
        needed_from: missing.campaign.starts(bench.store.zone),
        model: missing.model.map(key),
    };
    missing(bench, coupons, &heirs).into_iter().map(owned).collect()
}

/// What no coupon of the store can be made into: a finding a campaign, on the store.
pub fn findings_of_store(bench: &Bench, coupons: &[Coupon]) -> Vec<Finding> {
    if bench.policy.off.contains(&FindingCode::CampaignMissing) {
        return Vec::new();
    }
    let mut by_campaign: BTreeMap<String, Vec<MissingCoupon>> = BTreeMap::new();
    for missing in missing_coupons(bench, coupons).into_iter().filter(|missing| missing.model.is_none()) {
        by_campaign.entry(missing.campaign.clone()).or_default().push(missing);
    }
    let finding = |(campaign, missing): (String, Vec<MissingCoupon>)| {
        let first = missing.first()?;
        let why = why(bench, &campaign, &first.wanted, missing.len(), first.needed_from, "coverage-why-by-hand");
        Some(Finding { code: FindingCode::CampaignMissing, severity: Severity::Warning, why })
    };
    by_campaign.into_iter().filter_map(finding).collect()
}

/// What can be made from each coupon.
pub(super) fn by_model<'a>(
    bench: &Bench<'a>,
    coupons: &'a [Coupon],
    heirs: &Heirs,
) -> BTreeMap<&'a CouponId, Vec<Missing<'a>>> {
    let mut by_model: BTreeMap<&CouponId, Vec<Missing>> = BTreeMap::new();
    for missing in missing(bench, coupons, heirs) {
        if let Some(model) = missing.model {
            by_model.entry(&model.id).or_default().push(missing);
        }
    }
    by_model
}

/// The finding on the model's row.
pub(super) fn finding(case: &Case) -> Option<Finding> {
    let first = case.missing.first()?;
    // That it ended while its campaign runs and nothing covers it says the same, and says it louder.
    let is_told = case.coupon.status == Status::Ended && case.running_campaign().is_some() && case.covered_by.is_none();
    if is_told && is_itself(case, first) {
        return None;
    }
    let starts = first.campaign.starts(case.bench.store.zone);
    let why = why(case.bench, &first.campaign.name, first.wanted, case.missing.len(), starts, "coverage-why-model");
    case.finding(FindingCode::CampaignMissing, Severity::Warning, why)
}

fn is_itself(case: &Case, missing: &Missing) -> bool {
    case.coupon.is_called(missing.wanted, case.bench.abilities.limits.code_prefix_letters)
}

fn why(bench: &Bench, campaign: &str, wanted: &str, count: usize, starts: Timestamp, id: &str) -> String {
    let zone = bench.store.zone;
    let day = day_words(bench.language, local_day(starts, zone), local_day(bench.now, zone));
    let wanted = short(wanted, 24);
    about(campaign, |campaign| {
        say!(bench.language, id, campaign = campaign, wanted = &wanted, day = &day, more = count.saturating_sub(1))
    })
}

impl Case<'_> {
    /// One at a time: a row has one suggestion, and the next export asks for the next.
    pub(super) fn make_missing(&self) -> (Advice, Route) {
        let Some(first) = self.missing.first() else {
            return suggest::NOTHING;
        };
        let (campaign, limits) = (first.campaign, &self.bench.abilities.limits);
        let (starts, until) = (campaign.starts(self.bench.store.zone), campaign.ends(self.bench.store.zone));
        let start = Some(starts).filter(|starts| limits.has_start && *starts > self.now() + limits.start_lead);
        if start.is_none() && is_itself(self, first) {
            return self.renew_or_recreate(until);
        }
        let (wanted, total) = (first.wanted.to_string(), campaign.stock);
        self.or_by_hand([Advice::RecreateAs { wanted, start, until, min_spend: self.planned_spend(campaign), total }])
    }

    /// The edge of the campaign's range, where the model's min spend lies outside it.
    fn planned_spend(&self, campaign: &Campaign) -> Option<Decimal> {
        let (range, spend) = (campaign.spend?, self.coupon.minimum.spend()?);
        let too_low = range.least.filter(|least| spend < *least);
        let edge = too_low.or_else(|| range.most.filter(|most| spend > *most))?;
        self.safe_spend(edge, Some(range))
    }
}

fn asks_for_any(bench: &Bench) -> bool {
    bench.campaigns.campaigns_in(bench.store).any(|campaign| !campaign.wanted.is_empty())
}

fn missing<'a>(bench: &Bench<'a>, coupons: &'a [Coupon], heirs: &Heirs) -> Vec<Missing<'a>> {
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for (campaign, model) in bench.campaigns.entries_for(bench.store).filter(|(campaign, _)| is_due(bench, campaign)) {
        for wanted in &campaign.wanted {
            let is_new = told.insert(wanted.to_lowercase());
            if is_new && !is_there(bench, coupons, heirs, wanted) {
                found.push(Missing { campaign, wanted, model: model_of(bench, coupons, wanted, model) });
            }
        }
    }
    found
}

fn is_due(bench: &Bench, campaign: &Campaign) -> bool {
    let zone = bench.store.zone;
    let days_before = if bench.abilities.limits.has_start { bench.policy.missing_days } else { 0 };
    let due = campaign.starts(zone).checked_sub_signed(Duration::days(days_before));
    due.is_none_or(|due| due <= bench.now) && !campaign.is_over_at(bench.now, zone)
}

/// Live, scheduled, or held by somebody (which is a finding of its own); or a successor is; or it was taken away on purpose.
fn is_there(bench: &Bench, coupons: &[Coupon], heirs: &Heirs, wanted: &str) -> bool {
    let prefix_letters = bench.abilities.limits.code_prefix_letters;
    coupons.iter().filter(|coupon| coupon.is_called(wanted, prefix_letters)).any(|coupon| match coupon.status {
        Status::Ended | Status::Trashed => {
            let on_purpose = bench.memory.on_purpose.contains_key(&(coupon.store.clone(), coupon.id.clone()));
            on_purpose || heirs.heir_of(&coupon.id).is_some()
        }
        _ => true,
    })
}

/// The ended coupon of that very name, else the most useful one that fits the plan's model.
fn model_of<'a>(bench: &Bench, coupons: &'a [Coupon], wanted: &str, model: Option<&Pattern>) -> Option<&'a Coupon> {
    let limits = &bench.abilities.limits;
    let is_model = |coupon: &&Coupon| coupon.status != Status::Trashed && coupon.owner == Owner::Seller;
    let itself = |coupon: &Coupon| coupon.is_called(wanted, limits.code_prefix_letters);
    let fits = |coupon: &Coupon| itself(coupon) || model.is_some_and(|model| model.fits(coupon));
    let usefulness = |coupon: &&Coupon| {
        let is_writable = !matches!(coupon.discount, Discount::Other(_) | Discount::BuyXGetY(_))
            && coupon.code.is_some() == (limits.code_letters_max > 0);
        let in_use = matches!(coupon.status, Status::Active | Status::Scheduled);
        (is_writable, itself(coupon), in_use, coupon.usable.ends(), coupon.id.clone())
    };
    coupons.iter().filter(is_model).filter(|coupon| fits(coupon)).max_by_key(usefulness)
}
