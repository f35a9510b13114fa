//! What plans are made with and carried out with, and what is told on the way.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Connectors;
use super::error::{ApplyError, MissingRun};
use crate::archive::Archive;
use crate::domain::{Account, Export, Notice, Outcome, RowKey, RunId, StoreId, Timestamp, Write};
use crate::export::Choices;
use crate::journal::Journal;
use crate::plan::{Allowed, Plan, PlanRow};
use crate::settings::Settings;
use crate::workbook::CellProblems;

/// What plans are made with and carried out with.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// With the stores that a filter leaves, and with all of them.
    pub settings: &'a Settings,
    pub all: &'a Settings,
    /// Of all stores.
    pub choices: &'a Choices<'a>,
    pub archive: &'a Archive,
    pub journal: &'a Journal,
    pub connectors: &'a Connectors,
    /// How long a request whose sender died may still be under way, by store: nothing in doubt is asked about sooner.
    pub settle: &'a (dyn Fn(&StoreId) -> Settle + Send + Sync),
    /// When the command began: whoever sent what is in doubt was dead by then.
    pub started: Instant,
    pub clock: &'a (dyn Fn() -> Timestamp + Send + Sync),
    /// Who decides, and whose the work by hand is in a store that names no owner.
    pub by: &'a str,
    /// Who sits there, besides.
    pub account: &'a Account,
    pub operator: &'a str,
    pub allowed: &'a Allowed,
    pub tell: &'a (dyn Fn(Event) + Send + Sync),
}

/// Something that whoever waits is told.
pub enum Event<'a> {
    /// So many cells of the checklist are signed; they are known where the same workbook was read before.
    SignOffs {
        count: usize,
        are_known: bool,
    },
    /// What came of an earlier run's write whose answer was lost.
    Resolved(&'a Resolution),
    /// What an earlier run sent to the store may still arrive, for so long.
    Settling {
        store: &'a StoreId,
        left: Duration,
    },
    /// So many stores are asked for their present state; one has answered.
    Asking(usize),
    Asked,
    /// What was read otherwise than it stands in a cell.
    Remarks(&'a CellProblems),
    /// The archive has not the workbook as it was written: edits outside the columns to fill in were not looked for.
    NotCompared,
    /// So many rows were too many to look for such edits.
    NotComparedRows(usize),
    /// Every cell that cannot be read as meant.
    Problems(&'a CellProblems),
    /// The copy with the bad cells marked cannot be written.
    NoCopyToMend(&'a ApplyError),
    /// The workbook that a plan was made from is nowhere any more.
    WorkbookGone {
        workbook: &'a Path,
    },
    /// The results cannot lie where they usually do.
    ResultsElsewhere {
        place: &'a Path,
        error: &'a (dyn Error + 'static),
    },
    /// All was carried out, and the archive or the results workbook cannot be written.
    NotKept {
        run: &'a RunId,
        plan: &'a Plan,
        outcomes: &'a BTreeMap<RowKey, Outcome>,
    },
    /// Runs of the archive that stand in the way of an apply.
    Forgotten(&'a [MissingRun]),
    Planned(&'a Plan, &'a Export),
    /// So many rows are carried out; one has its outcome.
    Applying(usize),
    RowDone(&'a PlanRow, &'a Outcome),
    /// All that was asked, or carried out, is.
    PhaseDone,
    Notice(&'a Notice),
}

/// A write of an earlier run, and what is known of it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    pub run: RunId,
    pub store: StoreId,
    pub label: String,
    pub came: Came,
}

/// What is known now of a write that was in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    Made,
    NotMade,
    /// The platform shows something else, and there is no use in asking again.
    NotShown,
}

/// After that nothing arrives any more that was sent before. A change says what is to be true, so that a late one changes nothing;
/// a late creation is one coupon more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settle {
    pub creation: Duration,
    pub change: Duration,
}

impl Settle {
    pub fn of(self, write: &Write) -> Duration {
        match write {
            Write::Create { .. } => self.creation,
            Write::SetEnd { .. }
            | Write::SetTotal { .. }
            | Write::SetMinimum { .. }
            | Write::End { .. }
            | Write::Pause { .. }
            | Write::Enable { .. }
            | Write::Delete { .. }
            | Write::Trash { .. }
            | Write::AddProducts { .. } => self.change,
        }
    }
}
