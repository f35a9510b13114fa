//! What is to be told, in the words of who reads it and in no channel's form.

use std::path::PathBuf;

use crate::domain::Timestamp;
use crate::language::Language;

/// One message. All of its text is plain: a channel puts its own marks around it, and makes harmless what in the text would be
/// marks of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The same at every try, letters, digits, `_` and `-` only: who got it twice can tell.
    pub key: String,
    /// What happened, dotted as Standard Webhooks wants its types: `export.finished`.
    pub kind: &'static str,
    /// When it happened.
    pub at: Timestamp,
    pub tone: Tone,
    /// One line: what happened, in words.
    pub title: String,
    /// Most important first. What a channel has no room for goes from the end, and its number is said.
    pub lines: Vec<String>,
    /// The last line, that is never left out: run, workbook, local time.
    pub foot: String,
    /// The language of its reader: a channel says in it how many lines were left out.
    pub language: Language,
    /// Sent along where the channel takes files and it is not too big; else its name in `foot` has to do.
    pub attachment: Option<Attachment>,
    /// The same as data, for programs.
    pub data: serde_json::Value,
}

/// Which colour or sign stands beside the title; never the only one to say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Bad,
    Warning,
    Good,
    Plain,
}

/// A file that goes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub file: PathBuf,
    /// As the reader sees it.
    pub name: String,
}
