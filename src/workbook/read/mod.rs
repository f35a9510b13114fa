//! Cells as people and office programs leave them become decisions, problems and remarks.
//!
//! `file` takes the bytes, `guard` counts everything in them before anything is believed, `gather` walks the sheets and collects
//! the rows with actions, `decide` reads their cells (`dates`, `numbers`). Nothing is compared with the export here: that is
//! the plan's work.

mod about;
mod cell;
mod dates;
mod decide;
mod file;
mod gather;
mod guard;
mod headers;
mod numbers;
mod part;
mod sheet;
mod signed;
mod table;
mod text;
mod trouble;

use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

pub use numbers::{read_amount_text, read_count_text};
pub use table::{NotADay, SheetRow, SheetTable, read_table, read_whole_day};

pub use crate::workbook::columns::cell_address;
pub use trouble::{ReadError, Reason};

use crate::workbook::HandedBack;

/// Reads a workbook that a manager handed back, in bounded memory and time whatever the file is.
///
/// A cell that cannot be read as meant is among the `problems`; all of them are found at once, and a row with one is not among
/// the `decisions`. An error means that the file as a whole cannot be read, and says in one sentence why and what to do.
pub fn read(path: &Path) -> Result<HandedBack, ReadError> {
    file::load(path).and_then(|bytes| read_bytes(path, bytes)).map_err(|reason| ReadError { path: path.into(), reason })
}

fn read_bytes(path: &Path, bytes: Vec<u8>) -> Result<HandedBack, Reason> {
    let sha256 = HEXLOWER.encode(&Sha256::digest(&bytes));
    let (mut book, mut package) = sheet::open(bytes)?;
    let about = about::about(&mut book, &package)?;
    let signed = signed::signed(&mut book, &package)?;
    let mut gathered = gather::gather(&mut book, &mut package)?;
    let decided = decide::decide(&mut gathered, package.epoch_1904, about.exported());
    Ok(HandedBack {
        path: path.to_path_buf(),
        sha256,
        export: about.export,
        snapshot_sha256: about.snapshot_sha256,
        last_author: about.last_author,
        decisions: decided.decisions,
        problems: decided.problems,
        remarks: decided.remarks,
        own_columns: gathered.own_columns(),
        language: gathered.sheets.first().map(|sheet| sheet.headers.language).unwrap_or_default(),
        part: about.part,
        notes: gathered.notes,
        bad_rows: decided.bad_rows,
        undecided: gathered.undecided,
        facts: decided.facts,
        signed,
    })
}
