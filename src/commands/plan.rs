use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::codes::{CodesSent, Waiting, send_codes, why_waiting};
use super::connections::{self, Connections};
use super::context::Context;
use super::decide::{Opened, Released, Teller};
use super::export::choices;
use super::filter::Filter;
use super::messenger::Messenger;
use super::say;
use crate::apply::{self, Event};
use crate::domain::{ExportId, Message, OutcomeKind, StoreId};
use crate::durable;
use crate::export::save_with;
use crate::failure::{Failure, Kind};
use crate::plan::{PlanRow, Verdict};
use crate::settings::Settings;
use crate::workbook::write::{ReviewBook, ReviewKind, ReviewRow, write_review};

/// Show what the actions in a workbook would change, and save it as a plan; nothing is sent
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook plan reports/2026-W47/2026-11-22-am.xlsx
  couponbook plan reports/2026-W47/2026-11-22-am.xlsx --out reviewed.json --by Mei")]
pub struct PlanArgs {
    /// The workbook that was handed back
    workbook: PathBuf,
    /// Where to save the plan [default: beside the workbook]; never over one that is there
    #[arg(long, alias = "output", value_name = "FILE")]
    out: Option<PathBuf>,
    /// The export it came from, where the workbook no longer says
    #[arg(long, value_name = "ID")]
    export: Option<String>,
    /// In whose name
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Write the plan as a workbook too, beside it, for whoever is to approve it
    #[arg(long = "workbook")]
    as_workbook: bool,
    /// Plan the good rows although others are bad
    #[arg(long)]
    skip_bad_rows: bool,
    /// Tell no channel that the plan waits for a second person, and send no codes
    #[arg(long)]
    no_messages: bool,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    released: Released,
}

impl PlanArgs {
    /// Everything by default but the workbook.
    pub fn of(workbook: &Path) -> Self {
        Self { workbook: workbook.to_path_buf(), ..Self::default() }
    }
}

pub async fn run(args: &PlanArgs, context: &Context<'_>) -> Result<(), Failure> {
    context.tell_nobody(args.no_messages);
    let opened = Opened::open(context, &args.filter, (args.by.as_deref(), false), &args.released)?;
    opened.finish_interrupted(context, None)?;
    let (log, _) = connections::call_log(context, &opened.settings, "plan")?;
    let connections = Connections::open(context, &opened.settings, log).await?;
    let saved = planned(args, context, &opened, &connections).await;
    connections.close().await;
    saved
}

async fn planned(
    args: &PlanArgs,
    context: &Context<'_>,
    opened: &Opened,
    connections: &Connections,
) -> Result<(), Failure> {
    let (choices, teller) = (choices(&opened.all), Teller::of(context, &args.workbook));
    let settle = |store: &StoreId| connections.settle(store);
    let tell = |event: Event| teller.tell(&event);
    let setup = opened.setup(context, connections, &choices, &settle, &tell);
    let export = args.export.as_ref().map(ExportId::new);
    let planned = apply::plan(&setup, None, &args.workbook, export.as_ref()).await?;
    let plan = &planned.file.plan;
    let text = say::plan(plan, &planned.export, opened.settings.platforms);
    let output = args.out.clone().unwrap_or_else(|| apply::beside(&args.workbook, "-plan.json"));
    let saved = planned.save(&setup, &output)?;
    let sha256 = sha256_of(&saved)?;
    let waiting = Waiting { path: &saved, file: &planned.file, sha256: &sha256 };
    let messenger = Messenger::of(context, &opened.all);
    messenger.queue_waiting(&waiting);
    let codes = match args.no_messages {
        true => CodesSent::default(),
        false => send_codes(&waiting, &opened.all, &opened.journal, context).await?,
    };
    let why = why_waiting(&planned.file, &opened.all);
    let review = args.as_workbook.then(|| save_review(&waiting, &why, &codes.people, &opened.all)).transpose()?;
    let review = review.map_or(String::new(), |place| format!("\nFor whoever approves it: {}", place.display()));
    let next =
        format!("Saved as {}. Nothing was sent. Next: couponbook apply {}", saved.display(), say::as_typed(&saved));
    let codes: String = codes.lines.iter().map(|line| format!("\n{line}")).collect();
    let printed = context.print(&planned.file, &format!("{text}\n{next}{review}{codes}"));
    messenger.tell().await;
    printed?;
    if !args.skip_bad_rows
        && let Some(refusal) = planned.refusal(&setup)
    {
        return Err(refusal.into());
    }
    if plan.has_conflicts_or_refusals() {
        return Err(Failure::new(Kind::Workbook, "some rows are refused or in conflict; the others can be applied"));
    }
    Ok(())
}

pub(super) fn sha256_of(file: &Path) -> Result<String, Failure> {
    let unreadable =
        |error: std::io::Error| Failure::new(Kind::Failed, format!("{} cannot be read: {error}", file.display()));
    Ok(data_encoding::HEXLOWER.encode(&Sha256::digest(durable::read(file).map_err(unreadable)?)))
}

/// The plan as a workbook, beside its file. `why` somebody has to look at it.
pub(super) fn save_review(
    waiting: &Waiting,
    why: &[Message],
    code_went_to: &[String],
    settings: &Settings,
) -> Result<PathBuf, Failure> {
    let file = waiting.file;
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (plan_name, workbook_name) = (name(waiting.path), name(&file.workbook));
    let book = ReviewBook {
        language: file.language.unwrap_or(settings.language),
        zone: settings.team_zone,
        made_at: file.plan.made_at,
        by: &file.plan.by,
        plan: &plan_name,
        workbook: &workbook_name,
        plan_sha256: waiting.sha256,
        why,
        code_went_to,
        rows: file.plan.rows.iter().map(reviewed).collect(),
    };
    Ok(save_with(&waiting.path.with_extension("xlsx"), |to| Ok(write_review(&book, to)?))?)
}

fn reviewed(row: &PlanRow) -> ReviewRow<'_> {
    let kind = match &row.verdict {
        Verdict::Change { change, .. } => ReviewKind::Change(change),
        Verdict::AlreadyDone { why, .. } => ReviewKind::Left(OutcomeKind::AlreadyDone, why.clone()),
        Verdict::ByHand { task } => ReviewKind::Left(OutcomeKind::ByHand, task.message()),
        Verdict::Conflict { live, .. } => ReviewKind::Left(OutcomeKind::Conflict, live.clone()),
        Verdict::Refused { reason, .. } => ReviewKind::Left(OutcomeKind::Refused, reason.clone()),
    };
    ReviewRow { store: &row.store, label: &row.label, kind }
}
