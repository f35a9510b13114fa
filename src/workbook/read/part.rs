//! One XML part of a workbook, walked from end to end and kept within bounds.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::bounds::Bounds;
use super::text::shorten;
use super::trouble::Reason;
use crate::message;

/// Honest sheets shrink to a tenth or a thirtieth. Below the floor a part may shrink as it likes.
const MOST_TIMES_PACKED: u64 = 200;
const RATIO_FLOOR_BYTES: u64 = 4 * 1024 * 1024;
/// One tag, one run of text. Excel allows 32,767 letters in a cell.
const EVENT_BYTES: u64 = 1024 * 1024;
/// One cell or one shared string, markup included.
const CELL_BYTES: u64 = 1024 * 1024;
const MOST_DEEP: u32 = 128;
pub(super) const MOST_ROWS: u32 = 1_048_576;
pub(super) const MOST_COLUMNS: u32 = 16_384;
const MOST_MERGED: usize = 100_000;
/// Excel allows 65,490 cell formats; an element each for format, alignment and protection, and fonts, fills and borders.
const MOST_STYLE_ELEMENTS: u64 = 600_000;
/// Each cell format gets copies of its font's name and number format, so these must be short.
const STYLE_TAG_BYTES: usize = 2048;
const MOST_RELATIONS: u64 = 10_000;
const MOST_NAMES: u64 = 100_000;
pub(super) const MOST_SHEETS: usize = 1_000;

/// What the walk noted; most of it is empty for most parts.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub relations: Vec<Relation>,
    pub sheets: Vec<SheetEntry>,
    /// Whether day zero is in 1904, as old Macs had it.
    pub epoch_1904: bool,
    /// How many of the strings that cells share.
    pub strings: u64,
    /// Elements, references, and whatever else takes a step of its own to read.
    pub steps: u64,
    pub marks: SheetMarks,
}

#[derive(Debug)]
pub(super) struct Relation {
    pub id: String,
    pub kind: String,
    pub target: String,
}

#[derive(Debug)]
pub(super) struct SheetEntry {
    pub name: String,
    pub relation: String,
    pub hidden: bool,
}

/// What the reading library does not tell of a sheet. Rows as people count, columns from zero.
#[derive(Debug, Default)]
pub(super) struct SheetMarks {
    /// Runs of hidden rows, first and last, ascending.
    hidden: Vec<(u32, u32)>,
    /// By the cell at the top left, which holds the value: the whole area as written, such as `H4:H9`.
    pub merged: HashMap<(u32, u32), String>,
    /// Errors that the reading library does not know, such as `#SPILL!`.
    pub odd_errors: BTreeMap<(u32, u32), String>,
    /// The workbook's: see [`Part::epoch_1904`].
    pub epoch_1904: bool,
}

impl SheetMarks {
    pub fn is_hidden(&self, row: u32) -> bool {
        let after = self.hidden.partition_point(|(first, _)| *first <= row);
        after.checked_sub(1).and_then(|run| self.hidden.get(run)).is_some_and(|(_, last)| row <= *last)
    }

    /// Rows come ascending.
    pub fn hide_run(&mut self, from: u32, to: u32) {
        match self.hidden.last_mut() {
            Some((_, last)) if *last + 1 == from => *last = to,
            _ => self.hidden.push((from, to)),
        }
    }

    /// # Errors
    /// Where `part` has too many of them.
    pub fn merge(&mut self, first: (u32, u32), area: String, part: &str) -> Result<(), Reason> {
        self.merged.insert(first, area);
        if self.merged.len() > MOST_MERGED {
            return Err(Reason::too_much(message!("read-too-many-merged", part = part), MOST_MERGED.to_string()));
        }
        Ok(())
    }
}

/// What a part may inflate to that takes up `packed_bytes` in the zip, where the file may still inflate to `allowance`.
pub(super) fn most_bytes(packed_bytes: u64, allowance: u64) -> u64 {
    packed_bytes.saturating_mul(MOST_TIMES_PACKED).max(RATIO_FLOOR_BYTES).min(allowance)
}

/// Reads a part of a workbook to its end, within `bounds`, whose steps are those that are left. `packed_bytes` is what it takes up in the
/// zip, `allowance` what the file may still inflate to.
pub(super) fn walk(
    name: &str,
    entry: impl Read,
    packed_bytes: u64,
    allowance: &mut u64,
    bounds: Bounds,
) -> Result<Part, Reason> {
    let mut walker = Walker::new(name, bounds);
    let see = |event: &Event, begins, ends| walker.see(event, begins, ends);
    each_event(name, entry, (packed_bytes, bounds), allowance, see)?;
    Ok(walker.part)
}

/// Shows each event of a document to `see`, with where it begins and ends. Bytes are counted as they come, and no claim of the zip about
/// its own sizes is asked.
pub(super) fn each_event(
    name: &str,
    entry: impl Read,
    (packed_bytes, bounds): (u64, Bounds),
    allowance: &mut u64,
    mut see: impl FnMut(&Event, u64, u64) -> Result<(), Reason>,
) -> Result<(), Reason> {
    let part_bytes = most_bytes(packed_bytes, *allowance);
    let mut reader = Reader::from_reader(BufReader::new(entry).take(0));
    // The very settings of the reading library: both must see the same document.
    let config = reader.config_mut();
    config.check_end_names = false;
    config.trim_text(false);
    config.check_comments = false;
    config.expand_empty_elements = true;

    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let begins = reader.buffer_position();
        let left = part_bytes.saturating_sub(begins);
        // One byte more than is allowed tells that there is more.
        reader.get_mut().set_limit(left.min(EVENT_BYTES) + 1);
        let event = reader.read_event_into(&mut buffer);
        if reader.get_ref().limit() == 0 {
            return Err(match left < EVENT_BYTES {
                true => Reason::too_much(message!("read-inflates", part = name), bounds.inflated_words()),
                false => Reason::too_much(message!("read-long-text", part = name), "1 MB"),
            });
        }
        let event = event.map_err(|error| Reason::broken_in(name, error))?;
        if matches!(event, Event::Eof) {
            break;
        }
        see(&event, begins, reader.buffer_position())?;
    }
    *allowance = allowance.saturating_sub(reader.buffer_position());
    Ok(())
}

/// What of a part has gone by, and whether it is within bounds.
pub(super) struct Walker<'a> {
    name: &'a str,
    styles: bool,
    pub part: Part,
    pub depth: u32,
    /// Whose steps are as many as it may take.
    bounds: Bounds,
    cells: u64,
    relations: u64,
    names: u64,
    /// As people count; zero before the first row.
    pub row: u32,
    column: u32,
    in_rows: bool,
    in_value: bool,
    /// Where the cell or shared string at hand began.
    piece_began: Option<u64>,
    /// The error cell at hand.
    error_at: Option<(u32, u32)>,
}

impl<'a> Walker<'a> {
    pub fn new(name: &'a str, bounds: Bounds) -> Self {
        Self {
            name,
            styles: name.ends_with("styles.xml"),
            part: Part::default(),
            depth: 0,
            bounds,
            cells: 0,
            relations: 0,
            names: 0,
            row: 0,
            column: 0,
            in_rows: false,
            in_value: false,
            piece_began: None,
            error_at: None,
        }
    }

    /// Counts what takes a step of its own to read: many small things take longer than a few big ones.
    fn step(&mut self) -> Result<(), Reason> {
        self.part.steps += 1;
        if self.part.steps <= self.bounds.steps {
            return Ok(());
        }
        Err(Reason::too_much(message!("read-inflates", part = self.name), self.bounds.steps_words()))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the events of XML, of which a few are refused")]
    fn see(&mut self, event: &Event, begins: u64, ends: u64) -> Result<(), Reason> {
        match event {
            Event::DocType(_) => {
                return Err(self.damaged("read-damaged-document-type"));
            }
            Event::Start(element) => self.start(element, begins)?,
            Event::End(element) => self.end(element.local_name().as_ref()),
            Event::Text(text) if self.is_in_error() => self.note_error(&text.xml10_content()),
            Event::CData(_) | Event::Comment(_) | Event::PI(_) if self.in_value => {
                return Err(self.damaged("read-damaged-value"));
            }
            Event::CData(_) | Event::Comment(_) | Event::PI(_) => self.step()?,
            Event::GeneralRef(_) => self.reference()?,
            _ => {}
        }
        self.check_piece(ends)
    }

    /// A tag that opens, at `begins`; one that closes itself too.
    pub fn start(&mut self, element: &BytesStart, begins: u64) -> Result<(), Reason> {
        self.depth += 1;
        self.step()?;
        if self.depth > MOST_DEEP {
            return Err(self.damaged("read-damaged-nested"));
        }
        self.open(element, begins)
    }

    /// A name or number that stands for a letter.
    pub fn reference(&mut self) -> Result<(), Reason> {
        self.step()
    }

    /// A tag that closes.
    pub fn end(&mut self, local_name: &str) {
        self.depth = self.depth.saturating_sub(1);
        match local_name {
            "row" => self.column = 0,
            "v" => self.in_value = false,
            "c" | "si" => (self.piece_began, self.error_at) = (None, None),
            "sheetData" => self.in_rows = false,
            _ => {}
        }
    }

    /// A whole cell with a value and no error, of so many `elements` inside each other and with `references`, that is in place; false
    /// where it is not, or where bounds do not let it.
    pub fn take_cell(&mut self, (row, column): (u32, u32), elements: u32, references: u64) -> bool {
        let steps = self.part.steps + u64::from(elements) + references;
        let is_in_place = self.in_rows && row > 0 && row == self.row && column < MOST_COLUMNS;
        let fits = self.cells < self.bounds.cells && self.depth + elements <= MOST_DEEP && steps <= self.bounds.steps;
        if !is_in_place || !fits || self.is_in_piece() {
            return false;
        }
        self.cells += 1;
        self.part.steps = steps;
        self.column = column + 1;
        true
    }

    /// A whole shared string without formats.
    pub fn take_string(&mut self, references: u64) -> bool {
        const ELEMENTS: u32 = 2;
        let steps = self.part.steps + u64::from(ELEMENTS) + references;
        let fits =
            self.part.strings < self.bounds.strings && self.depth + ELEMENTS <= MOST_DEEP && steps <= self.bounds.steps;
        if !fits || self.is_in_piece() {
            return false;
        }
        self.part.strings += 1;
        self.part.steps = steps;
        true
    }

    /// Whether what is at hand stands inside a cell or a shared string.
    pub fn is_in_piece(&self) -> bool {
        self.piece_began.is_some() || self.in_value
    }

    /// Whether text at hand is the name of an error.
    pub fn is_in_error(&self) -> bool {
        self.error_at.is_some() && self.in_value
    }

    /// Refuses a cell or shared string that is longer than any, up to `ends`.
    pub fn check_piece(&self, ends: u64) -> Result<(), Reason> {
        match self.piece_began {
            Some(began) if ends.saturating_sub(began) > CELL_BYTES => {
                Err(Reason::too_much(message!("read-long-cell", part = self.name), message!("read-limit-letters")))
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, element: &BytesStart, begins: u64) -> Result<(), Reason> {
        // The root's own attributes are names of schemas, of which some programs list dozens.
        let is_long = self.depth > 1 && element.attributes_raw().len() > STYLE_TAG_BYTES;
        if self.styles && (self.part.steps > MOST_STYLE_ELEMENTS || is_long) {
            return Err(Reason::too_much(message!("read-too-many-formats"), "65,490"));
        }
        match element.local_name().as_ref() {
            "sheetData" if self.row > 0 => return Err(self.damaged("read-damaged-rows-twice")),
            "sheetData" => self.in_rows = true,
            "v" => self.in_value = true,
            "row" if self.in_rows => self.open_row(element)?,
            "c" if self.in_rows => self.open_cell(element, begins)?,
            "dimension" | "f" => self.check_area(element)?,
            "mergeCell" => self.merge(element)?,
            "sst" => self.check_string_count(element)?,
            "si" => {
                self.piece_began = Some(begins);
                count(&mut self.part.strings, self.bounds.strings, || too_many_strings(&self.bounds))?;
            }
            "Relationship" => self.relate(element)?,
            "sheet" => self.list_sheet(element)?,
            "workbookPr" => {
                let flag = self.attribute(element, "date1904")?;
                // Excel's own extension repeats this element without the flag.
                self.part.epoch_1904 = flag.map_or(self.part.epoch_1904, |flag| is_yes(&flag));
            }
            "definedName" => count(&mut self.names, MOST_NAMES, || {
                Reason::too_much(message!("read-too-many-names"), MOST_NAMES.to_string())
            })?,
            _ => {}
        }
        Ok(())
    }

    fn open_row(&mut self, element: &BytesStart) -> Result<(), Reason> {
        let mut hidden = false;
        let mut row = self.row + 1;
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.broken(error))?;
            let value = &attribute.value;
            match attribute.key.as_ref() {
                "r" => row = value.parse().map_err(|_| self.damaged("read-damaged-row-number"))?,
                "hidden" => hidden |= is_yes(value),
                "ht" => hidden |= value.parse::<f64>().is_ok_and(|height| height == 0.0),
                _ => {}
            }
        }
        if row <= self.row || row > MOST_ROWS {
            return Err(self.damaged("read-damaged-row-order"));
        }
        (self.row, self.column) = (row, 0);
        if hidden {
            self.part.marks.hide_run(row, row);
        }
        Ok(())
    }

    fn open_cell(&mut self, element: &BytesStart, begins: u64) -> Result<(), Reason> {
        count(&mut self.cells, self.bounds.cells, || {
            Reason::too_much(message!("read-too-many-cells", part = self.name), self.bounds.cells_words())
        })?;
        self.piece_began = Some(begins);
        let mut place = (self.row, self.column);
        let mut error = false;
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.broken(error))?;
            match attribute.key.as_ref() {
                "r" => place = place_of(&attribute.value).ok_or_else(|| self.damaged("read-damaged-address"))?,
                "t" => error = attribute.value.as_ref() == "e",
                _ => {}
            }
        }
        if self.row == 0 || place.0 != self.row || place.1 >= MOST_COLUMNS {
            return Err(self.damaged("read-damaged-cell-place"));
        }
        self.column = place.1 + 1;
        self.error_at = error.then_some(place);
        Ok(())
    }

    pub fn note_error(&mut self, text: &str) {
        const KNOWN: [&str; 7] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];
        if let Some(place) = self.error_at.filter(|_| !KNOWN.contains(&text)) {
            self.part.marks.odd_errors.insert(place, shorten(text, 40));
        }
    }

    /// The library computes with areas without looking whether the corners are in order.
    fn check_area(&self, element: &BytesStart) -> Result<(), Reason> {
        match self.attribute(element, "ref")? {
            Some(area) if corners(&area).is_none() => Err(self.damaged("read-damaged-area")),
            _ => Ok(()),
        }
    }

    fn merge(&mut self, element: &BytesStart) -> Result<(), Reason> {
        let Some(area) = self.attribute(element, "ref")? else { return Ok(()) };
        let (first, _) = corners(&area).ok_or_else(|| self.damaged("read-damaged-area"))?;
        self.part.marks.merge(first, shorten(&area, 30), self.name)
    }

    fn check_string_count(&self, element: &BytesStart) -> Result<(), Reason> {
        for (key, value) in self.attributes(element)? {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            let count = digits.trim_start_matches('0');
            let more = count.len() > 12 || count.parse::<u64>().is_ok_and(|count| count > self.bounds.strings);
            if key.to_ascii_lowercase().ends_with("count") && more {
                return Err(too_many_strings(&self.bounds));
            }
        }
        Ok(())
    }

    fn relate(&mut self, element: &BytesStart) -> Result<(), Reason> {
        count(&mut self.relations, MOST_RELATIONS, || {
            Reason::too_much(message!("read-too-many-relations", part = self.name), MOST_RELATIONS.to_string())
        })?;
        let attributes = self.attributes(element)?;
        let [id, kind, target] = ["Id", "Type", "Target"].map(|wanted| last(&attributes, |key| key == wanted));
        self.part.relations.push(Relation { id, kind, target });
        Ok(())
    }

    fn list_sheet(&mut self, element: &BytesStart) -> Result<(), Reason> {
        let attributes = self.attributes(element)?;
        let state = last(&attributes, |key| key == "state");
        self.part.sheets.push(SheetEntry {
            name: last(&attributes, |key| key == "name"),
            relation: last(&attributes, |key| key == "id" || key.ends_with(":id")),
            hidden: !state.is_empty() && state != "visible",
        });
        if self.part.sheets.len() > MOST_SHEETS {
            return Err(Reason::too_much(message!("read-too-many-sheets"), MOST_SHEETS.to_string()));
        }
        Ok(())
    }

    fn attribute(&self, element: &BytesStart, wanted: &str) -> Result<Option<String>, Reason> {
        Ok(self.attributes(element)?.into_iter().find(|(key, _)| key == wanted).map(|(_, value)| value))
    }

    fn attributes(&self, element: &BytesStart) -> Result<Vec<(String, String)>, Reason> {
        let mut found = Vec::new();
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.broken(error))?;
            let value = quick_xml::escape::unescape(&attribute.value).map_err(|error| self.broken(error))?.into_owned();
            found.push((attribute.key.as_ref().to_string(), value));
        }
        Ok(found)
    }

    /// `what` is the id of its message.
    fn damaged(&self, what: &'static str) -> Reason {
        Reason::damaged(message!("read-in-part", part = self.name, what = message!(what)))
    }

    fn broken(&self, error: impl std::fmt::Display) -> Reason {
        Reason::broken_in(self.name, error)
    }
}

/// The value of the last attribute that is `wanted`, as the reading library takes it; empty where there is none.
fn last(attributes: &[(String, String)], wanted: impl Fn(&str) -> bool) -> String {
    attributes.iter().rfind(|(key, _)| wanted(key)).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// One more; refused beyond `most`.
fn count(so_far: &mut u64, most: u64, refusal: impl FnOnce() -> Reason) -> Result<(), Reason> {
    *so_far += 1;
    if *so_far > most { Err(refusal()) } else { Ok(()) }
}

fn too_many_strings(bounds: &Bounds) -> Reason {
    Reason::too_much(message!("read-too-many-texts"), bounds.strings_words())
}

fn is_yes(flag: &str) -> bool {
    flag == "1" || flag == "true"
}

/// The corners of `A1` or `A1:D9`, each (row as people count, column from zero), the first never after the second.
pub(super) fn corners(area: &str) -> Option<((u32, u32), (u32, u32))> {
    let (first, last) = area.split_once(':').unwrap_or((area, area));
    let (first, last) = (place_of(first)?, place_of(last)?);
    (first.0 <= last.0 && first.1 <= last.1).then_some((first, last))
}

/// `H4` is row 4, column 7; none beyond the sheet's edge.
fn place_of(address: &str) -> Option<(u32, u32)> {
    let digits_at = address.find(|letter: char| letter.is_ascii_digit())?;
    let (letters, digits) = address.split_at(digits_at);
    let fits = (1..=3).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !fits || digits.len() > 7 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let column = letters.bytes().fold(0, |sum, byte| sum * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1);
    let row: u32 = digits.parse().ok()?;
    ((1..=MOST_ROWS).contains(&row) && column <= MOST_COLUMNS).then(|| (row, column - 1))
}
