//! What is odd: coupons, campaigns and abilities in, rows with findings and suggestions out. Pure; the clock is an argument.
//!
//! `findings` holds one function a rule, `context` what a rule may ask, `words` the length of its sentence; `campaigns` says which
//! campaign a coupon belongs to, `cover` who stands in for it there, `successors` who takes over from whom, `duplicates` who repeats whom, `pace` how fast a coupon goes,
//! `kept` what a manager accepts as it is, `suggest` what the platform can do about it; `stores` judges how a load went;
//! `missing` finds what the plan names and a store does not have.

#![warn(clippy::wildcard_enum_match_arm)]

mod campaigns;
mod context;
mod cover;
mod duplicates;
mod findings;
mod input;
mod kept;
mod missing;
mod pace;
mod policy;
mod possible;
mod store_campaigns;
mod stores;
mod successors;
mod suggest;

pub use campaigns::{BadPattern, Matcher, Pattern, Tie};
pub use input::JudgeInput;
pub use missing::{MissingCoupon, by_hand, missing_coupons};
pub use policy::{Policies, Policy};
pub use store_campaigns::findings_by_campaigns;
pub use stores::{LoadFacts, StoreFacts, store_findings};

use std::collections::BTreeMap;

use campaigns::Claim;
use context::CouponContext;
use cover::{Cover, Covers};

use crate::domain::{Advice, Campaign, Coupon, CouponId, Route, Row, Status, Urgency};

/// Judges all coupons of one store together, in the order given. Ties between campaigns are added to `ties`.
pub fn judge(input: &JudgeInput, coupons: Vec<Coupon>, ties: &mut Vec<Tie>) -> Vec<Row> {
    let successors = successors::successors(&coupons, &input.store.id, input.memory);
    let campaigns = campaigns_of(input, &coupons, &successors, ties);
    let duplicates = duplicates::duplicates(input, &coupons, &campaigns, &successors);
    let live_by_rules = duplicates::Live::of(&coupons);
    let missing = missing::by_model(input, &coupons, &successors);
    let context = |coupon, cover| CouponContext {
        coupon,
        campaign: campaigns.get(&coupon.id).copied(),
        successor: successors.successor_of(&coupon.id),
        predecessor: successors.predecessor_of(&coupon.id),
        cover,
        live: &live_by_rules,
        duplicate_of: duplicates.get(&coupon.id).copied(),
        stock: input.stock_of(coupon),
        missing: missing.get(&coupon.id).map_or(&[], Vec::as_slice),
        input,
    };
    let covers =
        Covers::of(&coupons, &campaigns, |coupon| findings::has_sound_terms(&context(coupon, Cover::default())));
    let judged: Vec<_> = coupons
        .iter()
        .map(|coupon| {
            let campaign = campaigns.get(&coupon.id).copied();
            let cover = campaign.map(|campaign| covers.in_campaign(&campaign.name)).unwrap_or_default();
            let context = context(coupon, cover);
            let (mut findings, silenced) = findings::findings_of(&context);
            let (mut suggestion, by) = suggest::suggest(&context, &findings);
            // The finding that the suggestion answers speaks first: Why explains what stands beside it.
            if let Some(place) = by {
                findings.get_mut(..=place).into_iter().for_each(|first| first.rotate_right(1));
            }
            findings::leave_out_what_is_over(&mut findings, &suggestion);
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
            money_at_risk: coupon.exposure_at(input.store.currency, input.now),
            read_at: None,
            coupon,
            campaign,
            findings,
            suggestion,
        })
        .collect()
}

/// The most urgent first, then by store and code.
pub fn order_for_display(rows: &mut [Row]) {
    rows.sort_by_cached_key(|row| {
        let Coupon { store, id, .. } = &row.coupon;
        (Urgency::of(row), is_history(row), store.clone(), row.coupon.label().to_string(), id.clone())
    });
}

/// What has ended stands behind what is in use.
fn is_history(row: &Row) -> bool {
    matches!(row.coupon.status, Status::Ended | Status::Trashed)
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
