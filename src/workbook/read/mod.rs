//! Cells as people and office programs leave them become decisions, problems and remarks.
//!
//! `file` takes the bytes, `guard` (of other formats `ods`, `xls`, `xlsb`, `csv`) counts everything in them before anything is believed (`part`
//! with the XML library, `plain` faster where that sees the same), `checked` is what the reading library gets of an .xlsx,
//! `sheet` shows them row by row, whatever the format, `gather` walks the sheets and collects
//! their rows, `decide` reads the cells of those with an action (`dates`, `numbers`). Of the export only what a person sees is compared:
//! which coupon the row shows, and (`edits`) what was changed where nothing is read. The rest is the plan's work.

mod about;
mod as_csv;
mod bounds;
mod cell;
mod checked;
mod csv;
mod dates;
mod decide;
mod delimited;
mod edits;
mod file;
mod gather;
mod grid;
mod guard;
mod headers;
mod held;
mod merged;
mod numbers;
mod ods;
mod part;
mod plain;
mod review;
mod sheet;
mod signed;
mod table;
mod text;
mod trouble;
mod xls;
mod xlsb;

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

pub use as_csv::as_csv;
pub use bounds::Bounds;
pub use decide::Known;
pub use delimited::{Delimited, DelimitedRow};
pub use grid::{
    DateOrder, Datum, Grid, GridRow, Grids, NotAMoment, TextEncoding, order_shown, read_grids, read_moment, read_number,
};
pub use held::is_parsing;
pub use numbers::{read_amount_text, read_count_text};
pub use review::{CODE_LABEL, FINGERPRINT_LABEL, NoAnswer, PLAN_LABEL, ReviewAnswer, read_answer};
pub use table::{NotADay, SheetRow, SheetTable, read_table, read_whole_day};

pub use crate::workbook::columns::cell_address;
pub use trouble::{ReadError, Reason};

use self::about::About;
use self::gather::Gathered;
use crate::domain::ExportId;
use crate::workbook::{HandedBack, SignedRow};

/// A workbook that came back: counted, and its cells collected. What its rows are about is the business of [`Opened::decide`].
#[derive(Debug)]
pub struct Opened {
    path: PathBuf,
    sha256: String,
    about: About,
    signed: Vec<SignedRow>,
    gathered: Gathered,
    epoch_1904: bool,
}

/// Opens a workbook that a manager handed back, in bounded memory and time whatever the file is.
///
/// # Errors
/// Where the file as a whole cannot be read: in one sentence why, and what to do.
pub fn open(path: &Path) -> Result<Opened, ReadError> {
    open_within(path, Bounds::OF_ANY_FILE)
}

/// [`open`] where more than anybody's file may be held, since an export of ours holds as much.
///
/// # Errors
/// As those of [`open`].
pub fn open_within(path: &Path, bounds: Bounds) -> Result<Opened, ReadError> {
    let read = || opened(path, file::load(path, &bounds)?, bounds);
    read().map_err(|reason| ReadError { path: path.into(), reason })
}

/// Which export the workbook at `path` says that it is of, without reading its rows; none of what is no workbook of ours.
pub fn export_of(path: &Path) -> Option<ExportId> {
    let bytes = file::load(path, &Bounds::OF_ANY_FILE).ok()?;
    let (mut book, package) = sheet::open(bytes, Bounds::OF_ANY_FILE, Some(headers::HEADER_ROWS)).ok()?;
    about::about(&mut book, &package).ok()?.export
}

/// [`open`] of the `bytes` of a file that is called `name`.
///
/// # Errors
/// As those of [`open`].
pub fn open_bytes(name: &Path, bytes: Vec<u8>) -> Result<Opened, ReadError> {
    opened(name, bytes, Bounds::OF_ANY_FILE).map_err(|reason| ReadError { path: name.into(), reason })
}

/// With those of the header.
const COMPARED_ROWS: u32 = gather::COMPARED_ROWS + headers::HEADER_ROWS;

/// A workbook as it was written, for comparing with it what came back: as many of its first rows as are compared.
#[derive(Debug)]
pub struct Written {
    about: About,
    gathered: Gathered,
}

/// Opens the `bytes` of a workbook as the archive has it under `name`: what it proved is ours, however much it holds.
///
/// # Errors
/// As those of [`open`].
pub fn open_written(name: &Path, bytes: Vec<u8>) -> Result<Written, ReadError> {
    let read = || {
        let (mut book, mut package) = sheet::open(bytes, Bounds::OF_OUR_OWN, Some(COMPARED_ROWS))?;
        let about = about::about(&mut book, &package)?;
        Ok(Written { about, gathered: gather::gather(&mut book, &mut package, true)? })
    };
    read().map_err(|reason| ReadError { path: name.into(), reason })
}

impl Written {
    /// What [`Opened::export`] is.
    pub fn export(&self) -> Option<&ExportId> {
        self.about.export.as_ref()
    }
}

/// Reads a workbook alone, without anything to compare it with: see [`Opened::decide`].
///
/// # Errors
/// As those of [`open`].
pub fn read(path: &Path) -> Result<HandedBack, ReadError> {
    open(path).map(|opened| opened.decide(Known::default()))
}

fn opened(path: &Path, bytes: Vec<u8>, bounds: Bounds) -> Result<Opened, Reason> {
    let sha256 = HEXLOWER.encode(&Sha256::digest(&bytes));
    let (mut book, mut package) = sheet::open(bytes, bounds, None)?;
    let about = about::about(&mut book, &package)?;
    let signed = signed::signed(&mut book, &package)?;
    let gathered = gather::gather(&mut book, &mut package, false)?;
    Ok(Opened { path: path.to_path_buf(), sha256, about, signed, gathered, epoch_1904: package.epoch_1904 })
}

impl Opened {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// From the very hidden sheet: a hint, since office programs may show or change it.
    pub fn export(&self) -> Option<&ExportId> {
        self.about.export.as_ref()
    }

    /// A hint as [`Opened::export`] is.
    pub fn snapshot_sha256(&self) -> Option<&String> {
        self.about.snapshot_sha256.as_ref()
    }

    /// Reads what was decided. A cell that cannot be read as meant, or that shows another coupon than its row key belongs to, is among
    /// the `problems`; all of them are found at once, and a row with one is not among the `decisions`. What was changed where nothing is
    /// read is among the `remarks`.
    pub fn decide(mut self, known: Known) -> HandedBack {
        let exported = self.about.exported();
        let decided = decide::decide(&mut self.gathered, self.epoch_1904, exported, known);
        let (gathered, about) = (&mut self.gathered, self.about);
        HandedBack {
            path: self.path,
            sha256: self.sha256,
            export: about.export,
            snapshot_sha256: about.snapshot_sha256,
            last_author: about.last_author,
            decisions: decided.decisions,
            problems: decided.problems,
            remarks: decided.remarks,
            own_columns: gathered.own_columns(),
            language: gathered.sheets.first().map(|sheet| sheet.headers.language).unwrap_or_default(),
            part: about.part,
            notes: std::mem::take(&mut gathered.notes),
            bad_rows: decided.bad_rows,
            undecided: std::mem::take(&mut gathered.undecided),
            rows_in_part: gathered.rows_in_part,
            signed: self.signed,
        }
    }
}
