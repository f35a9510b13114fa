//! What became of a plan, a line a row: of a run for the archive, and of earlier runs from what they left there.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::plan_file::PlanFile;
use crate::archive::history::History;
use crate::archive::{ArchiveError, ChangeLine, RunFacts, Values};
use crate::domain::{
    Account, AppliedChange, Change, ChangeId, Credit, ExpectedState, Export, Outcome, OutcomeKind, RowKey, RunId, Step,
};
use crate::language::Language;
use crate::plan::{Plan, PlanRow, Verdict};

/// Every row of every run, in the order in which the runs began by the chain, whatever their clocks said: from the tables that runs leave, of runs without one from their bundles, and of those that
/// the archive does not tell yet `interrupted`. `note` hears of a bundle that cannot be read.
///
/// # Errors
/// Where the archive cannot be read.
pub fn applied_changes(
    history: &History,
    interrupted: impl IntoIterator<Item = AppliedChange>,
    note: &dyn Fn(&RunId, &serde_json::Error),
) -> Result<Vec<AppliedChange>, ArchiveError> {
    let (mut changes, in_tables) = history.applied_changes()?;
    changes.extend(interrupted);
    for run in history.runs()? {
        if !in_tables.contains(&run)
            && let Some((file, outcomes)) = bundle(history, &run, note)?
        {
            let rows = file.plan.rows.iter();
            let none = BTreeMap::new();
            let change = |row: &PlanRow| {
                let applied = applied_change(&run, (&file.plan, row), outcomes.get(&row.action.row)?, &none);
                let account = Account { author: file.author_hint.clone(), ..Account::default() };
                Some(AppliedChange { account, ..applied })
            };
            changes.extend(rows.filter_map(change));
        }
    }
    // One that has no link is the newest, or from elsewhere.
    Ok(credited(changes, &|run| history.place_of_run(run).unwrap_or(u64::MAX)))
}

/// Each write once, with the run that sent it: a later run that met it done, or proved it, says "already done".
fn credited(mut changes: Vec<AppliedChange>, place: &dyn Fn(&RunId) -> u64) -> Vec<AppliedChange> {
    let in_order = |changes: &mut Vec<AppliedChange>| {
        changes.sort_by_cached_key(|change| (place(&change.run), change.at, change.run.clone(), change.row.clone()));
    };
    in_order(&mut changes);
    let mut told: BTreeMap<ChangeId, RunId> = BTreeMap::new();
    for change in changes.iter_mut().filter(|change| change.outcome == OutcomeKind::Done && change.credit.is_none()) {
        match change.change.clone().map(|id| told.entry(id)) {
            Some(Entry::Vacant(first)) => {
                first.insert(change.run.clone());
            }
            Some(Entry::Occupied(_)) => change.outcome = OutcomeKind::AlreadyDone,
            None => {}
        }
    }
    let mut sent: Vec<AppliedChange> = Vec::new();
    for change in &mut changes {
        let (Some(id), Some(credit)) = (change.change.clone(), change.credit.clone()) else { continue };
        if change.outcome == OutcomeKind::Done {
            change.outcome = OutcomeKind::AlreadyDone;
        }
        if let Entry::Vacant(first) = told.entry(id) {
            first.insert(credit.run.clone());
            let Credit { run, by, at, account } = credit;
            sent.push(AppliedChange {
                run,
                by,
                at,
                account,
                outcome: OutcomeKind::Done,
                credit: None,
                ..change.clone()
            });
        }
    }
    // What the run that sent it could not tell itself, and what was made after all by another.
    let is_told = |change: &AppliedChange| change.change.as_ref().is_some_and(|id| told.contains_key(id));
    changes.retain(|change| change.outcome != OutcomeKind::Unknown || !is_told(change));
    changes.extend(sent);
    in_order(&mut changes);
    once(changes)
}

/// Each decision once that was handed in again and came to the same; and not those rows of a run which ended early that a later run took
/// up.
fn once(changes: Vec<AppliedChange>) -> Vec<AppliedChange> {
    let decision = |change: &AppliedChange| (change.export.clone(), change.row.clone(), change.action);
    let mut last_runs: BTreeMap<_, RunId> = BTreeMap::new();
    for change in &changes {
        last_runs.insert(decision(change), change.run.clone());
    }
    let mut told: Vec<AppliedChange> = Vec::with_capacity(changes.len());
    let mut seen = BTreeSet::new();
    for change in changes {
        let key = decision(&change);
        let is_new = match change.outcome {
            OutcomeKind::NotReached => last_runs.get(&key) == Some(&change.run),
            OutcomeKind::Unknown | OutcomeKind::NotShown => {
                seen.insert((key, change.outcome, change.change.clone(), String::new()))
            }
            OutcomeKind::ByHand | OutcomeKind::Refused | OutcomeKind::Conflict => {
                let words = Language::ENGLISH.render(&change.message);
                seen.insert((key, change.outcome, change.change.clone(), words))
            }
            OutcomeKind::Done | OutcomeKind::AlreadyDone | OutcomeKind::Failed => true,
        };
        if is_new {
            told.push(change);
        }
    }
    told
}

type Outcomes = BTreeMap<RowKey, Outcome>;

/// A run's plan and results. One that was interrupted has no results, and one of an older format cannot be told: neither is
/// given, the latter aloud.
fn bundle(
    history: &History,
    run: &RunId,
    note: &dyn Fn(&RunId, &serde_json::Error),
) -> Result<Option<(PlanFile, Outcomes)>, ArchiveError> {
    let read = |name| history.of_run(run, name);
    let (Some(plan), Some(results)) = (read("plan.json")?, read("results.json")?) else { return Ok(None) };
    match (serde_json::from_slice(&plan), serde_json::from_slice(&results)) {
        (Ok(file), Ok(outcomes)) => Ok(Some((file, outcomes))),
        (Err(error), _) | (_, Err(error)) => {
            note(run, &error);
            Ok(None)
        }
    }
}

/// `sent` are changes that earlier runs made.
pub(super) fn applied_change(
    run: &RunId,
    (plan, row): (&Plan, &PlanRow),
    outcome: &Outcome,
    sent: &BTreeMap<ChangeId, Change>,
) -> AppliedChange {
    let change = row.verdict.change().or_else(|| sent.get(outcome.change.as_ref()?));
    let task = match &row.verdict {
        Verdict::ByHand { task } => Some(task),
        Verdict::Change { .. } | Verdict::AlreadyDone { .. } | Verdict::Conflict { .. } | Verdict::Refused { .. } => {
            None
        }
    };
    AppliedChange {
        run: run.clone(),
        export: plan.export.clone(),
        at: outcome.at,
        by: plan.by.clone(),
        store: row.store.clone(),
        row: row.action.row.clone(),
        coupon: change.map(|change| &change.coupon).or(task.map(|task| &task.coupon)).cloned(),
        label: row.label.clone(),
        action: row.action.word,
        becomes: change.into_iter().flat_map(Change::operations).collect(),
        before: change.map(|change| &change.before).or(outcome.before.as_ref()).cloned(),
        after: change.map(|change| &change.after).or(outcome.after.as_ref()).cloned(),
        outcome: outcome.kind,
        message: outcome.message.clone(),
        request_id: outcome.request_id.clone(),
        created: outcome.all_created().cloned().collect(),
        exposure: change.and_then(|change| change.exposure),
        change: change.map(|change| &change.id).or(outcome.change.as_ref()).or(task.map(|task| &task.change)).cloned(),
        account: Account::default(),
        credit: outcome.credit.clone(),
    }
}

/// The lines of `plan`, in its order; a row that has no outcome has no line. `sent` are changes that earlier runs made.
pub fn change_lines(
    run: &RunFacts,
    plan: &Plan,
    export: &Export,
    outcomes: &Outcomes,
    sent: &BTreeMap<ChangeId, Change>,
) -> Vec<ChangeLine> {
    let line = |row: &PlanRow| line(run, (plan, row), export, outcomes.get(&row.action.row)?, sent);
    plan.rows.iter().filter_map(line).collect()
}

fn line(
    run: &RunFacts,
    (plan, row): (&Plan, &PlanRow),
    export: &Export,
    outcome: &Outcome,
    sent: &BTreeMap<ChangeId, Change>,
) -> Option<ChangeLine> {
    let exported = &export.row(&row.action.row)?.coupon;
    let change = row.verdict.change().or_else(|| sent.get(outcome.change.as_ref()?));
    Some(ChangeLine {
        applied: AppliedChange {
            by: run.by.clone(),
            coupon: Some(exported.id.clone()),
            account: run.account.clone(),
            ..applied_change(&run.id, (plan, row), outcome, sent)
        },
        code: exported.code.clone(),
        name: exported.name.clone(),
        before: change.map(before).unwrap_or_default(),
        after: change.map(after).unwrap_or_default(),
        currency: export.store(&row.store).map(|store| store.currency),
        note: row.action.note.clone(),
        next: outcome.next.clone(),
    })
}

/// What was true before the first step that is about it.
fn before(change: &Change) -> Values {
    change.steps.iter().rev().fold(Values::default(), |known, step| over(values(&step.before), known))
}

/// What is true after the last step that is about it. Of a coupon that is made, its draft says it.
fn after(change: &Change) -> Values {
    change.steps.iter().fold(Values::default(), |known, step| over(after_step(step), known))
}

fn after_step(step: &Step) -> Values {
    match step.write.draft() {
        Some(draft) => Values { status: None, ends: draft.ends, total: draft.total, min_spend: draft.minimum.spend() },
        None => values(&step.after),
    }
}

fn values(facts: &ExpectedState) -> Values {
    Values {
        status: facts.status,
        ends: facts.ends.flatten(),
        total: facts.total.flatten(),
        min_spend: facts.minimum.as_ref().and_then(|minimum| minimum.spend()),
    }
}

fn over(these: Values, those: Values) -> Values {
    Values {
        status: these.status.or(those.status),
        ends: these.ends.or(those.ends),
        total: these.total.or(those.total),
        min_spend: these.min_spend.or(those.min_spend),
    }
}
