//! Something that an export does without, or did in one way of several.

use std::path::PathBuf;

use super::{Message, StoreId};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A row or cell of the campaign plan that was left out.
    CampaignPlan,
    /// A reply template that another one stands in for.
    ReplyTemplate,
    /// The export itself.
    Export,
}

/// Told on the terminal and, where it is about what a workbook does without, in its Summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub subject: Subject,
    /// Where it is about one store: no other store's workbook tells it.
    pub store: Option<StoreId>,
    /// Where the mistake stands, as the user named the file.
    pub file: Option<PathBuf>,
    /// As people count.
    pub line: Option<usize>,
    pub message: Message,
}

impl Notice {
    /// About no file.
    pub fn of_export(message: Message) -> Self {
        Self { subject: Subject::Export, store: None, file: None, line: None, message }
    }

    /// `campaigns.csv:7`, the file as it was named.
    pub fn place(&self) -> Option<String> {
        self.file.as_ref().map(|file| self.with_line(file.display().to_string()))
    }

    /// [`Notice::place`] without the file's folder.
    pub fn short_place(&self) -> Option<String> {
        let name = self.file.as_ref()?.file_name()?;
        Some(self.with_line(name.to_string_lossy().into_owned()))
    }

    fn with_line(&self, file: String) -> String {
        self.line.map_or(file.clone(), |line| format!("{file}:{line}"))
    }
}
