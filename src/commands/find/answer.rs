//! What is told of one coupon: whether buyers can use it, what is done about it, what to reply.

use std::collections::{BTreeMap, BTreeSet};

use super::doing::{Doing, Doings};
use super::live::{Asked, Live};
use super::past::{Hit, Now, Past};
use crate::commands::context::Context;
use crate::commands::export::choices;
use crate::commands::say;
use crate::domain::{Coupon, Memory, Message, Notice, Row, Status, StoreId, Timestamp};
use crate::export::Choices;
use crate::failure::Failure;
use crate::replies::{LanguageTag, Question, answer, instead_of};
use crate::rules::{CanUse, Usable, usable};
use crate::settings::Settings;

/// So many are looked at for one to offer instead.
const OFFERS_ASKED_MAX: usize = 3;

/// Of every coupon that is told of.
pub struct Answers {
    pub answers: Vec<Answer>,
    /// How many more the word means.
    pub more: usize,
    pub stores_asked: usize,
    pub not_reached: BTreeMap<StoreId, Message>,
    /// Why nobody knows what is done about them; none where that is known.
    pub doing_unknown: Option<String>,
}

pub struct Answer {
    pub hit: Hit,
    pub usable: Usable,
    /// When what is told was so.
    pub as_of: Timestamp,
    pub doing: Vec<Doing>,
    pub reply: Option<ReadyReply>,
}

/// For the customer, in the shop's language.
pub struct ReadyReply {
    pub language: String,
    pub text: String,
    /// The coupon that it offers instead.
    pub other: Option<String>,
}

/// Whom and what the answers are made with.
struct Answering<'a, 'c> {
    settings: &'a Settings,
    past: &'a Past,
    live: Live<'c>,
    choices: Choices<'a>,
    doings: Doings,
    now: Timestamp,
}

pub async fn answers(
    context: &Context<'_>,
    settings: &Settings,
    past: &Past,
    asked: Asked,
    live: Live<'_>,
) -> Result<Answers, Failure> {
    let now = context.now();
    let stores: BTreeSet<StoreId> = asked.hits.iter().map(|hit| hit.store.id.clone()).collect();
    let doings = Doings::read(context, settings, &stores, now);
    let answering = Answering { settings, past, live, choices: choices(settings), doings, now };
    let mut notices = answering.choices.template_notices.clone();
    let mut answers = Vec::with_capacity(asked.hits.len());
    for mut hit in asked.hits {
        if hit.seen.is_none() {
            hit.seen = past.row(&hit)?;
        }
        answers.push(answering.answer(hit, &mut notices).await?);
    }
    notices.iter().for_each(|notice| context.note(&say::notice(notice)));
    let (exact, parts) = past.counts();
    let meant = if exact > 0 { exact } else { parts };
    let more = if asked.more > 0 { asked.more } else { meant.saturating_sub(answers.len()) };
    let (stores_asked, not_reached) = (asked.stores, asked.not_reached);
    Ok(Answers { answers, more, stores_asked, not_reached, doing_unknown: answering.doings.unknown })
}

impl Answering<'_, '_> {
    async fn answer(&self, hit: Hit, notices: &mut Vec<Notice>) -> Result<Answer, Failure> {
        let as_of = match &hit.now {
            Now::Shown { file: Some((as_of, _)), .. } => *as_of,
            Now::Shown { .. } | Now::Gone => self.now,
            Now::NotAsked | Now::NotReached(_) => hit.seen.as_ref().map_or(self.now, |seen| seen.at),
        };
        // Dates go on by themselves, whenever the rest was seen.
        let usable = self.usable(hit.coupon(), &hit);
        let doing = self.doings.about(&hit, self.now);
        let reply = self.reply(&hit, &usable, notices).await?;
        Ok(Answer { hit, usable, as_of, doing, reply })
    }

    fn usable(&self, coupon: Option<&Coupon>, hit: &Hit) -> Usable {
        usable(coupon, &hit.store, self.settings.platforms.abilities(hit.store.platform), self.now)
    }

    async fn reply(
        &self,
        hit: &Hit,
        usable: &Usable,
        notices: &mut Vec<Notice>,
    ) -> Result<Option<ReadyReply>, Failure> {
        let (Some((situation, code)), Some(coupon)) = (usable.answer, hit.last_known()) else { return Ok(None) };
        // What is gone has ended, whatever its dates were.
        let gone = Coupon { status: Status::Ended, usable: no_end(coupon), claimable: None, ..coupon.clone() };
        let is_gone = hit.coupon().is_none_or(|coupon| coupon.status == Status::Trashed);
        let other = if usable.can_use == CanUse::Yes { None } else { self.other(hit).await? };
        let store = &hit.store;
        let language = self.choices.reply_languages.get(&store.id).cloned();
        let language = language.unwrap_or_else(|| LanguageTag::of(store, None));
        let question = Question {
            coupon: if is_gone { &gone } else { coupon },
            campaign: hit.seen.as_ref().and_then(|seen| seen.row.campaign.as_deref()),
            store,
            situation,
            code,
            other: other.as_ref(),
            has_terms: has_terms(usable),
            now: self.now,
        };
        let text = answer(&question, &self.choices.templates, &language, notices);
        let other = other.as_ref().map(|other| other.label().to_string());
        Ok(text.map(|(language, text)| ReadyReply { language, text, other }))
    }

    /// Another coupon that works: as its store shows it now, or as the archive has it where nobody is asked.
    async fn other(&self, hit: &Hit) -> Result<Option<Coupon>, Failure> {
        let Some(seen) = hit.seen.as_ref().filter(|_| !matches!(hit.now, Now::NotReached(_))) else { return Ok(None) };
        let rows: Vec<Row> =
            self.past.others(&hit.store.id, seen.row.campaign.as_deref())?.into_iter().map(|other| other.row).collect();
        let nothing = Memory::default();
        let memory = self.doings.memory(&hit.store.id).unwrap_or(&nothing);
        for row in instead_of(&seen.row, &rows, memory, self.now).into_iter().take(OFFERS_ASKED_MAX) {
            let found = match self.live.connections {
                Some(_) => self.live.get(&hit.store.id, &row.coupon.id).await,
                None => Some(row.coupon.clone()),
            };
            // Somebody may have changed it since its findings were judged.
            let works = |coupon: &Coupon| {
                coupon.same_rules(&row.coupon) && self.usable(Some(coupon), hit).can_use == CanUse::Yes
            };
            if let Some(found) = found.filter(works) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

fn no_end(coupon: &Coupon) -> crate::domain::Period {
    crate::domain::Period::new(coupon.usable.starts(), None).unwrap_or(coupon.usable)
}

/// Whether it asks for more than its min spend.
fn has_terms(usable: &Usable) -> bool {
    let is_more = |term: &Message| !matches!(term.id(), "terms-min-spend" | "terms-left-unknown");
    usable.terms.iter().any(is_more)
}
