//! Runs that were killed: what they did is told, and put into the archive by whoever writes there.

use std::collections::BTreeMap;

use super::context::Context;
use super::messenger::Messenger;
use super::say::counted;
use crate::apply::{self, ApplyError, Interrupted};
use crate::archive::Archive;
use crate::domain::{AppliedChange, OutcomeKind, RunId};
use crate::failure::Failure;
use crate::journal::{ApplyLock, Journal, JournalError};
use crate::settings::Settings;

/// Puts into the archive what killed runs left, and says so; nothing while an apply goes on.
pub fn finish(
    context: &Context,
    settings: &Settings,
    (archive, journal): (&Archive, &Journal),
    lock: Option<&ApplyLock>,
) -> Result<(), Failure> {
    if journal.unarchived_runs()?.is_empty() {
        return Ok(());
    }
    let own = match lock {
        Some(_) => None,
        None => match journal.lock("a command that puts an interrupted run into the archive", context.now()) {
            Err(JournalError::ApplyRunning { .. }) => return Ok(()),
            taken => Some(taken?),
        },
    };
    let Some(lock) = lock.or(own.as_ref()) else { return Ok(()) };
    let note = |run: &RunId, error: &ApplyError| passed_over(context, run, error);
    for run in apply::archive_interrupted(archive, journal, lock, &settings.state.join("calls"), &note)? {
        let told = told(&run);
        Messenger::of(context, settings).queue_interrupted(&run.run.id, &told);
        context.note(&format!("{told}: it is in the archive now"));
    }
    Ok(())
}

/// Says which runs of this machine its journal has lost: an export does without what they ended on purpose, kept or asked for.
pub fn tell_missing(context: &Context, archive: &Archive, journal: &Journal) -> Result<(), Failure> {
    let missing = apply::missing_runs(archive, journal)?;
    let own: Vec<String> =
        missing.iter().filter(|run| run.machine == archive.machine()).map(ToString::to_string).collect();
    if !own.is_empty() {
        context.note(&format!(
            "note: the archive has runs of this machine that its journal does not know: {}; what they ended on purpose, kept or left to \
             do by hand is missing here until `couponbook journal rebuild` takes them over",
            own.join(", ")
        ));
    }
    Ok(())
}

/// The rows of runs that the archive does not tell yet, said so: whoever only reads leaves it at that.
pub fn rows(context: &Context, archive: &Archive, journal: &Journal) -> Result<Vec<AppliedChange>, Failure> {
    let note = |run: &RunId, error: &ApplyError| passed_over(context, run, error);
    let runs = apply::interrupted(archive, journal, &note)?;
    for run in &runs {
        context.note(&format!("{}, as the journal has it; the next export, plan or apply archives it", told(run)));
    }
    Ok(runs.iter().flat_map(Interrupted::changes).collect())
}

fn told(run: &Interrupted) -> String {
    let mut counts: BTreeMap<OutcomeKind, usize> = BTreeMap::new();
    for outcome in run.outcomes.values() {
        *counts.entry(outcome.kind).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {}", kind.word())).collect();
    let rows = counted(run.outcomes.len(), "row", "rows");
    format!("run {} by {} has not come to its end: of {rows} {}", run.run.id, run.run.by, counts.join(", "))
}

fn passed_over(context: &Context, run: &RunId, error: &ApplyError) {
    context.note(&format!("note: what came of run {run} cannot be told: {error}"));
}
