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

/// The columns that are read, from zero.
#[derive(Debug, Default)]
struct Columns {
    what: Option<u32>,
    key: Option<u32>,
    am: Option<u32>,
    pm: Option<u32>,
    remark: Option<u32>,
}

/// Every row of the checklist in which something is signed or remarked.
pub(super) fn signed(book: &mut Book, package: &Package) -> Result<Vec<SignedRow>, Reason> {
    for sheet in &package.sheets {
        let Some(marks) = &sheet.marks else { continue };
        if let Some(rows) = read_sheet(book, &sheet.name, marks, package.epoch_1904)? {
            return Ok(rows);
        }
    }
    Ok(Vec::new())
}

fn read_sheet(
    book: &mut Book,
    name: &str,
    marks: &SheetMarks,
    epoch_1904: bool,
) -> Result<Option<Vec<SignedRow>>, Reason> {
    let mut columns: Option<Columns> = None;
    let mut rows = Vec::new();
    each_row(book, name, marks, |row, cells| {
        if row > LAST_ROW || (columns.is_none() && row > HEADER_ROWS) {
            return Ok(ControlFlow::Break(()));
        }
        match &columns {
            None => columns = Columns::of(cells, epoch_1904),
            Some(columns) => rows.extend(columns.signed_row(cells, epoch_1904)),
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(columns.map(|_| rows))
}

impl Columns {
    /// A row as headers; none where it is not that of a checklist.
    fn of(cells: &[Passing], epoch_1904: bool) -> Option<Self> {
        let mut found = Self::default();
        for passing in cells {
            let Some(text) = passing.cell().map(|cell| word(&cell.value.words(epoch_1904))) else { continue };
            let is = |id: &str| Language::all().any(|language| word(&language.say(id)) == text);
            let columns = [
                (&mut found.what, "checklist-head-what"),
                (&mut found.key, "checklist-head-key"),
                (&mut found.am, "checklist-head-am"),
                (&mut found.pm, "checklist-head-pm"),
                (&mut found.remark, "checklist-head-remarks"),
            ];
            if let Some((column, _)) = columns.into_iter().find(|(_, id)| is(id)) {
                // Of two columns with one header the left one is ours.
                column.get_or_insert(passing.column);
            }
        }
        let names_items = found.what.is_some() || found.key.is_some();
        (names_items && found.am.is_some() && found.pm.is_some()).then_some(found)
    }

    fn signed_row(&self, cells: &[Passing], epoch_1904: bool) -> Option<SignedRow> {
        let text = |column: Option<u32>, letters: usize| {
            let cell = cells.iter().rev().find(|passing| Some(passing.column) == column)?.cell()?;
            let text = fold(&cell.value.words(epoch_1904));
            (!is_blank(&text)).then(|| shorten(&text, letters))
        };
        let row = SignedRow {
            key: text(self.key, NAME_LETTERS).unwrap_or_default(),
            what: text(self.what, NAME_LETTERS).unwrap_or_default(),
            am: text(self.am, NAME_LETTERS).unwrap_or_default(),
            pm: text(self.pm, NAME_LETTERS).unwrap_or_default(),
            remark: text(self.remark, WORDS_LETTERS).unwrap_or_default(),
        };
        let names_an_item = !(row.key.is_empty() && row.what.is_empty());
        (names_an_item && [&row.am, &row.pm, &row.remark].into_iter().any(|cell| !cell.is_empty())).then_some(row)
    }
}

/// Dashes stand where nobody needs to sign.
fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| matches!(letter, '-' | '–' | '—' | '/' | ' '))
}
