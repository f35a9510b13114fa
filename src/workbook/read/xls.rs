//! Workbooks of Excel 97 to 2003 (.xls): a file system in a file, in which one stream of records is the workbook.
//!
//! The reading library allocates from what the records claim and repeats a shared text as often as it is shown. So the stream is
//! counted here first and written anew, with the records that hold values and no others.

use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};

use calamine::{Reader, Xls, XlsError};
use cfb::CompoundFile as Compound;

use super::guard::Sheet;
use super::held::{Held, HeldSheet, Room, parsed};
use super::part::{MOST_COLUMNS, MOST_SHEETS, SheetMarks};
use super::trouble::Reason;
use crate::message;
use crate::workbook::columns::cell_address;

const STREAM: &str = "Workbook";
/// What a workbook of any format lies in that is protected by a password.
const ENCRYPTED: &str = "EncryptedPackage";
const STREAM_BYTES: u64 = 64 * 1024 * 1024;
const PROPERTIES: &str = "\u{5}SummaryInformation";
const PROPERTIES_BYTES: u64 = 64 * 1024;
/// A letter of a shared text takes up to three bytes once it is read.
const LETTER_BYTES: u64 = 3;

// [MS-XLS] 2.3, the records that are looked at.
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;
const FILE_PASS: u16 = 0x002F;
const DATE_MODE: u16 = 0x0022;
const SHEET: u16 = 0x0085;
const SHARED_TEXTS: u16 = 0x00FC;
const CODE_PAGE: u16 = 0x0042;
const NUMBER_FORMAT: u16 = 0x041E;
const CELL_FORMAT: u16 = 0x00E0;
const ROW: u16 = 0x0208;
const MERGED: u16 = 0x00E5;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const RICH_LABEL: u16 = 0x00D6;
const TRUTH_OR_ERROR: u16 = 0x0205;
const FORMULA: u16 = 0x0006;
const FORMULA_TEXT: u16 = 0x0207;
const SHORT_NUMBER: u16 = 0x027E;
const SHORT_NUMBERS: u16 = 0x00BD;
const SHARED_TEXT: u16 = 0x00FD;

const EXCEL_97: u16 = 0x0600;
const WORKSHEET: u8 = 0;

/// The workbook, its sheets, and whether its day zero is in 1904.
pub(super) fn read(mut bytes: Vec<u8>) -> Result<(Held, Vec<Sheet>, bool), Reason> {
    fill_up(&mut bytes);
    let is_encrypted = holds_utf16(&bytes, ENCRYPTED);
    let mut file = Compound::open(Cursor::new(bytes)).map_err(|error| match is_encrypted {
        true => message!("read-encrypted").into(),
        false => Reason::broken(error),
    })?;
    if file.is_stream(ENCRYPTED) {
        return Err(message!("read-encrypted").into());
    }
    if !file.is_stream(STREAM) {
        return Err(Reason::other_kind(if file.is_stream("Book") { "read-kind-old-xls" } else { "read-kind-other" }));
    }
    let stream = stream_of(&mut file, STREAM, STREAM_BYTES)?;
    let properties = match file.is_stream(PROPERTIES) {
        true => stream_of(&mut file, PROPERTIES, PROPERTIES_BYTES).ok(),
        false => None,
    };
    drop(file);
    let Counted { stream, marks, epoch_1904 } = counted(&stream)?;
    let checked = checked(&stream, properties.as_deref()).map_err(Reason::broken)?;
    let (sheets, last_author) = parsed(move || {
        let mut book = Xls::new(checked)?;
        let mut sheets = Vec::new();
        for sheet in book.sheets_metadata().to_vec() {
            let (values, formulas) = (book.worksheet_range(&sheet.name)?, book.worksheet_formula(&sheet.name)?);
            sheets.push(HeldSheet::of(&sheet.name, values, &formulas));
        }
        // Properties that cannot be read are no reason to refuse decisions.
        let last_author = book.workbook_properties().ok().and_then(|properties| properties.last_modified_by);
        Ok::<_, XlsError>((sheets, last_author))
    })?;
    let names: BTreeSet<&String> = sheets.iter().map(|sheet| &sheet.name).collect();
    if names.len() != marks.len() {
        return Err(damaged("read-damaged-sheet-list"));
    }
    let sheet = |(held, (hidden, marks)): (&HeldSheet, (bool, SheetMarks))| Sheet {
        name: held.name.clone(),
        hidden,
        marks: Some(marks),
    };
    let known = sheets.iter().zip(marks).map(sheet).collect();
    Ok((Held { sheets, last_author, is_guessed: false }, known, epoch_1904))
}

fn holds_utf16(bytes: &[u8], text: &str) -> bool {
    let wanted: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Some programs fill their table of sectors up with more than there are. What is added is nothing that a workbook could go on with: a
/// file that was cut short is still found out.
fn fill_up(bytes: &mut Vec<u8>) {
    const SECTOR_BYTES: usize = 512;
    const ENTRIES: usize = SECTOR_BYTES / 4;
    // [MS-CFB] 2.2: sectors of 512 bytes in version 3, and how many sectors the table has.
    let is_version_3 = number_at(bytes, 30) == Some(9);
    let claimed = number_at(bytes, 44).filter(|_| is_version_3).map_or(0, |tables| usize::from(tables) * ENTRIES);
    let missing = claimed.saturating_sub((bytes.len() / SECTOR_BYTES).saturating_sub(1));
    if missing < ENTRIES {
        bytes.resize(bytes.len().next_multiple_of(SECTOR_BYTES) + missing * SECTOR_BYTES, 0);
    }
}

fn stream_of(file: &mut Compound<Cursor<Vec<u8>>>, name: &str, bytes_max: u64) -> Result<Vec<u8>, Reason> {
    let mut bytes = Vec::new();
    let stream = file.open_stream(name).map_err(Reason::broken)?;
    stream.take(bytes_max + 1).read_to_end(&mut bytes).map_err(Reason::broken)?;
    if bytes.len() as u64 > bytes_max {
        return Err(Reason::too_much(message!("read-inflates", part = name), "64 MB"));
    }
    Ok(bytes)
}

fn checked(stream: &[u8], properties: Option<&[u8]>) -> std::io::Result<Cursor<Vec<u8>>> {
    let mut file = Compound::create(Cursor::new(Vec::new()))?;
    file.create_stream(STREAM)?.write_all(stream)?;
    if let Some(properties) = properties {
        file.create_stream(PROPERTIES)?.write_all(properties)?;
    }
    file.flush()?;
    let mut file = file.into_inner();
    file.set_position(0);
    Ok(file)
}

/// A stream of counted records, with what the reading library does not tell of its sheets: whether each is hidden, and its marks.
struct Counted {
    stream: Vec<u8>,
    marks: Vec<(bool, SheetMarks)>,
    epoch_1904: bool,
}

struct Record<'a> {
    kind: u16,
    data: &'a [u8],
}

/// The records from the beginning of `stream`; an error where one is cut short, or none.
fn records(mut stream: &[u8]) -> impl Iterator<Item = Result<Record<'_>, Reason>> {
    std::iter::from_fn(move || {
        let record = || {
            let (kind, length) = (number_at(stream, 0)?, usize::from(number_at(stream, 2)?));
            let (data, rest) = stream.get(4..)?.split_at_checked(length)?;
            (kind != 0).then_some((Record { kind, data }, rest))
        };
        match record() {
            Some((record, rest)) => {
                stream = rest;
                Some(Ok(record))
            }
            // Each stream of records has an end, which nobody reads beyond.
            None => Some(Err(damaged("read-damaged-inside"))),
        }
    })
}

fn counted(stream: &[u8]) -> Result<Counted, Reason> {
    let mut head = Vec::new();
    let mut epoch_1904 = false;
    let mut texts: Vec<&[u8]> = Vec::new();
    let mut in_texts = false;
    // Where each sheet begins in the stream, whether it is hidden, and where its place is to be written.
    let mut places: Vec<(usize, bool, usize)> = Vec::new();
    for record in records(stream) {
        let Record { kind, data } = record?;
        in_texts = kind == SHARED_TEXTS || (in_texts && kind == CONTINUE);
        match kind {
            FILE_PASS => return Err(message!("read-encrypted").into()),
            BEGIN if head.is_empty() && number_at(data, 0) != Some(EXCEL_97) => {
                return Err(Reason::other_kind("read-kind-old-xls"));
            }
            SHEET => {
                let [a, b, c, d, state, sort, ..] = data else { return Err(damaged("read-damaged-sheet-list")) };
                if *sort == WORKSHEET {
                    places.push((u32::from_le_bytes([*a, *b, *c, *d]) as usize, state & 3 != 0, head.len() + 4));
                    put(&mut head, SHEET, data);
                }
                if places.len() > MOST_SHEETS {
                    return Err(Reason::too_much(message!("read-too-many-sheets"), MOST_SHEETS.to_string()));
                }
                continue;
            }
            DATE_MODE => epoch_1904 = number_at(data, 0) == Some(1),
            _ => {}
        }
        if in_texts {
            texts.push(data);
        }
        if in_texts || matches!(kind, BEGIN | DATE_MODE | CODE_PAGE | NUMBER_FORMAT | CELL_FORMAT | END) {
            put(&mut head, kind, data);
        }
        if kind == END {
            break;
        }
    }
    let letters = letters_of(&texts).ok_or_else(|| damaged("read-damaged-inside"))?;
    let mut counter = Counter { letters, room: Room::default() };
    let mut body = Vec::new();
    let mut marks = Vec::new();
    let head_length = head.len();
    for (begins, hidden, place_at) in places {
        let place = u32::try_from(head_length + body.len()).map_err(|_| damaged("read-damaged-inside"))?;
        if let Some(place_in_head) = head.get_mut(place_at..place_at + 4) {
            place_in_head.copy_from_slice(&place.to_le_bytes());
        }
        let sheet = stream.get(begins..).ok_or_else(|| damaged("read-damaged-sheet-list"))?;
        marks.push((hidden, counter.copy(sheet, &mut body)?));
    }
    head.append(&mut body);
    Ok(Counted { stream: head, marks, epoch_1904 })
}

fn put(to: &mut Vec<u8>, kind: u16, data: &[u8]) {
    to.extend(kind.to_le_bytes());
    to.extend((data.len() as u16).to_le_bytes());
    to.extend(data);
}

struct Counter {
    /// Of each shared text.
    letters: Vec<u32>,
    room: Room,
}

impl Counter {
    /// Copies the records of the sheet that `stream` begins with.
    fn copy(&mut self, stream: &[u8], to: &mut Vec<u8>) -> Result<SheetMarks, Reason> {
        let mut marks = SheetMarks::default();
        let mut hidden = BTreeSet::new();
        let mut area: Option<Area> = None;
        // Charts and the like lie inside, as streams of their own.
        let mut depth = 0_u32;
        for record in records(stream) {
            let Record { kind, data } = record?;
            depth += u32::from(kind == BEGIN);
            if depth == 0 {
                return Err(damaged("read-damaged-sheet-list"));
            }
            match kind {
                END if depth == 1 => {
                    put(to, END, &[]);
                    break;
                }
                END => depth -= 1,
                _ if depth > 1 => {}
                BEGIN => put(to, BEGIN, data),
                ROW if number_at(data, 12).is_some_and(|flags| flags & 0x20 != 0) => {
                    hidden.extend(number_at(data, 0).map(|row| u32::from(row) + 1));
                }
                MERGED => note_merged(data, &mut marks)?,
                kind => {
                    if let Some(kept) = self.cell(kind, data, &mut area)? {
                        put(to, kind, &kept);
                    }
                }
            }
        }
        for row in hidden {
            marks.hide_run(row, row);
        }
        self.room.take_cells(area.map_or(0, |area| area.cells()))?;
        Ok(marks)
    }

    /// What is kept of a record of cells; none where it is another.
    fn cell(&mut self, kind: u16, data: &[u8], area: &mut Option<Area>) -> Result<Option<Vec<u8>>, Reason> {
        let (length, many, text_bytes) = match kind {
            NUMBER => (14, 1, 0),
            TRUTH_OR_ERROR => (8, 1, 0),
            SHORT_NUMBER => (10, 1, 0),
            SHORT_NUMBERS => (data.len(), (data.len() as u64).saturating_sub(6) / 6, 0),
            SHARED_TEXT => {
                let index = data.get(6..10).and_then(|bytes| Some(u32::from_le_bytes(bytes.try_into().ok()?)));
                let letters = index.and_then(|index| self.letters.get(index as usize)).copied().unwrap_or(0);
                (10, 1, u64::from(letters) * LETTER_BYTES)
            }
            LABEL | RICH_LABEL => (data.len(), 1, data.len() as u64 * LETTER_BYTES),
            FORMULA => (20, 1, 0),
            FORMULA_TEXT => {
                self.room.take_cells(1)?;
                self.room.take_text(data.len() as u64 * LETTER_BYTES)?;
                return Ok(Some(data.to_vec()));
            }
            _ => return Ok(None),
        };
        let (Some(row), Some(column), Some(kept)) = (number_at(data, 0), number_at(data, 2), data.get(..length)) else {
            return Err(damaged("read-damaged-inside"));
        };
        let last = u64::from(column) + many.saturating_sub(1);
        if last >= u64::from(MOST_COLUMNS) {
            return Err(damaged("read-damaged-cell-place"));
        }
        Area::grow(area, u64::from(row), u64::from(column), last);
        self.room.take_cells(many)?;
        self.room.take_text(text_bytes)?;
        let mut kept = kept.to_vec();
        if kind == FORMULA {
            // What it computes nobody asks: no tokens.
            kept.extend([0, 0]);
        }
        Ok(Some(kept))
    }
}

/// All cells of a sheet lie in it; it is built as a whole.
struct Area {
    rows: (u64, u64),
    columns: (u64, u64),
}

impl Area {
    fn grow(area: &mut Option<Self>, row: u64, first: u64, last: u64) {
        let area = area.get_or_insert(Self { rows: (row, row), columns: (first, last) });
        area.rows = (area.rows.0.min(row), area.rows.1.max(row));
        area.columns = (area.columns.0.min(first), area.columns.1.max(last));
    }

    fn cells(&self) -> u64 {
        (self.rows.1 - self.rows.0 + 1) * (self.columns.1 - self.columns.0 + 1)
    }
}

fn note_merged(data: &[u8], marks: &mut SheetMarks) -> Result<(), Reason> {
    let many = number_at(data, 0).unwrap_or(0);
    for index in 0..usize::from(many) {
        let at = |place: usize| number_at(data, 2 + index * 8 + place * 2).map(u32::from);
        let (Some(top), Some(bottom), Some(left), Some(right)) = (at(0), at(1), at(2), at(3)) else {
            return Err(damaged("read-damaged-area"));
        };
        if top > bottom || left > right || right >= MOST_COLUMNS {
            return Err(damaged("read-damaged-area"));
        }
        let corners = format!("{}:{}", cell_address(left, top + 1), cell_address(right, bottom + 1));
        marks.merge((top + 1, left), corners, STREAM)?;
    }
    Ok(())
}

/// How many letters each of the shared texts has, which go on over the ends of records; none where they do not add up.
/// [MS-XLS] 2.4.265 and 2.5.293.
fn letters_of(pieces: &[&[u8]]) -> Option<Vec<u32>> {
    let Some((first, more)) = pieces.split_first() else { return Some(Vec::new()) };
    let mut at = Pieces { piece: first.get(8..)?, more };
    let mut found = Vec::new();
    while !at.piece.is_empty() || at.next() {
        let (letters, flags) = (number_at(at.piece, 0)?, *at.piece.get(2)?);
        at.piece = at.piece.get(3..)?;
        let mut runs = 0;
        if flags & 0x8 != 0 {
            runs = usize::from(number_at(at.piece, 0)?);
            at.piece = at.piece.get(2..)?;
        }
        let mut extra = 0;
        if flags & 0x4 != 0 {
            extra = u32::from_le_bytes(at.piece.get(..4)?.try_into().ok()?) as usize;
            at.piece = at.piece.get(4..)?;
        }
        at.skip_letters(usize::from(letters), flags)?;
        at.skip(runs * 4)?;
        at.skip(extra)?;
        found.push(u32::from(letters));
    }
    Some(found)
}

struct Pieces<'a> {
    piece: &'a [u8],
    more: &'a [&'a [u8]],
}

impl Pieces<'_> {
    fn next(&mut self) -> bool {
        let Some((next, more)) = self.more.split_first() else { return false };
        (self.piece, self.more) = (next, more);
        true
    }

    /// Each further record says anew whether a letter takes one byte or two.
    fn skip_letters(&mut self, mut letters: usize, mut flags: u8) -> Option<()> {
        while letters > 0 {
            let width = if flags & 1 == 0 { 1 } else { 2 };
            let here = letters.min(self.piece.len() / width);
            self.piece = self.piece.get(here * width..)?;
            letters -= here;
            if letters > 0 {
                if !self.next() {
                    return None;
                }
                flags = *self.piece.first()?;
                self.piece = self.piece.get(1..)?;
            }
        }
        Some(())
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            if self.piece.is_empty() && !self.next() {
                return None;
            }
            let here = bytes.min(self.piece.len());
            self.piece = self.piece.get(here..)?;
            bytes -= here;
        }
        Some(())
    }
}

fn number_at(data: &[u8], place: usize) -> Option<u16> {
    let [low, high] = *data.get(place..place + 2)? else { return None };
    Some(u16::from_le_bytes([low, high]))
}

/// `what` is the id of its message.
fn damaged(what: &'static str) -> Reason {
    Reason::damaged(message!("read-in-part", part = STREAM, what = message!(what)))
}
