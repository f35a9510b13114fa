//! An export becomes a workbook: a file a sheet, `style` for everything a cell can look like, `writer` for how cells are written.
//!
//! The writer adds nothing of its own but looks: findings, suggestions and outcomes come in finished. What is known at export
//! is a plain fill; conditional formats react to a manager's typing only, since plain fills survive every office program.
//! The words of each sheet are messages of the workbook's language.

mod by_hand;
mod chart;
mod checklist;
mod coupons;
mod coverage;
mod help;
mod history;
mod layout;
mod page;
mod replies;
mod stores;
mod style;
mod summary;
mod tally;
mod tiles;
mod week;
mod writer;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{Datelike, Timelike};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::Book;
use super::columns::{HIDDEN_SHEET, HiddenLabel, SCHEMA_VERSION};
use crate::domain::{RowKey, StoreId, Timestamp};
use crate::language::{Language, long_day_words};
use crate::say;
use crate::workbook::words::Named;
use layout::{Layout, SHEET_ROWS_MAX};
use style::{BODY, CellStyles, INK, RULE, YOURS};
use tally::Tally;
use writer::{CellWriter, Written};

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
    let mut styles = CellStyles::new(book.language);
    let mut workbook = new_workbook(book.language, &title(book), book.export.finished)?;
    summary::write(&mut add_sheet(&mut workbook, &mut styles), &layout, &tally)?;
    checklist::write(&mut add_sheet(&mut workbook, &mut styles), &layout)?;
    coupons::write(&mut workbook, &mut styles, &layout)?;
    by_hand::write(&mut add_sheet(&mut workbook, &mut styles), book)?;
    coverage::write(&mut add_sheet(&mut workbook, &mut styles), &layout)?;
    stores::write(&mut add_sheet(&mut workbook, &mut styles), book)?;
    replies::write(&mut add_sheet(&mut workbook, &mut styles), book)?;
    help::write(&mut add_sheet(&mut workbook, &mut styles), book)?;
    hidden(&mut add_sheet(&mut workbook, &mut styles), book)?;
    workbook.save_to_writer(to)?;
    Ok(())
}

// Arial 10 as Excel measures it; Microsoft YaHei has the same digits' width, and rows get heights of their own.
const DEFAULT_ROW_PIXELS: u32 = 17;
const DEFAULT_COLUMN_PIXELS: u32 = 64;
/// Half the time of level 6 for 10 to 17 % more bytes.
const COMPRESSION_LEVEL: u8 = 3;

fn new_workbook(language: Language, title: &str, made_at: Timestamp) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    // Before the first sheet: cells without a style of their own would fall back to another face.
    workbook.set_default_format(&BODY.format(language), DEFAULT_ROW_PIXELS, DEFAULT_COLUMN_PIXELS)?;
    let properties = DocProperties::new().set_title(title).set_author("couponbook");
    workbook.set_properties(&properties.set_creation_datetime(&excel_moment(made_at)?));
    workbook.set_zip_compression_level(COMPRESSION_LEVEL);
    Ok(workbook)
}

fn add_sheet<'a>(workbook: &'a mut Workbook, styles: &'a mut CellStyles) -> CellWriter<'a> {
    CellWriter { sheet: workbook.add_worksheet(), styles }
}

/// `Coupon check · Sunday 22 November 2026, morning`: the title of Summary and of the file.
fn title(book: &Book) -> String {
    let language = book.language;
    let id = if book.results.is_some() { "title-results" } else { "title-export" };
    let (day, slot) = (long_day_words(language, book.export.day), book.export.slot.name(language));
    say!(language, id, day = day, slot = slot)
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

/// Name, paper and tab of a sheet that lies on its side.
fn begin(writer: &mut CellWriter, book: &Book, name: &str, tab: Tab) -> Written {
    writer.sheet.set_name(book.language.say(name))?.set_landscape();
    set_page(writer.sheet, book, tab);
    Ok(())
}

fn set_page(sheet: &mut Worksheet, book: &Book, tab: Tab) {
    let export = book.export;
    let footer = say!(
        book.language,
        "footer-left",
        day = export.day.format("%Y-%m-%d").to_string(),
        slot = export.slot.name(book.language),
        export = export.id.as_str().replace('&', "&&"),
    );
    let color: Color = match tab {
        Tab::Summary => INK,
        Tab::Yours => YOURS,
        Tab::Read => RULE,
    };
    set_paper(sheet, book.language, &footer, color);
}

/// Paper, margins, footer, tab, gridlines: the same on every sheet. `footer` stands at the left.
fn set_paper(sheet: &mut Worksheet, language: Language, footer: &str, tab: Color) {
    let pages = say!(language, "footer-right", page = "&P", pages = "&N");
    // &A is the sheet's name, &P the page, &N their number.
    sheet
        .set_paper_size(A4)
        .set_margins(0.4, 0.4, 0.55, 0.6, 0.3, 0.3)
        .set_print_fit_to_pages(1, 0)
        .set_footer(format!("&L&9{footer}&C&9&A&R&9{pages}"))
        .set_screen_gridlines(false)
        .set_tab_color(tab);
}

const A4: u8 = 9;

/// The hint for the way back: which export this is. Checked on reading, since office programs may show or change it.
fn hidden(writer: &mut CellWriter, book: &Book) -> Written {
    writer.sheet.set_name(HIDDEN_SHEET)?.set_very_hidden(true);
    let stores: Vec<&str> = book.export.stores.iter().map(|load| load.store.id.as_str()).collect();
    let mut rows = vec![
        (HiddenLabel::ExportId, book.export.id.to_string()),
        (HiddenLabel::SchemaVersion, SCHEMA_VERSION.to_string()),
        (HiddenLabel::SnapshotSha256, book.snapshot_sha256.clone()),
    ];
    rows.extend(book.is_part.then(|| (HiddenLabel::Stores, stores.join(","))));
    for (row, (label, value)) in (0..).zip(rows) {
        writer.text(row, 0, label.into(), BODY)?;
        writer.text(row, 1, &value, BODY.number(style::Number::Text))?;
    }
    Ok(())
}
