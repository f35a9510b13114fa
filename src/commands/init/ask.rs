//! The questions of `init` on a terminal. What was answered before stands in brackets, so that Enter keeps it.

use std::collections::BTreeMap;
use std::path::Path;

use super::chat::{self, Chat};
use super::example::{Example, Line, examples};
use super::{OwnStore, examples_of};
use crate::commands::context::Context;
use crate::failure::{Failure, Kind};
use crate::language::Language;
use crate::settings::{Problem, Settings};

const BEGIN: &str = "\
This writes couponbook.toml with your first store, checks it, and offers to run the first export.
Enter takes what stands in brackets. A secret is never typed here: only where it lies.";

/// Said of a secret that is not named by its place; what was typed is not repeated.
pub const NOT_A_PLACE: &str = "write where the secret lies, not the secret itself: env:NAME of a variable, file:PATH of a file, or keyring:SERVICE/ENTRY";

/// How often the answers can be corrected.
const ROUNDS_MAX: usize = 5;

/// A store that can be written to `file`; none where somebody begins with the mock shops.
pub fn ask(context: &Context, file: &Path) -> Result<Option<OwnStore>, Failure> {
    context.world.note(BEGIN);
    let Some(known) = platform(context)? else { return Ok(None) };
    let example = way(context, &known)?;
    let mut typed: BTreeMap<String, String> = BTreeMap::new();
    let (mut language, mut chat) = (None, None);
    for _ in 0..ROUNDS_MAX {
        for line in example.lines.iter().filter(|line| line.key != "platform" && !line.is_optional) {
            let answer = value(context, line, typed.get(line.key))?;
            typed.insert(line.key.to_string(), answer);
        }
        language = self::language(context, language)?;
        chat = self::chat(context, chat)?;
        let language = Some(language.unwrap_or_default());
        let own = OwnStore { example: example.clone(), typed: typed.clone(), language, chat: chat.clone() };
        match Settings::check_text(&own.config(), file, context.world.platforms) {
            Ok(()) => return Ok(Some(own)),
            Err(error) => {
                let wrong: Vec<String> = error.problems.iter().map(problem_words).collect();
                let wrong = wrong.join("\n");
                context.world.note(&format!("Something is not right yet:\n{wrong}\nOnce more; Enter keeps an answer."));
            }
        }
    }
    Err(unanswered())
}

/// Of a file that is not written yet no line is named.
fn problem_words(problem: &Problem) -> String {
    match problem.wanted.as_str() {
        "" => format!("  {}", problem.what),
        wanted => format!("  {}; {wanted}", problem.what),
    }
}

/// What `--set` and its like would say of a key.
pub fn flag(line: &Line) -> String {
    match line.key {
        "id" => format!("--store {}", line.typed()),
        "currency" => format!("--currency {}", line.typed()),
        "time_zone" => format!("--time-zone {}", line.typed()),
        key => format!("--set {key}={}", line.typed()),
    }
}

fn unanswered() -> Failure {
    Failure::new(Kind::Usage, "the questions were not answered to the end, and nothing was written")
        .hint("run it again, or give the answers as flags: couponbook init --help")
}

fn asked(context: &Context, question: &str) -> Result<String, Failure> {
    context.world.ask(question).ok_or_else(unanswered)
}

/// The examples of the platform that was chosen; none for the mock shops.
fn platform(context: &Context) -> Result<Option<Vec<Example>>, Failure> {
    let mut names: Vec<&str> = examples().iter().map(|example| example.platform).collect();
    names.dedup();
    let question = format!("Which platform is your first store on: {}? [begin with two mock shops]", names.join(", "));
    loop {
        let answer = asked(context, &question)?;
        if answer.is_empty() {
            return Ok(None);
        }
        match examples_of(&answer, context) {
            Ok(known) => return Ok(Some(known)),
            Err(failure) => context.world.note(&failure.line),
        }
    }
}

/// A platform may be signed in to in several ways, each with keys of its own.
fn way(context: &Context, known: &[Example]) -> Result<Example, Failure> {
    let needed = |example: &Example| -> Vec<&str> {
        let needed = example.lines.iter().filter(|line| !line.is_optional);
        let is_own = |line: &&Line| known.iter().any(|other| other.lines.iter().all(|one| one.key != line.key));
        needed.filter(is_own).map(|line| line.key).collect()
    };
    if known.len() > 1 {
        let ways: Vec<String> = (1..)
            .zip(known)
            .map(|(number, example)| format!("{number} with {}", needed(example).join(" and ")))
            .collect();
        loop {
            let answer = asked(context, &format!("How is it signed in to: {}? [1]", ways.join(", ")))?;
            let number = if answer.is_empty() { Ok(1) } else { answer.parse::<usize>() };
            if let Some(example) = number.ok().and_then(|number| known.get(number.checked_sub(1)?)) {
                return Ok(example.clone());
            }
        }
    }
    known.first().cloned().ok_or_else(unanswered)
}

fn value(context: &Context, line: &Line, before: Option<&String>) -> Result<String, Failure> {
    let example = line.typed();
    // Ids of a shop are never guessed.
    let default = before.cloned().or_else(|| (line.key == "id" || line.is_secret()).then(|| example.clone()));
    let what = if line.is_secret() { format!("Where {} lies", line.key) } else { words(line.key) };
    let question = match &default {
        Some(default) => format!("{what} [{default}]:"),
        None => format!("{what}, such as {example}:"),
    };
    loop {
        let answer = asked(context, &question)?;
        let answer = if answer.is_empty() { default.clone().unwrap_or_default() } else { answer };
        if answer.is_empty() {
            continue;
        }
        if line.with(&answer).is_some() {
            return Ok(answer);
        }
        context.world.note(NOT_A_PLACE);
    }
}

/// What a key of every store is; the others are called as in the platform's own pages.
fn words(key: &str) -> String {
    match key {
        "id" => "A name of your own for the store".to_string(),
        "currency" => "The currency that it sells in".to_string(),
        "time_zone" => "Its time zone".to_string(),
        "endpoint" => "The address of the shop".to_string(),
        key => key.to_string(),
    }
}

fn language(context: &Context, before: Option<Language>) -> Result<Option<Language>, Failure> {
    let known: Vec<&str> = Language::all().map(Language::tag).collect();
    let default = before.unwrap_or_default();
    loop {
        let answer = asked(context, &format!("What workbooks are written in: {}? [{default}]", known.join(", ")))?;
        if answer.is_empty() {
            return Ok(Some(default));
        }
        if let Some(language) = Language::parse(&answer) {
            return Ok(Some(language));
        }
    }
}

/// Which chat the team reads, and what is needed to write there; none where nobody is to be told.
fn chat(context: &Context, before: Option<Chat>) -> Result<Option<Chat>, Failure> {
    let default = before.as_ref().map_or("none", |chat| chat.kind.word());
    let question = format!("Which chat, or mail, does your team read: {}? [{default}]", chat::kinds());
    let kind = loop {
        let answer = asked(context, &question)?;
        match (answer.to_lowercase().as_str(), chat::kind(&answer)) {
            ("", _) => break before.as_ref().map(|chat| chat.kind),
            ("none", _) => break None,
            (_, Some(kind)) => break Some(kind),
            (_, None) => context.world.note(&format!("write one of {}, or none", chat::kinds())),
        }
    };
    let Some(kind) = kind else { return Ok(None) };
    let mut typed = before.filter(|chat| chat.kind == kind).map(|chat| chat.typed).unwrap_or_default();
    for line in chat::lines(kind) {
        // Whoever signs in with no name has no password either.
        if line.key == "password" && !typed.contains_key("login") {
            typed.remove("password");
            continue;
        }
        let answer = match line.is_optional && line.key != "password" {
            true => without(context, &line, typed.get(line.key))?,
            false => Some(value(context, &line, typed.get(line.key))?),
        };
        match answer {
            Some(answer) => typed.insert(line.key.to_string(), answer),
            None => typed.remove(line.key),
        };
    }
    Ok(Some(Chat { kind, typed }))
}

/// What may be left out.
fn without(context: &Context, line: &Line, before: Option<&String>) -> Result<Option<String>, Failure> {
    let what = if line.is_secret() { format!("Where {} lies", line.key) } else { words(line.key) };
    let default = before.map_or("none", String::as_str);
    loop {
        let answer = asked(context, &format!("{what}, such as {}, or none [{default}]:", line.typed()))?;
        match answer.as_str() {
            "" => return Ok(before.cloned()),
            "none" => return Ok(None),
            answer if line.with(answer).is_some() => return Ok(Some(answer.to_string())),
            _ => context.world.note(NOT_A_PLACE),
        }
    }
}
