//! The steps of a plan and of an apply, from the workbook that was handed back to the results workbook beside it.

use chrono::TimeDelta;
use futures::stream::{self, StreamExt};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::agrees::must_agree;
use super::approval::{Approval, Judged, approvals, reasons};
use super::archived;
use super::codes::is_by_code;
use super::error::ApplyError;
use super::forgotten::forgotten_runs;
use super::handed_back::{Returned, decided, keep, opened, read_back};
use super::parts::refuse_others;
use super::plan_file::{MadeWith, PlanFile};
use super::prepare::{Terms, look, planned, resolve_decisions, rules_sha256, told};
use super::reconcile::connector_of;
use super::results::{place_of_results, refusal, undo_of, write_results};
use super::rights::{may_send, refuse_without_right};
use super::seen::Seen;
use super::setup::{Event, Setup};
use super::unresolved::{Touched, resolve, touched_by, unresolved};
use super::{Run, carry_out};
use crate::archive::{Bundle, BundleKind, RunFacts, Tip};
use crate::domain::{Access, Account, Export, ExportId, Message, Outcome, OutcomeKind, RowKey, RunId, StoreId};
use crate::durable;
use crate::journal::{ApplyLock, Journal, JournalError, RunRecord};
use crate::language::Language;
use crate::plan::{Plan, Verdict, releasing, why_approval};
use crate::platforms::{wrong_clock, wrong_shop};
use crate::settings::Settings;
use crate::workbook::CellProblems;

/// A workbook's plan, and its cells that cannot be planned.
pub struct Planned {
    pub file: PlanFile,
    pub export: Export,
    pub problems: CellProblems,
    returned: Returned,
}

/// Whether brakes are released: hears the plan as they hold it back, and as it is without them.
type IsReleased<'a> = &'a (dyn Fn(&Plan, &Plan) -> bool + Send + Sync);

/// What one apply is about.
pub struct ApplyInput<'a> {
    /// The workbook that was handed back, or a plan made from it.
    pub file: &'a Path,
    /// The export it came from, where the workbook no longer says.
    pub export: Option<&'a ExportId>,
    pub skip_bad_rows: bool,
    /// Whether it may be although the archive has runs that the journal does not know.
    pub forgotten_runs: bool,
    /// Where the results workbook is to lie; none means beside the workbook.
    pub out: Option<&'a Path>,
    pub id: RunId,
    /// Random letters for the id of the results' snapshot.
    pub letters: &'a str,
    /// Where the calls are written while they are made; kept in the archive afterwards.
    pub call_log: &'a Path,
    /// Whether the plan may be sent; none where there is nobody to ask. Not asked where nothing would be sent.
    pub agreed: &'a (dyn Fn(&Plan) -> Option<bool> + Send + Sync),
    /// None where there is nobody to ask.
    pub released: Option<IsReleased<'a>>,
    /// Set when the user wants to stop: what is begun is finished, the rest is "not reached".
    pub stop: &'a AtomicBool,
}

/// What a run left behind.
pub struct Applied {
    pub run: RunId,
    pub plan: Plan,
    pub outcomes: BTreeMap<RowKey, Outcome>,
    /// Who agreed, where somebody had to.
    pub approved_by: Vec<String>,
    /// The run that it took back.
    pub undid: Option<RunId>,
    pub results: PathBuf,
    /// Rows that could not be planned and were left out, as asked.
    pub bad_rows: usize,
}

/// Reads a workbook, keeps what it says besides, asks journal and platforms about its decisions, and plans them. `lock` is held by
/// an apply.
///
/// # Errors
/// Where the workbook, its export or the journal cannot be read.
pub async fn plan(
    setup: &Setup<'_>,
    lock: Option<&ApplyLock>,
    workbook: &Path,
    export: Option<&ExportId>,
) -> Result<Planned, ApplyError> {
    let returned = read_back(setup, workbook, export)?;
    keep(setup, &returned)?;
    let returned = returned.of_stores(setup);
    let export = with_present_access(&returned.export, setup.settings);
    let mut decisions = resolve_decisions(&export, &returned.handed_back.decisions);
    if let Some(part) = returned.bound_to() {
        refuse_others(&mut decisions, part);
    }
    refuse_without_right(&mut decisions, &setup.all.people, setup.by);
    clear_up(setup, lock, &touched_by(&decisions)).await?;
    let known = look(setup, &mut decisions).await?;
    let terms = Terms {
        allowed: setup.allowed,
        operator: setup.operator,
        by: setup.by,
        now: (setup.clock)(),
        workbook_sha256: &returned.handed_back.sha256,
        snapshot_sha256: &returned.snapshot_sha256,
        rules_sha256: rules_sha256(setup.settings),
    };
    let plan = planned(setup, &export, decisions, &known, terms)?;
    let made_with = MadeWith {
        allowed: setup.allowed.clone(),
        operator: setup.operator.to_string(),
        seen: Seen::of(&known, &export),
    };
    // An apply says so itself, and goes no further.
    if lock.is_none() {
        let forgotten = forgotten_runs(setup, &plan)?;
        if !forgotten.is_empty() {
            (setup.tell)(Event::Forgotten(&forgotten));
        }
    }
    let problems = returned.handed_back.problems.clone();
    (setup.tell)(Event::Remarks(&returned.handed_back.remarks));
    if returned.handed_back.rows_in_part > 0 {
        (setup.tell)(Event::NotComparedRows(returned.handed_back.rows_in_part));
    }
    if !problems.is_empty() {
        (setup.tell)(Event::Problems(&problems));
    }
    Ok(Planned { file: PlanFile::of(plan, &returned, made_with), export: returned.export.clone(), problems, returned })
}

impl Planned {
    /// Saves the plan for review, at `out` or under a free name beside it; this machine knows it again by its bytes.
    ///
    /// # Errors
    /// Where the file or the journal cannot be written.
    pub fn save(&self, setup: &Setup, out: &Path) -> Result<PathBuf, ApplyError> {
        let bytes = self.file.to_json()?;
        setup.journal.record_plan(&sha256(&bytes), (setup.clock)())?;
        Ok(durable::write_free(out, &bytes)?)
    }

    /// The refusal of its bad cells, where there are any; a copy of the workbook with these marked is written beside it.
    pub fn refusal(&self, setup: &Setup) -> Option<ApplyError> {
        (!self.problems.is_empty()).then(|| refusal(setup, &self.returned, self.problems.count()))
    }
}

/// Carries the actions of a workbook out, or a plan that was reviewed, and writes what came of it. Each row has one outcome, also
/// where the run is stopped.
///
/// # Errors
/// Before anything is sent: where the file cannot be planned or used, or nobody agreed. Later only where journal, archive or the
/// results workbook cannot be written; what was sent is in the journal.
pub async fn apply(setup: &Setup<'_>, lock: &ApplyLock, input: ApplyInput<'_>) -> Result<Applied, ApplyError> {
    let Setup { archive, journal, tell, .. } = *setup;
    let work = match is_plan(input.file) {
        true => reviewed(setup, lock, input.file).await?,
        false => planned_now(setup, lock, &input).await?,
    };
    let Work { file, export, plan_json, bad_rows } = work;
    may_send(&file.plan, &setup.all.people, setup.by)?;
    let approvals = approved(setup, input.file, &file, &plan_json)?;
    if !input.forgotten_runs {
        let forgotten = forgotten_runs(setup, &file.plan)?;
        if !forgotten.is_empty() {
            return Err(ApplyError::Forgotten(forgotten));
        }
    }
    // What cannot be told afterwards is not sent: this place, and below the archive.
    let place = place_of_results(setup, &file, input.out)?;
    tell(Event::Planned(&file.plan, &export));
    agree(&input, &file.plan)?;

    let started = (setup.clock)();
    let account = Account { author: file.author_hint.clone(), ..setup.account.clone() };
    let record = RunRecord {
        id: input.id.clone(),
        export: export.id.clone(),
        by: setup.by.to_string(),
        account: account.clone(),
        started,
        workbook_sha256: file.plan.workbook_sha256.clone(),
        plan_sha256: sha256(&plan_json),
    };
    journal.begin_run(lock, &record)?;
    let bundle = archive.bundle(BundleKind::Run, input.id.as_str())?.by(setup.by);
    if file.workbook.exists() {
        bundle.keep_file(&format!("handed-back.{}", ending_of(&file.workbook)), &file.workbook)?;
    }
    bundle.keep("plan.json", &plan_json)?;
    if !approvals.is_empty() {
        bundle.keep(APPROVALS_FILE, &serde_json::to_vec_pretty(&approvals)?)?;
    }
    // For a journal that is rebuilt from the archive.
    let note = RunNote { record: &record, archive: archive.tip()? };
    bundle.keep("run.json", &serde_json::to_vec_pretty(&note)?)?;
    bundle.seal()?;

    let run = Run {
        id: input.id.clone(),
        journal,
        lock,
        connectors: setup.connectors,
        clock: setup.clock,
        settle: setup.settle,
        started: setup.started,
        tell,
        coupon_of: &|row| export.row(row).map(|row| row.coupon.id.clone()),
        zone: &|store| export.store(store).map_or(chrono_tz::UTC, |store| store.zone),
        stores_at_once: setup.settings.stores_at_once,
        stop: input.stop,
        progress: &|row, outcome| tell(Event::RowDone(row, outcome)),
    };
    tell(Event::Applying(file.plan.rows.len()));
    let outcomes = carry_out(&run, &file.plan).await;
    tell(Event::PhaseDone);
    let outcomes = outcomes?;

    let facts = RunFacts {
        id: input.id.clone(),
        export: export.id.clone(),
        by: setup.by.to_string(),
        account,
        started,
        finished: (setup.clock)(),
    };
    let approved_by: Vec<String> = approvals.into_iter().map(|approval| approval.person).collect();
    let kept = keep_outcomes(setup, (&bundle, &facts), (&file, &export, &outcomes), (&input, &place), &approved_by);
    // It was sent: whatever cannot be kept of it is told at least.
    let results = kept.inspect_err(|_| {
        tell(Event::NotKept { run: &input.id, plan: &file.plan, outcomes: &outcomes });
    })?;
    // Only now: until here the same plan may be applied again, and tells what came of it.
    if outcomes.values().all(|outcome| outcome.kind != OutcomeKind::NotReached) {
        journal.finish_run(&input.id, (setup.clock)())?;
    }
    let undid = undo_of(setup, &export).ok().flatten().map(|undo| undo.run);
    Ok(Applied { run: input.id, plan: file.plan, outcomes, approved_by, undid, results, bad_rows })
}

/// In the bundle of a run that others approved.
pub const APPROVALS_FILE: &str = "approvals.json";

/// Who approved it, where somebody has to.
fn approved(setup: &Setup, path: &Path, file: &PlanFile, plan_json: &[u8]) -> Result<Vec<Approval>, ApplyError> {
    let Some(limits) = &setup.all.approval else { return Ok(Vec::new()) };
    let may_lose_money = file.made_with.as_ref().is_some_and(|made| made.allowed.losing_money);
    let why = why_approval(&file.plan, limits, may_lose_money);
    if why.is_empty() {
        return Ok(Vec::new());
    }
    if !is_plan(path) {
        return Err(ApplyError::NeedsApproval { why: reasons(&why), not_counted: Vec::new() });
    }
    let plan_sha256 = sha256(plan_json);
    let judged = Judged {
        plan: &file.plan,
        plan_sha256: &plan_sha256,
        people: &setup.all.people,
        now: (setup.clock)(),
        is_by_code: &|approval| is_by_code(setup.journal, approval).unwrap_or(false),
    };
    approvals(path, &judged, &why)
}

/// Writes what came of a run into the archive, and its results workbook; tells where that lies. The archive has the outcomes also
/// where the workbook cannot be written.
fn keep_outcomes(
    setup: &Setup,
    (bundle, run): (&Bundle, &RunFacts),
    (file, export, outcomes): (&PlanFile, &Export, &BTreeMap<RowKey, Outcome>),
    (input, place): (&ApplyInput, &Path),
    approved_by: &[String],
) -> Result<PathBuf, ApplyError> {
    let results = write_results(setup, file, export, outcomes, (input.letters, place), approved_by);
    if let Ok(results) = &results {
        bundle.keep_file("results.xlsx", results)?;
    }
    archived::keep((setup.archive, setup.journal, bundle), run, (file, Some(export), outcomes), &[input.call_log])?;
    results
}

/// `run.json`: a run as the journal begins it, and how far the archive had come.
#[derive(Serialize)]
struct RunNote<'a> {
    #[serde(flatten)]
    record: &'a RunRecord,
    archive: Option<Tip>,
}

/// What is to be applied, whether it came as a workbook or as a reviewed plan.
struct Work {
    file: PlanFile,
    export: Export,
    /// Of the plan as it lies in the archive, or in the file that was given.
    plan_json: Vec<u8>,
    bad_rows: usize,
}

async fn planned_now(setup: &Setup<'_>, lock: &ApplyLock, input: &ApplyInput<'_>) -> Result<Work, ApplyError> {
    let planned = plan(setup, Some(lock), input.file, input.export).await?;
    let planned = without_brakes(setup, lock, input, planned).await?;
    if !input.skip_bad_rows
        && let Some(refusal) = planned.refusal(setup)
    {
        return Err(refusal);
    }
    let Planned { file, export, problems, .. } = planned;
    Ok(Work { plan_json: file.to_json()?, file, export, bad_rows: problems.count() })
}

/// The plan without its brakes, where somebody who sees what they hold back says so.
async fn without_brakes(
    setup: &Setup<'_>,
    lock: &ApplyLock,
    input: &ApplyInput<'_>,
    planned: Planned,
) -> Result<Planned, ApplyError> {
    let (Some(is_released), Some(allowed)) = (input.released, releasing(&planned.file.plan.brakes, setup.allowed))
    else {
        return Ok(planned);
    };
    // What was told of the workbook once is not told again.
    let quiet = Setup { allowed: &allowed, tell: &|_| {}, ..*setup };
    let released = plan(&quiet, Some(lock), input.file, input.export).await?;
    let is_released = is_released(&planned.file.plan, &released.file.plan);
    Ok(if is_released { released } else { planned })
}

/// Where the workbook is that the plan was made from: as the plan has it, or with the plan, if both were moved. Where it is gone, its
/// results lie beside the plan.
fn find_workbook(setup: &Setup, file: &mut PlanFile, plan: &Path) {
    let is_it = |path: &PathBuf| durable::read(path).is_ok_and(|bytes| sha256(&bytes) == file.plan.workbook_sha256);
    let beside = plan.with_file_name(file.workbook.file_name().unwrap_or_default());
    match [file.workbook.clone(), beside.clone()].into_iter().find(is_it) {
        Some(found) => file.workbook = found,
        // Another one in its place is refused.
        None if file.workbook.exists() => {}
        None => {
            (setup.tell)(Event::WorkbookGone { workbook: &file.workbook });
            file.workbook = beside;
        }
    }
}

/// A reviewed plan is applied as it is, once, and only while what it was reviewed against still holds.
async fn reviewed(setup: &Setup<'_>, lock: &ApplyLock, path: &Path) -> Result<Work, ApplyError> {
    let unreadable = |error| ApplyError::Unreadable { path: path.to_path_buf(), error };
    let bytes = durable::read(path).map_err(unreadable)?;
    let mut file = PlanFile::read(path, &bytes)?;
    let plan = &file.plan;
    if let Some(used) = setup.journal.plan_use(&sha256(&bytes))?.filter(|used| used.finished.is_some()) {
        return Err(ApplyError::UsedPlan(used));
    }
    if !setup.journal.knows_plan(&sha256(&bytes))? {
        // A journal that was lost does not know its plans either.
        let forgotten = forgotten_runs(setup, plan)?;
        let unknown = ApplyError::UnknownPlan(path.to_path_buf());
        return Err(if forgotten.is_empty() { unknown } else { ApplyError::Forgotten(forgotten) });
    }
    setup.archive.must_hold()?;
    find_workbook(setup, &mut file, path);
    let plan = &file.plan;
    let stale = |what: String| Err(ApplyError::Stale(what));
    if setup.archive.snapshot_sha256(&plan.export)? != plan.snapshot_sha256 {
        return stale(format!("the archive holds another snapshot of export {}", plan.export));
    }
    if rules_sha256(setup.settings) != plan.rules_sha256 {
        return stale("the platforms' rules, the brakes or the program's version changed since".to_string());
    }
    if durable::read(&file.workbook).is_ok_and(|workbook| sha256(&workbook) != plan.workbook_sha256) {
        return stale(format!("{} was changed since", file.workbook.display()));
    }
    let export = setup.archive.load_snapshot(&plan.export)?;
    if let Some((hours, most)) = too_old(setup, &file, &export) {
        return stale(format!(
            "its export is {hours} hours old, and after {most} it may no longer be true; add --allow-old where it is"
        ));
    }
    let may_be_written = |id: &StoreId| setup.settings.store(id).map(|it| it.store.access) == Some(Access::ReadWrite);
    if let Some(store) = plan.stores().into_iter().find(|id| !may_be_written(id)) {
        return stale(format!("{store} is read-only or no longer in the config"));
    }
    let opened = file.workbook.exists().then(|| opened(setup, &file.workbook)).transpose()?;
    let workbook = opened.map(|opened| decided(setup, opened, &export));
    must_agree(setup, &file, &with_present_access(&export, setup.settings), workbook.as_ref())?;
    if let Some(problem) = wrong_shops(setup, plan.stores()).await.first() {
        return stale(Language::ENGLISH.render(problem));
    }
    let touched: Touched = plan.changes().map(|it| ((it.store.clone(), it.coupon.clone()), it.id.clone())).collect();
    clear_up(setup, Some(lock), &touched).await?;
    if let Some((change, run)) = unresolved(setup.journal, &touched)?.first() {
        let label = &change.label;
        return stale(format!("nobody knows what came of the change of {label} that run {run} began since"));
    }
    already_done(setup.journal, &mut file.plan)?;
    Ok(Work { file, export, plan_json: bytes, bad_rows: 0 })
}

/// The hours since the export and those that a workbook is good for, where these are over and nobody released that.
fn too_old(setup: &Setup, file: &PlanFile, export: &Export) -> Option<(i64, i64)> {
    let is_released = setup.allowed.old_workbook || file.made_with.as_ref().is_some_and(|it| it.allowed.old_workbook);
    let (age, most) = ((setup.clock)() - export.at, setup.settings.brakes.workbook_hours);
    let is_over = TimeDelta::try_hours(most).is_some_and(|most| age > most);
    (is_over && !is_released && file.plan.changes().next().is_some()).then_some((age.num_hours(), most))
}

/// What another run carried out since the plan was made, of this very decision, is not this run's.
fn already_done(journal: &Journal, plan: &mut Plan) -> Result<(), JournalError> {
    for row in &mut plan.rows {
        let Verdict::Change { change, .. } = &row.verdict else { continue };
        if let Some(settled) = journal.settled(&change.id)? {
            let (why, by) = told(settled);
            row.verdict = Verdict::AlreadyDone { why, by: Some(by) };
        }
    }
    Ok(())
}

/// Those of `stores` whose shop says of itself that it is another one than the config names, or that shows another time.
async fn wrong_shops(setup: &Setup<'_>, stores: BTreeSet<StoreId>) -> Vec<Message> {
    let asked = stores
        .into_iter()
        .filter_map(|id| Some((setup.settings.store(&id)?, connector_of(setup.connectors, &id).ok()?)));
    let told = asked.map(|(settings, connector)| async move {
        let wrong = wrong_shop(&settings.store, connector.shop_told().await, [], (setup.clock)());
        wrong.map(|error| error.sentence).or_else(|| wrong_clock(connector))
    });
    let told = stream::iter(told).buffer_unordered(setup.settings.stores_at_once.max(1));
    told.filter_map(|wrong| async move { wrong }).collect().await
}

fn agree(input: &ApplyInput, plan: &Plan) -> Result<(), ApplyError> {
    if plan.changes().next().is_none() {
        return Ok(());
    }
    match (input.agreed)(plan) {
        Some(true) => Ok(()),
        Some(false) => Err(ApplyError::NotAgreed),
        None => Err(ApplyError::NobodyToAsk),
    }
}

/// Asks the platforms what came of earlier runs' changes of the same coupons whose answers were lost, so that new decisions on
/// them need not wait. A plan takes the lock for as long as it asks, and asks nothing while an apply runs.
async fn clear_up(setup: &Setup<'_>, lock: Option<&ApplyLock>, touched: &Touched) -> Result<(), ApplyError> {
    if unresolved(setup.journal, touched)?.is_empty() {
        return Ok(());
    }
    let own = match lock {
        Some(_) => None,
        None => match setup.journal.lock("a plan that asks what came of an earlier run", (setup.clock)()) {
            Err(JournalError::ApplyRunning { .. }) => return Ok(()),
            taken => Some(taken?),
        },
    };
    if let Some(lock) = lock.or(own.as_ref()) {
        resolve(setup, lock, touched).await?.iter().for_each(|resolution| (setup.tell)(Event::Resolved(resolution)));
    }
    Ok(())
}

/// Whether a store may be written to is the config's word of today, not that of the export.
fn with_present_access(export: &Export, settings: &Settings) -> Export {
    let mut export = export.clone();
    for load in &mut export.stores {
        if let Some(present) = settings.store(&load.store.id) {
            load.store.access = present.store.access;
        }
    }
    export
}

/// A workbook begins as a zip does; a plan is JSON. The name does not decide.
pub fn is_plan(path: &Path) -> bool {
    use std::io::Read;
    let mut first = [0_u8; 1];
    let read = durable::open(path).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && first == *b"{"
}

fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// What the workbook is called behind the point, as far as that is one of a kind that is read.
fn ending_of(workbook: &Path) -> &'static str {
    let ending = workbook.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    ["xlsm", "xlsb", "xls", "ods", "csv"].into_iter().find(|known| *known == ending).unwrap_or("xlsx")
}
