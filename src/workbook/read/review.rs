//! What an approver wrote on the page of a plan: the one code, and of which plan the page is.

use std::collections::BTreeSet;
use std::path::Path;

use super::grid::{Datum, Grids, read_grids};
use super::trouble::ReadError;
use crate::language::Language;

/// The words that stand before what is read: the page is written with them.
pub const PLAN_LABEL: &str = "review-plan-file";
pub const FINGERPRINT_LABEL: &str = "review-plan-sha256";
pub const CODE_LABEL: &str = "review-code";

/// A page that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewAnswer {
    /// The plan's file, without a folder.
    pub plan: String,
    /// Of the plan's bytes, in hexadecimal digits.
    pub plan_sha256: String,
    /// As typed; none where the cell is empty.
    pub code: Option<String>,
}

/// Why a file is no such page.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    #[error("it is no page of a plan: `couponbook plan WORKBOOK --workbook` writes one")]
    NoPage,
    #[error(
        "it has several cells for the code, or of several plans: hand back the page as it was written, with the code alone"
    )]
    Ambiguous,
}

/// Reads the page of a plan at `path`, in whatever language it was written.
///
/// # Errors
/// Where it cannot be read, or does not say once of which plan it is.
pub fn read_answer(path: &Path) -> Result<ReviewAnswer, NoAnswer> {
    let grids = read_grids(path, None)?;
    let plan = one(&grids, PLAN_LABEL)?.ok_or(NoAnswer::NoPage)?;
    let plan_sha256 = one(&grids, FINGERPRINT_LABEL)?.ok_or(NoAnswer::NoPage)?.to_lowercase();
    Ok(ReviewAnswer { plan, plan_sha256, code: one(&grids, CODE_LABEL)? })
}

/// What stands right of the label, on whatever sheet; none where nothing does.
fn one(grids: &Grids, label: &str) -> Result<Option<String>, NoAnswer> {
    let labels: BTreeSet<String> = Language::all().flat_map(|language| language.spellings(label)).collect();
    let is_label = |cell: &Datum| matches!(cell, Datum::Text(text) if labels.contains(text.trim()));
    let mut found = BTreeSet::new();
    for row in grids.sheets.iter().flat_map(|sheet| &sheet.rows) {
        let mut cells = row.cells.iter().skip_while(|(_, cell)| !is_label(cell)).skip(1);
        // What was written behind the cell is a remark.
        found.extend(cells.next().map(|(_, cell)| cell.words().trim().to_string()));
    }
    let first = found.pop_first();
    if found.is_empty() { Ok(first) } else { Err(NoAnswer::Ambiguous) }
}
