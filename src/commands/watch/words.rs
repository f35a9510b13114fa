//! What managers read of the inbox: short texts beside their workbooks, in the language of each.

use std::collections::BTreeMap;
use std::path::Path;

use chrono_tz::Tz;

use crate::apply::PlanFile;
use crate::commands::say::as_typed;
use crate::domain::{Argument, Message, OutcomeKind, Person, Timestamp};
use crate::language::{Language, instant_words};
use crate::say;
use crate::watch::{DONE, Story, Waits};
use crate::workbook::words::outcome_words;

/// `2026-11-22-am-answer.txt`
pub(super) fn answer_name(name: &str) -> String {
    beside(name, "-answer.txt")
}

/// The same of what came later; of what was never answered before it is the answer.
pub(super) fn applied_name(story: &Story) -> String {
    if story.answers.is_empty() { answer_name(&story.name) } else { beside(&story.name, "-applied.txt") }
}

/// Why a file waits; it goes away once the file does not wait any more.
pub(super) fn note_name(name: &str) -> String {
    beside(name, "-waits.txt")
}

fn beside(name: &str, ending: &str) -> String {
    let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
    format!("{stem}{ending}")
}

/// As every editor shows it, Windows's oldest too.
fn text(lines: &[String]) -> Vec<u8> {
    let mut text = String::from('\u{feff}');
    for line in lines {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn listed(language: Language, why: &[Message]) -> impl Iterator<Item = String> {
    why.iter().map(move |why| format!("  ○ {}", language.render(why)))
}

/// `lines`, and below them what else is to be said.
fn with(mut lines: Vec<String>, language: Language, besides: &[Message]) -> Vec<String> {
    if !besides.is_empty() {
        lines.push(String::new());
        lines.extend(listed(language, besides));
    }
    lines
}

/// In the inbox, for whoever finds the folder.
pub(super) fn about(language: Language) -> String {
    let lines =
        ["watch-about-save", "watch-about-answer", "watch-about-leave"].map(|id| say!(language, id, done = DONE));
    String::from_utf8_lossy(&text(&lines)).into_owned()
}

/// What a plan's answer tells.
pub(super) struct Planned<'a> {
    pub language: Language,
    pub name: &'a str,
    pub file: &'a PlanFile,
    pub page: &'a str,
    pub plan: &'a Path,
    pub why: &'a [Message],
    /// What else is to be said of the workbook.
    pub besides: &'a [Message],
    /// Whether the config asks for a second person.
    pub needs_second: bool,
    pub has_people: bool,
    pub people: &'a [Person],
    /// Whom a code went to.
    pub codes: &'a [String],
}

pub(super) fn planned(it: &Planned) -> Vec<u8> {
    let language = it.language;
    let plan = &it.file.plan;
    let (changes, stores) = (plan.changes().count(), plan.stores().len());
    let left = plan.rows.len() - changes;
    let mut lines = vec![
        say!(language, "watch-planned", workbook = it.name, changes = changes, stores = stores),
        say!(language, "watch-page", page = it.page),
    ];
    if left > 0 {
        lines.push(say!(language, "watch-left-out", count = left, page = it.page));
    }
    lines.push(String::new());
    lines.push(language.say("watch-why"));
    lines.extend(listed(language, it.why));
    lines.push(String::new());
    let names = |people: &[&str]| people.join(&language.say("comma"));
    let all: Vec<&str> = it.people.iter().map(|person| person.name.as_str()).collect();
    let coded: Vec<&str> = it.codes.iter().map(String::as_str).collect();
    let keyed: Vec<&str> =
        it.people.iter().filter(|person| person.key.is_some()).map(|person| person.name.as_str()).collect();
    let command = |what: &str| format!("couponbook {what} {}", as_typed(it.plan));
    match (all.is_empty(), it.has_people && it.needs_second) {
        (false, _) => {
            lines.push(say!(language, "watch-waits-for", people = names(&all)));
            if !coded.is_empty() {
                lines.push(say!(language, "watch-waits-code", people = names(&coded), page = it.page));
            }
            if !keyed.is_empty() {
                let command = command("approve");
                lines.push(say!(language, "watch-waits-key", people = names(&keyed), command = command));
            }
        }
        (true, true) => lines.push(say!(language, "watch-waits-nobody", by = Argument::name(&plan.by))),
        (true, false) => {}
    }
    if !it.needs_second {
        lines.push(say!(language, "watch-waits-operator", command = command("apply")));
    }
    text(&with(lines, language, it.besides))
}

/// What an answer about a run tells.
pub(super) struct Applied<'a> {
    pub language: Language,
    pub name: &'a str,
    pub run: &'a str,
    pub by: &'a str,
    pub approved: &'a [String],
    pub totals: &'a BTreeMap<OutcomeKind, usize>,
    pub results: Option<&'a str>,
    pub besides: &'a [Message],
}

pub(super) fn applied(it: &Applied) -> Vec<u8> {
    let language = it.language;
    let by = Argument::name(it.by);
    let mut lines = vec![say!(language, "watch-applied", workbook = it.name, run = it.run, by = by)];
    if !it.approved.is_empty() {
        let people = it.approved.join(&language.say("comma"));
        lines.push(say!(language, "watch-applied-approved", people = people));
    }
    lines.push(String::new());
    for (kind, count) in it.totals.iter().filter(|(_, count)| **count > 0) {
        lines.push(say!(language, "watch-applied-count", what = outcome_words(language, *kind), count = *count));
    }
    lines.push(String::new());
    match it.results {
        Some(results) => lines.push(say!(language, "watch-applied-results", results = results)),
        None => lines.push(say!(language, "watch-applied-elsewhere", run = it.run)),
    }
    text(&with(lines, language, it.besides))
}

pub(super) fn not_applied(language: Language, name: &str, why: &str) -> Vec<u8> {
    text(&[
        say!(language, "watch-not-applied", workbook = name),
        format!("  ○ {why}"),
        String::new(),
        language.say("watch-not-applied-next"),
    ])
}

pub(super) fn nothing(language: Language, name: &str, (done, odd): (usize, usize), besides: &[Message]) -> Vec<u8> {
    let mut lines = vec![say!(language, "watch-nothing", workbook = name)];
    if done > 0 {
        lines.push(say!(language, "watch-nothing-done", count = done));
    }
    if odd > 0 {
        lines.push(say!(language, "watch-nothing-odd", count = odd));
    }
    text(&with(lines, language, besides))
}

pub(super) fn bad_cells(
    language: Language,
    name: &str,
    (count, to_mend): (usize, Option<&str>),
    besides: &[Message],
) -> Vec<u8> {
    let next = match to_mend {
        Some(copy) => say!(language, "watch-bad-cells-copy", copy = copy),
        None => language.say("watch-bad-cells-next"),
    };
    let lines = vec![say!(language, "watch-bad-cells", workbook = name, count = count), next];
    text(&with(lines, language, besides))
}

pub(super) fn unreadable(language: Language, name: &str, why: &Message) -> Vec<u8> {
    text(&[
        say!(language, "watch-unreadable", workbook = name),
        format!("  ○ {}", language.render(why)),
        String::new(),
        language.say("watch-nothing-sent"),
    ])
}

pub(super) fn approved(language: Language, workbook: &str, person: &str) -> Vec<u8> {
    text(&[say!(language, "watch-approved", workbook = workbook, person = Argument::name(person))])
}

pub(super) fn not_approved(language: Language, page: &str, why: &Message) -> Vec<u8> {
    text(&[
        say!(language, "watch-not-approved", page = page),
        format!("  ○ {}", language.render(why)),
        String::new(),
        language.say("watch-not-approved-next"),
    ])
}

/// What fails again and again, and is still tried.
pub(super) fn later(language: Language, name: &str, why: &Message) -> Vec<u8> {
    text(&[say!(language, "watch-waits", workbook = name), format!("  ○ {}", language.render(why))])
}

/// The same bytes again, under whatever name.
pub(super) fn duplicate(language: Language, name: &str, story: &Story, zone: Tz, now: Timestamp) -> Vec<u8> {
    let at = instant_words(language, story.seen, zone, now);
    let mut lines = vec![say!(language, "watch-duplicate", workbook = name, earlier = story.name.as_str(), at = at)];
    let answers: Vec<&str> = story.answers.iter().filter_map(|answer| answer.placed.as_deref()).collect();
    if !answers.is_empty() {
        lines.push(say!(language, "watch-duplicate-answers", answers = answers.join(&language.say("comma"))));
    }
    lines.push(language.say("watch-duplicate-next"));
    text(&lines)
}

/// Why a file waits, and what to do.
pub(super) fn note(language: Language, name: &str, waits: &Waits) -> Vec<u8> {
    let why = match waits {
        Waits::Settling => language.say("watch-waits-settling"),
        Waits::Open { lock } => say!(language, "watch-waits-open", lock = lock.as_str()),
        Waits::Empty => language.say("watch-waits-empty"),
        Waits::NotHere => language.say("watch-waits-not-here"),
        Waits::CutOff => language.say("watch-waits-cut-off"),
        Waits::Held { why } => say!(language, "watch-waits-held", why = why.as_str()),
        Waits::TwoVersions { other: Some(other) } => {
            say!(language, "watch-waits-two-versions", other = other.as_str())
        }
        Waits::TwoVersions { other: None } => language.say("watch-waits-conflict-copy"),
    };
    text(&[say!(language, "watch-waits", workbook = name), format!("  ○ {why}")])
}
