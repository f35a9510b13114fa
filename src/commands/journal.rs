use clap::Subcommand;
use serde::Serialize;
use std::collections::BTreeMap;

use super::context::Context;
use super::interrupted;
use super::say::counted;
use crate::apply::{self, TakenOver};
use crate::domain::{ExportId, OutcomeKind, RunId, Timestamp};
use crate::failure::{Failure, Kind};
use crate::journal::PastRun;
use crate::settings::Needs;

/// What this machine knows of its runs: take over from the archive what it lost
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook journal rebuild          # the journal was lost, is an older one, or another machine applied
  couponbook journal rebuild --json")]
pub struct JournalArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Take over from the archive every run that this machine's journal does not know; nothing is sent, and a second time changes nothing
    #[command(after_help = "\
Examples:
  couponbook journal rebuild
  couponbook journal rebuild --json")]
    Rebuild,
}

pub fn run(args: &JournalArgs, context: &Context) -> Result<(), Failure> {
    match args.what {
        What::Rebuild => rebuild(context),
    }
}

fn rebuild(context: &Context) -> Result<(), Failure> {
    let settings = context.settings(Needs::ARCHIVE)?;
    let (archive, journal) = (context.archive(&settings), context.journal(&settings)?);
    let lock = journal.lock("a journal rebuild", context.now())?;
    let known = journal.known_runs()?.len();
    let taken = apply::rebuild(&archive, &journal, &lock)?;
    // One of this machine that was killed is told to the archive as far as anybody knows.
    interrupted::finish(context, &settings, (&archive, &journal), Some(&lock))?;
    let rebuilt = Rebuilt::of(known, &taken);
    context.print(&rebuilt, &rebuilt.words())?;
    if rebuilt.left.is_empty() {
        return Ok(());
    }
    let line = format!("{} could not be taken over", counted(rebuilt.left.len(), "run", "runs"));
    Err(Failure::new(Kind::Failed, line).hint(
        "`couponbook archive verify` says what is wrong with the archive and what to do about it; then rebuild again",
    ))
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Rebuilt {
    /// How many runs the journal knew before.
    known: usize,
    taken_over: Vec<Taken>,
    left: Vec<Left>,
}

#[derive(Debug, Serialize)]
struct Taken {
    run: RunId,
    by: String,
    machine: String,
    export: ExportId,
    started: Timestamp,
    /// None where its results are not in the archive.
    rows: Option<BTreeMap<OutcomeKind, usize>>,
    /// Changes of which nobody knows what came.
    in_doubt: usize,
}

#[derive(Debug, Serialize)]
struct Left {
    run: RunId,
    why: String,
}

impl Rebuilt {
    fn of(known: usize, taken: &[TakenOver]) -> Self {
        let (mut taken_over, mut left) = (Vec::new(), Vec::new());
        for TakenOver { missing, past } in taken {
            match past {
                Ok(past) => taken_over.push(Taken::of(past, &missing.machine)),
                Err(error) => left.push(Left { run: missing.run.clone(), why: error.to_string() }),
            }
        }
        Self { known, taken_over, left }
    }

    fn words(&self) -> String {
        let mut lines = Vec::new();
        if self.taken_over.is_empty() && self.left.is_empty() {
            let known = counted(self.known, "run", "runs");
            lines.push(format!("Nothing to take over: the journal knows every run of the archive ({known})."));
        } else {
            let taken = counted(self.taken_over.len(), "run", "runs");
            lines.push(format!(
                "{taken} taken over from the archive; the journal knew {}. Nothing was sent.",
                self.known
            ));
        }
        lines.extend(self.taken_over.iter().map(Taken::words));
        lines.extend(self.left.iter().map(|left| format!("  {} was not taken over: {}", left.run, left.why)));
        let in_doubt: usize = self.taken_over.iter().map(|taken| taken.in_doubt).sum();
        if in_doubt > 0 {
            lines.push(format!(
                "Nobody knows what came of {}: the same workbook applied again asks the platforms, and repeats nothing.",
                counted(in_doubt, "change", "changes")
            ));
        }
        lines.join("\n")
    }
}

impl Taken {
    fn of(past: &PastRun, machine: &str) -> Self {
        let mut rows: BTreeMap<OutcomeKind, usize> = BTreeMap::new();
        for row in &past.rows {
            let kind = row.outcome.as_ref().map_or(OutcomeKind::NotReached, |outcome| outcome.kind);
            *rows.entry(kind).or_default() += 1;
        }
        let is_in_doubt = |row: &&crate::journal::PastRow| row.steps.iter().any(|step| step.state.is_in_doubt());
        Self {
            run: past.record.id.clone(),
            by: past.record.by.clone(),
            machine: machine.to_string(),
            export: past.record.export.clone(),
            started: past.record.started,
            rows: past.is_told.then_some(rows),
            in_doubt: past.rows.iter().filter(is_in_doubt).count(),
        }
    }

    fn words(&self) -> String {
        let Self { run, by, machine, started, .. } = self;
        let rows = match &self.rows {
            Some(rows) => {
                let counts: Vec<String> = rows.iter().map(|(kind, count)| format!("{count} {}", kind.word())).collect();
                counts.join(", ")
            }
            None => "it has no results: it goes on at this moment, or was interrupted".to_string(),
        };
        format!("  {run} by {by} on {machine}, {}: {rows}", started.format("%Y-%m-%d %H:%M UTC"))
    }
}
