//! What a letter looks like: the first line its title, the last line its foot, between them the most important first. Built in for each
//! language, and before these the team's own: a folder with a folder for each language, `zh-CN/export.txt`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use minijinja::Value;

use crate::domain::{Event, Message, Notice, Subject};
use crate::language::Language;
use crate::message;
use crate::replies::team_file::{self, Wrong, environment, tidy};

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/messages");

/// How the files are named and what they may say, for the folder that they lie in.
pub const FOLDER_README: &str = include_str!("../../templates/messages/README.md");

/// The kinds of letters, and what the template of each may name; `uncertain` and `time` in all of them.
const KINDS: [(&str, &[&str]); 5] = [
    (
        "export",
        &[
            "mark",
            "told",
            "critical",
            "is_reminder",
            "is_all_clear",
            "works_again",
            "items",
            "more",
            "resolved",
            "resolved_count",
            "resolved_more",
            "unchanged",
            "counts",
            "by_hand_open",
            "not_archived",
            "workbook",
            "export",
            "day",
            "slot",
        ],
    ),
    (
        "run",
        &[
            "mark",
            "undid",
            "by",
            "approved_by",
            "planned",
            "totals",
            "rows",
            "rows_more",
            "tasks",
            "tasks_more",
            "workbook",
            "run",
        ],
    ),
    ("approval", &["file", "by", "changes", "stores", "why", "run"]),
    ("failed", &["what", "file", "why", "next", "run"]),
    ("test", &["by", "run"]),
];
const FIELDS_OF_ALL: [&str; 2] = ["uncertain", "time"];

/// The built-in texts by file name, `en/export.txt`, to begin one's own with.
pub fn built_in() -> impl Iterator<Item = (String, &'static str)> {
    let files = FOLDER.dirs().flat_map(Dir::files);
    files.filter_map(|file| {
        // As one writes it everywhere.
        let name = file.path().iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        Some((name, file.contents_utf8()?))
    })
}

/// The texts that one channel's letters are written from.
#[derive(Debug, Clone, Default)]
pub struct MessageTemplates {
    own: BTreeMap<String, (PathBuf, String)>,
}

impl MessageTemplates {
    /// The team's own in `folder`, for letters in `language`. What cannot be used is left out, with a notice that names file, line and field.
    pub fn read(folder: &Path, language: Language) -> (Self, Vec<Notice>) {
        let (mut own, mut notices) = (BTreeMap::new(), Vec::new());
        let of_language = folder.join(language.tag());
        if !of_language.is_dir() {
            let what = message!("messages-no-folder", folder = language.tag());
            notices.push(notice(folder, None, what));
        }
        for (kind, _) in KINDS {
            let path = of_language.join(format!("{kind}.txt"));
            if !path.is_file() {
                continue;
            }
            match team_file::read(&path).and_then(|text| checked(kind, &path, &text).map(|()| text)) {
                Ok(text) => {
                    own.insert(kind.to_string(), (path, text));
                }
                Err(Wrong { line, what }) => notices.push(instead(&path, line, what)),
            }
        }
        (Self { own }, notices)
    }

    /// The text of a letter: at least a title and a foot. A template of the team's that fails is told, and the built-in one used.
    pub(super) fn render(&self, language: Language, event: &Event, facts: Value) -> (String, Option<Notice>) {
        let kind = kind_of(event);
        let mut told = None;
        if let Some((path, text)) = self.own.get(kind) {
            match rendered(&path.display().to_string(), text, &facts) {
                Ok(text) if text.lines().nth(1).is_some() => return (text, None),
                Ok(_) => told = Some(instead(path, None, message!("messages-too-short"))),
                Err(error) => told = Some(instead(path, error.line(), Wrong::broken(&error).what)),
            }
        }
        let mut built_in = [language, Language::ENGLISH].into_iter().filter_map(|language| {
            let file = FOLDER.get_file(format!("{}/{kind}.txt", language.tag()))?;
            rendered(kind, file.contents_utf8()?, &facts).ok()
        });
        // A test renders each of them in each language.
        (built_in.next().unwrap_or_else(|| format!("{kind}\ncouponbook")), told)
    }
}

fn kind_of(event: &Event) -> &'static str {
    match event {
        Event::Export(_) => "export",
        Event::Run(_) => "run",
        Event::Approval(_) => "approval",
        Event::Failed(_) => "failed",
        Event::Test(_) => "test",
    }
}

fn rendered(name: &str, text: &str, facts: &Value) -> Result<String, minijinja::Error> {
    environment().render_named_str(name, text, facts).map(|text| tidy(&text))
}

fn checked(kind: &str, path: &Path, text: &str) -> Result<(), Wrong> {
    let fields = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, fields)| *fields).unwrap_or_default();
    // What stands in a list is named by the template itself.
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_string();
    let is_known = |name: &str| fields.iter().chain(&FIELDS_OF_ALL).any(|field| *field == first(name));
    let wanted = |_: &str| [fields, &FIELDS_OF_ALL].concat().join(", ");
    team_file::check(&path.display().to_string(), text, is_known, wanted)
}

fn instead(path: &Path, line: Option<usize>, what: Message) -> Notice {
    notice(path, line, message!("messages-built-in-instead", what = what))
}

fn notice(file: &Path, line: Option<usize>, message: Message) -> Notice {
    Notice { subject: Subject::Export, store: None, file: Some(file.to_path_buf()), line, message }
}
