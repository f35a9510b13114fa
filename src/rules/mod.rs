//! What is odd: coupons, campaigns and abilities in, rows with findings and suggestions out. Pure; the clock is an argument.
//!
//! `findings` holds one function a rule, `case` what a rule may ask, `words` the length of its sentence; `campaigns` says which
//! campaign a coupon belongs to, `successors` who takes over from whom, `twins` who repeats whom, `pace` how fast a coupon goes,
//! `kept` what a manager accepts as it is, `suggest` what the platform can do about it; `stores` judges how a load went;
//! `missing` finds what the plan names and a store does not have.

mod campaigns;
mod case;
mod findings;
mod kept;
mod missing;
mod pace;
mod policy;
mod stores;
mod successors;
mod suggest;
mod twins;
mod words;

pub use campaigns::{BadPattern, Matcher, Pattern, Tie};
pub use missing::{MissingCoupon, findings_of_store, missing_coupons};
pub use policy::{Policies, Policy};
pub use stores::{LoadFacts, StoreFacts, store_findings};

use std::collections::BTreeMap;

use campaigns::Claim;
use case::Case;

use crate::domain::{
    Abilities, Advice, Campaign, Coupon, CouponId, Memory, Route, Row, RowKey, StockHistory, StockPoint, Store,
    Timestamp,
};
use crate::language::Language;

/// What one store's coupons are judged with.
pub struct Bench<'a> {
    pub store: &'a Store,
    pub abilities: &'a Abilities,
    pub policy: &'a Policy,
    pub campaigns: &'a Matcher,
    pub memory: &'a Memory,
    /// What earlier exports saw.
    pub stock: &'a StockHistory,
    pub now: Timestamp,
    /// What Why is said in.
    pub language: Language,
}

/// Judges all coupons of one store together, in the order given. Ties between campaigns are added to `ties`.
pub fn judge(bench: &Bench, coupons: Vec<Coupon>, ties: &mut Vec<Tie>) -> Vec<Row> {
    let heirs = successors::heirs(&coupons, &bench.store.id, bench.memory);
    let campaigns = campaigns_of(bench, &coupons, &heirs, ties);
    let live = live_by_campaign(&coupons, &campaigns);
    let twins = twins::twins(bench, &coupons, &heirs);
    let live_by_rules = twins::Live::of(&coupons);
    let missing = missing::by_model(bench, &coupons, &heirs);
    let judged: Vec<_> = coupons
        .iter()
        .map(|coupon| {
            let campaign = campaigns.get(&coupon.id).copied();
            let beside = campaign.and_then(|campaign| live.get(campaign.name.as_str()));
            let case = Case {
                coupon,
                campaign,
                successor: heirs.heir_of(&coupon.id),
                predecessor: heirs.model_of(&coupon.id),
                covered_by: beside.and_then(|live| live.iter().copied().find(|other| other.id != coupon.id)),
                live: &live_by_rules,
                twin: twins.get(&coupon.id).copied(),
                stock: stock_of(bench, coupon),
                missing: missing.get(&coupon.id).map_or(&[], Vec::as_slice),
                bench,
            };
            let (findings, silenced) = findings::findings_of(&case);
            let mut suggestion = suggest::suggest(&case, &findings);
            // The row is no exception any more, and says why.
            if let Some(kept) = silenced.first().filter(|_| findings.is_empty()).and_then(|first| case.kept(first)) {
                (suggestion.advice, suggestion.way) = (Advice::Leave(case.kept_words(kept)), Route::Direct);
            }
            (findings, suggestion, campaign.map(|campaign| campaign.name.clone()))
        })
        .collect();
    coupons
        .into_iter()
        .zip(judged)
        .map(|(coupon, (findings, suggestion, campaign))| Row {
            key: RowKey::of(bench.store.platform, &bench.store.shop, &coupon.id),
            money_at_risk: coupon.exposure(bench.store.currency),
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

fn stock_of<'a>(bench: &'a Bench, coupon: &Coupon) -> &'a [StockPoint] {
    let key = (coupon.store.clone(), coupon.id.clone());
    bench.stock.get(&key).map_or(&[], Vec::as_slice)
}

// The most specific match among a coupon and those it follows, its own between equals: a follow-on code may no longer fit the
// pattern of its campaign, or fit only a catch-all.
fn campaigns_of<'a>(
    bench: &'a Bench,
    coupons: &'a [Coupon],
    heirs: &successors::Heirs,
    ties: &mut Vec<Tie>,
) -> BTreeMap<&'a CouponId, &'a Campaign> {
    let own: BTreeMap<&CouponId, Claim> = coupons
        .iter()
        .filter_map(|coupon| Some((&coupon.id, bench.campaigns.claim_on(bench.store, coupon, ties)?)))
        .collect();
    let mut campaigns = BTreeMap::new();
    for coupon in coupons {
        let line = heirs.ancestors_of(&coupon.id);
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
