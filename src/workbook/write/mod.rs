//! An export becomes a workbook: a file a sheet, `style` for everything a cell can look like, `page` and `table` for
//! how cells are written, `looks` for what spares a sheet of many rows the look-up of their formats.
//!
//! The writer adds nothing of its own but looks: findings, suggestions and outcomes come in finished. What is known at export
//! is a plain fill; conditional formats react to a manager's typing only, since plain fills survive every office program.
//! The words of each sheet are messages of the workbook's language.

mod by_hand;
mod cell;
mod chart;
mod checklist;
mod coupons;
mod coverage;
mod help;
mod history;
mod layout;
mod looks;
mod page;
mod replies;
mod review;
mod stores;
mod style;
mod summary;
mod table;
mod tally;
mod tiles;
mod undo;
mod week;

use std::io::Write;

use rust_xlsxwriter::XlsxError;

use super::Book;
use super::columns::{HIDDEN_SHEET, HiddenLabel, SCHEMA_VERSION};
use crate::domain::{RowKey, StoreId};
use crate::language::DayShape;
use crate::say;
use crate::workbook::words::Named;
use cell::Written;
use layout::{Layout, SHEET_ROWS_MAX};
use page::Pages;
use style::{BODY, Number};

pub use help::actions_markdown;
pub use history::{HistoryBook, write_history};
pub use review::{ReviewBook, ReviewKind, ReviewRow, write_review};
pub use week::{WeekBook, write_week};

/// A workbook that could not be written. What stands at the path is not to be used.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("row {row} belongs to the store `{store}`, which is not among the export's stores; export again")]
    StoreMissing { row: RowKey, store: StoreId },
    #[error("the workbook cannot be put together; check that the temporary folder has room, and try again")]
    Excel(#[from] XlsxError),
}

/// Writes the workbook's bytes; the same book gives the same bytes.
pub fn write_to(book: &Book, to: impl Write + Send) -> Result<(), WriteError> {
    write_in_sheets_of(book, SHEET_ROWS_MAX, to)
}

/// [`write_to`] with at most `rows_per_sheet` coupons on a sheet; the rest stands on `Coupons 2` and so on.
pub fn write_in_sheets_of(book: &Book, rows_per_sheet: usize, to: impl Write + Send) -> Result<(), WriteError> {
    let layout = Layout::of(book, rows_per_sheet)?;
    let (language, export) = (book.language, book.export);
    let footer = say!(
        language,
        "footer-left",
        day = export.day.format("%Y-%m-%d").to_string(),
        slot = export.slot.name(language),
        export = export.id.as_str().replace('&', "&&"),
    );
    let mut pages = Pages::new(&layout, language, &title(book), export.finished, footer)?;
    pages.add(summary::write)?;
    if book.undo.is_some() {
        pages.add(undo::write)?;
    }
    pages.add(checklist::write)?;
    coupons::write(&mut pages, &layout)?;
    let others: [fn(&mut Page) -> Written; 6] =
        [by_hand::write, coverage::write, stores::write, replies::write, help::write, hidden];
    for write in others {
        pages.add(write)?;
    }
    pages.save(to)
}

type Page<'a, 'b> = page::Page<'a, Layout<'b>>;

/// `Coupon check · Sunday 22 November 2026, morning`: the title of Summary and of the file.
fn title(book: &Book) -> String {
    let language = book.language;
    let id = match (book.results, book.undo) {
        (Some(_), _) => "title-results",
        (None, Some(_)) => "title-undo",
        (None, None) => "title-export",
    };
    let (day, slot) = (language.day(DayShape::DayLong, book.export.day), book.export.slot.name(language));
    say!(language, id, day = day, slot = slot)
}

/// The hint for the way back: which export this is. Checked on reading, since office programs may show or change it.
fn hidden(page: &mut Page) -> Written {
    let book = page.book;
    page.sheet.set_name(HIDDEN_SHEET)?.set_very_hidden(true);
    let mut rows = vec![
        (HiddenLabel::ExportId, book.export.id.to_string()),
        (HiddenLabel::SchemaVersion, SCHEMA_VERSION.to_string()),
        (HiddenLabel::SnapshotSha256, book.snapshot_sha256.clone()),
    ];
    rows.extend(book.part.map(|word| (HiddenLabel::Part, word.to_string())));
    for (row, (label, value)) in (0..).zip(rows) {
        page.text(row, 0, label.into(), BODY)?;
        page.text(row, 1, &value, BODY.number(Number::Text))?;
    }
    Ok(())
}
