//! From a handed-back workbook to a plan: decisions made absolute, what the journal knows, what the platforms show now.

use futures::stream::{self, StreamExt};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

use super::reconcile::connector_of;
use super::setup::{Event, Setup};
use super::unresolved::{touched_by, unresolved};
use crate::domain::{
    Argument, ChangeId, CouponId, Credit, Export, Message, OutcomeKind, Row, RunId, Store, StoreId, Timestamp,
};
use crate::journal::{Journal, JournalError, Settled};
use crate::message;
use crate::plan::{Allowed, Known, Plan, PlanInput, Present, PriorRun, Refusal, ResolvedDecision, make, to_load};
use crate::platforms::{wrong_clock, wrong_shop};
use crate::settings::Settings;
use crate::workbook::Decision;

const IN_DOUBT: &str = "results-in-doubt";

/// A workbook's decisions, each resolved against its exported row: the reader took none whose row the export has not.
pub(super) fn resolve_decisions<'a>(export: &'a Export, decisions: &[Decision]) -> Vec<ResolvedDecision<'a>> {
    let resolved = decisions.iter().filter_map(|decision| {
        let place = format!("{} row {}", decision.sheet, decision.row);
        ResolvedDecision::of(export, place, &decision.action, decision.hidden)
    });
    resolved.collect()
}

/// What journal and platforms know about what was decided. A decision on a coupon of which something is in doubt waits.
pub(super) async fn look(setup: &Setup<'_>, decisions: &mut [ResolvedDecision<'_>]) -> Result<Known, JournalError> {
    let prior_runs = prior_runs(setup.journal, decisions)?;
    refuse_unresolved(setup.journal, decisions)?;
    let present = load_present(setup, decisions, &prior_runs).await;
    let reserved = reserved_codes(setup.journal, &present)?;
    Ok(Known { prior_runs, reserved, present })
}

/// In whose name a plan is made, when, and what it may do that is refused by default.
pub(super) struct Terms<'a> {
    pub allowed: &'a Allowed,
    pub operator: &'a str,
    pub by: &'a str,
    pub now: Timestamp,
    pub workbook_sha256: &'a str,
    pub snapshot_sha256: &'a str,
    pub rules_sha256: String,
}

/// The plan of what was decided, by the config as it is. Nobody is asked: the same again for the same.
pub(super) fn planned(
    setup: &Setup,
    export: &Export,
    decisions: Vec<ResolvedDecision>,
    known: &Known,
    terms: Terms,
) -> Result<Plan, JournalError> {
    let settings = setup.settings;
    let stores = settings.stores.iter();
    let permanent: BTreeSet<StoreId> =
        stores.filter(|store| store.delete_permanently).map(|store| store.store.id.clone()).collect();
    let Terms { allowed, operator, by, now, workbook_sha256, snapshot_sha256, rules_sha256 } = terms;
    let input = PlanInput {
        export,
        decisions,
        memory: &setup.journal.memory()?,
        abilities: &|platform| settings.platforms.abilities(platform),
        back_office: &|platform| settings.platforms.back_office(platform),
        delete_permanently: &permanent,
        operator,
        campaign_starts: &|store, row| campaign_starts(settings, store, row),
        limits: &settings.brakes,
        loss_percent: &|store| settings.policies.of(store).loss_percent,
        allowed,
        now,
        by: by.to_string(),
        workbook_sha256: workbook_sha256.to_string(),
        snapshot_sha256: snapshot_sha256.to_string(),
        rules_sha256,
    };
    Ok(make(&input, known))
}

/// A campaign may have a row a currency; its first day counts.
fn campaign_starts(settings: &Settings, store: &Store, row: &Row) -> Option<Timestamp> {
    let name = row.campaign.as_ref()?;
    let named = settings.campaigns.campaigns().filter(|campaign| campaign.name == *name);
    named.map(|campaign| campaign.starts(store.zone)).min()
}

/// Of everything that decides what an action becomes, but the platforms' present state.
pub(super) fn rules_sha256(settings: &Settings) -> String {
    let mut hasher = Sha256::new();
    hasher.update(env!("CARGO_PKG_VERSION"));
    for platform in settings.platforms_used() {
        let abilities = settings.platforms.abilities(platform);
        hasher.update(serde_json::to_string(abilities.rules).unwrap_or_default());
        hasher.update(format!("{:?}", abilities.limits));
    }
    hasher.update(serde_json::to_string(&settings.brakes).unwrap_or_default());
    data_encoding::HEXLOWER.encode(&hasher.finalize())
}

fn prior_runs(journal: &Journal, decisions: &[ResolvedDecision]) -> Result<BTreeMap<ChangeId, PriorRun>, JournalError> {
    let mut prior_runs = BTreeMap::new();
    for intent in decisions.iter().filter_map(|decision| decision.intent.as_ref().ok()) {
        if let Some(settled) = journal.settled(&intent.id)? {
            let (what, by) = told(settled);
            prior_runs.insert(intent.id.clone(), PriorRun::Settled { what, by });
            continue;
        }
        let steps = journal.steps(&intent.id)?;
        let under_way = steps.iter().any(|step| !step.state.may_begin_again());
        if under_way && let Some(change) = journal.change(&intent.id)? {
            prior_runs.insert(intent.id.clone(), PriorRun::Begun(Box::new(change)));
        }
    }
    Ok(prior_runs)
}

/// What came of a decision, and by whom, when and in which run.
pub(super) fn told(Settled { outcome, credit }: Settled) -> (Message, Message) {
    let what = match outcome.kind {
        OutcomeKind::NotShown => outcome.message,
        OutcomeKind::Done
        | OutcomeKind::AlreadyDone
        | OutcomeKind::ByHand
        | OutcomeKind::Failed
        | OutcomeKind::Refused
        | OutcomeKind::Conflict
        | OutcomeKind::Unknown
        | OutcomeKind::NotReached => outcome.after.unwrap_or_else(|| message!("results-settled")),
    };
    (what, settled_by(&credit))
}

/// `by Mei at …, in run R…`
pub(super) fn settled_by(credit: &Credit) -> Message {
    let at = credit.at.format("%Y-%m-%d %H:%M UTC").to_string();
    message!("results-settled-by", by = &credit.by, at = at, run = credit.run.as_str())
}

/// While nobody knows what came of an earlier decision on a coupon, a new one on it waits: the results workbook of a run begins
/// a new round, in which the same action is another decision and would be carried out a second time.
fn refuse_unresolved(journal: &Journal, decisions: &mut [ResolvedDecision]) -> Result<(), JournalError> {
    let unresolved = unresolved(journal, &touched_by(decisions))?;
    let unresolved: BTreeMap<(StoreId, CouponId), RunId> =
        unresolved.into_iter().map(|(change, run)| ((change.store, change.coupon), run)).collect();
    for decision in decisions.iter_mut().filter(|decision| decision.intent.is_ok()) {
        let Some(run) = unresolved.get(&decision.coupon()) else { continue };
        decision.intent = Err(Refusal {
            reason: message!(IN_DOUBT, run = run.as_str()),
            next: message!("results-next-apply-run", run = run.as_str()),
        });
    }
    Ok(())
}

/// Whether a row was refused for what is in doubt of its coupon.
pub(super) fn refused_while_in_doubt(reason: &Message) -> bool {
    reason.id() == IN_DOUBT
}

/// Asks every store that is touched, side by side. What an earlier run began is asked about when it is taken up again.
async fn load_present(
    setup: &Setup<'_>,
    decisions: &[ResolvedDecision<'_>],
    prior_runs: &BTreeMap<ChangeId, PriorRun>,
) -> Present {
    let is_open = |decision: &&ResolvedDecision| {
        decision.intent.as_ref().is_ok_and(|intent| !prior_runs.contains_key(&intent.id))
    };
    let abilities = |platform| setup.settings.platforms.abilities(platform);
    let wanted = to_load(decisions.iter().filter(is_open), &abilities);
    (setup.tell)(Event::Asking(wanted.len()));
    let loads = wanted.into_iter().map(|(store, (coupons, whole))| async move {
        let mut part = Present::default();
        if let Err(reason) = load_store(setup, store, &coupons, whole, &mut part).await {
            part.failed.insert(store.clone(), reason);
        }
        (setup.tell)(Event::Asked);
        part
    });
    let parts: Vec<Present> =
        stream::iter(loads).buffer_unordered(setup.settings.stores_at_once.max(1)).collect().await;
    (setup.tell)(Event::PhaseDone);
    let mut present = Present::default();
    for part in parts {
        present.coupons.extend(part.coupons);
        present.listings.extend(part.listings);
        present.failed.extend(part.failed);
    }
    present
}

async fn load_store(
    setup: &Setup<'_>,
    store: &StoreId,
    coupons: &[&CouponId],
    whole: bool,
    part: &mut Present,
) -> Result<(), Message> {
    let not_asked = |reason: Message| message!("results-store-not-asked", reason = reason);
    let connector = connector_of(setup.connectors, store).map_err(not_asked)?;
    if whole {
        let listing = connector.list().await.map_err(|error| not_asked(error.sentence))?;
        if !listing.unreadable.is_empty() {
            let count = Argument::Digits(listing.unreadable.len() as u64);
            return Err(not_asked(message!("listing-some-unreadable", count = count)));
        }
        // In one order, so that the same plan can be made again of what was kept of it.
        let mut all = listing.coupons;
        all.sort_by(|one, other| one.id.cmp(&other.id));
        all.dedup_by(|one, other| one.id == other.id);
        part.add_listing(store, coupons, all);
    } else {
        for (id, coupon) in connector.get_several(coupons).await {
            let coupon = coupon.map_err(|error| not_asked(error.sentence))?;
            part.coupons.insert((store.clone(), id), coupon);
        }
    }
    if let Some(problem) = wrong_clock(connector) {
        return Err(message!("results-wrong-clock", problem = problem));
    }
    let Some(settings) = setup.settings.store(store) else { return Ok(()) };
    let told = connector.shop_told().await;
    if let Ok(Some(shop)) = &told {
        shop.complete(part.coupons.values_mut().flatten().chain(part.listings.values_mut().flatten()));
    }
    let seen = part.coupons.values().flatten().chain(part.listings.values().flatten());
    let wrong = wrong_shop(&settings.store, told, seen, (setup.clock)());
    wrong.map_or(Ok(()), |error| Err(message!("results-wrong-shop", problem = error.sentence)))
}

fn reserved_codes(
    journal: &Journal,
    present: &Present,
) -> Result<BTreeMap<StoreId, BTreeMap<String, ChangeId>>, JournalError> {
    let of_store = |store: &StoreId| {
        let codes = journal.codes(store)?.into_iter().map(|(code, change)| (code.to_uppercase(), change)).collect();
        Ok((store.clone(), codes))
    };
    present.listings.keys().map(of_store).collect()
}
