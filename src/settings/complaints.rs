//! What is wrong with the settings: each complaint with its place, and one that was made many times told once.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};

use super::asked::{Form, Record};
use super::secret;

/// Everything that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    pub problems: Vec<Problem>,
}

/// One complaint: `couponbook.toml:12: …; …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub file: PathBuf,
    /// As people count; none where the whole file is meant.
    pub line: Option<usize>,
    /// The letter of the line, as people count, where the file's form and not its meaning is wrong.
    pub column: Option<usize>,
    /// The id, as it is written, of the store that it is about.
    pub store: Option<String>,
    pub what: String,
    /// What would be right, where `what` does not say it.
    pub wanted: String,
}

/// One thing that went wrong in a list of thousands of stores must not fill the screen.
const PROBLEMS_SHOWN_MAX: usize = 50;
/// Of the lines with the same complaint.
const LINES_SHOWN_MAX: usize = 5;

impl Problem {
    /// About a whole file.
    pub fn of_file(file: &Path, what: impl Into<String>, wanted: impl Into<String>) -> Self {
        let (what, wanted) = (what.into(), wanted.into());
        Self { file: file.to_path_buf(), line: None, column: None, store: None, what, wanted }
    }

    fn is_like(&self, other: &Self) -> bool {
        self.file == other.file && self.what == other.what && self.wanted == other.wanted
    }
}

/// Collects complaints about one file.
pub(super) struct Complaints<'a> {
    pub file: &'a Path,
    pub places: Places<'a>,
    problems: RefCell<Vec<Problem>>,
    /// What the reader asks for, where that is wanted.
    asked: Option<RefCell<Record>>,
}

/// What a place in a file, the start of a [`toml::Spanned`], stands for.
pub(super) enum Places<'a> {
    /// A byte of the config's text.
    Text(&'a str),
    /// A cell of the list of stores.
    Cells(&'a Cells<'a>),
}

/// The cells of a table, numbered row by row.
pub(super) struct Cells<'a> {
    pub headers: &'a [String],
    /// Of each row.
    pub lines: Vec<usize>,
}

impl Cells<'_> {
    pub fn place(&self, row: usize, column: usize) -> usize {
        row * self.headers.len() + column
    }

    fn line_and_column(&self, place: usize) -> (Option<usize>, Option<&str>) {
        let width = self.headers.len().max(1);
        (self.lines.get(place / width).copied(), self.headers.get(place % width).map(String::as_str))
    }
}

impl<'a> Complaints<'a> {
    pub fn new(file: &'a Path, places: Places<'a>) -> Self {
        Self { file, places, problems: RefCell::default(), asked: None }
    }

    /// The same, with what the reader asks for.
    pub fn recording(file: &'a Path, places: Places<'a>) -> Self {
        Self { asked: Some(RefCell::default()), ..Self::new(file, places) }
    }

    pub fn is_recording(&self) -> bool {
        self.asked.is_some()
    }

    /// All that was asked for; nothing where it was not recorded.
    pub fn into_record(self) -> Record {
        self.asked.map(RefCell::into_inner).unwrap_or_default()
    }

    pub fn note(&self, path: &str, key: &'static str, form: Form) {
        if let Some(record) = &self.asked {
            record.borrow_mut().ask(path, key, form);
        }
    }

    pub fn note_needed(&self, path: &str, key: &'static str) {
        if let Some(record) = &self.asked {
            record.borrow_mut().need(path, key);
        }
    }

    pub fn note_allowed(&self, path: &str, key: &'static str) {
        if let Some(record) = &self.asked {
            record.borrow_mut().allow(path, key);
        }
    }

    pub fn note_own(&self, path: &str, keys: Form, values: Form) {
        if let Some(record) = &self.asked {
            record.borrow_mut().take_own(path, keys, values);
        }
    }

    /// All of them, in the order of the file's lines.
    pub fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.line);
        problems
    }

    /// About one value: in a table its column is named too.
    pub fn at(&self, place: usize, what: impl Into<String>, wanted: impl Into<String>) {
        let what = what.into();
        let what = match &self.places {
            Places::Cells(cells) => match cells.line_and_column(place).1 {
                Some(column) if !what.starts_with(column) => format!("{column}: {what}"),
                _ => what,
            },
            Places::Text(_) => what,
        };
        self.near(place, what, wanted);
    }

    /// What was read of the value at `place`; a complaint where that is nothing.
    pub fn read<T>(
        &self,
        found: Option<T>,
        place: usize,
        what: impl Into<String>,
        wanted: impl Into<String>,
    ) -> Option<T> {
        if found.is_none() {
            self.at(place, what, wanted);
        }
        found
    }

    /// About more than the value that stands at `place`.
    pub fn near(&self, place: usize, what: impl Into<String>, wanted: impl Into<String>) {
        self.push(self.problem(place, what, wanted));
    }

    /// About the store that is called `store`.
    pub fn of_store(&self, store: &str, place: usize, what: impl Into<String>, wanted: impl Into<String>) {
        let store = Some(store.trim().to_string());
        self.push(Problem { store, ..self.problem(place, what, wanted) });
    }

    /// One that is not complained about here.
    pub fn problem(&self, place: usize, what: impl Into<String>, wanted: impl Into<String>) -> Problem {
        Problem { line: self.line(place), ..Problem::of_file(self.file, what, wanted) }
    }

    /// About how the file is written, at the letter that begins at `place`.
    pub fn of_form(&self, place: usize, what: impl Into<String>, wanted: impl Into<String>) {
        let column = match &self.places {
            Places::Text(text) => {
                text.get(..place).map(|before| before.chars().rev().take_while(|letter| *letter != '\n').count() + 1)
            }
            Places::Cells(_) => return self.at(place, what, wanted),
        };
        self.push(Problem { line: self.line(place), column, ..Problem::of_file(self.file, what, wanted) });
    }

    pub fn count(&self) -> usize {
        self.problems.borrow().len()
    }

    pub fn push(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    pub fn line(&self, place: usize) -> Option<usize> {
        match &self.places {
            Places::Text(text) => text.get(..place).map(|before| before.matches('\n').count() + 1),
            Places::Cells(cells) => cells.line_and_column(place).0,
        }
    }

    /// The file's own letters, where it is a text.
    pub fn source(&self, span: std::ops::Range<usize>) -> &'a str {
        match self.places {
            Places::Text(text) => text.get(span).unwrap_or_default(),
            Places::Cells(_) => "",
        }
    }

    pub fn secret_example(&self, name: &str) -> String {
        match self.places {
            Places::Text(_) => secret::example_in_config(name),
            Places::Cells(_) => secret::example_in_cell(name),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        for number in self.line.into_iter().chain(self.column) {
            write!(f, ":{number}")?;
        }
        write!(f, ": ")?;
        if let Some(store) = &self.store {
            write!(f, "store {store}: ")?;
        }
        write!(f, "{}", self.what)?;
        if self.wanted.is_empty() { Ok(()) } else { write!(f, "; {}", self.wanted) }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told: Vec<(&Problem, Vec<&Problem>)> = Vec::new();
        for problem in &self.problems {
            match told.iter_mut().find(|(first, _)| first.is_like(problem)) {
                Some((_, like)) => like.push(problem),
                None => told.push((problem, Vec::new())),
            }
        }
        if let [(first, like)] = told.as_slice() {
            write!(f, "{first}")?;
            return more_like(f, like);
        }
        write!(f, "{} things in the settings need fixing", told.len())?;
        for (first, like) in told.iter().take(PROBLEMS_SHOWN_MAX) {
            write!(f, "\n  {first}")?;
            more_like(f, like)?;
        }
        match told.len().saturating_sub(PROBLEMS_SHOWN_MAX) {
            0 => Ok(()),
            more => write!(f, "\n  … and {more} more, shown once these are fixed"),
        }
    }
}

fn more_like(f: &mut fmt::Formatter<'_>, like: &[&Problem]) -> fmt::Result {
    if like.is_empty() {
        return Ok(());
    }
    let mut lines: Vec<String> = like.iter().filter_map(|problem| problem.line).map(|line| line.to_string()).collect();
    if lines.len() > LINES_SHOWN_MAX {
        lines.truncate(LINES_SHOWN_MAX);
        lines.push("…".to_string());
    }
    let named = if lines.is_empty() { String::new() } else { format!(", line {}", lines.join(", ")) };
    write!(f, " (and {} more like it{named})", like.len())
}

impl std::error::Error for SettingsError {}
