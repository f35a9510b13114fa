//! Sends approvers the one-time codes that they approve a plan with: each to the channel that only they read, and nowhere else. A code
//! waits in no outbox; one that did not get through is made anew.

use std::path::Path;

use serde_json::json;

use super::context::Context;
use super::say::as_typed;
use crate::apply::{OneTimeCode, PlanFile, code_readers, make_code};
use crate::domain::{Argument, Message, Person};
use crate::failure::{Failure, Kind};
use crate::journal::Journal;
use crate::language::{Language, instant_words};
use crate::messages::{self, Answer, Channel, Letter, Tone};
use crate::plan::{ApprovalLimits, why_approval};
use crate::say;
use crate::settings::{MessageSettings, Settings};

/// A plan that waits for a second person.
pub struct Waiting<'a> {
    pub path: &'a Path,
    pub file: &'a PlanFile,
    /// Of the plan's bytes, in hexadecimal digits.
    pub sha256: &'a str,
}

/// Whom a code went to, and what is told of it: a line each.
#[derive(Debug, Default)]
pub struct CodesSent {
    pub people: Vec<String>,
    pub lines: Vec<String>,
}

/// Why a second person has to approve it; empty where nobody has to.
pub fn why_waiting(file: &PlanFile, settings: &Settings) -> Vec<Message> {
    let may_lose_money = file.made_with.as_ref().is_some_and(|made| made.allowed.losing_money);
    settings.approval.as_ref().map(|limits| why_approval(&file.plan, limits, may_lose_money)).unwrap_or_default()
}

/// Sends a code to everybody who can approve the plan and has a channel of their own.
///
/// # Errors
/// Where a code cannot be made. One that does not get through is a line.
pub async fn send_codes(
    waiting: &Waiting<'_>,
    settings: &Settings,
    journal: &Journal,
    context: &Context<'_>,
) -> Result<CodesSent, Failure> {
    let why = why_waiting(waiting.file, settings);
    if why.is_empty() {
        Ok(CodesSent::default())
    } else {
        send_codes_for(&why, waiting, settings, journal, context).await
    }
}

/// The same, whatever `why` is that somebody has to approve it.
///
/// # Errors
/// As those of [`send_codes`].
pub async fn send_codes_for(
    why: &[Message],
    waiting: &Waiting<'_>,
    settings: &Settings,
    journal: &Journal,
    context: &Context<'_>,
) -> Result<CodesSent, Failure> {
    let mut sent = CodesSent::default();
    let hours = settings.approval.as_ref().map_or(ApprovalLimits::USUAL_HOURS, |limits| limits.hours);
    for person in code_readers(&waiting.file.plan, &settings.people) {
        let Some((reader, channel)) = channel_of(person, settings) else { continue };
        let channel = match channel {
            Ok(channel) => channel,
            Err(why) => {
                sent.lines.push(format!("No code went to {}: {why}", person.name));
                continue;
            }
        };
        let code = make_code(journal, waiting.sha256, person, context.now(), hours)
            .map_err(|error| Failure::of(Kind::Failed, &error))?;
        context.world.secrets.add(&code.text);
        let letter = letter(&code, waiting, why, (reader.language, settings), context);
        let answer = messages::send(channel, &letter, context.now()).await;
        let (arrived, line) = told(&code, reader, &answer, settings);
        sent.lines.push(line);
        if arrived {
            sent.people.push(code.person);
        }
    }
    Ok(sent)
}

type Reader<'s> = (&'s MessageSettings, Result<&'s Channel, &'s String>);

fn channel_of<'s>(person: &Person, settings: &'s Settings) -> Option<Reader<'s>> {
    let wanted = person.channel.as_ref()?;
    let reader = settings.messages.iter().find(|it| it.id.0 == *wanted)?;
    Some((reader, reader.channel.as_ref()))
}

/// Whether it may have arrived, and what is told.
fn told(code: &OneTimeCode, reader: &MessageSettings, answer: &Answer, settings: &Settings) -> (bool, String) {
    let words = |message: &Message| Language::ENGLISH.render(message);
    let until = code.until.with_timezone(&settings.team_zone).format("%Y-%m-%d %H:%M %Z");
    let (person, channel) = (&code.person, &reader.id.0);
    match answer {
        Answer::Delivered | Answer::DeliveredWithoutFile { .. } => {
            (true, format!("A code for this plan went to {person} (channel {channel}); it is good until {until}."))
        }
        Answer::Unknown { why } => {
            (true, format!("Whether the code for {person} arrived (channel {channel}) is not known: {}", words(why)))
        }
        Answer::Refused { why, repair } => {
            (false, format!("No code reached {person} (channel {channel}): {}; {}", words(why), words(repair)))
        }
        Answer::NotSent { why, .. } => (false, format!("No code reached {person} (channel {channel}): {}", words(why))),
    }
}

fn letter(
    code: &OneTimeCode,
    waiting: &Waiting,
    why: &[Message],
    (language, settings): (Language, &Settings),
    context: &Context,
) -> Letter {
    let plan = &waiting.file.plan;
    let name = waiting.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let now = context.now();
    let by = Argument::name(&plan.by);
    let (changes, stores) = (plan.changes().count(), plan.stores().len());
    let until = instant_words(language, code.until, settings.team_zone, now);
    let zone = settings.team_zone.name();
    let mut lines = vec![
        say!(language, "code-what", changes = changes, stores = stores, by = by),
        say!(language, "code-until", until = until, zone = zone),
    ];
    lines.extend(why.iter().map(|why| format!("○ {}", language.render(why))));
    lines.push(say!(language, "code-page", page = page_name(&name)));
    lines.push(say!(
        language,
        "code-command",
        command = format!("couponbook approve {} --code", as_typed(waiting.path))
    ));
    let short = waiting.sha256.get(..8).unwrap_or_default();
    Letter {
        key: format!("code-{short}-{}", now.timestamp_millis()),
        kind: "approval.code",
        at: now,
        tone: Tone::Warning,
        title: say!(language, "code-title", plan = name.as_str(), code = code.text.as_str()),
        lines,
        foot: say!(language, "code-foot", plan = name.as_str(), fingerprint = short),
        language,
        attachment: None,
        data: json!({
            "plan": name, "plan_sha256": waiting.sha256, "person": code.person, "code": code.text.as_str(), "until": code.until,
            "by": plan.by, "changes": changes, "stores": stores,
        }),
    }
}

/// The page that is written beside a plan.
fn page_name(plan: &str) -> String {
    Path::new(plan).with_extension("xlsx").display().to_string()
}
