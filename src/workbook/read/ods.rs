//! OpenDocument workbooks (.ods), as LibreOffice and its kin save them.
//!
//! Their one document says "and so on, a million times" in a few letters, so everything is counted as often as it stands there before
//! the reading library builds it.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Write};

use calamine::{Ods, OdsError, Reader};
use quick_xml::Writer;
use quick_xml::events::{BytesStart, Event};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::bounds::Bounds;
use super::guard::Sheet;
use super::held::{Held, HeldSheet, Room, parsed};
use super::part::{MOST_COLUMNS, MOST_ROWS, MOST_SHEETS, SheetMarks, each_event};
use super::trouble::Reason;
use crate::message;
use crate::workbook::columns::cell_address;

const MIME: &str = "application/vnd.oasis.opendocument.spreadsheet";
const CONTENT: &str = "content.xml";
const MANIFEST: &str = "META-INF/manifest.xml";
const META: &str = "meta.xml";
const META_BYTES: u64 = 1024 * 1024;
const CELL_BYTES: u64 = 1024 * 1024;
const MOST_DEEP: u32 = 128;
/// In a run of spaces that is written as a number.
const MOST_SPACES: u64 = 32_767;
const MOST_STYLES: usize = 100_000;

type Archive = ZipArchive<Cursor<Vec<u8>>>;

/// Whether the entries of a zip are those of such a file.
pub(super) fn is_ods(archive: &Archive) -> bool {
    archive.index_for_name(CONTENT).is_some() && archive.index_for_name("mimetype").is_some()
}

pub(super) fn read(mut archive: Archive) -> Result<(Held, Vec<Sheet>, bool), Reason> {
    let mut allowance = Bounds::OF_ANY_FILE.odd_bytes;
    refuse_encrypted(&mut archive, &mut allowance)?;
    let mut counter = Counter::default();
    let mut zip = Writer::new(beginning()?);
    walk(&mut archive, CONTENT, &mut allowance, |event, begins, ends| {
        counter.see(event, begins, ends)?;
        // The reading library takes nothing but cells in a row, and some programs indent these.
        let is_between_cells = counter.is_between_cells() && !matches!(event, Event::Start(_) | Event::End(_));
        if is_between_cells { Ok(()) } else { zip.write_event(event.borrow()).map_err(Reason::unreadable) }
    })?;
    let zip = finished(zip.into_inner(), archive, &mut allowance)?;
    parsed(move || {
        let mut book = Ods::new(zip)?;
        let mut sheets = Vec::new();
        for sheet in &counter.sheets {
            let (values, formulas) = (book.worksheet_range(&sheet.name)?, book.worksheet_formula(&sheet.name)?);
            sheets.push(HeldSheet::of(&sheet.name, values, &formulas));
        }
        // Properties that cannot be read are no reason to refuse decisions.
        let last_author = book.workbook_properties().ok().and_then(|properties| properties.last_modified_by);
        Ok::<_, OdsError>((Held { sheets, last_author, is_guessed: false }, counter.sheets, false))
    })
}

fn walk(
    archive: &mut Archive,
    name: &str,
    allowance: &mut u64,
    see: impl FnMut(&Event, u64, u64) -> Result<(), Reason>,
) -> Result<(), Reason> {
    let entry = archive.by_name(name).map_err(|error| Reason::broken_in(name, error))?;
    let packed_bytes = entry.compressed_size();
    each_event(name, entry, (packed_bytes, Bounds::OF_ANY_FILE), allowance, see)
}

fn refuse_encrypted(archive: &mut Archive, allowance: &mut u64) -> Result<(), Reason> {
    if archive.index_for_name(MANIFEST).is_none() {
        return Ok(());
    }
    let mut is_encrypted = false;
    walk(archive, MANIFEST, allowance, |event, _, _| {
        is_encrypted |= matches!(event, Event::Start(element) if element.local_name().as_ref() == "encryption-data");
        Ok(())
    })?;
    if is_encrypted { Err(message!("read-encrypted").into()) } else { Ok(()) }
}

type Zip = ZipWriter<Cursor<Vec<u8>>>;

/// A zip of the counted parts only, up to where the document begins.
fn beginning() -> Result<Zip, Reason> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, text) in [("mimetype", MIME), (MANIFEST, "<manifest/>")] {
        zip.start_file(name, stored).map_err(Reason::broken)?;
        zip.write_all(text.as_bytes()).map_err(Reason::unreadable)?;
    }
    zip.start_file(CONTENT, SimpleFileOptions::default().compression_level(Some(1))).map_err(Reason::broken)?;
    Ok(zip)
}

fn finished(mut zip: Zip, mut archive: Archive, allowance: &mut u64) -> Result<Cursor<Vec<u8>>, Reason> {
    let has_meta = archive.by_name(META).is_ok_and(|entry| entry.size() <= META_BYTES)
        && walk(&mut archive, META, allowance, |_, _, _| Ok(())).is_ok();
    if has_meta {
        let raw = archive.index_for_name(META).map(|index| archive.by_index_raw(index));
        let raw = raw.ok_or_else(|| Reason::broken(META))?.map_err(|error| Reason::broken_in(META, error))?;
        zip.raw_copy_file_rename(raw, META).map_err(Reason::broken)?;
    }
    let mut zip = zip.finish().map_err(Reason::broken)?;
    zip.set_position(0);
    Ok(zip)
}

/// Counts what the document holds and notes what the reading library does not tell.
#[derive(Default)]
struct Counter {
    depth: u32,
    room: Room,
    /// The style whose properties come, and all those whose sheets are not shown.
    style: Option<String>,
    styles: usize,
    hiding: HashSet<String>,
    names: HashSet<String>,
    sheets: Vec<Sheet>,
    table: Option<Table>,
    cell: Option<OpenCell>,
}

/// The sheet at hand.
#[derive(Default)]
struct Table {
    marks: SheetMarks,
    /// Rows so far, and of these the first and last with a value, and the widest.
    rows: u64,
    first_used: Option<u64>,
    last_used: u64,
    width: u64,
    row: Option<Row>,
}

#[derive(Default)]
struct Row {
    repeats: u64,
    columns: u64,
    used_columns: u64,
    text_bytes: u64,
}

struct OpenCell {
    began: u64,
    repeats: u64,
    is_used: bool,
    spaces: u64,
}

impl Counter {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the events of XML, of which a few are refused")]
    fn see(&mut self, event: &Event, begins: u64, ends: u64) -> Result<(), Reason> {
        match event {
            Event::DocType(_) => return Err(damaged("read-damaged-document-type")),
            Event::Start(element) => {
                self.depth += 1;
                if self.depth > MOST_DEEP {
                    return Err(damaged("read-damaged-nested"));
                }
                self.open(element, begins)?;
            }
            Event::End(element) => {
                self.depth = self.depth.saturating_sub(1);
                match element.name().as_ref() {
                    "table:table-cell" | "table:covered-table-cell" => self.close_cell(ends)?,
                    "table:table-row" => self.close_row()?,
                    "table:table" => self.close_table()?,
                    _ => {}
                }
            }
            _ => {}
        }
        let is_long = self.cell.as_ref().is_some_and(|cell| ends.saturating_sub(cell.began) > CELL_BYTES);
        if is_long {
            return Err(Reason::too_much(message!("read-long-cell", part = CONTENT), message!("read-limit-letters")));
        }
        Ok(())
    }

    fn is_between_cells(&self) -> bool {
        self.cell.is_none() && self.table.as_ref().is_some_and(|table| table.row.is_some())
    }

    fn open(&mut self, element: &BytesStart, begins: u64) -> Result<(), Reason> {
        match element.name().as_ref() {
            "style:style" => {
                self.style = attributes(element)?.remove("style:name");
                self.styles += 1;
                if self.styles > MOST_STYLES {
                    return Err(Reason::too_much(message!("read-too-many-formats"), MOST_STYLES.to_string()));
                }
            }
            "style:table-properties" => {
                let shown = attributes(element)?.remove("table:display");
                if let (Some(style), Some("false")) = (&self.style, shown.as_deref()) {
                    self.hiding.insert(style.clone());
                }
            }
            "table:table" => self.open_table(element)?,
            "table:table-row" => self.open_row(element)?,
            "table:table-cell" | "table:covered-table-cell" => self.open_cell(element, begins)?,
            "text:s" => {
                let many = number(&attributes(element)?, "text:c")?;
                if let Some(cell) = &mut self.cell {
                    cell.spaces += many;
                    if cell.spaces > MOST_SPACES {
                        return Err(Reason::too_much(
                            message!("read-long-cell", part = CONTENT),
                            message!("read-limit-letters"),
                        ));
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn open_table(&mut self, element: &BytesStart) -> Result<(), Reason> {
        let mut attributes = attributes(element)?;
        let Some(name) = attributes.remove("table:name") else { return Err(damaged("read-damaged-sheet-list")) };
        if self.table.is_some() || !self.names.insert(name.clone()) {
            return Err(damaged("read-damaged-sheet-list"));
        }
        let hidden = attributes.remove("table:style-name").is_some_and(|style| self.hiding.contains(&style));
        self.sheets.push(Sheet { name, hidden, marks: None });
        if self.sheets.len() > MOST_SHEETS {
            return Err(Reason::too_much(message!("read-too-many-sheets"), MOST_SHEETS.to_string()));
        }
        self.table = Some(Table::default());
        Ok(())
    }

    fn open_row(&mut self, element: &BytesStart) -> Result<(), Reason> {
        let Some(table) = &mut self.table else { return Ok(()) };
        if table.row.is_some() {
            return Err(damaged("read-damaged-nested"));
        }
        let attributes = attributes(element)?;
        let repeats = number(&attributes, "table:number-rows-repeated")?;
        // What is beyond the last row of a sheet is empty, or refused with its cells.
        let repeats = repeats.min(u64::from(MOST_ROWS).saturating_sub(table.rows));
        if attributes.get("table:visibility").is_some_and(|shown| shown != "visible") && repeats > 0 {
            table.marks.hide_run(table.rows as u32 + 1, (table.rows + repeats) as u32);
        }
        table.row = Some(Row { repeats, ..Row::default() });
        // Each is kept once as it stands, with its place.
        self.room.take_cells(1)
    }

    fn open_cell(&mut self, element: &BytesStart, begins: u64) -> Result<(), Reason> {
        let Some(Table { rows, row: Some(row), marks, .. }) = &mut self.table else { return Ok(()) };
        if self.cell.is_some() {
            return Err(damaged("read-damaged-nested"));
        }
        let attributes = attributes(element)?;
        let repeats = number(&attributes, "table:number-columns-repeated")?;
        let is_used = attributes.keys().any(|key| key.starts_with("office:") || key == "table:formula");
        let [columns, span_rows] = ["table:number-columns-spanned", "table:number-rows-spanned"]
            .map(|key| number(&attributes, key).map(|many| many.saturating_sub(1)));
        let (columns, span_rows) = (columns?, span_rows?);
        if columns > 0 || span_rows > 0 {
            let (top, left) = (*rows + 1, row.columns);
            let (bottom, right) = (top.saturating_add(span_rows), left.saturating_add(columns));
            if bottom > u64::from(MOST_ROWS) || right >= u64::from(MOST_COLUMNS) {
                return Err(damaged("read-damaged-area"));
            }
            let corner = |column: u64, row: u64| cell_address(column as u32, row as u32);
            marks.merge(
                (top as u32, left as u32),
                format!("{}:{}", corner(left, top), corner(right, bottom)),
                CONTENT,
            )?;
        }
        row.columns = row.columns.saturating_add(repeats);
        if is_used {
            row.used_columns = row.columns;
            if row.columns > u64::from(MOST_COLUMNS) || row.repeats == 0 {
                return Err(damaged("read-damaged-cell-place"));
            }
        }
        self.cell = Some(OpenCell { began: begins, repeats, is_used, spaces: 0 });
        Ok(())
    }

    fn close_cell(&mut self, ends: u64) -> Result<(), Reason> {
        let (Some(cell), Some(Table { row: Some(row), .. })) = (self.cell.take(), &mut self.table) else {
            return Ok(());
        };
        if cell.is_used {
            let bytes = ends.saturating_sub(cell.began) + cell.spaces;
            row.text_bytes = row.text_bytes.saturating_add(bytes.saturating_mul(cell.repeats));
        }
        Ok(())
    }

    fn close_row(&mut self) -> Result<(), Reason> {
        let Some(table) = &mut self.table else { return Ok(()) };
        let Some(row) = table.row.take() else { return Ok(()) };
        if row.used_columns > 0 {
            table.first_used.get_or_insert(table.rows);
            table.last_used = table.rows + row.repeats;
            table.width = table.width.max(row.used_columns);
            self.room.take_cells(row.used_columns)?;
            self.room.take_text(row.text_bytes.saturating_mul(row.repeats))?;
        }
        table.rows += row.repeats;
        Ok(())
    }

    fn close_table(&mut self) -> Result<(), Reason> {
        let Some(table) = self.table.take() else { return Ok(()) };
        // It is built as one area, from the first used row to the last.
        let many_rows = table.last_used - table.first_used.unwrap_or(table.last_used);
        self.room.take_cells(many_rows.saturating_mul(table.width))?;
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.marks = Some(table.marks);
        }
        Ok(())
    }
}

fn attributes(element: &BytesStart) -> Result<HashMap<String, String>, Reason> {
    let mut found = HashMap::new();
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| Reason::broken_in(CONTENT, error))?;
        let value = quick_xml::escape::unescape(&attribute.value);
        let value = value.map_err(|error| Reason::broken_in(CONTENT, error))?.into_owned();
        let key = attribute.key.as_ref().to_string();
        // The reading library takes the first.
        found.entry(key).or_insert(value);
    }
    Ok(found)
}

/// How often something stands there: once where it does not say.
fn number(attributes: &HashMap<String, String>, key: &str) -> Result<u64, Reason> {
    attributes.get(key).map_or(Ok(1), |many| many.parse().map_err(|_| damaged("read-damaged-repeats")))
}

fn damaged(what: &'static str) -> Reason {
    Reason::damaged(message!("read-in-part", part = CONTENT, what = message!(what)))
}
