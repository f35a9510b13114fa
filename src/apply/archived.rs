//! What came of a run, put into the archive: by the run itself, or, where it was killed, by the next command.
//!
//! The journal has each step as it happened, and the archive the plan: together they tell what a killed run did, what nobody knows
//! of it, and what it never reached.

use std::collections::BTreeMap;
use std::path::Path;

use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use super::error::ApplyError;
use super::lines::{applied_change, change_lines};
use super::outcome_at;
use super::plan_file::PlanFile;
use super::rebuild::{bundle_of, take_over};
use super::reconcile::facts;
use crate::archive::{Archive, ArchiveError, Bundle, BundleKind, RunFacts};
use crate::domain::{
    AppliedChange, Change, ChangeId, CouponId, Export, Message, Operation, Outcome, OutcomeKind, RowKey, RunId,
    Timestamp,
};
use crate::durable;
use crate::journal::{ApplyLock, Journal, JournalError, RunRecord, StepRecord, StepState};
use crate::message;
use crate::plan::{PlanRow, Verdict};

/// A run whose outcomes the archive has not, as the journal knows it.
pub struct Interrupted {
    pub run: RunFacts,
    pub outcomes: BTreeMap<RowKey, Outcome>,
    file: PlanFile,
    /// None where the archive no longer has it.
    export: Option<Export>,
}

/// Every run that goes on at this moment or was interrupted, and kept its plan. `note` hears of one that cannot be told.
///
/// # Errors
/// Where journal or archive cannot be read.
pub fn interrupted(
    archive: &Archive,
    journal: &Journal,
    note: &dyn Fn(&RunId, &ApplyError),
) -> Result<Vec<Interrupted>, ApplyError> {
    let mut found = Vec::new();
    for record in journal.unarchived_runs()? {
        if archive.read(&bundle_of(&record.id), "results.json")?.is_some() {
            continue;
        }
        match as_journaled(archive, journal, &record) {
            Ok(run) => found.extend(run),
            Err(error) => note(&record.id, &error),
        }
    }
    Ok(found)
}

/// Puts into the archive what killed runs left: their outcomes, their rows as a table, and their calls from the folder `calls`. Tells of
/// which runs. `note` hears of one that cannot be told.
///
/// # Errors
/// Where the journal cannot be read or written.
pub fn archive_interrupted(
    archive: &Archive,
    journal: &Journal,
    lock: &ApplyLock,
    calls: &Path,
    note: &dyn Fn(&RunId, &ApplyError),
) -> Result<Vec<Interrupted>, ApplyError> {
    let (elsewhere, own) = (journal.unfinished_elsewhere()?, journal.unarchived_runs()?);
    if elsewhere.is_empty() && own.is_empty() {
        return Ok(Vec::new());
    }
    // Nothing is heard from an archive that somebody else may have written.
    if let Err(error) = archive.must_hold() {
        let error = ApplyError::from(error);
        own.iter().for_each(|record| note(&record.id, &error));
        return Ok(Vec::new());
    }
    let sealed = archive.sealed_runs()?;
    // What the archive tells of a run by now, the journal hears first: it may be an older one that was put back.
    let hear = |run: &RunId| match sealed.get(&bundle_of(run)).filter(|link| link.has("results.json")) {
        Some(link) => take_over(archive, journal, lock, link).map(drop),
        None => Ok(()),
    };
    let mut finished = Vec::new();
    for run in elsewhere {
        hear(&run).unwrap_or_else(|error| note(&run, &error));
    }
    for record in own {
        match hear(&record.id).and_then(|()| finish(archive, journal, &record, calls)) {
            Ok(run) => finished.extend(run),
            Err(error) => note(&record.id, &error),
        }
    }
    Ok(finished)
}

/// None where it left nothing to tell, or had told everything.
fn finish(
    archive: &Archive,
    journal: &Journal,
    record: &RunRecord,
    calls: &Path,
) -> Result<Option<Interrupted>, ApplyError> {
    let told = archive.read(&bundle_of(&record.id), "results.json")?;
    let Some(mut run) = as_journaled(archive, journal, record)? else {
        // It was killed before its plan was kept, and so before anything was sent.
        journal.mark_archived(&record.id, 0)?;
        return Ok(None);
    };
    if let Some(told) = &told {
        run.outcomes = serde_json::from_slice(told)?;
    }
    let known = journal.outcomes(&record.id)?;
    for row in run.file.plan.rows.iter().filter(|_| told.is_none()) {
        let Some(outcome) = run.outcomes.get(&row.action.row) else { continue };
        if outcome.kind == OutcomeKind::Done && !known.contains_key(&row.action.row) {
            // Before the outcome, which settles the row: as the run itself would have.
            if let Some(task) = row.verdict.task_left(outcome.kind) {
                journal.record_task(&record.id, task, outcome.at)?;
            }
            journal.record_outcome(&record.id, &row.action.row, outcome)?;
        }
    }
    let bundle = archive.bundle(BundleKind::Run, record.id.as_str())?.by(&record.by);
    let logs = ["jsonl", "jsonl.earlier"].map(|ending| calls.join(format!("{}.{ending}", record.id)));
    let logs: Vec<&Path> = logs.iter().map(AsRef::as_ref).filter(|log: &&Path| log.is_file()).collect();
    keep((archive, journal, &bundle), &run.run, (&run.file, run.export.as_ref(), &run.outcomes), &logs)?;
    for log in logs {
        let _ = durable::remove(log);
    }
    Ok(told.is_none().then_some(run))
}

/// Keeps what came of a run in its bundle, and its rows as a table. Nothing that is there already is kept twice.
pub(super) fn keep(
    (archive, journal, bundle): (&Archive, &Journal, &Bundle),
    run: &RunFacts,
    (file, export, outcomes): (&PlanFile, Option<&Export>, &BTreeMap<RowKey, Outcome>),
    calls: &[&Path],
) -> Result<(), ApplyError> {
    bundle.keep("results.json", &serde_json::to_vec_pretty(outcomes)?)?;
    for log in calls {
        bundle.keep_file("calls.jsonl", log)?;
    }
    bundle.seal()?;
    if let Some(export) = export.filter(|_| !archive.has_changes(run)) {
        let mut sent: BTreeMap<ChangeId, Change> = BTreeMap::new();
        for change in outcomes.values().filter(|outcome| outcome.credit.is_some()).filter_map(|it| it.change.as_ref()) {
            sent.extend(journal.change(change)?.map(|found| (change.clone(), found)));
        }
        archive.save_changes(run, &change_lines(run, &file.plan, export, outcomes, &sent))?;
    }
    let link = archive.tip()?.map_or(0, |tip| tip.number);
    Ok(journal.mark_archived(&run.id, link)?)
}

/// None where it kept no plan.
fn as_journaled(archive: &Archive, journal: &Journal, record: &RunRecord) -> Result<Option<Interrupted>, ApplyError> {
    let Some(plan) = archive.read(&bundle_of(&record.id), "plan.json")? else { return Ok(None) };
    if data_encoding::HEXLOWER.encode(&Sha256::digest(&plan)) != record.plan_sha256 {
        return Err(ArchiveError::Changed { path: format!("{}/plan.json", bundle_of(&record.id)).into() }.into());
    }
    let file = PlanFile::read("plan.json".as_ref(), &plan)?;
    let export = match archive.load_snapshot(&record.export) {
        Err(ArchiveError::UnknownExport { .. }) => None,
        export => Some(export?),
    };
    let zone = |row: &PlanRow| export.as_ref().and_then(|it| it.store(&row.store)).map_or(chrono_tz::UTC, |it| it.zone);
    let known = journal.outcomes(&record.id)?;
    let (mut outcomes, mut reached) = (BTreeMap::new(), record.started);
    for row in &file.plan.rows {
        let outcome = match (known.get(&row.action.row), &row.verdict) {
            (Some(known), _) => Some(known.clone()),
            (None, Verdict::Change { change, .. }) => {
                of_change(journal, record, change, (zone(row), file.plan.made_at))?
            }
            (
                None,
                Verdict::AlreadyDone { .. }
                | Verdict::ByHand { .. }
                | Verdict::Conflict { .. }
                | Verdict::Refused { .. },
            ) => None,
        };
        reached = outcome.as_ref().map_or(reached, |outcome| reached.max(outcome.at));
        outcomes.insert(row.action.row.clone(), outcome);
    }
    let of_row = |row: &PlanRow| {
        let own = outcomes.get(&row.action.row).cloned().flatten();
        (row.action.row.clone(), own.unwrap_or_else(|| not_reached(row.verdict.change(), reached)))
    };
    let outcomes = file.plan.rows.iter().map(of_row).collect();
    let RunRecord { id, export: of, by, account, started, .. } = record.clone();
    let run = RunFacts { id, export: of, by, account, started, finished: reached };
    Ok(Some(Interrupted { run, outcomes, file, export }))
}

impl Interrupted {
    /// Its rows, as the weekly audit takes them.
    pub fn changes(&self) -> impl Iterator<Item = AppliedChange> {
        let none = BTreeMap::new();
        self.file.plan.rows.iter().filter_map(move |row| {
            let outcome = self.outcomes.get(&row.action.row)?;
            let applied = applied_change(&self.run.id, (&self.file.plan, row), outcome, &none);
            Some(AppliedChange { by: self.run.by.clone(), account: self.run.account.clone(), ..applied })
        })
    }
}

/// What the journal tells of a change whose outcome was never written down; none where `run` did nothing about it.
fn of_change(
    journal: &Journal,
    run: &RunRecord,
    change: &Change,
    (zone, near): (Tz, Timestamp),
) -> Result<Option<Outcome>, JournalError> {
    let steps = journal.steps(&change.id)?;
    let asked_by_it = |step: &StepRecord| step.settled_at.is_some_and(|at| at >= run.started);
    let own = || steps.iter().filter(|step| step.run == run.id || asked_by_it(step));
    let ended = |step: &StepRecord| step.settled_at.or(step.finished_at).unwrap_or(step.begun_at);
    let (Some(at), Some(last)) = (own().map(ended).max(), steps.last()) else { return Ok(None) };
    let any = |state: StepState| own().any(|step| step.state == state);
    let ask = "results-next-same-again";
    let (kind, words, next) = if steps.len() == change.steps.len()
        && steps.iter().all(|it| it.state == StepState::Proved)
    {
        (OutcomeKind::Done, message!("results-done", becomes = change.operations_message()), "")
    } else if let Some(lost) = steps.iter().find(|step| step.state == StepState::NotShown) {
        let words = Message::as_written(lost.message.clone().unwrap_or_default());
        (OutcomeKind::NotShown, words, "results-next-look")
    } else if own().any(|step| step.state.is_in_doubt()) {
        (OutcomeKind::Unknown, message!("results-interrupted-unanswered"), ask)
    } else if any(StepState::Done) {
        (OutcomeKind::Unknown, message!("results-interrupted-unread"), ask)
    } else if steps.iter().any(|step| step.state.happened()) {
        (OutcomeKind::Unknown, message!("results-interrupted-half"), ask)
    } else if let Some(refused) = own().find(|step| step.state == StepState::Refused) {
        (OutcomeKind::Failed, Message::as_written(refused.message.clone().unwrap_or_default()), "results-next-correct")
    } else {
        return Ok(None);
    };
    let is_done = kind == OutcomeKind::Done;
    let next =
        if is_done { change.follow_up.as_ref().map(|follow_up| follow_up.message()) } else { Some(message!(next)) };
    let gone = matches!(change.becomes, Operation::Delete | Operation::Trash);
    let present = last.read_back.clone().filter(|_| is_done);
    let shown = present.as_ref().filter(|_| !gone).map(|coupon| facts(coupon, zone, near));
    let made: Vec<CouponId> = steps.iter().filter_map(|step| step.created.clone()).collect();
    let is_anothers = is_done && steps.iter().all(|step| step.run != run.id);
    Ok(Some(Outcome {
        after: is_done.then(|| change.after.clone()),
        request_id: last.request_id.clone(),
        read_back: is_done.then(|| shown.unwrap_or_else(|| message!("results-gone"))),
        present,
        is_gone: is_done && gone,
        credit: if is_anothers { journal.credit(&last.run, last.begun_at)? } else { None },
        ..of(Some(change), kind, (Message::sentence(words), next), at).having_made(&made)
    }))
}

fn not_reached(change: Option<&Change>, at: Timestamp) -> Outcome {
    let words = (Message::sentence(message!("results-interrupted-before")), Some(message!("results-next-rest")));
    of(change, OutcomeKind::NotReached, words, at)
}

fn of(
    change: Option<&Change>,
    kind: OutcomeKind,
    (message, next): (Message, Option<Message>),
    at: Timestamp,
) -> Outcome {
    Outcome {
        change: change.map(|change| change.id.clone()),
        before: change.map(|change| change.before.clone()),
        ..outcome_at(at, kind, message, next)
    }
}
