//! The message files themselves, parsed once.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::Language;

macro_rules! files {
    ($tag:literal) => {
        [
            include_str!(concat!("../../templates/language/", $tag, "/words.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/rules.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/coupons.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/summary.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/checklist.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/by_hand.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/coverage.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/stores.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/replies.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/help.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/results.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/reasons.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/week.ftl")),
            include_str!(concat!("../../templates/language/", $tag, "/history.ftl")),
        ]
    };
}

static ENGLISH: LazyLock<Messages> = LazyLock::new(|| Messages::parse(Language::English, &files!("en")));
static CHINESE: LazyLock<Messages> = LazyLock::new(|| Messages::parse(Language::SimplifiedChinese, &files!("zh-CN")));

struct Messages {
    bundle: FluentBundle<FluentResource>,
    ids: BTreeSet<String>,
}

impl Messages {
    // What a file has wrong is left out, and its messages then miss in the test of the files.
    fn parse(language: Language, files: &[&str]) -> Self {
        // It chooses the plurals; every tag of ours parses.
        let tag = language.tag().parse::<LanguageIdentifier>().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // The marks around each fact say where a Chinese sentence needs a space; they never reach a cell.
        bundle.set_use_isolating(language == Language::SimplifiedChinese);
        bundle.set_formatter(Some(|value, _| match value {
            FluentValue::Number(number) => Some(grouped(number.value)),
            _ => None,
        }));
        let mut ids = BTreeSet::new();
        for file in files {
            let resource = match FluentResource::try_new((*file).to_string()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            ids.extend(resource.entries().filter_map(|entry| match entry {
                fluent_syntax::ast::Entry::Message(message) => Some(message.id.name.to_string()),
                _ => None,
            }));
            let _ = bundle.add_resource(resource);
        }
        Self { bundle, ids }
    }
}

fn messages(language: Language) -> &'static Messages {
    match language {
        Language::English => &ENGLISH,
        Language::SimplifiedChinese => &CHINESE,
    }
}

pub(super) fn message(language: Language, id: &str, facts: &FluentArgs) -> Option<String> {
    let bundle = &messages(language).bundle;
    let pattern = bundle.get_message(id)?.value()?;
    let mut missing = Vec::new();
    let said = bundle.format_pattern(pattern, Some(facts), &mut missing);
    Some(if language == Language::SimplifiedChinese { spaced(&said) } else { said.into_owned() })
}

const FACT_BEGINS: char = '\u{2068}';
const FACT_ENDS: char = '\u{2069}';

/// The sentence with a space wherever a fact in Latin letters or digits meets a Chinese letter: `但 Black Friday 持续到`,
/// and `但双十一持续到`.
fn spaced(said: &str) -> String {
    let is_mark = |letter: char| matches!(letter, FACT_BEGINS | FACT_ENDS);
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let mut sentence = String::with_capacity(said.len());
    let (mut before, mut at_edge) = (None, false);
    for letter in said.chars() {
        if is_mark(letter) {
            at_edge = true;
            continue;
        }
        let meets = |left: char, right: char| is_chinese(left) && right.is_ascii_alphanumeric();
        if at_edge && before.is_some_and(|before| meets(before, letter) || meets(letter, before)) {
            sentence.push(' ');
        }
        sentence.push(letter);
        (before, at_edge) = (Some(letter), false);
    }
    sentence
}

pub(super) fn ids(language: Language) -> BTreeSet<String> {
    messages(language).ids.clone()
}

/// `1,200`: separators as both languages write them.
pub(super) fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut words = if number < 0.0 { "-".to_string() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}
