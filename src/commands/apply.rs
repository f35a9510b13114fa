use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::connections::{self, Connections};
use super::context::Context;
use super::decide::{self, Released, Returned};
use super::export::choices;
use super::filter::Filter;
use super::plan::PlanFile;
use super::{progress, say};
use crate::apply::{Round, Run, Touched, apply, change_lines, next_round, rules_sha256, stores_of, totals, unresolved};
use crate::archive::{Archive, BundleKind, RunFacts};
use crate::domain::{Export, Outcome, OutcomeKind, RowKey, RunId, StoreId};
use crate::export::{BookInput, open_actions, tasks_seen};
use crate::failure::{Failure, Kind};
use crate::journal::{ApplyLock, Journal, RunRecord};
use crate::plan::{Plan, PlanRow};
use crate::settings::Settings;
use crate::workbook::{Carried, Decision, Overview, Results};

/// Carry the actions of a workbook out, or a plan that was reviewed; what was done before is not done again
#[derive(Debug, Default, clap::Args)]
pub struct ApplyArgs {
    /// The workbook that was handed back, or a plan made from it
    #[arg(value_name = "WORKBOOK|PLAN")]
    file: PathBuf,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// In whose name
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// The export it came from, where the workbook no longer says
    #[arg(long, value_name = "ID")]
    export: Option<String>,
    /// Apply the good rows although others are bad
    #[arg(long)]
    skip_bad_rows: bool,
    /// Where to write the results workbook [default: beside the workbook]; never over one that is there
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    released: Released,
    /// The caller has just shown the very plan.
    #[arg(skip)]
    plan_was_shown: bool,
}

impl ApplyArgs {
    /// Without a question, after its plan was shown.
    pub fn of(file: &Path) -> Self {
        Self { file: file.to_path_buf(), yes: true, plan_was_shown: true, ..Self::default() }
    }
}

/// What a run left behind.
pub struct Applied {
    pub outcomes: BTreeMap<RowKey, Outcome>,
    pub results: PathBuf,
    /// Rows that could not be planned and were left out, as asked.
    pub bad_rows: usize,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    run: &'a str,
    planned: usize,
    totals: BTreeMap<OutcomeKind, usize>,
    results: &'a Path,
    outcomes: &'a BTreeMap<RowKey, Outcome>,
}

pub async fn run(args: &ApplyArgs, context: &Context<'_>) -> Result<(), Failure> {
    verdict(&carry_through(args, context).await?)
}

/// The whole run, whatever its rows came to.
pub async fn carry_through(args: &ApplyArgs, context: &Context<'_>) -> Result<Applied, Failure> {
    let all = context.settings()?;
    let settings = args.filter.narrow(all.clone())?;
    let journal = context.journal(&settings)?;
    let by = context.by(args.by.as_deref(), &settings);
    // Before anything is read: what is read must not be changed by another apply meanwhile.
    let lock = journal.lock(&by, context.now())?;
    let id = context.run_id(context.now())?;
    let (log, log_path) = connections::call_log(context, &settings, id.as_str())?;
    let connections = Connections::open(context, &settings, log).await?;
    let outcome = Applying {
        args,
        context,
        settings: &settings,
        all: &all,
        journal: &journal,
        by,
        id,
        log_path,
        connections: &connections,
    }
    .run(&lock)
    .await;
    connections.close().await;
    outcome
}

struct Applying<'a> {
    args: &'a ApplyArgs,
    context: &'a Context<'a>,
    /// The stores that the filter leaves, and all of them.
    settings: &'a Settings,
    all: &'a Settings,
    journal: &'a Journal,
    by: String,
    id: RunId,
    log_path: PathBuf,
    connections: &'a Connections,
}

/// What is to be applied, whether it came as a workbook or as a reviewed plan.
struct Work {
    file: PlanFile,
    export: Export,
    /// Of the plan as it lies in the archive, or in the file that was given.
    plan_json: Vec<u8>,
    bad_rows: usize,
}

impl Work {
    /// The stores of a workbook that was one of several, and those of rows that somebody copied into it.
    fn stores_shown(&self) -> Option<BTreeSet<StoreId>> {
        let mut stores = self.file.stores.clone()?;
        stores.extend(stores_of(&self.file.plan));
        Some(stores)
    }
}

impl Applying<'_> {
    async fn run(&self, lock: &ApplyLock) -> Result<Applied, Failure> {
        let work = match is_plan(&self.args.file) {
            true => self.reviewed(lock).await?,
            false => self.planned_now(lock).await?,
        };
        let plan = &work.file.plan;
        if !self.args.plan_was_shown {
            self.context.note(&say::plan(plan, &work.export, self.settings.platforms));
        }
        self.agreed(plan)?;

        let archive = self.context.archive(self.settings);
        let started = self.context.now();
        self.journal.begin_run(lock, &self.record(&work, started))?;
        let bundle = archive.bundle(BundleKind::Run, self.id.as_str())?.by(&self.by);
        if work.file.workbook.exists() {
            bundle.keep_file("handed-back.xlsx", &work.file.workbook)?;
        }
        bundle.keep("plan.json", &work.plan_json)?;
        bundle.seal()?;

        let outcomes = self.execute(lock, &work).await?;

        let results = self.write_results(&archive, &work, &outcomes)?;
        bundle.keep_file("results.xlsx", &results)?;
        let json = serde_json::to_vec_pretty(&outcomes).map_err(|error| Failure::of(Kind::Failed, &error))?;
        bundle.keep("results.json", &json)?;
        bundle.keep_file("calls.jsonl", &self.log_path)?;
        bundle.seal()?;
        let (id, export) = (self.id.clone(), work.export.id.clone());
        let run = RunFacts { id, export, by: self.by.clone(), started, finished: self.context.now() };
        archive.save_changes(&run, &change_lines(plan, &work.export, &outcomes))?;
        let _ = std::fs::remove_file(&self.log_path);

        let report = Report {
            run: self.id.as_str(),
            planned: plan.rows.len(),
            totals: totals(&outcomes),
            results: &results,
            outcomes: &outcomes,
        };
        self.context.print(&report, &say::applied(&self.id, plan, &outcomes, &results))?;
        Ok(Applied { outcomes, results, bad_rows: work.bad_rows })
    }

    async fn planned_now(&self, lock: &ApplyLock) -> Result<Work, Failure> {
        let (args, context) = (self.args, self.context);
        let returned = decide::read_back(context, self.settings, &args.file, args.export.as_deref())?;
        decide::keep(context, self.settings, self.journal, &returned)?;
        let returned = decide::of_stores(self.all, self.settings, returned);
        let journal = (self.journal, Some(lock));
        let (plan, problems) =
            decide::make_plan(context, self.settings, self.connections, journal, &returned, &args.released, &self.by)
                .await?;
        decide::tell(context, &args.file, &returned, &problems);
        if !problems.is_empty() && !args.skip_bad_rows {
            let to_mend = decide::save_to_mend(context, self.all, self.journal, &args.file, &returned);
            return Err(decide::bad_rows(&args.file, &problems, to_mend.as_deref()));
        }
        let file = PlanFile::of(plan, &returned);
        let plan_json = file.to_json()?;
        let Returned { export, .. } = returned;
        Ok(Work { file, export, plan_json, bad_rows: problems.len() })
    }

    /// A reviewed plan is applied as it is, once, and only while what it was reviewed against still holds.
    async fn reviewed(&self, lock: &ApplyLock) -> Result<Work, Failure> {
        let path = &self.args.file;
        if !self.args.filter.is_empty() {
            let line = "a reviewed plan is applied whole: --store and the other filters belong to `couponbook plan`";
            return Err(Failure::new(Kind::Usage, line));
        }
        let bytes = std::fs::read(path)
            .map_err(|error| Failure::new(Kind::Failed, format!("{} cannot be read: {error}", path.display())))?;
        let file = PlanFile::read(path, &bytes)?;
        let stale = |what: String| {
            Failure::new(Kind::Workbook, format!("the plan is stale: {what}"))
                .hint("make it anew with `couponbook plan WORKBOOK`")
        };
        if let Some(used) = self.journal.plan_use(&sha256(&bytes))?.filter(|used| used.finished.is_some()) {
            let when = used.started.format("%Y-%m-%d %H:%M UTC");
            let line = format!("this plan was applied already, by {} on {when} (run {})", used.by, used.run);
            return Err(Failure::new(Kind::Workbook, line).hint("a plan is used once; make a new one for what is left"));
        }
        let archive = self.context.archive(self.settings);
        if archive.snapshot_sha256(&file.plan.export)? != file.plan.snapshot_sha256 {
            return Err(stale(format!("the archive holds another snapshot of export {}", file.plan.export)));
        }
        let used: Vec<_> = connections::platforms_of(self.settings)
            .into_iter()
            .map(|platform| self.settings.platforms.abilities(platform))
            .collect();
        if rules_sha256(&used, &self.settings.brakes) != file.plan.rules_sha256 {
            return Err(stale("the platforms' rules, the brakes or the program's version changed since".to_string()));
        }
        if let Ok(workbook) = std::fs::read(&file.workbook)
            && sha256(&workbook) != file.plan.workbook_sha256
        {
            return Err(stale(format!("{} was changed since", file.workbook.display())));
        }
        let read_only = |id: &StoreId| {
            self.settings.store(id).is_none_or(|store| store.store.access == crate::domain::Access::ReadOnly)
        };
        if let Some(store) = stores_of(&file.plan).into_iter().find(read_only) {
            return Err(stale(format!("{store} is read-only or no longer in the config")));
        }
        let touched: Touched =
            file.plan.changes().map(|it| ((it.store.clone(), it.coupon.clone()), it.id.clone())).collect();
        decide::clear_up(self.context, self.connections, self.journal, Some(lock), &touched).await?;
        if let Some((change, run)) = unresolved(self.journal, &touched)?.first() {
            let what = format!("nobody knows what came of the change of {} that run {run} began since", change.label);
            return Err(stale(what));
        }
        let export = archive.load_snapshot(&file.plan.export)?;
        Ok(Work { file, export, plan_json: bytes, bad_rows: 0 })
    }

    fn agreed(&self, plan: &Plan) -> Result<(), Failure> {
        let changes = plan.changes().count();
        if changes == 0 || self.args.yes {
            return Ok(());
        }
        let question = format!("Send {changes} changes to {} stores? Type yes to go on:", stores_of(plan).len());
        match self.context.world.ask(&question) {
            Some(answer) if matches!(answer.to_lowercase().as_str(), "yes" | "y") => Ok(()),
            Some(_) => Err(Failure::new(Kind::Failed, "not applied: you did not say yes; nothing was sent")),
            None => Err(Failure::new(Kind::Usage, "there is nobody to ask")
                .hint("add --yes to apply without a question; nothing was sent")),
        }
    }

    fn record(&self, work: &Work, started: crate::domain::Timestamp) -> RunRecord {
        RunRecord {
            id: self.id.clone(),
            export: work.export.id.clone(),
            by: self.by.clone(),
            author_hint: work.file.author_hint.clone(),
            started,
            finished: None,
            workbook_sha256: work.file.plan.workbook_sha256.clone(),
            plan_sha256: sha256(&work.plan_json),
        }
    }

    async fn execute(&self, lock: &ApplyLock, work: &Work) -> Result<BTreeMap<RowKey, Outcome>, Failure> {
        let plan = &work.file.plan;
        let stop = Arc::new(AtomicBool::new(false));
        let watcher = tokio::spawn(stop_on_ctrl_c(Arc::clone(&stop)));
        let bar = progress::bar(self.context, plan.rows.len(), "applying");
        let progress = |row: &PlanRow, outcome: &Outcome| {
            bar.inc(1);
            if self.context.is_verbose() {
                bar.suspend(|| self.context.note(&say::row_outcome(row, outcome)));
            }
        };
        let run = Run {
            id: self.id.clone(),
            journal: self.journal,
            lock,
            connectors: &self.connections.connectors,
            clock: &*self.context.world.clock,
            settle: &|store| self.connections.settle(store),
            zone: &|store| work.export.store(store).map_or(chrono_tz::UTC, |store| store.zone),
            stores_at_once: self.settings.stores_at_once,
            stop: &stop,
            progress: &progress,
        };
        let outcomes = apply(&run, plan).await;
        bar.finish_and_clear();
        watcher.abort();
        Ok(outcomes?)
    }

    /// The results workbook: the next round's starting point, with a snapshot of its own.
    fn write_results(
        &self,
        archive: &Archive,
        work: &Work,
        outcomes: &BTreeMap<RowKey, Outcome>,
    ) -> Result<PathBuf, Failure> {
        let now = self.context.now();
        let language = work.file.language.unwrap_or(self.settings.language);
        let time = self.context.team_time(now, self.settings, Some(work.export.slot));
        let memory = self.journal.memory()?;
        let round = Round {
            export: &work.export,
            plan: &work.file.plan,
            outcomes,
            id: self.context.export_id(time)?,
            slot: time.slot,
            day: time.day,
            now,
            memory: &memory,
            policies: &self.settings.policies,
            campaigns: &self.settings.campaigns,
            abilities: &|platform| self.settings.platforms.abilities(platform),
        };
        let results_export = next_round(&round);
        let saved = archive.save_snapshot(&results_export)?;
        let by_hand = tasks_seen(self.journal.open_tasks()?, &results_export);
        let decisions: BTreeMap<RowKey, Decision> =
            work.file.decisions.iter().map(|decision| (decision.action.row.clone(), decision.clone())).collect();
        let settings = Settings { language, ..self.settings.clone() };
        let choices = choices(&settings);
        let (_, notices) = choices.replies(&results_export, &memory);
        notices.iter().for_each(|notice| self.context.note(&say::notice(notice)));
        // It shows what is still open, and compares nothing.
        let open_actions = open_actions(&choices, self.journal, &results_export)?;
        let book = BookInput {
            choices: &choices,
            export: &results_export,
            by_hand: &by_hand,
            memory: &memory,
            snapshot_sha256: &saved.sha256,
            first_export: false,
            is_part: false,
            decisions: &decisions,
            overview: &Overview { open_actions, ..Overview::default() },
            sign_offs: &self.journal.sign_offs_of_day(results_export.day)?,
            results: Some(Results { outcomes, own_columns: &work.file.own_columns }),
            carried: Carried { notes: Some(&work.file.notes), ..Carried::default() },
        };
        let out = self.args.out.clone().unwrap_or_else(|| decide::beside(&work.file.workbook, "-results.xlsx"));
        // The snapshot is whole; a manager of some stores sees only those.
        Ok(match work.stores_shown() {
            Some(stores) => book.save_for(&stores, &out)?,
            None => book.save(&out)?,
        })
    }
}

async fn stop_on_ctrl_c(stop: Arc<AtomicBool>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        stop.store(true, Ordering::SeqCst);
    }
}

/// A workbook begins as a zip does; a plan is JSON. The name does not decide.
fn is_plan(path: &Path) -> bool {
    use std::io::Read;
    let mut first = [0_u8; 1];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && first == *b"{"
}

fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Failed and unknown weigh more than refused: something was tried there.
fn verdict(applied: &Applied) -> Result<(), Failure> {
    let count =
        |kinds: &[OutcomeKind]| applied.outcomes.values().filter(|outcome| kinds.contains(&outcome.kind)).count();
    let broken = count(&[OutcomeKind::Failed, OutcomeKind::Unknown, OutcomeKind::NotReached]);
    let refused = count(&[OutcomeKind::Refused, OutcomeKind::Conflict]) + applied.bad_rows;
    let hint = "the results workbook says for each row what to do; correct it there and hand it back";
    if broken > 0 {
        let line = format!("{broken} changes failed, are unknown or were not reached");
        return Err(Failure::new(Kind::Changes, line).hint(hint));
    }
    if refused > 0 {
        let line = format!("{refused} rows were refused, in conflict or bad");
        return Err(Failure::new(Kind::Workbook, line).hint(hint));
    }
    Ok(())
}
