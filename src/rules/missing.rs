//! What the campaign plan names and a store does not have.
//!
//! Where the store has a coupon to make it from, that coupon's row says so and suggests it; where it has none, the store itself
//! does, and a person has to make it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;

use super::campaigns::Pattern;
use super::input::JudgeInput;
use super::successors::{Successors, successors};
use crate::domain::{
    Argument, Campaign, Coupon, CouponId, Discount, Finding, FindingCode, Message, Owner, RowKey, Severity, Status,
    Timestamp, local_day,
};
use crate::message;

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
pub fn missing_coupons(input: &JudgeInput, coupons: &[Coupon]) -> Vec<MissingCoupon> {
    if !asks_for_any(input) {
        return Vec::new();
    }
    let successors = successors(coupons, &input.store.id, input.memory);
    let owned = |missing: Missing| MissingCoupon {
        campaign: missing.campaign.name.clone(),
        wanted: missing.wanted.to_string(),
        needed_from: needed_from(input, missing.campaign),
        model: missing.model.map(|model| input.key_of(model)),
    };
    missing(input, coupons, &successors).into_iter().map(owned).collect()
}

/// What no coupon of the store can be made into: a finding a campaign, on the store.
pub fn by_hand(input: &JudgeInput, coupons: &[Coupon]) -> Vec<Finding> {
    if input.policy.off.contains(&FindingCode::CampaignMissing) {
        return Vec::new();
    }
    let mut by_campaign: BTreeMap<String, Vec<MissingCoupon>> = BTreeMap::new();
    for missing in missing_coupons(input, coupons).into_iter().filter(|missing| missing.model.is_none()) {
        by_campaign.entry(missing.campaign.clone()).or_default().push(missing);
    }
    let finding = |(campaign, missing): (String, Vec<MissingCoupon>)| {
        let first = missing.first()?;
        let id = "coverage-why-by-hand";
        let why = why(id, input, &campaign, &first.wanted, first.needed_from, missing.len());
        Some(Finding { code: FindingCode::CampaignMissing, severity: Severity::Warning, why })
    };
    by_campaign.into_iter().filter_map(finding).collect()
}

/// What can be made from each coupon.
pub(super) fn by_model<'a>(
    input: &JudgeInput<'a>,
    coupons: &'a [Coupon],
    successors: &Successors,
) -> BTreeMap<&'a CouponId, Vec<Missing<'a>>> {
    let mut by_model: BTreeMap<&CouponId, Vec<Missing>> = BTreeMap::new();
    for missing in missing(input, coupons, successors) {
        if let Some(model) = missing.model {
            by_model.entry(&model.id).or_default().push(missing);
        }
    }
    by_model
}

impl Missing<'_> {
    /// Why of the first of so many that are missing. `id` says where: on the model's row or on the store.
    pub(super) fn why(&self, id: &'static str, input: &JudgeInput, count: usize) -> Message {
        why(id, input, &self.campaign.name, self.wanted, needed_from(input, self.campaign), count)
    }
}

fn why(id: &'static str, input: &JudgeInput, campaign: &str, wanted: &str, starts: Timestamp, count: usize) -> Message {
    let zone = input.store.zone;
    let day = Argument::Day { day: local_day(starts, zone), near: local_day(input.now, zone) };
    let (campaign, wanted) = (Argument::name(campaign), Argument::name(wanted));
    message!(id, campaign = campaign, wanted = wanted, day = day, more = count.saturating_sub(1))
}

/// From the first moment of its campaign on; of one that has always run, by now.
fn needed_from(input: &JudgeInput, campaign: &Campaign) -> Timestamp {
    if campaign.has_always_run() { input.now } else { campaign.starts(input.store.zone) }
}

fn asks_for_any(input: &JudgeInput) -> bool {
    input.campaigns.campaigns_in(input.store).any(|campaign| !campaign.wanted.is_empty())
}

fn missing<'a>(input: &JudgeInput<'a>, coupons: &'a [Coupon], successors: &Successors) -> Vec<Missing<'a>> {
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for (campaign, model) in input.campaigns.entries_for(input.store).filter(|(campaign, _)| is_due(input, campaign)) {
        for wanted in &campaign.wanted {
            let is_new = told.insert(wanted.to_lowercase());
            if is_new && !is_there(input, coupons, successors, wanted) {
                found.push(Missing { campaign, wanted, model: model_of(input, coupons, wanted, model) });
            }
        }
    }
    found
}

fn is_due(input: &JudgeInput, campaign: &Campaign) -> bool {
    let zone = input.store.zone;
    let days_before = if input.abilities.limits.has_start { input.policy.missing_days } else { 0 };
    let due = campaign.starts(zone).checked_sub_signed(Duration::days(days_before));
    due.is_none_or(|due| due <= input.now) && !campaign.is_over_at(input.now, zone)
}

/// Live, scheduled, or held by somebody (which is a finding of its own); or a successor is; or it was taken away on purpose.
fn is_there(input: &JudgeInput, coupons: &[Coupon], successors: &Successors, wanted: &str) -> bool {
    let prefix_letters = input.abilities.limits.code_prefix_letters;
    coupons.iter().filter(|coupon| coupon.is_called(wanted, prefix_letters)).any(|coupon| match coupon.status {
        Status::Ended | Status::Trashed => {
            let on_purpose = input.memory.on_purpose.contains_key(&(coupon.store.clone(), coupon.id.clone()));
            on_purpose || successors.successor_of(&coupon.id).is_some()
        }
        Status::Scheduled | Status::Active | Status::Paused | Status::InReview | Status::Rejected | Status::Unknown => {
            true
        }
    })
}

/// The ended coupon of that very name, else the most useful one that fits the plan's model.
fn model_of<'a>(
    input: &JudgeInput,
    coupons: &'a [Coupon],
    wanted: &str,
    model: Option<&Pattern>,
) -> Option<&'a Coupon> {
    let limits = &input.abilities.limits;
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
