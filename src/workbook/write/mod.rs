//! An export becomes a workbook: a file a sheet, `style` for everything a cell can look like, `pen` for how cells are written.
//!
//! The writer adds nothing of its own but looks: findings, suggestions and outcomes come in finished. What is known at export
//! is a plain fill; conditional formats react to a manager's typing only, since plain fills survive every office program.
//! The words of each sheet are messages of the workbook's language.

mod by_hand;
mod checklist;
mod coupons;
mod coverage;
mod help;
mod history;
mod layout;
mod pen;
mod replies;
mod stores;
mod style;
mod summary;
mod tally;
mod week;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{Datelike, Timelike};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::Book;
use super::columns::{HIDDEN_SHEET, HiddenLabel, SCHEMA_VERSION};
use crate::domain::{RowKey, StoreId, Timestamp};
use crate::language::long_day_words;
use crate::say;
use crate::workbook::words::slot_name;
use layout::{Layout, SHEET_ROWS_MAX};
use pen::{Pen, Written};
use style::{BODY, INK, Looks, RULE, YOURS};
use tally::Tally;

pub use help::actions_markdown;
pub use history::{HistoryBook, write_history};
pub use week::{WeekBook, write_week};

/// A workbook that could not be written. What stands at the path is not to be used.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the workbook cannot be written to {}; check that its folder exists and that the disk has room", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("row {row} belongs to the store `{store}`, which is not among the export's stores; export again")]
    StoreMissing { row: RowKey, store: StoreId },
    #[error("the workbook cannot be put together; check that the temporary folder has room, and try again")]
    Excel(#[from] XlsxError),
}

/// Writes the workbook to `path`, replacing what is there: give it a temporary name and rename it once it is complete.
pub fn write(book: &Book, path: &Path) -> Result<(), WriteError> {
    let in_file = |source| WriteError::File { path: path.to_path_buf(), source };
    let mut file = BufWriter::new(File::create(path).map_err(in_file)?);
    match write_to(book, &mut file) {
        Err(WriteError::Excel(XlsxError::IoError(source))) => Err(in_file(source)),
        other => other,
    }?;
    file.flush().map_err(in_file)
}

/// Writes the workbook's bytes; the same book gives the same bytes.
pub fn write_to(book: &Book, to: impl Write + Send) -> Result<(), WriteError> {
    write_in_sheets_of(book, SHEET_ROWS_MAX, to)
}

/// [`write_to`] with at most `rows_per_sheet` coupons on a sheet; the rest stands on `Coupons 2` and so on.
pub fn write_in_sheets_of(book: &Book, rows_per_sheet: usize, to: impl Write + Send) -> Result<(), WriteError> {
    let layout = Layout::of(book, rows_per_sheet)?;
    let tally = Tally::of(&layout);
    let mut looks = Looks::new(book.language);
    let mut workbook = Workbook::new();
    // Before the first sheet: cells without a look of their own would fall back to another face.
    workbook.set_default_format(&BODY.format(book.language), DEFAULT_ROW_PIXELS, DEFAULT_COLUMN_PIXELS)?;
    workbook.set_properties(&properties(book)?);
    workbook.set_zip_compression_level(COMPRESSION_LEVEL);

    let summary = workbook.add_worksheet();
    summary::write(summary, &mut looks, &layout, &tally)?;
    if layout.first_to_mend().is_some() {
        // It opens where there is something to mend; two selected sheets would be edited together.
        summary.set_active(false).set_selected(false);
    }
    checklist::write(workbook.add_worksheet(), &mut looks, &layout)?;
    coupons::write(&mut workbook, &mut looks, &layout)?;
    by_hand::write(workbook.add_worksheet(), &mut looks, book)?;
    coverage::write(workbook.add_worksheet(), &mut looks, &layout)?;
    stores::write(workbook.add_worksheet(), &mut looks, book)?;
    replies::write(workbook.add_worksheet(), &mut looks, book)?;
    help::write(workbook.add_worksheet(), &mut looks, book)?;
    hidden(workbook.add_worksheet(), book)?;
    workbook.save_to_writer(to)?;
    Ok(())
}

// Arial 10 as Excel measures it; Microsoft YaHei has the same digits' width, and rows get heights of their own.
const DEFAULT_ROW_PIXELS: u32 = 17;
const DEFAULT_COLUMN_PIXELS: u32 = 64;
/// Half the time of level 6 for 10 to 17 % more bytes.
const COMPRESSION_LEVEL: u8 = 3;

/// `Coupon check · Sunday 22 November 2026, morning`: the title of Summary and of the file.
fn title(book: &Book) -> String {
    let language = book.language;
    let id = if book.results.is_some() { "title-results" } else { "title-export" };
    let (day, slot) = (long_day_words(language, book.export.day), slot_name(language, book.export.slot));
    say!(language, id, day = day, slot = slot)
}

fn properties(book: &Book) -> Result<DocProperties, XlsxError> {
    let made = excel_moment(book.export.finished)?;
    Ok(DocProperties::new().set_title(title(book)).set_author("couponbook").set_creation_datetime(&made))
}

/// An instant as the file's properties keep it.
fn excel_moment(at: Timestamp) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(at.year()).unwrap_or(1900);
    ExcelDateTime::from_ymd(year, at.month() as u8, at.day() as u8)?.and_hms(
        at.hour() as u16,
        at.minute() as u8,
        at.second() as u8,
    )
}

/// What a manager may do with a sheet: the colour of its tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Summary,
    /// Something to fill in.
    Yours,
    Read,
}

/// Paper, margins, footer, tab, gridlines: the same on every sheet.
fn set_page(sheet: &mut Worksheet, book: &Book, tab: Tab) {
    let export = book.export;
    let language = book.language;
    let left = say!(
        language,
        "footer-left",
        day = export.day.format("%Y-%m-%d").to_string(),
        slot = slot_name(language, export.slot),
        export = export.id.as_str().replace('&', "&&"),
    );
    // &A is the sheet's name, &P the page, &N their number.
    let footer = format!("&L&9{left}&C&9&A&R&9{}", say!(language, "footer-right", page = "&P", pages = "&N"));
    let color: Color = match tab {
        Tab::Summary => INK,
        Tab::Yours => YOURS,
        Tab::Read => RULE,
    };
    sheet
        .set_paper_size(A4)
        .set_margins(0.4, 0.4, 0.55, 0.6, 0.3, 0.3)
        .set_print_fit_to_pages(1, 0)
        .set_footer(footer)
        .set_screen_gridlines(false)
        .set_tab_color(color);
}

const A4: u8 = 9;

/// The hint for the way back: which export this is. Checked on reading, since office programs may show or change it.
fn hidden(sheet: &mut Worksheet, book: &Book) -> Written {
    sheet.set_name(HIDDEN_SHEET)?.set_very_hidden(true);
    let schema = SCHEMA_VERSION.to_string();
    let stores: Vec<&str> = book.export.stores.iter().map(|load| load.store.id.as_str()).collect();
    let stores = stores.join(",");
    let mut rows = vec![
        (HiddenLabel::ExportId, book.export.id.as_str()),
        (HiddenLabel::SchemaVersion, schema.as_str()),
        (HiddenLabel::SnapshotSha256, book.snapshot_sha256.as_str()),
    ];
    if book.is_part {
        rows.push((HiddenLabel::Stores, stores.as_str()));
    }
    let mut looks = Looks::new(book.language);
    let mut pen = Pen { sheet, looks: &mut looks };
    for (row, (label, value)) in rows.into_iter().enumerate() {
        pen.text(row as u32, 0, label.words(), BODY)?;
        pen.text(row as u32, 1, value, BODY.number(style::Number::Text))?;
    }
    Ok(())
}
