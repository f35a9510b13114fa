//! The message files themselves, parsed once: a folder a language under `templates/language/`, built into the program.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use include_dir::{Dir, include_dir};
use unic_langid::LanguageIdentifier;

use super::dates::DateWords;
use super::{Language, Script};
use crate::domain::grouped;

static FOLDERS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/language");

/// The language that the program is written in; what another lacks is said in it.
const SOURCE: &str = "en";

static ALL: LazyLock<Vec<Messages>> = LazyLock::new(|| {
    let mut all: Vec<Messages> = FOLDERS.dirs().map(Messages::parse).collect();
    all.sort_by_key(|messages| (messages.tag != SOURCE, messages.tag));
    all
});

pub(super) struct Messages {
    pub tag: &'static str,
    pub script: Script,
    pub dates: DateWords,
    bundle: FluentBundle<FluentResource>,
    ids: BTreeSet<String>,
}

impl Messages {
    // What a file has wrong is left out, and its messages then miss in the test of the files.
    fn parse(folder: &'static Dir<'static>) -> Self {
        let tag = folder.path().to_str().unwrap_or_default();
        // It chooses the plurals.
        let mut bundle = FluentBundle::new_concurrent(vec![tag.parse::<LanguageIdentifier>().unwrap_or_default()]);
        // The marks around each argument say where a Chinese sentence needs a space; they never reach a reader.
        bundle.set_formatter(Some(|value, _| match value {
            // Counts alone are numbers, and none is below zero.
            FluentValue::Number(number) => Some(grouped(format!("{:.0}", number.value))),
            _ => None,
        }));
        let mut ids = BTreeSet::new();
        for file in folder.files().filter_map(|file| file.contents_utf8()) {
            let resource = match FluentResource::try_new(file.to_string()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            ids.extend(resource.entries().filter_map(|entry| match entry {
                fluent_syntax::ast::Entry::Message(message) => Some(message.id.name.to_string()),
                _ => None,
            }));
            let _ = bundle.add_resource(resource);
        }
        let fixed = |id: &str| said(&bundle, id, &FluentArgs::new()).map(|words| unmarked(&words)).unwrap_or_default();
        let script = if fixed("language-script") == "han" { Script::Han } else { Script::Latin };
        let dates = DateWords::of(fixed);
        bundle.set_use_isolating(script == Script::Han);
        Self { tag, script, dates, bundle, ids }
    }
}

fn said(bundle: &FluentBundle<FluentResource>, id: &str, arguments: &FluentArgs) -> Option<String> {
    let pattern = bundle.get_message(id)?.value()?;
    Some(bundle.format_pattern(pattern, Some(arguments), &mut Vec::new()).into_owned())
}

/// What a message said in earlier versions of the program, where workbooks of theirs are read by it: its attribute `earlier`.
pub(super) fn earlier(language: Language, id: &str) -> Option<String> {
    let bundle = &messages(language).bundle;
    let pattern = bundle.get_message(id)?.get_attribute("earlier")?.value();
    Some(bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned())
}

/// How many languages there are, the source language first.
pub(super) fn count() -> u8 {
    ALL.len() as u8
}

pub(super) fn messages(language: Language) -> &'static Messages {
    #[expect(clippy::indexing_slicing, reason = "only `Language::all` and `ENGLISH` make one, and `en` is built in")]
    &ALL[usize::from(language.0)]
}

pub(super) fn message(language: Language, id: &str, arguments: &FluentArgs) -> Option<String> {
    let messages = messages(language);
    let said = said(&messages.bundle, id, arguments)?;
    Some(match messages.script {
        Script::Han => spaced(&said),
        Script::Latin => said,
    })
}

const ARGUMENT_BEGINS: char = '\u{2068}';
const ARGUMENT_ENDS: char = '\u{2069}';

fn is_mark(letter: char) -> bool {
    matches!(letter, ARGUMENT_BEGINS | ARGUMENT_ENDS)
}

fn unmarked(said: &str) -> String {
    said.replace(is_mark, "")
}

/// The sentence with a space wherever an argument in Latin letters or digits meets a Chinese letter: `但 Black Friday 持续到`,
/// and `但双十一持续到`.
fn spaced(said: &str) -> String {
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let mut sentence = String::with_capacity(said.len());
    let (mut before, mut at_edge) = (None, false);
    for letter in said.chars() {
        if is_mark(letter) {
            at_edge = true;
            continue;
        }
        let meets = |left: char, right: char| is_chinese(left) && right.is_ascii_alphanumeric();
        // 10 % in English, 10% in Chinese.
        if letter == '%' && before.is_some_and(char::is_whitespace) {
            sentence.pop();
        }
        if at_edge && before.is_some_and(|before| meets(before, letter) || meets(letter, before)) {
            sentence.push(' ');
        }
        sentence.push(letter);
        (before, at_edge) = (Some(letter), false);
    }
    sentence
}

pub(super) fn has(language: Language, id: &str) -> bool {
    messages(language).ids.contains(id)
}

pub(super) fn ids(language: Language) -> BTreeSet<String> {
    messages(language).ids.clone()
}
