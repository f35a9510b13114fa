//! From decisions to a plan.

use std::collections::{BTreeMap, BTreeSet};

use super::brakes::{self, Allowed, BrakeLimits};
use super::by_hand::HandWork;
use super::intent::{Intent, Refusal, Wish, intent_of};
use super::resolve::{Past, Present, Scene, resolve};
use super::words::{Told, Words};
use super::{PLAN_VERSION, Plan, PlanRow, Verdict};
use crate::domain::{
    Abilities, Ability, Action, ChangeId, Coupon, CouponId, Export, FollowUp, Memory, Platform, Row, RowKey, Store,
    StoreId, Timestamp, Verb, Write,
};
use crate::language::Language;
use crate::say;

/// A decision with the row it is about and what it means, before anything live is looked at.
pub struct Decided<'a> {
    /// `Coupons!H14`.
    pub place: String,
    pub action: Action,
    pub row: &'a Row,
    pub store: &'a Store,
    /// Hidden by a filter or by hand: whoever wrote the action may not have seen the row. [`decide`] says no.
    pub hidden: bool,
    pub meaning: Meaning,
}

/// Either what is wanted, or why the row is refused whatever the platform says.
pub type Meaning = Result<Intent, Refused>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub reason: String,
    pub next: String,
    /// Both in the language of the team's workbooks, where that is not English.
    pub told: Option<Refusal>,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { reason: refusal.reason, next: refusal.next, told: None }
    }
}

/// Makes one decision absolute; none where the export has no such row (or no such store).
pub fn decide<'a>(export: &'a Export, place: String, action: &Action) -> Option<Decided<'a>> {
    let row = export.row(&action.row)?;
    let store = export.store(&row.coupon.store)?;
    let meaning = intent_of(Language::ENGLISH, export, row, store, action).map_err(Refused::from);
    Some(Decided { place, action: action.clone(), row, store, hidden: false, meaning })
}

impl Decided<'_> {
    /// Whether the platform has to be asked for the coupon's present state.
    pub fn touches(&self) -> bool {
        self.meaning.as_ref().is_ok_and(|intent| !matches!(intent.wish, Wish::ByHand { .. } | Wish::Keep { .. }))
    }

    /// Whether a copy may be made, so that all codes and coupons of the store must be known.
    pub fn may_create(&self, abilities: &Abilities) -> bool {
        let Ok(intent) = &self.meaning else { return false };
        let follows_on =
            |verb| abilities.rules.iter().any(|rule| rule.verb == verb && rule.ability == Ability::FollowOn);
        match intent.wish {
            Wish::Recreate { .. } => true,
            Wish::Renew { .. } => follows_on(Verb::Extend) || follows_on(Verb::Shorten),
            Wish::Enable => follows_on(Verb::Extend),
            _ => false,
        }
    }
}

/// Everything that a plan is made from. Its parts are values: nothing here opens a file or a connection.
pub struct Making<'a> {
    pub export: &'a Export,
    pub decided: Vec<Decided<'a>>,
    pub present: &'a Present,
    pub memory: &'a Memory,
    pub pasts: &'a BTreeMap<ChangeId, Past>,
    /// Codes that our journal reserved, by store.
    pub reserved: &'a BTreeMap<StoreId, BTreeSet<String>>,
    pub abilities: &'a dyn Fn(Platform) -> &'static Abilities,
    /// Stores whose config asks for deletion without the bin.
    pub delete_permanently: &'a BTreeSet<StoreId>,
    pub limits: &'a BrakeLimits,
    pub allowed: &'a Allowed,
    pub hand_work: &'a HandWork<'a>,
    pub now: Timestamp,
    /// What the team's workbooks are written in: the rows' words are kept in it too.
    pub language: Language,
    pub by: String,
    pub workbook_sha256: String,
    pub snapshot_sha256: String,
    pub rules_sha256: String,
}

pub fn make(making: Making) -> Plan {
    let mut taken = codes_taken(&making);
    let places = places_by_row(&making.decided);
    let mut rows: Vec<PlanRow> = Vec::with_capacity(making.decided.len());
    for decided in &making.decided {
        let places = places.get(&decided.row.key).map(Vec::as_slice).unwrap_or_default();
        let taken = taken.entry(decided.store.id.clone()).or_default();
        // Before the codes of this row are taken: both are to name the same ones.
        let mut taken_before = (making.language != Language::ENGLISH).then(|| taken.clone());
        let mut verdict = verdict_of(&making, decided, places, Language::ENGLISH, taken);
        let told = taken_before.as_mut().map(|taken| {
            let twin = verdict_of(&making, decided, places, making.language, taken);
            keep_task_words(&mut verdict, &twin, making.language);
            Box::new(Told { language: making.language, words: Words::of(&twin, making.language) })
        });
        rows.push(PlanRow {
            place: decided.place.clone(),
            store: decided.store.id.clone(),
            label: decided.row.coupon.label().to_string(),
            action: decided.action.clone(),
            verdict,
            told,
        });
    }
    let scene = brakes::Scene {
        export: making.export,
        hidden: making.decided.iter().filter(|decided| decided.hidden).map(|decided| &decided.row.key).collect(),
        decided: making.decided.iter().map(|decided| (&decided.row.key, &decided.row.coupon)).collect(),
        limits: making.limits,
        now: making.now,
        language: making.language,
    };
    let brakes = brakes::apply(&mut rows, &scene, making.allowed);
    Plan {
        version: PLAN_VERSION,
        export: making.export.id.clone(),
        made_at: making.now,
        by: making.by,
        workbook_sha256: making.workbook_sha256,
        snapshot_sha256: making.snapshot_sha256,
        rules_sha256: making.rules_sha256,
        rows,
        brakes,
    }
}

fn verdict_of(
    making: &Making,
    decided: &Decided,
    places: &[&str],
    language: Language,
    taken: &mut BTreeSet<String>,
) -> Verdict {
    if places.len() > 1 {
        let reason = say!(language, "results-row-twice", places = places.join(", "));
        return Verdict::Refused { reason, next: language.say("results-next-empty-others") };
    }
    let intent = match &decided.meaning {
        Ok(intent) => intent,
        Err(refused) => return refusal_in(making, decided, refused, language),
    };
    let scene = Scene {
        store: decided.store,
        abilities: (making.abilities)(decided.store.platform),
        delete_permanently: making.delete_permanently.contains(&decided.store.id),
        present: making.present,
        memory: making.memory,
        past: making.pasts.get(&intent.id),
        hand_work: making.hand_work,
        now: making.now,
        language,
    };
    resolve(&scene, decided.row, intent, taken)
}

fn refusal_in(making: &Making, decided: &Decided, refused: &Refused, language: Language) -> Verdict {
    let Decided { row, store, action, .. } = decided;
    let twin = || match &refused.told {
        Some(told) => Some(told.clone()),
        None => intent_of(language, making.export, row, store, action).err(),
    };
    let told = if language == Language::ENGLISH { None } else { twin() };
    let Refusal { reason, next } = told.unwrap_or_else(|| Refusal::new(refused.reason.clone(), refused.next.clone()));
    Verdict::Refused { reason, next }
}

/// A task is kept for weeks, apart from its plan.
fn keep_task_words(verdict: &mut Verdict, twin: &Verdict, language: Language) {
    match (verdict, twin) {
        (Verdict::ByHand { task }, Verdict::ByHand { task: said }) => task.keep_words(language.tag(), said),
        (Verdict::Change { change, .. }, Verdict::Change { change: said, .. }) => {
            if let (Some(FollowUp::Task(task)), Some(FollowUp::Task(said))) = (&mut change.by_hand, &said.by_hand) {
                task.keep_words(language.tag(), said);
            }
        }
        _ => {}
    }
}

// One row, one decision: which of two was meant is not ours to guess.
fn places_by_row<'a>(decided: &'a [Decided]) -> BTreeMap<&'a RowKey, Vec<&'a str>> {
    let mut places: BTreeMap<&RowKey, Vec<&str>> = BTreeMap::new();
    for decided in decided {
        places.entry(&decided.row.key).or_default().push(&decided.place);
    }
    places
}

// What exists now, what existed at the export (an ended code may be refused for weeks), what our journal reserved, and what an
// earlier run began to create. In capitals: platforms do not tell case apart.
fn codes_taken(making: &Making) -> BTreeMap<StoreId, BTreeSet<String>> {
    let reserved = making.reserved.iter().flat_map(|(store, codes)| codes.iter().map(move |code| (store, code)));
    let present = making.present.listings.values().flatten();
    let exported = making.export.rows.iter().map(|row| &row.coupon);
    let coupons = present.chain(exported).filter_map(|coupon| Some((&coupon.store, coupon.code.as_ref()?)));
    let begun = making.pasts.values().filter_map(|past| match past {
        Past::Begun(change) => Some(change),
        Past::Settled { .. } => None,
    });
    let drafted = begun.flat_map(|change| change.steps.iter().map(move |step| (&change.store, &step.write)));
    let drafted = drafted.filter_map(|(store, write)| match write {
        Write::Create { draft } => Some((store, &draft.code)),
        _ => None,
    });
    let mut taken: BTreeMap<StoreId, BTreeSet<String>> = BTreeMap::new();
    for (store, code) in reserved.chain(coupons).chain(drafted) {
        taken.entry(store.clone()).or_default().insert(code.to_uppercase());
    }
    taken
}

/// The touched coupons of each store, and whether the store must be listed whole.
pub fn to_load<'a>(
    decided: &[&'a Decided<'a>],
    abilities: &dyn Fn(Platform) -> &'static Abilities,
) -> BTreeMap<&'a StoreId, (Vec<&'a CouponId>, bool)> {
    let mut wanted: BTreeMap<&StoreId, (Vec<&CouponId>, bool)> = BTreeMap::new();
    for decided in decided.iter().filter(|decided| decided.touches()) {
        let entry = wanted.entry(&decided.store.id).or_default();
        entry.0.push(&decided.row.coupon.id);
        entry.1 |= decided.may_create(abilities(decided.store.platform));
    }
    wanted
}

/// Adds what one store shows now.
impl Present {
    pub fn add_listing(&mut self, store: &StoreId, touched: &[&CouponId], coupons: Vec<Coupon>) {
        for id in touched {
            let found = coupons.iter().find(|coupon| coupon.id == **id).cloned();
            self.coupons.insert((store.clone(), (*id).clone()), found);
        }
        self.listings.insert(store.clone(), coupons);
    }
}
