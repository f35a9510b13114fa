//! What an intent becomes on its platform: a change, nothing to do, by hand, a conflict, or a refusal.
//!
//! Three-way for every row: the value at export, what is wanted, the value live now. Wanted already there is "already done";
//! live unlike both is a conflict; everything else is a change whose steps carry `before` and `after`.
//! `values` changes what a coupon says, `standing` whether it can be used, `copies` makes new ones.

mod copies;
mod standing;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use super::Verdict;
use super::by_hand::{About, Deed, HandWork};
use super::drafts::Copy;
use super::intent::{Intent, Refusal, Wish};
use super::words::{alternative, found_words, minimum_words, status_words, total_words, wanted_words};
use crate::domain::{
    Abilities, Ability, Change, Coupon, CouponId, ExpectedState, Keeping, Memory, Minimum, Operation, Owner, Route,
    Row, Start, Status, Step, Store, StoreId, Timestamp, Verb,
};
use crate::language::{Language, end_words, instant_words};
use crate::say;

/// What the platforms show now.
#[derive(Debug, Default)]
pub struct Present {
    /// Every touched coupon; none inside means that the platform says there is no such coupon.
    pub coupons: BTreeMap<(StoreId, CouponId), Option<Coupon>>,
    /// All coupons of a store, where a copy is to be made in it.
    pub listings: BTreeMap<StoreId, Vec<Coupon>>,
    /// Stores that could not be asked, with the reason.
    pub failed: BTreeMap<StoreId, String>,
}

/// What an earlier run wrote down about the same decision.
#[derive(Debug, Clone)]
pub enum Past {
    /// Begun and not settled: the very change, to be taken up again.
    Begun(Box<Change>),
    /// Done: in English, and in the language of the team's workbooks where that is another.
    Settled { said: Settlement, told: Option<Settlement> },
}

/// What came of an earlier decision, and by whom and when, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    pub what: String,
    pub by: String,
}

/// What one row is resolved with.
pub struct Scene<'a> {
    pub store: &'a Store,
    pub abilities: &'a Abilities,
    /// The config asks for deletion without the bin.
    pub delete_permanently: bool,
    pub present: &'a Present,
    pub memory: &'a Memory,
    pub past: Option<&'a Past>,
    pub hand_work: &'a HandWork<'a>,
    pub now: Timestamp,
    /// What the verdict is said in.
    pub language: Language,
}

/// `taken` collects the codes of the store in capitals, those of this plan included.
pub fn resolve(scene: &Scene, row: &Row, intent: &Intent, taken: &mut BTreeSet<String>) -> Verdict {
    match scene.past {
        Some(Past::Settled { said, told }) => {
            let twin = told.as_ref().filter(|_| scene.language != Language::ENGLISH);
            let Settlement { what, by } = twin.unwrap_or(said).clone();
            return Verdict::AlreadyDone { why: what, by: Some(by) };
        }
        Some(Past::Begun(change)) => return Verdict::Change { change: change.clone(), resumes: true },
        None => {}
    }
    let mut view = View { scene, row, intent, live: None };
    match &intent.wish {
        Wish::ByHand { .. } => return view.page_only(),
        Wish::Keep { note, until } => return view.kept(note, *until),
        _ => {}
    }
    if let Some(reason) = scene.present.failed.get(&scene.store.id) {
        let language = scene.language;
        let reason = say!(language, "results-store-not-asked", reason = reason);
        return refused(reason, language.say("results-next-mend-plan"));
    }
    // Not asked for is not the same as gone.
    let Some(found) = scene.present.coupons.get(&(scene.store.id.clone(), row.coupon.id.clone())) else {
        return view.refused("results-not-loaded", "results-next-plan");
    };
    view.live = found.as_ref();
    view.verdict(taken).unwrap_or_else(|stop| stop)
}

struct View<'a> {
    scene: &'a Scene<'a>,
    row: &'a Row,
    intent: &'a Intent,
    live: Option<&'a Coupon>,
}

/// A verdict that ends the thinking early.
type Stop = Verdict;

impl View<'_> {
    fn verdict(&self, taken: &mut BTreeSet<String>) -> Result<Verdict, Stop> {
        match &self.intent.wish {
            Wish::Renew { until } => self.renew(*until, taken),
            Wish::Restock { total, add } => self.restock(*total, *add),
            Wish::Adjust { minimum } => self.adjust(*minimum),
            Wish::Delete => self.delete(),
            Wish::End => self.end(),
            Wish::Pause => self.pause(),
            Wish::Enable => self.enable(taken),
            Wish::Recreate { until, minimum, total, wanted, start } => {
                let start = start.map_or(Start::Soonest, Start::At);
                let (minimum, total, wanted) = (*minimum, *total, wanted.clone());
                self.recreate(Copy { start, ends: *until, minimum, total, wanted }, taken)
            }
            Wish::Keep { note, until } => Ok(self.kept(note, *until)),
            Wish::ByHand { .. } => Ok(self.page_only()),
        }
    }

    fn page_only(&self) -> Verdict {
        self.about().verdict(&Deed::OpenPage, &self.row.coupon, &self.language().say("results-only-the-page"))
    }

    fn kept(&self, note: &str, until: Option<Timestamp>) -> Verdict {
        let language = self.language();
        let before = found_words(language, &self.row.findings);
        let after = match until {
            Some(at) => {
                let end = end_words(language, at, self.scene.store.zone, self.scene.now);
                say!(language, "results-kept-until", end = end, note = note)
            }
            None => say!(language, "results-kept", note = note),
        };
        let keeping = Keeping {
            note: note.to_string(),
            until,
            findings: self.row.findings.iter().map(|finding| (finding.code, finding.severity)).collect(),
            coupon: self.row.coupon.clone(),
        };
        let change = self.changed(Operation::Keep, before, after, Vec::new());
        Verdict::Change { change: Box::new(Change { keeping: Some(Box::new(keeping)), ..change }), resumes: false }
    }

    fn change(&self, becomes: Operation, before: String, after: String, steps: Vec<Step>) -> Verdict {
        Verdict::Change { change: Box::new(self.changed(becomes, before, after, steps)), resumes: false }
    }

    fn changed(&self, becomes: Operation, before: String, after: String, steps: Vec<Step>) -> Change {
        Change {
            id: self.intent.id.clone(),
            row: self.row.key.clone(),
            store: self.scene.store.id.clone(),
            coupon: self.row.coupon.id.clone(),
            label: self.row.coupon.label().to_string(),
            action: self.intent.word,
            becomes,
            before_words: before,
            after_words: after,
            cannot_undo: None,
            by_hand: None,
            exposure: None,
            replaced_period: None,
            keeping: None,
            steps,
        }
    }

    /// What a task for a person is written with.
    fn about(&self) -> About<'_> {
        About {
            hand_work: self.scene.hand_work,
            store: self.scene.store,
            row: self.row,
            intent: self.intent,
            now: self.scene.now,
            language: self.language(),
        }
    }

    fn live(&self) -> Result<&Coupon, Stop> {
        match self.live {
            Some(live) if live.status != Status::Trashed => Ok(live),
            found => {
                let where_it_is = if found.is_some() { "results-where-bin" } else { "results-gone" };
                let (was, wanted) =
                    (self.status(self.row.coupon.status), wanted_words(self.language(), self.intent.word));
                Err(conflict(was, wanted, self.language().say(where_it_is)))
            }
        }
    }

    /// What the platform can do, once nothing stands against asking it; a platform's own coupon is left to people.
    fn ability(&self, verb: Verb, coupon: &Coupon, by_hand: &Deed) -> Result<Ability, Stop> {
        let owned = self.language().say(self.scene.abilities.platform_owned);
        match coupon.owner {
            Owner::Seller => Ok(self.scene.abilities.rule(verb, coupon.status).ability),
            Owner::Platform if verb == Verb::Create => {
                Err(refused(owned, self.language().say("results-next-own-coupon")))
            }
            Owner::Platform => Err(self.about().verdict(by_hand, coupon, &owned)),
        }
    }

    /// Whether the deed that the table names in place of `verb` can really be done.
    fn stands_in(&self, verb: Verb, live: &Coupon) -> bool {
        self.scene.abilities.rule(verb, live.status).ability == Ability::Yes
    }

    fn cannot(&self, verb: Verb, coupon: &Coupon, ability: Ability, by_hand: &Deed) -> Verdict {
        let reason = self.reason(verb, coupon);
        match ability {
            Ability::Already => already(reason),
            Ability::ByHand => self.about().verdict(by_hand, coupon, &reason),
            _ if self.told_by_hand() => self.about().verdict(by_hand, coupon, &reason),
            _ => refused(reason, alternative(self.language(), self.intent.word)),
        }
    }

    /// A row that told the manager "by hand" keeps its word, whether accepted or written out.
    fn told_by_hand(&self) -> bool {
        let suggestion = &self.row.suggestion;
        suggestion.way == Route::ByHand && suggestion.advice.action() == Some(self.intent.word)
    }

    fn reason(&self, verb: Verb, coupon: &Coupon) -> String {
        let rule = self.scene.abilities.rule(verb, coupon.status);
        say!(
            self.language(),
            "results-platform-reason",
            platform = self.scene.abilities.name,
            status = self.status(coupon.status),
            reason = self.language().say(rule.reason)
        )
    }

    /// A status that the clock alone brought about is nobody's change. `wanted` is the message of what was asked for.
    fn status_as_expected(&self, live: &Coupon, wanted: &str) -> Result<(), Stop> {
        let (exported, now) = (&self.row.coupon, self.scene.now);
        let begun = exported.usable.starts().is_some_and(|starts| starts <= now);
        let over = exported.usable.ends().is_some_and(|ends| ends <= now);
        let by_the_clock = match (exported.status, live.status) {
            (Status::Scheduled, Status::Active) => begun,
            (Status::Scheduled | Status::Active | Status::Paused, Status::Ended) => over,
            _ => false,
        };
        if live.status == exported.status || by_the_clock {
            return Ok(());
        }
        Err(conflict(self.status(exported.status), self.language().say(wanted), self.status(live.status)))
    }

    fn ends(&self, ends: Option<Timestamp>) -> String {
        match ends {
            Some(ends) => {
                let end = end_words(self.language(), ends, self.scene.store.zone, self.scene.now);
                say!(self.language(), "results-ends", end = end)
            }
            None => self.language().say("results-no-end"),
        }
    }

    fn instant(&self, at: Timestamp) -> String {
        instant_words(self.language(), at, self.scene.store.zone, self.scene.now)
    }

    fn total(&self, total: Option<u64>) -> String {
        total_words(self.language(), total)
    }

    fn minimum(&self, minimum: Minimum) -> String {
        minimum_words(self.language(), minimum)
    }

    fn status(&self, status: Status) -> String {
        status_words(self.language(), status)
    }

    /// Of two messages that name no facts.
    fn refused(&self, reason: &str, next: &str) -> Verdict {
        refused(self.language().say(reason), self.language().say(next))
    }

    fn language(&self) -> Language {
        self.scene.language
    }
}

impl From<Refusal> for Verdict {
    fn from(refusal: Refusal) -> Self {
        refused(refusal.reason, refusal.next)
    }
}

fn refused(reason: impl Into<String>, next: impl Into<String>) -> Verdict {
    Verdict::Refused { reason: reason.into(), next: next.into() }
}

fn already(why: String) -> Verdict {
    Verdict::AlreadyDone { why, by: None }
}

fn conflict(exported: String, wanted: String, live: String) -> Verdict {
    Verdict::Conflict { exported, wanted, live }
}

fn status_is(status: Status) -> ExpectedState {
    ExpectedState { status: Some(status), ..ExpectedState::default() }
}

// The clock moves a coupon from scheduled to active to ended while a change waits to be sent or asked after: that is no conflict.
// A status that only people change is part of what was decided about.
fn standing(status: Status) -> ExpectedState {
    match status {
        Status::Scheduled | Status::Active => ExpectedState { exists: Some(true), ..ExpectedState::default() },
        held => status_is(held),
    }
}

// Platforms keep whole seconds.
fn same_second(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    one.map(|at| at.timestamp()) == other.map(|at| at.timestamp())
}
