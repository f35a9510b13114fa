//! CSV files as people's office programs save them: with a byte order mark or without, with commas, semicolons or tabs, with
//! headers in any order and case.

use csv::StringRecord;
use std::path::Path;

use super::Problem;

/// Far beyond what thousands of stores need: a file above this is something else.
const BYTES_MAX: u64 = 32 * 1024 * 1024;

/// What a file may hold.
pub(super) struct Shape<'a> {
    /// What it is called in complaints: "the campaign plan".
    pub name: &'a str,
    /// The key of the config that names the file.
    pub key: &'a str,
    pub columns: &'a [&'a str],
    /// Those that must be there.
    pub needed: &'a [&'a str],
}

/// The rows of a file that hold anything, each as long as the header.
pub(super) struct Table {
    /// As the program spells them, in the file's order; empty where a column has no header.
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
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
        // Excel for Windows puts a byte order mark first.
        reading.table(text.strip_prefix('\u{feff}').unwrap_or(&text))
    }
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
        let bytes = std::fs::read(self.path).map_err(|error| {
            let what = format!("{name} cannot be read: {error}");
            self.complain(None, what, format!("check `{key}` in the config, or leave it out"));
        });
        let text = String::from_utf8(bytes.ok()?);
        if text.is_err() {
            self.complain(None, format!("{name} is not UTF-8 text"), "save it as \"CSV UTF-8\"");
        }
        text.ok()
    }

    fn table(&mut self, text: &str) -> Option<Table> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator(text))
            .trim(csv::Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let headers = self.headers(&mut reader)?;
        let mut rows = Vec::new();
        let mut cells = StringRecord::new();
        loop {
            match reader.read_record(&mut cells) {
                Ok(false) => return Some(Table { headers, rows }),
                Ok(true) => {}
                Err(error) => {
                    let line = error.position().map(|position| position.line() as usize);
                    self.complain(line, format!("the row cannot be read: {error}"), "save the file anew as CSV");
                    return Some(Table { headers, rows });
                }
            }
            if cells.iter().all(str::is_empty) {
                continue;
            }
            let line = line_of(&cells, text);
            if cells.len() == headers.len() {
                rows.push(Row { line, cells: cells.clone() });
            } else {
                let what = format!("the row has {} fields, the header has {}", cells.len(), headers.len());
                self.complain(Some(line), what, "put fields that hold a separator between double quotes");
            }
        }
    }

    fn headers(&mut self, reader: &mut csv::Reader<&[u8]>) -> Option<Vec<String>> {
        let Shape { columns, needed, .. } = *self.shape;
        let known = format!("the columns are {}", columns.join(", "));
        let found: Vec<String> = match reader.headers() {
            Ok(found) => found.iter().map(|name| name.to_lowercase().replace([' ', '-'], "_")).collect(),
            Err(error) => {
                self.complain(Some(1), error.to_string(), "begin with a header row");
                return None;
            }
        };
        let before = self.problems.len();
        for (place, name) in found.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            if !columns.contains(&name.as_str()) {
                self.complain(Some(1), format!("unknown column {name:?}"), known.clone());
            } else if found.iter().take(place).any(|earlier| earlier == name) {
                self.complain(Some(1), format!("the column {name} stands there twice"), "keep one of them");
            }
        }
        for missing in needed.iter().filter(|name| !found.iter().any(|found| found == *name)) {
            self.complain(Some(1), format!("the column {missing} is missing"), known.clone());
        }
        (self.problems.len() == before).then_some(found)
    }

    fn complain(&mut self, line: Option<usize>, what: impl Into<String>, wanted: impl Into<String>) {
        let file = self.path.to_path_buf();
        self.problems.push(Problem { file, line, what: what.into(), wanted: wanted.into() });
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
