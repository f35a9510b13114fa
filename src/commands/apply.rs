use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::connections::{self, Connections};
use super::context::{Context, ID_LETTERS, random_letters};
use super::decide::{Opened, Released, Teller};
use super::export::{choices, workbook_name};
use super::filter::Filter;
use super::messenger::{ChannelTold, Messenger};
use super::say::{self, counted};
use super::signals;
use crate::apply::{self, Applied, ApplyError, ApplyInput, Event, totals};
use crate::domain::{ActionWord, ExportId, FailedWork, Operation, OutcomeKind, RowKey, RunId, StoreId};
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::journal::ApplyLock;
use crate::language::Language;
use crate::plan::Plan;

/// Carry the actions of a workbook out, or a plan that was reviewed; what was done before is not done again
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook apply reports/2026-W47/2026-11-22-am.xlsx   # shows the plan, then asks
  couponbook apply reviewed.json --yes --by Mei")]
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
    #[arg(long, value_name = "FILE", value_parser = workbook_name)]
    out: Option<PathBuf>,
    /// Apply although the archive has runs that this machine's journal does not know, and `journal rebuild` cannot take over:
    /// what they did may be done again
    #[arg(long)]
    allow_forgotten_runs: bool,
    /// Tell no channel what came of it
    #[arg(long)]
    no_messages: bool,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    released: Released,
    /// The caller has just shown the very plan.
    #[arg(skip)]
    plan_was_shown: bool,
    /// Whom the config lets decide here, whoever sits at the machine.
    #[arg(skip)]
    in_name_of: Option<String>,
}

impl ApplyArgs {
    /// A plan that may be sent, in the name of who decided it.
    pub fn agreed(plan: &Path, in_name_of: &str) -> Self {
        Self { file: plan.to_path_buf(), yes: true, in_name_of: Some(in_name_of.to_string()), ..Self::default() }
    }

    /// Without a question, after its plan was shown.
    pub fn of(file: &Path) -> Self {
        Self { file: file.to_path_buf(), yes: true, plan_was_shown: true, ..Self::default() }
    }
}

pub async fn run(args: &ApplyArgs, context: &Context<'_>) -> Result<(), Failure> {
    verdict(&carry_through(args, context).await?)
}

/// The whole run, whatever its rows came to.
pub async fn carry_through(args: &ApplyArgs, context: &Context<'_>) -> Result<Applied, Failure> {
    if !args.filter.is_empty() && apply::is_plan(&args.file) {
        let line = "a reviewed plan is applied whole: --store and the other filters belong to `couponbook plan`";
        return Err(Failure::new(Kind::Usage, line));
    }
    context.tell_nobody(args.no_messages);
    let mut opened = Opened::open(context, &args.filter, (args.by.as_deref(), true), &args.released)?;
    if let Some(name) = &args.in_name_of {
        opened.by.clone_from(name);
    }
    // Before anything is read: what is read must not be changed by another apply meanwhile.
    let lock = opened.journal.lock(&opened.by, context.now())?;
    opened.prove_archive()?;
    opened.finish_interrupted(context, Some(&lock))?;
    let id = context.run_id(context.now())?;
    let (log, call_log) = connections::call_log(context, &opened.settings, id.as_str())?;
    let connections = Connections::open(context, &opened.settings, log).await?;
    let letters = random_letters(ID_LETTERS)?;
    let applied = applied(args, context, &opened, &connections, &lock, (id, &letters, &call_log)).await;
    connections.close().await;
    let messenger = Messenger::of(context, &opened.all);
    let applied = match applied {
        Ok(applied) => applied,
        Err(error) => {
            let is_told = error.is_of_the_machine();
            let failure = Failure::from(error);
            if is_told {
                messenger.queue_failed(FailedWork::Apply, Some(&args.file), &failure);
                messenger.tell().await;
            }
            return Err(failure);
        }
    };
    let _ = durable::remove(&call_log);
    messenger.queue_run(&applied);
    let Applied { run, plan, outcomes, results, .. } = &applied;
    let report = |told: &[ChannelTold]| {
        serde_json::json!({
            "run": run, "planned": plan.rows.len(), "totals": totals(outcomes), "results": results.display().to_string(),
            "outcomes": outcomes, "messages": told,
        })
    };
    // A channel that hangs must not keep people from what is there already; a program gets all in one document.
    if context.is_json() {
        let told = messenger.tell().await;
        context.print(&report(&told), "")?;
    } else {
        let printed = context.print(&(), &say::applied(run, plan, outcomes, Some(results)));
        messenger.tell().await;
        printed?;
    }
    Ok(applied)
}

async fn applied(
    args: &ApplyArgs,
    context: &Context<'_>,
    opened: &Opened,
    connections: &Connections,
    lock: &ApplyLock,
    (id, letters, call_log): (RunId, &str, &Path),
) -> Result<Applied, ApplyError> {
    let (choices, teller) = (choices(&opened.all), Teller::of(context, &args.file));
    let settle = |store: &StoreId| connections.settle(store);
    let tell = |event: Event| match event {
        Event::Planned(plan, export) if !args.plan_was_shown => {
            context.note(&say::plan(plan, export, opened.settings.platforms));
        }
        event => teller.tell(&event),
    };
    let stop = Arc::new(AtomicBool::new(false));
    let watcher = tokio::spawn(stop_when_asked(Arc::clone(&stop)));
    let export = args.export.as_ref().map(ExportId::new);
    let released = |held: &Plan, freed: &Plan| released(context, held, freed);
    let input = ApplyInput {
        file: &args.file,
        export: export.as_ref(),
        skip_bad_rows: args.skip_bad_rows,
        forgotten_runs: args.allow_forgotten_runs,
        out: args.out.as_deref(),
        id,
        letters,
        call_log,
        agreed: &|plan| if args.yes { Some(true) } else { asked(context, plan) },
        released: (context.world.can_ask && !args.yes).then_some(&released),
        stop: &stop,
    };
    let applied = apply::apply(&opened.setup(context, connections, &choices, &settle, &tell), lock, input).await;
    watcher.abort();
    applied
}

/// Asks for the words of what would happen to the rows that brakes hold back; whoever does not type them leaves the brakes as they are.
fn released(context: &Context, held: &Plan, freed: &Plan) -> bool {
    let words = what_would_happen(held, freed);
    for brake in &held.brakes {
        context.world.note(&format!("brake: {}", Language::ENGLISH.render(&brake.reason)));
    }
    let question = format!("Type {words} to release, or press Enter to leave these rows out:");
    context.world.ask(&question).is_some_and(|typed| typed.eq_ignore_ascii_case(&words))
}

/// `DELETE 3, END 38 IN 3 STORES`: the rows that only `freed` changes.
fn what_would_happen(held: &Plan, freed: &Plan) -> String {
    let known: BTreeSet<&RowKey> = held.changes().map(|change| &change.row).collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut stores = BTreeSet::new();
    for change in freed.changes().filter(|change| !known.contains(&change.row)) {
        let word = match change.becomes {
            Operation::Delete | Operation::Trash => ActionWord::Delete,
            Operation::Pause => ActionWord::Pause,
            other => other.word().unwrap_or(ActionWord::End),
        };
        *counts.entry(word.word().to_uppercase()).or_default() += 1;
        stores.insert(&change.store);
    }
    let counts: Vec<String> = counts.into_iter().map(|(word, count)| format!("{word} {count}")).collect();
    format!("{} IN {}", counts.join(", "), counted(stores.len(), "STORE", "STORES"))
}

fn asked(context: &Context, plan: &Plan) -> Option<bool> {
    let (changes, stores) = (plan.changes().count(), plan.stores().len());
    let (changes, stores) = (counted(changes, "change", "changes"), counted(stores, "store", "stores"));
    let question = format!("Send {changes} to {stores}? Type yes to go on:");
    let answer = context.world.ask(&question)?;
    Some(matches!(answer.to_lowercase().as_str(), "yes" | "y"))
}

/// The first request to stop lets what is begun be finished; whoever asks again does not want to wait for a platform that hangs. The
/// journal has what was sent, and the next apply asks what came of it.
async fn stop_when_asked(stop: Arc<AtomicBool>) {
    signals::asked_to_stop().await;
    stop.store(true, Ordering::SeqCst);
    eprintln!("stopping: what is begun is finished, the rest is not reached; ask again to leave at once");
    signals::asked_to_stop().await;
    eprintln!("left at once: apply the same file again, which asks what came of the last change first");
    std::process::exit(Kind::Changes as i32);
}

/// Failed and unknown weigh more than refused: something was tried there.
fn verdict(applied: &Applied) -> Result<(), Failure> {
    let count =
        |kinds: &[OutcomeKind]| applied.outcomes.values().filter(|outcome| kinds.contains(&outcome.kind)).count();
    let broken = count(&[OutcomeKind::Failed, OutcomeKind::Unknown, OutcomeKind::NotShown, OutcomeKind::NotReached]);
    let refused = count(&[OutcomeKind::Refused, OutcomeKind::Conflict]) + applied.bad_rows;
    let hint = "the results workbook says for each row what to do; correct it there and hand it back";
    if broken > 0 {
        let line = match broken {
            1 => "1 change failed, is unknown or was not reached".to_string(),
            several => format!("{several} changes failed, are unknown or were not reached"),
        };
        return Err(Failure::new(Kind::Changes, line).hint(hint));
    }
    if refused > 0 {
        let line = format!("{} refused, in conflict or bad", counted(refused, "row was", "rows were"));
        return Err(Failure::new(Kind::Workbook, line).hint(hint));
    }
    Ok(())
}
