//! Runs of the archive, by whatever people call them.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Subcommand;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::context::Context;
use super::interrupted;
use super::proofs::proved;
use super::say::counted;
use crate::apply::{APPROVALS_FILE, Approval, PlanFile};
use crate::archive::{Archive, Link};
use crate::domain::{ExportId, Outcome, OutcomeKind, People, RowKey, RunId, Timestamp};
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::foreign::one_line;
use crate::language::Language;
use crate::settings::Needs;

/// List the runs that applied something, or show one
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Examples:
  couponbook runs
  couponbook runs show last
  couponbook runs show 2026-11-22-am-results.xlsx --json")]
pub struct RunsArgs {
    /// How many, the newest first
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    limit: usize,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What one run did, row by row
    #[command(after_help = "\
Examples:
  couponbook runs show last
  couponbook runs show R20261122-101200-7K3MPX --json")]
    Show {
        /// A run's id, its beginning, the workbook that was applied or its results, or `last`
        #[arg(value_name = "RUN|WORKBOOK")]
        run: String,
    },
}

pub fn run(args: &RunsArgs, context: &Context) -> Result<(), Failure> {
    let settings = context.settings(Needs::ARCHIVE)?;
    let (archive, journal) = (context.archive(&settings), context.journal(&settings)?);
    interrupted::rows(context, &archive, &journal)?;
    match &args.what {
        None => list(context, &archive, args.limit),
        Some(What::Show { run }) => show(context, &archive, &named(run, &archive)?, &settings.people),
    }
}

fn list(context: &Context, archive: &Archive, limit: usize) -> Result<(), Failure> {
    let sealed = newest_first(archive)?;
    let shown: Vec<RunLine> =
        sealed.iter().take(limit).map(|link| RunLine::of(archive, link)).collect::<Result<_, _>>()?;
    let mut lines: Vec<String> = shown.iter().map(RunLine::words).collect();
    if lines.is_empty() {
        lines.push("No run yet: `couponbook apply WORKBOOK` makes one.".to_string());
    } else if sealed.len() > shown.len() {
        lines.push(format!("and {}", counted(sealed.len() - shown.len(), "older run", "older runs")));
    }
    context.print(&serde_json::json!({ "runs": shown, "all": sealed.len() }), &lines.join("\n"))
}

fn show(context: &Context, archive: &Archive, run: &RunId, people: &People) -> Result<(), Failure> {
    let sealed = newest_first(archive)?;
    let link = sealed.iter().find(|link| link.id() == run.as_str()).ok_or_else(|| unknown(run.as_str()))?;
    let line = RunLine::of(archive, link)?;
    let file = plan_of(archive, link)?;
    let outcomes = outcomes_of(archive, link)?.unwrap_or_default();
    let mut lines = vec![line.words()];
    lines.extend(proved(archive, link, people)?.iter().map(|one| format!("  approved by {}", one.words())));
    for row in file.iter().flat_map(|file| &file.plan.rows) {
        let told = match outcomes.get(&row.action.row) {
            None => "not reached".to_string(),
            Some(outcome) => {
                let side = |message: &Option<crate::domain::Message>| {
                    message.as_ref().map(|message| Language::ENGLISH.render(message)).unwrap_or_default()
                };
                let (before, after) = (side(&outcome.before), side(&outcome.after));
                let change = if after.is_empty() { String::new() } else { format!(": {before} → {after}") };
                format!("{}{change}", outcome.kind.word())
            }
        };
        lines.push(format!("  {} {} {}: {told}", row.store, one_line(&row.label), row.action.word.word()));
    }
    let json = serde_json::json!({ "about": line, "outcomes": outcomes });
    context.print(&json, &lines.join("\n"))
}

/// The run that `text` names.
///
/// # Errors
/// Where there is none, or there are several.
pub fn named(text: &str, archive: &Archive) -> Result<RunId, Failure> {
    let text = text.trim();
    let sealed = newest_first(archive)?;
    let id = |link: &Link| RunId::new(link.id());
    if text.eq_ignore_ascii_case("last") {
        let none = || Failure::new(Kind::Usage, "there is no run yet").hint("`couponbook apply WORKBOOK` makes one");
        return sealed.first().map(id).ok_or_else(none);
    }
    let begins = |link: &&Link| !text.is_empty() && link.id().to_lowercase().starts_with(&text.to_lowercase());
    let mut found: Vec<RunId> = sealed.iter().filter(begins).map(id).collect();
    if found.is_empty() {
        found = by_workbook(text, archive, &sealed)?;
    }
    match found.as_slice() {
        [] => Err(unknown(text)),
        [run] => Ok(run.clone()),
        several => {
            let names: Vec<String> = several.iter().map(RunId::to_string).collect();
            Err(Failure::new(Kind::Usage, format!("{text} names {} runs: {}", several.len(), names.join(", ")))
                .hint("name one of them by its id"))
        }
    }
}

/// By the bytes of a workbook that was applied, of a plan, or of results; else by the name that it was applied under.
fn by_workbook(text: &str, archive: &Archive, sealed: &[Link]) -> Result<Vec<RunId>, Failure> {
    let id = |link: &Link| RunId::new(link.id());
    if let Ok(bytes) = durable::read(Path::new(text)) {
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
        let holds = |link: &&Link| link.manifest.files.values().any(|file| file.sha256 == sha256);
        let found: Vec<RunId> = sealed.iter().filter(holds).map(id).collect();
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let Some(name) = Path::new(text).file_name() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for link in sealed {
        let is_its = |file: &PlanFile| {
            let results = apply_name(&file.workbook, "-results.xlsx");
            file.workbook.file_name() == Some(name) || results.as_deref() == name.to_str()
        };
        if plan_of(archive, link)?.as_ref().is_some_and(is_its) {
            found.push(id(link));
        }
    }
    Ok(found)
}

fn apply_name(workbook: &Path, ending: &str) -> Option<String> {
    let results = crate::apply::beside(workbook, ending);
    Some(results.file_name()?.to_string_lossy().into_owned())
}

/// In the order of the chain, whatever the clocks said.
fn newest_first(archive: &Archive) -> Result<Vec<Link>, Failure> {
    let mut begun: BTreeMap<String, u64> = BTreeMap::new();
    for link in archive.links()? {
        begun.entry(link.bundle).or_insert(link.number);
    }
    let mut links: Vec<Link> = archive.sealed_runs()?.into_values().filter(|link| link.has("plan.json")).collect();
    links.sort_by_key(|link| std::cmp::Reverse(begun.get(&link.bundle).copied()));
    Ok(links)
}

fn plan_of(archive: &Archive, link: &Link) -> Result<Option<PlanFile>, Failure> {
    let bytes = archive.read_sealed(link, "plan.json")?;
    // One of an older format is told without its rows.
    Ok(bytes.and_then(|bytes| PlanFile::read(Path::new("plan.json"), &bytes).ok()))
}

fn outcomes_of(archive: &Archive, link: &Link) -> Result<Option<BTreeMap<RowKey, Outcome>>, Failure> {
    let bytes = archive.read_sealed(link, "results.json")?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

fn approved_by(archive: &Archive, link: &Link) -> Result<Vec<String>, Failure> {
    let bytes = archive.read_sealed(link, APPROVALS_FILE)?;
    let approvals: Vec<Approval> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    Ok(approvals.into_iter().map(|approval| approval.person).collect())
}

fn unknown(text: &str) -> Failure {
    Failure::new(Kind::Usage, format!("the archive has no run that is called {}", one_line(text)))
        .hint("`couponbook runs` lists them")
}

/// What `--json` prints of each.
#[derive(Debug, Serialize)]
struct RunLine {
    run: RunId,
    by: String,
    machine: String,
    export: Option<ExportId>,
    sealed_at: Option<Timestamp>,
    /// Who signed its plan, where somebody had to.
    approved_by: Vec<String>,
    /// None where its results are not in the archive.
    rows: Option<BTreeMap<OutcomeKind, usize>>,
}

impl RunLine {
    fn of(archive: &Archive, link: &Link) -> Result<Self, Failure> {
        let rows = outcomes_of(archive, link)?.map(|outcomes| {
            let mut rows: BTreeMap<OutcomeKind, usize> = BTreeMap::new();
            outcomes.values().for_each(|outcome| *rows.entry(outcome.kind).or_default() += 1);
            rows
        });
        let file = plan_of(archive, link)?;
        let by = link.by.clone().or_else(|| Some(file.as_ref()?.plan.by.clone())).unwrap_or_default();
        Ok(Self {
            run: RunId::new(link.id()),
            by,
            machine: link.machine.clone(),
            export: file.map(|file| file.plan.export),
            sealed_at: link.sealed_at,
            approved_by: approved_by(archive, link)?,
            rows,
        })
    }

    fn words(&self) -> String {
        let rows = match &self.rows {
            None => "not known: it goes on, or was interrupted".to_string(),
            Some(rows) => {
                let counts: Vec<String> = rows.iter().map(|(kind, count)| format!("{count} {}", kind.word())).collect();
                counts.join(", ")
            }
        };
        let at = self.sealed_at.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
        let approved = match self.approved_by.as_slice() {
            [] => String::new(),
            names => format!(", approved by {}", one_line(&names.join(", "))),
        };
        format!("{}  {at}  by {} on {}{approved}: {rows}", self.run, one_line(&self.by), self.machine)
    }
}
