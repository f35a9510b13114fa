//! The sentences of the ability tables in each language. A table is data with its English; the twin is found by that sentence.

use super::Language;

/// The `reason` of a rule, or why a platform's own coupon is not changed; in English where a language has no twin of it.
pub fn reason_words(language: Language, reason: &str) -> String {
    let id = id_of(reason);
    let words = language.say(&id);
    if language == Language::English || words == id { reason.to_string() } else { words }
}

/// `reason-it-has-ended-already`.
fn id_of(reason: &str) -> String {
    let words = reason.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once("reason").chain(words).collect::<Vec<_>>().join("-").to_ascii_lowercase()
}
