//! The message files: every language says everything, with the same facts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use couponbook::language::Language;
use couponbook::say;

/// Each message of a language with the facts that it names.
fn facts(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/language").join(language.tag());
    let mut facts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut message = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) = line.split_once('=').filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase())) {
                message = id.trim().to_string();
                let known = facts.insert(message.clone(), BTreeSet::new());
                assert!(known.is_none(), "{language}: {message} is there twice");
            }
            for named in line.split('$').skip(1) {
                let name = named.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').next().unwrap();
                facts.get_mut(&message).unwrap().insert(name.to_string());
            }
        }
    }
    facts
}

#[test]
fn every_language_says_the_same_messages_with_the_same_facts() {
    let english = facts(Language::ENGLISH);
    for language in Language::all() {
        assert_eq!(english, facts(language), "{language}");
    }
    for language in Language::all() {
        let read: BTreeSet<String> = facts(language).into_keys().collect();
        assert_eq!(language.ids(), read, "{language}: a file does not parse, or is not among the embedded ones");
    }
}

#[test]
fn counts_choose_the_plural_and_are_written_with_separators() {
    assert_eq!(say!(Language::ENGLISH, "count-stores", count = 1_u64), "1 store");
    assert_eq!(say!(Language::ENGLISH, "count-stores", count = 1200_u64), "1,200 stores");
    assert_eq!(say!(crate::chinese(), "count-stores", count = 1200_u64), "1,200 家店铺");
}

#[test]
fn a_tag_is_known_whatever_its_case() {
    assert_eq!(Language::parse(" zh-cn "), Some(crate::chinese()));
    assert_eq!(Language::parse("tlh"), None);
}
