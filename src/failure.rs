//! What went wrong, in the user's words: a kind (which picks the exit code), one line, its causes, and what to do next.

use std::error::Error;
use std::fmt;

use crate::output::is_full;

/// The exit codes, documented in docs/commands.md and stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something failed; also an unreadable workbook, and an export that loaded no store at all.
    Failed = 1,
    /// Wrong usage, config, secret or zone.
    Usage = 2,
    /// The export found findings at or above `--fail-on`.
    Findings = 3,
    /// The workbook has bad, refused or conflicting rows.
    Workbook = 4,
    /// Some changes failed, are unknown or were not reached.
    Changes = 5,
    /// Another watcher works with the same state folder or inbox.
    Watched = 6,
}

impl Kind {
    /// As `--json` has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Findings => "findings",
            Self::Workbook => "workbook",
            Self::Changes => "changes",
            Self::Watched => "watched",
        }
    }
}

#[derive(Debug)]
pub struct Failure {
    pub kind: Kind,
    pub line: String,
    pub causes: Vec<String>,
    pub hint: Option<String>,
}

impl Failure {
    pub fn new(kind: Kind, line: impl Into<String>) -> Self {
        Self { kind, line: line.into(), causes: Vec::new(), hint: None }
    }

    /// From an error, with its chain of causes.
    pub fn of(kind: Kind, error: &(dyn Error + 'static)) -> Self {
        let mut failure = Self::new(kind, error.to_string());
        let mut cause = error.source();
        while let Some(error) = cause {
            // A message that repeats its cause says it once.
            let text = error.to_string();
            if !failure.line.contains(&text) && !failure.causes.contains(&text) {
                failure.causes.push(text);
            }
            cause = error.source();
        }
        if is_full(error) {
            failure.say_full();
        }
        failure
    }

    fn say_full(&mut self) {
        let said = |text: &String| text.contains(" is full");
        if !said(&self.line) && !self.causes.iter().any(said) {
            self.causes.push("the disk is full or a quota is used up".to_string());
        }
        self.hint = Some(
            "make room on that disk, and run the same command again: what was kept before is whole, and nothing is done twice"
                .to_string(),
        );
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn code(&self) -> u8 {
        self.kind as u8
    }

    /// What `--json` prints where there is no other document.
    pub fn json(&self) -> String {
        let Self { kind, line, causes, hint } = self;
        let error = serde_json::json!({ "kind": kind.word(), "message": line, "causes": causes, "next": hint });
        format!("{:#}", serde_json::json!({ "error": error, "exit": self.code() }))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.line)?;
        for cause in &self.causes {
            write!(f, "\n  because: {cause}")?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl From<crate::settings::SettingsError> for Failure {
    fn from(error: crate::settings::SettingsError) -> Self {
        Self::of(Kind::Usage, &error)
    }
}

impl From<crate::apply::ApplyError> for Failure {
    fn from(error: crate::apply::ApplyError) -> Self {
        use crate::apply::ApplyError::{
            BadRows, Disagrees, ForgedSnapshot, Forgotten, NeedsApproval, NoPart, NobodyToAsk, NotAllowed, Stale,
            UnknownPlan, UsedPlan,
        };
        let kind = match error {
            BadRows { .. } | NoPart { .. } | ForgedSnapshot { .. } => Kind::Workbook,
            UsedPlan(_) | Stale(_) | Forgotten(_) | UnknownPlan(_) | Disagrees(_) => Kind::Workbook,
            NeedsApproval { .. } | NotAllowed { .. } => Kind::Workbook,
            NobodyToAsk => Kind::Usage,
            _ => Kind::Failed,
        };
        let failure = Self::of(kind, &error);
        Self { hint: error.hint().or(failure.hint), ..failure }
    }
}

macro_rules! failed {
    ($($error:ty),+ $(,)?) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::of(Kind::Failed, &error)
            }
        })+
    };
}

failed!(
    crate::archive::ArchiveError,
    crate::durable::DurableError,
    crate::export::BookError,
    crate::export::ExportError,
    crate::watch::LedgerError,
    crate::watch::SlotError,
    crate::journal::JournalError,
    crate::sandbox::SandboxError,
    crate::workbook::read::ReadError,
    crate::workbook::write::WriteError,
);
