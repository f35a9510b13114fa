use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::connections::{self, Connections};
use super::context::Context;
use super::decide::{self, Released, Returned};
use super::filter::Filter;
use super::say;
use crate::domain::{RowKey, StoreId};
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::language::Language;
use crate::plan::{OLDEST_PLAN_VERSION, PLAN_VERSION, Plan};
use crate::workbook::Decision;

/// Show what the actions in a workbook would change, and save it as a plan; nothing is sent
#[derive(Debug, Default, clap::Args)]
pub struct PlanArgs {
    /// The workbook that was handed back
    workbook: PathBuf,
    /// Where to save the plan [default: beside the workbook]; never over one that is there
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The export it came from, where the workbook no longer says
    #[arg(long, value_name = "ID")]
    export: Option<String>,
    /// In whose name
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Plan the good rows although others are bad
    #[arg(long)]
    skip_bad_rows: bool,
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

/// A plan as it lies in a file, with what the results workbook needs of the handed-back one.
#[derive(Debug, Serialize, Deserialize)]
pub struct PlanFile {
    pub plan: Plan,
    pub workbook: PathBuf,
    pub decisions: Vec<Decision>,
    pub own_columns: Vec<(String, BTreeMap<RowKey, String>)>,
    pub author_hint: Option<String>,
    /// What the workbook was written in.
    #[serde(default)]
    pub language: Option<Language>,
    /// Of a workbook that is one of several: its stores.
    #[serde(default)]
    pub stores: Option<BTreeSet<StoreId>>,
    /// On rows without an action.
    #[serde(default)]
    pub notes: BTreeMap<RowKey, String>,
}

impl PlanFile {
    pub fn of(plan: Plan, returned: &Returned) -> Self {
        let handed_back = &returned.handed_back;
        Self {
            plan,
            workbook: handed_back.path.clone(),
            decisions: handed_back.decisions.clone(),
            own_columns: handed_back.own_columns.clone(),
            author_hint: handed_back.last_author.clone(),
            language: Some(handed_back.language),
            stores: handed_back.stores.clone(),
            notes: handed_back.notes.clone(),
        }
    }

    pub fn to_json(&self) -> Result<Vec<u8>, Failure> {
        serde_json::to_vec_pretty(self).map_err(|error| Failure::of(Kind::Failed, &error))
    }

    pub fn read(path: &Path, bytes: &[u8]) -> Result<Self, Failure> {
        let wrong = |cause: String| {
            let mut failure = Failure::new(Kind::Failed, format!("{} is not a plan of this program", path.display()));
            failure.causes.push(cause);
            failure.hint("make it anew with `couponbook plan WORKBOOK`")
        };
        let file: Self = serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        let version = file.plan.version;
        if !(OLDEST_PLAN_VERSION..=PLAN_VERSION).contains(&version) {
            let known = format!("{OLDEST_PLAN_VERSION} to {PLAN_VERSION}");
            return Err(wrong(format!("it has version {version}, this program reads {known}")));
        }
        Ok(file)
    }
}

pub async fn run(args: &PlanArgs, context: &Context<'_>) -> Result<(), Failure> {
    let settings = context.settings()?;
    let returned = decide::read_back(context, &settings, &args.workbook, args.export.as_deref())?;
    let journal = context.journal(&settings)?;
    decide::keep(context, &settings, &journal, &returned)?;
    let all = settings;
    let settings = args.filter.narrow(all.clone())?;
    let returned = decide::of_stores(&all, &settings, returned);
    let by = context.by(args.by.as_deref(), &settings);
    let (log, _) = connections::call_log(context, &settings, "plan")?;
    let connections = Connections::open(context, &settings, log).await?;
    let made =
        decide::make_plan(context, &settings, &connections, (&journal, None), &returned, &args.released, &by).await;
    connections.close().await;
    let (plan, problems) = made?;
    decide::tell(context, &args.workbook, &returned, &problems);
    let text = say::plan(&plan, &returned.export, settings.platforms);
    let refused = plan.has_conflicts_or_refusals();
    let file = PlanFile::of(plan, &returned);
    let output = args.output.clone().unwrap_or_else(|| decide::beside(&args.workbook, "-plan.json"));
    let saved = durable::write_free(&output, &file.to_json()?)?;
    let next = format!("Saved as {}. Nothing was sent. Next: couponbook apply {}", saved.display(), saved.display());
    context.print(&file, &format!("{text}\n{next}"))?;
    if !problems.is_empty() && !args.skip_bad_rows {
        let to_mend = decide::save_to_mend(context, &all, &journal, &args.workbook, &returned);
        return Err(decide::bad_rows(&args.workbook, &problems, to_mend.as_deref()));
    }
    if refused {
        return Err(Failure::new(Kind::Workbook, "some rows are refused or in conflict; the others can be applied"));
    }
    Ok(())
}
