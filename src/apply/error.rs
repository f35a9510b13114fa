//! Why a workbook or a plan is not carried out.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::archive::ArchiveError;
use crate::domain::{ExportId, RunId, StoreId};
use crate::durable::DurableError;
use crate::export::BookError;
use crate::foreign::one_line;
use crate::journal::{JournalError, PlanUse};
use crate::workbook::read::ReadError;

#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(transparent)]
    Book(#[from] BookError),
    #[error(transparent)]
    Durable(#[from] DurableError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("{} does not say which export it came from: its hidden sheet is gone", .0.display())]
    NoExport(PathBuf),
    #[error("{} was made from another snapshot of export {export} than the archive holds", .workbook.display())]
    OtherSnapshot { workbook: PathBuf, export: ExportId, hinted: String, held: String },
    #[error("the archive's snapshot of export {export} is not the one that was made: {why}")]
    ForgedSnapshot { export: ExportId, why: &'static str },
    #[error(
        "export {export} was written into several workbooks ({}), and {} does not say which of them it is: its hidden sheet was changed or is gone",
        .parts.join(", "),
        .workbook.display()
    )]
    NoPart { workbook: PathBuf, export: ExportId, parts: Vec<String> },
    #[error("the plan is not what its workbook and its export come to: {0}")]
    Disagrees(String),
    #[error("{} is not as `couponbook plan` saved it on this machine: it was changed, or made elsewhere", .0.display())]
    UnknownPlan(PathBuf),
    #[error("{} of {} cannot be planned", cells(*.count), name(.workbook))]
    BadRows {
        workbook: PathBuf,
        count: usize,
        /// The copy with the bad cells marked.
        to_mend: Option<PathBuf>,
    },
    #[error("{} cannot be read: {error}", .path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("{} is not a plan of this program", .path.display())]
    NoPlan { path: PathBuf, source: NoPlan },
    #[error("this plan was applied already, by {} on {} (run {})", .0.by, .0.started.format("%Y-%m-%d %H:%M UTC"), .0.run)]
    UsedPlan(PlanUse),
    #[error("the plan is stale: {0}")]
    Stale(String),
    #[error(
        "the archive has {} that the journal of this machine does not know: {}; nothing was sent, since what they did would be done again",
        runs(.0.len()),
        .0.iter().map(MissingRun::to_string).collect::<Vec<_>>().join(", ")
    )]
    Forgotten(Vec<MissingRun>),
    #[error("not applied: you did not say yes; nothing was sent")]
    NotAgreed,
    #[error("there is nobody to ask")]
    NobodyToAsk,
    #[error("{} may not change coupons of {store}", one_line(.by))]
    NotAllowed { by: String, store: StoreId },
    #[error("a second person has to approve this plan first: {}{}", .why.join("; "), left_aside(.not_counted))]
    NeedsApproval {
        why: Vec<String>,
        /// What lies beside the plan and does not count, each with the reason.
        not_counted: Vec<String>,
    },
    #[error("the archive has no run {0}")]
    NoSuchRun(String),
    #[error("run {0} has not come to its end, or its results are not in the archive")]
    RunGoesOn(RunId),
    #[error("run {0} changed nothing: there is nothing to undo")]
    NothingToUndo(RunId),
}

/// A run that the archive has and the journal has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRun {
    pub run: RunId,
    /// Who sealed it, and where; none and empty where nobody did.
    pub by: Option<String>,
    pub machine: String,
}

impl fmt::Display for MissingRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.by {
            Some(by) => write!(f, "{} (by {by} on {})", self.run, self.machine),
            None => write!(f, "{}", self.run),
        }
    }
}

/// What a file lacks of a plan.
#[derive(Debug, thiserror::Error)]
pub enum NoPlan {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("it has version {found}, this program reads {oldest} to {newest}")]
    Version { found: u32, oldest: u32, newest: u32 },
}

impl ApplyError {
    /// Whether something failed that whoever hands a workbook back has no part in: the disk, the archive, the journal.
    pub fn is_of_the_machine(&self) -> bool {
        match self {
            Self::Archive(_) | Self::Book(_) | Self::Durable(_) | Self::Journal(_) | Self::Json(_) => true,
            Self::Read(_)
            | Self::NoExport(_)
            | Self::OtherSnapshot { .. }
            | Self::ForgedSnapshot { .. }
            | Self::NoPart { .. }
            | Self::Disagrees(_)
            | Self::UnknownPlan(_)
            | Self::BadRows { .. }
            | Self::Unreadable { .. }
            | Self::NoPlan { .. }
            | Self::UsedPlan(_)
            | Self::Stale(_)
            | Self::Forgotten(_)
            | Self::NotAgreed
            | Self::NobodyToAsk
            | Self::NotAllowed { .. }
            | Self::NeedsApproval { .. }
            | Self::NoSuchRun(_)
            | Self::RunGoesOn(_)
            | Self::NothingToUndo(_) => false,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoExport(_) => "name the export with --export ID (it stands in the footer of every page)".to_string(),
            Self::OtherSnapshot { hinted, held, .. } => {
                let short = |text: &str| text.chars().take(12).collect::<String>();
                let (hinted, held) = (short(hinted), short(held));
                format!("workbook: {hinted}…, archive: {held}…; use the workbook as it was exported")
            }
            Self::BadRows { to_mend, .. } => {
                let mend = to_mend.as_ref().map_or_else(
                    || "fix them and hand it back".to_string(),
                    |copy| format!("fix the amber cells of {} and hand that back", copy.display()),
                );
                format!("{mend}, or add --skip-bad-rows to go on without these rows; nothing was sent")
            }
            Self::UsedPlan(_) => "a plan is used once; make a new one for what is left".to_string(),
            Self::NoPart { .. } => "hand back the workbook as it was exported; or add --whole, which takes rows of any store from it".to_string(),
            Self::NoPlan { .. } | Self::Stale(_) | Self::UnknownPlan(_) | Self::Disagrees(_) => "nothing was sent; make it again with `couponbook plan WORKBOOK`".to_string(),
            Self::Forgotten(_) => "`couponbook journal rebuild` takes them over from the archive; then apply again. Only where it cannot, and you \
                 have seen at the platforms what they did, add --allow-forgotten-runs"
                .to_string(),
            Self::NotAllowed { .. } => "somebody whose [[person]] names that store has to apply it; nothing was sent".to_string(),
            Self::NeedsApproval { .. } => {
                "couponbook plan WORKBOOK, then `couponbook approve PLAN` by another person, then couponbook apply PLAN; nothing was sent"
                    .to_string()
            }
            Self::NoSuchRun(_) => "`couponbook runs` lists them".to_string(),
            Self::RunGoesOn(_) => "apply the same workbook or plan again, which asks what came of it; then undo".to_string(),
            Self::NobodyToAsk => "add --yes to apply without a question; nothing was sent".to_string(),
            Self::ForgedSnapshot { .. } => "nothing was planned or sent; export again for new values".to_string(),
            Self::Archive(_)
            | Self::Book(_)
            | Self::Durable(_)
            | Self::Journal(_)
            | Self::Json(_)
            | Self::Read(_)
            | Self::Unreadable { .. }
            | Self::NothingToUndo(_)
            | Self::NotAgreed => return None,
        })
    }
}

fn left_aside(files: &[String]) -> String {
    if files.is_empty() { String::new() } else { format!(". Not counted: {}", files.join("; ")) }
}

fn runs(count: usize) -> String {
    if count == 1 { "a run".to_string() } else { format!("{count} runs") }
}

fn cells(count: usize) -> String {
    if count == 1 { "1 cell".to_string() } else { format!("{count} cells") }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
