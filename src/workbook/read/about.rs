//! What a workbook says of itself: the very hidden sheet and the file's properties. All of it hints.

use std::ops::ControlFlow;

use chrono::NaiveDate;

use super::guard::Package;
use super::sheet::{Book, each_row};
use super::text::{shorten, word};
use super::trouble::Reason;
use crate::domain::ExportId;
use crate::message;
use crate::workbook::columns::{HIDDEN_SHEET, HiddenLabel, SCHEMA_VERSION};

const LAST_ROW: u32 = 100;
const MOST_LETTERS: usize = 200;

#[derive(Debug, Default)]
pub(super) struct About {
    pub export: Option<ExportId>,
    pub snapshot_sha256: Option<String>,
    pub last_author: Option<String>,
    /// Of a workbook that is one of several.
    pub part: Option<String>,
}

impl About {
    /// The day of the export, which its id begins with.
    pub fn exported(&self) -> Option<NaiveDate> {
        let day: String = self.export.as_ref()?.as_str().chars().take(8).collect();
        NaiveDate::parse_from_str(&day, "%Y%m%d").ok()
    }
}

pub(super) fn about(book: &mut Book, package: &Package) -> Result<About, Reason> {
    let mut about = About::default();
    let sheet = package.sheets.iter().find(|sheet| word(&sheet.name) == HIDDEN_SHEET);
    if let Some((sheet, marks)) = sheet.and_then(|sheet| Some((sheet, sheet.marks.as_ref()?))) {
        each_row(book, &sheet.name, marks, |row, cells| {
            let text_in = |column: u32| {
                let cell = cells.iter().find(|passing| passing.column == column)?.cell()?;
                Some(shorten(&cell.value.words(), MOST_LETTERS))
            };
            let label = text_in(0).map(|label| word(&label));
            let is = |wanted: HiddenLabel| label.as_deref() == Some(wanted.into());
            if is(HiddenLabel::SchemaVersion) {
                // Of a later version nobody knows what its cells mean.
                let found = text_in(1).unwrap_or_default();
                if found.parse::<f64>().is_ok_and(|version| version > f64::from(SCHEMA_VERSION)) {
                    return Err(message!("read-newer-version", found = found).into());
                }
            } else if is(HiddenLabel::ExportId) {
                about.export = text_in(1).map(ExportId::new);
            } else if is(HiddenLabel::SnapshotSha256) {
                about.snapshot_sha256 = text_in(1).map(|hash| hash.to_lowercase());
            } else if is(HiddenLabel::Part) {
                about.part = text_in(1);
            }
            Ok(if row < LAST_ROW { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
    }
    let author = book.last_author();
    about.last_author = author.map(|name| shorten(name.trim(), MOST_LETTERS)).filter(|name| !name.is_empty());
    Ok(about)
}
