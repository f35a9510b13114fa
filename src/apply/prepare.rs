//! From a handed-back workbook to a plan: decisions made absolute, what the journal knows, what the platforms show now.

use futures::stream::{self, StreamExt};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

use super::Connectors;
use super::doubts::{Touched, in_doubt};
use crate::domain::{Abilities, ChangeId, CouponId, Export, Memory, Platform, RunId, StoreId, Timestamp};
use crate::journal::{Journal, JournalError, Settled};
use crate::language::Language;
use crate::plan::{
    Allowed, BrakeLimits, Decided, HandWork, Making, Past, Plan, Present, Refusal, Refused, Settlement, decide, make,
    to_load,
};
use crate::workbook::columns::Field;
use crate::workbook::{CellProblem, Decision, HandedBack};
use crate::{message, say};

/// What a plan is prepared with.
pub struct Preparing<'a> {
    pub handed_back: &'a HandedBack,
    pub export: &'a Export,
    pub snapshot_sha256: String,
    pub rules_sha256: String,
    pub journal: &'a Journal,
    pub memory: &'a Memory,
    pub connectors: &'a Connectors,
    pub abilities: &'a (dyn Fn(Platform) -> &'static Abilities + Sync),
    pub delete_permanently: &'a BTreeSet<StoreId>,
    pub limits: &'a BrakeLimits,
    pub allowed: &'a Allowed,
    pub hand_work: &'a HandWork<'a>,
    pub stores_at_once: usize,
    pub now: Timestamp,
    /// What the team's workbooks are written in.
    pub language: Language,
    pub by: String,
    /// Called after each store.
    pub progress: &'a (dyn Fn(&StoreId) + Sync),
}

/// The plan, and the cells that no plan can be made of: keys that the export does not have.
pub async fn prepare(preparing: Preparing<'_>) -> Result<(Plan, Vec<CellProblem>), JournalError> {
    let (mut decided, problems) = decide_all(&preparing);
    let pasts = pasts(preparing.journal, preparing.language, &decided)?;
    refuse_doubted(preparing.journal, preparing.language, &mut decided)?;
    let present = load_present(&preparing, &decided, &pasts).await;
    let mut reserved: BTreeMap<StoreId, BTreeSet<String>> = BTreeMap::new();
    for store in present.listings.keys() {
        let codes = preparing.journal.codes(store)?;
        reserved.insert(store.clone(), codes.into_iter().map(|code| code.to_uppercase()).collect());
    }
    let plan = make(Making {
        export: preparing.export,
        decided,
        present: &present,
        memory: preparing.memory,
        pasts: &pasts,
        reserved: &reserved,
        abilities: preparing.abilities,
        delete_permanently: preparing.delete_permanently,
        limits: preparing.limits,
        allowed: preparing.allowed,
        hand_work: preparing.hand_work,
        now: preparing.now,
        language: preparing.language,
        by: preparing.by,
        workbook_sha256: preparing.handed_back.sha256.clone(),
        snapshot_sha256: preparing.snapshot_sha256,
        rules_sha256: preparing.rules_sha256,
    });
    Ok((plan, problems))
}

/// The coupons that the decisions of a workbook are about.
pub fn touched_by(handed_back: &HandedBack, export: &Export) -> Touched {
    let decided = handed_back.decisions.iter().filter_map(|it| decide(export, place(it), &it.action));
    touched(&decided.collect::<Vec<_>>())
}

fn touched(decided: &[Decided]) -> Touched {
    let one = |decided: &Decided| {
        let id = decided.meaning.as_ref().ok()?.id.clone();
        Some(((decided.store.id.clone(), decided.row.coupon.id.clone()), id))
    };
    decided.iter().filter_map(one).collect()
}

/// Of everything that decides what an action becomes, but the platforms' present state.
pub fn rules_sha256(abilities: &[&'static Abilities], limits: &BrakeLimits) -> String {
    let mut hasher = Sha256::new();
    hasher.update(env!("CARGO_PKG_VERSION"));
    for abilities in abilities {
        hasher.update(serde_json::to_string(abilities.rules).unwrap_or_default());
        hasher.update(format!("{:?}", abilities.limits));
    }
    hasher.update(serde_json::to_string(limits).unwrap_or_default());
    data_encoding::HEXLOWER.encode(&hasher.finalize())
}

fn decide_all<'a>(preparing: &Preparing<'a>) -> (Vec<Decided<'a>>, Vec<CellProblem>) {
    let mut problems = Vec::new();
    let mut decided = Vec::new();
    for decision in &preparing.handed_back.decisions {
        let place = place(decision);
        match decide(preparing.export, place, &decision.action) {
            None => problems.push(unknown_key(decision, preparing.export)),
            Some(found) => decided.push(Decided { hidden: decision.hidden, ..found }),
        }
    }
    (decided, problems)
}

fn place(decision: &Decision) -> String {
    format!("{} row {}", decision.sheet, decision.row)
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

fn pasts(journal: &Journal, language: Language, decided: &[Decided]) -> Result<BTreeMap<ChangeId, Past>, JournalError> {
    let mut pasts = BTreeMap::new();
    for intent in decided.iter().filter_map(|decided| decided.meaning.as_ref().ok()) {
        if let Some(settled) = journal.settled(&intent.id)? {
            let told = (language != Language::ENGLISH).then(|| settlement(language, &settled));
            let past = Past::Settled { said: settlement(Language::ENGLISH, &settled), told };
            pasts.insert(intent.id.clone(), past);
            continue;
        }
        let steps = journal.steps(&intent.id)?;
        let under_way = steps.iter().any(|step| step.state.is_in_doubt() || step.state.happened());
        if under_way && let Some(change) = journal.change(&intent.id)? {
            pasts.insert(intent.id.clone(), Past::Begun(Box::new(change)));
        }
    }
    Ok(pasts)
}

fn settlement(language: Language, settled: &Settled) -> Settlement {
    let after = settled.outcome.said_in(language.tag()).after;
    let what = if after.is_empty() { language.say("results-settled") } else { after };
    let at = settled.at.format("%Y-%m-%d %H:%M UTC").to_string();
    let by = say!(language, "results-settled-by", by = &settled.by, at = at, run = settled.run.as_str());
    Settlement { what, by }
}

/// While nobody knows what came of an earlier decision on a coupon, a new one on it waits: the results workbook of a run begins
/// a new round, in which the same deed is another decision and would be done a second time.
fn refuse_doubted(journal: &Journal, language: Language, decided: &mut [Decided]) -> Result<(), JournalError> {
    let doubted = in_doubt(journal, &touched(decided))?;
    let doubted: BTreeMap<(StoreId, CouponId), RunId> =
        doubted.into_iter().map(|(change, run)| ((change.store, change.coupon), run)).collect();
    for decided in decided.iter_mut().filter(|decided| decided.meaning.is_ok()) {
        let Some(run) = doubted.get(&(decided.store.id.clone(), decided.row.coupon.id.clone())) else { continue };
        let refusal = |language: Language| Refusal {
            reason: say!(language, "results-in-doubt", run = run.as_str()),
            next: say!(language, "results-next-apply-run", run = run.as_str()),
        };
        let told = (language != Language::ENGLISH).then(|| refusal(language));
        decided.meaning = Err(Refused { told, ..refusal(Language::ENGLISH).into() });
    }
    Ok(())
}

/// Asks every store that is touched, side by side. What an earlier run began is asked about when it is taken up again.
async fn load_present(preparing: &Preparing<'_>, decided: &[Decided<'_>], pasts: &BTreeMap<ChangeId, Past>) -> Present {
    let open: Vec<&Decided> = decided
        .iter()
        .filter(|decided| decided.meaning.as_ref().is_ok_and(|intent| !pasts.contains_key(&intent.id)))
        .collect();
    let wanted = to_load(&open, preparing.abilities);
    let loads = wanted.into_iter().map(|(store, (coupons, whole))| async move {
        let mut part = Present::default();
        if let Err(reason) = load_store(preparing.connectors, store, &coupons, whole, &mut part).await {
            part.failed.insert(store.clone(), reason);
        }
        (preparing.progress)(store);
        part
    });
    let parts: Vec<Present> = stream::iter(loads).buffer_unordered(preparing.stores_at_once.max(1)).collect().await;
    let mut present = Present::default();
    for part in parts {
        present.coupons.extend(part.coupons);
        present.listings.extend(part.listings);
        present.failed.extend(part.failed);
    }
    present
}

async fn load_store(
    connectors: &Connectors,
    store: &StoreId,
    coupons: &[&CouponId],
    whole: bool,
    part: &mut Present,
) -> Result<(), String> {
    let connector = match connectors.get(store) {
        Some(Ok(connector)) => connector,
        Some(Err(reason)) => return Err(reason.clone()),
        None => return Err(format!("{store} is no longer in the config")),
    };
    if whole {
        let listing = connector.list().await.map_err(|error| error.to_string())?;
        if !listing.unreadable.is_empty() {
            return Err(format!("{} of its coupons could not be read", listing.unreadable.len()));
        }
        part.add_listing(store, coupons, listing.coupons);
        return Ok(());
    }
    let reads = coupons.iter().map(|id| async move { (*id, connector.get(id).await) });
    let found: Vec<_> = stream::iter(reads).buffer_unordered(4).collect().await;
    for (id, coupon) in found {
        part.coupons.insert((store.clone(), id.clone()), coupon.map_err(|error| error.to_string())?);
    }
    Ok(())
}
