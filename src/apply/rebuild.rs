//! What the archive tells of runs, taken over into the journal: where that was lost, an older one was put back, or another machine
//! applied. Nothing is guessed: what happened comes from the results, what nobody knows stays in doubt and is asked about.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use sha2::{Digest, Sha256};

use super::error::{ApplyError, MissingRun};
use super::plan_file::PlanFile;
use crate::archive::{Archive, ArchiveError, Kind, Link};
use crate::domain::{Account, Change, CouponId, Credit, Outcome, OutcomeKind, RowKey, RunId, Step};
use crate::journal::{ApplyLock, Journal, PastRow, PastRun, RunRecord, StepRecord, StepState};
use crate::plan::PlanRow;

/// What came of taking a run over.
pub struct TakenOver {
    pub missing: MissingRun,
    pub past: Result<PastRun, ApplyError>,
}

/// The runs that the journal does not know, the oldest first.
///
/// # Errors
/// Where archive or journal cannot be read.
pub fn missing_runs(archive: &Archive, journal: &Journal) -> Result<Vec<MissingRun>, ApplyError> {
    let known = journal.known_runs()?;
    let id = |bundle: &String| RunId::new(bundle.rsplit('/').next().unwrap_or_default());
    let there: BTreeSet<RunId> = archive.bundles(Kind::Run, None, None)?.iter().map(id).collect();
    if there.is_subset(&known) {
        return Ok(Vec::new());
    }
    let sealed = archive.sealed_runs()?;
    let mut missing = Vec::new();
    for run in there.into_iter().chain(sealed.keys().map(id)).collect::<BTreeSet<_>>().difference(&known) {
        let link = sealed.get(&bundle_of(run));
        // A plan is sealed before anything of it is sent; what was pruned has none any more.
        let has_plan = match link {
            Some(link) => link.has("plan.json"),
            None => !archive.is_pending(&bundle_of(run)) && archive.read(&bundle_of(run), "plan.json")?.is_some(),
        };
        if has_plan {
            let machine = link.map(|link| link.machine.clone()).unwrap_or_default();
            missing.push(MissingRun { run: run.clone(), by: link.and_then(|link| link.by.clone()), machine });
        }
    }
    Ok(missing)
}

/// Takes every run over that the journal does not know.
///
/// # Errors
/// Where archive or journal cannot be read, or the journal cannot be written; a run that cannot be taken over is told.
pub fn rebuild(archive: &Archive, journal: &Journal, lock: &ApplyLock) -> Result<Vec<TakenOver>, ApplyError> {
    archive.must_hold()?;
    let sealed = archive.sealed_runs()?;
    let mut taken = Vec::new();
    for missing in missing_runs(archive, journal)? {
        let past = match sealed.get(&bundle_of(&missing.run)) {
            Some(link) => take_over(archive, journal, lock, link),
            None => {
                Err(ArchiveError::Missing { path: format!("chain: the link of {}", bundle_of(&missing.run)).into() }
                    .into())
            }
        };
        match past {
            Err(error @ ApplyError::Journal(_)) => return Err(error),
            past => taken.push(TakenOver { missing, past }),
        }
    }
    Ok(taken)
}

/// Takes one run over as its newest link has it.
pub(super) fn take_over(
    archive: &Archive,
    journal: &Journal,
    lock: &ApplyLock,
    link: &Link,
) -> Result<PastRun, ApplyError> {
    let past = past_run(archive, link)?;
    journal.take_over(lock, &past)?;
    Ok(past)
}

pub(super) fn bundle_of(run: &RunId) -> String {
    format!("runs/{run}")
}

fn past_run(archive: &Archive, link: &Link) -> Result<PastRun, ApplyError> {
    let missing = |name: &str| ArchiveError::Missing { path: format!("{}/{name}", link.bundle).into() };
    let plan = archive.read_sealed(link, "plan.json")?.ok_or_else(|| missing("plan.json"))?;
    let file = PlanFile::read(format!("{}/plan.json", link.bundle).as_ref(), &plan)?;
    let results = archive.read_sealed(link, "results.json")?;
    let told: Option<BTreeMap<RowKey, Outcome>> =
        results.map(|results| serde_json::from_slice(&results)).transpose()?;
    let record = match archive.read_sealed(link, "run.json")? {
        Some(record) => serde_json::from_slice(&record)?,
        None => record_of(link, &file, &plan),
    };
    let row = |row: &PlanRow| past_row(&record, row, told.as_ref());
    let rows = file.plan.rows.iter().map(row).collect();
    // One of this machine that has no results is ours to finish.
    let is_own = link.machine == archive.machine() && told.is_none();
    Ok(PastRun { rows, link: (!is_own).then_some(link.number), is_told: told.is_some(), record })
}

/// Of a run that is older than its own note of itself.
fn record_of(link: &Link, file: &PlanFile, plan: &[u8]) -> RunRecord {
    let id = RunId::new(link.id());
    let moment = id.as_str().get(1..16).and_then(|at| NaiveDateTime::parse_from_str(at, "%Y%m%d-%H%M%S").ok());
    RunRecord {
        export: file.plan.export.clone(),
        by: link.by.clone().unwrap_or_else(|| file.plan.by.clone()),
        account: Account { author: file.author_hint.clone(), host: Some(link.machine.clone()), user: None },
        started: moment.map_or(file.plan.made_at, |moment| moment.and_utc()),
        workbook_sha256: file.plan.workbook_sha256.clone(),
        plan_sha256: data_encoding::HEXLOWER.encode(&Sha256::digest(plan)),
        id,
    }
}

fn past_row(run: &RunRecord, row: &PlanRow, told: Option<&BTreeMap<RowKey, Outcome>>) -> PastRow {
    let outcome = told.and_then(|told| told.get(&row.action.row));
    let change = row.verdict.change();
    let steps = change.map(|change| past_steps(run, change, told.is_none(), outcome)).unwrap_or_default();
    let outcome = outcome.filter(|outcome| outcome.kind != OutcomeKind::NotReached).cloned();
    let task = outcome.as_ref().and_then(|outcome| row.verdict.task_left(outcome.kind)).cloned();
    let is_kept = outcome.is_some() && change.is_some_and(|change| change.steps.is_empty());
    PastRow {
        row: row.action.row.clone(),
        change: change.filter(|_| is_kept || !steps.is_empty()).cloned(),
        steps,
        task,
        outcome,
    }
}

/// The steps of a change as far as results tell: what happened, and where the doubt is. Where there are no results, nobody knows of any.
fn past_steps(run: &RunRecord, change: &Change, untold: bool, outcome: Option<&Outcome>) -> Vec<StepRecord> {
    let ids = outcome.into_iter().flat_map(Outcome::all_created).enumerate();
    let read = |id: &CouponId| outcome.and_then(|outcome| outcome.read().find(|coupon| coupon.id == *id));
    let of_step = |(place, id)| Some((change.making(place, read(id))?.0, id));
    let created: BTreeMap<u32, &CouponId> = ids.filter_map(of_step).collect();
    // What came before the end that the row had.
    let made = created.last_key_value().map_or(0, |(makes, _)| *makes as usize + 1);
    let (happened, doubt) = match outcome.map(|outcome| outcome.kind) {
        None if untold => (0, Some(StepState::Begun)),
        None => (0, None),
        Some(OutcomeKind::Done) => (change.steps.len(), None),
        Some(OutcomeKind::AlreadyDone) => match outcome.and_then(|outcome| outcome.credit.as_ref()) {
            Some(_) => (change.steps.len(), None),
            None => (0, None),
        },
        Some(OutcomeKind::Unknown) => (made, Some(StepState::Unknown)),
        Some(OutcomeKind::NotShown) => (made, Some(StepState::NotShown)),
        Some(OutcomeKind::Failed | OutcomeKind::Conflict) => (made, None),
        Some(OutcomeKind::ByHand | OutcomeKind::Refused | OutcomeKind::NotReached) => (0, None),
    };
    let own = Credit {
        run: run.id.clone(),
        by: run.by.clone(),
        at: outcome.map_or(run.started, |outcome| outcome.at),
        account: run.account.clone(),
    };
    let sender = outcome.and_then(|outcome| outcome.credit.clone()).unwrap_or(own);
    // Which of the rest it is, results do not say: each is asked about.
    let rest = change.steps.len().saturating_sub(happened);
    let doubts = doubt.into_iter().flat_map(|state| std::iter::repeat_n(state, rest));
    let states = std::iter::repeat_n(StepState::Proved, happened).chain(doubts);
    let step = |((ordinal, step), state): ((u32, &Step), StepState)| {
        let is_last = ordinal as usize + 1 == change.steps.len();
        StepRecord {
            run: sender.run.clone(),
            change: change.id.clone(),
            store: change.store.clone(),
            ordinal,
            write: step.about(created.range(..ordinal).next_back().map(|(_, made)| *made)).write,
            state,
            attempts: 1,
            begun_at: sender.at,
            finished_at: None,
            settled_at: state.happened().then_some(outcome.map_or(sender.at, |outcome| outcome.at)),
            request_id: outcome.and_then(|outcome| outcome.request_id.clone()).filter(|_| is_last),
            message: None,
            created: created.get(&ordinal).map(|made| (*made).clone()),
            read_back: outcome.and_then(|outcome| outcome.present.clone()).filter(|_| is_last && state.happened()),
        }
    };
    (0_u32..).zip(&change.steps).zip(states).map(step).collect()
}
