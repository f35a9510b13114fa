//! What a reply looks like: the built-in texts, and the team's own files that go before them.
//!
//! A file is called after what the customer says and the language: `expired.th.txt`. One that is called after a finding,
//! `rejected.en.txt`, is used for that finding alone. Every file is checked when it is read, whether it is needed today or not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use minijinja::Value;

use super::language_tag::LanguageTag;
use super::speech::Speech;
use super::team_file::{self, Wrong, environment, tidy};
use super::trouble::is_noticed;
use crate::domain::{FindingCode, Message, Notice, Situation, Subject};
use crate::message;

/// What a template may name.
const FIELDS: [&str; 16] = [
    "label",
    "code",
    "name",
    "discount",
    "min_spend",
    "starts",
    "ends",
    "ends_with_day",
    "has_started",
    "has_ended",
    "claim_is_over",
    "counts_uses",
    "has_terms",
    "campaign",
    "store",
    "other",
];
/// What it may name of `other`.
const FIELDS_OF_OTHER: [&str; 8] =
    ["label", "code", "name", "discount", "min_spend", "starts", "ends", "ends_with_day"];

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/replies");

/// The built-in texts by file name, to begin one's own with.
pub fn built_in() -> impl Iterator<Item = (&'static str, &'static str)> {
    let named = FOLDER.files().filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?)));
    named.filter(|(name, _)| name.ends_with(".txt"))
}

/// How the files are named and what they may say, for the folder that they lie in.
pub const FOLDER_README: &str = include_str!("../../templates/replies/README.md");

type Key = (String, LanguageTag);

/// The texts that replies are written from.
#[derive(Debug, Clone)]
pub struct Templates {
    built_in: BTreeMap<Key, Template>,
    own: BTreeMap<Key, Template>,
}

#[derive(Debug, Clone)]
struct Template {
    /// As the user named it.
    file: String,
    text: String,
}

impl Default for Templates {
    fn default() -> Self {
        let built_in = built_in().filter_map(|(name, text)| {
            let template = Template { file: name.to_string(), text: text.to_string() };
            Some((key_of(name)?, template))
        });
        Self { built_in: built_in.collect(), own: BTreeMap::new() }
    }
}

impl Templates {
    /// The built-in texts and, before them, the files in `folder`. What cannot be used is left out, with a notice that names
    /// file, line and field.
    pub fn read(folder: &Path) -> (Self, Vec<Notice>) {
        let mut templates = Self::default();
        let mut notices = Vec::new();
        let mut files: Vec<PathBuf> = match std::fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
            Err(error) => {
                let what = message!("replies-folder-unreadable", error = error.to_string());
                notices.push(notice(folder, None, what));
                return (templates, notices);
            }
        };
        files.sort();
        for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "txt")) {
            match own_template(path) {
                Ok((key, template)) => {
                    templates.own.insert(key, template);
                }
                Err(Wrong { line, what }) => {
                    notices.push(notice(path, line, message!("replies-built-in-instead", what = what)));
                }
            }
        }
        (templates, notices)
    }

    /// The first text that can be written, with the tag of its language: the team's before the built-in, a finding's before the
    /// situation's, the store's language before English. `facts` are asked for in the language of the text.
    pub(super) fn render(
        &self,
        language: &LanguageTag,
        situation: Situation,
        code: Option<FindingCode>,
        facts: &dyn Fn(&Speech) -> Value,
        notices: &mut Vec<Notice>,
    ) -> Option<(String, String)> {
        for language in language.chain() {
            for templates in [&self.own, &self.built_in] {
                let named = [code.map(FindingCode::code), Some(situation.word())];
                let found =
                    named.into_iter().flatten().find_map(|name| templates.get(&(name.to_string(), language.clone())));
                let Some(template) = found else { continue };
                match environment().render_named_str(&template.file, &template.text, facts(Speech::of(&language))) {
                    Ok(text) => return Some((language.tag().to_string(), tidy(&text))),
                    Err(error) => {
                        let what = message!("replies-another-instead", what = Wrong::broken(&error).what);
                        let notice = notice(Path::new(&template.file), error.line(), what);
                        if !notices.contains(&notice) {
                            notices.push(notice);
                        }
                    }
                }
            }
        }
        None
    }
}

fn own_template(path: &Path) -> Result<(Key, Template), Wrong> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let key = key_of(&name).ok_or_else(|| {
        let names: Vec<&str> = Situation::ALL.iter().map(|situation| situation.word()).collect();
        Wrong::of(message!("replies-file-name", names = names.join(", ")))
    })?;
    let text = team_file::read(path)?;
    let file = path.display().to_string();
    check(&file, &text)?;
    Ok((key, Template { file, text }))
}

fn check(file: &str, text: &str) -> Result<(), Wrong> {
    team_file::check(file, text, is_known, |name| match name.split_once('.') {
        Some(("other", _)) => format!("other.{}", FIELDS_OF_OTHER.join(", other.")),
        _ => FIELDS.join(", "),
    })
}

fn is_known(name: &str) -> bool {
    match name.split_once('.') {
        Some(("other", field)) => FIELDS_OF_OTHER.contains(&field),
        Some(_) => false,
        None => FIELDS.contains(&name),
    }
}

/// `expired.th.txt`: what the customer says (or a finding that customers notice) and the language.
fn key_of(name: &str) -> Option<Key> {
    let mut parts = name.split('.');
    let (about, tag, ending) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !ending.eq_ignore_ascii_case("txt") {
        return None;
    }
    let about = about.trim().to_ascii_lowercase();
    let is_finding = about.parse().is_ok_and(is_noticed);
    (is_finding || about.parse::<Situation>().is_ok()).then_some((about, LanguageTag::parse(tag)?))
}

fn notice(file: &Path, line: Option<usize>, message: Message) -> Notice {
    Notice { subject: Subject::ReplyTemplate, store: None, file: Some(file.to_path_buf()), line, message }
}
