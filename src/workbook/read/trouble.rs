//! Why a file cannot be read at all. What is wrong in single cells is a `CellProblem` and never ends up here.

use std::path::PathBuf;

/// `reports/monday.xlsx: this is an old .xls workbook; open it and save it as .xlsx`
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct ReadError {
    pub path: PathBuf,
    pub reason: Reason,
}

/// One clear sentence each: what it is, and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    #[error("there is no such file; check its name and folder")]
    Missing,
    #[error("this is a folder; name the workbook in it")]
    Folder,
    #[error("the file is open in another program, or may not be read; close it in Excel, or check its permissions")]
    HeldOpen,
    #[error("the file cannot be read; copy it to this computer and try again")]
    Unreadable(#[source] std::io::Error),
    #[error("the file is empty; ask for it again, or export anew")]
    Empty,
    #[error("this is {what}, not an .xlsx workbook; {next}")]
    OtherKind { what: &'static str, next: &'static str },
    #[error("the workbook is protected by a password; open it, remove the password and save it as .xlsx")]
    Encrypted,
    #[error(
        "the file is cut short or damaged ({detail}); copy or download it again, or open it in Excel and save it anew"
    )]
    Damaged { detail: String },
    #[error("{what} (at most {limit} are read); {next}")]
    TooMuch { what: String, limit: String, next: &'static str },
    #[error(
        "no sheet has a header row with \"Row key\" and \"Action\" in its first {rows} rows; hand back the exported workbook"
    )]
    NoCouponSheet { rows: u32 },
    #[error("it has no sheet {wanted:?} but {names}; check the sheet's name in the config")]
    NoSuchSheet { wanted: String, names: String },
    #[error(
        "sheet {sheet:?} has no column {header:?} in its header row {row}; put it back, or copy it from the export"
    )]
    MissingColumn { sheet: String, header: String, row: u32 },
    #[error("sheet {sheet:?} has two columns {header:?}, in {first} and {second}; rename or delete one of them")]
    DoubledColumn { sheet: String, header: String, first: String, second: String },
}

/// What to do with a file that holds more than an export ever does.
pub(super) const SAVE_SMALLER: &str =
    "delete sheets and rows that are not needed, or copy the cells into a new workbook";

impl Reason {
    pub(super) fn damaged(detail: impl Into<String>) -> Self {
        let detail: String = detail.into();
        Self::Damaged { detail: super::text::shorten(&detail, 120) }
    }

    pub(super) fn too_much(what: impl Into<String>, limit: impl Into<String>) -> Self {
        Self::TooMuch { what: what.into(), limit: limit.into(), next: SAVE_SMALLER }
    }
}
