//! Why a file cannot be read at all. What is wrong in single cells is a `CellProblem` and never ends up here.

use std::fmt;
use std::path::PathBuf;

use super::text::shorten;
use crate::domain::{Argument, Message};
use crate::language::Language;
use crate::message;

/// `reports/monday.xlsx: this is an old .xls workbook; open it and save it as .xlsx`
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct ReadError {
    pub path: PathBuf,
    #[source]
    pub reason: Reason,
}

/// What it is, and what to do next: one sentence.
#[derive(Debug)]
pub struct Reason {
    pub message: Message,
    source: Option<std::io::Error>,
}

impl From<Message> for Reason {
    fn from(message: Message) -> Self {
        Self { message, source: None }
    }
}

impl Reason {
    pub(super) fn unreadable(source: std::io::Error) -> Self {
        Self { message: message!("read-unreadable"), source: Some(source) }
    }

    /// `what` is no .xlsx workbook: the message of its kind.
    pub(super) fn other_kind(what: &'static str) -> Self {
        message!("read-other-kind", what = message!(what)).into()
    }

    pub(super) fn damaged(detail: Message) -> Self {
        message!("read-damaged", detail = detail).into()
    }

    /// The words are those of a library.
    pub(super) fn broken(error: impl fmt::Display) -> Self {
        Self::damaged(Message::as_written(shorten(&error.to_string(), DETAIL_LETTERS)))
    }

    /// [`Reason::broken`], in a part of the file.
    pub(super) fn broken_in(part: &str, error: impl fmt::Display) -> Self {
        let error = shorten(&error.to_string(), DETAIL_LETTERS);
        Self::damaged(message!("read-in-part", part = part, what = error))
    }

    /// Whether the file holds more than is read of one that may be anybody's.
    pub fn is_too_much(&self) -> bool {
        self.message.id() == "read-too-much"
    }

    /// It holds more than is read. What to do about it says the message that is called as `what` is, with `-advice` behind it.
    pub(super) fn too_much(what: Message, limit: impl Into<Argument>) -> Self {
        let advice = Message::new(format!("{}-advice", what.id()), Vec::new());
        message!("read-too-much", what = what, limit = limit.into(), advice = advice).into()
    }
}

const DETAIL_LETTERS: usize = 120;

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Language::ENGLISH.render(&self.message))
    }
}

impl std::error::Error for Reason {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
