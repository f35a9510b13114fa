//! Words of which one is meant: currencies, zones, platforms, and whatever else a key takes one of.

use chrono_tz::Tz;
use toml::Spanned;

use super::asked::Form;
use super::complaints::Complaints;
use crate::domain::Currency;
use crate::platforms::{self, Platforms};

pub(super) fn zone(typed: &Spanned<String>, complaints: &Complaints) -> Option<Tz> {
    let zone = typed.get_ref().trim().parse().ok();
    let what = format!("{:?} is not a time zone", typed.get_ref());
    complaints.read(zone, typed.span().start, what, "write an IANA name, such as Asia/Singapore")
}

pub(super) fn currency(typed: &Spanned<String>, complaints: &Complaints) -> Option<Currency> {
    Currency::parse(typed.get_ref()).map_err(|error| complaints.at(typed.span().start, error.to_string(), "")).ok()
}

pub(super) fn platform_form(platforms: Platforms) -> Form {
    Form::Word(platforms.entries().map(|entry| entry.abilities.platform.word()).collect())
}

pub(super) fn platform(
    typed: &Spanned<String>,
    platforms: Platforms,
    complaints: &Complaints,
) -> Option<&'static platforms::Entry> {
    let words = platforms.entries().map(|entry| (entry.abilities.platform.word(), entry));
    choice(typed, "a platform", words, complaints)
}

/// The one of `words` that is written, whatever its case; `kind` says what they are: "a severity".
pub(super) fn choice<T>(
    typed: &Spanned<String>,
    kind: &str,
    words: impl IntoIterator<Item = (&'static str, T)>,
    complaints: &Complaints,
) -> Option<T> {
    let plain = |word: &str| word.trim().to_lowercase().replace([' ', '-'], "_");
    let mut known = Vec::new();
    for (word, value) in words {
        if plain(word) == plain(typed.get_ref()) {
            return Some(value);
        }
        known.push(word);
    }
    let what = format!("{:?} is not {kind}", typed.get_ref());
    complaints.at(typed.span().start, what, wanted_of(typed.get_ref(), known.into_iter(), ""));
    None
}

/// The one of `known` that somebody who wrote `written` must have meant: the only one that begins so, or that is
/// nearly the same.
pub fn nearest<'w>(written: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    const LIKENESS_MIN: f64 = 0.6;
    const BEGINNING_MIN: usize = 3;
    let (written, known) = (written.trim().to_lowercase(), known.collect::<Vec<_>>());
    let begins_so = |word: &&&str| written.len() >= BEGINNING_MIN && word.to_lowercase().starts_with(&written);
    let beginning: Vec<_> = known.iter().filter(begins_so).collect();
    if let [only] = beginning.as_slice() {
        return Some(only);
    }
    let likeness = |word: &&str| strsim::normalized_damerau_levenshtein(&written, &word.to_lowercase());
    let nearest = known.iter().copied().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    let is_as_near = |word: &&&str| **word != nearest && likeness(word) >= likeness(&nearest);
    (likeness(&nearest) >= LIKENESS_MIN && !known.iter().any(|word| is_as_near(&word))).then_some(nearest)
}

/// What to write instead of `written`: the word that is nearly the same, else any of `known`.
pub(super) fn wanted_of<'w>(written: &str, known: impl Iterator<Item = &'w str>, quote: &str) -> String {
    let known: Vec<&str> = known.collect();
    match nearest(written, known.iter().copied()) {
        Some(word) => format!("write {quote}{word}{quote}"),
        None => {
            let known: Vec<_> = known.iter().map(|word| format!("{quote}{word}{quote}")).collect();
            format!("write one of {}", known.join(", "))
        }
    }
}
