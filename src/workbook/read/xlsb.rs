//! Binary workbooks (.xlsb): the parts of an .xlsx, as records instead of XML.
//!
//! The reading library believes what the records say of their own lengths and places. So each part is checked here first and written
//! anew, with the records that hold values and no others.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Cursor, Read, Write};
use std::ops::RangeInclusive;

use calamine::{Data, DataRef, Xlsb, XlsbError};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::bounds::Bounds;
use super::guard::{Sheet, place_of};
use super::held::{Held, HeldCell, HeldSheet, Room, parsed};
use super::part::{MOST_COLUMNS, MOST_ROWS, MOST_SHEETS, Relation, SheetMarks, walk};
use super::trouble::Reason;
use crate::message;
use crate::workbook::columns::cell_address;

const WORKBOOK: &str = "xl/workbook.bin";
const RELATIONS: &str = "xl/_rels/workbook.bin.rels";
const TEXTS: &str = "xl/sharedStrings.bin";
const STYLES: &str = "xl/styles.bin";
const CORE: &str = "docProps/core.xml";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// Of one part, which is held as a whole.
const PART_BYTES: u64 = 128 * 1024 * 1024;
const MOST_TEXTS: usize = 1_000_000;
const MOST_FORMATS: usize = 65_490;
/// A letter takes up to three bytes once it is read.
const LETTER_BYTES: u64 = 3;

// [MS-XLSB] 2.3, the records that are looked at.
const ROW: u16 = 0;
const BLANK: u16 = 1;
const SHORT_NUMBER: u16 = 2;
const ERROR: u16 = 3;
const TRUTH: u16 = 4;
const NUMBER: u16 = 5;
const TEXT: u16 = 6;
const SHARED_TEXT: u16 = 7;
const FORMULA_TEXT: u16 = 8;
const FORMULA_NUMBER: u16 = 9;
const FORMULA_TRUTH: u16 = 10;
const FORMULA_ERROR: u16 = 11;
/// Cells that leave their column out, since it is the next one; each so many kinds behind its like.
const SHORT_CELLS: RangeInclusive<u16> = 12..=18;
const SHORT_BEHIND: u16 = 11;
const SHARED_ITEM: u16 = 0x13;
const FORMAT: u16 = 0x2C;
const CELL_FORMAT: u16 = 0x2F;
const RICH_TEXT: u16 = 0x3E;
const BEGIN_SHEET: u16 = 0x81;
const END_BOOK: u16 = 0x84;
const END_SHEETS: u16 = 0x90;
const BEGIN_ROWS: u16 = 0x91;
const END_ROWS: u16 = 0x92;
const DIMENSIONS: u16 = 0x94;
const BOOK_PROPERTIES: u16 = 0x99;
const SHEET: u16 = 0x9C;
const BEGIN_TEXTS: u16 = 0x9F;
const MERGED: u16 = 0xB0;
const BEGIN_FORMATS: u16 = 0x267;
const BEGIN_CELL_FORMATS: u16 = 0x269;
const END_CELL_FORMATS: u16 = 0x26A;

/// The error codes that the reading library knows.
const ERRORS: [u8; 8] = [0x00, 0x07, 0x0F, 0x17, 0x1D, 0x24, 0x2A, 0x2B];
const VALUE_ERROR: u8 = 0x0F;

type Archive = ZipArchive<Cursor<Vec<u8>>>;

/// Whether the entries of a zip are those of such a file.
pub(super) fn is_xlsb(archive: &Archive) -> bool {
    archive.file_names().flatten().any(|name| name.eq_ignore_ascii_case(WORKBOOK))
}

/// The workbook, its sheets, and whether its day zero is in 1904.
pub(super) fn read(archive: Archive) -> Result<(Held, Vec<Sheet>, bool), Reason> {
    let mut parts = Parts::new(archive)?;
    let relations = parts.relations()?;
    let book = book(&parts.needed(WORKBOOK)?, &relations)?;
    let texts = match parts.part(TEXTS)? {
        Some(part) => Texts::of(&part)?,
        None => Texts::default(),
    };
    let styles = parts.part(STYLES)?.map(|part| styles(&part)).transpose()?;
    let mut room = Room::default();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    add(&mut zip, WORKBOOK, &book.rewritten)?;
    add(&mut zip, RELATIONS, directions(book.sheets.len()).as_bytes())?;
    if !texts.rewritten.is_empty() {
        add(&mut zip, TEXTS, &texts.rewritten)?;
    }
    if let Some(styles) = styles {
        add(&mut zip, STYLES, &styles)?;
    }
    let mut sheets = Vec::new();
    let mut formulas = Vec::new();
    for (index, sheet) in book.sheets.into_iter().enumerate() {
        let part = parts.needed(&sheet.part)?;
        let counted = counted(&part, &texts.letters, &mut room)?;
        add(&mut zip, &format!("xl/{}", sheet_part(index)), &counted.rewritten)?;
        sheets.push(Sheet { name: sheet.name, hidden: sheet.hidden, marks: Some(counted.marks) });
        formulas.push(counted.formulas);
    }
    parts.copy_core(&mut zip)?;
    let mut zip = zip.finish().map_err(Reason::broken)?;
    zip.set_position(0);
    let names: Vec<String> = sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let held = parsed(move || held(zip, &names, &formulas))?;
    Ok((held, sheets, book.epoch_1904))
}

fn held(zip: Cursor<Vec<u8>>, names: &[String], formulas: &[HashSet<(u32, u32)>]) -> Result<Held, XlsbError> {
    let mut book: Xlsb<_> = calamine::Reader::new(zip)?;
    let mut sheets = Vec::new();
    for (name, formulas) in names.iter().zip(formulas) {
        let mut sheet = HeldSheet { name: name.clone(), rows: Vec::new() };
        let mut reader = book.worksheet_cells_reader(name)?;
        while let Some(cell) = reader.next_cell()? {
            let (row, column) = cell.get_position();
            let cell = HeldCell { column, data: owned(cell.get_value()), formula: formulas.contains(&(row, column)) };
            match sheet.rows.last_mut() {
                Some((number, cells)) if *number == row + 1 => cells.push(cell),
                _ => sheet.rows.push((row + 1, vec![cell])),
            }
        }
        sheets.push(sheet);
    }
    // Properties that cannot be read are no reason to refuse decisions.
    let last_author = book.workbook_properties().ok().and_then(|properties| properties.last_modified_by);
    Ok(Held { sheets, last_author, is_guessed: false })
}

fn owned(data: &DataRef) -> Data {
    data.clone().into()
}

/// The entries of the zip by their names in lower case.
struct Parts {
    archive: Archive,
    index_of: HashMap<String, usize>,
    allowance: u64,
}

impl Parts {
    fn new(archive: Archive) -> Result<Self, Reason> {
        let mut index_of = HashMap::new();
        for (index, name) in archive.file_names().enumerate() {
            let name = name.map_err(Reason::broken)?;
            if index_of.insert(name.replace('\\', "/").to_ascii_lowercase(), index).is_some() {
                return Err(Reason::damaged(message!("read-doubled-part", part = name.to_string())));
            }
        }
        Ok(Self { archive, index_of, allowance: Bounds::OF_ANY_FILE.odd_bytes })
    }

    /// A part as a whole; none where there is none of that name.
    fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Reason> {
        let Some(index) = self.index_of.get(&name.to_ascii_lowercase()) else { return Ok(None) };
        let entry = self.archive.by_index(*index).map_err(|error| Reason::broken_in(name, error))?;
        let mut bytes = Vec::new();
        let most = PART_BYTES.min(self.allowance);
        entry.take(most + 1).read_to_end(&mut bytes).map_err(|error| Reason::broken_in(name, error))?;
        if bytes.len() as u64 > most {
            return Err(Reason::too_much(message!("read-inflates", part = name), "128 MB"));
        }
        self.allowance -= bytes.len() as u64;
        Ok(Some(bytes))
    }

    fn needed(&mut self, name: &str) -> Result<Vec<u8>, Reason> {
        self.part(name)?.ok_or_else(|| Reason::damaged(message!("read-part-missing", part = name)))
    }

    fn relations(&mut self) -> Result<Vec<Relation>, Reason> {
        let index = self.index_of.get(&RELATIONS.to_ascii_lowercase()).copied();
        let index = index.ok_or_else(|| Reason::damaged(message!("read-part-missing", part = RELATIONS)))?;
        let entry = self.archive.by_index(index).map_err(|error| Reason::broken_in(RELATIONS, error))?;
        let packed_bytes = entry.compressed_size();
        Ok(walk(RELATIONS, entry, packed_bytes, &mut self.allowance, Bounds::OF_ANY_FILE)?.relations)
    }

    /// The properties, where they can be read; without them nobody knows who saved it last.
    fn copy_core(&mut self, zip: &mut ZipWriter<Cursor<Vec<u8>>>) -> Result<(), Reason> {
        let Some(index) = self.index_of.get(&CORE.to_ascii_lowercase()).copied() else { return Ok(()) };
        let entry = self.archive.by_index(index).map_err(|error| Reason::broken_in(CORE, error))?;
        let packed_bytes = entry.compressed_size();
        if walk(CORE, entry, packed_bytes, &mut self.allowance, Bounds::OF_ANY_FILE).is_ok() {
            let raw = self.archive.by_index_raw(index).map_err(|error| Reason::broken_in(CORE, error))?;
            zip.raw_copy_file_rename(raw, CORE).map_err(Reason::broken)?;
        }
        Ok(())
    }
}

fn add(zip: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, bytes: &[u8]) -> Result<(), Reason> {
    zip.start_file(name, SimpleFileOptions::default().compression_level(Some(1))).map_err(Reason::broken)?;
    zip.write_all(bytes).map_err(Reason::unreadable)
}

fn sheet_part(index: usize) -> String {
    format!("worksheets/sheet{}.bin", index + 1)
}

fn directions(sheets: usize) -> String {
    let relation = |index: usize| {
        let target = sheet_part(index);
        format!("<Relationship Id=\"{}\" Type=\"{OFFICE}/worksheet\" Target=\"{target}\"/>", relation_id(index))
    };
    let relations: String = (0..sheets).map(relation).collect();
    format!("<Relationships xmlns=\"{PACKAGE}\">{relations}</Relationships>")
}

fn relation_id(index: usize) -> String {
    format!("rId{}", index + 1)
}

/// The workbook's own part, and the sheets that it lists.
struct Listed {
    rewritten: Vec<u8>,
    sheets: Vec<ListedSheet>,
    epoch_1904: bool,
}

struct ListedSheet {
    name: String,
    part: String,
    hidden: bool,
}

fn book(part: &[u8], relations: &[Relation]) -> Result<Listed, Reason> {
    let mut listed = Listed { rewritten: Vec::new(), sheets: Vec::new(), epoch_1904: false };
    let mut names = HashSet::new();
    for record in records(part, WORKBOOK) {
        let (kind, data) = record?;
        match kind {
            BOOK_PROPERTIES => {
                listed.epoch_1904 = data.first().is_some_and(|flags| flags & 1 != 0);
                put(&mut listed.rewritten, BOOK_PROPERTIES, data.get(..1).unwrap_or(&[0]));
            }
            SHEET => {
                let sheet = || {
                    let state = number_at(data, 0)?;
                    let (id, rest) = text_of(data.get(8..)?)?;
                    Some((state, id, text_of(rest)?.0))
                };
                let (state, id, name) = sheet().ok_or_else(|| damaged(WORKBOOK, "read-damaged-sheet-list"))?;
                let relation = relations.iter().rev().find(|relation| relation.id == id);
                let relation = relation.ok_or_else(|| damaged(WORKBOOK, "read-damaged-sheet-list"))?;
                if !relation.kind.ends_with("/worksheet") {
                    continue;
                }
                if !names.insert(name.clone()) || state > 2 {
                    return Err(damaged(WORKBOOK, "read-damaged-sheet-list"));
                }
                let mut kept = state.to_le_bytes().to_vec();
                kept.extend([0; 4]);
                put_text(&mut kept, &relation_id(listed.sheets.len()));
                put_text(&mut kept, &name);
                put(&mut listed.rewritten, SHEET, &kept);
                let part = place_of("xl/", &relation.target);
                listed.sheets.push(ListedSheet { name, part, hidden: state != 0 });
                if listed.sheets.len() > MOST_SHEETS {
                    return Err(Reason::too_much(message!("read-too-many-sheets"), MOST_SHEETS.to_string()));
                }
            }
            _ => {}
        }
    }
    put(&mut listed.rewritten, END_SHEETS, &[]);
    put(&mut listed.rewritten, END_BOOK, &[]);
    Ok(listed)
}

/// The shared texts, and how many letters each has.
#[derive(Default)]
struct Texts {
    rewritten: Vec<u8>,
    letters: Vec<u32>,
}

impl Texts {
    fn of(part: &[u8]) -> Result<Self, Reason> {
        let mut items = Vec::new();
        let mut letters = Vec::new();
        for record in records(part, TEXTS) {
            let (kind, data) = record?;
            if kind == SHARED_ITEM {
                let text = data.get(1..).ok_or_else(|| damaged(TEXTS, "read-damaged-inside"))?;
                let (many, end) = text_length(text).ok_or_else(|| damaged(TEXTS, "read-damaged-inside"))?;
                put(&mut items, SHARED_ITEM, data.get(..=end).unwrap_or_default());
                letters.push(many);
                if letters.len() > MOST_TEXTS {
                    return Err(Reason::too_much(message!("read-too-many-texts"), MOST_TEXTS.to_string()));
                }
            }
        }
        let mut rewritten = Vec::new();
        let many = (letters.len() as u32).to_le_bytes();
        put(&mut rewritten, BEGIN_TEXTS, &[many, many].concat());
        rewritten.append(&mut items);
        Ok(Self { rewritten, letters })
    }
}

/// The formats by which dates are known from numbers.
fn styles(part: &[u8]) -> Result<Vec<u8>, Reason> {
    let (mut formats, mut cell_formats) = (Vec::new(), Vec::new());
    let (mut many_formats, mut many_cell_formats) = (0_u32, 0_u32);
    let mut are_of_cells = false;
    for record in records(part, STYLES) {
        let (kind, data) = record?;
        match kind {
            FORMAT if data.get(2..).and_then(text_length).is_some() => {
                put(&mut formats, FORMAT, data);
                many_formats += 1;
            }
            BEGIN_CELL_FORMATS => are_of_cells = true,
            END_CELL_FORMATS => are_of_cells = false,
            CELL_FORMAT if are_of_cells => {
                let kept = data.get(..4).ok_or_else(|| damaged(STYLES, "read-damaged-inside"))?;
                put(&mut cell_formats, CELL_FORMAT, kept);
                many_cell_formats += 1;
            }
            _ => {}
        }
        if many_formats.max(many_cell_formats) as usize > MOST_FORMATS {
            return Err(Reason::too_much(message!("read-too-many-formats"), "65,490"));
        }
    }
    let mut rewritten = Vec::new();
    put(&mut rewritten, BEGIN_FORMATS, &many_formats.to_le_bytes());
    rewritten.append(&mut formats);
    put(&mut rewritten, BEGIN_CELL_FORMATS, &many_cell_formats.to_le_bytes());
    rewritten.append(&mut cell_formats);
    Ok(rewritten)
}

/// A sheet with the records of its values, and what the reading library does not tell.
struct CountedSheet {
    rewritten: Vec<u8>,
    marks: SheetMarks,
    formulas: HashSet<(u32, u32)>,
}

fn counted(part: &[u8], letters: &[u32], room: &mut Room) -> Result<CountedSheet, Reason> {
    const PART: &str = "xl/worksheets";
    let mut rewritten = Vec::new();
    put(&mut rewritten, BEGIN_SHEET, &[]);
    put(&mut rewritten, DIMENSIONS, &[0; 16]);
    put(&mut rewritten, BEGIN_ROWS, &[]);
    let mut marks = SheetMarks::default();
    let mut formulas = HashSet::new();
    let mut merged = BTreeMap::new();
    // The row at hand, and what column comes next at the earliest.
    let (mut row, mut next_column): (Option<u32>, u32) = (None, 0);
    let damage = || damaged(PART, "read-damaged-inside");
    for record in records(part, PART) {
        let (kind, data) = record?;
        let (kind, data): (u16, Cow<[u8]>) = match SHORT_CELLS.contains(&kind) {
            true => (kind - SHORT_BEHIND, [&next_column.to_le_bytes(), data].concat().into()),
            false => (kind, data.into()),
        };
        let data = &*data;
        match kind {
            ROW => {
                let number = number_at(data, 0).filter(|number| *number < MOST_ROWS).ok_or_else(damage)?;
                if row.is_some_and(|before| before >= number) {
                    return Err(damaged(PART, "read-damaged-row-order"));
                }
                (row, next_column) = (Some(number), 0);
                put(&mut rewritten, ROW, &number.to_le_bytes());
                if data.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                    marks.hide_run(number + 1, number + 1);
                }
            }
            MERGED => {
                let at = |place: usize| number_at(data, place * 4).ok_or_else(damage);
                let (top, bottom, left, right) = (at(0)?, at(1)?, at(2)?, at(3)?);
                if top > bottom || left > right || bottom >= MOST_ROWS || right >= MOST_COLUMNS {
                    return Err(damaged(PART, "read-damaged-area"));
                }
                merged.insert((top + 1, left), (bottom + 1, right));
            }
            BLANK..=FORMULA_ERROR | RICH_TEXT => {
                let column = number_at(data, 0).ok_or_else(damage)?;
                let row = row.ok_or_else(damage)?;
                if column < next_column || column >= MOST_COLUMNS {
                    return Err(damaged(PART, "read-damaged-cell-place"));
                }
                next_column = column + 1;
                if kind == BLANK {
                    continue;
                }
                room.take_cells(1)?;
                if matches!(kind, FORMULA_TEXT..=FORMULA_ERROR) {
                    formulas.insert((row, column));
                }
                let (kind, kept) = cell(kind, data, letters, room)?.ok_or_else(damage)?;
                put(&mut rewritten, kind, &kept);
            }
            _ => {}
        }
    }
    for ((top, left), (bottom, right)) in merged {
        marks.merge((top, left), format!("{}:{}", cell_address(left, top), cell_address(right, bottom)), PART)?;
    }
    put(&mut rewritten, END_ROWS, &[]);
    Ok(CountedSheet { rewritten, marks, formulas })
}

/// The record of a cell as the reading library takes it; none where it is too short for what it is.
fn cell(kind: u16, data: &[u8], letters: &[u32], room: &mut Room) -> Result<Option<(u16, Vec<u8>)>, Reason> {
    let first = |length: usize| data.get(..length).map(|kept| (kind, kept.to_vec()));
    let text_at = |place: usize, room: &mut Room| -> Result<Option<Vec<u8>>, Reason> {
        let Some((many, end)) = data.get(place..).and_then(text_length) else { return Ok(None) };
        room.take_text(u64::from(many) * LETTER_BYTES)?;
        Ok(data.get(..8).zip(data.get(place..place + end)).map(|(head, text)| [head, text].concat()))
    };
    Ok(match kind {
        SHORT_NUMBER => first(12),
        TRUTH | FORMULA_TRUTH => first(9),
        NUMBER | FORMULA_NUMBER => first(16),
        ERROR | FORMULA_ERROR => data.get(..9).map(|kept| {
            let mut kept = kept.to_vec();
            if let Some(code) = kept.last_mut().filter(|code| !ERRORS.contains(code)) {
                *code = VALUE_ERROR;
            }
            (ERROR, kept)
        }),
        SHARED_TEXT => {
            let many = number_at(data, 8).and_then(|index| letters.get(index as usize));
            let Some(many) = many else { return Ok(None) };
            room.take_text(u64::from(*many) * LETTER_BYTES)?;
            first(12)
        }
        TEXT | FORMULA_TEXT => text_at(8, room)?.map(|kept| (kind, kept)),
        // Of a rich text the letters; its flags stand before them.
        RICH_TEXT => text_at(9, room)?.map(|kept| (TEXT, kept)),
        _ => None,
    })
}

/// The records of a part; an error where one is cut short. [MS-XLSB] 2.1.4.
fn records<'a>(mut part: &'a [u8], name: &'a str) -> impl Iterator<Item = Result<(u16, &'a [u8]), Reason>> + 'a {
    std::iter::from_fn(move || {
        if part.is_empty() {
            return None;
        }
        match record(part) {
            Some((kind, data, rest)) => {
                part = rest;
                Some(Ok((kind, data)))
            }
            None => {
                part = &[];
                Some(Err(damaged(name, "read-damaged-inside")))
            }
        }
    })
}

fn record(part: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (low, mut rest) = part.split_first()?;
    let mut kind = u16::from(low & 0x7F);
    if low & 0x80 != 0 {
        let (high, after) = rest.split_first()?;
        kind |= u16::from(high & 0x7F) << 7;
        rest = after;
    }
    let mut length = 0;
    for place in 0..4 {
        let (byte, after) = rest.split_first()?;
        rest = after;
        length |= usize::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            break;
        }
    }
    let (data, rest) = rest.split_at_checked(length)?;
    Some((kind, data, rest))
}

fn put(to: &mut Vec<u8>, kind: u16, data: &[u8]) {
    match u8::try_from(kind).ok().filter(|kind| kind & 0x80 == 0) {
        Some(kind) => to.push(kind),
        None => to.extend([(kind & 0x7F) as u8 | 0x80, (kind >> 7) as u8]),
    }
    let mut length = data.len();
    for place in 0..4 {
        let (byte, rest) = ((length & 0x7F) as u8, length >> 7);
        to.push(if rest > 0 && place < 3 { byte | 0x80 } else { byte });
        if rest == 0 {
            break;
        }
        length = rest;
    }
    to.extend(data);
}

fn put_text(to: &mut Vec<u8>, text: &str) {
    let letters: Vec<u16> = text.encode_utf16().collect();
    to.extend((letters.len() as u32).to_le_bytes());
    to.extend(letters.into_iter().flat_map(u16::to_le_bytes));
}

/// How many letters the text has that `data` begins with, and where it ends.
fn text_length(data: &[u8]) -> Option<(u32, usize)> {
    let many = number_at(data, 0)?;
    let end = (many as usize).checked_mul(2)?.checked_add(4)?;
    (end <= data.len()).then_some((many, end))
}

fn text_of(data: &[u8]) -> Option<(String, &[u8])> {
    let (_, end) = text_length(data)?;
    let letters: Vec<u16> = data.get(4..end)?.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    Some((String::from_utf16_lossy(&letters), data.get(end..)?))
}

fn number_at(data: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(place..place + 4)?.try_into().ok()?))
}

/// `what` is the id of its message.
fn damaged(part: &str, what: &'static str) -> Reason {
    Reason::damaged(message!("read-in-part", part = part, what = message!(what)))
}
