//! What is odd: coupons, campaigns and abilities in, rows with findings and suggestions out. Pure; the clock is an argument.
//!
//! `findings` holds one function a rule, `context` what a rule may ask, `words` the length of its sentence; `campaigns` says which
//! campaign a coupon belongs to, `cover` who stands in for it there, `successors` who takes over from whom, `duplicates` who repeats whom,
//! `repeats` which suggestions would make it so, `second_look` which would bring another about (`accepted` says what a suggestion makes of a
//! coupon, `groups` whom that may concern), `pace` how fast a coupon goes,
//! `kept` what a manager accepts as it is, `suggest` what the platform can do about it, `amounts` how much; `stores` judges how a load went;
//! `missing` finds what the plan names and a store does not have; `usable` says whether buyers can use a coupon, and why not.
//! `news` says what of an export is to be told to whom.

#![warn(clippy::wildcard_enum_match_arm)]

mod accepted;
mod allowed_less;
mod amounts;
mod campaigns;
mod context;
mod cover;
mod duplicates;
mod findings;
mod groups;
mod input;
mod kept;
mod likeness;
mod missing;
mod news;
mod pace;
mod policy;
mod possible;
mod repeats;
mod second_look;
mod store_campaigns;
mod stores;
mod successors;
mod suggest;
mod usable;

pub use allowed_less::{ASKED_MAX, allowed_less};
pub use campaigns::{BadPattern, Matcher, Pattern, Tie};
pub use input::JudgeInput;
pub use missing::{MissingCoupon, by_hand, missing_coupons};
pub use news::{NAMED_MAX, News, NewsInput, export_news};
pub use policy::{Policies, Policy};
pub use store_campaigns::findings_by_campaigns;
pub use stores::{LoadFacts, StoreFacts, store_findings};
pub use usable::{CanUse, Usable, usable};

use std::collections::{BTreeMap, BTreeSet};

use campaigns::Claim;
use context::CouponContext;
use cover::{Cover, Covers};
use duplicates::{Doubles, Live};
use suggest::Suggested;

use crate::domain::{
    Advice, Campaign, Coupon, CouponId, Finding, FindingCode, Message, Route, Row, Status, StoreId, Suggestion, Urgency,
};
use crate::message;

/// What becomes a row beside its coupon.
struct Judged {
    findings: Vec<Finding>,
    suggestion: Suggestion,
    /// What each further advice of the suggestion answers.
    also_answers: Vec<FindingCode>,
    campaign: Option<String>,
}

impl Judged {
    fn of(context: &CouponContext) -> Self {
        let (mut findings, silenced) = findings::findings_of(context);
        let Suggested { mut suggestion, answers, also_answers } = suggest::suggest(context, &findings);
        // The finding that the suggestion answers speaks first: Why explains what stands beside it.
        if let Some(place) = answers {
            findings.get_mut(..=place).into_iter().for_each(|first| first.rotate_right(1));
        }
        findings::leave_out_what_is_over(&mut findings, &suggestion);
        // The row is no exception any more, and says why.
        if let Some(kept) = silenced.first().filter(|_| findings.is_empty()).and_then(|first| context.kept(first)) {
            (suggestion.advice, suggestion.way) = (Advice::Leave(context.why_kept(kept)), Route::Direct);
        }
        Self { findings, suggestion, also_answers, campaign: context.campaign.map(|campaign| campaign.name.clone()) }
    }

    /// Lets the first finding explain all parts of the suggestion: those that another finding gave are named behind it.
    fn explain(&mut self) {
        // What was taken back of it answers nothing.
        self.also_answers.truncate(self.suggestion.also.len());
        let Some(first) = self.findings.first_mut().filter(|_| !self.also_answers.is_empty()) else { return };
        let mut named = vec![first.code];
        for code in &self.also_answers {
            if !named.contains(code) {
                named.push(*code);
            }
        }
        let names: Vec<Message> = named.iter().map(|code| code.message()).collect();
        if let [_, further @ ..] = names.as_slice()
            && !further.is_empty()
        {
            let wordings = std::iter::successors(Some(&first.why), |why| why.shorter());
            let with_further = wordings.map(|why| message!("rules-why-and", why = why, also = further.to_vec()));
            let by_names = message!("rules-why-and-shortly", all = names.clone());
            let wording = with_further.chain([by_names]).reduce(Message::or_shorter);
            first.why = wording.unwrap_or_else(|| first.why.clone());
        }
    }

    /// Nothing of it is sent; the finding that would have been answered says `why`.
    fn leave_to_a_person(&mut self, why: Message) {
        let Suggestion { renew_until, restock_by, .. } = self.suggestion;
        let (advice, way) = (Advice::OpenPage, Route::ByHand);
        self.suggestion = Suggestion { advice, way, renew_until, restock_by, ..Suggestion::nothing() };
        if let Some(first) = self.findings.first_mut() {
            first.why = why;
        }
    }
}

/// Judges all coupons of one store together, in the order given. Ties between campaigns are added to `ties`.
pub fn judge(input: &JudgeInput, coupons: Vec<Coupon>, ties: &mut Vec<Tie>) -> Vec<Row> {
    let mut judged = look(input, &coupons, ties);
    second_look::withhold(input, &coupons, &mut judged);
    coupons
        .into_iter()
        .zip(judged)
        .map(|(coupon, mut judged)| {
            judged.explain();
            Row {
                key: input.key_of(&coupon),
                money_at_risk: coupon.exposure_at(input.store.currency, input.now),
                read_at: None,
                coupon,
                campaign: judged.campaign,
                suggestion: judged.suggestion,
                findings: judged.findings,
            }
        })
        .collect()
}

/// The coupons as they are, whatever comes of what is suggested.
fn look(input: &JudgeInput, coupons: &[Coupon], ties: &mut Vec<Tie>) -> Vec<Judged> {
    let successors = successors::successors(coupons, &input.store.id, input.memory);
    let (campaigns, tied_by_terms) = campaigns_of(input, coupons, &successors, ties);
    let doubles = Doubles { input, campaigns: &campaigns, successors: &successors };
    let duplicates = duplicates::duplicates(&doubles, coupons);
    let missing = missing::by_model(input, coupons, &successors);
    let nobody = Live::default();
    let alone = |coupon| CouponContext {
        coupon,
        campaign: campaigns.get(&coupon.id).copied(),
        is_tied_by_terms: tied_by_terms.contains(&coupon.id),
        successor: successors.successor_of(&coupon.id),
        predecessor: successors.predecessor_of(&coupon.id),
        looks_yield: false,
        cover: Cover::default(),
        live: &nobody,
        duplicate_of: duplicates.get(&coupon.id).copied(),
        stock: input.stock_of(coupon),
        missing: missing.get(&coupon.id).map_or(&[], Vec::as_slice),
        input,
    };
    let is_sound = |coupon| findings::has_sound_terms(&alone(coupon)) && !duplicates.contains_key(&coupon.id);
    let covers = Covers::of(coupons, &campaigns, is_sound);
    let live = Live::of(coupons, is_sound);
    let judge_one = |coupon, looks_yield| {
        let alone = alone(coupon);
        let cover = alone.campaign.map(|campaign| covers.in_campaign(&campaign.name)).unwrap_or_default();
        Judged::of(&CouponContext { cover, live: &live, looks_yield, ..alone })
    };
    let mut judged: Vec<Judged> = coupons.iter().map(|coupon| judge_one(coupon, false)).collect();
    let is_helped = |judged: &&Judged| judged.suggestion.advice.action().is_some();
    let helped: BTreeSet<String> = judged.iter().filter(is_helped).filter_map(|it| it.campaign.clone()).collect();
    for (coupon, judged) in coupons.iter().zip(&mut judged) {
        let campaign_is_helped = judged.campaign.as_ref().is_some_and(|campaign| helped.contains(campaign));
        if judged.suggestion.advice == Advice::OpenPage && campaign_is_helped {
            *judged = judge_one(coupon, true);
        }
    }
    repeats::withhold(&doubles, coupons, &duplicates, &mut judged);
    judged
}

/// The most urgent first, then by store and code.
pub fn order_for_display(rows: &mut [Row]) {
    // By their places, so that no row is copied before its place is known: of a million rows the words alone would be a quarter of a
    // gigabyte.
    let key = |row: &Row| (Urgency::of(row), is_history(row));
    fn words(row: &Row) -> (&StoreId, &str, &CouponId) {
        (&row.coupon.store, row.coupon.label(), &row.coupon.id)
    }
    let mut order: Vec<_> = rows.iter().map(|row| (key(row), row)).enumerate().collect();
    order.sort_by(|(_, (one, row)), (_, (other, of_other))| {
        one.cmp(other).then_with(|| words(row).cmp(&words(of_other)))
    });
    let mut order: Vec<usize> = order.into_iter().map(|(place, _)| place).collect();
    for place in 0..rows.len() {
        // What stood there first may have been moved on already.
        let mut from = order.get(place).copied().unwrap_or(place);
        while from < place {
            from = order.get(from).copied().unwrap_or(place);
        }
        if let Some(known) = order.get_mut(place) {
            *known = from;
        }
        rows.swap(place, from);
    }
}

/// What has ended stands behind what is in use.
fn is_history(row: &Row) -> bool {
    matches!(row.coupon.status, Status::Ended | Status::Trashed)
}

// The most specific match among a coupon and those it follows, its own between equals: a follow-on code may no longer fit the
// pattern of its campaign, or fit only a catch-all. The second are those that only dates and terms tell to follow another, and these.
fn campaigns_of<'a>(
    input: &'a JudgeInput,
    coupons: &'a [Coupon],
    successors: &successors::Successors<'a>,
    ties: &mut Vec<Tie>,
) -> (BTreeMap<&'a CouponId, &'a Campaign>, BTreeSet<&'a CouponId>) {
    let own: BTreeMap<&CouponId, Claim> = coupons
        .iter()
        .filter_map(|coupon| Some((&coupon.id, input.campaigns.claim_on(input.store, coupon, ties)?)))
        .collect();
    let (mut campaigns, mut tied_by_terms) = (BTreeMap::new(), BTreeSet::new());
    for coupon in coupons {
        let line = successors.ancestors_of(&coupon.id);
        let claims = std::iter::once(&coupon.id).chain(line.iter().map(|model| &model.id)).filter_map(|id| own.get(id));
        // The first of the most specific: `min_by_key` keeps the first, `max_by_key` the last.
        let Some(claim) = claims.min_by_key(|claim| std::cmp::Reverse(claim.letters)) else { continue };
        campaigns.insert(&coupon.id, claim.campaign);
        let is_its_own = own.get(&coupon.id).is_some_and(|own| own.campaign.name == claim.campaign.name);
        if !is_its_own && !input.memory.successors.contains_key(&(coupon.store.clone(), coupon.id.clone())) {
            tied_by_terms.extend(std::iter::once(&coupon.id).chain(line.iter().map(|model| &model.id)));
        }
    }
    (campaigns, tied_by_terms)
}
