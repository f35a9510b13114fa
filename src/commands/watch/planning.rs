//! A workbook of the inbox becomes a plan, by the same steps as with `couponbook plan`.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::apply::{self, ApplyError, Event, PlanFile};
use crate::archive::ArchiveError;
use crate::commands::connections::{self, Connections};
use crate::commands::context::Context;
use crate::commands::decide::{Opened, Released, Teller};
use crate::commands::export::choices;
use crate::commands::filter::Filter;
use crate::commands::plan::sha256_of;
use crate::domain::{Message, StoreId};
use crate::failure::Failure;
use crate::language::Language;
use crate::message;
use crate::plan::Verdict;
use crate::workbook::{CellProblem, CellProblems};

/// What a workbook came to.
pub(super) enum Read {
    Plan(Box<Saved>),
    /// Nothing of it would be sent, and nobody has anything to do.
    Nothing {
        language: Language,
        done: usize,
        odd: usize,
    },
    /// So many cells cannot be read as meant; they are marked in the copy.
    BadCells {
        language: Language,
        count: usize,
        to_mend: Option<PathBuf>,
    },
}

/// A plan that is saved beside the workbook.
pub(super) struct Saved {
    pub path: PathBuf,
    pub sha256: String,
    pub file: PlanFile,
}

/// Why there is no plan.
pub(super) enum NoPlan {
    /// And never will be, of these bytes.
    Never(Message),
    /// It may be one later.
    NotNow(Failure),
}

impl From<Failure> for NoPlan {
    fn from(failure: Failure) -> Self {
        Self::NotNow(failure)
    }
}

/// So many cells are named one by one.
const CELLS_SHOWN: usize = 10;

/// Plans `workbook` in the name of `by`, of whoever runs the program where there is none. Nothing is sent. With it comes what else is to be
/// said of the workbook.
pub(super) async fn plan(
    context: &Context<'_>,
    workbook: &Path,
    by: Option<&str>,
) -> Result<(Read, Vec<Message>), NoPlan> {
    let released = Released::default();
    let mut opened = Opened::open(context, &Filter::default(), (None, false), &released)?;
    if let Some(by) = by {
        opened.by = by.to_string();
    }
    opened.finish_interrupted(context, None)?;
    let (log, _) = connections::call_log(context, &opened.settings, "plan")?;
    let connections = Connections::open(context, &opened.settings, log).await?;
    let heard = Mutex::default();
    let read = planned(context, workbook, (&opened, &connections), &heard).await;
    connections.close().await;
    let heard = heard.into_inner().unwrap_or_else(PoisonError::into_inner);
    read.map(|read| (read, heard))
}

/// What of it managers are to hear: signatures that were read, and cells that were read otherwise than they stand, or cannot be.
fn told(event: &Event) -> Vec<Message> {
    let cells = |cells: &CellProblems| {
        let cell = |it: &CellProblem| {
            let place = format!("{}!{}", it.sheet, it.cell());
            message!("watch-cell", place = place, header = &it.header, found = &it.found, wanted = &it.wanted)
        };
        let more = cells.count().saturating_sub(CELLS_SHOWN);
        let more = (more > 0).then(|| message!("watch-cells-more", count = more));
        cells.iter().take(CELLS_SHOWN).map(cell).chain(more).collect()
    };
    match event {
        Event::SignOffs { count, .. } => vec![message!("watch-signed", count = *count)],
        Event::Remarks(remarks) => cells(remarks),
        Event::Problems(problems) => cells(problems),
        _ => Vec::new(),
    }
}

async fn planned(
    context: &Context<'_>,
    workbook: &Path,
    (opened, connections): (&Opened, &Connections),
    heard: &Mutex<Vec<Message>>,
) -> Result<Read, NoPlan> {
    let (choices, teller) = (choices(&opened.all), Teller::of(context, workbook));
    let settle = |store: &StoreId| connections.settle(store);
    let tell = |event: Event| {
        heard.lock().unwrap_or_else(PoisonError::into_inner).extend(told(&event));
        teller.tell(&event);
    };
    let setup = opened.setup(context, connections, &choices, &settle, &tell);
    let planned = apply::plan(&setup, None, workbook, None).await.map_err(no_plan)?;
    let language = planned.file.language.unwrap_or(opened.all.language);
    if let Some(ApplyError::BadRows { count, to_mend, .. }) = planned.refusal(&setup) {
        return Ok(Read::BadCells { language, count, to_mend });
    }
    let rows = &planned.file.plan.rows;
    let is_work = |verdict: &Verdict| matches!(verdict, Verdict::Change { .. } | Verdict::ByHand { .. });
    if !rows.iter().any(|row| is_work(&row.verdict)) {
        let done = rows.iter().filter(|row| matches!(row.verdict, Verdict::AlreadyDone { .. })).count();
        return Ok(Read::Nothing { language, done, odd: rows.len() - done });
    }
    let path = planned.save(&setup, &apply::beside(workbook, "-plan.json")).map_err(no_plan)?;
    let sha256 = sha256_of(&path)?;
    Ok(Read::Plan(Box::new(Saved { path, sha256, file: planned.file })))
}

/// What of it is the workbook's own fault stays so however often it is read.
fn no_plan(error: ApplyError) -> NoPlan {
    match error {
        ApplyError::Read(error) => NoPlan::Never(error.reason.message),
        ApplyError::NoExport(_) => NoPlan::Never(message!("watch-no-export")),
        ApplyError::Archive(ArchiveError::UnknownExport { export, .. }) => {
            NoPlan::Never(message!("watch-other-installation", export = export.as_str()))
        }
        ApplyError::OtherSnapshot { export, .. } | ApplyError::ForgedSnapshot { export, .. } => {
            NoPlan::Never(message!("watch-other-snapshot", export = export.as_str()))
        }
        ApplyError::NoPart { .. } => NoPlan::Never(message!("watch-no-part")),
        other => NoPlan::NotNow(other.into()),
    }
}
