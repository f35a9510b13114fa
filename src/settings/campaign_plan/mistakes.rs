//! What is wrong with a plan: a notice each, with the place where it stands and the store that it is about.

use std::path::Path;

use crate::domain::{Message, Notice, StoreId, Subject};
use crate::message;
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

/// Where mistakes are collected.
pub(super) struct Mistakes<'a> {
    pub file: &'a Path,
    pub headers: &'a [String],
    /// The sheet's name, where the plan is a workbook.
    pub sheet: Option<&'a str>,
    pub notices: Vec<Notice>,
}

impl Mistakes<'_> {
    /// What is wrong, and where; `store` where it is about one.
    pub fn add(&mut self, line: usize, column: Option<&str>, what: Message, without: Without, store: Option<StoreId>) {
        let what = match without {
            Without::Row => message!("coverage-plan-without-row", what = what),
            Without::Cell => message!("coverage-plan-without-cell", what = what),
            Without::This => what,
        };
        let message = match column.and_then(|column| self.cell(column, line)) {
            Some(cell) => message!("coverage-plan-cell", cell = cell, what = what),
            None => what,
        };
        self.notices.push(self.notice(Some(line), store, message));
    }

    /// What the reading of the table said, in its own words.
    pub fn add_all(&mut self, problems: Vec<Problem>) {
        for Problem { line, what, wanted, .. } in problems {
            let message = match wanted.is_empty() {
                true => Message::as_written(what),
                false => message!("coverage-plan-table", what = what, wanted = wanted),
            };
            self.notices.push(self.notice(line, None, message));
        }
    }

    fn notice(&self, line: Option<usize>, store: Option<StoreId>, message: Message) -> Notice {
        Notice { subject: Subject::CampaignPlan, store, file: Some(self.file.to_path_buf()), line, message }
    }

    /// `Plan!B3`, in a workbook.
    fn cell(&self, column: &str, line: usize) -> Option<String> {
        let place = self.headers.iter().position(|header| header == column)?;
        let address = cell_address(u32::try_from(place).ok()?, u32::try_from(line).ok()?);
        Some(format!("{}!{address}", self.sheet?))
    }
}
