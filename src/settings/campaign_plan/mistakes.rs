//! What is wrong with a plan: said in English on the terminal, and in the workbook's language in the workbook.

use std::path::Path;

use crate::domain::Argument;
use crate::language::Language;
use crate::say;
use crate::settings::Problem;
use crate::workbook::read::cell_address;

/// What the export goes on without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Without {
    Row,
    Cell,
    /// Nothing more than what the sentence names.
    This,
}

/// One mistake: a message of the language files with its facts.
pub(super) struct Mistake<'a> {
    pub column: Option<&'a str>,
    pub id: &'a str,
    pub facts: Vec<(&'a str, Argument)>,
    pub without: Without,
}

/// Where mistakes are collected.
pub(super) struct Mistakes<'a> {
    pub file: &'a Path,
    pub language: Language,
    pub headers: &'a [String],
    /// The sheet's name, where the plan is a workbook.
    pub sheet: Option<&'a str>,
    pub problems: Vec<Problem>,
    pub left_out: Vec<String>,
}

impl Mistakes<'_> {
    pub fn add(&mut self, line: usize, mistake: &Mistake) {
        let what = self.said(Language::ENGLISH, line, mistake);
        self.problems.push(Problem { line: Some(line), ..Problem::of_file(self.file, what, "") });
        let said = self.said(self.language, line, mistake);
        self.left_out.push(format!("{}:{line}: {said}", file_name(self.file)));
    }

    /// What the reading of the table said, in its own words.
    pub fn add_all(&mut self, problems: Vec<Problem>) {
        for problem in problems {
            let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
            let what = say!(self.language, "coverage-plan-table", what = &problem.what);
            self.left_out.push(format!("{}{line}: {what}", file_name(self.file)));
            self.problems.push(problem);
        }
    }

    fn said(&self, language: Language, line: usize, mistake: &Mistake) -> String {
        let what = language.tell(mistake.id, &mistake.facts);
        let what = match mistake.without {
            Without::Row => say!(language, "coverage-plan-without-row", what = what),
            Without::Cell => say!(language, "coverage-plan-without-cell", what = what),
            Without::This => what,
        };
        match mistake.column.and_then(|column| self.cell(column, line)) {
            Some(cell) => say!(language, "coverage-plan-cell", cell = cell, what = what),
            None => what,
        }
    }

    /// `Plan!B3`, in a workbook.
    fn cell(&self, column: &str, line: usize) -> Option<String> {
        let place = self.headers.iter().position(|header| header == column)?;
        let address = cell_address(u32::try_from(place).ok()?, u32::try_from(line).ok()?);
        Some(format!("{}!{address}", self.sheet?))
    }
}

pub(super) fn file_name(file: &Path) -> String {
    file.file_name().map_or_else(|| file.display().to_string(), |name| name.to_string_lossy().into_owned())
}
