//! Tables that people keep: sheets of a workbook, and CSV files as people's office programs save them, with rows that lack their last
//! empty cells, with headers in any order and case.

use csv::StringRecord;
use std::path::Path;

use super::Problem;
use crate::durable;
use crate::workbook::read::{Delimited, DelimitedRow, SheetRow, SheetTable};

/// Far beyond what thousands of stores need: a file above this is something else.
const BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Above the header row of a sheet people write a title and remarks.
const HEADER_ROWS_MAX: usize = 20;

/// What is said of a file whose encoding is a guess, and what to do.
pub(super) const GUESSED: (&str, &str) =
    ("it is not UTF-8 and was read as GB18030 (Chinese)", "save it as \"CSV UTF-8\" where letters look wrong");

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
    /// Whether its encoding is a guess: see [`GUESSED`].
    pub is_guessed: bool,
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
        reading.table(text)
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
        Some(Self { headers, rows, sheet: Some(found.sheet), is_guessed: false, thousands: ',' })
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
    fn text(&mut self) -> Option<Delimited> {
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
        let text = Delimited::read(&bytes.ok()?);
        if text.is_none() {
            self.complain(None, format!("{name} is not UTF-8 text"), "save it as \"CSV UTF-8\"");
        }
        text
    }

    fn table(&mut self, found: Delimited) -> Option<Table> {
        let thousands = if found.separator == ';' { '.' } else { ',' };
        let mut found_rows = found.rows.into_iter();
        let header = found_rows.next();
        let (line, names) = header
            .map_or((1, Vec::new()), |row| (row.line, row.cells.iter().map(|name| self.shape.spelled(name)).collect()));
        if names.is_empty() {
            let (name, needed) = (self.shape.name, self.shape.needed.join(","));
            self.complain(None, format!("{name} is empty"), format!("begin it with a line of column names: {needed}"));
            return None;
        }
        let headers = self.checked(line, names)?;
        let mut rows = Vec::new();
        for DelimitedRow { line, cells, .. } in found_rows {
            // Office programs leave away the empty cells at a row's end, or write some too many.
            if cells.iter().skip(headers.len()).all(str::is_empty) {
                let padded = cells.iter().chain(std::iter::repeat("")).take(headers.len());
                rows.push(Row { line, cells: padded.collect() });
            } else {
                let what = format!("the row has {} fields, the header has {}", cells.len(), headers.len());
                self.complain(Some(line), what, "put fields that hold a separator between double quotes");
            }
        }
        if let Some((line, error)) = found.broken {
            self.complain(Some(line), format!("the row cannot be read: {error}"), "save the file again as CSV");
        }
        Some(Table { headers, rows, sheet: None, is_guessed: found.is_guessed, thousands })
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
        let missing: Vec<&str> =
            needed.iter().copied().filter(|name| found.iter().all(|found| found != name)).collect();
        if !missing.is_empty() {
            let columns = if missing.len() > 1 { "columns" } else { "column" };
            let verb = if missing.len() > 1 { "are" } else { "is" };
            let what = format!("the {columns} {} {verb} missing", missing.join(", "));
            self.complain(Some(line), what, known);
            is_sound = false;
        }
        is_sound.then_some(found)
    }

    fn complain(&mut self, line: Option<usize>, what: impl Into<String>, wanted: impl Into<String>) {
        self.problems.push(Problem { line, ..Problem::of_file(self.path, what, wanted) });
    }
}
