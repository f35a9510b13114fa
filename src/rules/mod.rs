//! What is odd: coupons, campaigns and abilities in, rows with findings and suggestions out. Pure; the clock is an argument.
//!
//! `findings` holds one function a rule, `context` what a rule may ask, `words` the length of its sentence; `campaigns` says which
//! campaign a coupon belongs to, `successors` who takes over from whom, `duplicates` who repeats whom, `pace` how fast a coupon goes,
//! `kept` what a manager accepts as it is, `suggest` what the platform can do about it; `stores` judges how a load went;
//! `missing` finds what the plan names and a store does not have.

#![warn(clippy::wildcard_enum_match_arm)]

mod campaigns;
mod context;
mod duplicates;
mod findings;
mod input;
mod kept;
mod missing;
mod pace;
mod policy;
mod stores;
mod successors;
mod suggest;

pub use campaigns::{BadPattern, Matcher, Pattern, Tie};
pub use input::JudgeInput;
pub use missing::{MissingCoupon, findings_of_store, missing_coupons};
pub use policy::{Policies, Policy};
pub use stores::{LoadFacts, StoreFacts, store_findings};

use std::collections::BTreeMap;

use campaigns::Claim;
use context::CouponContext;

use crate::domain::{Advice, Campaign, Coupon, CouponId, Route, Row, Timestamp};

/// Judges all coupons of one store together, in the order given. Ties between campaigns are added to `ties`.
pub fn judge(input: &JudgeInput, coupons: Vec<Coupon>, ties: &mut Vec<Tie>) -> Vec<Row> {
    let successors = successors::successors(&coupons, &input.store.id, input.memory);
    let campaigns = campaigns_of(input, &coupons, &successors, ties);
    let live = live_by_campaign(&coupons, &campaigns);
    let duplicates = duplicates::duplicates(input, &coupons, &successors);
    let live_by_rules = duplicates::Live::of(&coupons);
    let missing = missing::by_model(input, &coupons, &successors);
    let judged: Vec<_> = coupons
        .iter()
        .map(|coupon| {
            let campaign = campaigns.get(&coupon.id).copied();
            let beside = campaign.and_then(|campaign| live.get(campaign.name.as_str()));
            let context = CouponContext {
                coupon,
                campaign,
                successor: successors.successor_of(&coupon.id),
                predecessor: successors.predecessor_of(&coupon.id),
                covered_by: beside.and_then(|live| live.iter().copied().find(|other| other.id != coupon.id)),
                live: &live_by_rules,
                duplicate_of: duplicates.get(&coupon.id).copied(),
                stock: input.stock_of(coupon),
                missing: missing.get(&coupon.id).map_or(&[], Vec::as_slice),
                input,
            };
            let (findings, silenced) = findings::findings_of(&context);
            let mut suggestion = suggest::suggest(&context, &findings);
            // The row is no exception any more, and says why.
            if let Some(kept) = silenced.first().filter(|_| findings.is_empty()).and_then(|first| context.kept(first)) {
                (suggestion.advice, suggestion.way) = (Advice::Leave(context.why_kept(kept)), Route::Direct);
            }
            (findings, suggestion, campaign.map(|campaign| campaign.name.clone()))
        })
        .collect();
    coupons
        .into_iter()
        .zip(judged)
        .map(|(coupon, (findings, suggestion, campaign))| Row {
            key: input.key_of(&coupon),
            money_at_risk: coupon.exposure(input.store.currency),
            coupon,
            campaign,
            findings,
            suggestion,
        })
        .collect()
}

/// Exceptions first: severity, then what ends first, then store and code.
pub fn order_for_display(rows: &mut [Row]) {
    rows.sort_by(|one, other| {
        let ends = |row: &Row| row.coupon.usable.ends().unwrap_or(Timestamp::MAX_UTC);
        other
            .severity()
            .cmp(&one.severity())
            .then_with(|| ends(one).cmp(&ends(other)))
            .then_with(|| one.coupon.store.cmp(&other.coupon.store))
            .then_with(|| one.coupon.label().cmp(other.coupon.label()))
            .then_with(|| one.coupon.id.cmp(&other.coupon.id))
    });
}

// The most specific match among a coupon and those it follows, its own between equals: a follow-on code may no longer fit the
// pattern of its campaign, or fit only a catch-all.
fn campaigns_of<'a>(
    input: &'a JudgeInput,
    coupons: &'a [Coupon],
    successors: &successors::Successors,
    ties: &mut Vec<Tie>,
) -> BTreeMap<&'a CouponId, &'a Campaign> {
    let own: BTreeMap<&CouponId, Claim> = coupons
        .iter()
        .filter_map(|coupon| Some((&coupon.id, input.campaigns.claim_on(input.store, coupon, ties)?)))
        .collect();
    let mut campaigns = BTreeMap::new();
    for coupon in coupons {
        let line = successors.ancestors_of(&coupon.id);
        let claims = std::iter::once(&coupon.id).chain(line.iter().map(|model| &model.id)).filter_map(|id| own.get(id));
        // The first of the most specific: `min_by_key` keeps the first, `max_by_key` the last.
        if let Some(claim) = claims.min_by_key(|claim| std::cmp::Reverse(claim.letters)) {
            campaigns.insert(&coupon.id, claim.campaign);
        }
    }
    campaigns
}

// Two are enough to know whether another than oneself is there.
fn live_by_campaign<'a>(
    coupons: &'a [Coupon],
    campaigns: &BTreeMap<&CouponId, &'a Campaign>,
) -> BTreeMap<&'a str, Vec<&'a Coupon>> {
    let mut live: BTreeMap<&str, Vec<&Coupon>> = BTreeMap::new();
    for coupon in coupons.iter().filter(|coupon| coupon.is_live()) {
        if let Some(campaign) = campaigns.get(&coupon.id) {
            let known = live.entry(campaign.name.as_str()).or_default();
            if known.len() < 2 {
                known.push(coupon);
            }
        }
    }
    live
}
