//! From a handed-back workbook to a plan: decisions made absolute, what the journal knows, what the platforms show now.

use futures::stream::{self, StreamExt};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

use super::reconcile::connector_of;
use super::setup::{Event, Setup};
use super::unresolved::{touched_by, unresolved};
use crate::domain::{Argument, ChangeId, CouponId, Credit, Export, Message, OutcomeKind, RunId, StoreId};
use crate::journal::{Journal, JournalError, Settled};
use crate::message;
use crate::plan::{Known, Plan, PlanInput, Present, PriorRun, Refusal, ResolvedDecision, make, to_load};
use crate::platforms::{wrong_clock, wrong_shop};
use crate::settings::Settings;
use crate::workbook::columns::Field;
use crate::workbook::{CellProblem, Decision, HandedBack};

/// A workbook's decisions, each resolved against its exported row; and those that the export has no row for.
pub(super) fn resolve_decisions<'a>(
    export: &'a Export,
    handed_back: &HandedBack,
) -> (Vec<ResolvedDecision<'a>>, Vec<CellProblem>) {
    let (mut resolved, mut problems) = (Vec::new(), Vec::new());
    for decision in &handed_back.decisions {
        let place = format!("{} row {}", decision.sheet, decision.row);
        match ResolvedDecision::of(export, place, &decision.action, decision.hidden) {
            Some(found) => resolved.push(found),
            None => problems.push(unknown_key(decision, export)),
        }
    }
    (resolved, problems)
}

/// The plan of what was decided, once journal and platforms were asked about it.
pub(super) async fn prepare(mut input: PlanInput<'_>, setup: &Setup<'_>) -> Result<Plan, JournalError> {
    let prior_runs = prior_runs(setup.journal, &input.decisions)?;
    refuse_unresolved(setup.journal, &mut input.decisions)?;
    let present = load_present(&input, setup, &prior_runs).await;
    let reserved = reserved_codes(setup.journal, &present)?;
    Ok(make(&input, &Known { prior_runs, reserved, present }))
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

fn unknown_key(decision: &Decision, export: &Export) -> CellProblem {
    CellProblem {
        sheet: decision.sheet.clone(),
        row: decision.row,
        column: None,
        field: Field::RowKey,
        header: Field::RowKey.column().header.to_string(),
        found: decision.action.row.to_string(),
        wanted: message!("read-unknown-row-key", export = export.id.as_str()),
    }
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
            reason: message!("results-in-doubt", run = run.as_str()),
            next: message!("results-next-apply-run", run = run.as_str()),
        });
    }
    Ok(())
}

/// Asks every store that is touched, side by side. What an earlier run began is asked about when it is taken up again.
async fn load_present(input: &PlanInput<'_>, setup: &Setup<'_>, prior_runs: &BTreeMap<ChangeId, PriorRun>) -> Present {
    let is_open = |decision: &&ResolvedDecision| {
        decision.intent.as_ref().is_ok_and(|intent| !prior_runs.contains_key(&intent.id))
    };
    let wanted = to_load(input.decisions.iter().filter(is_open), input.abilities);
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
        part.add_listing(store, coupons, listing.coupons);
    } else {
        let reads = coupons.iter().map(|id| async move { (*id, connector.get(id).await) });
        let found: Vec<_> = stream::iter(reads).buffer_unordered(4).collect().await;
        for (id, coupon) in found {
            let coupon = coupon.map_err(|error| not_asked(error.sentence))?;
            part.coupons.insert((store.clone(), id.clone()), coupon);
        }
    }
    if let Some(problem) = wrong_clock(connector) {
        return Err(message!("results-wrong-clock", problem = problem));
    }
    let Some(settings) = setup.settings.store(store) else { return Ok(()) };
    let seen = part.coupons.values().flatten().chain(part.listings.values().flatten());
    let wrong = wrong_shop(&settings.store, connector.shop_told().await, seen, (setup.clock)());
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
