//! Quick replies for customer service: what to answer about the coupons that are in trouble now, in the language of each store.
//!
//! `trouble` says which coupons customers can meet and what they will say, `offer` which other coupon to name instead, `language_tag`
//! names languages, `speech` how one says dates, money and discounts, `templates` what a reply looks like: built in, or the team's own files (`team_file`, which other texts of the team's are read by too).
//! Only a template is read from disk; the rest is values.

mod language_tag;
mod offer;
mod speech;
pub mod team_file;
mod templates;
mod trouble;

pub use language_tag::LanguageTag;
pub use offer::instead_of;
pub use templates::{FOLDER_README, Templates, built_in};

use minijinja::{Value, context};

use crate::domain::{
    Coupon, Export, FindingCode, Memory, Minimum, Notice, Replies, Reply, Row, Situation, Status, Store, Timestamp,
};
use offer::Offers;
use speech::{Speech, ends_with_day};
use trouble::{Trouble, trouble_of};

/// A sheet that somebody reads through: more would be looked up on Coupons.
pub const REPLIES_MAX: usize = 300;

/// What replies are written from.
pub struct ReplyInput<'a> {
    pub export: &'a Export,
    pub templates: &'a Templates,
    pub memory: &'a Memory,
    /// Whether the campaign of a row runs in its store at the time of the export.
    pub campaign_runs: &'a dyn Fn(&Store, &Row) -> bool,
    /// What a store's customers read.
    pub language: &'a dyn Fn(&Store) -> LanguageTag,
}

/// The replies, the worst [`REPLIES_MAX`] coupons where more are in trouble; and what was wrong with templates. A template that cannot be used is replaced by the built-in one of its language, else by English.
pub fn replies(input: &ReplyInput) -> (Replies, Vec<Notice>) {
    let now = input.export.finished;
    let mut troubles: Vec<(Trouble, &Row, &Store)> = Vec::new();
    let mut more = 0;
    for row in input.export.rows.iter() {
        let Some(store) = input.export.store(&row.coupon.store) else { continue };
        let meets = || row.coupon.usable.contains(now) || (input.campaign_runs)(store, row);
        let Some(trouble) = trouble_of(row).filter(|_| meets()) else { continue };
        // The export's own order is worst first.
        if troubles.len() < REPLIES_MAX {
            troubles.push((trouble, row, store));
        } else {
            more += 1;
        }
    }
    troubles.sort_by_key(|(trouble, ..)| trouble.situation);
    let offers = Offers::of(input.export, input.memory, troubles.iter().map(|(_, row, _)| *row));
    let mut notices = Vec::new();
    let rows = troubles
        .into_iter()
        .filter_map(|(trouble, row, store)| {
            let asked = Question {
                coupon: &row.coupon,
                campaign: row.campaign.as_deref(),
                store,
                situation: trouble.situation,
                code: Some(trouble.code),
                other: offers.instead_of(row),
                has_terms: false,
                now,
            };
            let (language, text) = answer(&asked, input.templates, &(input.language)(store), &mut notices)?;
            Some(Reply {
                situation: trouble.situation,
                row: row.key.clone(),
                store: store.id.clone(),
                label: row.coupon.label().to_string(),
                language,
                text,
                why: trouble.why,
            })
        })
        .collect();
    (Replies { rows, more }, notices)
}

/// What a customer asks about one coupon.
pub struct Question<'a> {
    pub coupon: &'a Coupon,
    /// As the plan calls it.
    pub campaign: Option<&'a str>,
    pub store: &'a Store,
    pub situation: Situation,
    /// The finding whose own template goes before the situation's.
    pub code: Option<FindingCode>,
    /// Another coupon to offer: one that works at `now`.
    pub other: Option<&'a Coupon>,
    /// Whether it asks for more than its min spend.
    pub has_terms: bool,
    pub now: Timestamp,
}

/// The reply with the tag of its language; none where no template can be used. What was wrong with templates is added to `notices`.
pub fn answer(
    question: &Question,
    templates: &Templates,
    language: &LanguageTag,
    notices: &mut Vec<Notice>,
) -> Option<(String, String)> {
    templates.render(language, question.situation, question.code, &|speech| facts(question, speech), notices)
}

/// Everything that a template may name; `templates::FIELDS` lists it.
fn facts(question: &Question, speech: &Speech) -> Value {
    let Question { coupon, campaign, store, other, has_terms, now, .. } = *question;
    let starts = coupon.usable.starts();
    let ends = coupon.usable.ends();
    let claim_is_over = coupon.works_for_holders_until(now).is_some();
    context! {
        has_started => starts.is_none_or(|starts| starts <= now),
        has_ended => !claim_is_over && (coupon.status == Status::Ended || ends.is_some_and(|ends| ends <= now)),
        claim_is_over,
        counts_uses => coupon.counts_uses(),
        has_terms => has_terms,
        campaign => campaign.unwrap_or_default(),
        store => store.id.as_str(),
        other => other.map(|other| coupon_facts(other, store, speech, now)),
        ..coupon_facts(coupon, store, speech, now)
    }
}

fn coupon_facts(coupon: &Coupon, store: &Store, speech: &Speech, now: Timestamp) -> Value {
    let min_spend = match coupon.minimum {
        Minimum::Spend(money) if !money.is_zero() => speech.money(money),
        Minimum::Spend(_) | Minimum::None | Minimum::Quantity(_) | Minimum::NotKnown => String::new(),
    };
    context! {
        label => coupon.code.clone().unwrap_or_else(|| speech.quoted(&coupon.name)),
        code => coupon.code.as_deref().unwrap_or_default(),
        name => coupon.name.as_str(),
        discount => speech.discount(&coupon.discount),
        min_spend => min_spend,
        starts => coupon.usable.starts().map_or(String::new(), |at| speech.start(at, store.zone, now)),
        ends => coupon.usable.ends().map_or(String::new(), |at| speech.end(at, store.zone, now)),
        ends_with_day => coupon.usable.ends().is_some_and(|at| ends_with_day(at, store.zone)),
    }
}
