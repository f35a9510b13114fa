//! Quick replies for customer service: what to answer about the coupons that are in trouble now, in the language of each store.
//!
//! `trouble` says which coupons customers can meet and what they will say, `offer` which other coupon to name instead, `speech`
//! how a language says dates, money and discounts, `templates` what a reply looks like: built in, or the team's own files.
//! Only a template is read from disk; the rest is values.

mod offer;
mod speech;
mod templates;
mod trouble;

pub use speech::Tongue;
pub use templates::{BUILT_IN, FOLDER_README, Templates};

use std::collections::BTreeSet;

use minijinja::{Value, context};

use crate::domain::{Coupon, Export, Memory, Minimum, Replies, Reply, Row, Store, Timestamp};
use offer::Offers;
use speech::Speech;
use trouble::{Trouble, trouble_of};

/// A sheet that somebody reads through: more would be looked up on Coupons.
pub const REPLIES_MAX: usize = 300;

/// What replies are written from.
pub struct Writing<'a> {
    pub export: &'a Export,
    pub templates: &'a Templates,
    pub memory: &'a Memory,
    /// Whether the campaign of a row runs in its store at the time of the export.
    pub campaign_runs: &'a dyn Fn(&Store, &Row) -> bool,
    /// What a store's customers read.
    pub tongue: &'a dyn Fn(&Store) -> Tongue,
}

/// The replies, the worst [`REPLIES_MAX`] coupons where more are in trouble; and what was wrong with templates, each a sentence
/// that names its file. A template that cannot be used is replaced by the built-in one of its language, else by English.
pub fn replies(writing: &Writing) -> (Replies, Vec<String>) {
    let now = writing.export.finished;
    let mut troubles: Vec<(Trouble, &Row, &Store)> = Vec::new();
    let mut more = 0;
    for row in &writing.export.rows {
        let Some(store) = writing.export.store(&row.coupon.store) else { continue };
        let meets = || row.coupon.usable.contains(now) || (writing.campaign_runs)(store, row);
        let Some(trouble) = trouble_of(row).filter(|_| meets()) else { continue };
        // The export's own order is worst first.
        if troubles.len() < REPLIES_MAX {
            troubles.push((trouble, row, store));
        } else {
            more += 1;
        }
    }
    troubles.sort_by_key(|(trouble, ..)| trouble.situation);
    let offers = Offers::of(writing.export, writing.memory, troubles.iter().map(|(_, row, _)| *row));
    let mut problems = BTreeSet::new();
    let rows = troubles
        .into_iter()
        .filter_map(|(trouble, row, store)| {
            let facts = |speech: &Speech| facts(row, store, offers.instead_of(row), speech, now);
            let found = writing.templates.render(
                &(writing.tongue)(store),
                trouble.situation,
                trouble.code,
                &facts,
                &mut problems,
            );
            let (tongue, text) = found?;
            Some(Reply {
                situation: trouble.situation,
                row: row.key.clone(),
                store: store.id.clone(),
                label: row.coupon.label().to_string(),
                tongue,
                text,
                why: trouble.why.to_string(),
            })
        })
        .collect();
    (Replies { rows, more }, problems.into_iter().collect())
}

/// Everything that a template may name; `templates::FIELDS` lists it.
fn facts(row: &Row, store: &Store, other: Option<&Coupon>, speech: &Speech, now: Timestamp) -> Value {
    let coupon = &row.coupon;
    let starts = coupon.usable.starts();
    let ends = coupon.usable.ends();
    context! {
        has_started => starts.is_none_or(|starts| starts <= now),
        has_ended => coupon.status == crate::domain::Status::Ended || ends.is_some_and(|ends| ends <= now),
        campaign => row.campaign.as_deref().unwrap_or_default(),
        store => store.id.as_str(),
        other => other.map(|other| coupon_facts(other, store, speech, now)),
        ..coupon_facts(coupon, store, speech, now)
    }
}

fn coupon_facts(coupon: &Coupon, store: &Store, speech: &Speech, now: Timestamp) -> Value {
    let min_spend = match coupon.minimum {
        Minimum::Spend(money) if !money.is_zero() => speech.money(money),
        _ => String::new(),
    };
    context! {
        label => coupon.code.clone().unwrap_or_else(|| speech.quoted(&coupon.name)),
        code => coupon.code.as_deref().unwrap_or_default(),
        name => coupon.name.as_str(),
        discount => speech.discount(&coupon.discount),
        min_spend => min_spend,
        starts => coupon.usable.starts().map_or(String::new(), |at| speech.start(at, store.zone, now)),
        ends => coupon.usable.ends().map_or(String::new(), |at| speech.end(at, store.zone, now)),
    }
}
