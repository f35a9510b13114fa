//! Tables that people keep: sheets of a workbook, and CSV files as people's office programs save them: in UTF-8 or GB18030, with a byte order mark or without, with commas,
//! semicolons or tabs, with rows that lack their last empty cells, with headers in any order and case.

use csv::StringRecord;
use encoding_rs::{Encoding, GB18030};
use std::path::Path;

use super::Problem;
use crate::durable;
use crate::workbook::read::{SheetRow, SheetTable};

/// Far beyond what thousands of stores need: a file above this is something else.
const BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Above the header row of a sheet people write a title and remarks.
const HEADER_ROWS_MAX: usize = 20;

/// What a file may hold.
pub(super) struct Shape<'a> {
    /// What it is called in complaints: "the campaign plan".
    pub name: &'a str,
    /// The key of the config that names the file.
    pub key: &'a str,
    pub columns: &'a [&'a str],
    /// Those that must be there.
    pub needed: &'a [&'a str],
    /// Other headers that people write, and the column that each means.
    pub also: &'a [(&'a str, &'a str)],
    /// Whether a column that is none of these is left unread with a remark, and not a reason to refuse the file.
    pub has_own_columns: bool,
}

impl Shape<'_> {
    /// A header as the program spells it, whatever its case, spaces and language; an unknown one in lower case.
    pub fn spelled(&self, header: &str) -> String {
        let plain = |text: &str| -> String {
            text.to_lowercase()
                .chars()
                .filter(|letter| !letter.is_whitespace() && !"_-*()（）".contains(*letter))
                .collect()
        };
        let found = plain(header);
        let own = self.columns.iter().find(|column| plain(column) == found);
        let also = || self.also.iter().find(|(spelling, _)| plain(spelling) == found).map(|(_, column)| column);
        own.or_else(also).map_or_else(|| header.to_lowercase().replace([' ', '-'], "_"), |column| column.to_string())
    }
}

/// The rows of a file that hold anything, each as long as the header.
pub(super) struct Table {
    /// As the program spells them, in the file's order; empty where a column has no header.
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
    /// The sheet that it was read from; its columns then stand as in the sheet.
    pub sheet: Option<String>,
    /// What parts thousands in its texts, as far as the file tells: office programs that write decimals with a comma part the fields
    /// with semicolons.
    pub thousands: char,
}

pub(super) struct Row {
    /// As people count; a row in quotes may go on over several lines, this is the first.
    pub line: usize,
    pub cells: StringRecord,
}

impl Table {
    /// Reads the file at `path`. None where it or its header cannot be read; rows that cannot be are complained about and left
    /// out.
    pub fn read(path: &Path, shape: &Shape, problems: &mut Vec<Problem>) -> Option<Self> {
        let mut reading = Reading { path, shape, problems };
        let text = reading.text()?;
        reading.table(&text)
    }

    /// The same of a sheet, whose header row is one of its first.
    pub fn of_sheet(path: &Path, shape: &Shape, found: SheetTable, problems: &mut Vec<Problem>) -> Option<Self> {
        let mut reading = Reading { path, shape, problems };
        let header = found.rows.iter().take(HEADER_ROWS_MAX).position(|row| is_header(shape, row));
        let Some((at, header)) = header.and_then(|at| Some((at, found.rows.get(at)?))) else {
            let what = format!("sheet {:?} has no header row with {}", found.sheet, shape.needed.join(", "));
            reading.complain(None, what, format!("the columns are {}", shape.columns.join(", ")));
            return None;
        };
        let width = header.cells.iter().map(|(column, _)| *column as usize + 1).max().unwrap_or(0);
        let spread = |row: &SheetRow| {
            let mut cells = vec![String::new(); width];
            for (column, text) in &row.cells {
                if let Some(cell) = cells.get_mut(*column as usize) {
                    cell.clone_from(text);
                }
            }
            cells
        };
        let names = spread(header);
        let headers =
            reading.checked(header.number as usize, names.iter().map(|name| shape.spelled(name)).collect())?;
        let body = found.rows.iter().skip(at + 1).map(|row| (row.number as usize, spread(row)));
        let filled = body.filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
        let rows = filled.map(|(line, cells)| Row { line, cells: StringRecord::from(cells) }).collect();
        Some(Self { headers, rows, sheet: Some(found.sheet), thousands: ',' })
    }
}

/// Whether the row names every needed column.
pub(super) fn is_header(shape: &Shape, row: &SheetRow) -> bool {
    let named: Vec<String> = row.cells.iter().map(|(_, text)| shape.spelled(text)).collect();
    shape.needed.iter().all(|needed| named.iter().any(|name| name == needed))
}

struct Reading<'a> {
    path: &'a Path,
    shape: &'a Shape<'a>,
    problems: &'a mut Vec<Problem>,
}

impl Reading<'_> {
    fn text(&mut self) -> Option<String> {
        let Shape { name, key, .. } = *self.shape;
        let size = std::fs::metadata(self.path).map(|found| found.len());
        if size.is_ok_and(|bytes| bytes > BYTES_MAX) {
            let what = format!("{name} is larger than {} MiB", BYTES_MAX / 1024 / 1024);
            self.complain(None, what, format!("check `{key}` in the config: this is another file"));
            return None;
        }
        let bytes = durable::read(self.path).map_err(|error| {
            let what = format!("{name} cannot be read: {error}");
            self.complain(None, what, format!("check `{key}` in the config, or leave it out"));
        });
        let text = decoded(&bytes.ok()?);
        if text.is_none() {
            self.complain(None, format!("{name} is not UTF-8 text"), "save it as \"CSV UTF-8\"");
        }
        text
    }

    fn table(&mut self, text: &str) -> Option<Table> {
        let (hint, text) = without_hint(text);
        // The line that is left away counts.
        let before = usize::from(hint.is_some());
        let separator = hint.unwrap_or_else(|| separator(text));
        let thousands = if separator == b';' { '.' } else { ',' };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .trim(csv::Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let found = reader.headers().map(|found| found.iter().map(|name| self.shape.spelled(name)).collect());
        let headers = match found {
            Ok(found) => self.checked(before + 1, found)?,
            Err(error) => {
                self.complain(Some(before + 1), error.to_string(), "begin with a header row");
                return None;
            }
        };
        let mut rows = Vec::new();
        let mut cells = StringRecord::new();
        loop {
            match reader.read_record(&mut cells) {
                Ok(false) => return Some(Table { headers, rows, sheet: None, thousands }),
                Ok(true) => {}
                Err(error) => {
                    let line = error.position().map(|position| before + position.line() as usize);
                    self.complain(line, format!("the row cannot be read: {error}"), "save the file again as CSV");
                    return Some(Table { headers, rows, sheet: None, thousands });
                }
            }
            if cells.iter().all(str::is_empty) {
                continue;
            }
            let line = before + line_of(&cells, text);
            // Office programs leave away the empty cells at a row's end, or write some too many.
            if cells.iter().skip(headers.len()).all(str::is_empty) {
                let padded = cells.iter().chain(std::iter::repeat("")).take(headers.len());
                rows.push(Row { line, cells: padded.collect() });
            } else {
                let what = format!("the row has {} fields, the header has {}", cells.len(), headers.len());
                self.complain(Some(line), what, "put fields that hold a separator between double quotes");
            }
        }
    }

    /// None where a column is missing or doubled, or, where the file may have no columns of its own, unknown.
    fn checked(&mut self, line: usize, found: Vec<String>) -> Option<Vec<String>> {
        let Shape { columns, needed, has_own_columns, .. } = *self.shape;
        let known = format!("the columns are {}", columns.join(", "));
        let mut is_sound = true;
        for (place, name) in found.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            if !columns.contains(&name.as_str()) {
                self.complain(Some(line), format!("unknown column {name:?}"), known.clone());
                is_sound &= has_own_columns;
            } else if found.iter().take(place).any(|earlier| earlier == name) {
                self.complain(Some(line), format!("the column {name} stands there twice"), "keep one of them");
                is_sound = false;
            }
        }
        for missing in needed.iter().filter(|name| !found.iter().any(|found| found == *name)) {
            self.complain(Some(line), format!("the column {missing} is missing"), known.clone());
            is_sound = false;
        }
        is_sound.then_some(found)
    }

    fn complain(&mut self, line: Option<usize>, what: impl Into<String>, wanted: impl Into<String>) {
        self.problems.push(Problem { line, ..Problem::of_file(self.path, what, wanted) });
    }
}

/// UTF-8, what a byte order mark says, or GB18030, in which Chinese office programs save a CSV, where that gives Chinese words.
fn decoded(bytes: &[u8]) -> Option<String> {
    let read_as = |encoding: &'static Encoding| {
        let (text, _, is_broken) = encoding.decode(bytes);
        (!is_broken).then(|| text.into_owned())
    };
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return read_as(encoding);
    }
    let text = std::str::from_utf8(bytes).ok();
    if text.is_none_or(is_chance) && is_chinese(bytes) { read_as(GB18030) } else { text.map(str::to_string) }
}

/// Whether UTF-8 comes of it by chance: accented letters and `÷`, none of which stands in a word.
fn is_chance(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let stands_alone = |place: usize| {
        let beside = [place.checked_sub(1), Some(place + 1)].into_iter().flatten().filter_map(|at| letters.get(at));
        beside.into_iter().all(|letter| !letter.is_ascii_alphabetic())
    };
    let odd = |(place, letter): (usize, &char)| {
        letter.is_ascii() || (('\u{E1}'..='\u{FF}').contains(letter) && stands_alone(place))
    };
    !text.is_ascii() && letters.iter().enumerate().all(odd)
}

/// Whether most of what is not ASCII are pairs that GB2312 has for common Chinese letters.
fn is_chinese(bytes: &[u8]) -> bool {
    let (mut common, mut others) = (0_usize, 0_usize);
    let mut left = bytes;
    while let [first, rest @ ..] = left {
        left = rest;
        if let (0x80.., [second, rest @ ..]) = (*first, rest) {
            left = rest;
            match (*first, *second) {
                (0xB0..=0xF7, 0xA1..=0xFE) => common += 1,
                // Signs, such as a full stop.
                (0xA1..=0xA9, 0xA1..=0xFE) => {}
                _ => others += 1,
            }
        }
    }
    common > others
}

/// Excel's own first line `sep=;`, which names the separator, and what follows it.
fn without_hint(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let first = first.trim_end_matches('\r').trim_matches('"').to_ascii_lowercase();
    match first.strip_prefix("sep=").map(str::as_bytes) {
        Some(&[separator]) => (Some(separator), rest),
        _ => (None, text),
    }
}

// Excel writes semicolons where the comma is the decimal sign.
fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |separator: &u8| first.bytes().filter(|byte| byte == separator).count();
    // Of equals the last is taken, and a file of one column has none of them.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

// A record's position is where the one before it ended: line ends and empty lines may lie between.
fn line_of(cells: &StringRecord, text: &str) -> usize {
    let Some(position) = cells.position() else { return 1 };
    let rest = text.as_bytes().get(position.byte() as usize..).unwrap_or_default();
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
    position.line() as usize + skipped
}
