//! The signed cells of the checklist. Its sheet is found by its headers, in any language and order; where there is none, nobody
//! signed, and nothing is wrong with the workbook.

use std::ops::ControlFlow;

use super::guard::Package;
use super::part::SheetMarks;
use super::sheet::{Book, Passing, each_row};
use super::text::{fold, shorten, word};
use super::trouble::Reason;
use crate::language::Language;
use crate::workbook::SignedRow;

/// The header row must be among these.
const HEADER_ROWS: u32 = 20;
/// A checklist is shorter; what is below is not read.
const LAST_ROW: u32 = 1_000;
const NAME_LETTERS: usize = 80;
const WORDS_LETTERS: usize = 500;

/// The columns that are read, from zero, in the order of [`HEADS`].
struct Columns([Option<u32>; 5]);

const HEADS: [&str; 5] =
    ["checklist-head-key", "checklist-head-what", "checklist-head-am", "checklist-head-pm", "checklist-head-remarks"];

/// Every row of the checklist in which something is signed or remarked.
pub(super) fn signed(book: &mut Book, package: &Package) -> Result<Vec<SignedRow>, Reason> {
    for sheet in &package.sheets {
        let Some(marks) = &sheet.marks else { continue };
        if let Some(rows) = read_sheet(book, &sheet.name, marks)? {
            return Ok(rows);
        }
    }
    Ok(Vec::new())
}

fn read_sheet(book: &mut Book, name: &str, marks: &SheetMarks) -> Result<Option<Vec<SignedRow>>, Reason> {
    let mut columns: Option<Columns> = None;
    let mut rows = Vec::new();
    each_row(book, name, marks, |row, cells| {
        if row > LAST_ROW || (columns.is_none() && row > HEADER_ROWS) {
            return Ok(ControlFlow::Break(()));
        }
        match &columns {
            None => columns = Columns::of(cells),
            Some(columns) => rows.extend(columns.signed_row(cells)),
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(columns.map(|_| rows))
}

impl Columns {
    /// A row as headers; none where it is not that of a checklist.
    fn of(cells: &[Passing]) -> Option<Self> {
        let text_of = |passing: &Passing| passing.cell().map(|cell| word(&cell.value.words()));
        // Of two columns with one header the left one is ours.
        let column_of = |id: &str| {
            let names: Vec<String> =
                Language::all().flat_map(|language| language.spellings(id)).map(|name| word(&name)).collect();
            cells.iter().find(|passing| text_of(passing).is_some_and(|text| names.contains(&text))).map(|it| it.column)
        };
        let [key, what, am, pm, remark] = HEADS.map(column_of);
        let is_checklist = (what.is_some() || key.is_some()) && am.is_some() && pm.is_some();
        is_checklist.then_some(Self([key, what, am, pm, remark]))
    }

    fn signed_row(&self, cells: &[Passing]) -> Option<SignedRow> {
        let text = |column: Option<u32>| {
            let cell = cells.iter().rev().find(|passing| Some(passing.column) == column)?.cell()?;
            Some(fold(&cell.value.words())).filter(|text| !is_blank(text))
        };
        let [key, what, am, pm, remark] = self.0.map(|column| text(column).unwrap_or_default());
        let [key, what, am, pm] = [key, what, am, pm].map(|name| shorten(&name, NAME_LETTERS));
        let remark = shorten(&remark, WORDS_LETTERS);
        let names_an_item = !(key.is_empty() && what.is_empty());
        let says_something = [&am, &pm, &remark].into_iter().any(|cell| !cell.is_empty());
        (names_an_item && says_something).then_some(SignedRow { key, what, am, pm, remark })
    }
}

/// Dashes stand where nobody needs to sign.
fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| matches!(letter, '-' | '–' | '—' | '/' | ' '))
}
